/* Savings (method, section 9): the basic charge by months, the power factor's steps, peak shifting. */
#include <math.h>
#include <string.h>

#include "analysis/explain_bill.h"
#include "analysis/savings.h"
#include "base/text.h"

/* --- the basic charge ---------------------------------------------------------------------------------------------- */

static bool is_plausible(struct pr_explainer *explainer, const struct pr_past *past, const char *currency)
{
	const struct pr_method *method = explainer->quiet.method;
	pr_micro factor = pr_micro_from_double(method->plausibility.demand_rating_factor), kva = PR_MICRO_MISSING;
	for (size_t i = 0; i < past->basis_count; i++)
		kva = past->bases[i].rated_kva > kva ? past->bases[i].rated_kva : kva;
	return past->basic != PR_MICRO_MISSING && past->basis_count > 0 && past->demand_kw > 0 &&
	       pr_text_equal(past->currency, currency) && !pr_below_gate(method, past->measured, past->expected) &&
	       (kva == PR_MICRO_MISSING || (pr_wide)past->demand_kw * PR_MICRO_ONE <= pr_wide_product(factor, kva));
}

static void put_month(
	struct pr_explainer *explainer, struct pr_explain_table *table, const struct pr_past *past, bool is_used)
{
	char month[16];
	const char *name = pr_arena_copy(explainer->arena, pr_month_iso(past->month, month));
	for (size_t i = 0; i < past->basis_count; i++) {
		const struct pr_basis *basis = &past->bases[i];
		pr_micro kva_days = pr_micro_ratio(basis->kva_days, PR_MICRO_ONE, 6);
		const struct pr_explain_cell cells[] = {pr_cell_text(name), pr_cell_count((uint64_t)basis->tariff->id),
			pr_cell_count(is_used), pr_cell_micro(past->basic), pr_cell_micro(past->demand_kw),
			pr_cell_micro(basis->kva_days ? kva_days : PR_MICRO_MISSING), pr_cell_micro(basis->rated_kva),
			pr_cell_micro(basis->tariff->capacity_price), pr_cell_micro(basis->tariff->demand_price),
			pr_cell_micro(basis->tariff->contract_kw), pr_cell_micro(basis->discount),
			pr_cell_count((uint64_t)basis->days), pr_cell_count((uint64_t)basis->month_days),
			pr_cell_count(past->measured), pr_cell_count(past->expected)};
		for (size_t k = 0; k < sizeof cells / sizeof *cells; k++)
			pr_table_put(explainer, table, cells[k]);
	}
}

/* The last twelve months: what their basic charge stands on, and whether their demand can be believed. */
static const struct pr_explain_table *month_rows(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	const char *name = pr_explain_join(explainer, own->path, "basic_months");
	struct pr_explain_table *table = pr_table_find(explainer, name);
	if (table)
		return table;
	const struct pr_past *past = pr_explain_history(explainer, own)->past;
	table = pr_table_new(explainer, name, "basic_months",
		"month tariff used billed demand kva_days rated_kva capacity_price demand_price contract discount days "
		"month_days measured expected",
		own->site.project->zone);
	for (int i = 1; i < PR_PAST_MONTHS; i++)
		put_month(explainer, table, &past[i], is_plausible(explainer, &past[i], past[PR_PAST_MONTHS - 1].currency));
	return table;
}

enum way { WAY_CAPACITY, WAY_CONTRACT, WAY_ACTUAL, WAY_BEST };

#define CONTRACT(contract)                                                                                             \
	"floor=default(round(least_share*rated_kva,6),0); c=choose(" contract "<floor,floor," contract "); "               \
	"within=round(tolerance*c,6); "                                                                                    \
	"charge=round(choose(demand<=within,c*demand_price,within*demand_price+(demand-within)*round(demand_price*excess," \
	"6))"                                                                                                              \
	"*default(discount,1)*days/month_days,2); "

static const char *const way_formulas[] = {"charge=round(where(kva_days,kva_days>0)*capacity_price/month_days,2); ",
	CONTRACT("contract"), "charge=round(demand*demand_price*default(discount,1)*days/month_days,2); ",
	CONTRACT("best")};
static const char *const way_names[] = {"capacity", "contract_demand", "actual_demand", "best_contract"};

static struct pr_explain_node *best_kw_step(struct pr_explainer *explainer, struct pr_explain_site *own);

static void add_rows(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node,
	const char *columns, const char *only_month)
{
	const struct pr_explain_table *table = month_rows(explainer, own);
	size_t before = node->input_count;
	pr_explain_table_columns(explainer, node, table, columns);
	for (size_t i = before; i < node->input_count; i++) {
		if (only_month)
			pr_input_where(&node->inputs[i], "month", pr_cell_text(only_month));
		else
			pr_input_where(&node->inputs[i], "used", pr_cell_count(1));
	}
}

static void add_way_inputs(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node,
	enum way way, const char *only_month)
{
	const struct pr_basic_rules *rules = &explainer->quiet.method->basic;
	add_rows(explainer, own, node,
		way == WAY_CAPACITY ? "month demand kva_days capacity_price month_days"
							: "month demand rated_kva demand_price contract discount days month_days",
		only_month);
	if (way == WAY_CONTRACT || way == WAY_BEST) {
		pr_node_constant(explainer, node, "least_share", pr_cell_micro(rules->contract_floor_share), "1",
			"method basic.contract_floor_share");
		pr_node_constant(explainer, node, "tolerance", pr_cell_micro(rules->contract_tolerance), "1",
			"method basic.contract_tolerance");
		pr_node_constant(
			explainer, node, "excess", pr_cell_micro(rules->excess_factor), "1", "method basic.excess_factor");
	}
	if (way == WAY_BEST)
		pr_node_input(explainer, node, "best", best_kw_step(explainer, own));
}

/* The basic charge of the months that count by a way; of one month with `only_month`. */
static struct pr_explain_node *way_step(
	struct pr_explainer *explainer, struct pr_explain_site *own, enum way way, const char *only_month)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path,
		pr_arena_format(explainer->arena, "basic.%s%s%s", only_month ? only_month : "months", ".", way_names[way]),
		pr_arena_format(explainer->arena, "savings_basic_%s", way_names[way]), &made);
	if (!made)
		return node;
	add_way_inputs(explainer, own, node, way, only_month);
	const char *formula = pr_arena_format(explainer->arena, "%swhole(charge)", way_formulas[way]);
	if (!only_month) {
		pr_node_constant(explainer, node, "least",
			pr_cell_count((uint64_t)explainer->quiet.method->savings.least_months), NULL,
			"method savings.least_months");
		formula = pr_arena_format(
			explainer->arena, "%swhere(whole(charge),count(max_by(demand,month))>=least)", way_formulas[way]);
	}
	pr_node_conclude(explainer, node, formula, own->currency, 2);
	return node;
}

static pr_micro whole_kw(pr_micro kw)
{
	return (kw + PR_MICRO_ONE - 1) / PR_MICRO_ONE * PR_MICRO_ONE;
}

/* Every whole kW from the least to the largest demand, with the months' sum at it. */
static const struct pr_explain_table *contract_rows(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	enum { MOST = 2000000 };
	const char *name = pr_explain_join(explainer, own->path, "contracts");
	struct pr_explain_table *table = pr_table_find(explainer, name);
	if (table)
		return table;
	const struct pr_past *past = pr_explain_history(explainer, own)->past, *now = &past[PR_PAST_MONTHS - 1];
	const struct pr_basic_rules *rules = &explainer->quiet.method->basic;
	bool used[PR_PAST_MONTHS] = {false};
	int months = 0;
	pr_micro from = PR_MICRO_ONE, to = 0;
	table = pr_table_new(explainer, name, "contracts", "kw charge", own->site.project->zone);
	for (size_t i = 0; i < now->basis_count; i++) {
		pr_micro least = whole_kw(pr_basis_floor(rules, &now->bases[i]));
		from = least > from ? least : from;
	}
	for (int i = 1; i < PR_PAST_MONTHS; i++) {
		used[i] = is_plausible(explainer, &past[i], now->currency);
		months += used[i];
		to = used[i] && past[i].demand_kw > to ? past[i].demand_kw : to;
	}
	to = whole_kw(to) > from ? whole_kw(to) : from;
	bool is_known = months >= explainer->quiet.method->savings.least_months && (to - from) / PR_MICRO_ONE <= MOST;
	for (pr_micro kw = from; is_known && kw <= to; kw += PR_MICRO_ONE) {
		pr_micro sum = 0;
		for (int i = 1; i < PR_PAST_MONTHS && is_known; i++) {
			pr_micro amount = used[i] ? pr_past_basic(&past[i], rules, PR_BASIC_CONTRACT, kw) : 0;
			is_known = amount != PR_MICRO_MISSING && pr_micro_add(sum, amount, &sum);
		}
		if (!is_known)
			break;
		pr_table_put(explainer, table, pr_cell_micro(kw));
		pr_table_put(explainer, table, pr_cell_micro(sum));
	}
	return table;
}

static struct pr_explain_node *best_kw_step(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	bool made;
	struct pr_explain_node *node =
		pr_node_step(explainer, own->path, "best_contract_kw", "savings_basic_best_kw", &made);
	if (!made)
		return node;
	pr_explain_table_columns(explainer, node, contract_rows(explainer, own), "kw charge");
	pr_node_conclude(explainer, node, "lookup(min(charge),charge,kw)", "kW", -1);
	return node;
}

static void add_ways(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	pr_node_input(explainer, node, "capacity", way_step(explainer, own, WAY_CAPACITY, NULL));
	pr_node_input(explainer, node, "best", way_step(explainer, own, WAY_BEST, NULL));
	pr_node_input(explainer, node, "actual", way_step(explainer, own, WAY_ACTUAL, NULL));
	add_rows(explainer, own, node, "billed month", NULL);
	pr_node_constant(explainer, node, "least", pr_cell_count((uint64_t)explainer->quiet.method->savings.least_months),
		NULL, "method savings.least_months");
}

#define WAYS \
	"billed_all=sum(max_by(billed,month)); way=min(capacity,best,actual); enough=count(max_by(billed,month))>=least; "

static void explain_basic_year(
	struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	add_ways(explainer, own, node);
	pr_node_conclude(explainer, node, WAYS "where(max(0,billed_all-way),enough)", NULL, 0);
}

static void explain_basic_month(
	struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	char text[16];
	const char *month = pr_arena_copy(explainer->arena, pr_month_iso(explainer->report->month, text));
	add_ways(explainer, own, node);
	pr_node_input(explainer, node, "capacity_now", way_step(explainer, own, WAY_CAPACITY, month));
	pr_node_input(explainer, node, "best_now", way_step(explainer, own, WAY_BEST, month));
	pr_node_input(explainer, node, "actual_now", way_step(explainer, own, WAY_ACTUAL, month));
	pr_input_where(
		pr_node_rows(explainer, node, "used_now", month_rows(explainer, own), "used"), "month", pr_cell_text(month));
	pr_node_input(explainer, node, "basic", pr_explain_bill_step(explainer, own, "bill.basic"));
	pr_node_conclude(explainer, node,
		WAYS "now=choose(capacity==way,capacity_now,choose(best==way,best_now,actual_now)); "
			 "where(choose(way<billed_all,where(basic-now,max(used_now)>0),0),enough)",
		NULL, 0);
}

static bool explain_basic(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	const char *id = node->finding->id;
	for (int way = WAY_CAPACITY; way <= WAY_BEST; way++) {
		if (!pr_text_equal(id, pr_arena_format(explainer->arena, "savings.basic.cost.%s", way_names[way])))
			continue;
		struct pr_explain_node *cost = way_step(explainer, own, (enum way)way, NULL);
		node->rule = cost->rule;
		pr_node_input(explainer, node, "cost", cost);
		pr_node_conclude(explainer, node, "cost", NULL, 0);
		return true;
	}
	if (pr_text_equal(id, "savings.basic.best_contract_kw")) {
		node->rule = "savings_basic_best_kw";
		pr_node_input(explainer, node, "best", best_kw_step(explainer, own));
		pr_node_conclude(explainer, node, "best", NULL, 0);
		return true;
	}
	node->rule = "savings_basic_year";
	if (pr_text_equal(id, "savings.basic.year"))
		explain_basic_year(explainer, own, node);
	else if (pr_text_equal(id, "savings.basic.month"))
		explain_basic_month(explainer, own, node);
	else
		return false;
	return true;
}

/* --- the power factor ---------------------------------------------------------------------------------------------- */

/* The one standard of the tariffs in force. */
static pr_micro standard_of(const struct pr_explain_site *own)
{
	pr_micro standard = PR_MICRO_MISSING;
	for (size_t i = 0; i < own->site.project->tariff_count; i++)
		if (pr_explain_tariff_used(own, (int)i) && own->site.project->tariffs[i].pf_standard != PR_MICRO_MISSING)
			standard = own->site.project->tariffs[i].pf_standard;
	return standard;
}

enum step { STEP_NEXT, STEP_BEST, STEP_WITHOUT_LEAD };

#define USED "both(both(known(kwh),known(lag)),known(lead_counted))"
#define HERE "here=lookup(cosine,steps,percents); "

static struct pr_explain_node *sum_step(
	struct pr_explainer *explainer, struct pr_explain_site *own, const char *name, const char *formula)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, name, "power_factor_reactive", &made);
	if (made) {
		pr_explain_columns(explainer, own, node, "kwh lag lead_counted");
		pr_node_conclude(explainer, node, formula, "kvarh", -1);
	}
	return node;
}

/* cos φ at the next better step, at the best, or without the lead. */
static struct pr_explain_node *cosine_step(struct pr_explainer *explainer, struct pr_explain_site *own, enum step step)
{
	static const char *const names[] = {"cosine.next", "cosine.best", "cosine.without_lead"};
	static const char *const formulas[] = {HERE "default(min(where(steps,both(steps>cosine,percents<here))),cosine)",
		"min(where(steps,both(steps>=cosine,percents==min(where(percents,steps>=cosine)))))",
		"round(active/sqrt(active*active+lag*lag),2)"};
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, names[step],
		step == STEP_WITHOUT_LEAD ? "savings_pf_without_lead" : "savings_pf_step", &made);
	if (!made)
		return node;
	if (step == STEP_WITHOUT_LEAD) {
		pr_node_input(explainer, node, "active", sum_step(explainer, own, "active.used", "sum(where(kwh," USED "))"));
		pr_node_input(explainer, node, "lag", sum_step(explainer, own, "lag", "sum(where(lag," USED "))"));
	} else {
		const struct pr_explain_table *table = pr_explain_percents(explainer, standard_of(own));
		pr_node_input(explainer, node, "cosine", pr_explain_cosine(explainer, own));
		pr_node_rows(explainer, node, "steps", table, "cosine");
		pr_node_rows(explainer, node, "percents", table, "percent");
	}
	pr_node_conclude(explainer, node, formulas[step], "1", 2);
	return node;
}

/* Whether lead is above its share of lag: then the switching is to be mended. */
static struct pr_explain_node *mend_step(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, "mend", "savings_pf_mend", &made);
	if (!made)
		return node;
	pr_node_input(explainer, node, "lead", sum_step(explainer, own, "lead", "sum(where(lead_counted," USED "))"));
	pr_node_input(explainer, node, "lag", sum_step(explainer, own, "lag", "sum(where(lag," USED "))"));
	pr_node_constant(explainer, node, "share",
		pr_cell_micro(pr_micro_from_double(explainer->quiet.method->savings.mend_switching_share)), "1",
		"method savings.mend_switching_share");
	pr_node_conclude(explainer, node, "default(lead>share*lag,0)", NULL, -1);
	return node;
}

/* The adjustment in money at a step. */
static struct pr_explain_node *amount_step(struct pr_explainer *explainer, struct pr_explain_site *own, enum step step)
{
	static const char *const names[] = {"adjustment.next", "adjustment.best", "adjustment.without_lead"};
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, names[step], "savings_pf_amount", &made);
	if (!made)
		return node;
	const struct pr_explain_table *table = pr_explain_percents(explainer, standard_of(own));
	pr_explain_base(explainer, own, node, standard_of(own));
	pr_node_input(explainer, node, "cosine", cosine_step(explainer, own, step));
	pr_node_rows(explainer, node, "steps", table, "cosine");
	pr_node_rows(explainer, node, "percents", table, "percent");
	pr_node_conclude(explainer, node, HERE "round(" PR_EXPLAIN_BASE "*here/100,2)", own->currency, 2);
	return node;
}

static struct pr_explain_node *pf_month_step(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, "power_factor.saving", "savings_pf_month", &made);
	if (!made)
		return node;
	pr_node_input(explainer, node, "adjustment", pr_explain_bill_step(explainer, own, "bill.pf.amount"));
	pr_node_input(explainer, node, "mend", mend_step(explainer, own));
	pr_node_input(explainer, node, "best", amount_step(explainer, own, STEP_BEST));
	pr_node_input(explainer, node, "mended", amount_step(explainer, own, STEP_WITHOUT_LEAD));
	pr_node_conclude(explainer, node, "max(0,adjustment-choose(mend,mended,best))", own->currency, 2);
	return node;
}

/* Needed kvar of the running quarters: Q − P tan φ₂. */
static void explain_kvar(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	bool is_mean = pr_text_equal(node->finding->id, "savings.power_factor.kvar.mean"), lead_ever = false;
	for (size_t i = 0; i < own->site.incomer_count; i++)
		lead_ever = lead_ever || own->site.incomers[i].lead_ever;
	pr_explain_columns(explainer, own, node, "start kwh lag lead");
	pr_node_input(explainer, node, "threshold", pr_explain_threshold(explainer, own));
	pr_node_input(explainer, node, "cosine", pr_explain_cosine(explainer, own));
	pr_node_input(explainer, node, "best", cosine_step(explainer, own, STEP_BEST));
	pr_node_input(explainer, node, "mend", mend_step(explainer, own));
	pr_node_constant(explainer, node, "share",
		pr_cell_micro(pr_micro_from_double(explainer->quiet.method->savings.kvar_rank)), "1",
		"method savings.kvar_rank");
	pr_node_conclude(explainer, node,
		pr_arena_format(explainer->arena,
			"load=4*whole_by(kwh,start); q=4*(whole_by(lag,start)-%s); "
			"needed=where(q-load*sqrt(1-best*best)/best,load>threshold); value=%s; "
			"where(choose(best==cosine,0,round(where(max(0,value),known(value)),4)),neither(mend))",
			lead_ever ? "abs(whole_by(lead,start))" : "0",
			is_mean ? "sum(needed)/count(needed)" : "rank(needed,share)"),
		NULL, 0);
}

static bool explain_power_factor(
	struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	const char *what = node->finding->id + strlen("savings.power_factor.");
	if (pr_text_starts(what, "kvar")) {
		node->rule = "savings_pf_kvar";
		explain_kvar(explainer, own, node);
		return true;
	}
	bool is_next = pr_text_equal(what, "next"), is_year = pr_text_equal(what, "year");
	if (!is_next && !is_year && !pr_text_equal(what, "best") && !pr_text_equal(what, "month"))
		return false;
	bool is_amount = is_next || pr_text_equal(what, "best");
	node->rule = is_amount ? "savings_pf_amount" : "savings_pf_month";
	pr_node_input(explainer, node, "value",
		is_amount ? amount_step(explainer, own, is_next ? STEP_NEXT : STEP_BEST) : pf_month_step(explainer, own));
	pr_node_conclude(explainer, node, is_year ? "12*value" : "value", NULL, 0);
	return true;
}

/* --- peak shifting ------------------------------------------------------------------------------------------------- */

/* The valley's mean price: its charge ÷ its kWh; of a valley without kWh the price of the tariff in force longest. */
static struct pr_explain_node *valley_step(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, "valley.price", "savings_shift_valley", &made);
	if (!made)
		return node;
	const struct pr_past *now = &pr_explain_history(explainer, own)->past[PR_PAST_MONTHS - 1];
	pr_node_input(explainer, node, "charge", pr_explain_bill_step(explainer, own, "bill.energy.valley"));
	pr_node_input(explainer, node, "kwh", pr_explain_slot_exact(explainer, own, PR_SLOT_VALLEY));
	pr_node_constant(
		explainer, node, "price", pr_cell_micro(now->slot_price[PR_SLOT_VALLEY]), own->currency, "tariff slot valley");
	pr_node_conclude(explainer, node, "choose(kwh>0,round(charge/kwh,6),price)", own->currency, 6);
	return node;
}

static void add_shift_inputs(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	pr_node_constant(explainer, node, "percent", pr_cell_micro(explainer->quiet.method->savings.shift_percent), "%",
		"settings savings.shift_percent");
	pr_node_input(explainer, node, "valley", valley_step(explainer, own));
}

#define SHIFT                                                                                                    \
	"moved=round(percent*energy/100,6); spread=round(round(peak_money,2)/where(peak_kwh,peak_kwh>0),6)-valley; " \
	"where(max(0,round(moved*spread,2)),both(known(spread),moved<=peak_kwh))"

static struct pr_explain_node *shift_step(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, "shift", "savings_shift", &made);
	if (!made)
		return node;
	add_shift_inputs(explainer, own, node);
	pr_node_input(explainer, node, "energy", pr_explain_energy_exact(explainer, own));
	pr_node_input(explainer, node, "sharp", pr_explain_slot_exact(explainer, own, PR_SLOT_SHARP));
	pr_node_input(explainer, node, "peak", pr_explain_slot_exact(explainer, own, PR_SLOT_PEAK));
	pr_node_input(explainer, node, "sharp_charge", pr_explain_bill_step(explainer, own, "bill.energy.sharp"));
	pr_node_input(explainer, node, "peak_charge", pr_explain_bill_step(explainer, own, "bill.energy.peak"));
	pr_node_conclude(
		explainer, node, "peak_kwh=sharp+peak; peak_money=sum(sharp_charge,peak_charge); " SHIFT, own->currency, 2);
	return node;
}

/* A point's promise: the project's formula on its own quarters. */
static void explain_point_shift(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	static const char *const columns[] = {"kwh", "slot", "price"};
	size_t point = (size_t)((const struct pr_point *)scope->subject->model - own->site.project->points);
	add_shift_inputs(explainer, own, node);
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		pr_explain_point_rows(explainer, own, node, columns[i], point, columns[i]);
	bool made;
	struct pr_explain_node *energy = pr_node_step(explainer, scope->path, "energy", "energy_total", &made);
	if (made) {
		pr_explain_point_rows(explainer, own, energy, "kwh", point, "kwh");
		pr_node_conclude(explainer, energy, "sum(kwh)", "kWh", -1);
	}
	pr_node_input(explainer, node, "energy", energy);
	pr_node_conclude(explainer, node,
		"in_peak=where(kwh,both(either(slot=='sharp',slot=='peak'),known(price))); peak_kwh=sum(in_peak); "
		"peak_money=sum(in_peak*price); " SHIFT,
		NULL, 0);
}

static bool explain_shift(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	const char *id = node->finding->id;
	if (pr_text_equal(id, "savings.shift_percent")) {
		node->rule = "savings_shift";
		pr_node_given(explainer, node, pr_cell_micro(explainer->quiet.method->savings.shift_percent), "%",
			"settings savings.shift_percent");
		return true;
	}
	node->rule = "savings_shift";
	pr_node_input(explainer, node, "month", shift_step(explainer, own));
	pr_node_conclude(explainer, node, pr_text_equal(id, "savings.shift.year") ? "12*month" : "month", NULL, 0);
	return true;
}

bool pr_explain_savings(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const char *id = node->finding->id;
	if (scope->level == PR_EXPLAIN_POINT && pr_text_equal(id, "savings.shift.month")) {
		node->rule = "savings_shift";
		explain_point_shift(explainer, scope, node);
		return true;
	}
	if (scope->level != PR_EXPLAIN_PROJECT)
		return false;
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	if (pr_text_starts(id, "savings.basic."))
		return explain_basic(explainer, own, node);
	if (pr_text_starts(id, "savings.power_factor."))
		return explain_power_factor(explainer, own, node);
	return pr_text_starts(id, "savings.shift") && explain_shift(explainer, own, node);
}
