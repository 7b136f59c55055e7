/*
 * The sample store's generator. Everything below works on one project at a time:
 *
 *     company.sql ─► store ─► project ─► load ─► quarters ─┐
 *                                         ├────► minutes ──┼─► store (rows in the order of their keys)
 *                                         └────► sensors ──┘
 *                                                  └─► events (what the data show, then what is planted)
 *
 * Load is the truth: the power of every point in every quarter. Quarters, minutes and sensors are what meters make of
 * it, and what broke on the way: each file holds a table of the faults that it plants (README.md lists them all).
 * Random numbers come from streams named by (seed, kind, id), so that a change in one point leaves the others alone.
 */
#ifndef PR_SAMPLES_SAMPLE_H
#define PR_SAMPLES_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/calendar.h"
#include "base/error.h"

#define PR_SAMPLE_COUNT(array) (sizeof(array) / sizeof *(array))
#define PR_SAMPLE_FOREVER INT64_MAX

/* --- what the directory says ---------------------------------------------------------------------------------- */

enum pr_sample_day { PR_SAMPLE_WORKDAY, PR_SAMPLE_OFFDAY, PR_SAMPLE_HOLIDAY, PR_SAMPLE_DAYS };
enum pr_sample_wiring { PR_SAMPLE_3P4W, PR_SAMPLE_3P3W, PR_SAMPLE_1P };

struct pr_sample_name {
	const char *text;
	int64_t from_ms;
};

struct pr_sample_point {
	int64_t id, parent_id; /* parent_id 0 = none */
	bool incomer;
	enum pr_sample_wiring wiring;
	double nominal_v;
	double rated_a, rated_kva; /* NaN = unknown; rated_kva is the transformer's */
	int64_t from_ms, to_ms;
	struct pr_sample_name *names; /* by from_ms; at least one */
	size_t name_count;
};

struct pr_sample_sensor {
	int64_t id, point_id; /* point_id 0 = none */
	char kind;            /* 't'emperature, 'r'esidual current, 'a'mbient */
	double warn, alarm;   /* NaN = none */
	int64_t from_ms, to_ms;
};

struct pr_sample_slot {
	int month_from, month_to, start_minute, end_minute;
	char day_kind[16];
	char slot[8];
	double price;
};

struct pr_sample_tariff {
	int64_t id, from_ms, to_ms;
	double contract_kw, pf_standard; /* NaN = none */
	struct pr_sample_slot *slots;
	size_t slot_count;
};

struct pr_sample_holiday {
	char region[8];
	int64_t day;
	bool worked;
};

struct pr_sample_alarm_type {
	const char *code, *name;
};

/* A quarter of the project's calendar. */
struct pr_sample_moment {
	int64_t time_ms, day; /* day: local, counted from 1970-01-01 */
	int minute, weekday, month, day_of_year;
	enum pr_sample_day kind;
	double outdoor_c;
};

struct pr_sample_project {
	int64_t id;
	char region[8];
	const struct pr_zone *zone;
	struct pr_sample_point *points; /* by id; a child has a larger id than its parent */
	size_t point_count;
	struct pr_sample_sensor *sensors; /* by id */
	size_t sensor_count;
	struct pr_sample_tariff *tariffs; /* by from_ms */
	size_t tariff_count;
	struct pr_sample_moment *moments;
	size_t moment_count;
};

struct pr_sample_company {
	uint64_t seed;
	struct pr_sample_project *projects; /* by id */
	size_t project_count;
	struct pr_sample_holiday *holidays;
	size_t holiday_count;
	struct pr_sample_alarm_type *alarm_types;
	size_t alarm_type_count;
};

/* --- random.c: random numbers ------------------------------------------------------------------------------------ */

struct pr_sample_random {
	uint64_t state;
};
/* The stream of `seed` for a kind of thing and its id. */
struct pr_sample_random pr_sample_random_open(uint64_t seed, const char *kind, int64_t id);
double pr_sample_uniform(struct pr_sample_random *random); /* [0, 1) */
double pr_sample_normal(struct pr_sample_random *random);  /* mean 0, variance 1, within ±3.5 */
/* The next value of a first-order autoregression of variance 1: memory 0..1 of `last`. */
double pr_sample_drift(struct pr_sample_random *random, double last, double memory);
double pr_sample_round(double value, double steps_a_unit); /* to a meter's resolution: 100 = 0.01 */

/* --- rows -------------------------------------------------------------------------------------------------------- */

struct pr_sample_quarter {
	int64_t time_ms, ingested_ms;
	double kwh, kvarh_lag, kvarh_lead, charge, mdp_max, kwh_phase[3]; /* NaN = missing */
	const char *slot;                                                 /* NULL = missing */
	bool dropped;
};

enum pr_sample_column {
	PR_SAMPLE_UA,
	PR_SAMPLE_UAB = 3,
	PR_SAMPLE_IA = 6,
	PR_SAMPLE_IN = 9,
	PR_SAMPLE_PA = 10,
	PR_SAMPLE_PTTL = 13,
	PR_SAMPLE_QTTL,
	PR_SAMPLE_STTL,
	PR_SAMPLE_COSTTL,
	PR_SAMPLE_FREQ,
	PR_SAMPLE_THDUA,
	PR_SAMPLE_THDIA = 21,
	PR_SAMPLE_HR = 24,
	PR_SAMPLE_COLUMNS = 42
};
struct pr_sample_minute {
	int64_t time_ms;
	double value[PR_SAMPLE_COLUMNS]; /* in the order of schema.sql; NaN = missing */
};

struct pr_sample_event {
	int64_t project_id, point_id, sensor_id; /* point and sensor: 0 = none */
	const char *code;
	int level;
	int64_t start_ms, end_ms, confirmed_ms, closed_ms; /* PR_TIME_MISSING = none */
	double value, limit;                               /* NaN = none */
	const char *phase;                                 /* NULL = none */
};

/* --- store.c: the SQLite file; nothing else knows SQLite ------------------------------------------------------- */

struct pr_sample_store;
/* Makes `path` anew and runs the SQL files in `folder`: schema.sql, company.sql. In the arena. */
PR_CHECK bool pr_sample_store_open(struct pr_sample_store **store, const char *path, const char *folder,
	struct pr_arena *arena, struct pr_error *error);
PR_CHECK bool pr_sample_store_company(
	struct pr_sample_store *store, struct pr_arena *arena, struct pr_sample_company *company, struct pr_error *error);
PR_CHECK bool pr_sample_store_quarter(struct pr_sample_store *store, int64_t project_id, int64_t point_id,
	const struct pr_sample_quarter *row, struct pr_error *error);
PR_CHECK bool pr_sample_store_minute(struct pr_sample_store *store, int64_t project_id, int64_t point_id,
	const struct pr_sample_minute *row, struct pr_error *error);
PR_CHECK bool pr_sample_store_reading(struct pr_sample_store *store, int64_t project_id, int64_t sensor_id,
	int64_t time_ms, double value, struct pr_error *error);
PR_CHECK bool pr_sample_store_event(struct pr_sample_store *store, const char *event_id,
	const struct pr_sample_event *event, const char *point_name, const char *message, struct pr_error *error);
/* Runs `folder`/derived.sql (what follows from the series), commits, and closes the file. */
PR_CHECK bool pr_sample_store_finish(
	struct pr_sample_store *store, const char *folder, struct pr_arena *arena, struct pr_error *error);
void pr_sample_store_close(struct pr_sample_store *store); /* harmless after finish */

/* --- project.c: calendars and prices --------------------------------------------------------------------------- */

/* The quarters from October 2025 to the data's end, 2026-11-03T16:00Z. */
void pr_sample_project_moments(
	const struct pr_sample_company *company, struct pr_sample_project *project, struct pr_arena *arena);
/* "2026-10-05T08:00", local to the project; the tables of faults write their times so. */
int64_t pr_sample_project_time(const struct pr_sample_project *project, const char *local);
const struct pr_sample_slot *pr_sample_tariff_slot(
	const struct pr_sample_tariff *tariff, const struct pr_sample_moment *moment, enum pr_sample_day kind);
const struct pr_sample_tariff *pr_sample_project_tariff(const struct pr_sample_project *project, int64_t time_ms);
const char *pr_sample_point_name(const struct pr_sample_point *point, int64_t time_ms);

/* --- load.c: the truth ------------------------------------------------------------------------------------------- */

struct pr_sample_load {
	double *kw, *kvar; /* one a moment; kw < 0 is export */
};
/* One load a point, in the order of the points. Errors: a point without an entry in the table of loads. */
PR_CHECK bool pr_sample_load_make(const struct pr_sample_company *company, const struct pr_sample_project *project,
	struct pr_arena *arena, struct pr_sample_load **loads, struct pr_error *error);
/* Whether the project has no supply at that instant. */
bool pr_sample_load_outage(const struct pr_sample_project *project, int64_t time_ms);

/* --- events.c ------------------------------------------------------------------------------------------------------ */

struct pr_sample_events {
	struct pr_arena *arena; /* not owned */
	struct pr_sample_event *items;
	size_t count, capacity;
};
void pr_sample_events_add(struct pr_sample_events *events, const struct pr_sample_event *event);

/* Opens an event once a condition has held for `hold` samples, and closes it once it has not for as many. */
struct pr_sample_watch {
	struct pr_sample_event event; /* ids, code, level and limit are set by its owner */
	int hold, on, off;
	bool open;
	int64_t first_on_ms, first_off_ms;
};
void pr_sample_watch_feed(struct pr_sample_watch *watch, struct pr_sample_events *events, int64_t time_ms, bool holds,
	double value, const char *phase);
void pr_sample_watch_end(struct pr_sample_watch *watch, struct pr_sample_events *events); /* still open: no end */
/* Confirmation and closing, the planted events, then all of them into the store in the order of their ids. */
PR_CHECK bool pr_sample_events_write(const struct pr_sample_company *company, struct pr_sample_events *events,
	struct pr_sample_store *store, struct pr_error *error);

/* --- what meters and sensors make of the load ------------------------------------------------------------------ */

PR_CHECK bool pr_sample_quarters_write(const struct pr_sample_company *company, const struct pr_sample_project *project,
	const struct pr_sample_load *loads, struct pr_arena *arena, struct pr_sample_events *events,
	struct pr_sample_store *store, struct pr_error *error);
PR_CHECK bool pr_sample_minutes_write(const struct pr_sample_company *company, const struct pr_sample_project *project,
	const struct pr_sample_load *loads, struct pr_sample_events *events, struct pr_sample_store *store,
	struct pr_error *error);
PR_CHECK bool pr_sample_sensors_write(const struct pr_sample_company *company, const struct pr_sample_project *project,
	const struct pr_sample_load *loads, struct pr_sample_events *events, struct pr_sample_store *store,
	struct pr_error *error);

#endif
