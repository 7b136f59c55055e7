/*
 * The picture painter, the one file with cairo. Glyphs are placed one by one at the sum of the face's own advances, as
 * the PDF's are, and cairo neither hints nor kerns: what stands in the PDF stands at the same place in the picture.
 *
 * In a PNG glyphs are filled outlines: cairo 1.16 would round the place of every glyph to a whole pixel. In an SVG they
 * are symbols, defined once and used many times.
 */
#include "output/image.h"

#include <cairo-ft.h>
#include <cairo-svg.h>
#include <math.h>
#include <string.h>

#include "base/text.h"

#define LARGEST_SIDE_PX 16384

struct canvas {
	const struct pr_typefaces *faces;
	struct pr_arena *arena;
	cairo_t *cairo;
	cairo_font_face_t **fonts; /* by face; NULL = not used yet */
	enum pr_image_format format;
	struct pr_error *error;
};

static cairo_status_t collect(void *closure, const unsigned char *data, unsigned int length)
{
	struct pr_buffer *out = closure;

	pr_buffer_add_n(out, (const char *)data, length);
	return CAIRO_STATUS_SUCCESS;
}

static bool is_finite_segment(const struct pr_segment *segment)
{
	if (segment->kind == PR_CLOSE)
		return true;
	if (!isfinite(segment->x) || !isfinite(segment->y))
		return false;
	return segment->kind != PR_CURVE ||
	       (isfinite(segment->x1) && isfinite(segment->y1) && isfinite(segment->x2) && isfinite(segment->y2));
}

static bool trace(struct canvas *canvas, const struct pr_op *op)
{
	cairo_new_path(canvas->cairo);
	for (size_t i = 0; i < op->segment_count; i++) {
		const struct pr_segment *segment = &op->segments[i];

		if (!is_finite_segment(segment))
			return pr_error_set(canvas->error, PR_CODE_INTERNAL, "picture: a coordinate is not a finite number");
		switch (segment->kind) {
		case PR_MOVE:
			cairo_move_to(canvas->cairo, segment->x, segment->y);
			break;
		case PR_LINE:
			cairo_line_to(canvas->cairo, segment->x, segment->y);
			break;
		case PR_CURVE:
			cairo_curve_to(canvas->cairo, segment->x1, segment->y1, segment->x2, segment->y2, segment->x, segment->y);
			break;
		case PR_CLOSE:
			cairo_close_path(canvas->cairo);
			break;
		}
	}
	return true;
}

static void set_colour(cairo_t *cairo, struct pr_colour colour, double alpha)
{
	const double red = colour.red / 255.0, green = colour.green / 255.0, blue = colour.blue / 255.0;

	if (alpha < 1)
		cairo_set_source_rgba(cairo, red, green, blue, alpha);
	else
		cairo_set_source_rgb(cairo, red, green, blue);
}

static bool paint_path(struct canvas *canvas, const struct pr_op *op)
{
	const struct pr_paint *paint = &op->paint;

	if (!trace(canvas, op))
		return false;
	if (!isfinite(paint->alpha) || !isfinite(paint->stroke_width))
		return pr_error_set(canvas->error, PR_CODE_INTERNAL, "picture: a paint is not a finite number");
	if (paint->fill) {
		set_colour(canvas->cairo, paint->fill_colour, paint->alpha);
		cairo_fill_preserve(canvas->cairo);
	}
	if (paint->stroke) {
		set_colour(canvas->cairo, paint->stroke_colour, paint->alpha);
		cairo_set_line_width(canvas->cairo, paint->stroke_width);
		cairo_set_line_join(canvas->cairo, paint->round_join ? CAIRO_LINE_JOIN_ROUND : CAIRO_LINE_JOIN_MITER);
		cairo_set_dash(canvas->cairo, paint->dash, paint->dash_count, 0);
		cairo_stroke_preserve(canvas->cairo);
	}
	cairo_new_path(canvas->cairo);
	return true;
}

/* The face at a size, set as the current font. */
static bool choose_font(struct canvas *canvas, size_t face, double size_pt)
{
	if (face >= pr_typefaces_count(canvas->faces) || !isfinite(size_pt))
		return pr_error_set(canvas->error, PR_CODE_INTERNAL, "picture: a text names face %zu, expected less than %zu",
			face, pr_typefaces_count(canvas->faces));
	if (canvas->fonts[face] == NULL)
		canvas->fonts[face] = cairo_ft_font_face_create_for_ft_face(
			(FT_Face)pr_typefaces_freetype(canvas->faces, face), FT_LOAD_NO_HINTING);
	cairo_set_font_face(canvas->cairo, canvas->fonts[face]);
	cairo_set_font_size(canvas->cairo, size_pt);
	return true;
}

/* The glyphs of a run, each at the run's start plus the unscaled advances before it. */
static bool place_glyphs(
	struct canvas *canvas, const struct pr_op *op, const struct pr_text_run *run, cairo_glyph_t **glyphs, int *count)
{
	FT_Face face = (FT_Face)pr_typefaces_freetype(canvas->faces, run->face);
	const double unit = run->style.size_pt / (double)face->units_per_EM;
	const char *at = run->text;
	double advance = 0;
	uint32_t code;

	*count = 0;
	*glyphs = pr_arena_array(canvas->arena, pr_utf8_count(run->text) + 1, sizeof **glyphs);
	while ((code = pr_utf8_next(&at)) != 0) {
		const FT_UInt glyph = FT_Get_Char_Index(face, code);

		if (glyph == 0 || FT_Load_Glyph(face, glyph, FT_LOAD_NO_SCALE) != 0)
			return pr_error_set(canvas->error, PR_CODE_FONT, "font '%s' lacks U+%04X of the text '%s'",
				pr_typefaces_path(canvas->faces, run->face), (unsigned)code, run->text);
		(*glyphs)[(*count)++] = (cairo_glyph_t){glyph, op->x + run->x_pt + advance, op->y};
		advance += (double)face->glyph->metrics.horiAdvance * unit;
	}
	return true;
}

static bool paint_run(struct canvas *canvas, const struct pr_op *op, const struct pr_text_run *run, bool as_halo)
{
	cairo_glyph_t *glyphs;
	int count;

	if (!choose_font(canvas, run->face, run->style.size_pt) || !place_glyphs(canvas, op, run, &glyphs, &count))
		return false;
	cairo_new_path(canvas->cairo);
	if (as_halo) {
		cairo_set_source_rgb(canvas->cairo, 1, 1, 1);
		cairo_set_line_width(canvas->cairo, op->halo);
		cairo_set_line_join(canvas->cairo, CAIRO_LINE_JOIN_ROUND);
		cairo_set_dash(canvas->cairo, NULL, 0, 0);
		cairo_glyph_path(canvas->cairo, glyphs, count);
		cairo_stroke(canvas->cairo);
		return true;
	}
	set_colour(canvas->cairo, run->style.colour, 1);
	if (canvas->format == PR_IMAGE_SVG) {
		cairo_show_glyphs(canvas->cairo, glyphs, count);
	} else {
		cairo_glyph_path(canvas->cairo, glyphs, count);
		cairo_fill(canvas->cairo);
	}
	return true;
}

static bool paint_text(struct canvas *canvas, const struct pr_op *op)
{
	if (!isfinite(op->x) || !isfinite(op->y) || !isfinite(op->halo))
		return pr_error_set(canvas->error, PR_CODE_INTERNAL, "picture: a text's place is not a finite number");
	for (size_t i = 0; op->halo > 0 && i < op->line.count; i++)
		if (!paint_run(canvas, op, &op->line.runs[i], true))
			return false;
	for (size_t i = 0; i < op->line.count; i++)
		if (!paint_run(canvas, op, &op->line.runs[i], false))
			return false;
	return true;
}

static bool check_status(cairo_status_t status, struct pr_error *error)
{
	if (status == CAIRO_STATUS_SUCCESS)
		return true;
	return pr_error_set(error, PR_CODE_OUTPUT, "cannot paint the picture: %s", cairo_status_to_string(status));
}

/* The picture's pixels as cairo wants them: a native number each, the colours multiplied by alpha. */
static bool paint_picture(struct canvas *canvas, const struct pr_op *op)
{
	const struct pr_picture *picture = op->picture;
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, picture->width, picture->height);
	unsigned char *data = cairo_image_surface_get_data(surface);
	const int stride = cairo_image_surface_get_stride(surface);
	const unsigned char *from = picture->rgba;

	if (!check_status(cairo_surface_status(surface), canvas->error))
		return false;
	for (int y = 0; y < picture->height; y++)
		for (int x = 0; x < picture->width; x++, from += 4) {
			const uint32_t alpha = from[3];
			const uint32_t pixel = alpha << 24 | (from[0] * alpha + 127) / 255 << 16 |
			                       (from[1] * alpha + 127) / 255 << 8 | (from[2] * alpha + 127) / 255;

			memcpy(data + (size_t)y * (size_t)stride + 4 * (size_t)x, &pixel, sizeof pixel);
		}
	cairo_surface_mark_dirty(surface);
	cairo_save(canvas->cairo);
	cairo_translate(canvas->cairo, op->rect.x, op->rect.y);
	cairo_scale(canvas->cairo, op->rect.width / picture->width, op->rect.height / picture->height);
	cairo_set_source_surface(canvas->cairo, surface, 0, 0);
	cairo_paint(canvas->cairo);
	cairo_restore(canvas->cairo);
	cairo_surface_destroy(surface);
	return true;
}

static bool paint_op(struct canvas *canvas, const struct pr_op *op)
{
	switch (op->kind) {
	case PR_OP_PATH:
		return paint_path(canvas, op);
	case PR_OP_TEXT:
		return paint_text(canvas, op);
	case PR_OP_PICTURE:
		return paint_picture(canvas, op);
	case PR_OP_CLIP:
		cairo_save(canvas->cairo);
		if (!trace(canvas, op))
			return false;
		cairo_clip(canvas->cairo);
		return true;
	case PR_OP_UNCLIP:
		cairo_restore(canvas->cairo);
		return true;
	case PR_OP_BOX:
	case PR_OP_UNBOX:
	case PR_OP_LINK:
	case PR_OP_ANCHOR:
		return true;
	}
	return pr_error_set(canvas->error, PR_CODE_INTERNAL, "picture: unknown operation %d", (int)op->kind);
}

static bool paint_all(const struct pr_drawing *drawing, struct canvas *canvas, cairo_surface_t *surface, double scale)
{
	const size_t face_count = pr_typefaces_count(canvas->faces);
	cairo_font_options_t *options = cairo_font_options_create();
	bool done = true;

	canvas->cairo = cairo_create(surface);
	canvas->fonts = pr_arena_array(canvas->arena, face_count + 1, sizeof *canvas->fonts);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	cairo_set_font_options(canvas->cairo, options);
	cairo_scale(canvas->cairo, scale, scale);
	cairo_set_source_rgb(canvas->cairo, 1, 1, 1);
	cairo_paint(canvas->cairo);
	for (size_t i = 0; done && i < drawing->count; i++)
		done = paint_op(canvas, &drawing->ops[i]);
	done = done && check_status(cairo_status(canvas->cairo), canvas->error);
	cairo_destroy(canvas->cairo);
	cairo_font_options_destroy(options);
	for (size_t i = 0; i < face_count; i++)
		if (canvas->fonts[i] != NULL)
			cairo_font_face_destroy(canvas->fonts[i]);
	return done;
}

static bool paint_png(const struct pr_drawing *drawing, struct canvas *canvas, double scale, struct pr_buffer *out)
{
	cairo_surface_t *surface = cairo_image_surface_create(
		CAIRO_FORMAT_RGB24, (int)ceil(drawing->width * scale - 1e-6), (int)ceil(drawing->height * scale - 1e-6));
	const bool done = check_status(cairo_surface_status(surface), canvas->error) &&
	                  paint_all(drawing, canvas, surface, scale) &&
	                  check_status(cairo_surface_status(surface), canvas->error) &&
	                  check_status(cairo_surface_write_to_png_stream(surface, collect, out), canvas->error);

	cairo_surface_destroy(surface);
	return done;
}

static bool copy_pixels(cairo_surface_t *surface, struct pr_arena *arena, struct pr_pixels *pixels)
{
	const unsigned char *data;
	size_t stride;

	cairo_surface_flush(surface);
	data = cairo_image_surface_get_data(surface);
	stride = (size_t)cairo_image_surface_get_stride(surface);
	pixels->width = cairo_image_surface_get_width(surface);
	pixels->height = cairo_image_surface_get_height(surface);
	pixels->items = pr_arena_array(arena, (size_t)pixels->width * (size_t)pixels->height, sizeof *pixels->items);
	for (size_t y = 0, width = (size_t)pixels->width; y < (size_t)pixels->height; y++)
		memcpy(pixels->items + y * width, data + y * stride, width * sizeof *pixels->items);
	for (size_t i = 0; i < (size_t)pixels->width * (size_t)pixels->height; i++)
		pixels->items[i] &= 0xFFFFFF;
	return true;
}

static bool paint_pixels(
	const struct pr_drawing *drawing, struct canvas *canvas, double scale, struct pr_pixels *pixels)
{
	cairo_surface_t *surface = cairo_image_surface_create(
		CAIRO_FORMAT_RGB24, (int)ceil(drawing->width * scale - 1e-6), (int)ceil(drawing->height * scale - 1e-6));
	const bool done =
		check_status(cairo_surface_status(surface), canvas->error) && paint_all(drawing, canvas, surface, scale) &&
		check_status(cairo_surface_status(surface), canvas->error) && copy_pixels(surface, canvas->arena, pixels);

	cairo_surface_destroy(surface);
	return done;
}

static bool paint_svg(const struct pr_drawing *drawing, struct canvas *canvas, double scale, struct pr_buffer *out)
{
	cairo_surface_t *surface =
		cairo_svg_surface_create_for_stream(collect, out, drawing->width * scale, drawing->height * scale);
	bool done = check_status(cairo_surface_status(surface), canvas->error);

	if (done) {
		cairo_svg_surface_restrict_to_version(surface, CAIRO_SVG_VERSION_1_1);
		done = paint_all(drawing, canvas, surface, scale);
	}
	cairo_surface_finish(surface);
	done = done && check_status(cairo_surface_status(surface), canvas->error);
	cairo_surface_destroy(surface);
	return done;
}

/* cairo names the group after a count of the surfaces that the process made: always the same name instead. */
static void rename_surface(struct pr_arena *arena, struct pr_buffer *svg)
{
	static const char mark[] = "<g id=\"surface";
	const char *name = strstr(svg->text, mark);
	const char *end = name == NULL ? NULL : strchr(name + sizeof mark - 1, '"');
	struct pr_buffer out;

	if (end == NULL)
		return;
	pr_buffer_init(&out, arena);
	pr_buffer_add_n(&out, svg->text, (size_t)(name - svg->text));
	pr_buffer_add(&out, "<g id=\"drawing");
	pr_buffer_add(&out, end);
	*svg = out;
}

static bool check_size(const struct pr_drawing *drawing, double scale, struct pr_error *error)
{
	if (!pr_drawing_check(drawing, error))
		return false;
	if (!(drawing->width > 0 && drawing->height > 0 && scale > 0) || !(drawing->width * scale <= LARGEST_SIDE_PX) ||
		!(drawing->height * scale <= LARGEST_SIDE_PX))
		return pr_error_set(error, PR_CODE_INTERNAL, "picture of %g x %g at scale %g, expected 1 to %d pixels a side",
			drawing->width, drawing->height, scale, LARGEST_SIDE_PX);
	return true;
}

bool pr_image_pixels(const struct pr_drawing *drawing, const struct pr_typefaces *faces, double scale,
	struct pr_arena *arena, struct pr_pixels *pixels, struct pr_error *error)
{
	struct canvas canvas = {.faces = faces, .arena = arena, .format = PR_IMAGE_PNG, .error = error};
	bool done;

	if (!check_size(drawing, scale, error))
		return false;
	done = paint_pixels(drawing, &canvas, scale, pixels);
	cairo_debug_reset_static_data(); /* as below */
	return done;
}

bool pr_image_paint(const struct pr_drawing *drawing, const struct pr_typefaces *faces, enum pr_image_format format,
	double scale, struct pr_arena *arena, char **bytes, size_t *count, struct pr_error *error)
{
	struct canvas canvas = {.faces = faces, .arena = arena, .format = format, .error = error};
	struct pr_buffer out;
	bool done;

	if (!check_size(drawing, scale, error))
		return false;
	pr_buffer_init(&out, arena);
	if (format == PR_IMAGE_PNG)
		done = paint_png(drawing, &canvas, scale, &out);
	else
		done = paint_svg(drawing, &canvas, scale, &out);
	/* cairo keeps fonts that it no longer needs; ours go with the typefaces, so it must let go of them now. */
	cairo_debug_reset_static_data();
	if (!done)
		return false;
	if (format == PR_IMAGE_SVG)
		rename_surface(arena, &out);
	*bytes = out.text;
	*count = out.length;
	return true;
}
