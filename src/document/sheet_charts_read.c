/* templates/sheet_charts.ini → the workbook's charts. */
#include "document/template_read.h"

#include <string.h>
#include <unistd.h>

#define ROWS_MOST 1000
#define LINE_PT 1.75
#define VALUE_MOST 1e12

static const char *const kinds[PR_SHEET_CHART_KIND_COUNT] = {
	"column", "stack", "bar", "bar_stack", "line", "pie", "radar"};

static bool has_column(const struct pr_table_definition *table, const char *name)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (strcmp(table->columns[i].name, name) == 0)
			return true;
	return false;
}

static bool read_chart(
	struct pr_reader *reader, const struct pr_section *section, struct pr_sheet_chart_definition *chart)
{
	static const char *const keys[] = {"kind", "table", "categories", "title", "x_title", "y_title", "when",
		"category_format", "value_format", "max", "rows", "interval", "labels", "wide"};
	size_t kind;

	chart->name = section->name;
	chart->place = pr_reader_place(section, NULL);
	if (!pr_section_check_keys(section, keys, sizeof keys / sizeof *keys, reader->error) ||
		!pr_section_choice(section, "kind", kinds, PR_SHEET_CHART_KIND_COUNT, 0, &kind, reader->error) ||
		!pr_section_text(section, "categories", &chart->categories, reader->error) ||
		!pr_reader_get_word(reader, section, "title", &chart->title) ||
		!pr_reader_get_word(reader, section, "x_title", &chart->x_title) ||
		!pr_reader_get_word(reader, section, "y_title", &chart->y_title) ||
		!pr_reader_get_expression(reader, section, "when", &chart->when) ||
		!pr_section_double(section, "max", 0, VALUE_MOST, 0, &chart->value_max, reader->error) ||
		!pr_section_int(section, "rows", 0, ROWS_MOST, 0, &chart->rows, reader->error) ||
		!pr_section_int(section, "interval", 0, ROWS_MOST, 0, &chart->interval, reader->error) ||
		!pr_section_bool(section, "labels", false, &chart->labels, reader->error) ||
		!pr_section_bool(section, "wide", false, &chart->wide, reader->error))
		return false;
	chart->kind = (enum pr_sheet_chart_kind)kind;
	chart->category_format = pr_section_get(section, "category_format");
	chart->value_format = pr_section_get(section, "value_format");
	chart->table = pr_reader_table(reader, pr_section_get(section, "table"));
	if (!chart->table)
		return pr_section_refuse(section, "table", reader->error, "names no table of tables.ini");
	if (!chart->title)
		return pr_section_refuse(section, "title", reader->error, "is missing; expected a key of the words");
	return has_column(chart->table, chart->categories) ||
	       pr_section_refuse(section, "categories", reader->error, "is '%s', which is no column of table '%s'",
			   chart->categories, chart->table->name);
}

/* "[series chart.column]" */
static bool read_series(
	struct pr_reader *reader, const struct pr_section *section, struct pr_sheet_chart_definition *chart)
{
	static const char *const keys[] = {"label", "role", "when", "width", "dashed"};
	const size_t length = chart ? strlen(chart->name) : 0;
	struct pr_sheet_series_definition *series;
	struct pr_colour colour;

	if (!chart || strncmp(section->name, chart->name, length) != 0 || section->name[length] != '.' ||
		!has_column(chart->table, section->name + length + 1))
		return pr_error_set_at(reader->error, PR_CODE_CONFIG, section->path, section->line,
			"series '%s': expected a chart's name and a column of its table, as in 'days.energy'", section->name);
	series = PR_PUSH(reader->arena, chart->series, chart->series_count, chart->series_capacity);
	series->column = section->name + length + 1;
	series->place = pr_reader_place(section, NULL);
	series->role = pr_section_get(section, "role");
	if (!pr_section_check_keys(section, keys, sizeof keys / sizeof *keys, reader->error) ||
		!pr_reader_get_word(reader, section, "label", &series->label) ||
		!pr_reader_get_expression(reader, section, "when", &series->when) ||
		!pr_section_double(section, "width", 0.25, 10, LINE_PT, &series->width_pt, reader->error) ||
		!pr_section_bool(section, "dashed", false, &series->dashed, reader->error))
		return false;
	return pr_theme_role(&pr_theme_default, series->role, &colour) ||
	       pr_section_refuse(section, "role", reader->error, "names no colour role");
}

static bool check_series(struct pr_reader *reader, const struct pr_sheet_chart_definition *chart)
{
	return !chart || chart->series_count > 0 ||
	       pr_error_set_at(reader->error, PR_CODE_CONFIG, chart->place.path, chart->place.line,
			   "chart '%s' has no [series %s.…]", chart->name, chart->name);
}

bool pr_sheet_charts_read(struct pr_reader *reader)
{
	static const char *const sections[] = {"sheet_chart", "series"};
	struct pr_templates *templates = reader->templates;
	const char *path = pr_arena_format(reader->arena, "%s/sheet_charts.ini", templates->template_folder);
	struct pr_sheet_chart_definition *chart = NULL;
	struct pr_definition definition;

	if (access(path, F_OK) != 0)
		return true;
	if (!pr_definition_read(&definition, path, PR_CODE_CONFIG, reader->arena, reader->error) ||
		!pr_definition_check_kinds(&definition, sections, 2, reader->error))
		return false;
	/* No more than there are sections: a pointer to one stays good. */
	templates->sheet_charts =
		pr_arena_array(reader->arena, definition.section_count + 1, sizeof *templates->sheet_charts);
	for (size_t i = 0; i < definition.section_count; i++) {
		const struct pr_section *section = &definition.sections[i];

		if (strcmp(section->kind, "series") == 0) {
			if (!read_series(reader, section, chart))
				return false;
			continue;
		}
		if (!check_series(reader, chart))
			return false;
		chart = &templates->sheet_charts[templates->sheet_chart_count++];
		if (!read_chart(reader, section, chart))
			return false;
	}
	return check_series(reader, chart);
}

const struct pr_sheet_chart_definition *pr_reader_sheet_chart(const struct pr_reader *reader, const char *name)
{
	for (size_t i = 0; name && i < reader->templates->sheet_chart_count; i++)
		if (strcmp(reader->templates->sheet_charts[i].name, name) == 0)
			return &reader->templates->sheet_charts[i];
	return NULL;
}
