#include "command/table.h"

#include <stdlib.h>

#define GAP 2

/* East Asian wide and full-width characters, and those that take no room (Unicode's EastAsianWidth and Mn, the main ones). */
static const struct {
	uint32_t first, last;
	size_t width;
} ranges[] = {
	{0x0300, 0x036F, 0},
	{0x0483, 0x0489, 0},
	{0x0591, 0x05BD, 0},
	{0x064B, 0x065F, 0},
	{0x0E34, 0x0E3A, 0},
	{0x0E47, 0x0E4E, 0},
	{0x1100, 0x115F, 2},
	{0x1AB0, 0x1AFF, 0},
	{0x1DC0, 0x1DFF, 0},
	{0x200B, 0x200D, 0},
	{0x20D0, 0x20FF, 0},
	{0x2E80, 0x303E, 2},
	{0x3041, 0x33FF, 2},
	{0x3400, 0x4DBF, 2},
	{0x4E00, 0x9FFF, 2},
	{0xA000, 0xA4CF, 2},
	{0xA960, 0xA97C, 2},
	{0xAC00, 0xD7A3, 2},
	{0xF900, 0xFAFF, 2},
	{0xFE00, 0xFE0F, 0},
	{0xFE20, 0xFE2F, 0},
	{0xFE30, 0xFE6F, 2},
	{0xFF00, 0xFF60, 2},
	{0xFFE0, 0xFFE6, 2},
	{0x1F300, 0x1F64F, 2},
	{0x1F900, 0x1F9FF, 2},
	{0x20000, 0x3FFFD, 2},
	{0xE0100, 0xE01EF, 0},
};

static size_t width_of(uint32_t code)
{
	for (size_t i = 0; code >= ranges[0].first && i < sizeof ranges / sizeof *ranges; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return ranges[i].width;
	return 1;
}

size_t pr_table_width(const char *text)
{
	size_t width = 0;

	for (uint32_t code; (code = pr_utf8_next(&text)) != 0;)
		width += width_of(code);
	return width;
}

void pr_table_init(
	struct pr_table *table, const struct pr_table_column *columns, size_t column_count, struct pr_arena *arena)
{
	*table = (struct pr_table){.arena = arena, .columns = columns, .column_count = column_count};
}

void pr_table_add(struct pr_table *table, const char *cell)
{
	*PR_PUSH(table->arena, table->cells, table->count, table->capacity) = cell;
}

/* 0 where nothing stands in it. */
static size_t column_width(const struct pr_table *table, size_t column)
{
	size_t widest = 0, head = pr_table_width(table->columns[column].head);

	for (size_t i = column; i < table->count; i += table->column_count) {
		size_t width = pr_table_width(table->cells[i]);
		widest = width > widest ? width : widest;
	}
	return widest == 0 || widest > head ? widest : head;
}

static void add_spaces(struct pr_buffer *out, size_t count)
{
	for (size_t i = 0; i < count; i++)
		pr_buffer_add(out, " ");
}

/* Spaces come before what they are for, so that no line ends in one. */
static void write_row(
	const struct pr_table *table, const size_t *widths, const char *const *cells, struct pr_buffer *out)
{
	size_t owed = 0;

	for (size_t i = 0; i < table->column_count; i++) {
		const char *cell = cells ? cells[i] : table->columns[i].head;
		size_t width = pr_table_width(cell), rest = widths[i] > width ? widths[i] - width : 0;
		bool is_number = table->columns[i].is_number;
		if (widths[i] == 0)
			continue;
		if (*cell) {
			add_spaces(out, owed + (is_number ? rest : 0));
			pr_buffer_add(out, cell);
			owed = (is_number ? 0 : rest) + GAP;
		} else {
			owed += widths[i] + GAP;
		}
	}
	pr_buffer_add(out, "\n");
}

void pr_table_write(const struct pr_table *table, struct pr_buffer *out)
{
	size_t *widths = pr_arena_array(table->arena, table->column_count, sizeof *widths);

	for (size_t i = 0; i < table->column_count; i++)
		widths[i] = column_width(table, i);
	write_row(table, widths, NULL, out);
	for (size_t i = 0; i + table->column_count <= table->count; i += table->column_count)
		write_row(table, widths, &table->cells[i], out);
}
