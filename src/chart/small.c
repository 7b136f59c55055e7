/* Small pictures: sparklines, the strip of days, bars in cells. */
#include <math.h>

#include "base/text.h"
#include "chart/canvas.h"

/* --- sparkline: 13 months, own scale, no axis ------------------------------------------------------------------- */

#define SPARK_FOOT_PT 12.0 /* for the rule and the months' names */
#define SPARK_LABEL_PT 8.5
#define SPARK_RING_PT 1.6
#define SPARK_EDGE_PT 2.5

struct spark {
	const struct pr_chart_series *series;
	double left, top, width, height, low, high;
};

static double spark_x(const struct spark *spark, size_t index)
{
	return spark->left +
	       spark->width * (double)index / (double)(spark->series->count > 1 ? spark->series->count - 1 : 1);
}

static double spark_y(const struct spark *spark, size_t index)
{
	if (spark->high <= spark->low)
		return spark->top + spark->height / 2;
	return spark->top + spark->height * (spark->high - spark->series->values[index]) / (spark->high - spark->low);
}

static void draw_spark_line(struct pr_canvas *canvas, const struct spark *spark)
{
	struct pr_arena *arena = canvas->drawing->arena;
	size_t count = spark->series->count;
	double *x = pr_arena_array(arena, count + 1, sizeof *x), *y = pr_arena_array(arena, count + 1, sizeof *y);
	struct pr_paint paint = pr_paint_stroke(pr_canvas_colour(canvas, "accent.light"), 1);
	paint.round_join = true;
	for (size_t i = 0; i < count;) {
		size_t points = 0;
		for (; i < count && isfinite(spark->series->values[i]); i++, points++) {
			x[points] = spark_x(spark, i);
			y[points] = spark_y(spark, i);
		}
		if (points > 1)
			pr_draw_polyline(canvas->drawing, x, y, points, false, paint);
		else if (points == 1)
			pr_draw_circle(canvas->drawing, x[0], y[0], 0.8, pr_paint_fill(paint.stroke_colour));
		else
			i++;
	}
}

/* The same month last year hollow, this month filled. */
static void draw_spark_ends(struct pr_canvas *canvas, const struct spark *spark)
{
	size_t last = spark->series->count - 1;
	struct pr_colour accent = pr_canvas_colour(canvas, "accent");
	if (last > 0 && isfinite(spark->series->values[0])) {
		struct pr_paint ring = pr_paint_stroke(accent, 0.8);
		ring.fill = true;
		ring.fill_colour = pr_canvas_colour(canvas, "white");
		pr_draw_circle(canvas->drawing, spark_x(spark, 0), spark_y(spark, 0), SPARK_RING_PT, ring);
	}
	if (isfinite(spark->series->values[last]))
		pr_draw_circle(
			canvas->drawing, spark_x(spark, last), spark_y(spark, last), SPARK_RING_PT + 0.5, pr_paint_fill(accent));
}

bool pr_chart_draw_spark(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	struct pr_rect rect = canvas->rect;
	if (data->series_count == 0 || data->series[0].count == 0)
		return true;
	const struct pr_chart_data alone = {.series = data->series, .series_count = 1};
	struct spark spark = {.series = &data->series[0]};
	bool any = pr_canvas_extent(&alone, &spark.low, &spark.high);
	double foot = data->category_count > 0 ? SPARK_FOOT_PT : 0;
	spark.left = rect.x + SPARK_EDGE_PT;
	spark.top = rect.y + SPARK_EDGE_PT;
	spark.width = fmax(1, rect.width - 2 * SPARK_EDGE_PT);
	spark.height = fmax(1, rect.height - foot - 2 * SPARK_EDGE_PT);
	if (any) {
		draw_spark_line(canvas, &spark);
		draw_spark_ends(canvas, &spark);
	}
	if (foot == 0)
		return true;
	double base = rect.y + rect.height - foot, right = rect.x + rect.width;
	pr_draw_line(canvas->drawing, rect.x, base, right, base, pr_paint_stroke(pr_canvas_colour(canvas, "grid"), 0.5));
	struct pr_style style = pr_canvas_style(canvas, "text3", PR_REGULAR, PR_CHART_TICK_PT);
	return pr_canvas_text(
			   canvas, data->categories[0].label, style, rect.x, base + SPARK_LABEL_PT, PR_ALIGN_LEFT, PR_TAG_TICK) &&
	       pr_canvas_text(canvas, data->categories[data->category_count - 1].label, style, right, base + SPARK_LABEL_PT,
			   PR_ALIGN_RIGHT, PR_TAG_TICK);
}

/* --- days: a cell a day ----------------------------------------------------------------------------------------- */

#define CELL_PT 8.6
#define CELL_SEAM_PT 1.4
#define DAY_LABEL_PT 8.3 /* baseline below the cells */
#define KEY_RAISE_PT 7.0 /* baseline above the rectangle: that of the block's sub-line */
#define KEY_CELL_WIDTH_PT 8.0
#define KEY_CELL_HEIGHT_PT 5.6
#define KEY_SPACE_PT 3.5
#define KEY_APART_PT 9.0
#define OUTLINE_PT 0.6

enum look { COMPLETE, PARTIAL, MISSING, UNEXPECTED, LOOK_COUNT };

static void draw_cell(struct pr_canvas *canvas, struct pr_rect rect, enum look look)
{
	struct pr_rect inner = {
		rect.x + OUTLINE_PT / 2, rect.y + OUTLINE_PT / 2, rect.width - OUTLINE_PT, rect.height - OUTLINE_PT};
	if (look == COMPLETE || look == UNEXPECTED) {
		const char *role = look == COMPLETE ? "accent" : "tint";
		pr_draw_rect(canvas->drawing, rect, pr_paint_fill(pr_canvas_colour(canvas, role)));
		return;
	}
	struct pr_paint paint = pr_paint_stroke(pr_canvas_colour(canvas, look == PARTIAL ? "accent" : "text3"), OUTLINE_PT);
	if (look == PARTIAL) {
		paint.fill = true;
		paint.fill_colour = pr_canvas_colour(canvas, "accent.pale");
	} else {
		pr_draw_hatch(canvas->drawing, inner, 1.5, pr_canvas_colour(canvas, "text3"), 0.4);
	}
	pr_draw_rect(canvas->drawing, inner, paint);
}

static enum look look_of(double share)
{
	return isnan(share) ? UNEXPECTED : share >= 1 ? COMPLETE : share > 0 ? PARTIAL : MISSING;
}

static bool any_unexpected(const struct pr_chart_data *data)
{
	for (size_t i = 0; i < data->series[0].count; i++)
		if (isnan(data->series[0].values[i]))
			return true;
	return false;
}

/* Right-aligned on the sub-line's baseline, above the rectangle; the fourth word only where there are such days. */
static bool draw_key(struct pr_canvas *canvas)
{
	int looks = canvas->definition->key_count > UNEXPECTED && any_unexpected(canvas->data) ? LOOK_COUNT : UNEXPECTED;
	if (!canvas->data->key_texts || canvas->definition->key_count < UNEXPECTED)
		return true;
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	double right = canvas->rect.x + canvas->rect.width, baseline = canvas->rect.y - KEY_RAISE_PT;
	for (int look = looks - 1; look >= 0; look--) {
		const char *text = canvas->data->key_texts[look];
		if (!pr_canvas_text(canvas, text, style, right, baseline, PR_ALIGN_RIGHT, NULL))
			return false;
		right -= pr_type_width(canvas->faces, style, text) + KEY_SPACE_PT + KEY_CELL_WIDTH_PT;
		draw_cell(canvas, (struct pr_rect){right, baseline - KEY_CELL_HEIGHT_PT, KEY_CELL_WIDTH_PT, KEY_CELL_HEIGHT_PT},
			(enum look)look);
		right -= KEY_APART_PT;
	}
	return true;
}

/* 1, every fifth, and the last day; a fifth beside the last gives way. */
static bool is_labelled(size_t day, size_t count)
{
	if (day == 0 || day + 1 == count)
		return true;
	return (day + 1) % 5 == 0 && day + 2 < count;
}

bool pr_chart_draw_days(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	size_t count = data->series_count > 0 ? data->series[0].count : 0;
	if (count == 0)
		return true;
	double step = (canvas->rect.width + CELL_SEAM_PT) / (double)count;
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	for (size_t i = 0; i < count; i++) {
		struct pr_rect cell = {canvas->rect.x + step * (double)i, canvas->rect.y, step - CELL_SEAM_PT, CELL_PT};
		draw_cell(canvas, cell, look_of(data->series[0].values[i]));
		if (i < data->category_count && is_labelled(i, count) &&
			!pr_canvas_text(canvas, data->categories[i].label, style, cell.x + cell.width / 2,
				canvas->rect.y + CELL_PT + DAY_LABEL_PT, PR_ALIGN_CENTRE, PR_TAG_TICK))
			return false;
	}
	return draw_key(canvas);
}

/* --- marks of the alarm levels ---------------------------------------------------------------------------------- */

#define DIAMOND_REACH 0.58 /* of the size: a diamond looks smaller than a square of its height */
#define DISC_RADIUS 0.46
#define SQUARE_SIDE 0.86
#define DISC_OUTLINE_PT 0.5

void pr_chart_draw_shape(
	struct pr_drawing *drawing, const struct pr_theme *theme, double x, double y, double size_pt, const char *role)
{
	struct pr_colour colour;
	if (!role || !pr_theme_role(theme, role, &colour))
		colour = pr_theme_colour(theme, "accent");
	struct pr_paint paint = pr_paint_fill(colour);
	double half = SQUARE_SIDE * size_pt / 2;
	if (pr_text_equal(role, "alarm.1")) {
		half = DIAMOND_REACH * size_pt;
		const double corners_x[] = {x, x + half, x, x - half}, corners_y[] = {y - half, y, y + half, y};
		pr_draw_polyline(drawing, corners_x, corners_y, 4, true, paint);
	} else if (pr_text_equal(role, "alarm.3")) {
		paint.stroke = true;
		paint.stroke_colour = pr_theme_colour(theme, "text3");
		paint.stroke_width = DISC_OUTLINE_PT;
		pr_draw_circle(drawing, x, y, DISC_RADIUS * size_pt, paint);
	} else {
		pr_draw_rect(drawing, (struct pr_rect){x - half, y - half, 2 * half, 2 * half}, paint);
	}
}

/* --- bars in a table's cells ------------------------------------------------------------------------------------ */

#define CELL_BAR_PT 4.5
#define CELL_ARROW_PT 3.0

void pr_chart_draw_bar(struct pr_drawing *drawing, const struct pr_theme *theme, struct pr_rect rect, double share,
	double limit_share, const char *role)
{
	struct pr_colour colour;
	if (!role || !pr_theme_role(theme, role, &colour))
		colour = pr_theme_colour(theme, "accent");
	double top = rect.y + (rect.height - CELL_BAR_PT) / 2, width = rect.width;
	pr_draw_rect(
		drawing, (struct pr_rect){rect.x, top, width, CELL_BAR_PT}, pr_paint_fill(pr_theme_colour(theme, "tint")));
	if (share > 1) {
		double right = rect.x + width, neck = right - CELL_ARROW_PT;
		const double x[] = {rect.x, neck, neck, right, neck, neck, rect.x};
		const double y[] = {
			top, top, top - 1, top + CELL_BAR_PT / 2, top + CELL_BAR_PT + 1, top + CELL_BAR_PT, top + CELL_BAR_PT};
		pr_draw_polyline(drawing, x, y, 7, true, pr_paint_fill(colour));
	} else if (share > 0) {
		pr_draw_rect(
			drawing, (struct pr_rect){rect.x, top, fmax(share * width, 0.5), CELL_BAR_PT}, pr_paint_fill(colour));
	}
	if (limit_share >= 0 && limit_share <= 1)
		pr_draw_line(drawing, rect.x + limit_share * width, top - 2, rect.x + limit_share * width,
			top + CELL_BAR_PT + 2, pr_paint_stroke(pr_theme_colour(theme, "ink"), 0.7));
}
