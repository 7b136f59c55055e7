/* Type: widths by the font's own advances (Noto Sans SC: digits 0.555 em regular, 0.590 em bold; Han 1 em), spacing
 * and breaking by the rules of docs/typesetting.md. Expected places are counted by hand from those widths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "draw/type.h"

static struct pr_typefaces *faces;
static struct pr_arena arena;
static const struct pr_style ten = {.weight = PR_REGULAR, .size_pt = 10};
static const struct pr_style ten_bold = {.weight = PR_BOLD, .size_pt = 10};

#define assert_near(a, b) assert_true(fabs((a) - (b)) < 1e-6)

static const char *font(const char *name)
{
	const char *folder = getenv("POWERREPORT_FONTS");
	return pr_arena_format(&arena, "%s/%s", folder ? folder : "build/fonts", name);
}

static int open_faces(void **state)
{
	(void)state;
	pr_arena_init(&arena);
	struct pr_error error = {0};
	const char *regular[] = {font("NotoSansSC-Regular.ttf")}, *bold[] = {font("NotoSansSC-Bold.ttf")};
	if (pr_typefaces_open(&faces, regular, bold, 1, &error))
		return 0;
	print_error("%s (make fonts)\n", error.text);
	return 1;
}

static int close_faces(void **state)
{
	(void)state;
	pr_typefaces_free(faces);
	pr_arena_release(&arena);
	return 0;
}

static struct pr_text_line set(const char *text)
{
	const struct pr_span span = {.text = text, .style = ten};
	struct pr_text_line line;
	struct pr_error error = {0};
	assert_true(pr_type_line(faces, &span, 1, &arena, &line, &error));
	return line;
}

/* The lines as text, parted by '|'. */
static const char *broken(const char *text, double measure_pt)
{
	const struct pr_span span = {.text = text, .style = ten};
	struct pr_text_line *lines;
	size_t count;
	struct pr_error error = {0};
	assert_true(pr_type_paragraph(faces, &span, 1, measure_pt, &arena, &lines, &count, &error));
	struct pr_buffer out;
	pr_buffer_init(&out, &arena);
	for (size_t i = 0; i < count; i++) {
		assert_true(lines[i].width_pt <= measure_pt + 1e-6);
		pr_buffer_add(&out, i == 0 ? "" : "|");
		for (size_t k = 0; k < lines[i].count; k++)
			pr_buffer_add(&out, lines[i].runs[k].text);
	}
	return out.text;
}

static void test_digits(void **state)
{
	(void)state;
	assert_near(pr_type_width(faces, ten, "0123456789"), 55.5);
	assert_near(pr_type_width(faces, ten_bold, "0123456789"), 59.0);
	assert_near(pr_type_width(faces, ten, "\xE7\x94\xB5"), 10); /* a Han character */
	assert_near(pr_type_width(faces, ten, ""), 0);
	assert_near(pr_type_width(faces, ten, NULL), 0);
}

static void test_kerning(void **state)
{
	(void)state;
	double apart = pr_type_width(faces, ten, "A") + pr_type_width(faces, ten, "V");
	assert_near(pr_type_width(faces, ten, "AV"), apart);
	apart = pr_type_width(faces, ten, "f") + pr_type_width(faces, ten, "i");
	assert_near(pr_type_width(faces, ten, "fi"), apart);
}

static void test_gap(void **state)
{
	(void)state;
	struct pr_text_line line = set("用电80,230.41度");
	assert_int_equal(line.count, 3);
	assert_string_equal(line.runs[1].text, "80,230.41");
	/* Two Han of 10, a quarter em. */
	assert_near(line.runs[1].x_pt, 22.5);
	assert_near(line.runs[2].x_pt, 22.5 + line.runs[1].width_pt + 2.5);
	assert_near(line.width_pt, line.runs[2].x_pt + 10);
}

static void test_gap_sign(void **state)
{
	(void)state;
	assert_near(set("少\xE2\x88\x92"
					"5")
					.runs[1]
					.x_pt,
		12.5); /* minus */
	assert_near(set("多+5").runs[1].x_pt, 12.5);
	assert_int_equal(set("甲+乙").count, 1); /* a sign without a number */
	assert_near(set("罚1.5%变为").runs[2].x_pt, 12.5 + pr_type_width(faces, ten, "1.5%") + 2.5);
}

static void test_no_gap(void **state)
{
	(void)state;
	assert_int_equal(set("，5").count, 1);
	assert_int_equal(set("（5）").count, 1);
	assert_int_equal(set("0.87→0.93").count, 1);
	assert_int_equal(set("605.24 kW").count, 1);
	assert_int_equal(set("刻\xE3\x80\x80"
						 "5")
						 .count,
		1); /* full-width space */
}

static void test_gap_across_weights(void **state)
{
	(void)state;
	const struct pr_span spans[] = {
		{.text = "电费", .style = ten},
		{.text = "1,322.80", .style = ten_bold, .finding = "bill.total"},
		{.text = "万", .style = ten},
	};
	struct pr_text_line line;
	struct pr_error error = {0};
	assert_true(pr_type_line(faces, spans, 3, &arena, &line, &error));
	assert_int_equal(line.count, 3);
	assert_near(line.runs[1].x_pt, 22.5);
	assert_string_equal(line.runs[1].finding, "bill.total");
	assert_near(line.runs[2].x_pt, 22.5 + line.runs[1].width_pt + 2.5);
}

static void test_compression(void **state)
{
	(void)state;
	/* Closing before closing: half an em less; closing before opening; opening before opening. */
	assert_near(set("甲）。").width_pt, 25);
	assert_near(set("甲。（乙").width_pt, 35);
	assert_near(set("甲（《乙").width_pt, 35);
	assert_near(set("甲，乙").width_pt, 30);
	/* At the line's start an opening mark's empty half stands out. */
	assert_near(set("（甲").runs[0].x_pt, -5);
	assert_near(set("（甲").width_pt, 15);
}

static void test_not_first(void **state)
{
	(void)state;
	/* Five Han a line: the comma may hang by its empty half, two marks may not. */
	assert_string_equal(broken("一二三四五六七八", 50), "一二三四五|六七八");
	assert_string_equal(broken("一二三四，五六七", 50), "一二三四，|五六七");
	assert_string_equal(broken("一二三四五，六七", 50), "一二三四|五，六七");
	assert_string_equal(broken("一二三四五，六七", 55), "一二三四五，|六七");
	assert_string_equal(broken("一二三四五）。六七", 55), "一二三四|五）。六七");
}

static void test_not_last(void **state)
{
	(void)state;
	assert_string_equal(broken("一二三四（五六）七", 50), "一二三四|（五六）七");
	assert_string_equal(broken("一二三四“五六”七", 50), "一二三四|“五六”七");
}

static void test_numbers_hold(void **state)
{
	(void)state;
	assert_string_equal(broken("最大需量605.24 kW出现", 65), "最大需量|605.24 kW|出现");
	assert_string_equal(broken("合计合计118.01万韩元整年", 65), "合计合计|118.01万韩元|整年");
	assert_string_equal(broken("一二三四23日用电", 55), "一二三四|23日用电");
	assert_string_equal(broken("一二三四2018年3月1日起", 90), "一二三四|2018年3月1日起");
	assert_string_equal(broken("一二三四0.87→0.93五", 80), "一二三四|0.87→0.93五");
	assert_string_equal(broken("一二三四\xE2\x88\x92"
							   "19.4%五",
							55),
		"一二三四|\xE2\x88\x92"
		"19.4%五");
	assert_string_equal(broken("一二三四第12页", 57), "一二三四|第12页");
	assert_string_equal(broken("一二三四表12页", 57), "一二三四|表12页");
	assert_string_equal(broken("一二三四图12页", 57), "一二三四|图12页");
	assert_string_equal(broken("一二三四五（", 56), "一二三|四五（"); /* only a closing mark hangs out */
}

static void test_words_hold(void **state)
{
	(void)state;
	assert_string_equal(broken("the demand peaked at 605.24 kW on", 115), "the demand peaked at|605.24 kW on");
	assert_string_equal(broken("data cut-off 3 April 2018, 00:00", 100), "data cut-off|3 April 2018, 00:00");
	assert_string_equal(broken("it rose (Figure 3.1, page 5)", 70), "it rose|(Figure 3.1,|page 5)");
	assert_string_equal(broken("The bill is KRW 13.23 million", 75), "The bill is|KRW 13.23|million");
	assert_string_equal(broken("一二三kWh/m2四", 60), "一二三|kWh/m2四");
}

static void test_forced(void **state)
{
	(void)state;
	/* Digits are 5.55 wide: five fit in 28. */
	assert_string_equal(broken("1234567890", 28), "12345|67890");
	assert_string_equal(broken("一二三四", 10), "一|二|三|四");
}

static void test_last_line(void **state)
{
	(void)state;
	assert_string_equal(broken("一二三四五六", 50), "一二三四|五六");
	assert_string_equal(broken("一二三四五六。", 50), "一二三四|五六。");
	assert_string_equal(broken("一二三四五六七", 50), "一二三四五|六七");
}

static void test_newline(void **state)
{
	(void)state;
	assert_string_equal(broken("一二\n三\n\n四", 50), "一二|三||四");
	assert_string_equal(broken("", 50), "");
	assert_string_equal(set("a\nb").runs[0].text, "a b");
}

static void test_spaces_at_ends(void **state)
{
	(void)state;
	assert_string_equal(broken("一二三四\xE3\x80\x80五六七", 40), "一二三四|五六七");
	assert_string_equal(broken("aaa aaa", pr_type_width(faces, ten, "aaa")), "aaa|aaa");
}

static void test_fit(void **state)
{
	(void)state;
	const struct pr_span span = {.text = "一二三四五六", .style = ten};
	struct pr_text_line line;
	struct pr_error error = {0};
	assert_true(pr_type_fit(faces, &span, 60, &arena, &line, &error));
	assert_string_equal(line.runs[0].text, "一二三四五六");
	assert_true(pr_type_fit(faces, &span, 45, &arena, &line, &error));
	assert_string_equal(line.runs[0].text, "一二三…");
	assert_true(line.width_pt <= 45);
	assert_true(pr_type_fit(faces, &span, 1, &arena, &line, &error));
	assert_string_equal(line.runs[0].text, "…");
}

static void test_missing_glyph(void **state)
{
	(void)state;
	const struct pr_span span = {.text = "水泵\xF0\xAA\x9B\x96"
										 "房",
		.style = ten}; /* U+2A6D6 */
	struct pr_text_line line;
	struct pr_error error = {0};
	assert_false(pr_type_line(faces, &span, 1, &arena, &line, &error));
	assert_int_equal(error.code, PR_CODE_FONT);
	assert_non_null(strstr(error.text, "U+2A6D6 '\xF0\xAA\x9B\x96'"));
	assert_non_null(strstr(error.text, "水泵"));
	assert_non_null(strstr(error.text, "NotoSansSC-Regular.ttf"));
}

static void test_accents(void **state)
{
	(void)state;
	/* e, U+0301, u, U+0308: two letters that the font has as é and ü. */
	struct pr_text_line apart = set("Cafe\xCC\x81 Mu\xCC\x88ller"), joined = set("Café Müller");
	assert_int_equal(apart.count, 1);
	assert_string_equal(apart.runs[0].text, "Café Müller");
	assert_near(apart.width_pt, joined.width_pt);
	assert_near(pr_type_width(faces, ten, "Mu\xCC\x88ller"), pr_type_width(faces, ten, "Müller"));
	/* Cut behind an accent, which is no longer where it stood. */
	const struct pr_span span = {.text = "e\xCC\x81"
										 "e\xCC\x81"
										 "e\xCC\x81"
										 "e\xCC\x81"
										 "e\xCC\x81",
		.style = ten};
	struct pr_text_line line;
	struct pr_error error = {0};
	double measure = pr_type_width(faces, ten, "éé…") + 0.1;
	assert_true(pr_type_fit(faces, &span, measure, &arena, &line, &error));
	assert_string_equal(line.runs[0].text, "éé…");
}

static void test_stand_in(void **state)
{
	(void)state;
	struct pr_typefaces *lenient = NULL;
	struct pr_error error = {0};
	const char *regular[] = {font("NotoSansSC-Regular.ttf")}, *bold[] = {font("NotoSansSC-Bold.ttf")};
	assert_true(pr_typefaces_open(&lenient, regular, bold, 1, &error));
	pr_typefaces_stand_in(lenient);
	const struct pr_span span = {.text = "水泵\xF0\x9F\x8F\xAD房\n\xF0\xAA\x9B\x96", .style = ten};
	struct pr_text_line *lines;
	size_t count;
	assert_true(pr_type_paragraph(lenient, &span, 1, 500, &arena, &lines, &count, &error));
	assert_int_equal(count, 2);
	/* Noto Sans SC has no U+FFFD, but the geta mark, which printers set for a sort that is missing. */
	assert_string_equal(lines[0].runs[0].text, "水泵〓房");
	assert_string_equal(lines[1].runs[0].text, "〓");
	assert_string_equal(set("a\xEF\xBF\xBD").runs[0].text, "a〓"); /* bytes that were no text, by the strict faces */
	pr_typefaces_free(lenient);
}

static void test_fallback(void **state)
{
	(void)state;
	/* The bold file as the regular's fallback: a file is opened once, and never asked where the first has the glyph. */
	struct pr_typefaces *two = NULL;
	struct pr_error error = {0};
	const char *regular[] = {font("NotoSansSC-Regular.ttf"), font("NotoSansSC-Bold.ttf")};
	const char *bold[] = {font("NotoSansSC-Bold.ttf"), font("NotoSansSC-Regular.ttf")};
	assert_true(pr_typefaces_open(&two, regular, bold, 2, &error));
	assert_int_equal(pr_typefaces_count(two), 2);
	assert_near(pr_type_width(two, ten, "8"), 5.55);
	assert_near(pr_type_width(two, ten_bold, "8"), 5.90);
	pr_typefaces_free(two);
}

static void test_bad_file(void **state)
{
	(void)state;
	struct pr_typefaces *none = NULL;
	struct pr_error error = {0};
	const char *missing[] = {"no/such.ttf"}, *text[] = {"Makefile"};
	assert_false(pr_typefaces_open(&none, missing, missing, 1, &error));
	assert_int_equal(error.code, PR_CODE_FONT);
	assert_non_null(strstr(error.text, "'no/such.ttf'"));
	assert_null(none);
	pr_error_clear(&error);
	assert_false(pr_typefaces_open(&none, text, text, 1, &error));
	assert_non_null(strstr(error.text, "'Makefile'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"digits of one weight have one width", test_digits, NULL, NULL, NULL},
		{"a width is the sum of advances, without kerning or ligatures", test_kerning, NULL, NULL, NULL},
		{"Han and digits stand a quarter em apart without a typed space", test_gap, NULL, NULL, NULL},
		{"a number's sign takes the quarter em", test_gap_sign, NULL, NULL, NULL},
		{"nothing is put beside punctuation, arrows and spaces", test_no_gap, NULL, NULL, NULL},
		{"the quarter em is put across a change of weight", test_gap_across_weights, NULL, NULL, NULL},
		{"punctuation is compressed by its empty half", test_compression, NULL, NULL, NULL},
		{"no line begins with a closing mark", test_not_first, NULL, NULL, NULL},
		{"no line ends with an opening mark", test_not_last, NULL, NULL, NULL},
		{"numbers keep their units, signs, dates and arrows", test_numbers_hold, NULL, NULL, NULL},
		{"Latin words, English dates and amounts are not parted", test_words_hold, NULL, NULL, NULL},
		{"what is wider than the measure is broken where it must", test_forced, NULL, NULL, NULL},
		{"a last line has at least two characters", test_last_line, NULL, NULL, NULL},
		{"a line feed breaks the line", test_newline, NULL, NULL, NULL},
		{"spaces at line ends take no width", test_spaces_at_ends, NULL, NULL, NULL},
		{"a text that does not fit is cut with an ellipsis", test_fit, NULL, NULL, NULL},
		{"a character without a glyph is named with its text and the fonts", test_missing_glyph, NULL, NULL, NULL},
		{"accents that stand apart are joined with their letters", test_accents, NULL, NULL, NULL},
		{"where it is wanted a mark stands for a character without a glyph", test_stand_in, NULL, NULL, NULL},
		{"fallback faces are opened once and asked last", test_fallback, NULL, NULL, NULL},
		{"a file that is no font is named", test_bad_file, NULL, NULL, NULL},
	};
	return cmocka_run_group_tests_name("type", tests, open_faces, close_faces);
}
