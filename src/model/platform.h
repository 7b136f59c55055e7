/* The platform's rules: plain data, read from templates/method/platform.ini. */
#ifndef PR_MODEL_PLATFORM_H
#define PR_MODEL_PLATFORM_H

#include <stddef.h>

struct pr_platform_rules {
	int stale_tariff_months;         /* 24 */
	double coverage_high;            /* 0.99 */
	double coverage_poor;            /* 0.80 */
	const char *const *survey_codes; /* power-factor and harmonic alarms */
	size_t survey_code_count;
	const char *source;
};

#endif
