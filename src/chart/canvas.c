#include "chart/canvas.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

#define GRID_PT 0.5
#define TICK_ABOVE_PT 2.0 /* a tick label's baseline above its line */
#define TICK_SPACE_PT 4.0 /* between a wide tick label and the data */
#define CATEGORY_PT 9.5   /* baselines below the base */
#define CATEGORY_SECOND_PT 18.0
#define GAP_WORD_PT 24.0
#define TICKS_MAX 8
#define DIGITS_MAX 6
#define TICK_APART_PT 15.0 /* grid lines that would be closer are thinned out */

struct pr_style pr_canvas_style(const struct pr_canvas *canvas, const char *role, enum pr_weight weight, double size_pt)
{
	double factor = canvas->enlarged > 0 ? canvas->enlarged : 1;
	return (struct pr_style){.weight = weight, .size_pt = size_pt * factor, .colour = pr_canvas_colour(canvas, role)};
}

struct pr_colour pr_canvas_colour(const struct pr_canvas *canvas, const char *role)
{
	return pr_theme_colour(canvas->theme, role);
}

struct pr_colour pr_canvas_series_colour(const struct pr_canvas *canvas, const struct pr_chart_series *series)
{
	struct pr_colour colour;
	if (series->role && pr_theme_role(canvas->theme, series->role, &colour))
		return colour;
	return pr_canvas_colour(canvas, "accent");
}

bool pr_canvas_text(struct pr_canvas *canvas, const char *text, struct pr_style style, double x, double baseline,
	enum pr_align align, const char *finding)
{
	return pr_draw_text(canvas->drawing, canvas->faces, text, style, x, baseline, align, finding, canvas->error);
}

bool pr_canvas_two_lines(struct pr_canvas *canvas, const char *text, const char *finding, struct pr_style style,
	double width, struct pr_text_line lines[2], size_t *count)
{
	struct pr_arena *arena = canvas->drawing->arena;
	struct pr_span span = {.text = text ? text : "", .style = style, .finding = finding ? finding : PR_TAG_NAME};
	struct pr_text_line *broken;
	*count = 0;
	if (*span.text == '\0')
		return true;
	if (!pr_type_paragraph(canvas->faces, &span, 1, width + 0.01, arena, &broken, count, canvas->error))
		return false;
	if (*count > 2) {
		*count = 1;
		return pr_type_fit(canvas->faces, &span, width + 0.01, arena, &lines[0], canvas->error);
	}
	for (size_t i = 0; i < *count; i++)
		lines[i] = broken[i];
	return true;
}

double pr_canvas_value(const struct pr_chart_data *data, size_t series, size_t index)
{
	if (series >= data->series_count || index >= data->series[series].count)
		return NAN;
	return data->series[series].values[index];
}

bool pr_canvas_extent(const struct pr_chart_data *data, double *low, double *high)
{
	*low = INFINITY;
	*high = -INFINITY;
	for (size_t s = 0; s < data->series_count; s++) {
		for (size_t i = 0; i < data->series[s].count; i++) {
			double value = data->series[s].values[i];
			if (!isfinite(value))
				continue;
			*low = fmin(*low, value);
			*high = fmax(*high, value);
		}
	}
	bool any = *low <= *high;
	if (!any)
		*low = *high = 0;
	*high = fmax(*high, data->reach > 0 ? data->reach : *high);
	for (size_t i = 0; i < data->limit_count; i++) {
		if (!isfinite(data->limits[i].value))
			continue;
		*high = fmax(*high, data->limits[i].value);
		if (data->limits[i].is_least)
			*low = fmin(*low, data->limits[i].value);
	}
	return any;
}

void pr_canvas_scale(struct pr_canvas *canvas)
{
	double low, high;
	bool any = pr_canvas_extent(canvas->data, &low, &high);
	canvas->scale = pr_scale_make(any ? low : 0, high, canvas->definition->axis_from_zero || !any);
	if (high == 0 && (!any || low == 0))
		canvas->scale.tick_count = 1; /* nothing was measured, or 0 all the time: the zero line alone */
}

double pr_canvas_y(const struct pr_canvas *canvas, double value)
{
	double range = canvas->scale.top - canvas->scale.bottom;
	return canvas->plot.y + canvas->plot.height * (canvas->scale.top - value) / range;
}

void pr_canvas_add_ink(struct pr_canvas *canvas, struct pr_rect rect)
{
	*PR_PUSH(canvas->drawing->arena, canvas->ink, canvas->ink_count, canvas->ink_capacity) = rect;
}

/* The round step above: 1 2 2.5 5 10 … */
static double wider_step(double step)
{
	static const double factors[] = {1, 2, 2.5, 5};
	double power = pow(10, floor(log10(step) + 1e-9));
	for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
		if (factors[i] * power > step * (1 + 1e-6))
			return factors[i] * power;
	return 10 * power;
}

/* As many decimals as the ticks need. */
static int digits_of(const struct pr_scale *scale)
{
	int digits = 0;
	for (; digits < DIGITS_MAX; digits++) {
		double unit = pow(10, digits);
		bool whole = true;
		for (int i = 0; i < scale->tick_count; i++)
			whole = whole && fabs(scale->ticks[i] * unit - round(scale->ticks[i] * unit)) < 1e-6;
		if (whole)
			break;
	}
	return digits;
}

/* In a low plot fewer grid lines, at wider round steps from zero or from the axis' beginning. */
static void thin_ticks(struct pr_canvas *canvas)
{
	struct pr_scale *scale = &canvas->scale;
	if (scale->tick_count < 3)
		return;
	double step = scale->ticks[1] - scale->ticks[0], a_unit = canvas->plot.height / (scale->top - scale->bottom);
	if (step * a_unit >= TICK_APART_PT)
		return;
	while (step * a_unit < TICK_APART_PT)
		step = wider_step(step);
	double first = scale->bottom <= 0 ? ceil(scale->bottom / step - 1e-6) * step : scale->ticks[0];
	scale->tick_count = 0;
	for (int i = 0; i < TICKS_MAX && first + step * i <= scale->top + 1e-6 * step; i++)
		scale->ticks[scale->tick_count++] = fabs(first + step * i) < 1e-6 * step ? 0 : first + step * i;
	scale->digits = digits_of(scale);
}

void pr_canvas_frame(struct pr_canvas *canvas, double above, double right, double below)
{
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	double gutter = fmax(PR_CHART_GUTTER_PT, canvas->data->left_pt);
	right = fmax(right, canvas->data->right_pt);
	for (int i = 0; i < canvas->scale.tick_count; i++) {
		const char *text = pr_scale_text(&canvas->scale, i, canvas->data, canvas->drawing->arena);
		gutter = fmax(gutter, pr_type_width(canvas->faces, style, text) + TICK_SPACE_PT);
	}
	struct pr_rect rect = canvas->rect;
	canvas->plot = (struct pr_rect){
		rect.x + gutter, rect.y + above, fmax(1, rect.width - gutter - right), fmax(1, rect.height - above - below)};
	thin_ticks(canvas);
}

/* "{}" in the note becomes the value that the axis begins at. */
const char *pr_canvas_axis_note(const struct pr_canvas *canvas)
{
	const char *note = canvas->data->note;
	if (canvas->definition->axis_from_zero || canvas->scale.bottom == 0 || !note || canvas->scale.tick_count == 0)
		return NULL;
	const char *place = strstr(note, "{}");
	if (!place)
		return note;
	struct pr_arena *arena = canvas->drawing->arena;
	return pr_arena_format(
		arena, "%.*s%s%s", (int)(place - note), note, pr_scale_text(&canvas->scale, 0, canvas->data, arena), place + 2);
}

bool pr_canvas_grid(struct pr_canvas *canvas)
{
	struct pr_paint line = pr_paint_stroke(pr_canvas_colour(canvas, "grid"), GRID_PT);
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	double right = canvas->plot.x + canvas->plot.width;
	for (int i = 0; i < canvas->scale.tick_count; i++) {
		double y = pr_canvas_y(canvas, canvas->scale.ticks[i]);
		if (canvas->scale.ticks[i] != 0)
			pr_draw_line(canvas->drawing, canvas->rect.x, y, right, y, line);
		const char *text = pr_scale_text(&canvas->scale, i, canvas->data, canvas->drawing->arena);
		if (!pr_canvas_text(canvas, text, style, canvas->rect.x, y - TICK_ABOVE_PT, PR_ALIGN_LEFT, PR_TAG_TICK))
			return false;
	}
	if (canvas->note_placed)
		return true;
	return pr_canvas_text(
		canvas, pr_canvas_axis_note(canvas), style, right, canvas->rect.y + 6, PR_ALIGN_RIGHT, PR_TAG_TICK);
}

void pr_canvas_base(struct pr_canvas *canvas, double width)
{
	bool has_zero = canvas->scale.bottom <= 0 && canvas->scale.top >= 0;
	double y = pr_canvas_y(canvas, has_zero ? 0 : canvas->scale.bottom);
	struct pr_paint paint = has_zero ? pr_paint_stroke(pr_canvas_colour(canvas, "ink"), width)
	                                 : pr_paint_stroke(pr_canvas_colour(canvas, "rule"), GRID_PT);
	pr_draw_line(canvas->drawing, canvas->rect.x, y, canvas->plot.x + canvas->plot.width, y, paint);
}

/* Every how manyth label has room, where all are drawn at `step`. */
static size_t label_stride(const struct pr_canvas *canvas, double step)
{
	struct pr_style style = pr_canvas_style(canvas, "ink", PR_BOLD, PR_CHART_TICK_PT);
	double widest = 0;
	for (size_t i = 0; i < canvas->data->category_count; i++)
		widest = fmax(widest, pr_type_width(canvas->faces, style, canvas->data->categories[i].label));
	return widest + 2 <= step ? 1 : (size_t)ceil((widest + 2) / step);
}

/* Where not all have room, an emphasised label drives away its neighbours. */
static bool is_crowded(const struct pr_chart_data *data, size_t index, size_t stride)
{
	for (size_t i = 0; stride > 1 && i < data->category_count; i++)
		if (data->categories[i].emphasised && (i > index ? i - index : index - i) < stride)
			return true;
	return false;
}

bool pr_canvas_categories(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	double bottom = canvas->plot.y + canvas->plot.height;
	double step = canvas->plot.width / (double)(data->category_count > 0 ? data->category_count : 1);
	size_t stride = label_stride(canvas, step);
	struct pr_style second = pr_canvas_style(canvas, "text3", PR_REGULAR, PR_CHART_TICK_PT);
	for (size_t i = 0; i < data->category_count; i++) {
		const struct pr_chart_category *category = &data->categories[i];
		if (!category->emphasised && (i % stride != 0 || is_crowded(data, i, stride)))
			continue;
		double x = canvas->plot.x + step * ((double)i + 0.5);
		struct pr_style style = pr_canvas_style(canvas, category->rest && !category->emphasised ? "text3" : "ink",
			category->emphasised ? PR_BOLD : PR_REGULAR, PR_CHART_TICK_PT);
		if (!pr_canvas_text(canvas, category->label, style, x, bottom + CATEGORY_PT, PR_ALIGN_CENTRE,
				category->finding ? category->finding : PR_TAG_TICK) ||
			!pr_canvas_text(
				canvas, category->second, second, x, bottom + CATEGORY_SECOND_PT, PR_ALIGN_CENTRE, PR_TAG_TICK))
			return false;
	}
	return true;
}

bool pr_canvas_gap(struct pr_canvas *canvas, double x1, double x2)
{
	struct pr_rect rect = {x1, canvas->plot.y, x2 - x1, canvas->plot.height};
	pr_draw_hatch(canvas->drawing, rect, 3, pr_canvas_colour(canvas, "rule"), 0.4);
	*PR_PUSH(canvas->drawing->arena, canvas->hatched, canvas->hatched_count, canvas->hatched_capacity) = rect;
	const char *word = canvas->data->gap_label;
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	double width = pr_type_width(canvas->faces, style, word);
	if (!word || rect.width < fmax(GAP_WORD_PT, width + 6) || rect.height < 14)
		return true;
	double x = x1 + rect.width / 2, y = rect.y + rect.height / 2;
	struct pr_rect ground = {x - width / 2 - 2.5, y - 5.5, width + 5, 11};
	pr_canvas_add_ink(canvas, ground);
	pr_draw_rect(canvas->drawing, ground, pr_paint_fill(pr_canvas_colour(canvas, "white")));
	return pr_canvas_text(canvas, word, style, x, y + 2.6, PR_ALIGN_CENTRE, NULL);
}

double pr_canvas_last(const struct pr_chart_series *series)
{
	for (size_t i = series->count; i-- > 0;)
		if (isfinite(series->values[i]))
			return series->values[i];
	return NAN;
}

const char *pr_canvas_tag(const struct pr_chart_series *series, size_t index)
{
	return series->findings ? series->findings[index] : series->finding;
}
