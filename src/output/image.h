/* The picture painter: replays one drawing through cairo as PNG (opaque, `scale` device pixels a point) or SVG. */
#ifndef PR_OUTPUT_IMAGE_H
#define PR_OUTPUT_IMAGE_H

#include "draw/drawing.h"

enum pr_image_format { PR_IMAGE_PNG, PR_IMAGE_SVG };

PR_CHECK bool pr_image_paint(const struct pr_drawing *drawing, const struct pr_typefaces *faces,
	enum pr_image_format format, double scale, struct pr_arena *arena, char **bytes, size_t *count,
	struct pr_error *error);

/* The same as pixels: 0x00RRGGBB, row by row from the top. */
struct pr_pixels {
	uint32_t *items;
	int width, height;
};
PR_CHECK bool pr_image_pixels(const struct pr_drawing *drawing, const struct pr_typefaces *faces, double scale,
	struct pr_arena *arena, struct pr_pixels *pixels, struct pr_error *error);

#endif
