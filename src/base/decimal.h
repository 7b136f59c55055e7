/*
 * Exact numbers. Every kWh, kvarh, price, kW and amount of money in an exact sum is a whole number of millionths
 * (struct-free: pr_micro). Sums of quarters and products with prices are exact in 128 bits; money is rounded once a
 * line, half away from zero (method, section 3).
 */
#ifndef PR_BASE_DECIMAL_H
#define PR_BASE_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef int64_t pr_micro;               /* millionths */
__extension__ typedef __int128 pr_wide; /* millionths of millionths, and wide sums */

#define PR_MICRO_ONE ((pr_micro)1000000)
#define PR_MICRO_MISSING INT64_MIN /* "not measured"; never enters arithmetic unchecked */

/* The nearest multiple of 10^-6 to the double's exact binary value, half away from zero; missing for NaN, infinities and |value| > 9.2 × 10^12. */
pr_micro pr_micro_from_double(double value);
double pr_micro_to_double(pr_micro value); /* NaN for missing */
/* "-12.5", "109.300000": a plain decimal, further digits beyond six rounded; false for anything else. */
PR_CHECK bool pr_micro_from_text(const char *text, pr_micro *out);

/*
 * Rounded to `digits` (0..6) after the point, half away from zero; missing stays missing, and what leaves the range of
 * pr_micro becomes missing, here and below.
 */
pr_micro pr_micro_round(pr_micro value, int digits);
/* a × b in 10^-12; and such a value (or any ratio) back to 10^-6 with `digits` kept, half away from zero. */
pr_wide pr_wide_product(pr_micro a, pr_micro b);
pr_micro pr_wide_round(pr_wide value_e12, int digits);
/* round(numerator ÷ denominator × 10^6) to `digits`; missing where the denominator is 0. */
pr_micro pr_micro_ratio(pr_wide numerator, pr_wide denominator, int digits);
/* False when the sum leaves the range of pr_micro. */
PR_CHECK bool pr_micro_add(pr_micro a, pr_micro b, pr_micro *sum);

/* "-1234.5": no exponent, no trailing zeros, no "-0"; "null" for missing. `out` needs 32 bytes; returns `out`. */
char *pr_micro_plain(pr_micro value, char out[32]);
/* "−1,234.50": exactly `digits` (0..6), rounded half away from zero, with `group` between thousands ("" = none) and
 * the given minus sign (UTF-8), which a value that rounds to zero doesn't get. `out` needs 64 bytes. Missing gives "". */
char *pr_micro_group(pr_micro value, int digits, const char *group, const char *minus, char out[64]);

#endif
