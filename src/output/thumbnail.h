/*
 * A page as a small picture: a PNG of 16 colours, which are those of the page itself. White stays white, and nothing is
 * dithered, so that a page of a few tints stays small: about 3 KB at 144 pixels.
 */
#ifndef PR_OUTPUT_THUMBNAIL_H
#define PR_OUTPUT_THUMBNAIL_H

#include "draw/drawing.h"

/* As high as the drawing's shape asks for. */
PR_CHECK bool pr_thumbnail_paint(const struct pr_drawing *drawing, const struct pr_typefaces *faces, int width_px,
	struct pr_arena *arena, char **bytes, size_t *count, struct pr_error *error);

#endif
