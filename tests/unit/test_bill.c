/* Method, section 3: every expected amount is worked by hand in the comments. */
#include "plant.h"

#include <string.h>

#include "analysis/bill.h"

static struct pr_tariff *flat_tariff(struct plant *plant, double price)
{
	struct pr_tariff *tariff = plant_tariff(plant, 0, 1, "2020-01-01");
	plant_slot(plant, tariff, PR_DAY_ALL, 0, 24, PR_SLOT_FLAT, price);
	return tariff;
}

/* March with 10 kWh a quarter, D = 40 kW (29,760 kWh); the quarter at `local` has `kwh` instead. */
static void fill_march(struct plant *plant, const char *local, double kwh)
{
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, NAN);
	if (local)
		plant_row_at(plant, 0, 0, local)->kwh = kwh;
}

static const struct pr_bill_line *line_of(const struct plant *plant, enum pr_bill_line_kind kind, size_t which)
{
	const struct pr_project_report *report = &plant->report.projects[0];
	for (size_t i = 0; i < report->bill_line_count; i++)
		if (report->bill_lines[i].kind == kind && which-- == 0)
			return &report->bill_lines[i];
	fail_msg("no line of kind %d", (int)kind);
	return NULL;
}

static void test_slots(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *tariff = plant_tariff(plant, 0, 1, "2020-01-01");
	plant_slot(plant, tariff, PR_DAY_ALL, 0, 8, PR_SLOT_VALLEY, 0.3333);
	plant_slot(plant, tariff, PR_DAY_ALL, 8, 22, PR_SLOT_PEAK, 1.005001);
	plant_slot(plant, tariff, PR_DAY_ALL, 22, 24, PR_SLOT_FLAT, 0.7);
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T07:45"), 0.15);
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T08:00"), 1);
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T21:45"), 0.1);
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T22:00"), 0.05);
	plant_analyse(plant);
	/* valley 0.15 × 0.3333 = 0.049995 → 0.05; peak 1.1 × 1.005001 = 1.1055011 → 1.11; flat 0.05 × 0.7 = 0.035 → 0.04
	 * (half away from zero); total of the printed lines 1.20, not 1.1904961 rounded. */
	plant_expect(plant_value(plant, 0, "bill.energy.valley"), "0.05");
	plant_expect(plant_value(plant, 0, "bill.energy.peak"), "1.11");
	plant_expect(plant_value(plant, 0, "bill.energy.flat"), "0.04");
	plant_expect(plant_value(plant, 0, "bill.energy.sharp"), "0");
	plant_expect(plant_value(plant, 0, "bill.total"), "1.2");
	/* 1.20 ÷ 1.3 kWh = 0.923077 */
	plant_expect(plant_value(plant, 0, "bill.price"), "0.923077");
	assert_string_equal(plant_finding(plant, 0, "bill.total")->unit, "CNY");
	assert_string_equal(plant_finding(plant, 0, "bill.total")->source, "a notice");
}

/* 2 March 2026 is a Monday. */
static void test_day_kinds(void **state)
{
	struct plant *plant = *state;
	static struct pr_offday offdays[] = {{{2026, 3, 3}, false, "holiday"}, {{2026, 3, 8}, true, "worked Sunday"}};
	struct pr_tariff *tariff = plant_tariff(plant, 0, 1, "2020-01-01");
	plant->projects[0].offdays = offdays;
	plant->projects[0].offday_count = 2;
	plant_slot(plant, tariff, PR_DAY_WORKDAY, 0, 24, PR_SLOT_PEAK, 3);
	plant_slot(plant, tariff, PR_DAY_OFFDAY, 0, 24, PR_SLOT_VALLEY, 1);
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-02T12:00"), 1);  /* Monday */
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-03T12:00"), 10); /* a holiday: no such rows, so an offday */
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-07T12:00"), 20); /* Saturday */
	plant_row(plant, 0, 0, plant_time(plant, 0, "2026-03-08T12:00"), 2);  /* Sunday at work */
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "bill.energy.peak"), "9");
	plant_expect(plant_value(plant, 0, "bill.energy.valley"), "30");
	plant_expect(plant_value(plant, 0, "energy.working"), "3");
	plant_expect(plant_value(plant, 0, "energy.off"), "30");
	plant_slot(plant, tariff, PR_DAY_HOLIDAY, 0, 24, PR_SLOT_DEEP, 0.5);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "bill.energy.deep"), "5");
	plant_expect(plant_value(plant, 0, "bill.energy.valley"), "20");
}

static void test_tariff_change(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *first = flat_tariff(plant, 1);
	struct pr_tariff *second = plant_tariff(plant, 0, 2, "2026-03-11T00:00");
	plant_slot(plant, second, PR_DAY_ALL, 0, 24, PR_SLOT_FLAT, 2);
	first->validity.to_ms = second->validity.from_ms;
	first->basic_mode = second->basic_mode = PR_BASIC_CAPACITY;
	first->capacity_price = MICRO(31);
	second->capacity_price = MICRO(62);
	fill_march(plant, NULL, 0);
	plant_analyse(plant);
	/* 10 days × 960 kWh × 1 = 9,600; 21 × 960 × 2 = 40,320. */
	plant_expect(line_of(plant, PR_LINE_ENERGY, 0)->amount, "9600");
	plant_expect(line_of(plant, PR_LINE_ENERGY, 1)->amount, "40320");
	plant_expect(plant_value(plant, 0, "bill.energy.flat"), "49920");
	/* 800 × 31 × 10 ÷ 31 = 8,000; 800 × 62 × 21 ÷ 31 = 33,600. */
	plant_expect(line_of(plant, PR_LINE_BASIC_CAPACITY, 0)->amount, "8000");
	plant_expect(line_of(plant, PR_LINE_BASIC_CAPACITY, 1)->amount, "33600");
	plant_expect(line_of(plant, PR_LINE_BASIC_CAPACITY, 0)->share, "0.322581");
	plant_expect(plant_value(plant, 0, "bill.total"), "91520");
}

static void test_change_inside_a_day(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *first = flat_tariff(plant, 1);
	struct pr_tariff *second = plant_tariff(plant, 0, 2, "2026-03-11T12:07");
	plant_slot(plant, second, PR_DAY_ALL, 0, 24, PR_SLOT_FLAT, 2);
	first->validity.to_ms = second->validity.from_ms;
	first->basic_mode = PR_BASIC_CAPACITY;
	first->capacity_price = MICRO(31);
	fill_march(plant, NULL, 0);
	plant_analyse(plant);
	/* The quarter at 12:00 begins under the first tariff: 10 days + 49 quarters = 1,009 quarters of 10 kWh. A begun day
	 * counts whole: 800 × 31 × 11 ÷ 31 = 8,800. */
	plant_expect(line_of(plant, PR_LINE_ENERGY, 0)->quantity, "10090");
	plant_expect(plant_value(plant, 0, "bill.basic"), "8800");
}

static void test_thirty_days(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *tariff = flat_tariff(plant, 1);
	struct pr_transformer *second = plant_transformer(plant, 0, 1002, 100);
	tariff->basic_mode = PR_BASIC_CAPACITY;
	tariff->capacity_price = MICRO(30);
	second->validity.from_ms = plant_time(plant, 0, "2026-03-17T09:00");
	fill_march(plant, NULL, 0);
	/* By the month: (800 × 31 + 100 × 15) × 30 ÷ 31 = 26,300 × 30 ÷ 31 = 25,451.61. */
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "bill.basic"), "25451.61");
	plant_expect(line_of(plant, PR_LINE_BASIC_CAPACITY, 0)->quantity, "848.387097");
	/* ÷ 30, never above the whole: 800 × 30 + 100 × 15 = 25,500 × 30 ÷ 30. */
	plant->method.basic.day_share_month = false;
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "bill.basic"), "25500");
	/* A tariff that ends on the 20th: 20 ÷ 30; the transformer of the 17th served four of its days. */
	tariff->validity.to_ms = plant_time(plant, 0, "2026-03-21T00:00");
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "bill.basic"), "16400"); /* (800 × 20 + 100 × 4) × 30 ÷ 30 */
}

/* All of February is the whole month, although it has 28 days: 800 × 30 = 24,000. */
static void test_thirty_days_february(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *tariff = flat_tariff(plant, 1);
	tariff->basic_mode = PR_BASIC_CAPACITY;
	tariff->capacity_price = MICRO(30);
	plant_month(plant, "2026-02");
	plant->method.basic.day_share_month = false;
	plant_fill(plant, 0, 0, "2026-02-01T00:00", "2026-03-01T00:00", 1, NAN);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "bill.basic"), "24000");
	plant_expect(line_of(plant, PR_LINE_BASIC_CAPACITY, 0)->share, "1");
}

/* The basic charge at the meter's own maximum stands beside ours: D = 300 kW, mdp_max = 310 kW, at 40 a kW. */
static void test_basic_reported(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *tariff = flat_tariff(plant, 1);
	tariff->basic_mode = PR_BASIC_ACTUAL;
	tariff->demand_price = MICRO(40);
	fill_march(plant, "2026-03-05T10:00", 75);
	plant_row_at(plant, 0, 0, "2026-03-05T10:00")->mdp_max = 310;
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "bill.basic"), "12000");
	plant_expect(plant_value(plant, 0, "bill.basic.reported"), "12400");
	plant_row_at(plant, 0, 0, "2026-03-05T10:00")->mdp_max = 9999999;
	plant_analyse(plant);
	assert_null(pr_findings_get(&plant->report.projects[0].findings, "bill.basic.reported"));
	tariff->basic_mode = PR_BASIC_CAPACITY; /* which no demand changes */
	tariff->capacity_price = MICRO(30);
	plant_row_at(plant, 0, 0, "2026-03-05T10:00")->mdp_max = 310;
	plant_analyse(plant);
	assert_null(pr_findings_get(&plant->report.projects[0].findings, "bill.basic.reported"));
}

/* Without the contract the base of the adjustment is unknown: "—" rather than the adjustment of a part. */
static void test_adjustment_of_a_part(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *tariff = flat_tariff(plant, 1);
	tariff->basic_mode = PR_BASIC_CONTRACT;
	tariff->demand_price = MICRO(40);
	tariff->pf_standard = MICRO(0.9);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 1, 1); /* 1 ÷ √2 = 0.71: 19 steps of 0.5 % */
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "bill.energy"), "2976");
	plant_expect(plant_value(plant, 0, "bill.basic"), "null");
	plant_expect(plant_value(plant, 0, "bill.pf.percent"), "9.5");
	plant_expect(plant_value(plant, 0, "bill.pf.base"), "null");
	plant_expect(plant_value(plant, 0, "bill.pf.amount"), "null");
	plant_expect(plant_value(plant, 0, "bill.total"), "2976");
	plant_expect(plant_value(plant, 0, "bill.price"), "null");
	assert_string_equal(plant_note(plant, "tariff.incomplete")->detail, "contract");
}

static void test_actual_demand(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *tariff = flat_tariff(plant, 1);
	tariff->basic_mode = PR_BASIC_ACTUAL;
	tariff->demand_price = MICRO(38.5);
	fill_march(plant, "2026-03-05T10:00", 75.125);
	plant_analyse(plant);
	/* D = 300.5 kW × 38.5 = 11,569.25 */
	plant_expect(plant_value(plant, 0, "bill.basic"), "11569.25");
	plant_expect(line_of(plant, PR_LINE_BASIC_ACTUAL, 0)->quantity, "300.5");
}

/* Contract 500 kW at 40: up to 525 kW 20,000; above, 21,000 + the rest × 80. Below 40 % of 800 kVA counts 320 kW. */
static void test_contract(void **state)
{
	static const struct {
		double contract, kwh;
		const char *basic, *first;
	} cases[] = {
		{500, 131.25, "20000", "20000"},    /* D = 525 = 1.05 C */
		{500, 131.255, "21001.6", "21000"}, /* D = 525.02: 21,000 + 0.02 × 80 */
		{300, 50, "12800", "12800"},        /* 320 × 40 */
		{300, 85, "13760", "13440"},        /* D = 340 > 336: 336 × 40 + 4 × 80 */
		{320, 10, "12800", "12800"},        /* the floor itself */
	};
	struct plant *plant = *state;
	struct pr_tariff *tariff = flat_tariff(plant, 1);
	tariff->basic_mode = PR_BASIC_CONTRACT;
	tariff->demand_price = MICRO(40);
	fill_march(plant, NULL, 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		tariff->contract_kw = MICRO(cases[i].contract);
		plant_row_at(plant, 0, 0, "2026-03-05T10:00")->kwh = cases[i].kwh;
		plant_analyse(plant);
		plant_expect(plant_value(plant, 0, "bill.basic"), cases[i].basic);
		plant_expect(line_of(plant, PR_LINE_BASIC_CONTRACT, 0)->amount, cases[i].first);
		plant_expect(plant_value(plant, 0, "demand.contract"), i < 2 ? "500" : i < 4 ? "300" : "320");
	}
}

/* The line is rounded once, its second part is what is left: C = 500.001, p = 0.333333. */
static void test_contract_parts(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *tariff = flat_tariff(plant, 1);
	tariff->basic_mode = PR_BASIC_CONTRACT;
	tariff->demand_price = MICRO(0.333333);
	tariff->contract_kw = MICRO(500.001);
	fill_march(plant, "2026-03-05T10:00", 150);
	plant_analyse(plant);
	/* 525.00105 × 0.333333 = 175.0001750 → 175.00; (600 − 525.00105) × 0.666666 = 49.99925 → the line 224.99942 →
	 * 225.00, its second part 50.00. */
	plant_expect(plant_value(plant, 0, "bill.basic"), "225");
	plant_expect(line_of(plant, PR_LINE_BASIC_CONTRACT, 0)->amount, "175");
	plant_expect(line_of(plant, PR_LINE_BASIC_EXCESS, 0)->amount, "50");
	plant_expect(line_of(plant, PR_LINE_BASIC_EXCESS, 0)->price, "0.666666");
}

/* 260 kWh a kVA: 800 × 260 = 208,000 kWh. At it: × 0.9. */
static void test_discount(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *tariff = flat_tariff(plant, 1);
	tariff->basic_mode = PR_BASIC_ACTUAL;
	tariff->demand_price = MICRO(10);
	tariff->discount_kwh_per_kva = MICRO(260);
	tariff->discount = MICRO(0.9);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 69, NAN); /* 205,344 kWh, D = 276 kW */
	struct pr_quarter_row *row = plant_row_at(plant, 0, 0, "2026-03-05T10:00");
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "bill.basic"), "2760");
	assert_null(plant_note(plant, "bill.discount"));
	/* 11 × 221 + 225 = 2,656 kWh more over twelve quarters: 208,000 exactly. */
	for (int i = 0; i < 12; i++)
		row[i].kwh = 69 + (i < 11 ? 221 : 225);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "energy.total"), "208000");
	plant_expect(plant_value(plant, 0, "bill.basic"), "10584"); /* D = 294 × 4 = 1,176 × 10 × 0.9 */
	plant_expect(line_of(plant, PR_LINE_BASIC_ACTUAL, 0)->discount, "0.9");
	plant_expect(plant_note(plant, "bill.discount")->value, "260");
	row[0].kwh -= 0.01;
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "bill.basic"), "11760");
}

/* cos φ ≥ h hundredths at (h − 0.5) %: with Wp = 2h − 1 and Wp² + Wq² = 200², the edge itself rounds up. */
static void test_power_factor_rounding(void **state)
{
	(void)state;
	assert_int_equal(pr_power_factor_hundredths(3, 4), 60);
	assert_int_equal(pr_power_factor_hundredths(100, 0), 100);
	assert_int_equal(pr_power_factor_hundredths(0, 5), 0);
	assert_int_equal(pr_power_factor_hundredths(0, 0), -1);
	/* 120 ÷ 200 = 0.6 exactly; 175 ÷ 200 = 0.875 exactly would be 0.88: Wp : Wq = 7 : √15, so just beside it. */
	assert_int_equal(pr_power_factor_hundredths(7000000, 3872983), 88); /* √15 × 10⁶ = 3,872,983.3 */
	assert_int_equal(pr_power_factor_hundredths(7000000, 3872984), 87);
	/* A month of 10¹¹ kWh does not overflow: 3 : 4 again. */
	pr_wide huge = (pr_wide)100000000000 * 1000000;
	assert_int_equal(pr_power_factor_hundredths(3 * huge, 4 * huge), 60);
}

/* The table of the method, worked from its words: (83)水电财字第215号. */
static void test_power_factor_tables(void **state)
{
	static const struct {
		double standard;
		int hundredths;
		double percent;
	} cases[] = {
		{0.90, 60, 25},
		{0.90, 64, 17},
		{0.90, 65, 15},
		{0.90, 69, 11},
		{0.90, 70, 10},
		{0.90, 89, 0.5},
		{0.90, 90, 0},
		{0.90, 91, -0.15},
		{0.90, 94, -0.60},
		{0.90, 95, -0.75},
		{0.90, 100, -0.75},
		{0.85, 59, 17},
		{0.85, 60, 15},
		{0.85, 64, 11},
		{0.85, 65, 10},
		{0.85, 84, 0.5},
		{0.85, 85, 0},
		{0.85, 90, -0.50},
		{0.85, 91, -0.65},
		{0.85, 93, -0.95},
		{0.85, 94, -1.10},
		{0.85, 100, -1.10},
		{0.80, 50, 25},
		{0.80, 54, 17},
		{0.80, 55, 15},
		{0.80, 59, 11},
		{0.80, 60, 10},
		{0.80, 79, 0.5},
		{0.80, 80, 0},
		{0.80, 90, -1.00},
		{0.80, 91, -1.15},
		{0.80, 92, -1.30},
		{0.80, 100, -1.30},
	};
	struct plant *plant = *state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pr_micro percent = PR_MICRO_MISSING;
		assert_true(pr_power_factor_percent(&plant->method, MICRO(cases[i].standard), cases[i].hundredths, &percent));
		assert_int_equal(percent, MICRO(cases[i].percent));
	}
	pr_micro percent;
	assert_false(pr_power_factor_percent(&plant->method, MICRO(0.95), 90, &percent));
}

static void test_adjustment(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *tariff = flat_tariff(plant, 0.5);
	tariff->basic_mode = PR_BASIC_CAPACITY;
	tariff->capacity_price = MICRO(10);
	tariff->pf_standard = MICRO(0.90);
	tariff->fund_price = MICRO(0.027187);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, 7.5);
	plant_analyse(plant);
	/* 29,760 kWh and 22,320 kvarh: 0.80, 10 hundredths under: +5 %. Base = 14,880 + 8,000 − 29,760 × 0.027187
	 * (809.08512, unrounded) = 22,070.91488 → 22,070.91; × 5 % = 1,103.545744 → 1,103.55. */
	plant_expect(plant_value(plant, 0, "power_factor.month"), "0.8");
	plant_expect(plant_value(plant, 0, "bill.funds"), "809.09");
	plant_expect(plant_value(plant, 0, "bill.pf.base"), "22070.91");
	plant_expect(plant_value(plant, 0, "bill.pf.percent"), "5");
	plant_expect(plant_value(plant, 0, "bill.pf.amount"), "1103.55");
	plant_expect(plant_value(plant, 0, "bill.total"), "23983.55");
	assert_false(plant->report.projects[0].bill_provisional);
}

static void test_lead(void **state)
{
	struct plant *plant = *state;
	flat_tariff(plant, 1)->pf_standard = MICRO(0.90);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 8, 4);
	struct pr_quarter_rows *rows = plant->data[0].points[0].windows;
	for (size_t i = 0; i < rows->count; i++)
		rows->rows[i].kvarh_lead = NAN;
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "power_factor.month"), "0.89"); /* 8 ÷ √80 = 0.8944 */
	assert_int_equal(plant_note(plant, "power_factor.no_lead")->point_id, 11);
	/* Lead counts by its magnitude, and a quarter without it is left out: 8 ÷ √(8² + 6²) = 0.8. */
	for (size_t i = 0; i < rows->count; i++)
		rows->rows[i].kvarh_lead = i % 2 ? -2 : 2;
	rows->rows[100].kvarh_lead = NAN;
	rows->rows[100].kvarh_lag = 300;
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "power_factor.month"), "0.8");
	assert_null(plant_note(plant, "power_factor.no_lead"));
	plant_expect(plant_finding(plant, 0, "power_factor.month")->coverage, "0.999664"); /* 2975 ÷ 2976 = 0.99966397… */
}

static void test_provisional(void **state)
{
	struct plant *plant = *state;
	flat_tariff(plant, 1)->pf_standard = MICRO(0.90);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-03-20T00:00", 10, 1);
	plant_fill(plant, 0, 0, "2026-03-20T00:00", "2026-04-01T00:00", 10, NAN);
	plant_analyse(plant);
	assert_true(plant->report.projects[0].bill_provisional);
	assert_false(plant->report.projects[0].bill_incomplete);
	assert_int_equal(plant_note(plant, "power_factor.provisional")->count, 19 * 96);
}

static void test_unmeasured_power_factor(void **state)
{
	struct plant *plant = *state;
	flat_tariff(plant, 1)->pf_standard = MICRO(0.90);
	fill_march(plant, NULL, 0);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "bill.pf.amount"), "null");
	plant_expect(plant_value(plant, 0, "bill.total"), "29760");
	plant_expect(plant_value(plant, 0, "bill.price"), "null");
	assert_true(plant->report.projects[0].bill_incomplete);
	assert_string_equal(plant_note(plant, "tariff.incomplete")->detail, "power_factor");
	assert_non_null(plant_note(plant, "power_factor.unmeasured"));
}

static void test_incomplete(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *tariff = plant_tariff(plant, 0, 1, "2026-03-02T00:00");
	plant_slot(plant, tariff, PR_DAY_ALL, 0, 12, PR_SLOT_FLAT, 1);
	plant_slot(plant, tariff, PR_DAY_ALL, 12, 18, PR_SLOT_PEAK, 1);
	tariff->slots[1].price = PR_MICRO_MISSING;
	tariff->basic_mode = PR_BASIC_CONTRACT;
	tariff->demand_price = MICRO(40);
	fill_march(plant, NULL, 0);
	plant_analyse(plant);
	/* 30 days × 48 quarters × 10 kWh × 1. */
	plant_expect(plant_value(plant, 0, "bill.energy.flat"), "14400");
	plant_expect(plant_value(plant, 0, "bill.energy.peak"), "null");
	plant_expect(plant_value(plant, 0, "energy.slot.peak"), "7200");
	plant_expect(plant_value(plant, 0, "bill.energy"), "14400");
	plant_expect(plant_value(plant, 0, "bill.basic"), "null");
	plant_expect(line_of(plant, PR_LINE_BASIC_CONTRACT, 0)->amount, "null");
	assert_true(plant->report.projects[0].bill_incomplete);
	const struct pr_note *note = plant_note(plant, "tariff.incomplete");
	assert_string_equal(note->detail, "tariff, slot, price, contract");
	assert_int_equal(note->count, 96 + 30 * 48);
	plant_expect(note->value, "15360");
}

static void test_no_tariff(void **state)
{
	struct plant *plant = *state;
	fill_march(plant, NULL, 0);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "bill.total"), "null");
	plant_expect(plant_value(plant, 0, "energy.total"), "29760");
	assert_int_equal(plant->report.projects[0].bill_line_count, 0);
	assert_non_null(plant_note(plant, "tariff.missing"));
}

static void test_nothing_measured(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *tariff = flat_tariff(plant, 1);
	tariff->basic_mode = PR_BASIC_CAPACITY;
	tariff->capacity_price = MICRO(10);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "bill.energy"), "null");
	plant_expect(plant_value(plant, 0, "bill.basic"), "8000");
	plant_expect(plant_value(plant, 0, "bill.total"), "null");
	plant_expect(plant_value(plant, 0, "energy.total"), "null");
	plant_expect(plant_value(plant, 0, "energy.slot.flat"), "null");
	assert_string_equal(plant_note(plant, "tariff.incomplete")->detail, "energy");
	assert_false(plant->report.has_rows);
	assert_true(plant->report.in_service);
}

static void test_mixed_currency(void **state)
{
	struct plant *plant = *state;
	struct pr_tariff *first = flat_tariff(plant, 1);
	struct pr_tariff *second = plant_tariff(plant, 0, 2, "2026-03-11T00:00");
	plant_slot(plant, second, PR_DAY_ALL, 0, 24, PR_SLOT_FLAT, 2);
	first->validity.to_ms = second->validity.from_ms;
	second->currency = "KRW";
	fill_march(plant, NULL, 0);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "bill.total"), "null");
	assert_string_equal(plant_note(plant, "currency.mixed")->detail, "CNY, KRW");
	assert_int_equal(plant_note(plant, "currency.mixed")->project_id, 10);
}

/* Europe/Berlin: on 29 March 2026 02:00 becomes 03:00. */
static void test_daylight_saving(void **state)
{
	struct plant *plant = *state;
	struct pr_project *project = plant_project(plant, "Europe/Berlin");
	project->points = plant->projects[0].points;
	project->point_count = 1;
	plant->data[1].points = plant->data[0].points;
	plant->projects[0].point_count = 0;
	struct pr_tariff *tariff = plant_tariff(plant, 1, 1, "2020-01-01");
	plant_slot(plant, tariff, PR_DAY_ALL, 0, 3, PR_SLOT_VALLEY, 1);
	plant_slot(plant, tariff, PR_DAY_ALL, 3, 24, PR_SLOT_PEAK, 2);
	int64_t from_ms = plant_time(plant, 1, "2026-03-01T00:00"), to_ms = plant_time(plant, 1, "2026-04-01T00:00");
	for (int64_t at_ms = from_ms; at_ms < to_ms; at_ms += PR_MS_QUARTER)
		plant_row(plant, 0, 0, at_ms, 1);
	plant_analyse(plant);
	/* 31 × 96 − 4; the valley of three hours has 31 × 12 − 4 quarters, the peak all of its 31 × 84. */
	plant_expect(plant_value(plant, 1, "coverage.expected"), "2972");
	plant_expect(plant_value(plant, 1, "energy.slot.valley"), "368");
	plant_expect(plant_value(plant, 1, "energy.slot.peak"), "2604");
	plant_expect(plant_value(plant, 1, "bill.total"), "5576");
	plant_month(plant, "2026-10");
	for (int64_t at_ms = plant_time(plant, 1, "2026-10-01T00:00"); at_ms < plant_time(plant, 1, "2026-11-01T00:00");
		 at_ms += PR_MS_QUARTER)
		plant_row(plant, 0, 0, at_ms, 1);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 1, "energy.slot.valley"), "376"); /* 31 × 12 + 4 */
	plant_expect(plant_value(plant, 1, "coverage.rate"), "1");
}

static void test_verification(void **state)
{
	struct plant *plant = *state;
	static struct pr_utility_bill utility = {{2026, 3}, PR_MICRO_MISSING, 29900000000, 29760000000, PR_MICRO_MISSING,
		PR_MICRO_MISSING, PR_MICRO_MISSING, {0, 0, 0}, {0, 0, 0}};
	static struct pr_plan plan = {{2026, 3}, 30000000000, 29000000000};
	flat_tariff(plant, 1);
	fill_march(plant, NULL, 0);
	plant->projects[0].utility_bills = &utility;
	plant->projects[0].utility_bill_count = 1;
	plant->projects[0].plans = &plan;
	plant->projects[0].plan_count = 1;
	struct pr_quarter_row *rows = plant->data[0].points[0].windows->rows;
	for (int i = 0; i < 100; i++)
		rows[i].charge = 10.1;
	plant_analyse(plant);
	/* Ours 100 × 10 × 1 = 1,000, theirs 1,010: −10, −10 ÷ 1010 = −0.990099 %. */
	plant_expect(plant_value(plant, 0, "bill.ingest.difference"), "-10");
	plant_expect(plant_value(plant, 0, "bill.ingest.difference.rate"), "-0.009901");
	assert_int_equal(plant_note(plant, "bill.ingest_difference")->count, 100);
	/* Total 29,760 against 29,900: −140, −0.4682 %, under 0.5 %; the energy part agrees. */
	plant_expect(plant_value(plant, 0, "bill.utility.total.difference"), "-140");
	plant_expect(plant_value(plant, 0, "bill.utility.total.difference.rate"), "-0.004682");
	plant_expect(plant_value(plant, 0, "bill.utility.energy.difference"), "0");
	assert_null(plant_note(plant, "bill.utility_difference"));
	plant_expect(plant_value(plant, 0, "bill.plan.difference"), "760");
	plant_expect(plant_value(plant, 0, "energy.plan"), "30000");
	/* Its own period, ten days of February and twenty of March: only the March days were measured. */
	utility.period_from = (struct pr_date){2026, 2, 19};
	utility.period_to = (struct pr_date){2026, 3, 21};
	plant_analyse(plant);
	/* 20 × 960 = 19,200 − 29,900. */
	plant_expect(plant_value(plant, 0, "bill.utility.total.difference"), "-10700");
	assert_string_equal(plant_note(plant, "bill.utility_difference")->detail, "energy, total");
}

/* Every price, raised a little, never lowers the bill; and the printed lines are the total. */
static void test_monotone(void **state)
{
	struct plant *plant = *state;
	uint32_t random = 88172645U;
	struct pr_tariff *tariff = plant_tariff(plant, 0, 1, "2020-01-01");
	for (int slot = 0; slot < PR_SLOT_COUNT; slot++)
		plant_slot(plant, tariff, PR_DAY_ALL, slot * 4, slot == 4 ? 24 : slot * 4 + 4, (enum pr_slot)slot, 0.2 + slot);
	tariff->basic_mode = PR_BASIC_CONTRACT;
	tariff->contract_kw = MICRO(350);
	tariff->demand_price = MICRO(40);
	tariff->pf_standard = MICRO(0.90);
	for (int64_t at_ms = plant_time(plant, 0, "2026-03-01"); at_ms < plant_time(plant, 0, "2026-04-01");
		 at_ms += PR_MS_QUARTER) {
		struct pr_quarter_row *row = plant_row(plant, 0, 0, at_ms, (double)(plant_random(&random) % 100000) / 1000);
		row->kvarh_lag = (double)(plant_random(&random) % 60000) / 1000;
		row->kvarh_lead = 0;
	}
	plant_analyse(plant);
	pr_micro before = plant_value(plant, 0, "bill.total");
	for (int round = 0; round < 12; round++) {
		pr_micro *price = round % 6 == 5 ? &tariff->demand_price : &tariff->slots[round % 6].price;
		*price += plant_random(&random) % 1000;
		plant_analyse(plant);
		pr_micro after = plant_value(plant, 0, "bill.total"), sum = 0;
		assert_true(after >= before);
		before = after;
		for (size_t i = 0; i < plant->report.projects[0].bill_line_count; i++)
			sum += plant->report.projects[0].bill_lines[i].amount;
		assert_true(sum == after);
	}
}

#define TEST(name, function)                          \
	{                                                 \
		name, function, plant_open, plant_close, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("each slot is a line, rounded once, and the total is their sum", test_slots),
		TEST("holidays, offdays and worked weekends take the rows of their kind", test_day_kinds),
		TEST("a tariff change splits the lines, the basic charge by days", test_tariff_change),
		TEST("a quarter keeps the tariff that it begins under, a begun day counts whole", test_change_inside_a_day),
		TEST("days are shared by the month or by thirty, never above the whole", test_thirty_days),
		TEST("a whole February is a whole month, also where days are shared by thirty", test_thirty_days_february),
		TEST("the basic charge at the meter's own maximum stands beside ours", test_basic_reported),
		TEST("there is no adjustment of a part of the bill", test_adjustment_of_a_part),
		TEST("actual demand is billed at its price", test_actual_demand),
		TEST("contract demand: up to 105 % the contract, above it doubled, never below 40 % of the kVA", test_contract),
		TEST("the two parts of a contract-demand charge add up to the line rounded once", test_contract_parts),
		TEST("the demand price is discounted from the threshold on", test_discount),
		TEST("the power factor is rounded to hundredths in integers", test_power_factor_rounding),
		TEST("the adjustment follows the tables of the three standards", test_power_factor_tables),
		TEST("the adjustment's base leaves the funds out, unrounded", test_adjustment),
		TEST("a lead missing all month is 0, one missing in a quarter leaves the quarter out", test_lead),
		TEST("an adjustment from too few quarters is provisional", test_provisional),
		TEST("without kvarh the adjustment is open and the bill incomplete", test_unmeasured_power_factor),
		TEST("a minute without a row, a price or a contract makes the bill incomplete", test_incomplete),
		TEST("without a tariff there is no bill and the energy stands", test_no_tariff),
		TEST("without a measurement there is no total", test_nothing_measured),
		TEST("two currencies have no sum", test_mixed_currency),
		TEST("slots follow the wall clock through daylight saving", test_daylight_saving),
		TEST("the bill is compared with the ingest, the utility and the plan", test_verification),
		TEST("the bill is monotone in each price and the sum of its lines", test_monotone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
