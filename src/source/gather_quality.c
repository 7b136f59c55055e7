/* Of each incomer with minutes in the month: its samples held against the limits of quality. */
#include <math.h>

#include "source/gather.h"

/* Between the two frequencies that grids have. */
#define FREQUENCY_MIDDLE_HZ 55

/* The grid's frequency is not in the directory: it is the one that the month's mean is nearer to. */
static double nominal_hz(const struct pr_minute_buckets *minutes)
{
	const struct pr_bucket *buckets = minutes->fields[PR_FREQ].buckets;
	double sum = 0;
	uint64_t count = 0;
	for (size_t i = 0; buckets && i < minutes->count; i++) {
		sum += buckets[i].count ? buckets[i].sum : 0;
		count += buckets[i].count;
	}
	return count > 0 && sum / (double)count > FREQUENCY_MIDDLE_HZ ? 60 : 50;
}

/* The window is that of the minutes: what the point's validity and the service leave of the month. */
static struct pr_quality_query plan(const struct pr_method *method, const struct pr_project *project,
	const struct pr_point *point, const struct pr_minute_buckets *minutes, struct pr_arena *arena)
{
	const struct pr_transformer *transformer = pr_project_transformer(project, point->transformer_id);
	struct pr_bounds *bounds = pr_arena_array(arena, PR_MINUTE_FIELD_COUNT, sizeof *bounds);
	struct pr_quality_query query = {.point_id = point->id,
		.from_ms = minutes->from_ms,
		.to_ms = minutes->to_ms,
		.bounds = bounds,
		.idle_phase_share = method->plausibility.idle_phase_share};
	pr_method_minute_bounds(
		&method->plausibility, point, transformer ? transformer->rated_kva : PR_MICRO_MISSING, bounds);
	pr_quality_rules_make(
		&query.rules, &method->limits, project, point, query.from_ms, query.to_ms, nominal_hz(minutes));
	return query;
}

bool pr_gather_quality(struct pr_source *source, const struct pr_directory *directory, const struct pr_method *method,
	struct pr_arena *arena, struct pr_dataset *dataset, struct pr_error *error)
{
	struct pr_quality_query *queries = NULL;
	struct pr_point_data **points = NULL;
	size_t count = 0, capacity = 0, point_count = 0, point_capacity = 0;
	for (size_t p = 0; p < directory->project_count; p++) {
		const struct pr_project *project = &directory->projects[p];
		for (size_t i = 0; i < project->point_count; i++) {
			struct pr_point_data *data = &dataset->projects[p].points[i];
			if (!data->minutes || !data->has_minutes_in_month)
				continue;
			*PR_PUSH(arena, queries, count, capacity) =
				plan(method, project, &project->points[i], data->minutes, arena);
			*PR_PUSH(arena, points, point_count, point_capacity) = data;
		}
	}
	struct pr_quality *quality = pr_arena_array(arena, count, sizeof *quality);
	if (!pr_source_quality(source, queries, count, arena, quality, error))
		return false;
	for (size_t i = 0; i < count; i++)
		points[i]->quality = &quality[i];
	return true;
}
