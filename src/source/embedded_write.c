#include "source/embedded_write.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"

#define KEY_BYTES 4096 /* an e-mail address of 254 characters is the longest part */

struct pr_embedded_writer {
	struct pr_arena arena;
	const char *path, *folder, *name;
	char *temporary; /* NULL when there is nothing to remove */
	bool is_private, replaces;
	struct sqlite3 *db;
	const struct pr_schema_table *table;
	struct sqlite3_stmt *insert, *replace, *mark;
	bool is_loose; /* the table has no primary key */
};

static bool refuse(const struct pr_embedded_writer *writer, struct pr_error *error)
{
	return pr_error_set(error, PR_CODE_OUTPUT, "cannot write store '%s': %s", writer->path, sqlite3_errmsg(writer->db));
}

static bool run(const struct pr_embedded_writer *writer, const char *sql, struct pr_error *error)
{
	return sqlite3_exec(writer->db, sql, NULL, NULL, NULL) == SQLITE_OK || refuse(writer, error);
}

static void split_path(struct pr_embedded_writer *writer)
{
	const char *slash = strrchr(writer->path, '/');
	writer->name = slash ? slash + 1 : writer->path;
	if (!slash)
		writer->folder = ".";
	else if (slash == writer->path)
		writer->folder = "/";
	else
		writer->folder = pr_arena_copy_n(&writer->arena, writer->path, (size_t)(slash - writer->path));
}

/* ".<name>.<process>.part", of a process that is gone. */
static bool is_left_behind(const char *entry, const char *name)
{
	size_t length = strlen(name);
	if (entry[0] != '.' || strncmp(entry + 1, name, length) != 0 || entry[1 + length] != '.')
		return false;
	const char *digits = entry + length + 2;
	const char *end = strchr(digits, '.');
	char number[16];
	int64_t process;
	if (!end || strcmp(end, ".part") != 0 || (size_t)(end - digits) >= sizeof number)
		return false;
	memcpy(number, digits, (size_t)(end - digits));
	number[end - digits] = '\0';
	return pr_text_to_int64(number, &process) && process > 0 && process <= INT32_MAX && kill((pid_t)process, 0) != 0 &&
	       errno == ESRCH;
}

/* What a killed import left is removed by the next one. */
static void sweep(struct pr_embedded_writer *writer)
{
	DIR *folder = opendir(writer->folder);
	if (!folder)
		return;
	for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
		if (is_left_behind(entry->d_name, writer->name))
			unlink(pr_arena_format(&writer->arena, "%s/%s", writer->folder, entry->d_name));
	closedir(folder);
}

static bool check_path(const struct pr_embedded_writer *writer, struct pr_error *error)
{
	struct stat status;
	if (writer->name[0] == '\0')
		return pr_error_set(error, PR_CODE_USAGE, "cannot make store '%s': no file name", writer->path);
	if (lstat(writer->path, &status) == 0 && writer->replaces)
		return S_ISREG(status.st_mode) ||
		       pr_error_set(error, PR_CODE_USAGE, "cannot make store '%s': it is no regular file", writer->path);
	if (lstat(writer->path, &status) == 0)
		return pr_error_set(
			error, PR_CODE_USAGE, "cannot make store '%s': it exists; expected the name of a new file", writer->path);
	if (stat(writer->folder, &status) != 0 || !S_ISDIR(status.st_mode))
		return pr_error_set(
			error, PR_CODE_USAGE, "cannot make store '%s': no folder '%s'", writer->path, writer->folder);
	return true;
}

static bool make_tables(const struct pr_embedded_writer *writer, struct pr_error *error)
{
	struct pr_arena arena;
	struct pr_buffer sql;
	pr_arena_init(&arena);
	pr_buffer_init(&sql, &arena);
	/* No journal: until the rename there is nothing to roll back to, and the file is synced once, when whole. */
	pr_buffer_add(&sql, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;\n"
						"CREATE TEMP TABLE replaced (key TEXT PRIMARY KEY) WITHOUT ROWID; BEGIN;\n");
	for (size_t i = 0; i < PR_SCHEMA_TABLE_COUNT; i++)
		pr_schema_ddl(&pr_schema_tables[i], &sql);
	bool done = run(writer, sql.text, error);
	pr_arena_release(&arena);
	return done;
}

static bool open_writer(struct pr_embedded_writer *writer, struct pr_error *error)
{
	if (!check_path(writer, error))
		return false;
	sweep(writer);
	char *temporary = pr_arena_format(&writer->arena, "%s/.%s.%ld.part", writer->folder, writer->name, (long)getpid());
	int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, writer->is_private ? 0600 : 0666);
	if (file < 0)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot write in folder '%s': %s", writer->folder,
			pr_error_reason(errno, (char[128]){0}));
	close(file);
	writer->temporary = temporary;
	if (sqlite3_open_v2(temporary, &writer->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return refuse(writer, error);
	return make_tables(writer, error);
}

static bool open_as(
	struct pr_embedded_writer **writer, const char *db_path, bool is_private, bool replaces, struct pr_error *error)
{
	*writer = NULL;
	struct pr_embedded_writer *opened = calloc(1, sizeof *opened);
	if (!opened)
		return pr_error_set(error, PR_CODE_INTERNAL, "out of memory");
	opened->is_private = is_private;
	opened->replaces = replaces;
	pr_arena_init(&opened->arena);
	opened->path = pr_arena_copy(&opened->arena, db_path);
	split_path(opened);
	if (!open_writer(opened, error)) {
		pr_embedded_writer_free(opened);
		return false;
	}
	*writer = opened;
	return true;
}

bool pr_embedded_writer_open(struct pr_embedded_writer **writer, const char *db_path, struct pr_error *error)
{
	return open_as(writer, db_path, false, false, error);
}

bool pr_embedded_writer_open_private(
	struct pr_embedded_writer **writer, const char *db_path, bool replaces, struct pr_error *error)
{
	return open_as(writer, db_path, true, replaces, error);
}

static void finalize(struct pr_embedded_writer *writer)
{
	sqlite3_finalize(writer->insert);
	sqlite3_finalize(writer->replace);
	sqlite3_finalize(writer->mark);
	writer->insert = writer->replace = writer->mark = NULL;
}

void pr_embedded_writer_free(struct pr_embedded_writer *writer)
{
	if (!writer)
		return;
	finalize(writer);
	sqlite3_close(writer->db);
	if (writer->temporary)
		unlink(writer->temporary);
	pr_arena_release(&writer->arena);
	free(writer);
}

static bool prepare(
	struct pr_embedded_writer *writer, const char *verb, struct sqlite3_stmt **statement, struct pr_error *error)
{
	struct pr_arena arena;
	struct pr_buffer sql;
	pr_arena_init(&arena);
	pr_buffer_init(&sql, &arena);
	pr_buffer_format(&sql, "%s INTO %s VALUES (", verb, writer->table->name);
	for (size_t i = 0; i < writer->table->column_count; i++)
		pr_buffer_add(&sql, i == 0 ? "?" : ", ?");
	pr_buffer_add(&sql, ")");
	bool done = sqlite3_prepare_v2(writer->db, sql.text, -1, statement, NULL) == SQLITE_OK || refuse(writer, error);
	pr_arena_release(&arena);
	return done;
}

static bool prepare_mark(struct pr_embedded_writer *writer, struct pr_error *error)
{
	static const char sql[] = "INSERT OR IGNORE INTO temp.replaced VALUES (?)";
	return sqlite3_prepare_v2(writer->db, sql, -1, &writer->mark, NULL) == SQLITE_OK || refuse(writer, error);
}

bool pr_embedded_writer_table(
	struct pr_embedded_writer *writer, const struct pr_schema_table *table, struct pr_error *error)
{
	finalize(writer);
	writer->table = table;
	writer->is_loose = false;
	return run(writer, "DELETE FROM temp.replaced", error) && prepare_mark(writer, error) &&
	       prepare(writer, "INSERT OR IGNORE", &writer->insert, error) &&
	       prepare(writer, "REPLACE", &writer->replace, error);
}

static int bind_value(struct sqlite3_stmt *statement, int parameter, const struct pr_store_value *value)
{
	switch (value->type) {
	case PR_VALUE_WHOLE:
		return sqlite3_bind_int64(statement, parameter, value->whole);
	case PR_VALUE_DOUBLE:
		return sqlite3_bind_double(statement, parameter, value->number);
	case PR_VALUE_TEXT:
		return sqlite3_bind_text(statement, parameter, value->text, -1, SQLITE_STATIC);
	case PR_VALUE_MISSING:
		break;
	}
	return sqlite3_bind_null(statement, parameter);
}

static bool execute(const struct pr_embedded_writer *writer, struct sqlite3_stmt *statement,
	const struct pr_store_value *values, struct pr_error *error)
{
	sqlite3_reset(statement);
	for (size_t i = 0; i < writer->table->column_count; i++)
		if (bind_value(statement, (int)i + 1, &values[i]) != SQLITE_OK)
			return refuse(writer, error);
	return sqlite3_step(statement) == SQLITE_DONE || refuse(writer, error);
}

/* Remembers that a key's row was replaced; *is_first: it had not been before. */
static bool mark_replaced(const struct pr_embedded_writer *writer, const struct pr_store_value *values, bool *is_first,
	struct pr_error *error)
{
	char key[KEY_BYTES];
	size_t used = 0;
	for (const int *column = writer->table->keys; *column >= 0; column++) {
		const struct pr_store_value *value = &values[*column];
		int count = value->type == PR_VALUE_TEXT
		                ? snprintf(key + used, sizeof key - used, "%s\n", value->text)
		                : snprintf(key + used, sizeof key - used, "%lld\n", (long long)value->whole);
		if (count < 0 || (size_t)count >= sizeof key - used)
			return pr_error_set(
				error, PR_CODE_INTERNAL, "a key of table '%s' of more than %d bytes", writer->table->name, KEY_BYTES);
		used += (size_t)count;
	}
	sqlite3_reset(writer->mark);
	if (sqlite3_bind_text(writer->mark, 1, key, (int)used, SQLITE_STATIC) != SQLITE_OK ||
		sqlite3_step(writer->mark) != SQLITE_DONE)
		return refuse(writer, error);
	*is_first = sqlite3_changes(writer->db) == 1;
	return true;
}

bool pr_embedded_writer_add(struct pr_embedded_writer *writer, const struct pr_store_value *values,
	enum pr_row_fate *fate, struct pr_error *error)
{
	*fate = PR_ROW_NEW;
	if (!execute(writer, writer->insert, values, error))
		return false;
	if (sqlite3_changes(writer->db) == 1)
		return true;
	/* Nothing was inserted: a row of the key is there (IGNORE also passes over a NULL in a NOT NULL column, which
	 * REPLACE then refuses). */
	bool is_first = true;
	if (!execute(writer, writer->replace, values, error) || !mark_replaced(writer, values, &is_first, error))
		return false;
	*fate = is_first ? PR_ROW_REPLACED : PR_ROW_REPLACED_AGAIN;
	return true;
}

static bool loosen(struct pr_embedded_writer *writer, struct pr_error *error)
{
	struct pr_arena arena;
	struct pr_buffer sql;
	finalize(writer);
	pr_arena_init(&arena);
	pr_buffer_init(&sql, &arena);
	pr_schema_loosen(writer->table, &sql);
	bool done = run(writer, sql.text, error) && prepare(writer, "INSERT", &writer->insert, error);
	pr_arena_release(&arena);
	writer->is_loose = true;
	return done;
}

bool pr_embedded_writer_append(
	struct pr_embedded_writer *writer, const struct pr_store_value *values, struct pr_error *error)
{
	if (!execute(writer, writer->insert, values, error))
		return false;
	if (writer->is_loose || sqlite3_changes(writer->db) == 1)
		return true;
	return loosen(writer, error) && execute(writer, writer->insert, values, error);
}

bool pr_embedded_writer_has(
	struct pr_embedded_writer *writer, const char *table, int64_t id, bool *found, struct pr_error *error)
{
	const struct pr_schema_table *schema = pr_schema_find(table);
	struct sqlite3_stmt *statement = NULL;
	char sql[160];
	*found = false;
	if (!schema)
		return pr_error_set(error, PR_CODE_INTERNAL, "no table '%s' in the embedded store", table);
	snprintf(sql, sizeof sql, "SELECT 1 FROM %s WHERE %s = ?", table, schema->columns[0].name);
	bool done = sqlite3_prepare_v2(writer->db, sql, -1, &statement, NULL) == SQLITE_OK &&
	            sqlite3_bind_int64(statement, 1, id) == SQLITE_OK;
	int result = done ? sqlite3_step(statement) : SQLITE_ERROR;
	*found = result == SQLITE_ROW;
	done = result == SQLITE_ROW || result == SQLITE_DONE || refuse(writer, error);
	sqlite3_finalize(statement);
	return done;
}

static bool sync_file(const char *path, const char *name, struct pr_error *error)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	bool done = file >= 0 && fsync(file) == 0;
	int reason = errno;
	if (file >= 0)
		close(file);
	return done || pr_error_set(error, PR_CODE_OUTPUT, "cannot write store '%s': %s", name,
					   pr_error_reason(reason, (char[128]){0}));
}

bool pr_embedded_writer_finish(struct pr_embedded_writer *writer, struct pr_error *error)
{
	finalize(writer);
	if (!run(writer, "COMMIT", error))
		return false;
	if (sqlite3_close(writer->db) != SQLITE_OK)
		return refuse(writer, error);
	writer->db = NULL;
	if (!sync_file(writer->temporary, writer->path, error))
		return false;
	if (writer->replaces) {
		if (rename(writer->temporary, writer->path) != 0)
			return pr_error_set(error, PR_CODE_OUTPUT, "cannot make store '%s': %s", writer->path,
				pr_error_reason(errno, (char[128]){0}));
		writer->temporary = NULL;
		return pr_folder_sync(writer->folder, error);
	}
	/* A link never replaces a file that came meanwhile; where the file system has none, the name is looked at again. */
	if (link(writer->temporary, writer->path) == 0)
		unlink(writer->temporary);
	else if (errno == EEXIST || access(writer->path, F_OK) == 0)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot make store '%s': it was made meanwhile", writer->path);
	else if (rename(writer->temporary, writer->path) != 0)
		return pr_error_set(
			error, PR_CODE_OUTPUT, "cannot make store '%s': %s", writer->path, pr_error_reason(errno, (char[128]){0}));
	writer->temporary = NULL;
	return pr_folder_sync(writer->folder, error);
}
