/* Method, section 11: next month by kind of day, its interval, last month's forecast. */
#include "plant.h"

#include <string.h>

#include "analysis/forecast.h"

/* Months without holidays: 2026-01-01 is a Thursday. Every day is wholly measured; kWh by the caller. */
struct year {
	struct pr_method method;
	struct pr_past past[PR_PAST_MONTHS];
	struct pr_past_day days[PR_PAST_MONTHS][31];
};

/* The thirteen months to 2026-01; workdays 1,000 kWh and 100 kW, others 400 kWh and 40 kW. */
static void open_year(const struct plant *plant, struct year *year)
{
	struct pr_month month = {2025, 1};
	*year = (struct year){.method = plant->method};
	for (size_t m = 0; m < PR_PAST_MONTHS; m++, month = pr_month_add(month, 1)) {
		struct pr_past *past = &year->past[m];
		past->month = month;
		past->day_count = (size_t)pr_month_days(month.year, month.month);
		past->days = year->days[m];
		past->expected = past->measured = past->day_count * 96;
		past->demand_kw = MICRO(110);
		for (size_t d = 0; d < past->day_count; d++) {
			struct pr_past_day *day = &past->days[d];
			day->date = (struct pr_date){month.year, month.month, (int)d + 1};
			bool works = pr_date_weekday(day->date) < 6;
			day->kind = works ? PR_DAY_WORKDAY : PR_DAY_OFFDAY;
			day->expected = day->measured = 96;
			day->kwh = works ? MICRO(1000) : MICRO(400);
			day->largest = works ? MICRO(25) : MICRO(10);
		}
	}
}

static void expect(double value, double expected)
{
	if (!(fabs(value - expected) <= 1e-9 * fmax(1, fabs(expected))))
		fail_msg("%.12g, expected %.12g", value, expected);
}

/* Scales the energy of the days that end `to` and begin `from` days before the last day's end. */
static void scale(struct year *year, int from, int to, double factor)
{
	int back = 0;
	for (size_t m = PR_PAST_MONTHS; m-- > 0;)
		for (size_t d = year->past[m].day_count; d-- > 0; back++)
			if (back >= to && back < from)
				year->past[m].days[d].kwh = MICRO(pr_micro_to_double(year->past[m].days[d].kwh) * factor);
}

/* Always the same: no trend, no season. 20 workdays and 8 others (February 2026): 20 × 1,000 + 8 × 400 = 23,200; the
 * maxima 100 × 1.1, the months' 110 ÷ 100. */
static void test_steady(void **state)
{
	struct year year;
	struct pr_forecast_basis basis;
	enum pr_day_kind kinds[28];
	double shares[28];
	const struct pr_forecast_days days = {kinds, shares, 28};
	open_year(*state, &year);
	for (int d = 0; d < 28; d++) {
		kinds[d] = pr_date_weekday((struct pr_date){2026, 2, d + 1}) < 6 ? PR_DAY_WORKDAY : PR_DAY_OFFDAY;
		shares[d] = 1;
	}
	assert_true(pr_forecast_basis_of(&year.method, year.past, 12, PR_FORECAST_ENERGY, true, &basis));
	expect(basis.trend, 1);
	expect(basis.season, 1);
	assert_int_equal(basis.days, 56);
	expect(pr_forecast_of(&basis, PR_FORECAST_ENERGY, &days), 23200);
	shares[0] = 0.5; /* 1 February is a Sunday, half of it in service: 200 less */
	expect(pr_forecast_of(&basis, PR_FORECAST_ENERGY, &days), 23000);
	assert_true(pr_forecast_basis_of(&year.method, year.past, 12, PR_FORECAST_MAXIMUM, true, &basis));
	expect(basis.peak, 1.1);
	expect(pr_forecast_of(&basis, PR_FORECAST_MAXIMUM, &days), 110);
}

/* The last four weeks 10 % up: a trend of 1.1, of which half is believed; the mean of the eight weeks is 1,050 a workday.
 * Twice as much is bounded at 1.25: 1.125. Four weeks of fewer workdays alone are no trend (test_steady). */
static void test_trend(void **state)
{
	struct year year;
	struct pr_forecast_basis basis;
	open_year(*state, &year);
	scale(&year, 28, 0, 1.1);
	assert_true(pr_forecast_basis_of(&year.method, year.past, 12, PR_FORECAST_ENERGY, true, &basis));
	expect(basis.trend, 1.05);
	expect(basis.means[PR_DAY_WORKDAY], 1050);
	expect(basis.means[PR_DAY_OFFDAY], 420);
	expect(basis.means[PR_DAY_HOLIDAY], 420); /* no such day: as a day off */
	scale(&year, 28, 0, 2);
	assert_true(pr_forecast_basis_of(&year.method, year.past, 12, PR_FORECAST_ENERGY, true, &basis));
	expect(basis.trend, 1.125);
}

/* February 2025 had 20 % more a day than January 2025: the season is 1.2, kind by kind, whatever their numbers of days.
 * A January under the gate gives none. */
static void test_season(void **state)
{
	struct year year;
	struct pr_forecast_basis basis;
	open_year(*state, &year);
	for (size_t d = 0; d < year.past[1].day_count; d++)
		year.days[1][d].kwh = MICRO(pr_micro_to_double(year.days[1][d].kwh) * 1.2);
	assert_true(pr_forecast_basis_of(&year.method, year.past, 12, PR_FORECAST_ENERGY, true, &basis));
	expect(basis.season, 1.2);
	year.past[0].measured = year.past[0].expected * 94 / 100;
	assert_true(pr_forecast_basis_of(&year.method, year.past, 12, PR_FORECAST_ENERGY, true, &basis));
	expect(basis.season, 1);
}

/* 29 of the last 56 days missing: 27 are under four weeks. A day with 92 of 96 quarters counts as a whole one, with 91
 * (94.8 %) it doesn't. */
static void test_missing_days(void **state)
{
	struct year year;
	struct pr_forecast_basis basis;
	open_year(*state, &year);
	year.days[12][30].measured = 92;
	year.days[12][30].kwh = MICRO(2300); /* 30 January is a Friday, 31 a Saturday: 2,300 × 96 ÷ 92 = 2,400 */
	assert_true(pr_forecast_basis_of(&year.method, year.past, 12, PR_FORECAST_ENERGY, true, &basis));
	expect(basis.means[PR_DAY_OFFDAY], (15 * 400 + 2400) / 16.0);
	year.days[12][30].measured = 91;
	assert_true(pr_forecast_basis_of(&year.method, year.past, 12, PR_FORECAST_ENERGY, true, &basis));
	assert_int_equal(basis.days, 55);
	for (int d = 2; d < 30; d++)
		year.days[12][d].kwh = PR_MICRO_MISSING;
	assert_false(pr_forecast_basis_of(&year.method, year.past, 12, PR_FORECAST_ENERGY, true, &basis));
	assert_int_equal(basis.days, 27);
}

/* January 2025 alone forecasts February, 20 × 1,000 + 8 × 400 = 23,200, of which came 1.01 ×. */
static void test_errors(void **state)
{
	struct year year;
	double forecast, actual, low, high;
	open_year(*state, &year);
	for (size_t d = 0; d < 28; d++)
		year.days[1][d].kwh = MICRO(pr_micro_to_double(year.days[1][d].kwh) * 1.01);
	assert_true(pr_forecast_score(&year.method, year.past, 1, PR_FORECAST_ENERGY, &forecast, &actual));
	expect(forecast, 23200);
	expect(actual, 23432);
	/* Twelve errors; all of the others' lie within 1 %: the second smallest and the eleventh hold 1. */
	assert_int_equal(pr_forecast_interval(&year.method, year.past, PR_FORECAST_ENERGY, &low, &high), 12);
	assert_true(low <= 1 && low > 0.99 && high >= 1 && high < 1.01);
	assert_false(pr_forecast_score(&year.method, year.past, 0, PR_FORECAST_ENERGY, &forecast, &actual));
}

/* With two months only one error: ±1.28 standard deviations of eight weeks. Four weeks of 3,000 kWh more alternate with
 * four of 3,000 less than the mean: weekly day means 800 and 1,200 by turns, mean 1,000, σ = √(8 × 200² ÷ 7). */
static void test_weeks(void **state)
{
	struct year year;
	double low, high;
	int back = 0;
	open_year(*state, &year);
	for (size_t m = PR_PAST_MONTHS; m-- > 0;)
		for (size_t d = year.past[m].day_count; d-- > 0; back++)
			year.past[m].days[d].kwh = m < 11 ? PR_MICRO_MISSING : back / 7 % 2 ? MICRO(1200) : MICRO(800);
	for (size_t m = 0; m < 11; m++)
		year.past[m].measured = 0;
	assert_int_equal(pr_forecast_interval(&year.method, year.past, PR_FORECAST_ENERGY, &low, &high), 0);
	double deviation = 1.28 * sqrt(8 * 200.0 * 200.0 / 7) / 1000;
	expect(low, 1 - deviation);
	expect(high, 1 + deviation);
}

/* Two months at 10 kWh a quarter (40 kW), 0.50 a kWh, demand price 20 by actual demand, no standard: April has 2,880
 * quarters, 28,800 kWh, 14,400.00 + 40 × 20 = 800.00. */
static void test_published(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *tariff = plant_tariff(plant, 0, 1, "2020-01-01");
	plant_slot(plant, tariff, PR_DAY_ALL, 0, 24, PR_SLOT_FLAT, 0.5);
	tariff->basic_mode = PR_BASIC_ACTUAL;
	tariff->demand_price = MICRO(20);
	plant_fill(plant, 0, 0, "2026-02-01T00:00", "2026-04-01T00:00", 10, 0);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "forecast.energy"), "28800");
	plant_expect(plant_value(plant, 0, "forecast.demand"), "40");
	plant_expect(plant_value(plant, 0, "forecast.charge"), "15200");
	plant_expect(plant_value(plant, 0, "forecast.last.error"), "0");
	plant_expect(plant_value(plant, 0, "forecast.last.energy"), "29760");
	plant_expect(plant_value(plant, 0, "forecast.errors"), "0");
	plant_expect(plant_value(plant, 0, "forecast.energy.low"), "28800"); /* weeks without a deviation */
	assert_non_null(plant_note(plant, "forecast.interval"));
}

/* A dearer tariff from 16 April on: half of the energy at 0.80, and its demand price for half of the month. 14,400 ×
 * 0.50 + 14,400 × 0.80 + 40 × (20 + 30) ÷ 2 = 7,200 + 11,520 + 1,000. */
static void test_next_tariff(void **state)
{
	struct plant *plant = *state;
	for (int i = 0; i < 2; i++) {
		struct pr_tariff *tariff = plant_tariff(plant, 0, i + 1, i ? "2026-04-16" : "2020-01-01");
		plant_slot(plant, tariff, PR_DAY_ALL, 0, 24, PR_SLOT_FLAT, i ? 0.8 : 0.5);
		tariff->basic_mode = PR_BASIC_ACTUAL;
		tariff->demand_price = i ? MICRO(30) : MICRO(20);
	}
	plant->projects[0].tariffs[0].validity.to_ms = plant_time(plant, 0, "2026-04-16");
	plant_fill(plant, 0, 0, "2026-02-01T00:00", "2026-04-01T00:00", 10, 0);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "forecast.charge"), "19720");
}

static void test_none(void **state)
{
	struct plant *plant = *state;
	plant_fill(plant, 0, 0, "2026-03-06T00:00", "2026-04-01T00:00", 10, 0); /* 26 days */
	plant_analyse(plant);
	assert_null(pr_findings_get(&plant->report.projects[0].findings, "forecast.energy"));
	assert_string_equal(plant_note(plant, "forecast.none")->detail, "days");
	assert_int_equal(plant_note(plant, "forecast.none")->count, 26);
}

/* The incomer goes out of service with the month. Without a tariff there is no charge, and the month's own note says so. */
static void test_end_of_service(void **state)
{
	struct plant *plant = *state;
	plant_fill(plant, 0, 0, "2026-02-01T00:00", "2026-04-01T00:00", 10, 0);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "forecast.energy"), "28800");
	assert_null(pr_findings_get(&plant->report.projects[0].findings, "forecast.charge"));
	assert_null(plant_note(plant, "forecast.charge"));
	plant->projects[0].points[0].validity.to_ms = plant_time(plant, 0, "2026-04-01");
	plant_analyse(plant);
	assert_null(pr_findings_get(&plant->report.projects[0].findings, "forecast.energy"));
	assert_string_equal(plant_note(plant, "forecast.none")->detail, "service");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"steady days go on as they were", test_steady, plant_open, plant_close, NULL},
		{"half of a trend is believed, within bounds", test_trend, plant_open, plant_close, NULL},
		{"last year's season, kind by kind", test_season, plant_open, plant_close, NULL},
		{"days that are missing don't count, and four weeks are needed", test_missing_days, plant_open, plant_close,
			NULL},
		{"the rule's own errors make the interval", test_errors, plant_open, plant_close, NULL},
		{"with few errors the weeks do", test_weeks, plant_open, plant_close, NULL},
		{"energy, demand and charge of the next month", test_published, plant_open, plant_close, NULL},
		{"next month's tariffs make next month's charge", test_next_tariff, plant_open, plant_close, NULL},
		{"under four weeks there is none", test_none, plant_open, plant_close, NULL},
		{"what goes out of service has no next month", test_end_of_service, plant_open, plant_close, NULL},
	};
	return cmocka_run_group_tests_name("forecast", tests, NULL, NULL);
}
