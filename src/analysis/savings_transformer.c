#include "analysis/savings_transformer.h"

#include <math.h>

#define HOURS_A_QUARTER 0.25
#define MINUTES_A_QUARTER 15
#define MONTHS_A_YEAR 12

struct pr_transformer_losses pr_transformer_losses_of(
	const struct pr_economy_rules *rules, const struct pr_transformer *transformer, pr_micro supply_kv)
{
	const struct pr_loss_class *class = pr_loss_class_of(rules, transformer->rated_kva, supply_kv);
	pr_micro no_load = transformer->no_load_loss_kw, load = transformer->load_loss_kw;
	bool own = no_load != PR_MICRO_MISSING && load != PR_MICRO_MISSING && no_load > 0 && load > 0;
	if (!own && class) {
		no_load = no_load == PR_MICRO_MISSING || no_load <= 0 ? class->no_load_kw : no_load;
		load = load == PR_MICRO_MISSING || load <= 0 ? class->load_kw : load;
	}
	bool known = own || class;
	return (struct pr_transformer_losses){.no_load_kw = known ? pr_micro_to_double(no_load) : (double)NAN,
		.load_kw = known ? pr_micro_to_double(load) : (double)NAN,
		.rated_kva = pr_micro_to_double(transformer->rated_kva),
		.estimated = !own && class};
}

void pr_economy_work_out(const struct pr_economy_rules *rules, const struct pr_transformer_losses *losses,
	const double *betas, size_t count, struct pr_economy *economy)
{
	double ratio = losses->no_load_kw / losses->load_kw, squares = 0; /* βe² */
	*economy = (struct pr_economy){.loss_kwh = NAN, .beta_economic = sqrt(ratio)};
	for (size_t i = 0; i < count; i++) {
		double beta = betas[i];
		if (isnan(beta))
			continue;
		squares += beta * beta;
		economy->measured++;
		economy->under += beta < ratio;
		economy->over += beta > 1;
		economy->inside += beta >= ratio && beta <= 1;
		economy->best += beta >= rules->best_from_factor * ratio && beta <= rules->best_to;
	}
	if (economy->measured)
		economy->loss_kwh =
			(losses->no_load_kw * (double)economy->measured + losses->load_kw * squares) * HOURS_A_QUARTER;
}

/* --- combinations ------------------------------------------------------------------------------------------------ */

/* Σ rating, no-load and load loss of a combination. */
static struct pr_transformer_losses sum_of(
	const struct pr_transformer_losses *losses, size_t transformer_count, unsigned combination)
{
	struct pr_transformer_losses sum = {0};
	for (size_t i = 0; i < transformer_count; i++) {
		if (!(combination >> i & 1))
			continue;
		sum.rated_kva += losses[i].rated_kva;
		sum.no_load_kw += losses[i].no_load_kw;
		sum.load_kw += losses[i].load_kw;
	}
	return sum;
}

/* Shared by rating, all of them have one load rate: β = S ÷ Σ rated. */
static double loss_at(const struct pr_transformer_losses *sum, double kva)
{
	double beta = kva / sum->rated_kva;
	return sum->no_load_kw + sum->load_kw * beta * beta;
}

double pr_combination_loss(const struct pr_transformer_losses *losses, size_t transformer_count, unsigned combination,
	const double *loads_kva, size_t count)
{
	struct pr_transformer_losses sum = sum_of(losses, transformer_count, combination);
	double kwh = 0;
	for (size_t i = 0; i < count; i++)
		if (!isnan(loads_kva[i]))
			kwh += loss_at(&sum, loads_kva[i]) * HOURS_A_QUARTER;
	return kwh;
}

unsigned pr_combination_best(
	const struct pr_transformer_losses *losses, size_t transformer_count, const double *loads_kva, size_t count)
{
	double total = 0, largest = 0, least = 0;
	size_t measured = 0;
	unsigned best = 0;
	for (size_t i = 0; i < count; i++) {
		if (isnan(loads_kva[i]))
			continue;
		total += loads_kva[i];
		largest = fmax(largest, loads_kva[i]);
		measured++;
	}
	if (!measured || transformer_count > PR_COMBINATION_MAX)
		return 0;
	for (unsigned combination = 1; combination < 1U << transformer_count; combination++) {
		struct pr_transformer_losses sum = sum_of(losses, transformer_count, combination);
		double loss = loss_at(&sum, total / (double)measured);
		if (sum.rated_kva < largest || (best && loss >= least))
			continue;
		best = combination;
		least = loss;
	}
	return best;
}

/* --- of a project ------------------------------------------------------------------------------------------------ */

struct group {
	const struct pr_site *site;
	const struct pr_settled *points;
	struct pr_transformer_losses *losses;
	double *losses_kw, *actives, *reactives; /* of all together, a quarter each; NaN = one lacks a measurement */
	double loss_kwh;                         /* Σ of each in its own quarters */
	size_t count;
	bool whole; /* every one has its losses and was measured */
};

static void note_name(const struct pr_site *site, const char *code, const char *name)
{
	struct pr_note note = pr_note_make(code, site->project->id, 0);
	note.detail = name;
	pr_note_add(site->work, &note);
}

/* The load rates of the month's quarters; what the transformer carries is added to the group's loads. */
static double *betas_of(struct group *group, const struct pr_transformer *transformer, uint64_t *expected)
{
	const struct pr_site *site = group->site;
	double *betas = pr_arena_array(site->work->arena, site->window.count, sizeof *betas);
	double kva = pr_micro_to_double(transformer->rated_kva);
	enum pr_role role = pr_load_role(site, transformer->id);
	const struct pr_validity service = pr_settle_service(&site->work->dataset->directory->tenant, site->project);
	for (size_t i = 0; i < site->window.count; i++) {
		int64_t start_ms = site->window.quarters[i].start_ms;
		double active, reactive;
		bool serves = pr_valid_at(&transformer->validity, start_ms) && pr_valid_at(&service, start_ms);
		betas[i] = NAN;
		*expected += serves;
		if (!serves || !(kva > 0) ||
			!pr_load_power_at(site, group->points, transformer->id, role, i, &active, &reactive)) {
			group->actives[i] = NAN;
			continue;
		}
		betas[i] = sqrt(active * active + reactive * reactive) / kva;
		group->actives[i] += active;
		group->reactives[i] += reactive;
	}
	return betas;
}

static void publish_one(const struct group *group, const struct pr_transformer_losses *losses,
	const struct pr_economy *economy, uint64_t expected, struct pr_findings *findings)
{
	const struct pr_economy_rules *rules = &group->site->work->method->economy;
	const char *source = losses->estimated ? rules->class_source : NULL;
	const struct {
		const char *id, *unit;
		double value;
		int digits;
	} rows[] = {
		{"savings.transformer.no_load_loss", "kW", losses->no_load_kw, PR_PRECISION_QUANTITY},
		{"savings.transformer.load_loss", "kW", losses->load_kw, PR_PRECISION_QUANTITY},
		{"savings.transformer.beta", "1", economy->beta_economic, PR_PRECISION_RATIO},
		{"savings.transformer.loss", "kWh", economy->loss_kwh, PR_PRECISION_QUANTITY},
		{"savings.transformer.minutes.under", "min", (double)economy->under * MINUTES_A_QUARTER, PR_PRECISION_QUANTITY},
		{"savings.transformer.minutes.inside", "min", (double)economy->inside * MINUTES_A_QUARTER,
			PR_PRECISION_QUANTITY},
		{"savings.transformer.minutes.over", "min", (double)economy->over * MINUTES_A_QUARTER, PR_PRECISION_QUANTITY},
		{"savings.transformer.minutes.best", "min", (double)economy->best * MINUTES_A_QUARTER, PR_PRECISION_QUANTITY},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool is_rating = i < 3;
		struct pr_finding *finding = pr_findings_set_double(findings, group->site->work->arena, rows[i].id,
			is_rating || economy->measured ? rows[i].value : (double)NAN, rows[i].unit, rows[i].digits);
		finding->source = source;
		if (!is_rating)
			finding->coverage = pr_coverage(economy->measured, expected);
	}
}

static void add_transformer(struct group *group, struct pr_subject *subject)
{
	const struct pr_site *site = group->site;
	const struct pr_economy_rules *rules = &site->work->method->economy;
	const struct pr_transformer *transformer = subject->model;
	struct pr_transformer_losses *losses = &group->losses[group->count++];
	struct pr_economy economy;
	uint64_t expected = 0;
	double *betas = betas_of(group, transformer, &expected);
	*losses = pr_transformer_losses_of(rules, transformer, site->project->supply_kv);
	if (isnan(losses->no_load_kw)) {
		note_name(site, "transformer.no_losses", transformer->name);
		group->whole = false;
		return;
	}
	if (losses->estimated)
		note_name(site, "transformer.losses_estimated", transformer->name);
	pr_economy_work_out(rules, losses, betas, site->window.count, &economy);
	publish_one(group, losses, &economy, expected, &subject->findings);
	group->whole = group->whole && economy.measured > 0;
	group->loss_kwh += economy.loss_kwh;
	for (size_t i = 0; i < site->window.count; i++)
		group->losses_kw[i] += losses->no_load_kw + losses->load_kw * betas[i] * betas[i];
}

static void set_money(const struct pr_site *site, const struct pr_bill *bill, double saved_kwh, pr_micro coverage,
	struct pr_findings *findings)
{
	pr_micro month = PR_MICRO_MISSING, year = PR_MICRO_MISSING, saved = pr_micro_from_double(saved_kwh);
	if (!bill->currency)
		return;
	if (saved != PR_MICRO_MISSING && bill->energy != PR_MICRO_MISSING && !bill->incomplete && site->energy > 0) {
		pr_micro price = pr_micro_ratio(bill->energy, site->energy, PR_PRECISION_PRICE);
		month = price == PR_MICRO_MISSING ? price : pr_wide_round(pr_wide_product(saved, price), PR_PRECISION_MONEY);
	}
	if (month != PR_MICRO_MISSING)
		year = pr_wide_round((pr_wide)month * MONTHS_A_YEAR * PR_MICRO_ONE, PR_PRECISION_MONEY);
	struct pr_arena *arena = site->work->arena;
	pr_findings_set(findings, arena, "savings.transformer.month", month, bill->currency, PR_PRECISION_MONEY)->coverage =
		coverage;
	pr_findings_set(findings, arena, "savings.transformer.year", year, bill->currency, PR_PRECISION_MONEY)->coverage =
		coverage;
}

/* What the best combination saves over the quarters in which all were measured; 0, and no combination, where that is
 * nothing or all of them, as they run. */
static double compare_combinations(const struct group *group, unsigned *best, uint64_t *measured)
{
	const struct pr_site *site = group->site;
	double *loads_kva = pr_arena_array(site->work->arena, site->window.count, sizeof *loads_kva), present_kwh = 0;
	*best = 0;
	*measured = 0;
	for (size_t i = 0; i < site->window.count; i++) {
		double active = group->actives[i], reactive = group->reactives[i];
		loads_kva[i] = sqrt(active * active + reactive * reactive);
		if (isnan(loads_kva[i]))
			continue;
		present_kwh += group->losses_kw[i] * HOURS_A_QUARTER;
		++*measured;
	}
	if (group->count < 2)
		return 0;
	*best = pr_combination_best(group->losses, group->count, loads_kva, site->window.count);
	if (!*best)
		return 0;
	bool all = *best == (1U << group->count) - 1;
	double saved = present_kwh - pr_combination_loss(group->losses, group->count, *best, loads_kva, site->window.count);
	if (!all && saved > 0)
		return saved;
	*best = 0;
	return 0;
}

static uint64_t served_quarters(const struct pr_site *site)
{
	const struct pr_validity service = pr_settle_service(&site->work->dataset->directory->tenant, site->project);
	uint64_t count = 0;
	for (size_t i = 0; i < site->window.count; i++)
		count += pr_valid_at(&service, site->window.quarters[i].start_ms);
	return count;
}

static void publish_group(const struct group *group, const struct pr_bill *bill, struct pr_project_report *report)
{
	const struct pr_site *site = group->site;
	struct pr_arena *arena = site->work->arena;
	struct pr_findings *findings = &report->findings;
	unsigned best;
	uint64_t measured;
	double saved = compare_combinations(group, &best, &measured);
	pr_micro coverage = pr_coverage(measured, served_quarters(site));
	for (size_t i = 0; i < report->transformer_count; i++)
		pr_findings_set(&report->transformers[i].findings, arena, "savings.transformer.chosen",
			best && !(best >> i & 1) ? 0 : PR_MICRO_ONE, "1", PR_PRECISION_COUNT);
	pr_findings_set_double(findings, arena, "savings.transformer.loss", group->loss_kwh, "kWh", PR_PRECISION_QUANTITY)
		->coverage = coverage;
	pr_findings_set_double(
		findings, arena, "savings.transformer.best", group->loss_kwh - saved, "kWh", PR_PRECISION_QUANTITY)
		->coverage = coverage;
	set_money(site, bill, saved, coverage, findings);
}

void pr_savings_transformers(const struct pr_site *site, const struct pr_bill *bill, const struct pr_settled *points,
	struct pr_project_report *report)
{
	struct pr_arena *arena = site->work->arena;
	size_t count = site->window.count;
	if (!report->transformer_count || site->energy == PR_MICRO_MISSING)
		return;
	struct group group = {.site = site,
		.points = points,
		.losses = pr_arena_array(arena, report->transformer_count, sizeof *group.losses),
		.losses_kw = pr_arena_array(arena, count, sizeof *group.losses_kw),
		.actives = pr_arena_array(arena, count, sizeof *group.actives),
		.reactives = pr_arena_array(arena, count, sizeof *group.reactives),
		.whole = true};
	for (size_t i = 0; i < report->transformer_count; i++)
		add_transformer(&group, &report->transformers[i]);
	if (group.whole)
		publish_group(&group, bill, report);
}
