/* A run's own state, for the files that make it up alone: batch.c (the whole), schedule.c (workers), record.c (ledger). */
#ifndef PR_BATCH_INNER_H
#define PR_BATCH_INNER_H

#include <sys/types.h>

#include "batch/batch.h"
#include "batch/ledger_runs.h"
#include "batch/lock.h"
#include "batch/platform.h"

#define PR_WORKERS_MAX 256
#define PR_ROWS_MAX 64

struct pr_batch_worker {
	pid_t pid; /* 0 = free */
	int answer;
	size_t index;   /* of the tenant */
	bool is_result; /* the first byte of it has come */
	size_t received;
	int64_t began_clock_ms;
	int64_t alive_ms;   /* its last sign of life, monotonic */
	const char *killed; /* why we ended it; NULL */
	struct pr_tenant_result result;
};

/* A tenant in the run. */
struct pr_batch_entry {
	struct pr_tenant_result *result; /* ended and not told yet; NULL */
	int64_t due_ms;                  /* when it is tried again, monotonic; 0 = not */
	int attempts;
	bool ended;
};

struct pr_batch {
	const struct pr_config *config;
	const struct pr_batch_request *request;
	struct pr_arena *arena;
	struct pr_workshop workshop;
	int64_t now_ms;
	struct pr_tenant *tenants; /* those of the request, by id, platforms last */
	size_t tenant_count;
	size_t others; /* before the first platform */
	struct pr_run_so_far so_far;
	struct pr_tenant_outcome *outcomes; /* one a tenant */
	struct pr_batch_entry *entries;     /* the same */
	size_t next;                        /* the first that was not begun */
	size_t told;                        /* tenants told so far: in order */
	size_t ended, bad;
	struct pr_batch_worker *workers;
	size_t worker_count, working;
	size_t waiting;     /* entries that are to be tried again */
	int64_t pause_ms;   /* until then nothing is begun: the store is in trouble; monotonic */
	size_t unreachable; /* tenants in a row that the store failed for good */
	char trouble[768];  /* the last one's reason */
	int64_t began_ms;   /* monotonic */
	bool told_of_signal;
	int64_t stop_ms; /* when workers that are still at work are abandoned, monotonic; 0 = not */

	struct pr_lock lock;
	struct pr_ledger_run run;
	struct pr_ledger_tenant *rows; /* for the ledger, not written yet */
	size_t row_count;
	struct pr_arena row_arena;
	char ledger_trouble[512]; /* the first error of writing them; "" = none */

	struct pr_batch_summary *summary;
	struct pr_error *error;
};

/* schedule.c: every tenant, in workers; ends when all have ended, or a signal came. */
PR_CHECK bool pr_batch_schedule(struct pr_batch *batch);
/* batch.c: what needs no worker; true where it has ended. */
bool pr_batch_settle_at_once(struct pr_batch *batch, size_t index, struct pr_tenant_result *result);

/* record.c: what the ledger learns. Trouble there costs no report; it is told at the end. */
PR_CHECK bool pr_batch_record_begin(struct pr_batch *batch); /* which run this is: a new one, or one that goes on */
void pr_batch_record_end(struct pr_batch *batch);
/* A worker has begun on the tenant, or it has ended. Written by the next flush, all together. */
void pr_batch_record_tenant(struct pr_batch *batch, size_t index, const struct pr_tenant_result *result,
	const char *state, int64_t began_ms, int64_t ended_ms);
void pr_batch_record_flush(struct pr_batch *batch);
/* Leaves the tenants of --retry-failed. */
PR_CHECK bool pr_batch_record_choose(struct pr_batch *batch);
struct pr_month pr_batch_month_of(const struct pr_batch *batch, const struct pr_tenant *tenant);

#endif
