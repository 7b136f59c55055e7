/* Explanations: the language of formulas by hand, and that a figure which does not follow is never explained. */
#include "plant.h"

#include <stdio.h>
#include <string.h>

#include "analysis/explain.h"
#include "analysis/explain_formula.h"

static struct pr_explain_cell exact(double value)
{
	return (struct pr_explain_cell){.kind = PR_EXPLAIN_EXACT, .micro = MICRO(value)};
}

static const struct pr_explain_cell missing = {.kind = PR_EXPLAIN_MISSING};

/* The value of a formula over a list `x` (1, 2.5, missing, −4), keys `k` (1, 1, 2, 2) and values a = 3, b = 0.5. */
static struct pr_explain_cell value_of(struct plant *plant, const char *formula, bool *is_inexact)
{
	const struct pr_explain_cell x[] = {exact(1), exact(2.5), missing, exact(-4)};
	const struct pr_explain_cell k[] = {exact(1), exact(1), exact(2), exact(2)};
	const struct pr_explain_cell a = exact(3), b = exact(0.5);
	const struct pr_formula_input inputs[] = {
		{"x", true, x, 4}, {"k", true, k, 4}, {"a", false, &a, 1}, {"b", false, &b, 1}, {"none", false, &missing, 1}};
	struct pr_explain_cell value = missing;
	struct pr_error error = {0};
	bool good = pr_formula_value(formula, inputs, 5, &plant->arena, &value, is_inexact, &error);
	if (!good)
		fail_msg("%s: %s", formula, error.text);
	return value;
}

static void expect(struct plant *plant, const char *formula, const char *plain)
{
	char text[32];
	bool is_inexact;
	struct pr_explain_cell value = value_of(plant, formula, &is_inexact);
	if (value.kind == PR_EXPLAIN_TEXT)
		assert_string_equal(value.text, plain);
	else
		assert_string_equal(
			pr_micro_plain(value.kind == PR_EXPLAIN_EXACT ? value.micro : PR_MICRO_MISSING, text), plain);
}

static void test_arithmetic(void **state)
{
	expect(*state, "a+b*2-1", "3");
	expect(*state, "(a+b)*2", "7");
	expect(*state, "-a/b", "-6");
	expect(*state, "round(2.5,0)", "3");
	expect(*state, "round(-2.5,0)", "-3");
	expect(*state, "round(a/7,6)", "0.428571");
	expect(*state, "a/0", "null");
	expect(*state, "a<=3", "1");
	expect(*state, "a!=3", "0");
	expect(*state, "part=a*b; part+part", "3");
	expect(*state, "round(a/3*3,6)", "3"); /* a third is held as a fraction */
}

static void test_lists(void **state)
{
	expect(*state, "sum(x)", "-0.5");
	expect(*state, "sum(x*2,a)", "2");
	expect(*state, "count(x)", "3");
	expect(*state, "whole(x)", "null");
	expect(*state, "max(x,a)", "3");
	expect(*state, "min(x)", "-4");
	expect(*state, "largest(x)", "-4");
	expect(*state, "rank(x,0.5)", "1"); /* of −4, 1, 2.5 the ⌈0.5 · 3⌉ = 2nd */
	expect(*state, "rank(x,0.95)", "2.5");
	expect(*state, "sum(where(x,x>0))", "3.5");
	expect(*state, "sum(sum_by(x,k))", "-0.5");
	expect(*state, "count(whole_by(x,k))", "1"); /* the second group lacks one */
	expect(*state, "sum(max_by(x,k))", "-1.5");
	expect(*state, "lookup(2.5,x,k)", "1");
	expect(*state, "default(sum(where(x,x>100)),7)", "7");
}

static void test_choices(void **state)
{
	expect(*state, "choose(a>2,'pass','fail')", "pass");
	expect(*state, "choose(none>2,'pass','fail')", "fail");
	expect(*state, "where(a,none)", "null");
	expect(*state, "either(none,1)", "1");
	expect(*state, "both(none,1)", "0");
	expect(*state, "neither(none)", "1");
	expect(*state, "worst('pass','attention','insufficient')", "attention");
}

/* Method 1: 0.9496 is not 0.95 at a tenth of a percent, 9999 ÷ 10000 is. Largest remainder: 1 : 1 : 1 in tenths of a
 * percent is 333 + 333 + 333, and the first of equals has the one that is left. */
static void test_of_the_method(void **state)
{
	expect(*state, "coverage(9496,10000)", "0.9496");
	expect(*state, "coverage(99999999,100000000)", "0.999999");
	expect(*state, "share(1,3,k*0+1)", "0.25");
	expect(*state, "share(1,1,k*0+1)", "0.3");
	expect(*state, "share(3,1,k*0+1)", "0.2");
	expect(*state, "interp(2,k,k)", "2");
}

static void test_roots_are_inexact(void **state)
{
	bool is_inexact = false;
	struct pr_explain_cell value = value_of(*state, "round(sqrt(a*a+16),6)", &is_inexact);
	assert_int_equal(value.micro, MICRO(5));
	assert_true(is_inexact);
	(void)value_of(*state, "round(a/7,6)", &is_inexact);
	assert_false(is_inexact);
}

static void test_refusals(void **state)
{
	struct plant *plant = *state;
	static const char *const wrong[] = {"", "a+", "unknown", "sum(", "nothing(1)", "1 2", "'text", "x", "round(1)"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		const struct pr_explain_cell a = exact(1), x[] = {exact(1), exact(2)};
		const struct pr_formula_input inputs[] = {{"a", false, &a, 1}, {"x", true, x, 2}};
		struct pr_explain_cell value;
		struct pr_error error = {0};
		bool is_inexact;
		assert_false(pr_formula_value(wrong[i], inputs, 2, &plant->arena, &value, &is_inexact, &error));
		assert_int_equal(error.code, PR_CODE_INTERNAL);
	}
}

/* A day's quarters of 10 kWh at 0.5 a kWh. */
static struct plant *open_priced(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *tariff = plant_tariff(plant, 0, 1, "2026-01-01T00:00");
	plant_slot(plant, tariff, PR_DAY_ALL, 0, 24, PR_SLOT_FLAT, 0.5);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-03-02T00:00", 10, 1);
	plant_analyse(plant);
	return plant;
}

static void test_every_finding_follows(void **state)
{
	struct plant *plant = open_priced(state);
	struct pr_explainer *explainer = pr_explain_new(&plant->report, NULL, NULL, &plant->arena);
	const struct pr_explain_node *const *nodes;
	struct pr_error error = {0};
	size_t count;
	bool good = pr_explain_all(explainer, &nodes, &count, &error);
	if (!good)
		fail_msg("%s", error.text);
	assert_true(count > 100);
}

/* 96 × 10 kWh × 0.5 = 480.00. */
static void test_a_bill_stands_on_its_line_and_quarters(void **state)
{
	struct plant *plant = open_priced(state);
	struct pr_explainer *explainer = pr_explain_new(&plant->report, NULL, NULL, &plant->arena);
	const struct pr_explain_node *node;
	struct pr_error error = {0};
	char path[64];
	snprintf(path, sizeof path, "projects/%lld/bill_lines/1", (long long)plant->projects[0].id);
	assert_true(pr_explain_path(explainer, path, &node, &error));
	plant_expect(node->value.micro, "480");
	assert_string_equal(node->formula, "round(kwh*price,2)");
	plant_expect(node->inputs[0].nodes[0]->value.micro, "960");
	const struct pr_explain_input *rows = &node->inputs[0].nodes[0]->inputs[0];
	size_t count = 0;
	for (size_t row = 0; row < rows->table->row_count; row++)
		count += pr_explain_fits(rows, row) &&
		         rows->table->cells[row * rows->table->column_count + (size_t)rows->column].kind == PR_EXPLAIN_EXACT;
	assert_int_equal(count, 96);
}

static void test_a_figure_that_does_not_follow_is_never_explained(void **state)
{
	struct plant *plant = open_priced(state);
	static const char *const ids[] = {"energy.total", "bill.total", "demand.max", "power_factor.month", "load.rate"};
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		struct pr_explainer *explainer = pr_explain_new(&plant->report, NULL, NULL, &plant->arena);
		struct pr_finding *finding = pr_findings_edit(&plant->report.projects[0].findings, ids[i]);
		const struct pr_explain_node *node;
		struct pr_error error = {0};
		char path[64];
		snprintf(path, sizeof path, "projects/%lld/%s", (long long)plant->projects[0].id, ids[i]);
		finding->value += MICRO(0.01);
		assert_false(pr_explain_path(explainer, path, &node, &error));
		assert_int_equal(error.code, PR_CODE_INTERNAL);
		assert_non_null(strstr(error.text, "the report says"));
		finding->value -= MICRO(0.01);
	}
}

static void test_an_unknown_path_names_the_nearest(void **state)
{
	struct plant *plant = open_priced(state);
	struct pr_explainer *explainer = pr_explain_new(&plant->report, NULL, NULL, &plant->arena);
	const struct pr_explain_node *node;
	struct pr_error error = {0};
	assert_false(pr_explain_path(explainer, "energy.totl", &node, &error));
	assert_int_equal(error.code, PR_CODE_USAGE);
	assert_non_null(strstr(error.text, "energy.total"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"sums, products and comparisons go by their precedence, exactly", test_arithmetic, plant_open, plant_close,
			NULL},
		{"lists go element by element and leave out what is missing", test_lists, plant_open, plant_close, NULL},
		{"a missing condition is false", test_choices, plant_open, plant_close, NULL},
		{"coverage, shares and scores are those of the method", test_of_the_method, plant_open, plant_close, NULL},
		{"roots are marked as inexact, ratios are not", test_roots_are_inexact, plant_open, plant_close, NULL},
		{"what is not of the language is refused", test_refusals, plant_open, plant_close, NULL},
		{"every finding of a report follows from its inputs", test_every_finding_follows, plant_open, plant_close,
			NULL},
		{"a bill stands on its lines, and those on quarters", test_a_bill_stands_on_its_line_and_quarters, plant_open,
			plant_close, NULL},
		{"a figure that does not follow is never explained", test_a_figure_that_does_not_follow_is_never_explained,
			plant_open, plant_close, NULL},
		{"an unknown path names the nearest", test_an_unknown_path_names_the_nearest, plant_open, plant_close, NULL},
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
