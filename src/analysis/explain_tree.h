/*
 * Making the nodes and tables of explanations. Private to the explanations: builders add inputs and a formula to the
 * node that they are given and conclude it; the first error stays in the explainer and ends the work.
 */
#ifndef PR_ANALYSIS_EXPLAIN_TREE_H
#define PR_ANALYSIS_EXPLAIN_TREE_H

#include "analysis/explain.h"
#include "analysis/history.h"

/* A project's month, or the period of its utility's bill, settled again: what its figures are made from. */
struct pr_explain_site {
	const char *path; /* "projects/10", "projects/10/period" */
	size_t index;     /* of the project */
	const struct pr_project_report *report;
	struct pr_site site;
	struct pr_settled *points; /* of all points, by index; of a period none */
	const struct pr_bill_line *lines;
	size_t line_count;
	const char *currency;
	bool is_made;                     /* a forecast's: no row of the store stands behind its quarters */
	const struct pr_history *history; /* the thirteen months; see pr_explain_history */
};

struct pr_explainer {
	struct pr_arena *arena;
	const struct pr_report *report;
	struct pr_work quiet;
	pr_explain_read read;
	void *read_context;
	struct pr_explain_node **nodes;
	size_t node_count, node_capacity;
	struct pr_explain_table **tables;
	size_t table_count, table_capacity;
	struct pr_explain_site **sites; /* by project; NULL = not settled yet */
	struct pr_error error;
	int depth;
};

/* Whose finding it is. */
enum pr_explain_level {
	PR_EXPLAIN_TENANT,
	PR_EXPLAIN_PROJECT,
	PR_EXPLAIN_POINT,
	PR_EXPLAIN_TRANSFORMER,
	PR_EXPLAIN_SENSOR,
	PR_EXPLAIN_LEVEL_COUNT
};
struct pr_explain_scope {
	enum pr_explain_level level;
	const char *path; /* "" of the tenant, else "projects/10", "projects/10/points/101" */
	size_t project;   /* index; of the tenant meaningless */
	const struct pr_subject *subject;
	const struct pr_findings *findings;
};

/* --- cells and tables --- */
struct pr_explain_cell pr_cell_micro(pr_micro value);
struct pr_explain_cell pr_cell_count(uint64_t value);
struct pr_explain_cell pr_cell_real(double value);
struct pr_explain_cell pr_cell_text(const char *text);
struct pr_explain_cell pr_cell_time(int64_t time_ms);

/* The table of that name; NULL = not made yet. */
struct pr_explain_table *pr_table_find(struct pr_explainer *explainer, const char *name);
/* `columns` parted by spaces. */
struct pr_explain_table *pr_table_new(struct pr_explainer *explainer, const char *name, const char *kind,
	const char *columns, const struct pr_zone *zone);
/* Cells, row by row; a row ends where the columns do. */
void pr_table_put(struct pr_explainer *explainer, struct pr_explain_table *table, struct pr_explain_cell cell);

/* --- nodes --- */
/* "<path>/<name>", or the name alone at the tenant's. */
const char *pr_explain_join(struct pr_explainer *explainer, const char *path, const char *name);
struct pr_explain_node *pr_node_find(struct pr_explainer *explainer, const char *path);
struct pr_explain_node *pr_node_new(struct pr_explainer *explainer, const char *path, const char *rule);
/* A step "<path>/#<name>"; *made tells whether it is new and wants inputs and a conclusion. */
struct pr_explain_node *pr_node_step(
	struct pr_explainer *explainer, const char *path, const char *name, const char *rule, bool *made);

void pr_node_input(
	struct pr_explainer *explainer, struct pr_explain_node *node, const char *name, struct pr_explain_node *input);
/* Adds one more to the list of that name; `input` NULL makes it an empty list where it is none yet. */
void pr_node_list(
	struct pr_explainer *explainer, struct pr_explain_node *node, const char *name, struct pr_explain_node *input);
void pr_node_constant(struct pr_explainer *explainer, struct pr_explain_node *node, const char *name,
	struct pr_explain_cell value, const char *unit, const char *source);
/* A column; filters are added to what is returned. */
struct pr_explain_input *pr_node_rows(struct pr_explainer *explainer, struct pr_explain_node *node, const char *name,
	const struct pr_explain_table *table, const char *column);
void pr_input_where(struct pr_explain_input *input, const char *column, struct pr_explain_cell value);
void pr_input_where_not(struct pr_explain_input *input, const char *column, struct pr_explain_cell value);

/* Evaluates the formula; a finding's value is compared with it, a step's set. `digits` as for a finding; −1 = none. */
void pr_node_conclude(
	struct pr_explainer *explainer, struct pr_explain_node *node, const char *formula, const char *unit, int digits);
/* A value that stands somewhere: the node's one input. */
void pr_node_given(struct pr_explainer *explainer, struct pr_explain_node *node, struct pr_explain_cell value,
	const char *unit, const char *source);
/* An attribute "<path>@<name>" of a node, to be given inputs and concluded against `value`. */
struct pr_explain_node *pr_node_attribute(struct pr_explainer *explainer, struct pr_explain_node *node,
	const char *name, struct pr_explain_cell value, const char *rule);
bool pr_explain_failed(const struct pr_explainer *explainer);

/* --- explain.c: the findings --- */
/* The node of a finding of a scope, made where it is not there yet; NULL = there is no such finding. */
struct pr_explain_node *pr_explain_finding(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, const char *id);
struct pr_explain_scope pr_explain_scope_project(struct pr_explainer *explainer, size_t index);
struct pr_explain_scope pr_explain_scope_subject(
	struct pr_explainer *explainer, size_t index, enum pr_explain_level level, const struct pr_subject *subject);
/* --- explain_site.c: rows --- */
struct pr_explain_site *pr_explain_site_of(struct pr_explainer *explainer, size_t index);
/* The site's thirteen months, the reported one last: of those before only what they hold is taken, as leaves. */
const struct pr_history *pr_explain_history(struct pr_explainer *explainer, struct pr_explain_site *own);
/* Of the days [from, to): a utility's period. */
struct pr_explain_site *pr_explain_period_of(
	struct pr_explainer *explainer, size_t index, struct pr_date from, struct pr_date to);
/* The incomers' expected quarters, by start, then point: one row each, with what counts of it. */
const struct pr_explain_table *pr_explain_quarters(struct pr_explainer *explainer, struct pr_explain_site *own);
/* A column of the quarters of a point; of an incomer those rows of the project's. */
struct pr_explain_input *pr_explain_point_rows(struct pr_explainer *explainer, struct pr_explain_site *own,
	struct pr_explain_node *node, const char *name, size_t point, const char *column);
/* The quarter rows that do not count, of the incomers, or of one other point. */
const struct pr_explain_table *pr_explain_left_out(
	struct pr_explainer *explainer, struct pr_explain_site *own, const struct pr_point *point);
/* Inputs named as the columns of the project's quarters, each parted by spaces; the same rows for all. NULL where
 * nothing is filtered. */
void pr_explain_columns(
	struct pr_explainer *explainer, struct pr_explain_site *own, struct pr_explain_node *node, const char *columns);

/* --- builders: false where the finding's id is none of theirs --- */
typedef bool (*pr_explain_builder)(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node);
bool pr_explain_energy(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node);
bool pr_explain_bill(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node);
bool pr_explain_load(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node);
bool pr_explain_quality(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node);
bool pr_explain_safety(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node);
bool pr_explain_alarms(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node);
bool pr_explain_health(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node);
bool pr_explain_savings(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node);
bool pr_explain_transformer(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node);
bool pr_explain_forecast(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node);
bool pr_explain_portfolio(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node);
bool pr_explain_platform(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node);
bool pr_explain_change(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node);
bool pr_explain_totals(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node);

/* Steps that several subjects stand on, each made once a site. */
struct pr_explain_node *pr_explain_energy_exact(struct pr_explainer *explainer, struct pr_explain_site *own);
struct pr_explain_node *pr_explain_slot_exact(struct pr_explainer *explainer, struct pr_explain_site *own, int slot);
/* A slot's share; as printed the shares add up to 100.0 %: rounded to tenths of a percent by largest remainder, too.
 * `add` puts the list "slots" into a node. */
void pr_explain_share_of(struct pr_explainer *explainer, const struct pr_explain_scope *scope,
	struct pr_explain_node *node, int slot,
	void (*add)(struct pr_explainer *, const struct pr_explain_scope *, struct pr_explain_node *));
struct pr_explain_node *pr_explain_demand_exact(struct pr_explainer *explainer, struct pr_explain_site *own);
struct pr_explain_node *pr_explain_threshold(struct pr_explainer *explainer, struct pr_explain_site *own);
struct pr_explain_node *pr_explain_cosine(struct pr_explainer *explainer, struct pr_explain_site *own);
/* The quarters of the points that measure a transformer: columns start, kwh, lag, lead_counted; and its load rates out of
 * them and the constant `kva`. */
const struct pr_explain_table *pr_explain_transformer_rows(
	struct pr_explainer *explainer, struct pr_explain_site *own, const struct pr_transformer *transformer);
#define PR_EXPLAIN_HOLDS "both(both(known(kwh),known(lag)),known(lead_counted))"
#define PR_EXPLAIN_BETA                                                                           \
	"p=4*whole_by(where(kwh," PR_EXPLAIN_HOLDS "),start); q=4*whole_by(lag-lead_counted,start); " \
	"beta=sqrt(p*p+q*q)/kva; "
/* The role whose points measure it: incomers, or feeders where no incomer names it. */
enum pr_role pr_explain_role_for(const struct pr_explain_site *own, int64_t transformer_id);
/* P and Q of a quarter over those points, kW and kvar; missing unless all that are expected hold them. */
void pr_explain_power_at(const struct pr_explain_site *own, int64_t transformer_id, enum pr_role role, size_t index,
	pr_micro *active, pr_micro *reactive);
/* A bill line, from 0. */
struct pr_explain_node *pr_explain_line(struct pr_explainer *explainer, struct pr_explain_site *own, size_t index);
/* "bill.energy", "bill.basic", "bill.total" of a period, which are no findings. */
struct pr_explain_node *pr_explain_bill_step(
	struct pr_explainer *explainer, struct pr_explain_site *own, const char *id);
/* Of a platform's tenant the measured days, this month's or so many before. */
void pr_explain_platform_days(struct pr_explainer *explainer, struct pr_explain_node *node, int before);
/* What the months before hold: another `explain` says how they came about. */
const char *pr_explain_source_month(struct pr_explainer *explainer, int months_before);
/* A table's columns as inputs of the same names, parted by spaces. */
void pr_explain_table_columns(struct pr_explainer *explainer, struct pr_explain_node *node,
	const struct pr_explain_table *table, const char *columns);
/* The comparisons of a node's finding with the month and the year before. */
void pr_explain_compare(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node);

#endif
