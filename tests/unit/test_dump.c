#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "document/document.h"

static struct pr_arena arena;

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

static struct pr_text_run run(const char *text, double x_pt, double width_pt, enum pr_weight weight)
{
	return (struct pr_text_run){.text = text,
		.face = weight == PR_BOLD ? 1 : 0,
		.x_pt = x_pt,
		.width_pt = width_pt,
		.style = {.weight = weight, .size_pt = 8.5, .colour = {0x14, 0x19, 0x1D}}};
}

static void everything_has_its_line(void **state)
{
	static const char expected[] = "document \"用电\"\n"
								   "page 1 595.28 841.89\n"
								   "anchor 70.00 \"chapter 1\"\n"
								   "box 56.00 154.00 496.00 210.12 \"table bill\"\n"
								   "  text 56.00 168.00 20.00 8.50 bold #14191D face 1 \"合计\"\n"
								   "  text 500.50 168.00 51.50 8.50 regular #14191D face 0 = projects/10/bill.total "
								   "\"13,046,526.05\"\n"
								   "  box 0.00 0.00 1.00 1.00 \"inner\"\n"
								   "    text 0.00 1.00 2.00 8.50 regular #14191D face 0 halo 2.40 "
								   "\"a \\\"quote\\\" \\\\ \\n\"\n"
								   "  unbox\n"
								   "unbox\n"
								   "link 56.00 100.00 496.00 14.00 \"chapter 1\"\n"
								   "page 2 595.28 841.89\n"
								   "outline 1 page 2 70.00 \"一 用电\"\n";
	struct pr_page pages[2];
	struct pr_outline_entry outline = {.title = "一 用电", .level = 1, .page = 1, .y = 70};
	struct pr_document document = {
		.title = "用电", .pages = pages, .page_count = 2, .outline = &outline, .outline_count = 1};
	struct pr_text_run runs[2] = {run("合计", 0, 20, PR_BOLD), run("13,046,526.05", 444.5, 51.5, PR_REGULAR)},
					   quoted = run("a \"quote\" \\ \n", 0, 2, PR_REGULAR);
	struct pr_text_line line = {.runs = runs, .count = 2, .width_pt = 496},
						inner = {.runs = &quoted, .count = 1, .width_pt = 2};
	const char *text;

	(void)state;
	runs[1].finding = "projects/10/bill.total";
	for (size_t i = 0; i < 2; i++)
		pr_drawing_init(&pages[i].drawing, 595.28, 841.89, &arena);
	pr_draw_anchor(&pages[0].drawing, "chapter 1", 70);
	pr_draw_box(&pages[0].drawing, "table bill", (struct pr_rect){56, 154, 496, 210.123});
	pr_draw_rect(&pages[0].drawing, (struct pr_rect){0, 0, 5, 5}, pr_paint_fill((struct pr_colour){1, 2, 3}));
	pr_draw_set_line(&pages[0].drawing, &line, 56, 168, PR_ALIGN_LEFT, 0);
	pr_draw_box(&pages[0].drawing, "inner", (struct pr_rect){-0.001, 0, 1, 1});
	pr_draw_set_line(&pages[0].drawing, &inner, 0, 1, PR_ALIGN_LEFT, 2.4);
	pr_draw_unbox(&pages[0].drawing);
	pr_draw_unbox(&pages[0].drawing);
	pr_draw_link(&pages[0].drawing, (struct pr_rect){56, 100, 496, 14}, "chapter 1");
	pr_document_dump(&document, &arena, &text);
	assert_string_equal(text, expected);
}

static void nothing_gives_a_head(void **state)
{
	struct pr_document document = {0};
	const char *text;

	(void)state;
	pr_document_dump(&document, &arena, &text);
	assert_string_equal(text, "document \"\"\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"every box, text, link and anchor has its line", everything_has_its_line, set_up, tear_down, NULL},
		{"a document without pages is its head", nothing_gives_a_head, set_up, tear_down, NULL},
	};

	return cmocka_run_group_tests_name("dump", tests, NULL, NULL);
}
