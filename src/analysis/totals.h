/*
 * A tenant's findings out of its projects' (method, sections 2 and 13): sums, coverage Σ ÷ Σ, price Σ money ÷ Σ kWh.
 */
#ifndef PR_ANALYSIS_TOTALS_H
#define PR_ANALYSIS_TOTALS_H

#include "analysis/history.h"

/* What each project brings: its month, the month before, the same month a year before. */
struct pr_project_bases {
	struct pr_base now;
	const struct pr_base *month, *year;
	const struct pr_cover *cover;
	const char *currency; /* NULL = no bill */
	bool incomplete;
};

/* A sum of bases, with what was paid for and used where the bill is complete. */
struct pr_total {
	struct pr_base base;
	pr_micro money, energy;
};

struct pr_currency_total {
	const char *currency;
	uint64_t projects;
	pr_micro charge, energy; /* of all its projects; missing = of none */
};

/* Sums of projects that are added one at a time; keeps nothing of them. */
struct pr_totals {
	struct pr_total now, month, year;
	struct pr_cover quarters, minutes;    /* of projects whose coverage is of the one or the other */
	struct pr_currency_total *currencies; /* in the order in which they came */
	size_t currency_count, currency_capacity;
};
/* Whether sums need a base's finding. */
bool pr_totals_need(const char *id);
void pr_totals_init(struct pr_totals *totals);
void pr_totals_add(struct pr_totals *totals, struct pr_arena *arena, const struct pr_project_bases *bases);
/* The one currency; NULL with none or several. */
const char *pr_totals_currency(const struct pr_totals *totals);
/* Coverage: of quarters; of minutes only where no project with an expectation has quarters. */
const struct pr_cover *pr_totals_cover(const struct pr_totals *totals);
/* Coverage, sums, shares, price and changes; notes several currencies. */
void pr_totals_set(const struct pr_work *work, const struct pr_totals *totals, struct pr_findings *findings);

/* A single edition's tenant has its project's findings; any other the sums. */
void pr_totals_publish(
	const struct pr_work *work, const struct pr_project_bases *bases, size_t count, struct pr_report *report);

#endif
