#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

static void the_first_error_wins(void **state)
{
	(void)state;
	struct pr_error error = {0};
	assert_false(pr_error_set_at(&error, PR_CODE_CONFIG, "report.ini", 12, "unknown key '%s'", "foo"));
	assert_false(pr_error_set(&error, PR_CODE_STORE, "later"));
	assert_int_equal(error.code, PR_CODE_CONFIG);
	assert_int_equal(error.line, 12);
	assert_string_equal(error.source, "report.ini");
	assert_string_equal(error.text, "unknown key 'foo'");
	pr_error_clear(&error);
	assert_int_equal(error.code, PR_CODE_NONE);
	assert_string_equal(error.text, "");
}

static void context_goes_in_front(void **state)
{
	(void)state;
	struct pr_error error = {0};
	assert_false(pr_error_context(&error, "nothing"));
	assert_string_equal(error.text, "");
	assert_false(pr_error_set(&error, PR_CODE_STORE, "HTTP %d", 503));
	assert_false(pr_error_context(&error, "project %d", 7));
	assert_false(pr_error_context(&error, "tenant 3"));
	assert_string_equal(error.text, "tenant 3: project 7: HTTP 503");
	assert_int_equal(error.code, PR_CODE_STORE);
}

static void describes_the_parts_that_there_are(void **state)
{
	(void)state;
	char out[64];
	struct pr_error error = {.code = PR_CODE_CONFIG, .line = 3, .source = "a.ini", .text = "bad"};
	assert_string_equal(pr_error_describe(&error, out, sizeof out), "a.ini:3: bad");
	error.line = 0;
	assert_string_equal(pr_error_describe(&error, out, sizeof out), "a.ini: bad");
	error.source[0] = '\0';
	assert_string_equal(pr_error_describe(&error, out, sizeof out), "bad");
	assert_string_equal(pr_error_describe(&error, out, 3), "ba");
}

static void long_texts_are_cut_between_characters(void **state)
{
	(void)state;
	/* 300 times U+7535, three bytes each: 900 bytes for the 767 that fit, and 255 × 3 = 765. */
	char text[901];
	for (int i = 0; i < 300; i++)
		memcpy(text + (size_t)i * 3, "\xE7\x94\xB5", 3);
	text[900] = '\0';
	struct pr_error error = {0};
	assert_false(pr_error_set_at(&error, PR_CODE_STORE, text, 1, "%s", text));
	assert_int_equal(strlen(error.text), 765);
	assert_int_equal(strlen(error.source), 255);
	assert_true(pr_utf8_valid(error.text));
	assert_false(pr_error_context(&error, "x%s", text));
	assert_true(pr_utf8_valid(error.text));
	/* "x", 255 characters and a colon are all that fits. */
	assert_int_equal(strlen(error.text), 767);
	char out[100];
	assert_true(pr_utf8_valid(pr_error_describe(&error, out, sizeof out)));
	/* 33 × 3 = 99 bytes fill it: nothing is torn, nothing goes. */
	assert_int_equal(strlen(out), 99);
	assert_true(pr_utf8_valid(pr_error_describe(&error, out, 99)));
	assert_int_equal(strlen(out), 96);
}

static void a_failure_is_never_none(void **state)
{
	(void)state;
	struct pr_error error = {0};
	assert_false(pr_error_set(&error, PR_CODE_NONE, "what"));
	assert_int_equal(error.code, PR_CODE_INTERNAL);
}

static void reasons_are_lower_case(void **state)
{
	(void)state;
	char out[128];
	assert_string_equal(pr_error_reason(ENOSPC, out), "no space left on device");
	assert_string_equal(pr_error_reason(EACCES, out), "permission denied");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"the first error wins and clearing forgets it", the_first_error_wins, NULL, NULL, NULL},
		{"context goes in front of a text that is set", context_goes_in_front, NULL, NULL, NULL},
		{"a description has the parts that there are", describes_the_parts_that_there_are, NULL, NULL, NULL},
		{"long texts are cut between characters", long_texts_are_cut_between_characters, NULL, NULL, NULL},
		{"an error without a code is internal", a_failure_is_never_none, NULL, NULL, NULL},
		{"the system's reasons are in lower case", reasons_are_lower_case, NULL, NULL, NULL},
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
