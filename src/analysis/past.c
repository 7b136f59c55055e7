#include "analysis/past.h"

/* The tariff with the most quarters; of equals the first in the directory. −1 = none. */
static int longest_tariff(const struct pr_site *site)
{
	int longest = -1;
	size_t most = 0;
	for (size_t t = 0; t < site->project->tariff_count; t++) {
		size_t count = 0;
		for (size_t i = 0; i < site->window.count; i++)
			count += site->tariffs[i] == (int)t;
		if (count <= most)
			continue;
		most = count;
		longest = (int)t;
	}
	return longest;
}

static void take_prices(const struct pr_site *site, struct pr_past *past)
{
	int tariff = longest_tariff(site);
	for (int slot = 0; slot < PR_SLOT_COUNT; slot++)
		past->slot_price[slot] = PR_MICRO_MISSING;
	for (size_t i = site->window.count; tariff >= 0 && i > 0; i--)
		if (site->tariffs[i - 1] == tariff && site->quarters[i - 1].slot >= 0)
			past->slot_price[site->quarters[i - 1].slot] = site->quarters[i - 1].price;
}

static void take_days(const struct pr_site *site, struct pr_arena *arena, struct pr_past *past)
{
	past->day_count = site->window.day_count;
	past->days = pr_arena_array(arena, past->day_count, sizeof *past->days);
	for (size_t d = 0; d < past->day_count; d++) {
		struct pr_past_day *day = &past->days[d];
		day->date = site->window.days[d].date;
		day->kind = site->window.days[d].kind;
		day->kwh = day->largest = PR_MICRO_MISSING;
		for (size_t i = 0; i < PR_DAY_QUARTERS; i++)
			day->cells[i] = PR_MICRO_MISSING;
	}
	for (size_t i = 0; i < site->window.count; i++) {
		const struct pr_quarter *quarter = &site->quarters[i];
		struct pr_past_day *day = &past->days[site->window.quarters[i].day];
		pr_micro *cell = &day->cells[site->window.quarters[i].minute / 15];
		day->expected += quarter->expected;
		day->measured += quarter->measured;
		day->kwh = pr_sum_present(day->kwh, quarter->partial_kwh);
		*cell = pr_sum_present(*cell, quarter->partial_kwh);
		if (quarter->partial_kwh > day->largest) /* missing is the smallest number */
			day->largest = quarter->partial_kwh;
	}
	for (size_t d = 0; d < past->day_count; d++)
		past->service_days += past->days[d].expected > 0;
}

static void take_bases(
	const struct pr_site *site, const struct pr_bill *bill, struct pr_arena *arena, struct pr_past *past)
{
	struct pr_work quiet = *site->work;
	quiet.report = NULL;
	struct pr_site copy = *site;
	copy.work = &quiet;
	past->bases = pr_arena_array(arena, site->project->tariff_count, sizeof *past->bases);
	for (size_t i = 0; i < site->project->tariff_count; i++)
		if (bill->shares[i].used)
			past->bases[past->basis_count++] = pr_bill_basis(&copy, (int)i);
}

void pr_past_take(const struct pr_site *site, const struct pr_demand *demand, const struct pr_bill *bill,
	struct pr_month month, struct pr_arena *arena, struct pr_past *past)
{
	*past = (struct pr_past){.month = month,
		.expected = site->expected,
		.measured = site->measured,
		.currency = bill->currency,
		.bill_incomplete = bill->incomplete,
		.energy_kwh = site->energy,
		.energy = bill->energy,
		.basic = bill->basic,
		.adjustment = bill->adjustment,
		.total = bill->total,
		.hundredths = bill->power_factor.hundredths,
		.demand_kw = demand->kw};
	for (int slot = 0; slot < PR_SLOT_COUNT; slot++) {
		past->slot_kwh[slot] = bill->slot_kwh[slot];
		past->slot_amount[slot] = bill->slot_amount[slot];
	}
	take_prices(site, past);
	take_days(site, arena, past);
	take_bases(site, bill, arena, past);
}

pr_micro pr_past_basic(
	const struct pr_past *past, const struct pr_basic_rules *rules, enum pr_basic_mode mode, pr_micro contract)
{
	pr_micro sum = PR_MICRO_MISSING;
	for (size_t i = 0; i < past->basis_count; i++) {
		const struct pr_basis *basis = &past->bases[i];
		pr_micro amount = PR_MICRO_MISSING;
		if (mode == PR_BASIC_CAPACITY)
			amount = pr_basis_capacity(basis);
		else if (mode == PR_BASIC_ACTUAL)
			amount = pr_basis_actual(basis, past->demand_kw);
		else if (mode == PR_BASIC_CONTRACT)
			amount = pr_basis_contract(
				rules, basis, past->demand_kw, contract == PR_MICRO_MISSING ? basis->tariff->contract_kw : contract);
		if (amount == PR_MICRO_MISSING)
			return PR_MICRO_MISSING;
		sum = pr_sum_present(sum, amount);
	}
	return sum == PR_SUM_LOST ? PR_MICRO_MISSING : sum;
}

pr_micro pr_past_slot_price(const struct pr_past *past, enum pr_slot slot)
{
	if (past->slot_kwh[slot] > 0)
		return pr_micro_ratio(past->slot_amount[slot], past->slot_kwh[slot], PR_PRECISION_PRICE);
	return past->slot_price[slot];
}
