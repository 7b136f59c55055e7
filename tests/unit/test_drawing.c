/* Drawings: what the builders put into the list. Places are worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "draw/drawing.h"

static struct pr_arena arena;
static const struct pr_colour black = {0, 0, 0};

#define assert_near(a, b) assert_true(fabs((a) - (b)) < 1e-9)

static int start(void **state)
{
	(void)state;
	pr_arena_init(&arena);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	pr_arena_release(&arena);
	return 0;
}

static void test_append(void **state)
{
	(void)state;
	struct pr_drawing part, whole;
	pr_drawing_init(&part, 10, 10, &arena);
	pr_drawing_init(&whole, 100, 100, &arena);
	pr_draw_rect(&part, (struct pr_rect){1, 2, 3, 4}, pr_paint_fill(black));
	pr_draw_link(&part, (struct pr_rect){5, 6, 7, 8}, "there");
	pr_drawing_append(&whole, &part, 10, 20);
	assert_int_equal(whole.count, 2);
	assert_near(whole.ops[0].segments[0].x, 11);
	assert_near(whole.ops[0].segments[2].y, 26);
	assert_near(whole.ops[1].rect.x, 15);
	assert_near(part.ops[0].segments[0].x, 1);
}

static void test_not_finite(void **state)
{
	(void)state;
	struct pr_drawing drawing;
	struct pr_error error = {0};
	pr_drawing_init(&drawing, 10, 10, &arena);
	pr_draw_line(&drawing, 0, 0, 1, 1, pr_paint_stroke(black, 1));
	assert_true(pr_drawing_check(&drawing, &error));
	pr_draw_line(&drawing, 0, NAN, 1, 1, pr_paint_stroke(black, 1));
	assert_false(pr_drawing_check(&drawing, &error));
	assert_int_equal(error.code, PR_CODE_INTERNAL);
	assert_near(drawing.ops[1].segments[0].y, 0);
	struct pr_drawing whole;
	pr_drawing_init(&whole, 10, 10, &arena);
	pr_drawing_append(&whole, &drawing, 0, 0);
	assert_non_null(whole.trouble);
}

static void test_unbalanced(void **state)
{
	(void)state;
	struct pr_drawing drawing;
	struct pr_error error = {0};
	pr_drawing_init(&drawing, 10, 10, &arena);
	pr_draw_box(&drawing, "box", (struct pr_rect){0, 0, 1, 1});
	assert_false(pr_drawing_check(&drawing, &error));
	pr_error_clear(&error);
	pr_draw_unbox(&drawing);
	assert_true(pr_drawing_check(&drawing, &error));
	pr_draw_unclip(&drawing);
	pr_draw_clip(&drawing, (struct pr_rect){0, 0, 1, 1});
	assert_false(pr_drawing_check(&drawing, &error));
	assert_non_null(strstr(error.text, "clip"));
}

/* Every hatch line lies in the rectangle, rises to the right at 45°, and its neighbour is `step` away. */
static void test_hatch(void **state)
{
	(void)state;
	struct pr_drawing drawing;
	pr_drawing_init(&drawing, 100, 100, &arena);
	const struct pr_rect rect = {10, 20, 30, 12};
	pr_draw_hatch(&drawing, rect, 3, black, 0.4);
	assert_int_equal(drawing.count, 1);
	const struct pr_op *op = &drawing.ops[0];
	/* The diagonal's extent is (30 + 12) ÷ √2 = 29.7: nine or ten lines 3 apart. */
	assert_in_range(op->segment_count / 2, 9, 10);
	double before = NAN;
	for (size_t i = 0; i + 1 < op->segment_count; i += 2) {
		const struct pr_segment *a = &op->segments[i], *b = &op->segments[i + 1];
		assert_true(a->x >= 10 - 1e-9 && b->x <= 40 + 1e-9 && b->y >= 20 - 1e-9 && a->y <= 32 + 1e-9);
		assert_near(b->x - a->x, a->y - b->y);
		double sum = a->x + a->y;
		if (i > 0)
			assert_near((sum - before) / sqrt(2), 3);
		before = sum;
	}
	pr_draw_hatch(&drawing, (struct pr_rect){0, 0, 0, 5}, 3, black, 0.4);
	assert_int_equal(drawing.count, 1);
}

static void test_sector(void **state)
{
	(void)state;
	struct pr_drawing drawing;
	pr_drawing_init(&drawing, 100, 100, &arena);
	/* From 12 to 3 o'clock: from (50, 40) to (60, 50). */
	pr_draw_sector(&drawing, 50, 50, 10, 0, 0.25, pr_paint_fill(black));
	const struct pr_op *op = &drawing.ops[0];
	assert_int_equal(op->segment_count, 4);
	assert_near(op->segments[1].x, 50);
	assert_near(op->segments[1].y, 40);
	assert_near(op->segments[2].x, 60);
	assert_near(op->segments[2].y, 50);
	/* The curve's middle lies on the circle to a thousandth. */
	const struct pr_segment *c = &op->segments[2];
	double x = (50 + 3 * c->x1 + 3 * c->x2 + c->x) / 8, y = (40 + 3 * c->y1 + 3 * c->y2 + c->y) / 8;
	assert_true(fabs(hypot(x - 50, y - 50) - 10) < 0.01);
	pr_draw_sector(&drawing, 50, 50, 10, 0, 1, pr_paint_fill(black));
	assert_int_equal(drawing.ops[1].segment_count, 6); /* a whole circle */
}

static void test_align(void **state)
{
	(void)state;
	struct pr_drawing drawing;
	pr_drawing_init(&drawing, 100, 100, &arena);
	struct pr_text_run run = {.text = "x", .width_pt = 8};
	const struct pr_text_line line = {.runs = &run, .count = 1, .width_pt = 8};
	pr_draw_set_line(&drawing, &line, 50, 10, PR_ALIGN_LEFT, 0);
	pr_draw_set_line(&drawing, &line, 50, 10, PR_ALIGN_CENTRE, 0);
	pr_draw_set_line(&drawing, &line, 50, 10, PR_ALIGN_RIGHT, 2.4);
	assert_near(drawing.ops[0].x, 50);
	assert_near(drawing.ops[1].x, 46);
	assert_near(drawing.ops[2].x, 42);
	assert_near(drawing.ops[2].halo, 2.4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"an appended part is moved and itself left alone", test_append, start, stop, NULL},
		{"a coordinate that is not finite is recorded, also through append", test_not_finite, start, stop, NULL},
		{"clips and boxes must be balanced", test_unbalanced, start, stop, NULL},
		{"hatching is cut to its rectangle", test_hatch, start, stop, NULL},
		{"a sector begins at 12 o'clock and goes clockwise", test_sector, start, stop, NULL},
		{"lines align at their left, middle and right", test_align, start, stop, NULL},
	};
	return cmocka_run_group_tests_name("drawing", tests, NULL, NULL);
}
