/* When something was in alarm: the minutes of every hour, and the days that stand out. */
#include "document/month.h"

#include <stdlib.h>

#define HOUR_MS (4 * PR_MS_QUARTER)
#define HOUR_MINUTES 60.0

struct span {
	int64_t from_ms, to_ms;
};

static int compare_spans(const void *left, const void *right)
{
	const struct span *a = left, *b = right;

	return (a->from_ms > b->from_ms) - (a->from_ms < b->from_ms);
}

/* When something was in alarm within the month, without overlaps. */
static size_t alarm_spans(const struct pr_report *report, const struct pr_project_report *project, struct span *spans)
{
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < project->event_count; i++) {
		const struct pr_event *event = &project->events[i];
		int64_t end_ms = pr_month_event_end(report, event, i >= project->event_count - project->carried_count);
		struct span span = {event->started_at_ms, end_ms};
		if (span.from_ms < project->month_from_ms)
			span.from_ms = project->month_from_ms;
		if (span.to_ms > project->month_to_ms)
			span.to_ms = project->month_to_ms;
		if (span.from_ms < span.to_ms)
			spans[count++] = span;
	}
	if (count > 1)
		qsort(spans, count, sizeof *spans, compare_spans);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && spans[i].from_ms <= spans[kept - 1].to_ms) {
			if (spans[i].to_ms > spans[kept - 1].to_ms)
				spans[kept - 1].to_ms = spans[i].to_ms;
		} else {
			spans[kept++] = spans[i];
		}
	}
	return kept;
}

static void add_minutes(const struct pr_project_report *project, const struct span *span, double *hours)
{
	for (int64_t at_ms = span->from_ms; at_ms < span->to_ms;) {
		size_t hour = (size_t)((at_ms - project->month_from_ms) / HOUR_MS);
		int64_t end_ms = project->month_from_ms + (int64_t)(hour + 1) * HOUR_MS;
		if (end_ms > span->to_ms)
			end_ms = span->to_ms;
		hours[hour] += (double)(end_ms - at_ms) / (double)PR_MS_MINUTE;
		at_ms = end_ms;
	}
}

double *pr_month_alarm_minutes(
	const struct pr_report *report, const struct pr_project_report *project, struct pr_arena *arena, size_t *count)
{
	struct span *spans = pr_arena_array(arena, project->event_count, sizeof *spans);
	size_t span_count = alarm_spans(report, project, spans);
	double *hours;

	*count = (size_t)((project->month_to_ms - project->month_from_ms) / HOUR_MS);
	hours = pr_arena_array(arena, *count + 1, sizeof *hours);
	for (size_t i = 0; i < span_count; i++)
		add_minutes(project, &spans[i], hours);
	return hours;
}

static struct pr_value day_value(const struct pr_context *context, const struct pr_project_report *project, size_t day)
{
	struct pr_date date = {context->report->month.year, context->report->month.month, (int)day + 1};

	if (day == SIZE_MAX)
		return pr_value_missing();
	return pr_value_time(pr_zone_instant(project->project->zone, date, 0));
}

/* The first of the days with the most; SIZE_MAX where none has any. */
static size_t most_of(const double *values, size_t count)
{
	size_t most = SIZE_MAX;

	for (size_t i = 0; i < count; i++)
		if (values[i] > 0 && (most == SIZE_MAX || values[i] > values[most]))
			most = i;
	return most;
}

/* The day on which most alarms began. */
static void add_busiest(
	struct pr_scope *scope, const struct pr_context *context, const struct pr_project_report *project)
{
	const struct pr_series *days = pr_project_series(project, "alarms_day");
	size_t most = days ? most_of(days->values, days->count) : SIZE_MAX;

	pr_scope_add(scope, context->arena, "alarms.day.at", day_value(context, project, most));
	pr_scope_add(scope, context->arena, "alarms.day.count",
		most == SIZE_MAX ? pr_value_missing() : pr_value_number(days->values[most], NULL));
}

/* How many whole days something was in alarm, and the day on which it was longest. */
static void add_longest(
	struct pr_scope *scope, const struct pr_context *context, const struct pr_project_report *project)
{
	size_t count, full = 0, most;
	double *hours = pr_month_alarm_minutes(context->report, project, context->arena, &count);
	double *days = pr_arena_array(context->arena, project->day_count, sizeof *days);
	double *whole = pr_arena_array(context->arena, project->day_count, sizeof *whole);

	for (size_t i = 0; i < count; i++) {
		int64_t start_ms = project->month_from_ms + (int64_t)i * HOUR_MS;
		size_t day = (size_t)(pr_zone_local(project->project->zone, start_ms).date.day - 1);
		if (day >= project->day_count)
			continue;
		days[day] += hours[i];
		whole[day] += HOUR_MINUTES;
	}
	for (size_t day = 0; day < project->day_count; day++)
		full += whole[day] > 0 && days[day] >= whole[day];
	most = most_of(days, project->day_count);
	pr_scope_add(scope, context->arena, "alarms.longest.at", day_value(context, project, most));
	pr_scope_add(scope, context->arena, "alarms.full_days", pr_value_number((double)full, NULL));
}

void pr_month_add_alarm_days(
	struct pr_scope *scope, const struct pr_context *context, const struct pr_project_report *project)
{
	add_busiest(scope, context, project);
	add_longest(scope, context, project);
}
