#include "analysis/bill.h"

/* 10^-18: three factors in millionths. */
#define E18 ((pr_wide)1000000000000000000)

/* Calendar days, a begun day whole, on which a tariff (and, unless NULL, a transformer) was in force. */
static int64_t days_in_force(const struct pr_site *site, int tariff_index, const struct pr_validity *validity)
{
	int64_t days = 0;
	int last_day = -1;
	for (size_t i = 0; i < site->window.count; i++) {
		const struct pr_window_quarter *quarter = &site->window.quarters[i];
		if (site->tariffs[i] != tariff_index || quarter->day == last_day)
			continue;
		if (validity && !pr_valid_within(validity, quarter->start_ms, quarter->start_ms + PR_MS_QUARTER))
			continue;
		last_day = quarter->day;
		days++;
	}
	return days;
}

/* Days in force as they count: a part of the month by days, never above the whole; all of it, a February too, whole. */
static int64_t counted_days(const struct pr_site *site, const struct pr_basis *basis, int64_t days)
{
	return days >= (int64_t)site->window.day_count || days > basis->month_days ? basis->month_days : days;
}

static void add_transformers(const struct pr_site *site, int tariff_index, struct pr_basis *basis)
{
	basis->alike = true;
	for (size_t i = 0; i < site->project->transformer_count; i++) {
		const struct pr_transformer *transformer = &site->project->transformers[i];
		if (transformer->rated_kva == PR_MICRO_MISSING)
			continue;
		int64_t days = days_in_force(site, tariff_index, &transformer->validity);
		if (!days)
			continue;
		basis->alike = basis->alike && days == basis->force_days;
		basis->sum_kva += transformer->rated_kva;
		basis->kva_force_days += (pr_wide)transformer->rated_kva * days;
		basis->kva_days += (pr_wide)transformer->rated_kva * counted_days(site, basis, days);
	}
	if (basis->kva_force_days)
		basis->rated_kva = pr_micro_ratio(basis->kva_force_days, (pr_wide)basis->force_days * PR_MICRO_ONE, 6);
}

/* Month kWh ÷ rated kVA at or above the tariff's threshold: the demand price is discounted. */
static void find_discount(const struct pr_site *site, struct pr_basis *basis)
{
	const struct pr_tariff *tariff = basis->tariff;
	if (tariff->discount == PR_MICRO_MISSING || tariff->discount_kwh_per_kva == PR_MICRO_MISSING ||
		basis->rated_kva == PR_MICRO_MISSING || site->energy == PR_MICRO_MISSING)
		return;
	if ((pr_wide)site->energy * PR_MICRO_ONE < pr_wide_product(tariff->discount_kwh_per_kva, basis->rated_kva))
		return;
	basis->discount = tariff->discount;
	struct pr_note note = pr_note_make("bill.discount", site->project->id, 0);
	note.value = pr_micro_ratio(site->energy, basis->rated_kva, 2);
	note.unit = "kWh/kVA";
	pr_note_add(site->work, &note);
}

struct pr_basis pr_bill_basis(const struct pr_site *site, int tariff_index)
{
	bool by_month = site->work->method->basic.day_share_month;
	struct pr_basis basis = {.tariff = &site->project->tariffs[tariff_index],
		.month_days = by_month ? (int64_t)site->window.day_count : 30,
		.force_days = days_in_force(site, tariff_index, NULL),
		.rated_kva = PR_MICRO_MISSING,
		.discount = PR_MICRO_MISSING};
	basis.days = counted_days(site, &basis, basis.force_days);
	if (!basis.force_days)
		return basis;
	add_transformers(site, tariff_index, &basis);
	find_discount(site, &basis);
	return basis;
}

static struct pr_bill_line *add_line(const struct pr_site *site, struct pr_bill *bill, const struct pr_basis *basis,
	enum pr_bill_line_kind kind, pr_micro quantity, const char *unit, pr_micro price)
{
	struct pr_bill_line *line = PR_PUSH(site->work->arena, bill->lines, bill->line_count, bill->line_capacity);
	*line = (struct pr_bill_line){.kind = kind,
		.tariff_id = basis->tariff->id,
		.slot = -1,
		.quantity = quantity,
		.unit = unit,
		.price = price,
		.share = pr_micro_ratio(basis->days, basis->month_days, 6),
		.discount = basis->discount,
		.amount = PR_MICRO_MISSING};
	return line;
}

/* kW × price × discount × share, in 10^-18 before it is divided by the month's days. */
static pr_wide demand_money(const struct pr_basis *basis, pr_micro kw, pr_micro price)
{
	pr_micro discount = basis->discount == PR_MICRO_MISSING ? PR_MICRO_ONE : basis->discount;
	return pr_wide_product(kw, price) * discount * basis->days;
}

static pr_micro rounded(const struct pr_basis *basis, pr_wide money)
{
	return pr_micro_ratio(money, E18 * basis->month_days, 2);
}

pr_micro pr_basis_capacity(const struct pr_basis *basis)
{
	pr_micro price = basis->tariff->capacity_price;
	if (price == PR_MICRO_MISSING || !basis->kva_days)
		return PR_MICRO_MISSING;
	return pr_micro_ratio(basis->kva_days * price, (pr_wide)PR_MICRO_ONE * PR_MICRO_ONE * basis->month_days, 2);
}

pr_micro pr_basis_actual(const struct pr_basis *basis, pr_micro kw)
{
	pr_micro price = basis->tariff->demand_price;
	if (price == PR_MICRO_MISSING || kw == PR_MICRO_MISSING)
		return PR_MICRO_MISSING;
	return rounded(basis, demand_money(basis, kw, price));
}

static pr_micro charge_capacity(const struct pr_site *site, struct pr_bill *bill, const struct pr_basis *basis)
{
	pr_micro price = basis->tariff->capacity_price;
	bill->lacks[PR_LACK_CAPACITY_PRICE] |= price == PR_MICRO_MISSING;
	bill->lacks[PR_LACK_CAPACITY] |= !basis->kva_days;
	pr_micro quantity = basis->kva_days ? basis->sum_kva : PR_MICRO_MISSING;
	struct pr_bill_line *line = add_line(site, bill, basis, PR_LINE_BASIC_CAPACITY, quantity, "kVA", price);
	line->discount = PR_MICRO_MISSING;
	if (price == PR_MICRO_MISSING || !basis->kva_days)
		return PR_MICRO_MISSING;
	if (!basis->alike) { /* transformers that served for different parts of it: their days are in the quantity */
		line->quantity = pr_micro_ratio(basis->kva_days, (pr_wide)basis->month_days * PR_MICRO_ONE, 6);
		line->share = PR_MICRO_ONE;
	}
	line->amount = pr_basis_capacity(basis);
	return line->amount;
}

static bool demand_known(struct pr_bill *bill, const struct pr_basis *basis, const struct pr_demand *demand)
{
	bill->lacks[PR_LACK_DEMAND_PRICE] |= basis->tariff->demand_price == PR_MICRO_MISSING;
	bill->lacks[PR_LACK_DEMAND] |= demand->kw == PR_MICRO_MISSING;
	return basis->tariff->demand_price != PR_MICRO_MISSING && demand->kw != PR_MICRO_MISSING;
}

static pr_micro charge_actual(
	const struct pr_site *site, struct pr_bill *bill, const struct pr_basis *basis, const struct pr_demand *demand)
{
	pr_micro price = basis->tariff->demand_price;
	struct pr_bill_line *line = add_line(site, bill, basis, PR_LINE_BASIC_ACTUAL, demand->kw, "kW", price);
	if (demand_known(bill, basis, demand))
		line->amount = pr_basis_actual(basis, demand->kw);
	return line->amount;
}

pr_micro pr_basis_floor(const struct pr_basic_rules *rules, const struct pr_basis *basis)
{
	if (basis->rated_kva == PR_MICRO_MISSING)
		return 0;
	return pr_wide_round(pr_wide_product(rules->contract_floor_share, basis->rated_kva), 6);
}

/* The contract that counts: at least the floor (40 % of the rated kVA). */
static pr_micro contract_kw(const struct pr_basic_rules *rules, const struct pr_basis *basis, pr_micro contract)
{
	pr_micro floor_kw = pr_basis_floor(rules, basis);
	return contract != PR_MICRO_MISSING && contract < floor_kw ? floor_kw : contract;
}

/* C·p up to the tolerance; above it 1.05 C·p and the rest at the excess price, one line, rounded once. */
pr_micro pr_basis_contract(
	const struct pr_basic_rules *rules, const struct pr_basis *basis, pr_micro kw, pr_micro contract)
{
	pr_micro price = basis->tariff->demand_price, counts = contract_kw(rules, basis, contract);
	if (price == PR_MICRO_MISSING || kw == PR_MICRO_MISSING || counts == PR_MICRO_MISSING)
		return PR_MICRO_MISSING;
	pr_micro within = pr_wide_round(pr_wide_product(rules->contract_tolerance, counts), 6);
	if (kw <= within)
		return rounded(basis, demand_money(basis, counts, price));
	pr_micro excess_price = pr_wide_round(pr_wide_product(price, rules->excess_factor), 6);
	return rounded(basis, demand_money(basis, within, price) + demand_money(basis, kw - within, excess_price));
}

static pr_micro charge_contract(
	const struct pr_site *site, struct pr_bill *bill, const struct pr_basis *basis, const struct pr_demand *demand)
{
	const struct pr_basic_rules *rules = &site->work->method->basic;
	pr_micro price = basis->tariff->demand_price, contract = contract_kw(rules, basis, basis->tariff->contract_kw);
	bool known = demand_known(bill, basis, demand);
	bill->lacks[PR_LACK_CONTRACT] |= contract == PR_MICRO_MISSING;
	if (!known || contract == PR_MICRO_MISSING) {
		add_line(site, bill, basis, PR_LINE_BASIC_CONTRACT, contract, "kW", price);
		return PR_MICRO_MISSING;
	}
	pr_micro within = pr_wide_round(pr_wide_product(rules->contract_tolerance, contract), 6);
	if (demand->kw <= within) {
		struct pr_bill_line *line = add_line(site, bill, basis, PR_LINE_BASIC_CONTRACT, contract, "kW", price);
		line->amount = pr_basis_contract(rules, basis, demand->kw, contract);
		return line->amount;
	}
	/* Of its two printed parts the second is the line less the first. */
	pr_micro excess_price = pr_wide_round(pr_wide_product(price, rules->excess_factor), 6);
	pr_micro whole = pr_basis_contract(rules, basis, demand->kw, contract);
	pr_micro first_part = rounded(basis, demand_money(basis, within, price));
	add_line(site, bill, basis, PR_LINE_BASIC_CONTRACT, within, "kW", price)->amount = first_part;
	add_line(site, bill, basis, PR_LINE_BASIC_EXCESS, demand->kw - within, "kW", excess_price)->amount =
		whole - first_part;
	return whole;
}

static bool lacks_any(const struct pr_bill *bill)
{
	for (int lack = 0; lack < PR_LACK_COUNT; lack++)
		if (bill->lacks[lack])
			return true;
	return false;
}

void pr_bill_basic(const struct pr_site *site, const struct pr_demand *demand, struct pr_bill *bill)
{
	for (size_t i = 0; i < site->project->tariff_count; i++) {
		if (!bill->shares[i].used)
			continue;
		struct pr_basis basis = pr_bill_basis(site, (int)i);
		pr_micro amount = 0;
		switch (basis.tariff->basic_mode) {
		case PR_BASIC_CAPACITY:
			amount = charge_capacity(site, bill, &basis);
			break;
		case PR_BASIC_CONTRACT:
			amount = charge_contract(site, bill, &basis, demand);
			break;
		case PR_BASIC_ACTUAL:
			amount = charge_actual(site, bill, &basis, demand);
			break;
		case PR_BASIC_NONE:
		case PR_BASIC_COUNT:
			break;
		}
		bill->lacks[PR_LACK_RANGE] |= amount == PR_MICRO_MISSING && !lacks_any(bill);
		bill->basic = pr_sum_present(bill->basic, amount);
		if (amount != PR_MICRO_MISSING)
			bill->shares[i].base_e12 += (pr_wide)amount * PR_MICRO_ONE;
	}
}
