/* Method, section 13: several projects side by side. Three projects; March 2026 has 2,976 quarters, February 2,688. */
#include "plant.h"

#include <string.h>

#include "analysis/portfolio.h"
#include "analysis/work.h"
#include "base/text.h"

static struct pr_tariff *flat(struct plant *plant, size_t project, int64_t id, double price, const char *currency)
{
	struct pr_tariff *tariff = plant_tariff(plant, project, id, "2010-01-01T00:00");
	tariff->currency = currency;
	plant_slot(plant, tariff, PR_DAY_ALL, 0, 24, PR_SLOT_FLAT, price);
	return tariff;
}

/* 10 kWh a quarter at 1; 5 at 3, of which February had 6; and the third, from March on, 2 at 0.5. */
static void open_three(struct plant *plant, const char *currency)
{
	plant->directory.tenant.edition = PR_EDITION_MANAGEMENT;
	for (size_t i = 1; i < 3; i++) {
		plant_project(plant, "Asia/Shanghai");
		plant_point(plant, i, (int64_t)(21 + 10 * i), PR_ROLE_INCOMER);
	}
	flat(plant, 0, 1, 1, "CNY");
	flat(plant, 1, 2, 3, currency);
	flat(plant, 2, 3, 0.5, "CNY");
	plant_fill(plant, 0, 0, "2026-02-01T00:00", "2026-03-01T00:00", 10, NAN);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, NAN);
	plant_fill(plant, 1, 0, "2026-02-01T00:00", "2026-03-01T00:00", 6, NAN);
	plant_fill(plant, 1, 0, "2026-03-01T00:00", "2026-04-01T00:00", 5, NAN);
	plant_fill(plant, 2, 0, "2026-03-01T00:00", "2026-04-01T00:00", 2, NAN);
	plant->projects[2].points[0].validity.from_ms = plant_time(plant, 2, "2026-03-01T00:00");
}

static const struct pr_finding *of_tenant(const struct plant *plant, const char *id)
{
	const struct pr_finding *finding = pr_findings_get(&plant->report.findings, id);
	assert_non_null(finding);
	return finding;
}

static void expect_all(const struct plant *plant, const char *id, const char *const values[4])
{
	plant_expect(of_tenant(plant, id)->value, values[0]);
	for (size_t i = 0; i < 3; i++)
		plant_expect(plant_value(plant, i, id), values[i + 1]);
}

/* Energy: 29,760 − 26,880; 14,880 − 16,128; 5,952, being new. Money: the same × 1, × 3, × 0.5. */
static void test_contributions(void **state)
{
	struct plant *plant = *state;
	open_three(plant, "CNY");
	plant_analyse(plant);
	expect_all(plant, "contribution.energy", (const char *const[]){"7584", "2880", "-1248", "5952"});
	expect_all(plant, "contribution.bill", (const char *const[]){"2112", "2880", "-3744", "2976"});
	/* The first two have parts, 2,880 − 3,744 = −864; the third is what remains. */
	plant_expect(of_tenant(plant, "change.total")->value, "-864");
	plant_expect(of_tenant(plant, "change.projects")->value, "2976");
	assert_int_equal(plant_finding(plant, 0, "contribution.bill")->rank, 3);
	assert_int_equal(plant_finding(plant, 1, "contribution.bill")->rank, 1);
	assert_int_equal(plant_finding(plant, 2, "contribution.bill")->rank, 2);
	assert_int_equal(plant_finding(plant, 2, "contribution.energy")->rank, 1);
	/* What the tenant's own change is made of: 77,376 now, 75,264 in February. */
	plant_expect(of_tenant(plant, "bill.total")->value, "77376");
	plant_expect(of_tenant(plant, "bill.total")->base_month, "75264");
}

/* A project that sent nothing this month takes last month's away from the sum, as the sum itself does. */
static void test_a_silent_month(void **state)
{
	struct plant *plant = *state;
	open_three(plant, "CNY");
	plant_project(plant, "Asia/Shanghai");
	plant_point(plant, 3, 61, PR_ROLE_INCOMER);
	flat(plant, 3, 4, 1, "CNY");
	plant_fill(plant, 3, 0, "2026-02-01T00:00", "2026-03-01T00:00", 1, NAN);
	plant_analyse(plant);
	plant_expect(plant_value(plant, 3, "energy.total"), "null");
	plant_expect(plant_value(plant, 3, "contribution.energy"), "-2688");
	plant_expect(of_tenant(plant, "contribution.energy")->value, "4896");
	plant_expect(plant_value(plant, 3, "contribution.bill"), "null");
	plant_expect(of_tenant(plant, "contribution.bill")->value, "2112");
}

/* 29,760 : 14,880 : 5,952 = 58.82… : 29.41… : 11.76…; 29,760 : 44,640 : 2,976 = 38.46… : 57.69… : 3.84…. The missing
 * tenth goes to the largest remainder: 0.82, and 0.69 before 0.46. */
static void test_shares(void **state)
{
	struct plant *plant = *state;
	open_three(plant, "CNY");
	plant_analyse(plant);
	const char *const energy[] = {"0.588", "0.294", "0.118"}, *const bill[] = {"0.385", "0.577", "0.038"};
	for (size_t i = 0; i < 3; i++) {
		plant_expect(plant_finding(plant, i, "energy.share")->shown, energy[i]);
		plant_expect(plant_finding(plant, i, "bill.share")->shown, bill[i]);
	}
	plant_expect(plant_value(plant, 0, "energy.share"), "0.588235");
	assert_int_equal(plant_finding(plant, 1, "bill.total")->rank, 1);
	assert_int_equal(plant_finding(plant, 1, "energy.total")->rank, 2);
}

static void test_currencies(void **state)
{
	struct plant *plant = *state;
	open_three(plant, "KRW");
	plant_analyse(plant);
	expect_all(plant, "contribution.bill", (const char *const[]){"null", "2880", "-3744", "2976"});
	plant_expect(plant_value(plant, 0, "bill.share"), "null");
	plant_expect(plant_finding(plant, 1, "energy.share")->shown, "0.294");
	assert_int_equal(plant_finding(plant, 0, "bill.total")->rank, 0);
	assert_int_equal(plant_finding(plant, 0, "energy.total")->rank, 1);
	assert_null(pr_findings_get(&plant->report.findings, "change.projects"));
	plant_expect(of_tenant(plant, "bill.currency.CNY")->value, "32736"); /* 29,760 + 2,976 */
	plant_expect(of_tenant(plant, "bill.currency.KRW")->value, "44640");
}

/* A bill that lacks a price is compared with none, and the others' contributions still stand. */
static void test_an_incomplete_bill(void **state)
{
	struct plant *plant = *state;
	open_three(plant, "CNY");
	plant->projects[1].tariffs[0].slot_count = 0;
	plant_analyse(plant);
	expect_all(plant, "contribution.bill", (const char *const[]){"5856", "2880", "null", "2976"});
}

/* A single edition has one project; its findings stay as they are. */
static void test_single(void **state)
{
	struct plant *plant = *state;
	flat(plant, 0, 1, 1, "CNY");
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, NAN);
	plant_analyse(plant);
	assert_null(pr_findings_get(&plant->report.projects[0].findings, "contribution.energy"));
	assert_null(pr_findings_get(&plant->report.findings, "attention.projects"));
}

/* --- attention -------------------------------------------------------------------------------------------------- */

static void expect_attention(struct plant *plant, struct pr_findings *findings, uint64_t measured, const char *grade,
	const char *const values[7])
{
	static const char *const ids[] = {"coverage", "grade", "demand", "power_factor", "alarms", "sensors", "projects"};
	const struct pr_work work = {&plant->dataset, &plant->method, &plant->arena, NULL};
	const struct pr_cover cover = {.expected = 1000, .measured = measured};
	pr_attention_publish(&work, &cover, grade, findings);
	for (size_t i = 0; i < 7; i++)
		plant_expect(
			pr_findings_get(findings, pr_arena_format(&plant->arena, "attention.%s", ids[i]))->value, values[i]);
}

static void set(struct plant *plant, struct pr_findings *findings, const char *id, double value)
{
	pr_findings_set(findings, &plant->arena, id, MICRO(value), "1", 6);
}

static void test_attention(void **state)
{
	struct plant *plant = *state;
	struct pr_findings findings = {0};
	/* At the gate of 95 %, and nothing else known. */
	expect_attention(
		plant, &findings, 950, NULL, (const char *const[]){"0", "null", "null", "null", "null", "null", "0"});
	expect_attention(
		plant, &findings, 949, NULL, (const char *const[]){"1", "null", "null", "null", "null", "null", "1"});
	/* 525 kW are 105 % of 500 and not above; a good grade, a reward, no critical alarm, no sensor. */
	set(plant, &findings, "demand.max", 525);
	set(plant, &findings, "demand.contract", 500);
	set(plant, &findings, "bill.pf.amount", -3);
	set(plant, &findings, "alarms.level.1", 0);
	set(plant, &findings, "safety.over_limit_sensors", 0);
	expect_attention(plant, &findings, 1000, "good", (const char *const[]){"0", "0", "0", "0", "0", "0", "0"});
	set(plant, &findings, "demand.max", 525.000001);
	expect_attention(plant, &findings, 1000, "good", (const char *const[]){"0", "0", "1", "0", "0", "0", "1"});
	set(plant, &findings, "demand.max", 1);
	set(plant, &findings, "bill.pf.amount", 0.01);
	expect_attention(plant, &findings, 1000, "good", (const char *const[]){"0", "0", "0", "1", "0", "0", "1"});
	set(plant, &findings, "bill.pf.amount", 0);
	expect_attention(plant, &findings, 1000, "fair", (const char *const[]){"0", "1", "0", "0", "0", "0", "1"});
	expect_attention(plant, &findings, 1000, "poor", (const char *const[]){"0", "1", "0", "0", "0", "0", "1"});
	set(plant, &findings, "alarms.level.1", 2);
	set(plant, &findings, "safety.over_limit_sensors", 1);
	expect_attention(plant, &findings, 1000, "excellent", (const char *const[]){"0", "0", "0", "0", "1", "1", "1"});
}

/* The tenant's are the projects' summed: one of three has gaps. */
static void test_attention_is_counted(void **state)
{
	struct plant *plant = *state;
	open_three(plant, "CNY");
	plant_row_at(plant, 0, 0, "2026-03-05T00:00")->kwh = PR_MICRO_MISSING;
	plant->method.gate = 0.9999;
	plant_analyse(plant);
	expect_all(plant, "attention.coverage", (const char *const[]){"1", "1", "0", "0"});
	expect_all(plant, "attention.projects", (const char *const[]){"1", "1", "0", "0"});
	plant_expect(of_tenant(plant, "attention.demand")->value, "null");
}

/* --- sums ------------------------------------------------------------------------------------------------------- */

/* 5 % of 29,760 kWh from a peak at 2 to a valley at 1 save 1,488 a month; of 14,880 kWh 744. */
static void test_savings_are_summed(void **state)
{
	struct plant *plant = *state;
	plant->directory.tenant.edition = PR_EDITION_MANAGEMENT;
	plant->method.savings.shift_percent = MICRO(5);
	plant_project(plant, "Asia/Shanghai");
	plant_point(plant, 1, 31, PR_ROLE_INCOMER);
	for (size_t i = 0; i < 2; i++) {
		struct pr_tariff *tariff = plant_tariff(plant, i, (int64_t)i + 1, "2010-01-01T00:00");
		tariff->currency = "CNY";
		plant_slot(plant, tariff, PR_DAY_ALL, 0, 12, PR_SLOT_PEAK, 2);
		plant_slot(plant, tariff, PR_DAY_ALL, 12, 24, PR_SLOT_VALLEY, 1);
		plant_fill(plant, i, 0, "2026-03-01T00:00", "2026-04-01T00:00", i ? 5 : 10, NAN);
	}
	plant_analyse(plant);
	plant_expect(of_tenant(plant, "savings.shift.month")->value, "2232");
	plant_expect(of_tenant(plant, "savings.shift.year")->value, "26784");
	assert_string_equal(of_tenant(plant, "savings.shift.year")->unit, "CNY");
	plant->projects[1].tariffs[0].currency = "KRW";
	plant_analyse(plant);
	assert_null(pr_findings_get(&plant->report.findings, "savings.shift.year"));
}

#define TEST(name, function)                          \
	{                                                 \
		name, function, plant_open, plant_close, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("contributions add up to the change, new projects with them", test_contributions),
		TEST("a month that sent nothing takes its energy from the sum", test_a_silent_month),
		TEST("shares of the projects add up to 100.0 %", test_shares),
		TEST("several currencies have no shares, ranks or sum of money", test_currencies),
		TEST("an incomplete bill contributes nothing that is known", test_an_incomplete_bill),
		TEST("a single edition has none of it", test_single),
		TEST("each reason for attention holds from its limit on", test_attention),
		TEST("projects that need attention are counted", test_attention_is_counted),
		TEST("savings are summed in one currency", test_savings_are_summed),
	};
	return cmocka_run_group_tests_name("portfolio", tests, NULL, NULL);
}
