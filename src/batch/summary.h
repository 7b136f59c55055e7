/*
 * A project's summary as text, for the ledger: JSON of this program's own, with values in whole millionths and times in
 * milliseconds, so that what is read is what was written. The form may change with the program: `version` says which it
 * is, and one of another version counts as not there (the platform's run works it out again).
 */
#ifndef PR_BATCH_SUMMARY_H
#define PR_BATCH_SUMMARY_H

#include "analysis/summary.h"
#include "config/config.h"

/* Zones that were opened, by name: they live as long as `arena`. */
struct pr_zone_cache {
	struct pr_arena *arena;
	const struct pr_zone **items;
	size_t count, capacity;
};

void pr_summary_write(const struct pr_summary *summary, struct pr_arena *arena, const char **bytes, size_t *count);
/* *known false: it is of another version. PR_CODE_STORE where it cannot be read. */
PR_CHECK bool pr_summary_read(const char *bytes, size_t count, struct pr_zone_cache *zones, struct pr_arena *arena,
	struct pr_summary *summary, bool *known, struct pr_error *error);

/* Leaves the summary of every project of the report in a ledger. */
PR_CHECK bool pr_summary_leave(
	const char *ledger_path, const struct pr_report *report, struct pr_arena *arena, struct pr_error *error);

#endif
