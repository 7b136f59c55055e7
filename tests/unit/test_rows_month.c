/* Rows of the month's chapters: the health index worked out again, alarms by point, checks of the bill, quality. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "document/month.h"
#include "document/rows.h"
#include "reported.h"

static struct pr_method method;
static struct pr_directory directory;
static struct pr_rows rows;

static int set_up(void **state)
{
	if (reported_set_up(state) != 0)
		return -1;
	memset(&method, 0, sizeof method);
	method.health.small = (struct pr_score_table){{0.5, 1, 2}, {100, 60, 0}, 3};
	method.health.power_factor = (struct pr_score_table){{-0.1, 0, 0.05}, {0, 60, 100}, 3};
	method.health.load = (struct pr_score_table){{0, 0.2, 0.4, 0.8, 1, 1.2}, {40, 60, 100, 100, 60, 0}, 6};
	for (int i = 0; i < PR_HEALTH_AXIS_COUNT; i++) {
		method.health.weights[i] = i == PR_HEALTH_POWER_FACTOR ? 2 : 1;
		reported.project_report.health[i] = (struct pr_health_input){NAN, NAN};
	}
	method.alarms.longest_days = 31;
	method.alarms.high_rank = 0.9;
	method.verification_flag = 0.005;
	reported.report.method = &method;
	directory = (struct pr_directory){0};
	reported.dataset.directory = &directory;
	return 0;
}

static void get(const char *name)
{
	if (!pr_rows_get(&reported.context, reported.scope, name, NULL, 0, &rows, &reported.error))
		fail_msg("%s", reported.error.text);
}

static struct pr_value field(size_t row, const char *name)
{
	struct pr_value value = pr_value_missing();

	assert_true(row < rows.count);
	if (!pr_scope_field(&rows.items[row], name, &value))
		fail_msg("no field %s", name);
	return value;
}

static void assert_number(size_t row, const char *name, double expected)
{
	struct pr_value value = field(row, name);

	if (value.kind != PR_VALUE_NUMBER || fabs(value.number - expected) > 1e-9)
		fail_msg("%s of row %zu is %g, expected %g", name, row, value.number, expected);
}

static void assert_text(size_t row, const char *name, const char *expected)
{
	struct pr_value value = field(row, name);

	if (!expected) {
		assert_int_equal(value.kind, PR_VALUE_MISSING);
		return;
	}
	assert_int_equal(value.kind, PR_VALUE_TEXT);
	assert_string_equal(value.text, expected);
}

/* --- health ----------------------------------------------------------------------------------------------------- */

/*
 * Frequency 0.15 of 0.2 Hz: 0.75, halfway between 0.5 → 100 and 1 → 60: 80. Power factor 0.88 of 0.90: −0.02, a fifth
 * of the way from 0 → 60 down to −0.1 → 0: 48. Weights 1 and 2: a third of 80 and two thirds of 48 are 26.667 and 32.
 */
static void scores_are_worked_out_again(void **state)
{
	(void)state;
	reported.project_report.health[PR_HEALTH_FREQUENCY] = (struct pr_health_input){0.15, 0.2};
	reported.project_report.health[PR_HEALTH_POWER_FACTOR] = (struct pr_health_input){0.88, 0.9};
	reported_finding("health.score.frequency", "80", "1", PR_PRECISION_SCORE);
	reported_finding("health.score.power_factor", "48", "1", PR_PRECISION_SCORE);
	reported_finding("health.score.safety", "30", "1", PR_PRECISION_SCORE);
	get("axes");
	assert_int_equal(rows.count, 8);
	assert_number(0, "row.place", 0.75);
	assert_number(0, "row.from_at", 0.5);
	assert_number(0, "row.from_score", 100);
	assert_number(0, "row.to_at", 1);
	assert_number(0, "row.to_score", 60);
	assert_number(0, "row.weight", 1.0 / 3);
	assert_number(0, "row.part", 80.0 / 3);
	assert_number(0, "row.weak", 0);
	assert_text(PR_HEALTH_POWER_FACTOR, "row.axis", "power_factor");
	assert_number(PR_HEALTH_POWER_FACTOR, "row.place", -0.02);
	assert_number(PR_HEALTH_POWER_FACTOR, "row.part", 32);
	assert_number(PR_HEALTH_POWER_FACTOR, "row.weak", 1);
	assert_text(PR_HEALTH_VOLTAGE_THD, "row.value_key", "axis_value.unmeasured");
	assert_int_equal(field(PR_HEALTH_VOLTAGE_THD, "row.part").kind, PR_VALUE_MISSING);
	assert_text(6, "row.axis", "safety");
	assert_number(6, "row.beside", 1);
	assert_number(6, "row.weak", 1);
	assert_int_equal(field(6, "row.bar").kind, PR_VALUE_MISSING);
}

static void weak_is_what_the_method_says(void **state)
{
	(void)state;
	method.health.small.score[1] = 70;
	reported.project_report.health[PR_HEALTH_FREQUENCY] = (struct pr_health_input){0.2, 0.2};
	reported_finding("health.score.frequency", "69.9", "1", PR_PRECISION_SCORE);
	get("axes");
	assert_number(0, "row.weak", 1);
}

/* --- alarms ----------------------------------------------------------------------------------------------------- */

#define MINUTES(number) ((int64_t)(number)*PR_MS_MINUTE)

static struct pr_event event_of(int64_t point_id, int level, int minutes, int confirmed, int closed)
{
	int64_t start_ms = local("2018-03-05T08:00");

	return (struct pr_event){.event_id = "e",
		.point_id = point_id,
		.code = "overload",
		.level = level,
		.started_at_ms = start_ms,
		.ended_at_ms = minutes < 0 ? PR_TIME_MISSING : start_ms + MINUTES(minutes),
		.confirmed_at_ms = confirmed < 0 ? PR_TIME_MISSING : start_ms + MINUTES(confirmed),
		.closed_at_ms = closed < 0 ? PR_TIME_MISSING : start_ms + MINUTES(closed),
		.value = NAN,
		.limit_value = NAN};
}

static void alarms_are_counted_by_point(void **state)
{
	struct pr_event events[] = {
		event_of(101, 1, 10, 5, 60), event_of(101, 2, -1, 15, 180), event_of(101, 3, 20, 25, -1),
		event_of(0, 3, 5, -1, -1), event_of(101, 2, 5, 1, 1), /* carried over: not counted */
	};
	struct pr_finding *finding = reported_finding("alarms.point.101", "3", "1", PR_PRECISION_COUNT);

	(void)state;
	finding->base_month = micro("5");
	reported.project_report.events = events;
	reported.project_report.event_count = sizeof events / sizeof *events;
	reported.project_report.carried_count = 1;
	get("alarm_points");
	assert_int_equal(rows.count, 2);
	assert_text(0, "row.name", "进线");
	assert_number(0, "row.total", 3);
	assert_number(0, "row.critical", 1);
	assert_number(0, "row.major", 1);
	assert_number(0, "row.minor", 1);
	assert_number(0, "row.change", -2);
	assert_number(0, "row.open", 1);
	assert_number(0, "row.bar", 1);
	assert_number(0, "row.confirm", 15); /* of 5, 15, 25 */
	assert_number(0, "row.close", 3);    /* hours: of 60 and 180 minutes the larger */
	assert_text(1, "row.name", "一厂");
	assert_number(1, "row.total", 1);
	assert_number(1, "row.bar", 1.0 / 3);
	assert_int_equal(field(1, "row.confirm").kind, PR_VALUE_MISSING);
	assert_int_equal(field(1, "row.change").kind, PR_VALUE_MISSING);
}

static void what_was_carried_over_says_so(void **state)
{
	struct pr_event events[] = {event_of(101, 1, 10, -1, -1), event_of(101, 1, 10, -1, -1)};

	(void)state;
	reported.project_report.events = events;
	reported.project_report.event_count = 2;
	reported.project_report.carried_count = 1;
	get("events");
	assert_text(0, "row.carried", NULL);
	assert_text(1, "row.carried", "alarm_carried.yes");
}

static void an_alarm_runs_until_it_ends_or_the_data_do(void **state)
{
	struct pr_event ended = event_of(101, 1, 10, -1, -1), open = event_of(101, 1, -1, -1, -1);
	struct pr_event backwards = event_of(101, 1, 10, -1, -1);

	(void)state;
	backwards.ended_at_ms = backwards.started_at_ms - MINUTES(5);
	assert_true(pr_month_event_end(&reported.report, &ended, false) == ended.started_at_ms + MINUTES(10));
	assert_true(pr_month_event_end(&reported.report, &open, false) == reported.report.cutoff_ms);
	assert_true(pr_month_event_end(&reported.report, &backwards, false) == backwards.started_at_ms);
}

/* --- checks of the bill ----------------------------------------------------------------------------------------- */

static void checks_show_both_sides_and_flag_what_differs(void **state)
{
	struct pr_utility_bill utility = {.month = {2018, 3},
		.amount = micro("13000000"),
		.energy_amount = PR_MICRO_MISSING,
		.basic_amount = PR_MICRO_MISSING};

	(void)state;
	reported.project.utility_bills = &utility;
	reported.project.utility_bill_count = 1;
	/* 46,526.05 ÷ 13,000,000 = 0.003579: under half a percent; 100,000 of the ingest's: over. */
	reported_finding("bill.utility.total.difference", "46526.05", "KRW", PR_PRECISION_MONEY);
	reported_finding("bill.utility.total.difference.rate", "0.003579", "1", PR_PRECISION_RATIO);
	reported_finding("bill.ingest.difference", "-100000", "KRW", PR_PRECISION_MONEY);
	reported_finding("bill.ingest.difference.rate", "-0.0137", "1", PR_PRECISION_RATIO);
	get("checks");
	assert_int_equal(rows.count, 2);
	assert_text(0, "row.item", "ingest");
	assert_number(0, "row.flagged", 1);
	assert_text(0, "row.verdict", "flagged");
	assert_int_equal(field(0, "row.theirs").kind, PR_VALUE_MISSING);
	assert_text(1, "row.item", "utility.total");
	assert_number(1, "row.theirs", 13000000);
	assert_number(1, "row.ours", 13046526.05);
	assert_number(1, "row.flagged", 0);
	assert_text(1, "row.verdict", "agrees");
}

static void without_anything_to_compare_there_is_no_check(void **state)
{
	(void)state;
	get("checks");
	assert_int_equal(rows.count, 0);
}

/* --- quality ---------------------------------------------------------------------------------------------------- */

static void set_quality(const char *name, const char *p95, const char *limit, const char *verdict)
{
	struct pr_findings *findings = &reported.project_report.points->findings;
	struct pr_finding *finding = pr_findings_set(findings, &reported.arena,
		pr_arena_format(&reported.arena, "quality.%s.p95", name), micro(p95), "%", PR_PRECISION_RATIO);

	finding->limit = micro(limit);
	pr_findings_set_word(
		findings, &reported.arena, pr_arena_format(&reported.arena, "quality.%s.verdict", name), verdict);
}

/* Bars: 3 of 5 % are 0.3 of a bar whose middle is the limit; a factor of 0.85 lacks 0.15 where 0.10 may lack: 0.75. */
static void quality_has_seven_items_with_the_worst_harmonic(void **state)
{
	(void)state;
	set_quality("frequency", "0.1", "0.2", "pass");
	set_quality("voltage_thd", "3", "5", "pass");
	set_quality("power_factor", "0.85", "0.9", "fail");
	set_quality("harmonic.5", "30", "60", "pass");
	set_quality("harmonic.7", "55", "44", "fail");
	get("quality");
	assert_int_equal(rows.count, 7);
	assert_text(0, "row.item", "voltage_deviation");
	assert_text(0, "row.verdict", "unmeasured");
	assert_text(3, "row.item", "voltage_thd");
	assert_number(3, "row.bar", 0.3);
	assert_number(5, "row.bar", 0.75);
	assert_text(5, "row.bar_role", "poor");
	assert_text(6, "row.item", "harmonic");
	assert_number(6, "row.order", 7);
	assert_text(6, "row.verdict", "fail");
	get("harmonics");
	assert_int_equal(rows.count, 2);
	assert_number(0, "row.order", 5);
	assert_text(0, "row.point", "进线");
	assert_text(1, "row.point", NULL);
}

static void several_incomers_are_named_over_their_items(void **state)
{
	struct pr_subject *points = pr_arena_array(&reported.arena, 2, sizeof *points);
	struct pr_point second = reported.point;

	(void)state;
	second.id = 102;
	points[0] = reported.project_report.points[0];
	points[1] = (struct pr_subject){.id = 102, .name = "二进线", .model = &second};
	reported.project_report.points = points;
	reported.project_report.point_count = 2;
	set_quality("frequency", "0.1", "0.2", NULL);
	get("quality");
	assert_int_equal(rows.count, 8); /* the second has no figure at all */
	assert_text(0, "row.level", "group");
	assert_text(0, "row.point", "进线");
	assert_text(3, "row.item", "frequency");
	assert_text(3, "row.verdict", "unjudged");
}

#define TEST(text, function)                             \
	{                                                    \
		text, function, set_up, reported_tear_down, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the health index' scores are worked out again", scores_are_worked_out_again),
		TEST("weak is what the method's table says", weak_is_what_the_method_says),
		TEST("alarms are counted by point, those carried over left out", alarms_are_counted_by_point),
		TEST("what was carried over says so in the list", what_was_carried_over_says_so),
		TEST("an alarm runs until it ends or the data do", an_alarm_runs_until_it_ends_or_the_data_do),
		TEST("checks show both sides and flag what differs", checks_show_both_sides_and_flag_what_differs),
		TEST("without anything to compare there is no check", without_anything_to_compare_there_is_no_check),
		TEST(
			"quality has seven items, harmonics by their worst order", quality_has_seven_items_with_the_worst_harmonic),
		TEST("several incomers are named over their items", several_incomers_are_named_over_their_items),
	};

	return cmocka_run_group_tests_name("rows of the month", tests, NULL, NULL);
}
