#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "output/pdf.h"
#include "output/pdf_content.h"
#include "painted.h"

static const struct pr_colour black = {0, 0, 0}, red = {255, 0, 0};

struct fixture {
	struct pr_arena arena;
	struct pr_error error;
	struct pr_typefaces *faces;
	struct pr_document document;
	struct pr_drawing drawing; /* 100 x 100 */
	struct pr_pdf_font fonts[2];
	uint32_t codes[3];
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	if (fixture == NULL)
		return -1;
	pr_arena_init(&fixture->arena);
	pr_drawing_init(&fixture->drawing, 100, 100, &fixture->arena);
	fixture->codes[0] = 'A';
	fixture->codes[1] = 0x7535;
	fixture->codes[2] = 0x20087;
	fixture->fonts[0].codes = fixture->codes;
	fixture->fonts[0].count = 3;
	fixture->fonts[1] = fixture->fonts[0];
	*state = fixture;
	return 0;
}

static int set_up_document(void **state)
{
	struct fixture *fixture;

	if (set_up(state) != 0)
		return -1;
	fixture = *state;
	if (!painted_open_faces(&fixture->faces, NULL, &fixture->error) ||
		!painted_document(&fixture->document, fixture->faces, &fixture->arena, &fixture->error)) {
		print_error("%s\n", fixture->error.text);
		return -1;
	}
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

static void assert_content(struct fixture *fixture, const char *expected)
{
	struct pr_pdf_content content;

	if (!pr_pdf_content_write(&fixture->drawing, fixture->fonts, 2, &fixture->arena, &content, &fixture->error))
		fail_msg("%s", fixture->error.text);
	assert_string_equal(content.bytes, expected);
	assert_int_equal(content.count, strlen(expected));
}

static void refuses(struct fixture *fixture, enum pr_code code, const char *text)
{
	struct pr_pdf_content content;

	assert_false(
		pr_pdf_content_write(&fixture->drawing, fixture->fonts, 2, &fixture->arena, &content, &fixture->error));
	assert_int_equal(fixture->error.code, code);
	assert_string_equal(fixture->error.text, text);
}

static void writes_rectangles_with_y_upwards(void **state)
{
	struct fixture *fixture = *state;

	/* From y 20 to 50 downwards is from 50 to 80 upwards on a page of 100. */
	pr_draw_rect(&fixture->drawing, (struct pr_rect){10, 20, 40, 30}, pr_paint_fill(red));
	assert_content(fixture, "1 0 0 rg\n10 50 40 30 re\nf\n");
}

static void rounds_paths_to_hundredths(void **state)
{
	struct fixture *fixture = *state;

	pr_draw_line(&fixture->drawing, 1.0 / 3, 0, -0.004, 99.999, pr_paint_stroke(black, 0.5));
	assert_content(fixture, "0.5 w\n0.33 100 m\n0 0 l\nS\n");
}

static void writes_states_only_when_they_change(void **state)
{
	struct fixture *fixture = *state;
	struct pr_paint paint = pr_paint_stroke(red, 2);

	paint.dash[0] = 3;
	paint.dash[1] = 1.5;
	paint.dash_count = 2;
	paint.alpha = 0.55;
	pr_draw_line(&fixture->drawing, 0, 0, 10, 0, paint);
	pr_draw_line(&fixture->drawing, 0, 10, 10, 10, paint);
	assert_content(fixture, "/A550 gs\n1 0 0 RG\n2 w\n[3 1.5 ] 0 d\n0 100 m\n10 100 l\nS\n0 90 m\n10 90 l\nS\n");
}

static void takes_back_states_that_a_clip_held(void **state)
{
	struct fixture *fixture = *state;

	pr_draw_clip(&fixture->drawing, (struct pr_rect){0, 0, 50, 50});
	pr_draw_rect(&fixture->drawing, (struct pr_rect){0, 0, 10, 10}, pr_paint_fill(red));
	pr_draw_unclip(&fixture->drawing);
	pr_draw_rect(&fixture->drawing, (struct pr_rect){0, 0, 10, 10}, pr_paint_fill(red));
	assert_content(fixture, "q\n0 50 50 50 re\nW n\n1 0 0 rg\n0 90 10 10 re\nf\nQ\n1 0 0 rg\n0 90 10 10 re\nf\n");
}

static void refuses_the_twenty_ninth_nested_clip(void **state)
{
	struct fixture *fixture = *state;

	for (int i = 0; i < 29; i++)
		pr_draw_clip(&fixture->drawing, (struct pr_rect){0, 0, 50, 50});
	for (int i = 0; i < 29; i++)
		pr_draw_unclip(&fixture->drawing);
	refuses(fixture, PR_CODE_INTERNAL, "PDF: clips are nested deeper than 28");
}

/* One line of two runs, `gap` points apart. */
static void draw_runs(struct fixture *fixture, const char *first, const char *second, double gap, double halo)
{
	struct pr_text_run *runs = pr_arena_array(&fixture->arena, 2, sizeof *runs);
	const struct pr_text_line line = {runs, 2, 40};
	const struct pr_style style = {PR_REGULAR, 10, {0, 0, 0}};

	runs[0] = (struct pr_text_run){first, 0, 0, 10, style, NULL, NULL};
	runs[1] = (struct pr_text_run){second, 1, 10 + gap, 10, style, NULL, NULL};
	pr_draw_set_line(&fixture->drawing, &line, 5, 20, PR_ALIGN_LEFT, halo);
}

static void places_runs_from_each_other(void **state)
{
	struct fixture *fixture = *state;

	draw_runs(fixture, "A", "\xe7\x94\xb5\xf0\xa0\x82\x87", 0, 0);
	assert_content(fixture, "BT\n5 80 Td\n/F0 10 Tf\n<0001> Tj\n10 0 Td\n/F1 10 Tf\n<00020003> Tj\nET\n");
}

static void tells_the_text_where_runs_stand_apart(void **state)
{
	struct fixture *fixture = *state;

	/* U+20087 is D840 DC87 in UTF-16. */
	draw_runs(fixture, "A", "\xf0\xa0\x82\x87", 2.5, 0);
	assert_content(fixture, "/Span <</ActualText <FEFF0041D840DC87>>> BDC\n"
							"BT\n5 80 Td\n/F0 10 Tf\n<0001> Tj\n12.5 0 Td\n/F1 10 Tf\n<0003> Tj\nET\nEMC\n");
}

static void draws_the_halo_of_the_whole_line_first_and_as_no_text(void **state)
{
	struct fixture *fixture = *state;

	draw_runs(fixture, "A", "A", 0, 2.4);
	assert_content(fixture, "/Span <</ActualText ()>> BDC\n1 G\n2.4 w\n1 j\n"
							"BT\n1 Tr\n5 80 Td\n/F0 10 Tf\n<0001> Tj\n10 0 Td\n/F1 10 Tf\n<0001> Tj\nET\nEMC\n"
							"BT\n0 Tr\n5 80 Td\n/F0 10 Tf\n<0001> Tj\n10 0 Td\n/F1 10 Tf\n<0001> Tj\nET\n");
}

static void refuses_a_character_without_a_code(void **state)
{
	struct fixture *fixture = *state;

	draw_runs(fixture, "A", "B", 0, 0);
	refuses(fixture, PR_CODE_FONT, "PDF: face 1 has no code for U+0042 of 'B'");
}

static void refuses_coordinates_that_are_no_numbers(void **state)
{
	struct fixture *fixture = *state;
	struct pr_segment segments[] = {{.kind = PR_MOVE}, {.kind = PR_LINE, .x = 1, .y = 1}};

	pr_draw_path(&fixture->drawing, segments, 2, pr_paint_stroke(black, 1));
	fixture->drawing.ops[0].segments[1].x = NAN; /* behind the builder's back */
	refuses(fixture, PR_CODE_INTERNAL, "PDF: a coordinate is not a finite number");
}

static void splits_texts_that_are_longer_than_a_string_may_be(void **state)
{
	struct fixture *fixture = *state;
	char *text = pr_arena_alloc(&fixture->arena, 20001);
	struct pr_pdf_content content;
	size_t longest = 0;

	memset(text, 'A', 20000);
	draw_runs(fixture, text, "A", 0, 0);
	assert_true(pr_pdf_content_write(&fixture->drawing, fixture->fonts, 2, &fixture->arena, &content, &fixture->error));
	for (const char *at = strchr(content.bytes, '<'); at != NULL; at = strchr(at + 1, '<')) {
		const size_t length = (size_t)(strchr(at, '>') - at);

		longest = length > longest ? length : longest;
	}
	assert_in_range(longest, 30000, 65535);
}

static void maps_codes_to_unicode_in_blocks_of_a_hundred(void **state)
{
	struct fixture *fixture = *state;
	struct pr_pdf_font font = {.count = 101};
	const char *map;

	font.codes = pr_arena_array(&fixture->arena, 101, sizeof *font.codes);
	for (uint32_t i = 0; i < 101; i++)
		font.codes[i] = i < 100 ? 0x4E00 + i : 0x20087;
	map = pr_pdf_font_to_unicode(&font, &fixture->arena);
	assert_non_null(strstr(map, "100 beginbfchar\n<0001> <4E00>\n"));
	assert_non_null(strstr(map, "<0064> <4E63>\nendbfchar\n1 beginbfchar\n<0065> <D840DC87>\nendbfchar\nendcmap"));
	assert_null(strstr(map, "cidrange"));
}

static void makes_the_same_bytes_twice(void **state)
{
	struct fixture *fixture = *state;
	char *first = NULL, *second = NULL;
	size_t first_count = 0, second_count = 0;

	assert_true(
		pr_pdf_paint(&fixture->document, fixture->faces, &fixture->arena, &first, &first_count, &fixture->error));
	assert_true(
		pr_pdf_paint(&fixture->document, fixture->faces, &fixture->arena, &second, &second_count, &fixture->error));
	assert_int_equal(first_count, second_count);
	assert_memory_equal(first, second, first_count);
	assert_memory_equal(first, "%PDF-1.4", 8);
	/* Two subset fonts; the faces themselves have 21 MB. */
	assert_in_range(first_count, 5000, 60000);
}

static void refuses_a_link_to_nowhere(void **state)
{
	struct fixture *fixture = *state;
	char *bytes = NULL;
	size_t count = 0;

	pr_draw_link(&fixture->document.pages[1].drawing, (struct pr_rect){0, 0, 10, 10}, "nowhere");
	assert_false(pr_pdf_paint(&fixture->document, fixture->faces, &fixture->arena, &bytes, &count, &fixture->error));
	assert_int_equal(fixture->error.code, PR_CODE_INTERNAL);
	assert_string_equal(fixture->error.text, "PDF: a link leads to 'nowhere', which no page has");
}

static void refuses_a_character_that_the_face_lacks(void **state)
{
	struct fixture *fixture = *state;
	struct pr_text_run run = {"\xf4\x8f\xbf\xbd", 0, 0, 10, {PR_REGULAR, 10, {0, 0, 0}}, NULL, NULL}; /* U+10FFFD */
	const struct pr_text_line line = {&run, 1, 10};
	char *bytes = NULL;
	size_t count = 0;

	pr_draw_set_line(&fixture->document.pages[0].drawing, &line, 0, 20, PR_ALIGN_LEFT, 0);
	assert_false(pr_pdf_paint(&fixture->document, fixture->faces, &fixture->arena, &bytes, &count, &fixture->error));
	assert_int_equal(fixture->error.code, PR_CODE_FONT);
	assert_non_null(strstr(fixture->error.text, "NotoSansSC-Regular.ttf' lacks U+10FFFD"));
}

static void refuses_a_document_without_pages(void **state)
{
	struct fixture *fixture = *state;
	char *bytes = NULL;
	size_t count = 0;

	fixture->document.page_count = 0;
	assert_false(pr_pdf_paint(&fixture->document, fixture->faces, &fixture->arena, &bytes, &count, &fixture->error));
	assert_int_equal(fixture->error.code, PR_CODE_INTERNAL);
}

#define CASE(sentence, function)                    \
	{                                               \
		sentence, function, set_up, tear_down, NULL \
	}
#define DOCUMENT_CASE(sentence, function)                    \
	{                                                        \
		sentence, function, set_up_document, tear_down, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("a rectangle stands upwards from the page's foot", writes_rectangles_with_y_upwards),
		CASE("paths are rounded to hundredths, without trailing zeros or a minus before 0", rounds_paths_to_hundredths),
		CASE("colours, widths, dashes and alpha are written when they change", writes_states_only_when_they_change),
		CASE("what a clip's inside set is set again behind it", takes_back_states_that_a_clip_held),
		CASE("a clip nested deeper than PDF allows is refused", refuses_the_twenty_ninth_nested_clip),
		CASE("runs are placed from each other, characters above U+FFFF too", places_runs_from_each_other),
		CASE("a gap between runs is not to be read as a space", tells_the_text_where_runs_stand_apart),
		CASE("a halo is drawn first, for the whole line, and is not read as text",
			draws_the_halo_of_the_whole_line_first_and_as_no_text),
		CASE("a character without a code is refused", refuses_a_character_without_a_code),
		CASE("a coordinate that is no number is refused", refuses_coordinates_that_are_no_numbers),
		CASE("a long text is split into strings that PDF allows", splits_texts_that_are_longer_than_a_string_may_be),
		CASE("the map to Unicode has blocks of at most a hundred", maps_codes_to_unicode_in_blocks_of_a_hundred),
		DOCUMENT_CASE("the same document makes the same bytes, and few", makes_the_same_bytes_twice),
		DOCUMENT_CASE("a link to nowhere is refused", refuses_a_link_to_nowhere),
		DOCUMENT_CASE("a character that the face lacks is refused by name", refuses_a_character_that_the_face_lacks),
		DOCUMENT_CASE("a document without pages is refused", refuses_a_document_without_pages),
	};

	return cmocka_run_group_tests_name("pdf", tests, NULL, NULL);
}
