/* Rows of a day's and a month's course, for the workbook and its charts. */
#include "document/rows.h"

#include <math.h>

#define LEVELS 3
#define DAY_QUARTERS 96

/* A quarter of the day: the mean load of working days and of all others, and the load of the day with the maximum. */
bool pr_rows_clock(struct pr_row_builder *builder)
{
	static const struct {
		const char *field, *series;
	} fields[] = {{"row.work", "typical_workday"}, {"row.off", "typical_offday"}, {"row.peak", "peak_day"}};
	const struct pr_project_report *project = builder->project;
	struct pr_arena *arena = builder->context->arena;

	for (size_t quarter = 0; quarter < DAY_QUARTERS; quarter++) {
		struct pr_scope *row = pr_rows_add(builder);

		pr_rows_field(builder, row, "row.clock",
			pr_value_text(pr_arena_format(arena, "%02zu:%02zu", quarter / 4, quarter % 4 * 15)));
		for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
			const struct pr_series *series = pr_project_series(project, fields[i].series);
			struct pr_value value = pr_value_missing();

			if (series && quarter < series->count && isfinite(series->values[quarter]))
				value = pr_rows_tagged(builder, pr_value_number(series->values[quarter], series->unit),
					pr_arena_format(
						arena, "projects/%lld/series/%s/%zu", (long long)project->project->id, series->id, quarter));
			pr_rows_field(builder, row, fields[i].field, value);
		}
	}
	return true;
}

/* A day's new alarms by level; a day without any data is no day without alarms. */
bool pr_rows_alarm_days(struct pr_row_builder *builder)
{
	static const char *const fields[LEVELS] = {"row.critical", "row.major", "row.minor"};
	const struct pr_project_report *project = builder->project;
	double(*counts)[LEVELS] = pr_arena_array(builder->context->arena, project->day_count, sizeof *counts);
	struct pr_date date = {builder->context->report->month.year, builder->context->report->month.month, 1};

	for (size_t i = 0; i + project->carried_count < project->event_count; i++) {
		const struct pr_event *event = &project->events[i];
		size_t day = (size_t)pr_zone_local(project->project->zone, event->started_at_ms).date.day - 1;
		/* What has no level stands with the least. */
		int level = event->level >= 1 && event->level <= LEVELS ? event->level : LEVELS;

		if (day < project->day_count)
			counts[day][level - 1]++;
	}
	for (size_t day = 0; day < project->day_count; day++, date.day++) {
		bool blind = project->day_expected[day] > 0 && project->day_measured[day] == 0;
		struct pr_scope *row = pr_rows_add(builder);

		pr_rows_field(builder, row, "row.date", pr_value_time(pr_zone_instant(project->project->zone, date, 0)));
		for (int level = 0; level < LEVELS; level++)
			pr_rows_field(builder, row, fields[level],
				blind && counts[day][level] == 0 ? pr_value_missing() : pr_value_number(counts[day][level], NULL));
	}
	return true;
}
