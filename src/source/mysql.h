/*
 * The directory's server, by the MySQL protocol (MySQL, MariaDB, TiDB); the only file that knows libmariadb is mysql.c.
 * The session is read-only, in UTC and utf8mb4, with time-outs for connecting, reading and each statement; TLS, where
 * it is configured, is enforced and verified; no reconnecting behind one's back, no local files.
 *
 *     if (!pr_mysql_begin(mysql, error) || !pr_mysql_query(mysql, "point", columns, sql, arena, &table, error))
 *         …
 *     pr_mysql_end(mysql);
 *
 * Errors: PR_CODE_UNREACHABLE (no connection, a refused account), PR_CODE_STORE (a query that fails or times out,
 * also in the middle of its rows), PR_CODE_CONFIG (columns other than expected). No secret is part of a message.
 */
#ifndef PR_SOURCE_MYSQL_H
#define PR_SOURCE_MYSQL_H

#include "base/arena.h"
#include "base/error.h"
#include "config/config.h"
#include "source/directory_rows.h"

struct pr_mysql;

/* Connects; `config` must outlive the handle. */
PR_CHECK bool pr_mysql_open(struct pr_mysql **mysql, const struct pr_mysql_config *config, struct pr_error *error);
void pr_mysql_free(struct pr_mysql *mysql); /* NULL is fine */

/* One consistent snapshot for the queries until pr_mysql_end; a connection that was lost while idle is made again. */
PR_CHECK bool pr_mysql_begin(struct pr_mysql *mysql, struct pr_error *error);
void pr_mysql_end(struct pr_mysql *mysql);

/* Every row as texts, in the arena. The result must have exactly these columns in this order; `what` ("table 'point'",
 * or the name of an SQL file) names the query in errors. */
PR_CHECK bool pr_mysql_query(struct pr_mysql *mysql, const char *what, const char *const *columns, const char *sql,
	struct pr_arena *arena, struct pr_text_table *table, struct pr_error *error);

/* The same in pieces of at most `piece` rows, each gone after the call, so that a table of any length stays small here.
 * Where `take` returns false its error stands. */
typedef bool pr_mysql_take(void *context, const struct pr_text_table *rows, struct pr_error *error);
PR_CHECK bool pr_mysql_pieces(struct pr_mysql *mysql, const char *what, const char *const *columns, const char *sql,
	size_t piece, pr_mysql_take *take, void *context, struct pr_error *error);

/* --- for `check` (source/probe.h) --- */

/* Every row of a statement of any columns as texts: what a server says of itself. */
PR_CHECK bool pr_mysql_ask(struct pr_mysql *mysql, const char *what, const char *sql, struct pr_arena *arena,
	struct pr_text_table *table, struct pr_error *error);
enum pr_mysql_type { PR_MYSQL_WHOLE, PR_MYSQL_NUMBER, PR_MYSQL_DATETIME, PR_MYSQL_DATE, PR_MYSQL_TEXT, PR_MYSQL_OTHER };
/* The types of a query's columns, which must have these names in this order; at most one row is read of it. */
PR_CHECK bool pr_mysql_describe(struct pr_mysql *mysql, const char *what, const char *const *columns, const char *sql,
	enum pr_mysql_type *types, struct pr_error *error);
const char *pr_mysql_version(const struct pr_mysql *mysql);
const char *pr_mysql_cipher(const struct pr_mysql *mysql); /* NULL = no TLS */

#endif
