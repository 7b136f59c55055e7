/* The command line: every option, and every mistake's words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "command/options.h"
#include "model/directory.h"

#define ARGUMENTS_MAX 16

struct parsed {
	struct pr_arena arena;
	struct pr_command_options options;
	struct pr_option_result result;
	struct pr_error error;
	bool good;
};

/* Parses the words behind the sub-command's name; a NULL ends them. */
static void parse(struct parsed *parsed, unsigned groups, const char *const *words)
{
	const char *argv[ARGUMENTS_MAX] = {groups & PR_OPTIONS_RUN ? "run" : "import"};
	int argc = 1;

	*parsed = (struct parsed){.options = {.now_ms = 42, .jobs = 1, .formats = PR_FORMAT_PDF}};
	pr_arena_init(&parsed->arena);
	for (; *words; words++)
		argv[argc++] = *words;
	parsed->good =
		pr_options_parse(argc, argv, groups, &parsed->arena, &parsed->options, &parsed->result, &parsed->error);
}

#define PARSE(parsed, groups, ...) parse(parsed, groups, (const char *const[]){__VA_ARGS__, NULL})

static void assert_refused(unsigned groups, const char *const *words, const char *expected)
{
	struct parsed parsed;
	char text[1200];

	parse(&parsed, groups, words);
	assert_false(parsed.good);
	assert_int_equal(parsed.error.code, PR_CODE_USAGE);
	assert_string_equal(pr_error_describe(&parsed.error, text, sizeof text), expected);
	pr_arena_release(&parsed.arena);
}

#define REFUSED(expected, ...) assert_refused(PR_OPTIONS_RUN, (const char *const[]){__VA_ARGS__, NULL}, expected)

static void defaults_stay(void **state)
{
	struct parsed parsed;

	(void)state;
	parse(&parsed, PR_OPTIONS_RUN, (const char *const[]){NULL});
	assert_true(parsed.good);
	assert_int_equal(parsed.options.now_ms, 42);
	assert_int_equal(parsed.options.jobs, 1);
	assert_int_equal(parsed.options.formats, PR_FORMAT_PDF);
	assert_int_equal(parsed.options.editions, 0);
	assert_false(parsed.options.has_month || parsed.options.dry_run || parsed.options.force || parsed.options.json ||
				 parsed.options.quiet || parsed.options.verbose || parsed.result.help || parsed.result.version);
	assert_null(parsed.options.config_path);
	assert_null(parsed.options.db_path);
	assert_null(parsed.options.out_path);
	assert_int_equal(parsed.options.tenant_count, 0);
	pr_arena_release(&parsed.arena);
}

static void values_come_behind_a_space_or_an_equals_sign(void **state)
{
	struct parsed parsed;

	(void)state;
	PARSE(&parsed, PR_OPTIONS_RUN | PR_OPTIONS_FILE, "--month=2018-03", "--tenant", "7", "--tenant=3", "--db=a=b",
		"--out", "-", "--config", "x.ini", "--jobs=256", "-o", "file");
	assert_true(parsed.good);
	assert_true(parsed.options.has_month);
	assert_int_equal(parsed.options.month.year, 2018);
	assert_int_equal(parsed.options.month.month, 3);
	assert_int_equal(parsed.options.tenant_count, 2);
	assert_int_equal(parsed.options.tenants[0], 7);
	assert_int_equal(parsed.options.tenants[1], 3);
	assert_string_equal(parsed.options.db_path, "a=b");
	assert_string_equal(parsed.options.out_path, "-");
	assert_string_equal(parsed.options.config_path, "x.ini");
	assert_string_equal(parsed.options.output_file, "file");
	assert_int_equal(parsed.options.jobs, 256);
	pr_arena_release(&parsed.arena);
}

static void flags_are_set(void **state)
{
	struct parsed parsed;

	(void)state;
	PARSE(&parsed, PR_OPTIONS_RUN, "--json", "--quiet", "--verbose", "--help", "--version", "--force", "--dry-run");
	assert_true(parsed.good);
	assert_true(parsed.options.json && parsed.options.quiet && parsed.options.verbose && parsed.options.force &&
				parsed.options.dry_run && parsed.result.help && parsed.result.version);
	pr_arena_release(&parsed.arena);
}

static void lists_name_formats_and_editions(void **state)
{
	struct parsed parsed;

	(void)state;
	PARSE(&parsed, PR_OPTIONS_RUN, "--format", "json, svg", "--edition", "single", "--edition=platform");
	assert_true(parsed.good);
	assert_int_equal(parsed.options.formats, PR_FORMAT_JSON | PR_FORMAT_SVG);
	assert_int_equal(parsed.options.editions, (1 << PR_EDITION_SINGLE) | (1 << PR_EDITION_PLATFORM));
	pr_arena_release(&parsed.arena);
}

/* 2018-04-03T00:00:00Z is 1,522,713,600 s after 1970 (date -u -d 2018-04-03 +%s). */
static void now_is_utc_without_an_offset(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{"2018-04-03T00:00:00Z", 1522713600000},
		{"2018-04-03T00:00", 1522713600000},
		{"2018-04-03T09:00+09:00", 1522713600000},
		{"2018-04-02T20:30:00-03:30", 1522713600000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct parsed parsed;
		PARSE(&parsed, PR_OPTIONS_RUN, "--now", cases[i].text);
		assert_true(parsed.good);
		assert_int_equal(parsed.options.now_ms, cases[i].ms);
		pr_arena_release(&parsed.arena);
	}
}

static void an_import_takes_a_folder_and_no_option_of_a_run(void **state)
{
	struct parsed parsed;

	(void)state;
	PARSE(&parsed, PR_OPTIONS_IMPORT, "folder", "--db", "x.db", "more");
	assert_true(parsed.good);
	assert_int_equal(parsed.options.argument_count, 2);
	assert_string_equal(parsed.options.arguments[0], "folder");
	assert_string_equal(parsed.options.arguments[1], "more");
	pr_arena_release(&parsed.arena);
	assert_refused(PR_OPTIONS_IMPORT, (const char *const[]){"--month", "2018-03", NULL},
		"unknown option '--month'; see 'powerreport import --help'");
}

static void unknown_options_are_refused(void **state)
{
	(void)state;
	REFUSED("unknown option '--colour'; see 'powerreport run --help'", "--colour");
	REFUSED("unknown option '--mont'; see 'powerreport run --help'", "--mont", "2018-03");
	REFUSED("unknown option '--month2=2018-03'; see 'powerreport run --help'", "--month2=2018-03");
	REFUSED("unknown option '-x'; see 'powerreport run --help'", "-x");
	REFUSED("unknown option '--'; see 'powerreport run --help'", "--");
	REFUSED("unexpected argument '2018-03'; see 'powerreport run --help'", "2018-03");
	REFUSED("unexpected argument '-'; see 'powerreport run --help'", "-");
}

static void values_that_lack_or_are_too_many_are_refused(void **state)
{
	(void)state;
	REFUSED("--month: a value is expected", "--month");
	assert_refused(PR_OPTIONS_RUN | PR_OPTIONS_FILE, (const char *const[]){"-o", NULL}, "-o: a file is expected");
	REFUSED("unknown option '-o'; see 'powerreport run --help'", "-o", "file");
	REFUSED("--json takes no value", "--json=yes");
	REFUSED("--dry-run takes no value", "--dry-run=");
}

static void bad_months_are_refused(void **state)
{
	static const char *const months[] = {
		"2018", "2018-13", "2018-00", "2018-3", "18-03", "2018-03-01", "", "2018-03 ", "last", "２０１８-０３"};

	(void)state;
	for (size_t i = 0; i < sizeof months / sizeof *months; i++) {
		struct pr_arena arena;
		pr_arena_init(&arena);
		REFUSED(pr_arena_format(&arena, "--month: '%s' is not a month; expected such as 2018-03", months[i]), "--month",
			months[i]);
		pr_arena_release(&arena);
	}
}

static void bad_times_are_refused(void **state)
{
	static const char *const times[] = {"", "now", "2018-04-31T00:00Z", "2018-04-03T24:01Z", "2018-04-03T00:00+25:00",
		"2018-04-03T00:00Zx", "03/04/2018"};

	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		struct pr_arena arena;
		pr_arena_init(&arena);
		REFUSED(
			pr_arena_format(&arena,
				"--now: '%s' is not a time; expected such as 2018-04-03T00:00+09:00 (UTC without an offset)", times[i]),
			"--now", times[i]);
		pr_arena_release(&arena);
	}
}

static void bad_numbers_are_refused(void **state)
{
	static const char *const tenants[] = {"0", "-1", "x", "", "1.0", "1,2", "9223372036854775808"};
	static const char *const jobs[] = {"0", "257", "-2", "two", "1e1", "99999999999999999999"};
	struct pr_arena arena;

	(void)state;
	pr_arena_init(&arena);
	for (size_t i = 0; i < sizeof tenants / sizeof *tenants; i++)
		REFUSED(pr_arena_format(&arena, "--tenant: '%s' is not an id; expected a whole number above 0", tenants[i]),
			"--tenant", tenants[i]);
	for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++)
		REFUSED(pr_arena_format(&arena, "--jobs: '%s' is not a number of workers; expected 1 to 256", jobs[i]),
			"--jobs", jobs[i]);
	pr_arena_release(&arena);
}

static void unknown_names_in_lists_are_refused(void **state)
{
	(void)state;
	REFUSED("--format: 'docx' is unknown; expected pdf, xlsx, json, png, svg or layout", "--format", "pdf,docx");
	REFUSED("--format: '' is unknown; expected pdf, xlsx, json, png, svg or layout", "--format", "");
	REFUSED("--format: 'PDF' is unknown; expected pdf, xlsx, json, png, svg or layout", "--format=PDF");
	REFUSED("--format: '' is unknown; expected pdf, xlsx, json, png, svg or layout", "--format", "pdf,");
	REFUSED("--edition: 'double' is unknown; expected single, management or platform", "--edition", "double");
}

static void codes_are_listed_once_each_in_their_order(void **state)
{
	struct parsed parsed;

	(void)state;
	PARSE(&parsed, PR_OPTIONS_SURVEY | PR_OPTIONS_FILE, "--codes", "b, a ,b", "--month", "2026-10", "--codes=c", "-o",
		"s.csv");
	assert_true(parsed.good);
	assert_int_equal(parsed.options.code_count, 3);
	assert_string_equal(parsed.options.codes[0], "b");
	assert_string_equal(parsed.options.codes[1], "a");
	assert_string_equal(parsed.options.codes[2], "c");
	assert_int_equal(parsed.options.month.month, 10);
	assert_string_equal(parsed.options.output_file, "s.csv");
	pr_arena_release(&parsed.arena);
	assert_refused(PR_OPTIONS_SURVEY, (const char *const[]){"--codes", "a,,b", NULL},
		"--codes: 'a,,b' holds an empty code; expected such as low_power_factor,high_thd_u");
	assert_refused(
		PR_OPTIONS_SURVEY, (const char *const[]){"--codes", "1,2,3,4,5,6,7,8,9", NULL}, "--codes: more than 8 codes");
	assert_refused(PR_OPTIONS_RUN, (const char *const[]){"--codes", "a", NULL},
		"unknown option '--codes'; see 'powerreport run --help'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"defaults stay where no option is given", defaults_stay, NULL, NULL, NULL},
		{"values come behind a space or an equals sign", values_come_behind_a_space_or_an_equals_sign, NULL, NULL,
			NULL},
		{"flags are set", flags_are_set, NULL, NULL, NULL},
		{"lists name formats and editions", lists_name_formats_and_editions, NULL, NULL, NULL},
		{"now is UTC without an offset", now_is_utc_without_an_offset, NULL, NULL, NULL},
		{"an import takes a folder and no option of a run", an_import_takes_a_folder_and_no_option_of_a_run, NULL, NULL,
			NULL},
		{"unknown options are refused", unknown_options_are_refused, NULL, NULL, NULL},
		{"values that lack or are too many are refused", values_that_lack_or_are_too_many_are_refused, NULL, NULL,
			NULL},
		{"codes are listed once each, in their order", codes_are_listed_once_each_in_their_order, NULL, NULL, NULL},
		{"bad months are refused", bad_months_are_refused, NULL, NULL, NULL},
		{"bad times are refused", bad_times_are_refused, NULL, NULL, NULL},
		{"bad numbers are refused", bad_numbers_are_refused, NULL, NULL, NULL},
		{"unknown names in lists are refused", unknown_names_in_lists_are_refused, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
