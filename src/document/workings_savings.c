/* What the savings are worked out from: twelve months of the basic charge, contracts that are tried, steps to the money. */
#include "document/workings.h"

#include <string.h>

#include "analysis/savings.h"

#define FIRST 1 /* of the thirteen months, the first of the last twelve */
#define HUNDREDTHS 100

struct maker {
	struct pr_row_builder *builder;
	const struct pr_method *method;
	const struct pr_past *past;
	struct pr_savings_basic basic;
};

/* False where the savings have no basis: without a bill, or a report that was not analysed here. */
static bool start(struct pr_row_builder *builder, struct maker *maker)
{
	const struct pr_project_report *project = builder->project;

	*maker = (struct maker){.builder = builder, .method = builder->context->report->method, .past = project->past};
	if (!maker->method || !maker->past || !maker->past[PR_PAST_MONTHS - 1].basis_count || !project->currency)
		return false;
	pr_savings_basic_work_out(maker->method, maker->past, &maker->basic);
	return true;
}

/* Whether the basic charge is compared: its finding says so. */
static bool compares_basic(const struct maker *maker)
{
	const struct pr_finding *year = pr_findings_get(&maker->builder->project->findings, "savings.basic.year");

	return year && year->value != PR_MICRO_MISSING && maker->basic.best_kw != PR_MICRO_MISSING;
}

static const struct pr_past *now(const struct maker *maker)
{
	return &maker->past[PR_PAST_MONTHS - 1];
}

static void add(const struct maker *maker, struct pr_scope *row, const char *name, pr_micro value, const char *unit)
{
	pr_rows_field(maker->builder, row, name, pr_value_micro(value, unit));
}

/* --- months ----------------------------------------------------------------------------------------------------- */

static const char *month_key(const struct maker *maker, int month, size_t basis)
{
	return pr_arena_format(maker->builder->context->arena, "%d.%zu", month, basis);
}

static void add_ways(const struct maker *maker, const struct pr_past *past, const struct pr_basis *basis, bool first,
	struct pr_scope *row)
{
	const struct pr_basic_rules *rules = &maker->method->basic;
	const char *currency = maker->builder->project->currency;
	pr_micro contract = basis->tariff->contract_kw, floor_kw = pr_basis_floor(rules, basis);
	pr_micro best = maker->basic.best_kw;

	add(maker, row, "row.billed", first ? past->basic : PR_MICRO_MISSING, currency);
	add(maker, row, "row.floor", floor_kw, "kW");
	add(maker, row, "row.counts", contract == PR_MICRO_MISSING || contract > floor_kw ? contract : floor_kw, "kW");
	add(maker, row, "row.best_counts", best > floor_kw ? best : floor_kw, "kW");
	add(maker, row, "row.capacity", pr_basis_capacity(basis), currency);
	add(maker, row, "row.contract_demand", pr_basis_contract(rules, basis, past->demand_kw, contract), currency);
	add(maker, row, "row.actual_demand", pr_basis_actual(basis, past->demand_kw), currency);
	add(maker, row, "row.best_contract", pr_basis_contract(rules, basis, past->demand_kw, best), currency);
}

bool pr_rows_basic_months(struct pr_row_builder *builder)
{
	struct maker maker;

	if (!start(builder, &maker) || !compares_basic(&maker))
		return true;
	for (int m = FIRST; m < PR_PAST_MONTHS; m++) {
		const struct pr_past *past = &maker.past[m];
		int64_t from_ms, to_ms;

		pr_zone_month(builder->project->project->zone, past->month, &from_ms, &to_ms);
		for (size_t i = 0; i < past->basis_count; i++) {
			const struct pr_basis *basis = &past->bases[i];
			struct pr_scope *row = pr_rows_add(builder);

			pr_rows_field(builder, row, "row.month", pr_value_time(from_ms));
			pr_rows_field(builder, row, "row.key", pr_value_text(month_key(&maker, m, i)));
			pr_rows_field(builder, row, "row.tariff",
				pr_value_text(pr_arena_format(builder->context->arena, "%lld", (long long)basis->tariff->id)));
			pr_rows_field(builder, row, "row.used", pr_value_number(maker.basic.used[m], NULL));
			add(&maker, row, "row.demand", past->demand_kw, "kW");
			add(&maker, row, "row.kva_days",
				basis->kva_days ? pr_micro_ratio(basis->kva_days, PR_MICRO_ONE, 6) : PR_MICRO_MISSING, NULL);
			add(&maker, row, "row.rated", basis->rated_kva, "kVA");
			add(&maker, row, "row.capacity_price", basis->tariff->capacity_price, NULL);
			add(&maker, row, "row.demand_price", basis->tariff->demand_price, NULL);
			add(&maker, row, "row.contract", basis->tariff->contract_kw, "kW");
			add(&maker, row, "row.discount", basis->discount == PR_MICRO_MISSING ? PR_MICRO_ONE : basis->discount,
				NULL);
			pr_rows_field(builder, row, "row.days", pr_value_number((double)basis->days, NULL));
			pr_rows_field(builder, row, "row.month_days", pr_value_number((double)basis->month_days, NULL));
			add_ways(&maker, past, basis, i == 0, row);
		}
	}
	return true;
}

/* --- contracts -------------------------------------------------------------------------------------------------- */

static pr_micro whole_kw(pr_micro kw)
{
	return (kw + PR_MICRO_ONE - 1) / PR_MICRO_ONE * PR_MICRO_ONE;
}

/* The smallest whole kW that this month's transformers allow. */
static pr_micro least_kw(const struct maker *maker)
{
	pr_micro least = PR_MICRO_ONE;

	for (size_t i = 0; i < now(maker)->basis_count; i++) {
		pr_micro floor_kw = whole_kw(pr_basis_floor(&maker->method->basic, &now(maker)->bases[i]));
		least = floor_kw > least ? floor_kw : least;
	}
	return least;
}

/* The smallest whole kW whose tolerance holds a month's demand. Only there the cost of a month falls, so the least sum
 * lies at one of them, one below, or at the least contract. */
static pr_micro holding_kw(const struct maker *maker, pr_micro demand_kw)
{
	return whole_kw(pr_micro_ratio(demand_kw, maker->method->basic.contract_tolerance, 6));
}

bool pr_rows_contracts(struct pr_row_builder *builder)
{
	struct maker maker;
	pr_micro kw[1 + 2 * PR_PAST_MONTHS], sorted[1 + 2 * PR_PAST_MONTHS];
	const char *months[1 + 2 * PR_PAST_MONTHS] = {NULL};
	size_t count = 0;

	if (!start(builder, &maker) || !compares_basic(&maker))
		return true;
	kw[count++] = least_kw(&maker);
	for (int m = FIRST; m < PR_PAST_MONTHS; m++)
		for (int less = 0; less < 2 && maker.past[m].basis_count; less++) {
			pr_micro least = kw[0];
			pr_micro own =
				maker.basic.used[m] ? holding_kw(&maker, maker.past[m].demand_kw) - less * PR_MICRO_ONE : least;

			months[count] = month_key(&maker, m, 0);
			kw[count++] = own > least ? own : least;
		}
	memcpy(sorted, kw, sizeof sorted);
	pr_sort_micro(sorted, count);
	for (size_t i = 0; i < count; i++) {
		struct pr_scope *row = pr_rows_add(builder);

		pr_rows_field(builder, row, "row.place", pr_value_number((double)i + 1, NULL));
		pr_rows_field(builder, row, "row.month_key", pr_value_text(months[i]));
		pr_rows_field(builder, row, "row.less", pr_value_number(i % 2 == 0, NULL));
		pr_rows_field(builder, row, "row.formula", pr_value_text(i ? "contracts.candidate" : "contracts.least"));
		add(&maker, row, "row.candidate", kw[i], "kW");
		add(&maker, row, "row.sorted", sorted[i], "kW");
		add(&maker, row, "row.sum",
			pr_savings_basic_sum(maker.method, maker.past, &maker.basic, PR_BASIC_CONTRACT, sorted[i]),
			builder->project->currency);
	}
	return true;
}

/* --- steps ------------------------------------------------------------------------------------------------------ */

struct step {
	const char *item, *unit;
	pr_micro value;
	bool given;               /* no formula */
	const char *first, *last; /* keys of the bill's lines that it sums */
	const char *standard;
	int digits;
};

static void add_step(const struct maker *maker, const struct step *step)
{
	struct pr_row_builder *builder = maker->builder;
	struct pr_value value = pr_value_micro(step->value, step->unit);
	struct pr_scope *row;

	if (step->value == PR_MICRO_MISSING)
		return;
	value.digits = step->digits;
	row = pr_rows_add(builder);
	pr_rows_field(builder, row, "row.item", pr_value_text(step->item));
	pr_rows_field(builder, row, "row.value", value);
	pr_rows_field(builder, row, "row.unit", pr_value_text(step->unit));
	pr_rows_field(builder, row, "row.first", pr_value_text(step->first));
	pr_rows_field(builder, row, "row.last", pr_value_text(step->last));
	pr_rows_field(builder, row, "row.standard", pr_value_text(step->standard));
	pr_rows_field(builder, row, "row.formula",
		pr_value_text(step->given ? NULL : pr_arena_format(builder->context->arena, "saving.%s", step->item)));
}

static pr_micro finding(const struct maker *maker, const char *id)
{
	const struct pr_finding *found = pr_findings_get(&maker->builder->project->findings, id);

	return found ? found->value : PR_MICRO_MISSING;
}

static void add_basic_steps(const struct maker *maker)
{
	const char *currency = maker->builder->project->currency;
	const struct step steps[] = {
		{.item = "least_kw", .unit = "kW", .value = least_kw(maker)},
		{.item = "best_kw", .unit = "kW", .value = maker->basic.best_kw},
		{.item = "billed", .unit = currency, .value = maker->basic.billed, .digits = 2},
		{.item = "basic.year", .unit = currency, .value = maker->basic.year, .digits = 2},
		{.item = "basic.month", .unit = currency, .value = maker->basic.month, .digits = 2},
	};

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		add_step(maker, &steps[i]);
}

/* The percentage at a hundredth of the month's standard. */
static pr_micro percent_at(const struct maker *maker, pr_micro standard, int hundredths)
{
	pr_micro percent;

	return pr_power_factor_percent(maker->method, standard, hundredths, &percent) ? percent : PR_MICRO_MISSING;
}

/* The next smaller percentage above a hundredth, and the least; the same where there is none. */
static void find_percents(const struct maker *maker, pr_micro standard, pr_micro *next, pr_micro *best)
{
	int from = now(maker)->hundredths;
	pr_micro here = percent_at(maker, standard, from);

	*next = *best = here;
	for (int h = from + 1; h <= HUNDREDTHS; h++) {
		pr_micro percent = percent_at(maker, standard, h);
		if (percent >= *best)
			continue;
		*next = *next == here ? percent : *next;
		*best = percent;
	}
}

static void add_power_factor_steps(const struct maker *maker)
{
	const struct pr_workings_factor factor = pr_workings_factor(maker->builder->project);
	const char *currency = maker->builder->project->currency;
	bool mend = finding(maker, "savings.power_factor.kvar") == PR_MICRO_MISSING;
	pr_micro standard = PR_MICRO_MISSING, next, best, lagging = PR_MICRO_MISSING;
	int hundredths = pr_power_factor_hundredths(factor.active, factor.lag);
	char plain[32];

	for (size_t i = 0; i < now(maker)->basis_count; i++)
		if (now(maker)->bases[i].tariff->pf_standard != PR_MICRO_MISSING)
			standard = now(maker)->bases[i].tariff->pf_standard;
	if (finding(maker, "savings.power_factor.month") == PR_MICRO_MISSING || standard == PR_MICRO_MISSING)
		return;
	find_percents(maker, standard, &next, &best);
	if (mend && hundredths >= 0)
		lagging = (pr_micro)hundredths * (PR_MICRO_ONE / HUNDREDTHS);
	const struct step steps[] = {
		{.item = "percent_next", .unit = "%", .value = next, .digits = 2},
		{.item = "percent_best", .unit = "%", .value = best, .digits = 2},
		{.item = "amount_next", .unit = currency, .value = finding(maker, "savings.power_factor.next"), .digits = 2},
		{.item = "amount_best", .unit = currency, .value = finding(maker, "savings.power_factor.best"), .digits = 2},
		{.item = "lagging", .value = lagging, .digits = 2},
		{.item = mend ? "power_factor.mend" : "power_factor.month",
			.unit = currency,
			.value = finding(maker, "savings.power_factor.month"),
			.digits = 2},
		{.item = "power_factor.year",
			.unit = currency,
			.value = finding(maker, "savings.power_factor.year"),
			.digits = 2},
	};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct step step = steps[i];

		step.standard = pr_arena_copy(maker->builder->context->arena, pr_micro_plain(standard, plain));
		add_step(maker, &step);
	}
}

/* The keys of the first and last line of the slots, as the bill shows them; false where there is none. */
static bool find_lines(const struct maker *maker, int from, int to, struct step *step)
{
	const struct pr_project_report *project = maker->builder->project;

	for (int slot = from; slot <= to; slot++)
		for (size_t i = 0; i < project->bill_line_count; i++) {
			const char *key = pr_arena_format(maker->builder->context->arena, "line.%zu", i + 1);
			if (project->bill_lines[i].kind != PR_LINE_ENERGY || project->bill_lines[i].slot != slot)
				continue;
			step->first = step->first ? step->first : key;
			step->last = key;
		}
	return step->first != NULL;
}

static void add_shift_steps(const struct maker *maker)
{
	const struct pr_past *month = now(maker);
	const char *currency = maker->builder->project->currency;
	pr_micro percent = finding(maker, "savings.shift_percent"), saved = finding(maker, "savings.shift.month");
	pr_micro peak_kwh = pr_sum_present(month->slot_kwh[PR_SLOT_SHARP], month->slot_kwh[PR_SLOT_PEAK]);
	pr_micro money = pr_sum_present(month->slot_amount[PR_SLOT_SHARP], month->slot_amount[PR_SLOT_PEAK]);
	struct step peak = {.item = "peak_kwh", .unit = "kWh", .value = peak_kwh, .digits = 2};
	struct step valley = {
		.item = "valley_price", .unit = currency, .value = pr_past_slot_price(month, PR_SLOT_VALLEY), .digits = 6};
	pr_micro moved =
		pr_micro_ratio(pr_wide_product(percent, month->energy_kwh), (pr_wide)100 * PR_MICRO_ONE * PR_MICRO_ONE, 6);

	if (percent == PR_MICRO_MISSING || saved == PR_MICRO_MISSING ||
		!find_lines(maker, PR_SLOT_SHARP, PR_SLOT_PEAK, &peak))
		return;
	valley.given = !find_lines(maker, PR_SLOT_VALLEY, PR_SLOT_VALLEY, &valley) || month->slot_kwh[PR_SLOT_VALLEY] <= 0;
	pr_micro peak_price = pr_micro_ratio(money, peak_kwh, 6);
	const struct step steps[] = {
		{.item = "shift_percent", .unit = "%", .value = percent, .given = true},
		{.item = "moved", .unit = "kWh", .value = moved, .digits = 2},
		peak,
		{.item = "peak_price",
			.unit = currency,
			.value = peak_price,
			.first = peak.first,
			.last = peak.last,
			.digits = 6},
		valley,
		{.item = "shift.month", .unit = currency, .value = saved, .digits = 2},
		{.item = "shift.year", .unit = currency, .value = finding(maker, "savings.shift.year"), .digits = 2},
	};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		add_step(maker, &steps[i]);
}

static void add_transformer_steps(const struct maker *maker)
{
	const char *currency = maker->builder->project->currency;
	const struct step steps[] = {
		{.item = "transformer.month",
			.unit = currency,
			.value = finding(maker, "savings.transformer.month"),
			.given = true,
			.digits = 2},
		{.item = "transformer.year",
			.unit = currency,
			.value = finding(maker, "savings.transformer.year"),
			.digits = 2},
	};

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		add_step(maker, &steps[i]);
}

bool pr_rows_saving_steps(struct pr_row_builder *builder)
{
	struct maker maker;

	if (!start(builder, &maker))
		return true;
	if (compares_basic(&maker))
		add_basic_steps(&maker);
	add_power_factor_steps(&maker);
	add_shift_steps(&maker);
	add_transformer_steps(&maker);
	return true;
}
