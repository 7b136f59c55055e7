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
static const struct pr_table_definition *tables[2];
static const char *const titles[] = {"sheet.title"};
static struct pr_sheet_definition sheets[4];
static struct pr_edition_definition edition;
static struct pr_builder builder;
static struct pr_workbook workbook;

static int set_up(void **state)
{
	if (reported_set_up(state) != 0)
		return -1;
	memset(columns, 0, sizeof columns);
	memset(sheets, 0, sizeof sheets);
	definition = (struct pr_table_definition){.name = "t", .rows = "slots", .columns = columns};
	tables[0] = tables[1] = &definition;
	for (size_t i = 0; i < 4; i++)
		sheets[i] = (struct pr_sheet_definition){
			.name = "sheet.name", .tables = tables, .table_count = 1, .titles = titles, .title_count = 1};
	edition = (struct pr_edition_definition){.sheets = sheets, .sheet_count = 1};
	reported_use_words(pr_arena_format(&reported.arena,
		"%s[sheet]\nname = 用电\nother = 用电\ntitle = 分时电量\n[head]\nenergy = 电量\nshare = 占比\nat = 时刻\n",
		reported_chinese));
	return 0;
}

static struct pr_table_column *add_column(const char *value)
{
	struct pr_table_column *column = &columns[definition.column_count++];

	column->value = value;
	column->right = true;
	return column;
}

static void build(void)
{
	builder = (struct pr_builder){.context = reported.context, .edition = &edition, .arena = &reported.arena};
	if (!pr_workbook_build(&builder, reported.tenant_scope, &workbook, &reported.error))
		fail_msg("%s", reported.error.text);
}

static const struct pr_cell *cell(size_t row, size_t column)
{
	const struct pr_sheet_table *table = &workbook.sheets[0].tables[0];

	assert_true(row < table->row_count && column < table->column_count);
	return &table->cells[row * table->column_count + column];
}

static void numbers_stay_numbers(void **state)
{
	(void)state;
	add_column("$row.energy")->head = "head.energy";
	columns[0].unit = "'kWh'";
	add_column("$row.share")->head = "head.share";
	columns[1].unit = "'%'";
	add_column("$row.price");
	add_column("$row.charge")->style = "large";
	build();
	assert_string_equal(workbook.sheets[0].name, "用电");
	assert_string_equal(workbook.sheets[0].tables[0].title, "分时电量");
	assert_string_equal(workbook.sheets[0].tables[0].columns[0].head, "电量");
	assert_string_equal(workbook.sheets[0].tables[0].columns[0].unit, "kWh");
	assert_null(workbook.sheets[0].tables[0].columns[1].unit); /* its cells have the percent sign */
	assert_int_equal(cell(1, 0)->kind, PR_CELL_NUMBER);
	assert_true(cell(1, 0)->number == 41580.88);
	assert_string_equal(cell(1, 0)->format, "#,##0.00");
	assert_string_equal(cell(1, 0)->finding, "projects/10/energy.slot.peak");
	assert_true(cell(1, 1)->number == 0.518268);
	assert_string_equal(cell(1, 1)->format, "0.0%");
	assert_true(cell(1, 2)->number == 109.3);
	assert_null(cell(1, 2)->format);
	assert_true(cell(1, 3)->number == 4544790.18); /* whole, not in ten thousands */
	assert_string_equal(cell(1, 3)->format, "#,##0.00\"韩元\"");
	assert_int_equal(cell(0, 0)->kind, PR_CELL_EMPTY);
	assert_int_equal(cell(0, 1)->kind, PR_CELL_EMPTY);
}

static void styles_become_number_formats(void **state)
{
	static const struct {
		const char *value, *style, *suffix, *format;
	} cases[] = {
		{"energy.total", "0,bare", NULL, "#,##0"},
		{"demand.max", "", NULL, "#,##0.00\" kW\""},
		{"demand.max", "bare", "'kVA'", "#,##0.00\" kVA\""},
		{"bill.price", "bare", NULL, "#,##0.00"},
		{"power_factor.month", "bare", NULL, "#,##0.00"},
		{"coverage.rate", "sign", NULL, "+0.0%;-0.0%;0.0%"},
		{"coverage.rate", "bare", "'1'", "0.0%"},
		{"$plant.kva", "", NULL, "General\" kVA\""},
		{"3", "bare", NULL, NULL},
	};

	(void)state;
	reported_finding("demand.max", "605.24", "kW", 4);
	pr_scope_add(reported.tenant_scope, &reported.arena, "plant.kva", pr_value_micro(micro("630"), "kVA"));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		definition.column_count = 0;
		memset(columns, 0, sizeof columns);
		add_column(cases[i].value)->style = cases[i].style;
		columns[0].suffix = cases[i].suffix;
		build();
		assert_int_equal(cell(0, 0)->kind, PR_CELL_NUMBER);
		if (!cases[i].format)
			assert_null(cell(0, 0)->format);
		else
			assert_string_equal(cell(0, 0)->format, cases[i].format);
	}
}

static void a_column_may_have_its_own_format(void **state)
{
	(void)state;
	add_column("energy.total")->sheet_format = "0.000";
	build();
	assert_string_equal(cell(0, 0)->format, "0.000");
}

static void coverage_is_cut_in_the_number(void **state)
{
	(void)state;
	add_column("coverage.rate")->style = "cut";
	add_column("1")->style = "cut,1,percent";
	build();
	assert_true(fabs(cell(0, 0)->number - 0.999) < 1e-12); /* 0.999664 */
	assert_true(cell(0, 1)->number == 1);
}

/* 2018-03-23 is day 43182 of spreadsheets; 09:00 is 0.375 of it. */
static void times_are_serial_days_of_the_local_clock(void **state)
{
	struct pr_finding *finding = reported_finding("demand.max", "605.24", "kW", 4);

	(void)state;
	finding->at_ms = local("2018-03-23T09:00");
	add_column("demand.max@at")->head = "head.at";
	add_column("demand.max@at")->style = "iso_date";
	add_column("demand.max@at")->style = "month";
	add_column("demand.max@at")->style = "time";
	add_column("demand.max@at")->style = "weekday";
	build();
	assert_int_equal(cell(0, 0)->kind, PR_CELL_TIME);
	assert_true(cell(0, 0)->number == 43182.375);
	assert_string_equal(cell(0, 0)->format, "yyyy-mm-dd hh:mm");
	assert_string_equal(cell(0, 1)->format, "yyyy-mm-dd");
	assert_string_equal(cell(0, 2)->format, "yyyy-mm");
	assert_string_equal(cell(0, 3)->format, "hh:mm");
	assert_int_equal(cell(0, 4)->kind, PR_CELL_TEXT);
	assert_string_equal(cell(0, 4)->text, "星期五");
}

static void widths_fit_the_contents(void **state)
{
	(void)state;
	add_column("$row.charge");                       /* "4,544,790.18": 12, and 2 */
	add_column(NULL)->words = "'sheet.title'";       /* four Han: 8, and 2 */
	add_column("$row.energy")->head = "head.energy"; /* "电量 (kWh)": 4 + 3 + 3, "41,580.88": 9 */
	columns[2].unit = "'kWh'";
	add_column("1"); /* at least 6 */
	build();
	assert_true(workbook.sheets[0].tables[0].columns[0].width == 14);
	assert_true(workbook.sheets[0].tables[0].columns[1].width == 10);
	assert_true(workbook.sheets[0].tables[0].columns[2].width == 12);
	assert_true(workbook.sheets[0].tables[0].columns[3].width == 6);
}

static void very_wide_columns_are_capped(void **state)
{
	(void)state;
	add_column("'0123456789012345678901234567890123456789012345678901234567890123456789'");
	build();
	assert_true(workbook.sheets[0].tables[0].columns[0].width == 60);
}

static void totals_notes_and_filters_are_passed_on(void **state)
{
	static const char *const notes[] = {"sheet.title"};

	(void)state;
	add_column("$row.energy")->total = "energy.total";
	definition.notes = notes;
	definition.note_count = 1;
	sheets[0].filter = true;
	build();
	assert_int_equal(workbook.sheets[0].tables[0].row_count, PR_SLOT_COUNT + 1);
	assert_int_equal(workbook.sheets[0].tables[0].total_rows, 1);
	assert_true(cell(PR_SLOT_COUNT, 0)->bold);
	assert_false(cell(0, 0)->bold);
	assert_true(workbook.sheets[0].tables[0].filter);
	assert_int_equal(workbook.sheets[0].tables[0].note_count, 1);
	sheets[0].table_count = 2;
	build();
	assert_int_equal(workbook.sheets[0].table_count, 2);
	assert_false(workbook.sheets[0].tables[0].filter); /* only where it stands alone */
	assert_null(workbook.sheets[0].tables[1].title);
}

static void an_empty_table_keeps_its_head_and_says_so(void **state)
{
	(void)state;
	definition.rows = "gaps";
	definition.empty = "sheet.title";
	add_column("$row.hours")->head = "head.at";
	build();
	assert_int_equal(workbook.sheets[0].tables[0].row_count, 0);
	assert_int_equal(workbook.sheets[0].tables[0].column_count, 1);
	assert_string_equal(workbook.sheets[0].tables[0].notes[0], "分时电量");
}

static void bars_without_a_head_are_left_out(void **state)
{
	(void)state;
	add_column(NULL)->bar = "$row.share";
	add_column("$row.energy");
	add_column(NULL)->bar = "$row.share";
	columns[2].head = "head.share";
	build();
	assert_int_equal(workbook.sheets[0].tables[0].column_count, 2);
	assert_true(cell(1, 0)->number == 41580.88);
	assert_true(cell(1, 1)->number == 0.518268);
	assert_string_equal(cell(1, 1)->format, "0.0%");
}

static const char *name_of(const char *word, size_t sheet)
{
	reported_use_words(pr_arena_format(&reported.arena, "%s[sheet]\nname = %s\ntitle = x\n", reported_chinese, word));
	build();
	return workbook.sheets[sheet].name;
}

static void sheet_names_are_legal(void **state)
{
	(void)state;
	add_column("$row.energy");
	assert_string_equal(name_of("a[b]c:d*e?f/g\\h", 0), "a_b_c_d_e_f_g_h");
	assert_string_equal(name_of("'quoted'", 0), "_quoted_");
	assert_string_equal(name_of("it's", 0), "it's");
	assert_string_equal(name_of("hIsToRy", 0), "hIsToRy_");
	assert_string_equal(name_of("{if 0}never{end}", 0), "_");
	assert_string_equal(name_of("0123456789012345678901234567890123456789", 0), "0123456789012345678901234567890");
	/* Two UTF-16 units each above U+FFFF: fifteen of them, not sixteen. */
	assert_string_equal(name_of("𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀", 0), "𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀");
}

static void sheet_names_are_unique(void **state)
{
	(void)state;
	add_column("$row.energy");
	edition.sheet_count = 3;
	assert_string_equal(name_of("Energy", 1), "Energy (2)");
	assert_string_equal(workbook.sheets[2].name, "Energy (3)");
	assert_string_equal(name_of("0123456789012345678901234567890123456789", 1), "012345678901234567890123456 (2)");
}

static void sheets_follow_the_projects(void **state)
{
	struct pr_project_report two[2] = {reported.project_report, reported.project_report};
	struct pr_project other = reported.project;

	(void)state;
	other.id = 20;
	other.name = "二厂";
	two[1].project = &other;
	reported.report.projects = two;
	reported.report.project_count = 2;
	add_column("$row.energy");
	edition.sheet_count = 3;
	sheets[0].for_projects = true;
	sheets[1].tenant_scope = true;
	build();
	assert_int_equal(workbook.sheet_count, 3); /* slots are a project's: the tenant's sheet would be empty */
	assert_string_equal(workbook.sheets[0].name, "用电 一厂");
	assert_string_equal(workbook.sheets[1].name, "用电 二厂");
	assert_string_equal(workbook.sheets[1].tables[0].cells[1].finding, "projects/20/energy.slot.peak");
	assert_string_equal(workbook.sheets[2].name, "用电");
	assert_string_equal(workbook.sheets[2].tables[0].cells[1].finding, "projects/10/energy.slot.peak");
}

static void sheets_may_depend_on_the_data(void **state)
{
	(void)state;
	add_column("$row.energy");
	sheets[0].when = "bill.total < 0";
	build();
	assert_int_equal(workbook.sheet_count, 0);
}

#define TEST(text, function)                             \
	{                                                    \
		text, function, set_up, reported_tear_down, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("numbers stay numbers, with a format and their finding", numbers_stay_numbers),
		TEST("styles become number formats", styles_become_number_formats),
		TEST("a column may have its own number format", a_column_may_have_its_own_format),
		TEST("coverage is cut in the number itself", coverage_is_cut_in_the_number),
		TEST("times are serial days of the local clock", times_are_serial_days_of_the_local_clock),
		TEST("column widths fit the contents, Han counting two", widths_fit_the_contents),
		TEST("very wide columns are capped", very_wide_columns_are_capped),
		TEST("totals, notes and filters are passed on", totals_notes_and_filters_are_passed_on),
		TEST("an empty table keeps its head and says so", an_empty_table_keeps_its_head_and_says_so),
		TEST("a bar without a head is left out", bars_without_a_head_are_left_out),
		TEST("sheet names are legal", sheet_names_are_legal),
		TEST("sheet names are unique", sheet_names_are_unique),
		TEST("sheets follow the projects", sheets_follow_the_projects),
		TEST("a sheet may depend on the data", sheets_may_depend_on_the_data),
	};

	return cmocka_run_group_tests_name("workbook", tests, NULL, NULL);
}
