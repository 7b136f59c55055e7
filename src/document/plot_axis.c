/* The time axis of a plot: as fine as there is room for labels, from five minutes to a year. */
#include "document/plot.h"

#define TICK_ROOM_PT 26.0
#define CLOCK_ROOM_PT 36.0
#define DAY_ROOM_PT 17.0
#define DAY_MINUTES 1440
#define HOUR_MINUTES 60
#define WEEK_DAYS 7
#define MONTH_DAYS 28

struct axis {
	struct pr_plot_maker *maker;
	const struct pr_plot_panel *panel;
	struct pr_plot_frame *frame;
	struct pr_scope scope;
	const struct pr_zone *zone;
	int64_t from_ms, to_ms;
	size_t tick_capacity, span_capacity;
};

static bool word_at(struct axis *axis, const char *key, int64_t at_ms, const char **text)
{
	axis->scope.field_count = 0;
	pr_scope_add(&axis->scope, axis->maker->arena, "tick.at", pr_value_time(at_ms));
	pr_scope_add(&axis->scope, axis->maker->arena, "tick.year",
		pr_value_text(pr_arena_format(axis->maker->arena, "%d", pr_zone_local(axis->zone, at_ms).date.year)));
	return pr_plot_word(axis->maker, &axis->scope, key, text);
}

static struct pr_plot_tick *add_tick(struct axis *axis, int64_t at_ms)
{
	struct pr_plot_tick *tick =
		PR_PUSH(axis->maker->arena, axis->frame->ticks, axis->frame->tick_count, axis->tick_capacity);

	*tick = (struct pr_plot_tick){.at_ms = at_ms};
	return tick;
}

static bool add_span(struct axis *axis, int64_t from_ms, int64_t to_ms, const char *key, const char *second_key)
{
	struct pr_plot_span *span;
	int64_t shown_from_ms = from_ms > axis->from_ms ? from_ms : axis->from_ms;

	if (to_ms <= axis->from_ms || from_ms >= axis->to_ms)
		return true;
	span = PR_PUSH(axis->maker->arena, axis->frame->spans, axis->frame->span_count, axis->span_capacity);
	*span = (struct pr_plot_span){.from_ms = shown_from_ms, .to_ms = to_ms < axis->to_ms ? to_ms : axis->to_ms};
	return word_at(axis, key, shown_from_ms, &span->label) &&
	       (!second_key || word_at(axis, second_key, shown_from_ms, &span->second));
}

static int64_t midnight(const struct axis *axis, int64_t day)
{
	return pr_zone_instant(axis->zone, pr_date_from_day(day), 0);
}

/* Hours as bare numbers, finer ticks as the clock shows them; the axis' end reads 24. */
static bool label_clock(struct axis *axis, struct pr_plot_tick *tick, int minute, int step)
{
	struct pr_arena *arena = axis->maker->arena;

	tick->label = step % HOUR_MINUTES == 0
	                  ? pr_arena_format(arena, "%d", minute / HOUR_MINUTES)
	                  : pr_arena_format(arena, "%02d:%02d", minute / HOUR_MINUTES, minute % HOUR_MINUTES);
	return true;
}

static bool add_clock(struct axis *axis, int64_t first_day, int64_t last_day, int step)
{
	for (int64_t day = first_day; day <= last_day; day++) {
		int64_t from_ms = midnight(axis, day), to_ms = midnight(axis, day + 1);
		for (int minute = 0; minute < DAY_MINUTES; minute += step) {
			int64_t at_ms = pr_zone_instant(axis->zone, pr_date_from_day(day), minute);
			if (at_ms < axis->from_ms || at_ms > axis->to_ms || at_ms >= to_ms)
				continue;
			struct pr_plot_tick *tick = add_tick(axis, at_ms);
			tick->midnight = minute == 0 && at_ms > axis->from_ms && at_ms < axis->to_ms;
			if (!label_clock(axis, tick, minute, step))
				return false;
		}
		if (day == last_day && to_ms == axis->to_ms && !label_clock(axis, add_tick(axis, to_ms), DAY_MINUTES, step))
			return false;
		if (!add_span(axis, from_ms, to_ms, "plot.tick_day", "plot.tick_weekday"))
			return false;
	}
	return true;
}

static int64_t month_day(struct pr_date date, int months)
{
	struct pr_month month = pr_month_add((struct pr_month){date.year, date.month}, months);
	return pr_date_to_day((struct pr_date){month.year, month.month, 1});
}

/* Days by their number, each, every second, or Mondays; months below. */
static bool add_days(struct axis *axis, int64_t first_day, int64_t last_day, double day_pt)
{
	int64_t stride = day_pt >= DAY_ROOM_PT ? 1 : 2 * day_pt >= DAY_ROOM_PT ? 2 : WEEK_DAYS;

	for (int64_t day = first_day; day <= last_day; day++) {
		int64_t at_ms = midnight(axis, day);
		struct pr_date date = pr_date_from_day(day);
		bool is_named = stride == WEEK_DAYS ? pr_date_weekday(date) == 1 : (date.day - 1) % stride == 0;
		if (at_ms < axis->from_ms || at_ms > axis->to_ms)
			continue;
		struct pr_plot_tick *tick = add_tick(axis, at_ms);
		if (is_named && at_ms < axis->to_ms)
			tick->label = pr_arena_format(axis->maker->arena, "%d", date.day);
	}
	for (int64_t day = month_day(pr_date_from_day(first_day), 0); day <= last_day;
		 day = month_day(pr_date_from_day(day), 1))
		if (!add_span(axis, midnight(axis, day), midnight(axis, month_day(pr_date_from_day(day), 1)), "plot.tick_month",
				NULL))
			return false;
	return true;
}

static bool add_months(struct axis *axis, int64_t first_day, int64_t last_day, double month_pt)
{
	int64_t day = month_day(pr_date_from_day(first_day), 0);
	int stride = month_pt >= TICK_ROOM_PT ? 1 : month_pt * 3 >= TICK_ROOM_PT ? 3 : 12;

	for (; day <= last_day; day = month_day(pr_date_from_day(day), 1)) {
		int64_t at_ms = midnight(axis, day);
		if (at_ms < axis->from_ms || at_ms > axis->to_ms)
			continue;
		struct pr_plot_tick *tick = add_tick(axis, at_ms);
		if ((pr_date_from_day(day).month - 1) % stride == 0 && at_ms < axis->to_ms &&
			!word_at(axis, "plot.tick_month_short", at_ms, &tick->label))
			return false;
	}
	for (int year = pr_date_from_day(first_day).year; year <= pr_date_from_day(last_day).year; year++)
		if (!add_span(axis, pr_zone_instant(axis->zone, (struct pr_date){year, 1, 1}, 0),
				pr_zone_instant(axis->zone, (struct pr_date){year + 1, 1, 1}, 0), "plot.tick_year", NULL))
			return false;
	return true;
}

bool pr_plot_axis(struct pr_plot_maker *maker, size_t panel, double width_pt, struct pr_plot_frame *frame)
{
	static const int steps[] = {5, 10, 15, 30, 60, 120, 180, 360, 720};
	const struct pr_plot_grid *grid = maker->plot->panels[panel].grid;
	struct axis axis = {.maker = maker, .panel = &maker->plot->panels[panel], .frame = frame};
	double minute_pt, day_pt;
	int64_t first_day, last_day;

	axis.scope = (struct pr_scope){.outer = maker->panels[panel]};
	axis.zone = axis.panel->project->zone;
	axis.from_ms = grid->edges[0];
	axis.to_ms = grid->edges[grid->count];
	minute_pt = width_pt * (double)PR_MS_MINUTE / (double)(axis.to_ms - axis.from_ms);
	day_pt = minute_pt * DAY_MINUTES;
	first_day = pr_date_to_day(pr_zone_local(axis.zone, axis.from_ms).date);
	last_day = pr_date_to_day(pr_zone_local(axis.zone, axis.to_ms - 1).date);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (steps[i] * minute_pt >= (steps[i] < HOUR_MINUTES ? CLOCK_ROOM_PT : TICK_ROOM_PT))
			return add_clock(&axis, first_day, last_day, steps[i]);
	if (WEEK_DAYS * day_pt >= DAY_ROOM_PT && day_pt * MONTH_DAYS >= 2 * CLOCK_ROOM_PT)
		return add_days(&axis, first_day, last_day, day_pt);
	return add_months(&axis, first_day, last_day, day_pt * MONTH_DAYS);
}
