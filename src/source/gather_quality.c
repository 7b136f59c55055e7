/*
 * Of each incomer with minutes in the month: its samples held against the limits of quality, and those of the months
 * with which the month is compared.
 */
#include "source/gather.h"

/* Between the two frequencies that grids have. */
#define FREQUENCY_MIDDLE_HZ 55

struct gathering {
	const struct pr_directory *directory;
	const struct pr_method *method;
	struct pr_arena *arena;
	struct pr_quality_query *queries;
	size_t count, capacity;
	const struct pr_quality ***answers; /* where each goes */
	size_t answer_count, answer_capacity;
};

/* The sum of a month's frequencies, and how many there are. */
static void add_frequency(const struct pr_minute_buckets *minutes, double *sum, uint64_t *count)
{
	const struct pr_bucket *buckets = minutes ? minutes->fields[PR_FREQ].buckets : NULL;
	for (size_t i = 0; buckets && i < minutes->count; i++) {
		*sum += buckets[i].count ? buckets[i].sum : 0;
		*count += buckets[i].count;
	}
}

/* The grid's frequency is not in the directory: it is the one that the month's mean is nearer to, 50 Hz without any. */
static double nearer_hz(double sum, uint64_t count)
{
	return count > 0 && sum / (double)count > FREQUENCY_MIDDLE_HZ ? 60 : 50;
}

static double nominal_hz(const struct pr_minute_buckets *minutes)
{
	double sum = 0;
	uint64_t count = 0;
	add_frequency(minutes, &sum, &count);
	return nearer_hz(sum, count);
}

/* For a point that had minutes in the month before alone: that of the project's others. */
static double project_hz(const struct pr_project_data *data)
{
	double sum = 0;
	uint64_t count = 0;
	for (size_t i = 0; i < data->project->point_count; i++)
		add_frequency(data->points[i].minutes, &sum, &count);
	return nearer_hz(sum, count);
}

static void plan(struct gathering *gathering, const struct pr_project *project, const struct pr_point *point,
	int64_t from_ms, int64_t to_ms, double hz, const struct pr_quality **answer)
{
	const struct pr_method *method = gathering->method;
	const struct pr_transformer *transformer = pr_project_transformer(project, point->transformer_id);
	struct pr_bounds *bounds = pr_arena_array(gathering->arena, PR_MINUTE_FIELD_COUNT, sizeof *bounds);
	struct pr_quality_query query = {.point_id = point->id,
		.from_ms = from_ms,
		.to_ms = to_ms,
		.bounds = bounds,
		.idle_phase_share = method->plausibility.idle_phase_share};
	pr_method_minute_bounds(
		&method->plausibility, point, transformer ? transformer->rated_kva : PR_MICRO_MISSING, bounds);
	pr_quality_rules_make(&query.rules, &method->limits, project, point, from_ms, to_ms, hz);
	*PR_PUSH(gathering->arena, gathering->queries, gathering->count, gathering->capacity) = query;
	*PR_PUSH(gathering->arena, gathering->answers, gathering->answer_count, gathering->answer_capacity) = answer;
}

/* The month's window is that of the minutes: what the point's validity and the service leave of it. */
static bool plan_month(struct gathering *gathering, struct pr_project_data *data)
{
	bool has_minutes = false;
	for (size_t i = 0; i < data->project->point_count; i++) {
		struct pr_point_data *point = &data->points[i];
		const struct pr_minute_buckets *minutes = point->minutes;
		if (!minutes || !point->has_minutes_in_month)
			continue;
		plan(gathering, data->project, &data->project->points[i], minutes->from_ms, minutes->to_ms, nominal_hz(minutes),
			&point->quality);
		has_minutes = true;
	}
	return has_minutes;
}

/* Every incomer of that month, also one that is silent by now: it is what that month's report said. */
static void plan_before(
	struct gathering *gathering, struct pr_project_data *data, struct pr_month now, enum pr_before which)
{
	const struct pr_project *project = data->project;
	struct pr_month month = pr_month_add(now, pr_before_months[which]);
	double hz = project_hz(data);
	for (size_t i = 0; i < project->point_count; i++) {
		const struct pr_point *point = &project->points[i];
		struct pr_point_data *into = &data->points[i];
		int64_t from_ms, to_ms;
		pr_zone_month(project->zone, month, &from_ms, &to_ms);
		if (point->role != PR_ROLE_INCOMER || !pr_valid_within(&point->validity, from_ms, to_ms))
			continue;
		pr_gather_keep_valid(gathering->directory, project, point, &from_ms, &to_ms);
		if (from_ms < to_ms)
			plan(gathering, project, point, from_ms, to_ms, into->has_minutes_in_month ? nominal_hz(into->minutes) : hz,
				&into->quality_before[which]);
	}
}

bool pr_gather_quality(struct pr_source *source, const struct pr_directory *directory, const struct pr_method *method,
	struct pr_arena *arena, struct pr_dataset *dataset, struct pr_error *error)
{
	struct gathering gathering = {.directory = directory, .method = method, .arena = arena};
	for (size_t p = 0; p < directory->project_count; p++) {
		bool has_minutes = plan_month(&gathering, &dataset->projects[p]);
		for (int which = 0; has_minutes && which < PR_BEFORE_COUNT; which++)
			plan_before(&gathering, &dataset->projects[p], dataset->month, (enum pr_before)which);
	}
	struct pr_quality *quality = pr_arena_array(arena, gathering.count, sizeof *quality);
	if (!pr_source_quality(source, gathering.queries, gathering.count, arena, quality, error))
		return false;
	for (size_t i = 0; i < gathering.count; i++)
		*gathering.answers[i] = &quality[i];
	return true;
}
