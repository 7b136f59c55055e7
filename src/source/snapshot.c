#include "source/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "source/backend.h"
#include "source/gather.h"

/* The data sets are the last tables of the schema. */
enum data_set { QUARTERS = 16, MINUTES, SENSORS, EVENTS };

/* What was asked for of a point, a sensor or (of events) a project. */
struct window {
	enum data_set set;
	int64_t id, from_ms, to_ms;
};

/* A source that passes everything on and notes it; only what gathering calls is there. */
struct recorder {
	struct pr_source source; /* first */
	struct pr_source *inner; /* borrowed */
	struct pr_arena arena;
	struct window *windows;
	size_t count, capacity;
	bool has_ingest_times;
};

static struct recorder *recorder_of(struct pr_source *source)
{
	return (struct recorder *)(void *)source;
}

static void note(struct pr_source *source, enum data_set set, int64_t id, int64_t from_ms, int64_t to_ms)
{
	struct recorder *recorder = recorder_of(source);
	if (from_ms < to_ms)
		*PR_PUSH(&recorder->arena, recorder->windows, recorder->count, recorder->capacity) =
			(struct window){set, id, from_ms, to_ms};
}

static bool record_quarters(struct pr_source *source, const struct pr_quarter_query *queries, size_t count,
	int64_t cutoff_ms, struct pr_arena *arena, struct pr_quarter_rows *rows, struct pr_error *error)
{
	for (size_t i = 0; i < count; i++)
		note(source, QUARTERS, queries[i].point_id, queries[i].from_ms, queries[i].to_ms);
	return pr_source_quarters(recorder_of(source)->inner, queries, count, cutoff_ms, arena, rows, error);
}

/* A point that had a quarter at any time must have one in the copy, too: its first. */
static bool record_existence(struct pr_source *source, const int64_t *point_ids, size_t count, int64_t cutoff_ms,
	bool *exists, int64_t *first_ms, struct pr_error *error)
{
	if (!pr_source_quarters_exist(recorder_of(source)->inner, point_ids, count, cutoff_ms, exists, first_ms, error))
		return false;
	for (size_t i = 0; i < count; i++)
		if (exists[i])
			note(source, QUARTERS, point_ids[i], first_ms[i], first_ms[i] + 1);
	return true;
}

static bool record_ingest(struct pr_source *source, bool *has, struct pr_error *error)
{
	struct recorder *recorder = recorder_of(source);
	bool is_known = pr_source_has_ingest_times(recorder->inner, has, error);
	recorder->has_ingest_times = is_known && *has;
	return is_known;
}

static bool record_minutes(struct pr_source *source, const struct pr_minute_query *queries, size_t count,
	struct pr_arena *arena, struct pr_minute_buckets *buckets, struct pr_error *error)
{
	for (size_t i = 0; i < count; i++)
		note(source, MINUTES, queries[i].point_id, queries[i].from_ms, queries[i].to_ms);
	return pr_source_minutes(recorder_of(source)->inner, queries, count, arena, buckets, error);
}

static bool record_quality(struct pr_source *source, const struct pr_quality_query *queries, size_t count,
	struct pr_arena *arena, struct pr_quality *quality, struct pr_error *error)
{
	for (size_t i = 0; i < count; i++)
		note(source, MINUTES, queries[i].point_id, queries[i].from_ms, queries[i].to_ms);
	return pr_source_quality(recorder_of(source)->inner, queries, count, arena, quality, error);
}

static bool record_sensors(struct pr_source *source, const struct pr_sensor_query *queries, size_t count,
	struct pr_arena *arena, struct pr_minute_buckets *buckets, struct pr_error *error)
{
	for (size_t i = 0; i < count; i++)
		note(source, SENSORS, queries[i].sensor_id, queries[i].from_ms, queries[i].to_ms);
	return pr_source_sensors(recorder_of(source)->inner, queries, count, arena, buckets, error);
}

static bool record_events(struct pr_source *source, int64_t project_id, int64_t from_ms, int64_t to_ms,
	int64_t cutoff_ms, struct pr_arena *arena, struct pr_event **events, size_t *count, struct pr_error *error)
{
	note(source, EVENTS, project_id, from_ms, to_ms);
	return pr_source_events(
		recorder_of(source)->inner, project_id, from_ms, to_ms, cutoff_ms, arena, events, count, error);
}

static const struct pr_source_ops recorder_ops = {
	.quarters = record_quarters,
	.quarters_exist = record_existence,
	.has_ingest_times = record_ingest,
	.minutes = record_minutes,
	.quality = record_quality,
	.sensors = record_sensors,
	.events = record_events,
};

static int compare_windows(const void *left, const void *right)
{
	const struct window *a = left, *b = right;
	if (a->set != b->set)
		return (a->set > b->set) - (a->set < b->set);
	if (a->id != b->id)
		return (a->id > b->id) - (a->id < b->id);
	return (a->from_ms > b->from_ms) - (a->from_ms < b->from_ms);
}

/* So that no row is copied twice. */
static void merge_windows(struct recorder *recorder)
{
	size_t kept = 0;
	if (recorder->count > 1)
		qsort(recorder->windows, recorder->count, sizeof *recorder->windows, compare_windows);
	for (size_t i = 0; i < recorder->count; i++) {
		const struct window *next = &recorder->windows[i];
		struct window *last = kept > 0 ? &recorder->windows[kept - 1] : NULL;
		/* Windows of events hold what lies before them, too: a project has one. */
		if (last && last->set == next->set && last->id == next->id &&
			(next->from_ms <= last->to_ms || next->set == EVENTS)) {
			if (next->to_ms > last->to_ms)
				last->to_ms = next->to_ms;
		} else {
			recorder->windows[kept++] = *next;
		}
	}
	recorder->count = kept;
}

/* --- what the report asks for --- */

/* A platform's directory is every project's: it is not even read. */
static bool check_edition(
	struct pr_source *source, const struct pr_snapshot_request *request, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_tenant *tenants = NULL;
	size_t count = 0;
	if (!pr_source_tenants(source, arena, &tenants, &count, error))
		return false;
	for (size_t i = 0; i < count; i++)
		if (tenants[i].id == request->tenant_id && tenants[i].edition == PR_EDITION_PLATFORM)
			return pr_error_set(error, PR_CODE_USAGE,
				"tenant %lld is the platform's: its report is made of the other reports' summaries in the ledger; "
				"expected a tenant of the single or the management edition",
				(long long)request->tenant_id);
	return true;
}

static bool gather(struct recorder *recorder, const struct pr_method *method, const struct pr_text_table *tables,
	const struct pr_snapshot_request *request, struct pr_error *error)
{
	struct pr_arena arena;
	struct pr_directory directory;
	struct pr_dataset dataset = {0};
	pr_arena_init(&arena);
	bool is_read =
		pr_directory_build(tables, request->tenant_id, &arena, &directory, error) &&
		pr_gather(&recorder->source, &directory, method, request->month, request->cutoff_ms, &arena, &dataset, error);
	pr_arena_release(&arena);
	merge_windows(recorder);
	return is_read;
}

/* --- the copy --- */

struct copying {
	struct pr_embedded_writer *writer;
	const struct pr_snapshot_request *request;
	struct pr_snapshot_result *result;
	struct pr_text_table *tables; /* the directory's */
	size_t table;                 /* the data set that is being copied */
	bool has_ingest_time;         /* of a quarter in the copy */
	size_t rows;
};

/* The directory's columns are the schema's, in its order. */
static bool copy_table(struct copying *copying, enum pr_directory_table table, struct pr_error *error)
{
	const struct pr_schema_table *schema = pr_schema_find(pr_directory_queries[table].table);
	const struct pr_text_table *rows = &copying->tables[table];
	struct pr_store_value values[PR_SCHEMA_COLUMNS_MAX];
	if (!schema || schema->column_count != rows->column_count)
		return pr_error_set(error, PR_CODE_INTERNAL, "table '%s' has %zu columns", pr_directory_queries[table].table,
			rows->column_count);
	if (!pr_embedded_writer_table(copying->writer, schema, error))
		return false;
	for (size_t row = 0; row < rows->row_count; row++) {
		const char **cells = &rows->cells[row * rows->column_count];
		int64_t id = 0;
		if (table == PR_TABLE_TENANT &&
			(!pr_text_to_int64(cells[0] ? cells[0] : "", &id) || id != copying->request->tenant_id))
			continue; /* the query gives every tenant */
		for (size_t i = 0; i < rows->column_count; i++)
			values[i] = (struct pr_store_value){.type = cells[i] ? PR_VALUE_TEXT : PR_VALUE_MISSING, .text = cells[i]};
		if (!pr_embedded_writer_append(copying->writer, values, error))
			return false;
		copying->result->rows[schema - pr_schema_tables]++;
	}
	return true;
}

static bool copy_directory(struct copying *copying, struct pr_error *error)
{
	for (int table = 0; table < PR_TABLE_COUNT; table++)
		if (!copy_table(copying, (enum pr_directory_table)table, error))
			return false;
	return true;
}

static size_t column_of(const struct pr_schema_table *table, const char *name)
{
	size_t column = 0;
	while (column < table->column_count && strcmp(table->columns[column].name, name) != 0)
		column++;
	return column;
}

static bool take_row(void *context, const struct pr_store_value *values, struct pr_error *error)
{
	struct copying *copying = context;
	const struct pr_schema_table *table = &pr_schema_tables[copying->table];
	if (copying->table == QUARTERS && values[column_of(table, "ingested_at")].type != PR_VALUE_MISSING)
		copying->has_ingest_time = true;
	copying->result->rows[copying->table]++;
	copying->rows++;
	return pr_embedded_writer_append(copying->writer, values, error);
}

/* The project of a point or sensor, by the directory's texts. */
static int64_t project_of(const struct copying *copying, const struct window *window)
{
	const struct pr_text_table *rows = &copying->tables[window->set == SENSORS ? PR_TABLE_SENSOR : PR_TABLE_POINT];
	int64_t id = 0, project_id = 0;
	if (window->set == EVENTS)
		return window->id;
	for (size_t row = 0; row < rows->row_count; row++) {
		const char **cells = &rows->cells[row * rows->column_count];
		if (cells[0] && cells[1] && pr_text_to_int64(cells[0], &id) && id == window->id &&
			pr_text_to_int64(cells[1], &project_id))
			break;
	}
	return project_id;
}

/*
 * Whether a store knows times of arrival is a matter of the whole data set, and a report says it. Where no row of the
 * tenant has one, a row of no point stands for the others'.
 */
static bool mark_ingest_times(struct copying *copying, struct pr_error *error)
{
	const struct pr_schema_table *table = &pr_schema_tables[QUARTERS];
	struct pr_store_value values[PR_SCHEMA_COLUMNS_MAX] = {{.type = PR_VALUE_MISSING}};
	static const char *const zeros[] = {"point_id", "project_id", "time", "ingested_at"};
	for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++)
		values[column_of(table, zeros[i])].type = PR_VALUE_WHOLE;
	return pr_embedded_writer_append(copying->writer, values, error);
}

static bool copy_series(struct copying *copying, const struct recorder *recorder, struct pr_error *error)
{
	const struct pr_snapshot_request *request = copying->request;
	size_t next = 0;
	for (copying->table = QUARTERS; copying->table <= EVENTS; copying->table++) {
		if (!pr_embedded_writer_table(copying->writer, &pr_schema_tables[copying->table], error))
			return false;
		for (; next < recorder->count && (size_t)recorder->windows[next].set == copying->table; next++) {
			const struct window *window = &recorder->windows[next];
			const struct pr_copy_query query = {&pr_schema_tables[copying->table], window->id,
				project_of(copying, window), window->from_ms, window->to_ms, request->cutoff_ms};
			if (request->progress)
				request->progress(request->context, next, recorder->count, copying->rows);
			if (!recorder->inner->ops->copy(recorder->inner, &query, take_row, copying, error))
				return false;
		}
		if (copying->table == QUARTERS && recorder->has_ingest_times && !copying->has_ingest_time &&
			!mark_ingest_times(copying, error))
			return false;
	}
	return true;
}

static bool copy(const struct recorder *recorder, struct pr_text_table *tables,
	const struct pr_snapshot_request *request, struct pr_snapshot_result *result, struct pr_error *error)
{
	struct copying copying = {.request = request, .result = result, .tables = tables};
	bool is_done = pr_embedded_writer_open_private(&copying.writer, request->path, request->replaces, error) &&
	               copy_directory(&copying, error) && copy_series(&copying, recorder, error) &&
	               pr_embedded_writer_finish(copying.writer, error);
	pr_embedded_writer_free(copying.writer);
	return is_done;
}

bool pr_snapshot(struct pr_source *source, const struct pr_method *method, const struct pr_snapshot_request *request,
	struct pr_snapshot_result *result, struct pr_error *error)
{
	struct recorder recorder = {.source = {&recorder_ops}, .inner = source};
	struct pr_text_table tables[PR_TABLE_COUNT] = {{0}};
	*result = (struct pr_snapshot_result){{0}};
	pr_arena_init(&recorder.arena);
	bool is_done = check_edition(source, request, &recorder.arena, error) &&
	               source->ops->directory_tables(source, request->tenant_id, &recorder.arena, tables, error) &&
	               gather(&recorder, method, tables, request, error) && copy(&recorder, tables, request, result, error);
	pr_arena_release(&recorder.arena);
	return is_done;
}
