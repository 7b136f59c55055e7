/* Axes: round ticks and the range that they span. */
#include <math.h>
#include <stdio.h>

#include "base/decimal.h"
#include "chart/canvas.h"

#define INTERVALS_MIN 3
#define INTERVALS_MAX 5
#define BEYOND 0.08   /* of the range: a last tick further beyond the data is left away where enough others stay */
#define ROUNDING 1e-9 /* of a step */

static double range_of(double low, double *high)
{
	if (!(*high > low))
		*high = low == 0 ? 1 : low + fabs(low) * 0.1;
	return *high - low;
}

/* How far a choice of steps is from good: the part of the axis that shows nothing, 2.5 and few ticks a little. */
static double cost_of(double beyond, long intervals, bool quarter)
{
	double cost = beyond > BEYOND && intervals > INTERVALS_MIN ? 0.1 : beyond;
	return cost + (quarter ? 0.05 : 0);
}

int pr_chart_ticks(double low, double high, double ticks[8])
{
	static const double factors[] = {1, 2, 2.5, 5};
	if (!isfinite(low) || !isfinite(high))
		return 0;
	double range = range_of(low, &high), best = INFINITY;
	int count = 0;
	int decade = (int)floor(log10(range));
	for (int power = decade - 1; power <= decade + 1; power++) {
		for (int i = 0; i < 4; i++) {
			double step = factors[i] * pow(10, power);
			double first = floor(low / step + ROUNDING), last = ceil(high / step - ROUNDING);
			long intervals = lround(last - first);
			if (intervals < INTERVALS_MIN || intervals > INTERVALS_MAX)
				continue;
			double beyond = fmax(last * step - high, low - first * step) / range;
			double cost = cost_of(beyond, intervals, i == 2);
			if (cost >= best)
				continue;
			best = cost;
			count = (int)intervals + 1;
			for (int k = 0; k < count; k++)
				ticks[k] = (first + k) * step;
		}
	}
	return count;
}

static int digits_of(double step)
{
	int digits = 0;
	while (digits < 6 && fabs(step - round(step)) > 1e-6) {
		step *= 10;
		digits++;
	}
	return digits;
}

struct pr_scale pr_scale_make(double low, double high, bool from_zero)
{
	struct pr_scale scale = {.bottom = low, .top = high};
	if (from_zero) {
		low = fmin(low, 0);
		high = fmax(high, 0);
	}
	if (!(high > low)) {
		double spread = low == 0 ? 1 : fabs(low) * 0.1;
		high = from_zero && high == 0 ? low + spread : high + spread;
	}
	scale.tick_count = pr_chart_ticks(low, high, scale.ticks);
	if (scale.tick_count < 2)
		return (struct pr_scale){.top = 1};
	double step = scale.ticks[1] - scale.ticks[0];
	scale.digits = digits_of(step);
	scale.bottom = scale.ticks[0];
	scale.top = scale.ticks[scale.tick_count - 1];
	double range = high - low;
	if (scale.top - high > BEYOND * range && scale.tick_count > INTERVALS_MIN + 1) {
		scale.top = high;
		scale.tick_count--;
	}
	if (from_zero && low - scale.bottom > BEYOND * range && scale.tick_count > INTERVALS_MIN) {
		scale.bottom = low;
		scale.tick_count--;
		for (int i = 0; i < scale.tick_count; i++)
			scale.ticks[i] = scale.ticks[i + 1];
	}
	return scale;
}

const char *pr_scale_text(
	const struct pr_scale *scale, int tick, const struct pr_chart_data *data, struct pr_arena *arena)
{
	double value = scale->ticks[tick];
	const char *group = data->group ? data->group : ",", *minus = data->minus ? data->minus : "-";
	pr_micro micro = pr_micro_from_double(value);
	char text[64];
	if (value == 0)
		return "0";
	if (micro == PR_MICRO_MISSING || fabs(value) < 1e-6)
		return pr_arena_format(arena, "%.4g", value);
	return pr_arena_copy(arena, pr_micro_group(micro, scale->digits, group, minus, text));
}

void pr_chart_steps(double maximum, double steps[6])
{
	static const int triangles[6] = {1, 3, 6, 10, 15, 21};
	static const double factors[] = {10, 8, 6, 5, 4, 3, 2.5, 2, 1.5, 1};
	double unit = 0;
	if (isfinite(maximum) && maximum > 0) {
		double wanted = 0.7 * maximum / triangles[5], power = pow(10, floor(log10(wanted)));
		/* The nearest round number, by ratio. */
		for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
			if (unit == 0 || fabs(log(factors[i] * power / wanted)) < fabs(log(unit / wanted)))
				unit = factors[i] * power;
	}
	for (int i = 0; i < 6; i++)
		steps[i] = unit * triangles[i];
}
