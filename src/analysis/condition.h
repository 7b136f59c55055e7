/* The condition of a project's supply: safety, alarms and health (method, sections 6 to 8), worked out together. */
#ifndef PR_ANALYSIS_CONDITION_H
#define PR_ANALYSIS_CONDITION_H

#include "analysis/health.h"

struct pr_condition {
	struct pr_safety safety;
	struct pr_alarms alarms;
	struct pr_health health;
};

/* `points` are the project's, settled, by index; the report has its sensors already. */
void pr_condition_publish(const struct pr_site *site, const struct pr_load *load, const struct pr_cover *cover,
	const struct pr_settled *points, struct pr_project_report *report, struct pr_condition *condition);
/* A tenant's of several projects; one with a single project has that project's. */
void pr_condition_totals(
	const struct pr_work *work, const struct pr_condition *conditions, size_t count, struct pr_report *report);

#endif
