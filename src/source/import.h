/*
 * powerreport import: a folder of CSV files in the contract's form (one a table or data set, the header naming the
 * columns) becomes a new embedded store. All or nothing: the store is made beside `db_path` and renamed when whole.
 * A bad line is refused with file, line, column and reason. A known file's missing column is missing values (refused
 * where the contract says NOT NULL); an unknown column is refused; unknown files are listed as ignored. A row with a
 * key already used replaces the earlier one and is counted. Within the directory an id that refers to a row of another
 * table must find it; rows of series may name points that are gone, as they do in a platform. An existing `db_path` is
 * refused.
 */
#ifndef PR_SOURCE_IMPORT_H
#define PR_SOURCE_IMPORT_H

#include "base/arena.h"
#include "base/error.h"

struct pr_import_file {
	const char *name;
	size_t rows;          /* lines but the header */
	size_t replaced;      /* lines that were replaced by a later one of the same key: rows − replaced are kept */
	size_t repeated_keys; /* keys that came more than once */
	bool ignored;         /* not one of the contract's files */
};
struct pr_import_result {
	struct pr_import_file *files; /* by name */
	size_t count;
};

PR_CHECK bool pr_import(const char *folder, const char *db_path, struct pr_arena *arena,
	struct pr_import_result *result, struct pr_error *error);

#endif
