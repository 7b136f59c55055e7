/*
 * Several projects side by side (method, section 13): which of them need attention, their shares of the tenant's totals
 * and their ranks, and what each contributes to the change of energy and bill. All of it is made of findings that the
 * projects and the tenant have already.
 */
#ifndef PR_ANALYSIS_PORTFOLIO_H
#define PR_ANALYSIS_PORTFOLIO_H

#include "analysis/totals.h"

/*
 * "attention.<reason>", 1 or 0, null where it cannot be said, for every reason of:
 *     coverage      below the gate
 *     grade         the health index is graded fair or poor
 *     demand        the maximum demand is above the contract by more than the tolerance (105 %)
 *     power_factor  the power-factor adjustment is a penalty
 *     alarms        an alarm of the critical level
 *     sensors       a sensor above its alarm limit
 * and "attention.projects", 1 where one of them is.
 */
void pr_attention_publish(
	const struct pr_work *work, const struct pr_cover *cover, const char *grade, struct pr_findings *findings);

/* After pr_totals_publish and pr_condition_totals: sets the projects' findings and the tenant's sums of them. */
void pr_portfolio_publish(
	const struct pr_work *work, const struct pr_project_bases *bases, size_t count, struct pr_report *report);

#endif
