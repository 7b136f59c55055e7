/*
 * Inside the draw room: what setting and breaking need to know of the faces. Only type.c sees FreeType, only
 * linebreak.c sees ICU.
 */
#ifndef PR_DRAW_FACES_H
#define PR_DRAW_FACES_H

#include "draw/type.h"

/* A character in the first face of its weight that has it; lengths in em. */
struct pr_glyph_metrics {
	size_t face;
	double advance_em;
	double left_em, right_em; /* of the ink, from the origin; both 0 for a glyph without ink */
};
/* False where no face of that weight has a glyph for it. */
PR_CHECK bool pr_faces_find(
	const struct pr_typefaces *faces, enum pr_weight weight, uint32_t code, struct pr_glyph_metrics *metrics);
/* Sets PR_CODE_FONT: the character, the text it stands in, the faces that were asked. */
bool pr_faces_refuse(
	const struct pr_typefaces *faces, enum pr_weight weight, uint32_t code, const char *text, struct pr_error *error);

/* What pr_typefaces_stand_in said. */
bool pr_faces_stands_in(const struct pr_typefaces *faces);
/* The text with accents joined to their letters, where there is such a letter (Unicode's form C); arena memory, or the
 * text itself. */
const char *pr_faces_compose(const char *text, struct pr_arena *arena);

/* Opportunities to break a line, after Unicode's rules (UAX 14) as ICU tailors them. */
struct pr_line_breaker;
PR_CHECK bool pr_line_breaker_open(struct pr_line_breaker **breaker, struct pr_error *error);
void pr_line_breaker_free(struct pr_line_breaker *breaker);
/* may_break[i]: a line may begin with codes[i]; word_start[i]: a word of the dictionary begins there (count flags). */
PR_CHECK bool pr_line_breaker_run(struct pr_line_breaker *breaker, const uint32_t *codes, size_t count,
	struct pr_arena *arena, bool *may_break, bool *word_start, struct pr_error *error);
struct pr_line_breaker *pr_faces_breaker(const struct pr_typefaces *faces);

#endif
