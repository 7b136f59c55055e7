#include "batch/ledger_runs.h"

#include <math.h>
#include <string.h>

#include "batch/ledger_sql.h"

/* --- runs -------------------------------------------------------------------------------------------------------- */

#define RUN_COLUMNS "run, wish, now_ms, began_ms, ended_ms, outcome, host, pid, version"

static struct pr_ledger_run take_run(sqlite3_stmt *statement, struct pr_arena *arena)
{
	return (struct pr_ledger_run){.id = sqlite3_column_int64(statement, 0),
		.wish = pr_sql_column_text(statement, 1, arena),
		.now_ms = sqlite3_column_int64(statement, 2),
		.began_ms = sqlite3_column_int64(statement, 3),
		.ended_ms = pr_sql_column_time(statement, 4),
		.outcome = pr_sql_column_text(statement, 5, arena),
		.host = pr_sql_column_text(statement, 6, arena),
		.pid = sqlite3_column_int64(statement, 7),
		.version = pr_sql_column_text(statement, 8, arena)};
}

bool pr_ledger_get_run(
	struct pr_ledger *ledger, struct pr_arena *arena, struct pr_ledger_run *run, bool *found, struct pr_error *error)
{
	sqlite3_stmt *statement;
	bool good;

	*run = (struct pr_ledger_run){.ended_ms = PR_TIME_MISSING};
	if (!pr_sql_prepare(ledger, "SELECT " RUN_COLUMNS " FROM run ORDER BY run DESC LIMIT 1", &statement, error))
		return false;
	good = pr_sql_step(ledger, statement, found, "read", error);
	if (good && *found)
		*run = take_run(statement, arena);
	sqlite3_finalize(statement);
	return good;
}

bool pr_ledger_each_run(struct pr_ledger *ledger, pr_ledger_run_fn fn, void *context, struct pr_error *error)
{
	sqlite3_stmt *statement;
	bool row = true, good = true, more = true;

	if (!pr_sql_prepare(ledger, "SELECT " RUN_COLUMNS " FROM run ORDER BY run DESC", &statement, error))
		return false;
	while (more && (good = pr_sql_step(ledger, statement, &row, "read", error)) && row) {
		struct pr_ledger_run run;
		struct pr_arena arena;
		pr_arena_init(&arena);
		run = take_run(statement, &arena);
		more = fn(context, &run, error);
		good = more || error->code == PR_CODE_NONE;
		pr_arena_release(&arena);
	}
	sqlite3_finalize(statement);
	return good;
}

/* Rows of dead runs say "running" for ever; what they were at was interrupted. */
static bool settle_dead(struct pr_ledger *ledger, struct pr_error *error)
{
	return pr_sql_execute(ledger,
		"UPDATE tenant SET state = '" PR_STATE_INTERRUPTED "', reason = 'its run was killed' "
		"WHERE state = '" PR_STATE_RUNNING "'",
		"write", error);
}

static bool put_run(struct pr_ledger *ledger, struct pr_ledger_run *run, struct pr_error *error)
{
	sqlite3_stmt *statement;

	if (!pr_sql_prepare(ledger,
			"INSERT OR REPLACE INTO run(run, wish, now_ms, began_ms, host, pid, version) VALUES(?, ?, ?, ?, ?, ?, ?)",
			&statement, error))
		return false;
	if (run->id)
		sqlite3_bind_int64(statement, 1, run->id);
	pr_sql_bind_text(statement, 2, run->wish);
	sqlite3_bind_int64(statement, 3, run->now_ms);
	sqlite3_bind_int64(statement, 4, run->began_ms);
	pr_sql_bind_text(statement, 5, run->host);
	sqlite3_bind_int64(statement, 6, run->pid);
	pr_sql_bind_text(statement, 7, run->version);
	if (!pr_sql_finish(ledger, statement, error))
		return false;
	run->id = sqlite3_last_insert_rowid(ledger->db);
	return true;
}

bool pr_ledger_begin_run(struct pr_ledger *ledger, struct pr_ledger_run *run, struct pr_error *error)
{
	if (!pr_ledger_begin(ledger, error))
		return false;
	if (settle_dead(ledger, error) && put_run(ledger, run, error))
		return pr_ledger_commit(ledger, error);
	pr_ledger_undo(ledger);
	return false;
}

bool pr_ledger_end_run(
	struct pr_ledger *ledger, int64_t id, const char *outcome, int64_t ended_ms, struct pr_error *error)
{
	sqlite3_stmt *statement;

	if (!pr_sql_prepare(ledger, "UPDATE run SET ended_ms = ?, outcome = ? WHERE run = ?", &statement, error))
		return false;
	sqlite3_bind_int64(statement, 1, ended_ms);
	pr_sql_bind_text(statement, 2, outcome);
	sqlite3_bind_int64(statement, 3, id);
	return pr_sql_finish(ledger, statement, error);
}

/* --- tenants ----------------------------------------------------------------------------------------------------- */

bool pr_ledger_put_tenant(struct pr_ledger *ledger, const struct pr_ledger_tenant *tenant, struct pr_error *error)
{
	static const char sql[] =
		"INSERT INTO tenant(month, tenant_id, name, edition, run, state, reason, coverage, revision, folder, cutoff_ms,"
		" began_ms, ended_ms, duration_ms, attempts, version)"
		" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?6 = '" PR_STATE_RUNNING "', ?15)"
		" ON CONFLICT(month, tenant_id) DO UPDATE SET name = excluded.name, edition = excluded.edition,"
		" run = excluded.run, state = excluded.state, reason = excluded.reason,"
		" coverage = coalesce(excluded.coverage, coverage),"
		" revision = CASE WHEN excluded.revision = 0 THEN revision ELSE excluded.revision END,"
		" folder = coalesce(excluded.folder, folder), cutoff_ms = excluded.cutoff_ms, began_ms = excluded.began_ms,"
		" ended_ms = excluded.ended_ms, duration_ms = excluded.duration_ms,"
		" attempts = CASE WHEN excluded.attempts = 0 THEN attempts WHEN state IN ('done', 'held') THEN 1"
		" ELSE attempts + 1 END, version = excluded.version"
		" WHERE NOT (excluded.state = 'waiting' AND state IN ('done', 'held'))";
	sqlite3_stmt *statement;

	if (!pr_sql_prepare(ledger, sql, &statement, error))
		return false;
	pr_sql_bind_key(statement, tenant->month, tenant->tenant_id);
	pr_sql_bind_text(statement, 3, tenant->name);
	pr_sql_bind_text(statement, 4, tenant->edition);
	sqlite3_bind_int64(statement, 5, tenant->run);
	pr_sql_bind_text(statement, 6, tenant->state);
	pr_sql_bind_text(statement, 7, tenant->reason);
	if (!isnan(tenant->coverage))
		sqlite3_bind_double(statement, 8, tenant->coverage);
	sqlite3_bind_int(statement, 9, tenant->revision);
	pr_sql_bind_text(statement, 10, tenant->folder);
	sqlite3_bind_int64(statement, 11, tenant->cutoff_ms);
	sqlite3_bind_int64(statement, 12, tenant->began_ms);
	pr_sql_bind_time(statement, 13, tenant->ended_ms);
	sqlite3_bind_int64(statement, 14, tenant->duration_ms);
	pr_sql_bind_text(statement, 15, tenant->version);
	return pr_sql_finish(ledger, statement, error);
}

#define TENANT_COLUMNS                                                                                          \
	"tenant_id, name, edition, run, state, reason, coverage, revision, folder, cutoff_ms, began_ms, ended_ms, " \
	"duration_ms, attempts, version, (SELECT host FROM run WHERE run.run = tenant.run)"

static struct pr_ledger_tenant take_tenant(sqlite3_stmt *statement, struct pr_month month, struct pr_arena *arena)
{
	return (struct pr_ledger_tenant){.month = month,
		.tenant_id = sqlite3_column_int64(statement, 0),
		.name = pr_sql_column_text(statement, 1, arena),
		.edition = pr_sql_column_text(statement, 2, arena),
		.run = sqlite3_column_int64(statement, 3),
		.state = pr_sql_column_text(statement, 4, arena),
		.reason = pr_sql_column_text(statement, 5, arena),
		.coverage =
			sqlite3_column_type(statement, 6) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(statement, 6),
		.revision = sqlite3_column_int(statement, 7),
		.folder = pr_sql_column_text(statement, 8, arena),
		.cutoff_ms = sqlite3_column_int64(statement, 9),
		.began_ms = sqlite3_column_int64(statement, 10),
		.ended_ms = pr_sql_column_time(statement, 11),
		.duration_ms = sqlite3_column_int64(statement, 12),
		.attempts = sqlite3_column_int(statement, 13),
		.version = pr_sql_column_text(statement, 14, arena),
		.host = pr_sql_column_text(statement, 15, arena)};
}

bool pr_ledger_get_tenant(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, struct pr_arena *arena,
	struct pr_ledger_tenant *tenant, bool *found, struct pr_error *error)
{
	sqlite3_stmt *statement;
	bool good;

	*tenant = (struct pr_ledger_tenant){.month = month, .tenant_id = tenant_id, .coverage = NAN};
	if (!pr_sql_prepare(
			ledger, "SELECT " TENANT_COLUMNS " FROM tenant WHERE month = ? AND tenant_id = ?", &statement, error))
		return false;
	pr_sql_bind_key(statement, month, tenant_id);
	good = pr_sql_step(ledger, statement, found, "read", error);
	if (good && *found)
		*tenant = take_tenant(statement, month, arena);
	sqlite3_finalize(statement);
	return good;
}

bool pr_ledger_each_tenant(
	struct pr_ledger *ledger, struct pr_month month, pr_ledger_tenant_fn fn, void *context, struct pr_error *error)
{
	sqlite3_stmt *statement;
	bool row = true, good = true;

	if (!pr_sql_prepare(
			ledger, "SELECT " TENANT_COLUMNS " FROM tenant WHERE month = ? ORDER BY tenant_id", &statement, error))
		return false;
	pr_sql_bind_month(statement, 1, month);
	while (good && (good = pr_sql_step(ledger, statement, &row, "read", error)) && row) {
		struct pr_ledger_tenant tenant;
		struct pr_arena arena;
		pr_arena_init(&arena);
		tenant = take_tenant(statement, month, &arena);
		good = fn(context, &tenant, error);
		pr_arena_release(&arena);
	}
	sqlite3_finalize(statement);
	return good;
}

bool pr_ledger_each_month(struct pr_ledger *ledger, pr_ledger_month_fn fn, void *context, struct pr_error *error)
{
	sqlite3_stmt *statement;
	bool row = true, good = true;

	if (!pr_sql_prepare(ledger, "SELECT DISTINCT month FROM tenant ORDER BY month", &statement, error))
		return false;
	while (good && (good = pr_sql_step(ledger, statement, &row, "read", error)) && row) {
		const char *text = (const char *)sqlite3_column_text(statement, 0);
		struct pr_month month;
		good = !text || !pr_month_parse(text, &month) || fn(context, month, error);
	}
	sqlite3_finalize(statement);
	return good;
}

bool pr_ledger_each_number(
	struct pr_ledger *ledger, struct pr_month month, pr_ledger_number_fn fn, void *context, struct pr_error *error)
{
	sqlite3_stmt *statement;
	bool row = true, good = true;

	if (!pr_sql_prepare(
			ledger, "SELECT tenant_id, revision FROM revision WHERE month = ? AND intent = 0", &statement, error))
		return false;
	pr_sql_bind_month(statement, 1, month);
	while (good && (good = pr_sql_step(ledger, statement, &row, "read", error)) && row)
		good = fn(context, sqlite3_column_int64(statement, 0), sqlite3_column_int(statement, 1), error);
	sqlite3_finalize(statement);
	return good;
}

bool pr_ledger_get_last_success(struct pr_ledger *ledger, int64_t *ended_ms, struct pr_error *error)
{
	sqlite3_stmt *statement;
	bool row, good;

	*ended_ms = PR_TIME_MISSING;
	if (!pr_sql_prepare(ledger, "SELECT max(ended_ms) FROM run WHERE outcome = '" PR_RUN_DONE "'", &statement, error))
		return false;
	good = pr_sql_step(ledger, statement, &row, "read", error);
	if (good && row)
		*ended_ms = pr_sql_column_time(statement, 0);
	sqlite3_finalize(statement);
	return good;
}

bool pr_ledger_open_to_read(struct pr_ledger **ledger, const char *path, struct pr_error *error)
{
	if (!pr_sql_open_reader(ledger, path, error))
		return false;
	if (*ledger && (*ledger)->schema < PR_SCHEMA_WITH_RUNS) {
		pr_ledger_close(*ledger);
		*ledger = NULL;
	}
	return true;
}
