/* The survey (method, section 7): what counts, by hand-made alarms; how they are shared out; the CSV. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/survey.h"
#include "output/csv.h"
#include "output/survey_json.h"

#define DAY PR_MS_DAY
#define FIRST INT64_C(1772323200000) /* 2026-03-01T00:00Z: the month of the projects, all in UTC */
#define HELD PR_TIME_MISSING

static const char *const codes[] = {"low", "high", "test_it"};

struct world {
	struct pr_arena arena;
	struct pr_survey_directory directory;
	struct pr_survey_site sites[3];
	struct pr_survey_part point, sensor;
	struct pr_alarm_type types[2];
	struct pr_method method;
	struct pr_survey survey;
};

static int set_up(void **state)
{
	static struct world world;
	world = (struct world){.sites = {{.id = 1, .name = "one", .in_service = true},
							   {.id = 2, .name = "two", .customer = "c", .customer_id = 7, .in_service = true},
							   {.id = 3, .name = "three"}},
		.point = {.id = 11, .project_id = 1, .validity = {0, FIRST + 10 * DAY}},
		.sensor = {.id = 21, .project_id = 1, .validity = {0, PR_TIME_MISSING}, .kind = PR_SENSOR_TEMPERATURE},
		.types = {{.code = "high", .name_zh = "高", .name_en = "High"}, {.code = "low", .retired = false}},
		.method = {.alarms = {.test_codes = "test*", .longest_days = 31},
			.plausibility = {.temperature_low_c = -50, .temperature_high_c = 300}}};
	pr_arena_init(&world.arena);
	world.directory = (struct pr_survey_directory){.month = {2026, 3},
		.from_ms = FIRST - 40 * DAY,
		.to_ms = FIRST + 40 * DAY,
		.sites = world.sites,
		.site_count = 3,
		.points = &world.point,
		.point_count = 1,
		.sensors = &world.sensor,
		.sensor_count = 1,
		.alarm_types = world.types,
		.alarm_type_count = 2};
	pr_survey_init(&world.survey, &world.directory, &world.method, FIRST + 33 * DAY, codes, 3, &world.arena);
	*state = &world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;
	pr_arena_release(&world->arena);
	return 0;
}

static struct pr_survey_alarm alarm(int64_t project, const char *code, int64_t start_ms, int64_t end_ms)
{
	return (struct pr_survey_alarm){.project_id = project,
		.code = code,
		.started_at_ms = start_ms,
		.ended_at_ms = end_ms,
		.rows = 1,
		.value = {NAN, NAN, 0},
		.limit = {NAN, NAN, 0}};
}

static void take(struct world *world, const struct pr_survey_alarm *taken)
{
	pr_survey_take(&world->survey, taken);
}

static void take_simple(struct world *world, int64_t project, const char *code, int64_t start_ms, int64_t end_ms)
{
	const struct pr_survey_alarm taken = alarm(project, code, start_ms, end_ms);
	take(world, &taken);
}

/* February has 28 days: it begins 28 days before, March ends 31 days after. */
static void test_months(void **state)
{
	struct world *world = *state;
	const int64_t starts[] = {
		FIRST - 28 * DAY - 1, FIRST - 28 * DAY, FIRST - 1, FIRST, FIRST + 31 * DAY - 1, FIRST + 31 * DAY};
	for (size_t i = 0; i < 6; i++)
		take_simple(world, 2, "high", starts[i], starts[i] + 60000);
	pr_survey_finish(&world->survey);
	const struct pr_survey_project *project = &world->survey.projects[1];
	assert_int_equal(project->sum.now, 2);
	assert_int_equal(project->sum.before, 2);
	assert_int_equal(project->codes[1].now, 2);
	assert_int_equal(project->codes[0].now, 0);
	assert_int_equal(project->days, 2);
	assert_int_equal(project->sum.lasted_ms, 120000);
}

/* A negative time and one of more than 31 days are none; an open one has none, and is counted as open. */
static void test_times(void **state)
{
	struct world *world = *state;
	take_simple(world, 2, "low", FIRST, FIRST + 600000);
	take_simple(world, 2, "low", FIRST + 1, FIRST);
	take_simple(world, 2, "low", FIRST + 2, FIRST + 2 + 31 * DAY + 1);
	take_simple(world, 2, "low", FIRST + 3, HELD);
	pr_survey_finish(&world->survey);
	assert_int_equal(world->survey.sum.now, 4);
	assert_int_equal(world->survey.sum.open, 1);
	assert_int_equal(world->survey.sum.lasted_ms, 600000);
}

static void test_left_out(void **state)
{
	struct world *world = *state;
	struct pr_survey_alarm taken = alarm(1, "low", FIRST + 10 * DAY - 1, HELD);
	taken.point_id = 11;
	take(world, &taken); /* the point's last instant */
	taken.started_at_ms++;
	take(world, &taken);
	taken = alarm(1, "low", FIRST, HELD);
	taken.rows = 3; /* sent three times */
	take(world, &taken);
	taken.sensor_id = 21;
	taken.rows = 1;
	taken.value = (struct pr_survey_span){300.5, 300.5, 1};
	take(world, &taken);
	take_simple(world, 1, "test_it", FIRST, HELD);
	take_simple(world, 3, "low", FIRST, HELD);  /* a customer that is not in service */
	take_simple(world, 99, "low", FIRST, HELD); /* nobody knows it */
	take_simple(world, 99, "low", FIRST - 1, HELD);
	world->types[1].retired = true;
	take_simple(world, 2, "low", FIRST, HELD);
	pr_survey_finish(&world->survey);
	assert_int_equal(world->survey.sum.now, 2);
	static const uint64_t expected[PR_SURVEY_REASON_COUNT] = {[PR_SURVEY_TEST] = 1,
		[PR_SURVEY_RETIRED] = 1,
		[PR_SURVEY_OUTSIDE_VALIDITY] = 1,
		[PR_SURVEY_IMPLAUSIBLE] = 1,
		[PR_SURVEY_DUPLICATE] = 2,
		[PR_SURVEY_OUT_OF_SERVICE] = 1,
		[PR_SURVEY_UNKNOWN_PROJECT] = 1};
	for (int i = 0; i < PR_SURVEY_REASON_COUNT; i++)
		assert_int_equal(world->survey.excluded[i], expected[i]);
	assert_int_equal(world->survey.excluded_sum, 8);
	assert_false(world->survey.projects[0].needs_rows);
}

/* Rows that say the same of an alarm but for its end are one; others, odd ids and odd phases are told by rows. */
static void test_what_needs_rows(void **state)
{
	struct world *world = *state;
	struct pr_survey_alarm taken = alarm(1, "low", FIRST, HELD);
	taken.rows = 2;
	taken.value = (struct pr_survey_span){0.8, 0.8, 2};
	taken.phase = "A";
	take(world, &taken);
	pr_survey_close(&world->survey);
	assert_false(world->survey.projects[0].needs_rows);
	const struct pr_survey_alarm odd[] = {
		{.rows = 2, .value = {0.7, 0.8, 2}},
		{.rows = 2, .value = {0.8, 0.8, 1}},
		{.rows = 2, .limit = {0.9, 0.95, 2}},
		{.rows = 1, .is_odd = true},
		{.rows = 1, .phase = ""},
		{.rows = 1, .phase = " A"},
	};
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		world->survey.projects[1].needs_rows = false;
		taken = odd[i];
		taken.project_id = 2;
		taken.code = "low";
		taken.started_at_ms = FIRST + (int64_t)i;
		taken.ended_at_ms = HELD;
		take(world, &taken);
		assert_true(world->survey.projects[1].needs_rows);
	}
	world->survey.projects[1].needs_rows = false;
	pr_survey_mark(&world->survey, 2);
	pr_survey_mark(&world->survey, 99);
	assert_true(world->survey.projects[1].needs_rows);
	pr_survey_finish(&world->survey);
}

/* One id in two rows: of "low" at 0 h without an end and of "high" at 1 h with one, the latter is kept. A third row of
 * its own counts; a row of the month before counts there. What was counted of the project before is gone. */
static void test_rows_replace(void **state)
{
	struct world *world = *state;
	char first[] = "x", second[] = "x", third[] = "y", fourth[] = "z";
	struct pr_event events[] = {
		{.event_id = first, .code = "low", .started_at_ms = FIRST, .ended_at_ms = HELD, .value = NAN},
		{.event_id = second,
			.code = "high",
			.started_at_ms = FIRST + 3600000,
			.ended_at_ms = FIRST + 7200000,
			.point_id = 5,
			.value = 9,
			.limit_value = 5},
		{.event_id = third, .code = "low", .started_at_ms = FIRST + DAY, .ended_at_ms = HELD, .value = NAN},
		{.event_id = fourth, .code = "low", .started_at_ms = FIRST - DAY, .ended_at_ms = HELD, .value = NAN},
	};
	take_simple(world, 2, "low", FIRST, HELD);
	take_simple(world, 2, "low", FIRST + 5, HELD);
	pr_survey_close(&world->survey);
	pr_survey_take_events(&world->survey, &world->survey.projects[1], events, 4);
	pr_survey_finish(&world->survey);
	const struct pr_survey_project *project = &world->survey.projects[1];
	assert_int_equal(project->sum.now, 2);
	assert_int_equal(project->codes[0].now, 1);
	assert_int_equal(project->codes[1].now, 1);
	assert_int_equal(project->sum.before, 1);
	assert_int_equal(project->excluded[PR_SURVEY_DUPLICATE], 1);
	assert_int_equal(project->sum.lasted_ms, 3600000);
	assert_int_equal(project->top_point_id, 5);
}

/* Distances from the limit: 0.2, 0.4 (twice: the smaller value holds), none without a limit. */
static void test_worst(void **state)
{
	struct world *world = *state;
	const double values[] = {0.7, 1.3, 0.5, 100};
	for (size_t i = 0; i < 4; i++) {
		struct pr_survey_alarm taken = alarm(2, "low", FIRST + (int64_t)i, HELD);
		taken.value = (struct pr_survey_span){values[i], values[i], 1};
		if (i < 3)
			taken.limit = (struct pr_survey_span){0.9, 0.9, 1};
		taken.point_id = i < 2 ? 8 : 6;
		take(world, &taken);
	}
	pr_survey_finish(&world->survey);
	const struct pr_survey_project *project = &world->survey.projects[1];
	assert_true(project->codes[0].worst == 0.5 && project->codes[0].limit == 0.9);
	assert_true(isnan(project->codes[1].worst));
	assert_int_equal(project->sum.points, 2);
	assert_int_equal(project->top_point_id, 6); /* two each: the smaller id */
	assert_int_equal(project->top_point_count, 2);
}

/* 2 : 1 is 66.7 and 33.3 %; equals stand by id; a project without an alarm has neither rank nor share. */
static void test_ranks(void **state)
{
	struct world *world = *state;
	take_simple(world, 1, "low", FIRST, HELD);
	take_simple(world, 2, "low", FIRST, HELD);
	take_simple(world, 2, "high", FIRST, HELD);
	pr_survey_finish(&world->survey);
	assert_int_equal(world->survey.alarmed_count, 2);
	assert_int_equal(world->survey.ranked[0]->site->id, 2);
	assert_int_equal(world->survey.ranked[0]->share, 667000);
	assert_int_equal(world->survey.ranked[1]->share, 333000);
	assert_int_equal(world->survey.ranked[1]->rank, 2);
	assert_int_equal(world->survey.ranked[2]->rank, 0);
	assert_true(world->survey.ranked[2]->share == PR_MICRO_MISSING);
	assert_int_equal(world->survey.codes[0].share, 667000);
	assert_int_equal(world->survey.codes[0].projects, 2);
	assert_non_null(strstr(pr_survey_json(&world->survey, &world->arena),
		"{\"project\": 2, \"name\": \"two\", \"tenant\": 7, \"customer\": \"c\", \"industry\": null, \"in_service\": "
		"true, "
		"\"alarms\": 2, \"before\": 0, \"change\": 2, \"open\": 2,"));
}

/* --- CSV --- */

static void paint(struct pr_arena *arena, const struct pr_cell *cells, size_t count, const char *expected)
{
	struct pr_sheet_column columns[2] = {{.head = "a,b", .unit = "h"}, {.head = "=c"}};
	struct pr_sheet_table table = {.columns = columns,
		.column_count = 2,
		.cells = (struct pr_cell *)cells,
		.row_count = count / 2,
		.filter = true};
	struct pr_sheet_table other = {.columns = columns};
	struct pr_sheet sheets[2] = {{.tables = &other, .table_count = 1}, {.tables = &table, .table_count = 1}};
	const struct pr_document document = {.workbook = {sheets, 2}};
	struct pr_error error = {0};
	char *bytes;
	size_t length;
	assert_true(pr_csv_paint(&document, arena, &bytes, &length, &error));
	assert_int_equal(length, strlen(expected));
	assert_string_equal(bytes, expected);
}

static void test_csv_texts(void **state)
{
	struct world *world = *state;
	const struct pr_cell cells[] = {{.kind = PR_CELL_TEXT, .text = "say \"no\""}, {.kind = PR_CELL_TEXT, .text = "+1"},
		{.kind = PR_CELL_TEXT, .text = "-"}, {.kind = PR_CELL_TEXT, .text = "@x,y"},
		{.kind = PR_CELL_TEXT, .text = "二厂"}, {.kind = PR_CELL_EMPTY}};
	paint(&world->arena, cells, 6,
		"\xEF\xBB\xBF\"a,b (h)\",\"'=c\"\r\n\"say \"\"no\"\"\",\"'+1\"\r\n\"'-\",\"'@x,y\"\r\n二厂,\r\n");
}

/* 46082.5 days after 1899-12-30 is noon of 2026-03-01 (1970-01-01 is 25569, and 20513 days are 56 years and 59 days). */
static void test_csv_numbers(void **state)
{
	struct world *world = *state;
	const struct pr_cell cells[] = {{.kind = PR_CELL_NUMBER, .number = 0.1}, {.kind = PR_CELL_NUMBER, .number = -12345},
		{.kind = PR_CELL_NUMBER, .number = NAN}, {.kind = PR_CELL_TIME, .number = 46082.5}};
	paint(&world->arena, cells, 4, "\xEF\xBB\xBF\"a,b (h)\",\"'=c\"\r\n0.1,-12345\r\n,2026-03-01T12:00:00\r\n");
}

static void test_csv_without_sheet(void **state)
{
	struct world *world = *state;
	const struct pr_document document = {0};
	struct pr_error error = {0};
	char *bytes;
	size_t length;
	assert_false(pr_csv_paint(&document, &world->arena, &bytes, &length, &error));
	assert_int_equal(error.code, PR_CODE_CONFIG);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		{"an alarm belongs to the month in which it starts, in its project's zone", test_months, set_up, tear_down,
			NULL},
		{"an end before the start and more than 31 days are no time", test_times, set_up, tear_down, NULL},
		{"what does not count is counted by its reason", test_left_out, set_up, tear_down, NULL},
		{"rows that differ in more than their end are told by rows", test_what_needs_rows, set_up, tear_down, NULL},
		{"a project's rows replace what was counted of it", test_rows_replace, set_up, tear_down, NULL},
		{"the worst value is the farthest from its limit", test_worst, set_up, tear_down, NULL},
		{"ranks go by alarms, then by id, and shares add up", test_ranks, set_up, tear_down, NULL},
		{"texts of a CSV are quoted, and no formula", test_csv_texts, set_up, tear_down, NULL},
		{"numbers of a CSV are plain, times local", test_csv_numbers, set_up, tear_down, NULL},
		{"a CSV needs a sheet with a filter", test_csv_without_sheet, set_up, tear_down, NULL},
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
