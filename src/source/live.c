#include "source/live.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "source/directory_rows.h"

#define SQL_BYTES ((size_t)64 * 1024)

static struct pr_live *live_of(struct pr_source *source)
{
	return (struct pr_live *)(void *)source;
}

/* --- the directory --- */

/* `sql` with every "?" outside of quotes and comments replaced by the id; *marks counts them. */
const char *pr_live_bind_id(const char *sql, int64_t id, struct pr_arena *arena, size_t *marks)
{
	struct pr_buffer out;
	pr_buffer_init(&out, arena);
	*marks = 0;
	const char *end = NULL; /* what ends the quote or the comment that we are in */
	for (const char *at = sql; *at; at++) {
		if (end) {
			if (strncmp(at, end, strlen(end)) == 0)
				end = NULL;
		} else if (*at == '\'' || *at == '"' || *at == '`') {
			end = *at == '\'' ? "'" : *at == '"' ? "\"" : "`";
		} else if (strncmp(at, "--", 2) == 0 || *at == '#') {
			end = "\n";
		} else if (strncmp(at, "/*", 2) == 0) {
			end = "*/";
		} else if (*at == '?') {
			pr_buffer_format(&out, "%lld", (long long)id);
			++*marks;
			continue;
		}
		pr_buffer_add_n(&out, at, 1);
	}
	return out.text;
}

/* A statement as the file holds it, without what a client would take as its end. */
static bool read_sql(const char *path, struct pr_arena *arena, const char **sql, struct pr_error *error)
{
	char *bytes = NULL;
	size_t count = 0;
	if (!pr_file_read(path, SQL_BYTES, arena, &bytes, &count, error)) {
		struct pr_error cause = *error;
		pr_error_clear(error);
		return pr_error_set(error, PR_CODE_CONFIG, "%s", cause.text);
	}
	char *text = pr_text_trim(bytes);
	for (size_t length = strlen(text); length > 0 && text[length - 1] == ';'; length = strlen(text)) {
		text[length - 1] = '\0';
		text = pr_text_trim(text);
	}
	*sql = text;
	if (*text == '\0')
		return pr_error_set_at(error, PR_CODE_CONFIG, path, 0, "no statement; expected a SELECT");
	return true;
}

/* The text of a table's query, and what to call it in messages. */
bool pr_live_choose_sql(const struct pr_live *live, size_t table, bool is_platform, struct pr_arena *arena,
	const char **what, const char **sql, struct pr_error *error)
{
	const struct pr_directory_query *query = &pr_directory_queries[table];
	const char *folder = live->config->mysql.sql_folder;
	*what = pr_arena_format(arena, "table '%s'", query->table);
	*sql = is_platform ? pr_directory_platform_sql[table] : query->sql;
	if (!folder)
		return true;
	const char *own = pr_arena_format(arena, "%s/%s.sql", folder, query->table);
	const char *whole = pr_arena_format(arena, "%s/%s.platform.sql", folder, query->table);
	const char *path = is_platform && access(whole, F_OK) == 0 ? whole : own;
	if (access(path, F_OK) != 0)
		return true;
	size_t marks = 0;
	*what = pr_arena_format(arena, "the query in %s", path);
	if (!read_sql(path, arena, sql, error))
		return false;
	(void)pr_live_bind_id(*sql, 0, arena, &marks);
	bool is_of_all = table != PR_TABLE_TENANT_PROJECT && table != PR_TABLE_RECIPIENT;
	if (is_platform && path == own && marks > 0 && is_of_all)
		return pr_error_set_at(error, PR_CODE_CONFIG, path, 0,
			"is limited to a tenant by '?'; expected %s.platform.sql beside it, for the platform's tenant, which sees "
			"all",
			query->table);
	return true;
}

static bool read_table(struct pr_live *live, size_t table, int64_t tenant_id, bool is_platform, struct pr_arena *arena,
	struct pr_text_table *out, struct pr_error *error)
{
	const char *what = NULL, *sql = NULL;
	size_t marks = 0;
	return pr_live_choose_sql(live, table, is_platform, arena, &what, &sql, error) &&
	       pr_mysql_query(live->mysql, what, pr_directory_queries[table].columns,
			   pr_live_bind_id(sql, tenant_id, arena, &marks), arena, out, error);
}

static bool live_tenants(
	struct pr_source *source, struct pr_arena *arena, struct pr_tenant **tenants, size_t *count, struct pr_error *error)
{
	struct pr_live *live = live_of(source);
	struct pr_text_table table;
	if (!pr_mysql_begin(live->mysql, error))
		return false;
	bool is_read = read_table(live, PR_TABLE_TENANT, 0, false, arena, &table, error);
	pr_mysql_end(live->mysql);
	return is_read && pr_directory_tenants(&table, arena, tenants, count, error);
}

static bool read_tables(struct pr_live *live, int64_t tenant_id, struct pr_arena *arena,
	struct pr_text_table tables[PR_TABLE_COUNT], struct pr_error *error)
{
	enum pr_edition edition = PR_EDITION_SINGLE;
	if (!read_table(live, PR_TABLE_TENANT, tenant_id, false, arena, &tables[PR_TABLE_TENANT], error) ||
		!pr_directory_edition(&tables[PR_TABLE_TENANT], tenant_id, &edition, error))
		return false;
	for (size_t table = 0; table < PR_TABLE_COUNT; table++)
		if (table != PR_TABLE_TENANT &&
			!read_table(live, table, tenant_id, edition == PR_EDITION_PLATFORM, arena, &tables[table], error))
			return false;
	return true;
}

static bool live_directory_tables(struct pr_source *source, int64_t tenant_id, struct pr_arena *arena,
	struct pr_text_table *tables, struct pr_error *error)
{
	struct pr_live *live = live_of(source);
	if (!pr_mysql_begin(live->mysql, error))
		return false;
	bool is_read = read_tables(live, tenant_id, arena, tables, error);
	pr_mysql_end(live->mysql);
	return is_read;
}

static bool live_directory(struct pr_source *source, int64_t tenant_id, struct pr_arena *arena,
	struct pr_directory *directory, struct pr_error *error)
{
	struct pr_text_table tables[PR_TABLE_COUNT];
	return live_directory_tables(source, tenant_id, arena, tables, error) &&
	       pr_directory_build(tables, tenant_id, arena, directory, error);
}

static bool read_project(struct pr_live *live, int64_t tenant_id, int64_t project_id, struct pr_arena *arena,
	struct pr_text_table tables[PR_TABLE_COUNT], struct pr_error *error)
{
	const char *what[PR_TABLE_COUNT] = {NULL}, *sql[PR_TABLE_COUNT] = {NULL};
	size_t marks = 0;
	for (size_t table = 0; table < PR_TABLE_COUNT; table++) {
		if (!pr_live_choose_sql(live, table, true, arena, &what[table], &sql[table], error))
			return false;
		sql[table] = pr_live_bind_id(sql[table], tenant_id, arena, &marks);
	}
	for (size_t table = 0; table < PR_TABLE_COUNT; table++) {
		const char *narrow = pr_directory_narrow(arena, sql, (enum pr_directory_table)table, tenant_id, project_id);
		if (narrow && !pr_mysql_query(live->mysql, what[table], pr_directory_queries[table].columns, narrow, arena,
						  &tables[table], error))
			return false;
	}
	return true;
}

static bool live_project(struct pr_source *source, int64_t tenant_id, int64_t project_id, struct pr_arena *arena,
	struct pr_directory *directory, struct pr_error *error)
{
	struct pr_live *live = live_of(source);
	struct pr_text_table tables[PR_TABLE_COUNT] = {{0}};
	if (!pr_mysql_begin(live->mysql, error))
		return false;
	bool is_read = read_project(live, tenant_id, project_id, arena, tables, error);
	pr_mysql_end(live->mysql);
	return is_read && pr_directory_build(tables, tenant_id, arena, directory, error);
}

/* A query of one's own may be limited to a tenant: then it is asked once for each, else once. */
static bool read_owners(struct pr_live *live, const struct pr_tenant *tenants, size_t count, struct pr_arena *arena,
	struct pr_text_table *owners, struct pr_error *error)
{
	const char *const *columns = pr_directory_queries[PR_TABLE_TENANT_PROJECT].columns;
	const char *what, *sql;
	size_t marks = 0, cells = 0, capacity = 0;
	if (!pr_live_choose_sql(live, PR_TABLE_TENANT_PROJECT, false, arena, &what, &sql, error))
		return false;
	if (sql == pr_directory_queries[PR_TABLE_TENANT_PROJECT].sql)
		return pr_mysql_query(live->mysql, what, columns, pr_directory_owners_sql, arena, owners, error);
	*owners = (struct pr_text_table){.column_count = 2};
	for (size_t i = 0; i < count; i++) {
		struct pr_text_table own;
		if (!pr_mysql_query(
				live->mysql, what, columns, pr_live_bind_id(sql, tenants[i].id, arena, &marks), arena, &own, error))
			return false;
		for (size_t k = 0; k < own.row_count * own.column_count; k++) {
			const char *cell = own.cells[k];
			*PR_PUSH(arena, owners->cells, cells, capacity) = cell;
		}
		owners->row_count += own.row_count;
		if (marks == 0)
			break;
	}
	return true;
}

static bool read_list(struct pr_live *live, struct pr_arena *rows, struct pr_arena *arena, struct pr_project_list *list,
	struct pr_error *error)
{
	struct pr_text_table tenant, project, owners;
	struct pr_tenant *tenants = NULL;
	size_t count = 0;
	return read_table(live, PR_TABLE_TENANT, 0, false, rows, &tenant, error) &&
	       pr_directory_tenants(&tenant, rows, &tenants, &count, error) &&
	       read_table(live, PR_TABLE_PROJECT, 0, true, rows, &project, error) &&
	       read_owners(live, tenants, count, rows, &owners, error) &&
	       pr_directory_list(&project, &owners, arena, list, error);
}

static bool live_projects(
	struct pr_source *source, struct pr_arena *arena, struct pr_project_list *list, struct pr_error *error)
{
	struct pr_live *live = live_of(source);
	struct pr_arena rows;
	if (!pr_mysql_begin(live->mysql, error))
		return false;
	pr_arena_init(&rows);
	bool is_read = read_list(live, &rows, arena, list, error);
	pr_arena_release(&rows);
	pr_mysql_end(live->mysql);
	return is_read;
}

/* --- the directory in pieces --- */

static bool live_directory_begin(struct pr_source *source, struct pr_error *error)
{
	return pr_mysql_begin(live_of(source)->mysql, error);
}

static void live_directory_end(struct pr_source *source)
{
	pr_mysql_end(live_of(source)->mysql);
}

/* A query of one's own for tenant_project or recipient may give one tenant's at a time: it is asked for each. */
static bool live_directory_pieces(struct pr_source *source, enum pr_directory_table table,
	const struct pr_tenant *tenants, size_t tenant_count, pr_directory_take *take, void *context,
	struct pr_error *error)
{
	struct pr_live *live = live_of(source);
	const bool is_by_tenant = table == PR_TABLE_TENANT_PROJECT || table == PR_TABLE_RECIPIENT;
	const char *const *columns = pr_directory_queries[table].columns;
	const char *what = NULL, *sql = NULL;
	size_t marks = 0;
	struct pr_arena arena;
	pr_arena_init(&arena);
	bool is_read = pr_live_choose_sql(live, table, true, &arena, &what, &sql, error);
	if (is_read && pr_text_equal(sql, pr_directory_platform_sql[table]))
		sql = pr_directory_whole_sql(table);
	if (is_read)
		(void)pr_live_bind_id(sql, 0, &arena, &marks);
	if (is_read && (!is_by_tenant || marks == 0))
		is_read = pr_mysql_pieces(live->mysql, what, columns, pr_live_bind_id(sql, 0, &arena, &marks),
			PR_DIRECTORY_PIECE, take, context, error);
	else
		for (size_t i = 0; is_read && i < tenant_count; i++)
			is_read = pr_mysql_pieces(live->mysql, what, columns, pr_live_bind_id(sql, tenants[i].id, &arena, &marks),
				PR_DIRECTORY_PIECE, take, context, error);
	pr_arena_release(&arena);
	return is_read;
}

/* --- the source --- */

static const char *live_describe(const struct pr_source *source)
{
	return ((const struct pr_live *)(const void *)source)->description;
}

static void live_free(struct pr_source *source)
{
	struct pr_live *live = live_of(source);
	pr_elastic_free(live->elastic);
	pr_mysql_free(live->mysql);
	free(live);
}

static const struct pr_source_ops live_ops = {
	.free = live_free,
	.describe = live_describe,
	.tenants = live_tenants,
	.directory = live_directory,
	.projects = live_projects,
	.project = live_project,
	.quarters = pr_live_quarters,
	.quarters_exist = pr_live_quarters_exist,
	.has_ingest_times = pr_live_has_ingest_times,
	.minutes = pr_live_minutes,
	.quality = pr_live_quality,
	.sensors = pr_live_sensors,
	.events = pr_live_events,
	.directory_begin = live_directory_begin,
	.directory_end = live_directory_end,
	.directory_pieces = live_directory_pieces,
	.survey_alarms = pr_live_survey_alarms,
	.survey_repeats = pr_live_survey_repeats,
	.directory_tables = live_directory_tables,
	.copy = pr_live_copy,
};

/* A server that closes its end is an error that the libraries report; by default it would be a signal that ends us. */
static void ignore_broken_pipes(void)
{
	struct sigaction now;
	if (sigaction(SIGPIPE, NULL, &now) != 0 || now.sa_handler != SIG_DFL)
		return;
	now = (struct sigaction){.sa_handler = SIG_IGN};
	sigemptyset(&now.sa_mask);
	sigaction(SIGPIPE, &now, NULL);
}

void pr_live_init(struct pr_live *live, const struct pr_store_config *config)
{
	ignore_broken_pipes();
	*live = (struct pr_live){.source = {&live_ops}, .config = config};
}

bool pr_live_open(struct pr_source **source, const struct pr_config *config, struct pr_error *error)
{
	const struct pr_elasticsearch_config *elasticsearch = &config->store.elasticsearch;
	const struct pr_mysql_config *mysql = &config->store.mysql;
	*source = NULL;
	if (pr_text_starts(elasticsearch->url, "http://") && (elasticsearch->password || elasticsearch->api_key))
		pr_log(PR_LOG_WARNING, "%s has no TLS: its account's secret travels in clear", elasticsearch->url);
	struct pr_live *live = calloc(1, sizeof *live);
	if (!live)
		abort();
	pr_live_init(live, &config->store);
	const char *host = strstr(elasticsearch->url, "://");
	if (mysql->socket)
		snprintf(live->description, sizeof live->description, "live %s + %s", host ? host + 3 : elasticsearch->url,
			mysql->socket);
	else
		snprintf(live->description, sizeof live->description, "live %s + %s:%d", host ? host + 3 : elasticsearch->url,
			mysql->host, mysql->port);
	if (!pr_mysql_open(&live->mysql, mysql, error) || !pr_elastic_open(&live->elastic, elasticsearch, error)) {
		live_free(&live->source);
		return false;
	}
	*source = &live->source;
	return true;
}
