/* Why the bill changed (method, section 10), part by part. */
#include <string.h>

#include "analysis/change.h"
#include "analysis/explain_bill.h"
#include "base/text.h"

/* A slot a row: kWh and charge of both months, and the price of the tariff in force longest. */
static const struct pr_explain_table *slot_rows(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	const char *name = pr_explain_join(explainer, own->path, "change_slots");
	struct pr_explain_table *table = pr_table_find(explainer, name);
	if (table)
		return table;
	const struct pr_past *now = &pr_explain_history(explainer, own)->past[PR_PAST_MONTHS - 1], *before = now - 1;
	table = pr_table_new(
		explainer, name, "change_slots", "slot kwh charge price kwh0 charge0 price0", own->site.project->zone);
	for (int slot = 0; slot < PR_SLOT_COUNT; slot++) {
		const struct pr_explain_cell cells[] = {pr_cell_text(pr_slot_names[slot]), pr_cell_micro(now->slot_kwh[slot]),
			pr_cell_micro(now->slot_amount[slot]), pr_cell_micro(now->slot_price[slot]),
			pr_cell_micro(before->slot_kwh[slot]), pr_cell_micro(before->slot_amount[slot]),
			pr_cell_micro(before->slot_price[slot])};
		for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
			pr_table_put(explainer, table, cells[i]);
	}
	return table;
}

static struct pr_explain_node *given_step(struct pr_explainer *explainer, struct pr_explain_site *own, const char *name,
	struct pr_explain_cell value, const char *unit, const char *source)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(
		explainer, own->path, pr_arena_format(explainer->arena, "before.%s", name), "change_before", &made);
	if (made)
		pr_node_given(explainer, node, value, unit, source);
	return node;
}

/* Last month's figure and this one's, as inputs `<name>0` and `<name>1`. */
static void add_pair(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node,
	const char *name, const char *id, pr_micro before)
{
	pr_node_input(explainer, node, pr_arena_format(explainer->arena, "%s0", name),
		given_step(explainer, own, id, pr_cell_micro(before), own->currency, pr_explain_source_month(explainer, 1)));
	pr_node_input(
		explainer, node, pr_arena_format(explainer->arena, "%s1", name), pr_explain_bill_step(explainer, own, id));
}

static void add_days(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	const struct pr_past *now = &pr_explain_history(explainer, own)->past[PR_PAST_MONTHS - 1], *before = now - 1;
	pr_node_constant(
		explainer, node, "n0", pr_cell_count(before->service_days), "d", pr_explain_source_month(explainer, 1));
	pr_node_constant(
		explainer, node, "n1", pr_cell_count(now->service_days), "d", pr_explain_source_month(explainer, 0));
}

/* At what kWh of this month would have cost: p_s = charge ÷ kWh, as a whole number of millionths. */
#define PRICES                                                                                                 \
	"p1=choose(kwh>0,round(charge/kwh,6),price); p0=default(choose(kwh0>0,round(charge0/kwh0,6),price0),p1); " \
	"old=default(sum(where(p0*kwh,kwh>0)),0); "

enum needs {
	NEEDS_ENERGY = 1,
	NEEDS_DAYS = 2,
	NEEDS_KWH = 4,
	NEEDS_SLOTS = 8,
	NEEDS_BASIC = 16,
	NEEDS_FACTOR = 32,
	NEEDS_TOTAL = 64
};

static const struct part {
	const char *id, *rule, *formula;
	unsigned needs;
} parts[] = {
	{"change.days", "change_days", "round(e0*n1/n0-e0,2)", NEEDS_ENERGY | NEEDS_DAYS},
	{"change.volume", "change_volume", "round(e0*k1/k0-e0*n1/n0,2)", NEEDS_ENERGY | NEEDS_DAYS | NEEDS_KWH},
	{"change.slots", "change_slots", PRICES "round(old-e0*k1/k0,2)", NEEDS_ENERGY | NEEDS_KWH | NEEDS_SLOTS},
	{"change.price", "change_price", PRICES "round(default(sum(where(p1*kwh,kwh>0)),0)-old,2)", NEEDS_SLOTS},
	{"change.demand", "change_demand", "default(basic1,0)-default(basic0,0)", NEEDS_BASIC},
	{"change.power_factor", "change_power_factor", "default(pf1,0)-default(pf0,0)", NEEDS_FACTOR},
	{"change.total", "change_total", "total1-total0", NEEDS_TOTAL},
};

static void add_needs(
	struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node, unsigned needs)
{
	const struct pr_past *before = &pr_explain_history(explainer, own)->past[PR_PAST_MONTHS - 2];
	if (needs & NEEDS_ENERGY)
		pr_node_input(explainer, node, "e0",
			given_step(explainer, own, "bill.energy", pr_cell_micro(before->energy), own->currency,
				pr_explain_source_month(explainer, 1)));
	if (needs & NEEDS_DAYS)
		add_days(explainer, own, node);
	if (needs & NEEDS_KWH) {
		pr_node_input(explainer, node, "k0",
			given_step(explainer, own, "energy.total", pr_cell_micro(before->energy_kwh), "kWh",
				pr_explain_source_month(explainer, 1)));
		pr_node_input(explainer, node, "k1", pr_explain_energy_exact(explainer, own));
	}
	if (needs & NEEDS_SLOTS)
		pr_explain_table_columns(explainer, node, slot_rows(explainer, own), "kwh charge price kwh0 charge0 price0");
	if (needs & NEEDS_BASIC)
		add_pair(explainer, own, node, "basic", "bill.basic", before->basic);
	if (needs & NEEDS_FACTOR)
		add_pair(explainer, own, node, "pf", "bill.pf.amount", before->adjustment);
	if (needs & NEEDS_TOTAL)
		add_pair(explainer, own, node, "total", "bill.total", before->total);
}

/* The printed change less the printed parts. */
static void explain_rounding(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	pr_node_input(explainer, node, "total", pr_explain_finding(explainer, scope, "change.total"));
	for (size_t i = 0; i + 1 < sizeof parts / sizeof *parts; i++)
		pr_node_list(explainer, node, "parts", pr_explain_finding(explainer, scope, parts[i].id));
	pr_node_conclude(explainer, node, "total-whole(parts)", NULL, 0);
}

/* What keeps the change from being split: the note says it in words. */
static bool explain_obstacle(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	const struct pr_past *now = &pr_explain_history(explainer, own)->past[PR_PAST_MONTHS - 1];
	pr_micro unused[PR_CHANGE_COUNT];
	const char *obstacle = pr_change_work_out(now, now - 1, unused);
	if (!obstacle)
		return false;
	node->rule = "change_none";
	pr_node_constant(explainer, node, "obstacle", pr_cell_text(obstacle), NULL, pr_explain_source_month(explainer, 1));
	pr_node_conclude(explainer, node, "where(0,obstacle=='none')", NULL, 0);
	return true;
}

bool pr_explain_change(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	if (scope->level != PR_EXPLAIN_PROJECT || !pr_text_starts(node->finding->id, "change."))
		return false;
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	if (explain_obstacle(explainer, own, node))
		return true;
	if (pr_text_equal(node->finding->id, "change.rounding")) {
		node->rule = "change_rounding";
		explain_rounding(explainer, scope, node);
		return true;
	}
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (!pr_text_equal(parts[i].id, node->finding->id))
			continue;
		node->rule = parts[i].rule;
		add_needs(explainer, own, node, parts[i].needs);
		pr_node_conclude(explainer, node, parts[i].formula, NULL, 0);
		return true;
	}
	return false;
}
