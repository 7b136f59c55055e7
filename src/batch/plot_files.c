/* A plot's file by the name's ending. It appears whole or not at all. */
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "batch/plot.h"
#include "output/csv.h"
#include "output/image.h"
#include "output/pdf.h"
#include "output/xlsx.h"

#define WORKBOOK_BYTES_MAX ((size_t)256 * 1024 * 1024)

static const char *const endings[PR_PLOT_FILE_COUNT] = {"png", "svg", "pdf", "xlsx", "csv"};

static bool same_ending(const char *a, const char *b)
{
	while (*a && (*a == *b || (*a >= 'A' && *a <= 'Z' && *a - 'A' + 'a' == *b))) {
		a++;
		b++;
	}
	return !*a && !*b;
}

static const char *name_of(const char *path)
{
	return strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
}

bool pr_plot_file_kind(const char *path, enum pr_plot_file *kind, struct pr_error *error)
{
	const char *name = name_of(path), *dot = strrchr(name, '.');

	for (int i = 0; dot && dot > name && i < PR_PLOT_FILE_COUNT; i++)
		if (same_ending(dot + 1, endings[i])) {
			*kind = (enum pr_plot_file)i;
			return true;
		}
	return pr_error_set(
		error, PR_CODE_USAGE, "-o: '%s'; expected a file that ends in .png, .svg, .pdf, .xlsx or .csv", path);
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

static bool is_drawn(enum pr_plot_file kind)
{
	return kind == PR_PLOT_PNG || kind == PR_PLOT_SVG || kind == PR_PLOT_PDF;
}

bool pr_plot_files_open(struct pr_plot_files *files, const struct pr_config *config, const char *path,
	enum pr_plot_file kind, double scale, struct pr_arena *arena, struct pr_error *error)
{
	const struct pr_font_config *fonts = &config->fonts;

	*files = (struct pr_plot_files){.path = path, .kind = kind, .scale = scale};
	if (!check_place(path, arena, error) || !pr_templates_read(&files->templates, config, arena, error))
		return false;
	if (!is_drawn(kind) || pr_typefaces_open(&files->faces, fonts->regular, fonts->bold, fonts->count, error))
		return true;
	if (error->code == PR_CODE_FONT)
		error->code = PR_CODE_CONFIG; /* nothing was done yet: a matter of the settings */
	return false;
}

void pr_plot_files_close(struct pr_plot_files *files)
{
	pr_typefaces_free(files->faces);
	files->faces = NULL;
}

static bool paint_workbook(const struct pr_plot_files *files, const struct pr_document *document,
	struct pr_arena *arena, char **bytes, size_t *count, struct pr_error *error)
{
	struct pr_stage stage;

	if (!pr_stage_open(&stage, folder_of(files->path, arena), name_of(files->path), arena, error))
		return false;
	const char *path = pr_arena_format(arena, "%s/plot.xlsx", stage.folder);
	bool is_painted = pr_xlsx_paint(document, path, arena, error) &&
	                  pr_file_read(path, WORKBOOK_BYTES_MAX, arena, bytes, count, error);
	pr_stage_drop(&stage);
	return is_painted;
}

static bool paint(const struct pr_plot_files *files, const struct pr_document *document, struct pr_arena *arena,
	char **bytes, size_t *count, struct pr_error *error)
{
	switch (files->kind) {
	case PR_PLOT_PNG:
	case PR_PLOT_SVG:
		return pr_image_paint(&document->charts->drawing, files->faces,
			files->kind == PR_PLOT_PNG ? PR_IMAGE_PNG : PR_IMAGE_SVG, files->scale, arena, bytes, count, error);
	case PR_PLOT_PDF:
		return pr_pdf_paint(document, files->faces, arena, bytes, count, error);
	case PR_PLOT_XLSX:
		return paint_workbook(files, document, arena, bytes, count, error);
	case PR_PLOT_CSV:
		return pr_csv_paint(document, arena, bytes, count, error);
	case PR_PLOT_FILE_COUNT:
		break;
	}
	return false;
}

bool pr_plot_files_write(const struct pr_plot_files *files, const struct pr_method *method,
	const struct pr_plot_result *result, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_local_time local = pr_zone_local(result->plot.panels[0].project->zone, result->plot.from_ms);
	const struct pr_month month = {local.date.year, local.date.month};
	const struct pr_dataset dataset = {
		.directory = result->directory, .month = month, .cutoff_ms = result->plot.cutoff_ms, .has_ingested_at = true};
	struct pr_report report = {.dataset = &dataset,
		.method = method,
		.tenant = &result->tenant,
		.month = month,
		.cutoff_ms = result->plot.cutoff_ms};
	enum pr_plot_output output = is_drawn(files->kind)         ? PR_PLOT_PICTURE
	                             : files->kind == PR_PLOT_XLSX ? PR_PLOT_SHEETS
	                                                           : PR_PLOT_ROWS;
	struct pr_document document;
	size_t count;
	char *bytes;

	return pr_document_build_plot(
			   files->templates, &report, &result->plot, output, files->faces, arena, &document, error) &&
	       paint(files, &document, arena, &bytes, &count, error) && pr_file_write(files->path, bytes, count, error);
}
