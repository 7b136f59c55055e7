#include "batch/ledger.h"

#include <math.h>
#include <stdlib.h>

#include "batch/ledger_sql.h"

#define SQL_BYTES 640

/* --- transactions ------------------------------------------------------------------------------------------------ */

bool pr_ledger_begin(struct pr_ledger *ledger, struct pr_error *error)
{
	ledger->in_transaction = pr_sql_execute(ledger, "BEGIN IMMEDIATE", "write", error);
	return ledger->in_transaction;
}

bool pr_ledger_commit(struct pr_ledger *ledger, struct pr_error *error)
{
	if (!pr_sql_execute(ledger, "COMMIT", "write", error)) {
		pr_ledger_undo(ledger);
		return false;
	}
	ledger->in_transaction = false;
	return true;
}

void pr_ledger_undo(struct pr_ledger *ledger)
{
	if (ledger->in_transaction)
		sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL);
	ledger->in_transaction = false;
}

/* --- summaries --------------------------------------------------------------------------------------------------- */

bool pr_ledger_put_summary(struct pr_ledger *ledger, struct pr_month month, int64_t project_id, int64_t tenant_id,
	int64_t cutoff_ms, const void *bytes, size_t count, struct pr_error *error)
{
	sqlite3_stmt *statement;

	if (!pr_sql_prepare(ledger,
			"INSERT OR REPLACE INTO summary(month, project_id, tenant_id, cutoff_ms, unpacked_bytes, packed, "
			"written_ms) "
			"VALUES(?, ?, ?, ?, ?, ?, " PR_SQL_CLOCK ")",
			&statement, error))
		return false;
	pr_sql_bind_month(statement, 1, month);
	sqlite3_bind_int64(statement, 2, project_id);
	sqlite3_bind_int64(statement, 3, tenant_id);
	sqlite3_bind_int64(statement, 4, cutoff_ms);
	if (!pr_sql_bind_packed(statement, 5, bytes, count, error)) {
		sqlite3_finalize(statement);
		return false;
	}
	return pr_sql_finish(ledger, statement, error);
}

/* A ledger of an earlier schema is read as it is. */
static const char *written_column(const struct pr_ledger *ledger)
{
	return ledger->schema >= PR_SCHEMA_WITH_WRITTEN ? "written_ms" : "0";
}

static bool select_summary(
	const struct pr_ledger *ledger, const char *where, sqlite3_stmt **statement, struct pr_error *error)
{
	char sql[SQL_BYTES];

	sqlite3_snprintf(sizeof sql, sql,
		"SELECT project_id, tenant_id, cutoff_ms, unpacked_bytes, packed, %s FROM summary WHERE month = ?1 AND %s",
		written_column(ledger), where);
	return pr_sql_prepare(ledger, sql, statement, error);
}

static bool take_summary(const struct pr_ledger *ledger, sqlite3_stmt *statement, struct pr_arena *arena,
	struct pr_ledger_summary *summary, struct pr_error *error)
{
	*summary = (struct pr_ledger_summary){.project_id = sqlite3_column_int64(statement, 0),
		.tenant_id = sqlite3_column_int64(statement, 1),
		.cutoff_ms = sqlite3_column_int64(statement, 2),
		.written_ms = sqlite3_column_int64(statement, 5)};
	return pr_sql_column_packed(ledger, statement, 3, arena, &summary->bytes, &summary->count, error);
}

bool pr_ledger_get_summary(struct pr_ledger *ledger, struct pr_month month, int64_t project_id, int64_t tenant_id,
	struct pr_arena *arena, struct pr_ledger_summary *summary, bool *found, struct pr_error *error)
{
	sqlite3_stmt *statement;
	bool good;

	if (!select_summary(ledger, "project_id = ?2 AND tenant_id = ?3", &statement, error))
		return false;
	pr_sql_bind_month(statement, 1, month);
	sqlite3_bind_int64(statement, 2, project_id);
	sqlite3_bind_int64(statement, 3, tenant_id);
	good = pr_sql_step(ledger, statement, found, "read", error) &&
	       (!*found || take_summary(ledger, statement, arena, summary, error));
	sqlite3_finalize(statement);
	return good;
}

/* One ledger under a cursor, with the next of its summaries. */
struct cursor_part {
	struct pr_ledger *ledger;
	struct pr_arena arena;
	struct pr_ledger_summary summary;
	bool more;
};

struct pr_ledger_cursor {
	struct pr_month month;
	struct pr_arena arena;
	struct cursor_part *parts;
	size_t part_count, part_capacity;
	bool began;
	int64_t project_id, tenant_id; /* the last one that was given */
};

bool pr_ledger_cursor_open(
	struct pr_ledger_cursor **cursor, const char *out_folder, struct pr_month month, struct pr_error *error)
{
	struct pr_ledger_cursor *made = calloc(1, sizeof *made);
	const char **names;
	size_t count;
	bool good;

	if (!made)
		abort();
	*cursor = made;
	made->month = month;
	pr_arena_init(&made->arena);
	good = pr_ledger_list(out_folder, &made->arena, &names, &count, error);
	for (size_t i = 0; good && i < count; i++) {
		struct pr_ledger *ledger;
		good = pr_sql_open_reader(&ledger, pr_arena_format(&made->arena, "%s/%s", out_folder, names[i]), error);
		if (ledger) {
			struct cursor_part *part = PR_PUSH(&made->arena, made->parts, made->part_count, made->part_capacity);
			part->ledger = ledger;
			pr_arena_init(&part->arena);
		}
	}
	if (!good) {
		pr_ledger_cursor_close(made);
		*cursor = NULL;
	}
	return good;
}

/* The first summary of the part behind the last one that was given. The lock ends with the statement's reset. */
static bool fetch(struct pr_ledger_cursor *cursor, struct cursor_part *part, struct pr_error *error)
{
	struct pr_ledger *ledger = part->ledger;
	sqlite3_stmt *statement = ledger->next_summary;
	bool good;

	if (!statement &&
		!select_summary(ledger, "(?2 OR (project_id, tenant_id) > (?3, ?4)) ORDER BY project_id, tenant_id LIMIT 1",
			&ledger->next_summary, error))
		return false;
	statement = ledger->next_summary;
	pr_sql_bind_month(statement, 1, cursor->month);
	sqlite3_bind_int(statement, 2, !cursor->began);
	sqlite3_bind_int64(statement, 3, cursor->project_id);
	sqlite3_bind_int64(statement, 4, cursor->tenant_id);
	pr_arena_release(&part->arena);
	pr_arena_init(&part->arena);
	good = pr_sql_step(ledger, statement, &part->more, "read", error) &&
	       (!part->more || take_summary(ledger, statement, &part->arena, &part->summary, error));
	sqlite3_reset(statement);
	return good;
}

/* Whether `a` comes before `b`; of the same summary, whether it counts more. */
static bool precedes(const struct pr_ledger_summary *a, const struct pr_ledger_summary *b)
{
	if (a->project_id != b->project_id)
		return a->project_id < b->project_id;
	if (a->tenant_id != b->tenant_id)
		return a->tenant_id < b->tenant_id;
	return a->written_ms != b->written_ms ? a->written_ms > b->written_ms : a->cutoff_ms > b->cutoff_ms;
}

bool pr_ledger_cursor_next(
	struct pr_ledger_cursor *cursor, struct pr_ledger_summary *summary, bool *more, struct pr_error *error)
{
	const struct cursor_part *first = NULL;

	for (size_t i = 0; i < cursor->part_count; i++) {
		struct cursor_part *part = &cursor->parts[i];
		if (!fetch(cursor, part, error))
			return false;
		if (part->more && (!first || precedes(&part->summary, &first->summary)))
			first = part;
	}
	*more = first != NULL;
	if (!first)
		return true;
	*summary = first->summary;
	cursor->began = true;
	cursor->project_id = first->summary.project_id;
	cursor->tenant_id = first->summary.tenant_id;
	return true;
}

void pr_ledger_cursor_close(struct pr_ledger_cursor *cursor)
{
	if (!cursor)
		return;
	for (size_t i = 0; i < cursor->part_count; i++) {
		pr_ledger_close(cursor->parts[i].ledger);
		pr_arena_release(&cursor->parts[i].arena);
	}
	pr_arena_release(&cursor->arena);
	free(cursor);
}

/* --- revisions --------------------------------------------------------------------------------------------------- */

static bool remove_rows(
	struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, bool intent, int number, struct pr_error *error)
{
	static const char *const statements[] = {
		"DELETE FROM revision WHERE month = ? AND tenant_id = ? AND intent = ? AND (?4 = 0 OR revision = ?4)",
		"DELETE FROM file WHERE month = ? AND tenant_id = ? AND intent = ? AND (?4 = 0 OR revision = ?4)",
		"DELETE FROM card WHERE month = ? AND tenant_id = ? AND intent = ? AND (?4 = 0 OR revision = ?4)",
	};

	for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
		sqlite3_stmt *statement;
		if (!pr_sql_prepare(ledger, statements[i], &statement, error))
			return false;
		pr_sql_bind_key(statement, month, tenant_id);
		sqlite3_bind_int(statement, 3, intent);
		sqlite3_bind_int(statement, 4, number);
		if (!pr_sql_finish(ledger, statement, error))
			return false;
	}
	return true;
}

static bool put_file(struct pr_ledger *ledger, const struct pr_ledger_revision *revision, bool intent,
	const struct pr_ledger_file *file, struct pr_error *error)
{
	sqlite3_stmt *statement;

	if (!pr_sql_prepare(ledger,
			"INSERT INTO file(month, tenant_id, revision, intent, name, format, bytes, hash) "
			"VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
			&statement, error))
		return false;
	pr_sql_bind_key(statement, revision->month, revision->tenant_id);
	sqlite3_bind_int(statement, 3, revision->number);
	sqlite3_bind_int(statement, 4, intent);
	pr_sql_bind_text(statement, 5, file->name);
	sqlite3_bind_int64(statement, 6, file->format);
	sqlite3_bind_int64(statement, 7, (sqlite3_int64)file->bytes);
	pr_sql_bind_text(statement, 8, file->hash);
	return pr_sql_finish(ledger, statement, error);
}

static bool put_row(
	struct pr_ledger *ledger, const struct pr_ledger_revision *revision, bool intent, struct pr_error *error)
{
	sqlite3_stmt *statement;

	if (!pr_sql_prepare(ledger,
			"INSERT INTO revision(month, tenant_id, revision, intent, edition, cutoff_ms, checked_ms, released_ms, "
			"state, reason, coverage, folder, formats, hash, report, findings_bytes, findings, changes_bytes, changes, "
			"released_by, adopted, written_ms) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
			"coalesce(?, " PR_SQL_CLOCK "))",
			&statement, error))
		return false;
	pr_sql_bind_key(statement, revision->month, revision->tenant_id);
	sqlite3_bind_int(statement, 3, revision->number);
	sqlite3_bind_int(statement, 4, intent);
	pr_sql_bind_text(statement, 5, revision->edition);
	sqlite3_bind_int64(statement, 6, revision->cutoff_ms);
	sqlite3_bind_int64(statement, 7, revision->checked_ms);
	pr_sql_bind_time(statement, 8, revision->released_ms);
	pr_sql_bind_text(statement, 9, revision->state);
	pr_sql_bind_text(statement, 10, revision->reason);
	if (!isnan(revision->coverage))
		sqlite3_bind_double(statement, 11, revision->coverage);
	pr_sql_bind_text(statement, 12, revision->folder);
	sqlite3_bind_int64(statement, 13, revision->formats);
	pr_sql_bind_text(statement, 14, revision->hash);
	pr_sql_bind_text(statement, 15, revision->report);
	sqlite3_bind_int64(statement, 16, (sqlite3_int64)revision->findings.unpacked);
	sqlite3_bind_blob64(statement, 17, revision->findings.bytes, revision->findings.count, SQLITE_TRANSIENT);
	pr_sql_bind_text(statement, 20, revision->released_by);
	sqlite3_bind_int(statement, 21, revision->adopted);
	if (revision->written_ms)
		sqlite3_bind_int64(statement, 22, revision->written_ms);
	if (!pr_sql_bind_packed(statement, 18, revision->changes, revision->changes_count, error)) {
		sqlite3_finalize(statement);
		return false;
	}
	return pr_sql_finish(ledger, statement, error);
}

static bool put_revision(
	struct pr_ledger *ledger, const struct pr_ledger_revision *revision, bool intent, struct pr_error *error)
{
	/* There is one intent at most; of the settled ones only the same number is replaced. */
	bool good =
		remove_rows(ledger, revision->month, revision->tenant_id, intent, intent ? 0 : revision->number, error) &&
		put_row(ledger, revision, intent, error);

	for (size_t i = 0; good && i < revision->file_count; i++)
		good = put_file(ledger, revision, intent, &revision->files[i], error);
	return good && (!revision->card.figures || pr_ledger_put_card(ledger, revision->month, revision->tenant_id,
												   revision->number, intent, &revision->card, error));
}

static bool end_writing(struct pr_ledger *ledger, bool good, struct pr_error *error)
{
	if (good)
		return pr_ledger_commit(ledger, error);
	pr_ledger_undo(ledger);
	return false;
}

bool pr_ledger_intend(struct pr_ledger *ledger, const struct pr_ledger_revision *revision, struct pr_error *error)
{
	return pr_ledger_begin(ledger, error) && end_writing(ledger, put_revision(ledger, revision, true, error), error);
}

bool pr_ledger_adopt(struct pr_ledger *ledger, const struct pr_ledger_revision *revision, struct pr_error *error)
{
	struct pr_ledger_revision adopted = *revision;

	adopted.adopted = true;
	return pr_ledger_begin(ledger, error) && end_writing(ledger, put_revision(ledger, &adopted, false, error), error);
}

bool pr_ledger_take_over(struct pr_ledger *ledger, const struct pr_ledger_revision *revision, struct pr_error *error)
{
	return pr_ledger_begin(ledger, error) && end_writing(ledger, put_revision(ledger, revision, false, error), error);
}

/*
 * The intent becomes the revision of its number. What was said of that one stays, also where it was said since the
 * intent: a person may release a report while a run makes it again.
 */
static bool confirm(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, struct pr_error *error)
{
	static const char *const statements[] = {
		"UPDATE revision SET (released_ms, released_by, adopted, state, reason) = "
		"(SELECT r.released_ms, r.released_by, r.adopted,"
		" CASE WHEN r.released_ms IS NULL THEN revision.state ELSE 'done' END,"
		" CASE WHEN r.released_ms IS NULL THEN revision.reason END FROM revision r WHERE r.month = ?1 "
		"AND r.tenant_id = ?2 AND r.intent = 0 AND r.revision = revision.revision) "
		"WHERE month = ?1 AND tenant_id = ?2 AND intent = 1 AND EXISTS (SELECT 1 FROM revision r WHERE r.month = ?1 "
		"AND r.tenant_id = ?2 AND r.intent = 0 AND r.revision = revision.revision)",
		"DELETE FROM revision WHERE month = ?1 AND tenant_id = ?2 AND intent = 0 AND revision IN "
		"(SELECT revision FROM revision WHERE month = ?1 AND tenant_id = ?2 AND intent = 1)",
		"DELETE FROM file WHERE month = ?1 AND tenant_id = ?2 AND intent = 0 AND revision IN "
		"(SELECT revision FROM revision WHERE month = ?1 AND tenant_id = ?2 AND intent = 1)",
		"DELETE FROM card WHERE month = ?1 AND tenant_id = ?2 AND intent = 0 AND revision IN "
		"(SELECT revision FROM revision WHERE month = ?1 AND tenant_id = ?2 AND intent = 1)",
		"UPDATE revision SET intent = 0 WHERE month = ?1 AND tenant_id = ?2 AND intent = 1",
		"UPDATE file SET intent = 0 WHERE month = ?1 AND tenant_id = ?2 AND intent = 1",
		"UPDATE card SET intent = 0 WHERE month = ?1 AND tenant_id = ?2 AND intent = 1",
	};

	for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
		sqlite3_stmt *statement;
		if (!pr_sql_prepare(ledger, statements[i], &statement, error))
			return false;
		pr_sql_bind_key(statement, month, tenant_id);
		if (!pr_sql_finish(ledger, statement, error))
			return false;
	}
	return true;
}

bool pr_ledger_settle(
	struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, bool published, struct pr_error *error)
{
	if (!pr_ledger_begin(ledger, error))
		return false;
	return end_writing(ledger,
		published ? confirm(ledger, month, tenant_id, error) : remove_rows(ledger, month, tenant_id, true, 0, error),
		error);
}

static bool read_files(struct pr_ledger *ledger, struct pr_ledger_revision *revision, bool intent,
	struct pr_arena *arena, struct pr_error *error)
{
	sqlite3_stmt *statement;
	size_t capacity = 0;
	bool row, good;

	if (!pr_sql_prepare(ledger,
			"SELECT name, format, bytes, hash FROM file "
			"WHERE month = ? AND tenant_id = ? AND intent = ? AND revision = ? ORDER BY name",
			&statement, error))
		return false;
	pr_sql_bind_key(statement, revision->month, revision->tenant_id);
	sqlite3_bind_int(statement, 3, intent);
	sqlite3_bind_int(statement, 4, revision->number);
	while ((good = pr_sql_step(ledger, statement, &row, "read", error)) && row) {
		struct pr_ledger_file *file = PR_PUSH(arena, revision->files, revision->file_count, capacity);
		file->name = pr_sql_column_text(statement, 0, arena);
		file->format = (unsigned)sqlite3_column_int64(statement, 1);
		file->bytes = (uint64_t)sqlite3_column_int64(statement, 2);
		pr_sql_column_hash(statement, 3, file->hash);
	}
	sqlite3_finalize(statement);
	return good;
}

static bool take_revision(struct pr_ledger *ledger, sqlite3_stmt *statement, struct pr_arena *arena,
	struct pr_ledger_revision *revision, struct pr_error *error)
{
	revision->number = sqlite3_column_int(statement, 0);
	revision->edition = pr_sql_column_text(statement, 1, arena);
	revision->cutoff_ms = sqlite3_column_int64(statement, 2);
	revision->checked_ms = sqlite3_column_int64(statement, 3);
	revision->released_ms = pr_sql_column_time(statement, 4);
	revision->state = pr_sql_column_text(statement, 5, arena);
	revision->reason = pr_sql_column_text(statement, 6, arena);
	revision->coverage =
		sqlite3_column_type(statement, 7) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(statement, 7);
	revision->folder = pr_sql_column_text(statement, 8, arena);
	revision->formats = (unsigned)sqlite3_column_int64(statement, 9);
	pr_sql_column_hash(statement, 10, revision->hash);
	pr_sql_column_hash(statement, 11, revision->report);
	revision->findings = pr_sql_column_as_packed(statement, 12, arena);
	revision->released_by = pr_sql_column_text(statement, 16, arena);
	revision->adopted = sqlite3_column_int(statement, 17) != 0;
	revision->written_ms = sqlite3_column_int64(statement, 18);
	return pr_sql_column_packed(ledger, statement, 14, arena, &revision->changes, &revision->changes_count, error);
}

/* What later steps have brought comes last. */
#define SELECT_REVISION                                                                                        \
	"SELECT revision, edition, cutoff_ms, checked_ms, released_ms, state, reason, coverage, folder, formats, " \
	"hash, report, findings_bytes, findings, changes_bytes, changes, %s, %s FROM revision "                    \
	"WHERE month = ? AND tenant_id = ? AND intent = ? AND (?4 = 0 OR revision = ?4) "                          \
	"ORDER BY revision DESC LIMIT 1"

static bool read_revision(struct pr_ledger *ledger, bool intent, int number, struct pr_arena *arena,
	struct pr_ledger_revision *revision, bool *found, struct pr_error *error)
{
	sqlite3_stmt *statement;
	char sql[SQL_BYTES];
	bool good;

	sqlite3_snprintf(sizeof sql, sql, SELECT_REVISION,
		ledger->schema < PR_SCHEMA_WITH_MAIL ? "NULL, 0" : "released_by, adopted", written_column(ledger));
	if (!pr_sql_prepare(ledger, sql, &statement, error))
		return false;
	pr_sql_bind_key(statement, revision->month, revision->tenant_id);
	sqlite3_bind_int(statement, 3, intent);
	sqlite3_bind_int(statement, 4, number);
	good = pr_sql_step(ledger, statement, found, "read", error) &&
	       (!*found || take_revision(ledger, statement, arena, revision, error));
	sqlite3_finalize(statement);
	return good && (!*found || read_files(ledger, revision, intent, arena, error));
}

bool pr_ledger_get_intent(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, struct pr_arena *arena,
	struct pr_ledger_revision *revision, bool *found, struct pr_error *error)
{
	*revision = (struct pr_ledger_revision){.month = month, .tenant_id = tenant_id};
	return read_revision(ledger, true, 0, arena, revision, found, error);
}

bool pr_ledger_get_revision(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, int number,
	struct pr_arena *arena, struct pr_ledger_revision *revision, bool *found, struct pr_error *error)
{
	*revision = (struct pr_ledger_revision){.month = month, .tenant_id = tenant_id};
	return read_revision(ledger, false, number, arena, revision, found, error);
}

bool pr_ledger_release(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, int number,
	int64_t released_ms, const char *released_by, struct pr_error *error)
{
	static const char *const statements[] = {
		"UPDATE revision SET released_ms = ?4, released_by = ?5, state = 'done', reason = NULL "
		"WHERE month = ?1 AND tenant_id = ?2 AND revision = ?3 AND intent = 0",
		"UPDATE tenant SET state = 'done', reason = NULL "
		"WHERE month = ?1 AND tenant_id = ?2 AND revision = ?3 AND state = 'held'",
	};

	if (!pr_ledger_begin(ledger, error))
		return false;
	for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
		sqlite3_stmt *statement;
		bool good = pr_sql_prepare(ledger, statements[i], &statement, error);
		if (good) {
			pr_sql_bind_key(statement, month, tenant_id);
			sqlite3_bind_int(statement, 3, number);
			if (i == 0) {
				sqlite3_bind_int64(statement, 4, released_ms);
				pr_sql_bind_text(statement, 5, released_by);
			}
			good = pr_sql_finish(ledger, statement, error);
		}
		if (!good)
			return end_writing(ledger, false, error);
	}
	return end_writing(ledger, true, error);
}

bool pr_ledger_get_files(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, int number,
	struct pr_arena *arena, struct pr_ledger_file **files, size_t *count, struct pr_error *error)
{
	struct pr_ledger_revision revision = {.month = month, .tenant_id = tenant_id, .number = number};

	if (!read_files(ledger, &revision, false, arena, error))
		return false;
	*files = revision.files;
	*count = revision.file_count;
	return true;
}

bool pr_ledger_note_check(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, int number,
	int64_t checked_ms, const char *state, const char *reason, struct pr_error *error)
{
	sqlite3_stmt *statement;

	if (!pr_sql_prepare(ledger,
			"UPDATE revision SET checked_ms = ?4, state = CASE WHEN released_ms IS NULL THEN ?5 ELSE 'done' END,"
			" reason = CASE WHEN released_ms IS NULL THEN ?6 END, written_ms = " PR_SQL_CLOCK " "
			"WHERE month = ?1 AND tenant_id = ?2 AND revision = ?3 AND intent = 0",
			&statement, error))
		return false;
	pr_sql_bind_key(statement, month, tenant_id);
	sqlite3_bind_int(statement, 3, number);
	sqlite3_bind_int64(statement, 4, checked_ms);
	pr_sql_bind_text(statement, 5, state);
	pr_sql_bind_text(statement, 6, reason);
	return pr_sql_finish(ledger, statement, error);
}
