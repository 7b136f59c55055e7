#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "config/definition.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define DIAN "\xE7\x94\xB5" /* U+7535 */
#define TEN "xxxxxxxxxx"
#define FIFTY TEN TEN TEN TEN TEN

static struct pr_arena arena;
static struct pr_error error;
static struct pr_definition definition;

static int set_up(void **state)
{
	(void)state;
	pr_arena_init(&arena);
	pr_error_clear(&error);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pr_arena_release(&arena);
	return 0;
}

static bool read_text(const char *text)
{
	return pr_definition_read_text(&definition, "a.ini", text, strlen(text), PR_CODE_CONFIG, &arena, &error);
}

static const struct pr_section *read_section(const char *text)
{
	if (!read_text(text))
		fail_msg("%s", error.text);
	assert_true(definition.section_count > 0);
	return &definition.sections[0];
}

/* The error as main would print it; forgotten afterwards. */
static void assert_described(const char *expected)
{
	char out[1100];
	assert_int_equal(error.code, PR_CODE_CONFIG);
	assert_string_equal(pr_error_describe(&error, out, sizeof out), expected);
	pr_error_clear(&error);
}

static void sections_stand_in_the_file_s_order(void **state)
{
	(void)state;
	static const char text[] =
		"# comment\n; another\n\n[store]\npath = /x/y.db\n\n[chapter  energy use ]\n"
		"title=" DIAN "\n[chapter empty]\n[empty]\n[chapter last]\na = b = c : d\nurl = https://host:9200/a;b\n";
	assert_true(read_text(text));
	static const struct {
		const char *kind, *name;
		int line;
		size_t entries;
	} expected[] = {
		{"store", "", 4, 1},
		{"chapter", "energy use", 7, 1},
		{"chapter", "empty", 9, 0},
		{"empty", "", 10, 0},
		{"chapter", "last", 11, 2},
	};
	assert_int_equal(definition.section_count, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++) {
		const struct pr_section *section = &definition.sections[i];
		assert_string_equal(section->kind, expected[i].kind);
		assert_string_equal(section->name, expected[i].name);
		assert_int_equal(section->line, expected[i].line);
		assert_int_equal(section->entry_count, expected[i].entries);
		assert_ptr_equal(pr_definition_find(&definition, expected[i].kind, expected[i].name), section);
	}
	assert_null(pr_definition_find(&definition, "chapter", ""));
	const struct pr_section *last = &definition.sections[4];
	assert_string_equal(pr_section_get(last, "a"), "b = c : d");
	assert_string_equal(pr_section_get(last, "url"), "https://host:9200/a;b");
	assert_int_equal(pr_section_entry(last, "url")->line, 13);
	assert_null(pr_section_get(last, "none"));
	assert_string_equal(pr_section_get(&definition.sections[1], "title"), DIAN);
}

static void continuation_lines_are_joined(void **state)
{
	(void)state;
	const struct pr_section *section =
		read_section("[a]\ntext = one\n\ttwo = 2\n   [three]\nempty =\n  late\nlast =\n");
	assert_string_equal(pr_section_get(section, "text"), "one\ntwo = 2\n[three]");
	assert_string_equal(pr_section_get(section, "empty"), "late");
	assert_string_equal(pr_section_get(section, "last"), "");
	assert_int_equal(section->entry_count, 3);
	assert_int_equal(pr_section_entry(section, "text")->line, 2);
	assert_int_equal(definition.section_count, 1);
}

static void foreign_line_ends_are_accepted(void **state)
{
	(void)state;
	const struct pr_section *section = read_section("\xEF\xBB\xBF[a]\r\nx = 1 \r\n y\r\n\r\nz = 2");
	assert_string_equal(pr_section_get(section, "x"), "1\ny");
	assert_string_equal(pr_section_get(section, "z"), "2");
	assert_true(read_text(""));
	assert_int_equal(definition.section_count, 0);
	assert_true(read_text("\xEF\xBB\xBF"));
}

static void lines_up_to_the_limit_are_whole(void **state)
{
	(void)state;
	/* "k = " and 176 bytes make 180; also where a continuation has them. */
	char value[177];
	memset(value, 'y', 176);
	value[176] = '\0';
	const struct pr_section *section =
		read_section(pr_arena_format(&arena, "[a]\r\nk = %s\r\n    %s\r\n", value, value));
	assert_string_equal(pr_section_get(section, "k"), pr_arena_format(&arena, "%s\n%s", value, value));
	/* Names as long as they may be: 49 bytes. */
	section = read_section("[" TEN TEN TEN TEN " 12345678]\n" TEN TEN TEN TEN "123456789 = v\n");
	assert_string_equal(section->name, "12345678");
	assert_string_equal(pr_section_get(section, TEN TEN TEN TEN "123456789"), "v");
}

static void each_mistake_has_its_text(void **state)
{
	(void)state;
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{"[a]\nk = " FIFTY FIFTY FIFTY TEN TEN "1234567\n",
			"a.ini:2: line of 181 bytes; expected at most 180 (go on in a next line that begins with spaces)"},
		{"# " FIFTY FIFTY FIFTY FIFTY "\n",
			"a.ini:1: line of 202 bytes; expected at most 180 (go on in a next line that begins with spaces)"},
		{"[a]\n\nk = caf\xE9\n", "a.ini:3: bytes that are no UTF-8; expected text in UTF-8"},
		{"# \xFF\n", "a.ini:1: bytes that are no UTF-8; expected text in UTF-8"},
		{"[a]\nk = a\x01\n", "a.ini:2: control character 0x01; expected text in UTF-8"},
		{"[a]\rk = a\n", "a.ini:1: control character 0x0D; expected text in UTF-8"},
		{"[a]\nk = v ; note\n", "a.ini:2: ';' behind a space; expected comments on lines of their own"},
		{"[a]\nk = v\n  more\t;note\n", "a.ini:3: ';' behind a space; expected comments on lines of their own"},
		{"[a] ; note\n",
			"a.ini:1: '; note' behind a section header; expected nothing (comments have lines of their own)"},
		{"[a\nk = v\n", "a.ini:1: section header without ']'; expected '[kind]' or '[kind name]'"},
		{"[]\n", "a.ini:1: empty section header; expected '[kind]' or '[kind name]'"},
		{"[ ]\n", "a.ini:1: empty section header; expected '[kind]' or '[kind name]'"},
		{"[" FIFTY "]\n", "a.ini:1: section name of 50 bytes; expected at most 49"},
		{"[a]\n" FIFTY " = v\n", "a.ini:2: key of 50 bytes; expected at most 49"},
		{"[a]\nk = v\n[b]\n[a]\n", "a.ini:4: section [a] again; it is in line 1 already"},
		{"[a b]\n[a  b ]\n", "a.ini:2: section [a b] again; it is in line 1 already"},
		{"[a]\nk = v\nj = w\nk = x\n", "a.ini:4: key 'k' again; it is in line 2 already"},
		{"[a]\nk\n", "a.ini:2: no '=' in 'k'; expected 'key = value' or '[section]'"},
		{"[a]\nk: v\n", "a.ini:2: no '=' in 'k: v'; expected 'key = value' or '[section]'"},
		{"[a]\n = v\n", "a.ini:2: indented line that continues no entry; expected 'key = value' at the line's begin"},
		{"[a]\n= v\n", "a.ini:2: no key before '='; expected 'key = value'"},
		{"[a]\nk = v\n\n  more\n",
			"a.ini:4: indented line that continues no entry; expected 'key = value' at the line's begin"},
		{"[a]\nk = v\n# note\n  more\n",
			"a.ini:4: indented line that continues no entry; expected 'key = value' at the line's begin"},
		{"k = v\n", "a.ini:1: entry before the first section; expected '[section]'"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (read_text(rows[i].text))
			fail_msg("accepted: %s", rows[i].text);
		assert_described(rows[i].expected);
	}
	assert_false(pr_definition_read_text(&definition, "a.ini", "[a]\nk = v\0w\n", 12, PR_CODE_CONFIG, &arena, &error));
	assert_described("a.ini:2: control character 0x00; expected text in UTF-8");
}

static void unknown_keys_are_refused_with_a_suggestion(void **state)
{
	(void)state;
	static const char *const keys[] = {"path", "timeout", "user"};
	const struct pr_section *section = read_section("[store]\npath = x\n\npth = y\n");
	assert_false(pr_section_check_keys(section, keys, COUNT(keys), &error));
	assert_described(
		"a.ini:4: unknown key 'pth' in [store]; expected one of: path, timeout, user; did you mean 'path'?");
	section = read_section("[store main]\nnothing-like-it = y\n");
	assert_false(pr_section_check_keys(section, keys, COUNT(keys), &error));
	assert_described("a.ini:2: unknown key 'nothing-like-it' in [store main]; expected one of: path, timeout, user");
	section = read_section("[store]\ntimeout = 1\nuser = y\n");
	assert_true(pr_section_check_keys(section, keys, COUNT(keys), &error));
	static const char *const kinds[] = {"store", "mail"};
	assert_true(read_text("[store]\n[mall x]\n"));
	assert_false(pr_definition_check_kinds(&definition, kinds, COUNT(kinds), &error));
	assert_described("a.ini:2: unknown section [mall x]; expected one of: store, mail; did you mean 'mail'?");
	assert_true(read_text("[store]\n[mail x]\n"));
	assert_true(pr_definition_check_kinds(&definition, kinds, COUNT(kinds), &error));
}

static void getters_read_what_they_expect(void **state)
{
	(void)state;
	static const char *const names[] = {"red", "green", "blue"};
	const struct pr_section *section = read_section("[s]\ntext = hello\nint = -7\ndouble = 0.25\nyes = on\nno = false\n"
													"choice = blue\nlist = a, b c ,d\nnone =\n");
	const char *text = NULL;
	int64_t integer = 0;
	double number = 0;
	bool flag = false;
	size_t index = 0, count = 9;
	const char *const *items = NULL;
	assert_true(pr_section_text(section, "text", &text, &error));
	assert_string_equal(text, "hello");
	assert_true(pr_section_int(section, "int", -7, 7, 3, &integer, &error));
	assert_int_equal(integer, -7);
	assert_true(pr_section_int(section, "absent", -7, 7, 3, &integer, &error));
	assert_int_equal(integer, 3);
	assert_true(pr_section_double(section, "double", 0, 1, 0.5, &number, &error));
	assert_true(number == 0.25);
	assert_true(pr_section_double(section, "absent", 0, 1, 0.5, &number, &error));
	assert_true(number == 0.5);
	assert_true(pr_section_bool(section, "yes", false, &flag, &error));
	assert_true(flag);
	assert_true(pr_section_bool(section, "no", true, &flag, &error));
	assert_false(flag);
	assert_true(pr_section_bool(section, "absent", true, &flag, &error));
	assert_true(flag);
	assert_true(pr_section_choice(section, "choice", names, 3, 0, &index, &error));
	assert_int_equal(index, 2);
	assert_true(pr_section_choice(section, "absent", names, 3, 1, &index, &error));
	assert_int_equal(index, 1);
	assert_true(pr_section_list(section, "list", &arena, &items, &count, &error));
	assert_int_equal(count, 3);
	assert_string_equal(items[0], "a");
	assert_string_equal(items[1], "b c");
	assert_string_equal(items[2], "d");
	assert_true(pr_section_list(section, "none", &arena, &items, &count, &error));
	assert_int_equal(count, 0);
	assert_true(pr_section_list(section, "absent", &arena, &items, &count, &error));
	assert_int_equal(count, 0);
}

static void getters_say_what_they_expected(void **state)
{
	(void)state;
	static const char *const names[] = {"red", "green", "blue"};
	const struct pr_section *section = read_section("[s x]\ntext =\nint = 8\nword = 1x\ndouble = 1.5\nflag = maybe\n"
													"choice = bleu\nlist = a,,b\n");
	const char *text = NULL;
	int64_t integer;
	double number;
	bool flag;
	size_t index, count;
	const char *const *items;
	assert_false(pr_section_text(section, "text", &text, &error));
	assert_described("a.ini:2: 'text' in [s x] is empty; expected a text");
	assert_false(pr_section_text(section, "title", &text, &error));
	assert_described("a.ini:1: 'title' in [s x] is missing; expected a text");
	assert_false(pr_section_int(section, "int", -7, 7, 3, &integer, &error));
	assert_described("a.ini:3: 'int' in [s x] is '8'; expected a whole number from -7 to 7");
	assert_false(pr_section_int(section, "word", -7, 7, 3, &integer, &error));
	assert_described("a.ini:4: 'word' in [s x] is '1x'; expected a whole number from -7 to 7");
	assert_false(pr_section_double(section, "double", 0, 1, 0.5, &number, &error));
	assert_described("a.ini:5: 'double' in [s x] is '1.5'; expected a number from 0 to 1");
	assert_false(pr_section_bool(section, "flag", false, &flag, &error));
	assert_described("a.ini:6: 'flag' in [s x] is 'maybe'; expected yes or no");
	assert_false(pr_section_choice(section, "choice", names, 3, 0, &index, &error));
	assert_described("a.ini:7: 'choice' in [s x] is 'bleu'; expected one of: red, green, blue; did you mean 'blue'?");
	assert_false(pr_section_list(section, "list", &arena, &items, &count, &error));
	assert_described("a.ini:8: 'list' in [s x] has an empty item; expected items separated by commas");
}

static void files_are_read_from_disk(void **state)
{
	(void)state;
	char path[] = "/tmp/powerreport-definition-XXXXXX";
	int descriptor = mkstemp(path);
	assert_true(descriptor >= 0);
	close(descriptor);
	assert_true(pr_file_write(path, "[a]\nk = v\n", 10, &error));
	assert_true(pr_definition_read(&definition, path, PR_CODE_CONFIG, &arena, &error));
	assert_string_equal(definition.path, path);
	assert_string_equal(pr_section_get(&definition.sections[0], "k"), "v");
	unlink(path);
	assert_false(pr_definition_read(&definition, path, PR_CODE_FONT, &arena, &error));
	assert_int_equal(error.code, PR_CODE_FONT);
	assert_string_equal(error.text, pr_arena_format(&arena, "cannot read '%s': no such file or directory", path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"sections and entries stand in the file's order, empty ones too", sections_stand_in_the_file_s_order, set_up,
			tear_down, NULL},
		{"continuation lines are joined by line feeds", continuation_lines_are_joined, set_up, tear_down, NULL},
		{"byte order mark, CRLF and a missing last line feed are accepted", foreign_line_ends_are_accepted, set_up,
			tear_down, NULL},
		{"lines and names up to the limits are whole", lines_up_to_the_limit_are_whole, set_up, tear_down, NULL},
		{"each mistake is refused with its line and text", each_mistake_has_its_text, set_up, tear_down, NULL},
		{"unknown keys and sections are refused with a suggestion", unknown_keys_are_refused_with_a_suggestion, set_up,
			tear_down, NULL},
		{"getters read what they expect, or give the default", getters_read_what_they_expect, set_up, tear_down, NULL},
		{"getters say what they expected, and where", getters_say_what_they_expected, set_up, tear_down, NULL},
		{"files are read from disk with the caller's code", files_are_read_from_disk, set_up, tear_down, NULL},
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
