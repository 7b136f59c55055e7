/* What to do: which savings there are, their order and words, and next month's rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "document/advice.h"
#include "reported.h"

static void set_money(const char *id, const char *value)
{
	reported_finding(id, value, "KRW", PR_PRECISION_MONEY);
}

static void set_saving(const char *name, const char *month, const char *year)
{
	set_money(pr_arena_format(&reported.arena, "savings.%s.month", name), month);
	set_money(pr_arena_format(&reported.arena, "savings.%s.year", name), year);
}

static const char *order(void)
{
	struct pr_advice advice[PR_ADVICE_MAX];
	struct pr_buffer out;
	size_t count = pr_advice_list(&reported.project_report, advice);

	pr_buffer_init(&out, &reported.arena);
	for (size_t i = 0; i < count; i++) {
		pr_buffer_add(&out, i ? " " : "");
		pr_buffer_add(&out, advice[i].key);
	}
	return out.text ? out.text : "";
}

/* Picture 07's figures. The power factor has no kvar: the switching is to be mended. */
static void set_picture(void)
{
	set_saving("basic", "667604.80", "3005838.40");
	set_money("savings.basic.cost.capacity", "55680000");
	set_money("savings.basic.cost.actual_demand", "55318348.80");
	set_money("savings.basic.cost.best_contract", "56812000");
	set_saving("power_factor", "254133.78", "3049605.36");
	reported_finding("savings.power_factor.kvar", NULL, "kvar", PR_PRECISION_QUANTITY);
	set_saving("shift", "213412.89", "2560954.68");
	set_saving("transformer", "0", "0");
	pr_findings_edit(&reported.project_report.findings, "savings.basic.cost.actual_demand")->rank = 1;
	pr_findings_edit(&reported.project_report.findings, "savings.basic.cost.capacity")->rank = 2;
	pr_findings_edit(&reported.project_report.findings, "savings.basic.cost.best_contract")->rank = 3;
}

static void most_money_first(void **state)
{
	(void)state;
	assert_string_equal(order(), "");
	set_picture();
	assert_string_equal(order(), "power_factor_mend basic_actual_demand shift transformer_one");
	reported_finding("savings.power_factor.kvar", "120", "kvar", PR_PRECISION_QUANTITY);
	set_saving("shift", "400000", "4800000");
	assert_string_equal(order(), "shift power_factor basic_actual_demand transformer_one");
}

/* Of equals the order is the method's; what saves nothing is none, but for the transformers; what is unknown is none. */
static void equals_and_nothing(void **state)
{
	(void)state;
	set_saving("shift", "1", "12");
	set_saving("basic", "2", "12");
	assert_string_equal(order(), "basic_best_contract shift");
	set_saving("basic", "0", "0");
	set_saving("shift", NULL, NULL);
	assert_string_equal(order(), "");
	set_saving("transformer", "0", "0");
	reported.project_report.transformer_count = 0;
	assert_string_equal(order(), "transformer_one");
	set_saving("transformer", "10", "120");
	assert_string_equal(order(), "transformer_fewer");
}

static double number_of(const struct pr_scope *scope, const char *name)
{
	struct pr_value value = pr_value_missing();

	if (!pr_scope_field(scope, name, &value))
		fail_msg("no field %s", name);
	assert_int_equal(value.kind, PR_VALUE_NUMBER);
	return value.number;
}

static void rows_and_variables(void **state)
{
	struct pr_rows rows;
	struct pr_value value;

	(void)state;
	set_picture();
	assert_true(pr_rows_get(&reported.context, reported.scope, "savings", NULL, 0, &rows, &reported.error));
	assert_int_equal(rows.count, 4);
	assert_int_equal((int)number_of(&rows.items[1], "row.index"), 2);
	assert_true(number_of(&rows.items[0], "row.bar") == 1 && number_of(&rows.items[3], "row.bar") == 0);
	assert_true(pr_scope_field(&rows.items[0], "row.year", &value));
	assert_string_equal(value.finding, "projects/10/savings.power_factor.year");
	reported.scope = pr_scope_of_project(&reported.context, reported.tenant_scope, 0);
	assert_int_equal((int)number_of(reported.scope, "savings.count"), 4);
	assert_int_equal((int)number_of(reported.scope, "savings.worth"), 3);
	assert_true(value_of("$savings.first.year").number == 3049605.36);
	assert_string_equal(value_of("$savings.first.key").text, "power_factor_mend");
	assert_string_equal(rendered("{$month.next|month}"), "2018年4月");
}

static void next_months_rows(void **state)
{
	struct pr_rows rows;
	struct pr_value value;

	(void)state;
	assert_true(pr_rows_get(&reported.context, reported.scope, "forecast", NULL, 0, &rows, &reported.error));
	assert_int_equal(rows.count, 0);
	reported_finding("forecast.energy", "79112.95", "kWh", PR_PRECISION_QUANTITY);
	reported_finding("forecast.energy.low", "46803.62", "kWh", PR_PRECISION_QUANTITY);
	set_money("forecast.charge", NULL);
	assert_true(pr_rows_get(&reported.context, reported.scope, "forecast", NULL, 0, &rows, &reported.error));
	assert_int_equal(rows.count, 1);
	assert_true(number_of(&rows.items[0], "row.now") == 80230.41);
	assert_true(number_of(&rows.items[0], "row.low") == 46803.62);
	assert_true(pr_scope_field(&rows.items[0], "row.high", &value));
	assert_int_equal(value.kind, PR_VALUE_MISSING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"the most money a year stands first", most_money_first, reported_set_up, reported_tear_down, NULL},
		{"of equals the method's order; what saves nothing is no advice", equals_and_nothing, reported_set_up,
			reported_tear_down, NULL},
		{"rows and variables of the savings", rows_and_variables, reported_set_up, reported_tear_down, NULL},
		{"rows of next month, without what is not forecast", next_months_rows, reported_set_up, reported_tear_down,
			NULL},
	};

	return cmocka_run_group_tests_name("advice", tests, NULL, NULL);
}
