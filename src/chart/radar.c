/* Radar: an axis a score of 0 to 100 from 12 o'clock clockwise; 60 is just compliant, less is weak. */
#include <math.h>
#include <string.h>

#include "chart/canvas.h"

#define PI 3.14159265358979323846
#define COMPLIANT 60.0
#define FULL 100.0
#define FILL_ALPHA 0.12
#define AXES_LEAST 3
#define END_LABEL_PT 13.0 /* above the top, below the bottom */
#define END_ABOVE_PT 5.0  /* a top label's baseline above its corner */
#define END_BELOW_PT 10.5 /* a bottom label's below */
#define SIDE_SPACE_PT 6.0 /* between a corner and the label beside it */
#define LINE_PT 9.5       /* of labels */
#define NAME_SHARE 0.24   /* of the width: room that long names get at the cost of the radius */
#define RADIUS_LEAST 0.6  /* … which stays this part of what the height gives */
#define DOT_PT 2.0
#define MIDDLE_EM 0.35
#define BETWEEN_PT 4.0 /* a label keeps off the end labels */

struct radar {
	double x, y, radius;
	size_t count;
};

/* An axis' name (one or two lines) with its score, either in one line or below. */
struct label {
	struct pr_text_line lines[3];
	size_t count;
	size_t axis;
	double x, middle;
	enum pr_align align;
};

static double axis_angle(const struct radar *radar, size_t axis)
{
	return 2 * PI * (double)axis / (double)radar->count;
}

static double score_of(const struct pr_chart_data *data, size_t axis)
{
	double score = pr_canvas_value(data, 0, axis);
	return isfinite(score) ? fmin(fmax(score, 0), FULL) : NAN;
}

static const char *score_text(const struct pr_chart_data *data, size_t axis)
{
	if (data->series_count == 0 || isnan(score_of(data, axis)))
		return "\xE2\x80\x94";
	const char *const *texts = data->series[0].texts;
	return texts && texts[axis] ? texts[axis] : "\xE2\x80\x94";
}

static bool is_weak(const struct pr_chart_data *data, size_t axis)
{
	return score_of(data, axis) < COMPLIANT;
}

static const char *label_role(const struct pr_chart_data *data, size_t axis)
{
	return is_weak(data, axis) ? "poor" : isnan(score_of(data, axis)) ? "text3" : "ink";
}

static double corner_x(const struct radar *radar, size_t axis, double score)
{
	return radar->x + radar->radius * score / FULL * sin(axis_angle(radar, axis));
}

static double corner_y(const struct radar *radar, size_t axis, double score)
{
	return radar->y - radar->radius * score / FULL * cos(axis_angle(radar, axis));
}

/* At 12 or 6 o'clock, where the label stands above or below. */
static bool at_end(const struct radar *radar, size_t axis)
{
	return axis == 0 || 2 * axis == radar->count;
}

static struct radar lay_out(const struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	struct radar radar = {.count = data->category_count};
	struct pr_rect rect = canvas->rect;
	struct pr_style style = pr_canvas_style(canvas, "ink", PR_REGULAR, PR_CHART_LABEL_PT);
	double widest = 0, reach = 0;
	for (size_t i = 0; i < radar.count; i++) {
		if (!at_end(&radar, i))
			widest = fmax(widest, pr_type_width(canvas->faces, style, data->categories[i].label));
		reach = fmax(reach, fabs(sin(axis_angle(&radar, i))));
	}
	/* An odd number of axes has no corner at 6 o'clock and ends higher. */
	bool even = radar.count % 2 == 0;
	double down = even ? 1 : cos(PI / (double)radar.count);
	double height = fmax(1, rect.height - END_LABEL_PT - (even ? END_LABEL_PT : BETWEEN_PT));
	double by_height = height / (1 + down);
	double room = rect.width / 2 - SIDE_SPACE_PT - fmin(widest, NAME_SHARE * rect.width);
	radar.radius = fmin(by_height, fmax(room / reach, RADIUS_LEAST * by_height));
	radar.radius = fmax(1, fmin(radar.radius, (rect.width / 2 - SIDE_SPACE_PT) / reach));
	radar.x = rect.x + rect.width / 2;
	radar.y = rect.y + END_LABEL_PT + (height - radar.radius * (1 + down)) / 2 + radar.radius;
	return radar;
}

/* --- rings and scores ------------------------------------------------------------------------------------------- */

static void draw_ring(struct pr_canvas *canvas, const struct radar *radar, double score, struct pr_paint paint)
{
	struct pr_arena *arena = canvas->drawing->arena;
	double *x = pr_arena_array(arena, radar->count, sizeof *x), *y = pr_arena_array(arena, radar->count, sizeof *y);
	for (size_t i = 0; i < radar->count; i++) {
		x[i] = corner_x(radar, i, score);
		y[i] = corner_y(radar, i, score);
	}
	pr_draw_polyline(canvas->drawing, x, y, radar->count, true, paint);
}

static void draw_rings(struct pr_canvas *canvas, const struct radar *radar)
{
	static const double rings[] = {20, 40, 80};
	struct pr_paint thin = pr_paint_stroke(pr_canvas_colour(canvas, "grid"), 0.5);
	for (size_t i = 0; i < radar->count; i++)
		pr_draw_line(canvas->drawing, radar->x, radar->y, corner_x(radar, i, FULL), corner_y(radar, i, FULL), thin);
	for (size_t i = 0; i < sizeof rings / sizeof *rings; i++)
		draw_ring(canvas, radar, rings[i], thin);
	draw_ring(canvas, radar, FULL, pr_paint_stroke(pr_canvas_colour(canvas, "rule"), 0.5));
	struct pr_paint compliant = pr_paint_stroke(pr_canvas_colour(canvas, "ink"), 0.7);
	compliant.dash[0] = 2;
	compliant.dash[1] = 1.5;
	compliant.dash_count = 2;
	draw_ring(canvas, radar, COMPLIANT, compliant);
}

/* The polygon of the measured axes; two are a line, one is its dot. */
static void draw_scores(struct pr_canvas *canvas, const struct radar *radar)
{
	struct pr_arena *arena = canvas->drawing->arena;
	double *x = pr_arena_array(arena, radar->count, sizeof *x), *y = pr_arena_array(arena, radar->count, sizeof *y);
	size_t count = 0;
	for (size_t i = 0; i < radar->count; i++) {
		double score = score_of(canvas->data, i);
		if (isnan(score))
			continue;
		x[count] = corner_x(radar, i, score);
		y[count++] = corner_y(radar, i, score);
	}
	struct pr_colour accent = pr_canvas_colour(canvas, "accent");
	struct pr_paint fill = pr_paint_fill(accent), line = pr_paint_stroke(accent, 1.3);
	fill.alpha = FILL_ALPHA;
	line.round_join = true;
	if (count > 2)
		pr_draw_polyline(canvas->drawing, x, y, count, true, fill);
	draw_rings(canvas, radar);
	if (count > 1)
		pr_draw_polyline(canvas->drawing, x, y, count, count > 2, line);
	for (size_t i = 0; i < radar->count; i++) {
		double score = score_of(canvas->data, i);
		if (isfinite(score))
			pr_draw_circle(canvas->drawing, corner_x(radar, i, score), corner_y(radar, i, score), DOT_PT,
				pr_paint_fill(pr_canvas_colour(canvas, is_weak(canvas->data, i) ? "poor" : "accent")));
	}
}

/* --- labels ----------------------------------------------------------------------------------------------------- */

/* "频率100": name and score in one line of at most `width`; a Latin name or a dash needs a real space. */
static bool set_one_line(struct pr_canvas *canvas, size_t axis, double width, struct pr_text_line *line)
{
	const struct pr_chart_data *data = canvas->data;
	struct pr_arena *arena = canvas->drawing->arena;
	const char *name = data->categories[axis].label ? data->categories[axis].label : "";
	size_t length = strlen(name);
	bool spaced = length > 0 && ((unsigned char)name[length - 1] < 0x80 || isnan(score_of(data, axis)));
	const char *finding = data->series_count > 0 ? pr_canvas_tag(&data->series[0], axis) : NULL;
	const char *role = label_role(data, axis);
	const struct pr_span spans[] = {
		{.text = spaced ? pr_arena_format(arena, "%s ", name) : name,
			.style = pr_canvas_style(canvas, role, PR_REGULAR, PR_CHART_LABEL_PT)},
		{.text = score_text(data, axis),
			.style = pr_canvas_style(canvas, role, PR_BOLD, PR_CHART_LABEL_PT),
			.finding = finding},
	};
	if (!pr_type_line(canvas->faces, spans, 2, arena, line, canvas->error))
		return false;
	if (line->width_pt <= width)
		return true;
	double room = width - pr_type_width(canvas->faces, spans[1].style, spans[1].text) - 3;
	struct pr_text_line cut;
	if (!pr_type_fit(canvas->faces, &spans[0], fmax(room, 0), arena, &cut, canvas->error))
		return false;
	char *text = pr_arena_copy(arena, "");
	for (size_t i = 0; i < cut.count; i++)
		text = pr_arena_format(arena, "%s%s", text, cut.runs[i].text);
	const struct pr_span shorter[] = {{.text = text, .style = spans[0].style}, spans[1]};
	return pr_type_line(canvas->faces, shorter, 2, arena, line, canvas->error);
}

static bool draw_end_label(struct pr_canvas *canvas, const struct radar *radar, size_t axis)
{
	struct pr_text_line line;
	if (!set_one_line(canvas, axis, canvas->rect.width, &line))
		return false;
	double y = corner_y(radar, axis, FULL) + (axis == 0 ? -END_ABOVE_PT : END_BELOW_PT);
	pr_draw_set_line(canvas->drawing, &line, radar->x, y, PR_ALIGN_CENTRE, 0);
	return true;
}

static bool set_side_label(struct pr_canvas *canvas, const struct radar *radar, size_t axis, struct label *label)
{
	const struct pr_chart_data *data = canvas->data;
	const char *role = label_role(data, axis);
	bool right = sin(axis_angle(radar, axis)) > 0;
	*label = (struct label){.axis = axis, .align = right ? PR_ALIGN_LEFT : PR_ALIGN_RIGHT};
	label->x = corner_x(radar, axis, FULL) + (right ? SIDE_SPACE_PT : -SIDE_SPACE_PT);
	label->middle = corner_y(radar, axis, FULL);
	double room = right ? canvas->rect.x + canvas->rect.width - label->x : label->x - canvas->rect.x;
	struct pr_style style = pr_canvas_style(canvas, role, PR_REGULAR, PR_CHART_LABEL_PT);
	if (!pr_canvas_two_lines(
			canvas, data->categories[axis].label, NULL, style, fmax(room, 1), label->lines, &label->count))
		return false;
	struct pr_span score = {.text = score_text(data, axis),
		.style = pr_canvas_style(canvas, role, PR_BOLD, PR_CHART_LABEL_PT),
		.finding = data->series_count > 0 ? pr_canvas_tag(&data->series[0], axis) : NULL};
	return pr_type_line(canvas->faces, &score, 1, canvas->drawing->arena, &label->lines[label->count++], canvas->error);
}

/* The labels of one side, from above, each beside its corner or as near as the others let it. */
static bool draw_side(struct pr_canvas *canvas, const struct radar *radar, bool right)
{
	struct pr_arena *arena = canvas->drawing->arena;
	struct label *labels = pr_arena_array(arena, radar->count, sizeof *labels);
	double *middles = pr_arena_array(arena, radar->count, sizeof *middles), tallest = 0;
	size_t count = 0;
	for (size_t i = 1; i < radar->count; i++) {
		size_t axis = right ? i : radar->count - i;
		if (at_end(radar, axis) || (sin(axis_angle(radar, axis)) > 0) != right)
			continue;
		if (!set_side_label(canvas, radar, axis, &labels[count]))
			return false;
		tallest = fmax(tallest, LINE_PT * (double)labels[count].count);
		middles[count] = labels[count].middle;
		count++;
	}
	double reach = radar->radius + BETWEEN_PT - tallest / 2;
	double bottom = fmin(radar->y + reach, canvas->rect.y + canvas->rect.height - tallest / 2);
	pr_spread(middles, count, tallest, radar->y - reach, bottom);
	for (size_t i = 0; i < count; i++) {
		double baseline = middles[i] - LINE_PT * ((double)labels[i].count - 1) / 2 + MIDDLE_EM * PR_CHART_LABEL_PT;
		for (size_t k = 0; k < labels[i].count; k++)
			pr_draw_set_line(
				canvas->drawing, &labels[i].lines[k], labels[i].x, baseline + LINE_PT * (double)k, labels[i].align, 0);
	}
	return true;
}

/* One or two scores span no area: their names and figures, one below the other. */
static bool draw_sentence(struct pr_canvas *canvas)
{
	struct pr_rect rect = canvas->rect;
	size_t count = canvas->data->category_count;
	double baseline =
		rect.y + rect.height / 2 - LINE_PT * 1.5 * ((double)count - 1) / 2 + MIDDLE_EM * PR_CHART_LABEL_PT;
	for (size_t i = 0; i < count; i++) {
		struct pr_text_line line;
		if (!set_one_line(canvas, i, rect.width, &line))
			return false;
		pr_draw_set_line(
			canvas->drawing, &line, rect.x + rect.width / 2, baseline + LINE_PT * 1.5 * (double)i, PR_ALIGN_CENTRE, 0);
	}
	return true;
}

bool pr_chart_draw_radar(struct pr_canvas *canvas)
{
	if (canvas->data->category_count < AXES_LEAST)
		return draw_sentence(canvas);
	struct radar radar = lay_out(canvas);
	draw_scores(canvas, &radar);
	for (size_t i = 0; i < radar.count; i++)
		if (at_end(&radar, i) && !draw_end_label(canvas, &radar, i))
			return false;
	return draw_side(canvas, &radar, true) && draw_side(canvas, &radar, false);
}
