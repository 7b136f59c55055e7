#include "source/quality_rows.h"

#include <math.h>
#include <stdlib.h>

#include "source/buckets.h"

#define FIELDS(from, to) (((PR_FIELD_BIT(to) << 1) - 1) & ~(PR_FIELD_BIT(from) - 1))
const uint64_t pr_quality_columns = FIELDS(PR_UA, PR_IC) | FIELDS(PR_PA, PR_PTTL) | FIELDS(PR_COSTTL, PR_HR13IC);

static struct pr_quality_value no_value(void)
{
	return (struct pr_quality_value){.worst = PR_MICRO_MISSING,
		.worst_phase = -1,
		.worst_ms = PR_TIME_MISSING,
		.p95 = PR_MICRO_MISSING,
		.p95_phase = -1};
}

/* --- the rules --- */

struct pr_quality_edges pr_quality_edges(const struct pr_quality_rules *rules)
{
	bool between_lines = rules->wiring == PR_WIRING_3P3W;
	double share = rules->outage_share * (1 - PR_BOUNDS_TOLERANCE);
	return (struct pr_quality_edges){
		.outage_phase_v = share * (between_lines ? rules->nominal_v / sqrt(3) : rules->nominal_v),
		.outage_line_v = between_lines ? share * rules->line_nominal_v : (double)NAN,
		.least_line_v = rules->outage_share * rules->line_nominal_v * (1 - PR_BOUNDS_TOLERANCE)};
}

/* Method 5: the limit included, with the tolerance. */
double pr_quality_most(double limit)
{
	return limit + fabs(limit) * PR_BOUNDS_TOLERANCE;
}

double pr_quality_least(double limit)
{
	return limit - limit * PR_BOUNDS_TOLERANCE;
}

double pr_quality_floor_kw(const struct pr_quality_rules *rules, pr_micro load)
{
	return rules->load_share * pr_micro_to_double(load);
}

void pr_quality_clear(struct pr_quality *quality, const struct pr_quality_query *query)
{
	*quality = (struct pr_quality){.point_id = query->point_id,
		.from_ms = query->from_ms,
		.to_ms = query->to_ms,
		.rules = query->rules,
		.highest = PR_MICRO_MISSING,
		.lowest = PR_MICRO_MISSING,
		.outage_first_ms = PR_TIME_MISSING,
		.outage_last_ms = PR_TIME_MISSING,
		.left_out_first_ms = PR_TIME_MISSING,
		.left_out_last_ms = PR_TIME_MISSING};
	for (int parameter = 0; parameter < PR_QUALITY_COUNT; parameter++)
		quality->values[parameter] = no_value();
}

void pr_quality_take_rank(struct pr_quality *quality, enum pr_quality_parameter parameter, int phase, pr_micro own)
{
	struct pr_quality_value *value = &quality->values[parameter];
	if (own == PR_MICRO_MISSING || (value->p95 != PR_MICRO_MISSING && own <= value->p95))
		return;
	value->p95 = own;
	value->p95_phase = pr_quality_phase_count(parameter) > 1 ? phase : -1;
}

/* --- rows --- */

void pr_quality_start(struct pr_quality_builder *builder, const struct pr_quality_query *query, struct pr_quality *out)
{
	pr_quality_clear(out, query);
	*builder = (struct pr_quality_builder){
		.query = *query, .edges = pr_quality_edges(&query->rules), .out = out, .approximation = no_value()};
	pr_arena_init(&builder->arena);
}

static void collect(struct pr_quality_builder *builder, struct pr_quality_series *series, pr_micro value)
{
	*PR_PUSH(&builder->arena, series->items, series->count, series->capacity) = value;
}

/*
 * What a sample is worth: its signed value in millionths stands as the worst where no earlier one is as large. Of equal
 * ones at one instant (a platform may have several rows there, in no order) it is the lower phase, the larger value.
 */
static bool is_worse(const struct pr_quality_value *value, pr_micro signed_value, int phase, int64_t time_ms)
{
	long long more = llabs(signed_value) - llabs(value->worst);
	if (more != 0 || time_ms != value->worst_ms)
		return more > 0;
	return phase < value->worst_phase || (phase == value->worst_phase && signed_value > value->worst);
}

static void note_worst(struct pr_quality_value *value, pr_micro signed_value, int phase, int64_t time_ms)
{
	if (value->worst != PR_MICRO_MISSING && !is_worse(value, signed_value, phase, time_ms))
		return;
	value->worst = signed_value;
	value->worst_phase = phase;
	value->worst_ms = time_ms;
}

/* --- voltages --- */

/* The voltages whose deviation counts: of a 3p3w point those between the lines. */
static int first_voltage(const struct pr_quality_rules *rules)
{
	return rules->wiring == PR_WIRING_3P3W ? PR_UAB : PR_UA;
}

static bool any_below(const double *cells, int first, double limit)
{
	for (int phase = 0; phase < 3; phase++)
		if (cells[first + phase] < limit)
			return true;
	return false;
}

static bool is_outage(const struct pr_quality_edges *edges, const double *cells)
{
	return any_below(cells, PR_UA, edges->outage_phase_v) || any_below(cells, PR_UAB, edges->outage_line_v);
}

static void note_time(int64_t time_ms, int64_t *first_ms, int64_t *last_ms)
{
	if (*first_ms == PR_TIME_MISSING)
		*first_ms = time_ms;
	*last_ms = time_ms;
}

static void add_deviation(struct pr_quality_builder *builder, int64_t time_ms, const double *cells)
{
	const struct pr_quality_rules *rules = &builder->query.rules;
	struct pr_quality *out = builder->out;
	struct pr_quality_value *value = &out->values[PR_QUALITY_DEVIATION];
	bool any = false, inside = true;
	for (int phase = 0; phase < 3; phase++) {
		double voltage = cells[first_voltage(rules) + phase];
		if (isnan(voltage) || !(rules->nominal_v > 0))
			continue;
		pr_micro percent = pr_micro_from_double((voltage - rules->nominal_v) * 100 / rules->nominal_v);
		pr_micro weighed =
			percent < 0 ? pr_micro_from_double(-pr_micro_to_double(percent) * rules->single_low_factor) : percent;
		any = true;
		inside = inside && pr_bounds_hold(&rules->voltage, voltage);
		note_worst(value, percent, phase, time_ms);
		collect(builder, &builder->series[PR_QUALITY_DEVIATION][phase], weighed);
		if (out->highest == PR_MICRO_MISSING || percent > out->highest)
			out->highest = percent;
		if (out->lowest == PR_MICRO_MISSING || percent < out->lowest)
			out->lowest = percent;
	}
	value->samples += any;
	value->inside += any && inside;
}

/* A value without phases, of which less is better: counted, held against the limit, collected. */
static void add_single(struct pr_quality_value *value, struct pr_quality_builder *builder,
	struct pr_quality_series *series, double limit, double number, int64_t time_ms)
{
	pr_micro exact = pr_micro_from_double(number);
	value->samples++;
	value->inside += fabs(number) <= pr_quality_most(limit);
	note_worst(value, exact, -1, time_ms);
	collect(builder, series, llabs(exact));
}

/* ε of the three line voltages, in percent (GB/T 15543; method 5). */
static double unbalance_of_lines(double a, double b, double c)
{
	double squares = a * a + b * b + c * c;
	double l = (a * a * a * a + b * b * b * b + c * c * c * c) / (squares * squares);
	double inner = 3 - 6 * l;
	double root = sqrt(inner < 0 ? 0 : inner > 1 ? 1 : inner);
	return sqrt((1 - root) / (1 + root)) * 100;
}

/* The largest deviation from the mean ÷ the mean, in percent; NaN where a value is missing or their sum is not > 0. */
static double deviation_from_mean(const double *values)
{
	double mean = (values[0] + values[1] + values[2]) / 3, largest = 0;
	if (!(mean > 0))
		return NAN;
	for (int i = 0; i < 3; i++)
		largest = fmax(largest, fabs(values[i] - mean));
	return largest / mean * 100;
}

static void add_unbalance(struct pr_quality_builder *builder, int64_t time_ms, const double *cells)
{
	const struct pr_quality_rules *rules = &builder->query.rules;
	const double *lines = &cells[PR_UAB];
	struct pr_quality *out = builder->out;
	double limit = rules->limit[PR_QUALITY_UNBALANCE];
	double least = builder->edges.least_line_v;
	if (rules->wiring == PR_WIRING_1P)
		return;
	double approximate = deviation_from_mean(&cells[PR_UA]);
	bool is_measured = lines[0] >= least && lines[1] >= least && lines[2] >= least;
	if (is_measured)
		add_single(&out->values[PR_QUALITY_UNBALANCE], builder, &builder->series[PR_QUALITY_UNBALANCE][0], limit,
			unbalance_of_lines(lines[0], lines[1], lines[2]), time_ms);
	if (!isnan(approximate))
		add_single(&builder->approximation, builder, &builder->approximated, limit, approximate, time_ms);
	bool has_voltage = !isnan(cells[PR_UA]) || !isnan(cells[PR_UB]) || !isnan(cells[PR_UC]);
	if (!is_measured && has_voltage) {
		out->unbalance_left_out++;
		note_time(time_ms, &out->left_out_first_ms, &out->left_out_last_ms);
	}
}

static void add_thd(struct pr_quality_builder *builder, int64_t time_ms, const double *cells)
{
	struct pr_quality_value *value = &builder->out->values[PR_QUALITY_THD];
	bool any = false, inside = true;
	for (int phase = 0; phase < 3; phase++) {
		double percent = cells[PR_THDUA + phase];
		if (isnan(percent))
			continue;
		pr_micro exact = pr_micro_from_double(percent);
		any = true;
		inside = inside && percent <= pr_quality_most(builder->query.rules.limit[PR_QUALITY_THD]);
		note_worst(value, exact, phase, time_ms);
		collect(builder, &builder->series[PR_QUALITY_THD][phase], exact);
	}
	value->samples += any;
	value->inside += any && inside;
}

/* --- the rest --- */

/* Amperes of an order: its percentage of the fundamental, I₁ = I ÷ √(1 + THDi²); I itself without THDi. */
static void add_harmonics(struct pr_quality_builder *builder, int64_t time_ms, const double *cells)
{
	double fundamental[3];
	for (int phase = 0; phase < 3; phase++) {
		double thd = cells[PR_THDIA + phase] / 100;
		double current = cells[PR_IA + phase];
		fundamental[phase] = isnan(thd) ? current : current / sqrt(1 + thd * thd);
	}
	for (int parameter = PR_QUALITY_HARMONIC_3; parameter < PR_QUALITY_COUNT; parameter++) {
		struct pr_quality_value *value = &builder->out->values[parameter];
		const double *percent = &cells[PR_HR3IA + 3 * (parameter - PR_QUALITY_HARMONIC_3)];
		bool any = false, inside = true;
		for (int phase = 0; phase < 3; phase++) {
			double amperes = percent[phase] * fundamental[phase] / 100;
			pr_micro exact = pr_micro_from_double(amperes);
			if (exact == PR_MICRO_MISSING) /* not measured, or beyond any ampere that there is */
				continue;
			any = true;
			inside = inside && amperes <= pr_quality_most(builder->query.rules.limit[parameter]);
			note_worst(value, exact, phase, time_ms);
			collect(builder, &builder->series[parameter][phase], exact);
		}
		value->samples += any;
		value->inside += any && inside;
	}
}

static void add_power_factor(struct pr_quality_builder *builder, int64_t time_ms, const double *cells)
{
	double load_kw = fabs(cells[PR_PTTL]);
	pr_micro exact_load = pr_micro_from_double(load_kw);
	if (exact_load != PR_MICRO_MISSING)
		collect(builder, &builder->loads, exact_load);
	if (isnan(cells[PR_COSTTL]))
		return;
	*PR_PUSH(&builder->arena, builder->power_factors, builder->power_factor_count, builder->power_factor_capacity) =
		(struct pr_quality_load){time_ms, load_kw, fabs(cells[PR_COSTTL])};
}

void pr_quality_add(struct pr_quality_builder *builder, int64_t time_ms, double cells[PR_MINUTE_FIELD_COUNT])
{
	const struct pr_quality_query *query = &builder->query;
	const struct pr_quality_rules *rules = &query->rules;
	struct pr_quality *out = builder->out;
	if (time_ms < query->from_ms || time_ms >= query->to_ms)
		return;
	pr_cells_clean(query->bounds, query->idle_phase_share, cells);
	for (int field = PR_UAB; field <= PR_UCA; field++)
		builder->has_line_voltage = builder->has_line_voltage || !isnan(cells[field]);
	if (is_outage(&builder->edges, cells)) {
		out->outage_samples++;
		note_time(time_ms, &out->outage_first_ms, &out->outage_last_ms);
	} else {
		add_deviation(builder, time_ms, cells);
		add_unbalance(builder, time_ms, cells);
		add_thd(builder, time_ms, cells);
	}
	if (!isnan(cells[PR_FREQ]))
		add_single(&out->values[PR_QUALITY_FREQUENCY], builder, &builder->series[PR_QUALITY_FREQUENCY][0],
			rules->limit[PR_QUALITY_FREQUENCY], cells[PR_FREQ] - rules->nominal_hz, time_ms);
	double current = rules->wiring == PR_WIRING_1P ? (double)NAN : deviation_from_mean(&cells[PR_IA]);
	if (!isnan(current))
		add_single(&out->values[PR_QUALITY_CURRENT], builder, &builder->series[PR_QUALITY_CURRENT][0],
			rules->limit[PR_QUALITY_CURRENT], current, time_ms);
	add_harmonics(builder, time_ms, cells);
	add_power_factor(builder, time_ms, cells);
}

/* --- at the end --- */

static int compare_micro(const void *left, const void *right)
{
	pr_micro a = *(const pr_micro *)left, b = *(const pr_micro *)right;
	return (a > b) - (a < b);
}

/* The value of the rank ⌈percent × count ÷ 100⌉, from 1; missing without values. */
static pr_micro at_rank(struct pr_quality_series *series, int percent)
{
	if (series->count == 0)
		return PR_MICRO_MISSING;
	qsort(series->items, series->count, sizeof *series->items, compare_micro);
	size_t rank = (series->count * (size_t)percent + 99) / 100;
	return series->items[rank > 0 ? rank - 1 : 0];
}

/* A power factor counts unless its load is known to be under the floor. */
static void settle_power_factor(struct pr_quality_builder *builder)
{
	const struct pr_quality_rules *rules = &builder->query.rules;
	struct pr_quality_value *value = &builder->out->values[PR_QUALITY_POWER_FACTOR];
	struct pr_quality_series *series = &builder->series[PR_QUALITY_POWER_FACTOR][0];
	double least = rules->limit[PR_QUALITY_POWER_FACTOR];
	double floor_kw = pr_quality_floor_kw(rules, at_rank(&builder->loads, rules->load_rank_percent));
	for (size_t i = 0; i < builder->power_factor_count; i++) {
		const struct pr_quality_load *sample = &builder->power_factors[i];
		pr_micro exact = pr_micro_from_double(sample->power_factor);
		if (sample->load_kw < floor_kw) {
			builder->out->idle_samples++;
			continue;
		}
		value->samples++;
		value->inside += sample->power_factor >= pr_quality_least(least);
		collect(builder, series, exact);
		if (value->worst != PR_MICRO_MISSING && exact >= value->worst)
			continue;
		value->worst = exact;
		value->worst_ms = sample->time_ms;
	}
	value->p95 = at_rank(series, 100 - rules->rank_percent);
}

static void settle(struct pr_quality_builder *builder, enum pr_quality_parameter parameter)
{
	for (int phase = 0; phase < pr_quality_phase_count(parameter); phase++)
		pr_quality_take_rank(builder->out, parameter, phase,
			at_rank(&builder->series[parameter][phase], builder->query.rules.rank_percent));
}

void pr_quality_finish(struct pr_quality_builder *builder)
{
	struct pr_quality *out = builder->out;
	if (!builder->has_line_voltage) {
		out->unbalance_left_out = 0;
		out->left_out_first_ms = out->left_out_last_ms = PR_TIME_MISSING;
		out->is_unbalance_approximated = builder->approximation.samples > 0;
		out->values[PR_QUALITY_UNBALANCE] = builder->approximation;
		builder->series[PR_QUALITY_UNBALANCE][0] = builder->approximated;
	}
	for (int parameter = 0; parameter < PR_QUALITY_COUNT; parameter++)
		if (parameter != PR_QUALITY_POWER_FACTOR)
			settle(builder, (enum pr_quality_parameter)parameter);
	settle_power_factor(builder);
	pr_arena_release(&builder->arena);
}
