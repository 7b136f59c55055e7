/*
 * What the ledger knows of runs and of each tenant's state: who runs since when with which wish, and what became of
 * every tenant of a month: state, reason, how long, how often it was tried, its newest revision, and by which version
 * of the program. The files' hashes stand with the revision (batch/ledger.h).
 *
 * A tenant's row is written when its worker starts ("running") and when it ends. A run that was killed leaves rows that
 * say "running"; the next one finds them, calls them "interrupted", and goes on where it ended.
 *
 *     if (!pr_ledger_begin_run(ledger, &run, error))           one row; settles what killed runs left
 *         return false;
 *     … pr_ledger_put_tenant(ledger, &row, error) …
 *     good = pr_ledger_end_run(ledger, run.id, PR_RUN_DONE, ended_ms, error);
 */
#ifndef PR_BATCH_LEDGER_RUNS_H
#define PR_BATCH_LEDGER_RUNS_H

#include "batch/ledger.h"

/* Beside the names of enum pr_tenant_state. */
#define PR_STATE_RUNNING "running"
#define PR_STATE_INTERRUPTED "interrupted"

/* How a run ended. */
#define PR_RUN_DONE "done"     /* exit code 0 */
#define PR_RUN_FAILED "failed" /* 1 */
#define PR_RUN_INTERRUPTED \
	"interrupted" /* by a signal that it could answer; NULL in the ledger: it still runs, or was
                                            killed */

struct pr_ledger_run {
	int64_t id;
	const char *wish; /* month, tenants, editions, formats, store …: two runs of the same wish want the same */
	int64_t now_ms;   /* the data's cut-off */
	int64_t began_ms, ended_ms; /* by the clock; ended PR_TIME_MISSING = not */
	const char *outcome;        /* NULL = not ended */
	const char *host;
	int64_t pid;
	const char *version;
};

/* The newest run; `*found` false: there was none. */
PR_CHECK bool pr_ledger_get_run(
	struct pr_ledger *ledger, struct pr_arena *arena, struct pr_ledger_run *run, bool *found, struct pr_error *error);
/*
 * A new run (id 0: it is filled in), or an earlier one that goes on (id given: it has not ended, with a new process).
 * Only whoever holds the folder's lock may begin: every other run that has not ended is dead.
 */
PR_CHECK bool pr_ledger_begin_run(struct pr_ledger *ledger, struct pr_ledger_run *run, struct pr_error *error);
PR_CHECK bool pr_ledger_end_run(
	struct pr_ledger *ledger, int64_t id, const char *outcome, int64_t ended_ms, struct pr_error *error);

struct pr_ledger_tenant {
	struct pr_month month;
	int64_t tenant_id;
	const char *name, *edition;
	int64_t run;
	const char *state;  /* of enum pr_tenant_state, "running" or "interrupted" */
	const char *reason; /* NULL = none */
	double coverage;    /* NaN = unknown */
	int revision;       /* 0 = no report; in writing: what the ledger holds stays */
	const char *folder; /* NULL = none; the same */
	int64_t cutoff_ms;
	int64_t began_ms, ended_ms; /* by the clock; ended PR_TIME_MISSING = not */
	int64_t duration_ms;
	int attempts; /* worker starts since it was last done; counted by the ledger where `state` is "running" */
	const char *version;
	/* In reading: */
	const char *host;   /* of its run; NULL = unknown */
	const char *ledger; /* the ledger's file name, where several are read (batch/tally.h); NULL */
};

/*
 * Replaces the tenant's row of the month. A report that is there is not forgotten: "waiting" leaves the row of a done or
 * held one as it is.
 */
PR_CHECK bool pr_ledger_put_tenant(
	struct pr_ledger *ledger, const struct pr_ledger_tenant *tenant, struct pr_error *error);
PR_CHECK bool pr_ledger_get_tenant(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id,
	struct pr_arena *arena, struct pr_ledger_tenant *tenant, bool *found, struct pr_error *error);

/* The tenants of a month of one ledger, by id, each told in turn; texts live until the next one. */
typedef bool (*pr_ledger_tenant_fn)(void *context, const struct pr_ledger_tenant *tenant, struct pr_error *error);
PR_CHECK bool pr_ledger_each_tenant(
	struct pr_ledger *ledger, struct pr_month month, pr_ledger_tenant_fn fn, void *context, struct pr_error *error);
/* The months of which it knows a tenant, by rising month. */
typedef bool (*pr_ledger_month_fn)(void *context, struct pr_month month, struct pr_error *error);
PR_CHECK bool pr_ledger_each_month(
	struct pr_ledger *ledger, pr_ledger_month_fn fn, void *context, struct pr_error *error);
/* Every run, the newest first, told in turn until `fn` gives false without an error. Texts live until the next one. */
typedef bool (*pr_ledger_run_fn)(void *context, const struct pr_ledger_run *run, struct pr_error *error);
PR_CHECK bool pr_ledger_each_run(struct pr_ledger *ledger, pr_ledger_run_fn fn, void *context, struct pr_error *error);
/* The settled revisions of a month: tenant and number of each. */
typedef bool (*pr_ledger_number_fn)(void *context, int64_t tenant_id, int number, struct pr_error *error);
PR_CHECK bool pr_ledger_each_number(
	struct pr_ledger *ledger, struct pr_month month, pr_ledger_number_fn fn, void *context, struct pr_error *error);
/* The end of the last run without a failure; PR_TIME_MISSING = none. */
PR_CHECK bool pr_ledger_get_last_success(struct pr_ledger *ledger, int64_t *ended_ms, struct pr_error *error);
/* The last run that dealt with a month, without its wish and process. */
PR_CHECK bool pr_ledger_get_month_run(struct pr_ledger *ledger, struct pr_month month, struct pr_arena *arena,
	struct pr_ledger_run *run, bool *found, struct pr_error *error);
/* The newest month that it knows; `*found` false: none. */
PR_CHECK bool pr_ledger_newest_month(
	struct pr_ledger *ledger, struct pr_month *month, bool *found, struct pr_error *error);

/* Opens a ledger that is there for reading; NULL where there is none or it knows of no runs. */
PR_CHECK bool pr_ledger_open_to_read(struct pr_ledger **ledger, const char *path, struct pr_error *error);

#endif
