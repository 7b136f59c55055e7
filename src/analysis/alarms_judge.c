#include "analysis/alarms_judge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/alarms.h"
#include "base/text.h"

const struct pr_alarm_type *pr_alarms_type(const struct pr_directory *directory, const char *code)
{
	for (size_t i = 0; i < directory->alarm_type_count; i++)
		if (pr_text_equal(directory->alarm_types[i].code, code))
			return &directory->alarm_types[i];
	return NULL;
}

/* Without backtracking beyond the last star, which is enough for this kind of pattern. */
static bool fits(const char *pattern, size_t length, const char *text)
{
	size_t at = 0, star = length, from = 0, i = 0;
	size_t text_length = strlen(text);
	while (i < text_length) {
		if (at < length && pattern[at] == '*') {
			star = at++;
			from = i;
		} else if (at < length && pattern[at] == text[i]) {
			at++;
			i++;
		} else if (star < length) {
			at = star + 1;
			i = ++from;
		} else {
			return false;
		}
	}
	while (at < length && pattern[at] == '*')
		at++;
	return at == length;
}

bool pr_alarms_code_fits(const char *patterns, const char *code)
{
	while (*patterns) {
		patterns += strspn(patterns, ", \t");
		size_t length = strcspn(patterns, ",");
		size_t trimmed = length;
		while (trimmed > 0 && (patterns[trimmed - 1] == ' ' || patterns[trimmed - 1] == '\t'))
			trimmed--;
		if (trimmed > 0 && fits(patterns, trimmed, code))
			return true;
		patterns += length;
	}
	return false;
}

static const struct pr_sensor *find_sensor(const struct pr_project *project, int64_t id)
{
	for (size_t i = 0; id && i < project->sensor_count; i++)
		if (project->sensors[i].id == id)
			return &project->sensors[i];
	return NULL;
}

static bool is_plausible(const struct pr_plausibility *rules, const struct pr_sensor *sensor, double value)
{
	const struct pr_bounds bounds = pr_method_sensor_bounds(rules, sensor->kind);
	return isnan(value) || (value >= bounds.low && value <= bounds.high);
}

static enum pr_alarm_verdict judge(const struct pr_site *site, const struct pr_event *event)
{
	const struct pr_method *method = site->work->method;
	const struct pr_point *point = pr_project_point(site->project, event->point_id);
	const struct pr_sensor *sensor = find_sensor(site->project, event->sensor_id);
	const struct pr_alarm_type *type = pr_alarms_type(site->work->dataset->directory, event->code);
	if (pr_alarms_code_fits(method->alarms.test_codes, event->code))
		return PR_ALARM_TEST;
	if (type && type->retired)
		return PR_ALARM_RETIRED;
	if ((point && !pr_valid_at(&point->validity, event->started_at_ms)) ||
		(sensor && !pr_valid_at(&sensor->validity, event->started_at_ms)))
		return PR_ALARM_OUTSIDE_VALIDITY;
	if (sensor && !is_plausible(&method->plausibility, sensor, event->value))
		return PR_ALARM_IMPLAUSIBLE;
	return PR_ALARM_COUNTS;
}

/* --- duplicates --- */

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_texts(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

/* The one to keep first: with an end, the later end, the larger id; then by what else there is, never by chance. */
static int compare_worth(const struct pr_event *a, const struct pr_event *b)
{
	int order = compare_numbers(b->ended_at_ms, a->ended_at_ms); /* missing is the smallest */
	if (!order)
		order = compare_texts(b->event_id, a->event_id);
	if (!order)
		order = compare_numbers(b->closed_at_ms, a->closed_at_ms);
	if (!order)
		order = compare_numbers(b->confirmed_at_ms, a->confirmed_at_ms);
	if (!order)
		order = compare_numbers(b->started_at_ms, a->started_at_ms);
	if (!order)
		order = compare_texts(b->code, a->code);
	return order ? order : compare_numbers(b->level, a->level);
}

static int compare_ids(const struct pr_event *a, const struct pr_event *b)
{
	return compare_texts(a->event_id, b->event_id);
}

/* Point, sensor, code, phase and start; the project is the same. */
static int compare_keys(const struct pr_event *a, const struct pr_event *b)
{
	int order = compare_numbers(a->started_at_ms, b->started_at_ms);
	if (!order)
		order = compare_numbers(a->point_id, b->point_id);
	if (!order)
		order = compare_numbers(a->sensor_id, b->sensor_id);
	if (!order)
		order = compare_texts(a->code, b->code);
	return order ? order : compare_texts(a->phase, b->phase);
}

static int by_id(const void *left, const void *right)
{
	const struct pr_event *const *a = left, *const *b = right;
	int order = compare_ids(*a, *b);
	return order ? order : compare_worth(*a, *b);
}

static int by_key(const void *left, const void *right)
{
	const struct pr_event *const *a = left, *const *b = right;
	int order = compare_keys(*a, *b);
	return order ? order : compare_worth(*a, *b);
}

/* Of equals only the first stays. Returns how many stay. */
static size_t drop_equals(const struct pr_project_data *data, const struct pr_event **events, size_t count,
	int (*sorted)(const void *, const void *), int (*compare)(const struct pr_event *, const struct pr_event *),
	enum pr_alarm_verdict *verdicts)
{
	size_t kept = 0;
	if (count > 1)
		qsort(events, count, sizeof(const struct pr_event *), sorted);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && compare(events[kept - 1], events[i]) == 0)
			verdicts[events[i] - data->events] = PR_ALARM_DUPLICATE;
		else
			events[kept++] = events[i];
	}
	return kept;
}

enum pr_alarm_verdict *pr_alarms_judge(const struct pr_site *site)
{
	const struct pr_project_data *data = site->data;
	struct pr_arena *arena = site->work->arena;
	enum pr_alarm_verdict *verdicts = pr_arena_array(arena, data->event_count, sizeof *verdicts);
	const struct pr_event **events = pr_arena_array(arena, data->event_count, sizeof(const struct pr_event *));
	size_t count = 0;
	for (size_t i = 0; i < data->event_count; i++) {
		verdicts[i] = judge(site, &data->events[i]);
		if (verdicts[i] == PR_ALARM_COUNTS)
			events[count++] = &data->events[i];
	}
	count = drop_equals(data, events, count, by_id, compare_ids, verdicts);
	drop_equals(data, events, count, by_key, compare_keys, verdicts);
	return verdicts;
}

void pr_alarms_note_excluded(const struct pr_site *site, const enum pr_alarm_verdict *verdicts)
{
	static const char *const codes[PR_ALARM_VERDICT_COUNT] = {
		[PR_ALARM_TEST] = "alarm.test",
		[PR_ALARM_RETIRED] = "alarm.retired",
		[PR_ALARM_OUTSIDE_VALIDITY] = "alarm.outside_validity",
		[PR_ALARM_IMPLAUSIBLE] = "alarm.implausible",
		[PR_ALARM_DUPLICATE] = "alarm.duplicate",
	};
	const struct pr_project_data *data = site->data;
	struct pr_tally tallies[PR_ALARM_VERDICT_COUNT] = {{0}};
	for (size_t i = 0; i < data->event_count; i++) {
		int64_t start_ms = data->events[i].started_at_ms;
		if (start_ms >= site->window.from_ms && start_ms < site->window.to_ms)
			pr_tally_add(&tallies[verdicts[i]], start_ms, 0);
	}
	for (int i = PR_ALARM_COUNTS + 1; i < PR_ALARM_VERDICT_COUNT; i++)
		pr_tally_note(site->work, &tallies[i], codes[i], site->project->id, 0, NULL, NULL);
}
