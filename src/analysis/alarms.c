#include "analysis/alarms.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/alarms_judge.h"
#include "analysis/series.h"
#include "base/text.h"

#define CATEGORY_OTHER "other"

static struct pr_alarm_count *count_of(struct pr_arena *arena, struct pr_alarms *alarms, const char *id, int64_t order)
{
	for (size_t i = 0; i < alarms->count_count; i++)
		if (pr_text_equal(alarms->counts[i].id, id))
			return &alarms->counts[i];
	struct pr_alarm_count *count = PR_PUSH(arena, alarms->counts, alarms->count_count, alarms->count_capacity);
	*count = (struct pr_alarm_count){.id = id, .order = order};
	return count;
}

static void count_one(struct pr_arena *arena, struct pr_alarms *alarms, const char *id, int64_t order, bool is_now)
{
	struct pr_alarm_count *count = count_of(arena, alarms, id, order);
	count->now += is_now;
	count->before += !is_now;
}

/* Levels are there also when nothing happened. */
static void count_event(const struct pr_site *site, struct pr_alarms *alarms, const struct pr_event *event, bool is_now)
{
	struct pr_arena *arena = site->work->arena;
	const struct pr_alarm_type *type = pr_alarms_type(site->work->dataset->directory, event->code);
	count_one(arena, alarms, "alarms.total", 0, is_now);
	if (event->level >= 1 && event->level <= 3)
		count_one(arena, alarms, pr_arena_format(arena, "alarms.level.%d", event->level), event->level, is_now);
	count_one(arena, alarms,
		pr_arena_format(arena, "alarms.category.%s", type && type->category ? type->category : CATEGORY_OTHER), 0,
		is_now);
	count_one(arena, alarms, pr_arena_format(arena, "alarms.type.%s", event->code), 0, is_now);
	if (event->point_id)
		count_one(arena, alarms, pr_arena_format(arena, "alarms.point.%lld", (long long)event->point_id),
			event->point_id, is_now);
}

static void start_counts(struct pr_arena *arena, struct pr_alarms *alarms)
{
	*alarms = (struct pr_alarms){0};
	count_of(arena, alarms, "alarms.total", 0);
	for (int level = 1; level <= 3; level++)
		count_of(arena, alarms, pr_arena_format(arena, "alarms.level.%d", level), level);
}

/* --- times --- */

/* Later − earlier where that is a time: not negative, and not longer than the rules allow. */
static int64_t span_ms(const struct pr_alarm_rules *rules, int64_t from_ms, int64_t to_ms, bool is_carried)
{
	if (to_ms == PR_TIME_MISSING || to_ms < from_ms)
		return PR_TIME_MISSING;
	bool is_long = (double)(to_ms - from_ms) > rules->longest_days * (double)PR_MS_DAY;
	return is_long && !is_carried ? PR_TIME_MISSING : to_ms - from_ms;
}

int64_t pr_alarms_duration_ms(const struct pr_alarm_rules *rules, const struct pr_event *event, bool is_carried)
{
	return span_ms(rules, event->started_at_ms, event->ended_at_ms, is_carried);
}

static pr_micro minutes_of(int64_t time_ms)
{
	return pr_micro_ratio(time_ms, PR_MS_MINUTE, 6);
}

static void time_event(
	const struct pr_site *site, const struct pr_event *event, struct pr_alarms *alarms, struct pr_tally *left_out)
{
	struct pr_arena *arena = site->work->arena;
	const struct pr_alarm_rules *rules = &site->work->method->alarms;
	const struct pr_health_rules *health = &site->work->method->health;
	int64_t confirm_ms = span_ms(rules, event->started_at_ms, event->confirmed_at_ms, false);
	int64_t close_ms = span_ms(rules, event->started_at_ms, event->closed_at_ms, false);
	int64_t duration_ms = span_ms(rules, event->started_at_ms, event->ended_at_ms, false);
	if (confirm_ms != PR_TIME_MISSING)
		*PR_PUSH(arena, alarms->confirm, alarms->confirm_count, alarms->confirm_capacity) = minutes_of(confirm_ms);
	if (close_ms != PR_TIME_MISSING) {
		*PR_PUSH(arena, alarms->close, alarms->close_count, alarms->close_capacity) = minutes_of(close_ms);
		alarms->closed_in_time += (double)close_ms <= health->closed_hours * 60 * PR_MS_MINUTE;
	}
	if ((confirm_ms == PR_TIME_MISSING && event->confirmed_at_ms != PR_TIME_MISSING) ||
		(close_ms == PR_TIME_MISSING && event->closed_at_ms != PR_TIME_MISSING) ||
		(duration_ms == PR_TIME_MISSING && event->ended_at_ms != PR_TIME_MISSING))
		pr_tally_add(left_out, event->started_at_ms, 0);
}

/* --- the list --- */

struct listed {
	struct pr_event event;
	int64_t lasted_ms; /* an open one until the cut-off; PR_TIME_MISSING = no time */
	bool is_carried;
};

static int compare_instants(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Carried ones last; by level (a missing one last), the longest first, by start, by id. */
static int compare_listed(const void *left, const void *right)
{
	const struct listed *a = left, *b = right;
	if (a->is_carried != b->is_carried)
		return a->is_carried ? 1 : -1;
	int a_level = a->event.level > 0 ? a->event.level : INT32_MAX;
	int b_level = b->event.level > 0 ? b->event.level : INT32_MAX;
	int order = (a_level > b_level) - (a_level < b_level);
	if (!order)
		order = -compare_instants(a->lasted_ms, b->lasted_ms); /* missing is the smallest */
	if (!order)
		order = compare_instants(a->event.started_at_ms, b->event.started_at_ms);
	return order ? order : strcmp(a->event.event_id, b->event.event_id);
}

static void fill_list(const struct pr_site *site, struct listed *listed, size_t count, struct pr_project_report *report)
{
	if (count > 1)
		qsort(listed, count, sizeof *listed, compare_listed);
	report->events = pr_arena_array(site->work->arena, count, sizeof *report->events);
	report->event_count = count;
	report->carried_count = 0;
	for (size_t i = 0; i < count; i++) {
		report->events[i] = listed[i].event;
		report->carried_count += listed[i].is_carried;
	}
}

static void add_series(
	const struct pr_site *site, const struct listed *listed, size_t count, struct pr_project_report *report)
{
	const struct pr_window *window = &site->window;
	struct pr_arena *arena = site->work->arena;
	double *days = pr_series_add(arena, report, "alarms_day", "1", "P1D", window->from_ms, window->day_count);
	double *hours = pr_series_add(arena, report, "alarms_hour", "1", "PT1H", window->from_ms, 24);
	for (size_t i = 0; i < window->day_count; i++)
		days[i] = 0;
	for (size_t i = 0; i < 24; i++)
		hours[i] = 0;
	for (size_t i = 0; i < count; i++) {
		if (listed[i].is_carried)
			continue;
		size_t quarter = (size_t)((listed[i].event.started_at_ms - window->from_ms) / PR_MS_QUARTER);
		days[window->quarters[quarter].day]++;
		hours[window->quarters[quarter].minute / 60]++;
	}
}

/* --- findings --- */

static const char *const groups[] = {
	"alarms.total", "alarms.level.", "alarms.category.", "alarms.type.", "alarms.point."};
#define GROUPS (sizeof groups / sizeof *groups)
#define FIRST_RANKED_GROUP 2 /* of those before it each is there, be it 0 */

static size_t group_of(const char *id)
{
	size_t group = 0;
	while (group < GROUPS && !pr_text_starts(id, groups[group]))
		group++;
	return group;
}

/* By group; totals and levels as they are, the others by count, then by id or name. */
static int compare_counts(const void *left, const void *right)
{
	const struct pr_alarm_count *a = left, *b = right;
	size_t a_group = group_of(a->id), b_group = group_of(b->id);
	if (a_group != b_group)
		return a_group < b_group ? -1 : 1;
	if (a_group >= FIRST_RANKED_GROUP && a->now != b->now)
		return a->now > b->now ? -1 : 1;
	int order = compare_instants(a->order, b->order);
	return order ? order : strcmp(a->id, b->id);
}

static struct pr_finding *set_count(
	struct pr_arena *arena, const char *id, uint64_t count, struct pr_findings *findings)
{
	return pr_findings_set(findings, arena, id, (pr_micro)count * PR_MICRO_ONE, "1", PR_PRECISION_COUNT);
}

static void set_times(struct pr_arena *arena, const struct pr_alarm_rules *rules, const char *name, pr_micro *times,
	size_t count, struct pr_findings *findings)
{
	pr_sort_micro(times, count);
	pr_findings_set(findings, arena, pr_arena_format(arena, "alarms.%s_minutes.median", name),
		count ? pr_nearest_rank(times, count, 0.5) : PR_MICRO_MISSING, "min", PR_PRECISION_QUANTITY);
	pr_findings_set(findings, arena, pr_arena_format(arena, "alarms.%s_minutes.p90", name),
		count ? pr_nearest_rank(times, count, rules->high_rank) : PR_MICRO_MISSING, "min", PR_PRECISION_QUANTITY);
}

void pr_alarms_set(
	struct pr_arena *arena, const struct pr_alarm_rules *rules, struct pr_alarms *alarms, struct pr_findings *findings)
{
	size_t group = GROUPS;
	int rank = 0;
	if (alarms->count_count > 1)
		qsort(alarms->counts, alarms->count_count, sizeof *alarms->counts, compare_counts);
	for (size_t i = 0; i < alarms->count_count; i++) {
		const struct pr_alarm_count *count = &alarms->counts[i];
		size_t now = group_of(count->id);
		rank = now == group ? rank + 1 : 1;
		group = now;
		if (group >= FIRST_RANKED_GROUP && !count->now)
			continue;
		struct pr_finding *finding = set_count(arena, count->id, count->now, findings);
		finding->rank = group >= FIRST_RANKED_GROUP ? rank : 0;
		finding->base_month = (pr_micro)count->before * PR_MICRO_ONE;
		finding->new_month = count->now && !count->before;
		if (count->before)
			finding->change_month = pr_micro_ratio(
				(pr_wide)count->now - (pr_wide)count->before, (pr_wide)count->before, PR_PRECISION_RATIO);
	}
	set_count(arena, "alarms.open", alarms->open, findings);
	set_count(arena, "alarms.carried", alarms->carried, findings);
	set_count(arena, "alarms.excluded", alarms->excluded, findings);
	set_times(arena, rules, "confirm", alarms->confirm, alarms->confirm_count, findings);
	set_times(arena, rules, "close", alarms->close, alarms->close_count, findings);
}

static void add_times(
	struct pr_arena *arena, pr_micro **to, size_t *count, size_t *capacity, const pr_micro *from, size_t from_count)
{
	for (size_t i = 0; i < from_count; i++)
		*PR_PUSH(arena, *to, *count, *capacity) = from[i];
}

void pr_alarms_add(struct pr_arena *arena, struct pr_alarms *sum, const struct pr_alarms *other)
{
	for (size_t i = 0; i < other->count_count; i++) {
		const struct pr_alarm_count *from = &other->counts[i];
		struct pr_alarm_count *to = count_of(arena, sum, from->id, from->order);
		to->now += from->now;
		to->before += from->before;
	}
	sum->total += other->total;
	sum->open += other->open;
	sum->carried += other->carried;
	sum->excluded += other->excluded;
	sum->critical += other->critical;
	sum->closed_in_time += other->closed_in_time;
	add_times(arena, &sum->confirm, &sum->confirm_count, &sum->confirm_capacity, other->confirm, other->confirm_count);
	add_times(arena, &sum->close, &sum->close_count, &sum->close_capacity, other->close, other->close_count);
}

/* --- a project's month --- */

static void note_counted(const struct pr_site *site, const struct pr_alarms *alarms, const struct pr_tally *no_time,
	const struct pr_tally *no_level)
{
	const struct pr_work *work = site->work;
	int64_t project_id = site->project->id;
	pr_tally_note(work, no_time, "alarm.time_left_out", project_id, 0, NULL, NULL);
	pr_tally_note(work, no_level, "alarm.no_level", project_id, 0, NULL, NULL);
	if (!alarms->total)
		pr_note_plain(work, "alarm.none", project_id, 0);
	if (alarms->total && !alarms->confirm_count)
		pr_note_plain(work, "alarm.none_confirmed", project_id, 0);
	if (alarms->total && !alarms->close_count)
		pr_note_plain(work, "alarm.none_closed", project_id, 0);
}

/* An event of the month that counts. */
static void take_event(const struct pr_site *site, const struct pr_event *event, struct pr_alarms *alarms,
	struct pr_tally *no_time, struct pr_tally *no_level)
{
	struct pr_tally unknown = {0};
	alarms->total++;
	alarms->open += event->ended_at_ms == PR_TIME_MISSING;
	alarms->critical += event->level == site->work->method->health.critical_level;
	count_event(site, alarms, event, true);
	time_event(site, event, alarms, no_time);
	if (event->level < 1 || event->level > 3)
		pr_tally_add(no_level, event->started_at_ms, 0);
	if (pr_alarms_type(site->work->dataset->directory, event->code))
		return;
	pr_tally_add(&unknown, event->started_at_ms, 0);
	pr_tally_note(site->work, &unknown, "alarm.unknown_code", site->project->id, 0, NULL, event->code);
}

void pr_alarms_publish(const struct pr_site *site, struct pr_project_report *report, struct pr_alarms *alarms)
{
	const struct pr_work *work = site->work;
	const struct pr_project_data *data = site->data;
	const struct pr_window *window = &site->window;
	struct listed *listed = pr_arena_array(work->arena, data->event_count, sizeof *listed);
	enum pr_alarm_verdict *verdicts = pr_alarms_judge(site);
	struct pr_tally no_time = {0}, no_level = {0};
	int64_t before_ms, end_ms;
	size_t count = 0;
	start_counts(work->arena, alarms);
	pr_zone_month(site->project->zone, pr_month_add(work->dataset->month, -1), &before_ms, &end_ms);
	for (size_t i = 0; i < data->event_count; i++) {
		const struct pr_event *event = &data->events[i];
		bool is_now = event->started_at_ms >= window->from_ms && event->started_at_ms < window->to_ms;
		bool is_carried = event->started_at_ms < window->from_ms &&
		                  (event->ended_at_ms == PR_TIME_MISSING || event->ended_at_ms > window->from_ms);
		if (verdicts[i] != PR_ALARM_COUNTS) {
			alarms->excluded += is_now;
			continue;
		}
		if (event->started_at_ms >= before_ms && event->started_at_ms < window->from_ms)
			count_event(site, alarms, event, false);
		if (is_now)
			take_event(site, event, alarms, &no_time, &no_level);
		if (!is_now && !is_carried)
			continue;
		alarms->carried += is_carried;
		struct pr_event until = *event;
		if (until.ended_at_ms == PR_TIME_MISSING)
			until.ended_at_ms = work->dataset->cutoff_ms;
		listed[count++] =
			(struct listed){*event, pr_alarms_duration_ms(&work->method->alarms, &until, true), is_carried};
		if (event->ended_at_ms != PR_TIME_MISSING)
			listed[count - 1].lasted_ms = pr_alarms_duration_ms(&work->method->alarms, event, is_carried);
	}
	pr_alarms_note_excluded(site, verdicts);
	note_counted(site, alarms, &no_time, &no_level);
	fill_list(site, listed, count, report);
	add_series(site, listed, count, report);
	pr_alarms_set(work->arena, &work->method->alarms, alarms, &report->findings);
}
