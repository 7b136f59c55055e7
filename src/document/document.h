/*
 * The document: a report and the templates give placed pages, a workbook and printed texts; painters only replay them.
 * Page breaks, column widths, tick labels and number formats are all decided here (docs/templates.md).
 */
#ifndef PR_DOCUMENT_DOCUMENT_H
#define PR_DOCUMENT_DOCUMENT_H

#include "analysis/findings.h"
#include "config/config.h"
#include "draw/drawing.h"
#include "draw/theme.h"

/* templates/ and charts/, read and checked once a run: editions, tables, words of every locale, brands, charts. */
struct pr_templates;
PR_CHECK bool pr_templates_read(
	struct pr_templates **templates, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error);

/* Whether the faces have every character of the words, regular and bold. */
PR_CHECK bool pr_templates_check_words(
	const struct pr_templates *templates, const struct pr_typefaces *faces, struct pr_error *error);
/* Whether the brands' names, contacts and titles fit their places on the page: PR_CODE_CONFIG naming the first that does
 * not. Once a run, when the typefaces are open. */
PR_CHECK bool pr_templates_check_brands(const struct pr_templates *templates, const struct pr_typefaces *faces,
	struct pr_arena *arena, struct pr_error *error);

bool pr_templates_has_brand(const struct pr_templates *templates, const char *name);
/* Whether templates/editions holds that edition's file. */
bool pr_templates_has_edition(const struct pr_templates *templates, enum pr_edition edition);

struct pr_outline_entry {
	const char *title;
	int level;   /* 1 = chapter */
	size_t page; /* from 0 */
	double y;
};

struct pr_page {
	struct pr_drawing drawing; /* 595.28 × 841.89 */
};

/* A chart alone, for PNG and SVG: with its title and sub-line. */
struct pr_document_chart {
	const char *name;
	struct pr_drawing drawing;
};

enum pr_cell_kind { PR_CELL_EMPTY, PR_CELL_NUMBER, PR_CELL_TEXT, PR_CELL_TIME };
struct pr_cell {
	enum pr_cell_kind kind;
	double number; /* PR_CELL_TIME: days since 1899-12-30, local time */
	const char *text;
	const char *format; /* a spreadsheet number format: "#,##0.00"; NULL = general */
	bool bold;
	int lines; /* of a text that is wider than its column; 0 or 1 = one */
	const char *finding;
	/* "=SUM(A1:A9)": a spreadsheet works the cell out again, and until then `number` (or `text`) is what it shows; NULL =
	 * none. A text that merely begins with '=' stays a text. */
	const char *formula;
	bool spread;      /* a text that takes all columns right of it, too; it stands last in its row */
	const char *mark; /* colour role of a square before it on the page, and of its part in a chart; NULL = none */
	const char *link; /* of a text: the name of the sheet that it leads to; NULL = none */
};
struct pr_sheet_column {
	const char *name;        /* of the templates */
	const char *head, *unit; /* unit NULL = none */
	double width;            /* in characters of the default font */
	double content;          /* what its cells need of it */
	bool right;
};
/*
 * Rows that come in pieces, where they are too many to be held: those of a platform's projects. A piece is gone when the
 * next one comes. Such a table has no cells of its own.
 */
struct pr_sheet_stream {
	bool (*rewind)(void *context, struct pr_error *error);
	/* *more false: there was no further piece. */
	bool (*next)(void *context, const struct pr_cell **cells, size_t *row_count, bool *more, struct pr_error *error);
	void *context;
	size_t estimate; /* of the rows, for room on the disk */
};
/* A block of a sheet: title, head, rows; a real table with filter where `filter` is set (then it stands alone). */
struct pr_sheet_table {
	const char *name; /* of the templates */
	const char *title, *sub;
	struct pr_sheet_column *columns;
	size_t column_count;
	struct pr_cell *cells; /* row-major */
	size_t row_count;
	size_t total_rows; /* the last rows that are totals */
	const char **notes;
	size_t note_count;
	bool filter;
	const struct pr_sheet_stream *stream; /* NULL = the cells are all */
	size_t head_row;   /* of the sheet, from 0: where the head stands, since formulas point below it; 0 = as it comes */
	size_t rows_above; /* kept free above its title, for charts */
	bool plain;        /* one column of sentences without a head, each as wide as the sheet */
	int head_lines;    /* 0 or 1 = one */
};

/* A chart of the spreadsheet's own, whose data are cells. What stands in no cell is a gap. */
enum pr_sheet_chart_kind {
	PR_SHEET_CHART_COLUMN,
	PR_SHEET_CHART_STACK, /* columns upon each other */
	PR_SHEET_CHART_BAR,   /* the first row above */
	PR_SHEET_CHART_BAR_STACK,
	PR_SHEET_CHART_LINE,
	PR_SHEET_CHART_PIE,
	PR_SHEET_CHART_RADAR,
	PR_SHEET_CHART_KIND_COUNT
};
struct pr_sheet_chart_series {
	const char *label;
	size_t column; /* of the table */
	struct pr_colour colour;
	double width_pt; /* of a line */
	bool dashed;
};
struct pr_sheet_chart {
	const char *name; /* of the templates */
	enum pr_sheet_chart_kind kind;
	const char *title;
	const char *x_title, *y_title; /* NULL = none */
	const char *category_format;   /* number format of the categories; NULL = the cells' own */
	const char *value_format;      /* of the value axis, and of a pie's or bar's labels */
	bool labels, legend;           /* values beside the marks */
	size_t sheet, table;           /* where the data stand: counted from 0, as in the workbook */
	size_t categories;             /* column of the table */
	size_t first_row, row_count;   /* rows of the table */
	struct pr_sheet_chart_series *series;
	size_t series_count;
	struct pr_colour *points; /* a pie's parts or a series' bars: one a row; NULL = the series' */
	size_t above;             /* the table of its own sheet that it stands above */
	double x_px, y_px;        /* from the first row kept free there */
	double width_px, height_px;
	size_t interval;   /* of the categories' labels; 0 = by itself */
	double value_max;  /* of the value axis; NaN = by itself */
	double value_step; /* NaN = by itself */
};
struct pr_sheet {
	const char *name; /* legal and unique as sheet names must be */
	struct pr_sheet_table *tables;
	size_t table_count;
	struct pr_sheet_chart *charts;
	size_t chart_count;
};
/* A name that formulas may use in any sheet. */
struct pr_defined_name {
	const char *name;   /* ASCII letters, digits and '_', no cell's address; unique without case */
	const char *target; /* "='Bill'!$G$12" */
};
struct pr_workbook {
	struct pr_sheet *sheets;
	size_t sheet_count;
	struct pr_defined_name *names;
	size_t name_count;
};

struct pr_document {
	const char *title, *subject, *author, *locale; /* metadata */
	int64_t created_ms;                            /* the cut-off: same input, same bytes */
	struct pr_page *pages;
	size_t page_count;
	struct pr_outline_entry *outline;
	size_t outline_count;
	struct pr_document_chart *charts;
	size_t chart_count;
	struct pr_workbook workbook;
};

/* Sets the printed text of every finding and note in the tenant's locale (JSON needs it; pr_document_build does it too). */
PR_CHECK bool pr_document_print(
	const struct pr_templates *templates, struct pr_report *report, struct pr_arena *arena, struct pr_error *error);

PR_CHECK bool pr_document_build(const struct pr_templates *templates, struct pr_report *report,
	const struct pr_typefaces *faces, struct pr_arena *arena, struct pr_document *document, struct pr_error *error);

/*
 * The survey (report->survey) by templates/survey.ini, which is written as an edition is, without cover and contents.
 * Of the tenant only locale, brand and name are shown. `faces` NULL: the workbook alone.
 */
PR_CHECK bool pr_document_build_survey(const struct pr_templates *templates, struct pr_report *report,
	const struct pr_typefaces *faces, struct pr_arena *arena, struct pr_document *document, struct pr_error *error);

/* A text's width in characters of a workbook's default font; a Han character is two wide. */
double pr_sheet_text_width(const char *text);

/* Every placed box and text with page, place, size and style, as text: the golden form of a layout. */
void pr_document_dump(const struct pr_document *document, struct pr_arena *arena, const char **text);

#endif
