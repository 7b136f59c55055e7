/* The charts of a workbook: libxlsxwriter's, whose data are cells. */
#include <math.h>

#include "base/text.h"
#include "output/xlsx_part.h"

#define DEFAULT_WIDTH_PX 480.0
#define DEFAULT_HEIGHT_PX 288.0
#define TITLE_SIZE 10.5
#define TEXT_SIZE 8.5
#define INK 0x14191D
#define TEXT2 0x4C555C
#define RULE 0x9AA3A9
#define GRID 0xDDE1E3
#define WHITE 0xFFFFFF
#define HAIRLINE 0.5F
#define COLUMN_GAP 45 /* % of a column */
#define BAR_GAP 60
#define MARKERS_MOST 40 /* points of a line that are marked */
#define MARKER_SIZE 4

struct plotter {
	const struct pr_workbook *document;
	const struct pr_xlsx_place *places;
	struct pr_arena *arena;
	struct pr_error *error;
	const struct pr_sheet_chart *from;
	lxw_chart *chart;
};

static lxw_chart_line no_line = {.none = LXW_TRUE};

static lxw_color_t colour_code(struct pr_colour colour)
{
	const lxw_color_t code = (lxw_color_t)colour.red << 16 | (lxw_color_t)colour.green << 8 | colour.blue;

	return code == 0 ? LXW_COLOR_BLACK : code; /* 0 would stand for none */
}

/* libxlsxwriter takes what begins with '=' for a formula. */
static const char *plain_text(const struct plotter *plotter, const char *text)
{
	return text[0] == '=' ? pr_arena_format(plotter->arena, " %s", text) : text;
}

static bool has_axes(const struct pr_sheet_chart *from)
{
	return from->kind != PR_SHEET_CHART_PIE;
}

static bool is_bar(const struct pr_sheet_chart *from)
{
	return from->kind == PR_SHEET_CHART_BAR || from->kind == PR_SHEET_CHART_BAR_STACK;
}

static bool is_line(const struct pr_sheet_chart *from)
{
	return from->kind == PR_SHEET_CHART_LINE || from->kind == PR_SHEET_CHART_RADAR;
}

/* --- series -------------------------------------------------------------------------------------------------------- */

static void colour_points(const struct plotter *plotter, lxw_chart_series *series)
{
	const struct pr_sheet_chart *from = plotter->from;
	lxw_chart_point *points = pr_arena_array(plotter->arena, from->row_count, sizeof *points);
	lxw_chart_fill *fills = pr_arena_array(plotter->arena, from->row_count, sizeof *fills);
	lxw_chart_point **list = pr_arena_array(plotter->arena, from->row_count + 1, sizeof(lxw_chart_point *));
	lxw_chart_line *seam = pr_arena_alloc(plotter->arena, sizeof *seam);

	*seam = (lxw_chart_line){.color = WHITE, .width = 1};
	for (size_t i = 0; i < from->row_count; i++) {
		fills[i] = (lxw_chart_fill){.color = colour_code(from->points[i])};
		points[i].fill = &fills[i];
		points[i].line = from->kind == PR_SHEET_CHART_PIE ? seam : &no_line;
		list[i] = &points[i];
	}
	(void)chart_series_set_points(series, list);
}

static void shape_line(
	const struct plotter *plotter, lxw_chart_series *series, const struct pr_sheet_chart_series *from)
{
	lxw_chart_line line = {.color = colour_code(from->colour),
		.width = (float)from->width_pt,
		.dash_type = from->dashed ? LXW_CHART_LINE_DASH_DASH : LXW_CHART_LINE_DASH_SOLID};
	lxw_chart_fill fill = {.color = colour_code(from->colour)};

	chart_series_set_line(series, &line);
	if (from->dashed || plotter->from->row_count > MARKERS_MOST) {
		chart_series_set_marker_type(series, LXW_CHART_MARKER_NONE);
		return;
	}
	line.dash_type = LXW_CHART_LINE_DASH_SOLID;
	chart_series_set_marker_type(series, LXW_CHART_MARKER_CIRCLE);
	chart_series_set_marker_size(series, MARKER_SIZE);
	chart_series_set_marker_fill(series, &fill);
	chart_series_set_marker_line(series, &line);
}

static void label_series(const struct plotter *plotter, lxw_chart_series *series)
{
	lxw_chart_font font = {.size = TEXT_SIZE, .color = INK};

	if (plotter->from->kind == PR_SHEET_CHART_PIE) {
		chart_series_set_labels_percentage(series);
		chart_series_set_labels_num_format(series, "0.0%");
		chart_series_set_labels_position(series, LXW_CHART_LABEL_POSITION_OUTSIDE_END);
		chart_series_set_labels_leader_line(series);
		chart_series_set_labels_options(series, LXW_FALSE, LXW_TRUE, LXW_FALSE); /* last: the others show the value */
	} else {
		chart_series_set_labels(series);
		if (plotter->from->value_format != NULL)
			chart_series_set_labels_num_format(series, plotter->from->value_format);
	}
	chart_series_set_labels_font(series, &font);
}

static bool is_text(const struct pr_sheet_table *table, const struct pr_sheet_chart *chart, size_t column)
{
	for (size_t row = 0; row < chart->row_count; row++)
		if (table->cells[(chart->first_row + row) * table->column_count + column].kind == PR_CELL_TEXT)
			return true;
	return false;
}

/* What the cells hold, for programs that show a chart as it was written. libxlsxwriter's own reading of them is right for
 * texts, but has 0 for formulas and for cells without a number. */
static bool fill_cache(const struct plotter *plotter, lxw_series_range *range, size_t column)
{
	const struct pr_sheet_chart *chart = plotter->from;
	const struct pr_sheet_table *table = &plotter->document->sheets[chart->sheet].tables[chart->table];
	uint8_t *numbers = pr_arena_array(plotter->arena, chart->row_count, sizeof *numbers);
	lxw_series_data_point *point;
	size_t row = chart->first_row;

	if (is_text(table, chart, column))
		return true;
	if (lxw_chart_add_data_cache(range, numbers, (uint16_t)chart->row_count, 1, 0) != LXW_NO_ERROR)
		return false;
	STAILQ_FOREACH(point, range->data_cache, list_pointers)
	{
		const struct pr_cell *cell = &table->cells[row++ * table->column_count + column];

		point->no_data = (cell->kind != PR_CELL_NUMBER && cell->kind != PR_CELL_TIME) || !isfinite(cell->number);
		point->number = point->no_data ? 0 : cell->number;
	}
	return true;
}

static bool add_series(const struct plotter *plotter, const struct pr_sheet_chart_series *from)
{
	const struct pr_sheet_chart *chart = plotter->from;
	const struct pr_xlsx_place *place = &plotter->places[chart->sheet];
	const char *sheet = plotter->document->sheets[chart->sheet].name;
	const size_t first = place->heads[chart->table] + 1 + chart->first_row, last = first + chart->row_count - 1;
	lxw_chart_series *series = chart_add_series(plotter->chart, NULL, NULL);
	lxw_chart_fill fill = {.color = colour_code(from->colour)};

	if (series == NULL)
		return pr_error_set(plotter->error, PR_CODE_OUTPUT, "cannot write the workbook's chart '%s'", chart->name);
	chart_series_set_categories(
		series, sheet, (lxw_row_t)first, (lxw_col_t)chart->categories, (lxw_row_t)last, (lxw_col_t)chart->categories);
	chart_series_set_values(
		series, sheet, (lxw_row_t)first, (lxw_col_t)from->column, (lxw_row_t)last, (lxw_col_t)from->column);
	if (!fill_cache(plotter, series->categories, chart->categories) ||
		!fill_cache(plotter, series->values, from->column))
		return pr_error_set(plotter->error, PR_CODE_OUTPUT, "cannot write the workbook's chart '%s'", chart->name);
	chart_series_set_name(series, plain_text(plotter, from->label));
	if (is_line(chart)) {
		shape_line(plotter, series, from);
	} else {
		chart_series_set_fill(series, &fill);
		chart_series_set_line(series, &no_line);
	}
	if (chart->points != NULL)
		colour_points(plotter, series);
	if (chart->labels)
		label_series(plotter, series);
	return true;
}

/* --- axes ---------------------------------------------------------------------------------------------------------- */

static void name_axis(const struct plotter *plotter, lxw_chart_axis *axis, const char *name, bool lying)
{
	lxw_chart_font font = {.size = TEXT_SIZE, .color = TEXT2, .rotation = lying ? 0 : -90};

	if (name == NULL || name[0] == '\0')
		return;
	chart_axis_set_name(axis, plain_text(plotter, name));
	chart_axis_set_name_font(axis, &font);
}

static void shape_axes(const struct plotter *plotter)
{
	const struct pr_sheet_chart *from = plotter->from;
	/* Of bars libxlsxwriter calls the upright axis x. */
	lxw_chart_axis *categories = is_bar(from) ? plotter->chart->y_axis : plotter->chart->x_axis;
	lxw_chart_axis *values = is_bar(from) ? plotter->chart->x_axis : plotter->chart->y_axis;
	lxw_chart_font font = {.size = TEXT_SIZE, .color = TEXT2};
	lxw_chart_line grid = {.color = GRID, .width = HAIRLINE}, rule = {.color = RULE, .width = HAIRLINE};

	chart_axis_set_num_font(categories, &font);
	chart_axis_set_num_font(values, &font);
	chart_axis_set_line(categories, &rule);
	chart_axis_set_major_tick_mark(categories, LXW_CHART_AXIS_TICK_MARK_NONE);
	chart_axis_set_major_tick_mark(values, LXW_CHART_AXIS_TICK_MARK_NONE);
	chart_axis_major_gridlines_set_visible(values, LXW_TRUE);
	chart_axis_major_gridlines_set_line(values, &grid);
	chart_axis_set_label_position(categories, LXW_CHART_AXIS_LABEL_POSITION_LOW); /* below negative columns too */
	if (from->category_format != NULL)
		chart_axis_set_num_format(categories, from->category_format);
	chart_axis_set_num_format(values, from->value_format != NULL ? from->value_format : "#,##0");
	if (isfinite(from->value_max))
		chart_axis_set_max(values, from->value_max);
	if (isfinite(from->value_step))
		chart_axis_set_major_unit(values, from->value_step);
	if (from->interval > 0) {
		chart_axis_set_interval_unit(categories, (uint16_t)from->interval);
		chart_axis_set_interval_tick(categories, (uint16_t)from->interval);
	}
	if (from->kind == PR_SHEET_CHART_RADAR)
		return;
	chart_axis_set_line(values, &no_line);
	name_axis(plotter, categories, from->x_title, !is_bar(from));
	name_axis(plotter, values, from->y_title, is_bar(from));
	if (is_bar(from)) { /* the first row above; the numbers stay below */
		chart_axis_set_reverse(categories);
		chart_axis_set_label_position(values, LXW_CHART_AXIS_LABEL_POSITION_HIGH);
	}
}

/* --- charts -------------------------------------------------------------------------------------------------------- */

static uint8_t type_of(const struct pr_sheet_chart *from)
{
	switch (from->kind) {
	case PR_SHEET_CHART_STACK:
		return LXW_CHART_COLUMN_STACKED;
	case PR_SHEET_CHART_BAR:
		return LXW_CHART_BAR;
	case PR_SHEET_CHART_BAR_STACK:
		return LXW_CHART_BAR_STACKED;
	case PR_SHEET_CHART_LINE:
		return LXW_CHART_LINE;
	case PR_SHEET_CHART_PIE:
		return LXW_CHART_PIE;
	case PR_SHEET_CHART_RADAR:
		return LXW_CHART_RADAR;
	case PR_SHEET_CHART_COLUMN:
	case PR_SHEET_CHART_KIND_COUNT:
		break;
	}
	return LXW_CHART_COLUMN;
}

static void shape_chart(const struct plotter *plotter)
{
	const struct pr_sheet_chart *from = plotter->from;
	lxw_chart_font title = {.size = TITLE_SIZE, .bold = LXW_TRUE, .color = INK},
				   legend = {.size = TEXT_SIZE, .color = TEXT2};
	lxw_chart_fill paper = {.color = WHITE};

	chart_title_set_name(plotter->chart, plain_text(plotter, from->title));
	chart_title_set_name_font(plotter->chart, &title);
	chart_chartarea_set_line(plotter->chart, &no_line);
	chart_chartarea_set_fill(plotter->chart, &paper);
	chart_legend_set_position(plotter->chart, from->legend ? LXW_CHART_LEGEND_BOTTOM : LXW_CHART_LEGEND_NONE);
	chart_legend_set_font(plotter->chart, &legend);
	chart_show_blanks_as(plotter->chart, LXW_CHART_BLANKS_AS_GAP);
	if (has_axes(from) && !is_line(from))
		chart_set_series_gap(plotter->chart, is_bar(from) ? BAR_GAP : COLUMN_GAP);
	if (has_axes(from))
		shape_axes(plotter);
}

static bool put_chart(struct plotter *plotter, lxw_workbook *workbook, const struct pr_xlsx_place *place)
{
	const struct pr_sheet_chart *from = plotter->from;
	lxw_chart_options options = {.x_offset = (int32_t)from->x_px,
		.y_offset = (int32_t)from->y_px,
		.x_scale = from->width_px / DEFAULT_WIDTH_PX,
		.y_scale = from->height_px / DEFAULT_HEIGHT_PX,
		.object_position = LXW_OBJECT_MOVE_DONT_SIZE,
		.description = pr_arena_copy(plotter->arena, from->title)};

	plotter->chart = workbook_add_chart(workbook, type_of(from));
	if (plotter->chart == NULL)
		return pr_error_set(plotter->error, PR_CODE_OUTPUT, "cannot write the workbook's chart '%s'", from->name);
	for (size_t i = 0; i < from->series_count; i++)
		if (!add_series(plotter, &from->series[i]))
			return false;
	shape_chart(plotter);
	return pr_xlsx_check_code(worksheet_insert_chart_opt(
								  place->worksheet, (lxw_row_t)place->starts[from->above], 0, plotter->chart, &options),
		"chart", plotter->error);
}

bool pr_xlsx_put_charts(lxw_workbook *workbook, const struct pr_workbook *document, const struct pr_xlsx_place *places,
	struct pr_arena *arena, size_t *count, struct pr_error *error)
{
	struct plotter plotter = {.document = document, .places = places, .arena = arena, .error = error};

	*count = 0;
	for (size_t i = 0; i < document->sheet_count; i++)
		for (size_t c = 0; c < document->sheets[i].chart_count; c++) {
			plotter.from = &document->sheets[i].charts[c];
			if (!put_chart(&plotter, workbook, &places[i]))
				return false;
			(*count)++;
		}
	return true;
}
