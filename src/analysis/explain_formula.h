/*
 * The language of explanations: a formula over named inputs, each a value or a list. It reads as Python does: numbers,
 * 'texts', names, + - * / with the usual precedence, == != < <= > >= (giving 1 or 0), parentheses, calls; and before the
 * expression whose value it is, names for parts of it: "p=4*kwh; max(p)". Numbers are exact fractions as long as 128 bits hold them; roots and measured doubles make them inexact. Missing values make what they enter
 * missing, but for the functions that leave them out.
 *
 * Element by element, where a value stands for as many as the list beside it has:
 *   round(x, digits) half away from zero   sqrt(x)   abs(x)   ceil(x)
 *   where(x, c)  x where c is true, else missing     choose(c, a, b)     known(x)  1 or 0     default(x, a)
 *   either(a, b), both(a, b), neither(a)  of truths; a missing one is false
 *   interp(x, at, score)  linear between points, the end values outside
 *   lookup(x, keys, values)  the value beside the first equal key
 * Over a list, or the values of several arguments, leaving out what is missing (all missing: missing):
 *   sum(…) max(…) min(…) count(…)    whole(…)  the sum, missing where one is    distinct(list)  how many differ
 *   largest(…)  of the largest magnitude   worst(…)  of verdicts   first(…)
 *   rank(list, share)  the value at ceil(share * n) of the sorted ones
 *   when(list, times, x)  the first time at which the list has x
 * By equal neighbours in a list of keys:
 *   sum_by(list, keys) whole_by(list, keys) max_by(list, keys) min_by(list, keys)
 * Of the method: coverage(measured, expected), rounded to 6 digits but never up over a tenth of a percent;
 *   share(i, digits, list)  the i-th share by largest remainder, from 1.
 */
#ifndef PR_ANALYSIS_EXPLAIN_FORMULA_H
#define PR_ANALYSIS_EXPLAIN_FORMULA_H

#include "analysis/explain.h"

/* An input as the evaluator takes it: a list, or the first of one. */
struct pr_formula_input {
	const char *name;
	bool is_list;
	const struct pr_explain_cell *cells;
	size_t count;
};

/* The value, exact ones to 10^-6 (`digits` < 6: they are rounded so far already). Errors name the formula. */
PR_CHECK bool pr_formula_value(const char *formula, const struct pr_formula_input *inputs, size_t count,
	struct pr_arena *arena, struct pr_explain_cell *value, bool *is_inexact, struct pr_error *error);

#endif
