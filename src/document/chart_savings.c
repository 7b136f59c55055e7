/* Charts of the savings and of next month: maximum demands, the ways of the basic charge, its curve, the forecast. */
#include "document/chart_bind.h"

#include <math.h>
#include <string.h>

#define FORECAST_MONTHS 14
#define YEAR_MONTHS 12

static double finding_number(const struct pr_chart_builder *builder, const char *id)
{
	const struct pr_finding *finding = pr_findings_get(&builder->project->findings, id);

	return finding ? pr_micro_to_double(finding->value) : (double)NAN;
}

static const char *finding_path(const struct pr_chart_builder *builder, const char *id)
{
	return pr_arena_format(builder->arena, "projects/%lld/%s", (long long)builder->project->project->id, id);
}

/* Months up to the reported one and `ahead` beyond it; that with the year's number is named in full. */
static void set_months(struct pr_chart_builder *builder, size_t count, size_t ahead)
{
	struct pr_chart_data *data = builder->data;
	const struct pr_zone *zone = builder->project->project->zone;

	if (data->category_count > 0)
		return;
	data->category_count = count;
	data->categories = pr_arena_array(builder->arena, count, sizeof *data->categories);
	for (size_t i = 0; i < count; i++) {
		struct pr_month month =
			pr_month_add(builder->base->context.report->month, (int)i + 1 + (int)ahead - (int)count);
		struct pr_date date = {month.year, month.month, 1};

		data->categories[i].label = i == 0 || month.month == 1
		                                ? pr_chart_format_time(builder, pr_zone_instant(zone, date, 0), "month_short")
		                                : pr_arena_format(builder->arena, "%d", month.month);
		data->categories[i].emphasised = i + 1 + ahead == count;
	}
}

static bool any(const double *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (isfinite(values[i]))
			return true;
	return false;
}

/* Leading months without a value: nothing was expected yet. */
static void skip_leading(struct pr_chart_builder *builder, const double *values, size_t count)
{
	size_t empty = 0;

	while (empty < count && !isfinite(values[empty]))
		empty++;
	builder->data->unexpected = empty;
}

static const char **paths_of(
	const struct pr_chart_builder *builder, const char *series, size_t from, size_t count, double scale)
{
	const char **paths = pr_arena_array(builder->arena, count, sizeof *paths);

	for (size_t i = 0; i < count; i++)
		paths[i] = pr_chart_value_path(builder, series, from + i, scale);
	return paths;
}

static const char **texts_of(const struct pr_chart_builder *builder, const double *values, size_t count)
{
	const char **texts = pr_arena_array(builder->arena, count, sizeof *texts);
	double most = 0;
	const char *style;

	for (size_t i = 0; i < count; i++)
		most = fmax(most, fabs(values[i]));
	style = most >= 100 ? "0,bare" : most >= 10 ? "1,bare" : "2,bare";
	for (size_t i = 0; i < count; i++)
		texts[i] = isfinite(values[i]) ? pr_chart_format(builder, values[i], NULL, style) : NULL;
	return texts;
}

static bool label(struct pr_chart_builder *builder, const struct pr_chart_item *item, struct pr_chart_series *series)
{
	const char *note = item->label ? pr_arena_format(builder->arena, "%s.note", item->label) : NULL;

	series->name = item->name;
	series->role = item->role;
	series->dashed = item->dashed;
	series->width = item->width;
	if (note && pr_words_get(builder->base->context.words, note) &&
		!pr_chart_tagged(builder, NULL, note, &series->note, &series->note_finding))
		return false;
	return pr_chart_words(builder, NULL, item->label, &series->label);
}

/* "savings.demand": twelve months' maximum demands. */
bool pr_chart_bind_demands(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_series *months = pr_project_series(builder->project, "months13.demand");
	struct pr_chart_series *series;

	if (!months || months->count < YEAR_MONTHS || !any(months->values, months->count))
		return true;
	set_months(builder, YEAR_MONTHS, 0);
	series = pr_chart_push(builder);
	series->values = months->values + (months->count - YEAR_MONTHS);
	series->count = YEAR_MONTHS;
	series->texts = texts_of(builder, series->values, YEAR_MONTHS);
	series->findings = paths_of(builder, months->id, months->count - YEAR_MONTHS, YEAR_MONTHS, 1);
	builder->data->unit = months->unit;
	skip_leading(builder, series->values, YEAR_MONTHS);
	return label(builder, item, series);
}

/* ".savings.basic.capacity", ".contract_demand", ".actual_demand": the basic charge by each way. */
bool pr_chart_bind_ways(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_series *way = pr_project_series(builder->project, item->data);
	double scale = pr_money_scale(&builder->base->context, builder->project), *values;
	struct pr_chart_series *series;

	if (!way || !any(way->values, way->count))
		return true;
	set_months(builder, way->count, 0);
	values = pr_arena_array(builder->arena, way->count, sizeof *values);
	for (size_t i = 0; i < way->count; i++)
		values[i] = way->values[i] / scale;
	series = pr_chart_push(builder);
	series->values = values;
	series->count = way->count;
	builder->data->unit = way->unit;
	skip_leading(builder, values, way->count);
	return label(builder, item, series);
}

/* A mark where the curve stands at a quantity: its word, then the money where that is `named`. */
static bool mark_curve(struct pr_chart_builder *builder, const struct pr_series *kw, const double *costs,
	const char *id, const char *key, bool named)
{
	struct pr_chart_data *data = builder->data;
	double at = finding_number(builder, id);

	for (size_t i = 0; i < kw->count; i++) {
		struct pr_chart_mark *mark = &data->marks[data->mark_count];

		if (!(fabs(kw->values[i] - at) < 0.5))
			continue;
		*mark = (struct pr_chart_mark){.series = 0, .index = i};
		if (!pr_chart_tagged(builder, NULL, key, &mark->value_text, &mark->finding))
			return false;
		mark->time_text = named ? pr_chart_format(builder, costs[i], NULL, "2,bare") : NULL;
		mark->time_finding =
			pr_arena_format(builder->arena, "(%s|/|%.0f)", finding_path(builder, "savings.basic.cost.best_contract"),
				pr_money_scale(&builder->base->context, builder->project));
		data->mark_count++;
		return true;
	}
	return true;
}

/* What the actual demand would cost, where that lies beside the curve and not far below it. */
static bool add_actual(struct pr_chart_builder *builder, const double *costs, size_t count, double scale)
{
	double actual = finding_number(builder, "savings.basic.cost.actual_demand") / scale, low = INFINITY, high = 0;
	struct pr_chart_limit *limit = pr_arena_array(builder->arena, builder->definition->limit_count + 1, sizeof *limit);

	for (size_t i = 0; i < count; i++) {
		low = fmin(low, costs[i]);
		high = fmax(high, costs[i]);
	}
	if (!(actual > low - (high - low)) || !(actual < high))
		return true;
	limit->value = actual;
	limit->dashed = true;
	limit->role = "accent";
	builder->data->limits = limit;
	builder->data->limit_count = 1;
	return pr_chart_tagged(builder, NULL, "chart.curve.actual", &limit->label, &limit->finding);
}

/* "savings.curve": what twelve months cost by contract, with the present and the best one. */
bool pr_chart_bind_curve(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_series *kw = pr_project_series(builder->project, ".savings.basic.kw");
	const struct pr_series *cost = pr_project_series(builder->project, ".savings.basic.curve");
	double scale = pr_money_scale(&builder->base->context, builder->project), *costs;
	struct pr_chart_series *series;

	if (!kw || !cost || kw->count != cost->count)
		return true;
	costs = pr_arena_array(builder->arena, cost->count, sizeof *costs);
	for (size_t i = 0; i < cost->count; i++)
		costs[i] = cost->values[i] / scale;
	builder->data->xs = kw->values;
	builder->data->unit = cost->unit;
	builder->data->marks =
		pr_arena_array(builder->arena, builder->definition->mark_count + 2, sizeof *builder->data->marks);
	series = pr_chart_push(builder);
	series->values = costs;
	series->count = cost->count;
	return label(builder, item, series) && add_actual(builder, costs, cost->count, scale) &&
	       mark_curve(builder, kw, costs, "savings.basic.best_contract_kw", "chart.contract.best", true) &&
	       mark_curve(builder, kw, costs, "demand.contract", "chart.contract.present", false);
}

/* "forecast.months": thirteen months as they were; "forecast.energy", ".low", ".high": the fourteenth. */
bool pr_chart_bind_forecast(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_series *months = pr_project_series(builder->project, "months13.energy");
	bool past = strcmp(item->data, "forecast.months") == 0, edge = strcmp(item->data, "forecast.energy") != 0;
	double *values = pr_arena_array(builder->arena, FORECAST_MONTHS, sizeof *values);
	struct pr_chart_series *series;

	if (!months || months->count + 1 != FORECAST_MONTHS)
		return true;
	for (size_t i = 0; i < FORECAST_MONTHS; i++)
		values[i] = past && i < months->count ? months->values[i] : (double)NAN;
	if (!past)
		values[FORECAST_MONTHS - 1] = finding_number(builder, item->data);
	set_months(builder, FORECAST_MONTHS, 1);
	if (past)
		skip_leading(builder, values, FORECAST_MONTHS);
	series = pr_chart_push(builder);
	series->values = values;
	series->count = FORECAST_MONTHS;
	series->finding = finding_path(builder, item->data);
	if (past)
		series->findings = paths_of(builder, months->id, 0, FORECAST_MONTHS, 1);
	series->texts = past || !edge ? texts_of(builder, values, FORECAST_MONTHS) : NULL;
	builder->data->unit = months->unit;
	return label(builder, item, series);
}
