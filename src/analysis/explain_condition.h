/* What the health's explanation takes from those of sensors and alarms. Private to the explanations. */
#ifndef PR_ANALYSIS_EXPLAIN_CONDITION_H
#define PR_ANALYSIS_EXPLAIN_CONDITION_H

#include "analysis/explain_tree.h"

/* Plausible readings of a sensor's month, and those above its warn (0) or alarm (1) limit. */
struct pr_explain_node *pr_explain_readings(struct pr_explainer *explainer, const struct pr_explain_scope *scope);
struct pr_explain_node *pr_explain_above(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, int limit);
bool pr_explain_is_scored(struct pr_explainer *explainer, const struct pr_sensor *sensor);
/* Lists `above` and `readings` of a project's sensors that are held against an alarm limit. */
void pr_explain_add_sensors(struct pr_explainer *explainer, size_t project, struct pr_explain_node *node);
/* A project's events, or the tenant's, each with what became of it. */
const struct pr_explain_table *pr_explain_events(struct pr_explainer *explainer, const struct pr_explain_scope *scope);

#endif
