/*
 * Power quality (method, section 5) as findings: compliance, worst value, 95 % value and verdict of each parameter, on
 * incomers and over them.
 */
#ifndef PR_ANALYSIS_QUALITY_H
#define PR_ANALYSIS_QUALITY_H

#include "analysis/site.h"
#include "model/quality.h"

/* Findings and notes of an incomer; a point that is none has neither. */
void pr_quality_point(const struct pr_site *site, const struct pr_settled *settled, const struct pr_point_data *data,
	struct pr_findings *findings);
/* Of the project, over its incomers: their samples together, the worst of their values and verdicts. */
void pr_quality_project(const struct pr_site *site, struct pr_findings *findings);

#endif
