/*
 * Economic operation of transformers (method, section 9): what they lose, how long they run in their economic band, and
 * which of several loses least at the mean load.
 */
#ifndef PR_ANALYSIS_SAVINGS_TRANSFORMER_H
#define PR_ANALYSIS_SAVINGS_TRANSFORMER_H

#include "analysis/bill.h"
#include "analysis/load.h"

/* Above this many no combinations are tried. */
#define PR_COMBINATION_MAX 12

struct pr_transformer_losses {
	double no_load_kw, load_kw, rated_kva; /* NaN = not known */
	bool estimated;                        /* one of them is of the rating's class */
};
/* The transformer's own, or those of its class (model/advice.h). */
struct pr_transformer_losses pr_transformer_losses_of(
	const struct pr_economy_rules *rules, const struct pr_transformer *transformer, pr_micro supply_kv);

/* The time a transformer spent by its load rate β; the best band lies inside the economic one, βe² to 1. */
struct pr_economy {
	double loss_kwh, beta_economic;
	uint64_t under, inside, over, best; /* quarters; `inside` with the best ones */
	uint64_t measured;
};
/* `betas` of `count` quarters, NaN = not measured. */
void pr_economy_work_out(const struct pr_economy_rules *rules, const struct pr_transformer_losses *losses,
	const double *betas, size_t count, struct pr_economy *economy);

/* The combination of transformers that loses least at the mean of `loads_kva` (NaN = not measured) and carries the
 * largest of them, shared by their ratings: a bit each. 0 where nothing was measured or none carries it. */
unsigned pr_combination_best(
	const struct pr_transformer_losses *losses, size_t transformer_count, const double *loads_kva, size_t count);
/* What a combination loses over those loads, kWh. */
double pr_combination_loss(const struct pr_transformer_losses *losses, size_t transformer_count, unsigned combination,
	const double *loads_kva, size_t count);

/* Into the findings of the report's transformers and of the project. `points` are the project's, by index. */
void pr_savings_transformers(const struct pr_site *site, const struct pr_bill *bill, const struct pr_settled *points,
	struct pr_project_report *report);

#endif
