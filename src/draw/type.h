/*
 * Type: faces, widths, and text set into lines. Noto Sans SC regular and bold, each followed by fallback faces for the
 * characters it lacks; a character that no face has is an error (PR_CODE_FONT) naming it, the text and the faces.
 * Kerning and ligatures are off; a width is the sum of advances. All lengths are points (1/72 inch).
 *
 * Chinese typesetting (after W3C clreq; docs/typesetting.md) is done here, for every text of page and chart alike:
 * a quarter em between Han and Latin or digits, punctuation compressed, no forbidden character at a line's start or
 * end, numbers never parted from their units.
 *
 *     struct pr_typefaces *faces = NULL;
 *     pr_typefaces_open(&faces, regular, bold, count, &error)
 *     …
 *     pr_typefaces_free(faces);   after the last drawing that used them was painted
 */
#ifndef PR_DRAW_TYPE_H
#define PR_DRAW_TYPE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

enum pr_weight { PR_REGULAR, PR_BOLD };

struct pr_colour {
	uint8_t red, green, blue;
};

struct pr_style {
	enum pr_weight weight;
	double size_pt;
	struct pr_colour colour;
};

struct pr_typefaces;

/* regular[i] and bold[i] are files; [0] the face itself, the rest fallbacks in order (TTC: first font). */
PR_CHECK bool pr_typefaces_open(struct pr_typefaces **faces, const char *const *regular, const char *const *bold,
	size_t count, struct pr_error *error);
/* From now on a mark (U+FFFD, U+3013 or U+25A1) is drawn for a character that no face has, instead of an error: for pages about many customers,
 * which one of their names must not stop. */
void pr_typefaces_stand_in(struct pr_typefaces *faces);
void pr_typefaces_free(struct pr_typefaces *faces);

/* For painters: faces are numbered 0 .. count − 1 over both weights. The file's bytes stay mapped until free. */
size_t pr_typefaces_count(const struct pr_typefaces *faces);
const void *pr_typefaces_bytes(const struct pr_typefaces *faces, size_t face, size_t *count, unsigned *index_in_file);
const char *pr_typefaces_path(const struct pr_typefaces *faces, size_t face);
void *pr_typefaces_freetype(const struct pr_typefaces *faces, size_t face); /* an FT_Face, for cairo; not owned */

/*
 * What a text with digits carries as `finding` where it prints no value of the findings (docs/truth.md): the clock and
 * the calendar, a name, an axis' tick, a brand's text, a title again, a number that only counts places (page, section,
 * figure, row).
 */
#define PR_TAG_TIME "@time"
#define PR_TAG_NAME "@name"
#define PR_TAG_TICK "@tick"
#define PR_TAG_BRAND "@brand"
#define PR_TAG_PLACE "@place"
#define PR_TAG_TITLE "@title"
#define PR_TAG_WORDS "@words:" /* and the key: digits that stand in the words themselves */

/* A stretch of text in one style. `finding` is its tag: where the value that it prints stands among the findings
 * ("projects/10/energy.total"), or one of the above; NULL for text without digits. */
struct pr_span {
	const char *text; /* valid UTF-8; '\n' breaks the line */
	struct pr_style style;
	const char *finding;
	const char *link; /* the anchor that the text leads to; NULL = none */
};

/* Text of one face and style, placed on a line. */
struct pr_text_run {
	const char *text;
	size_t face;
	double x_pt, width_pt; /* from the line's left */
	struct pr_style style;
	const char *finding, *link;
};

struct pr_text_line {
	struct pr_text_run *runs;
	size_t count;
	double width_pt;
};

/* One line, however wide. */
PR_CHECK bool pr_type_line(const struct pr_typefaces *faces, const struct pr_span *spans, size_t count,
	struct pr_arena *arena, struct pr_text_line *line, struct pr_error *error);
/* Broken into lines of at most `measure_pt` (a word or number that is wider alone is broken where it must). */
PR_CHECK bool pr_type_paragraph(const struct pr_typefaces *faces, const struct pr_span *spans, size_t count,
	double measure_pt, struct pr_arena *arena, struct pr_text_line **lines, size_t *line_count, struct pr_error *error);
/* One line, cut with "…" where it is wider than `measure_pt`. */
PR_CHECK bool pr_type_fit(const struct pr_typefaces *faces, const struct pr_span *span, double measure_pt,
	struct pr_arena *arena, struct pr_text_line *line, struct pr_error *error);
/* The width that pr_type_line would give; 0 for an empty or NULL text. */
double pr_type_width(const struct pr_typefaces *faces, struct pr_style style, const char *text);

#endif
