/*
 * Sensors against their alarm limits: a row each, the axis in % of the limit, so that a line runs from the month's
 * minimum to its maximum, with a tick at the mean, and 100 % is one red line for all. Columns of text stand at the right
 * as in a table. The caller sorts the rows.
 */
#include <math.h>
#include <string.h>

#include "chart/canvas.h"

#define HEAD_PT 14.0
#define HEAD_BASELINE_PT 9.0
#define HEAD_SIZE_PT 7.5
#define END_PT 1.0 /* for the last rule */
#define ROW_ROOMY_PT 14.0
#define NAME_SHARE 0.3 /* of the width, at most */
#define NAME_LEAST_PT 72.0
#define PLOT_LEAST_PT 64.0
#define COLUMN_SPACE_PT 10.0
#define PLOT_SPACE_PT 12.0 /* on both sides of the plot, for marks and the ends' labels */
#define LIMIT 100.0
#define ROUNDING 1e-9
#define AXIS_LEAST 106.0 /* room for a mark at the limit */
#define AXIS_MOST 200.0  /* what lies beyond runs out with an arrow */
#define AXIS_LOWEST (-50.0)
#define TICK_APART_PT 24.0
#define LINE_PT 1.6
#define DOT_PT 2.2
#define DIAMOND_PT 3.1
#define ARROW_PT 4.0
#define MEAN_PT 2.8 /* half the tick's height */
#define WARN_PT 4.2
#define MIDDLE_EM 0.36

enum figure { MINIMUM, MEAN, MAXIMUM, WARN, FIGURE_COUNT };
static const char *const figure_names[FIGURE_COUNT] = {"minimum", "mean", "maximum", "warn"};

struct layout {
	size_t series[FIGURE_COUNT]; /* series_count where there is none */
	double low, high;            /* of the axis, % */
	double name_width, plot_x, plot_width, pitch, size_pt;
	double *rights; /* of the columns; their left edges for left-aligned ones */
	size_t column_count;
};

double pr_chart_dots_height(const struct pr_chart_data *data)
{
	return HEAD_PT + pr_chart_names_height(data) + END_PT;
}

static double figure_at(const struct pr_chart_data *data, const struct layout *layout, enum figure figure, size_t row)
{
	return pr_canvas_value(data, layout->series[figure], row);
}

static bool breaches(const struct pr_chart_data *data, const struct layout *layout, size_t row)
{
	return figure_at(data, layout, MAXIMUM, row) > LIMIT * (1 + ROUNDING);
}

static void find_series(const struct pr_chart_data *data, struct layout *layout)
{
	for (int figure = 0; figure < FIGURE_COUNT; figure++) {
		layout->series[figure] = data->series_count;
		for (size_t s = 0; s < data->series_count; s++)
			if (data->series[s].name && strcmp(data->series[s].name, figure_names[figure]) == 0)
				layout->series[figure] = s;
	}
}

static void find_range(const struct pr_chart_data *data, struct layout *layout)
{
	layout->low = 0;
	layout->high = AXIS_LEAST;
	for (size_t s = 0; s < data->series_count; s++) {
		for (size_t i = 0; i < data->category_count; i++) {
			double value = pr_canvas_value(data, s, i);
			if (!isfinite(value))
				continue;
			layout->low = fmin(layout->low, value);
			layout->high = fmax(layout->high, value);
		}
	}
	layout->low = fmax(layout->low, AXIS_LOWEST);
	layout->high = fmin(layout->high, AXIS_MOST);
}

static double column_width(const struct pr_canvas *canvas, const struct pr_chart_column *column, double size_pt)
{
	struct pr_style head = pr_canvas_style(canvas, "text2", PR_REGULAR, HEAD_SIZE_PT);
	struct pr_style bold = pr_canvas_style(canvas, "ink", PR_BOLD, size_pt);
	double width = pr_type_width(canvas->faces, head, column->label);
	for (size_t i = 0; i < canvas->data->category_count; i++)
		width = fmax(width, pr_type_width(canvas->faces, bold, column->texts[i]));
	return width;
}

/* Names, plot and columns; columns that would leave the plot no room are left out from the right. */
static void lay_out(struct pr_canvas *canvas, struct layout *layout)
{
	const struct pr_chart_data *data = canvas->data;
	struct pr_arena *arena = canvas->drawing->arena;
	layout->pitch = (canvas->rect.height - HEAD_PT - END_PT) / (double)data->category_count;
	layout->size_pt = layout->pitch > ROW_ROOMY_PT - 0.01 ? 8.5 : 7;
	struct pr_style bold = pr_canvas_style(canvas, "ink", PR_BOLD, layout->size_pt);
	double names =
		pr_type_width(canvas->faces, pr_canvas_style(canvas, "text2", PR_REGULAR, HEAD_SIZE_PT), data->row_label);
	for (size_t i = 0; i < data->category_count; i++)
		names = fmax(names, pr_type_width(canvas->faces, bold, data->categories[i].label));
	double *widths = pr_arena_array(arena, data->column_count, sizeof *widths), columns = 0;
	for (size_t i = 0; i < data->column_count; i++) {
		widths[i] = column_width(canvas, &data->columns[i], layout->size_pt);
		columns += widths[i] + COLUMN_SPACE_PT;
	}
	layout->column_count = data->column_count;
	double room = canvas->rect.width - PLOT_LEAST_PT - 2 * PLOT_SPACE_PT;
	layout->name_width = fmin(names, fmax(NAME_LEAST_PT, fmin(NAME_SHARE * canvas->rect.width, room - columns)));
	while (layout->column_count > 0 && layout->name_width + columns > room)
		columns -= widths[--layout->column_count] + COLUMN_SPACE_PT;
	layout->plot_x = canvas->rect.x + layout->name_width + PLOT_SPACE_PT;
	double right = canvas->rect.x + canvas->rect.width - columns;
	layout->plot_width = fmax(1, right - PLOT_SPACE_PT - layout->plot_x);
	layout->rights = pr_arena_array(arena, data->column_count, sizeof *layout->rights);
	for (size_t i = 0; i < layout->column_count; i++) {
		right += COLUMN_SPACE_PT + widths[i];
		layout->rights[i] = data->columns[i].left ? right - widths[i] : right;
	}
}

static double axis_x(const struct layout *layout, double percent)
{
	double share = (percent - layout->low) / (layout->high - layout->low);
	return layout->plot_x + layout->plot_width * fmin(fmax(share, 0), 1);
}

/* --- head ------------------------------------------------------------------------------------------------------- */

/* 100 % always, and those of 0, 50, 150, 200 % that have room beside it. */
static bool draw_axis(struct pr_canvas *canvas, const struct layout *layout)
{
	static const double ticks[] = {LIMIT, 0, 200, 50, 150};
	struct pr_arena *arena = canvas->drawing->arena;
	double places[sizeof ticks / sizeof *ticks] = {0};
	size_t count = 0;
	for (size_t i = 0; i < sizeof ticks / sizeof *ticks; i++) {
		double x = axis_x(layout, ticks[i]);
		bool free_place = ticks[i] <= layout->high;
		for (size_t k = 0; k < count; k++)
			free_place = free_place && fabs(places[k] - x) >= TICK_APART_PT;
		if (!free_place)
			continue;
		places[count++] = x;
		struct pr_style style = pr_canvas_style(canvas, i == 0 ? "poor" : "text2", PR_REGULAR, PR_CHART_TICK_PT);
		const char *text = pr_arena_format(arena, "%.0f%%", ticks[i]);
		if (!pr_canvas_text(canvas, text, style, x, canvas->rect.y + HEAD_BASELINE_PT, PR_ALIGN_CENTRE, PR_TAG_TICK))
			return false;
	}
	return true;
}

static bool draw_head(struct pr_canvas *canvas, const struct layout *layout)
{
	const struct pr_chart_data *data = canvas->data;
	struct pr_rect rect = canvas->rect;
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, HEAD_SIZE_PT);
	double baseline = rect.y + HEAD_BASELINE_PT;
	struct pr_span span = {.text = data->row_label ? data->row_label : "", .style = style};
	struct pr_text_line line;
	if (!pr_type_fit(canvas->faces, &span, layout->name_width + 0.01, canvas->drawing->arena, &line, canvas->error))
		return false;
	pr_draw_set_line(canvas->drawing, &line, rect.x, baseline, PR_ALIGN_LEFT, 0);
	for (size_t i = 0; i < layout->column_count; i++)
		if (!pr_canvas_text(canvas, data->columns[i].label, style, layout->rights[i], baseline,
				data->columns[i].left ? PR_ALIGN_LEFT : PR_ALIGN_RIGHT, NULL))
			return false;
	pr_draw_line(canvas->drawing, rect.x, rect.y + HEAD_PT, rect.x + rect.width, rect.y + HEAD_PT,
		pr_paint_stroke(pr_canvas_colour(canvas, "ink"), 0.5));
	return draw_axis(canvas, layout);
}

/* --- rows ------------------------------------------------------------------------------------------------------- */

static void draw_tick(struct pr_canvas *canvas, double x, double y, double half, double width, const char *role)
{
	pr_draw_line(canvas->drawing, x, y - half, x, y + half, pr_paint_stroke(pr_canvas_colour(canvas, role), width));
}

static void draw_maximum(struct pr_canvas *canvas, const struct layout *layout, double value, double y)
{
	double x = axis_x(layout, value);
	struct pr_paint poor = pr_paint_fill(pr_canvas_colour(canvas, "poor"));
	if (value > layout->high) {
		const double ax[] = {x - ARROW_PT, x, x - ARROW_PT}, ay[] = {y - ARROW_PT / 1.6, y, y + ARROW_PT / 1.6};
		pr_draw_polyline(canvas->drawing, ax, ay, 3, true, poor);
	} else if (value > LIMIT * (1 + ROUNDING)) {
		const double dx[] = {x, x + DIAMOND_PT, x, x - DIAMOND_PT}, dy[] = {y - DIAMOND_PT, y, y + DIAMOND_PT, y};
		pr_draw_polyline(canvas->drawing, dx, dy, 4, true, poor);
	} else {
		pr_draw_circle(canvas->drawing, x, y, DOT_PT, pr_paint_fill(pr_canvas_colour(canvas, "accent")));
	}
}

static void draw_figures(struct pr_canvas *canvas, const struct layout *layout, size_t row, double y)
{
	const struct pr_chart_data *data = canvas->data;
	double minimum = figure_at(data, layout, MINIMUM, row), maximum = figure_at(data, layout, MAXIMUM, row);
	double mean = figure_at(data, layout, MEAN, row), warn = figure_at(data, layout, WARN, row);
	bool breach = breaches(data, layout, row);
	if (isfinite(minimum) && isfinite(maximum))
		pr_draw_line(canvas->drawing, axis_x(layout, minimum), y, axis_x(layout, maximum), y,
			pr_paint_stroke(pr_canvas_colour(canvas, breach ? "poor" : "accent.light"), LINE_PT));
	if (isfinite(warn) && warn >= layout->low && warn <= layout->high)
		draw_tick(canvas, axis_x(layout, warn), y, fmin(WARN_PT, layout->pitch / 2 - 1), 1.1, "fair");
	if (isfinite(mean) && mean >= layout->low && mean <= layout->high)
		draw_tick(canvas, axis_x(layout, mean), y, MEAN_PT, 0.9, breach ? "poor" : "accent");
	if (isfinite(maximum))
		draw_maximum(canvas, layout, maximum, y);
}

static bool draw_cells(struct pr_canvas *canvas, const struct layout *layout, size_t row, double baseline)
{
	const struct pr_chart_data *data = canvas->data;
	bool breach = breaches(data, layout, row);
	for (size_t i = 0; i < layout->column_count; i++) {
		const struct pr_chart_column *column = &data->columns[i];
		bool red = breach && column->judged;
		bool bold = (breach || data->categories[row].emphasised) && !column->quiet;
		struct pr_style style = pr_canvas_style(canvas,
			red             ? "poor"
			: column->quiet ? "text2"
							: "ink",
			bold ? PR_BOLD : PR_REGULAR, column->quiet ? fmin(HEAD_SIZE_PT, layout->size_pt) : layout->size_pt);
		if (!pr_canvas_text(canvas, column->texts[row], style, layout->rights[i], baseline,
				column->left ? PR_ALIGN_LEFT : PR_ALIGN_RIGHT, column->findings ? column->findings[row] : NULL))
			return false;
	}
	return true;
}

static bool draw_row(struct pr_canvas *canvas, const struct layout *layout, size_t row)
{
	const struct pr_chart_category *category = &canvas->data->categories[row];
	double top = canvas->rect.y + HEAD_PT + layout->pitch * (double)row, middle = top + layout->pitch / 2;
	double baseline = middle + MIDDLE_EM * layout->size_pt;
	bool bold = category->emphasised || breaches(canvas->data, layout, row);
	struct pr_span name = {.text = category->label ? category->label : "",
		.finding = PR_TAG_NAME,
		.style =
			pr_canvas_style(canvas, category->rest ? "text3" : "ink", bold ? PR_BOLD : PR_REGULAR, layout->size_pt)};
	struct pr_text_line line;
	if (!pr_type_fit(canvas->faces, &name, layout->name_width + 0.01, canvas->drawing->arena, &line, canvas->error))
		return false;
	pr_draw_set_line(canvas->drawing, &line, canvas->rect.x, baseline, PR_ALIGN_LEFT, 0);
	draw_figures(canvas, layout, row, middle);
	return draw_cells(canvas, layout, row, baseline);
}

static void draw_rules(struct pr_canvas *canvas, const struct layout *layout)
{
	struct pr_rect rect = canvas->rect;
	size_t count = canvas->data->category_count;
	for (size_t i = 1; i <= count; i++) {
		double y = rect.y + HEAD_PT + layout->pitch * (double)i;
		struct pr_paint paint =
			pr_paint_stroke(pr_canvas_colour(canvas, i < count ? "grid" : "ink"), i < count ? 0.5 : 0.75);
		pr_draw_line(canvas->drawing, rect.x, y, rect.x + rect.width, y, paint);
	}
	double x = axis_x(layout, LIMIT), bottom = rect.y + HEAD_PT + layout->pitch * (double)count;
	pr_draw_line(
		canvas->drawing, x, rect.y + HEAD_PT, x, bottom, pr_paint_stroke(pr_canvas_colour(canvas, "poor"), 0.75));
}

bool pr_chart_draw_dots(struct pr_canvas *canvas)
{
	struct layout layout = {0};
	find_series(canvas->data, &layout);
	find_range(canvas->data, &layout);
	lay_out(canvas, &layout);
	canvas->plot = (struct pr_rect){layout.plot_x, canvas->rect.y + HEAD_PT, layout.plot_width,
		layout.pitch * (double)canvas->data->category_count};
	if (!draw_head(canvas, &layout))
		return false;
	draw_rules(canvas, &layout);
	for (size_t i = 0; i < canvas->data->category_count; i++)
		if (!draw_row(canvas, &layout, i))
			return false;
	return true;
}
