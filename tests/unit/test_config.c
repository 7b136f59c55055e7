#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "config/config.h"

struct fixture {
	struct pr_arena arena;
	struct pr_error error;
	struct pr_config config;
	char folder[64];
};

static const char *const variables[] = {
	"POWERREPORT_MYSQL_PASSWORD", "POWERREPORT_ES_PASSWORD", "POWERREPORT_ES_API_KEY"};

static int open_fixture(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	pr_arena_init(&fixture->arena);
	snprintf(fixture->folder, sizeof fixture->folder, "/tmp/powerreport-config-XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
		unsetenv(variables[i]);
	*state = fixture;
	return 0;
}

static int close_fixture(void **state)
{
	struct fixture *fixture = *state;
	struct pr_error error = {0};
	assert_true(pr_folder_remove(fixture->folder, &error));
	pr_arena_release(&fixture->arena);
	free(fixture);
	return 0;
}

static char *path_in(struct fixture *fixture, const char *name)
{
	return pr_arena_format(&fixture->arena, "%s/%s", fixture->folder, name);
}

static void put(struct fixture *fixture, const char *name, const char *text)
{
	assert_true(pr_file_write(path_in(fixture, name), text, strlen(text), &fixture->error));
}

static bool read_text(struct fixture *fixture, const char *text)
{
	put(fixture, "report.ini", text);
	return pr_config_read(&fixture->config, path_in(fixture, "report.ini"), &fixture->arena, &fixture->error);
}

static void expect_refusal(struct fixture *fixture, const char *text, int line, const char *expected)
{
	assert_false(read_text(fixture, text));
	assert_int_equal(fixture->error.code, PR_CODE_CONFIG);
	if (!strstr(fixture->error.text, expected))
		fail_msg("'%s' is not in '%s'", expected, fixture->error.text);
	assert_int_equal(fixture->error.line, line);
	assert_string_equal(fixture->error.source, path_in(fixture, "report.ini"));
}

#define LIVE "[store]\nkind = live\n[elasticsearch]\nurl = https://es.example:9200/\n"
#define LIVE_MYSQL "[mysql]\ndatabase = power\nuser = report\n"

static void the_shipped_file_holds_the_defaults(void **state)
{
	struct fixture *fixture = *state;
	struct pr_config shipped, bare;
	assert_true(pr_config_read(&shipped, "report.ini", &fixture->arena, &fixture->error));
	assert_true(read_text(fixture, ""));
	bare = fixture->config;
	assert_string_equal(shipped.store.path, "build/sample.db");
	assert_int_equal(shipped.store.kind, bare.store.kind);
	assert_int_equal(shipped.settle_hours, bare.settle_hours);
	assert_int_equal(shipped.store.elasticsearch.batch, bare.store.elasticsearch.batch);
	assert_int_equal(shipped.store.elasticsearch.max_retries, bare.store.elasticsearch.max_retries);
	assert_int_equal(shipped.store.elasticsearch.deadline_s, bare.store.elasticsearch.deadline_s);
	assert_int_equal(shipped.store.elasticsearch.request_timeout_s, bare.store.elasticsearch.request_timeout_s);
	assert_int_equal(shipped.store.elasticsearch.response_cap_mib, bare.store.elasticsearch.response_cap_mib);
	assert_int_equal(shipped.store.mysql.statement_timeout_s, bare.store.mysql.statement_timeout_s);
	assert_int_equal(shipped.store.mysql.port, bare.store.mysql.port);
	assert_int_equal(shipped.store.mysql.tls, bare.store.mysql.tls);
	assert_string_equal(shipped.store.elasticsearch.minutes.index, bare.store.elasticsearch.minutes.index);
	assert_string_equal(shipped.folder_name, bare.folder_name);
	assert_string_equal(shipped.file_name, bare.file_name);
	assert_string_equal(shipped.test_codes, bare.test_codes);
	assert_true(shipped.gate == bare.gate && shipped.gate == 0.95);
	assert_true(shipped.shift_percent == bare.shift_percent && shipped.shift_percent == 5);
	assert_int_equal(shipped.settle_hours, 72);
	assert_true(shipped.day_share_month && bare.day_share_month);
}

static void paths_are_relative_to_the_files_folder(void **state)
{
	struct fixture *fixture = *state;
	assert_true(read_text(fixture, "[store]\npath = data/a.db\n[output]\nfolder = /srv/out\n"));
	assert_string_equal(fixture->config.store.path, path_in(fixture, "data/a.db"));
	assert_string_equal(fixture->config.out_folder, "/srv/out");
	assert_string_equal(fixture->config.template_folder, path_in(fixture, "templates"));
}

static void index_and_field_names_can_be_those_of_a_platform(void **state)
{
	struct fixture *fixture = *state;
	assert_true(read_text(fixture, "[index quarters]\nindex = meter_q,meter_q_old-*\nkwh = active.energy\n"));
	const struct pr_index_config *index = &fixture->config.store.elasticsearch.quarters;
	assert_string_equal(index->index, "meter_q,meter_q_old-*");
	assert_string_equal(pr_index_field(index, "kwh"), "active.energy");
	assert_string_equal(pr_index_field(index, "kvarh_lag"), "kvarh_lag");
}

static void a_wrong_key_is_refused_with_its_line(void **state)
{
	struct fixture *fixture = *state;
	expect_refusal(fixture, "[store]\nkind = embedded\npth = a.db\n", 3, "unknown key 'pth' in [store]");
}

static void a_wrong_section_is_refused_with_its_line(void **state)
{
	struct fixture *fixture = *state;
	expect_refusal(fixture, "[store]\n\n[stoer]\n", 3, "stoer");
}

static void a_wrong_index_section_is_refused(void **state)
{
	struct fixture *fixture = *state;
	expect_refusal(
		fixture, "[index quarter]\nindex = a\n", 1, "unknown section [index quarter]; expected [index quarters]");
}

static void a_field_the_contract_does_not_have_is_refused(void **state)
{
	struct fixture *fixture = *state;
	expect_refusal(fixture, "[index sensors]\nvaleu = v\n", 2, "unknown key 'valeu' in [index sensors]");
}

static void an_index_name_that_would_change_the_request_is_refused(void **state)
{
	struct fixture *fixture = *state;
	expect_refusal(fixture, "[index events]\nindex = a/_delete_by_query\n", 2, "is 'a/_delete_by_query'; expected an");
	pr_error_clear(&fixture->error);
	expect_refusal(fixture, "[index events]\nindex = _all\n", 2, "is '_all'; expected an index");
}

static void a_number_that_is_none_is_refused(void **state)
{
	struct fixture *fixture = *state;
	expect_refusal(fixture, "[report]\ngate = 95%\n", 2, "gate");
	pr_error_clear(&fixture->error);
	expect_refusal(fixture, "[report]\n\nsettle_hours = 3.5\n", 3, "settle_hours");
	pr_error_clear(&fixture->error);
	expect_refusal(fixture, "[elasticsearch]\nbatch = 0\n", 2, "batch");
}

static void an_unknown_kind_of_store_is_refused(void **state)
{
	struct fixture *fixture = *state;
	expect_refusal(fixture, "[store]\nkind = oracle\n", 2, "embedded, live");
}

static void a_live_store_needs_its_servers(void **state)
{
	struct fixture *fixture = *state;
	expect_refusal(fixture, "[store]\nkind = live\n[elasticsearch]\n", 3, "'url' in [elasticsearch] is missing");
	pr_error_clear(&fixture->error);
	expect_refusal(fixture, LIVE "[mysql]\nuser = report\n", 5, "database");
	pr_error_clear(&fixture->error);
	expect_refusal(fixture, LIVE "[mysql]\ndatabase = power\n", 5, "user");
}

static void an_address_with_a_user_or_a_path_is_refused(void **state)
{
	struct fixture *fixture = *state;
	static const char *const urls[] = {
		"es.example:9200", "ftp://es", "https://u:p@es:9200", "http://es/prefix", "https://", "http://es?x"};
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		pr_error_clear(&fixture->error);
		expect_refusal(fixture, pr_arena_format(&fixture->arena, "[elasticsearch]\nurl = %s\n", urls[i]), 2,
			"is no address of a server; expected http:// or https://");
		assert_null(strstr(fixture->error.text, "u:p"));
	}
}

static void secrets_come_from_the_environment(void **state)
{
	struct fixture *fixture = *state;
	setenv("POWERREPORT_MYSQL_PASSWORD", "m1", 1);
	setenv("POWERREPORT_ES_PASSWORD", "e1", 1);
	setenv("POWERREPORT_ES_API_KEY", "k1", 1);
	assert_true(read_text(fixture, LIVE LIVE_MYSQL));
	assert_string_equal(fixture->config.store.mysql.password, "m1");
	assert_string_equal(fixture->config.store.elasticsearch.password, "e1");
	assert_string_equal(fixture->config.store.elasticsearch.api_key, "k1");
	assert_string_equal(fixture->config.store.elasticsearch.url, "https://es.example:9200");
	assert_true(fixture->config.store.mysql.tls);
}

static void a_secret_comes_from_a_file_of_mode_0600(void **state)
{
	struct fixture *fixture = *state;
	put(fixture, "secret", "geheim\n");
	assert_int_equal(chmod(path_in(fixture, "secret"), 0600), 0);
	assert_true(read_text(fixture, LIVE LIVE_MYSQL "password_file = secret\n"));
	assert_string_equal(fixture->config.store.mysql.password, "geheim");
	assert_null(fixture->config.store.elasticsearch.password);
}

static void a_secrets_file_that_others_can_read_is_refused(void **state)
{
	struct fixture *fixture = *state;
	put(fixture, "secret", "geheim\n");
	assert_int_equal(chmod(path_in(fixture, "secret"), 0644), 0);
	expect_refusal(fixture, LIVE LIVE_MYSQL "password_file = secret\n", 8, "has mode 0644; expected 0600");
	assert_null(strstr(fixture->error.text, "geheim"));
}

static void a_secret_in_the_file_is_refused_and_not_repeated(void **state)
{
	struct fixture *fixture = *state;
	expect_refusal(fixture, "[mysql]\npassword = geheim\n", 2,
		"is a secret; expected it in the environment as POWERREPORT_MYSQL_PASSWORD or in a file of mode 0600 that "
		"'password_file' names");
	assert_null(strstr(fixture->error.text, "geheim"));
	pr_error_clear(&fixture->error);
	expect_refusal(fixture, "[elasticsearch]\napi_key = geheim\n", 2, "POWERREPORT_ES_API_KEY");
	assert_null(strstr(fixture->error.text, "geheim"));
}

static void the_embedded_store_asks_for_no_secrets(void **state)
{
	struct fixture *fixture = *state;
	assert_true(read_text(fixture, "[mysql]\npassword_file = /does/not/exist\n"));
	assert_null(fixture->config.store.mysql.password);
}

static void bold_and_regular_faces_are_of_equal_number(void **state)
{
	struct fixture *fixture = *state;
	expect_refusal(fixture, "[fonts]\nregular = a.ttf, b.ttf, c.ttf\nbold = d.ttf\n", 3,
		"names 1 files; expected 3, as many as 'regular'");
}

static void fonts_that_are_missing_are_left_out(void **state)
{
	struct fixture *fixture = *state;
	put(fixture, "b.ttf", "b");
	assert_true(read_text(fixture, "[fonts]\nregular = a.ttf, b.ttf, b.ttf\nbold = b.ttf, b.ttf, c.ttf\n"));
	assert_int_equal(fixture->config.fonts.count, 1);
	assert_string_equal(fixture->config.fonts.regular[0], path_in(fixture, "b.ttf"));
	assert_string_equal(fixture->config.fonts.bold[0], path_in(fixture, "b.ttf"));
}

static void without_any_font_the_list_stays(void **state)
{
	struct fixture *fixture = *state;
	assert_true(read_text(fixture, "[fonts]\nregular = a.ttf, b.ttf\nbold = a.ttf, b.ttf\n"));
	assert_int_equal(fixture->config.fonts.count, 2);
	assert_string_equal(fixture->config.fonts.bold[0], path_in(fixture, "a.ttf"));
}

static void name_patterns_are_checked(void **state)
{
	struct fixture *fixture = *state;
	expect_refusal(fixture, "[output]\nfolder_name = {name}\n", 2, "expected it to begin with '{id}-'");
	pr_error_clear(&fixture->error);
	expect_refusal(fixture, "[output]\nfile_name = {nmae}\n", 2, "has an unknown word '{nmae'");
	pr_error_clear(&fixture->error);
	expect_refusal(fixture, "[output]\nfile_name = ../report\n", 2, "leads to another folder");
	pr_error_clear(&fixture->error);
	expect_refusal(fixture, "[output]\nfile_name = a}b\n", 2, "has a '}' without '{'");
}

static void a_pattern_becomes_a_safe_name(void **state)
{
	struct fixture *fixture = *state;
	const struct pr_config_words words = {.id = "7", .name = "A/B 工厂", .month = "2018-03"};
	assert_string_equal(pr_config_name("{id}-{name}", &words, &fixture->arena), "7-A_B 工厂");
	assert_string_equal(pr_config_name("r{short_name}-{month}", &words, &fixture->arena), "r-2018-03");
}

static void a_file_that_is_not_there_is_an_error(void **state)
{
	struct fixture *fixture = *state;
	assert_false(pr_config_read(&fixture->config, path_in(fixture, "none.ini"), &fixture->arena, &fixture->error));
	assert_int_equal(fixture->error.code, PR_CODE_CONFIG);
}

int main(void)
{
#define TEST(sentence, function)                              \
	{                                                         \
		sentence, function, open_fixture, close_fixture, NULL \
	}
	const struct CMUnitTest tests[] = {
		TEST("the shipped file holds the defaults", the_shipped_file_holds_the_defaults),
		TEST("paths are relative to the file's folder", paths_are_relative_to_the_files_folder),
		TEST("index and field names can be those of a platform", index_and_field_names_can_be_those_of_a_platform),
		TEST("a wrong key is refused with its line", a_wrong_key_is_refused_with_its_line),
		TEST("a wrong section is refused with its line", a_wrong_section_is_refused_with_its_line),
		TEST("a wrong index section is refused", a_wrong_index_section_is_refused),
		TEST("a field the contract does not have is refused", a_field_the_contract_does_not_have_is_refused),
		TEST("an index name that would change the request is refused",
			an_index_name_that_would_change_the_request_is_refused),
		TEST("a number that is none is refused", a_number_that_is_none_is_refused),
		TEST("an unknown kind of store is refused", an_unknown_kind_of_store_is_refused),
		TEST("a live store needs its servers", a_live_store_needs_its_servers),
		TEST("an address with a user or a path is refused", an_address_with_a_user_or_a_path_is_refused),
		TEST("secrets come from the environment", secrets_come_from_the_environment),
		TEST("a secret comes from a file of mode 0600", a_secret_comes_from_a_file_of_mode_0600),
		TEST("a secret's file that others can read is refused", a_secrets_file_that_others_can_read_is_refused),
		TEST("a secret in the file is refused and not repeated", a_secret_in_the_file_is_refused_and_not_repeated),
		TEST("the embedded store asks for no secrets", the_embedded_store_asks_for_no_secrets),
		TEST("bold and regular faces are of equal number", bold_and_regular_faces_are_of_equal_number),
		TEST("fonts that are missing are left out", fonts_that_are_missing_are_left_out),
		TEST("without any font the list stays, for the message", without_any_font_the_list_stays),
		TEST("name patterns are checked", name_patterns_are_checked),
		TEST("a pattern becomes a safe name", a_pattern_becomes_a_safe_name),
		TEST("a file that is not there is an error", a_file_that_is_not_there_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
