/*
 * Next month (method, section 11): energy, charge and maximum demand with an 80 % interval, out of the thirteen months'
 * days; and last month's forecast, made of the data before that month, against what came.
 *
 * A day of next month has the mean of its kind over the last 8 weeks, moved by half of the trend (the last 4 weeks
 * against the 4 before, kind by kind) and, where the month a year ago was measured, by that year's ratio of the two
 * months (kind by kind, too). The maximum demand is that of the daily maxima by the same rule, × the mean of the months'
 * maximum ÷ mean daily maximum. docs/analysis.md has the scores by which the rule was chosen.
 */
#ifndef PR_ANALYSIS_FORECAST_H
#define PR_ANALYSIS_FORECAST_H

#include "analysis/past.h"

/* What of a day is forecast. */
enum pr_forecast_figure { PR_FORECAST_ENERGY, PR_FORECAST_MAXIMUM };

/* The days that are forecast: their kinds, and how much of each is in service, 0 to 1. */
struct pr_forecast_days {
	const enum pr_day_kind *kinds;
	const double *shares;
	size_t count;
};

/* How a forecast of a figure came about. */
struct pr_forecast_basis {
	double means[PR_DAY_COUNT]; /* of each kind of day; NaN = no such day in the weeks */
	double trend, season;       /* factors; 1 = none */
	double peak;                /* of maxima: the months' maximum ÷ mean daily maximum; else 1 */
	size_t days;                /* counted days in the weeks */
};

/* From the months [0, origin] of `past`, the last of which is the origin. False with too few days. */
PR_CHECK bool pr_forecast_basis_of(const struct pr_method *method, const struct pr_past *past, size_t origin,
	enum pr_forecast_figure figure, bool has_year, struct pr_forecast_basis *basis);
/* Energy: Σ over the days, kWh. Maximum: the largest, kW. NaN without a day. */
double pr_forecast_of(
	const struct pr_forecast_basis *basis, enum pr_forecast_figure figure, const struct pr_forecast_days *days);
/* A month of `past` forecast from the months before it, and what came of it, over the days that were measured. False
 * where it cannot be said. */
PR_CHECK bool pr_forecast_score(const struct pr_method *method, const struct pr_past *past, size_t month,
	enum pr_forecast_figure figure, double *forecast, double *actual);
/* What the forecast is to be multiplied by for the ends of its interval. Returns how many errors it rests on, 0 where it
 * rests on the weeks; NaN = unknown. */
size_t pr_forecast_interval(const struct pr_method *method, const struct pr_past *past, enum pr_forecast_figure figure,
	double *low, double *high);

/* Into findings and notes. `now`: the month's own bill, for its power factor. */
void pr_forecast_publish(const struct pr_site *site, const struct pr_bill *now, const struct pr_past *past,
	struct pr_project_report *report);

#endif
