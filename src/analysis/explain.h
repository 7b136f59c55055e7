/*
 * How a finding came about: a tree of nodes from the printed figure down to rows of the store, the directory's values
 * and the method's. A node is worked out by a formula over named inputs (explain_formula.h) alone, so that what is
 * printed is enough to recompute it; pr_explain_* does so itself, without the analysis' own code, and an explanation
 * that gives another value than the report is an error (PR_CODE_INTERNAL).
 *
 * Pure, as the analysis; the one thing that the dataset lacks, the sample of a worst value, is asked of `read`.
 * Everything lies in the arena and refers to report and dataset.
 *
 *     struct pr_explainer *explainer = pr_explain_new(&report, read, context, arena);
 *     if (!pr_explain_path(explainer, "projects/10/bill.total", &node, &error)) …
 */
#ifndef PR_ANALYSIS_EXPLAIN_H
#define PR_ANALYSIS_EXPLAIN_H

#include "analysis/findings.h"
#include "base/text.h"

/* A cell of a row, the value of a node or a constant. */
enum pr_explain_kind {
	PR_EXPLAIN_MISSING,
	PR_EXPLAIN_EXACT, /* micro */
	PR_EXPLAIN_REAL,  /* a double as it was measured or aggregated */
	PR_EXPLAIN_TEXT,
	PR_EXPLAIN_TIME
};
struct pr_explain_cell {
	enum pr_explain_kind kind;
	pr_micro micro;
	double real;
	const char *text;
	int64_t time_ms;
};

/* Rows that figures are made from; every node that uses some names table, column and which rows. */
struct pr_explain_table {
	const char *name; /* "projects/10/quarters" */
	const char *kind; /* "quarters", "events", "buckets", …: key of the words explain.rows.<kind> */
	const char **columns;
	size_t column_count;
	struct pr_explain_cell *cells; /* row-major */
	size_t row_count, cell_count, cell_capacity;
	const struct pr_zone *zone; /* of its times */
};

struct pr_explain_filter {
	const char *column;
	bool is_not;
	struct pr_explain_cell value;
};

struct pr_explain_node;
enum pr_explain_input_kind {
	PR_EXPLAIN_NODE,    /* the value of another node */
	PR_EXPLAIN_NODES,   /* a list of them */
	PR_EXPLAIN_ROWS,    /* a table's column, of the rows that all filters hold for */
	PR_EXPLAIN_CONSTANT /* what stands in the directory, the method, the store or an earlier month: `source` */
};
#define PR_EXPLAIN_FILTERS 4
struct pr_explain_input {
	const char *name;
	enum pr_explain_input_kind kind;
	struct pr_explain_node **nodes;
	size_t node_count, node_capacity;
	const struct pr_explain_table *table;
	int column;
	struct pr_explain_filter filters[PR_EXPLAIN_FILTERS];
	size_t filter_count;
	struct pr_explain_cell value;
	const char *source; /* "tariff 1 demand_price", "method basic.contract_tolerance", "store", "month 2026-09" */
	const char *unit;
};

struct pr_explain_node {
	/* Of a finding its path; of a step on the way to one "<scope>/#<name>"; "…@change_month" of an attribute. */
	const char *path;
	const struct pr_finding *finding; /* NULL = a step or an attribute */
	struct pr_explain_cell value;
	const char *unit;
	int digits;          /* that the value was rounded to; −1 = it was not */
	const char *rule;    /* key of the words explain.rule.<rule> */
	const char *formula; /* NULL = value is given, by the one input */
	bool is_inexact;     /* the formula has roots or measured doubles: equal but for one in the last digit */
	struct pr_explain_input *inputs;
	size_t input_count, input_capacity;
	struct pr_explain_node **attributes; /* changes, times, shares as printed: each a node */
	size_t attribute_count, attribute_capacity;
	const struct pr_note **notes; /* what was left out, or why there is no value */
	size_t note_count, note_capacity;
	const struct pr_explain_table *left_out; /* rows that do not count; NULL = none */
	const struct pr_zone *zone;
};

/* The samples of a minute, plausible cells alone, in fields' order; NaN = none. */
typedef bool (*pr_explain_read)(void *context, const struct pr_project *project, const struct pr_point *point,
	int64_t minute_ms, double values[PR_MINUTE_FIELD_COUNT], struct pr_error *error);

struct pr_explainer;
/* `read` NULL: worst values of the quality are taken as the store gave them. */
struct pr_explainer *pr_explain_new(
	const struct pr_report *report, pr_explain_read read, void *read_context, struct pr_arena *arena);

/*
 * A finding by path: "energy.total" (the tenant's), "projects/10/energy.total", "projects/10/points/101/energy.total",
 * "projects/10/bill_lines/3" (from 1). An unknown one is PR_CODE_USAGE, naming the nearest.
 */
PR_CHECK bool pr_explain_path(
	struct pr_explainer *explainer, const char *path, const struct pr_explain_node **node, struct pr_error *error);
/* All findings and bill lines, in the report's order. */
PR_CHECK bool pr_explain_all(
	struct pr_explainer *explainer, const struct pr_explain_node *const **nodes, size_t *count, struct pr_error *error);

/* What has been worked out so far, each before those that use it. */
void pr_explain_nodes(const struct pr_explainer *explainer, const struct pr_explain_node *const **nodes, size_t *count);
void pr_explain_tables(
	const struct pr_explainer *explainer, const struct pr_explain_table *const **tables, size_t *count);
/* Whether the row counts for the input. */
bool pr_explain_fits(const struct pr_explain_input *input, size_t row);

#endif
