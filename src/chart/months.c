/*
 * Months: few lines over the months of a year, with their values where they have texts, limits with the band between
 * them, and an interval where one is forecast. Curve: a line over a quantity, with marked places.
 */
#include <math.h>
#include <string.h>

#include "chart/canvas.h"

#define HEAD_PT 24.0
#define HEAD_LEAST_PT 14.0 /* without the axis' note */
#define AXIS_PT 15.0
#define BASE_PT 0.75
#define TICK_PT 3.0
#define TICK_LABEL_PT 11.0
#define LINE_PT 1.0
#define DOT_PT 2.4
#define STEM_PT 1.6
#define INTERVAL_PT 7.0
#define SIDE_APART_PT 9.5
#define LABEL_ABOVE_PT 5.5
#define LABEL_BELOW_PT 11.0
#define BASE_ROOM_PT 2.5 /* from a text below its dot to the axis */
#define CURVE_BELOW_PT 16.0
#define CURVE_ROOM 0.25 /* of what the values span, below them */

static double place_x(const struct pr_canvas *canvas, size_t index)
{
	return canvas->plot.x + canvas->plot.width * ((double)index + 0.5) / (double)canvas->data->category_count;
}

static bool is_edge(const struct pr_chart_series *series)
{
	return series->name && (strcmp(series->name, "low") == 0 || strcmp(series->name, "high") == 0);
}

static const struct pr_chart_series *edge(const struct pr_chart_data *data, const char *name)
{
	for (size_t s = 0; s < data->series_count; s++)
		if (data->series[s].name && strcmp(data->series[s].name, name) == 0)
			return &data->series[s];
	return NULL;
}

/* All values and limits lie inside; an axis that need not begin at zero keeps a little room below. */
static void set_scale(struct pr_canvas *canvas)
{
	double low, high;
	bool any = pr_canvas_extent(canvas->data, &low, &high);
	for (size_t i = 0; any && i < canvas->data->limit_count; i++)
		if (isfinite(canvas->data->limits[i].value))
			low = fmin(low, canvas->data->limits[i].value);
	canvas->scale = pr_scale_make(any ? low : 0, high, canvas->definition->axis_from_zero || !any);
	if (!any)
		canvas->scale.tick_count = 1;
}

/* Marks stand on the lowest part of a curve: below it there is room for their words. */
static void set_curve_scale(struct pr_canvas *canvas)
{
	double low, high;
	(void)pr_canvas_extent(canvas->data, &low, &high);
	for (size_t i = 0; i < canvas->data->limit_count; i++)
		if (isfinite(canvas->data->limits[i].value))
			low = fmin(low, canvas->data->limits[i].value);
	canvas->scale =
		pr_scale_make(fmax(fmin(low, 0), low - (high - low) * CURVE_ROOM), high, canvas->definition->axis_from_zero);
}

static double highest_limit(const struct pr_chart_data *data)
{
	double highest = NAN;
	for (size_t i = 0; i < data->limit_count; i++)
		highest = fmax(highest, data->limits[i].value);
	return highest;
}

/* Between two limits: what is tolerated. */
static void draw_tolerance(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	if (data->limit_count != 2 || !isfinite(data->limits[0].value) || !isfinite(data->limits[1].value))
		return;
	double a = pr_canvas_y(canvas, data->limits[0].value), b = pr_canvas_y(canvas, data->limits[1].value);
	struct pr_rect rect = {canvas->plot.x, fmin(a, b), canvas->plot.width, fabs(a - b)};
	pr_draw_rect(canvas->drawing, rect, pr_paint_fill(pr_canvas_colour(canvas, "tint")));
}

static void draw_interval(struct pr_canvas *canvas)
{
	const struct pr_chart_series *low = edge(canvas->data, "low"), *high = edge(canvas->data, "high");
	for (size_t i = 0; low && high && i < low->count && i < high->count; i++) {
		if (!isfinite(low->values[i]) || !isfinite(high->values[i]))
			continue;
		double top = pr_canvas_y(canvas, high->values[i]), bottom = pr_canvas_y(canvas, low->values[i]);
		struct pr_rect rect = {place_x(canvas, i) - INTERVAL_PT / 2, top, INTERVAL_PT, fmax(bottom - top, 0.5)};
		struct pr_paint paint = pr_paint_stroke(pr_canvas_colour(canvas, "accent"), 0.5);
		paint.fill = true;
		paint.fill_colour = pr_canvas_colour(canvas, "accent.pale");
		pr_draw_rect(canvas->drawing, rect, paint);
		pr_canvas_add_ink(canvas, rect);
	}
}

static struct pr_paint line_paint(const struct pr_canvas *canvas, const struct pr_chart_series *series)
{
	/* Values that stand at dots are the thing; the line only leads from one to the next. */
	struct pr_colour colour =
		series->texts ? pr_canvas_colour(canvas, "accent.light") : pr_canvas_series_colour(canvas, series);
	struct pr_paint paint = pr_paint_stroke(colour, series->width > 0 ? series->width : LINE_PT);
	paint.round_join = true;
	if (series->dashed) {
		paint.dash[0] = 4;
		paint.dash[1] = 2;
		paint.dash_count = 2;
	}
	return paint;
}

/* From the first series' value in the month before to one that stands alone: to what is forecast. */
static void draw_lead(struct pr_canvas *canvas, const struct pr_chart_series *series, size_t index)
{
	double before = index > 0 ? pr_canvas_value(canvas->data, 0, index - 1) : (double)NAN;
	if (isfinite(before))
		pr_draw_line(canvas->drawing, place_x(canvas, index - 1), pr_canvas_y(canvas, before), place_x(canvas, index),
			pr_canvas_y(canvas, series->values[index]), line_paint(canvas, series));
}

/* Unbroken stretches; a month without a value parts them. */
static void draw_line(struct pr_canvas *canvas, const struct pr_chart_series *series)
{
	struct pr_arena *arena = canvas->drawing->arena;
	double *x = pr_arena_array(arena, series->count, sizeof *x), *y = pr_arena_array(arena, series->count, sizeof *y);
	for (size_t i = 0; i < series->count; i++) {
		size_t count = 0;
		for (; i < series->count && isfinite(series->values[i]); i++, count++) {
			x[count] = place_x(canvas, i);
			y[count] = pr_canvas_y(canvas, series->values[i]);
		}
		if (count > 1)
			pr_draw_polyline(canvas->drawing, x, y, count, false, line_paint(canvas, series));
		else if (count == 1 && series->dashed)
			draw_lead(canvas, series, i - 1);
		else if (count == 1 && !series->texts)
			pr_draw_line(canvas->drawing, x[0] - DOT_PT, y[0], x[0] + DOT_PT, y[0], line_paint(canvas, series));
	}
}

/* Above the limit a filled dot on a stem, else a ring; without limits all are filled but dashed series', a forecast's. */
static void draw_dots(struct pr_canvas *canvas, const struct pr_chart_series *series)
{
	double limit = highest_limit(canvas->data);
	struct pr_colour colour = pr_canvas_series_colour(canvas, series);
	for (size_t i = 0; i < series->count; i++) {
		double value = series->values[i];
		if (!isfinite(value))
			continue;
		double x = place_x(canvas, i), y = pr_canvas_y(canvas, value);
		bool filled = isnan(limit) ? !series->dashed : value > limit;
		struct pr_paint paint = pr_paint_stroke(colour, 1.1);
		paint.fill = true;
		paint.fill_colour = filled ? colour : pr_canvas_colour(canvas, "white");
		if (!isnan(limit) && filled)
			pr_draw_line(canvas->drawing, x, pr_canvas_y(canvas, limit), x, y, pr_paint_stroke(colour, STEM_PT));
		pr_draw_circle(canvas->drawing, x, y, DOT_PT, paint);
	}
}

static double top_of_interval(const struct pr_canvas *canvas, size_t index)
{
	const struct pr_chart_series *high = edge(canvas->data, "high");
	return high && index < high->count ? high->values[index] : (double)NAN;
}

/* Texts that are drawn already, so that none stands on another. */
struct texts {
	struct pr_rect *rects;
	size_t count, capacity;
};

static bool is_free(const struct texts *texts, struct pr_rect rect)
{
	for (size_t i = 0; i < texts->count; i++) {
		struct pr_rect other = texts->rects[i];
		if (rect.x < other.x + other.width && other.x < rect.x + rect.width && rect.y < other.y + other.height &&
			other.y < rect.y + rect.height)
			return false;
	}
	return true;
}

/* Where neither neighbour lies lower, a value stands below its dot. */
static bool in_valley(const struct pr_chart_series *series, size_t index)
{
	double value = series->values[index], before = index > 0 ? series->values[index - 1] : (double)NAN;
	double after = index + 1 < series->count ? series->values[index + 1] : (double)NAN;
	return !(before <= value) && !(after <= value) && !(isnan(before) && isnan(after));
}

/* A value above its dot (and an interval), below it in a valley without a stem; nothing where another text stands. */
static bool draw_value(
	struct pr_canvas *canvas, const struct pr_chart_series *series, size_t index, struct texts *texts)
{
	bool emphasised = index < canvas->data->category_count && canvas->data->categories[index].emphasised;
	double dot = pr_canvas_y(canvas, series->values[index]), top = top_of_interval(canvas, index);
	double baseline = isnan(top) ? dot - LABEL_ABOVE_PT : fmin(dot, pr_canvas_y(canvas, top)) - LABEL_ABOVE_PT;
	struct pr_span span = {.text = series->texts[index],
		.style = pr_canvas_style(canvas, "ink", emphasised ? PR_BOLD : PR_REGULAR, PR_CHART_TICK_PT),
		.finding = pr_canvas_tag(series, index)};
	struct pr_text_line line;
	bool stands_on_stem = series->values[index] > highest_limit(canvas->data);
	if (in_valley(series, index) && !stands_on_stem &&
		dot + LABEL_BELOW_PT + BASE_ROOM_PT < canvas->plot.y + canvas->plot.height)
		baseline = dot + LABEL_BELOW_PT;
	if (!pr_type_line(canvas->faces, &span, 1, canvas->drawing->arena, &line, canvas->error))
		return false;
	double left = place_x(canvas, index) - line.width_pt / 2, right = canvas->rect.x + canvas->rect.width;
	left = fmax(canvas->plot.x - 1, fmin(left, right - line.width_pt)); /* clear of the ticks */
	struct pr_rect rect = {left - 1, baseline - PR_CHART_TICK_PT * 0.8, line.width_pt + 2, PR_CHART_TICK_PT};
	if (!is_free(texts, rect))
		return true;
	*PR_PUSH(canvas->drawing->arena, texts->rects, texts->count, texts->capacity) = rect;
	pr_draw_set_line(canvas->drawing, &line, left, baseline, PR_ALIGN_LEFT, PR_CHART_HALO_PT);
	return true;
}

/* Which values are told in any case: the emphasised month's, the extremes, what stands alone. */
static bool is_told(const struct pr_canvas *canvas, const struct pr_chart_series *series, size_t index)
{
	double low = INFINITY, high = -INFINITY, value = series->values[index];
	for (size_t i = 0; i < series->count; i++) {
		low = isfinite(series->values[i]) ? fmin(low, series->values[i]) : low;
		high = isfinite(series->values[i]) ? fmax(high, series->values[i]) : high;
	}
	return value <= low || value >= high ||
	       (index < canvas->data->category_count && canvas->data->categories[index].emphasised);
}

/* First what is told in any case, of all series; then the others, where there is room. */
static bool draw_texts(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	struct texts texts = {NULL, 0, 0};
	for (int told = 1; told >= 0; told--)
		for (size_t s = 0; s < data->series_count; s++)
			for (size_t i = 0; data->series[s].texts && i < data->series[s].count; i++)
				if (isfinite(data->series[s].values[i]) && data->series[s].texts[i] &&
					is_told(canvas, &data->series[s], i) == (told == 1) &&
					!draw_value(canvas, &data->series[s], i, &texts))
					return false;
	return true;
}

static void add_labels(struct pr_canvas *canvas, struct pr_side *side)
{
	const struct pr_chart_data *data = canvas->data;
	for (size_t s = 0; s < data->series_count; s++) {
		const struct pr_chart_series *series = &data->series[s];
		bool accent = series->role && strcmp(series->role, "accent") == 0;
		if (!series->label || is_edge(series) || !isfinite(pr_canvas_last(series)))
			continue;
		struct pr_side_label label = {.value = pr_canvas_last(series), .span_count = 1};
		label.spans[0] = (struct pr_span){.text = series->label,
			.style =
				pr_canvas_style(canvas, accent ? "accent" : "ink", accent ? PR_BOLD : PR_REGULAR, PR_CHART_LABEL_PT)};
		label.note = (struct pr_span){.text = series->note,
			.finding = series->note_finding ? series->note_finding : series->finding,
			.style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_LABEL_PT)};
		pr_side_add(side, canvas->drawing->arena, label);
	}
}

static bool draw_gaps(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	double step = canvas->plot.width / (double)data->category_count;
	for (size_t i = data->unexpected; i < data->category_count; i++) {
		size_t end = i;
		for (bool missing = true; end < data->category_count; end++) {
			for (size_t s = 0; s < data->series_count; s++)
				missing = missing && !isfinite(pr_canvas_value(data, s, end));
			if (!missing)
				break;
		}
		if (end == i)
			continue;
		if (!pr_canvas_gap(canvas, canvas->plot.x + step * (double)i, canvas->plot.x + step * (double)end))
			return false;
		i = end;
	}
	return true;
}

static void draw_ticks(struct pr_canvas *canvas)
{
	double bottom = canvas->plot.y + canvas->plot.height;
	struct pr_paint paint = pr_paint_stroke(pr_canvas_colour(canvas, "ink"), BASE_PT);
	pr_draw_line(canvas->drawing, canvas->plot.x, bottom, canvas->plot.x + canvas->plot.width, bottom, paint);
	for (size_t i = 0; i < canvas->data->category_count; i++)
		pr_draw_line(canvas->drawing, place_x(canvas, i), bottom, place_x(canvas, i), bottom + TICK_PT, paint);
}

bool pr_chart_draw_months(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	struct pr_side side = {0};
	set_scale(canvas);
	pr_side_add_limits(&side, canvas);
	add_labels(canvas, &side);
	pr_side_add_axis_note(&side, canvas);
	pr_canvas_frame(canvas, canvas->note_placed ? HEAD_LEAST_PT : HEAD_PT, pr_side_even_margin(&side, canvas), AXIS_PT);
	draw_tolerance(canvas);
	if (!pr_canvas_grid(canvas) || !draw_gaps(canvas))
		return false;
	draw_ticks(canvas);
	draw_interval(canvas);
	pr_canvas_limit_lines(canvas);
	for (size_t s = 0; s < data->series_count; s++)
		if (!is_edge(&data->series[s]))
			draw_line(canvas, &data->series[s]);
	for (size_t s = 0; s < data->series_count; s++)
		if (data->series[s].texts && !is_edge(&data->series[s]))
			draw_dots(canvas, &data->series[s]);
	return draw_texts(canvas) && pr_canvas_categories(canvas) &&
	       pr_side_draw(&side, canvas, SIDE_APART_PT, canvas->plot.y, canvas->plot.y + canvas->plot.height);
}

/* --- curve ------------------------------------------------------------------------------------------------------- */

static double curve_x(const struct pr_canvas *canvas, double x)
{
	const struct pr_chart_data *data = canvas->data;
	double from = data->xs[0], to = data->xs[data->series[0].count - 1];
	return canvas->plot.x + canvas->plot.width * (to > from ? (x - from) / (to - from) : 0.5);
}

static void draw_curve(struct pr_canvas *canvas)
{
	const struct pr_chart_series *series = &canvas->data->series[0];
	struct pr_arena *arena = canvas->drawing->arena;
	double *x = pr_arena_array(arena, series->count, sizeof *x), *y = pr_arena_array(arena, series->count, sizeof *y);
	for (size_t i = 0; i < series->count; i++) {
		x[i] = curve_x(canvas, canvas->data->xs[i]);
		y[i] = pr_canvas_y(canvas, series->values[i]);
		if (i > 0)
			pr_canvas_add_ink(canvas,
				(struct pr_rect){x[i - 1], fmin(y[i], y[i - 1]) - 1, x[i] - x[i - 1], fabs(y[i] - y[i - 1]) + 2});
	}
	struct pr_paint paint = pr_paint_stroke(pr_canvas_series_colour(canvas, series), 1.4);
	paint.round_join = true;
	pr_draw_polyline(canvas->drawing, x, y, series->count, false, paint);
}

static bool draw_curve_axis(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	double from = data->xs[0], to = data->xs[data->series[0].count - 1], bottom = canvas->plot.y + canvas->plot.height;
	struct pr_paint paint = pr_paint_stroke(pr_canvas_colour(canvas, "ink"), BASE_PT);
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	struct pr_scale scale = pr_scale_make(from, to, false);
	pr_draw_line(canvas->drawing, canvas->plot.x, bottom, canvas->plot.x + canvas->plot.width, bottom, paint);
	for (int i = 0; i < scale.tick_count; i++) {
		if (scale.ticks[i] < from || scale.ticks[i] > to)
			continue;
		double x = curve_x(canvas, scale.ticks[i]);
		pr_draw_line(canvas->drawing, x, bottom, x, bottom + TICK_PT, paint);
		if (!pr_canvas_text(canvas, pr_scale_text(&scale, i, data, canvas->drawing->arena), style, x,
				bottom + TICK_LABEL_PT, PR_ALIGN_CENTRE, PR_TAG_TICK))
			return false;
	}
	return true;
}

/* Beside a curve there is no margin: limits have their names on the line, where the curve is not. */
static bool name_limits(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	for (size_t i = 0; i < data->limit_count; i++) {
		const struct pr_chart_limit *limit = &data->limits[i];
		if (!isfinite(limit->value) || !limit->label)
			continue;
		struct pr_style style =
			pr_canvas_style(canvas, limit->role ? limit->role : "poor", PR_REGULAR, PR_CHART_TICK_PT);
		if (!pr_canvas_beside(canvas, limit->label, limit->finding, style, pr_canvas_y(canvas, limit->value)))
			return false;
	}
	return true;
}

bool pr_chart_draw_curve(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	if (data->series_count == 0 || !data->xs || data->series[0].count < 2)
		return true;
	set_curve_scale(canvas);
	pr_canvas_frame(canvas, HEAD_PT, INTERVAL_PT, CURVE_BELOW_PT);
	if (!pr_canvas_grid(canvas) || !draw_curve_axis(canvas))
		return false;
	pr_canvas_limit_lines(canvas);
	draw_curve(canvas);
	for (size_t i = 0; i < data->mark_count; i++) {
		const struct pr_chart_mark *mark = &data->marks[i];
		if (!pr_canvas_mark(canvas, mark, curve_x(canvas, data->xs[mark->index]),
				pr_canvas_y(canvas, data->series[0].values[mark->index]), true))
			return false;
	}
	return name_limits(canvas);
}
