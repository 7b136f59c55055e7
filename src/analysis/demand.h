/*
 * The maximum demand (method, section 4): the largest quarter of the sum of the incomers, × 4; of equals the first.
 */
#ifndef PR_ANALYSIS_DEMAND_H
#define PR_ANALYSIS_DEMAND_H

#include "analysis/site.h"

struct pr_demand {
	pr_micro kw; /* missing = nothing measured */
	int64_t at_ms;
	size_t quarter;
	uint16_t missing_incomers; /* in that quarter */
	pr_micro reported_kw;      /* the largest plausible mdp_max; missing with several incomers, or where none is */
	int64_t reported_at_ms;
};

void pr_demand_work_out(const struct pr_site *site, struct pr_demand *demand);
/* `tariff` NULL = none in force. */
void pr_demand_publish(const struct pr_site *site, const struct pr_demand *demand, const struct pr_tariff *tariff,
	struct pr_findings *findings);

/* A project's load in a quarter, kW: kWh × 4. Missing stays missing. */
pr_micro pr_demand_kw(pr_micro kwh);

#endif
