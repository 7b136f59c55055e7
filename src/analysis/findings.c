#include "analysis/findings.h"

#include <string.h>

#include "analysis/work.h"
#include "base/text.h"

const char *const pr_bill_line_names[] = {
	[PR_LINE_ENERGY] = "energy",
	[PR_LINE_BASIC_CAPACITY] = "basic.capacity",
	[PR_LINE_BASIC_CONTRACT] = "basic.contract",
	[PR_LINE_BASIC_EXCESS] = "basic.excess",
	[PR_LINE_BASIC_ACTUAL] = "basic.actual",
	[PR_LINE_POWER_FACTOR] = "power_factor",
};

struct pr_finding *pr_findings_edit(struct pr_findings *findings, const char *id)
{
	for (size_t i = 0; i < findings->count; i++)
		if (pr_text_equal(findings->items[i].id, id))
			return &findings->items[i];
	return NULL;
}

const struct pr_finding *pr_findings_get(const struct pr_findings *findings, const char *id)
{
	for (size_t i = 0; i < findings->count; i++)
		if (pr_text_equal(findings->items[i].id, id))
			return &findings->items[i];
	return NULL;
}

pr_micro pr_finding_difference(const struct pr_finding *finding, pr_micro base)
{
	pr_micro difference;

	if (finding->value == PR_MICRO_MISSING || base == PR_MICRO_MISSING ||
		!pr_micro_add(finding->value, -base, &difference))
		return PR_MICRO_MISSING;
	return difference;
}

struct pr_finding *pr_findings_set(
	struct pr_findings *findings, struct pr_arena *arena, const char *id, pr_micro value, const char *unit, int digits)
{
	struct pr_finding *finding = pr_findings_edit(findings, id);
	if (!finding)
		finding = PR_PUSH(arena, findings->items, findings->count, findings->capacity);
	/* A sum that left the range (work.h) is no figure. */
	*finding = (struct pr_finding){.id = id,
		.value = value == PR_SUM_LOST ? PR_MICRO_MISSING : pr_micro_round(value, digits),
		.unit = unit,
		.digits = digits,
		.shown = PR_MICRO_MISSING,
		.coverage = PR_MICRO_MISSING,
		.at_ms = PR_TIME_MISSING,
		.limit = PR_MICRO_MISSING,
		.change_month = PR_MICRO_MISSING,
		.change_year = PR_MICRO_MISSING,
		.base_month = PR_MICRO_MISSING,
		.base_year = PR_MICRO_MISSING};
	return finding;
}

struct pr_finding *pr_findings_set_double(
	struct pr_findings *findings, struct pr_arena *arena, const char *id, double value, const char *unit, int digits)
{
	return pr_findings_set(findings, arena, id, pr_micro_from_double(value), unit, digits);
}

struct pr_finding *pr_findings_set_word(
	struct pr_findings *findings, struct pr_arena *arena, const char *id, const char *word)
{
	struct pr_finding *finding = pr_findings_set(findings, arena, id, PR_MICRO_MISSING, "1", PR_PRECISION_COUNT);
	finding->word = word;
	return finding;
}

const struct pr_series *pr_project_series(const struct pr_project_report *project, const char *id)
{
	for (size_t i = 0; i < project->series_count; i++)
		if (pr_text_equal(project->series[i].id, id))
			return &project->series[i];
	return NULL;
}
