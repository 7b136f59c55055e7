#include "source/gather.h"

#include <stdlib.h>
#include <string.h>

/* A quarter's row may come up to 2 minutes before the quarter (method 1). */
#define EARLY_MS (2 * PR_MS_MINUTE)
#define INCOMER_MONTHS 13
#define SPANS_MAX (INCOMER_MONTHS + 1)

/* Months before the month that a point needs besides it: the month before and the month a year before. */
static const int other_months[] = {0, -1, -12};

struct span {
	int64_t from_ms, to_ms;
};

struct spans {
	struct span items[SPANS_MAX];
	size_t count;
};

struct gathering {
	struct pr_source *source;
	const struct pr_directory *directory;
	const struct pr_method *method;
	struct pr_month month;
	int64_t cutoff_ms;
	struct pr_arena *arena;
	struct pr_dataset *dataset;
};

static pr_micro point_rated_kva(const struct pr_project *project, const struct pr_point *point)
{
	const struct pr_transformer *transformer = pr_project_transformer(project, point->transformer_id);
	return transformer ? transformer->rated_kva : PR_MICRO_MISSING;
}

/* Without a rating a point's quarters are judged by its own past (method 1), which has to be read, too. */
static int64_t history_ms(
	const struct gathering *gathering, const struct pr_project *project, const struct pr_point *point)
{
	if (point_rated_kva(project, point) != PR_MICRO_MISSING || point->rated_current_a != PR_MICRO_MISSING)
		return 0;
	return gathering->method->plausibility.quarter_history_days * PR_MS_DAY;
}

/* Adds [from, to) with what belongs before it, unless the point was never valid in it. */
static void add_span(
	struct spans *spans, const struct pr_point *point, int64_t from_ms, int64_t to_ms, int64_t before_ms)
{
	if (pr_valid_within(&point->validity, from_ms, to_ms))
		spans->items[spans->count++] = (struct span){from_ms - EARLY_MS - before_ms, to_ms};
}

static void add_month(struct spans *spans, const struct pr_project *project, const struct pr_point *point,
	struct pr_month month, int64_t before_ms)
{
	int64_t from_ms, to_ms;
	pr_zone_month(project->zone, month, &from_ms, &to_ms);
	add_span(spans, point, from_ms, to_ms, before_ms);
}

/* The month's utility bill is checked over its own period (method 3.4), which may reach beyond the month. */
static void add_bill_period(struct spans *spans, const struct pr_project *project, const struct pr_point *point,
	struct pr_month month, int64_t before_ms)
{
	for (size_t i = 0; i < project->utility_bill_count; i++) {
		const struct pr_utility_bill *bill = &project->utility_bills[i];
		if (pr_month_compare(bill->month, month) != 0 || bill->period_from.year == 0 || bill->period_to.year == 0)
			continue;
		add_span(spans, point, pr_zone_instant(project->zone, bill->period_from, 0),
			pr_zone_instant(project->zone, bill->period_to, 0), before_ms);
	}
}

static int compare_spans(const void *left, const void *right)
{
	const struct span *a = left;
	const struct span *b = right;
	return (a->from_ms > b->from_ms) - (a->from_ms < b->from_ms);
}

static void merge_spans(struct spans *spans)
{
	size_t kept = 0;
	if (spans->count > 1)
		qsort(spans->items, spans->count, sizeof *spans->items, compare_spans);
	for (size_t i = 0; i < spans->count; i++) {
		struct span *last = kept > 0 ? &spans->items[kept - 1] : NULL;
		if (last && spans->items[i].from_ms <= last->to_ms) {
			if (spans->items[i].to_ms > last->to_ms)
				last->to_ms = spans->items[i].to_ms;
		} else {
			spans->items[kept++] = spans->items[i];
		}
	}
	spans->count = kept;
}

static bool is_in_month(
	const struct gathering *gathering, const struct pr_project *project, const struct pr_point *point)
{
	int64_t from_ms, to_ms;
	pr_zone_month(project->zone, gathering->month, &from_ms, &to_ms);
	return pr_valid_within(&point->validity, from_ms, to_ms);
}

static struct spans plan_quarters(
	const struct gathering *gathering, const struct pr_project *project, const struct pr_point *point)
{
	struct spans spans = {.count = 0};
	int64_t before_ms = history_ms(gathering, project, point);
	if (point->role == PR_ROLE_INCOMER) {
		for (int i = 0; i < INCOMER_MONTHS; i++)
			add_month(&spans, project, point, pr_month_add(gathering->month, -i), before_ms);
		add_bill_period(&spans, project, point, gathering->month, before_ms);
	} else if (is_in_month(gathering, project, point)) {
		for (size_t i = 0; i < sizeof other_months / sizeof *other_months; i++)
			add_month(&spans, project, point, pr_month_add(gathering->month, other_months[i]), before_ms);
	}
	merge_spans(&spans);
	return spans;
}

static bool gather_quarters(const struct gathering *gathering, struct pr_error *error)
{
	struct pr_quarter_query *queries = NULL;
	size_t count = 0;
	size_t capacity = 0;
	for (size_t p = 0; p < gathering->directory->project_count; p++) {
		const struct pr_project *project = &gathering->directory->projects[p];
		for (size_t i = 0; i < project->point_count; i++) {
			struct spans spans = plan_quarters(gathering, project, &project->points[i]);
			gathering->dataset->projects[p].points[i].window_count = spans.count;
			for (size_t k = 0; k < spans.count; k++)
				*PR_PUSH(gathering->arena, queries, count, capacity) =
					(struct pr_quarter_query){project->points[i].id, spans.items[k].from_ms, spans.items[k].to_ms};
		}
	}
	struct pr_quarter_rows *rows = pr_arena_array(gathering->arena, count, sizeof *rows);
	if (!pr_source_quarters(gathering->source, queries, count, gathering->cutoff_ms, gathering->arena, rows, error))
		return false;
	for (size_t p = 0; p < gathering->directory->project_count; p++) {
		struct pr_project_data *data = &gathering->dataset->projects[p];
		for (size_t i = 0; i < data->project->point_count; i++) {
			data->points[i].windows = rows;
			rows += data->points[i].window_count;
		}
	}
	return true;
}

static bool gather_existence(const struct gathering *gathering, struct pr_error *error)
{
	size_t count = 0;
	for (size_t p = 0; p < gathering->directory->project_count; p++)
		count += gathering->directory->projects[p].point_count;
	int64_t *ids = pr_arena_array(gathering->arena, count, sizeof *ids);
	int64_t *first_ms = pr_arena_array(gathering->arena, count, sizeof *first_ms);
	bool *exists = pr_arena_array(gathering->arena, count, sizeof *exists);
	size_t next = 0;
	for (size_t p = 0; p < gathering->directory->project_count; p++)
		for (size_t i = 0; i < gathering->directory->projects[p].point_count; i++)
			ids[next++] = gathering->directory->projects[p].points[i].id;
	if (!pr_source_quarters_exist(gathering->source, ids, count, gathering->cutoff_ms, exists, first_ms, error))
		return false;
	next = 0;
	for (size_t p = 0; p < gathering->directory->project_count; p++)
		for (size_t i = 0; i < gathering->directory->projects[p].point_count; i++)
			gathering->dataset->projects[p].points[i].has_quarters_ever = exists[next++];
	return true;
}

void pr_gather_keep_valid(const struct pr_directory *directory, const struct pr_project *project,
	const struct pr_point *point, int64_t *from_ms, int64_t *to_ms)
{
	const struct pr_tenant *tenant = &directory->tenant;
	int64_t first_ms = point->validity.from_ms, end_ms = point->validity.to_ms;
	if (tenant->service_from.year && pr_zone_instant(project->zone, tenant->service_from, 0) > first_ms)
		first_ms = pr_zone_instant(project->zone, tenant->service_from, 0);
	if (first_ms > *from_ms)
		*from_ms += (first_ms - *from_ms + PR_MS_QUARTER - 1) / PR_MS_QUARTER * PR_MS_QUARTER;
	if (end_ms != PR_TIME_MISSING && end_ms < *to_ms)
		*to_ms = end_ms;
	if (tenant->service_to.year && pr_zone_instant(project->zone, tenant->service_to, 0) < *to_ms)
		*to_ms = pr_zone_instant(project->zone, tenant->service_to, 0);
}

static struct pr_minute_query plan_minutes(
	const struct gathering *gathering, const struct pr_project *project, const struct pr_point *point)
{
	const struct pr_plausibility *rules = &gathering->method->plausibility;
	struct pr_bounds *bounds = pr_arena_array(gathering->arena, PR_MINUTE_FIELD_COUNT, sizeof *bounds);
	struct pr_minute_query query = {.point_id = point->id,
		.step_ms = PR_MS_QUARTER,
		.bounds = bounds,
		.fields = PR_FIELD_BIT(PR_MINUTE_FIELD_COUNT) - 1,
		.idle_phase_share = rules->idle_phase_share};
	pr_method_minute_bounds(rules, point, point_rated_kva(project, point), bounds);
	pr_zone_month(project->zone, gathering->month, &query.from_ms, &query.to_ms);
	pr_gather_keep_valid(gathering->directory, project, point, &query.from_ms, &query.to_ms);
	return query;
}

static bool has_samples(const struct pr_minute_buckets *buckets)
{
	for (size_t i = 0; i < buckets->count; i++)
		if (buckets->samples[i] > 0)
			return true;
	return false;
}

static bool gather_minutes(const struct gathering *gathering, struct pr_error *error)
{
	struct pr_minute_query *queries = NULL;
	struct pr_point_data **answers = NULL;
	size_t count = 0;
	size_t capacity = 0;
	size_t answer_count = 0;
	size_t answer_capacity = 0;
	for (size_t p = 0; p < gathering->directory->project_count; p++) {
		const struct pr_project *project = &gathering->directory->projects[p];
		for (size_t i = 0; i < project->point_count; i++) {
			const struct pr_point *point = &project->points[i];
			if (point->role != PR_ROLE_INCOMER || !is_in_month(gathering, project, point))
				continue;
			struct pr_minute_query query = plan_minutes(gathering, project, point);
			if (query.from_ms >= query.to_ms)
				continue;
			*PR_PUSH(gathering->arena, queries, count, capacity) = query;
			*PR_PUSH(gathering->arena, answers, answer_count, answer_capacity) =
				&gathering->dataset->projects[p].points[i];
		}
	}
	struct pr_minute_buckets *buckets = pr_arena_array(gathering->arena, count, sizeof *buckets);
	if (!pr_source_minutes(gathering->source, queries, count, gathering->arena, buckets, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		answers[i]->minutes = &buckets[i];
		answers[i]->has_minutes_in_month = has_samples(&buckets[i]);
	}
	return true;
}

static bool gather_events(const struct gathering *gathering, struct pr_error *error)
{
	for (size_t p = 0; p < gathering->directory->project_count; p++) {
		const struct pr_project *project = &gathering->directory->projects[p];
		struct pr_project_data *data = &gathering->dataset->projects[p];
		int64_t from_ms, before_ms, to_ms;
		pr_zone_month(project->zone, pr_month_add(gathering->month, -1), &before_ms, &from_ms);
		pr_zone_month(project->zone, gathering->month, &from_ms, &to_ms);
		if (!pr_source_events(gathering->source, project->id, before_ms, to_ms, gathering->cutoff_ms, gathering->arena,
				&data->events, &data->event_count, error))
			return false;
	}
	return true;
}

bool pr_gather(struct pr_source *source, const struct pr_directory *directory, const struct pr_method *method,
	struct pr_month month, int64_t cutoff_ms, struct pr_arena *arena, struct pr_dataset *dataset,
	struct pr_error *error)
{
	const struct gathering gathering = {source, directory, method, month, cutoff_ms, arena, dataset};
	*dataset = (struct pr_dataset){.directory = directory, .month = month, .cutoff_ms = cutoff_ms};
	dataset->projects = pr_arena_array(arena, directory->project_count, sizeof *dataset->projects);
	for (size_t p = 0; p < directory->project_count; p++) {
		struct pr_project_data *data = &dataset->projects[p];
		data->project = &directory->projects[p];
		data->points = pr_arena_array(arena, data->project->point_count, sizeof *data->points);
	}
	return pr_source_has_ingest_times(source, &dataset->has_ingested_at, error) && gather_quarters(&gathering, error) &&
	       gather_existence(&gathering, error) && gather_minutes(&gathering, error) &&
	       pr_gather_quality(source, directory, method, arena, dataset, error) &&
	       pr_gather_sensors(source, directory, method, arena, dataset, error) && gather_events(&gathering, error);
}
