#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "reported.h"

static struct pr_words read_words;

static bool reads(const char *body)
{
	const char *text = pr_arena_format(&reported.arena, "%s%s", reported_chinese, body);

	return pr_words_read(&read_words, reported_write("zh-CN.ini", text), "zh-CN", &reported.arena, &reported.error);
}

static void placeholders_are_filled(void **state)
{
	(void)state;
	assert_string_equal(rendered("用电{energy.total}。"), "用电80,230.41 kWh。");
	assert_string_equal(rendered("{energy.total|0,bare}度"), "80,230度");
	assert_string_equal(rendered("{energy.slot.sharp}"), "—");
	assert_string_equal(rendered("{{{$month.days}}"), "{31}");
}

static void branches_are_taken_in_order(void **state)
{
	static const char text[] = "{if $month.days > 31}a{elif $month.days == 31}b{elif 1}c{else}d{end}e";

	(void)state;
	assert_string_equal(rendered(text), "be");
	assert_string_equal(rendered("{if energy.slot.sharp > 0}有尖{else}无尖{end}"), "无尖");
	assert_string_equal(rendered("{if 0}x{if 1}y{else}z{end}w{end}!"), "!");
	assert_string_equal(rendered("{if 1}x{if 0}y{else}z{end}w{end}!"), "xzw!");
}

static void words_stand_in_words(void **state)
{
	(void)state;
	assert_string_equal(rendered("{word 'slot.peak'}段与{word 'slot.' + 'flat'}段"), "峰段与平段");
}

/* A chapter, one of its blocks, and the chapter of another project. */
static void words_point_to_pages(void **state)
{
	static const struct pr_style base = {.weight = PR_REGULAR, .size_pt = 9};
	struct pr_scope other = {0};
	struct pr_guide_place places[] = {
		{"bill", NULL, &other, "3", "chapter-3", 5}, {"bill", "lines", &other, "表3.1", "block-3-lines", 6}};
	struct pr_guide guide = {.places = places, .count = 2};
	struct pr_rich rich = {0};

	(void)state;
	assert_string_equal(rendered("电费{see bill}。"), "电费。"); /* no pages, as in the workbook */
	reported.context.guide = &guide;
	assert_string_equal(rendered("电费{see gone}。"), "电费。");
	reported_use_words(pr_arena_format(&reported.arena,
		"%s[page]\nsee_block = （第{$see.page}页{$see.number}）\n"
		"[test]\nword = 电费{see bill.lines}。\n",
		reported_chinese));
	guide.asked = false;
	assert_true(pr_words_render(&reported.context, reported.scope, "test.word", base, &rich, &reported.error));
	assert_true(guide.asked);
	assert_int_equal(rich.count, 7); /* 电费 · （第 · 6 · 页 · 表3.1 · ） · 。 */
	assert_null(rich.spans[0].link);
	for (size_t i = 1; i < 6; i++)
		assert_string_equal(rich.spans[i].link, "block-3-lines");
	assert_string_equal(rich.spans[2].text, "6");
	assert_string_equal(rich.spans[4].text, "表3.1");
	reported.context.guide = NULL;
}

static void bold_is_a_span_of_its_own(void **state)
{
	static const struct pr_style base = {.weight = PR_REGULAR, .size_pt = 9};
	struct pr_rich rich = {0};

	(void)state;
	(void)rendered("电费**{bill.total|large}**，共");
	assert_true(pr_words_render(&reported.context, reported.scope, "test.word", base, &rich, &reported.error));
	assert_int_equal(rich.count, 3);
	assert_string_equal(rich.spans[0].text, "电费");
	assert_int_equal(rich.spans[0].style.weight, PR_REGULAR);
	assert_null(rich.spans[0].finding);
	assert_string_equal(rich.spans[1].text, "1,304.65万韩元");
	assert_int_equal(rich.spans[1].style.weight, PR_BOLD);
	assert_string_equal(rich.spans[1].finding, "projects/10/bill.total");
	assert_string_equal(rich.spans[2].text, "，共");
	assert_int_equal(rich.spans[2].style.weight, PR_REGULAR);
}

static void long_texts_join_as_the_locale_does(void **state)
{
	(void)state;
	assert_string_equal(rendered("一行\n  二行{if 1}a{end}\n  {if 1}b{end}"), "一行二行ab");
	reported.tenant.locale = "en";
	assert_string_equal(rendered("one\n  line {if 1}and{end}\n  {if 1}another{end}"), "one line and another");
}

static void mistakes_are_refused(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{"{energy.total", "word 'a.b': expected a '}' for every '{'"},
		{"{if 1}x", "word 'a.b': expected an {end} for every {if}"},
		{"{if 1}x{else}y{else}z{end}", "word 'a.b': expected an {end} for every {if}"},
		{"x{end}", "word 'a.b': expected an {if} before {elif}, {else} or {end}"},
		{"x{else}y", "word 'a.b': expected an {if} before {elif}, {else} or {end}"},
		{"{energy.total|rounded}", "word 'a.b': expected a style behind '|' in '{energy.total|rounded}'"},
		{"{if 1 +}x{end}", "expression '1 +', column 4: expected a finding, a $variable, a number or a 'text'"},
		{"{if 0}{word 'a.' +}{end}",
			"expression ''a.' +', column 7: expected a finding, a $variable, a number or a 'text'"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_false(reads(pr_arena_format(&reported.arena, "[a]\nb = %s\n", cases[i].text)));
		assert_non_null(strstr(reported.error.text, cases[i].error));
		assert_true(reported.error.line > 0);
		pr_error_clear(&reported.error);
	}
}

static void missing_word_is_named(void **state)
{
	const char *text;

	(void)state;
	assert_false(pr_words_text(&reported.context, reported.scope, "note.no.such", &text, &reported.error));
	assert_refused("words.ini: no word with the key 'note.no.such'; expected it in the section [note]");
}

static void endless_words_are_refused(void **state)
{
	const char *text;

	(void)state;
	assert_true(reads("[a]\nb = {word 'a.b'}\n"));
	reported.context.words = &read_words;
	assert_false(pr_words_text(&reported.context, reported.scope, "a.b", &text, &reported.error));
	assert_non_null(strstr(reported.error.text, "expected words that do not include each other"));
	pr_error_clear(&reported.error);
	reported.context.words = &reported.words;
}

static void sections_have_one_word(void **state)
{
	(void)state;
	assert_false(reads("[a b]\nc = d\n"));
	assert_refused("zh-CN.ini:39: section [a b]: expected one word; write [a.b]");
}

static void locale_is_required(void **state)
{
	const char *path = reported_write("fr.ini", "[a]\nb = c\n");

	(void)state;
	assert_false(pr_words_read(&read_words, path, "fr", &reported.arena, &reported.error));
	assert_refused("fr.ini: section [locale] is missing; "
				   "expected keys group, minus, large_factor, large_from, large_digits");
}

static void parts_add_words(void **state)
{
	(void)state;
	assert_true(reads("[a]\nb = c\n"));
	assert_true(pr_words_add(&read_words, reported_write("zh-CN.more.ini", "[a]\nz = d\n[note.x]\ny = e\n"),
		&reported.arena, &reported.error));
	assert_string_equal(pr_words_plain(&read_words, "a.b"), "c");
	assert_string_equal(pr_words_plain(&read_words, "a.z"), "d");
	assert_string_equal(pr_words_plain(&read_words, "note.x.y"), "e");
	assert_null(pr_words_get(&read_words, "note.x"));
}

static void the_same_word_twice_is_refused(void **state)
{
	const char *expected = pr_arena_format(&reported.arena,
		"zh-CN.more.ini:3: word 'slot.peak' again; it is in %s/zh-CN.ini, line 33 already", reported.folder);

	(void)state;
	assert_true(reads(""));
	assert_false(pr_words_add(&read_words, reported_write("zh-CN.more.ini", "[slot]\nvalley = 谷\npeak = 峰\n"),
		&reported.arena, &reported.error));
	assert_refused(expected);
}

static void parts_have_no_locale(void **state)
{
	const char *expected = pr_arena_format(&reported.arena,
		"zh-CN.more.ini:1: section [locale] in a part of the words; expected it in %s/zh-CN.ini alone",
		reported.folder);

	(void)state;
	assert_true(reads(""));
	assert_false(pr_words_add(
		&read_words, reported_write("zh-CN.more.ini", "[locale]\ngroup = .\n"), &reported.arena, &reported.error));
	assert_refused(expected);
}

#define TEST(text, function)                                      \
	{                                                             \
		text, function, reported_set_up, reported_tear_down, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("placeholders are filled with printed values", placeholders_are_filled),
		TEST("the first branch that holds is taken", branches_are_taken_in_order),
		TEST("words stand in words", words_stand_in_words),
		TEST("words point to pages, and are links", words_point_to_pages),
		TEST("a figure between ** is a bold span with its finding", bold_is_a_span_of_its_own),
		TEST(
			"lines of a long text join with a space where words are parted by one", long_texts_join_as_the_locale_does),
		TEST("a mistake in a word is refused with its line", mistakes_are_refused),
		TEST("a missing word is named with its file", missing_word_is_named),
		TEST("words that include each other are refused", endless_words_are_refused),
		TEST("a section of words has one name", sections_have_one_word),
		TEST("a locale's own file begins with [locale]", locale_is_required),
		TEST("a part adds words to a locale", parts_add_words),
		TEST("the same word in two files is refused", the_same_word_twice_is_refused),
		TEST("a part with [locale] is refused", parts_have_no_locale),
	};

	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
