/* The month's fingerprint: a row a day, a cell a quarter, seven named steps, the maximum framed; or what was measured. */
#include <math.h>

#include "chart/canvas.h"

#define ROW_PT 11.0
#define ROW_CELL_PT 10.1     /* the rest is seam */
#define LEFT_PT 28.5         /* a column of the page's grid */
#define NAME_SPACE_PT 4.0    /* between the names of rest days and the cells */
#define HOURS_PT 13.0        /* ticks and hours below the rows */
#define LEGEND_AFTER_PT 27.0 /* from the last row to the steps */
#define LEGEND_PT 8.0
#define LEGEND_LABEL_PT 8.5
#define KEY_BEFORE_PT 20.0 /* from the steps to the maximum's frame */
#define KEY_FRAME_PT 10.0
#define KEY_GAP_PT 14.0
#define KEY_HATCH_PT 15.5
#define LEGEND_STEP_PT 40.0
#define HEIGHT_AFTER_PT (LEGEND_AFTER_PT + LEGEND_PT + LEGEND_LABEL_PT + 3)
#define LEVELS 7
#define FRAME_PT 1.0
#define MINUTES_A_DAY 1440

static const char *const level_roles[LEVELS] = {"heat.1", "heat.2", "heat.3", "heat.4", "heat.5", "heat.6", "heat.7"};

struct cells {
	size_t days, columns;
	double *values; /* by day and column; the larger of two that share a cell */
	bool *exists;   /* false where the clock never was: the hour that is skipped in spring */
};

double pr_chart_fingerprint_height(const struct pr_chart_data *data)
{
	return ROW_PT * (double)data->category_count + HEIGHT_AFTER_PT;
}

static bool cell_of(const struct pr_chart_data *data, const struct cells *cells, size_t index, size_t *cell)
{
	size_t day, column;
	if (data->places) {
		day = data->places[index].day;
		column = (size_t)data->places[index].minute * cells->columns / MINUTES_A_DAY;
	} else {
		day = index / cells->columns;
		column = index % cells->columns;
	}
	*cell = day * cells->columns + column;
	return day < cells->days && column < cells->columns;
}

static struct cells make_cells(const struct pr_chart_data *data, struct pr_arena *arena)
{
	struct cells cells = {
		.days = data->category_count, .columns = data->values_per_day > 0 ? data->values_per_day : 96};
	size_t count = cells.days * cells.columns, at;
	cells.values = pr_arena_array(arena, count, sizeof *cells.values);
	cells.exists = pr_arena_array(arena, count, sizeof *cells.exists);
	for (size_t i = 0; i < count; i++)
		cells.values[i] = NAN;
	for (size_t i = 0; i < data->series[0].count; i++) {
		if (!cell_of(data, &cells, i, &at))
			continue;
		double value = data->series[0].values[i];
		cells.exists[at] = true;
		if (isfinite(value) && !(cells.values[at] >= value))
			cells.values[at] = value;
	}
	return cells;
}

#define LEVEL_COMPLETE 6
#define LEVEL_PARTIAL 1
#define LEVEL_NONE (-2) /* nothing was expected */

/* 0..6; −1 for missing. Without steps the values are shares of what was expected. */
static int level_of(const struct pr_chart_data *data, double value)
{
	if (!isfinite(value) || (!data->steps && value <= 0))
		return -1;
	if (!data->steps)
		return value >= 1 ? LEVEL_COMPLETE : LEVEL_PARTIAL;
	int level = 0;
	if (data->steps[0] <= 0) /* no load all month has no steps */
		return 0;
	while (level < LEVELS - 1 && value >= data->steps[level])
		level++;
	return level;
}

static double cell_x(const struct pr_canvas *canvas, const struct cells *cells, size_t column)
{
	return canvas->plot.x + canvas->plot.width * (double)column / (double)cells->columns;
}

static double row_y(const struct pr_canvas *canvas, size_t day)
{
	return canvas->rect.y + ROW_PT * (double)day;
}

/* The end of the run of cells of one level (`level` −1: missing) in a row. */
static size_t run_end(const struct pr_chart_data *data, const struct cells *cells, size_t day, size_t column, int level)
{
	size_t end = column;
	while (end < cells->columns && cells->exists[day * cells->columns + end] &&
		   level_of(data, cells->values[day * cells->columns + end]) == level)
		end++;
	return end;
}

static size_t add_rect(struct pr_segment *path, size_t count, struct pr_rect rect)
{
	path[count++] = (struct pr_segment){.kind = PR_MOVE, .x = rect.x, .y = rect.y};
	path[count++] = (struct pr_segment){.kind = PR_LINE, .x = rect.x + rect.width, .y = rect.y};
	path[count++] = (struct pr_segment){.kind = PR_LINE, .x = rect.x + rect.width, .y = rect.y + rect.height};
	path[count++] = (struct pr_segment){.kind = PR_LINE, .x = rect.x, .y = rect.y + rect.height};
	path[count++] = (struct pr_segment){.kind = PR_CLOSE};
	return count;
}

/* One path a level, neighbours joined: seven shapes instead of three thousand. True where cells are missing. */
static bool draw_level(struct pr_canvas *canvas, const struct cells *cells, int level)
{
	struct pr_segment *path =
		pr_arena_array(canvas->drawing->arena, 5 * cells->days * cells->columns + 1, sizeof *path);
	size_t count = 0;
	bool any = false;
	for (size_t day = 0; day < cells->days; day++) {
		for (size_t column = 0; column < cells->columns;) {
			size_t end = run_end(canvas->data, cells, day, column, level);
			double x = cell_x(canvas, cells, column);
			struct pr_rect rect = {x, row_y(canvas, day), cell_x(canvas, cells, end) - x, ROW_CELL_PT};
			any = any || end > column;
			if (end > column && level < 0)
				pr_draw_hatch(canvas->drawing, rect, 3, pr_canvas_colour(canvas, "rule"), 0.4);
			else if (end > column)
				count = add_rect(path, count, rect);
			column = end > column ? end : column + 1;
		}
	}
	if (level >= 0)
		pr_draw_path(canvas->drawing, path, count, pr_paint_fill(pr_canvas_colour(canvas, level_roles[level])));
	return any;
}

/* Among shares the quarters in which nothing was expected are tinted; among loads they stay blank. */
static void draw_unexpected(struct pr_canvas *canvas, const struct cells *cells)
{
	struct pr_paint paint = pr_paint_fill(pr_canvas_colour(canvas, "tint"));
	for (size_t day = 0; day < cells->days; day++) {
		for (size_t from = 0, end; from < cells->columns; from = end + 1) {
			for (end = from; end < cells->columns && !cells->exists[day * cells->columns + end];)
				end++;
			double x = cell_x(canvas, cells, from);
			if (end > from)
				pr_draw_rect(canvas->drawing,
					(struct pr_rect){x, row_y(canvas, day), cell_x(canvas, cells, end) - x, ROW_CELL_PT}, paint);
		}
	}
}

static bool draw_names(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	struct pr_style rest = pr_canvas_style(canvas, "text3", PR_REGULAR, PR_CHART_TICK_PT);
	for (size_t day = 0; day < data->category_count; day++) {
		const struct pr_chart_category *category = &data->categories[day];
		double baseline = row_y(canvas, day) + ROW_CELL_PT / 2 + 2.6;
		double names =
			pr_type_width(canvas->faces, style, category->label) + pr_type_width(canvas->faces, rest, category->second);
		const char *second = names + 2 * NAME_SPACE_PT > LEFT_PT && category->label ? NULL : category->second;
		if (!pr_canvas_text(canvas, category->label, style, canvas->rect.x, baseline, PR_ALIGN_LEFT, PR_TAG_TICK) ||
			!pr_canvas_text(
				canvas, second, rest, canvas->plot.x - NAME_SPACE_PT, baseline, PR_ALIGN_RIGHT, PR_TAG_TICK))
			return false;
	}
	return true;
}

static bool draw_hours(struct pr_canvas *canvas)
{
	double base = row_y(canvas, canvas->data->category_count);
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	struct pr_paint tick = pr_paint_stroke(pr_canvas_colour(canvas, "ink"), 0.75);
	for (int hour = 0; hour <= 24; hour += 3) {
		double x = canvas->plot.x + canvas->plot.width * hour / 24;
		enum pr_align align = hour == 0 ? PR_ALIGN_LEFT : hour == 24 ? PR_ALIGN_RIGHT : PR_ALIGN_CENTRE;
		double inside = hour == 0 ? 0.375 : hour == 24 ? -0.375 : 0;
		pr_draw_line(canvas->drawing, x + inside, base, x + inside, base + 3, tick);
		const char *text = pr_arena_format(canvas->drawing->arena, "%d", hour);
		if (!pr_canvas_text(canvas, text, style, x, base + HOURS_PT - 2.5, align, PR_TAG_TICK))
			return false;
	}
	return pr_canvas_text(
		canvas, canvas->data->hour_label, style, canvas->rect.x, base + HOURS_PT - 2.5, PR_ALIGN_LEFT, NULL);
}

static struct pr_paint frame_paint(const struct pr_canvas *canvas)
{
	return pr_paint_stroke(pr_canvas_colour(canvas, "poor"), FRAME_PT);
}

static void frame_maximum(struct pr_canvas *canvas, const struct cells *cells)
{
	const struct pr_chart_data *data = canvas->data;
	size_t cell;
	if (data->mark_count == 0 || data->marks[0].index >= data->series[0].count ||
		!cell_of(data, cells, data->marks[0].index, &cell))
		return;
	double x = cell_x(canvas, cells, cell % cells->columns), width = canvas->plot.width / (double)cells->columns;
	double grow = FRAME_PT / 2;
	struct pr_rect rect = {
		x - grow, row_y(canvas, cell / cells->columns) - grow, width + 2 * grow, ROW_CELL_PT + 2 * grow};
	pr_draw_rect(canvas->drawing, rect, frame_paint(canvas));
}

/* The maximum's figure and time; no line where there is none. */
static bool set_maximum(struct pr_canvas *canvas, struct pr_text_line *line)
{
	const struct pr_chart_data *data = canvas->data;
	const struct pr_chart_mark *mark = data->mark_count > 0 ? &data->marks[0] : NULL;
	struct pr_style style = pr_canvas_style(canvas, "ink", PR_REGULAR, PR_CHART_TICK_PT);

	*line = (struct pr_text_line){0};
	if (!mark || !mark->value_text)
		return true;
	const struct pr_span spans[] = {
		{.text = mark->value_text, .style = style, .finding = mark->finding},
		{.text = mark->time_text ? "\xE3\x80\x80" : "", .style = style},
		{.text = mark->time_text ? mark->time_text : "", .style = style, .finding = PR_TAG_TIME},
	};
	return pr_type_line(canvas->faces, spans, 3, canvas->drawing->arena, line, canvas->error);
}

/* What stands right of the steps, so that they leave it its room. */
static double key_width(struct pr_canvas *canvas, const struct pr_text_line *maximum, bool has_missing)
{
	struct pr_style style = pr_canvas_style(canvas, "ink", PR_REGULAR, PR_CHART_TICK_PT);
	double width = maximum->count > 0 ? KEY_BEFORE_PT + KEY_FRAME_PT + maximum->width_pt : 0;

	if (has_missing && canvas->data->gap_label)
		width += KEY_GAP_PT + KEY_HATCH_PT + pr_type_width(canvas->faces, style, canvas->data->gap_label);
	return width;
}

static bool draw_steps(struct pr_canvas *canvas, double y, double room, double *right)
{
	const struct pr_chart_data *data = canvas->data;
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	if (!pr_canvas_text(canvas, data->unit, style, canvas->rect.x, y + 6.6, PR_ALIGN_LEFT, NULL))
		return false;
	double width = fmin(LEGEND_STEP_PT, fmin(canvas->plot.width * 0.6, room) / LEVELS);
	int levels = data->steps[0] > 0 ? LEVELS : 1;
	for (int level = 0; level < levels; level++) {
		double x = canvas->plot.x + width * level;
		struct pr_rect rect = {x, y, width - (level < LEVELS - 1 ? 0.5 : 0), LEGEND_PT};
		pr_draw_rect(canvas->drawing, rect, pr_paint_fill(pr_canvas_colour(canvas, level_roles[level])));
		if (level > 0 && data->step_texts &&
			!pr_canvas_text(canvas, data->step_texts[level - 1], style, x - 0.25, y + LEGEND_PT + LEGEND_LABEL_PT,
				PR_ALIGN_CENTRE, PR_TAG_TICK))
			return false;
	}
	*right = canvas->plot.x + width * levels;
	return true;
}

/* The maximum's frame with its figure and time, and what hatching means, right of the steps. */
static bool draw_key(struct pr_canvas *canvas, const struct pr_text_line *maximum, double x, double y, bool has_missing)
{
	const struct pr_chart_data *data = canvas->data;
	struct pr_style style = pr_canvas_style(canvas, "ink", PR_REGULAR, PR_CHART_TICK_PT);
	if (maximum->count > 0) {
		x += KEY_BEFORE_PT;
		pr_draw_rect(canvas->drawing, (struct pr_rect){x + 0.5, y + 0.5, 5.5, LEGEND_PT - 1}, frame_paint(canvas));
		pr_draw_set_line(canvas->drawing, maximum, x + KEY_FRAME_PT, y + 6.6, PR_ALIGN_LEFT, 0);
		x += KEY_FRAME_PT + maximum->width_pt;
	}
	if (!has_missing || !data->gap_label)
		return true;
	x += KEY_GAP_PT;
	pr_draw_hatch(canvas->drawing, (struct pr_rect){x, y, 12, LEGEND_PT}, 3, pr_canvas_colour(canvas, "rule"), 0.4);
	return pr_canvas_text(canvas, data->gap_label, style, x + KEY_HATCH_PT, y + 6.6, PR_ALIGN_LEFT, NULL);
}

/* Of shares: what the looks of the cells mean. */
static bool draw_looks(struct pr_canvas *canvas, double y)
{
	static const int levels[] = {LEVEL_COMPLETE, LEVEL_PARTIAL, -1, LEVEL_NONE};
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	double x = canvas->plot.x;
	for (size_t i = 0; i < 4 && i < canvas->definition->key_count && canvas->data->key_texts; i++) {
		const char *text = canvas->data->key_texts[i];
		struct pr_rect rect = {x, y, 12, LEGEND_PT};
		if (levels[i] == LEVEL_NONE)
			pr_draw_rect(canvas->drawing, rect, pr_paint_fill(pr_canvas_colour(canvas, "tint")));
		else if (levels[i] < 0)
			pr_draw_hatch(canvas->drawing, rect, 3, pr_canvas_colour(canvas, "rule"), 0.4);
		else
			pr_draw_rect(canvas->drawing, rect, pr_paint_fill(pr_canvas_colour(canvas, level_roles[levels[i]])));
		if (!pr_canvas_text(canvas, text, style, x + 15.5, y + 6.6, PR_ALIGN_LEFT, NULL))
			return false;
		x += 15.5 + pr_type_width(canvas->faces, style, text) + 14;
	}
	return true;
}

bool pr_chart_draw_fingerprint(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	if (data->series_count == 0 || data->category_count == 0)
		return true;
	canvas->plot = canvas->rect;
	canvas->plot.x += LEFT_PT;
	canvas->plot.width = fmax(1, canvas->rect.width - LEFT_PT);
	struct cells cells = make_cells(data, canvas->drawing->arena);
	if (!data->steps)
		draw_unexpected(canvas, &cells);
	bool has_missing = draw_level(canvas, &cells, -1);
	for (int level = 0; level < LEVELS; level++)
		draw_level(canvas, &cells, level);
	frame_maximum(canvas, &cells);
	double y = row_y(canvas, data->category_count) + LEGEND_AFTER_PT, right;
	if (!data->steps)
		return draw_names(canvas) && draw_hours(canvas) && draw_looks(canvas, y);
	struct pr_text_line maximum;
	if (!set_maximum(canvas, &maximum))
		return false;
	double room = canvas->plot.width - key_width(canvas, &maximum, has_missing);
	return draw_names(canvas) && draw_hours(canvas) && draw_steps(canvas, y, room, &right) &&
	       draw_key(canvas, &maximum, right, y, has_missing);
}
