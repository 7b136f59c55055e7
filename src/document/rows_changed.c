/*
 * The figures that differ from the revision before: rows, variables, and the names of findings in words.
 *
 * A finding's name is the word "finding.<id>", else "figure.<id>"; else that of a pattern in which one part of the id
 * is "any" (finding.energy.slot.any), with the part's own name as $finding.part; else the id.
 */
#include <stdlib.h>
#include <string.h>

#include "analysis/changed.h"
#include "document/rows.h"

#define SHOWN_MAX 40 /* on pages; the workbook has all */
#define PARTS_MAX 16

/* --- names -------------------------------------------------------------------------------------------------------- */

/* The words that name the variable part of an id: "energy.slot.sharp" → "slot.sharp". */
static const struct {
	const char *prefix, *section;
} part_sections[] = {{"energy.slot.", "slot"}, {"energy.share.", "slot"}, {"bill.energy.", "slot"},
	{"energy.phase.", "phase"}, {"bill.utility.", "note.detail"}, {"quality.harmonic.", ""}, {"quality.", "quality"},
	{"health.", "axis"}, {"alarms.level.", "alarm_level"}, {"alarms.category.", "alarm_category"},
	{"change.", "change.part"}, {"platform.coverage.", "platform_coverage"}, {"platform.grade.", "platform_grade"},
	{"platform.problems.", "problem"}, {"platform.problem_projects.", "problem"}, {"platform.charged_energy.", "unit"},
	{"platform.charged_projects.", "unit"}, {"bill.currency.", "unit"}};

static const char *point_name(const struct pr_report *report, const char *part)
{
	int64_t id;

	if (!pr_text_to_int64(part, &id))
		return part;
	for (size_t i = 0; i < report->project_count; i++) {
		const struct pr_project_report *project = &report->projects[i];
		const char *name = pr_subject_name(project->points, project->point_count, id);
		if (name)
			return name;
	}
	return part;
}

static const char *part_name(const struct pr_context *context, const char *id, const char *part)
{
	if (pr_text_starts(id, "alarms.type.") || pr_text_starts(id, "platform.survey."))
		return pr_alarm_name(context, part);
	if (pr_text_starts(id, "alarms.point."))
		return point_name(context->report, part);
	for (size_t i = 0; i < sizeof part_sections / sizeof *part_sections; i++) {
		const char *key = pr_arena_format(context->arena, "%s.%s", part_sections[i].section, part);
		if (pr_text_starts(id, part_sections[i].prefix))
			return pr_words_get(context->words, key) ? pr_words_plain(context->words, key) : part;
	}
	return part;
}

/* The word of the pattern in which the part from `at` on, `length` bytes long, is "any"; false where there is none. */
static bool name_by_pattern(const struct pr_context *context, const struct pr_scope *scope, const char *id,
	const char *at, size_t length, const char **name, struct pr_error *error)
{
	const char *key = pr_arena_format(context->arena, "finding.%.*sany%s", (int)(at - id), id, at + length);
	struct pr_scope inner = {.outer = scope};

	if (!pr_words_get(context->words, key))
		return true;
	pr_scope_add(&inner, context->arena, "finding.part",
		pr_value_text(part_name(context, id, pr_arena_copy_n(context->arena, at, length))));
	return pr_words_text(context, &inner, key, name, error);
}

bool pr_finding_name(const struct pr_context *context, const struct pr_scope *scope, const char *id, const char **name,
	struct pr_error *error)
{
	static const char *const sections[] = {"finding", "figure"};

	*name = NULL;
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
		const char *key = pr_arena_format(context->arena, "%s.%s", sections[i], id);
		if (pr_words_get(context->words, key) && strncmp(id, "alarms.level.", strlen("alarms.level.")) != 0)
			return pr_words_text(context, scope, key, name, error);
	}
	for (const char *at = strchr(id, '.'); at && !*name; at = strchr(at, '.')) {
		at++;
		if (!name_by_pattern(context, scope, id, at, strcspn(at, "."), name, error))
			return false;
	}
	if (!*name)
		*name = id;
	return true;
}

static const struct pr_project_report *project_of(const struct pr_report *report, int64_t id)
{
	for (size_t i = 0; i < report->project_count; i++)
		if (report->projects[i].project->id == id)
			return &report->projects[i];
	return NULL;
}

static const char *subject_within(const struct pr_project_report *project, const struct pr_changed *changed)
{
	if (strcmp(changed->kind, "points") == 0)
		return pr_subject_name(project->points, project->point_count, changed->subject_id);
	if (strcmp(changed->kind, "transformers") == 0)
		return pr_subject_name(project->transformers, project->transformer_count, changed->subject_id);
	return pr_subject_name(project->sensors, project->sensor_count, changed->subject_id);
}

/* By its name of now; what is gone, by its name of then. */
static const char *subject_of(const struct pr_context *context, const struct pr_changed *changed)
{
	const struct pr_report *report = context->report;
	const struct pr_project_report *project = project_of(report, changed->project_id);
	const char *name = NULL;

	if (!changed->project_id)
		return report->tenant->name;
	if (changed->kind)
		name = project ? subject_within(project, changed) : NULL;
	else if (project)
		name = project->project->name;
	if (!name)
		name = changed->name ? changed->name : changed->path;
	return changed->kind && project && report->project_count > 1
	           ? pr_arena_format(context->arena, "%s %s", project->project->name, name)
	           : name;
}

/* --- values ------------------------------------------------------------------------------------------------------- */

static struct pr_value value_of(
	const struct pr_context *context, const struct pr_changed *changed, const struct pr_changed_value *value)
{
	const struct pr_finding finding = {.id = changed->id,
		.value = value->number,
		.unit = value->unit,
		.digits = changed->digits,
		.shown = PR_MICRO_MISSING};

	if (!value->there)
		return pr_value_missing();
	if (value->word)
		return pr_value_text(pr_finding_word(context, value->word));
	return pr_value_of_finding(
		context->report, project_of(context->report, changed->project_id), &finding, value->number);
}

static bool is_ratio(const struct pr_value *value)
{
	return value->unit && strcmp(value->unit, "1") == 0;
}

/* Whether rounding to `digits` leaves old and new the same, or no difference. */
static bool is_hidden(const struct pr_changed *changed, int digits)
{
	pr_micro before = changed->before.number, after = changed->after.number, sum;

	if (before == PR_MICRO_MISSING || after == PR_MICRO_MISSING)
		return false;
	return pr_micro_round(before, digits) == pr_micro_round(after, digits) ||
	       (pr_micro_add(after, -before, &sum) && pr_micro_round(sum, digits) == 0);
}

/* A difference must be seen: as many decimals as it takes, up to those that the finding has. */
static int telling_digits(const struct pr_changed *changed, const struct pr_value *value)
{
	int digits = value->digits >= 0 ? value->digits : pr_format_digits(value->unit, false);
	int shift = is_ratio(value) ? 2 : 0;

	if (digits < 0)
		return digits;
	while (digits + shift < changed->digits && is_hidden(changed, digits + shift))
		digits++;
	return digits;
}

static bool same_unit(const struct pr_changed *changed)
{
	return changed->before.there && changed->after.there && pr_text_equal(changed->before.unit, changed->after.unit);
}

static struct pr_value difference_of(const struct pr_changed *changed, const struct pr_value *after)
{
	struct pr_value difference;
	pr_micro negated = changed->before.number == PR_MICRO_MISSING ? 0 : -changed->before.number, sum;

	if (!same_unit(changed) || changed->before.word || changed->after.word ||
		!pr_micro_add(changed->after.number, negated, &sum))
		return pr_value_missing();
	difference = pr_value_micro(sum, after->unit);
	difference.digits = after->digits;
	return difference;
}

/* Where the unit itself changed, each value carries its own. */
static struct pr_value with_unit(
	const struct pr_context *context, const struct pr_scope *scope, const struct pr_value *value)
{
	const struct pr_format_style style = {.digits = -1};

	return value->kind == PR_VALUE_NUMBER ? pr_value_text(pr_format_value(context, scope, value, &style)) : *value;
}

/* --- importance --------------------------------------------------------------------------------------------------- */

/* What a reader looks for first; an id that begins with none of these comes last. */
static const char *const importance[] = {"bill.total", "energy.total", "demand.max", "power_factor.month",
	"coverage.rate", "bill.energy", "bill.basic", "bill.pf.amount", "bill.", "energy.", "load.", "health.", "quality.",
	"safety.", "alarms.", "savings.", "coverage.", "change.", "forecast."};
#define IMPORTANCE_COUNT (sizeof importance / sizeof *importance)

struct place {
	size_t index; /* in the report's list */
	int level;    /* 0 tenant, 1 project, 2 a point, transformer or sensor */
	size_t rank;
};

static size_t rank_of(const char *id)
{
	size_t rank = 0;

	while (rank < IMPORTANCE_COUNT && !pr_text_starts(id, importance[rank]))
		rank++;
	return rank;
}

static int compare_places(const void *a, const void *b)
{
	const struct place *left = a, *right = b;

	if (left->level != right->level)
		return left->level < right->level ? -1 : 1;
	if (left->rank != right->rank)
		return left->rank < right->rank ? -1 : 1;
	return left->index < right->index ? -1 : left->index > right->index;
}

static bool is_same(const struct pr_changed_value *a, const struct pr_changed_value *b)
{
	return a->there == b->there && a->number == b->number && pr_text_equal(a->word, b->word);
}

/* A tenant of one project says everything twice. */
static bool is_repeated(const struct pr_report *report, const struct pr_changed *changed)
{
	if (changed->project_id || report->project_count != 1)
		return false;
	for (size_t i = 0; i < report->changed_count; i++) {
		const struct pr_changed *other = &report->changed[i];
		if (other->project_id && !other->kind && strcmp(other->id, changed->id) == 0)
			return is_same(&other->before, &changed->before) && is_same(&other->after, &changed->after);
	}
	return false;
}

/* Those that are shown, the most important first. */
static struct place *places_of(const struct pr_context *context, size_t *count)
{
	const struct pr_report *report = context->report;
	struct place *places = pr_arena_array(context->arena, report->changed_count, sizeof *places);

	*count = 0;
	for (size_t i = 0; i < report->changed_count; i++) {
		const struct pr_changed *changed = &report->changed[i];
		if (!is_repeated(report, changed))
			places[(*count)++] = (struct place){i,
				changed->kind         ? 2
				: changed->project_id ? 1
									  : 0,
				rank_of(changed->id)};
	}
	if (*count > 1)
		qsort(places, *count, sizeof *places, compare_places);
	return places;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

/* Printed coverage is cut: a month that lacks one quarter is never 100.0%. */
static void cut(struct pr_value *value)
{
	pr_micro unit = PR_MICRO_ONE / 100;
	int digits = value->digits;

	for (int i = 0; i < digits; i++)
		unit /= 10;
	if (value->kind == PR_VALUE_NUMBER && unit > 0) {
		*value = pr_value_micro(value->micro / unit * unit, value->unit);
		value->digits = digits;
	}
}

static const char *name_of(struct pr_row_builder *builder, const struct pr_changed *changed)
{
	struct pr_error error = {0};
	const char *name;

	return pr_finding_name(builder->context, builder->scope, changed->id, &name, &error) ? name : changed->id;
}

static struct pr_scope *add_row(struct pr_row_builder *builder, const struct pr_changed *changed)
{
	const struct pr_project_report *project = project_of(builder->context->report, changed->project_id);
	struct pr_scope *row = pr_rows_add(builder);

	row->zone = project ? project->project->zone : NULL;
	pr_rows_field(builder, row, "row.subject", pr_value_text(subject_of(builder->context, changed)));
	pr_rows_field(builder, row, "row.figure", pr_value_text(name_of(builder, changed)));
	pr_rows_field(builder, row, "row.path", pr_value_text(changed->path));
	return row;
}

/* Tagged with its place among the JSON's changes. */
static struct pr_value placed(
	struct pr_row_builder *builder, const struct pr_changed *changed, struct pr_value value, const char *what)
{
	size_t index = (size_t)(changed - builder->context->report->changed);
	const char *path = pr_arena_format(builder->context->arena, "changes/%zu/", index);

	if (strcmp(what, "difference") == 0)
		path = pr_arena_format(builder->context->arena, "(%snew|-|%sold)", path, path);
	else
		path = pr_arena_format(builder->context->arena, "%s%s", path, what);
	return pr_rows_tagged(builder, value, path);
}

/* As pages print it. */
static void add_printed(struct pr_row_builder *builder, const struct pr_changed *changed)
{
	const struct pr_context *context = builder->context;
	struct pr_value before = value_of(context, changed, &changed->before);
	struct pr_value after = value_of(context, changed, &changed->after);
	const struct pr_value *held = changed->after.there ? &after : &before;
	bool units_differ = changed->before.there && changed->after.there && !same_unit(changed);
	bool has_unit = held->kind == PR_VALUE_NUMBER && !units_differ;
	struct pr_scope *row = add_row(builder, changed);

	before.digits = after.digits = telling_digits(changed, held);
	pr_rows_field(
		builder, row, "row.difference", placed(builder, changed, difference_of(changed, &after), "difference"));
	pr_rows_field(builder, row, "row.unit", pr_value_text(has_unit ? pr_format_unit(context, held->unit) : NULL));
	if (pr_text_starts(changed->id, "coverage.") && is_ratio(held)) {
		cut(&before);
		cut(&after);
	}
	if (units_differ) {
		before = with_unit(context, row, &before);
		after = with_unit(context, row, &after);
	}
	pr_rows_field(builder, row, "row.old", placed(builder, changed, before, "old"));
	pr_rows_field(builder, row, "row.new", placed(builder, changed, after, "new"));
}

bool pr_rows_changed(struct pr_row_builder *builder)
{
	size_t count;
	const struct place *places = places_of(builder->context, &count);

	for (size_t i = 0; i < count && i < SHOWN_MAX; i++)
		add_printed(builder, &builder->context->report->changed[places[i].index]);
	return true;
}

/* As the JSON has it: the whole numbers, with their units as they are kept. */
static struct pr_value raw(const struct pr_context *context, const struct pr_changed_value *value)
{
	if (!value->there)
		return pr_value_missing();
	return value->word ? pr_value_text(pr_finding_word(context, value->word)) : pr_value_micro(value->number, NULL);
}

static void add_raw(struct pr_row_builder *builder, const struct pr_changed *changed)
{
	struct pr_value before = raw(builder->context, &changed->before), after = raw(builder->context, &changed->after);
	const char *old_unit = changed->before.unit, *unit = changed->after.there ? changed->after.unit : old_unit;
	struct pr_scope *row = add_row(builder, changed);

	if (changed->before.there && !pr_text_equal(old_unit, unit))
		unit = pr_arena_format(builder->context->arena, "%s → %s", old_unit ? old_unit : "", unit ? unit : "");
	pr_rows_field(builder, row, "row.old", before);
	pr_rows_field(builder, row, "row.new", pr_rows_tagged(builder, after, changed->path));
	pr_rows_field(builder, row, "row.difference", difference_of(changed, &after));
	pr_rows_field(builder, row, "row.unit", pr_value_text(unit));
}

bool pr_rows_changed_all(struct pr_row_builder *builder)
{
	const struct pr_report *report = builder->context->report;

	for (size_t i = 0; i < report->changed_count; i++)
		add_raw(builder, &report->changed[i]);
	return true;
}

static void add_headline(const struct pr_context *context, struct pr_scope *scope, const char *id, const char *old_name,
	const char *new_name)
{
	struct pr_value before = pr_value_missing(), after = pr_value_missing();

	for (size_t i = 0; i < context->report->changed_count; i++) {
		const struct pr_changed *changed = &context->report->changed[i];
		if (strcmp(changed->path, id) != 0)
			continue;
		before = value_of(context, changed, &changed->before);
		after = value_of(context, changed, &changed->after);
		before.digits = after.digits = telling_digits(changed, &after);
	}
	pr_scope_add(scope, context->arena, old_name, before);
	pr_scope_add(scope, context->arena, new_name, after);
}

void pr_rows_changed_fields(const struct pr_context *context, struct pr_scope *scope)
{
	size_t count;

	places_of(context, &count);
	pr_scope_add(scope, context->arena, "changed.count", pr_value_number((double)count, NULL));
	pr_scope_add(
		scope, context->arena, "changed.shown", pr_value_number(count < SHOWN_MAX ? (double)count : SHOWN_MAX, NULL));
	pr_scope_add(scope, context->arena, "changed.before", pr_value_number(context->report->revision - 1.0, NULL));
	add_headline(context, scope, "bill.total", "changed.bill.old", "changed.bill.new");
	add_headline(context, scope, "energy.total", "changed.energy.old", "changed.energy.new");
}
