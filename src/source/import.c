#include "source/import.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "source/csv.h"
#include "source/embedded_write.h"
#include "source/import_values.h"

#define NO_CELL SIZE_MAX

/* An id that must stand in another table once this file is read (a point may name one further down as its parent). */
struct reference {
	const struct pr_schema_column *column;
	int64_t id;
	int line;
};

struct importing {
	struct pr_embedded_writer *writer;
	struct pr_arena scratch; /* of a file */
	const struct pr_schema_table *table;
	struct pr_csv csv;
	size_t cells[PR_SCHEMA_COLUMNS_MAX]; /* which cell of a line holds a column; NO_CELL = none */
	size_t header_count;
	struct reference *references; /* in the scratch arena */
	size_t reference_count, reference_capacity;
};

static int compare_names(const void *left, const void *right)
{
	const struct pr_import_file *a = left;
	const struct pr_import_file *b = right;
	return strcmp(a->name, b->name);
}

/* "<table>.csv", or NULL for a file that is not the contract's. */
static const struct pr_schema_table *file_table(const char *name)
{
	for (size_t i = 0; i < PR_SCHEMA_TABLE_COUNT; i++) {
		size_t length = strlen(pr_schema_tables[i].name);
		if (strncmp(name, pr_schema_tables[i].name, length) == 0 && strcmp(name + length, ".csv") == 0)
			return &pr_schema_tables[i];
	}
	return NULL;
}

/* Every entry of the folder that does not begin with a dot, by name. */
static bool list_files(
	const char *folder, struct pr_arena *arena, struct pr_import_result *result, struct pr_error *error)
{
	size_t capacity = 0;
	size_t known = 0;
	DIR *listing = opendir(folder);
	*result = (struct pr_import_result){.files = NULL};
	if (!listing)
		return pr_error_set(error, PR_CODE_USAGE, "cannot read folder '%s': %s; expected a folder of CSV files", folder,
			pr_error_reason(errno, (char[128]){0}));
	errno = 0;
	for (struct dirent *entry = readdir(listing); entry; entry = readdir(listing)) {
		if (entry->d_name[0] == '.')
			continue;
		struct pr_import_file *file = PR_PUSH(arena, result->files, result->count, capacity);
		file->name = pr_arena_copy(arena, entry->d_name);
		file->ignored = !file_table(file->name);
		known += !file->ignored;
	}
	int reason = errno;
	closedir(listing);
	if (reason != 0)
		return pr_error_set(
			error, PR_CODE_USAGE, "cannot read folder '%s': %s", folder, pr_error_reason(reason, (char[128]){0}));
	if (known == 0)
		return pr_error_set(error, PR_CODE_USAGE,
			"no file to import in folder '%s'; expected tenant.csv, project.csv, point.csv, point_15min_electric.csv …",
			folder);
	qsort(result->files, result->count, sizeof *result->files, compare_names);
	return true;
}

static bool refuse(const struct importing *importing, int line, struct pr_error *error, const char *column,
	const char *cell, const char *why)
{
	const char *name = importing->csv.name;
	if (cell)
		return pr_error_set_at(error, PR_CODE_STORE, name, line, "column '%s': '%.80s' %s", column, cell, why);
	return pr_error_set_at(error, PR_CODE_STORE, name, line, "column '%s' %s", column, why);
}

static size_t find_column(const struct pr_schema_table *table, const char *name)
{
	size_t column = 0;
	while (column < table->column_count && strcmp(table->columns[column].name, name) != 0)
		column++;
	return column;
}

/* Which cell is which column. */
static bool read_header(struct importing *importing, struct pr_error *error)
{
	struct pr_csv *csv = &importing->csv;
	const struct pr_schema_table *table = importing->table;
	bool row;
	if (!pr_csv_next(csv, &row, error))
		return false;
	if (!row)
		return pr_error_set_at(error, PR_CODE_STORE, csv->name, 1, "no header; expected the names of the columns");
	for (size_t column = 0; column < table->column_count; column++)
		importing->cells[column] = NO_CELL;
	importing->header_count = csv->count;
	for (size_t cell = 0; cell < csv->count; cell++) {
		const char *name = csv->cells[cell] ? csv->cells[cell] : "";
		size_t column = find_column(table, name);
		if (column == table->column_count)
			return pr_error_set_at(
				error, PR_CODE_STORE, csv->name, csv->line, "unknown column '%.80s' in table '%s'", name, table->name);
		if (importing->cells[column] != NO_CELL)
			return refuse(importing, csv->line, error, name, NULL, "stands twice in the header");
		importing->cells[column] = cell;
	}
	for (size_t column = 0; column < table->column_count; column++)
		if (importing->cells[column] == NO_CELL && table->columns[column].required)
			return refuse(importing, csv->line, error, table->columns[column].name, NULL,
				"is missing in the header; it must have values");
	return true;
}

static bool read_row(struct importing *importing, struct pr_store_value *values, struct pr_error *error)
{
	const struct pr_csv *csv = &importing->csv;
	const struct pr_schema_table *table = importing->table;
	if (csv->count != importing->header_count)
		return pr_error_set_at(error, PR_CODE_STORE, csv->name, csv->line, "%zu cells; expected %zu as in the header",
			csv->count, importing->header_count);
	for (size_t i = 0; i < table->column_count; i++) {
		const struct pr_schema_column *column = &table->columns[i];
		const char *cell = importing->cells[i] == NO_CELL ? NULL : csv->cells[importing->cells[i]];
		const char *why = pr_import_value(column, cell, &importing->scratch, &values[i]);
		if (why)
			return refuse(importing, csv->line, error, column->name, cell, why);
		if (column->refers_to && values[i].type == PR_VALUE_WHOLE)
			*PR_PUSH(&importing->scratch, importing->references, importing->reference_count,
				importing->reference_capacity) = (struct reference){column, values[i].whole, csv->line};
	}
	const char *why = pr_import_row(table, values, &importing->scratch);
	return !why || pr_error_set_at(error, PR_CODE_STORE, csv->name, csv->line, "%s", why);
}

static bool check_references(const struct importing *importing, struct pr_error *error)
{
	for (size_t i = 0; i < importing->reference_count; i++) {
		const struct reference *reference = &importing->references[i];
		bool found;
		if (!pr_embedded_writer_has(importing->writer, reference->column->refers_to, reference->id, &found, error))
			return false;
		if (!found)
			return pr_error_set_at(error, PR_CODE_STORE, importing->csv.name, reference->line,
				"column '%s': '%lld' is not in table '%s'", reference->column->name, (long long)reference->id,
				reference->column->refers_to);
	}
	return true;
}

static bool import_rows(struct importing *importing, struct pr_import_file *file, struct pr_error *error)
{
	struct pr_store_value values[PR_SCHEMA_COLUMNS_MAX];
	if (!read_header(importing, error) || !pr_embedded_writer_table(importing->writer, importing->table, error))
		return false;
	for (;;) {
		bool row;
		enum pr_row_fate fate;
		if (!pr_csv_next(&importing->csv, &row, error))
			return false;
		if (!row)
			return check_references(importing, error);
		if (!read_row(importing, values, error) || !pr_embedded_writer_add(importing->writer, values, &fate, error))
			return false;
		file->rows++;
		file->replaced += fate != PR_ROW_NEW;
		file->repeated_keys += fate == PR_ROW_REPLACED;
	}
}

static bool import_file(
	struct importing *importing, const char *folder, struct pr_import_file *file, struct pr_error *error)
{
	pr_arena_init(&importing->scratch);
	importing->references = NULL;
	importing->reference_count = importing->reference_capacity = 0;
	bool done = pr_csv_open(&importing->csv, pr_arena_format(&importing->scratch, "%s/%s", folder, file->name),
					file->name, error) &&
	            import_rows(importing, file, error);
	pr_csv_close(&importing->csv);
	pr_arena_release(&importing->scratch);
	return done;
}

static struct pr_import_file *find_file(const struct pr_import_result *result, const struct pr_schema_table *table)
{
	for (size_t i = 0; i < result->count; i++)
		if (file_table(result->files[i].name) == table)
			return &result->files[i];
	return NULL;
}

bool pr_import(const char *folder, const char *db_path, struct pr_arena *arena, struct pr_import_result *result,
	struct pr_error *error)
{
	struct importing importing = {.writer = NULL};
	if (!list_files(folder, arena, result, error) || !pr_embedded_writer_open(&importing.writer, db_path, error))
		return false;
	bool done = true;
	for (size_t i = 0; done && i < PR_SCHEMA_TABLE_COUNT; i++) {
		importing.table = &pr_schema_tables[i];
		struct pr_import_file *file = find_file(result, importing.table);
		if (file)
			done = import_file(&importing, folder, file, error);
	}
	done = done && pr_embedded_writer_finish(importing.writer, error);
	pr_embedded_writer_free(importing.writer);
	return done;
}
