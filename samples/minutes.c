#include <math.h>
#include <string.h>

#include "sample.h"

#define MINUTES 15 /* of a quarter */
static const char first_minute[] = "2026-09-01T00:00";
static const char last_minute[] = "2026-11-01T00:00";

/* The meter of each incomer: what it stands at, and what it can measure. */
struct meter {
	int64_t point_id;
	double tap, droop;     /* voltage above nominal without load, and lost at full load: shares of nominal */
	double phase_shift[3]; /* of the voltages, shares of nominal */
	double phase_share[3]; /* of the power */
	double thd_u, thd_i;   /* percent, at middling load; 0 = not measured */
	bool line_voltages, harmonics;
};
static const struct meter meters[] = {
	{1101, 0.046, 0.030, {0.001, -0.002, 0.001}, {0.338, 0.331, 0.331}, 2.3, 8.5, true, true},
	{1102, 0.040, 0.032, {0, -0.001, 0.001}, {0.335, 0.333, 0.332}, 4.2, 15, true, true},
	{1201, 0.022, 0.012, {0, 0.001, -0.001}, {1 / 3.0, 1 / 3.0, 1 / 3.0}, 1.7, 6, true, false},
	{1301, 0.042, 0.028, {0.001, 0, -0.001}, {0.345, 0.322, 0.333}, 2.0, 9, true, true},
	{1302, 0.040, 0.030, {-0.001, 0.001, 0}, {0.331, 0.338, 0.331}, 2.6, 13, true, false},
	{1401, 0.038, 0.030, {0.002, -0.001, -0.001}, {0.385, 0.300, 0.315}, 2.2, 14, true, false},
	{1501, 0.040, 0.035, {0, 0.001, -0.001}, {0.350, 0.325, 0.325}, 2.4, 12, true, false},
	{1601, 0.083, 0.060, {0.002, -0.002, 0}, {0.350, 0.310, 0.340}, 0, 0, false, false},
	{1701, 0.030, 0.045, {0, 0, 0}, {0.336, 0.334, 0.330}, 2.9, 17, false, false},
	{1801, 0.026, 0.025, {0.001, 0, -0.001}, {0.340, 0.328, 0.332}, 1.9, 10, true, false},
	{1901, 0.050, 0.085, {0.004, -0.003, -0.001}, {0.385, 0.290, 0.325}, 0, 0, true, false},
};

/* What broke; times are the project's. */
enum fault_kind { GAP, SPARSE, NO_CURRENT_B, NO_LINES, POWER_FACTOR };
struct fault {
	int64_t point_id;
	const char *from, *to;
	enum fault_kind kind;
	double value;
};
static const struct fault faults[] = {
	{1101, "2026-10-08T09:31", "2026-10-08T09:32", GAP, 0},
	{1102, "2026-10-14T13:00", "2026-10-14T14:00", GAP, 0},
	{1601, "2026-10-05T00:00", "2026-10-09T12:00", GAP, 0},
	{1901, "2026-10-22T00:00", "2026-10-24T00:00", SPARSE, 17},
	{1901, "2026-10-27T06:00", "2026-10-28T18:00", GAP, 0},
	{1102, "2026-10-14T15:00", "2026-10-14T17:30", NO_CURRENT_B, 0},
	{1301, "2026-10-07T00:00", "2026-10-07T06:00", NO_LINES, 0},
	{1701, "2026-10-20T02:00", "2026-10-20T03:00", POWER_FACTOR, 1.27},
};

/* The charging station's meter shows a power factor of 0 while nothing is plugged in. */
#define IDLE_ZERO_POINT 1701
#define IDLE_KW 1.0

static const double harmonic_share[6] = {0.25, 0.72, 0.48, 0.08, 0.30, 0.20}; /* of the THD: orders 3 5 7 9 11 13 */

enum watch_name {
	OVER_VOLTAGE,
	UNDER_VOLTAGE,
	HIGH_THD_U,
	HIGH_THD_I,
	UNBALANCE,
	LOW_POWER_FACTOR,
	OVERLOAD,
	OUTAGE,
	WATCHES
};
static const struct {
	const char *code;
	int level, hold;
	double limit;
} watch_kinds[WATCHES] = {
	[OVER_VOLTAGE] = {"over_voltage", 3, 10, 7},
	[UNDER_VOLTAGE] = {"under_voltage", 2, 5, -7},
	[HIGH_THD_U] = {"high_thd_u", 3, 10, 5},
	[HIGH_THD_I] = {"high_thd_i", 3, 20, 20},
	[UNBALANCE] = {"current_unbalance", 3, 45, 25},
	[LOW_POWER_FACTOR] = {"low_power_factor", 3, 20, 0.9},
	[OVERLOAD] = {"overload", 2, 3, 80},
	[OUTAGE] = {"power_outage", 1, 1, NAN},
};

struct generator {
	const struct pr_sample_project *project;
	const struct pr_sample_point *point;
	const struct meter *meter;
	const struct pr_sample_load *load;
	struct pr_sample_random random, frequency;
	double full_kva, jitter, grid, unbalance[3], thd_u, thd_i, hz;
	double power_steps, current_steps, voltage_steps; /* a unit */
	struct pr_sample_watch watches[WATCHES];
};

/* The quarter's mean is kept: a line through the neighbours' means, noise without a mean. */
static void spread(struct generator *generator, size_t i, double kw[MINUTES], double kvar[MINUTES])
{
	const double *p = &generator->load->kw[i], *q = &generator->load->kvar[i];
	double mean = 0, at;

	for (int m = 0; m < MINUTES; m++) {
		at = (m + 0.5) / MINUTES - 0.5;
		generator->jitter = pr_sample_drift(&generator->random, generator->jitter, 0.6);
		kw[m] = p[0] + (p[1] - p[-1]) / 2 * at + 0.018 * fabs(p[0]) * generator->jitter;
		if (pr_sample_uniform(&generator->random) < 0.004)
			kw[m] += 0.14 * fabs(p[0]); /* a motor starts */
		kvar[m] = q[0] + (q[1] - q[-1]) / 2 * at;
		mean += kw[m] / MINUTES;
	}
	for (int m = 0; m < MINUTES; m++)
		kw[m] += p[0] - mean;
}

static void set_voltages(
	struct generator *generator, const struct pr_sample_moment *moment, double load_share, double u[3], double line[3])
{
	const struct meter *meter = generator->meter;
	double night = cos((moment->minute - 180) / 1440.0 * 6.283185307179586);
	double nominal = generator->point->nominal_v;

	generator->grid = pr_sample_drift(&generator->random, generator->grid, 0.98);
	for (int k = 0; k < 3; k++)
		u[k] = nominal * (1 + meter->tap + 0.004 * night + 0.004 * generator->grid + meter->phase_shift[k] -
							 meter->droop * load_share * 3 * meter->phase_share[k] +
							 0.0007 * pr_sample_normal(&generator->random));
	for (int k = 0; k < 3; k++) {
		double a = u[k], b = u[(k + 1) % 3];

		line[k] = sqrt(a * a + b * b + a * b); /* 120 degrees between them */
	}
}

static void set_powers(
	struct generator *generator, struct pr_sample_minute *row, double kw, double kvar, const double u[3])
{
	double *v = row->value, share, amps[3];
	bool three_wire = generator->point->wiring == PR_SAMPLE_3P3W;
	double kva = sqrt(kw * kw + kvar * kvar), mean = 0;

	for (int k = 0; k < 3; k++) {
		generator->unbalance[k] = pr_sample_drift(&generator->random, generator->unbalance[k], 0.97);
		mean += generator->unbalance[k] / 3;
	}
	for (int k = 0; k < 3; k++) {
		share = generator->meter->phase_share[k] + 0.007 * (generator->unbalance[k] - mean);
		amps[k] = u[k] > 0 ? 1000 * share * kva / u[k] : 0;
		if (three_wire)
			amps[k] *= 1.7320508075688772; /* u is line to line */
		v[PR_SAMPLE_IA + k] = pr_sample_round(amps[k], generator->current_steps);
		if (!three_wire)
			v[PR_SAMPLE_PA + k] = pr_sample_round(share * kw, generator->power_steps);
	}
	if (!three_wire) {
		double square = amps[0] * (amps[0] - amps[1]) + amps[1] * (amps[1] - amps[2]) + amps[2] * (amps[2] - amps[0]);
		double third = 0.006 * generator->meter->thd_i * (amps[0] + amps[1] + amps[2]) / 3;

		v[PR_SAMPLE_IN] = pr_sample_round(sqrt(fmax(0, square) + third * third), generator->current_steps);
	}
	v[PR_SAMPLE_PTTL] = pr_sample_round(kw, generator->power_steps);
	v[PR_SAMPLE_QTTL] = pr_sample_round(kvar, generator->power_steps);
	v[PR_SAMPLE_STTL] = pr_sample_round(kva, generator->power_steps);
	v[PR_SAMPLE_COSTTL] = kva > 0 ? pr_sample_round(kw / kva, 1000) : 0;
}

static void set_distortion(struct generator *generator, struct pr_sample_minute *row, double load_share, int minute)
{
	const struct meter *meter = generator->meter;
	double *v = row->value, thd_i;

	if (meter->thd_u == 0)
		return;
	generator->thd_u = pr_sample_drift(&generator->random, generator->thd_u, 0.99);
	generator->thd_i = pr_sample_drift(&generator->random, generator->thd_i, 0.98);
	for (int k = 0; k < 3; k++) {
		v[PR_SAMPLE_THDUA + k] = pr_sample_round(meter->thd_u * (0.75 + 0.5 * load_share) + 0.32 * generator->thd_u +
													 0.08 * pr_sample_normal(&generator->random),
			100);
		thd_i = meter->thd_i * (1.3 - 0.6 * load_share + 0.1 * generator->thd_i) +
		        0.3 * pr_sample_normal(&generator->random);
		v[PR_SAMPLE_THDIA + k] = pr_sample_round(fmax(0.5, thd_i), 100);
		if (!meter->harmonics || minute % 5 != 0) /* a spectrum takes the meter five minutes */
			continue;
		for (int order = 0; order < 6; order++)
			v[PR_SAMPLE_HR + 3 * order + k] = pr_sample_round(
				harmonic_share[order] * v[PR_SAMPLE_THDIA + k] * (1 + 0.05 * pr_sample_normal(&generator->random)),
				100);
	}
}

static void make_row(struct generator *generator, const struct pr_sample_moment *moment, int minute, double kw,
	double kvar, struct pr_sample_minute *row)
{
	bool outage = pr_sample_load_outage(generator->project, row->time_ms);
	double load_share = sqrt(kw * kw + kvar * kvar) / generator->full_kva, u[3], line[3];

	for (int c = 0; c < PR_SAMPLE_COLUMNS; c++)
		row->value[c] = NAN;
	set_voltages(generator, moment, load_share, u, line);
	if (generator->point->wiring == PR_SAMPLE_3P3W)
		memcpy(line, u, sizeof line);
	generator->hz = pr_sample_drift(&generator->frequency, generator->hz, 0.9);
	for (int k = 0; k < 3; k++) {
		if (generator->point->wiring != PR_SAMPLE_3P3W)
			row->value[PR_SAMPLE_UA + k] = outage ? 0 : pr_sample_round(u[k], generator->voltage_steps);
		if (generator->meter->line_voltages)
			row->value[PR_SAMPLE_UAB + k] = outage ? 0 : pr_sample_round(line[k], generator->voltage_steps);
	}
	if (outage)
		kw = kvar = 0;
	set_powers(generator, row, kw, kvar, u);
	if (outage)
		return;
	row->value[PR_SAMPLE_FREQ] = pr_sample_round(50 + 0.018 * generator->hz, 100);
	set_distortion(generator, row, load_share, minute);
	if (generator->point->id == IDLE_ZERO_POINT && kw < IDLE_KW)
		row->value[PR_SAMPLE_COSTTL] = 0;
}

/* False: the minute never arrived. */
static bool break_row(const struct generator *generator, struct pr_sample_minute *row)
{
	for (size_t f = 0; f < PR_SAMPLE_COUNT(faults); f++) {
		const struct fault *fault = &faults[f];
		int64_t from_ms;

		if (fault->point_id != generator->point->id)
			continue;
		from_ms = pr_sample_project_time(generator->project, fault->from);
		if (row->time_ms < from_ms || row->time_ms >= pr_sample_project_time(generator->project, fault->to))
			continue;
		if (fault->kind == GAP)
			return false;
		if (fault->kind == SPARSE && (row->time_ms - from_ms) / PR_MS_MINUTE % (int64_t)fault->value != 0)
			return false;
		if (fault->kind == NO_CURRENT_B)
			row->value[PR_SAMPLE_IA + 1] = 0;
		if (fault->kind == NO_LINES)
			memset(&row->value[PR_SAMPLE_UAB], 0, 3 * sizeof(double));
		if (fault->kind == POWER_FACTOR)
			row->value[PR_SAMPLE_COSTTL] = fault->value;
	}
	return true;
}

/* The largest (sign 1) or smallest (sign −1) of three columns, and its phase; NaN where there is none. */
static double extreme(const double *values, double sign, const char **phase)
{
	static const char *const names[] = {"A", "B", "C"};
	double best = NAN;

	for (int k = 0; k < 3; k++)
		if (!isnan(values[k]) && (isnan(best) || sign * values[k] > sign * best)) {
			best = values[k];
			*phase = names[k];
		}
	return best;
}

static void feed(struct generator *generator, struct pr_sample_events *events, enum watch_name name, int64_t time_ms,
	double value, double steps, const char *phase)
{
	struct pr_sample_watch *watch = &generator->watches[name];
	bool below = name == UNDER_VOLTAGE || name == LOW_POWER_FACTOR;

	value = pr_sample_round(value, steps);
	if (!isnan(value))
		pr_sample_watch_feed(
			watch, events, time_ms, below ? value < watch->event.limit : value > watch->event.limit, value, phase);
}

static void watch_row(struct generator *generator, const struct pr_sample_minute *row, struct pr_sample_events *events)
{
	const struct pr_sample_point *point = generator->point;
	const double *v = row->value;
	const double *u = &v[point->wiring == PR_SAMPLE_3P3W ? PR_SAMPLE_UAB : PR_SAMPLE_UA];
	double mean = (v[PR_SAMPLE_IA] + v[PR_SAMPLE_IA + 1] + v[PR_SAMPLE_IA + 2]) / 3, share, value;
	bool outage = u[0] < 0.1 * point->nominal_v;
	const char *phase = NULL;

	pr_sample_watch_feed(&generator->watches[OUTAGE], events, row->time_ms, outage, NAN, NULL);
	if (outage)
		return;
	share = v[PR_SAMPLE_STTL] / generator->full_kva;
	value = extreme(u, 1, &phase);
	feed(generator, events, OVER_VOLTAGE, row->time_ms, 100 * (value / point->nominal_v - 1), 100, phase);
	value = extreme(u, -1, &phase);
	feed(generator, events, UNDER_VOLTAGE, row->time_ms, 100 * (value / point->nominal_v - 1), 100, phase);
	value = extreme(&v[PR_SAMPLE_THDUA], 1, &phase);
	feed(generator, events, HIGH_THD_U, row->time_ms, value, 100, phase);
	value = extreme(&v[PR_SAMPLE_THDIA], 1, &phase);
	feed(generator, events, HIGH_THD_I, row->time_ms, share > 0.1 ? value : 0, 100, phase);
	value = fmax(extreme(&v[PR_SAMPLE_IA], 1, &phase) - mean, mean - extreme(&v[PR_SAMPLE_IA], -1, &phase));
	feed(generator, events, UNBALANCE, row->time_ms, share > 0.1 && mean > 0 ? 100 * value / mean : 0, 100, phase);
	feed(generator, events, LOW_POWER_FACTOR, row->time_ms, share > 0.1 ? fabs(v[PR_SAMPLE_COSTTL]) : 1, 1000, NULL);
	if (!isnan(point->rated_kva) || !isnan(point->rated_a))
		feed(generator, events, OVERLOAD, row->time_ms, 100 * share, 10, NULL);
}

static void open_watches(struct generator *generator)
{
	const struct pr_sample_project *project = generator->project;

	for (int w = 0; w < WATCHES; w++) {
		struct pr_sample_watch *watch = &generator->watches[w];

		watch->hold = watch_kinds[w].hold;
		watch->event.project_id = project->id;
		watch->event.point_id = generator->point->id;
		watch->event.code = watch_kinds[w].code;
		watch->event.level = watch_kinds[w].level;
		watch->event.limit = watch_kinds[w].limit;
		watch->event.value = NAN;
	}
	/* The alarm stands a little below the tariff's standard. */
	if (project->tariff_count && !isnan(project->tariffs[0].pf_standard))
		generator->watches[LOW_POWER_FACTOR].event.limit = pr_sample_round(project->tariffs[0].pf_standard - 0.02, 100);
}

static void open_generator(const struct pr_sample_company *company, struct generator *generator)
{
	const struct pr_sample_point *point = generator->point;
	double kilovolts = point->wiring == PR_SAMPLE_3P3W ? 1.7320508075688772 * point->nominal_v : 3 * point->nominal_v;
	bool coarse = point->rated_a >= 1200; /* a large current ratio: whole amperes and kilowatts */

	generator->random = pr_sample_random_open(company->seed, "minutes", point->id);
	/* One grid: the frequency is the same at every meter of a region. */
	generator->frequency = pr_sample_random_open(company->seed, "frequency", generator->project->region[0]);
	generator->full_kva = !isnan(point->rated_kva) ? point->rated_kva
	                      : !isnan(point->rated_a) ? kilovolts * point->rated_a / 1000
	                                               : 250;
	generator->current_steps = coarse ? 1 : 10;
	generator->power_steps = coarse ? 1 : 10;
	generator->voltage_steps = point->nominal_v > 1000 ? 0.1 : 10;
	open_watches(generator);
}

static bool write_point(const struct pr_sample_company *company, struct generator *generator,
	struct pr_sample_events *events, struct pr_sample_store *store, struct pr_error *error)
{
	const struct pr_sample_project *project = generator->project;
	const struct pr_sample_point *point = generator->point;
	int64_t from_ms = pr_sample_project_time(project, first_minute);
	int64_t to_ms = pr_sample_project_time(project, last_minute);
	double kw[MINUTES], kvar[MINUTES];
	struct pr_sample_minute row;

	open_generator(company, generator);
	for (size_t i = 1; i + 1 < project->moment_count; i++) {
		const struct pr_sample_moment *moment = &project->moments[i];

		if (moment->time_ms < from_ms || moment->time_ms >= to_ms)
			continue;
		if (moment->time_ms < point->from_ms) { /* the grid's frequency runs on */
			for (int m = 0; m < MINUTES; m++)
				generator->hz = pr_sample_drift(&generator->frequency, generator->hz, 0.9);
			continue;
		}
		spread(generator, i, kw, kvar);
		for (int m = 0; m < MINUTES; m++) {
			row.time_ms = moment->time_ms + m * PR_MS_MINUTE;
			make_row(generator, moment, m, kw[m], kvar[m], &row);
			if (!break_row(generator, &row))
				continue;
			watch_row(generator, &row, events);
			if (!pr_sample_store_minute(store, project->id, point->id, &row, error))
				return false;
		}
	}
	for (int w = 0; w < WATCHES; w++)
		pr_sample_watch_end(&generator->watches[w], events);
	return true;
}

static const struct meter *find_meter(int64_t point_id)
{
	for (size_t i = 0; i < PR_SAMPLE_COUNT(meters); i++)
		if (meters[i].point_id == point_id)
			return &meters[i];
	return NULL;
}

bool pr_sample_minutes_write(const struct pr_sample_company *company, const struct pr_sample_project *project,
	const struct pr_sample_load *loads, struct pr_sample_events *events, struct pr_sample_store *store,
	struct pr_error *error)
{
	for (size_t i = 0; i < project->point_count; i++) {
		struct generator generator = {.project = project,
			.point = &project->points[i],
			.load = &loads[i],
			.meter = find_meter(project->points[i].id)};

		if (generator.meter && !write_point(company, &generator, events, store, error))
			return false;
	}
	return true;
}
