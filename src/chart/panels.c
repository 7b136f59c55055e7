/*
 * Small multiples: bands of one kind, each with its name and a note, some abreast.
 *
 *     name (bold, cut)          name
 *     note                      note
 *     | band …                  | band …
 *
 * Those one below the other have their names at the right, and the days' names below the last alone.
 */
#include <math.h>

#include "base/text.h"
#include "chart/canvas.h"

#define HEAD_PT 20.0
#define TITLE_BASELINE_PT 7.5
#define NOTE_BASELINE_PT 17.0
#define APART_PT 14.0  /* beside each other: the page's gutter */
#define BELOW_PT 7.0   /* one below the other */
#define BESIDE_PT 70.0 /* panels that lie alone in their row have name and note at the right */
#define SPACE_PT 5.0
#define NOTE_LEADING_PT 10.0
#define NOTE_LINES 4
#define SIDE_BELOW_PT 7.0 /* from the note's baseline to the middle of a limit's name */
#define SQUARE_PT 6.0     /* before the name of a phase */
#define SQUARE_SPACE_PT 3.5

static size_t rows_of(const struct pr_chart_definition *definition, const struct pr_chart_data *data)
{
	size_t columns = definition->panel_columns > 0 ? definition->panel_columns : 1;
	return (data->panel_count + columns - 1) / columns;
}

static bool is_alone(const struct pr_chart_definition *definition)
{
	return definition->panel_columns <= 1;
}

/* What a panel above another one is lower by: it does not name its days. */
static double saved(const struct pr_chart_definition *definition)
{
	return is_alone(definition) ? PR_CHART_BAND_AXIS_PT - PR_CHART_TICKS_PT : 0;
}

double pr_chart_panels_height(const struct pr_chart_definition *definition, const struct pr_chart_data *data)
{
	double rows = (double)rows_of(definition, data), head = is_alone(definition) ? 0 : HEAD_PT;
	return rows * (head + definition->height_pt) + fmax(0, rows - 1) * (BELOW_PT - saved(definition));
}

static bool draw_line(struct pr_canvas *canvas, const char *text, const char *finding, struct pr_style style, double x,
	double baseline, double width)
{
	struct pr_span span = {.text = text ? text : "", .style = style, .finding = finding};
	struct pr_text_line line;
	if (*span.text == '\0')
		return true;
	if (!pr_type_fit(canvas->faces, &span, width + 0.01, canvas->drawing->arena, &line, canvas->error))
		return false;
	pr_draw_set_line(canvas->drawing, &line, x, baseline, PR_ALIGN_LEFT, 0);
	return true;
}

/* Beside a panel that stands alone the note takes several lines; `baseline` becomes the last one's. */
static bool draw_note(struct pr_canvas *canvas, const struct pr_chart_panel *panel, struct pr_style style, double x,
	double *baseline, double width)
{
	struct pr_span span = {.text = panel->note, .style = style, .finding = panel->finding};
	struct pr_text_line *lines;
	size_t count;
	if (!panel->note || !*panel->note)
		return true;
	if (!pr_type_paragraph(canvas->faces, &span, 1, width, canvas->drawing->arena, &lines, &count, canvas->error))
		return false;
	for (size_t i = 0; i < count && i < NOTE_LINES; i++) {
		*baseline += i > 0 ? NOTE_LEADING_PT : 0;
		pr_draw_set_line(canvas->drawing, &lines[i], x, *baseline, PR_ALIGN_LEFT, 0);
	}
	return true;
}

/* A phase shows its colour before its name. Returns the room that takes. */
static double draw_square(struct pr_canvas *canvas, const struct pr_chart_panel *panel, double x, double y)
{
	const char *role = panel->data.series_count > 0 ? panel->data.series[0].role : NULL;
	if (!role || !pr_text_starts(role, "phase."))
		return 0;
	struct pr_rect square = {x, y + TITLE_BASELINE_PT - SQUARE_PT + 0.3, SQUARE_PT, SQUARE_PT};
	pr_draw_rect(canvas->drawing, square, pr_paint_fill(pr_canvas_colour(canvas, role)));
	return SQUARE_PT + SQUARE_SPACE_PT;
}

/* `last` becomes the last baseline. */
static bool draw_names(
	struct pr_canvas *canvas, const struct pr_chart_panel *panel, double x, double y, double width, double *last)
{
	struct pr_style title = pr_canvas_style(canvas, "ink", PR_BOLD, PR_CHART_LABEL_PT);
	struct pr_style note = pr_canvas_style(
		canvas, panel->emphasised ? "poor" : "text2", panel->emphasised ? PR_BOLD : PR_REGULAR, PR_CHART_TICK_PT);
	*last = y + NOTE_BASELINE_PT;
	double square = draw_square(canvas, panel, x, y);
	if (!draw_line(canvas, panel->title, PR_TAG_NAME, title, x + square, y + TITLE_BASELINE_PT, width - square))
		return false;
	if (is_alone(canvas->definition))
		return draw_note(canvas, panel, note, x, last, width);
	return draw_line(canvas, panel->note, panel->finding, note, x, *last, width);
}

static bool draw_panel(struct pr_canvas *canvas, const struct pr_chart_panel *panel, struct pr_rect rect, bool last)
{
	struct pr_chart_definition definition = *canvas->definition;
	struct pr_canvas inner = *canvas;
	bool alone = is_alone(canvas->definition);
	double x = alone ? rect.x + rect.width - BESIDE_PT + SPACE_PT : rect.x, named;
	if (!draw_names(canvas, panel, x, rect.y, alone ? BESIDE_PT - SPACE_PT : rect.width, &named))
		return false;
	if (!alone) {
		rect.y += HEAD_PT;
		rect.height -= HEAD_PT;
	}
	definition.kind = PR_CHART_BAND;
	definition.axis_from_zero = !panel->floats;
	inner.definition = &definition;
	inner.data = &panel->data;
	inner.rect = inner.plot = rect;
	inner.axis_unnamed = alone && !last;
	inner.side_top = alone ? named + SIDE_BELOW_PT : 0;
	inner.ink = NULL;
	inner.ink_count = inner.ink_capacity = 0;
	inner.hatched = NULL;
	inner.hatched_count = inner.hatched_capacity = 0;
	return pr_chart_draw_band(&inner);
}

bool pr_chart_draw_panels(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	size_t columns = canvas->definition->panel_columns > 0 ? canvas->definition->panel_columns : 1;
	size_t rows = rows_of(canvas->definition, data);
	double width = (canvas->rect.width - APART_PT * (double)(columns - 1)) / (double)columns;
	double less = saved(canvas->definition), free = canvas->rect.height + (less - BELOW_PT) * (double)(rows - 1);
	double height = rows > 0 ? free / (double)rows : 0;
	for (size_t i = 0; i < data->panel_count; i++) {
		size_t row = i / columns;
		bool last = row + 1 == rows;
		struct pr_rect rect = {.width = width, .height = height - (last ? 0 : less)};
		rect.x = canvas->rect.x + (width + APART_PT) * (double)(i % columns);
		rect.y = canvas->rect.y + (height - less + BELOW_PT) * (double)row;
		if (!draw_panel(canvas, &data->panels[i], rect, last))
			return false;
	}
	return true;
}
