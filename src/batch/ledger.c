#include "batch/ledger.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "batch/pack.h"

#define BUSY_TIMEOUT_MS 60000
#define APPLICATION_ID 0x50524C31 /* "PRL1": says what kind of SQLite file it is */
#define LEDGERS_MAX 4096

struct pr_ledger {
	sqlite3 *db;
	char *path;
	bool in_transaction;
	sqlite3_stmt *next_summary; /* prepared once: it runs a project */
};

/* The schema's steps: a ledger of schema n has had the first n. Only ever add to them. */
static const char *const schema_steps[] = {
	"CREATE TABLE revision("
	" month TEXT NOT NULL, tenant_id INTEGER NOT NULL, revision INTEGER NOT NULL, intent INTEGER NOT NULL,"
	" edition TEXT NOT NULL, cutoff_ms INTEGER NOT NULL, checked_ms INTEGER NOT NULL, released_ms INTEGER,"
	" state TEXT NOT NULL, reason TEXT, coverage REAL, folder TEXT NOT NULL, formats INTEGER NOT NULL,"
	" hash TEXT NOT NULL, report TEXT NOT NULL,"
	" findings_bytes INTEGER NOT NULL, findings BLOB NOT NULL, changes_bytes INTEGER NOT NULL, changes BLOB NOT NULL,"
	" PRIMARY KEY(month, tenant_id, intent, revision));"
	"CREATE TABLE file("
	" month TEXT NOT NULL, tenant_id INTEGER NOT NULL, revision INTEGER NOT NULL, intent INTEGER NOT NULL,"
	" name TEXT NOT NULL, format INTEGER NOT NULL, bytes INTEGER NOT NULL, hash TEXT NOT NULL,"
	" PRIMARY KEY(month, tenant_id, intent, revision, name));"
	"CREATE TABLE summary("
	" month TEXT NOT NULL, project_id INTEGER NOT NULL, tenant_id INTEGER NOT NULL, cutoff_ms INTEGER NOT NULL,"
	" unpacked_bytes INTEGER NOT NULL, packed BLOB NOT NULL,"
	" PRIMARY KEY(month, project_id, tenant_id));",
};
#define SCHEMA ((int)(sizeof schema_steps / sizeof *schema_steps))

/* --- SQLite, with errors that name the file ---------------------------------------------------------------------- */

static bool refuse(const struct pr_ledger *ledger, const char *what, struct pr_error *error)
{
	const char *why = ledger->db ? sqlite3_errmsg(ledger->db) : "out of memory";

	if (ledger->db && sqlite3_errcode(ledger->db) == SQLITE_FULL)
		why = "no space left on device; expected room in its folder";
	return pr_error_set(error, PR_CODE_OUTPUT, "cannot %s ledger '%s': %s", what, ledger->path, why);
}

static bool execute(const struct pr_ledger *ledger, const char *sql, const char *what, struct pr_error *error)
{
	return sqlite3_exec(ledger->db, sql, NULL, NULL, NULL) == SQLITE_OK || refuse(ledger, what, error);
}

static bool prepare(const struct pr_ledger *ledger, const char *sql, sqlite3_stmt **statement, struct pr_error *error)
{
	*statement = NULL;
	return sqlite3_prepare_v2(ledger->db, sql, -1, statement, NULL) == SQLITE_OK || refuse(ledger, "use", error);
}

static bool step(
	const struct pr_ledger *ledger, sqlite3_stmt *statement, bool *row, const char *what, struct pr_error *error)
{
	int result = sqlite3_step(statement);

	*row = result == SQLITE_ROW;
	return *row || result == SQLITE_DONE || refuse(ledger, what, error);
}

/* Runs a statement that gives no rows, and lets it go. */
static bool finish(const struct pr_ledger *ledger, sqlite3_stmt *statement, struct pr_error *error)
{
	bool row, good = step(ledger, statement, &row, "write", error);

	sqlite3_finalize(statement);
	return good;
}

static void bind_text(sqlite3_stmt *statement, int index, const char *text)
{
	sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT);
}

static void bind_month(sqlite3_stmt *statement, int index, struct pr_month month)
{
	char text[16];

	bind_text(statement, index, pr_month_iso(month, text));
}

static void bind_key(sqlite3_stmt *statement, struct pr_month month, int64_t tenant_id)
{
	bind_month(statement, 1, month);
	sqlite3_bind_int64(statement, 2, tenant_id);
}

static bool bind_packed(sqlite3_stmt *statement, int index, const void *bytes, size_t count, struct pr_error *error)
{
	struct pr_arena arena;
	void *packed;
	size_t packed_count;
	bool good;

	pr_arena_init(&arena);
	good = pr_pack(bytes, count, &arena, &packed, &packed_count, error);
	if (good) {
		sqlite3_bind_int64(statement, index, (sqlite3_int64)count);
		sqlite3_bind_blob64(statement, index + 1, packed, packed_count, SQLITE_TRANSIENT);
	}
	pr_arena_release(&arena);
	return good;
}

static const char *column_text(sqlite3_stmt *statement, int column, struct pr_arena *arena)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);

	return text ? pr_arena_copy_n(arena, text, (size_t)sqlite3_column_bytes(statement, column)) : NULL;
}

static void column_hash(sqlite3_stmt *statement, int column, char hash[PR_SHA256_TEXT])
{
	const char *text = (const char *)sqlite3_column_text(statement, column);
	size_t count = text ? strlen(text) : 0;

	memset(hash, 0, PR_SHA256_TEXT);
	memcpy(hash, text ? text : "", count < PR_SHA256_TEXT ? count : PR_SHA256_TEXT - 1);
}

static bool column_packed(const struct pr_ledger *ledger, sqlite3_stmt *statement, int column, struct pr_arena *arena,
	const char **bytes, size_t *count, struct pr_error *error)
{
	sqlite3_int64 unpacked = sqlite3_column_int64(statement, column);
	const void *packed = sqlite3_column_blob(statement, column + 1);
	char *out;

	if (unpacked < 0 ||
		!pr_unpack(packed, (size_t)sqlite3_column_bytes(statement, column + 1), (size_t)unpacked, arena, &out, error)) {
		pr_error_set(error, PR_CODE_OUTPUT, "broken: a length below 0");
		return pr_error_context(error, "cannot read ledger '%s'", ledger->path);
	}
	*bytes = out;
	*count = (size_t)unpacked;
	return true;
}

/* The same as it is kept. */
static struct pr_packed column_as_packed(sqlite3_stmt *statement, int column, struct pr_arena *arena)
{
	const char *bytes = sqlite3_column_blob(statement, column + 1);
	size_t count = (size_t)sqlite3_column_bytes(statement, column + 1);
	sqlite3_int64 unpacked = sqlite3_column_int64(statement, column);

	return (struct pr_packed){
		pr_arena_copy_n(arena, bytes ? bytes : "", count), count, unpacked > 0 ? (size_t)unpacked : 0};
}

static bool read_integer(const struct pr_ledger *ledger, const char *sql, int64_t *value, struct pr_error *error)
{
	sqlite3_stmt *statement;
	bool row, good;

	if (!prepare(ledger, sql, &statement, error))
		return false;
	good = step(ledger, statement, &row, "read", error);
	*value = good && row ? sqlite3_column_int64(statement, 0) : 0;
	sqlite3_finalize(statement);
	return good;
}

/* --- opening ----------------------------------------------------------------------------------------------------- */

const char *pr_ledger_path(const char *out_folder, struct pr_arena *arena)
{
	return pr_arena_format(arena, "%s/ledger.db", out_folder);
}

/* Which schema the file has; 0 = it is empty. */
static bool read_schema(const struct pr_ledger *ledger, int *schema, struct pr_error *error)
{
	int64_t application, version, tables;

	if (!read_integer(ledger, "PRAGMA application_id", &application, error) ||
		!read_integer(ledger, "PRAGMA user_version", &version, error) ||
		!read_integer(ledger, "SELECT count(*) FROM sqlite_master", &tables, error))
		return false;
	if (application == 0 && version == 0 && tables == 0) {
		*schema = 0;
		return true;
	}
	if (application != APPLICATION_ID)
		return pr_error_set(error, PR_CODE_OUTPUT,
			"cannot use ledger '%s': an SQLite file of another program; expected a ledger or no file", ledger->path);
	if (version < 1 || version > SCHEMA)
		return pr_error_set(error, PR_CODE_OUTPUT,
			"cannot use ledger '%s': its schema is %lld; expected 1 to %d: a later program has made it", ledger->path,
			(long long)version, SCHEMA);
	*schema = (int)version;
	return true;
}

static bool take_steps(struct pr_ledger *ledger, struct pr_error *error)
{
	char pragma[96];
	int schema;
	bool good;

	if (!execute(ledger, "BEGIN IMMEDIATE", "write", error))
		return false;
	good = read_schema(ledger, &schema, error); /* again, now that nobody else makes it */
	for (; good && schema < SCHEMA; schema++)
		good = execute(ledger, schema_steps[schema], "make", error);
	sqlite3_snprintf(
		sizeof pragma, pragma, "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT", APPLICATION_ID, SCHEMA);
	if (good && execute(ledger, pragma, "make", error))
		return true;
	sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

static bool connect_file(struct pr_ledger *ledger, int flags, struct pr_error *error)
{
	if (sqlite3_open_v2(ledger->path, &ledger->db, flags, NULL) != SQLITE_OK)
		return refuse(ledger, "open", error);
	sqlite3_busy_timeout(ledger->db, BUSY_TIMEOUT_MS);
	return true;
}

static struct pr_ledger *new_ledger(const char *path)
{
	struct pr_ledger *ledger = calloc(1, sizeof *ledger);
	size_t size = strlen(path) + 1;

	if (!ledger || !(ledger->path = malloc(size)))
		abort();
	memcpy(ledger->path, path, size);
	return ledger;
}

static bool open_ledger(struct pr_ledger *ledger, struct pr_error *error)
{
	int schema;

	return connect_file(ledger, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error) &&
	       read_schema(ledger, &schema, error) &&
	       execute(ledger, "PRAGMA synchronous=FULL; PRAGMA journal_mode=DELETE", "use", error) &&
	       (schema == SCHEMA || take_steps(ledger, error));
}

static bool make_parent(const char *path, struct pr_error *error)
{
	const char *slash = strrchr(path, '/');
	struct pr_arena arena;
	bool good;

	if (!slash || slash == path)
		return true;
	pr_arena_init(&arena);
	good = pr_folder_make(pr_arena_copy_n(&arena, path, (size_t)(slash - path)), error);
	pr_arena_release(&arena);
	return good;
}

bool pr_ledger_open(struct pr_ledger **ledger, const char *path, struct pr_error *error)
{
	*ledger = NULL;
	if (!make_parent(path, error))
		return false;
	*ledger = new_ledger(path);
	if (open_ledger(*ledger, error))
		return true;
	pr_ledger_close(*ledger);
	*ledger = NULL;
	return false;
}

void pr_ledger_close(struct pr_ledger *ledger)
{
	if (!ledger)
		return;
	pr_ledger_undo(ledger);
	sqlite3_finalize(ledger->next_summary);
	sqlite3_close(ledger->db);
	free(ledger->path);
	free(ledger);
}

/* Opens for reading; *ledger stays NULL where there is no file, or an empty one. */
static bool open_reader(struct pr_ledger **ledger, const char *path, struct pr_error *error)
{
	struct stat status;
	int schema = 0;
	bool good;

	*ledger = NULL;
	if (stat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return true;
	*ledger = new_ledger(path);
	/* For writing where that is allowed: the journal of a killed writer must be played back before anything is read. */
	good = connect_file(*ledger, SQLITE_OPEN_READWRITE, error) && read_schema(*ledger, &schema, error);
	if (good && schema > 0)
		return true;
	pr_ledger_close(*ledger);
	*ledger = NULL;
	return good;
}

bool pr_ledger_check(const char *path, struct pr_error *error)
{
	struct pr_ledger *ledger;
	bool good = open_reader(&ledger, path, error);

	pr_ledger_close(ledger);
	return good;
}

/* --- transactions ------------------------------------------------------------------------------------------------ */

bool pr_ledger_begin(struct pr_ledger *ledger, struct pr_error *error)
{
	ledger->in_transaction = execute(ledger, "BEGIN IMMEDIATE", "write", error);
	return ledger->in_transaction;
}

bool pr_ledger_commit(struct pr_ledger *ledger, struct pr_error *error)
{
	if (!execute(ledger, "COMMIT", "write", error)) {
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

	if (!prepare(ledger,
			"INSERT OR REPLACE INTO summary(month, project_id, tenant_id, cutoff_ms, unpacked_bytes, packed) "
			"VALUES(?, ?, ?, ?, ?, ?)",
			&statement, error))
		return false;
	bind_month(statement, 1, month);
	sqlite3_bind_int64(statement, 2, project_id);
	sqlite3_bind_int64(statement, 3, tenant_id);
	sqlite3_bind_int64(statement, 4, cutoff_ms);
	if (!bind_packed(statement, 5, bytes, count, error)) {
		sqlite3_finalize(statement);
		return false;
	}
	return finish(ledger, statement, error);
}

/* Columns: project, tenant, cut-off, size, packed. */
static bool take_summary(const struct pr_ledger *ledger, sqlite3_stmt *statement, struct pr_arena *arena,
	struct pr_ledger_summary *summary, struct pr_error *error)
{
	*summary = (struct pr_ledger_summary){.project_id = sqlite3_column_int64(statement, 0),
		.tenant_id = sqlite3_column_int64(statement, 1),
		.cutoff_ms = sqlite3_column_int64(statement, 2)};
	return column_packed(ledger, statement, 3, arena, &summary->bytes, &summary->count, error);
}

bool pr_ledger_get_summary(struct pr_ledger *ledger, struct pr_month month, int64_t project_id, int64_t tenant_id,
	struct pr_arena *arena, struct pr_ledger_summary *summary, bool *found, struct pr_error *error)
{
	sqlite3_stmt *statement;
	bool good;

	if (!prepare(ledger,
			"SELECT project_id, tenant_id, cutoff_ms, unpacked_bytes, packed FROM summary "
			"WHERE month = ? AND project_id = ? AND tenant_id = ?",
			&statement, error))
		return false;
	bind_month(statement, 1, month);
	sqlite3_bind_int64(statement, 2, project_id);
	sqlite3_bind_int64(statement, 3, tenant_id);
	good = step(ledger, statement, found, "read", error) &&
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

static bool is_ledger_name(const char *name)
{
	size_t length = strlen(name);

	return pr_text_starts(name, "ledger") && length > 3 && strcmp(name + length - 3, ".db") == 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool list_ledgers(
	const char *folder, struct pr_arena *arena, const char ***names, size_t *count, struct pr_error *error)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;
	size_t capacity = 0;
	char why[128];

	*names = NULL;
	*count = 0;
	if (!directory && errno == ENOENT)
		return true;
	if (!directory)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot list folder '%s': %s", folder, pr_error_reason(errno, why));
	while (*count < LEDGERS_MAX && (entry = readdir(directory)) != NULL)
		if (is_ledger_name(entry->d_name))
			*PR_PUSH(arena, *names, *count, capacity) = pr_arena_copy(arena, entry->d_name);
	closedir(directory);
	if (*count > 1)
		qsort(*names, *count, sizeof **names, compare_names);
	return true;
}

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
	good = list_ledgers(out_folder, &made->arena, &names, &count, error);
	for (size_t i = 0; good && i < count; i++) {
		struct pr_ledger *ledger;
		good = open_reader(&ledger, pr_arena_format(&made->arena, "%s/%s", out_folder, names[i]), error);
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

	if (!statement && !prepare(ledger,
						  "SELECT project_id, tenant_id, cutoff_ms, unpacked_bytes, packed FROM summary "
						  "WHERE month = ?1 AND (?2 OR (project_id, tenant_id) > (?3, ?4)) "
						  "ORDER BY project_id, tenant_id LIMIT 1",
						  &ledger->next_summary, error))
		return false;
	statement = ledger->next_summary;
	bind_month(statement, 1, cursor->month);
	sqlite3_bind_int(statement, 2, !cursor->began);
	sqlite3_bind_int64(statement, 3, cursor->project_id);
	sqlite3_bind_int64(statement, 4, cursor->tenant_id);
	pr_arena_release(&part->arena);
	pr_arena_init(&part->arena);
	good = step(ledger, statement, &part->more, "read", error) &&
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
	return a->cutoff_ms > b->cutoff_ms;
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
	};

	for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
		sqlite3_stmt *statement;
		if (!prepare(ledger, statements[i], &statement, error))
			return false;
		bind_key(statement, month, tenant_id);
		sqlite3_bind_int(statement, 3, intent);
		sqlite3_bind_int(statement, 4, number);
		if (!finish(ledger, statement, error))
			return false;
	}
	return true;
}

static bool put_file(struct pr_ledger *ledger, const struct pr_ledger_revision *revision, bool intent,
	const struct pr_ledger_file *file, struct pr_error *error)
{
	sqlite3_stmt *statement;

	if (!prepare(ledger,
			"INSERT INTO file(month, tenant_id, revision, intent, name, format, bytes, hash) "
			"VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
			&statement, error))
		return false;
	bind_key(statement, revision->month, revision->tenant_id);
	sqlite3_bind_int(statement, 3, revision->number);
	sqlite3_bind_int(statement, 4, intent);
	bind_text(statement, 5, file->name);
	sqlite3_bind_int64(statement, 6, file->format);
	sqlite3_bind_int64(statement, 7, (sqlite3_int64)file->bytes);
	bind_text(statement, 8, file->hash);
	return finish(ledger, statement, error);
}

static bool put_row(
	struct pr_ledger *ledger, const struct pr_ledger_revision *revision, bool intent, struct pr_error *error)
{
	sqlite3_stmt *statement;

	if (!prepare(ledger,
			"INSERT INTO revision(month, tenant_id, revision, intent, edition, cutoff_ms, checked_ms, released_ms, "
			"state, reason, coverage, folder, formats, hash, report, findings_bytes, findings, changes_bytes, changes) "
			"VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			&statement, error))
		return false;
	bind_key(statement, revision->month, revision->tenant_id);
	sqlite3_bind_int(statement, 3, revision->number);
	sqlite3_bind_int(statement, 4, intent);
	bind_text(statement, 5, revision->edition);
	sqlite3_bind_int64(statement, 6, revision->cutoff_ms);
	sqlite3_bind_int64(statement, 7, revision->checked_ms);
	if (revision->released_ms != PR_TIME_MISSING)
		sqlite3_bind_int64(statement, 8, revision->released_ms);
	bind_text(statement, 9, revision->state);
	bind_text(statement, 10, revision->reason);
	if (!isnan(revision->coverage))
		sqlite3_bind_double(statement, 11, revision->coverage);
	bind_text(statement, 12, revision->folder);
	sqlite3_bind_int64(statement, 13, revision->formats);
	bind_text(statement, 14, revision->hash);
	bind_text(statement, 15, revision->report);
	sqlite3_bind_int64(statement, 16, (sqlite3_int64)revision->findings.unpacked);
	sqlite3_bind_blob64(statement, 17, revision->findings.bytes, revision->findings.count, SQLITE_TRANSIENT);
	if (!bind_packed(statement, 18, revision->changes, revision->changes_count, error)) {
		sqlite3_finalize(statement);
		return false;
	}
	return finish(ledger, statement, error);
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
	return good;
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
	return pr_ledger_begin(ledger, error) && end_writing(ledger, put_revision(ledger, revision, false, error), error);
}

/* The intent becomes the revision of its number. */
static bool confirm(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, struct pr_error *error)
{
	static const char *const statements[] = {
		"DELETE FROM revision WHERE month = ?1 AND tenant_id = ?2 AND intent = 0 AND revision IN "
		"(SELECT revision FROM revision WHERE month = ?1 AND tenant_id = ?2 AND intent = 1)",
		"DELETE FROM file WHERE month = ?1 AND tenant_id = ?2 AND intent = 0 AND revision IN "
		"(SELECT revision FROM revision WHERE month = ?1 AND tenant_id = ?2 AND intent = 1)",
		"UPDATE revision SET intent = 0 WHERE month = ?1 AND tenant_id = ?2 AND intent = 1",
		"UPDATE file SET intent = 0 WHERE month = ?1 AND tenant_id = ?2 AND intent = 1",
	};

	for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
		sqlite3_stmt *statement;
		if (!prepare(ledger, statements[i], &statement, error))
			return false;
		bind_key(statement, month, tenant_id);
		if (!finish(ledger, statement, error))
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

	if (!prepare(ledger,
			"SELECT name, format, bytes, hash FROM file "
			"WHERE month = ? AND tenant_id = ? AND intent = ? AND revision = ? ORDER BY name",
			&statement, error))
		return false;
	bind_key(statement, revision->month, revision->tenant_id);
	sqlite3_bind_int(statement, 3, intent);
	sqlite3_bind_int(statement, 4, revision->number);
	while ((good = step(ledger, statement, &row, "read", error)) && row) {
		struct pr_ledger_file *file = PR_PUSH(arena, revision->files, revision->file_count, capacity);
		file->name = column_text(statement, 0, arena);
		file->format = (unsigned)sqlite3_column_int64(statement, 1);
		file->bytes = (uint64_t)sqlite3_column_int64(statement, 2);
		column_hash(statement, 3, file->hash);
	}
	sqlite3_finalize(statement);
	return good;
}

static bool take_revision(struct pr_ledger *ledger, sqlite3_stmt *statement, struct pr_arena *arena,
	struct pr_ledger_revision *revision, struct pr_error *error)
{
	revision->number = sqlite3_column_int(statement, 0);
	revision->edition = column_text(statement, 1, arena);
	revision->cutoff_ms = sqlite3_column_int64(statement, 2);
	revision->checked_ms = sqlite3_column_int64(statement, 3);
	revision->released_ms =
		sqlite3_column_type(statement, 4) == SQLITE_NULL ? PR_TIME_MISSING : sqlite3_column_int64(statement, 4);
	revision->state = column_text(statement, 5, arena);
	revision->reason = column_text(statement, 6, arena);
	revision->coverage =
		sqlite3_column_type(statement, 7) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(statement, 7);
	revision->folder = column_text(statement, 8, arena);
	revision->formats = (unsigned)sqlite3_column_int64(statement, 9);
	column_hash(statement, 10, revision->hash);
	column_hash(statement, 11, revision->report);
	revision->findings = column_as_packed(statement, 12, arena);
	return column_packed(ledger, statement, 14, arena, &revision->changes, &revision->changes_count, error);
}

static bool read_revision(struct pr_ledger *ledger, bool intent, int number, struct pr_arena *arena,
	struct pr_ledger_revision *revision, bool *found, struct pr_error *error)
{
	sqlite3_stmt *statement;
	bool good;

	if (!prepare(ledger,
			"SELECT revision, edition, cutoff_ms, checked_ms, released_ms, state, reason, coverage, folder, formats, "
			"hash, report, findings_bytes, findings, changes_bytes, changes FROM revision "
			"WHERE month = ? AND tenant_id = ? AND intent = ? AND (?4 = 0 OR revision = ?4) "
			"ORDER BY revision DESC LIMIT 1",
			&statement, error))
		return false;
	bind_key(statement, revision->month, revision->tenant_id);
	sqlite3_bind_int(statement, 3, intent);
	sqlite3_bind_int(statement, 4, number);
	good = step(ledger, statement, found, "read", error) &&
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

bool pr_ledger_note_check(struct pr_ledger *ledger, struct pr_month month, int64_t tenant_id, int number,
	int64_t checked_ms, const char *state, const char *reason, struct pr_error *error)
{
	sqlite3_stmt *statement;

	if (!prepare(ledger,
			"UPDATE revision SET checked_ms = ?4, state = ?5, reason = ?6 "
			"WHERE month = ?1 AND tenant_id = ?2 AND revision = ?3 AND intent = 0",
			&statement, error))
		return false;
	bind_key(statement, month, tenant_id);
	sqlite3_bind_int(statement, 3, number);
	sqlite3_bind_int64(statement, 4, checked_ms);
	bind_text(statement, 5, state);
	bind_text(statement, 6, reason);
	return finish(ledger, statement, error);
}
