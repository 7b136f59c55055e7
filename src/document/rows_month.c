/* Rows of what the month was like: supply quality, health's axes, sensors. */
#include "analysis/condition.h"
#include "document/month.h"
#include "document/rows.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

static const char *const quality_items[] = {
	"voltage_deviation", "voltage_unbalance", "frequency", "voltage_thd", "current_unbalance", "power_factor"};
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static const char *path_of(const struct pr_row_builder *builder, const char *kind, int64_t id)
{
	return pr_arena_format(builder->context->arena, "projects/%lld/%s/%lld", (long long)builder->project->project->id,
		kind, (long long)id);
}

/* --- quality ---------------------------------------------------------------------------------------------------- */

#define BAR_LIMIT 0.5 /* where the limit stands: the bar runs out at twice of it */
#define ORDER_MOST 50

static const char *judgement_role(const char *verdict)
{
	if (pr_text_equal(verdict, "fail"))
		return "poor";
	return pr_text_equal(verdict, "attention") ? "fair" : NULL;
}

/* The 95 % value against its limit; a power factor's shortfall against its standard's. */
static void add_bar(
	struct pr_row_builder *builder, struct pr_scope *row, const struct pr_subject *point, const char *stem)
{
	const struct pr_finding *value =
		pr_findings_get(&point->findings, pr_arena_format(builder->context->arena, "%s.p95", stem));
	const struct pr_finding *verdict =
		pr_findings_get(&point->findings, pr_arena_format(builder->context->arena, "%s.verdict", stem));
	const char *role = judgement_role(verdict ? verdict->word : NULL);
	struct pr_value bar = pr_value_missing();

	if (value && value->value != PR_MICRO_MISSING && value->limit != PR_MICRO_MISSING && value->limit > 0) {
		double shown = fabs(pr_micro_to_double(value->value)), limit = pr_micro_to_double(value->limit);
		if (pr_text_equal(stem, "quality.power_factor"))
			bar = limit < 1 ? pr_value_number((1 - shown) / (1 - limit) * BAR_LIMIT, NULL) : bar;
		else
			bar = pr_value_number(shown / limit * BAR_LIMIT, NULL);
	}
	pr_rows_field(builder, row, "row.bar", bar);
	pr_rows_field(builder, row, "row.bar_limit",
		bar.kind == PR_VALUE_NUMBER ? pr_value_number(BAR_LIMIT, NULL) : pr_value_missing());
	pr_rows_field(builder, row, "row.bar_role", pr_value_text(role));
}

/* One figure of quality of a point; the row has no findings of a stem that the point has not. */
static struct pr_scope *add_quality(struct pr_row_builder *builder, const struct pr_subject *point, const char *name,
	const char *item, const char *stem)
{
	const struct pr_finding *verdict =
		pr_findings_get(&point->findings, pr_arena_format(builder->context->arena, "%s.verdict", stem));
	const char *word = verdict ? verdict->word : NULL;
	const struct pr_finding *value =
		pr_findings_get(&point->findings, pr_arena_format(builder->context->arena, "%s.p95", stem));
	bool measured = value && value->value != PR_MICRO_MISSING;
	struct pr_scope *row = pr_rows_add(builder);

	row->findings = &point->findings;
	row->path = path_of(builder, "points", point->id);
	pr_rows_field(builder, row, "row.point", pr_value_text(name));
	pr_rows_field(builder, row, "row.level", pr_value_missing());
	pr_rows_field(builder, row, "row.item", pr_value_text(item));
	pr_rows_field(builder, row, "row.id", pr_value_text(stem));
	pr_rows_field(builder, row, "row.verdict", pr_value_text(word ? word : measured ? "unjudged" : "unmeasured"));
	pr_rows_field(builder, row, "row.role", pr_value_text(judgement_role(word)));
	add_bar(builder, row, point, stem);
	return row;
}

/* The name of the incomer over its figures, where there are several. */
static void add_incomer(struct pr_row_builder *builder, const struct pr_subject *point)
{
	static const char *const empty[] = {
		"row.item", "row.id", "row.verdict", "row.role", "row.bar", "row.bar_limit", "row.bar_role", "row.order"};
	struct pr_scope *row = pr_rows_add(builder);

	pr_rows_field(builder, row, "row.point", pr_value_text(point->name));
	pr_rows_field(builder, row, "row.level", pr_value_text("group"));
	for (size_t i = 0; i < COUNT_OF(empty); i++)
		pr_rows_field(builder, row, empty[i], pr_value_missing());
}

bool pr_rows_quality(struct pr_row_builder *builder)
{
	bool several = pr_month_incomers(builder->project) > 1;

	for (size_t p = 0; p < builder->project->point_count; p++) {
		const struct pr_subject *point = &builder->project->points[p];
		int order = pr_month_worst_order(point);
		struct pr_scope *row;

		if (!pr_findings_get(&point->findings, "quality.frequency.verdict"))
			continue;
		if (several)
			add_incomer(builder, point);
		for (size_t i = 0; i < COUNT_OF(quality_items); i++) {
			row = add_quality(builder, point, point->name, quality_items[i],
				pr_arena_format(builder->context->arena, "quality.%s", quality_items[i]));
			pr_rows_field(builder, row, "row.order", pr_value_missing());
		}
		/* Harmonic currents by their worst order; the table of orders has them all. */
		row = add_quality(builder, point, point->name, "harmonic",
			pr_arena_format(builder->context->arena, "quality.harmonic.%d", order));
		pr_rows_field(builder, row, "row.order", order ? pr_value_place((size_t)order) : pr_value_missing());
	}
	return true;
}

bool pr_rows_harmonics(struct pr_row_builder *builder)
{
	for (size_t p = 0; p < builder->project->point_count; p++) {
		const struct pr_subject *point = &builder->project->points[p];
		bool named = true;
		for (int order = 2; order <= ORDER_MOST; order++) {
			const char *stem = pr_arena_format(builder->context->arena, "quality.harmonic.%d", order);
			struct pr_scope *row;
			if (!pr_findings_get(&point->findings, pr_arena_format(builder->context->arena, "%s.p95", stem)))
				continue;
			row = add_quality(builder, point, named ? point->name : NULL, "harmonic", stem);
			named = false;
			pr_rows_field(builder, row, "row.order", pr_value_place((size_t)order));
		}
	}
	return true;
}

/* --- health ----------------------------------------------------------------------------------------------------- */

static const struct pr_score_table *table_of(const struct pr_health_rules *rules, int axis)
{
	if (axis == PR_HEALTH_POWER_FACTOR)
		return &rules->power_factor;
	return axis == PR_HEALTH_LOAD_RATE ? &rules->load : &rules->small;
}

/* Where on its table a value lies: ÷ the limit, − the standard, or itself. */
static double place_of(int axis, const struct pr_health_input *input)
{
	if (axis == PR_HEALTH_POWER_FACTOR)
		return input->value - input->limit;
	return axis == PR_HEALTH_LOAD_RATE ? input->value : input->value / input->limit;
}

/* The weights of what was measured. */
static double measured_weight(const struct pr_row_builder *builder, const struct pr_health_rules *rules)
{
	double sum = 0;

	for (int i = 0; i < PR_HEALTH_AXIS_COUNT; i++)
		if (!isnan(builder->project->health[i].value))
			sum += rules->weights[i];
	return sum;
}

static const char *const axis_units[PR_HEALTH_AXIS_COUNT] = {[PR_HEALTH_FREQUENCY] = "Hz",
	[PR_HEALTH_VOLTAGE_DEVIATION] = "%",
	[PR_HEALTH_VOLTAGE_UNBALANCE] = "%",
	[PR_HEALTH_VOLTAGE_THD] = "%"};

/* How the score came about: value, limit, the two points around it, weight and part of the index. */
static void add_arithmetic(struct pr_row_builder *builder, struct pr_scope *row, int axis)
{
	const struct pr_method *method = builder->context->report->method;
	const struct pr_health_input *input = axis < PR_HEALTH_AXIS_COUNT ? &builder->project->health[axis] : NULL;
	struct {
		double value, limit, place, from_at, from_score, to_at, to_score, weight, part;
	} is = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
	const char *unit = input ? axis_units[axis] : NULL;

	if (input && method && !isnan(input->value)) {
		const struct pr_score_table *table = table_of(&method->health, axis);
		size_t from, to;
		is.value = input->value;
		is.limit = input->limit;
		is.place = place_of(axis, input);
		pr_score_around(table, is.place, &from, &to);
		is.from_at = table->at[from];
		is.from_score = table->score[from];
		is.to_at = table->at[to];
		is.to_score = table->score[to];
		is.weight = method->health.weights[axis] / measured_weight(builder, &method->health);
		is.part = is.weight * pr_score(table, is.place);
	}
	pr_rows_field(builder, row, "row.value", pr_value_number(is.value, unit));
	pr_rows_field(builder, row, "row.limit", pr_value_number(is.limit, unit));
	pr_rows_field(builder, row, "row.place", pr_value_number(is.place, NULL));
	pr_rows_field(builder, row, "row.from_at", pr_value_number(is.from_at, NULL));
	pr_rows_field(builder, row, "row.from_score", pr_value_number(is.from_score, NULL));
	pr_rows_field(builder, row, "row.to_at", pr_value_number(is.to_at, NULL));
	pr_rows_field(builder, row, "row.to_score", pr_value_number(is.to_score, NULL));
	pr_rows_field(builder, row, "row.weight", pr_value_number(is.weight, "1"));
	pr_rows_field(builder, row, "row.part", pr_value_number(is.part, NULL));
}

/* What the workbook's formulas need beside it: the samples, the table of its score and its weight as it was set. */
static void add_sources(struct pr_row_builder *builder, struct pr_scope *row, int axis)
{
	static const char *const tables[] = {"small", "power_factor", "load_rate"};
	const struct pr_report *report = builder->context->report;
	bool measured = axis < PR_HEALTH_AXIS_COUNT && report->method && !isnan(builder->project->health[axis].value);
	int table = axis == PR_HEALTH_POWER_FACTOR ? 1 : axis == PR_HEALTH_LOAD_RATE ? 2 : 0;
	struct pr_value inside = pr_value_missing(), samples = pr_value_missing();

	if (axis < PR_HEALTH_AXIS_COUNT && report->conditions) {
		const struct pr_health *health = &report->conditions[builder->project - report->projects].health;
		inside = pr_value_number((double)health->axes[axis].inside, NULL);
		samples = pr_value_number((double)health->axes[axis].samples, NULL);
	}
	pr_rows_field(builder, row, "row.inside", measured ? inside : pr_value_missing());
	pr_rows_field(builder, row, "row.samples", measured ? samples : pr_value_missing());
	pr_rows_field(builder, row, "row.table", pr_value_text(measured ? tables[table] : NULL));
	pr_rows_field(builder, row, "row.score_formula", pr_value_text(measured ? "health.score" : NULL));
	pr_rows_field(builder, row, "row.points",
		measured ? pr_value_number((double)table_of(&report->method->health, axis)->count, NULL) : pr_value_missing());
	pr_rows_field(builder, row, "row.set_weight",
		measured ? pr_value_number(report->method->health.weights[axis], NULL) : pr_value_missing());
}

/* The points of the tables of scores. */
bool pr_rows_scores(struct pr_row_builder *builder)
{
	const struct pr_method *method = builder->context->report->method;
	const struct {
		const char *name;
		const struct pr_score_table *table;
	} tables[] = {{"small", method ? &method->health.small : NULL},
		{"power_factor", method ? &method->health.power_factor : NULL},
		{"load_rate", method ? &method->health.load : NULL}};

	for (size_t t = 0; method && t < COUNT_OF(tables); t++)
		for (size_t i = 0; i < tables[t].table->count; i++) {
			struct pr_scope *row = pr_rows_add(builder);
			bool last = i + 1 == tables[t].table->count;

			pr_rows_field(builder, row, "row.table", pr_value_text(tables[t].name));
			pr_rows_field(builder, row, "row.at", pr_value_number(tables[t].table->at[i], NULL));
			pr_rows_field(builder, row, "row.score", pr_value_number(tables[t].table->score[i], NULL));
			pr_rows_field(builder, row, "row.key",
				pr_value_text(pr_arena_format(builder->context->arena, "%s.%s", tables[t].name,
					i == 0 ? "first"
					: last ? "last"
						   : "between")));
		}
	return true;
}

/* The words for value and limit; of an axis that was not measured the dash. */
static void add_keys(struct pr_row_builder *builder, struct pr_scope *row, int axis)
{
	static const char *const names[] = {"value", "limit"};
	bool is_beside = axis >= PR_HEALTH_AXIS_COUNT;
	bool measured = !is_beside && !isnan(builder->project->health[axis].value);

	for (size_t i = 0; i < COUNT_OF(names); i++)
		pr_rows_field(builder, row, pr_arena_format(builder->context->arena, "row.%s_key", names[i]),
			pr_value_text(is_beside ? NULL
									: pr_arena_format(builder->context->arena, "axis_%s.%s", names[i],
										  measured ? pr_health_axis_names[axis] : "unmeasured")));
}

/* The six axes, and behind them what stands beside the index. */
bool pr_rows_axes(struct pr_row_builder *builder)
{
	static const char *const beside[] = {"safety", "service"};
	const struct pr_method *method = builder->context->report->method;
	double pass = method ? pr_health_pass(&method->health) : 0;

	for (int i = 0; i < PR_HEALTH_AXIS_COUNT + (int)COUNT_OF(beside); i++) {
		struct pr_scope *row = pr_rows_add(builder);
		bool is_beside = i >= PR_HEALTH_AXIS_COUNT;
		const char *name = is_beside ? beside[i - PR_HEALTH_AXIS_COUNT] : pr_health_axis_names[i];
		const char *id = pr_arena_format(builder->context->arena, "health.score.%s", name);
		const struct pr_finding *score = pr_findings_get(&builder->project->findings, id);
		bool measured = score && score->value != PR_MICRO_MISSING;
		bool weak = measured && pr_micro_to_double(score->value) < pass;

		pr_rows_field(builder, row, "row.axis", pr_value_text(name));
		pr_rows_field(builder, row, "row.beside", pr_value_number(is_beside, NULL));
		pr_rows_field(builder, row, "row.note",
			pr_value_text(is_beside ? pr_arena_format(builder->context->arena, "axis_note.%s", name) : NULL));
		pr_rows_field(builder, row, "row.value_unit", pr_value_text(is_beside ? NULL : axis_units[i]));
		pr_rows_field(builder, row, "row.bar",
			measured && !is_beside ? pr_value_number(pr_micro_to_double(score->value) / 100, NULL)
								   : pr_value_missing());
		pr_rows_field(builder, row, "row.weak", pr_value_number(weak, NULL));
		add_keys(builder, row, i);
		add_arithmetic(builder, row, i);
		add_sources(builder, row, i);
	}
	return true;
}

/* --- safety ----------------------------------------------------------------------------------------------------- */

bool pr_rows_sensors(struct pr_row_builder *builder)
{
	const struct pr_project_report *project = builder->project;
	const struct pr_subject **sorted = pr_month_sensors(project, builder->context->arena);

	for (size_t i = 0; i < project->sensor_count; i++) {
		const struct pr_sensor *sensor = sorted[i]->model;
		struct pr_scope *row = pr_rows_add(builder);
		const struct pr_finding *margin = pr_findings_get(&sorted[i]->findings, "safety.margin");
		bool breach = margin && margin->value != PR_MICRO_MISSING && margin->value < 0;

		row->findings = &sorted[i]->findings;
		row->path = path_of(builder, "sensors", sorted[i]->id);
		pr_rows_field(builder, row, "row.name", pr_value_text(sorted[i]->name));
		pr_rows_field(builder, row, "row.kind", pr_value_text(pr_sensor_kind_names[sensor->kind]));
		pr_rows_field(builder, row, "row.breach", pr_value_number(breach, NULL));
	}
	return true;
}
