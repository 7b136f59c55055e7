/*
 * The method's thresholds and tables as data, read from templates/method/ by config/method.h: never numbers in code.
 * Ratios are fractions (0.02 = 2 %).
 */
#ifndef PR_MODEL_METHOD_H
#define PR_MODEL_METHOD_H

#include <stddef.h>

#include "base/decimal.h"
#include "model/advice.h"
#include "model/limits.h"
#include "model/platform.h"
#include "model/safety.h"
#include "model/series.h"

/* Section 1: plausibility. */
struct pr_plausibility {
	double quarter_rating_factor;                 /* 1.5: of the rated kVA (× 0.25 h), or of √3·U·I */
	double quarter_history_factor;                /* 5: of the 99 % value of the days before */
	int quarter_history_days;                     /* 92 */
	int quarter_history_minimum;                  /* 2000 accepted quarters */
	double quarter_history_rank;                  /* 0.99 */
	double quarter_absolute_kwh;                  /* 1e6 */
	double voltage_nominal_factor;                /* 1.5 */
	double current_rated_factor;                  /* 10 */
	double power_rating_factor;                   /* 2 */
	double frequency_low_hz, frequency_high_hz;   /* 40, 70 */
	double distortion_high_percent;               /* 400 */
	double temperature_low_c, temperature_high_c; /* −50, 300 */
	double residual_high_ma;                      /* 30000 */
	double idle_phase_share;                      /* 0.02: a zero current above it is implausible */
	double demand_low_factor, demand_high_factor; /* 0.995, 1.2: mdp_max against D */
	double demand_rating_factor;                  /* 1.5 */
	const char *source;
};

/* Section 4. */
struct pr_load_rules {
	double running_share;        /* 0.02 of the 95 % value */
	double running_rank;         /* 0.95 */
	double base_rank;            /* 0.05 */
	double outage_current_share; /* 0.005 of rated */
	double outage_current_a;     /* 0.1 without a rating */
	double outage_voltage_share; /* 0.10 of nominal */
	const char *source;
};

/* Section 3.3: one power-factor standard; hundredths 0..100, percent in 10^-6 %. */
struct pr_power_factor_table {
	int standard_hundredths; /* 90, 85, 80 */
	pr_micro percent[101];
	const char *source;
};

/* Section 3.2. */
struct pr_basic_rules {
	pr_micro contract_tolerance;   /* 1.05 */
	pr_micro excess_factor;        /* 2 */
	pr_micro contract_floor_share; /* 0.40 of the rated kVA */
	bool day_share_month;          /* else ÷ 30, never above the whole */
	const char *source;
};

/* Section 9. */
struct pr_savings_rules {
	int least_months;            /* 6 */
	double mend_switching_share; /* 0.20 of lag */
	double kvar_rank;            /* 0.95 */
	pr_micro shift_percent;      /* of the month's kWh, moved: a setting */
	const char *source;
};

struct pr_method {
	struct pr_plausibility plausibility;
	struct pr_load_rules load;
	struct pr_basic_rules basic;
	struct pr_power_factor_table power_factor[3];
	size_t power_factor_count;
	double gate;                       /* 0.95 */
	double verification_flag;          /* 0.005 */
	struct pr_limits limits;           /* section 5 */
	struct pr_safety_rules safety;     /* section 6 */
	struct pr_alarm_rules alarms;      /* section 7 */
	struct pr_health_rules health;     /* section 8 */
	struct pr_savings_rules savings;   /* section 9 */
	struct pr_economy_rules economy;   /* section 9, transformers */
	struct pr_forecast_rules forecast; /* section 11 */
	struct pr_platform_rules platform; /* section 13 */
};

/*
 * The bounds of every one-minute cell of a point by section 1 (a bound whose rating is missing is open). `rated_kva`
 * is that of the point's transformer, or missing.
 */
void pr_method_minute_bounds(const struct pr_plausibility *rules, const struct pr_point *point, pr_micro rated_kva,
	struct pr_bounds bounds[PR_MINUTE_FIELD_COUNT]);
struct pr_bounds pr_method_sensor_bounds(const struct pr_plausibility *rules, enum pr_sensor_kind kind);

#endif
