#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/directory_rows.h"
#include "source/embedded_schema.h"
#include "stores.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct fixture {
	struct pr_arena arena;
	struct pr_error error;
	struct pr_text_table tables[PR_TABLE_COUNT];
	struct pr_directory directory;
};

/* One row; its cells are parted by '|', an empty one is missing. */
static void add(struct fixture *fixture, enum pr_directory_table table, const char *row)
{
	struct pr_text_table *into = &fixture->tables[table];
	size_t columns = 0;
	while (pr_directory_queries[table].columns[columns])
		columns++;
	into->column_count = columns;
	size_t used = into->row_count++ * columns;
	into->cells = pr_arena_grow(&fixture->arena, into->cells, used, used + columns, sizeof *into->cells);
	for (size_t i = 0; i < columns; i++) {
		size_t length = strcspn(row, "|");
		into->cells[used + i] = length == 0 ? NULL : pr_arena_copy_n(&fixture->arena, row, length);
		row += length;
		assert_int_equal(*row, i + 1 < columns ? '|' : '\0');
		row += i + 1 < columns;
	}
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	assert_non_null(fixture);
	pr_arena_init(&fixture->arena);
	add(fixture, PR_TABLE_TENANT, "1|Plant||single||zh-CN|Asia/Shanghai|||2026-01-01|");
	add(fixture, PR_TABLE_TENANT, "2|Group||management|b|en|Asia/Tokyo|||2026-01-01|2027-01-01");
	add(fixture, PR_TABLE_TENANT, "9|Operator||platform||en|Asia/Shanghai|||2026-01-01|");
	add(fixture, PR_TABLE_PROJECT, "20|Store|||Europe/Berlin|DE|0.400||");
	add(fixture, PR_TABLE_PROJECT, "10|Works||||CN|||");
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	pr_arena_release(&fixture->arena);
	free(fixture);
	return 0;
}

static bool build(struct fixture *fixture, int64_t tenant)
{
	fixture->error = (struct pr_error){0};
	return pr_directory_build(fixture->tables, tenant, &fixture->arena, &fixture->directory, &fixture->error);
}

static void must_build(struct fixture *fixture, int64_t tenant)
{
	if (!build(fixture, tenant))
		fail_msg("%s", fixture->error.text);
}

static void expect_refusal(struct fixture *fixture, int64_t tenant, const char *text)
{
	assert_false(build(fixture, tenant));
	assert_int_equal(fixture->error.code, PR_CODE_STORE);
	assert_string_equal(fixture->error.text, text);
}

static void rows_become_a_directory_in_the_order_of_ids(void **state)
{
	struct fixture *fixture = *state;
	add(fixture, PR_TABLE_TENANT_PROJECT, "2|20");
	add(fixture, PR_TABLE_TENANT_PROJECT, "2|10");
	add(fixture, PR_TABLE_POINT, "102|10|101||Press|feeder|3p4w|220||2025-12-31 16:00:00|");
	add(fixture, PR_TABLE_POINT, "201|20|||Main|incomer|1p|230.50|63|2026-01-01 00:00:00|2026-02-01 00:00:00.000000");
	add(fixture, PR_TABLE_POINT, "101|10|0|1001|Main|incomer|3p3w|10000|1200|2025-12-31 16:00:00|");
	add(fixture, PR_TABLE_POINT_NAME, "101|New|2026-05-01 00:00:00");
	add(fixture, PR_TABLE_POINT_NAME, "101|Old|2026-01-01 00:00:00");
	add(fixture, PR_TABLE_TARIFF,
		"7|10|2026-01-01 00:00:00||CNY|contract_demand||38.5|500|260|0.900|0.90|0.027|notice");
	add(fixture, PR_TABLE_TARIFF_SLOT, "7|7|8|all|0|1440|flat|0.65");
	add(fixture, PR_TABLE_TARIFF_SLOT, "7|1|6|workday|480|1440|peak|1.012345");
	add(fixture, PR_TABLE_TARIFF_SLOT, "7|1|6|workday|0|480|deep|");
	add(fixture, PR_TABLE_OFFDAY, "DE|2026-10-03|0|Einheit");
	add(fixture, PR_TABLE_OFFDAY, "CN|2026-10-10|1|");
	add(fixture, PR_TABLE_OFFDAY, "CN|2026-10-01|0|guoqing");
	add(fixture, PR_TABLE_UTILITY_BILL, "10|2026-03|1000.5|99.90|||||525.25|0.91");
	add(fixture, PR_TABLE_RECIPIENT, "2|b@x.example||cc|0");
	add(fixture, PR_TABLE_RECIPIENT, "2|a@x.example|A|to|1");
	add(fixture, PR_TABLE_ALARM_TYPE, "overload|zh|Overload|load|0");
	add(fixture, PR_TABLE_ALARM_TYPE, "offline|zh|Offline|odd|1");
	must_build(fixture, 2);

	const struct pr_directory *directory = &fixture->directory;
	assert_int_equal(directory->tenant.edition, PR_EDITION_MANAGEMENT);
	assert_string_equal(directory->tenant.brand, "b");
	assert_int_equal(directory->tenant.service_to.year, 2027);
	assert_int_equal(directory->project_count, 2);
	const struct pr_project *works = &directory->projects[0];
	assert_int_equal(works->id, 10);
	assert_string_equal(pr_zone_name(works->zone), "Asia/Tokyo");
	assert_string_equal(pr_zone_name(directory->projects[1].zone), "Europe/Berlin");
	assert_int_equal(directory->projects[1].supply_kv, 400000);
	assert_int_equal(works->supply_kv, PR_MICRO_MISSING);
	assert_int_equal(works->point_count, 2);
	const struct pr_point *main_point = &works->points[0];
	assert_int_equal(main_point->id, 101);
	assert_int_equal(main_point->parent_id, 0);
	assert_int_equal(main_point->wiring, PR_WIRING_3P3W);
	/* 2025-12-31T16:00Z = 1,767,196,800 s (20,453 days and 16 hours) */
	assert_int_equal(main_point->validity.from_ms, INT64_C(1767196800000));
	assert_int_equal(main_point->validity.to_ms, PR_TIME_MISSING);
	assert_int_equal(main_point->name_count, 2);
	assert_string_equal(main_point->names[0].name, "Old");
	assert_int_equal(works->points[1].role, PR_ROLE_FEEDER);
	assert_int_equal(works->points[1].rated_current_a, PR_MICRO_MISSING);
	assert_int_equal(directory->projects[1].points[0].nominal_v, 230500000);
	const struct pr_tariff *tariff = &works->tariffs[0];
	assert_int_equal(tariff->basic_mode, PR_BASIC_CONTRACT);
	assert_int_equal(tariff->discount, 900000);
	assert_int_equal(tariff->capacity_price, PR_MICRO_MISSING);
	assert_int_equal(tariff->slot_count, 3);
	assert_int_equal(tariff->slots[0].start_minute, 0);
	assert_int_equal(tariff->slots[0].price, PR_MICRO_MISSING);
	assert_int_equal(tariff->slots[1].price, 1012345);
	assert_int_equal(tariff->slots[2].month_from, 7);
	assert_int_equal(works->offday_count, 2);
	assert_int_equal(works->offdays[0].date.day, 1);
	assert_true(works->offdays[1].worked);
	assert_int_equal(works->utility_bills[0].month.month, 3);
	assert_int_equal(works->utility_bills[0].period_from.year, 0);
	assert_string_equal(directory->recipients[0].email, "a@x.example");
	assert_false(directory->recipients[1].active);
	assert_string_equal(directory->alarm_types[0].code, "offline");
	assert_true(directory->alarm_types[0].retired);
}

static void a_platform_tenant_sees_every_project(void **state)
{
	struct fixture *fixture = *state;
	must_build(fixture, 9);
	assert_int_equal(fixture->directory.project_count, 2);
	assert_int_equal(fixture->directory.projects[0].id, 10);
}

static void a_tenant_that_is_not_there_is_unknown(void **state)
{
	struct fixture *fixture = *state;
	assert_false(build(fixture, 5));
	assert_int_equal(fixture->error.code, PR_CODE_UNKNOWN);
	assert_string_equal(fixture->error.text, "no tenant 5 in table 'tenant' (it holds 3)");
}

static void a_single_tenant_has_exactly_one_project(void **state)
{
	struct fixture *fixture = *state;
	expect_refusal(fixture, 1,
		"tenant 1 is of the single edition and has 0 projects in table 'tenant_project'; "
		"expected exactly one");
	add(fixture, PR_TABLE_TENANT_PROJECT, "1|10");
	must_build(fixture, 1);
	add(fixture, PR_TABLE_TENANT_PROJECT, "1|20");
	expect_refusal(fixture, 1,
		"tenant 1 is of the single edition and has 2 projects in table 'tenant_project'; "
		"expected exactly one");
}

static void a_project_that_is_not_there_is_named(void **state)
{
	struct fixture *fixture = *state;
	add(fixture, PR_TABLE_TENANT_PROJECT, "2|10");
	add(fixture, PR_TABLE_TENANT_PROJECT, "2|77");
	expect_refusal(fixture, 2, "table 'tenant_project', tenant_id 2: no project 77 in table 'project'");
}

static void a_broken_row_of_another_tenant_costs_this_one_nothing(void **state)
{
	struct fixture *fixture = *state;
	add(fixture, PR_TABLE_TENANT, "3|Broken||gold||zh-CN|Asia/Shanghai|||2026-01-01|");
	add(fixture, PR_TABLE_TENANT_PROJECT, "1|10");
	must_build(fixture, 1);
}

static void the_list_of_tenants_keeps_the_broken_ones(void **state)
{
	struct fixture *fixture = *state;
	struct pr_tenant *tenants;
	size_t count;
	add(fixture, PR_TABLE_TENANT, "4|Lost||single||zh-CN|Asia/Nowhere|||2026-01-01|");
	add(fixture, PR_TABLE_TENANT, "3|Broken||gold||zh-CN|Asia/Shanghai|||2026-01-01|");
	const struct pr_text_table *table = &fixture->tables[PR_TABLE_TENANT];
	assert_true(pr_directory_tenants(table, &fixture->arena, &tenants, &count, &fixture->error));
	assert_int_equal(count, 5);
	assert_int_equal(tenants[1].id, 2);
	assert_string_equal(pr_zone_name(tenants[1].zone), "Asia/Tokyo");
	assert_int_equal(tenants[2].id, 3);
	assert_null(tenants[2].zone);
	assert_string_equal(tenants[3].name, "Lost");
	assert_null(tenants[3].zone);
	expect_refusal(
		fixture, 3, "table 'tenant', tenant_id 3, column 'edition': 'gold' is not one of the contract's words");
}

static void a_value_that_cannot_be_read_is_named_with_its_row(void **state)
{
	static const struct {
		enum pr_directory_table table;
		const char *row, *text;
	} cases[] = {
		{PR_TABLE_TARIFF, "7|10|2026-01-01 00:00:00||CNY|none||abc|||||0|n",
			"table 'tariff', tariff_id 7, column 'demand_price': 'abc' is not a decimal"},
		{PR_TABLE_TARIFF, "7|10|2026-01-01 00:00:00||CNY|free||||||||",
			"table 'tariff', tariff_id 7, column 'basic_mode': 'free' is not one of the contract's words"},
		{PR_TABLE_TARIFF_SLOT, "7|0|6|all|0|480|deep|1",
			"table 'tariff_slot', tariff_id 7, month_from 0, day_kind all, start_minute 0, column 'month_from': '0' is "
			"out of range"},
		{PR_TABLE_POINT, "x|10|||Main|incomer|1p|230||2026-01-01 00:00:00|",
			"table 'point', point_id x, column 'point_id': 'x' is not a whole number"},
		{PR_TABLE_POINT, "1|10||||incomer|1p|230||2026-01-01 00:00:00|",
			"table 'point', point_id 1, column 'name': is missing; it must have a value"},
		{PR_TABLE_POINT, "1|10|||Main|incomer|1p|0||2026-01-01 00:00:00|",
			"table 'point', point_id 1, column 'nominal_v': '0' is not above 0"},
		{PR_TABLE_POINT, "1|10|||Main|incomer|1p|230||2026-02-30 00:00:00|",
			"table 'point', point_id 1, column 'valid_from': '2026-02-30 00:00:00' is not a time; expected YYYY-MM-DD "
			"HH:MM:SS in UTC"},
		{PR_TABLE_OFFDAY, "CN|01.10.2026|0|",
			"table 'offday', region CN, calendar_day 01.10.2026, column 'calendar_day': '01.10.2026' is not a date; "
			"expected YYYY-MM-DD"},
		{PR_TABLE_MONTHLY_PLAN, "10|2026-13||",
			"table 'monthly_plan', project_id 10, plan_month 2026-13, column 'plan_month': '2026-13' is not a month; "
			"expected YYYY-MM"},
	};
	struct fixture *fixture = *state;
	add(fixture, PR_TABLE_TENANT_PROJECT, "1|10");
	for (size_t i = 0; i < COUNT(cases); i++) {
		add(fixture, cases[i].table, cases[i].row);
		expect_refusal(fixture, 1, cases[i].text);
		fixture->tables[cases[i].table] = (struct pr_text_table){0};
	}
}

static void two_rows_of_one_key_are_refused(void **state)
{
	struct fixture *fixture = *state;
	add(fixture, PR_TABLE_TENANT_PROJECT, "1|10");
	add(fixture, PR_TABLE_POINT, "7|10|||A|incomer|1p|230||2026-01-01 00:00:00|");
	add(fixture, PR_TABLE_POINT, "7|10|||B|incomer|1p|230||2026-01-01 00:00:00|");
	assert_false(build(fixture, 1));
	expect_text_in(&fixture->error, "table 'point', point_id 7, column 'point_id': '7' stands in two rows");
}

static void an_unknown_zone_names_project_and_zone(void **state)
{
	struct fixture *fixture = *state;
	add(fixture, PR_TABLE_TENANT_PROJECT, "1|30");
	add(fixture, PR_TABLE_PROJECT, "30|Lost|||Asia/Nowhere|CN|||");
	assert_false(build(fixture, 1));
	assert_int_equal(fixture->error.code, PR_CODE_STORE);
	expect_text_in(&fixture->error, "project 30: unknown time zone 'Asia/Nowhere'");
}

/* SELECT a, b FROM t: the columns of a query's text, of its list and of the schema are the same ones. */
static void queries_name_the_columns_of_the_schema(void **state)
{
	(void)state;
	for (int table = 0; table < PR_TABLE_COUNT; table++) {
		const struct pr_directory_query *query = &pr_directory_queries[table];
		const struct pr_schema_table *schema = &pr_schema_tables[table];
		char start[1024] = "SELECT ";
		size_t used = strlen(start);
		assert_string_equal(query->table, schema->name);
		for (size_t i = 0; i < schema->column_count; i++) {
			assert_string_equal(query->columns[i], schema->columns[i].name);
			used += (size_t)snprintf(start + used, sizeof start - used, "%s%s", i == 0 ? "" : ", ", query->columns[i]);
		}
		assert_null(query->columns[schema->column_count]);
		snprintf(start + used, sizeof start - used, " FROM %s", query->table);
		assert_int_equal(strncmp(query->sql, start, strlen(start)), 0);
		assert_int_equal(strncmp(pr_directory_platform_sql[table], start, strlen(start)), 0);
		const char *mark = strchr(query->sql, '?');
		assert_true(!mark || !strchr(mark + 1, '?'));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"rows become a directory in the order of ids", rows_become_a_directory_in_the_order_of_ids, set_up, tear_down,
			NULL},
		{"a platform tenant sees every project", a_platform_tenant_sees_every_project, set_up, tear_down, NULL},
		{"a tenant that is not there is unknown", a_tenant_that_is_not_there_is_unknown, set_up, tear_down, NULL},
		{"a single tenant has exactly one project", a_single_tenant_has_exactly_one_project, set_up, tear_down, NULL},
		{"a project that is not there is named", a_project_that_is_not_there_is_named, set_up, tear_down, NULL},
		{"a broken row of another tenant costs this one nothing", a_broken_row_of_another_tenant_costs_this_one_nothing,
			set_up, tear_down, NULL},
		{"the list of tenants keeps the broken ones", the_list_of_tenants_keeps_the_broken_ones, set_up, tear_down,
			NULL},
		{"a value that cannot be read is named with its row", a_value_that_cannot_be_read_is_named_with_its_row, set_up,
			tear_down, NULL},
		{"two rows of one key are refused", two_rows_of_one_key_are_refused, set_up, tear_down, NULL},
		{"an unknown zone names project and zone", an_unknown_zone_names_project_and_zone, set_up, tear_down, NULL},
		{"queries name the columns of the schema", queries_name_the_columns_of_the_schema, NULL, NULL, NULL},
	};
	return cmocka_run_group_tests_name("directory rows", tests, NULL, NULL);
}
