/*
 * A brand's logo, read from PNG or SVG: pixels at most, and for an SVG always, 600 to the inch at its place. What an
 * SVG refers to outside of itself is not loaded. The one file with librsvg, and with cairo for reading.
 */
#ifndef PR_DRAW_PICTURE_H
#define PR_DRAW_PICTURE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"

struct pr_picture {
	const char *path;
	double width_pt, height_pt; /* at its place: as large as fits, its proportions kept */
	double dots_per_inch;       /* of the file's own pixels there; 0 = drawn, not of pixels */
	int width, height;          /* pixels */
	unsigned char *rgba;        /* rows from the top, alpha straight (not multiplied in) */
	bool opaque;
};

/* Errors: PR_CODE_CONFIG with the path and what was expected. */
PR_CHECK bool pr_picture_read(struct pr_picture *picture, const char *path, double most_width_pt, double most_height_pt,
	struct pr_arena *arena, struct pr_error *error);

#endif
