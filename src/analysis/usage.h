/*
 * Energy (method, section 2): totals, slots with their shares, phases, days, and what follows from them.
 */
#ifndef PR_ANALYSIS_USAGE_H
#define PR_ANALYSIS_USAGE_H

#include "analysis/bill.h"

void pr_usage_publish(
	const struct pr_site *site, const struct pr_bill *bill, struct pr_month month, struct pr_findings *findings);
/* kWh of each of the window's days (measured quarters); missing where a day holds none. In the work's arena. */
pr_micro *pr_usage_days(const struct pr_site *site);
/* The day of the largest kWh, first of equals; -1 = none measured. */
int pr_usage_largest_day(const struct pr_site *site, const pr_micro *days);

/* A point's energy, largest quarter × 4, load rate and coverage, as findings. */
void pr_usage_point(const struct pr_site *site, const struct pr_settled *settled, struct pr_findings *findings);
/* Incomers less their direct children over the quarters that all of them hold: energy.unmetered, on the incomers and
 * the project. `points` are the project's, settled, by index; subjects in their report's order. */
void pr_usage_balance(const struct pr_site *site, const struct pr_settled *points, struct pr_project_report *report);

#endif
