/* Rows of alarms: by type, by level and category, by point, and one by one. */
#include "document/month.h"
#include "document/rows.h"

#include "analysis/alarms.h"
#include "analysis/work.h"

#include <string.h>

#include "base/text.h"

#define LEVELS 3

static const struct pr_alarm_type *type_of(const struct pr_context *context, const char *code)
{
	const struct pr_directory *directory = context->report->dataset->directory;

	for (size_t i = 0; i < directory->alarm_type_count; i++)
		if (strcmp(directory->alarm_types[i].code, code) == 0)
			return &directory->alarm_types[i];
	return NULL;
}

/* A type's name in the tenant's language; one that the directory does not know goes by its code. */
const char *pr_alarm_name(const struct pr_context *context, const char *code)
{
	const struct pr_alarm_type *type = type_of(context, code);

	if (!type) {
		const struct pr_word *word =
			pr_words_get(context->words, pr_arena_format(context->arena, "alarm_code.%s", code));
		return word ? word->text : code;
	}
	return pr_text_starts(context->words->locale, "zh") ? type->name_zh : type->name_en;
}

const char *pr_alarm_category(const struct pr_context *context, const char *code)
{
	const struct pr_alarm_type *type = type_of(context, code);

	return type ? type->category : NULL;
}

/* The word of a category; what has none, or one without a word, is of the others. */
static const char *category_key(struct pr_row_builder *builder, const char *category)
{
	const char *key = category ? pr_arena_format(builder->context->arena, "alarm_category.%s", category) : NULL;

	return key && pr_words_get(builder->context->words, key) ? key : "alarm_category.other";
}
bool pr_rows_alarm_types(struct pr_row_builder *builder)
{
	static const char prefix[] = "alarms.type.";
	const struct pr_findings *findings = &builder->project->findings;

	for (size_t i = 0; i < findings->count; i++) {
		const char *id = findings->items[i].id;
		struct pr_scope *row;

		if (!pr_text_starts(id, prefix))
			continue;
		row = pr_rows_add(builder);
		pr_rows_field(builder, row, "row.id", pr_value_text(id));
		pr_rows_field(builder, row, "row.name", pr_value_text(pr_alarm_name(builder->context, id + strlen(prefix))));
		pr_rows_field(builder, row, "row.category",
			pr_value_text(category_key(builder, pr_alarm_category(builder->context, id + strlen(prefix)))));
	}
	return true;
}

/* --- levels and categories -------------------------------------------------------------------------------------- */

static void add_group(struct pr_row_builder *builder, const char *id, const char *key, const char *role, pr_micro most)
{
	const struct pr_finding *finding = pr_findings_get(&builder->project->findings, id);
	struct pr_scope *row = pr_rows_add(builder);

	pr_rows_field(builder, row, "row.id", pr_value_text(id));
	pr_rows_field(builder, row, "row.key", pr_value_text(key));
	pr_rows_field(builder, row, "row.role", pr_value_text(role));
	pr_rows_field(builder, row, "row.bar_role", pr_value_text(role ? role : "accent.light"));
	pr_rows_field(builder, row, "row.bar",
		finding && most > 0 ? pr_value_number(pr_micro_to_double(finding->value) / pr_micro_to_double(most), NULL)
							: pr_value_missing());
}

bool pr_rows_alarm_groups(struct pr_row_builder *builder)
{
	static const char prefix[] = "alarms.category.";
	const struct pr_findings *findings = &builder->project->findings;
	const struct pr_finding *total = pr_findings_get(findings, "alarms.total");
	pr_micro most = total ? total->value : PR_MICRO_MISSING;

	for (int level = 1; level <= LEVELS; level++)
		add_group(builder, pr_arena_format(builder->context->arena, "alarms.level.%d", level),
			pr_arena_format(builder->context->arena, "alarm_level.%d", level),
			pr_arena_format(builder->context->arena, "alarm.%d", level), most);
	for (size_t i = 0; i < findings->count; i++)
		if (pr_text_starts(findings->items[i].id, prefix))
			add_group(builder, findings->items[i].id, category_key(builder, findings->items[i].id + sizeof prefix - 1),
				NULL, most);
	return true;
}

/* --- points ----------------------------------------------------------------------------------------------------- */

/* A point's alarms of the month. */
struct tally {
	int64_t point_id; /* 0 = of no point */
	size_t total, levels[LEVELS], open;
	pr_micro *confirm, *close; /* minutes */
	size_t confirm_count, close_count, confirm_capacity, close_capacity;
};

static void add_time(struct pr_arena *arena, const struct pr_alarm_rules *rules, const struct pr_event *event,
	int64_t until_ms, pr_micro **times, size_t *count, size_t *capacity)
{
	struct pr_event timed = *event;
	int64_t lasted_ms;

	timed.ended_at_ms = until_ms;
	lasted_ms = pr_alarms_duration_ms(rules, &timed, false);
	if (lasted_ms != PR_TIME_MISSING)
		*PR_PUSH(arena, *times, *count, *capacity) = pr_micro_ratio(lasted_ms, PR_MS_MINUTE, 6);
}

static void add_event(struct pr_row_builder *builder, struct tally *tally, const struct pr_event *event)
{
	const struct pr_alarm_rules *rules = &builder->context->report->method->alarms;
	struct pr_arena *arena = builder->context->arena;

	tally->total++;
	tally->open += event->ended_at_ms == PR_TIME_MISSING;
	if (event->level >= 1 && event->level <= LEVELS)
		tally->levels[event->level - 1]++;
	add_time(
		arena, rules, event, event->confirmed_at_ms, &tally->confirm, &tally->confirm_count, &tally->confirm_capacity);
	add_time(arena, rules, event, event->closed_at_ms, &tally->close, &tally->close_count, &tally->close_capacity);
}

static struct tally *tally_of(
	struct pr_row_builder *builder, struct tally **tallies, size_t *count, size_t *capacity, int64_t point_id)
{
	struct tally *added;

	for (size_t i = 0; i < *count; i++)
		if ((*tallies)[i].point_id == point_id)
			return &(*tallies)[i];
	added = PR_PUSH(builder->context->arena, *tallies, *count, *capacity);
	*added = (struct tally){.point_id = point_id};
	return added;
}

/* Most first, then by id; what belongs to no point last. */
static bool is_before(const struct tally *a, const struct tally *b)
{
	if ((a->point_id == 0) != (b->point_id == 0))
		return b->point_id == 0;
	return a->total != b->total ? a->total > b->total : a->point_id < b->point_id;
}

static void sort_tallies(struct tally *tallies, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct tally moved = tallies[i];
		size_t at = i;
		for (; at > 0 && is_before(&moved, &tallies[at - 1]); at--)
			tallies[at] = tallies[at - 1];
		tallies[at] = moved;
	}
}

static struct pr_value time_value(pr_micro *times, size_t count, double share, pr_micro per)
{
	pr_sort_micro(times, count);
	return count ? pr_value_micro(pr_micro_ratio(pr_nearest_rank(times, count, share), per, 6), NULL)
	             : pr_value_missing();
}

static void add_tally(struct pr_row_builder *builder, struct tally *tally, size_t index, size_t most)
{
	static const char *const level_fields[LEVELS] = {"row.critical", "row.major", "row.minor"};
	const struct pr_project_report *project = builder->project;
	const char *id = pr_arena_format(builder->context->arena, "alarms.point.%lld", (long long)tally->point_id);
	const struct pr_finding *finding = pr_findings_get(&project->findings, id);
	const char *name = pr_subject_name(project->points, project->point_count, tally->point_id);
	struct pr_scope *row = pr_rows_add(builder);

	if (!name && tally->point_id) {
		const struct pr_point *point = pr_project_point(project->project, tally->point_id);
		name = point ? pr_point_name_at(point, project->month_to_ms - 1) : NULL;
	}
	pr_rows_field(builder, row, "row.index", pr_value_number((double)index + 1, NULL));
	pr_rows_field(builder, row, "row.name", pr_value_text(name ? name : project->project->name));
	pr_rows_field(builder, row, "row.total",
		finding ? pr_project_value(builder->context, project, id) : pr_value_number((double)tally->total, NULL));
	for (int level = 0; level < LEVELS; level++)
		pr_rows_field(builder, row, level_fields[level], pr_value_number((double)tally->levels[level], NULL));
	pr_rows_field(builder, row, "row.change",
		finding && finding->base_month != PR_MICRO_MISSING ? pr_value_micro(finding->value - finding->base_month, NULL)
														   : pr_value_missing());
	pr_rows_field(builder, row, "row.bar", pr_value_number((double)tally->total / (double)most, NULL));
	pr_rows_field(builder, row, "row.confirm", time_value(tally->confirm, tally->confirm_count, 0.5, PR_MICRO_ONE));
	pr_rows_field(builder, row, "row.close",
		time_value(
			tally->close, tally->close_count, builder->context->report->method->alarms.high_rank, 60 * PR_MICRO_ONE));
	pr_rows_field(builder, row, "row.open", pr_value_number((double)tally->open, NULL));
}

bool pr_rows_alarm_points(struct pr_row_builder *builder)
{
	const struct pr_project_report *project = builder->project;
	struct tally *tallies = NULL;
	size_t count = 0, capacity = 0, most = 0;

	for (size_t i = 0; i + project->carried_count < project->event_count; i++)
		add_event(
			builder, tally_of(builder, &tallies, &count, &capacity, project->events[i].point_id), &project->events[i]);
	sort_tallies(tallies, count);
	for (size_t i = 0; i < count; i++)
		most = tallies[i].total > most ? tallies[i].total : most;
	for (size_t i = 0; i < count; i++)
		add_tally(builder, &tallies[i], i, most);
	return true;
}

/* --- one by one ------------------------------------------------------------------------------------------------- */

static struct pr_value of_event(struct pr_row_builder *builder, size_t index, const char *what, double number)
{
	return pr_rows_tagged(builder, pr_value_number(number, NULL),
		pr_arena_format(builder->context->arena, "projects/%lld/events/%zu/%s",
			(long long)builder->project->project->id, index, what));
}

/* A sensor's alarm is in the sensor's unit; of others nobody says what their values are. */
static const char *unit_of(const struct pr_project_report *project, const struct pr_event *event)
{
	for (size_t i = 0; event->sensor_id && i < project->sensor_count; i++) {
		const struct pr_finding *maximum = project->sensors[i].id == event->sensor_id
		                                       ? pr_findings_get(&project->sensors[i].findings, "safety.max")
		                                       : NULL;
		if (maximum)
			return maximum->unit;
	}
	return NULL;
}

static void add_listed(struct pr_row_builder *builder, size_t index)
{
	const struct pr_project_report *project = builder->project;
	const struct pr_event *event = &project->events[index];
	struct pr_scope *row = pr_rows_add(builder);
	bool is_carried = index + project->carried_count >= project->event_count;
	bool timed = event->ended_at_ms != PR_TIME_MISSING && event->ended_at_ms >= event->started_at_ms;
	const char *level = pr_arena_format(builder->context->arena, "alarm_level.%d", event->level);

	pr_rows_field(builder, row, "row.index", pr_value_number((double)index + 1, NULL));
	pr_rows_field(builder, row, "row.level",
		pr_value_text(pr_words_get(builder->context->words, level) ? level : "alarm_level.0"));
	pr_rows_field(builder, row, "row.role",
		pr_value_text(event->level >= 1 && event->level <= LEVELS
						  ? pr_arena_format(builder->context->arena, "alarm.%d", event->level)
						  : NULL));
	pr_rows_field(builder, row, "row.name", pr_value_text(pr_alarm_name(builder->context, event->code)));
	pr_rows_field(builder, row, "row.subject", pr_value_text(pr_month_event_subject(project, event)));
	pr_rows_field(builder, row, "row.carried", pr_value_text(is_carried ? "alarm_carried.yes" : NULL));
	pr_rows_field(builder, row, "row.start", pr_value_time(event->started_at_ms));
	pr_rows_field(builder, row, "row.end", pr_value_time(event->ended_at_ms));
	pr_rows_field(builder, row, "row.confirmed", pr_value_time(event->confirmed_at_ms));
	pr_rows_field(builder, row, "row.closed", pr_value_time(event->closed_at_ms));
	pr_rows_field(builder, row, "row.minutes",
		timed ? of_event(builder, index, "minutes",
					(double)(event->ended_at_ms - event->started_at_ms) / (double)PR_MS_MINUTE)
			  : pr_value_missing());
	pr_rows_field(builder, row, "row.value", of_event(builder, index, "value", event->value));
	pr_rows_field(builder, row, "row.limit", of_event(builder, index, "limit", event->limit_value));
	pr_rows_field(builder, row, "row.unit", pr_value_text(unit_of(project, event)));
	pr_rows_field(builder, row, "row.phase", pr_value_text(event->phase));
	pr_rows_field(builder, row, "row.message", pr_value_text(event->message));
}

bool pr_rows_events(struct pr_row_builder *builder)
{
	for (size_t i = 0; i < builder->project->event_count; i++)
		add_listed(builder, i);
	return true;
}
