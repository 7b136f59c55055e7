#include "analysis/health.h"

#include <math.h>

#include "analysis/compare.h"
#include "model/quality.h"

void pr_health_start(struct pr_health *health)
{
	*health = (struct pr_health){.safety = NAN, .service = NAN, .index = PR_MICRO_MISSING};
	for (int which = 0; which < PR_BEFORE_COUNT; which++)
		health->before[which] = PR_MICRO_MISSING;
	for (int i = 0; i < PR_HEALTH_AXIS_COUNT; i++)
		health->axes[i].score = health->axes[i].value = health->axes[i].limit = NAN;
}

static double score_of(const struct pr_health_rules *rules, enum pr_health_axis axis, double value, double limit)
{
	if (axis == PR_HEALTH_POWER_FACTOR)
		return pr_score(&rules->power_factor, value - limit);
	return limit > 0 ? pr_score(&rules->small, value / limit) : (double)NAN;
}

void pr_health_add(struct pr_health *health, const struct pr_health_rules *rules, enum pr_health_axis axis,
	uint64_t inside, uint64_t samples, double value, double limit)
{
	struct pr_health_axis_value *into = &health->axes[axis];
	double score = score_of(rules, axis, value, limit);
	if (!samples || isnan(score))
		return;
	into->inside += inside;
	into->samples += samples;
	if (score >= into->score)
		return;
	into->score = score;
	into->value = value;
	into->limit = limit;
}

void pr_health_add_quality(
	struct pr_health *health, const struct pr_health_rules *rules, const struct pr_quality *quality)
{
	static const struct {
		enum pr_health_axis axis;
		enum pr_quality_parameter parameter;
	} rows[] = {
		{PR_HEALTH_FREQUENCY, PR_QUALITY_FREQUENCY},
		{PR_HEALTH_VOLTAGE_DEVIATION, PR_QUALITY_DEVIATION},
		{PR_HEALTH_VOLTAGE_UNBALANCE, PR_QUALITY_UNBALANCE},
		{PR_HEALTH_VOLTAGE_THD, PR_QUALITY_THD},
		{PR_HEALTH_POWER_FACTOR, PR_QUALITY_POWER_FACTOR},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct pr_quality_value *value = &quality->values[rows[i].parameter];
		pr_health_add(health, rules, rows[i].axis, value->inside, value->samples, pr_micro_to_double(value->p95),
			quality->rules.limit[rows[i].parameter]);
	}
}

void pr_health_add_load(struct pr_health *health, const struct pr_site *site, const struct pr_load *load,
	const struct pr_load_apparent *apparent)
{
	const struct pr_health_rules *rules = &site->work->method->health;
	struct pr_health_axis_value *into = &health->axes[PR_HEALTH_LOAD_RATE];
	double power = 0, rated = 0;
	for (size_t i = 0; i < site->window.count; i++) {
		pr_micro kw = pr_demand_kw(site->quarters[i].kwh);
		if (isnan(apparent[i].kva) || !(apparent[i].rated_kva > 0))
			continue;
		power += apparent[i].kva;
		rated += apparent[i].rated_kva;
		if (kw == PR_MICRO_MISSING || load->threshold == PR_MICRO_MISSING || kw <= load->threshold)
			continue;
		into->samples++;
		bool inside = apparent[i].kva <= rules->load_limit * apparent[i].rated_kva;
		into->inside += inside;
		into->fair += !inside && apparent[i].kva <= rules->load_fair * apparent[i].rated_kva;
	}
	if (!into->samples)
		return;
	into->value = power / rated;
	into->limit = rules->load_limit;
	into->score = pr_score(&rules->load, into->value);
}

void pr_health_beside(struct pr_health *health, const struct pr_health_rules *rules, const struct pr_safety *safety,
	const struct pr_alarms *alarms, const struct pr_cover *cover)
{
	if (safety->samples || alarms->total) {
		double percent = safety->samples ? 100.0 * (double)safety->over / (double)safety->samples : 0;
		health->safety =
			fmax(0, 100 - rules->over_limit_points * percent - rules->critical_points * (double)alarms->critical);
	}
	if (!cover->expected)
		return;
	double closed = alarms->total ? (double)alarms->closed_in_time / (double)alarms->total : 1;
	health->service = 100 * (closed + (double)cover->measured / (double)cover->expected) / 2;
}

void pr_health_conclude(struct pr_health *health, const struct pr_health_rules *rules)
{
	double all = 0, measured = 0, sum = 0;
	for (int i = 0; i < PR_HEALTH_AXIS_COUNT; i++) {
		all += rules->weights[i];
		if (isnan(health->axes[i].score))
			continue;
		measured += rules->weights[i];
		sum += rules->weights[i] * health->axes[i].score;
	}
	health->index = PR_MICRO_MISSING;
	if (measured > 0 && measured >= rules->least_weight * all)
		health->index = pr_micro_round(pr_micro_from_double(sum / measured), PR_PRECISION_SCORE);
}

enum pr_health_grade pr_health_grade_of(const struct pr_health_rules *rules, pr_micro index)
{
	if (index == PR_MICRO_MISSING)
		return PR_GRADE_COUNT;
	int grade = PR_GRADE_EXCELLENT;
	while (grade < PR_GRADE_POOR && index < pr_micro_from_double(rules->grades[grade]))
		grade++;
	return (enum pr_health_grade)grade;
}

static void set_index(
	const struct pr_work *work, pr_micro index, const pr_micro before[PR_BEFORE_COUNT], struct pr_findings *findings)
{
	const struct pr_health_rules *rules = &work->method->health;
	enum pr_health_grade grade = pr_health_grade_of(rules, index);
	struct pr_finding *finding = pr_findings_set(findings, work->arena, "health.index", index, "1", PR_PRECISION_SCORE);
	finding->source = rules->source;
	pr_compare_value(finding, before);
	pr_findings_set_word(
		findings, work->arena, "health.grade", grade == PR_GRADE_COUNT ? NULL : pr_health_grade_names[grade]);
}

static void set_compliance(
	struct pr_arena *arena, int axis, uint64_t inside, uint64_t samples, struct pr_findings *findings)
{
	pr_findings_set(findings, arena, pr_arena_format(arena, "health.compliance.%s", pr_health_axis_names[axis]),
		samples ? pr_micro_ratio((pr_wide)inside, (pr_wide)samples, PR_PRECISION_RATIO) : PR_MICRO_MISSING, "1",
		PR_PRECISION_RATIO);
}

/* What was not measured by name, and what that does to the index. */
static void note_unmeasured(const struct pr_site *site, const struct pr_health *health)
{
	const struct pr_work *work = site->work;
	struct pr_note note = pr_note_make("health.unmeasured", site->project->id, 0);
	for (int i = 0; i < PR_HEALTH_AXIS_COUNT; i++) {
		if (!isnan(health->axes[i].score))
			continue;
		note.count++;
		note.detail = note.detail ? pr_arena_format(work->arena, "%s, %s", note.detail, pr_health_axis_names[i])
		                          : pr_health_axis_names[i];
	}
	if (note.count)
		pr_note_add(work, &note);
	if (health->index == PR_MICRO_MISSING)
		pr_note_plain(work, "health.no_index", site->project->id, 0);
}

void pr_health_publish(const struct pr_site *site, const struct pr_load *load, const struct pr_settled *points,
	const struct pr_safety *safety, const struct pr_alarms *alarms, const struct pr_cover *cover,
	struct pr_findings *findings, struct pr_health *health)
{
	const struct pr_work *work = site->work;
	const struct pr_health_rules *rules = &work->method->health;
	pr_health_start(health);
	for (size_t i = 0; i < site->incomer_count; i++)
		if (site->incomer_data[i]->quality)
			pr_health_add_quality(health, rules, site->incomer_data[i]->quality);
	pr_health_add_load(health, site, load, pr_load_apparent(site, points));
	pr_health_beside(health, rules, safety, alarms, cover);
	pr_health_conclude(health, rules);
	for (int i = 0; i < PR_HEALTH_AXIS_COUNT; i++)
		set_compliance(work->arena, i, health->axes[i].inside, health->axes[i].samples, findings);
	const struct pr_health_axis_value *load_rate = &health->axes[PR_HEALTH_LOAD_RATE];
	pr_findings_set(findings, work->arena, "health.load_rate.fair",
		load_rate->samples ? pr_micro_ratio((pr_micro)load_rate->fair, (pr_micro)load_rate->samples, PR_PRECISION_RATIO)
						   : PR_MICRO_MISSING,
		"1", PR_PRECISION_RATIO);
	for (int i = 0; i < PR_HEALTH_AXIS_COUNT; i++)
		pr_findings_set_double(findings, work->arena,
			pr_arena_format(work->arena, "health.score.%s", pr_health_axis_names[i]), health->axes[i].score, "1",
			PR_PRECISION_SCORE);
	pr_findings_set_double(findings, work->arena, "health.score.safety", health->safety, "1", PR_PRECISION_SCORE);
	pr_findings_set_double(findings, work->arena, "health.score.service", health->service, "1", PR_PRECISION_SCORE);
	for (int which = 0; which < PR_BEFORE_COUNT; which++)
		health->before[which] = pr_health_before(site, (enum pr_before)which);
	set_index(work, health->index, health->before, findings);
	note_unmeasured(site, health);
}

void pr_health_sum_add(struct pr_health_sum *sum, const struct pr_health *health)
{
	for (int axis = 0; axis < PR_HEALTH_AXIS_COUNT; axis++) {
		sum->inside[axis] += health->axes[axis].inside;
		sum->samples[axis] += health->axes[axis].samples;
	}
	if (health->index != PR_MICRO_MISSING) {
		sum->index += health->index;
		sum->indexed++;
	}
	for (int which = 0; which < PR_BEFORE_COUNT; which++) {
		if (health->before[which] == PR_MICRO_MISSING)
			continue;
		sum->before[which] += health->before[which];
		sum->counted_before[which]++;
	}
}

static pr_micro mean_index(pr_wide sum, uint64_t count)
{
	return count ? pr_micro_ratio(sum, (pr_wide)count * PR_MICRO_ONE, PR_PRECISION_SCORE) : PR_MICRO_MISSING;
}

void pr_health_sum_publish(const struct pr_work *work, const struct pr_health_sum *sum, struct pr_findings *findings)
{
	pr_micro before[PR_BEFORE_COUNT];
	for (int axis = 0; axis < PR_HEALTH_AXIS_COUNT; axis++)
		set_compliance(work->arena, axis, sum->inside[axis], sum->samples[axis], findings);
	for (int which = 0; which < PR_BEFORE_COUNT; which++)
		before[which] = mean_index(sum->before[which], sum->counted_before[which]);
	set_index(work, mean_index(sum->index, sum->indexed), before, findings);
}

void pr_health_totals(
	const struct pr_work *work, const struct pr_health *healths, size_t count, struct pr_findings *findings)
{
	struct pr_health_sum sum = {.index = 0};
	struct pr_note note = pr_note_make("health.left_out", 0, 0);
	for (size_t i = 0; i < count; i++) {
		const char *name = work->dataset->projects[i].project->name;
		pr_health_sum_add(&sum, &healths[i]);
		if (healths[i].index != PR_MICRO_MISSING)
			continue;
		note.count++;
		note.detail = note.detail ? pr_arena_format(work->arena, "%s, %s", note.detail, name) : name;
	}
	if (note.count)
		pr_note_add(work, &note);
	pr_health_sum_publish(work, &sum, findings);
}
