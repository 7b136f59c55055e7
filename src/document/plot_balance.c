/*
 * The unbalance of a plot's currents: the largest deviation of the phases' means from their mean ÷ that mean, a bucket
 * each (method 5, current unbalance; of means, since a bucket's minutes lie where the data are).
 */
#include <math.h>

#include "document/plot.h"
#include "document/rows.h"

#define PHASES 3
#define HUNDRED 100.0
#define LINE_PT 0.9

static bool find_phases(const struct pr_plot_line *lines, size_t count, const struct pr_plot_line *phases[PHASES])
{
	static const char *const roles[PHASES] = {"phase.a", "phase.b", "phase.c"};

	for (size_t p = 0; p < PHASES; p++) {
		phases[p] = NULL;
		for (size_t i = 0; i < count; i++)
			if (pr_text_equal(lines[i].role, roles[p]))
				phases[p] = &lines[i];
		if (!phases[p])
			return false;
	}
	return true;
}

static double unbalance_at(const struct pr_plot_line *const phases[PHASES], size_t bucket)
{
	double sum = 0, farthest = 0;

	for (size_t p = 0; p < PHASES; p++)
		sum += phases[p]->means[bucket];
	for (size_t p = 0; p < PHASES && sum > 0; p++)
		farthest = fmax(farthest, fabs(phases[p]->means[bucket] - sum / PHASES));
	return sum > 0 ? HUNDRED * farthest / (sum / PHASES) : (double)NAN;
}

static bool has_odd(const struct pr_plot_line *const phases[PHASES], size_t bucket)
{
	for (size_t p = 0; p < PHASES; p++)
		if (phases[p]->odds && isfinite(phases[p]->odds[bucket]))
			return true;
	return false;
}

struct found {
	size_t measured, within;
	double maximum;
};

/* A surface from zero; a value left out of a phase leaves its bucket out. */
static struct found fill(const struct pr_plot_line *const phases[PHASES], size_t count, double limit,
	struct pr_arena *arena, struct pr_plot_line *line)
{
	double *columns = pr_arena_array(arena, 3 * count, sizeof *columns);
	double *values = columns, *zeros = values + count, *odds = zeros + count;
	struct found found = {.maximum = NAN};

	for (size_t i = 0; i < count; i++) {
		values[i] = unbalance_at(phases, i);
		zeros[i] = isfinite(values[i]) ? 0 : (double)NAN;
		odds[i] = !isfinite(values[i]) && has_odd(phases, i) ? 0 : (double)NAN;
		if (!isfinite(values[i]))
			continue;
		found.measured++;
		found.within += values[i] <= limit;
		found.maximum = fmax(values[i], found.maximum);
	}
	*line = (struct pr_plot_line){
		.width = LINE_PT, .means = values, .lows = zeros, .highs = values, .odds = odds, .has_band = true};
	return found;
}

bool pr_plot_balance(
	struct pr_plot_maker *maker, const struct pr_plot_line *lines, size_t count, struct pr_plot_frame *frame)
{
	const struct pr_plot_line *phases[PHASES];
	double limit = maker->plot->method->limits.current.limit;
	struct pr_scope scope = {.outer = maker->panels[0]};
	struct found found;

	if (!find_phases(lines, count, phases))
		return true;
	frame->lines = pr_arena_alloc(maker->arena, sizeof *frame->lines);
	found = fill(phases, frame->count, limit, maker->arena, frame->lines);
	if (found.measured == 0)
		return true;
	frame->line_count = 1;
	frame->limits = pr_arena_alloc(maker->arena, sizeof *frame->limits);
	*frame->limits = (struct pr_chart_limit){.value = limit, .dashed = true};
	frame->limit_count = 1;
	pr_scope_add(&scope, maker->arena, "limit.value", pr_value_number(limit, NULL));
	pr_scope_add(&scope, maker->arena, "balance.maximum", pr_value_number(found.maximum, "%"));
	pr_scope_add(
		&scope, maker->arena, "balance.within", pr_value_number((double)found.within / (double)found.measured, "1"));
	return pr_plot_word(maker, &scope, "plot_limit.balance", &frame->limits->label) &&
	       pr_plot_word(maker, &scope, "plot.balance_title", &frame->title) &&
	       pr_plot_word(maker, &scope, "plot.balance_note", &frame->note);
}
