/*
 * Rows into quarters (method, section 1): which quarter a row belongs to, which of several rows counts, what is valid,
 * what is plausible. What was left aside is noted, a kind at a time, with first, last and count.
 */
#ifndef PR_ANALYSIS_SETTLE_H
#define PR_ANALYSIS_SETTLE_H

#include "analysis/window.h"
#include "analysis/work.h"

/* A point's quarter after settling. A cell that was implausible is missing. */
struct pr_settled_quarter {
	pr_micro kwh, kvarh_lag, kvarh_lead, charge, mdp_max;
	pr_micro phase_kwh[3];
	bool expected;    /* in the point's validity and the tenant's service */
	bool implausible; /* its kWh was left out */
};

struct pr_settled {
	const struct pr_point *point;
	struct pr_settled_quarter *quarters; /* one for each of the window's */
	size_t count;
	uint32_t expected, measured;
	bool has_rows;  /* any row at all fell into the window, also one that does not count */
	bool lead_ever; /* a lead was measured in some quarter */
};

void pr_settle(const struct pr_work *work, const struct pr_project *project, const struct pr_point *point,
	const struct pr_point_data *data, const struct pr_window *window, struct pr_settled *settled);

/* The rated transformer that the point measures, in service at that time; NULL = none. */
const struct pr_transformer *pr_settle_transformer(
	const struct pr_project *project, const struct pr_point *point, int64_t time_ms);

/* The tenant's service, in the project's local days. */
struct pr_validity pr_settle_service(const struct pr_tenant *tenant, const struct pr_project *project);

/* The quarter that an instant of a row belongs to, counted from `from_ms`: at most 2 minutes before a start counts. */
int64_t pr_settle_index(int64_t time_ms, int64_t from_ms);

#endif
