/* The theme: hex values and contrasts as the visual system's tables print them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "draw/appearance.h"
#include "draw/theme.h"

static void assert_role(const struct pr_theme *theme, const char *role, const char *hex)
{
	struct pr_colour expected, colour;
	assert_true(pr_colour_parse(hex, &expected));
	assert_true(pr_theme_role(theme, role, &colour));
	assert_int_equal(colour.red, expected.red);
	assert_int_equal(colour.green, expected.green);
	assert_int_equal(colour.blue, expected.blue);
}

/* What the visual system's table says of its sets, in whole units; it was worked out by another program. */
static void test_differences(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		int difference;
	} pairs[] = {
		{"slot.valley", "slot.deep", 28}, {"phase.a", "phase.b", 40}, {"alarm.1", "alarm.2", 34}, {"fair", "poor", 32}};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		const struct pr_colour a = pr_theme_colour(&pr_theme_default, pairs[i].a),
							   b = pr_theme_colour(&pr_theme_default, pairs[i].b);
		assert_int_equal((int)lround(pr_colour_difference(a, b)), pairs[i].difference);
		assert_true(fabs(pr_colour_difference(a, b) - pr_colour_difference(b, a)) < 1e-12);
	}
	assert_true(pr_colour_difference((struct pr_colour){0, 0, 0}, (struct pr_colour){0, 0, 0}) < 1e-12);
}

static void test_shades(void **state)
{
	(void)state;
	static const struct {
		const char *role, *hex;
	} shades[] = {
		{"accent", "#0E4A66"},
		{"accent.light", "#82A1AF"},
		{"accent.pale", "#CAD7DD"},
		{"heat.1", "#F1F4F6"},
		{"heat.2", "#D4DEE3"},
		{"heat.3", "#AFC3CD"},
		{"heat.4", "#84A3B1"},
		{"heat.5", "#568094"},
		{"heat.6", "#2B6078"},
		{"heat.7", "#0E4A66"},
		{"part.1", "#0E4A66"},
		{"part.2", "#3E6E85"},
		{"part.3", "#6E92A3"},
		{"part.4", "#9FB7C2"},
		{"part.5", "#C5D4DA"},
		{"part.6", "#E2E9ED"},
	};
	for (size_t i = 0; i < sizeof shades / sizeof *shades; i++)
		assert_role(&pr_theme_default, shades[i].role, shades[i].hex);
}

static void test_fixed(void **state)
{
	(void)state;
	assert_role(&pr_theme_default, "ink", "#14191D");
	assert_role(&pr_theme_default, "slot.valley", "#6FA3C8");
	assert_role(&pr_theme_default, "phase.n", "#14191d");
	assert_role(&pr_theme_default, "alarm.2", "#D9822B");
	const struct pr_theme brand = {.accent = {0x00, 0x33, 0x00}};
	assert_role(&brand, "ink", "#14191D");
	assert_role(&brand, "accent", "#003300");
}

static void test_unknown(void **state)
{
	(void)state;
	struct pr_colour colour;
	assert_false(pr_theme_role(&pr_theme_default, "accent.dark", &colour));
	assert_false(pr_theme_role(&pr_theme_default, NULL, &colour));
	assert_false(pr_colour_parse("#12345", &colour));
	assert_false(pr_colour_parse("#12345G", &colour));
	assert_false(pr_colour_parse("0123456", &colour));
	assert_false(pr_colour_parse(NULL, &colour));
}

static void test_contrast(void **state)
{
	(void)state;
	static const struct {
		const char *role;
		double contrast;
	} printed[] = {{"ink", 17.7}, {"text2", 7.6}, {"text3", 4.8}, {"rule", 2.6}, {"accent", 9.6}, {"poor", 7.8},
		{"slot.peak", 4.1}, {"slot.flat", 1.8}};
	for (size_t i = 0; i < sizeof printed / sizeof *printed; i++) {
		double contrast = pr_colour_contrast_on_white(pr_theme_colour(&pr_theme_default, printed[i].role));
		assert_true(fabs(contrast - printed[i].contrast) <= 0.05 + 1e-9);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"shades of the accent are mixed over white in whole bytes", test_shades, NULL, NULL, NULL},
		{"a brand changes the accent and nothing else", test_fixed, NULL, NULL, NULL},
		{"unknown roles and malformed colours are refused", test_unknown, NULL, NULL, NULL},
		{"colours are as far apart as the visual system's table says", test_differences, NULL, NULL, NULL},
		{"contrasts are those of the visual system's table", test_contrast, NULL, NULL, NULL},
	};
	return cmocka_run_group_tests_name("theme", tests, NULL, NULL);
}
