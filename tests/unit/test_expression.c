#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "reported.h"

static double number_of(const char *expression)
{
	struct pr_value value = value_of(expression);

	assert_int_equal(value.kind, PR_VALUE_NUMBER);
	return value.number;
}

static void assert_missing(const char *expression)
{
	assert_int_equal(value_of(expression).kind, PR_VALUE_MISSING);
}

static void finding_has_value_unit_and_path(void **state)
{
	struct pr_value value = value_of("energy.total");

	(void)state;
	assert_int_equal(value.kind, PR_VALUE_NUMBER);
	assert_true(value.micro == micro("80230.41"));
	assert_string_equal(value.unit, "kWh");
	assert_string_equal(value.finding, "projects/10/energy.total");
}

static void finding_of_the_tenant_has_no_project(void **state)
{
	(void)state;
	pr_findings_set(&reported.report.findings, &reported.arena, "energy.total", micro("7"), "kWh", 4);
	assert_string_equal(value_of("tenant:energy.total").finding, "energy.total");
	assert_true(number_of("tenant:energy.total") == 7);
	assert_true(number_of("project:energy.total") == 80230.41);
}

static void unmeasured_is_missing_and_swallows_arithmetic(void **state)
{
	(void)state;
	assert_missing("energy.slot.sharp");
	assert_missing("no.such.finding");
	assert_missing("energy.slot.sharp + 1");
	assert_missing("-no.such.finding");
	assert_missing("1 / 0");
	assert_true(number_of("no.such.finding < 1") == 0);
	assert_true(number_of("no.such.finding >= 1") == 0);
	assert_true(number_of("no.such.finding == no.such.finding") == 0);
	assert_true(number_of("measured(energy.slot.sharp)") == 0);
	assert_true(number_of("measured(energy.total)") == 1);
}

static void operators_bind_as_in_school(void **state)
{
	(void)state;
	assert_true(number_of("2 + 3 * 4 - 6 / 2") == 11);
	assert_true(number_of("(2 + 3) * 4") == 20);
	assert_true(number_of("2 - 3 - 4") == -5);
	assert_true(number_of("not 1 == 2") == 0); /* (not 1) == 2 */
	assert_true(number_of("not (1 == 2)") == 1);
	assert_true(number_of("1 or 0 and 0") == 1);
	assert_true(number_of("1 < 2 and 2 <= 2 and 3 > 2 and 2 >= 2 and 1 != 2") == 1);
}

static void texts_compare_and_join(void **state)
{
	(void)state;
	assert_string_equal(value_of("'slot.' + 'peak'").text, "slot.peak");
	assert_true(number_of("'a' == 'a' and 'a' != 'b' and 'a' < 'b'") == 1);
	assert_true(number_of("'1' == 1") == 0);
}

static void functions_take_their_arguments(void **state)
{
	(void)state;
	assert_true(number_of("abs(0 - 2.5)") == 2.5);
	assert_true(number_of("min(3, 2) + max(3, 2)") == 5);
	assert_true(number_of("round(energy.total, 0)") == 80230);
	assert_true(number_of("finding('energy.slot.' + 'peak')") == 41580.88);
	assert_string_equal(value_of("finding('energy.slot.peak')").finding, "projects/10/energy.slot.peak");
}

static void attributes_are_told_apart_from_the_figure(void **state)
{
	struct pr_finding *finding = reported_finding("demand.max", "605.24", "kW", 4);
	struct pr_value value;

	(void)state;
	finding->at_ms = local("2018-03-23T09:00");
	finding->limit = micro("500");
	finding->change_month = micro("0.0213");
	finding->phase = "b";
	value = value_of("demand.max@at");
	assert_int_equal(value.kind, PR_VALUE_TIME);
	assert_true(value.time_ms == finding->at_ms);
	assert_string_equal(value_of("demand.max@limit").unit, "kW");
	assert_string_equal(value_of("demand.max@phase").text, "b");
	value = value_of("demand.max@change_month");
	assert_string_equal(value.unit, "1");
	assert_string_equal(value.finding, "projects/10/demand.max@change_month");
	assert_true(number_of("finding('demand.max')@limit") == 500);
	assert_missing("demand.max@change_year");
	assert_missing("demand.max@rank");
}

static void only_ratios_keep_the_unit_1(void **state)
{
	(void)state;
	reported_finding("coverage.expected", "2976", "1", PR_PRECISION_COUNT);
	reported_finding("health.index", "86.5", "1", PR_PRECISION_SCORE);
	assert_string_equal(value_of("coverage.rate").unit, "1");
	assert_null(value_of("coverage.expected").unit);
	assert_null(value_of("health.index").unit);
	assert_int_equal(value_of("health.index").digits, 1);
	assert_null(value_of("power_factor.month").unit);
	assert_int_equal(value_of("power_factor.month").digits, 2);
}

static void like_divided_by_like_is_a_ratio(void **state)
{
	struct pr_value value = value_of("energy.slot.flat / energy.total");

	(void)state;
	assert_string_equal(value.unit, "1");
	assert_true(fabs(value.number - 20000 / 80230.41) < 1e-12);
	assert_string_equal(value_of("energy.total / 4").unit, "kWh");
	assert_string_equal(value_of("2 * bill.total").unit, "KRW");
}

static void words_are_operators_only_where_they_end(void **state)
{
	(void)state;
	reported_finding("order", "3", "1", 0);
	reported_finding("android.notes", "4", "1", 0);
	assert_true(number_of("order") == 3);
	assert_true(number_of("android.notes + order") == 7);
}

static void variables_are_looked_up_outwards(void **state)
{
	(void)state;
	assert_string_equal(value_of("$tenant.name").text, "客户");
	assert_string_equal(value_of("$project.name").text, "一厂");
	assert_true(number_of("$month.days") == 31);
	assert_true(value_of("$month").time_ms == local("2018-03-01"));
}

static void mistakes_are_refused_with_the_column(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{"", "t.ini:7: expression '', column 1: expected a finding, a $variable, a number or a 'text'"},
		{"1 +", "t.ini:7: expression '1 +', column 4: expected a finding, a $variable, a number or a 'text'"},
		{"(1", "t.ini:7: expression '(1', column 3: expected ')'"},
		{"'a", "t.ini:7: expression ''a', column 3: expected a closing quote"},
		{"a b", "t.ini:7: expression 'a b', column 3: expected an operator or the end"},
		{"min(1)", "t.ini:7: expression 'min(1)', column 6: expected ','"},
		{"a@when", "t.ini:7: expression 'a@when', column 7: "
				   "expected an attribute such as change_month, at, limit, coverage"},
		{"$", "t.ini:7: expression '$', column 2: expected a variable's name after '$'"},
		{"1.2.3", "t.ini:7: expression '1.2.3', column 6: expected a number"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_false(pr_expression_check(cases[i].text, "t.ini", 7, &reported.arena, &reported.error));
		assert_refused(cases[i].error);
	}
}

static void unknown_variable_is_refused(void **state)
{
	struct pr_value value;

	(void)state;
	assert_false(pr_expression_value(&reported.context, reported.scope, "$moon", "t.ini", 7, &value, &reported.error));
	assert_refused("t.ini:7: expression '$moon': unknown variable '$moon' here; docs/templates.md lists them");
}

static void deep_nesting_is_refused(void **state)
{
	char text[402];

	(void)state;
	for (int i = 0; i < 200; i++) {
		text[i] = '(';
		text[201 + i] = ')';
	}
	text[200] = '1';
	text[401] = '\0';
	assert_false(pr_expression_check(text, "t.ini", 7, &reported.arena, &reported.error));
	assert_non_null(strstr(reported.error.text, "expected fewer levels of nesting"));
}

#define TEST(text, function)                                      \
	{                                                             \
		text, function, reported_set_up, reported_tear_down, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a finding has a value, a unit and a path", finding_has_value_unit_and_path),
		TEST("a finding of the tenant is named with tenant:", finding_of_the_tenant_has_no_project),
		TEST("what is not measured is missing, and so is arithmetic with it",
			unmeasured_is_missing_and_swallows_arithmetic),
		TEST("operators bind as in school", operators_bind_as_in_school),
		TEST("texts compare and join", texts_compare_and_join),
		TEST("functions take their arguments", functions_take_their_arguments),
		TEST("attributes are told apart from the figure", attributes_are_told_apart_from_the_figure),
		TEST("counts, scores and power factors are no ratios", only_ratios_keep_the_unit_1),
		TEST("like divided by like is a ratio", like_divided_by_like_is_a_ratio),
		TEST("and, or and not are operators only as whole words", words_are_operators_only_where_they_end),
		TEST("variables are looked up from the project outwards", variables_are_looked_up_outwards),
		TEST("a mistake is refused with its column", mistakes_are_refused_with_the_column),
		TEST("an unknown variable is refused", unknown_variable_is_refused),
		TEST("nesting without end is refused", deep_nesting_is_refused),
	};

	return cmocka_run_group_tests_name("expression", tests, NULL, NULL);
}
