/* Charts of findings that are no series: the radar of health's axes, the waterfall of why the bill changed. */
#include "document/chart_bind.h"
#include "document/rows.h"

#include <math.h>

bool pr_chart_bind_scores(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	struct pr_arena *arena = builder->arena;
	double *values = pr_arena_array(arena, PR_HEALTH_AXIS_COUNT, sizeof *values);
	const char **texts = pr_arena_array(arena, PR_HEALTH_AXIS_COUNT, sizeof *texts);
	const char **tags = pr_arena_array(arena, PR_HEALTH_AXIS_COUNT, sizeof *tags);
	struct pr_chart_data *data = builder->data;
	struct pr_chart_series *series = pr_chart_push(builder);

	(void)item;
	data->categories = pr_arena_array(arena, PR_HEALTH_AXIS_COUNT, sizeof *data->categories);
	data->category_count = PR_HEALTH_AXIS_COUNT;
	for (size_t i = 0; i < PR_HEALTH_AXIS_COUNT; i++) {
		struct pr_value value = pr_project_value(&builder->base->context, builder->project,
			pr_arena_format(arena, "health.score.%s", pr_health_axis_names[i]));

		values[i] = value.kind == PR_VALUE_NUMBER ? value.number : NAN;
		texts[i] = pr_chart_text(builder, value, "0,bare");
		tags[i] = value.finding;
		data->categories[i].label =
			pr_words_plain(builder->base->context.words, pr_arena_format(arena, "axis.%s", pr_health_axis_names[i]));
	}
	series->values = values;
	series->findings = tags;
	series->texts = texts;
	series->count = PR_HEALTH_AXIS_COUNT;
	return true;
}

static const char *const parts[] = {"days", "volume", "slots", "price", "demand", "power_factor", "rounding"};
#define PART_COUNT (sizeof parts / sizeof *parts)

#define SMALLEST_SHOWN 0.005 /* with two decimals */

struct bars {
	struct pr_chart_builder *builder;
	double *values, scale;
	const char **texts, **tags;
};

static bool is_shown(const struct bars *bars, size_t at)
{
	return isfinite(bars->values[at]) && bars->values[at] != 0;
}

/* What lies behind a part: how many days, what demand. Only a project can tell, and where nothing changed nothing does. */
static bool add_reason(struct bars *bars, const char *part)
{
	struct pr_chart_builder *builder = bars->builder;
	struct pr_chart_category *bar = &builder->data->categories[builder->data->category_count - 1];

	return !builder->project || !is_shown(bars, builder->data->category_count - 1) ||
	       pr_chart_tagged(builder, NULL, pr_arena_format(builder->arena, "change.reason.%s", part), &bar->second,
			   &bar->second_finding);
}

static void add_bar(struct bars *bars, const char *label, struct pr_value value, bool total)
{
	struct pr_chart_data *data = bars->builder->data;
	size_t at = data->category_count++;
	bool measured = value.kind == PR_VALUE_NUMBER;

	bars->values[at] = measured ? value.number / bars->scale : NAN;
	bars->texts[at] =
		measured ? pr_chart_format(bars->builder, bars->values[at], NULL, total ? "2,bare" : "2,bare,sign") : "—";
	/* In its own unit where the chart's would print it as nothing. */
	if (measured && !total && value.number != 0 && fabs(bars->values[at]) < SMALLEST_SHOWN) {
		bars->texts[at] = pr_chart_format(bars->builder, value.number, value.unit, "2,sign");
		bars->tags[at] = value.finding;
		data->categories[at] = (struct pr_chart_category){.label = label};
		return;
	}
	bars->tags[at] = value.finding && bars->scale != 1
	                     ? pr_arena_format(bars->builder->arena, "(%s|/|%.0f)", value.finding, bars->scale)
	                     : value.finding;
	data->categories[at] = (struct pr_chart_category){.label = label, .total = total};
}

static struct pr_value tagged(const struct pr_chart_builder *builder, struct pr_value value, const char *tag)
{
	value.finding = pr_arena_copy(builder->arena, tag);
	return value;
}

bool pr_chart_bind_change(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	struct pr_arena *arena = builder->arena;
	const struct pr_context *context = &builder->base->context;
	const struct pr_findings *findings = builder->project ? &builder->project->findings : &context->report->findings;
	const struct pr_finding *total = pr_findings_get(findings, "bill.total");
	const struct pr_finding *change = pr_findings_get(findings, "change.total");
	const struct pr_finding *others = pr_findings_get(findings, "change.projects");
	struct bars bars = {.builder = builder, .scale = pr_money_scale(context, builder->project)};
	struct pr_chart_series *series;
	pr_micro rest = others && others->value != PR_MICRO_MISSING ? others->value : 0;

	(void)item;
	if (!total || !change || total->value == PR_MICRO_MISSING || change->value == PR_MICRO_MISSING)
		return true;
	bars.values = pr_arena_array(arena, PART_COUNT + 3, sizeof *bars.values);
	bars.texts = pr_arena_array(arena, PART_COUNT + 3, sizeof *bars.texts);
	bars.tags = pr_arena_array(arena, PART_COUNT + 3, sizeof *bars.tags);
	builder->data->categories = pr_arena_array(arena, PART_COUNT + 3, sizeof *builder->data->categories);
	add_bar(&bars, pr_words_plain(context->words, "change.before"),
		tagged(builder, pr_value_micro(total->value - change->value - rest, total->unit),
			pr_chart_path(builder, "facts/change.before")),
		true);
	for (size_t i = 0; i < PART_COUNT; i++) {
		add_bar(&bars, pr_words_plain(context->words, pr_arena_format(arena, "change.part.%s", parts[i])),
			pr_project_value(context, builder->project, pr_arena_format(arena, "change.%s", parts[i])), false);
		if (!add_reason(&bars, parts[i]))
			return false;
	}
	if (rest != 0)
		add_bar(&bars, pr_words_plain(context->words, "management.part_projects"),
			pr_project_value(context, builder->project, "change.projects"), false);
	add_bar(&bars, pr_words_plain(context->words, "change.after"),
		pr_project_value(context, builder->project, "bill.total"), true);
	series = pr_chart_push(builder);
	series->values = bars.values;
	series->texts = bars.texts;
	series->findings = bars.tags;
	series->count = builder->data->category_count;
	return true;
}
