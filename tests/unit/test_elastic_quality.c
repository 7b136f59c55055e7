#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "source/elastic_quality.h"
#include "source/elastic_quality_script.h"

struct fixture {
	struct pr_arena arena;
	struct pr_error error;
	struct pr_json_document *document;
	struct pr_bounds bounds[PR_MINUTE_FIELD_COUNT];
	const char *fields[PR_MINUTE_FIELD_COUNT];
	struct pr_quality_query query;
	struct pr_elastic_quality ask;
	struct pr_quality quality;
};

static int open_fixture(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	pr_arena_init(&fixture->arena);
	for (int i = 0; i < PR_MINUTE_FIELD_COUNT; i++) {
		fixture->bounds[i] = (struct pr_bounds){0, NAN, i == PR_COSTTL};
		fixture->fields[i] = pr_minute_field_names[i];
	}
	fixture->query = (struct pr_quality_query){.point_id = 7,
		.from_ms = 1000,
		.to_ms = 2000,
		.bounds = fixture->bounds,
		.idle_phase_share = 0.02,
		.rules = {.nominal_v = 230,
			.line_nominal_v = 400,
			.nominal_hz = 50,
			.outage_share = 0.1,
			.voltage = {213.9, 246.1, false},
			.single_low_factor = 1,
			.rank_percent = 95,
			.load_share = 0.02,
			.load_rank_percent = 95}};
	for (int i = 0; i < PR_QUALITY_COUNT; i++)
		fixture->query.rules.limit[i] = i < PR_QUALITY_HARMONIC_3 ? 4 : (double)NAN;
	fixture->ask = (struct pr_elastic_quality){.query = &fixture->query,
		.time_field = "stamp",
		.fields = fixture->fields,
		.kept = 12,
		.load = INT64_C(50000000)};
	*state = fixture;
	return 0;
}

static int close_fixture(void **state)
{
	struct fixture *fixture = *state;
	pr_json_free(fixture->document);
	pr_arena_release(&fixture->arena);
	free(fixture);
	return 0;
}

static const struct pr_json *parse(struct fixture *fixture, const char *text)
{
	pr_json_free(fixture->document);
	fixture->document = NULL;
	if (!pr_json_parse(&fixture->document, text, strlen(text), &fixture->error))
		fail_msg("%s", fixture->error.text);
	return pr_json_root(fixture->document);
}

/* Of 100 values the 95th is the 6th from the top; of 101 the 96th (⌈95.95⌉), the 6th again; of 1 the 1st. */
static void kept_values_hold_the_rank(void **state)
{
	struct fixture *fixture = *state;
	struct pr_quality_rules *rules = &fixture->query.rules;
	assert_int_equal(pr_elastic_quality_kept(rules, 0), 1);
	assert_int_equal(pr_elastic_quality_kept(rules, 1), 1);
	assert_int_equal(pr_elastic_quality_kept(rules, 100), 6);
	assert_int_equal(pr_elastic_quality_kept(rules, 101), 6);
	assert_int_equal(pr_elastic_quality_kept(rules, 44640), 2233);
	/* The power factor's 5 % value of 105 is the 6th from below (⌈5.25⌉), the 95 % value the 100th: 6th from the top. */
	assert_int_equal(pr_elastic_quality_kept(rules, 105), 6);
	/* The load's median of 101 is the 51st. */
	rules->load_rank_percent = 50;
	assert_int_equal(pr_elastic_quality_kept(rules, 101), 51);
	/* Of 10 the 30 % value is the 3rd, 8th from the top; the power factor's 70 % value is the 7th. */
	rules->load_rank_percent = 95;
	rules->rank_percent = 30;
	assert_int_equal(pr_elastic_quality_kept(rules, 10), 8);
}

static const struct pr_json *written(struct fixture *fixture)
{
	struct pr_buffer body;
	pr_buffer_init(&body, &fixture->arena);
	pr_elastic_quality_write(&body, &fixture->ask);
	return pr_json_get(parse(fixture, body.text), "scripted_metric");
}

static double number(const struct pr_json *params, const char *name)
{
	double value = NAN;
	if (!pr_json_number(pr_json_get(params, name), &value))
		fail_msg("no number '%s'", name);
	return value;
}

static double element(const struct pr_json *params, const char *name, size_t index)
{
	double value = NAN;
	if (!pr_json_number(pr_json_at(pr_json_get(params, name), index), &value))
		fail_msg("no number '%s' %zu", name, index);
	return value;
}

static void what_is_asked_for_is_json_with_four_scripts(void **state)
{
	static const char *const scripts[] = {"init_script", "map_script", "combine_script", "reduce_script"};
	struct fixture *fixture = *state;
	const struct pr_json *metric = written(fixture);
	for (size_t i = 0; i < 4; i++) {
		const struct pr_json *script = pr_json_get(metric, scripts[i]);
		assert_string_equal(pr_json_text(pr_json_get(script, "lang")), "painless");
		/* A cluster refuses a script of 65,535 characters. */
		assert_in_range(strlen(pr_json_text(pr_json_get(script, "source"))), 10, 20000);
	}
	const struct pr_json *params = pr_json_path(metric, "map_script", "params", NULL);
	assert_string_equal(pr_json_text(pr_json_get(params, "time")), "stamp");
	assert_int_equal(pr_json_count(pr_json_get(params, "fields")), PR_MINUTE_FIELD_COUNT);
	assert_string_equal(pr_json_text(pr_json_at(pr_json_get(params, "fields"), PR_HR13IC)), "hr13ic");
	assert_float_equal(number(params, "kept"), 12, 0);
	/* 2 % of 50 kW; a tenth of 230 V, the tolerance of 10⁻⁹ below it */
	assert_float_equal(number(params, "floor"), 1, 1e-12);
	assert_float_equal(number(params, "outage_phase"), 22.999999977, 1e-12);
	assert_float_equal(number(params, "least_line"), 39.99999996, 1e-12);
	assert_float_equal(number(params, "inside_high"), 246.1000002461, 1e-10);
	assert_float_equal(element(params, "limits", PR_QUALITY_THD), 4.000000004, 1e-12);
	assert_float_equal(element(params, "limits", PR_QUALITY_POWER_FACTOR), 3.999999996, 1e-12);
}

static void what_is_not_there_is_never_below_or_above(void **state)
{
	struct fixture *fixture = *state;
	fixture->query.idle_phase_share = NAN;
	fixture->query.rules.nominal_v = NAN;
	fixture->ask.load = PR_MICRO_MISSING;
	fixture->fields[PR_FREQ] = NULL;
	const struct pr_json *metric = written(fixture);
	const struct pr_json *params = pr_json_path(metric, "map_script", "params", NULL);
	assert_null(pr_json_get(params, "idle"));
	assert_float_equal(number(params, "nominal"), 0, 0);
	assert_true(number(params, "outage_phase") == -DBL_MAX);
	assert_true(number(params, "outage_line") == -DBL_MAX); /* not between lines */
	assert_true(number(params, "floor") == -DBL_MAX);
	assert_true(element(params, "limits", PR_QUALITY_HARMONIC_5) == -DBL_MAX);
	assert_string_equal(pr_json_text(pr_json_at(pr_json_get(params, "fields"), PR_FREQ)), "");
	params = pr_json_path(metric, "init_script", "params", NULL);
	assert_true(element(params, "high", 0) == DBL_MAX);
	assert_float_equal(element(params, "low", 0), 0, 0);
}

static void the_load_alone_needs_one_field(void **state)
{
	struct fixture *fixture = *state;
	fixture->ask.is_load_only = true;
	const struct pr_json *fields = pr_json_path(written(fixture), "map_script", "params", "fields", NULL);
	for (int i = 0; i < PR_MINUTE_FIELD_COUNT; i++)
		assert_string_equal(pr_json_text(pr_json_at(fields, (size_t)i)), i == PR_PTTL ? "pttl" : "");
}

#define NOTHING INT64_MIN

/* An answer in which nothing was measured. */
static void clear(int64_t figures[PR_SCRIPT_COUNT])
{
	for (int i = 0; i < PR_SCRIPT_COUNT; i++)
		figures[i] = 0;
	for (int i = 0; i < PR_SCRIPT_PARAMETERS; i++) {
		figures[i * PR_SCRIPT_FIGURES + PR_SCRIPT_WORST] = NOTHING;
		figures[i * PR_SCRIPT_FIGURES + PR_SCRIPT_PHASE] = -1;
		figures[i * PR_SCRIPT_FIGURES + PR_SCRIPT_TIME] = NOTHING;
	}
	for (int i = 0; i < PR_SCRIPT_SERIES; i++)
		figures[PR_SCRIPT_RANKS + i] = NOTHING;
	figures[PR_SCRIPT_OUTAGE_FIRST] = figures[PR_SCRIPT_OUTAGE_LAST] = NOTHING;
	figures[PR_SCRIPT_LEFT_OUT_FIRST] = figures[PR_SCRIPT_LEFT_OUT_LAST] = NOTHING;
	figures[PR_SCRIPT_HIGHEST] = figures[PR_SCRIPT_LOWEST] = NOTHING;
}

static bool take(struct fixture *fixture, const int64_t *figures, size_t count, pr_micro *load)
{
	struct pr_buffer text;
	pr_buffer_init(&text, &fixture->arena);
	for (size_t i = 0; i < count; i++)
		pr_buffer_format(&text, "%s%lld", i > 0 ? "," : "[", (long long)figures[i]);
	pr_buffer_add(&text, "]");
	return pr_elastic_quality_take(&fixture->ask, parse(fixture, text.text), load, &fixture->quality, &fixture->error);
}

static void set_value(int64_t *figures, int parameter, int64_t samples, int64_t worst, int64_t phase)
{
	int64_t *of = &figures[parameter * PR_SCRIPT_FIGURES];
	of[PR_SCRIPT_SAMPLES] = samples;
	of[PR_SCRIPT_INSIDE] = samples - 1;
	of[PR_SCRIPT_WORST] = worst;
	of[PR_SCRIPT_PHASE] = phase;
	of[PR_SCRIPT_TIME] = 1500;
}

static void an_answer_becomes_the_months_quality(void **state)
{
	struct fixture *fixture = *state;
	int64_t figures[PR_SCRIPT_COUNT];
	pr_micro load = 0;
	clear(figures);
	set_value(figures, PR_QUALITY_DEVIATION, 40, -6, 2);
	set_value(figures, PR_SCRIPT_APPROXIMATION, 30, 9, -1);
	figures[PR_SCRIPT_RANKS + 3 * PR_QUALITY_DEVIATION + 1] = 5; /* the first phase has none */
	figures[PR_SCRIPT_RANKS + 3 * PR_QUALITY_DEVIATION + 2] = 5;
	figures[PR_SCRIPT_RANKS + 3 * PR_SCRIPT_APPROXIMATION] = 8;
	figures[PR_SCRIPT_RANKS + PR_SCRIPT_LOAD] = 77;
	figures[PR_SCRIPT_OUTAGES] = 3;
	figures[PR_SCRIPT_OUTAGE_FIRST] = 1100;
	figures[PR_SCRIPT_OUTAGE_LAST] = 1900;
	figures[PR_SCRIPT_LEFT_OUT] = 30;
	figures[PR_SCRIPT_HIGHEST] = 4;
	figures[PR_SCRIPT_LOWEST] = -6;
	assert_true(take(fixture, figures, PR_SCRIPT_COUNT, &load));
	const struct pr_quality *quality = &fixture->quality;
	const struct pr_quality_value *value = &quality->values[PR_QUALITY_DEVIATION];
	assert_int_equal(load, 77);
	assert_int_equal(quality->point_id, 7);
	assert_int_equal(quality->from_ms, 1000);
	assert_int_equal(value->samples, 40);
	assert_int_equal(value->inside, 39);
	assert_int_equal(value->worst, -6);
	assert_int_equal(value->worst_phase, 2);
	assert_int_equal(value->worst_ms, 1500);
	assert_int_equal(value->p95, 5);
	assert_int_equal(value->p95_phase, 1); /* the first of equals */
	assert_int_equal(quality->highest, 4);
	assert_int_equal(quality->lowest, -6);
	assert_int_equal(quality->outage_samples, 3);
	assert_int_equal(quality->outage_last_ms, 1900);
	/* Without any line voltage the approximation stands, and nothing is left out. */
	assert_true(quality->is_unbalance_approximated);
	assert_int_equal(quality->values[PR_QUALITY_UNBALANCE].samples, 30);
	assert_int_equal(quality->values[PR_QUALITY_UNBALANCE].p95, 8);
	assert_int_equal(quality->values[PR_QUALITY_UNBALANCE].p95_phase, -1);
	assert_int_equal(quality->unbalance_left_out, 0);
	assert_int_equal(quality->values[PR_QUALITY_THD].p95, PR_MICRO_MISSING);
	/* With one the unbalance is its own, though nothing of it was measured. */
	figures[PR_SCRIPT_HAS_LINES] = 1;
	figures[PR_SCRIPT_LEFT_OUT_FIRST] = figures[PR_SCRIPT_LEFT_OUT_LAST] = 1200;
	assert_true(take(fixture, figures, PR_SCRIPT_COUNT, &load));
	assert_false(quality->is_unbalance_approximated);
	assert_int_equal(quality->values[PR_QUALITY_UNBALANCE].samples, 0);
	assert_int_equal(quality->values[PR_QUALITY_UNBALANCE].p95, PR_MICRO_MISSING);
	assert_int_equal(quality->unbalance_left_out, 30);
	assert_int_equal(quality->left_out_first_ms, 1200);
}

static void an_answer_that_is_not_whole_is_refused(void **state)
{
	struct fixture *fixture = *state;
	int64_t figures[PR_SCRIPT_COUNT + 1] = {0};
	pr_micro load = 0;
	clear(figures);
	assert_false(take(fixture, figures, PR_SCRIPT_COUNT - 1, &load));
	assert_string_equal(fixture->error.text, "an answer of 154 figures of quality; expected 155");
	pr_error_clear(&fixture->error);
	assert_false(take(fixture, figures, PR_SCRIPT_COUNT + 1, &load));
	pr_error_clear(&fixture->error);
	assert_false(pr_elastic_quality_take(&fixture->ask, NULL, &load, &fixture->quality, &fixture->error));
	assert_string_equal(fixture->error.text, "an answer of 0 figures of quality; expected 155");
}

static void a_negative_count_is_refused(void **state)
{
	struct fixture *fixture = *state;
	int64_t figures[PR_SCRIPT_COUNT];
	pr_micro load = 0;
	static const int counts[] = {PR_SCRIPT_SAMPLES, 3 * PR_SCRIPT_FIGURES + PR_SCRIPT_INSIDE, PR_SCRIPT_OUTAGES,
		PR_SCRIPT_LEFT_OUT, PR_SCRIPT_IDLE};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		clear(figures);
		figures[counts[i]] = -1;
		assert_false(take(fixture, figures, PR_SCRIPT_COUNT, &load));
		assert_string_equal(fixture->error.text, "counts of quality that cannot be");
		pr_error_clear(&fixture->error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"kept values hold the rank", kept_values_hold_the_rank, open_fixture, close_fixture, NULL},
		{"what is asked for is JSON with four scripts", what_is_asked_for_is_json_with_four_scripts, open_fixture,
			close_fixture, NULL},
		{"what is not there is never below or above", what_is_not_there_is_never_below_or_above, open_fixture,
			close_fixture, NULL},
		{"the load alone needs one field", the_load_alone_needs_one_field, open_fixture, close_fixture, NULL},
		{"an answer becomes the month's quality", an_answer_becomes_the_months_quality, open_fixture, close_fixture,
			NULL},
		{"an answer that is not whole is refused", an_answer_that_is_not_whole_is_refused, open_fixture, close_fixture,
			NULL},
		{"a negative count is refused", a_negative_count_is_refused, open_fixture, close_fixture, NULL},
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
