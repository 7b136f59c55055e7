/*
 * A month's run: every tenant a unit of failure, in a worker process of its own. A worker that fails, crashes or is
 * killed costs its tenant alone; what happened is reported by the parent, in the order of the tenants' ids.
 *
 * Before the first worker starts, settings, templates, method, fonts and the store are tried once: what is wrong there
 * is an error of the whole run, and nothing is done. One run at a time works in an output folder, or the shards of one
 * split (batch/lock.h).
 *
 * A run that was killed, or ended by a signal, is gone on with by the next one of the same wish: with its cut-off, and
 * without making again what it has made.
 */
#ifndef PR_BATCH_BATCH_H
#define PR_BATCH_BATCH_H

#include "base/calendar.h"
#include "batch/shard.h"
#include "config/config.h"
#include "document/document.h"
#include "model/directory.h"
#include "model/method.h"

enum pr_tenant_state {
	PR_TENANT_DONE,    /* files written */
	PR_TENANT_HELD,    /* files written, but not for sending: a revision above 1, or coverage under the gate */
	PR_TENANT_WAITING, /* the month has not ended or not settled */
	PR_TENANT_SKIPPED, /* not in service in the month, or its edition has no template */
	PR_TENANT_NO_DATA, /* in service without a row in the month: no files */
	PR_TENANT_FAILED,
	PR_TENANT_STATE_COUNT
};
extern const char *const pr_tenant_state_names[PR_TENANT_STATE_COUNT]; /* "done", "held", "waiting", … */

struct pr_tenant_result {
	int64_t tenant_id;
	struct pr_month month;
	enum pr_tenant_state state;
	enum pr_code code; /* why, where it failed */
	double coverage;   /* NaN = unknown */
	int revision;      /* 0 = no report */
	int64_t duration_ms;
	char reason[768]; /* of failed, waiting, skipped, held */
	char folder[512]; /* of done and held */
};

/* How far a run is. */
struct pr_batch_progress {
	size_t total, ended, bad; /* tenants; of the ended ones those that failed or have no data */
	size_t working;           /* workers */
	int64_t elapsed_ms;
};

struct pr_batch_request {
	bool has_month;
	struct pr_month month;
	const int64_t *tenants; /* NULL = all */
	size_t tenant_count;
	unsigned editions; /* bits 1 << enum pr_edition, 0 = all */
	unsigned formats;  /* bits of enum pr_format (batch/formats.h) */
	int jobs;
	struct pr_shard shard; /* its tenants alone, without platforms; count 0 = all */
	bool dry_run;
	bool force;        /* made again, also where nothing has changed */
	bool retry_failed; /* those alone that the ledger does not call done, held, waiting or skipped */
	int64_t now_ms;
	bool has_now; /* asked for; else an interrupted run of today goes on with its own */
	/* Told of every tenant that ended, in the order of ids, platforms last. */
	void (*told)(const struct pr_tenant *tenant, const struct pr_tenant_result *result, void *context);
	/* Before the first tenant, where an interrupted run goes on: when it began, and its cut-off. NULL = not wanted. */
	void (*resumed)(int64_t began_ms, int64_t now_ms, void *context);
	/* At every change and once a second. NULL = not wanted. */
	void (*progress)(const struct pr_batch_progress *progress, void *context);
	void *told_context;
};

struct pr_batch_summary {
	size_t counts[PR_TENANT_STATE_COUNT];
	int signal;       /* that ended the run early; 0 = none */
	size_t unreached; /* tenants that were not begun then */
};

PR_CHECK bool pr_batch_run(const struct pr_config *config, const struct pr_batch_request *request,
	struct pr_arena *arena, struct pr_batch_summary *summary, struct pr_error *error);

/* What is kept of every tenant until the run's end. */
struct pr_tenant_outcome {
	int64_t tenant_id;
	struct pr_month month;
	enum pr_tenant_state state;
};

struct pr_run_so_far;
/* What every worker shares, read once before the first one starts. */
struct pr_workshop {
	const struct pr_config *config;
	struct pr_method method;
	struct pr_templates *templates;
	struct pr_typefaces *faces; /* NULL where no format needs them */
	unsigned formats;
	struct pr_shard shard;
	bool force; /* made again, also where nothing has changed */
	int64_t now_ms;
	int64_t resumed_run; /* the ledger's number of the run that goes on: what it has made stands; 0 = none */
	const struct pr_run_so_far *run; /* for platforms, which are made last (batch/platform.h); NULL before */
};

/* One tenant's reports, from the store to the published folder (batch/report.c). Fills state, reason, folder, coverage. */
void pr_report_make(const struct pr_workshop *workshop, const struct pr_tenant *tenant, struct pr_month month,
	struct pr_tenant_result *result);

#endif
