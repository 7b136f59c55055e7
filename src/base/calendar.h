/*
 * Time. An instant is milliseconds since 1970-01-01T00:00Z (suffix _ms). A day is a civil date, or its number counted
 * from 1970-01-01 (suffix _day). A zone is an IANA name, read from the system's tz database (TZif files under
 * /usr/share/zoneinfo, or PR_ZONEINFO's folder), with the rule in its footer for years beyond the table. No TZ
 * variable, no process-wide state, no clock.
 */
#ifndef PR_BASE_CALENDAR_H
#define PR_BASE_CALENDAR_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

#define PR_MS_MINUTE INT64_C(60000)
#define PR_MS_QUARTER INT64_C(900000)
#define PR_MS_DAY INT64_C(86400000)
#define PR_TIME_MISSING INT64_MIN /* an instant that is not known */

struct pr_date {
	int year, month, day; /* 1..12, 1..31 */
};

struct pr_local_time {
	struct pr_date date;
	int minute_of_day; /* 0..1439, by the wall clock */
	int second;        /* 0..59 */
	int millisecond;   /* 0..999 */
	int offset_s;      /* local − UTC at that instant */
};

int64_t pr_date_to_day(struct pr_date date); /* proleptic Gregorian */
struct pr_date pr_date_from_day(int64_t day);
int pr_date_weekday(struct pr_date date); /* 1 = Monday … 7 = Sunday */
int pr_month_days(int year, int month);
bool pr_date_valid(struct pr_date date);

/* A month, "2018-03". pr_month_add moves by whole months, either way. */
struct pr_month {
	int year, month;
};
struct pr_month pr_month_add(struct pr_month month, int count);
int pr_month_compare(struct pr_month a, struct pr_month b);

struct pr_zone; /* in the arena it was opened with */

/* Errors: an empty, unknown or unsafe name ("../x"), a file that is no TZif. */
PR_CHECK bool pr_zone_open(
	const struct pr_zone **zone, const char *name, struct pr_arena *arena, struct pr_error *error);
/* In these and the ones below a zone of NULL is UTC. */
const char *pr_zone_name(const struct pr_zone *zone);
struct pr_local_time pr_zone_local(const struct pr_zone *zone, int64_t utc_ms);
/* The first instant at which the zone's clock shows `date` at `minute`; in a gap, the first instant after the gap. */
int64_t pr_zone_instant(const struct pr_zone *zone, struct pr_date date, int minute);
/* The same for a wall-clock time in milliseconds since 1970-01-01T00:00 by that clock. */
int64_t pr_zone_instant_ms(const struct pr_zone *zone, int64_t local_ms);
/* [from, to) of a month. */
void pr_zone_month(const struct pr_zone *zone, struct pr_month month, int64_t *from_ms, int64_t *to_ms);

/*
 * ISO 8601 in: "2018-03-01", "2018-03-01T08:00", "…T08:00:00.250", with "Z", "+09:00", "+0900" or nothing; a space may
 * stand for the T. Without an offset the text is local in `zone` (NULL = UTC).
 */
PR_CHECK bool pr_time_parse(const char *text, const struct pr_zone *zone, int64_t *utc_ms);
PR_CHECK bool pr_date_parse(const char *text, struct pr_date *date);    /* "2018-03-01" */
PR_CHECK bool pr_month_parse(const char *text, struct pr_month *month); /* "2018-03" */

/* "2018-03-23T09:00:00+09:00" (zone NULL: "…Z"); milliseconds only where there are some; "" for
 * PR_TIME_MISSING. `out` needs 40 bytes. */
char *pr_time_iso(int64_t utc_ms, const struct pr_zone *zone, char out[40]);
char *pr_date_iso(struct pr_date date, char out[16]);
char *pr_month_iso(struct pr_month month, char out[16]);

#endif
