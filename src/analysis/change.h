/*
 * Why the bill changed (method, section 10): the change against last month in parts that add up to the cent.
 */
#ifndef PR_ANALYSIS_CHANGE_H
#define PR_ANALYSIS_CHANGE_H

#include "analysis/past.h"

enum pr_change_part {
	PR_CHANGE_DAYS,
	PR_CHANGE_VOLUME,
	PR_CHANGE_SLOTS,
	PR_CHANGE_PRICE,
	PR_CHANGE_DEMAND,
	PR_CHANGE_POWER_FACTOR,
	PR_CHANGE_ROUNDING, /* total − Σ the others as printed */
	PR_CHANGE_TOTAL,    /* the printed change of the bill */
	PR_CHANGE_COUNT
};

/* NULL, or what stands in the way: "bill" (none last month), "incomplete" (a line of either is "—"), "energy" (last
 * month used none), "currency", "range" (a part that no exact number holds). */
const char *pr_change_work_out(
	const struct pr_past *now, const struct pr_past *before, pr_micro parts[PR_CHANGE_COUNT]);
/* change.*; null with the note change.none, and change.coverage where the two months' coverage differs. Nothing at all
 * where this month has no bill. */
void pr_change_publish(const struct pr_work *work, int64_t project_id, const struct pr_past *now,
	const struct pr_past *before, struct pr_findings *findings);

#endif
