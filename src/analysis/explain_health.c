/* Health (method, section 8): compliance, scores by the tables, the index as their weighted mean. */
#include <math.h>
#include <string.h>

#include "analysis/explain_condition.h"
#include "base/text.h"
#include "model/quality.h"

static const struct {
	enum pr_health_axis axis;
	enum pr_quality_parameter parameter;
} measured_axes[] = {
	{PR_HEALTH_FREQUENCY, PR_QUALITY_FREQUENCY},
	{PR_HEALTH_VOLTAGE_DEVIATION, PR_QUALITY_DEVIATION},
	{PR_HEALTH_VOLTAGE_UNBALANCE, PR_QUALITY_UNBALANCE},
	{PR_HEALTH_VOLTAGE_THD, PR_QUALITY_THD},
	{PR_HEALTH_POWER_FACTOR, PR_QUALITY_POWER_FACTOR},
};

static int parameter_of(enum pr_health_axis axis)
{
	for (size_t i = 0; i < sizeof measured_axes / sizeof *measured_axes; i++)
		if (measured_axes[i].axis == axis)
			return (int)measured_axes[i].parameter;
	return -1;
}

static const struct pr_explain_table *score_table(
	struct pr_explainer *explainer, const char *which, const struct pr_score_table *scores)
{
	const char *name = pr_arena_format(explainer->arena, "method/health/%s", which);
	struct pr_explain_table *table = pr_table_find(explainer, name);
	if (table)
		return table;
	table = pr_table_new(explainer, name, "scores", "at score", NULL);
	for (size_t i = 0; i < scores->count; i++) {
		pr_table_put(explainer, table, pr_cell_micro(pr_micro_from_double(scores->at[i])));
		pr_table_put(explainer, table, pr_cell_micro(pr_micro_from_double(scores->score[i])));
	}
	return table;
}

static void add_scores(
	struct pr_explainer *explainer, struct pr_explain_node *node, const struct pr_explain_table *table)
{
	pr_node_rows(explainer, node, "at", table, "at");
	pr_node_rows(explainer, node, "score", table, "score");
}

/* --- the axes of power quality ------------------------------------------------------------------------------------- */

/* An incomer's samples enter where they are held against a limit that gives a score. */
static bool enters(const struct pr_quality *quality, int parameter)
{
	if (!quality)
		return false;
	const struct pr_quality_value *value = &quality->values[parameter];
	double limit = quality->rules.limit[parameter];
	bool has_limit = parameter == PR_QUALITY_POWER_FACTOR ? !isnan(limit) : limit > 0;
	return value->samples > 0 && value->p95 != PR_MICRO_MISSING && has_limit;
}

struct incomer {
	struct pr_explain_scope scope;
	const struct pr_quality *quality;
};

/* Calls for every incomer of the project that enters an axis. */
static void each_incomer(struct pr_explainer *explainer, size_t project, int parameter, struct pr_explain_node *node,
	void (*take)(struct pr_explainer *, const struct incomer *, int, struct pr_explain_node *))
{
	struct pr_explain_site *own = pr_explain_site_of(explainer, project);
	const struct pr_project_report *report = own->report;
	for (size_t i = 0; i < report->point_count; i++) {
		const struct pr_point *point = report->points[i].model;
		const struct pr_quality *quality = own->site.data->points[point - own->site.project->points].quality;
		const struct incomer incomer = {
			pr_explain_scope_subject(explainer, project, PR_EXPLAIN_POINT, &report->points[i]), quality};
		if (point->role == PR_ROLE_INCOMER && enters(quality, parameter))
			take(explainer, &incomer, parameter, node);
	}
}

static struct pr_explain_node *count_step(
	struct pr_explainer *explainer, const struct incomer *incomer, int parameter, const char *what, uint64_t count)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, incomer->scope.path,
		pr_arena_format(explainer->arena, "quality.%s.%s", pr_quality_names[parameter], what),
		pr_arena_format(explainer->arena, "quality_%s", what), &made);
	if (made)
		pr_node_given(explainer, node, pr_cell_count(count), NULL, "store point_1min_index");
	return node;
}

static void take_counts(
	struct pr_explainer *explainer, const struct incomer *incomer, int parameter, struct pr_explain_node *node)
{
	const struct pr_quality_value *value = &incomer->quality->values[parameter];
	pr_node_list(explainer, node, "inside", count_step(explainer, incomer, parameter, "inside", value->inside));
	pr_node_list(explainer, node, "samples", count_step(explainer, incomer, parameter, "samples", value->samples));
}

static void take_score(
	struct pr_explainer *explainer, const struct incomer *incomer, int parameter, struct pr_explain_node *node)
{
	const struct pr_health_rules *rules = &explainer->quiet.method->health;
	bool made, is_low = parameter == PR_QUALITY_POWER_FACTOR;
	struct pr_explain_node *score = pr_node_step(explainer, incomer->scope.path,
		pr_arena_format(explainer->arena, "score.%s", pr_quality_names[parameter]),
		is_low ? "health_score_power_factor" : "health_score_small", &made);
	if (made) {
		const char *p95 = pr_arena_format(explainer->arena, "quality.%s.p95", pr_quality_names[parameter]);
		(void)pr_explain_finding(explainer, &incomer->scope, p95); /* makes the step */
		pr_node_input(explainer, score, "value",
			pr_node_find(explainer, pr_arena_format(explainer->arena, "%s/#%s", incomer->scope.path, p95)));
		pr_node_constant(explainer, score, "limit",
			pr_cell_micro(pr_micro_from_double(incomer->quality->rules.limit[parameter])), pr_quality_units[parameter],
			incomer->quality->rules.source[parameter] ? incomer->quality->rules.source[parameter] : "method limits");
		add_scores(explainer, score,
			is_low ? score_table(explainer, "power_factor", &rules->power_factor)
				   : score_table(explainer, "small", &rules->small));
		pr_node_conclude(
			explainer, score, is_low ? "interp(value-limit,at,score)" : "interp(value/limit,at,score)", NULL, -1);
	}
	pr_node_list(explainer, node, "scores", score);
}

/* --- the load rate ------------------------------------------------------------------------------------------------- */

static bool is_measured(const struct pr_explain_site *own, int64_t transformer_id, enum pr_role role)
{
	for (size_t i = 0; i < own->site.project->point_count; i++) {
		const struct pr_point *point = &own->site.project->points[i];
		if (point->transformer_id == transformer_id && point->role == role &&
			pr_valid_within(&point->validity, own->site.window.from_ms, own->site.window.to_ms))
			return true;
	}
	return false;
}

/* P and Q of the points that measure a transformer in a quarter; missing unless all expected ones hold them. */
void pr_explain_power_at(const struct pr_explain_site *own, int64_t transformer_id, enum pr_role role, size_t index,
	pr_micro *active, pr_micro *reactive)
{
	bool lacks = false;
	*active = *reactive = PR_MICRO_MISSING;
	for (size_t i = 0; i < own->site.project->point_count; i++) {
		const struct pr_point *point = &own->site.project->points[i];
		if (point->transformer_id != transformer_id || point->role != role || !own->points[i].count ||
			!own->points[i].quarters[index].expected)
			continue;
		const struct pr_settled_quarter *cell = &own->points[i].quarters[index];
		pr_micro lead = own->points[i].lead_ever ? cell->kvarh_lead : 0;
		lacks =
			lacks || cell->kwh == PR_MICRO_MISSING || cell->kvarh_lag == PR_MICRO_MISSING || lead == PR_MICRO_MISSING;
		if (lacks)
			continue;
		*active = pr_sum_present(*active, cell->kwh * 4);
		*reactive = pr_sum_present(*reactive, (cell->kvarh_lag - (lead < 0 ? -lead : lead)) * 4);
	}
	if (lacks)
		*active = *reactive = PR_MICRO_MISSING;
}

static void put_apparent(
	struct pr_explainer *explainer, const struct pr_explain_site *own, struct pr_explain_table *table, size_t index)
{
	for (size_t k = 0; k < own->site.project->transformer_count; k++) {
		const struct pr_transformer *transformer = &own->site.project->transformers[k];
		enum pr_role role = pr_explain_role_for(own, transformer->id);
		pr_micro active, reactive, kwh = own->site.quarters[index].kwh;
		int64_t start_ms = own->site.window.quarters[index].start_ms;
		if (transformer->rated_kva == PR_MICRO_MISSING || transformer->rated_kva <= 0 ||
			!is_measured(own, transformer->id, role) || !pr_valid_at(&transformer->validity, start_ms))
			continue;
		pr_explain_power_at(own, transformer->id, role, index, &active, &reactive);
		const struct pr_explain_cell cells[] = {pr_cell_time(start_ms), pr_cell_count((uint64_t)transformer->id),
			pr_cell_micro(active), pr_cell_micro(reactive), pr_cell_micro(transformer->rated_kva),
			pr_cell_micro(kwh == PR_MICRO_MISSING ? kwh : kwh * 4)};
		for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
			pr_table_put(explainer, table, cells[i]);
	}
}

/* Quarters and transformers in service that points measure, by quarter. */
static void add_apparent(struct pr_explainer *explainer, size_t project, struct pr_explain_node *node)
{
	static const char *const columns[] = {"start", "active", "reactive", "rated", "load"};
	struct pr_explain_site *own = pr_explain_site_of(explainer, project);
	const char *name = pr_explain_join(explainer, own->path, "apparent");
	struct pr_explain_table *table = pr_table_find(explainer, name);
	if (!table) {
		table = pr_table_new(explainer, name, "transformer_load", "start transformer active reactive rated load",
			own->site.project->zone);
		for (size_t i = 0; i < own->site.window.count; i++)
			put_apparent(explainer, own, table, i);
	}
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		pr_node_rows(explainer, node, columns[i], table, columns[i]);
}

#define KVA "s=whole_by(sqrt(active*active+reactive*reactive),start); ratings=sum_by(rated,start); "
#define RUNS KVA "running=where(s,max_by(load,start)>threshold); "

static struct pr_explain_node *load_count(
	struct pr_explainer *explainer, size_t project, const char *name, const char *formula)
{
	bool made;
	struct pr_explain_site *own = pr_explain_site_of(explainer, project);
	struct pr_explain_node *node = pr_node_step(explainer, own->path, name, "health_load_rate", &made);
	if (!made)
		return node;
	add_apparent(explainer, project, node);
	pr_node_input(explainer, node, "threshold", pr_explain_threshold(explainer, own));
	pr_node_constant(explainer, node, "most",
		pr_cell_micro(pr_micro_from_double(explainer->quiet.method->health.load_limit)), "1",
		"method health.load_limit");
	pr_node_constant(explainer, node, "fair",
		pr_cell_micro(pr_micro_from_double(explainer->quiet.method->health.load_fair)), "1", "method health.load_fair");
	pr_node_conclude(explainer, node, formula, NULL, -1);
	return node;
}

static void add_load_counts(struct pr_explainer *explainer, size_t project, struct pr_explain_node *node)
{
	pr_node_list(explainer, node, "inside",
		load_count(explainer, project, "running.inside", RUNS "count(where(running,running<=most*ratings))"));
	pr_node_list(explainer, node, "samples", load_count(explainer, project, "running.samples", RUNS "count(running)"));
}

static void conclude_load_score(struct pr_explainer *explainer, size_t project, struct pr_explain_node *node)
{
	const struct pr_health_rules *rules = &explainer->quiet.method->health;
	bool made;
	struct pr_explain_node *mean =
		pr_node_step(explainer, pr_explain_site_of(explainer, project)->path, "beta.mean", "health_beta", &made);
	if (made) {
		add_apparent(explainer, project, mean);
		pr_node_conclude(explainer, mean, KVA "sum(s)/sum(where(ratings,known(s)))", "1", -1);
	}
	pr_node_input(explainer, node, "value", mean);
	pr_node_input(explainer, node, "samples", load_count(explainer, project, "running.samples", RUNS "count(running)"));
	add_scores(explainer, node, score_table(explainer, "load_rate", &rules->load));
	pr_node_conclude(explainer, node, "where(interp(value,at,score),samples>0)", NULL, -1);
}

/* --- scores -------------------------------------------------------------------------------------------------------- */

/* An axis' score, not rounded: of the worst incomer. */
static struct pr_explain_node *axis_score(struct pr_explainer *explainer, size_t project, enum pr_health_axis axis)
{
	bool made;
	int parameter = parameter_of(axis);
	struct pr_explain_site *own = pr_explain_site_of(explainer, project);
	struct pr_explain_node *node =
		pr_node_step(explainer, own->path, pr_arena_format(explainer->arena, "score.%s", pr_health_axis_names[axis]),
			parameter < 0 ? "health_score_load_rate" : "health_score_worst", &made);
	if (!made)
		return node;
	if (parameter < 0) {
		conclude_load_score(explainer, project, node);
		return node;
	}
	pr_node_list(explainer, node, "scores", NULL);
	each_incomer(explainer, project, parameter, node, take_score);
	pr_node_conclude(explainer, node, "min(scores)", NULL, -1);
	return node;
}

static void explain_safety_score(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const struct pr_health_rules *rules = &explainer->quiet.method->health;
	const struct pr_explain_table *events = pr_explain_events(explainer, scope);
	pr_explain_add_sensors(explainer, scope->project, node);
	struct pr_explain_input *all = pr_node_rows(explainer, node, "events", events, "id");
	pr_input_where(all, "state", pr_cell_text("counts"));
	pr_input_where(all, "month", pr_cell_count(1));
	struct pr_explain_input *critical = pr_node_rows(explainer, node, "critical", events, "id");
	pr_input_where(critical, "state", pr_cell_text("counts"));
	pr_input_where(critical, "month", pr_cell_count(1));
	pr_input_where(critical, "level", pr_cell_count((uint64_t)rules->critical_level));
	pr_node_constant(explainer, node, "off", pr_cell_micro(pr_micro_from_double(rules->over_limit_points)), NULL,
		"method health.over_limit_points");
	pr_node_constant(explainer, node, "each", pr_cell_micro(pr_micro_from_double(rules->critical_points)), NULL,
		"method health.critical_points");
	pr_node_conclude(explainer, node,
		"where(round(max(0,100-off*default(100*sum(above)/sum(readings),0)-each*count(critical)),1),"
		"either(sum(readings)>0,count(events)>0))",
		NULL, 0);
}

static void explain_service_score(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const struct pr_explain_table *events = pr_explain_events(explainer, scope);
	static const char *const names[] = {"events", "minutes"}, *const columns[] = {"id", "close_minutes"};
	for (size_t i = 0; i < 2; i++) {
		struct pr_explain_input *rows = pr_node_rows(explainer, node, names[i], events, columns[i]);
		pr_input_where(rows, "state", pr_cell_text("counts"));
		pr_input_where(rows, "month", pr_cell_count(1));
	}
	pr_node_input(explainer, node, "expected", pr_explain_finding(explainer, scope, "coverage.expected"));
	pr_node_input(explainer, node, "measured", pr_explain_finding(explainer, scope, "coverage.measured"));
	pr_node_constant(explainer, node, "hours",
		pr_cell_micro(pr_micro_from_double(explainer->quiet.method->health.closed_hours)), "h",
		"method health.closed_hours");
	pr_node_conclude(explainer, node,
		"round(100*(default(count(where(minutes,minutes<=hours*60))/count(events),1)+measured/expected)/2,1)", NULL, 0);
}

/* --- the index ----------------------------------------------------------------------------------------------------- */

static const struct pr_explain_table *weight_table(struct pr_explainer *explainer)
{
	struct pr_explain_table *table = pr_table_find(explainer, "method/health/weights");
	if (table)
		return table;
	table = pr_table_new(explainer, "method/health/weights", "weights", "axis weight", NULL);
	for (int i = 0; i < PR_HEALTH_AXIS_COUNT; i++) {
		pr_table_put(explainer, table, pr_cell_text(pr_health_axis_names[i]));
		pr_table_put(explainer, table, pr_cell_micro(pr_micro_from_double(explainer->quiet.method->health.weights[i])));
	}
	return table;
}

static void explain_index(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	for (int i = 0; i < PR_HEALTH_AXIS_COUNT; i++)
		pr_node_list(explainer, node, "scores", axis_score(explainer, scope->project, (enum pr_health_axis)i));
	pr_node_rows(explainer, node, "weights", weight_table(explainer), "weight");
	pr_node_constant(explainer, node, "least",
		pr_cell_micro(pr_micro_from_double(explainer->quiet.method->health.least_weight)), "1",
		"method health.least_weight");
	pr_node_conclude(explainer, node,
		"where(round(sum(weights*scores)/sum(where(weights,known(scores))),1),"
		"sum(where(weights,known(scores)))>=least*sum(weights))",
		NULL, 0);
}

static void explain_tenant_index(struct pr_explainer *explainer, struct pr_explain_node *node)
{
	node->rule = "health_index_mean";
	for (size_t i = 0; i < explainer->report->project_count; i++) {
		const struct pr_explain_scope scope = pr_explain_scope_project(explainer, i);
		pr_node_list(explainer, node, "indexes", pr_explain_finding(explainer, &scope, "health.index"));
	}
	pr_node_list(explainer, node, "indexes", NULL);
	pr_node_conclude(explainer, node, "round(sum(indexes)/count(indexes),1)", NULL, 0);
}

static void explain_grade(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const double *grades = explainer->quiet.method->health.grades;
	pr_node_input(explainer, node, "index", pr_explain_finding(explainer, scope, "health.index"));
	for (int i = 0; i < PR_GRADE_POOR; i++)
		pr_node_constant(explainer, node, pr_health_grade_names[i], pr_cell_micro(pr_micro_from_double(grades[i])),
			NULL, pr_arena_format(explainer->arena, "method health.grades.%s", pr_health_grade_names[i]));
	pr_node_conclude(explainer, node,
		"where(choose(index>=excellent,'excellent',choose(index>=good,'good',choose(index>=fair,'fair','poor'))),"
		"known(index))",
		NULL, 0);
}

/* --- all ----------------------------------------------------------------------------------------------------------- */

static void add_counts(struct pr_explainer *explainer, size_t project, int axis, struct pr_explain_node *node)
{
	int parameter = parameter_of((enum pr_health_axis)axis);
	if (parameter < 0)
		add_load_counts(explainer, project, node);
	else
		each_incomer(explainer, project, parameter, node, take_counts);
}

static void explain_compliance(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node, int axis)
{
	node->rule = parameter_of((enum pr_health_axis)axis) < 0 ? "health_load_rate" : "health_compliance";
	pr_node_list(explainer, node, "inside", NULL);
	pr_node_list(explainer, node, "samples", NULL);
	if (scope->level == PR_EXPLAIN_PROJECT)
		add_counts(explainer, scope->project, axis, node);
	for (size_t i = 0; scope->level == PR_EXPLAIN_TENANT && i < explainer->report->project_count; i++)
		add_counts(explainer, i, axis, node);
	pr_node_conclude(explainer, node, "round(sum(inside)/sum(samples),6)", NULL, 0);
}

static void explain_fair(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	pr_node_input(explainer, node, "between",
		load_count(explainer, scope->project, "running.fair",
			RUNS "count(where(running,running<=fair*ratings))-count(where(running,running<=most*ratings))"));
	pr_node_input(
		explainer, node, "samples", load_count(explainer, scope->project, "running.samples", RUNS "count(running)"));
	pr_node_conclude(explainer, node, "round(between/samples,6)", NULL, 0);
}

static bool explain_axis(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const char *id = node->finding->id;
	for (int i = 0; i < PR_HEALTH_AXIS_COUNT; i++) {
		const char *name = pr_health_axis_names[i];
		if (pr_text_equal(id, pr_arena_format(explainer->arena, "health.compliance.%s", name))) {
			explain_compliance(explainer, scope, node, i);
			return true;
		}
		if (!pr_text_equal(id, pr_arena_format(explainer->arena, "health.score.%s", name)))
			continue;
		struct pr_explain_node *score = axis_score(explainer, scope->project, (enum pr_health_axis)i);
		node->rule = score->rule;
		pr_node_input(explainer, node, "score", score);
		pr_node_conclude(explainer, node, "round(score,1)", NULL, 0);
		return true;
	}
	return false;
}

bool pr_explain_health(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	static const struct {
		const char *id, *rule;
		void (*explain)(struct pr_explainer *, const struct pr_explain_scope *, struct pr_explain_node *);
	} rows[] = {
		{"health.score.safety", "health_score_safety", explain_safety_score},
		{"health.score.service", "health_score_service", explain_service_score},
		{"health.index", "health_index", explain_index},
		{"health.grade", "health_grade", explain_grade},
		{"health.load_rate.fair", "health_load_fair", explain_fair},
	};
	if (scope->level != PR_EXPLAIN_PROJECT && scope->level != PR_EXPLAIN_TENANT)
		return false;
	if (scope->level == PR_EXPLAIN_TENANT && pr_text_equal(node->finding->id, "health.index")) {
		explain_tenant_index(explainer, node);
		return true;
	}
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!pr_text_equal(rows[i].id, node->finding->id))
			continue;
		node->rule = rows[i].rule;
		rows[i].explain(explainer, scope, node);
		return true;
	}
	return explain_axis(explainer, scope, node);
}
