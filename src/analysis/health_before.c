/* The health indexes that the month's is compared with. */
#include "analysis/health.h"

/* The site's own incomers, and every other point that may name a transformer. */
static struct pr_settled *settle_points(const struct pr_site *site)
{
	const struct pr_project *project = site->project;
	struct pr_settled *points = pr_arena_array(site->work->arena, project->point_count, sizeof *points);
	for (size_t i = 0; i < site->incomer_count; i++)
		points[site->incomers[i].point - project->points] = site->incomers[i];
	for (size_t i = 0; i < project->point_count; i++)
		if (project->points[i].role != PR_ROLE_INCOMER)
			pr_settle(site->work, project, &project->points[i], &site->data->points[i], &site->window, &points[i]);
	return points;
}

static pr_micro index_of(const struct pr_work *work, const struct pr_project_data *data, enum pr_before which)
{
	struct pr_month month = pr_month_add(work->dataset->month, pr_before_months[which]);
	const struct pr_health_rules *rules = &work->method->health;
	struct pr_window window;
	struct pr_site site;
	struct pr_demand demand;
	struct pr_load load;
	struct pr_health health;
	pr_window_month(&window, data->project, month, work->arena);
	pr_site_init(&site, work, data, &window);
	pr_demand_work_out(&site, &demand);
	pr_load_work_out(&site, &demand, &load);
	pr_health_start(&health);
	for (size_t i = 0; i < site.incomer_count; i++)
		if (site.incomer_data[i]->quality_before[which])
			pr_health_add_quality(&health, rules, site.incomer_data[i]->quality_before[which]);
	pr_health_add_load(&health, &site, &load, pr_load_apparent(&site, settle_points(&site)));
	pr_health_conclude(&health, rules);
	return health.index;
}

pr_micro pr_health_before(const struct pr_site *site, enum pr_before which)
{
	struct pr_arena scratch;
	bool has_quality = false;
	for (size_t i = 0; i < site->project->point_count; i++)
		has_quality = has_quality || site->data->points[i].quality_before[which];
	if (!has_quality)
		return PR_MICRO_MISSING;
	pr_arena_init(&scratch);
	const struct pr_work quiet = {site->work->dataset, site->work->method, &scratch, NULL};
	pr_micro index = index_of(&quiet, site->data, which);
	pr_arena_release(&scratch);
	return index;
}
