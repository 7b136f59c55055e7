#include "output/pdf_content.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define DEEPEST_CLIP 28        /* of saved graphics states, by the limits of PDF 1.4 */
#define LARGEST_NUMBER 32767.0 /* likewise */
#define PATH_STEP 100.0        /* paths are placed to 1/100 pt = 3.5 µm */
#define TEXT_STEP 1000.0       /* texts and widths to 1/1000 pt */
#define LONGEST_STRING 8000    /* codes in one string: 32,000 of the 65,535 bytes that are allowed */
#define GAP_OF_SIZE 0.05       /* a wider gap between two runs may be read as a space that was not set */

/* What the page's graphics state holds; only what changes is written. */
struct graphics {
	struct pr_colour fill, stroke;
	double width;
	double dash[4];
	int dash_count;
	bool round_join;
	int alpha_permille;
	size_t face; /* SIZE_MAX = none yet */
	double size_pt;
	int text_mode;
};

struct writer {
	const struct pr_drawing *drawing;
	const struct pr_pdf_font *fonts;
	size_t face_count;
	struct pr_pdf_content *content;
	struct pr_buffer out;
	struct graphics now;
	struct graphics saved[DEEPEST_CLIP];
	int depth;
	struct pr_error *error;
};

static bool is_same_colour(struct pr_colour a, struct pr_colour b)
{
	return a.red == b.red && a.green == b.green && a.blue == b.blue;
}

static int64_t in_steps(double value, double step)
{
	return (int64_t)llround(fmax(-LARGEST_NUMBER, fmin(LARGEST_NUMBER, value)) * step);
}

/* "12.5 ": whole steps of 1/100 or 1/1000, no trailing zeros. */
static void put_steps(struct writer *writer, int64_t steps, double step)
{
	char digits[32];
	const int places = step == PATH_STEP ? 2 : 3;
	const int64_t one = (int64_t)step, magnitude = steps < 0 ? -steps : steps;
	int length = snprintf(digits, sizeof digits, "%s%lld", steps < 0 ? "-" : "", (long long)(magnitude / one));

	if (magnitude % one != 0) {
		length +=
			snprintf(digits + length, sizeof digits - (size_t)length, ".%0*lld", places, (long long)(magnitude % one));
		while (digits[length - 1] == '0')
			length--;
	}
	digits[length++] = ' ';
	pr_buffer_add_n(&writer->out, digits, (size_t)length);
}

static void put_number(struct writer *writer, double value, double step)
{
	put_steps(writer, in_steps(value, step), step);
}

static void put_point(struct writer *writer, double x, double y)
{
	put_number(writer, x, PATH_STEP);
	put_number(writer, writer->drawing->height - y, PATH_STEP);
}

static void put_colour(struct writer *writer, struct pr_colour colour, bool stroke)
{
	if (colour.red == colour.green && colour.green == colour.blue) {
		put_number(writer, colour.red / 255.0, TEXT_STEP);
		pr_buffer_add(&writer->out, stroke ? "G\n" : "g\n");
		return;
	}
	put_number(writer, colour.red / 255.0, TEXT_STEP);
	put_number(writer, colour.green / 255.0, TEXT_STEP);
	put_number(writer, colour.blue / 255.0, TEXT_STEP);
	pr_buffer_add(&writer->out, stroke ? "RG\n" : "rg\n");
}

static void use_fill(struct writer *writer, struct pr_colour colour)
{
	if (is_same_colour(writer->now.fill, colour))
		return;
	writer->now.fill = colour;
	put_colour(writer, colour, false);
}

static void use_dash(struct writer *writer, const double *dash, int count)
{
	bool same = writer->now.dash_count == count;

	for (int i = 0; same && i < count; i++)
		same = in_steps(writer->now.dash[i], TEXT_STEP) == in_steps(dash[i], TEXT_STEP);
	if (same)
		return;
	writer->now.dash_count = count;
	pr_buffer_add(&writer->out, "[");
	for (int i = 0; i < count; i++) {
		writer->now.dash[i] = dash[i];
		put_number(writer, dash[i], TEXT_STEP);
	}
	pr_buffer_add(&writer->out, "] 0 d\n");
}

static void use_stroke(struct writer *writer, struct pr_colour colour, double width, bool round_join)
{
	if (!is_same_colour(writer->now.stroke, colour)) {
		writer->now.stroke = colour;
		put_colour(writer, colour, true);
	}
	if (in_steps(writer->now.width, TEXT_STEP) != in_steps(width, TEXT_STEP)) {
		writer->now.width = width;
		put_number(writer, width, TEXT_STEP);
		pr_buffer_add(&writer->out, "w\n");
	}
	if (writer->now.round_join != round_join) {
		writer->now.round_join = round_join;
		pr_buffer_add(&writer->out, round_join ? "1 j\n" : "0 j\n");
	}
}

static void use_alpha(struct writer *writer, double alpha)
{
	const int permille = (int)lround(fmax(0, fmin(1, alpha)) * 1000);

	if (writer->now.alpha_permille == permille)
		return;
	writer->now.alpha_permille = permille;
	writer->content->alphas[permille] = true;
	pr_buffer_format(&writer->out, "/A%d gs\n", permille);
}

/* Whether the path is an upright rectangle: four corners and a close, or its fifth point on the first. */
static bool find_rectangle(const struct pr_op *op, struct pr_rect *rect)
{
	const struct pr_segment *s = op->segments;

	if (op->segment_count != 5 || s[0].kind != PR_MOVE || s[4].kind != PR_CLOSE)
		return false;
	for (int i = 1; i < 4; i++)
		if (s[i].kind != PR_LINE)
			return false;
	const bool across = s[0].y == s[1].y && s[1].x == s[2].x && s[2].y == s[3].y && s[3].x == s[0].x;
	const bool down = s[0].x == s[1].x && s[1].y == s[2].y && s[2].x == s[3].x && s[3].y == s[0].y;

	*rect = (struct pr_rect){s[0].x, s[0].y, s[2].x - s[0].x, s[2].y - s[0].y};
	return across || down;
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

static void put_rectangle(struct writer *writer, struct pr_rect rect)
{
	/* Corners are rounded, not sizes, so that neighbours still share an edge. */
	const int64_t left = in_steps(rect.x, PATH_STEP), right = in_steps(rect.x + rect.width, PATH_STEP);
	const int64_t top = in_steps(writer->drawing->height - rect.y, PATH_STEP);
	const int64_t bottom = in_steps(writer->drawing->height - rect.y - rect.height, PATH_STEP);

	put_steps(writer, left, PATH_STEP);
	put_steps(writer, bottom, PATH_STEP);
	put_steps(writer, right - left, PATH_STEP);
	put_steps(writer, top - bottom, PATH_STEP);
	pr_buffer_add(&writer->out, "re\n");
}

static bool trace(struct writer *writer, const struct pr_op *op)
{
	static const char *const operators[] = {
		[PR_MOVE] = "m\n", [PR_LINE] = "l\n", [PR_CURVE] = "c\n", [PR_CLOSE] = "h\n"};
	struct pr_rect rect;

	for (size_t i = 0; i < op->segment_count; i++)
		if (!is_finite_segment(&op->segments[i]))
			return pr_error_set(writer->error, PR_CODE_INTERNAL, "PDF: a coordinate is not a finite number");
	if (find_rectangle(op, &rect)) {
		put_rectangle(writer, rect);
		return true;
	}
	for (size_t i = 0; i < op->segment_count; i++) {
		const struct pr_segment *segment = &op->segments[i];

		if (segment->kind == PR_CURVE) {
			put_point(writer, segment->x1, segment->y1);
			put_point(writer, segment->x2, segment->y2);
		}
		if (segment->kind != PR_CLOSE)
			put_point(writer, segment->x, segment->y);
		pr_buffer_add(&writer->out, operators[segment->kind]);
	}
	return true;
}

static bool write_path(struct writer *writer, const struct pr_op *op)
{
	const struct pr_paint *paint = &op->paint;

	if (!isfinite(paint->alpha) || !isfinite(paint->stroke_width))
		return pr_error_set(writer->error, PR_CODE_INTERNAL, "PDF: a paint is not a finite number");
	if (op->segment_count == 0 || !(paint->fill || paint->stroke))
		return true;
	use_alpha(writer, paint->alpha);
	if (paint->fill)
		use_fill(writer, paint->fill_colour);
	if (paint->stroke) {
		use_stroke(writer, paint->stroke_colour, paint->stroke_width, paint->round_join);
		use_dash(writer, paint->dash, paint->dash_count);
	}
	if (!trace(writer, op))
		return false;
	pr_buffer_add(&writer->out, paint->fill && paint->stroke ? "B\n" : paint->fill ? "f\n" : "S\n");
	return true;
}

static bool show_run(struct writer *writer, const struct pr_text_run *run)
{
	const char *at = run->text;
	size_t shown = 0;
	uint32_t code;

	if (writer->now.face != run->face || writer->now.size_pt != run->style.size_pt) {
		writer->now.face = run->face;
		writer->now.size_pt = run->style.size_pt;
		writer->content->faces[run->face] = true;
		pr_buffer_format(&writer->out, "/F%zu ", run->face);
		put_number(writer, run->style.size_pt, TEXT_STEP);
		pr_buffer_add(&writer->out, "Tf\n");
	}
	pr_buffer_add(&writer->out, "<");
	while ((code = pr_utf8_next(&at)) != 0) {
		const unsigned number = pr_pdf_font_code(&writer->fonts[run->face], code);

		if (number == 0)
			return pr_error_set(writer->error, PR_CODE_FONT, "PDF: face %zu has no code for U+%04X of '%s'", run->face,
				(unsigned)code, run->text);
		if (++shown % LONGEST_STRING == 0)
			pr_buffer_add(&writer->out, "> Tj\n<");
		pr_buffer_format(&writer->out, "%04X", number);
	}
	pr_buffer_add(&writer->out, "> Tj\n");
	return true;
}

static bool check_run(struct writer *writer, const struct pr_text_run *run)
{
	if (run->face >= writer->face_count)
		return pr_error_set(writer->error, PR_CODE_INTERNAL, "PDF: a text names face %zu, expected less than %zu",
			run->face, writer->face_count);
	if (!isfinite(run->x_pt) || !isfinite(run->style.size_pt))
		return pr_error_set(
			writer->error, PR_CODE_INTERNAL, "PDF: the place of '%s' is not a finite number", run->text);
	return true;
}

/* All runs of a line between BT and ET, each placed from the one before it. */
static bool show_line(struct writer *writer, const struct pr_op *op, bool as_halo)
{
	const int64_t y = in_steps(writer->drawing->height - op->y, TEXT_STEP);
	const int mode = as_halo ? 1 : 0;
	int64_t from_x = 0, from_y = 0;

	pr_buffer_add(&writer->out, "BT\n");
	if (writer->now.text_mode != mode) {
		writer->now.text_mode = mode;
		pr_buffer_format(&writer->out, "%d Tr\n", mode);
	}
	for (size_t i = 0; i < op->line.count; i++) {
		const struct pr_text_run *run = &op->line.runs[i];
		const int64_t x = in_steps(op->x + run->x_pt, TEXT_STEP);

		if (!as_halo)
			use_fill(writer, run->style.colour);
		put_steps(writer, x - from_x, TEXT_STEP);
		put_steps(writer, y - from_y, TEXT_STEP);
		pr_buffer_add(&writer->out, "Td\n");
		if (!show_run(writer, run))
			return false;
		from_x = x;
		from_y = y;
	}
	pr_buffer_add(&writer->out, "ET\n");
	return true;
}

/* The quarter em between Han and Latin is no character: readers that make a space of every gap are told the text. */
static bool has_gap(const struct pr_text_line *line)
{
	for (size_t i = 1; i < line->count; i++) {
		const struct pr_text_run *before = &line->runs[i - 1], *run = &line->runs[i];

		if (run->x_pt - before->x_pt - before->width_pt > GAP_OF_SIZE * run->style.size_pt)
			return true;
	}
	return false;
}

static bool write_halo(struct writer *writer, const struct pr_op *op)
{
	/* An outline only: marked as standing for no text, so that nobody reads it twice. */
	pr_buffer_add(&writer->out, "/Span <</ActualText ()>> BDC\n");
	use_stroke(writer, (struct pr_colour){255, 255, 255}, op->halo, true);
	use_dash(writer, NULL, 0);
	if (!show_line(writer, op, true))
		return false;
	pr_buffer_add(&writer->out, "EMC\n");
	return true;
}

static bool write_text(struct writer *writer, const struct pr_op *op)
{
	const bool told = has_gap(&op->line);

	if (!isfinite(op->x) || !isfinite(op->y) || !isfinite(op->halo))
		return pr_error_set(writer->error, PR_CODE_INTERNAL, "PDF: a text's place is not a finite number");
	for (size_t i = 0; i < op->line.count; i++)
		if (!check_run(writer, &op->line.runs[i]))
			return false;
	if (op->line.count == 0)
		return true;
	use_alpha(writer, 1);
	if (op->halo > 0 && !write_halo(writer, op))
		return false;
	if (told) {
		pr_buffer_add(&writer->out, "/Span <</ActualText <FEFF");
		for (size_t i = 0; i < op->line.count; i++)
			pr_pdf_add_utf16(&writer->out, op->line.runs[i].text);
		pr_buffer_add(&writer->out, ">>> BDC\n");
	}
	if (!show_line(writer, op, false))
		return false;
	if (told)
		pr_buffer_add(&writer->out, "EMC\n");
	return true;
}

static bool write_clip(struct writer *writer, const struct pr_op *op)
{
	if (writer->depth == DEEPEST_CLIP)
		return pr_error_set(writer->error, PR_CODE_INTERNAL, "PDF: clips are nested deeper than %d", DEEPEST_CLIP);
	writer->saved[writer->depth++] = writer->now;
	pr_buffer_add(&writer->out, "q\n");
	if (!trace(writer, op))
		return false;
	pr_buffer_add(&writer->out, "W n\n");
	return true;
}

static bool write_unclip(struct writer *writer)
{
	if (writer->depth == 0)
		return pr_error_set(writer->error, PR_CODE_INTERNAL, "PDF: a clip ends that never began");
	writer->now = writer->saved[--writer->depth];
	pr_buffer_add(&writer->out, "Q\n");
	return true;
}

/* The unit square of an image, stretched over its rectangle. */
static bool write_picture(struct writer *writer, const struct pr_op *op)
{
	struct pr_pdf_content *content = writer->content;
	struct pr_arena *arena = writer->drawing->arena;

	use_alpha(writer, 1);
	pr_buffer_add(&writer->out, "q\n");
	put_number(writer, op->rect.width, PATH_STEP);
	pr_buffer_add(&writer->out, "0 0 ");
	put_number(writer, op->rect.height, PATH_STEP);
	put_point(writer, op->rect.x, op->rect.y + op->rect.height);
	pr_buffer_format(&writer->out, "cm\n/P%zu Do\nQ\n", content->picture_count);
	*PR_PUSH(arena, content->pictures, content->picture_count, content->picture_capacity) = op->picture;
	return true;
}

static bool write_op(struct writer *writer, const struct pr_op *op)
{
	switch (op->kind) {
	case PR_OP_PATH:
		return write_path(writer, op);
	case PR_OP_TEXT:
		return write_text(writer, op);
	case PR_OP_PICTURE:
		return write_picture(writer, op);
	case PR_OP_CLIP:
		return write_clip(writer, op);
	case PR_OP_UNCLIP:
		return write_unclip(writer);
	case PR_OP_BOX:
	case PR_OP_UNBOX:
	case PR_OP_LINK:
	case PR_OP_ANCHOR:
		return true;
	}
	return pr_error_set(writer->error, PR_CODE_INTERNAL, "PDF: unknown operation %d", (int)op->kind);
}

bool pr_pdf_content_write(const struct pr_drawing *drawing, const struct pr_pdf_font *fonts, size_t face_count,
	struct pr_arena *arena, struct pr_pdf_content *content, struct pr_error *error)
{
	struct writer writer = {.drawing = drawing,
		.fonts = fonts,
		.face_count = face_count,
		.content = content,
		.now = {.width = 1, .alpha_permille = 1000, .face = SIZE_MAX}, /* how every page begins */
		.error = error};

	if (!pr_drawing_check(drawing, error))
		return false;
	memset(content, 0, sizeof *content);
	content->faces = pr_arena_array(arena, face_count + 1, sizeof *content->faces);
	pr_buffer_init(&writer.out, arena);
	for (size_t i = 0; i < drawing->count; i++)
		if (!write_op(&writer, &drawing->ops[i]))
			return false;
	content->bytes = writer.out.text;
	content->count = writer.out.length;
	return true;
}
