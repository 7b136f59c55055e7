#include <math.h>
#include <string.h>

#include "sample.h"

/* The shape of a day in percent of the rated load, an entry an hour, with straight lines between. */
struct profile {
	unsigned char work[24], off[24];
	double holiday;    /* × off on public holidays */
	double cool, heat; /* more load, as a share, per 10 degrees above 22 and below 12 */
	double noise;      /* standard deviation, a share */
};

enum profile_name {
	FACTORY,
	SHIFTS,
	AIR,
	CHILLER,
	PLATING,
	DORM,
	COLD,
	FREEZER,
	DOCK,
	FORKLIFT,
	CLINIC,
	WARD,
	STEADY,
	IMAGING,
	CLIMATE,
	KITCHEN,
	OFFICE,
	LIFT,
	SIGN,
	FOOD,
	SHOP,
	MARKET,
	STALL,
	FAST_CHARGE,
	SLOW_CHARGE,
	NIGHT_LIGHT,
	TWO_SHIFTS,
	STREET
};

static const struct profile profiles[] = {
	[FACTORY] = {{84, 83, 82, 82, 83, 84, 86, 90, 97, 99, 100, 98, 92, 96, 100, 100, 99, 97, 95, 95, 94, 92, 88, 86},
		{66, 65, 64, 64, 64, 65, 66, 68, 70, 71, 72, 71, 69, 70, 72, 72, 71, 70, 69, 68, 68, 67, 67, 66}, 0.62, 0.04,
		0.01, 0.03},
	[SHIFTS] = {{28, 27, 26, 26, 27, 30, 45, 80, 96, 100, 100, 94, 70, 92, 99, 100, 98, 92, 82, 80, 78, 72, 50, 34},
		{24, 23, 23, 23, 23, 24, 26, 30, 34, 36, 36, 35, 33, 34, 35, 35, 34, 32, 30, 28, 27, 26, 25, 24}, 0.7, 0.05,
		0.02, 0.05},
	[AIR] = {{70, 68, 68, 68, 69, 72, 78, 90, 98, 100, 100, 96, 84, 95, 100, 99, 98, 94, 90, 88, 86, 82, 76, 72},
		{50, 49, 48, 48, 48, 50, 52, 55, 58, 58, 58, 56, 54, 56, 58, 58, 57, 56, 54, 53, 52, 52, 51, 50}, 0.55, 0.05, 0,
		0.07},
	[CHILLER] = {{52, 50, 49, 48, 48, 50, 56, 68, 80, 88, 94, 98, 96, 100, 100, 98, 94, 88, 80, 74, 68, 62, 58, 54},
		{46, 45, 44, 44, 44, 45, 48, 54, 60, 66, 70, 72, 72, 74, 74, 72, 68, 64, 60, 56, 54, 52, 50, 48}, 0.7, 0.55, 0,
		0.05},
	[PLATING] = {{14, 13, 13, 13, 14, 18, 40, 82, 96, 98, 100, 97, 90, 96, 99, 100, 98, 96, 94, 92, 90, 76, 40, 20},
		{12, 12, 12, 12, 12, 12, 13, 14, 15, 15, 15, 15, 15, 15, 15, 15, 15, 14, 14, 13, 13, 12, 12, 12}, 0.9, 0, 0,
		0.06},
	[DORM] = {{40, 32, 28, 26, 28, 38, 62, 66, 44, 36, 34, 42, 52, 44, 38, 38, 44, 60, 82, 96, 100, 98, 82, 58},
		{46, 38, 32, 30, 30, 34, 46, 58, 66, 68, 70, 78, 82, 76, 70, 68, 72, 82, 92, 98, 100, 98, 84, 62}, 0.6, 0.6,
		0.5, 0.06},
	[COLD] = {{100, 100, 99, 98, 97, 95, 90, 84, 78, 76, 78, 84, 88, 90, 86, 78, 74, 73, 75, 80, 88, 95, 98, 100},
		{98, 98, 97, 96, 95, 92, 88, 82, 76, 74, 76, 82, 86, 88, 84, 76, 72, 71, 73, 78, 86, 93, 96, 98}, 1.05, 0.34, 0,
		0.05},
	[FREEZER] = {{92, 88, 60, 30, 18, 15, 15, 20, 40, 72, 96, 100, 96, 70, 36, 22, 18, 18, 22, 48, 82, 98, 100, 96},
		{84, 78, 50, 26, 16, 14, 14, 16, 30, 60, 84, 90, 84, 58, 30, 18, 15, 15, 18, 40, 70, 88, 92, 88}, 1.1, 0.12, 0,
		0.06},
	[DOCK] = {{40, 40, 42, 48, 60, 78, 88, 96, 100, 98, 92, 84, 72, 76, 82, 88, 92, 90, 80, 68, 58, 50, 44, 42},
		{38, 38, 40, 44, 52, 62, 70, 74, 76, 74, 70, 66, 60, 62, 64, 66, 66, 64, 60, 54, 50, 46, 42, 40}, 1, 0.1, 0.1,
		0.05},
	[FORKLIFT] = {{90, 88, 84, 76, 60, 34, 12, 4, 3, 3, 4, 18, 60, 48, 14, 4, 3, 3, 8, 20, 46, 76, 96, 100},
		{70, 66, 60, 50, 36, 20, 8, 3, 3, 3, 4, 14, 44, 36, 10, 4, 3, 3, 6, 14, 32, 56, 70, 74}, 0.9, 0, 0, 0.1},
	[CLINIC] = {{22, 21, 20, 20, 20, 22, 36, 68, 94, 100, 100, 96, 74, 78, 96, 98, 92, 76, 50, 40, 34, 30, 26, 24},
		{20, 19, 19, 19, 19, 20, 28, 44, 58, 62, 62, 58, 46, 48, 56, 56, 52, 44, 36, 32, 28, 26, 23, 21}, 0.8, 0.25,
		0.25, 0.03},
	[WARD] = {{62, 58, 56, 55, 56, 62, 76, 84, 88, 90, 92, 96, 92, 88, 88, 88, 90, 94, 98, 100, 96, 86, 74, 66},
		{60, 56, 54, 54, 55, 60, 72, 80, 84, 86, 88, 92, 88, 84, 84, 84, 86, 90, 94, 96, 92, 83, 72, 64}, 0.96, 0.3,
		0.3, 0.03},
	[STEADY] = {{94, 94, 93, 93, 93, 94, 95, 96, 98, 100, 100, 100, 99, 100, 100, 100, 99, 98, 97, 96, 96, 95, 95, 94},
		{92, 92, 91, 91, 91, 92, 93, 94, 95, 96, 96, 96, 95, 96, 96, 96, 95, 94, 94, 93, 93, 93, 92, 92}, 0.99, 0.05, 0,
		0.015},
	[IMAGING] = {{26, 25, 25, 25, 25, 26, 34, 62, 92, 100, 100, 92, 70, 84, 98, 98, 88, 66, 46, 40, 36, 32, 29, 27},
		{25, 24, 24, 24, 24, 25, 30, 44, 58, 62, 60, 56, 46, 52, 56, 54, 50, 42, 36, 33, 31, 29, 27, 26}, 0.85, 0.08, 0,
		0.06},
	[CLIMATE] = {{24, 22, 20, 20, 20, 24, 36, 60, 80, 90, 96, 98, 94, 98, 100, 98, 92, 82, 68, 58, 48, 40, 32, 27},
		{22, 20, 19, 19, 19, 22, 30, 44, 56, 64, 68, 70, 68, 70, 72, 70, 66, 60, 52, 46, 40, 34, 28, 24}, 0.9, 0.95,
		0.55, 0.04},
	[KITCHEN] = {{12, 10, 10, 12, 34, 70, 92, 80, 58, 62, 88, 100, 80, 50, 44, 56, 82, 92, 66, 40, 28, 20, 16, 13},
		{12, 10, 10, 12, 30, 62, 82, 72, 50, 54, 78, 90, 72, 44, 38, 48, 72, 82, 58, 36, 25, 18, 15, 13}, 0.95, 0, 0,
		0.06},
	[OFFICE] = {{12, 11, 11, 11, 11, 12, 18, 40, 82, 98, 100, 98, 80, 90, 99, 98, 94, 84, 58, 40, 28, 20, 15, 13},
		{10, 10, 10, 10, 10, 10, 11, 13, 17, 21, 23, 22, 20, 21, 22, 22, 20, 18, 15, 13, 12, 11, 11, 10}, 0.85, 0.05,
		0.05, 0.03},
	[LIFT] = {{8, 8, 8, 8, 8, 10, 20, 60, 100, 80, 66, 74, 82, 78, 66, 64, 68, 92, 80, 46, 30, 20, 12, 9},
		{8, 8, 8, 8, 8, 8, 10, 14, 20, 22, 22, 22, 22, 22, 22, 22, 22, 20, 18, 15, 12, 10, 9, 8}, 0.9, 0, 0, 0.08},
	[SIGN] = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40, 100, 100, 100, 100, 60, 0},
		{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40, 100, 100, 100, 100, 60, 0}, 1, 0, 0, 0.01},
	[FOOD] = {{14, 12, 12, 12, 12, 13, 16, 24, 36, 58, 86, 100, 94, 62, 48, 52, 76, 98, 100, 88, 68, 42, 22, 16},
		{15, 13, 12, 12, 12, 13, 16, 24, 38, 64, 94, 100, 100, 78, 60, 64, 86, 100, 100, 96, 80, 54, 26, 17}, 1.08, 0.1,
		0.08, 0.05},
	[SHOP] = {{8, 8, 8, 8, 8, 8, 9, 12, 28, 70, 88, 92, 94, 94, 94, 94, 95, 98, 100, 100, 96, 60, 18, 9},
		{8, 8, 8, 8, 8, 8, 9, 13, 32, 78, 94, 98, 100, 100, 100, 100, 100, 100, 100, 100, 98, 68, 20, 9}, 1.06, 0.05,
		0.05, 0.02},
	[MARKET] = {{86, 86, 88, 90, 92, 92, 90, 88, 86, 86, 88, 92, 96, 100, 100, 98, 94, 90, 88, 86, 86, 86, 86, 86},
		{86, 86, 88, 90, 92, 92, 90, 88, 86, 86, 88, 92, 96, 100, 100, 98, 94, 90, 88, 86, 86, 86, 86, 86}, 1.02, 0.4,
		0, 0.06},
	[STALL] = {{40, 64, 92, 100, 100, 98, 88, 70, 60, 56, 54, 50, 44, 38, 30, 24, 20, 20, 22, 22, 20, 18, 20, 28},
		{44, 70, 96, 100, 100, 100, 92, 76, 66, 60, 58, 54, 48, 40, 32, 26, 22, 20, 22, 22, 20, 18, 20, 30}, 1.04, 0, 0,
		0.04},
	[FAST_CHARGE] = {{16, 6, 1, 0, 0, 1, 6, 22, 46, 40, 36, 52, 78, 66, 42, 38, 46, 70, 88, 96, 100, 92, 66, 36},
		{20, 8, 2, 0, 0, 0, 4, 12, 28, 46, 60, 72, 84, 82, 74, 70, 72, 80, 90, 96, 94, 86, 64, 40}, 1.15, 0, 0.1, 0.22},
	[SLOW_CHARGE] = {{70, 54, 24, 2, 0, 0, 2, 8, 34, 56, 58, 50, 40, 36, 34, 30, 26, 24, 30, 44, 62, 80, 92, 86},
		{70, 54, 24, 2, 0, 0, 2, 4, 10, 20, 28, 32, 34, 34, 32, 30, 30, 32, 38, 48, 62, 76, 86, 82}, 1, 0, 0.1, 0.12},
	[NIGHT_LIGHT] = {{100, 100, 100, 100, 100, 90, 40, 6, 2, 2, 2, 2, 2, 2, 2, 2, 8, 50, 94, 100, 100, 100, 100, 100},
		{100, 100, 100, 100, 100, 90, 40, 6, 2, 2, 2, 2, 2, 2, 2, 2, 8, 50, 94, 100, 100, 100, 100, 100}, 1, 0, 0,
		0.01},
	[TWO_SHIFTS] = {{14, 13, 12, 12, 14, 40, 84, 96, 100, 98, 99, 96, 90, 96, 98, 94, 92, 92, 90, 90, 86, 70, 30, 16},
		{10, 10, 10, 10, 10, 10, 11, 12, 14, 14, 14, 14, 12, 11, 11, 11, 10, 10, 10, 10, 10, 10, 10, 10}, 0.85, 0.06,
		0.04, 0.04},
	[STREET] = {{40, 32, 28, 26, 27, 34, 50, 62, 60, 58, 60, 70, 72, 64, 60, 60, 66, 82, 96, 100, 98, 88, 70, 52},
		{44, 36, 30, 28, 28, 33, 46, 60, 66, 68, 72, 80, 82, 76, 72, 70, 74, 88, 100, 100, 98, 90, 74, 56}, 1.02, 0.4,
		0.4, 0.03},
};

/* What each point draws besides the points below it: of an incomer, what no feeder measures. */
struct own_load {
	int64_t point_id;
	enum profile_name profile;
	double kw, power_factor;
};
static const struct own_load own_loads[] = {
	{1101, FACTORY, 22, 0.85},
	{1102, FACTORY, 18, 0.85},
	{1103, FACTORY, 330, 0.86},
	{1104, AIR, 215, 0.84},
	{1105, OFFICE, 118, 0.95},
	{1106, CHILLER, 150, 0.85},
	{1107, SHIFTS, 265, 0.74},
	{1108, PLATING, 250, 0.83},
	{1109, FACTORY, 92, 0.97},
	{1110, CHILLER, 120, 0.86},
	{1111, DORM, 62, 0.95},
	{1201, STEADY, 7, 0.9},
	{1202, COLD, 190, 0.83},
	{1203, FREEZER, 165, 0.84},
	{1204, COLD, 215, 0.83},
	{1205, DOCK, 46, 0.93},
	{1206, FORKLIFT, 52, 0.95},
	{1207, COLD, 34, 0.8},
	{1301, STEADY, 11, 0.9},
	{1302, STEADY, 9, 0.9},
	{1303, CLINIC, 190, 0.92},
	{1304, WARD, 215, 0.92},
	{1305, STEADY, 92, 0.93},
	{1306, IMAGING, 118, 0.88},
	{1307, CLIMATE, 190, 0.84},
	{1308, KITCHEN, 104, 0.9},
	{1309, STEADY, 42, 0.96},
	{1401, STEADY, 4, 0.9},
	{1402, CLIMATE, 96, 0.85},
	{1403, OFFICE, 138, 0.94},
	{1404, LIFT, 24, 0.7},
	{1405, SIGN, 4.2, 0.9},
	{1406, STEADY, 0.7, 0.95},
	{1501, STEADY, 6, 0.9},
	{1502, FOOD, 142, 0.92},
	{1503, SHOP, 108, 0.93},
	{1504, CLIMATE, 124, 0.85},
	{1601, STEADY, 5, 0.85},
	{1602, MARKET, 118, 0.76},
	{1603, STALL, 46, 0.86},
	{1701, STEADY, 0.15, 0.6},
	{1702, FAST_CHARGE, 168, 0.98},
	{1703, SLOW_CHARGE, 38, 0.98},
	{1704, NIGHT_LIGHT, 0.5, 0.9},
	{1801, STEADY, 12, 0.9},
	{1802, TWO_SHIFTS, 148, 0.86},
	{1803, TWO_SHIFTS, 42, 0.85},
	{1804, TWO_SHIFTS, 66, 0.93},
	{1805, OFFICE, 34, 0.95},
	{1806, NIGHT_LIGHT, 1.6, 0.9},
	{1901, STREET, 148, 0.93},
	{2001, SHIFTS, 64, 0.84},
};

/* Capacitors beside an incomer: a part that is always in, and steps that follow a target. */
struct capacitors {
	int64_t point_id;
	double fixed_kvar, step_kvar, steps, target_tan;
};
static const struct capacitors capacitor_banks[] = {
	{1101, 30, 45, 8, 0.30},
	{1102, 150, 45, 8, 0.32},
	{1201, 0, 40, 5, 0.50},
	{1301, 0, 25, 8, 0.28},
	{1302, 0, 25, 8, 0.40},
	{1401, 0, 15, 5, 0.30},
	{1501, 0, 25, 6, 0.42},
	{1801, 0, 12.5, 8, 0.28},
};

/* What happened, in the project's time. An id below 100 is a project. */
enum episode_kind { FACTOR, CAPACITORS_OUT, OUTAGE };
struct episode {
	int64_t id;
	const char *from, *to;
	enum episode_kind kind;
	double value;
};
static const struct episode episodes[] = {
	{1103, "2026-10-21T13:30", "2026-10-21T16:15", FACTOR, 2.05}, /* a second oven line tried: overload, demand */
	{1107, "2026-10-21T13:30", "2026-10-21T15:30", FACTOR, 1.35},
	{1103, "2026-10-01T00:00", "2026-10-08T00:00", FACTOR, 0.80}, /* the holiday's reduced shifts */
	{1102, "2026-10-19T06:00", "2026-10-22T18:00", CAPACITORS_OUT, 0},
	{1302, "2026-09-11T08:00", "2026-09-13T17:00", CAPACITORS_OUT, 0},
	{1204, "2026-07-20T00:00", "2026-08-20T00:00", FACTOR, 1.25}, /* ice on the evaporators */
	{15, "2026-10-18T01:30", "2026-10-18T05:45", OUTAGE, 0},
	{11, "2026-05-23T08:00", "2026-05-23T16:30", OUTAGE, 0}, /* yearly maintenance */
};

/* A generator behind the meter of 1801. */
#define SOLAR_POINT 1801
#define SOLAR_KW 175.0

static const struct own_load *find_own_load(int64_t point_id)
{
	for (size_t i = 0; i < PR_SAMPLE_COUNT(own_loads); i++)
		if (own_loads[i].point_id == point_id)
			return &own_loads[i];
	return NULL;
}

static double shape_at(const struct profile *profile, const struct pr_sample_moment *moment)
{
	const unsigned char *hours = moment->kind == PR_SAMPLE_WORKDAY ? profile->work : profile->off;
	int hour = moment->minute / 60;
	double share = moment->minute % 60 / 60.0;
	double percent = hours[hour] * (1 - share) + hours[(hour + 1) % 24] * share;

	return percent / 100 * (moment->kind == PR_SAMPLE_HOLIDAY ? profile->holiday : 1);
}

static void add_own(const struct pr_sample_company *company, const struct pr_sample_project *project,
	const struct own_load *own, struct pr_sample_load *load)
{
	struct pr_sample_random random = pr_sample_random_open(company->seed, "load", own->point_id);
	const struct profile *profile = &profiles[own->profile];
	double tangent = sqrt(1 / (own->power_factor * own->power_factor) - 1);
	double quick = 0, slow = 0, kw, growth, season;

	for (size_t i = 0; i < project->moment_count; i++) {
		const struct pr_sample_moment *moment = &project->moments[i];

		quick = pr_sample_drift(&random, quick, 0.82);
		if (moment->minute == 0)
			slow = pr_sample_drift(&random, slow, 0.6);
		growth = 0.97 + 0.00008 * (double)(moment->day - project->moments[0].day);
		season = 1 + profile->cool * fmax(0, moment->outdoor_c - 22) / 10 +
		         profile->heat * fmax(0, 12 - moment->outdoor_c) / 10;
		kw = own->kw * shape_at(profile, moment) * growth * season;
		kw *= fmax(0.3, 1 + profile->noise * (quick + 0.6 * slow));
		load->kw[i] += kw;
		load->kvar[i] += kw * tangent;
	}
}

static void play_episodes(
	const struct pr_sample_project *project, const struct pr_sample_point *point, struct pr_sample_load *load)
{
	for (size_t e = 0; e < PR_SAMPLE_COUNT(episodes); e++) {
		const struct episode *episode = &episodes[e];
		int64_t from_ms = pr_sample_project_time(project, episode->from);
		int64_t to_ms = pr_sample_project_time(project, episode->to);

		if ((episode->id != point->id && episode->id != project->id) || episode->kind == CAPACITORS_OUT)
			continue;
		for (size_t i = 0; i < project->moment_count; i++)
			if (from_ms <= project->moments[i].time_ms && project->moments[i].time_ms < to_ms) {
				load->kw[i] *= episode->value;
				load->kvar[i] *= episode->value;
			}
	}
}

static bool capacitors_out(const struct pr_sample_project *project, int64_t point_id, int64_t time_ms)
{
	for (size_t e = 0; e < PR_SAMPLE_COUNT(episodes); e++)
		if (episodes[e].id == point_id && episodes[e].kind == CAPACITORS_OUT &&
			pr_sample_project_time(project, episodes[e].from) <= time_ms &&
			time_ms < pr_sample_project_time(project, episodes[e].to))
			return true;
	return false;
}

bool pr_sample_load_outage(const struct pr_sample_project *project, int64_t time_ms)
{
	for (size_t e = 0; e < PR_SAMPLE_COUNT(episodes); e++)
		if (episodes[e].id == project->id && episodes[e].kind == OUTAGE &&
			pr_sample_project_time(project, episodes[e].from) <= time_ms &&
			time_ms < pr_sample_project_time(project, episodes[e].to))
			return true;
	return false;
}

static void compensate(
	const struct pr_sample_project *project, const struct pr_sample_point *point, struct pr_sample_load *load)
{
	const struct capacitors *bank = NULL;

	for (size_t i = 0; i < PR_SAMPLE_COUNT(capacitor_banks); i++)
		if (capacitor_banks[i].point_id == point->id)
			bank = &capacitor_banks[i];
	for (size_t i = 0; bank && i < project->moment_count; i++) {
		double rest = load->kvar[i] - bank->fixed_kvar;
		double steps = round((rest - load->kw[i] * bank->target_tan) / bank->step_kvar);

		if (load->kw[i] == 0 || capacitors_out(project, point->id, project->moments[i].time_ms))
			continue;
		load->kvar[i] = rest - bank->step_kvar * fmin(fmax(steps, 0), bank->steps);
	}
}

static void shine(
	const struct pr_sample_company *company, const struct pr_sample_project *project, struct pr_sample_load *load)
{
	struct pr_sample_random random = pr_sample_random_open(company->seed, "sun", SOLAR_POINT);
	double sky = 0.5, season, height;

	for (size_t i = 0; i < project->moment_count; i++) {
		const struct pr_sample_moment *moment = &project->moments[i];

		if (moment->minute == 0)
			sky = 0.25 + 0.75 * pr_sample_uniform(&random);
		season = 0.62 + 0.38 * cos((moment->day_of_year - 172) / 365.25 * 6.283185307179586);
		height = cos((moment->minute - 765) / (420.0 + 180 * season) * 3.141592653589793);
		if (moment->minute > 300 && moment->minute < 1230 && height > 0)
			load->kw[i] -= SOLAR_KW * season * height * sky;
	}
}

static struct pr_sample_load *find_load(
	const struct pr_sample_project *project, struct pr_sample_load *loads, int64_t point_id)
{
	for (size_t i = 0; i < project->point_count; i++)
		if (project->points[i].id == point_id)
			return &loads[i];
	return NULL;
}

/* What flows below a point flows through it, with the cable's loss. */
static void add_to_parent(
	const struct pr_sample_project *project, const struct pr_sample_load *child, struct pr_sample_load *parent)
{
	for (size_t i = 0; i < project->moment_count; i++) {
		parent->kw[i] += 1.006 * child->kw[i];
		parent->kvar[i] += 1.01 * child->kvar[i];
	}
}

bool pr_sample_load_make(const struct pr_sample_company *company, const struct pr_sample_project *project,
	struct pr_arena *arena, struct pr_sample_load **loads_out, struct pr_error *error)
{
	struct pr_sample_load *loads = pr_arena_array(arena, project->point_count, sizeof *loads);
	struct pr_sample_load *parent;

	for (size_t i = 0; i < project->point_count; i++) {
		loads[i].kw = pr_arena_array(arena, project->moment_count, sizeof *loads[i].kw);
		loads[i].kvar = pr_arena_array(arena, project->moment_count, sizeof *loads[i].kvar);
		memset(loads[i].kw, 0, project->moment_count * sizeof *loads[i].kw);
		memset(loads[i].kvar, 0, project->moment_count * sizeof *loads[i].kvar);
	}
	for (size_t i = project->point_count; i-- > 0;) { /* children first */
		const struct pr_sample_point *point = &project->points[i];
		const struct own_load *own = find_own_load(point->id);

		if (!own)
			return pr_error_set(
				error, PR_CODE_INTERNAL, "point %lld: no load, expected an entry in own_loads", (long long)point->id);
		add_own(company, project, own, &loads[i]);
		play_episodes(project, point, &loads[i]);
		parent = find_load(project, loads, point->parent_id);
		if (parent)
			add_to_parent(project, &loads[i], parent);
		if (point->id == SOLAR_POINT)
			shine(company, project, &loads[i]);
		compensate(project, point, &loads[i]);
	}
	*loads_out = loads;
	return true;
}
