/* Method, section 9: losses of transformers, their economic band, the combination that loses least. */
#include "plant.h"

#include <string.h>

#include "analysis/savings_transformer.h"

static void expect(double value, double expected)
{
	if (fabs(value - expected) > 1e-9 * fmax(1, fabs(expected)))
		fail_msg("%.12g, expected %.12g", value, expected);
}

/* P0 1 kW, Pk 4 kW: βe² 0.25, βe 0.5; the best band is 1.33 × 0.25 = 0.3325 to 0.75. Six quarters of 0.25 h:
 * (6 × 1 + 4 × (0.04 + 0.0625 + 0.25 + 0.64 + 1 + 1.21)) ÷ 4 = (6 + 12.81) ÷ 4 = 4.7025 kWh. */
static void test_band(void **state)
{
	const struct plant *plant = *state;
	const struct pr_transformer_losses losses = {1, 4, 800, false};
	const double betas[] = {0.2, 0.25, 0.5, NAN, 0.8, 1.0, 1.1};
	struct pr_economy economy;
	pr_economy_work_out(&plant->method.economy, &losses, betas, 7, &economy);
	expect(economy.beta_economic, 0.5);
	expect(economy.loss_kwh, 4.7025);
	assert_int_equal(economy.measured, 6);
	assert_int_equal(economy.under, 1);
	assert_int_equal(economy.inside, 4); /* both ends belong to the band */
	assert_int_equal(economy.over, 1);
	assert_int_equal(economy.best, 1);
}

/* Twice 800 kVA, P0 1, Pk 8. At 300 kVA one loses 1 + 8 × 0.375² = 2.125 kW, two 2 + 16 × 0.1875² = 2.5625; at 600 kVA
 * one 1 + 8 × 0.75² = 5.5, two 2 + 16 × 0.375² = 4.25. A largest load above 800 needs both. */
static void test_combination(void **state)
{
	(void)state;
	const struct pr_transformer_losses two[] = {{1, 8, 800, false}, {1, 8, 800, false}};
	const double low[] = {300, NAN, 300}, high[] = {600, 600}, swinging[] = {850, 50, 50, 50}, none[] = {NAN};
	assert_int_equal(pr_combination_best(two, 2, low, 3), 1); /* of equals the first */
	assert_int_equal(pr_combination_best(two, 2, high, 2), 3);
	assert_int_equal(pr_combination_best(two, 2, swinging, 4), 3);
	assert_int_equal(pr_combination_best(two, 2, none, 1), 0);
	expect(pr_combination_loss(two, 2, 1, low, 3), 2.125 / 2);
	expect(pr_combination_loss(two, 2, 3, high, 2), 4.25 / 2);
}

/* 100 kWh and 75 kvarh a quarter: S 500 kVA, β 0.625. 744 h × (1.4 + 7.5 × 0.390625) = 3,221.2875 kWh. One transformer
 * has nothing to be combined with. βe = √(1.4 ÷ 7.5). */
static void test_one(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *tariff = plant_tariff(plant, 0, 1, "2020-01-01");
	plant_slot(plant, tariff, PR_DAY_ALL, 0, 24, PR_SLOT_FLAT, 0.5);
	plant->projects[0].transformers[0].no_load_loss_kw = MICRO(1.4);
	plant->projects[0].transformers[0].load_loss_kw = MICRO(7.5);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 100, 75);
	plant_analyse(plant);
	const struct pr_findings *own = &plant->report.projects[0].transformers[0].findings;
	plant_expect(pr_findings_get(own, "savings.transformer.loss")->value, "3221.2875");
	plant_expect(pr_findings_get(own, "savings.transformer.beta")->value, "0.432049");
	plant_expect(pr_findings_get(own, "savings.transformer.minutes.best")->value, "44640");
	plant_expect(pr_findings_get(own, "savings.transformer.minutes.under")->value, "0");
	plant_expect(pr_findings_get(own, "savings.transformer.chosen")->value, "1");
	assert_null(pr_findings_get(own, "savings.transformer.loss")->source);
	plant_expect(plant_value(plant, 0, "savings.transformer.loss"), "3221.2875");
	plant_expect(plant_value(plant, 0, "savings.transformer.best"), "3221.2875");
	plant_expect(plant_value(plant, 0, "savings.transformer.month"), "0");
	plant_expect(plant_value(plant, 0, "savings.transformer.year"), "0");
	assert_null(plant_note(plant, "transformer.losses_estimated"));
}

/* A second one beside it, each with 30 kWh a quarter: 120 kVA, β 0.15. As they run 2 × (1 + 8 × 0.0225) = 2.36 kW, one
 * alone 1 + 8 × 0.09 = 1.72 kW: 0.64 kW × 744 h = 476.16 kWh at 0.50 = 238.08 a month. */
static void two_transformers(struct plant *plant)
{
	struct pr_tariff *tariff = plant_tariff(plant, 0, 1, "2020-01-01");
	plant_slot(plant, tariff, PR_DAY_ALL, 0, 24, PR_SLOT_FLAT, 0.5);
	plant_transformer(plant, 0, 1002, 800);
	plant_point(plant, 0, 12, PR_ROLE_INCOMER)->transformer_id = 1002;
	for (size_t i = 0; i < 2; i++) {
		plant->projects[0].transformers[i].no_load_loss_kw = MICRO(1);
		plant->projects[0].transformers[i].load_loss_kw = MICRO(8);
		plant_fill(plant, 0, i, "2026-03-01T00:00", "2026-04-01T00:00", 30, 0);
	}
}

static void test_two(void **state)
{
	struct plant *plant = *state;
	two_transformers(plant);
	plant_analyse(plant);
	const struct pr_subject *transformers = plant->report.projects[0].transformers;
	plant_expect(plant_value(plant, 0, "savings.transformer.loss"), "1755.84");
	plant_expect(plant_value(plant, 0, "savings.transformer.best"), "1279.68");
	plant_expect(plant_value(plant, 0, "savings.transformer.month"), "238.08");
	plant_expect(plant_value(plant, 0, "savings.transformer.year"), "2856.96");
	plant_expect(pr_findings_get(&transformers[0].findings, "savings.transformer.chosen")->value, "1");
	plant_expect(pr_findings_get(&transformers[1].findings, "savings.transformer.chosen")->value, "0");
}

/* Half of the month's quarters of the second are missing: its own loss is of those that it has, what is saved of those
 * that both have: 1.18 kW × (744 + 372) h = 1,316.88 kWh; 0.64 kW × 372 h = 238.08 kWh at 0.50 = 119.04. */
static void test_partly_measured(void **state)
{
	struct plant *plant = *state;
	two_transformers(plant);
	struct pr_quarter_rows *rows = &plant->data[0].points[1].windows[0];
	rows->count /= 2;
	plant_analyse(plant);
	const struct pr_finding *loss = plant_finding(plant, 0, "savings.transformer.loss");
	plant_expect(loss->value, "1316.88");
	plant_expect(loss->coverage, "0.5");
	plant_expect(plant_value(plant, 0, "savings.transformer.best"), "1078.8");
	plant_expect(plant_value(plant, 0, "savings.transformer.month"), "119.04");
}

/* 700 kVA: the class of 800 kVA, 0.98 and 7.50 kW, marked by its source and a note. */
static void test_estimated(void **state)
{
	struct plant *plant = *state;
	plant->projects[0].transformers[0].rated_kva = MICRO(700);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 70, 0); /* β 0.4: 0.98 + 7.5 × 0.16 = 2.18 kW */
	plant_analyse(plant);
	const struct pr_findings *own = &plant->report.projects[0].transformers[0].findings;
	plant_expect(pr_findings_get(own, "savings.transformer.no_load_loss")->value, "0.98");
	plant_expect(pr_findings_get(own, "savings.transformer.load_loss")->value, "7.5");
	plant_expect(pr_findings_get(own, "savings.transformer.loss")->value, "1621.92");
	assert_non_null(strstr(pr_findings_get(own, "savings.transformer.loss")->source, "GB/T 6451-2015"));
	assert_string_equal(plant_note(plant, "transformer.losses_estimated")->detail, "T");
	assert_null(pr_findings_get(&plant->report.projects[0].findings, "savings.transformer.month")); /* no tariff */
}

/* Only the no-load loss lacks: the load loss stays its own. Beyond the table, or at 35 kV, there is no estimate. */
static void test_class(void **state)
{
	struct plant *plant = *state;
	const struct pr_economy_rules *rules = &plant->method.economy;
	struct pr_transformer transformer = {
		.rated_kva = MICRO(1000), .no_load_loss_kw = PR_MICRO_MISSING, .load_loss_kw = MICRO(9)};
	struct pr_transformer_losses losses = pr_transformer_losses_of(rules, &transformer, MICRO(10));
	expect(losses.no_load_kw, 1.15);
	expect(losses.load_kw, 9);
	assert_true(losses.estimated);
	assert_true(isnan(pr_transformer_losses_of(rules, &transformer, MICRO(35)).no_load_kw));
	transformer.rated_kva = MICRO(1000.5);
	expect(pr_transformer_losses_of(rules, &transformer, PR_MICRO_MISSING).no_load_kw, 1.36); /* 1250 */
	transformer.rated_kva = MICRO(1601);
	assert_true(isnan(pr_transformer_losses_of(rules, &transformer, PR_MICRO_MISSING).no_load_kw));
}

static void test_beyond_the_table(void **state)
{
	struct plant *plant = *state;
	plant->projects[0].transformers[0].rated_kva = MICRO(5000);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 70, 0);
	plant_analyse(plant);
	assert_string_equal(plant_note(plant, "transformer.no_losses")->detail, "T");
	assert_null(pr_findings_get(&plant->report.projects[0].findings, "savings.transformer.loss"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"the loss and the time under, inside and over the economic band", test_band, plant_open, plant_close, NULL},
		{"the combination that loses least carries the largest load", test_combination, NULL, NULL, NULL},
		{"one transformer has a loss and nothing to be combined with", test_one, plant_open, plant_close, NULL},
		{"of two lightly loaded transformers one saves", test_two, plant_open, plant_close, NULL},
		{"a saving is of the quarters in which all were measured", test_partly_measured, plant_open, plant_close, NULL},
		{"unknown losses are those of the rating's class, marked", test_estimated, plant_open, plant_close, NULL},
		{"the class is the smallest at or above the rating", test_class, plant_open, plant_close, NULL},
		{"beyond the table there is a note and no figure", test_beyond_the_table, plant_open, plant_close, NULL},
	};
	return cmocka_run_group_tests_name("savings of transformers", tests, NULL, NULL);
}
