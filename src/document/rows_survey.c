/* The survey of alarms across every project: its variables and rows. */
#include "analysis/survey.h"
#include "document/rows.h"

#include <math.h>
#include <string.h>

#define TOP_ROWS 300 /* of a page's table */
#define HEAD_WIDTH 16

static const struct pr_survey *survey_of(const struct pr_context *context)
{
	return context->report->survey;
}

static struct pr_value count(uint64_t number)
{
	return pr_value_number((double)number, NULL);
}

static struct pr_value text_of_id(struct pr_arena *arena, int64_t id)
{
	return pr_value_text(id ? pr_arena_format(arena, "%lld", (long long)id) : NULL);
}

static struct pr_value minutes(int64_t time_ms)
{
	return pr_value_micro(pr_micro_ratio(time_ms, PR_MS_MINUTE, PR_PRECISION_QUANTITY), "min");
}

/* A value as it was measured, with the digits that it has. */
static struct pr_value measured(double number)
{
	return isnan(number) ? pr_value_missing() : pr_value_micro(pr_micro_from_double(number), NULL);
}

const char *pr_survey_code_name(const struct pr_context *context, const struct pr_survey_code *code)
{
	if (!code->type)
		return code->code;
	return pr_text_starts(context->words->locale, "zh") ? code->type->name_zh : code->type->name_en;
}

static struct pr_value change_of(const struct pr_survey_tally *tally)
{
	return pr_value_number((double)tally->now - (double)tally->before, NULL);
}

/* Where a number stands in the survey's JSON (output/survey_json.h). */
static struct pr_value at(const struct pr_context *context, struct pr_value value, const char *path, const char *what)
{
	if (value.kind == PR_VALUE_NUMBER)
		value.finding = pr_arena_format(context->arena, "%s%s%s", path, *path ? "/" : "", what);
	return value;
}

/* --- variables -------------------------------------------------------------------------------------------------- */

static const struct pr_survey_code *main_code(const struct pr_survey *survey)
{
	const struct pr_survey_code *most = NULL;

	for (size_t i = 0; i < survey->code_count; i++)
		if (survey->codes[i].sum.now > 0 && (!most || survey->codes[i].sum.now > most->sum.now))
			most = &survey->codes[i];
	return most;
}

static const char *names_of_codes(const struct pr_context *context)
{
	const struct pr_survey *survey = survey_of(context);
	struct pr_buffer names;

	pr_buffer_init(&names, context->arena);
	for (size_t i = 0; i < survey->code_count; i++)
		pr_buffer_format(&names, "%s%s%s", i ? pr_words_plain(context->words, "survey.join") : "",
			i && context->words->spaces ? " " : "", pr_survey_code_name(context, &survey->codes[i]));
	return names.text;
}

/* What stands over a narrow column: 8 Han characters or 16 others. */
static const char *short_name(struct pr_arena *arena, const char *name)
{
	const char *at = name, *end = name;
	size_t width = 0;

	while (*at) {
		width += pr_utf8_next(&at) >= 0x1100 ? 2 : 1;
		if (width > HEAD_WIDTH)
			return pr_arena_format(arena, "%.*s…", (int)(end - name), name);
		if (width < HEAD_WIDTH)
			end = at;
	}
	return name;
}

static void add_codes(const struct pr_context *context, struct pr_scope *scope)
{
	const struct pr_survey *survey = survey_of(context);
	struct pr_arena *arena = context->arena;

	for (size_t i = 0; i < PR_SURVEY_CODES_MAX; i++) {
		const struct pr_survey_code *code = i < survey->code_count ? &survey->codes[i] : NULL;
		int number = (int)i + 1;

		pr_scope_add(scope, arena, pr_arena_format(arena, "survey.code.%d", number),
			pr_value_text(code ? pr_survey_code_name(context, code) : NULL));
		pr_scope_add(scope, arena, pr_arena_format(arena, "survey.code.%d.short", number),
			pr_value_text(code ? short_name(arena, pr_survey_code_name(context, code)) : NULL));
		pr_scope_add(scope, arena, pr_arena_format(arena, "survey.code.%d.alarms", number),
			code ? at(context, count(code->sum.now), pr_arena_format(arena, "codes/%zu", i), "alarms")
				 : pr_value_missing());
	}
}

static void add_top(const struct pr_context *context, struct pr_scope *scope)
{
	const struct pr_survey *survey = survey_of(context);
	const struct pr_survey_project *top = survey->alarmed_count > 0 ? survey->ranked[0] : NULL;
	const struct pr_survey_code *code = main_code(survey);
	struct pr_arena *arena = context->arena;

	pr_scope_add(scope, arena, "survey.top.name", pr_value_text(top ? top->site->name : NULL));
	pr_scope_add(scope, arena, "survey.top.customer", pr_value_text(top ? top->site->customer : NULL));
	pr_scope_add(scope, arena, "survey.top.alarms",
		top ? at(context, count(top->sum.now), "projects/0", "alarms") : pr_value_missing());
	pr_scope_add(scope, arena, "survey.top.share",
		at(context, pr_value_micro(top ? top->share : PR_MICRO_MISSING, "1"), "projects/0", "share"));
	pr_scope_add(scope, arena, "survey.top.point", pr_value_text(top ? top->top_point : NULL));
	pr_scope_add(scope, arena, "survey.main.name", pr_value_text(code ? pr_survey_code_name(context, code) : NULL));
	pr_scope_add(scope, arena, "survey.main.share",
		at(context, pr_value_micro(code ? code->share : PR_MICRO_MISSING, "1"),
			pr_arena_format(arena, "codes/%zu", code ? (size_t)(code - survey->codes) : 0), "share"));
}

void pr_rows_survey_fields(const struct pr_context *context, struct pr_scope *scope)
{
	const struct pr_survey *survey = survey_of(context);
	struct pr_arena *arena = context->arena;

	pr_scope_add(scope, arena, "survey", count(survey != NULL));
	if (!survey)
		return;
	uint64_t half;
	const struct {
		const char *name;
		struct pr_value value;
		const char *path;
	} fields[] = {{"survey.codes", count(survey->code_count), "sum/codes"},
		{"survey.code_names", pr_value_text(names_of_codes(context)), ""},
		{"survey.alarms", count(survey->sum.now), "sum/alarms"},
		{"survey.before", count(survey->sum.before), "sum/before"},
		{"survey.change", change_of(&survey->sum), "sum/change"}, {"survey.open", count(survey->sum.open), "sum/open"},
		{"survey.points", count(survey->sum.points), "sum/points"},
		{"survey.hours", pr_value_number((double)survey->sum.lasted_ms / 3600000.0, "h"), "(sum/minutes|/|60)"},
		{"survey.projects", count(survey->project_count), "sum/projects"},
		{"survey.alarmed", count(survey->alarmed_count), "sum/projects_with_alarms"},
		{"survey.quiet", count(survey->project_count - survey->alarmed_count), "sum/projects_without_alarms"},
		{"survey.half", count(pr_survey_half(survey, &half)), "sum/half_projects"},
		{"survey.half.share", pr_value_micro(pr_survey_half_share(survey), "1"), "sum/half_share"},
		{"survey.excluded", count(survey->excluded_sum), "excluded/sum"},
		{"survey.power_factor", count(pr_survey_alarms_like(survey, "power_factor", "cos_phi")),
			"sum/power_factor_alarms"},
		{"survey.harmonics", count(pr_survey_alarms_like(survey, "thd", "harmonic")), "sum/harmonics_alarms"},
		{"survey.shown", pr_value_place(survey->alarmed_count < TOP_ROWS ? survey->alarmed_count : TOP_ROWS),
			PR_TAG_PLACE},
		{"survey.more", pr_value_place(survey->alarmed_count < TOP_ROWS ? 0 : survey->alarmed_count - TOP_ROWS),
			PR_TAG_PLACE}};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		pr_scope_add(scope, arena, fields[i].name, at(context, fields[i].value, "", fields[i].path));
	add_codes(context, scope);
	add_top(context, scope);
}

/* --- rows ------------------------------------------------------------------------------------------------------- */

static void add_site(struct pr_row_builder *builder, struct pr_scope *row, const struct pr_survey_project *project)
{
	const struct pr_survey_site *site = project->site;
	struct pr_arena *arena = builder->context->arena;

	pr_rows_field(builder, row, "row.rank", project->rank ? count((uint64_t)project->rank) : pr_value_missing());
	pr_rows_field(builder, row, "row.name", pr_value_text(site->name));
	pr_rows_field(builder, row, "row.id", text_of_id(arena, site->id));
	pr_rows_field(builder, row, "row.customer", pr_value_text(site->customer));
	pr_rows_field(builder, row, "row.industry", pr_value_text(site->industry));
}

static void add_tally(
	struct pr_row_builder *builder, struct pr_scope *row, const struct pr_survey_tally *tally, const char *path)
{
	const struct pr_context *context = builder->context;

	pr_rows_field(builder, row, "row.alarms", at(context, count(tally->now), path, "alarms"));
	pr_rows_field(builder, row, "row.before", at(context, count(tally->before), path, "before"));
	pr_rows_field(builder, row, "row.change", at(context, change_of(tally), path, "change"));
	pr_rows_field(builder, row, "row.open", at(context, count(tally->open), path, "open"));
	pr_rows_field(builder, row, "row.points", at(context, count(tally->points), path, "points"));
	pr_rows_field(builder, row, "row.minutes", at(context, minutes(tally->lasted_ms), path, "minutes"));
}

static void add_project(struct pr_row_builder *builder, const struct pr_survey_project *project, size_t index)
{
	static const char *const fields[PR_SURVEY_CODES_MAX] = {
		"row.code.1", "row.code.2", "row.code.3", "row.code.4", "row.code.5", "row.code.6", "row.code.7", "row.code.8"};
	const struct pr_survey *survey = survey_of(builder->context);
	struct pr_scope *row = pr_rows_add(builder);
	const struct pr_context *context = builder->context;
	const char *path = pr_arena_format(context->arena, "projects/%zu", index);
	uint64_t most = survey->alarmed_count > 0 ? survey->ranked[0]->sum.now : 1, excluded = 0;

	for (size_t i = 0; i < PR_SURVEY_REASON_COUNT; i++)
		excluded += project->excluded[i];
	add_site(builder, row, project);
	add_tally(builder, row, &project->sum, path);
	pr_rows_field(builder, row, "row.days", at(context, count(project->days), path, "days"));
	pr_rows_field(builder, row, "row.share", at(context, pr_value_micro(project->share, "1"), path, "share"));
	pr_rows_field(builder, row, "row.size", pr_value_number((double)project->sum.now / (double)most, NULL));
	pr_rows_field(builder, row, "row.point", pr_value_text(project->top_point));
	pr_rows_field(builder, row, "row.point_alarms",
		project->top_point_id ? at(context, count(project->top_point_count), path, "top_point/alarms")
							  : pr_value_missing());
	pr_rows_field(builder, row, "row.excluded", at(context, count(excluded), path, "excluded"));
	for (size_t i = 0; i < survey->code_count; i++)
		pr_rows_field(builder, row, fields[i],
			at(context, count(project->codes ? project->codes[i].now : 0), path,
				pr_arena_format(context->arena, "codes/%s/alarms", survey->codes[i].code)));
}

bool pr_rows_of_survey(const char *name)
{
	return pr_text_equal(name, "survey") || pr_text_equal(name, "survey_lines");
}

/* Behind the last project that rows are made of. */
static size_t end_of(const struct pr_context *context)
{
	const struct pr_survey *survey = survey_of(context);

	if (!survey)
		return 0;
	return context->rows_to && context->rows_to < survey->project_count ? context->rows_to : survey->project_count;
}

bool pr_rows_survey(struct pr_row_builder *builder)
{
	for (size_t i = builder->context->rows_from; i < end_of(builder->context); i++)
		add_project(builder, survey_of(builder->context)->ranked[i], i);
	return true;
}

bool pr_rows_survey_top(struct pr_row_builder *builder)
{
	const struct pr_survey *survey = survey_of(builder->context);

	for (size_t i = 0; survey && i < survey->alarmed_count && i < TOP_ROWS; i++)
		add_project(builder, survey->ranked[i], i);
	return true;
}

static void add_line(
	struct pr_row_builder *builder, const struct pr_survey_project *project, size_t place, size_t index)
{
	const struct pr_survey_code *code = &survey_of(builder->context)->codes[index];
	const struct pr_survey_tally *tally = &project->codes[index];
	struct pr_scope *row = pr_rows_add(builder);

	add_site(builder, row, project);
	add_tally(
		builder, row, tally, pr_arena_format(builder->context->arena, "projects/%zu/codes/%s", place, code->code));
	pr_rows_field(builder, row, "row.code", pr_value_text(code->code));
	pr_rows_field(builder, row, "row.code_name", pr_value_text(pr_survey_code_name(builder->context, code)));
	pr_rows_field(builder, row, "row.worst", measured(tally->worst));
	pr_rows_field(builder, row, "row.limit", measured(tally->limit));
}

bool pr_rows_survey_lines(struct pr_row_builder *builder)
{
	const struct pr_survey *survey = survey_of(builder->context);

	for (size_t i = builder->context->rows_from; i < end_of(builder->context); i++)
		for (size_t c = 0; survey->ranked[i]->codes && c < survey->code_count; c++)
			if (survey->ranked[i]->codes[c].now + survey->ranked[i]->codes[c].before > 0)
				add_line(builder, survey->ranked[i], i, c);
	return true;
}

bool pr_rows_survey_codes(struct pr_row_builder *builder)
{
	const struct pr_survey *survey = survey_of(builder->context);

	for (size_t i = 0; survey && i < survey->code_count; i++) {
		const struct pr_survey_code *code = &survey->codes[i];
		const char *path = pr_arena_format(builder->context->arena, "codes/%zu", i);
		struct pr_scope *row = pr_rows_add(builder);

		add_tally(builder, row, &code->sum, path);
		pr_rows_field(builder, row, "row.code", pr_value_text(code->code));
		pr_rows_field(builder, row, "row.code_name", pr_value_text(pr_survey_code_name(builder->context, code)));
		pr_rows_field(builder, row, "row.projects", at(builder->context, count(code->projects), path, "projects"));
		pr_rows_field(builder, row, "row.share", at(builder->context, pr_value_micro(code->share, "1"), path, "share"));
		pr_rows_field(builder, row, "row.role",
			pr_value_text(pr_arena_format(builder->context->arena, "part.%d", i < 6 ? (int)i + 1 : 6)));
	}
	return true;
}

bool pr_rows_survey_excluded(struct pr_row_builder *builder)
{
	const struct pr_survey *survey = survey_of(builder->context);

	for (size_t i = 0; survey && i < PR_SURVEY_REASON_COUNT; i++) {
		struct pr_scope *row;

		if (survey->excluded[i] == 0)
			continue;
		row = pr_rows_add(builder);
		pr_rows_field(builder, row, "row.reason",
			pr_value_text(pr_arena_format(builder->context->arena, "survey_excluded.%s", pr_survey_reason_names[i])));
		pr_rows_field(builder, row, "row.count",
			at(builder->context, count(survey->excluded[i]), "excluded", pr_survey_reason_names[i]));
	}
	return true;
}
