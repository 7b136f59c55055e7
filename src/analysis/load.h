/*
 * The load (method, section 4): maximum, minimum, mean, base, peak-valley difference and rate of the project; running
 * and outage time; load rates of transformers and points.
 */
#ifndef PR_ANALYSIS_LOAD_H
#define PR_ANALYSIS_LOAD_H

#include "analysis/demand.h"

struct pr_load {
	pr_micro max, min, mean, base, peak_valley; /* kW */
	pr_micro rate;
	size_t min_quarter;       /* where the minimum was */
	pr_micro running_minutes; /* missing = nothing measured */
	pr_micro outage_minutes;  /* missing = no minute data: unknown */
	pr_micro threshold;       /* above it a quarter runs */
};

void pr_load_work_out(const struct pr_site *site, const struct pr_demand *demand, struct pr_load *load);
void pr_load_publish(const struct pr_site *site, const struct pr_demand *demand, const struct pr_load *load,
	struct pr_findings *findings);

/* The role whose points count for a transformer: incomers, or feeders where no incomer names it. */
enum pr_role pr_load_role(const struct pr_site *site, int64_t transformer_id);
/* P and Q of a quarter over the transformer's points, kW and kvar; false unless all that are expected hold them.
 * `points` are the project's, by index. */
bool pr_load_power_at(const struct pr_site *site, const struct pr_settled *points, int64_t transformer_id,
	enum pr_role role, size_t index, double *active, double *reactive);
/* Mean and largest β of a transformer, over the settled points that name it. `points` are the project's, by index. */
void pr_load_transformer(const struct pr_site *site, const struct pr_transformer *transformer,
	const struct pr_settled *points, struct pr_findings *findings);
/* A quarter's apparent power and rating over the transformers in service that points measure. */
struct pr_load_apparent {
	double kva; /* NaN = one of them lacks a measurement */
	double rated_kva;
};
/* One for each of the window's quarters, in the work's arena. */
struct pr_load_apparent *pr_load_apparent(const struct pr_site *site, const struct pr_settled *points);
/* The load rate of a point without a transformer, by its largest phase current; notes where it has no rating. */
void pr_load_point_current(const struct pr_site *site, const struct pr_point *point, const struct pr_point_data *data,
	struct pr_findings *findings);

#endif
