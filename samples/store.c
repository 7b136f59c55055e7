#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "sample.h"

enum { QUARTER, MINUTE, READING, EVENT, STATEMENTS };

/* Columns are bound in the order of schema.sql. */
static const struct {
	const char *table;
	int columns;
} inserts[STATEMENTS] = {
	[QUARTER] = {"point_15min_electric", 13},
	[MINUTE] = {"point_1min_index", 3 + PR_SAMPLE_COLUMNS},
	[READING] = {"location_1min_aiao", 4},
	[EVENT] = {"soe_event", 15},
};

struct pr_sample_store {
	sqlite3 *handle;
	sqlite3_stmt *insert[STATEMENTS];
};

static bool store_error(struct pr_sample_store *store, const char *what, struct pr_error *error)
{
	return pr_error_set(error, PR_CODE_OUTPUT, "cannot %s: %s", what, sqlite3_errmsg(store->handle));
}

static bool run(struct pr_sample_store *store, const char *what, const char *sql, struct pr_error *error)
{
	return sqlite3_exec(store->handle, sql, NULL, NULL, NULL) == SQLITE_OK || store_error(store, what, error);
}

static bool run_file(
	struct pr_sample_store *store, const char *folder, const char *name, struct pr_arena *arena, struct pr_error *error)
{
	const char *path = pr_arena_format(arena, "%s/%s", folder, name);
	char *sql;
	size_t bytes;

	return pr_file_read(path, 1 << 20, arena, &sql, &bytes, error) &&
	       run(store, pr_arena_format(arena, "run '%s'", path), sql, error);
}

static bool prepare_insert(struct pr_sample_store *store, int which, struct pr_arena *arena, struct pr_error *error)
{
	char *marks = pr_arena_alloc(arena, 2 * (size_t)inserts[which].columns);
	const char *sql;

	for (int i = 0; i < inserts[which].columns; i++) {
		marks[2 * i] = '?';
		marks[2 * i + 1] = i + 1 < inserts[which].columns ? ',' : '\0';
	}
	sql = pr_arena_format(arena, "INSERT INTO %s VALUES (%s)", inserts[which].table, marks);
	return sqlite3_prepare_v2(store->handle, sql, -1, &store->insert[which], NULL) == SQLITE_OK ||
	       store_error(store, sql, error);
}

/* The pragmas fix the file's shape, so that the same rows give the same bytes; the file is new and no one reads it. */
bool pr_sample_store_open(struct pr_sample_store **store_out, const char *path, const char *folder,
	struct pr_arena *arena, struct pr_error *error)
{
	struct pr_sample_store *store = pr_arena_alloc(arena, sizeof *store);

	memset(store, 0, sizeof *store);
	*store_out = store;
	if (access(path, F_OK) == 0 && remove(path) != 0)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot remove '%s'", path);
	if (sqlite3_open_v2(path, &store->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot create '%s': %s", path, sqlite3_errmsg(store->handle));
	if (!run(store, "set up the file",
			"PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
			"PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY; PRAGMA encoding = 'UTF-8';"
			"PRAGMA cache_size = -65536; PRAGMA user_version = 1; BEGIN",
			error) ||
		!run_file(store, folder, "schema.sql", arena, error) || !run_file(store, folder, "company.sql", arena, error))
		return false;
	for (int i = 0; i < STATEMENTS; i++)
		if (!prepare_insert(store, i, arena, error))
			return false;
	return true;
}

void pr_sample_store_close(struct pr_sample_store *store)
{
	if (!store)
		return;
	for (int i = 0; i < STATEMENTS; i++) {
		sqlite3_finalize(store->insert[i]);
		store->insert[i] = NULL;
	}
	sqlite3_close(store->handle);
	store->handle = NULL;
}

bool pr_sample_store_finish(
	struct pr_sample_store *store, const char *folder, struct pr_arena *arena, struct pr_error *error)
{
	if (!run_file(store, folder, "derived.sql", arena, error) || !run(store, "commit", "COMMIT", error))
		return false;
	pr_sample_store_close(store);
	return true;
}

/* --- reading the directory back ----------------------------------------------------------------------------------- */

static double column_number(sqlite3_stmt *rows, int column)
{
	return sqlite3_column_type(rows, column) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(rows, column);
}

static const char *column_text(sqlite3_stmt *rows, int column)
{
	const char *text = (const char *)sqlite3_column_text(rows, column);

	return text ? text : "";
}

static int64_t column_time(sqlite3_stmt *rows, int column, int64_t missing)
{
	int64_t utc_ms;

	return pr_time_parse(column_text(rows, column), NULL, &utc_ms) ? utc_ms : missing;
}

static void column_copy(sqlite3_stmt *rows, int column, char *out, size_t size)
{
	(void)snprintf(out, size, "%s", column_text(rows, column));
}

typedef bool (*row_fn)(sqlite3_stmt *rows, struct pr_arena *arena, void *data, struct pr_error *error);

/* Calls `read` with each row; `id` stands for the one ? of the query. */
static bool each_row(struct pr_sample_store *store, const char *sql, int64_t id, row_fn read, struct pr_arena *arena,
	void *data, struct pr_error *error)
{
	sqlite3_stmt *rows = NULL;
	bool good = sqlite3_prepare_v2(store->handle, sql, -1, &rows, NULL) == SQLITE_OK &&
	            (sqlite3_bind_parameter_count(rows) == 0 || sqlite3_bind_int64(rows, 1, id) == SQLITE_OK);
	int step = SQLITE_ERROR;

	while (good && (step = sqlite3_step(rows)) == SQLITE_ROW)
		good = read(rows, arena, data, error);
	if (!good || step != SQLITE_DONE)
		good = store_error(store, sql, error);
	sqlite3_finalize(rows);
	return good;
}

struct list {
	void *items;
	size_t count, capacity;
};

static bool read_project(sqlite3_stmt *rows, struct pr_arena *arena, void *data, struct pr_error *error)
{
	struct list *list = data;
	struct pr_sample_project *items = list->items;
	struct pr_sample_project *project = PR_PUSH(arena, items, list->count, list->capacity);

	list->items = items;
	project->id = sqlite3_column_int64(rows, 0);
	column_copy(rows, 2, project->region, sizeof project->region);
	return pr_zone_open(&project->zone, column_text(rows, 1), arena, error);
}

static bool read_point(sqlite3_stmt *rows, struct pr_arena *arena, void *data, struct pr_error *error)
{
	struct list *list = data;
	struct pr_sample_point *items = list->items;
	struct pr_sample_point *point = PR_PUSH(arena, items, list->count, list->capacity);
	const char *wiring = column_text(rows, 3);

	(void)error;
	list->items = items;
	point->id = sqlite3_column_int64(rows, 0);
	point->parent_id = sqlite3_column_int64(rows, 1);
	point->incomer = strcmp(column_text(rows, 2), "incomer") == 0;
	point->wiring = wiring[0] == '1' ? PR_SAMPLE_1P : strcmp(wiring, "3p3w") == 0 ? PR_SAMPLE_3P3W : PR_SAMPLE_3P4W;
	point->nominal_v = sqlite3_column_double(rows, 4);
	point->rated_a = column_number(rows, 5);
	point->rated_kva = column_number(rows, 6);
	point->from_ms = column_time(rows, 7, 0);
	point->to_ms = column_time(rows, 8, PR_SAMPLE_FOREVER);
	return true;
}

static bool read_name(sqlite3_stmt *rows, struct pr_arena *arena, void *data, struct pr_error *error)
{
	struct list *list = data;
	struct pr_sample_name *items = list->items;
	struct pr_sample_name *name = PR_PUSH(arena, items, list->count, list->capacity);

	(void)error;
	list->items = items;
	name->text = pr_arena_copy(arena, column_text(rows, 0));
	name->from_ms = column_time(rows, 1, 0);
	return true;
}

static bool read_sensor(sqlite3_stmt *rows, struct pr_arena *arena, void *data, struct pr_error *error)
{
	struct list *list = data;
	struct pr_sample_sensor *items = list->items;
	struct pr_sample_sensor *sensor = PR_PUSH(arena, items, list->count, list->capacity);

	(void)error;
	list->items = items;
	sensor->id = sqlite3_column_int64(rows, 0);
	sensor->point_id = sqlite3_column_int64(rows, 1);
	sensor->kind = column_text(rows, 2)[0];
	sensor->warn = column_number(rows, 3);
	sensor->alarm = column_number(rows, 4);
	sensor->from_ms = column_time(rows, 5, 0);
	sensor->to_ms = column_time(rows, 6, PR_SAMPLE_FOREVER);
	return true;
}

static bool read_tariff(sqlite3_stmt *rows, struct pr_arena *arena, void *data, struct pr_error *error)
{
	struct list *list = data;
	struct pr_sample_tariff *items = list->items;
	struct pr_sample_tariff *tariff = PR_PUSH(arena, items, list->count, list->capacity);

	(void)error;
	list->items = items;
	tariff->id = sqlite3_column_int64(rows, 0);
	tariff->from_ms = column_time(rows, 1, 0);
	tariff->to_ms = column_time(rows, 2, PR_SAMPLE_FOREVER);
	tariff->contract_kw = column_number(rows, 3);
	tariff->pf_standard = column_number(rows, 4);
	return true;
}

static bool read_slot(sqlite3_stmt *rows, struct pr_arena *arena, void *data, struct pr_error *error)
{
	struct list *list = data;
	struct pr_sample_slot *items = list->items;
	struct pr_sample_slot *slot = PR_PUSH(arena, items, list->count, list->capacity);

	(void)error;
	list->items = items;
	slot->month_from = sqlite3_column_int(rows, 0);
	slot->month_to = sqlite3_column_int(rows, 1);
	column_copy(rows, 2, slot->day_kind, sizeof slot->day_kind);
	slot->start_minute = sqlite3_column_int(rows, 3);
	slot->end_minute = sqlite3_column_int(rows, 4);
	column_copy(rows, 5, slot->slot, sizeof slot->slot);
	slot->price = sqlite3_column_double(rows, 6);
	return true;
}

static bool read_holiday(sqlite3_stmt *rows, struct pr_arena *arena, void *data, struct pr_error *error)
{
	struct list *list = data;
	struct pr_sample_holiday *items = list->items;
	struct pr_sample_holiday *holiday = PR_PUSH(arena, items, list->count, list->capacity);
	struct pr_date date;

	list->items = items;
	column_copy(rows, 0, holiday->region, sizeof holiday->region);
	if (!pr_date_parse(column_text(rows, 1), &date))
		return pr_error_set(error, PR_CODE_STORE, "offday '%s': expected a date", column_text(rows, 1));
	holiday->day = pr_date_to_day(date);
	holiday->worked = sqlite3_column_int(rows, 2) != 0;
	return true;
}

static bool read_alarm_type(sqlite3_stmt *rows, struct pr_arena *arena, void *data, struct pr_error *error)
{
	struct list *list = data;
	struct pr_sample_alarm_type *items = list->items;
	struct pr_sample_alarm_type *type = PR_PUSH(arena, items, list->count, list->capacity);

	(void)error;
	list->items = items;
	type->code = pr_arena_copy(arena, column_text(rows, 0));
	type->name = pr_arena_copy(arena, column_text(rows, 1));
	return true;
}

static bool read_points(
	struct pr_sample_store *store, struct pr_sample_project *project, struct pr_arena *arena, struct pr_error *error)
{
	struct list points = {0};

	if (!each_row(store,
			"SELECT p.point_id, p.parent_id, p.role, p.wiring, p.nominal_v, p.rated_current_a, t.rated_kva, "
			"p.valid_from, p.valid_to FROM point p LEFT JOIN transformer t USING (transformer_id) "
			"WHERE p.project_id = ? ORDER BY p.point_id",
			project->id, read_point, arena, &points, error))
		return false;
	project->points = points.items;
	project->point_count = points.count;
	for (size_t i = 0; i < points.count; i++) {
		struct list names = {0};

		/* The first name holds from the beginning; today's where nothing was renamed. */
		if (!each_row(store,
				"SELECT n.name, n.valid_from FROM point_name n WHERE n.point_id = ?1 "
				"UNION ALL SELECT p.name, p.valid_from FROM point p WHERE p.point_id = ?1 AND NOT EXISTS "
				"(SELECT 1 FROM point_name n WHERE n.point_id = ?1) ORDER BY 2",
				project->points[i].id, read_name, arena, &names, error))
			return false;
		project->points[i].names = names.items;
		project->points[i].name_count = names.count;
	}
	return true;
}

static bool read_tariffs(
	struct pr_sample_store *store, struct pr_sample_project *project, struct pr_arena *arena, struct pr_error *error)
{
	struct list tariffs = {0};

	if (!each_row(store,
			"SELECT tariff_id, valid_from, valid_to, contract_kw, pf_standard FROM tariff WHERE project_id = ? "
			"ORDER BY valid_from",
			project->id, read_tariff, arena, &tariffs, error))
		return false;
	project->tariffs = tariffs.items;
	project->tariff_count = tariffs.count;
	for (size_t i = 0; i < tariffs.count; i++) {
		struct list slots = {0};

		if (!each_row(store,
				"SELECT month_from, month_to, day_kind, start_minute, end_minute, slot, price FROM tariff_slot "
				"WHERE tariff_id = ? ORDER BY month_from, day_kind, start_minute",
				project->tariffs[i].id, read_slot, arena, &slots, error))
			return false;
		project->tariffs[i].slots = slots.items;
		project->tariffs[i].slot_count = slots.count;
	}
	return true;
}

static bool read_sensors(
	struct pr_sample_store *store, struct pr_sample_project *project, struct pr_arena *arena, struct pr_error *error)
{
	struct list sensors = {0};

	if (!each_row(store,
			"SELECT sensor_id, point_id, kind, warn_limit, alarm_limit, valid_from, valid_to FROM sensor "
			"WHERE project_id = ? ORDER BY sensor_id",
			project->id, read_sensor, arena, &sensors, error))
		return false;
	project->sensors = sensors.items;
	project->sensor_count = sensors.count;
	return true;
}

bool pr_sample_store_company(
	struct pr_sample_store *store, struct pr_arena *arena, struct pr_sample_company *company, struct pr_error *error)
{
	struct list projects = {0}, holidays = {0}, types = {0};

	if (!each_row(store,
			"SELECT p.project_id, coalesce(p.timezone, (SELECT min(t.timezone) FROM tenant t JOIN tenant_project l "
			"USING (tenant_id) WHERE l.project_id = p.project_id)), p.holiday_region FROM project p ORDER BY 1",
			0, read_project, arena, &projects, error) ||
		!each_row(store, "SELECT region, calendar_day, worked FROM offday ORDER BY 1, 2", 0, read_holiday, arena,
			&holidays, error) ||
		!each_row(store, "SELECT code, name_zh FROM alarm_type ORDER BY 1", 0, read_alarm_type, arena, &types, error))
		return false;
	company->projects = projects.items;
	company->project_count = projects.count;
	company->holidays = holidays.items;
	company->holiday_count = holidays.count;
	company->alarm_types = types.items;
	company->alarm_type_count = types.count;
	for (size_t i = 0; i < company->project_count; i++)
		if (!read_points(store, &company->projects[i], arena, error) ||
			!read_tariffs(store, &company->projects[i], arena, error) ||
			!read_sensors(store, &company->projects[i], arena, error))
			return false;
	return true;
}

/* --- writing rows -------------------------------------------------------------------------------------------------- */

/* The next column of an insert: its number grows with each call. A missing value leaves the column NULL. */
static void put_integer(sqlite3_stmt *insert, int *column, int64_t value)
{
	++*column;
	if (value != PR_TIME_MISSING)
		sqlite3_bind_int64(insert, *column, value);
}

static void put_id(sqlite3_stmt *insert, int *column, int64_t id)
{
	put_integer(insert, column, id ? id : PR_TIME_MISSING);
}

static void put_number(sqlite3_stmt *insert, int *column, double value)
{
	++*column;
	if (!isnan(value))
		sqlite3_bind_double(insert, *column, value);
}

static void put_text(sqlite3_stmt *insert, int *column, const char *text)
{
	++*column;
	if (text)
		sqlite3_bind_text(insert, *column, text, -1, SQLITE_STATIC);
}

static bool put_row(struct pr_sample_store *store, int which, struct pr_error *error)
{
	bool done = sqlite3_step(store->insert[which]) == SQLITE_DONE;

	if (!done)
		return store_error(store, inserts[which].table, error);
	sqlite3_reset(store->insert[which]);
	sqlite3_clear_bindings(store->insert[which]);
	return true;
}

bool pr_sample_store_quarter(struct pr_sample_store *store, int64_t project_id, int64_t point_id,
	const struct pr_sample_quarter *row, struct pr_error *error)
{
	sqlite3_stmt *insert = store->insert[QUARTER];
	int column = 0;

	put_integer(insert, &column, point_id);
	put_integer(insert, &column, project_id);
	put_integer(insert, &column, row->time_ms);
	put_number(insert, &column, row->kwh);
	put_number(insert, &column, row->kvarh_lag);
	put_number(insert, &column, row->kvarh_lead);
	put_number(insert, &column, row->charge);
	put_text(insert, &column, row->slot);
	put_number(insert, &column, row->mdp_max);
	for (int i = 0; i < 3; i++)
		put_number(insert, &column, row->kwh_phase[i]);
	put_integer(insert, &column, row->ingested_ms);
	return put_row(store, QUARTER, error);
}

bool pr_sample_store_minute(struct pr_sample_store *store, int64_t project_id, int64_t point_id,
	const struct pr_sample_minute *row, struct pr_error *error)
{
	sqlite3_stmt *insert = store->insert[MINUTE];
	int column = 0;

	put_integer(insert, &column, point_id);
	put_integer(insert, &column, project_id);
	put_integer(insert, &column, row->time_ms);
	for (int i = 0; i < PR_SAMPLE_COLUMNS; i++)
		put_number(insert, &column, row->value[i]);
	return put_row(store, MINUTE, error);
}

bool pr_sample_store_reading(struct pr_sample_store *store, int64_t project_id, int64_t sensor_id, int64_t time_ms,
	double value, struct pr_error *error)
{
	sqlite3_stmt *insert = store->insert[READING];
	int column = 0;

	put_integer(insert, &column, sensor_id);
	put_integer(insert, &column, project_id);
	put_integer(insert, &column, time_ms);
	put_number(insert, &column, value);
	return put_row(store, READING, error);
}

bool pr_sample_store_event(struct pr_sample_store *store, const char *event_id, const struct pr_sample_event *event,
	const char *point_name, const char *message, struct pr_error *error)
{
	sqlite3_stmt *insert = store->insert[EVENT];
	int column = 0;

	put_text(insert, &column, event_id);
	put_integer(insert, &column, event->project_id);
	put_id(insert, &column, event->point_id);
	put_id(insert, &column, event->sensor_id);
	put_text(insert, &column, event->code);
	put_integer(insert, &column, event->level);
	put_integer(insert, &column, event->start_ms);
	put_integer(insert, &column, event->end_ms);
	put_number(insert, &column, event->value);
	put_number(insert, &column, event->limit);
	put_text(insert, &column, event->phase);
	put_text(insert, &column, point_name);
	put_integer(insert, &column, event->confirmed_ms);
	put_integer(insert, &column, event->closed_ms);
	put_text(insert, &column, message);
	return put_row(store, EVENT, error);
}
