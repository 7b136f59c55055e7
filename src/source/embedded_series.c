/* The series of the embedded store: rows of a table by id and time. */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "source/buckets.h"
#include "source/embedded.h"
#include "source/quality_rows.h"

#define ROWS_MAX 20000000

/* What is being read, for messages: "table 't', point_id 7, time 2018-03-01T00:00:00Z, column 'kwh': …". */
struct cursor {
	const struct pr_embedded *store;
	struct sqlite3_stmt *statement;
	const char *table, *id_name;
	int64_t id;
	int64_t time_ms;     /* of the row; PR_TIME_MISSING before it is read */
	const char *text_id; /* an event's; NULL */
};

static bool refuse_cell(const struct cursor *cursor, int column, struct pr_error *error, const char *why)
{
	char time[40] = "";
	char id[80];
	if (cursor->text_id)
		snprintf(id, sizeof id, "event_id %.64s", cursor->text_id);
	else
		snprintf(id, sizeof id, "%s %lld", cursor->id_name, (long long)cursor->id);
	if (cursor->time_ms != PR_TIME_MISSING)
		pr_time_iso(cursor->time_ms, NULL, time);
	const char *text = (const char *)sqlite3_column_text(cursor->statement, column);
	return pr_error_set(error, PR_CODE_STORE, "store '%s', table '%s', %s%s%s, column '%s': '%.80s' %s",
		cursor->store->path, cursor->table, id, time[0] ? ", time " : "", time,
		sqlite3_column_name(cursor->statement, column), text ? text : "", why);
}

static bool read_double(const struct cursor *cursor, int column, double *out, struct pr_error *error)
{
	int type = sqlite3_column_type(cursor->statement, column);
	*out = NAN;
	if (type == SQLITE_NULL)
		return true;
	if (type == SQLITE_FLOAT || type == SQLITE_INTEGER) {
		*out = sqlite3_column_double(cursor->statement, column);
		if (isfinite(*out))
			return true;
	}
	return refuse_cell(cursor, column, error, "is not a number");
}

/* Whole numbers and instants; `missing` for NULL. */
static bool read_whole(const struct cursor *cursor, int column, int64_t missing, int64_t *out, struct pr_error *error)
{
	int type = sqlite3_column_type(cursor->statement, column);
	*out = missing;
	if (type == SQLITE_NULL)
		return true;
	if (type != SQLITE_INTEGER)
		return refuse_cell(cursor, column, error, "is not a whole number");
	*out = sqlite3_column_int64(cursor->statement, column);
	return true;
}

static bool read_time(struct cursor *cursor, int column, struct pr_error *error)
{
	int64_t time_ms;
	if (!read_whole(cursor, column, PR_TIME_MISSING, &time_ms, error))
		return false;
	cursor->time_ms = time_ms;
	return time_ms != PR_TIME_MISSING || refuse_cell(cursor, column, error, "is missing; every row has a time");
}

/* Binds whole numbers from the first parameter on, after a reset. */
static bool bind(const struct cursor *cursor, const int64_t *values, int count, struct pr_error *error)
{
	sqlite3_reset(cursor->statement);
	for (int i = 0; i < count; i++)
		if (sqlite3_bind_int64(cursor->statement, i + 1, values[i]) != SQLITE_OK)
			return pr_embedded_refuse(cursor->store, PR_CODE_STORE, "cannot query store", error);
	return true;
}

/*
 * SQLite puts text behind every number, so that a time that is none would fall out of every window without a word. The
 * search is one step in the index.
 */
static bool check_times(
	const struct pr_embedded *store, const char *table, const char *id_name, int64_t id, struct pr_error *error)
{
	struct cursor cursor = {.store = store, .table = table, .id_name = id_name, .id = id, .time_ms = PR_TIME_MISSING};
	char sql[160];
	bool row = false;
	snprintf(
		sql, sizeof sql, "SELECT time FROM %s WHERE %s = ?1 AND time > 9223372036854775807 LIMIT 1", table, id_name);
	bool done = pr_embedded_prepare(store, sql, &cursor.statement, error) && bind(&cursor, &id, 1, error) &&
	            pr_embedded_step(store, cursor.statement, &row, error) &&
	            (!row || refuse_cell(&cursor, 0, error, "is not a time in milliseconds"));
	sqlite3_finalize(cursor.statement);
	return done;
}

/* --- quarters --- */

#define QUARTER_WHERE                                                             \
	" FROM point_15min_electric WHERE point_id = ?1 AND time >= ?2 AND time < ?3" \
	" AND (ingested_at IS NULL OR ingested_at <= ?4 OR typeof(ingested_at) <> 'integer')"

static bool read_quarter(struct cursor *cursor, int64_t shift_ms, struct pr_quarter_row *row, struct pr_error *error)
{
	double *const cells[] = {&row->kwh, &row->kvarh_lag, &row->kvarh_lead, &row->charge, &row->mdp_max,
		&row->phase_kwh[0], &row->phase_kwh[1], &row->phase_kwh[2]};
	if (!read_time(cursor, 0, error) || !read_whole(cursor, 1, PR_TIME_MISSING, &row->ingested_at_ms, error))
		return false;
	row->time_ms = cursor->time_ms - shift_ms;
	for (int i = 0; i < 8; i++)
		if (!read_double(cursor, 2 + i, cells[i], error))
			return false;
	row->slot = pr_quarter_slot((const char *)sqlite3_column_text(cursor->statement, 10));
	return true;
}

/* How many rows there will be, so that the arena holds them once. */
static bool count_quarters(const struct cursor *counting, const int64_t *values, size_t *count, struct pr_error *error)
{
	bool row;
	if (!bind(counting, values, 4, error) || !pr_embedded_step(counting->store, counting->statement, &row, error))
		return false;
	int64_t rows = sqlite3_column_int64(counting->statement, 0);
	if (rows > ROWS_MAX)
		return pr_error_set(error, PR_CODE_STORE,
			"store '%s', table '%s', point_id %lld: %lld rows; expected at most %d", counting->store->path,
			counting->table, (long long)values[0], (long long)rows, ROWS_MAX);
	*count = (size_t)rows;
	return true;
}

static bool read_quarters(struct cursor *cursor, const struct cursor *counting, const struct pr_quarter_query *query,
	int64_t cutoff_ms, struct pr_arena *arena, struct pr_quarter_rows *out, struct pr_error *error)
{
	/* Times that stamp a quarter's end lie a quarter later than the quarters that are asked for. */
	int64_t shift_ms = cursor->store->quarter_stamp_end ? PR_MS_QUARTER : 0;
	const int64_t values[] = {query->point_id, query->from_ms + shift_ms, query->to_ms + shift_ms, cutoff_ms};
	size_t room = 0;
	cursor->id = query->point_id;
	*out = (struct pr_quarter_rows){.point_id = query->point_id, .from_ms = query->from_ms, .to_ms = query->to_ms};
	if (!check_times(cursor->store, cursor->table, cursor->id_name, cursor->id, error))
		return false;
	if (!count_quarters(counting, values, &room, error) || !bind(cursor, values, 4, error))
		return false;
	out->rows = pr_arena_array(arena, room, sizeof *out->rows);
	for (;;) {
		bool row;
		cursor->time_ms = PR_TIME_MISSING;
		if (!pr_embedded_step(cursor->store, cursor->statement, &row, error))
			return false;
		if (!row)
			break;
		if (out->count == room)
			return pr_error_set(error, PR_CODE_STORE, "store '%s' changed while it was read", cursor->store->path);
		if (!read_quarter(cursor, shift_ms, &out->rows[out->count++], error))
			return false;
	}
	pr_quarter_rows_sort(out->rows, out->count);
	return true;
}

bool pr_embedded_quarters(struct pr_source *source, const struct pr_quarter_query *queries, size_t count,
	int64_t cutoff_ms, struct pr_arena *arena, struct pr_quarter_rows *rows, struct pr_error *error)
{
	static const char rows_sql[] =
		"SELECT time, ingested_at, kwh, kvarh_lag, kvarh_lead, charge, mdp_max, kwh_a, kwh_b, "
		"kwh_c, slot" QUARTER_WHERE;
	const struct pr_embedded *store = (const struct pr_embedded *)(const void *)source;
	struct cursor cursor = {.store = store, .table = "point_15min_electric", .id_name = "point_id"};
	struct cursor counting = cursor;
	if (!pr_embedded_run(store, "BEGIN", error))
		return false;
	bool done = pr_embedded_prepare(store, rows_sql, &cursor.statement, error) &&
	            pr_embedded_prepare(store, "SELECT count(*)" QUARTER_WHERE, &counting.statement, error);
	for (size_t i = 0; done && i < count; i++)
		done = read_quarters(&cursor, &counting, &queries[i], cutoff_ms, arena, &rows[i], error);
	sqlite3_finalize(cursor.statement);
	sqlite3_finalize(counting.statement);
	sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	return done;
}

bool pr_embedded_quarters_exist(struct pr_source *source, const int64_t *point_ids, size_t count, int64_t cutoff_ms,
	bool *exists, int64_t *first_ms, struct pr_error *error)
{
	static const char sql[] = "SELECT time FROM point_15min_electric WHERE point_id = ?1 AND "
							  "(ingested_at IS NULL OR ingested_at <= ?2) ORDER BY time LIMIT 1";
	const struct pr_embedded *store = (const struct pr_embedded *)(const void *)source;
	struct cursor cursor = {.store = store, .table = "point_15min_electric", .id_name = "point_id"};
	bool done = pr_embedded_prepare(store, sql, &cursor.statement, error);
	for (size_t i = 0; done && i < count; i++) {
		const int64_t values[] = {point_ids[i], cutoff_ms};
		cursor.id = point_ids[i];
		cursor.time_ms = PR_TIME_MISSING;
		done = bind(&cursor, values, 2, error) && pr_embedded_step(store, cursor.statement, &exists[i], error) &&
		       (!exists[i] || read_time(&cursor, 0, error));
		first_ms[i] = cursor.time_ms;
		if (done && exists[i] && store->quarter_stamp_end)
			first_ms[i] -= PR_MS_QUARTER;
	}
	sqlite3_finalize(cursor.statement);
	return done;
}

bool pr_embedded_has_ingest_times(struct pr_source *source, bool *has, struct pr_error *error)
{
	struct pr_embedded *store = (struct pr_embedded *)(void *)source;
	if (!store->ingest_is_known) {
		struct sqlite3_stmt *statement;
		if (!pr_embedded_prepare(
				store, "SELECT 1 FROM point_15min_electric WHERE ingested_at IS NOT NULL LIMIT 1", &statement, error))
			return false;
		store->ingest_is_known = pr_embedded_step(store, statement, &store->has_ingest, error);
		sqlite3_finalize(statement);
	}
	*has = store->has_ingest;
	return store->ingest_is_known;
}

/* --- minutes and sensors --- */

/* Reads the rows of a prepared statement (time, then `columns` in the order of their fields) into buckets. */
static bool fill_buckets(struct cursor *cursor, uint64_t columns, const struct pr_minute_query *query,
	struct pr_arena *arena, struct pr_minute_buckets *out, struct pr_error *error)
{
	const int64_t values[] = {query->point_id, query->from_ms, query->to_ms};
	double cells[PR_MINUTE_FIELD_COUNT];
	struct pr_bucket_builder builder;
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++)
		cells[field] = NAN;
	pr_buckets_start(&builder, query, arena, out);
	cursor->id = query->point_id;
	if (!check_times(cursor->store, cursor->table, cursor->id_name, cursor->id, error) ||
		!bind(cursor, values, 3, error))
		return false;
	for (;;) {
		bool row;
		cursor->time_ms = PR_TIME_MISSING;
		if (!pr_embedded_step(cursor->store, cursor->statement, &row, error))
			return false;
		if (!row)
			break;
		if (!read_time(cursor, 0, error))
			return false;
		for (int field = 0, column = 1; field < PR_MINUTE_FIELD_COUNT; field++)
			if (columns & PR_FIELD_BIT(field) && !read_double(cursor, column++, &cells[field], error))
				return false;
		pr_bucket_add(&builder, cursor->time_ms, cells);
	}
	pr_buckets_finish(&builder);
	return true;
}

/* Reads the rows of a prepared statement (time, then the columns of quality). */
static bool fill_quality(struct cursor *cursor, struct pr_quality_builder *builder, struct pr_error *error)
{
	const struct pr_quality_query *query = &builder->query;
	const int64_t values[] = {query->point_id, query->from_ms, query->to_ms};
	double cells[PR_MINUTE_FIELD_COUNT];
	cursor->id = query->point_id;
	if (!check_times(cursor->store, cursor->table, cursor->id_name, cursor->id, error) ||
		!bind(cursor, values, 3, error))
		return false;
	for (;;) {
		bool row;
		cursor->time_ms = PR_TIME_MISSING;
		if (!pr_embedded_step(cursor->store, cursor->statement, &row, error))
			return false;
		if (!row)
			return true;
		if (!read_time(cursor, 0, error))
			return false;
		for (int field = 0, column = 1; field < PR_MINUTE_FIELD_COUNT; field++) {
			cells[field] = NAN;
			if (pr_quality_columns & PR_FIELD_BIT(field) && !read_double(cursor, column++, &cells[field], error))
				return false;
		}
		pr_quality_add(builder, cursor->time_ms, cells);
	}
}

static bool prepare_minutes(struct cursor *cursor, uint64_t columns, struct pr_error *error)
{
	struct pr_arena arena;
	struct pr_buffer sql;
	pr_arena_init(&arena);
	pr_buffer_init(&sql, &arena);
	pr_buffer_add(&sql, "SELECT time");
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++)
		if (columns & PR_FIELD_BIT(field))
			pr_buffer_format(&sql, ", %s", pr_minute_field_names[field]);
	pr_buffer_add(&sql, " FROM point_1min_index WHERE point_id = ?1 AND time >= ?2 AND time < ?3 ORDER BY time");
	sqlite3_finalize(cursor->statement);
	bool done = pr_embedded_prepare(cursor->store, sql.text, &cursor->statement, error);
	pr_arena_release(&arena);
	return done;
}

bool pr_embedded_minutes(struct pr_source *source, const struct pr_minute_query *queries, size_t count,
	struct pr_arena *arena, struct pr_minute_buckets *buckets, struct pr_error *error)
{
	const struct pr_embedded *store = (const struct pr_embedded *)(const void *)source;
	struct cursor cursor = {.store = store, .table = "point_1min_index", .id_name = "point_id"};
	uint64_t prepared = 0;
	bool done = true;
	for (size_t i = 0; done && i < count; i++) {
		uint64_t columns = pr_buckets_columns(&queries[i]);
		if (!cursor.statement || columns != prepared)
			done = prepare_minutes(&cursor, columns, error);
		prepared = columns;
		done = done && fill_buckets(&cursor, columns, &queries[i], arena, &buckets[i], error);
	}
	sqlite3_finalize(cursor.statement);
	return done;
}

bool pr_embedded_quality(struct pr_source *source, const struct pr_quality_query *queries, size_t count,
	struct pr_arena *arena, struct pr_quality *quality, struct pr_error *error)
{
	const struct pr_embedded *store = (const struct pr_embedded *)(const void *)source;
	struct cursor cursor = {.store = store, .table = "point_1min_index", .id_name = "point_id"};
	bool done = count == 0 || prepare_minutes(&cursor, pr_quality_columns, error);
	(void)arena;
	for (size_t i = 0; done && i < count; i++) {
		struct pr_quality_builder builder;
		pr_quality_start(&builder, &queries[i], &quality[i]);
		done = fill_quality(&cursor, &builder, error);
		pr_quality_finish(&builder);
	}
	sqlite3_finalize(cursor.statement);
	return done;
}

bool pr_embedded_sensors(struct pr_source *source, const struct pr_sensor_query *queries, size_t count,
	struct pr_arena *arena, struct pr_minute_buckets *buckets, struct pr_error *error)
{
	static const char sql[] =
		"SELECT time, value FROM location_1min_aiao WHERE sensor_id = ?1 AND time >= ?2 AND time < ?3 ORDER BY time";
	const struct pr_embedded *store = (const struct pr_embedded *)(const void *)source;
	struct cursor cursor = {.store = store, .table = "location_1min_aiao", .id_name = "sensor_id"};
	bool done = pr_embedded_prepare(store, sql, &cursor.statement, error);
	for (size_t i = 0; done && i < count; i++) {
		struct pr_minute_query query = pr_buckets_sensor_query(&queries[i]);
		done = fill_buckets(&cursor, query.fields, &query, arena, &buckets[i], error);
	}
	sqlite3_finalize(cursor.statement);
	return done;
}

/* --- events --- */

static const char *read_text(const struct cursor *cursor, int column, struct pr_arena *arena)
{
	const char *text = (const char *)sqlite3_column_text(cursor->statement, column);
	return text ? pr_arena_copy(arena, text) : NULL;
}

/* The columns stand as in events_sql. */
static bool read_event(
	struct cursor *cursor, int64_t cutoff_ms, struct pr_arena *arena, struct pr_event *event, struct pr_error *error)
{
	event->event_id = cursor->text_id = read_text(cursor, 0, arena);
	event->code = read_text(cursor, 4, arena);
	if (!event->event_id || !event->code)
		return refuse_cell(cursor, event->event_id ? 4 : 0, error, "is missing; every event has an id and a code");
	int64_t level = 0;
	struct {
		int column;
		int64_t missing, *into;
	} whole[] = {{1, 0, &event->project_id}, {2, 0, &event->point_id}, {3, 0, &event->sensor_id}, {5, 0, &level},
		{6, PR_TIME_MISSING, &event->started_at_ms}, {7, PR_TIME_MISSING, &event->ended_at_ms},
		{12, PR_TIME_MISSING, &event->confirmed_at_ms}, {13, PR_TIME_MISSING, &event->closed_at_ms}};
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
		if (!read_whole(cursor, whole[i].column, whole[i].missing, whole[i].into, error))
			return false;
	if (level < 0 || level > 999)
		return refuse_cell(cursor, 5, error, "is not a level");
	event->level = (int)level;
	if (!read_double(cursor, 8, &event->value, error) || !read_double(cursor, 9, &event->limit_value, error))
		return false;
	event->phase = read_text(cursor, 10, arena);
	event->point_name = read_text(cursor, 11, arena);
	event->message = read_text(cursor, 14, arena);
	pr_event_settle(event, cutoff_ms, arena);
	return true;
}

bool pr_embedded_events(struct pr_source *source, int64_t project_id, int64_t from_ms, int64_t to_ms, int64_t cutoff_ms,
	struct pr_arena *arena, struct pr_event **events, size_t *count, struct pr_error *error)
{
	static const char sql[] =
		"SELECT event_id, project_id, point_id, sensor_id, code, level, started_at, ended_at, value, limit_value, "
		"phase, "
		"point_name, confirmed_at, closed_at, message FROM soe_event WHERE project_id = ?1 AND started_at < ?3 AND "
		"started_at <= ?4 AND (started_at >= ?2 OR ended_at IS NULL OR ended_at >= ?2 OR ended_at > ?4)";
	const struct pr_embedded *store = (const struct pr_embedded *)(const void *)source;
	struct cursor cursor = {.store = store, .table = "soe_event", .time_ms = PR_TIME_MISSING};
	const int64_t values[] = {project_id, from_ms, to_ms, cutoff_ms};
	size_t capacity = 0;
	*events = NULL;
	*count = 0;
	bool done = pr_embedded_prepare(store, sql, &cursor.statement, error) && bind(&cursor, values, 4, error);
	while (done) {
		bool row;
		done = pr_embedded_step(store, cursor.statement, &row, error);
		if (!done || !row)
			break;
		done = read_event(&cursor, cutoff_ms, arena, PR_PUSH(arena, *events, *count, capacity), error);
	}
	sqlite3_finalize(cursor.statement);
	if (done)
		pr_events_sort(*events, *count);
	return done;
}
