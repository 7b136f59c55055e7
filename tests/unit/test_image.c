#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>
#include <zlib.h>

#include "output/image.h"
#include "painted.h"

struct fixture {
	struct pr_arena arena;
	struct pr_error error;
	struct pr_typefaces *faces;
	struct pr_drawing drawing;
	char *bytes;
	size_t count;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	if (fixture == NULL)
		return -1;
	pr_arena_init(&fixture->arena);
	if (!painted_open_faces(&fixture->faces, NULL, &fixture->error)) {
		print_error("%s\n", fixture->error.text);
		return -1;
	}
	pr_drawing_init(&fixture->drawing, 20, 10, &fixture->arena);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	pr_typefaces_free(fixture->faces);
	pr_arena_release(&fixture->arena);
	free(fixture);
	return 0;
}

static void paint(struct fixture *fixture, enum pr_image_format format, double scale)
{
	if (!pr_image_paint(&fixture->drawing, fixture->faces, format, scale, &fixture->arena, &fixture->bytes,
			&fixture->count, &fixture->error))
		fail_msg("%s", fixture->error.text);
}

static size_t read_u32(const char *at)
{
	const unsigned char *bytes = (const unsigned char *)at;

	return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

/* The rows of a small PNG whose pixel data lies in one IDAT, each row with its filter byte in front. */
static void unpack_rows(struct fixture *fixture, unsigned char *rows, size_t size)
{
	uLongf unpacked = size;

	for (size_t at = 8; at + 12 <= fixture->count; at += read_u32(fixture->bytes + at) + 12) {
		if (memcmp(fixture->bytes + at + 4, "IDAT", 4) != 0)
			continue;
		assert_int_equal(
			uncompress(rows, &unpacked, (const unsigned char *)fixture->bytes + at + 8, read_u32(fixture->bytes + at)),
			Z_OK);
		assert_int_equal(unpacked, size);
		return;
	}
	fail_msg("no IDAT");
}

static void paints_an_opaque_picture_of_the_scaled_size(void **state)
{
	struct fixture *fixture = *state;

	paint(fixture, PR_IMAGE_PNG, 2);
	assert_memory_equal(fixture->bytes, "\x89PNG\r\n\x1a\n", 8);
	assert_memory_equal(fixture->bytes + 12, "IHDR", 4);
	assert_int_equal(read_u32(fixture->bytes + 16), 40);
	assert_int_equal(read_u32(fixture->bytes + 20), 20);
	assert_int_equal(fixture->bytes[24], 8); /* bits */
	assert_int_equal(fixture->bytes[25], 2); /* RGB without alpha */
}

static void paints_shapes_where_they_stand(void **state)
{
	struct fixture *fixture = *state;
	unsigned char rows[10][1 + 20 * 3] = {{0}};
	struct pr_paint half = pr_paint_fill((struct pr_colour){0, 0, 0});

	half.alpha = 0.5;
	pr_draw_rect(&fixture->drawing, (struct pr_rect){4, 2, 3, 1}, pr_paint_fill((struct pr_colour){255, 0, 0}));
	pr_draw_clip(&fixture->drawing, (struct pr_rect){0, 0, 2, 10});
	pr_draw_rect(&fixture->drawing, (struct pr_rect){0, 5, 20, 1}, half);
	pr_draw_unclip(&fixture->drawing);
	paint(fixture, PR_IMAGE_PNG, 1);
	unpack_rows(fixture, &rows[0][0], sizeof rows);
	for (size_t y = 0; y < 10; y++)
		assert_in_range(rows[y][0], 0, 4);
	/* Undo the filters (PNG, section 9). */
	for (size_t y = 0; y < 10; y++)
		for (size_t x = 0; x < 60; x++) {
			const int left = x >= 3 ? rows[y][x - 2] : 0, up = y > 0 ? rows[y - 1][x + 1] : 0;
			const int corner = x >= 3 && y > 0 ? rows[y - 1][x - 2] : 0, guess = left + up - corner;
			const int a = abs(guess - left), b = abs(guess - up), c = abs(guess - corner);
			const int nearest = a <= b && a <= c ? left : b <= c ? up : corner;
			const int add[] = {0, left, up, (left + up) / 2, nearest};

			rows[y][x + 1] = (unsigned char)(rows[y][x + 1] + add[rows[y][0]]);
		}
	assert_memory_equal(&rows[2][1 + 3 * 3], "\xff\xff\xff\xff\x00\x00\xff\x00\x00\xff\x00\x00\xff\xff\xff", 15);
	assert_memory_equal(&rows[1][1 + 3 * 4], "\xff\xff\xff", 3);
	assert_in_range(rows[5][1 + 3 * 1], 126, 129);
	assert_int_equal(rows[5][1 + 3 * 2], 255);
}

static void paints_the_same_bytes_twice_in_a_process(void **state)
{
	struct fixture *fixture = *state;
	const struct pr_style style = {PR_BOLD, 8, {0, 0, 0}};
	char *first;
	size_t count;

	assert_true(
		pr_draw_text(&fixture->drawing, fixture->faces, "电1", style, 1, 9, PR_ALIGN_LEFT, NULL, &fixture->error));
	for (int format = PR_IMAGE_PNG; format <= PR_IMAGE_SVG; format++) {
		paint(fixture, (enum pr_image_format)format, 1);
		first = fixture->bytes;
		count = fixture->count;
		paint(fixture, (enum pr_image_format)format, 1);
		assert_int_equal(count, fixture->count);
		assert_memory_equal(first, fixture->bytes, count);
	}
	assert_non_null(strstr(fixture->bytes, "viewBox=\"0 0 20 10\""));
	assert_null(strstr(fixture->bytes, "surface"));
	assert_non_null(strstr(fixture->bytes, "<use xlink:href=\"#glyph"));
}

/* cairo sets the size of the faces that layout measures with. */
static void leaves_the_faces_as_they_were(void **state)
{
	static const char text[] = "（变压器）W1,234.50 kWh";
	const struct pr_style style = {PR_REGULAR, 9, {0, 0, 0}};
	struct fixture *fixture = *state;
	struct pr_typefaces *fresh = NULL;

	assert_true(
		pr_draw_text(&fixture->drawing, fixture->faces, "x", style, 1, 9, PR_ALIGN_LEFT, NULL, &fixture->error));
	paint(fixture, PR_IMAGE_PNG, 3);
	paint(fixture, PR_IMAGE_SVG, 1);
	assert_true(painted_open_faces(&fresh, NULL, &fixture->error));
	assert_true(pr_type_width(fresh, style, text) > 90 &&
				pr_type_width(fresh, style, text) == pr_type_width(fixture->faces, style, text));
	pr_typefaces_free(fresh);
}

static void refuses_what_is_no_number(void **state)
{
	struct fixture *fixture = *state;

	pr_draw_rect(&fixture->drawing, (struct pr_rect){0, 0, 5, 5}, pr_paint_fill((struct pr_colour){0, 0, 0}));
	fixture->drawing.ops[0].segments[1].y = INFINITY; /* behind the builder's back */
	assert_false(pr_image_paint(&fixture->drawing, fixture->faces, PR_IMAGE_PNG, 1, &fixture->arena, &fixture->bytes,
		&fixture->count, &fixture->error));
	assert_int_equal(fixture->error.code, PR_CODE_INTERNAL);
	assert_string_equal(fixture->error.text, "picture: a coordinate is not a finite number");
}

static void refuses_sizes_that_are_out_of_bounds(void **state)
{
	static const double scales[] = {0, -1, 1000, NAN};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++) {
		pr_error_clear(&fixture->error);
		assert_false(pr_image_paint(&fixture->drawing, fixture->faces, PR_IMAGE_PNG, scales[i], &fixture->arena,
			&fixture->bytes, &fixture->count, &fixture->error));
		assert_int_equal(fixture->error.code, PR_CODE_INTERNAL);
	}
}

static void refuses_a_character_that_the_face_lacks(void **state)
{
	struct fixture *fixture = *state;
	struct pr_text_run run = {"\xf4\x8f\xbf\xbd", 0, 0, 10, {PR_REGULAR, 10, {0, 0, 0}}, NULL, NULL}; /* U+10FFFD */
	const struct pr_text_line line = {&run, 1, 10};

	pr_draw_set_line(&fixture->drawing, &line, 0, 10, PR_ALIGN_LEFT, 0);
	assert_false(pr_image_paint(&fixture->drawing, fixture->faces, PR_IMAGE_SVG, 1, &fixture->arena, &fixture->bytes,
		&fixture->count, &fixture->error));
	assert_int_equal(fixture->error.code, PR_CODE_FONT);
	assert_non_null(strstr(fixture->error.text, "lacks U+10FFFD"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a PNG is opaque and has the scaled size", paints_an_opaque_picture_of_the_scaled_size, set_up, tear_down,
			NULL},
		{"shapes, clips and transparency fall on the right pixels", paints_shapes_where_they_stand, set_up, tear_down,
			NULL},
		{"the same drawing makes the same bytes, however often", paints_the_same_bytes_twice_in_a_process, set_up,
			tear_down, NULL},
		{"painting leaves the faces' measures alone", leaves_the_faces_as_they_were, set_up, tear_down, NULL},
		{"a coordinate that is no number is refused", refuses_what_is_no_number, set_up, tear_down, NULL},
		{"a size that is nothing or too much is refused", refuses_sizes_that_are_out_of_bounds, set_up, tear_down,
			NULL},
		{"a character that the face lacks is refused by name", refuses_a_character_that_the_face_lacks, set_up,
			tear_down, NULL},
	};

	return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
