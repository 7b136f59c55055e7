/* Charts of power quality: bands of the month, hours of the day, harmonics. Which incomer: the worst in what is shown. */
#include "analysis/trend.h"
#include "document/chart_bind.h"
#include "document/month.h"

#include <math.h>
#include <stdlib.h>

#define PHASES 3
#define BESIDE_PT 72.0 /* for the names of panels that stand alone */

/* --- panels ----------------------------------------------------------------------------------------------------- */

static void add_series(struct pr_arena *arena, struct pr_chart_data *panel, size_t *capacity, const char *name,
	const double *values, size_t count)
{
	struct pr_chart_series *series = PR_PUSH(arena, panel->series, panel->series_count, *capacity);

	*series = (struct pr_chart_series){.name = name, .values = values, .count = count};
}

/* A panel of a trend; its axis is the month's. */
static struct pr_chart_panel *add_panel(
	struct pr_chart_builder *builder, size_t *capacity, const struct pr_trend *trend, const char *role)
{
	struct pr_chart_data *data = builder->data;
	struct pr_chart_panel *panels = (struct pr_chart_panel *)data->panels;
	struct pr_chart_panel *panel;
	size_t series_capacity = 0;

	panel = PR_PUSH(builder->arena, panels, data->panel_count, *capacity);
	data->panels = panels;
	*panel = (struct pr_chart_panel){0};
	add_series(builder->arena, &panel->data, &series_capacity, "mean", trend->mean, trend->count);
	add_series(builder->arena, &panel->data, &series_capacity, "low", trend->low, trend->count);
	add_series(builder->arena, &panel->data, &series_capacity, "high", trend->high, trend->count);
	panel->data.series[0].role = role;
	panel->data.group = builder->base->context.words->group;
	panel->data.minus = builder->base->context.words->minus;
	pr_chart_axis_of_quarters(builder, &panel->data, trend->count);
	return panel;
}

static bool add_limit(
	struct pr_chart_builder *builder, struct pr_chart_panel *panel, const struct pr_chart_limit *limit, const char *key)
{
	struct pr_scope scope = {.outer = builder->scope};
	struct pr_chart_limit *limits = pr_arena_array(builder->arena, panel->data.limit_count + 1, sizeof *limits);
	struct pr_value value = pr_value_number(limit->value, "%");
	struct pr_chart_limit *added = &limits[panel->data.limit_count];

	if (isnan(limit->value))
		return true;
	for (size_t i = 0; i < panel->data.limit_count; i++)
		limits[i] = panel->data.limits[i];
	*added = *limit;
	added->dashed = true;
	value.finding = limit->finding;
	pr_scope_add(&scope, builder->arena, "limit.value", value);
	panel->data.limits = limits;
	panel->data.limit_count++;
	return pr_chart_tagged(builder, &scope, key, &added->label, &added->finding);
}

static bool set_words(struct pr_chart_builder *builder, struct pr_chart_panel *panel, const struct pr_scope *scope,
	const char *title, const char *note)
{
	return pr_chart_words(builder, scope, title, &panel->title) &&
	       pr_chart_tagged(builder, scope, note, &panel->note, &panel->finding) &&
	       pr_chart_words(builder, scope, builder->definition->gap_label, &panel->data.gap_label);
}

static struct pr_scope *point_scope(struct pr_chart_builder *builder, const struct pr_subject *point, bool named)
{
	struct pr_scope *scope = pr_arena_alloc(builder->arena, sizeof *scope);

	*scope = (struct pr_scope){.outer = builder->scope, .findings = &point->findings};
	scope->path = pr_arena_format(
		builder->arena, "projects/%lld/points/%lld", (long long)builder->project->project->id, (long long)point->id);
	pr_scope_add(scope, builder->arena, "panel.name", pr_value_text(point->name));
	pr_scope_add(scope, builder->arena, "panel.named", pr_value_number(named, NULL));
	return scope;
}

static const struct pr_point_data *data_of(const struct pr_chart_builder *builder, const struct pr_subject *point)
{
	return pr_month_point_data(builder->base->context.report, builder->project, point);
}

static bool is_fail(const struct pr_subject *point, const char *id)
{
	const struct pr_finding *verdict = pr_findings_get(&point->findings, id);

	return verdict && (pr_text_equal(verdict->word, "fail") || pr_text_equal(verdict->word, "attention"));
}

/* How much there is to see at an incomer: whole numbers count its failures, the rest is how near its voltage comes. */
static double urgency_of(const struct pr_subject *point)
{
	const struct pr_finding *voltage = pr_findings_get(&point->findings, "quality.voltage_deviation.p95");
	double urgency = 0;

	for (size_t i = 0; i < point->findings.count; i++) {
		const struct pr_finding *finding = &point->findings.items[i];
		urgency += pr_text_starts(finding->id, "quality.") && pr_text_equal(finding->word, "fail");
	}
	if (voltage && voltage->value != PR_MICRO_MISSING)
		urgency += fmin(pr_micro_to_double(voltage->value), 100) / 101;
	return urgency;
}

/* The incomers with a picture of their own, the most urgent ones where there are too many, in the order of the list. */
static size_t choose(const struct pr_chart_builder *builder, const struct pr_subject *shown[PR_MONTH_INCOMERS_SHOWN])
{
	const struct pr_project_report *project = builder->project;
	size_t count = 0;

	for (size_t i = 0; i < project->point_count; i++) {
		const struct pr_subject *point = &project->points[i];
		const struct pr_point_data *data = data_of(builder, point);
		size_t least = 0;
		if (!data || !data->quality)
			continue;
		if (count < PR_MONTH_INCOMERS_SHOWN) {
			shown[count++] = point;
			continue;
		}
		for (size_t k = 1; k < count; k++)
			if (urgency_of(shown[k]) <= urgency_of(shown[least]))
				least = k;
		if (urgency_of(shown[least]) >= urgency_of(point))
			continue;
		for (size_t k = least; k + 1 < count; k++)
			shown[k] = shown[k + 1];
		shown[count - 1] = point;
	}
	return count;
}

/* --- voltage ---------------------------------------------------------------------------------------------------- */

/* The month's worst deviation is marked where it stood. */
static bool mark_worst(struct pr_chart_builder *builder, struct pr_chart_panel *panel, const struct pr_subject *point,
	const struct pr_scope *scope)
{
	const struct pr_finding *worst = pr_findings_get(&point->findings, "quality.voltage_deviation.worst");
	struct pr_chart_mark *mark = pr_arena_alloc(builder->arena, sizeof *mark);
	double *value = pr_arena_alloc(builder->arena, sizeof *value);
	int64_t quarter;

	if (!worst || worst->value == PR_MICRO_MISSING || worst->at_ms == PR_TIME_MISSING)
		return true;
	quarter = (worst->at_ms - builder->project->month_from_ms) / PR_MS_QUARTER;
	*value = pr_micro_to_double(worst->value);
	*mark = (struct pr_chart_mark){.index = (size_t)quarter, .value = value};
	if (quarter < 0 || !pr_chart_tagged(builder, scope, "quality.panel.worst", &mark->value_text, &mark->finding) ||
		!pr_chart_tagged(builder, scope, "quality.panel.worst_at", &mark->time_text, &mark->time_finding))
		return false;
	panel->data.marks = mark;
	panel->data.mark_count = 1;
	return true;
}

bool pr_chart_bind_voltage(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_project_report *project = builder->project;
	const struct pr_subject *shown[PR_MONTH_INCOMERS_SHOWN] = {NULL};
	size_t capacity = 0, count = choose(builder, shown);

	for (size_t i = 0; i < count; i++) {
		const struct pr_subject *point = shown[i];
		const struct pr_point_data *data = data_of(builder, point);
		struct pr_chart_limit high = {0}, low = {.is_least = true};
		const struct pr_scope *scope;
		struct pr_chart_panel *panel;
		struct pr_trend trend;

		if (!data || !pr_trend_make(project, data, PR_TREND_VOLTAGE, builder->arena, &trend))
			continue;
		panel = add_panel(builder, &capacity, &trend, item->role);
		scope = point_scope(builder, point, true);
		high.value = 100 * (data->quality->rules.voltage.high / data->quality->rules.nominal_v - 1);
		low.value = 100 * (data->quality->rules.voltage.low / data->quality->rules.nominal_v - 1);
		high.finding = pr_arena_format(builder->arena, "%s/quality.voltage_deviation.p95@limit", scope->path);
		low.finding = pr_arena_format(builder->arena, "(0|-|%s)", high.finding);
		panel->emphasised = is_fail(point, "quality.voltage_deviation.verdict");
		panel->data.right_pt = BESIDE_PT;
		if (!add_limit(builder, panel, &high, "quality.panel.limit_high") ||
			!add_limit(builder, panel, &low, "quality.panel.limit_low") ||
			!set_words(builder, panel, scope, "quality.panel.name", "quality.panel.voltage") ||
			!mark_worst(builder, panel, point, scope))
			return false;
	}
	return true;
}

/* --- currents --------------------------------------------------------------------------------------------------- */

static const char *const phase_names[PHASES] = {"a", "b", "c"};

static const double *mean_of(struct pr_arena *arena, const struct pr_trend trends[PHASES])
{
	double *means = pr_arena_array(arena, trends[0].count, sizeof *means);

	for (size_t i = 0; i < trends[0].count; i++)
		means[i] = (trends[0].mean[i] + trends[1].mean[i] + trends[2].mean[i]) / PHASES;
	return means;
}

/* Where a phase's current is highest; SIZE_MAX where it was never measured. */
static size_t highest_at(const struct pr_trend *trend)
{
	size_t at = SIZE_MAX;

	for (size_t i = 0; i < trend->count; i++)
		if (isfinite(trend->high[i]) && (at == SIZE_MAX || trend->high[i] > trend->high[at]))
			at = i;
	return at;
}

static double highest(const struct pr_trend trends[PHASES])
{
	double high = 0;

	for (int phase = 0; phase < PHASES; phase++) {
		size_t at = highest_at(&trends[phase]);
		high = at == SIZE_MAX ? high : fmax(high, trends[phase].high[at]);
	}
	return high;
}

/* The month's highest current of a phase, with its time. */
static void mark_highest(
	struct pr_chart_builder *builder, struct pr_chart_panel *panel, const struct pr_trend *trend, const char *phase)
{
	struct pr_chart_mark *mark = pr_arena_alloc(builder->arena, sizeof *mark);
	size_t at = highest_at(trend);

	if (at == SIZE_MAX || !(trend->high[at] > 0))
		return;
	*mark = (struct pr_chart_mark){.index = at, .value = &trend->high[at], .time_finding = PR_TAG_TIME};
	mark->finding = pr_chart_path(builder, pr_arena_format(builder->arena, "facts/quality.current.max.%s", phase));
	mark->value_text = pr_chart_format(builder, trend->high[at], NULL, trend->high[at] < 100 ? "1,bare" : "0,bare");
	mark->time_text =
		pr_chart_format_time(builder, builder->project->month_from_ms + (int64_t)at * PR_MS_QUARTER, "day_time");
	panel->data.marks = mark;
	panel->data.mark_count = 1;
}

bool pr_chart_bind_currents(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_project_report *project = builder->project;
	const struct pr_subject *point = pr_month_worst(project, "quality.current_unbalance.p95");
	const struct pr_point_data *data = point ? data_of(builder, point) : NULL;
	struct pr_trend trends[PHASES];
	size_t capacity = 0;
	const double *means;

	(void)item;
	for (int phase = 0; phase < PHASES; phase++)
		if (!data || !pr_trend_make(project, data, (enum pr_trend_kind)(PR_TREND_CURRENT_A + phase), builder->arena,
						 &trends[phase]))
			return true;
	means = mean_of(builder->arena, trends);
	for (int phase = 0; phase < PHASES; phase++) {
		const char *role = pr_arena_format(builder->arena, "phase.%s", phase_names[phase]);
		struct pr_chart_panel *panel = add_panel(builder, &capacity, &trends[phase], role);
		size_t series_capacity = panel->data.series_count;

		add_series(builder->arena, &panel->data, &series_capacity, "beside", means, trends[phase].count);
		panel->data.reach = highest(trends);
		mark_highest(builder, panel, &trends[phase], phase_names[phase]);
		panel->data.right_pt = BESIDE_PT;
		if (!set_words(builder, panel, NULL,
				pr_arena_format(builder->arena, "quality.panel.phase_%s", phase_names[phase]), NULL))
			return false;
	}
	return true;
}

/* --- trends ----------------------------------------------------------------------------------------------------- */

static const struct {
	enum pr_trend_kind kind;
	enum pr_quality_parameter parameter;
} trends[] = {
	{PR_TREND_THD, PR_QUALITY_THD},
	{PR_TREND_UNBALANCE, PR_QUALITY_UNBALANCE},
	{PR_TREND_FREQUENCY, PR_QUALITY_FREQUENCY},
	{PR_TREND_CURRENT_BALANCE, PR_QUALITY_CURRENT},
	{PR_TREND_POWER_FACTOR, PR_QUALITY_POWER_FACTOR},
};

static bool add_trend(struct pr_chart_builder *builder, size_t *capacity, const struct pr_subject *point,
	const struct pr_point_data *data, size_t which)
{
	enum pr_quality_parameter parameter = trends[which].parameter;
	const char *name = pr_quality_names[parameter];
	double limit = data->quality->rules.limit[parameter];
	struct pr_arena *arena = builder->arena;
	struct pr_chart_panel *panel;
	struct pr_scope *scope;
	struct pr_trend trend;

	if (!pr_trend_make(builder->project, data, trends[which].kind, arena, &trend))
		return true;
	panel = add_panel(builder, capacity, &trend, NULL);
	panel->floats = parameter == PR_QUALITY_POWER_FACTOR;
	/* Five abreast have no room for names: the line below the title says what is dashed. */
	if (!add_limit(builder, panel, &(struct pr_chart_limit){.value = limit, .is_least = panel->floats}, NULL))
		return false;
	if (parameter == PR_QUALITY_FREQUENCY &&
		!add_limit(builder, panel, &(struct pr_chart_limit){.value = -limit, .is_least = true}, NULL))
		return false;
	panel->emphasised = is_fail(point, pr_arena_format(arena, "quality.%s.verdict", name));
	scope = point_scope(builder, point, builder->project->point_count > 0 && pr_month_incomers(builder->project) > 1);
	pr_scope_add(scope, arena, "panel.parameter", pr_value_text(name));
	if (!set_words(builder, panel, scope, "quality.panel.parameter", "quality.panel.trend") ||
		(panel->floats && !pr_chart_words(builder, NULL, "quality.panel.axis", &panel->data.note)))
		return false;
	panel->data.note = pr_chart_axis_note(builder, panel->data.note);
	return true;
}

bool pr_chart_bind_trends(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_subject *shown[PR_MONTH_INCOMERS_SHOWN] = {NULL};
	size_t capacity = 0, count = choose(builder, shown);

	(void)item;
	for (size_t i = 0; i < count; i++)
		for (size_t which = 0; which < sizeof trends / sizeof *trends; which++)
			if (!add_trend(builder, &capacity, shown[i], data_of(builder, shown[i]), which))
				return false;
	return true;
}

/* --- bars ------------------------------------------------------------------------------------------------------- */

bool pr_chart_bind_hours(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_subject *point = pr_month_worst(builder->project, "quality.voltage_deviation.p95");
	const struct pr_point_data *data = point ? data_of(builder, point) : NULL;
	double *values = pr_arena_array(builder->arena, PR_DAY_HOURS, sizeof *values);
	const char **tags = pr_arena_array(builder->arena, PR_DAY_HOURS, sizeof *tags);
	/* The only one that is printed, the highest. */
	const char *share =
		pr_arena_format(builder->arena, "(%s|*|100)", pr_chart_path(builder, "facts/quality.voltage.share"));
	struct pr_chart_data *chart = builder->data;
	struct pr_chart_series *series;

	if (!data || !pr_trend_hours(builder->project, data, values))
		return true;
	chart->categories = pr_arena_array(builder->arena, PR_DAY_HOURS, sizeof *chart->categories);
	chart->category_count = PR_DAY_HOURS;
	for (int hour = 0; hour < PR_DAY_HOURS; hour++) {
		values[hour] *= 100;
		chart->categories[hour].label = hour % 3 == 0 ? pr_arena_format(builder->arena, "%d", hour) : NULL;
		tags[hour] = share;
	}
	series = pr_chart_push(builder);
	*series = (struct pr_chart_series){
		.name = item->name, .role = item->role, .values = values, .findings = tags, .count = PR_DAY_HOURS};
	return true;
}

/* Once for the values and once for their limits. */
bool pr_chart_bind_harmonics(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_subject *point = pr_month_worst_harmonic(builder->project);
	bool limits = pr_text_equal(item->data, "quality.harmonics.limit");
	struct pr_chart_data *data = builder->data;
	size_t most = PR_QUALITY_COUNT - PR_QUALITY_HARMONIC_3, count = 0;
	double *values = pr_arena_array(builder->arena, most, sizeof *values);
	struct pr_chart_series *series;

	if (!point)
		return true;
	if (!data->categories)
		data->categories = pr_arena_array(builder->arena, most, sizeof *data->categories);
	for (int i = PR_QUALITY_HARMONIC_3; i < PR_QUALITY_COUNT; i++) {
		const struct pr_finding *finding =
			pr_findings_get(&point->findings, pr_arena_format(builder->arena, "quality.%s.p95", pr_quality_names[i]));
		if (!finding || finding->value == PR_MICRO_MISSING)
			continue;
		data->categories[count].label = pr_quality_names[i] + sizeof "harmonic." - 1;
		values[count++] = pr_micro_to_double(limits ? finding->limit : finding->value);
	}
	data->category_count = count;
	series = pr_chart_push(builder);
	*series = (struct pr_chart_series){
		.name = limits ? "limit" : item->name, .role = item->role, .values = values, .count = count};
	data->unit = "A";
	return true;
}
