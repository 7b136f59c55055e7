/* The basic charge (method, section 3.2): capacity, contract demand, actual demand. */
#include "analysis/explain_bill.h"
#include "base/text.h"

static const struct pr_tariff *tariff_of(const struct pr_explain_site *own, int tariff)
{
	return &own->site.project->tariffs[tariff];
}

bool pr_explain_tariff_used(const struct pr_explain_site *own, int tariff)
{
	for (size_t i = 0; i < own->site.window.count; i++)
		if (own->site.tariffs[i] == tariff)
			return true;
	return false;
}

int pr_explain_tariff_index(const struct pr_explain_site *own, int64_t id)
{
	for (size_t i = 0; i < own->site.project->tariff_count; i++)
		if (own->site.project->tariffs[i].id == id)
			return (int)i;
	return -1;
}

void pr_explain_tariff_value(struct pr_explainer *explainer, const struct pr_explain_site *own,
	struct pr_explain_node *node, const char *name, int tariff, pr_micro value, const char *unit, const char *column)
{
	pr_node_constant(explainer, node, name, pr_cell_micro(value), unit,
		pr_arena_format(explainer->arena, "tariff %lld %s", (long long)tariff_of(own, tariff)->id, column));
}

/* Calendar days with a quarter under the tariff (and in the transformer's service). */
static uint64_t days_under(const struct pr_explain_site *own, int tariff, const struct pr_validity *validity)
{
	uint64_t days = 0;
	for (size_t day = 0; day < own->site.window.day_count; day++) {
		bool any = false;
		for (size_t i = 0; i < own->site.window.count && !any; i++) {
			int64_t start_ms = own->site.window.quarters[i].start_ms;
			any = own->site.window.quarters[i].day == day && own->site.tariffs[i] == tariff &&
			      (!validity || pr_valid_within(validity, start_ms, start_ms + PR_MS_QUARTER));
		}
		days += any;
	}
	return days;
}

static struct pr_explain_node *step(struct pr_explainer *explainer, struct pr_explain_site *own, int tariff,
	const char *name, const char *rule, bool *made)
{
	return pr_node_step(explainer, own->path,
		pr_arena_format(explainer->arena, "tariff.%lld.%s", (long long)tariff_of(own, tariff)->id, name), rule, made);
}

/* A part of the month counts by days, never above the whole; all of it whole. */
static const char *counted(struct pr_explainer *explainer, const char *days)
{
	return pr_arena_format(explainer->arena, "choose(either(%s>=calendar,%s>month),month,%s)", days, days, days);
}

static void add_month(struct pr_explainer *explainer, const struct pr_explain_site *own, struct pr_explain_node *node)
{
	bool by_month = explainer->quiet.method->basic.day_share_month;
	pr_node_constant(explainer, node, "calendar", pr_cell_count(own->site.window.day_count), NULL, "calendar");
	pr_node_constant(explainer, node, "month", pr_cell_count(by_month ? own->site.window.day_count : 30), NULL,
		by_month ? "calendar" : "settings basic.day_share = 30");
}

static const struct pr_explain_table *transformers(
	struct pr_explainer *explainer, struct pr_explain_site *own, int tariff)
{
	const char *name = pr_arena_format(
		explainer->arena, "%s/tariffs/%lld/transformers", own->path, (long long)tariff_of(own, tariff)->id);
	struct pr_explain_table *table = pr_table_find(explainer, name);
	if (table)
		return table;
	table =
		pr_table_new(explainer, name, "transformers", "transformer rated_kva from to days", own->site.project->zone);
	for (size_t i = 0; i < own->site.project->transformer_count; i++) {
		const struct pr_transformer *transformer = &own->site.project->transformers[i];
		uint64_t days = days_under(own, tariff, &transformer->validity);
		if (!days || transformer->rated_kva == PR_MICRO_MISSING)
			continue;
		pr_table_put(explainer, table, pr_cell_count((uint64_t)transformer->id));
		pr_table_put(explainer, table, pr_cell_micro(transformer->rated_kva));
		pr_table_put(explainer, table, pr_cell_time(transformer->validity.from_ms));
		pr_table_put(explainer, table, pr_cell_time(transformer->validity.to_ms));
		pr_table_put(explainer, table, pr_cell_count(days));
	}
	return table;
}

static struct pr_explain_node *force_days(struct pr_explainer *explainer, struct pr_explain_site *own, int tariff)
{
	bool made;
	struct pr_explain_node *node = step(explainer, own, tariff, "force_days", "basic_days", &made);
	if (made)
		pr_node_given(explainer, node, pr_cell_count(days_under(own, tariff, NULL)), NULL,
			pr_arena_format(
				explainer->arena, "tariff %lld valid_from, valid_to", (long long)tariff_of(own, tariff)->id));
	return node;
}

static struct pr_explain_node *discount_of(
	struct pr_explainer *explainer, struct pr_explain_site *own, int tariff, struct pr_explain_node *rated)
{
	const struct pr_tariff *model = tariff_of(own, tariff);
	bool made;
	struct pr_explain_node *node = step(explainer, own, tariff, "discount", "basic_discount", &made);
	if (!made)
		return node;
	pr_explain_tariff_value(explainer, own, node, "discount", tariff, model->discount, NULL, "discount");
	pr_explain_tariff_value(
		explainer, own, node, "least", tariff, model->discount_kwh_per_kva, "kWh/kVA", "discount_kwh_per_kva");
	pr_node_input(explainer, node, "energy", pr_explain_energy_exact(explainer, own));
	pr_node_input(explainer, node, "rated", rated);
	pr_node_conclude(explainer, node, "default(where(discount,energy>=least*rated),1)", NULL, -1);
	return node;
}

struct pr_explain_basis pr_explain_basis_of(struct pr_explainer *explainer, struct pr_explain_site *own, int tariff)
{
	bool made;
	bool by_month = explainer->quiet.method->basic.day_share_month;
	struct pr_explain_basis basis = {
		.month_days = (pr_micro)(by_month ? own->site.window.day_count : 30) * PR_MICRO_ONE};
	basis.days = step(explainer, own, tariff, "days", "basic_days", &made);
	if (made) {
		pr_node_input(explainer, basis.days, "force", force_days(explainer, own, tariff));
		add_month(explainer, own, basis.days);
		pr_node_conclude(explainer, basis.days, counted(explainer, "force"), NULL, -1);
	}
	basis.kva_days = step(explainer, own, tariff, "kva_days", "basic_kva_days", &made);
	if (made) {
		const struct pr_explain_table *table = transformers(explainer, own, tariff);
		pr_node_rows(explainer, basis.kva_days, "kva", table, "rated_kva");
		pr_node_rows(explainer, basis.kva_days, "days", table, "days");
		add_month(explainer, own, basis.kva_days);
		pr_node_conclude(explainer, basis.kva_days,
			pr_arena_format(explainer->arena, "sum(kva*%s)", counted(explainer, "days")), "kVA", -1);
	}
	basis.rated_kva = step(explainer, own, tariff, "rated_kva", "basic_rated_kva", &made);
	if (made) {
		const struct pr_explain_table *table = transformers(explainer, own, tariff);
		pr_node_rows(explainer, basis.rated_kva, "kva", table, "rated_kva");
		pr_node_rows(explainer, basis.rated_kva, "days", table, "days");
		pr_node_input(explainer, basis.rated_kva, "force", force_days(explainer, own, tariff));
		pr_node_conclude(explainer, basis.rated_kva, "round(sum(kva*days)/force,6)", "kVA", 6);
	}
	basis.discount = discount_of(explainer, own, tariff, basis.rated_kva);
	return basis;
}

struct pr_explain_node *pr_explain_contract(struct pr_explainer *explainer, struct pr_explain_site *own, int tariff)
{
	bool made;
	struct pr_explain_node *node = step(explainer, own, tariff, "contract", "basic_contract", &made);
	if (!made)
		return node;
	pr_explain_tariff_value(
		explainer, own, node, "contract", tariff, tariff_of(own, tariff)->contract_kw, "kW", "contract_kw");
	pr_node_input(explainer, node, "rated", pr_explain_basis_of(explainer, own, tariff).rated_kva);
	pr_node_constant(explainer, node, "least", pr_cell_micro(explainer->quiet.method->basic.contract_floor_share), "1",
		"method basic.contract_floor_share");
	pr_node_conclude(explainer, node, "where(max(contract,round(least*rated,6)),known(contract))", "kW", -1);
	return node;
}

struct pr_explain_node *pr_explain_contract_within(
	struct pr_explainer *explainer, struct pr_explain_site *own, int tariff)
{
	bool made;
	struct pr_explain_node *node = step(explainer, own, tariff, "within", "basic_within", &made);
	if (!made)
		return node;
	pr_node_input(explainer, node, "contract", pr_explain_contract(explainer, own, tariff));
	pr_node_constant(explainer, node, "tolerance", pr_cell_micro(explainer->quiet.method->basic.contract_tolerance),
		"1", "method basic.contract_tolerance");
	pr_node_conclude(explainer, node, "round(tolerance*contract,6)", "kW", 6);
	return node;
}

static void conclude_capacity(struct pr_explainer *explainer, struct pr_explain_site *own, int tariff,
	const struct pr_explain_basis *basis, struct pr_explain_node *node)
{
	pr_node_input(explainer, node, "kva_days", basis->kva_days);
	pr_explain_tariff_value(
		explainer, own, node, "price", tariff, tariff_of(own, tariff)->capacity_price, own->currency, "capacity_price");
	add_month(explainer, own, node);
	pr_node_conclude(explainer, node, "round(kva_days*price/month,2)", own->currency, 2);
}

struct pr_explain_node *pr_explain_basic_charge(struct pr_explainer *explainer, struct pr_explain_site *own, int tariff,
	struct pr_explain_node *demand, const char *name)
{
	bool made;
	const struct pr_tariff *model = tariff_of(own, tariff);
	const char *mode = pr_basic_mode_names[model->basic_mode];
	struct pr_explain_node *node = step(explainer, own, tariff, pr_arena_format(explainer->arena, "basic%s", name),
		pr_arena_format(explainer->arena, "basic_%s", mode), &made);
	if (!made)
		return node;
	const struct pr_explain_basis basis = pr_explain_basis_of(explainer, own, tariff);
	if (model->basic_mode == PR_BASIC_NONE) {
		pr_node_given(explainer, node, pr_cell_micro(0), own->currency,
			pr_arena_format(explainer->arena, "tariff %lld basic_mode = none", (long long)model->id));
		return node;
	}
	if (model->basic_mode == PR_BASIC_CAPACITY) {
		conclude_capacity(explainer, own, tariff, &basis, node);
		return node;
	}
	pr_node_input(explainer, node, "demand", demand);
	pr_explain_tariff_value(explainer, own, node, "price", tariff, model->demand_price, own->currency, "demand_price");
	pr_node_input(explainer, node, "discount", basis.discount);
	pr_node_input(explainer, node, "days", basis.days);
	add_month(explainer, own, node);
	if (model->basic_mode == PR_BASIC_ACTUAL) {
		pr_node_conclude(explainer, node, "round(demand*price*discount*days/month,2)", own->currency, 2);
		return node;
	}
	pr_node_input(explainer, node, "contract", pr_explain_contract(explainer, own, tariff));
	pr_node_input(explainer, node, "within", pr_explain_contract_within(explainer, own, tariff));
	pr_node_constant(explainer, node, "excess", pr_cell_micro(explainer->quiet.method->basic.excess_factor), "1",
		"method basic.excess_factor");
	pr_node_conclude(explainer, node,
		"round(choose(demand<=within,contract*price,within*price+(demand-within)*round(price*excess,6))"
		"*discount*days/month,2)",
		own->currency, 2);
	return node;
}
