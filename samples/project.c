#include <math.h>
#include <string.h>

#include "sample.h"

static const struct pr_date first_day = {2025, 10, 1};
#define DATA_END_MS INT64_C(1793721600000) /* 2026-11-03T16:00Z */

struct climate {
	const char *region;
	double mean_c, swing_c; /* of the year; the warmest day is the 205th */
};
static const struct climate climates[] = {{"CN", 17, 11.5}, {"DE", 10.5, 9}};

static bool is_holiday(const struct pr_sample_company *company, const char *region, int64_t day, bool *worked)
{
	for (size_t i = 0; i < company->holiday_count; i++) {
		const struct pr_sample_holiday *holiday = &company->holidays[i];

		if (holiday->day == day && strcmp(holiday->region, region) == 0) {
			*worked = holiday->worked;
			return true;
		}
	}
	return false;
}

static enum pr_sample_day day_kind(
	const struct pr_sample_company *company, const char *region, int64_t day, int weekday)
{
	bool worked;

	if (is_holiday(company, region, day, &worked))
		return worked ? PR_SAMPLE_WORKDAY : PR_SAMPLE_HOLIDAY;
	return weekday >= 6 ? PR_SAMPLE_OFFDAY : PR_SAMPLE_WORKDAY;
}

static const struct climate *find_climate(const char *region)
{
	for (size_t i = 0; i < PR_SAMPLE_COUNT(climates); i++)
		if (strcmp(climates[i].region, region) == 0)
			return &climates[i];
	return &climates[0];
}

void pr_sample_project_moments(
	const struct pr_sample_company *company, struct pr_sample_project *project, struct pr_arena *arena)
{
	const struct climate *climate = find_climate(project->region);
	/* The weather of a region is the same in all its projects. */
	struct pr_sample_random weather = pr_sample_random_open(company->seed, "weather", project->region[0]);
	int64_t from_ms = pr_zone_instant(project->zone, first_day, 0);
	int64_t last_day = INT64_MIN;
	double front = 0, year, day_time;

	project->moment_count = (size_t)((DATA_END_MS - from_ms) / PR_MS_QUARTER);
	project->moments = pr_arena_array(arena, project->moment_count, sizeof *project->moments);
	for (size_t i = 0; i < project->moment_count; i++) {
		struct pr_sample_moment *moment = &project->moments[i];
		struct pr_local_time local;

		moment->time_ms = from_ms + (int64_t)i * PR_MS_QUARTER;
		local = pr_zone_local(project->zone, moment->time_ms);
		moment->day = pr_date_to_day(local.date);
		moment->minute = local.minute_of_day;
		moment->weekday = pr_date_weekday(local.date);
		moment->month = local.date.month;
		moment->day_of_year = (int)(moment->day - pr_date_to_day((struct pr_date){local.date.year, 1, 1}));
		if (moment->day != last_day) {
			front = pr_sample_drift(&weather, front, 0.7);
			last_day = moment->day;
			moment->kind = day_kind(company, project->region, moment->day, moment->weekday);
		} else {
			moment->kind = moment[-1].kind;
		}
		year = cos((moment->day_of_year - 205) / 365.25 * 6.283185307179586);
		day_time = cos((moment->minute - 900) / 1440.0 * 6.283185307179586);
		moment->outdoor_c = climate->mean_c + climate->swing_c * year + 4 * day_time + 2.4 * front;
	}
}

int64_t pr_sample_project_time(const struct pr_sample_project *project, const char *local)
{
	int64_t utc_ms;

	return pr_time_parse(local, project->zone, &utc_ms) ? utc_ms : PR_TIME_MISSING;
}

const struct pr_sample_tariff *pr_sample_project_tariff(const struct pr_sample_project *project, int64_t time_ms)
{
	for (size_t i = 0; i < project->tariff_count; i++)
		if (project->tariffs[i].from_ms <= time_ms && time_ms < project->tariffs[i].to_ms)
			return &project->tariffs[i];
	return NULL;
}

static const struct pr_sample_slot *find_slot(
	const struct pr_sample_tariff *tariff, const struct pr_sample_moment *moment, const char *kind)
{
	for (size_t i = 0; i < tariff->slot_count; i++) {
		const struct pr_sample_slot *slot = &tariff->slots[i];

		if (slot->month_from <= moment->month && moment->month <= slot->month_to &&
			slot->start_minute <= moment->minute && moment->minute < slot->end_minute &&
			strcmp(slot->day_kind, kind) == 0)
			return slot;
	}
	return NULL;
}

/* A holiday without rows of its own is an offday, an offday without any a workday; "all" is any. */
const struct pr_sample_slot *pr_sample_tariff_slot(
	const struct pr_sample_tariff *tariff, const struct pr_sample_moment *moment, enum pr_sample_day kind)
{
	static const char *const names[PR_SAMPLE_DAYS] = {"workday", "offday", "holiday"};
	const struct pr_sample_slot *slot = find_slot(tariff, moment, "all");

	for (int i = (int)kind; !slot && i >= 0; i--)
		slot = find_slot(tariff, moment, names[i]);
	return slot;
}

const char *pr_sample_point_name(const struct pr_sample_point *point, int64_t time_ms)
{
	const char *name = point->names[0].text;

	for (size_t i = 1; i < point->name_count; i++)
		if (point->names[i].from_ms <= time_ms)
			name = point->names[i].text;
	return name;
}
