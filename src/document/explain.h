/*
 * An explanation as text, in the tenant's words: an indented tree from the figure down to its rows. Every node is shown
 * once; where it comes again its name stands for it.
 */
#ifndef PR_DOCUMENT_EXPLAIN_H
#define PR_DOCUMENT_EXPLAIN_H

#include "analysis/explain.h"
#include "document/document.h"

struct pr_explain_print {
	const struct pr_templates *templates;
	const struct pr_report *report; /* with its texts set (pr_document_print) */
	bool all_rows;                  /* not the first, largest and last alone */
	const char *published;          /* what the published report says where that differs; NULL */
	int revision;                   /* of it */
};
PR_CHECK bool pr_document_explain(const struct pr_explain_print *print, const struct pr_explain_node *node,
	struct pr_arena *arena, const char **text, struct pr_error *error);
/* The sentence of a rule, in the report's locale; the key itself where there is none. */
const char *pr_document_explain_rule(
	const struct pr_templates *templates, const struct pr_report *report, const char *rule, struct pr_arena *arena);

#endif
