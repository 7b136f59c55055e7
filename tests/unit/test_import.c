#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "source/embedded_schema.h"
#include "stores.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The first cell of a query as text, asked from SQLite itself. */
static const char *ask(struct stores *stores, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	assert_int_equal(sqlite3_open_v2(stores->db, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	const char *text = (const char *)sqlite3_column_text(statement, 0);
	text = pr_arena_copy(&stores->arena, text ? text : "NULL");
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return text;
}

static void must_import(struct stores *stores)
{
	stores->error = (struct pr_error){0};
	if (!stores_import(stores))
		fail_msg("%s:%d: %s", stores->error.source, stores->error.line, stores->error.text);
}

static const struct pr_import_file *file(const struct stores *stores, const char *name)
{
	for (size_t i = 0; i < stores->imported.count; i++)
		if (strcmp(stores->imported.files[i].name, name) == 0)
			return &stores->imported.files[i];
	fail_msg("no file %s", name);
	return NULL;
}

/* Nothing but the CSV folder is in the test's folder. */
static void expect_nothing_made(const struct stores *stores)
{
	DIR *folder = opendir(stores->folder);
	assert_non_null(folder);
	for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			assert_string_equal(entry->d_name, "csv");
	closedir(folder);
}

static void cells_keep_their_meaning(void **state)
{
	struct stores *stores = *state;
	stores_put_plant(stores);
	/* Byte order mark, CRLF, quotes, a doubled quote, a line break in a cell, blank lines, another order of columns. */
	stores_put(stores, "soe_event.csv",
		"\xEF\xBB\xBFproject_id,event_id,code,started_at,message,level\r\n"
		"10,e1,overload,2026-03-01T08:00:00.250+08:00,\"a \"\"b\"\", c\nx\",2\r\n"
		"\r\n"
		"10,e2,overload,2026-03-01T00:00Z,\"\",\r\n");
	stores_put(stores, "point_15min_electric.csv",
		"point_id,project_id,time,kwh,kvarh_lag\n999,10,2026-03-01T00:00Z,-1.5e-3,\n"); /* a point that is gone */
	must_import(stores);
	assert_string_equal(ask(stores, "SELECT started_at FROM soe_event WHERE event_id = 'e1'"), "1772323200250");
	assert_string_equal(ask(stores, "SELECT message FROM soe_event WHERE event_id = 'e1'"), "a \"b\", c\nx");
	assert_string_equal(
		ask(stores, "SELECT message IS NULL AND level IS NULL FROM soe_event WHERE event_id = 'e2'"), "1");
	assert_string_equal(ask(stores, "SELECT kwh FROM point_15min_electric"), "-0.0015");
	assert_string_equal(ask(stores, "SELECT kvarh_lag IS NULL AND mdp_max IS NULL FROM point_15min_electric"), "1");
	assert_string_equal(ask(stores, "SELECT typeof(rated_kva) || rated_kva FROM transformer"), "integer800");
	assert_string_equal(ask(stores, "SELECT valid_to FROM point WHERE point_id = 103"), "2026-06-30 16:00:00");
	assert_int_equal(file(stores, "soe_event.csv")->rows, 2);
}

static void the_later_line_of_a_key_wins_and_is_counted(void **state)
{
	struct stores *stores = *state;
	stores_put_plant(stores);
	stores_put(stores, "point_15min_electric.csv",
		"point_id,project_id,time,kwh\n"
		"101,10,2026-03-01T00:00Z,1\n"
		"101,10,2026-03-01T08:00+08:00,2\n" /* the same instant */
		"102,10,2026-03-01T00:00Z,3\n"
		"101,10,2026-03-01T00:00Z,\n"); /* and the last says: missing */
	must_import(stores);
	assert_string_equal(ask(stores, "SELECT count(*) FROM point_15min_electric"), "2");
	assert_string_equal(ask(stores, "SELECT kwh IS NULL FROM point_15min_electric WHERE point_id = 101"), "1");
	assert_int_equal(file(stores, "point_15min_electric.csv")->rows, 4);
	assert_int_equal(file(stores, "point_15min_electric.csv")->replaced, 2);
	assert_int_equal(file(stores, "point_15min_electric.csv")->repeated_keys, 1);
	assert_int_equal(file(stores, "tenant.csv")->replaced, 0);
}

static void other_files_are_ignored_and_named(void **state)
{
	struct stores *stores = *state;
	stores_put_plant(stores);
	stores_put(stores, "notes.txt", "nothing");
	stores_put(stores, "points.csv", "nothing");
	must_import(stores);
	assert_true(file(stores, "notes.txt")->ignored);
	assert_true(file(stores, "points.csv")->ignored);
	assert_false(file(stores, "point.csv")->ignored);
	for (size_t i = 1; i < stores->imported.count; i++)
		assert_true(strcmp(stores->imported.files[i - 1].name, stores->imported.files[i].name) < 0);
}

#define POINTS "point_id,project_id,name,role,wiring,nominal_v,valid_from,parent_id\n"
#define GOOD_POINT "7,10,A,incomer,1p,230,2026-01-01 00:00:00,\n"
#define TARIFFS \
	"tariff_id,project_id,valid_from,valid_to,currency,basic_mode,fund_price,source,pf_standard,demand_discount\n"
#define QUARTERS "point_id,project_id,time,kwh\n"

static const struct {
	const char *name, *text;
	int line;
	const char *expected;
} bad_files[] = {
	{"point_15min_electric.csv", QUARTERS "101,10,2026-03-01T00:00Z,1\n101,10,2026-03-01T00:15Z,abc\n", 3,
		"column 'kwh': 'abc' is not a number"},
	{"point_15min_electric.csv", QUARTERS "101,10,2026-03-01T00:00Z,nan\n", 2, "column 'kwh': 'nan' is not a number"},
	{"point_15min_electric.csv", QUARTERS "101,10,2026-03-01T00:00Z,1e999\n", 2,
		"column 'kwh': '1e999' is not a number"},
	{"point_15min_electric.csv", QUARTERS "101,10,2026-03-01T00:00,1\n", 2,
		"column 'time': '2026-03-01T00:00' has no offset; expected ISO 8601 such as 2018-03-01T08:00+09:00 or with Z"},
	{"point_15min_electric.csv", QUARTERS "101,10,1772323200000,1\n", 2,
		"column 'time': '1772323200000' is not a time; expected ISO 8601 such as 2018-03-01T08:00+09:00"},
	{"point_15min_electric.csv", QUARTERS "101,10,,1\n", 2, "column 'time' is empty; it must have a value"},
	{"point_15min_electric.csv", QUARTERS "101,10,2026-03-01T00:00Z\n", 2, "3 cells; expected 4 as in the header"},
	{"point_15min_electric.csv", "point_id,project_id,time,energy\n", 1,
		"unknown column 'energy' in table 'point_15min_electric'"},
	{"point_15min_electric.csv", "point_id,project_id,kwh\n", 1,
		"column 'time' is missing in the header; it must have values"},
	{"point_15min_electric.csv", "point_id,project_id,time,kwh,kwh\n", 1, "column 'kwh' stands twice in the header"},
	{"point_15min_electric.csv", "", 1, "no header; expected the names of the columns"},
	{"point_15min_electric.csv", QUARTERS "0,10,2026-03-01T00:00Z,1\n", 2,
		"column 'point_id': '0' is not an id; expected a whole number from 1"},
	{"point_15min_electric.csv", "point_id,project_id,time,slot\n101,10,2026-03-01T00:00Z,Peak\n", 2,
		"column 'slot': 'Peak' is not one of sharp, peak, flat, valley, deep"},
	{"soe_event.csv", "event_id,project_id,code,started_at,level\ne1,10,offline,2026-03-01T00:00Z,4\n", 2,
		"column 'level': '4' is out of range; expected 1 to 3"},
	{"soe_event.csv", "event_id,project_id,code,started_at\n\"e1,10,offline,2026-03-01T00:00Z\n", 2,
		"a quoted cell without a closing quote"},
	{"soe_event.csv", "event_id,project_id,code,started_at\n\"e1\"x,10,offline,2026-03-01T00:00Z\n", 2,
		"text behind a closing quote; expected a comma or the end of the line"},
	{"soe_event.csv", "event_id,project_id,code,started_at\ne\"1,10,offline,2026-03-01T00:00Z\n", 2,
		"a quote inside a cell that is not quoted"},
	{"soe_event.csv", "event_id,project_id,code,started_at\n\ne\xFF,10,offline,2026-03-01T00:00Z\n", 3,
		"bytes that are not UTF-8"},
	{"soe_event.csv", "event_id,project_id,code,started_at\re1,10,offline,2026-03-01T00:00Z\n", 1,
		"a carriage return without a line feed"},
	{"point.csv", POINTS "7,10,A,main,1p,230,2026-01-01 00:00:00,\n", 2,
		"column 'role': 'main' is not one of incomer, feeder, equipment"},
	{"point.csv", POINTS "7,10,A,incomer,1p,230.125,2026-01-01 00:00:00,\n", 2,
		"column 'nominal_v': '230.125' has more than 2 digits behind the point"},
	{"point.csv", POINTS "7,10,A,incomer,1p,123456789,2026-01-01 00:00:00,\n", 2,
		"column 'nominal_v': '123456789' has more than 8 digits before the point"},
	{"point.csv", POINTS "7,10,A,incomer,1p,1e3,2026-01-01 00:00:00,\n", 2,
		"column 'nominal_v': '1e3' is not a decimal"},
	{"point.csv", POINTS "7,10,A,incomer,1p,0,2026-01-01 00:00:00,\n", 2, "column 'nominal_v': '0' is not above 0"},
	{"point.csv", POINTS "7,10,A,incomer,1p,230,2026-01-01T00:00:00Z,\n", 2,
		"column 'valid_from': '2026-01-01T00:00:00Z' is not a time; expected YYYY-MM-DD HH:MM:SS in UTC"},
	{"point.csv", POINTS GOOD_POINT "8,11,A,incomer,1p,230,2026-01-01 00:00:00,\n", 3,
		"column 'project_id': '11' is not in table 'project'"},
	{"point.csv", POINTS "7,10,A,incomer,1p,230,2026-01-01 00:00:00,8\n", 2,
		"column 'parent_id': '8' is not in table 'point'"},
	{"tariff.csv", TARIFFS "1,10,2026-01-01 00:00:00,2025-01-01 00:00:00,CNY,none,0,n,,\n", 2,
		"column 'valid_from' must not lie behind 'valid_to'"},
	{"tariff.csv", TARIFFS "1,10,2026-01-01 00:00:00,,CNY,none,0,n,0.95,\n", 2,
		"column 'pf_standard' must be 0.90, 0.85 or 0.80"},
	{"tariff.csv", TARIFFS "1,10,2026-01-01 00:00:00,,CNY,none,0,n,,0.9\n", 2,
		"column 'demand_discount_kwh_per_kva' must be given or missing together with 'demand_discount'"},
	{"tariff.csv", TARIFFS "1,10,2026-01-01 00:00:00,,RMBY,none,0,n,,\n", 2,
		"column 'currency': 'RMBY' has more than 3 characters"},
	{"offday.csv", "region,calendar_day,worked\nCN,2026-02-29,0\n", 2,
		"column 'calendar_day': '2026-02-29' is not a date; expected YYYY-MM-DD"},
	{"monthly_plan.csv", "project_id,plan_month\n10,2026-3\n", 2,
		"column 'plan_month': '2026-3' is not a month; expected YYYY-MM"},
	{"project.csv", "project_id,name,holiday_region,timezone\n10,A,CN,Asia/Nowhere\n", 2,
		"column 'timezone': 'Asia/Nowhere' is not a known time zone; expected an IANA name such as Asia/Shanghai"},
};

static void a_bad_line_is_refused_and_nothing_is_made(void **state)
{
	struct stores *stores = *state;
	for (size_t i = 0; i < COUNT(bad_files); i++) {
		stores_put_plant(stores);
		stores_put(stores, bad_files[i].name, bad_files[i].text);
		stores->error = (struct pr_error){0};
		assert_false(stores_import(stores));
		assert_string_equal(stores->error.text, bad_files[i].expected);
		assert_string_equal(stores->error.source, bad_files[i].name);
		assert_int_equal(stores->error.line, bad_files[i].line);
		assert_int_equal(stores->error.code, PR_CODE_STORE);
		expect_nothing_made(stores);
		assert_int_equal(remove(pr_arena_format(&stores->arena, "%s/%s", stores->csv, bad_files[i].name)), 0);
	}
}

static void a_parent_may_stand_further_down(void **state)
{
	struct stores *stores = *state;
	stores_put_plant(stores);
	stores_put(stores, "point.csv", POINTS "8,10,B,feeder,1p,230,2026-01-01 00:00:00,7\n" GOOD_POINT);
	must_import(stores);
	assert_string_equal(ask(stores, "SELECT parent_id FROM point WHERE point_id = 8"), "7");
}

static void tariff_slots_are_checked_as_a_row(void **state)
{
	static const struct {
		const char *row, *expected;
	} cases[] = {
		{"7,8,6,all,0,60,flat,1", "column 'month_from' must not lie behind 'month_to'"},
		{"7,1,6,all,60,60,flat,1", "column 'start_minute' must lie before 'end_minute'"},
		{"7,1,6,all,10,60,flat,1", "column 'start_minute' must be a multiple of 15"},
	};
	struct stores *stores = *state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		stores_put(stores, "tariff_slot.csv",
			pr_arena_format(&stores->arena,
				"tariff_id,month_from,month_to,day_kind,start_minute,end_minute,slot,price\n%s\n", cases[i].row));
		stores->error = (struct pr_error){0};
		assert_false(stores_import(stores));
		assert_string_equal(stores->error.text, cases[i].expected);
	}
}

static void an_existing_file_is_never_replaced(void **state)
{
	struct stores *stores = *state;
	stores_put_plant(stores);
	must_import(stores);
	assert_false(stores_import(stores));
	assert_int_equal(stores->error.code, PR_CODE_USAGE);
	expect_text_in(&stores->error, "it exists; expected the name of a new file");
	assert_string_equal(ask(stores, "SELECT count(*) FROM tenant"), "3");
}

static void a_folder_without_the_contracts_files_is_refused(void **state)
{
	struct stores *stores = *state;
	assert_false(stores_import(stores));
	assert_int_equal(stores->error.code, PR_CODE_USAGE);
	expect_text_in(&stores->error, "no file to import in folder");
	stores->error = (struct pr_error){0};
	assert_false(pr_import("/nowhere/at/all", stores->db, &stores->arena, &stores->imported, &stores->error));
	assert_int_equal(stores->error.code, PR_CODE_USAGE);
	expect_text_in(&stores->error, "cannot read folder '/nowhere/at/all': no such file or directory");
	expect_nothing_made(stores);
}

static void what_a_killed_import_left_is_removed(void **state)
{
	struct stores *stores = *state;
	/* Above the kernel's largest process number (4,194,304), so that nobody has it. */
	const char *left = pr_arena_format(&stores->arena, "%s/.plant.db.4194305.part", stores->folder);
	FILE *part = fopen(left, "wb");
	assert_non_null(part);
	fclose(part);
	stores_put_plant(stores);
	must_import(stores);
	struct stat status;
	assert_int_not_equal(stat(left, &status), 0);
}

static void the_same_folder_makes_the_same_bytes(void **state)
{
	struct stores *stores = *state;
	stores_put_plant(stores);
	must_import(stores);
	const char *other = pr_arena_format(&stores->arena, "%s/other.db", stores->folder);
	assert_true(pr_import(stores->csv, other, &stores->arena, &stores->imported, &stores->error));
	FILE *a = fopen(stores->db, "rb");
	FILE *b = fopen(other, "rb");
	assert_true(a && b);
	int first, second;
	do {
		first = fgetc(a);
		second = fgetc(b);
		assert_int_equal(first, second);
	} while (first != EOF);
	fclose(a);
	fclose(b);
}

/*
 * Counted from the CSV files with Python: 28,042 sensor lines hold 26,448 different (id, time), 1,576 of them more than
 * once; 13,362 minutes hold 12,927, 435 more than once.
 */
static void the_measured_set_goes_in_whole(void **state)
{
	struct stores *stores = *state;
	const char *folder = stores_measured(stores);
	if (!folder)
		skip();
	assert_true(pr_import(folder, stores->db, &stores->arena, &stores->imported, &stores->error));
	assert_int_equal(file(stores, "location_1min_aiao.csv")->rows, 28042);
	assert_int_equal(file(stores, "location_1min_aiao.csv")->replaced, 28042 - 26448);
	assert_int_equal(file(stores, "location_1min_aiao.csv")->repeated_keys, 1576);
	assert_int_equal(file(stores, "point_1min_index.csv")->replaced, 435);
	assert_int_equal(file(stores, "point_1min_index.csv")->repeated_keys, 435);
	assert_int_equal(file(stores, "point_15min_electric.csv")->replaced, 0);
	assert_true(file(stores, "expected_bills.csv")->ignored);
	assert_string_equal(ask(stores, "SELECT count(*) FROM location_1min_aiao"), "26448");
	assert_string_equal(ask(stores, "SELECT count(*) FROM point_1min_index"), "12927");
	assert_string_equal(ask(stores, "SELECT count(*) FROM point_15min_electric"), "26208");
	assert_string_equal(ask(stores, "SELECT round(sum(kwh), 2) FROM point_15min_electric WHERE point_id = 101 AND "
									"time >= 1519830000000 AND time < 1522508400000"),
		"80230.41");
	assert_string_equal(ask(stores, "SELECT name FROM point WHERE point_id = 201"), "T1 LV incomer");
}

int main(void)
{
#define TEST(sentence, function)                                  \
	{                                                             \
		sentence, function, stores_set_up, stores_tear_down, NULL \
	}
	const struct CMUnitTest tests[] = {
		TEST("cells keep their meaning", cells_keep_their_meaning),
		TEST("the later line of a key wins and is counted", the_later_line_of_a_key_wins_and_is_counted),
		TEST("other files are ignored and named", other_files_are_ignored_and_named),
		TEST("a bad line is refused and nothing is made", a_bad_line_is_refused_and_nothing_is_made),
		TEST("a parent may stand further down", a_parent_may_stand_further_down),
		TEST("tariff slots are checked as a row", tariff_slots_are_checked_as_a_row),
		TEST("an existing file is never replaced", an_existing_file_is_never_replaced),
		TEST("a folder without the contract's files is refused", a_folder_without_the_contracts_files_is_refused),
		TEST("what a killed import left is removed", what_a_killed_import_left_is_removed),
		TEST("the same folder makes the same bytes", the_same_folder_makes_the_same_bytes),
		TEST("the measured set goes in whole", the_measured_set_goes_in_whole),
	};
	return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
