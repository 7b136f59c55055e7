#include "model/quality.h"

#include <math.h>

const char *const pr_quality_names[PR_QUALITY_COUNT] = {"voltage_deviation", "voltage_unbalance", "frequency",
	"voltage_thd", "current_unbalance", "power_factor", "harmonic.3", "harmonic.5", "harmonic.7", "harmonic.9",
	"harmonic.11", "harmonic.13"};
const char *const pr_quality_units[PR_QUALITY_COUNT] = {"%", "%", "Hz", "%", "%", "1", "A", "A", "A", "A", "A", "A"};

#define HARMONICS (PR_QUALITY_COUNT - PR_QUALITY_HARMONIC_3)

int pr_quality_phase_count(enum pr_quality_parameter parameter)
{
	bool has_phases =
		parameter == PR_QUALITY_DEVIATION || parameter == PR_QUALITY_THD || (int)parameter >= PR_QUALITY_HARMONIC_3;
	return has_phases ? PR_QUALITY_PHASES : 1;
}

static void set(struct pr_quality_rules *rules, enum pr_quality_parameter parameter, double limit, const char *source)
{
	rules->limit[parameter] = limit;
	rules->source[parameter] = source;
	rules->is_judged[parameter] = !isnan(limit);
}

/* nominal × (1 + percent ÷ 100), from decimals: 230 V and 7 % make 246.1 V. */
static double deviated(double nominal_v, double percent)
{
	return nominal_v * (100 + percent) / 100;
}

static void set_deviation(
	struct pr_quality_rules *rules, const struct pr_limits *limits, const struct pr_limit_class *class)
{
	double high = limits->deviation.three_phase;
	double low = high;
	rules->single_low_factor = 1;
	rules->is_high_voltage = class && class->kv >= limits->deviation.high_voltage_kv;
	if (rules->is_high_voltage) {
		low = high = limits->deviation.high_voltage;
	} else if (rules->wiring == PR_WIRING_1P) {
		low = limits->deviation.single_low;
		high = limits->deviation.single_high;
		rules->single_low_factor = limits->deviation.single_low_factor;
	}
	rules->voltage = (struct pr_bounds){deviated(rules->nominal_v, -low), deviated(rules->nominal_v, high), false};
	set(rules, PR_QUALITY_DEVIATION, high, limits->deviation.source);
}

/* The tariff in force last in the month, of those that have a standard. */
static const struct pr_tariff *find_standard(const struct pr_project *project, int64_t from_ms, int64_t to_ms)
{
	const struct pr_tariff *found = NULL;
	for (size_t i = 0; i < project->tariff_count; i++) {
		const struct pr_tariff *tariff = &project->tariffs[i];
		if (tariff->pf_standard != PR_MICRO_MISSING && pr_valid_within(&tariff->validity, from_ms, to_ms))
			found = tariff;
	}
	return found;
}

void pr_quality_rules_make(struct pr_quality_rules *rules, const struct pr_limits *limits,
	const struct pr_project *project, const struct pr_point *point, int64_t from_ms, int64_t to_ms, double nominal_hz)
{
	*rules = (struct pr_quality_rules){.wiring = point->wiring,
		.nominal_v = pr_micro_to_double(point->nominal_v),
		.line_nominal_v = pr_limits_line_v(point),
		.nominal_hz = nominal_hz,
		.outage_share = limits->outage_share,
		.unbalance_short_term = limits->unbalance.short_term,
		.minimum_samples = limits->minimum_samples,
		.rank_percent = limits->rank_percent,
		.load_share = limits->load_share,
		.load_rank_percent = limits->load_rank_percent};
	double line_kv = rules->line_nominal_v / 1000;
	const struct pr_limit_class *thd = pr_limits_class(&limits->classes, line_kv);
	const struct pr_tariff *tariff = find_standard(project, from_ms, to_ms);
	set_deviation(rules, limits, pr_limits_class(&limits->own_classes, line_kv));
	set(rules, PR_QUALITY_UNBALANCE, limits->unbalance.limit, limits->unbalance.source);
	set(rules, PR_QUALITY_FREQUENCY, limits->frequency.limit_hz, limits->frequency.source);
	set(rules, PR_QUALITY_THD, thd ? thd->thd_percent : (double)NAN, limits->thd.source);
	set(rules, PR_QUALITY_CURRENT, limits->current.limit, limits->current.source);
	rules->is_practice[PR_QUALITY_CURRENT] = true;
	set(rules, PR_QUALITY_POWER_FACTOR, tariff ? pr_micro_to_double(tariff->pf_standard) : limits->power_factor.limit,
		tariff ? tariff->source : limits->power_factor.source);
	for (int i = 0; i < HARMONICS; i++) {
		enum pr_quality_parameter parameter = (enum pr_quality_parameter)(PR_QUALITY_HARMONIC_3 + i);
		double limit_a =
			limits->harmonic.is_judged ? pr_limits_harmonic_a(limits, project, point, 3 + 2 * i) : (double)NAN;
		set(rules, parameter, limit_a, isnan(limit_a) ? NULL : limits->harmonic.source);
	}
}
