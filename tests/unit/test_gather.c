#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "source/gather.h"
#include "stores.h"

#define EARLY_MS INT64_C(120000)
#define HISTORY_MS (92 * PR_MS_DAY)

/* The defaults of method 1. */
static const struct pr_method method = {.plausibility = {.quarter_history_days = 92,
											.voltage_nominal_factor = 1.5,
											.current_rated_factor = 10,
											.power_rating_factor = 2,
											.frequency_low_hz = 40,
											.frequency_high_hz = 70,
											.distortion_high_percent = 400,
											.idle_phase_share = 0.02}};

struct gathered {
	struct pr_directory directory;
	struct pr_dataset dataset;
};

static struct gathered gather(struct stores *stores, int64_t tenant, struct pr_month month, int64_t cutoff_ms)
{
	struct gathered *gathered = pr_arena_alloc(&stores->arena, sizeof *gathered);
	if (!pr_source_directory(stores->source, tenant, &stores->arena, &gathered->directory, &stores->error) ||
		!pr_gather(stores->source, &gathered->directory, &method, month, cutoff_ms, &stores->arena, &gathered->dataset,
			&stores->error))
		fail_msg("%s", stores->error.text);
	return *gathered;
}

static void expect_window(const struct pr_quarter_rows *window, int64_t point_id, int64_t from_ms, int64_t to_ms)
{
	assert_int_equal(window->point_id, point_id);
	assert_int_equal(window->from_ms, from_ms);
	assert_int_equal(window->to_ms, to_ms);
}

/*
 * August 2026. Works (Shanghai, +08:00): main point 101 since 2026-01-01 local = 1767196800000, so of the 13 months
 * eight; August ends 2026-08-31T16:00Z = 1788192000000. 102 has neither transformer nor rated current: July begins
 * 2026-06-30T16:00Z = 1782835200000, and 92 days come before it. 103 went at that instant and is in no August. Store
 * (Berlin): 201 since 2025-12-31T17:00 local, so from December = 2025-11-30T23:00Z = 1764543600000 to
 * 2026-08-31T22:00Z = 1788213600000.
 */
static void windows_are_the_months_that_a_point_needs(void **state)
{
	struct stores *stores = *state;
	stores_put_plant(stores);
	stores_open(stores, stores->csv);
	struct gathered gathered = gather(stores, 2, (struct pr_month){2026, 8}, INT64_MAX);
	const struct pr_project_data *works = &gathered.dataset.projects[0];
	assert_int_equal(works->project->id, 10);
	assert_int_equal(works->points[0].window_count, 1);
	expect_window(works->points[0].windows, 101, INT64_C(1767196800000) - EARLY_MS, INT64_C(1788192000000));
	assert_int_equal(works->points[1].window_count, 1);
	expect_window(
		works->points[1].windows, 102, INT64_C(1782835200000) - EARLY_MS - HISTORY_MS, INT64_C(1788192000000));
	assert_int_equal(works->points[2].window_count, 0);
	const struct pr_point_data *store = &gathered.dataset.projects[1].points[0];
	assert_int_equal(store->window_count, 1);
	expect_window(store->windows, 201, INT64_C(1764543600000) - EARLY_MS - HISTORY_MS, INT64_C(1788213600000));
}

/* March 2027: the feeder 102 needs March 2026 too, and nothing between. */
static void the_month_a_year_before_is_a_window_of_its_own(void **state)
{
	struct stores *stores = *state;
	stores_put_plant(stores);
	stores_open(stores, stores->csv);
	struct gathered gathered = gather(stores, 1, (struct pr_month){2027, 3}, INT64_MAX);
	const struct pr_point_data *feeder = &gathered.dataset.projects[0].points[1];
	assert_int_equal(feeder->window_count, 2);
	/* 2026-02-28T16:00Z and 2026-03-31T16:00Z; 2027-01-31T16:00Z and 2027-03-31T16:00Z */
	expect_window(&feeder->windows[0], 102, INT64_C(1772294400000) - EARLY_MS - HISTORY_MS, INT64_C(1774972800000));
	expect_window(&feeder->windows[1], 102, INT64_C(1801411200000) - EARLY_MS - HISTORY_MS, INT64_C(1806508800000));
}

/* The bill of August runs from the 5th to the 5th of September: 2026-09-04T16:00Z = 1788537600000. */
static void a_bill_of_another_period_widens_the_window(void **state)
{
	struct stores *stores = *state;
	stores_put_plant(stores);
	stores_put(stores, "utility_bill.csv",
		"project_id,bill_month,amount,period_from,period_to\n10,2026-08,100,2026-08-05,2026-09-05\n"
		"10,2026-07,100,2026-10-05,2026-11-05\n");
	stores_open(stores, stores->csv);
	struct gathered gathered = gather(stores, 1, (struct pr_month){2026, 8}, INT64_MAX);
	const struct pr_point_data *main_point = &gathered.dataset.projects[0].points[0];
	assert_int_equal(main_point->window_count, 1);
	expect_window(main_point->windows, 101, INT64_C(1767196800000) - EARLY_MS, INT64_C(1788537600000));
}

/* March 2026 in Berlin loses an hour: 31 × 96 − 4 quarters, from 2026-02-28T23:00Z. */
static void minutes_of_incomers_fill_the_quarters_of_the_month(void **state)
{
	struct stores *stores = *state;
	stores_put_plant(stores);
	stores_put(stores, "point_1min_index.csv",
		"point_id,project_id,time,ua,ia,costtl\n"
		"201,20,2026-03-01T00:00+01:00,231,,\n"
		"201,20,2026-03-01T00:01+01:00,346,,\n" /* above 1.5 × 230 V */
		"201,20,2026-03-31T23:59+02:00,231,,\n"
		"101,10,2026-03-01T00:00+08:00,,,0\n"); /* nothing plausible */
	stores_put(stores, "point_15min_electric.csv",
		"point_id,project_id,time,kwh,ingested_at\n102,10,2019-01-01T00:00Z,1,\n101,10,2026-03-01T00:00Z,1,2026-03-"
		"09T00:00Z\n");
	stores_put(stores, "soe_event.csv",
		"event_id,project_id,code,started_at\ne1,20,offline,2026-02-01T00:00Z\ne2,20,offline,2026-04-01T00:00Z\n");
	stores_open(stores, stores->csv);
	/* 2026-03-08T00:00Z: the row of the 9th was not there yet */
	struct gathered gathered = gather(stores, 2, (struct pr_month){2026, 3}, INT64_C(1772928000000));
	const struct pr_point_data *store = &gathered.dataset.projects[1].points[0];
	const struct pr_point_data *works = gathered.dataset.projects[0].points;
	assert_non_null(store->minutes);
	assert_int_equal(store->minutes->count, 2972);
	assert_int_equal(store->minutes->from_ms, INT64_C(1772319600000));
	assert_int_equal(store->minutes->samples[0], 1);
	assert_int_equal(store->minutes->samples[2971], 1);
	assert_int_equal(store->minutes->fields[PR_UA].implausible_count, 1);
	assert_non_null(store->minutes->fields[PR_HR13IC].buckets);
	assert_true(store->has_minutes_in_month);
	assert_non_null(works[0].minutes);
	assert_false(works[0].has_minutes_in_month);
	assert_null(works[1].minutes);

	assert_false(works[0].has_quarters_ever);
	assert_true(works[1].has_quarters_ever);
	assert_false(store->has_quarters_ever);
	assert_true(gathered.dataset.has_ingested_at);
	assert_int_equal(works[0].windows[0].count, 0);
	assert_int_equal(gathered.dataset.projects[0].event_count, 0);
	assert_int_equal(gathered.dataset.projects[1].event_count, 1);
	assert_string_equal(gathered.dataset.projects[1].events[0].event_id, "e1");
}

/* The plant of the measured set has 2,976 quarters in March 2018, 80,230.41 kWh by expected_bills.csv. */
static void the_measured_month_is_gathered(void **state)
{
	struct stores *stores = *state;
	const char *folder = stores_measured(stores);
	if (!folder)
		skip();
	stores_open(stores, folder);
	struct gathered gathered = gather(stores, 1, (struct pr_month){2018, 3}, INT64_MAX);
	const struct pr_point_data *point = &gathered.dataset.projects[0].points[0];
	assert_int_equal(point->window_count, 1);
	pr_micro sum = 0;
	for (size_t i = 0; i < point->windows[0].count; i++)
		if (point->windows[0].rows[i].time_ms >= INT64_C(1519830000000))
			sum += pr_micro_from_double(point->windows[0].rows[i].kwh);
	assert_int_equal(sum, INT64_C(80230410000));
	/* January and February: 59 × 96 quarters more */
	assert_int_equal(point->windows[0].count, 90 * 96);
	assert_true(point->has_quarters_ever);
	assert_false(point->has_minutes_in_month);
	assert_false(gathered.dataset.has_ingested_at);
}

/* Point 201 is at 60 Hz (59.98 and 60.01 in the mean), 101 sends no frequency; 102 is no incomer. */
static void quality_is_of_incomers_with_minutes(void **state)
{
	struct stores *stores = *state;
	stores_put_plant(stores);
	stores_put(stores, "point_1min_index.csv",
		"point_id,project_id,time,ua,freq\n"
		"201,20,2026-03-01T00:00+01:00,231,59.98\n"
		"201,20,2026-03-31T23:59+02:00,231,60.01\n"
		"201,20,2026-04-01T00:00+02:00,231,61\n"
		"201,20,2026-02-28T23:59+01:00,231,59.9\n"
		"101,10,2026-03-01T00:00+08:00,230,\n"
		"102,10,2026-03-01T00:00+08:00,230,50\n");
	stores_open(stores, stores->csv);
	struct gathered gathered = gather(stores, 2, (struct pr_month){2026, 3}, INT64_MAX);
	const struct pr_quality *store = gathered.dataset.projects[1].points[0].quality;
	const struct pr_point_data *works = gathered.dataset.projects[0].points;
	assert_non_null(store);
	assert_int_equal(store->from_ms, gathered.dataset.projects[1].points[0].minutes->from_ms);
	assert_true(store->rules.nominal_hz == 60);
	assert_int_equal(store->values[PR_QUALITY_FREQUENCY].samples, 2);
	assert_int_equal(store->values[PR_QUALITY_FREQUENCY].worst, -20000);
	assert_non_null(works[0].quality);
	assert_true(works[0].quality->rules.nominal_hz == 50);
	assert_null(works[1].quality);
	/* The month before, of every incomer that was one: at the frequency of its own grid, or of its neighbours'. */
	const struct pr_quality *before = gathered.dataset.projects[1].points[0].quality_before[PR_BEFORE_MONTH];
	assert_non_null(before);
	assert_int_equal(before->to_ms, store->from_ms);
	assert_true(before->rules.nominal_hz == 60);
	assert_int_equal(before->values[PR_QUALITY_FREQUENCY].samples, 1);
	assert_int_equal(before->values[PR_QUALITY_FREQUENCY].worst, -100000);
	assert_null(gathered.dataset.projects[1].points[0].quality_before[PR_BEFORE_YEAR]); /* it was none then */
	assert_non_null(works[0].quality_before[PR_BEFORE_MONTH]);
	assert_int_equal(works[0].quality_before[PR_BEFORE_MONTH]->values[PR_QUALITY_DEVIATION].samples, 0);
	assert_null(works[1].quality_before[PR_BEFORE_MONTH]);
}

static void quality_is_also_that_of_a_year_before(void **state)
{
	struct stores *stores = *state;
	stores_put_plant(stores);
	stores_put(stores, "point_1min_index.csv",
		"point_id,project_id,time,ua,freq\n"
		"201,20,2027-03-01T00:00+01:00,231,59.98\n"
		"201,20,2026-04-01T00:00+02:00,232,59.6\n"
		"201,20,2026-03-01T00:00+01:00,232,59.8\n"
		"201,20,2026-02-28T23:59+01:00,232,59.7\n");
	stores_open(stores, stores->csv);
	struct gathered gathered = gather(stores, 2, (struct pr_month){2027, 3}, INT64_MAX);
	const struct pr_quality *year = gathered.dataset.projects[1].points[0].quality_before[PR_BEFORE_YEAR];
	assert_non_null(year);
	assert_int_equal(year->values[PR_QUALITY_FREQUENCY].samples, 1);
	assert_int_equal(year->values[PR_QUALITY_FREQUENCY].worst, -200000);
	/* A project without minutes in the month is compared with nothing. */
	assert_null(gathered.dataset.projects[0].points[0].quality_before[PR_BEFORE_YEAR]);
}

int main(void)
{
#define TEST(sentence, function)                                  \
	{                                                             \
		sentence, function, stores_set_up, stores_tear_down, NULL \
	}
	const struct CMUnitTest tests[] = {
		TEST("windows are the months that a point needs", windows_are_the_months_that_a_point_needs),
		TEST("the month a year before is a window of its own", the_month_a_year_before_is_a_window_of_its_own),
		TEST("a bill of another period widens the window", a_bill_of_another_period_widens_the_window),
		TEST("minutes of incomers fill the quarters of the month", minutes_of_incomers_fill_the_quarters_of_the_month),
		TEST("quality is of incomers with minutes", quality_is_of_incomers_with_minutes),
		TEST("quality is also that of a year before", quality_is_also_that_of_a_year_before),
		TEST("the measured month is gathered", the_measured_month_is_gathered),
	};
	return cmocka_run_group_tests_name("gather", tests, NULL, NULL);
}
