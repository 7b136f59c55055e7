/*
 * Makes a new embedded store, all or nothing: the file is written beside `db_path` under a name that begins with a dot,
 * synced and renamed when whole; an existing `db_path` is refused, never replaced. Failures are PR_CODE_OUTPUT (an
 * existing file and a missing folder PR_CODE_USAGE).
 *
 *     struct pr_embedded_writer *writer = NULL;
 *     ok = pr_embedded_writer_open(&writer, "plant.db", error) &&
 *          pr_embedded_writer_table(writer, pr_schema_find("tenant"), error) &&
 *          pr_embedded_writer_add(writer, values, &fate, error) && … &&
 *          pr_embedded_writer_finish(writer, error);
 *     pr_embedded_writer_free(writer);
 */
#ifndef PR_SOURCE_EMBEDDED_WRITE_H
#define PR_SOURCE_EMBEDDED_WRITE_H

#include <stdint.h>

#include "base/error.h"
#include "source/embedded_schema.h"

struct pr_embedded_writer;

struct pr_store_value {
	enum { PR_VALUE_MISSING, PR_VALUE_WHOLE, PR_VALUE_DOUBLE, PR_VALUE_TEXT } type;
	int64_t whole;
	double number;
	const char *text; /* UTF-8; borrowed until the row is added */
};

/* Makes all tables of pr_schema_tables. */
PR_CHECK bool pr_embedded_writer_open(struct pr_embedded_writer **writer, const char *db_path, struct pr_error *error);
/* The same for a file that its owner alone may read, with `replaces` in place of one that is there. */
PR_CHECK bool pr_embedded_writer_open_private(
	struct pr_embedded_writer **writer, const char *db_path, bool replaces, struct pr_error *error);
/* The table that the next rows go to. */
PR_CHECK bool pr_embedded_writer_table(
	struct pr_embedded_writer *writer, const struct pr_schema_table *table, struct pr_error *error);
/* What became of a row: it is new, it replaced one of the same key, or one that had replaced another itself. */
enum pr_row_fate { PR_ROW_NEW, PR_ROW_REPLACED, PR_ROW_REPLACED_AGAIN };
/* One row, a value a column. */
PR_CHECK bool pr_embedded_writer_add(struct pr_embedded_writer *writer, const struct pr_store_value *values,
	enum pr_row_fate *fate, struct pr_error *error);
/* One row more: where its key is there already both stay, and the table has no primary key any more. */
PR_CHECK bool pr_embedded_writer_append(
	struct pr_embedded_writer *writer, const struct pr_store_value *values, struct pr_error *error);
/* Whether a table of the directory holds a row with this id in its first column. */
PR_CHECK bool pr_embedded_writer_has(
	struct pr_embedded_writer *writer, const char *table, int64_t id, bool *found, struct pr_error *error);
PR_CHECK bool pr_embedded_writer_finish(struct pr_embedded_writer *writer, struct pr_error *error);
/* Removes what was not finished; NULL is fine. */
void pr_embedded_writer_free(struct pr_embedded_writer *writer);

#endif
