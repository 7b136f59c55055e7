/*
 * Minutes of a plot. Buckets of equal length become one query; where cells are implausible, a second one without rules
 * says how many and what they were; extremes are then looked up by the minute, each in its own bucket.
 */
#include <math.h>

#include "source/plot.h"

/* A query on its way: values [first, first + …) of a panel's series. */
struct stretch {
	struct pr_plot_panel *panel;
	size_t first;
	int64_t from_ms, to_ms, step_ms;
	uint64_t fields; /* 0 = all of the metric */
};

struct reading {
	struct pr_source *source;
	const struct pr_method *method;
	struct pr_arena *scratch;
	struct stretch *stretches;
	size_t count, capacity;
	struct pr_minute_buckets *plausible; /* one a stretch */
	struct pr_error *error;
};

/* --- what is asked for --- */

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Runs of buckets of one length, the last of which may be shorter; what is not expected is not asked for. */
static void plan_panel(struct reading *reading, struct pr_plot_panel *panel)
{
	const int64_t *edges = panel->grid->edges;
	struct stretch *open = NULL;
	for (size_t i = 0; i < panel->grid->count; i++) {
		int64_t from_ms = later(edges[i], panel->expected_from_ms);
		int64_t to_ms = earlier(edges[i + 1], panel->expected_to_ms);
		if (from_ms >= to_ms)
			continue;
		bool goes_on = open && open->to_ms == from_ms && (open->to_ms - open->from_ms) % open->step_ms == 0 &&
		               to_ms - from_ms <= open->step_ms;
		if (goes_on) {
			open->to_ms = to_ms;
			continue;
		}
		open = PR_PUSH(reading->scratch, reading->stretches, reading->count, reading->capacity);
		*open = (struct stretch){panel, i, from_ms, to_ms, to_ms - from_ms, 0};
	}
}

static pr_micro rated_kva(const struct pr_plot_panel *panel)
{
	const struct pr_transformer *transformer =
		panel->point ? pr_project_transformer(panel->project, panel->point->transformer_id) : NULL;
	return transformer ? transformer->rated_kva : PR_MICRO_MISSING;
}

static uint64_t fields_of(const struct pr_plot_panel *panel)
{
	const struct pr_plot_metric_kind *kind = &pr_plot_metrics[panel->metric];
	uint64_t fields = 0;
	for (size_t s = 0; s < kind->series_count; s++)
		fields |= PR_FIELD_BIT(kind->series[s].field);
	return fields;
}

/* By the rules of method 1, or with every bound open. */
static struct pr_minute_query minute_query(const struct reading *reading, const struct stretch *stretch, bool is_open)
{
	const struct pr_plausibility *rules = &reading->method->plausibility;
	struct pr_bounds *bounds = pr_arena_array(reading->scratch, PR_MINUTE_FIELD_COUNT, sizeof *bounds);
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++)
		bounds[field] = (struct pr_bounds){.low = NAN, .high = NAN};
	if (!is_open)
		pr_method_minute_bounds(rules, stretch->panel->point, rated_kva(stretch->panel), bounds);
	return (struct pr_minute_query){.point_id = stretch->panel->point->id,
		.from_ms = stretch->from_ms,
		.to_ms = stretch->to_ms,
		.step_ms = stretch->step_ms,
		.fields = stretch->fields ? stretch->fields : fields_of(stretch->panel),
		.bounds = bounds,
		.idle_phase_share = is_open ? (double)NAN : rules->idle_phase_share};
}

static struct pr_sensor_query sensor_query(const struct reading *reading, const struct stretch *stretch, bool is_open)
{
	const struct pr_sensor *sensor = stretch->panel->sensor;
	struct pr_bounds bounds = {.low = NAN, .high = NAN};
	if (!is_open)
		bounds = pr_method_sensor_bounds(&reading->method->plausibility, sensor->kind);
	return (struct pr_sensor_query){.sensor_id = sensor->id,
		.from_ms = stretch->from_ms,
		.to_ms = stretch->to_ms,
		.step_ms = stretch->step_ms,
		.bounds = bounds,
		.valid_from_ms = sensor->validity.from_ms};
}

/* Both kinds in one call each; answers[i] is that of stretches[i]. */
static bool ask(const struct reading *reading, const struct stretch *stretches, size_t count, bool is_open,
	struct pr_minute_buckets *answers)
{
	struct pr_arena *arena = reading->scratch;
	struct pr_minute_query *minutes = pr_arena_array(arena, count, sizeof *minutes);
	struct pr_sensor_query *sensors = pr_arena_array(arena, count, sizeof *sensors);
	struct pr_minute_buckets *minute_answers = pr_arena_array(arena, count, sizeof *minute_answers);
	struct pr_minute_buckets *sensor_answers = pr_arena_array(arena, count, sizeof *sensor_answers);
	size_t minute_count = 0, sensor_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (stretches[i].panel->sensor)
			sensors[sensor_count++] = sensor_query(reading, &stretches[i], is_open);
		else
			minutes[minute_count++] = minute_query(reading, &stretches[i], is_open);
	}
	if ((minute_count > 0 &&
			!pr_source_minutes(reading->source, minutes, minute_count, arena, minute_answers, reading->error)) ||
		(sensor_count > 0 &&
			!pr_source_sensors(reading->source, sensors, sensor_count, arena, sensor_answers, reading->error)))
		return false;
	minute_count = sensor_count = 0;
	for (size_t i = 0; i < count; i++)
		answers[i] = stretches[i].panel->sensor ? sensor_answers[sensor_count++] : minute_answers[minute_count++];
	return true;
}

/* --- what comes back --- */

static const struct pr_bucket_field *field_of(
	const struct pr_plot_panel *panel, const struct pr_minute_buckets *buckets, size_t series)
{
	return &buckets->fields[pr_plot_metrics[panel->metric].series[series].field];
}

static void start_panel(struct pr_plot_panel *panel, struct pr_arena *arena)
{
	const struct pr_plot_metric_kind *kind = &pr_plot_metrics[panel->metric];
	panel->series_count = kind->series_count;
	for (size_t s = 0; s < kind->series_count; s++) {
		struct pr_plot_series *series = &panel->series[s];
		*series = (struct pr_plot_series){.name = kind->series[s].name, .mean = NAN};
		series->minimum = series->maximum = (struct pr_plot_extreme){NAN, PR_TIME_MISSING};
		series->values = pr_arena_array(arena, panel->grid->count, sizeof *series->values);
		for (size_t i = 0; i < panel->grid->count; i++)
			series->values[i] = (struct pr_plot_value){.minimum = NAN, .mean = NAN, .maximum = NAN, .odd = NAN};
	}
}

static void take_plausible(const struct stretch *stretch, const struct pr_minute_buckets *buckets)
{
	for (size_t s = 0; s < stretch->panel->series_count; s++) {
		struct pr_plot_value *values = stretch->panel->series[s].values + stretch->first;
		const struct pr_bucket *from = field_of(stretch->panel, buckets, s)->buckets;
		for (size_t i = 0; i < buckets->count; i++) {
			values[i].count = from[i].count;
			values[i].minimum = from[i].minimum;
			values[i].maximum = from[i].maximum;
			values[i].mean = from[i].count > 0 ? from[i].sum / from[i].count : (double)NAN;
		}
	}
}

/* What the rules left out is what there is beyond the plausible cells. */
static void take_open(
	const struct stretch *stretch, const struct pr_minute_buckets *plausible, const struct pr_minute_buckets *all)
{
	for (size_t s = 0; s < stretch->panel->series_count; s++) {
		struct pr_plot_value *values = stretch->panel->series[s].values + stretch->first;
		const struct pr_bucket *good = field_of(stretch->panel, plausible, s)->buckets;
		const struct pr_bucket *every = field_of(stretch->panel, all, s)->buckets;
		for (size_t i = 0; i < all->count; i++) {
			values[i].implausible = every[i].count - good[i].count;
			if (values[i].implausible > 0)
				values[i].odd = (every[i].sum - (good[i].count > 0 ? good[i].sum : 0)) / values[i].implausible;
		}
	}
}

static bool any_implausible(const struct stretch *stretch, const struct pr_minute_buckets *buckets)
{
	for (size_t s = 0; s < stretch->panel->series_count; s++)
		if (field_of(stretch->panel, buckets, s)->implausible_count > 0)
			return true;
	return false;
}

static bool read_implausible(const struct reading *reading)
{
	struct pr_arena *arena = reading->scratch;
	struct stretch *odd = pr_arena_array(arena, reading->count, sizeof *odd);
	size_t *of = pr_arena_array(arena, reading->count, sizeof *of), count = 0;
	for (size_t i = 0; i < reading->count; i++) {
		if (!any_implausible(&reading->stretches[i], &reading->plausible[i]))
			continue;
		of[count] = i;
		odd[count++] = reading->stretches[i];
	}
	struct pr_minute_buckets *all = pr_arena_array(arena, count, sizeof *all);
	if (count > 0 && !ask(reading, odd, count, true, all))
		return false;
	for (size_t k = 0; k < count; k++)
		take_open(&odd[k], &reading->plausible[of[k]], &all[k]);
	return true;
}

/* --- over the whole period --- */

/* The first bucket with the largest (smallest) value; SIZE_MAX without any. */
static size_t extreme_bucket(const struct pr_plot_panel *panel, size_t series, bool is_maximum)
{
	const struct pr_plot_value *values = panel->series[series].values;
	size_t best = SIZE_MAX;
	for (size_t i = 0; i < panel->grid->count; i++)
		if (values[i].count > 0 && (best == SIZE_MAX || (is_maximum ? values[i].maximum > values[best].maximum
																	: values[i].minimum < values[best].minimum)))
			best = i;
	return best;
}

static void sum_up(struct pr_plot_panel *panel)
{
	for (size_t s = 0; s < panel->series_count; s++) {
		struct pr_plot_series *series = &panel->series[s];
		double sum = 0;
		for (size_t i = 0; i < panel->grid->count; i++) {
			series->samples += series->values[i].count;
			series->implausible += series->values[i].implausible;
			sum += series->values[i].count > 0 ? series->values[i].mean * series->values[i].count : 0;
		}
		series->mean = series->samples > 0 ? sum / (double)series->samples : (double)NAN;
	}
}

/* Looking up one extreme: the minutes of its bucket. */
struct look_up {
	size_t series;
	bool is_maximum;
	struct pr_plot_extreme *extreme;
};

static void settle(const struct look_up *look_up, const struct stretch *stretch, const struct pr_minute_buckets *found)
{
	const struct pr_bucket *minutes = field_of(stretch->panel, found, look_up->series)->buckets;
	for (size_t i = 0; i < found->count; i++) {
		double value = look_up->is_maximum ? minutes[i].maximum : minutes[i].minimum;
		if (minutes[i].count > 0 && value == look_up->extreme->value) {
			look_up->extreme->at_ms = stretch->from_ms + (int64_t)i * stretch->step_ms;
			return;
		}
	}
}

static bool read_extremes(struct reading *reading, struct pr_plot_panel *panels, size_t count)
{
	struct pr_arena *arena = reading->scratch;
	size_t most = count * PR_PLOT_SERIES * 2, wanted = 0;
	struct look_up *look_ups = pr_arena_array(arena, most, sizeof *look_ups);
	struct stretch *stretches = pr_arena_array(arena, most, sizeof *stretches);
	for (size_t i = 0; i < count * PR_PLOT_SERIES * 2; i++) {
		struct pr_plot_panel *panel = &panels[i / (PR_PLOT_SERIES * 2)];
		size_t s = i / 2 % PR_PLOT_SERIES;
		bool is_maximum = i % 2 == 0;
		size_t at = s < panel->series_count ? extreme_bucket(panel, s, is_maximum) : SIZE_MAX;
		if (at == SIZE_MAX)
			continue;
		const struct pr_plot_value *value = &panel->series[s].values[at];
		struct pr_plot_extreme *extreme = is_maximum ? &panel->series[s].maximum : &panel->series[s].minimum;
		int64_t from_ms = later(panel->grid->edges[at], panel->expected_from_ms);
		int64_t to_ms = earlier(panel->grid->edges[at + 1], panel->expected_to_ms);
		*extreme = (struct pr_plot_extreme){is_maximum ? value->maximum : value->minimum, from_ms};
		if (to_ms - from_ms <= PR_MS_MINUTE)
			continue;
		look_ups[wanted] = (struct look_up){s, is_maximum, extreme};
		stretches[wanted++] = (struct stretch){
			panel, at, from_ms, to_ms, PR_MS_MINUTE, PR_FIELD_BIT(pr_plot_metrics[panel->metric].series[s].field)};
	}
	struct pr_minute_buckets *found = pr_arena_array(arena, wanted, sizeof *found);
	if (wanted > 0 && !ask(reading, stretches, wanted, false, found))
		return false;
	for (size_t i = 0; i < wanted; i++)
		settle(&look_ups[i], &stretches[i], &found[i]);
	return true;
}

static bool read_panels(struct reading *reading, struct pr_plot_panel *panels, size_t count, struct pr_arena *arena)
{
	for (size_t i = 0; i < count; i++) {
		start_panel(&panels[i], arena);
		plan_panel(reading, &panels[i]);
	}
	reading->plausible = pr_arena_array(reading->scratch, reading->count, sizeof *reading->plausible);
	if (reading->count == 0)
		return true;
	if (!ask(reading, reading->stretches, reading->count, false, reading->plausible))
		return false;
	for (size_t i = 0; i < reading->count; i++)
		take_plausible(&reading->stretches[i], &reading->plausible[i]);
	if (!read_implausible(reading))
		return false;
	for (size_t i = 0; i < count; i++)
		sum_up(&panels[i]);
	return read_extremes(reading, panels, count);
}

bool pr_source_plot_read(struct pr_source *source, const struct pr_method *method, struct pr_plot_panel *panels,
	size_t count, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_arena scratch;
	struct reading reading = {.source = source, .method = method, .scratch = &scratch, .error = error};
	pr_arena_init(&scratch);
	bool is_read = read_panels(&reading, panels, count, arena);
	pr_arena_release(&scratch);
	return is_read;
}
