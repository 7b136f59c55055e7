/* Charts of sensors: all in % of their alarm limits, and each one's month. Ambient sensors have no limit to be held to. */
#include "document/chart_bind.h"
#include "document/month.h"
#include "document/rows.h"

#include <math.h>
#include <string.h>

#define PANELS_MOST 20

/* --- dots ------------------------------------------------------------------------------------------------------- */

struct dots {
	struct pr_chart_builder *builder;
	const struct pr_subject **sensors;
	size_t count;
};

static struct dots sensors_of(struct pr_chart_builder *builder)
{
	struct dots dots = {.builder = builder};
	const struct pr_subject **sorted = pr_month_sensors(builder->project, builder->arena);

	dots.sensors = pr_arena_array(builder->arena, builder->project->sensor_count, sizeof *dots.sensors);
	for (size_t i = 0; i < builder->project->sensor_count && dots.count < PR_CHART_POINTS_MAX; i++)
		if (!pr_month_is_ambient(sorted[i]))
			dots.sensors[dots.count++] = sorted[i];
	return dots;
}

static double number_of(const struct pr_subject *sensor, const char *id, bool limit)
{
	const struct pr_finding *finding = pr_findings_get(&sensor->findings, id);

	return finding ? pr_micro_to_double(limit ? finding->limit : finding->value) : (double)NAN;
}

struct column {
	const char *head, *id, *style;
	enum { SHOW_VALUE, SHOW_LIMIT, SHOW_TIME } what;
	bool judged, quiet;
};

static const struct column columns[] = {
	{"head.maximum", "safety.max", "trim", SHOW_VALUE, true, false},
	{"head.alarm_limit", "safety.max", "trim", SHOW_LIMIT, false, true},
	{"head.at", "safety.max", "day_time", SHOW_TIME, false, true},
	{"head.margin", "safety.margin", "sign", SHOW_VALUE, true, false},
	{"head.warn_minutes", "safety.warn_minutes", "0,bare", SHOW_VALUE, false, false},
	{"head.alarm_minutes", "safety.alarm_minutes", "0,bare", SHOW_VALUE, false, false},
};
#define COLUMN_COUNT (sizeof columns / sizeof *columns)

static void fill_cell(struct dots *dots, const struct column *column, size_t row, const char **text, const char **path)
{
	struct pr_chart_builder *builder = dots->builder;
	const struct pr_finding *finding = pr_findings_get(&dots->sensors[row]->findings, column->id);
	struct pr_value value = pr_value_missing();

	if (finding && column->what == SHOW_TIME)
		value = pr_value_time(finding->at_ms);
	else if (finding)
		value = pr_value_of_finding(builder->base->context.report, builder->project, finding,
			column->what == SHOW_LIMIT ? finding->limit : finding->value);
	*text = pr_chart_text(builder, value, column->style);
	*path = value.kind == PR_VALUE_NUMBER
	            ? pr_arena_format(builder->arena, "projects/%lld/sensors/%lld/%s%s",
					  (long long)builder->project->project->id, (long long)dots->sensors[row]->id, column->id,
					  column->what == SHOW_LIMIT ? "@limit" : "")
	            : PR_TAG_TIME;
}

static void add_columns(struct dots *dots)
{
	struct pr_arena *arena = dots->builder->arena;
	const struct pr_words *words = dots->builder->base->context.words;
	struct pr_chart_column *shown = pr_arena_array(arena, COLUMN_COUNT, sizeof *shown);

	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		const char **texts = pr_arena_array(arena, dots->count, sizeof *texts);
		const char **paths = pr_arena_array(arena, dots->count, sizeof *paths);
		for (size_t row = 0; row < dots->count; row++)
			fill_cell(dots, &columns[i], row, &texts[row], &paths[row]);
		shown[i] = (struct pr_chart_column){.label = pr_words_plain(words, columns[i].head),
			.texts = texts,
			.findings = paths,
			.judged = columns[i].judged,
			.quiet = columns[i].quiet};
	}
	dots->builder->data->columns = shown;
	dots->builder->data->column_count = COLUMN_COUNT;
	dots->builder->data->row_label = pr_words_plain(words, "head.sensor");
}

bool pr_chart_bind_sensors(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	static const struct {
		const char *data, *id;
		bool limit;
	} figures[] = {{"sensors.minimum", "safety.min", false}, {"sensors.mean", "safety.mean", false},
		{"sensors.maximum", "safety.max", false}, {"sensors.warn", "safety.warn_minutes", true}};
	struct dots dots = sensors_of(builder);
	double *values = pr_arena_array(builder->arena, dots.count, sizeof *values);
	struct pr_chart_data *data = builder->data;
	struct pr_chart_series *series;
	size_t figure = 0;

	while (figure + 1 < sizeof figures / sizeof *figures && strcmp(figures[figure].data, item->data) != 0)
		figure++;
	if (!data->categories) {
		data->categories = pr_arena_array(builder->arena, dots.count, sizeof *data->categories);
		data->category_count = dots.count;
		for (size_t i = 0; i < dots.count; i++)
			data->categories[i].label = dots.sensors[i]->name;
		add_columns(&dots);
	}
	for (size_t i = 0; i < dots.count; i++)
		values[i] = 100 * number_of(dots.sensors[i], figures[figure].id, figures[figure].limit) /
		            number_of(dots.sensors[i], "safety.max", true);
	series = pr_chart_push(builder);
	*series = (struct pr_chart_series){.name = item->name, .values = values, .count = dots.count};
	return true;
}

/* --- each one's month ------------------------------------------------------------------------------------------- */

static void add_line(struct pr_chart_builder *builder, struct pr_chart_panel *panel, size_t *capacity, const char *name,
	const double *values, size_t count)
{
	struct pr_chart_series *series = PR_PUSH(builder->arena, panel->data.series, panel->data.series_count, *capacity);

	*series = (struct pr_chart_series){.name = name, .values = values, .count = count};
}

/* The lowest and highest sample of every quarter beside the mean. */
static void add_extremes(struct pr_chart_builder *builder, struct pr_chart_panel *panel, size_t *capacity,
	const struct pr_minute_buckets *buckets, size_t count)
{
	double *lows = pr_arena_array(builder->arena, count, sizeof *lows);
	double *highs = pr_arena_array(builder->arena, count, sizeof *highs);

	for (size_t i = 0; i < count; i++) {
		const struct pr_bucket *bucket = i < buckets->count ? &buckets->fields[0].buckets[i] : NULL;
		lows[i] = bucket && bucket->count ? bucket->minimum : (double)NAN;
		highs[i] = bucket && bucket->count ? bucket->maximum : (double)NAN;
	}
	add_line(builder, panel, capacity, "low", lows, count);
	add_line(builder, panel, capacity, "high", highs, count);
}

static void add_limits(struct pr_chart_builder *builder, struct pr_chart_panel *panel, const struct pr_subject *sensor)
{
	struct pr_chart_limit *limits = pr_arena_array(builder->arena, PR_SENSOR_LIMITS, sizeof *limits);
	double warn = number_of(sensor, "safety.warn_minutes", true),
		   alarm = number_of(sensor, "safety.alarm_minutes", true);

	if (!isnan(alarm))
		limits[panel->data.limit_count++] = (struct pr_chart_limit){.value = alarm};
	if (!isnan(warn))
		limits[panel->data.limit_count++] = (struct pr_chart_limit){.value = warn, .dashed = true, .role = "fair"};
	panel->data.limits = limits;
}

static bool add_panel(struct pr_chart_builder *builder, const struct pr_subject *sensor, struct pr_chart_panel *panel)
{
	const struct pr_context *context = &builder->base->context;
	const struct pr_series *month =
		pr_project_series(builder->project, pr_arena_format(builder->arena, "sensor.%lld", (long long)sensor->id));
	const struct pr_series *before = pr_project_series(
		builder->project, pr_arena_format(builder->arena, ".sensor.%lld.before", (long long)sensor->id));
	const struct pr_sensor_data *data = pr_month_sensor_data(context->report, builder->project, sensor);
	struct pr_scope scope = {.outer = builder->scope, .findings = &sensor->findings};
	size_t capacity = 0;

	scope.path = pr_arena_format(
		builder->arena, "projects/%lld/sensors/%lld", (long long)builder->project->project->id, (long long)sensor->id);
	add_line(builder, panel, &capacity, "mean", month->values, month->count);
	if (data && data->month)
		add_extremes(builder, panel, &capacity, data->month, month->count);
	if (before) {
		add_line(builder, panel, &capacity, "beside", before->values, before->count);
		panel->data.series[panel->data.series_count - 1].role = "rule";
	}
	add_limits(builder, panel, sensor);
	panel->title = sensor->name;
	panel->emphasised = number_of(sensor, "safety.alarm_minutes", false) > 0;
	panel->data.group = context->words->group;
	panel->data.minus = context->words->minus;
	pr_chart_axis_of_quarters(builder, &panel->data, month->count);
	panel->data.unexpected = 0;
	return pr_chart_tagged(builder, &scope, "safety.panel", &panel->note, &panel->finding);
}

bool pr_chart_bind_sensor_months(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_subject **sorted = pr_month_sensors(builder->project, builder->arena);
	struct pr_chart_panel *panels = pr_arena_array(builder->arena, PANELS_MOST, sizeof *panels);
	struct pr_chart_data *data = builder->data;

	(void)item;
	for (size_t i = 0; i < builder->project->sensor_count && data->panel_count < PANELS_MOST; i++) {
		if (!pr_project_series(
				builder->project, pr_arena_format(builder->arena, "sensor.%lld", (long long)sorted[i]->id)))
			continue;
		if (!add_panel(builder, sorted[i], &panels[data->panel_count]))
			return false;
		data->panel_count++;
	}
	data->panels = panels;
	return true;
}
