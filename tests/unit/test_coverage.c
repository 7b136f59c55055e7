/* Method, section 1: coverage, the gate, gaps. */
#include "plant.h"

/* March has 31 × 96 = 2,976 quarters. 95 % is 2,827.2: with 2,828 the gate is passed, with 2,827 not. */
static void test_gate(void **state)
{
	struct plant *plant = *state;
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-03-30T11:00", 1, NAN); /* 29 × 96 + 44 = 2,828 */
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "coverage.expected"), "2976");
	plant_expect(plant_value(plant, 0, "coverage.measured"), "2828");
	plant_expect(plant_value(plant, 0, "coverage.rate"), "0.950269"); /* 0.9502688 */
	assert_false(plant->report.below_gate);
	plant_row_at(plant, 0, 0, "2026-03-10T00:00")->kwh = NAN;
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "coverage.measured"), "2827");
	assert_true(plant->report.below_gate);
	assert_int_equal(plant_note(plant, "coverage.tenant_low")->count, 149);
	assert_int_equal(plant_note(plant, "coverage.project_low")->project_id, 10);
	const struct pr_note *note = plant_note(plant, "coverage.low");
	assert_int_equal(note->point_id, 11);
	assert_int_equal(note->first_ms, plant_time(plant, 0, "2026-03-10T00:00"));
	assert_int_equal(note->last_ms, plant_time(plant, 0, "2026-03-31T23:45"));
}

static void test_gaps_and_days(void **state)
{
	struct plant *plant = *state;
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 1, NAN);
	plant_row_at(plant, 0, 0, "2026-03-05T00:00")->kwh = NAN;
	plant_row_at(plant, 0, 0, "2026-03-05T00:15")->kwh = -5; /* implausible: not measured */
	plant_row_at(plant, 0, 0, "2026-03-31T23:45")->kwh = NAN;
	plant_analyse(plant);
	const struct pr_project_report *report = &plant->report.projects[0];
	assert_int_equal(report->gap_count, 2);
	assert_int_equal(report->gaps[0].quarters, 2);
	assert_int_equal(report->gaps[0].from_ms, plant_time(plant, 0, "2026-03-05T00:00"));
	assert_int_equal(report->gaps[0].to_ms, plant_time(plant, 0, "2026-03-05T00:30"));
	assert_int_equal(report->gaps[1].to_ms, report->month_to_ms);
	assert_int_equal(report->day_count, 31);
	assert_int_equal(report->day_expected[4], 96);
	assert_int_equal(report->day_measured[4], 94);
	assert_int_equal(report->day_measured[30], 95);
	assert_int_equal(report->day_kinds[6], PR_DAY_OFFDAY); /* Saturday, 7 March 2026 */
	assert_true(report->quarters[4 * 96 + 1].implausible);
	assert_int_equal(report->quarters[4 * 96 + 1].measured, 0);
}

static void test_incomers_sum(void **state)
{
	struct plant *plant = *state;
	plant_point(plant, 0, 12, PR_ROLE_INCOMER)->validity.from_ms = plant_time(plant, 0, "2026-03-31T00:00");
	plant_point(plant, 0, 21, PR_ROLE_FEEDER);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 1, NAN);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "coverage.expected"), "3072"); /* 2,976 + 96: feeders are not counted */
	plant_expect(plant_value(plant, 0, "coverage.rate"), "0.96875");
	plant_expect(plant_point_finding(plant, 0, 12, "coverage.rate")->value, "0");
	assert_int_equal(plant_note(plant, "point.silent")->point_id, 12);
	assert_int_equal(plant_note(plant, "point.silent")->count, 96);
	/* The quarter of a day with an incomer missing is partial, the others are whole. */
	assert_true(plant->report.projects[0].quarters[0].kwh == PR_MICRO_ONE);
	plant_expect(plant->report.projects[0].quarters[2975].kwh, "null");
	plant_expect(plant->report.projects[0].quarters[2975].partial_kwh, "1");
}

static void test_of_minutes(void **state)
{
	struct plant *plant = *state;
	plant->data[0].points[0].has_quarters_ever = false;
	plant_minutes(plant, 0, 0);
	for (int quarter = 0; quarter < 96; quarter++)
		plant->data[0].points[0].minutes->samples[quarter + 96] = 3;
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "coverage.measured"), "96");
	plant_expect(plant_value(plant, 0, "coverage.minute.rate"), "0.032258");
	plant_expect(plant_value(plant, 0, "energy.total"), "null");
	assert_true(plant->report.projects[0].coverage_of_minutes);
	assert_true(plant->report.below_gate && plant->report.has_rows);
	assert_int_equal(plant->report.projects[0].day_measured[1], 96);
	assert_int_equal(plant_note(plant, "coverage.of_minutes")->project_id, 10);
	plant_expect(plant_point_finding(plant, 0, 11, "coverage.measured")->value, "96");
	/* One quarter row, ever: coverage is of quarters again. */
	plant->data[0].points[0].has_quarters_ever = true;
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "coverage.measured"), "0");
	plant_expect(plant_value(plant, 0, "coverage.minute.rate"), "0.032258");
}

static void test_nothing_expected(void **state)
{
	struct plant *plant = *state;
	plant->projects[0].points[0].validity.to_ms = plant_time(plant, 0, "2026-02-01T00:00");
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "coverage.expected"), "0");
	plant_expect(plant_value(plant, 0, "coverage.rate"), "null");
	assert_false(plant->report.below_gate || plant->report.projects[0].in_service || plant->report.has_rows);
	assert_true(plant->report.in_service); /* the tenant is, though it has no meter */
	assert_non_null(plant_note(plant, "coverage.none"));
	plant->directory.tenant.service_to = (struct pr_date){2026, 3, 1};
	plant_analyse(plant);
	assert_false(plant->report.in_service);
}

static void test_removing_rows(void **state)
{
	struct plant *plant = *state;
	uint32_t random = 362436069U;
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 1, NAN);
	struct pr_quarter_rows *rows = plant->data[0].points[0].windows;
	pr_micro before = PR_MICRO_ONE, energy_before = INT64_MAX;
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < 60; i++)
			rows->rows[plant_random(&random) % rows->count] = rows->rows[rows->count - 1], rows->count--;
		plant_analyse(plant);
		pr_micro rate = plant_value(plant, 0, "coverage.rate"), energy = plant_value(plant, 0, "energy.total");
		assert_true(rate < before && energy < energy_before);
		before = rate;
		energy_before = energy;
	}
}

#define TEST(name, function)                          \
	{                                                 \
		name, function, plant_open, plant_close, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the gate is exact and coverage is cut, not rounded", test_gate),
		TEST("gaps and days say which quarters are missing", test_gaps_and_days),
		TEST("coverage sums the incomers, each over its own validity", test_incomers_sum),
		TEST("a project that never had a quarter row is covered by minutes", test_of_minutes),
		TEST("nothing expected: no coverage and no gate", test_nothing_expected),
		TEST("removing rows never raises coverage", test_removing_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
