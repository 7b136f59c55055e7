#include "analysis/savings.h"

#include <math.h>

struct reactive {
	pr_wide active, lag, lead; /* over the incomers' quarters that hold kWh and kvarh */
};

static struct reactive sum_reactive(const struct pr_site *site)
{
	struct reactive sum = {0, 0, 0};
	for (size_t i = 0; i < site->incomer_count; i++) {
		const struct pr_settled *incomer = &site->incomers[i];
		for (size_t k = 0; k < incomer->count; k++) {
			const struct pr_settled_quarter *cell = &incomer->quarters[k];
			if (cell->kwh == PR_MICRO_MISSING || cell->kvarh_lag == PR_MICRO_MISSING ||
				(incomer->lead_ever && cell->kvarh_lead == PR_MICRO_MISSING))
				continue;
			pr_micro lead = incomer->lead_ever ? cell->kvarh_lead : 0;
			sum.active += cell->kwh;
			sum.lag += cell->kvarh_lag;
			sum.lead += lead < 0 ? -lead : lead;
		}
	}
	return sum;
}

/* The one standard of the tariffs in force, with Σ of their base; missing = none. False where there are several. */
static bool find_standard(const struct pr_site *site, const struct pr_bill *bill, pr_micro *standard, pr_wide *base_e12)
{
	*standard = PR_MICRO_MISSING;
	*base_e12 = 0;
	for (size_t i = 0; i < site->project->tariff_count; i++) {
		pr_micro own = site->project->tariffs[i].pf_standard;
		if (!bill->shares[i].used || own == PR_MICRO_MISSING)
			continue;
		if (*standard != PR_MICRO_MISSING && own != *standard)
			return false;
		*standard = own;
		*base_e12 += bill->shares[i].base_e12;
	}
	return true;
}

/* The hundredth of the next better step above `from`, and the smallest with the least percentage. */
static void find_steps(const struct pr_method *method, pr_micro standard, int from, int *next, int *best)
{
	pr_micro here = 0, least = 0, percent = 0;
	*next = *best = from;
	if (!pr_power_factor_percent(method, standard, from, &here))
		return;
	least = here;
	for (int h = from + 1; h <= 100; h++) {
		if (!pr_power_factor_percent(method, standard, h, &percent) || percent >= least)
			continue;
		if (*next == from)
			*next = h;
		*best = h;
		least = percent;
	}
}

/* 95 % value and mean, over the running quarters, of P (tan φ − tan φ₂), kvar; never below 0. */
static void find_kvar(
	const struct pr_site *site, const struct pr_load *load, int target, pr_micro *kvar, pr_micro *mean)
{
	pr_micro *values = pr_arena_array(site->work->arena, site->window.count, sizeof *values);
	double cosine = target / 100.0, tangent = sqrt(1.0 - cosine * cosine) / cosine;
	bool lead_ever = false;
	pr_wide sum = 0;
	size_t count = 0;
	for (size_t i = 0; i < site->incomer_count; i++)
		lead_ever = lead_ever || site->incomers[i].lead_ever;
	for (size_t i = 0; i < site->window.count; i++) {
		const struct pr_quarter *quarter = &site->quarters[i];
		pr_micro kw = pr_demand_kw(quarter->kwh);
		if (kw == PR_MICRO_MISSING || kw <= load->threshold || quarter->kvarh_lag == PR_MICRO_MISSING ||
			(lead_ever && quarter->kvarh_lead == PR_MICRO_MISSING))
			continue;
		double lead = lead_ever ? fabs(pr_micro_to_double(quarter->kvarh_lead)) : 0;
		double needed = (pr_micro_to_double(quarter->kvarh_lag) - lead) * 4 - pr_micro_to_double(kw) * tangent;
		values[count] = pr_micro_from_double(needed);
		sum += values[count++];
	}
	*kvar = *mean = PR_MICRO_MISSING;
	if (!count)
		return;
	pr_sort_micro(values, count);
	pr_micro high = pr_nearest_rank(values, count, site->work->method->savings.kvar_rank);
	pr_micro middle = pr_micro_ratio(sum, (pr_wide)count * PR_MICRO_ONE, 6);
	*kvar = high > 0 ? high : 0;
	*mean = middle > 0 ? middle : 0;
}

void pr_savings_power_factor(
	const struct pr_site *site, const struct pr_bill *bill, const struct pr_load *load, struct pr_findings *findings)
{
	const struct pr_method *method = site->work->method;
	struct pr_arena *arena = site->work->arena;
	pr_micro standard, percent = 0, amounts[3];
	pr_wide base_e12;
	int steps[3] = {0, 0, bill->power_factor.hundredths}; /* next, best, without the lead */
	if (!find_standard(site, bill, &standard, &base_e12)) {
		pr_note_plain(site->work, "savings.power_factor.several", site->project->id, 0);
		return;
	}
	if (standard == PR_MICRO_MISSING || bill->adjustment == PR_MICRO_MISSING || bill->incomplete)
		return; /* the bill's own notes say why */
	find_steps(method, standard, bill->power_factor.hundredths, &steps[0], &steps[1]);
	struct reactive sums = sum_reactive(site);
	pr_wide share = pr_micro_from_double(method->savings.mend_switching_share);
	bool mend = sums.lead * PR_MICRO_ONE > share * sums.lag;
	if (mend)
		steps[2] = pr_power_factor_hundredths(sums.active, sums.lag);
	for (int i = 0; i < 3; i++)
		amounts[i] = pr_power_factor_percent(method, standard, steps[i], &percent)
		                 ? pr_power_factor_amount(base_e12, percent)
		                 : PR_MICRO_MISSING;
	pr_micro target = amounts[mend ? 2 : 1], kvar = PR_MICRO_MISSING, mean = PR_MICRO_MISSING;
	pr_micro month = target == PR_MICRO_MISSING || target > bill->adjustment ? 0 : bill->adjustment - target;
	if (!mend && steps[1] == bill->power_factor.hundredths)
		kvar = mean = 0; /* no better step */
	else if (!mend)
		find_kvar(site, load, steps[1], &kvar, &mean);
	const struct {
		const char *id, *unit;
		pr_micro value;
		int digits;
	} rows[] = {
		{"savings.power_factor.next", bill->currency, amounts[0], PR_PRECISION_MONEY},
		{"savings.power_factor.best", bill->currency, amounts[1], PR_PRECISION_MONEY},
		{"savings.power_factor.kvar", "kvar", kvar, PR_PRECISION_QUANTITY},
		{"savings.power_factor.kvar.mean", "kvar", mean, PR_PRECISION_QUANTITY},
		{"savings.power_factor.month", bill->currency, month, PR_PRECISION_MONEY},
		{"savings.power_factor.year", bill->currency, month * 12, PR_PRECISION_MONEY},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		pr_findings_set(findings, arena, rows[i].id, rows[i].value, rows[i].unit, rows[i].digits)->coverage =
			pr_coverage(bill->power_factor.used, site->expected);
	if (!mend)
		return;
	struct pr_note note = pr_note_make("savings.power_factor.mend", site->project->id, 0);
	note.value = pr_micro_ratio(sums.lead, sums.lag, PR_PRECISION_RATIO);
	note.unit = "1";
	pr_note_add(site->work, &note);
}
