/*
 * What a data set's indices hold, from GET /<index>/_mapping: field names with their types, over all the indices behind
 * an alias or a pattern. See pr_elastic_field.
 */
#ifndef PR_SOURCE_ELASTIC_MAPPING_H
#define PR_SOURCE_ELASTIC_MAPPING_H

#include "source/elastic.h"

struct pr_elastic_mapping_field {
	const char *name; /* "kwh", "a.b", "message.raw" */
	const char *type;
	const char *index; /* where it was found first */
	bool is_mixed;     /* another index has it with another type */
};

struct pr_elastic_mapping {
	const struct pr_index_config *config;
	struct pr_elastic_mapping_field *fields;
	size_t count, capacity;
};

struct pr_elastic_mappings {
	struct pr_elastic_mapping *items[4]; /* a data set each */
	size_t count;
};

struct pr_elastic_mapping *pr_elastic_mapping_of(
	const struct pr_elastic_mappings *mappings, const struct pr_index_config *config); /* NULL = not read yet */
/* Copies what it keeps into the arena. */
struct pr_elastic_mapping *pr_elastic_mapping_add(struct pr_elastic_mappings *mappings,
	const struct pr_index_config *config, const struct pr_json *answer, struct pr_arena *arena);
PR_CHECK bool pr_elastic_mapping_field(const struct pr_elastic_mapping *mapping, const char *contract,
	enum pr_elastic_type type, bool is_needed, const char **field, struct pr_error *error);

#endif
