/*
 * A plot from the asking to the file: which points are meant, what the store holds of them, the document, its bytes.
 */
#ifndef PR_BATCH_PLOT_H
#define PR_BATCH_PLOT_H

#include "document/plot.h"
#include "source/source.h"

#define PR_PLOT_PANELS_MAX 40

enum pr_plot_file { PR_PLOT_PNG, PR_PLOT_SVG, PR_PLOT_PDF, PR_PLOT_XLSX, PR_PLOT_CSV, PR_PLOT_FILE_COUNT };

struct pr_plot_request {
	const char *const *points; /* ids or names */
	size_t point_count;
	const char *const *sensors;
	size_t sensor_count;
	int64_t project_id;     /* every incomer of it; 0 = none */
	const int64_t *tenants; /* whose points; none = anybody's */
	size_t tenant_count;
	enum pr_plot_metric metrics[PR_PLOT_METRIC_COUNT];
	size_t metric_count;
	const char *from, *to; /* local to the point where they have no offset */
	int step_minutes;
	int64_t now_ms;
};

struct pr_plot_result {
	struct pr_plot plot;
	struct pr_tenant tenant; /* of the first point; its locale may be changed */
	const struct pr_directory *directory;
};
/* Errors: PR_CODE_UNKNOWN where a name is nobody's or stands for several (they are listed), PR_CODE_USAGE for a period
 * that is none, PR_CODE_NO_DATA where nothing was measured in it. */
PR_CHECK bool pr_batch_plot(struct pr_source *source, const struct pr_method *method,
	const struct pr_plot_request *request, struct pr_arena *arena, struct pr_plot_result *result,
	struct pr_error *error);

struct pr_plot_files {
	const char *path;
	enum pr_plot_file kind;
	double scale; /* of a PNG: pixels a point */
	struct pr_templates *templates;
	struct pr_typefaces *faces; /* owned; NULL where nothing is drawn */
};
/* By the ending; PR_CODE_USAGE where it is none of the five. */
PR_CHECK bool pr_plot_file_kind(const char *path, enum pr_plot_file *kind, struct pr_error *error);
/* Templates, fonts and the file's folder, before the store is asked. Close in any case. */
PR_CHECK bool pr_plot_files_open(struct pr_plot_files *files, const struct pr_config *config, const char *path,
	enum pr_plot_file kind, double scale, struct pr_arena *arena, struct pr_error *error);
PR_CHECK bool pr_plot_files_write(const struct pr_plot_files *files, const struct pr_method *method,
	const struct pr_plot_result *result, struct pr_arena *arena, struct pr_error *error);
void pr_plot_files_close(struct pr_plot_files *files);

#endif
