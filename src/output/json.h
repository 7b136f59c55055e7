/* The findings as JSON (contract: findings.md): keys in a fixed order, plain decimals, times with the zone's offset.
 * Needs the texts that pr_document_print sets. Series whose id begins with '.' are for charts only and left out. */
#ifndef PR_OUTPUT_JSON_H
#define PR_OUTPUT_JSON_H

#include "analysis/findings.h"
#include "base/text.h"

PR_CHECK bool pr_json_write(
	const struct pr_report *report, struct pr_arena *arena, char **bytes, size_t *count, struct pr_error *error);
/* "text" with JSON's escapes, quotes included; for events on standard output too. */
void pr_json_quote(struct pr_buffer *out, const char *text);

#endif
