/*
 * Coverage (method, section 1): measured ÷ expected quarters; of minutes where a project never had a quarter row.
 */
#ifndef PR_ANALYSIS_COVERAGE_H
#define PR_ANALYSIS_COVERAGE_H

#include "analysis/site.h"

/* Quarters of the set that the gate uses, and of minutes, each summed over the incomers. */
struct pr_cover {
	uint64_t expected, measured;
	uint64_t minute_measured; /* expected quarters that hold a sample */
	bool of_minutes;          /* the gate uses minutes */
	bool has_minutes;
};

void pr_coverage_work_out(const struct pr_site *site, struct pr_cover *cover);
void pr_coverage_publish(struct pr_arena *arena, const struct pr_cover *cover, struct pr_findings *findings);
/* Days, gaps and the remaining fields of the report that coverage fills; notes of the project. */
void pr_coverage_report(const struct pr_site *site, const struct pr_cover *cover, struct pr_project_report *report);
/* A point's own coverage and its notes. */
void pr_coverage_point(const struct pr_site *site, const struct pr_cover *cover, const struct pr_settled *settled,
	const struct pr_point_data *data, struct pr_findings *findings);

#endif
