#include "output/csv.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

#define MS_PER_DAY 86400000.0
#define SERIAL_EPOCH_DAYS 25569 /* 1970-01-01 after 1899-12-30 */

static const struct pr_sheet_table *find_table(const struct pr_workbook *workbook)
{
	for (size_t i = 0; i < workbook->sheet_count; i++)
		if (workbook->sheets[i].table_count == 1 && workbook->sheets[i].tables[0].filter)
			return &workbook->sheets[i].tables[0];
	return NULL;
}

static bool is_formula(const char *text)
{
	return *text && strchr("=+-@\t\r\n", *text);
}

static void add_text(struct pr_buffer *out, const char *text)
{
	bool quoted = is_formula(text) || strpbrk(text, ",\"\r\n") || *text == ' ';

	pr_buffer_add(out, quoted ? "\"" : "");
	pr_buffer_add(out, is_formula(text) ? "'" : "");
	for (; *text; text++)
		pr_buffer_add_n(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
	pr_buffer_add(out, quoted ? "\"" : "");
}

/* Millionths are exact in all that the document shows; what is larger or smaller goes by its shortest form. */
static void add_number(struct pr_buffer *out, double number)
{
	pr_micro micro = pr_micro_from_double(number);
	char plain[32];

	if (micro != PR_MICRO_MISSING)
		pr_buffer_add(out, pr_micro_plain(micro, plain));
	else if (isfinite(number))
		pr_buffer_format(out, "%.17g", number);
}

static void add_time(struct pr_buffer *out, double serial)
{
	char iso[40];

	pr_time_iso((int64_t)llround((serial - SERIAL_EPOCH_DAYS) * MS_PER_DAY), NULL, iso);
	if (*iso && iso[strlen(iso) - 1] == 'Z')
		iso[strlen(iso) - 1] = '\0'; /* local time, as the sheet has it */
	pr_buffer_add(out, iso);
}

static void add_cell(struct pr_buffer *out, const struct pr_cell *cell)
{
	switch (cell->kind) {
	case PR_CELL_NUMBER:
		add_number(out, cell->number);
		break;
	case PR_CELL_TEXT:
		add_text(out, cell->text);
		break;
	case PR_CELL_TIME:
		add_time(out, cell->number);
		break;
	case PR_CELL_EMPTY:
		break;
	}
}

static void add_heads(struct pr_buffer *out, const struct pr_sheet_table *table, struct pr_arena *arena)
{
	for (size_t i = 0; i < table->column_count; i++) {
		const struct pr_sheet_column *column = &table->columns[i];

		pr_buffer_add(out, i ? "," : "");
		add_text(out, column->unit ? pr_arena_format(arena, "%s (%s)", column->head, column->unit) : column->head);
	}
	pr_buffer_add(out, "\r\n");
}

static void add_rows(
	struct pr_buffer *out, const struct pr_sheet_table *table, const struct pr_cell *cells, size_t count)
{
	for (size_t row = 0; row < count; row++) {
		for (size_t i = 0; i < table->column_count; i++) {
			pr_buffer_add(out, i ? "," : "");
			add_cell(out, &cells[row * table->column_count + i]);
		}
		pr_buffer_add(out, "\r\n");
	}
}

static bool add_stream(struct pr_buffer *out, const struct pr_sheet_table *table, struct pr_error *error)
{
	const struct pr_sheet_stream *stream = table->stream;
	bool more = stream->rewind(stream->context, error);

	if (!more)
		return false;
	while (more) {
		const struct pr_cell *cells = NULL;
		size_t count = 0;

		if (!stream->next(stream->context, &cells, &count, &more, error))
			return false;
		add_rows(out, table, cells, more ? count : 0);
	}
	return true;
}

bool pr_csv_paint(
	const struct pr_document *document, struct pr_arena *arena, char **bytes, size_t *count, struct pr_error *error)
{
	const struct pr_sheet_table *table = find_table(&document->workbook);
	struct pr_buffer out;

	if (!table)
		return pr_error_set(error, PR_CODE_CONFIG, "no sheet for CSV; expected one with a filter in the template");
	pr_buffer_init(&out, arena);
	pr_buffer_add(&out, "\xEF\xBB\xBF");
	add_heads(&out, table, arena);
	if (table->stream && !add_stream(&out, table, error))
		return false;
	if (!table->stream)
		add_rows(&out, table, table->cells, table->row_count);
	*bytes = out.text;
	*count = out.length;
	return true;
}
