/* Few series over the hours of a day, named at their right end or maximum, over a strip of slots. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart/canvas.h"
#include "model/directory.h"

#define HEAD_PT 9.0
#define HEAD_LABEL_PT 20.0
#define AXIS_PT 12.0
#define STRIP_LABEL_APART_PT 7.0 /* from the lowest label to the zero line, above the strip's own */
#define STRIP_PT 5.0
#define HOUR_HALF_PT 4.5 /* of the last hour, which stands under the plot's end */
#define STRIP_NAME_PT 4.5
#define STRIP_SPACE_PT 2.0
#define HOUR_LABEL_PT 9.5
#define BASE_PT 1.0
#define LINE_PT 1.0
#define SIDE_APART_PT 9.5
#define HOURS_A_TICK 3

static double place_x(const struct pr_canvas *canvas, size_t index, size_t count)
{
	return canvas->plot.x + canvas->plot.width * ((double)index + 0.5) / (double)count;
}

static struct pr_paint line_paint(const struct pr_canvas *canvas, const struct pr_chart_series *series)
{
	struct pr_paint paint =
		pr_paint_stroke(pr_canvas_series_colour(canvas, series), series->width > 0 ? series->width : LINE_PT);
	paint.round_join = true;
	if (series->dashed) {
		paint.dash[0] = 3.5;
		paint.dash[1] = 2;
		paint.dash_count = 2;
	}
	return paint;
}

/* Unbroken stretches of a series; a value that stands alone is a short line. */
static void draw_series(struct pr_canvas *canvas, const struct pr_chart_series *series)
{
	struct pr_arena *arena = canvas->drawing->arena;
	double *x = pr_arena_array(arena, series->count + 2, sizeof *x);
	double *y = pr_arena_array(arena, series->count + 2, sizeof *y);
	double half = canvas->plot.width / (double)(series->count > 0 ? series->count : 1) / 2;
	for (size_t i = 0; i < series->count;) {
		size_t count = 0;
		for (; i < series->count && isfinite(series->values[i]); i++, count++) {
			x[count] = place_x(canvas, i, series->count);
			y[count] = pr_canvas_y(canvas, series->values[i]);
			pr_canvas_add_ink(canvas, (struct pr_rect){x[count] - half, y[count] - 1, 2 * half, 2});
			if (count == 0)
				continue;
			double top = fmin(y[count], y[count - 1]);
			pr_canvas_add_ink(canvas, (struct pr_rect){x[count] - half - 0.5, top, 1, fabs(y[count] - y[count - 1])});
		}
		if (count == 1) {
			x[1] = x[0] + half;
			y[1] = y[0];
			x[0] -= half;
			count = 2;
		}
		if (count > 0)
			pr_draw_polyline(canvas->drawing, x, y, count, false, line_paint(canvas, series));
		else
			i++;
	}
}

/* Hatched where no series has a value for more than three steps. */
static bool draw_gaps(struct pr_canvas *canvas, size_t count, bool empty)
{
	const struct pr_chart_data *data = canvas->data;
	for (size_t i = 0; i < count;) {
		size_t end = i;
		for (bool missing = true; end < count; end++) {
			for (size_t s = 0; s < data->series_count; s++)
				missing = missing && !(end < data->series[s].count && isfinite(data->series[s].values[end]));
			if (!missing)
				break;
		}
		double step = canvas->plot.width / (double)count;
		if ((empty || end - i > PR_CHART_HOLE_STEPS) &&
			!pr_canvas_gap(canvas, canvas->plot.x + step * (double)i, canvas->plot.x + step * (double)end))
			return false;
		i = end > i ? end : i + 1;
	}
	return true;
}

static void draw_strip(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	double y = canvas->plot.y + canvas->plot.height + STRIP_SPACE_PT;
	double step = canvas->plot.width / (double)(data->strip_count > 0 ? data->strip_count : 1);
	struct pr_paint seam = pr_paint_stroke(pr_canvas_colour(canvas, "white"), 0.5);
	for (size_t i = 0; i < data->strip_count;) {
		size_t end = i + 1;
		while (end < data->strip_count && data->strip[end] == data->strip[i])
			end++;
		double x = canvas->plot.x + step * (double)i;
		struct pr_rect rect = {x, y, step * (double)(end - i), STRIP_PT};
		if (data->strip[i] >= 0 && data->strip[i] < PR_SLOT_COUNT) {
			char role[32];
			snprintf(role, sizeof role, "slot.%s", pr_slot_names[data->strip[i]]);
			pr_draw_rect(canvas->drawing, rect, pr_paint_fill(pr_canvas_colour(canvas, role)));
		}
		if (i > 0)
			pr_draw_line(canvas->drawing, x, y, x, y + STRIP_PT, seam);
		i = end;
	}
}

static bool draw_hours(struct pr_canvas *canvas, double strip)
{
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	double baseline = canvas->plot.y + canvas->plot.height + strip + HOUR_LABEL_PT;
	for (int hour = 0; hour <= 24; hour += HOURS_A_TICK) {
		const char *word = hour == 0 && canvas->data->hour_label ? canvas->data->hour_label : "";
		const char *text = pr_arena_format(canvas->drawing->arena, "%d%s", hour, word);
		enum pr_align align = hour == 0 ? PR_ALIGN_LEFT : PR_ALIGN_CENTRE;
		double x = canvas->plot.x + canvas->plot.width * hour / 24;
		if (strip == 0 && hour > 0)
			pr_draw_line(canvas->drawing, x, canvas->plot.y + canvas->plot.height, x,
				canvas->plot.y + canvas->plot.height + 3, pr_paint_stroke(pr_canvas_colour(canvas, "ink"), 0.75));
		if (!pr_canvas_text(canvas, text, style, x, baseline, align, PR_TAG_TICK))
			return false;
	}
	return true;
}

static size_t index_of_maximum(const struct pr_chart_series *series)
{
	size_t best = series->count;
	for (size_t i = 0; i < series->count; i++)
		if (isfinite(series->values[i]) && (best == series->count || series->values[i] > series->values[best]))
			best = i;
	return best;
}

static void add_labels(struct pr_canvas *canvas, struct pr_side *side)
{
	const struct pr_chart_data *data = canvas->data;
	for (size_t s = 0; s < data->series_count; s++) {
		const struct pr_chart_series *series = &data->series[s];
		double value = pr_canvas_last(series);
		if (!series->label || series->label_at_maximum || !isfinite(value))
			continue;
		/* Only the accent is dark enough for its own name; other lines are named in ink, beside their end. */
		bool accent = series->role && strcmp(series->role, "accent") == 0;
		struct pr_side_label label = {.value = value, .span_count = 1};
		label.spans[0] = (struct pr_span){.text = series->label,
			.finding = series->label_finding,
			.style =
				pr_canvas_style(canvas, accent ? "accent" : "ink", accent ? PR_BOLD : PR_REGULAR, PR_CHART_LABEL_PT)};
		label.note = (struct pr_span){.text = series->note,
			.finding = series->note_finding ? series->note_finding : series->finding,
			.style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_LABEL_PT)};
		pr_side_add(side, canvas->drawing->arena, label);
	}
}

static bool draw_labels_at_maximum(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	for (size_t s = 0; s < data->series_count; s++) {
		const struct pr_chart_series *series = &data->series[s];
		size_t index = index_of_maximum(series);
		if (!series->label_at_maximum || !series->label || index == series->count)
			continue;
		const char *text = series->label;
		if (series->note)
			text = pr_arena_format(canvas->drawing->arena, "%s\xE3\x80\x80%s", series->label, series->note);
		if (!pr_canvas_name(canvas, text, place_x(canvas, index, series->count),
				pr_canvas_y(canvas, series->values[index]),
				series->note_finding ? series->note_finding : series->label_finding))
			return false;
	}
	return true;
}

static bool draw_marks(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	for (size_t i = 0; i < data->mark_count; i++) {
		const struct pr_chart_mark *mark = &data->marks[i];
		if (mark->series >= data->series_count || mark->index >= data->series[mark->series].count)
			continue;
		const struct pr_chart_series *series = &data->series[mark->series];
		double value = series->values[mark->index];
		if (isfinite(value) && !pr_canvas_mark(canvas, mark, place_x(canvas, mark->index, series->count),
								   pr_canvas_y(canvas, value), true))
			return false;
	}
	return true;
}

static bool has_head_label(const struct pr_chart_data *data)
{
	for (size_t s = 0; s < data->series_count; s++)
		if (data->series[s].label_at_maximum)
			return true;
	return data->mark_count > 0;
}

bool pr_chart_draw_lines(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	double strip = data->strip_count > 0 ? STRIP_SPACE_PT + STRIP_PT : 0;
	size_t count = 0;
	for (size_t s = 0; s < data->series_count; s++)
		count = data->series[s].count > count ? data->series[s].count : count;
	pr_canvas_scale(canvas);
	struct pr_side side = {0};
	pr_side_add_limits(&side, canvas);
	add_labels(canvas, &side);
	struct pr_style small = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	double margin = fmax(pr_side_even_margin(&side, canvas), HOUR_HALF_PT);
	if (strip > 0)
		margin = fmax(margin, STRIP_NAME_PT + pr_type_width(canvas->faces, small, data->strip_label));
	pr_canvas_frame(canvas, has_head_label(data) ? HEAD_LABEL_PT : HEAD_PT, margin, AXIS_PT + strip);
	if (!pr_canvas_grid(canvas) || !draw_gaps(canvas, count > 0 ? count : 1, count == 0))
		return false;
	double bottom = canvas->plot.y + canvas->plot.height;
	for (size_t s = 0; s < data->series_count; s++)
		draw_series(canvas, &data->series[s]);
	pr_canvas_limit_lines(canvas);
	pr_canvas_base(canvas, BASE_PT);
	draw_strip(canvas);
	if (strip > 0 &&
		!pr_canvas_text(canvas, data->strip_label, small, canvas->plot.x + canvas->plot.width + STRIP_NAME_PT,
			bottom + strip - 0.3, PR_ALIGN_LEFT, NULL))
		return false;
	return draw_hours(canvas, strip) &&
	       pr_side_draw(
			   &side, canvas, SIDE_APART_PT, canvas->plot.y, bottom - (strip > 0 ? STRIP_LABEL_APART_PT : 0)) &&
	       draw_labels_at_maximum(canvas) && draw_marks(canvas);
}
