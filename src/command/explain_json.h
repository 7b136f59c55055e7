/* Explanations for programs: a JSON object a line (docs/explain.md). Private to `powerreport explain`. */
#ifndef PR_COMMAND_EXPLAIN_JSON_H
#define PR_COMMAND_EXPLAIN_JSON_H

#include "analysis/explain.h"

/* What is printed of rules: the words of a rule's key. */
typedef const char *(*pr_explain_words)(void *context, const char *key);

void pr_explain_json_node(
	struct pr_buffer *out, const struct pr_explain_node *node, pr_explain_words words, void *words_context);
/* Only the columns that a node among `nodes` uses, and those that tell rows apart. */
void pr_explain_json_table(struct pr_buffer *out, const struct pr_explain_table *table,
	const struct pr_explain_node *const *nodes, size_t node_count);

#endif
