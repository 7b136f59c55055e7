/* templates/tables.ini and its parts, tables.<part>.ini → table definitions. */
#include "document/template_read.h"

#include <string.h>

#define COLUMN_GAP_PT 10

static bool read_column_texts(
	struct pr_reader *reader, const struct pr_section *section, struct pr_table_column *column)
{
	struct {
		const char *key;
		const char **out;
	} const expressions[] = {{"unit", &column->unit}, {"value", &column->value}, {"words", &column->words},
		{"second", &column->second}, {"mark", &column->mark}, {"total", &column->total}, {"suffix", &column->suffix},
		{"bar", &column->bar}, {"bar_from", &column->bar_from}, {"bar_limit", &column->bar_limit},
		{"bar_role", &column->bar_role}, {"red_when", &column->red_when}, {"shade", &column->shade},
		{"when", &column->when}, {"formula", &column->formula}, {"total_formula", &column->total_formula}};

	for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++)
		if (!pr_reader_get_expression(reader, section, expressions[i].key, expressions[i].out))
			return false;
	if (!pr_reader_get_word(reader, section, "head", &column->head) ||
		!pr_reader_get_word(reader, section, "total_words", &column->total_words) ||
		!pr_reader_get_style(reader, section, "style", &column->style))
		return false;
	column->sheet_format = pr_section_get(section, "sheet_format");
	if (pr_section_get(section, "chart")) {
		column->chart = pr_reader_chart(reader, section, "chart");
		if (!column->chart)
			return false;
	}
	if (!column->value && !column->words && !column->bar && !column->chart)
		return pr_error_set_at(reader->error, PR_CODE_CONFIG, section->path, section->line,
			"column '%s': expected one of the keys value, words, bar, chart", section->name);
	return true;
}

static bool read_column(struct pr_reader *reader, const struct pr_section *section, struct pr_table_definition *table)
{
	static const char *const keys[] = {"head", "unit", "value", "words", "style", "second", "mark", "total",
		"total_words", "suffix", "bar", "bar_from", "bar_limit", "bar_role", "red_when", "shade", "chart", "when",
		"weight", "width", "align", "dash", "sheet_format", "again", "spread", "formula", "total_formula"};
	static const char *const sides[] = {"left", "right"};
	struct pr_table_column *column =
		PR_PUSH(reader->arena, table->columns, table->column_count, table->column_capacity);
	size_t side;

	column->name = section->name + strlen(table->name) + 1;
	column->place = pr_reader_place(section, NULL);
	if (!pr_section_check_keys(section, keys, sizeof keys / sizeof *keys, reader->error) ||
		!read_column_texts(reader, section, column) ||
		!pr_section_double(section, "weight", 0, 100, 0, &column->weight, reader->error) ||
		!pr_section_double(section, "width", 0, 496, 0, &column->width_pt, reader->error) ||
		!pr_section_choice(section, "align", sides, 2, 0, &side, reader->error) ||
		!pr_section_bool(section, "dash", side == 1, &column->dash, reader->error) ||
		!pr_section_bool(section, "again", false, &column->again, reader->error) ||
		!pr_section_bool(section, "spread", false, &column->spread, reader->error))
		return false;
	column->right = side == 1;
	return true;
}

static bool read_table(struct pr_reader *reader, const struct pr_section *section, struct pr_table_definition *table)
{
	static const char *const keys[] = {
		"rows", "items", "when_row", "bold_when", "level", "total_when", "empty", "notes", "gap", "key"};

	table->name = section->name;
	table->place = pr_reader_place(section, NULL);
	if (!pr_section_check_keys(section, keys, sizeof keys / sizeof *keys, reader->error) ||
		!pr_section_text(section, "rows", &table->rows, reader->error) ||
		!pr_section_double(section, "gap", 2, 40, COLUMN_GAP_PT, &table->gap_pt, reader->error) ||
		!pr_section_list(section, "items", reader->arena, &table->items, &table->item_count, reader->error) ||
		!pr_reader_get_expression(reader, section, "when_row", &table->when_row) ||
		!pr_reader_get_expression(reader, section, "key", &table->key) ||
		!pr_reader_get_expression(reader, section, "bold_when", &table->bold_when) ||
		!pr_reader_get_expression(reader, section, "level", &table->level) ||
		!pr_reader_get_expression(reader, section, "total_when", &table->total_when) ||
		!pr_reader_get_word(reader, section, "empty", &table->empty) ||
		!pr_reader_get_words(reader, section, "notes", &table->notes, &table->note_count))
		return false;
	if (!pr_rows_known(table->rows))
		return pr_section_refuse(section, "rows", reader->error,
			"is '%s', which gives no rows; docs/templates.md lists what does", table->rows);
	return true;
}

static bool belongs_to(const struct pr_section *section, const struct pr_table_definition *table)
{
	size_t length = table ? strlen(table->name) : 0;

	return table && strncmp(section->name, table->name, length) == 0 && section->name[length] == '.';
}

/* A table that an earlier part has already would hide this one. */
static bool is_new(struct pr_reader *reader, const struct pr_section *section)
{
	const struct pr_table_definition *earlier = pr_reader_table(reader, section->name);

	return !earlier || pr_error_set_at(reader->error, PR_CODE_CONFIG, section->path, section->line,
						   "table '%s' stands in %s already", section->name, earlier->place.path);
}

static bool read_part(struct pr_reader *reader, const char *path)
{
	static const char *const kinds[] = {"table", "column"};
	struct pr_templates *templates = reader->templates;
	struct pr_table_definition *table = NULL;
	struct pr_definition definition;

	if (!pr_definition_read(&definition, path, PR_CODE_CONFIG, reader->arena, reader->error) ||
		!pr_definition_check_kinds(&definition, kinds, 2, reader->error))
		return false;
	for (size_t i = 0; i < definition.section_count; i++) {
		const struct pr_section *section = &definition.sections[i];
		if (strcmp(section->kind, "table") == 0) {
			if (!is_new(reader, section))
				return false;
			table = PR_PUSH(reader->arena, templates->tables, templates->table_count, templates->table_capacity);
			if (!read_table(reader, section, table))
				return false;
		} else if (!belongs_to(section, table)) {
			return pr_error_set_at(reader->error, PR_CODE_CONFIG, path, section->line,
				"column '%s' stands behind table '%s'; expected a name such as '%s.value'", section->name,
				table ? table->name : "", table ? table->name : "table");
		} else if (!read_column(reader, section, table)) {
			return false;
		}
	}
	return true;
}

bool pr_tables_read(struct pr_reader *reader)
{
	const char *folder = reader->templates->template_folder;
	const char **names;
	size_t count;

	if (!read_part(reader, pr_arena_format(reader->arena, "%s/tables.ini", folder)) ||
		!pr_template_files(folder, ".ini", reader->arena, &names, &count, reader->error))
		return false;
	for (size_t i = 0; i < count; i++)
		if (strncmp(names[i], "tables.", strlen("tables.")) == 0 &&
			!read_part(reader, pr_arena_format(reader->arena, "%s/%s.ini", folder, names[i])))
			return false;
	return true;
}

const struct pr_table_definition *pr_reader_table(const struct pr_reader *reader, const char *name)
{
	for (size_t i = 0; name && i < reader->templates->table_count; i++)
		if (strcmp(reader->templates->tables[i].name, name) == 0)
			return &reader->templates->tables[i];
	return NULL;
}
