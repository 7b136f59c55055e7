/* The directory's server: whether it can be reached, what the account may do, tables and columns, the clock. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "source/http.h"
#include "source/live.h"
#include "source/probe.h"

#define NAME "mysql"

struct look {
	const struct pr_probe *probe;
	struct pr_live live;
	struct pr_arena arena;
	char where[160];
};

/* The one cell of a one-row answer; NULL where it fails. */
static const char *ask_one(struct look *look, const char *sql, size_t column)
{
	struct pr_text_table table = {0};
	struct pr_error ignored = {0};
	if (!pr_mysql_ask(look->live.mysql, "the server's state", sql, &look->arena, &table, &ignored) ||
		table.row_count == 0 || column >= table.column_count)
		return NULL;
	return table.cells[column];
}

/* --- the connection --- */

static void look_at_connection(struct look *look)
{
	const struct pr_mysql_config *config = &look->live.config->mysql;
	const char *cipher = pr_mysql_cipher(look->live.mysql);
	bool is_bare = !cipher && !config->socket;
	pr_probe_tell(look->probe, is_bare ? PR_PROBE_WARN : PR_PROBE_OK, NAME ": connection",
		is_bare ? "set [mysql] tls = yes: the rows of the directory travel in clear" : NULL,
		"%s, version %s, logged in as '%s' to '%s', %s%s", look->where, pr_mysql_version(look->live.mysql),
		config->user, config->database,
		cipher           ? "TLS "
		: config->socket ? "by its socket"
						 : "without TLS",
		cipher ? cipher : "");
	const char *until = cipher ? ask_one(look, "SHOW STATUS LIKE 'Ssl_server_not_after'", 1) : NULL;
	if (until && *until)
		pr_probe_certificate(look->probe, NAME ": certificate", pr_http_date_ms(until));
	const char *clock = ask_one(look, "SELECT UNIX_TIMESTAMP()", 0);
	int64_t seconds = 0;
	if (clock && pr_text_to_int64(clock, &seconds))
		pr_probe_clock(look->probe, NAME ": clock", seconds * 1000);
}

/* --- rights --- */

/* What lets an account look on and no more. */
static bool is_harmless(const char *right, size_t length)
{
	static const char *const harmless[] = {"SELECT", "USAGE", "SHOW VIEW", "SHOW DATABASES", "PROCESS",
		"REPLICATION CLIENT", "BINLOG MONITOR", "SLAVE MONITOR", "REPLICA MONITOR"};
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
		if (strlen(harmless[i]) == length && strncmp(harmless[i], right, length) == 0)
			return true;
	return false;
}

/* Rights stand between "GRANT " and " ON ", with commas between, those of columns with names in brackets behind. */
static void add_rights(const char *from, const char *end, struct pr_buffer *rights)
{
	int depth = 0;
	while (from < end) {
		const char *at = from;
		size_t length;
		for (; at < end && (depth > 0 || *at != ','); at++)
			depth += *at == '(' ? 1 : *at == ')' ? -1 : 0;
		length = (size_t)(at - from);
		for (size_t i = 0; i < length; i++)
			if (from[i] == '(') {
				length = i;
				break;
			}
		while (length > 0 && from[length - 1] == ' ')
			length--;
		if (!is_harmless(from, length)) {
			pr_buffer_add(rights, rights->length > 0 ? ", " : "");
			pr_buffer_add_n(rights, from, length);
		}
		for (from = at; from < end && (*from == ',' || *from == ' '); from++)
			continue;
	}
}

/* A line of SHOW GRANTS holds the password's hash: no more of it is told than its rights. */
static void add_grant(const char *line, struct pr_buffer *rights, bool *has_roles)
{
	const char *on = strstr(line, " ON ");
	if (!pr_text_starts(line, "GRANT "))
		return;
	if (!on) {
		*has_roles = true;
		return;
	}
	add_rights(line + strlen("GRANT "), on, rights);
	if (strstr(on, "WITH GRANT OPTION"))
		pr_buffer_format(rights, "%sGRANT OPTION", rights->length > 0 ? ", " : "");
}

static void look_at_rights(struct look *look)
{
	struct pr_text_table grants = {0};
	struct pr_error error = {0};
	struct pr_buffer rights;
	bool has_roles = false;
	pr_buffer_init(&rights, &look->arena);
	if (!pr_mysql_ask(look->live.mysql, "the account's rights", "SHOW GRANTS", &look->arena, &grants, &error)) {
		pr_probe_tell(look->probe, PR_PROBE_WARN, NAME ": rights", NULL, "cannot be told: %s", error.text);
		return;
	}
	for (size_t i = 0; i < grants.row_count; i++)
		if (grants.column_count > 0 && grants.cells[i * grants.column_count])
			add_grant(grants.cells[i * grants.column_count], &rights, &has_roles);
	if (rights.length > 0)
		pr_probe_tell(look->probe, PR_PROBE_WARN, NAME ": rights", "give it SELECT on the database and nothing else",
			"the account may do more than read: %.500s", rights.text);
	else
		pr_probe_tell(look->probe, has_roles ? PR_PROBE_WARN : PR_PROBE_OK, NAME ": rights",
			has_roles ? "look what its roles allow" : NULL, "the account may read and nothing else%s",
			has_roles ? ", but for what its roles allow" : "");
}

/* --- tables --- */

static bool fits(enum pr_column_kind kind, enum pr_mysql_type type)
{
	switch (kind) {
	case PR_COLUMN_ID:
	case PR_COLUMN_INTEGER:
		return type == PR_MYSQL_WHOLE;
	case PR_COLUMN_DECIMAL:
	case PR_COLUMN_RATING:
	case PR_COLUMN_DOUBLE:
		return type == PR_MYSQL_WHOLE || type == PR_MYSQL_NUMBER;
	case PR_COLUMN_DATETIME:
	case PR_COLUMN_INSTANT:
		return type == PR_MYSQL_DATETIME;
	case PR_COLUMN_DATE:
		return type == PR_MYSQL_DATE;
	case PR_COLUMN_TEXT:
	case PR_COLUMN_ZONE:
	case PR_COLUMN_WORD:
	case PR_COLUMN_MONTH:
		break;
	}
	return type == PR_MYSQL_TEXT;
}

static const char *expected_of(enum pr_column_kind kind)
{
	switch (kind) {
	case PR_COLUMN_ID:
	case PR_COLUMN_INTEGER:
		return "a whole number";
	case PR_COLUMN_DECIMAL:
	case PR_COLUMN_RATING:
	case PR_COLUMN_DOUBLE:
		return "a number";
	case PR_COLUMN_DATETIME:
	case PR_COLUMN_INSTANT:
		return "a DATETIME";
	case PR_COLUMN_DATE:
		return "a DATE";
	case PR_COLUMN_TEXT:
	case PR_COLUMN_ZONE:
	case PR_COLUMN_WORD:
	case PR_COLUMN_MONTH:
		break;
	}
	return "a text";
}

/* A column of another type is read all the same as long as its values look right: a matter to be warned of. */
static bool look_at_types(
	struct look *look, const char *what, const struct pr_schema_table *schema, const enum pr_mysql_type *types)
{
	static const char *const names[] = {"a whole number", "a number", "a DATETIME", "a DATE", "a text", "another type"};
	bool is_good = true;
	for (size_t i = 0; i < schema->column_count; i++) {
		if (fits(schema->columns[i].kind, types[i]))
			continue;
		pr_probe_tell(look->probe, PR_PROBE_WARN, NAME ": tables", "give it the contract's type (directory.sql)",
			"%s, column '%s' is %s; expected %s", what, schema->columns[i].name, names[types[i]],
			expected_of(schema->columns[i].kind));
		is_good = false;
	}
	return is_good;
}

static bool look_at_table(struct look *look, enum pr_directory_table table, bool *is_usual)
{
	const struct pr_schema_table *schema = pr_schema_find(pr_directory_queries[table].table);
	enum pr_mysql_type types[PR_SCHEMA_COLUMNS_MAX];
	const char *what = NULL, *sql = NULL;
	struct pr_error error = {0};
	size_t marks = 0;
	bool is_read = schema && pr_live_choose_sql(&look->live, table, false, &look->arena, &what, &sql, &error) &&
	               pr_mysql_describe(look->live.mysql, what, pr_directory_queries[table].columns,
					   pr_live_bind_id(sql, 0, &look->arena, &marks), types, &error);
	if (!is_read) {
		pr_probe_fail(look->probe, NAME ": tables",
			"make the table as docs/contract/directory.sql has it, or name another query by [mysql] sql_folder, and "
			"give the account SELECT on it",
			&error);
		return false;
	}
	*is_usual = look_at_types(look, what, schema, types) && *is_usual;
	return true;
}

static bool look_at_tables(struct look *look)
{
	bool is_read = true, is_usual = true;
	for (int table = 0; table < PR_TABLE_COUNT; table++)
		is_read = look_at_table(look, (enum pr_directory_table)table, &is_usual) && is_read;
	if (is_read && is_usual)
		pr_probe_tell(look->probe, PR_PROBE_OK, NAME ": tables", NULL,
			"%d tables can be read, with the contract's columns and types", (int)PR_TABLE_COUNT);
	return is_read;
}

void pr_probe_mysql(const struct pr_store_config *config, const struct pr_probe *probe, struct pr_probe_counts *counts)
{
	struct look look = {.probe = probe};
	struct pr_error error = {0};
	pr_live_init(&look.live, config);
	if (config->mysql.socket)
		snprintf(look.where, sizeof look.where, "%s", config->mysql.socket);
	else
		snprintf(look.where, sizeof look.where, "%s:%d", config->mysql.host, config->mysql.port);
	if (!pr_mysql_open(&look.live.mysql, &config->mysql, &error)) {
		pr_probe_fail(
			probe, NAME ": connection", "start the server, or correct [mysql]; a run does nothing until then", &error);
		return;
	}
	pr_arena_init(&look.arena);
	look_at_connection(&look);
	look_at_rights(&look);
	if (look_at_tables(&look))
		pr_probe_directory(&look.live.source, probe, counts);
	pr_mysql_free(look.live.mysql);
	pr_arena_release(&look.arena);
}
