/* What the files of the workbook share; private to workbook*.c. */
#ifndef PR_DOCUMENT_WORKBOOK_H
#define PR_DOCUMENT_WORKBOOK_H

#include "document/template.h"

/* What a sheet was made of: one a sheet, in their order. */
struct pr_made_sheet {
	const struct pr_sheet_definition *definition;
	const struct pr_scope *scope;
};

/* A list of all sheets at the end of the sheets that want one, with links (workbook_links.c). */
PR_CHECK bool pr_workbook_add_links(const struct pr_builder *builder, const struct pr_made_sheet *made,
	struct pr_workbook *workbook, struct pr_error *error);
/* The sheets' charts, which keep rows free above a table (workbook_chart.c). Last of all that moves rows. */
PR_CHECK bool pr_workbook_add_charts(const struct pr_builder *builder, const struct pr_made_sheet *made,
	struct pr_workbook *workbook, struct pr_error *error);

/* Widths (workbook_layout.c), in characters of the default font; a Han character is two wide. */
/* document.h has pr_sheet_text_width. */
void pr_sheet_widen(struct pr_sheet_column *column, const struct pr_cell *cell);
/* A column as wide as head and cells; texts that are wider than their column go on in further lines. */
void pr_sheet_set_width(const struct pr_sheet_table *table, size_t column);
void pr_sheet_set_lines(const struct pr_sheet_table *table, size_t column);
/* Columns that are too wide for the paper together go on in
 * further lines, heads first. */
void pr_workbook_fit(struct pr_workbook *workbook);

#endif
