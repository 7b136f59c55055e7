/*
 * A small company built by hand for the tests of the analysis: one tenant, up to four projects, each with points, a
 * transformer, tariffs and rows. Times are local to the project ("2026-03-01T08:15"). Everything fails the test that
 * cannot be done.
 */
#ifndef PLANT_H
#define PLANT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "analysis/analysis.h"

#define PLANT_PROJECTS 4
#define PLANT_POINTS 8
#define PLANT_TARIFFS 4
#define MICRO(number) ((pr_micro)llround((number)*1e6))

struct plant {
	struct pr_arena arena;
	struct pr_method method;
	struct pr_directory directory;
	struct pr_project projects[PLANT_PROJECTS];
	struct pr_project_data data[PLANT_PROJECTS];
	size_t row_capacity[PLANT_PROJECTS][PLANT_POINTS];
	struct pr_dataset dataset;
	struct pr_report report;
};

/* The plant of a test: its month is 2026-03 in Asia/Shanghai, project 0 has incomer 11 on an 800 kVA transformer. */
int plant_open(void **state);
int plant_close(void **state);

struct pr_project *plant_project(struct plant *plant, const char *zone); /* another one, without points */
struct pr_point *plant_point(struct plant *plant, size_t project, int64_t id, enum pr_role role);
struct pr_transformer *plant_transformer(struct plant *plant, size_t project, int64_t id, double kva);
/* In force from a local time on: no basic charge, no standard, no funds, no slots. */
struct pr_tariff *plant_tariff(struct plant *plant, size_t project, int64_t id, const char *from);
void plant_slot(struct plant *plant, struct pr_tariff *tariff, enum pr_day_kind kind, int start_hour, int end_hour,
	enum pr_slot slot, double price);
void plant_month(struct plant *plant, const char *month);
int64_t plant_time(const struct plant *plant, size_t project, const char *local);

/* Adds a row with kWh alone; the other cells may be set on what it returns, until the next row is added. */
struct pr_quarter_row *plant_row(struct plant *plant, size_t project, size_t point, int64_t time_ms, double kwh);
/* A row for every quarter of [from, to), with kWh and lag (NaN = missing), lead 0. */
void plant_fill(
	struct plant *plant, size_t project, size_t point, const char *from, const char *to, double kwh, double lag);
struct pr_quarter_row *plant_row_at(struct plant *plant, size_t project, size_t point, const char *local);

/* The month's buckets of a point, all fields present, no sample yet. */
struct pr_minute_buckets *plant_minutes(struct plant *plant, size_t project, size_t point);
/* `count` samples of one value in the bucket at a local time. */
void plant_sample(
	struct plant *plant, size_t project, size_t point, const char *local, enum pr_minute_field field, double value);

/* Works the month out again; what it returns is plant->report. */
const struct pr_report *plant_analyse(struct plant *plant);
/* The value of a project's finding after plant_analyse; the test fails where there is none. */
pr_micro plant_value(const struct plant *plant, size_t project, const char *id);
const struct pr_finding *plant_finding(const struct plant *plant, size_t project, const char *id);
const struct pr_finding *plant_point_finding(const struct plant *plant, size_t project, int64_t point, const char *id);
const struct pr_note *plant_note(const struct plant *plant, const char *code); /* the first, or NULL */

/* A deterministic generator (xorshift): the same numbers every time. */
uint32_t plant_random(uint32_t *state);

/* Compares as plain decimals, so that a failure reads well. */
void plant_expect(pr_micro value, const char *plain);

#endif
