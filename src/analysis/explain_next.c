#include "analysis/explain_next.h"

#include <math.h>
#include <string.h>

/* Next month's window, with the points' validity and the tariffs of its days. */
static struct pr_site *open_next(struct pr_explainer *explainer, const struct pr_explain_site *own)
{
	struct pr_site *site = pr_arena_alloc(explainer->arena, sizeof *site);
	struct pr_window window;
	pr_window_month(&window, own->site.project, pr_month_add(explainer->report->month, 1), explainer->arena);
	pr_site_init(site, &explainer->quiet, own->site.data, &window);
	return site;
}

static double share_of_day(const struct pr_site *site, size_t day)
{
	size_t whole = 0, open = 0;
	for (size_t i = 0; i < site->window.count; i++) {
		if (site->window.quarters[i].day != day)
			continue;
		whole++;
		open += site->quarters[i].expected > 0;
	}
	return whole ? (double)open / (double)whole : 0;
}

const struct pr_explain_table *pr_explain_next_days(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	const char *name = pr_explain_join(explainer, own->path, "next_days");
	struct pr_explain_table *table = pr_table_find(explainer, name);
	if (table)
		return table;
	const struct pr_site *site = open_next(explainer, own);
	table = pr_table_new(explainer, name, "next_days", "day kind share", own->site.project->zone);
	for (size_t d = 0; d < site->window.day_count; d++) {
		pr_table_put(explainer, table, pr_cell_time(site->window.days[d].start_ms));
		pr_table_put(explainer, table, pr_cell_text(pr_day_kind_names[site->window.days[d].kind]));
		pr_table_put(explainer, table, pr_cell_real(share_of_day(site, d)));
	}
	return table;
}

/* Mean kWh of a quarter of the day over the last weeks' days of a kind; NaN = none. */
static double mean_at(
	const struct pr_explainer *explainer, const struct pr_past *past, enum pr_day_kind kind, size_t quarter)
{
	size_t left = (size_t)explainer->quiet.method->forecast.weeks * 7, count = 0;
	double sum = 0;
	for (size_t m = PR_PAST_MONTHS; m-- > 0;) {
		for (size_t d = past[m].day_count; d-- > 0 && left > 0; left--) {
			const struct pr_past_day *day = &past[m].days[d];
			if (day->kind != kind || day->cells[quarter] == PR_MICRO_MISSING)
				continue;
			sum += pr_micro_to_double(day->cells[quarter]);
			count++;
		}
	}
	return count ? sum / (double)count : (double)NAN;
}

struct shape {
	double at[PR_DAY_QUARTERS];
	bool is_known;
};

/* The shape of a kind of day; of one without days that of another. */
static struct shape shape_of(const struct pr_explainer *explainer, const struct pr_past *past, enum pr_day_kind kind)
{
	const enum pr_day_kind kinds[] = {kind, PR_DAY_OFFDAY, PR_DAY_HOLIDAY, PR_DAY_WORKDAY};
	struct shape shape = {.is_known = false};
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds && !shape.is_known; k++) {
		for (size_t q = 0; q < PR_DAY_QUARTERS; q++) {
			double mean = mean_at(explainer, past, kinds[k], q);
			shape.is_known = shape.is_known || !isnan(mean);
			shape.at[q] = isnan(mean) ? 0 : mean;
		}
	}
	return shape;
}

/* The quarters' weights in their days, which add up to 1 where any is in service. */
static double *weights_of(struct pr_explainer *explainer, struct pr_explain_site *own, const struct pr_site *site)
{
	const struct pr_past *past = pr_explain_history(explainer, own)->past;
	double *weights = pr_arena_array(explainer->arena, site->window.count, sizeof *weights);
	double *sums = pr_arena_array(explainer->arena, site->window.day_count, sizeof *sums);
	size_t *open = pr_arena_array(explainer->arena, site->window.day_count, sizeof *open);
	struct shape shapes[PR_DAY_COUNT];
	for (int kind = PR_DAY_WORKDAY; kind < PR_DAY_COUNT; kind++)
		shapes[kind] = shape_of(explainer, past, (enum pr_day_kind)kind);
	for (size_t i = 0; i < site->window.count; i++) {
		const struct pr_window_quarter *at = &site->window.quarters[i];
		if (!site->quarters[i].expected)
			continue;
		weights[i] = shapes[site->window.days[at->day].kind].at[at->minute / 15];
		sums[at->day] += weights[i];
		open[at->day]++;
	}
	for (size_t i = 0; i < site->window.count; i++) {
		size_t day = site->window.quarters[i].day;
		if (sums[day] > 0)
			weights[i] /= sums[day];
		else if (site->quarters[i].expected)
			weights[i] = 1.0 / (double)open[day];
	}
	return weights;
}

const struct pr_explain_table *pr_explain_next_quarters(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	const char *name = pr_explain_join(explainer, own->path, "next_quarters");
	struct pr_explain_table *table = pr_table_find(explainer, name);
	if (table)
		return table;
	const struct pr_site *site = open_next(explainer, own);
	const double *weights = weights_of(explainer, own, site);
	table = pr_table_new(explainer, name, "next_quarters", "start kind share weight", own->site.project->zone);
	for (size_t i = 0; i < site->window.count; i++) {
		size_t day = site->window.quarters[i].day;
		if (!site->quarters[i].expected)
			continue;
		pr_table_put(explainer, table, pr_cell_time(site->window.quarters[i].start_ms));
		pr_table_put(explainer, table, pr_cell_text(pr_day_kind_names[site->window.days[day].kind]));
		pr_table_put(explainer, table, pr_cell_real(share_of_day(site, day)));
		pr_table_put(explainer, table, pr_cell_real(weights[i]));
	}
	return table;
}

/* --- the bill ------------------------------------------------------------------------------------------------------ */

/* One incomer has it all, with this month's kvarh a kWh. */
static void fill(struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_site *site, double factor)
{
	const struct pr_past *past = pr_explain_history(explainer, own)->past;
	const double *weights = weights_of(explainer, own, site);
	struct pr_forecast_basis basis;
	struct pr_power_factor reactive;
	pr_power_factor_sum(&own->site, &reactive);
	double per_kwh = reactive.used && reactive.active > 0 ? (double)reactive.reactive / (double)reactive.active : 0;
	if (!pr_forecast_basis_of(explainer->quiet.method, past, PR_PAST_MONTHS - 1, PR_FORECAST_ENERGY, true, &basis))
		return;
	site->incomer_count = 1;
	site->incomers[0].lead_ever = false;
	site->energy = 0;
	for (size_t i = 0; i < site->window.count; i++) {
		struct pr_quarter *quarter = &site->quarters[i];
		struct pr_settled_quarter *cell = &site->incomers[0].quarters[i];
		size_t day = site->window.quarters[i].day;
		cell->kwh = cell->kvarh_lag = cell->kvarh_lead = PR_MICRO_MISSING;
		cell->expected = quarter->expected > 0;
		quarter->kwh = quarter->partial_kwh = PR_MICRO_MISSING;
		if (!quarter->expected)
			continue;
		double kwh = basis.means[site->window.days[day].kind] * basis.trend * basis.season * share_of_day(site, day) *
		             weights[i] * factor;
		cell->kwh = quarter->kwh = quarter->partial_kwh = pr_micro_from_double(kwh);
		if (reactive.used)
			cell->kvarh_lag = pr_micro_from_double(kwh * per_kwh);
		site->energy = pr_sum_present(site->energy, cell->kwh);
	}
	site->measured = site->expected;
}

struct pr_explain_site *pr_explain_next_site(struct pr_explainer *explainer, struct pr_explain_site *own,
	const char *end, double factor, struct pr_explain_node *demand)
{
	struct pr_site *site = open_next(explainer, own);
	struct pr_explain_site *next = pr_arena_alloc(explainer->arena, sizeof *next);
	struct pr_bill bill;
	bool made;
	if (isnan(factor) || !site->incomer_count)
		return NULL;
	fill(explainer, own, site, factor);
	*next = *own;
	next->path = pr_arena_format(explainer->arena, "%s/forecast%s", own->path, end);
	next->site = *site;
	next->points = NULL;
	next->is_made = true;
	/* The demand that is billed is the forecast's, not the quarters'. */
	struct pr_explain_node *step = pr_node_step(explainer, next->path, "demand", "forecast_demand", &made);
	if (made) {
		pr_node_input(explainer, step, "demand", demand);
		pr_node_conclude(explainer, step, "demand", "kW", -1);
	}
	const struct pr_demand billed = {
		.kw = demand->value.kind == PR_EXPLAIN_EXACT ? demand->value.micro : PR_MICRO_MISSING,
		.at_ms = PR_TIME_MISSING,
		.reported_kw = PR_MICRO_MISSING,
		.reported_at_ms = PR_TIME_MISSING};
	pr_bill_work_out(site, &billed, &bill);
	next->lines = bill.lines;
	next->line_count = bill.line_count;
	next->currency = bill.currency;
	return next;
}
