/* What charts of the basic charge show: its ways month by month, and what the twelve months cost by contract. */
#include "analysis/savings.h"
#include "analysis/series.h"

#define MONTHS_A_YEAR 12
#define FIRST (PR_PAST_MONTHS - MONTHS_A_YEAR)
#define CURVE_PLACES 60
/* The curve goes this far beyond what is marked on it, in parts of the largest. */
#define CURVE_BEYOND 6

struct curve {
	const struct pr_site *site;
	const struct pr_past *past;
	const struct pr_savings_basic *basic;
	pr_micro contract, from, to; /* whole kW */
};

static void add_ways(const struct curve *curve, const char *currency, struct pr_project_report *report)
{
	static const struct {
		const char *id;
		enum pr_basic_mode mode;
	} ways[] = {{".savings.basic.capacity", PR_BASIC_CAPACITY}, {".savings.basic.contract_demand", PR_BASIC_CONTRACT},
		{".savings.basic.actual_demand", PR_BASIC_ACTUAL}};
	const struct pr_basic_rules *rules = &curve->site->work->method->basic;
	int64_t from_ms, to_ms;
	pr_zone_month(curve->site->project->zone, curve->past[FIRST].month, &from_ms, &to_ms);
	for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
		double *values =
			pr_series_add(curve->site->work->arena, report, ways[w].id, currency, "P1M", from_ms, MONTHS_A_YEAR);
		for (int i = FIRST; i < PR_PAST_MONTHS; i++)
			if (curve->basic->used[i])
				values[i - FIRST] =
					pr_micro_to_double(pr_past_basic(&curve->past[i], rules, ways[w].mode, PR_MICRO_MISSING));
	}
}

static pr_micro whole_kw(pr_micro kw)
{
	return (kw + PR_MICRO_ONE - 1) / PR_MICRO_ONE * PR_MICRO_ONE;
}

/* Holds the present contract and the best one with a part on both sides; not below the least contract. */
static void find_range(struct curve *curve)
{
	const struct pr_past *now = &curve->past[PR_PAST_MONTHS - 1];
	pr_micro low = curve->basic->best_kw, high = low, floor_kw = PR_MICRO_ONE;
	for (size_t i = 0; i < now->basis_count; i++) {
		pr_micro own = whole_kw(pr_basis_floor(&curve->site->work->method->basic, &now->bases[i]));
		floor_kw = own > floor_kw ? own : floor_kw;
	}
	if (curve->contract != PR_MICRO_MISSING) {
		low = curve->contract < low ? curve->contract : low;
		high = curve->contract > high ? curve->contract : high;
	}
	curve->from = whole_kw(low - high / CURVE_BEYOND);
	curve->from = curve->from < floor_kw ? floor_kw : curve->from;
	curve->to = whole_kw(high + high / CURVE_BEYOND);
}

/* The places of the curve: even ones, and those that are marked; rising, none twice. */
static size_t place_kw(const struct curve *curve, pr_micro places[CURVE_PLACES + 3])
{
	pr_micro step = whole_kw((curve->to - curve->from) / CURVE_PLACES),
			 marks[] = {curve->basic->best_kw, curve->contract};
	size_t count = 0, kept = 0;
	step = step > 0 ? step : PR_MICRO_ONE;
	for (pr_micro kw = curve->from; kw <= curve->to && count <= CURVE_PLACES; kw += step)
		places[count++] = kw;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (marks[i] != PR_MICRO_MISSING && marks[i] >= curve->from)
			places[count++] = marks[i];
	pr_sort_micro(places, count);
	for (size_t i = 0; i < count; i++)
		if (!kept || places[i] != places[kept - 1])
			places[kept++] = places[i];
	return kept;
}

static void add_curve(struct curve *curve, const char *currency, struct pr_project_report *report)
{
	const struct pr_site *site = curve->site;
	pr_micro places[CURVE_PLACES + 3];
	find_range(curve);
	size_t count = place_kw(curve, places);
	double *kw =
		pr_series_add(site->work->arena, report, ".savings.basic.kw", "kW", "P1M", site->window.from_ms, count);
	double *cost =
		pr_series_add(site->work->arena, report, ".savings.basic.curve", currency, "P1M", site->window.from_ms, count);
	for (size_t i = 0; i < count; i++) {
		kw[i] = pr_micro_to_double(places[i]);
		cost[i] = pr_micro_to_double(
			pr_savings_basic_sum(site->work->method, curve->past, curve->basic, PR_BASIC_CONTRACT, places[i]));
	}
}

void pr_savings_series(const struct pr_site *site, const struct pr_bill *bill, const struct pr_past *past,
	struct pr_project_report *report)
{
	struct pr_savings_basic basic;
	if (!bill->tariff || !bill->currency || bill->tariff->basic_mode == PR_BASIC_NONE ||
		site->energy == PR_MICRO_MISSING)
		return;
	pr_savings_basic_work_out(site->work->method, past, &basic);
	if (basic.months < site->work->method->savings.least_months)
		return;
	struct curve curve = {.site = site,
		.past = past,
		.basic = &basic,
		.contract = bill->tariff->basic_mode == PR_BASIC_CONTRACT ? bill->tariff->contract_kw : PR_MICRO_MISSING};
	add_ways(&curve, bill->currency, report);
	if (basic.best_kw != PR_MICRO_MISSING)
		add_curve(&curve, bill->currency, report);
}
