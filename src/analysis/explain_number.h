/*
 * Numbers of explanations: a fraction of 128-bit integers as long as that holds them, else a long double. Private to
 * the formulas.
 */
#ifndef PR_ANALYSIS_EXPLAIN_NUMBER_H
#define PR_ANALYSIS_EXPLAIN_NUMBER_H

#include "analysis/explain.h"

enum pr_scalar_kind { PR_SCALAR_MISSING, PR_SCALAR_NUMBER, PR_SCALAR_TEXT };
struct pr_scalar {
	pr_wide numerator, denominator;
	long double real;
	const char *text;
	enum pr_scalar_kind kind;
	bool is_fraction; /* numerator ÷ denominator, else real */
	bool is_inexact;  /* a root, a measured double or an overflow went into it */
};

struct pr_scalar pr_scalar_missing(void);
struct pr_scalar pr_scalar_integer(int64_t value);
struct pr_scalar pr_scalar_micro(pr_micro value); /* missing stays missing */
struct pr_scalar pr_scalar_real(long double value);
struct pr_scalar pr_scalar_text(const char *text); /* NULL = missing */
struct pr_scalar pr_scalar_cell(const struct pr_explain_cell *cell);
/* Exact where it is a multiple of 10^-6, else a double. */
struct pr_explain_cell pr_scalar_to_cell(const struct pr_scalar *value);

long double pr_scalar_to_real(const struct pr_scalar *value);
/* '+', '-', '*', '/'; missing where either is, and for a division by 0. */
struct pr_scalar pr_scalar_combine(char operation, const struct pr_scalar *a, const struct pr_scalar *b);
/* −1, 0, 1; both must be numbers or both texts. */
int pr_scalar_compare(const struct pr_scalar *a, const struct pr_scalar *b);
bool pr_scalar_true(const struct pr_scalar *value); /* a number other than 0 */
struct pr_scalar pr_scalar_round(const struct pr_scalar *value, int digits);
struct pr_scalar pr_scalar_sqrt(const struct pr_scalar *value);
struct pr_scalar pr_scalar_abs(const struct pr_scalar *value);
struct pr_scalar pr_scalar_floor(const struct pr_scalar *value);

#endif
