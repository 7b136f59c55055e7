#include "output/survey_json.h"

#include <inttypes.h>
#include <math.h>

#include "output/json.h"

#define MINUTE_DIGITS 4

static void add_text(struct pr_buffer *out, const char *key, const char *text)
{
	pr_buffer_format(out, ", \"%s\": ", key);
	pr_json_quote(out, text);
}

static void add_micro(struct pr_buffer *out, const char *key, pr_micro value)
{
	char plain[32];

	pr_buffer_format(out, ", \"%s\": %s", key, value == PR_MICRO_MISSING ? "null" : pr_micro_plain(value, plain));
}

static void add_count(struct pr_buffer *out, const char *key, uint64_t count)
{
	pr_buffer_format(out, ", \"%s\": %" PRIu64, key, count);
}

static void add_tally(struct pr_buffer *out, const struct pr_survey_tally *tally)
{
	pr_buffer_format(out, "\"alarms\": %" PRIu64, tally->now);
	add_count(out, "before", tally->before);
	pr_buffer_format(out, ", \"change\": %" PRId64, (int64_t)tally->now - (int64_t)tally->before);
	add_count(out, "open", tally->open);
	add_micro(out, "minutes", pr_micro_ratio(tally->lasted_ms, PR_MS_MINUTE, MINUTE_DIGITS));
	add_count(out, "points", tally->points);
}

static void add_codes(struct pr_buffer *out, const struct pr_survey *survey)
{
	pr_buffer_add(out, "  \"codes\": [");
	for (size_t i = 0; i < survey->code_count; i++) {
		const struct pr_survey_code *code = &survey->codes[i];

		pr_buffer_format(out, "%s\n    {\"code\": ", i ? "," : "");
		pr_json_quote(out, code->code);
		add_text(out, "name_zh", code->type ? code->type->name_zh : NULL);
		add_text(out, "name_en", code->type ? code->type->name_en : NULL);
		pr_buffer_add(out, ", ");
		add_tally(out, &code->sum);
		add_count(out, "projects", code->projects);
		add_micro(out, "share", code->share);
		pr_buffer_add(out, "}");
	}
	pr_buffer_add(out, "\n  ],\n");
}

static void add_sums(struct pr_buffer *out, const struct pr_survey *survey)
{
	uint64_t half;

	pr_buffer_add(out, "  \"sum\": {");
	add_tally(out, &survey->sum);
	add_count(out, "projects", survey->project_count);
	add_count(out, "projects_with_alarms", survey->alarmed_count);
	add_count(out, "projects_without_alarms", survey->project_count - survey->alarmed_count);
	add_count(out, "codes", survey->code_count);
	add_count(out, "half_projects", pr_survey_half(survey, &half));
	add_micro(out, "half_share", pr_survey_half_share(survey));
	add_count(out, "power_factor_alarms", pr_survey_alarms_like(survey, "power_factor", "cos_phi"));
	add_count(out, "harmonics_alarms", pr_survey_alarms_like(survey, "thd", "harmonic"));
	pr_buffer_format(out, "},\n  \"excluded\": {\"sum\": %" PRIu64, survey->excluded_sum);
	for (size_t i = 0; i < PR_SURVEY_REASON_COUNT; i++)
		add_count(out, pr_survey_reason_names[i], survey->excluded[i]);
	pr_buffer_add(out, "},\n");
}

static void add_project_codes(
	struct pr_buffer *out, const struct pr_survey *survey, const struct pr_survey_project *project)
{
	pr_buffer_add(out, ", \"codes\": {");
	for (size_t i = 0; project->codes && i < survey->code_count; i++) {
		const struct pr_survey_tally *tally = &project->codes[i];

		pr_buffer_add(out, i ? ", " : "");
		pr_json_quote(out, survey->codes[i].code);
		pr_buffer_add(out, ": {");
		add_tally(out, tally);
		add_micro(out, "worst", isnan(tally->worst) ? PR_MICRO_MISSING : pr_micro_from_double(tally->worst));
		add_micro(out, "limit", isnan(tally->limit) ? PR_MICRO_MISSING : pr_micro_from_double(tally->limit));
		pr_buffer_add(out, "}");
	}
	pr_buffer_add(out, "}");
}

static void add_project(struct pr_buffer *out, const struct pr_survey *survey, const struct pr_survey_project *project)
{
	const struct pr_survey_site *site = project->site;
	uint64_t excluded = 0;

	for (size_t i = 0; i < PR_SURVEY_REASON_COUNT; i++)
		excluded += project->excluded[i];
	pr_buffer_format(out, "    {\"project\": %" PRId64, site->id);
	add_text(out, "name", site->name);
	pr_buffer_format(out, ", \"tenant\": %" PRId64, site->customer_id);
	add_text(out, "customer", site->customer);
	add_text(out, "industry", site->industry);
	pr_buffer_format(out, ", \"in_service\": %s, ", site->in_service ? "true" : "false");
	add_tally(out, &project->sum);
	add_count(out, "days", project->days);
	add_count(out, "excluded", excluded);
	add_micro(out, "share", project->share);
	if (project->top_point_id)
		pr_buffer_format(out, ", \"top_point\": {\"point\": %" PRId64 ", \"alarms\": %" PRIu64, project->top_point_id,
			project->top_point_count);
	else
		pr_buffer_add(out, ", \"top_point\": null");
	if (project->top_point_id) {
		add_text(out, "name", project->top_point);
		pr_buffer_add(out, "}");
	}
	add_project_codes(out, survey, project);
	pr_buffer_add(out, "}");
}

const char *pr_survey_json(const struct pr_survey *survey, struct pr_arena *arena)
{
	struct pr_buffer out;
	char month[16], time[40];

	pr_buffer_init(&out, arena);
	pr_buffer_format(&out, "{\n  \"month\": \"%s\",\n  \"cutoff\": \"%s\",\n",
		pr_month_iso(survey->directory->month, month), pr_time_iso(survey->cutoff_ms, NULL, time));
	add_codes(&out, survey);
	add_sums(&out, survey);
	pr_buffer_add(&out, "  \"projects\": [");
	for (size_t i = 0; i < survey->project_count; i++) {
		pr_buffer_add(&out, i ? ",\n" : "\n");
		add_project(&out, survey, survey->ranked[i]);
	}
	pr_buffer_add(&out, "\n  ]\n}\n");
	return out.text;
}
