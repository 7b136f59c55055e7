/*
 * The workbook painter (libxlsxwriter 1.1.4): cells and tables; charts are xlsx_chart.c, paper is xlsx_print.c.
 */
#include "output/xlsx.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "output/xlsx_check.h"
#include "output/xlsx_part.h"

#define LONGEST_SHEET_NAME 31
#define LONGEST_TEXT 32767   /* characters of a cell */
#define LONGEST_FORMULA 8192 /* characters */
#define MOST_ROWS 1048576
#define MOST_COLUMNS 16384
#define COLUMNS_MANY 17 /* beyond a screen */
#define NAMES_WITHIN 3
#define BYTES_A_CELL 400 /* more than a cell needs on disk, its temporary copies included */
#define BYTES_AT_LEAST (4U << 20)
#define LARGEST_WORKBOOK ((size_t)512 << 20)
#define TITLE_HEIGHT 20
#define TITLE_WIDTH 1.3 /* of a character, in those of the default font */
#define NOTE_WIDTH 0.86
#define NOTE_HEIGHT 12.5
#define LINE_HEIGHT 15.0
#define MOST_HEIGHT 409.0 /* that a row may have */
#define INK 0x14191D
#define TEXT2 0x4C555C
#define LINK 0x0E4A66
#define TIME_FORMAT "yyyy-mm-dd hh:mm"

enum look { LOOK_CELL, LOOK_TITLE, LOOK_SUB, LOOK_HEAD, LOOK_NOTE, LOOK_LINK };
enum rule { RULE_NONE = 0, RULE_ABOVE = 1, RULE_BELOW = 2 };

struct format_key {
	enum look look;
	const char *number; /* NULL = general */
	bool bold, right, indent, wrap;
	unsigned rules; /* of enum rule */
};
struct format_entry {
	struct format_key key;
	lxw_format *format;
};

struct painter {
	const struct pr_document *document;
	struct pr_arena *arena;
	struct pr_error *error;
	lxw_workbook *workbook;
	struct format_entry *formats;
	size_t format_count, format_capacity;
	struct pr_xlsx_counts counts;
	bool in_pieces; /* libxlsxwriter keeps a row, and knows no tables: a head with a filter stands for them */
	/* The sheet that is being written. */
	const struct pr_sheet *sheet;
	lxw_worksheet *worksheet;
	struct pr_xlsx_place *places; /* by sheet */
	struct pr_xlsx_place *place;  /* the sheet's own */
	size_t number;                /* from 0 */
	size_t row;                   /* the next free one */
	size_t filled;                /* the last row that holds a cell, counted from 1 */
};

static bool check(struct painter *painter, lxw_error code, const char *what)
{
	return pr_xlsx_check_code(code, what, painter->error);
}

/* --- formats ------------------------------------------------------------------------------------------------------- */

static void shape_format(lxw_format *format, const struct format_key *key)
{
	const bool small = key->look == LOOK_SUB || key->look == LOOK_NOTE;

	if (key->look == LOOK_TITLE)
		format_set_font_size(format, 13);
	if (small)
		format_set_font_size(format, 9);
	format_set_font_color(format, key->look == LOOK_LINK ? LINK : small || key->look == LOOK_HEAD ? TEXT2 : INK);
	if (key->look == LOOK_LINK)
		format_set_underline(format, LXW_UNDERLINE_SINGLE);
	if (key->bold || key->look == LOOK_TITLE || key->look == LOOK_HEAD)
		format_set_bold(format);
	/* Said for every cell: else numbers and times would stand right under a head on the left. */
	format_set_align(format, key->right ? LXW_ALIGN_RIGHT : LXW_ALIGN_LEFT);
	if (key->indent)
		format_set_indent(format, 1);
	if (key->look != LOOK_HEAD && key->look != LOOK_TITLE)
		format_set_align(format, LXW_ALIGN_VERTICAL_TOP); /* beside a text of several lines */
	if (key->wrap)
		format_set_text_wrap(format);
	if (key->look == LOOK_HEAD) {
		format_set_text_wrap(format);
		format_set_align(format, LXW_ALIGN_VERTICAL_BOTTOM);
	}
	if ((key->rules & RULE_ABOVE) != 0)
		format_set_top(format, LXW_BORDER_THIN);
	if ((key->rules & RULE_BELOW) != 0)
		format_set_bottom(format, LXW_BORDER_THIN);
	if (key->number != NULL)
		format_set_num_format(format, key->number);
}

static lxw_format *find_format(struct painter *painter, struct format_key key)
{
	struct format_entry *entry;

	for (size_t i = 0; i < painter->format_count; i++) {
		const struct format_key *made = &painter->formats[i].key;

		if (made->look == key.look && made->bold == key.bold && made->right == key.right &&
			made->indent == key.indent && made->wrap == key.wrap && made->rules == key.rules &&
			pr_text_equal(made->number, key.number))
			return painter->formats[i].format;
	}
	entry = PR_PUSH(painter->arena, painter->formats, painter->format_count, painter->format_capacity);
	entry->key = key;
	entry->key.number = pr_arena_copy(painter->arena, key.number); /* its cell may be gone before the next one comes */
	entry->format = workbook_add_format(painter->workbook);
	if (entry->format != NULL)
		shape_format(entry->format, &key);
	return entry->format;
}

/* --- cells --------------------------------------------------------------------------------------------------------- */

static void count_cell(struct painter *painter)
{
	painter->counts.cells[painter->number]++;
	if (painter->filled <= painter->row) {
		painter->filled = painter->row + 1;
		painter->counts.rows[painter->number]++;
	}
}

static bool put_text(struct painter *painter, size_t column, const char *text, struct format_key key)
{
	lxw_format *format = find_format(painter, key);

	if (!pr_utf8_valid(text))
		return pr_error_set(
			painter->error, PR_CODE_INTERNAL, "workbook: a text of sheet '%s' is not UTF-8", painter->sheet->name);
	if (pr_utf8_count(text) > LONGEST_TEXT)
		return pr_error_set(painter->error, PR_CODE_OUTPUT,
			"workbook: a text of sheet '%s' has %zu characters, expected "
			"at most %d",
			painter->sheet->name, pr_utf8_count(text), LONGEST_TEXT);
	count_cell(painter);
	painter->counts.has_texts = true;
	return check(painter,
		worksheet_write_string(painter->worksheet, (lxw_row_t)painter->row, (lxw_col_t)column, text, format), "text");
}

static bool put_number(struct painter *painter, size_t column, double number, struct format_key key)
{
	lxw_format *format = find_format(painter, key);

	count_cell(painter);
	return check(painter,
		worksheet_write_number(painter->worksheet, (lxw_row_t)painter->row, (lxw_col_t)column, number, format),
		"number");
}

/* A cell that is worked out again; until then it shows what `cell` holds. */
static bool put_formula(struct painter *painter, size_t column, const struct pr_cell *cell, struct format_key key)
{
	lxw_format *format = find_format(painter, key);
	const lxw_row_t row = (lxw_row_t)painter->row;
	const bool is_text = cell->kind == PR_CELL_TEXT;

	if (cell->formula[0] != '=' || !pr_utf8_valid(cell->formula) || (is_text && !pr_utf8_valid(cell->text)) ||
		pr_utf8_count(cell->formula) > LONGEST_FORMULA)
		return pr_error_set(painter->error, PR_CODE_INTERNAL,
			"workbook: sheet '%s' has the formula '%.80s', expected UTF-8 that begins with '=', at most %d characters",
			painter->sheet->name, cell->formula, LONGEST_FORMULA);
	count_cell(painter);
	painter->counts.formulas[painter->number]++;
	return check(painter,
		is_text
			? worksheet_write_formula_str(painter->worksheet, row, (lxw_col_t)column, cell->formula, format, cell->text)
			: worksheet_write_formula_num(
				  painter->worksheet, row, (lxw_col_t)column, cell->formula, format, cell->number),
		"formula");
}

static bool put_blank(struct painter *painter, size_t column, struct format_key key)
{
	lxw_format *format = find_format(painter, key);

	count_cell(painter);
	return check(
		painter, worksheet_write_blank(painter->worksheet, (lxw_row_t)painter->row, (lxw_col_t)column, format), "cell");
}

/* A sheet's name between quotes: those within are doubled. */
static const char *double_quotes(struct pr_arena *arena, const char *name)
{
	struct pr_buffer out;

	pr_buffer_init(&out, arena);
	for (const char *at = name; *at != '\0'; at++)
		pr_buffer_add_n(&out, *at == '\'' ? "''" : at, *at == '\'' ? 2 : 1);
	return out.text == NULL ? "" : out.text;
}

/* A text over all columns from `column` on, in as many lines as it takes. */
static bool put_wide(struct painter *painter, size_t column, const char *text, struct format_key key)
{
	const size_t columns = painter->place->columns;

	if (column + 1 >= columns)
		return put_text(painter, column, text, key);
	for (size_t i = column + 1; i < columns; i++)
		count_cell(painter);
	return put_text(painter, column, text, key) &&
	       check(painter,
			   worksheet_merge_range(painter->worksheet, (lxw_row_t)painter->row, (lxw_col_t)column,
				   (lxw_row_t)painter->row, (lxw_col_t)(columns - 1), text, find_format(painter, key)),
			   "text");
}

static bool put_link(struct painter *painter, size_t column, const struct pr_cell *cell, struct format_key key)
{
	const char *target = pr_arena_format(painter->arena, "internal:'%s'!A1", double_quotes(painter->arena, cell->link));

	key.look = LOOK_LINK;
	if (!put_text(painter, column, cell->text, key))
		return false;
	return check(painter,
		worksheet_write_url_opt(painter->worksheet, (lxw_row_t)painter->row, (lxw_col_t)column, target,
			find_format(painter, key), cell->text, NULL),
		"link");
}

/* How a column stands: a left one keeps its distance from figures that end at its edge. */
static struct format_key align_column(const struct pr_sheet_table *table, size_t column)
{
	const bool right = table->columns[column].right;

	return (struct format_key){.right = right, .indent = !right && column > 0 && table->columns[column - 1].right};
}

static bool put_cell(struct painter *painter, size_t column, const struct pr_cell *cell, struct format_key key)
{
	key.bold = cell->bold;
	key.wrap = cell->lines > 1;

	switch (cell->kind) {
	case PR_CELL_NUMBER:
	case PR_CELL_TIME:
		/* A number that is none would make the workbook unreadable. */
		key.number = cell->kind == PR_CELL_TIME && cell->format == NULL ? TIME_FORMAT : cell->format;
		if (!isfinite(cell->number))
			return put_blank(painter, column, key);
		return cell->formula != NULL ? put_formula(painter, column, cell, key)
		                             : put_number(painter, column, cell->number, key);
	case PR_CELL_TEXT:
		if (cell->text != NULL && cell->formula != NULL)
			return put_formula(painter, column, cell, key);
		if (cell->text != NULL && cell->text[0] != '\0' && cell->link != NULL)
			return put_link(painter, column, cell, key);
		if (cell->text != NULL && cell->text[0] != '\0')
			return cell->spread ? put_wide(painter, column, cell->text, key)
			                    : put_text(painter, column, cell->text, key);
		return put_blank(painter, column, key);
	case PR_CELL_EMPTY:
		return put_blank(painter, column, key);
	}
	return pr_error_set(painter->error, PR_CODE_INTERNAL, "workbook: unknown kind of cell %d", (int)cell->kind);
}

/* --- tables -------------------------------------------------------------------------------------------------------- */

static struct format_key head_key(const struct pr_sheet_table *table, size_t column)
{
	struct format_key key = align_column(table, column);

	key.look = LOOK_HEAD;
	key.bold = true;
	key.rules = RULE_BELOW;
	return key;
}

static char *head_text(struct painter *painter, const struct pr_sheet_column *column)
{
	const char *head = column->head == NULL ? "" : column->head;

	if (column->unit == NULL || column->unit[0] == '\0')
		return pr_arena_copy(painter->arena, head);
	return pr_arena_format(painter->arena, "%s (%s)", head, column->unit);
}

static bool same_without_case(const char *a, const char *b)
{
	for (; *a != '\0' && *b != '\0'; a++, b++) {
		const int x = *a >= 'A' && *a <= 'Z' ? *a + 32 : *a, y = *b >= 'A' && *b <= 'Z' ? *b + 32 : *b;

		if (x != y)
			return false;
	}
	return *a == *b;
}

static bool is_taken(char **heads, size_t count, const char *head)
{
	for (size_t i = 0; i < count; i++)
		if (same_without_case(heads[i], head))
			return true;
	return false;
}

/* A real table's columns need names, each another one; points may share one. */
static char **name_columns(struct painter *painter, const struct pr_sheet_table *table)
{
	char **heads = pr_arena_array(painter->arena, table->column_count, sizeof *heads);

	for (size_t i = 0; i < table->column_count; i++) {
		char *wanted = head_text(painter, &table->columns[i]);

		heads[i] = wanted[0] == '\0' ? pr_arena_format(painter->arena, "#%zu", i + 1) : wanted;
		for (int n = 2; is_taken(heads, i, heads[i]); n++)
			heads[i] = pr_arena_format(painter->arena, "%s #%d", wanted, n);
	}
	return heads;
}

/* A table with a filter: libxlsxwriter writes its head. */
static bool put_filter_table(struct painter *painter, const struct pr_sheet_table *table)
{
	char **heads = name_columns(painter, table);
	lxw_table_column *columns = pr_arena_array(painter->arena, table->column_count, sizeof *columns);
	lxw_table_column **list = pr_arena_array(painter->arena, table->column_count + 1, sizeof(lxw_table_column *));
	lxw_table_options options = {
		.no_banded_rows = LXW_TRUE, .style_type = LXW_TABLE_STYLE_TYPE_LIGHT, .style_type_number = 1, .columns = list};

	for (size_t i = 0; i < table->column_count; i++) {
		columns[i].header = heads[i];
		columns[i].header_format = find_format(painter, head_key(table, i));
		list[i] = &columns[i];
		count_cell(painter);
	}
	return check(painter,
		worksheet_add_table(painter->worksheet, (lxw_row_t)painter->row, 0,
			(lxw_row_t)(painter->row + table->row_count - table->total_rows), (lxw_col_t)(table->column_count - 1),
			&options),
		"table");
}

static bool put_head(struct painter *painter, const struct pr_sheet_table *table)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (!put_text(painter, i, head_text(painter, &table->columns[i]), head_key(table, i)))
			return false;
	return true;
}

static bool set_height(struct painter *painter, double height)
{
	struct pr_xlsx_place *place = painter->place;

	if (painter->sheet->table_count > 1) /* a sheet of one table may have very many */
		*PR_PUSH(painter->arena, place->heights, place->height_count, place->height_capacity) =
			(struct pr_xlsx_height){painter->row, fmin(height, MOST_HEIGHT)};
	return check(painter,
		worksheet_set_row(painter->worksheet, (lxw_row_t)painter->row, fmin(height, MOST_HEIGHT), NULL), "row");
}

static bool put_row(
	struct painter *painter, const struct pr_sheet_table *table, const struct pr_cell *cells, unsigned rules)
{
	int lines = 1;

	for (size_t column = 0; column < table->column_count; column++) {
		struct format_key key = align_column(table, column);

		key.rules = rules;
		lines = cells[column].lines > lines ? cells[column].lines : lines;
		if (!put_cell(painter, column, &cells[column], key))
			return false;
	}
	if (lines > 1 && !set_height(painter, LINE_HEIGHT * lines))
		return false;
	painter->row++;
	return true;
}

static bool put_rows(struct painter *painter, const struct pr_sheet_table *table)
{
	for (size_t row = 0; row < table->row_count; row++) {
		unsigned rules = RULE_NONE;

		if (table->total_rows > 0 && row == table->row_count - table->total_rows)
			rules |= RULE_ABOVE;
		if (row == table->row_count - 1 && !table->filter)
			rules |= RULE_BELOW;
		if (!put_row(painter, table, &table->cells[row * table->column_count], rules))
			return false;
	}
	return true;
}

static bool put_stream(struct painter *painter, const struct pr_sheet_table *table)
{
	const struct pr_sheet_stream *stream = table->stream;
	bool more = true;

	if (!stream->rewind(stream->context, painter->error))
		return false;
	while (more) {
		const struct pr_cell *cells = NULL;
		size_t count = 0;

		if (!stream->next(stream->context, &cells, &count, &more, painter->error))
			return false;
		if (painter->row + count + table->note_count + 4 > MOST_ROWS)
			return pr_error_set(painter->error, PR_CODE_OUTPUT, "workbook: sheet '%s' has more than %d rows",
				painter->sheet->name, MOST_ROWS);
		for (size_t row = 0; row < count; row++)
			if (!put_row(painter, table, &cells[row * table->column_count], RULE_NONE))
				return false;
	}
	return true;
}

static bool put_heads(struct painter *painter, const struct pr_sheet_table *table, bool filter)
{
	if (table->head_lines > 1 && !set_height(painter, LINE_HEIGHT * table->head_lines))
		return false;
	if (!(filter ? put_filter_table(painter, table) : put_head(painter, table)))
		return false;
	painter->row++;
	return true;
}

/* A title, sub-line or note: in further lines where it is wider than the sheet. */
static bool put_line(struct painter *painter, const char *text, enum look look)
{
	const double share = look == LOOK_TITLE ? TITLE_WIDTH : NOTE_WIDTH;
	const double room = painter->place->width - 1, width = text == NULL ? 0 : pr_sheet_text_width(text) * share;
	const int lines = width > room && room > 1 ? (int)ceil(width / room) : 1;
	const bool wide = lines > 1 && painter->place->columns > 1;

	if (text == NULL || text[0] == '\0')
		return true;
	if (look == LOOK_TITLE && !set_height(painter, TITLE_HEIGHT * (wide ? lines : 1)))
		return false;
	if (look != LOOK_TITLE && wide && !set_height(painter, NOTE_HEIGHT * lines))
		return false;
	if (!(wide ? put_wide(painter, 0, text, (struct format_key){.look = look, .wrap = true})
			   : put_text(painter, 0, text, (struct format_key){.look = look})))
		return false;
	painter->row++;
	return true;
}

/* Rank, id and name of a list so wide that its other columns are out of sight of them. */
static size_t names_of(const struct pr_sheet_table *table)
{
	size_t widest = 0;

	if (table->column_count < COLUMNS_MANY)
		return 0;
	for (size_t i = 1; i < NAMES_WITHIN; i++)
		if (table->columns[i].width > table->columns[widest].width)
			widest = i;
	return widest + 1;
}

static bool put_table(struct painter *painter, const struct pr_sheet_table *table, size_t number)
{
	const bool filter = table->filter && table->row_count > 0 && !painter->in_pieces;
	size_t head;

	if (table->column_count == 0 || table->column_count > MOST_COLUMNS || table->total_rows > table->row_count ||
		painter->row + table->row_count + table->note_count + 4 > MOST_ROWS)
		return pr_error_set(painter->error, PR_CODE_INTERNAL,
			"workbook: a table of sheet '%s' has %zu columns and %zu rows, %zu of them totals", painter->sheet->name,
			table->column_count, table->row_count, table->total_rows);
	painter->place->starts[number] = painter->row;
	painter->row += table->rows_above;
	if (!put_line(painter, table->title, LOOK_TITLE) || !put_line(painter, table->sub, LOOK_SUB))
		return false;
	head = painter->row;
	if (table->head_row != 0 && table->head_row != head)
		return pr_error_set(painter->error, PR_CODE_INTERNAL,
			"workbook: a table of sheet '%s' has its head in row %zu, expected %zu", painter->sheet->name, head,
			table->head_row);
	painter->place->heads[number] = table->plain ? head - 1 : head;
	if (!table->plain && !put_heads(painter, table, filter))
		return false;
	if (!(table->stream != NULL ? put_stream(painter, table) : put_rows(painter, table)))
		return false;
	if (table->filter && painter->in_pieces && painter->row > head + 1 &&
		!check(painter,
			worksheet_autofilter(painter->worksheet, (lxw_row_t)head, 0, (lxw_row_t)(painter->row - 1),
				(lxw_col_t)(table->column_count - 1)),
			"filter"))
		return false;
	for (size_t i = 0; i < table->note_count; i++)
		if (!put_line(painter, table->notes[i], LOOK_NOTE))
			return false;
	/* A head that stays in sight, and on every printed page; over several tables it would be the wrong one. */
	if (painter->sheet->table_count == 1 && table->rows_above == 0) {
		painter->place->names = names_of(table);
		worksheet_freeze_panes(painter->worksheet, (lxw_row_t)(head + 1), (lxw_col_t)painter->place->names);
		return check(
			painter, worksheet_repeat_rows(painter->worksheet, (lxw_row_t)head, (lxw_row_t)head), "print rows");
	}
	painter->row++;
	return true;
}

/* --- sheets -------------------------------------------------------------------------------------------------------- */

static bool check_name(struct painter *painter, const char *name)
{
	const size_t length = name == NULL ? 0 : strlen(name);
	const char *trouble = NULL;

	if (length == 0)
		trouble = "is empty";
	else if (!pr_utf8_valid(name))
		trouble = "is not UTF-8";
	else if (pr_utf8_count(name) > LONGEST_SHEET_NAME)
		trouble = "has more than 31 characters";
	else if (strpbrk(name, "[]:*?/\\") != NULL)
		trouble = "holds one of []:*?/\\";
	else if (name[0] == '\'' || name[length - 1] == '\'')
		trouble = "begins or ends with a quote";
	else if (same_without_case(name, "History"))
		trouble = "is reserved";
	for (size_t i = 0; trouble == NULL && i < painter->number; i++)
		if (same_without_case(painter->document->workbook.sheets[i].name, name))
			trouble = "stands twice";
	if (trouble == NULL)
		return true;
	return pr_error_set(
		painter->error, PR_CODE_INTERNAL, "workbook: sheet name '%s' %s", length == 0 ? "" : name, trouble);
}

static bool set_columns(struct painter *painter)
{
	double total = 0;

	for (size_t column = 0; column < MOST_COLUMNS; column++) {
		double width = 0;
		bool any = false;

		for (size_t i = 0; i < painter->sheet->table_count; i++) {
			const struct pr_sheet_table *table = &painter->sheet->tables[i];

			if (column >= table->column_count)
				continue;
			any = true;
			if (isfinite(table->columns[column].width))
				width = fmax(width, fmin(table->columns[column].width, 255));
		}
		if (!any)
			break;
		painter->place->columns = column + 1;
		total += width;
		if (width > 0 &&
			!check(painter, worksheet_set_column(painter->worksheet, (lxw_col_t)column, (lxw_col_t)column, width, NULL),
				"column"))
			return false;
	}
	painter->place->width = total;
	return true;
}

static bool paint_sheet(struct painter *painter, size_t number)
{
	painter->number = number;
	painter->sheet = &painter->document->workbook.sheets[number];
	painter->row = 0;
	painter->filled = 0;
	if (!check_name(painter, painter->sheet->name))
		return false;
	painter->worksheet = workbook_add_worksheet(painter->workbook, painter->sheet->name);
	if (painter->worksheet == NULL)
		return pr_error_set(
			painter->error, PR_CODE_OUTPUT, "cannot write the workbook's sheet '%s'", painter->sheet->name);
	painter->place = &painter->places[number];
	painter->place->worksheet = painter->worksheet;
	painter->place->heads = pr_arena_array(painter->arena, painter->sheet->table_count + 1, sizeof(size_t));
	painter->place->starts = pr_arena_array(painter->arena, painter->sheet->table_count + 1, sizeof(size_t));
	if (!set_columns(painter))
		return false;
	for (size_t i = 0; i < painter->sheet->table_count; i++) {
		const struct pr_sheet_table *table = &painter->sheet->tables[i];

		if (table->filter && painter->sheet->table_count > 1)
			return pr_error_set(painter->error, PR_CODE_INTERNAL,
				"workbook: sheet '%s' has a table with a filter among others, expected it alone", painter->sheet->name);
		painter->counts.table_count += table->filter && table->row_count > 0 && !painter->in_pieces ? 1 : 0;
		if (!put_table(painter, table, i))
			return false;
	}
	painter->place->end = painter->row;
	/* Ids are text, as numbers of 16 digits would lose the rest: no green corners for that. */
	return check(painter,
			   worksheet_ignore_errors(painter->worksheet, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576"),
			   "settings") &&
	       pr_xlsx_set_print(painter->document, painter->sheet, painter->place, painter->arena, painter->error);
}

/* --- the workbook -------------------------------------------------------------------------------------------------- */

static bool set_properties(struct painter *painter)
{
	const struct pr_document *document = painter->document;
	lxw_doc_properties properties = {.title = pr_arena_copy(painter->arena, document->title),
		.subject = pr_arena_copy(painter->arena, document->subject),
		.author = pr_arena_copy(painter->arena, document->author),
		/* 0 would stand for the present time. */
		.created = document->created_ms < 1000 ? 1 : (time_t)(document->created_ms / 1000)};

	return check(painter, workbook_set_properties(painter->workbook, &properties), "properties");
}

static bool define_names(struct painter *painter)
{
	const struct pr_workbook *workbook = &painter->document->workbook;

	for (size_t i = 0; i < workbook->name_count; i++)
		if (!check(painter, workbook_define_name(painter->workbook, workbook->names[i].name, workbook->names[i].target),
				"names"))
			return false;
	return true;
}

static const char *folder_of(struct pr_arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return ".";
	return slash == path ? "/" : pr_arena_copy_n(arena, path, (size_t)(slash - path));
}

static size_t rows_of(const struct pr_sheet_table *table)
{
	return table->stream != NULL ? table->stream->estimate : table->row_count;
}

static bool has_stream(const struct pr_workbook *workbook)
{
	for (size_t i = 0; i < workbook->sheet_count; i++)
		for (size_t j = 0; j < workbook->sheets[i].table_count; j++)
			if (workbook->sheets[i].tables[j].stream != NULL)
				return true;
	return false;
}

static uint64_t estimate_bytes(const struct pr_workbook *workbook)
{
	uint64_t cells = 0;

	for (size_t i = 0; i < workbook->sheet_count; i++)
		for (size_t j = 0; j < workbook->sheets[i].table_count; j++)
			cells +=
				(uint64_t)(rows_of(&workbook->sheets[i].tables[j]) + 4) * workbook->sheets[i].tables[j].column_count;
	return cells * BYTES_A_CELL + BYTES_AT_LEAST;
}

static bool sync_file(const char *path, struct pr_error *error)
{
	const int file = open(path, O_RDONLY | O_CLOEXEC);
	bool done = file >= 0 && fsync(file) == 0;

	if (file >= 0)
		done = close(file) == 0 && done;
	return done || pr_error_set(error, PR_CODE_OUTPUT, "cannot sync '%s' to disk", path);
}

static bool read_again(struct painter *painter, const char *path)
{
	char *bytes = NULL;
	size_t count = 0;

	return pr_file_read(path, LARGEST_WORKBOOK, painter->arena, &bytes, &count, painter->error) &&
	       pr_xlsx_check(path, bytes, count, &painter->counts, painter->error);
}

bool pr_xlsx_paint(const struct pr_document *document, const char *path, struct pr_arena *arena, struct pr_error *error)
{
	struct painter painter = {.document = document, .arena = arena, .error = error};
	const size_t sheet_count = document->workbook.sheet_count;
	const char *folder = folder_of(arena, path);
	/* Temporary files lie in the folder that was checked, not in one that may be full. */
	lxw_workbook_options options = {.tmpdir = pr_arena_copy(arena, folder)};
	bool done = true;

	if (sheet_count == 0)
		return pr_error_set(error, PR_CODE_INTERNAL, "workbook: no sheets, expected at least one");
	if (!pr_folder_check_room(folder, estimate_bytes(&document->workbook), error))
		return false;
	painter.counts.sheet_count = sheet_count;
	painter.places = pr_arena_array(arena, sheet_count, sizeof *painter.places);
	painter.counts.cells = pr_arena_array(arena, sheet_count, sizeof *painter.counts.cells);
	painter.counts.rows = pr_arena_array(arena, sheet_count, sizeof *painter.counts.rows);
	painter.counts.formulas = pr_arena_array(arena, sheet_count, sizeof *painter.counts.formulas);
	painter.counts.name_count = document->workbook.name_count;
	painter.in_pieces = has_stream(&document->workbook);
	options.constant_memory = painter.in_pieces ? LXW_TRUE : LXW_FALSE;
	painter.workbook = workbook_new_opt(path, &options);
	if (painter.workbook == NULL)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot write workbook '%s'", path);
	done = set_properties(&painter);
	for (size_t i = 0; done && i < sheet_count; i++)
		done = paint_sheet(&painter, i);
	done = done && define_names(&painter) &&
	       pr_xlsx_put_charts(
			   painter.workbook, &document->workbook, painter.places, arena, &painter.counts.chart_count, error);
	if (!done) {
		lxw_workbook_free(painter.workbook);
		return false;
	}
	if (painter.in_pieces)
		painter.counts.has_texts = false; /* they stand in their cells then, and there is no list of them */
	return check(&painter, workbook_close(painter.workbook), "file") && sync_file(path, error) &&
	       read_again(&painter, path);
}
