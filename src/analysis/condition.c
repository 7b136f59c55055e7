#include "analysis/condition.h"

void pr_condition_publish(const struct pr_site *site, const struct pr_load *load, const struct pr_cover *cover,
	const struct pr_settled *points, struct pr_project_report *report, struct pr_condition *condition)
{
	pr_safety_publish(site, report, &condition->safety);
	pr_alarms_publish(site, report, &condition->alarms);
	pr_health_publish(
		site, load, points, &condition->safety, &condition->alarms, cover, &report->findings, &condition->health);
	for (int axis = 0; axis < PR_HEALTH_AXIS_COUNT; axis++)
		report->health[axis] =
			(struct pr_health_input){condition->health.axes[axis].value, condition->health.axes[axis].limit};
}

void pr_condition_totals(
	const struct pr_work *work, const struct pr_condition *conditions, size_t count, struct pr_report *report)
{
	struct pr_safety safety = {0};
	struct pr_alarms alarms = {0};
	struct pr_health *healths = pr_arena_array(work->arena, count, sizeof *healths);
	if (report->tenant->edition == PR_EDITION_SINGLE && count == 1)
		return; /* its findings are the project's already */
	for (size_t i = 0; i < count; i++) {
		const struct pr_safety *from = &conditions[i].safety;
		safety.samples += from->samples;
		safety.over += from->over;
		safety.measured += from->measured;
		safety.over_limit += from->over_limit;
		pr_alarms_add(work->arena, &alarms, &conditions[i].alarms);
		healths[i] = conditions[i].health;
	}
	pr_safety_count(work->arena, &safety, &report->findings);
	pr_alarms_set(work->arena, &work->method->alarms, &alarms, &report->findings);
	pr_health_totals(work, healths, count, &report->findings);
}
