#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>

#include "base/calendar.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

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

static const struct pr_zone *open_zone(const char *name)
{
	const struct pr_zone *zone = NULL;
	struct pr_error error = {0};
	if (!pr_zone_open(&zone, name, &arena, &error))
		fail_msg("%s", error.text);
	return zone;
}

/* Python: datetime.fromtimestamp(ms / 1000, timezone.utc).astimezone(ZoneInfo(name)).isoformat(). */
static const struct {
	const char *zone;
	int64_t utc_ms;
	const char *expected;
} instants[] = {
	{"Asia/Shanghai", INT64_C(-2208988800000), "1900-01-01T08:05:43+08:05:43"},
	{"Asia/Shanghai", INT64_C(-2164406400000), "1901-06-01T08:00:00+08:00"},
	{"Asia/Shanghai", INT64_C(-931046400000), "1940-07-01T09:00:00+09:00"},
	{"Asia/Shanghai", INT64_C(515529000000), "1986-05-04T03:30:00+09:00"},
	{"Asia/Shanghai", INT64_C(644198400000), "1990-06-01T09:00:00+09:00"},
	{"Asia/Shanghai", INT64_C(671565599000), "1991-04-14T01:59:59+08:00"},
	{"Asia/Shanghai", INT64_C(671565600000), "1991-04-14T03:00:00+09:00"},
	{"Asia/Shanghai", INT64_C(684860399000), "1991-09-14T23:59:59+09:00"},
	{"Asia/Shanghai", INT64_C(684860400000), "1991-09-15T00:00:00+09:00"},
	{"Asia/Shanghai", INT64_C(684867600000), "1991-09-15T01:00:00+08:00"},
	{"Asia/Shanghai", INT64_C(1519862400000), "2018-03-01T08:00:00+08:00"},
	{"Asia/Shanghai", INT64_C(2382480000000), "2045-07-01T08:00:00+08:00"},
	{"Asia/Seoul", INT64_C(579027599000), "1988-05-08T01:59:59+09:00"},
	{"Asia/Seoul", INT64_C(579027600000), "1988-05-08T03:00:00+10:00"},
	{"Asia/Seoul", INT64_C(592333199000), "1988-10-09T02:59:59+10:00"},
	{"Asia/Seoul", INT64_C(592333200000), "1988-10-09T02:00:00+09:00"},
	{"Asia/Seoul", INT64_C(1521763200000), "2018-03-23T09:00:00+09:00"},
	{"Asia/Seoul", INT64_C(-264931200000), "1961-08-10T01:00:00+09:00"},
	{"Europe/Berlin", INT64_C(-2429827200000), "1893-01-01T00:53:28+00:53:28"},
	{"Europe/Berlin", INT64_C(-775872000000), "1945-06-01T03:00:00+03:00"},
	{"Europe/Berlin", INT64_C(1521939599999), "2018-03-25T01:59:59.999+01:00"},
	{"Europe/Berlin", INT64_C(1521939600000), "2018-03-25T03:00:00+02:00"},
	{"Europe/Berlin", INT64_C(1540688399000), "2018-10-28T02:59:59+02:00"},
	{"Europe/Berlin", INT64_C(1540688400000), "2018-10-28T02:00:00+01:00"},
	{"Europe/Berlin", INT64_C(1774745999000), "2026-03-29T01:59:59+01:00"},
	{"Europe/Berlin", INT64_C(1774746000000), "2026-03-29T03:00:00+02:00"},
	{"Europe/Berlin", INT64_C(1792889999000), "2026-10-25T02:59:59+02:00"},
	{"Europe/Berlin", INT64_C(1792890000000), "2026-10-25T02:00:00+01:00"},
	{"Europe/Berlin", INT64_C(2366841600000), "2045-01-01T01:00:00+01:00"},
	{"Europe/Berlin", INT64_C(2374102799000), "2045-03-26T01:59:59+01:00"},
	{"Europe/Berlin", INT64_C(2374102800000), "2045-03-26T03:00:00+02:00"},
	{"Europe/Berlin", INT64_C(2382480000000), "2045-07-01T02:00:00+02:00"},
	{"Europe/Berlin", INT64_C(2392851599000), "2045-10-29T02:59:59+02:00"},
	{"Europe/Berlin", INT64_C(2392851600000), "2045-10-29T02:00:00+01:00"},
	{"Europe/Berlin", INT64_C(13553568000000), "2399-07-01T02:00:00+02:00"},
	{"America/New_York", INT64_C(1520751599000), "2018-03-11T01:59:59-05:00"},
	{"America/New_York", INT64_C(1520751600000), "2018-03-11T03:00:00-04:00"},
	{"America/New_York", INT64_C(1541311199000), "2018-11-04T01:59:59-04:00"},
	{"America/New_York", INT64_C(1541311200000), "2018-11-04T01:00:00-05:00"},
	{"America/New_York", INT64_C(2540505600000), "2050-07-03T20:00:00-04:00"},
	{"America/New_York", INT64_C(2551327200000), "2050-11-06T01:00:00-05:00"},
	{"Asia/Kolkata", INT64_C(-860025600000), "1942-10-01T06:30:00+06:30"},
	{"Asia/Kolkata", INT64_C(1519929000000), "2018-03-02T00:00:00+05:30"},
	{"Australia/Lord_Howe", INT64_C(1522508399000), "2018-04-01T01:59:59+11:00"},
	{"Australia/Lord_Howe", INT64_C(1522508400000), "2018-04-01T01:30:00+10:30"},
	{"Australia/Lord_Howe", INT64_C(1538839799000), "2018-10-07T01:59:59+10:30"},
	{"Australia/Lord_Howe", INT64_C(1538839800000), "2018-10-07T02:30:00+11:00"},
	{"Australia/Lord_Howe", INT64_C(2840140800000), "2060-01-01T11:00:00+11:00"},
	{"Australia/Lord_Howe", INT64_C(2855865600000), "2060-07-01T10:30:00+10:30"},
	{"America/St_Johns", INT64_C(562127460000), "1987-10-24T23:01:00-03:30"},
	{"America/St_Johns", INT64_C(576041460000), "1988-04-03T02:01:00-01:30"},
	{"America/St_Johns", INT64_C(1520746199000), "2018-03-11T01:59:59-03:30"},
	{"America/St_Johns", INT64_C(1520746200000), "2018-03-11T03:00:00-02:30"},
	{"America/St_Johns", INT64_C(1541305799000), "2018-11-04T01:59:59-02:30"},
	{"America/St_Johns", INT64_C(1541305800000), "2018-11-04T01:00:00-03:30"},
	{"America/St_Johns", INT64_C(2350944000000), "2044-06-30T21:30:00-02:30"},
	{"Pacific/Apia", INT64_C(1325239199000), "2011-12-29T23:59:59-10:00"},
	{"Pacific/Apia", INT64_C(1325239200000), "2011-12-31T00:00:00+14:00"},
	{"UTC", INT64_C(1519862400000), "2018-03-01T00:00:00+00:00"},
	{"UTC", INT64_C(-1), "1969-12-31T23:59:59.999+00:00"},
	{"America/Santiago", INT64_C(2366841600000), "2044-12-31T21:00:00-03:00"},
	{"America/Santiago", INT64_C(2374714800000), "2045-04-01T23:00:00-04:00"},
	{"America/Santiago", INT64_C(2382480000000), "2045-06-30T20:00:00-04:00"},
	{"America/Santiago", INT64_C(2388024000000), "2045-09-03T01:00:00-03:00"},
	{"Europe/Dublin", INT64_C(2366841600000), "2045-01-01T00:00:00+00:00"},
	{"Europe/Dublin", INT64_C(2382480000000), "2045-07-01T01:00:00+01:00"},
};

static void shows_local_time_as_python_does(void **state)
{
	(void)state;
	char out[40];
	for (size_t i = 0; i < COUNT(instants); i++) {
		const struct pr_zone *zone = open_zone(instants[i].zone);
		int64_t back = 0;
		assert_string_equal(pr_time_iso(instants[i].utc_ms, zone, out), instants[i].expected);
		assert_true(pr_time_parse(instants[i].expected, NULL, &back));
		assert_int_equal(back, instants[i].utc_ms);
	}
}

/*
 * Python, by search over the minutes of 26 hours before and after: the first instant whose astimezone(ZoneInfo(name))
 * shows the wall-clock time; where there is none, the first whose wall clock is past it.
 */
static const struct {
	const char *zone;
	struct pr_date date;
	int minute;
	int64_t expected;
} walls[] = {
	{"Asia/Shanghai", {1991, 4, 14}, 150, INT64_C(671565600000)},        /* 02:30 */
	{"Asia/Shanghai", {1991, 9, 15}, 90, INT64_C(684865800000)},         /* 01:30 */
	{"Asia/Shanghai", {1991, 9, 15}, 120, INT64_C(684871200000)},        /* 02:00 */
	{"Asia/Shanghai", {2018, 3, 1}, 0, INT64_C(1519833600000)},          /* 00:00 */
	{"Asia/Seoul", {1988, 5, 8}, 135, INT64_C(579027600000)},            /* 02:15 */
	{"Asia/Seoul", {1988, 10, 9}, 150, INT64_C(592331400000)},           /* 02:30 */
	{"Europe/Berlin", {2018, 3, 25}, 120, INT64_C(1521939600000)},       /* 02:00 */
	{"Europe/Berlin", {2018, 3, 25}, 179, INT64_C(1521939600000)},       /* 02:59 */
	{"Europe/Berlin", {2018, 3, 25}, 180, INT64_C(1521939600000)},       /* 03:00 */
	{"Europe/Berlin", {2018, 10, 28}, 120, INT64_C(1540684800000)},      /* 02:00 */
	{"Europe/Berlin", {2018, 10, 28}, 179, INT64_C(1540688340000)},      /* 02:59 */
	{"Europe/Berlin", {2018, 10, 28}, 180, INT64_C(1540692000000)},      /* 03:00 */
	{"Europe/Berlin", {2026, 3, 29}, 150, INT64_C(1774746000000)},       /* 02:30 */
	{"Europe/Berlin", {2026, 10, 25}, 150, INT64_C(1792888200000)},      /* 02:30 */
	{"Europe/Berlin", {2045, 3, 26}, 150, INT64_C(2374102800000)},       /* 02:30 */
	{"Europe/Berlin", {2045, 10, 29}, 150, INT64_C(2392849800000)},      /* 02:30 */
	{"Europe/Berlin", {2045, 7, 1}, 0, INT64_C(2382472800000)},          /* 00:00 */
	{"America/New_York", {2018, 3, 11}, 150, INT64_C(1520751600000)},    /* 02:30 */
	{"America/New_York", {2018, 11, 4}, 90, INT64_C(1541309400000)},     /* 01:30 */
	{"Australia/Lord_Howe", {2018, 10, 7}, 130, INT64_C(1538839800000)}, /* 02:10 */
	{"Australia/Lord_Howe", {2018, 4, 1}, 105, INT64_C(1522507500000)},  /* 01:45 */
	{"America/St_Johns", {2018, 3, 11}, 150, INT64_C(1520746200000)},    /* 02:30 */
	{"America/St_Johns", {2018, 11, 4}, 90, INT64_C(1541304000000)},     /* 01:30 */
	{"America/St_Johns", {1988, 4, 3}, 30, INT64_C(576041460000)},       /* 00:30 */
	{"Pacific/Apia", {2011, 12, 30}, 720, INT64_C(1325239200000)},       /* 12:00 */
	{"Asia/Kolkata", {2018, 4, 1}, 0, INT64_C(1522521000000)},           /* 00:00 */
	{"UTC", {2018, 3, 1}, 15, INT64_C(1519863300000)},                   /* 00:15 */
	{"America/Santiago", {2045, 9, 3}, 0, INT64_C(2388024000000)},       /* 00:00 */
};

static void finds_instants_in_gaps_and_overlaps(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(walls); i++) {
		int64_t got = pr_zone_instant(open_zone(walls[i].zone), walls[i].date, walls[i].minute);
		if (got != walls[i].expected)
			print_message("row %zu: %s\n", i, walls[i].zone);
		assert_int_equal(got, walls[i].expected);
	}
}

static void cuts_months_at_local_midnight(void **state)
{
	(void)state;
	int64_t from, to;
	/* March 2018 in Shanghai: 31 days from 2018-02-28T16:00Z. */
	pr_zone_month(open_zone("Asia/Shanghai"), (struct pr_month){2018, 3}, &from, &to);
	assert_int_equal(from, INT64_C(1519833600000));
	assert_int_equal(to - from, 31 * PR_MS_DAY);
	/* In Berlin March has an hour less, October one more. */
	pr_zone_month(open_zone("Europe/Berlin"), (struct pr_month){2018, 3}, &from, &to);
	assert_int_equal(to - from, 31 * PR_MS_DAY - 4 * PR_MS_QUARTER);
	pr_zone_month(open_zone("Europe/Berlin"), (struct pr_month){2045, 10}, &from, &to);
	assert_int_equal(to - from, 31 * PR_MS_DAY + 4 * PR_MS_QUARTER);
	pr_zone_month(NULL, (struct pr_month){1969, 12}, &from, &to);
	assert_int_equal(from, -31 * PR_MS_DAY);
	assert_int_equal(to, 0);
}

static void counts_days(void **state)
{
	(void)state;
	/* Python: (date(y, m, d) - date(1970, 1, 1)).days, and isoweekday(). */
	static const struct {
		struct pr_date date;
		int weekday;
		int64_t day;
	} rows[] = {
		{{1970, 1, 1}, 4, 0},
		{{1969, 12, 31}, 3, -1},
		{{1, 1, 1}, 1, -719162},
		{{2000, 2, 29}, 2, 11016},
		{{1900, 3, 1}, 4, -25508},
		{{2018, 3, 31}, 6, 17621},
		{{2018, 4, 1}, 7, 17622},
		{{9999, 12, 31}, 5, 2932896},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pr_date back = pr_date_from_day(rows[i].day);
		assert_int_equal(pr_date_to_day(rows[i].date), rows[i].day);
		assert_int_equal(pr_date_weekday(rows[i].date), rows[i].weekday);
		assert_int_equal(back.year, rows[i].date.year);
		assert_int_equal(back.month, rows[i].date.month);
		assert_int_equal(back.day, rows[i].date.day);
	}
	/* 400 years and more, day by day: each follows the one before. */
	struct pr_date last = pr_date_from_day(-150000);
	for (int64_t day = -149999; day < 60000; day++) {
		struct pr_date date = pr_date_from_day(day);
		bool is_next = date.year == last.year && date.month == last.month && date.day == last.day + 1;
		bool is_first = date.day == 1 && last.day == pr_month_days(last.year, last.month);
		assert_true(is_next || is_first);
		assert_true(pr_date_valid(date));
		assert_int_equal(pr_date_to_day(date), day);
		last = date;
	}
}

static void moves_by_months(void **state)
{
	(void)state;
	struct pr_month month = pr_month_add((struct pr_month){2018, 3}, -3);
	assert_int_equal(month.year, 2017);
	assert_int_equal(month.month, 12);
	month = pr_month_add((struct pr_month){2018, 12}, 1);
	assert_int_equal(month.year, 2019);
	assert_int_equal(month.month, 1);
	month = pr_month_add((struct pr_month){2018, 1}, -25);
	assert_int_equal(month.year, 2015);
	assert_int_equal(month.month, 12);
	assert_int_equal(pr_month_compare((struct pr_month){2018, 3}, (struct pr_month){2018, 3}), 0);
	assert_true(pr_month_compare((struct pr_month){2017, 12}, (struct pr_month){2018, 1}) < 0);
	assert_true(pr_month_compare((struct pr_month){2018, 2}, (struct pr_month){2018, 1}) > 0);
	assert_int_equal(pr_month_days(2000, 2), 29);
	assert_int_equal(pr_month_days(1900, 2), 28);
	assert_int_equal(pr_month_days(2018, 13), 0);
	assert_false(pr_date_valid((struct pr_date){2018, 2, 29}));
	assert_false(pr_date_valid((struct pr_date){2018, 0, 1}));
	assert_false(pr_date_valid((struct pr_date){2018, 4, 31}));
}

static void reads_iso_8601(void **state)
{
	(void)state;
	/* 2018-03-01T00:00Z is 1519862400 s. */
	static const struct {
		const char *text;
		int64_t utc, shanghai;
	} rows[] = {
		{"2018-03-01", INT64_C(1519862400000), INT64_C(1519833600000)},
		{"2018-03-01T08:00", INT64_C(1519891200000), INT64_C(1519862400000)},
		{"2018-03-01 08:00:00", INT64_C(1519891200000), INT64_C(1519862400000)},
		{"2018-03-01T08:00:00.250", INT64_C(1519891200250), INT64_C(1519862400250)},
		{"2018-03-01T08:00:00.2509", INT64_C(1519891200250), INT64_C(1519862400250)},
		{"2018-03-01T08:00:00Z", INT64_C(1519891200000), INT64_C(1519891200000)},
		{"2018-03-01T09:00:00+09:00", INT64_C(1519862400000), INT64_C(1519862400000)},
		{"2018-03-01T09:00+0900", INT64_C(1519862400000), INT64_C(1519862400000)},
		{"2018-02-28T20:30:00.5-03:30", INT64_C(1519862400500), INT64_C(1519862400500)},
	};
	const struct pr_zone *shanghai = open_zone("Asia/Shanghai");
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t got = 0;
		assert_true(pr_time_parse(rows[i].text, NULL, &got));
		assert_int_equal(got, rows[i].utc);
		assert_true(pr_time_parse(rows[i].text, shanghai, &got));
		assert_int_equal(got, rows[i].shanghai);
	}
}

static void refuses_other_times(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "2018", "2018-3-1", "2018-02-29", "2018-13-01", "2018-03-01T",
		"2018-03-01T8:00", "2018-03-01T24:00", "2018-03-01T08:60", "2018-03-01T08:00:60", "2018-03-01T08:00:00.",
		"2018-03-01T08:00:00,5", "2018-03-01T08:00 ", "2018-03-01T08:00+9", "2018-03-01T08:00+09:0", "2018-03-01Z",
		"2018-03-01T08:00ZZ", "x2018-03-01", " 2018-03-01", "2018-03-01T08:00:00+09:60"};
	int64_t instant = 7;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_false(pr_time_parse(texts[i], NULL, &instant));
	assert_int_equal(instant, 7);
	struct pr_date date = {0};
	struct pr_month month = {0};
	assert_true(pr_date_parse("2018-03-31", &date));
	assert_int_equal(date.day, 31);
	assert_false(pr_date_parse("2018-03-32", &date));
	assert_false(pr_date_parse("2018-03-31 ", &date));
	assert_true(pr_month_parse("2018-03", &month));
	assert_int_equal(month.year, 2018);
	assert_int_equal(month.month, 3);
	assert_false(pr_month_parse("2018-13", &month));
	assert_false(pr_month_parse("2018-00", &month));
	assert_false(pr_month_parse("2018-03-01", &month));
	assert_false(pr_month_parse("18-03", &month));
}

static void writes_iso_8601(void **state)
{
	(void)state;
	char out[40], small[16];
	assert_string_equal(pr_time_iso(INT64_C(1519862400000), NULL, out), "2018-03-01T00:00:00Z");
	assert_string_equal(pr_time_iso(-1, NULL, out), "1969-12-31T23:59:59.999Z");
	assert_string_equal(pr_time_iso(PR_TIME_MISSING, NULL, out), "");
	assert_string_equal(pr_date_iso((struct pr_date){2018, 3, 1}, small), "2018-03-01");
	assert_string_equal(pr_month_iso((struct pr_month){2018, 3}, small), "2018-03");
	assert_string_equal(pr_zone_name(open_zone("Asia/Seoul")), "Asia/Seoul");
}

static void refuses_bad_zones(void **state)
{
	(void)state;
	static const char *const unsafe[] = {"", "../etc/passwd", "Asia/../../etc/passwd", "/etc/passwd", "Asia//Seoul",
		"Asia/Seoul/", "Asia/Seoul\n", "zone.tab",
		"Asia/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	const struct pr_zone *zone = NULL;
	for (size_t i = 0; i < COUNT(unsafe); i++) {
		struct pr_error error = {0};
		assert_false(pr_zone_open(&zone, unsafe[i], &arena, &error));
		assert_int_equal(error.code, PR_CODE_CONFIG);
	}
	struct pr_error error = {0};
	assert_false(pr_zone_open(&zone, "Asia/Atlantis", &arena, &error));
	assert_string_equal(error.text,
		"unknown time zone 'Asia/Atlantis': cannot read '/usr/share/zoneinfo/Asia/Atlantis': no such file or "
		"directory; expected an IANA name like Asia/Shanghai");
	pr_error_clear(&error);
	assert_false(pr_zone_open(&zone, "../x", &arena, &error));
	assert_string_equal(error.text, "bad time zone '../x'; expected an IANA name like Asia/Shanghai");
	pr_error_clear(&error);
	assert_false(pr_zone_open(&zone, "Asia", &arena, &error));
	assert_null(zone);
	/* A folder of /etc, where "passwd" is a file, but none with time in it. */
	setenv("PR_ZONEINFO", "/etc", 1);
	pr_error_clear(&error);
	assert_false(pr_zone_open(&zone, "passwd", &arena, &error));
	unsetenv("PR_ZONEINFO");
	assert_string_equal(
		error.text, "cannot understand time zone 'passwd': '/etc/passwd' is no TZif file of version 2 or later");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"local times are those of Python's zoneinfo", shows_local_time_as_python_does, set_up, tear_down, NULL},
		{"gaps and overlaps of the clock give the first instant", finds_instants_in_gaps_and_overlaps, set_up,
			tear_down, NULL},
		{"a month runs from local midnight to local midnight", cuts_months_at_local_midnight, set_up, tear_down, NULL},
		{"days are counted from 1970 both ways", counts_days, NULL, NULL, NULL},
		{"months move over the year's end", moves_by_months, NULL, NULL, NULL},
		{"ISO 8601 is read with and without an offset", reads_iso_8601, set_up, tear_down, NULL},
		{"texts that are no time are refused", refuses_other_times, NULL, NULL, NULL},
		{"instants are written as ISO 8601", writes_iso_8601, set_up, tear_down, NULL},
		{"unsafe and unknown zones are refused", refuses_bad_zones, set_up, tear_down, NULL},
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
