#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/base64.h"
#include "base/file.h"
#include "document/html.h"

struct page {
	struct pr_arena arena;
	struct pr_words words;
	struct pr_scope scope;
	struct pr_buffer out;
	struct pr_error error;
	char path[64];
};

static int setup(void **state)
{
	struct page *page = calloc(1, sizeof *page);
	int descriptor;

	assert_non_null(page);
	pr_arena_init(&page->arena);
	pr_buffer_init(&page->out, &page->arena);
	page->words = (struct pr_words){.group = ",", .minus = "-"};
	snprintf(page->path, sizeof page->path, "/tmp/test_html.XXXXXX");
	descriptor = mkstemp(page->path);
	assert_true(descriptor >= 0);
	close(descriptor);
	pr_scope_add(&page->scope, &page->arena, "name", pr_value_text("a<b & \"c\""));
	pr_scope_add(&page->scope, &page->arena, "html", pr_value_text("<i>x</i>"));
	pr_scope_add(&page->scope, &page->arena, "share", pr_value_micro(123456, "1"));
	pr_scope_add(&page->scope, &page->arena, "yes", pr_value_number(1, NULL));
	pr_scope_add(&page->scope, &page->arena, "no", pr_value_missing());
	*state = page;
	return 0;
}

static int teardown(void **state)
{
	struct page *page = *state;

	unlink(page->path);
	pr_arena_release(&page->arena);
	free(page);
	return 0;
}

static bool read_template(struct page *page, const char *text, struct pr_html **html)
{
	static const char *const parts[] = {"one"};

	pr_error_clear(&page->error);
	return pr_file_write(page->path, text, strlen(text), &page->error) &&
	       pr_html_read(html, page->path, parts, 1, &page->arena, &page->error);
}

static const char *render(struct page *page, const char *text)
{
	const struct pr_context context = {.words = &page->words, .arena = &page->arena};
	struct pr_html *html = NULL;

	pr_buffer_init(&page->out, &page->arena);
	if (!read_template(page, text, &html) ||
		!pr_html_put(html, "one", &context, &page->scope, &page->out, &page->error))
		fail_msg("%s", page->error.text);
	return page->out.text;
}

static void test_base64(void **state)
{
	/* RFC 4648, section 10. */
	static const char *const vectors[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"},
		{"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
	struct page *page = *state;

	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		pr_buffer_init(&page->out, &page->arena);
		pr_base64_add(&page->out, vectors[i][0], strlen(vectors[i][0]));
		assert_string_equal(page->out.text, vectors[i][1]);
	}
}

static void test_values(void **state)
{
	assert_string_equal(render(*state, "before\n{{part one}}\n\t<b>{{$name}}</b> {{raw $html}} {{$share|0}}{{$no}}\n"),
		"<b>a&lt;b &amp; &quot;c&quot;</b> <i>x</i> 12%—\n");
}

static void test_conditions(void **state)
{
	assert_string_equal(render(*state, "{{part one}}\n{{if $no}}1{{elif $yes}}2{{elif $yes}}3{{else}}4{{end}}"
									   "{{if $no}}{{if $yes}}5{{else}}6{{end}}{{else}}7{{end}}{"),
		"27{");
}

static void test_escapes(void **state)
{
	struct page *page = *state;

	pr_html_escape(&page->out, "'\r\n\x01\xc2\x85\xffä");
	assert_string_equal(page->out.text, "&#39;    \xef\xbf\xbdä");
	pr_buffer_init(&page->out, &page->arena);
	pr_html_add_path(&page->out, "1-a b/ä#?%\"<.pdf");
	assert_string_equal(page->out.text, "1-a%20b/%C3%A4%23%3F%25%22%3C.pdf");
}

static void test_hash(void **state)
{
	struct page *page = *state;
	struct pr_html *html = NULL;

	/* printf 'alert(1)' | openssl dgst -sha256 -binary | base64 */
	assert_true(read_template(page, "{{part one}}\n<script>\talert(1)</script>", &html));
	assert_string_equal(pr_html_hash(html, "style", &page->arena), "");
	assert_true(read_template(page, "{{part one}}\n<script>alert(1)</script>", &html));
	assert_string_equal(
		pr_html_hash(html, "script", &page->arena), "sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=");
}

static void test_mistakes(void **state)
{
	static const char *const mistakes[][2] = {{"{{part other}}\n", "part 'one' is missing"},
		{"{{part one}}\n\n{{$name", "expected '}}' behind a '{{'"},
		{"{{part one}}\n{{end}}", "expected an {{if}} before"}, {"{{part one}}\n{{if $yes}}", "expected an {{end}}"},
		{"{{part one}}\n{{if $yes}}{{else}}{{else}}{{end}}", "expected an {{end}}"},
		{"{{part one}}\n{{$name|odd}}", "a number style"}, {"{{part one}}\n{{$name ==}}", ""}};
	struct page *page = *state;

	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
		struct pr_html *html = NULL;
		assert_false(read_template(page, mistakes[i][0], &html));
		assert_int_equal(page->error.code, PR_CODE_CONFIG);
		assert_non_null(strstr(page->error.text, mistakes[i][1]));
	}
	pr_error_clear(&page->error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"base64 is that of the standard", test_base64, setup, teardown, NULL},
		{"values are escaped, raw ones are not", test_values, setup, teardown, NULL},
		{"the first branch that is true is taken", test_conditions, setup, teardown, NULL},
		{"text and paths cannot leave their place", test_escapes, setup, teardown, NULL},
		{"a hash is of what stands in the element", test_hash, setup, teardown, NULL},
		{"mistakes in a template are refused when it is read", test_mistakes, setup, teardown, NULL},
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
