/* templates/formulas.ini → the workbook's formulas and names, checked: what they point at must be there. */
#include "document/template_read.h"

#include <string.h>

#define NAMES "names"
#define LONGEST_NAME 200

/* Without the line breaks of a text that goes on: a formula needs no spaces. */
static const char *one_line(struct pr_arena *arena, const char *text)
{
	struct pr_buffer out;

	pr_buffer_init(&out, arena);
	for (; *text; text++)
		if (*text != '\n')
			pr_buffer_add_n(&out, text, 1);
	return out.text;
}

static bool refuse(struct pr_reader *reader, struct pr_place place, const char *what, const char *expected)
{
	return pr_error_set_at(
		reader->error, PR_CODE_CONFIG, place.path, place.line, "'%s' in a formula; expected %s", what, expected);
}

static bool has_column(const struct pr_table_definition *table, const char *name)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (strcmp(table->columns[i].name, name) == 0)
			return true;
	return false;
}

/* "table.column" must be one; a column alone is of the table that uses the formula. */
static bool check_target(struct pr_reader *reader, struct pr_place place, const struct pr_reference *reference)
{
	const struct pr_table_definition *table;

	if (!reference->table)
		return true;
	table = pr_reader_table(reader, reference->table);
	if (!table)
		return refuse(reader, place, reference->table, "the name of a table");
	return has_column(table, reference->column) ||
	       refuse(reader, place, reference->column, "the name of a column of that table");
}

static bool check_references(struct pr_reader *reader, struct pr_place place, const char *text)
{
	const char *at = text;
	struct pr_reference reference;

	while (pr_reference_next(&at, reader->arena, &reference)) {
		if (reference.broken)
			return refuse(reader, place, at, "a reference such as [table.column] or [column:'key']");
		if (!check_target(reader, place, &reference) || !pr_reader_expression(reader, place, reference.from) ||
			!pr_reader_expression(reader, place, reference.to) || !pr_reader_expression(reader, place, reference.value))
			return false;
	}
	return true;
}

/* A name of the format: letters, digits and '_', and no cell's address. Behind it may stand "_" and a project's id. */
static bool is_name(const char *name)
{
	size_t letters = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
	size_t length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

	return letters > 3 && name[length] == '\0' && length < LONGEST_NAME;
}

static bool read_entry(struct pr_reader *reader, const struct pr_section *section, const struct pr_entry *entry)
{
	struct pr_templates *templates = reader->templates;
	struct pr_formula formula = {
		.text = one_line(reader->arena, entry->value), .place = {.path = section->path, .line = entry->line}};

	if (!check_references(reader, formula.place, formula.text))
		return false;
	if (strcmp(section->kind, NAMES) == 0) {
		formula.name = entry->key;
		if (!is_name(formula.name))
			return refuse(
				reader, formula.place, formula.name, "a name of letters, digits and '_' that begins with four letters");
		*PR_PUSH(reader->arena, templates->names, templates->name_count, templates->name_capacity) = formula;
		return true;
	}
	formula.name = pr_arena_format(reader->arena, "%s.%s", section->kind, entry->key);
	*PR_PUSH(reader->arena, templates->formulas, templates->formula_count, templates->formula_capacity) = formula;
	return true;
}

/* Templates need not have any. */
static bool has_file(struct pr_reader *reader, bool *has)
{
	const char **names;
	size_t count;

	*has = false;
	if (!pr_template_files(reader->templates->template_folder, ".ini", reader->arena, &names, &count, reader->error))
		return false;
	for (size_t i = 0; i < count; i++)
		*has = *has || strcmp(names[i], "formulas") == 0;
	return true;
}

bool pr_formulas_read(struct pr_reader *reader)
{
	const char *path = pr_arena_format(reader->arena, "%s/formulas.ini", reader->templates->template_folder);
	struct pr_definition definition;
	bool has;

	if (!has_file(reader, &has))
		return false;
	if (!has)
		return true;
	if (!pr_definition_read(&definition, path, PR_CODE_CONFIG, reader->arena, reader->error))
		return false;
	for (size_t i = 0; i < definition.section_count; i++)
		for (size_t k = 0; k < definition.sections[i].entry_count; k++)
			if (!read_entry(reader, &definition.sections[i], &definition.sections[i].entries[k]))
				return false;
	return true;
}
