/*
 * The workbook's formulas: what templates/formulas.ini says, with the places of cells in it, when all sheets are made.
 * Private to the document room.
 *
 * In a formula's text stands for
 *   [column]                 the cell of that column in the formula's own row
 *   [column:key]             the one in the row of its table whose `key` is what the expression gives
 *   [column:from~to]         the cells from one row to another
 *   [table.column]           all rows of that table that are no totals, of the row's project
 *   [table.column:key]       as above, of another table
 *   [?…]                     the same, and 0 where it is not there
 *   {expression}             its value
 * Without '=' at its begin. A formula of which something is not there leaves its cell the number that it is.
 */
#ifndef PR_DOCUMENT_WORKBOOK_FORMULA_H
#define PR_DOCUMENT_WORKBOOK_FORMULA_H

#include "document/template.h"

struct pr_formula_book;

struct pr_formula_book *pr_formula_book_new(const struct pr_builder *builder);

/* Remembers a table's rows by their keys, and its cells that a formula is for. `kept`: of the definition's columns, the
 * place in the sheet's table, or SIZE_MAX. */
PR_CHECK bool pr_formula_book_add(struct pr_formula_book *book, const struct pr_scope *scope,
	const struct pr_table *filled, const size_t *kept, const struct pr_sheet_table *table, struct pr_error *error);

/* When nothing moves any more: sets the cells' formulas and the workbook's names. */
PR_CHECK bool pr_formula_book_finish(
	struct pr_formula_book *book, const struct pr_scope *tenant, struct pr_workbook *workbook, struct pr_error *error);

/* Where the head of each table stands: what the painter does, row by row (output/xlsx.c). */
void pr_workbook_place(struct pr_workbook *workbook);

#endif
