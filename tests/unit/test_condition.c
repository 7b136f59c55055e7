/* Method, sections 6, 7 and 8: sensors, alarms, health. */
#include "plant.h"

#include <string.h>

#include "analysis/alarms.h"
#include "analysis/health.h"
#include "base/text.h"
#include "model/quality.h"

static const struct pr_alarm_type alarm_types[] = {
	{"overload", "过载", "Overload", "load", false},
	{"over_temperature", "温度越限", "Over-temperature", "safety", false},
	{"temperature_forecast", "温度预测", "Forecast", "safety", true},
};

/* A project with sensors 1 (contact, without a limit), 2 (residual, without), 3 (contact, 75/80), 4 (ambient, 40). */
static int open_condition(void **state)
{
	static const struct {
		int64_t id;
		enum pr_sensor_kind kind;
		double warn, alarm;
	} rows[] = {{1, PR_SENSOR_TEMPERATURE, NAN, NAN}, {2, PR_SENSOR_RESIDUAL, NAN, NAN},
		{3, PR_SENSOR_TEMPERATURE, 75, 80}, {4, PR_SENSOR_AMBIENT, NAN, 40}};
	assert_int_equal(plant_open(state), 0);
	struct plant *plant = *state;
	struct pr_project *project = &plant->projects[0];
	project->sensor_count = sizeof rows / sizeof *rows;
	project->sensors = pr_arena_array(&plant->arena, project->sensor_count, sizeof *project->sensors);
	plant->data[0].sensors = pr_arena_array(&plant->arena, project->sensor_count, sizeof *plant->data[0].sensors);
	for (size_t i = 0; i < project->sensor_count; i++)
		project->sensors[i] = (struct pr_sensor){.id = rows[i].id,
			.name = "sensor",
			.kind = rows[i].kind,
			.warn_limit = pr_micro_from_double(rows[i].warn),
			.alarm_limit = pr_micro_from_double(rows[i].alarm),
			.validity = {0, PR_TIME_MISSING}};
	plant->directory.alarm_types = pr_arena_array(&plant->arena, 3, sizeof *alarm_types);
	memcpy(plant->directory.alarm_types, alarm_types, sizeof alarm_types);
	plant->directory.alarm_type_count = 3;
	return 0;
}

/* A month's buckets of a sensor, still empty. */
static struct pr_minute_buckets *sensor_month(struct plant *plant, size_t sensor, bool before)
{
	struct pr_minute_buckets *buckets = pr_arena_alloc(&plant->arena, sizeof *buckets);
	struct pr_month month = pr_month_add(plant->dataset.month, before ? -1 : 0);
	buckets->step_ms = PR_MS_QUARTER;
	pr_zone_month(plant->projects[0].zone, month, &buckets->from_ms, &buckets->to_ms);
	buckets->count = (size_t)((buckets->to_ms - buckets->from_ms) / PR_MS_QUARTER);
	buckets->fields[0].buckets = pr_arena_array(&plant->arena, buckets->count, sizeof(struct pr_bucket));
	buckets->fields[0].maximum_ms = PR_TIME_MISSING;
	*(before ? &plant->data[0].sensors[sensor].before : &plant->data[0].sensors[sensor].month) = buckets;
	return buckets;
}

static void put_bucket(
	struct pr_minute_buckets *buckets, size_t at, uint32_t count, double low, double high, double sum)
{
	buckets->fields[0].buckets[at] = (struct pr_bucket){count, low, high, sum};
}

static const struct pr_finding *sensor_finding(const struct plant *plant, size_t sensor, const char *id)
{
	const struct pr_finding *finding = pr_findings_get(&plant->report.projects[0].sensors[sensor].findings, id);
	assert_non_null(finding);
	return finding;
}

/*
 * Sensor 1: 3 quarters with 15, 15 and 10 readings, 2 of the 40 above 90 (the default): share 0.05, minutes
 * 0.05 × 3 × 15 = 2.25. Mean (600 + 750 + 950) ÷ 40 = 57.5. Margin (90 − 99) ÷ 90 = −0.1. Coverage 3 ÷ 2,976.
 * Last month's mean 50 and maximum 88: changes 57.5 ÷ 50 − 1 = 0.15 and 99 ÷ 88 − 1 = 0.125.
 * Sensor 2: 250 mA against 500: margin 0.5. Sensor 3: 72 against 80: 0.1.
 */
static void test_sensors(void **state)
{
	struct plant *plant = *state;
	struct pr_minute_buckets *first = sensor_month(plant, 0, false);
	int64_t peak_ms = plant_time(plant, 0, "2026-03-20T10:07");
	put_bucket(first, 0, 15, 38, 42, 600);
	put_bucket(first, 1, 15, 45, 55, 750);
	put_bucket(first, 2, 10, 89, 99, 950);
	first->fields[0].above[1] = 2;
	first->fields[0].maximum_ms = peak_ms;
	first->fields[0].implausible_count = 36;
	first->fields[0].implausible_first_ms = first->fields[0].implausible_last_ms = peak_ms;
	put_bucket(sensor_month(plant, 0, true), 5, 2, 12, 88, 100);
	put_bucket(sensor_month(plant, 1, false), 0, 1, 250, 250, 250);
	put_bucket(sensor_month(plant, 2, false), 0, 1, 72, 72, 72);
	put_bucket(sensor_month(plant, 3, false), 0, 1, 45, 45, 45);
	plant_analyse(plant);
	plant_expect(sensor_finding(plant, 0, "safety.min")->value, "38");
	plant_expect(sensor_finding(plant, 0, "safety.mean")->value, "57.5");
	plant_expect(sensor_finding(plant, 0, "safety.mean")->change_month, "0.15");
	plant_expect(sensor_finding(plant, 0, "safety.mean")->coverage, "0.001008"); /* 3 ÷ 2,976 */
	const struct pr_finding *maximum = sensor_finding(plant, 0, "safety.max");
	plant_expect(maximum->value, "99");
	plant_expect(maximum->limit, "90");
	assert_int_equal(maximum->at_ms, peak_ms);
	plant_expect(maximum->change_month, "0.125");
	plant_expect(sensor_finding(plant, 0, "safety.alarm_minutes")->value, "2.25");
	assert_true(sensor_finding(plant, 0, "safety.warn_minutes")->value == PR_MICRO_MISSING);
	assert_non_null(sensor_finding(plant, 0, "safety.margin")->source);
	plant_expect(sensor_finding(plant, 0, "safety.margin")->value, "-0.1");
	assert_int_equal(sensor_finding(plant, 0, "safety.margin")->rank, 1);
	plant_expect(sensor_finding(plant, 1, "safety.margin")->value, "0.5");
	assert_int_equal(sensor_finding(plant, 1, "safety.margin")->rank, 3);
	plant_expect(sensor_finding(plant, 1, "safety.warn_minutes")->limit, "300");
	plant_expect(sensor_finding(plant, 2, "safety.margin")->value, "0.1");
	assert_int_equal(sensor_finding(plant, 2, "safety.margin")->rank, 2);
	assert_null(sensor_finding(plant, 2, "safety.margin")->source);
	plant_expect(sensor_finding(plant, 3, "safety.max")->value, "45");
	assert_null(pr_findings_get(&plant->report.projects[0].sensors[3].findings, "safety.margin"));
	plant_expect(plant_value(plant, 0, "safety.over_limit_sensors"), "1");
	const struct pr_series *line = pr_project_series(&plant->report.projects[0], "sensor.1");
	assert_int_equal(line->count, 2976);
	assert_true(line->values[0] == 40 && line->values[1] == 50 && line->values[2] == 95 && isnan(line->values[3]));
	assert_true(pr_project_series(&plant->report.projects[0], ".sensor.1.before")->values[5] == 50);
	const struct pr_note *note = plant_note(plant, "sensor.implausible");
	assert_true(note->sensor_id == 1 && note->count == 36 && note->first_ms == peak_ms);
}

static void test_silent_sensors(void **state)
{
	struct plant *plant = *state;
	sensor_month(plant, 0, false);
	plant->projects[0].sensors[1].validity.to_ms = plant_time(plant, 0, "2026-02-01T00:00");
	plant_analyse(plant);
	assert_int_equal(plant->report.projects[0].sensor_count, 3);
	assert_true(sensor_finding(plant, 0, "safety.max")->value == PR_MICRO_MISSING);
	assert_true(sensor_finding(plant, 0, "safety.alarm_minutes")->value == PR_MICRO_MISSING);
	assert_true(plant_value(plant, 0, "safety.over_limit_sensors") == PR_MICRO_MISSING);
	assert_int_equal(plant_note(plant, "sensor.silent")->sensor_id, 1);
	assert_null(pr_project_series(&plant->report.projects[0], "sensor.1"));
	plant->projects[0].sensor_count = 0;
	plant_analyse(plant);
	assert_int_equal(plant_note(plant, "sensor.none")->project_id, 10);
}

/* --- alarms --- */

struct happened {
	const char *id, *code, *start, *end, *confirmed, *closed; /* NULL = missing */
	int level;
	int64_t point, sensor;
	double value;
};

static int64_t instant(const struct plant *plant, const char *local)
{
	return local ? plant_time(plant, 0, local) : PR_TIME_MISSING;
}

static void put_events(struct plant *plant, const struct happened *happened, size_t count)
{
	struct pr_event *events = pr_arena_array(&plant->arena, count, sizeof *events);
	for (size_t i = 0; i < count; i++)
		events[i] = (struct pr_event){.event_id = happened[i].id,
			.project_id = 10,
			.point_id = happened[i].point,
			.sensor_id = happened[i].sensor,
			.code = happened[i].code,
			.level = happened[i].level,
			.started_at_ms = instant(plant, happened[i].start),
			.ended_at_ms = instant(plant, happened[i].end),
			.confirmed_at_ms = instant(plant, happened[i].confirmed),
			.closed_at_ms = instant(plant, happened[i].closed),
			.value = happened[i].value,
			.limit_value = NAN};
	plant->data[0].events = events;
	plant->data[0].event_count = count;
}

/* clang-format off */
static const struct happened month[] = {
	/* last month's: two overloads, one of them goes on; one of a retired type */
	{"a1", "overload", "2026-02-03T10:00", "2026-02-03T11:00", NULL, NULL, 2, 11, 0, NAN},
	{"a2", "overload", "2026-02-20T10:00", "2026-03-02T11:00", NULL, NULL, 2, 11, 0, NAN},
	{"a3", "temperature_forecast", "2026-02-21T10:00", NULL, NULL, NULL, 3, 11, 0, NAN},
	/* ends at the month's first instant: not carried */
	{"a4", "overload", "2026-02-28T10:00", "2026-03-01T00:00", NULL, NULL, 2, 11, 0, NAN},
	/* counted: confirmed after 10 minutes, closed after 60; 20 and 1,500 (over 24 h); open */
	{"b1", "overload", "2026-03-01T00:00", "2026-03-01T01:00", "2026-03-01T00:10", "2026-03-01T01:00", 2, 11, 0, NAN},
	{"b2", "over_temperature", "2026-03-05T23:50", "2026-03-06T00:00", "2026-03-06T00:10", "2026-03-07T00:50", 1, 11, 3, 81},
	{"b3", "overload", "2026-03-31T23:59", NULL, NULL, NULL, 2, 12, 0, NAN},
	/* an unknown code without a level; ends before it begins */
	{"b4", "mystery", "2026-03-05T08:00", "2026-03-05T07:00", NULL, NULL, 0, 0, 0, NAN},
	/* confirmed before it began, and over 31 days long */
	{"b5", "overload", "2026-03-01T12:00", "2026-04-10T12:00", "2026-03-01T11:00", NULL, 2, 11, 0, NAN},
	/* left out: test, retired, a point not yet valid, 850 °C, duplicates by id and by what they say */
	{"c1", "test_relay", "2026-03-04T00:00", NULL, NULL, NULL, 1, 11, 0, NAN},
	{"c2", "temperature_forecast", "2026-03-04T00:00", NULL, NULL, NULL, 1, 11, 0, NAN},
	{"c3", "overload", "2026-03-04T00:00", NULL, NULL, NULL, 1, 13, 0, NAN},
	{"c4", "over_temperature", "2026-03-04T00:00", NULL, NULL, NULL, 1, 11, 3, 850},
	{"b1", "overload", "2026-03-01T00:00", "2026-03-01T00:30", NULL, NULL, 2, 11, 0, NAN},
	{"b9", "overload", "2026-03-31T23:59", NULL, NULL, NULL, 2, 12, 0, NAN},
	/* the next month's */
	{"d1", "overload", "2026-04-01T00:00", NULL, NULL, NULL, 2, 11, 0, NAN},
};
/* clang-format on */
#define MONTH_EVENTS (sizeof month / sizeof *month)

static void expect_month(const struct plant *plant)
{
	/* b1, b2, b3 (as b9: the larger id), b4, b5; last month a1, a2, a4. */
	const struct pr_finding *total = plant_finding(plant, 0, "alarms.total");
	plant_expect(total->value, "5");
	plant_expect(total->base_month, "3");
	plant_expect(total->change_month, "0.666667");
	plant_expect(plant_value(plant, 0, "alarms.level.1"), "1");
	plant_expect(plant_value(plant, 0, "alarms.level.2"), "3");
	plant_expect(plant_value(plant, 0, "alarms.level.3"), "0");
	plant_expect(plant_value(plant, 0, "alarms.type.overload"), "3");
	plant_expect(plant_finding(plant, 0, "alarms.type.overload")->change_month, "0");
	assert_int_equal(plant_finding(plant, 0, "alarms.type.overload")->rank, 1);
	assert_true(plant_finding(plant, 0, "alarms.type.over_temperature")->new_month);
	plant_expect(plant_value(plant, 0, "alarms.type.mystery"), "1");
	assert_null(pr_findings_get(&plant->report.projects[0].findings, "alarms.type.temperature_forecast"));
	plant_expect(plant_value(plant, 0, "alarms.category.load"), "3");
	plant_expect(plant_value(plant, 0, "alarms.category.other"), "1");
	plant_expect(plant_value(plant, 0, "alarms.point.11"), "3");
	plant_expect(plant_value(plant, 0, "alarms.point.12"), "1");
	plant_expect(plant_value(plant, 0, "alarms.open"), "1");
	plant_expect(plant_value(plant, 0, "alarms.carried"), "1"); /* a2 */
	plant_expect(plant_value(plant, 0, "alarms.excluded"), "6");
	/* 10 and 20; 60 and 1,500: of two the median is the first, the 90 % value the second. */
	plant_expect(plant_value(plant, 0, "alarms.confirm_minutes.median"), "10");
	plant_expect(plant_value(plant, 0, "alarms.confirm_minutes.p90"), "20");
	plant_expect(plant_value(plant, 0, "alarms.close_minutes.median"), "60");
	plant_expect(plant_value(plant, 0, "alarms.close_minutes.p90"), "1500");
	const char *list = "";
	for (size_t i = 0; i < plant->report.projects[0].event_count; i++)
		list = pr_arena_format(
			(struct pr_arena *)&plant->arena, "%s %s", list, plant->report.projects[0].events[i].event_id);
	/* Level 1; level 2: the open one lasts until the cut-off, b1 an hour, b5 no time; no level; carried over. */
	assert_string_equal(list, " b2 b9 b1 b5 b4 a2");
	assert_int_equal(plant->report.projects[0].carried_count, 1);
}

static void test_alarms(void **state)
{
	struct plant *plant = *state;
	plant_point(plant, 0, 12, PR_ROLE_FEEDER);
	plant_point(plant, 0, 13, PR_ROLE_FEEDER)->validity.from_ms = plant_time(plant, 0, "2026-03-05T00:00");
	plant->method.alarms.test_codes = "probe, test*";
	put_events(plant, month, MONTH_EVENTS);
	plant_analyse(plant);
	expect_month(plant);
	const struct {
		const char *code;
		uint64_t count;
	} notes[] = {{"alarm.test", 1}, {"alarm.retired", 1}, {"alarm.outside_validity", 1}, {"alarm.implausible", 1},
		{"alarm.duplicate", 2}, {"alarm.unknown_code", 1}, {"alarm.no_level", 1}, {"alarm.time_left_out", 2}};
	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
		assert_non_null(plant_note(plant, notes[i].code));
		assert_int_equal(plant_note(plant, notes[i].code)->count, notes[i].count);
	}
	assert_string_equal(plant_note(plant, "alarm.unknown_code")->detail, "mystery");
	const struct pr_series *days = pr_project_series(&plant->report.projects[0], "alarms_day");
	const struct pr_series *hours = pr_project_series(&plant->report.projects[0], "alarms_hour");
	assert_true(days->count == 31 && hours->count == 24);
	assert_true(days->values[0] == 2 && days->values[1] == 0 && days->values[4] == 2 && days->values[30] == 1);
	assert_true(hours->values[0] == 1 && hours->values[8] == 1 && hours->values[12] == 1 && hours->values[23] == 2);
}

static void test_alarm_order(void **state)
{
	struct plant *plant = *state;
	struct happened turned[MONTH_EVENTS];
	uint32_t random = 7;
	plant_point(plant, 0, 12, PR_ROLE_FEEDER);
	plant_point(plant, 0, 13, PR_ROLE_FEEDER)->validity.from_ms = plant_time(plant, 0, "2026-03-05T00:00");
	memcpy(turned, month, sizeof turned);
	for (size_t i = MONTH_EVENTS - 1; i > 0; i--) {
		size_t other = plant_random(&random) % (i + 1);
		struct happened kept = turned[i];
		turned[i] = turned[other];
		turned[other] = kept;
	}
	plant->method.alarms.test_codes = "test*";
	put_events(plant, turned, MONTH_EVENTS);
	plant_analyse(plant);
	expect_month(plant);
}

static void test_no_alarms(void **state)
{
	struct plant *plant = *state;
	put_events(plant, month, 4); /* all of the month before */
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "alarms.total"), "0");
	plant_expect(plant_finding(plant, 0, "alarms.total")->change_month, "-1");
	assert_true(plant_value(plant, 0, "alarms.close_minutes.median") == PR_MICRO_MISSING);
	assert_null(plant_note(plant, "alarm.none_closed"));
	put_events(plant, month + 6, 1); /* one, neither confirmed nor closed */
	plant_analyse(plant);
	assert_non_null(plant_note(plant, "alarm.none_closed"));
	assert_non_null(plant_note(plant, "alarm.none_confirmed"));
}

static void test_code_patterns(void **state)
{
	(void)state;
	assert_true(pr_alarms_code_fits("test*", "test"));
	assert_true(pr_alarms_code_fits("a, *_try* ,b", "my_try_2"));
	assert_true(pr_alarms_code_fits("*a*b", "xaab"));
	assert_true(pr_alarms_code_fits("测*", "测试"));
	assert_false(pr_alarms_code_fits("test*", "a_test"));
	assert_false(pr_alarms_code_fits("test", "tests"));
	assert_false(pr_alarms_code_fits("*a*b", "xaabc"));
	assert_false(pr_alarms_code_fits(" , ", "x"));
	assert_false(pr_alarms_code_fits("", ""));
}

/* --- health --- */

static void expect_score(double score, double expected)
{
	if (!(fabs(score - expected) < 1e-9))
		fail_msg("%.12g; expected %.12g", score, expected);
}

/* (0.5 l, 100), (l, 60), (2 l, 0): 0.75 l → 80, 1.5 l → 30; s − 0.05 → 30, s + 0.025 → 80; β 0.1 → 50, 0.3 → 80. */
static void test_scores(void **state)
{
	const struct pr_health_rules *rules = &((struct plant *)*state)->method.health;
	expect_score(pr_score(&rules->small, 0), 100);
	expect_score(pr_score(&rules->small, 0.5), 100);
	expect_score(pr_score(&rules->small, 0.75), 80);
	expect_score(pr_score(&rules->small, 1), 60);
	expect_score(pr_score(&rules->small, 1.5), 30);
	expect_score(pr_score(&rules->small, 9), 0);
	expect_score(pr_score(&rules->power_factor, -0.2), 0);
	expect_score(pr_score(&rules->power_factor, -0.05), 30);
	expect_score(pr_score(&rules->power_factor, 0), 60);
	expect_score(pr_score(&rules->power_factor, 0.025), 80);
	expect_score(pr_score(&rules->power_factor, 0.1), 100);
	expect_score(pr_score(&rules->load, 0), 40);
	expect_score(pr_score(&rules->load, 0.1), 50);
	expect_score(pr_score(&rules->load, 0.3), 80);
	expect_score(pr_score(&rules->load, 0.6), 100);
	expect_score(pr_score(&rules->load, 0.9), 80);
	expect_score(pr_score(&rules->load, 1.1), 30);
	assert_true(isnan(pr_score(&rules->load, NAN)));
}

/*
 * Two incomers: deviation 3.5 and 8.4 of 7 % → the worse is 1.2 l: 60 − 0.2 × 60 = 48; frequency 0.1 of 0.2 → 100;
 * power factor 0.91 of 0.90 → 60 + 0.01 ÷ 0.05 × 40 = 68. Three of six: (48 + 100 + 68) ÷ 3 = 72.0, fair. With the
 * weight of the power factor 4: (48 + 100 + 4 × 68) ÷ 6 = 70.0. Without it two of six: none.
 */
static void test_index(void **state)
{
	struct plant *plant = *state;
	struct pr_health_rules *rules = &plant->method.health;
	struct pr_health health;
	pr_health_start(&health);
	pr_health_add(&health, rules, PR_HEALTH_VOLTAGE_DEVIATION, 900, 1000, 3.5, 7);
	pr_health_add(&health, rules, PR_HEALTH_VOLTAGE_DEVIATION, 100, 200, 8.4, 7);
	pr_health_add(&health, rules, PR_HEALTH_FREQUENCY, 10, 10, 0.1, 0.2);
	pr_health_add(&health, rules, PR_HEALTH_VOLTAGE_THD, 0, 0, NAN, 5);
	pr_health_conclude(&health, rules);
	assert_true(health.index == PR_MICRO_MISSING);
	assert_int_equal(pr_health_grade_of(rules, health.index), PR_GRADE_COUNT);
	pr_health_add(&health, rules, PR_HEALTH_POWER_FACTOR, 9, 10, 0.91, 0.90);
	pr_health_conclude(&health, rules);
	assert_int_equal(health.axes[PR_HEALTH_VOLTAGE_DEVIATION].inside, 1000);
	assert_int_equal(health.axes[PR_HEALTH_VOLTAGE_DEVIATION].samples, 1200);
	expect_score(health.axes[PR_HEALTH_VOLTAGE_DEVIATION].score, 48);
	plant_expect(health.index, "72");
	assert_int_equal(pr_health_grade_of(rules, health.index), PR_GRADE_FAIR);
	rules->weights[PR_HEALTH_POWER_FACTOR] = 4;
	pr_health_conclude(&health, rules);
	plant_expect(health.index, "70");
	assert_int_equal(pr_health_grade_of(rules, MICRO(90)), PR_GRADE_EXCELLENT);
	assert_int_equal(pr_health_grade_of(rules, MICRO(89.9)), PR_GRADE_GOOD);
	assert_int_equal(pr_health_grade_of(rules, MICRO(59.9)), PR_GRADE_POOR);
}

/*
 * 3 of 400 samples above (0.75 %) and two critical alarms: 100 − 7.5 − 10 = 82.5. Of 4 alarms 1 closed in time and
 * 90 of 100 quarters: 100 × (0.25 + 0.9) ÷ 2 = 57.5.
 */
static void test_beside(void **state)
{
	const struct pr_health_rules *rules = &((struct plant *)*state)->method.health;
	const struct pr_safety safety = {.samples = 400, .over = 3}, none = {0};
	const struct pr_alarms alarms = {.total = 4, .critical = 2, .closed_in_time = 1}, calm = {0};
	const struct pr_cover cover = {.expected = 100, .measured = 90}, nothing = {0};
	struct pr_health health;
	pr_health_start(&health);
	pr_health_beside(&health, rules, &safety, &alarms, &cover);
	expect_score(health.safety, 82.5);
	expect_score(health.service, 57.5);
	pr_health_start(&health);
	pr_health_beside(&health, rules, &none, &calm, &nothing);
	assert_true(isnan(health.safety) && isnan(health.service));
	pr_health_beside(&health, rules, &none, &calm, &cover);
	expect_score(health.service, 95);
	const struct pr_alarms grave = {.total = 30, .critical = 30};
	pr_health_beside(&health, rules, &none, &grave, &cover);
	expect_score(health.safety, 0);
}

/*
 * 800 kVA, cos φ of P : Q = 4 : 3. March has 2,976 quarters: 2,000 at 40 kWh, 30 kvarh (200 kVA, β 0.25), 900 at
 * 160 and 120 (800 kVA, β 1), 76 at 0 (not running: below 2 % of 640 kW). Compliance 2,000 ÷ 2,900 = 0.689655; mean
 * (2,000 × 0.25 + 900 × 1) ÷ 2,976 = 0.470430…: inside 0.4 … 0.8, score 100.
 */
static void test_load_axis(void **state)
{
	struct plant *plant = *state;
	int64_t start_ms = plant_time(plant, 0, "2026-03-01T00:00");
	for (int i = 0; i < 2976; i++) {
		double part = i < 2000 ? 1 : i < 2900 ? 4 : 0;
		struct pr_quarter_row *row = plant_row(plant, 0, 0, start_ms + i * PR_MS_QUARTER, 40 * part);
		row->kvarh_lag = 30 * part;
		row->kvarh_lead = 0;
	}
	plant_transformer(plant, 0, 1002, 500); /* which no point measures */
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "health.compliance.load_rate"), "0.689655");
	plant_expect(plant_value(plant, 0, "health.score.load_rate"), "100");
	assert_true(plant_value(plant, 0, "health.index") == PR_MICRO_MISSING);
	assert_null(plant_finding(plant, 0, "health.grade")->word);
	assert_string_equal(plant_note(plant, "health.unmeasured")->detail,
		"frequency, voltage_deviation, voltage_unbalance, voltage_thd, power_factor");
	assert_non_null(plant_note(plant, "health.no_index"));
}

static void fill_quality(struct pr_quality *quality, double frequency, double deviation, double factor)
{
	*quality = (struct pr_quality){.point_id = 11};
	const double values[] = {deviation, NAN, frequency, NAN, NAN, factor};
	const double limits[] = {7, 2, 0.2, 5, 15, 0.9};
	for (size_t i = 0; i < 6; i++) {
		quality->rules.limit[i] = limits[i];
		quality->values[i] = (struct pr_quality_value){.worst = PR_MICRO_MISSING, .p95 = PR_MICRO_MISSING};
		if (isnan(values[i]))
			continue;
		quality->values[i] = (struct pr_quality_value){
			.samples = 2000, .inside = 1500, .worst = MICRO(values[i]), .p95 = MICRO(values[i])};
	}
}

/* A company of two: the one measured as in test_index has 72.0, the other nothing; the mean is of those with an index. */
static void test_tenant(void **state)
{
	struct plant *plant = *state;
	struct pr_quality quality, before;
	plant->directory.tenant.edition = PR_EDITION_MANAGEMENT;
	plant_project(plant, "Asia/Shanghai")->name = "other";
	fill_quality(&quality, 0.1, 8.4, 0.91);
	/* The month before: at half the limit 100, at the limit 60, at the standard 60, mean 73.3; 72 ÷ 73.3 − 1 = −0.017735 */
	fill_quality(&before, 0.1, 7, 0.9);
	plant->data[0].points[0].quality = &quality;
	plant->data[0].points[0].quality_before[PR_BEFORE_MONTH] = &before;
	plant->data[0].points[0].quality_before[PR_BEFORE_YEAR] = &quality;
	put_events(plant, month, MONTH_EVENTS);
	plant->method.alarms.test_codes = "";
	plant_analyse(plant);
	plant_expect(plant_value(plant, 0, "health.index"), "72");
	assert_string_equal(plant_finding(plant, 0, "health.grade")->word, "fair");
	const struct pr_findings *tenant = &plant->report.findings;
	plant_expect(pr_findings_get(tenant, "health.index")->value, "72");
	plant_expect(plant_finding(plant, 0, "health.index")->base_month, "73.3");
	plant_expect(plant_finding(plant, 0, "health.index")->change_month, "-0.017735");
	plant_expect(pr_findings_get(tenant, "health.index")->base_month, "73.3");
	plant_expect(pr_findings_get(tenant, "health.index")->base_year, "72");
	plant_expect(pr_findings_get(tenant, "health.index")->change_year, "0");
	plant_expect(pr_findings_get(tenant, "health.index")->change_month, "-0.017735");
	assert_string_equal(pr_findings_get(tenant, "health.grade")->word, "fair");
	plant_expect(pr_findings_get(tenant, "health.compliance.frequency")->value, "0.75");
	assert_string_equal(plant_note(plant, "health.left_out")->detail, "other");
	/* b1, b2, b9, b4, b5, c1 and c3: without patterns and without a point 13. */
	plant_expect(pr_findings_get(tenant, "alarms.total")->value, "7");
	plant_expect(pr_findings_get(tenant, "alarms.total")->base_month, "3");
	plant_expect(pr_findings_get(tenant, "alarms.close_minutes.p90")->value, "1500");
	assert_true(pr_findings_get(tenant, "safety.over_limit_sensors")->value == PR_MICRO_MISSING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"sensors have extremes, minutes above limits, margins and ranks", test_sensors, open_condition, plant_close,
			NULL},
		{"a silent sensor has no figures, and no sensor is said", test_silent_sensors, open_condition, plant_close,
			NULL},
		{"alarms are judged, counted and timed", test_alarms, open_condition, plant_close, NULL},
		{"the order of events changes no alarm", test_alarm_order, open_condition, plant_close, NULL},
		{"a month without alarms has 0 and no times", test_no_alarms, open_condition, plant_close, NULL},
		{"codes fit patterns", test_code_patterns, open_condition, plant_close, NULL},
		{"scores are linear between the points", test_scores, open_condition, plant_close, NULL},
		{"the index is the weighted mean of what was measured", test_index, open_condition, plant_close, NULL},
		{"safety and service stand beside the index", test_beside, open_condition, plant_close, NULL},
		{"the load's axis is of running quarters", test_load_axis, open_condition, plant_close, NULL},
		{"a tenant has sums and the mean index", test_tenant, open_condition, plant_close, NULL},
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
