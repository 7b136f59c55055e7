/* The container of findings and notes: rounding to the unit's precision, replacing, merging. */
#include "plant.h"

#include "analysis/work.h"

static void test_precision(void **state)
{
	struct plant *plant = *state;
	struct pr_findings findings = {0};
	const struct pr_finding *finding =
		pr_findings_set(&findings, &plant->arena, "a", 1234567, "CNY", PR_PRECISION_MONEY);
	plant_expect(finding->value, "1.23");
	plant_expect(finding->coverage, "null");
	plant_expect(finding->change_month, "null");
	assert_true(finding->at_ms == PR_TIME_MISSING && !finding->new_month && !finding->rank);
	plant_expect(pr_findings_set_double(&findings, &plant->arena, "b", -0.00005, "kWh", PR_PRECISION_QUANTITY)->value,
		"-0.0001");
	plant_expect(
		pr_findings_set_double(&findings, &plant->arena, "c", NAN, "kWh", PR_PRECISION_QUANTITY)->value, "null");
	finding = pr_findings_set_word(&findings, &plant->arena, "d", "pass");
	assert_string_equal(finding->word, "pass");
	plant_expect(finding->value, "null");
	assert_int_equal(findings.count, 4);
	assert_null(pr_findings_get(&findings, "e"));
}

static void test_set_again(void **state)
{
	struct plant *plant = *state;
	struct pr_findings findings = {0};
	pr_findings_set(&findings, &plant->arena, "a", MICRO(1), "kW", PR_PRECISION_QUANTITY)->rank = 3;
	pr_findings_set(&findings, &plant->arena, "b", MICRO(2), "kW", PR_PRECISION_QUANTITY);
	pr_findings_set(&findings, &plant->arena, "a", MICRO(5), "kW", PR_PRECISION_QUANTITY);
	assert_int_equal(findings.count, 2);
	assert_string_equal(findings.items[0].id, "a");
	plant_expect(findings.items[0].value, "5");
	assert_int_equal(findings.items[0].rank, 0);
}

static void test_notes_merge(void **state)
{
	struct plant *plant = *state;
	struct pr_report report = {0};
	const struct pr_work work = {&plant->dataset, &plant->method, &plant->arena, &report};
	const struct pr_work quiet = {&plant->dataset, &plant->method, &plant->arena, NULL};
	struct pr_tally tally = {0};
	pr_tally_add(&tally, 500, -3);
	pr_tally_add(&tally, 100, 2);
	pr_tally_note(&work, &tally, "x", 1, 11, "kWh", NULL);
	pr_tally_note(&quiet, &tally, "x", 1, 11, "kWh", NULL);
	pr_tally_note(&work, &(struct pr_tally){2, 50, 900, 0}, "x", 1, 11, "kWh", NULL);
	pr_tally_note(&work, &(struct pr_tally){0}, "y", 1, 11, NULL, NULL);
	pr_note_plain(&work, "x", 1, 12);
	assert_int_equal(report.note_count, 2);
	assert_int_equal(report.notes[0].count, 4);
	assert_int_equal(report.notes[0].first_ms, 50);
	assert_int_equal(report.notes[0].last_ms, 900);
	plant_expect(report.notes[0].value, "-3");
	assert_int_equal(report.notes[1].point_id, 12);
	assert_true(report.notes[1].first_ms == PR_TIME_MISSING);
}

/* ceil(0.95 × 20) = 19, ceil(0.95 × 21) = 20, ceil(0.5 × 4) = 2, and never below the first. */
static void test_nearest_rank(void **state)
{
	(void)state;
	pr_micro values[21];
	for (int i = 0; i < 21; i++)
		values[i] = i + 1;
	assert_int_equal(pr_nearest_rank(values, 20, 0.95), 19);
	assert_int_equal(pr_nearest_rank(values, 21, 0.95), 20);
	assert_int_equal(pr_nearest_rank(values, 4, 0.5), 2);
	assert_int_equal(pr_nearest_rank(values, 20, 0), 1);
	assert_int_equal(pr_nearest_rank(values, 20, 1), 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a finding is rounded to the precision of what it is", test_precision, plant_open, plant_close, NULL},
		{"a finding set again keeps its place and loses its attributes", test_set_again, plant_open, plant_close, NULL},
		{"notes of one code and subject are one note", test_notes_merge, plant_open, plant_close, NULL},
		{"percentiles are by nearest rank", test_nearest_rank, NULL, NULL, NULL},
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
