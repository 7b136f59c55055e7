/* What to do, in money: the savings that the findings carry, by what a year would save; private to the document room. */
#ifndef PR_DOCUMENT_ADVICE_H
#define PR_DOCUMENT_ADVICE_H

#include "document/rows.h"

enum { PR_ADVICE_MAX = 4 };

struct pr_advice {
	const char *key;          /* of its words: "basic_actual_demand" in savings.title, .rule, .premise, .text */
	const char *month, *year; /* ids of its findings */
	pr_micro year_amount;
};

/* Those that there are, most money a year first; of equals in the order of the method. Returns how many. */
size_t pr_advice_list(const struct pr_project_report *project, struct pr_advice advice[PR_ADVICE_MAX]);
/* Rows "savings" and "forecast": docs/templates.md. */
bool pr_rows_savings(struct pr_row_builder *builder);
bool pr_rows_forecast(struct pr_row_builder *builder);
/* Adds "savings.count", "savings.first.…" and what else the words of advice ask for. */
void pr_advice_scope(const struct pr_context *context, struct pr_scope *scope);

#endif
