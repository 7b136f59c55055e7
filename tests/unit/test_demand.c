/* Method, section 4: the maximum demand, and what the meter reports of it. */
#include "plant.h"

static void test_first_of_equals(void **state)
{
	struct plant *plant = *state;
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, NAN);
	plant_row_at(plant, 0, 0, "2026-03-09T14:15")->kwh = 60.5;
	plant_row_at(plant, 0, 0, "2026-03-08T09:00")->kwh = 60.5;
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "demand.max"), "242");
	assert_int_equal(plant_finding(plant, 0, "demand.max")->at_ms, plant_time(plant, 0, "2026-03-08T09:00"));
	plant_expect(plant_finding(plant, 0, "demand.max")->coverage, "1");
	plant_expect(plant_value(plant, 0, "demand.reported"), "null");
}

/* A: 10, but 50 at noon of the 2nd; B: 30, but 40 at noon of the 3rd: the sum is largest on the 2nd, 80 × 4. */
static void test_sum_of_incomers(void **state)
{
	struct plant *plant = *state;
	plant_point(plant, 0, 12, PR_ROLE_INCOMER);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, NAN);
	plant_fill(plant, 0, 1, "2026-03-01T00:00", "2026-04-01T00:00", 30, NAN);
	plant_row_at(plant, 0, 0, "2026-03-02T12:00")->kwh = 50;
	plant_row_at(plant, 0, 1, "2026-03-03T12:00")->kwh = 40;
	plant_row_at(plant, 0, 0, "2026-03-02T12:00")->mdp_max = 400;
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "demand.max"), "320");
	plant_expect(plant_value(plant, 0, "demand.reported"), "null");
	assert_null(plant_note(plant, "demand.partial"));
}

static void test_partial(void **state)
{
	struct plant *plant = *state;
	plant_point(plant, 0, 12, PR_ROLE_INCOMER);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, NAN);
	plant_fill(plant, 0, 1, "2026-03-01T00:00", "2026-04-01T00:00", 30, NAN);
	plant_row_at(plant, 0, 1, "2026-03-02T12:00")->kwh = 90;
	plant_row_at(plant, 0, 0, "2026-03-02T12:00")->kwh = NAN;
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "demand.max"), "360");
	const struct pr_note *note = plant_note(plant, "demand.partial");
	assert_int_equal(note->count, 1);
	assert_int_equal(note->first_ms, plant_time(plant, 0, "2026-03-02T12:00"));
	/* The minimum is of quarters that both hold. */
	plant_expect(plant_value(plant, 0, "load.min"), "160");
}

/* D = 200 kW: plausible from 199 to 240, and at most 1.5 × 150 = 225 with that transformer. */
static void test_reported(void **state)
{
	static const struct {
		double kva, reported;
		const char *expected;
	} cases[] = {{800, 199, "199"}, {800, 198.9, "null"}, {800, 240, "240"}, {800, 240.1, "null"}, {150, 225, "225"},
		{150, 225.1, "null"}, {800, 9999999, "null"}};
	struct plant *plant = *state;
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, NAN);
	struct pr_quarter_row *row = plant_row_at(plant, 0, 0, "2026-03-02T12:00");
	row->kwh = 50;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		plant->projects[0].transformers[0].rated_kva = MICRO(cases[i].kva);
		row->mdp_max = cases[i].reported;
		plant_analyse(plant);
		plant_expect(plant_value(plant, 0, "demand.max"), "200");
		plant_expect(plant_value(plant, 0, "demand.reported"), cases[i].expected);
	}
	plant_expect(plant_note(plant, "demand.reported_implausible")->value, "9999999");
	/* An absurd quarter leaves the others' maximum. */
	plant_row_at(plant, 0, 0, "2026-03-02T13:00")->mdp_max = 201.5;
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "demand.reported"), "201.5");
	assert_int_equal(plant_note(plant, "demand.reported_implausible")->count, 1);
}

static void test_days(void **state)
{
	struct plant *plant = *state;
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-03-31T00:00", 10, NAN);
	plant_row_at(plant, 0, 0, "2026-03-02T12:00")->kwh = 50;
	plant_analyse(plant);
	const struct pr_series *series = pr_project_series(&plant->report.projects[0], "demand_day");
	assert_int_equal(series->count, 31);
	assert_true(series->values[0] == 40 && series->values[1] == 200);
	assert_true(isnan(series->values[30]));
	series = pr_project_series(&plant->report.projects[0], "peak_day");
	assert_int_equal(series->count, 96);
	assert_int_equal(series->start_ms, plant_time(plant, 0, "2026-03-02T00:00"));
	assert_true(series->values[48] == 200 && series->values[47] == 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"the maximum demand is the first of equal quarters", test_first_of_equals, plant_open, plant_close, NULL},
		{"it is of the sum of the incomers, which report none themselves", test_sum_of_incomers, plant_open,
			plant_close, NULL},
		{"a quarter with an incomer missing takes part and is noted", test_partial, plant_open, plant_close, NULL},
		{"what the meter reports is shown where it is plausible", test_reported, plant_open, plant_close, NULL},
		{"each measured day has a maximum, others none", test_days, plant_open, plant_close, NULL},
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
