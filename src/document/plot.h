/*
 * The document of a plot (powerreport plot): one picture, a page of its size, and the workbook's tables, by
 * charts/plot.ini and the words of [plot].
 */
#ifndef PR_DOCUMENT_PLOT_H
#define PR_DOCUMENT_PLOT_H

#include "chart/plot.h"
#include "document/template.h"
#include "model/plot.h"

enum pr_plot_output {
	PR_PLOT_PICTURE, /* charts[0] and pages[0] */
	PR_PLOT_SHEETS,  /* a summary and a sheet a panel, with a chart of the spreadsheet's own */
	PR_PLOT_ROWS     /* one sheet: a row a bucket and series */
};

/* Of the report only tenant (locale, brand), cut-off and dataset->directory (types of alarms) are read. */
PR_CHECK bool pr_document_build_plot(const struct pr_templates *templates, struct pr_report *report,
	const struct pr_plot *plot, enum pr_plot_output output, const struct pr_typefaces *faces, struct pr_arena *arena,
	struct pr_document *document, struct pr_error *error);

/* --- inside the document room --------------------------------------------------------------------------------------- */

struct pr_plot_maker {
	const struct pr_builder *builder;
	const struct pr_plot *plot;
	const struct pr_chart_definition *definition;
	struct pr_scope *scope;   /* of the whole plot */
	struct pr_scope **panels; /* of each panel, inside it */
	struct pr_arena *arena;
	struct pr_error *error;
};

/* Scopes with the fields plot.… of docs/templates.md. */
PR_CHECK bool pr_plot_scopes(struct pr_plot_maker *maker, const struct pr_scope *tenant);
/* A value as it is printed: in the metric's unit and decimals. */
struct pr_value pr_plot_number(const struct pr_plot_panel *panel, double number);
/* "A相": a series' name by the chart's definition; NULL where the definition leaves it out. */
PR_CHECK bool pr_plot_label(
	struct pr_plot_maker *maker, size_t panel, size_t series, const struct pr_chart_item **item, const char **label);
PR_CHECK bool pr_plot_word(
	struct pr_plot_maker *maker, const struct pr_scope *scope, const char *key, const char **text);

PR_CHECK bool pr_plot_draw(struct pr_plot_maker *maker, struct pr_document *document);
/* The unbalance of the three phases of `lines` as a line with its limit and title; no line where one is missing. */
PR_CHECK bool pr_plot_balance(
	struct pr_plot_maker *maker, const struct pr_plot_line *lines, size_t count, struct pr_plot_frame *frame);
/* Ticks and spans of a frame whose plot is that wide. */
PR_CHECK bool pr_plot_axis(struct pr_plot_maker *maker, size_t panel, double width_pt, struct pr_plot_frame *frame);
PR_CHECK bool pr_plot_workbook(struct pr_plot_maker *maker, struct pr_workbook *workbook);
PR_CHECK bool pr_plot_row_table(struct pr_plot_maker *maker, struct pr_workbook *workbook);

#endif
