/*
 * Savings (method, section 9): what the basic charge, the power factor and the hours of use would let the site save,
 * each only where the data carries it, with a note saying why not.
 */
#ifndef PR_ANALYSIS_SAVINGS_H
#define PR_ANALYSIS_SAVINGS_H

#include "analysis/load.h"
#include "analysis/past.h"

/* The basic charge of the same plausible months by each mode; missing where a month's price lacks. */
struct pr_savings_basic {
	bool used[PR_PAST_MONTHS]; /* of the last twelve, those that are plausible */
	int months;
	pr_micro billed, capacity, contract, actual; /* `contract` at each tariff's own */
	pr_micro best_kw, best_contract;             /* the best contract, and its sum */
	pr_micro month, year;                        /* what the cheapest saves; missing = not worked out */
};

/* `past`: the thirteen months, the reported one last; the first is not among the last twelve. */
void pr_savings_basic_work_out(
	const struct pr_method *method, const struct pr_past *past, struct pr_savings_basic *basic);
/* Σ of a mode over the months that count; missing as soon as one is. `contract` missing = each tariff's own. */
pr_micro pr_savings_basic_sum(const struct pr_method *method, const struct pr_past *past,
	const struct pr_savings_basic *basic, enum pr_basic_mode mode, pr_micro contract);
/* percent × kWh moved from the mean price of sharp and peak to the valley's; missing = there is not as much in them. */
pr_micro pr_savings_shift(
	pr_micro percent, pr_micro kwh, pr_micro peak_kwh, pr_micro peak_money, pr_micro valley_price);

void pr_savings_publish(const struct pr_site *site, const struct pr_bill *bill, const struct pr_load *load,
	const struct pr_past *past, struct pr_findings *findings);
/* The adjustment at better steps, and the kvar to install. */
void pr_savings_power_factor(const struct pr_site *site, const struct pr_bill *bill, const struct pr_load *load,
	struct pr_findings *findings); /* savings_power_factor.c */
/* For charts: the basic charge three ways, a month each, and by contract (savings_series.c). */
void pr_savings_series(const struct pr_site *site, const struct pr_bill *bill, const struct pr_past *past,
	struct pr_project_report *report);
/* The three most promising points: those without points below them, by what they save. `points` by index. */
void pr_savings_points(const struct pr_site *site, const struct pr_bill *bill, const struct pr_past *now,
	const struct pr_settled *points, struct pr_project_report *report);

#endif
