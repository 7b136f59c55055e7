#include "batch/survey_files.h"

#include <string.h>

#include "base/file.h"
#include "batch/target.h"
#include "output/csv.h"
#include "output/pdf.h"

#define DEFAULT_LOCALE "zh-CN"

static const char *const endings[PR_SURVEY_FILE_COUNT] = {[PR_SURVEY_FILE_XLSX] = "xlsx",
	[PR_SURVEY_FILE_CSV] = "csv",
	[PR_SURVEY_FILE_PDF] = "pdf",
	[PR_SURVEY_FILE_LAYOUT] = "layout"};

bool pr_survey_file_kind(const char *path, enum pr_survey_file *kind, struct pr_error *error)
{
	int ending = pr_target_ending(path, endings, PR_SURVEY_FILE_COUNT);

	if (ending < 0)
		return pr_error_set(
			error, PR_CODE_USAGE, "-o: '%s'; expected a file that ends in .xlsx, .csv, .pdf or .layout", path);
	*kind = (enum pr_survey_file)ending;
	return true;
}

static bool open_faces(struct pr_survey_files *files, const struct pr_font_config *fonts, struct pr_error *error)
{
	if (files->kind != PR_SURVEY_FILE_PDF && files->kind != PR_SURVEY_FILE_LAYOUT)
		return true;
	if (pr_typefaces_open(&files->faces, fonts->regular, fonts->bold, fonts->count, error)) {
		pr_typefaces_stand_in(files->faces);
		return true;
	}
	if (error->code == PR_CODE_FONT)
		error->code = PR_CODE_CONFIG; /* nothing was done yet: a matter of the settings */
	return false;
}

bool pr_survey_files_open(struct pr_survey_files *files, const struct pr_config *config, const struct pr_method *method,
	enum pr_survey_file kind, const char *path, struct pr_arena *arena, struct pr_error *error)
{
	*files = (struct pr_survey_files){.method = method, .path = path, .kind = kind};
	return pr_target_check(path, arena, error) && pr_templates_read(&files->templates, config, arena, error) &&
	       open_faces(files, &config->fonts, error);
}

void pr_survey_files_close(struct pr_survey_files *files)
{
	pr_typefaces_free(files->faces);
	files->faces = NULL;
}

static bool paint(const struct pr_survey_files *files, const struct pr_document *document, struct pr_arena *arena,
	char **bytes, size_t *count, struct pr_error *error)
{
	switch (files->kind) {
	case PR_SURVEY_FILE_XLSX:
		return pr_target_paint_workbook(files->path, document, arena, bytes, count, error);
	case PR_SURVEY_FILE_CSV:
		return pr_csv_paint(document, arena, bytes, count, error);
	case PR_SURVEY_FILE_PDF:
		return pr_pdf_paint(document, files->faces, arena, bytes, count, error);
	case PR_SURVEY_FILE_LAYOUT:
		pr_document_dump(document, arena, (const char **)bytes);
		*count = strlen(*bytes);
		return true;
	case PR_SURVEY_FILE_COUNT:
		break;
	}
	return false;
}

bool pr_survey_files_write(
	const struct pr_survey_files *files, const struct pr_survey *survey, struct pr_arena *arena, struct pr_error *error)
{
	static const struct pr_tenant nobody = {.locale = DEFAULT_LOCALE, .edition = PR_EDITION_PLATFORM};
	const struct pr_tenant *host = survey->directory->operator_tenant;
	const struct pr_directory directory = {.tenant = host ? *host : nobody};
	const struct pr_dataset dataset = {.directory = &directory,
		.month = survey->directory->month,
		.cutoff_ms = survey->cutoff_ms,
		.has_ingested_at = true};
	struct pr_report report = {.dataset = &dataset,
		.method = files->method,
		.tenant = &directory.tenant,
		.month = survey->directory->month,
		.cutoff_ms = survey->cutoff_ms,
		.survey = survey};
	struct pr_document document;
	size_t count;
	char *bytes;

	return pr_document_build_survey(files->templates, &report, files->faces, arena, &document, error) &&
	       paint(files, &document, arena, &bytes, &count, error) && pr_file_write(files->path, bytes, count, error);
}
