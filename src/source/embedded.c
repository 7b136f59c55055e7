#include "source/embedded.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "source/directory_rows.h"
#include "source/embedded_schema.h"

#define BUSY_TIMEOUT_MS 10000
#define DIRECTORY_ROWS_MAX 5000000

bool pr_embedded_refuse(const struct pr_embedded *store, enum pr_code code, const char *what, struct pr_error *error)
{
	return pr_error_set(error, code, "%s '%s': %s", what, store->path, sqlite3_errmsg(store->db));
}

bool pr_embedded_prepare(
	const struct pr_embedded *store, const char *sql, struct sqlite3_stmt **statement, struct pr_error *error)
{
	*statement = NULL;
	if (sqlite3_prepare_v2(store->db, sql, -1, statement, NULL) != SQLITE_OK)
		return pr_embedded_refuse(store, PR_CODE_STORE, "cannot query store", error);
	return true;
}

bool pr_embedded_step(
	const struct pr_embedded *store, struct sqlite3_stmt *statement, bool *row, struct pr_error *error)
{
	int result = sqlite3_step(statement);
	*row = result == SQLITE_ROW;
	if (result != SQLITE_ROW && result != SQLITE_DONE)
		return pr_embedded_refuse(store, PR_CODE_STORE, "cannot read store", error);
	return true;
}

bool pr_embedded_run(const struct pr_embedded *store, const char *sql, struct pr_error *error)
{
	if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return pr_embedded_refuse(store, PR_CODE_STORE, "cannot query store", error);
	return true;
}

static void embedded_free(struct pr_source *source)
{
	struct pr_embedded *store = (struct pr_embedded *)(void *)source;
	sqlite3_close(store->db);
	pr_arena_release(&store->arena);
	free(store);
}

static const char *embedded_describe(const struct pr_source *source)
{
	return ((const struct pr_embedded *)(const void *)source)->description;
}

/* A cell as text. SQLite holds decimals as doubles of 15 true digits, and the contract's have 6 places at most. */
static const char *cell_text(struct sqlite3_stmt *statement, int column, struct pr_arena *arena)
{
	if (sqlite3_column_type(statement, column) == SQLITE_NULL)
		return NULL;
	if (sqlite3_column_type(statement, column) == SQLITE_FLOAT) {
		pr_micro value = pr_micro_from_double(sqlite3_column_double(statement, column));
		char plain[32];
		if (value != PR_MICRO_MISSING)
			return pr_arena_copy(arena, pr_micro_plain(value, plain));
	}
	const char *text = (const char *)sqlite3_column_text(statement, column);
	return pr_arena_copy_n(arena, text ? text : "", (size_t)sqlite3_column_bytes(statement, column));
}

/* As many as there are still, but at most `most`. */
static bool read_rows(const struct pr_embedded *store, struct sqlite3_stmt *statement, struct pr_arena *arena,
	size_t most, struct pr_text_table *table, struct pr_error *error)
{
	int columns = sqlite3_column_count(statement);
	size_t count = 0;
	size_t capacity = 0;
	*table = (struct pr_text_table){.column_count = (size_t)columns};
	while (table->row_count < most) {
		bool row;
		if (!pr_embedded_step(store, statement, &row, error))
			return false;
		if (!row)
			return true;
		if (++table->row_count > DIRECTORY_ROWS_MAX)
			return pr_error_set(error, PR_CODE_STORE,
				"cannot read store '%s': more than %d rows in a table of the directory", store->path,
				DIRECTORY_ROWS_MAX);
		for (int column = 0; column < columns; column++) {
			const char *text = cell_text(statement, column, arena);
			*PR_PUSH(arena, table->cells, count, capacity) = text;
		}
	}
	return true;
}

static bool read_table(const struct pr_embedded *store, const char *sql, int64_t tenant_id, struct pr_arena *arena,
	struct pr_text_table *table, struct pr_error *error)
{
	struct sqlite3_stmt *statement;
	if (!pr_embedded_prepare(store, sql, &statement, error))
		return false;
	bool done =
		sqlite3_bind_parameter_count(statement) == 0 || sqlite3_bind_int64(statement, 1, tenant_id) == SQLITE_OK;
	if (!done)
		pr_embedded_refuse(store, PR_CODE_STORE, "cannot query store", error);
	done = done && read_rows(store, statement, arena, SIZE_MAX, table, error);
	sqlite3_finalize(statement);
	return done;
}

static bool embedded_tenants(
	struct pr_source *source, struct pr_arena *arena, struct pr_tenant **tenants, size_t *count, struct pr_error *error)
{
	const struct pr_embedded *store = (const struct pr_embedded *)(const void *)source;
	struct pr_text_table table;
	return read_table(store, pr_directory_queries[PR_TABLE_TENANT].sql, 0, arena, &table, error) &&
	       pr_directory_tenants(&table, arena, tenants, count, error);
}

static bool read_tables(const struct pr_embedded *store, int64_t tenant_id, struct pr_arena *arena,
	struct pr_text_table tables[PR_TABLE_COUNT], struct pr_error *error)
{
	enum pr_edition edition;
	if (!read_table(
			store, pr_directory_queries[PR_TABLE_TENANT].sql, tenant_id, arena, &tables[PR_TABLE_TENANT], error))
		return false;
	if (!pr_directory_edition(&tables[PR_TABLE_TENANT], tenant_id, &edition, error))
		return false;
	for (int table = PR_TABLE_TENANT + 1; table < PR_TABLE_COUNT; table++) {
		const char *sql =
			edition == PR_EDITION_PLATFORM ? pr_directory_platform_sql[table] : pr_directory_queries[table].sql;
		if (!read_table(store, sql, tenant_id, arena, &tables[table], error))
			return false;
	}
	return true;
}

static bool embedded_directory_tables(struct pr_source *source, int64_t tenant_id, struct pr_arena *arena,
	struct pr_text_table *tables, struct pr_error *error)
{
	const struct pr_embedded *store = (const struct pr_embedded *)(const void *)source;
	if (!pr_embedded_run(store, "BEGIN", error))
		return false;
	bool done = read_tables(store, tenant_id, arena, tables, error);
	/* Nothing was written, so that the end of the snapshot cannot fail in a way that matters. */
	sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	return done;
}

static bool embedded_directory(struct pr_source *source, int64_t tenant_id, struct pr_arena *arena,
	struct pr_directory *directory, struct pr_error *error)
{
	struct pr_text_table tables[PR_TABLE_COUNT];
	return embedded_directory_tables(source, tenant_id, arena, tables, error) &&
	       pr_directory_build(tables, tenant_id, arena, directory, error);
}

static bool read_list(
	const struct pr_embedded *store, struct pr_arena *arena, struct pr_project_list *list, struct pr_error *error)
{
	struct pr_text_table project, owners;
	struct pr_arena rows;
	pr_arena_init(&rows);
	bool done = read_table(store, pr_directory_platform_sql[PR_TABLE_PROJECT], 0, &rows, &project, error) &&
	            read_table(store, pr_directory_owners_sql, 0, &rows, &owners, error) &&
	            pr_directory_list(&project, &owners, arena, list, error);
	pr_arena_release(&rows);
	return done;
}

static bool read_project(const struct pr_embedded *store, int64_t tenant_id, int64_t project_id, struct pr_arena *arena,
	struct pr_directory *directory, struct pr_error *error)
{
	struct pr_text_table tables[PR_TABLE_COUNT] = {{0}};
	for (int table = 0; table < PR_TABLE_COUNT; table++) {
		const char *sql = pr_directory_narrow(
			arena, pr_directory_platform_sql, (enum pr_directory_table)table, tenant_id, project_id);
		if (sql && !read_table(store, sql, tenant_id, arena, &tables[table], error))
			return false;
	}
	return pr_directory_build(tables, tenant_id, arena, directory, error);
}

static bool embedded_projects(
	struct pr_source *source, struct pr_arena *arena, struct pr_project_list *list, struct pr_error *error)
{
	const struct pr_embedded *store = (const struct pr_embedded *)(const void *)source;
	if (!pr_embedded_run(store, "BEGIN", error))
		return false;
	bool done = read_list(store, arena, list, error);
	sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	return done;
}

static bool embedded_project(struct pr_source *source, int64_t tenant_id, int64_t project_id, struct pr_arena *arena,
	struct pr_directory *directory, struct pr_error *error)
{
	const struct pr_embedded *store = (const struct pr_embedded *)(const void *)source;
	if (!pr_embedded_run(store, "BEGIN", error))
		return false;
	bool done = read_project(store, tenant_id, project_id, arena, directory, error);
	sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	return done;
}

/* --- the directory in pieces --- */

static bool embedded_directory_begin(struct pr_source *source, struct pr_error *error)
{
	return pr_embedded_run((const struct pr_embedded *)(const void *)source, "BEGIN", error);
}

static void embedded_directory_end(struct pr_source *source)
{
	sqlite3_exec(((const struct pr_embedded *)(const void *)source)->db, "ROLLBACK", NULL, NULL, NULL);
}

static bool embedded_directory_pieces(struct pr_source *source, enum pr_directory_table table,
	const struct pr_tenant *tenants, size_t tenant_count, pr_directory_take *take, void *context,
	struct pr_error *error)
{
	const struct pr_embedded *store = (const struct pr_embedded *)(const void *)source;
	const char *sql = pr_directory_whole_sql(table);
	struct sqlite3_stmt *statement;
	(void)tenants;
	(void)tenant_count;
	if (!pr_embedded_prepare(store, sql, &statement, error))
		return false;
	bool is_read = true, is_full = true;
	while (is_read && is_full) {
		struct pr_text_table rows;
		struct pr_arena arena;
		pr_arena_init(&arena);
		is_read = read_rows(store, statement, &arena, PR_DIRECTORY_PIECE, &rows, error);
		is_full = rows.row_count == PR_DIRECTORY_PIECE;
		is_read = is_read && (rows.row_count == 0 || take(context, &rows, error));
		pr_arena_release(&arena);
	}
	sqlite3_finalize(statement);
	return is_read;
}

static const struct pr_source_ops embedded_ops = {
	.free = embedded_free,
	.describe = embedded_describe,
	.tenants = embedded_tenants,
	.directory = embedded_directory,
	.projects = embedded_projects,
	.project = embedded_project,
	.quarters = pr_embedded_quarters,
	.quarters_exist = pr_embedded_quarters_exist,
	.has_ingest_times = pr_embedded_has_ingest_times,
	.minutes = pr_embedded_minutes,
	.quality = pr_embedded_quality,
	.sensors = pr_embedded_sensors,
	.events = pr_embedded_events,
	.directory_begin = embedded_directory_begin,
	.directory_end = embedded_directory_end,
	.directory_pieces = embedded_directory_pieces,
	.survey_alarms = pr_embedded_survey_alarms,
	.survey_repeats = pr_embedded_survey_repeats,
	.directory_tables = embedded_directory_tables,
	.copy = pr_embedded_copy,
};

/* Whether a one-row query with two text arguments finds something. */
static bool finds(const struct pr_embedded *store, const char *sql, const char *first, const char *second, bool *found,
	struct pr_error *error)
{
	struct sqlite3_stmt *statement;
	if (!pr_embedded_prepare(store, sql, &statement, error))
		return false;
	bool done = sqlite3_bind_text(statement, 1, first, -1, SQLITE_STATIC) == SQLITE_OK &&
	            (!second || sqlite3_bind_text(statement, 2, second, -1, SQLITE_STATIC) == SQLITE_OK);
	if (!done)
		pr_embedded_refuse(store, PR_CODE_STORE, "cannot query store", error);
	done = done && pr_embedded_step(store, statement, found, error);
	sqlite3_finalize(statement);
	return done;
}

/*
 * A column that a store lacks and that may be missing reads as missing: a view of the same name, seen before the table,
 * gives NULL for it. What is needed must be there.
 */
static bool shadow_table(
	const struct pr_embedded *store, const struct pr_schema_table *table, const bool *missing, struct pr_error *error)
{
	struct pr_arena arena;
	struct pr_buffer sql;
	bool done;

	pr_arena_init(&arena);
	pr_buffer_init(&sql, &arena);
	pr_buffer_format(&sql, "CREATE TEMP VIEW %s AS SELECT ", table->name);
	for (size_t column = 0; column < table->column_count; column++)
		pr_buffer_format(
			&sql, "%s%s%s", column > 0 ? ", " : "", missing[column] ? "NULL AS " : "", table->columns[column].name);
	pr_buffer_format(&sql, " FROM main.%s", table->name);
	done = pr_embedded_run(store, sql.text, error);
	pr_arena_release(&arena);
	return done;
}

static bool check_columns(const struct pr_embedded *store, const struct pr_schema_table *table, struct pr_error *error)
{
	static const char column_sql[] = "SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2";
	bool missing[PR_SCHEMA_COLUMNS_MAX] = {false}, any = false, found;

	for (size_t column = 0; column < table->column_count; column++) {
		if (!finds(store, column_sql, table->name, table->columns[column].name, &found, error))
			return false;
		if (!found && (table->columns[column].required || table->columns[column].needed))
			return pr_error_set(error, PR_CODE_UNREACHABLE,
				"cannot open store '%s': table '%s' has no column '%s'; expected the contract's columns", store->path,
				table->name, table->columns[column].name);
		missing[column] = !found;
		any = any || !found;
	}
	return !any || shadow_table(store, table, missing, error);
}

/* A file that is no store, or one of another form, is told at once and not by the first figure that is missing. */
static bool check_tables(const struct pr_embedded *store, struct pr_error *error)
{
	static const char table_sql[] = "SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?1";
	for (size_t i = 0; i < PR_SCHEMA_TABLE_COUNT; i++) {
		const struct pr_schema_table *table = &pr_schema_tables[i];
		bool found;
		if (!finds(store, table_sql, table->name, NULL, &found, error))
			return false;
		if (!found)
			return pr_error_set(error, PR_CODE_UNREACHABLE,
				"cannot open store '%s': no table '%s'; expected an embedded store made by 'powerreport import' or "
				"'make samples'",
				store->path, table->name);
		if (!check_columns(store, table, error))
			return false;
	}
	return true;
}

static bool check_file(const char *path, struct pr_error *error)
{
	struct stat status;
	if (stat(path, &status) != 0)
		return pr_error_set(error, PR_CODE_UNREACHABLE,
			"cannot open store '%s': %s; expected an embedded store made by "
			"'powerreport import' or 'make samples'",
			path, errno == ENOENT ? "no such file" : pr_error_reason(errno, (char[128]){0}));
	if (!S_ISREG(status.st_mode))
		return pr_error_set(error, PR_CODE_UNREACHABLE,
			"cannot open store '%s': not a regular file; expected an embedded "
			"store",
			path);
	return true;
}

static bool open_database(struct pr_embedded *store, struct pr_error *error)
{
	if (sqlite3_open_v2(store->path, &store->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return pr_embedded_refuse(store, PR_CODE_UNREACHABLE, "cannot open store", error);
	sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
	/* The first statement that reads the file finds out whether it is a database at all. */
	if (sqlite3_exec(store->db, "PRAGMA trusted_schema = OFF; SELECT 1 FROM sqlite_master LIMIT 1", NULL, NULL, NULL) !=
		SQLITE_OK)
		return pr_embedded_refuse(store, PR_CODE_UNREACHABLE, "cannot open store", error);
	/* The file itself is open for reading alone; from here on the connection's own views can't change either. */
	return check_tables(store, error) && pr_embedded_run(store, "PRAGMA query_only = ON", error);
}

bool pr_embedded_open(struct pr_source **source, const struct pr_config *config, struct pr_error *error)
{
	const char *path = config->store.path;
	if (!path)
		return pr_error_set(
			error, PR_CODE_CONFIG, "no embedded store is named; expected 'path' in [store], or --db FILE");
	if (!check_file(path, error))
		return false;
	struct pr_embedded *store = calloc(1, sizeof *store);
	if (!store)
		return pr_error_set(error, PR_CODE_INTERNAL, "out of memory");
	pr_arena_init(&store->arena);
	store->source.ops = &embedded_ops;
	store->path = pr_arena_copy(&store->arena, path);
	store->description = pr_arena_format(&store->arena, "embedded %s", path);
	store->quarter_stamp_end = config->store.quarter_stamp_end;
	if (!open_database(store, error)) {
		embedded_free(&store->source);
		return false;
	}
	*source = &store->source;
	return true;
}
