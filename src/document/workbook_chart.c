/*
 * The workbook's charts: which cells they show, in what colours, and where they stand. Two lie abreast above a table:
 *
 *     +-----------+ +-----------+
 *     |   chart   | |   chart   |   rows_above of the table
 *     +-----------+ +-----------+
 *     title of the table
 */
#include "document/workbook.h"

#include <math.h>
#include <string.h>

#define ROW_PX 20.0
#define CHART_PX 470.0
#define GUTTER_PX 10.0
#define HEIGHT_PX 280.0
#define BAR_PX 24.0       /* a row's bars */
#define BAR_FRAME_PX 90.0 /* title, axis and legend around them */
#define TALLEST_PX 560.0
#define PIE_PARTS 6
#define POINTS_MOST 1000
#define FEW 6
#define CATEGORIES_SHOWN 32 /* more stand too close to be read */
#define CATEGORIES_WANTED 12

struct plotter {
	const struct pr_builder *builder;
	const struct pr_made_sheet *made;
	struct pr_workbook *workbook;
	struct pr_error *error;
};

/* --- data ------------------------------------------------------------------------------------------------------- */

static bool find_table(const struct pr_sheet *sheet, const char *name, size_t *table)
{
	for (*table = 0; *table < sheet->table_count; (*table)++)
		if (pr_text_equal(sheet->tables[*table].name, name))
			return true;
	return false;
}

/* The table on the chart's own sheet, else on another of the same project. */
static bool find_data(const struct plotter *plotter, size_t own, const char *name, struct pr_sheet_chart *chart)
{
	const struct pr_project_report *project = pr_scope_project(plotter->made[own].scope);

	chart->sheet = own;
	if (find_table(&plotter->workbook->sheets[own], name, &chart->table))
		return true;
	for (chart->sheet = 0; chart->sheet < plotter->workbook->sheet_count; chart->sheet++)
		if (pr_scope_project(plotter->made[chart->sheet].scope) == project &&
			find_table(&plotter->workbook->sheets[chart->sheet], name, &chart->table))
			return true;
	return false;
}

static bool find_column(const struct pr_sheet_table *table, const char *name, size_t *column)
{
	for (*column = 0; *column < table->column_count; (*column)++)
		if (pr_text_equal(table->columns[*column].name, name))
			return true;
	return false;
}

static const struct pr_cell *cell_of(
	const struct pr_sheet_table *table, const struct pr_sheet_chart *chart, size_t row, size_t column)
{
	return &table->cells[(chart->first_row + row) * table->column_count + column];
}

/* Whether there is anything to be seen. */
static bool has_values(const struct pr_sheet_table *table, const struct pr_sheet_chart *chart, size_t column)
{
	for (size_t row = 0; row < chart->row_count; row++) {
		const struct pr_cell *cell = cell_of(table, chart, row, column);
		if (cell->kind == PR_CELL_NUMBER && isfinite(cell->number) && cell->number != 0)
			return true;
	}
	return false;
}

static bool has_negative(const struct pr_sheet_table *table, const struct pr_sheet_chart *chart, size_t column)
{
	for (size_t row = 0; row < chart->row_count; row++)
		if (cell_of(table, chart, row, column)->number < 0)
			return true;
	return false;
}

static bool set_data(const struct plotter *plotter, size_t own, const struct pr_sheet_chart_definition *definition,
	struct pr_sheet_chart *chart)
{
	const struct pr_sheet_table *table;

	if (!find_data(plotter, own, definition->table->name, chart))
		return false;
	table = &plotter->workbook->sheets[chart->sheet].tables[chart->table];
	if (table->stream || table->row_count <= table->total_rows ||
		!find_column(table, definition->categories, &chart->categories))
		return false;
	chart->row_count = table->row_count - table->total_rows;
	if (definition->rows > 0 && chart->row_count > (size_t)definition->rows)
		chart->row_count = (size_t)definition->rows;
	return chart->row_count <= POINTS_MOST;
}

/* --- looks ------------------------------------------------------------------------------------------------------ */

static struct pr_colour colour_of(const struct plotter *plotter, const char *role)
{
	return pr_theme_colour(plotter->builder->theme, role);
}

/* A row that has a mark in the table is drawn in that colour; a pie's others in the shades of parts. */
static void set_points(const struct plotter *plotter, const struct pr_sheet_table *table, struct pr_sheet_chart *chart)
{
	struct pr_colour *points = pr_arena_array(plotter->builder->arena, chart->row_count, sizeof *points);
	bool any = chart->kind == PR_SHEET_CHART_PIE;

	for (size_t row = 0; row < chart->row_count; row++) {
		const struct pr_cell *cell = cell_of(table, chart, row, chart->categories);

		points[row] = chart->series[0].colour;
		if (chart->kind == PR_SHEET_CHART_PIE)
			points[row] = colour_of(plotter, pr_arena_format(plotter->builder->arena, "part.%zu", row % PIE_PARTS + 1));
		if (cell->mark && pr_theme_role(plotter->builder->theme, cell->mark, &points[row]))
			any = true;
	}
	if (any && chart->series_count == 1)
		chart->points = points;
}

static bool add_series(const struct plotter *plotter, const struct pr_scope *scope,
	const struct pr_sheet_chart_definition *definition, const struct pr_sheet_series_definition *from,
	struct pr_sheet_chart *chart)
{
	const struct pr_context *context = &plotter->builder->context;
	const struct pr_sheet_table *table = &plotter->workbook->sheets[chart->sheet].tables[chart->table];
	struct pr_sheet_chart_series *series = &chart->series[chart->series_count];
	bool shown;

	if (!pr_expression_true(context, scope, from->when, from->place.path, from->place.line, &shown, plotter->error))
		return false;
	if (!shown || !find_column(table, from->column, &series->column) || !has_values(table, chart, series->column))
		return true;
	/* What is negative has no part in a whole. */
	if (chart->kind == PR_SHEET_CHART_PIE &&
		(has_negative(table, chart, series->column) || chart->row_count > PIE_PARTS))
		chart->kind = PR_SHEET_CHART_BAR;
	series->label = table->columns[series->column].head;
	series->colour = colour_of(plotter, from->role);
	series->width_pt = from->width_pt;
	series->dashed = from->dashed;
	chart->series_count++;
	if (!chart->y_title && !definition->y_title)
		chart->y_title = table->columns[series->column].unit;
	if (!chart->value_format)
		chart->value_format = definition->value_format;
	return !from->label || pr_words_text(context, scope, from->label, &series->label, plotter->error);
}

/* Few and whole: a scale by halves would print each number twice. */
static double step_of(const struct pr_sheet_table *table, const struct pr_sheet_chart *chart)
{
	bool stacked = chart->kind == PR_SHEET_CHART_STACK || chart->kind == PR_SHEET_CHART_BAR_STACK;
	double most = 0;

	for (size_t row = 0; row < chart->row_count; row++) {
		double sum = 0;

		for (size_t i = 0; i < chart->series_count; i++) {
			const struct pr_cell *cell = cell_of(table, chart, row, chart->series[i].column);
			if (cell->kind != PR_CELL_NUMBER || !isfinite(cell->number))
				continue;
			if (cell->number < 0 || cell->number != floor(cell->number))
				return NAN;
			sum = stacked ? sum + cell->number : fmax(sum, cell->number);
		}
		most = fmax(most, sum);
	}
	return most <= FEW ? 1 : (double)NAN;
}

static bool set_texts(const struct plotter *plotter, const struct pr_scope *scope,
	const struct pr_sheet_chart_definition *definition, struct pr_sheet_chart *chart)
{
	const struct pr_context *context = &plotter->builder->context;

	if (!pr_words_text(context, scope, definition->title, &chart->title, plotter->error))
		return false;
	if (definition->x_title && !pr_words_text(context, scope, definition->x_title, &chart->x_title, plotter->error))
		return false;
	return !definition->y_title || pr_words_text(context, scope, definition->y_title, &chart->y_title, plotter->error);
}

static double height_of(const struct pr_sheet_chart *chart)
{
	size_t bars = chart->row_count * (chart->kind == PR_SHEET_CHART_BAR ? chart->series_count : 1);

	if (chart->kind != PR_SHEET_CHART_BAR && chart->kind != PR_SHEET_CHART_BAR_STACK)
		return HEIGHT_PX;
	return fmin(fmax(BAR_FRAME_PX + BAR_PX * (double)bars, HEIGHT_PX), TALLEST_PX);
}

/* False: nothing to show. */
static bool make_chart(const struct plotter *plotter, size_t own, const struct pr_sheet_chart_definition *definition,
	struct pr_sheet_chart *chart, bool *shown)
{
	const struct pr_scope *scope = plotter->made[own].scope;

	if (!pr_expression_true(&plotter->builder->context, scope, definition->when, definition->place.path,
			definition->place.line, shown, plotter->error))
		return false;
	if (!*shown)
		return true;
	*chart = (struct pr_sheet_chart){.name = definition->name,
		.kind = definition->kind,
		.category_format = definition->category_format,
		.labels = definition->labels,
		.interval = (size_t)definition->interval,
		.value_max = definition->value_max > 0 ? definition->value_max : (double)NAN};
	*shown = set_data(plotter, own, definition, chart);
	if (!*shown)
		return true;
	chart->series = pr_arena_array(plotter->builder->arena, definition->series_count, sizeof *chart->series);
	for (size_t i = 0; i < definition->series_count; i++)
		if (!add_series(plotter, scope, definition, &definition->series[i], chart))
			return false;
	*shown = chart->series_count > 0;
	if (!*shown)
		return true;
	set_points(plotter, &plotter->workbook->sheets[chart->sheet].tables[chart->table], chart);
	chart->value_step = step_of(&plotter->workbook->sheets[chart->sheet].tables[chart->table], chart);
	chart->legend = chart->series_count > 1 || (chart->kind == PR_SHEET_CHART_PIE && !chart->labels);
	if (chart->interval == 0 && chart->row_count > CATEGORIES_SHOWN)
		chart->interval = chart->row_count / CATEGORIES_WANTED;
	chart->width_px = definition->wide ? 2 * CHART_PX + GUTTER_PX : CHART_PX;
	chart->height_px = height_of(chart);
	return set_texts(plotter, scope, definition, chart);
}

/* --- places ----------------------------------------------------------------------------------------------------- */

/* Two abreast, a line as high as its highest; gives the height of all. */
static double place_charts(struct pr_sheet *sheet)
{
	double x = 0, y = 0, line = 0;

	for (size_t i = 0; i < sheet->chart_count; i++) {
		struct pr_sheet_chart *chart = &sheet->charts[i];

		if (x > 0 && x + chart->width_px > 2 * CHART_PX + GUTTER_PX) {
			y += line + GUTTER_PX;
			x = line = 0;
		}
		chart->x_px = x;
		chart->y_px = y;
		x += chart->width_px + GUTTER_PX;
		line = fmax(line, chart->height_px);
	}
	return y + line;
}

static void keep_rows(struct pr_sheet *sheet, const struct pr_sheet_definition *definition)
{
	size_t above = 0;

	if (sheet->chart_count == 0 || sheet->table_count == 0)
		return;
	if (definition->charts_last)
		above = sheet->table_count - 1;
	if (definition->charts_above && !find_table(sheet, definition->charts_above->name, &above))
		above = sheet->table_count - 1; /* it is left out: before what would have followed is as good as any place */
	for (size_t i = 0; i < sheet->chart_count; i++)
		sheet->charts[i].above = above;
	sheet->tables[above].rows_above = (size_t)ceil(place_charts(sheet) / ROW_PX) + 1;
}

bool pr_workbook_add_charts(const struct pr_builder *builder, const struct pr_made_sheet *made,
	struct pr_workbook *workbook, struct pr_error *error)
{
	const struct plotter plotter = {builder, made, workbook, error};

	for (size_t i = 0; i < workbook->sheet_count; i++) {
		const struct pr_sheet_definition *definition = made[i].definition;
		struct pr_sheet *sheet = &workbook->sheets[i];

		sheet->charts = pr_arena_array(builder->arena, definition->chart_count + 1, sizeof *sheet->charts);
		for (size_t c = 0; c < definition->chart_count; c++) {
			bool shown;

			if (!make_chart(&plotter, i, definition->charts[c], &sheet->charts[sheet->chart_count], &shown))
				return pr_error_context(error, "chart '%s'", definition->charts[c]->name);
			sheet->chart_count += shown;
		}
		keep_rows(sheet, definition);
	}
	return true;
}
