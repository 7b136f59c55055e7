/*
 * Which tariff and which slot a quarter falls under (method, section 3.1).
 */
#ifndef PR_ANALYSIS_RATES_H
#define PR_ANALYSIS_RATES_H

#include "model/directory.h"

/* The index of the tariff in force at an instant: of several the one that began last; −1 = none. */
int pr_rates_tariff_at(const struct pr_project *project, int64_t utc_ms);

/*
 * The row for a local minute of a day of a kind, in a month; NULL = none. A holiday takes the `holiday` rows where the
 * tariff has such rows in that month, else `offday`, else `workday`; an offday `offday`, else `workday`; rows of `all`
 * hold on any day.
 */
const struct pr_tariff_slot *pr_rates_slot(
	const struct pr_tariff *tariff, int month, enum pr_day_kind kind, int minute);

#endif
