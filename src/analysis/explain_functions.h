/* The functions that a formula may call (explain_formula.h). Private to the formulas. */
#ifndef PR_ANALYSIS_EXPLAIN_FUNCTIONS_H
#define PR_ANALYSIS_EXPLAIN_FUNCTIONS_H

#include "analysis/explain_number.h"

struct pr_values {
	bool is_list;
	struct pr_scalar *items;
	size_t count;
};

struct pr_values pr_values_one(struct pr_arena *arena, struct pr_scalar value);

#define PR_FORMULA_ARGUMENTS 16
/* An unknown function, or arguments that do not fit it: an error without context. */
PR_CHECK bool pr_formula_call(const char *name, const struct pr_values *arguments, size_t count, struct pr_arena *arena,
	struct pr_values *result, struct pr_error *error);

/* Element by element: '+', '-', '*', '/', and comparisons '=', '!', '<', 'l' (<=), '>', 'g' (>=). */
PR_CHECK bool pr_formula_operate(char operation, const struct pr_values *a, const struct pr_values *b,
	struct pr_arena *arena, struct pr_values *result, struct pr_error *error);

#endif
