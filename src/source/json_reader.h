/*
 * Reading JSON: a parsed text as a tree that is only read. The only file of the reading side that knows jansson is
 * json_reader.c. Keys given twice, numbers out of range, texts that are no UTF-8 and anything behind the end are
 * errors. Nodes belong to their document and live as long; every reader takes NULL for "not there".
 *
 *     struct pr_json_document *document = NULL;
 *     if (!pr_json_parse(&document, bytes, count, error))
 *         return false;
 *     const struct pr_json *total = pr_json_get(pr_json_root(document), "total");
 *     …
 *     pr_json_free(document);
 */
#ifndef PR_SOURCE_JSON_READER_H
#define PR_SOURCE_JSON_READER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct pr_json_document;
struct pr_json;

/* PR_CODE_STORE: "no JSON at byte 17: …". */
PR_CHECK bool pr_json_parse(
	struct pr_json_document **document, const char *bytes, size_t count, struct pr_error *error);
void pr_json_free(struct pr_json_document *document); /* NULL is fine */
const struct pr_json *pr_json_root(const struct pr_json_document *document);

/* NULL where `node` is no object or has no such key; a JSON null is a node. */
const struct pr_json *pr_json_get(const struct pr_json *node, const char *key);
/* Along keys: pr_json_path(node, "hits", "total", NULL). */
const struct pr_json *pr_json_path(const struct pr_json *node, ...) __attribute__((sentinel));

size_t pr_json_count(const struct pr_json *node); /* elements of an array; 0 for anything else */
const struct pr_json *pr_json_at(const struct pr_json *node, size_t index);

/* The keys of an object, in the text's order: start with a zeroed walk; false behind the last. */
struct pr_json_walk {
	void *at;
	const char *key;
	const struct pr_json *value;
};
bool pr_json_next(const struct pr_json *object, struct pr_json_walk *walk);

bool pr_json_is_null(const struct pr_json *node); /* a JSON null, or not there */
bool pr_json_is_object(const struct pr_json *node);
bool pr_json_is_array(const struct pr_json *node);
/* False where the node is of another type; *out stays. Integers and reals are both numbers. */
PR_CHECK bool pr_json_number(const struct pr_json *node, double *out);
PR_CHECK bool pr_json_int64(const struct pr_json *node, int64_t *out); /* a real only if it is whole and exact */
PR_CHECK bool pr_json_bool(const struct pr_json *node, bool *out);
const char *pr_json_text(const struct pr_json *node); /* NULL for anything but a string */

#endif
