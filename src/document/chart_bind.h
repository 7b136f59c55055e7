/* Data for charts whose values are findings and no series (chart_month.c); private to the document room. */
#ifndef PR_DOCUMENT_CHART_BIND_H
#define PR_DOCUMENT_CHART_BIND_H

#include "document/template.h"

/* "health.scores": the six axes, an unmeasured one as NaN. */
void pr_chart_bind_scores(const struct pr_builder *base, const struct pr_scope *scope,
	const struct pr_project_report *project, struct pr_chart_data *data, struct pr_chart_series *series);
/* "change.parts": from last month's bill to this one's, in the scale of the project's money; false without a change. */
bool pr_chart_bind_change(const struct pr_builder *base, const struct pr_scope *scope,
	const struct pr_project_report *project, struct pr_chart_data *data, struct pr_chart_series *series);

#endif
