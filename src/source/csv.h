/*
 * Reads CSV as RFC 4180 has it: cells between commas, quoted where they hold commas, quotes (doubled) or line breaks.
 * A byte order mark, CRLF and blank lines are accepted; ill-formed UTF-8, NUL bytes, stray quotes and lines over the
 * caps are refused with file and line (PR_CODE_STORE).
 *
 *     struct pr_csv csv;
 *     if (!pr_csv_open(&csv, "in/point.csv", "point.csv", error)) …
 *     while ((ok = pr_csv_next(&csv, &row, error)) && row) … csv.cells[0 … csv.count − 1], csv.line …
 *     pr_csv_close(&csv);
 */
#ifndef PR_SOURCE_CSV_H
#define PR_SOURCE_CSV_H

#include <stddef.h>
#include <stdio.h>

#include "base/error.h"

#define PR_CSV_RECORD_BYTES ((size_t)1024 * 1024)
#define PR_CSV_CELLS 256

struct pr_csv {
	const char *name; /* for messages */
	FILE *file;
	int line;                        /* in which the record begins, from 1 */
	const char *cells[PR_CSV_CELLS]; /* of the record; NULL = empty. Until the next call */
	size_t count;
	/* private */
	int next_line;
	char *bytes;
	size_t length, capacity;
	size_t starts[PR_CSV_CELLS];
};

PR_CHECK bool pr_csv_open(struct pr_csv *csv, const char *path, const char *name, struct pr_error *error);
/* *row is false at the end of the file. */
PR_CHECK bool pr_csv_next(struct pr_csv *csv, bool *row, struct pr_error *error);
void pr_csv_close(struct pr_csv *csv);

#endif
