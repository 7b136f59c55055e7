#include "document/workbook_formula.h"

#include <string.h>

#define LETTERS 26

/* --- references ------------------------------------------------------------------------------------------------- */

/* `text` up to `end`, which is moved behind it; NULL where it is empty. */
static const char *take_until(struct pr_arena *arena, const char **at, const char *end_characters)
{
	size_t length = strcspn(*at, end_characters);
	const char *part = length > 0 ? pr_arena_copy_n(arena, *at, length) : NULL;

	*at += length;
	return part;
}

static void take_cell(struct pr_arena *arena, const char *inside, struct pr_reference *reference)
{
	reference->optional = *inside == '?';
	inside += reference->optional;
	reference->column = take_until(arena, &inside, ".:");
	if (*inside == '.') {
		inside++;
		reference->table = reference->column;
		reference->column = take_until(arena, &inside, ":");
	}
	if (*inside == ':') {
		inside++;
		reference->from = take_until(arena, &inside, "~");
		reference->broken = !reference->from;
	}
	if (*inside == '~') {
		inside++;
		reference->to = take_until(arena, &inside, "");
		reference->broken = reference->broken || !reference->to;
	}
	reference->broken = reference->broken || !reference->column || *inside;
}

/* Brackets and braces in a formula's own texts ("…") are none of ours. */
static const char *find_reference(const char *at)
{
	bool quoted = false;

	for (; *at; at++) {
		if (*at == '"')
			quoted = !quoted;
		if (!quoted && (*at == '[' || *at == '{'))
			return at;
	}
	return NULL;
}

bool pr_reference_next(const char **at, struct pr_arena *arena, struct pr_reference *reference)
{
	const char *begin = find_reference(*at), *end = begin ? strchr(begin, *begin == '[' ? ']' : '}') : NULL;
	const char *inside;

	*reference = (struct pr_reference){.text = begin, .broken = !end};
	if (!begin)
		return false;
	if (!end) {
		*at = begin;
		return true;
	}
	reference->length = (size_t)(end - begin) + 1;
	inside = pr_arena_copy_n(arena, begin + 1, (size_t)(end - begin) - 1);
	if (*begin == '{')
		reference->value = inside;
	else
		take_cell(arena, inside, reference);
	*at = reference->broken ? begin : end + 1;
	return true;
}

/* --- tables and cells ------------------------------------------------------------------------------------------- */

struct row {
	const char *key;
	const struct pr_project_report *project;
	bool total;
};
struct known_table {
	const char *name;
	const struct pr_cell *cells;             /* which tell it from others when sheets have moved their tables */
	const struct pr_project_report *project; /* NULL = the tenant's */
	struct row *rows;
	size_t row_count;
	const struct pr_sheet *sheet;
	const struct pr_sheet_table *table; /* NULL = not in the workbook after all */
};
/* A cell that has a formula. */
struct use {
	const char *formula;
	const struct pr_scope *scope;
	size_t table, row, column;
	struct pr_cell *cell;
	struct pr_place place;
};

struct pr_formula_book {
	const struct pr_builder *builder;
	struct known_table *tables;
	size_t table_count, table_capacity;
	struct use *uses;
	size_t use_count, use_capacity;
};

struct pr_formula_book *pr_formula_book_new(const struct pr_builder *builder)
{
	struct pr_formula_book *book = pr_arena_alloc(builder->arena, sizeof *book);

	*book = (struct pr_formula_book){.builder = builder};
	return book;
}

static const char *text_of_value(struct pr_arena *arena, const struct pr_value *value)
{
	char plain[64];

	if (value->kind == PR_VALUE_TEXT)
		return value->text;
	if (value->kind != PR_VALUE_NUMBER)
		return NULL;
	return pr_arena_copy(arena,
		pr_micro_plain(value->micro == PR_MICRO_MISSING ? pr_micro_from_double(value->number) : value->micro, plain));
}

/* An expression's value as a text; NULL where it has none. */
static bool evaluate(const struct pr_formula_book *book, const struct pr_scope *scope, const char *expression,
	struct pr_place place, const char **text, struct pr_error *error)
{
	struct pr_value value = pr_value_missing();

	if (expression &&
		!pr_expression_value(&book->builder->context, scope, expression, place.path, place.line, &value, error))
		return false;
	*text = text_of_value(book->builder->arena, &value);
	return true;
}

static bool add_uses(struct pr_formula_book *book, const struct pr_scope *scope, const struct pr_table *filled,
	size_t row, const size_t *kept, const struct pr_sheet_table *table, struct pr_error *error)
{
	const struct pr_table_definition *definition = filled->definition;
	const struct pr_scope *row_scope = filled->rows[row].scope;

	for (size_t i = 0; i < definition->column_count; i++) {
		const struct pr_table_column *column = &definition->columns[i];
		const char *expression = row_scope ? column->formula : column->total_formula, *name;
		struct pr_cell *cell = kept[i] == SIZE_MAX ? NULL : &table->cells[row * table->column_count + kept[i]];

		if (!expression || !cell || (cell->kind != PR_CELL_NUMBER && cell->kind != PR_CELL_TIME))
			continue;
		if (!evaluate(book, row_scope ? row_scope : scope, expression, column->place, &name, error))
			return false;
		if (name)
			*PR_PUSH(book->builder->arena, book->uses, book->use_count, book->use_capacity) = (struct use){
				name, row_scope ? row_scope : scope, book->table_count - 1, row, kept[i], cell, column->place};
	}
	return true;
}

bool pr_formula_book_add(struct pr_formula_book *book, const struct pr_scope *scope, const struct pr_table *filled,
	const size_t *kept, const struct pr_sheet_table *table, struct pr_error *error)
{
	const struct pr_table_definition *definition = filled->definition;
	struct known_table *known;

	if (!book || filled->row_count == 0)
		return true;
	known = PR_PUSH(book->builder->arena, book->tables, book->table_count, book->table_capacity);
	*known = (struct known_table){.name = definition->name,
		.cells = table->cells,
		.project = pr_scope_project(scope),
		.rows = pr_arena_array(book->builder->arena, filled->row_count, sizeof *known->rows),
		.row_count = filled->row_count};
	for (size_t row = 0; row < filled->row_count; row++) {
		const struct pr_scope *row_scope = filled->rows[row].scope;
		struct row *into = &book->tables[book->table_count - 1].rows[row];

		into->project = pr_scope_project(row_scope ? row_scope : scope);
		into->total = filled->rows[row].total;
		into->key = row_scope ? NULL : "total";
		if (row_scope && !evaluate(book, row_scope, definition->key, definition->place, &into->key, error))
			return false;
		if (!add_uses(book, scope, filled, row, kept, table, error))
			return false;
	}
	return true;
}

/* --- places ----------------------------------------------------------------------------------------------------- */

static size_t line(const char *text)
{
	return text && *text ? 1 : 0;
}

void pr_workbook_place(struct pr_workbook *workbook)
{
	for (size_t i = 0; i < workbook->sheet_count; i++) {
		struct pr_sheet *sheet = &workbook->sheets[i];
		size_t row = 0;

		for (size_t t = 0; t < sheet->table_count; t++) {
			struct pr_sheet_table *table = &sheet->tables[t];

			row += table->rows_above + line(table->title) + line(table->sub);
			table->head_row = table->plain ? 0 : row;
			row += (table->plain ? 0 : 1) + table->row_count;
			for (size_t n = 0; n < table->note_count; n++)
				row += line(table->notes[n]);
			row++; /* between tables */
			if (table->stream)
				break; /* nothing points below it */
		}
	}
}

static void find_places(struct pr_formula_book *book, const struct pr_workbook *workbook)
{
	for (size_t k = 0; k < book->table_count; k++)
		for (size_t i = 0; i < workbook->sheet_count; i++)
			for (size_t t = 0; t < workbook->sheets[i].table_count; t++) {
				const struct pr_sheet_table *table = &workbook->sheets[i].tables[t];

				if (table->cells != book->tables[k].cells)
					continue;
				book->tables[k].sheet = &workbook->sheets[i];
				book->tables[k].table = table;
			}
}

/* "A1"; absolute: "$A$1". */
static void add_address(struct pr_buffer *out, size_t row, size_t column, bool absolute)
{
	char letters[4] = {0};
	size_t count = 0;

	for (size_t n = column + 1; n > 0 && count < 3; n = (n - 1) / LETTERS) {
		memmove(letters + 1, letters, count);
		letters[0] = (char)('A' + (n - 1) % LETTERS);
		count++;
	}
	pr_buffer_format(out, absolute ? "$%s$%zu" : "%s%zu", letters, row + 1);
}

static void add_sheet(struct pr_buffer *out, const struct pr_sheet *sheet)
{
	pr_buffer_add(out, "'");
	for (const char *at = sheet->name; *at; at++) {
		pr_buffer_add_n(out, at, 1);
		if (*at == '\'')
			pr_buffer_add_n(out, at, 1);
	}
	pr_buffer_add(out, "'!");
}

/* --- working out ------------------------------------------------------------------------------------------------ */

struct resolver {
	const struct pr_formula_book *book;
	const struct pr_formula *formula;
	const struct pr_scope *scope;
	const struct known_table *own; /* the formula's own table; NULL = a defined name */
	size_t row;
	struct pr_buffer *out;
	struct pr_error *error;
};

static bool refuse(const struct resolver *resolver, const char *what, const char *expected)
{
	return pr_error_set_at(resolver->error, PR_CODE_CONFIG, resolver->formula->place.path,
		resolver->formula->place.line, "'%s' in formula '%s'; expected %s", what, resolver->formula->name, expected);
}

/* The project's own table before one of the whole tenant. */
static const struct known_table *find_table(const struct resolver *resolver, const char *name)
{
	const struct pr_project_report *project = pr_scope_project(resolver->scope);
	const struct known_table *tenants = NULL;

	if (!name)
		return resolver->own;
	for (size_t i = 0; i < resolver->book->table_count; i++) {
		const struct known_table *table = &resolver->book->tables[i];

		if (!table->table || strcmp(table->name, name) != 0)
			continue;
		if (table->project == project)
			return table;
		tenants = table->project ? tenants : table;
	}
	return tenants;
}

static bool find_column(
	const struct resolver *resolver, const struct known_table *table, const char *name, size_t *column)
{
	for (*column = 0; *column < table->table->column_count; ++*column)
		if (strcmp(table->table->columns[*column].name, name) == 0)
			return true;
	return refuse(resolver, name, "a column of the table");
}

static bool is_own(const struct resolver *resolver, const struct row *row)
{
	return row->project == pr_scope_project(resolver->scope);
}

/* The first and last row of the project that are no totals. */
static bool find_all(const struct resolver *resolver, const struct known_table *table, size_t *first, size_t *last)
{
	bool any = false;

	for (size_t i = 0; i < table->row_count; i++) {
		if (table->rows[i].total || !is_own(resolver, &table->rows[i]))
			continue;
		*first = any ? *first : i;
		*last = i;
		any = true;
	}
	return any;
}

/* The row with the key that the expression gives; *found false where there is none. */
static bool find_row(
	const struct resolver *resolver, const struct known_table *table, const char *expression, size_t *row, bool *found)
{
	const char *key;

	*found = false;
	if (!evaluate(resolver->book, resolver->scope, expression, resolver->formula->place, &key, resolver->error))
		return false;
	for (size_t i = 0; key && !*found && i < table->row_count; i++) {
		*found = is_own(resolver, &table->rows[i]) && pr_text_equal(table->rows[i].key, key);
		*row = i;
	}
	return true;
}

static bool find_rows(const struct resolver *resolver, const struct known_table *table,
	const struct pr_reference *reference, size_t *first, size_t *last, bool *found)
{
	*found = true;
	*first = *last = resolver->row;
	if (!reference->from) {
		if (reference->table)
			*found = find_all(resolver, table, first, last);
		return true;
	}
	if (!find_row(resolver, table, reference->from, first, found))
		return false;
	*last = *first;
	return !reference->to || !*found || find_row(resolver, table, reference->to, last, found);
}

static void add_range(const struct resolver *resolver, const struct known_table *table,
	const struct pr_reference *reference, size_t column, size_t first, size_t last)
{
	size_t top = table->table->head_row + 1;
	bool here = table == resolver->own && !reference->table && !reference->from;

	if (!resolver->own || table->sheet != resolver->own->sheet)
		add_sheet(resolver->out, table->sheet);
	add_address(resolver->out, top + first, column, !here);
	if (!here && (!reference->from || reference->to)) {
		pr_buffer_add(resolver->out, ":");
		add_address(resolver->out, top + last, column, true);
	}
}

/* *found false: it points at nothing. */
static bool add_reference(const struct resolver *resolver, const struct pr_reference *reference, bool *found)
{
	const struct known_table *table = find_table(resolver, reference->table);
	size_t column, first = 0, last = 0;

	*found = table != NULL;
	if (!table)
		return reference->table || refuse(resolver, reference->column, "a table before the column");
	if (!find_column(resolver, table, reference->column, &column) ||
		!find_rows(resolver, table, reference, &first, &last, found))
		return false;
	if (*found)
		add_range(resolver, table, reference, column, first, last);
	return true;
}

static bool add_value(const struct resolver *resolver, const struct pr_reference *reference, bool *found)
{
	const char *text;

	if (!evaluate(resolver->book, resolver->scope, reference->value, resolver->formula->place, &text, resolver->error))
		return false;
	*found = text != NULL;
	pr_buffer_add(resolver->out, text ? text : "");
	return true;
}

/* "=…" in the buffer; *whole false where something that it needs is not there. */
static bool resolve(const struct resolver *resolver, bool *whole)
{
	const char *at = resolver->formula->text;
	struct pr_reference reference;

	*whole = true;
	pr_buffer_add(resolver->out, "=");
	for (;;) {
		const char *from = at;
		bool found;

		if (!pr_reference_next(&at, resolver->book->builder->arena, &reference))
			break;
		pr_buffer_add_n(resolver->out, from, (size_t)(reference.text - from));
		if (!(reference.value ? add_value(resolver, &reference, &found) : add_reference(resolver, &reference, &found)))
			return false;
		if (!found && reference.optional)
			pr_buffer_add(resolver->out, "0");
		*whole = *whole && (found || reference.optional);
	}
	pr_buffer_add(resolver->out, at);
	return true;
}

static const struct pr_formula *find_formula(const struct pr_templates *templates, const char *name)
{
	for (size_t i = 0; i < templates->formula_count; i++)
		if (strcmp(templates->formulas[i].name, name) == 0)
			return &templates->formulas[i];
	return NULL;
}

static bool set_formula(const struct pr_formula_book *book, const struct use *use, struct pr_error *error)
{
	struct pr_buffer out;
	struct resolver resolver = {.book = book,
		.formula = find_formula(book->builder->templates, use->formula),
		.scope = use->scope,
		.own = &book->tables[use->table],
		.row = use->row,
		.out = &out,
		.error = error};
	bool whole;

	if (!resolver.own->table)
		return true;
	if (!resolver.formula)
		return pr_error_set_at(error, PR_CODE_CONFIG, use->place.path, use->place.line,
			"no formula '%s'; expected it in formulas.ini", use->formula);
	pr_buffer_init(&out, book->builder->arena);
	if (!resolve(&resolver, &whole))
		return false;
	if (whole)
		use->cell->formula = out.text;
	return true;
}

/* --- defined names ---------------------------------------------------------------------------------------------- */

static bool set_name(const struct pr_formula_book *book, const struct pr_formula *formula, const struct pr_scope *scope,
	const char *suffix, struct pr_workbook *workbook, size_t *capacity, struct pr_error *error)
{
	struct pr_arena *arena = book->builder->arena;
	struct pr_buffer out;
	struct resolver resolver = {.book = book, .formula = formula, .scope = scope, .out = &out, .error = error};
	bool whole;

	pr_buffer_init(&out, arena);
	if (!resolve(&resolver, &whole))
		return false;
	if (whole)
		*PR_PUSH(arena, workbook->names, workbook->name_count, *capacity) =
			(struct pr_defined_name){pr_arena_format(arena, "%s%s", formula->name, suffix), out.text};
	return true;
}

/* Of several projects each has its names, with its id behind them. */
static bool set_names(const struct pr_formula_book *book, const struct pr_scope *tenant, struct pr_workbook *workbook,
	struct pr_error *error)
{
	const struct pr_builder *builder = book->builder;
	const struct pr_report *report = builder->context.report;
	size_t capacity = 0;

	for (size_t i = 0; i < report->project_count; i++) {
		const struct pr_scope *scope = pr_scope_of_project(&builder->context, tenant, i);
		const char *suffix = report->project_count > 1
		                         ? pr_arena_format(builder->arena, "_%lld", (long long)report->projects[i].project->id)
		                         : "";
		for (size_t n = 0; n < builder->templates->name_count; n++)
			if (!set_name(book, &builder->templates->names[n], scope, suffix, workbook, &capacity, error))
				return false;
	}
	return true;
}

bool pr_formula_book_finish(
	struct pr_formula_book *book, const struct pr_scope *tenant, struct pr_workbook *workbook, struct pr_error *error)
{
	find_places(book, workbook);
	for (size_t i = 0; i < book->use_count; i++)
		if (!set_formula(book, &book->uses[i], error))
			return false;
	return !book->builder->templates || set_names(book, tenant, workbook, error);
}
