/* A cell of a CSV file by the column that it belongs to: checked by the contract, in the form that the store holds. */
#ifndef PR_SOURCE_IMPORT_VALUES_H
#define PR_SOURCE_IMPORT_VALUES_H

#include "base/arena.h"
#include "source/embedded_write.h"

/*
 * `text` NULL = an empty cell. Texts are borrowed. NULL, or what is wrong ("is not a number", to stand behind the
 * quoted cell), in the arena or static. Zones are looked up.
 */
const char *pr_import_value(
	const struct pr_schema_column *column, const char *text, struct pr_arena *arena, struct pr_store_value *value);

/* What the cells of a directory's row must have in common; NULL, or the sentence that says what is wrong. */
const char *pr_import_row(
	const struct pr_schema_table *table, const struct pr_store_value *values, struct pr_arena *arena);

#endif
