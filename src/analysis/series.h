/*
 * The series of a project's month, as charts show them (contract: findings.md).
 */
#ifndef PR_ANALYSIS_SERIES_H
#define PR_ANALYSIS_SERIES_H

#include "analysis/demand.h"

/* Adds a series of `count` values, all missing; the values are to be filled in. */
double *pr_series_add(struct pr_arena *arena, struct pr_project_report *report, const char *id, const char *unit,
	const char *step, int64_t start_ms, size_t count);
void pr_series_month(const struct pr_site *site, const struct pr_demand *demand, struct pr_project_report *report);

#endif
