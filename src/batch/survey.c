#include "batch/survey.h"

#include <stdlib.h>

const char *const pr_batch_survey_codes[] = {"low_power_factor", "high_thd_u", "high_thd_i"};
const size_t pr_batch_survey_code_count = sizeof pr_batch_survey_codes / sizeof *pr_batch_survey_codes;

static bool take(void *context, const struct pr_survey_alarm *alarm, struct pr_error *error)
{
	(void)error;
	pr_survey_take(context, alarm);
	return true;
}

static void mark(void *context, int64_t project_id)
{
	pr_survey_mark(context, project_id);
}

/* Where counting is not enough, the project's events come as its own report reads them, one project at a time. */
static bool read_rows(struct pr_source *source, struct pr_survey *survey, struct pr_error *error)
{
	for (size_t i = 0; i < survey->project_count; i++) {
		struct pr_survey_project *project = &survey->projects[i];
		struct pr_event *events = NULL;
		size_t count = 0;
		struct pr_arena arena;
		if (!project->needs_rows)
			continue;
		pr_arena_init(&arena);
		bool is_read = pr_source_events(source, project->site->id, project->before_ms, project->to_ms,
			survey->cutoff_ms, &arena, &events, &count, error);
		if (is_read)
			pr_survey_take_events(survey, project, events, count);
		pr_arena_release(&arena);
		if (!is_read)
			return false;
	}
	return true;
}

/* --- names of the points with most alarms --- */

struct wanted {
	int64_t point_id, at_ms;
	struct pr_survey_project *project;
};

static int compare_wanted(const void *left, const void *right)
{
	const struct wanted *a = left, *b = right;
	return (a->point_id > b->point_id) - (a->point_id < b->point_id);
}

static bool read_names(
	struct pr_source *source, struct pr_survey *survey, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_arena scratch;
	size_t count = 0;
	pr_arena_init(&scratch);
	struct wanted *wanted = pr_arena_array(&scratch, survey->project_count, sizeof *wanted);
	for (size_t i = 0; i < survey->project_count; i++)
		if (survey->projects[i].top_point_id)
			wanted[count++] =
				(struct wanted){survey->projects[i].top_point_id, survey->projects[i].to_ms - 1, &survey->projects[i]};
	if (count > 1)
		qsort(wanted, count, sizeof *wanted, compare_wanted);
	int64_t *ids = pr_arena_array(&scratch, count, sizeof *ids);
	int64_t *at_ms = pr_arena_array(&scratch, count, sizeof *at_ms);
	const char **names = pr_arena_array(&scratch, count, sizeof *names);
	for (size_t i = 0; i < count; i++) {
		ids[i] = wanted[i].point_id;
		at_ms[i] = wanted[i].at_ms;
	}
	bool is_read = pr_source_survey_names(source, ids, at_ms, count, arena, names, error);
	for (size_t i = 0; is_read && i < count; i++)
		wanted[i].project->top_point = names[i];
	pr_arena_release(&scratch);
	return is_read;
}

bool pr_batch_survey(struct pr_source *source, const struct pr_method *method, struct pr_month month, int64_t cutoff_ms,
	const char *const *codes, size_t code_count, struct pr_arena *arena, struct pr_survey_directory *directory,
	struct pr_survey *survey, struct pr_error *error)
{
	if (!pr_source_survey_directory(source, month, arena, directory, error))
		return false;
	pr_survey_init(survey, directory, method, cutoff_ms, codes, code_count, arena);
	const struct pr_survey_query query = {directory->from_ms, directory->to_ms, cutoff_ms, codes, code_count};
	bool counted = pr_source_survey_alarms(source, &query, take, survey, error);
	pr_survey_close(survey);
	if (!counted)
		return false;
	if (!pr_source_survey_repeats(source, &query, mark, survey, error) || !read_rows(source, survey, error))
		return false;
	pr_survey_finish(survey);
	return read_names(source, survey, arena, error);
}
