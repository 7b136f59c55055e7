/*
 * Small multiples of a day: one curve each, five abreast, all on one scale, so that heights can be compared.
 *
 *     name        note
 *     105% - - - - - -
 *     |   ┌──┐
 *     50% ┘  └──
 *     0 h   12    24
 *
 * Where a name and its note do not fit beside each other, all notes go below the names; where a name alone does not
 * fit, names have two lines, and what is longer still is shortened in its middle, as what tells sites apart often
 * stands at the end.
 */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "chart/canvas.h"

#define ABREAST_MOST 5
#define APART_PT 14.0 /* the page's gutter */
#define BELOW_PT 12.0
#define HEAD_PT 15.0
#define HEAD_BASELINE_PT 7.5
#define HEAD_LINE_PT 10.0
#define HEAD_LINES_MOST 3 /* two of the name, one of the note */
#define AXIS_PT 12.0
#define AXIS_BASELINE_PT 9.5
#define TICK_RAISE_PT 2.0
#define NOTE_SPACE_PT 6.0
#define OUTLINE_PT 0.9
#define HALF 50.0 /* percent: the one grid line */
#define HEADROOM 1.06
#define HOURS_A_LABEL 6
#define LABEL_COUNT 5

static size_t columns_of(const struct pr_chart_definition *definition)
{
	return definition->panel_columns > 0 ? definition->panel_columns : ABREAST_MOST;
}

static size_t rows_of(const struct pr_chart_definition *definition, const struct pr_chart_data *data)
{
	size_t columns = columns_of(definition);
	return (data->panel_count + columns - 1) / columns;
}

/* An upper bound of a text's width, for when heights are asked for: no face is at hand then. */
static double width_at_most(const char *text, double size_pt)
{
	double ems = 0;
	for (const char *at = text; at && *at;) {
		uint32_t code = pr_utf8_next(&at);
		bool narrow = code < 0x80 && strchr(" .,:;'|!()[]-/fijlrtI", (int)code) != NULL;
		bool wide = code < 0x80 && strchr("mwMWOQ@%&", (int)code) != NULL;
		bool capital = code >= 'A' && code <= 'Z';
		ems += code >= 0x2000 || wide ? 1.0 : narrow ? 0.42 : capital ? 0.72 : 0.64;
	}
	return ems * size_pt;
}

static double panel_width(const struct pr_chart_definition *definition, double width)
{
	size_t columns = columns_of(definition);
	return (width - APART_PT * (double)(columns - 1)) / (double)columns;
}

/* How many lines every panel's head has. */
static size_t head_lines(const struct pr_chart_data *data, double width)
{
	size_t lines = 1;
	for (size_t i = 0; i < data->panel_count; i++) {
		double name = width_at_most(data->panels[i].title, PR_CHART_LABEL_PT);
		double note = width_at_most(data->panels[i].note, PR_CHART_TICK_PT);
		size_t needed = name > width ? HEAD_LINES_MOST : note > 0 && name + NOTE_SPACE_PT + note > width ? 2 : 1;
		lines = needed > lines ? needed : lines;
	}
	return lines;
}

static double head_height(size_t lines)
{
	return HEAD_PT + HEAD_LINE_PT * (double)(lines - 1);
}

double pr_chart_multiples_height(
	const struct pr_chart_definition *definition, const struct pr_chart_data *data, double width_pt)
{
	double rows = (double)rows_of(definition, data);
	double head = head_height(head_lines(data, panel_width(definition, width_pt)));
	return rows * (head + definition->height_pt) + fmax(0, rows - 1) * BELOW_PT + AXIS_PT;
}

/* The top of the scale that all share. */
static double top_of(const struct pr_chart_data *data)
{
	double top = HALF;
	for (size_t p = 0; p < data->panel_count; p++) {
		const struct pr_chart_data *panel = &data->panels[p].data;
		for (size_t i = 0; panel->series_count > 0 && i < panel->series[0].count; i++)
			top = fmax(top, panel->series[0].values[i]);
		for (size_t i = 0; i < panel->limit_count; i++)
			top = fmax(top, panel->limits[i].value);
	}
	return top * HEADROOM;
}

static double place_y(struct pr_rect plot, double value, double top)
{
	return plot.y + plot.height * (1 - fmin(fmax(value, 0), top) / top);
}

/* `text` without its middle: the first and the last of `kept` characters, "…" between them. */
static const char *shortened(struct pr_arena *arena, const char *text, size_t kept)
{
	size_t count = pr_utf8_count(text), first = (kept + 1) / 2, at = 0;
	const char *head_end = text, *tail = text;
	for (const char *next = text; *next; at++) {
		if (at == first)
			head_end = next;
		if (at == count - (kept - first))
			tail = next;
		(void)pr_utf8_next(&next);
	}
	if (kept == first)
		tail = text + strlen(text);
	while (head_end > text && head_end[-1] == ' ')
		head_end--;
	while (*tail == ' ')
		tail++;
	return pr_arena_format(arena, "%.*s…%s", (int)(head_end - text), text, tail);
}

/* The name in at most `most` lines. */
static bool break_name(
	struct pr_canvas *canvas, const char *name, double width, size_t most, struct pr_text_line **lines, size_t *count)
{
	struct pr_arena *arena = canvas->drawing->arena;
	struct pr_span span = {
		.text = name, .style = pr_canvas_style(canvas, "ink", PR_BOLD, PR_CHART_LABEL_PT), .finding = PR_TAG_NAME};
	if (!pr_type_paragraph(canvas->faces, &span, 1, width, arena, lines, count, canvas->error))
		return false;
	for (size_t kept = pr_utf8_count(name); *count > most && kept-- > 1;) {
		span.text = shortened(arena, name, kept);
		if (!pr_type_paragraph(canvas->faces, &span, 1, width, arena, lines, count, canvas->error))
			return false;
	}
	*count = *count < most ? *count : most;
	return true;
}

/* The name in bold, its last line next to the plot, and the note beside or below it. */
static bool draw_head(struct pr_canvas *canvas, const struct pr_chart_panel *panel, struct pr_rect rect, size_t head)
{
	struct pr_style style = pr_canvas_style(
		canvas, panel->emphasised ? "poor" : "text2", panel->emphasised ? PR_BOLD : PR_REGULAR, PR_CHART_TICK_PT);
	bool beside = head == 1;
	double noted = beside && panel->note ? pr_type_width(canvas->faces, style, panel->note) + NOTE_SPACE_PT : 0;
	double last = rect.y + HEAD_BASELINE_PT + HEAD_LINE_PT * (double)(head - 1);
	double y = beside ? last : last - HEAD_LINE_PT;
	struct pr_text_line *lines;
	size_t count;
	if (!break_name(canvas, panel->title, rect.width - noted, beside ? 1 : head - 1, &lines, &count))
		return false;
	for (size_t i = count; i-- > 0; y -= HEAD_LINE_PT)
		pr_draw_set_line(canvas->drawing, &lines[i], rect.x, y, PR_ALIGN_LEFT, 0);
	return pr_canvas_text(canvas, panel->note, style, beside ? rect.x + rect.width : rect.x, last,
		beside ? PR_ALIGN_RIGHT : PR_ALIGN_LEFT, panel->finding);
}

/* An unbroken stretch [from, to) as steps: its area, then its outline. */
static void draw_steps(struct pr_canvas *canvas, const struct pr_chart_series *series, size_t from, size_t to,
	struct pr_rect plot, double top)
{
	struct pr_arena *arena = canvas->drawing->arena;
	size_t count = 0;
	double *x = pr_arena_array(arena, 2 * (to - from) + 2, sizeof *x);
	double *y = pr_arena_array(arena, 2 * (to - from) + 2, sizeof *y);
	double step = plot.width / (double)series->count;
	for (size_t i = from; i < to; i++)
		for (size_t end = 0; end < 2; end++, count++) {
			x[count] = plot.x + step * (double)(i + end);
			y[count] = place_y(plot, series->values[i], top);
		}
	x[count] = plot.x + step * (double)to;
	x[count + 1] = plot.x + step * (double)from;
	y[count] = y[count + 1] = plot.y + plot.height;
	pr_draw_polyline(canvas->drawing, x, y, count + 2, true, pr_paint_fill(pr_canvas_colour(canvas, "accent.pale")));
	pr_draw_polyline(
		canvas->drawing, x, y, count, false, pr_paint_stroke(pr_canvas_colour(canvas, "accent"), OUTLINE_PT));
}

static void draw_curve(struct pr_canvas *canvas, const struct pr_chart_series *series, struct pr_rect plot, double top)
{
	for (size_t i = 0; i < series->count;) {
		size_t end = i;
		while (end < series->count && isfinite(series->values[end]))
			end++;
		if (end > i)
			draw_steps(canvas, series, i, end, plot, top);
		i = end + 1;
	}
}

/* Over the data, so with an outline. */
static bool draw_tick(struct pr_canvas *canvas, const char *text, const char *role, double x, double baseline)
{
	struct pr_span span = {
		.text = text, .style = pr_canvas_style(canvas, role, PR_REGULAR, PR_CHART_TICK_PT), .finding = PR_TAG_TICK};
	struct pr_text_line line;
	if (!text)
		return true;
	if (!pr_type_line(canvas->faces, &span, 1, canvas->drawing->arena, &line, canvas->error))
		return false;
	pr_draw_set_line(canvas->drawing, &line, x, baseline, PR_ALIGN_LEFT, PR_CHART_HALO_PT);
	return true;
}

static bool draw_lines(
	struct pr_canvas *canvas, const struct pr_chart_panel *panel, struct pr_rect plot, double top, bool first)
{
	double half = place_y(plot, HALF, top), right = plot.x + plot.width;
	pr_draw_line(canvas->drawing, plot.x, half, right, half, pr_paint_stroke(pr_canvas_colour(canvas, "grid"), 0.5));
	if (panel->data.series_count > 0)
		draw_curve(canvas, &panel->data.series[0], plot, top);
	for (size_t i = 0; i < panel->data.limit_count; i++) {
		const struct pr_chart_limit *limit = &panel->data.limits[i];
		double y = place_y(plot, limit->value, top);
		struct pr_paint paint = pr_paint_stroke(pr_canvas_colour(canvas, "poor"), 0.75);
		paint.dash[0] = 3;
		paint.dash[1] = 1.5;
		paint.dash_count = 2;
		pr_draw_line(canvas->drawing, plot.x, y, right, y, paint);
		if (!draw_tick(canvas, limit->label, "poor", plot.x, y - TICK_RAISE_PT))
			return false;
	}
	pr_draw_line(canvas->drawing, plot.x, plot.y + plot.height, right, plot.y + plot.height,
		pr_paint_stroke(pr_canvas_colour(canvas, "ink"), 0.75));
	return !first || draw_tick(canvas, "50%", "text2", plot.x, half - TICK_RAISE_PT);
}

static bool draw_hours(struct pr_canvas *canvas, struct pr_rect plot)
{
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	for (int i = 0; i < LABEL_COUNT; i++) {
		const char *word = i == 0 && canvas->data->hour_label ? canvas->data->hour_label : "";
		const char *text = pr_arena_format(canvas->drawing->arena, "%d%s", i * HOURS_A_LABEL, word);
		enum pr_align align = i == 0 ? PR_ALIGN_LEFT : i + 1 == LABEL_COUNT ? PR_ALIGN_RIGHT : PR_ALIGN_CENTRE;
		if (!pr_canvas_text(canvas, text, style, plot.x + plot.width * i / (LABEL_COUNT - 1),
				plot.y + plot.height + AXIS_BASELINE_PT, align, PR_TAG_TICK))
			return false;
	}
	return true;
}

bool pr_chart_draw_multiples(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	size_t columns = columns_of(canvas->definition), rows = rows_of(canvas->definition, data);
	double width = panel_width(canvas->definition, canvas->rect.width), top = top_of(data);
	double pitch = rows > 0 ? (canvas->rect.height - AXIS_PT + BELOW_PT) / (double)rows : 0;
	size_t lines = head_lines(data, width);
	double head = head_height(lines);
	for (size_t i = 0; i < data->panel_count; i++) {
		size_t row = i / columns, column = i % columns;
		struct pr_rect rect = {canvas->rect.x + (width + APART_PT) * (double)column,
			canvas->rect.y + pitch * (double)row, width, pitch - BELOW_PT};
		struct pr_rect plot = {rect.x, rect.y + head, width, rect.height - head};
		if (!draw_head(canvas, &data->panels[i], rect, lines) ||
			!draw_lines(canvas, &data->panels[i], plot, top, column == 0) ||
			(i + columns >= data->panel_count && !draw_hours(canvas, plot)))
			return false;
	}
	return true;
}
