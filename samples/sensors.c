#include <math.h>
#include <string.h>

#include "sample.h"

#define STEP_MS (5 * PR_MS_MINUTE) /* sensors send every five minutes */
static const char first_reading[] = "2026-09-01T00:00";
static const char last_reading[] = "2026-11-03T00:00";

/*
 * A temperature is room + rise × (load ÷ full)², slow as the mass behind it; a residual current is base + swing × load
 * with short bursts; an ambient sensor follows the weather, or a cold room's cycle where base is below 0.
 */
struct behaviour {
	int64_t sensor_id;
	double base, swing, full_kw;
};
static const struct behaviour behaviours[] = {
	{1101, 34, 56, 900},
	{1102, 34, 60, 900},
	{1103, 34, 57, 900},
	{1104, 34, 58, 900},
	{1105, 24, 30, 900},
	{1106, 22, 36, 230},
	{1107, 110, 130, 260},
	{1108, 24, 0.25, 0},
	{1201, 20, 26, 200},
	{1202, 20, 29, 220},
	{1203, 20, 22, 170},
	{1204, -19.2, 1.1, 0},
	{1205, -18.3, 1.0, 0},
	{1301, 120, 90, 190},
	{1302, 150, 110, 190},
	{1303, 95, 60, 190},
	{1304, 140, 70, 220},
	{1305, 170, 80, 220},
	{1306, 190, 95, 220},
	{1307, 130, 60, 220},
	{1308, 38, 34, 95},
	{1309, 150, 150, 160},
	{1310, 160, 130, 200},
	{1311, 185, 150, 110},
	{1312, 145, 120, 110},
	{1313, 36, 50, 600},
	{1314, 36, 52, 600},
	{1315, 22, 28, 200},
	{1401, 24, 30, 260},
	{1402, 140, 120, 140},
	{1501, 24, 36, 380},
	{1502, 190, 180, 150},
	{1503, 130, 90, 150},
	{1601, 36, 40, 180},
	{1602, 150, 90, 120},
	{1603, 240, 60, 50},
	{1801, 36, 46, 330},
	{1802, 22, 30, 70},
	{1803, 120, 90, 160},
};

/* Times are the project's. GROWS adds up to `value` by the end; SETS and DROPS are what broke. */
enum change_kind { ADDS, GROWS, SETS, DROPS };
struct change {
	int64_t sensor_id;
	const char *from, *to;
	enum change_kind kind;
	double value;
};
static const struct change changes[] = {
	{1105, "2026-10-08T00:00", "2026-10-29T18:00", GROWS, 58}, /* a contact that came loose, tightened on the 29th */
	{1106, "2026-10-21T13:00", "2026-10-21T16:00", ADDS, 14},
	{1306, "2026-10-12T02:00", "2026-10-12T09:30", ADDS, 250}, /* rain in a shaft */
	{1306, "2026-10-13T01:00", "2026-10-13T05:00", ADDS, 290},
	{1306, "2026-09-14T01:00", "2026-09-14T04:00", ADDS, 190},
	{1502, "2026-10-24T18:05", "2026-10-24T18:45", ADDS, 260},
	{1107, "2026-10-27T10:20", "2026-10-27T10:35", ADDS, 400},
	{1205, "2026-10-10T13:00", "2026-10-10T15:30", GROWS, 8}, /* the door stood open */
	{1802, "2026-10-12T05:00", "2026-10-14T14:00", GROWS, 42},
	{1803, "2026-10-20T11:00", "2026-10-20T13:20", ADDS, 230},
	{1305, "2026-10-16T10:00", "2026-10-16T13:00", SETS, 65535}, /* a board swap with the wrong range */
	{1315, "2026-10-16T10:00", "2026-10-16T11:30", SETS, 850},
	{1315, "2026-10-16T11:30", "2026-10-16T13:00", SETS, -127},
	{1303, "2026-10-25T06:00", "2026-10-25T19:00", DROPS, 0},
	{1503, "2026-10-18T01:30", "2026-10-18T05:45", DROPS, 0}, /* no supply, no sensor */
};

static const struct behaviour *find_behaviour(int64_t sensor_id)
{
	for (size_t i = 0; i < PR_SAMPLE_COUNT(behaviours); i++)
		if (behaviours[i].sensor_id == sensor_id)
			return &behaviours[i];
	return NULL;
}

static const struct pr_sample_load *find_load(
	const struct pr_sample_project *project, const struct pr_sample_load *loads, int64_t point_id)
{
	for (size_t i = 0; i < project->point_count; i++)
		if (project->points[i].id == point_id)
			return &loads[i];
	return NULL;
}

struct state {
	struct pr_sample_random random;
	double level, noise, burst;
};

static double sense(const struct pr_sample_sensor *sensor, const struct behaviour *behaviour,
	const struct pr_sample_moment *moment, double kw, struct state *state)
{
	double share = behaviour->full_kw > 0 ? fabs(kw) / behaviour->full_kw : 0, target;

	state->noise = pr_sample_drift(&state->random, state->noise, 0.9);
	if (sensor->kind == 'r') {
		state->burst *= 0.6;
		if (pr_sample_uniform(&state->random) < 0.002)
			state->burst += 90 * pr_sample_uniform(&state->random);
		return fmax(0, behaviour->base + behaviour->swing * share + 9 * state->noise + state->burst);
	}
	if (sensor->kind == 'a' && behaviour->base < 0)
		return behaviour->base + behaviour->swing * state->noise;
	target = behaviour->base + 0.35 * (moment->outdoor_c - 18) + behaviour->swing * share * share;
	state->level = state->level == 0 ? target : state->level + 0.06 * (target - state->level);
	return state->level + 0.3 * state->noise;
}

/* False: the reading never arrived. */
static bool change_reading(const struct pr_sample_project *project, int64_t sensor_id, int64_t time_ms, double *value)
{
	for (size_t i = 0; i < PR_SAMPLE_COUNT(changes); i++) {
		int64_t from_ms, to_ms;

		if (changes[i].sensor_id != sensor_id)
			continue;
		from_ms = pr_sample_project_time(project, changes[i].from);
		to_ms = pr_sample_project_time(project, changes[i].to);
		if (time_ms < from_ms || time_ms >= to_ms)
			continue;
		if (changes[i].kind == DROPS)
			return false;
		if (changes[i].kind == SETS)
			*value = changes[i].value;
		else if (changes[i].kind == ADDS)
			*value += changes[i].value;
		else
			*value += changes[i].value * (double)(time_ms - from_ms) / (double)(to_ms - from_ms);
	}
	return true;
}

static void open_watches(
	const struct pr_sample_project *project, const struct pr_sample_sensor *sensor, struct pr_sample_watch watches[2])
{
	const char *code = sensor->kind == 'r' ? "over_residual_current" : "over_temperature";
	double limits[2] = {sensor->warn, sensor->alarm};

	for (int i = 0; i < 2; i++) {
		memset(&watches[i], 0, sizeof watches[i]);
		watches[i].hold = 3;
		watches[i].event.project_id = project->id;
		watches[i].event.point_id = sensor->point_id;
		watches[i].event.sensor_id = sensor->id;
		watches[i].event.code = code;
		watches[i].event.level = i == 0 ? 3 : 1;
		watches[i].event.limit = limits[i];
	}
}

static bool write_sensor(const struct pr_sample_company *company, const struct pr_sample_project *project,
	const struct pr_sample_sensor *sensor, const struct behaviour *behaviour, const struct pr_sample_load *load,
	struct pr_sample_events *events, struct pr_sample_store *store, struct pr_error *error)
{
	struct state state = {.random = pr_sample_random_open(company->seed, "sensor", sensor->id)};
	int64_t to_ms = pr_sample_project_time(project, last_reading);
	double steps = sensor->kind == 'r' ? 1 : 10;
	struct pr_sample_watch watches[2];

	open_watches(project, sensor, watches);
	for (int64_t time_ms = pr_sample_project_time(project, first_reading); time_ms < to_ms; time_ms += STEP_MS) {
		size_t i = (size_t)((time_ms - project->moments[0].time_ms) / PR_MS_QUARTER);
		double value = sense(sensor, behaviour, &project->moments[i], load ? load->kw[i] : 0, &state);

		if (time_ms >= sensor->to_ms || !change_reading(project, sensor->id, time_ms, &value))
			continue;
		value = pr_sample_round(value, steps);
		if (!pr_sample_store_reading(store, project->id, sensor->id, time_ms, value, error))
			return false;
		for (int w = 0; w < 2; w++)
			if (!isnan(watches[w].event.limit) && value < 600 && value > -50)
				pr_sample_watch_feed(&watches[w], events, time_ms, value > watches[w].event.limit, value, NULL);
	}
	for (int w = 0; w < 2; w++)
		pr_sample_watch_end(&watches[w], events);
	return true;
}

bool pr_sample_sensors_write(const struct pr_sample_company *company, const struct pr_sample_project *project,
	const struct pr_sample_load *loads, struct pr_sample_events *events, struct pr_sample_store *store,
	struct pr_error *error)
{
	for (size_t i = 0; i < project->sensor_count; i++) {
		const struct pr_sample_sensor *sensor = &project->sensors[i];
		const struct behaviour *behaviour = find_behaviour(sensor->id);

		if (!behaviour)
			return pr_error_set(
				error, PR_CODE_INTERNAL, "sensor %lld: expected an entry in behaviours", (long long)sensor->id);
		if (!write_sensor(
				company, project, sensor, behaviour, find_load(project, loads, sensor->point_id), events, store, error))
			return false;
	}
	return true;
}
