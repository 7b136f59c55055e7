#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "reported.h"

static struct pr_table_column columns[8];
static struct pr_table_definition definition;
static struct pr_table table;
static struct pr_builder builder;

static int set_up(void **state)
{
	if (reported_set_up(state) != 0)
		return -1;
	memset(columns, 0, sizeof columns);
	definition = (struct pr_table_definition){.name = "t", .rows = "slots", .columns = columns};
	definition.place = (struct pr_place){.path = "tables.ini", .line = 1};
	return 0;
}

static struct pr_table_column *add_column(const char *value)
{
	struct pr_table_column *column = &columns[definition.column_count++];

	column->value = value;
	column->right = column->dash = true;
	column->place = (struct pr_place){.path = "tables.ini", .line = 10 + (int)definition.column_count};
	return column;
}

static bool fills(void)
{
	builder = (struct pr_builder){.context = reported.context, .arena = &reported.arena};
	return pr_table_fill(&builder, reported.scope, &definition, &table, &reported.error);
}

static void fill(void)
{
	if (!fills())
		fail_msg("%s", reported.error.text);
}

static const char *text_at(size_t row, size_t column)
{
	assert_true(row < table.row_count);
	return table.rows[row].cells[column].text;
}

static void cells_show_values_and_words(void **state)
{
	(void)state;
	reported_use_words(pr_arena_format(&reported.arena, "%s[head]\nenergy = 电量\nslot = 时段\n", reported_chinese));
	definition.when_row = "$row.used and $row.slot != 'valley'";
	add_column(NULL)->words = "'slot.' + $row.slot";
	columns[0].head = "head.slot";
	columns[0].mark = "$row.role";
	add_column("$row.energy")->head = "head.energy";
	columns[1].unit = "'kWh'";
	fill();
	assert_int_equal(table.row_count, 2);
	assert_string_equal(text_at(0, 0), "峰");
	assert_string_equal(table.rows[0].cells[0].mark, "slot.peak");
	assert_string_equal(text_at(0, 1), "41,580.88");
	assert_string_equal(text_at(1, 1), "20,000.00");
	assert_string_equal(table.rows[1].cells[1].rich.spans[0].finding, "projects/10/energy.slot.flat");
	assert_string_equal(table.heads[0], "时段");
	assert_string_equal(table.heads[1], "电量 kWh");
	assert_string_equal(table.units[1], "kWh");
}

static void missing_figures_are_dashes_missing_texts_nothing(void **state)
{
	(void)state;
	add_column("$row.energy");
	add_column("$row.energy")->dash = false;
	fill();
	assert_int_equal(table.row_count, PR_SLOT_COUNT);
	assert_string_equal(text_at(PR_SLOT_SHARP, 0), "—");
	assert_string_equal(text_at(PR_SLOT_SHARP, 1), "");
	assert_int_equal(table.rows[PR_SLOT_SHARP].cells[0].value.kind, PR_VALUE_MISSING);
}

static void totals_stand_last(void **state)
{
	(void)state;
	reported_use_words(pr_arena_format(&reported.arena, "%s[word]\ntotal = 合计\n", reported_chinese));
	add_column(NULL)->words = "'slot.peak'";
	columns[0].total_words = "word.total";
	add_column("$row.energy")->total = "energy.total";
	add_column("$row.charge");
	fill();
	assert_int_equal(table.row_count, PR_SLOT_COUNT + 1);
	assert_true(table.rows[PR_SLOT_COUNT].total && table.rows[PR_SLOT_COUNT].bold);
	assert_false(table.rows[0].total);
	assert_string_equal(text_at(PR_SLOT_COUNT, 0), "合计");
	assert_string_equal(text_at(PR_SLOT_COUNT, 1), "80,230.41");
	assert_string_equal(text_at(PR_SLOT_COUNT, 2), "");
	definition.total_when = "energy.total < 0";
	fill();
	assert_int_equal(table.row_count, PR_SLOT_COUNT);
}

static void levels_and_attention_make_rows_bold(void **state)
{
	(void)state;
	definition.rows = "bill";
	definition.level = "$row.level";
	definition.bold_when = "$row.slot == 'flat'";
	add_column("$row.amount");
	fill();
	assert_int_equal(table.row_count, 12);
	assert_true(table.rows[0].group && table.rows[0].bold);
	assert_true(table.rows[2].line && !table.rows[2].bold);
	assert_true(table.rows[3].line && table.rows[3].bold);
	assert_true(table.rows[11].total && table.rows[11].bold);
	assert_string_equal(text_at(0, 0), "7,278,424.36");
	assert_string_equal(text_at(1, 0), "—");
	assert_string_equal(text_at(2, 0), "4,544,790.18");
}

static void extras_are_worked_out(void **state)
{
	(void)state;
	reported_use_words(
		pr_arena_format(&reported.arena, "%s[cell]\nsecond = 第二行\nnone = {if 0}x{end}\n", reported_chinese));
	add_column("$row.energy")->second = "'cell.second'";
	columns[0].suffix = "'min'";
	columns[0].bar = "$row.energy / energy.total";
	add_column("$row.energy")->second = "'cell.none'";
	fill();
	assert_string_equal(table.rows[1].cells[0].second, "第二行");
	assert_string_equal(table.rows[1].cells[0].suffix, "分钟");
	assert_true(fabs(table.rows[1].cells[0].bar - 0.518268) < 1e-6);
	assert_true(isnan(table.rows[0].cells[0].bar));
	assert_null(table.rows[1].cells[1].second);
}

static void an_empty_table_is_a_sentence(void **state)
{
	(void)state;
	reported_use_words(pr_arena_format(&reported.arena, "%s[a]\nempty = 本月无缺测。\n", reported_chinese));
	definition.rows = "gaps";
	definition.empty = "a.empty";
	add_column("$row.hours");
	fill();
	assert_int_equal(table.row_count, 0);
	assert_string_equal(table.empty, "本月无缺测。");
}

static void notes_that_say_nothing_are_left_out(void **state)
{
	static const char *const notes[] = {"a.one", "a.two"};

	(void)state;
	reported_use_words(
		pr_arena_format(&reported.arena, "%s[a]\none = {if 0}never{end}\ntwo = 两行\n", reported_chinese));
	definition.notes = notes;
	definition.note_count = 2;
	add_column("$row.energy");
	fill();
	assert_int_equal(table.note_count, 1);
	assert_string_equal(table.notes[0], "两行");
}

static void bars_grounds_and_warnings_are_worked_out(void **state)
{
	(void)state;
	definition.when_row = "$row.slot == 'peak' or $row.slot == 'sharp'";
	add_column(NULL)->bar = "0.5 + $row.share / 4";
	columns[0].bar_from = "0.5";
	columns[0].bar_limit = "0.8";
	columns[0].bar_role = "'accent.light'";
	add_column("$row.energy")->red_when = "$row.energy > 41580";
	columns[1].shade = "'heat.2'";
	fill();
	const struct pr_table_cell *sharp = table.rows[0].cells, *peak = table.rows[1].cells;
	assert_true(isnan(sharp[0].bar) || sharp[0].bar == 0.5);
	assert_true(peak[0].bar > 0.5 && peak[0].bar < 0.75);
	assert_true(peak[0].bar_from == 0.5 && peak[0].bar_limit == 0.8);
	assert_string_equal(peak[0].bar_role, "accent.light");
	assert_true(isnan(peak[1].bar_from) && isnan(peak[1].bar_limit));
	assert_true(peak[1].red);
	assert_false(sharp[1].red); /* what is not measured needs no attention */
	assert_string_equal(peak[1].shade, "heat.2");
}

/* A column's `when` is about the table, not its rows. */
static void columns_may_be_left_out(void **state)
{
	const struct pr_table_definition *shown = &definition;

	(void)state;
	add_column("$row.energy")->when = "measured(bill.total)";
	add_column("$row.share")->when = "measured(nothing.of.it)";
	add_column("$row.price");
	builder = (struct pr_builder){.context = reported.context, .arena = &reported.arena};
	assert_true(pr_table_shown(&builder, reported.scope, &shown, &reported.error));
	assert_int_equal(shown->column_count, 2);
	assert_string_equal(shown->columns[0].value, "$row.energy");
	assert_string_equal(shown->columns[1].value, "$row.price");
	columns[0].when = "$moon";
	shown = &definition;
	assert_false(pr_table_shown(&builder, reported.scope, &shown, &reported.error));
	assert_refused(
		"tables.ini:11: table 't': expression '$moon': unknown variable '$moon' here; docs/templates.md lists "
		"them");
}

static void mistakes_name_the_table_and_the_column(void **state)
{
	(void)state;
	add_column("$row.energie");
	assert_false(fills());
	assert_refused("tables.ini:11: table 't': expression '$row.energie': unknown variable '$row.energie' here; "
				   "docs/templates.md lists them");
}

#define TEST(text, function)                             \
	{                                                    \
		text, function, set_up, reported_tear_down, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("cells show values and words, heads their units", cells_show_values_and_words),
		TEST("a missing figure is a dash, a missing text nothing", missing_figures_are_dashes_missing_texts_nothing),
		TEST("a total stands last where a column has one", totals_stand_last),
		TEST("levels and what needs attention make rows bold", levels_and_attention_make_rows_bold),
		TEST("second lines, suffixes and bars are worked out", extras_are_worked_out),
		TEST("an empty table is a sentence", an_empty_table_is_a_sentence),
		TEST("notes that say nothing are left out", notes_that_say_nothing_are_left_out),
		TEST("bars, grounds and warnings are worked out", bars_grounds_and_warnings_are_worked_out),
		TEST("columns may be left out", columns_may_be_left_out),
		TEST("a mistake names the table and the column's line", mistakes_name_the_table_and_the_column),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
