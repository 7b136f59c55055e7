/*
 * What all ledgers of an output folder say about a month: every tenant's state, the runs that made it, which shards have
 * not run, and the months before. It changes nothing, and may be asked while runs are at work.
 */
#ifndef PR_BATCH_STATUS_H
#define PR_BATCH_STATUS_H

#include "batch/mailing.h"
#include "batch/tally.h"

/* Beside the outcomes of batch/ledger_runs.h. */
#define PR_RUN_AT_WORK "at work" /* its lock is held */
#define PR_RUN_KILLED "killed"   /* it has not ended, and nobody holds its lock */

struct pr_status_tenant {
	struct pr_ledger_tenant row;          /* state "running" without a run at work is given as "interrupted" */
	int state;                            /* of pr_tally_state_name */
	struct pr_shard shard;                /* by the ledger's name; count 0 = none */
	size_t mails[PR_SENDING_STATE_COUNT]; /* of its newest revision, to how many addresses */
};

/* The newest run of a ledger that is about the month. */
struct pr_status_run {
	const char *ledger;
	struct pr_shard shard;
	struct pr_ledger_run run;
	const char *state; /* its outcome, "at work" or "killed" */
	bool is_current;   /* of the split that made the month last, or later than that */
	bool is_bad;       /* it was interrupted or killed, and no later run of everything has made it good */
};

struct pr_status_month {
	struct pr_month month;
	size_t total, counts[PR_TALLY_STATE_COUNT];
};

struct pr_status {
	struct pr_month month;
	struct pr_status_tenant *tenants; /* by id */
	size_t tenant_count;
	size_t counts[PR_TALLY_STATE_COUNT];
	struct pr_status_run *runs; /* by ledger */
	size_t run_count;
	int shard_count; /* of the split that made the month last; 0 = it was made without shards */
	int *missing;    /* shards of it that have not run */
	size_t missing_count;
	bool platform_lacks;            /* made by shards, and the platform's report is older than they are, or not there */
	struct pr_status_month *months; /* all that are known, the newest first; counted where no month was asked for */
	size_t month_count;
};

/* `month` NULL = the newest. PR_CODE_CONFIG where there is no ledger. Texts live in the arena. */
PR_CHECK bool pr_status_read(const char *out_folder, const struct pr_month *month, struct pr_arena *arena,
	struct pr_status *status, struct pr_error *error);
/* Whether all is done: nobody failed, was interrupted, is at work or lacks data, and every shard has run to its end. */
bool pr_status_is_well(const struct pr_status *status);

#endif
