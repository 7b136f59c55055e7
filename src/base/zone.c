/*
 * Zones: TZif files (RFC 8536), version 2 and later, 64-bit block, with the POSIX TZ rule in the footer.
 *
 * The line of time is cut into spans of one offset each: those of the table, then, behind the last transition, those of
 * the rule, worked out for the years around the instant that is asked for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/file.h"

#define DEFAULT_FOLDER "/usr/share/zoneinfo"
#define NAME_BYTES 64
#define FILE_BYTES ((size_t)1024 * 1024)
#define HEADER_BYTES 44
#define DAY_S INT64_C(86400)

/* When a rule's switch happens: Mm.w.d, Jn (1..365, no leap day) or n (0..365); time_s by the wall clock before it. */
struct switch_rule {
	char kind; /* 'M', 'J' or 'n' */
	int month, week, day;
	int time_s;
};

struct footer {
	bool has_rule, has_daylight;
	int standard_s, daylight_s;
	struct switch_rule begins, ends;
};

struct pr_zone {
	const char *name;
	size_t count;
	const int64_t *transitions; /* seconds since 1970, ascending */
	const int *offsets;         /* from that transition on */
	int first_offset;           /* before the first one */
	struct footer footer;
};

/* [from, to) with one offset. */
struct span {
	int64_t from_s, to_s;
	int offset_s;
};

static int64_t floor_divide(int64_t value, int64_t divisor)
{
	int64_t quotient = value / divisor;
	return quotient - (value % divisor < 0);
}

/* ---- the footer's rule -------------------------------------------------------------------------------------------- */

static bool take_int(const char **at, int max, int *out)
{
	int value = 0;
	const char *start = *at;
	for (; **at >= '0' && **at <= '9'; (*at)++) {
		value = value * 10 + (**at - '0');
		if (value > max)
			return false;
	}
	*out = value;
	return *at > start;
}

static bool take_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* "CET", or in angle brackets "<+1030>". */
static bool take_abbreviation(const char **at)
{
	const char *start = *at;
	if (take_char(at, '<')) {
		*at += strcspn(*at, ">");
		return take_char(at, '>');
	}
	while ((**at >= 'A' && **at <= 'Z') || (**at >= 'a' && **at <= 'z'))
		(*at)++;
	return *at - start >= 3;
}

/* [+-]hh[:mm[:ss]], hours to 167 (RFC 8536, 3.3.1). */
static bool take_clock(const char **at, int *out_s)
{
	bool is_negative = **at == '-';
	if (is_negative || **at == '+')
		(*at)++;
	int hours, minutes = 0, seconds = 0;
	if (!take_int(at, 167, &hours))
		return false;
	if (take_char(at, ':') && !take_int(at, 59, &minutes))
		return false;
	if (take_char(at, ':') && !take_int(at, 59, &seconds))
		return false;
	*out_s = (hours * 60 + minutes) * 60 + seconds;
	if (is_negative)
		*out_s = -*out_s;
	return true;
}

static bool take_switch(const char **at, struct switch_rule *out)
{
	*out = (struct switch_rule){.kind = 'n', .time_s = 7200};
	if (!take_char(at, ','))
		return false;
	if (take_char(at, 'M')) {
		out->kind = 'M';
		if (!take_int(at, 12, &out->month) || !take_char(at, '.') || !take_int(at, 5, &out->week) ||
			!take_char(at, '.') || !take_int(at, 6, &out->day) || out->month < 1 || out->week < 1)
			return false;
	} else {
		if (take_char(at, 'J'))
			out->kind = 'J';
		if (!take_int(at, 365, &out->day) || (out->kind == 'J' && out->day < 1))
			return false;
	}
	return !take_char(at, '/') || take_clock(at, &out->time_s);
}

static bool parse_footer(const char *text, struct footer *footer)
{
	*footer = (struct footer){0};
	if (*text == '\0')
		return true;
	int west_s;
	if (!take_abbreviation(&text) || !take_clock(&text, &west_s))
		return false;
	footer->has_rule = true;
	footer->standard_s = -west_s;
	if (*text == '\0')
		return true;
	footer->has_daylight = true;
	footer->daylight_s = footer->standard_s + 3600;
	if (!take_abbreviation(&text))
		return false;
	if (*text != ',') {
		if (!take_clock(&text, &west_s))
			return false;
		footer->daylight_s = -west_s;
	}
	return take_switch(&text, &footer->begins) && take_switch(&text, &footer->ends) && *text == '\0';
}

/* The switch in local seconds since 1970 by the wall clock before it. */
static int64_t switch_local_s(const struct switch_rule *rule, int year)
{
	int64_t day;
	if (rule->kind == 'M') {
		struct pr_date first = {year, rule->month, 1};
		int weekday = pr_date_weekday(first) % 7; /* 0 = Sunday */
		int day_of_month = 1 + (rule->day - weekday + 7) % 7 + (rule->week - 1) * 7;
		if (day_of_month > pr_month_days(year, rule->month))
			day_of_month -= 7;
		day = pr_date_to_day(first) + day_of_month - 1;
	} else {
		int leap_day = rule->kind == 'J' && rule->day >= 60 && pr_month_days(year, 2) == 29;
		day = pr_date_to_day((struct pr_date){year, 1, 1}) + rule->day - (rule->kind == 'J') + leap_day;
	}
	return day * DAY_S + rule->time_s;
}

/* The rule's span around `at_s`; it may reach back before the table's end. */
static struct span footer_span(const struct footer *footer, int64_t at_s)
{
	struct span span = {INT64_MIN, INT64_MAX, footer->standard_s};
	if (!footer->has_daylight)
		return span;
	int year = pr_date_from_day(floor_divide(at_s, DAY_S)).year;
	for (int i = year - 1; i <= year + 1; i++) {
		const struct span switches[] = {
			{switch_local_s(&footer->begins, i) - footer->standard_s, 0, footer->daylight_s},
			{switch_local_s(&footer->ends, i) - footer->daylight_s, 0, footer->standard_s},
		};
		for (int k = 0; k < 2; k++) {
			int64_t when_s = switches[k].from_s;
			/* At the same instant the later in the table wins: a zero-length span has no effect. */
			if (when_s <= at_s && when_s >= span.from_s) {
				span.from_s = when_s;
				span.offset_s = switches[k].offset_s;
			}
			if (when_s > at_s && when_s < span.to_s)
				span.to_s = when_s;
		}
	}
	return span;
}

/* ---- spans -------------------------------------------------------------------------------------------------------- */

static struct span span_at(const struct pr_zone *zone, int64_t at_s)
{
	size_t low = 0, high = zone->count; /* the number of transitions at or before at_s */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (zone->transitions[middle] <= at_s)
			low = middle + 1;
		else
			high = middle;
	}
	struct span span = {INT64_MIN, INT64_MAX, zone->first_offset};
	if (low > 0) {
		span.from_s = zone->transitions[low - 1];
		span.offset_s = zone->offsets[low - 1];
	}
	if (low < zone->count) {
		span.to_s = zone->transitions[low];
	} else if (zone->footer.has_rule) {
		int64_t table_end_s = span.from_s;
		span = footer_span(&zone->footer, at_s);
		if (span.from_s < table_end_s)
			span.from_s = table_end_s;
	}
	return span;
}

const char *pr_zone_name(const struct pr_zone *zone)
{
	return zone ? zone->name : "UTC";
}

struct pr_local_time pr_zone_local(const struct pr_zone *zone, int64_t utc_ms)
{
	int64_t utc_s = floor_divide(utc_ms, 1000);
	struct pr_local_time local = {.millisecond = (int)(utc_ms - utc_s * 1000)};
	local.offset_s = zone ? span_at(zone, utc_s).offset_s : 0;
	int64_t local_s = utc_s + local.offset_s;
	int64_t day = floor_divide(local_s, DAY_S);
	int second_of_day = (int)(local_s - day * DAY_S);
	local.date = pr_date_from_day(day);
	local.minute_of_day = second_of_day / 60;
	local.second = second_of_day % 60;
	return local;
}

/*
 * Goes through the spans around the wall-clock time, from two days before it (no offset reaches that far): the first
 * span whose clock shows it wins; a span that begins later than it on its own clock has come behind a gap.
 */
int64_t pr_zone_instant_ms(const struct pr_zone *zone, int64_t local_ms)
{
	if (!zone)
		return local_ms;
	int64_t local_s = floor_divide(local_ms, 1000);
	int64_t rest_ms = local_ms - local_s * 1000;
	int64_t at_s = local_s - 2 * DAY_S;
	for (;;) {
		struct span span = span_at(zone, at_s);
		int64_t utc_s = local_s - span.offset_s;
		if (utc_s < span.from_s)
			return span.from_s * 1000;
		if (utc_s < span.to_s)
			return utc_s * 1000 + rest_ms;
		at_s = span.to_s;
	}
}

int64_t pr_zone_instant(const struct pr_zone *zone, struct pr_date date, int minute)
{
	return pr_zone_instant_ms(zone, pr_date_to_day(date) * PR_MS_DAY + minute * PR_MS_MINUTE);
}

/* ---- the file ----------------------------------------------------------------------------------------------------- */

struct counts {
	size_t isut, isstd, leap, time, type, character;
};

static uint32_t get_u32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t get_i64(const unsigned char *at)
{
	return (int64_t)((uint64_t)get_u32(at) << 32 | get_u32(at + 4));
}

static bool get_header(const unsigned char *bytes, size_t size, struct counts *counts)
{
	if (size < HEADER_BYTES || memcmp(bytes, "TZif", 4) != 0 || bytes[4] < '2')
		return false;
	*counts = (struct counts){get_u32(bytes + 20), get_u32(bytes + 24), get_u32(bytes + 28), get_u32(bytes + 32),
		get_u32(bytes + 36), get_u32(bytes + 40)};
	return counts->isut <= FILE_BYTES && counts->isstd <= FILE_BYTES && counts->leap <= FILE_BYTES &&
	       counts->time <= FILE_BYTES && counts->type <= FILE_BYTES && counts->character <= FILE_BYTES;
}

static size_t block_bytes(const struct counts *counts, size_t time_bytes)
{
	return counts->time * (time_bytes + 1) + counts->type * 6 + counts->character + counts->leap * (time_bytes + 4) +
	       counts->isstd + counts->isut;
}

static bool get_type_offset(const unsigned char *types, size_t type_count, size_t type, int *offset_s)
{
	if (type >= type_count)
		return false;
	int32_t offset = (int32_t)get_u32(types + type * 6);
	*offset_s = offset;
	return offset > -DAY_S * 2 && offset < DAY_S * 2;
}

static bool parse_block(
	struct pr_zone *zone, const unsigned char *bytes, const struct counts *counts, struct pr_arena *arena)
{
	const unsigned char *indices = bytes + counts->time * 8;
	const unsigned char *types = indices + counts->time;
	int64_t *transitions = pr_arena_array(arena, counts->time, sizeof *transitions);
	int *offsets = pr_arena_array(arena, counts->time, sizeof *offsets);
	if (!get_type_offset(types, counts->type, 0, &zone->first_offset))
		return false;
	for (size_t i = 0; i < counts->time; i++) {
		transitions[i] = get_i64(bytes + i * 8);
		if ((i > 0 && transitions[i] <= transitions[i - 1]) ||
			!get_type_offset(types, counts->type, indices[i], &offsets[i]))
			return false;
	}
	zone->count = counts->time;
	zone->transitions = transitions;
	zone->offsets = offsets;
	return true;
}

static bool parse_file(struct pr_zone *zone, const unsigned char *bytes, size_t size, struct pr_arena *arena)
{
	struct counts counts;
	if (!get_header(bytes, size, &counts) || block_bytes(&counts, 4) > size - HEADER_BYTES)
		return false;
	size_t skipped = HEADER_BYTES + block_bytes(&counts, 4); /* the 32-bit block of old readers */
	bytes += skipped;
	size -= skipped;
	if (!get_header(bytes, size, &counts) || block_bytes(&counts, 8) > size - HEADER_BYTES)
		return false;
	if (!parse_block(zone, bytes + HEADER_BYTES, &counts, arena))
		return false;
	skipped = HEADER_BYTES + block_bytes(&counts, 8);
	bytes += skipped;
	size -= skipped;
	const unsigned char *stop = size > 1 && bytes[0] == '\n' ? memchr(bytes + 1, '\n', size - 1) : NULL;
	if (!stop)
		return false;
	return parse_footer(pr_arena_copy_n(arena, (const char *)bytes + 1, (size_t)(stop - bytes) - 1), &zone->footer);
}

/* "Asia/Shanghai": letters, digits, '_', '-', '+' and single slashes inside, so that no name leaves the folder. */
static bool is_safe_name(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/";
	size_t length = strlen(name);
	return length > 0 && length <= NAME_BYTES && strspn(name, allowed) == length && name[0] != '/' &&
	       name[length - 1] != '/' && !strstr(name, "//");
}

bool pr_zone_open(const struct pr_zone **zone, const char *name, struct pr_arena *arena, struct pr_error *error)
{
	if (!name || !is_safe_name(name))
		return pr_error_set(
			error, PR_CODE_CONFIG, "bad time zone '%.80s'; expected an IANA name like Asia/Shanghai", name ? name : "");
	const char *folder = getenv("PR_ZONEINFO");
	const char *path = pr_arena_format(arena, "%s/%s", folder && *folder ? folder : DEFAULT_FOLDER, name);
	char *bytes;
	size_t size;
	struct pr_error reading = {0};
	if (!pr_file_read(path, FILE_BYTES, arena, &bytes, &size, &reading))
		return pr_error_set(error, PR_CODE_CONFIG,
			"unknown time zone '%s': %s; expected an IANA name like Asia/Shanghai", name, reading.text);
	struct pr_zone *opened = pr_arena_alloc(arena, sizeof *opened);
	opened->name = pr_arena_copy(arena, name);
	if (!parse_file(opened, (const unsigned char *)bytes, size, arena))
		return pr_error_set(error, PR_CODE_CONFIG,
			"cannot understand time zone '%s': '%s' is no TZif file of version 2 or later", name, path);
	*zone = opened;
	return true;
}
