/*
 * Templates as data: editions, tables, brands, words and charts, read and checked once a run (docs/templates.md).
 * Private to the document room.
 *
 * templates/editions/<edition>.ini    [edition], [cover], [contents], [chapter …] each followed by its [block …], [sheet …]
 * templates/survey.ini                the same without [cover] and contents: the survey
 * templates/tables.ini                [table …] each followed by its [column <table>.<name>]; more in tables.<part>.ini
 * templates/sheet_charts.ini          [sheet_chart …] each followed by its [series <chart>.<column>]: the workbook's charts
 * templates/formulas.ini              formulas and names of the workbook
 * templates/words/<locale>.ini        words; more of them in <locale>.<part>.ini
 * templates/brands/<brand>/brand.ini  [brand] and one section a locale; beside it the logo
 * charts/<name>.ini                   charts
 */
#ifndef PR_DOCUMENT_TEMPLATE_H
#define PR_DOCUMENT_TEMPLATE_H

#include "chart/chart.h"
#include "document/document.h"
#include "document/engine.h"

/* Where something stands, for messages. */
struct pr_place {
	const char *path;
	int line;
};

struct pr_table_column {
	const char *name;
	const char *head;        /* key of the words; NULL = no head */
	const char *unit;        /* expression giving a unit ("'kWh'", "$project.currency") shown behind the head; NULL */
	const char *value;       /* expression */
	const char *words;       /* instead of value: expression giving a key of the words, rendered in the row's scope */
	const char *style;       /* number style, as in words; default "bare" for numbers */
	const char *second;      /* expression giving a key of the words: a second, smaller line of the cell */
	const char *mark;        /* expression giving a colour role: a square before the text */
	const char *total;       /* expression for the total row, in the table's scope; NULL = empty */
	const char *total_words; /* key of the words for the total row */
	const char *suffix;      /* expression giving a small unit after the number; NULL */
	const char *bar;         /* expression giving a share 0..1: an in-cell bar instead of a value */
	const char *bar_from;    /* expression giving the share where the bar begins; NULL = 0 */
	const char *bar_limit;   /* expression giving a share: a stroke over the bar; NULL = none */
	const char *bar_role;    /* expression giving the bar's colour role; NULL = accent */
	const char *red_when;    /* expression: the cell is what needs attention; NULL = never */
	const char *shade;       /* expression giving a colour role: the cell's ground; NULL = none */
	const char *when;        /* expression in the table's scope: whether the column is there at all; NULL = always */
	const char
		*formula; /* expression giving the name of a formula (formulas.ini) for the workbook's cell; NULL = none */
	const char *total_formula;               /* the same for the total row, in the table's scope */
	const struct pr_chart_definition *chart; /* drawn in the cell with the row's data; NULL = none */
	double weight;                           /* share of the spare width; 0 = as wide as its content */
	double width_pt;                         /* fixed; 0 = by content */
	bool right;
	bool dash;                /* a missing figure is "—"; no: nothing */
	bool again;               /* a blank cell that begins a page says what stands above it: a group's name */
	bool spread;              /* in the workbook a text takes all columns right of it, too: the last one alone */
	const char *sheet_format; /* number format in the workbook; NULL = by unit */
	struct pr_place place;
};

struct pr_table_definition {
	const char *name;
	const char *rows;         /* a row provider */
	const char *const *items; /* for the provider "items": one row each, named by $row.item */
	size_t item_count;
	const char *when_row;   /* expression: rows that are shown; NULL = all */
	const char *bold_when;  /* expression: rows that need attention */
	const char *level;      /* expression: 'group' (bold with a rule above), 'line' (indented), 'total'; NULL = 'row' */
	const char *total_when; /* expression: whether there is a total row; NULL = where a column has a total */
	const char *empty;      /* key of the words: the sentence instead of a table without rows */
	const char *key;        /* expression: what formulas call the row; NULL = nothing */
	double gap_pt;          /* between columns */
	const char *const *notes; /* keys of the words, each shown where it renders to something */
	size_t note_count;
	struct pr_table_column *columns;
	size_t column_count, column_capacity;
	struct pr_place place;
};

enum pr_block_kind {
	PR_BLOCK_CHART,
	PR_BLOCK_TABLE,
	PR_BLOCK_TEXT,
	PR_BLOCK_CONCLUSIONS,
	PR_BLOCK_KEY_FIGURE,
	PR_BLOCK_SCORE,
	PR_BLOCK_ADVICE,
	PR_BLOCK_KIND_COUNT
};

struct pr_block_definition {
	const char *name;
	enum pr_block_kind kind;
	int column_from, column_to; /* 1..12 */
	const char *title, *sub;    /* keys of the words */
	const char *when;           /* expression */
	const struct pr_chart_definition *chart;
	const struct pr_table_definition *table;
	const char *const *texts; /* text, conclusions: keys of the words, one a paragraph; empty ones are left out */
	size_t text_count;
	/* key figure */
	const char *value, *style, *unit;       /* expression; style; key of the words (or NULL = the value's unit) */
	const char *change_month, *change_year; /* keys of the words for the two change lines' labels */
	const char *change;                     /* "relative" | "absolute" */
	const char *note;                       /* key of the words: a line below the figure; NULL */
	const char *chapter;                    /* advice: where it stands in full: a chapter's name */
	bool below;                             /* the block before it, where a taller one stands beside them */
	bool numbered;                          /* carries a figure's or table's number */
	struct pr_place place;
};

struct pr_chapter_definition {
	const char *name;
	const char *title, *lede; /* keys of the words; lede NULL = none */
	const char *when;
	bool for_projects; /* once a project, in its scope; else in the first project's (single) or the tenant's */
	bool tenant_scope; /* scope = tenant */
	bool fits;         /* it does so only where all of it fits there */
	bool unlisted;     /* only its title stands in the contents */
	bool flows;        /* may begin on the page where the one before it ended */
	struct pr_block_definition *blocks;
	size_t block_count, block_capacity;
	struct pr_place place;
};

/* A chart of the workbook: its data are cells of a table's columns. */
struct pr_sheet_series_definition {
	const char *column; /* of the table */
	const char *label;  /* key of the words; NULL = the column's head */
	const char *role;   /* colour */
	const char *when;   /* expression in the sheet's scope; NULL = always */
	double width_pt;    /* of a line */
	bool dashed;
	struct pr_place place;
};
struct pr_sheet_chart_definition {
	const char *name;
	enum pr_sheet_chart_kind kind;
	const struct pr_table_definition *table;
	const char *categories;        /* column of the table */
	const char *title;             /* key of the words: what it finds */
	const char *x_title, *y_title; /* keys of the words; y NULL = the unit of the first series' column */
	const char *when;              /* expression in the sheet's scope; NULL = always */
	const char *category_format, *value_format;
	double value_max; /* of the value axis; 0 = by itself */
	int64_t rows;     /* as many of the table's rows at most; 0 = all */
	int64_t interval; /* of the categories' labels; 0 = by itself */
	bool labels;      /* the values stand beside their marks */
	bool wide;        /* as wide as two others */
	struct pr_sheet_series_definition *series;
	size_t series_count, series_capacity;
	struct pr_place place;
};

/* A sheet of the workbook: tables of tables.ini (without layout), or a series. */
struct pr_sheet_definition {
	const char *name; /* key of the words: the sheet's name */
	const struct pr_table_definition **tables;
	size_t table_count;
	const char *const *titles; /* keys of the words, one a table */
	size_t title_count;
	const char *when;
	bool for_projects, tenant_scope;
	bool filter; /* one real table with a filter */
	const struct pr_sheet_chart_definition **charts;
	size_t chart_count;
	const struct pr_table_definition *charts_above; /* the table that they stand above; NULL = the first */
	bool charts_last;                               /* above the list of sheets */
	const char *links; /* key of the words: the title of a list of all sheets; NULL = none */
	const char *about; /* key of the words: what the sheet holds, for that list */
	struct pr_place place;
};

struct pr_edition_definition {
	enum pr_edition edition;
	const char *title, *subject; /* keys of the words: "用电服务月报" */
	const char *cover_subtitle, *cover_fingerprint_title, *cover_fingerprint_sub; /* keys */
	const struct pr_chart_definition *fingerprint;
	const char *contents_title;
	const char *const *letter; /* keys of the words: what a letter says of the month, the most important first */
	size_t letter_count;
	bool plain; /* neither cover nor contents */
	struct pr_chapter_definition *chapters;
	size_t chapter_count, chapter_capacity;
	struct pr_sheet_definition *sheets;
	size_t sheet_count, sheet_capacity;
	struct pr_place place;
};

struct pr_brand_words {
	const char *locale, *name, *tagline, *contact, *disclaimer;
	const char *title; /* of the report; NULL = the edition's own */
};
struct pr_brand {
	const char *name;
	struct pr_theme theme;
	const struct pr_picture *logo; /* on the cover, instead of tag and name; NULL = none */
	bool tag;                      /* whether the short bar stands at the head of every page */
	struct pr_brand_words *words;
	size_t word_count, word_capacity;
	struct pr_place place;
};

/* A formula of the workbook, or what a defined name stands for (document/workbook_formula.h). */
struct pr_formula {
	const char *name, *text;
	struct pr_place place;
};
/* What stands in a formula's text for a cell, cells or a value. */
struct pr_reference {
	const char *text;           /* as it stands there */
	size_t length;              /* of it */
	const char *table, *column; /* table NULL = the formula's own */
	const char *from, *to;      /* expressions giving rows' keys; NULL = none */
	const char *value;          /* instead: an expression in braces */
	bool optional, broken;
};
/* The first reference at or behind *at, which is moved behind it; false = there is none. Of a broken one *at stays. */
bool pr_reference_next(const char **at, struct pr_arena *arena, struct pr_reference *reference);

struct pr_templates {
	struct pr_edition_definition *editions; /* those that templates/editions holds */
	size_t edition_count;
	struct pr_edition_definition *survey; /* templates/survey.ini; NULL = not there */
	struct pr_table_definition *tables;
	size_t table_count, table_capacity;
	struct pr_formula *formulas, *names;
	size_t formula_count, formula_capacity, name_count, name_capacity;
	struct pr_sheet_chart_definition *sheet_charts;
	size_t sheet_chart_count;
	struct pr_words *words; /* a locale each */
	size_t word_count;
	struct pr_brand *brands;
	size_t brand_count;
	struct pr_chart_definition *charts;
	size_t chart_count, chart_capacity;
	const char *template_folder;
	double gate; /* the coverage that is asked for: printed among the facts */
};

/* NULL = no such. */
const struct pr_edition_definition *pr_templates_edition(const struct pr_templates *templates, enum pr_edition edition);
const struct pr_words *pr_templates_words(const struct pr_templates *templates, const char *locale);
const struct pr_brand *pr_templates_brand(const struct pr_templates *templates, const char *name);
const struct pr_brand_words *pr_brand_words_of(const struct pr_brand *brand, const char *locale);

/* What building a document needs beside a scope. */
struct pr_builder {
	struct pr_context context;
	const struct pr_templates *templates;
	const struct pr_edition_definition *edition;
	const struct pr_typefaces *faces;
	const struct pr_theme *theme;
	const struct pr_brand *house;
	const struct pr_brand_words *brand; /* the house's, in the report's locale */
	struct pr_arena *arena;
};

/* A table's cells, worked out once for page and workbook alike. */
struct pr_table_cell {
	struct pr_value value;        /* what the cell shows; for the workbook */
	struct pr_rich rich;          /* what the page shows: spans in the cell's style */
	const char *text;             /* the same as plain text */
	const char *second;           /* second line or NULL */
	struct pr_rich second_rich;   /* the same with its tags */
	const char *mark;             /* colour role or NULL */
	const char *suffix;           /* small unit or NULL */
	double bar;                   /* NaN = none */
	double bar_from, bar_limit;   /* NaN = none */
	const char *bar_role, *shade; /* colour roles or NULL */
	bool red;
};
struct pr_table_row {
	struct pr_table_cell *cells; /* column_count */
	bool bold, group, line, total;
	const struct pr_zone *zone;   /* of its times */
	const struct pr_scope *scope; /* for the charts in its cells; NULL = none (the total row) */
};
struct pr_table {
	const struct pr_table_definition *definition;
	const char **heads;          /* as printed, with unit; NULL = none */
	struct pr_rich *head_riches; /* the same with their tags, and so the notes and the sentence */
	const char **units;          /* unit codes, for number formats; NULL = none */
	struct pr_table_row *rows;   /* the total row last */
	size_t row_count;
	const char **notes;
	struct pr_rich *note_riches;
	size_t note_count;
	const char *empty; /* the sentence where there are no rows */
	struct pr_rich empty_rich;
};
/* The definition without the columns that are left out here. */
PR_CHECK bool pr_table_shown(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_table_definition **definition, struct pr_error *error);
PR_CHECK bool pr_table_fill(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_table_definition *definition, struct pr_table *table, struct pr_error *error);

/* The most points that a chart of rows shows: what fits on a page. */
#define PR_CHART_POINTS_MAX 40

/* A chart's data by its definition: expressions evaluated, words rendered, series found (document/chart_data.c). */
PR_CHECK bool pr_chart_data_build(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_chart_definition *definition, struct pr_chart_data *data, struct pr_error *error);

/* The workbook by the edition's sheets (document/workbook.c). */
PR_CHECK bool pr_workbook_build(const struct pr_builder *builder, const struct pr_scope *tenant,
	struct pr_workbook *workbook, struct pr_error *error);

/* The pages by the edition's chapters (document/pages.c). */
PR_CHECK bool pr_pages_build(const struct pr_builder *builder, const struct pr_scope *tenant,
	struct pr_document *document, struct pr_error *error);

#endif
