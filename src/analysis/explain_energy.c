/* Coverage and energy (method, sections 1 and 2) of projects and points. */
#include <string.h>

#include "analysis/explain_tree.h"
#include "base/text.h"

#define MINUTES "where(samples,samples>0)"

/* What is worked out of columns of quarters alone, of a project's incomers or of a point. */
static const struct figure {
	const char *id, *columns, *formula, *rule;
	const char *filter; /* "kind=workday"; NULL = all rows */
	int digits;
} figures[] = {
	{"coverage.expected", "start", "count(start)", "coverage_expected", NULL, 0},
	{"coverage.minute.rate", "start samples", "coverage(count(" MINUTES "),count(start))", "coverage_minutes", NULL, 6},
	{"energy.total", "kwh", "round(sum(kwh),4)", "energy_total", NULL, 4},
	{"energy.reactive", "kwh lag lead", "round(sum(where(lag,known(kwh)),where(abs(lead),known(kwh))),4)",
		"energy_reactive", NULL, 4},
	{"energy.reactive.lag", "kwh lag", "round(sum(where(lag,known(kwh))),4)", "energy_reactive", NULL, 4},
	{"energy.reactive.lead", "kwh lead", "round(sum(where(abs(lead),known(kwh))),4)", "energy_reactive", NULL, 4},
	{"energy.phase.a", "kwh a", "round(sum(where(a,known(kwh))),4)", "energy_phase", NULL, 4},
	{"energy.phase.b", "kwh b", "round(sum(where(b,known(kwh))),4)", "energy_phase", NULL, 4},
	{"energy.phase.c", "kwh c", "round(sum(where(c,known(kwh))),4)", "energy_phase", NULL, 4},
	{"energy.working", "kwh", "round(sum(kwh),4)", "energy_working", "workday", 4},
	{"energy.off", "kwh", "round(sum(kwh),4)", "energy_off", "!workday", 4},
	{"energy.largest_day", "kwh day", "round(max(sum_by(kwh,day)),4)", "energy_largest_day", NULL, 4},
	{"energy.carbon", "kwh co2", "where(round(sum(kwh*co2),4),count(where(kwh,neither(known(co2))))==0)",
		"energy_carbon", NULL, 4},
	{"energy.coal", "kwh coal", "where(round(sum(kwh*coal),4),count(where(kwh,neither(known(coal))))==0)",
		"energy_carbon", NULL, 4},
};

/* The columns of the rows that the scope's figures are made from. */
static void add_columns(struct pr_explainer *explainer, const struct pr_explain_scope *scope,
	struct pr_explain_node *node, const char *columns, const char *day_kind)
{
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	while (*columns) {
		size_t length = strcspn(columns, " ");
		const char *name = pr_arena_copy_n(explainer->arena, columns, length);
		struct pr_explain_input *input;
		if (scope->level == PR_EXPLAIN_POINT)
			input = pr_explain_point_rows(explainer, own, node, name,
				(size_t)((const struct pr_point *)scope->subject->model - own->site.project->points), name);
		else
			input = pr_node_rows(explainer, node, name, pr_explain_quarters(explainer, own), name);
		if (day_kind && *day_kind == '!')
			pr_input_where_not(input, "kind", pr_cell_text(day_kind + 1));
		else if (day_kind)
			pr_input_where(input, "kind", pr_cell_text(day_kind));
		columns += length + (columns[length] == ' ');
	}
}

struct pr_explain_node *pr_explain_energy_exact(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, "energy", "energy_total", &made);
	if (made) {
		pr_explain_columns(explainer, own, node, "kwh");
		pr_node_conclude(explainer, node, "sum(kwh)", "kWh", -1);
	}
	return node;
}

static bool has_tariff(const struct pr_explain_site *own)
{
	for (size_t i = 0; i < own->site.window.count; i++)
		if (own->site.tariffs[i] >= 0)
			return true;
	return false;
}

/* A slot without a measured quarter used 0 kWh, once anything was measured and a tariff has slots. */
struct pr_explain_node *pr_explain_slot_exact(struct pr_explainer *explainer, struct pr_explain_site *own, int slot)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(
		explainer, own->path, pr_arena_format(explainer->arena, "slot.%s", pr_slot_names[slot]), "energy_slot", &made);
	if (!made)
		return node;
	const struct pr_explain_table *table = pr_explain_quarters(explainer, own);
	pr_input_where(pr_node_rows(explainer, node, "kwh", table, "kwh"), "slot", pr_cell_text(pr_slot_names[slot]));
	if (has_tariff(own))
		pr_node_rows(explainer, node, "all", table, "kwh");
	pr_node_conclude(
		explainer, node, has_tariff(own) ? "where(default(sum(kwh),0),count(all)>0)" : "sum(kwh)", "kWh", -1);
	return node;
}

static void explain_slot(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node, int slot)
{
	pr_node_input(
		explainer, node, "slot", pr_explain_slot_exact(explainer, pr_explain_site_of(explainer, scope->project), slot));
	pr_node_conclude(explainer, node, "round(slot,4)", NULL, 0);
}

static void add_slots(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	for (int i = 0; i < PR_SLOT_COUNT; i++)
		pr_node_list(explainer, node, "slots",
			pr_explain_slot_exact(explainer, pr_explain_site_of(explainer, scope->project), i));
}

void pr_explain_share_of(struct pr_explainer *explainer, const struct pr_explain_scope *scope,
	struct pr_explain_node *node, int slot,
	void (*add)(struct pr_explainer *, const struct pr_explain_scope *, struct pr_explain_node *))
{
	add(explainer, scope, node);
	pr_node_conclude(explainer, node, pr_arena_format(explainer->arena, "share(%d,6,slots)", slot + 1), NULL, 0);
	if (node->finding->shown == PR_MICRO_MISSING)
		return;
	struct pr_explain_node *shown =
		pr_node_attribute(explainer, node, "shown", pr_cell_micro(node->finding->shown), "energy_share_shown");
	add(explainer, scope, shown);
	pr_node_conclude(explainer, shown, pr_arena_format(explainer->arena, "share(%d,3,slots)", slot + 1), "1", 3);
}

/* --- points -------------------------------------------------------------------------------------------------------- */

static void explain_point_share(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	const struct pr_project_report *report = own->report;
	pr_node_input(explainer, node, "own", pr_explain_finding(explainer, scope, "energy.total"));
	pr_node_input(explainer, node, "whole", pr_explain_energy_exact(explainer, own));
	pr_node_conclude(explainer, node, "round(own/where(whole,whole>0),6)", NULL, 0);
	if (node->finding->shown == PR_MICRO_MISSING)
		return;
	struct pr_explain_node *shown =
		pr_node_attribute(explainer, node, "shown", pr_cell_micro(node->finding->shown), "energy_share_shown");
	for (size_t i = 0; i < report->point_count; i++) {
		if (((const struct pr_point *)report->points[i].model)->role != PR_ROLE_INCOMER)
			continue;
		struct pr_explain_scope other =
			pr_explain_scope_subject(explainer, scope->project, PR_EXPLAIN_POINT, &report->points[i]);
		pr_node_list(explainer, shown, "incomers", pr_explain_finding(explainer, &other, "energy.total"));
	}
	pr_node_conclude(explainer, shown,
		pr_arena_format(explainer->arena, "share(%zu,3,incomers)", (size_t)(scope->subject - report->points) + 1), "1",
		3);
}

/* --- balance ------------------------------------------------------------------------------------------------------- */

/* The points right below an incomer that were expected in the month. */
static size_t find_children(const struct pr_explain_site *own, int64_t id, size_t *children)
{
	size_t count = 0;
	for (size_t i = 0; i < own->site.project->point_count; i++)
		if (own->site.project->points[i].parent_id == id && own->points[i].expected)
			children[count++] = i;
	return count;
}

static void put_balance_row(struct pr_explainer *explainer, const struct pr_explain_site *own,
	struct pr_explain_table *table, size_t incomer, const size_t *children, size_t count, size_t index)
{
	pr_micro below = PR_MICRO_MISSING;
	bool holds = own->points[incomer].quarters[index].kwh != PR_MICRO_MISSING;
	for (size_t i = 0; i < count; i++) {
		const struct pr_settled_quarter *cell = &own->points[children[i]].quarters[index];
		if (!cell->expected)
			continue;
		holds = holds && cell->kwh != PR_MICRO_MISSING;
		below = pr_sum_present(below, cell->kwh);
	}
	pr_table_put(explainer, table, pr_cell_time(own->site.window.quarters[index].start_ms));
	pr_table_put(explainer, table, pr_cell_micro(own->points[incomer].quarters[index].kwh));
	pr_table_put(explainer, table, pr_cell_micro(holds ? below : PR_MICRO_MISSING));
	for (size_t i = 0; i < count; i++)
		pr_table_put(explainer, table, pr_cell_micro(own->points[children[i]].quarters[index].kwh));
}

static struct pr_explain_node *explain_balance(struct pr_explainer *explainer, const struct pr_explain_scope *scope)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, scope->path, "balance", "energy_unmetered", &made);
	if (!made)
		return node;
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	const struct pr_project *project = own->site.project;
	const struct pr_point *point = scope->subject->model;
	size_t *children = pr_arena_array(explainer->arena, project->point_count, sizeof *children);
	size_t count = find_children(own, point->id, children);
	struct pr_buffer columns;
	pr_buffer_init(&columns, explainer->arena);
	pr_buffer_add(&columns, "start own below");
	for (size_t i = 0; i < count; i++)
		pr_buffer_format(&columns, " point_%lld", (long long)project->points[children[i]].id);
	struct pr_explain_table *table = pr_table_new(
		explainer, pr_explain_join(explainer, scope->path, "balance"), "balance", columns.text, project->zone);
	for (size_t i = 0; i < own->site.window.count; i++)
		put_balance_row(explainer, own, table, (size_t)(point - project->points), children, count, i);
	pr_node_rows(explainer, node, "own", table, "own");
	pr_node_rows(explainer, node, "below", table, "below");
	pr_node_conclude(explainer, node, "sum(own-below)", "kWh", -1);
	return node;
}

static void explain_unmetered(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	if (scope->level == PR_EXPLAIN_POINT) {
		pr_node_list(explainer, node, "balances", explain_balance(explainer, scope));
	} else {
		const struct pr_project_report *report = &explainer->report->projects[scope->project];
		for (size_t i = 0; i < report->point_count; i++) {
			struct pr_explain_scope point =
				pr_explain_scope_subject(explainer, scope->project, PR_EXPLAIN_POINT, &report->points[i]);
			if (pr_findings_get(&report->points[i].findings, "energy.unmetered"))
				pr_node_list(explainer, node, "balances", explain_balance(explainer, &point));
		}
	}
	pr_node_conclude(explainer, node, "round(sum(balances),4)", NULL, 0);
}

/* --- all ----------------------------------------------------------------------------------------------------------- */

static bool of_minutes(struct pr_explainer *explainer, const struct pr_explain_scope *scope)
{
	bool is_incomer =
		scope->level != PR_EXPLAIN_POINT || ((const struct pr_point *)scope->subject->model)->role == PR_ROLE_INCOMER;
	return explainer->report->projects[scope->project].coverage_of_minutes && is_incomer;
}

static bool explain_coverage(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	bool is_rate = pr_text_equal(node->finding->id, "coverage.rate");
	bool minutes = of_minutes(explainer, scope);
	if (!is_rate && !pr_text_equal(node->finding->id, "coverage.measured"))
		return false;
	node->rule = minutes ? "coverage_minutes" : is_rate ? "coverage_rate" : "coverage_measured";
	add_columns(explainer, scope, node, minutes ? "start samples" : "start kwh", NULL);
	const char *measured = minutes ? "count(" MINUTES ")" : "count(kwh)";
	pr_node_conclude(explainer, node,
		pr_arena_format(explainer->arena, is_rate ? "coverage(%s,count(start))" : "where(%s,count(start)>0)", measured),
		NULL, 0);
	return true;
}

static bool explain_figure(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
		const struct figure *figure = &figures[i];
		if (!pr_text_equal(figure->id, node->finding->id))
			continue;
		node->rule = figure->rule;
		add_columns(explainer, scope, node, figure->columns, figure->filter);
		pr_node_conclude(explainer, node, figure->formula, NULL, 0);
		return true;
	}
	return false;
}

static void explain_day(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	if (node->finding->at_ms == PR_TIME_MISSING)
		return;
	struct pr_explain_node *at =
		pr_node_attribute(explainer, node, "at", pr_cell_time(node->finding->at_ms), "energy_largest_day");
	add_columns(explainer, scope, at, "kwh day", NULL);
	pr_node_conclude(explainer, at, "when(sum_by(kwh,day),min_by(day,day),max(sum_by(kwh,day)))", NULL, -1);
}

static bool explain_given(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	const struct pr_project *project = own->site.project;
	if (pr_text_equal(node->finding->id, "energy.plan")) {
		node->rule = "energy_plan";
		for (size_t i = 0; i < project->plan_count; i++)
			if (pr_month_compare(project->plans[i].month, explainer->report->month) == 0)
				pr_node_constant(explainer, node, "plan", pr_cell_micro(project->plans[i].energy_kwh), "kWh",
					"directory monthly_plan.energy_kwh");
		pr_node_conclude(explainer, node, "round(plan,4)", NULL, 0);
		return true;
	}
	if (!pr_text_equal(node->finding->id, "energy.per_area"))
		return false;
	node->rule = "energy_per_area";
	pr_node_input(explainer, node, "energy", pr_explain_energy_exact(explainer, own));
	pr_node_constant(explainer, node, "area", pr_cell_micro(project->area_m2), "m2", "directory project.area_m2");
	pr_node_conclude(explainer, node, "round(energy/area,4)", NULL, 0);
	return true;
}

bool pr_explain_energy(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const char *id = node->finding->id;
	if (scope->level != PR_EXPLAIN_PROJECT && scope->level != PR_EXPLAIN_POINT)
		return false;
	if (explain_coverage(explainer, scope, node))
		return true;
	if (explain_figure(explainer, scope, node)) {
		if (pr_text_equal(id, "energy.largest_day"))
			explain_day(explainer, scope, node);
		return true;
	}
	if (pr_text_equal(id, "energy.share") && scope->level == PR_EXPLAIN_POINT) {
		node->rule = "energy_point_share";
		explain_point_share(explainer, scope, node);
		return true;
	}
	if (pr_text_equal(id, "energy.unmetered")) {
		node->rule = "energy_unmetered";
		explain_unmetered(explainer, scope, node);
		return true;
	}
	for (int slot = 0; slot < PR_SLOT_COUNT && scope->level == PR_EXPLAIN_PROJECT; slot++) {
		bool is_slot = pr_text_equal(id, pr_arena_format(explainer->arena, "energy.slot.%s", pr_slot_names[slot]));
		bool is_share = pr_text_equal(id, pr_arena_format(explainer->arena, "energy.share.%s", pr_slot_names[slot]));
		node->rule = is_slot ? "energy_slot" : "energy_share";
		if (is_slot)
			explain_slot(explainer, scope, node, slot);
		else if (is_share)
			pr_explain_share_of(explainer, scope, node, slot, add_slots);
		if (is_slot || is_share)
			return true;
	}
	return scope->level == PR_EXPLAIN_PROJECT && explain_given(explainer, scope, node);
}
