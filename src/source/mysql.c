#include "source/mysql.h"

#include <stdlib.h>
#include <string.h>

#include <errmsg.h>
#include <mysql.h>
#include <mysqld_error.h>

#include "base/log.h"
#include "base/text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define RESULT_BYTES ((size_t)256 * 1024 * 1024)

struct pr_mysql {
	const struct pr_mysql_config *config;
	MYSQL *handle;   /* owned; NULL while there is no connection */
	char where[160]; /* "127.0.0.1:3306", for messages */
};

static const char *problem_of(const struct pr_mysql *mysql, struct pr_arena *arena)
{
	return pr_text_clean(arena, mysql_error(mysql->handle));
}

static bool is_lost(unsigned number)
{
	return number == CR_SERVER_GONE_ERROR || number == CR_SERVER_LOST || number == 1927 || number == 4031;
}

/* --- connecting --- */

static bool is_refused_login(unsigned number)
{
	return number == ER_ACCESS_DENIED_ERROR || number == 1698 || number == ER_ACCOUNT_HAS_BEEN_LOCKED ||
	       number == 1820 || number == 1862;
}

static bool report_connection(const struct pr_mysql *mysql, struct pr_error *error)
{
	const struct pr_mysql_config *config = mysql->config;
	unsigned number = mysql_errno(mysql->handle);
	struct pr_arena arena;
	pr_arena_init(&arena);
	const char *problem = problem_of(mysql, &arena);
	if (is_refused_login(number))
		pr_error_set(error, PR_CODE_UNREACHABLE,
			"cannot log in to MySQL at %s as '%s': access denied; expected "
			"POWERREPORT_MYSQL_PASSWORD or [mysql] password_file to hold its password",
			mysql->where, config->user);
	else if (number == ER_DBACCESS_DENIED_ERROR || number == ER_BAD_DB_ERROR)
		pr_error_set(error, PR_CODE_UNREACHABLE,
			"cannot open database '%s' on MySQL at %s as '%s': %s; expected "
			"[mysql] database to name one that the account may read",
			config->database, mysql->where, config->user, problem);
	else if (number == CR_SSL_CONNECTION_ERROR)
		pr_error_set(error, PR_CODE_UNREACHABLE,
			"cannot reach MySQL at %s by TLS: %s; expected a certificate of its "
			"host, signed by the authority in %s",
			mysql->where, problem, config->ca_file ? config->ca_file : "the system's store ([mysql] ca_file is empty)");
	else
		pr_error_set(error, PR_CODE_UNREACHABLE,
			"cannot reach MySQL at %s: %s; expected [mysql] host and port to name "
			"a running server",
			mysql->where, problem);
	pr_arena_release(&arena);
	return false;
}

static bool set_options(MYSQL *handle, const struct pr_mysql_config *config)
{
	const unsigned connect_s = (unsigned)config->connect_timeout_s, read_s = (unsigned)config->read_timeout_s;
	const unsigned off = 0;
	const my_bool is_on = 1, is_off = 0;
	const struct {
		enum mysql_option option;
		const void *value;
	} options[] = {
		{MYSQL_OPT_CONNECT_TIMEOUT, &connect_s},
		{MYSQL_OPT_READ_TIMEOUT, &read_s},
		{MYSQL_OPT_WRITE_TIMEOUT, &read_s},
		{MYSQL_OPT_RECONNECT, &is_off},
		{MYSQL_OPT_LOCAL_INFILE, &off},
		{MYSQL_SET_CHARSET_NAME, "utf8mb4"},
		/* A server cannot ask for the password in clear. */
		{MARIADB_OPT_RESTRICTED_AUTH, "mysql_native_password,caching_sha2_password,sha256_password,client_ed25519"},
		{MYSQL_OPT_SSL_ENFORCE, config->tls ? &is_on : &is_off},
		{MYSQL_OPT_SSL_VERIFY_SERVER_CERT, config->tls ? &is_on : &is_off},
	};
	bool is_set = true;
	for (size_t i = 0; i < COUNT(options); i++)
		is_set = is_set && mysql_optionsv(handle, options[i].option, options[i].value) == 0;
	if (config->tls && config->ca_file)
		is_set = is_set && mysql_optionsv(handle, MYSQL_OPT_SSL_CA, (const void *)config->ca_file) == 0;
	return is_set;
}

static bool run(struct pr_mysql *mysql, const char *sql)
{
	return mysql_real_query(mysql->handle, sql, (unsigned long)strlen(sql)) == 0;
}

static bool set_session(struct pr_mysql *mysql, struct pr_error *error)
{
	char limit[80];
	const char *version = mysql_get_server_info(mysql->handle);
	bool is_mariadb = version && strstr(version, "MariaDB");
	snprintf(limit, sizeof limit,
		is_mariadb ? "SET SESSION max_statement_time=%d" : "SET SESSION max_execution_time=%d000",
		mysql->config->statement_timeout_s);
	if (!run(mysql, limit))
		pr_log(PR_LOG_INFO, "MySQL at %s knows no limit for statements: %s", mysql->where, mysql_error(mysql->handle));
	if (!run(mysql, "SET SESSION time_zone='+00:00'"))
		return report_connection(mysql, error);
	if (mysql->config->tls && !mysql_get_ssl_cipher(mysql->handle))
		return pr_error_set(error, PR_CODE_UNREACHABLE,
			"MySQL at %s answers without TLS; expected it, as [mysql] tls asks for", mysql->where);
	return true;
}

static void disconnect(struct pr_mysql *mysql)
{
	if (mysql->handle)
		mysql_close(mysql->handle);
	mysql->handle = NULL;
}

static bool connect_server(struct pr_mysql *mysql, struct pr_error *error)
{
	const struct pr_mysql_config *config = mysql->config;
	mysql->handle = mysql_init(NULL);
	if (!mysql->handle)
		abort();
	if (!set_options(mysql->handle, config)) {
		disconnect(mysql);
		return pr_error_set(error, PR_CODE_INTERNAL, "cannot set the MySQL library up for %s", mysql->where);
	}
	bool is_open = mysql_real_connect(mysql->handle, config->socket ? "localhost" : config->host, config->user,
					   config->password ? config->password : "", config->database, (unsigned)config->port,
					   config->socket, 0) != NULL;
	if (!is_open)
		report_connection(mysql, error);
	if (is_open && set_session(mysql, error))
		return true;
	disconnect(mysql);
	return false;
}

bool pr_mysql_open(struct pr_mysql **out, const struct pr_mysql_config *config, struct pr_error *error)
{
	*out = NULL;
	struct pr_mysql *mysql = calloc(1, sizeof *mysql);
	if (!mysql)
		abort();
	mysql->config = config;
	if (config->socket)
		snprintf(mysql->where, sizeof mysql->where, "%s", config->socket);
	else
		snprintf(mysql->where, sizeof mysql->where, "%s:%d", config->host, config->port);
	if (!connect_server(mysql, error)) {
		pr_mysql_free(mysql);
		return false;
	}
	*out = mysql;
	return true;
}

void pr_mysql_free(struct pr_mysql *mysql)
{
	if (!mysql)
		return;
	disconnect(mysql);
	free(mysql);
}

/* --- the snapshot --- */

/* 0, or the error's number. */
static unsigned start_transaction(struct pr_mysql *mysql)
{
	if (run(mysql, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"))
		return 0;
	if (mysql_errno(mysql->handle) != ER_NOT_SUPPORTED_YET)
		return mysql_errno(mysql->handle);
	pr_log(PR_LOG_WARNING, "MySQL at %s has no read-only snapshots; the account's rights alone keep it from writing",
		mysql->where);
	return run(mysql, "START TRANSACTION WITH CONSISTENT SNAPSHOT") ? 0 : mysql_errno(mysql->handle);
}

bool pr_mysql_begin(struct pr_mysql *mysql, struct pr_error *error)
{
	if (!mysql->handle && !connect_server(mysql, error))
		return false;
	unsigned number = start_transaction(mysql);
	if (is_lost(number)) {
		/* The server closes what was idle for hours. */
		disconnect(mysql);
		if (!connect_server(mysql, error))
			return false;
		number = start_transaction(mysql);
	}
	if (number == 0)
		return true;
	pr_error_set(error, is_lost(number) ? PR_CODE_UNREACHABLE : PR_CODE_STORE,
		"cannot begin a snapshot on MySQL at %s: %s", mysql->where, mysql_error(mysql->handle));
	disconnect(mysql);
	return false;
}

void pr_mysql_end(struct pr_mysql *mysql)
{
	if (mysql->handle && !run(mysql, "ROLLBACK"))
		disconnect(mysql);
}

/* --- queries --- */

static bool report_query(struct pr_mysql *mysql, const char *what, struct pr_error *error)
{
	unsigned number = mysql_errno(mysql->handle);
	struct pr_arena arena;
	pr_arena_init(&arena);
	const char *problem = problem_of(mysql, &arena);
	if (number == 1969 || number == 3024)
		pr_error_set(error, PR_CODE_STORE,
			"cannot read %s from MySQL at %s: the statement took longer than %d s; "
			"expected less, or a larger [mysql] statement_timeout_s",
			what, mysql->where, mysql->config->statement_timeout_s);
	else if (number == ER_TABLEACCESS_DENIED_ERROR || number == ER_COLUMNACCESS_DENIED_ERROR)
		pr_error_set(error, PR_CODE_UNREACHABLE,
			"cannot read %s from MySQL at %s as '%s': %s; expected the account to "
			"have SELECT on it",
			what, mysql->where, mysql->config->user, problem);
	else
		pr_error_set(error, is_lost(number) ? PR_CODE_UNREACHABLE : PR_CODE_STORE,
			"cannot read %s from MySQL at %s: %s", what, mysql->where, problem);
	pr_arena_release(&arena);
	if (is_lost(number))
		disconnect(mysql);
	return false;
}

static bool check_columns(
	MYSQL_RES *result, const char *what, const char *const *columns, size_t count, struct pr_error *error)
{
	unsigned given = mysql_num_fields(result);
	const MYSQL_FIELD *fields = mysql_fetch_fields(result);
	for (size_t i = 0; i < count; i++) {
		if (i >= given)
			return pr_error_set(error, PR_CODE_CONFIG, "%s gives %u columns; expected %zu, number %zu being '%s'", what,
				given, count, i + 1, columns[i]);
		if (strcmp(fields[i].name, columns[i]) != 0)
			return pr_error_set(error, PR_CODE_CONFIG, "%s gives '%.64s' as column %zu; expected '%s'", what,
				fields[i].name, i + 1, columns[i]);
	}
	if (given != count)
		return pr_error_set(error, PR_CODE_CONFIG, "%s gives %u columns; expected %zu, '%s' being the last", what,
			given, count, columns[count - 1]);
	return true;
}

/* At most `most` of them. */
static bool fetch_rows(struct pr_mysql *mysql, MYSQL_RES *result, const char *what, struct pr_arena *arena, size_t most,
	struct pr_text_table *table, struct pr_error *error)
{
	size_t capacity = 0, count = 0, bytes = 0;
	MYSQL_ROW row;
	while (table->row_count < most && (row = mysql_fetch_row(result)) != NULL) {
		const unsigned long *lengths = mysql_fetch_lengths(result);
		for (size_t i = 0; i < table->column_count; i++) {
			bytes += row[i] ? lengths[i] : 0;
			*PR_PUSH(arena, table->cells, count, capacity) = row[i] ? pr_arena_copy_n(arena, row[i], lengths[i]) : NULL;
		}
		if (bytes > RESULT_BYTES)
			return pr_error_set(
				error, PR_CODE_STORE, "%s on MySQL at %s holds over %zu MiB", what, mysql->where, RESULT_BYTES >> 20);
		table->row_count++;
	}
	/* A statement that runs out of time ends its rows as if there were no more. */
	if (mysql_errno(mysql->handle) != 0)
		return report_query(mysql, what, error);
	return true;
}

/* The rows behind the statement, or NULL with the error set; columns NULL = any. */
static MYSQL_RES *start_query(struct pr_mysql *mysql, const char *what, const char *const *columns, const char *sql,
	size_t *count, struct pr_error *error)
{
	*count = 0;
	while (columns && columns[*count])
		++*count;
	if (!mysql->handle) {
		pr_error_set(
			error, PR_CODE_UNREACHABLE, "cannot read %s: the connection to MySQL at %s is lost", what, mysql->where);
		return NULL;
	}
	if (!run(mysql, sql)) {
		report_query(mysql, what, error);
		return NULL;
	}
	MYSQL_RES *result = mysql_use_result(mysql->handle);
	if (!result && mysql_errno(mysql->handle) != 0)
		report_query(mysql, what, error);
	else if (!result)
		pr_error_set(error, PR_CODE_CONFIG, "%s gives no rows at all; expected a SELECT", what);
	if (result && !columns)
		*count = mysql_num_fields(result);
	if (!result || !columns || check_columns(result, what, columns, *count, error))
		return result;
	mysql_free_result(result);
	return NULL;
}

bool pr_mysql_query(struct pr_mysql *mysql, const char *what, const char *const *columns, const char *sql,
	struct pr_arena *arena, struct pr_text_table *table, struct pr_error *error)
{
	*table = (struct pr_text_table){0};
	MYSQL_RES *result = start_query(mysql, what, columns, sql, &table->column_count, error);
	if (!result)
		return false;
	bool is_read = fetch_rows(mysql, result, what, arena, SIZE_MAX, table, error);
	mysql_free_result(result);
	return is_read;
}

bool pr_mysql_pieces(struct pr_mysql *mysql, const char *what, const char *const *columns, const char *sql,
	size_t piece, pr_mysql_take *take, void *context, struct pr_error *error)
{
	size_t count = 0;
	MYSQL_RES *result = start_query(mysql, what, columns, sql, &count, error);
	if (!result)
		return false;
	bool is_read = true, is_full = true;
	while (is_read && is_full) {
		struct pr_text_table rows = {.column_count = count};
		struct pr_arena arena;
		pr_arena_init(&arena);
		is_read = fetch_rows(mysql, result, what, &arena, piece, &rows, error);
		is_full = rows.row_count == piece;
		is_read = is_read && (rows.row_count == 0 || take(context, &rows, error));
		pr_arena_release(&arena);
	}
	mysql_free_result(result); /* and what was not read of it */
	return is_read;
}

/* --- what a server says of itself --- */

bool pr_mysql_ask(struct pr_mysql *mysql, const char *what, const char *sql, struct pr_arena *arena,
	struct pr_text_table *table, struct pr_error *error)
{
	return pr_mysql_query(mysql, what, NULL, sql, arena, table, error);
}

static enum pr_mysql_type type_of(const MYSQL_FIELD *field)
{
	static const struct {
		enum enum_field_types from;
		enum pr_mysql_type type;
	} types[] = {
		{MYSQL_TYPE_TINY, PR_MYSQL_WHOLE},
		{MYSQL_TYPE_SHORT, PR_MYSQL_WHOLE},
		{MYSQL_TYPE_INT24, PR_MYSQL_WHOLE},
		{MYSQL_TYPE_LONG, PR_MYSQL_WHOLE},
		{MYSQL_TYPE_LONGLONG, PR_MYSQL_WHOLE},
		{MYSQL_TYPE_YEAR, PR_MYSQL_WHOLE},
		{MYSQL_TYPE_DECIMAL, PR_MYSQL_NUMBER},
		{MYSQL_TYPE_NEWDECIMAL, PR_MYSQL_NUMBER},
		{MYSQL_TYPE_FLOAT, PR_MYSQL_NUMBER},
		{MYSQL_TYPE_DOUBLE, PR_MYSQL_NUMBER},
		{MYSQL_TYPE_DATETIME, PR_MYSQL_DATETIME},
		{MYSQL_TYPE_TIMESTAMP, PR_MYSQL_DATETIME},
		{MYSQL_TYPE_DATE, PR_MYSQL_DATE},
		{MYSQL_TYPE_NEWDATE, PR_MYSQL_DATE},
		{MYSQL_TYPE_VARCHAR, PR_MYSQL_TEXT},
		{MYSQL_TYPE_VAR_STRING, PR_MYSQL_TEXT},
		{MYSQL_TYPE_STRING, PR_MYSQL_TEXT},
		{MYSQL_TYPE_ENUM, PR_MYSQL_TEXT},
		{MYSQL_TYPE_TINY_BLOB, PR_MYSQL_TEXT}, /* TEXT, too */
		{MYSQL_TYPE_BLOB, PR_MYSQL_TEXT},
		{MYSQL_TYPE_MEDIUM_BLOB, PR_MYSQL_TEXT},
		{MYSQL_TYPE_LONG_BLOB, PR_MYSQL_TEXT},
	};
	for (size_t i = 0; i < COUNT(types); i++)
		if (types[i].from == field->type)
			return types[i].type;
	return PR_MYSQL_OTHER;
}

bool pr_mysql_describe(struct pr_mysql *mysql, const char *what, const char *const *columns, const char *sql,
	enum pr_mysql_type *types, struct pr_error *error)
{
	struct pr_arena arena;
	struct pr_text_table row = {0};
	pr_arena_init(&arena);
	/* A query of one's own may end in a comment. */
	const char *limited = pr_arena_format(&arena, "SELECT * FROM (%s\n) described LIMIT 1", sql);
	MYSQL_RES *result = start_query(mysql, what, columns, limited, &row.column_count, error);
	const MYSQL_FIELD *fields = result ? mysql_fetch_fields(result) : NULL;
	for (size_t i = 0; fields && i < row.column_count; i++)
		types[i] = type_of(&fields[i]);
	bool is_read = result && fetch_rows(mysql, result, what, &arena, SIZE_MAX, &row, error);
	mysql_free_result(result);
	pr_arena_release(&arena);
	return is_read;
}

const char *pr_mysql_version(const struct pr_mysql *mysql)
{
	return mysql_get_server_info(mysql->handle);
}

const char *pr_mysql_cipher(const struct pr_mysql *mysql)
{
	return mysql_get_ssl_cipher(mysql->handle);
}
