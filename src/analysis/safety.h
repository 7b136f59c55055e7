/*
 * Temperatures and residual currents (method, section 6): minimum, mean and maximum of each sensor, the minutes above
 * its limits, its margin and rank, its line with last month's. Ambient sensors are listed, with the
 * minutes above limits of their own, and have no margin.
 */
#ifndef PR_ANALYSIS_SAFETY_H
#define PR_ANALYSIS_SAFETY_H

#include "analysis/site.h"

/* What the health looks at, and a tenant sums. */
struct pr_safety {
	uint64_t samples, over; /* of sensors with an alarm limit, ambient ones left out; those above it */
	uint32_t measured;      /* sensors held against limits that sent anything */
	uint32_t over_limit;    /* of them, those that were above the alarm limit */
};

/* The project's sensors stand in the report already; adds their findings, series and notes. */
void pr_safety_publish(const struct pr_site *site, struct pr_project_report *report, struct pr_safety *safety);
/* safety.over_limit_sensors; missing where none was measured. */
void pr_safety_count(struct pr_arena *arena, const struct pr_safety *safety, struct pr_findings *findings);

#endif
