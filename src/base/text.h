/*
 * Text: UTF-8, always valid once it has passed pr_text_clean, and a growing buffer in an arena.
 * No locale is ever consulted; numbers are written with '.' and parsed from the whole string or refused.
 */
#ifndef PR_BASE_TEXT_H
#define PR_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

/* Reads one code point at *at and moves *at behind it; 0 at the end. Ill-formed bytes give U+FFFD, one a byte. */
uint32_t pr_utf8_next(const char **at);
/* Writes `code` as UTF-8 (at most 4 bytes, no terminator); returns how many. */
size_t pr_utf8_put(char *out, uint32_t code);
size_t pr_utf8_count(const char *text); /* code points */
bool pr_utf8_valid(const char *text);   /* well-formed throughout */

/*
 * The one sanitiser before every painter, for text that comes from a store: ill-formed bytes become U+FFFD, line
 * breaks and tabs a space, C0/C1 controls, U+FFFE/U+FFFF, byte order marks, bidirectional controls (U+200E, 200F,
 * 202A-202E, 2066-2069) and other characters without ink or width (zero-width spaces and joiners, soft hyphens,
 * variation selectors, tags) go. Leading and trailing spaces are cut. Returns arena memory (or `text` itself if clean); NULL
 * gives "".
 */
const char *pr_text_clean(struct pr_arena *arena, const char *text);

/*
 * A name made safe for a path component: cleaned; '/', '\', ':', '*', '?', '"', '<', '>', '|', leading dots, a '-' at the
 * start and a dot at the end become '_'; behind the name of a Windows device stands one. At most 80 bytes, cut between
 * code points; never empty ("_").
 */
const char *pr_text_path_name(struct pr_arena *arena, const char *text);

bool pr_text_equal(const char *a, const char *b); /* NULL equals NULL */
bool pr_text_starts(const char *text, const char *prefix);
char *pr_text_trim(char *text); /* in place */

/* The whole text must be a number (no space, no hex, no inf or nan, nothing out of range); false leaves *out alone. */
PR_CHECK bool pr_text_to_int64(const char *text, int64_t *out);
PR_CHECK bool pr_text_to_double(const char *text, double *out);

/* A growing string. `text` is always terminated and never NULL after init. */
struct pr_buffer {
	struct pr_arena *arena;
	char *text;
	size_t length, capacity;
};
void pr_buffer_init(struct pr_buffer *buffer, struct pr_arena *arena);
void pr_buffer_add(struct pr_buffer *buffer, const char *text);
void pr_buffer_add_n(struct pr_buffer *buffer, const char *bytes, size_t count);
void pr_buffer_add_code(struct pr_buffer *buffer, uint32_t code);
void pr_buffer_format(struct pr_buffer *buffer, const char *format, ...) PR_PRINTF(2, 3);

#endif
