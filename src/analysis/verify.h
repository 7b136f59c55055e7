/*
 * Our bill against the ingest's charge, the utility's bill and the plan (method, section 3.4). Difference = ours −
 * theirs; .rate = ÷ theirs.
 */
#ifndef PR_ANALYSIS_VERIFY_H
#define PR_ANALYSIS_VERIFY_H

#include "analysis/bill.h"

void pr_verify_publish(const struct pr_site *site, const struct pr_bill *bill, const struct pr_demand *demand,
	struct pr_month month, struct pr_findings *findings);

#endif
