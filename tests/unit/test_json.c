#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "output/json.h"

/* 2018-03-01T00:00:00+09:00 */
#define MARCH_MS INT64_C(1519830000000)

struct fixture {
	struct pr_arena arena;
	struct pr_error error;
	struct pr_tenant tenant;
	struct pr_project project;
	struct pr_project_report project_report;
	struct pr_report report;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	const struct pr_zone *seoul = NULL, *shanghai = NULL;

	if (fixture == NULL)
		return -1;
	pr_arena_init(&fixture->arena);
	if (!pr_zone_open(&seoul, "Asia/Seoul", &fixture->arena, &fixture->error) ||
		!pr_zone_open(&shanghai, "Asia/Shanghai", &fixture->arena, &fixture->error))
		return -1;
	fixture->tenant = (struct pr_tenant){.id = 1,
		.name = "A \"quoted\" \\ name\t\x01",
		.edition = PR_EDITION_SINGLE,
		.locale = "zh-CN",
		.timezone = "Asia/Seoul",
		.zone = seoul};
	fixture->project = (struct pr_project){.id = 10, .name = "工厂", .zone = shanghai};
	fixture->project_report = (struct pr_project_report){.project = &fixture->project, .currency = "CNY"};
	fixture->report = (struct pr_report){.tenant = &fixture->tenant,
		.month = {2018, 3},
		.revision = 1,
		.cutoff_ms = MARCH_MS + 33 * PR_MS_DAY,
		.projects = &fixture->project_report,
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

static const char *write(struct fixture *fixture)
{
	char *bytes = NULL;
	size_t count = 0;

	assert_true(pr_json_write(&fixture->report, &fixture->arena, &bytes, &count, &fixture->error));
	assert_int_equal(count, strlen(bytes));
	return bytes;
}

static void assert_holds(const char *json, const char *part)
{
	if (strstr(json, part) == NULL)
		fail_msg("'%s' is not in:\n%s", part, json);
}

static void writes_the_empty_report(void **state)
{
	assert_string_equal(write(*state),
		"{\n"
		"  \"schema\": \"powerreport/findings/1\",\n"
		"  \"tenant\": {\"id\": 1, \"name\": \"A \\\"quoted\\\" \\\\ name\\t\\u0001\", \"edition\": \"single\", "
		"\"timezone\": \"Asia/Seoul\", \"locale\": \"zh-CN\"},\n"
		"  \"month\": \"2018-03\",\n"
		"  \"revision\": 1,\n"
		"  \"cutoff\": \"2018-04-03T00:00:00+09:00\",\n"
		"  \"findings\": {},\n"
		"  \"projects\": [\n"
		"    {\n"
		"      \"id\": 10,\n"
		"      \"name\": \"工厂\",\n"
		"      \"findings\": {},\n"
		"      \"points\": [],\n"
		"      \"transformers\": [],\n"
		"      \"sensors\": [],\n"
		"      \"bill_lines\": [],\n"
		"      \"series\": {},\n"
		"      \"events\": []\n"
		"    }\n"
		"  ],\n"
		"  \"notes\": []\n"
		"}\n");
}

static void writes_attributes_only_where_they_apply(void **state)
{
	struct fixture *fixture = *state;
	struct pr_findings *findings = &fixture->report.findings;
	struct pr_finding *finding;
	const char *json;

	pr_findings_set(findings, &fixture->arena, "energy.total", 80230410000, "kWh", 4);
	pr_findings_set(findings, &fixture->arena, "demand.max", PR_MICRO_MISSING, "kW", 4);
	pr_findings_set_word(findings, &fixture->arena, "health.grade", "good");
	finding = pr_findings_set(findings, &fixture->arena, "load.max", -1500000, "kW", 4);
	finding->coverage = PR_MICRO_ONE;
	finding->at_ms = MARCH_MS;
	finding->phase = "a";
	finding->limit = 2 * PR_MICRO_ONE;
	finding->source = "GB/T 12325";
	finding->change_month = -123456;
	finding->change_year = 0;
	finding->rank = 3;
	finding->text = "−1.50";
	json = write(fixture);
	assert_holds(json,
		"\n  \"findings\": {\n"
		"    \"energy.total\": {\"value\": 80230.41, \"unit\": \"kWh\"},\n"
		"    \"demand.max\": {\"value\": null, \"unit\": \"kW\"},\n"
		"    \"health.grade\": {\"value\": \"good\", \"unit\": \"1\"},\n"
		"    \"load.max\": {\"value\": -1.5, \"unit\": \"kW\", \"coverage\": 1, \"at\": \"2018-03-01T00:00:00+09:00\", "
		"\"phase\": \"a\", \"limit\": 2, \"source\": \"GB/T 12325\", \"change_month\": -0.123456, \"change_year\": 0, "
		"\"rank\": 3, \"text\": \"−1.50\"}\n"
		"  },\n");
}

static void writes_times_of_a_project_with_its_own_offset(void **state)
{
	struct fixture *fixture = *state;
	struct pr_finding *finding =
		pr_findings_set(&fixture->project_report.findings, &fixture->arena, "load.max", 0, "kW", 4);

	finding->at_ms = MARCH_MS;
	assert_holds(write(fixture),
		"        \"load.max\": {\"value\": 0, \"unit\": \"kW\", \"at\": \"2018-02-28T23:00:00+08:00\"}\n");
}

static void rounds_series_to_four_digits_and_money_to_two(void **state)
{
	struct fixture *fixture = *state;
	/* 0.00005 in binary is a little more than half: up. 1e-7 is not written with an exponent. */
	double energy[] = {2711.30004, NAN, 1e-7, -0.00001, 123456789.12345, 0.00005, INFINITY},
		   money[] = {1.005001, 2, NAN};
	struct pr_series series[] = {
		{"energy_day", "kWh", "P1D", MARCH_MS, energy, 7},
		{".chart_only", "kWh", "P1D", MARCH_MS, energy, 7},
		{"months13.charge", "CNY", "P1M", MARCH_MS, money, 3},
	};
	const char *json;

	fixture->project_report.series = series;
	fixture->project_report.series_count = 3;
	json = write(fixture);
	assert_holds(json,
		"      \"series\": {\n"
		"        \"energy_day\": {\"unit\": \"kWh\", \"step\": \"P1D\", \"start\": \"2018-02-28T23:00:00+08:00\", "
		"\"values\": [2711.3, null, 0, 0, 123456789.1235, 0.0001, null]},\n"
		"        \"months13.charge\": {\"unit\": \"CNY\", \"step\": \"P1M\", \"start\": \"2018-02-28T23:00:00+08:00\", "
		"\"values\": [1.01, 2, null]}\n"
		"      },\n");
}

static void writes_bill_lines_with_what_a_check_by_hand_needs(void **state)
{
	struct fixture *fixture = *state;
	struct pr_bill_line lines[] = {
		{PR_LINE_ENERGY, 1, PR_SLOT_PEAK, 41580880000, "kWh", 109300000, PR_MICRO_ONE, PR_MICRO_MISSING, 4544790180000},
		{PR_LINE_BASIC_EXCESS, 1, -1, 80240000, "kW", 16640000000, 500000, 900000, PR_MICRO_MISSING},
	};

	fixture->project_report.bill_lines = lines;
	fixture->project_report.bill_line_count = 2;
	assert_holds(write(fixture),
		"      \"bill_lines\": [\n"
		"        {\"line\": \"energy\", \"tariff\": 1, \"slot\": \"peak\", \"quantity\": 41580.88, \"unit\": \"kWh\", "
		"\"price\": 109.3, \"amount\": 4544790.18},\n"
		"        {\"line\": \"basic.excess\", \"tariff\": 1, \"slot\": null, \"quantity\": 80.24, \"unit\": \"kW\", "
		"\"price\": 16640, \"amount\": null, \"share\": 0.5, \"discount\": 0.9}\n"
		"      ],\n");
}

static void writes_every_key_of_an_event_and_a_note(void **state)
{
	struct fixture *fixture = *state;
	struct pr_event event = {.event_id = "ev00001",
		.point_id = 201,
		.code = "oil_level",
		.level = 2,
		.started_at_ms = MARCH_MS + 250,
		.ended_at_ms = PR_TIME_MISSING,
		.confirmed_at_ms = PR_TIME_MISSING,
		.closed_at_ms = PR_TIME_MISSING,
		.value = 61.5,
		.limit_value = NAN,
		.point_name = "1#"};
	struct pr_note notes[] = {
		{.code = "coverage.low",
			.project_id = 10,
			.point_id = 201,
			.text = "412",
			.count = 412,
			.first_ms = MARCH_MS,
			.last_ms = MARCH_MS},
		{.code = "x", .sensor_id = 7, .first_ms = PR_TIME_MISSING, .last_ms = PR_TIME_MISSING},
	};
	const char *json;

	fixture->project_report.events = &event;
	fixture->project_report.event_count = 1;
	fixture->report.notes = notes;
	fixture->report.note_count = 2;
	json = write(fixture);
	assert_holds(json,
		"        {\"id\": \"ev00001\", \"point\": 201, \"sensor\": null, \"code\": \"oil_level\", \"level\": 2, "
		"\"start\": \"2018-02-28T23:00:00.250+08:00\", \"end\": null, \"value\": 61.5, \"limit\": null, "
		"\"phase\": null, \"name_then\": \"1#\", \"confirmed\": null, \"closed\": null}\n");
	assert_holds(json,
		"    {\"code\": \"coverage.low\", \"project\": 10, \"point\": 201, \"text\": \"412\", \"count\": 412, "
		"\"first\": \"2018-02-28T23:00:00+08:00\", \"last\": \"2018-02-28T23:00:00+08:00\"},\n"
		"    {\"code\": \"x\", \"project\": null, \"point\": null, \"sensor\": 7, \"text\": null, \"count\": 0, "
		"\"first\": null, \"last\": null}\n");
}

static void writes_findings_of_subjects(void **state)
{
	struct fixture *fixture = *state;
	struct pr_subject points[2] = {{.id = 101, .name = "进线"}, {.id = 102, .name = "B"}};

	pr_findings_set(&points[0].findings, &fixture->arena, "energy.total", 12340000, "kWh", 4);
	fixture->project_report.points = points;
	fixture->project_report.point_count = 2;
	assert_holds(write(fixture), "      \"points\": [\n"
								 "        {\n"
								 "          \"id\": 101,\n"
								 "          \"name\": \"进线\",\n"
								 "          \"findings\": {\n"
								 "            \"energy.total\": {\"value\": 12.34, \"unit\": \"kWh\"}\n"
								 "          }\n"
								 "        },\n"
								 "        {\n"
								 "          \"id\": 102,\n"
								 "          \"name\": \"B\",\n"
								 "          \"findings\": {}\n"
								 "        }\n"
								 "      ],\n");
}

static void gives_projects_of_the_platform_findings_only(void **state)
{
	struct fixture *fixture = *state;
	const char *json;

	fixture->tenant.edition = PR_EDITION_PLATFORM;
	json = write(fixture);
	assert_holds(json, "      \"name\": \"工厂\",\n      \"findings\": {}\n    }\n");
	assert_null(strstr(json, "\"points\""));
	assert_null(strstr(json, "\"events\""));
}

static void quotes_ill_formed_text_as_replacement_characters(void **state)
{
	struct fixture *fixture = *state;
	struct pr_buffer out;

	pr_buffer_init(&out, &fixture->arena);
	pr_json_quote(&out, "a\xff\n\x7f\xf0\xa0\x82\x87");
	pr_json_quote(&out, NULL);
	assert_string_equal(out.text, "\"a\xef\xbf\xbd\\n\\u007f\xf0\xa0\x82\x87\"null");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"an empty report has every key in the contract's order", writes_the_empty_report, set_up, tear_down, NULL},
		{"a finding has the attributes that apply to it, in order", writes_attributes_only_where_they_apply, set_up,
			tear_down, NULL},
		{"times of a project stand at the project's offset", writes_times_of_a_project_with_its_own_offset, set_up,
			tear_down, NULL},
		{"series are rounded to 4 digits, money to 2, missing values null",
			rounds_series_to_four_digits_and_money_to_two, set_up, tear_down, NULL},
		{"bill lines hold quantity, price, amount, and share and discount where they apply",
			writes_bill_lines_with_what_a_check_by_hand_needs, set_up, tear_down, NULL},
		{"events and notes have all their keys, null where missing", writes_every_key_of_an_event_and_a_note, set_up,
			tear_down, NULL},
		{"points hold their findings", writes_findings_of_subjects, set_up, tear_down, NULL},
		{"the platform edition's projects carry findings only", gives_projects_of_the_platform_findings_only, set_up,
			tear_down, NULL},
		{"ill-formed text and control characters are escaped", quotes_ill_formed_text_as_replacement_characters, set_up,
			tear_down, NULL},
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
