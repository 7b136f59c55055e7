/*
 * Data for charts: a definition's series found among the report's, its expressions evaluated, its words rendered. Where
 * a series is not measured at all it is left out; charts never get a value that the findings do not hold.
 */
#include "document/chart_bind.h"
#include "document/month.h"
#include "document/template.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_QUARTERS 96
#define DARK_SHARE 0.33      /* of the quarters in the darkest step: then even steps tell more */
#define BASE_LOAD_SHARE 0.15 /* of the maximum: above it the fingerprint's steps begin at the base load */

const char *pr_chart_text(const struct pr_chart_builder *builder, struct pr_value value, const char *style)
{
	struct pr_format_style parsed;

	if (!pr_format_style_parse(style, &parsed))
		parsed = (struct pr_format_style){.digits = -1, .bare = true};
	return pr_format_value(&builder->base->context, builder->scope, &value, &parsed);
}

const char *pr_chart_format(const struct pr_chart_builder *builder, double number, const char *unit, const char *style)
{
	return pr_chart_text(builder, pr_value_number(number, unit), style);
}

const char *pr_chart_format_time(const struct pr_chart_builder *builder, int64_t time_ms, const char *style)
{
	return pr_chart_text(builder, pr_value_time(time_ms), style);
}

bool pr_chart_tagged(const struct pr_chart_builder *builder, const struct pr_scope *scope, const char *key,
	const char **text, const char **tags)
{
	*text = *tags = NULL;
	return !key ||
	       pr_words_tagged(&builder->base->context, scope ? scope : builder->scope, key, text, tags, builder->error);
}

bool pr_chart_words(
	const struct pr_chart_builder *builder, const struct pr_scope *scope, const char *key, const char **text)
{
	const char *tags;

	return pr_chart_tagged(builder, scope, key, text, &tags);
}

const char *pr_chart_path(const struct pr_chart_builder *builder, const char *what)
{
	if (!builder->project)
		return what;
	return pr_arena_format(builder->arena, "projects/%lld/%s", (long long)builder->project->project->id, what);
}

const char *pr_chart_value_path(const struct pr_chart_builder *builder, const char *series, size_t index, double scale)
{
	const char *path = pr_arena_format(builder->arena, "%s/%zu",
		pr_chart_path(builder, pr_arena_format(builder->arena, "series/%s", series + (series[0] == '.'))), index);

	return scale == 1 ? path : pr_arena_format(builder->arena, "(%s|/|%.0f)", path, scale);
}

struct pr_chart_series *pr_chart_push(struct pr_chart_builder *builder)
{
	struct pr_chart_series *series =
		PR_PUSH(builder->arena, builder->data->series, builder->data->series_count, builder->series_capacity);

	*series = (struct pr_chart_series){0};
	return series;
}

/* --- series ----------------------------------------------------------------------------------------------------- */

static double scale_of(const struct pr_chart_builder *builder, const char *unit)
{
	return builder->project && pr_unit_is_currency(unit) ? pr_money_scale(&builder->base->context, builder->project)
	                                                     : 1;
}

static bool any_value(const double *values, size_t count, bool positive)
{
	for (size_t i = 0; i < count; i++)
		if (!isnan(values[i]) && (!positive || values[i] != 0))
			return true;
	return false;
}

static bool label_series(
	struct pr_chart_builder *builder, const struct pr_chart_item *item, struct pr_chart_series *series)
{
	const char *note_key = item->label ? pr_arena_format(builder->arena, "%s.note", item->label) : NULL;

	series->name = item->name;
	series->role = item->role;
	series->dashed = item->dashed;
	series->width = item->width;
	series->label_at_maximum = pr_text_equal(item->at, "maximum");
	if (note_key && pr_words_get(builder->base->context.words, note_key) &&
		!pr_chart_tagged(builder, NULL, note_key, &series->note, &series->note_finding))
		return false;
	return pr_chart_tagged(builder, NULL, item->label, &series->label, &series->label_finding);
}

/* A series of the report, money in the chart's scale. A stack leaves out what is 0 all the time. */
static bool add_measured(
	struct pr_chart_builder *builder, const struct pr_chart_item *item, const struct pr_series *measured)
{
	double scale = scale_of(builder, measured->unit);
	double *values = pr_arena_array(builder->arena, measured->count, sizeof *values);
	struct pr_chart_series *series;

	if (!builder->first)
		builder->first = measured;
	if (!any_value(measured->values, measured->count, builder->definition->kind == PR_CHART_STACK))
		return true;
	for (size_t i = 0; i < measured->count; i++)
		values[i] = measured->values[i] / scale;
	series = pr_chart_push(builder);
	series->values = values;
	series->count = measured->count;
	series->finding =
		pr_chart_path(builder, pr_arena_format(builder->arena, "series/%s", measured->id + (measured->id[0] == '.')));
	if (scale != 1)
		series->finding = pr_arena_format(builder->arena, "(%s|/|%.0f)", series->finding, scale);
	builder->data->unit = measured->unit;
	return label_series(builder, item, series);
}

static bool add_part(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	struct pr_chart_series *series;
	struct pr_value value;
	double *number;
	const char **text;

	if (!pr_expression_value(&builder->base->context, builder->scope, item->data, builder->definition->path, item->line,
			&value, builder->error))
		return false;
	if (value.kind != PR_VALUE_NUMBER || value.number == 0)
		return true;
	number = pr_arena_alloc(builder->arena, sizeof *number);
	text = pr_arena_alloc(builder->arena, sizeof *text);
	*number = value.number;
	*text = pr_chart_format(builder, value.number, value.unit, "bare");
	series = pr_chart_push(builder);
	series->values = number;
	series->texts = text;
	series->count = 1;
	series->finding = value.finding;
	return label_series(builder, item, series);
}

/* A cell a day: measured ÷ expected. */
static bool add_coverage(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_project_report *project = builder->project;
	double *values = pr_arena_array(builder->arena, project->day_count, sizeof *values);
	struct pr_chart_series *series = pr_chart_push(builder);

	for (size_t i = 0; i < project->day_count; i++)
		values[i] = project->day_expected[i] > 0 ? (double)project->day_measured[i] / project->day_expected[i] : NAN;
	series->values = values;
	series->count = project->day_count;
	return label_series(builder, item, series);
}

static size_t quarter_at(const struct pr_project_report *project, int64_t time_ms)
{
	int64_t index = project->quarter_count > 0 ? (time_ms - project->quarters[0].start_ms) / PR_MS_QUARTER : 0;

	return index < 0 ? 0 : index > (int64_t)project->quarter_count ? project->quarter_count : (size_t)index;
}

/* A cell a quarter: the share of the expected incomers that no gap covers. */
static bool add_quarter_coverage(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_project_report *project = builder->project;
	struct pr_series *found = pr_arena_alloc(builder->arena, sizeof *found);
	struct pr_chart_series *series;
	double *values = pr_arena_array(builder->arena, project->quarter_count, sizeof *values);

	if (project->quarter_count == 0 || !project->in_service)
		return true;
	for (size_t i = 0; i < project->quarter_count; i++)
		values[i] = project->quarters[i].expected;
	for (size_t g = 0; g < project->gap_count; g++)
		for (size_t i = quarter_at(project, project->gaps[g].from_ms); i < quarter_at(project, project->gaps[g].to_ms);
			 i++)
			values[i] -= 1;
	for (size_t i = 0; i < project->quarter_count; i++)
		values[i] = project->quarters[i].expected > 0 ? values[i] / project->quarters[i].expected : NAN;
	*found = (struct pr_series){
		.start_ms = project->quarters[0].start_ms, .values = values, .count = project->quarter_count};
	builder->first = builder->first ? builder->first : found;
	series = pr_chart_push(builder);
	series->values = values;
	series->count = project->quarter_count;
	return label_series(builder, item, series);
}

/* --- points ----------------------------------------------------------------------------------------------------- */

static double point_energy(const struct pr_subject *point)
{
	const struct pr_finding *finding = pr_findings_get(&point->findings, "energy.total");

	return finding ? pr_micro_to_double(finding->value) : NAN;
}

/* Most first; what is not measured last; equals in the order of the list. */
static void order_points(const struct pr_project_report *project, size_t *order)
{
	for (size_t i = 0; i < project->point_count; i++) {
		double energy = point_energy(&project->points[i]);
		size_t at = i;

		while (at > 0) {
			double before = point_energy(&project->points[order[at - 1]]);
			if (!(isnan(before) && !isnan(energy)) && !(energy > before))
				break;
			order[at] = order[at - 1];
			at--;
		}
		order[at] = i;
	}
}

static bool add_points(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_project_report *project = builder->project;
	size_t count = project->point_count < PR_CHART_POINTS_MAX ? project->point_count : PR_CHART_POINTS_MAX;
	double *values = pr_arena_array(builder->arena, count, sizeof *values);
	const char **texts = pr_arena_array(builder->arena, count, sizeof *texts);
	const char **paths = pr_arena_array(builder->arena, count, sizeof *paths);
	size_t *order = pr_arena_array(builder->arena, project->point_count, sizeof *order);
	struct pr_chart_series *series = pr_chart_push(builder);
	bool some_below = pr_month_incomers(project) < project->point_count; /* incomers are the others' sums */

	builder->data->categories = pr_arena_array(builder->arena, count, sizeof *builder->data->categories);
	builder->data->category_count = count;
	order_points(project, order);
	for (size_t i = 0; i < count; i++) {
		const struct pr_subject *point = &project->points[order[i]];
		values[i] = point_energy(point);
		texts[i] = isnan(values[i]) ? "—" : pr_chart_format(builder, values[i], "kWh", "0,bare");
		paths[i] =
			pr_chart_path(builder, pr_arena_format(builder->arena, "points/%lld/energy.total", (long long)point->id));
		builder->data->categories[i] = (struct pr_chart_category){.label = point->name,
			.finding = PR_TAG_NAME,
			.emphasised = some_below && ((const struct pr_point *)point->model)->role == PR_ROLE_INCOMER};
	}
	series->findings = paths;
	series->values = values;
	series->texts = texts;
	series->count = count;
	return label_series(builder, item, series);
}

static const struct {
	const char *data;
	pr_chart_binding *bind;
} bindings[] = {
	{"coverage.day", add_coverage},
	{"coverage.quarter", add_quarter_coverage},
	{"points.energy", add_points},
	{"platform.index", pr_chart_bind_platform},
	{"health.scores", pr_chart_bind_scores},
	{"sensors.minimum", pr_chart_bind_sensors},
	{"sensors.mean", pr_chart_bind_sensors},
	{"sensors.maximum", pr_chart_bind_sensors},
	{"sensors.warn", pr_chart_bind_sensors},
	{"sensors.months", pr_chart_bind_sensor_months},
	{"quality.voltage", pr_chart_bind_voltage},
	{"quality.currents", pr_chart_bind_currents},
	{"quality.trends", pr_chart_bind_trends},
	{"quality.hours", pr_chart_bind_hours},
	{"quality.harmonics", pr_chart_bind_harmonics},
	{"quality.harmonics.limit", pr_chart_bind_harmonics},
	{"alarms.types", pr_chart_bind_alarm_types},
	{"alarms_day.critical", pr_chart_bind_alarm_days},
	{"alarms_day.major", pr_chart_bind_alarm_days},
	{"alarms_day.minor", pr_chart_bind_alarm_days},
	{"alarms.hours", pr_chart_bind_alarm_hours},
	{"savings.demand", pr_chart_bind_demands},
	{".savings.basic.capacity", pr_chart_bind_ways},
	{".savings.basic.contract_demand", pr_chart_bind_ways},
	{".savings.basic.actual_demand", pr_chart_bind_ways},
	{"savings.curve", pr_chart_bind_curve},
	{"forecast.months", pr_chart_bind_forecast},
	{"forecast.energy", pr_chart_bind_forecast},
	{"forecast.energy.low", pr_chart_bind_forecast},
	{"forecast.energy.high", pr_chart_bind_forecast},
	{"survey.codes", pr_chart_bind_survey_codes},
	{"survey.projects", pr_chart_bind_survey_projects},
};

/* By the item's `when`. */
static bool is_shown(struct pr_chart_builder *builder, const struct pr_chart_item *item, bool *shown)
{
	return pr_expression_true(&builder->base->context, builder->scope, item->when, builder->definition->path,
		item->line, shown, builder->error);
}

static bool add_series(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_series *measured;
	bool shown;

	if (!is_shown(builder, item, &shown))
		return false;
	if (shown && pr_text_starts(item->data, "projects."))
		return pr_chart_bind_projects(builder, item);
	if (shown && pr_text_equal(item->data, "change.parts"))
		return pr_chart_bind_change(builder, item);
	if (!shown ||
		(!builder->project && !pr_text_starts(item->data, "survey.") && !pr_text_starts(item->data, "platform.")))
		return true;
	for (size_t i = 0; i < sizeof bindings / sizeof *bindings; i++)
		if (strcmp(item->data, bindings[i].data) == 0)
			return bindings[i].bind(builder, item);
	if (builder->definition->kind == PR_CHART_PIE)
		return add_part(builder, item);
	measured = pr_project_series(builder->project, item->data);
	return !measured || add_measured(builder, item, measured);
}

/* --- limits, marks, strip, steps -------------------------------------------------------------------------------- */

static bool add_limit(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	struct pr_scope scope = {.outer = builder->scope};
	struct pr_chart_limit *limit;
	struct pr_value value;
	bool shown;

	if (!is_shown(builder, item, &shown))
		return false;
	if (!shown)
		return true;
	if (!pr_expression_value(&builder->base->context, builder->scope, item->data, builder->definition->path, item->line,
			&value, builder->error))
		return false;
	if (value.kind != PR_VALUE_NUMBER)
		return true;
	pr_scope_add(&scope, builder->arena, "limit.value", value);
	limit = &builder->data->limits[builder->data->limit_count++];
	limit->value = value.number;
	limit->dashed = item->dashed;
	return pr_chart_tagged(builder, &scope, item->label, &limit->label, &limit->finding);
}

/* The place of the extreme among the sums (series "total") or in one series; the first of equals. */
static bool find_extreme(
	const struct pr_chart_builder *builder, const struct pr_chart_item *item, size_t *series, size_t *index)
{
	const struct pr_chart_data *data = builder->data;
	bool minimum = pr_text_equal(item->at, "minimum");
	double best = NAN;

	*series = data->series_count;
	for (size_t s = 0; s < data->series_count; s++)
		if (pr_text_equal(data->series[s].name, item->series))
			*series = s;
	if (*series == data->series_count) {
		*index = pr_chart_highest(builder, data->category_count);
		return pr_text_equal(item->series, "total") && *index != SIZE_MAX;
	}
	for (size_t i = 0; i < data->series[*series].count; i++) {
		double value = data->series[*series].values[i];
		if (!isnan(value) && (isnan(best) || (minimum ? value < best : value > best))) {
			best = value;
			*index = i;
		}
	}
	return !isnan(best);
}

static double value_at(const struct pr_chart_builder *builder, size_t series, size_t index)
{
	double sum = 0;

	if (series < builder->data->series_count)
		return builder->data->series[series].values[index];
	for (size_t s = 0; s < builder->data->series_count; s++)
		if (!isnan(builder->data->series[s].values[index]))
			sum += builder->data->series[s].values[index];
	return sum;
}

/* "series/energy_day" and 3 are "series/energy_day/3"; within a formula the index stands behind the path. */
static const char *indexed(const struct pr_chart_builder *builder, const char *path, size_t index)
{
	const char *bar = path ? strchr(path, '|') : NULL;

	if (!bar)
		return path ? pr_arena_format(builder->arena, "%s/%zu", path, index) : NULL;
	return pr_arena_format(builder->arena, "%.*s/%zu%s", (int)(bar - path), path, index, bar);
}

/* The series that others are the parts of. */
static const struct {
	const char *part, *whole;
} wholes[] = {{"/series/energy_slot_day.", "/series/energy_day"}, {"/series/months13.basic", "/series/months13.charge"},
	{"/series/months13.energy_charge", "/series/months13.charge"}, {"/series/alarms_day.", "/series/alarms_day"}};

static const char *whole_of(const struct pr_chart_builder *builder, const char *path)
{
	for (size_t i = 0; path && i < sizeof wholes / sizeof *wholes; i++) {
		const char *at = strstr(path, wholes[i].part), *bar = strchr(path, '|');
		if (at)
			return pr_arena_format(builder->arena, "%.*s%s%s", (int)(at - path), path, wholes[i].whole, bar ? bar : "");
	}
	return NULL;
}

static const char *one_tag(const struct pr_chart_builder *builder, const struct pr_chart_series *series, size_t index)
{
	return series->findings ? series->findings[index] : indexed(builder, series->finding, index);
}

/* Of one series' value, or of the sum of all. */
static const char *value_tag(const struct pr_chart_builder *builder, size_t series, size_t index)
{
	const struct pr_chart_data *data = builder->data;
	const char *tag = NULL;

	if (series < data->series_count)
		return one_tag(builder, &data->series[series], index);
	if (data->series_count > 0 && whole_of(builder, data->series[0].finding))
		return indexed(builder, whole_of(builder, data->series[0].finding), index);
	for (size_t s = 0; s < data->series_count; s++) {
		const char *one = one_tag(builder, &data->series[s], index);
		if (isnan(data->series[s].values[index]))
			continue;
		if (!one)
			return NULL;
		tag = tag ? pr_arena_format(builder->arena, "(%s|+|%s)", tag, one) : one;
	}
	return tag;
}

static bool add_mark(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	struct pr_scope scope = {.outer = builder->scope};
	/* A series of unit "1" counts something. */
	const char *unit = pr_text_equal(builder->data->unit, "1") ? NULL : builder->data->unit;
	struct pr_chart_mark mark = {0};
	struct pr_value marked;
	double value;
	bool shown;

	if (!is_shown(builder, item, &shown))
		return false;
	if (!shown || !find_extreme(builder, item, &mark.series, &mark.index))
		return true;
	value = value_at(builder, mark.series, mark.index);
	marked = pr_value_number(value, unit);
	marked.finding = value_tag(builder, mark.series, mark.index);
	pr_scope_add(&scope, builder->arena, "mark.value", marked);
	mark.value_text = pr_chart_format(builder, value, unit, "0,bare");
	mark.finding = marked.finding;
	if (item->label && !pr_chart_tagged(builder, &scope, item->label, &mark.value_text, &mark.finding))
		return false;
	mark.time_finding = PR_TAG_TIME;
	if (builder->data->places && builder->first)
		mark.time_text =
			pr_chart_format_time(builder, builder->first->start_ms + (int64_t)mark.index * PR_MS_QUARTER, "day_time");
	builder->data->marks[builder->data->mark_count++] = mark;
	return true;
}

/* The slots of one day by the tariff: that of the maximum demand, or else the first workday. */
static void add_strip(struct pr_chart_builder *builder)
{
	const struct pr_project_report *project = builder->project;
	const struct pr_finding *peak = pr_findings_get(&project->findings, "demand.max");
	int *strip = pr_arena_array(builder->arena, DAY_QUARTERS, sizeof *strip);
	int day = 1;
	bool any = false;

	for (size_t i = project->day_count; i-- > 0;)
		if (project->day_kinds[i] == PR_DAY_WORKDAY)
			day = (int)i + 1;
	if (peak && peak->at_ms != PR_TIME_MISSING)
		day = pr_zone_local(project->project->zone, peak->at_ms).date.day;
	for (int i = 0; i < DAY_QUARTERS; i++)
		strip[i] = -1;
	for (size_t i = 0; i < project->quarter_count; i++) {
		struct pr_local_time local = pr_zone_local(project->project->zone, project->quarters[i].start_ms);
		if (local.date.day != day || project->quarters[i].slot < 0)
			continue;
		strip[local.minute_of_day / 15] = (int)(unsigned char)project->quarters[i].slot;
		any = true;
	}
	if (any) {
		builder->data->strip = strip;
		builder->data->strip_count = DAY_QUARTERS;
	}
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The 5 % value of a series by nearest rank; 0 without values. */
static double low_value(const struct pr_chart_builder *builder, const struct pr_chart_series *series)
{
	double *sorted = pr_arena_array(builder->arena, series->count, sizeof *sorted);
	size_t count = 0;

	for (size_t i = 0; i < series->count; i++)
		if (!isnan(series->values[i]))
			sorted[count++] = series->values[i];
	if (count == 0)
		return 0;
	qsort(sorted, count, sizeof *sorted, compare_doubles);
	return sorted[(count + 19) / 20 - 1];
}

/* Whether most of a map would be of its darkest shade. */
static bool is_dark(const struct pr_chart_series *series, double from)
{
	size_t dark = 0, count = 0;

	for (size_t i = 0; i < series->count; i++) {
		count += isnan(series->values[i]) ? 0 : 1;
		dark += series->values[i] >= from ? 1 : 0;
	}
	return (double)dark > DARK_SHARE * (double)count;
}

/* Where the load never comes near 0, steps from 0 would leave few shades: even ones, the nearest round, from the base load up. */
static void even_steps(double low, double high, double steps[6])
{
	double raw = (high - low) / 6, power = pow(10, floor(log10(raw))), unit = raw / power;
	double step = (unit <= 1.4 ? 1 : unit <= 2.2 ? 2 : unit <= 3.5 ? 2.5 : unit <= 7 ? 5 : 10) * power;
	double from = ceil(low / step) * step;

	for (int i = 0; i < 6; i++)
		steps[i] = from + step * i;
}

static void add_steps(struct pr_chart_builder *builder)
{
	const struct pr_chart_series *series = builder->data->series;
	double *steps = pr_arena_array(builder->arena, 6, sizeof *steps);
	const char **texts = pr_arena_array(builder->arena, 6, sizeof *texts);
	double most = 0, low = builder->data->series_count > 0 ? low_value(builder, series) : 0;

	if (!builder->data->unit) /* shares of what was expected */
		return;
	for (size_t i = 0; builder->data->series_count > 0 && i < series->count; i++)
		most = fmax(most, series->values[i]);
	pr_chart_steps(most, steps);
	if (most > low && (low > most * BASE_LOAD_SHARE || is_dark(series, steps[5])))
		even_steps(low, most, steps);
	for (int i = 0; i < 6; i++)
		texts[i] = pr_chart_format(builder, steps[i], NULL, "trim,bare");
	builder->data->steps = steps;
	builder->data->step_texts = texts;
}

static void add_totals(struct pr_chart_builder *builder)
{
	struct pr_chart_data *data = builder->data;
	const char **totals = pr_arena_array(builder->arena, data->category_count, sizeof *totals);
	const char **tags = pr_arena_array(builder->arena, data->category_count, sizeof *tags);
	double most = 0;
	const char *style;

	for (size_t i = 0; i < data->category_count; i++)
		most = fmax(most, fabs(value_at(builder, data->series_count, i)));
	style = most >= 100 ? "0,bare" : most >= 10 ? "1,bare" : "2,bare";
	for (size_t i = 0; i < data->category_count; i++) {
		bool any = false;
		for (size_t s = 0; s < data->series_count; s++)
			any = any || (i < data->series[s].count && !isnan(data->series[s].values[i]));
		totals[i] = any ? pr_chart_format(builder, value_at(builder, data->series_count, i), NULL, style) : NULL;
		tags[i] = any ? value_tag(builder, data->series_count, i) : NULL;
	}
	data->totals = totals;
	data->total_findings = tags;
}

/* "纵轴自#起": the chart puts the value where its header says. */
const char *pr_chart_axis_note(const struct pr_chart_builder *builder, const char *text)
{
	const char *sign = text ? strchr(text, '#') : NULL;

	if (!sign)
		return text;
	return pr_arena_format(builder->arena, "%.*s{}%s", (int)(sign - text), text, sign + 1);
}

static bool add_texts(struct pr_chart_builder *builder)
{
	const struct pr_chart_definition *definition = builder->definition;
	struct pr_chart_data *data = builder->data;
	const char **keys = pr_arena_array(builder->arena, definition->key_count, sizeof *keys);
	const char *note;

	data->group = builder->base->context.words->group;
	data->minus = builder->base->context.words->minus;
	data->hour_label = pr_words_plain(builder->base->context.words, "chart.hour");
	if (!pr_chart_words(builder, NULL, definition->gap_label, &data->gap_label) ||
		!pr_chart_words(builder, NULL, definition->strip_label, &data->strip_label) ||
		!pr_chart_words(builder, NULL, definition->other_label, &data->other_label) ||
		!pr_chart_words(builder, NULL, definition->axis_note, &note))
		return false;
	data->note = pr_chart_axis_note(builder, note);
	for (size_t i = 0; i < definition->key_count; i++)
		if (!pr_chart_words(builder, NULL, definition->key_labels[i], &keys[i]))
			return false;
	data->key_texts = keys;
	return true;
}

bool pr_chart_data_build(const struct pr_builder *base, const struct pr_scope *scope,
	const struct pr_chart_definition *definition, struct pr_chart_data *data, struct pr_error *error)
{
	struct pr_chart_builder builder = {.base = base,
		.scope = scope,
		.definition = definition,
		.project = pr_scope_project(scope),
		.data = data,
		.arena = base->arena,
		.error = error};

	*data = (struct pr_chart_data){0};
	data->limits = pr_arena_array(base->arena, definition->limit_count, sizeof *data->limits);
	data->marks = pr_arena_array(base->arena, definition->mark_count, sizeof *data->marks);
	for (size_t i = 0; i < definition->series_count; i++)
		if (!add_series(&builder, &definition->series[i]))
			return pr_error_context(error, "chart '%s'", definition->name);
	if (builder.project)
		pr_chart_axis(&builder);
	for (size_t i = 0; i < definition->limit_count; i++)
		if (!add_limit(&builder, &definition->limits[i]))
			return pr_error_context(error, "chart '%s'", definition->name);
	for (size_t i = 0; i < definition->mark_count; i++)
		if (!add_mark(&builder, &definition->marks[i]))
			return pr_error_context(error, "chart '%s'", definition->name);
	if (definition->strip && builder.project)
		add_strip(&builder);
	if (definition->kind == PR_CHART_FINGERPRINT)
		add_steps(&builder);
	if (definition->totals && !data->totals)
		add_totals(&builder);
	return add_texts(&builder);
}
