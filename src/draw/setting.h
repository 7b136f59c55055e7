/*
 * Inside the draw room: text as characters with widths and the spacing between them (setting.c), which line breaking
 * (paragraph.c) measures and turns into lines.
 */
#ifndef PR_DRAW_SETTING_H
#define PR_DRAW_SETTING_H

#include <stddef.h>

#include "draw/type.h"

/* How a character behaves at the ends of a line and beside others; a set of flags. */
enum pr_char_trait {
	PR_CHAR_SPACE = 1 << 0, /* also the full-width one */
	PR_CHAR_HAN = 1 << 1,
	PR_CHAR_LETTER = 1 << 2, /* of a Latin word: letters, marks such as % and # */
	PR_CHAR_DIGIT = 1 << 3,
	PR_CHAR_SIGN = 1 << 4,      /* + − ± before a number */
	PR_CHAR_NOT_FIRST = 1 << 5, /* may not begin a line */
	PR_CHAR_NOT_LAST = 1 << 6,  /* may not end one */
	PR_CHAR_CLOSING = 1 << 7,   /* full-width, with an empty right half */
	PR_CHAR_OPENING = 1 << 8,   /* full-width, with an empty left half */
	PR_CHAR_NEWLINE = 1 << 9,
	PR_CHAR_MULTIPLIER = 1 << 10, /* 十 百 千 万 亿: part of the number before it */
	PR_CHAR_CALENDAR = 1 << 11,   /* 年 月 日 时 分: holds on to the number behind it in a date */
	PR_CHAR_ARROW = 1 << 12,      /* holds on to both its sides */
	PR_CHAR_ORDINAL = 1 << 13,    /* holds on to the number behind it */
};

struct pr_char {
	uint32_t code;
	unsigned traits;
	const char *text; /* its bytes, in the span or what it was mended to: one text for all of a span's characters */
	size_t bytes;
	size_t span;
	size_t face;
	double advance_pt;
	double before_pt; /* put between it and the character before it on the same line; < 0: compressed */
	double half_pt;   /* the empty half of a full-width mark: hangs at a line's end (closing), start (opening) */
};

struct pr_chars {
	struct pr_char *items;
	size_t count;
};

/* The characters of all spans, measured and spaced. PR_CODE_FONT for a character without a glyph. */
PR_CHECK bool pr_setting_read(const struct pr_typefaces *faces, const struct pr_span *spans, size_t count,
	struct pr_arena *arena, struct pr_chars *chars, struct pr_error *error);
/* The width of characters [from, to) as one line; *hang_pt: the empty half at its end that may leave the measure. */
double pr_setting_width(const struct pr_chars *chars, size_t from, size_t to, double *hang_pt);
/* Characters [from, to) as a line of runs. */
void pr_setting_line(const struct pr_chars *chars, const struct pr_span *spans, size_t from, size_t to,
	struct pr_arena *arena, struct pr_text_line *line);

#endif
