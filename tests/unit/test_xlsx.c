#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/file.h"
#include "base/text.h"
#include "output/xlsx.h"
#include "output/xlsx_check.h"

#define LARGEST ((size_t)1 << 20)

struct fixture {
	struct pr_arena arena;
	struct pr_error error;
	char folder[32];
	char *path;
	struct pr_document document;
	struct pr_sheet sheets[2];
	struct pr_sheet_table tables[2];
	struct pr_sheet_column columns[2];
	struct pr_cell cells[6]; /* 3 rows of 2 */
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	if (fixture == NULL)
		return -1;
	pr_arena_init(&fixture->arena);
	memcpy(fixture->folder, "/tmp/test_xlsx.XXXXXX", 22);
	if (mkdtemp(fixture->folder) == NULL)
		return -1;
	fixture->path = pr_arena_format(&fixture->arena, "%s/report.xlsx", fixture->folder);
	fixture->columns[0] = (struct pr_sheet_column){.head = "名称", .unit = NULL, .width = 20, .right = false};
	fixture->columns[1] = (struct pr_sheet_column){.head = "电量", .unit = "kWh", .width = 12, .right = true};
	for (size_t row = 0; row < 3; row++) {
		fixture->cells[2 * row] = (struct pr_cell){.kind = PR_CELL_TEXT, .text = "进线"};
		fixture->cells[2 * row + 1] = (struct pr_cell){.kind = PR_CELL_NUMBER, .number = 1.5, .format = "0.00"};
	}
	for (size_t i = 0; i < 2; i++) {
		fixture->tables[i] = (struct pr_sheet_table){
			.columns = fixture->columns, .column_count = 2, .cells = fixture->cells, .row_count = 3, .title = "表"};
		fixture->sheets[i] =
			(struct pr_sheet){.name = i == 0 ? "概览" : "明细", .tables = &fixture->tables[i], .table_count = 1};
	}
	fixture->tables[1].filter = true;
	fixture->document =
		(struct pr_document){.title = "月报", .created_ms = INT64_C(1793750400000), .workbook = {fixture->sheets, 2}};
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	struct pr_error error = {0};
	const bool removed = pr_folder_remove(fixture->folder, &error);

	pr_arena_release(&fixture->arena);
	free(fixture);
	return removed ? 0 : -1;
}

static void paint(struct fixture *fixture)
{
	if (!pr_xlsx_paint(&fixture->document, fixture->path, &fixture->arena, &fixture->error))
		fail_msg("%s", fixture->error.text);
}

static void read_workbook(struct fixture *fixture, char **bytes, size_t *count)
{
	if (!pr_file_read(fixture->path, LARGEST, &fixture->arena, bytes, count, &fixture->error))
		fail_msg("%s", fixture->error.text);
}

static void refuses(struct fixture *fixture, enum pr_code code, const char *text)
{
	pr_error_clear(&fixture->error);
	assert_false(pr_xlsx_paint(&fixture->document, fixture->path, &fixture->arena, &fixture->error));
	assert_int_equal(fixture->error.code, code);
	if (strstr(fixture->error.text, text) == NULL)
		fail_msg("'%s' is not in '%s'", text, fixture->error.text);
}

static void writes_the_same_bytes_twice(void **state)
{
	struct fixture *fixture = *state;
	char *first = NULL, *second = NULL;
	size_t first_count = 0, second_count = 0;

	paint(fixture);
	read_workbook(fixture, &first, &first_count);
	fixture->path = pr_arena_format(&fixture->arena, "%s/again.xlsx", fixture->folder);
	paint(fixture);
	read_workbook(fixture, &second, &second_count);
	assert_int_equal(first_count, second_count);
	assert_memory_equal(first, second, first_count);
}

/* By hand: each sheet has a title, a head and 3 rows, so 5 rows and 1 + 4 × 2 = 9 cells. */
static size_t cells[] = {9, 9}, rows[] = {5, 5};
static const struct pr_xlsx_counts right_counts = {2, cells, rows, 1, true, NULL, 0, 0};

static void finds_what_was_written(void **state)
{
	struct fixture *fixture = *state;
	char *bytes = NULL;
	size_t count = 0;

	paint(fixture);
	read_workbook(fixture, &bytes, &count);
	assert_true(pr_xlsx_check("x", bytes, count, &right_counts, &fixture->error));
}

static void notices_lost_rows_cells_sheets_and_tables(void **state)
{
	struct fixture *fixture = *state;
	size_t more_cells[] = {9, 10}, more_rows[] = {6, 5};
	const struct pr_xlsx_counts wrong[] = {{2, more_cells, rows, 1, true, NULL, 0, 0},
		{2, cells, more_rows, 1, true, NULL, 0, 0}, {2, cells, rows, 2, true, NULL, 0, 0},
		{1, cells, rows, 1, true, NULL, 0, 0}};
	char *bytes = NULL;
	size_t count = 0;

	paint(fixture);
	read_workbook(fixture, &bytes, &count);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		pr_error_clear(&fixture->error);
		assert_false(pr_xlsx_check("x", bytes, count, &wrong[i], &fixture->error));
		assert_int_equal(fixture->error.code, PR_CODE_OUTPUT);
		assert_non_null(strstr(fixture->error.text, "workbook 'x' was not written whole: "));
	}
}

static void notices_a_workbook_cut_short_anywhere(void **state)
{
	struct fixture *fixture = *state;
	char *bytes = NULL;
	size_t count = 0;

	paint(fixture);
	read_workbook(fixture, &bytes, &count);
	for (size_t length = 0; length < count; length += 7) {
		char *cut = malloc(length + 1); /* so that the sanitizers see a read beyond the end */

		assert_non_null(cut);
		memcpy(cut, bytes, length);
		pr_error_clear(&fixture->error);
		assert_false(pr_xlsx_check("x", cut, length, &right_counts, &fixture->error));
		free(cut);
	}
}

static void notices_a_damaged_part(void **state)
{
	struct fixture *fixture = *state;
	char *bytes = NULL;
	const char *directory;
	size_t count = 0, noticed = 0, tried = 0, first_data;

	paint(fixture);
	read_workbook(fixture, &bytes, &count);
	/* Between the first local header (30 bytes and the name) and the directory every part's data is under a CRC; only
	 * the local headers' own times, sizes and names are said again in the directory. */
	for (directory = bytes; memcmp(directory, "PK\x01\x02", 4) != 0; directory++)
		assert_true((size_t)(directory - bytes) + 4 < count);
	first_data = 30 + strlen("[Content_Types].xml");
	for (size_t at = first_data; at < first_data + 200; at++, tried++) {
		bytes[at] = (char)(bytes[at] ^ 0x10);
		pr_error_clear(&fixture->error);
		noticed += pr_xlsx_check("x", bytes, count, &right_counts, &fixture->error) ? 0 : 1;
		bytes[at] = (char)(bytes[at] ^ 0x10);
	}
	assert_int_equal(noticed, tried);
}

static void add_u16(struct pr_buffer *out, size_t value)
{
	const char bytes[] = {(char)(value & 0xFF), (char)(value >> 8 & 0xFF)};

	pr_buffer_add_n(out, bytes, 2);
}

static void add_u32(struct pr_buffer *out, size_t value)
{
	add_u16(out, value & 0xFFFF);
	add_u16(out, value >> 16);
}

struct made_part {
	const char *name, *xml;
};

/* An archive of parts as they are (method 0), after APPNOTE.TXT 4.3. */
static void make_archive(struct pr_buffer *out, const struct made_part *parts, size_t count)
{
	size_t offsets[8], start, length;

	for (size_t i = 0; i < count; i++) {
		const size_t size = strlen(parts[i].xml);

		offsets[i] = out->length;
		pr_buffer_add_n(out, "PK\x03\x04\x14\0\0\0\0\0\0\0\0\0", 14);
		add_u32(out, crc32(0, (const unsigned char *)parts[i].xml, (unsigned)size));
		add_u32(out, size);
		add_u32(out, size);
		add_u16(out, strlen(parts[i].name));
		add_u16(out, 0);
		pr_buffer_add(out, parts[i].name);
		pr_buffer_add_n(out, parts[i].xml, size);
	}
	start = out->length;
	for (size_t i = 0; i < count; i++) {
		const size_t size = strlen(parts[i].xml);

		pr_buffer_add_n(out, "PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0", 16);
		add_u32(out, crc32(0, (const unsigned char *)parts[i].xml, (unsigned)size));
		add_u32(out, size);
		add_u32(out, size);
		add_u16(out, strlen(parts[i].name));
		pr_buffer_add_n(out, "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
		add_u32(out, offsets[i]);
		pr_buffer_add(out, parts[i].name);
	}
	length = out->length - start;
	add_u32(out, 0x06054B50);
	add_u32(out, 0);
	add_u16(out, count);
	add_u16(out, count);
	add_u32(out, length);
	add_u32(out, start);
	add_u16(out, 0);
}

static void notices_parts_that_a_full_disk_cut_short(void **state)
{
	/* Each replaces its part of a workbook with one sheet of one cell; the archive around it is sound. */
	static const struct made_part whole[] = {
		{"xl/workbook.xml", "<?xml version=\"1.0\"?>\n<workbook><sheets><sheet name=\"a\"/></sheets></workbook>"},
		{"xl/worksheets/sheet1.xml", "<worksheet><row r=\"1\"><c r=\"A1\"><v>0</v></c></row></worksheet>"},
		{"xl/sharedStrings.xml", "<sst count=\"1\" uniqueCount=\"1\"><si><t>x</t></si></sst>\n"},
		{"xl/styles.xml", "<styleSheet a=\"b\"/>"},
	};
	static const struct {
		size_t part;
		const char *xml;
	} cases[] = {
		{0, "<?xml version=\"1.0\"?>\n<workbook><sheets><sheet name=\"a\"/></sheets>"},
		{0, "<workbook><sheets></sheets></workbook>"},
		{1, "<worksheet><row r=\"1\"><c r=\"A1\"><v>0</v></c></row>"},
		{1, "<worksheet></worksheet>"},
		{2, "<sst count=\"1\" uniqueCount=\"1\"><si><t>x</t></si>"},
		{2, "<sst count=\"2\" uniqueCount=\"2\"><si><t>x</t></si></sst>"},
		{3, ""},
		{3, "<styleSheet><fonts/>"},
		{3, "<styleSheet a=\"b\""},
	};
	struct fixture *fixture = *state;
	size_t one[] = {1};
	const struct pr_xlsx_counts expected = {1, one, one, 0, true, NULL, 0, 0};
	struct pr_buffer out;

	pr_buffer_init(&out, &fixture->arena);
	make_archive(&out, whole, 4);
	if (!pr_xlsx_check("x", out.text, out.length, &expected, &fixture->error))
		fail_msg("%s", fixture->error.text);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct made_part parts[4];

		memcpy(parts, whole, sizeof parts);
		parts[cases[i].part].xml = cases[i].xml;
		pr_buffer_init(&out, &fixture->arena);
		make_archive(&out, parts, 4);
		pr_error_clear(&fixture->error);
		if (pr_xlsx_check("x", out.text, out.length, &expected, &fixture->error))
			fail_msg("case %zu was taken", i);
	}
	pr_buffer_init(&out, &fixture->arena);
	make_archive(&out, whole, 2);
	pr_error_clear(&fixture->error);
	assert_false(pr_xlsx_check("x", out.text, out.length, &expected, &fixture->error));
	assert_string_equal(fixture->error.text, "workbook 'x' was not written whole: its texts are missing");
}

static void leaves_what_is_no_number_blank(void **state)
{
	struct fixture *fixture = *state;

	fixture->cells[1].number = NAN;
	fixture->cells[3].number = -INFINITY;
	fixture->cells[5] = (struct pr_cell){.kind = PR_CELL_TIME, .number = NAN};
	paint(fixture); /* which counts the blanks among the cells; tests/test_output.py reads a workbook's values */
}

static void refuses_illegal_sheet_names(void **state)
{
	static const struct {
		const char *name, *trouble;
	} cases[] = {
		{"", "is empty"},
		{NULL, "is empty"},
		{"a/b", "holds one of"},
		{"a[b", "holds one of"},
		{"'a", "begins or ends with a quote"},
		{"a'", "begins or ends with a quote"},
		{"history", "is reserved"},
		{"\xff", "is not UTF-8"},
		{"abcdefghijklmnopqrstuvwxyz123456", "has more than 31 characters"},
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		fixture->sheets[1].name = cases[i].name;
		refuses(fixture, PR_CODE_INTERNAL, cases[i].trouble);
	}
	fixture->sheets[0].name = "Bill";
	fixture->sheets[1].name = "bILL";
	refuses(fixture, PR_CODE_INTERNAL, "stands twice");
	/* 31 Chinese characters, 93 bytes. */
	fixture->sheets[1].name = "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一";
	paint(fixture);
}

static void refuses_a_folder_that_is_not_there(void **state)
{
	struct fixture *fixture = *state;

	fixture->path = pr_arena_format(&fixture->arena, "%s/nowhere/report.xlsx", fixture->folder);
	refuses(fixture, PR_CODE_OUTPUT, "nowhere");
}

static void takes_names_of_columns_that_stand_twice(void **state)
{
	struct fixture *fixture = *state;

	fixture->columns[1] = (struct pr_sheet_column){.head = "名称", .unit = NULL, .width = 12, .right = true};
	paint(fixture);
}

static void writes_a_filtered_table_without_rows_as_a_head(void **state)
{
	struct fixture *fixture = *state;

	fixture->tables[1].row_count = 0;
	paint(fixture);
}

static void refuses_a_filtered_table_among_others(void **state)
{
	struct fixture *fixture = *state;

	fixture->sheets[0].tables = fixture->tables;
	fixture->sheets[0].table_count = 2;
	refuses(fixture, PR_CODE_INTERNAL, "expected it alone");
}

static void refuses_a_text_that_no_cell_holds(void **state)
{
	struct fixture *fixture = *state;
	char *text = pr_arena_alloc(&fixture->arena, 32769);

	memset(text, 'x', 32768);
	fixture->cells[0].text = text;
	refuses(fixture, PR_CODE_OUTPUT, "has 32768 characters, expected at most 32767");
}

/* Sheet 1 has a formula that shows a number and one that shows a text, and '=1+1' that is a text. */
static void add_formulas(struct fixture *fixture)
{
	static struct pr_cell with[6];
	static struct pr_defined_name names[] = {{"BillTotal", "='概览'!$B$3"}};

	memcpy(with, fixture->cells, sizeof with);
	with[1].formula = "=1+0.5";
	with[2].formula = "=\"a\"&\"b\"";
	with[4].text = "=1+1";
	fixture->tables[0].cells = with;
	fixture->document.workbook.names = names;
	fixture->document.workbook.name_count = 1;
}

static void counts_formulas_and_names(void **state)
{
	struct fixture *fixture = *state;
	size_t two[] = {2, 0}, three[] = {3, 0}, elsewhere[] = {1, 1};
	const struct pr_xlsx_counts right = {2, cells, rows, 1, true, two, 1, 0};
	const struct pr_xlsx_counts wrong[] = {{2, cells, rows, 1, true, three, 1, 0},
		{2, cells, rows, 1, true, elsewhere, 1, 0}, {2, cells, rows, 1, true, NULL, 1, 0},
		{2, cells, rows, 1, true, two, 2, 0}, {2, cells, rows, 1, true, two, 0, 0}};
	char *bytes = NULL;
	size_t count = 0;

	add_formulas(fixture);
	paint(fixture);
	read_workbook(fixture, &bytes, &count);
	if (!pr_xlsx_check("x", bytes, count, &right, &fixture->error))
		fail_msg("%s", fixture->error.text);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		pr_error_clear(&fixture->error);
		if (pr_xlsx_check("x", bytes, count, &wrong[i], &fixture->error))
			fail_msg("case %zu was taken", i);
	}
}

static void refuses_a_formula_that_is_none(void **state)
{
	struct fixture *fixture = *state;

	fixture->cells[1].formula = "1+1";
	refuses(fixture, PR_CODE_INTERNAL, "expected UTF-8 that begins with '='");
}

static void refuses_a_head_at_another_row(void **state)
{
	struct fixture *fixture = *state;

	fixture->tables[0].head_row = 1;
	paint(fixture);
	fixture->tables[0].head_row = 2;
	refuses(fixture, PR_CODE_INTERNAL, "has its head in row 1, expected 2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"the same document makes the same bytes", writes_the_same_bytes_twice, set_up, tear_down, NULL},
		{"the check finds what was written", finds_what_was_written, set_up, tear_down, NULL},
		{"the check notices lost rows, cells, sheets and tables", notices_lost_rows_cells_sheets_and_tables, set_up,
			tear_down, NULL},
		{"the check notices a workbook cut short anywhere", notices_a_workbook_cut_short_anywhere, set_up, tear_down,
			NULL},
		{"the check notices a damaged part", notices_a_damaged_part, set_up, tear_down, NULL},
		{"the check notices parts that a full disk cut short", notices_parts_that_a_full_disk_cut_short, set_up,
			tear_down, NULL},
		{"NaN and infinity become blank cells", leaves_what_is_no_number_blank, set_up, tear_down, NULL},
		{"illegal sheet names are refused with the reason", refuses_illegal_sheet_names, set_up, tear_down, NULL},
		{"a folder that is not there is refused", refuses_a_folder_that_is_not_there, set_up, tear_down, NULL},
		{"columns that share a name get another in a real table", takes_names_of_columns_that_stand_twice, set_up,
			tear_down, NULL},
		{"a filtered table without rows is a head", writes_a_filtered_table_without_rows_as_a_head, set_up, tear_down,
			NULL},
		{"a filtered table stands alone or is refused", refuses_a_filtered_table_among_others, set_up, tear_down, NULL},
		{"the check counts formulas and defined names", counts_formulas_and_names, set_up, tear_down, NULL},
		{"a formula without its sign is refused", refuses_a_formula_that_is_none, set_up, tear_down, NULL},
		{"a head that formulas would miss is refused", refuses_a_head_at_another_row, set_up, tear_down, NULL},
		{"a text longer than a cell holds is refused", refuses_a_text_that_no_cell_holds, set_up, tear_down, NULL},
	};

	return cmocka_run_group_tests_name("xlsx", tests, NULL, NULL);
}
