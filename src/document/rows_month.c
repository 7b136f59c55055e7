/* Rows of what the month was like: supply quality, health's axes, sensors, alarms. */
#include "document/rows.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const char *const quality_items[] = {
	"voltage_deviation", "voltage_unbalance", "frequency", "voltage_thd", "current_unbalance", "power_factor"};
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static const char *path_of(const struct pr_row_builder *builder, const char *kind, int64_t id)
{
	return pr_arena_format(builder->context->arena, "projects/%lld/%s/%lld", (long long)builder->project->project->id,
		kind, (long long)id);
}

/* --- quality ---------------------------------------------------------------------------------------------------- */

static const char *judgement_role(const char *verdict)
{
	if (pr_text_equal(verdict, "fail"))
		return "poor";
	return pr_text_equal(verdict, "attention") ? "fair" : NULL;
}

/* One figure of quality of a point; false where the point has none. */
static bool add_quality(struct pr_row_builder *builder, const struct pr_subject *point, const char *item, bool named)
{
	struct pr_arena *arena = builder->context->arena;
	const char *stem = pr_arena_format(arena, "quality.%s", item);
	const struct pr_finding *verdict = pr_findings_get(&point->findings, pr_arena_format(arena, "%s.verdict", stem));
	struct pr_scope *row;

	if (!verdict)
		return false;
	row = pr_rows_add(builder);
	row->findings = &point->findings;
	row->path = path_of(builder, "points", point->id);
	pr_rows_field(builder, row, "row.point", pr_value_text(named ? point->name : NULL));
	pr_rows_field(builder, row, "row.item", pr_value_text(item));
	pr_rows_field(builder, row, "row.id", pr_value_text(stem));
	pr_rows_field(builder, row, "row.verdict", pr_value_text(verdict->word ? verdict->word : "unmeasured"));
	pr_rows_field(builder, row, "row.role", pr_value_text(judgement_role(verdict->word)));
	return true;
}

bool pr_rows_quality(struct pr_row_builder *builder)
{
	for (size_t p = 0; p < builder->project->point_count; p++) {
		bool named = true;
		for (size_t i = 0; i < COUNT_OF(quality_items); i++)
			if (add_quality(builder, &builder->project->points[p], quality_items[i], named))
				named = false;
	}
	return true;
}

bool pr_rows_harmonics(struct pr_row_builder *builder)
{
	char item[32];

	for (size_t p = 0; p < builder->project->point_count; p++) {
		bool named = true;
		for (int order = 2; order <= 50; order++) {
			snprintf(item, sizeof item, "harmonic.%d", order);
			if (!add_quality(
					builder, &builder->project->points[p], pr_arena_copy(builder->context->arena, item), named))
				continue;
			named = false;
			pr_rows_field(builder, &builder->items[builder->count - 1], "row.order", pr_value_number(order, NULL));
		}
	}
	return true;
}

bool pr_rows_axes(struct pr_row_builder *builder)
{
	for (size_t i = 0; i < PR_HEALTH_AXIS_COUNT; i++) {
		struct pr_scope *row = pr_rows_add(builder);
		struct pr_arena *arena = builder->context->arena;
		const struct pr_finding *score = pr_findings_get(
			&builder->project->findings, pr_arena_format(arena, "health.score.%s", pr_health_axis_names[i]));
		bool measured = score && score->value != PR_MICRO_MISSING;

		pr_rows_field(builder, row, "row.axis", pr_value_text(pr_health_axis_names[i]));
		pr_rows_field(builder, row, "row.bar",
			measured ? pr_value_number(pr_micro_to_double(score->value) / 100, NULL) : pr_value_missing());
		pr_rows_field(builder, row, "row.weak", pr_value_number(measured && score->value < 60 * PR_MICRO_ONE, NULL));
	}
	return true;
}

/* --- safety ----------------------------------------------------------------------------------------------------- */

static int rank_of(const struct pr_subject *sensor)
{
	const struct pr_finding *margin = pr_findings_get(&sensor->findings, "safety.margin");

	return margin && margin->rank > 0 ? margin->rank : 1 << 20;
}

bool pr_rows_sensors(struct pr_row_builder *builder)
{
	const struct pr_project_report *project = builder->project;
	const struct pr_subject **sorted = pr_arena_array(builder->context->arena, project->sensor_count, sizeof *sorted);

	for (size_t i = 0; i < project->sensor_count; i++) {
		size_t at = i;
		while (at > 0 && rank_of(sorted[at - 1]) > rank_of(&project->sensors[i])) {
			sorted[at] = sorted[at - 1];
			at--;
		}
		sorted[at] = &project->sensors[i];
	}
	for (size_t i = 0; i < project->sensor_count; i++) {
		const struct pr_sensor *sensor = sorted[i]->model;
		struct pr_scope *row = pr_rows_add(builder);
		const struct pr_finding *margin = pr_findings_get(&sorted[i]->findings, "safety.margin");
		bool breach = margin && margin->value != PR_MICRO_MISSING && margin->value < 0;

		row->findings = &sorted[i]->findings;
		row->path = path_of(builder, "sensors", sorted[i]->id);
		pr_rows_field(builder, row, "row.name", pr_value_text(sorted[i]->name));
		pr_rows_field(builder, row, "row.kind", pr_value_text(pr_sensor_kind_names[sensor->kind]));
		pr_rows_field(builder, row, "row.breach", pr_value_number(breach, NULL));
	}
	return true;
}

/* --- alarms ----------------------------------------------------------------------------------------------------- */

static const struct pr_alarm_type *type_of(const struct pr_context *context, const char *code)
{
	const struct pr_directory *directory = context->report->dataset->directory;

	for (size_t i = 0; i < directory->alarm_type_count; i++)
		if (strcmp(directory->alarm_types[i].code, code) == 0)
			return &directory->alarm_types[i];
	return NULL;
}

const char *pr_alarm_name(const struct pr_context *context, const char *code)
{
	const struct pr_alarm_type *type = type_of(context, code);

	if (!type)
		return code;
	return pr_text_starts(context->words->locale, "zh") ? type->name_zh : type->name_en;
}

const char *pr_alarm_category(const struct pr_context *context, const char *code)
{
	const struct pr_alarm_type *type = type_of(context, code);

	return type ? type->category : NULL;
}

bool pr_rows_alarm_types(struct pr_row_builder *builder)
{
	static const char prefix[] = "alarms.type.";
	const struct pr_findings *findings = &builder->project->findings;

	for (size_t i = 0; i < findings->count; i++) {
		const char *id = findings->items[i].id;
		const struct pr_alarm_type *type;
		struct pr_scope *row;

		if (!pr_text_starts(id, prefix))
			continue;
		type = type_of(builder->context, id + strlen(prefix));
		row = pr_rows_add(builder);
		pr_rows_field(builder, row, "row.id", pr_value_text(id));
		pr_rows_field(builder, row, "row.name", pr_value_text(pr_alarm_name(builder->context, id + strlen(prefix))));
		pr_rows_field(builder, row, "row.category",
			pr_value_text(type ? pr_arena_format(builder->context->arena, "alarm_category.%s", type->category) : NULL));
	}
	return true;
}

static const char *subject_of(const struct pr_row_builder *builder, const struct pr_event *event)
{
	const struct pr_project_report *project = builder->project;

	for (size_t i = 0; event->sensor_id && i < project->sensor_count; i++)
		if (project->sensors[i].id == event->sensor_id)
			return project->sensors[i].name;
	if (event->point_name)
		return event->point_name;
	for (size_t i = 0; event->point_id && i < project->point_count; i++)
		if (project->points[i].id == event->point_id)
			return project->points[i].name;
	return project->project->name;
}

bool pr_rows_events(struct pr_row_builder *builder)
{
	const struct pr_project_report *project = builder->project;

	for (size_t i = 0; i < project->event_count; i++) {
		const struct pr_event *event = &project->events[i];
		struct pr_scope *row = pr_rows_add(builder);
		bool timed = event->ended_at_ms != PR_TIME_MISSING && event->ended_at_ms >= event->started_at_ms;
		const char *level = pr_arena_format(builder->context->arena, "alarm_level.%d", event->level);

		pr_rows_field(builder, row, "row.index", pr_value_number((double)i + 1, NULL));
		pr_rows_field(builder, row, "row.level",
			pr_value_text(pr_words_get(builder->context->words, level) ? level : "alarm_level.0"));
		pr_rows_field(builder, row, "row.role",
			pr_value_text(event->level >= 1 && event->level <= 3
							  ? pr_arena_format(builder->context->arena, "alarm.%d", event->level)
							  : NULL));
		pr_rows_field(builder, row, "row.name", pr_value_text(pr_alarm_name(builder->context, event->code)));
		pr_rows_field(builder, row, "row.subject", pr_value_text(subject_of(builder, event)));
		pr_rows_field(builder, row, "row.start", pr_value_time(event->started_at_ms));
		pr_rows_field(builder, row, "row.end", pr_value_time(event->ended_at_ms));
		pr_rows_field(builder, row, "row.minutes",
			timed ? pr_value_number((double)(event->ended_at_ms - event->started_at_ms) / (double)PR_MS_MINUTE, NULL)
				  : pr_value_missing());
		pr_rows_field(builder, row, "row.value", pr_value_number(event->value, NULL));
		pr_rows_field(builder, row, "row.limit", pr_value_number(event->limit_value, NULL));
	}
	return true;
}
