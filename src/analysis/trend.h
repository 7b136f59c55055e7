/*
 * A point's power quality over the month as charts show it: per quarter the lowest, mean and highest of its samples.
 * Worked out of the minutes' buckets when a chart asks for it, so that reports without that chart pay nothing. What
 * counts (compliance, worst and 95 % values) are findings of the samples themselves; this is only their picture.
 */
#ifndef PR_ANALYSIS_TREND_H
#define PR_ANALYSIS_TREND_H

#include "analysis/findings.h"
#include "model/quality.h"

enum pr_trend_kind {
	PR_TREND_VOLTAGE,         /* deviation of all phases, % */
	PR_TREND_UNBALANCE,       /* of the quarter's mean line voltages, % (method 5); no lows and highs */
	PR_TREND_FREQUENCY,       /* deviation, Hz */
	PR_TREND_THD,             /* of all phases, % */
	PR_TREND_CURRENT_BALANCE, /* of the quarter's mean currents, %; no lows and highs */
	PR_TREND_POWER_FACTOR,    /* of the quarter's mean P and Q; no lows and highs */
	PR_TREND_CURRENT_A,       /* A */
	PR_TREND_CURRENT_B,
	PR_TREND_CURRENT_C,
	PR_TREND_KIND_COUNT
};

struct pr_trend {
	double *low, *mean, *high; /* a value a quarter of the project's month; NaN = missing */
	size_t count;
};

/* False where no quarter has a value. `data` is the point's of the dataset; values lie in the arena. */
bool pr_trend_make(const struct pr_project_report *project, const struct pr_point_data *data, enum pr_trend_kind kind,
	struct pr_arena *arena, struct pr_trend *trend);

#define PR_DAY_HOURS 24
/* Per hour of the local day: of the quarters with voltages, the share that holds a sample beyond the voltage's limits;
 * NaN = none of that hour. False where no hour has any. */
bool pr_trend_hours(
	const struct pr_project_report *project, const struct pr_point_data *data, double shares[PR_DAY_HOURS]);

#endif
