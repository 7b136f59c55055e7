/*
 * Facts: the numbers that pages print and that are no findings — counts, settings of the directory and the method,
 * what rows of tables work out. They stand in the JSON ("facts" of the tenant and of each project) and in the
 * workbook's list of findings, so that every printed number can be found there (docs/truth.md). A number is tagged
 * with its fact when its scope or row is made.
 */
#ifndef PR_DOCUMENT_FACTS_H
#define PR_DOCUMENT_FACTS_H

#include "document/engine.h"
#include "document/template.h"

/* Tags the numbers of a tenant's or project's scope that have none yet: "projects/10/facts/tariff.contract_kw". */
void pr_facts_tag(struct pr_scope *scope, struct pr_arena *arena);
/* Tags those of rows: "projects/10/facts/gaps.3.hours"; `scope` is the one that the rows were made in. Rows whose numbers
 * stand in the JSON elsewhere are left alone. */
void pr_facts_tag_rows(
	const struct pr_scope *scope, const char *provider, const struct pr_rows *rows, struct pr_arena *arena);
/* What pages say of several findings together: differences and shares, added to the scope as variables. */
void pr_facts_derive(const struct pr_context *context, struct pr_scope *scope);
/* All of a scope and its rows. */
PR_CHECK bool pr_facts_collect(
	const struct pr_context *context, const struct pr_scope *scope, struct pr_findings *facts, struct pr_error *error);

/* What the templates add to the tenant's scope: the program's version, the gate. */
void pr_document_facts(const struct pr_templates *templates, struct pr_scope *tenant, struct pr_arena *arena);

#endif
