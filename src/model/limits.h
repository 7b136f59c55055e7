/*
 * The limits of power quality as data (method, section 5), read from templates/limits/ by config/limits.h: never numbers
 * in code. Percent, Hz, amperes; shares are fractions.
 */
#ifndef PR_MODEL_LIMITS_H
#define PR_MODEL_LIMITS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/series.h"

#define PR_LIMIT_CLASSES 8

/* Points with a nominal line voltage up to `up_to_kv` (infinite = any). */
struct pr_limit_class {
	double kv; /* its name: 0.38, 10 */
	double up_to_kv;
	double thd_percent, individual_percent; /* NaN = none */
};
struct pr_limit_classes {
	struct pr_limit_class items[PR_LIMIT_CLASSES]; /* by up_to_kv */
	size_t count;
};

/* A harmonic current that the class allows at a short-circuit capacity of `base_mva`. */
struct pr_harmonic_limit {
	double class_kv, base_mva;
	int order;
	double limit_a;
};

struct pr_limits {
	const char *name, *title; /* "gb", "GB/T" */
	double outage_share;      /* 0.10 of nominal: below it a sample is an outage */
	int minimum_samples;      /* 1000 */
	int rank_percent;         /* 95 */
	double load_share;        /* 0.02 of the month's load at the rank: power factors below it don't count */
	int load_rank_percent;    /* 95 */
	struct {
		const char *source;
		double three_phase, single_high, single_low, single_low_factor, high_voltage, high_voltage_kv;
	} deviation;
	struct {
		const char *source;
		double limit, short_term;
	} unbalance;
	struct {
		const char *source;
		double limit_hz;
	} frequency;
	struct {
		const char *source;
	} thd;
	struct {
		const char *source;
		bool is_judged; /* false: shown without a verdict */
		struct pr_harmonic_limit *limits;
		size_t count;
	} harmonic;
	struct {
		const char *source;
		double limit;
	} current;
	struct {
		const char *source;
		double limit;
	} power_factor;
	struct pr_limit_classes classes;     /* of the set: voltage distortion */
	struct pr_limit_classes own_classes; /* of its base: harmonic currents, high voltage */
};

/* The class of a nominal line voltage in kV; NULL where none holds. */
const struct pr_limit_class *pr_limits_class(const struct pr_limit_classes *classes, double line_kv);
/* The nominal line voltage of a point in V: √3 × nominal but for 3p3w (method 5); NaN where it is not known. */
double pr_limits_line_v(const struct pr_point *point);
/* The current that the table allows for an order, scaled by the short-circuit capacity only where the point's class is
 * also that of the supply; NaN where the table has none. */
double pr_limits_harmonic_a(
	const struct pr_limits *limits, const struct pr_project *project, const struct pr_point *point, int order);

#endif
