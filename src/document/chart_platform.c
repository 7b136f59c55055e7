/* What the platform's charts show. */
#include "analysis/platform.h"
#include "document/chart_bind.h"

bool pr_chart_bind_platform(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_platform *platform = builder->base->context.report->platform;
	struct pr_chart_data *data = builder->data;
	double *values = pr_arena_array(builder->arena, PR_INDEX_BINS, sizeof *values);
	const char **texts = pr_arena_array(builder->arena, PR_INDEX_BINS, sizeof *texts);
	struct pr_chart_series *series;
	uint64_t most = 0;

	if (!platform || platform->health.indexed == 0)
		return true;
	data->categories = pr_arena_array(builder->arena, PR_INDEX_BINS, sizeof *data->categories);
	data->category_count = PR_INDEX_BINS;
	for (size_t i = 0; i < PR_INDEX_BINS; i++) {
		int low = 10 * (int)i;
		values[i] = (double)platform->index_bins[i];
		texts[i] = pr_chart_format(builder, values[i], NULL, "0,bare");
		data->categories[i].label = pr_arena_format(builder->arena, "%d–%d", low, low + 10);
		most = platform->index_bins[i] > most ? platform->index_bins[i] : most;
	}
	for (size_t i = 0; i < PR_INDEX_BINS; i++)
		data->categories[i].emphasised = most > 0 && platform->index_bins[i] == most;
	series = pr_chart_push(builder);
	series->name = item->name;
	series->role = item->role;
	series->values = values;
	series->texts = texts;
	series->count = PR_INDEX_BINS;
	return true;
}
