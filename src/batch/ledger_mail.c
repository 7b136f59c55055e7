#include "batch/mailing.h"

#include <string.h>

#include "base/text.h"
#include "batch/ledger_sql.h"
#include "batch/ledgers.h"
#include "batch/lock.h"

const char *const pr_sending_state_names[PR_SENDING_STATE_COUNT] = {"sending", "sent", "failed", "unknown"};

#define KILLED "its mail run was killed"
#define COLUMNS                                                                                             \
	"sending, month, tenant_id, edition, revision, address, name, kind, state, reply, attempts, began_ms, " \
	"ended_ms, message_id"

/* Mailboxes whose names differ in case alone are one, whatever RFC 5321 would let a server do. */
static const char *address_key(const char *address, struct pr_arena *arena)
{
	char *key = pr_arena_copy(arena, address);

	for (char *at = key; *at; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	return key;
}

bool pr_mailing_is_same(const char *a, const char *b)
{
	struct pr_arena arena;
	bool same;

	pr_arena_init(&arena);
	same = strcmp(address_key(a, &arena), address_key(b, &arena)) == 0;
	pr_arena_release(&arena);
	return same;
}

/* A state of a later program counts as unknown: nothing is sent for it. */
static enum pr_sending_state state_of(const char *name)
{
	for (int i = 0; name && i < PR_SENDING_STATE_COUNT; i++)
		if (strcmp(pr_sending_state_names[i], name) == 0)
			return (enum pr_sending_state)i;
	return PR_SENDING_UNKNOWN;
}

static bool take_sending(const struct pr_ledger *ledger, sqlite3_stmt *statement, struct pr_arena *arena,
	struct pr_sending *sending, struct pr_error *error)
{
	const char *month = pr_sql_column_text(statement, 1, arena);

	*sending = (struct pr_sending){.id = sqlite3_column_int64(statement, 0),
		.tenant_id = sqlite3_column_int64(statement, 2),
		.edition = pr_sql_column_text(statement, 3, arena),
		.revision = sqlite3_column_int(statement, 4),
		.address = pr_sql_column_text(statement, 5, arena),
		.name = pr_sql_column_text(statement, 6, arena),
		.kind = pr_sql_column_text(statement, 7, arena),
		.state = state_of(pr_sql_column_text(statement, 8, arena)),
		.reply = pr_sql_column_text(statement, 9, arena),
		.attempts = sqlite3_column_int(statement, 10),
		.began_ms = sqlite3_column_int64(statement, 11),
		.ended_ms = pr_sql_column_time(statement, 12),
		.message_id = pr_sql_column_text(statement, 13, arena)};
	return (month && pr_month_parse(month, &sending->month)) ||
	       pr_error_set(error, PR_CODE_OUTPUT, "cannot read ledger '%s': sending %lld has the month '%s'", ledger->path,
			   (long long)sending->id, month ? month : "");
}

/* --- to look ------------------------------------------------------------------------------------------------------ */

static bool tell_each(struct pr_ledger *ledger, bool is_running, struct pr_month month, pr_sending_fn fn, void *context,
	struct pr_error *error)
{
	sqlite3_stmt *statement;
	bool row = true, good = true;

	if (!pr_sql_prepare(ledger,
			"SELECT " COLUMNS " FROM mail WHERE month = ? ORDER BY tenant_id, revision, address_key, edition",
			&statement, error))
		return false;
	pr_sql_bind_month(statement, 1, month);
	while (good && (good = pr_sql_step(ledger, statement, &row, "read", error)) && row) {
		struct pr_sending sending;
		struct pr_arena arena;
		pr_arena_init(&arena);
		good = take_sending(ledger, statement, &arena, &sending, error);
		if (good && sending.state == PR_SENDING_SENDING && !is_running) {
			sending.state = PR_SENDING_UNKNOWN;
			sending.reply = KILLED;
		}
		good = good && fn(context, &sending, error);
		pr_arena_release(&arena);
	}
	sqlite3_finalize(statement);
	return good;
}

bool pr_mailing_each(
	const char *out_folder, struct pr_month month, pr_sending_fn fn, void *context, struct pr_error *error)
{
	struct pr_ledger *ledger = NULL;
	struct pr_arena arena;
	bool is_running, good;

	pr_arena_init(&arena);
	good = pr_sql_open_reader(&ledger, pr_ledger_path(out_folder, &arena), error);
	if (good && ledger && ledger->schema >= PR_SCHEMA_WITH_MAIL) {
		is_running = pr_lock_is_held_by_mail(out_folder);
		good = tell_each(ledger, is_running, month, fn, context, error);
	}
	pr_ledger_close(ledger);
	pr_arena_release(&arena);
	return good;
}

struct counting {
	int64_t tenant_id;
	int revision;
	struct pr_mailing_counts *counts;
};

static bool count_one(void *context, const struct pr_sending *sending, struct pr_error *error)
{
	struct counting *counting = context;
	struct pr_mailing_counts *counts = counting->counts;

	(void)error;
	if (sending->tenant_id != counting->tenant_id || sending->revision != counting->revision)
		return true;
	counts->counts[sending->state]++;
	if (sending->state == PR_SENDING_SENT &&
		(counts->last_sent_ms == PR_TIME_MISSING || counts->last_sent_ms < sending->ended_ms))
		counts->last_sent_ms = sending->ended_ms;
	return true;
}

bool pr_mailing_count(const char *out_folder, struct pr_month month, int64_t tenant_id, int revision,
	struct pr_mailing_counts *counts, struct pr_error *error)
{
	struct counting counting = {tenant_id, revision, counts};

	*counts = (struct pr_mailing_counts){.last_sent_ms = PR_TIME_MISSING};
	return pr_mailing_each(out_folder, month, count_one, &counting, error);
}

/* --- a ledger that was lost --------------------------------------------------------------------------------------- */

struct trace {
	struct pr_month month;
	int64_t tenant_id;
	int revision;
	bool found;
};

static bool look_for_trace(void *context, struct pr_ledger *ledger, struct pr_error *error)
{
	struct trace *trace = context;
	sqlite3_stmt *statement;
	bool row = false, good;

	if (trace->found || ledger->schema < PR_SCHEMA_WITH_MAIL)
		return true;
	if (!pr_sql_prepare(
			ledger, "SELECT 1 FROM mail WHERE month = ? AND tenant_id = ? AND revision = ? LIMIT 1", &statement, error))
		return false;
	pr_sql_bind_key(statement, trace->month, trace->tenant_id);
	sqlite3_bind_int(statement, 3, trace->revision);
	good = pr_sql_step(ledger, statement, &row, "read", error);
	sqlite3_finalize(statement);
	trace->found = good && row;
	return good;
}

bool pr_mailing_is_lost(
	const char *out_folder, struct pr_month month, int64_t tenant_id, int revision, bool *lost, struct pr_error *error)
{
	struct trace elsewhere = {month, tenant_id, revision, false}, own = elsewhere;
	struct pr_ledger *ledger = NULL;
	struct pr_arena arena;
	const char *name;
	bool good;

	pr_arena_init(&arena);
	name = pr_shard_ledger_name((struct pr_shard){0, 0}, &arena);
	good = pr_ledgers_each(out_folder, tenant_id, name, look_for_trace, &elsewhere, error);
	if (good && elsewhere.found)
		good = pr_sql_open_reader(&ledger, pr_ledger_path(out_folder, &arena), error) &&
		       (!ledger || look_for_trace(&own, ledger, error));
	*lost = good && elsewhere.found && !own.found;
	pr_ledger_close(ledger);
	pr_arena_release(&arena);
	return good;
}

/* --- the mail run's writes ---------------------------------------------------------------------------------------- */

bool pr_mailing_settle(struct pr_ledger *ledger, struct pr_error *error)
{
	return pr_sql_execute(
		ledger, "UPDATE mail SET state = 'unknown', reply = '" KILLED "' WHERE state = 'sending'", "write", error);
}

static void bind_key(sqlite3_stmt *statement, const struct pr_sending *key, struct pr_arena *arena)
{
	pr_sql_bind_key(statement, key->month, key->tenant_id);
	pr_sql_bind_text(statement, 3, key->edition);
	sqlite3_bind_int(statement, 4, key->revision);
	pr_sql_bind_text(statement, 5, address_key(key->address, arena));
}

static bool read_one(struct pr_ledger *ledger, sqlite3_stmt *statement, struct pr_arena *arena,
	struct pr_sending *sending, bool *found, struct pr_error *error)
{
	bool good = pr_sql_step(ledger, statement, found, "read", error) &&
	            (!*found || take_sending(ledger, statement, arena, sending, error));

	sqlite3_finalize(statement);
	return good;
}

bool pr_mailing_find(struct pr_ledger *ledger, const struct pr_sending *key, struct pr_arena *arena,
	struct pr_sending *sending, bool *found, struct pr_error *error)
{
	sqlite3_stmt *statement;

	*found = false;
	if (ledger->schema < PR_SCHEMA_WITH_MAIL)
		return true;
	if (!pr_sql_prepare(ledger,
			"SELECT " COLUMNS " FROM mail WHERE month = ? AND tenant_id = ? AND edition = ? AND revision = ? "
			"AND address_key = ?",
			&statement, error))
		return false;
	bind_key(statement, key, arena);
	return read_one(ledger, statement, arena, sending, found, error);
}

bool pr_mailing_get(struct pr_ledger *ledger, int64_t id, struct pr_arena *arena, struct pr_sending *sending,
	bool *found, struct pr_error *error)
{
	sqlite3_stmt *statement;

	*found = false;
	if (ledger->schema < PR_SCHEMA_WITH_MAIL)
		return true;
	if (!pr_sql_prepare(ledger, "SELECT " COLUMNS " FROM mail WHERE sending = ?", &statement, error))
		return false;
	sqlite3_bind_int64(statement, 1, id);
	return read_one(ledger, statement, arena, sending, found, error);
}

/* Writes the row of the address; one that says "sent" or "sending" is left alone, and *written is false. */
static bool put_sending(struct pr_ledger *ledger, const struct pr_sending *sending, int more_attempts, bool *written,
	struct pr_error *error)
{
	static const char sql[] =
		"INSERT INTO mail(month, tenant_id, edition, revision, address_key, address, name, kind, state, reply, "
		"attempts,"
		" began_ms, ended_ms, message_id) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
		" ON CONFLICT(month, tenant_id, edition, revision, address_key) DO UPDATE SET address = excluded.address,"
		" name = excluded.name, kind = excluded.kind, state = excluded.state, reply = excluded.reply,"
		" attempts = attempts + excluded.attempts, began_ms = excluded.began_ms, ended_ms = excluded.ended_ms,"
		" message_id = excluded.message_id WHERE state IN ('failed', 'unknown')";
	sqlite3_stmt *statement;
	struct pr_arena arena;
	bool good;

	if (!pr_sql_prepare(ledger, sql, &statement, error))
		return false;
	pr_arena_init(&arena);
	bind_key(statement, sending, &arena);
	pr_sql_bind_text(statement, 6, sending->address);
	pr_sql_bind_text(statement, 7, sending->name);
	pr_sql_bind_text(statement, 8, sending->kind);
	pr_sql_bind_text(statement, 9, pr_sending_state_names[sending->state]);
	pr_sql_bind_text(statement, 10, sending->reply);
	sqlite3_bind_int(statement, 11, more_attempts);
	sqlite3_bind_int64(statement, 12, sending->began_ms);
	pr_sql_bind_time(statement, 13, sending->ended_ms);
	pr_sql_bind_text(statement, 14, sending->message_id);
	good = pr_sql_finish(ledger, statement, error);
	*written = good && sqlite3_changes(ledger->db) == 1;
	pr_arena_release(&arena);
	return good;
}

bool pr_mailing_leave_trace(const char *path, const struct pr_sending *sending, struct pr_error *error)
{
	struct pr_ledger *ledger;
	bool written, good = pr_ledger_open(&ledger, path, error) && put_sending(ledger, sending, 0, &written, error);

	pr_ledger_close(ledger);
	return good;
}

bool pr_mailing_begin(struct pr_ledger *ledger, struct pr_sending *sending, struct pr_error *error)
{
	struct pr_sending row;
	struct pr_arena arena;
	bool written, found = false, good;

	sending->state = PR_SENDING_SENDING;
	sending->reply = NULL;
	sending->ended_ms = PR_TIME_MISSING;
	if (!put_sending(ledger, sending, 1, &written, error))
		return false;
	if (!written)
		return pr_error_set(error, PR_CODE_INTERNAL,
			"the ledger says that revision %d was sent to '%s', or is being sent; expected a sending that is neither",
			sending->revision, sending->address);
	pr_arena_init(&arena);
	good = pr_mailing_find(ledger, sending, &arena, &row, &found, error);
	sending->id = good && found ? row.id : 0;
	pr_arena_release(&arena);
	return good;
}

/* Of a sending that has begun. */
static bool end_begun(struct pr_ledger *ledger, const struct pr_sending *sending, struct pr_error *error)
{
	sqlite3_stmt *statement;

	if (!pr_sql_prepare(
			ledger, "UPDATE mail SET state = ?, reply = ?, ended_ms = ? WHERE sending = ?", &statement, error))
		return false;
	pr_sql_bind_text(statement, 1, pr_sending_state_names[sending->state]);
	pr_sql_bind_text(statement, 2, sending->reply);
	pr_sql_bind_time(statement, 3, sending->ended_ms);
	sqlite3_bind_int64(statement, 4, sending->id);
	return pr_sql_finish(ledger, statement, error);
}

bool pr_mailing_end(struct pr_ledger *ledger, struct pr_sending *sending, struct pr_error *error)
{
	struct pr_sending row;
	struct pr_arena arena;
	bool written, found = false, good;

	if (sending->id)
		return end_begun(ledger, sending, error);
	if (!put_sending(ledger, sending, 0, &written, error))
		return false;
	pr_arena_init(&arena);
	good = pr_mailing_find(ledger, sending, &arena, &row, &found, error);
	sending->id = good && found ? row.id : 0;
	pr_arena_release(&arena);
	return good;
}
