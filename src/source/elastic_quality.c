#include "source/elastic_quality.h"

#include <float.h>
#include <math.h>

#include "source/buckets.h"
#include "source/elastic_quality_script.h"
#include "source/quality_rows.h"

/* --- asking --- */

/* Of n values the rank r stands in place n − r + 1 from the largest, and both grow with n. */
static int64_t places(int64_t rows, int percent)
{
	int64_t rank = (rows * percent + 99) / 100;
	return rows - (rank > 0 ? rank : 1) + 1;
}

int64_t pr_elastic_quality_kept(const struct pr_quality_rules *rules, int64_t rows)
{
	int64_t kept = 1;
	if (rows > 0) {
		const int64_t wanted[] = {places(rows, rules->rank_percent), places(rows, rules->load_rank_percent),
			(rows * (100 - rules->rank_percent) + 99) / 100};
		for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
			kept = wanted[i] > kept ? wanted[i] : kept;
	}
	return kept;
}

/* JSON has no NaN: a bound that is open holds always, a limit that isn't there never. */
static double or_else(double value, double otherwise)
{
	return isnan(value) ? otherwise : value;
}

static void add_number(struct pr_buffer *body, const char *name, double value)
{
	pr_buffer_format(body, ",\"%s\":", name);
	pr_elastic_add_double(body, value);
}

static void add_script(struct pr_buffer *body, const char *name, const char *const *texts)
{
	pr_buffer_format(body, "\"%s\":{\"lang\":\"painless\",\"source\":\"", name);
	for (; *texts; texts++)
		pr_buffer_add(body, *texts);
	pr_buffer_add(body, "\"");
}

static void add_fields(struct pr_buffer *body, const struct pr_elastic_quality *ask)
{
	pr_buffer_add(body, "\"fields\":[");
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		bool is_asked_for = ask->fields[field] && (field == PR_PTTL || !ask->is_load_only);
		pr_buffer_add(body, field > 0 ? "," : "");
		pr_elastic_add_text(body, is_asked_for ? ask->fields[field] : ""); /* a null is refused by some versions */
	}
	pr_buffer_add(body, "],\"time\":");
	pr_elastic_add_text(body, ask->time_field);
}

static void add_bounds(struct pr_buffer *body, const struct pr_bounds *bounds)
{
	pr_buffer_add(body, "\"low\":[");
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		pr_buffer_add(body, field > 0 ? "," : "");
		pr_elastic_add_double(body, or_else(pr_bounds_lowest(&bounds[field]), -DBL_MAX));
	}
	pr_buffer_add(body, "],\"high\":[");
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		pr_buffer_add(body, field > 0 ? "," : "");
		pr_elastic_add_double(body, or_else(pr_bounds_highest(&bounds[field]), DBL_MAX));
	}
	pr_buffer_add(body, "],\"zero\":[");
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++)
		pr_buffer_format(body, "%s%s", field > 0 ? "," : "", bounds[field].zero_is_missing ? "true" : "false");
	pr_buffer_add(body, "]");
}

/* The limits as they are compared, with the tolerance: the power factor's from below, the others from above. */
static void add_limits(struct pr_buffer *body, const struct pr_quality_rules *rules)
{
	pr_buffer_add(body, ",\"limits\":[");
	for (int parameter = 0; parameter < PR_QUALITY_COUNT; parameter++) {
		double limit = rules->limit[parameter];
		pr_buffer_add(body, parameter > 0 ? "," : "");
		if (parameter == PR_QUALITY_POWER_FACTOR)
			pr_elastic_add_double(body, or_else(pr_quality_least(limit), DBL_MAX));
		else
			pr_elastic_add_double(body, or_else(pr_quality_most(limit), -DBL_MAX));
	}
	pr_buffer_add(body, "]");
}

static void add_rules(struct pr_buffer *body, const struct pr_elastic_quality *ask)
{
	const struct pr_quality_query *query = ask->query;
	const struct pr_quality_rules *rules = &query->rules;
	struct pr_quality_edges edges = pr_quality_edges(rules);
	double floor_kw = pr_quality_floor_kw(rules, ask->load);
	pr_buffer_format(body, ",\"kept\":%lld,\"first\":%d,\"single\":%s", (long long)ask->kept,
		rules->wiring == PR_WIRING_3P3W ? PR_UAB : PR_UA, rules->wiring == PR_WIRING_1P ? "true" : "false");
	if (!isnan(query->idle_phase_share))
		add_number(body, "idle", query->idle_phase_share);
	add_number(body, "nominal", or_else(rules->nominal_v, 0));
	add_number(body, "hz", rules->nominal_hz);
	add_number(body, "factor", rules->single_low_factor);
	add_number(body, "inside_low", or_else(pr_bounds_lowest(&rules->voltage), -DBL_MAX));
	add_number(body, "inside_high", or_else(pr_bounds_highest(&rules->voltage), DBL_MAX));
	add_number(body, "outage_phase", or_else(edges.outage_phase_v, -DBL_MAX));
	add_number(body, "outage_line", or_else(edges.outage_line_v, -DBL_MAX));
	add_number(body, "least_line", or_else(edges.least_line_v, DBL_MAX));
	add_number(body, "floor", or_else(floor_kw, -DBL_MAX));
	add_limits(body, rules);
}

void pr_elastic_quality_write(struct pr_buffer *body, const struct pr_elastic_quality *ask)
{
	const struct pr_quality_rules *rules = &ask->query->rules;
	pr_buffer_add(body, "{\"scripted_metric\":{");
	add_script(body, "init_script", pr_script_init);
	pr_buffer_add(body, ",\"params\":{");
	add_bounds(body, ask->query->bounds);
	pr_buffer_add(body, "}},");
	add_script(body, "map_script", pr_script_map);
	pr_buffer_add(body, ",\"params\":{");
	add_fields(body, ask);
	add_rules(body, ask);
	pr_buffer_add(body, "}},");
	add_script(body, "combine_script", pr_script_combine);
	pr_buffer_add(body, "},");
	add_script(body, "reduce_script", pr_script_reduce);
	pr_buffer_format(body, ",\"params\":{\"kept\":%lld,\"rank\":%d,\"load_rank\":%d}}}}", (long long)ask->kept,
		rules->rank_percent, rules->load_rank_percent);
}

/* --- taking the answer --- */

static int64_t of_parameter(const int64_t *figures, int parameter, enum pr_script_figure figure)
{
	return figures[PR_SCRIPT_FIGURES * parameter + (int)figure];
}

static struct pr_quality_value value_of(const int64_t *figures, int parameter)
{
	return (struct pr_quality_value){.samples = (uint64_t)of_parameter(figures, parameter, PR_SCRIPT_SAMPLES),
		.inside = (uint64_t)of_parameter(figures, parameter, PR_SCRIPT_INSIDE),
		.worst = of_parameter(figures, parameter, PR_SCRIPT_WORST),
		.worst_phase = (int)of_parameter(figures, parameter, PR_SCRIPT_PHASE),
		.worst_ms = of_parameter(figures, parameter, PR_SCRIPT_TIME),
		.p95 = PR_MICRO_MISSING,
		.p95_phase = -1};
}

static void fill(struct pr_quality *quality, const int64_t *figures)
{
	bool has_lines = figures[PR_SCRIPT_HAS_LINES] != 0;
	int unbalance = has_lines ? (int)PR_QUALITY_UNBALANCE : PR_SCRIPT_APPROXIMATION;
	for (int parameter = 0; parameter < PR_QUALITY_COUNT; parameter++) {
		int taken = parameter == PR_QUALITY_UNBALANCE ? unbalance : parameter;
		quality->values[parameter] = value_of(figures, taken);
		for (int phase = 0; phase < pr_quality_phase_count((enum pr_quality_parameter)parameter); phase++)
			pr_quality_take_rank(quality, (enum pr_quality_parameter)parameter, phase,
				figures[PR_SCRIPT_RANKS + taken * PR_QUALITY_PHASES + phase]);
	}
	quality->highest = figures[PR_SCRIPT_HIGHEST];
	quality->lowest = figures[PR_SCRIPT_LOWEST];
	quality->outage_samples = (uint64_t)figures[PR_SCRIPT_OUTAGES];
	quality->outage_first_ms = figures[PR_SCRIPT_OUTAGE_FIRST];
	quality->outage_last_ms = figures[PR_SCRIPT_OUTAGE_LAST];
	quality->idle_samples = (uint64_t)figures[PR_SCRIPT_IDLE];
	quality->is_unbalance_approximated = !has_lines && quality->values[PR_QUALITY_UNBALANCE].samples > 0;
	if (has_lines) {
		quality->unbalance_left_out = (uint64_t)figures[PR_SCRIPT_LEFT_OUT];
		quality->left_out_first_ms = figures[PR_SCRIPT_LEFT_OUT_FIRST];
		quality->left_out_last_ms = figures[PR_SCRIPT_LEFT_OUT_LAST];
	}
}

/* Counts are at least 0, no more samples are inside than there are, and a phase is one. */
static bool check(const int64_t *figures, struct pr_error *error)
{
	static const int counts[] = {PR_SCRIPT_OUTAGES, PR_SCRIPT_LEFT_OUT, PR_SCRIPT_IDLE};
	bool is_right = true;
	for (int parameter = 0; parameter < PR_SCRIPT_PARAMETERS; parameter++) {
		int64_t inside = of_parameter(figures, parameter, PR_SCRIPT_INSIDE);
		int64_t phase = of_parameter(figures, parameter, PR_SCRIPT_PHASE);
		if (phase < -1 || phase >= PR_QUALITY_PHASES)
			return pr_error_set(error, PR_CODE_STORE, "phase %lld of a figure of quality", (long long)phase);
		is_right = is_right && inside >= 0 && of_parameter(figures, parameter, PR_SCRIPT_SAMPLES) >= inside;
	}
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		is_right = is_right && figures[counts[i]] >= 0;
	return is_right || pr_error_set(error, PR_CODE_STORE, "counts of quality that cannot be");
}

bool pr_elastic_quality_take(const struct pr_elastic_quality *ask, const struct pr_json *value, pr_micro *load,
	struct pr_quality *quality, struct pr_error *error)
{
	int64_t figures[PR_SCRIPT_COUNT];
	if (pr_json_count(value) != PR_SCRIPT_COUNT)
		return pr_error_set(error, PR_CODE_STORE, "an answer of %zu figures of quality; expected %d",
			pr_json_count(value), (int)PR_SCRIPT_COUNT);
	for (size_t i = 0; i < PR_SCRIPT_COUNT; i++)
		if (!pr_json_int64(pr_json_at(value, i), &figures[i]))
			return pr_error_set(error, PR_CODE_STORE, "a figure of quality that is no whole number");
	if (!check(figures, error))
		return false;
	pr_quality_clear(quality, ask->query);
	*load = figures[PR_SCRIPT_RANKS + PR_SCRIPT_LOAD];
	if (!ask->is_load_only)
		fill(quality, figures);
	return true;
}
