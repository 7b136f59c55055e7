/* Figures from revision to revision: what is a change, and that what was kept is read again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "batch/figures.h"
#include "output/json.h"

#define CUTOFF_MS INT64_C(1522713600000) /* 2018-04-03T00:00Z */

struct fixture {
	struct pr_arena arena;
	struct pr_error error;
	struct pr_tenant tenant;
	struct pr_project projects[3];
	struct pr_project_report reports[3];
	struct pr_subject point;
	struct pr_report report;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	if (!fixture)
		return -1;
	pr_arena_init(&fixture->arena);
	fixture->tenant = (struct pr_tenant){.id = 1, .name = "A \"quoted\" 客户", .locale = "en", .timezone = "UTC"};
	for (int i = 0; i < 3; i++) {
		fixture->projects[i] = (struct pr_project){.id = 10 * (i + 1), .name = "Works"};
		fixture->reports[i].project = &fixture->projects[i];
	}
	fixture->point = (struct pr_subject){.id = 101, .name = "Boiler"};
	fixture->reports[0].points = &fixture->point;
	fixture->reports[0].point_count = 1;
	fixture->report = (struct pr_report){.tenant = &fixture->tenant,
		.month = {2018, 3},
		.revision = 1,
		.cutoff_ms = CUTOFF_MS,
		.projects = fixture->reports,
		.project_count = 1};
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	pr_arena_release(&fixture->arena);
	free(fixture);
	return 0;
}

static void set(struct fixture *fixture, struct pr_findings *findings, const char *id, pr_micro value, const char *unit)
{
	pr_findings_set(findings, &fixture->arena, id, value, unit, 4);
}

static struct pr_packed pack(struct fixture *fixture, char hash[PR_SHA256_TEXT])
{
	struct pr_packed packed;

	assert_true(pr_figures_pack(&fixture->report, &fixture->arena, &packed, hash, &fixture->error));
	return packed;
}

/* "path:old unit>new unit " of every change; "-" for what was not there. */
static const char *compare(
	struct fixture *fixture, const struct pr_packed *before, const struct pr_packed *after, bool by_project)
{
	const char *out = "";
	struct pr_changed *changed;
	size_t count;

	assert_true(pr_figures_compare(before, after, by_project, &fixture->arena, &changed, &count, &fixture->error));
	for (size_t i = 0; i < count; i++) {
		const struct pr_changed_value *values[] = {&changed[i].before, &changed[i].after};
		const char *texts[2];

		for (int v = 0; v < 2; v++) {
			char plain[32];
			const char *number = values[v]->word ? values[v]->word : pr_micro_plain(values[v]->number, plain);
			texts[v] = values[v]->there
			               ? pr_arena_format(&fixture->arena, "%s %s", number, values[v]->unit ? values[v]->unit : "")
			               : "-";
		}
		out = pr_arena_format(&fixture->arena, "%s%s:%s>%s|", out, changed[i].path, texts[0], texts[1]);
	}
	return out;
}

static void every_kind_of_change_is_told_in_the_reports_order(void **state)
{
	struct fixture *fixture = *state;
	char hash[PR_SHA256_TEXT], other[PR_SHA256_TEXT];
	struct pr_packed before, after;

	set(fixture, &fixture->report.findings, "gone", 7000000, "kWh");
	set(fixture, &fixture->report.findings, "same", 1000000, "kWh");
	set(fixture, &fixture->report.findings, "zeta", 1500000, "kWh");
	set(fixture, &fixture->report.findings, "missing", PR_MICRO_MISSING, "kWh");
	set(fixture, &fixture->report.findings, "alpha", 2000000, "CNY");
	pr_findings_set_word(&fixture->point.findings, &fixture->arena, "verdict", "pass");
	before = pack(fixture, hash);
	fixture->report.findings = (struct pr_findings){0};
	fixture->point.findings = (struct pr_findings){0};
	set(fixture, &fixture->report.findings, "same", 1000000, "kWh");
	set(fixture, &fixture->report.findings, "zeta", 1500100, "kWh");
	set(fixture, &fixture->report.findings, "missing", 0, "kWh");
	set(fixture, &fixture->report.findings, "alpha", 2000000, "EUR");
	set(fixture, &fixture->report.findings, "new.null", PR_MICRO_MISSING, "kWh");
	pr_findings_set_word(&fixture->point.findings, &fixture->arena, "verdict", "fail");
	after = pack(fixture, other);
	assert_string_not_equal(hash, other);
	assert_string_equal(compare(fixture, &before, &after, false),
		"zeta:1.5 kWh>1.5001 kWh|missing:->0 kWh|alpha:2 CNY>2 EUR|"
		"projects/10/points/101/verdict:pass >fail |gone:7 kWh>-|");
}

static void names_order_and_missing_findings_are_no_change(void **state)
{
	struct fixture *fixture = *state;
	char hash[PR_SHA256_TEXT], other[PR_SHA256_TEXT];
	struct pr_packed before, after;

	set(fixture, &fixture->report.findings, "a", 1000000, "kWh");
	set(fixture, &fixture->point.findings, "b", 2000000, "kWh");
	before = pack(fixture, hash);
	fixture->tenant.name = "another name";
	fixture->point.name = "Kettle";
	set(fixture, &fixture->report.findings, "new.null", PR_MICRO_MISSING, "1");
	after = pack(fixture, other);
	assert_string_equal(hash, other);
	assert_string_equal(compare(fixture, &before, &after, false), "");
	assert_string_equal(compare(fixture, &before, &after, true), "");
}

static void the_largest_numbers_are_kept_exactly(void **state)
{
	struct fixture *fixture = *state;
	char hash[PR_SHA256_TEXT];
	struct pr_packed before, after;

	set(fixture, &fixture->report.findings, "a", 9007199254740993100, "KRW"); /* above 2^53 millionths by far */
	before = pack(fixture, hash);
	fixture->report.findings = (struct pr_findings){0};
	set(fixture, &fixture->report.findings, "a", 9007199254740993200, "KRW");
	after = pack(fixture, hash);
	assert_string_equal(compare(fixture, &before, &after, false), "a:9007199254740.9931 KRW>9007199254740.9932 KRW|");
}

/* A platform's: projects by rising id, of which some are gone, some new, some changed. */
static void projects_are_read_side_by_side(void **state)
{
	struct fixture *fixture = *state;
	char hash[PR_SHA256_TEXT];
	struct pr_packed before, after;

	for (int i = 0; i < 3; i++)
		set(fixture, &fixture->reports[i].findings, "energy", 1000000 * (i + 1), "kWh");
	set(fixture, &fixture->report.findings, "total", 6000000, "kWh");
	fixture->reports[0].point_count = 0;
	fixture->report.project_count = 2;
	before = pack(fixture, hash); /* 10, 20 */
	fixture->report.projects = fixture->reports + 1;
	set(fixture, &fixture->reports[1].findings, "energy", 2500000, "kWh");
	after = pack(fixture, hash); /* 20, 30 */
	assert_string_equal(compare(fixture, &before, &after, true),
		"projects/10/energy:1 kWh>-|projects/20/energy:2 kWh>2.5 kWh|projects/30/energy:->3 kWh|");
	assert_string_equal(compare(fixture, &after, &before, true),
		"projects/10/energy:->1 kWh|projects/20/energy:2.5 kWh>2 kWh|projects/30/energy:3 kWh>-|");
}

static void a_place_is_taken_apart(void **state)
{
	struct pr_changed changed = {0};

	(void)state;
	pr_changed_place(&changed, "energy.total");
	assert_string_equal(changed.id, "energy.total");
	assert_int_equal(changed.project_id, 0);
	pr_changed_place(&changed, "projects/10/bill.total");
	assert_string_equal(changed.id, "bill.total");
	assert_int_equal(changed.project_id, 10);
	assert_null(changed.kind);
	pr_changed_place(&changed, "projects/1000000000007/sensors/2001/safety.max");
	assert_string_equal(changed.id, "safety.max");
	assert_true(changed.project_id == 1000000000007);
	assert_string_equal(changed.kind, "sensors");
	assert_int_equal(changed.subject_id, 2001);
}

static void changes_are_read_as_they_were_written(void **state)
{
	struct fixture *fixture = *state;
	struct pr_changed changes[] = {{.path = "projects/10/a",
									   .name = "N \"1\"",
									   .digits = 4,
									   .before = {true, 1500000, NULL, "kWh"},
									   .after = {true, 9007199254740993100, NULL, "MWh"}},
		{.path = "b",
			.digits = 0,
			.before = {true, PR_MICRO_MISSING, "pass", NULL},
			.after = {.number = PR_MICRO_MISSING}}};
	struct pr_changed *read;
	const char *text;
	size_t count, read_count;

	pr_changed_write(changes, 2, &fixture->arena, &text, &count);
	assert_true(pr_changed_read(text, count, &fixture->arena, &read, &read_count, &fixture->error));
	assert_int_equal(read_count, 2);
	assert_string_equal(read[0].path, "projects/10/a");
	assert_string_equal(read[0].name, "N \"1\"");
	assert_int_equal(read[0].digits, 4);
	assert_true(read[0].before.number == 1500000 && read[0].after.number == 9007199254740993100);
	assert_string_equal(read[0].before.unit, "kWh");
	assert_string_equal(read[0].after.unit, "MWh");
	assert_string_equal(read[1].before.word, "pass");
	assert_false(read[1].after.there);
	assert_null(read[1].name);
	assert_false(pr_changed_read("{\"no\": \"path\"}\n", 15, &fixture->arena, &read, &read_count, &fixture->error));
	assert_string_equal(fixture->error.text, "a line of the ledger's figures is not as expected");
}

/* What a folder says is what the ledger said. */
static void a_published_report_says_the_same(void **state)
{
	struct fixture *fixture = *state;
	struct pr_changed change = {.path = "projects/10/points/101/b",
		.name = "Boiler",
		.digits = 4,
		.before = {true, 1250000, NULL, "kWh"},
		.after = {true, 2000000, NULL, "kWh"}};
	char hash[PR_SHA256_TEXT], other[PR_SHA256_TEXT];
	struct pr_published published;
	struct pr_packed packed;
	char *json;
	size_t count;

	set(fixture, &fixture->report.findings, "a", 13227988760000, "KRW");
	set(fixture, &fixture->report.findings, "null", PR_MICRO_MISSING, "KRW");
	pr_findings_set(&fixture->report.findings, &fixture->arena, "coverage.rate", 967573, "1", 6);
	set(fixture, &fixture->reports[0].findings, "c", -41580880000, "kWh");
	set(fixture, &fixture->point.findings, "b", 2000000, "kWh");
	pr_findings_set_word(&fixture->point.findings, &fixture->arena, "verdict", "pass");
	fixture->report.revision = 2;
	fixture->report.changed = &change;
	fixture->report.changed_count = 1;
	pack(fixture, hash);
	assert_true(pr_json_write(&fixture->report, &fixture->arena, &json, &count, &fixture->error));
	assert_true(pr_published_read(json, count, &fixture->arena, &published, &fixture->error));
	assert_true(pr_figures_pack_list(&published.figures, &fixture->arena, &packed, other, &fixture->error));
	assert_string_equal(hash, other);
	assert_int_equal(published.tenant_id, 1);
	assert_int_equal(published.revision, 2);
	assert_true(published.cutoff_ms == CUTOFF_MS);
	assert_true(published.coverage == 0.967573);
	assert_int_equal(published.changed_count, 1);
	assert_true(published.changed[0].before.number == 1250000);
	assert_string_equal(published.changed[0].before.unit, "kWh");
	assert_false(pr_published_read("{\"schema\": \"x\"}", 15, &fixture->arena, &published, &fixture->error));
	assert_string_equal(fixture->error.text, "no findings of powerreport");
}

int main(void)
{
#define WITH_REPORT(sentence, function)             \
	{                                               \
		sentence, function, set_up, tear_down, NULL \
	}
	const struct CMUnitTest tests[] = {
		WITH_REPORT(
			"every kind of change is told in the report's order", every_kind_of_change_is_told_in_the_reports_order),
		WITH_REPORT("names, order and missing findings are no change", names_order_and_missing_findings_are_no_change),
		WITH_REPORT("the largest numbers are kept exactly", the_largest_numbers_are_kept_exactly),
		WITH_REPORT("projects are read side by side", projects_are_read_side_by_side),
		{"a place is taken apart", a_place_is_taken_apart, NULL, NULL, NULL},
		WITH_REPORT("changes are read as they were written", changes_are_read_as_they_were_written),
		WITH_REPORT("a published report says the same", a_published_report_says_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
