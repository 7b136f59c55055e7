#include "draw/picture.h"

#include <cairo.h>
#include <librsvg/rsvg.h>
#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

#define FILE_BYTES_MAX ((size_t)8 << 20)
#define PIXELS_PER_INCH 600.0
#define LARGEST_SIDE_PX 16384
#define POINTS_PER_INCH 72.0

struct reader {
	const char *path;
	const char *bytes;
	size_t count, at;
	struct pr_arena *arena;
	struct pr_error *error;
};

static bool refuse(struct reader *reader, const char *why)
{
	return pr_error_set_at(reader->error, PR_CODE_CONFIG, reader->path, 0, "%s; expected a logo as PNG or SVG", why);
}

static cairo_status_t read_bytes(void *closure, unsigned char *data, unsigned int length)
{
	struct reader *reader = closure;

	if (reader->count - reader->at < length)
		return CAIRO_STATUS_READ_ERROR;
	memcpy(data, reader->bytes + reader->at, length);
	reader->at += length;
	return CAIRO_STATUS_SUCCESS;
}

/* As large as the place allows: at first in the picture's own measure, then in points. */
static void fit(struct pr_picture *picture, double width, double height, double most_width_pt, double most_height_pt)
{
	const double scale = fmin(most_width_pt / width, most_height_pt / height);

	picture->width_pt = width * scale;
	picture->height_pt = height * scale;
	picture->width = (int)fmax(1, round(picture->width_pt / POINTS_PER_INCH * PIXELS_PER_INCH));
	picture->height = (int)fmax(1, round(picture->height_pt / POINTS_PER_INCH * PIXELS_PER_INCH));
}

static unsigned char straight(unsigned value, unsigned alpha)
{
	unsigned whole = alpha == 0 ? 0 : (value * 255 + alpha / 2) / alpha;

	return (unsigned char)(whole > 255 ? 255 : whole);
}

/* cairo holds a pixel as one native number, its colours multiplied by alpha. */
static void take_pixels(struct pr_picture *picture, cairo_surface_t *surface, struct pr_arena *arena)
{
	const unsigned char *data = cairo_image_surface_get_data(surface);
	const int stride = cairo_image_surface_get_stride(surface);
	unsigned char *out = pr_arena_array(arena, (size_t)picture->width * (size_t)picture->height, 4);

	picture->rgba = out;
	picture->opaque = true;
	for (int y = 0; y < picture->height; y++) {
		for (int x = 0; x < picture->width; x++) {
			uint32_t pixel;

			memcpy(&pixel, data + (size_t)y * (size_t)stride + 4 * (size_t)x, sizeof pixel);
			const unsigned alpha = pixel >> 24;
			*out++ = straight(pixel >> 16 & 0xFF, alpha);
			*out++ = straight(pixel >> 8 & 0xFF, alpha);
			*out++ = straight(pixel & 0xFF, alpha);
			*out++ = (unsigned char)alpha;
			picture->opaque = picture->opaque && alpha == 0xFF;
		}
	}
}

static bool paint_png(struct reader *reader, struct pr_picture *picture, cairo_surface_t *source, cairo_t *cairo)
{
	cairo_scale(cairo, (double)picture->width / cairo_image_surface_get_width(source),
		(double)picture->height / cairo_image_surface_get_height(source));
	cairo_set_source_surface(cairo, source, 0, 0);
	cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_BEST);
	cairo_paint(cairo);
	return cairo_status(cairo) == CAIRO_STATUS_SUCCESS || refuse(reader, "cannot be scaled");
}

static bool read_png(struct reader *reader, struct pr_picture *picture, double most_width_pt, double most_height_pt)
{
	cairo_surface_t *source = cairo_image_surface_create_from_png_stream(read_bytes, reader);
	const int width = cairo_image_surface_get_width(source), height = cairo_image_surface_get_height(source);
	bool good = cairo_surface_status(source) == CAIRO_STATUS_SUCCESS && width > 0 && height > 0 &&
	            width <= LARGEST_SIDE_PX && height <= LARGEST_SIDE_PX;

	if (good) {
		fit(picture, width, height, most_width_pt, most_height_pt);
		picture->dots_per_inch = width / picture->width_pt * POINTS_PER_INCH;
		if (picture->width > width) { /* fewer than 600 an inch: as they are */
			picture->width = width;
			picture->height = height;
		}
		cairo_surface_t *target = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, picture->width, picture->height);
		cairo_t *cairo = cairo_create(target);
		good = paint_png(reader, picture, source, cairo);
		cairo_surface_flush(target);
		take_pixels(picture, target, reader->arena);
		cairo_destroy(cairo);
		cairo_surface_destroy(target);
	} else {
		(void)refuse(reader, "is no PNG picture that can be read");
	}
	cairo_surface_destroy(source);
	return good;
}

/* Its pixels are whole, its proportions are not: it covers them all, less than a pixel over the edge. */
static bool paint_svg(
	struct reader *reader, struct pr_picture *picture, RsvgHandle *handle, double width, double height)
{
	cairo_surface_t *target = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, picture->width, picture->height);
	cairo_t *cairo = cairo_create(target);
	const double scale = fmax(picture->width / width, picture->height / height);
	const RsvgRectangle whole = {0, 0, width * scale, height * scale};
	GError *trouble = NULL;
	const bool good =
		rsvg_handle_render_document(handle, cairo, &whole, &trouble) && cairo_status(cairo) == CAIRO_STATUS_SUCCESS;

	if (!good)
		(void)refuse(
			reader, pr_arena_format(reader->arena, "cannot be drawn (%s)", trouble ? trouble->message : "cairo"));
	g_clear_error(&trouble);
	cairo_surface_flush(target);
	take_pixels(picture, target, reader->arena);
	cairo_destroy(cairo);
	cairo_surface_destroy(target);
	return good;
}

/* Its proportions are those of its viewBox, or else of its width and height in pixels. */
static bool measure_svg(RsvgHandle *handle, double *width, double *height)
{
	gboolean has_width, has_height, has_box;
	RsvgLength w, h;
	RsvgRectangle box;

	rsvg_handle_get_intrinsic_dimensions(handle, &has_width, &w, &has_height, &h, &has_box, &box);
	if (has_box) {
		*width = box.width;
		*height = box.height;
		return box.width > 0 && box.height > 0;
	}
	return rsvg_handle_get_intrinsic_size_in_pixels(handle, width, height) && *width > 0 && *height > 0;
}

static bool read_svg(struct reader *reader, struct pr_picture *picture, double most_width_pt, double most_height_pt)
{
	GError *trouble = NULL;
	RsvgHandle *handle = rsvg_handle_new_from_data((const guint8 *)reader->bytes, reader->count, &trouble);
	double width = 0, height = 0;
	bool good = false;

	if (!handle)
		(void)refuse(reader, pr_arena_format(reader->arena, "is no SVG drawing that can be read (%s)",
								 trouble ? trouble->message : "empty"));
	else if (!measure_svg(handle, &width, &height))
		(void)refuse(reader, "has neither a viewBox nor a width and height");
	else {
		fit(picture, width, height, most_width_pt, most_height_pt);
		good = paint_svg(reader, picture, handle, width, height);
	}
	g_clear_error(&trouble);
	if (handle)
		g_object_unref(handle);
	return good;
}

bool pr_picture_read(struct pr_picture *picture, const char *path, double most_width_pt, double most_height_pt,
	struct pr_arena *arena, struct pr_error *error)
{
	struct reader reader = {.path = path, .arena = arena, .error = error};
	const char *ending = strrchr(path, '.');
	char *bytes;

	*picture = (struct pr_picture){.path = path};
	if (!pr_file_read(path, FILE_BYTES_MAX, arena, &bytes, &reader.count, error)) {
		error->code = PR_CODE_CONFIG;
		return false;
	}
	reader.bytes = bytes;
	if (pr_text_equal(ending, ".png"))
		return read_png(&reader, picture, most_width_pt, most_height_pt);
	if (pr_text_equal(ending, ".svg"))
		return read_svg(&reader, picture, most_width_pt, most_height_pt);
	return refuse(&reader, "has another ending");
}
