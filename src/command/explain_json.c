#include "command/explain_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/json.h"

/* The shortest decimals that give the same double again. */
static void add_real(struct pr_buffer *out, double value)
{
	char text[40];
	for (int digits = 15; digits <= 17; digits++) {
		double again;
		snprintf(text, sizeof text, "%.*g", digits, value);
		if (pr_text_to_double(text, &again) && again >= value && again <= value)
			break;
	}
	pr_buffer_add(out, text);
}

static void add_cell(struct pr_buffer *out, const struct pr_explain_cell *cell, const struct pr_zone *zone)
{
	char text[40];
	switch (cell->kind) {
	case PR_EXPLAIN_EXACT:
		pr_buffer_add(out, pr_micro_plain(cell->micro, text));
		return;
	case PR_EXPLAIN_REAL:
		add_real(out, cell->real);
		return;
	case PR_EXPLAIN_TEXT:
		pr_json_quote(out, cell->text);
		return;
	case PR_EXPLAIN_TIME:
		pr_json_quote(out, pr_time_iso(cell->time_ms, zone, text));
		return;
	case PR_EXPLAIN_MISSING:
		break;
	}
	pr_buffer_add(out, "null");
}

static void add_key(struct pr_buffer *out, const char *key)
{
	pr_buffer_format(out, ", \"%s\": ", key);
}

static void add_text(struct pr_buffer *out, const char *key, const char *text)
{
	if (!text)
		return;
	add_key(out, key);
	pr_json_quote(out, text);
}

static void add_micro(struct pr_buffer *out, const char *key, pr_micro value)
{
	char text[32];
	if (value == PR_MICRO_MISSING)
		return;
	add_key(out, key);
	pr_buffer_add(out, pr_micro_plain(value, text));
}

static void add_time(struct pr_buffer *out, const char *key, int64_t time_ms, const struct pr_zone *zone)
{
	char text[40];
	if (time_ms != PR_TIME_MISSING)
		add_text(out, key, pr_time_iso(time_ms, zone, text));
}

static void add_nodes(struct pr_buffer *out, struct pr_explain_node *const *nodes, size_t count)
{
	pr_buffer_add(out, "[");
	for (size_t i = 0; i < count; i++) {
		if (i)
			pr_buffer_add(out, ", ");
		pr_json_quote(out, nodes[i]->path);
	}
	pr_buffer_add(out, "]");
}

static void add_rows(struct pr_buffer *out, const struct pr_explain_input *input)
{
	size_t count = 0;
	for (size_t row = 0; row < input->table->row_count; row++)
		count += pr_explain_fits(input, row);
	add_text(out, "table", input->table->name);
	add_text(out, "column", input->table->columns[input->column]);
	pr_buffer_format(out, ", \"count\": %zu, \"where\": [", count);
	for (size_t i = 0; i < input->filter_count; i++) {
		const struct pr_explain_filter *filter = &input->filters[i];
		pr_buffer_add(out, i ? ", {\"column\": " : "{\"column\": ");
		pr_json_quote(out, filter->column);
		add_key(out, filter->is_not ? "is_not" : "is");
		add_cell(out, &filter->value, input->table->zone);
		pr_buffer_add(out, "}");
	}
	pr_buffer_add(out, "]");
}

static void add_input(struct pr_buffer *out, const struct pr_explain_input *input, const struct pr_zone *zone)
{
	pr_buffer_add(out, "{\"name\": ");
	pr_json_quote(out, input->name);
	switch (input->kind) {
	case PR_EXPLAIN_NODE:
		add_text(out, "node", input->nodes[0]->path);
		break;
	case PR_EXPLAIN_NODES:
		add_key(out, "nodes");
		add_nodes(out, input->nodes, input->node_count);
		break;
	case PR_EXPLAIN_ROWS:
		add_rows(out, input);
		break;
	case PR_EXPLAIN_CONSTANT:
		add_key(out, "value");
		add_cell(out, &input->value, zone);
		add_text(out, "unit", input->unit);
		add_text(out, "source", input->source);
		break;
	}
	pr_buffer_add(out, "}");
}

static void add_notes(struct pr_buffer *out, const struct pr_explain_node *node)
{
	if (!node->note_count)
		return;
	pr_buffer_add(out, ", \"notes\": [");
	for (size_t i = 0; i < node->note_count; i++) {
		const struct pr_note *note = node->notes[i];
		pr_buffer_add(out, i ? ", {\"code\": " : "{\"code\": ");
		pr_json_quote(out, note->code);
		pr_buffer_format(out, ", \"count\": %llu", (unsigned long long)note->count);
		add_time(out, "first", note->first_ms, node->zone);
		add_time(out, "last", note->last_ms, node->zone);
		add_text(out, "text", note->text);
		pr_buffer_add(out, "}");
	}
	pr_buffer_add(out, "]");
}

void pr_explain_json_node(
	struct pr_buffer *out, const struct pr_explain_node *node, pr_explain_words words, void *words_context)
{
	pr_buffer_add(out, "{\"node\": ");
	pr_json_quote(out, node->path);
	add_key(out, "value");
	add_cell(out, &node->value, node->zone);
	add_text(out, "unit", node->unit);
	if (node->digits >= 0)
		pr_buffer_format(out, ", \"digits\": %d", node->digits);
	add_text(out, "formula", node->formula);
	if (node->is_inexact)
		pr_buffer_add(out, ", \"inexact\": true");
	add_text(out, "rule", node->rule);
	if (node->rule)
		add_text(out, "rule_text", words(words_context, node->rule));
	if (node->finding) {
		add_micro(out, "coverage", node->finding->coverage);
		add_text(out, "source", node->finding->source);
		add_text(out, "text", node->finding->text);
	}
	pr_buffer_add(out, ", \"inputs\": [");
	for (size_t i = 0; i < node->input_count; i++) {
		if (i)
			pr_buffer_add(out, ", ");
		add_input(out, &node->inputs[i], node->zone);
	}
	pr_buffer_add(out, "]");
	if (node->attribute_count) {
		add_key(out, "attributes");
		add_nodes(out, node->attributes, node->attribute_count);
	}
	add_notes(out, node);
	if (node->left_out)
		add_text(out, "left_out", node->left_out->name);
	pr_buffer_add(out, "}\n");
}

/* --- tables -------------------------------------------------------------------------------------------------------- */

static bool is_named(const char *column)
{
	static const char *const names[] = {"start", "time", "point", "id", "row", "rows", "state", "month"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], column) == 0)
			return true;
	return false;
}

static void mark_used(const struct pr_explain_table *table, const struct pr_explain_node *node, bool *used)
{
	for (size_t i = 0; i < node->input_count; i++) {
		const struct pr_explain_input *input = &node->inputs[i];
		if (input->kind != PR_EXPLAIN_ROWS || input->table != table)
			continue;
		used[input->column] = true;
		for (size_t k = 0; k < input->filter_count; k++)
			for (size_t c = 0; c < table->column_count; c++)
				used[c] = used[c] || strcmp(table->columns[c], input->filters[k].column) == 0;
	}
}

void pr_explain_json_table(struct pr_buffer *out, const struct pr_explain_table *table,
	const struct pr_explain_node *const *nodes, size_t node_count)
{
	bool *used = pr_arena_array(out->arena, table->column_count, sizeof *used);
	for (size_t i = 0; i < node_count; i++)
		mark_used(table, nodes[i], used);
	bool any = false;
	for (size_t c = 0; c < table->column_count; c++)
		any = any || used[c];
	pr_buffer_add(out, "{\"table\": ");
	pr_json_quote(out, table->name);
	add_text(out, "kind", table->kind);
	pr_buffer_add(out, ", \"columns\": [");
	const char *separator = "";
	for (size_t c = 0; c < table->column_count; c++) {
		used[c] = used[c] || !any || is_named(table->columns[c]);
		if (!used[c])
			continue;
		pr_buffer_add(out, separator);
		pr_json_quote(out, table->columns[c]);
		separator = ", ";
	}
	pr_buffer_add(out, "], \"rows\": [");
	for (size_t row = 0; row < table->row_count; row++) {
		separator = row ? ", [" : "[";
		for (size_t c = 0; c < table->column_count; c++) {
			if (!used[c])
				continue;
			pr_buffer_add(out, separator);
			add_cell(out, &table->cells[row * table->column_count + c], table->zone);
			separator = ", ";
		}
		pr_buffer_add(out, "]");
	}
	pr_buffer_add(out, "]}\n");
}
