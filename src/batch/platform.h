/*
 * The platform's findings, out of the summaries in the ledger (analysis/platform.h). A project that has none there (or
 * where the run makes everything again, none of this run) is worked out first, alone, in a process of its own: it costs
 * itself where that fails. Which customer a project belongs to is decided here: its single-edition tenant, else its
 * management tenant, of several the one with the smallest id; else the platform's operator.
 */
#ifndef PR_BATCH_PLATFORM_H
#define PR_BATCH_PLATFORM_H

#include "analysis/platform.h"
#include "batch/batch.h"

/* What the run has made so far of the tenants that are no platforms. */
struct pr_run_so_far {
	const struct pr_tenant_outcome *outcomes;
	size_t count;
	bool force; /* summaries of earlier runs don't count where they can be made again */
};

/* The report of a platform tenant; it has a feed of every project's summary for as long as the arena lives. */
PR_CHECK bool pr_platform_gather(const struct pr_workshop *workshop, const struct pr_tenant *tenant,
	struct pr_month month, const struct pr_run_so_far *run, struct pr_arena *arena, struct pr_report *report,
	struct pr_error *error);
/* The findings as JSON, projects from the feed one at a time; into a file beside the others of a stage. */
PR_CHECK bool pr_platform_write_json(struct pr_report *report, const struct pr_templates *templates, const char *path,
	const char *folder, struct pr_error *error);
/* Ends what the feed keeps open. */
void pr_platform_release(struct pr_report *report);

#endif
