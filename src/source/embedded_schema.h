/*
 * The tables of the embedded store as data: those of the contract's directory.sql and series.md. One list for who makes
 * a store (import, the sample generator), who opens one (the check of its tables and columns) and who checks a CSV's
 * cells.
 */
#ifndef PR_SOURCE_EMBEDDED_SCHEMA_H
#define PR_SOURCE_EMBEDDED_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum pr_column_kind {
	PR_COLUMN_ID,       /* a whole number from 1 */
	PR_COLUMN_TEXT,     /* VARCHAR(size); size 0 = TEXT */
	PR_COLUMN_ZONE,     /* VARCHAR(size): the name of a time zone */
	PR_COLUMN_WORD,     /* VARCHAR(size): one of `words` */
	PR_COLUMN_INTEGER,  /* low..high */
	PR_COLUMN_DECIMAL,  /* DECIMAL(size, scale) */
	PR_COLUMN_RATING,   /* the same, above 0 */
	PR_COLUMN_DATETIME, /* "2018-03-01 00:00:00", UTC */
	PR_COLUMN_DATE,     /* "2018-03-01" */
	PR_COLUMN_MONTH,    /* "2018-03" */
	PR_COLUMN_INSTANT,  /* milliseconds since the epoch; in CSV ISO 8601 with an offset */
	PR_COLUMN_DOUBLE,
};

struct pr_schema_column {
	const char *name;
	enum pr_column_kind kind;
	int size, scale;
	int low, high;
	bool required; /* NOT NULL */
	bool needed;   /* a cell may be empty, but a store without the column is none */
	const char *const *words;
	int word_count;
	const char *refers_to; /* the table whose first column holds this id; NULL = not checked */
};

struct pr_schema_table {
	const char *name;
	const struct pr_schema_column *columns;
	size_t column_count;
	int keys[5]; /* the columns of the primary key, −1 behind the last */
	bool is_series;
	const char *index; /* a further index, or NULL */
};

/* The directory first; a table comes behind those that it refers to. */
#define PR_SCHEMA_TABLE_COUNT 20
#define PR_SCHEMA_COLUMNS_MAX 48
extern const struct pr_schema_table pr_schema_tables[PR_SCHEMA_TABLE_COUNT];
const struct pr_schema_table *pr_schema_find(const char *name); /* NULL = none */

/* "CREATE TABLE …;" and, where there is one, "CREATE INDEX …;". */
void pr_schema_ddl(const struct pr_schema_table *table, struct pr_buffer *sql);
/* Takes the primary key off a table of a store that is being made, for rows of which several have the same key. */
void pr_schema_loosen(const struct pr_schema_table *table, struct pr_buffer *sql);

#endif
