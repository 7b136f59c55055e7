#include "analysis/explain_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/explain_formula.h"

/* --- cells and tables ---------------------------------------------------------------------------------------------- */

struct pr_explain_cell pr_cell_micro(pr_micro value)
{
	return (struct pr_explain_cell){
		.kind = value == PR_MICRO_MISSING ? PR_EXPLAIN_MISSING : PR_EXPLAIN_EXACT, .micro = value};
}

struct pr_explain_cell pr_cell_count(uint64_t value)
{
	return pr_cell_micro((pr_micro)value * PR_MICRO_ONE);
}

struct pr_explain_cell pr_cell_real(double value)
{
	return (struct pr_explain_cell){.kind = isnan(value) ? PR_EXPLAIN_MISSING : PR_EXPLAIN_REAL, .real = value};
}

struct pr_explain_cell pr_cell_text(const char *text)
{
	return (struct pr_explain_cell){.kind = text ? PR_EXPLAIN_TEXT : PR_EXPLAIN_MISSING, .text = text};
}

struct pr_explain_cell pr_cell_time(int64_t time_ms)
{
	return (struct pr_explain_cell){
		.kind = time_ms == PR_TIME_MISSING ? PR_EXPLAIN_MISSING : PR_EXPLAIN_TIME, .time_ms = time_ms};
}

struct pr_explain_table *pr_table_find(struct pr_explainer *explainer, const char *name)
{
	for (size_t i = 0; i < explainer->table_count; i++)
		if (strcmp(explainer->tables[i]->name, name) == 0)
			return explainer->tables[i];
	return NULL;
}

struct pr_explain_table *pr_table_new(
	struct pr_explainer *explainer, const char *name, const char *kind, const char *columns, const struct pr_zone *zone)
{
	struct pr_arena *arena = explainer->arena;
	struct pr_explain_table *table = pr_arena_alloc(arena, sizeof *table);
	size_t capacity = 0;
	*table = (struct pr_explain_table){.name = name, .kind = kind, .zone = zone};
	while (*columns) {
		size_t length = strcspn(columns, " ");
		*PR_PUSH(arena, table->columns, table->column_count, capacity) = pr_arena_copy_n(arena, columns, length);
		columns += length + (columns[length] == ' ');
	}
	*PR_PUSH(arena, explainer->tables, explainer->table_count, explainer->table_capacity) = table;
	return table;
}

void pr_table_put(struct pr_explainer *explainer, struct pr_explain_table *table, struct pr_explain_cell cell)
{
	*PR_PUSH(explainer->arena, table->cells, table->cell_count, table->cell_capacity) = cell;
	table->row_count = table->cell_count / table->column_count;
}

static int column_of(const struct pr_explain_table *table, const char *column)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (strcmp(table->columns[i], column) == 0)
			return (int)i;
	return -1;
}

static bool is_equal(const struct pr_explain_cell *a, const struct pr_explain_cell *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case PR_EXPLAIN_EXACT:
		return a->micro == b->micro;
	case PR_EXPLAIN_TEXT:
		return strcmp(a->text, b->text) == 0;
	case PR_EXPLAIN_TIME:
		return a->time_ms == b->time_ms;
	case PR_EXPLAIN_REAL:
	case PR_EXPLAIN_MISSING:
		break;
	}
	return a->kind == PR_EXPLAIN_MISSING;
}

bool pr_explain_fits(const struct pr_explain_input *input, size_t row)
{
	const struct pr_explain_table *table = input->table;
	for (size_t i = 0; i < input->filter_count; i++) {
		const struct pr_explain_filter *filter = &input->filters[i];
		int column = column_of(table, filter->column);
		if (column < 0 ||
			is_equal(&table->cells[row * table->column_count + (size_t)column], &filter->value) == filter->is_not)
			return false;
	}
	return true;
}

/* --- nodes --------------------------------------------------------------------------------------------------------- */

const char *pr_explain_join(struct pr_explainer *explainer, const char *path, const char *name)
{
	return *path ? pr_arena_format(explainer->arena, "%s/%s", path, name) : pr_arena_copy(explainer->arena, name);
}

struct pr_explain_node *pr_node_find(struct pr_explainer *explainer, const char *path)
{
	for (size_t i = 0; i < explainer->node_count; i++)
		if (strcmp(explainer->nodes[i]->path, path) == 0)
			return explainer->nodes[i];
	return NULL;
}

struct pr_explain_node *pr_node_new(struct pr_explainer *explainer, const char *path, const char *rule)
{
	struct pr_explain_node *node = pr_arena_alloc(explainer->arena, sizeof *node);
	*node = (struct pr_explain_node){.path = path, .rule = rule, .digits = -1};
	return node;
}

struct pr_explain_node *pr_node_step(
	struct pr_explainer *explainer, const char *path, const char *name, const char *rule, bool *made)
{
	const char *own = pr_explain_join(explainer, path, pr_arena_format(explainer->arena, "#%s", name));
	struct pr_explain_node *node = pr_node_find(explainer, own);
	*made = node == NULL;
	return node ? node : pr_node_new(explainer, own, rule);
}

static struct pr_explain_input *add_input(
	struct pr_explainer *explainer, struct pr_explain_node *node, const char *name, enum pr_explain_input_kind kind)
{
	struct pr_explain_input *input = PR_PUSH(explainer->arena, node->inputs, node->input_count, node->input_capacity);
	*input = (struct pr_explain_input){.name = name, .kind = kind};
	return input;
}

void pr_node_input(
	struct pr_explainer *explainer, struct pr_explain_node *node, const char *name, struct pr_explain_node *input)
{
	if (!input) {
		pr_error_set(&explainer->error, PR_CODE_INTERNAL, "'%s' has no input '%s'", node->path, name);
		return;
	}
	struct pr_explain_input *to = add_input(explainer, node, name, PR_EXPLAIN_NODE);
	*PR_PUSH(explainer->arena, to->nodes, to->node_count, to->node_capacity) = input;
}

void pr_node_list(
	struct pr_explainer *explainer, struct pr_explain_node *node, const char *name, struct pr_explain_node *input)
{
	struct pr_explain_input *to = NULL;
	for (size_t i = 0; i < node->input_count; i++)
		if (strcmp(node->inputs[i].name, name) == 0)
			to = &node->inputs[i];
	if (!to)
		to = add_input(explainer, node, name, PR_EXPLAIN_NODES);
	if (input)
		*PR_PUSH(explainer->arena, to->nodes, to->node_count, to->node_capacity) = input;
}

void pr_node_constant(struct pr_explainer *explainer, struct pr_explain_node *node, const char *name,
	struct pr_explain_cell value, const char *unit, const char *source)
{
	struct pr_explain_input *input = add_input(explainer, node, name, PR_EXPLAIN_CONSTANT);
	input->value = value;
	input->unit = unit;
	input->source = source;
}

struct pr_explain_input *pr_node_rows(struct pr_explainer *explainer, struct pr_explain_node *node, const char *name,
	const struct pr_explain_table *table, const char *column)
{
	struct pr_explain_input *input = add_input(explainer, node, name, PR_EXPLAIN_ROWS);
	input->table = table;
	input->column = column_of(table, column);
	if (input->column < 0) {
		pr_error_set(&explainer->error, PR_CODE_INTERNAL, "'%s' has no column '%s'", table->name, column);
		input->column = 0;
	}
	return input;
}

static void add_filter(struct pr_explain_input *input, const char *column, struct pr_explain_cell value, bool is_not)
{
	if (input->filter_count < PR_EXPLAIN_FILTERS)
		input->filters[input->filter_count++] = (struct pr_explain_filter){column, is_not, value};
}

void pr_input_where(struct pr_explain_input *input, const char *column, struct pr_explain_cell value)
{
	add_filter(input, column, value, false);
}

void pr_input_where_not(struct pr_explain_input *input, const char *column, struct pr_explain_cell value)
{
	add_filter(input, column, value, true);
}

/* --- values -------------------------------------------------------------------------------------------------------- */

static struct pr_formula_input input_values(struct pr_arena *arena, const struct pr_explain_input *input)
{
	struct pr_formula_input values = {.name = input->name};
	struct pr_explain_cell *cells;
	switch (input->kind) {
	case PR_EXPLAIN_CONSTANT:
		values.cells = &input->value;
		values.count = 1;
		break;
	case PR_EXPLAIN_NODE:
	case PR_EXPLAIN_NODES:
		cells = pr_arena_array(arena, input->node_count, sizeof *cells);
		for (size_t i = 0; i < input->node_count; i++)
			cells[i] = input->nodes[i]->value;
		values.is_list = input->kind == PR_EXPLAIN_NODES;
		values.cells = cells;
		values.count = input->node_count;
		break;
	case PR_EXPLAIN_ROWS:
		cells = pr_arena_array(arena, input->table->row_count, sizeof *cells);
		values.is_list = true;
		values.cells = cells;
		for (size_t row = 0; row < input->table->row_count; row++)
			if (pr_explain_fits(input, row))
				cells[values.count++] = input->table->cells[row * input->table->column_count + (size_t)input->column];
		break;
	}
	return values;
}

static void add_node(struct pr_explainer *explainer, struct pr_explain_node *node)
{
	*PR_PUSH(explainer->arena, explainer->nodes, explainer->node_count, explainer->node_capacity) = node;
}

static const char *show(struct pr_explainer *explainer, const struct pr_explain_cell *cell)
{
	char plain[40];
	switch (cell->kind) {
	case PR_EXPLAIN_EXACT:
		return pr_arena_copy(explainer->arena, pr_micro_plain(cell->micro, plain));
	case PR_EXPLAIN_REAL:
		return pr_arena_format(explainer->arena, "%.10g", cell->real);
	case PR_EXPLAIN_TEXT:
		return cell->text;
	case PR_EXPLAIN_TIME:
		return pr_arena_copy(explainer->arena, pr_time_iso(cell->time_ms, NULL, plain));
	case PR_EXPLAIN_MISSING:
		break;
	}
	return "null";
}

/* Equal; inexact ones but for one in the last digit. */
static bool agrees(const struct pr_explain_cell *told, const struct pr_explain_cell *found, int digits, bool is_inexact)
{
	if (is_inexact && told->kind == PR_EXPLAIN_EXACT && found->kind == PR_EXPLAIN_EXACT) {
		int64_t unit = PR_MICRO_ONE;
		for (int i = 0; i < digits; i++)
			unit /= 10;
		return llabs(told->micro - found->micro) <= (digits < 0 ? 1 : unit);
	}
	if (told->kind == PR_EXPLAIN_TIME && found->kind == PR_EXPLAIN_EXACT)
		return (pr_wide)told->time_ms * PR_MICRO_ONE == (pr_wide)found->micro ||
		       told->time_ms == found->micro / PR_MICRO_ONE;
	return is_equal(told, found);
}

static bool evaluate(struct pr_explainer *explainer, struct pr_explain_node *node, struct pr_explain_cell *value)
{
	struct pr_arena scratch;
	pr_arena_init(&scratch);
	struct pr_formula_input *inputs = pr_arena_array(&scratch, node->input_count, sizeof *inputs);
	for (size_t i = 0; i < node->input_count; i++)
		inputs[i] = input_values(&scratch, &node->inputs[i]);
	bool good = pr_formula_value(
		node->formula, inputs, node->input_count, explainer->arena, value, &node->is_inexact, &explainer->error);
	for (size_t i = 0; i < node->input_count; i++)
		for (size_t k = 0; k < node->inputs[i].node_count; k++)
			node->is_inexact = node->is_inexact || node->inputs[i].nodes[k]->value.kind == PR_EXPLAIN_REAL;
	pr_arena_release(&scratch);
	return good || pr_error_context(&explainer->error, "explanation of '%s'", node->path);
}

static bool is_told(const struct pr_explain_node *node)
{
	return node->finding ||
	       (!strchr(node->path, '#') && (strchr(node->path, '@') || strstr(node->path, "bill_lines/")));
}

void pr_node_conclude(
	struct pr_explainer *explainer, struct pr_explain_node *node, const char *formula, const char *unit, int digits)
{
	struct pr_explain_cell value;
	node->formula = formula;
	if (!node->finding) {
		node->unit = unit;
		node->digits = digits;
	}
	if (explainer->error.code != PR_CODE_NONE || !evaluate(explainer, node, &value))
		return;
	bool is_step = !is_told(node);
	if (is_step)
		node->value = value;
	else if (!agrees(&node->value, &value, node->digits, node->is_inexact))
		pr_error_set(&explainer->error, PR_CODE_INTERNAL, "explanation of '%s': %s gives %s, the report says %s",
			node->path, formula, show(explainer, &value), show(explainer, &node->value));
	add_node(explainer, node);
}

void pr_node_given(struct pr_explainer *explainer, struct pr_explain_node *node, struct pr_explain_cell value,
	const char *unit, const char *source)
{
	pr_node_constant(explainer, node, "given", value, unit, source);
	if (!is_told(node))
		node->value = value;
	pr_node_conclude(explainer, node, "given", unit, node->digits);
}

struct pr_explain_node *pr_node_attribute(struct pr_explainer *explainer, struct pr_explain_node *node,
	const char *name, struct pr_explain_cell value, const char *rule)
{
	struct pr_explain_node *attribute =
		pr_node_new(explainer, pr_arena_format(explainer->arena, "%s@%s", node->path, name), rule);
	attribute->value = value;
	attribute->zone = node->zone;
	*PR_PUSH(explainer->arena, node->attributes, node->attribute_count, node->attribute_capacity) = attribute;
	return attribute;
}

bool pr_explain_failed(const struct pr_explainer *explainer)
{
	return explainer->error.code != PR_CODE_NONE;
}
