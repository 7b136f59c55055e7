#include "model/safety.h"

#include <math.h>

const char *const pr_health_axis_names[PR_HEALTH_AXIS_COUNT] = {
	[PR_HEALTH_FREQUENCY] = "frequency",
	[PR_HEALTH_VOLTAGE_DEVIATION] = "voltage_deviation",
	[PR_HEALTH_VOLTAGE_UNBALANCE] = "voltage_unbalance",
	[PR_HEALTH_VOLTAGE_THD] = "voltage_thd",
	[PR_HEALTH_POWER_FACTOR] = "power_factor",
	[PR_HEALTH_LOAD_RATE] = "load_rate",
};

const char *const pr_health_grade_names[PR_GRADE_COUNT] = {
	[PR_GRADE_EXCELLENT] = "excellent",
	[PR_GRADE_GOOD] = "good",
	[PR_GRADE_FAIR] = "fair",
	[PR_GRADE_POOR] = "poor",
};

double pr_score(const struct pr_score_table *table, double value)
{
	if (isnan(value) || table->count == 0)
		return NAN;
	size_t last = table->count - 1;
	if (value <= table->at[0])
		return table->score[0];
	for (size_t i = 1; i <= last; i++)
		if (value <= table->at[i])
			return table->score[i - 1] + (table->score[i] - table->score[i - 1]) * (value - table->at[i - 1]) /
			                                 (table->at[i] - table->at[i - 1]);
	return table->score[last];
}

void pr_score_around(const struct pr_score_table *table, double value, size_t *from, size_t *to)
{
	size_t last = table->count - 1;

	*from = *to = 0;
	while (*to < last && value > table->at[*to])
		++*to;
	if (value > table->at[last])
		*from = last;
	else
		*from = *to > 0 ? *to - 1 : 0;
}

double pr_health_pass(const struct pr_health_rules *rules)
{
	return pr_score(&rules->small, 1);
}

void pr_safety_limits(const struct pr_safety_rules *rules, const struct pr_sensor *sensor,
	double limits[PR_SENSOR_LIMITS], const char *sources[PR_SENSOR_LIMITS])
{
	bool is_residual = sensor->kind == PR_SENSOR_RESIDUAL, is_ambient = sensor->kind == PR_SENSOR_AMBIENT;
	const pr_micro own[] = {sensor->warn_limit, sensor->alarm_limit};
	const pr_micro defaults[] = {is_residual ? rules->residual_warn_ma : rules->temperature_warn_c,
		is_residual ? rules->residual_alarm_ma : rules->temperature_alarm_c};
	for (int i = PR_SENSOR_LIMITS - 1; i >= 0; i--) {
		bool is_default = own[i] == PR_MICRO_MISSING && defaults[i] != PR_MICRO_MISSING && !is_ambient;
		limits[i] = pr_micro_to_double(is_default ? defaults[i] : own[i]);
		/* The alarm limit stands already: the loop goes down to the warning. */
		if (is_default && i == 0 && !(limits[0] < limits[1])) {
			limits[0] = NAN;
			is_default = false;
		}
		if (sources)
			sources[i] = !is_default ? NULL : is_residual ? rules->residual_source : rules->temperature_source;
	}
}
