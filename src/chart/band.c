/* Dense series: a column for every few values, minimum to maximum, with the mean over it. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "chart/canvas.h"

#define COLUMN_LEAST_PT 1.0
#define BAND_ALPHA 0.6
#define BREACH_ALPHA 0.8
#define OWN_ALPHA 0.35
#define BESIDE_PT 0.5
#define MEAN_PT 0.7
#define HEAD_PT 9.0
#define HEAD_MARK_PT 20.0 /* with a mark's label over the highest value */
#define AXIS_LABEL_PT 12.0
#define TICK_PT 3.0
#define TICK_LONG_PT 5.0
#define TICK_APART_PT 4.5
#define BASE_PT 0.75
#define SIDE_APART_PT 9.0

struct column {
	size_t from, to; /* the values that are there lie inside */
	double low, high, mean;
};

struct band {
	const double *values, *lows, *highs; /* the two are the values, where nothing else is known */
	size_t count;
	struct column *columns;
	size_t column_count;
};

/* How many values make a column: the least divisor of a day that gives columns of a point. */
static size_t values_a_column(const struct pr_canvas *canvas, size_t count)
{
	size_t day = canvas->data->values_per_day > 0 ? canvas->data->values_per_day : count;
	double width = canvas->plot.width / (double)(count > 0 ? count : 1);
	for (size_t k = 1; k < day; k++)
		if (day % k == 0 && (double)k * width >= COLUMN_LEAST_PT)
			return k;
	return day > 0 ? day : 1;
}

/* The end of the run of missing values that begins at `from`; `from` itself where the value is there. */
static size_t hole_end(const struct band *band, size_t from)
{
	size_t end = from;
	while (end < band->count && !isfinite(band->values[end]))
		end++;
	return end;
}

static void add_column(struct band *band, size_t from, size_t to)
{
	struct column column = {.low = INFINITY, .high = -INFINITY};
	size_t measured = 0;
	double sum = 0;
	for (size_t i = from; i < to; i++) {
		double value = band->values[i];
		if (!isfinite(value))
			continue;
		column.from = measured == 0 ? i : column.from;
		column.to = i + 1;
		column.low = fmin(column.low, fmin(value, band->lows[i]));
		column.high = fmax(column.high, fmax(value, band->highs[i]));
		sum += value;
		measured++;
	}
	if (measured == 0)
		return;
	column.mean = sum / (double)measured;
	band->columns[band->column_count++] = column;
}

/* Columns lie on the grid of the day, but never reach into a gap. */
static void make_columns(struct band *band, size_t size, struct pr_arena *arena)
{
	band->columns = pr_arena_array(arena, band->count + 1, sizeof *band->columns);
	for (size_t from = 0; from < band->count;) {
		size_t hole = hole_end(band, from);
		if (hole - from > PR_CHART_HOLE_STEPS) {
			from = hole;
			continue;
		}
		size_t grid = (from / size + 1) * size, to = from;
		while (to < grid && to < band->count && hole_end(band, to) - to <= PR_CHART_HOLE_STEPS)
			to++;
		add_column(band, from, to);
		from = to;
	}
}

static double place_x(const struct pr_canvas *canvas, const struct band *band, size_t index)
{
	return canvas->plot.x + canvas->plot.width * (double)index / (double)band->count;
}

/* Columns [i, end) touch each other: what is drawn in one stroke. */
static size_t run_end(const struct band *band, size_t i)
{
	size_t end = i + 1;
	while (end < band->column_count && band->columns[end].from == band->columns[end - 1].to)
		end++;
	return end;
}

/* What of the band lies between `floor` and `ceiling` (of all of it: the infinities) as one path of stepped shapes. */
static void draw_shape(
	struct pr_canvas *canvas, const struct band *band, double floor, double ceiling, struct pr_paint paint)
{
	size_t count = 0;
	struct pr_segment *path = pr_arena_array(canvas->drawing->arena, 5 * band->column_count + 1, sizeof *path);
	for (size_t i = 0; i < band->column_count; i++) {
		const struct column *column = &band->columns[i];
		if (column->high <= floor || column->low >= ceiling)
			continue;
		double x1 = place_x(canvas, band, column->from), x2 = place_x(canvas, band, column->to);
		double y1 = pr_canvas_y(canvas, fmin(column->high, ceiling)),
			   y2 = pr_canvas_y(canvas, fmax(column->low, floor));
		path[count++] = (struct pr_segment){.kind = PR_MOVE, .x = x1, .y = y1};
		path[count++] = (struct pr_segment){.kind = PR_LINE, .x = x2, .y = y1};
		path[count++] = (struct pr_segment){.kind = PR_LINE, .x = x2, .y = y2};
		path[count++] = (struct pr_segment){.kind = PR_LINE, .x = x1, .y = y2};
		path[count++] = (struct pr_segment){.kind = PR_CLOSE};
		pr_canvas_add_ink(canvas, (struct pr_rect){x1, y1, x2 - x1, fmax(y2 - y1, 1)});
	}
	pr_draw_path(canvas->drawing, path, count, paint);
}

static void draw_means(struct pr_canvas *canvas, const struct band *band, struct pr_colour colour, double width)
{
	struct pr_arena *arena = canvas->drawing->arena;
	double *x = pr_arena_array(arena, band->column_count + 2, sizeof *x);
	double *y = pr_arena_array(arena, band->column_count + 2, sizeof *y);
	struct pr_paint paint = pr_paint_stroke(colour, width);
	paint.round_join = true;
	for (size_t i = 0; i < band->column_count;) {
		size_t end = run_end(band, i), count = 0;
		for (size_t k = i; k < end; k++, count++) {
			const struct column *column = &band->columns[k];
			x[count] = (place_x(canvas, band, column->from) + place_x(canvas, band, column->to)) / 2;
			y[count] = pr_canvas_y(canvas, column->mean);
		}
		/* The first and last half column, and a column alone, are part of the line. */
		x[0] = count == 1 ? place_x(canvas, band, band->columns[i].from) : x[0];
		if (count == 1) {
			x[1] = fmax(place_x(canvas, band, band->columns[i].to), x[0] + MEAN_PT);
			y[1] = y[0];
			count = 2;
		}
		pr_draw_polyline(canvas->drawing, x, y, count, false, paint);
		i = end;
	}
}

static bool draw_gaps(struct pr_canvas *canvas, const struct band *band)
{
	for (size_t i = canvas->data->unexpected; i < band->count;) {
		size_t end = hole_end(band, i);
		if (end - i > PR_CHART_HOLE_STEPS &&
			!pr_canvas_gap(canvas, place_x(canvas, band, i), place_x(canvas, band, end)))
			return false;
		i = end > i ? end : i + 1;
	}
	return true;
}

/* The first value of a day. */
static size_t day_start(const struct pr_chart_data *data, size_t count, size_t day)
{
	if (!data->places)
		return day * data->values_per_day < count ? day * data->values_per_day : count;
	size_t at = 0;
	while (at < count && data->places[at].day < day)
		at++;
	return at;
}

static bool draw_day_axis(struct pr_canvas *canvas, const struct band *band)
{
	const struct pr_chart_data *data = canvas->data;
	double base = canvas->plot.y + canvas->plot.height, free_from = -INFINITY;
	struct pr_paint tick = pr_paint_stroke(pr_canvas_colour(canvas, "ink"), BASE_PT);
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	/* In a small panel only the named days have a tick. */
	bool dense = canvas->plot.width < TICK_APART_PT * (double)data->category_count;
	for (size_t day = 0; data->category_count > 0 && day <= data->category_count; day++) {
		double x = place_x(canvas, band, day_start(data, band->count, day));
		const char *label = day < data->category_count ? data->categories[day].label : NULL;
		if (dense && !label && day < data->category_count)
			continue;
		pr_draw_line(canvas->drawing, x, base, x, base + (label ? TICK_LONG_PT : TICK_PT), tick);
		double from = fmax(canvas->plot.x, x - 2), width = pr_type_width(canvas->faces, style, label);
		if (!label || canvas->axis_unnamed || from < free_from || from + width > canvas->rect.x + canvas->rect.width)
			continue;
		if (!pr_canvas_text(canvas, label, style, from, base + AXIS_LABEL_PT, PR_ALIGN_LEFT, PR_TAG_TICK))
			return false;
		free_from = from + width + 3;
	}
	return true;
}

static bool draw_marks(struct pr_canvas *canvas, const struct band *band)
{
	const struct pr_chart_data *data = canvas->data;
	for (size_t i = 0; i < data->mark_count; i++) {
		size_t index = data->marks[i].index;
		if (index >= band->count || !isfinite(band->values[index]))
			continue;
		double x = canvas->plot.x + canvas->plot.width * ((double)index + 0.5) / (double)band->count;
		double value = data->marks[i].value ? *data->marks[i].value : band->values[index];
		if (!pr_canvas_mark(canvas, &data->marks[i], x, pr_canvas_y(canvas, value), true))
			return false;
	}
	return true;
}

static const struct pr_chart_series *series_named(const struct pr_chart_data *data, const char *name)
{
	for (size_t s = 1; s < data->series_count; s++)
		if (pr_text_equal(data->series[s].name, name))
			return &data->series[s];
	return NULL;
}

/* The means with their lows and highs. */
static struct band make_band(const struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	const struct pr_chart_series *low = series_named(data, "low"), *high = series_named(data, "high");
	struct band band = {.values = data->series[0].values, .count = data->series[0].count};
	band.lows = low && low->count == band.count ? low->values : band.values;
	band.highs = high && high->count == band.count ? high->values : band.values;
	make_columns(&band, values_a_column(canvas, band.count), canvas->drawing->arena);
	return band;
}

/* Another month's means, or other phases', on the same places; one that is longer is cut. */
static void draw_beside(struct pr_canvas *canvas, const struct band *band)
{
	const struct pr_chart_series *beside = series_named(canvas->data, "beside");
	if (!beside)
		return;
	struct pr_arena *arena = canvas->drawing->arena;
	double *values = pr_arena_array(arena, band->count, sizeof *values);
	for (size_t i = 0; i < band->count; i++)
		values[i] = i < beside->count ? beside->values[i] : (double)NAN;
	struct band other = {.values = values, .lows = values, .highs = values, .count = band->count};
	make_columns(&other, values_a_column(canvas, band->count), arena);
	struct pr_colour colour = pr_canvas_colour(canvas, "text3");
	if (beside->role)
		colour = pr_canvas_series_colour(canvas, beside);
	draw_means(canvas, &other, colour, BESIDE_PT);
}

/* The band in the light accent, or in a thin shade of the series' own colour; red beyond the limits. */
static void draw_shapes(struct pr_canvas *canvas, const struct band *band)
{
	const struct pr_chart_data *data = canvas->data;
	const char *role = data->series[0].role;
	bool own = role && !pr_text_starts(role, "accent");
	struct pr_paint paint = pr_paint_fill(
		own ? pr_canvas_series_colour(canvas, &data->series[0]) : pr_canvas_colour(canvas, "accent.light"));
	paint.alpha = own ? OWN_ALPHA : BAND_ALPHA;
	draw_shape(canvas, band, -INFINITY, INFINITY, paint);
	double breach = pr_canvas_breach(data), least = pr_canvas_least(data);
	paint = pr_paint_fill(pr_canvas_colour(canvas, "poor"));
	paint.alpha = BREACH_ALPHA;
	if (isfinite(breach))
		draw_shape(canvas, band, breach, INFINITY, paint);
	if (isfinite(least))
		draw_shape(canvas, band, -INFINITY, least, paint);
}

bool pr_chart_draw_band(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	pr_canvas_scale(canvas);
	struct pr_side side = {0};
	pr_side_add_limits(&side, canvas);
	pr_canvas_frame(canvas, data->mark_count > 0 ? HEAD_MARK_PT : HEAD_PT, pr_side_even_margin(&side, canvas),
		canvas->axis_unnamed ? PR_CHART_TICKS_PT : PR_CHART_BAND_AXIS_PT);
	if (data->series_count == 0 || data->series[0].count == 0) {
		pr_canvas_base(canvas, BASE_PT);
		return pr_canvas_gap(canvas, canvas->plot.x, canvas->plot.x + canvas->plot.width);
	}
	struct band band = make_band(canvas);
	if (!pr_canvas_grid(canvas) || !draw_gaps(canvas, &band))
		return false;
	draw_beside(canvas, &band);
	draw_shapes(canvas, &band);
	draw_means(canvas, &band, pr_canvas_series_colour(canvas, &data->series[0]), MEAN_PT);
	pr_canvas_limit_lines(canvas);
	pr_canvas_base(canvas, BASE_PT);
	return draw_day_axis(canvas, &band) &&
	       pr_side_draw(&side, canvas, SIDE_APART_PT, fmax(canvas->plot.y, canvas->side_top),
			   canvas->plot.y + canvas->plot.height) &&
	       draw_marks(canvas, &band);
}
