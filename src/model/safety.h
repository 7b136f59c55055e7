/*
 * The rules of the method's sections 6, 7 and 8 as data: default limits of sensors, what an alarm's times may be, score
 * tables and weights. Read from templates/method/safety.ini and health.ini by config/safety.h.
 */
#ifndef PR_MODEL_SAFETY_H
#define PR_MODEL_SAFETY_H

#include "model/directory.h"
#include "model/series.h"

/* Section 6: limits of sensors that have none of their own; missing = no default. */
struct pr_safety_rules {
	pr_micro temperature_warn_c, temperature_alarm_c;
	const char *temperature_source;
	pr_micro residual_warn_ma, residual_alarm_ma;
	const char *residual_source;
};

/* Section 7. */
struct pr_alarm_rules {
	const char *test_codes; /* patterns with '*', separated by commas */
	double longest_days;    /* a longer time of an alarm that is not carried over is no time */
	double high_rank;       /* 0.9: beside the median */
	const char *source;
};

/* Section 8. */
enum pr_health_axis {
	PR_HEALTH_FREQUENCY,
	PR_HEALTH_VOLTAGE_DEVIATION,
	PR_HEALTH_VOLTAGE_UNBALANCE,
	PR_HEALTH_VOLTAGE_THD,
	PR_HEALTH_POWER_FACTOR,
	PR_HEALTH_LOAD_RATE,
	PR_HEALTH_AXIS_COUNT
};
/* "frequency", "voltage_deviation", …: as in health.score.{axis}. */
extern const char *const pr_health_axis_names[PR_HEALTH_AXIS_COUNT];

enum pr_health_grade { PR_GRADE_EXCELLENT, PR_GRADE_GOOD, PR_GRADE_FAIR, PR_GRADE_POOR, PR_GRADE_COUNT };
extern const char *const pr_health_grade_names[PR_GRADE_COUNT]; /* "excellent", "good", "fair", "poor" */

/* A score by value: linear between the points, the end values outside them. */
#define PR_SCORE_POINTS 8
struct pr_score_table {
	double at[PR_SCORE_POINTS], score[PR_SCORE_POINTS]; /* ascending */
	size_t count;
};
double pr_score(const struct pr_score_table *table, double value);
/* The two points that a value lies between; the same one twice outside the table. */
void pr_score_around(const struct pr_score_table *table, double value, size_t *from, size_t *to);

struct pr_health_rules {
	struct pr_score_table small;        /* by 95 % value ÷ limit */
	struct pr_score_table power_factor; /* by 5 % value − standard */
	struct pr_score_table load;         /* by the mean β */
	double weights[PR_HEALTH_AXIS_COUNT];
	double least_weight;           /* 0.5: of all weights, that must be measured */
	double load_limit;             /* 0.8: β inside */
	double load_fair;              /* 1.0: β above that and up to here is fair, and not inside */
	double over_limit_points;      /* 10: off for each percent of samples above the alarm limit */
	double critical_points;        /* 5: off for each alarm of level critical_level */
	int critical_level;            /* 1 */
	double closed_hours;           /* 24 */
	double grades[PR_GRADE_COUNT]; /* from this index on: 90, 80, 60, 0 */
	const char *source;
};

/* The score of what is just at its limit: below it an axis is weak. */
double pr_health_pass(const struct pr_health_rules *rules);

/*
 * The warn and alarm limit that a sensor is held against, its own or the rules'; NaN = none. A default warning that
 * is not below the sensor's alarm limit is none. Ambient sensors have no default. `sources` (may be NULL): of each limit that
 * is a default, else NULL.
 */
void pr_safety_limits(const struct pr_safety_rules *rules, const struct pr_sensor *sensor,
	double limits[PR_SENSOR_LIMITS], const char *sources[PR_SENSOR_LIMITS]);

#endif
