/* Charts of the survey: its codes as parts of a whole, and the projects with most alarms, a part a code. */
#include "analysis/survey.h"
#include "document/chart_bind.h"

#define PROJECTS_MAX 12
#define ROLES 6 /* part.1 to part.6 of the theme */

static const struct pr_survey *survey_of(const struct pr_chart_builder *builder)
{
	return builder->base->context.report->survey;
}

static const char *count_text(const struct pr_chart_builder *builder, uint64_t count)
{
	return pr_chart_format(builder, (double)count, NULL, "0,bare");
}

static struct pr_chart_series *push_code(struct pr_chart_builder *builder, size_t index)
{
	const struct pr_survey_code *code = &survey_of(builder)->codes[index];
	struct pr_chart_series *series = pr_chart_push(builder);

	series->name = code->code;
	series->label = pr_survey_code_name(&builder->base->context, code);
	series->role = pr_arena_format(builder->arena, "part.%d", index < ROLES ? (int)index + 1 : ROLES);
	return series;
}

bool pr_chart_bind_survey_codes(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_survey *survey = survey_of(builder);

	(void)item;
	for (size_t i = 0; survey && i < survey->code_count; i++) {
		double *value = pr_arena_alloc(builder->arena, sizeof *value);
		const char **text = pr_arena_alloc(builder->arena, sizeof *text);
		struct pr_chart_series *series;

		if (survey->codes[i].sum.now == 0)
			continue;
		*value = (double)survey->codes[i].sum.now;
		*text = count_text(builder, survey->codes[i].sum.now);
		series = push_code(builder, i);
		series->values = value;
		series->texts = text;
		series->finding = pr_arena_format(builder->arena, "codes/%zu/alarms", i);
		series->count = 1;
	}
	return true;
}

static void add_categories(struct pr_chart_builder *builder, const struct pr_survey *survey)
{
	struct pr_chart_data *data = builder->data;
	size_t count = survey->alarmed_count < PROJECTS_MAX ? survey->alarmed_count : PROJECTS_MAX;
	const char **totals = pr_arena_array(builder->arena, count, sizeof *totals);
	const char **tags = pr_arena_array(builder->arena, count, sizeof *tags);

	data->categories = pr_arena_array(builder->arena, count, sizeof *data->categories);
	data->category_count = count;
	for (size_t i = 0; i < count; i++) {
		data->categories[i].label = survey->ranked[i]->site->name;
		data->categories[i].finding = PR_TAG_NAME;
		totals[i] = count_text(builder, survey->ranked[i]->sum.now);
		tags[i] = pr_arena_format(builder->arena, "projects/%zu/alarms", i);
	}
	data->totals = totals;
	data->total_findings = tags;
}

bool pr_chart_bind_survey_projects(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_survey *survey = survey_of(builder);

	(void)item;
	if (!survey || survey->alarmed_count == 0)
		return true;
	add_categories(builder, survey);
	for (size_t c = 0; c < survey->code_count; c++) {
		double *values = pr_arena_array(builder->arena, builder->data->category_count, sizeof *values);
		struct pr_chart_series *series;
		double sum = 0;

		for (size_t i = 0; i < builder->data->category_count; i++)
			sum += values[i] = (double)survey->ranked[i]->codes[c].now;
		if (sum == 0)
			continue;
		series = push_code(builder, c);
		series->values = values;
		series->count = builder->data->category_count;
	}
	return true;
}
