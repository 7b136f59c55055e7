/* What the platform's projects come to: findings and notes of its tenant. */
#include "analysis/platform.h"
#include "analysis/platform_times.h"
#include "base/text.h"

static void set_count(struct pr_platform *platform, const char *id, uint64_t count, struct pr_findings *findings)
{
	pr_findings_set(findings, platform->arena, id, (pr_micro)count * PR_MICRO_ONE, "1", PR_PRECISION_COUNT);
}

static void set_named(
	struct pr_platform *platform, const char *group, const char *name, uint64_t count, struct pr_findings *findings)
{
	set_count(platform, pr_arena_format(platform->arena, "platform.%s.%s", group, name), count, findings);
}

static void set_counts(struct pr_platform *platform, struct pr_findings *findings)
{
	static const char *const attention[] = {"attention.coverage", "attention.grade", "attention.demand",
		"attention.power_factor", "attention.alarms", "attention.sensors", "attention.projects"};
	uint64_t own = platform->without_customer > 0;
	for (size_t i = 0; i < sizeof attention / sizeof *attention; i++)
		set_count(platform, attention[i], platform->attention[i], findings);
	set_count(platform, "platform.projects", platform->projects, findings);
	set_count(platform, "platform.customers", platform->all_customers - own, findings);
	set_count(platform, "platform.missing", platform->missing_count, findings);
	set_count(platform, "platform.older", platform->older_count, findings);
	set_count(platform, "platform.without_customer", platform->without_customer, findings);
	set_count(platform, "platform.without_tariff", platform->without_tariff, findings);
	set_count(platform, "platform.without_rows", platform->without_rows, findings);
	set_count(platform, "platform.of_minutes", platform->of_minutes, findings);
}

/* "platform.<group>.<name>" and, so that they add up to 100.0 %, "platform.<group>_share.<name>". */
static void distribute(struct pr_platform *platform, const char *group, const char *const *names,
	const uint64_t *counts, size_t count, struct pr_findings *findings)
{
	struct pr_arena *arena = platform->arena;
	pr_micro *values = pr_arena_array(arena, count, sizeof *values);
	pr_micro *shares = pr_arena_array(arena, count, sizeof *shares);
	pr_micro *shown = pr_arena_array(arena, count, sizeof *shown);
	for (size_t i = 0; i < count; i++) {
		values[i] = (pr_micro)counts[i] * PR_MICRO_ONE;
		set_named(platform, group, names[i], counts[i], findings);
	}
	pr_shares(values, count, PR_PRECISION_RATIO, arena, shares);
	pr_shares(values, count, PR_SHOWN_SHARE_DIGITS, arena, shown);
	for (size_t i = 0; i < count; i++)
		pr_findings_set(findings, arena, pr_arena_format(arena, "platform.%s_share.%s", group, names[i]), shares[i],
			"1", PR_PRECISION_RATIO)
			->shown = shown[i];
}

static void set_distributions(struct pr_platform *platform, struct pr_findings *findings)
{
	const char *grades[PR_GRADE_COUNT + 1] = {NULL};
	for (int grade = 0; grade <= PR_GRADE_COUNT; grade++)
		grades[grade] = grade == PR_GRADE_COUNT ? "none" : pr_health_grade_names[grade];
	distribute(platform, "grade", grades, platform->grades, PR_GRADE_COUNT + 1, findings);
	for (int bin = 0; bin < PR_INDEX_BINS; bin++)
		set_named(
			platform, "index", pr_arena_format(platform->arena, "%d", 10 * bin), platform->index_bins[bin], findings);
	distribute(platform, "coverage", pr_platform_coverage_names, platform->coverage, PR_COVERAGE_BINS, findings);
}

static void set_charges(struct pr_platform *platform, struct pr_findings *findings)
{
	struct pr_arena *arena = platform->arena;
	for (size_t i = 0; i < platform->totals.currency_count; i++) {
		const struct pr_currency_total *of = &platform->totals.currencies[i];
		pr_findings_set(findings, arena, pr_arena_format(arena, "bill.currency.%s", of->currency), of->charge,
			of->currency, PR_PRECISION_MONEY);
		pr_findings_set(findings, arena, pr_arena_format(arena, "platform.charged_energy.%s", of->currency), of->energy,
			"kWh", PR_PRECISION_QUANTITY);
		set_named(platform, "charged_projects", of->currency, of->projects, findings);
	}
}

static void set_base(struct pr_finding *finding, uint64_t now, uint64_t before)
{
	finding->base_month = (pr_micro)before * PR_MICRO_ONE;
	finding->new_month = now && !before;
	if (before)
		finding->change_month = pr_micro_ratio((pr_wide)now - (pr_wide)before, (pr_wide)before, PR_PRECISION_RATIO);
}

static void set_survey(struct pr_platform *platform, struct pr_findings *findings)
{
	uint64_t now = 0, before = 0;
	for (size_t i = 0; i < platform->survey_count; i++) {
		struct pr_platform_survey *of = &platform->survey[i];
		now += of->now;
		before += of->before;
		for (size_t k = 0; k < platform->type_count; k++)
			if (pr_text_equal(platform->types[k].code, of->code))
				of->type = &platform->types[k];
		set_named(platform, "survey.alarms", of->code, of->now, findings);
		set_base(&findings->items[findings->count - 1], of->now, of->before);
		set_named(platform, "survey.projects", of->code, of->projects, findings);
	}
	set_count(platform, "platform.survey.alarms", now, findings);
	set_base(&findings->items[findings->count - 1], now, before);
	set_count(platform, "platform.survey.projects", platform->survey_projects, findings);
}

static void set_problems(struct pr_platform *platform, struct pr_findings *findings)
{
	for (int kind = 0; kind < PR_PROBLEM_KIND_COUNT; kind++) {
		set_named(platform, "problems", pr_problem_kind_names[kind], platform->problems[kind].subjects, findings);
		set_named(
			platform, "problem_projects", pr_problem_kind_names[kind], platform->problems[kind].projects, findings);
	}
}

/* --- notes -------------------------------------------------------------------------------------------------------- */

static void note_count(const struct pr_work *work, const char *code, uint64_t count, const char *detail)
{
	struct pr_note note = pr_note_make(code, 0, 0);
	if (!count)
		return;
	note.count = count;
	note.detail = detail;
	pr_note_add(work, &note);
}

static const char *join(struct pr_arena *arena, const char *list, const char *name)
{
	return list ? pr_arena_format(arena, "%s, %s", list, name) : name;
}

/* The first of those without figures (or with older ones), by name. */
static const char *missing_names(const struct pr_platform *platform, bool older)
{
	const char *list = NULL;
	size_t named = 0;
	for (size_t i = 0; i < platform->missing_named && named < PR_PLATFORM_NAMES; i++)
		if (platform->missing[i].older == older) {
			list = join(platform->arena, list, platform->missing[i].project);
			named++;
		}
	return list;
}

static void add_notes(const struct pr_platform *platform, const struct pr_work *work)
{
	const char *unindexed = NULL;
	struct pr_note cutoffs = pr_note_make("platform.cutoffs", 0, 0);
	for (size_t i = 0; i < platform->unindexed_count; i++)
		unindexed = join(platform->arena, unindexed, platform->unindexed[i]);
	if (platform->projects && !platform->has_ingest_times)
		note_count(work, "platform.cutoff_unavailable", 1, NULL);
	note_count(work, "platform.missing", platform->missing_count, missing_names(platform, false));
	note_count(work, "platform.older", platform->older_count, missing_names(platform, true));
	if (platform->earliest_ms != platform->latest_ms) {
		cutoffs.first_ms = platform->earliest_ms;
		cutoffs.last_ms = platform->latest_ms;
		pr_note_add(work, &cutoffs);
	}
	note_count(work, "platform.no_customer", platform->without_customer, NULL);
	note_count(work, "platform.of_minutes", platform->of_minutes, NULL);
	note_count(work, "platform.no_tariff", platform->without_tariff, NULL);
	note_count(work, "platform.no_index", platform->grades[PR_GRADE_COUNT], unindexed);
}

void pr_platform_publish(struct pr_platform *platform, struct pr_report *report)
{
	const struct pr_work work = {report->dataset, platform->method, platform->arena, report};
	struct pr_findings *findings = &report->findings;
	report->platform = platform;
	report->method = platform->method;
	report->has_rows = platform->projects > platform->without_rows;
	add_notes(platform, &work);
	pr_totals_set(&work, &platform->totals, findings);
	pr_safety_count(platform->arena, &platform->safety, findings);
	pr_alarms_set(platform->arena, &platform->method->alarms, &platform->alarms, findings);
	pr_platform_times_set(platform->times, platform->arena, findings);
	pr_health_sum_publish(&work, &platform->health, findings);
	set_counts(platform, findings);
	set_distributions(platform, findings);
	set_charges(platform, findings);
	set_survey(platform, findings);
	set_problems(platform, findings);
}
