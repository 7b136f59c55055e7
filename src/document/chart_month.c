/* Charts of findings that are no series: the radar of health's axes, the waterfall of why the bill changed. */
#include "document/chart_bind.h"

#include <math.h>

static struct pr_value finding_value(
	const struct pr_builder *base, const struct pr_project_report *project, const char *id)
{
	const struct pr_finding *finding = pr_findings_get(&project->findings, id);

	if (!finding)
		return pr_value_missing();
	return pr_value_of_finding(base->context.report, project, finding, finding->value);
}

static const char *format(
	const struct pr_builder *base, const struct pr_scope *scope, struct pr_value value, const char *style)
{
	struct pr_format_style parsed;

	if (!pr_format_style_parse(style, &parsed))
		parsed = (struct pr_format_style){.digits = -1, .bare = true};
	return pr_format_value(&base->context, scope, &value, &parsed);
}

void pr_chart_bind_scores(const struct pr_builder *base, const struct pr_scope *scope,
	const struct pr_project_report *project, struct pr_chart_data *data, struct pr_chart_series *series)
{
	struct pr_arena *arena = base->arena;
	double *values = pr_arena_array(arena, PR_HEALTH_AXIS_COUNT, sizeof *values);
	const char **texts = pr_arena_array(arena, PR_HEALTH_AXIS_COUNT, sizeof *texts);

	data->categories = pr_arena_array(arena, PR_HEALTH_AXIS_COUNT, sizeof *data->categories);
	data->category_count = PR_HEALTH_AXIS_COUNT;
	for (size_t i = 0; i < PR_HEALTH_AXIS_COUNT; i++) {
		struct pr_value value =
			finding_value(base, project, pr_arena_format(arena, "health.score.%s", pr_health_axis_names[i]));

		values[i] = value.kind == PR_VALUE_NUMBER ? value.number : NAN;
		texts[i] = format(base, scope, value, "0,bare");
		data->categories[i].label =
			pr_words_plain(base->context.words, pr_arena_format(arena, "axis.%s", pr_health_axis_names[i]));
	}
	series->values = values;
	series->texts = texts;
	series->count = PR_HEALTH_AXIS_COUNT;
}

static const char *const parts[] = {"days", "volume", "slots", "price", "demand", "power_factor", "rounding"};
#define PART_COUNT (sizeof parts / sizeof *parts)

static void add_bar(const struct pr_builder *base, const struct pr_scope *scope, struct pr_chart_data *data,
	double *values, const char **texts, const char *label, struct pr_value value, double scale, bool total)
{
	size_t at = data->category_count++;

	values[at] = value.kind == PR_VALUE_NUMBER ? value.number / scale : NAN;
	texts[at] = value.kind == PR_VALUE_NUMBER
	                ? format(base, scope, pr_value_number(values[at], NULL), total ? "2,bare" : "2,bare,sign")
	                : "—";
	data->categories[at] = (struct pr_chart_category){.label = label, .total = total};
}

bool pr_chart_bind_change(const struct pr_builder *base, const struct pr_scope *scope,
	const struct pr_project_report *project, struct pr_chart_data *data, struct pr_chart_series *series)
{
	struct pr_arena *arena = base->arena;
	const struct pr_finding *total = pr_findings_get(&project->findings, "bill.total");
	const struct pr_finding *change = pr_findings_get(&project->findings, "change.total");
	double *values = pr_arena_array(arena, PART_COUNT + 2, sizeof *values);
	const char **texts = pr_arena_array(arena, PART_COUNT + 2, sizeof *texts);
	double scale = pr_money_scale(&base->context, project);

	if (!total || !change || total->value == PR_MICRO_MISSING || change->value == PR_MICRO_MISSING)
		return false;
	data->categories = pr_arena_array(arena, PART_COUNT + 2, sizeof *data->categories);
	add_bar(base, scope, data, values, texts, pr_words_plain(base->context.words, "change.before"),
		pr_value_micro(total->value - change->value, total->unit), scale, true);
	for (size_t i = 0; i < PART_COUNT; i++)
		add_bar(base, scope, data, values, texts,
			pr_words_plain(base->context.words, pr_arena_format(arena, "change.part.%s", parts[i])),
			finding_value(base, project, pr_arena_format(arena, "change.%s", parts[i])), scale, false);
	add_bar(base, scope, data, values, texts, pr_words_plain(base->context.words, "change.after"),
		pr_value_micro(total->value, total->unit), scale, true);
	series->values = values;
	series->texts = texts;
	series->count = data->category_count;
	return true;
}
