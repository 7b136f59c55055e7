#include "source/buckets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

double pr_bounds_lowest(const struct pr_bounds *bounds)
{
	return bounds->low - fabs(bounds->low) * PR_BOUNDS_TOLERANCE;
}

double pr_bounds_highest(const struct pr_bounds *bounds)
{
	return bounds->high + fabs(bounds->high) * PR_BOUNDS_TOLERANCE;
}

bool pr_bounds_hold(const struct pr_bounds *bounds, double value)
{
	/* Written so that an open (NaN) bound refuses nothing. */
	return !(value < pr_bounds_lowest(bounds)) && !(value > pr_bounds_highest(bounds)) &&
	       !(bounds->zero_is_missing && value == 0);
}

double pr_bucket_sum(double sum)
{
	pr_micro exact = pr_micro_from_double(sum);
	return exact == PR_MICRO_MISSING ? sum : pr_micro_to_double(exact);
}

void pr_buckets_start(struct pr_bucket_builder *builder, const struct pr_minute_query *query, struct pr_arena *arena,
	struct pr_minute_buckets *out)
{
	*builder = (struct pr_bucket_builder){.query = *query, .out = out};
	*out = (struct pr_minute_buckets){
		.id = query->point_id, .from_ms = query->from_ms, .to_ms = query->to_ms, .step_ms = query->step_ms};
	if (query->to_ms > query->from_ms)
		out->count = (size_t)((query->to_ms - query->from_ms + query->step_ms - 1) / query->step_ms);
	out->samples = pr_arena_array(arena, out->count, sizeof *out->samples);
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		struct pr_bucket_field *into = &out->fields[field];
		into->implausible_first_ms = into->implausible_last_ms = into->maximum_ms = PR_TIME_MISSING;
		if (!(query->fields & PR_FIELD_BIT(field)))
			continue;
		into->buckets = pr_arena_array(arena, out->count, sizeof *into->buckets);
		builder->compensation[field] = pr_arena_array(arena, out->count, sizeof *builder->compensation[field]);
	}
}

#define CURRENTS (PR_FIELD_BIT(PR_IA) | PR_FIELD_BIT(PR_IB) | PR_FIELD_BIT(PR_IC))

uint64_t pr_buckets_columns(const struct pr_minute_query *query)
{
	uint64_t columns = query->fields;
	if (!isnan(query->idle_phase_share) && columns & CURRENTS)
		columns |= CURRENTS | PR_FIELD_BIT(PR_PA) | PR_FIELD_BIT(PR_PB) | PR_FIELD_BIT(PR_PC) | PR_FIELD_BIT(PR_PTTL);
	return columns;
}

/* A phase without current that draws power while another phase runs (method 1): the current is wrong, not zero. */
static bool phase_is_idle_by_mistake(const double *cells, int phase, double share)
{
	if (cells[PR_IA + phase] != 0)
		return false;
	bool another_runs = false;
	for (int other = 0; other < 3; other++)
		another_runs = another_runs || (other != phase && cells[PR_IA + other] > 0);
	/* Comparisons with a missing cell or a missing share are false. */
	return another_runs && fabs(cells[PR_PA + phase]) > share * fabs(cells[PR_PTTL]);
}

static bool is_plausible(const struct pr_bounds *bounds, double idle_share, const double *cells, int field)
{
	bool is_phase_current = field >= PR_IA && field <= PR_IC;
	if (is_phase_current && !isnan(idle_share) && phase_is_idle_by_mistake(cells, field - PR_IA, idle_share))
		return false;
	return pr_bounds_hold(&bounds[field], cells[field]);
}

void pr_cells_clean(const struct pr_bounds *bounds, double idle_phase_share, double cells[PR_MINUTE_FIELD_COUNT])
{
	bool holds[PR_MINUTE_FIELD_COUNT];
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++)
		holds[field] = is_plausible(bounds, idle_phase_share, cells, field);
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++)
		if (!holds[field])
			cells[field] = NAN;
}

/* Neumaier's sum: the part that an addition loses is kept apart. */
static void add_compensated(double *sum, double *compensation, double value)
{
	double total = *sum + value;
	if (fabs(*sum) >= fabs(value))
		*compensation += (*sum - total) + value;
	else
		*compensation += (value - total) + *sum;
	*sum = total;
}

static void add_value(struct pr_bucket *bucket, double *compensation, double value)
{
	if (bucket->count == 0 || value < bucket->minimum)
		bucket->minimum = value;
	if (bucket->count == 0 || value > bucket->maximum)
		bucket->maximum = value;
	bucket->count++;
	add_compensated(&bucket->sum, compensation, value);
}

static void note_implausible(struct pr_bucket_field *field, int64_t time_ms)
{
	if (field->implausible_count == 0 || time_ms < field->implausible_first_ms)
		field->implausible_first_ms = time_ms;
	if (field->implausible_count == 0 || time_ms > field->implausible_last_ms)
		field->implausible_last_ms = time_ms;
	field->implausible_count++;
}

/* Rows come in the order of time, so the first of equals stays. */
static void note_extremes(
	struct pr_bucket_builder *builder, struct pr_bucket_field *field, int64_t time_ms, double value)
{
	const struct pr_sensor_query *sensor = builder->query.sensor;
	if (field->maximum_ms == PR_TIME_MISSING || value > builder->maximum) {
		builder->maximum = value;
		field->maximum_ms = time_ms;
	}
	for (int i = 0; sensor->has_limits && i < PR_SENSOR_LIMITS; i++)
		field->above[i] += value > sensor->limits[i]; /* false for a missing limit */
}

void pr_bucket_add(struct pr_bucket_builder *builder, int64_t time_ms, const double cells[PR_MINUTE_FIELD_COUNT])
{
	const struct pr_minute_query *query = &builder->query;
	if (time_ms < pr_buckets_first_ms(query) || time_ms >= query->to_ms)
		return;
	size_t index = (size_t)((time_ms - query->from_ms) / query->step_ms);
	bool any_plausible = false;
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		if (!(query->fields & PR_FIELD_BIT(field)) || isnan(cells[field]))
			continue;
		struct pr_bucket_field *into = &builder->out->fields[field];
		if (!is_plausible(query->bounds, query->idle_phase_share, cells, field)) {
			note_implausible(into, time_ms);
			continue;
		}
		add_value(&into->buckets[index], &builder->compensation[field][index], cells[field]);
		if (query->sensor)
			note_extremes(builder, into, time_ms, cells[field]);
		any_plausible = true;
	}
	if (any_plausible)
		builder->out->samples[index]++;
}

void pr_buckets_finish(struct pr_bucket_builder *builder)
{
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		struct pr_bucket *buckets = builder->out->fields[field].buckets;
		for (size_t i = 0; buckets && i < builder->out->count; i++) {
			if (buckets[i].count == 0)
				buckets[i].minimum = buckets[i].maximum = buckets[i].sum = NAN;
			else
				buckets[i].sum = pr_bucket_sum(buckets[i].sum + builder->compensation[field][i]);
		}
	}
}

struct pr_minute_query pr_buckets_sensor_query(const struct pr_sensor_query *query)
{
	return (struct pr_minute_query){.point_id = query->sensor_id,
		.from_ms = query->from_ms,
		.to_ms = query->to_ms,
		.step_ms = query->step_ms,
		.fields = PR_FIELD_BIT(0),
		.bounds = &query->bounds,
		.idle_phase_share = NAN,
		.sensor = query};
}

int64_t pr_buckets_first_ms(const struct pr_minute_query *query)
{
	return query->sensor && query->sensor->valid_from_ms > query->from_ms ? query->sensor->valid_from_ms
	                                                                      : query->from_ms;
}

/* Missing (NaN) first. */
static int compare_doubles(double a, double b)
{
	if (isnan(a) || isnan(b))
		return (isnan(a) ? 0 : 1) - (isnan(b) ? 0 : 1);
	return (a > b) - (a < b);
}

static int compare_instants(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_quarter_rows(const void *left, const void *right)
{
	const struct pr_quarter_row *a = left;
	const struct pr_quarter_row *b = right;
	int order = compare_instants(a->time_ms, b->time_ms);
	if (order == 0)
		order = compare_instants(a->ingested_at_ms, b->ingested_at_ms); /* PR_TIME_MISSING is the smallest */
	const double a_cells[] = {a->kwh, a->kvarh_lag, a->kvarh_lead, a->charge, a->mdp_max, a->phase_kwh[0],
		a->phase_kwh[1], a->phase_kwh[2], a->slot};
	const double b_cells[] = {b->kwh, b->kvarh_lag, b->kvarh_lead, b->charge, b->mdp_max, b->phase_kwh[0],
		b->phase_kwh[1], b->phase_kwh[2], b->slot};
	for (size_t i = 0; order == 0 && i < sizeof a_cells / sizeof *a_cells; i++)
		order = compare_doubles(a_cells[i], b_cells[i]);
	return order;
}

void pr_quarter_rows_sort(struct pr_quarter_row *rows, size_t count)
{
	if (count > 1)
		qsort(rows, count, sizeof *rows, compare_quarter_rows);
}

int pr_quarter_slot(const char *label)
{
	return pr_name_index(pr_slot_names, PR_SLOT_COUNT, label);
}

static void cut(int64_t *time_ms, int64_t cutoff_ms)
{
	if (*time_ms > cutoff_ms)
		*time_ms = PR_TIME_MISSING;
}

static const char *cleaned(struct pr_arena *arena, const char *text)
{
	const char *clean = pr_text_clean(arena, text);
	return *clean ? clean : NULL;
}

void pr_event_settle(struct pr_event *event, int64_t cutoff_ms, struct pr_arena *arena)
{
	cut(&event->ended_at_ms, cutoff_ms);
	cut(&event->confirmed_at_ms, cutoff_ms);
	cut(&event->closed_at_ms, cutoff_ms);
	event->code = pr_text_clean(arena, event->code);
	event->phase = cleaned(arena, event->phase);
	event->point_name = cleaned(arena, event->point_name);
	event->message = cleaned(arena, event->message);
}

static int compare_events(const void *left, const void *right)
{
	const struct pr_event *a = left;
	const struct pr_event *b = right;
	int order = compare_instants(a->started_at_ms, b->started_at_ms);
	return order != 0 ? order : strcmp(a->event_id, b->event_id);
}

void pr_events_sort(struct pr_event *events, size_t count)
{
	if (count > 1)
		qsort(events, count, sizeof *events, compare_events);
}
