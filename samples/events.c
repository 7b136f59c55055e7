#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sample.h"

/* Events that no data explain, as they come from real platforms. Times are the project's; NULL = none. */
struct planted {
	int64_t project_id, point_id, sensor_id;
	const char *code;
	int level;
	const char *from, *to;
	double value, limit;
};
static const struct planted planted_events[] = {
	/* retired types */
	{11, 1101, 1102, "temperature_forecast", 3, "2026-10-06T09:12", "2026-10-06T11:40", 96.1, 110},
	{11, 1101, 1103, "temperature_forecast", 3, "2026-10-15T14:03", "2026-10-15T16:22", 97.4, 110},
	{11, 1108, 1106, "temperature_forecast", 3, "2026-10-22T13:31", "2026-10-22T15:02", 66.8, 70},
	{13, 0, 0, "smoke_legacy", 1, "2026-10-11T03:00", "2026-10-11T03:01", NAN, NAN},
	/* test codes */
	{13, 1305, 0, "test_alarm", 1, "2026-10-15T10:00", "2026-10-15T10:05", NAN, NAN},
	{13, 1305, 0, "test_alarm", 1, "2026-10-15T10:20", "2026-10-15T10:21", NAN, NAN},
	{13, 1301, 0, "test_relay", 2, "2026-10-15T10:30", "2026-10-15T10:31", NAN, NAN},
	/* a code that alarm_type doesn't know */
	{12, 1202, 0, "compressor_oil_pressure", 2, "2026-10-19T02:14", "2026-10-19T02:51", 1.1, 1.4},
	/* a monitor without quarters */
	{19, 1901, 0, "offline", 3, "2026-10-27T06:00", "2026-10-28T18:01", NAN, NAN},
	/* the same event sent twice: another id, and the second without its end */
	{15, 1502, 1502, "over_residual_current", 1, "2026-10-24T18:05", "2026-10-24T18:42", 538, 500},
	{15, 1502, 1502, "over_residual_current", 1, "2026-10-24T18:05", NULL, 538, 500},
	{11, 1107, 1107, "over_residual_current", 1, "2026-10-27T10:20", "2026-10-27T10:34", 611, 500},
	{11, 1107, 1107, "over_residual_current", 1, "2026-10-27T10:20", "2026-10-27T10:55", 611, 500},
	/* ends before it begins */
	{14, 1402, 0, "overload", 2, "2026-10-19T15:10", "2026-10-19T14:55", 431, 400},
	/* open for months after its sensor went; carried over with an end after 49 days; open since this month */
	{16, 1603, 1603, "over_residual_current", 2, "2026-06-20T08:30", NULL, 342, 300},
	{16, 1601, 0, "oil_level", 2, "2026-09-01T11:00", "2026-10-20T09:30", NAN, NAN},
	{16, 1601, 0, "oil_level", 3, "2026-10-26T07:45", NULL, NAN, NAN},
	/* after the board swap of 2026-10-16: values outside the sensors' range */
	{13, 1304, 1305, "over_residual_current", 1, "2026-10-16T10:00", "2026-10-16T13:00", 65535, 500},
	{13, 1307, 1315, "over_temperature", 1, "2026-10-16T10:00", "2026-10-16T13:00", 850, 80},
	/* of a point that was removed on 2026-10-12 */
	{11, 1111, 0, "overload", 2, "2026-10-18T19:00", "2026-10-18T20:15", 266, 250},
	/* of points whose names were exchanged on 2026-10-10: told apart by their ids */
	{12, 1203, 0, "overload", 2, "2026-10-05T11:02", "2026-10-05T11:26", 648, 630},
	{12, 1203, 0, "overload", 2, "2026-10-20T11:12", "2026-10-20T11:33", 651, 630},
	{12, 1204, 0, "overload", 2, "2026-10-22T23:01", "2026-10-22T23:17", 644, 630},
	/* starts after the cut-off of 2026-11-04T00:00Z */
	{11, 1101, 1105, "over_temperature", 2, "2026-11-04T09:00", NULL, 75.6, 75},
};

void pr_sample_events_add(struct pr_sample_events *events, const struct pr_sample_event *event)
{
	*PR_PUSH(events->arena, events->items, events->count, events->capacity) = *event;
}

static void close_watch(struct pr_sample_watch *watch, struct pr_sample_events *events, int64_t end_ms)
{
	watch->event.end_ms = end_ms;
	watch->event.confirmed_ms = watch->event.closed_ms = PR_TIME_MISSING;
	pr_sample_events_add(events, &watch->event);
	watch->open = false;
	watch->on = watch->off = 0;
}

void pr_sample_watch_feed(struct pr_sample_watch *watch, struct pr_sample_events *events, int64_t time_ms, bool holds,
	double value, const char *phase)
{
	struct pr_sample_event *event = &watch->event;

	if (!holds) {
		if (!watch->open) {
			watch->on = 0;
			return;
		}
		if (watch->off++ == 0)
			watch->first_off_ms = time_ms;
		if (watch->off >= watch->hold)
			close_watch(watch, events, watch->first_off_ms);
		return;
	}
	watch->off = 0;
	if (watch->on++ == 0)
		watch->first_on_ms = time_ms;
	/* The event keeps its worst value: the farthest from the limit. */
	if (watch->on == 1 || fabs(value - event->limit) > fabs(event->value - event->limit)) {
		event->value = value;
		event->phase = phase;
	}
	if (!watch->open && watch->on >= watch->hold) {
		watch->open = true;
		event->start_ms = watch->first_on_ms;
	}
}

void pr_sample_watch_end(struct pr_sample_watch *watch, struct pr_sample_events *events)
{
	if (watch->open)
		close_watch(watch, events, PR_TIME_MISSING);
}

static const struct pr_sample_project *find_project(const struct pr_sample_company *company, int64_t id)
{
	for (size_t i = 0; i < company->project_count; i++)
		if (company->projects[i].id == id)
			return &company->projects[i];
	return NULL;
}

static void plant(const struct pr_sample_company *company, struct pr_sample_events *events)
{
	for (size_t i = 0; i < PR_SAMPLE_COUNT(planted_events); i++) {
		const struct planted *planted = &planted_events[i];
		const struct pr_sample_project *project = find_project(company, planted->project_id);
		struct pr_sample_event event = {.project_id = planted->project_id,
			.point_id = planted->point_id,
			.sensor_id = planted->sensor_id,
			.code = planted->code,
			.level = planted->level,
			.value = planted->value,
			.limit = planted->limit,
			.end_ms = PR_TIME_MISSING,
			.confirmed_ms = PR_TIME_MISSING,
			.closed_ms = PR_TIME_MISSING};

		if (!project)
			continue;
		event.start_ms = pr_sample_project_time(project, planted->from);
		if (planted->to)
			event.end_ms = pr_sample_project_time(project, planted->to);
		pr_sample_events_add(events, &event);
	}
}

/* Somebody looks at a grave alarm within the hour, at others later or never; closing follows the end. */
static void handle(const struct pr_sample_company *company, struct pr_sample_event *event)
{
	int64_t id = event->start_ms / 1000 ^ event->point_id << 20 ^ event->sensor_id << 40;
	struct pr_sample_random random = pr_sample_random_open(company->seed, event->code, id);
	static const double looked_at[] = {0, 0.97, 0.85, 0.5}, minutes[] = {0, 18, 70, 300};
	double delay;

	if (event->level < 1 || event->level > 3 || pr_sample_uniform(&random) > looked_at[event->level])
		return;
	delay = minutes[event->level] * (0.1 + 2 * pr_sample_uniform(&random) * pr_sample_uniform(&random));
	event->confirmed_ms = event->start_ms + (int64_t)(60 * delay) * 1000;
	if (event->end_ms == PR_TIME_MISSING || event->end_ms < event->start_ms)
		return;
	delay = 20 + 600 * pr_sample_uniform(&random) * pr_sample_uniform(&random);
	event->closed_ms =
		(event->end_ms > event->confirmed_ms ? event->end_ms : event->confirmed_ms) + (int64_t)(60 * delay) * 1000;
}

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_project_and_start(const void *left, const void *right)
{
	const struct pr_sample_event *a = left, *b = right;
	int order = compare(a->project_id, b->project_id);

	if (!order)
		order = compare(a->start_ms, b->start_ms);
	if (!order)
		order = compare(a->point_id, b->point_id);
	if (!order)
		order = compare(a->sensor_id, b->sensor_id);
	if (!order)
		order = strcmp(a->code, b->code);
	return order ? order : compare(a->end_ms, b->end_ms);
}

static const char *name_then(const struct pr_sample_project *project, const struct pr_sample_event *event)
{
	for (size_t i = 0; project && i < project->point_count; i++)
		if (project->points[i].id == event->point_id)
			return pr_sample_point_name(&project->points[i], event->start_ms);
	return NULL;
}

/* "over-temperature 92.4 (limit 90)", in the words of alarm_type. */
static const char *describe(
	const struct pr_sample_company *company, const struct pr_sample_event *event, char *out, size_t size)
{
	const char *name = event->code;

	for (size_t i = 0; i < company->alarm_type_count; i++)
		if (strcmp(company->alarm_types[i].code, event->code) == 0)
			name = company->alarm_types[i].name;
	if (isnan(event->value))
		(void)snprintf(out, size, "%s", name);
	else if (isnan(event->limit))
		(void)snprintf(out, size, "%s %.10g", name, event->value);
	else
		(void)snprintf(out, size, "%s %.10g (%.10g)", name, event->value, event->limit);
	return out;
}

bool pr_sample_events_write(const struct pr_sample_company *company, struct pr_sample_events *events,
	struct pr_sample_store *store, struct pr_error *error)
{
	int64_t project_id = 0;
	int number = 0;

	plant(company, events);
	for (size_t i = 0; i < events->count; i++)
		handle(company, &events->items[i]);
	if (events->count)
		qsort(events->items, events->count, sizeof *events->items, by_project_and_start);
	for (size_t i = 0; i < events->count; i++) {
		const struct pr_sample_event *event = &events->items[i];
		char id[32], message[160];

		if (event->project_id != project_id)
			number = 0;
		project_id = event->project_id;
		(void)snprintf(id, sizeof id, "ev-%lld-%05d", (long long)project_id, ++number);
		if (!pr_sample_store_event(store, id, event, name_then(find_project(company, project_id), event),
				describe(company, event, message, sizeof message), error))
			return false;
	}
	return true;
}
