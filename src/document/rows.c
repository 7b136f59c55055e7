/* Rows for tables, by provider. The fields of each are listed in docs/templates.md. */
#include "document/rows.h"
#include "document/workings.h"

#include "document/advice.h"
#include "document/facts.h"

#include <math.h>
#include <string.h>

struct pr_scope *pr_rows_add(struct pr_row_builder *builder)
{
	struct pr_scope *row = PR_PUSH(builder->context->arena, builder->items, builder->count, builder->capacity);

	row->outer = builder->scope;
	return row;
}

void pr_rows_field(struct pr_row_builder *builder, struct pr_scope *row, const char *name, struct pr_value value)
{
	pr_scope_add(row, builder->context->arena, name, value);
}

struct pr_value pr_rows_tagged(struct pr_row_builder *builder, struct pr_value value, const char *path)
{
	if (value.kind != PR_VALUE_MISSING)
		value.finding = path ? pr_arena_copy(builder->context->arena, path) : NULL;
	return value;
}

static struct pr_value count_value(uint64_t count)
{
	return pr_value_number((double)count, NULL);
}

static const struct pr_series *series_of(struct pr_row_builder *builder, const char *id)
{
	return pr_project_series(builder->project, id);
}

static struct pr_value series_value(struct pr_row_builder *builder, const struct pr_series *series, size_t index)
{
	struct pr_value value;

	if (!series || index >= series->count)
		return pr_value_missing();
	value = pr_value_number(series->values[index], series->unit);
	if (pr_text_equal(series->id, ".months13.power_factor")) {
		value.unit = NULL;
		value.digits = PR_PRECISION_POWER_FACTOR;
	}
	value.finding = pr_arena_format(builder->context->arena, "projects/%lld/series/%s/%zu",
		(long long)builder->project->project->id, series->id + (series->id[0] == '.'), index);
	return value;
}

/* --- subjects --------------------------------------------------------------------------------------------------- */

static void add_subject(struct pr_row_builder *builder, const struct pr_subject *subject, const char *kind)
{
	struct pr_scope *row = pr_rows_add(builder);

	row->findings = &subject->findings;
	row->path = pr_arena_format(builder->context->arena, "projects/%lld/%s/%lld",
		(long long)builder->project->project->id, kind, (long long)subject->id);
	pr_rows_field(builder, row, "row.name", pr_value_text(subject->name));
	pr_rows_field(builder, row, "row.id",
		pr_value_text(pr_arena_format(builder->context->arena, "%lld", (long long)subject->id)));
}

/* What is not metered below a point, of all that it measures. */
static struct pr_value unmetered_share(const struct pr_findings *findings)
{
	const struct pr_finding *unmetered = pr_findings_get(findings, "energy.unmetered");
	const struct pr_finding *total = pr_findings_get(findings, "energy.total");

	if (!unmetered || !total || unmetered->value == PR_MICRO_MISSING || !(total->value > 0))
		return pr_value_missing();
	return pr_value_micro(pr_micro_ratio(unmetered->value, total->value, PR_PRECISION_RATIO), "1");
}

static bool rows_points(struct pr_row_builder *builder)
{
	for (size_t i = 0; i < builder->project->point_count; i++) {
		const struct pr_point *point = builder->project->points[i].model;

		add_subject(builder, &builder->project->points[i], "points");
		pr_rows_field(
			builder, &builder->items[builder->count - 1], "row.role", pr_value_text(pr_role_names[point->role]));
		pr_rows_field(builder, &builder->items[builder->count - 1], "row.rated_current",
			pr_value_micro(point->rated_current_a, "A"));
		pr_rows_field(builder, &builder->items[builder->count - 1], "row.unmetered_share",
			unmetered_share(&builder->project->points[i].findings));
	}
	return true;
}

static bool rows_transformers(struct pr_row_builder *builder)
{
	for (size_t i = 0; i < builder->project->transformer_count; i++) {
		const struct pr_transformer *transformer = builder->project->transformers[i].model;

		add_subject(builder, &builder->project->transformers[i], "transformers");
		pr_rows_field(builder, &builder->items[builder->count - 1], "row.rated_kva",
			pr_value_micro(transformer->rated_kva, "kVA"));
	}
	return true;
}

/* --- time ------------------------------------------------------------------------------------------------------- */

static bool rows_days(struct pr_row_builder *builder)
{
	const struct pr_project_report *project = builder->project;
	const struct pr_series *energy = series_of(builder, "energy_day");
	const struct pr_series *demand = series_of(builder, "demand_day");
	struct pr_date date = {builder->context->report->month.year, builder->context->report->month.month, 1};

	for (size_t i = 0; i < project->day_count; i++, date.day++) {
		struct pr_scope *row = pr_rows_add(builder);

		pr_rows_field(builder, row, "row.date", pr_value_time(pr_zone_instant(project->project->zone, date, 0)));
		pr_rows_field(builder, row, "row.kind", pr_value_text(pr_day_kind_names[project->day_kinds[i]]));
		pr_rows_field(builder, row, "row.energy", series_value(builder, energy, i));
		pr_rows_field(builder, row, "row.demand", series_value(builder, demand, i));
		pr_rows_field(builder, row, "row.expected", pr_value_number(project->day_expected[i], NULL));
		pr_rows_field(builder, row, "row.measured", pr_value_number(project->day_measured[i], NULL));
		for (int slot = 0; slot < PR_SLOT_COUNT; slot++)
			pr_rows_field(builder, row, pr_arena_format(builder->context->arena, "row.%s", pr_slot_names[slot]),
				series_value(builder,
					series_of(
						builder, pr_arena_format(builder->context->arena, "energy_slot_day.%s", pr_slot_names[slot])),
					i));
	}
	return true;
}

static bool rows_months(struct pr_row_builder *builder)
{
	static const struct {
		const char *field, *series;
	} fields[] = {{"row.energy", "months13.energy"}, {"row.charge", "months13.charge"},
		{"row.demand", "months13.demand"}, {"row.basic", ".months13.basic"},
		{"row.energy_charge", ".months13.energy_charge"}, {"row.pf", ".months13.pf"},
		{"row.power_factor", ".months13.power_factor"}};

	for (size_t i = 0; i < 13; i++) {
		struct pr_scope *row = pr_rows_add(builder);
		int64_t from_ms, to_ms;

		pr_zone_month(builder->project->project->zone, pr_month_add(builder->context->report->month, (int)i - 12),
			&from_ms, &to_ms);
		pr_rows_field(builder, row, "row.month", pr_value_time(from_ms));
		for (size_t f = 0; f < sizeof fields / sizeof *fields; f++)
			pr_rows_field(
				builder, row, fields[f].field, series_value(builder, series_of(builder, fields[f].series), i));
	}
	return true;
}

/* --- coverage and notes ----------------------------------------------------------------------------------------- */

static bool rows_gaps(struct pr_row_builder *builder)
{
	const struct pr_project_report *project = builder->project;

	for (size_t i = 0; i < project->gap_count; i++) {
		const struct pr_gap *gap = &project->gaps[i];
		struct pr_scope *row = pr_rows_add(builder);

		pr_rows_field(builder, row, "row.point",
			pr_value_text(pr_subject_name(project->points, project->point_count, gap->point_id)));
		pr_rows_field(builder, row, "row.index", count_value(i + 1));
		pr_rows_field(builder, row, "row.from", pr_value_time(gap->from_ms));
		pr_rows_field(builder, row, "row.to", pr_value_time(gap->to_ms));
		pr_rows_field(builder, row, "row.quarters", pr_value_number(gap->quarters, NULL));
		pr_rows_field(builder, row, "row.hours", pr_value_number(gap->quarters / 4.0, NULL));
	}
	return true;
}

static const char *note_path(const struct pr_row_builder *builder, size_t index, const char *what)
{
	return pr_arena_format(builder->context->arena, "notes/%zu/%s", index, what);
}

static bool rows_notes(struct pr_row_builder *builder)
{
	const struct pr_report *report = builder->context->report;

	for (size_t i = 0; i < report->note_count; i++) {
		const struct pr_note *note = &report->notes[i];
		struct pr_scope *row = pr_rows_add(builder);

		row->zone = pr_note_zone(report, note);
		pr_rows_field(builder, row, "row.index", count_value(i + 1));
		pr_rows_field(builder, row, "row.code", pr_value_text(note->code));
		pr_rows_field(builder, row, "row.text",
			pr_rows_tagged(builder, pr_value_text(note->text), note_path(builder, i, "text")));
		pr_rows_field(builder, row, "row.subject",
			pr_value_text(pr_note_subject(builder->context, note, builder->context->arena)));
		pr_rows_field(builder, row, "row.count",
			note->count ? pr_rows_tagged(builder, count_value(note->count), note_path(builder, i, "count"))
						: pr_value_missing());
		pr_rows_field(builder, row, "row.first", pr_value_time(note->first_ms));
		pr_rows_field(builder, row, "row.last", pr_value_time(note->last_ms));
	}
	return true;
}

/* --- tariffs ---------------------------------------------------------------------------------------------------- */

static bool rows_tariffs(struct pr_row_builder *builder)
{
	const struct pr_project *project = builder->project->project;

	for (size_t i = 0; i < project->tariff_count; i++) {
		const struct pr_tariff *tariff = &project->tariffs[i];
		struct pr_scope *row;

		if (!pr_valid_within(&tariff->validity, builder->project->month_from_ms, builder->project->month_to_ms))
			continue;
		row = pr_rows_add(builder);
		pr_rows_field(builder, row, "row.id",
			pr_value_text(pr_arena_format(builder->context->arena, "%lld", (long long)tariff->id)));
		pr_rows_field(builder, row, "row.source", pr_value_text(tariff->source));
		pr_rows_field(builder, row, "row.from", pr_value_time(tariff->validity.from_ms));
		pr_rows_field(builder, row, "row.to", pr_value_time(tariff->validity.to_ms));
		pr_rows_field(builder, row, "row.currency", pr_value_text(tariff->currency));
		pr_rows_field(builder, row, "row.basic_mode", pr_value_text(pr_basic_mode_names[tariff->basic_mode]));
		pr_rows_field(builder, row, "row.contract", pr_value_micro(tariff->contract_kw, "kW"));
		pr_rows_field(builder, row, "row.pf_standard", pr_value_micro(tariff->pf_standard, NULL));
		pr_rows_field(builder, row, "row.fund_price", pr_value_micro(tariff->fund_price, NULL));
	}
	return true;
}

/* --- findings --------------------------------------------------------------------------------------------------- */

/* `kind`: what stands before the ids of what is no finding: "facts/". */
static void add_findings(struct pr_row_builder *builder, const struct pr_findings *findings, const char *path,
	const char *kind, const char *subject, const struct pr_zone *zone)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct pr_finding *finding = &findings->items[i];
		struct pr_scope *row = pr_rows_add(builder);
		struct pr_value value = finding->word ? pr_value_text(finding->word) : pr_value_micro(finding->value, NULL);

		row->zone = zone;
		value.finding = pr_arena_format(builder->context->arena, "%s%s%s%s", path, *path ? "/" : "", kind, finding->id);
		pr_rows_field(builder, row, "row.subject", pr_value_text(subject));
		pr_rows_field(builder, row, "row.id",
			pr_value_text(*kind ? pr_arena_format(builder->context->arena, "%s%s", kind, finding->id) : finding->id));
		pr_rows_field(builder, row, "row.value", value);
		pr_rows_field(builder, row, "row.unit", pr_value_text(finding->unit));
		pr_rows_field(builder, row, "row.coverage", pr_value_micro(finding->coverage, NULL));
		pr_rows_field(builder, row, "row.at", pr_value_time(finding->at_ms));
		pr_rows_field(builder, row, "row.change_month", pr_value_micro(finding->change_month, NULL));
		pr_rows_field(builder, row, "row.change_year", pr_value_micro(finding->change_year, NULL));
		pr_rows_field(builder, row, "row.base_month", pr_value_micro(finding->base_month, NULL));
		pr_rows_field(builder, row, "row.base_year", pr_value_micro(finding->base_year, NULL));
		pr_rows_field(builder, row, "row.difference_month",
			pr_value_micro(pr_finding_difference(finding, finding->base_month), NULL));
		pr_rows_field(builder, row, "row.difference_year",
			pr_value_micro(pr_finding_difference(finding, finding->base_year), NULL));
		pr_rows_field(builder, row, "row.limit", pr_value_micro(finding->limit, NULL));
		pr_rows_field(builder, row, "row.text", pr_value_text(finding->text));
	}
}

static void add_subject_findings(struct pr_row_builder *builder, const struct pr_subject *subjects, size_t count,
	const char *path, const char *kind, const struct pr_zone *zone)
{
	for (size_t i = 0; i < count; i++)
		add_findings(builder, &subjects[i].findings,
			pr_arena_format(builder->context->arena, "%s/%s/%lld", path, kind, (long long)subjects[i].id), "",
			subjects[i].name, zone);
}

static bool rows_findings(struct pr_row_builder *builder)
{
	const struct pr_report *report = builder->context->report;

	add_findings(builder, &report->findings, "", "", report->tenant->name, report->tenant->zone);
	add_findings(builder, &report->facts, "", "facts/", report->tenant->name, report->tenant->zone);
	for (size_t i = 0; i < report->project_count; i++) {
		const struct pr_project_report *project = &report->projects[i];
		const struct pr_zone *zone = project->project->zone;
		const char *path = pr_arena_format(builder->context->arena, "projects/%lld", (long long)project->project->id);

		add_findings(builder, &project->findings, path, "", project->project->name, zone);
		add_findings(builder, &project->facts, path, "facts/", project->project->name, zone);
		add_subject_findings(builder, project->points, project->point_count, path, "points", zone);
		add_subject_findings(builder, project->transformers, project->transformer_count, path, "transformers", zone);
		add_subject_findings(builder, project->sensors, project->sensor_count, path, "sensors", zone);
	}
	return true;
}

static bool rows_projects(struct pr_row_builder *builder)
{
	const struct pr_report *report = builder->context->report;

	for (size_t i = 0; i < report->project_count; i++) {
		const struct pr_project_report *project = &report->projects[i];
		struct pr_scope *row = pr_rows_add(builder);

		row->findings = &project->findings;
		row->path = pr_arena_format(builder->context->arena, "projects/%lld", (long long)project->project->id);
		row->zone = project->project->zone;
		row->project = project;
		pr_rows_field(builder, row, "row.name", pr_value_text(project->project->name));
		pr_rows_field(builder, row, "row.id",
			pr_value_text(pr_arena_format(builder->context->arena, "%lld", (long long)project->project->id)));
		pr_rows_field(builder, row, "row.currency", pr_value_text(project->currency));
	}
	return true;
}

/* --- dispatch --------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	bool (*make)(struct pr_row_builder *builder);
	bool needs_project;
} providers[] = {{"alarm_days", pr_rows_alarm_days, true}, {"clock", pr_rows_clock, true},
	{"alarm_groups", pr_rows_alarm_groups, true}, {"alarm_points", pr_rows_alarm_points, true},
	{"alarm_types", pr_rows_alarm_types, true}, {"checks", pr_rows_checks, true}, {"axes", pr_rows_axes, true},
	{"events", pr_rows_events, true}, {"harmonics", pr_rows_harmonics, true}, {"quality", pr_rows_quality, true},
	{"sensors", pr_rows_sensors, true}, {"bill", pr_rows_bill, true}, {"days", rows_days, true},
	{"changed", pr_rows_changed, false}, {"changed_all", pr_rows_changed_all, false}, {"advice", pr_rows_advice, false},
	{"contributions", pr_rows_contributions, false}, {"currencies", pr_rows_currencies, false},
	{"ranked", pr_rows_ranked, false}, {"types", pr_rows_types, false},
	{"platform_ranking", pr_rows_platform_ranking, false}, {"platform_customers", pr_rows_platform_customers, false},
	{"platform_survey", pr_rows_platform_survey, false}, {"platform_problems", pr_rows_platform_problems, false},
	{"platform_missing", pr_rows_platform_missing, false}, {"platform_project", pr_rows_platform_project, false},
	{"platform_project_problems", pr_rows_platform_project_problems, false}, {"findings", rows_findings, false},
	{"gaps", rows_gaps, true}, {"months", rows_months, true}, {"notes", rows_notes, false},
	{"notes_grouped", pr_rows_notes_grouped, false}, {"points", rows_points, true}, {"projects", rows_projects, false},
	{"savings", pr_rows_savings, true}, {"forecast", pr_rows_forecast, true}, {"slots", pr_rows_slots, true},
	{"tariffs", rows_tariffs, true}, {"survey", pr_rows_survey, false}, {"survey_codes", pr_rows_survey_codes, false},
	{"survey_excluded", pr_rows_survey_excluded, false}, {"survey_lines", pr_rows_survey_lines, false},
	{"survey_top", pr_rows_survey_top, false}, {"transformers", rows_transformers, true},
	{"incomer_quarters", pr_rows_incomer_quarters, true}, {"rates", pr_rows_rates, true},
	{"terms", pr_rows_terms, true}, {"capacities", pr_rows_capacities, true}, {"workings", pr_rows_workings, true},
	{"adjustments", pr_rows_adjustments, true}, {"scores", pr_rows_scores, true},
	{"basic_months", pr_rows_basic_months, true}, {"contracts", pr_rows_contracts, true},
	{"saving_steps", pr_rows_saving_steps, true}, {"items", NULL, false}};
#define PROVIDER_COUNT (sizeof providers / sizeof *providers)

/* "projects.events": the events of every project, one project after the other. */
#define ALL_PROJECTS "projects."

bool pr_rows_known(const char *name)
{
	if (pr_text_starts(name, ALL_PROJECTS))
		name += strlen(ALL_PROJECTS);
	for (size_t i = 0; i < PROVIDER_COUNT; i++)
		if (strcmp(providers[i].name, name) == 0)
			return true;
	return false;
}

static void add_items(struct pr_row_builder *builder, const char *const *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		pr_rows_field(builder, pr_rows_add(builder), "row.item", pr_value_text(items[i]));
}

static bool get_of_all(const struct pr_context *context, const struct pr_scope *scope, const char *name,
	const char *const *items, size_t item_count, struct pr_rows *rows, struct pr_error *error)
{
	const size_t *order = pr_rows_ranking(context);
	size_t capacity = 0;

	while (scope->outer)
		scope = scope->outer;
	*rows = (struct pr_rows){0};
	for (size_t i = 0; i < context->report->project_count; i++) {
		struct pr_rows some;

		if (!pr_rows_get(context, pr_scope_of_project(context, scope, order[i]), name, items, item_count, &some, error))
			return false;
		for (size_t r = 0; r < some.count; r++)
			*PR_PUSH(context->arena, rows->items, rows->count, capacity) = some.items[r];
	}
	return true;
}

bool pr_rows_get(const struct pr_context *context, const struct pr_scope *scope, const char *name,
	const char *const *items, size_t item_count, struct pr_rows *rows, struct pr_error *error)
{
	struct pr_row_builder builder = {.context = context,
		.scope = scope,
		.project = pr_scope_project(scope),
		.given = items,
		.given_count = item_count};

	*rows = (struct pr_rows){0};
	if (pr_text_starts(name, ALL_PROJECTS))
		return get_of_all(context, scope, name + strlen(ALL_PROJECTS), items, item_count, rows, error);
	for (size_t i = 0; i < PROVIDER_COUNT; i++) {
		if (strcmp(providers[i].name, name) != 0)
			continue;
		if (!providers[i].make)
			add_items(&builder, items, item_count);
		else if ((builder.project || !providers[i].needs_project) && !providers[i].make(&builder))
			return pr_error_set(error, PR_CODE_INTERNAL, "rows '%s' cannot be made", name);
		rows->items = builder.items;
		rows->count = builder.count;
		pr_facts_tag_rows(scope, name, rows, context->arena);
		return true;
	}
	return pr_error_set(error, PR_CODE_CONFIG, "'%s' gives no rows", name);
}
