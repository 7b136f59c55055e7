/*
 * Blocks laid out, not yet on a page; private to the document room. A block's drawings have their origin at the left
 * end of its top rule. What may not be parted is one piece.
 *
 *     ─────────────────────  rule          ┐
 *     title                                │ head
 *     sub-line        图 2.1               ┘
 *     column heads                           repeat: again on every page
 *     piece, piece, piece …                  rows of a table, lines of a text, or one chart
 *     notes                                  tail
 */
#ifndef PR_DOCUMENT_FLOW_H
#define PR_DOCUMENT_FLOW_H

#include "document/template.h"

#define PR_PAGE_WIDTH 595.28
#define PR_PAGE_HEIGHT 841.89
#define PR_PAGE_LEFT 56.0
#define PR_PAGE_CONTENT 496.0
#define PR_PAGE_TOP 70.0
#define PR_PAGE_BOTTOM 784.0
#define PR_GRID 7.0
#define PR_BLOCK_SPACE 11.0 /* at least, between the end of a block and the next rule */
#define PR_CHAPTER_BASELINE 91.0
#define PR_CHAPTER_RISE 35.0 /* from the next rule to the baseline of a chapter's title that stands below a block */
#define PR_LEDE_BELOW 14.0
#define PR_CONTINUED_HEIGHT 21.0 /* the head of a table that goes on */

struct pr_piece {
	struct pr_drawing drawing; /* from its own top */
	struct pr_drawing *first;  /* instead, where it is the first of a further page; NULL = the same */
	double height;
	bool keep; /* with the piece behind it */
};

/* A text that names the page of a chapter: set once the pages are known. `words` see "reference.page" and
 * "reference.chapter". */
struct pr_flow_reference {
	const char *chapter; /* its name in the edition; NULL = no reference */
	const char *words;
	double x, baseline; /* from the block's rule */
};

struct pr_flow {
	const char *name, *title, *number; /* title and number as plain text: for the contents */
	double x, width;                   /* on the page */
	double y;                          /* below the top of its row: a block below another one of the row */
	struct pr_drawing head, repeat, tail;
	double head_height, repeat_height, tail_height;
	struct pr_piece *pieces;
	size_t piece_count, piece_capacity;
	bool breaks; /* may go on on the next page */
	bool is_text;
	const struct pr_chart_definition *chart; /* of a chart's block: for PNG and SVG */
	const struct pr_chart_data *chart_data;
	struct pr_flow_reference reference;
};
double pr_flow_height(const struct pr_flow *flow);

/* The styles of visual.md, section 2. */
enum pr_type_role {
	PR_TYPE_BODY,
	PR_TYPE_BLOCK_TITLE,
	PR_TYPE_SUB,
	PR_TYPE_CELL,
	PR_TYPE_HEAD,
	PR_TYPE_NOTE,
	PR_TYPE_CONCLUSION,
	PR_TYPE_LEDE,
	PR_TYPE_CHAPTER,
	PR_TYPE_CHAPTER_NUMBER,
	PR_TYPE_KEY_LABEL,
	PR_TYPE_KEY_FIGURE,
	PR_TYPE_KEY_UNIT,
	PR_TYPE_RUNNING,
	PR_TYPE_RUNNING_BOLD,
	PR_TYPE_COVER_TITLE,
	PR_TYPE_COVER_MONTH,
	PR_TYPE_COVER_CUSTOMER,
	PR_TYPE_TOTAL,
	PR_TYPE_ROLE_COUNT
};
struct pr_style pr_type_role_style(const struct pr_builder *builder, enum pr_type_role role);
struct pr_style pr_style_bold(struct pr_style style, bool bold);
struct pr_style pr_style_role(const struct pr_builder *builder, struct pr_style style, const char *colour_role);

/* A block in `scope`, `width` wide. `number` ("图 2.1") may be NULL. */
PR_CHECK bool pr_block_layout(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_block_definition *block, double width, const char *number, struct pr_flow *flow,
	struct pr_error *error);

/* How much lower and higher a chart's block may be, in steps of the grid; 0 for all other blocks. */
void pr_block_limits(const struct pr_flow *flow, double *lower_pt, double *higher_pt);
/* Draws a chart's block higher, or lower, by `change_pt` within these. */
PR_CHECK bool pr_block_change(
	const struct pr_builder *builder, struct pr_flow *flow, double change_pt, struct pr_error *error);

/* --- what stands on which page (filling.c) ---------------------------------------------------------------------- */

enum pr_fill_start {
	PR_FILL_FLOW, /* a chapter goes on below the one before it, or begins a page, as fills the pages better */
	PR_FILL_FIT,  /* below it as a whole; parted only where pages would stay half empty */
	PR_FILL_PAGE  /* begins a page, but where that would leave most of one empty */
};
/* A chapter's head, or blocks beside each other, from top to bottom. */
struct pr_fill_item {
	double height;        /* a head: from its title's baseline to the first block; else from its rule to its end */
	double lower, higher; /* by as much may its charts change */
	const struct pr_flow *parts; /* a block that may be broken; NULL = stands whole */
	size_t chapter_end;          /* of a head: the first item behind its chapter */
	enum pr_fill_start start;    /* of a head */
	bool is_head;
	bool explains; /* a text: stays with the blocks above it where it can */
};
/* What is placed, in order: pieces [from, from + count) of a block that may be broken, all of any other item. */
struct pr_fill_part {
	size_t item, from, count;
	double change; /* of its charts' height */
	bool new_page;
};
/* False where an item fits on no page: *misfit. */
PR_CHECK bool pr_filling_find(const struct pr_fill_item *items, size_t count, struct pr_arena *arena,
	struct pr_fill_part **parts, size_t *part_count, size_t *misfit);

/* Parts of pr_block_layout, one file each. */
PR_CHECK bool pr_table_layout(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_table_definition *definition, struct pr_flow *flow, struct pr_error *error);
PR_CHECK bool pr_score_layout(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_block_definition *block, struct pr_flow *flow, struct pr_error *error);
PR_CHECK bool pr_advice_layout(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_block_definition *block, struct pr_flow *flow, struct pr_error *error);
PR_CHECK bool pr_key_figure_layout(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_block_definition *block, struct pr_flow *flow, struct pr_error *error);

/* A large figure with its small unit, from the drawing's left; set smaller where it is wider than `width`. */
struct pr_figure_text {
	const char *text, *unit; /* unit "" = none */
	const char *finding;     /* NULL = none */
};
PR_CHECK bool pr_key_figure_draw(const struct pr_builder *builder, struct pr_drawing *drawing,
	const struct pr_figure_text *figure, double width, struct pr_error *error);
/* The unit beside a figure: 万元 of large money, nothing of a count. */
const char *pr_key_figure_unit(
	const struct pr_context *context, const struct pr_value *value, const struct pr_format_style *style);

/* A new, empty piece `height` high. */
struct pr_piece *pr_flow_piece(const struct pr_builder *builder, struct pr_flow *flow, double height);
/* Lines of a paragraph from a first baseline; returns the last baseline. */
double pr_flow_lines(struct pr_drawing *drawing, const struct pr_text_line *lines, size_t count, double x,
	double baseline, double leading);

PR_CHECK bool pr_cover_build(const struct pr_builder *builder, const struct pr_scope *tenant,
	const struct pr_scope *project, struct pr_page *page, struct pr_error *error);

struct pr_contents_entry {
	const char *number, *title;
	int level;
	size_t page; /* within the chapters, from 0 */
	const char *anchor;
};
/* How many pages the contents take. */
/* How many pages the entries take: the pages that they name come behind these. */
PR_CHECK bool pr_contents_pages(const struct pr_builder *builder, const struct pr_contents_entry *entries, size_t count,
	size_t *pages, struct pr_error *error);
PR_CHECK bool pr_contents_build(const struct pr_builder *builder, const struct pr_scope *tenant,
	const struct pr_contents_entry *entries, size_t count, size_t pages_before, struct pr_page **pages,
	size_t *page_count, struct pr_error *error);

#endif
