#include "plant.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config/method.h"

static const struct pr_validity always = {0, PR_TIME_MISSING};

int plant_open(void **state)
{
	struct plant *plant = calloc(1, sizeof *plant);
	struct pr_error error = {0};
	const struct pr_config config = {.template_folder = "templates", .gate = 0.95, .day_share_month = true};
	*state = plant;
	assert_non_null(plant);
	pr_arena_init(&plant->arena);
	assert_true(pr_method_read(&plant->method, &config, &plant->arena, &error));
	plant->directory.projects = plant->projects;
	plant->directory.tenant = (struct pr_tenant){
		.id = 1, .edition = PR_EDITION_SINGLE, .name = "Plant", .service_from = {2000, 1, 1}, .locale = "en"};
	plant->dataset = (struct pr_dataset){
		.directory = &plant->directory, .projects = plant->data, .has_ingested_at = true, .cutoff_ms = INT64_MAX};
	plant_project(plant, "Asia/Shanghai");
	plant->directory.tenant.zone = plant->projects[0].zone;
	plant_month(plant, "2026-03");
	plant_transformer(plant, 0, 1001, 800);
	plant_point(plant, 0, 11, PR_ROLE_INCOMER)->transformer_id = 1001;
	return 0;
}

int plant_close(void **state)
{
	struct plant *plant = *state;
	pr_arena_release(&plant->arena);
	free(plant);
	return 0;
}

struct pr_project *plant_project(struct plant *plant, const char *zone)
{
	size_t index = plant->directory.project_count++;
	struct pr_error error = {0};
	assert_true(index < PLANT_PROJECTS);
	struct pr_project *project = &plant->projects[index];
	*project = (struct pr_project){.id = (int64_t)(10 * (index + 1)),
		.name = "project",
		.timezone = zone,
		.holiday_region = "CN",
		.supply_kv = PR_MICRO_MISSING,
		.short_circuit_mva = PR_MICRO_MISSING,
		.area_m2 = PR_MICRO_MISSING,
		.points = pr_arena_array(&plant->arena, PLANT_POINTS, sizeof(struct pr_point)),
		.transformers = pr_arena_array(&plant->arena, PLANT_POINTS, sizeof(struct pr_transformer)),
		.tariffs = pr_arena_array(&plant->arena, PLANT_TARIFFS, sizeof(struct pr_tariff))};
	plant->data[index].project = project;
	plant->data[index].points = pr_arena_array(&plant->arena, PLANT_POINTS, sizeof(struct pr_point_data));
	assert_true(pr_zone_open(&project->zone, zone, &plant->arena, &error));
	return project;
}

struct pr_point *plant_point(struct plant *plant, size_t project, int64_t id, enum pr_role role)
{
	struct pr_project *owner = &plant->projects[project];
	assert_true(owner->point_count < PLANT_POINTS);
	struct pr_point_data *data = &plant->data[project].points[owner->point_count];
	struct pr_point *point = &owner->points[owner->point_count++];
	*point = (struct pr_point){.id = id,
		.name = "point",
		.role = role,
		.wiring = PR_WIRING_3P4W,
		.nominal_v = MICRO(220),
		.rated_current_a = PR_MICRO_MISSING,
		.validity = always};
	data->windows = pr_arena_alloc(&plant->arena, sizeof *data->windows);
	*data->windows = (struct pr_quarter_rows){.point_id = id, .from_ms = 0, .to_ms = INT64_MAX};
	data->window_count = 1;
	data->has_quarters_ever = true;
	return point;
}

struct pr_transformer *plant_transformer(struct plant *plant, size_t project, int64_t id, double kva)
{
	struct pr_project *owner = &plant->projects[project];
	assert_true(owner->transformer_count < PLANT_POINTS);
	struct pr_transformer *transformer = &owner->transformers[owner->transformer_count++];
	*transformer = (struct pr_transformer){id, "T", MICRO(kva), PR_MICRO_MISSING, PR_MICRO_MISSING, always};
	return transformer;
}

struct pr_tariff *plant_tariff(struct plant *plant, size_t project, int64_t id, const char *from)
{
	struct pr_project *owner = &plant->projects[project];
	assert_true(owner->tariff_count < PLANT_TARIFFS);
	struct pr_tariff *tariff = &owner->tariffs[owner->tariff_count++];
	*tariff = (struct pr_tariff){.id = id,
		.validity = {plant_time(plant, project, from), PR_TIME_MISSING},
		.currency = "CNY",
		.basic_mode = PR_BASIC_NONE,
		.capacity_price = PR_MICRO_MISSING,
		.demand_price = PR_MICRO_MISSING,
		.contract_kw = PR_MICRO_MISSING,
		.discount_kwh_per_kva = PR_MICRO_MISSING,
		.discount = PR_MICRO_MISSING,
		.pf_standard = PR_MICRO_MISSING,
		.fund_price = 0,
		.source = "a notice"};
	return tariff;
}

void plant_slot(struct plant *plant, struct pr_tariff *tariff, enum pr_day_kind kind, int start_hour, int end_hour,
	enum pr_slot slot, double price)
{
	size_t capacity = tariff->slot_count; /* full: every slot is copied, which a test can afford */
	*PR_PUSH(&plant->arena, tariff->slots, tariff->slot_count, capacity) =
		(struct pr_tariff_slot){1, 12, kind, start_hour * 60, end_hour * 60, slot, MICRO(price)};
}

void plant_month(struct plant *plant, const char *month)
{
	assert_true(pr_month_parse(month, &plant->dataset.month));
}

int64_t plant_time(const struct plant *plant, size_t project, const char *local)
{
	int64_t time_ms = 0;
	assert_true(pr_time_parse(local, plant->projects[project].zone, &time_ms));
	return time_ms;
}

struct pr_quarter_row *plant_row(struct plant *plant, size_t project, size_t point, int64_t time_ms, double kwh)
{
	struct pr_quarter_rows *rows = plant->data[project].points[point].windows;
	struct pr_quarter_row *row = PR_PUSH(&plant->arena, rows->rows, rows->count, plant->row_capacity[project][point]);
	*row = (struct pr_quarter_row){.time_ms = time_ms,
		.ingested_at_ms = PR_TIME_MISSING,
		.kwh = kwh,
		.kvarh_lag = NAN,
		.kvarh_lead = NAN,
		.charge = NAN,
		.mdp_max = NAN,
		.phase_kwh = {NAN, NAN, NAN},
		.slot = -1};
	return row;
}

void plant_fill(
	struct plant *plant, size_t project, size_t point, const char *from, const char *to, double kwh, double lag)
{
	int64_t end_ms = plant_time(plant, project, to);
	for (int64_t at_ms = plant_time(plant, project, from); at_ms < end_ms; at_ms += PR_MS_QUARTER) {
		struct pr_quarter_row *row = plant_row(plant, project, point, at_ms, kwh);
		row->kvarh_lag = lag;
		row->kvarh_lead = isnan(lag) ? NAN : 0.0;
	}
}

struct pr_quarter_row *plant_row_at(struct plant *plant, size_t project, size_t point, const char *local)
{
	struct pr_quarter_rows *rows = plant->data[project].points[point].windows;
	int64_t time_ms = plant_time(plant, project, local);
	for (size_t i = 0; i < rows->count; i++)
		if (rows->rows[i].time_ms == time_ms)
			return &rows->rows[i];
	fail_msg("no row at %s", local);
	return NULL;
}

struct pr_minute_buckets *plant_minutes(struct plant *plant, size_t project, size_t point)
{
	struct pr_minute_buckets *minutes = pr_arena_alloc(&plant->arena, sizeof *minutes);
	pr_zone_month(plant->projects[project].zone, plant->dataset.month, &minutes->from_ms, &minutes->to_ms);
	minutes->id = plant->projects[project].points[point].id;
	minutes->step_ms = PR_MS_QUARTER;
	minutes->count = (size_t)((minutes->to_ms - minutes->from_ms) / PR_MS_QUARTER);
	minutes->samples = pr_arena_array(&plant->arena, minutes->count, sizeof *minutes->samples);
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		struct pr_bucket *buckets = pr_arena_array(&plant->arena, minutes->count, sizeof *buckets);
		for (size_t i = 0; i < minutes->count; i++)
			buckets[i] = (struct pr_bucket){0, NAN, NAN, NAN};
		minutes->fields[field] = (struct pr_bucket_field){.buckets = buckets,
			.implausible_first_ms = PR_TIME_MISSING,
			.implausible_last_ms = PR_TIME_MISSING,
			.maximum_ms = PR_TIME_MISSING};
	}
	plant->data[project].points[point].minutes = minutes;
	plant->data[project].points[point].has_minutes_in_month = true;
	return minutes;
}

void plant_sample(
	struct plant *plant, size_t project, size_t point, const char *local, enum pr_minute_field field, double value)
{
	struct pr_minute_buckets *minutes = plant->data[project].points[point].minutes;
	size_t at = (size_t)((plant_time(plant, project, local) - minutes->from_ms) / minutes->step_ms);
	struct pr_bucket *bucket = &minutes->fields[field].buckets[at];
	minutes->samples[at]++;
	*bucket = (struct pr_bucket){bucket->count + 1, fmin(bucket->minimum, value), fmax(bucket->maximum, value),
		(bucket->count ? bucket->sum : 0) + value};
}

const struct pr_report *plant_analyse(struct plant *plant)
{
	struct pr_error error = {0};
	assert_true(pr_analyse(&plant->dataset, &plant->method, &plant->arena, &plant->report, &error));
	return &plant->report;
}

const struct pr_finding *plant_finding(const struct plant *plant, size_t project, const char *id)
{
	const struct pr_finding *finding = pr_findings_get(&plant->report.projects[project].findings, id);
	if (!finding)
		fail_msg("no finding %s", id);
	return finding;
}

pr_micro plant_value(const struct plant *plant, size_t project, const char *id)
{
	return plant_finding(plant, project, id)->value;
}

const struct pr_finding *plant_point_finding(const struct plant *plant, size_t project, int64_t point, const char *id)
{
	const struct pr_project_report *report = &plant->report.projects[project];
	for (size_t i = 0; i < report->point_count; i++)
		if (report->points[i].id == point)
			return pr_findings_get(&report->points[i].findings, id);
	fail_msg("no point %lld", (long long)point);
	return NULL;
}

const struct pr_note *plant_note(const struct plant *plant, const char *code)
{
	for (size_t i = 0; i < plant->report.note_count; i++)
		if (!strcmp(plant->report.notes[i].code, code))
			return &plant->report.notes[i];
	return NULL;
}

uint32_t plant_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

void plant_expect(pr_micro value, const char *plain)
{
	char text[32];
	assert_string_equal(pr_micro_plain(value, text), plain);
}
