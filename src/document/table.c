/* Tables filled: a definition and a scope give cells, the same for page and workbook. */
#include "document/template.h"

#include <math.h>
#include <string.h>

struct filler {
	const struct pr_builder *builder;
	const struct pr_scope *scope;
	const struct pr_table_definition *definition;
	struct pr_table *table;
	size_t capacity;
	struct pr_error *error;
};

static bool evaluate(struct filler *filler, const struct pr_scope *scope, const struct pr_table_column *column,
	const char *expression, struct pr_value *value)
{
	*value = pr_value_missing();
	if (!expression)
		return true;
	return pr_expression_value(
		&filler->builder->context, scope, expression, column->place.path, column->place.line, value, filler->error);
}

static const char *text_of(const struct pr_value *value)
{
	return value->kind == PR_VALUE_TEXT ? value->text : NULL;
}

static bool render(
	struct filler *filler, const struct pr_scope *scope, const char *key, struct pr_rich *rich, const char **text)
{
	if (!pr_words_render(&filler->builder->context, scope, key, (struct pr_style){0}, rich, filler->error))
		return false;
	*text = pr_rich_text(rich, filler->builder->arena);
	return true;
}

static void add_span(struct filler *filler, struct pr_table_cell *cell, const char *text, const char *finding)
{
	if (text && *text)
		*PR_PUSH(filler->builder->arena, cell->rich.spans, cell->rich.count, cell->rich.capacity) =
			(struct pr_span){.text = text, .finding = finding};
}

/* A missing figure is "—"; a missing text, and what a total row does not say, is nothing. */
static void set_value(struct filler *filler, const struct pr_scope *scope, const struct pr_table_column *column,
	struct pr_table_cell *cell, bool dash)
{
	struct pr_format_style style;
	bool measured = cell->value.kind != PR_VALUE_MISSING;
	const char *text;

	if (!pr_format_style_parse(column->style ? column->style : "bare", &style))
		style = (struct pr_format_style){.digits = -1, .bare = true};
	if (!measured && !dash)
		return;
	text = pr_format_value(&filler->builder->context, scope, &cell->value, &style);
	add_span(filler, cell, text, pr_value_tag(&cell->value, &style, text, filler->builder->arena));
}

static bool fill_words(struct filler *filler, const struct pr_scope *scope, const char *key, struct pr_table_cell *cell)
{
	static const struct pr_style base = {.weight = PR_REGULAR};

	if (!pr_words_render(&filler->builder->context, scope, key, base, &cell->rich, filler->error))
		return false;
	cell->value = pr_value_text(pr_rich_text(&cell->rich, filler->builder->arena));
	return true;
}

static double number_of(const struct pr_value *value)
{
	return value->kind == PR_VALUE_NUMBER ? value->number : NAN;
}

static bool fill_bar(struct filler *filler, const struct pr_scope *scope, const struct pr_table_column *column,
	struct pr_table_cell *cell)
{
	struct pr_value bar, from, limit, role, shade, red;

	if (!evaluate(filler, scope, column, column->bar, &bar) ||
		!evaluate(filler, scope, column, column->bar_from, &from) ||
		!evaluate(filler, scope, column, column->bar_limit, &limit) ||
		!evaluate(filler, scope, column, column->bar_role, &role) ||
		!evaluate(filler, scope, column, column->shade, &shade) ||
		!evaluate(filler, scope, column, column->red_when, &red))
		return false;
	cell->bar = number_of(&bar);
	cell->bar_from = number_of(&from);
	cell->bar_limit = number_of(&limit);
	cell->bar_role = text_of(&role);
	cell->shade = text_of(&shade);
	cell->red = pr_value_true(&red);
	return true;
}

static bool fill_extras(struct filler *filler, const struct pr_scope *scope, const struct pr_table_column *column,
	struct pr_table_cell *cell)
{
	struct pr_value second, mark, suffix;

	if (!evaluate(filler, scope, column, column->second, &second) ||
		!evaluate(filler, scope, column, column->mark, &mark) ||
		!evaluate(filler, scope, column, column->suffix, &suffix))
		return false;
	if (text_of(&second) && !render(filler, scope, second.text, &cell->second_rich, &cell->second))
		return false;
	if (cell->second && !*cell->second)
		cell->second = NULL;
	cell->mark = text_of(&mark);
	cell->suffix = text_of(&suffix) ? pr_format_unit(&filler->builder->context, suffix.text) : NULL;
	return fill_bar(filler, scope, column, cell);
}

static bool fill_cell(struct filler *filler, const struct pr_scope *scope, const struct pr_table_column *column,
	bool dashes, struct pr_table_cell *cell)
{
	struct pr_value key;

	cell->value = pr_value_missing();
	if (!evaluate(filler, scope, column, column->words, &key))
		return false;
	if (text_of(&key)) {
		if (!fill_words(filler, scope, key.text, cell))
			return false;
	} else if (column->value) {
		if (!evaluate(filler, scope, column, column->value, &cell->value))
			return false;
		set_value(filler, scope, column, cell, dashes && column->dash);
	}
	cell->text = pr_rich_text(&cell->rich, filler->builder->arena);
	return fill_extras(filler, scope, column, cell);
}

static struct pr_table_row *add_row(struct filler *filler)
{
	struct pr_table *table = filler->table;
	struct pr_table_row *row = PR_PUSH(filler->builder->arena, table->rows, table->row_count, filler->capacity);

	row->cells = pr_arena_array(filler->builder->arena, filler->definition->column_count, sizeof *row->cells);
	return row;
}

static bool fill_row(struct filler *filler, const struct pr_scope *scope)
{
	const struct pr_table_definition *definition = filler->definition;
	const struct pr_context *context = &filler->builder->context;
	struct pr_value level = pr_value_missing();
	struct pr_table_row *row;
	bool shown, bold = false;

	if (!pr_expression_true(context, scope, definition->when_row, definition->place.path, definition->place.line,
			&shown, filler->error))
		return false;
	if (!shown)
		return true;
	if (definition->bold_when && !pr_expression_true(context, scope, definition->bold_when, definition->place.path,
									 definition->place.line, &bold, filler->error))
		return false;
	if (definition->level && !pr_expression_value(context, scope, definition->level, definition->place.path,
								 definition->place.line, &level, filler->error))
		return false;
	row = add_row(filler);
	row->zone = pr_scope_zone(scope);
	row->scope = scope;
	row->group = pr_text_equal(text_of(&level), "group");
	row->line = pr_text_equal(text_of(&level), "line");
	row->total = pr_text_equal(text_of(&level), "total");
	row->bold = bold || row->group || row->total;
	for (size_t i = 0; i < definition->column_count; i++)
		if (!fill_cell(filler, scope, &definition->columns[i], !row->group && !row->total, &row->cells[i]))
			return false;
	return true;
}

static bool fill_total(struct filler *filler)
{
	const struct pr_table_definition *definition = filler->definition;
	struct pr_table_row *row;
	bool any = false, shown;

	for (size_t i = 0; i < definition->column_count; i++)
		any = any || definition->columns[i].total;
	if (!pr_expression_true(&filler->builder->context, filler->scope, definition->total_when, definition->place.path,
			definition->place.line, &shown, filler->error))
		return false;
	if (!any || !shown)
		return true;
	row = add_row(filler);
	row->total = row->bold = true;
	row->zone = pr_scope_zone(filler->scope);
	for (size_t i = 0; i < definition->column_count; i++) {
		const struct pr_table_column *column = &definition->columns[i];
		struct pr_table_cell *cell = &row->cells[i];

		cell->bar = cell->bar_from = cell->bar_limit = NAN;
		if (!evaluate(filler, filler->scope, column, column->total, &cell->value))
			return false;
		if (column->total_words && !fill_words(filler, filler->scope, column->total_words, cell))
			return false;
		if (column->total)
			set_value(filler, filler->scope, column, cell, true);
		cell->text = pr_rich_text(&cell->rich, filler->builder->arena);
	}
	return true;
}

static bool fill_heads(struct filler *filler)
{
	const struct pr_table_definition *definition = filler->definition;
	struct pr_arena *arena = filler->builder->arena;

	filler->table->heads = pr_arena_array(arena, definition->column_count, sizeof *filler->table->heads);
	filler->table->units = pr_arena_array(arena, definition->column_count, sizeof *filler->table->units);
	filler->table->head_riches = pr_arena_array(arena, definition->column_count, sizeof *filler->table->head_riches);
	for (size_t i = 0; i < definition->column_count; i++) {
		const struct pr_table_column *column = &definition->columns[i];
		struct pr_rich *rich = &filler->table->head_riches[i];
		const char *head = "", *unit;
		struct pr_value value;

		if (column->head && !render(filler, filler->scope, column->head, rich, &head))
			return false;
		if (!evaluate(filler, filler->scope, column, column->unit, &value))
			return false;
		filler->table->units[i] = text_of(&value);
		unit = pr_format_unit(&filler->builder->context, text_of(&value));
		filler->table->heads[i] = *unit ? pr_arena_format(arena, "%s%s%s", head, *head ? " " : "", unit) : head;
		if (*unit)
			*PR_PUSH(arena, rich->spans, rich->count, rich->capacity) =
				(struct pr_span){.text = pr_arena_format(arena, "%s%s", *head ? " " : "", unit)};
	}
	return true;
}

static bool fill_notes(struct filler *filler)
{
	const struct pr_table_definition *definition = filler->definition;
	struct pr_table *table = filler->table;

	table->notes = pr_arena_array(filler->builder->arena, definition->note_count, sizeof *table->notes);
	table->note_riches = pr_arena_array(filler->builder->arena, definition->note_count, sizeof *table->note_riches);
	for (size_t i = 0; i < definition->note_count; i++) {
		struct pr_rich rich = {0};
		const char *text;
		if (!render(filler, filler->scope, definition->notes[i], &rich, &text))
			return false;
		if (!*text)
			continue;
		table->note_riches[table->note_count] = rich;
		table->notes[table->note_count++] = text;
	}
	return true;
}

bool pr_table_shown(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_table_definition **definition, struct pr_error *error)
{
	const struct pr_table_definition *all = *definition;
	struct pr_table_definition *kept = pr_arena_alloc(builder->arena, sizeof *kept);

	*kept = *all;
	kept->columns = pr_arena_array(builder->arena, all->column_count + 1, sizeof *kept->columns);
	kept->column_count = 0;
	for (size_t i = 0; i < all->column_count; i++) {
		const struct pr_table_column *column = &all->columns[i];
		bool shown;

		if (!pr_expression_true(
				&builder->context, scope, column->when, column->place.path, column->place.line, &shown, error))
			return pr_error_context(error, "table '%s'", all->name);
		if (shown)
			kept->columns[kept->column_count++] = *column;
	}
	*definition = kept;
	return true;
}

bool pr_table_fill(const struct pr_builder *builder, const struct pr_scope *scope,
	const struct pr_table_definition *definition, struct pr_table *table, struct pr_error *error)
{
	struct filler filler = {
		.builder = builder, .scope = scope, .definition = definition, .table = table, .error = error};
	struct pr_rows rows;

	*table = (struct pr_table){.definition = definition};
	if (!pr_rows_get(
			&builder->context, scope, definition->rows, definition->items, definition->item_count, &rows, error))
		return false;
	for (size_t i = 0; i < rows.count; i++)
		if (!fill_row(&filler, &rows.items[i]))
			return pr_error_context(error, "table '%s'", definition->name);
	if (table->row_count == 0 && definition->empty)
		return render(&filler, scope, definition->empty, &table->empty_rich, &table->empty);
	return (fill_total(&filler) && fill_heads(&filler) && fill_notes(&filler)) ||
	       pr_error_context(error, "table '%s'", definition->name);
}
