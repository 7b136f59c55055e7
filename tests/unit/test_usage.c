/* Method, section 2: energy, shares, days, points. */
#include "plant.h"

#include "analysis/work.h"

static void expect_shares(
	struct plant *plant, const double *values, size_t count, int digits, const char *const *expected)
{
	pr_micro micros[8] = {0}, shares[8];
	for (size_t i = 0; i < count; i++)
		micros[i] = isnan(values[i]) ? PR_MICRO_MISSING : MICRO(values[i]);
	pr_shares(micros, count, digits, &plant->arena, shares);
	for (size_t i = 0; i < count; i++)
		plant_expect(shares[i], expected[i]);
}

static void test_largest_remainder(void **state)
{
	/* Thirds: 0.333 each, one thousandth left for the first. */
	expect_shares(*state, (double[]){1, 1, 1}, 3, 3, (const char *[]){"0.334", "0.333", "0.333"});
	/* 41580.88, 27390.17, 11259.36 of 80230.41: 518.27, 341.39, 140.34 thousandths; 1 left for .39. */
	expect_shares(*state, (double[]){41580.88, 27390.17, 11259.36}, 3, 3, (const char *[]){"0.518", "0.342", "0.14"});
	/* Equal remainders: the larger share first. 1 : 3 of 8 with two digits: 12.5, 37.5, 50. */
	expect_shares(*state, (double[]){1, 3, 4}, 3, 2, (const char *[]){"0.12", "0.38", "0.5"});
	expect_shares(*state, (double[]){NAN, 2, 0}, 3, 3, (const char *[]){"null", "1", "0"});
	expect_shares(*state, (double[]){0, 0}, 2, 3, (const char *[]){"null", "null"});
}

static void test_shares_sum(void **state)
{
	struct plant *plant = *state;
	uint32_t random = 123456789U;
	for (int round = 0; round < 500; round++) {
		pr_micro values[7] = {0}, shares[7], sum = 0;
		size_t count = 1 + plant_random(&random) % 7;
		for (size_t i = 0; i < count; i++)
			values[i] = plant_random(&random) % 1000000 + 1;
		pr_shares(values, count, round % 7, &plant->arena, shares);
		for (size_t i = 0; i < count; i++)
			sum += shares[i];
		assert_int_equal(sum, PR_MICRO_ONE);
	}
}

static void test_energy(void **state)
{
	struct plant *plant = *state;
	static struct pr_emission_factor factor = {{0, PR_TIME_MISSING}, 570300, 122900, "a notice"};
	plant->projects[0].area_m2 = MICRO(480);
	plant->projects[0].emission_factors = &factor;
	plant->projects[0].emission_factor_count = 1;
	plant_fill(plant, 0, 0, "2026-03-02T00:00", "2026-03-03T00:00", 5, 3);  /* Monday */
	plant_fill(plant, 0, 0, "2026-03-07T00:00", "2026-03-07T12:00", 20, 0); /* half a Saturday */
	for (size_t i = 0; i < 96; i++) {
		struct pr_quarter_row *row = &plant->data[0].points[0].windows->rows[i];
		row->kvarh_lead = -1;
		row->phase_kwh[0] = 2.5;
		row->phase_kwh[1] = 1.5;
	}
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "energy.total"), "1440"); /* 480 + 960 */
	plant_expect(plant_value(plant, 0, "energy.working"), "480");
	plant_expect(plant_value(plant, 0, "energy.off"), "960");
	plant_expect(plant_value(plant, 0, "energy.largest_day"), "960");
	assert_int_equal(plant_finding(plant, 0, "energy.largest_day")->at_ms, plant_time(plant, 0, "2026-03-07T00:00"));
	plant_expect(plant_value(plant, 0, "energy.reactive.lag"), "288");
	plant_expect(plant_value(plant, 0, "energy.reactive.lead"), "96");
	plant_expect(plant_value(plant, 0, "energy.reactive"), "384");
	plant_expect(plant_value(plant, 0, "energy.phase.a"), "240");
	plant_expect(plant_value(plant, 0, "energy.phase.b"), "144");
	assert_null(pr_findings_get(&plant->report.projects[0].findings, "energy.phase.c"));
	plant_expect(plant_value(plant, 0, "energy.per_area"), "3");
	plant_expect(plant_value(plant, 0, "energy.carbon"), "821.232"); /* 1440 × 0.5703 */
	plant_expect(plant_value(plant, 0, "energy.coal"), "176.976");   /* 1440 × 0.1229 */
	assert_string_equal(plant_finding(plant, 0, "energy.carbon")->source, "a notice");
	const struct pr_series *days = pr_project_series(&plant->report.projects[0], "energy_day");
	assert_true(isnan(days->values[0]) && days->values[1] == 480 && days->values[6] == 960);
	assert_int_equal(pr_project_series(&plant->report.projects[0], "largest_day")->count, 96);
}

static void test_slot_series(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *tariff = plant_tariff(plant, 0, 1, "2020-01-01");
	plant_slot(plant, tariff, PR_DAY_WORKDAY, 0, 12, PR_SLOT_PEAK, 1);
	plant_slot(plant, tariff, PR_DAY_WORKDAY, 12, 24, PR_SLOT_VALLEY, 1);
	plant_slot(plant, tariff, PR_DAY_OFFDAY, 0, 24, PR_SLOT_VALLEY, 1);
	plant_fill(plant, 0, 0, "2026-03-02T12:00", "2026-03-03T00:00", 5, NAN); /* Monday afternoon */
	plant_fill(plant, 0, 0, "2026-03-07T00:00", "2026-03-08T00:00", 1, NAN); /* Saturday */
	plant_analyse(plant);
	const struct pr_project_report *report = &plant->report.projects[0];
	const struct pr_series *peak = pr_project_series(report, "energy_slot_day.peak");
	const struct pr_series *valley = pr_project_series(report, "energy_slot_day.valley");
	assert_true(isnan(peak->values[1]) && valley->values[1] == 240); /* its peak quarters were not measured */
	assert_true(peak->values[6] == 0 && valley->values[6] == 96);    /* a Saturday has no peak */
	assert_null(pr_project_series(report, "energy_slot_day.sharp"));
	plant_expect(plant_value(plant, 0, "energy.share.valley"), "1");
	plant_expect(plant_value(plant, 0, "energy.share.peak"), "0");
	plant_expect(plant_value(plant, 0, "energy.slot.peak"), "0");
}

static void test_points(void **state)
{
	struct plant *plant = *state;
	static struct pr_point_name names[] = {{"old", 0}, {"new", 0}};
	static struct pr_meter_change change = {0, "A1", "B2", NULL};
	names[1].from_ms = change.at_ms = plant_time(plant, 0, "2026-03-15T08:00");
	plant_point(plant, 0, 21, PR_ROLE_FEEDER)->parent_id = 11;
	struct pr_point *second = plant_point(plant, 0, 22, PR_ROLE_FEEDER);
	second->parent_id = 11;
	second->names = names;
	second->name_count = 2;
	second->meter_changes = &change;
	second->meter_change_count = 1;
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, NAN);
	plant_fill(plant, 0, 1, "2026-03-01T00:00", "2026-04-01T00:00", 4, NAN);
	plant_fill(plant, 0, 2, "2026-03-01T00:00", "2026-04-01T00:00", 5, NAN);
	plant_row_at(plant, 0, 2, "2026-03-15T12:00")->kwh = 8;
	plant_row_at(plant, 0, 1, "2026-03-16T12:00")->kwh = NAN;
	plant_analyse(plant);
	const struct pr_project_report *report = &plant->report.projects[0];
	assert_int_equal(report->point_count, 3);
	assert_int_equal(report->points[0].id, 11);
	assert_string_equal(report->points[2].name, "new");
	plant_expect(plant_point_finding(plant, 0, 22, "energy.total")->value, "14883");
	assert_int_equal(plant_point_finding(plant, 0, 22, "energy.total")->rank, 1);
	assert_int_equal(plant_point_finding(plant, 0, 21, "energy.total")->rank, 2);
	plant_expect(plant_point_finding(plant, 0, 22, "demand.max")->value, "32");
	plant_expect(plant_point_finding(plant, 0, 22, "energy.share")->value, "0.500101"); /* 14883 ÷ 29760 */
	plant_expect(plant_point_finding(plant, 0, 22, "load.rate")->value, "0.625126");    /* 14883 ÷ 2976 ÷ 8 */
	/* Without the quarter that a child lacks: 2,975 × (10 − 4 − 5) − 3. */
	plant_expect(plant_value(plant, 0, "energy.unmetered"), "2972");
	assert_string_equal(plant_note(plant, "point.renamed")->detail, "old");
	assert_string_equal(plant_note(plant, "point.meter_changed")->detail, "A1 → B2");
	assert_null(plant_note(plant, "balance.negative"));
	for (size_t i = 0; i < plant->data[0].points[2].windows->count; i++)
		plant->data[0].points[2].windows->rows[i].kwh = 7;
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "energy.unmetered"), "-2975");
	assert_int_equal(plant_note(plant, "balance.negative")->count, 2975);
}

static void test_minute_notes(void **state)
{
	struct plant *plant = *state;
	struct pr_minute_buckets *minutes = plant_minutes(plant, 0, 0);
	minutes->fields[PR_UA].implausible_count = 3;
	minutes->fields[PR_UA].implausible_first_ms = 1000;
	minutes->fields[PR_UA].implausible_last_ms = 5000;
	minutes->fields[PR_UBC].implausible_count = 1;
	minutes->fields[PR_UBC].implausible_first_ms = 7000;
	minutes->fields[PR_UBC].implausible_last_ms = 7000;
	plant_sample(plant, 0, 0, "2026-03-02T00:15", PR_PTTL, -12.5);
	plant_sample(plant, 0, 0, "2026-03-02T00:30", PR_PTTL, 12.5);
	plant_analyse(plant);
	const struct pr_note *note = plant_note(plant, "minute.implausible.voltage");
	assert_int_equal(note->count, 4);
	assert_int_equal(note->first_ms, 1000);
	assert_int_equal(note->last_ms, 7000);
	assert_null(plant_note(plant, "minute.implausible.current"));
	plant_expect(plant_note(plant, "minute.reverse_power")->value, "-12.5");
	assert_int_equal(plant_note(plant, "minute.reverse_power")->count, 1);
}

#define TEST(name, function)                          \
	{                                                 \
		name, function, plant_open, plant_close, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("shares are rounded by largest remainder, ties to the larger", test_largest_remainder),
		TEST("shares add up to exactly the whole", test_shares_sum),
		TEST("energy is summed by kind of day, phase, area and factor", test_energy),
		TEST("a slot's day is 0 where it has none, missing where none was measured", test_slot_series),
		TEST("points are ranked, renamed, and balanced against their incomer", test_points),
		TEST("minutes out of bounds and reverse power are noted by kind", test_minute_notes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
