#include "source/elastic_mapping.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define DEPTH 16

struct pr_elastic_mapping *pr_elastic_mapping_of(
	const struct pr_elastic_mappings *mappings, const struct pr_index_config *config)
{
	for (size_t i = 0; i < mappings->count; i++)
		if (mappings->items[i]->config == config)
			return mappings->items[i];
	return NULL;
}

static struct pr_elastic_mapping_field *find(const struct pr_elastic_mapping *mapping, const char *name)
{
	for (size_t i = 0; i < mapping->count; i++)
		if (strcmp(mapping->fields[i].name, name) == 0)
			return &mapping->fields[i];
	return NULL;
}

static void add(
	struct pr_elastic_mapping *mapping, struct pr_arena *arena, const char *index, const char *name, const char *type)
{
	struct pr_elastic_mapping_field *known = find(mapping, name);
	if (known) {
		known->is_mixed = known->is_mixed || strcmp(known->type, type) != 0;
		return;
	}
	struct pr_elastic_mapping_field *field = PR_PUSH(arena, mapping->fields, mapping->count, mapping->capacity);
	field->name = pr_arena_copy(arena, name);
	field->type = pr_arena_copy(arena, type);
	field->index = index;
}

/* What is still to be walked: the fields under a name. */
struct level {
	const struct pr_json *properties;
	struct pr_json_walk walk;
	const char *prefix;
};

/* "properties" of objects and "fields" beside a field (message.raw) are both names behind a dot. */
static size_t descend(const struct pr_json *field, const char *name, struct level *levels, size_t depth)
{
	static const char *const keys[] = {"properties", "fields"};
	for (size_t i = 0; i < COUNT(keys) && depth < DEPTH; i++) {
		const struct pr_json *below = pr_json_get(field, keys[i]);
		if (below)
			levels[depth++] = (struct level){.properties = below, .prefix = name};
	}
	return depth;
}

static void walk(
	struct pr_elastic_mapping *mapping, struct pr_arena *arena, const char *index, const struct pr_json *properties)
{
	struct level levels[DEPTH] = {{.properties = properties, .prefix = NULL}};
	size_t depth = 1;
	while (depth > 0) {
		struct level *level = &levels[depth - 1];
		if (!pr_json_next(level->properties, &level->walk)) {
			depth--;
			continue;
		}
		const struct pr_json *field = level->walk.value;
		const char *type = pr_json_text(pr_json_get(field, "type"));
		const char *name = level->prefix ? pr_arena_format(arena, "%s.%s", level->prefix, level->walk.key)
		                                 : pr_arena_copy(arena, level->walk.key);
		if (type)
			add(mapping, arena, index, name, type);
		depth = descend(field, name, levels, depth);
	}
}

struct pr_elastic_mapping *pr_elastic_mapping_add(struct pr_elastic_mappings *mappings,
	const struct pr_index_config *config, const struct pr_json *answer, struct pr_arena *arena)
{
	struct pr_elastic_mapping *mapping = pr_arena_alloc(arena, sizeof *mapping);
	struct pr_json_walk indices = {0};
	mapping->config = config;
	while (pr_json_next(answer, &indices))
		walk(mapping, arena, pr_arena_copy(arena, indices.key),
			pr_json_path(indices.value, "mappings", "properties", NULL));
	if (mappings->count == COUNT(mappings->items))
		abort(); /* there are four data sets */
	mappings->items[mappings->count++] = mapping;
	return mapping;
}

static const struct {
	const char *expected;
	const char *types[12];
} kinds[] = {
	[PR_ELASTIC_ID] = {"a whole number", {"long", "integer", "short", "byte", "unsigned_long"}},
	[PR_ELASTIC_NUMBER] = {"a number",
		{"double", "float", "half_float", "scaled_float", "long", "integer", "short", "byte", "unsigned_long"}},
	[PR_ELASTIC_TIME] = {"a date", {"date", "date_nanos"}},
	[PR_ELASTIC_KEYWORD] = {"a keyword, or a text with a keyword beside it",
		{"keyword", "constant_keyword", "wildcard", "version"}},
};

static bool is_of_kind(const char *type, enum pr_elastic_type kind)
{
	for (size_t i = 0; i < COUNT(kinds[kind].types) && kinds[kind].types[i]; i++)
		if (strcmp(kinds[kind].types[i], type) == 0)
			return true;
	return false;
}

/* The keyword beside a text field: the first field one level under it that is one. */
static const struct pr_elastic_mapping_field *keyword_beside(const struct pr_elastic_mapping *mapping, const char *name)
{
	size_t length = strlen(name);
	for (size_t i = 0; i < mapping->count; i++) {
		const struct pr_elastic_mapping_field *field = &mapping->fields[i];
		if (strncmp(field->name, name, length) == 0 && field->name[length] == '.' &&
			is_of_kind(field->type, PR_ELASTIC_KEYWORD))
			return field;
	}
	return NULL;
}

bool pr_elastic_mapping_field(const struct pr_elastic_mapping *mapping, const char *contract, enum pr_elastic_type type,
	bool is_needed, const char **field, struct pr_error *error)
{
	const char *index = mapping->config->index;
	const char *name = pr_index_field(mapping->config, contract);
	const struct pr_elastic_mapping_field *found = find(mapping, name);
	*field = NULL;
	if (!found && !is_needed && name == contract)
		return true;
	if (!found)
		return pr_error_set(error, PR_CODE_STORE,
			"index '%s' has no field '%s'; expected the contract's '%s' under that name, or its name in report.ini",
			index, name, contract);
	if (type == PR_ELASTIC_KEYWORD && strcmp(found->type, "text") == 0 && keyword_beside(mapping, name))
		found = keyword_beside(mapping, name);
	if (found->is_mixed || (!is_of_kind(found->type, type) && strcmp(found->type, "alias") != 0))
		return pr_error_set(error, PR_CODE_STORE, "field '%s' of index '%s' is %s%s; expected %s", found->name,
			found->index, found->is_mixed ? "of another type in another index than " : "of type ", found->type,
			kinds[type].expected);
	*field = found->name;
	return true;
}
