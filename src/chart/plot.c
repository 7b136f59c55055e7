/* Plots of minutes: frames, their time axes, gaps, bands and lines (chart/plot.h). Labels and marks: plot_labels.c. */
#include "chart/plot.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "chart/plot_frame.h"

#define LETTER (8.0 / 7.0) /* in a letter nothing is smaller than 8 */
#define HEAD_PT 8.0
#define TITLE_PT 35.0
#define STRIP_PT 14.0 /* of alarms, above the plot */
#define AXIS_PT 28.0
#define FOOT_PT 5.0
#define ROW_SPACE_PT 8.0
#define COLUMN_LEAST_PT 1.0
#define TICK_PT 3.0
#define TICK_LONG_PT 5.0
#define TICK_BASELINE_PT 13.0
#define SPAN_BASELINE_PT 24.0
#define BASE_PT 0.75
#define LINE_PT 1.2
#define DENSE_LINE_PT 0.7
#define BESIDE_PT 0.5
#define BAND_ALPHA 0.55
#define OWN_ALPHA 0.3
#define SHARED_ALPHA 0.16 /* of bands that lie over each other */
#define BREACH_ALPHA 0.8
#define STRIDE_MAX 60
#define HOUR_MS INT64_C(3600000)

/* --- heights -------------------------------------------------------------------------------------------------------- */

static size_t rows_of(const struct pr_plot_frames *frames)
{
	return (frames->count + frames->columns - 1) / frames->columns;
}

static bool row_has_axis(const struct pr_plot_frames *frames, size_t row)
{
	for (size_t i = row * frames->columns; i < frames->count && i < (row + 1) * frames->columns; i++)
		if (frames->frames[i].is_last)
			return true;
	return false;
}

static bool row_has_alarms(const struct pr_plot_frames *frames, size_t row)
{
	for (size_t i = row * frames->columns; i < frames->count && i < (row + 1) * frames->columns; i++)
		if (frames->frames[i].alarm_count > 0)
			return true;
	return false;
}

static double above_of(const struct pr_plot_frames *frames, size_t row)
{
	return (frames->frames[row * frames->columns].title ? TITLE_PT : HEAD_PT) +
	       (row_has_alarms(frames, row) ? STRIP_PT : 0);
}

/* That of the row's first frame. */
static double plot_of(const struct pr_plot_frames *frames, size_t row)
{
	double own = frames->frames[row * frames->columns].height_pt;
	return own > 0 ? own : frames->frame_height_pt;
}

static double below_of(const struct pr_plot_frames *frames, size_t row)
{
	return row_has_axis(frames, row) ? AXIS_PT : FOOT_PT;
}

double pr_chart_plot_height(const struct pr_plot_frames *frames)
{
	double height = 0;
	for (size_t row = 0; row < rows_of(frames); row++)
		height += above_of(frames, row) + plot_of(frames, row) + below_of(frames, row) + (row > 0 ? ROW_SPACE_PT : 0);
	return height;
}

/* --- scales --------------------------------------------------------------------------------------------------------- */

static void widen(double *low, double *high, double a, double b)
{
	if (isfinite(a))
		*low = fmin(*low, a);
	if (isfinite(b))
		*high = fmax(*high, b);
}

/* What all frames of the scale show, limits included. */
static struct pr_scale scale_of(const struct pr_plot_frames *frames, const struct pr_plot_frame *like)
{
	double low = INFINITY, high = -INFINITY;
	for (size_t i = 0; i < frames->count; i++) {
		const struct pr_plot_frame *frame = &frames->frames[i];
		if (frame->scale != like->scale)
			continue;
		for (size_t k = 0; k < frame->line_count; k++)
			for (size_t v = 0; v < frame->count; v++)
				widen(&low, &high, frame->lines[k].lows[v], frame->lines[k].highs[v]);
		for (size_t k = 0; k < frame->limit_count; k++)
			widen(&low, &high, frame->limits[k].value, frame->limits[k].value);
	}
	if (!(low <= high)) {
		struct pr_scale nothing = {.top = 1};
		return nothing;
	}
	struct pr_scale scale = pr_scale_make(low, high, !like->floats);
	if (low == 0 && high == 0)
		scale.tick_count = 1;
	return scale;
}

/* --- time ----------------------------------------------------------------------------------------------------------- */

double pr_plot_x(const struct pr_plot_canvas *plot, int64_t time_ms)
{
	const struct pr_plot_frame *frame = plot->frame;
	double whole = (double)(frame->edges[frame->count] - frame->edges[0]);
	return plot->canvas.plot.x + plot->canvas.plot.width * (double)(time_ms - frame->edges[0]) / whole;
}

static bool draw_ticks(struct pr_plot_canvas *plot)
{
	const struct pr_plot_frame *frame = plot->frame;
	struct pr_canvas *canvas = &plot->canvas;
	double base = canvas->plot.y + canvas->plot.height, right = canvas->rect.x + canvas->rect.width;
	double free_from = -INFINITY;
	struct pr_paint paint = pr_paint_stroke(pr_canvas_colour(canvas, "ink"), BASE_PT);
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	for (size_t i = 0; i < frame->tick_count; i++) {
		const struct pr_plot_tick *tick = &frame->ticks[i];
		double x = pr_plot_x(plot, tick->at_ms), width = pr_type_width(canvas->faces, style, tick->label);
		pr_draw_line(canvas->drawing, x, base, x, base + (tick->label ? TICK_LONG_PT : TICK_PT), paint);
		double from = fmin(x - width / 2, right - width);
		if (!frame->is_last || !tick->label || from < free_from)
			continue;
		if (!pr_canvas_text(canvas, tick->label, style, from, base + TICK_BASELINE_PT, PR_ALIGN_LEFT, NULL))
			return false;
		free_from = from + width + 3;
	}
	return true;
}

/* The name of a day in bold and its weekday, as far as they fit above their day. */
static bool draw_spans(struct pr_plot_canvas *plot)
{
	const struct pr_plot_frame *frame = plot->frame;
	struct pr_canvas *canvas = &plot->canvas;
	double baseline = canvas->plot.y + canvas->plot.height + SPAN_BASELINE_PT;
	struct pr_style bold = pr_canvas_style(canvas, "ink", PR_BOLD, PR_CHART_TICK_PT);
	for (size_t i = 0; frame->is_last && i < frame->span_count; i++) {
		const struct pr_plot_span *span = &frame->spans[i];
		double from = pr_plot_x(plot, span->from_ms), to = pr_plot_x(plot, span->to_ms);
		const char *both = span->second
		                       ? pr_arena_format(canvas->drawing->arena, "%s\xE3\x80\x80%s", span->label, span->second)
		                       : span->label;
		const char *text = pr_type_width(canvas->faces, bold, both) + 4 <= to - from ? both : span->label;
		if (pr_type_width(canvas->faces, bold, text) > to - from + (frame->span_count == 1 ? INFINITY : 0))
			continue;
		if (!pr_canvas_text(canvas, text, bold, (from + to) / 2, baseline, PR_ALIGN_CENTRE, NULL))
			return false;
	}
	return true;
}

static void draw_midnights(struct pr_plot_canvas *plot)
{
	struct pr_canvas *canvas = &plot->canvas;
	struct pr_paint paint = pr_paint_stroke(pr_canvas_colour(canvas, "grid"), 0.5);
	for (size_t i = 0; i < plot->frame->tick_count; i++) {
		double x = pr_plot_x(plot, plot->frame->ticks[i].at_ms);
		if (plot->frame->ticks[i].midnight)
			pr_draw_line(canvas->drawing, x, canvas->plot.y, x, canvas->plot.y + canvas->plot.height, paint);
	}
}

/* --- columns -------------------------------------------------------------------------------------------------------- */

/* Buckets drawn as one: at least a point wide. A run is a stretch without a gap. */
struct column {
	double x1, x2, low, high, mean;
	bool starts_run;
};
struct columns {
	struct column *items;
	size_t count;
	bool merged; /* a column holds several buckets */
};

/*
 * More than three missing values in a row, or an hour of them, are a gap. Where values come every few buckets only
 * (`stride`), what lies between them is none.
 */
static bool is_gap(const struct pr_plot_frame *frame, size_t stride, size_t from, size_t to)
{
	return to >= from + stride &&
	       (to - from > PR_CHART_HOLE_STEPS * stride || frame->edges[to] - frame->edges[from] >= HOUR_MS);
}

static bool has_value(const struct pr_plot_frame *frame, size_t bucket)
{
	for (size_t i = 0; i < frame->line_count; i++)
		if (isfinite(frame->lines[i].means[bucket]))
			return true;
	return false;
}

/* What was left out was measured all the same. */
static bool has_odd(const struct pr_plot_frame *frame, size_t bucket)
{
	for (size_t i = 0; i < frame->line_count; i++)
		if (frame->lines[i].odds && isfinite(frame->lines[i].odds[bucket]))
			return true;
	return false;
}

/* The distance in buckets that half of the values at least keep from the one before. */
static size_t stride_of(const struct pr_plot_frame *frame)
{
	size_t distances[STRIDE_MAX + 1] = {0}, count = 0, last = SIZE_MAX, sum = 0;
	for (size_t i = 0; i < frame->count; i++) {
		if (!has_value(frame, i))
			continue;
		if (last != SIZE_MAX && i - last <= STRIDE_MAX)
			distances[i - last]++;
		count += last != SIZE_MAX;
		last = i;
	}
	for (size_t stride = 1; stride <= STRIDE_MAX && count > 0; stride++) {
		sum += distances[stride];
		if (2 * sum >= count)
			return stride;
	}
	return 1;
}

static void add_to_column(struct column *column, const struct pr_plot_line *line, size_t i, double *weight)
{
	double more = line->weights ? line->weights[i] : 1;
	column->low = fmin(column->low, line->lows[i]);
	column->high = fmax(column->high, line->highs[i]);
	column->mean = (column->mean * *weight + line->means[i] * more) / (*weight + more);
	*weight += more;
}

static struct columns make_columns(const struct pr_plot_canvas *plot, const struct pr_plot_line *line)
{
	const struct pr_plot_frame *frame = plot->frame;
	struct columns columns = {
		.items = pr_arena_array(plot->canvas.drawing->arena, frame->count, sizeof(struct column))};
	bool merges = plot->canvas.plot.width / (double)frame->count < COLUMN_LEAST_PT;
	size_t next = 0; /* behind the last bucket with a value */
	double weight = 0, cell = -1;
	for (size_t i = 0; i < frame->count; i++) {
		if (!isfinite(line->means[i]))
			continue;
		bool starts = columns.count == 0 || is_gap(frame, plot->stride, next, i);
		double x1 = pr_plot_x(plot, frame->edges[i]), x2 = pr_plot_x(plot, frame->edges[i + 1]);
		double own_cell = floor((x1 - plot->canvas.plot.x) / COLUMN_LEAST_PT + 1e-6);
		if (starts || !merges || own_cell != cell) {
			columns.items[columns.count++] =
				(struct column){.x1 = x1, .low = INFINITY, .high = -INFINITY, .mean = 0, .starts_run = starts};
			weight = 0;
		}
		struct column *column = &columns.items[columns.count - 1];
		columns.merged = columns.merged || weight > 0;
		add_to_column(column, line, i, &weight);
		column->x2 = x2;
		cell = own_cell;
		next = i + 1;
	}
	return columns;
}

static double y_of(const struct pr_canvas *canvas, double value)
{
	return pr_canvas_y(canvas, value);
}

/* The band between `floor` and `ceiling`. */
static void draw_band(struct pr_canvas *canvas, const struct columns *columns, double floor_value, double ceiling_value,
	struct pr_paint paint)
{
	size_t count = 0;
	struct pr_segment *path = pr_arena_array(canvas->drawing->arena, 5 * columns->count + 1, sizeof *path);
	for (size_t i = 0; i < columns->count; i++) {
		const struct column *column = &columns->items[i];
		if (column->high <= floor_value || column->low >= ceiling_value)
			continue;
		double y1 = y_of(canvas, fmin(column->high, ceiling_value)), y2 = y_of(canvas, fmax(column->low, floor_value));
		path[count++] = (struct pr_segment){.kind = PR_MOVE, .x = column->x1, .y = y1};
		path[count++] = (struct pr_segment){.kind = PR_LINE, .x = column->x2, .y = y1};
		path[count++] = (struct pr_segment){.kind = PR_LINE, .x = column->x2, .y = y2};
		path[count++] = (struct pr_segment){.kind = PR_LINE, .x = column->x1, .y = y2};
		path[count++] = (struct pr_segment){.kind = PR_CLOSE};
		pr_canvas_add_ink(canvas, (struct pr_rect){column->x1, y1, column->x2 - column->x1, fmax(y2 - y1, 1)});
	}
	if (count > 0)
		pr_draw_path(canvas->drawing, path, count, paint);
}

static void draw_means(struct pr_canvas *canvas, const struct columns *columns, struct pr_paint paint)
{
	double *x = pr_arena_array(canvas->drawing->arena, columns->count + 2, sizeof *x);
	double *y = pr_arena_array(canvas->drawing->arena, columns->count + 2, sizeof *y);
	paint.round_join = true;
	for (size_t i = 0; i < columns->count;) {
		size_t count = 0, k = i;
		do {
			const struct column *column = &columns->items[k];
			x[count] = (column->x1 + column->x2) / 2;
			y[count] = y_of(canvas, column->mean);
			pr_canvas_add_ink(canvas, (struct pr_rect){column->x1, y[count] - 0.7, column->x2 - column->x1, 1.4});
			count++;
			k++;
		} while (k < columns->count && !columns->items[k].starts_run);
		if (count == 1) { /* a column alone is as long as it lasted */
			x[0] = columns->items[i].x1;
			x[1] = fmax(columns->items[i].x2, x[0] + DENSE_LINE_PT);
			y[1] = y[0];
			count = 2;
		}
		pr_draw_polyline(canvas->drawing, x, y, count, false, paint);
		i = k;
	}
}

struct pr_paint pr_plot_line_paint(const struct pr_plot_canvas *plot, const struct pr_plot_line *line, bool is_dense)
{
	struct pr_colour colour = pr_canvas_colour(&plot->canvas, line->role ? line->role : "accent");
	double width = line->width > 0 ? line->width : LINE_PT;
	struct pr_paint paint = pr_paint_stroke(colour, is_dense ? fmin(width, DENSE_LINE_PT) : width);
	if (line->dashed && !is_dense) {
		bool dots = pr_text_equal(line->role, "phase.n");
		paint.dash[0] = dots ? 1 : 4.5;
		paint.dash[1] = dots ? 1.6 : 1.3;
		paint.dash_count = 2;
	}
	return paint;
}

/* --- a frame -------------------------------------------------------------------------------------------------------- */

static bool draw_gaps(struct pr_plot_canvas *plot)
{
	const struct pr_plot_frame *frame = plot->frame;
	for (size_t i = 0; i < frame->count;) {
		size_t end = i;
		while (end < frame->count && !has_value(frame, end) && !has_odd(frame, end))
			end++;
		int64_t from_ms = frame->edges[i], to_ms = frame->edges[end];
		from_ms = from_ms < frame->expected_from_ms ? frame->expected_from_ms : from_ms;
		to_ms = to_ms > frame->expected_to_ms ? frame->expected_to_ms : to_ms;
		if (end > i && is_gap(frame, plot->stride, i, end) && from_ms < to_ms &&
			!pr_canvas_gap(&plot->canvas, pr_plot_x(plot, from_ms), pr_plot_x(plot, to_ms)))
			return false;
		i = end > i ? end : i + 1;
	}
	return true;
}

static void draw_line_band(struct pr_plot_canvas *plot, const struct pr_plot_line *line, const struct columns *columns)
{
	struct pr_canvas *canvas = &plot->canvas;
	bool own = line->role && !pr_text_starts(line->role, "accent"), alone = plot->frame->line_count == 1;
	double breach = pr_canvas_breach(canvas->data), least = pr_canvas_least(canvas->data);
	struct pr_paint paint = pr_paint_fill(pr_canvas_colour(canvas, own ? line->role : "accent.light"));
	if (!line->has_band && !columns->merged)
		return;
	paint.alpha = !alone ? SHARED_ALPHA : own ? OWN_ALPHA : BAND_ALPHA;
	draw_band(canvas, columns, -INFINITY, INFINITY, paint);
	paint = pr_paint_fill(pr_canvas_colour(canvas, "poor"));
	paint.alpha = BREACH_ALPHA;
	if (alone && isfinite(breach))
		draw_band(canvas, columns, breach, INFINITY, paint);
	if (alone && isfinite(least))
		draw_band(canvas, columns, -INFINITY, least, paint);
}

bool pr_plot_is_dense(const struct pr_plot_canvas *plot)
{
	return plot->canvas.plot.width / (double)plot->frame->count < PR_PLOT_DENSE_PT;
}

static void draw_lines(struct pr_plot_canvas *plot)
{
	const struct pr_plot_frame *frame = plot->frame;
	struct pr_arena *arena = plot->canvas.drawing->arena;
	bool is_dense = pr_plot_is_dense(plot);
	struct columns *columns = pr_arena_array(arena, frame->line_count, sizeof *columns);
	struct pr_paint grey = pr_paint_stroke(pr_canvas_colour(&plot->canvas, "text3"), BESIDE_PT);
	for (size_t i = 0; i < frame->beside_count; i++) {
		struct columns beside = make_columns(plot, &frame->beside[i]);
		draw_means(&plot->canvas, &beside, grey);
	}
	for (size_t i = 0; i < frame->line_count; i++) {
		columns[i] = make_columns(plot, &frame->lines[i]);
		draw_line_band(plot, &frame->lines[i], &columns[i]);
	}
	for (size_t i = 0; i < frame->line_count; i++)
		draw_means(&plot->canvas, &columns[i], pr_plot_line_paint(plot, &frame->lines[i], is_dense));
}

/* Where "axis from 200" stands, for the labels to keep away from. */
static void note_axis(struct pr_canvas *canvas)
{
	const char *note = pr_canvas_axis_note(canvas);
	double width =
		note ? pr_type_width(canvas->faces, pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT), note) : 0;
	if (width > 0)
		pr_canvas_add_label(canvas,
			(struct pr_rect){canvas->plot.x + canvas->plot.width - width - 3, canvas->rect.y - 2, width + 3, 10});
}

static bool draw_frame(const struct pr_canvas *outer, const struct pr_plot_frames *frames,
	const struct pr_plot_frame *frame, size_t row, struct pr_rect rect)
{
	struct pr_chart_definition definition = *outer->definition;
	struct pr_chart_data data = *outer->data;
	struct pr_plot_canvas plot = {.canvas = *outer, .frames = frames, .frame = frame, .stride = stride_of(frame)};
	double right = frames->has_legend ? PR_PLOT_LEGEND_PT : pr_plot_names_margin(&plot);
	definition.axis_from_zero = !frame->floats;
	data.limits = frame->limits;
	data.limit_count = frame->limit_count;
	data.left_pt = PR_PLOT_GUTTER_PT;
	data.right_pt = 0;
	plot.canvas.definition = &definition;
	plot.canvas.data = &data;
	plot.canvas.rect = plot.canvas.plot = rect;
	plot.canvas.ink = NULL;
	plot.canvas.ink_count = plot.canvas.ink_capacity = 0;
	plot.canvas.hatched = NULL;
	plot.canvas.hatched_count = plot.canvas.hatched_capacity = 0;
	plot.canvas.labels = NULL;
	plot.canvas.label_count = plot.canvas.label_capacity = 0;
	plot.canvas.may_omit = true;
	plot.canvas.scale = scale_of(frames, frame);
	if (!pr_plot_title(&plot))
		return false;
	double above = above_of(frames, row);
	plot.canvas.rect.y += above - HEAD_PT;
	plot.canvas.rect.height -= above - HEAD_PT;
	pr_canvas_frame(&plot.canvas, HEAD_PT, right, below_of(frames, row));
	if (!pr_canvas_grid(&plot.canvas))
		return false;
	draw_midnights(&plot);
	if (!draw_gaps(&plot))
		return false;
	pr_plot_alarm_lines(&plot);
	draw_lines(&plot);
	pr_canvas_limit_lines(&plot.canvas);
	pr_canvas_base(&plot.canvas, BASE_PT);
	pr_plot_odds(&plot);
	note_axis(&plot.canvas);
	return draw_ticks(&plot) && draw_spans(&plot) && pr_plot_alarms(&plot) && pr_plot_extremes(&plot) &&
	       (frames->has_legend ? pr_plot_legend(&plot) : pr_plot_names(&plot));
}

bool pr_chart_draw_plot(struct pr_canvas *canvas)
{
	const struct pr_plot_frames *frames = canvas->data->plot;
	double y = canvas->rect.y;
	if (!frames || frames->count == 0)
		return true;
	canvas->enlarged = LETTER;
	double width = (canvas->rect.width - PR_PLOT_APART_PT * (double)(frames->columns - 1)) / (double)frames->columns;
	for (size_t row = 0; row < rows_of(frames); row++) {
		double height = above_of(frames, row) + plot_of(frames, row) + below_of(frames, row);
		for (size_t column = 0; column < frames->columns; column++) {
			size_t i = row * frames->columns + column;
			struct pr_rect rect = {canvas->rect.x + (width + PR_PLOT_APART_PT) * (double)column, y, width, height};
			if (i < frames->count && frames->frames[i].edges &&
				!draw_frame(canvas, frames, &frames->frames[i], row, rect))
				return false;
		}
		y += height + ROW_SPACE_PT;
	}
	return true;
}
