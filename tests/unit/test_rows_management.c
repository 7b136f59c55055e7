/* Rows of a tenant with several projects: their order, what they contribute, what to do first, where alarms were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "document/rows.h"
#include "reported.h"

#define COUNT 4

static struct pr_project projects[COUNT];
static struct pr_project_report reports[COUNT];
static struct pr_method method;
static struct pr_directory directory;
static const char *const names[COUNT] = {"甲", "乙", "丙", "丁"};

/* Four projects with nothing but a name; findings are added by the tests. */
static int set_up(void **state)
{
	if (reported_set_up(state) != 0)
		return -1;
	for (size_t i = 0; i < COUNT; i++) {
		projects[i] = reported.project;
		projects[i].id = 10 + (int64_t)i;
		projects[i].name = names[i];
		reports[i] = reported.project_report;
		reports[i].project = &projects[i];
		reports[i].findings = (struct pr_findings){0};
	}
	method = (struct pr_method){.health.grades = {90, 80, 60, 0}};
	directory = (struct pr_directory){0};
	reported.dataset.directory = &directory;
	reported.report.method = &method;
	reported.report.projects = reports;
	reported.report.project_count = COUNT;
	reported.report.findings = (struct pr_findings){0};
	reported.scope = reported.tenant_scope = pr_scope_tenant(&reported.context);
	return 0;
}

static struct pr_finding *add(size_t project, const char *id, const char *value, int rank)
{
	struct pr_finding *finding =
		pr_findings_set(&reports[project].findings, &reported.arena, id, micro(value), "CNY", PR_PRECISION_MONEY);

	finding->rank = rank;
	return finding;
}

static struct pr_rows rows_of(const char *provider)
{
	struct pr_rows rows;

	if (!pr_rows_get(&reported.context, reported.scope, provider, NULL, 0, &rows, &reported.error))
		fail_msg("%s", reported.error.text);
	return rows;
}

static struct pr_value field(const struct pr_scope *row, const char *name)
{
	struct pr_value value;

	if (!pr_scope_field(row, name, &value))
		fail_msg("no field %s", name);
	return value;
}

/* The names of the rows, one after the other. */
static const char *order_of(const struct pr_rows *rows)
{
	const char *text = "";

	for (size_t i = 0; i < rows->count; i++)
		text = pr_arena_format(&reported.arena, "%s%s", text, field(&rows->items[i], "row.name").text);
	return text;
}

static void projects_go_by_bill_then_by_energy(void **state)
{
	(void)state;
	add(0, "energy.total", "5", 1);
	add(1, "bill.total", "7", 2);
	add(2, "bill.total", "9", 1);
	add(2, "energy.total", "1", 2);
	struct pr_rows rows = rows_of("ranked");
	assert_string_equal(order_of(&rows), "丙乙甲丁");
	assert_true(field(&rows.items[0], "row.rank").number == 1);
	/* A row stands in its project's own scope. */
	assert_string_equal(field(&rows.items[1], "project.name").text, "乙");
}

static void every_projects_rows_come_in_that_order(void **state)
{
	uint32_t quarters[] = {96, 96};
	enum pr_day_kind kinds[] = {PR_DAY_WORKDAY, PR_DAY_WORKDAY};

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		reports[i].day_count = i == 3 ? 0 : 2;
		reports[i].day_kinds = kinds;
		reports[i].day_expected = reports[i].day_measured = quarters;
	}
	add(2, "bill.total", "9", 1);
	struct pr_rows rows = rows_of("projects.days");
	assert_int_equal(rows.count, 6);
	assert_string_equal(field(&rows.items[0], "project.name").text, "丙");
	assert_string_equal(field(&rows.items[1], "project.name").text, "丙");
	assert_string_equal(field(&rows.items[2], "project.name").text, "甲");
	assert_true(pr_rows_known("projects.days"));
	assert_false(pr_rows_known("projects.weather"));
}

/* −40 is the largest, 20 half of it. */
static void contributions_are_sized_by_the_largest(void **state)
{
	(void)state;
	add(0, "contribution.bill", "20", 2);
	add(1, "contribution.bill", "-40", 1);
	add(3, "contribution.energy", "8", 1);
	struct pr_rows rows = rows_of("contributions");
	assert_string_equal(order_of(&rows), "乙甲丁丙");
	assert_true(field(&rows.items[0], "row.bill_size").number == -1);
	assert_true(field(&rows.items[1], "row.bill_size").number == 0.5);
	assert_true(field(&rows.items[2], "row.energy_size").number == 1);
	assert_int_equal(field(&rows.items[3], "row.bill_size").kind, PR_VALUE_MISSING);
}

static void safety_comes_first_then_money_then_data(void **state)
{
	(void)state;
	add(0, "savings.shift.year", "100", 0);
	add(0, "savings.basic.year", "300", 0);
	add(1, "attention.coverage", "1", 0);
	add(2, "attention.alarms", "1", 0);
	add(2, "savings.shift.year", "5", 0);
	add(3, "savings.power_factor.year", "400", 0);
	add(3, "savings.transformer.year", "-2", 0);
	struct pr_rows rows = rows_of("advice");
	assert_string_equal(order_of(&rows), "丙丁甲乙");
	static const char *const kinds[] = {"safety", "money", "money", "data"};
	for (size_t i = 0; i < rows.count; i++)
		assert_string_equal(field(&rows.items[i], "row.kind").text, kinds[i]);
	assert_string_equal(field(&rows.items[1], "row.item").text, "power_factor");
	assert_string_equal(field(&rows.items[2], "row.item").text, "basic");
	assert_string_equal(field(&rows.items[2], "row.money").finding, "projects/10/savings.basic.year");
	assert_int_equal(field(&rows.items[3], "row.money").kind, PR_VALUE_MISSING);
}

static void nothing_to_do_is_no_row(void **state)
{
	(void)state;
	add(0, "savings.shift.year", "0", 0);
	add(1, "attention.coverage", "0", 0);
	assert_int_equal(rows_of("advice").count, 0);
}

static void alarms_name_the_projects_with_most_of_them(void **state)
{
	static struct pr_alarm_type types[] = {{"overload", "过载", "Overload", "load", false}};

	(void)state;
	directory.alarm_types = types;
	directory.alarm_type_count = 1;
	pr_findings_set(&reported.report.findings, &reported.arena, "alarms.type.overload", micro("1207"), "1", 0);
	pr_findings_set(&reported.report.findings, &reported.arena, "alarms.type.unheard", micro("1"), "1", 0);
	add(0, "alarms.type.overload", "7", 0);
	add(1, "alarms.type.overload", "1200", 0);
	add(2, "alarms.type.unheard", "1", 0);
	struct pr_rows rows = rows_of("types");
	assert_int_equal(rows.count, 2);
	assert_string_equal(field(&rows.items[0], "row.name").text, "过载");
	assert_string_equal(field(&rows.items[0], "row.category").text, "alarm_category.load");
	assert_string_equal(field(&rows.items[0], "row.where").text, "乙（1,200）　甲（7）");
	assert_string_equal(field(&rows.items[1], "row.name").text, "unheard");
	assert_string_equal(field(&rows.items[1], "row.where").text, "丙（1）");
}

static void currencies_have_a_row_each_where_there_are_several(void **state)
{
	(void)state;
	assert_int_equal(rows_of("currencies").count, 0);
	pr_findings_set(&reported.report.findings, &reported.arena, "bill.currency.EUR", micro("3"), "EUR", 2);
	pr_findings_set(&reported.report.findings, &reported.arena, "bill.currency.KRW", micro("4"), "KRW", 2);
	struct pr_rows rows = rows_of("currencies");
	assert_int_equal(rows.count, 2);
	assert_string_equal(field(&rows.items[1], "row.currency").text, "KRW");
}

/* 90 is excellent, 89.9 good; without a score there is no ground. */
static void scores_have_grounds_by_their_grades(void **state)
{
	(void)state;
	add(0, "health.score.frequency", "90", 0);
	add(1, "health.score.frequency", "89.9", 0);
	add(2, "health.score.frequency", "60", 0);
	add(3, "health.score.frequency", "59.9", 0);
	struct pr_rows rows = rows_of("ranked");
	static const char *const grounds[] = {"heat.1", "heat.2", "heat.3", "poor"};
	for (size_t i = 0; i < COUNT; i++)
		assert_string_equal(field(&rows.items[i], "row.shade_frequency").text, grounds[i]);
	assert_int_equal(field(&rows.items[0], "row.shade_safety").kind, PR_VALUE_MISSING);
}

static void what_stands_out_is_named(void **state)
{
	(void)state;
	pr_findings_set(&reported.report.findings, &reported.arena, "bill.total", micro("16"), "CNY", 2);
	add(0, "bill.total", "7", 0);
	add(1, "bill.total", "9", 0);
	add(0, "health.index", "70", 0);
	add(1, "health.index", "60", 0);
	add(2, "contribution.bill", "-5", 0);
	add(3, "contribution.bill", "4", 0);
	add(1, "attention.projects", "1", 0);
	add(3, "attention.projects", "1", 0);
	struct pr_scope *scope = pr_scope_tenant(&reported.context);
	assert_string_equal(field(scope, "largest.name").text, "乙");
	assert_string_equal(field(scope, "weakest.name").text, "乙");
	assert_string_equal(field(scope, "mover.name").text, "丙");
	assert_string_equal(field(scope, "mover.figure").finding, "projects/12/contribution.bill");
	assert_int_equal(field(scope, "dearest.name").kind, PR_VALUE_MISSING);
}

/* Three say the same of their subject, one says something else; of five that all differ three are shown. */
static void what_several_notes_have_in_common_is_said_once(void **state)
{
	struct pr_note notes[9] = {{.code = "tariff.missing", .project_id = 10, .text = "甲没有电价"},
		{.code = "load.none", .project_id = 10, .count = 1, .text = "甲缺1"},
		{.code = "tariff.missing", .project_id = 11, .text = "乙没有电价"},
		{.code = "load.none", .project_id = 11, .count = 2, .text = "乙缺2"},
		{.code = "tariff.missing", .project_id = 13, .text = "丁没有电价"},
		{.code = "load.none", .project_id = 12, .count = 3, .text = "丙缺3"},
		{.code = "load.none", .project_id = 13, .count = 4, .text = "丁缺4"},
		{.code = "load.none", .project_id = 13, .count = 5, .text = "丁缺5"},
		{.code = "tariff.missing", .project_id = 12, .text = "丙的电价不全"}};

	(void)state;
	reported.report.notes = notes;
	reported.report.note_count = 9;
	struct pr_rows rows = rows_of("notes_grouped");
	assert_int_equal(rows.count, 6);
	assert_non_null(strstr(field(&rows.items[0], "row.names").text, "甲"));
	assert_non_null(strstr(field(&rows.items[0], "row.names").text, "丁"));
	assert_null(strstr(field(&rows.items[0], "row.names").text, "丙"));
	assert_int_equal(field(&rows.items[0], "row.subjects").number, 3);
	assert_string_equal(field(&rows.items[0], "row.after").text, "没有电价");
	assert_string_equal(field(&rows.items[1], "row.after").text, "的电价不全");
	assert_string_equal(field(&rows.items[2], "row.after").text, "缺1");
	assert_string_equal(field(&rows.items[4], "row.after").text, "缺3");
	assert_int_equal(field(&rows.items[4], "row.more").number, 0);
	/* The last two of the five, with 4 and 5. */
	assert_int_equal(field(&rows.items[5], "row.more").number, 2);
	assert_int_equal(field(&rows.items[5], "row.count").number, 9);
}

/* Of the parts −5, 3 and 4 the first and the last; of the savings 20 and 30 the larger, in its project. */
static void the_first_page_names_causes_unsafe_sites_and_the_largest_saving(void **state)
{
	static const char *const parts[][2] = {{"change.days", "-5"}, {"change.price", "3"}, {"change.volume", "4"}};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		pr_findings_set(
			&reported.report.findings, &reported.arena, parts[i][0], micro(parts[i][1]), "CNY", PR_PRECISION_MONEY);
	pr_findings_set(&reported.report.findings, &reported.arena, "bill.total", micro("100"), "CNY", PR_PRECISION_MONEY);
	add(0, "savings.shift.year", "20", 0);
	add(2, "savings.basic.year", "30", 0);
	add(1, "attention.sensors", "1", 0);
	add(3, "attention.alarms", "1", 0);
	const struct pr_scope *scope = pr_scope_tenant(&reported.context);
	assert_string_equal(field(scope, "change.first.key").text, "change.part.days");
	assert_string_equal(field(scope, "change.second.key").text, "change.part.volume");
	assert_string_equal(field(scope, "change.first.amount").finding, "change.days");
	assert_non_null(strstr(field(scope, "unsafe.names").text, "乙"));
	assert_null(strstr(field(scope, "unsafe.names").text, "丙"));
	assert_int_equal(field(scope, "unsafe.count").number, 2);
	assert_string_equal(field(scope, "best_saving.name").text, "丙");
	assert_string_equal(field(scope, "best_saving.item").text, "basic");
	assert_string_equal(field(scope, "best_saving.figure").finding, "projects/12/savings.basic.year");
}

#define TEST(text, function)                             \
	{                                                    \
		text, function, set_up, reported_tear_down, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("projects go by their bill, then by their energy, then as listed", projects_go_by_bill_then_by_energy),
		TEST("rows of every project come in that order", every_projects_rows_come_in_that_order),
		TEST("contributions are sized by the largest", contributions_are_sized_by_the_largest),
		TEST("advice is about safety first, then money, then data", safety_comes_first_then_money_then_data),
		TEST("where there is nothing to do there is no row", nothing_to_do_is_no_row),
		TEST("alarms name the projects with most of them", alarms_name_the_projects_with_most_of_them),
		TEST("several currencies have a row each", currencies_have_a_row_each_where_there_are_several),
		TEST("scores have grounds by the bounds of the grades", scores_have_grounds_by_their_grades),
		TEST("what stands out is named", what_stands_out_is_named),
		TEST("what several notes have in common is said once", what_several_notes_have_in_common_is_said_once),
		TEST("the first page names causes, unsafe sites and the largest saving",
			the_first_page_names_causes_unsafe_sites_and_the_largest_saving),
	};

	return cmocka_run_group_tests_name("rows of several projects", tests, NULL, NULL);
}
