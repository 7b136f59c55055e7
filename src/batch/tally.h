/*
 * A month by its ledgers (ledger*.db of the output folder): how many tenants are in which state, and which of them a
 * person has to look at. From it come the page beside the reports (OUT/YYYY-MM/summary.txt), the metrics for the
 * Prometheus node exporter's textfile collector, and `powerreport status`.
 */
#ifndef PR_BATCH_TALLY_H
#define PR_BATCH_TALLY_H

#include "batch/batch.h"
#include "batch/ledger_runs.h"

/* The states of enum pr_tenant_state, and two that only a ledger knows. */
enum { PR_TALLY_RUNNING = PR_TENANT_STATE_COUNT, PR_TALLY_INTERRUPTED, PR_TALLY_STATE_COUNT };
const char *pr_tally_state_name(int state);
int pr_tally_state(const struct pr_ledger_tenant *tenant); /* -1 = of a later program */

/*
 * Every tenant of the month, by id within each ledger. Where several ledgers hold the same one, the row that was begun
 * last counts, as if all had been written into one: "waiting" does not replace "done" or "held", and a report that is
 * there is not forgotten. Texts live until the next one.
 */
PR_CHECK bool pr_tally_each(
	const char *out_folder, struct pr_month month, pr_ledger_tenant_fn fn, void *context, struct pr_error *error);
/* Published revisions of the month's reports, and how many of them are above the first. */
PR_CHECK bool pr_tally_revisions(
	const char *out_folder, struct pr_month month, size_t *revisions, size_t *later, struct pr_error *error);
/*
 * The page and, where the settings name a file, the metrics. `run` is the one that ends, of `shard`.
 */
PR_CHECK bool pr_tally_leave(const struct pr_config *config, struct pr_month month, const struct pr_ledger_run *run,
	struct pr_shard shard, struct pr_error *error);

#endif
