/*
 * When a cell of a one-minute row is plausible, as Elasticsearch filters: the same rule as source/buckets.h, cell for
 * cell. A pr_cell_rule is one column with its bounds, and for a phase current what the rule for idle phases looks at.
 */
#ifndef PR_SOURCE_ELASTIC_CELLS_H
#define PR_SOURCE_ELASTIC_CELLS_H

#include "base/text.h"
#include "model/series.h"

struct pr_cell_rule {
	const char *field;
	struct pr_bounds bounds;
	/* The idle-phase rule (pr_minute_query); NaN = it does not apply. */
	double idle_share;
	const char *other_currents[2]; /* NULL = the data set has no such field */
	const char *power, *total_power;
};

/* Whether the rule needs a script in the cluster. */
bool pr_cell_needs_script(const struct pr_cell_rule *rule);
/* A filter that holds for rows whose cell is present and plausible, and one for present and implausible. */
void pr_cell_add_plausible(struct pr_buffer *buffer, const struct pr_cell_rule *rule);
void pr_cell_add_implausible(struct pr_buffer *buffer, const struct pr_cell_rule *rule);
void pr_cell_add_present(struct pr_buffer *buffer, const struct pr_cell_rule *rule);

#endif
