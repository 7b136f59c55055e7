/*
 * The workbook painter (libxlsxwriter): sheets and tables as the document decided them. libxlsxwriter says OK when its
 * temporary folder is full, so room is checked first and the result is opened again and counted before it is given
 * back. One workbook at a time in a process. Written to `path`, which must lie in a stage.
 */
#ifndef PR_OUTPUT_XLSX_H
#define PR_OUTPUT_XLSX_H

#include "document/document.h"

PR_CHECK bool pr_xlsx_paint(
	const struct pr_document *document, const char *path, struct pr_arena *arena, struct pr_error *error);

#endif
