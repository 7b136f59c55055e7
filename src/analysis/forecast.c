#include "analysis/forecast.h"

#include <math.h>

#define DAYS_A_WEEK 7
#define LAST (PR_PAST_MONTHS - 1)
/* A month's maximum ÷ mean daily maximum says something with so many days. */
#define LEAST_DAYS_OF_MONTH 20
/* A week's mean rests on so many of its days. */
#define LEAST_DAYS_OF_WEEK 4

static bool is_counted(const struct pr_method *method, const struct pr_past_day *day)
{
	return day->expected > 0 && day->kwh != PR_MICRO_MISSING && day->kwh != PR_SUM_LOST &&
	       !pr_below_gate(method, day->measured, day->expected);
}

/* A day's energy as of a whole day; its largest quarter in kW. */
static double figure_of(const struct pr_past_day *day, enum pr_forecast_figure figure)
{
	if (figure == PR_FORECAST_MAXIMUM)
		return pr_micro_to_double(day->largest) * 4;
	return pr_micro_to_double(day->kwh) * (double)day->expected / (double)day->measured;
}

/* --- means by kind of day ---------------------------------------------------------------------------------------- */

struct sums {
	double sums[PR_DAY_COUNT];
	size_t counts[PR_DAY_COUNT], count;
};

/* A stretch of days that ends `to` days before the end of the month `origin` and begins `from` days before it. */
struct stretch {
	const struct pr_method *method;
	const struct pr_past *past;
	size_t origin, from, to;
	enum pr_forecast_figure figure;
};

/* Calls for every counted day of a stretch, the last one first. */
static void each_day(
	const struct stretch *stretch, void (*take)(void *, const struct pr_past_day *, size_t back), void *context)
{
	size_t back = 0;
	for (size_t m = stretch->origin + 1; m-- > 0;) {
		const struct pr_past *past = &stretch->past[m];
		for (size_t d = past->day_count; d-- > 0; back++) {
			if (back >= stretch->from)
				return;
			if (back >= stretch->to && is_counted(stretch->method, &past->days[d]))
				take(context, &past->days[d], back);
		}
	}
}

struct summing {
	struct sums *sums;
	enum pr_forecast_figure figure;
};

static void add_day(void *context, const struct pr_past_day *day, size_t back)
{
	const struct summing *summing = context;
	(void)back;
	summing->sums->sums[day->kind] += figure_of(day, summing->figure);
	summing->sums->counts[day->kind]++;
	summing->sums->count++;
}

static struct sums sum_stretch(const struct stretch *stretch)
{
	struct sums sums = {.count = 0};
	struct summing summing = {&sums, stretch->figure};
	each_day(stretch, add_day, &summing);
	return sums;
}

static struct sums sum_month(
	const struct pr_method *method, const struct pr_past *past, size_t month, enum pr_forecast_figure figure)
{
	const struct stretch stretch = {method, past, month, past[month].day_count, 0, figure};
	return sum_stretch(&stretch);
}

/* The kind that stands in for one that has no day. */
static enum pr_day_kind known_kind(const size_t counts[PR_DAY_COUNT], enum pr_day_kind kind)
{
	static const enum pr_day_kind others[PR_DAY_COUNT][3] = {
		[PR_DAY_ALL] = {PR_DAY_WORKDAY, PR_DAY_OFFDAY, PR_DAY_HOLIDAY},
		[PR_DAY_WORKDAY] = {PR_DAY_WORKDAY, PR_DAY_OFFDAY, PR_DAY_HOLIDAY},
		[PR_DAY_OFFDAY] = {PR_DAY_OFFDAY, PR_DAY_HOLIDAY, PR_DAY_WORKDAY},
		[PR_DAY_HOLIDAY] = {PR_DAY_HOLIDAY, PR_DAY_OFFDAY, PR_DAY_WORKDAY},
	};
	for (size_t i = 0; i < 3; i++)
		if (counts[others[kind][i]])
			return others[kind][i];
	return kind;
}

static double mean_of(const struct sums *sums, enum pr_day_kind kind)
{
	enum pr_day_kind known = known_kind(sums->counts, kind);
	return sums->sums[known] / (double)sums->counts[known];
}

/* Σ of one stretch against what its days would have had at another's means: like is compared with like. */
static double ratio_of(const struct sums *later, const struct sums *earlier)
{
	double sum = 0, expected = 0;
	if (!later->count || !earlier->count)
		return 1;
	for (int kind = 0; kind < PR_DAY_COUNT; kind++) {
		if (!later->counts[kind])
			continue;
		sum += later->sums[kind];
		expected += (double)later->counts[kind] * mean_of(earlier, (enum pr_day_kind)kind);
	}
	return expected > 0 && sum > 0 ? sum / expected : 1;
}

/* --- the rule ---------------------------------------------------------------------------------------------------- */

/* Half of what the last weeks differ by from those before, within the bounds. */
static double trend_of(
	const struct pr_method *method, const struct pr_past *past, size_t origin, enum pr_forecast_figure figure)
{
	const struct pr_forecast_rules *rules = &method->forecast;
	size_t days = (size_t)rules->trend_weeks * DAYS_A_WEEK;
	const struct stretch last = {method, past, origin, days, 0, figure},
						 before = {method, past, origin, 2 * days, days, figure};
	struct sums later = sum_stretch(&last), earlier = sum_stretch(&before);
	if (later.count * 2 < days || earlier.count * 2 < days)
		return 1;
	double trend = fmin(fmax(ratio_of(&later, &earlier), rules->trend_low), rules->trend_high);
	return 1 + rules->trend_weight * (trend - 1);
}

static bool is_whole(const struct pr_method *method, const struct pr_past *past)
{
	return past->measured > 0 && !pr_below_gate(method, past->measured, past->expected);
}

/* The mean of the months' maximum ÷ the largest mean daily maximum of a kind; 1 where no month says. */
static double peak_of(const struct pr_method *method, const struct pr_past *past, size_t origin)
{
	double sum = 0;
	size_t count = 0;
	for (size_t m = 0; m <= origin; m++) {
		struct sums sums = sum_month(method, past, m, PR_FORECAST_MAXIMUM);
		double largest = 0;
		for (int kind = 0; kind < PR_DAY_COUNT; kind++)
			if (sums.counts[kind])
				largest = fmax(largest, sums.sums[kind] / (double)sums.counts[kind]);
		if (sums.count < LEAST_DAYS_OF_MONTH || !(largest > 0) || past[m].demand_kw == PR_MICRO_MISSING)
			continue;
		sum += pr_micro_to_double(past[m].demand_kw) / largest;
		count++;
	}
	return count ? sum / (double)count : 1;
}

bool pr_forecast_basis_of(const struct pr_method *method, const struct pr_past *past, size_t origin,
	enum pr_forecast_figure figure, bool has_year, struct pr_forecast_basis *basis)
{
	const struct pr_forecast_rules *rules = &method->forecast;
	const struct stretch weeks = {method, past, origin, (size_t)rules->weeks * DAYS_A_WEEK, 0, figure};
	struct sums sums = sum_stretch(&weeks);
	*basis = (struct pr_forecast_basis){.trend = 1, .season = 1, .peak = 1, .days = sums.count};
	if (sums.count < (size_t)rules->least_weeks * DAYS_A_WEEK)
		return false;
	for (int kind = 0; kind < PR_DAY_COUNT; kind++)
		basis->means[kind] =
			sums.counts[kind] ? sums.sums[kind] / (double)sums.counts[kind] : mean_of(&sums, (enum pr_day_kind)kind);
	basis->trend = trend_of(method, past, origin, figure);
	if (has_year && is_whole(method, &past[0]) && is_whole(method, &past[1])) {
		struct sums then = sum_month(method, past, 0, figure), next = sum_month(method, past, 1, figure);
		basis->season = ratio_of(&next, &then);
	}
	if (figure == PR_FORECAST_MAXIMUM)
		basis->peak = peak_of(method, past, origin);
	return true;
}

double pr_forecast_of(
	const struct pr_forecast_basis *basis, enum pr_forecast_figure figure, const struct pr_forecast_days *days)
{
	double sum = 0, largest = NAN, factor = basis->trend * basis->season * basis->peak;
	for (size_t i = 0; i < days->count; i++) {
		if (!(days->shares[i] > 0))
			continue;
		double mean = basis->means[days->kinds[i]];
		sum += mean * days->shares[i];
		largest = fmax(largest, mean);
	}
	return (figure == PR_FORECAST_MAXIMUM || isnan(largest) ? largest : sum) * factor;
}

bool pr_forecast_score(const struct pr_method *method, const struct pr_past *past, size_t month,
	enum pr_forecast_figure figure, double *forecast, double *actual)
{
	struct pr_forecast_basis basis;
	enum pr_day_kind kinds[31];
	double shares[31];
	struct pr_forecast_days days = {kinds, shares, 0};
	if (month == 0 || !is_whole(method, &past[month]) ||
		!pr_forecast_basis_of(method, past, month - 1, figure, false, &basis))
		return false;
	*actual = 0;
	for (size_t d = 0; d < past[month].day_count && d < 31; d++) {
		const struct pr_past_day *day = &past[month].days[d];
		if (!is_counted(method, day))
			continue;
		kinds[days.count] = day->kind;
		shares[days.count++] = 1;
		*actual += figure_of(day, PR_FORECAST_ENERGY);
	}
	if (figure == PR_FORECAST_MAXIMUM)
		*actual = pr_micro_to_double(past[month].demand_kw);
	*forecast = pr_forecast_of(&basis, figure, &days);
	return *forecast > 0 && *actual > 0;
}

/* --- the interval ------------------------------------------------------------------------------------------------ */

struct weeks {
	double sums[53], largest[53];
	size_t counts[53];
};

static void add_to_week(void *context, const struct pr_past_day *day, size_t back)
{
	struct weeks *weeks = context;
	size_t week = back / DAYS_A_WEEK;
	weeks->sums[week] += figure_of(day, PR_FORECAST_ENERGY);
	weeks->largest[week] = fmax(weeks->largest[week], figure_of(day, PR_FORECAST_MAXIMUM));
	weeks->counts[week]++;
}

/* Standard deviation of the weeks ÷ their mean: of a day's mean energy, or of a week's maximum. NaN under two weeks. */
static double deviation_of_weeks(
	const struct pr_method *method, const struct pr_past *past, enum pr_forecast_figure figure)
{
	struct weeks weeks = {.counts = {0}};
	const size_t count = (size_t)method->forecast.weeks;
	const struct stretch stretch = {method, past, LAST, count * DAYS_A_WEEK, 0, figure};
	double values[53], sum = 0, squares = 0;
	size_t used = 0;
	each_day(&stretch, add_to_week, &weeks);
	for (size_t w = 0; w < count; w++) {
		if (weeks.counts[w] < LEAST_DAYS_OF_WEEK)
			continue;
		values[used] = figure == PR_FORECAST_MAXIMUM ? weeks.largest[w] : weeks.sums[w] / (double)weeks.counts[w];
		sum += values[used++];
	}
	double mean = sum / (double)used;
	if (used < 2 || !(mean > 0))
		return (double)NAN;
	for (size_t w = 0; w < used; w++)
		squares += (values[w] - mean) * (values[w] - mean);
	return sqrt(squares / (double)(used - 1)) / mean;
}

size_t pr_forecast_interval(const struct pr_method *method, const struct pr_past *past, enum pr_forecast_figure figure,
	double *low, double *high)
{
	const struct pr_forecast_rules *rules = &method->forecast;
	pr_micro ratios[PR_PAST_MONTHS];
	size_t count = 0;
	for (size_t month = 1; month < PR_PAST_MONTHS; month++) {
		double forecast, actual;
		if (pr_forecast_score(method, past, month, figure, &forecast, &actual))
			ratios[count++] = pr_micro_from_double(actual / forecast);
	}
	if (count < (size_t)rules->least_errors) {
		double deviation = rules->deviations * deviation_of_weeks(method, past, figure);
		*low = isnan(deviation) ? deviation : fmax(0, 1 - deviation);
		*high = 1 + deviation;
		return 0;
	}
	pr_sort_micro(ratios, count);
	/* Errors of one sign don't put the forecast outside its own interval. */
	*low = fmin(1, pr_micro_to_double(pr_nearest_rank(ratios, count, rules->low_rank)));
	*high = fmax(1, pr_micro_to_double(pr_nearest_rank(ratios, count, rules->high_rank)));
	return count;
}
