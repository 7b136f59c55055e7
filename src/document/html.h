/*
 * HTML by a template, in parts, with the engine's expressions, number styles and words. In the template:
 *
 *     {{part row}}            a part begins; it ends where the next one does
 *     {{$row.name}}           a value, escaped; {{$row.health|1,bare}} in a number style
 *     {{word index.title}}    a word of the page's locale, rendered in the scope and escaped
 *     {{raw $page.rows}}      a value as it is: HTML
 *     {{if e}} {{elif e}} {{else}} {{end}}
 *
 * Tabs at the beginnings of lines are left out. Private to the document room.
 */
#ifndef PR_DOCUMENT_HTML_H
#define PR_DOCUMENT_HTML_H

#include "document/engine.h"

struct pr_html;
/* The parts that are named must be there. PR_CODE_CONFIG with file and line. */
PR_CHECK bool pr_html_read(struct pr_html **html, const char *path, const char *const *parts, size_t part_count,
	struct pr_arena *arena, struct pr_error *error);
PR_CHECK bool pr_html_put(const struct pr_html *html, const char *part, const struct pr_context *context,
	const struct pr_scope *scope, struct pr_buffer *out, struct pr_error *error);
/* "sha256-…" of what stands in the first <element>, as a content security policy wants it; "" where there is none. */
const char *pr_html_hash(const struct pr_html *html, const char *element, struct pr_arena *arena);

/* Text for element and attribute alike; controls become a space. */
void pr_html_escape(struct pr_buffer *out, const char *text);
/* A relative path as a link: whatever is not unreserved (RFC 3986) but '/' is percent-encoded. */
void pr_html_add_path(struct pr_buffer *out, const char *path);

#endif
