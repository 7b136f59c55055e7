/* Charts of a tenant with several projects, in the order of their bills. */
#include "document/chart_bind.h"
#include "document/rows.h"

#include <math.h>
#include <string.h>

#define PANELS_MOST 30
#define MONTHS 13
#define PARTS_MOST 6 /* projects in a stack of months, the last of them the others together */
#define TOLERANCE_PERCENT (100.0 / PR_MICRO_ONE)

static const struct pr_scope *tenant_scope(const struct pr_chart_builder *builder)
{
	const struct pr_scope *scope = builder->scope;

	while (scope->outer)
		scope = scope->outer;
	return scope;
}

static pr_micro micro_of(const struct pr_project_report *project, const char *id)
{
	const struct pr_finding *finding = pr_findings_get(&project->findings, id);

	return finding ? finding->value : PR_MICRO_MISSING;
}

/* --- typical days ----------------------------------------------------------------------------------------------- */

/* The curve in % of the contract, or of the month's largest load where there is none. */
static void set_curve(const struct pr_chart_builder *builder, const struct pr_project_report *project,
	const struct pr_series *load, struct pr_chart_panel *panel)
{
	pr_micro contract = micro_of(project, "demand.contract"), largest = micro_of(project, "load.max");
	double whole = pr_micro_to_double(contract == PR_MICRO_MISSING ? largest : contract);
	double *values = pr_arena_array(builder->arena, load->count, sizeof *values);
	struct pr_chart_series *series = pr_arena_alloc(builder->arena, sizeof *series);

	for (size_t i = 0; i < load->count; i++)
		values[i] = whole > 0 ? 100 * load->values[i] / whole : NAN;
	*series = (struct pr_chart_series){.values = values, .count = load->count};
	panel->data.series = series;
	panel->data.series_count = 1;
	if (contract == PR_MICRO_MISSING)
		return;
	panel->data.limits = pr_arena_alloc(builder->arena, sizeof *panel->data.limits);
	panel->data.limit_count = 1;
	panel->data.limits[0].value =
		(double)builder->base->context.report->method->basic.contract_tolerance * TOLERANCE_PERCENT;
}

static bool bind_typical(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_context *context = &builder->base->context;
	const struct pr_report *report = context->report;
	const size_t *order = pr_rows_ranking(context);
	struct pr_chart_panel *panels = pr_arena_array(builder->arena, PANELS_MOST, sizeof *panels);
	bool named = false;
	size_t count = 0;

	for (size_t i = 0; i < report->project_count && count < PANELS_MOST; i++) {
		const struct pr_project_report *project = &report->projects[order[i]];
		const struct pr_series *load = pr_project_series(project, item->data + strlen("projects."));
		struct pr_chart_panel *panel = &panels[count];
		pr_micro over = micro_of(project, "attention.demand");

		if (!load || load->count == 0 || micro_of(project, "load.max") == PR_MICRO_MISSING)
			continue;
		panel->title = project->project->name;
		panel->emphasised = over != PR_MICRO_MISSING && over > 0;
		set_curve(builder, project, load, panel);
		if (panel->data.limit_count > 0 && !named) {
			panel->data.limits[0].label = pr_chart_format(builder, panel->data.limits[0].value / 100, "1", "0");
			panel->data.limits[0].finding = "facts/rule.contract_tolerance";
			named = true;
		}
		if (!pr_chart_tagged(builder, pr_scope_of_project(context, tenant_scope(builder), order[i]), item->label,
				&panel->note, &panel->finding))
			return false;
		count++;
	}
	builder->data->panels = panels;
	builder->data->panel_count = count;
	return true;
}

/* --- a bar a project -------------------------------------------------------------------------------------------- */

struct bar {
	size_t index;
	double value;
};

/* Most first; equals in the order of the list. */
static size_t sort_bars(const struct pr_report *report, const char *id, struct bar *bars)
{
	size_t count = 0;

	for (size_t i = 0; i < report->project_count; i++) {
		pr_micro value = micro_of(&report->projects[i], id);
		size_t at = count;
		if (value == PR_MICRO_MISSING)
			continue;
		while (at > 0 && pr_micro_to_double(value) > bars[at - 1].value) {
			bars[at] = bars[at - 1];
			at--;
		}
		bars[at] = (struct bar){i, pr_micro_to_double(value)};
		count++;
	}
	return count;
}

static bool bind_bars(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_context *context = &builder->base->context;
	const struct pr_report *report = context->report;
	const char *id = item->data + strlen("projects.");
	struct bar *bars = pr_arena_array(builder->arena, report->project_count + 1, sizeof *bars);
	size_t all = sort_bars(report, id, bars), count = all < PR_CHART_POINTS_MAX ? all : PR_CHART_POINTS_MAX;
	bool total = strcmp(id, "bill.total") == 0;
	double scale = total ? pr_money_scale(context, NULL) : 1;
	double *values = pr_arena_array(builder->arena, count, sizeof *values);
	const char **texts = pr_arena_array(builder->arena, count, sizeof *texts);
	const char **paths = pr_arena_array(builder->arena, count, sizeof *paths);
	struct pr_chart_series *series;

	builder->data->categories = pr_arena_array(builder->arena, count, sizeof *builder->data->categories);
	builder->data->category_count = count;
	for (size_t i = 0; i < count; i++) {
		const struct pr_project_report *project = &report->projects[bars[i].index];
		struct pr_value value = pr_project_value(context, project, id);

		values[i] = bars[i].value / scale;
		texts[i] = total ? pr_chart_format(builder, values[i], NULL, "2,bare")
		                 : pr_chart_text(builder, value, pr_text_equal(value.unit, "kWh") ? "0,bare" : "bare");
		paths[i] = scale == 1 ? value.finding : pr_arena_format(builder->arena, "(%s|/|%.0f)", value.finding, scale);
		builder->data->categories[i].label = project->project->name;
	}
	series = pr_chart_push(builder);
	series->name = item->name;
	series->role = item->role;
	series->values = values;
	series->texts = texts;
	series->findings = paths;
	series->count = count;
	return true;
}

/* --- thirteen months -------------------------------------------------------------------------------------------- */

static void add_values(const struct pr_series *from, double *values)
{
	for (size_t i = 0; i < MONTHS && i < from->count; i++)
		if (!isnan(from->values[i]))
			values[i] = isnan(values[i]) ? from->values[i] : values[i] + from->values[i];
}

static void name_months(struct pr_chart_builder *builder)
{
	const struct pr_report *report = builder->base->context.report;
	struct pr_chart_data *data = builder->data;

	data->category_count = MONTHS;
	data->categories = pr_arena_array(builder->arena, MONTHS, sizeof *data->categories);
	for (int i = 0; i < MONTHS; i++) {
		struct pr_month shown = pr_month_add(report->month, i - (MONTHS - 1));
		int64_t at_ms = pr_zone_instant(report->tenant->zone, (struct pr_date){shown.year, shown.month, 1}, 0);
		data->categories[i].label = i == 0 || shown.month == 1 ? pr_chart_format_time(builder, at_ms, "month_short")
		                                                       : pr_arena_format(builder->arena, "%d", shown.month);
		data->categories[i].emphasised = i + 1 == MONTHS;
	}
}

/* Months before the first that any project has. */
static size_t months_before(const struct pr_chart_data *data)
{
	for (size_t i = 0; i < MONTHS; i++)
		for (size_t s = 0; s < data->series_count; s++)
			if (!isnan(data->series[s].values[i]))
				return i;
	return MONTHS;
}

static bool bind_months(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_context *context = &builder->base->context;
	const struct pr_report *report = context->report;
	struct bar *bars = pr_arena_array(builder->arena, report->project_count + 1, sizeof *bars);
	size_t count = sort_bars(report, "energy.total", bars), shown = count > PARTS_MOST ? PARTS_MOST : count;

	name_months(builder);
	for (size_t part = 0; part < shown; part++) {
		bool rest = count > PARTS_MOST && part + 1 == shown;
		struct pr_chart_series *series = pr_chart_push(builder);
		double *values = pr_arena_array(builder->arena, MONTHS, sizeof *values);

		for (size_t i = 0; i < MONTHS; i++)
			values[i] = NAN;
		for (size_t i = part; i < (rest ? count : part + 1); i++) {
			const struct pr_series *months = pr_project_series(&report->projects[bars[i].index], "months13.energy");
			if (months)
				add_values(months, values);
		}
		series->name = pr_arena_format(builder->arena, "part%zu", part + 1);
		series->role = pr_arena_format(builder->arena, "part.%zu", part + 1);
		series->values = values;
		series->count = MONTHS;
		series->label =
			rest ? pr_words_plain(context->words, item->label) : report->projects[bars[part].index].project->name;
	}
	builder->data->unexpected = months_before(builder->data);
	return true;
}

/* --- a month of days -------------------------------------------------------------------------------------------- */

static void name_days(struct pr_chart_builder *builder, size_t count)
{
	const struct pr_report *report = builder->base->context.report;
	struct pr_date date = {report->month.year, report->month.month, 1};

	builder->data->category_count = count;
	builder->data->categories = pr_arena_array(builder->arena, count, sizeof *builder->data->categories);
	for (size_t i = 0; i < count; i++, date.day++) {
		builder->data->categories[i].label = pr_arena_format(builder->arena, "%d", date.day);
		builder->data->categories[i].rest = pr_date_weekday(date) >= 6;
	}
}

/* Every day's energy as a share of the project's largest; a day without an expectation is below 0. */
static bool bind_days(struct pr_chart_builder *builder)
{
	const struct pr_report *report = builder->base->context.report;
	const size_t *order = pr_rows_ranking(&builder->base->context);

	for (size_t i = 0; i < report->project_count && i < PR_CHART_POINTS_MAX; i++) {
		const struct pr_project_report *project = &report->projects[order[i]];
		const struct pr_series *days = pr_project_series(project, "energy_day");
		double *values = pr_arena_array(builder->arena, project->day_count, sizeof *values), most = 0;
		struct pr_chart_series *series = pr_chart_push(builder);

		for (size_t d = 0; days && d < days->count; d++)
			most = fmax(most, days->values[d]);
		for (size_t d = 0; d < project->day_count; d++)
			values[d] = project->day_expected[d] == 0         ? -1
			            : days && d < days->count && most > 0 ? days->values[d] / most
			                                                  : (double)NAN;
		series->label = project->project->name;
		series->values = values;
		series->count = project->day_count;
		if (project->day_count > builder->data->category_count)
			name_days(builder, project->day_count);
	}
	return true;
}

bool pr_chart_bind_projects(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	if (strcmp(item->data, "projects.typical_workday") == 0)
		return bind_typical(builder, item);
	if (strcmp(item->data, "projects.months13.energy") == 0)
		return bind_months(builder, item);
	if (strcmp(item->data, "projects.energy_day") == 0)
		return bind_days(builder);
	return bind_bars(builder, item);
}
