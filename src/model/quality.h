/*
 * Power quality of a point's month (method, section 5): the rules that its samples are held against, and what came out.
 * Every value is a whole number of millionths of its unit (%, Hz, A, 1), so that equal is equal in every store.
 */
#ifndef PR_MODEL_QUALITY_H
#define PR_MODEL_QUALITY_H

#include "model/method.h"

/* clang-format off */
enum pr_quality_parameter {
	PR_QUALITY_DEVIATION, PR_QUALITY_UNBALANCE, PR_QUALITY_FREQUENCY, PR_QUALITY_THD, PR_QUALITY_CURRENT,
	PR_QUALITY_POWER_FACTOR, PR_QUALITY_HARMONIC_3, PR_QUALITY_HARMONIC_5, PR_QUALITY_HARMONIC_7,
	PR_QUALITY_HARMONIC_9, PR_QUALITY_HARMONIC_11, PR_QUALITY_HARMONIC_13, PR_QUALITY_COUNT
};
/* clang-format on */
/* "voltage_deviation", …, "harmonic.13": what stands between "quality." and ".p95" in the findings. */
extern const char *const pr_quality_names[PR_QUALITY_COUNT];
extern const char *const pr_quality_units[PR_QUALITY_COUNT];

/* Three values of a sample that stand for its phases (deviation, THD, harmonics), or one. */
#define PR_QUALITY_PHASES 3
int pr_quality_phase_count(enum pr_quality_parameter parameter);

/* What the samples of one point are held against. NaN = no such limit. */
struct pr_quality_rules {
	enum pr_wiring wiring;
	double nominal_v;      /* of the voltages that deviate: phase to neutral, for 3p3w line to line */
	double line_nominal_v; /* line to line */
	double nominal_hz;
	double outage_share;
	struct pr_bounds voltage;       /* V: inside */
	double limit[PR_QUALITY_COUNT]; /* of the magnitude; the power factor's least */
	const char *source[PR_QUALITY_COUNT];
	bool is_judged[PR_QUALITY_COUNT];   /* false: no verdict */
	bool is_practice[PR_QUALITY_COUNT]; /* beyond it: attention */
	double single_low_factor;           /* of a single-phase point's negative deviations in the 95 % value; else 1 */
	bool is_high_voltage;               /* the verdict is on the sum of the largest deviations */
	double unbalance_short_term;
	int minimum_samples, rank_percent;
	double load_share;
	int load_rank_percent;
};

/*
 * The rules of a point for a month [from, to). The power factor's limit is the standard of the tariff that is in force
 * last in the month and has one. `nominal_hz` is 50 or 60.
 */
void pr_quality_rules_make(struct pr_quality_rules *rules, const struct pr_limits *limits,
	const struct pr_project *project, const struct pr_point *point, int64_t from_ms, int64_t to_ms, double nominal_hz);

struct pr_quality_value {
	uint64_t samples;
	uint64_t inside;  /* 0 where there is no limit */
	pr_micro worst;   /* of the largest magnitude (power factor: the smallest), signed; missing without a sample */
	int worst_phase;  /* 0..2; −1 = it has none */
	int64_t worst_ms; /* the earliest of equals */
	pr_micro p95;     /* the largest of the phases' own 95 % values (power factor: the 5 % value) */
	int p95_phase;
};

struct pr_quality {
	int64_t point_id;
	int64_t from_ms, to_ms; /* of the month, what the point's validity and the service left of it */
	struct pr_quality_rules rules;
	struct pr_quality_value values[PR_QUALITY_COUNT];
	pr_micro highest, lowest; /* deviation, %: the month's largest and smallest; missing */
	uint64_t outage_samples;
	int64_t outage_first_ms, outage_last_ms;
	bool is_unbalance_approximated; /* from phase voltages: the point had no line voltage at all */
	uint64_t unbalance_left_out;    /* samples with phase voltages that lack line voltages, where the point has some */
	int64_t left_out_first_ms, left_out_last_ms;
	uint64_t idle_samples; /* power factors that didn't count for want of load */
};

#endif
