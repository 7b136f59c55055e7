/* Categories and places of charts: days, months, quarters by the wall clock; what was not expected stays blank. */
#include "document/chart_bind.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DAY_QUARTERS 96
#define DAY_HOURS 24
#define SPARK_EDGES 2

static struct pr_date first_day(const struct pr_chart_builder *builder)
{
	struct pr_month month = builder->base->context.report->month;

	return (struct pr_date){month.year, month.month, 1};
}

size_t pr_chart_highest(const struct pr_chart_builder *builder, size_t count)
{
	size_t best = SIZE_MAX;
	double most = 0;

	for (size_t i = 0; i < count; i++) {
		double sum = 0;
		for (size_t s = 0; s < builder->data->series_count; s++)
			if (i < builder->data->series[s].count && !isnan(builder->data->series[s].values[i]))
				sum += builder->data->series[s].values[i];
		if (sum > most) {
			most = sum;
			best = i;
		}
	}
	return best;
}

/* Days of the month. On a time axis only the first and the Mondays are named. */
static void add_days(struct pr_chart_builder *builder, bool time_axis)
{
	const struct pr_words *all = builder->base->context.words;
	const struct pr_project_report *project = builder->project;
	struct pr_chart_data *data = builder->data;
	struct pr_date date = first_day(builder);
	size_t best = time_axis ? SIZE_MAX : pr_chart_highest(builder, project->day_count);

	data->categories = pr_arena_array(builder->arena, project->day_count, sizeof *data->categories);
	data->category_count = project->day_count;
	for (size_t i = 0; i < project->day_count; i++, date.day++) {
		struct pr_chart_category *category = &data->categories[i];
		int weekday = pr_date_weekday(date);
		char key[32];

		category->rest = project->day_kinds[i] != PR_DAY_WORKDAY;
		category->emphasised = i == best;
		if (!time_axis)
			category->label = pr_arena_format(builder->arena, "%d", date.day);
		else if (i == 0 || weekday == 1)
			category->label = pr_chart_format_time(builder, pr_zone_instant(project->project->zone, date, 0), "day");
		if (category->rest && weekday >= 6) {
			snprintf(key, sizeof key, "weekday_short.%d", weekday);
			category->second = pr_words_plain(all, key);
		}
	}
}

/* The hours of a day; every third is named. */
static void add_hours(struct pr_chart_builder *builder)
{
	size_t best = pr_chart_highest(builder, DAY_HOURS);
	struct pr_chart_data *data = builder->data;

	data->category_count = DAY_HOURS;
	data->categories = pr_arena_array(builder->arena, DAY_HOURS, sizeof *data->categories);
	for (size_t hour = 0; hour < DAY_HOURS; hour++) {
		data->categories[hour].label = hour % 3 == 0 ? pr_arena_format(builder->arena, "%zu", hour) : NULL;
		data->categories[hour].emphasised = hour == best;
	}
}

static void add_months(struct pr_chart_builder *builder, size_t count)
{
	struct pr_chart_data *data = builder->data;
	struct pr_month month = builder->base->context.report->month;
	bool spark = builder->definition->kind == PR_CHART_SPARK;

	data->category_count = spark ? SPARK_EDGES : count;
	data->categories = pr_arena_array(builder->arena, data->category_count, sizeof *data->categories);
	for (size_t i = 0; i < data->category_count; i++) {
		int back = spark ? (i == 0 ? -(int)(count - 1) : 0) : (int)i - (int)(count - 1);
		struct pr_month shown = pr_month_add(month, back);
		bool named = spark || i == 0 || shown.month == 1;
		struct pr_date date = {shown.year, shown.month, 1};

		data->categories[i].label = named
		                                ? pr_chart_format_time(builder,
											  pr_zone_instant(builder->project->project->zone, date, 0), "month_short")
		                                : pr_arena_format(builder->arena, "%d", shown.month);
		data->categories[i].emphasised = i + 1 == data->category_count;
	}
}

/* Where the month's quarters lie by the wall clock. */
static void add_places(struct pr_chart_builder *builder)
{
	const struct pr_series *series = builder->first;
	struct pr_chart_place *places = pr_arena_array(builder->arena, series->count, sizeof *places);
	bool fingerprint = builder->definition->kind == PR_CHART_FINGERPRINT;

	for (size_t i = 0; i < series->count; i++) {
		struct pr_local_time local =
			pr_zone_local(builder->project->project->zone, series->start_ms + (int64_t)i * PR_MS_QUARTER);
		/* On no day where nothing was expected: before the service or the first meter. */
		places[i].day =
			fingerprint && i < builder->project->quarter_count && builder->project->quarters[i].expected == 0
				? SIZE_MAX
				: (size_t)(local.date.day - 1);
		places[i].minute = local.minute_of_day;
	}
	builder->data->places = places;
	builder->data->values_per_day = DAY_QUARTERS;
}

/* A customer's first months hold nothing that could be missing: they stay blank; so does a stack of nothing but 0. */
static size_t months_before(const struct pr_chart_builder *builder)
{
	const struct pr_chart_data *data = builder->data;
	size_t empty = builder->first->count;

	if (data->series_count == 0)
		return empty;
	for (size_t s = 0; s < data->series_count; s++) {
		size_t i = 0;
		while (i < data->series[s].count && isnan(data->series[s].values[i]))
			i++;
		empty = i < empty ? i : empty;
	}
	return empty < builder->first->count ? empty : 0;
}

/* Likewise the days before the service or the first meter. */
static size_t days_before(const struct pr_project_report *project)
{
	size_t empty = 0;

	while (empty < project->day_count && project->day_expected[empty] == 0)
		empty++;
	return empty < project->day_count ? empty : 0;
}

static size_t quarters_before(const struct pr_project_report *project)
{
	size_t empty = 0;

	while (empty < project->quarter_count && project->quarters[empty].expected == 0)
		empty++;
	return empty < project->quarter_count ? empty : 0;
}

void pr_chart_axis(struct pr_chart_builder *builder)
{
	switch (builder->definition->kind) {
	case PR_CHART_BAND:
	case PR_CHART_FINGERPRINT:
		add_days(builder, true);
		if (builder->first)
			add_places(builder);
		if (builder->definition->kind == PR_CHART_BAND)
			builder->data->unexpected = quarters_before(builder->project);
		break;
	case PR_CHART_DAYS:
	case PR_CHART_HEAT:
		add_days(builder, false);
		break;
	case PR_CHART_STACK:
	case PR_CHART_COLUMNS:
	case PR_CHART_SPARK:
	case PR_CHART_MONTHS:
		if (builder->first && pr_text_equal(builder->first->step, "P1M")) {
			add_months(builder, builder->first->count);
			builder->data->unexpected = months_before(builder);
		} else if (builder->first && pr_text_equal(builder->first->step, "PT1H") &&
				   builder->first->count == DAY_HOURS) {
			add_hours(builder);
		} else if (builder->first) {
			add_days(builder, false);
			builder->data->unexpected = days_before(builder->project);
		}
		break;
	case PR_CHART_LINES:
		builder->data->values_per_day = DAY_QUARTERS;
		break;
	case PR_CHART_PIE:
	case PR_CHART_ROWS:
	case PR_CHART_RADAR:
	case PR_CHART_WATERFALL:
	case PR_CHART_DOTS:
	case PR_CHART_PANELS:
	case PR_CHART_CURVE:
	case PR_CHART_MULTIPLES:
	case PR_CHART_CALENDAR:
	case PR_CHART_PLOT:
	case PR_CHART_KIND_COUNT:
		break;
	}
}

void pr_chart_axis_of_quarters(struct pr_chart_builder *builder, struct pr_chart_data *panel, size_t count)
{
	struct pr_chart_builder inner = *builder;
	struct pr_series *series = pr_arena_alloc(builder->arena, sizeof *series);

	*series = (struct pr_series){.start_ms = builder->project->month_from_ms, .count = count};
	inner.data = panel;
	inner.first = series;
	add_days(&inner, true);
	add_places(&inner);
	panel->unexpected = quarters_before(builder->project);
}
