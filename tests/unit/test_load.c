/* Method, section 4: load, running and outage time, load rates. */
#include "plant.h"

/*
 * A day, the rest of the month silent: 8 hours of 25 kWh (100 kW), 8 hours of 5 (20 kW), 8 of 0.4 (1.6 kW). The 95 %
 * value is 100 kW, so running is above 2 kW: 64 quarters, of which the smallest are 20 kW.
 */
static void fill_day(struct plant *plant)
{
	plant_fill(plant, 0, 0, "2026-03-02T00:00", "2026-03-02T08:00", 0.4, NAN);
	plant_fill(plant, 0, 0, "2026-03-02T08:00", "2026-03-02T16:00", 25, NAN);
	plant_fill(plant, 0, 0, "2026-03-02T16:00", "2026-03-03T00:00", 5, NAN);
}

static void test_load(void **state)
{
	struct plant *plant = *state;
	fill_day(plant);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "load.max"), "100");
	plant_expect(plant_value(plant, 0, "load.min"), "20");
	plant_expect(plant_value(plant, 0, "load.base"), "20");
	plant_expect(plant_value(plant, 0, "load.peak_valley"), "80");
	/* (100 + 20 + 1.6) ÷ 3 = 40.5333 */
	plant_expect(plant_value(plant, 0, "load.mean"), "40.5333");
	plant_expect(plant_value(plant, 0, "load.rate"), "0.405333");
	plant_expect(plant_value(plant, 0, "load.running_minutes"), "960");
	plant_expect(plant_value(plant, 0, "load.outage_minutes"), "null");
	assert_non_null(plant_note(plant, "load.no_minutes"));
	assert_int_equal(plant_finding(plant, 0, "load.min")->at_ms, plant_time(plant, 0, "2026-03-02T16:00"));
}

/* Exactly at 2 % of the 95 % value is not running. Base load of 64 running quarters: rank ceil(3.2) = 4. */
static void test_threshold_and_base(void **state)
{
	struct plant *plant = *state;
	fill_day(plant);
	plant_row_at(plant, 0, 0, "2026-03-02T00:00")->kwh = 0.5; /* 2 kW */
	plant_row_at(plant, 0, 0, "2026-03-02T16:00")->kwh = 1;
	plant_row_at(plant, 0, 0, "2026-03-02T16:15")->kwh = 2;
	plant_row_at(plant, 0, 0, "2026-03-02T16:30")->kwh = 3;
	plant_row_at(plant, 0, 0, "2026-03-02T16:45")->kwh = 4;
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "load.running_minutes"), "960");
	plant_expect(plant_value(plant, 0, "load.min"), "4");
	plant_expect(plant_value(plant, 0, "load.base"), "16");
}

static void test_never_running(void **state)
{
	struct plant *plant = *state;
	plant_fill(plant, 0, 0, "2026-03-02T00:00", "2026-03-03T00:00", 0, NAN);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "load.running_minutes"), "0");
	plant_expect(plant_value(plant, 0, "load.min"), "null");
	plant_expect(plant_value(plant, 0, "load.rate"), "null");
	plant_expect(plant_value(plant, 0, "demand.max"), "0");
}

static void test_outage(void **state)
{
	struct plant *plant = *state;
	fill_day(plant);
	plant_minutes(plant, 0, 0);
	/* Low load, currents on: no outage. */
	plant_sample(plant, 0, 0, "2026-03-02T00:00", PR_IA, 0.2);
	plant_sample(plant, 0, 0, "2026-03-02T00:00", PR_IB, 0);
	/* Every current at rest: an outage. 0.1 A without a rating. */
	plant_sample(plant, 0, 0, "2026-03-02T00:15", PR_IA, 0.1);
	plant_sample(plant, 0, 0, "2026-03-02T00:15", PR_IB, 0);
	/* Currents unknown, a voltage below 22 V: an outage; at 22 V none. */
	plant_sample(plant, 0, 0, "2026-03-02T00:30", PR_UB, 21.9);
	plant_sample(plant, 0, 0, "2026-03-02T00:45", PR_UB, 22);
	/* Running quarters are none, whatever the minutes say. */
	plant_sample(plant, 0, 0, "2026-03-02T09:00", PR_IA, 0);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "load.outage_minutes"), "30");
	/* With a rating of 100 A the limit is 0.5 A: the first becomes one. */
	plant->projects[0].points[0].rated_current_a = MICRO(100);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "load.outage_minutes"), "45");
}

/* kWh 30, lag 40: P = 120, Q = 160, S = 200 kVA, β = 0.25 of 800; with lead 10: Q = 120, S = 169.705627, 0.212132. */
static void test_beta(void **state)
{
	struct plant *plant = *state;
	plant_fill(plant, 0, 0, "2026-03-02T00:00", "2026-03-02T00:30", 30, 40);
	plant_row_at(plant, 0, 0, "2026-03-02T00:15")->kvarh_lead = -10;
	plant_analyse(plant);
	const struct pr_findings *findings = &plant->report.projects[0].transformers[0].findings;
	plant_expect(pr_findings_get(findings, "load.beta.max")->value, "0.25");
	assert_int_equal(pr_findings_get(findings, "load.beta.max")->at_ms, plant_time(plant, 0, "2026-03-02T00:00"));
	plant_expect(pr_findings_get(findings, "load.beta.mean")->value, "0.231066");
	assert_null(plant_note(plant, "load.no_reactive"));
}

static void test_beta_of_feeders(void **state)
{
	struct plant *plant = *state;
	plant->projects[0].points[0].transformer_id = 0;
	plant_point(plant, 0, 21, PR_ROLE_FEEDER)->transformer_id = 1001;
	plant_point(plant, 0, 22, PR_ROLE_FEEDER)->transformer_id = 1001;
	plant_fill(plant, 0, 1, "2026-03-02T00:00", "2026-03-02T00:30", 10, 15);
	plant_fill(plant, 0, 2, "2026-03-02T00:00", "2026-03-02T00:15", 20, 25);
	plant_analyse(plant);
	const struct pr_findings *findings = &plant->report.projects[0].transformers[0].findings;
	/* One quarter only is held by both: again 30 and 40. */
	plant_expect(pr_findings_get(findings, "load.beta.mean")->value, "0.25");
	/* An incomer that names it takes their place; without kvarh there is none. */
	plant->projects[0].points[0].transformer_id = 1001;
	plant_fill(plant, 0, 0, "2026-03-02T00:00", "2026-03-02T00:15", 30, NAN);
	plant_analyse(plant);
	findings = &plant->report.projects[0].transformers[0].findings;
	plant_expect(pr_findings_get(findings, "load.beta.mean")->value, "null");
	assert_string_equal(plant_note(plant, "load.no_reactive")->detail, "T");
}

static void test_point_current(void **state)
{
	struct plant *plant = *state;
	struct pr_point *point = &plant->projects[0].points[0];
	point->transformer_id = 0;
	point->rated_current_a = MICRO(200);
	plant_minutes(plant, 0, 0);
	plant_sample(plant, 0, 0, "2026-03-02T00:00", PR_IA, 50);
	plant_sample(plant, 0, 0, "2026-03-02T00:00", PR_IB, 100);
	plant_sample(plant, 0, 0, "2026-03-02T00:15", PR_IB, 60);
	plant_analyse(plant);
	plant_expect(plant_point_finding(plant, 0, 11, "load.beta.max")->value, "0.5");
	plant_expect(plant_point_finding(plant, 0, 11, "load.beta.mean")->value, "0.4"); /* (100 + 60) ÷ 2 ÷ 200 */
	point->rated_current_a = PR_MICRO_MISSING;
	plant_analyse(plant);
	assert_null(plant_point_finding(plant, 0, 11, "load.beta.max"));
	assert_int_equal(plant_note(plant, "load.no_rating")->point_id, 11);
}

/* 2 March 2026 is a Monday, 7 March a Saturday. */
static void test_typical_days(void **state)
{
	struct plant *plant = *state;
	plant_fill(plant, 0, 0, "2026-03-02T00:00", "2026-03-03T00:00", 10, NAN);
	plant_fill(plant, 0, 0, "2026-03-03T00:00", "2026-03-04T00:00", 20, NAN);
	plant_fill(plant, 0, 0, "2026-03-07T00:00", "2026-03-07T12:00", 1, NAN);
	plant_analyse(plant);
	const struct pr_series *work = pr_project_series(&plant->report.projects[0], "typical_workday");
	const struct pr_series *off = pr_project_series(&plant->report.projects[0], "typical_offday");
	assert_int_equal(work->count, 96);
	assert_true(work->values[0] == 60 && work->values[95] == 60);
	assert_true(off->values[47] == 4);
	assert_true(isnan(off->values[48]));
}

static void test_difference_never_exceeds_maximum(void **state)
{
	struct plant *plant = *state;
	uint32_t random = 521288629U;
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 1, NAN);
	struct pr_quarter_rows *rows = plant->data[0].points[0].windows;
	for (int round = 0; round < 8; round++) {
		for (size_t i = 0; i < rows->count; i++)
			rows->rows[i].kwh = plant_random(&random) % 3 ? (double)(plant_random(&random) % 20000) / 100 : 0;
		plant_analyse(plant);
		assert_true(plant_value(plant, 0, "load.peak_valley") <= plant_value(plant, 0, "load.max"));
		assert_true(plant_value(plant, 0, "load.min") <= plant_value(plant, 0, "load.base"));
		assert_true(plant_value(plant, 0, "load.rate") <= PR_MICRO_ONE);
	}
}

#define TEST(name, function)                          \
	{                                                 \
		name, function, plant_open, plant_close, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("minimum, base and difference are of running time, the mean of all", test_load),
		TEST("running is above the threshold, the base load a nearest rank", test_threshold_and_base),
		TEST("a plant at rest has no minimum and no load rate", test_never_running),
		TEST("an outage is told from a low load by the minutes", test_outage),
		TEST("a transformer's load rate is apparent power against its rating", test_beta),
		TEST("feeders count for a transformer only where no incomer names it", test_beta_of_feeders),
		TEST("without a transformer the largest phase current counts", test_point_current),
		TEST("typical days part workdays from all others", test_typical_days),
		TEST("the peak-valley difference never exceeds the maximum", test_difference_never_exceeds_maximum),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
