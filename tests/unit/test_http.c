#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "source/http.h"

static const struct pr_http_options nowhere = {
	.url = "http://127.0.0.1:1", /* tcpmux: nobody listens */
	.connect_timeout_s = 2,
	.request_timeout_s = 2,
	.deadline_s = 10,
	.max_retries = 0,
	.cap_bytes = 1024,
};

/* 250 ms doubled to 10 s, of which half to all is waited. */
static void pauses_grow_and_stay_within_their_bounds(void **state)
{
	static const int64_t whole[] = {250, 500, 1000, 2000, 4000, 8000, 10000, 10000};
	(void)state;
	for (uint32_t seed = 0; seed < 1000; seed++)
		for (int attempt = 1; attempt <= 8; attempt++) {
			int64_t pause = pr_http_pause_ms(attempt, seed);
			assert_true(pause >= whole[attempt - 1] / 2 && pause <= whole[attempt - 1]);
		}
	assert_true(pr_http_pause_ms(1000000, 7) <= 10000);
}

static void pauses_of_different_workers_differ(void **state)
{
	int seen[11] = {0}, kinds = 0;
	(void)state;
	for (uint32_t seed = 100; seed < 200; seed++)
		seen[(pr_http_pause_ms(7, seed) - 5000) / 500]++;
	for (int i = 0; i < 11; i++)
		kinds += seen[i] > 0;
	assert_true(kinds >= 8); /* of ten steps of half a second, most are met by a hundred workers */
	assert_int_equal(pr_http_pause_ms(3, 42), pr_http_pause_ms(3, 42));
}

static void a_server_that_is_not_there_is_unreachable(void **state)
{
	struct pr_error error = {0};
	struct pr_http *http = NULL;
	struct pr_http_attempts attempts = {0};
	struct pr_http_answer answer;
	(void)state;
	assert_true(pr_http_open(&http, &nowhere, &error));
	assert_false(pr_http_send(http, "/", NULL, NULL, 0, &attempts, &answer, &error));
	assert_int_equal(error.code, PR_CODE_UNREACHABLE);
	assert_non_null(strstr(error.text, "cannot reach http://127.0.0.1:1: "));
	assert_int_equal(attempts.count, 1);
	pr_http_free(http);
}

static void tries_end_at_the_limit(void **state)
{
	struct pr_http_options options = nowhere;
	struct pr_error error = {0};
	struct pr_http *http = NULL;
	struct pr_http_attempts attempts = {0};
	struct pr_http_answer answer;
	(void)state;
	options.max_retries = 1;
	assert_true(pr_http_open(&http, &options, &error));
	assert_false(pr_http_send(http, "/", NULL, "{}", 2, &attempts, &answer, &error));
	assert_int_equal(attempts.count, 2);
	pr_http_free(http);
}

static void tries_end_at_the_deadline(void **state)
{
	struct pr_http_options options = nowhere;
	struct pr_error error = {0};
	struct pr_http *http = NULL;
	struct pr_http_attempts attempts = {.count = 3, .started_ms = 0}; /* long ago */
	(void)state;
	options.max_retries = 20;
	options.deadline_s = 1;
	assert_true(pr_http_open(&http, &options, &error));
	assert_false(pr_http_may_retry(http, &attempts));
	pr_http_free(http);
}

static void only_http_and_https_are_spoken(void **state)
{
	struct pr_http_options options = nowhere;
	struct pr_error error = {0};
	struct pr_http *http = NULL;
	struct pr_http_attempts attempts = {0};
	struct pr_http_answer answer;
	(void)state;
	options.url = "file://";
	assert_true(pr_http_open(&http, &options, &error));
	assert_false(pr_http_send(http, "/etc/hostname", NULL, NULL, 0, &attempts, &answer, &error));
	pr_http_free(http);
}

static void a_key_with_a_line_break_is_refused(void **state)
{
	struct pr_http_options options = nowhere;
	struct pr_error error = {0};
	struct pr_http *http = NULL;
	(void)state;
	options.api_key = "abc\r\nX-Other: 1";
	assert_false(pr_http_open(&http, &options, &error));
	assert_int_equal(error.code, PR_CODE_CONFIG);
	assert_null(strstr(error.text, "abc"));
	assert_null(http);
}

static void a_ca_file_that_is_not_there_is_refused(void **state)
{
	struct pr_http_options options = nowhere;
	struct pr_error error = {0};
	struct pr_http *http = NULL;
	(void)state;
	options.ca_file = "/does/not/exist.pem";
	assert_false(pr_http_open(&http, &options, &error));
	assert_int_equal(error.code, PR_CODE_CONFIG);
	assert_non_null(strstr(error.text, "/does/not/exist.pem"));
}

static void nothing_is_freed_twice(void **state)
{
	(void)state;
	pr_http_free(NULL);
}

int main(void)
{
#define TEST(sentence, function)             \
	{                                        \
		sentence, function, NULL, NULL, NULL \
	}
	const struct CMUnitTest tests[] = {
		TEST("pauses grow and stay within their bounds", pauses_grow_and_stay_within_their_bounds),
		TEST("pauses of different workers differ", pauses_of_different_workers_differ),
		TEST("a server that is not there is unreachable", a_server_that_is_not_there_is_unreachable),
		TEST("tries end at the limit", tries_end_at_the_limit),
		TEST("tries end at the deadline", tries_end_at_the_deadline),
		TEST("only http and https are spoken", only_http_and_https_are_spoken),
		TEST("a key with a line break is refused", a_key_with_a_line_break_is_refused),
		TEST("a CA file that is not there is refused", a_ca_file_that_is_not_there_is_refused),
		TEST("freeing nothing is fine", nothing_is_freed_twice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
