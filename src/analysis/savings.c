#include "analysis/savings.h"

#include "base/text.h"

#define MONTHS_A_YEAR 12
/* Whole kW that are tried for the best contract, at most. */
#define CONTRACTS_MAX 2000000

static struct pr_finding *set_money(
	const struct pr_site *site, const char *currency, struct pr_findings *findings, const char *id, pr_micro value)
{
	struct pr_finding *finding = pr_findings_set(findings, site->work->arena, id, value, currency, PR_PRECISION_MONEY);
	finding->coverage = pr_site_coverage(site);
	return finding;
}

static pr_micro times(pr_micro value, int count)
{
	return value == PR_MICRO_MISSING ? PR_MICRO_MISSING : pr_wide_round((pr_wide)value * count * PR_MICRO_ONE, 2);
}

static void note_detail(const struct pr_site *site, const char *code, const char *detail)
{
	struct pr_note note = pr_note_make(code, site->project->id, 0);
	note.detail = detail;
	pr_note_add(site->work, &note);
}

/* --- basic charge ------------------------------------------------------------------------------------------------ */

/* A month whose maximum demand can be believed: measured well enough, and not beyond what its transformers carry. */
static bool is_plausible(const struct pr_method *method, const struct pr_past *past, const char *currency)
{
	if (past->basic == PR_MICRO_MISSING || !past->basis_count || past->demand_kw == PR_MICRO_MISSING ||
		past->demand_kw <= 0 || !pr_text_equal(past->currency, currency) ||
		pr_below_gate(method, past->measured, past->expected))
		return false;
	pr_micro factor = pr_micro_from_double(method->plausibility.demand_rating_factor), kva = PR_MICRO_MISSING;
	for (size_t i = 0; i < past->basis_count; i++)
		if (past->bases[i].rated_kva > kva)
			kva = past->bases[i].rated_kva;
	return kva == PR_MICRO_MISSING || (pr_wide)past->demand_kw * PR_MICRO_ONE <= pr_wide_product(factor, kva);
}

pr_micro pr_savings_basic_sum(const struct pr_method *method, const struct pr_past *past,
	const struct pr_savings_basic *basic, enum pr_basic_mode mode, pr_micro contract)
{
	pr_micro sum = 0;
	for (int i = 0; i < PR_PAST_MONTHS; i++) {
		if (!basic->used[i])
			continue;
		pr_micro amount = pr_past_basic(&past[i], &method->basic, mode, contract);
		if (amount == PR_MICRO_MISSING || !pr_micro_add(sum, amount, &sum))
			return PR_MICRO_MISSING;
	}
	return sum;
}

static pr_micro whole_kw(pr_micro kw)
{
	return (kw + PR_MICRO_ONE - 1) / PR_MICRO_ONE * PR_MICRO_ONE;
}

/* Above every maximum the sum only grows, so the smallest whole kW with the least sum lies at or below that. */
static void find_contract(const struct pr_method *method, const struct pr_past *past, struct pr_savings_basic *basic)
{
	const struct pr_past *now = &past[PR_PAST_MONTHS - 1];
	pr_micro from = PR_MICRO_ONE, to = 0;
	for (size_t i = 0; i < now->basis_count; i++) {
		pr_micro floor_kw = whole_kw(pr_basis_floor(&method->basic, &now->bases[i]));
		from = floor_kw > from ? floor_kw : from;
	}
	for (int i = 0; i < PR_PAST_MONTHS; i++)
		if (basic->used[i] && past[i].demand_kw > to)
			to = past[i].demand_kw;
	to = whole_kw(to) > from ? whole_kw(to) : from;
	if ((to - from) / PR_MICRO_ONE > CONTRACTS_MAX)
		return;
	for (pr_micro kw = from; kw <= to; kw += PR_MICRO_ONE) {
		pr_micro sum = pr_savings_basic_sum(method, past, basic, PR_BASIC_CONTRACT, kw);
		if (sum == PR_MICRO_MISSING)
			return;
		if (basic->best_kw != PR_MICRO_MISSING && sum >= basic->best_contract)
			continue;
		basic->best_kw = kw;
		basic->best_contract = sum;
	}
}

static void find_saving(const struct pr_method *method, const struct pr_past *past, struct pr_savings_basic *basic)
{
	const struct pr_past *now = &past[PR_PAST_MONTHS - 1];
	const struct {
		enum pr_basic_mode mode;
		pr_micro sum, contract;
	} options[] = {{PR_BASIC_CAPACITY, basic->capacity, PR_MICRO_MISSING},
		{PR_BASIC_CONTRACT, basic->best_contract, basic->best_kw}, {PR_BASIC_ACTUAL, basic->actual, PR_MICRO_MISSING}};
	pr_micro least = basic->billed;
	basic->month = basic->year = 0;
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		if (options[i].sum == PR_MICRO_MISSING || options[i].sum >= least)
			continue;
		least = options[i].sum;
		basic->year = basic->billed - least;
		basic->month = basic->used[PR_PAST_MONTHS - 1]
		                   ? now->basic - pr_past_basic(now, &method->basic, options[i].mode, options[i].contract)
		                   : PR_MICRO_MISSING;
	}
}

void pr_savings_basic_work_out(
	const struct pr_method *method, const struct pr_past *past, struct pr_savings_basic *basic)
{
	const char *currency = past[PR_PAST_MONTHS - 1].currency;
	*basic = (struct pr_savings_basic){.billed = 0,
		.capacity = PR_MICRO_MISSING,
		.contract = PR_MICRO_MISSING,
		.actual = PR_MICRO_MISSING,
		.best_kw = PR_MICRO_MISSING,
		.best_contract = PR_MICRO_MISSING,
		.month = PR_MICRO_MISSING,
		.year = PR_MICRO_MISSING};
	for (int i = PR_PAST_MONTHS - MONTHS_A_YEAR; i < PR_PAST_MONTHS; i++) {
		basic->used[i] = is_plausible(method, &past[i], currency);
		basic->months += basic->used[i];
		if (basic->used[i])
			basic->billed = pr_sum_present(basic->billed, past[i].basic);
	}
	if (basic->months < method->savings.least_months || basic->billed == PR_SUM_LOST)
		return;
	basic->capacity = pr_savings_basic_sum(method, past, basic, PR_BASIC_CAPACITY, PR_MICRO_MISSING);
	basic->contract = pr_savings_basic_sum(method, past, basic, PR_BASIC_CONTRACT, PR_MICRO_MISSING);
	basic->actual = pr_savings_basic_sum(method, past, basic, PR_BASIC_ACTUAL, PR_MICRO_MISSING);
	find_contract(method, past, basic);
	find_saving(method, past, basic);
}

/* While D ≤ 1.05 C shaving saves nothing this month, and the text says so. */
static void note_within(const struct pr_site *site, const struct pr_bill *bill, const struct pr_past *now)
{
	const struct pr_tariff *tariff = bill->tariff;
	if (tariff->basic_mode != PR_BASIC_CONTRACT || tariff->contract_kw == PR_MICRO_MISSING ||
		now->demand_kw == PR_MICRO_MISSING || !now->basis_count)
		return;
	const struct pr_basic_rules *rules = &site->work->method->basic;
	pr_micro contract = tariff->contract_kw, floor_kw = pr_basis_floor(rules, &now->bases[now->basis_count - 1]);
	contract = contract < floor_kw ? floor_kw : contract;
	if ((pr_wide)now->demand_kw * PR_MICRO_ONE > pr_wide_product(rules->contract_tolerance, contract))
		return;
	struct pr_note note = pr_note_make("savings.basic.within", site->project->id, 0);
	note.value = now->demand_kw;
	note.unit = "kW";
	pr_note_add(site->work, &note);
}

static void publish_basic(
	const struct pr_site *site, const struct pr_bill *bill, const struct pr_past *past, struct pr_findings *findings)
{
	struct pr_arena *arena = site->work->arena;
	struct pr_savings_basic basic;
	if (bill->tariff->basic_mode == PR_BASIC_NONE)
		return;
	pr_savings_basic_work_out(site->work->method, past, &basic);
	const struct {
		const char *id;
		pr_micro value;
	} costs[] = {{"savings.basic.cost.capacity", basic.capacity},
		{"savings.basic.cost.contract_demand", basic.contract}, {"savings.basic.cost.actual_demand", basic.actual},
		{"savings.basic.cost.best_contract", basic.best_contract}};
	const size_t cost_count = sizeof costs / sizeof *costs;
	for (size_t i = 0; i < cost_count; i++) {
		struct pr_finding *finding = set_money(site, bill->currency, findings, costs[i].id, costs[i].value);
		finding->source = site->work->method->basic.source;
		if (costs[i].value == PR_MICRO_MISSING)
			continue;
		finding->rank = 1; /* of equals the first in the list */
		for (size_t k = 0; k < cost_count; k++) {
			bool is_known = costs[k].value != PR_MICRO_MISSING;
			finding->rank += is_known && (k < i ? costs[k].value <= costs[i].value : costs[k].value < costs[i].value);
		}
	}
	pr_findings_set(findings, arena, "savings.basic.best_contract_kw", basic.best_kw, "kW", PR_PRECISION_QUANTITY);
	set_money(site, bill->currency, findings, "savings.basic.month", basic.month);
	set_money(site, bill->currency, findings, "savings.basic.year", basic.year);
	note_within(site, bill, &past[PR_PAST_MONTHS - 1]);
	bool few = basic.year == PR_MICRO_MISSING;
	if (few || basic.months < MONTHS_A_YEAR) {
		struct pr_note note = pr_note_make(few ? "savings.basic.few" : "savings.basic.months", site->project->id, 0);
		note.count = (uint64_t)basic.months;
		pr_note_add(site->work, &note);
	}
	if (few)
		return;
	if (basic.capacity == PR_MICRO_MISSING)
		note_detail(site, "savings.basic.unpriced", "capacity_price");
	if (basic.actual == PR_MICRO_MISSING)
		note_detail(site, "savings.basic.unpriced", "demand_price");
	if (basic.contract == PR_MICRO_MISSING && basic.actual != PR_MICRO_MISSING)
		pr_note_plain(site->work, "savings.basic.no_contract", site->project->id, 0);
}

/* --- peak shifting ----------------------------------------------------------------------------------------------- */

pr_micro pr_savings_shift(pr_micro percent, pr_micro kwh, pr_micro peak_kwh, pr_micro peak_money, pr_micro valley_price)
{
	pr_micro moved = pr_micro_ratio(pr_wide_product(percent, kwh), (pr_wide)100 * PR_MICRO_ONE * PR_MICRO_ONE, 6);
	if (moved == PR_MICRO_MISSING || peak_kwh <= 0 || moved > peak_kwh || valley_price == PR_MICRO_MISSING)
		return PR_MICRO_MISSING;
	pr_micro spread = pr_micro_ratio(peak_money, peak_kwh, PR_PRECISION_PRICE) - valley_price;
	return spread > 0 ? pr_wide_round(pr_wide_product(moved, spread), 2) : 0;
}

static pr_micro shift_percent(const struct pr_site *site)
{
	return site->work->method->savings.shift_percent;
}

static void publish_shift(
	const struct pr_site *site, const struct pr_bill *bill, const struct pr_past *now, struct pr_findings *findings)
{
	pr_micro valley = pr_past_slot_price(now, PR_SLOT_VALLEY);
	pr_micro peak_kwh = bill->slot_kwh[PR_SLOT_SHARP] + bill->slot_kwh[PR_SLOT_PEAK];
	pr_micro peak_money = pr_sum_present(bill->slot_amount[PR_SLOT_SHARP], bill->slot_amount[PR_SLOT_PEAK]),
			 month = PR_MICRO_MISSING;
	if (bill->incomplete || valley == PR_MICRO_MISSING || peak_kwh <= 0) {
		note_detail(site, "savings.shift.none", bill->incomplete ? "incomplete" : "slots");
		return;
	}
	month = pr_savings_shift(shift_percent(site), site->energy, peak_kwh, peak_money, valley);
	pr_findings_set(findings, site->work->arena, "savings.shift_percent", shift_percent(site), "%", PR_PRECISION_RATIO);
	set_money(site, bill->currency, findings, "savings.shift.month", month);
	set_money(site, bill->currency, findings, "savings.shift.year", times(month, MONTHS_A_YEAR));
	if (month == PR_MICRO_MISSING)
		note_detail(site, "savings.shift.none", "peak");
}

static bool is_leaf(const struct pr_site *site, const struct pr_settled *points, size_t index)
{
	for (size_t i = 0; i < site->project->point_count; i++)
		if (site->project->points[i].parent_id == site->project->points[index].id && points[i].measured)
			return false;
	return points[index].measured > 0;
}

static pr_micro shift_of_point(const struct pr_site *site, const struct pr_settled *settled, pr_micro valley)
{
	pr_micro energy = 0, peak_kwh = 0;
	pr_wide peak_e12 = 0;
	for (size_t i = 0; i < settled->count; i++) {
		const struct pr_quarter *quarter = &site->quarters[i];
		pr_micro kwh = settled->quarters[i].kwh;
		if (kwh == PR_MICRO_MISSING)
			continue;
		energy = pr_sum_present(energy, kwh);
		if ((quarter->slot != PR_SLOT_SHARP && quarter->slot != PR_SLOT_PEAK) || quarter->price == PR_MICRO_MISSING)
			continue;
		peak_kwh = pr_sum_present(peak_kwh, kwh);
		peak_e12 += pr_wide_product(kwh, quarter->price);
	}
	pr_micro month = pr_savings_shift(shift_percent(site), energy, peak_kwh, pr_wide_round(peak_e12, 2), valley);
	return month;
}

void pr_savings_points(const struct pr_site *site, const struct pr_bill *bill, const struct pr_past *now,
	const struct pr_settled *points, struct pr_project_report *report)
{
	enum { SHOWN = 3 };
	size_t best[SHOWN] = {0};
	pr_micro values[SHOWN] = {0};
	int count = 0;
	pr_micro valley = pr_past_slot_price(now, PR_SLOT_VALLEY);
	if (!bill->currency || bill->incomplete || valley == PR_MICRO_MISSING)
		return;
	for (size_t i = 0; i < report->point_count; i++) {
		const struct pr_point *point = report->points[i].model;
		size_t index = (size_t)(point - site->project->points);
		if (!is_leaf(site, points, index))
			continue;
		pr_micro value = shift_of_point(site, &points[index], valley);
		if (value == PR_MICRO_MISSING || value <= 0)
			continue;
		int at = count < SHOWN ? count++ : SHOWN;
		while (at > 0 && values[at - 1] < value) {
			if (at < SHOWN) {
				values[at] = values[at - 1];
				best[at] = best[at - 1];
			}
			at--;
		}
		if (at < SHOWN) {
			values[at] = value;
			best[at] = i;
		}
	}
	for (int i = 0; i < count; i++)
		set_money(site, bill->currency, &report->points[best[i]].findings, "savings.shift.month", values[i])->rank =
			i + 1;
}

/* --- all --------------------------------------------------------------------------------------------------------- */

void pr_savings_publish(const struct pr_site *site, const struct pr_bill *bill, const struct pr_load *load,
	const struct pr_past *past, struct pr_findings *findings)
{
	if (!bill->tariff || !bill->currency || site->energy == PR_MICRO_MISSING)
		return;
	publish_basic(site, bill, past, findings);
	pr_savings_power_factor(site, bill, load, findings);
	publish_shift(site, bill, &past[PR_PAST_MONTHS - 1], findings);
}
