/*
 * dump_quality CONFIG POINT FROM_MS TO_MS [DB]: what the configured store makes of the power quality of a point's rows,
 * by rules of many kinds, as text; with DB, that embedded store instead. Two stores that hold the same rows must print the
 * same. The rules are no standard's: they are there to make every case arise with whatever rows there are.
 *
 * After an error: what it says on standard error, and exit code 10 + its kind.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "config/config.h"
#include "config/method.h"
#include "source/source.h"

#define VARIANTS 24
#define COUNT(array) (sizeof(array) / sizeof *(array))

static void print_number(const char *name, int64_t value)
{
	if (value == PR_MICRO_MISSING)
		printf(" %s=-", name);
	else
		printf(" %s=%" PRId64, name, value);
}

static void print_quality(int variant, const struct pr_quality *quality)
{
	printf("rules %d point=%" PRId64 " outages=%" PRIu64 " left_out=%" PRIu64 " idle=%" PRIu64 " approximated=%d",
		variant, quality->point_id, quality->outage_samples, quality->unbalance_left_out, quality->idle_samples,
		quality->is_unbalance_approximated);
	print_number("first", quality->outage_first_ms);
	print_number("last", quality->outage_last_ms);
	print_number("left_first", quality->left_out_first_ms);
	print_number("left_last", quality->left_out_last_ms);
	print_number("highest", quality->highest);
	print_number("lowest", quality->lowest);
	printf("\n");
	for (int i = 0; i < PR_QUALITY_COUNT; i++) {
		const struct pr_quality_value *value = &quality->values[i];
		printf("%s samples=%" PRIu64 " inside=%" PRIu64, pr_quality_names[i], value->samples, value->inside);
		print_number("worst", value->worst);
		print_number("at", value->worst_ms);
		print_number("p95", value->p95);
		printf(" phases=%d,%d\n", value->worst_phase, value->p95_phase);
	}
}

/* Every third set of rules has open bounds, every second one no rule for idle phases; ranks, nominals and limits differ. */
static void set_rules(
	struct pr_quality_query *query, int variant, const struct pr_bounds *plausible, const struct pr_bounds *open)
{
	static const double nominals[] = {230, 400, 57.7350269189626, 0, NAN};
	static const int ranks[] = {95, 99, 50, 100, 1};
	struct pr_quality_rules *rules = &query->rules;
	static const enum pr_wiring wirings[] = {PR_WIRING_3P4W, PR_WIRING_3P3W, PR_WIRING_1P};
	query->bounds = variant % 3 == 2 ? open : plausible;
	query->idle_phase_share = variant % 2 ? NAN : 0.02;
	*rules = (struct pr_quality_rules){.wiring = wirings[variant / 2 % (int)COUNT(wirings)],
		.nominal_v = nominals[variant % (int)COUNT(nominals)],
		.line_nominal_v = variant % 4 ? 400 : 230,
		.nominal_hz = variant % 6 == 5 ? 60 : 50,
		.outage_share = variant % 7 == 6 ? 0.99 : 0.1,
		.single_low_factor = variant % 4 == 3 ? 0.7 : 1,
		.rank_percent = variant < 5 ? 95 : ranks[variant % (int)COUNT(ranks)],
		.load_share = variant % 5 == 4 ? 0.95 : 0.02,
		.load_rank_percent = variant % 4 == 2 ? 40 : 95};
	rules->voltage = (struct pr_bounds){rules->nominal_v * 93 / 100, rules->nominal_v * 107 / 100, false};
	if (variant % 8 == 7)
		rules->voltage.high = NAN;
	for (int i = 0; i < PR_QUALITY_COUNT; i++)
		rules->limit[i] = (variant + i) % 5 == 3 ? (double)NAN : 0.9 + (variant % 4) * i / 8.0;
	rules->limit[PR_QUALITY_POWER_FACTOR] = variant % 3 ? 0.9 : 0.53125;
}

static bool dump(struct pr_source *source, const struct pr_method *method, const int64_t *numbers,
	struct pr_arena *arena, struct pr_error *error)
{
	const struct pr_point point = {.id = numbers[0],
		.wiring = PR_WIRING_3P4W,
		.nominal_v = INT64_C(230000000),
		.rated_current_a = INT64_C(1443380000)};
	struct pr_bounds plausible[PR_MINUTE_FIELD_COUNT], open[PR_MINUTE_FIELD_COUNT];
	struct pr_quality_query queries[VARIANTS];
	struct pr_quality quality[VARIANTS];
	pr_method_minute_bounds(&method->plausibility, &point, INT64_C(1000000000), plausible);
	for (size_t i = 0; i < COUNT(open); i++)
		open[i] = (struct pr_bounds){NAN, NAN, false};
	for (int i = 0; i < VARIANTS; i++) {
		queries[i] = (struct pr_quality_query){.point_id = point.id, .from_ms = numbers[1], .to_ms = numbers[2]};
		set_rules(&queries[i], i, plausible, open);
	}
	if (!pr_source_quality(source, queries, VARIANTS, arena, quality, error))
		return false;
	for (int i = 0; i < VARIANTS; i++)
		print_quality(i, &quality[i]);
	return true;
}

static bool run(int count, char **arguments, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_config *config = pr_arena_alloc(arena, sizeof *config);
	struct pr_method method;
	struct pr_source *source = NULL;
	int64_t numbers[3];
	if (count < 5 || count > 6)
		return pr_error_set(error, PR_CODE_USAGE, "expected CONFIG POINT FROM_MS TO_MS [DB]");
	for (int i = 0; i < 3; i++)
		if (!pr_text_to_int64(arguments[2 + i], &numbers[i]))
			return pr_error_set(error, PR_CODE_USAGE, "'%s' is no whole number", arguments[2 + i]);
	if (!pr_config_read(config, arguments[1], arena, error))
		return false;
	if (count == 6) {
		config->store.kind = PR_STORE_EMBEDDED;
		config->store.path = arguments[5];
	}
	bool done = pr_method_read(&method, config, arena, error) && pr_source_open(&source, config, error) &&
	            dump(source, &method, numbers, arena, error);
	pr_source_free(source);
	return done;
}

int main(int count, char **arguments)
{
	struct pr_arena arena;
	struct pr_error error = {0};
	char text[1200];
	pr_log_open(PR_LOG_DEBUG);
	pr_arena_init(&arena);
	bool done = run(count, arguments, &arena, &error);
	if (!done)
		fprintf(stderr, "dump_quality: %s\n", pr_error_describe(&error, text, sizeof text));
	pr_arena_release(&arena);
	return done ? 0 : 10 + (int)error.code;
}
