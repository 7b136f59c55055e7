/*
 * A tenant's findings out of its projects' (method, sections 2 and 13): sums, coverage Σ ÷ Σ, price Σ money ÷ Σ kWh.
 */
#ifndef PR_ANALYSIS_TOTALS_H
#define PR_ANALYSIS_TOTALS_H

#include "analysis/history.h"

/* What each project brings: its month, the month before, the same month a year before. */
struct pr_project_bases {
	struct pr_base now;
	const struct pr_base *month, *year;
	const struct pr_cover *cover;
	const char *currency; /* NULL = no bill */
	bool incomplete;
};

/* A single edition's tenant has its project's findings; any other the sums. */
void pr_totals_publish(
	const struct pr_work *work, const struct pr_project_bases *bases, size_t count, struct pr_report *report);

#endif
