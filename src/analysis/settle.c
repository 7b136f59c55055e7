#include "analysis/settle.h"

#include <math.h>

/* A row this much before a quarter's start belongs to it: clocks of meters run ahead (method, section 1). */
#define EARLY_MS (2 * PR_MS_MINUTE)

int64_t pr_settle_index(int64_t time_ms, int64_t from_ms)
{
	int64_t shifted = time_ms + EARLY_MS - from_ms;
	int64_t index = shifted / PR_MS_QUARTER;
	return shifted % PR_MS_QUARTER < 0 ? index - 1 : index;
}

static bool on_grid(const struct pr_quarter_row *row, int64_t from_ms)
{
	return (row->time_ms - from_ms) % PR_MS_QUARTER == 0;
}

/* −1, 0, 1; NaN is smaller than every number. */
static int compare_double(double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(b) - isnan(a);
	return (a > b) - (a < b);
}

/* Whether `a` counts rather than `b`, both in one quarter. The cells behind kWh only make the choice independent of the
 * order of the rows. */
static bool beats(const struct pr_quarter_row *a, const struct pr_quarter_row *b, int64_t from_ms)
{
	if (on_grid(a, from_ms) != on_grid(b, from_ms))
		return on_grid(a, from_ms);
	if (a->ingested_at_ms != b->ingested_at_ms)
		return a->ingested_at_ms > b->ingested_at_ms; /* missing is the smallest number, so the earliest */
	const double left[] = {
		a->kwh, a->kvarh_lag, a->kvarh_lead, a->charge, a->mdp_max, a->phase_kwh[0], a->phase_kwh[1], a->phase_kwh[2]};
	const double right[] = {
		b->kwh, b->kvarh_lag, b->kvarh_lead, b->charge, b->mdp_max, b->phase_kwh[0], b->phase_kwh[1], b->phase_kwh[2]};
	for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
		int order = compare_double(left[i], right[i]);
		if (order)
			return order > 0;
	}
	return a->time_ms < b->time_ms;
}

enum row_kind { ROW_DUPLICATE, ROW_OFF_GRID, ROW_OUTSIDE_VALIDITY, ROW_OUTSIDE_SERVICE, ROW_KIND_COUNT };
static const char *const row_notes[ROW_KIND_COUNT] = {
	"quarter.duplicate", "quarter.off_grid", "quarter.outside_validity", "quarter.outside_service"};

enum cell_kind { CELL_ENERGY, CELL_REACTIVE, CELL_PHASE, CELL_KIND_COUNT };
static const char *const cell_notes[CELL_KIND_COUNT] = {
	"quarter.implausible.energy", "quarter.implausible.reactive", "quarter.implausible.phase"};
static const char *const cell_units[CELL_KIND_COUNT] = {"kWh", "kvarh", "kWh"};

struct tallies {
	struct pr_tally rows[ROW_KIND_COUNT], cells[CELL_KIND_COUNT];
};

/* The row that counts for each quarter from `from_ms` on; NULL = none. */
static void choose_rows(const struct pr_point_data *data, int64_t from_ms, size_t count,
	const struct pr_quarter_row **chosen, struct tallies *tallies)
{
	for (size_t w = 0; w < data->window_count; w++) {
		const struct pr_quarter_rows *rows = &data->windows[w];
		for (size_t i = 0; i < rows->count; i++) {
			const struct pr_quarter_row *row = &rows->rows[i];
			int64_t index = pr_settle_index(row->time_ms, from_ms);
			if (index < 0 || index >= (int64_t)count)
				continue;
			if (!on_grid(row, from_ms))
				pr_tally_add(&tallies->rows[ROW_OFF_GRID], row->time_ms, 0);
			const struct pr_quarter_row **holder = &chosen[index];
			if (!*holder) {
				*holder = row;
				continue;
			}
			bool better = beats(row, *holder, from_ms);
			pr_tally_add(&tallies->rows[ROW_DUPLICATE], better ? (*holder)->time_ms : row->time_ms, 0);
			if (better)
				*holder = row;
		}
	}
}

/* The largest plausible energy of a quarter, and the rule that it follows from, as a formula. */
struct bound {
	pr_micro kwh;
	const char *rule;
};

/* A point's bounds: while its transformer is in service, and else. */
struct bounds {
	const struct pr_transformer *transformer;
	struct bound rated, other;
};

/* 5 × the 99 % value of the accepted quarters of the days before the window (method, section 1). */
static bool bound_from_history(const struct pr_work *work, const struct pr_point *point,
	const struct pr_point_data *data, int64_t window_from_ms, struct bound *bound)
{
	const struct pr_plausibility *rules = &work->method->plausibility;
	size_t count = (size_t)rules->quarter_history_days * 96;
	int64_t from_ms = window_from_ms - (int64_t)count * PR_MS_QUARTER;
	struct pr_arena scratch;
	pr_arena_init(&scratch);
	const struct pr_quarter_row **chosen = pr_arena_array(&scratch, count, sizeof *chosen);
	pr_micro *values = pr_arena_array(&scratch, count, sizeof *values);
	struct tallies unused = {0};
	choose_rows(data, from_ms, count, chosen, &unused);
	size_t accepted = 0;
	for (size_t i = 0; i < count; i++) {
		int64_t start_ms = from_ms + (int64_t)i * PR_MS_QUARTER;
		if (chosen[i] && pr_valid_at(&point->validity, start_ms) && chosen[i]->kwh >= 0 &&
			chosen[i]->kwh <= rules->quarter_absolute_kwh)
			values[accepted++] = pr_micro_from_double(chosen[i]->kwh);
	}
	bool enough = accepted > 0 && accepted >= (size_t)rules->quarter_history_minimum;
	if (enough) {
		pr_sort_micro(values, accepted);
		double rank_value = pr_micro_to_double(pr_nearest_rank(values, accepted, rules->quarter_history_rank));
		/* A point at rest for all that time says nothing about its load. */
		enough = rank_value > 0;
		bound->kwh = pr_micro_from_double(rules->quarter_history_factor * rank_value);
		bound->rule = pr_arena_format(work->arena, "%g × %.6g kWh", rules->quarter_history_factor, rank_value);
	}
	pr_arena_release(&scratch);
	return enough;
}

/* 0.25 h × factor × kVA. */
static struct bound bound_from_kva(const struct pr_work *work, pr_micro kva)
{
	double factor = work->method->plausibility.quarter_rating_factor;
	return (struct bound){pr_wide_round(pr_wide_product(kva, pr_micro_from_double(factor)) / 4, 6),
		pr_arena_format(work->arena, "0.25 h × %g × %.6g kVA", factor, pr_micro_to_double(kva))};
}

static struct bound bound_without_transformer(
	const struct pr_work *work, const struct pr_point *point, const struct pr_point_data *data, int64_t from_ms)
{
	const struct pr_plausibility *rules = &work->method->plausibility;
	struct bound bound;
	if (point->rated_current_a != PR_MICRO_MISSING && point->rated_current_a > 0 &&
		point->nominal_v != PR_MICRO_MISSING) {
		/* U is what gives S = factor × U × I: phase voltage × 3 for 3p4w, line voltage × √3, or the one phase. */
		static const double factors[PR_WIRING_COUNT] = {
			[PR_WIRING_3P4W] = 3.0, [PR_WIRING_3P3W] = 1.7320508075688772, [PR_WIRING_1P] = 1.0};
		double kva = factors[point->wiring] * pr_micro_to_double(point->nominal_v) *
		             pr_micro_to_double(point->rated_current_a) / 1000.0;
		return bound_from_kva(work, pr_micro_from_double(kva));
	}
	if (bound_from_history(work, point, data, from_ms, &bound))
		return bound;
	return (struct bound){pr_micro_from_double(rules->quarter_absolute_kwh),
		pr_arena_format(work->arena, "%g kWh", rules->quarter_absolute_kwh)};
}

static const struct pr_transformer *rated_transformer(const struct pr_project *project, const struct pr_point *point)
{
	const struct pr_transformer *transformer =
		point->transformer_id ? pr_project_transformer(project, point->transformer_id) : NULL;
	return transformer && transformer->rated_kva != PR_MICRO_MISSING && transformer->rated_kva > 0 ? transformer : NULL;
}

const struct pr_transformer *pr_settle_transformer(
	const struct pr_project *project, const struct pr_point *point, int64_t time_ms)
{
	const struct pr_transformer *transformer = rated_transformer(project, point);
	return transformer && pr_valid_at(&transformer->validity, time_ms) ? transformer : NULL;
}

static struct bounds energy_bounds(const struct pr_work *work, const struct pr_project *project,
	const struct pr_point *point, const struct pr_point_data *data, const struct pr_window *window)
{
	struct bounds bounds = {.transformer = rated_transformer(project, point)};
	const struct pr_validity *validity = bounds.transformer ? &bounds.transformer->validity : NULL;
	if (validity)
		bounds.rated = bound_from_kva(work, bounds.transformer->rated_kva);
	/* What lies behind is only worked out where it is needed. */
	bool always = validity && window->count > 0 && pr_valid_at(validity, window->from_ms) &&
	              pr_valid_at(validity, window->quarters[window->count - 1].start_ms);
	if (!always)
		bounds.other = bound_without_transformer(work, point, data, window->from_ms);
	return bounds;
}

static const struct bound *bound_at(const struct bounds *bounds, int64_t start_ms)
{
	bool rated = bounds->transformer && pr_valid_at(&bounds->transformer->validity, start_ms);
	return rated ? &bounds->rated : &bounds->other;
}

/* A number that is below 0, above the bound, or too large to be held exactly. */
static bool is_beyond(double value, pr_micro bound)
{
	if (isnan(value))
		return false;
	pr_micro exact = pr_micro_from_double(value);
	return value < 0 || exact == PR_MICRO_MISSING || exact > bound;
}

/* Energy that flows in: 0 up to the bound. */
static pr_micro plausible_energy(double value, pr_micro bound, int64_t time_ms, struct pr_tally *tally)
{
	if (is_beyond(value, bound)) {
		pr_tally_add(tally, time_ms, value);
		return PR_MICRO_MISSING;
	}
	return pr_micro_from_double(value);
}

/* Reactive energy: the same bound on its magnitude. */
static pr_micro plausible_reactive(double value, pr_micro bound, int64_t time_ms, struct pr_tally *tally)
{
	if (is_beyond(fabs(value), bound)) {
		pr_tally_add(tally, time_ms, value);
		return PR_MICRO_MISSING;
	}
	return pr_micro_from_double(value);
}

static void settle_row(
	struct pr_settled *settled, size_t index, const struct pr_quarter_row *row, pr_micro bound, struct tallies *tallies)
{
	struct pr_settled_quarter *quarter = &settled->quarters[index];
	struct pr_tally *cells = tallies->cells;
	uint64_t implausible_before = cells[CELL_ENERGY].count;
	quarter->kwh = plausible_energy(row->kwh, bound, row->time_ms, &cells[CELL_ENERGY]);
	quarter->implausible = cells[CELL_ENERGY].count > implausible_before;
	quarter->kvarh_lag = plausible_reactive(row->kvarh_lag, bound, row->time_ms, &cells[CELL_REACTIVE]);
	quarter->kvarh_lead = plausible_reactive(row->kvarh_lead, bound, row->time_ms, &cells[CELL_REACTIVE]);
	for (size_t phase = 0; phase < 3; phase++)
		quarter->phase_kwh[phase] = plausible_energy(row->phase_kwh[phase], bound, row->time_ms, &cells[CELL_PHASE]);
	quarter->charge = pr_micro_from_double(row->charge);
	quarter->mdp_max = pr_micro_from_double(row->mdp_max);
	settled->lead_ever = settled->lead_ever || quarter->kvarh_lead != PR_MICRO_MISSING;
	settled->measured += quarter->kwh != PR_MICRO_MISSING;
}

static uint64_t count_cells(const struct tallies *tallies)
{
	uint64_t count = 0;
	for (int kind = 0; kind < CELL_KIND_COUNT; kind++)
		count += tallies->cells[kind].count;
	return count;
}

struct pr_validity pr_settle_service(const struct pr_tenant *tenant, const struct pr_project *project)
{
	struct pr_validity service = {INT64_MIN + 1, PR_TIME_MISSING};
	if (tenant->service_from.year)
		service.from_ms = pr_zone_instant(project->zone, tenant->service_from, 0);
	if (tenant->service_to.year)
		service.to_ms = pr_zone_instant(project->zone, tenant->service_to, 0);
	return service;
}

void pr_settle(const struct pr_work *work, const struct pr_project *project, const struct pr_point *point,
	const struct pr_point_data *data, const struct pr_window *window, struct pr_settled *settled)
{
	*settled = (struct pr_settled){.point = point, .count = window->count};
	settled->quarters = pr_arena_array(work->arena, window->count, sizeof *settled->quarters);
	struct pr_arena scratch;
	pr_arena_init(&scratch);
	const struct pr_quarter_row **chosen = pr_arena_array(&scratch, window->count, sizeof *chosen);
	struct tallies tallies = {0};
	choose_rows(data, window->from_ms, window->count, chosen, &tallies);
	struct pr_validity service = pr_settle_service(&work->dataset->directory->tenant, project);
	struct bounds bounds = energy_bounds(work, project, point, data, window);
	const char *rule = NULL;
	for (size_t i = 0; i < window->count; i++) {
		struct pr_settled_quarter *quarter = &settled->quarters[i];
		*quarter = (struct pr_settled_quarter){PR_MICRO_MISSING, PR_MICRO_MISSING, PR_MICRO_MISSING, PR_MICRO_MISSING,
			PR_MICRO_MISSING, {PR_MICRO_MISSING, PR_MICRO_MISSING, PR_MICRO_MISSING}, false, false};
		int64_t start_ms = window->quarters[i].start_ms;
		bool valid = pr_valid_at(&point->validity, start_ms);
		bool served = pr_valid_at(&service, start_ms);
		quarter->expected = valid && served;
		settled->expected += quarter->expected;
		if (!chosen[i])
			continue;
		settled->has_rows = true;
		if (!quarter->expected) {
			pr_tally_add(&tallies.rows[valid ? ROW_OUTSIDE_SERVICE : ROW_OUTSIDE_VALIDITY], chosen[i]->time_ms, 0);
			continue;
		}
		const struct bound *bound = bound_at(&bounds, start_ms);
		settle_row(settled, i, chosen[i], bound->kwh, &tallies);
		if (!rule && count_cells(&tallies) > 0) /* the first that was broken is named */
			rule = bound->rule;
	}
	pr_arena_release(&scratch);
	for (int kind = 0; kind < ROW_KIND_COUNT; kind++)
		pr_tally_note(work, &tallies.rows[kind], row_notes[kind], project->id, point->id, NULL, NULL);
	for (int kind = 0; kind < CELL_KIND_COUNT; kind++)
		pr_tally_note(work, &tallies.cells[kind], cell_notes[kind], project->id, point->id, cell_units[kind], rule);
}
