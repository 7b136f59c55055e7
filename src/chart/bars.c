/* Bars: stacked by slot or part, single columns, and rows of names. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "chart/canvas.h"

#define BAR_DENSE 0.76 /* of the step; months of days */
#define BAR_WIDE 0.68  /* years of months */
#define DENSE_STEP_PT 20.0
#define BAR_LEAST_PT 0.5 /* a small number is still seen */
#define SEAM_PT 0.5
#define TOP_LABEL_PT 3.5   /* a label's baseline above its bar */
#define HEAD_PT 9.0        /* for the top tick's label */
#define HEAD_LABEL_PT 12.0 /* for a label over the highest bar */
#define BASE_PT 0.75
#define LEGEND_SQUARE_PT 8.0
#define LEGEND_ROW_PT 14.0
#define LEGEND_SPACE_PT 7.0
#define SIDE_APART_PT 9.0
#define OWN_LIMIT_PT 0.9

static double step_of(const struct pr_canvas *canvas)
{
	return canvas->plot.width / (double)(canvas->data->category_count > 0 ? canvas->data->category_count : 1);
}

static struct pr_rect bar_slot(const struct pr_canvas *canvas, size_t index)
{
	double step = step_of(canvas), width = step * (step < DENSE_STEP_PT ? BAR_DENSE : BAR_WIDE);
	return (struct pr_rect){
		canvas->plot.x + step * ((double)index + 0.5) - width / 2, canvas->plot.y, width, canvas->plot.height};
}

/* The bar between two values, at least half a point high. */
static struct pr_rect bar_between(const struct pr_canvas *canvas, size_t index, double from, double to)
{
	struct pr_rect bar = bar_slot(canvas, index);
	double y1 = pr_canvas_y(canvas, fmax(from, to)), y2 = pr_canvas_y(canvas, fmin(from, to));
	if (to != from && y2 - y1 < BAR_LEAST_PT) {
		y1 = to > from ? y2 - BAR_LEAST_PT : y1;
		y2 = y1 + BAR_LEAST_PT;
	}
	bar.y = y1;
	bar.height = y2 - y1;
	return bar;
}

static double value_at(const struct pr_chart_data *data, size_t series, size_t index)
{
	return index < data->series[series].count ? data->series[series].values[index] : NAN;
}

/* Columns: the bars' own limits are no bars. */
static bool is_limit(const struct pr_chart_data *data, size_t series)
{
	return series > 0 && pr_text_equal(data->series[series].name, "limit");
}

static bool is_missing(const struct pr_chart_data *data, size_t index)
{
	for (size_t s = 0; s < data->series_count; s++)
		if (isfinite(value_at(data, s, index)) && !is_limit(data, s))
			return false;
	return true;
}

/* Runs of categories without any value are hatched. */
static bool draw_gaps(struct pr_canvas *canvas)
{
	double step = step_of(canvas);
	for (size_t i = canvas->data->unexpected; i < canvas->data->category_count;) {
		size_t end = i;
		while (end < canvas->data->category_count && is_missing(canvas->data, end))
			end++;
		if (end > i && !pr_canvas_gap(canvas, canvas->plot.x + step * (double)i, canvas->plot.x + step * (double)end))
			return false;
		i = end + 1;
	}
	return true;
}

/* --- stack ------------------------------------------------------------------------------------------------------ */

/* The sums of a bar's positive and of its negative parts. */
static void stack_sums(const struct pr_chart_data *data, size_t index, double *above, double *below)
{
	*above = *below = 0;
	for (size_t s = 0; s < data->series_count; s++) {
		double value = value_at(data, s, index);
		if (isfinite(value))
			*(value < 0 ? below : above) += value;
	}
}

static bool has_values(const struct pr_chart_series *series)
{
	for (size_t i = 0; i < series->count; i++)
		if (isfinite(series->values[i]) && series->values[i] != 0)
			return true;
	return false;
}

static void draw_stack_bar(struct pr_canvas *canvas, size_t index)
{
	const struct pr_chart_data *data = canvas->data;
	double above = 0, below = 0;
	struct pr_paint seam = pr_paint_stroke(pr_canvas_colour(canvas, "white"), SEAM_PT);
	for (size_t s = 0; s < data->series_count; s++) {
		double value = value_at(data, s, index);
		if (!isfinite(value) || value == 0)
			continue;
		double *base = value < 0 ? &below : &above;
		struct pr_rect bar = bar_between(canvas, index, *base, *base + value);
		pr_draw_rect(canvas->drawing, bar, pr_paint_fill(pr_canvas_series_colour(canvas, &data->series[s])));
		double y = pr_canvas_y(canvas, *base);
		if (*base != 0 && bar.height > 2 * SEAM_PT)
			pr_draw_line(canvas->drawing, bar.x, y, bar.x + bar.width, y, seam);
		*base += value;
		pr_canvas_add_ink(canvas, bar);
	}
}

static double stack_low_high(const struct pr_chart_data *data, double *high)
{
	double low = 0;
	*high = 0;
	for (size_t i = 0; i < data->category_count; i++) {
		double above, below;
		stack_sums(data, i, &above, &below);
		*high = fmax(*high, above);
		low = fmin(low, below);
	}
	return low;
}

/* "基本43.1%": label and note in one line; a Latin label needs a real space. */
static void add_direct_labels(struct pr_canvas *canvas, struct pr_side *side)
{
	const struct pr_chart_data *data = canvas->data;
	struct pr_style style = pr_canvas_style(canvas, "ink", PR_REGULAR, PR_CHART_LABEL_PT);
	double above = 0, below = 0;
	size_t last = data->category_count > 0 ? data->category_count - 1 : 0;
	for (size_t s = 0; s < data->series_count; s++) {
		const struct pr_chart_series *series = &data->series[s];
		double value = value_at(data, s, last);
		double *base = isfinite(value) && value < 0 ? &below : &above;
		if (!isfinite(value))
			value = 0;
		if (series->label && has_values(series)) {
			size_t length = strlen(series->label);
			bool latin = length > 0 && (unsigned char)series->label[length - 1] < 0x80 && series->note;
			struct pr_side_label label = {.value = *base + value / 2, .span_count = series->note ? 2 : 1};
			label.spans[0].text = latin ? pr_arena_format(canvas->drawing->arena, "%s ", series->label) : series->label;
			label.spans[1] = (struct pr_span){.text = series->note,
				.style = style,
				.finding = series->note_finding ? series->note_finding : series->finding};
			label.spans[0].style = style;
			pr_side_add(side, canvas->drawing->arena, label);
		}
		*base += value;
	}
}

static double legend_margin(const struct pr_canvas *canvas)
{
	struct pr_style style = pr_canvas_style(canvas, "ink", PR_REGULAR, PR_CHART_LABEL_PT);
	double widest = 0;
	for (size_t s = 0; s < canvas->data->series_count; s++)
		if (has_values(&canvas->data->series[s]))
			widest = fmax(widest, pr_type_width(canvas->faces, style, canvas->data->series[s].label));
	double margin = LEGEND_SPACE_PT + LEGEND_SQUARE_PT + 4 + widest;
	return fmin(fmax(margin, 34), fmax(34, canvas->rect.width / 3));
}

/* Squares and names right of the plot, the top of the stack first. */
static bool draw_legend(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	struct pr_style style = pr_canvas_style(canvas, "ink", PR_REGULAR, PR_CHART_LABEL_PT);
	size_t shown = 0;
	for (size_t s = 0; s < data->series_count; s++)
		shown += has_values(&data->series[s]);
	double x = canvas->plot.x + canvas->plot.width + LEGEND_SPACE_PT;
	double y = canvas->plot.y + canvas->plot.height / 2 - LEGEND_ROW_PT * (double)shown / 2 +
	           (LEGEND_ROW_PT - LEGEND_SQUARE_PT) / 2;
	for (size_t s = data->series_count; s-- > 0;) {
		if (!has_values(&data->series[s]))
			continue;
		struct pr_rect square = {x, y, LEGEND_SQUARE_PT, LEGEND_SQUARE_PT};
		if (canvas->definition->shapes)
			pr_chart_draw_shape(canvas->drawing, canvas->theme, x + LEGEND_SQUARE_PT / 2, y + LEGEND_SQUARE_PT / 2,
				LEGEND_SQUARE_PT, data->series[s].role);
		else
			pr_draw_rect(canvas->drawing, square, pr_paint_fill(pr_canvas_series_colour(canvas, &data->series[s])));
		struct pr_span span = {
			.text = data->series[s].label ? data->series[s].label : "", .style = style, .finding = PR_TAG_NAME};
		struct pr_text_line line;
		double room = canvas->rect.x + canvas->rect.width - x - LEGEND_SQUARE_PT - 4;
		if (!pr_type_fit(canvas->faces, &span, room + 0.01, canvas->drawing->arena, &line, canvas->error))
			return false;
		pr_draw_set_line(canvas->drawing, &line, x + LEGEND_SQUARE_PT + 4, y + 6.7, PR_ALIGN_LEFT, 0);
		y += LEGEND_ROW_PT;
	}
	return true;
}

static bool covers(struct pr_rect a, struct pr_rect b)
{
	return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/* The sum over a bar; not where it would stand on one of the bars beside it. */
static bool draw_total(struct pr_canvas *canvas, size_t index, struct pr_rect *drawn)
{
	const struct pr_chart_data *data = canvas->data;
	bool emphasised = data->categories[index].emphasised;
	struct pr_span span = {.text = data->totals[index] ? data->totals[index] : "",
		.style = pr_canvas_style(canvas, "ink", emphasised ? PR_BOLD : PR_REGULAR, PR_CHART_TICK_PT),
		.finding = data->total_findings ? data->total_findings[index] : NULL};
	struct pr_rect bar = bar_slot(canvas, index);
	struct pr_text_line line;
	double above, below;

	stack_sums(data, index, &above, &below);
	if (!pr_type_line(canvas->faces, &span, 1, canvas->drawing->arena, &line, canvas->error))
		return false;
	double x = bar.x + bar.width / 2, baseline = pr_canvas_y(canvas, above) - TOP_LABEL_PT;
	struct pr_rect rect = {x - line.width_pt / 2, baseline - PR_CHART_TICK_PT, line.width_pt, PR_CHART_TICK_PT};
	for (size_t i = 0; i < data->category_count; i++)
		if (covers(rect, drawn[i]))
			return true;
	drawn[index] = rect;
	pr_draw_set_line(canvas->drawing, &line, x, baseline, PR_ALIGN_CENTRE, PR_CHART_HALO_PT);
	return true;
}

static bool draw_totals(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	struct pr_rect *drawn = pr_arena_array(canvas->drawing->arena, data->category_count, sizeof *drawn);

	for (int emphasised = 1; emphasised >= 0; emphasised--)
		for (size_t i = 0; data->totals && i < data->category_count; i++)
			if (data->categories[i].emphasised == (emphasised == 1) && !draw_total(canvas, i, drawn))
				return false;
	return true;
}

/* The marks' values in bold over their bars; the time is told by the category. */
static bool draw_bar_marks(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	struct pr_style style = pr_canvas_style(canvas, "ink", PR_BOLD, PR_CHART_TICK_PT);
	for (size_t i = 0; i < data->mark_count; i++) {
		const struct pr_chart_mark *mark = &data->marks[i];
		if (mark->index >= data->category_count || !mark->value_text)
			continue;
		double above, below;
		stack_sums(data, mark->index, &above, &below);
		struct pr_span span = {.text = mark->value_text, .style = style, .finding = mark->finding};
		struct pr_text_line line;
		if (!pr_type_line(canvas->faces, &span, 1, canvas->drawing->arena, &line, canvas->error))
			return false;
		struct pr_rect bar = bar_slot(canvas, mark->index);
		double x = fmin(bar.x + bar.width / 2, canvas->plot.x + canvas->plot.width - line.width_pt / 2);
		pr_draw_set_line(canvas->drawing, &line, fmax(x, canvas->plot.x + line.width_pt / 2),
			pr_canvas_y(canvas, above) - TOP_LABEL_PT, PR_ALIGN_CENTRE, PR_CHART_HALO_PT);
	}
	return true;
}

static double category_space(const struct pr_chart_data *data)
{
	for (size_t i = 0; i < data->category_count; i++)
		if (data->categories[i].second)
			return 20;
	return 12;
}

bool pr_chart_draw_stack(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	double high, low = stack_low_high(data, &high);
	canvas->scale = pr_scale_make(low, high, true);
	if (low == 0 && high == 0)
		canvas->scale.tick_count = 1; /* nothing but the zero line */
	bool direct = canvas->definition->legend == PR_CHART_LEGEND_DIRECT;
	struct pr_side side = {0};
	if (direct)
		add_direct_labels(canvas, &side);
	double right = direct                                               ? pr_side_margin(&side, canvas)
	               : canvas->definition->legend == PR_CHART_LEGEND_SIDE ? legend_margin(canvas)
	                                                                    : 0;
	bool labelled = data->totals || data->mark_count > 0;
	pr_canvas_frame(canvas, HEAD_PT, right, category_space(data));
	/* Where the highest bar reaches the top of the scale, its label needs room above. */
	if (labelled && high > 0 && pr_canvas_y(canvas, high) - canvas->plot.y < HEAD_LABEL_PT - HEAD_PT)
		pr_canvas_frame(canvas, HEAD_LABEL_PT, right, category_space(data));
	if (!pr_canvas_grid(canvas) || !draw_gaps(canvas))
		return false;
	for (size_t i = 0; i < data->category_count; i++)
		draw_stack_bar(canvas, i);
	pr_canvas_base(canvas, BASE_PT);
	if (!pr_canvas_categories(canvas) || !draw_totals(canvas) || !draw_bar_marks(canvas))
		return false;
	if (direct)
		return pr_side_draw(&side, canvas, SIDE_APART_PT, canvas->plot.y, canvas->plot.y + canvas->plot.height - 2);
	return canvas->definition->legend == PR_CHART_LEGEND_NONE || draw_legend(canvas);
}

/* --- columns ---------------------------------------------------------------------------------------------------- */

static void draw_column(struct pr_canvas *canvas, size_t index, double breach)
{
	const struct pr_chart_data *data = canvas->data;
	double value = value_at(data, 0, index);
	if (!isfinite(value) || value == 0)
		return;
	struct pr_colour colour = pr_canvas_series_colour(canvas, &data->series[0]);
	if (data->categories[index].emphasised)
		colour = pr_canvas_colour(canvas, "accent");
	struct pr_rect bar = bar_between(canvas, index, 0, value);
	pr_draw_rect(canvas->drawing, bar, pr_paint_fill(colour));
	pr_canvas_add_ink(canvas, bar);
	if (!(value > breach))
		return;
	bar = bar_between(canvas, index, breach, value);
	pr_draw_rect(canvas->drawing, bar, pr_paint_fill(pr_canvas_colour(canvas, "poor")));
}

/* The limit that a bar is red above: its own, or the chart's. */
static double limit_at(const struct pr_chart_data *data, size_t index, double breach)
{
	for (size_t s = 1; s < data->series_count; s++)
		if (is_limit(data, s))
			return value_at(data, s, index);
	return breach;
}

static void draw_own_limits(struct pr_canvas *canvas)
{
	struct pr_paint paint = pr_paint_stroke(pr_canvas_colour(canvas, "poor"), OWN_LIMIT_PT);
	for (size_t i = 0; i < canvas->data->category_count; i++) {
		double limit = limit_at(canvas->data, i, NAN);
		if (!isfinite(limit))
			continue;
		struct pr_rect bar = bar_slot(canvas, i);
		double y = pr_canvas_y(canvas, limit);
		pr_draw_line(canvas->drawing, bar.x - 1, y, bar.x + bar.width + 1, y, paint);
		pr_canvas_add_ink(canvas, (struct pr_rect){bar.x - 1, y - 0.5, bar.width + 2, 1});
	}
}

bool pr_chart_draw_columns(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	pr_canvas_scale(canvas);
	struct pr_side side = {0};
	pr_side_add_limits(&side, canvas);
	pr_canvas_frame(
		canvas, data->mark_count > 0 ? 2 * HEAD_PT : HEAD_PT, pr_side_margin(&side, canvas), category_space(data));
	if (!pr_canvas_grid(canvas) || !draw_gaps(canvas))
		return false;
	double breach = pr_canvas_breach(data);
	for (size_t i = 0; data->series_count > 0 && i < data->category_count; i++)
		draw_column(canvas, i, limit_at(data, i, breach));
	pr_canvas_limit_lines(canvas);
	draw_own_limits(canvas);
	pr_canvas_base(canvas, BASE_PT);
	if (!pr_canvas_categories(canvas) ||
		!pr_side_draw(&side, canvas, SIDE_APART_PT, canvas->plot.y, canvas->plot.y + canvas->plot.height))
		return false;
	for (size_t i = 0; i < data->mark_count; i++) {
		double value = data->series_count > 0 ? value_at(data, 0, data->marks[i].index) : NAN;
		struct pr_rect bar = bar_slot(canvas, data->marks[i].index);
		if (isfinite(value) &&
			!pr_canvas_mark(canvas, &data->marks[i], bar.x + bar.width / 2, pr_canvas_y(canvas, value) - 1, false))
			return false;
	}
	return true;
}

/* --- rows ------------------------------------------------------------------------------------------------------- */

#define ROW_PT 14.0
#define ROW_LEAST_PT 10.0
#define ROWS_ROOMY 40 /* more rows than these stand closer */
#define ROWS_HEIGHT_PT 600.0
#define ROW_SPACE_PT 8.0
#define NAME_SHARE 0.4 /* of the width, at most, for names */
#define ROWS_LEGEND_LINE_PT 11.0
#define ROWS_LEGEND_BELOW_PT 5.0
#define ROWS_LEGEND_WIDE_PT 7.5
#define ROWS_LEGEND_NARROW_PT 4.4
#define ROWS_MARK_PT 7.0
#define ROWS_LEGEND_SPACE_PT 14.0

static double row_pitch(const struct pr_chart_data *data)
{
	if (data->category_count <= ROWS_ROOMY)
		return ROW_PT;
	return fmax(ROW_LEAST_PT, floor(ROWS_HEIGHT_PT / (double)data->category_count));
}

/* Without the faces, which are not at hand where a chart's height is asked for: rather too wide. */
static double legend_width(const struct pr_chart_series *series)
{
	double width = ROWS_MARK_PT + 3 + ROWS_LEGEND_SPACE_PT;
	for (const char *at = series->label ? series->label : ""; *at;)
		width += pr_utf8_next(&at) >= 0x1100 ? ROWS_LEGEND_WIDE_PT : ROWS_LEGEND_NARROW_PT;
	return width;
}

/* Several series are parts of a row's bar, named above the rows: where each name stands. Returns the lines. */
static size_t place_names(const struct pr_chart_data *data, double width_pt, double *x, size_t *line)
{
	double used = 0;
	size_t lines = data->series_count > 1;
	for (size_t i = 0; data->series_count > 1 && i < data->series_count; i++) {
		double width = legend_width(&data->series[i]);
		if (used > 0 && used + width - ROWS_LEGEND_SPACE_PT > width_pt) {
			used = 0;
			lines++;
		}
		if (x) {
			x[i] = used;
			line[i] = lines - 1;
		}
		used += width;
	}
	return lines;
}

static double legend_height(const struct pr_chart_data *data, double width_pt)
{
	size_t lines = place_names(data, width_pt, NULL, NULL);
	return lines ? ROWS_LEGEND_LINE_PT * (double)lines + ROWS_LEGEND_BELOW_PT : 0;
}

double pr_chart_names_height(const struct pr_chart_data *data)
{
	return row_pitch(data) * (double)data->category_count;
}

double pr_chart_rows_height(const struct pr_chart_data *data, double width_pt)
{
	return pr_chart_names_height(data) + legend_height(data, width_pt);
}

struct columns {
	double name_width, bar_x, bar_width, right;
	double size_pt, pitch;
};

static const char *row_text(const struct pr_chart_data *data, size_t index)
{
	const struct pr_chart_series *series = &data->series[0];
	if (data->totals)
		return data->totals[index];
	return series->texts && index < series->count ? series->texts[index] : NULL;
}

static struct columns lay_columns(const struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	double rows = canvas->rect.height - legend_height(data, canvas->rect.width);
	struct columns columns = {
		.pitch = rows / (double)data->category_count, .right = canvas->rect.x + canvas->rect.width};
	columns.size_pt = columns.pitch > ROW_PT - 0.01 ? 8.5 : 7;
	struct pr_style bold = pr_canvas_style(canvas, "ink", PR_BOLD, columns.size_pt);
	double names = 0, values = 0;
	for (size_t i = 0; i < data->category_count; i++) {
		names = fmax(names, pr_type_width(canvas->faces, bold, data->categories[i].label));
		values = fmax(values, pr_type_width(canvas->faces, bold, row_text(data, i)));
	}
	columns.name_width = fmin(names, canvas->rect.width * NAME_SHARE);
	columns.bar_x = canvas->rect.x + columns.name_width + ROW_SPACE_PT;
	columns.bar_width = fmax(1, columns.right - columns.bar_x - (values > 0 ? values + ROW_SPACE_PT : 0));
	return columns;
}

/* A bar of one series, or of several parts one behind the other (of which none is negative). */
static void draw_parts(struct pr_canvas *canvas, const struct columns *columns, size_t index, double y)
{
	const struct pr_chart_data *data = canvas->data;
	double zero = canvas->scale.bottom, range = canvas->scale.top - zero, from = 0;
	double height = columns->pitch > ROW_PT - 0.01 ? 7 : 5;
	for (size_t i = 0; i < data->series_count; i++) {
		double value = value_at(data, i, index);
		if (!isfinite(value) || value == 0)
			continue;
		double x0 = columns->bar_x + columns->bar_width * (from - zero) / range;
		double x1 = columns->bar_x + columns->bar_width * (from + value - zero) / range;
		struct pr_rect bar = {
			fmin(x0, x1), y + (columns->pitch - height) / 2, fmax(fabs(x1 - x0), BAR_LEAST_PT), height};
		bool whole = data->series_count == 1 && data->categories[index].emphasised;
		pr_draw_rect(canvas->drawing, bar,
			pr_paint_fill(
				whole ? pr_canvas_colour(canvas, "accent") : pr_canvas_series_colour(canvas, &data->series[i])));
		if (from != 0)
			pr_draw_line(canvas->drawing, x0, bar.y, x0, bar.y + height,
				pr_paint_stroke(pr_canvas_colour(canvas, "white"), 0.5));
		from += value;
	}
}

static bool draw_rows_legend(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, 7.5);
	double *places = pr_arena_array(canvas->drawing->arena, data->series_count, sizeof *places);
	size_t *lines = pr_arena_array(canvas->drawing->arena, data->series_count, sizeof *lines);
	if (place_names(data, canvas->rect.width, places, lines) == 0)
		return true;
	for (size_t i = 0; i < data->series_count; i++) {
		double x = canvas->rect.x + places[i], baseline = canvas->rect.y + 7 + ROWS_LEGEND_LINE_PT * (double)lines[i];
		const struct pr_rect mark = {x, baseline - ROWS_MARK_PT + 0.75, ROWS_MARK_PT, ROWS_MARK_PT};
		struct pr_span name = {
			.text = data->series[i].label ? data->series[i].label : "", .style = style, .finding = PR_TAG_NAME};
		struct pr_text_line line;
		pr_draw_rect(canvas->drawing, mark, pr_paint_fill(pr_canvas_series_colour(canvas, &data->series[i])));
		if (!pr_type_fit(canvas->faces, &name, canvas->rect.width - places[i] - ROWS_MARK_PT - 3,
				canvas->drawing->arena, &line, canvas->error))
			return false;
		pr_draw_set_line(canvas->drawing, &line, x + ROWS_MARK_PT + 3, baseline, PR_ALIGN_LEFT, 0);
	}
	return true;
}

/* The sums of the rows, where a row has parts. */
static void extent_of_rows(const struct pr_chart_data *data, double *low, double *high)
{
	pr_canvas_extent(data, low, high);
	for (size_t i = 0; data->series_count > 1 && i < data->category_count; i++) {
		double sum = 0;
		for (size_t s = 0; s < data->series_count; s++)
			sum += isfinite(value_at(data, s, i)) ? value_at(data, s, i) : 0;
		*high = fmax(*high, sum);
	}
}

/* Of a row's parts the sum is printed. */
static const char *row_tag(const struct pr_chart_data *data, size_t index)
{
	if (data->totals)
		return data->total_findings ? data->total_findings[index] : NULL;
	return pr_canvas_tag(&data->series[0], index);
}

static bool draw_row(struct pr_canvas *canvas, const struct columns *columns, size_t index)
{
	const struct pr_chart_data *data = canvas->data;
	const struct pr_chart_category *category = &data->categories[index];
	double y = canvas->rect.y + legend_height(data, canvas->rect.width) + columns->pitch * (double)index,
		   baseline = y + columns->pitch / 2 + columns->size_pt * 0.36;
	struct pr_style style = pr_canvas_style(
		canvas, category->rest ? "text3" : "ink", category->emphasised ? PR_BOLD : PR_REGULAR, columns->size_pt);
	struct pr_span name = {.text = category->label ? category->label : "",
		.style = style,
		.finding = category->finding ? category->finding : PR_TAG_NAME};
	struct pr_text_line line;
	if (!pr_type_fit(canvas->faces, &name, columns->name_width + 0.01, canvas->drawing->arena, &line, canvas->error))
		return false;
	pr_draw_set_line(canvas->drawing, &line, canvas->rect.x, baseline, PR_ALIGN_LEFT, 0);
	draw_parts(canvas, columns, index, y);
	if (!isfinite(value_at(data, 0, index)))
		style.colour = pr_canvas_colour(canvas, "text3");
	return pr_canvas_text(
		canvas, row_text(data, index), style, columns->right, baseline, PR_ALIGN_RIGHT, row_tag(data, index));
}

bool pr_chart_draw_rows(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	if (data->series_count == 0)
		return true;
	double low, high;
	extent_of_rows(data, &low, &high);
	/* No axis: the longest bar fills its room. */
	canvas->scale = (struct pr_scale){.bottom = fmin(low, 0), .top = fmax(high, 0)};
	if (canvas->scale.top == canvas->scale.bottom)
		canvas->scale.top = canvas->scale.bottom + 1;
	struct columns columns = lay_columns(canvas);
	double x = columns.bar_x - columns.bar_width * canvas->scale.bottom / (canvas->scale.top - canvas->scale.bottom);
	if (!draw_rows_legend(canvas))
		return false;
	for (size_t i = 0; i < data->category_count; i++)
		if (!draw_row(canvas, &columns, i))
			return false;
	if (canvas->scale.bottom < 0)
		pr_draw_line(canvas->drawing, x, canvas->rect.y, x, canvas->rect.y + canvas->rect.height,
			pr_paint_stroke(pr_canvas_colour(canvas, "ink"), 0.5));
	return true;
}
