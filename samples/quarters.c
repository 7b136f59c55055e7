#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sample.h"

/* What broke between the meter and the store. Times are the project's, [from, to) of the quarters' true starts. */
enum fault_kind {
	DROP,      /* never arrived */
	LATE,      /* arrived `value` hours after its quarter */
	RESENT,    /* arrived at +25 s with kwh × `value`; corrected on the grid, `extra` hours later */
	TWICE,     /* a second row `value` seconds after the quarter's start, kwh × `extra`, ingested an hour later */
	SHIFT,     /* stamped `value` seconds off the grid */
	ENERGY,    /* kwh is `value` */
	FACTOR,    /* kwh × `value` */
	DEMAND,    /* mdp_max is `value` */
	STRANGER,  /* a second row at +450 s that belongs to another factory: kwh `value`, ingested `extra` hours later */
	NO_LEAD,   /* kvarh_lead is missing */
	NO_INGEST, /* ingested_at is missing */
};
struct fault {
	int64_t point_id;
	const char *from, *to;
	enum fault_kind kind;
	double value, extra;
};
static const struct fault faults[] = {
	{1102, "2026-10-14T13:00", "2026-10-14T14:00", DROP, 0, 0},
	{1601, "2026-10-05T00:00", "2026-10-09T12:00", DROP, 0, 0},
	{1304, "2026-10-06T00:00", "2026-10-20T00:00", DROP, 0, 0},
	{1205, "2026-10-01T00:00", "2026-11-02T00:00", DROP, 0, 0},
	{1103, "2026-03-02T10:00", "2026-03-05T16:00", DROP, 0, 0},
	{1302, "2026-10-30T00:00", "2026-11-01T00:00", LATE, 150, 0},
	{1801, "2026-10-31T20:00", "2026-10-31T22:00", RESENT, 0.8, 110},
	{1101, "2026-10-13T10:00", "2026-10-13T10:15", TWICE, 41, 0.5},
	{1103, "2026-10-16T10:00", "2026-10-16T12:00", TWICE, 41, 0.5},
	{1102, "2026-10-13T11:00", "2026-10-13T11:15", SHIFT, 12, 0},
	{1102, "2026-10-13T11:00", "2026-10-13T11:15", TWICE, 41, 0.97},
	{1401, "2026-10-01T00:00", "2026-10-01T00:15", SHIFT, -60, 0},
	{1401, "2026-10-20T00:00", "2026-10-21T00:00", SHIFT, -60, 0},
	{1202, "2026-10-12T03:00", "2026-10-12T03:15", ENERGY, -35.2, 0},
	{1301, "2026-10-15T08:15", "2026-10-15T08:30", ENERGY, 1048576, 0},
	{1206, "2026-10-17T09:00", "2026-10-17T09:15", ENERGY, 4096, 0},
	{1201, "2026-10-09T14:30", "2026-10-09T14:45", DEMAND, 9999999, 0},
	{1401, "2026-10-23T09:15", "2026-10-23T09:30", DEMAND, 9999999, 0},
	{1111, "2026-10-12T00:00", "2026-11-04T00:00", FACTOR, 2.7, 0},
	{1503, "2026-09-20T00:00", "2026-11-04T00:00", FACTOR, 1.4, 0},
	{1402, "2026-10-21T08:00", "2026-10-21T10:00", STRANGER, 412.5, 1},
	{1402, "2026-10-21T10:00", "2026-10-21T11:00", ENERGY, 398.75, 0},
	{1602, "2026-10-11T00:00", "2026-10-12T00:00", NO_LEAD, 0, 0},
	{1405, "2025-10-01T00:00", "2026-11-04T00:00", NO_INGEST, 0, 0},
};

/* The ingest of project 11 doesn't know holidays, that of project 12 not the new tariff: their `charge` is wrong. */
#define INGEST_WITHOUT_HOLIDAYS 11
#define INGEST_WITHOUT_NEW_TARIFF 12

#define OFFLINE_MS (2 * INT64_C(3600000))

static void price(
	const struct pr_sample_project *project, const struct pr_sample_moment *moment, struct pr_sample_quarter *row)
{
	const struct pr_sample_tariff *tariff = pr_sample_project_tariff(project, moment->time_ms);
	enum pr_sample_day kind = moment->kind;
	const struct pr_sample_slot *slot;

	if (project->id == INGEST_WITHOUT_HOLIDAYS && kind == PR_SAMPLE_HOLIDAY)
		kind = moment->weekday >= 6 ? PR_SAMPLE_OFFDAY : PR_SAMPLE_WORKDAY;
	if (project->id == INGEST_WITHOUT_NEW_TARIFF && project->tariff_count)
		tariff = &project->tariffs[0];
	slot = tariff ? pr_sample_tariff_slot(tariff, moment, kind) : NULL;
	if (!slot)
		return;
	row->slot = slot->slot;
	row->charge = pr_sample_round(row->kwh * slot->price, 1e4);
}

static struct pr_sample_quarter measure(const struct pr_sample_project *project, const struct pr_sample_point *point,
	const struct pr_sample_load *load, size_t i, struct pr_sample_random *random)
{
	double kw = fmax(0, load->kw[i]), kvar = load->kvar[i], share_a, share_b;
	struct pr_sample_quarter row = {
		.time_ms = project->moments[i].time_ms, .charge = NAN, .mdp_max = NAN, .kwh_phase = {NAN, NAN, NAN}};

	row.ingested_ms = row.time_ms + PR_MS_QUARTER + 20000 + (int64_t)(60000 * pr_sample_uniform(random));
	row.kwh = pr_sample_round(kw / 4, 100);
	row.kvarh_lag = pr_sample_round(fmax(0, kvar) / 4, 100);
	row.kvarh_lead = pr_sample_round(fmax(0, -kvar) / 4, 100);
	if (point->wiring == PR_SAMPLE_1P) {
		row.kwh_phase[0] = row.kwh;
		row.kvarh_lag = row.kvarh_lead = NAN;
	}
	if (!point->incomer)
		return row;
	row.mdp_max = pr_sample_round(kw * (1.003 + 0.03 * pr_sample_uniform(random)), 10);
	price(project, &project->moments[i], &row);
	if (point->wiring == PR_SAMPLE_3P4W) {
		share_a = 0.34 + 0.006 * pr_sample_normal(random);
		share_b = 0.325 + 0.006 * pr_sample_normal(random);
		row.kwh_phase[0] = pr_sample_round(row.kwh * share_a, 100);
		row.kwh_phase[1] = pr_sample_round(row.kwh * share_b, 100);
		row.kwh_phase[2] = pr_sample_round(row.kwh - row.kwh_phase[0] - row.kwh_phase[1], 100);
	}
	return row;
}

static int64_t hours_ms(double hours)
{
	return (int64_t)(hours * 3600000);
}

/* Changes `row`; true when a second row `other` came too. */
static bool break_row(const struct fault *fault, struct pr_sample_quarter *row, struct pr_sample_quarter *other)
{
	int64_t start_ms = row->time_ms - row->time_ms % PR_MS_QUARTER;

	*other = *row;
	switch (fault->kind) {
	case DROP:
		row->dropped = true;
		return false;
	case LATE:
		row->ingested_ms += hours_ms(fault->value);
		return false;
	case RESENT:
		other->time_ms += 25000;
		other->kwh = pr_sample_round(row->kwh * fault->value, 100);
		row->ingested_ms += hours_ms(fault->extra);
		return true;
	case TWICE:
		other->time_ms = start_ms + (int64_t)(1000 * fault->value);
		other->kwh = pr_sample_round(row->kwh * fault->extra, 100);
		other->ingested_ms += hours_ms(1);
		return true;
	case SHIFT:
		row->time_ms += (int64_t)(1000 * fault->value);
		return false;
	case ENERGY:
		row->kwh = fault->value;
		return false;
	case FACTOR:
		row->kwh = pr_sample_round(row->kwh * fault->value, 100);
		return false;
	case DEMAND:
		row->mdp_max = fault->value;
		return false;
	case STRANGER:
		other->time_ms += 450000;
		other->kwh = fault->value;
		other->ingested_ms += hours_ms(fault->extra);
		return true;
	case NO_LEAD:
		row->kvarh_lead = NAN;
		return false;
	case NO_INGEST:
		row->ingested_ms = PR_TIME_MISSING;
		return false;
	}
	return false;
}

/* `rows` has room for as many again; returns how many there are. */
static size_t break_rows(const struct pr_sample_project *project, const struct pr_sample_point *point,
	struct pr_sample_quarter *rows, size_t count)
{
	size_t all = count;

	for (size_t f = 0; f < PR_SAMPLE_COUNT(faults); f++) {
		int64_t from_ms = pr_sample_project_time(project, faults[f].from);
		int64_t to_ms = pr_sample_project_time(project, faults[f].to);

		if (faults[f].point_id != point->id)
			continue;
		for (size_t i = 0; i < count; i++)
			if (from_ms <= rows[i].time_ms && rows[i].time_ms < to_ms && break_row(&faults[f], &rows[i], &rows[all]))
				all++;
	}
	return all;
}

static int by_time(const void *left, const void *right)
{
	const struct pr_sample_quarter *a = left, *b = right;

	return (a->time_ms > b->time_ms) - (a->time_ms < b->time_ms);
}

/* A hole of two hours is an event: the device was offline. */
static void watch_holes(const struct pr_sample_project *project, const struct pr_sample_point *point,
	const struct pr_sample_quarter *rows, size_t count, struct pr_sample_events *events)
{
	struct pr_sample_event event = {.project_id = project->id,
		.point_id = point->id,
		.code = "offline",
		.level = 3,
		.confirmed_ms = PR_TIME_MISSING,
		.closed_ms = PR_TIME_MISSING,
		.value = NAN,
		.limit = NAN};
	int64_t last_ms = PR_TIME_MISSING;

	for (size_t i = 0; i < count; i++) {
		if (rows[i].dropped)
			continue;
		if (last_ms != PR_TIME_MISSING && rows[i].time_ms - last_ms > OFFLINE_MS) {
			event.start_ms = last_ms + PR_MS_QUARTER;
			event.end_ms = rows[i].time_ms + PR_MS_MINUTE;
			pr_sample_events_add(events, &event);
		}
		last_ms = rows[i].time_ms;
	}
}

static bool write_point(const struct pr_sample_company *company, const struct pr_sample_project *project, size_t index,
	const struct pr_sample_load *load, struct pr_sample_quarter *rows, struct pr_sample_events *events,
	struct pr_sample_store *store, struct pr_error *error)
{
	const struct pr_sample_point *point = &project->points[index];
	struct pr_sample_random random = pr_sample_random_open(company->seed, "quarters", point->id);
	int64_t to_ms = point->id == 1111 ? PR_SAMPLE_FOREVER : point->to_ms; /* removed, and still sending */
	size_t count = 0;

	for (size_t i = 0; i < project->moment_count; i++)
		if (point->from_ms <= project->moments[i].time_ms && project->moments[i].time_ms < to_ms)
			rows[count++] = measure(project, point, load, i, &random);
	count = break_rows(project, point, rows, count);
	qsort(rows, count, sizeof *rows, by_time);
	watch_holes(project, point, rows, count, events);
	for (size_t i = 0; i < count; i++)
		if (!rows[i].dropped && !pr_sample_store_quarter(store, project->id, point->id, &rows[i], error))
			return false;
	return true;
}

/* Quarters whose demand exceeds 105 % of the contract: an event a run of them, of the project. */
static void watch_demand(
	const struct pr_sample_project *project, const struct pr_sample_load *loads, struct pr_sample_events *events)
{
	struct pr_sample_watch watch = {.event = {.project_id = project->id, .code = "over_demand", .level = 2}, .hold = 1};
	double contract_kw = project->tariff_count ? project->tariffs[0].contract_kw : (double)NAN;

	if (isnan(contract_kw))
		return;
	watch.event.limit = pr_sample_round(1.05 * contract_kw, 10);
	for (size_t i = 0; i < project->moment_count; i++) {
		double kw = 0;

		for (size_t p = 0; p < project->point_count; p++)
			kw += project->points[p].incomer ? loads[p].kw[i] : 0;
		pr_sample_watch_feed(
			&watch, events, project->moments[i].time_ms, kw > watch.event.limit, pr_sample_round(kw, 10), NULL);
	}
	pr_sample_watch_end(&watch, events);
}

bool pr_sample_quarters_write(const struct pr_sample_company *company, const struct pr_sample_project *project,
	const struct pr_sample_load *loads, struct pr_arena *arena, struct pr_sample_events *events,
	struct pr_sample_store *store, struct pr_error *error)
{
	struct pr_sample_quarter *rows = pr_arena_array(arena, 2 * project->moment_count, sizeof *rows);

	if (project->id == 19) /* a transformer monitor: minutes alone */
		return true;
	for (size_t i = 0; i < project->point_count; i++)
		if (!write_point(company, project, i, &loads[i], rows, events, store, error))
			return false;
	watch_demand(project, loads, events);
	return true;
}
