#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "model/method.h"
#include "stores.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void words_are_those_of_the_contract(void **state)
{
	(void)state;
	assert_int_equal(pr_name_index(pr_edition_names, PR_EDITION_COUNT, "platform"), PR_EDITION_PLATFORM);
	assert_int_equal(pr_name_index(pr_slot_names, PR_SLOT_COUNT, "deep"), PR_SLOT_DEEP);
	assert_int_equal(pr_name_index(pr_role_names, PR_ROLE_COUNT, "equipment"), PR_ROLE_EQUIPMENT);
	assert_int_equal(pr_name_index(pr_wiring_names, PR_WIRING_COUNT, "3p3w"), PR_WIRING_3P3W);
	assert_int_equal(pr_name_index(pr_basic_mode_names, PR_BASIC_COUNT, "actual_demand"), PR_BASIC_ACTUAL);
	assert_int_equal(pr_name_index(pr_day_kind_names, PR_DAY_COUNT, "holiday"), PR_DAY_HOLIDAY);
	assert_int_equal(pr_name_index(pr_sensor_kind_names, PR_SENSOR_COUNT, "residual_current"), PR_SENSOR_RESIDUAL);
	assert_int_equal(pr_name_index(pr_slot_names, PR_SLOT_COUNT, "Peak"), -1);
	assert_int_equal(pr_name_index(pr_slot_names, PR_SLOT_COUNT, NULL), -1);
}

static void cells_of_a_minute_carry_the_names_of_their_columns(void **state)
{
	(void)state;
	assert_string_equal(pr_minute_field_names[PR_UA], "ua");
	assert_string_equal(pr_minute_field_names[PR_IN], "i_n");
	assert_string_equal(pr_minute_field_names[PR_PTTL], "pttl");
	assert_string_equal(pr_minute_field_names[PR_COSTTL], "costtl");
	assert_string_equal(pr_minute_field_names[PR_THDIC], "thdic");
	assert_string_equal(pr_minute_field_names[PR_HR7IB], "hr7ib");
	assert_string_equal(pr_minute_field_names[PR_HR13IC], "hr13ic");
}

static void validity_holds_its_first_instant_and_not_its_last(void **state)
{
	(void)state;
	const struct pr_validity year = {1000, 2000};
	const struct pr_validity open = {1000, PR_TIME_MISSING};
	assert_false(pr_valid_at(&year, 999));
	assert_true(pr_valid_at(&year, 1000));
	assert_true(pr_valid_at(&year, 1999));
	assert_false(pr_valid_at(&year, 2000));
	assert_true(pr_valid_at(&open, INT64_MAX));
	assert_true(pr_valid_within(&year, 0, 1001));
	assert_false(pr_valid_within(&year, 0, 1000));
	assert_false(pr_valid_within(&year, 2000, 3000));
	assert_true(pr_valid_within(&open, 5000, 6000));
	assert_false(pr_valid_within(&open, 6000, 6000));
}

static void a_point_carries_the_name_of_the_time(void **state)
{
	(void)state;
	struct pr_point_name names[] = {{"old", 100}, {"new", 200}};
	struct pr_point point = {.name = "today", .names = names, .name_count = 2};
	assert_string_equal(pr_point_name_at(&point, 50), "old");
	assert_string_equal(pr_point_name_at(&point, 199), "old");
	assert_string_equal(pr_point_name_at(&point, 200), "new");
	point.name_count = 0;
	assert_string_equal(pr_point_name_at(&point, 200), "today");
}

/* China, October 2026: the 1st to the 7th are holidays, Saturday the 10th is worked. */
static void a_day_is_a_workday_an_offday_or_a_holiday(void **state)
{
	(void)state;
	struct pr_offday offdays[] = {
		{{2026, 10, 1}, false, "National Day"}, {{2026, 10, 2}, false, NULL}, {{2026, 10, 10}, true, NULL}};
	struct pr_project project = {.offdays = offdays, .offday_count = COUNT(offdays)};
	const struct {
		struct pr_date date;
		enum pr_day_kind kind;
	} days[] = {{{2026, 9, 30}, PR_DAY_WORKDAY}, {{2026, 10, 1}, PR_DAY_HOLIDAY}, {{2026, 10, 2}, PR_DAY_HOLIDAY},
		{{2026, 10, 9}, PR_DAY_WORKDAY}, {{2026, 10, 10}, PR_DAY_WORKDAY}, {{2026, 10, 11}, PR_DAY_OFFDAY},
		{{2026, 10, 17}, PR_DAY_OFFDAY}, {{2026, 10, 19}, PR_DAY_WORKDAY}};
	for (size_t i = 0; i < COUNT(days); i++)
		assert_int_equal(pr_project_day_kind(&project, days[i].date), days[i].kind);
}

static const struct pr_plausibility rules = {.voltage_nominal_factor = 1.5,
	.current_rated_factor = 10,
	.power_rating_factor = 2,
	.frequency_low_hz = 40,
	.frequency_high_hz = 70,
	.distortion_high_percent = 400,
	.temperature_low_c = -50,
	.temperature_high_c = 300,
	.residual_high_ma = 30000};

/* Method 1, by hand: 220 V phase voltage: 330 V, and √3 × 330 = 571.58 V between lines; 1,200 A: 12,000 A; 800 kVA:
 * 1,600 kW. */
static void minute_bounds_follow_the_ratings(void **state)
{
	(void)state;
	struct pr_bounds bounds[PR_MINUTE_FIELD_COUNT];
	struct pr_point point = {
		.wiring = PR_WIRING_3P4W, .nominal_v = 220 * PR_MICRO_ONE, .rated_current_a = 1200 * PR_MICRO_ONE};
	pr_method_minute_bounds(&rules, &point, 800 * PR_MICRO_ONE, bounds);
	expect_near(bounds[PR_UC].low, 0, 0);
	expect_near(bounds[PR_UC].high, 330, 1e-9);
	expect_near(bounds[PR_UCA].high, 571.5767664977, 1e-6);
	expect_near(bounds[PR_IN].high, 12000, 1e-9);
	expect_near(bounds[PR_PA].low, -1600, 1e-9);
	expect_near(bounds[PR_QTTL].high, 1600, 1e-9);
	expect_near(bounds[PR_STTL].high, 1600, 1e-9);
	expect_near(bounds[PR_COSTTL].low, -1, 0);
	assert_true(bounds[PR_COSTTL].zero_is_missing);
	assert_false(bounds[PR_IA].zero_is_missing);
	expect_near(bounds[PR_FREQ].low, 40, 0);
	expect_near(bounds[PR_HR13IC].high, 400, 0);
}

/* 10 kV between lines: 15 kV, and 15 ÷ √3 = 8.6603 kV to neutral. */
static void three_wires_are_rated_between_lines(void **state)
{
	(void)state;
	struct pr_bounds bounds[PR_MINUTE_FIELD_COUNT];
	struct pr_point point = {
		.wiring = PR_WIRING_3P3W, .nominal_v = 10000 * PR_MICRO_ONE, .rated_current_a = PR_MICRO_MISSING};
	pr_method_minute_bounds(&rules, &point, PR_MICRO_MISSING, bounds);
	expect_near(bounds[PR_UAB].high, 15000, 1e-6);
	expect_near(bounds[PR_UA].high, 8660.254037844, 1e-6);
	/* A bound whose rating is missing does not apply; that a current is not negative needs no rating. */
	assert_true(isnan(bounds[PR_IA].high));
	expect_near(bounds[PR_IA].low, 0, 0);
	assert_true(isnan(bounds[PR_PTTL].high) && isnan(bounds[PR_PTTL].low));
}

static void sensor_bounds_follow_the_kind(void **state)
{
	(void)state;
	expect_near(pr_method_sensor_bounds(&rules, PR_SENSOR_TEMPERATURE).low, -50, 0);
	expect_near(pr_method_sensor_bounds(&rules, PR_SENSOR_AMBIENT).high, 300, 0);
	expect_near(pr_method_sensor_bounds(&rules, PR_SENSOR_RESIDUAL).low, 0, 0);
	expect_near(pr_method_sensor_bounds(&rules, PR_SENSOR_RESIDUAL).high, 30000, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"words are those of the contract", words_are_those_of_the_contract, NULL, NULL, NULL},
		{"cells of a minute carry the names of their columns", cells_of_a_minute_carry_the_names_of_their_columns, NULL,
			NULL, NULL},
		{"validity holds its first instant and not its last", validity_holds_its_first_instant_and_not_its_last, NULL,
			NULL, NULL},
		{"a point carries the name of the time", a_point_carries_the_name_of_the_time, NULL, NULL, NULL},
		{"a day is a workday, an offday or a holiday", a_day_is_a_workday_an_offday_or_a_holiday, NULL, NULL, NULL},
		{"minute bounds follow the ratings", minute_bounds_follow_the_ratings, NULL, NULL, NULL},
		{"three wires are rated between lines", three_wires_are_rated_between_lines, NULL, NULL, NULL},
		{"sensor bounds follow the kind", sensor_bounds_follow_the_kind, NULL, NULL, NULL},
	};
	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
