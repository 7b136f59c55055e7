/* Method, section 1: the quarter of a row, which of several counts, what is valid and plausible. */
#include "plant.h"

/* The month's settled first incomer. */
static pr_micro kwh_at(const struct plant *plant, const char *local)
{
	const struct pr_project_report *report = &plant->report.projects[0];
	size_t index = (size_t)((plant_time(plant, 0, local) - report->month_from_ms) / PR_MS_QUARTER);
	assert_true(index < report->quarter_count);
	return report->quarters[index].partial_kwh;
}

static void test_two_minutes_early(void **state)
{
	struct plant *plant = *state;
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:13:00"), 1); /* 2:00 before 10:15 */
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T11:12:59"), 2); /* 2:01 before 11:15 */
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-02-28T23:58:30"), 3); /* March's first quarter */
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-31T23:58:30"), 4); /* April's first quarter */
	plant_analyse(plant);
	plant_expect(kwh_at(plant, "2026-03-02T10:15"), "1");
	plant_expect(kwh_at(plant, "2026-03-02T10:00"), "null");
	plant_expect(kwh_at(plant, "2026-03-02T11:00"), "2");
	plant_expect(kwh_at(plant, "2026-03-01T00:00"), "3");
	plant_expect(kwh_at(plant, "2026-03-31T23:45"), "null");
	plant_expect(plant_value(plant, 0, "energy.total"), "6");
	assert_int_equal(plant_note(plant, "quarter.off_grid")->count, 3);
}

static void test_on_grid_wins(void **state)
{
	struct plant *plant = *state;
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:00:00"), 5)->ingested_at_ms = 1000;
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:00:41"), 7)->ingested_at_ms = 9000;
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "energy.total"), "5");
	const struct pr_note *note = plant_note(plant, "quarter.duplicate");
	assert_int_equal(note->count, 1);
	assert_int_equal(note->point_id, 11);
	assert_int_equal(note->first_ms, plant_time(plant, 0, "2026-03-02T10:00:41"));
}

static void test_last_ingested_wins(void **state)
{
	struct plant *plant = *state;
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:01:00"), 9); /* missing = earliest */
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:02:00"), 5)->ingested_at_ms = 2000;
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:03:00"), 7)->ingested_at_ms = 1000;
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "energy.total"), "5");
	assert_int_equal(plant_note(plant, "quarter.duplicate")->count, 2);
}

static void test_larger_energy_wins(void **state)
{
	struct plant *plant = *state;
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:00:00"), 5);
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:00:00"), 6);
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:00:00"), NAN);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "energy.total"), "6");
}

/* 0.25 h × 1.5 × 800 kVA = 300 kWh. */
static void test_transformer_bound(void **state)
{
	struct plant *plant = *state;
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:00"), 300);
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:15"), 300.01);
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:30"), -0.01);
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:45"), 0);
	struct pr_quarter_row *row = plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T11:00"), 1);
	row->kvarh_lag = -300;
	row->kvarh_lead = -300.5;
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "energy.total"), "301");
	plant_expect(plant_value(plant, 0, "coverage.measured"), "3");
	const struct pr_note *note = plant_note(plant, "quarter.implausible.energy");
	assert_int_equal(note->count, 2);
	assert_int_equal(note->first_ms, plant_time(plant, 0, "2026-03-02T10:15"));
	assert_int_equal(note->last_ms, plant_time(plant, 0, "2026-03-02T10:30"));
	plant_expect(note->value, "300.01");
	assert_string_equal(note->detail, "0.25 h × 1.5 × 800 kVA");
	assert_int_equal(plant_note(plant, "quarter.implausible.reactive")->count, 1);
}

/*
 * By rated current 100 A: 3p4w 220 V: 3 × 220 × 100 ÷ 1000 = 66 kVA, 0.375 h × 66 = 24.75 kWh; 3p3w 10 kV: √3 × 10000 ×
 * 100 ÷ 1000 = 1732.0508 kVA → 649.519; one phase 220 V: 22 kVA → 8.25 kWh.
 */
static void test_current_bound(void **state)
{
	static const struct {
		enum pr_wiring wiring;
		double nominal_v, inside, outside;
	} cases[] = {{PR_WIRING_3P4W, 220, 24.75, 24.751}, {PR_WIRING_3P3W, 10000, 649.519, 649.52},
		{PR_WIRING_1P, 220, 8.25, 8.251}};
	struct plant *plant = *state;
	struct pr_point *point = &plant->projects[0].points[0];
	point->transformer_id = 0;
	point->rated_current_a = MICRO(100);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		plant->data[0].points[0].windows->count = 0;
		point->wiring = cases[i].wiring;
		point->nominal_v = MICRO(cases[i].nominal_v);
		plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:00"), cases[i].inside);
		plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:15"), cases[i].outside);
		plant_analyse(plant);
		assert_true(plant_value(plant, 0, "energy.total") == MICRO(cases[i].inside));
	}
}

/* 2,880 quarters of 2 kWh in February and before: the 99 % value is 2, the bound 10. */
static void test_history_bound(void **state)
{
	struct plant *plant = *state;
	plant->projects[0].points[0].transformer_id = 0;
	plant_fill(plant, 0, 0, "2026-01-30T00:00", "2026-03-01T00:00", 2, NAN);
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:00"), 10);
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:15"), 10.5);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "energy.total"), "10");
	assert_string_equal(plant_note(plant, "quarter.implausible.energy")->detail, "5 × 2 kWh");
}

/* Fewer than 2,000 accepted quarters: only 10⁶ kWh is too much. */
static void test_absolute_bound(void **state)
{
	struct plant *plant = *state;
	plant->projects[0].points[0].transformer_id = 0;
	plant_fill(plant, 0, 0, "2026-02-10T00:00", "2026-03-01T00:00", 2, NAN); /* 19 × 96 = 1,824 */
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:00"), 1000000);
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:15"), 1000001);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "energy.total"), "1000000");
}

/* A bound holds while its transformer is in service: 800 kVA to 15 March (300 kWh), after it 3 × 220 V × 500 A =
 * 330 kVA (123.75 kWh). */
static void test_bound_in_service(void **state)
{
	struct plant *plant = *state;
	plant->projects[0].points[0].rated_current_a = MICRO(500);
	plant->projects[0].transformers[0].validity.to_ms = plant_time(plant, 0, "2026-03-16T00:00");
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-15T23:45"), 300);
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-16T00:00"), 123.75);
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-16T00:15"), 123.76);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "energy.total"), "423.75");
	assert_int_equal(plant_note(plant, "quarter.implausible.energy")->count, 1);
	assert_string_equal(plant_note(plant, "quarter.implausible.energy")->detail, "0.25 h × 1.5 × 330 kVA");
}

/* The bound itself is plausible, whatever doubles make of it: 0.375 × 0.73 kVA = 0.27375 kWh, whose double is above
 * the product of doubles for some ratings. */
static void test_bound_exact(void **state)
{
	struct plant *plant = *state;
	pr_micro expected = 0;
	for (int hundredths = 1; hundredths <= 400; hundredths++) {
		plant->projects[0].transformers[0].rated_kva = (pr_micro)hundredths * 10000;
		/* 0.375 kWh a kVA: 0.00375 kWh a hundredth. */
		plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:00"), hundredths * 375 / 1e5);
		expected = (pr_micro)hundredths * 3750;
		plant_analyse(plant);
		assert_int_equal(kwh_at(plant, "2026-03-02T10:00"), expected);
	}
}

/* A quarter whose kWh was left out is not measured: none of its cells counts in a total. */
static void test_unmeasured_quarter(void **state)
{
	struct plant *plant = *state;
	for (int quarter = 0; quarter < 2; quarter++) {
		struct pr_quarter_row *row = plant_row(
			plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:00") + quarter * PR_MS_QUARTER, quarter ? 1048576 : 30);
		row->kvarh_lag = 5;
		row->kvarh_lead = 1;
		row->phase_kwh[0] = row->phase_kwh[1] = row->phase_kwh[2] = 10;
	}
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "energy.total"), "30");
	plant_expect(plant_value(plant, 0, "energy.reactive.lag"), "5");
	plant_expect(plant_value(plant, 0, "energy.reactive"), "6");
	plant_expect(plant_value(plant, 0, "energy.phase.b"), "10");
}

/* 2 × 9·10¹² kWh do not fit the range of exact numbers: no figure, rather than a wrong one. */
static void test_lost_sum(void **state)
{
	struct plant *plant = *state;
	plant->projects[0].transformers[0].rated_kva = MICRO(9e12);
	plant->method.plausibility.quarter_rating_factor = 4;
	struct pr_tariff *tariff = plant_tariff(plant, 0, 1, "2020-01-01");
	plant_slot(plant, tariff, PR_DAY_ALL, 0, 24, PR_SLOT_FLAT, 1);
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:00"), 9e12);
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:15"), 9e12);
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T10:30"), 5);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "energy.total"), "null");
	plant_expect(plant_value(plant, 0, "bill.total"), "null");
	plant_expect(plant_value(plant, 0, "demand.max"), "null");
	plant_expect(plant_point_finding(plant, 0, 11, "energy.total")->value, "null");
}

static void test_validity(void **state)
{
	struct plant *plant = *state;
	struct pr_point *point = &plant->projects[0].points[0];
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 1, NAN);
	point->validity.to_ms = plant_time(plant, 0, "2026-03-11T00:00");
	plant_analyse(plant);
	/* Ten days of 96 quarters; the other 21 × 96 = 2,016 rows do not count. */
	plant_expect(plant_value(plant, 0, "energy.total"), "960");
	plant_expect(plant_value(plant, 0, "coverage.expected"), "960");
	plant_expect(plant_value(plant, 0, "coverage.rate"), "1");
	assert_int_equal(plant_note(plant, "quarter.outside_validity")->count, 2016);
}

static void test_service(void **state)
{
	struct plant *plant = *state;
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 1, NAN);
	plant->directory.tenant.service_from = (struct pr_date){2026, 3, 5};
	plant->directory.tenant.service_to = (struct pr_date){2026, 3, 7}; /* exclusive */
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "coverage.expected"), "192");
	plant_expect(plant_value(plant, 0, "energy.total"), "192");
	assert_int_equal(plant_note(plant, "quarter.outside_service")->count, 29 * 96);
}

static void test_permutation(void **state)
{
	struct plant *plant = *state;
	uint32_t random = 2463534242U;
	plant_fill(plant, 0, 0, "2026-02-01T00:00", "2026-04-01T00:00", 1, 0.5);
	struct pr_quarter_rows *rows = plant->data[0].points[0].windows;
	for (size_t i = 0; i < rows->count; i++)
		rows->rows[i].kwh = (double)(plant_random(&random) % 10000) / 100;
	assert_int_equal(rows->count, 59 * 96);
	for (size_t i = 0; i < 500; i++) { /* duplicates, off the grid or not, some without a time of ingest */
		struct pr_quarter_row copy = rows->rows[plant_random(&random) % (59 * 96)];
		struct pr_quarter_row *row = plant_row(plant, 0, 0, copy.time_ms + plant_random(&random) % 3 * 1000, copy.kwh);
		row->kvarh_lag = (double)(plant_random(&random) % 50);
		row->ingested_at_ms = plant_random(&random) % 2 ? PR_TIME_MISSING : (int64_t)(plant_random(&random) % 3);
	}
	plant_tariff(plant, 0, 1, "2025-01-01");
	plant_slot(plant, &plant->projects[0].tariffs[0], PR_DAY_ALL, 0, 24, PR_SLOT_FLAT, 0.5);
	struct pr_report before = *plant_analyse(plant);
	for (size_t i = rows->count - 1; i > 0; i--) {
		size_t other = plant_random(&random) % (i + 1);
		struct pr_quarter_row held = rows->rows[i];
		rows->rows[i] = rows->rows[other];
		rows->rows[other] = held;
	}
	const struct pr_report *after = plant_analyse(plant);
	assert_int_equal(before.note_count, after->note_count);
	assert_int_equal(before.findings.count, after->findings.count);
	for (size_t i = 0; i < before.findings.count; i++) {
		assert_true(before.findings.items[i].value == after->findings.items[i].value);
		assert_true(before.findings.items[i].change_month == after->findings.items[i].change_month);
		assert_true(before.findings.items[i].at_ms == after->findings.items[i].at_ms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a row at most 2 minutes before a quarter belongs to it", test_two_minutes_early, plant_open, plant_close,
			NULL},
		{"an on-grid row beats an off-grid one, however late that was ingested", test_on_grid_wins, plant_open,
			plant_close, NULL},
		{"among off-grid rows the one ingested last counts", test_last_ingested_wins, plant_open, plant_close, NULL},
		{"of rows alike the larger energy counts", test_larger_energy_wins, plant_open, plant_close, NULL},
		{"energy is bounded by the transformer", test_transformer_bound, plant_open, plant_close, NULL},
		{"without a transformer by the rated current, as the wiring says", test_current_bound, plant_open, plant_close,
			NULL},
		{"without either by the point's own past", test_history_bound, plant_open, plant_close, NULL},
		{"with too little past by a million kWh", test_absolute_bound, plant_open, plant_close, NULL},
		{"a transformer bounds its quarters while it is in service", test_bound_in_service, plant_open, plant_close,
			NULL},
		{"the bound itself is plausible", test_bound_exact, plant_open, plant_close, NULL},
		{"no cell of a quarter that is not measured counts", test_unmeasured_quarter, plant_open, plant_close, NULL},
		{"a sum that leaves the exact range is missing, never wrapped", test_lost_sum, plant_open, plant_close, NULL},
		{"rows outside the point's validity do not count", test_validity, plant_open, plant_close, NULL},
		{"rows outside the tenant's service do not count", test_service, plant_open, plant_close, NULL},
		{"the order of the rows changes nothing", test_permutation, plant_open, plant_close, NULL},
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
