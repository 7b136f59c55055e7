#include "analysis/window.h"

static void fill_days(struct pr_window *window, const struct pr_project *project, int64_t first_day)
{
	for (size_t i = 0; i < window->day_count; i++) {
		struct pr_window_day *day = &window->days[i];
		day->date = pr_date_from_day(first_day + (int64_t)i);
		day->kind = pr_project_day_kind(project, day->date);
		day->start_ms = pr_zone_instant(project->zone, day->date, 0);
	}
}

void pr_window_init(struct pr_window *window, const struct pr_project *project, struct pr_date from, struct pr_date to,
	struct pr_arena *arena)
{
	int64_t first_day = pr_date_to_day(from), end_day = pr_date_to_day(to);
	*window = (struct pr_window){
		.from_ms = pr_zone_instant(project->zone, from, 0), .to_ms = pr_zone_instant(project->zone, to, 0)};
	if (end_day <= first_day || window->to_ms <= window->from_ms)
		return;
	window->day_count = (size_t)(end_day - first_day);
	window->days = pr_arena_array(arena, window->day_count, sizeof *window->days);
	fill_days(window, project, first_day);
	window->count = (size_t)((window->to_ms - window->from_ms) / PR_MS_QUARTER);
	window->quarters = pr_arena_array(arena, window->count, sizeof *window->quarters);
	for (size_t i = 0; i < window->count; i++) {
		struct pr_window_quarter *quarter = &window->quarters[i];
		quarter->start_ms = window->from_ms + (int64_t)i * PR_MS_QUARTER;
		struct pr_local_time local = pr_zone_local(project->zone, quarter->start_ms);
		/* Where clocks go back over midnight, an hour falls outside the days: it counts with the nearest one. */
		int64_t day = pr_date_to_day(local.date) - first_day;
		if (day < 0)
			day = 0;
		if (day >= (int64_t)window->day_count)
			day = (int64_t)window->day_count - 1;
		quarter->day = (uint16_t)day;
		quarter->minute = (uint16_t)local.minute_of_day;
	}
}

void pr_window_month(
	struct pr_window *window, const struct pr_project *project, struct pr_month month, struct pr_arena *arena)
{
	struct pr_month next = pr_month_add(month, 1);
	pr_window_init(window, project, (struct pr_date){month.year, month.month, 1},
		(struct pr_date){next.year, next.month, 1}, arena);
}
