/* The list of a workbook's sheets on its first one: their names, which lead there, and what they hold. */
#include "document/workbook.h"

static bool fill_row(const struct pr_builder *builder, const struct pr_made_sheet *made, const struct pr_sheet *sheet,
	struct pr_cell *cells, struct pr_error *error)
{
	cells[0] = (struct pr_cell){.kind = PR_CELL_TEXT, .text = sheet->name, .link = sheet->name};
	cells[1] = (struct pr_cell){.kind = PR_CELL_TEXT, .text = "", .spread = true};
	return !made->definition->about ||
	       pr_words_text(&builder->context, made->scope, made->definition->about, &cells[1].text, error);
}

static bool add_list(const struct pr_builder *builder, const struct pr_made_sheet *made, struct pr_workbook *workbook,
	size_t own, struct pr_error *error)
{
	struct pr_sheet *sheet = &workbook->sheets[own];
	struct pr_sheet_table *table = &sheet->tables[sheet->table_count]; /* there is room for one more */
	const struct pr_words *words = builder->context.words;
	size_t row = 0;

	*table = (struct pr_sheet_table){.name = "links", .column_count = 2, .row_count = workbook->sheet_count - 1};
	if (table->row_count == 0)
		return true;
	if (!pr_words_text(&builder->context, made[own].scope, made[own].definition->links, &table->title, error))
		return false;
	table->columns = pr_arena_array(builder->arena, table->column_count, sizeof *table->columns);
	table->columns[0] = (struct pr_sheet_column){.name = "sheet", .head = pr_words_plain(words, "sheet_list.sheet")};
	table->columns[1] = (struct pr_sheet_column){.name = "about", .head = pr_words_plain(words, "sheet_list.about")};
	table->cells = pr_arena_array(builder->arena, table->row_count * table->column_count, sizeof *table->cells);
	for (size_t i = 0; i < workbook->sheet_count; i++)
		if (i != own && !fill_row(builder, &made[i], &workbook->sheets[i], &table->cells[2 * row++], error))
			return false;
	pr_sheet_set_width(table, 0);
	pr_sheet_set_width(table, 1);
	sheet->table_count++;
	return true;
}

bool pr_workbook_add_links(const struct pr_builder *builder, const struct pr_made_sheet *made,
	struct pr_workbook *workbook, struct pr_error *error)
{
	for (size_t i = 0; i < workbook->sheet_count; i++)
		if (made[i].definition->links && !add_list(builder, made, workbook, i, error))
			return false;
	return true;
}
