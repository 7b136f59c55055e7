#include "document/explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "document/template.h"

#define INDENT "  "
/* Of many rows so many are shown: the first, the largest, the last. */
#define SHOWN_ENDS 2
#define SHOWN_LARGEST 3
#define SHOWN_ALL 10

struct printer {
	const struct pr_explain_print *print;
	const struct pr_words *words;
	struct pr_arena *arena;
	struct pr_buffer out;
	const struct pr_explain_node **seen;
	size_t seen_count, seen_capacity;
};

static const char *word(const struct printer *printer, const char *key)
{
	return pr_words_plain(printer->words, pr_arena_format(printer->arena, "explain.%s", key));
}

const char *pr_document_explain_rule(
	const struct pr_templates *templates, const struct pr_report *report, const char *rule, struct pr_arena *arena)
{
	const struct pr_words *words = pr_templates_words(templates, report->tenant->locale);
	const char *key = pr_arena_format(arena, "explain.rule.%s", rule);
	return words && pr_words_get(words, key) ? pr_words_plain(words, key) : rule;
}

static void start_line(struct printer *printer, size_t depth)
{
	for (size_t i = 0; i < depth; i++)
		pr_buffer_add(&printer->out, INDENT);
}

static void add_line(struct printer *printer, size_t depth, const char *text)
{
	start_line(printer, depth);
	pr_buffer_format(&printer->out, "%s\n", text);
}

/* --- values -------------------------------------------------------------------------------------------------------- */

static int digits_of(pr_micro value)
{
	int digits = 6;
	while (digits > 0 && value % 10 == 0) {
		value /= 10;
		digits--;
	}
	return digits;
}

static const char *number(const struct printer *printer, pr_micro value, int least)
{
	char text[64];
	int digits = digits_of(value);
	return pr_arena_copy(printer->arena,
		pr_micro_group(value, digits < least ? least : digits, printer->words->group, printer->words->minus, text));
}

/* "2018-03-23 09:00" by the zone's clock; with the offset where that shows the minute twice. */
static const char *time_text(const struct printer *printer, int64_t time_ms, const struct pr_zone *zone)
{
	const struct pr_local_time local = pr_zone_local(zone, time_ms);
	char iso[40];
	char *text = pr_arena_copy(printer->arena, pr_time_iso(time_ms, zone, iso));
	bool is_plain = local.second == 0 && local.millisecond == 0;
	text[strcspn(text, "T")] = ' ';
	if (is_plain && pr_zone_instant(zone, local.date, local.minute_of_day) == time_ms)
		text[strlen("2018-03-23 09:00")] = '\0';
	return text;
}

/* Ids are no quantities: no groups of digits. */
static bool is_id(const char *column)
{
	static const char *const names[] = {"point", "tariff", "transformer", "sensor", "project", "number", "kw"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], column) == 0)
			return true;
	return false;
}

static const char *cell_text(
	const struct printer *printer, const struct pr_explain_cell *cell, const struct pr_zone *zone, int least_digits)
{
	switch (cell->kind) {
	case PR_EXPLAIN_EXACT:
		return number(printer, cell->micro, least_digits);
	case PR_EXPLAIN_REAL:
		return pr_arena_format(printer->arena, "%.10g", cell->real);
	case PR_EXPLAIN_TEXT:
		return cell->text;
	case PR_EXPLAIN_TIME:
		return time_text(printer, cell->time_ms, zone);
	case PR_EXPLAIN_MISSING:
		break;
	}
	return "—";
}

static bool is_money(const char *unit)
{
	return unit && strlen(unit) == 3 && strspn(unit, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static const char *unit_text(const struct printer *printer, const char *unit)
{
	return unit && strcmp(unit, "1") != 0 ? pr_arena_format(printer->arena, " %s", unit) : "";
}

/* As the report prints it, and in full where that is cut. */
static const char *value_text(const struct printer *printer, const struct pr_explain_node *node)
{
	const char *full = cell_text(printer, &node->value, node->zone, is_money(node->unit) && node->digits == 2 ? 2 : 0);
	const char *unit = unit_text(printer, node->unit);
	const char *printed = node->finding ? node->finding->text : NULL;
	if (!printed || strcmp(printed, full) == 0)
		return pr_arena_format(printer->arena, "%s%s", full, unit);
	if (node->value.kind == PR_EXPLAIN_TEXT || node->value.kind == PR_EXPLAIN_MISSING || strchr(printed, '%'))
		unit = "";
	return pr_arena_format(printer->arena, "%s%s (= %s)", printed, unit, full);
}

/* --- rows ---------------------------------------------------------------------------------------------------------- */

/* The columns that a node takes from the same rows of a table. */
struct group {
	const struct pr_explain_input *rows;
	int columns[16];
	size_t column_count;
};

static bool is_same_rows(const struct pr_explain_input *a, const struct pr_explain_input *b)
{
	if (a->table != b->table || a->filter_count != b->filter_count)
		return false;
	for (size_t row = 0; row < a->table->row_count; row++)
		if (pr_explain_fits(a, row) != pr_explain_fits(b, row))
			return false;
	return true;
}

static void add_column(struct group *group, int column)
{
	for (size_t i = 0; i < group->column_count; i++)
		if (group->columns[i] == column)
			return;
	if (group->column_count < sizeof group->columns / sizeof *group->columns)
		group->columns[group->column_count++] = column;
}

static void add_named_column(struct group *group, const char *name)
{
	for (size_t i = 0; i < group->rows->table->column_count; i++)
		if (strcmp(group->rows->table->columns[i], name) == 0)
			add_column(group, (int)i);
}

static const struct pr_explain_cell *cell_at(const struct pr_explain_table *table, size_t row, int column)
{
	return &table->cells[row * table->column_count + (size_t)column];
}

static const char *column_text(const struct printer *printer, const struct pr_explain_table *table, const char *column,
	const struct pr_explain_cell *cell)
{
	char plain[32];
	if (cell->kind == PR_EXPLAIN_EXACT && is_id(column))
		return pr_arena_copy(printer->arena, pr_micro_plain(cell->micro, plain));
	return cell_text(printer, cell, table->zone, 0);
}

static void print_cells(struct printer *printer, size_t depth, const struct group *group, size_t row)
{
	const struct pr_explain_table *table = group->rows->table;
	start_line(printer, depth);
	for (size_t i = 0; i < group->column_count; i++)
		pr_buffer_format(&printer->out, "%s%s %s", i ? "  " : "", table->columns[group->columns[i]],
			column_text(printer, table, table->columns[group->columns[i]], cell_at(table, row, group->columns[i])));
	pr_buffer_add(&printer->out, "\n");
}

struct ranked {
	pr_micro value;
	size_t row;
};

static int by_value(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;
	if (a->value != b->value)
		return a->value > b->value ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row);
}

/* The column by which rows are larger or smaller: the first that is taken and holds numbers; −1 = none. */
static int measure_of(const struct group *group, const size_t *rows, size_t count)
{
	for (size_t i = 0; i < group->column_count; i++) {
		bool is_number = false;
		for (size_t k = 0; k < count && !is_number; k++) {
			const struct pr_explain_cell *cell = cell_at(group->rows->table, rows[k], group->columns[i]);
			is_number = cell->kind == PR_EXPLAIN_EXACT || cell->kind == PR_EXPLAIN_REAL;
		}
		const char *name = group->rows->table->columns[group->columns[i]];
		if (is_number && strcmp(name, "point") != 0 && strcmp(name, "rows") != 0)
			return group->columns[i];
	}
	return -1;
}

static pr_micro measured(const struct pr_explain_cell *cell)
{
	if (cell->kind == PR_EXPLAIN_EXACT)
		return cell->micro;
	return cell->kind == PR_EXPLAIN_REAL ? pr_micro_from_double(cell->real) : PR_MICRO_MISSING;
}

/* Which of many rows are shown. */
static void choose_rows(
	struct printer *printer, const struct group *group, const size_t *rows, size_t count, bool *is_shown)
{
	int measure = measure_of(group, rows, count);
	bool all = count <= SHOWN_ALL || printer->print->all_rows;
	struct ranked *ranked = pr_arena_array(printer->arena, count, sizeof *ranked);
	for (size_t i = 0; i < count; i++) {
		is_shown[i] = all || i < SHOWN_ENDS || i + SHOWN_ENDS >= count;
		ranked[i] = (struct ranked){
			measure < 0 ? PR_MICRO_MISSING : measured(cell_at(group->rows->table, rows[i], measure)), i};
	}
	if (measure < 0 || count == 0)
		return;
	qsort(ranked, count, sizeof *ranked, by_value);
	for (size_t i = 0; i < SHOWN_LARGEST && i < count; i++)
		is_shown[ranked[i].row] = true;
}

static void print_sum(struct printer *printer, const struct group *group, const size_t *rows, size_t count)
{
	int measure = measure_of(group, rows, count);
	pr_wide sum = 0;
	size_t missing = 0;
	for (size_t i = 0; measure >= 0 && i < count; i++) {
		pr_micro value = measured(cell_at(group->rows->table, rows[i], measure));
		missing += value == PR_MICRO_MISSING;
		sum += value == PR_MICRO_MISSING ? 0 : value;
	}
	if (measure < 0 || sum > INT64_MAX || sum < -INT64_MAX)
		return;
	pr_buffer_format(
		&printer->out, "; Σ %s = %s", group->rows->table->columns[measure], number(printer, (pr_micro)sum, 0));
	if (missing)
		pr_buffer_format(&printer->out, "; %s %zu", word(printer, "missing"), missing);
}

static void print_filters(struct printer *printer, const struct pr_explain_input *rows)
{
	for (size_t i = 0; i < rows->filter_count; i++)
		pr_buffer_format(&printer->out, "%s%s %s %s", i ? ", " : " · ", rows->filters[i].column,
			rows->filters[i].is_not ? "≠" : "=",
			column_text(printer, rows->table, rows->filters[i].column, &rows->filters[i].value));
}

static void print_rows(struct printer *printer, size_t depth, struct group *group)
{
	const struct pr_explain_table *table = group->rows->table;
	size_t *rows = pr_arena_array(printer->arena, table->row_count, sizeof *rows), count = 0;
	bool *is_shown = pr_arena_array(printer->arena, table->row_count, sizeof *is_shown);
	for (size_t row = 0; row < table->row_count; row++)
		if (pr_explain_fits(group->rows, row))
			rows[count++] = row;
	choose_rows(printer, group, rows, count, is_shown);
	start_line(printer, depth);
	pr_buffer_format(&printer->out, "%s: %zu%s", word(printer, pr_arena_format(printer->arena, "rows.%s", table->kind)),
		count, word(printer, "rows_of"));
	pr_buffer_format(&printer->out, " %s", table->name);
	print_filters(printer, group->rows);
	print_sum(printer, group, rows, count);
	pr_buffer_add(&printer->out, "\n");
	size_t skipped = 0;
	for (size_t i = 0; i < count; i++) {
		if (!is_shown[i]) {
			skipped++;
			continue;
		}
		if (skipped)
			add_line(printer, depth + 1, pr_arena_format(printer->arena, "… %zu %s", skipped, word(printer, "more")));
		skipped = 0;
		print_cells(printer, depth + 1, group, rows[i]);
	}
}

/* Every group of columns once, the rows' names in front. */
static void print_groups(struct printer *printer, size_t depth, const struct pr_explain_node *node)
{
	static const char *const names[] = {"start", "time", "month", "id", "point"};
	for (size_t i = 0; i < node->input_count; i++) {
		struct group group = {.rows = &node->inputs[i]};
		bool is_first = node->inputs[i].kind == PR_EXPLAIN_ROWS;
		for (size_t k = 0; k < i && is_first; k++)
			is_first = node->inputs[k].kind != PR_EXPLAIN_ROWS || !is_same_rows(&node->inputs[i], &node->inputs[k]);
		if (!is_first)
			continue;
		for (size_t k = 0; k < sizeof names / sizeof *names; k++)
			add_named_column(&group, names[k]);
		for (size_t k = i; k < node->input_count; k++)
			if (node->inputs[k].kind == PR_EXPLAIN_ROWS && is_same_rows(&node->inputs[i], &node->inputs[k]))
				add_column(&group, node->inputs[k].column);
		if (printer->print->all_rows) {
			add_named_column(&group, "row");
			add_named_column(&group, "rows");
		}
		print_rows(printer, depth, &group);
	}
}

/* --- nodes --------------------------------------------------------------------------------------------------------- */

static bool was_seen(struct printer *printer, const struct pr_explain_node *node)
{
	for (size_t i = 0; i < printer->seen_count; i++)
		if (printer->seen[i] == node)
			return true;
	*PR_PUSH(printer->arena, printer->seen, printer->seen_count, printer->seen_capacity) = node;
	return false;
}

static const char *rule_of(const struct printer *printer, const struct pr_explain_node *node)
{
	return pr_document_explain_rule(printer->print->templates, printer->print->report, node->rule, printer->arena);
}

static void print_node(struct printer *printer, size_t depth, const char *name, const struct pr_explain_node *node);

static void print_constant(
	struct printer *printer, size_t depth, const struct pr_explain_input *input, const struct pr_zone *zone)
{
	add_line(printer, depth,
		pr_arena_format(printer->arena, "%s = %s%s  ← %s", input->name, cell_text(printer, &input->value, zone, 0),
			unit_text(printer, input->unit), input->source));
}

static void print_inputs(struct printer *printer, size_t depth, const struct pr_explain_node *node)
{
	for (size_t i = 0; i < node->input_count; i++) {
		const struct pr_explain_input *input = &node->inputs[i];
		if (input->kind == PR_EXPLAIN_CONSTANT)
			print_constant(printer, depth, input, node->zone);
		for (size_t k = 0; k < input->node_count; k++)
			print_node(printer, depth,
				input->kind == PR_EXPLAIN_NODE ? input->name
											   : pr_arena_format(printer->arena, "%s[%zu]", input->name, k + 1),
				input->nodes[k]);
		if (input->kind == PR_EXPLAIN_NODES && !input->node_count)
			add_line(printer, depth, pr_arena_format(printer->arena, "%s = —", input->name));
	}
	print_groups(printer, depth, node);
}

static void print_left_out(struct printer *printer, size_t depth, const struct pr_explain_table *table)
{
	const struct pr_explain_input all = {.table = table};
	struct group group = {.rows = &all};
	if (!table)
		return;
	for (size_t i = 0; i < table->column_count; i++)
		add_column(&group, (int)i);
	add_line(printer, depth, word(printer, "left_out"));
	print_rows(printer, depth + 1, &group);
}

static void print_attributes(struct printer *printer, size_t depth, const struct pr_explain_node *node)
{
	for (size_t i = 0; i < node->attribute_count; i++) {
		const struct pr_explain_node *attribute = node->attributes[i];
		print_node(printer, depth,
			word(printer, pr_arena_format(printer->arena, "attribute.%s", strrchr(attribute->path, '@') + 1)),
			attribute);
	}
}

static void print_node(struct printer *printer, size_t depth, const char *name, const struct pr_explain_node *node)
{
	bool is_given = node->formula && strcmp(node->formula, "given") == 0 && node->input_count == 1;
	const char *value = value_text(printer, node);
	start_line(printer, depth);
	if (name)
		pr_buffer_format(&printer->out, "%s = ", name);
	pr_buffer_format(&printer->out, "%s", value);
	if (is_given)
		pr_buffer_format(&printer->out, "  ← %s", node->inputs[0].source);
	else if (!strchr(node->path, '@'))
		pr_buffer_format(&printer->out, "  [%s]", node->path);
	if (was_seen(printer, node)) {
		pr_buffer_format(&printer->out, " %s\n", is_given ? "" : word(printer, "above"));
		return;
	}
	pr_buffer_add(&printer->out, "\n");
	if (node->rule)
		add_line(printer, depth + 1, rule_of(printer, node));
	if (is_given)
		return;
	if (node->formula)
		add_line(printer, depth + 1, pr_arena_format(printer->arena, "= %s", node->formula));
	print_inputs(printer, depth + 1, node);
}

/* --- the head ------------------------------------------------------------------------------------------------------ */

static void print_head(struct printer *printer, const struct pr_explain_node *node)
{
	const struct pr_report *report = printer->print->report;
	char month[16];
	add_line(printer, 0,
		pr_arena_format(
			printer->arena, "%s · %s · %s", node->path, report->tenant->name, pr_month_iso(report->month, month)));
	add_line(printer, 0,
		pr_arena_format(printer->arena, "%s %s · %s", word(printer, "cutoff"),
			time_text(printer, report->cutoff_ms, report->tenant->zone),
			pr_zone_name(node->zone ? node->zone : report->tenant->zone)));
	if (node->finding && node->finding->coverage != PR_MICRO_MISSING)
		add_line(printer, 0,
			pr_arena_format(
				printer->arena, "%s %s", word(printer, "coverage"), number(printer, node->finding->coverage, 0)));
	if (node->finding && node->finding->source)
		add_line(printer, 0, pr_arena_format(printer->arena, "%s %s", word(printer, "source"), node->finding->source));
	if (printer->print->published)
		add_line(printer, 0,
			pr_arena_format(printer->arena, "%s r%d: %s", word(printer, "published"), printer->print->revision,
				printer->print->published));
	pr_buffer_add(&printer->out, "\n");
}

bool pr_document_explain(const struct pr_explain_print *print, const struct pr_explain_node *node,
	struct pr_arena *arena, const char **text, struct pr_error *error)
{
	struct printer printer = {.print = print, .arena = arena};
	printer.words = pr_templates_words(print->templates, print->report->tenant->locale);
	if (!printer.words)
		return pr_error_set(error, PR_CODE_CONFIG, "no words for the locale '%s'", print->report->tenant->locale);
	pr_buffer_init(&printer.out, arena);
	print_head(&printer, node);
	print_node(&printer, 0, NULL, node);
	print_attributes(&printer, 0, node);
	if (node->note_count)
		add_line(&printer, 0, word(&printer, "notes"));
	for (size_t i = 0; i < node->note_count; i++)
		add_line(&printer, 1, node->notes[i]->text ? node->notes[i]->text : node->notes[i]->code);
	print_left_out(&printer, 0, node->left_out);
	*text = printer.out.text;
	return true;
}
