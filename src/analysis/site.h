/*
 * A project's stretch of days with its incomers settled and summed: what the bill, the demand, the load and the usage
 * are all worked out from. One is made for the month, one for each base month, one for a utility's period.
 */
#ifndef PR_ANALYSIS_SITE_H
#define PR_ANALYSIS_SITE_H

#include "analysis/settle.h"

struct pr_site {
	const struct pr_work *work;
	const struct pr_project *project;
	const struct pr_project_data *data;
	struct pr_window window;
	struct pr_settled *incomers; /* those valid in the window, by id */
	const struct pr_point_data **incomer_data;
	size_t incomer_count;
	struct pr_quarter *quarters; /* the window's */
	int *tariffs;                /* of each quarter: index into the project's tariffs, −1 = none */
	uint32_t expected, measured; /* quarters, summed over the incomers */
	uint32_t expected_spans;     /* quarters of the window in which any incomer was expected */
	bool has_rows;
	bool never_quarters; /* none of the incomers ever had a quarter row: coverage is of minutes */
	pr_micro energy;     /* Σ of what was measured; missing = nothing was */
};

void pr_site_init(struct pr_site *site, const struct pr_work *work, const struct pr_project_data *data,
	const struct pr_window *window);
/* Days that the measured quarters amount to, as millionths: coverage × days expected. Missing = nothing expected. */
pr_micro pr_site_measured_days(const struct pr_site *site);
/* Coverage of the kWh, as a fraction. */
pr_micro pr_site_coverage(const struct pr_site *site);

#endif
