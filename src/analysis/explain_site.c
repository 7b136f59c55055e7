/* The rows behind a project's figures: every expected quarter with the row that counts, and the rows that do not. */
#include "analysis/explain_tree.h"

#include <math.h>
#include <string.h>

#include "analysis/bill.h"

static struct pr_settled *settle_points(
	struct pr_explainer *explainer, const struct pr_project_data *data, const struct pr_site *site)
{
	const struct pr_project *project = data->project;
	struct pr_settled *points = pr_arena_array(explainer->arena, project->point_count, sizeof *points);
	for (size_t i = 0; i < project->point_count; i++)
		if (pr_valid_within(&project->points[i].validity, site->window.from_ms, site->window.to_ms))
			pr_settle(&explainer->quiet, project, &project->points[i], &data->points[i], &site->window, &points[i]);
	return points;
}

struct pr_explain_site *pr_explain_site_of(struct pr_explainer *explainer, size_t index)
{
	struct pr_explain_site *own = explainer->sites[index];
	if (own)
		return own;
	const struct pr_project_data *data = &explainer->report->dataset->projects[index];
	const struct pr_project_report *report = &explainer->report->projects[index];
	own = explainer->sites[index] = pr_arena_alloc(explainer->arena, sizeof *own);
	own->path = pr_arena_format(explainer->arena, "projects/%lld", (long long)data->project->id);
	own->index = index;
	own->report = report;
	own->lines = report->bill_lines;
	own->line_count = report->bill_line_count;
	own->currency = report->currency;
	struct pr_window window;
	pr_window_month(&window, data->project, explainer->report->month, explainer->arena);
	pr_site_init(&own->site, &explainer->quiet, data, &window);
	own->points = settle_points(explainer, data, &own->site);
	return own;
}

const struct pr_history *pr_explain_history(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	struct pr_month_result *result;
	struct pr_history *history;
	if (own->history)
		return own->history;
	result = pr_arena_alloc(explainer->arena, sizeof *result);
	history = pr_arena_alloc(explainer->arena, sizeof *history);
	pr_month_work_out(&explainer->quiet, own->site.data, explainer->report->month, result);
	pr_history_work_out(&explainer->quiet, own->site.data, explainer->report->month, result, history);
	own->history = history;
	return history;
}

struct pr_explain_site *pr_explain_period_of(
	struct pr_explainer *explainer, size_t index, struct pr_date from, struct pr_date to)
{
	const struct pr_explain_site *month = pr_explain_site_of(explainer, index);
	struct pr_explain_site *own = pr_arena_alloc(explainer->arena, sizeof *own);
	struct pr_window window;
	struct pr_demand demand;
	struct pr_bill bill;
	*own = *month;
	own->path = pr_arena_format(explainer->arena, "%s/period", month->path);
	own->points = NULL;
	pr_window_init(&window, month->site.project, from, to, explainer->arena);
	pr_site_init(&own->site, &explainer->quiet, month->site.data, &window);
	/* Of the period's bill only which lines it has; each is worked out again from its rows. */
	pr_demand_work_out(&own->site, &demand);
	pr_bill_work_out(&own->site, &demand, &bill);
	own->lines = bill.lines;
	own->line_count = bill.line_count;
	own->currency = bill.currency;
	return own;
}

/* --- rows ---------------------------------------------------------------------------------------------------------- */

/* The rows of the store that fall into a quarter. */
struct candidates {
	const struct pr_quarter_row *winner;
	uint32_t count;
};

/* On the grid, then ingested last, then the larger kWh (method 1); the settled value decides between full equals. */
static bool is_better(const struct pr_quarter_row *a, const struct pr_quarter_row *b, int64_t from_ms)
{
	bool a_on = (a->time_ms - from_ms) % PR_MS_QUARTER == 0, b_on = (b->time_ms - from_ms) % PR_MS_QUARTER == 0;
	if (a_on != b_on)
		return a_on;
	if (a->ingested_at_ms != b->ingested_at_ms)
		return a->ingested_at_ms > b->ingested_at_ms;
	if (isnan(a->kwh) || isnan(b->kwh))
		return !isnan(a->kwh) && isnan(b->kwh);
	return a->kwh > b->kwh;
}

static struct candidates *find_candidates(
	struct pr_explainer *explainer, const struct pr_point_data *data, const struct pr_window *window)
{
	struct candidates *candidates = pr_arena_array(explainer->arena, window->count, sizeof *candidates);
	for (size_t w = 0; w < data->window_count; w++) {
		for (size_t i = 0; i < data->windows[w].count; i++) {
			const struct pr_quarter_row *row = &data->windows[w].rows[i];
			int64_t index = pr_settle_index(row->time_ms, window->from_ms);
			if (index < 0 || index >= (int64_t)window->count)
				continue;
			struct candidates *own = &candidates[index];
			own->count++;
			if (!own->winner || is_better(row, own->winner, window->from_ms))
				own->winner = row;
		}
	}
	return candidates;
}

static const struct pr_emission_factor *factor_at(const struct pr_project *project, int64_t time_ms)
{
	const struct pr_emission_factor *factor = NULL;
	for (size_t i = 0; i < project->emission_factor_count; i++)
		if (pr_valid_at(&project->emission_factors[i].validity, time_ms))
			factor = &project->emission_factors[i];
	return factor;
}

static pr_micro samples_at(const struct pr_point_data *data, int64_t start_ms)
{
	const struct pr_minute_buckets *minutes = data->minutes;
	if (!minutes || start_ms < minutes->from_ms || start_ms >= minutes->to_ms)
		return PR_MICRO_MISSING;
	return (pr_micro)minutes->samples[(start_ms - minutes->from_ms) / minutes->step_ms] * PR_MICRO_ONE;
}

static const char quarter_columns[] =
	"start point kwh lag lead lead_counted a b c charge mdp rated day kind slot tariff price fund standard co2 coal "
	"samples row rows state";

static void put_row(struct pr_explainer *explainer, const struct pr_explain_site *own, struct pr_explain_table *table,
	const struct pr_settled *settled, const struct candidates *candidates, size_t index)
{
	const struct pr_site *site = &own->site;
	const struct pr_project *project = site->project;
	const struct pr_settled_quarter *cell = &settled->quarters[index];
	const struct pr_window_quarter *at = &site->window.quarters[index];
	const struct pr_window_day *day = &site->window.days[at->day];
	const struct pr_quarter *quarter = &site->quarters[index];
	const struct pr_tariff *tariff = site->tariffs[index] < 0 ? NULL : &project->tariffs[site->tariffs[index]];
	const struct pr_transformer *transformer = pr_settle_transformer(project, settled->point, at->start_ms);
	const struct pr_emission_factor *factor = factor_at(project, at->start_ms);
	pr_micro lead = cell->kvarh_lead, counted = settled->lead_ever ? lead : 0;
	const struct pr_explain_cell cells[] = {pr_cell_time(at->start_ms), pr_cell_count((uint64_t)settled->point->id),
		pr_cell_micro(cell->kwh), pr_cell_micro(cell->kvarh_lag), pr_cell_micro(lead),
		pr_cell_micro(counted != PR_MICRO_MISSING && counted < 0 ? -counted : counted),
		pr_cell_micro(cell->phase_kwh[0]), pr_cell_micro(cell->phase_kwh[1]), pr_cell_micro(cell->phase_kwh[2]),
		pr_cell_micro(cell->charge), pr_cell_micro(cell->mdp_max),
		pr_cell_micro(transformer ? transformer->rated_kva : PR_MICRO_MISSING), pr_cell_time(day->start_ms),
		pr_cell_text(pr_day_kind_names[day->kind]),
		pr_cell_text(quarter->slot < 0 ? NULL : pr_slot_names[quarter->slot]),
		tariff ? pr_cell_count((uint64_t)tariff->id) : pr_cell_text(NULL), pr_cell_micro(quarter->price),
		pr_cell_micro(tariff ? tariff->fund_price : PR_MICRO_MISSING),
		pr_cell_micro(tariff ? tariff->pf_standard : PR_MICRO_MISSING),
		pr_cell_micro(factor ? factor->kg_co2_per_kwh : PR_MICRO_MISSING),
		pr_cell_micro(factor ? factor->kgce_per_kwh : PR_MICRO_MISSING),
		pr_cell_micro(samples_at(&site->data->points[settled->point - project->points], at->start_ms)),
		pr_cell_time(candidates->winner ? candidates->winner->time_ms : PR_TIME_MISSING),
		pr_cell_count(candidates->count),
		pr_cell_text(cell->kwh != PR_MICRO_MISSING ? "measured"
					 : cell->implausible           ? "implausible"
												   : "missing")};
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		pr_table_put(explainer, table, cells[i]);
	/* The row that this names must be the one that was counted. */
	if (cell->kwh != PR_MICRO_MISSING && !own->is_made &&
		(!candidates->winner || pr_micro_from_double(candidates->winner->kwh) != cell->kwh))
		pr_error_set(&explainer->error, PR_CODE_INTERNAL, "explanation of point %lld: another row counts at %lld",
			(long long)settled->point->id, (long long)at->start_ms);
}

static struct pr_explain_table *make_quarters(struct pr_explainer *explainer, struct pr_explain_site *own,
	const char *name, const struct pr_settled *points, size_t count)
{
	const struct pr_site *site = &own->site;
	struct pr_explain_table *table = pr_table_new(explainer, name, "quarters", quarter_columns, site->project->zone);
	struct candidates **candidates = pr_arena_array(explainer->arena, count, sizeof *candidates);
	for (size_t i = 0; i < count; i++)
		candidates[i] =
			find_candidates(explainer, &site->data->points[points[i].point - site->project->points], &site->window);
	for (size_t k = 0; k < site->window.count; k++)
		for (size_t i = 0; i < count; i++)
			if (points[i].count && points[i].quarters[k].expected)
				put_row(explainer, own, table, &points[i], &candidates[i][k], k);
	return table;
}

const struct pr_explain_table *pr_explain_quarters(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	const char *name = pr_explain_join(explainer, own->path, "quarters");
	struct pr_explain_table *table = pr_table_find(explainer, name);
	return table ? table : make_quarters(explainer, own, name, own->site.incomers, own->site.incomer_count);
}

struct pr_explain_input *pr_explain_point_rows(struct pr_explainer *explainer, struct pr_explain_site *own,
	struct pr_explain_node *node, const char *name, size_t point, const char *column)
{
	const struct pr_point *model = &own->site.project->points[point];
	if (model->role == PR_ROLE_INCOMER) {
		struct pr_explain_input *input =
			pr_node_rows(explainer, node, name, pr_explain_quarters(explainer, own), column);
		pr_input_where(input, "point", pr_cell_count((uint64_t)model->id));
		return input;
	}
	const char *table_name =
		pr_arena_format(explainer->arena, "%s/points/%lld/quarters", own->path, (long long)model->id);
	struct pr_explain_table *table = pr_table_find(explainer, table_name);
	if (!table)
		table = make_quarters(explainer, own, table_name, &own->points[point], 1);
	return pr_node_rows(explainer, node, name, table, column);
}

void pr_explain_columns(
	struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node, const char *columns)
{
	pr_explain_table_columns(explainer, node, pr_explain_quarters(explainer, own), columns);
}

void pr_explain_table_columns(struct pr_explainer *explainer, struct pr_explain_node *node,
	const struct pr_explain_table *table, const char *columns)
{
	while (*columns) {
		size_t length = strcspn(columns, " ");
		const char *name = pr_arena_copy_n(explainer->arena, columns, length);
		pr_node_rows(explainer, node, name, table, name);
		columns += length + (columns[length] == ' ');
	}
}

/* --- what does not count ------------------------------------------------------------------------------------------- */

static void put_left_out(struct pr_explainer *explainer, const struct pr_explain_site *own,
	struct pr_explain_table *table, const struct pr_point *point)
{
	const struct pr_site *site = &own->site;
	const struct pr_project *project = site->project;
	const struct pr_point_data *data = &site->data->points[point - project->points];
	const struct candidates *candidates = find_candidates(explainer, data, &site->window);
	const struct pr_validity service = pr_settle_service(explainer->report->tenant, project);
	const struct pr_settled *settled = own->points ? &own->points[point - project->points] : NULL;
	for (size_t w = 0; w < data->window_count; w++) {
		for (size_t i = 0; i < data->windows[w].count; i++) {
			const struct pr_quarter_row *row = &data->windows[w].rows[i];
			int64_t index = pr_settle_index(row->time_ms, site->window.from_ms);
			if (index < 0 || index >= (int64_t)site->window.count)
				continue;
			int64_t start_ms = site->window.quarters[index].start_ms;
			bool is_implausible = settled && settled->count && settled->quarters[index].implausible;
			const char *reason = candidates[index].winner != row            ? "duplicate"
			                     : !pr_valid_at(&point->validity, start_ms) ? "outside_validity"
			                     : !pr_valid_at(&service, start_ms)         ? "outside_service"
			                     : is_implausible                           ? "implausible"
			                                                                : NULL;
			if (!reason)
				continue;
			const struct pr_explain_cell cells[] = {pr_cell_time(row->time_ms), pr_cell_time(start_ms),
				pr_cell_count((uint64_t)point->id), pr_cell_real(row->kwh), pr_cell_time(row->ingested_at_ms),
				pr_cell_text(reason)};
			for (size_t k = 0; k < sizeof cells / sizeof *cells; k++)
				pr_table_put(explainer, table, cells[k]);
		}
	}
}

const struct pr_explain_table *pr_explain_left_out(
	struct pr_explainer *explainer, struct pr_explain_site *own, const struct pr_point *point)
{
	bool of_all = !point || point->role == PR_ROLE_INCOMER;
	const char *name =
		of_all ? pr_explain_join(explainer, own->path, "left_out")
			   : pr_arena_format(explainer->arena, "%s/points/%lld/left_out", own->path, (long long)point->id);
	struct pr_explain_table *table = pr_table_find(explainer, name);
	if (table)
		return table;
	table =
		pr_table_new(explainer, name, "left_out", "time quarter point kwh ingested reason", own->site.project->zone);
	for (size_t i = 0; i < own->site.project->point_count; i++) {
		const struct pr_point *own_point = &own->site.project->points[i];
		if (of_all ? own_point->role == PR_ROLE_INCOMER : own_point == point)
			put_left_out(explainer, own, table, own_point);
	}
	return table;
}
