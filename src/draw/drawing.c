#include "draw/drawing.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846
#define CIRCLE_ARC 0.5522847498307936 /* control distance of a quarter circle: 4 ÷ 3 × (√2 − 1) */

void pr_drawing_init(struct pr_drawing *drawing, double width, double height, struct pr_arena *arena)
{
	*drawing = (struct pr_drawing){.arena = arena, .width = width, .height = height};
}

static void set_trouble(struct pr_drawing *drawing, const char *trouble)
{
	if (!drawing->trouble)
		drawing->trouble = trouble;
}

/* A coordinate that painters may see; what is not finite is recorded and drawn at 0. */
static double finite(struct pr_drawing *drawing, const char *what, double value)
{
	if (isfinite(value))
		return value;
	set_trouble(drawing, pr_arena_format(drawing->arena, "%s at %g in operation %zu", what, value, drawing->count));
	return 0;
}

static struct pr_rect finite_rect(struct pr_drawing *drawing, const char *what, struct pr_rect rect)
{
	return (struct pr_rect){finite(drawing, what, rect.x), finite(drawing, what, rect.y),
		finite(drawing, what, rect.width), finite(drawing, what, rect.height)};
}

static struct pr_op *push(struct pr_drawing *drawing, enum pr_op_kind kind)
{
	struct pr_op *op = PR_PUSH(drawing->arena, drawing->ops, drawing->count, drawing->capacity);
	op->kind = kind;
	return op;
}

static void move_op(struct pr_op *op, struct pr_arena *arena, double dx, double dy)
{
	op->x += dx;
	op->y += dy;
	op->rect.x += dx;
	op->rect.y += dy;
	if (op->segment_count == 0)
		return;
	struct pr_segment *moved = pr_arena_array(arena, op->segment_count, sizeof *moved);
	for (size_t i = 0; i < op->segment_count; i++) {
		struct pr_segment *from = &op->segments[i];
		moved[i] = (struct pr_segment){.kind = from->kind,
			.x = from->x + dx,
			.y = from->y + dy,
			.x1 = from->x1 + dx,
			.y1 = from->y1 + dy,
			.x2 = from->x2 + dx,
			.y2 = from->y2 + dy};
	}
	op->segments = moved;
}

void pr_drawing_append(struct pr_drawing *drawing, const struct pr_drawing *part, double dx, double dy)
{
	dx = finite(drawing, "part", dx);
	dy = finite(drawing, "part", dy);
	for (size_t i = 0; i < part->count; i++) {
		struct pr_op *op = push(drawing, part->ops[i].kind);
		*op = part->ops[i];
		move_op(op, drawing->arena, dx, dy);
	}
	if (part->trouble)
		set_trouble(drawing, part->trouble);
}

bool pr_drawing_check(const struct pr_drawing *drawing, struct pr_error *error)
{
	if (drawing->trouble)
		return pr_error_set(error, PR_CODE_INTERNAL, "drawing: %s", drawing->trouble);
	long clips = 0, boxes = 0;
	for (size_t i = 0; i < drawing->count && clips >= 0 && boxes >= 0; i++) {
		enum pr_op_kind kind = drawing->ops[i].kind;
		clips += (kind == PR_OP_CLIP) - (kind == PR_OP_UNCLIP);
		boxes += (kind == PR_OP_BOX) - (kind == PR_OP_UNBOX);
	}
	if (clips != 0 || boxes != 0)
		return pr_error_set(error, PR_CODE_INTERNAL, "drawing: unbalanced %s", clips != 0 ? "clip" : "box");
	return true;
}

struct pr_paint pr_paint_fill(struct pr_colour colour)
{
	return (struct pr_paint){.fill = true, .fill_colour = colour, .alpha = 1};
}

struct pr_paint pr_paint_stroke(struct pr_colour colour, double width)
{
	return (struct pr_paint){.stroke = true, .stroke_colour = colour, .stroke_width = width, .alpha = 1};
}

void pr_draw_path(struct pr_drawing *drawing, const struct pr_segment *segments, size_t count, struct pr_paint paint)
{
	if (count == 0)
		return;
	struct pr_segment *copy = pr_arena_array(drawing->arena, count, sizeof *copy);
	for (size_t i = 0; i < count; i++) {
		copy[i].kind = segments[i].kind;
		if (segments[i].kind == PR_CLOSE)
			continue;
		copy[i].x = finite(drawing, "path", segments[i].x);
		copy[i].y = finite(drawing, "path", segments[i].y);
		if (segments[i].kind != PR_CURVE)
			continue;
		copy[i].x1 = finite(drawing, "curve", segments[i].x1);
		copy[i].y1 = finite(drawing, "curve", segments[i].y1);
		copy[i].x2 = finite(drawing, "curve", segments[i].x2);
		copy[i].y2 = finite(drawing, "curve", segments[i].y2);
	}
	paint.stroke_width = finite(drawing, "stroke width", paint.stroke_width);
	paint.alpha = finite(drawing, "alpha", paint.alpha);
	struct pr_op *op = push(drawing, PR_OP_PATH);
	op->segments = copy;
	op->segment_count = count;
	op->paint = paint;
}

static size_t rect_segments(struct pr_rect rect, struct pr_segment segments[5])
{
	segments[0] = (struct pr_segment){.kind = PR_MOVE, .x = rect.x, .y = rect.y};
	segments[1] = (struct pr_segment){.kind = PR_LINE, .x = rect.x + rect.width, .y = rect.y};
	segments[2] = (struct pr_segment){.kind = PR_LINE, .x = rect.x + rect.width, .y = rect.y + rect.height};
	segments[3] = (struct pr_segment){.kind = PR_LINE, .x = rect.x, .y = rect.y + rect.height};
	segments[4] = (struct pr_segment){.kind = PR_CLOSE};
	return 5;
}

void pr_draw_rect(struct pr_drawing *drawing, struct pr_rect rect, struct pr_paint paint)
{
	struct pr_segment segments[5];
	pr_draw_path(drawing, segments, rect_segments(rect, segments), paint);
}

void pr_draw_line(struct pr_drawing *drawing, double x1, double y1, double x2, double y2, struct pr_paint paint)
{
	const struct pr_segment segments[] = {
		{.kind = PR_MOVE, .x = x1, .y = y1},
		{.kind = PR_LINE, .x = x2, .y = y2},
	};
	pr_draw_path(drawing, segments, 2, paint);
}

void pr_draw_polyline(
	struct pr_drawing *drawing, const double *x, const double *y, size_t count, bool closed, struct pr_paint paint)
{
	if (count == 0)
		return;
	struct pr_segment *segments = pr_arena_array(drawing->arena, count + 1, sizeof *segments);
	for (size_t i = 0; i < count; i++)
		segments[i] = (struct pr_segment){.kind = i == 0 ? PR_MOVE : PR_LINE, .x = x[i], .y = y[i]};
	if (closed)
		segments[count].kind = PR_CLOSE;
	pr_draw_path(drawing, segments, closed ? count + 1 : count, paint);
}

void pr_draw_circle(struct pr_drawing *drawing, double x, double y, double radius, struct pr_paint paint)
{
	double arc = radius * CIRCLE_ARC;
	const struct pr_segment segments[] = {
		{.kind = PR_MOVE, .x = x + radius, .y = y},
		{PR_CURVE, x, y + radius, x + radius, y + arc, x + arc, y + radius},
		{PR_CURVE, x - radius, y, x - arc, y + radius, x - radius, y + arc},
		{PR_CURVE, x, y - radius, x - radius, y - arc, x - arc, y - radius},
		{PR_CURVE, x + radius, y, x + arc, y - radius, x + radius, y - arc},
		{.kind = PR_CLOSE},
	};
	pr_draw_path(drawing, segments, 6, paint);
}

/* An arc of at most a quarter turn; angles in radians from 12 o'clock, clockwise. */
static struct pr_segment arc_segment(double x, double y, double radius, double from, double to)
{
	double reach = radius * 4.0 / 3.0 * tan((to - from) / 4);
	double x0 = x + radius * sin(from), y0 = y - radius * cos(from);
	double x3 = x + radius * sin(to), y3 = y - radius * cos(to);
	return (struct pr_segment){
		PR_CURVE, x3, y3, x0 + reach * cos(from), y0 + reach * sin(from), x3 - reach * cos(to), y3 - reach * sin(to)};
}

void pr_draw_sector(struct pr_drawing *drawing, double x, double y, double radius, double from_turn, double to_turn,
	struct pr_paint paint)
{
	if (to_turn - from_turn >= 1) {
		pr_draw_circle(drawing, x, y, radius, paint);
		return;
	}
	double from = finite(drawing, "sector", from_turn) * 2 * PI;
	double to = finite(drawing, "sector", to_turn) * 2 * PI;
	struct pr_segment segments[8];
	size_t count = 0, arcs = (size_t)ceil((to - from) / (PI / 2) - 1e-9);
	arcs = to <= from ? 0 : arcs < 1 ? 1 : arcs > 4 ? 4 : arcs;
	segments[count++] = (struct pr_segment){.kind = PR_MOVE, .x = x, .y = y};
	segments[count++] = (struct pr_segment){.kind = PR_LINE, .x = x + radius * sin(from), .y = y - radius * cos(from)};
	for (size_t i = 0; i < arcs; i++) {
		double step = (to - from) / (double)arcs;
		segments[count++] = arc_segment(x, y, radius, from + step * (double)i, from + step * (double)(i + 1));
	}
	segments[count++] = (struct pr_segment){.kind = PR_CLOSE};
	pr_draw_path(drawing, segments, count, paint);
}

/*
 * Lines x + y = c, going up to the right, for every c that is a multiple of step × √2, so that neighbouring hatches
 * continue each other. Each is cut to the rectangle by arithmetic: no painter needs a clip for it.
 */
void pr_draw_hatch(struct pr_drawing *drawing, struct pr_rect rect, double step, struct pr_colour colour, double width)
{
	rect = finite_rect(drawing, "hatch", rect);
	if (rect.width <= 0 || rect.height <= 0 || !(step > 0))
		return;
	double left = rect.x, right = rect.x + rect.width, top = rect.y, bottom = rect.y + rect.height;
	double apart = step * sqrt(2);
	double first = ceil((left + top) / apart), last = floor((right + bottom) / apart);
	if (last < first)
		return;
	size_t count = 0, lines = (size_t)(last - first) + 1;
	struct pr_segment *segments = pr_arena_array(drawing->arena, 2 * lines, sizeof *segments);
	for (size_t i = 0; i < lines; i++) {
		double sum = (first + (double)i) * apart;
		double x1 = fmax(left, sum - bottom), x2 = fmin(right, sum - top);
		if (x2 - x1 < 0.01)
			continue;
		segments[count++] = (struct pr_segment){.kind = PR_MOVE, .x = x1, .y = sum - x1};
		segments[count++] = (struct pr_segment){.kind = PR_LINE, .x = x2, .y = sum - x2};
	}
	pr_draw_path(drawing, segments, count, pr_paint_stroke(colour, width));
}

void pr_draw_clip(struct pr_drawing *drawing, struct pr_rect rect)
{
	rect = finite_rect(drawing, "clip", rect);
	struct pr_segment *segments = pr_arena_array(drawing->arena, 5, sizeof *segments);
	struct pr_op *op = push(drawing, PR_OP_CLIP);
	op->segment_count = rect_segments(rect, segments);
	op->segments = segments;
	op->rect = rect;
}

void pr_draw_unclip(struct pr_drawing *drawing)
{
	push(drawing, PR_OP_UNCLIP);
}

/* One for all the runs that follow each other and lead to the same place. */
static void add_links(struct pr_drawing *drawing, const struct pr_text_line *line, double x, double baseline)
{
	for (size_t i = 0; i < line->count;) {
		const struct pr_text_run *first = &line->runs[i];
		const struct pr_text_run *last = first;

		while (++i < line->count && line->runs[i].link == first->link)
			last = &line->runs[i];
		if (first->link)
			pr_draw_link(drawing,
				(struct pr_rect){x + first->x_pt, baseline - first->style.size_pt,
					last->x_pt + last->width_pt - first->x_pt, first->style.size_pt * 1.25},
				first->link);
	}
}

void pr_draw_set_line(struct pr_drawing *drawing, const struct pr_text_line *line, double x, double baseline,
	enum pr_align align, double halo)
{
	if (line->count == 0)
		return;
	static const double parts[] = {[PR_ALIGN_LEFT] = 0, [PR_ALIGN_CENTRE] = 0.5, [PR_ALIGN_RIGHT] = 1};
	x = finite(drawing, "text", x - line->width_pt * parts[align]);
	baseline = finite(drawing, "text", baseline);
	struct pr_op *op = push(drawing, PR_OP_TEXT);
	op->line = *line;
	op->x = x;
	op->y = baseline;
	op->halo = halo;
	add_links(drawing, line, x, baseline);
}

bool pr_draw_text(struct pr_drawing *drawing, const struct pr_typefaces *faces, const char *text, struct pr_style style,
	double x, double baseline, enum pr_align align, const char *finding, struct pr_error *error)
{
	if (!text || *text == '\0')
		return true;
	const struct pr_span span = {.text = text, .style = style, .finding = finding};
	struct pr_text_line line;
	if (!pr_type_line(faces, &span, 1, drawing->arena, &line, error))
		return false;
	pr_draw_set_line(drawing, &line, x, baseline, align, 0);
	return true;
}

void pr_draw_picture(struct pr_drawing *drawing, const struct pr_picture *picture, struct pr_rect rect)
{
	struct pr_op *op = push(drawing, PR_OP_PICTURE);
	op->picture = picture;
	op->rect = finite_rect(drawing, "picture", rect);
}

void pr_draw_box(struct pr_drawing *drawing, const char *name, struct pr_rect rect)
{
	rect = finite_rect(drawing, name, rect);
	struct pr_op *op = push(drawing, PR_OP_BOX);
	op->name = pr_arena_copy(drawing->arena, name);
	op->rect = rect;
}

void pr_draw_unbox(struct pr_drawing *drawing)
{
	push(drawing, PR_OP_UNBOX);
}

void pr_draw_link(struct pr_drawing *drawing, struct pr_rect rect, const char *anchor)
{
	rect = finite_rect(drawing, "link", rect);
	struct pr_op *op = push(drawing, PR_OP_LINK);
	op->name = pr_arena_copy(drawing->arena, anchor);
	op->rect = rect;
}

void pr_draw_anchor(struct pr_drawing *drawing, const char *name, double y)
{
	y = finite(drawing, "anchor", y);
	struct pr_op *op = push(drawing, PR_OP_ANCHOR);
	op->name = pr_arena_copy(drawing->arena, name);
	op->y = y;
}
