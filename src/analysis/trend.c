#include "analysis/trend.h"

#include <math.h>
#include <stdlib.h>

#define PHASES 3

/* What a kind is made of: up to three fields, and how. */
static const struct {
	enum pr_minute_field fields[PHASES];
	int field_count;
	enum { MAKE_BAND, MAKE_UNBALANCE, MAKE_BALANCE, MAKE_POWER_FACTOR } make;
} kinds[PR_TREND_KIND_COUNT] = {
	[PR_TREND_VOLTAGE] = {{PR_UA, PR_UB, PR_UC}, 3, MAKE_BAND},
	[PR_TREND_UNBALANCE] = {{PR_UAB, PR_UBC, PR_UCA}, 3, MAKE_UNBALANCE},
	[PR_TREND_FREQUENCY] = {{PR_FREQ, PR_FREQ, PR_FREQ}, 1, MAKE_BAND},
	[PR_TREND_THD] = {{PR_THDUA, PR_THDUB, PR_THDUC}, 3, MAKE_BAND},
	[PR_TREND_CURRENT_BALANCE] = {{PR_IA, PR_IB, PR_IC}, 3, MAKE_BALANCE},
	[PR_TREND_POWER_FACTOR] = {{PR_PTTL, PR_QTTL, PR_QTTL}, 2, MAKE_POWER_FACTOR},
	[PR_TREND_CURRENT_A] = {{PR_IA, PR_IA, PR_IA}, 1, MAKE_BAND},
	[PR_TREND_CURRENT_B] = {{PR_IB, PR_IB, PR_IB}, 1, MAKE_BAND},
	[PR_TREND_CURRENT_C] = {{PR_IC, PR_IC, PR_IC}, 1, MAKE_BAND},
};

/* The fields of a kind for a wiring: the voltages of 3p3w points are line to line. */
static enum pr_minute_field field_of(enum pr_trend_kind kind, int index, enum pr_wiring wiring)
{
	static const enum pr_minute_field lines[PHASES] = {PR_UAB, PR_UBC, PR_UCA};

	if (kind == PR_TREND_VOLTAGE && wiring == PR_WIRING_3P3W)
		return lines[index];
	return kinds[kind].fields[index];
}

static const struct pr_bucket *bucket_at(const struct pr_minute_buckets *minutes, enum pr_minute_field field, size_t at)
{
	const struct pr_bucket *buckets = minutes->fields[field].buckets;

	return buckets && buckets[at].count > 0 ? &buckets[at] : NULL;
}

static double mean_at(const struct pr_minute_buckets *minutes, enum pr_minute_field field, size_t at)
{
	const struct pr_bucket *bucket = bucket_at(minutes, field, at);

	return bucket ? bucket->sum / bucket->count : (double)NAN;
}

struct band {
	double low, mean, high;
};

static struct band no_band(void)
{
	return (struct band){(double)NAN, (double)NAN, (double)NAN};
}

/* Over the phases that were measured: the lowest and the highest sample, and the mean of the means. */
static struct band band_at(
	const struct pr_minute_buckets *minutes, enum pr_trend_kind kind, enum pr_wiring wiring, size_t at)
{
	struct band band = no_band();
	double sum = 0;
	int count = 0;

	for (int i = 0; i < kinds[kind].field_count && i < PHASES; i++) {
		const struct pr_bucket *bucket = bucket_at(minutes, field_of(kind, i, wiring), at);
		if (!bucket)
			continue;
		band.low = fmin(band.low, bucket->minimum);
		band.high = fmax(band.high, bucket->maximum);
		sum += bucket->sum / bucket->count;
		count++;
	}
	if (count)
		band.mean = sum / count;
	return band;
}

/* GB/T 15543: from the three line voltages (method 5). */
static double unbalance(double a, double b, double c)
{
	double squares = a * a + b * b + c * c;
	double l = (pow(a, 4) + pow(b, 4) + pow(c, 4)) / (squares * squares);
	double root = sqrt(fmin(fmax(3 - 6 * l, 0), 1));

	return 100 * sqrt((1 - root) / (1 + root));
}

/* The largest deviation from the mean ÷ mean, %. */
static double imbalance(double a, double b, double c)
{
	double mean = (a + b + c) / 3;

	return mean > 0 ? 100 * fmax(fmax(fabs(a - mean), fabs(b - mean)), fabs(c - mean)) / mean : (double)NAN;
}

static int compare_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

/* Below this |P| a power factor is none: the quality's share of the load at its rank, here of the quarters' means. */
static double least_load(
	const struct pr_minute_buckets *minutes, const struct pr_quality_rules *rules, struct pr_arena *arena)
{
	double *loads = pr_arena_array(arena, minutes->count, sizeof *loads);
	size_t count = 0;

	for (size_t i = 0; i < minutes->count; i++) {
		double load = fabs(mean_at(minutes, PR_PTTL, i));
		if (!isnan(load))
			loads[count++] = load;
	}
	if (!count)
		return 0;
	qsort(loads, count, sizeof *loads, compare_doubles);
	return rules->load_share * loads[(count * (size_t)rules->load_rank_percent + 99) / 100 - 1];
}

static double single_at(const struct pr_minute_buckets *minutes, enum pr_trend_kind kind, size_t at, double least)
{
	double values[PHASES] = {(double)NAN, (double)NAN, (double)NAN};

	for (int i = 0; i < kinds[kind].field_count && i < PHASES; i++)
		values[i] = mean_at(minutes, kinds[kind].fields[i], at);
	switch (kinds[kind].make) {
	case MAKE_UNBALANCE:
		return values[0] > 0 && values[1] > 0 && values[2] > 0 ? unbalance(values[0], values[1], values[2])
		                                                       : (double)NAN;
	case MAKE_BALANCE:
		return imbalance(values[0], values[1], values[2]);
	case MAKE_POWER_FACTOR:
		return fabs(values[0]) > least ? fabs(values[0]) / hypot(values[0], values[1]) : (double)NAN;
	case MAKE_BAND:
		break;
	}
	return (double)NAN;
}

/* In the unit of the parameter: deviations from the nominal value. */
static struct band converted(struct band band, enum pr_trend_kind kind, const struct pr_quality_rules *rules)
{
	if (kind == PR_TREND_FREQUENCY)
		return (struct band){
			band.low - rules->nominal_hz, band.mean - rules->nominal_hz, band.high - rules->nominal_hz};
	if (kind != PR_TREND_VOLTAGE)
		return band;
	/* Samples of an outage are in no other voltage figure, and cannot be told from the others of their quarter. */
	if (!(rules->nominal_v > 0) || band.low < rules->outage_share * rules->nominal_v)
		return no_band();
	return (struct band){100 * (band.low / rules->nominal_v - 1), 100 * (band.mean / rules->nominal_v - 1),
		100 * (band.high / rules->nominal_v - 1)};
}

/* The quarter of the month that the first bucket is. */
static size_t first_quarter(const struct pr_project_report *project, const struct pr_minute_buckets *minutes)
{
	return (size_t)((minutes->from_ms - project->month_from_ms) / PR_MS_QUARTER);
}

bool pr_trend_make(const struct pr_project_report *project, const struct pr_point_data *data, enum pr_trend_kind kind,
	struct pr_arena *arena, struct pr_trend *trend)
{
	const struct pr_minute_buckets *minutes = data->minutes;
	bool any = false;
	double least;

	if (!minutes || !data->quality || minutes->from_ms < project->month_from_ms)
		return false;
	least = kinds[kind].make == MAKE_POWER_FACTOR ? least_load(minutes, &data->quality->rules, arena) : 0;
	trend->count = (size_t)((project->month_to_ms - project->month_from_ms) / PR_MS_QUARTER);
	trend->low = pr_arena_array(arena, trend->count, sizeof *trend->low);
	trend->mean = pr_arena_array(arena, trend->count, sizeof *trend->mean);
	trend->high = pr_arena_array(arena, trend->count, sizeof *trend->high);
	for (size_t i = 0; i < trend->count; i++)
		trend->low[i] = trend->mean[i] = trend->high[i] = NAN;
	for (size_t i = 0, at = first_quarter(project, minutes); i < minutes->count && at < trend->count; i++, at++) {
		struct band band;
		if (kinds[kind].make == MAKE_BAND) {
			band = converted(band_at(minutes, kind, data->quality->rules.wiring, i), kind, &data->quality->rules);
		} else {
			band.low = band.mean = band.high = single_at(minutes, kind, i, least);
		}
		trend->low[at] = band.low;
		trend->mean[at] = band.mean;
		trend->high[at] = band.high;
		any = any || !isnan(band.mean);
	}
	return any;
}

bool pr_trend_hours(
	const struct pr_project_report *project, const struct pr_point_data *data, double shares[PR_DAY_HOURS])
{
	const struct pr_minute_buckets *minutes = data->minutes;
	uint32_t measured[PR_DAY_HOURS] = {0}, beyond[PR_DAY_HOURS] = {0};
	bool any = false;

	for (int hour = 0; hour < PR_DAY_HOURS; hour++)
		shares[hour] = NAN;
	if (!minutes || !data->quality)
		return false;
	for (size_t i = 0; i < minutes->count; i++) {
		const struct pr_quality_rules *rules = &data->quality->rules;
		struct band band = band_at(minutes, PR_TREND_VOLTAGE, rules->wiring, i);
		struct pr_local_time local =
			pr_zone_local(project->project->zone, minutes->from_ms + (int64_t)i * minutes->step_ms);
		int hour = local.minute_of_day / 60;
		if (isnan(band.low) || band.low < rules->outage_share * rules->nominal_v)
			continue;
		measured[hour]++;
		beyond[hour] += band.low < rules->voltage.low || band.high > rules->voltage.high;
	}
	for (int hour = 0; hour < PR_DAY_HOURS; hour++) {
		if (!measured[hour])
			continue;
		shares[hour] = (double)beyond[hour] / measured[hour];
		any = true;
	}
	return any;
}
