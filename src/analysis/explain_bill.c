/* The bill (method, section 3): its lines down to quarters, its sums, and what it is verified against. */
#include "analysis/explain_bill.h"

#include <string.h>

#include "base/text.h"

/* --- the power factor ---------------------------------------------------------------------------------------------- */

#define USED "both(both(known(kwh),known(lag)),known(lead_counted))"

struct pr_explain_node *pr_explain_cosine(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	bool made;
	struct pr_explain_node *active = pr_node_step(explainer, own->path, "active", "power_factor_active", &made);
	if (made) {
		pr_explain_columns(explainer, own, active, "kwh lag lead_counted");
		pr_node_conclude(explainer, active, "sum(where(kwh," USED "))", "kWh", -1);
	}
	struct pr_explain_node *reactive = pr_node_step(explainer, own->path, "reactive", "power_factor_reactive", &made);
	if (made) {
		pr_explain_columns(explainer, own, reactive, "kwh lag lead_counted");
		pr_node_conclude(explainer, reactive, "sum(where(lag+lead_counted," USED "))", "kvarh", -1);
	}
	struct pr_explain_node *node = pr_node_step(explainer, own->path, "power_factor", "power_factor", &made);
	if (made) {
		pr_node_input(explainer, node, "active", active);
		pr_node_input(explainer, node, "reactive", reactive);
		pr_node_conclude(explainer, node, "round(active/sqrt(active*active+reactive*reactive),2)", "1", 2);
	}
	return node;
}

const struct pr_explain_table *pr_explain_percents(struct pr_explainer *explainer, pr_micro standard)
{
	const struct pr_method *method = explainer->quiet.method;
	char plain[32];
	const char *name = pr_arena_format(explainer->arena, "method/power_factor/%s", pr_micro_plain(standard, plain));
	struct pr_explain_table *table = pr_table_find(explainer, name);
	if (table)
		return table;
	table = pr_table_new(explainer, name, "percents", "cosine percent", NULL);
	for (size_t i = 0; i < method->power_factor_count; i++) {
		if ((pr_micro)method->power_factor[i].standard_hundredths * (PR_MICRO_ONE / 100) != standard)
			continue;
		for (int h = 0; h <= 100; h++) {
			pr_table_put(explainer, table, pr_cell_micro((pr_micro)h * (PR_MICRO_ONE / 100)));
			pr_table_put(explainer, table, pr_cell_micro(method->power_factor[i].percent[h]));
		}
	}
	return table;
}

struct pr_explain_node *pr_explain_percent(
	struct pr_explainer *explainer, struct pr_explain_site *own, pr_micro standard)
{
	bool made;
	char plain[32];
	struct pr_explain_node *node = pr_node_step(explainer, own->path,
		pr_arena_format(explainer->arena, "percent.%s", pr_micro_plain(standard, plain)), "power_factor_percent",
		&made);
	if (!made)
		return node;
	const struct pr_explain_table *table = pr_explain_percents(explainer, standard);
	pr_node_input(explainer, node, "cosine", pr_explain_cosine(explainer, own));
	pr_node_rows(explainer, node, "steps", table, "cosine");
	pr_node_rows(explainer, node, "percents", table, "percent");
	pr_node_conclude(explainer, node, "lookup(cosine,steps,percents)", "%", -1);
	return node;
}

/* --- lines --------------------------------------------------------------------------------------------------------- */

static bool is_of_standard(const struct pr_explain_site *own, const struct pr_bill_line *line, pr_micro standard)
{
	int tariff = pr_explain_tariff_index(own, line->tariff_id);
	return line->kind != PR_LINE_POWER_FACTOR && tariff >= 0 &&
	       own->site.project->tariffs[tariff].pf_standard == standard;
}

void pr_explain_base(
	struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node, pr_micro standard)
{
	const struct pr_explain_table *table = pr_explain_quarters(explainer, own);
	pr_node_list(explainer, node, "lines", NULL);
	for (size_t i = 0; i < own->line_count; i++)
		if (is_of_standard(own, &own->lines[i], standard))
			pr_node_list(explainer, node, "lines", pr_explain_line(explainer, own, i));
	pr_input_where(pr_node_rows(explainer, node, "kwh", table, "kwh"), "standard", pr_cell_micro(standard));
	pr_input_where(pr_node_rows(explainer, node, "fund", table, "fund"), "standard", pr_cell_micro(standard));
}

/* Every line but adjustments: with one missing the base is unknown. */
static void add_all_lines(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	pr_node_list(explainer, node, "all", NULL);
	for (size_t i = 0; i < own->line_count; i++)
		if (own->lines[i].kind != PR_LINE_POWER_FACTOR)
			pr_node_list(explainer, node, "all", pr_explain_line(explainer, own, i));
}

static struct pr_explain_node *line_kwh(
	struct pr_explainer *explainer, struct pr_explain_site *own, const char *path, const struct pr_bill_line *line)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, path, "kwh", "bill_line_kwh", &made);
	if (!made)
		return node;
	const struct pr_explain_table *table = pr_explain_quarters(explainer, own);
	struct pr_explain_input *rows = pr_node_rows(explainer, node, "kwh", table, "kwh");
	pr_input_where(rows, "tariff", line->tariff_id ? pr_cell_count((uint64_t)line->tariff_id) : pr_cell_text(NULL));
	pr_input_where(rows, "slot", pr_cell_text(line->slot < 0 ? NULL : pr_slot_names[line->slot]));
	pr_input_where(rows, "price", pr_cell_micro(line->price));
	pr_node_conclude(explainer, node, "sum(kwh)", "kWh", -1);
	return node;
}

static void explain_energy_line(struct pr_explainer *explainer, struct pr_explain_site *own,
	struct pr_explain_node *node, const struct pr_bill_line *line)
{
	node->rule = "bill_line_energy";
	pr_node_input(explainer, node, "kwh", line_kwh(explainer, own, node->path, line));
	pr_node_constant(explainer, node, "price", pr_cell_micro(line->price), own->currency,
		line->tariff_id ? pr_arena_format(explainer->arena, "tariff %lld slot %s", (long long)line->tariff_id,
							  line->slot < 0 ? "-" : pr_slot_names[line->slot])
						: "directory tariff");
	pr_node_conclude(explainer, node, "round(kwh*price,2)", own->currency, 2);
}

static void explain_demand_line(struct pr_explainer *explainer, struct pr_explain_site *own,
	struct pr_explain_node *node, const struct pr_bill_line *line)
{
	int tariff = pr_explain_tariff_index(own, line->tariff_id);
	struct pr_explain_node *demand = pr_explain_demand_exact(explainer, own);
	struct pr_explain_node *whole = pr_explain_basic_charge(explainer, own, tariff, demand, "");
	const struct pr_tariff *model = &own->site.project->tariffs[tariff];
	node->rule = whole->rule;
	pr_node_input(explainer, node, "whole", whole);
	if (line->kind != PR_LINE_BASIC_CONTRACT && line->kind != PR_LINE_BASIC_EXCESS) {
		pr_node_conclude(explainer, node, "whole", own->currency, 2);
		return;
	}
	/* Of the two printed parts the second is the whole less the first. */
	struct pr_explain_basis basis = pr_explain_basis_of(explainer, own, tariff);
	node->rule = line->kind == PR_LINE_BASIC_CONTRACT ? "basic_first_part" : "basic_excess_part";
	pr_node_input(explainer, node, "demand", demand);
	pr_node_input(explainer, node, "within", pr_explain_contract_within(explainer, own, tariff));
	pr_explain_tariff_value(explainer, own, node, "price", tariff, model->demand_price, own->currency, "demand_price");
	pr_node_input(explainer, node, "discount", basis.discount);
	pr_node_input(explainer, node, "days", basis.days);
	pr_node_constant(explainer, node, "month", pr_cell_micro(basis.month_days), NULL, "calendar");
	pr_node_conclude(explainer, node,
		line->kind == PR_LINE_BASIC_CONTRACT
			? "where(choose(demand<=within,whole,round(within*price*discount*days/month,2)),known(demand))"
			: "whole-round(within*price*discount*days/month,2)",
		own->currency, 2);
}

static void explain_adjustment(struct pr_explainer *explainer, struct pr_explain_site *own,
	struct pr_explain_node *node, const struct pr_bill_line *line)
{
	int tariff = pr_explain_tariff_index(own, line->tariff_id);
	pr_micro standard = own->site.project->tariffs[tariff].pf_standard;
	node->rule = "power_factor_amount";
	pr_explain_base(explainer, own, node, standard);
	add_all_lines(explainer, own, node);
	pr_node_input(explainer, node, "percent", pr_explain_percent(explainer, own, standard));
	pr_node_conclude(
		explainer, node, "where(round(" PR_EXPLAIN_BASE "*percent/100,2),known(whole(all)))", own->currency, 2);
}

struct pr_explain_node *pr_explain_line(struct pr_explainer *explainer, struct pr_explain_site *own, size_t index)
{
	const struct pr_bill_line *line = &own->lines[index];
	const char *path = pr_arena_format(explainer->arena, "%s/bill_lines/%zu", own->path, index + 1);
	struct pr_explain_node *node = pr_node_find(explainer, path);
	if (node)
		return node;
	node = pr_node_new(explainer, path, "bill_line_energy");
	node->value = pr_cell_micro(line->amount);
	node->digits = 2;
	node->zone = own->site.project->zone;
	if (line->kind == PR_LINE_ENERGY)
		explain_energy_line(explainer, own, node, line);
	else if (line->kind == PR_LINE_POWER_FACTOR)
		explain_adjustment(explainer, own, node, line);
	else
		explain_demand_line(explainer, own, node, line);
	return node;
}

/* --- sums ---------------------------------------------------------------------------------------------------------- */

enum line_group { ENERGY_LINES, BASIC_LINES, ADJUSTMENT_LINES, ALL_LINES };

static bool is_in_group(const struct pr_bill_line *line, enum line_group group)
{
	bool is_energy = line->kind == PR_LINE_ENERGY, is_adjustment = line->kind == PR_LINE_POWER_FACTOR;
	return group == ALL_LINES          ? true
	       : group == ENERGY_LINES     ? is_energy
	       : group == ADJUSTMENT_LINES ? is_adjustment
	                                   : !is_energy && !is_adjustment;
}

static void add_lines(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node,
	enum line_group group, int slot)
{
	pr_node_list(explainer, node, "lines", NULL);
	for (size_t i = 0; i < own->line_count; i++)
		if (is_in_group(&own->lines[i], group) && (slot < 0 || own->lines[i].slot == slot))
			pr_node_list(explainer, node, "lines", pr_explain_line(explainer, own, i));
}

static void explain_slot(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	int slot = pr_name_index(pr_slot_names, PR_SLOT_COUNT, strrchr(node->finding->id, '.') + 1);
	add_lines(explainer, own, node, ENERGY_LINES, slot);
	pr_explain_columns(explainer, own, node, "kwh");
	pr_node_conclude(
		explainer, node, "where(choose(count(known(lines))>0,whole(lines),0),count(kwh)>0)", own->currency, 2);
}

static void explain_energy(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	add_lines(explainer, own, node, ENERGY_LINES, -1);
	pr_node_conclude(explainer, node, "sum(lines)", own->currency, 2);
}

static void explain_funds(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	pr_explain_columns(explainer, own, node, "kwh fund");
	pr_node_conclude(explainer, node, "where(round(default(sum(kwh*fund),0),2),count(kwh)>0)", own->currency, 2);
}

/* A tariff without a basic charge makes no line, and 0. */
static void explain_basic(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	add_lines(explainer, own, node, BASIC_LINES, -1);
	for (size_t i = 0; i < own->site.project->tariff_count; i++)
		if (own->site.project->tariffs[i].basic_mode == PR_BASIC_NONE && pr_explain_tariff_used(own, (int)i))
			pr_node_list(explainer, node, "lines", pr_explain_basic_charge(explainer, own, (int)i, NULL, ""));
	pr_node_conclude(explainer, node, "sum(lines)", own->currency, 2);
}

static void explain_reported(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	const struct pr_explain_scope scope = pr_explain_scope_project(explainer, own->index);
	struct pr_explain_node *demand = pr_explain_finding(explainer, &scope, "demand.reported");
	for (size_t i = 0; demand && i < own->site.project->tariff_count; i++)
		if (pr_explain_tariff_used(own, (int)i))
			pr_node_list(
				explainer, node, "charges", pr_explain_basic_charge(explainer, own, (int)i, demand, ".reported"));
	pr_node_conclude(explainer, node, "whole(charges)", own->currency, 2);
}

static void explain_base(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	pr_node_list(explainer, node, "bases", NULL);
	for (size_t i = 0; i < own->line_count; i++) {
		bool made;
		if (own->lines[i].kind != PR_LINE_POWER_FACTOR)
			continue;
		const char *path = pr_arena_format(explainer->arena, "%s/bill_lines/%zu", own->path, i + 1);
		struct pr_explain_node *base = pr_node_step(explainer, path, "base", "power_factor_base", &made);
		if (made) {
			int tariff = pr_explain_tariff_index(own, own->lines[i].tariff_id);
			pr_explain_base(explainer, own, base, own->site.project->tariffs[tariff].pf_standard);
			add_all_lines(explainer, own, base);
			pr_node_conclude(
				explainer, base, "where(round(" PR_EXPLAIN_BASE ",2),known(whole(all)))", own->currency, 2);
		}
		pr_node_list(explainer, node, "bases", base);
	}
	pr_node_conclude(explainer, node, "sum(bases)", own->currency, 2);
}

static void explain_percent(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	pr_node_list(explainer, node, "percents", NULL);
	for (size_t i = 0; i < own->line_count; i++) {
		int tariff = pr_explain_tariff_index(own, own->lines[i].tariff_id);
		if (own->lines[i].kind == PR_LINE_POWER_FACTOR)
			pr_node_list(explainer, node, "percents",
				pr_explain_percent(explainer, own, own->site.project->tariffs[tariff].pf_standard));
	}
	pr_node_conclude(explainer, node, "where(first(percents),count(known(percents))==1)", "%", 6);
}

static void explain_adjustments(
	struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	add_lines(explainer, own, node, ADJUSTMENT_LINES, -1);
	pr_node_conclude(explainer, node, "sum(lines)", own->currency, 2);
}

/* The total is the sum of the printed lines; without an energy line there is none. */
static void explain_total(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	pr_node_input(explainer, node, "energy", pr_explain_bill_step(explainer, own, "bill.energy"));
	pr_node_input(explainer, node, "basic", pr_explain_bill_step(explainer, own, "bill.basic"));
	pr_node_input(explainer, node, "adjustment", pr_explain_bill_step(explainer, own, "bill.pf.amount"));
	pr_node_conclude(explainer, node, "where(sum(energy,basic,adjustment),known(energy))", own->currency, 2);
}

static void explain_price(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	pr_node_input(explainer, node, "total", pr_explain_bill_step(explainer, own, "bill.total"));
	pr_node_input(explainer, node, "energy", pr_explain_energy_exact(explainer, own));
	add_lines(explainer, own, node, ALL_LINES, -1);
	pr_node_conclude(explainer, node, "where(round(total/energy,6),known(whole(lines)))", own->currency, 6);
}

static void explain_cosine(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	pr_node_input(explainer, node, "cosine", pr_explain_cosine(explainer, own));
	pr_node_conclude(explainer, node, "cosine", "1", 2);
}

/* --- what the bill is held against --------------------------------------------------------------------------------- */

static const char ours_formula[] = "round(sum(where(kwh*price,known(charge))),2)";
static const char theirs_formula[] = "round(sum(where(charge,both(known(kwh),known(price)))),2)";

static struct pr_explain_node *ingest_step(
	struct pr_explainer *explainer, struct pr_explain_site *own, const char *name, const char *formula)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, name, "bill_ingest", &made);
	if (made) {
		pr_explain_columns(explainer, own, node, "kwh price charge");
		pr_node_conclude(explainer, node, formula, own->currency, 2);
	}
	return node;
}

static struct pr_explain_site *utility_site(
	struct pr_explainer *explainer, struct pr_explain_site *own, const struct pr_utility_bill *theirs)
{
	struct pr_window window;
	if (!theirs->period_from.year || !theirs->period_to.year)
		return own;
	pr_window_init(&window, own->site.project, theirs->period_from, theirs->period_to, explainer->arena);
	if (window.from_ms == own->site.window.from_ms && window.to_ms == own->site.window.to_ms)
		return own;
	return pr_explain_period_of(explainer, own->index, theirs->period_from, theirs->period_to);
}

/* Ours and theirs of a utility's bill. */
static void add_utility(
	struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node, const char *part)
{
	static const char *const columns[] = {"energy", "basic", "total"};
	const struct pr_project *project = own->site.project;
	for (size_t i = 0; i < project->utility_bill_count; i++) {
		const struct pr_utility_bill *theirs = &project->utility_bills[i];
		const pr_micro amounts[] = {theirs->energy_amount, theirs->basic_amount, theirs->amount};
		int which = pr_name_index(columns, 3, part);
		if (pr_month_compare(theirs->month, explainer->report->month) != 0 || which < 0)
			continue;
		pr_node_input(explainer, node, "ours",
			pr_explain_bill_step(
				explainer, utility_site(explainer, own, theirs), pr_arena_format(explainer->arena, "bill.%s", part)));
		pr_node_constant(
			explainer, node, "theirs", pr_cell_micro(amounts[which]), own->currency, "directory utility_bill");
	}
}

static void add_plan(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	const struct pr_project *project = own->site.project;
	pr_node_input(explainer, node, "ours", pr_explain_bill_step(explainer, own, "bill.total"));
	for (size_t i = 0; i < project->plan_count; i++)
		if (pr_month_compare(project->plans[i].month, explainer->report->month) == 0)
			pr_node_constant(explainer, node, "theirs", pr_cell_micro(project->plans[i].amount), own->currency,
				"directory monthly_plan.amount");
}

/* "bill.<what>.difference", with ".rate" at the end or without. */
static bool explain_difference(
	struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node)
{
	const char *id = node->finding->id;
	const char *end = strstr(id, ".difference");
	if (!end)
		return false;
	bool is_rate = pr_text_equal(end, ".difference.rate");
	if (pr_text_starts(id, "bill.ingest.")) {
		node->rule = "bill_ingest";
		pr_node_input(explainer, node, "ours", ingest_step(explainer, own, "ingest.ours", ours_formula));
		pr_node_input(explainer, node, "theirs", ingest_step(explainer, own, "ingest.theirs", theirs_formula));
	} else if (pr_text_starts(id, "bill.utility.")) {
		const char *part = id + strlen("bill.utility.");
		node->rule = "bill_utility";
		add_utility(explainer, own, node, pr_arena_copy_n(explainer->arena, part, (size_t)(end - part)));
	} else {
		node->rule = "bill_plan";
		add_plan(explainer, own, node);
	}
	pr_node_conclude(
		explainer, node, is_rate ? "round((ours-theirs)/abs(theirs),6)" : "round(ours-theirs,2)", own->currency, 2);
	return true;
}

/* --- all ----------------------------------------------------------------------------------------------------------- */

static const struct sum {
	const char *id, *rule;
	void (*explain)(struct pr_explainer *, struct pr_explain_site *, struct pr_explain_node *);
} sums[] = {
	{"bill.energy", "bill_energy", explain_energy},
	{"bill.energy.sharp", "bill_energy", explain_slot},
	{"bill.energy.peak", "bill_energy", explain_slot},
	{"bill.energy.flat", "bill_energy", explain_slot},
	{"bill.energy.valley", "bill_energy", explain_slot},
	{"bill.energy.deep", "bill_energy", explain_slot},
	{"bill.funds", "bill_funds", explain_funds},
	{"bill.basic", "bill_basic", explain_basic},
	{"bill.basic.reported", "bill_basic_reported", explain_reported},
	{"bill.pf.base", "power_factor_base", explain_base},
	{"bill.pf.percent", "power_factor_percent", explain_percent},
	{"bill.pf.amount", "power_factor_amount", explain_adjustments},
	{"bill.total", "bill_total", explain_total},
	{"bill.price", "bill_price", explain_price},
	{"power_factor.month", "power_factor", explain_cosine},
};

static const struct sum *find_sum(const char *id)
{
	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
		if (pr_text_equal(sums[i].id, id))
			return &sums[i];
	return NULL;
}

struct pr_explain_node *pr_explain_bill_step(
	struct pr_explainer *explainer, struct pr_explain_site *own, const char *id)
{
	const struct sum *sum = find_sum(id);
	if (!sum) {
		pr_error_set(&explainer->error, PR_CODE_INTERNAL, "no step '%s' of a bill", id);
		return NULL;
	}
	bool made;
	const struct pr_explain_scope scope = pr_explain_scope_project(explainer, own->index);
	if (own == pr_explain_site_of(explainer, own->index) && pr_findings_get(scope.findings, id))
		return pr_explain_finding(explainer, &scope, id);
	struct pr_explain_node *node = pr_node_step(explainer, own->path, id, sum->rule, &made);
	if (made)
		sum->explain(explainer, own, node);
	return node;
}

bool pr_explain_bill(struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	const struct sum *sum = find_sum(node->finding->id);
	if (scope->level != PR_EXPLAIN_PROJECT)
		return false;
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	if (!sum)
		return pr_text_starts(node->finding->id, "bill.") && explain_difference(explainer, own, node);
	node->rule = sum->rule;
	sum->explain(explainer, own, node);
	return true;
}
