/* The platform's report folded from summaries: sums, ends of rankings, distributions, medians without keeping anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/platform.h"
#include "base/text.h"
#include "batch/summary.h"

#define MICRO(n) ((pr_micro)(n)*PR_MICRO_ONE)

static struct fixture {
	struct pr_arena arena;
	struct pr_method method;
	struct pr_platform platform;
	struct pr_tenant tenant;
	struct pr_directory directory;
	struct pr_dataset dataset;
	struct pr_report report;
	const struct pr_zone *zone;
} fixture;

static const char *const codes[] = {"low_power_factor", "high_thd_u"};

static int start(void **state)
{
	struct pr_error error = {0};

	(void)state;
	memset(&fixture, 0, sizeof fixture);
	pr_arena_init(&fixture.arena);
	fixture.method.gate = 0.95;
	fixture.method.platform = (struct pr_platform_rules){
		.coverage_high = 0.99, .coverage_poor = 0.8, .survey_codes = codes, .survey_code_count = 2};
	fixture.method.alarms.longest_days = 31;
	fixture.method.alarms.high_rank = 0.9;
	fixture.method.health.grades[PR_GRADE_EXCELLENT] = 90;
	fixture.method.health.grades[PR_GRADE_GOOD] = 80;
	fixture.method.health.grades[PR_GRADE_FAIR] = 60;
	fixture.tenant = (struct pr_tenant){.id = 9, .name = "operator", .edition = PR_EDITION_PLATFORM};
	fixture.directory.tenant = fixture.tenant;
	fixture.dataset.directory = &fixture.directory;
	fixture.report = (struct pr_report){.dataset = &fixture.dataset, .tenant = &fixture.tenant, .month = {2026, 10}};
	pr_platform_init(&fixture.platform, &fixture.method, fixture.report.month, &fixture.arena);
	fixture.platform.operator_id = 9;
	return pr_zone_open(&fixture.zone, "Asia/Shanghai", &fixture.arena, &error) ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	pr_arena_release(&fixture.arena);
	return 0;
}

/* A project with energy in kWh, a charge in `currency`, so many measured of 2,976 quarters, an index or none. */
static struct pr_summary project(struct pr_arena *arena, int64_t id, int64_t tenant, int64_t kwh, const char *currency,
	int64_t charge, int64_t measured, pr_micro index)
{
	struct pr_summary summary = {.month = {2026, 10},
		.cutoff_ms = 1000,
		.project_id = id,
		.tenant_id = tenant,
		.project_name = pr_arena_format(arena, "project %lld", (long long)id),
		.tenant_name = pr_arena_format(arena, "tenant %lld", (long long)tenant),
		.timezone = "Asia/Shanghai",
		.zone = fixture.zone,
		.currency = currency,
		.has_rows = measured > 0,
		.in_service = true,
		.has_ingest_times = true,
		.cover = {.expected = 2976, .measured = (uint64_t)measured}};

	pr_health_start(&summary.condition.health);
	summary.condition.health.index = index;
	summary.now.expected = 2976;
	summary.now.measured = (uint64_t)measured;
	summary.now.days = summary.month_before.days = summary.year_before.days = PR_MICRO_MISSING;
	pr_findings_set(&summary.findings, arena, "energy.total", MICRO(kwh), "kWh", PR_PRECISION_QUANTITY);
	if (currency) {
		pr_findings_set(&summary.findings, arena, "bill.total", MICRO(charge), currency, PR_PRECISION_MONEY);
		pr_findings_set(&summary.findings, arena, "bill.price", MICRO(charge) / kwh, currency, PR_PRECISION_PRICE);
	}
	pr_findings_set(&summary.findings, arena, "coverage.rate", pr_coverage((uint64_t)measured, 2976), "1", 6);
	pr_findings_set(&summary.findings, arena, "health.index", index, "1", PR_PRECISION_SCORE);
	return summary;
}

/* As a run does: every summary in memory of its own, twice. */
static void fold(struct pr_summary (*make)(struct pr_arena *, int64_t), int64_t count)
{
	for (int pass = 0; pass < 2; pass++) {
		for (int64_t i = 0; i < count; i++) {
			struct pr_arena scratch;
			struct pr_summary summary;
			bool stays = pass == 1 && pr_platform_wants(&fixture.platform, i + 1);

			pr_arena_init(&scratch);
			summary = make(stays ? &fixture.arena : &scratch, i);
			(pass == 0 ? pr_platform_add : pr_platform_show)(&fixture.platform, &summary);
			pr_arena_release(&scratch);
		}
		if (pass == 0)
			pr_platform_rank(&fixture.platform);
	}
	pr_platform_publish(&fixture.platform, &fixture.report);
}

static pr_micro figure(const char *id)
{
	const struct pr_finding *finding = pr_findings_get(&fixture.report.findings, id);

	if (!finding)
		fail_msg("no finding '%s'", id);
	return finding ? finding->value : PR_MICRO_MISSING;
}

static bool is_noted(const char *code, uint64_t count)
{
	for (size_t i = 0; i < fixture.report.note_count; i++)
		if (pr_text_equal(fixture.report.notes[i].code, code))
			return fixture.report.notes[i].count == count;
	return false;
}

/* 25 projects, two a customer but the last: 100, 200 … kWh at 0.50 CNY. */
static struct pr_summary twenty_five(struct pr_arena *arena, int64_t i)
{
	return project(
		arena, i + 1, 100 + i / 2, 100 * (i + 1), "CNY", 50 * (i + 1), 2976 - 10 * i, MICRO(50) + i * MICRO(2));
}

static void sums_are_of_all_projects(void **state)
{
	(void)state;
	fold(twenty_five, 25);
	assert_int_equal(figure("energy.total"), MICRO(100 * 25 * 26 / 2)); /* 32,500 */
	assert_int_equal(figure("bill.total"), MICRO(16250));
	assert_int_equal(figure("bill.price"), PR_MICRO_ONE / 2);
	/* Σ measured = 25 × 2,976 − 10 × (0 + … + 24) = 74,400 − 3,000 */
	assert_int_equal(figure("coverage.measured"), MICRO(71400));
	assert_int_equal(figure("coverage.rate"), 959677);   /* 71,400 ÷ 74,400 = 0.9596774… */
	assert_int_equal(figure("health.index"), MICRO(74)); /* the mean of 50, 52 … 98 */
	assert_int_equal(figure("platform.projects"), MICRO(25));
	assert_int_equal(figure("platform.customers"), MICRO(13));
}

static void the_ends_of_a_ranking_are_kept_in_order(void **state)
{
	const struct pr_platform_list *low, *high;

	(void)state;
	fold(twenty_five, 25);
	low = &fixture.platform.lists[PR_RANKING_HEALTH_LOW];
	high = &fixture.platform.lists[PR_RANKING_ENERGY_HIGH];
	assert_int_equal(low->count, PR_PLATFORM_RANKED);
	assert_int_equal(low->candidates, 25);
	for (size_t i = 0; i < PR_PLATFORM_RANKED; i++) {
		assert_int_equal(low->items[i].project_id, i + 1);
		assert_int_equal(high->items[i].project_id, 25 - i);
		assert_non_null(pr_platform_shown_of(&fixture.platform, low->items[i].project_id));
	}
	/* Below the gate: 2,976 − 10 i < 0.95 × 2,976 = 2,827.2, from i = 15 on. */
	assert_int_equal(fixture.platform.lists[PR_RANKING_COVERAGE_LOW].candidates, 10);
	assert_int_equal(fixture.platform.lists[PR_RANKING_COVERAGE_LOW].items[0].project_id, 25);
	assert_null(pr_platform_shown_of(&fixture.platform, 12));
}

static void every_project_stands_in_one_bin(void **state)
{
	(void)state;
	fold(twenty_five, 25);
	/* Indexes 50, 52 … 98: poor below 60 (5), fair below 80 (10), good below 90 (5), excellent (5). */
	assert_int_equal(figure("platform.grade.poor"), MICRO(5));
	assert_int_equal(figure("platform.grade.fair"), MICRO(10));
	assert_int_equal(figure("platform.grade.good"), MICRO(5));
	assert_int_equal(figure("platform.grade.excellent"), MICRO(5));
	assert_int_equal(figure("platform.grade_share.fair"), 400000); /* 10 ÷ 25 */
	assert_int_equal(figure("platform.index.40"), 0);
	assert_int_equal(figure("platform.index.90"), MICRO(5));
	/* 1 complete; 0.99 × 2,976 = 2,946.24: i = 1, 2 above; the gate: i = 3 … 14; then low. */
	assert_int_equal(figure("platform.coverage.complete"), MICRO(1));
	assert_int_equal(figure("platform.coverage.high"), MICRO(2));
	assert_int_equal(figure("platform.coverage.enough"), MICRO(12));
	assert_int_equal(figure("platform.coverage.low"), MICRO(10));
	assert_int_equal(figure("platform.coverage.poor"), 0);
}

static struct pr_summary odd_ones(struct pr_arena *arena, int64_t i)
{
	struct pr_summary summary = project(arena, i + 1, i == 2 ? 9 : 1, 10,
		i == 1   ? "EUR"
		: i == 0 ? "CNY"
				 : NULL,
		4, 2976, i == 0 ? MICRO(80) : PR_MICRO_MISSING);

	summary.cutoff_ms = 1000 + i;
	summary.cover.of_minutes = i == 2;
	return summary;
}

static void what_cannot_be_summed_is_noted(void **state)
{
	(void)state;
	fold(odd_ones, 3);
	assert_int_equal(figure("bill.total"), PR_MICRO_MISSING);
	assert_int_equal(figure("bill.currency.CNY"), MICRO(4));
	assert_int_equal(figure("bill.currency.EUR"), MICRO(4));
	assert_int_equal(fixture.platform.lists[PR_RANKING_PRICE_HIGH].count, 0);
	assert_int_equal(figure("coverage.expected"), MICRO(2 * 2976)); /* without the one of minutes */
	assert_true(is_noted("currency.mixed", 2));
	assert_true(is_noted("platform.no_index", 2));
	assert_true(is_noted("platform.of_minutes", 1));
	assert_true(is_noted("platform.no_tariff", 1));
	assert_true(is_noted("platform.no_customer", 1));
	assert_true(is_noted("platform.cutoffs", 0));
	assert_int_equal(figure("platform.customers"), MICRO(1));
}

/* Alarms of the k-th project: k + 1 of them, confirmed after 1, 2 … minutes and a half. */
static struct pr_summary with_alarms(struct pr_arena *arena, int64_t i)
{
	struct pr_summary summary = project(arena, i + 1, i + 1, 10, "CNY", 5, 2976, PR_MICRO_MISSING);
	struct pr_alarms *alarms = &summary.condition.alarms;
	uint64_t count = (uint64_t)i + 1;
	const struct pr_alarm_count counts[] = {
		{"alarms.total", 0, count, 1}, {"alarms.type.low_power_factor", 0, count, 1}};

	alarms->counts = pr_arena_grow(arena, counts, 2, 2, sizeof *counts);
	alarms->count_count = 2;
	alarms->total = count;
	alarms->confirm = pr_arena_array(arena, count, sizeof *alarms->confirm);
	alarms->confirm_count = count;
	for (uint64_t k = 0; k < count; k++)
		alarms->confirm[k] = MICRO(k + 1) + PR_MICRO_ONE / 2;
	return summary;
}

static void medians_are_exact(void **state)
{
	(void)state;
	fold(with_alarms, 5);
	/* 15 times: 1.5 five times, 2.5 four, 3.5 three, 4.5 two, 5.5 once. The 8th is 2.5, the ⌈13.5⌉th 4.5. */
	assert_int_equal(figure("alarms.confirm_minutes.median"), 2500000);
	assert_int_equal(figure("alarms.confirm_minutes.p90"), 4500000);
	assert_int_equal(figure("alarms.close_minutes.median"), PR_MICRO_MISSING);
}

static void the_survey_counts_projects_and_alarms(void **state)
{
	(void)state;
	fold(with_alarms, 5);
	assert_int_equal(figure("platform.survey.alarms"), MICRO(15));
	assert_int_equal(figure("platform.survey.projects.low_power_factor"), MICRO(5));
	assert_int_equal(figure("platform.survey.alarms.high_thd_u"), 0);
	assert_int_equal(pr_findings_get(&fixture.report.findings, "platform.survey.alarms")->change_month, MICRO(2));
	assert_int_equal(fixture.platform.lists[PR_RANKING_SURVEY].items[0].project_id, 5);
	assert_int_equal(fixture.platform.customers[0].id, 5);
}

/* Problems of the k-th project: k + 1 gaps. */
static struct pr_summary with_problems(struct pr_arena *arena, int64_t i)
{
	struct pr_summary summary = project(arena, i + 1, i + 1, 10, "CNY", 5, 2976, PR_MICRO_MISSING);

	summary.problems = pr_arena_array(arena, 2, sizeof *summary.problems);
	summary.problem_count = 2;
	summary.problems[0] = (struct pr_problem){"coverage.low", 7, 0, "meter", (uint64_t)i + 1, 0, 0};
	summary.problems[1] = (struct pr_problem){"tariff.stale", 0, 0, NULL, 0, 0, 0};
	return summary;
}

static void the_worst_problems_are_kept_and_all_are_counted(void **state)
{
	const struct pr_platform_problems *gaps = &fixture.platform.problems[PR_PROBLEM_GAPS];

	(void)state;
	fold(with_problems, 20);
	assert_int_equal(figure("platform.problems.gaps"), MICRO(20));
	assert_int_equal(figure("platform.problem_projects.tariff"), MICRO(20));
	assert_int_equal(gaps->worst_count, PR_PLATFORM_PROBLEMS);
	assert_int_equal(gaps->worst[0].project_id, 20);
	assert_int_equal(gaps->worst[PR_PLATFORM_PROBLEMS - 1].project_id, 21 - PR_PLATFORM_PROBLEMS);
}

static void missing_projects_are_named_up_to_a_limit_and_counted_beyond(void **state)
{
	(void)state;
	for (int i = 0; i < PR_PLATFORM_MISSING + 5; i++)
		pr_platform_miss(
			&fixture.platform, &(struct pr_platform_missing){
								   .project_id = i + 1, .project = "x", .tenant = "y", .reason = "z", .older = i == 0});
	fold(twenty_five, 25);
	assert_int_equal(figure("platform.missing"), MICRO(PR_PLATFORM_MISSING + 4));
	assert_int_equal(figure("platform.older"), MICRO(1));
	assert_int_equal(fixture.platform.missing_named, PR_PLATFORM_MISSING);
	assert_true(is_noted("platform.missing", PR_PLATFORM_MISSING + 4));
}

static void a_summary_reads_as_it_was_written(void **state)
{
	struct pr_summary summary = with_alarms(&fixture.arena, 3), read;
	struct pr_zone_cache zones = {.arena = &fixture.arena};
	struct pr_error error = {0};
	const char *bytes, *again;
	size_t count, again_count;
	bool known;

	(void)state;
	summary.industry = "\"quoted\"\nand 工业";
	summary.problems = with_problems(&fixture.arena, 2).problems;
	summary.problem_count = 2;
	pr_summary_write(&summary, &fixture.arena, &bytes, &count);
	assert_true(pr_summary_read(bytes, count, &zones, &fixture.arena, &read, &known, &error));
	assert_true(known);
	pr_summary_write(&read, &fixture.arena, &again, &again_count);
	assert_string_equal(bytes, again);
	assert_int_equal(read.condition.alarms.confirm[3], 4500000);
	assert_string_equal(read.industry, summary.industry);
}

static void a_summary_of_another_version_or_a_broken_one_is_not_taken(void **state)
{
	struct pr_summary summary = with_alarms(&fixture.arena, 3), read;
	struct pr_zone_cache zones = {.arena = &fixture.arena};
	struct pr_error error = {0};
	const char *bytes, *other = "{\"version\": 0, \"anything\": true}";
	size_t count;
	bool known = true;

	(void)state;
	assert_true(pr_summary_read(other, strlen(other), &zones, &fixture.arena, &read, &known, &error));
	assert_false(known);
	pr_summary_write(&summary, &fixture.arena, &bytes, &count);
	assert_false(pr_summary_read(bytes, count / 2, &zones, &fixture.arena, &read, &known, &error));
	assert_int_equal(error.code, PR_CODE_STORE);
	error = (struct pr_error){0};
	char *wrong = pr_arena_copy(&fixture.arena, bytes);
	*(strstr(wrong, "\"total\":4") + strlen("\"total\":")) = '-';
	assert_false(pr_summary_read(wrong, count, &zones, &fixture.arena, &read, &known, &error));
}

static void codes_have_one_kind_of_problem_each(void **state)
{
	(void)state;
	assert_int_equal(pr_problem_kind_of("point.silent"), PR_PROBLEM_SILENT);
	assert_int_equal(pr_problem_kind_of("minute.implausible.voltage"), PR_PROBLEM_METER);
	assert_int_equal(pr_problem_kind_of("quarter.outside_service"), PR_PROBLEM_REGISTER);
	assert_int_equal(pr_problem_kind_of("minute.reverse_power"), PR_PROBLEM_WIRING);
	assert_int_equal(pr_problem_kind_of("point.renamed"), PR_PROBLEM_KIND_COUNT);
}

#define TEST(name, function)              \
	{                                     \
		name, function, start, stop, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("sums are of all projects", sums_are_of_all_projects),
		TEST("the ends of a ranking are kept in order", the_ends_of_a_ranking_are_kept_in_order),
		TEST("every project stands in one bin", every_project_stands_in_one_bin),
		TEST("what cannot be summed is noted", what_cannot_be_summed_is_noted),
		TEST("medians are exact", medians_are_exact),
		TEST("the survey counts projects and alarms", the_survey_counts_projects_and_alarms),
		TEST("the worst problems are kept and all are counted", the_worst_problems_are_kept_and_all_are_counted),
		TEST("missing projects are named up to a limit and counted beyond",
			missing_projects_are_named_up_to_a_limit_and_counted_beyond),
		TEST("a summary reads as it was written", a_summary_reads_as_it_was_written),
		TEST("a summary of another version or a broken one is not taken",
			a_summary_of_another_version_or_a_broken_one_is_not_taken),
		TEST("codes have one kind of problem each", codes_have_one_kind_of_problem_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
