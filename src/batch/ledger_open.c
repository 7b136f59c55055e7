/* The ledger as a file: SQLite with errors that name it, its schema, opening, and which ledgers a folder holds. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "batch/ledger_sql.h"
#include "batch/pack.h"

#define BUSY_TIMEOUT_MS 60000
#define APPLICATION_ID 0x50524C31 /* "PRL1": says what kind of SQLite file it is */

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
	"CREATE TABLE run("
	" run INTEGER PRIMARY KEY, wish TEXT NOT NULL, now_ms INTEGER NOT NULL, began_ms INTEGER NOT NULL,"
	" ended_ms INTEGER, outcome TEXT, host TEXT NOT NULL, pid INTEGER NOT NULL, version TEXT NOT NULL);"
	"CREATE TABLE tenant("
	" month TEXT NOT NULL, tenant_id INTEGER NOT NULL, name TEXT NOT NULL, edition TEXT NOT NULL,"
	" run INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT, coverage REAL, revision INTEGER NOT NULL, folder TEXT,"
	" cutoff_ms INTEGER NOT NULL, began_ms INTEGER NOT NULL, ended_ms INTEGER, duration_ms INTEGER NOT NULL,"
	" attempts INTEGER NOT NULL, version TEXT NOT NULL,"
	" PRIMARY KEY(month, tenant_id));",
	/* The mail. An adopted revision was read back from its folder: what was sent of it is not known. */
	"ALTER TABLE revision ADD COLUMN released_by TEXT;"
	"ALTER TABLE revision ADD COLUMN adopted INTEGER NOT NULL DEFAULT 0;"
	"CREATE TABLE mail("
	" sending INTEGER PRIMARY KEY AUTOINCREMENT, month TEXT NOT NULL, tenant_id INTEGER NOT NULL,"
	" edition TEXT NOT NULL, revision INTEGER NOT NULL, address_key TEXT NOT NULL, address TEXT NOT NULL, name TEXT,"
	" kind TEXT NOT NULL, state TEXT NOT NULL, reply TEXT, attempts INTEGER NOT NULL, began_ms INTEGER NOT NULL,"
	" ended_ms INTEGER, message_id TEXT NOT NULL,"
	" UNIQUE(month, tenant_id, edition, revision, address_key));",
	"ALTER TABLE revision ADD COLUMN written_ms INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE summary ADD COLUMN written_ms INTEGER NOT NULL DEFAULT 0;",
	/* What the index page shows of a revision. */
	"CREATE TABLE card("
	" month TEXT NOT NULL, tenant_id INTEGER NOT NULL, revision INTEGER NOT NULL, intent INTEGER NOT NULL,"
	" figures TEXT NOT NULL, picture BLOB,"
	" PRIMARY KEY(month, tenant_id, intent, revision));",
};
#define SCHEMA ((int)(sizeof schema_steps / sizeof *schema_steps))

/* --- SQLite, with errors that name the file ---------------------------------------------------------------------- */

bool pr_sql_refuse(const struct pr_ledger *ledger, const char *what, struct pr_error *error)
{
	const char *why = ledger->db ? sqlite3_errmsg(ledger->db) : "out of memory";

	if (ledger->db && sqlite3_errcode(ledger->db) == SQLITE_FULL)
		why = "no space left on device; expected room in its folder";
	return pr_error_set(error, PR_CODE_OUTPUT, "cannot %s ledger '%s': %s", what, ledger->path, why);
}

bool pr_sql_execute(const struct pr_ledger *ledger, const char *sql, const char *what, struct pr_error *error)
{
	return sqlite3_exec(ledger->db, sql, NULL, NULL, NULL) == SQLITE_OK || pr_sql_refuse(ledger, what, error);
}

bool pr_sql_prepare(const struct pr_ledger *ledger, const char *sql, sqlite3_stmt **statement, struct pr_error *error)
{
	*statement = NULL;
	return sqlite3_prepare_v2(ledger->db, sql, -1, statement, NULL) == SQLITE_OK || pr_sql_refuse(ledger, "use", error);
}

bool pr_sql_step(
	const struct pr_ledger *ledger, sqlite3_stmt *statement, bool *row, const char *what, struct pr_error *error)
{
	int result = sqlite3_step(statement);

	*row = result == SQLITE_ROW;
	return *row || result == SQLITE_DONE || pr_sql_refuse(ledger, what, error);
}

bool pr_sql_finish(const struct pr_ledger *ledger, sqlite3_stmt *statement, struct pr_error *error)
{
	bool row, good = pr_sql_step(ledger, statement, &row, "write", error);

	sqlite3_finalize(statement);
	return good;
}

void pr_sql_bind_time(sqlite3_stmt *statement, int index, int64_t time_ms)
{
	if (time_ms == PR_TIME_MISSING)
		sqlite3_bind_null(statement, index);
	else
		sqlite3_bind_int64(statement, index, time_ms);
}

int64_t pr_sql_column_time(sqlite3_stmt *statement, int column)
{
	return sqlite3_column_type(statement, column) == SQLITE_NULL ? PR_TIME_MISSING
	                                                             : sqlite3_column_int64(statement, column);
}

void pr_sql_bind_text(sqlite3_stmt *statement, int index, const char *text)
{
	sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT);
}

void pr_sql_bind_month(sqlite3_stmt *statement, int index, struct pr_month month)
{
	char text[16];

	pr_sql_bind_text(statement, index, pr_month_iso(month, text));
}

void pr_sql_bind_key(sqlite3_stmt *statement, struct pr_month month, int64_t tenant_id)
{
	pr_sql_bind_month(statement, 1, month);
	sqlite3_bind_int64(statement, 2, tenant_id);
}

bool pr_sql_bind_packed(sqlite3_stmt *statement, int index, const void *bytes, size_t count, struct pr_error *error)
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

const char *pr_sql_column_text(sqlite3_stmt *statement, int column, struct pr_arena *arena)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);

	return text ? pr_arena_copy_n(arena, text, (size_t)sqlite3_column_bytes(statement, column)) : NULL;
}

void pr_sql_column_hash(sqlite3_stmt *statement, int column, char hash[PR_SHA256_TEXT])
{
	const char *text = (const char *)sqlite3_column_text(statement, column);
	size_t count = text ? strlen(text) : 0;

	memset(hash, 0, PR_SHA256_TEXT);
	memcpy(hash, text ? text : "", count < PR_SHA256_TEXT ? count : PR_SHA256_TEXT - 1);
}

bool pr_sql_column_packed(const struct pr_ledger *ledger, sqlite3_stmt *statement, int column, struct pr_arena *arena,
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

struct pr_packed pr_sql_column_as_packed(sqlite3_stmt *statement, int column, struct pr_arena *arena)
{
	const char *bytes = sqlite3_column_blob(statement, column + 1);
	size_t count = (size_t)sqlite3_column_bytes(statement, column + 1);
	sqlite3_int64 unpacked = sqlite3_column_int64(statement, column);

	return (struct pr_packed){
		pr_arena_copy_n(arena, bytes ? bytes : "", count), count, unpacked > 0 ? (size_t)unpacked : 0};
}

bool pr_sql_read_integer(const struct pr_ledger *ledger, const char *sql, int64_t *value, struct pr_error *error)
{
	sqlite3_stmt *statement;
	bool row, good;

	if (!pr_sql_prepare(ledger, sql, &statement, error))
		return false;
	good = pr_sql_step(ledger, statement, &row, "read", error);
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

	if (!pr_sql_read_integer(ledger, "PRAGMA application_id", &application, error) ||
		!pr_sql_read_integer(ledger, "PRAGMA user_version", &version, error) ||
		!pr_sql_read_integer(ledger, "SELECT count(*) FROM sqlite_master", &tables, error))
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

	if (!pr_sql_execute(ledger, "BEGIN IMMEDIATE", "write", error))
		return false;
	good = read_schema(ledger, &schema, error); /* again, now that nobody else makes it */
	for (; good && schema < SCHEMA; schema++)
		good = pr_sql_execute(ledger, schema_steps[schema], "make", error);
	sqlite3_snprintf(
		sizeof pragma, pragma, "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT", APPLICATION_ID, SCHEMA);
	if (good && pr_sql_execute(ledger, pragma, "make", error))
		return true;
	sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

static bool connect_file(struct pr_ledger *ledger, int flags, struct pr_error *error)
{
	if (sqlite3_open_v2(ledger->path, &ledger->db, flags, NULL) != SQLITE_OK)
		return pr_sql_refuse(ledger, "open", error);
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

	ledger->schema = SCHEMA;
	return connect_file(ledger, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error) &&
	       read_schema(ledger, &schema, error) &&
	       pr_sql_execute(ledger, "PRAGMA synchronous=FULL; PRAGMA journal_mode=DELETE", "use", error) &&
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

bool pr_sql_open_reader(struct pr_ledger **ledger, const char *path, struct pr_error *error)
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
	(*ledger)->schema = schema;
	if (good && schema > 0)
		return true;
	pr_ledger_close(*ledger);
	*ledger = NULL;
	return good;
}

bool pr_ledger_check(const char *path, struct pr_error *error)
{
	struct pr_ledger *ledger;
	bool good = pr_sql_open_reader(&ledger, path, error);

	pr_ledger_close(ledger);
	return good;
}

/* --- the ledgers of a folder --------------------------------------------------------------------------------------- */

static bool is_ledger_name(const char *name)
{
	size_t length = strlen(name);

	return pr_text_starts(name, "ledger") && length > 3 && strcmp(name + length - 3, ".db") == 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool pr_ledger_list(
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
	while ((entry = readdir(directory)) != NULL)
		if (is_ledger_name(entry->d_name))
			*PR_PUSH(arena, *names, *count, capacity) = pr_arena_copy(arena, entry->d_name);
	closedir(directory);
	if (*count > 1)
		qsort(*names, *count, sizeof **names, compare_names);
	return true;
}
