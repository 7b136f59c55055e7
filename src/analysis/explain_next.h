/* Next month's days and quarters, as a forecast fills them. Private to the explanations. */
#ifndef PR_ANALYSIS_EXPLAIN_NEXT_H
#define PR_ANALYSIS_EXPLAIN_NEXT_H

#include "analysis/explain_tree.h"
#include "analysis/forecast.h"

/* Columns day, kind, share (of the day that is in service). */
const struct pr_explain_table *pr_explain_next_days(struct pr_explainer *explainer, struct pr_explain_site *own);
/* Columns start, kind, share, weight: what of its day's energy a quarter in service has. */
const struct pr_explain_table *pr_explain_next_quarters(struct pr_explainer *explainer, struct pr_explain_site *own);
/* Next month with its quarters filled, × `factor`, to be billed at a demand; `end` names it ("", ".low", ".high").
 * NULL = there is nothing to fill. */
struct pr_explain_site *pr_explain_next_site(struct pr_explainer *explainer, struct pr_explain_site *own,
	const char *end, double factor, struct pr_explain_node *demand);

#endif
