/* powerreport survey: alarms of some codes across every project. */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "batch/survey.h"
#include "batch/survey_files.h"
#include "command/command.h"
#include "command/settings.h"
#include "config/method.h"
#include "output/survey_json.h"
#include "source/source.h"

static bool check_options(const struct pr_command_options *options, enum pr_survey_file *kind, struct pr_error *error)
{
	if (!options->has_month)
		return pr_error_set(error, PR_CODE_USAGE, "--month is missing; expected such as 2018-03");
	if (!options->output_file && !options->json)
		return pr_error_set(error, PR_CODE_USAGE,
			"-o is missing; expected a file that ends in .xlsx, .csv, .pdf or .layout, or --json");
	return !options->output_file || pr_survey_file_kind(options->output_file, kind, error);
}

/* "a, b and c" is left to words: codes are listed with commas. */
static const char *known_codes(const struct pr_survey_directory *directory, struct pr_arena *arena)
{
	struct pr_buffer list;

	pr_buffer_init(&list, arena);
	for (size_t i = 0; i < directory->alarm_type_count; i++)
		pr_buffer_format(&list, "%s%s", i ? ", " : "", directory->alarm_types[i].code);
	return *list.text ? list.text : "none";
}

/* A code that is no type of the directory is one all the same where an event has it. */
static bool check_codes(const struct pr_survey *survey, struct pr_arena *arena, struct pr_error *error)
{
	for (size_t i = 0; i < survey->code_count; i++)
		if (!survey->codes[i].type && survey->codes[i].rows == 0)
			return pr_error_set(error, PR_CODE_UNKNOWN,
				"--codes: '%s' is no type of alarm, and no event of these months has it; expected one of %s",
				survey->codes[i].code, known_codes(survey->directory, arena));
	return true;
}

static bool tell(const struct pr_command_options *options, const struct pr_survey *survey, struct pr_arena *arena,
	struct pr_error *error)
{
	char month[16];
	const char *text = NULL;

	if (options->json)
		text = pr_survey_json(survey, arena);
	else if (!options->quiet)
		text = pr_arena_format(arena,
			"%s  survey: %" PRIu64 " alarms of %zu codes, %zu of %zu projects, %" PRIu64 " rows left out: %s\n",
			pr_month_iso(survey->directory->month, month), survey->sum.now, survey->code_count, survey->alarmed_count,
			survey->project_count, survey->excluded_sum, options->output_file);
	if (text && !options->print(text))
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot write to standard output");
	return true;
}

static bool count(const struct pr_command_options *options, const struct pr_config *config,
	const struct pr_method *method, struct pr_arena *arena, struct pr_survey_directory *directory,
	struct pr_survey *survey, struct pr_error *error)
{
	struct pr_source *source = NULL;
	bool is_given = options->code_count > 0;

	if (!pr_source_open(&source, config, error))
		return false;
	bool is_done = pr_batch_survey(source, method, options->month, options->now_ms,
		is_given ? options->codes : pr_batch_survey_codes, is_given ? options->code_count : pr_batch_survey_code_count,
		arena, directory, survey, error);
	pr_source_free(source);
	return is_done && (!is_given || check_codes(survey, arena, error));
}

bool pr_command_survey(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error)
{
	enum pr_survey_file kind = PR_SURVEY_FILE_CSV;
	struct pr_survey_directory directory;
	struct pr_survey_files files = {0};
	struct pr_survey survey;
	struct pr_config config;
	struct pr_method method;

	if (!check_options(options, &kind, error) || !pr_settings_read(options, arena, &config, error) ||
		!pr_method_read(&method, &config, arena, error))
		return false;
	/* Templates, fonts and the folder are looked at before the store is asked for a month. */
	bool is_done = !options->output_file ||
	               pr_survey_files_open(&files, &config, &method, kind, options->output_file, arena, error);
	is_done = is_done && count(options, &config, &method, arena, &directory, &survey, error) &&
	          (!options->output_file || pr_survey_files_write(&files, &survey, arena, error)) &&
	          tell(options, &survey, arena, error);
	pr_survey_files_close(&files);
	*exit_code = 0;
	return is_done;
}
