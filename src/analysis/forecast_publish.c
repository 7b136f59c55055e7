/* Next month's site: a month without data, whose quarters are filled with what is forecast and billed by the one code. */
#include "analysis/forecast.h"

#include <math.h>

#include "base/text.h"

#define LAST (PR_PAST_MONTHS - 1)
#define DAYS_A_WEEK 7

struct next_month {
	const struct pr_site *now;
	const struct pr_bill *bill; /* this month's */
	const struct pr_past *past;
	struct pr_work quiet;
	struct pr_site site;
	enum pr_day_kind *kinds;
	double *shares;
	uint32_t *quarters; /* in service, a day each */
	struct pr_forecast_basis energy, maximum;
};

/* Which days are in service, and how much of each. */
static bool open_next(struct next_month *next, struct pr_arena *arena)
{
	struct pr_month month = pr_month_add(next->now->work->dataset->month, 1);
	struct pr_window window;
	uint32_t *whole;
	bool any = false;
	next->quiet = (struct pr_work){next->now->work->dataset, next->now->work->method, arena, NULL};
	pr_window_month(&window, next->now->project, month, arena);
	pr_site_init(&next->site, &next->quiet, next->now->data, &window);
	if (!next->site.quarters)
		return false;
	next->kinds = pr_arena_array(arena, window.day_count, sizeof *next->kinds);
	next->shares = pr_arena_array(arena, window.day_count, sizeof *next->shares);
	next->quarters = pr_arena_array(arena, window.day_count, sizeof *next->quarters);
	whole = pr_arena_array(arena, window.day_count, sizeof *whole);
	for (size_t i = 0; i < window.count; i++) {
		size_t day = window.quarters[i].day;
		whole[day]++;
		next->quarters[day] += next->site.quarters[i].expected > 0;
		any = any || next->site.quarters[i].expected > 0;
	}
	for (size_t d = 0; d < window.day_count; d++) {
		next->kinds[d] = window.days[d].kind;
		next->shares[d] = whole[d] ? (double)next->quarters[d] / (double)whole[d] : 0;
	}
	return any;
}

/* --- the shape of days ------------------------------------------------------------------------------------------- */

struct shapes {
	double sums[PR_DAY_COUNT][PR_DAY_QUARTERS];
	size_t counts[PR_DAY_COUNT][PR_DAY_QUARTERS];
	bool known[PR_DAY_COUNT];
};

/* Mean kWh of each quarter of the day over the last weeks, kind by kind. */
static void add_shape(struct shapes *shapes, const struct pr_past_day *day)
{
	for (size_t q = 0; q < PR_DAY_QUARTERS; q++) {
		if (day->cells[q] == PR_MICRO_MISSING)
			continue;
		shapes->sums[day->kind][q] += pr_micro_to_double(day->cells[q]);
		shapes->counts[day->kind][q]++;
		shapes->known[day->kind] = true;
	}
}

static struct shapes *shapes_of(const struct next_month *next)
{
	struct shapes *shapes = pr_arena_alloc(next->quiet.arena, sizeof *shapes);
	size_t left = (size_t)next->quiet.method->forecast.weeks * DAYS_A_WEEK;
	for (size_t m = PR_PAST_MONTHS; m-- > 0;)
		for (size_t d = next->past[m].day_count; d-- > 0 && left > 0; left--)
			add_shape(shapes, &next->past[m].days[d]);
	return shapes;
}

/* A quarter's weight in its day; a kind without days has the shape of one that has some. */
static double weight_at(const struct shapes *shapes, enum pr_day_kind kind, size_t quarter)
{
	static const enum pr_day_kind others[] = {PR_DAY_OFFDAY, PR_DAY_HOLIDAY, PR_DAY_WORKDAY};
	for (size_t i = 0; !shapes->known[kind] && i < sizeof others / sizeof *others; i++)
		if (shapes->known[others[i]])
			kind = others[i];
	size_t count = shapes->counts[kind][quarter];
	return count ? shapes->sums[kind][quarter] / (double)count : 0;
}

/* The quarters' shares of the energy of their day, which add up to 1 where any is in service. */
static double *weights_of(const struct next_month *next, const struct shapes *shapes)
{
	const struct pr_window *window = &next->site.window;
	double *weights = pr_arena_array(next->quiet.arena, window->count, sizeof *weights);
	double *sums = pr_arena_array(next->quiet.arena, window->day_count, sizeof *sums);
	for (size_t i = 0; i < window->count; i++) {
		const struct pr_window_quarter *at = &window->quarters[i];
		if (!next->site.quarters[i].expected)
			continue;
		weights[i] = weight_at(shapes, next->kinds[at->day], at->minute / 15);
		sums[at->day] += weights[i];
	}
	for (size_t i = 0; i < window->count; i++) {
		size_t day = window->quarters[i].day;
		if (sums[day] > 0)
			weights[i] /= sums[day];
		else if (next->site.quarters[i].expected)
			weights[i] = 1.0 / next->quarters[day];
	}
	return weights;
}

/* --- filling and billing ----------------------------------------------------------------------------------------- */

/* One incomer has it all, with this month's kvarh a kWh, so that the power factor is this month's. */
static void fill(struct next_month *next, const double *weights, double factor)
{
	struct pr_site *site = &next->site;
	const struct pr_power_factor *reactive = &next->bill->power_factor;
	double per_kwh = reactive->used && reactive->active > 0 ? (double)reactive->reactive / (double)reactive->active : 0;
	struct pr_settled *incomer = &site->incomers[0];
	site->incomer_count = 1;
	incomer->lead_ever = false;
	site->energy = 0;
	for (size_t i = 0; i < site->window.count; i++) {
		struct pr_quarter *quarter = &site->quarters[i];
		struct pr_settled_quarter *cell = &incomer->quarters[i];
		size_t day = site->window.quarters[i].day;
		quarter->kwh = quarter->partial_kwh = cell->kwh = cell->kvarh_lag = PR_MICRO_MISSING;
		if (!quarter->expected)
			continue;
		double kwh = next->energy.means[next->kinds[day]] * next->energy.trend * next->energy.season *
		             next->shares[day] * weights[i] * factor;
		cell->kwh = quarter->kwh = quarter->partial_kwh = pr_micro_from_double(kwh);
		if (reactive->used)
			cell->kvarh_lag = pr_micro_from_double(kwh * per_kwh);
		site->energy = pr_sum_present(site->energy, cell->kwh);
	}
	site->measured = site->expected;
}

struct figures {
	pr_micro energy, charge, demand;
	const char *currency; /* NULL = no tariff */
};

static struct figures work_out(struct next_month *next, const double *weights, double energy_factor, double demand_kw)
{
	struct figures figures = {PR_MICRO_MISSING, PR_MICRO_MISSING, pr_micro_from_double(demand_kw), NULL};
	struct pr_bill bill;
	struct pr_demand demand = {.kw = figures.demand,
		.at_ms = PR_TIME_MISSING,
		.reported_kw = PR_MICRO_MISSING,
		.reported_at_ms = PR_TIME_MISSING};
	if (isnan(energy_factor))
		return figures;
	fill(next, weights, energy_factor);
	figures.energy = next->site.energy == PR_SUM_LOST ? PR_MICRO_MISSING : next->site.energy;
	pr_bill_work_out(&next->site, &demand, &bill);
	figures.currency = bill.currency;
	if (!bill.incomplete)
		figures.charge = bill.total;
	return figures;
}

/* --- publishing -------------------------------------------------------------------------------------------------- */

static void note(const struct next_month *next, const char *code, const char *detail, size_t count)
{
	struct pr_note note = pr_note_make(code, next->now->project->id, 0);
	note.detail = detail;
	note.count = count;
	pr_note_add(next->now->work, &note);
}

static void set(const struct next_month *next, struct pr_findings *findings, const char *id, pr_micro value,
	const char *unit, int digits)
{
	pr_findings_set(findings, next->now->work->arena, id, value, unit, digits)->source =
		next->now->work->method->forecast.source;
}

/* The figures of the forecast and of the two ends of its interval. */
static void publish_figures(
	const struct next_month *next, const struct figures figures[3], struct pr_findings *findings)
{
	static const char *const ends[] = {"", ".low", ".high"};
	struct pr_arena *arena = next->now->work->arena;
	for (size_t i = 0; i < 3; i++) {
		set(next, findings, pr_arena_format(arena, "forecast.energy%s", ends[i]), figures[i].energy, "kWh",
			PR_PRECISION_QUANTITY);
		set(next, findings, pr_arena_format(arena, "forecast.demand%s", ends[i]), figures[i].demand, "kW",
			PR_PRECISION_QUANTITY);
		if (figures[0].currency)
			set(next, findings, pr_arena_format(arena, "forecast.charge%s", ends[i]), figures[i].charge,
				figures[0].currency, PR_PRECISION_MONEY);
	}
	set(next, findings, "forecast.trend", pr_micro_from_double(next->energy.trend), "1", PR_PRECISION_RATIO);
	set(next, findings, "forecast.season", pr_micro_from_double(next->energy.season), "1", PR_PRECISION_RATIO);
}

static void publish_last(const struct next_month *next, struct pr_findings *findings)
{
	double forecast = NAN, actual = NAN;
	if (!pr_forecast_score(next->quiet.method, next->past, LAST, PR_FORECAST_ENERGY, &forecast, &actual))
		forecast = actual = NAN;
	if (!isfinite(forecast / actual))
		note(next, "forecast.unscored", NULL, 0);
	set(next, findings, "forecast.last.energy", pr_micro_from_double(forecast), "kWh", PR_PRECISION_QUANTITY);
	set(next, findings, "forecast.last.error", pr_micro_from_double(forecast / actual - 1), "1", PR_PRECISION_RATIO);
}

static void note_charge(const struct next_month *next, const struct figures *figures)
{
	if (!next->bill->tariff)
		return; /* the month's own note says so */
	if (!figures->currency)
		note(next, "forecast.charge", "tariff", 0);
	else if (figures->charge == PR_MICRO_MISSING)
		note(next, "forecast.charge", "incomplete", 0);
}

static void publish(struct next_month *next, struct pr_project_report *report)
{
	const struct pr_method *method = next->quiet.method;
	const struct pr_forecast_days days = {next->kinds, next->shares, next->site.window.day_count};
	double *weights = weights_of(next, shapes_of(next)), energy_ends[2], demand_ends[2];
	double demand_kw = pr_forecast_of(&next->maximum, PR_FORECAST_MAXIMUM, &days);
	size_t errors = pr_forecast_interval(method, next->past, PR_FORECAST_ENERGY, &energy_ends[0], &energy_ends[1]);
	(void)pr_forecast_interval(method, next->past, PR_FORECAST_MAXIMUM, &demand_ends[0], &demand_ends[1]);
	struct figures figures[3] = {work_out(next, weights, 1, demand_kw)};
	for (size_t i = 0; i < 2; i++)
		figures[i + 1] = work_out(next, weights, energy_ends[i], demand_kw * demand_ends[i]);
	publish_figures(next, figures, &report->findings);
	set(next, &report->findings, "forecast.errors", (pr_micro)errors * PR_MICRO_ONE, "1", PR_PRECISION_COUNT);
	publish_last(next, &report->findings);
	note_charge(next, &figures[0]);
	if (!errors)
		note(next, "forecast.interval", NULL, (size_t)method->forecast.least_errors);
}

void pr_forecast_publish(
	const struct pr_site *site, const struct pr_bill *now, const struct pr_past *past, struct pr_project_report *report)
{
	const struct pr_method *method = site->work->method;
	struct next_month next = {.now = site, .bill = now, .past = past};
	struct pr_arena scratch;
	if (!site->expected || site->never_quarters)
		return;
	pr_arena_init(&scratch);
	bool in_service = open_next(&next, &scratch);
	bool known = pr_forecast_basis_of(method, past, LAST, PR_FORECAST_ENERGY, true, &next.energy) &&
	             pr_forecast_basis_of(method, past, LAST, PR_FORECAST_MAXIMUM, true, &next.maximum);
	if (in_service && known)
		publish(&next, report);
	else
		note(&next, "forecast.none", in_service ? "days" : "service", in_service ? next.energy.days : 0);
	pr_arena_release(&scratch);
}
