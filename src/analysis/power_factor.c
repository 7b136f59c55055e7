#include "analysis/bill.h"

/* Squares of the sums times 4·10⁴ stay inside 128 bits up to this: 4·10¹⁰ kWh a month. */
#define LARGEST_SUM ((pr_wide)40000000000 * PR_MICRO_ONE)

int pr_power_factor_hundredths(pr_wide active, pr_wide reactive)
{
	while (active > LARGEST_SUM || reactive > LARGEST_SUM) {
		active /= 2;
		reactive /= 2;
	}
	pr_wide apparent_squared = active * active + reactive * reactive;
	if (apparent_squared == 0)
		return -1;
	/* The largest h with 4·10⁴·Wp² ≥ (2h − 1)²·(Wp² + Wq²): method, section 3.3. */
	int hundredths = 0;
	for (int h = 1; h <= 100; h++) {
		pr_wide odd = 2 * h - 1;
		if (40000 * active * active >= odd * odd * apparent_squared)
			hundredths = h;
	}
	return hundredths;
}

static void add_incomer(const struct pr_site *site, const struct pr_settled *incomer, struct pr_power_factor *factor)
{
	for (size_t i = 0; i < incomer->count; i++) {
		const struct pr_settled_quarter *quarter = &incomer->quarters[i];
		if (quarter->kwh == PR_MICRO_MISSING || quarter->kvarh_lag == PR_MICRO_MISSING ||
			(incomer->lead_ever && quarter->kvarh_lead == PR_MICRO_MISSING))
			continue;
		pr_micro lead = incomer->lead_ever ? quarter->kvarh_lead : 0;
		factor->active += quarter->kwh;
		factor->reactive += quarter->kvarh_lag + (pr_wide)(lead < 0 ? -lead : lead);
		factor->used++;
	}
	if (!incomer->lead_ever && incomer->measured)
		pr_note_plain(site->work, "power_factor.no_lead", site->project->id, incomer->point->id);
}

void pr_power_factor_sum(const struct pr_site *site, struct pr_power_factor *factor)
{
	*factor = (struct pr_power_factor){.hundredths = -1};
	for (size_t i = 0; i < site->incomer_count; i++)
		add_incomer(site, &site->incomers[i], factor);
	if (factor->used)
		factor->hundredths = pr_power_factor_hundredths(factor->active, factor->reactive);
}

bool pr_power_factor_percent(const struct pr_method *method, pr_micro standard, int hundredths, pr_micro *percent)
{
	if (hundredths < 0 || hundredths > 100)
		return false;
	for (size_t i = 0; i < method->power_factor_count; i++) {
		if ((pr_micro)method->power_factor[i].standard_hundredths * (PR_MICRO_ONE / 100) != standard)
			continue;
		*percent = method->power_factor[i].percent[hundredths];
		return true;
	}
	return false;
}

/* Whether every line that the base is made of has an amount: the adjustment of a part of the bill would be wrong. */
static bool base_is_whole(const struct pr_bill *bill)
{
	for (size_t i = 0; i < bill->line_count; i++)
		if (bill->lines[i].kind != PR_LINE_POWER_FACTOR && bill->lines[i].amount == PR_MICRO_MISSING)
			return false;
	return true;
}

pr_micro pr_power_factor_amount(pr_wide base_e12, pr_micro percent)
{
	/* 10^-12 of money × 10^-6 of a percent; a percent is a hundredth. */
	static const pr_wide scale = (pr_wide)100 * 1000000000000000000;
	return pr_micro_ratio(base_e12 * percent, scale, 2);
}

/* One line for a standard: its tariffs' base × percent. */
static void add_line(
	const struct pr_site *site, struct pr_bill *bill, const struct pr_tariff *tariff, pr_wide base_e12, bool whole)
{
	struct pr_bill_line *line = PR_PUSH(site->work->arena, bill->lines, bill->line_count, bill->line_capacity);
	*line = (struct pr_bill_line){.kind = PR_LINE_POWER_FACTOR,
		.tariff_id = tariff->id,
		.slot = -1,
		.quantity = pr_wide_round(base_e12, 2),
		.unit = bill->currency,
		.price = PR_MICRO_MISSING,
		.share = PR_MICRO_ONE,
		.discount = PR_MICRO_MISSING,
		.amount = PR_MICRO_MISSING};
	if (!pr_power_factor_percent(site->work->method, tariff->pf_standard, bill->power_factor.hundredths, &line->price))
		bill->lacks[PR_LACK_POWER_FACTOR] = true;
	if (!whole) {
		line->quantity = PR_MICRO_MISSING;
		return;
	}
	bill->adjustment_base = pr_sum_present(bill->adjustment_base, line->quantity);
	if (line->price == PR_MICRO_MISSING)
		return;
	line->amount = pr_power_factor_amount(base_e12, line->price);
	bill->adjustment = pr_sum_present(bill->adjustment, line->amount);
}

void pr_bill_adjust(const struct pr_site *site, struct pr_bill *bill)
{
	const struct pr_project *project = site->project;
	size_t line_count = 0;
	bool whole = base_is_whole(bill);
	for (size_t i = 0; i < project->tariff_count; i++) {
		pr_micro standard = project->tariffs[i].pf_standard;
		if (!bill->shares[i].used || standard == PR_MICRO_MISSING)
			continue;
		/* Tariffs of one standard share a line, which stands at the last of them. */
		pr_wide base_e12 = 0;
		bool is_last = true;
		for (size_t k = 0; k < project->tariff_count; k++) {
			if (!bill->shares[k].used || project->tariffs[k].pf_standard != standard)
				continue;
			base_e12 += bill->shares[k].base_e12;
			is_last = is_last && k <= i;
		}
		if (!is_last)
			continue;
		add_line(site, bill, &project->tariffs[i], base_e12, whole);
		bill->adjustment_percent = line_count++ ? PR_MICRO_MISSING : bill->lines[bill->line_count - 1].price;
	}
	if (!line_count)
		return;
	bill->provisional =
		bill->power_factor.used > 0 && pr_below_gate(site->work->method, bill->power_factor.used, site->expected);
}
