/* What the readers of templates share: checked getters that refuse with file, line and what was expected. */
#ifndef PR_DOCUMENT_TEMPLATE_READ_H
#define PR_DOCUMENT_TEMPLATE_READ_H

#include "config/definition.h"
#include "document/template.h"

struct pr_reader {
	struct pr_templates *templates;
	struct pr_arena *arena;
	struct pr_error *error;
};

/* The files of a folder with that ending, without it, sorted by name. */
PR_CHECK bool pr_template_files(const char *folder, const char *ending, struct pr_arena *arena, const char ***names,
	size_t *count, struct pr_error *error);

struct pr_place pr_reader_place(const struct pr_section *section, const char *key); /* key NULL = the section */
/* NULL is fine for optional keys; another one must be a word, or an expression that parses. */
PR_CHECK bool pr_reader_word(struct pr_reader *reader, struct pr_place place, const char *key);
PR_CHECK bool pr_reader_expression(struct pr_reader *reader, struct pr_place place, const char *text);

/* Optional entries; absent ones give NULL or none. */
PR_CHECK bool pr_reader_get_word(
	struct pr_reader *reader, const struct pr_section *section, const char *key, const char **out);
PR_CHECK bool pr_reader_get_words(struct pr_reader *reader, const struct pr_section *section, const char *key,
	const char *const **out, size_t *count);
PR_CHECK bool pr_reader_get_expression(
	struct pr_reader *reader, const struct pr_section *section, const char *key, const char **out);
PR_CHECK bool pr_reader_get_style(
	struct pr_reader *reader, const struct pr_section *section, const char *key, const char **out);
/* Required: the chart that the key names; NULL with the error set. */
PR_CHECK const struct pr_chart_definition *pr_reader_chart(
	struct pr_reader *reader, const struct pr_section *section, const char *key);

PR_CHECK bool pr_brands_read(struct pr_reader *reader);       /* brands_read.c */
PR_CHECK bool pr_tables_read(struct pr_reader *reader);       /* tables_read.c */
PR_CHECK bool pr_formulas_read(struct pr_reader *reader);     /* formulas_read.c */
PR_CHECK bool pr_editions_read(struct pr_reader *reader);     /* editions_read.c */
PR_CHECK bool pr_sheet_charts_read(struct pr_reader *reader); /* sheet_charts_read.c */
/* NULL = no such. */
const struct pr_sheet_chart_definition *pr_reader_sheet_chart(const struct pr_reader *reader, const char *name);
const struct pr_table_definition *pr_reader_table(const struct pr_reader *reader, const char *name);

#endif
