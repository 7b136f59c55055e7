#include "analysis/work.h"

#include <math.h>
#include <stdlib.h>

#include "base/text.h"

#define TENTH_OF_PERCENT (PR_MICRO_ONE / 1000)

struct pr_note pr_note_make(const char *code, int64_t project_id, int64_t point_id)
{
	return (struct pr_note){.code = code,
		.project_id = project_id,
		.point_id = point_id,
		.first_ms = PR_TIME_MISSING,
		.last_ms = PR_TIME_MISSING,
		.value = PR_MICRO_MISSING};
}

static struct pr_note *same_note(struct pr_report *report, const struct pr_note *note)
{
	for (size_t i = 0; i < report->note_count; i++) {
		struct pr_note *other = &report->notes[i];
		if (other->project_id == note->project_id && other->point_id == note->point_id &&
			other->sensor_id == note->sensor_id && pr_text_equal(other->code, note->code) &&
			pr_text_equal(other->detail, note->detail))
			return other;
	}
	return NULL;
}

void pr_note_add(const struct pr_work *work, const struct pr_note *note)
{
	struct pr_report *report = work->report;
	if (!report)
		return;
	struct pr_note *other = same_note(report, note);
	if (!other) {
		*PR_PUSH(work->arena, report->notes, report->note_count, report->note_capacity) = *note;
		return;
	}
	other->count += note->count;
	if (note->first_ms != PR_TIME_MISSING && (other->first_ms == PR_TIME_MISSING || note->first_ms < other->first_ms))
		other->first_ms = note->first_ms;
	if (note->last_ms > other->last_ms)
		other->last_ms = note->last_ms;
}

void pr_note_plain(const struct pr_work *work, const char *code, int64_t project_id, int64_t point_id)
{
	struct pr_note note = pr_note_make(code, project_id, point_id);
	pr_note_add(work, &note);
}

void pr_tally_add(struct pr_tally *tally, int64_t time_ms, double value)
{
	if (!tally->count || time_ms < tally->first_ms)
		tally->first_ms = time_ms;
	if (!tally->count || time_ms > tally->last_ms)
		tally->last_ms = time_ms;
	tally->count++;
	double magnitude = fabs(value);
	if (magnitude > fabs(tally->worst) || (magnitude >= fabs(tally->worst) && value > tally->worst))
		tally->worst = value;
}

void pr_tally_note(const struct pr_work *work, const struct pr_tally *tally, const char *code, int64_t project_id,
	int64_t point_id, const char *unit, const char *detail)
{
	if (!tally->count)
		return;
	struct pr_note note = pr_note_make(code, project_id, point_id);
	note.count = tally->count;
	note.first_ms = tally->first_ms;
	note.last_ms = tally->last_ms;
	note.detail = detail;
	if (unit) {
		note.unit = unit;
		note.value = pr_micro_from_double(tally->worst);
	}
	pr_note_add(work, &note);
}

pr_micro pr_sum_present(pr_micro a, pr_micro b)
{
	if (a == PR_MICRO_MISSING)
		return b;
	if (b == PR_MICRO_MISSING)
		return a;
	pr_micro sum = PR_MICRO_MISSING;
	if (a == PR_SUM_LOST || b == PR_SUM_LOST || !pr_micro_add(a, b, &sum))
		return PR_SUM_LOST;
	return sum;
}

pr_micro pr_nearest_rank(const pr_micro *ascending, size_t count, double share)
{
	pr_wide scaled = (pr_wide)pr_micro_from_double(share) * (pr_wide)count;
	pr_wide rank = (scaled + PR_MICRO_ONE - 1) / PR_MICRO_ONE;
	if (rank < 1)
		rank = 1;
	if (rank > (pr_wide)count)
		rank = (pr_wide)count;
	return ascending[(size_t)rank - 1];
}

static int compare_micro(const void *a, const void *b)
{
	pr_micro left = *(const pr_micro *)a, right = *(const pr_micro *)b;
	return (left > right) - (left < right);
}

void pr_sort_micro(pr_micro *values, size_t count)
{
	if (count > 1)
		qsort(values, count, sizeof *values, compare_micro);
}

pr_micro pr_coverage(uint64_t measured, uint64_t expected)
{
	if (!expected)
		return PR_MICRO_MISSING;
	pr_micro cut = (pr_micro)((pr_wide)measured * PR_MICRO_ONE / (pr_wide)expected);
	pr_micro rounded = pr_micro_ratio((pr_wide)measured, (pr_wide)expected, PR_PRECISION_RATIO);
	return rounded / TENTH_OF_PERCENT == cut / TENTH_OF_PERCENT ? rounded : cut;
}

bool pr_below_gate(const struct pr_method *method, uint64_t measured, uint64_t expected)
{
	return (pr_wide)measured * PR_MICRO_ONE < (pr_wide)pr_micro_from_double(method->gate) * (pr_wide)expected;
}

struct part {
	pr_micro value;
	pr_wide remainder;
	size_t index;
};

static int compare_parts(const void *a, const void *b)
{
	const struct part *left = a, *right = b;
	if (left->remainder != right->remainder)
		return left->remainder > right->remainder ? -1 : 1;
	if (left->value != right->value)
		return left->value > right->value ? -1 : 1;
	return (left->index > right->index) - (left->index < right->index);
}

void pr_shares(const pr_micro *values, size_t count, int digits, struct pr_arena *arena, pr_micro *shares)
{
	pr_wide sum = 0;
	for (size_t i = 0; i < count; i++) {
		shares[i] = PR_MICRO_MISSING;
		if (values[i] != PR_MICRO_MISSING && values[i] > 0)
			sum += values[i];
	}
	if (sum == 0)
		return;
	pr_micro step = PR_MICRO_ONE;
	for (int i = 0; i < digits; i++)
		step /= 10;
	pr_wide units = PR_MICRO_ONE / step, left = units;
	struct part *parts = pr_arena_array(arena, count, sizeof *parts);
	size_t part_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (values[i] == PR_MICRO_MISSING)
			continue;
		pr_wide value = values[i] > 0 ? values[i] : 0;
		pr_wide whole = value * units / sum;
		shares[i] = (pr_micro)whole * step;
		left -= whole;
		parts[part_count++] = (struct part){values[i], value * units % sum, i};
	}
	qsort(parts, part_count, sizeof *parts, compare_parts);
	for (size_t i = 0; left > 0 && i < part_count; i++, left--)
		shares[parts[i].index] += step;
}
