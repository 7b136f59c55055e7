/* Parts of a bill's explanation, shared by the files that make it. Private to the explanations. */
#ifndef PR_ANALYSIS_EXPLAIN_BILL_H
#define PR_ANALYSIS_EXPLAIN_BILL_H

#include "analysis/explain_tree.h"

/* What a tariff's basic charge stands on, each a step of the site: */
struct pr_explain_basis {
	struct pr_explain_node *days;      /* as they count */
	struct pr_explain_node *kva_days;  /* Σ rated kVA × days as they count */
	struct pr_explain_node *rated_kva; /* the mean over the tariff's days */
	struct pr_explain_node *discount;  /* 1 where there is none */
	pr_micro month_days;
};
struct pr_explain_basis pr_explain_basis_of(struct pr_explainer *explainer, struct pr_explain_site *own, int tariff);
/* The basic charge of a tariff at a demand, rounded to 0.01; `name` tells it from others of the tariff ("" = the
 * month's own). */
struct pr_explain_node *pr_explain_basic_charge(struct pr_explainer *explainer, struct pr_explain_site *own, int tariff,
	struct pr_explain_node *demand, const char *name);
/* The contract that counts (at least 40 % of the rated kVA), and 1.05 times it. */
struct pr_explain_node *pr_explain_contract(struct pr_explainer *explainer, struct pr_explain_site *own, int tariff);
struct pr_explain_node *pr_explain_contract_within(
	struct pr_explainer *explainer, struct pr_explain_site *own, int tariff);
/* Whether a quarter of the site falls under the tariff. */
bool pr_explain_tariff_used(const struct pr_explain_site *own, int tariff);
int pr_explain_tariff_index(const struct pr_explain_site *own, int64_t id);
/* A value of a tariff's row. */
void pr_explain_tariff_value(struct pr_explainer *explainer, const struct pr_explain_site *own,
	struct pr_explain_node *node, const char *name, int tariff, pr_micro value, const char *unit, const char *column);

/* The percent of a standard at the month's cos φ. */
struct pr_explain_node *pr_explain_percent(
	struct pr_explainer *explainer, struct pr_explain_site *own, pr_micro standard);
/* The table of a standard, "method/power_factor/0.90". */
const struct pr_explain_table *pr_explain_percents(struct pr_explainer *explainer, pr_micro standard);
/* What the adjustment of a standard is taken of, as inputs `lines` (amounts), `kwh`, `fund`; with PR_EXPLAIN_BASE. */
void pr_explain_base(
	struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node, pr_micro standard);
#define PR_EXPLAIN_BASE "(default(sum(lines),0)-default(sum(kwh*fund),0))"

#endif
