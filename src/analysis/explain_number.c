#include "analysis/explain_number.h"

#include <math.h>
#include <string.h>

struct pr_scalar pr_scalar_missing(void)
{
	return (struct pr_scalar){.kind = PR_SCALAR_MISSING};
}

static struct pr_scalar fraction(pr_wide numerator, pr_wide denominator, bool is_inexact)
{
	return (struct pr_scalar){.kind = PR_SCALAR_NUMBER,
		.is_fraction = true,
		.is_inexact = is_inexact,
		.numerator = denominator < 0 ? -numerator : numerator,
		.denominator = denominator < 0 ? -denominator : denominator};
}

struct pr_scalar pr_scalar_integer(int64_t value)
{
	return fraction(value, 1, false);
}

struct pr_scalar pr_scalar_micro(pr_micro value)
{
	return value == PR_MICRO_MISSING ? pr_scalar_missing() : fraction(value, PR_MICRO_ONE, false);
}

struct pr_scalar pr_scalar_real(long double value)
{
	if (!isfinite(value))
		return pr_scalar_missing();
	return (struct pr_scalar){.kind = PR_SCALAR_NUMBER, .is_inexact = true, .real = value};
}

struct pr_scalar pr_scalar_text(const char *text)
{
	return text ? (struct pr_scalar){.kind = PR_SCALAR_TEXT, .text = text} : pr_scalar_missing();
}

struct pr_scalar pr_scalar_cell(const struct pr_explain_cell *cell)
{
	switch (cell->kind) {
	case PR_EXPLAIN_EXACT:
		return pr_scalar_micro(cell->micro);
	case PR_EXPLAIN_REAL:
		return pr_scalar_real(cell->real);
	case PR_EXPLAIN_TEXT:
		return pr_scalar_text(cell->text);
	case PR_EXPLAIN_TIME:
		return cell->time_ms == PR_TIME_MISSING ? pr_scalar_missing() : pr_scalar_integer(cell->time_ms);
	case PR_EXPLAIN_MISSING:
		break;
	}
	return pr_scalar_missing();
}

long double pr_scalar_to_real(const struct pr_scalar *value)
{
	return value->is_fraction ? (long double)value->numerator / (long double)value->denominator : value->real;
}

struct pr_explain_cell pr_scalar_to_cell(const struct pr_scalar *value)
{
	if (value->kind == PR_SCALAR_TEXT)
		return (struct pr_explain_cell){.kind = PR_EXPLAIN_TEXT, .text = value->text};
	if (value->kind == PR_SCALAR_MISSING)
		return (struct pr_explain_cell){.kind = PR_EXPLAIN_MISSING};
	pr_wide millionths;
	if (value->is_fraction && !__builtin_mul_overflow(value->numerator, (pr_wide)PR_MICRO_ONE, &millionths) &&
		millionths % value->denominator == 0 && millionths / value->denominator <= INT64_MAX &&
		millionths / value->denominator > -INT64_MAX)
		return (struct pr_explain_cell){.kind = PR_EXPLAIN_EXACT, .micro = (pr_micro)(millionths / value->denominator)};
	return (struct pr_explain_cell){.kind = PR_EXPLAIN_REAL, .real = (double)pr_scalar_to_real(value)};
}

static struct pr_scalar reduced(const struct pr_scalar *value)
{
	pr_wide a = value->numerator < 0 ? -value->numerator : value->numerator, b = value->denominator;
	while (b) {
		pr_wide rest = a % b;
		a = b;
		b = rest;
	}
	struct pr_scalar result = *value;
	if (a > 1) {
		result.numerator /= a;
		result.denominator /= a;
	}
	return result;
}

/* False where 128 bits do not hold the result. */
static bool combine_exact(
	char operation, const struct pr_scalar *a, const struct pr_scalar *b, struct pr_scalar *result)
{
	pr_wide left = a->numerator, right = b->numerator, bottom = a->denominator;
	bool lost = false, is_inexact = a->is_inexact || b->is_inexact;
	if (operation == '*' || operation == '/') {
		pr_wide top = operation == '*' ? b->numerator : b->denominator;
		pr_wide under = operation == '*' ? b->denominator : b->numerator;
		lost =
			__builtin_mul_overflow(a->numerator, top, &left) || __builtin_mul_overflow(a->denominator, under, &bottom);
	} else {
		if (a->denominator != b->denominator)
			lost = __builtin_mul_overflow(a->numerator, b->denominator, &left) ||
			       __builtin_mul_overflow(b->numerator, a->denominator, &right) ||
			       __builtin_mul_overflow(a->denominator, b->denominator, &bottom);
		lost = lost || (operation == '+' ? __builtin_add_overflow(left, right, &left)
										 : __builtin_sub_overflow(left, right, &left));
	}
	if (!lost)
		*result = fraction(left, bottom, is_inexact);
	return !lost;
}

struct pr_scalar pr_scalar_combine(char operation, const struct pr_scalar *a, const struct pr_scalar *b)
{
	if (a->kind != PR_SCALAR_NUMBER || b->kind != PR_SCALAR_NUMBER)
		return pr_scalar_missing();
	struct pr_scalar result;
	bool by_zero = b->is_fraction ? b->numerator == 0 : b->real == 0;
	if (operation == '/' && by_zero)
		return pr_scalar_missing();
	if (a->is_fraction && b->is_fraction) {
		if (combine_exact(operation, a, b, &result))
			return result;
		struct pr_scalar left = reduced(a), right = reduced(b);
		if (combine_exact(operation, &left, &right, &result))
			return result;
	}
	long double x = pr_scalar_to_real(a), y = pr_scalar_to_real(b);
	return pr_scalar_real(operation == '+' ? x + y : operation == '-' ? x - y : operation == '*' ? x * y : x / y);
}

int pr_scalar_compare(const struct pr_scalar *a, const struct pr_scalar *b)
{
	if (a->kind == PR_SCALAR_TEXT && b->kind == PR_SCALAR_TEXT)
		return strcmp(a->text, b->text);
	struct pr_scalar difference = pr_scalar_combine('-', a, b);
	if (difference.is_fraction)
		return (difference.numerator > 0) - (difference.numerator < 0);
	return (difference.real > 0) - (difference.real < 0);
}

bool pr_scalar_true(const struct pr_scalar *value)
{
	return value->kind == PR_SCALAR_NUMBER && (value->is_fraction ? value->numerator != 0 : value->real != 0);
}

struct pr_scalar pr_scalar_round(const struct pr_scalar *value, int digits)
{
	pr_wide power = 1, scaled;
	if (value->kind != PR_SCALAR_NUMBER)
		return *value;
	for (int i = 0; i < digits; i++)
		power *= 10;
	struct pr_scalar small = value->is_fraction ? reduced(value) : *value;
	if (small.is_fraction && !__builtin_mul_overflow(small.numerator, power, &scaled)) {
		pr_wide size = scaled < 0 ? -scaled : scaled, rest = size % small.denominator;
		pr_wide whole = size / small.denominator + (rest >= small.denominator - rest);
		return fraction(scaled < 0 ? -whole : whole, power, value->is_inexact);
	}
	long double rounded = roundl(pr_scalar_to_real(value) * (long double)power);
	if (fabsl(rounded) > 1e30L)
		return pr_scalar_real(rounded / (long double)power);
	return fraction((pr_wide)rounded, power, true);
}

struct pr_scalar pr_scalar_sqrt(const struct pr_scalar *value)
{
	if (value->kind != PR_SCALAR_NUMBER)
		return pr_scalar_missing();
	return pr_scalar_real(sqrtl(pr_scalar_to_real(value)));
}

struct pr_scalar pr_scalar_abs(const struct pr_scalar *value)
{
	struct pr_scalar result = *value;
	if (result.is_fraction && result.numerator < 0)
		result.numerator = -result.numerator;
	result.real = fabsl(result.real);
	return result;
}

struct pr_scalar pr_scalar_floor(const struct pr_scalar *value)
{
	if (value->kind != PR_SCALAR_NUMBER)
		return pr_scalar_missing();
	if (!value->is_fraction)
		return pr_scalar_real(floorl(value->real));
	pr_wide whole = value->numerator / value->denominator;
	whole -= value->numerator % value->denominator < 0;
	return fraction(whole, 1, value->is_inexact);
}
