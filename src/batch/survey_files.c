#include "batch/survey_files.h"

#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "output/csv.h"
#include "output/pdf.h"
#include "output/xlsx.h"

#define WORKBOOK_BYTES_MAX ((size_t)256 * 1024 * 1024)
#define DEFAULT_LOCALE "zh-CN"

static const char *const endings[PR_SURVEY_FILE_COUNT] = {[PR_SURVEY_FILE_XLSX] = "xlsx",
	[PR_SURVEY_FILE_CSV] = "csv",
	[PR_SURVEY_FILE_PDF] = "pdf",
	[PR_SURVEY_FILE_LAYOUT] = "layout"};

static bool same_ending(const char *a, const char *b)
{
	while (*a && (*a == *b || (*a >= 'A' && *a <= 'Z' && *a - 'A' + 'a' == *b))) {
		a++;
		b++;
	}
	return !*a && !*b;
}

bool pr_survey_file_kind(const char *path, enum pr_survey_file *kind, struct pr_error *error)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	const char *dot = strrchr(name, '.');

	for (int i = 0; dot && dot > name && i < PR_SURVEY_FILE_COUNT; i++)
		if (same_ending(dot + 1, endings[i])) {
			*kind = (enum pr_survey_file)i;
			return true;
		}
	return pr_error_set(
		error, PR_CODE_USAGE, "-o: '%s'; expected a file that ends in .xlsx, .csv, .pdf or .layout", path);
}

static const char *folder_of(const char *path, struct pr_arena *arena)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ".";
	return slash == path ? "/" : pr_arena_copy_n(arena, path, (size_t)(slash - path));
}

static bool check_place(const char *path, struct pr_arena *arena, struct pr_error *error)
{
	const char *folder = folder_of(path, arena);
	struct stat status;

	if (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode))
		return pr_error_set(error, PR_CODE_USAGE, "-o: '%s': '%s' is no folder", path, folder);
	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
		return pr_error_set(error, PR_CODE_USAGE, "-o: '%s' is there and is no regular file", path);
	return true;
}

static bool open_faces(struct pr_survey_files *files, const struct pr_font_config *fonts, struct pr_error *error)
{
	if ((files->kind != PR_SURVEY_FILE_PDF && files->kind != PR_SURVEY_FILE_LAYOUT) ||
		pr_typefaces_open(&files->faces, fonts->regular, fonts->bold, fonts->count, error))
		return true;
	if (error->code == PR_CODE_FONT)
		error->code = PR_CODE_CONFIG; /* nothing was done yet: a matter of the settings */
	return false;
}

bool pr_survey_files_open(struct pr_survey_files *files, const struct pr_config *config, const struct pr_method *method,
	enum pr_survey_file kind, const char *path, struct pr_arena *arena, struct pr_error *error)
{
	*files = (struct pr_survey_files){.method = method, .path = path, .kind = kind};
	return check_place(path, arena, error) && pr_templates_read(&files->templates, config, arena, error) &&
	       open_faces(files, &config->fonts, error);
}

void pr_survey_files_close(struct pr_survey_files *files)
{
	pr_typefaces_free(files->faces);
	files->faces = NULL;
}

/* The workbook's painter needs a folder of its own; the finished file takes its place as any other. */
static bool paint_workbook(const struct pr_survey_files *files, const struct pr_document *document,
	struct pr_arena *arena, char **bytes, size_t *count, struct pr_error *error)
{
	const char *name = strrchr(files->path, '/') ? strrchr(files->path, '/') + 1 : files->path;
	struct pr_stage stage;

	if (!pr_stage_open(&stage, folder_of(files->path, arena), name, arena, error))
		return false;
	const char *path = pr_arena_format(arena, "%s/survey.xlsx", stage.folder);
	bool is_painted = pr_xlsx_paint(document, path, arena, error) &&
	                  pr_file_read(path, WORKBOOK_BYTES_MAX, arena, bytes, count, error);
	pr_stage_drop(&stage);
	return is_painted;
}

static bool paint(const struct pr_survey_files *files, const struct pr_document *document, struct pr_arena *arena,
	char **bytes, size_t *count, struct pr_error *error)
{
	switch (files->kind) {
	case PR_SURVEY_FILE_XLSX:
		return paint_workbook(files, document, arena, bytes, count, error);
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
