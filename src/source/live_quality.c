/*
 * Power quality of the live store. The cluster works it out where the samples lie (elastic_quality.h), and a month costs
 * an answer of two kilobytes. Where it forbids such scripts, rows of a point's month come here, page by page, and go
 * through source/quality_rows.h: what the parameters look at and nothing else.
 */
#include <math.h>

#include "base/calendar.h"
#include "base/log.h"
#include "source/elastic_quality.h"
#include "source/live.h"
#include "source/quality_rows.h"

/* Of one answer: a row is some sixty bytes, and thirty a field. */
#define ANSWER_BYTES (1 << 20)
#define ROW_BYTES 90
#define CELL_BYTES 30
/* The load and the rest are two; the others are for rows that are still coming in, or closer than a minute. */
#define ROUNDS 6

struct reading {
	struct pr_live *live;
	const char *id_field, *time_field;
	const char *fields[PR_MINUTE_FIELD_COUNT]; /* NULL = the data set has none, or nothing needs it */
	struct pr_quality_builder *builder;        /* of the point whose rows are read */
};

static bool look_up(struct reading *reading, struct pr_error *error)
{
	struct pr_live *live = reading->live;
	const struct pr_index_config *index = &live->config->elasticsearch.minutes;
	if (!pr_elastic_field(live->elastic, index, "point_id", PR_ELASTIC_ID, true, &reading->id_field, error) ||
		!pr_elastic_field(live->elastic, index, "time", PR_ELASTIC_TIME, true, &reading->time_field, error))
		return false;
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++)
		if ((pr_quality_columns & PR_FIELD_BIT(field)) &&
			!pr_elastic_field(live->elastic, index, pr_minute_field_names[field], PR_ELASTIC_NUMBER, false,
				&reading->fields[field], error))
			return false;
	return true;
}

/* --- in the cluster --- */

/* A point's month on its way. */
struct job {
	struct pr_elastic_quality ask;
	struct pr_quality *out;
	bool is_done;
};

struct round {
	struct job **jobs; /* those that are still asked for */
	size_t count;
};

static const char *write_search(const struct reading *reading, const struct job *job, struct pr_arena *arena)
{
	const struct pr_quality_query *query = job->ask.query;
	struct pr_buffer body;
	pr_buffer_init(&body, arena);
	pr_buffer_add(&body, "{\"size\":0,\"track_total_hits\":true,\"query\":{\"bool\":{\"filter\":[{\"term\":{");
	pr_elastic_add_text(&body, reading->id_field);
	pr_buffer_format(&body, ":%lld}},", (long long)query->point_id);
	pr_elastic_add_time_range(&body, reading->time_field, query->from_ms, query->to_ms);
	pr_buffer_add(&body, "]}},\"aggs\":{\"quality\":");
	pr_elastic_quality_write(&body, &job->ask);
	pr_buffer_add(&body, "}}");
	return body.text;
}

/* An answer that was asked for with too few values of a series, or with another load, is asked for again. */
static bool take(void *context, size_t search, const struct pr_json *response, struct pr_error *error)
{
	const struct round *round = context;
	struct job *job = round->jobs[search];
	struct pr_elastic_quality *ask = &job->ask;
	const struct pr_quality_rules *rules = &ask->query->rules;
	int64_t rows = 0;
	pr_micro load = PR_MICRO_MISSING;
	if (!pr_elastic_total(response, &rows, error) ||
		!pr_elastic_quality_take(
			ask, pr_json_path(response, "aggregations", "quality", "value", NULL), &load, job->out, error))
		return false;
	int64_t kept = pr_elastic_quality_kept(rules, rows);
	bool is_enough = kept <= ask->kept;
	job->is_done = is_enough && !ask->is_load_only && load == ask->load;
	ask->kept = kept;
	if (is_enough) {
		ask->is_load_only = false;
		ask->load = load;
	}
	return true;
}

static void start_job(
	struct job *job, const struct reading *reading, const struct pr_quality_query *query, struct pr_quality *out)
{
	int64_t minutes = query->to_ms > query->from_ms ? (query->to_ms - query->from_ms) / PR_MS_MINUTE : 0;
	job->out = out;
	job->ask = (struct pr_elastic_quality){.query = query,
		.time_field = reading->time_field,
		.fields = reading->fields,
		.is_load_only = reading->fields[PR_PTTL] && reading->fields[PR_COSTTL],
		.kept = pr_elastic_quality_kept(&query->rules, minutes),
		.load = PR_MICRO_MISSING};
}

static bool ask(struct reading *reading, struct job *jobs, size_t count, bool *is_done, struct pr_error *error)
{
	struct pr_arena arena;
	struct round round = {0};
	pr_arena_init(&arena);
	round.jobs = pr_arena_array(&arena, count, sizeof *round.jobs);
	struct pr_search *searches = pr_arena_array(&arena, count, sizeof *searches);
	for (size_t i = 0; i < count; i++) {
		if (jobs[i].is_done)
			continue;
		searches[round.count] =
			(struct pr_search){&reading->live->config->elasticsearch.minutes, write_search(reading, &jobs[i], &arena)};
		round.jobs[round.count++] = &jobs[i];
	}
	*is_done = round.count == 0;
	bool is_taken = pr_elastic_search(reading->live->elastic, searches, round.count, take, &round, error);
	pr_arena_release(&arena);
	return is_taken;
}

static bool work_out(struct reading *reading, const struct pr_quality_query *queries, size_t count,
	struct pr_quality *quality, struct pr_error *error)
{
	struct pr_arena arena;
	bool is_done = false, is_asked = true;
	pr_arena_init(&arena);
	struct job *jobs = pr_arena_array(&arena, count, sizeof *jobs);
	for (size_t i = 0; i < count; i++)
		start_job(&jobs[i], reading, &queries[i], &quality[i]);
	for (int round = 0; is_asked && !is_done && round <= ROUNDS; round++)
		is_asked = ask(reading, jobs, count, &is_done, error);
	pr_arena_release(&arena);
	if (is_asked && !is_done)
		return pr_error_set(error, PR_CODE_STORE, "index '%s' changes while its power quality is worked out",
			reading->live->config->elasticsearch.minutes.index);
	return is_asked;
}

/* --- the other way: rows --- */

static bool take_row(void *context, size_t window, const struct pr_json *fields, struct pr_error *error)
{
	const struct reading *reading = context;
	double cells[PR_MINUTE_FIELD_COUNT];
	int64_t time_ms = PR_TIME_MISSING;
	(void)window;
	if (!pr_elastic_read_time(fields, reading->time_field, &time_ms, error))
		return false;
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		cells[field] = NAN;
		if (reading->fields[field] && !pr_elastic_read_number(fields, reading->fields[field], &cells[field], error))
			return false;
	}
	pr_quality_add(reading->builder, time_ms, cells);
	return true;
}

static bool read_point(struct reading *reading, struct pr_error *error)
{
	struct pr_live *live = reading->live;
	const struct pr_quality_query *query = &reading->builder->query;
	struct pr_live_column columns[PR_MINUTE_FIELD_COUNT + 1] = {{reading->time_field, true}};
	struct pr_arena scratch;
	struct pr_buffer filter;
	int row_bytes = ROW_BYTES;
	pr_arena_init(&scratch);
	pr_buffer_init(&filter, &scratch);
	pr_buffer_add(&filter, "{\"term\":{");
	pr_elastic_add_text(&filter, reading->id_field);
	pr_buffer_format(&filter, ":%lld}}", (long long)query->point_id);
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		columns[field + 1].field = reading->fields[field];
		row_bytes += reading->fields[field] ? CELL_BYTES : 0;
	}
	const struct pr_live_window window = {query->from_ms, query->to_ms, filter.text};
	const struct pr_live_rows fetch = {.index = &live->config->elasticsearch.minutes,
		.time_field = reading->time_field,
		.columns = columns,
		.column_count = PR_MINUTE_FIELD_COUNT + 1,
		.windows = &window,
		.window_count = 1,
		.span_ms = ANSWER_BYTES / row_bytes * PR_MS_MINUTE,
		.take = take_row,
		.context = reading};
	bool is_done = pr_live_fetch(live, &fetch, error);
	pr_arena_release(&scratch);
	return is_done;
}

static bool add_rows(const struct reading *reading, const struct pr_quality_query *queries, size_t count,
	struct pr_quality *quality, struct pr_error *error)
{
	bool is_done = true;
	for (size_t i = 0; is_done && i < count; i++) {
		struct pr_quality_builder builder;
		struct reading own = *reading;
		pr_quality_start(&builder, &queries[i], &quality[i]);
		own.builder = &builder;
		is_done = read_point(&own, error);
		pr_quality_finish(&builder);
	}
	return is_done;
}

/* --- the seam --- */

bool pr_live_quality(struct pr_source *source, const struct pr_quality_query *queries, size_t count,
	struct pr_arena *arena, struct pr_quality *quality, struct pr_error *error)
{
	struct pr_live *live = (struct pr_live *)(void *)source;
	enum pr_minute_mode mode = live->config->elasticsearch.minute_mode;
	struct reading reading = {.live = live};
	(void)arena;
	if (count == 0)
		return true;
	if (!look_up(&reading, error))
		return false;
	if (mode == PR_MINUTES_ROWS || (mode == PR_MINUTES_AUTO && (live->scripts_forbidden || live->metrics_forbidden)))
		return add_rows(&reading, queries, count, quality, error);
	if (work_out(&reading, queries, count, quality, error))
		return true;
	if (!pr_elastic_scripts_forbidden(live->elastic))
		return false;
	if (mode == PR_MINUTES_CLUSTER)
		return pr_error_context(error, "[elasticsearch] minutes = cluster needs scripted metrics");
	pr_log(PR_LOG_INFO, "%s forbids scripted metrics: power quality is worked out here, from rows",
		live->config->elasticsearch.url);
	live->metrics_forbidden = true;
	pr_error_clear(error);
	return add_rows(&reading, queries, count, quality, error);
}
