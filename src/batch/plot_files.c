/* A plot's file by the name's ending. It appears whole or not at all. */
#include "base/file.h"
#include "batch/plot.h"
#include "batch/target.h"
#include "output/csv.h"
#include "output/image.h"
#include "output/pdf.h"

static const char *const endings[PR_PLOT_FILE_COUNT] = {"png", "svg", "pdf", "xlsx", "csv"};

bool pr_plot_file_kind(const char *path, enum pr_plot_file *kind, struct pr_error *error)
{
	int ending = pr_target_ending(path, endings, PR_PLOT_FILE_COUNT);

	if (ending < 0)
		return pr_error_set(
			error, PR_CODE_USAGE, "-o: '%s'; expected a file that ends in .png, .svg, .pdf, .xlsx or .csv", path);
	*kind = (enum pr_plot_file)ending;
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
	if (!pr_target_check(path, arena, error) || !pr_templates_read(&files->templates, config, arena, error))
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
		return pr_target_paint_workbook(files->path, document, arena, bytes, count, error);
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
