/* Method, sections 2 and 13: changes against earlier months, thirteen months, a tenant's totals. */
#include "plant.h"

#include <string.h>

static void flat(struct plant *plant, size_t project, int64_t id, double price, const char *currency)
{
	struct pr_tariff *tariff = plant_tariff(plant, project, id, "2020-01-01");
	tariff->currency = currency;
	plant_slot(plant, tariff, PR_DAY_ALL, 0, 24, PR_SLOT_FLAT, price);
}

/* February 28 × 96 × 8 = 21,504 kWh; March 29,760; March 2025 2,976 × 12 = 35,712. */
static void test_changes(void **state)
{
	struct plant *plant = *state;
	flat(plant, 0, 1, 1, "CNY");
	plant_fill(plant, 0, 0, "2025-03-01T00:00", "2025-04-01T00:00", 12, 9);
	plant_fill(plant, 0, 0, "2026-02-01T00:00", "2026-03-01T00:00", 8, NAN);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, 0);
	plant_analyse(plant);
	const struct pr_finding *energy = plant_finding(plant, 0, "energy.total");
	plant_expect(energy->change_month, "0.383929"); /* 29760 ÷ 21504 − 1 */
	plant_expect(energy->change_year, "-0.166667"); /* 29760 ÷ 35712 − 1 */
	plant_expect(energy->base_month, "21504");
	plant_expect(energy->base_year, "35712");
	assert_false(energy->change_month_per_day || energy->new_month || energy->new_year);
	plant_expect(plant_finding(plant, 0, "demand.max")->change_month, "0.25");
	plant_expect(plant_finding(plant, 0, "power_factor.month")->base_year, "0.8");
	plant_expect(plant_finding(plant, 0, "bill.total")->change_year, "-0.166667");
	/* No change of what is no quantity of the month. */
	plant_expect(plant_finding(plant, 0, "coverage.rate")->change_month, "null");
	plant_expect(plant_point_finding(plant, 0, 11, "energy.total")->change_month, "0.383929");
	assert_null(plant_note(plant, "base.per_day"));
	/* The tenant of a single edition has the same. */
	plant_expect(pr_findings_get(&plant->report.findings, "energy.total")->change_month, "0.383929");
}

/* Half of February: 14 days of 960 × 0.8 = 10,752 kWh. Per measured day 960 ÷ 768 − 1 = +25 %. */
static void test_per_measured_day(void **state)
{
	struct plant *plant = *state;
	flat(plant, 0, 1, 1, "CNY");
	plant_fill(plant, 0, 0, "2026-02-01T00:00", "2026-02-15T00:00", 8, NAN);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, NAN);
	plant_analyse(plant);
	const struct pr_finding *energy = plant_finding(plant, 0, "energy.total");
	plant_expect(energy->change_month, "0.25");
	plant_expect(energy->base_month, "10752");
	assert_true(energy->change_month_per_day);
	assert_true(energy->new_year);
	plant_expect(energy->change_year, "null");
	assert_true(plant_finding(plant, 0, "bill.total")->change_month_per_day);
	assert_false(plant_finding(plant, 0, "demand.max")->change_month_per_day);
	/* Constant load runs all day in both months: 44,640 ÷ 31 against 20,160 ÷ 14 minutes a measured day. */
	plant_expect(plant_finding(plant, 0, "load.running_minutes")->base_month, "20160");
	plant_expect(plant_finding(plant, 0, "load.running_minutes")->change_month, "0");
	assert_false(plant_finding(plant, 0, "load.mean")->change_month_per_day);
	assert_non_null(plant_note(plant, "base.per_day"));
	assert_non_null(plant_note(plant, "base.year_new"));
	assert_null(plant_note(plant, "base.month_new"));
	assert_true(plant_point_finding(plant, 0, 11, "energy.total")->change_month_per_day);
}

/* Each of the thirteen months has its own tariff. */
static void test_thirteen_months(void **state)
{
	struct plant *plant = *state;
	flat(plant, 0, 1, 1, "CNY");
	flat(plant, 0, 2, 2, "CNY");
	plant->projects[0].tariffs[0].validity.to_ms = plant->projects[0].tariffs[1].validity.from_ms =
		plant_time(plant, 0, "2026-01-01T00:00");
	plant_fill(plant, 0, 0, "2025-12-01T00:00", "2026-02-01T00:00", 1, NAN);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 3, NAN);
	plant_analyse(plant);
	const struct pr_series *charge = pr_project_series(&plant->report.projects[0], "months13.charge");
	assert_int_equal(charge->count, 13);
	assert_int_equal(charge->start_ms, plant_time(plant, 0, "2025-03-01T00:00"));
	assert_string_equal(charge->unit, "CNY");
	assert_true(isnan(charge->values[0]) && isnan(charge->values[11]));
	assert_true(charge->values[9] == 2976 && charge->values[10] == 5952 && charge->values[12] == 17856);
	const struct pr_series *demand = pr_project_series(&plant->report.projects[0], "months13.demand");
	assert_true(demand->values[9] == 4 && demand->values[12] == 12);
	assert_true(pr_project_series(&plant->report.projects[0], "months13.energy")->values[10] == 2976);
}

/* Notes are of the reported month alone. */
static void test_base_months_note_nothing(void **state)
{
	struct plant *plant = *state;
	flat(plant, 0, 1, 1, "CNY");
	plant_fill(plant, 0, 0, "2026-02-01T00:00", "2026-02-02T00:00", -8, NAN);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, NAN);
	plant_analyse(plant);
	assert_null(plant_note(plant, "quarter.implausible.energy"));
	assert_null(plant_note(plant, "coverage.low"));
	assert_non_null(plant_note(plant, "base.month_new"));
	assert_true(plant_finding(plant, 0, "energy.total")->new_month);
}

static void open_group(struct plant *plant, const char *currency)
{
	plant->directory.tenant.edition = PR_EDITION_MANAGEMENT;
	plant_project(plant, "Asia/Seoul");
	plant_point(plant, 1, 31, PR_ROLE_INCOMER);
	flat(plant, 0, 1, 1, "CNY");
	flat(plant, 1, 2, 3, currency);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, NAN);
	plant_fill(plant, 0, 0, "2026-02-01T00:00", "2026-03-01T00:00", 10, NAN);
	plant_fill(plant, 1, 0, "2026-03-01T00:00", "2026-03-31T00:00", 5, NAN);
	plant_fill(plant, 1, 0, "2026-02-01T00:00", "2026-03-01T00:00", 5, NAN);
}

static pr_micro total(const struct plant *plant, const char *id)
{
	const struct pr_finding *finding = pr_findings_get(&plant->report.findings, id);
	assert_non_null(finding);
	return finding->value;
}

/* 29,760 kWh at 1 and 30 × 96 × 5 = 14,400 at 3. */
static void test_management(void **state)
{
	struct plant *plant = *state;
	open_group(plant, "CNY");
	plant_project(plant, "Asia/Shanghai"); /* without a tariff: its energy counts, its price does not */
	plant_point(plant, 2, 41, PR_ROLE_INCOMER);
	plant_fill(plant, 2, 0, "2026-03-01T00:00", "2026-04-01T00:00", 1, NAN);
	plant_analyse(plant);
	plant_expect(total(plant, "energy.total"), "47136");  /* 29,760 + 14,400 + 2,976 */
	plant_expect(total(plant, "bill.total"), "72960");    /* 29,760 + 43,200 */
	plant_expect(total(plant, "bill.price"), "1.652174"); /* 72,960 ÷ 44,160 */
	plant_expect(total(plant, "coverage.expected"), "8928");
	plant_expect(total(plant, "coverage.measured"), "8832");
	plant_expect(total(plant, "coverage.rate"), "0.989247"); /* 8832 ÷ 8928 = 0.98924…73: cut */
	plant_expect(total(plant, "demand.max"), "null");
	/* February: 2,688 × 15 = 40,320. */
	plant_expect(pr_findings_get(&plant->report.findings, "energy.total")->base_month, "40320");
	plant_expect(total(plant, "energy.share.flat"), "1");
	assert_null(plant_note(plant, "currency.mixed"));
}

static void test_management_currencies(void **state)
{
	struct plant *plant = *state;
	open_group(plant, "KRW");
	plant_analyse(plant);
	plant_expect(total(plant, "energy.total"), "44160");
	plant_expect(total(plant, "bill.total"), "null");
	plant_expect(total(plant, "bill.price"), "null");
	assert_string_equal(plant_note(plant, "currency.mixed")->detail, "CNY, KRW");
	assert_int_equal(plant_note(plant, "currency.mixed")->project_id, 0);
	plant_expect(plant_value(plant, 1, "bill.total"), "43200");
}

/* Coverage of quarters and of minutes is never summed. */
static void test_management_minutes(void **state)
{
	struct plant *plant = *state;
	open_group(plant, "CNY");
	plant->data[1].points[0].has_quarters_ever = false;
	plant->data[1].points[0].windows->count = 0;
	plant_minutes(plant, 1, 0)->samples[0] = 1;
	plant_analyse(plant);
	plant_expect(total(plant, "coverage.expected"), "2976");
	plant_expect(total(plant, "coverage.rate"), "1");
	plant_expect(pr_findings_get(&plant->report.findings, "energy.total")->coverage, "1");
	assert_false(plant->report.below_gate);
	assert_int_equal(plant_note(plant, "coverage.project_low")->project_id, 20);
	assert_int_equal(plant_note(plant, "coverage.of_minutes")->project_id, 20);
}

static void test_cut_off(void **state)
{
	struct plant *plant = *state;
	plant->dataset.has_ingested_at = false;
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, NAN);
	plant_analyse(plant);
	assert_non_null(plant_note(plant, "cutoff.unavailable"));
	assert_true(plant->report.has_rows && plant->report.in_service);
}

#define TEST(name, function)                          \
	{                                                 \
		name, function, plant_open, plant_close, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("changes are against the month before and the year before", test_changes),
		TEST("under the gate changes are per measured day, without a base new", test_per_measured_day),
		TEST("thirteen months are billed by their own tariffs", test_thirteen_months),
		TEST("months before note nothing", test_base_months_note_nothing),
		TEST("a management tenant has the sums, and the price of the priced", test_management),
		TEST("several currencies have no sum", test_management_currencies),
		TEST("coverage of minutes is never added to that of quarters", test_management_minutes),
		TEST("a data set without ingest times says so", test_cut_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
