/*
 * A drawing: a flat list of what to paint, in order, with everything decided (places, colours, dashes, glyph runs).
 * Layout and charts write drawings; painters (output/pdf.h, output/image.h) replay them and decide nothing.
 * The origin is the top left corner, y grows downwards, lengths are points. Non-finite coordinates are an internal
 * error that the builder records (pr_drawing_check), since painters would write garbage.
 *
 * Boxes group what belongs together and give it a name and a place, for the layout dump and its checker:
 *
 *     pr_draw_box(drawing, "chart energy_by_day", rect);
 *     …
 *     pr_draw_unbox(drawing);
 */
#ifndef PR_DRAW_DRAWING_H
#define PR_DRAW_DRAWING_H

#include "draw/picture.h"
#include "draw/type.h"

struct pr_rect {
	double x, y, width, height;
};

struct pr_paint {
	bool fill;
	struct pr_colour fill_colour;
	bool stroke;
	struct pr_colour stroke_colour;
	double stroke_width;
	double dash[4];
	int dash_count;  /* 0 = solid */
	double alpha;    /* of both, 0..1; 1 = opaque */
	bool round_join; /* else mitre; caps are butt */
};

enum pr_segment_kind { PR_MOVE, PR_LINE, PR_CURVE, PR_CLOSE };
struct pr_segment {
	enum pr_segment_kind kind;
	double x, y;           /* the end */
	double x1, y1, x2, y2; /* control points of a curve */
};

enum pr_op_kind {
	PR_OP_PATH,
	PR_OP_TEXT,
	PR_OP_PICTURE,
	PR_OP_CLIP,
	PR_OP_UNCLIP,
	PR_OP_BOX,
	PR_OP_UNBOX,
	PR_OP_LINK,
	PR_OP_ANCHOR
};
struct pr_op {
	enum pr_op_kind kind;
	struct pr_segment *segments; /* path, clip */
	size_t segment_count;
	struct pr_paint paint;    /* path */
	struct pr_text_line line; /* text: left end of the baseline at (x, y) */
	double x, y;
	double halo;         /* text: white outline of that width drawn first for the whole line; 0 = none */
	struct pr_rect rect; /* box, link, picture */
	const struct pr_picture *picture;
	const char *name; /* box: its name; link: the target anchor; anchor: its name */
};

struct pr_drawing {
	struct pr_arena *arena;
	double width, height;
	struct pr_op *ops;
	size_t count, capacity;
	const char *trouble; /* the first non-finite coordinate, unbalanced clip or box; NULL = none */
};

void pr_drawing_init(struct pr_drawing *drawing, double width, double height, struct pr_arena *arena);
/* Appends `part` moved by (dx, dy). */
void pr_drawing_append(struct pr_drawing *drawing, const struct pr_drawing *part, double dx, double dy);
/* PR_CODE_INTERNAL where `trouble` is set. */
PR_CHECK bool pr_drawing_check(const struct pr_drawing *drawing, struct pr_error *error);

struct pr_paint pr_paint_fill(struct pr_colour colour);
struct pr_paint pr_paint_stroke(struct pr_colour colour, double width);

void pr_draw_rect(struct pr_drawing *drawing, struct pr_rect rect, struct pr_paint paint);
void pr_draw_line(struct pr_drawing *drawing, double x1, double y1, double x2, double y2, struct pr_paint paint);
void pr_draw_path(struct pr_drawing *drawing, const struct pr_segment *segments, size_t count, struct pr_paint paint);
/* Points as one open line (or, closed, a polygon). */
void pr_draw_polyline(
	struct pr_drawing *drawing, const double *x, const double *y, size_t count, bool closed, struct pr_paint paint);
void pr_draw_circle(struct pr_drawing *drawing, double x, double y, double radius, struct pr_paint paint);
/* A pie's part, from 12 o'clock clockwise, angles in turns (0..1). */
void pr_draw_sector(struct pr_drawing *drawing, double x, double y, double radius, double from_turn, double to_turn,
	struct pr_paint paint);
/* 45° lines `step` apart, clipped to the rectangle (visual 4: step 3, width 0.4). */
void pr_draw_hatch(struct pr_drawing *drawing, struct pr_rect rect, double step, struct pr_colour colour, double width);
void pr_draw_clip(struct pr_drawing *drawing, struct pr_rect rect);
void pr_draw_unclip(struct pr_drawing *drawing);

enum pr_align { PR_ALIGN_LEFT, PR_ALIGN_CENTRE, PR_ALIGN_RIGHT };
/* A line already set. */
void pr_draw_set_line(struct pr_drawing *drawing, const struct pr_text_line *line, double x, double baseline,
	enum pr_align align, double halo);
/* Plain text in one style; NULL or empty draws nothing. */
PR_CHECK bool pr_draw_text(struct pr_drawing *drawing, const struct pr_typefaces *faces, const char *text,
	struct pr_style style, double x, double baseline, enum pr_align align, const char *finding, struct pr_error *error);
/* The whole picture, filling the rectangle; it must outlive the drawing. */
void pr_draw_picture(struct pr_drawing *drawing, const struct pr_picture *picture, struct pr_rect rect);
void pr_draw_box(struct pr_drawing *drawing, const char *name, struct pr_rect rect);
void pr_draw_unbox(struct pr_drawing *drawing);
void pr_draw_link(struct pr_drawing *drawing, struct pr_rect rect, const char *anchor);
void pr_draw_anchor(struct pr_drawing *drawing, const char *name, double y);

#endif
