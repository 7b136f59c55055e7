#include "model/limits.h"

#include <math.h>

const struct pr_limit_class *pr_limits_class(const struct pr_limit_classes *classes, double line_kv)
{
	for (size_t i = 0; i < classes->count; i++)
		if (line_kv <= classes->items[i].up_to_kv)
			return &classes->items[i];
	return NULL;
}

double pr_limits_line_v(const struct pr_point *point)
{
	double nominal = pr_micro_to_double(point->nominal_v);
	return point->wiring == PR_WIRING_3P3W ? nominal : nominal * sqrt(3);
}

double pr_limits_harmonic_a(
	const struct pr_limits *limits, const struct pr_project *project, const struct pr_point *point, int order)
{
	const struct pr_limit_class *own = pr_limits_class(&limits->own_classes, pr_limits_line_v(point) / 1000);
	const struct pr_limit_class *supply = pr_limits_class(&limits->own_classes, pr_micro_to_double(project->supply_kv));
	double short_circuit_mva = pr_micro_to_double(project->short_circuit_mva);
	for (size_t i = 0; own && i < limits->harmonic.count; i++) {
		const struct pr_harmonic_limit *limit = &limits->harmonic.limits[i];
		if (limit->order != order || limit->class_kv != own->kv)
			continue;
		return supply == own && short_circuit_mva > 0 ? limit->limit_a * short_circuit_mva / limit->base_mva
		                                              : limit->limit_a;
	}
	return NAN;
}
