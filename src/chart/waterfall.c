/*
 * Waterfall: how one total becomes another, part by part. Totals stand on zero; a part hangs where the one before it
 * ended. A decrease is hatched, and every figure has its sign, so nothing rests on colour.
 */
#include <math.h>

#include "chart/canvas.h"

#define BAR_SHARE 0.68 /* of the step */
#define BAR_LEAST_PT 0.5
#define ZERO_PT 1.2 /* the line of a part that is 0 */
#define OUTLINE_PT 0.7
#define HATCH_STEP_PT 1.8
#define HATCH_PT 0.45
#define BASE_PT 0.75
#define HEAD_PT 12.0 /* for labels over the highest bar */
#define FOOT_PT 11.0 /* for labels below the lowest, where it is below zero */
#define LABEL_ABOVE_PT 3.5
#define LABEL_BELOW_PT 8.8
#define ASCENT_EM 0.80
#define DESCENT_EM 0.06
#define STAGGER_PT 9.5 /* labels wider than their step take turns at heights this far apart */
#define NAME_PT 10.0   /* the first name's baseline below the plot */
#define LINE_PT 9.0
#define NAME_APART_PT 3.0

struct bar {
	double from, to; /* on the scale; NaN = not known */
	struct pr_rect rect;
};

/* The names below the axis, each broken within its step. */
struct names {
	struct pr_text_line first[2], second[2];
	size_t first_count, second_count;
};

struct waterfall {
	struct bar *bars;
	struct names *names;
	size_t count, first_lines, second_lines;
	double low, high;
};

static void stack_bars(const struct pr_chart_data *data, struct waterfall *fall)
{
	double level = 0;
	for (size_t i = 0; i < fall->count; i++) {
		double value = pr_canvas_value(data, 0, i);
		struct bar *bar = &fall->bars[i];
		bar->from = data->categories[i].total ? 0 : level;
		bar->to = isfinite(value) ? bar->from + value : NAN;
		if (!isfinite(value))
			continue; /* an unknown part leaves the level where it was */
		level = bar->to;
		fall->low = fmin(fall->low, fmin(bar->from, bar->to));
		fall->high = fmax(fall->high, fmax(bar->from, bar->to));
	}
}

static double step_of(const struct pr_canvas *canvas)
{
	return canvas->plot.width / (double)canvas->data->category_count;
}

static double middle_of(const struct pr_canvas *canvas, size_t index)
{
	return canvas->plot.x + step_of(canvas) * ((double)index + 0.5);
}

static bool is_part(const struct pr_chart_data *data, size_t index)
{
	return !data->categories[index].total;
}

static void place_bars(struct pr_canvas *canvas, struct waterfall *fall)
{
	double width = step_of(canvas) * BAR_SHARE;
	for (size_t i = 0; i < fall->count; i++) {
		struct bar *bar = &fall->bars[i];
		if (!isfinite(bar->to))
			continue;
		double y1 = pr_canvas_y(canvas, fmax(bar->from, bar->to)), y2 = pr_canvas_y(canvas, fmin(bar->from, bar->to));
		if (bar->to == bar->from) {
			y1 -= ZERO_PT / 2;
			y2 = y1 + ZERO_PT;
		} else if (y2 - y1 < BAR_LEAST_PT) {
			y1 = bar->to > bar->from ? y2 - BAR_LEAST_PT : y1;
			y2 = y1 + BAR_LEAST_PT;
		}
		bar->rect = (struct pr_rect){middle_of(canvas, i) - width / 2, y1, width, y2 - y1};
		pr_canvas_add_ink(canvas, bar->rect);
	}
}

static void draw_decrease(struct pr_canvas *canvas, struct pr_rect rect)
{
	struct pr_colour accent = pr_canvas_colour(canvas, "accent");
	if (rect.height < 2 * OUTLINE_PT) {
		pr_draw_rect(canvas->drawing, rect, pr_paint_fill(accent));
		return;
	}
	pr_draw_rect(canvas->drawing, rect, pr_paint_fill(pr_canvas_colour(canvas, "white")));
	pr_draw_hatch(canvas->drawing, rect, HATCH_STEP_PT, accent, HATCH_PT);
	struct pr_rect inner = {
		rect.x + OUTLINE_PT / 2, rect.y + OUTLINE_PT / 2, rect.width - OUTLINE_PT, rect.height - OUTLINE_PT};
	pr_draw_rect(canvas->drawing, inner, pr_paint_stroke(accent, OUTLINE_PT));
}

static bool draw_bar(struct pr_canvas *canvas, const struct bar *bar, size_t index)
{
	double left = canvas->plot.x + step_of(canvas) * (double)index;
	if (!isfinite(bar->to))
		return pr_canvas_gap(canvas, left, left + step_of(canvas));
	if (bar->to == bar->from)
		pr_draw_rect(canvas->drawing, bar->rect, pr_paint_fill(pr_canvas_colour(canvas, "ink")));
	else if (!is_part(canvas->data, index))
		pr_draw_rect(canvas->drawing, bar->rect, pr_paint_fill(pr_canvas_colour(canvas, "accent")));
	else if (bar->to > bar->from)
		pr_draw_rect(canvas->drawing, bar->rect, pr_paint_fill(pr_canvas_colour(canvas, "accent.light")));
	else
		draw_decrease(canvas, bar->rect);
	return true;
}

/* From the level that a bar reaches to the next bar, over unknown ones. */
static void draw_connectors(struct pr_canvas *canvas, const struct waterfall *fall)
{
	struct pr_paint paint = pr_paint_stroke(pr_canvas_colour(canvas, "text3"), 0.5);
	paint.dash[0] = paint.dash[1] = 1.5;
	paint.dash_count = 2;
	const struct bar *before = NULL;
	for (size_t i = 0; i < fall->count; i++) {
		const struct bar *bar = &fall->bars[i];
		if (!isfinite(bar->to))
			continue;
		if (before) {
			double y = pr_canvas_y(canvas, before->to), x = before->rect.x + before->rect.width;
			pr_draw_line(canvas->drawing, x, y, bar->rect.x, y, paint);
			pr_canvas_add_ink(canvas, (struct pr_rect){x, y - 0.5, bar->rect.x - x, 1});
		}
		before = bar;
	}
}

/* --- labels ----------------------------------------------------------------------------------------------------- */

static double overlap(struct pr_rect a, struct pr_rect b)
{
	double width = fmin(a.x + a.width, b.x + b.width) - fmax(a.x, b.x);
	double height = fmin(a.y + a.height, b.y + b.height) - fmax(a.y, b.y);
	return width > 0 && height > 0 ? width * height : 0;
}

/* What a label in `rect` would cover; leaving the plot counts most. */
static double cost_of(const struct pr_canvas *canvas, struct pr_rect rect, double lowest)
{
	double cost = 1000 * (fmax(0, canvas->rect.y - rect.y) + fmax(0, rect.y + rect.height - lowest));
	for (size_t i = 0; i < canvas->ink_count; i++)
		cost += overlap(rect, canvas->ink[i]);
	return cost;
}

/* Above its bar (a decrease or a negative total: below), else on the other side, else further out. */
static double place_label(const struct pr_canvas *canvas, const struct bar *bar, double x, double width, double lowest)
{
	static const struct {
		bool far_side;
		int stagger;
	} places[] = {{false, 0}, {true, 0}, {false, 1}, {true, 1}, {false, 2}, {true, 2}, {false, 3}, {true, 3}};
	double best = 0, best_cost = INFINITY;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		bool below = (bar->to < bar->from) != places[i].far_side;
		double away = STAGGER_PT * places[i].stagger;
		double baseline =
			below ? bar->rect.y + bar->rect.height + LABEL_BELOW_PT + away : bar->rect.y - LABEL_ABOVE_PT - away;
		struct pr_rect rect = {
			x, baseline - ASCENT_EM * PR_CHART_LABEL_PT, width, (ASCENT_EM + DESCENT_EM) * PR_CHART_LABEL_PT};
		double cost = cost_of(canvas, rect, lowest);
		if (cost < best_cost) {
			best_cost = cost;
			best = baseline;
		}
	}
	return best;
}

static bool draw_label(struct pr_canvas *canvas, const struct bar *bar, size_t index, double lowest)
{
	const struct pr_chart_series *series = &canvas->data->series[0];
	if (!series->texts || !series->texts[index] || !isfinite(bar->to))
		return true;
	enum pr_weight weight = bar->to == bar->from && is_part(canvas->data, index) ? PR_REGULAR : PR_BOLD;
	struct pr_span span = {.text = series->texts[index],
		.style = pr_canvas_style(canvas, "ink", weight, PR_CHART_LABEL_PT),
		.finding = pr_canvas_tag(series, index)};
	struct pr_text_line line;
	if (!pr_type_line(canvas->faces, &span, 1, canvas->drawing->arena, &line, canvas->error))
		return false;
	double x = middle_of(canvas, index) - line.width_pt / 2;
	x = fmax(canvas->plot.x, fmin(x, canvas->rect.x + canvas->rect.width - line.width_pt));
	double baseline = place_label(canvas, bar, x, line.width_pt, lowest);
	pr_draw_set_line(canvas->drawing, &line, x, baseline, PR_ALIGN_LEFT, PR_CHART_HALO_PT);
	/* A little wider than the text: two figures side by side must not read as one. */
	pr_canvas_add_ink(canvas, (struct pr_rect){x - 2, baseline - ASCENT_EM * PR_CHART_LABEL_PT, line.width_pt + 4,
								  (ASCENT_EM + DESCENT_EM) * PR_CHART_LABEL_PT});
	return true;
}

/* Whether labels are wider than their steps and may have to stand above each other. */
static bool has_wide_labels(const struct pr_canvas *canvas, double step)
{
	const struct pr_chart_series *series = &canvas->data->series[0];
	struct pr_style style = pr_canvas_style(canvas, "ink", PR_BOLD, PR_CHART_LABEL_PT);
	for (size_t i = 0; series->texts && i < series->count; i++)
		if (pr_type_width(canvas->faces, style, series->texts[i]) > step - 4)
			return true;
	return false;
}

/* --- names ------------------------------------------------------------------------------------------------------ */

/*
 * The width that a name may take: its step, or more where both neighbours leave room. Of two neighbours that are wider
 * than their steps each counts the other as a whole step wide, so both are broken.
 */
static double name_room(const struct pr_canvas *canvas, struct pr_style style, size_t index, bool second, double step)
{
	const struct pr_chart_data *data = canvas->data;
	double own = step - NAME_APART_PT, widest = 0;
	for (size_t i = index > 0 ? index - 1 : 0; i <= index + 1 && i < data->category_count; i++) {
		const char *text = second ? data->categories[i].second : data->categories[i].label;
		const struct pr_chart_category *beside = &data->categories[i];
		style.weight = !second && (beside->total || beside->emphasised) ? PR_BOLD : PR_REGULAR;
		if (i != index)
			widest = fmax(widest, fmin(pr_type_width(canvas->faces, style, text), own));
	}
	double room = fmax(own, 2 * (step - NAME_APART_PT - widest / 2));
	bool at_edge = index == 0 || index + 1 == data->category_count;
	return at_edge ? own : room;
}

static bool set_names(struct pr_canvas *canvas, struct waterfall *fall, double step)
{
	const struct pr_chart_data *data = canvas->data;
	struct pr_style small = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	for (size_t i = 0; i < fall->count; i++) {
		const struct pr_chart_category *category = &data->categories[i];
		struct names *names = &fall->names[i];
		struct pr_style style = pr_canvas_style(
			canvas, "ink", category->total || category->emphasised ? PR_BOLD : PR_REGULAR, PR_CHART_LABEL_PT);
		double width = name_room(canvas, style, i, false, step), second = name_room(canvas, small, i, true, step);
		if (!pr_canvas_two_lines(
				canvas, category->label, category->finding, style, width, names->first, &names->first_count) ||
			!pr_canvas_two_lines(
				canvas, category->second, category->second_finding, small, second, names->second, &names->second_count))
			return false;
		fall->first_lines = names->first_count > fall->first_lines ? names->first_count : fall->first_lines;
		fall->second_lines = names->second_count > fall->second_lines ? names->second_count : fall->second_lines;
	}
	return true;
}

/* The second lines of all stand on one baseline. */
static void draw_names(struct pr_canvas *canvas, const struct waterfall *fall, double y)
{
	for (size_t i = 0; i < fall->count; i++) {
		const struct names *names = &fall->names[i];
		double x = middle_of(canvas, i);
		for (size_t k = 0; k < names->first_count; k++)
			pr_draw_set_line(
				canvas->drawing, &names->first[k], x, y + NAME_PT + LINE_PT * (double)k, PR_ALIGN_CENTRE, 0);
		for (size_t k = 0; k < names->second_count; k++)
			pr_draw_set_line(canvas->drawing, &names->second[k], x,
				y + NAME_PT + LINE_PT * (double)(k + fall->first_lines), PR_ALIGN_CENTRE, 0);
	}
}

bool pr_chart_draw_waterfall(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	struct pr_arena *arena = canvas->drawing->arena;
	if (data->series_count == 0)
		return true;
	struct waterfall fall = {.count = data->category_count};
	fall.bars = pr_arena_array(arena, fall.count, sizeof *fall.bars);
	fall.names = pr_arena_array(arena, fall.count, sizeof *fall.names);
	stack_bars(data, &fall);
	canvas->scale = pr_scale_make(fall.low, fall.high, true);
	if (fall.low == 0 && fall.high == 0)
		canvas->scale.tick_count = 1;
	pr_canvas_frame(canvas, HEAD_PT, 0, 0); /* for the steps' width, which the names' lines depend on */
	if (!set_names(canvas, &fall, step_of(canvas)))
		return false;
	double foot = fall.low < 0 ? FOOT_PT : 0;
	double below = foot + NAME_PT + LINE_PT * ((double)(fall.first_lines + fall.second_lines) - 1) + 2;
	pr_canvas_frame(
		canvas, HEAD_PT + (has_wide_labels(canvas, step_of(canvas)) ? 2 * STAGGER_PT : 0), 0, fmax(below, foot + 2));
	if (!pr_canvas_grid(canvas))
		return false;
	place_bars(canvas, &fall);
	draw_connectors(canvas, &fall);
	for (size_t i = 0; i < fall.count; i++)
		if (!draw_bar(canvas, &fall.bars[i], i))
			return false;
	pr_canvas_base(canvas, BASE_PT);
	double zero = pr_canvas_y(canvas, 0), bottom = canvas->plot.y + canvas->plot.height;
	pr_canvas_add_ink(canvas, (struct pr_rect){canvas->plot.x, zero - 0.5, canvas->plot.width, 1});
	for (size_t i = 0; i < fall.count; i++)
		if (!draw_label(canvas, &fall.bars[i], i, bottom + foot))
			return false;
	draw_names(canvas, &fall, bottom + foot);
	return true;
}
