/* Of each sensor: the month and the month before it, in quarters, held against its limits. */
#include "source/gather.h"

/* What the sensor's validity and the tenant's service leave of a month; false where that is nothing. */
static bool plan(const struct pr_directory *directory, const struct pr_method *method, const struct pr_project *project,
	const struct pr_sensor *sensor, struct pr_month month, struct pr_sensor_query *query)
{
	const struct pr_tenant *tenant = &directory->tenant;
	*query = (struct pr_sensor_query){.sensor_id = sensor->id,
		.step_ms = PR_MS_QUARTER,
		.bounds = pr_method_sensor_bounds(&method->plausibility, sensor->kind),
		.valid_from_ms = sensor->validity.from_ms,
		.has_limits = true};
	pr_safety_limits(&method->safety, sensor, query->limits, NULL);
	pr_zone_month(project->zone, month, &query->from_ms, &query->to_ms);
	if (tenant->service_from.year) {
		int64_t service_ms = pr_zone_instant(project->zone, tenant->service_from, 0);
		if (query->valid_from_ms < service_ms)
			query->valid_from_ms = service_ms;
	}
	if (tenant->service_to.year && pr_zone_instant(project->zone, tenant->service_to, 0) < query->to_ms)
		query->to_ms = pr_zone_instant(project->zone, tenant->service_to, 0);
	if (sensor->validity.to_ms != PR_TIME_MISSING && sensor->validity.to_ms < query->to_ms)
		query->to_ms = sensor->validity.to_ms;
	return query->from_ms < query->to_ms && query->valid_from_ms < query->to_ms;
}

bool pr_gather_sensors(struct pr_source *source, const struct pr_directory *directory, const struct pr_method *method,
	struct pr_arena *arena, struct pr_dataset *dataset, struct pr_error *error)
{
	struct pr_sensor_query *queries = NULL;
	const struct pr_minute_buckets ***answers = NULL;
	size_t count = 0, capacity = 0, answer_count = 0, answer_capacity = 0;
	for (size_t p = 0; p < directory->project_count; p++) {
		const struct pr_project *project = &directory->projects[p];
		struct pr_sensor_data *sensors = pr_arena_array(arena, project->sensor_count, sizeof *sensors);
		dataset->projects[p].sensors = sensors;
		for (size_t i = 0; i < project->sensor_count * 2; i++) {
			struct pr_sensor_query query;
			bool is_before = i % 2 == 1;
			struct pr_month month = pr_month_add(dataset->month, is_before ? -1 : 0);
			if (!plan(directory, method, project, &project->sensors[i / 2], month, &query))
				continue;
			*PR_PUSH(arena, queries, count, capacity) = query;
			*PR_PUSH(arena, answers, answer_count, answer_capacity) =
				is_before ? &sensors[i / 2].before : &sensors[i / 2].month;
		}
	}
	struct pr_minute_buckets *buckets = pr_arena_array(arena, count, sizeof *buckets);
	if (!pr_source_sensors(source, queries, count, arena, buckets, error))
		return false;
	for (size_t i = 0; i < count; i++)
		*answers[i] = &buckets[i];
	return true;
}
