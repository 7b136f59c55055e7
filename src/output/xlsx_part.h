/* What the files of the workbook painter share. Private to xlsx*.c, and all that includes libxlsxwriter. */
#ifndef PR_OUTPUT_XLSX_PART_H
#define PR_OUTPUT_XLSX_PART_H

#include <xlsxwriter.h>

#include "document/document.h"

/* Where things came to stand on a sheet, rows and columns from 0. */
struct pr_xlsx_place {
	lxw_worksheet *worksheet;
	size_t *heads;  /* by table */
	size_t *starts; /* by table: the first of its rows, those kept free above it included */
	size_t end;     /* behind the last row */
	size_t columns;
	size_t names; /* columns of a long list's names, which stay in sight and on every sheet of paper; 0 = none */
	double width; /* of all columns, in characters */
	struct pr_xlsx_height {
		size_t row;
		double height_pt;
	} * heights; /* of rows that have not the default */
	size_t height_count, height_capacity;
};

PR_CHECK bool pr_xlsx_check_code(lxw_error code, const char *what, struct pr_error *error);

/* Every chart of the document, when all cells are written (xlsx_chart.c). Counts them. */
PR_CHECK bool pr_xlsx_put_charts(lxw_workbook *workbook, const struct pr_workbook *document,
	const struct pr_xlsx_place *places, struct pr_arena *arena, size_t *count, struct pr_error *error);

/* Paper, direction, scale, head and foot, what is printed and where pages end (xlsx_print.c). */
PR_CHECK bool pr_xlsx_set_print(const struct pr_document *document, const struct pr_sheet *sheet,
	const struct pr_xlsx_place *place, struct pr_arena *arena, struct pr_error *error);

#endif
