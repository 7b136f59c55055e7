/* Opens a workbook that was just written and counts what is in it: libxlsxwriter reports success over lost data. */
#ifndef PR_OUTPUT_XLSX_CHECK_H
#define PR_OUTPUT_XLSX_CHECK_H

#include <stddef.h>

#include "base/error.h"

struct pr_xlsx_counts {
	size_t sheet_count;
	size_t *cells, *rows; /* by sheet: those that were written, blank ones included */
	size_t table_count;
	bool has_texts;    /* any cell holds one */
	size_t *formulas;  /* by sheet; NULL = none */
	size_t name_count; /* defined ones */
	size_t chart_count;
};

/* Every part of the zip archive must be whole (size, CRC), and the parts must hold what `expected` says.
 * Errors: PR_CODE_OUTPUT, with `path` as the file's name in the text. */
PR_CHECK bool pr_xlsx_check(
	const char *path, const char *bytes, size_t count, const struct pr_xlsx_counts *expected, struct pr_error *error);

#endif
