/* Method, section 9: the basic charge three ways, the power factor's steps, the shifting of load. */
#include "plant.h"

#include "analysis/savings.h"

/* Demand price 10, contract 500, 800 kVA at 5: floor 320 kW, capacity 4,000 a month. */
struct year {
	struct pr_tariff tariff;
	struct pr_basis basis;
	struct pr_past past[PR_PAST_MONTHS];
	struct pr_method method;
};

static void open_year(const struct plant *plant, struct year *year)
{
	*year = (struct year){.method = plant->method};
	year->tariff = (struct pr_tariff){.basic_mode = PR_BASIC_CONTRACT,
		.capacity_price = MICRO(5),
		.demand_price = MICRO(10),
		.contract_kw = MICRO(500)};
	year->basis = (struct pr_basis){.tariff = &year->tariff,
		.days = 30,
		.month_days = 30,
		.kva_days = (pr_wide)MICRO(800) * 30,
		.rated_kva = MICRO(800),
		.discount = PR_MICRO_MISSING};
	for (int i = 0; i < PR_PAST_MONTHS; i++)
		year->past[i] = (struct pr_past){.currency = "CNY",
			.measured = 100,
			.expected = 100,
			.demand_kw = MICRO(i % 2 ? 420 : 630),
			.basic = MICRO(i % 2 ? 5000 : 7350),
			.bases = &year->basis,
			.basis_count = 1};
}

/* Twelve months (the first of the thirteen is none of them): D = 420 six times, 630 six times.
 * Billed, C = 500: 6 × 5,000 + 6 × (525·10 + 105·20 = 7,350) = 74,100; actual 6 × 4,200 + 6 × 6,300 = 63,000; capacity
 * 48,000. Best contract: at 400, 6 × 4,000 + 6 × (4,200 + 210·20 = 8,400) = 74,400; at 600, 12 × 6,000 = 72,000; between
 * 400 and 599 a kW costs 6 × 10 more and 6 × 10.5 less, so at 599 6 × 5,990 + 6 × (6,289.5 + 1.05·20) = 73,803: 600.
 * Cheapest is capacity: 26,100 a year, this month (i = 12, D = 630) 7,350 − 4,000. */
static void test_three_ways(void **state)
{
	struct year year;
	struct pr_savings_basic basic;
	open_year(*state, &year);
	pr_savings_basic_work_out(&year.method, year.past, &basic);
	assert_int_equal(basic.months, 12);
	plant_expect(basic.billed, "74100");
	plant_expect(basic.contract, "74100");
	plant_expect(basic.actual, "63000");
	plant_expect(basic.capacity, "48000");
	plant_expect(basic.best_kw, "600");
	plant_expect(basic.best_contract, "72000");
	plant_expect(basic.year, "26100");
	plant_expect(basic.month, "3350");
}

/* A demand of 1.5 × 800 kVA and more, a month under the gate and one of another currency don't enter; five are too few.
 */
static void test_plausible_months(void **state)
{
	struct year year;
	struct pr_savings_basic basic;
	open_year(*state, &year);
	year.past[1].demand_kw = MICRO(1201);
	year.past[3].measured = 94;
	year.past[5].currency = "USD";
	pr_savings_basic_work_out(&year.method, year.past, &basic);
	assert_int_equal(basic.months, 9);
	plant_expect(basic.actual, "50400"); /* 3 × 4,200 + 6 × 6,300 */
	for (int i = 6; i < 10; i++)
		year.past[i].demand_kw = PR_MICRO_MISSING;
	pr_savings_basic_work_out(&year.method, year.past, &basic);
	assert_int_equal(basic.months, 5);
	plant_expect(basic.year, "null");
	plant_expect(basic.best_kw, "null");
}

/* Without a capacity price that way is unknown and the others stand; the saving is then that of the actual demand. */
static void test_unpriced(void **state)
{
	struct year year;
	struct pr_savings_basic basic;
	open_year(*state, &year);
	year.tariff.capacity_price = PR_MICRO_MISSING;
	pr_savings_basic_work_out(&year.method, year.past, &basic);
	plant_expect(basic.capacity, "null");
	plant_expect(basic.year, "11100"); /* 74,100 − 63,000 */
	plant_expect(basic.month, "1050"); /* 7,350 − 6,300 */
}

/* No whole kW from the floor on costs less than the best, and of equals it is the smallest. */
static void test_best_contract_is_least(void **state)
{
	uint32_t seed = 9;
	for (int round = 0; round < 20; round++) {
		struct year year;
		struct pr_savings_basic basic;
		open_year(*state, &year);
		for (int i = 0; i < PR_PAST_MONTHS; i++)
			year.past[i].demand_kw = MICRO(100) + (pr_micro)(plant_random(&seed) % 900000) * 1000;
		pr_savings_basic_work_out(&year.method, year.past, &basic);
		assert_true(basic.best_kw >= MICRO(320) && basic.best_contract <= basic.contract);
		for (pr_micro kw = MICRO(320); kw <= MICRO(1200); kw += PR_MICRO_ONE) {
			pr_micro sum = 0;
			for (int i = 1; i < PR_PAST_MONTHS; i++)
				sum += pr_past_basic(&year.past[i], &year.method.basic, PR_BASIC_CONTRACT, kw);
			assert_true(sum > basic.best_contract || (sum == basic.best_contract && kw >= basic.best_kw));
		}
	}
}

/* 5 % of 80,230.41 kWh are 4,011.5205; from a mean of 109.3 to 56.1: × 53.2 = 213,412.8906. */
static void test_shift(void **state)
{
	(void)state;
	pr_micro percent = MICRO(5), kwh = MICRO(80230.41), peak = MICRO(41580.88), money = MICRO(4544790.18);
	plant_expect(pr_savings_shift(percent, kwh, peak, money, MICRO(56.1)), "213412.89");
	plant_expect(pr_savings_shift(percent, kwh, peak, money, MICRO(120)), "0"); /* the valley is dearer */
	plant_expect(pr_savings_shift(percent, kwh, MICRO(4011), money, MICRO(56.1)), "null");
	plant_expect(pr_savings_shift(percent, kwh, peak, money, PR_MICRO_MISSING), "null");
}

/* 10 kWh and 7.5 kvarh a quarter: P = 40 kW, tan φ 0.75, cos φ 0.80. Standard 0.90: +5 %; next 0.81, +4.5 %; best 0.95,
 * −0.75 %. Base 29,760. kvar to 0.95: 30 − 40 × 0.3286841 = 16.852636. */
static void test_power_factor(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *tariff = plant_tariff(plant, 0, 1, "2020-01-01");
	plant_slot(plant, tariff, PR_DAY_ALL, 0, 24, PR_SLOT_FLAT, 1);
	tariff->pf_standard = MICRO(0.90);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, 7.5);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "bill.pf.amount"), "1488");
	plant_expect(plant_value(plant, 0, "savings.power_factor.next"), "1339.2");
	plant_expect(plant_value(plant, 0, "savings.power_factor.best"), "-223.2");
	plant_expect(plant_value(plant, 0, "savings.power_factor.kvar"), "16.8526");
	plant_expect(plant_value(plant, 0, "savings.power_factor.kvar.mean"), "16.8526");
	plant_expect(plant_value(plant, 0, "savings.power_factor.month"), "1711.2");
	plant_expect(plant_value(plant, 0, "savings.power_factor.year"), "20534.4");
	assert_null(plant_note(plant, "savings.power_factor.mend"));
	assert_string_equal(plant_note(plant, "savings.shift.none")->detail, "slots");
}

/* Lag 4.5 and lead 3 of 10 kWh: Wq 7.5, cos φ 0.80 (+5 %: 1,488). Lead is 67 % of lag: mend. Without it tan φ is 0.45,
 * cos φ 0.9119, 0.91 (−0.15 %: −44.64), which saves 1,532.64; nothing is to be installed. */
static void test_mend(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *tariff = plant_tariff(plant, 0, 1, "2020-01-01");
	plant_slot(plant, tariff, PR_DAY_ALL, 0, 24, PR_SLOT_FLAT, 1);
	tariff->pf_standard = MICRO(0.90);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, 4.5);
	struct pr_quarter_rows *rows = &plant->data[0].points[0].windows[0];
	for (size_t i = 0; i < rows->count; i++)
		rows->rows[i].kvarh_lead = -3;
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "savings.power_factor.month"), "1532.64");
	plant_expect(plant_value(plant, 0, "savings.power_factor.kvar"), "null");
	plant_expect(plant_note(plant, "savings.power_factor.mend")->value, "0.666667");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"three ways of the basic charge and the best contract", test_three_ways, plant_open, plant_close, NULL},
		{"implausible months don't enter, and five are too few", test_plausible_months, plant_open, plant_close, NULL},
		{"a way without a price is unknown", test_unpriced, plant_open, plant_close, NULL},
		{"no contract costs less than the best", test_best_contract_is_least, plant_open, plant_close, NULL},
		{"a percent moved from peak to valley", test_shift, NULL, NULL, NULL},
		{"power factor: the steps and the kvar", test_power_factor, plant_open, plant_close, NULL},
		{"much lead: the switching is to be mended", test_mend, plant_open, plant_close, NULL},
	};
	return cmocka_run_group_tests_name("savings", tests, NULL, NULL);
}
