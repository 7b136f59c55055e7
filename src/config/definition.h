/*
 * Definitions: the one reader of every INI-shaped file (report.ini, templates, charts, words, brands, limit tables).
 *
 *     [chapter energy]              section of kind "chapter", name "energy" ("[store]": kind "store", name "")
 *     title = 用电分析               entry "title"
 *     text  = 本月总用电量 …          a long text goes on in lines that begin with a space or a tab;
 *         与上月相比 …                they are joined by '\n'
 *     # a comment, also with ';', has a line of its own
 *
 * What is refused, always with the file and the line: a physical line over PR_DEFINITION_LINE_BYTES (the parser behind
 * would cut it), bytes that are no UTF-8, control characters, ';' behind a space (the parser takes it as a comment and
 * would cut the value; comments stand on lines of their own, and a text uses the full-width ；), an entry outside a
 * section, a line without '=', a continuation that continues nothing (also after a blank line or a comment), the same
 * key twice in a section, two sections of the same kind and name, names over PR_DEFINITION_NAME_BYTES. An indented line
 * that begins with '#' or ';' is a comment, too. Byte order mark and CRLF are accepted.
 *
 * All memory is the arena's. Getters name file, line, section and key in their errors, and what was expected; they use
 * the definition's code.
 *
 *     struct pr_definition definition;
 *     if (!pr_definition_read(&definition, "report.ini", PR_CODE_CONFIG, arena, error))
 *         return false;
 *     const struct pr_section *store = pr_definition_find(&definition, "store", "");
 *     static const char *const keys[] = {"path", "timeout"};
 *     if (store && (!pr_section_check_keys(store, keys, 2, error) ||
 *         !pr_section_int(store, "timeout", 1, 600, 30, &timeout_s, error)))
 *         return false;
 */
#ifndef PR_CONFIG_DEFINITION_H
#define PR_CONFIG_DEFINITION_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

/* inih's buffer holds 200 bytes with line break and terminator, and its section names 49. */
#define PR_DEFINITION_LINE_BYTES 180
#define PR_DEFINITION_NAME_BYTES 49
#define PR_DEFINITION_FILE_BYTES ((size_t)1024 * 1024)

struct pr_entry {
	const char *key;
	const char *value; /* trimmed; never NULL; continuation lines joined by '\n' */
	int line;
};

struct pr_section {
	const char *kind; /* the first word in the brackets */
	const char *name; /* the rest of it; "" = none */
	const char *path; /* the file, for messages */
	enum pr_code code;
	int line;
	struct pr_entry *entries; /* in the order of the file */
	size_t entry_count, entry_capacity;
};

struct pr_definition {
	const char *path;
	enum pr_code code;
	struct pr_section *sections; /* in the order of the file, also those without entries */
	size_t section_count, section_capacity;
};

PR_CHECK bool pr_definition_read(struct pr_definition *definition, const char *path, enum pr_code code,
	struct pr_arena *arena, struct pr_error *error);
PR_CHECK bool pr_definition_read_text(struct pr_definition *definition, const char *path_for_messages, const char *text,
	size_t count, enum pr_code code, struct pr_arena *arena, struct pr_error *error);

/* NULL when there is none. */
const struct pr_section *pr_definition_find(const struct pr_definition *definition, const char *kind, const char *name);
/* The kinds of sections that may be there; errors as of pr_section_check_keys. */
PR_CHECK bool pr_definition_check_kinds(
	const struct pr_definition *definition, const char *const *allowed, size_t allowed_count, struct pr_error *error);

const char *pr_section_get(const struct pr_section *section, const char *key); /* NULL when absent */
const struct pr_entry *pr_section_entry(const struct pr_section *section, const char *key);

/* "<path>:<line>: unknown key 'pth' in [store]; expected one of: path, timeout; did you mean 'path'?" */
PR_CHECK bool pr_section_check_keys(
	const struct pr_section *section, const char *const *allowed, size_t allowed_count, struct pr_error *error);

/* Required, and not empty. */
PR_CHECK bool pr_section_text(
	const struct pr_section *section, const char *key, const char **out, struct pr_error *error);
/* Optional: an absent key gives the default; a present one must be right. */
PR_CHECK bool pr_section_int(const struct pr_section *section, const char *key, int64_t min, int64_t max,
	int64_t otherwise, int64_t *out, struct pr_error *error);
PR_CHECK bool pr_section_double(const struct pr_section *section, const char *key, double min, double max,
	double otherwise, double *out, struct pr_error *error);
/* A number that must be there, within bounds; `whole` = without a fraction. */
struct pr_number_key {
	const char *key;
	double min, max;
	double *out;
	bool whole;
};
/* Every key of the table, `source` where it is asked for (else NULL), and no other. */
PR_CHECK bool pr_section_numbers(const struct pr_section *section, const struct pr_number_key *keys, size_t count,
	const char **source, struct pr_error *error);
PR_CHECK bool pr_section_bool(const struct pr_section *section, const char *key, bool otherwise, bool *out,
	struct pr_error *error); /* yes, no, true, false, on, off */
/* The index of the value in `names`. */
PR_CHECK bool pr_section_choice(const struct pr_section *section, const char *key, const char *const *names,
	size_t name_count, size_t otherwise, size_t *out, struct pr_error *error);
/* Comma separated, each item trimmed and not empty; an absent key or an empty value gives none. */
PR_CHECK bool pr_section_list(const struct pr_section *section, const char *key, struct pr_arena *arena,
	const char *const **items, size_t *count, struct pr_error *error);

/* An error at the key's line (at the section's, where the key is absent): "<path>:<line>: '<key>' in [<kind>] …". */
bool pr_section_refuse(
	const struct pr_section *section, const char *key, struct pr_error *error, const char *format, ...) PR_PRINTF(4, 5);

/* The one section of a kind, which must be there. */
PR_CHECK bool pr_definition_section(const struct pr_definition *definition, const char *kind,
	const struct pr_section **section, struct pr_error *error);
/* <template_folder>/method/<name> */
PR_CHECK bool pr_definition_read_method(struct pr_definition *definition, const char *template_folder, const char *name,
	struct pr_arena *arena, struct pr_error *error);

#endif
