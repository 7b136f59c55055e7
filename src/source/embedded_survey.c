/* The survey's alarms of the embedded store, grouped by SQLite: a project at a time, by its index. */
#include <math.h>
#include <sqlite3.h>

#include "base/calendar.h"
#include "base/text.h"
#include "source/embedded.h"

/* ?1 project, ?2 from, ?3 to, ?4 cut-off, ?5 … the codes. */
#define FIRST_CODE 5
#define PROJECT_WHERE " FROM soe_event WHERE project_id = ?1 AND started_at < ?3 AND started_at <= ?4"

struct scan {
	const struct pr_embedded *store;
	const struct pr_survey_query *query;
	struct pr_arena arena;
	struct sqlite3_stmt *projects; /* the next project that has any event */
	struct sqlite3_stmt *rows;
	int64_t project_id;
};

static bool refuse(const struct scan *scan, int column, const char *why, struct pr_error *error)
{
	const char *text = (const char *)sqlite3_column_text(scan->rows, column);
	return pr_error_set(error, PR_CODE_STORE, "store '%s', table 'soe_event', project_id %lld, column '%s': '%.80s' %s",
		scan->store->path, (long long)scan->project_id, sqlite3_column_name(scan->rows, column), text ? text : "", why);
}

static bool read_whole(const struct scan *scan, int column, int64_t missing, int64_t *out, struct pr_error *error)
{
	int type = sqlite3_column_type(scan->rows, column);
	*out = type == SQLITE_NULL ? missing : sqlite3_column_int64(scan->rows, column);
	return type == SQLITE_NULL || type == SQLITE_INTEGER || refuse(scan, column, "is not a whole number", error);
}

static bool read_double(const struct scan *scan, int column, double *out, struct pr_error *error)
{
	int type = sqlite3_column_type(scan->rows, column);
	*out = type == SQLITE_NULL ? NAN : sqlite3_column_double(scan->rows, column);
	return type == SQLITE_NULL || ((type == SQLITE_FLOAT || type == SQLITE_INTEGER) && isfinite(*out)) ||
	       refuse(scan, column, "is not a number", error);
}

/* "?5, ?6, ?7" */
static const char *code_marks(struct scan *scan)
{
	struct pr_buffer marks;
	pr_buffer_init(&marks, &scan->arena);
	for (size_t i = 0; i < scan->query->code_count; i++)
		pr_buffer_format(&marks, "%s?%zu", i ? ", " : "", i + FIRST_CODE);
	return marks.text;
}

static bool bind_codes(const struct scan *scan, struct pr_error *error)
{
	for (size_t i = 0; i < scan->query->code_count; i++)
		if (sqlite3_bind_text(scan->rows, (int)i + FIRST_CODE, scan->query->codes[i], -1, SQLITE_STATIC) != SQLITE_OK)
			return pr_embedded_refuse(scan->store, PR_CODE_STORE, "cannot query store", error);
	return true;
}

static bool bind_project(const struct scan *scan, struct pr_error *error)
{
	const int64_t values[] = {scan->project_id, scan->query->from_ms, scan->query->to_ms, scan->query->cutoff_ms};
	sqlite3_reset(scan->rows);
	for (int i = 0; i < FIRST_CODE - 1; i++)
		if (sqlite3_bind_int64(scan->rows, i + 1, values[i]) != SQLITE_OK)
			return pr_embedded_refuse(scan->store, PR_CODE_STORE, "cannot query store", error);
	return true;
}

/* One step in the index a project. */
static bool next_project(struct scan *scan, bool *found, struct pr_error *error)
{
	bool row = false;
	sqlite3_reset(scan->projects);
	if (sqlite3_bind_int64(scan->projects, 1, scan->project_id) != SQLITE_OK)
		return pr_embedded_refuse(scan->store, PR_CODE_STORE, "cannot query store", error);
	if (!pr_embedded_step(scan->store, scan->projects, &row, error))
		return false;
	*found = sqlite3_column_type(scan->projects, 0) == SQLITE_INTEGER;
	if (*found)
		scan->project_id = sqlite3_column_int64(scan->projects, 0);
	return true;
}

/* For each project that has events, each row of the statement. */
static bool run(struct scan *scan, const char *sql,
	bool (*take_row)(struct scan *scan, void *context, struct pr_error *), void *context, struct pr_error *error)
{
	static const char project_sql[] = "SELECT MIN(project_id) FROM soe_event WHERE project_id > ?1";
	bool done = pr_embedded_prepare(scan->store, project_sql, &scan->projects, error) &&
	            pr_embedded_prepare(scan->store, sql, &scan->rows, error) && bind_codes(scan, error);
	bool found = true;
	scan->project_id = INT64_MIN;
	while (done && found) {
		done = next_project(scan, &found, error);
		bool row = done && found;
		done = done && (!row || bind_project(scan, error));
		while (done && row)
			done = pr_embedded_step(scan->store, scan->rows, &row, error) && (!row || take_row(scan, context, error));
	}
	sqlite3_finalize(scan->projects);
	sqlite3_finalize(scan->rows);
	return done;
}

struct taking {
	pr_alarm_take *take;
	pr_project_mark *mark;
	void *context;
};

/* The columns of alarm_sql below. */
static bool take_alarm(struct scan *scan, void *context, struct pr_error *error)
{
	const struct taking *taking = context;
	struct pr_survey_alarm alarm = {.project_id = scan->project_id};
	int64_t rows = 0, values = 0, limits = 0;
	alarm.code = (const char *)sqlite3_column_text(scan->rows, 0);
	alarm.phase = (const char *)sqlite3_column_text(scan->rows, 3);
	if (!read_double(scan, 6, &alarm.value.low, error) || !read_double(scan, 7, &alarm.value.high, error) ||
		!read_whole(scan, 8, 0, &values, error) || !read_double(scan, 9, &alarm.limit.low, error) ||
		!read_double(scan, 10, &alarm.limit.high, error) || !read_whole(scan, 11, 0, &limits, error))
		return false;
	alarm.value.count = (uint64_t)values;
	alarm.limit.count = (uint64_t)limits;
	return read_whole(scan, 1, 0, &alarm.point_id, error) && read_whole(scan, 2, 0, &alarm.sensor_id, error) &&
	       read_whole(scan, 4, PR_TIME_MISSING, &alarm.started_at_ms, error) &&
	       read_whole(scan, 5, PR_TIME_MISSING, &alarm.ended_at_ms, error) && read_whole(scan, 12, 0, &rows, error) &&
	       ((alarm.rows = (uint64_t)rows) > 0) && taking->take(taking->context, &alarm, error);
}

bool pr_embedded_survey_alarms(struct pr_source *source, const struct pr_survey_query *query, pr_alarm_take *take,
	void *context, struct pr_error *error)
{
	struct scan scan = {.store = (const struct pr_embedded *)(const void *)source, .query = query};
	struct taking taking = {.take = take, .context = context};
	if (query->code_count == 0)
		return true;
	pr_arena_init(&scan.arena);
	const char *sql = pr_arena_format(&scan.arena,
		"SELECT code, IFNULL(point_id, 0), IFNULL(sensor_id, 0), phase, started_at,"
		" MAX(CASE WHEN ended_at <= ?4 THEN ended_at END), MIN(value), MAX(value), COUNT(value),"
		" MIN(limit_value), MAX(limit_value), COUNT(limit_value), COUNT(*)" PROJECT_WHERE
		" AND started_at >= ?2 AND code IN (%s) GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
		code_marks(&scan));
	bool done = run(&scan, sql, take_alarm, &taking, error);
	pr_arena_release(&scan.arena);
	return done;
}

static bool take_repeat(struct scan *scan, void *context, struct pr_error *error)
{
	const struct taking *taking = context;
	(void)error;
	taking->mark(taking->context, scan->project_id);
	return true;
}

/* The table has event_id as its key; a view, or a table made by others, may not. */
bool pr_embedded_survey_repeats(struct pr_source *source, const struct pr_survey_query *query, pr_project_mark *mark,
	void *context, struct pr_error *error)
{
	struct scan scan = {.store = (const struct pr_embedded *)(const void *)source, .query = query};
	struct taking taking = {.mark = mark, .context = context};
	if (query->code_count == 0)
		return true;
	pr_arena_init(&scan.arena);
	const char *sql = pr_arena_format(&scan.arena,
		"SELECT 1" PROJECT_WHERE " AND (started_at >= ?2 OR ended_at IS NULL OR ended_at >= ?2 OR ended_at > ?4)"
		" AND EXISTS (SELECT 1" PROJECT_WHERE " AND started_at >= ?2 AND code IN (%s))"
		" GROUP BY event_id HAVING COUNT(*) > 1 LIMIT 1",
		code_marks(&scan));
	bool done = run(&scan, sql, take_repeat, &taking, error);
	pr_arena_release(&scan.arena);
	return done;
}
