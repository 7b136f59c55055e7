/* The bill's terms and the steps between its raw figures and its lines. */
#include "document/workings.h"

#include "analysis/past.h"
#include "analysis/work.h"

#define DECIMALS_MOST 6
#define HUNDREDTHS 100

static struct pr_value id_value(struct pr_row_builder *builder, int64_t id)
{
	return pr_value_text(pr_arena_format(builder->context->arena, "%lld", (long long)id));
}

/* The reported month, with the basis of its basic charge; NULL = not at hand, or without a bill. */
static const struct pr_past *month_of(const struct pr_project_report *project)
{
	const struct pr_past *past = project->past ? &project->past[PR_PAST_MONTHS - 1] : NULL;

	return past && past->currency && past->basis_count ? past : NULL;
}

/* All decimals that it has, but at least so many. */
static struct pr_value plain_value(pr_micro micro, const char *unit, int least)
{
	struct pr_value value = pr_value_micro(micro, unit);
	pr_micro step = PR_MICRO_ONE;

	value.digits = 0;
	while (value.digits < DECIMALS_MOST && (value.digits < least || (micro != PR_MICRO_MISSING && micro % step != 0))) {
		value.digits++;
		step /= 10;
	}
	return value;
}

/* --- terms ------------------------------------------------------------------------------------------------------ */

static pr_micro kwh_of(const struct pr_project_report *project, int64_t tariff_id)
{
	pr_micro kwh = 0;

	for (size_t i = 0; i < project->quarter_count; i++)
		if (project->quarters[i].tariff_id == tariff_id)
			kwh = pr_sum_present(kwh, project->quarters[i].partial_kwh);
	return kwh;
}

/* Its energy and basic lines; missing where one has no amount. */
static pr_micro charges_of(const struct pr_project_report *project, int64_t tariff_id)
{
	pr_micro sum = 0;

	for (size_t i = 0; i < project->bill_line_count; i++) {
		const struct pr_bill_line *line = &project->bill_lines[i];

		if (line->tariff_id != tariff_id || line->kind == PR_LINE_POWER_FACTOR)
			continue;
		if (line->amount == PR_MICRO_MISSING)
			return PR_MICRO_MISSING;
		sum = pr_sum_present(sum, line->amount);
	}
	return sum;
}

/* The key of the last line before the adjustment, as the bill shows them: energy by slot, then the basic charge. */
static const char *last_line(struct pr_row_builder *builder)
{
	const struct pr_project_report *project = builder->project;
	size_t last = SIZE_MAX;
	bool basic = false;

	for (size_t i = 0; i < project->bill_line_count; i++) {
		const struct pr_bill_line *line = &project->bill_lines[i];
		bool is_basic = line->kind != PR_LINE_ENERGY && line->kind != PR_LINE_POWER_FACTOR;

		if (line->kind == PR_LINE_POWER_FACTOR || (line->kind == PR_LINE_ENERGY && (basic || line->slot < 0)))
			continue;
		if (is_basic || last == SIZE_MAX || line->slot >= project->bill_lines[last].slot)
			last = i;
		basic = basic || is_basic;
	}
	return last == SIZE_MAX ? NULL : pr_arena_format(builder->context->arena, "line.%zu", last + 1);
}

static void add_base(struct pr_row_builder *builder, const struct pr_tariff *tariff, struct pr_scope *row)
{
	const char *currency = builder->project->currency;
	pr_micro kwh = kwh_of(builder->project, tariff->id), charges = charges_of(builder->project, tariff->id);
	pr_micro fund = tariff->fund_price == PR_MICRO_MISSING ? 0 : tariff->fund_price;
	pr_micro funds = pr_wide_round(pr_wide_product(fund, kwh), DECIMALS_MOST);
	bool known = charges != PR_MICRO_MISSING && funds != PR_MICRO_MISSING;

	pr_rows_field(builder, row, "row.fund_price", plain_value(fund, currency, 2));
	pr_rows_field(builder, row, "row.last", pr_value_text(last_line(builder)));
	pr_rows_field(builder, row, "row.kwh", plain_value(kwh, "kWh", 2));
	pr_rows_field(builder, row, "row.charges", plain_value(charges, currency, 2));
	pr_rows_field(builder, row, "row.base", plain_value(known ? charges - funds : PR_MICRO_MISSING, currency, 2));
}

bool pr_rows_terms(struct pr_row_builder *builder)
{
	const struct pr_past *month = month_of(builder->project);

	for (size_t i = 0; month && i < month->basis_count; i++) {
		const struct pr_basis *basis = &month->bases[i];
		const struct pr_tariff *tariff = basis->tariff;
		struct pr_scope *row = pr_rows_add(builder);

		pr_rows_field(builder, row, "row.tariff", id_value(builder, tariff->id));
		pr_rows_field(builder, row, "row.mode", pr_value_text(pr_basic_mode_names[tariff->basic_mode]));
		pr_rows_field(
			builder, row, "row.capacity_price", plain_value(tariff->capacity_price, builder->project->currency, 2));
		pr_rows_field(
			builder, row, "row.demand_price", plain_value(tariff->demand_price, builder->project->currency, 2));
		pr_rows_field(builder, row, "row.contract", plain_value(tariff->contract_kw, "kW", 0));
		pr_rows_field(builder, row, "row.days", pr_value_number((double)basis->days, NULL));
		pr_rows_field(builder, row, "row.force_days", pr_value_number((double)basis->force_days, NULL));
		pr_rows_field(builder, row, "row.least_use", plain_value(tariff->discount_kwh_per_kva, "kWh/kVA", 0));
		pr_rows_field(builder, row, "row.discount", plain_value(tariff->discount, NULL, 0));
		pr_rows_field(builder, row, "row.standard", plain_value(tariff->pf_standard, NULL, 2));
		add_base(builder, tariff, row);
	}
	return true;
}

/* --- rated capacity --------------------------------------------------------------------------------------------- */

/* Calendar days with a quarter under the tariff in the transformer's service. */
static int64_t days_under(
	const struct pr_project_report *project, int64_t tariff_id, const struct pr_transformer *transformer)
{
	int64_t days = 0, last = INT64_MIN;

	for (size_t i = 0; i < project->quarter_count; i++) {
		const struct pr_quarter *quarter = &project->quarters[i];
		int64_t day;

		if (quarter->tariff_id != tariff_id ||
			!pr_valid_within(&transformer->validity, quarter->start_ms, quarter->start_ms + PR_MS_QUARTER))
			continue;
		day = pr_date_to_day(pr_zone_local(project->project->zone, quarter->start_ms).date);
		days += day != last;
		last = day;
	}
	return days;
}

bool pr_rows_capacities(struct pr_row_builder *builder)
{
	const struct pr_project_report *project = builder->project;
	const struct pr_past *month = month_of(project);

	for (size_t i = 0; month && i < month->basis_count; i++) {
		const struct pr_basis *basis = &month->bases[i];

		for (size_t t = 0; t < project->project->transformer_count; t++) {
			const struct pr_transformer *transformer = &project->project->transformers[t];
			int64_t days = days_under(project, basis->tariff->id, transformer), counted = days;
			struct pr_scope *row;

			if (transformer->rated_kva == PR_MICRO_MISSING || days == 0)
				continue;
			if (days >= (int64_t)project->day_count || days > basis->month_days)
				counted = basis->month_days;
			row = pr_rows_add(builder);
			pr_rows_field(builder, row, "row.tariff", id_value(builder, basis->tariff->id));
			pr_rows_field(builder, row, "row.name", pr_value_text(transformer->name));
			pr_rows_field(builder, row, "row.rated_kva", plain_value(transformer->rated_kva, "kVA", 0));
			pr_rows_field(builder, row, "row.force_days", pr_value_number((double)days, NULL));
			pr_rows_field(builder, row, "row.days", pr_value_number((double)counted, NULL));
		}
	}
	return true;
}

/* --- percentages of the adjustment ------------------------------------------------------------------------------ */

static void add_standard(struct pr_row_builder *builder, pr_micro standard)
{
	const struct pr_method *method = builder->context->report->method;

	for (size_t i = 0; method && i < method->power_factor_count; i++) {
		const struct pr_power_factor_table *table = &method->power_factor[i];

		if ((pr_micro)table->standard_hundredths * (PR_MICRO_ONE / HUNDREDTHS) != standard)
			continue;
		for (int h = 0; h <= HUNDREDTHS; h++) {
			struct pr_scope *row = pr_rows_add(builder);
			struct pr_value percent = pr_value_micro(table->percent[h], NULL);

			percent.digits = 2;
			pr_rows_field(builder, row, "row.standard", plain_value(standard, NULL, 2));
			pr_rows_field(builder, row, "row.cosine", plain_value((pr_micro)h * (PR_MICRO_ONE / HUNDREDTHS), NULL, 2));
			pr_rows_field(builder, row, "row.percent", percent);
			pr_rows_field(builder, row, "row.key",
				pr_value_text(
					pr_arena_format(builder->context->arena, "%s.%d", pr_micro_plain(standard, (char[32]){0}), h)));
		}
	}
}

/* Of the standards that the tariffs in force ask for. */
bool pr_rows_adjustments(struct pr_row_builder *builder)
{
	const struct pr_past *month = month_of(builder->project);

	for (size_t i = 0; month && i < month->basis_count; i++) {
		pr_micro standard = month->bases[i].tariff->pf_standard;
		bool seen = standard == PR_MICRO_MISSING;

		for (size_t k = 0; k < i; k++)
			seen = seen || month->bases[k].tariff->pf_standard == standard;
		if (!seen)
			add_standard(builder, standard);
	}
	return true;
}

/* --- steps ------------------------------------------------------------------------------------------------------ */

/* Item "contract" of tariff 2 is called "contract.2"; `formula` says whether it is worked out. */
static void add_step(struct pr_row_builder *builder, const char *item, int64_t tariff_id, struct pr_value value,
	const char *unit, bool formula)
{
	struct pr_arena *arena = builder->context->arena;
	struct pr_scope *row;

	if (value.kind == PR_VALUE_MISSING)
		return;
	row = pr_rows_add(builder);
	pr_rows_field(builder, row, "row.item", pr_value_text(item));
	pr_rows_field(builder, row, "row.tariff", tariff_id ? id_value(builder, tariff_id) : pr_value_missing());
	pr_rows_field(builder, row, "row.key",
		pr_value_text(tariff_id ? pr_arena_format(arena, "%s.%lld", item, (long long)tariff_id) : item));
	pr_rows_field(builder, row, "row.value", value);
	pr_rows_field(builder, row, "row.unit", pr_value_text(unit));
	pr_rows_field(
		builder, row, "row.formula", pr_value_text(formula ? pr_arena_format(arena, "workings.%s", item) : NULL));
}

static void add_micro(
	struct pr_row_builder *builder, const char *item, int64_t tariff_id, pr_micro value, const char *unit, bool formula)
{
	add_step(builder, item, tariff_id, plain_value(value, unit, unit ? 2 : 0), unit, formula);
}

static void add_sums(struct pr_row_builder *builder, const struct pr_past *month)
{
	const struct pr_workings_factor factor = pr_workings_factor(builder->project);
	const struct pr_finding *demand = pr_findings_get(&builder->project->findings, "demand.max");

	add_micro(builder, "energy", 0, month->energy_kwh, "kWh", true);
	add_micro(builder, "demand", 0, month->demand_kw, "kW", true);
	if (demand && demand->at_ms != PR_TIME_MISSING && month->demand_kw > 0)
		add_step(builder, "demand_at", 0, pr_value_time(demand->at_ms), NULL, true);
	if (!factor.any || month->hundredths < 0)
		return;
	add_micro(builder, "active", 0, factor.active, "kWh", true);
	add_micro(builder, "reactive", 0, pr_sum_present(factor.lag, factor.lead), "kvarh", true);
	add_step(builder, "power_factor", 0,
		plain_value((pr_micro)month->hundredths * (PR_MICRO_ONE / HUNDREDTHS), NULL, 2), NULL, true);
}

static void add_demand_steps(struct pr_row_builder *builder, const struct pr_past *month, const struct pr_basis *basis)
{
	const struct pr_basic_rules *rules = &builder->context->report->method->basic;
	int64_t id = basis->tariff->id;
	pr_micro price = basis->tariff->demand_price, contract = basis->tariff->contract_kw;
	pr_micro floor_kw = pr_basis_floor(rules, basis), charge;

	add_micro(builder, "discount", id, basis->discount == PR_MICRO_MISSING ? PR_MICRO_ONE : basis->discount, NULL,
		basis->tariff->discount != PR_MICRO_MISSING && basis->rated_kva != PR_MICRO_MISSING);
	if (basis->tariff->basic_mode == PR_BASIC_ACTUAL) {
		add_micro(builder, "actual", id, pr_basis_actual(basis, month->demand_kw), builder->project->currency, true);
		return;
	}
	if (contract == PR_MICRO_MISSING || price == PR_MICRO_MISSING)
		return;
	add_micro(builder, "floor", id, floor_kw, "kW", true);
	contract = contract < floor_kw ? floor_kw : contract;
	add_micro(builder, "contract", id, contract, "kW", true);
	add_micro(
		builder, "within", id, pr_wide_round(pr_wide_product(rules->contract_tolerance, contract), 6), "kW", true);
	add_micro(builder, "excess_price", id, pr_wide_round(pr_wide_product(price, rules->excess_factor), 6),
		builder->project->currency, true);
	charge = pr_basis_contract(rules, basis, month->demand_kw, contract);
	add_micro(builder, "charge", id, charge, builder->project->currency, true);
}

static void add_tariff_steps(struct pr_row_builder *builder, const struct pr_past *month, const struct pr_basis *basis)
{
	int64_t id = basis->tariff->id;
	pr_micro kva_days = pr_micro_ratio(basis->kva_days, PR_MICRO_ONE, 6);

	if (basis->rated_kva != PR_MICRO_MISSING)
		add_micro(builder, "rated", id, basis->rated_kva, "kVA", true);
	if (basis->tariff->basic_mode == PR_BASIC_CAPACITY && basis->kva_days) {
		add_micro(builder, "kva_days", id, kva_days, "kVA", true);
		if (basis->alike)
			add_micro(builder, "capacity", id, basis->sum_kva, "kVA", true);
		else
			add_micro(builder, "capacity_by_days", id,
				pr_micro_ratio(basis->kva_days, (pr_wide)basis->month_days * PR_MICRO_ONE, 6), "kVA", true);
	}
	if (basis->tariff->basic_mode == PR_BASIC_CONTRACT || basis->tariff->basic_mode == PR_BASIC_ACTUAL)
		add_demand_steps(builder, month, basis);
}

bool pr_rows_workings(struct pr_row_builder *builder)
{
	const struct pr_method *method = builder->context->report->method;
	const struct pr_past *month = month_of(builder->project);

	if (!month || !method)
		return true;
	add_sums(builder, month);
	add_step(builder, "month_days", 0, pr_value_number((double)month->bases[0].month_days, NULL), NULL, false);
	add_micro(builder, "tolerance", 0, method->basic.contract_tolerance, NULL, false);
	add_micro(builder, "excess_factor", 0, method->basic.excess_factor, NULL, false);
	add_micro(builder, "floor_share", 0, method->basic.contract_floor_share, NULL, false);
	for (size_t i = 0; i < month->basis_count; i++)
		add_tariff_steps(builder, month, &month->bases[i]);
	return true;
}
