#include "base/decimal.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide_size; /* magnitudes: also that of the smallest pr_wide */

#define DOUBLE_LIMIT 9.2e12

static const uint64_t powers_of_ten[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
	10000000000, 100000000000, 1000000000000};

static int clamp_digits(int digits)
{
	return digits < 0 ? 0 : digits > 6 ? 6 : digits;
}

static wide_size magnitude(pr_wide value)
{
	return value < 0 ? (wide_size)0 - (wide_size)value : (wide_size)value;
}

/* ±magnitude as a pr_micro; missing where it does not fit. */
static pr_micro with_sign(wide_size value, bool is_negative)
{
	if (value > (wide_size)INT64_MAX)
		return PR_MICRO_MISSING;
	return is_negative ? -(pr_micro)value : (pr_micro)value;
}

/* Half away from zero, for magnitudes; the remainder is compared so that nothing overflows. */
static wide_size divide_rounded(wide_size value, wide_size divisor)
{
	wide_size rest = value % divisor;
	return value / divisor + (unsigned)(rest >= divisor - rest);
}

/*
 * A double is m × 2^e with |m| < 2^53. Its millionths m × 10^6 × 2^e are exact in 128 bits, so that the rounding sees the
 * double's true value; value × 1e6 in floating point would round twice and can land on the wrong side of a half.
 */
pr_micro pr_micro_from_double(double value)
{
	if (!isfinite(value) || fabs(value) > DOUBLE_LIMIT)
		return PR_MICRO_MISSING;
	int exponent;
	int64_t mantissa = (int64_t)ldexp(frexp(fabs(value), &exponent), 53);
	exponent -= 53;
	wide_size millionths = (wide_size)mantissa * 1000000U; /* < 2^73 */
	/* |value| < 2^44, so the exponent is below -8 for every value but zero. */
	int shift = -exponent;
	if (shift > 74)
		millionths = 0;
	else if (shift > 0)
		millionths = (millionths + ((wide_size)1 << (shift - 1))) >> shift;
	return with_sign(millionths, value < 0);
}

double pr_micro_to_double(pr_micro value)
{
	/* Exact up to 2^53 millionths, then one rounding for each of the two steps at most. */
	return value == PR_MICRO_MISSING ? (double)NAN : (double)value / 1e6;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool pr_micro_from_text(const char *text, pr_micro *out)
{
	bool is_negative = *text == '-';
	const char *at = text + is_negative;
	wide_size value = 0;
	if (!is_digit(*at))
		return false;
	for (; is_digit(*at); at++) {
		value = value * 10 + (unsigned)(*at - '0');
		if (value > (wide_size)INT64_MAX)
			return false;
	}
	int places = 0;
	bool rounds_up = false;
	if (*at == '.') {
		if (!is_digit(*++at))
			return false;
		for (; is_digit(*at); at++, places++) {
			if (places < 6)
				value = value * 10 + (unsigned)(*at - '0');
			else if (places == 6)
				rounds_up = *at >= '5';
		}
	}
	if (*at != '\0')
		return false;
	value = value * powers_of_ten[places < 6 ? 6 - places : 0] + (unsigned)rounds_up;
	pr_micro result = with_sign(value, is_negative);
	if (result == PR_MICRO_MISSING)
		return false;
	*out = result;
	return true;
}

/* value ÷ 10^places, rounded to a multiple of 10^(6 − digits). */
static pr_micro scale_down(pr_wide value, int places, int digits)
{
	int dropped = 6 - clamp_digits(digits);
	wide_size kept = divide_rounded(magnitude(value), powers_of_ten[places + dropped]);
	if (kept > (wide_size)INT64_MAX)
		return PR_MICRO_MISSING;
	return with_sign(kept * powers_of_ten[dropped], value < 0);
}

pr_micro pr_micro_round(pr_micro value, int digits)
{
	return value == PR_MICRO_MISSING ? PR_MICRO_MISSING : scale_down(value, 0, digits);
}

pr_wide pr_wide_product(pr_micro a, pr_micro b)
{
	return (pr_wide)a * b;
}

pr_micro pr_wide_round(pr_wide value_e12, int digits)
{
	return scale_down(value_e12, 6, digits);
}

/* One digit of a long division: 10 × rest ÷ divisor, by ten additions modulo the divisor, which cannot overflow. */
static unsigned next_digit(wide_size *rest, wide_size divisor)
{
	wide_size sum = 0;
	unsigned digit = 0;
	for (int i = 0; i < 10; i++) {
		if (sum >= divisor - *rest) {
			sum -= divisor - *rest;
			digit++;
		} else {
			sum += *rest;
		}
	}
	*rest = sum;
	return digit;
}

pr_micro pr_micro_ratio(pr_wide numerator, pr_wide denominator, int digits)
{
	if (denominator == 0)
		return PR_MICRO_MISSING;
	int kept = clamp_digits(digits);
	wide_size divisor = magnitude(denominator);
	wide_size value = magnitude(numerator) / divisor;
	wide_size rest = magnitude(numerator) % divisor;
	for (int i = 0; i < kept; i++) {
		if (value > (wide_size)INT64_MAX)
			return PR_MICRO_MISSING;
		value = value * 10 + next_digit(&rest, divisor);
	}
	value += (unsigned)(rest >= divisor - rest);
	if (value > (wide_size)INT64_MAX)
		return PR_MICRO_MISSING;
	return with_sign(value * powers_of_ten[6 - kept], (numerator < 0) != (denominator < 0));
}

bool pr_micro_add(pr_micro a, pr_micro b, pr_micro *sum)
{
	pr_micro result;
	if (a == PR_MICRO_MISSING || b == PR_MICRO_MISSING || __builtin_add_overflow(a, b, &result) ||
		result == PR_MICRO_MISSING)
		return false;
	*sum = result;
	return true;
}

char *pr_micro_plain(pr_micro value, char out[32])
{
	if (value == PR_MICRO_MISSING) {
		memcpy(out, "null", 5);
		return out;
	}
	int64_t size = value < 0 ? -value : value;
	int length = snprintf(out, 32, "%s%lld.%06lld", value < 0 ? "-" : "", (long long)(size / PR_MICRO_ONE),
		(long long)(size % PR_MICRO_ONE));
	while (length > 0 && out[length - 1] == '0')
		length--;
	if (length > 0 && out[length - 1] == '.')
		length--;
	out[length] = '\0';
	return out;
}

/* Appends what fits; `used` never passes the terminator. */
static void append(char out[64], size_t *used, const char *text, size_t count)
{
	size_t room = 63 - *used;
	size_t put = count < room ? count : room;
	memcpy(out + *used, text, put);
	*used += put;
	out[*used] = '\0';
}

char *pr_micro_group(pr_micro value, int digits, const char *group, const char *minus, char out[64])
{
	size_t used = 0;
	int shown = clamp_digits(digits);
	pr_micro rounded = pr_micro_round(value, shown);
	out[0] = '\0';
	if (rounded == PR_MICRO_MISSING)
		return out;
	int64_t size = rounded < 0 ? -rounded : rounded;
	char number[32];
	int length = snprintf(
		number, sizeof number, "%lld.%06lld", (long long)(size / PR_MICRO_ONE), (long long)(size % PR_MICRO_ONE));
	size_t whole = (size_t)length - 7;
	if (rounded < 0)
		append(out, &used, minus, strlen(minus));
	for (size_t i = 0; i < whole; i++) {
		if (i > 0 && (whole - i) % 3 == 0)
			append(out, &used, group, strlen(group));
		append(out, &used, number + i, 1);
	}
	if (shown > 0)
		append(out, &used, number + whole, (size_t)shown + 1);
	return out;
}
