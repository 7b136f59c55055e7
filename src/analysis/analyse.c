#include "analysis/analysis.h"

#include "analysis/change.h"
#include "analysis/condition.h"
#include "analysis/forecast.h"
#include "analysis/minutes.h"
#include "analysis/portfolio.h"
#include "analysis/quality.h"
#include "analysis/savings.h"
#include "analysis/savings_transformer.h"
#include "analysis/series.h"
#include "analysis/totals.h"
#include "analysis/usage.h"
#include "analysis/verify.h"
#include "base/text.h"

/* Renames inside the month: the report shows the name at its end, and notes the earlier one. */
static void note_renames(const struct pr_site *site, const struct pr_point *point)
{
	struct pr_tally renames = {0};
	const char *earlier = NULL;
	for (size_t i = 1; i < point->name_count; i++) {
		const struct pr_point_name *name = &point->names[i];
		if (name->from_ms < site->window.from_ms || name->from_ms >= site->window.to_ms ||
			pr_text_equal(name->name, point->names[i - 1].name))
			continue;
		if (!earlier)
			earlier = point->names[i - 1].name;
		pr_tally_add(&renames, name->from_ms, 0);
	}
	pr_tally_note(site->work, &renames, "point.renamed", site->project->id, point->id, NULL, earlier);
}

static void note_meter_changes(const struct pr_site *site, const struct pr_point *point)
{
	struct pr_tally changes = {0};
	const char *detail = NULL;
	for (size_t i = 0; i < point->meter_change_count; i++) {
		const struct pr_meter_change *change = &point->meter_changes[i];
		if (change->at_ms < site->window.from_ms || change->at_ms >= site->window.to_ms)
			continue;
		pr_tally_add(&changes, change->at_ms, 0);
		detail = pr_arena_format(site->work->arena, "%s → %s", change->old_serial ? change->old_serial : "?",
			change->new_serial ? change->new_serial : "?");
	}
	pr_tally_note(site->work, &changes, "point.meter_changed", site->project->id, point->id, NULL, detail);
}

/* Every point of the project settled over the window, by index; incomers as the site has them. */
static struct pr_settled *settle_points(const struct pr_work *work, const struct pr_site *site,
	const struct pr_project_data *data, const struct pr_window *window)
{
	const struct pr_project *project = data->project;
	struct pr_settled *points = pr_arena_array(work->arena, project->point_count, sizeof *points);
	for (size_t i = 0; i < project->point_count; i++) {
		const struct pr_point *point = &project->points[i];
		bool found = false;
		for (size_t k = 0; site && k < site->incomer_count; k++) {
			if (site->incomers[k].point != point)
				continue;
			points[i] = site->incomers[k];
			found = true;
		}
		if (!found && !(site && point->role == PR_ROLE_INCOMER))
			pr_settle(work, project, point, &data->points[i], window, &points[i]);
	}
	return points;
}

/* A point's change needs only its own energy of that month. */
static void compare_point(const struct pr_work *work, const struct pr_project_data *data, size_t index,
	const struct pr_base *now, struct pr_month month, enum pr_compare_with with, struct pr_findings *findings)
{
	struct pr_arena scratch;
	pr_arena_init(&scratch);
	struct pr_work quiet = {work->dataset, work->method, &scratch, NULL};
	struct pr_site site = {.work = &quiet, .project = data->project, .data = data};
	pr_window_month(&site.window, data->project, month, &scratch);
	struct pr_settled settled;
	struct pr_base base = {0};
	pr_settle(&quiet, data->project, &data->project->points[index], &data->points[index], &site.window, &settled);
	pr_usage_point(&site, &settled, &base.findings);
	base.expected = settled.expected;
	base.measured = settled.measured;
	base.days = pr_micro_ratio(settled.measured, 96, 6);
	pr_compare(work->method, findings, now, &base, with);
	pr_arena_release(&scratch);
}

static void fill_point(const struct pr_work *work, const struct pr_month_result *result,
	const struct pr_settled *settled, struct pr_month month, struct pr_subject *subject)
{
	const struct pr_site *site = &result->site;
	const struct pr_point *point = settled->point;
	size_t index = (size_t)(point - site->project->points);
	const struct pr_point_data *data = &site->data->points[index];
	struct pr_findings *findings = &subject->findings;
	pr_micro whole = site->energy, share = PR_MICRO_MISSING,
			 coverage = pr_coverage(settled->measured, settled->expected);
	subject->id = point->id;
	subject->model = point;
	subject->name = pr_point_name_at(point, site->window.to_ms - 1);
	pr_coverage_point(site, &result->cover, settled, data, findings);
	pr_usage_point(site, settled, findings);
	pr_micro energy = pr_findings_get(findings, "energy.total")->value;
	if (energy != PR_MICRO_MISSING && whole != PR_MICRO_MISSING && whole > 0)
		share = pr_micro_ratio(energy, whole, PR_PRECISION_RATIO);
	pr_findings_set(findings, work->arena, "energy.share", share, "1", PR_PRECISION_RATIO)->coverage = coverage;
	pr_load_point_current(site, point, data, findings);
	pr_quality_point(site, settled, data, findings);
	struct pr_base now = {
		.expected = settled->expected, .measured = settled->measured, .days = pr_micro_ratio(settled->measured, 96, 6)};
	compare_point(work, site->data, index, &now, pr_month_add(month, -1), PR_COMPARE_MONTH, findings);
	compare_point(work, site->data, index, &now, pr_month_add(month, -12), PR_COMPARE_YEAR, findings);
	note_renames(site, point);
	note_meter_changes(site, point);
	if (data->minutes)
		pr_minutes_note(work, site->project->id, point, data->minutes);
}

/* The incomers' shares make up the whole: as printed they add up to 100.0 %. */
static void share_incomers(const struct pr_work *work, struct pr_project_report *report)
{
	size_t count = 0;
	pr_micro *values = pr_arena_array(work->arena, report->point_count, sizeof *values);
	pr_micro *shares = pr_arena_array(work->arena, report->point_count, sizeof *shares);
	while (count < report->point_count &&
		   ((const struct pr_point *)report->points[count].model)->role == PR_ROLE_INCOMER) {
		values[count] = pr_findings_get(&report->points[count].findings, "energy.total")->value;
		count++;
	}
	pr_shares(values, count, PR_SHOWN_SHARE_DIGITS, work->arena, shares);
	for (size_t i = 0; i < count; i++)
		pr_findings_edit(&report->points[i].findings, "energy.share")->shown = shares[i];
}

/* Rank by energy among the points of a role: 1 = most; of equals the first in the list. */
static void rank_points(struct pr_project_report *report)
{
	for (size_t i = 0; i < report->point_count; i++) {
		const struct pr_point *point = report->points[i].model;
		struct pr_finding *energy = pr_findings_edit(&report->points[i].findings, "energy.total");
		if (energy->value == PR_MICRO_MISSING)
			continue;
		int rank = 1;
		for (size_t k = 0; k < report->point_count; k++) {
			const struct pr_point *other = report->points[k].model;
			pr_micro value = pr_findings_get(&report->points[k].findings, "energy.total")->value;
			if (k == i || other->role != point->role || value == PR_MICRO_MISSING)
				continue;
			rank += value > energy->value || (value == energy->value && k < i);
		}
		energy->rank = rank;
	}
}

static void fill_points(const struct pr_work *work, const struct pr_month_result *result,
	const struct pr_settled *points, struct pr_month month, struct pr_project_report *report)
{
	const struct pr_project *project = result->site.project;
	const struct pr_window *window = &result->site.window;
	report->points = pr_arena_array(work->arena, project->point_count, sizeof *report->points);
	for (int incomers = 1; incomers >= 0; incomers--) {
		for (size_t i = 0; i < project->point_count; i++) {
			const struct pr_point *point = &project->points[i];
			if ((point->role == PR_ROLE_INCOMER) != (incomers == 1) ||
				!pr_valid_within(&point->validity, window->from_ms, window->to_ms))
				continue;
			fill_point(work, result, &points[i], month, &report->points[report->point_count++]);
		}
	}
	rank_points(report);
	share_incomers(work, report);
}

static void fill_transformers(const struct pr_work *work, const struct pr_site *site, const struct pr_settled *points,
	struct pr_project_report *report)
{
	const struct pr_project *project = site->project;
	report->transformers = pr_arena_array(work->arena, project->transformer_count, sizeof *report->transformers);
	for (size_t i = 0; i < project->transformer_count; i++) {
		const struct pr_transformer *transformer = &project->transformers[i];
		if (!pr_valid_within(&transformer->validity, site->window.from_ms, site->window.to_ms))
			continue;
		struct pr_subject *subject = &report->transformers[report->transformer_count++];
		*subject = (struct pr_subject){transformer->id, transformer->name, transformer, {0}};
		pr_load_transformer(site, transformer, points, &subject->findings);
	}
	if (!report->transformer_count)
		pr_note_plain(work, "transformer.none", project->id, 0);
	report->sensors = pr_arena_array(work->arena, project->sensor_count, sizeof *report->sensors);
	for (size_t i = 0; i < project->sensor_count; i++) {
		const struct pr_sensor *sensor = &project->sensors[i];
		if (pr_valid_within(&sensor->validity, site->window.from_ms, site->window.to_ms))
			report->sensors[report->sensor_count++] = (struct pr_subject){sensor->id, sensor->name, sensor, {0}};
	}
}

static void compare_project(const struct pr_work *work, const struct pr_base *now, const struct pr_history *history,
	struct pr_project_report *report)
{
	const struct pr_base *month = pr_history_month(history), *year = pr_history_year(history);
	int64_t project_id = report->project->id;
	bool per_day = pr_compare(work->method, &report->findings, now, month, PR_COMPARE_MONTH);
	per_day = pr_compare(work->method, &report->findings, now, year, PR_COMPARE_YEAR) || per_day;
	if (!now->measured)
		return;
	if (!month->measured)
		pr_note_plain(work, "base.month_new", project_id, 0);
	if (!year->measured)
		pr_note_plain(work, "base.year_new", project_id, 0);
	if (per_day)
		pr_note_plain(work, "base.per_day", project_id, 0);
}

static bool has_minutes(const struct pr_project_data *data)
{
	for (size_t i = 0; i < data->project->point_count; i++)
		if (data->points[i].has_minutes_in_month)
			return true;
	return false;
}

static void analyse_project(const struct pr_work *work, const struct pr_project_data *data,
	struct pr_project_report *report, struct pr_project_bases *bases, struct pr_condition *condition)
{
	struct pr_month month = work->dataset->month;
	struct pr_month_result *result = pr_arena_alloc(work->arena, sizeof *result);
	struct pr_history *history = pr_arena_alloc(work->arena, sizeof *history);
	pr_month_work_out(work, data, month, result);
	const struct pr_site *site = &result->site;
	report->project = data->project;
	report->month_from_ms = site->window.from_ms;
	report->month_to_ms = site->window.to_ms;
	report->bill_lines = result->bill.lines;
	report->bill_line_count = result->bill.line_count;
	report->bill_line_capacity = result->bill.line_capacity;
	report->currency = result->bill.currency;
	report->bill_incomplete = result->bill.incomplete;
	report->bill_provisional = result->bill.provisional;
	report->quarters = site->quarters;
	report->quarter_count = site->window.count;
	report->incomers = site->incomers;
	report->incomer_count = site->incomer_count;
	report->findings = result->base.findings;
	pr_verify_publish(site, &result->bill, &result->demand, month, &report->findings);
	pr_coverage_report(site, &result->cover, report);
	const struct pr_settled *points = settle_points(work, site, data, &site->window);
	fill_points(work, result, points, month, report);
	fill_transformers(work, site, points, report);
	pr_usage_balance(site, points, report);
	pr_quality_project(site, &report->findings);
	pr_condition_publish(site, &result->load, &result->cover, points, report, condition);
	result->base.findings = report->findings;
	pr_history_work_out(work, data, month, result, history);
	report->past = history->past;
	pr_change_publish(work, data->project->id, &history->past[PR_HISTORY_MONTHS - 1],
		&history->past[PR_HISTORY_MONTHS - 2], &report->findings);
	pr_savings_publish(site, &result->bill, &result->load, history->past, &report->findings);
	pr_savings_points(site, &result->bill, &history->past[PR_HISTORY_MONTHS - 1], points, report);
	pr_savings_series(site, &result->bill, history->past, report);
	pr_savings_transformers(site, &result->bill, points, report);
	pr_forecast_publish(site, &result->bill, history->past, report);
	result->base.findings = report->findings;
	pr_series_month(site, &result->demand, report);
	pr_history_series(work, history, report->currency, report);
	*bases = (struct pr_project_bases){result->base, pr_history_month(history), pr_history_year(history),
		&result->cover, report->currency, report->bill_incomplete};
	compare_project(work, &result->base, history, report);
	report->has_rows = site->has_rows || has_minutes(data);
	for (size_t i = 0; i < data->project->point_count; i++)
		report->has_rows = report->has_rows || points[i].has_rows;
	work->report->has_rows = work->report->has_rows || report->has_rows;
}

bool pr_analyse(const struct pr_dataset *dataset, const struct pr_method *method, struct pr_arena *arena,
	struct pr_report *report, struct pr_error *error)
{
	size_t count = dataset->directory->project_count;
	*report = (struct pr_report){.dataset = dataset,
		.method = method,
		.tenant = &dataset->directory->tenant,
		.month = dataset->month,
		.revision = 1,
		.cutoff_ms = dataset->cutoff_ms,
		.project_count = count};
	for (size_t i = 0; i < count; i++)
		if (!dataset->projects[i].project->zone)
			return pr_error_set(
				error, PR_CODE_INTERNAL, "project %lld has no time zone", (long long)dataset->projects[i].project->id);
	const struct pr_work work = {dataset, method, arena, report};
	struct pr_project_bases *bases = pr_arena_array(arena, count, sizeof *bases);
	struct pr_condition *conditions = pr_arena_array(arena, count, sizeof *conditions);
	report->projects = pr_arena_array(arena, count, sizeof *report->projects);
	report->bases = bases;
	report->conditions = conditions;
	if (!dataset->has_ingested_at)
		pr_note_plain(&work, "cutoff.unavailable", 0, 0);
	for (size_t i = 0; i < count; i++)
		analyse_project(&work, &dataset->projects[i], &report->projects[i], &bases[i], &conditions[i]);
	pr_totals_publish(&work, bases, count, report);
	pr_condition_totals(&work, conditions, count, report);
	pr_portfolio_publish(&work, bases, count, report);
	return true;
}
