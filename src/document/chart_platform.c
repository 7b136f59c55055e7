/* What the platform's charts show: few projects with their health index each, many counted by ten points of it. */
#include "analysis/platform.h"
#include "document/chart_bind.h"

/* A row a project, lowest first, while the ranking holds all of them; 0 = it does not. */
static size_t bind_each(struct pr_chart_builder *builder, const struct pr_platform *platform, double *values,
	const char **texts, const char **tags)
{
	const struct pr_platform_list *list = &platform->lists[PR_RANKING_HEALTH_LOW];
	size_t count = 0;

	if (platform->projects > PR_PLATFORM_RANKED)
		return 0;
	for (size_t i = 0; i < list->count; i++) {
		const struct pr_platform_shown *shown = pr_platform_shown_of(platform, list->items[i].project_id);
		const struct pr_finding *index = shown ? pr_findings_get(&shown->summary.findings, "health.index") : NULL;
		if (!index || index->value == PR_MICRO_MISSING)
			continue;
		values[count] = pr_micro_to_double(index->value);
		texts[count] = pr_chart_format(builder, values[count], NULL, "1,bare");
		tags[count] =
			pr_arena_format(builder->arena, "projects/%lld/health.index", (long long)shown->summary.project_id);
		builder->data->categories[count++].label = shown->summary.project_name;
	}
	return count;
}

/* A row each ten points, the highest first. */
static size_t bind_bins(struct pr_chart_builder *builder, const struct pr_platform *platform, double *values,
	const char **texts, const char **tags)
{
	for (size_t i = 0; i < PR_INDEX_BINS; i++) {
		size_t bin = PR_INDEX_BINS - 1 - i;
		int low = 10 * (int)bin;
		values[i] = (double)platform->index_bins[bin];
		texts[i] = pr_chart_format(builder, values[i], NULL, "0,bare");
		tags[i] = pr_arena_format(builder->arena, "facts/platform.index_bin.%zu", bin + 1);
		builder->data->categories[i].finding = PR_TAG_TICK;
		builder->data->categories[i].label = pr_arena_format(builder->arena, "%d–%d", low, low + 10);
	}
	return PR_INDEX_BINS;
}

bool pr_chart_bind_platform(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_platform *platform = builder->base->context.report->platform;
	struct pr_chart_series *series;
	double *values;
	const char **texts, **tags;
	size_t most, count;

	if (!platform || platform->health.indexed == 0)
		return true;
	most = platform->lists[PR_RANKING_HEALTH_LOW].count;
	most = most > PR_INDEX_BINS ? most : PR_INDEX_BINS;
	values = pr_arena_array(builder->arena, most, sizeof *values);
	texts = pr_arena_array(builder->arena, most, sizeof *texts);
	tags = pr_arena_array(builder->arena, most, sizeof *tags);
	builder->data->categories = pr_arena_array(builder->arena, most, sizeof *builder->data->categories);
	count = bind_each(builder, platform, values, texts, tags);
	if (count == 0)
		count = bind_bins(builder, platform, values, texts, tags);
	builder->data->category_count = count;
	series = pr_chart_push(builder);
	series->name = item->name;
	series->role = item->role;
	series->values = values;
	series->texts = texts;
	series->findings = tags;
	series->count = count;
	return true;
}
