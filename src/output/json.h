/* The findings as JSON (contract: findings.md): keys in a fixed order, plain decimals, times with the zone's offset.
 * Needs the texts that pr_document_print sets. Series whose id begins with '.' are for charts only and left out. */
#ifndef PR_OUTPUT_JSON_H
#define PR_OUTPUT_JSON_H

#include "analysis/findings.h"
#include "base/text.h"

PR_CHECK bool pr_json_write(
	const struct pr_report *report, struct pr_arena *arena, char **bytes, size_t *count, struct pr_error *error);
/*
 * The same where the projects come one at a time, with their texts set, and the text goes in pieces: what is in memory is
 * one project's. `next` gives NULL behind the last one; a project may be gone when the next one comes.
 */
struct pr_json_pieces {
	bool (*next)(void *context, const struct pr_project_report **project, struct pr_error *error);
	bool (*put)(void *context, const char *bytes, size_t count, struct pr_error *error);
	void *context;
};
PR_CHECK bool pr_json_write_pieces(const struct pr_report *report, const struct pr_json_pieces *pieces,
	struct pr_arena *arena, struct pr_error *error);
/* "text" with JSON's escapes, quotes included; for events on standard output too. */
void pr_json_quote(struct pr_buffer *out, const char *text);

#endif
