#include "source/json_reader.h"

#include <jansson.h>
#include <math.h>
#include <stdarg.h>

/* A document is the root's json_t; both types are only ever names for it outside this file. */

static const json_t *inner(const struct pr_json *node)
{
	return (const json_t *)(const void *)node;
}

static const struct pr_json *outer(const json_t *node)
{
	return (const struct pr_json *)(const void *)node;
}

bool pr_json_parse(struct pr_json_document **document, const char *bytes, size_t count, struct pr_error *error)
{
	json_error_t problem;
	/* A NUL inside a text is somebody's dirty message; it ends the text here as it does in SQLite. */
	json_t *root = json_loadb(bytes, count, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &problem);
	*document = (struct pr_json_document *)(void *)root;
	if (!root)
		return pr_error_set(error, PR_CODE_STORE, "no JSON at byte %d: %s", problem.position, problem.text);
	return true;
}

void pr_json_free(struct pr_json_document *document)
{
	json_decref((json_t *)(void *)document);
}

const struct pr_json *pr_json_root(const struct pr_json_document *document)
{
	return (const struct pr_json *)(const void *)document;
}

const struct pr_json *pr_json_get(const struct pr_json *node, const char *key)
{
	return outer(json_object_get(inner(node), key));
}

const struct pr_json *pr_json_path(const struct pr_json *node, ...)
{
	va_list keys;
	va_start(keys, node);
	const char *key;
	while (node && (key = va_arg(keys, const char *)) != NULL)
		node = pr_json_get(node, key);
	va_end(keys);
	return node;
}

size_t pr_json_count(const struct pr_json *node)
{
	return json_array_size(inner(node));
}

const struct pr_json *pr_json_at(const struct pr_json *node, size_t index)
{
	return outer(json_array_get(inner(node), index));
}

bool pr_json_next(const struct pr_json *object, struct pr_json_walk *walk)
{
	/* jansson's iterators take a plain pointer but only read. */
	json_t *node = (json_t *)(uintptr_t)object;
	walk->at = walk->at ? json_object_iter_next(node, walk->at) : json_object_iter(node);
	if (!walk->at)
		return false;
	walk->key = json_object_iter_key(walk->at);
	walk->value = outer(json_object_iter_value(walk->at));
	return true;
}

bool pr_json_is_null(const struct pr_json *node)
{
	return !node || json_is_null(inner(node));
}

bool pr_json_is_object(const struct pr_json *node)
{
	return json_is_object(inner(node));
}

bool pr_json_is_array(const struct pr_json *node)
{
	return json_is_array(inner(node));
}

bool pr_json_number(const struct pr_json *node, double *out)
{
	if (!json_is_number(inner(node)))
		return false;
	*out = json_number_value(inner(node));
	return true;
}

bool pr_json_int64(const struct pr_json *node, int64_t *out)
{
	if (json_is_integer(inner(node))) {
		*out = json_integer_value(inner(node));
		return true;
	}
	double value = 0;
	if (!pr_json_number(node, &value) || value != floor(value) || fabs(value) > 9007199254740992.0)
		return false;
	*out = (int64_t)value;
	return true;
}

bool pr_json_bool(const struct pr_json *node, bool *out)
{
	if (!json_is_boolean(inner(node)))
		return false;
	*out = json_is_true(inner(node));
	return true;
}

const char *pr_json_text(const struct pr_json *node)
{
	return json_string_value(inner(node));
}
