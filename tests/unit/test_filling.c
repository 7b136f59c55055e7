#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "document/flow.h"

/* Pages hold 714 points: 784 − 70. A head that begins a page has its first block 91 − 70 = 21 and its own height lower. */

static struct pr_arena arena;
static struct pr_fill_part *parts;
static size_t part_count, misfit;

static int set_up(void **state)
{
	(void)state;
	pr_arena_init(&arena);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pr_arena_release(&arena);
	return 0;
}

static void fill(const struct pr_fill_item *items, size_t count)
{
	assert_true(pr_filling_find(items, count, &arena, &parts, &part_count, &misfit));
}

static size_t page_of(size_t item)
{
	size_t page = 0;

	for (size_t i = 0; i < part_count; i++) {
		page += parts[i].new_page;
		if (parts[i].item == item)
			return page;
	}
	fail_msg("item %zu is not placed", item);
	return 0;
}

static struct pr_flow table_of(size_t rows, double height)
{
	struct pr_flow flow = {.name = "table", .head_height = 32, .repeat_height = 14, .breaks = true};

	for (size_t i = 0; i < rows; i++)
		*PR_PUSH(&arena, flow.pieces, flow.piece_count, flow.piece_capacity) = (struct pr_piece){.height = height};
	return flow;
}

static void a_head_is_never_alone(void **state)
{
	/* 21 + 21 + 560 leave 100 points: room for the second head, not for its block. */
	const struct pr_fill_item items[] = {{.is_head = true, .height = 21, .chapter_end = 2}, {.height = 560},
		{.is_head = true, .height = 21, .chapter_end = 4}, {.height = 300}};

	(void)state;
	fill(items, 4);
	assert_int_equal(page_of(1), 1);
	assert_int_equal(page_of(2), 2);
	assert_int_equal(page_of(3), 2);
}

static void a_chapter_goes_on_where_it_fits(void **state)
{
	struct pr_fill_item items[] = {{.is_head = true, .height = 21, .chapter_end = 2}, {.height = 100},
		{.is_head = true, .height = 21, .chapter_end = 4}, {.height = 100}};

	(void)state;
	fill(items, 4);
	assert_int_equal(page_of(2), 1);
	/* One that begins a page does, where the page before it is full enough: here it is not. */
	items[2].start = PR_FILL_PAGE;
	fill(items, 4);
	assert_int_equal(page_of(2), 1);
	items[1].height = 500;
	items[3].height = 104;
	fill(items, 4);
	assert_int_equal(page_of(2), 2);
}

static void charts_close_a_page(void **state)
{
	/* 42 + 600 + 15 + 70 = 727: 13 too many, so the chart gives two steps of 7; alone it takes what is left. */
	struct pr_fill_item items[] = {{.is_head = true, .height = 21, .chapter_end = 3},
		{.height = 600, .lower = 56, .higher = 140}, {.height = 70}, {.height = 700}};

	(void)state;
	fill(items, 4);
	assert_int_equal(page_of(2), 1);
	assert_float_equal(parts[1].change, -14, 1e-9);
	items[2].height = 14;
	fill(items, 4);
	/* 70 + 42 + 600 = 712, the next rule at 728 (104 × 7), its end 742: six steps to 784. */
	assert_float_equal(parts[1].change, 42, 1e-9);
}

static void three_rows_stand_on_either_side(void **state)
{
	struct pr_flow flow = table_of(40, 20);
	/* The first block leaves room for the head, the heads and two rows only. */
	const struct pr_fill_item items[] = {{.height = 590}, {.height = 846, .parts = &flow}, {.height = 500}};

	(void)state;
	fill(items, 3);
	assert_int_equal(page_of(1), 2);
	for (size_t i = 0; i < part_count; i++)
		if (parts[i].item == 1)
			assert_true(parts[i].count >= 3);
	/* (714 − 46) ÷ 20: 33 rows at most; 40 − 33 = 7 stand on the next page. */
	assert_int_equal(parts[1].count, 33);
	assert_int_equal(parts[2].count, 7);
	assert_int_equal(parts[2].from, 33);
}

static void what_fits_nowhere_is_named(void **state)
{
	const struct pr_fill_item items[] = {{.height = 100}, {.height = 720, .lower = 0}};

	(void)state;
	assert_false(pr_filling_find(items, 2, &arena, &parts, &part_count, &misfit));
}

#define TEST(text, function)                    \
	{                                           \
		text, function, set_up, tear_down, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a chapter's head is never alone at a foot", a_head_is_never_alone),
		TEST("a chapter goes on where its first block fits", a_chapter_goes_on_where_it_fits),
		TEST("charts give and take so that a page closes", charts_close_a_page),
		TEST("three rows of a table stand on either side of a break", three_rows_stand_on_either_side),
		TEST("what fits on no page is refused", what_fits_nowhere_is_named),
	};

	return cmocka_run_group_tests_name("filling", tests, NULL, NULL);
}
