/*
 * For the files of the ledger alone (ledger_open.c, ledger.c, ledger_runs.c, ledger_mail.c): SQLite with errors that name the file.
 * What is read goes into the arena that is given.
 */
#ifndef PR_BATCH_LEDGER_SQL_H
#define PR_BATCH_LEDGER_SQL_H

#include <sqlite3.h>

#include "batch/ledger.h"

#define PR_SCHEMA_WITH_RUNS 2
#define PR_SCHEMA_WITH_MAIL 3
#define PR_SCHEMA_WITH_WRITTEN 4 /* revision and summary know when they were written */
/* By the clock, in milliseconds: SQLite's own, since the ledger asks no other. */
#define PR_SQL_CLOCK "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"

struct pr_ledger {
	sqlite3 *db;
	char *path;
	int schema;
	bool in_transaction;
	sqlite3_stmt *next_summary; /* prepared once: it runs a project */
};

/* Sets the error from SQLite's, as "cannot WHAT ledger 'PATH': …". */
bool pr_sql_refuse(const struct pr_ledger *ledger, const char *what, struct pr_error *error);
PR_CHECK bool pr_sql_execute(const struct pr_ledger *ledger, const char *sql, const char *what, struct pr_error *error);
PR_CHECK bool pr_sql_prepare(
	const struct pr_ledger *ledger, const char *sql, sqlite3_stmt **statement, struct pr_error *error);
PR_CHECK bool pr_sql_step(
	const struct pr_ledger *ledger, sqlite3_stmt *statement, bool *row, const char *what, struct pr_error *error);
/* Runs a statement that gives no rows, and lets it go. */
PR_CHECK bool pr_sql_finish(const struct pr_ledger *ledger, sqlite3_stmt *statement, struct pr_error *error);
PR_CHECK bool pr_sql_read_integer(
	const struct pr_ledger *ledger, const char *sql, int64_t *value, struct pr_error *error);

/* PR_TIME_MISSING is NULL. */
void pr_sql_bind_time(sqlite3_stmt *statement, int index, int64_t time_ms);
int64_t pr_sql_column_time(sqlite3_stmt *statement, int column);
void pr_sql_bind_text(sqlite3_stmt *statement, int index, const char *text);
void pr_sql_bind_month(sqlite3_stmt *statement, int index, struct pr_month month);
void pr_sql_bind_key(sqlite3_stmt *statement, struct pr_month month, int64_t tenant_id); /* 1 and 2 */
/* The unpacked size at `index`, the packed bytes behind it. */
PR_CHECK bool pr_sql_bind_packed(
	sqlite3_stmt *statement, int index, const void *bytes, size_t count, struct pr_error *error);

const char *pr_sql_column_text(sqlite3_stmt *statement, int column, struct pr_arena *arena); /* NULL stays NULL */
void pr_sql_column_hash(sqlite3_stmt *statement, int column, char hash[PR_SHA256_TEXT]);
PR_CHECK bool pr_sql_column_packed(const struct pr_ledger *ledger, sqlite3_stmt *statement, int column,
	struct pr_arena *arena, const char **bytes, size_t *count, struct pr_error *error);
/* The same as it is kept. */
struct pr_packed pr_sql_column_as_packed(sqlite3_stmt *statement, int column, struct pr_arena *arena);

/* Opens for reading; *ledger stays NULL where there is no file, or an empty one. */
PR_CHECK bool pr_sql_open_reader(struct pr_ledger **ledger, const char *path, struct pr_error *error);

#endif
