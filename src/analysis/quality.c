#include "analysis/quality.h"

#include <stdlib.h>

#include "analysis/compare.h"
#include "base/text.h"

/* From best to worst; a project takes the worst of its incomers'. */
enum verdict { VERDICT_NONE, VERDICT_PASS, VERDICT_INSUFFICIENT, VERDICT_ATTENTION, VERDICT_FAIL };
static const char *const verdicts[] = {NULL, "pass", "insufficient", "attention", "fail"};

/* One parameter, of a point or of a project's incomers together. */
struct outcome {
	uint64_t samples, inside;
	uint64_t judged; /* samples that were held against a limit */
	pr_micro worst, p95;
	int worst_phase, p95_phase;
	int64_t worst_ms;
	pr_micro limit, worst_limit; /* of the 95 % value and of the worst */
	const char *source;
	enum verdict verdict;
};

static struct outcome no_outcome(void)
{
	return (struct outcome){.worst = PR_MICRO_MISSING,
		.p95 = PR_MICRO_MISSING,
		.worst_phase = -1,
		.p95_phase = -1,
		.worst_ms = PR_TIME_MISSING,
		.limit = PR_MICRO_MISSING,
		.worst_limit = PR_MICRO_MISSING};
}

/* --- a point --- */

/* Whether the point's minutes reach the gate: quarters that hold a sample ÷ expected ones. */
static void count_minutes(const struct pr_site *site, const struct pr_settled *settled,
	const struct pr_minute_buckets *minutes, uint64_t *held, uint64_t *expected)
{
	*held = *expected = 0;
	for (size_t i = 0; i < settled->count; i++) {
		int64_t start_ms = site->window.quarters[i].start_ms;
		if (!settled->quarters[i].expected)
			continue;
		++*expected;
		if (minutes && start_ms >= minutes->from_ms && start_ms < minutes->to_ms)
			*held += minutes->samples[(start_ms - minutes->from_ms) / minutes->step_ms] > 0;
	}
}

/* From 35 kV: the sum of the largest deviations to either side; of one sign the larger (GB/T 12325; method 5). */
static pr_micro deviation_range(const struct pr_quality *quality)
{
	pr_micro high = quality->highest, low = quality->lowest;
	if (high > 0 && low < 0)
		return high - low;
	return llabs(high) > llabs(low) ? llabs(high) : llabs(low);
}

static bool is_passed(
	const struct pr_quality *quality, enum pr_quality_parameter parameter, const struct outcome *outcome)
{
	if (parameter == PR_QUALITY_POWER_FACTOR)
		return outcome->p95 >= outcome->limit;
	if (parameter == PR_QUALITY_DEVIATION && quality->rules.is_high_voltage)
		return deviation_range(quality) <= outcome->limit;
	if (parameter == PR_QUALITY_UNBALANCE)
		return outcome->p95 <= outcome->limit && outcome->worst <= outcome->worst_limit;
	return outcome->p95 <= outcome->limit;
}

static enum verdict judge(const struct pr_quality *quality, enum pr_quality_parameter parameter,
	const struct outcome *outcome, bool is_covered)
{
	const struct pr_quality_rules *rules = &quality->rules;
	if (!outcome->samples || !rules->is_judged[parameter])
		return VERDICT_NONE;
	if (!is_covered || outcome->samples < (uint64_t)rules->minimum_samples)
		return VERDICT_INSUFFICIENT;
	if (is_passed(quality, parameter, outcome))
		return VERDICT_PASS;
	return rules->is_practice[parameter] ? VERDICT_ATTENTION : VERDICT_FAIL;
}

static struct outcome outcome_of(const struct pr_quality *quality, enum pr_quality_parameter parameter, bool is_covered)
{
	struct outcome outcome = no_outcome();
	if (!quality)
		return outcome;
	const struct pr_quality_value *value = &quality->values[parameter];
	outcome.samples = value->samples;
	outcome.inside = value->inside;
	outcome.judged = quality->rules.is_judged[parameter] ? value->samples : 0;
	outcome.worst = value->worst;
	outcome.worst_phase = value->worst_phase;
	outcome.worst_ms = value->worst_ms;
	outcome.p95 = value->p95;
	outcome.p95_phase = value->p95_phase;
	outcome.source = quality->rules.source[parameter];
	outcome.limit = outcome.worst_limit = pr_micro_from_double(quality->rules.limit[parameter]);
	if (parameter == PR_QUALITY_UNBALANCE)
		outcome.worst_limit = pr_micro_from_double(quality->rules.unbalance_short_term);
	outcome.verdict = judge(quality, parameter, &outcome, is_covered);
	return outcome;
}

/* --- findings --- */

static const char *phase_name(int phase)
{
	static const char *const names[] = {"a", "b", "c"};
	return phase < 0 ? NULL : names[phase];
}

/* Of a value in the limit's unit. */
static void attribute(struct pr_finding *finding, const struct outcome *outcome, pr_micro limit, int phase)
{
	finding->limit = pr_micro_round(limit, finding->digits);
	finding->source = outcome->source;
	finding->phase = phase_name(phase);
}

static const char *id_of(struct pr_arena *arena, enum pr_quality_parameter parameter, const char *what)
{
	return pr_arena_format(arena, "quality.%s.%s", pr_quality_names[parameter], what);
}

static pr_micro compliance_of(const struct outcome *outcome)
{
	return outcome->judged ? pr_micro_ratio((pr_wide)outcome->inside, (pr_wide)outcome->judged, 6) : PR_MICRO_MISSING;
}

static void publish(struct pr_arena *arena, enum pr_quality_parameter parameter, const struct outcome *outcome,
	const pr_micro before[PR_BEFORE_COUNT], struct pr_findings *findings)
{
	const char *unit = pr_quality_units[parameter];
	bool is_ratio = pr_text_equal(unit, "%") || pr_text_equal(unit, "1");
	int digits = is_ratio ? PR_PRECISION_RATIO : PR_PRECISION_QUANTITY;
	struct pr_finding *compliance = pr_findings_set(
		findings, arena, id_of(arena, parameter, "compliance"), compliance_of(outcome), "1", PR_PRECISION_RATIO);
	compliance->source = outcome->source;
	pr_compare_value(compliance, before);
	if (parameter < PR_QUALITY_HARMONIC_3) {
		struct pr_finding *worst =
			pr_findings_set(findings, arena, id_of(arena, parameter, "worst"), outcome->worst, unit, digits);
		attribute(worst, outcome, outcome->worst_limit, outcome->worst_phase);
		worst->at_ms = outcome->worst_ms;
	}
	attribute(pr_findings_set(findings, arena, id_of(arena, parameter, "p95"), outcome->p95, unit, digits), outcome,
		outcome->limit, outcome->p95_phase);
	pr_findings_set_word(findings, arena, id_of(arena, parameter, "verdict"), verdicts[outcome->verdict])->source =
		outcome->source;
}

static void publish_outages(struct pr_arena *arena, bool is_measured, uint64_t samples, struct pr_findings *findings)
{
	pr_findings_set(findings, arena, "quality.outage_samples",
		is_measured ? (pr_micro)samples * PR_MICRO_ONE : PR_MICRO_MISSING, "1", PR_PRECISION_COUNT);
}

/* A harmonic order that no sample holds is none of the meter's. */
static bool is_shown(enum pr_quality_parameter parameter, const struct outcome *outcome)
{
	return parameter < PR_QUALITY_HARMONIC_3 || outcome->samples > 0;
}

/* --- notes --- */

static void add_name(struct pr_arena *arena, const char **list, const char *name)
{
	*list = *list ? pr_arena_format(arena, "%s,%s", *list, name) : name;
}

static void note_list(const struct pr_site *site, const struct pr_point *point, const char *code, const char *list)
{
	if (!list)
		return;
	struct pr_note note = pr_note_make(code, site->project->id, point->id);
	note.detail = list;
	pr_note_add(site->work, &note);
}

static void note_samples(const struct pr_site *site, const struct pr_point *point, const char *code, uint64_t count,
	int64_t first_ms, int64_t last_ms)
{
	if (!count)
		return;
	struct pr_note note = pr_note_make(code, site->project->id, point->id);
	note.count = count;
	note.first_ms = first_ms;
	note.last_ms = last_ms;
	pr_note_add(site->work, &note);
}

static bool applies(const struct pr_point *point, enum pr_quality_parameter parameter)
{
	bool of_three = parameter == PR_QUALITY_UNBALANCE || parameter == PR_QUALITY_CURRENT;
	return !(point->wiring == PR_WIRING_1P && of_three);
}

/* What has no figure, no verdict or an uncertain one, and why. */
static void note_verdicts(const struct pr_site *site, const struct pr_point *point,
	const struct outcome outcomes[PR_QUALITY_COUNT], uint64_t held, uint64_t expected)
{
	struct pr_arena *arena = site->work->arena;
	const char *unmeasured = NULL, *unlimited = NULL, *few = NULL;
	bool harmonic_named = false;
	for (int i = 0; i < PR_QUALITY_COUNT; i++) {
		bool is_harmonic = i >= PR_QUALITY_HARMONIC_3;
		const struct outcome *outcome = &outcomes[i];
		if (!outcome->samples && !is_harmonic && applies(point, (enum pr_quality_parameter)i))
			add_name(arena, &unmeasured, pr_quality_names[i]);
		if (!outcome->samples)
			continue;
		if (outcome->verdict == VERDICT_INSUFFICIENT && !is_harmonic)
			add_name(arena, &few, pr_quality_names[i]);
		if (outcome->judged || (is_harmonic && harmonic_named))
			continue;
		harmonic_named = harmonic_named || is_harmonic;
		add_name(arena, &unlimited, is_harmonic ? "harmonic" : pr_quality_names[i]);
	}
	note_list(site, point, "quality.unmeasured", unmeasured);
	note_list(site, point, "quality.no_limit", unlimited);
	if (pr_below_gate(site->work->method, held, expected) && held) {
		struct pr_note note = pr_note_make("quality.coverage_low", site->project->id, point->id);
		note.value = pr_coverage(held, expected);
		note.unit = "1";
		pr_note_add(site->work, &note);
	} else {
		note_list(site, point, "quality.few_samples", few);
	}
}

static void note_samples_left_out(
	const struct pr_site *site, const struct pr_quality *quality, const struct pr_point *point)
{
	note_samples(
		site, point, "quality.outage", quality->outage_samples, quality->outage_first_ms, quality->outage_last_ms);
	note_samples(site, point, "quality.unbalance_left_out", quality->unbalance_left_out, quality->left_out_first_ms,
		quality->left_out_last_ms);
	note_samples(site, point, "quality.idle", quality->idle_samples, PR_TIME_MISSING, PR_TIME_MISSING);
	if (quality->is_unbalance_approximated)
		pr_note_plain(site->work, "quality.unbalance_approximated", site->project->id, point->id);
}

/* --- the two --- */

/* The compliance of a point in the months that the month is compared with. */
static void compliance_before(
	const struct pr_point_data *data, enum pr_quality_parameter parameter, pr_micro before[PR_BEFORE_COUNT])
{
	for (int which = 0; which < PR_BEFORE_COUNT; which++) {
		struct outcome outcome = outcome_of(data->quality_before[which], parameter, false);
		before[which] = compliance_of(&outcome);
	}
}

static bool has_minutes(const struct pr_site *site)
{
	for (size_t i = 0; i < site->incomer_count; i++)
		if (site->incomer_data[i]->quality)
			return true;
	return false;
}

static void work_out(const struct pr_site *site, const struct pr_settled *settled, const struct pr_point_data *data,
	struct outcome outcomes[PR_QUALITY_COUNT])
{
	uint64_t held, expected;
	count_minutes(site, settled, data->minutes, &held, &expected);
	bool is_covered = !pr_below_gate(site->work->method, held, expected);
	for (int i = 0; i < PR_QUALITY_COUNT; i++)
		outcomes[i] = outcome_of(data->quality, (enum pr_quality_parameter)i, is_covered);
}

void pr_quality_point(const struct pr_site *site, const struct pr_settled *settled, const struct pr_point_data *data,
	struct pr_findings *findings)
{
	struct pr_arena *arena = site->work->arena;
	const struct pr_point *point = settled->point;
	struct outcome outcomes[PR_QUALITY_COUNT];
	uint64_t held, expected;
	if (point->role != PR_ROLE_INCOMER)
		return;
	work_out(site, settled, data, outcomes);
	for (int i = 0; i < PR_QUALITY_COUNT; i++) {
		pr_micro before[PR_BEFORE_COUNT];
		compliance_before(data, (enum pr_quality_parameter)i, before);
		if (is_shown((enum pr_quality_parameter)i, &outcomes[i]))
			publish(arena, (enum pr_quality_parameter)i, &outcomes[i], before, findings);
	}
	publish_outages(arena, data->quality != NULL, data->quality ? data->quality->outage_samples : 0, findings);
	/* Without any minutes the project's own note says so (load.no_minutes). */
	if (!has_minutes(site))
		return;
	count_minutes(site, settled, data->minutes, &held, &expected);
	note_verdicts(site, point, outcomes, held, expected);
	if (data->quality)
		note_samples_left_out(site, data->quality, point);
}

/* Whether b is worse than a: of the larger magnitude, or for the power factor smaller. */
static bool is_worse(enum pr_quality_parameter parameter, pr_micro a, pr_micro b)
{
	if (b == PR_MICRO_MISSING || a == PR_MICRO_MISSING)
		return b != PR_MICRO_MISSING;
	return parameter == PR_QUALITY_POWER_FACTOR ? b < a : llabs(b) > llabs(a);
}

static void join(struct outcome *all, enum pr_quality_parameter parameter, const struct outcome *one)
{
	all->samples += one->samples;
	if (one->judged)
		all->inside += one->inside;
	all->judged += one->judged;
	bool same_but_earlier = one->worst != PR_MICRO_MISSING && all->worst != PR_MICRO_MISSING &&
	                        llabs(one->worst) == llabs(all->worst) && one->worst_ms < all->worst_ms;
	if (is_worse(parameter, all->worst, one->worst) || same_but_earlier) {
		all->worst = one->worst;
		all->worst_phase = one->worst_phase;
		all->worst_ms = one->worst_ms;
		all->worst_limit = one->worst_limit;
	}
	if (is_worse(parameter, all->p95, one->p95)) {
		all->p95 = one->p95;
		all->p95_phase = one->p95_phase;
		all->limit = one->limit;
		all->source = one->source;
	}
	if (one->verdict > all->verdict)
		all->verdict = one->verdict;
}

/* The same over those months' incomers together. */
static void join_before(
	const struct pr_site *site, enum pr_quality_parameter parameter, pr_micro before[PR_BEFORE_COUNT])
{
	for (int which = 0; which < PR_BEFORE_COUNT; which++) {
		struct outcome all = no_outcome();
		for (size_t i = 0; i < site->project->point_count; i++) {
			struct outcome one = outcome_of(site->data->points[i].quality_before[which], parameter, false);
			join(&all, parameter, &one);
		}
		before[which] = compliance_of(&all);
	}
}

void pr_quality_project(const struct pr_site *site, struct pr_findings *findings)
{
	struct outcome all[PR_QUALITY_COUNT];
	uint64_t outages = 0;
	for (int i = 0; i < PR_QUALITY_COUNT; i++)
		all[i] = no_outcome();
	for (size_t k = 0; k < site->incomer_count; k++) {
		struct outcome outcomes[PR_QUALITY_COUNT];
		work_out(site, &site->incomers[k], site->incomer_data[k], outcomes);
		for (int i = 0; i < PR_QUALITY_COUNT; i++)
			join(&all[i], (enum pr_quality_parameter)i, &outcomes[i]);
		outages += site->incomer_data[k]->quality ? site->incomer_data[k]->quality->outage_samples : 0;
	}
	for (int i = 0; i < PR_QUALITY_COUNT; i++) {
		pr_micro before[PR_BEFORE_COUNT];
		join_before(site, (enum pr_quality_parameter)i, before);
		if (is_shown((enum pr_quality_parameter)i, &all[i]))
			publish(site->work->arena, (enum pr_quality_parameter)i, &all[i], before, findings);
	}
	publish_outages(site->work->arena, has_minutes(site), outages, findings);
}
