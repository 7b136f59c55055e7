#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "config/method.h"

struct fixture {
	struct pr_arena arena;
	struct pr_error error;
	struct pr_config config;
	struct pr_method method;
	char folder[64];
};

static int open_fixture(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	pr_arena_init(&fixture->arena);
	snprintf(fixture->folder, sizeof fixture->folder, "/tmp/powerreport-method-XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	fixture->config.template_folder = "templates";
	fixture->config.gate = 0.95;
	fixture->config.day_share_month = true;
	*state = fixture;
	return 0;
}

static int close_fixture(void **state)
{
	struct fixture *fixture = *state;
	struct pr_error error = {0};
	assert_true(pr_folder_remove(fixture->folder, &error));
	pr_arena_release(&fixture->arena);
	free(fixture);
	return 0;
}

static bool read_method(struct fixture *fixture)
{
	return pr_method_read(&fixture->method, &fixture->config, &fixture->arena, &fixture->error);
}

/* A copy of templates/method and templates/limits in which, in one file, the first `old` is `new`. */
static void change(struct fixture *fixture, const char *name, const char *old, const char *new)
{
	static const char *const names[] = {"method/plausibility.ini", "method/load.ini", "method/basic.ini",
		"method/power_factor.ini", "method/savings.ini", "limits/gb.ini", "limits/ieee519.ini",
		"limits/harmonic_gb14549.csv", "method/safety.ini", "method/health.ini", "method/transformer_losses.ini",
		"method/forecast.ini"};
	struct pr_arena *arena = &fixture->arena;
	fixture->config.template_folder = fixture->folder;
	assert_true(pr_folder_make(pr_arena_format(arena, "%s/method", fixture->folder), &fixture->error));
	assert_true(pr_folder_make(pr_arena_format(arena, "%s/limits", fixture->folder), &fixture->error));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char *bytes = NULL;
		size_t count = 0;
		assert_true(pr_file_read(
			pr_arena_format(arena, "templates/%s", names[i]), 65536, arena, &bytes, &count, &fixture->error));
		if (strcmp(names[i], name) == 0) {
			const char *at = strstr(bytes, old);
			assert_non_null(at);
			bytes = pr_arena_format(arena, "%.*s%s%s", (int)(at - bytes), bytes, new, at + strlen(old));
		}
		assert_true(pr_file_write(
			pr_arena_format(arena, "%s/%s", fixture->folder, names[i]), bytes, strlen(bytes), &fixture->error));
	}
}

static void expect_refusal(struct fixture *fixture, const char *text)
{
	assert_false(read_method(fixture));
	assert_int_equal(fixture->error.code, PR_CODE_CONFIG);
	if (!strstr(fixture->error.text, text))
		fail_msg("'%s' is not in '%s'", text, fixture->error.text);
}

static const struct pr_power_factor_table *table_of(const struct fixture *fixture, int standard)
{
	for (size_t i = 0; i < fixture->method.power_factor_count; i++)
		if (fixture->method.power_factor[i].standard_hundredths == standard)
			return &fixture->method.power_factor[i];
	fail_msg("no table for %d", standard);
	return NULL;
}

/*
 * The check points of the regulation and each bend of its three tables, worked out by hand from its text: at 0.90, 15 %
 * and 2 % per hundredth below 0.65: 0.60 is 15 + 2 × 5 = 25, 0.00 is 15 + 2 × 65 = 145.
 */
static void power_factor_tables_hold_the_regulations_percentages(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		int standard, hundredths;
		pr_micro percent;
	} expected[] = {
		{90, 60, 25000000},
		{90, 64, 17000000},
		{90, 65, 15000000},
		{90, 69, 11000000},
		{90, 70, 10000000},
		{90, 89, 500000},
		{90, 90, 0},
		{90, 91, -150000},
		{90, 94, -600000},
		{90, 95, -750000},
		{90, 100, -750000},
		{90, 0, 145000000},
		{85, 59, 17000000},
		{85, 60, 15000000},
		{85, 64, 11000000},
		{85, 65, 10000000},
		{85, 84, 500000},
		{85, 85, 0},
		{85, 86, -100000},
		{85, 90, -500000},
		{85, 91, -650000},
		{85, 92, -800000},
		{85, 93, -950000},
		{85, 94, -1100000},
		{85, 100, -1100000},
		{85, 0, 135000000},
		{80, 54, 17000000},
		{80, 55, 15000000},
		{80, 59, 11000000},
		{80, 60, 10000000},
		{80, 79, 500000},
		{80, 80, 0},
		{80, 81, -100000},
		{80, 90, -1000000},
		{80, 91, -1150000},
		{80, 92, -1300000},
		{80, 100, -1300000},
		{80, 0, 125000000},
	};
	assert_true(read_method(fixture));
	assert_int_equal(fixture->method.power_factor_count, 3);
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		assert_int_equal(table_of(fixture, expected[i].standard)->percent[expected[i].hundredths], expected[i].percent);
	assert_non_null(strstr(table_of(fixture, 90)->source, "215"));
}

static void shipped_thresholds_are_those_of_the_method(void **state)
{
	struct fixture *fixture = *state;
	assert_true(read_method(fixture));
	const struct pr_plausibility *rules = &fixture->method.plausibility;
	assert_true(rules->quarter_rating_factor == 1.5 && rules->quarter_history_factor == 5);
	assert_int_equal(rules->quarter_history_days, 92);
	assert_int_equal(rules->quarter_history_minimum, 2000);
	assert_true(rules->quarter_history_rank == 0.99 && rules->quarter_absolute_kwh == 1e6);
	assert_true(rules->voltage_nominal_factor == 1.5 && rules->current_rated_factor == 10);
	assert_true(rules->power_rating_factor == 2 && rules->frequency_low_hz == 40 && rules->frequency_high_hz == 70);
	assert_true(rules->distortion_high_percent == 400 && rules->temperature_low_c == -50);
	assert_true(rules->temperature_high_c == 300 && rules->residual_high_ma == 30000);
	assert_true(rules->idle_phase_share == 0.02 && rules->demand_low_factor == 0.995);
	assert_true(rules->demand_high_factor == 1.2 && rules->demand_rating_factor == 1.5);
	const struct pr_load_rules *load = &fixture->method.load;
	assert_true(load->running_share == 0.02 && load->running_rank == 0.95 && load->base_rank == 0.05);
	assert_true(load->outage_current_share == 0.005 && load->outage_current_a == 0.1);
	assert_true(load->outage_voltage_share == 0.10);
	assert_int_equal(fixture->method.basic.contract_tolerance, 1050000);
	assert_int_equal(fixture->method.basic.excess_factor, 2000000);
	assert_int_equal(fixture->method.basic.contract_floor_share, 400000);
	assert_true(fixture->method.basic.day_share_month);
	assert_true(fixture->method.gate == 0.95 && fixture->method.verification_flag == 0.005);
}

static void a_hundredth_without_a_line_is_refused(void **state)
{
	struct fixture *fixture = *state;
	change(fixture, "method/power_factor.ini", "0.70..0.89 = 10 to 0.5", "0.71..0.89 = 9.5 to 0.5");
	expect_refusal(fixture, "[standard 0.90] has no line for 0.70; expected every hundredth from 0.00 to 1.00 once");
	assert_int_equal(fixture->error.line, 5);
}

static void a_hundredth_with_two_lines_is_refused(void **state)
{
	struct fixture *fixture = *state;
	change(fixture, "method/power_factor.ini", "\n0.90..0.94 = 0 to -0.60", "\n0.90..0.95 = 0 to -0.75");
	expect_refusal(fixture, "gives 0.95 a second time");
}

static void steps_that_do_not_divide_are_refused(void **state)
{
	struct fixture *fixture = *state;
	change(fixture, "method/power_factor.ini", "0.65..0.69 = 15 to 11", "0.65..0.68 = 15 to 11");
	expect_refusal(fixture, "does not divide into 3 equal steps");
}

static void a_range_that_is_none_is_refused(void **state)
{
	struct fixture *fixture = *state;
	change(fixture, "method/power_factor.ini", "0.95..1.00", "0.95..1.01");
	expect_refusal(fixture, "is no range of hundredths; expected 'source' or a range as '0.70..0.89' or '0.91'");
}

static void a_threshold_that_is_missing_is_refused(void **state)
{
	struct fixture *fixture = *state;
	change(fixture, "method/load.ini", "base_rank = 0.05", "");
	expect_refusal(fixture, "'base_rank' in [load] is missing; expected a number from 0 to 1");
}

static void an_unknown_threshold_is_refused(void **state)
{
	struct fixture *fixture = *state;
	change(fixture, "method/plausibility.ini", "residual_high_ma", "residual_max_ma");
	expect_refusal(fixture, "unknown key 'residual_max_ma' in [plausibility]");
}

static void a_source_that_is_missing_is_refused(void **state)
{
	struct fixture *fixture = *state;
	change(fixture, "method/basic.ini", "source = ", "# ");
	expect_refusal(fixture, "source");
}

static void frequency_bounds_in_the_wrong_order_are_refused(void **state)
{
	struct fixture *fixture = *state;
	change(fixture, "method/plausibility.ini", "frequency_high_hz = 70", "frequency_high_hz = 30");
	expect_refusal(fixture, "expected more than frequency_low_hz, 40");
}

/* --- limits of quality --- */

/* GB/T: the table of method 5. 400 V between lines is class 0.38, 10 kV class 10, 110 kV the open class above 90 kV. */
static void the_limits_of_gb_are_those_of_the_method(void **state)
{
	struct fixture *fixture = *state;
	const struct pr_limits *limits = &fixture->method.limits;
	static const struct {
		double line_kv, class_kv, thd;
	} expected[] = {{0.4, 0.38, 5}, {1, 0.38, 5}, {1.01, 6, 4}, {8, 6, 4}, {10, 10, 4}, {25, 10, 4}, {35, 35, 3},
		{66, 66, 3}, {90, 66, 3}, {110, 110, 2}, {220, 110, 2}};
	assert_true(read_method(fixture));
	assert_string_equal(limits->title, "GB/T");
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		const struct pr_limit_class *class = pr_limits_class(&limits->classes, expected[i].line_kv);
		assert_non_null(class);
		assert_true(class->kv == expected[i].class_kv && class->thd_percent == expected[i].thd);
	}
	assert_true(limits->deviation.three_phase == 7 && limits->deviation.single_low == 10);
	assert_true(limits->unbalance.limit == 2 && limits->unbalance.short_term == 4);
	assert_true(limits->frequency.limit_hz == 0.2 && limits->current.limit == 15);
	assert_true(limits->power_factor.limit == 0.9 && limits->minimum_samples == 1000);
	assert_true(limits->harmonic.is_judged);
	assert_int_equal(limits->harmonic.count, 144);
}

/* IEEE 519: 5 % to 69 kV, nothing above 161 kV; harmonic currents have no verdict, the rest is GB/T's. */
static void the_limits_of_ieee_519_replace_those_of_distortion(void **state)
{
	struct fixture *fixture = *state;
	const struct pr_limits *limits = &fixture->method.limits;
	fixture->config.limits = "ieee519";
	assert_true(read_method(fixture));
	assert_string_equal(limits->title, "IEEE 519");
	assert_true(pr_limits_class(&limits->classes, 0.4)->thd_percent == 8);
	assert_true(pr_limits_class(&limits->classes, 10)->individual_percent == 3);
	assert_true(pr_limits_class(&limits->classes, 161)->thd_percent == 2.5);
	assert_null(pr_limits_class(&limits->classes, 220));
	assert_true(pr_limits_class(&limits->own_classes, 220)->kv == 110);
	assert_false(limits->harmonic.is_judged);
	assert_string_equal(limits->deviation.source, "GB/T 12325-2008");
}

/*
 * GB/T 14549, 5th order: 62 A at 0.38 kV and 10 MVA, 20 A at 10 kV and 100 MVA. Supplied at 10 kV with 250 MVA, a point
 * at 10 kV may have 20 × 250 ÷ 100 = 50 A; one at 230 V phase to neutral has the table's 62 A.
 */
static void harmonic_currents_scale_where_the_point_is_at_the_supply(void **state)
{
	struct fixture *fixture = *state;
	struct pr_project project = {.supply_kv = 10 * PR_MICRO_ONE, .short_circuit_mva = 250 * PR_MICRO_ONE};
	const struct pr_point at_supply = {.wiring = PR_WIRING_3P3W, .nominal_v = 10000 * PR_MICRO_ONE};
	const struct pr_point below = {.wiring = PR_WIRING_3P4W, .nominal_v = 230 * PR_MICRO_ONE};
	assert_true(read_method(fixture));
	const struct pr_limits *limits = &fixture->method.limits;
	assert_true(fabs(pr_limits_harmonic_a(limits, &project, &at_supply, 5) - 50) < 1e-9);
	assert_true(pr_limits_harmonic_a(limits, &project, &below, 5) == 62);
	project.short_circuit_mva = PR_MICRO_MISSING;
	assert_true(pr_limits_harmonic_a(limits, &project, &at_supply, 5) == 20);
	assert_true(isnan(pr_limits_harmonic_a(limits, &project, &at_supply, 51)));
}

static void limits_that_are_wrong_are_refused(void **state)
{
	static const struct {
		const char *file, *old, *new, *refusal;
	} rows[] = {
		{"limits/gb.ini", "[frequency]", "[frequencies]", "unknown section [frequencies]"},
		{"limits/gb.ini", "short_term = 4", "", "'short_term' in [voltage_unbalance] is missing"},
		{"limits/gb.ini", "[class 6]", "[class six]", "expected kV as in [class 0.38]"},
		{"limits/gb.ini", "up_to_kv = 8", "up_to_kv = 1", "expected more than the class before, 1"},
		{"limits/gb.ini", "minimum = 1000", "minimum = 0.5", "expected whole numbers"},
		{"limits/gb.ini", "source = GB/T 15945-2008", "", "'source'"},
		{"limits/harmonic_gb14549.csv", "limit_a", "limit", "expected 'supply_kv,base_mva,order,limit_a'"},
		{"limits/harmonic_gb14549.csv", "0.38,10,3,62", "0.38,10,3", "expected four numbers above 0"},
		{"limits/harmonic_gb14549.csv", "0.38,10,3,62", "0.38,10,3.5,62", "expected four numbers"},
	};
	struct fixture *fixture = *state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		pr_error_clear(&fixture->error);
		fixture->config.template_folder = "templates";
		change(fixture, rows[i].file, rows[i].old, rows[i].new);
		expect_refusal(fixture, rows[i].refusal);
	}
}

/* --- savings and next month --- */

/* Method 9 and 11; the class of 1000 kVA by GB/T 6451-2015. */
static void the_rules_of_advice_are_those_of_the_method(void **state)
{
	struct fixture *fixture = *state;
	const struct pr_economy_rules *economy = &fixture->method.economy;
	const struct pr_forecast_rules *forecast = &fixture->method.forecast;
	assert_true(read_method(fixture));
	assert_true(economy->best_from_factor == 1.33 && economy->best_to == 0.75);
	assert_int_equal(economy->class_count, 17);
	const struct pr_loss_class *class = pr_loss_class_of(economy, 900 * PR_MICRO_ONE, 10 * PR_MICRO_ONE);
	assert_non_null(class);
	assert_true(class->no_load_kw == 1150000 && class->load_kw == 10300000);
	assert_true(forecast->weeks == 8 && forecast->least_weeks == 4 && forecast->trend_weeks == 4);
	assert_true(forecast->trend_low == 0.8 && forecast->trend_high == 1.25 && forecast->trend_weight == 0.5);
	assert_true(forecast->low_rank == 0.1 && forecast->high_rank == 0.9 && forecast->least_errors == 6);
	assert_true(forecast->deviations == 1.28);
}

static void rules_of_advice_that_are_wrong_are_refused(void **state)
{
	static const struct {
		const char *file, *old, *new, *refusal;
	} rows[] = {
		{"method/transformer_losses.ini", "best_to = 0.75", "", "'best_to' in [economy] is missing"},
		{"method/transformer_losses.ini", "630 = 0.81 6.20", "63 = 0.81 6.20", "again"},
		{"method/transformer_losses.ini", "630 = 0.81 6.20", "430 = 0.81 6.20", "is no rating; expected kVA, rising"},
		{"method/transformer_losses.ini", "630 = 0.81 6.20", "630 = 0.81", "expected no-load and load loss in kW"},
		{"method/transformer_losses.ini", "630 = 0.81 6.20", "630 = 0 6.20", "expected no-load and load loss in kW"},
		{"method/transformer_losses.ini", "up_to_kv = 12", "up_to_kv = low", "expected a voltage in kV"},
		{"method/forecast.ini", "weeks = 8", "weeks = 8.5", "expected a whole number"},
		{"method/forecast.ini", "least_weeks = 4", "least_weeks = 9", "expected at most all weeks"},
		{"method/forecast.ini", "trend_weeks = 4", "trend_weeks = 5", "expected at most half of the weeks"},
		{"method/forecast.ini", "trend_high = 1.25", "trend_high = 0.9", "trend_high"},
	};
	struct fixture *fixture = *state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		pr_error_clear(&fixture->error);
		fixture->config.template_folder = "templates";
		change(fixture, rows[i].file, rows[i].old, rows[i].new);
		expect_refusal(fixture, rows[i].refusal);
	}
}

int main(void)
{
#define TEST(sentence, function)                              \
	{                                                         \
		sentence, function, open_fixture, close_fixture, NULL \
	}
	const struct CMUnitTest tests[] = {
		TEST("the power-factor tables hold the regulation's percentages",
			power_factor_tables_hold_the_regulations_percentages),
		TEST("the shipped thresholds are those of the method", shipped_thresholds_are_those_of_the_method),
		TEST("a hundredth without a line is refused", a_hundredth_without_a_line_is_refused),
		TEST("a hundredth with two lines is refused", a_hundredth_with_two_lines_is_refused),
		TEST("steps that do not divide are refused", steps_that_do_not_divide_are_refused),
		TEST("a range that is none is refused", a_range_that_is_none_is_refused),
		TEST("a threshold that is missing is refused", a_threshold_that_is_missing_is_refused),
		TEST("an unknown threshold is refused", an_unknown_threshold_is_refused),
		TEST("a source that is missing is refused", a_source_that_is_missing_is_refused),
		TEST("frequency bounds in the wrong order are refused", frequency_bounds_in_the_wrong_order_are_refused),
		TEST("the limits of GB/T are those of the method", the_limits_of_gb_are_those_of_the_method),
		TEST("the limits of IEEE 519 replace those of distortion", the_limits_of_ieee_519_replace_those_of_distortion),
		TEST("harmonic currents scale where the point is at the supply",
			harmonic_currents_scale_where_the_point_is_at_the_supply),
		TEST("limits that are wrong are refused", limits_that_are_wrong_are_refused),
		TEST("the rules of savings and forecast are those of the method", the_rules_of_advice_are_those_of_the_method),
		TEST("rules of savings and forecast that are wrong are refused", rules_of_advice_that_are_wrong_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
