/* Pictures of quality: what a quarter's buckets say, worked out by hand. */
#include "plant.h"

#include "analysis/trend.h"

#define DAY_QUARTERS 96

static struct pr_arena arena;
static struct pr_project project;
static struct pr_project_report report;
static struct pr_minute_buckets minutes;
static struct pr_quality quality;
static struct pr_point_data data;
static struct pr_trend trend;

static int set_up(void **state)
{
	struct pr_error error = {0};

	(void)state;
	pr_arena_init(&arena);
	assert_true(pr_zone_open(&project.zone, "Asia/Shanghai", &arena, &error));
	report = (struct pr_project_report){.project = &project};
	pr_zone_month(project.zone, (struct pr_month){2026, 3}, &report.month_from_ms, &report.month_to_ms);
	minutes = (struct pr_minute_buckets){.from_ms = report.month_from_ms,
		.to_ms = report.month_to_ms,
		.step_ms = PR_MS_QUARTER,
		.count = (size_t)31 * DAY_QUARTERS};
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++)
		minutes.fields[field].buckets = pr_arena_array(&arena, minutes.count, sizeof(struct pr_bucket));
	quality = (struct pr_quality){.rules = {.wiring = PR_WIRING_3P4W,
									  .nominal_v = 220,
									  .line_nominal_v = 381,
									  .nominal_hz = 50,
									  .outage_share = 0.1,
									  .voltage = {.low = 204.6, .high = 235.4},
									  .load_share = 0.02,
									  .load_rank_percent = 95}};
	data = (struct pr_point_data){.minutes = &minutes, .quality = &quality};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pr_arena_release(&arena);
	return 0;
}

/* Two samples in a bucket. */
static void set(enum pr_minute_field field, size_t quarter, double low, double high)
{
	minutes.fields[field].buckets[quarter] = (struct pr_bucket){2, low, high, low + high};
}

static void make(enum pr_trend_kind kind)
{
	assert_true(pr_trend_make(&report, &data, kind, &arena, &trend));
	assert_int_equal(trend.count, 31 * DAY_QUARTERS);
}

#define assert_near(a, b) assert_true(fabs((a) - (b)) < 1e-9)

static void voltage_is_the_deviation_of_all_phases(void **state)
{
	(void)state;
	set(PR_UA, 5, 209, 220); /* −5 % to 0; mean 214.5 */
	set(PR_UB, 5, 220, 231); /* to +5 %; mean 225.5: the mean of both is 220 */
	set(PR_UA, 6, 15, 220);  /* below 10 % of nominal: an outage */
	make(PR_TREND_VOLTAGE);
	assert_near(trend.low[5], -5);
	assert_near(trend.mean[5], 0);
	assert_near(trend.high[5], 5);
	assert_true(isnan(trend.mean[6]) && isnan(trend.low[6]));
	assert_true(isnan(trend.mean[4]));
}

static void points_with_three_wires_deviate_by_their_line_voltages(void **state)
{
	(void)state;
	quality.rules.wiring = PR_WIRING_3P3W;
	quality.rules.nominal_v = 400;
	set(PR_UAB, 0, 420, 420);
	set(PR_UA, 0, 100, 100);
	make(PR_TREND_VOLTAGE);
	assert_near(trend.mean[0], 5);
}

static void unbalance_is_that_of_the_line_voltages(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		set((enum pr_minute_field)(PR_UAB + i), 0, 380, 382);
	/* 3, 4, 5: L = (81 + 256 + 625) ÷ 50² = 0.3848; 3 − 6 L = 0.6912, √ = 0.831384; ε² = 0.168616 ÷ 1.831384 */
	set(PR_UAB, 1, 3, 3);
	set(PR_UBC, 1, 4, 4);
	set(PR_UCA, 1, 5, 5);
	set(PR_UAB, 2, 3, 3); /* the others are missing */
	make(PR_TREND_UNBALANCE);
	assert_near(trend.mean[0], 0);
	assert_true(fabs(trend.mean[1] - 30.3431) < 1e-3);
	assert_true(isnan(trend.mean[2]));
}

static void currents_deviate_from_their_mean(void **state)
{
	(void)state;
	set(PR_IA, 0, 85, 95);
	set(PR_IB, 0, 100, 100);
	set(PR_IC, 0, 110, 110);
	make(PR_TREND_CURRENT_BALANCE);
	assert_near(trend.mean[0], 10);
	make(PR_TREND_CURRENT_A);
	assert_near(trend.low[0], 85);
	assert_near(trend.high[0], 95);
}

static void a_power_factor_needs_load(void **state)
{
	(void)state;
	for (size_t i = 0; i < 100; i++) {
		set(PR_PTTL, i, 30, 30);
		set(PR_QTTL, i, 40, 40);
	}
	set(PR_PTTL, 3, 0.5, 0.5); /* 2 % of 30 is 0.6 */
	set(PR_PTTL, 4, -30, -30); /* a meter that is turned round */
	make(PR_TREND_POWER_FACTOR);
	assert_near(trend.mean[0], 0.6);
	assert_true(isnan(trend.mean[3]));
	assert_near(trend.mean[4], 0.6);
}

static void buckets_that_begin_later_stand_at_their_quarters(void **state)
{
	(void)state;
	set(PR_FREQ, 0, 49.9, 50.1);
	minutes.from_ms += (int64_t)2 * PR_MS_QUARTER;
	minutes.count -= 2;
	make(PR_TREND_FREQUENCY);
	assert_true(isnan(trend.mean[0]) && isnan(trend.mean[1]));
	assert_near(trend.low[2], -0.1);
	assert_near(trend.high[2], 0.1);
}

static void hours_count_the_quarters_beyond_the_limits(void **state)
{
	double shares[PR_DAY_HOURS];

	(void)state;
	/* Of 09:00 to 10:00 one of four quarters is above, one below; of 10:00 none; the rest is not measured. */
	for (size_t i = 36; i < 44; i++)
		set(PR_UA, i, 215, 225);
	set(PR_UA, 36, 215, 235.5);
	set(PR_UA, 37, 204, 225);
	set(PR_UA, 38, 204.6, 235.4); /* at the limits: inside */
	assert_true(pr_trend_hours(&report, &data, shares));
	assert_near(shares[9], 0.5);
	assert_near(shares[10], 0);
	assert_true(isnan(shares[8]) && isnan(shares[11]));
}

static void without_samples_there_is_no_trend(void **state)
{
	double shares[PR_DAY_HOURS];

	(void)state;
	assert_false(pr_trend_make(&report, &data, PR_TREND_THD, &arena, &trend));
	assert_false(pr_trend_hours(&report, &data, shares));
	data.quality = NULL;
	set(PR_THDUA, 0, 1, 2);
	assert_false(pr_trend_make(&report, &data, PR_TREND_THD, &arena, &trend));
}

#define TEST(text, function)                    \
	{                                           \
		text, function, set_up, tear_down, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("voltage is the deviation of all phases, without outages", voltage_is_the_deviation_of_all_phases),
		TEST("points with three wires deviate by their line voltages",
			points_with_three_wires_deviate_by_their_line_voltages),
		TEST("unbalance is that of the three line voltages", unbalance_is_that_of_the_line_voltages),
		TEST("currents deviate from their mean", currents_deviate_from_their_mean),
		TEST("a power factor needs load", a_power_factor_needs_load),
		TEST("buckets that begin later stand at their quarters", buckets_that_begin_later_stand_at_their_quarters),
		TEST("hours count the quarters beyond the limits", hours_count_the_quarters_beyond_the_limits),
		TEST("without samples there is no trend", without_samples_there_is_no_trend),
	};

	return cmocka_run_group_tests_name("trend", tests, NULL, NULL);
}
