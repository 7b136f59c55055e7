#include "analysis/coverage.h"

static bool holds_sample(const struct pr_point_data *data, int64_t start_ms)
{
	const struct pr_minute_buckets *minutes = data->minutes;
	if (!minutes || start_ms < minutes->from_ms || start_ms >= minutes->to_ms)
		return false;
	return minutes->samples[(start_ms - minutes->from_ms) / minutes->step_ms] > 0;
}

/* Whether an expected quarter counts as measured in the set that the gate uses. */
static bool is_held(const struct pr_site *site, bool of_minutes, const struct pr_settled *settled,
	const struct pr_point_data *data, size_t index)
{
	if (of_minutes)
		return holds_sample(data, site->window.quarters[index].start_ms);
	return settled->quarters[index].kwh != PR_MICRO_MISSING;
}

static uint64_t count_samples(
	const struct pr_site *site, const struct pr_settled *settled, const struct pr_point_data *data)
{
	uint64_t held = 0;
	for (size_t i = 0; i < settled->count; i++)
		held += settled->quarters[i].expected && holds_sample(data, site->window.quarters[i].start_ms);
	return held;
}

void pr_coverage_work_out(const struct pr_site *site, struct pr_cover *cover)
{
	*cover = (struct pr_cover){.expected = site->expected, .measured = site->measured};
	cover->of_minutes = site->never_quarters && site->incomer_count > 0;
	for (size_t i = 0; i < site->incomer_count; i++) {
		const struct pr_point_data *data = site->incomer_data[i];
		cover->has_minutes = cover->has_minutes || (data->minutes && data->has_minutes_in_month);
		cover->minute_measured += count_samples(site, &site->incomers[i], data);
	}
	if (cover->of_minutes)
		cover->measured = cover->minute_measured;
}

void pr_coverage_publish(struct pr_arena *arena, const struct pr_cover *cover, struct pr_findings *findings)
{
	bool any = cover->expected > 0;
	pr_findings_set(
		findings, arena, "coverage.expected", (pr_micro)cover->expected * PR_MICRO_ONE, "1", PR_PRECISION_COUNT);
	pr_findings_set(findings, arena, "coverage.measured",
		any ? (pr_micro)cover->measured * PR_MICRO_ONE : PR_MICRO_MISSING, "1", PR_PRECISION_COUNT);
	pr_findings_set(
		findings, arena, "coverage.rate", pr_coverage(cover->measured, cover->expected), "1", PR_PRECISION_RATIO);
	if (cover->has_minutes)
		pr_findings_set(findings, arena, "coverage.minute.rate", pr_coverage(cover->minute_measured, cover->expected),
			"1", PR_PRECISION_RATIO);
}

/* Adds the incomer's missing stretches to the report and its quarters to the days. */
static void add_incomer(const struct pr_site *site, bool of_minutes, size_t incomer, struct pr_project_report *report)
{
	const struct pr_settled *settled = &site->incomers[incomer];
	struct pr_gap *gap = NULL;
	for (size_t i = 0; i < settled->count; i++) {
		const struct pr_window_quarter *quarter = &site->window.quarters[i];
		bool held = is_held(site, of_minutes, settled, site->incomer_data[incomer], i);
		if (settled->quarters[i].expected) {
			report->day_expected[quarter->day]++;
			report->day_measured[quarter->day] += held;
		}
		if (held || !settled->quarters[i].expected) {
			gap = NULL;
			continue;
		}
		if (!gap) {
			gap = PR_PUSH(site->work->arena, report->gaps, report->gap_count, report->gap_capacity);
			gap->point_id = settled->point->id;
			gap->from_ms = quarter->start_ms;
		}
		gap->to_ms = quarter->start_ms + PR_MS_QUARTER;
		gap->quarters++;
	}
}

void pr_coverage_report(const struct pr_site *site, const struct pr_cover *cover, struct pr_project_report *report)
{
	const struct pr_window *window = &site->window;
	struct pr_arena *arena = site->work->arena;
	report->coverage_of_minutes = cover->of_minutes;
	report->in_service = cover->expected > 0;
	report->day_count = window->day_count;
	report->day_kinds = pr_arena_array(arena, window->day_count, sizeof *report->day_kinds);
	report->day_expected = pr_arena_array(arena, window->day_count, sizeof *report->day_expected);
	report->day_measured = pr_arena_array(arena, window->day_count, sizeof *report->day_measured);
	for (size_t i = 0; i < window->day_count; i++)
		report->day_kinds[i] = window->days[i].kind;
	for (size_t i = 0; i < site->incomer_count; i++)
		add_incomer(site, cover->of_minutes, i, report);
	if (!cover->expected)
		pr_note_plain(site->work, "coverage.none", site->project->id, 0);
	if (cover->of_minutes && cover->expected)
		pr_note_plain(site->work, "coverage.of_minutes", site->project->id, 0);
	if (!pr_below_gate(site->work->method, cover->measured, cover->expected))
		return;
	struct pr_note note = pr_note_make("coverage.project_low", site->project->id, 0);
	note.count = cover->expected - cover->measured;
	note.value = pr_coverage(cover->measured, cover->expected);
	note.unit = "1";
	pr_note_add(site->work, &note);
}

static void note_point(const struct pr_site *site, const struct pr_cover *cover, bool of_minutes,
	const struct pr_settled *settled, const struct pr_point_data *data)
{
	if (!pr_below_gate(site->work->method, cover->measured, cover->expected))
		return;
	struct pr_tally missing = {0};
	for (size_t i = 0; i < settled->count; i++)
		if (settled->quarters[i].expected && !is_held(site, of_minutes, settled, data, i))
			pr_tally_add(&missing, site->window.quarters[i].start_ms, 0);
	struct pr_note note =
		pr_note_make(cover->measured ? "coverage.low" : "point.silent", site->project->id, settled->point->id);
	note.count = missing.count;
	note.first_ms = missing.first_ms;
	note.last_ms = missing.last_ms;
	if (cover->measured) {
		note.value = pr_coverage(cover->measured, cover->expected);
		note.unit = "1";
	}
	pr_note_add(site->work, &note);
}

void pr_coverage_point(const struct pr_site *site, const struct pr_cover *cover, const struct pr_settled *settled,
	const struct pr_point_data *data, struct pr_findings *findings)
{
	struct pr_cover own = {.expected = settled->expected, .measured = settled->measured};
	own.has_minutes = data->minutes && data->has_minutes_in_month;
	own.minute_measured = count_samples(site, settled, data);
	own.of_minutes = cover->of_minutes && settled->point->role == PR_ROLE_INCOMER;
	if (own.of_minutes)
		own.measured = own.minute_measured;
	pr_coverage_publish(site->work->arena, &own, findings);
	note_point(site, &own, own.of_minutes, settled, data);
}
