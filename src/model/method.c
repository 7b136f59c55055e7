#include "model/method.h"

#include <math.h>

static struct pr_bounds between(double low, double high)
{
	return (struct pr_bounds){.low = low, .high = high};
}

/* Factor × rating, or open where the rating is missing. */
static double limit(double factor, pr_micro rating)
{
	return factor * pr_micro_to_double(rating);
}

static void fill(struct pr_bounds *bounds, int first, int last, struct pr_bounds value)
{
	for (int field = first; field <= last; field++)
		bounds[field] = value;
}

void pr_method_minute_bounds(const struct pr_plausibility *rules, const struct pr_point *point, pr_micro rated_kva,
	struct pr_bounds bounds[PR_MINUTE_FIELD_COUNT])
{
	/* nominal_v is the line voltage of a 3p3w point and the phase voltage of any other. */
	double nominal = limit(rules->voltage_nominal_factor, point->nominal_v);
	double phase_high = point->wiring == PR_WIRING_3P3W ? nominal / sqrt(3) : nominal;
	double power_high = limit(rules->power_rating_factor, rated_kva);

	fill(bounds, PR_UA, PR_UC, between(0, phase_high));
	fill(bounds, PR_UAB, PR_UCA, between(0, phase_high * sqrt(3)));
	fill(bounds, PR_IA, PR_IN, between(0, limit(rules->current_rated_factor, point->rated_current_a)));
	fill(bounds, PR_PA, PR_QTTL, between(-power_high, power_high));
	bounds[PR_STTL] = between(NAN, power_high);
	bounds[PR_COSTTL] = (struct pr_bounds){.low = -1, .high = 1, .zero_is_missing = true};
	bounds[PR_FREQ] = between(rules->frequency_low_hz, rules->frequency_high_hz);
	fill(bounds, PR_THDUA, PR_MINUTE_FIELD_COUNT - 1, between(0, rules->distortion_high_percent));
}

struct pr_bounds pr_method_sensor_bounds(const struct pr_plausibility *rules, enum pr_sensor_kind kind)
{
	if (kind == PR_SENSOR_RESIDUAL)
		return between(0, rules->residual_high_ma);
	return between(rules->temperature_low_c, rules->temperature_high_c);
}
