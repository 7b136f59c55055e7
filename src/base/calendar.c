#include "base/calendar.h"

#include <stdio.h>
#include <string.h>

/*
 * Civil dates and day numbers, proleptic Gregorian, after Howard Hinnant, "chrono-Compatible Low-Level Date
 * Algorithms": the year begins in March, so that the leap day is its last; 400 years have 146,097 days.
 */
int64_t pr_date_to_day(struct pr_date date)
{
	int64_t year = (int64_t)date.year - (date.month <= 2);
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t month_from_march = (date.month + 9) % 12;
	int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

struct pr_date pr_date_from_day(int64_t day)
{
	day += 719468;
	int64_t era = (day >= 0 ? day : day - 146096) / 146097;
	int64_t day_of_era = day - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_from_march = (5 * day_of_year + 2) / 153;
	struct pr_date date;
	date.day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
	date.month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
	date.year = (int)(year_of_era + era * 400 + (date.month <= 2));
	return date;
}

int pr_date_weekday(struct pr_date date)
{
	/* 1970-01-01 was a Thursday. */
	int64_t remainder = (pr_date_to_day(date) + 3) % 7;
	return (int)(remainder < 0 ? remainder + 7 : remainder) + 1;
}

int pr_month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (month < 1 || month > 12)
		return 0;
	bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + (month == 2 && is_leap);
}

bool pr_date_valid(struct pr_date date)
{
	return date.day >= 1 && date.day <= pr_month_days(date.year, date.month);
}

struct pr_month pr_month_add(struct pr_month month, int count)
{
	int64_t months = (int64_t)month.year * 12 + month.month - 1 + count;
	int64_t year = (months >= 0 ? months : months - 11) / 12;
	return (struct pr_month){.year = (int)year, .month = (int)(months - year * 12) + 1};
}

int pr_month_compare(struct pr_month a, struct pr_month b)
{
	if (a.year != b.year)
		return a.year < b.year ? -1 : 1;
	return (a.month > b.month) - (a.month < b.month);
}

void pr_zone_month(const struct pr_zone *zone, struct pr_month month, int64_t *from_ms, int64_t *to_ms)
{
	struct pr_month next = pr_month_add(month, 1);
	*from_ms = pr_zone_instant(zone, (struct pr_date){month.year, month.month, 1}, 0);
	*to_ms = pr_zone_instant(zone, (struct pr_date){next.year, next.month, 1}, 0);
}

/* Exactly `count` digits. */
static bool take_number(const char **at, int count, int *out)
{
	int value = 0;
	for (int i = 0; i < count; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		value = value * 10 + (**at - '0');
	}
	*out = value;
	return true;
}

static bool take_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static bool take_month(const char **at, struct pr_month *out)
{
	return take_number(at, 4, &out->year) && take_char(at, '-') && take_number(at, 2, &out->month) && out->month >= 1 &&
	       out->month <= 12;
}

static bool take_date(const char **at, struct pr_date *out)
{
	struct pr_month month;
	if (!take_month(at, &month) || !take_char(at, '-') || !take_number(at, 2, &out->day))
		return false;
	out->year = month.year;
	out->month = month.month;
	return pr_date_valid(*out);
}

/* ":SS[.fff…]", all of it optional; digits beyond milliseconds are cut. */
static bool take_seconds(const char **at, int *second, int *millisecond)
{
	*second = 0;
	*millisecond = 0;
	if (!take_char(at, ':'))
		return true;
	if (!take_number(at, 2, second) || *second > 59)
		return false;
	if (!take_char(at, '.'))
		return true;
	int weight = 100;
	if (**at < '0' || **at > '9')
		return false;
	for (; **at >= '0' && **at <= '9'; (*at)++, weight /= 10)
		*millisecond += (**at - '0') * weight;
	return true;
}

/* "Z", "+HH:MM", "+HHMM", "+HH", "+HH:MM:SS", or nothing (*is_given false). */
static bool take_offset(const char **at, bool *is_given, int *offset_s)
{
	*is_given = false;
	*offset_s = 0;
	if (**at == '\0')
		return true;
	*is_given = true;
	if (take_char(at, 'Z'))
		return true;
	bool is_west = **at == '-';
	if (!is_west && **at != '+')
		return false;
	(*at)++;
	int hours, minutes = 0, seconds = 0;
	if (!take_number(at, 2, &hours) || hours > 24)
		return false;
	if (**at != '\0') {
		bool has_colon = take_char(at, ':');
		if (!take_number(at, 2, &minutes) || minutes > 59)
			return false;
		if (has_colon && take_char(at, ':') && (!take_number(at, 2, &seconds) || seconds > 59))
			return false;
	}
	*offset_s = (hours * 60 + minutes) * 60 + seconds;
	if (is_west)
		*offset_s = -*offset_s;
	return true;
}

bool pr_time_parse(const char *text, const struct pr_zone *zone, int64_t *utc_ms)
{
	const char *at = text;
	struct pr_date date;
	int hour = 0, minute = 0, second = 0, millisecond = 0, offset_s = 0;
	bool has_offset = false;
	if (!take_date(&at, &date))
		return false;
	if (take_char(&at, 'T') || take_char(&at, ' ')) {
		if (!take_number(&at, 2, &hour) || hour > 23 || !take_char(&at, ':') || !take_number(&at, 2, &minute) ||
			minute > 59 || !take_seconds(&at, &second, &millisecond) || !take_offset(&at, &has_offset, &offset_s))
			return false;
	}
	if (*at != '\0')
		return false;
	int64_t local_ms =
		pr_date_to_day(date) * PR_MS_DAY + (hour * 60 + minute) * PR_MS_MINUTE + (int64_t)second * 1000 + millisecond;
	*utc_ms = has_offset || !zone ? local_ms - (int64_t)offset_s * 1000 : pr_zone_instant_ms(zone, local_ms);
	return true;
}

bool pr_date_parse(const char *text, struct pr_date *date)
{
	struct pr_date result;
	if (!take_date(&text, &result) || *text != '\0')
		return false;
	*date = result;
	return true;
}

bool pr_month_parse(const char *text, struct pr_month *month)
{
	struct pr_month result;
	if (!take_month(&text, &result) || *text != '\0')
		return false;
	*month = result;
	return true;
}

char *pr_time_iso(int64_t utc_ms, const struct pr_zone *zone, char out[40])
{
	if (utc_ms == PR_TIME_MISSING) {
		out[0] = '\0';
		return out;
	}
	struct pr_local_time local = pr_zone_local(zone, utc_ms);
	char fraction[8] = "", offset[16] = "Z";
	if (local.millisecond > 0)
		snprintf(fraction, sizeof fraction, ".%03d", local.millisecond % 1000);
	if (zone) {
		int size = local.offset_s < 0 ? -local.offset_s : local.offset_s;
		int length = snprintf(
			offset, sizeof offset, "%c%02d:%02d", local.offset_s < 0 ? '-' : '+', size / 3600 % 100, size / 60 % 60);
		/* Local mean time before standard time: no other offset has seconds. */
		if (size % 60 != 0)
			snprintf(offset + length, sizeof offset - (size_t)length, ":%02d", size % 60);
	}
	/* The range of int64_t ends in the year 292,278,994: 40 bytes hold it, but the compiler can't know. */
	char text[96];
	snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d%s%s", local.date.year, local.date.month, local.date.day,
		local.minute_of_day / 60, local.minute_of_day % 60, local.second, fraction, offset);
	snprintf(out, 40, "%.39s", text);
	return out;
}

char *pr_date_iso(struct pr_date date, char out[16])
{
	snprintf(out, 16, "%04d-%02d-%02d", date.year, date.month, date.day);
	return out;
}

char *pr_month_iso(struct pr_month month, char out[16])
{
	snprintf(out, 16, "%04d-%02d", month.year, month.month);
	return out;
}
