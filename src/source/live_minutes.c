/*
 * Minutes of the live store, aggregated in the cluster. First one search a point says of every field how many cells it
 * has and how many of them are implausible; then the fields that have any are asked for by bucket, several fields a
 * search, with a filter only where something has to be left out. Where the cluster forbids the script of the rule for
 * idle phases, rows come here and go through source/buckets.h.
 */
#include <math.h>
#include <string.h>

#include "base/calendar.h"
#include "base/log.h"
#include "source/buckets.h"
#include "source/elastic_cells.h"
#include "source/live.h"

/* Limits of one search: a cluster refuses 65,536 buckets, and an answer costs a hundred bytes a bucket and field. */
#define SEARCH_BUCKETS 20000
#define SEARCH_CELLS 24000
/* Of one request, before it is sent in parts: some five megabytes. */
#define REQUEST_CELLS 48000
/* Of one answer of rows: a row is some sixty bytes, and thirty a field. */
#define ROWS_BYTES (1 << 20)
#define ROW_BYTES 60
#define CELL_BYTES 30

/* A data set of one-minute rows: point_1min_index, or location_1min_aiao as one with the single field 0. */
struct set {
	struct pr_live *live;
	const struct pr_index_config *index;
	const char *id_field, *time_field;
	const char *fields[PR_MINUTE_FIELD_COUNT]; /* NULL = the data set has no such field */
};

/* One query on its way. */
struct job {
	const struct pr_minute_query *query;
	struct pr_minute_buckets *out;
	struct pr_cell_rule rules[PR_MINUTE_FIELD_COUNT];
	int64_t row_count;
	int64_t present[PR_MINUTE_FIELD_COUNT];
};

/* What one bucket search asks for. */
struct part {
	struct job *job;
	int64_t from_ms, to_ms;
	int fields[PR_MINUTE_FIELD_COUNT];
	int field_count;
	bool counts_samples;
};

/* --- preparation --- */

static bool look_up(struct set *set, const char *id, const char *const *names, size_t count, struct pr_error *error)
{
	struct pr_elastic *elastic = set->live->elastic;
	if (!pr_elastic_field(elastic, set->index, id, PR_ELASTIC_ID, true, &set->id_field, error) ||
		!pr_elastic_field(elastic, set->index, "time", PR_ELASTIC_TIME, true, &set->time_field, error))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!pr_elastic_field(elastic, set->index, names[i], PR_ELASTIC_NUMBER, false, &set->fields[i], error))
			return false;
	return true;
}

static bool is_wanted(const struct set *set, const struct job *job, int field)
{
	return (job->query->fields & PR_FIELD_BIT(field)) && set->fields[field];
}

static void prepare(const struct set *set, struct job *job, const struct pr_minute_query *query,
	struct pr_minute_buckets *out, struct pr_arena *arena)
{
	struct pr_bucket_builder builder;
	job->query = query;
	job->out = out;
	pr_buckets_start(&builder, query, arena, out);
	pr_buckets_finish(&builder);
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		if (!is_wanted(set, job, field))
			continue;
		struct pr_cell_rule *rule = &job->rules[field];
		*rule = (struct pr_cell_rule){.field = set->fields[field], .bounds = query->bounds[field], .idle_share = NAN};
		if (field < PR_IA || field > PR_IC || isnan(query->idle_phase_share))
			continue;
		int phase = field - PR_IA;
		rule->idle_share = query->idle_phase_share;
		rule->other_currents[0] = set->fields[PR_IA + (phase + 1) % 3];
		rule->other_currents[1] = set->fields[PR_IA + (phase + 2) % 3];
		rule->power = set->fields[PR_PA + phase];
		rule->total_power = set->fields[PR_PTTL];
	}
}

static void add_head(
	struct pr_buffer *body, const struct set *set, const struct job *job, int64_t from_ms, int64_t to_ms)
{
	pr_buffer_add(body, "{\"size\":0,\"track_total_hits\":true,\"query\":{\"bool\":{\"filter\":[{\"term\":{");
	pr_elastic_add_text(body, set->id_field);
	pr_buffer_format(body, ":%lld}},", (long long)job->query->point_id);
	pr_elastic_add_time_range(body, set->time_field, from_ms, to_ms);
	pr_buffer_add(body, "]}},\"aggs\":{");
}

/* --- first: what is there, and what of it is implausible --- */

static bool has_limit(const struct pr_sensor_query *sensor, int limit)
{
	return sensor->has_limits && !isnan(sensor->limits[limit]);
}

/* A sensor's plausible values above each of its limits. */
static void add_limits(struct pr_buffer *body, const struct job *job)
{
	const struct pr_sensor_query *sensor = job->query->sensor;
	for (int i = 0; i < PR_SENSOR_LIMITS; i++) {
		if (!has_limit(sensor, i))
			continue;
		pr_buffer_format(body, ",\"l%d\":{\"filter\":{\"bool\":{\"filter\":[", i);
		pr_cell_add_plausible(body, &job->rules[0]);
		pr_buffer_add(body, ",{\"range\":{");
		pr_elastic_add_text(body, job->rules[0].field);
		pr_buffer_add(body, ":{\"gt\":");
		/* To the index 0 is above −0. */
		if (sensor->limits[i] == 0)
			pr_buffer_add(body, "0.0");
		else
			pr_elastic_add_double(body, sensor->limits[i]);
		pr_buffer_add(body, "}}}]}}}");
	}
}

static const char *write_survey(const struct set *set, const struct job *job, struct pr_arena *arena)
{
	struct pr_buffer body;
	const char *separator = "";
	pr_buffer_init(&body, arena);
	add_head(&body, set, job, pr_buckets_first_ms(job->query), job->query->to_ms);
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		if (!is_wanted(set, job, field))
			continue;
		pr_buffer_format(&body, "%s\"p%d\":{\"filter\":", separator, field);
		pr_cell_add_present(&body, &job->rules[field]);
		pr_buffer_format(&body, "},\"b%d\":{\"filter\":", field);
		pr_cell_add_implausible(&body, &job->rules[field]);
		pr_buffer_add(&body, ",\"aggs\":{\"first\":{\"min\":{\"field\":");
		pr_elastic_add_text(&body, set->time_field);
		pr_buffer_add(&body, "}},\"last\":{\"max\":{\"field\":");
		pr_elastic_add_text(&body, set->time_field);
		pr_buffer_add(&body, "}}}}");
		separator = ",";
	}
	if (job->query->sensor)
		add_limits(&body, job);
	pr_buffer_add(&body, "}}");
	return body.text;
}

struct survey {
	const struct set *set;
	struct job *jobs;
};

static const struct pr_json *aggregation(const struct pr_json *parent, char letter, int field)
{
	char name[16];
	snprintf(name, sizeof name, "%c%d", letter, field);
	return pr_json_get(parent, name);
}

static bool take_limits(struct job *job, const struct pr_json *aggregations, struct pr_error *error)
{
	for (int i = 0; i < PR_SENSOR_LIMITS; i++) {
		int64_t above = 0;
		if (!has_limit(job->query->sensor, i))
			continue;
		if (!pr_json_int64(pr_json_get(aggregation(aggregations, 'l', i), "doc_count"), &above) || above < 0)
			return pr_error_set(error, PR_CODE_STORE, "an answer without the count above a limit");
		job->out->fields[0].above[i] = (uint64_t)above;
	}
	return true;
}

static bool take_survey(void *context, size_t search, const struct pr_json *response, struct pr_error *error)
{
	const struct survey *survey = context;
	struct job *job = &survey->jobs[search];
	const struct pr_json *aggregations = pr_json_get(response, "aggregations");
	if (!pr_elastic_total(response, &job->row_count, error))
		return false;
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		if (!is_wanted(survey->set, job, field))
			continue;
		struct pr_bucket_field *out = &job->out->fields[field];
		const struct pr_json *bad = aggregation(aggregations, 'b', field);
		int64_t implausible = 0;
		if (!pr_json_int64(pr_json_get(aggregation(aggregations, 'p', field), "doc_count"), &job->present[field]) ||
			!pr_json_int64(pr_json_get(bad, "doc_count"), &implausible) || implausible < 0)
			return pr_error_set(
				error, PR_CODE_STORE, "an answer without the counts of field '%s'", survey->set->fields[field]);
		out->implausible_count = (uint64_t)implausible;
		if (implausible > 0 &&
			(!pr_elastic_parse_ms(pr_json_path(bad, "first", "value", NULL), &out->implausible_first_ms) ||
				!pr_elastic_parse_ms(pr_json_path(bad, "last", "value", NULL), &out->implausible_last_ms)))
			return pr_error_set(
				error, PR_CODE_STORE, "an answer without the times of field '%s'", survey->set->fields[field]);
	}
	return !job->query->sensor || take_limits(job, aggregations, error);
}

/* --- then: buckets --- */

/* Whether every row has some plausible cell, so that a bucket's rows are its samples. */
static bool every_row_counts(const struct job *job)
{
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++)
		if (job->row_count > 0 && job->present[field] == job->row_count &&
			job->out->fields[field].implausible_count == 0)
			return true;
	return false;
}

static bool has_plausible(const struct job *job, int field)
{
	return job->present[field] > 0 && (uint64_t)job->present[field] > job->out->fields[field].implausible_count;
}

static void add_samples(struct pr_buffer *body, const struct job *job)
{
	const char *separator = "";
	pr_buffer_add(body, "\"any\":{\"filter\":{\"bool\":{\"minimum_should_match\":1,\"should\":[");
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		if (!has_plausible(job, field))
			continue;
		pr_buffer_add(body, separator);
		pr_cell_add_plausible(body, &job->rules[field]);
		separator = ",";
	}
	pr_buffer_add(body, "]}}}");
}

static const char *write_buckets(const struct set *set, const struct part *part, struct pr_arena *arena)
{
	const struct job *job = part->job;
	const char *separator = "";
	struct pr_buffer body;
	int64_t step_ms = job->query->step_ms;
	int64_t offset_ms = ((job->query->from_ms % step_ms) + step_ms) % step_ms;
	pr_buffer_init(&body, arena);
	add_head(&body, set, job, part->from_ms, part->to_ms);
	pr_buffer_add(&body, "\"h\":{\"date_histogram\":{\"min_doc_count\":1,\"format\":\"epoch_millis\",\"field\":");
	pr_elastic_add_text(&body, set->time_field);
	pr_buffer_format(&body, ",\"fixed_interval\":\"%lldms\",\"offset\":\"+%lldms\"},\"aggs\":{", (long long)step_ms,
		(long long)offset_ms);
	for (int i = 0; i < part->field_count; i++) {
		int field = part->fields[i];
		bool is_filtered = job->out->fields[field].implausible_count > 0;
		pr_buffer_format(&body, "%s\"f%d\":{", separator, field);
		if (is_filtered) {
			pr_buffer_add(&body, "\"filter\":");
			pr_cell_add_plausible(&body, &job->rules[field]);
			pr_buffer_add(&body, ",\"aggs\":{\"s\":{");
		}
		pr_buffer_add(&body, "\"stats\":{\"field\":");
		pr_elastic_add_text(&body, set->fields[field]);
		pr_buffer_add(&body, is_filtered ? "}}}}" : "}}");
		separator = ",";
	}
	if (part->counts_samples && !every_row_counts(job)) {
		pr_buffer_add(&body, separator);
		add_samples(&body, job);
	}
	pr_buffer_add(&body, "}}}}");
	return body.text;
}

static bool take_stats(struct pr_bucket *bucket, const struct pr_json *stats, struct pr_error *error)
{
	int64_t count = 0;
	if (!pr_json_int64(pr_json_get(stats, "count"), &count) || count < 0 || count > UINT32_MAX)
		return pr_error_set(error, PR_CODE_STORE, "a bucket without a count");
	if (count == 0)
		return true;
	bucket->count = (uint32_t)count;
	if (!pr_json_number(pr_json_get(stats, "min"), &bucket->minimum) ||
		!pr_json_number(pr_json_get(stats, "max"), &bucket->maximum) ||
		!pr_json_number(pr_json_get(stats, "sum"), &bucket->sum))
		return pr_error_set(error, PR_CODE_STORE, "a bucket without minimum, maximum and sum");
	bucket->sum = pr_bucket_sum(bucket->sum);
	return true;
}

static bool take_bucket(const struct part *part, const struct pr_json *bucket, struct pr_error *error)
{
	const struct job *job = part->job;
	const struct pr_minute_query *query = job->query;
	int64_t key_ms = 0, rows = 0, samples = 0;
	if (!pr_json_int64(pr_json_get(bucket, "key"), &key_ms) ||
		!pr_json_int64(pr_json_get(bucket, "doc_count"), &rows) || key_ms < query->from_ms || key_ms >= query->to_ms ||
		(key_ms - query->from_ms) % query->step_ms != 0)
		return pr_error_set(
			error, PR_CODE_STORE, "a bucket at %lld, off the grid that was asked for", (long long)key_ms);
	size_t index = (size_t)((key_ms - query->from_ms) / query->step_ms);
	for (int i = 0; i < part->field_count; i++) {
		int field = part->fields[i];
		const struct pr_json *stats = aggregation(bucket, 'f', field);
		if (job->out->fields[field].implausible_count > 0)
			stats = pr_json_get(stats, "s");
		if (!take_stats(&job->out->fields[field].buckets[index], stats, error))
			return false;
	}
	if (!part->counts_samples)
		return true;
	if (every_row_counts(job))
		samples = rows;
	else if (!pr_json_int64(pr_json_path(bucket, "any", "doc_count", NULL), &samples))
		return pr_error_set(error, PR_CODE_STORE, "a bucket without a count of samples");
	job->out->samples[index] = (uint32_t)samples;
	return true;
}

static bool take_buckets(void *context, size_t search, const struct pr_json *response, struct pr_error *error)
{
	const struct part *part = &((const struct part *)context)[search];
	const struct pr_json *buckets = pr_json_path(response, "aggregations", "h", "buckets", NULL);
	int64_t total = 0, seen = 0;
	if (!pr_elastic_total(response, &total, error))
		return false;
	if (total > 0 && !pr_json_is_array(buckets))
		return pr_error_set(error, PR_CODE_STORE, "an answer without buckets");
	for (size_t i = 0; i < pr_json_count(buckets); i++) {
		int64_t rows = 0;
		if (!take_bucket(part, pr_json_at(buckets, i), error))
			return false;
		seen += pr_json_int64(pr_json_get(pr_json_at(buckets, i), "doc_count"), &rows) ? rows : 0;
	}
	if (seen != total)
		return pr_error_set(
			error, PR_CODE_STORE, "buckets of %lld rows; expected %lld", (long long)seen, (long long)total);
	return true;
}

struct plan {
	struct part *parts;
	size_t count, capacity;
};

static size_t part_cells(const struct part *part)
{
	int64_t buckets = (part->to_ms - part->from_ms) / part->job->query->step_ms + 1;
	return (size_t)buckets * (size_t)(part->field_count + 1);
}

/* A job as searches that a cluster and we can hold: pieces of time, and in each pieces of the fields. */
static void plan_job(struct plan *plan, const struct set *set, struct job *job, struct pr_arena *arena)
{
	int64_t step_ms = job->query->step_ms, span_ms = step_ms * SEARCH_BUCKETS;
	int64_t first_ms = pr_buckets_first_ms(job->query);
	for (int64_t from_ms = job->query->from_ms; from_ms < job->query->to_ms; from_ms += span_ms) {
		int64_t to_ms = job->query->to_ms - from_ms > span_ms ? from_ms + span_ms : job->query->to_ms;
		struct part part = {.job = job, .from_ms = from_ms, .to_ms = to_ms, .counts_samples = true};
		if (to_ms <= first_ms)
			continue;
		if (part.from_ms < first_ms)
			part.from_ms = first_ms;
		for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
			if (!is_wanted(set, job, field) || !has_plausible(job, field))
				continue;
			if (part.field_count > 0 && part_cells(&part) > SEARCH_CELLS) {
				*PR_PUSH(arena, plan->parts, plan->count, plan->capacity) = part;
				part.field_count = 0;
				part.counts_samples = false;
			}
			part.fields[part.field_count++] = field;
		}
		if (part.field_count > 0)
			*PR_PUSH(arena, plan->parts, plan->count, plan->capacity) = part;
	}
}

static bool run_plan(const struct set *set, struct plan *plan, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_search *searches = pr_arena_array(arena, plan->count, sizeof *searches);
	for (size_t i = 0; i < plan->count; i++)
		searches[i] = (struct pr_search){set->index, write_buckets(set, &plan->parts[i], arena)};
	for (size_t first = 0; first < plan->count;) {
		size_t now = 0, cells = 0;
		while (
			first + now < plan->count && (now == 0 || cells + part_cells(&plan->parts[first + now]) <= REQUEST_CELLS))
			cells += part_cells(&plan->parts[first + now++]);
		if (!pr_elastic_search(set->live->elastic, searches + first, now, take_buckets, plan->parts + first, error))
			return false;
		first += now;
	}
	return true;
}

/* --- of sensors: when the largest value was --- */

static const char *write_peak(const struct set *set, const struct job *job, struct pr_arena *arena)
{
	struct pr_buffer body;
	pr_buffer_init(&body, arena);
	pr_buffer_add(
		&body, "{\"size\":1,\"track_total_hits\":true,\"_source\":false,\"stored_fields\":\"_none_\",\"sort\":[{");
	pr_elastic_add_text(&body, set->fields[0]);
	pr_buffer_add(&body, ":\"desc\"},{");
	pr_elastic_add_text(&body, set->time_field);
	pr_buffer_add(&body, ":\"asc\"}],\"docvalue_fields\":[{\"field\":");
	pr_elastic_add_text(&body, set->time_field);
	pr_buffer_add(&body, ",\"format\":\"epoch_millis\"}],\"query\":{\"bool\":{\"filter\":[{\"term\":{");
	pr_elastic_add_text(&body, set->id_field);
	pr_buffer_format(&body, ":%lld}},", (long long)job->query->point_id);
	pr_elastic_add_time_range(&body, set->time_field, pr_buckets_first_ms(job->query), job->query->to_ms);
	pr_buffer_add(&body, ",");
	pr_cell_add_plausible(&body, &job->rules[0]);
	pr_buffer_add(&body, "]}}}");
	return body.text;
}

struct peaks {
	const struct set *set;
	struct job **jobs;
};

static bool take_peak(void *context, size_t search, const struct pr_json *response, struct pr_error *error)
{
	const struct peaks *peaks = context;
	const struct pr_json *hit = pr_json_at(pr_json_path(response, "hits", "hits", NULL), 0);
	int64_t *time_ms = &peaks->jobs[search]->out->fields[0].maximum_ms;
	if (!pr_elastic_read_time(pr_json_get(hit, "fields"), peaks->set->time_field, time_ms, error))
		return false;
	return *time_ms != PR_TIME_MISSING || pr_error_set(error, PR_CODE_STORE, "an answer without the largest value");
}

static bool find_peaks(
	const struct set *set, struct job *jobs, size_t count, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_search *searches = pr_arena_array(arena, count, sizeof *searches);
	struct peaks peaks = {set, pr_arena_array(arena, count, sizeof(struct job *))};
	size_t wanted = 0;
	for (size_t i = 0; i < count; i++) {
		if (!jobs[i].query->sensor || !has_plausible(&jobs[i], 0))
			continue;
		peaks.jobs[wanted] = &jobs[i];
		searches[wanted++] = (struct pr_search){set->index, write_peak(set, &jobs[i], arena)};
	}
	return pr_elastic_search(set->live->elastic, searches, wanted, take_peak, &peaks, error);
}

static bool aggregate(struct set *set, const struct pr_minute_query *queries, size_t count, struct pr_arena *arena,
	struct pr_minute_buckets *buckets, struct pr_error *error)
{
	struct pr_arena scratch;
	pr_arena_init(&scratch);
	struct job *jobs = pr_arena_array(&scratch, count, sizeof *jobs);
	struct pr_search *searches = pr_arena_array(&scratch, count, sizeof *searches);
	for (size_t i = 0; i < count; i++) {
		prepare(set, &jobs[i], &queries[i], &buckets[i], arena);
		searches[i] = (struct pr_search){set->index, write_survey(set, &jobs[i], &scratch)};
	}
	struct survey survey = {set, jobs};
	struct plan plan = {0};
	bool is_done = pr_elastic_search(set->live->elastic, searches, count, take_survey, &survey, error);
	for (size_t i = 0; is_done && i < count; i++)
		plan_job(&plan, set, &jobs[i], &scratch);
	is_done = is_done && run_plan(set, &plan, &scratch, error) && find_peaks(set, jobs, count, &scratch, error);
	pr_arena_release(&scratch);
	return is_done;
}

/* --- the other way: rows --- */

struct row_reading {
	const struct set *set;
	struct pr_bucket_builder *builders;
};

static bool take_row(void *context, size_t window, const struct pr_json *fields, struct pr_error *error)
{
	const struct row_reading *reading = context;
	struct pr_bucket_builder *builder = &reading->builders[window];
	uint64_t columns = pr_buckets_columns(&builder->query);
	double cells[PR_MINUTE_FIELD_COUNT];
	int64_t time_ms = PR_TIME_MISSING;
	if (!pr_elastic_read_time(fields, reading->set->time_field, &time_ms, error))
		return false;
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		cells[field] = NAN;
		if ((columns & PR_FIELD_BIT(field)) &&
			!pr_elastic_read_number(fields, reading->set->fields[field], &cells[field], error))
			return false;
	}
	pr_bucket_add(builder, time_ms, cells);
	return true;
}

static bool add_rows(struct set *set, const struct pr_minute_query *queries, size_t count, struct pr_arena *arena,
	struct pr_minute_buckets *buckets, struct pr_error *error)
{
	struct pr_arena scratch;
	struct pr_live_column columns[PR_MINUTE_FIELD_COUNT + 1] = {{set->time_field, true}};
	uint64_t needed = 0;
	pr_arena_init(&scratch);
	struct pr_bucket_builder *builders = pr_arena_array(&scratch, count, sizeof *builders);
	struct pr_live_window *windows = pr_arena_array(&scratch, count, sizeof *windows);
	for (size_t i = 0; i < count; i++) {
		struct pr_buffer filter;
		pr_buffer_init(&filter, &scratch);
		pr_buffer_add(&filter, "{\"term\":{");
		pr_elastic_add_text(&filter, set->id_field);
		pr_buffer_format(&filter, ":%lld}}", (long long)queries[i].point_id);
		windows[i] = (struct pr_live_window){pr_buckets_first_ms(&queries[i]), queries[i].to_ms, filter.text};
		pr_buckets_start(&builders[i], &queries[i], arena, &buckets[i]);
		needed |= pr_buckets_columns(&queries[i]);
	}
	int row_bytes = ROW_BYTES + CELL_BYTES;
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		columns[field + 1].field = needed & PR_FIELD_BIT(field) ? set->fields[field] : NULL;
		row_bytes += columns[field + 1].field ? CELL_BYTES : 0;
	}
	struct row_reading reading = {set, builders};
	const struct pr_live_rows fetch = {.index = set->index,
		.time_field = set->time_field,
		.columns = columns,
		.column_count = PR_MINUTE_FIELD_COUNT + 1,
		.windows = windows,
		.window_count = count,
		.span_ms = ROWS_BYTES / row_bytes * PR_MS_MINUTE,
		.take = take_row,
		.context = &reading};
	bool is_done = pr_live_fetch(set->live, &fetch, error);
	for (size_t i = 0; is_done && i < count; i++)
		pr_buckets_finish(&builders[i]);
	pr_arena_release(&scratch);
	return is_done;
}

/* --- the seam --- */

static bool answer(struct set *set, const struct pr_minute_query *queries, size_t count, struct pr_arena *arena,
	struct pr_minute_buckets *buckets, struct pr_error *error)
{
	struct pr_live *live = set->live;
	enum pr_minute_mode mode = live->config->elasticsearch.minute_mode;
	if (mode == PR_MINUTES_ROWS || (mode == PR_MINUTES_AUTO && live->scripts_forbidden))
		return add_rows(set, queries, count, arena, buckets, error);
	if (aggregate(set, queries, count, arena, buckets, error))
		return true;
	if (!pr_elastic_scripts_forbidden(live->elastic))
		return false;
	if (mode == PR_MINUTES_CLUSTER)
		return pr_error_context(error, "[elasticsearch] minutes = cluster needs scripts");
	pr_log(PR_LOG_INFO, "%s forbids scripts: minutes are aggregated here, from rows", live->config->elasticsearch.url);
	live->scripts_forbidden = true;
	pr_error_clear(error);
	return add_rows(set, queries, count, arena, buckets, error);
}

bool pr_live_minutes(struct pr_source *source, const struct pr_minute_query *queries, size_t count,
	struct pr_arena *arena, struct pr_minute_buckets *buckets, struct pr_error *error)
{
	struct pr_live *live = (struct pr_live *)(void *)source;
	struct set set = {.live = live, .index = &live->config->elasticsearch.minutes};
	return look_up(&set, "point_id", pr_minute_field_names, PR_MINUTE_FIELD_COUNT, error) &&
	       answer(&set, queries, count, arena, buckets, error);
}

bool pr_live_sensors(struct pr_source *source, const struct pr_sensor_query *queries, size_t count,
	struct pr_arena *arena, struct pr_minute_buckets *buckets, struct pr_error *error)
{
	static const char *const value[] = {"value"};
	struct pr_live *live = (struct pr_live *)(void *)source;
	struct set set = {.live = live, .index = &live->config->elasticsearch.sensors};
	if (!look_up(&set, "sensor_id", value, 1, error))
		return false;
	struct pr_arena scratch;
	pr_arena_init(&scratch);
	struct pr_minute_query *as_minutes = pr_arena_array(&scratch, count, sizeof *as_minutes);
	for (size_t i = 0; i < count; i++)
		as_minutes[i] = pr_buckets_sensor_query(&queries[i]);
	bool is_done = answer(&set, as_minutes, count, arena, buckets, error);
	pr_arena_release(&scratch);
	return is_done;
}
