/* A table for a terminal: columns as wide as what stands in them, by the cells that a terminal takes for a character. */
#ifndef PR_COMMAND_TABLE_H
#define PR_COMMAND_TABLE_H

#include "base/text.h"

struct pr_table_column {
	const char *head;
	bool is_number; /* set to the right */
};

struct pr_table {
	struct pr_arena *arena;
	const struct pr_table_column *columns; /* the caller's */
	size_t column_count;
	const char **cells; /* row by row */
	size_t count, capacity;
};

void pr_table_init(
	struct pr_table *table, const struct pr_table_column *columns, size_t column_count, struct pr_arena *arena);
/* The next cell, from left to right; clean text, the caller's. */
void pr_table_add(struct pr_table *table, const char *cell);
/* With heads; a column in which nothing stands is left out. */
void pr_table_write(const struct pr_table *table, struct pr_buffer *out);

/* Cells that a terminal takes: Chinese characters two, combining marks none. */
size_t pr_table_width(const char *text);

#endif
