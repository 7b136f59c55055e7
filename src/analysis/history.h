/*
 * A project's month worked out into findings, and the thirteen months that end with it: bases of every change, and the
 * series of 13 months. Each month has its own window, validity and tariffs.
 */
#ifndef PR_ANALYSIS_HISTORY_H
#define PR_ANALYSIS_HISTORY_H

#include "analysis/bill.h"
#include "analysis/compare.h"
#include "analysis/coverage.h"
#include "analysis/load.h"
#include "analysis/past.h"

#define PR_HISTORY_MONTHS PR_PAST_MONTHS

struct pr_month_result {
	struct pr_site site;
	struct pr_demand demand;
	struct pr_bill bill;
	struct pr_load load;
	struct pr_cover cover;
	struct pr_base base;
};

void pr_month_work_out(const struct pr_work *work, const struct pr_project_data *data, struct pr_month month,
	struct pr_month_result *result);

/* The twelve months before, oldest first; the thirteenth is the reported one. */
struct pr_history {
	struct pr_base months[PR_HISTORY_MONTHS];
	struct pr_past past[PR_HISTORY_MONTHS];
	int64_t from_ms; /* of the oldest */
};
void pr_history_work_out(const struct pr_work *work, const struct pr_project_data *data, struct pr_month month,
	const struct pr_month_result *now, struct pr_history *history);
const struct pr_base *pr_history_month(const struct pr_history *history); /* the month before */
const struct pr_base *pr_history_year(const struct pr_history *history);  /* the same month a year before */
void pr_history_series(const struct pr_work *work, const struct pr_history *history, const char *currency,
	struct pr_project_report *report);

#endif
