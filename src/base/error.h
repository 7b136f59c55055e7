/*
 * Errors: what went wrong, where, and what was expected, in one struct that the caller owns.
 *
 * Every function that can fail returns bool (marked PR_CHECK) and takes a `struct pr_error *`, never NULL, as its last
 * argument. The first error wins: a function that meets a failed callee returns at once and may only put context in
 * front of the text. Texts read as git writes them: lower case, no full stop, the thing first, and what was expected
 * last: "cannot query index 'point_15min_electric': HTTP 503".
 *
 *     struct pr_error error = {0};
 *     if (!pr_zone_open(&zone, "Asia/Shanghai", arena, &error))
 *         return pr_error_context(&error, "project %lld", id);
 *
 * Problems of the measured data are no errors: they become notes in the findings (analysis/findings.h).
 */
#ifndef PR_BASE_ERROR_H
#define PR_BASE_ERROR_H

#include <stdbool.h>

#define PR_CHECK __attribute__((warn_unused_result))
#define PR_PRINTF(format_index, first_index) __attribute__((format(printf, format_index, first_index)))

/* What kind of failure it is; command/main.c maps kinds to exit codes. */
enum pr_code {
	PR_CODE_NONE = 0,
	PR_CODE_USAGE,       /* a wrong option or argument: exit 2 */
	PR_CODE_CONFIG,      /* report.ini, a template, a chart, a brand, a secret's file: exit 2 */
	PR_CODE_UNKNOWN,     /* a tenant, project or point that the directory does not hold: exit 2 */
	PR_CODE_UNREACHABLE, /* a store that cannot be reached or refuses the account: exit 2 when nothing was done */
	PR_CODE_STORE,       /* a store's answer that is wrong or partial: the tenant fails, exit 1 */
	PR_CODE_NO_DATA,     /* a tenant in service without a row in the month: exit 1 */
	PR_CODE_FONT,        /* a character without a glyph, a font that cannot be read: exit 1 */
	PR_CODE_OUTPUT,      /* a folder that is full, read-only or missing: exit 1 */
	PR_CODE_INTERNAL,    /* an invariant of this program is broken: exit 1 */
};

struct pr_error {
	enum pr_code code;
	int line;         /* in `source`, counted from 1; 0 = no line */
	char source[256]; /* a file, an index, a table; empty = none */
	char text[768];
};

/* Each sets `error` unless it already holds one, and returns false, so that it can be returned itself. */
bool pr_error_set(struct pr_error *error, enum pr_code code, const char *format, ...) PR_PRINTF(3, 4);
bool pr_error_set_at(struct pr_error *error, enum pr_code code, const char *source, int line, const char *format, ...)
	PR_PRINTF(5, 6);

/* Puts "<format>: " in front of the text of an error that is set; returns false. */
bool pr_error_context(struct pr_error *error, const char *format, ...) PR_PRINTF(2, 3);

/* Writes "source:line: text" (the parts that there are) into `out`, always terminated; returns `out`. */
const char *pr_error_describe(const struct pr_error *error, char *out, unsigned long size);

void pr_error_clear(struct pr_error *error);

/* The system's words for an errno, in lower case: "no space left on device". Returns `out`. */
const char *pr_error_reason(int error_number, char out[128]);

#endif
