#include "analysis/series.h"

#include <math.h>

#include "analysis/usage.h"

#define DAY_QUARTERS 96

double *pr_series_add(struct pr_arena *arena, struct pr_project_report *report, const char *id, const char *unit,
	const char *step, int64_t start_ms, size_t count)
{
	struct pr_series *series = PR_PUSH(arena, report->series, report->series_count, report->series_capacity);
	*series = (struct pr_series){id, unit, step, start_ms, NULL, count};
	series->values = pr_arena_array(arena, count, sizeof *series->values);
	for (size_t i = 0; i < count; i++)
		series->values[i] = NAN;
	return series->values;
}

static double *add(const struct pr_site *site, struct pr_project_report *report, const char *id, const char *unit,
	const char *step, size_t count)
{
	return pr_series_add(site->work->arena, report, id, unit, step, site->window.from_ms, count);
}

static void add_load(const struct pr_site *site, struct pr_project_report *report)
{
	double *load = add(site, report, "load", "kW", "PT15M", site->window.count);
	for (size_t i = 0; i < site->window.count; i++)
		load[i] = pr_micro_to_double(pr_demand_kw(site->quarters[i].kwh));
}

static void add_days(const struct pr_site *site, const pr_micro *days, struct pr_project_report *report)
{
	size_t count = site->window.day_count;
	double *energy = add(site, report, "energy_day", "kWh", "P1D", count);
	double *demand = add(site, report, "demand_day", "kW", "P1D", count);
	for (size_t i = 0; i < count; i++)
		energy[i] = pr_micro_to_double(days[i]);
	for (size_t i = 0; i < site->window.count; i++) {
		double kw = pr_micro_to_double(pr_demand_kw(site->quarters[i].partial_kwh));
		double *largest = &demand[site->window.quarters[i].day];
		*largest = fmax(*largest, kw);
	}
}

/* Each slot that the month's quarters fall under: kWh a day; 0 where a measured day has no such quarter, missing where
 * the day has some and none was measured. */
static void add_slots(const struct pr_site *site, const pr_micro *days, struct pr_project_report *report)
{
	size_t count = site->window.day_count;
	struct pr_arena *arena = site->work->arena;
	for (int slot = 0; slot < PR_SLOT_COUNT; slot++) {
		pr_micro *sums = pr_arena_array(arena, count, sizeof *sums);
		bool *occurs = pr_arena_array(arena, count, sizeof *occurs), any = false;
		for (size_t i = 0; i < count; i++)
			sums[i] = PR_MICRO_MISSING;
		for (size_t i = 0; i < site->window.count; i++) {
			size_t day = site->window.quarters[i].day;
			if (site->quarters[i].slot != slot)
				continue;
			any = occurs[day] = true;
			sums[day] = pr_sum_present(sums[day], site->quarters[i].partial_kwh);
		}
		if (!any)
			continue;
		double *values =
			add(site, report, pr_arena_format(arena, "energy_slot_day.%s", pr_slot_names[slot]), "kWh", "P1D", count);
		for (size_t i = 0; i < count; i++)
			values[i] = !occurs[i] && days[i] != PR_MICRO_MISSING ? 0 : pr_micro_to_double(sums[i]);
	}
}

/* The mean of each quarter of the day over the workdays, or over all other days. */
static void add_typical(const struct pr_site *site, const char *id, bool workdays, struct pr_project_report *report)
{
	pr_wide sums[DAY_QUARTERS] = {0};
	uint32_t counts[DAY_QUARTERS] = {0};
	for (size_t i = 0; i < site->window.count; i++) {
		const struct pr_window_quarter *at = &site->window.quarters[i];
		pr_micro kw = pr_demand_kw(site->quarters[i].kwh);
		if ((site->window.days[at->day].kind == PR_DAY_WORKDAY) != workdays || kw == PR_MICRO_MISSING)
			continue;
		sums[at->minute / 15] += kw;
		counts[at->minute / 15]++;
	}
	double *values = add(site, report, id, "kW", "PT15M", DAY_QUARTERS);
	for (size_t i = 0; i < DAY_QUARTERS; i++)
		if (counts[i])
			values[i] = pr_micro_to_double(pr_micro_ratio(sums[i], (pr_wide)counts[i] * PR_MICRO_ONE, 4));
}

/* One day's load: 96 quarters, 92 or 100 where clocks change. */
static void add_one_day(const struct pr_site *site, const char *id, int day, struct pr_project_report *report)
{
	size_t first = site->window.count, count = 0;
	if (day < 0)
		return;
	for (size_t i = 0; i < site->window.count; i++) {
		if (site->window.quarters[i].day != day)
			continue;
		if (!count++)
			first = i;
	}
	if (!count)
		return;
	double *values =
		pr_series_add(site->work->arena, report, id, "kW", "PT15M", site->window.quarters[first].start_ms, count);
	for (size_t i = 0, at = 0; i < site->window.count; i++)
		if (site->window.quarters[i].day == day)
			values[at++] = pr_micro_to_double(pr_demand_kw(site->quarters[i].partial_kwh));
}

void pr_series_month(const struct pr_site *site, const struct pr_demand *demand, struct pr_project_report *report)
{
	const pr_micro *days = pr_usage_days(site);
	add_load(site, report);
	add_days(site, days, report);
	add_slots(site, days, report);
	add_typical(site, "typical_workday", true, report);
	add_typical(site, "typical_offday", false, report);
	int peak_day = demand->kw == PR_MICRO_MISSING ? -1 : site->window.quarters[demand->quarter].day;
	add_one_day(site, "peak_day", peak_day, report);
	add_one_day(site, "largest_day", pr_usage_largest_day(site, days), report);
}
