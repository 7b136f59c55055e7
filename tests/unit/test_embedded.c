#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "model/method.h"
#include "source/buckets.h"
#include "stores.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NO_CUTOFF INT64_MAX
/* 2026-03-01T00:00Z: 20,513 days. */
#define MARCH INT64_C(1772323200000)

#define QUARTERS "point_id,project_id,time,kwh,kvarh_lag,slot,mdp_max,kwh_b,ingested_at\n"

static void must_read(struct stores *stores, bool done)
{
	if (!done)
		fail_msg("%s", stores->error.text);
}

static struct pr_quarter_rows quarters(struct stores *stores, struct pr_quarter_query query, int64_t cutoff_ms)
{
	struct pr_quarter_rows rows;
	must_read(stores, pr_source_quarters(stores->source, &query, 1, cutoff_ms, &stores->arena, &rows, &stores->error));
	return rows;
}

static void quarters_are_those_of_the_window_with_missing_cells_missing(void **state)
{
	struct stores *stores = *state;
	stores_put_plant(stores);
	stores_put(stores, "point_15min_electric.csv",
		QUARTERS "101,10,2026-03-01T00:15Z,2.5,,peak,9999999,0.5,\n"
				 "101,10,2026-02-28T23:59:59.999Z,1,,,,,\n"
				 "101,10,2026-03-01T08:00+08:00,,0,,,,2026-03-01T00:01Z\n"
				 "102,10,2026-03-01T00:00Z,7,,,,,\n"
				 "101,10,2026-03-01T00:30Z,3,,,,,\n");
	stores_open(stores, stores->csv);
	struct pr_quarter_rows rows =
		quarters(stores, (struct pr_quarter_query){101, MARCH, MARCH + 2 * PR_MS_QUARTER}, NO_CUTOFF);
	assert_int_equal(rows.point_id, 101);
	assert_int_equal(rows.count, 2);
	assert_int_equal(rows.rows[0].time_ms, MARCH);
	assert_int_equal(rows.rows[0].ingested_at_ms, MARCH + PR_MS_MINUTE);
	assert_true(isnan(rows.rows[0].kwh));
	assert_true(rows.rows[0].kvarh_lag == 0);
	assert_int_equal(rows.rows[0].slot, -1);
	assert_true(rows.rows[1].kwh == 2.5 && isnan(rows.rows[1].kvarh_lag) && isnan(rows.rows[1].kvarh_lead));
	assert_true(rows.rows[1].mdp_max == 9999999 && rows.rows[1].phase_kwh[1] == 0.5);
	assert_true(isnan(rows.rows[1].charge) && isnan(rows.rows[1].phase_kwh[0]));
	assert_int_equal(rows.rows[1].slot, PR_SLOT_PEAK);
	assert_int_equal(rows.rows[1].ingested_at_ms, PR_TIME_MISSING);
}

static void rows_ingested_after_the_cutoff_are_left_out(void **state)
{
	struct stores *stores = *state;
	stores_put_plant(stores);
	stores_put(stores, "point_15min_electric.csv",
		QUARTERS "101,10,2026-03-01T00:00Z,1,,,,,2026-03-03T00:00Z\n"
				 "101,10,2026-03-01T00:15Z,2,,,,,2026-03-02T00:00Z\n"
				 "101,10,2026-03-01T00:30Z,4,,,,,\n"
				 "103,10,2026-03-01T00:30Z,4,,,,,2026-03-03T00:00Z\n");
	stores_open(stores, stores->csv);
	const struct pr_quarter_query query = {101, MARCH, MARCH + PR_MS_DAY};
	int64_t cutoff_ms = MARCH + PR_MS_DAY; /* the second row's very instant */
	struct pr_quarter_rows rows = quarters(stores, query, cutoff_ms);
	assert_int_equal(rows.count, 2);
	assert_true(rows.rows[0].kwh == 2 && rows.rows[1].kwh == 4);
	assert_int_equal(quarters(stores, query, NO_CUTOFF).count, 3);

	const int64_t ids[] = {101, 102, 103};
	bool exists[3];
	int64_t first_ms[3];
	must_read(stores, pr_source_quarters_exist(stores->source, ids, 3, cutoff_ms, exists, first_ms, &stores->error));
	assert_true(exists[0] && !exists[1] && !exists[2]);
	assert_int_equal(first_ms[0], MARCH + PR_MS_QUARTER);
	assert_int_equal(first_ms[1], PR_TIME_MISSING);
	bool has = false;
	must_read(stores, pr_source_has_ingest_times(stores->source, &has, &stores->error));
	assert_true(has);
}

static void a_stamp_at_the_end_is_moved_to_the_start(void **state)
{
	struct stores *stores = *state;
	stores_put_plant(stores);
	stores_put(stores, "point_15min_electric.csv",
		QUARTERS "101,10,2026-03-01T00:00Z,1,,,,,\n101,10,2026-03-01T00:15Z,2,,,,,\n101,10,2026-03-01T00:30Z,4,,,,,\n");
	stores->config.store.quarter_stamp_end = true;
	stores_open(stores, stores->csv);
	struct pr_quarter_rows rows =
		quarters(stores, (struct pr_quarter_query){101, MARCH, MARCH + PR_MS_QUARTER}, NO_CUTOFF);
	assert_int_equal(rows.count, 1);
	assert_true(rows.rows[0].kwh == 2);
	assert_int_equal(rows.rows[0].time_ms, MARCH);
	const int64_t id = 101;
	bool exists;
	int64_t first_ms;
	must_read(stores, pr_source_quarters_exist(stores->source, &id, 1, NO_CUTOFF, &exists, &first_ms, &stores->error));
	assert_int_equal(first_ms, MARCH - PR_MS_QUARTER);
	bool has = true;
	must_read(stores, pr_source_has_ingest_times(stores->source, &has, &stores->error));
	assert_false(has);
}

static void rows_are_sorted_by_time_ingest_time_and_energy(void **state)
{
	(void)state;
	struct pr_quarter_row rows[] = {{.time_ms = 2, .kwh = 1}, {.time_ms = 1, .ingested_at_ms = 5, .kwh = 2},
		{.time_ms = 1, .ingested_at_ms = 5, .kwh = NAN}, {.time_ms = 1, .ingested_at_ms = PR_TIME_MISSING, .kwh = 9}};
	pr_quarter_rows_sort(rows, COUNT(rows));
	assert_true(rows[0].kwh == 9 && isnan(rows[1].kwh) && rows[2].kwh == 2 && rows[3].kwh == 1);
}

static void a_cell_that_is_no_number_is_named(void **state)
{
	static const struct {
		const char *sql, *text;
	} cases[] = {
		{"UPDATE point_15min_electric SET kwh = 'abc'", "column 'kwh': 'abc' is not a number"},
		{"UPDATE point_15min_electric SET kwh = 9e999", "column 'kwh': 'Inf' is not a number"},
		{"UPDATE point_15min_electric SET kwh = 1, ingested_at = 'soon'",
			"column 'ingested_at': 'soon' is not a whole"},
		{"UPDATE point_15min_electric SET time = 'noon'", "column 'time': 'noon' is not a time in milliseconds"},
	};
	struct stores *stores = *state;
	stores_put_plant(stores);
	stores_put(stores, "point_15min_electric.csv", QUARTERS "101,10,2026-03-01T00:00Z,1,,,,,\n");
	stores_open(stores, stores->csv);
	const struct pr_quarter_query query = {101, MARCH, MARCH + PR_MS_DAY};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pr_quarter_rows rows;
		stores_sql(stores, cases[i].sql);
		stores->error = (struct pr_error){0};
		assert_false(pr_source_quarters(stores->source, &query, 1, NO_CUTOFF, &stores->arena, &rows, &stores->error));
		assert_int_equal(stores->error.code, PR_CODE_STORE);
		expect_text_in(&stores->error, cases[i].text);
		expect_text_in(&stores->error, "table 'point_15min_electric', point_id 101");
	}
}

static struct pr_bounds open_bounds[PR_MINUTE_FIELD_COUNT];

static struct pr_minute_buckets minutes(struct stores *stores, const struct pr_minute_query *query)
{
	struct pr_minute_buckets buckets;
	must_read(stores, pr_source_minutes(stores->source, query, 1, &stores->arena, &buckets, &stores->error));
	return buckets;
}

static struct pr_minute_query minute_query(uint64_t fields)
{
	for (int i = 0; i < PR_MINUTE_FIELD_COUNT; i++)
		open_bounds[i] = (struct pr_bounds){.low = NAN, .high = NAN};
	return (struct pr_minute_query){.point_id = 101,
		.from_ms = MARCH,
		.to_ms = MARCH + 50 * PR_MS_MINUTE,
		.step_ms = PR_MS_QUARTER,
		.fields = fields,
		.bounds = open_bounds,
		.idle_phase_share = 0.02};
}

static void minutes_become_buckets(void **state)
{
	struct stores *stores = *state;
	stores_put_plant(stores);
	stores_put(stores, "point_1min_index.csv",
		"point_id,project_id,time,ua,costtl,freq\n"
		"101,10,2026-03-01T00:00Z,230,0.9,50\n"
		"101,10,2026-03-01T00:14:59Z,231.5,0,50\n"
		"101,10,2026-03-01T00:15Z,,,50\n"       /* no asked-for cell */
		"101,10,2026-03-01T00:16Z,999,1.5,50\n" /* none that is plausible */
		"101,10,2026-03-01T00:49Z,229,,50\n"
		"101,10,2026-03-01T00:50Z,229,,50\n");
	stores_open(stores, stores->csv);
	struct pr_minute_query query = minute_query(PR_FIELD_BIT(PR_UA) | PR_FIELD_BIT(PR_COSTTL));
	open_bounds[PR_UA] = (struct pr_bounds){.low = 0, .high = 330};
	open_bounds[PR_COSTTL] = (struct pr_bounds){.low = -1, .high = 1, .zero_is_missing = true};
	struct pr_minute_buckets buckets = minutes(stores, &query);
	assert_int_equal(buckets.count, 4); /* 50 minutes: the last bucket is a short one */
	assert_int_equal(buckets.samples[0], 2);
	assert_int_equal(buckets.samples[1], 0);
	assert_int_equal(buckets.samples[2], 0);
	assert_int_equal(buckets.samples[3], 1);
	const struct pr_bucket *ua = buckets.fields[PR_UA].buckets;
	assert_int_equal(ua[0].count, 2);
	assert_true(ua[0].minimum == 230 && ua[0].maximum == 231.5 && ua[0].sum == 461.5);
	assert_true(ua[1].count == 0 && isnan(ua[1].minimum) && isnan(ua[1].maximum) && isnan(ua[1].sum));
	assert_int_equal(buckets.fields[PR_UA].implausible_count, 1);
	assert_int_equal(buckets.fields[PR_UA].implausible_first_ms, MARCH + 16 * PR_MS_MINUTE);
	const struct pr_bucket_field *costtl = &buckets.fields[PR_COSTTL];
	assert_int_equal(costtl->buckets[0].count, 1);
	assert_int_equal(costtl->implausible_count, 2); /* exactly 0, and above 1 */
	assert_int_equal(costtl->implausible_first_ms, MARCH + 14 * PR_MS_MINUTE + 59000);
	assert_int_equal(costtl->implausible_last_ms, MARCH + 16 * PR_MS_MINUTE);
	assert_null(buckets.fields[PR_FREQ].buckets);
}

/* 246.1 stands as a double above 230 × 1.07 in some orders of rounding; both ends belong to the bounds. */
static void bounds_hold_their_ends(void **state)
{
	(void)state;
	const struct pr_bounds bounds = {.low = 230 * 0.93, .high = 230 * 1.07};
	assert_true(pr_bounds_hold(&bounds, 246.1) && pr_bounds_hold(&bounds, 213.9));
	assert_false(pr_bounds_hold(&bounds, 246.1001));
	assert_false(pr_bounds_hold(&bounds, 213.8999));
	const struct pr_bounds not_negative = {.low = 0, .high = NAN};
	assert_true(pr_bounds_hold(&not_negative, 0) && pr_bounds_hold(&not_negative, 1e300));
	assert_false(pr_bounds_hold(&not_negative, -1e-12));
}

/* Method 1: without current, but with power above 2 % of the sum, a phase is wrong; without power it is idle. */
static void a_phase_without_current_is_implausible_only_where_it_draws_power(void **state)
{
	struct stores *stores = *state;
	stores_put_plant(stores);
	stores_put(stores, "point_1min_index.csv",
		"point_id,project_id,time,ia,ib,ic,pa,pb,pc,pttl\n"
		"101,10,2026-03-01T00:00Z,0,10,10,2.1,2,2,100\n"     /* 2.1 % of the sum */
		"101,10,2026-03-01T00:01Z,0,10,10,2.0,2,2,100\n"     /* exactly 2 %: idle */
		"101,10,2026-03-01T00:02Z,0,0,0,50,50,0,100\n"       /* no phase runs: an outage */
		"101,10,2026-03-01T00:03Z,0,10,10,,2,2,100\n"        /* its power is unknown */
		"101,10,2026-03-01T00:04Z,0,10,10,-2.1,2,2,-100\n"); /* also backwards */
	stores_open(stores, stores->csv);
	struct pr_minute_query query = minute_query(PR_FIELD_BIT(PR_IA));
	struct pr_minute_buckets buckets = minutes(stores, &query);
	assert_int_equal(buckets.fields[PR_IA].buckets[0].count, 3);
	assert_int_equal(buckets.fields[PR_IA].implausible_count, 2);
	assert_int_equal(buckets.fields[PR_IA].implausible_last_ms, MARCH + 4 * PR_MS_MINUTE);
	query.idle_phase_share = NAN;
	assert_int_equal(minutes(stores, &query).fields[PR_IA].buckets[0].count, 5);
}

/* 10^16 + 1 + … + 1 − 10^16 is 0 in plain doubles. */
static void sums_are_compensated(void **state)
{
	(void)state;
	struct pr_arena arena;
	struct pr_minute_buckets buckets;
	struct pr_bucket_builder builder;
	struct pr_minute_query query = minute_query(PR_FIELD_BIT(PR_UA));
	double cells[PR_MINUTE_FIELD_COUNT];
	for (int i = 0; i < PR_MINUTE_FIELD_COUNT; i++)
		cells[i] = NAN;
	pr_arena_init(&arena);
	pr_buckets_start(&builder, &query, &arena, &buckets);
	cells[PR_UA] = 1e16;
	pr_bucket_add(&builder, MARCH, cells);
	cells[PR_UA] = 1;
	for (int i = 0; i < 1000; i++)
		pr_bucket_add(&builder, MARCH + 1, cells);
	cells[PR_UA] = -1e16;
	pr_bucket_add(&builder, MARCH + 2, cells);
	pr_buckets_finish(&builder);
	assert_true(buckets.fields[PR_UA].buckets[0].sum == 1000);
	assert_int_equal(buckets.samples[0], 1002);
	pr_arena_release(&arena);
}

#define EVENTS "event_id,project_id,point_id,code,level,started_at,ended_at,confirmed_at,value,message\n"

static void events_are_those_that_touch_the_window(void **state)
{
	struct stores *stores = *state;
	stores_put_plant(stores);
	stores_put(stores, "soe_event.csv",
		EVENTS "e3,10,101,overload,2,2026-03-05T00:00Z,2026-03-20T00:00Z,2026-03-05T01:00Z,5.5,hot\n"
			   "e2,10,,overload,,2026-03-05T00:00Z,,,,\n"
			   "e1,10,101,offline,1,2026-02-01T00:00Z,,,,\n"                  /* carried over, open */
			   "e0,10,101,offline,1,2026-02-01T00:00Z,2026-03-01T00:00Z,,,\n" /* ends at the first instant */
			   "x1,10,101,offline,1,2026-02-01T00:00Z,2026-02-28T23:59Z,,,\n" /* over before it */
			   "x2,10,101,offline,1,2026-04-01T00:00Z,,,,\n"                  /* starts after it */
			   "x3,20,201,offline,1,2026-03-01T00:00Z,,,,\n"                  /* another project's */
			   "e4,10,101,offline,3,2026-03-06T00:00Z,2026-02-27T00:00Z,,,\n" /* ends before it begins */
			   "x5,10,101,offline,3,2026-03-11T00:00Z,,,,\n");                /* starts after the cut-off */
	stores_open(stores, stores->csv);
	struct pr_event *events;
	size_t count;
	must_read(stores, pr_source_events(stores->source, 10, MARCH, MARCH + 31 * PR_MS_DAY, MARCH + 9 * PR_MS_DAY,
						  &stores->arena, &events, &count, &stores->error));
	assert_int_equal(count, 5);
	static const char *const ids[] = {"e0", "e1", "e2", "e3", "e4"};
	for (size_t i = 0; i < count; i++)
		assert_string_equal(events[i].event_id, ids[i]);
	assert_int_equal(events[0].ended_at_ms, MARCH);
	assert_int_equal(events[2].level, 0);
	assert_int_equal(events[2].point_id, 0);
	assert_true(isnan(events[2].value));
	assert_null(events[2].message);
	/* It ended on the 20th, which nobody knew on the 10th. */
	assert_int_equal(events[3].ended_at_ms, PR_TIME_MISSING);
	assert_int_equal(events[3].confirmed_at_ms, MARCH + 4 * PR_MS_DAY + 60 * PR_MS_MINUTE);
	assert_true(events[3].value == 5.5);
	assert_string_equal(events[3].message, "hot");
}

static void the_directory_of_a_tenant_comes_whole(void **state)
{
	struct stores *stores = *state;
	struct pr_tenant *tenants;
	struct pr_directory directory;
	size_t count;
	stores_put_plant(stores);
	stores_put(stores, "tariff.csv",
		"tariff_id,project_id,valid_from,currency,basic_mode,fund_price,demand_price,source\n"
		"7,10,2026-01-01 00:00:00,CNY,actual_demand,0.000001,38.123456,n\n");
	stores_open(stores, stores->csv);
	must_read(stores, pr_source_tenants(stores->source, &stores->arena, &tenants, &count, &stores->error));
	assert_int_equal(count, 3);
	assert_int_equal(tenants[0].id, 1);
	assert_int_equal(tenants[2].edition, PR_EDITION_PLATFORM);
	must_read(stores, pr_source_directory(stores->source, 2, &stores->arena, &directory, &stores->error));
	assert_int_equal(directory.project_count, 2);
	assert_int_equal(directory.projects[0].point_count, 3);
	assert_int_equal(directory.projects[0].tariffs[0].fund_price, 1); /* 10^-6, through SQLite's doubles */
	assert_int_equal(directory.projects[0].tariffs[0].demand_price, 38123456);
	must_read(stores, pr_source_directory(stores->source, 9, &stores->arena, &directory, &stores->error));
	assert_int_equal(directory.project_count, 3);
	assert_false(pr_source_directory(stores->source, 77, &stores->arena, &directory, &stores->error));
	assert_int_equal(stores->error.code, PR_CODE_UNKNOWN);
}

static void a_file_that_is_no_store_is_refused_at_once(void **state)
{
	struct stores *stores = *state;
	struct pr_source *source;
	assert_false(pr_source_open(&source, &stores->config, &stores->error));
	assert_int_equal(stores->error.code, PR_CODE_UNREACHABLE);
	expect_text_in(&stores->error,
		"plant.db': no such file; expected an embedded store made by 'powerreport import' or 'make samples'");
	assert_null(source);

	stores_put_plant(stores);
	assert_true((stores->error = (struct pr_error){0}, stores_import(stores)));
	/* What may be missing in a row may be missing from the table; what may not is told. */
	stores_sql(stores, "ALTER TABLE point_1min_index DROP COLUMN thdia");
	assert_true(pr_source_open(&source, &stores->config, &stores->error));
	pr_source_free(source);
	stores_sql(stores, "ALTER TABLE point_15min_electric RENAME COLUMN kwh TO energy");
	assert_false(pr_source_open(&source, &stores->config, &stores->error));
	assert_int_equal(stores->error.code, PR_CODE_UNREACHABLE);
	expect_text_in(&stores->error, "table 'point_15min_electric' has no column 'kwh'");
	stores->error = (struct pr_error){0};
	stores_sql(stores, "DROP TABLE soe_event");
	stores_sql(stores, "ALTER TABLE point_15min_electric RENAME COLUMN energy TO kwh");
	assert_false(pr_source_open(&source, &stores->config, &stores->error));
	expect_text_in(&stores->error, "no table 'soe_event'");

	stores->error = (struct pr_error){0};
	stores_put(stores, "letter.txt",
		"Dear Sir or Madam, this is not a database but a letter of more than a hundred bytes, "
		"as a letter should be.");
	stores->config.store.path = pr_arena_format(&stores->arena, "%s/letter.txt", stores->csv);
	assert_false(pr_source_open(&source, &stores->config, &stores->error));
	assert_int_equal(stores->error.code, PR_CODE_UNREACHABLE);
	expect_text_in(&stores->error, "file is not a database");

	stores->error = (struct pr_error){0};
	stores->config.store.path = stores->folder;
	assert_false(pr_source_open(&source, &stores->config, &stores->error));
	expect_text_in(&stores->error, "not a regular file");
}

/*
 * The measured month of point 201, December 2019 in Asia/Kolkata (1575138600000 … 1577817000000), added up from the CSV
 * with Python's Decimal, the later line of a time winning: 1,067 rows in 1,061 quarters; ua 240.1 … 255.4, Σ 264,546.0;
 * i_n Σ 36,175.6; 605 of ua above 246.1 and 15 at it. Oil temperature 1,082 values, 15 … 42, Σ 26,458.
 */
static void measured_minutes_add_up(void **state)
{
	struct stores *stores = *state;
	const char *folder = stores_measured(stores);
	if (!folder)
		skip();
	stores_open(stores, folder);
	struct pr_minute_query query = minute_query(PR_FIELD_BIT(PR_UA) | PR_FIELD_BIT(PR_IN));
	query.point_id = 201;
	query.from_ms = INT64_C(1575138600000);
	query.to_ms = INT64_C(1577817000000);
	struct pr_minute_buckets buckets = minutes(stores, &query);
	uint32_t samples = 0, quarters_with = 0;
	double lowest = 1e9, highest = 0, sum = 0, neutral = 0;
	assert_int_equal(buckets.count, 2976);
	for (size_t i = 0; i < buckets.count; i++) {
		const struct pr_bucket *ua = &buckets.fields[PR_UA].buckets[i];
		samples += buckets.samples[i];
		quarters_with += buckets.samples[i] > 0;
		if (ua->count == 0)
			continue;
		lowest = fmin(lowest, ua->minimum);
		highest = fmax(highest, ua->maximum);
		sum += ua->sum;
		neutral += buckets.fields[PR_IN].buckets[i].sum;
	}
	assert_int_equal(samples, 1067);
	assert_int_equal(quarters_with, 1061);
	assert_true(lowest == 240.1 && highest == 255.4);
	expect_near(sum, 264546.0, 1e-6);
	expect_near(neutral, 36175.6, 1e-6);
	open_bounds[PR_UA].high = 230 * 1.07;
	buckets = minutes(stores, &query);
	assert_int_equal(buckets.fields[PR_UA].implausible_count, 605);
	assert_int_equal(buckets.fields[PR_UA].implausible_first_ms, INT64_C(1575139500000));
	assert_int_equal(buckets.fields[PR_UA].implausible_last_ms, INT64_C(1576348200000));

	struct pr_sensor_query sensor = {.sensor_id = 2001,
		.from_ms = query.from_ms,
		.to_ms = query.to_ms,
		.step_ms = query.to_ms - query.from_ms,
		.bounds = {-50, 300, false}};
	must_read(stores, pr_source_sensors(stores->source, &sensor, 1, &stores->arena, &buckets, &stores->error));
	assert_int_equal(buckets.count, 1);
	assert_int_equal(buckets.id, 2001);
	assert_int_equal(buckets.fields[0].buckets[0].count, 1082);
	assert_true(buckets.fields[0].buckets[0].minimum == 15 && buckets.fields[0].buckets[0].maximum == 42);
	expect_near(buckets.fields[0].buckets[0].sum, 26458, 1e-6);
	assert_int_equal(buckets.fields[0].maximum_ms, INT64_C(1575535500000));
	assert_true(buckets.fields[0].above[0] == 0 && buckets.fields[0].above[1] == 0);
	/* Above 30: 130 (164 with the 34 that stand at it); from the sixth day, 01:07, on: 583 values, 70 above. */
	sensor.has_limits = true;
	sensor.limits[0] = 30;
	sensor.limits[1] = NAN;
	must_read(stores, pr_source_sensors(stores->source, &sensor, 1, &stores->arena, &buckets, &stores->error));
	assert_true(buckets.fields[0].above[0] == 130 && buckets.fields[0].above[1] == 0);
	sensor.valid_from_ms = INT64_C(1575574620000);
	must_read(stores, pr_source_sensors(stores->source, &sensor, 1, &stores->arena, &buckets, &stores->error));
	assert_int_equal(buckets.from_ms, query.from_ms);
	assert_int_equal(buckets.fields[0].buckets[0].count, 583);
	expect_near(buckets.fields[0].buckets[0].sum, 14318, 1e-6);
	assert_int_equal(buckets.fields[0].above[0], 70);
	assert_int_equal(buckets.fields[0].maximum_ms, INT64_C(1575622800000));
}

/* March 2018 in Asia/Seoul: 2,976 quarters and 80,230.41 kWh by expected_bills.csv. */
static void measured_quarters_add_up(void **state)
{
	struct stores *stores = *state;
	const char *folder = stores_measured(stores);
	if (!folder)
		skip();
	stores_open(stores, folder);
	struct pr_quarter_rows rows =
		quarters(stores, (struct pr_quarter_query){101, INT64_C(1519830000000), INT64_C(1522508400000)}, NO_CUTOFF);
	pr_micro sum = 0;
	for (size_t i = 0; i < rows.count; i++)
		sum += pr_micro_from_double(rows.rows[i].kwh);
	assert_int_equal(rows.count, 2976);
	assert_int_equal(sum, INT64_C(80230410000));
}

int main(void)
{
#define TEST(sentence, function)                                  \
	{                                                             \
		sentence, function, stores_set_up, stores_tear_down, NULL \
	}
	const struct CMUnitTest tests[] = {
		TEST("quarters are those of the window, with missing cells missing",
			quarters_are_those_of_the_window_with_missing_cells_missing),
		TEST("rows ingested after the cut-off are left out", rows_ingested_after_the_cutoff_are_left_out),
		TEST("a stamp at the end is moved to the start", a_stamp_at_the_end_is_moved_to_the_start),
		TEST("rows are sorted by time, ingest time and energy", rows_are_sorted_by_time_ingest_time_and_energy),
		TEST("a cell that is no number is named", a_cell_that_is_no_number_is_named),
		TEST("minutes become buckets", minutes_become_buckets),
		TEST("bounds hold their ends", bounds_hold_their_ends),
		TEST("a phase without current is implausible only where it draws power",
			a_phase_without_current_is_implausible_only_where_it_draws_power),
		TEST("sums are compensated", sums_are_compensated),
		TEST("events are those that touch the window", events_are_those_that_touch_the_window),
		TEST("the directory of a tenant comes whole", the_directory_of_a_tenant_comes_whole),
		TEST("a file that is no store is refused at once", a_file_that_is_no_store_is_refused_at_once),
		TEST("measured minutes add up", measured_minutes_add_up),
		TEST("measured quarters add up", measured_quarters_add_up),
	};
	return cmocka_run_group_tests_name("embedded store", tests, NULL, NULL);
}
