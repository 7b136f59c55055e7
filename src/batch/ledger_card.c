/* What the ledger holds for the index page: cards of revisions, and the month's last run. */
#include "batch/ledger_runs.h"
#include "batch/ledger_sql.h"

/* Only a program that writes brings a ledger up to date: one that is read may lack the table. */
static bool has_table(const struct pr_ledger *ledger, const char *name, bool *has, struct pr_error *error)
{
	sqlite3_stmt *statement;
	bool good;

	if (!pr_sql_prepare(ledger, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", &statement, error))
		return false;
	pr_sql_bind_text(statement, 1, name);
	good = pr_sql_step(ledger, statement, has, "read", error);
	sqlite3_finalize(statement);
	return good;
}

bool pr_ledger_put_card(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, int number, bool intent,
	const struct pr_ledger_card *card, struct pr_error *error)
{
	sqlite3_stmt *statement;

	if (!pr_sql_prepare(ledger,
			"INSERT OR REPLACE INTO card(month, tenant_id, revision, intent, figures, picture)"
			" VALUES(?, ?, ?, ?, ?, ?)",
			&statement, error))
		return false;
	pr_sql_bind_key(statement, month, tenant_id);
	sqlite3_bind_int(statement, 3, number);
	sqlite3_bind_int(statement, 4, intent);
	pr_sql_bind_text(statement, 5, card->figures);
	if (card->picture)
		sqlite3_bind_blob64(statement, 6, card->picture, card->picture_bytes, SQLITE_TRANSIENT);
	return pr_sql_finish(ledger, statement, error);
}

bool pr_ledger_get_card(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, int number,
	bool with_picture, struct pr_arena *arena, struct pr_ledger_card *card, struct pr_error *error)
{
	sqlite3_stmt *statement;
	bool row, good;

	*card = (struct pr_ledger_card){0};
	if (!has_table(ledger, "card", &row, error))
		return false;
	if (!row)
		return true;
	if (!pr_sql_prepare(ledger,
			"SELECT figures, CASE WHEN ?4 THEN picture END FROM card"
			" WHERE month = ?1 AND tenant_id = ?2 AND intent = 0 AND revision = ?3",
			&statement, error))
		return false;
	pr_sql_bind_key(statement, month, tenant_id);
	sqlite3_bind_int(statement, 3, number);
	sqlite3_bind_int(statement, 4, with_picture);
	good = pr_sql_step(ledger, statement, &row, "read", error);
	if (good && row) {
		const char *picture = sqlite3_column_blob(statement, 1);
		card->figures = pr_sql_column_text(statement, 0, arena);
		card->picture_bytes = (size_t)sqlite3_column_bytes(statement, 1);
		card->picture = picture ? pr_arena_copy_n(arena, picture, card->picture_bytes) : NULL;
	}
	sqlite3_finalize(statement);
	return good;
}

bool pr_ledger_get_month_run(struct pr_ledger *ledger, struct pr_month month, struct pr_arena *arena,
	struct pr_ledger_run *run, bool *found, struct pr_error *error)
{
	sqlite3_stmt *statement;
	bool good;

	*run = (struct pr_ledger_run){.ended_ms = PR_TIME_MISSING};
	if (!pr_sql_prepare(ledger,
			"SELECT run, now_ms, began_ms, ended_ms, outcome, host, version FROM run"
			" WHERE run = (SELECT max(run) FROM tenant WHERE month = ?)",
			&statement, error))
		return false;
	pr_sql_bind_month(statement, 1, month);
	good = pr_sql_step(ledger, statement, found, "read", error);
	if (good && *found) {
		run->id = sqlite3_column_int64(statement, 0);
		run->now_ms = sqlite3_column_int64(statement, 1);
		run->began_ms = sqlite3_column_int64(statement, 2);
		if (sqlite3_column_type(statement, 3) != SQLITE_NULL)
			run->ended_ms = sqlite3_column_int64(statement, 3);
		run->outcome = pr_sql_column_text(statement, 4, arena);
		run->host = pr_sql_column_text(statement, 5, arena);
		run->version = pr_sql_column_text(statement, 6, arena);
	}
	sqlite3_finalize(statement);
	return good;
}
