/* Power quality: samples against limits (source/quality_rows.h), and verdicts (analysis/quality.h), worked by hand. */
#include <math.h>
#include <stdio.h>

#include "analysis/quality.h"
#include "plant.h"
#include "source/quality_rows.h"

#define MINUTES_A_MONTH 44640

/* Samples of one point, minute by minute from 1970. */
struct bench {
	struct pr_point point;
	struct pr_project project;
	struct pr_tariff tariff;
	struct pr_bounds bounds[PR_MINUTE_FIELD_COUNT];
	struct pr_quality_query query;
	struct pr_quality_builder builder;
	struct pr_quality quality;
	int64_t now_ms;
};

static void begin(struct bench *bench, const struct plant *plant)
{
	bench->query = (struct pr_quality_query){
		.point_id = 11, .to_ms = MINUTES_A_MONTH * PR_MS_MINUTE, .bounds = bench->bounds, .idle_phase_share = 0.02};
	pr_method_minute_bounds(&plant->method.plausibility, &bench->point, PR_MICRO_MISSING, bench->bounds);
	pr_quality_rules_make(
		&bench->query.rules, &plant->method.limits, &bench->project, &bench->point, 0, bench->query.to_ms, 50);
	pr_quality_start(&bench->builder, &bench->query, &bench->quality);
}

/* A 3p4w point at 230 V, 100 A. */
static struct bench *bench_of(struct plant *plant, enum pr_wiring wiring, double nominal_v)
{
	struct bench *bench = pr_arena_alloc(&plant->arena, sizeof *bench);
	bench->point = (struct pr_point){.id = 11,
		.role = PR_ROLE_INCOMER,
		.wiring = wiring,
		.nominal_v = MICRO(nominal_v),
		.rated_current_a = MICRO(100)};
	bench->project = (struct pr_project){.supply_kv = PR_MICRO_MISSING, .short_circuit_mva = PR_MICRO_MISSING};
	begin(bench, plant);
	return bench;
}

static double *row(double cells[PR_MINUTE_FIELD_COUNT])
{
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++)
		cells[field] = NAN;
	return cells;
}

static void add(struct bench *bench, double *cells)
{
	pr_quality_add(&bench->builder, bench->now_ms, cells);
	bench->now_ms += PR_MS_MINUTE;
}

static void add_three(struct bench *bench, int field, double a, double b, double c)
{
	double cells[PR_MINUTE_FIELD_COUNT];
	row(cells);
	cells[field] = a;
	cells[field + 1] = b;
	cells[field + 2] = c;
	add(bench, cells);
}

static void add_one(struct bench *bench, int field, double value)
{
	double cells[PR_MINUTE_FIELD_COUNT];
	row(cells)[field] = value;
	add(bench, cells);
}

static const struct pr_quality_value *finish(struct bench *bench, enum pr_quality_parameter parameter)
{
	pr_quality_finish(&bench->builder);
	return &bench->quality.values[parameter];
}

static void expect_worst(const struct pr_quality_value *value, const char *plain, int phase, int64_t minute)
{
	plant_expect(value->worst, plain);
	assert_int_equal(value->worst_phase, phase);
	assert_int_equal(value->worst_ms, minute * PR_MS_MINUTE);
}

/*
 * 230 V ± 7 %: 246.1 V is inside though 246.1 ÷ 230 − 1 exceeds 0.07 in doubles, and 213.9 V too; 246.2 V and 213.8 V are
 * not. The worst: |213.8 − 230| ÷ 230 = 7.043478 % as 246.2 V is, and earlier; c before b.
 */
static void a_voltage_at_its_limit_is_inside(void **state)
{
	struct bench *bench = bench_of(*state, PR_WIRING_3P4W, 230);
	add_three(bench, PR_UA, 246.1, 230, 230);
	add_three(bench, PR_UA, 213.9, NAN, NAN);
	add_three(bench, PR_UA, 230, 230, 213.8);
	add_three(bench, PR_UA, 230, 246.2, 230);
	const struct pr_quality_value *value = finish(bench, PR_QUALITY_DEVIATION);
	assert_int_equal(value->samples, 4);
	assert_int_equal(value->inside, 2);
	expect_worst(value, "-7.043478", 2, 2);
	plant_expect(bench->quality.highest, "7.043478");
	plant_expect(bench->quality.lowest, "-7.043478");
}

/* Phase a: 1 … 20 V above 200 V are 0.5 … 10 %; rank ⌈0.95 × 20⌉ = 19: 9.5 %. Phase b lies at −4 %: its own is 4 %. */
static void the_95_percent_value_is_of_the_worst_phase_by_nearest_rank(void **state)
{
	struct bench *bench = bench_of(*state, PR_WIRING_3P4W, 200);
	for (int i = 20; i >= 1; i--)
		add_three(bench, PR_UA, 200 + i, 192, NAN);
	const struct pr_quality_value *value = finish(bench, PR_QUALITY_DEVIATION);
	plant_expect(value->p95, "9.5");
	assert_int_equal(value->p95_phase, 0);
	assert_int_equal(value->inside, 14); /* 201 … 214 V */
}

/* −10 % × 0.7 = 7 %: with +6 % beside it the 95 % value of two samples is 7 %; the worst is −10 %, inside at −10 %. */
static void a_single_phases_low_voltage_counts_seven_tenths(void **state)
{
	struct bench *bench = bench_of(*state, PR_WIRING_1P, 220);
	add_one(bench, PR_UA, 198);
	add_one(bench, PR_UA, 233.2);
	const struct pr_quality_value *value = finish(bench, PR_QUALITY_DEVIATION);
	plant_expect(value->p95, "7");
	assert_int_equal(value->inside, 2);
	expect_worst(value, "-10", 0, 0);
	assert_int_equal(bench->quality.values[PR_QUALITY_UNBALANCE].samples, 0);
}

/* 10 % of 220 V is 22 V: at 22 V it is a voltage of −90 %, at 21.9 V an outage, which is in no other voltage figure. */
static void an_outage_sample_is_in_no_other_voltage_figure(void **state)
{
	struct bench *bench = bench_of(*state, PR_WIRING_3P4W, 220);
	double cells[PR_MINUTE_FIELD_COUNT];
	add_three(bench, PR_UA, 220, 22, 220);
	row(cells);
	cells[PR_UA] = cells[PR_UB] = 220;
	cells[PR_UC] = 21.9;
	cells[PR_THDUA] = 9;
	cells[PR_FREQ] = 50.3;
	add(bench, cells);
	const struct pr_quality_value *value = finish(bench, PR_QUALITY_DEVIATION);
	assert_int_equal(value->samples, 1);
	expect_worst(value, "-90", 1, 0);
	assert_int_equal(bench->quality.outage_samples, 1);
	assert_int_equal(bench->quality.outage_first_ms, PR_MS_MINUTE);
	assert_int_equal(bench->quality.values[PR_QUALITY_THD].samples, 0);
	assert_int_equal(bench->quality.values[PR_QUALITY_FREQUENCY].samples, 1);
}

/*
 * Lines 400, 390, 410 V: squares 160000, 152100, 168100, sum 480200; fourth powers 2.56e10 + 2.313441e10 + 2.825761e10 =
 * 7.699202e10. L = 7.699202e10 ÷ 2.3059204e11 = 0.33388846; 3 − 6 L = 0.99666927; its root 0.99833325;
 * ε = √(0.00166675 ÷ 1.99833325) = 0.02888031: 2.888031 %.
 */
static void unbalance_comes_from_the_line_voltages(void **state)
{
	struct bench *bench = bench_of(*state, PR_WIRING_3P4W, 230);
	add_three(bench, PR_UAB, 400, 400, 400);
	add_three(bench, PR_UAB, 400, 390, 410);
	add_three(bench, PR_UAB, 400, 39, 400); /* below 10 % of 398.37 V: not measured */
	add_three(bench, PR_UA, 230, 230, 250); /* without line voltages, where the point has some: not measured */
	const struct pr_quality_value *value = finish(bench, PR_QUALITY_UNBALANCE);
	assert_int_equal(value->samples, 2);
	assert_int_equal(value->inside, 1);
	expect_worst(value, "2.888031", -1, 1);
	assert_false(bench->quality.is_unbalance_approximated);
	assert_int_equal(bench->quality.unbalance_left_out, 1);
}

/* No line voltage all month: 231, 220, 224 V have the mean 225 V; (231 − 225) ÷ 225 = 2.666667 %. */
static void unbalance_of_phase_voltages_is_an_approximation(void **state)
{
	struct bench *bench = bench_of(*state, PR_WIRING_3P4W, 230);
	add_three(bench, PR_UA, 231, 220, 224);
	add_three(bench, PR_UA, 231, NAN, 224);
	const struct pr_quality_value *value = finish(bench, PR_QUALITY_UNBALANCE);
	assert_int_equal(value->samples, 1);
	assert_int_equal(value->inside, 0);
	plant_expect(value->p95, "2.666667");
	assert_true(bench->quality.is_unbalance_approximated);
	assert_int_equal(bench->quality.unbalance_left_out, 0);
}

/* ± 0.2 Hz: 50.2 and 49.8 are inside, 49.79 is not; 0 Hz is implausible. */
static void frequency_is_the_deviation_from_nominal(void **state)
{
	struct bench *bench = bench_of(*state, PR_WIRING_3P4W, 230);
	const double hertz[] = {50.2, 49.8, 49.79, 0};
	for (size_t i = 0; i < 4; i++)
		add_one(bench, PR_FREQ, hertz[i]);
	const struct pr_quality_value *value = finish(bench, PR_QUALITY_FREQUENCY);
	assert_int_equal(value->samples, 3);
	assert_int_equal(value->inside, 2);
	expect_worst(value, "-0.21", -1, 2);
}

/*
 * 65 A with THDi 75 %: I₁ = 65 ÷ √(1 + 0.5625) = 65 ÷ 1.25 = 52 A; 50 % of it are 26 A. Without THDi 50 % of 65 A are
 * 32.5 A. The 7th's limit at 0.38 kV is 44 A, the 11th's 28 A.
 */
static void harmonic_amperes_are_of_the_fundamental(void **state)
{
	struct bench *bench = bench_of(*state, PR_WIRING_3P4W, 230);
	double cells[PR_MINUTE_FIELD_COUNT];
	row(cells);
	cells[PR_IA] = cells[PR_IB] = 65;
	cells[PR_THDIA] = 75;
	cells[PR_HR11IA] = 50;
	cells[PR_HR7IB] = 50;
	add(bench, cells);
	row(cells);
	cells[PR_IB] = 65;
	cells[PR_HR11IB] = 50;
	add(bench, cells);
	add_one(bench, PR_HR11IC, 50); /* no current: not measured */
	const struct pr_quality_value *value = finish(bench, PR_QUALITY_HARMONIC_11);
	assert_int_equal(value->samples, 2);
	assert_int_equal(value->inside, 1);
	plant_expect(value->p95, "32.5");
	expect_worst(value, "32.5", 1, 1);
	assert_int_equal(bench->quality.values[PR_QUALITY_HARMONIC_7].inside, 1);
	plant_expect(bench->quality.values[PR_QUALITY_HARMONIC_7].p95, "32.5");
	assert_int_equal(bench->quality.values[PR_QUALITY_HARMONIC_3].samples, 0);
}

/* Without a rating a current has no bound: 10^300 A are no amperes, and one such phase leaves no mean. */
static void currents_beyond_measure_are_not_measured(void **state)
{
	struct plant *plant = *state;
	struct bench *bench = bench_of(plant, PR_WIRING_3P4W, 230);
	double cells[PR_MINUTE_FIELD_COUNT];
	finish(bench, PR_QUALITY_CURRENT);
	bench->point.rated_current_a = PR_MICRO_MISSING;
	begin(bench, plant);
	row(cells);
	cells[PR_IA] = 1e300;
	cells[PR_IB] = 50;
	cells[PR_HR3IA] = 10;
	cells[PR_HR3IB] = 10;
	cells[PR_PTTL] = 1e300;
	cells[PR_COSTTL] = 1;
	add(bench, cells);
	const struct pr_quality_value *value = finish(bench, PR_QUALITY_HARMONIC_3);
	assert_int_equal(value->samples, 1);
	plant_expect(value->worst, "5");
	assert_int_equal(bench->quality.values[PR_QUALITY_POWER_FACTOR].samples, 1);
	assert_int_equal(bench->quality.values[PR_QUALITY_CURRENT].samples, 0);
}

/* 20, 30, 40 A: mean 30, 10 ÷ 30 = 33.333333 %. Without current, or with a phase missing: not measured. */
static void current_unbalance_needs_three_currents(void **state)
{
	struct bench *bench = bench_of(*state, PR_WIRING_3P4W, 230);
	add_three(bench, PR_IA, 20, 30, 40);
	add_three(bench, PR_IA, 0, 0, 0);
	add_three(bench, PR_IA, 20, NAN, 40);
	const struct pr_quality_value *value = finish(bench, PR_QUALITY_CURRENT);
	assert_int_equal(value->samples, 1);
	plant_expect(value->p95, "33.333333");
}

/*
 * Twenty loads of 100 kW and one of 1.9 kW: the 95 % value is 100 kW, so below 2 kW a power factor doesn't count; a
 * sample without a load does, and 0 is none. |−0.85| < 0.90 is outside. ⌈0.05 × 21⌉ = 2: the second smallest.
 */
static void power_factors_of_an_idle_load_do_not_count(void **state)
{
	struct bench *bench = bench_of(*state, PR_WIRING_3P4W, 230);
	double cells[PR_MINUTE_FIELD_COUNT];
	for (int i = 0; i < 21; i++) {
		row(cells);
		cells[PR_PTTL] = i < 20 ? 100 : 1.9;
		cells[PR_COSTTL] = i == 0 ? -0.85 : i < 20 ? 0.95 : 0.2;
		add(bench, cells);
	}
	add_one(bench, PR_COSTTL, 0.9);
	add_one(bench, PR_COSTTL, 0);
	const struct pr_quality_value *value = finish(bench, PR_QUALITY_POWER_FACTOR);
	assert_int_equal(value->samples, 21);
	assert_int_equal(value->inside, 20);
	assert_int_equal(bench->quality.idle_samples, 1);
	expect_worst(value, "0.85", -1, 0);
	plant_expect(value->p95, "0.9");
}

/* Between lines at 10 kV: 10.8 kV is +8 %; the phase voltages beside it are not held against 10 kV. */
static void a_point_without_neutral_is_measured_between_lines(void **state)
{
	struct bench *bench = bench_of(*state, PR_WIRING_3P3W, 10000);
	double cells[PR_MINUTE_FIELD_COUNT];
	row(cells);
	cells[PR_UAB] = 10800;
	cells[PR_UBC] = cells[PR_UCA] = 10000;
	cells[PR_UA] = 5773;
	add(bench, cells);
	const struct pr_quality_value *value = finish(bench, PR_QUALITY_DEVIATION);
	assert_int_equal(value->inside, 0);
	expect_worst(value, "8", 0, 0);
	assert_int_equal(bench->quality.outage_samples, 0);
}

/* The last tariff of the month that has a standard gives it; a tariff that ends before the month doesn't. */
static void the_power_factors_limit_is_the_tariffs_standard(void **state)
{
	struct plant *plant = *state;
	struct bench *bench = bench_of(plant, PR_WIRING_3P4W, 230);
	struct pr_tariff tariffs[] = {
		{.validity = {-2, 0}, .pf_standard = MICRO(0.8), .source = "past"},
		{.validity = {-1, PR_TIME_MISSING}, .pf_standard = MICRO(0.85), .source = "notice"},
		{.validity = {5, PR_TIME_MISSING}, .pf_standard = PR_MICRO_MISSING, .source = "without"},
	};
	assert_true(bench->query.rules.limit[PR_QUALITY_POWER_FACTOR] == 0.9);
	finish(bench, PR_QUALITY_POWER_FACTOR);
	bench->project.tariffs = tariffs;
	bench->project.tariff_count = 3;
	begin(bench, plant);
	assert_true(bench->query.rules.limit[PR_QUALITY_POWER_FACTOR] == 0.85);
	assert_string_equal(bench->query.rules.source[PR_QUALITY_POWER_FACTOR], "notice");
	finish(bench, PR_QUALITY_POWER_FACTOR);
}

/* --- verdicts --- */

/* A month of the plant's incomer 11 with minutes in every quarter, and a quality that a test fills. */
static struct pr_quality *quality_of(struct plant *plant)
{
	struct pr_project *project = &plant->projects[0];
	struct pr_point *point = &project->points[0];
	struct pr_quality *quality = pr_arena_alloc(&plant->arena, sizeof *quality);
	struct pr_quality_query query = {.point_id = 11};
	struct pr_quality_builder builder;
	struct pr_minute_buckets *minutes = plant_minutes(plant, 0, 0);
	for (size_t i = 0; i < minutes->count; i++)
		minutes->samples[i] = 15;
	point->wiring = PR_WIRING_3P4W;
	point->nominal_v = MICRO(230);
	pr_quality_rules_make(&query.rules, &plant->method.limits, project, point, minutes->from_ms, minutes->to_ms, 50);
	pr_quality_start(&builder, &query, quality);
	pr_quality_finish(&builder);
	plant->data[0].points[0].quality = quality;
	return quality;
}

static void set(struct pr_quality *quality, enum pr_quality_parameter parameter, uint64_t samples, uint64_t inside,
	double p95, double worst)
{
	quality->values[parameter] = (struct pr_quality_value){samples, inside, MICRO(worst), 1, 86400000, MICRO(p95), 2};
}

static const char *verdict(const struct plant *plant, const char *parameter)
{
	char id[80];
	snprintf(id, sizeof id, "quality.%s.verdict", parameter);
	const struct pr_finding *finding = plant_point_finding(plant, 0, 11, id);
	assert_non_null(finding);
	return finding->word ? finding->word : "none";
}

static void verdicts_follow_the_95_percent_value(void **state)
{
	struct plant *plant = *state;
	struct pr_quality *quality = quality_of(plant);
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, 1);
	set(quality, PR_QUALITY_DEVIATION, 1000, 950, 7, -20);
	set(quality, PR_QUALITY_UNBALANCE, 1000, 990, 1.9, 4.1); /* above the short-term limit once */
	set(quality, PR_QUALITY_FREQUENCY, 999, 999, 0.1, 0.1);
	set(quality, PR_QUALITY_THD, 1000, 0, 5.000001, 6);
	set(quality, PR_QUALITY_CURRENT, 1000, 0, 16, 50);
	set(quality, PR_QUALITY_POWER_FACTOR, 1000, 900, 0.9, 0.1);
	set(quality, PR_QUALITY_HARMONIC_5, 1000, 1000, 62, 70);
	plant_analyse(plant);
	assert_string_equal(verdict(plant, "voltage_deviation"), "pass");
	assert_string_equal(verdict(plant, "voltage_unbalance"), "fail");
	assert_string_equal(verdict(plant, "frequency"), "insufficient");
	assert_string_equal(verdict(plant, "voltage_thd"), "fail");
	assert_string_equal(verdict(plant, "current_unbalance"), "attention");
	assert_string_equal(verdict(plant, "power_factor"), "pass");
	assert_string_equal(verdict(plant, "harmonic.5"), "pass");
	assert_null(plant_point_finding(plant, 0, 11, "quality.harmonic.7.verdict"));

	const struct pr_finding *worst = plant_point_finding(plant, 0, 11, "quality.voltage_deviation.worst");
	plant_expect(worst->value, "-20");
	assert_string_equal(worst->phase, "b");
	assert_string_equal(worst->source, "GB/T 12325-2008");
	assert_int_equal(worst->at_ms, 86400000);
	plant_expect(worst->limit, "7");
	plant_expect(plant_value(plant, 0, "quality.voltage_deviation.compliance"), "0.95");
	assert_string_equal(plant_finding(plant, 0, "quality.voltage_thd.verdict")->word, "fail");
	assert_string_equal(plant_note(plant, "quality.few_samples")->detail, "frequency");
}

/* 950 of 1,000 after 900 of 1,000: 0.95 ÷ 0.9 − 1 = 0.0555…; after none, and for what was not measured, no change. */
static void compliance_is_compared_with_the_month_before(void **state)
{
	struct plant *plant = *state;
	struct pr_quality *before = quality_of(plant);
	struct pr_quality *year = quality_of(plant);
	struct pr_quality *quality = quality_of(plant);
	plant->data[0].points[0].quality_before[PR_BEFORE_MONTH] = before;
	plant->data[0].points[0].quality_before[PR_BEFORE_YEAR] = year;
	set(year, PR_QUALITY_DEVIATION, 500, 500, 7, -20);
	set(before, PR_QUALITY_DEVIATION, 1000, 900, 7, -20);
	set(before, PR_QUALITY_FREQUENCY, 1000, 0, 1, 1);
	set(before, PR_QUALITY_POWER_FACTOR, 1000, 1000, 1, 1);
	set(quality, PR_QUALITY_DEVIATION, 1000, 950, 7, -20);
	set(quality, PR_QUALITY_FREQUENCY, 1000, 500, 1, 1);
	set(quality, PR_QUALITY_THD, 1000, 500, 1, 1);
	plant_analyse(plant);
	const struct pr_finding *of[] = {plant_finding(plant, 0, "quality.voltage_deviation.compliance"),
		plant_point_finding(plant, 0, 11, "quality.voltage_deviation.compliance")};
	for (size_t i = 0; i < 2; i++) {
		plant_expect(of[i]->value, "0.95");
		plant_expect(of[i]->base_month, "0.9");
		plant_expect(of[i]->change_month, "0.055556");
		plant_expect(of[i]->base_year, "1");
		plant_expect(of[i]->change_year, "-0.05");
	}
	const struct pr_finding *from_nothing = plant_finding(plant, 0, "quality.frequency.compliance");
	plant_expect(from_nothing->base_month, "0");
	assert_true(from_nothing->change_month == PR_MICRO_MISSING);
	assert_true(plant_finding(plant, 0, "quality.voltage_thd.compliance")->base_month == PR_MICRO_MISSING);
	const struct pr_finding *unmeasured = plant_finding(plant, 0, "quality.power_factor.compliance");
	plant_expect(unmeasured->base_month, "1");
	assert_true(unmeasured->change_month == PR_MICRO_MISSING);
}

/* 94 % of the quarters hold a sample: 2797 of 2976 are under 95 % (2827.2). */
static void a_verdict_needs_the_months_minutes(void **state)
{
	struct plant *plant = *state;
	struct pr_quality *quality = quality_of(plant);
	struct pr_minute_buckets *minutes = plant->data[0].points[0].minutes;
	for (size_t i = 2797; i < minutes->count; i++)
		minutes->samples[i] = 0;
	set(quality, PR_QUALITY_DEVIATION, 40000, 40000, 1, 1);
	plant_analyse(plant);
	assert_string_equal(verdict(plant, "voltage_deviation"), "insufficient");
	assert_string_equal(verdict(plant, "frequency"), "none");
	assert_non_null(plant_note(plant, "quality.coverage_low"));
	assert_string_equal(plant_note(plant, "quality.unmeasured")->detail,
		"voltage_unbalance,frequency,voltage_thd,current_unbalance,power_factor");
}

/* 35 kV: +6 % and −4.1 % are 10.1 % together; +6 % and +1 % are 6 %. */
static void high_voltage_is_judged_by_both_sides_together(void **state)
{
	struct plant *plant = *state;
	struct pr_quality *quality = quality_of(plant);
	plant->projects[0].points[0].wiring = PR_WIRING_3P3W;
	plant->projects[0].points[0].nominal_v = MICRO(35000);
	pr_quality_rules_make(&quality->rules, &plant->method.limits, &plant->projects[0], &plant->projects[0].points[0],
		plant->data[0].points[0].minutes->from_ms, plant->data[0].points[0].minutes->to_ms, 50);
	set(quality, PR_QUALITY_DEVIATION, 2000, 2000, 6, 6);
	quality->highest = MICRO(6);
	quality->lowest = MICRO(-4.1);
	plant_analyse(plant);
	assert_string_equal(verdict(plant, "voltage_deviation"), "fail");
	quality->lowest = MICRO(1);
	plant_analyse(plant);
	assert_string_equal(verdict(plant, "voltage_deviation"), "pass");
	plant_expect(plant_point_finding(plant, 0, 11, "quality.voltage_deviation.p95")->limit, "10");
}

static void without_minutes_nothing_is_measured(void **state)
{
	struct plant *plant = *state;
	plant_fill(plant, 0, 0, "2026-03-01T00:00", "2026-04-01T00:00", 10, 1);
	plant_analyse(plant);
	assert_string_equal(verdict(plant, "voltage_deviation"), "none");
	assert_int_equal(plant_value(plant, 0, "quality.outage_samples"), PR_MICRO_MISSING);
	assert_null(plant_note(plant, "quality.unmeasured"));
}

int main(void)
{
#define TEST(sentence, function)                          \
	{                                                     \
		sentence, function, plant_open, plant_close, NULL \
	}
	const struct CMUnitTest tests[] = {
		TEST("a voltage at its limit is inside", a_voltage_at_its_limit_is_inside),
		TEST("the 95 % value is of the worst phase by nearest rank",
			the_95_percent_value_is_of_the_worst_phase_by_nearest_rank),
		TEST("a single phase's low voltage counts seven tenths", a_single_phases_low_voltage_counts_seven_tenths),
		TEST("an outage sample is in no other voltage figure", an_outage_sample_is_in_no_other_voltage_figure),
		TEST("unbalance comes from the line voltages", unbalance_comes_from_the_line_voltages),
		TEST("unbalance of phase voltages is an approximation", unbalance_of_phase_voltages_is_an_approximation),
		TEST("frequency is the deviation from nominal", frequency_is_the_deviation_from_nominal),
		TEST("harmonic amperes are of the fundamental", harmonic_amperes_are_of_the_fundamental),
		TEST("currents beyond measure are not measured", currents_beyond_measure_are_not_measured),
		TEST("current unbalance needs three currents", current_unbalance_needs_three_currents),
		TEST("power factors of an idle load do not count", power_factors_of_an_idle_load_do_not_count),
		TEST("a point without neutral is measured between lines", a_point_without_neutral_is_measured_between_lines),
		TEST("the power factor's limit is the tariff's standard", the_power_factors_limit_is_the_tariffs_standard),
		TEST("verdicts follow the 95 % value", verdicts_follow_the_95_percent_value),
		TEST("compliance is compared with the month before", compliance_is_compared_with_the_month_before),
		TEST("a verdict needs the month's minutes", a_verdict_needs_the_months_minutes),
		TEST("high voltage is judged by both sides together", high_voltage_is_judged_by_both_sides_together),
		TEST("without minutes nothing is measured", without_minutes_nothing_is_measured),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
