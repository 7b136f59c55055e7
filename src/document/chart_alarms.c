/* Charts of alarms: what kinds there were, on which days, and in which hours something was in alarm. */
#include "document/chart_bind.h"
#include "document/month.h"
#include "document/rows.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

#define PARTS_MOST 6
#define LEVELS 3
#define PART_LEAST 0.02 /* of the whole: smaller ones are taken together, as the pie would */
#define HOUR_MS (4 * PR_MS_QUARTER)
#define DAY_HOURS 24
#define STEP_COUNT 5
#define LEGEND_PT 56.0 /* right of both charts, so that their days stand below each other */

/* --- types ------------------------------------------------------------------------------------------------------ */

static const char type_prefix[] = "alarms.type.";

static void add_part(struct pr_chart_builder *builder, const char *label, double count, const char *finding)
{
	struct pr_chart_series *series = pr_chart_push(builder);
	double *value = pr_arena_alloc(builder->arena, sizeof *value);
	const char **text = pr_arena_alloc(builder->arena, sizeof *text);

	*value = count;
	*text = pr_chart_format(builder, count, NULL, "0,bare");
	series->values = value;
	series->texts = text;
	series->count = 1;
	series->label = label;
	series->finding = finding;
	series->role = pr_arena_format(builder->arena, "part.%zu", builder->data->series_count);
}

static size_t count_types(const struct pr_project_report *project, double *total)
{
	size_t count = 0;

	*total = 0;
	for (size_t i = 0; i < project->findings.count; i++) {
		if (!pr_text_starts(project->findings.items[i].id, type_prefix))
			continue;
		*total += pr_micro_to_double(project->findings.items[i].value);
		count++;
	}
	return count;
}

static const char *finding_path(const struct pr_chart_builder *builder, const char *id)
{
	return pr_chart_path(builder, id);
}

/* Findings of types stand with the most frequent first. */
bool pr_chart_bind_alarm_types(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_project_report *project = builder->project;
	double total, others = 0;
	size_t types = count_types(project, &total), shown = 0;
	const char *other, *path, *other_path = NULL;

	(void)item;
	for (size_t i = 0; i < project->findings.count; i++) {
		const struct pr_finding *finding = &project->findings.items[i];
		double count = pr_micro_to_double(finding->value);
		bool fits = types <= PARTS_MOST || shown + 1 < PARTS_MOST;
		if (!pr_text_starts(finding->id, type_prefix))
			continue;
		if (!fits || (count < PART_LEAST * total && types > shown + 1)) {
			others += count;
			path = finding_path(builder, finding->id);
			other_path = other_path ? pr_arena_format(builder->arena, "(%s|+|%s)", other_path, path) : path;
			continue;
		}
		add_part(builder, pr_alarm_name(&builder->base->context, finding->id + sizeof type_prefix - 1), count,
			finding_path(builder, finding->id));
		shown++;
	}
	if (others == 0)
		return true;
	if (!pr_chart_words(builder, NULL, builder->definition->other_label, &other))
		return false;
	add_part(builder, other, others, other_path);
	return true;
}

/* --- days ------------------------------------------------------------------------------------------------------- */

static bool is_carried(const struct pr_project_report *project, size_t event)
{
	return event >= project->event_count - project->carried_count;
}

/* A day without any data is no day without alarms. */
static bool is_blind(const struct pr_project_report *project, size_t day)
{
	return project->day_expected[day] > 0 && project->day_measured[day] == 0;
}

bool pr_chart_bind_alarm_days(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	static const char *const levels[LEVELS] = {"critical", "major", "minor"};
	const struct pr_project_report *project = builder->project;
	double *values = pr_arena_array(builder->arena, project->day_count, sizeof *values);
	struct pr_series *days = pr_arena_alloc(builder->arena, sizeof *days);
	double *all = pr_arena_array(builder->arena, project->day_count, sizeof *all);
	struct pr_chart_series *series;
	int level = 0;

	while (level < LEVELS - 1 && strcmp(levels[level], item->data + sizeof "alarms_day." - 1) != 0)
		level++;
	for (size_t i = 0; i < project->event_count && !is_carried(project, i); i++) {
		struct pr_local_time local = pr_zone_local(project->project->zone, project->events[i].started_at_ms);
		size_t day = (size_t)(local.date.day - 1);
		bool unknown = project->events[i].level < 1 || project->events[i].level > LEVELS;
		if (day >= project->day_count)
			continue;
		all[day]++;
		/* What has no level stands with the least. */
		values[day] += project->events[i].level == level + 1 || (unknown && level == LEVELS - 1);
	}
	for (size_t day = 0; day < project->day_count; day++)
		if (all[day] == 0 && is_blind(project, day))
			values[day] = NAN;
	*days = (struct pr_series){
		.step = "P1D", .start_ms = project->month_from_ms, .values = values, .count = project->day_count};
	builder->first = builder->first ? builder->first : days;
	series = pr_chart_push(builder);
	series->name = item->name;
	series->role = item->role;
	series->values = values;
	series->finding = pr_chart_path(builder, pr_arena_format(builder->arena, "series/alarms_day.%s", levels[level]));
	series->count = project->day_count;
	builder->data->right_pt = LEGEND_PT;
	return pr_chart_words(builder, NULL, item->label, &series->label);
}

/* --- hours ------------------------------------------------------------------------------------------------------ */

/* An hour without alarms of a time without data is not known to have none. */
static void blind_hours(const struct pr_project_report *project, double *hours, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t start_ms = project->month_from_ms + (int64_t)i * HOUR_MS;
		size_t day = (size_t)(pr_zone_local(project->project->zone, start_ms).date.day - 1);
		bool blind = day < project->day_count && is_blind(project, day);
		if (!project->coverage_of_minutes && (i + 1) * 4 <= project->quarter_count) {
			const struct pr_quarter *quarters = &project->quarters[i * 4];
			uint32_t expected = 0, measured = 0;
			for (size_t q = 0; q < 4; q++) {
				expected += quarters[q].expected;
				measured += quarters[q].measured;
			}
			blind = expected > 0 && measured == 0;
		}
		if (blind && hours[i] == 0)
			hours[i] = NAN;
	}
}

static bool add_steps(struct pr_chart_builder *builder)
{
	static const double bounds[STEP_COUNT - 1] = {1e-6, 15.000001, 30.000001, 45.000001};
	const char **texts = pr_arena_array(builder->arena, STEP_COUNT, sizeof *texts);

	for (int i = 0; i < STEP_COUNT; i++)
		if (!pr_chart_words(builder, NULL, pr_arena_format(builder->arena, "alarms.hours_step.%d", i), &texts[i]))
			return false;
	builder->data->steps = bounds;
	builder->data->step_texts = texts;
	builder->data->step_count = STEP_COUNT;
	return true;
}

bool pr_chart_bind_alarm_hours(struct pr_chart_builder *builder, const struct pr_chart_item *item)
{
	const struct pr_project_report *project = builder->project;
	size_t count;
	double *hours = pr_month_alarm_minutes(builder->base->context.report, project, builder->arena, &count);
	struct pr_chart_place *places = pr_arena_array(builder->arena, count, sizeof *places);
	struct pr_chart_series *series;

	blind_hours(project, hours, count);
	for (size_t i = 0; i < count; i++) {
		struct pr_local_time local =
			pr_zone_local(project->project->zone, project->month_from_ms + (int64_t)i * HOUR_MS);
		places[i] = (struct pr_chart_place){(size_t)(local.date.day - 1), local.minute_of_day};
	}
	series = pr_chart_push(builder);
	series->name = item->name;
	series->values = hours;
	series->count = count;
	builder->data->places = places;
	builder->data->values_per_day = DAY_HOURS;
	builder->data->right_pt = LEGEND_PT;
	return add_steps(builder);
}
