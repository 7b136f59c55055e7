/*
 * The CSV painter: the first sheet with a filter of a document's workbook, as RFC 4180 has it: a head line, commas,
 * lines that end with CR LF, quotes where they are needed and doubled inside. In UTF-8 with a byte order mark, without
 * which spreadsheets read Chinese wrong. Numbers are plain decimals as exact as they are known, ratios fractions, times
 * ISO 8601, what is missing empty. A text that a spreadsheet would take for a formula (it begins with = + - @, a tab or
 * a line break) is led by an apostrophe. The bytes lie in the arena.
 */
#ifndef PR_OUTPUT_CSV_H
#define PR_OUTPUT_CSV_H

#include "document/document.h"

PR_CHECK bool pr_csv_paint(
	const struct pr_document *document, struct pr_arena *arena, char **bytes, size_t *count, struct pr_error *error);

#endif
