#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define BAD "\xEF\xBF\xBD"  /* U+FFFD */
#define DIAN "\xE7\x94\xB5" /* U+7535 */

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

static void reads_code_points(void **state)
{
	(void)state;
	/* a, U+00E9, U+7535, U+1F600, and each way of being ill-formed: a lone continuation, a torn lead, an overlong '/',
	 * a surrogate, one above U+10FFFF. */
	const char *at = "a\xC3\xA9" DIAN "\xF0\x9F\x98\x80"
					 "\x80"
					 "\xE7\x94"
					 "\xC0\xAF"
					 "\xED\xA0\x80"
					 "\xF4\x90\x80\x80";
	static const uint32_t expected[] = {'a', 0xE9, 0x7535, 0x1F600, 0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD,
		0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD, 0, 0};
	assert_int_equal(pr_utf8_count(at), 16);
	assert_false(pr_utf8_valid(at));
	for (size_t i = 0; i < COUNT(expected); i++)
		assert_int_equal(pr_utf8_next(&at), expected[i]);
}

static void writes_what_it_reads(void **state)
{
	(void)state;
	for (uint32_t code = 1; code <= 0x10FFFF; code++) {
		char bytes[5] = {0};
		size_t count = pr_utf8_put(bytes, code);
		const char *at = bytes;
		bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
		if (pr_utf8_next(&at) != (is_surrogate ? 0xFFFD : code) || at != bytes + count)
			fail_msg("U+%04X", (unsigned)code);
	}
	char bytes[5] = {0};
	assert_int_equal(pr_utf8_put(bytes, 0x110000), 3);
	assert_string_equal(bytes, BAD);
}

static void cleans_hostile_text(void **state)
{
	(void)state;
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{"", ""},
		{"plain " DIAN, "plain " DIAN},
		{"  both ends  ", "both ends"},
		{" \t\r\n ", ""},
		{"a\r\nb\nc\td\re", "a b c d e"},
		{"a\x01\x1F\x7F"
		 "b\xC2\x80\xC2\x9F"
		 "c",
			"abc"},
		{"a\xC2\x85"
		 "b\xE2\x80\xA8"
		 "c\xE2\x80\xA9"
		 "d",
			"a b c d"},
		{"\xEF\xBB\xBF"
		 "bom",
			"bom"},
		{"a\xEF\xBF\xBE\xEF\xBF\xBF"
		 "b",
			"ab"},
		{"\xE2\x80\xAE"
		 "fdp.exe\xE2\x80\xAC",
			"fdp.exe"},
		{"\xE2\x80\x8E\xE2\x80\x8F\xE2\x81\xA6x\xE2\x81\xA9\xD8\x9C", "x"},
		{"a\xC2\xAD"
		 "b\xE2\x80\x8B"
		 "c\xE2\x80\x8D"
		 "d\xE2\x81\xA0"
		 "e\xEF\xB8\x8F"
		 "f\xF3\xA0\x81\xA7",
			"abcdef"}, /* soft hyphen, zero-width space, joiner, word joiner, variation selector, tag */
		{"torn "
		 "\xE7\x94",
			"torn " BAD BAD},
		{"\xFF\xFE", BAD BAD},
		{"latin1 caf\xE9 x", "latin1 caf" BAD " x"},
		{"=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"},
		{" " BAD " ", BAD},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *cleaned = pr_text_clean(&arena, rows[i].text);
		assert_string_equal(cleaned, rows[i].expected);
		assert_ptr_equal(pr_text_clean(&arena, cleaned), cleaned);
	}
	assert_string_equal(pr_text_clean(&arena, NULL), "");
}

static void makes_names_safe_for_paths(void **state)
{
	(void)state;
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{"../../etc/passwd", "___.._etc_passwd"},
		{"=cmd|x", "=cmd_x"},
		{"a\r\nSet-Cookie: x", "a Set-Cookie_ x"},
		{"\xE2\x80\xAE"
		 "gpj.exe\xE2\x80\xAC",
			"gpj.exe"},
		{"", "_"},
		{".", "_"},
		{"..", "__"},
		{"...x", "___x"},
		{" . ", "_"},
		{"a.b.", "a.b_"},
		{"-rf --force", "_rf --force"},
		{"CON", "CON_"},
		{"nul.txt", "nul_.txt"},
		{"Lpt9", "Lpt9_"},
		{"com0", "com0"},
		{"1-CON", "1-CON"},
		{"conx", "conx"},
		{"\\\\host\\c$", "__host_c$"},
		{"C:*?\"<>|", "C_______"},
		{"/", "_"},
		{"\t\n", "_"},
		{DIAN "/" DIAN, DIAN "_" DIAN},
		{"\xFF", BAD},
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(pr_text_path_name(&arena, rows[i].text), rows[i].expected);
	assert_string_equal(pr_text_path_name(&arena, NULL), "_");
}

static void cuts_long_names_between_characters(void **state)
{
	(void)state;
	struct pr_buffer buffer;
	pr_buffer_init(&buffer, &arena);
	for (int i = 0; i < 120; i++)
		pr_buffer_add(&buffer, DIAN);
	/* 26 × 3 = 78 bytes; a 27th would make 81. */
	const char *name = pr_text_path_name(&arena, buffer.text);
	assert_int_equal(strlen(name), 78);
	assert_int_equal(pr_utf8_count(name), 26);
	assert_true(pr_utf8_valid(name));
	/* A space where the cut falls goes, too: such a name can't be made on every file system. */
	assert_string_equal(
		pr_text_path_name(&arena, pr_arena_format(&arena, "%079d and more", 0)), pr_arena_format(&arena, "%079d", 0));
}

static void compares_and_trims(void **state)
{
	(void)state;
	assert_true(pr_text_equal(NULL, NULL));
	assert_false(pr_text_equal(NULL, ""));
	assert_false(pr_text_equal("a", NULL));
	assert_true(pr_text_equal("a", "a"));
	assert_false(pr_text_equal("a", "b"));
	assert_true(pr_text_starts("abc", "ab"));
	assert_true(pr_text_starts("abc", ""));
	assert_false(pr_text_starts("a", "ab"));
	char text[] = " \t x y\r\n ";
	assert_string_equal(pr_text_trim(text), "x y");
	char blank[] = " \n";
	assert_string_equal(pr_text_trim(blank), "");
}

static void reads_whole_numbers_only(void **state)
{
	(void)state;
	static const char *const bad_integers[] = {
		"", "-", "+", " 1", "1 ", "1.0", "0x10", "1e3", "9223372036854775808", "-9223372036854775809", "1_000", "--1"};
	static const char *const bad_doubles[] = {"", "-", ".", "e5", "1e", "1e+", " 1", "1 ", "0x1p3", "inf", "nan",
		"-inf", "infinity", "1,5", "1e999", "1.2.3", "1d"};
	int64_t integer = 42;
	double number = 42;
	for (size_t i = 0; i < COUNT(bad_integers); i++)
		assert_false(pr_text_to_int64(bad_integers[i], &integer));
	for (size_t i = 0; i < COUNT(bad_doubles); i++)
		assert_false(pr_text_to_double(bad_doubles[i], &number));
	assert_int_equal(integer, 42);
	assert_true(number == 42);
	assert_true(pr_text_to_int64("-9223372036854775808", &integer));
	assert_int_equal(integer, INT64_MIN);
	assert_true(pr_text_to_int64("+007", &integer));
	assert_int_equal(integer, 7);
	assert_true(pr_text_to_double("-12.5e-1", &number));
	assert_true(number == -1.25);
	assert_true(pr_text_to_double(".5", &number));
	assert_true(number == 0.5);
	assert_true(pr_text_to_double("1e-999", &number));
	assert_true(number == 0);
}

static void buffers_grow(void **state)
{
	(void)state;
	struct pr_buffer buffer;
	pr_buffer_init(&buffer, &arena);
	assert_string_equal(buffer.text, "");
	for (int i = 0; i < 3000; i++)
		pr_buffer_format(&buffer, "%04d,", i);
	assert_int_equal(buffer.length, 15000);
	assert_memory_equal(buffer.text + 14990, "2998,2999,", 11);
	pr_buffer_add_n(&buffer, "xyz", 2);
	pr_buffer_add_n(&buffer, NULL, 0);
	pr_buffer_add_code(&buffer, 0x7535);
	assert_string_equal(buffer.text + 15000, "xy" DIAN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"code points are read, ill-formed bytes one by one replaced", reads_code_points, NULL, NULL, NULL},
		{"every code point is written as it is read", writes_what_it_reads, NULL, NULL, NULL},
		{"hostile text comes out clean, clean text as it is", cleans_hostile_text, set_up, tear_down, NULL},
		{"hostile names become one safe path component", makes_names_safe_for_paths, set_up, tear_down, NULL},
		{"long names are cut between characters", cuts_long_names_between_characters, set_up, tear_down, NULL},
		{"texts are compared and trimmed", compares_and_trims, NULL, NULL, NULL},
		{"only whole texts are numbers", reads_whole_numbers_only, NULL, NULL, NULL},
		{"buffers grow and stay terminated", buffers_grow, set_up, tear_down, NULL},
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
