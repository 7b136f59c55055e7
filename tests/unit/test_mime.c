/* Messages as bytes. Expected encodings are those of Python's base64 and email.header modules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <string.h>

#include "output/mime.h"

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

static const char *header(const char *text)
{
	struct pr_buffer out;

	pr_buffer_init(&out, &arena);
	pr_mime_header(&out, "Subject", text);
	return out.text;
}

static void a_plain_header_is_folded_at_spaces(void **state)
{
	(void)state;
	assert_string_equal(header("Report of March"), "Subject: Report of March\r\n");
	assert_string_equal(
		header("The report of the month of March of the year two thousand and eighteen, with all of it"),
		"Subject: The report of the month of March of the year two thousand and\r\n eighteen, with all of it\r\n");
}

static void what_is_no_ascii_becomes_encoded_words(void **state)
{
	(void)state;
	/* base64.b64encode('用电服务月报'.encode()) */
	assert_string_equal(header("用电服务月报"), "Subject: =?UTF-8?B?55So55S15pyN5Yqh5pyI5oql?=\r\n");
	/* 13 characters of three bytes are 39 bytes, a word; the 14th begins the next one. */
	assert_string_equal(header("客户客户客户客户客户客户客户"),
		"Subject: =?UTF-8?B?5a6i5oi35a6i5oi35a6i5oi35a6i5oi35a6i5oi35a6i5oi35a6i?=\r\n =?UTF-8?B?5oi3?=\r\n");
}

static void what_looks_like_an_encoded_word_is_encoded(void **state)
{
	(void)state;
	assert_string_equal(header("=?utf-8?q?x?="), "Subject: =?UTF-8?B?PT91dGYtOD9xP3g/PQ==?=\r\n");
}

static void a_line_break_or_a_mark_gets_into_no_header(void **state)
{
	(void)state;
	assert_string_equal(header("a\r\nBcc: evil@x.example"), "Subject: a Bcc: evil@x.example\r\n");
	assert_string_equal(header("ab\u202Ecd\u2066\x01"), "Subject: abcd\r\n");
}

static void a_word_that_no_line_holds_is_encoded(void **state)
{
	char word[200];
	const char *out;

	(void)state;
	memset(word, 'x', sizeof word - 1);
	word[sizeof word - 1] = '\0';
	out = header(word);
	assert_non_null(strstr(out, "=?UTF-8?B?eHh4"));
	for (const char *line = out; *line; line = strstr(line, "\r\n") + 2)
		assert_true(strcspn(line, "\r") <= 76);
}

static const char *addresses(const struct pr_mime_address *list, size_t count)
{
	struct pr_buffer out;

	pr_buffer_init(&out, &arena);
	pr_mime_addresses(&out, "To", list, count);
	return out.text;
}

static void names_of_addresses_are_quoted_or_encoded(void **state)
{
	static const struct pr_mime_address list[] = {{"Zhou Min", "a@x.example"}, {NULL, "b@x.example"},
		{"Li, \"the boss\" \\", "c@x.example"}, {"周敏", "d@x.example"}};

	(void)state;
	assert_string_equal(addresses(list, 1), "To: Zhou Min <a@x.example>\r\n");
	assert_string_equal(addresses(list + 1, 1), "To: b@x.example\r\n");
	assert_string_equal(addresses(list + 2, 1), "To: \"Li, \\\"the boss\\\" \\\\\" <c@x.example>\r\n");
	assert_string_equal(addresses(list + 3, 1), "To: =?UTF-8?B?5ZGo5pWP?= <d@x.example>\r\n");
	assert_string_equal(addresses(list, 4), "To: Zhou Min <a@x.example>, b@x.example, \"Li, \\\"the boss\\\" \\\\\"\r\n"
											" <c@x.example>, =?UTF-8?B?5ZGo5pWP?= <d@x.example>\r\n");
}

static void a_date_has_its_zone(void **state)
{
	struct pr_buffer out;
	const struct pr_zone *zone;
	struct pr_error error = {0};

	(void)state;
	pr_buffer_init(&out, &arena);
	pr_mime_date(&out, INT64_C(1793778300000), NULL);
	assert_string_equal(out.text, "Date: Wed, 04 Nov 2026 07:45:00 +0000\r\n");
	assert_true(pr_zone_open(&zone, "Asia/Kolkata", &arena, &error));
	out.length = 0;
	pr_mime_date(&out, INT64_C(1793778300000), zone);
	assert_string_equal(out.text, "Date: Wed, 04 Nov 2026 13:15:00 +0530\r\n");
	assert_true(pr_zone_open(&zone, "America/New_York", &arena, &error));
	out.length = 0;
	pr_mime_date(&out, INT64_C(1793778300000), zone);
	assert_string_equal(out.text, "Date: Wed, 04 Nov 2026 02:45:00 -0500\r\n");
}

static const char *parameter(const char *text)
{
	struct pr_buffer out;

	pr_buffer_init(&out, &arena);
	pr_mime_parameter(&out, "filename", text);
	return out.text;
}

static void a_files_name_is_a_token_or_an_extended_parameter(void **state)
{
	(void)state;
	assert_string_equal(parameter("report.pdf"), ";\r\n filename=\"report.pdf\"");
	/* urllib.parse.quote('月报 1.pdf') */
	assert_string_equal(parameter("月报 1.pdf"), ";\r\n filename*0*=UTF-8''%E6%9C%88%E6%8A%A5%201.pdf");
	assert_string_equal(parameter("a\"b\r\nc"), ";\r\n filename*0*=UTF-8''a%22b%20c");
	assert_string_equal(parameter("客户客户客户客户.pdf"),
		";\r\n filename*0*=UTF-8''%E5%AE%A2%E6%88%B7%E5%AE%A2%E6%88%B7%E5%AE%A2;\r\n"
		" filename*1*=%E6%88%B7%E5%AE%A2%E6%88%B7.pdf");
}

static void base64_has_lines_of_76_characters(void **state)
{
	struct pr_buffer out;

	(void)state;
	pr_buffer_init(&out, &arena);
	pr_mime_base64(&out, "ab", 2);
	pr_mime_base64(&out, "a", 1);
	assert_string_equal(out.text, "YWI=\r\nYQ==\r\n");
	out.length = 0;
	pr_mime_base64(&out, "0123456789012345678901234567890123456789012345678901234567890", 61);
	assert_string_equal(
		out.text, "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2\r\nNzg5MA==\r\n");
}

static void addresses_are_plain_or_none(void **state)
{
	static const char *const good[] = {"a@b", "first.last+tag@mail.example.com", "o'hara@x-y.example", "1@2.3"};
	static const char *const bad[] = {"", "@x.example", "a@", "a b@x.example", "a@x.example\r\nBcc: b@x.example",
		"a@x.example>", "<a@x.example", "a..b@x.example", ".a@x.example", "a.@x.example", "a@x..example",
		"a@-x.example", "a@x-.example", "a@.example", "a@x.example.", "a,b@x.example", "\"a b\"@x.example",
		"ä@x.example", "a@ä.example", "a;b@x.example", "a@x.example ", "no address",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@x.example"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(pr_mime_is_address(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (pr_mime_is_address(bad[i]))
			fail_msg("'%s' counts as an address", bad[i]);
	assert_false(pr_mime_is_address(NULL));
}

static void a_message_is_the_same_every_time_and_holds_its_parts(void **state)
{
	const struct pr_mime_address to = {"周敏", "a@x.example"};
	const struct pr_mime_file file = {"月报.pdf", "application/pdf", "%PDF", 4};
	const struct pr_mime_message message = {.from = {"Reports", "r@x.example"},
		.to = &to,
		.to_count = 1,
		.subject = "Report",
		.message_id = "<1@x.example>",
		.text = "a\nb\n",
		.html = "<p>a</p>\n",
		.files = &file,
		.file_count = 1,
		.draft = true};
	const char *bytes, *again;
	size_t count, again_count;

	(void)state;
	pr_mime_write(&message, &arena, &bytes, &count);
	pr_mime_write(&message, &arena, &again, &again_count);
	assert_int_equal(count, again_count);
	assert_memory_equal(bytes, again, count);
	assert_non_null(strstr(bytes, "\r\nX-Unsent: 1\r\n"));
	assert_null(strstr(bytes, "Auto-Submitted"));
	/* "a\r\nb\r\n" and "%PDF" */
	assert_non_null(strstr(bytes, "Content-Type: text/plain; charset=utf-8\r\n"
								  "Content-Transfer-Encoding: base64\r\n\r\nYQ0KYg0K\r\n"));
	assert_non_null(strstr(bytes, "Content-Disposition: attachment;\r\n filename*0*=UTF-8''%E6%9C%88%E6%8A%A5.pdf\r\n"
								  "Content-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n"));
	for (const char *at = bytes; (at = strchr(at, '\n')) != NULL; at++)
		assert_int_equal(at[-1], '\r');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a plain header is folded at spaces", a_plain_header_is_folded_at_spaces, set_up, tear_down, NULL},
		{"what is no ASCII becomes encoded words", what_is_no_ascii_becomes_encoded_words, set_up, tear_down, NULL},
		{"what looks like an encoded word is encoded", what_looks_like_an_encoded_word_is_encoded, set_up, tear_down,
			NULL},
		{"a line break or a mark gets into no header", a_line_break_or_a_mark_gets_into_no_header, set_up, tear_down,
			NULL},
		{"a word that no line holds is encoded", a_word_that_no_line_holds_is_encoded, set_up, tear_down, NULL},
		{"names of addresses are quoted or encoded", names_of_addresses_are_quoted_or_encoded, set_up, tear_down, NULL},
		{"a date has its zone", a_date_has_its_zone, set_up, tear_down, NULL},
		{"a file's name is a token or an extended parameter", a_files_name_is_a_token_or_an_extended_parameter, set_up,
			tear_down, NULL},
		{"base64 has lines of 76 characters", base64_has_lines_of_76_characters, set_up, tear_down, NULL},
		{"addresses are plain or none", addresses_are_plain_or_none, set_up, tear_down, NULL},
		{"a message is the same every time and holds its parts", a_message_is_the_same_every_time_and_holds_its_parts,
			set_up, tear_down, NULL},
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
