/*
 * Changes against the month before and the same month a year before (method, section 2).
 */
#ifndef PR_ANALYSIS_COMPARE_H
#define PR_ANALYSIS_COMPARE_H

#include "analysis/work.h"

/* A month's findings with what comparing them needs. */
struct pr_base {
	struct pr_findings findings;
	uint64_t expected, measured; /* of the set that the gate uses */
	pr_micro days;               /* measured days; missing = nothing expected */
	bool bill_incomplete;        /* a line is "—": the bill's sums are of a part and compare with nothing */
};

enum pr_compare_with { PR_COMPARE_MONTH, PR_COMPARE_YEAR };
/* Sets bases and changes of a finding that doesn't add up; where a base is missing, neither. */
void pr_compare_value(struct pr_finding *finding, const pr_micro before[PR_BEFORE_COUNT]);
/* Sets change, base and "new" of every finding that is compared. True where it was per measured day. */
bool pr_compare(const struct pr_method *method, struct pr_findings *findings, const struct pr_base *now,
	const struct pr_base *base, enum pr_compare_with with);

#endif
