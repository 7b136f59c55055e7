/* What the words of a plot may say: of the whole, and of each panel. */
#include "document/plot.h"

#include <math.h>
#include <string.h>

#define HUNDRED 100.0
#define MINUTES_DAY 1440
#define MINUTES_HOUR 60
#define FIGURES_FULL 1e4 /* beyond four figures a decimal is noise */
#define UNEVEN_SHARE 0.2 /* a phase whose mean differs so much from the others' is the finding */

/* Four figures of the panel's largest value: 142.6 A and 63.3 A, but 1,510 A and 962 A. */
static int digits_of(const struct pr_plot_panel *panel)
{
	double largest = 0;
	int digits = pr_plot_metrics[panel->metric].digits;

	for (size_t s = 0; s < panel->series_count; s++)
		if (isfinite(panel->series[s].maximum.value))
			largest = fmax(largest, fmax(fabs(panel->series[s].maximum.value), fabs(panel->series[s].minimum.value)));
	while (digits > 0 && largest * pow(10, digits) >= FIGURES_FULL)
		digits--;
	return digits;
}

struct pr_value pr_plot_number(const struct pr_plot_panel *panel, double number)
{
	const struct pr_plot_metric_kind *kind = &pr_plot_metrics[panel->metric];
	double unit = pow(10, kind->digits);
	struct pr_value value = pr_value_number(isfinite(number) ? round(number * unit) / unit : number, kind->unit);

	value.digits = digits_of(panel);
	return value;
}

bool pr_plot_word(struct pr_plot_maker *maker, const struct pr_scope *scope, const char *key, const char **text)
{
	*text = NULL;
	return !key || pr_words_text(&maker->builder->context, scope, key, text, maker->error);
}

bool pr_plot_label(
	struct pr_plot_maker *maker, size_t panel, size_t series, const struct pr_chart_item **item, const char **label)
{
	const char *name = maker->plot->panels[panel].series[series].name;
	const struct pr_chart_definition *definition = maker->definition;

	*item = NULL;
	*label = NULL;
	for (size_t i = 0; i < definition->series_count; i++) {
		const struct pr_chart_item *at = &definition->series[i];
		bool shown;
		if (!pr_text_equal(at->data, name))
			continue;
		if (!pr_expression_true(&maker->builder->context, maker->panels[panel], at->when, definition->path, at->line,
				&shown, maker->error))
			return false;
		*item = shown ? at : *item;
	}
	return !*item || pr_plot_word(maker, maker->panels[panel], (*item)->label, label);
}

/* --- a panel ---------------------------------------------------------------------------------------------------------- */

static const char *panel_name(const struct pr_plot_panel *panel)
{
	if (panel->sensor)
		return panel->sensor->name;
	return pr_point_name_at(panel->point, panel->grid->edges[panel->grid->count] - 1);
}

static double contract_of(const struct pr_plot_panel *panel)
{
	double contract = NAN;

	/* A contract is of the whole site: of its only incomer. */
	if (!panel->point || panel->point->role != PR_ROLE_INCOMER)
		return NAN;
	for (size_t i = 0; i < panel->project->point_count; i++)
		if (panel->project->points[i].role == PR_ROLE_INCOMER && panel->project->points[i].id != panel->point->id)
			return NAN;
	for (size_t i = 0; i < panel->project->tariff_count; i++)
		if (pr_valid_at(&panel->project->tariffs[i].validity, panel->grid->edges[0]))
			contract = pr_micro_to_double(panel->project->tariffs[i].contract_kw);
	return contract;
}

/* The voltage that the metric's values should have. */
static double nominal_of(const struct pr_plot_panel *panel)
{
	double nominal = panel->point ? pr_micro_to_double(panel->point->nominal_v) : (double)NAN;

	if (panel->metric == PR_PLOT_LINE_VOLTAGE)
		return panel->point ? pr_limits_line_v(panel->point) : (double)NAN;
	if (panel->point && panel->point->wiring == PR_WIRING_3P3W)
		return nominal / sqrt(3);
	return nominal;
}

static double thd_limit(const struct pr_plot_panel *panel, const struct pr_method *method)
{
	const struct pr_limit_class *of = pr_limits_class(&method->limits.classes, pr_limits_line_v(panel->point) / 1000);

	return of ? of->thd_percent : (double)NAN;
}

static double power_factor_limit(const struct pr_plot_panel *panel, const struct pr_method *method)
{
	for (size_t i = panel->project->tariff_count; i-- > 0;)
		if (pr_valid_at(&panel->project->tariffs[i].validity, panel->grid->edges[0]) &&
			panel->project->tariffs[i].pf_standard != PR_MICRO_MISSING)
			return pr_micro_to_double(panel->project->tariffs[i].pf_standard);
	return method->limits.power_factor.limit;
}

static void add_limits(struct pr_plot_maker *maker, struct pr_scope *scope, const struct pr_plot_panel *panel)
{
	const struct pr_method *method = maker->plot->method;
	enum pr_plot_metric metric = panel->metric;
	bool is_voltage = metric == PR_PLOT_VOLTAGE || metric == PR_PLOT_LINE_VOLTAGE;
	double nominal = is_voltage ? nominal_of(panel) : (double)NAN,
		   share = method->limits.deviation.three_phase / HUNDRED;
	bool has_share = is_voltage && pr_limits_line_v(panel->point) < method->limits.deviation.high_voltage_kv * 1000;
	const struct {
		const char *name;
		double value;
	} limits[] = {
		{"plot.nominal", nominal},
		{"plot.high", has_share ? nominal * (1 + share) : (double)NAN},
		{"plot.low", has_share ? nominal * (1 - share) : (double)NAN},
		{"plot.rated", metric == PR_PLOT_CURRENT ? pr_micro_to_double(panel->point->rated_current_a) : (double)NAN},
		{"plot.contract", metric == PR_PLOT_POWER ? contract_of(panel) : (double)NAN},
		{"plot.thd", metric == PR_PLOT_THD_U ? thd_limit(panel, method) : (double)NAN},
		{"plot.power_factor", metric == PR_PLOT_POWER_FACTOR ? power_factor_limit(panel, method) : (double)NAN},
		{"plot.warn", panel->warn_limit},
		{"plot.alarm", panel->alarm_limit},
	};

	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		pr_scope_add(scope, maker->arena, limits[i].name, pr_plot_number(panel, limits[i].value));
}

/* The extreme that says most: the lowest power factor, the voltage farthest from its nominal value, else the largest. */
static const struct pr_plot_extreme *top_extreme(const struct pr_plot_panel *panel, size_t *series, bool *is_minimum)
{
	const struct pr_plot_extreme *top = NULL;
	bool is_voltage = panel->metric == PR_PLOT_VOLTAGE || panel->metric == PR_PLOT_LINE_VOLTAGE;
	double nominal = is_voltage ? nominal_of(panel) : (double)NAN, worst = -INFINITY;

	for (size_t i = 0; i < 2 * panel->series_count; i++) {
		bool minimum = i % 2 == 1;
		const struct pr_plot_series *from = &panel->series[i / 2];
		const struct pr_plot_extreme *extreme = minimum ? &from->minimum : &from->maximum;
		double badness = extreme->value;
		if (panel->metric == PR_PLOT_POWER_FACTOR)
			badness = minimum ? -extreme->value : (double)NAN;
		else if (isfinite(nominal))
			badness = fabs(extreme->value - nominal);
		else if (minimum)
			badness = NAN;
		if (strcmp(from->name, "n") == 0 || !(badness > worst))
			continue;
		worst = badness;
		top = extreme;
		*series = i / 2;
		*is_minimum = minimum;
	}
	return top;
}

/* The limit that the extreme is beyond. A contract is none: it is of a quarter's mean, not of a minute. */
static struct pr_value top_limit(const struct pr_scope *scope, const struct pr_plot_extreme *top, bool is_minimum)
{
	static const char *const upper[] = {"plot.alarm", "plot.high", "plot.thd", "plot.rated", NULL};
	static const char *const lower[] = {"plot.low", "plot.power_factor", NULL};
	struct pr_value value;

	for (const char *const *name = is_minimum ? lower : upper; top && *name; name++)
		if (pr_scope_field(scope, *name, &value) && value.kind == PR_VALUE_NUMBER && isfinite(value.number) &&
			(is_minimum ? top->value < value.number : top->value > value.number))
			return value;
	return pr_value_number(NAN, NULL);
}

static bool add_top(struct pr_plot_maker *maker, size_t panel, struct pr_scope *scope)
{
	const struct pr_plot_panel *of = &maker->plot->panels[panel];
	size_t series = 0;
	bool is_minimum = false;
	const struct pr_plot_extreme *top = top_extreme(of, &series, &is_minimum);
	const struct pr_chart_item *item;
	const char *label = NULL;

	if (top && !pr_plot_label(maker, panel, series, &item, &label))
		return false;
	pr_scope_add(scope, maker->arena, "plot.top.series", pr_value_text(of->series_count > 1 ? label : NULL));
	pr_scope_add(scope, maker->arena, "plot.top.value", pr_plot_number(of, top ? top->value : (double)NAN));
	pr_scope_add(scope, maker->arena, "plot.top.at", pr_value_time(top ? top->at_ms : PR_TIME_MISSING));
	pr_scope_add(scope, maker->arena, "plot.top.minimum", pr_value_number(top && is_minimum, NULL));
	pr_scope_add(scope, maker->arena, "plot.top.limit", top_limit(scope, top, is_minimum));
	return true;
}

/* The phase whose mean lies farthest from that of the two others. */
static bool add_uneven(struct pr_plot_maker *maker, size_t panel, struct pr_scope *scope)
{
	const struct pr_plot_panel *of = &maker->plot->panels[panel];
	const struct pr_chart_item *item;
	const char *label = NULL;
	double worst = UNEVEN_SHARE, share = NAN;

	for (size_t s = 0; of->metric == PR_PLOT_CURRENT && s < 3; s++) {
		double others = (of->series[(s + 1) % 3].mean + of->series[(s + 2) % 3].mean) / 2;
		double own = of->series[s].mean / others - 1;
		if (!(others > 0) || !(fabs(own) >= worst))
			continue;
		worst = fabs(own);
		share = own;
		if (!pr_plot_label(maker, panel, s, &item, &label))
			return false;
	}
	pr_scope_add(scope, maker->arena, "plot.uneven.series", pr_value_text(label));
	pr_scope_add(scope, maker->arena, "plot.uneven.share", pr_value_number(share, "1"));
	return true;
}

static void add_counts(struct pr_plot_maker *maker, struct pr_scope *scope, size_t first, size_t count)
{
	size_t expected = 0, measured = 0, alarms = 0;
	uint64_t implausible = 0;
	bool quarters = false;

	for (size_t i = first; i < first + count; i++) {
		const struct pr_plot_panel *panel = &maker->plot->panels[i];
		size_t own_expected, own_measured;
		pr_plot_panel_count(panel, &own_expected, &own_measured);
		expected += own_expected;
		measured += own_measured;
		alarms += panel->event_count;
		quarters = quarters || panel->from_quarters;
		for (size_t s = 0; s < panel->series_count; s++)
			implausible += panel->series[s].implausible;
	}
	pr_scope_add(scope, maker->arena, "plot.expected", pr_value_number((double)expected, NULL));
	pr_scope_add(scope, maker->arena, "plot.measured", pr_value_number((double)measured, NULL));
	pr_scope_add(scope, maker->arena, "plot.coverage",
		pr_value_number(expected > 0 ? (double)measured / (double)expected : (double)NAN, "1"));
	pr_scope_add(scope, maker->arena, "plot.implausible", pr_value_number((double)implausible, NULL));
	pr_scope_add(scope, maker->arena, "plot.alarms", pr_value_number((double)alarms, NULL));
	pr_scope_add(scope, maker->arena, "plot.quarters", pr_value_number(quarters, NULL));
}

/* --- all ---------------------------------------------------------------------------------------------------------------- */

static void add_step(struct pr_plot_maker *maker, struct pr_scope *scope)
{
	int minutes = maker->plot->step_minutes;
	int unit = minutes % MINUTES_DAY == 0 ? MINUTES_DAY : minutes % MINUTES_HOUR == 0 ? MINUTES_HOUR : 1;

	pr_scope_add(scope, maker->arena, "plot.step", pr_value_number((double)minutes / unit, NULL));
	pr_scope_add(scope, maker->arena, "plot.step_unit",
		pr_value_text(unit == MINUTES_DAY    ? "day"
					  : unit == MINUTES_HOUR ? "hour"
											 : "minute"));
	pr_scope_add(scope, maker->arena, "plot.band", pr_value_number(minutes > 1, NULL));
}

static void add_period(struct pr_plot_maker *maker, struct pr_scope *scope, const struct pr_plot_panel *panel)
{
	int64_t from_ms = panel->grid->edges[0], to_ms = panel->grid->edges[panel->grid->count];
	struct pr_local_time from = pr_zone_local(panel->project->zone, from_ms);
	struct pr_local_time to = pr_zone_local(panel->project->zone, to_ms), last;

	last = pr_zone_local(panel->project->zone, to_ms - 1);
	pr_scope_add(scope, maker->arena, "plot.from", pr_value_time(from_ms));
	pr_scope_add(scope, maker->arena, "plot.to", pr_value_time(to_ms));
	pr_scope_add(scope, maker->arena, "plot.last", pr_value_time(to_ms - 1));
	pr_scope_add(scope, maker->arena, "plot.whole_days",
		pr_value_number(from.minute_of_day == 0 && to.minute_of_day == 0, NULL));
	pr_scope_add(scope, maker->arena, "plot.one_day",
		pr_value_number(pr_date_to_day(from.date) == pr_date_to_day(last.date), NULL));
	pr_scope_add(scope, maker->arena, "plot.one_month",
		pr_value_number(from.date.year == last.date.year && from.date.month == last.date.month, NULL));
}

static bool add_panel(struct pr_plot_maker *maker, size_t index)
{
	const struct pr_plot_panel *panel = &maker->plot->panels[index];
	struct pr_scope *scope = pr_arena_alloc(maker->arena, sizeof *scope);
	char key[48];

	scope->outer = maker->scope;
	scope->zone = panel->project->zone;
	maker->panels[index] = scope;
	snprintf(key, sizeof key, "plot_metric.%s", pr_plot_metrics[panel->metric].name);
	pr_scope_add(scope, maker->arena, "plot.metric", pr_value_text(pr_plot_metrics[panel->metric].name));
	pr_scope_add(
		scope, maker->arena, "plot.metric_name", pr_value_text(pr_words_plain(maker->builder->context.words, key)));
	pr_scope_add(scope, maker->arena, "plot.unit",
		pr_value_text(pr_plot_metrics[panel->metric].unit
						  ? pr_format_unit(&maker->builder->context, pr_plot_metrics[panel->metric].unit)
						  : NULL));
	pr_scope_add(scope, maker->arena, "plot.name", pr_value_text(panel_name(panel)));
	pr_scope_add(scope, maker->arena, "plot.project", pr_value_text(panel->project->name));
	add_period(maker, scope, panel);
	add_limits(maker, scope, panel);
	add_counts(maker, scope, index, 1);
	return add_top(maker, index, scope) && add_uneven(maker, index, scope);
}

/* The panel whose top stands out: of those of the first one's metric. */
static size_t top_panel(const struct pr_plot *plot)
{
	size_t best = 0, series;
	double worst = -INFINITY;
	bool is_minimum;

	for (size_t i = 0; i < plot->panel_count; i++) {
		const struct pr_plot_extreme *top = top_extreme(&plot->panels[i], &series, &is_minimum);
		double value = top ? (is_minimum ? -top->value : top->value) : (double)NAN;
		if (pr_plot_metrics[plot->panels[i].metric].is_sensor) /* a winding may be hotter than a joint */
			value /= isfinite(plot->panels[i].alarm_limit) ? plot->panels[i].alarm_limit : (double)INFINITY;
		if (plot->panels[i].metric != plot->panels[0].metric || !(value > worst))
			continue;
		worst = value;
		best = i;
	}
	return best;
}

bool pr_plot_scopes(struct pr_plot_maker *maker, const struct pr_scope *tenant)
{
	const struct pr_plot *plot = maker->plot;
	struct pr_scope *scope = pr_arena_alloc(maker->arena, sizeof *scope), *whole;
	bool one_project = true, one_metric = true;

	scope->outer = tenant;
	scope->zone = plot->panels[0].project->zone;
	maker->scope = scope;
	maker->panels = pr_arena_array(maker->arena, plot->panel_count, sizeof(struct pr_scope *));
	add_step(maker, scope);
	for (size_t i = 0; i < plot->panel_count; i++) {
		if (!add_panel(maker, i))
			return false;
		one_project = one_project && plot->panels[i].project->id == plot->panels[0].project->id;
		one_metric = one_metric && plot->panels[i].metric == plot->panels[0].metric;
	}
	/* The whole speaks as the panel whose extreme stands out, but counts for all. */
	whole = pr_arena_alloc(maker->arena, sizeof *whole);
	whole->outer = maker->panels[top_panel(plot)];
	pr_scope_add(whole, maker->arena, "plot.panels", pr_value_number((double)plot->panel_count, NULL));
	pr_scope_add(whole, maker->arena, "plot.one_project", pr_value_number(one_project, NULL));
	pr_scope_add(whole, maker->arena, "plot.one_metric", pr_value_number(one_metric, NULL));
	add_counts(maker, whole, 0, plot->panel_count);
	maker->scope = whole;
	return true;
}
