/* Method, section 10: the change of the bill in parts that add up to the cent. */
#include "plant.h"

#include "analysis/change.h"

#include <stdio.h>

static struct pr_past empty_past(uint32_t days)
{
	struct pr_past past = {
		.service_days = days, .measured = 1, .expected = 1, .currency = "CNY", .basic = 0, .adjustment = 0};
	for (int slot = 0; slot < PR_SLOT_COUNT; slot++)
		past.slot_price[slot] = PR_MICRO_MISSING;
	return past;
}

static void set_slot(struct pr_past *past, enum pr_slot slot, const char *kwh, const char *amount)
{
	assert_true(pr_micro_from_text(kwh, &past->slot_kwh[slot]));
	assert_true(pr_micro_from_text(amount, &past->slot_amount[slot]));
	past->energy_kwh += past->slot_kwh[slot];
	past->energy += past->slot_amount[slot];
	past->total += past->slot_amount[slot];
}

static void set_rest(struct pr_past *past, const char *basic, const char *adjustment)
{
	assert_true(pr_micro_from_text(basic, &past->basic) && pr_micro_from_text(adjustment, &past->adjustment));
	past->total += past->basic + past->adjustment;
}

static void expect_parts(const pr_micro *parts, const char *const *plain)
{
	for (int part = 0; part < PR_CHANGE_COUNT; part++)
		plant_expect(parts[part], plain[part]);
}

/* A steel plant's February and March 2018, its bills computed independently; the parts by Python's Fraction:
 * E0 = 11014523.13, 28 and 31 days, prices 166.7, 109.2, 63.1 against 109.3, 78.6, 56.1. */
static void test_reference(void **state)
{
	(void)state;
	struct pr_past before = empty_past(28), now = empty_past(31);
	set_slot(&before, PR_SLOT_PEAK, "32654.75", "5443546.83");
	set_slot(&before, PR_SLOT_FLAT, "40303.88", "4401183.70");
	set_slot(&before, PR_SLOT_VALLEY, "18538.71", "1169792.60");
	set_rest(&before, "5317145.60", "81658.34");
	set_slot(&now, PR_SLOT_PEAK, "41580.88", "4544790.18");
	set_slot(&now, PR_SLOT_FLAT, "27390.17", "2152867.36");
	set_slot(&now, PR_SLOT_VALLEY, "11259.36", "631650.10");
	set_rest(&now, "5703193.60", "195487.52");
	pr_micro parts[PR_CHANGE_COUNT];
	assert_null(pr_change_work_out(&now, &before, parts));
	static const char *const plain[] = {
		"1180127.48", "-2536449.54", "974803.81", "-3303697.23", "386048", "113829.18", "-0.01", "-3185338.31"};
	expect_parts(parts, plain);
}

/* A slot new this month: its price is that of last month's tariff (2), or where that has none its own, so that all of
 * it is mix. Before 100 kWh flat for 100. Now 100 flat for 100 and 50 sharp for 150, as many days: volume
 * 100 ÷ 100 × 50 = 50; mix with price 2: 100 + 50·2 − 150 = 50 and price 50 (3 − 2); without: mix 100, price 0. */
static void test_new_slot(void **state)
{
	(void)state;
	struct pr_past before = empty_past(30), now = empty_past(30);
	pr_micro parts[PR_CHANGE_COUNT];
	set_slot(&before, PR_SLOT_FLAT, "100", "100");
	set_slot(&now, PR_SLOT_FLAT, "100", "100");
	set_slot(&now, PR_SLOT_SHARP, "50", "150");
	before.slot_price[PR_SLOT_SHARP] = 2 * PR_MICRO_ONE;
	assert_null(pr_change_work_out(&now, &before, parts));
	static const char *const priced[] = {"0", "50", "50", "50", "0", "0", "0", "150"};
	expect_parts(parts, priced);
	before.slot_price[PR_SLOT_SHARP] = PR_MICRO_MISSING;
	assert_null(pr_change_work_out(&now, &before, parts));
	static const char *const unpriced[] = {"0", "50", "100", "0", "0", "0", "0", "150"};
	expect_parts(parts, unpriced);
}

static void expect_lack(const struct pr_past *now, const struct pr_past *before, const char *lack)
{
	pr_micro parts[PR_CHANGE_COUNT];
	assert_string_equal(pr_change_work_out(now, before, parts), lack);
	for (int part = 0; part < PR_CHANGE_COUNT; part++)
		plant_expect(parts[part], "null");
}

static void test_obstacles(void **state)
{
	(void)state;
	struct pr_past base = empty_past(30), now = empty_past(30);
	set_slot(&base, PR_SLOT_FLAT, "100", "100");
	set_slot(&now, PR_SLOT_FLAT, "100", "100");
	struct pr_past before = base;
	before.currency = NULL;
	expect_lack(&now, &before, "bill");
	before = base;
	before.bill_incomplete = true;
	expect_lack(&now, &before, "incomplete");
	before = base;
	before.currency = "USD";
	expect_lack(&now, &before, "currency");
	before = base;
	before.energy_kwh = 0;
	expect_lack(&now, &before, "energy");
}

/* Whatever the months are, the printed parts add up to the printed change. */
static void test_parts_add_up(void **state)
{
	(void)state;
	uint32_t seed = 20260301;
	for (int round = 0; round < 500; round++) {
		struct pr_past months[2];
		for (int m = 0; m < 2; m++) {
			months[m] = empty_past(28 + plant_random(&seed) % 4);
			for (int slot = 0; slot < PR_SLOT_COUNT; slot++) {
				char kwh[32], amount[32];
				snprintf(kwh, sizeof kwh, "%u.%02u", plant_random(&seed) % 100000, plant_random(&seed) % 100);
				snprintf(amount, sizeof amount, "%u.%02u", plant_random(&seed) % 10000000, plant_random(&seed) % 100);
				if (slot == 0 || plant_random(&seed) % 4)
					set_slot(&months[m], (enum pr_slot)slot, kwh, amount);
			}
			set_rest(&months[m], "4368000.55", plant_random(&seed) % 2 ? "-12.34" : "98765.43");
		}
		pr_micro parts[PR_CHANGE_COUNT], sum = 0;
		assert_null(pr_change_work_out(&months[1], &months[0], parts));
		for (int part = 0; part < PR_CHANGE_TOTAL; part++) {
			assert_true(parts[part] % (PR_MICRO_ONE / 100) == 0);
			sum += parts[part];
		}
		assert_true(sum == parts[PR_CHANGE_TOTAL]);
		assert_true(parts[PR_CHANGE_TOTAL] == months[1].total - months[0].total);
	}
}

/* A month without a bill before it: the findings are null and a note says why; with one of less coverage, a note. */
static void test_notes(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *tariff = plant_tariff(plant, 0, 1, "2020-01-01");
	plant_slot(plant, tariff, PR_DAY_ALL, 0, 24, PR_SLOT_FLAT, 1);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, NAN);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "change.total"), "null");
	assert_string_equal(plant_note(plant, "change.none")->detail, "bill");
	/* Half of February, 14 of 28 days: 14 × 960 = 13,440 kWh. By days × 31/28 it would be 14,880: 1,440 more. */
	plant_fill(plant, 0, 0, "2026-02-01T00:00", "2026-02-15T00:00", 10, NAN);
	plant_analyse(plant);
	assert_null(plant_note(plant, "change.none"));
	plant_expect(plant_note(plant, "change.coverage")->value, "0.5");
	plant_expect(plant_value(plant, 0, "change.days"), "1440");
	plant_expect(plant_value(plant, 0, "change.volume"), "14880"); /* 29,760 − 14,880 */
	plant_expect(plant_value(plant, 0, "change.slots"), "0");
	plant_expect(plant_value(plant, 0, "change.total"), "16320");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a real plant's change falls into the parts computed independently", test_reference, NULL, NULL, NULL},
		{"a new slot has last month's tariff's price, or its own", test_new_slot, NULL, NULL, NULL},
		{"without a bill to compare with there are no parts and a reason", test_obstacles, NULL, NULL, NULL},
		{"printed parts add up to the printed change", test_parts_add_up, NULL, NULL, NULL},
		{"what stands in the way, and unequal coverage, is noted", test_notes, plant_open, plant_close, NULL},
	};
	return cmocka_run_group_tests_name("why the bill changed", tests, NULL, NULL);
}
