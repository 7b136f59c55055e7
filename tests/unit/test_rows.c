#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "document/rows.h"
#include "reported.h"

static struct pr_rows rows;

static void get(const char *name)
{
	if (!pr_rows_get(&reported.context, reported.scope, name, NULL, 0, &rows, &reported.error))
		fail_msg("%s", reported.error.text);
}

static struct pr_value field(size_t row, const char *name)
{
	struct pr_value value = pr_value_missing();

	assert_in_range(row, 0, rows.count - 1);
	if (!pr_scope_field(&rows.items[row], name, &value))
		fail_msg("no field %s", name);
	return value;
}

/* "line slot.peak 41580.88 kWh 109.3 4544790.18 -": level, key, quantity, unit, price, amount, share. */
static const char *bill_row(size_t row)
{
	static const char *const names[] = {
		"row.level", "row.key", "row.quantity", "row.unit", "row.price", "row.amount", "row.share"};
	struct pr_buffer out;

	pr_buffer_init(&out, &reported.arena);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct pr_value value = field(row, names[i]);
		char text[32];

		pr_buffer_add(&out, i ? " " : "");
		pr_buffer_add(&out, value.kind == PR_VALUE_NUMBER ? pr_micro_plain(value.micro, text)
							: value.kind == PR_VALUE_TEXT ? value.text
														  : "-");
	}
	return out.text;
}

static void the_bill_is_printed_line_by_line(void **state)
{
	/* The shares of the total by largest remainder: .55788 .43714 .00498 of tenths of a percent. */
	static const char *const expected[] = {
		"group bill.group.energy - - - 7278424.36 0.558",
		"line slot.sharp - - - - -",
		"line slot.peak 41580.88 kWh 109.3 4544790.18 -",
		"line slot.flat 20000 kWh 80.5 1610000 -",
		"line slot.valley 18649.53 kWh 60.25 1123634.18 -",
		"line slot.deep - - - - -",
		"group bill.group.basic - - - 5703193.6 0.437",
		"line bill.line.basic.contract 525 kW 8320 4368000 -",
		"line bill.line.basic.excess 80.24 kW 16640 1335193.6 -",
		"group bill.group.power_factor - - - 64908.09 0.005",
		"line bill.line.power_factor 12981617.96 KRW 0.5 64908.09 -",
		"total - 80230.41 kWh 162.613229 13046526.05 1",
	};

	(void)state;
	get("bill");
	assert_int_equal(rows.count, sizeof expected / sizeof *expected);
	for (size_t i = 0; i < rows.count; i++)
		assert_string_equal(bill_row(i), expected[i]);
	assert_string_equal(field(11, "row.total_key").text, "bill.total");
}

static void a_line_says_where_its_figures_stand(void **state)
{
	(void)state;
	get("bill");
	assert_string_equal(field(2, "row.quantity").finding, "projects/10/bill_lines/0/quantity");
	assert_string_equal(field(8, "row.amount").finding, "projects/10/bill_lines/4/amount");
	assert_string_equal(field(11, "row.amount").finding, "projects/10/bill.total");
	assert_string_equal(field(10, "row.price").unit, "%");
	assert_int_equal(field(2, "row.price").digits, -2);
}

/*
 * Of 7,278,424.36 + 5,703,193.60 − 64,908.09 = 12,916,709.87: .563489 .441536 −.005025 of tenths of a percent, cut
 * downwards .563 .441 −.006, two tenths left for −.005025 and .441536.
 */
static void a_reward_has_a_negative_share(void **state)
{
	(void)state;
	reported_finding("bill.pf.amount", "-64908.09", "KRW", 2);
	get("bill");
	assert_true(field(0, "row.share").micro == micro("0.563"));
	assert_true(field(6, "row.share").micro == micro("0.442"));
	assert_true(field(9, "row.share").micro == micro("-0.005"));
}

static void a_bill_with_a_gap_has_no_shares(void **state)
{
	(void)state;
	reported_finding("bill.basic", NULL, "KRW", 2);
	get("bill");
	assert_int_equal(field(0, "row.share").kind, PR_VALUE_MISSING);
	assert_int_equal(field(6, "row.share").kind, PR_VALUE_MISSING);
}

static void two_tariffs_give_two_lines_of_a_slot(void **state)
{
	struct pr_bill_line *line = PR_PUSH(&reported.arena, reported.project_report.bill_lines,
		reported.project_report.bill_line_count, reported.project_report.bill_line_capacity);

	(void)state;
	*line = reported.project_report.bill_lines[0];
	line->price = micro("120");
	get("bill");
	assert_int_equal(rows.count, 13);
	assert_string_equal(field(2, "row.key").text, "slot.peak");
	assert_string_equal(field(3, "row.key").text, "slot.peak");
	assert_true(field(3, "row.price").micro == micro("120"));
	get("slots");
	assert_int_equal(field(PR_SLOT_PEAK, "row.price").kind, PR_VALUE_MISSING);
	assert_true(field(PR_SLOT_FLAT, "row.price").micro == micro("80.5"));
}

static void without_a_bill_there_are_no_rows(void **state)
{
	(void)state;
	reported.project_report.bill_line_count = 0;
	get("bill");
	assert_int_equal(rows.count, 0);
}

static void part_of_a_month_is_shown(void **state)
{
	(void)state;
	reported.project_report.bill_lines[3].share = micro("0.5");
	get("bill");
	assert_true(field(7, "row.month_share").micro == micro("0.5"));
	assert_int_equal(field(8, "row.month_share").kind, PR_VALUE_MISSING);
}

/* 4,544,790.18 + 1,610,000 + 1,123,634.18: .62442 .22120 .15438 → .624 .221 .154, one tenth left for .00042. */
static void slots_share_the_charge(void **state)
{
	(void)state;
	get("slots");
	assert_int_equal(rows.count, PR_SLOT_COUNT);
	assert_true(field(PR_SLOT_PEAK, "row.charge_share").micro == micro("0.625"));
	assert_true(field(PR_SLOT_FLAT, "row.charge_share").micro == micro("0.221"));
	assert_true(field(PR_SLOT_VALLEY, "row.charge_share").micro == micro("0.154"));
	assert_true(field(PR_SLOT_PEAK, "row.share").micro == micro("0.518268"));
	assert_true(field(PR_SLOT_PEAK, "row.used").number == 1);
	assert_true(field(PR_SLOT_SHARP, "row.used").number == 0);
	assert_int_equal(field(PR_SLOT_SHARP, "row.charge").kind, PR_VALUE_MISSING);
}

static void notes_name_their_subject_and_zone(void **state)
{
	struct pr_note notes[] = {
		{.code = "a",
			.project_id = 10,
			.point_id = 101,
			.count = 3,
			.first_ms = local("2018-03-02"),
			.last_ms = local("2018-03-03")},
		{.code = "b", .project_id = 10, .first_ms = PR_TIME_MISSING, .last_ms = PR_TIME_MISSING},
		{.code = "c", .first_ms = PR_TIME_MISSING, .last_ms = PR_TIME_MISSING},
	};

	(void)state;
	reported.report.notes = notes;
	reported.report.note_count = 3;
	get("notes");
	assert_string_equal(field(0, "row.subject").text, "进线");
	assert_string_equal(field(1, "row.subject").text, "一厂");
	assert_string_equal(field(2, "row.subject").text, "客户");
	assert_true(field(0, "row.count").number == 3);
	assert_int_equal(field(1, "row.count").kind, PR_VALUE_MISSING);
	assert_int_equal(field(1, "row.first").kind, PR_VALUE_MISSING);
	assert_ptr_equal(rows.items[0].zone, reported.project.zone);
}

static void findings_come_with_their_paths(void **state)
{
	(void)state;
	pr_findings_set(&reported.report.findings, &reported.arena, "energy.total", micro("7"), "kWh", 4);
	get("findings");
	assert_int_equal(rows.count, 1 + reported.project_report.findings.count);
	assert_string_equal(field(0, "row.value").finding, "energy.total");
	assert_string_equal(field(0, "row.subject").text, "客户");
	assert_string_equal(field(1, "row.value").finding, "projects/10/energy.total");
	assert_string_equal(field(1, "row.unit").text, "kWh");
}

static void items_are_the_tables_own(void **state)
{
	static const char *const items[] = {"a", "b"};

	(void)state;
	assert_true(pr_rows_get(&reported.context, reported.scope, "items", items, 2, &rows, &reported.error));
	assert_int_equal(rows.count, 2);
	assert_string_equal(field(1, "row.item").text, "b");
}

static void a_projects_rows_need_a_project(void **state)
{
	(void)state;
	assert_true(pr_rows_get(&reported.context, reported.tenant_scope, "bill", NULL, 0, &rows, &reported.error));
	assert_int_equal(rows.count, 0);
}

static void unknown_rows_are_refused(void **state)
{
	(void)state;
	assert_true(pr_rows_known("bill"));
	assert_false(pr_rows_known("weather"));
	assert_false(pr_rows_get(&reported.context, reported.scope, "weather", NULL, 0, &rows, &reported.error));
	assert_refused("'weather' gives no rows");
}

#define TEST(text, function)                                      \
	{                                                             \
		text, function, reported_set_up, reported_tear_down, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the bill is printed line by line, in the order of slots and groups", the_bill_is_printed_line_by_line),
		TEST("a line says where its figures stand", a_line_says_where_its_figures_stand),
		TEST("a reward has a negative share, and all add up", a_reward_has_a_negative_share),
		TEST("where a part is not measured there are no shares", a_bill_with_a_gap_has_no_shares),
		TEST("a slot under two tariffs has two lines and no one price", two_tariffs_give_two_lines_of_a_slot),
		TEST("without a bill there are no rows", without_a_bill_there_are_no_rows),
		TEST("a line of part of a month says so", part_of_a_month_is_shown),
		TEST("slots share the energy charge by largest remainder", slots_share_the_charge),
		TEST("notes name their subject and know its zone", notes_name_their_subject_and_zone),
		TEST("findings come with their paths", findings_come_with_their_paths),
		TEST("items are the table's own", items_are_the_tables_own),
		TEST("a project's rows are none in the tenant's scope", a_projects_rows_need_a_project),
		TEST("unknown rows are refused", unknown_rows_are_refused),
	};

	return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
