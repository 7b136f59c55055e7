/* Demand and load (method, section 4) of projects, points and transformers. */
#include <math.h>
#include <string.h>

#include "analysis/explain_tree.h"
#include "base/text.h"

/* The load of the quarters that every expected incomer holds, and of those that any holds, kW. */
#define LOAD "load=4*whole_by(kwh,start); "
#define DEMAND "load=4*sum_by(kwh,start); "
#define RUNNING LOAD "running=where(load,load>threshold); "

struct pr_explain_node *pr_explain_demand_exact(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, "demand", "demand_max", &made);
	if (made) {
		pr_explain_columns(explainer, own, node, "kwh start");
		pr_node_conclude(explainer, node, DEMAND "max(load)", "kW", -1);
	}
	return node;
}

struct pr_explain_node *pr_explain_threshold(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	const struct pr_load_rules *rules = &explainer->quiet.method->load;
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, "threshold", "load_threshold", &made);
	if (!made)
		return node;
	pr_explain_columns(explainer, own, node, "kwh start");
	pr_node_constant(explainer, node, "share", pr_cell_micro(pr_micro_from_double(rules->running_share)), "1",
		"method load.running_share");
	pr_node_constant(explainer, node, "high", pr_cell_micro(pr_micro_from_double(rules->running_rank)), "1",
		"method load.running_rank");
	pr_node_conclude(explainer, node, LOAD "round(share*rank(load,high),6)", "kW", 6);
	return node;
}

static struct pr_explain_node *mean_step(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, "load.mean", "load_mean", &made);
	if (made) {
		pr_explain_columns(explainer, own, node, "kwh start");
		pr_node_conclude(explainer, node, LOAD "round(sum(load)/count(load),6)", "kW", 6);
	}
	return node;
}

static struct pr_explain_node *min_step(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, "load.min", "load_min", &made);
	if (made) {
		pr_explain_columns(explainer, own, node, "kwh start");
		pr_node_input(explainer, node, "threshold", pr_explain_threshold(explainer, own));
		pr_node_conclude(explainer, node, RUNNING "min(running)", "kW", -1);
	}
	return node;
}

static void explain_at(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node,
	struct pr_explain_node *value, const char *formula)
{
	if (node->finding->at_ms == PR_TIME_MISSING)
		return;
	struct pr_explain_node *at =
		pr_node_attribute(explainer, node, "at", pr_cell_time(node->finding->at_ms), node->rule);
	pr_explain_columns(explainer, own, at, "kwh start");
	pr_node_input(explainer, at, "value", value);
	pr_node_conclude(explainer, at, formula, NULL, -1);
}

/* --- the project ------------------------------------------------------------------------------------------------- */

static void explain_max(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	pr_node_input(explainer, node, "demand", pr_explain_demand_exact(explainer, own));
	pr_node_conclude(explainer, node, "round(demand,4)", NULL, 0);
	explain_at(
		explainer, own, node, pr_explain_demand_exact(explainer, own), DEMAND "when(load,min_by(start,start),value)");
}

static void explain_min(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	pr_node_input(explainer, node, "least", min_step(explainer, own));
	pr_node_conclude(explainer, node, "round(least,4)", NULL, 0);
	explain_at(explainer, own, node, min_step(explainer, own), LOAD "when(load,min_by(start,start),value)");
}

static void explain_mean(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	pr_node_input(explainer, node, "mean", mean_step(explainer, own));
	pr_node_conclude(explainer, node, "round(mean,4)", NULL, 0);
}

static void explain_base(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	pr_explain_columns(explainer, own, node, "kwh start");
	pr_node_input(explainer, node, "threshold", pr_explain_threshold(explainer, own));
	pr_node_constant(explainer, node, "low",
		pr_cell_micro(pr_micro_from_double(explainer->quiet.method->load.base_rank)), "1", "method load.base_rank");
	pr_node_conclude(explainer, node, RUNNING "round(rank(running,low),4)", NULL, 0);
}

static void explain_span(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	pr_node_input(explainer, node, "demand", pr_explain_demand_exact(explainer, own));
	pr_node_input(explainer, node, "least", min_step(explainer, own));
	pr_node_conclude(explainer, node, "round(demand-least,4)", NULL, 0);
}

static void explain_rate(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	pr_node_input(explainer, node, "mean", mean_step(explainer, own));
	pr_node_input(explainer, node, "demand", pr_explain_demand_exact(explainer, own));
	pr_node_conclude(explainer, node, "round(mean/where(demand,demand>0),6)", NULL, 0);
}

static void explain_running(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	pr_explain_columns(explainer, own, node, "kwh start");
	pr_node_input(explainer, node, "threshold", pr_explain_threshold(explainer, own));
	pr_node_conclude(explainer, node, RUNNING "where(15*count(running),known(threshold))", NULL, 0);
}

/* --- outages ------------------------------------------------------------------------------------------------------- */

static double extreme(const struct pr_minute_buckets *minutes, int from, int to, size_t at, bool of_maximum)
{
	double result = NAN;
	for (int field = from; field <= to; field++) {
		const struct pr_bucket *buckets = minutes->fields[field].buckets;
		if (buckets && buckets[at].count)
			result = of_maximum ? fmax(result, buckets[at].maximum) : fmin(result, buckets[at].minimum);
	}
	return result;
}

/* An incomer's minutes in a quarter: the largest current and the smallest voltage, and what they are held against. */
static void put_outage_row(struct pr_explainer *explainer, const struct pr_explain_site *own,
	struct pr_explain_table *table, size_t incomer, size_t index)
{
	const struct pr_load_rules *rules = &explainer->quiet.method->load;
	const struct pr_point *point = own->site.incomers[incomer].point;
	const struct pr_minute_buckets *minutes = own->site.incomer_data[incomer]->minutes;
	int64_t start_ms = own->site.window.quarters[index].start_ms;
	bool has_some = minutes && start_ms >= minutes->from_ms && start_ms < minutes->to_ms;
	size_t at = has_some ? (size_t)((start_ms - minutes->from_ms) / minutes->step_ms) : 0;
	bool line_to_line = point->wiring == PR_WIRING_3P3W, is_rated = point->rated_current_a != PR_MICRO_MISSING;
	const struct pr_explain_cell cells[] = {pr_cell_time(start_ms), pr_cell_count((uint64_t)point->id),
		pr_cell_micro(own->site.quarters[index].kwh), pr_cell_count(has_some ? minutes->samples[at] : 0),
		pr_cell_real(has_some ? extreme(minutes, PR_IA, PR_IC, at, true) : NAN),
		pr_cell_real(is_rated ? rules->outage_current_share * pr_micro_to_double(point->rated_current_a)
							  : rules->outage_current_a),
		pr_cell_real(
			has_some ? extreme(minutes, line_to_line ? PR_UAB : PR_UA, line_to_line ? PR_UCA : PR_UC, at, false) : NAN),
		pr_cell_real(rules->outage_voltage_share * pr_micro_to_double(point->nominal_v))};
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		pr_table_put(explainer, table, cells[i]);
}

static void explain_outages(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	struct pr_explain_node *threshold = pr_explain_threshold(explainer, own);
	bool any = false;
	struct pr_explain_table *table = pr_table_new(explainer, pr_explain_join(explainer, own->path, "resting"),
		"resting", "start point kwh samples current current_limit voltage voltage_limit", own->site.project->zone);
	for (size_t i = 0; i < own->site.incomer_count; i++)
		any = any || (own->site.incomer_data[i]->minutes && own->site.incomer_data[i]->has_minutes_in_month);
	for (size_t k = 0; k < own->site.window.count; k++) {
		pr_micro kwh = own->site.quarters[k].kwh;
		for (size_t i = 0; i < own->site.incomer_count; i++)
			if (kwh != PR_MICRO_MISSING && threshold->value.kind == PR_EXPLAIN_EXACT &&
				kwh * 4 <= threshold->value.micro)
				put_outage_row(explainer, own, table, i, k);
	}
	static const char *const columns[] = {"start", "samples", "current", "current_limit", "voltage", "voltage_limit"};
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		pr_node_rows(explainer, node, columns[i], table, columns[i]);
	pr_node_constant(explainer, node, "has_minutes", pr_cell_count(any), "1", "store");
	pr_node_input(explainer, node, "threshold", threshold);
	pr_node_conclude(explainer, node,
		"out=where(either(current<=current_limit,voltage<voltage_limit),samples>0); "
		"where(15*default(sum(min_by(out,start)),0),"
		"both(has_minutes,known(threshold)))",
		NULL, 0);
}

/* --- what the meter reports ---------------------------------------------------------------------------------------- */

#define PLAUSIBLE \
	"plausible=where(mdp,both(both(mdp>=0,mdp<=high*demand),either(neither(known(rated)),mdp<=rating*rated))); "

static void explain_reported(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	const struct pr_plausibility *rules = &explainer->quiet.method->plausibility;
	const struct {
		const char *name, *source;
		double value;
	} constants[] = {{"low", "method plausibility.demand_low_factor", rules->demand_low_factor},
		{"high", "method plausibility.demand_high_factor", rules->demand_high_factor},
		{"rating", "method plausibility.demand_rating_factor", rules->demand_rating_factor},
		{"incomers", "directory point", (double)own->site.incomer_count}};
	pr_explain_columns(explainer, own, node, "mdp rated");
	pr_node_input(explainer, node, "demand", pr_explain_demand_exact(explainer, own));
	for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
		pr_node_constant(explainer, node, constants[i].name, pr_cell_micro(pr_micro_from_double(constants[i].value)),
			"1", constants[i].source);
	pr_node_conclude(explainer, node,
		PLAUSIBLE "where(round(max(plausible),4),both(incomers==1,max(plausible)>=low*demand))", NULL, 0);
	if (node->finding->at_ms == PR_TIME_MISSING)
		return;
	struct pr_explain_node *at =
		pr_node_attribute(explainer, node, "at", pr_cell_time(node->finding->at_ms), node->rule);
	pr_explain_columns(explainer, own, at, "mdp start");
	pr_node_input(explainer, at, "value", node);
	pr_node_conclude(explainer, at, "when(round(mdp,4),start,value)", NULL, -1);
}

static void explain_contract(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	const struct pr_tariff *tariff = NULL;
	for (size_t i = 0; i < own->site.window.count; i++)
		if (own->site.tariffs[i] >= 0)
			tariff = &own->site.project->tariffs[own->site.tariffs[i]];
	if (tariff)
		pr_node_constant(explainer, node, "contract", pr_cell_micro(tariff->contract_kw), "kW",
			pr_arena_format(explainer->arena, "tariff %lld contract_kw", (long long)tariff->id));
	pr_node_conclude(explainer, node, "round(contract,4)", NULL, 0);
}

/* --- transformers -------------------------------------------------------------------------------------------------- */

enum pr_role pr_explain_role_for(const struct pr_explain_site *own, int64_t transformer_id)
{
	for (size_t i = 0; i < own->site.project->point_count; i++) {
		const struct pr_point *point = &own->site.project->points[i];
		if (point->transformer_id == transformer_id && point->role == PR_ROLE_INCOMER &&
			pr_valid_within(&point->validity, own->site.window.from_ms, own->site.window.to_ms))
			return PR_ROLE_INCOMER;
	}
	return PR_ROLE_FEEDER;
}

/* The quarters in service of the points that measure a transformer. */
const struct pr_explain_table *pr_explain_transformer_rows(
	struct pr_explainer *explainer, struct pr_explain_site *own, const struct pr_transformer *transformer)
{
	const char *name =
		pr_arena_format(explainer->arena, "%s/transformers/%lld/quarters", own->path, (long long)transformer->id);
	struct pr_explain_table *table = pr_table_find(explainer, name);
	if (table)
		return table;
	enum pr_role role = pr_explain_role_for(own, transformer->id);
	table = pr_table_new(explainer, name, "apparent", "start point kwh lag lead_counted", own->site.project->zone);
	for (size_t k = 0; k < own->site.window.count; k++) {
		int64_t start_ms = own->site.window.quarters[k].start_ms;
		for (size_t i = 0; i < own->site.project->point_count; i++) {
			const struct pr_point *point = &own->site.project->points[i];
			if (point->transformer_id != transformer->id || point->role != role || !own->points[i].count ||
				!own->points[i].quarters[k].expected || !pr_valid_at(&transformer->validity, start_ms))
				continue;
			const struct pr_settled_quarter *cell = &own->points[i].quarters[k];
			pr_micro lead = own->points[i].lead_ever ? cell->kvarh_lead : 0;
			pr_table_put(explainer, table, pr_cell_time(start_ms));
			pr_table_put(explainer, table, pr_cell_count((uint64_t)point->id));
			pr_table_put(explainer, table, pr_cell_micro(cell->kwh));
			pr_table_put(explainer, table, pr_cell_micro(cell->kvarh_lag));
			pr_table_put(explainer, table, pr_cell_micro(lead != PR_MICRO_MISSING && lead < 0 ? -lead : lead));
		}
	}
	return table;
}

static bool explain_transformer(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	const struct pr_transformer *transformer = scope->subject->model;
	bool is_mean = pr_text_equal(node->finding->id, "load.beta.mean");
	if (!is_mean && !pr_text_equal(node->finding->id, "load.beta.max"))
		return false;
	const struct pr_explain_table *table = pr_explain_transformer_rows(explainer, own, transformer);
	static const char *const columns[] = {"start", "kwh", "lag", "lead_counted"};
	node->rule = "load_beta";
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		pr_node_rows(explainer, node, columns[i], table, columns[i]);
	pr_node_constant(explainer, node, "kva", pr_cell_micro(transformer->rated_kva), "kVA",
		pr_arena_format(explainer->arena, "transformer %lld rated_kva", (long long)transformer->id));
	pr_node_conclude(explainer, node,
		is_mean ? PR_EXPLAIN_BETA "round(sum(beta)/count(beta),6)" : PR_EXPLAIN_BETA "round(max(beta),6)", NULL, 0);
	return true;
}

/* --- points -------------------------------------------------------------------------------------------------------- */

/* The minutes' currents of a point, a quarter and phase at a time. */
static const struct pr_explain_table *current_rows(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, const struct pr_explain_site *own)
{
	const char *name = pr_explain_join(explainer, scope->path, "currents");
	struct pr_explain_table *table = pr_table_find(explainer, name);
	const struct pr_point *point = scope->subject->model;
	const struct pr_minute_buckets *minutes = own->site.data->points[point - own->site.project->points].minutes;
	if (table)
		return table;
	table = pr_table_new(explainer, name, "currents", "start phase readings total largest", own->site.project->zone);
	for (size_t i = 0; minutes && i < minutes->count; i++) {
		for (int field = PR_IA; field <= PR_IC; field++) {
			const struct pr_bucket *bucket = minutes->fields[field].buckets ? &minutes->fields[field].buckets[i] : NULL;
			if (!bucket || !bucket->count)
				continue;
			pr_table_put(explainer, table, pr_cell_time(minutes->from_ms + (int64_t)i * minutes->step_ms));
			pr_table_put(explainer, table, pr_cell_text(pr_minute_field_names[field]));
			pr_table_put(explainer, table, pr_cell_count(bucket->count));
			pr_table_put(explainer, table, pr_cell_real(bucket->sum));
			pr_table_put(explainer, table, pr_cell_real(bucket->maximum));
		}
	}
	return table;
}

/* Of a point without a transformer: its largest phase current ÷ its rated current. */
static void explain_current(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const struct pr_point *point = scope->subject->model;
	const struct pr_explain_table *table =
		current_rows(explainer, scope, pr_explain_site_of(explainer, scope->project));
	static const char *const columns[] = {"start", "readings", "total", "largest"};
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		pr_node_rows(explainer, node, columns[i], table, columns[i]);
	pr_node_constant(explainer, node, "rated", pr_cell_micro(point->rated_current_a), "A",
		pr_arena_format(explainer->arena, "point %lld rated_current_a", (long long)point->id));
	bool is_mean = pr_text_equal(node->finding->id, "load.beta.mean");
	pr_node_conclude(explainer, node,
		is_mean ? "mean=max_by(total/readings,start); round(sum(mean)/count(mean)/rated,6)"
				: "round(max(largest)/rated,6)",
		NULL, 0);
}

static bool explain_point(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	size_t point = (size_t)((const struct pr_point *)scope->subject->model - own->site.project->points);
	const char *id = node->finding->id;
	if (pr_text_starts(id, "load.beta.")) {
		node->rule = "load_beta_current";
		explain_current(explainer, scope, node);
		return true;
	}
	if (!pr_text_equal(id, "demand.max") && !pr_text_equal(id, "load.rate"))
		return false;
	bool is_demand = pr_text_equal(id, "demand.max");
	node->rule = is_demand ? "demand_max" : "load_rate";
	pr_explain_point_rows(explainer, own, node, "kwh", point, "kwh");
	pr_node_conclude(explainer, node,
		is_demand ? "round(4*max(kwh),4)" : "round(sum(kwh)/(where(max(kwh),max(kwh)>0)*count(kwh)),6)", NULL, 0);
	if (!is_demand || node->finding->at_ms == PR_TIME_MISSING)
		return true;
	struct pr_explain_node *at =
		pr_node_attribute(explainer, node, "at", pr_cell_time(node->finding->at_ms), node->rule);
	pr_explain_point_rows(explainer, own, at, "kwh", point, "kwh");
	pr_explain_point_rows(explainer, own, at, "start", point, "start");
	pr_node_conclude(explainer, at, "when(kwh,start,max(kwh))", NULL, -1);
	return true;
}

/* --- all ----------------------------------------------------------------------------------------------------------- */

bool pr_explain_load(struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	static const struct {
		const char *id, *rule;
		void (*explain)(struct pr_explainer *, struct pr_explain_site *, struct pr_explain_node *);
	} rows[] = {
		{"demand.max", "demand_max", explain_max},
		{"demand.reported", "demand_reported", explain_reported},
		{"demand.contract", "demand_contract", explain_contract},
		{"load.max", "demand_max", explain_max},
		{"load.min", "load_min", explain_min},
		{"load.mean", "load_mean", explain_mean},
		{"load.base", "load_base", explain_base},
		{"load.peak_valley", "load_peak_valley", explain_span},
		{"load.rate", "load_rate", explain_rate},
		{"load.running_minutes", "load_running", explain_running},
		{"load.outage_minutes", "load_outage", explain_outages},
	};
	if (scope->level == PR_EXPLAIN_TRANSFORMER)
		return explain_transformer(explainer, scope, node);
	if (scope->level == PR_EXPLAIN_POINT)
		return explain_point(explainer, scope, node);
	for (size_t i = 0; scope->level == PR_EXPLAIN_PROJECT && i < sizeof rows / sizeof *rows; i++) {
		if (!pr_text_equal(rows[i].id, node->finding->id))
			continue;
		node->rule = rows[i].rule;
		rows[i].explain(explainer, pr_explain_site_of(explainer, scope->project), node);
		return true;
	}
	return false;
}
