#include "chart/chart.h"

#include "chart/canvas.h"
#include "chart/plot.h"

#include <math.h>

#define BY_NAMES (-1.0)
#define NAME_PITCH_LEAST_PT 9.5
#define NAMES_FEW 16 /* as many rows are never drawn closer */

static const struct {
	bool (*draw)(struct pr_canvas *canvas);
	bool needs_categories;
	double lower, higher; /* how much, as a share of its height; a height by names: lower to NAME_PITCH_LEAST each */
} kinds[PR_CHART_KIND_COUNT] = {
	[PR_CHART_STACK] = {pr_chart_draw_stack, true, 0.2, 0.35},
	[PR_CHART_PIE] = {pr_chart_draw_pie, false, 0, 0},
	[PR_CHART_BAND] = {pr_chart_draw_band, false, 0.2, 0.35},
	[PR_CHART_LINES] = {pr_chart_draw_lines, false, 0.2, 0.35},
	[PR_CHART_COLUMNS] = {pr_chart_draw_columns, true, 0.2, 0.35},
	[PR_CHART_ROWS] = {pr_chart_draw_rows, true, BY_NAMES, 0},
	[PR_CHART_SPARK] = {pr_chart_draw_spark, false, 0, 0},
	[PR_CHART_DAYS] = {pr_chart_draw_days, false, 0, 0},
	[PR_CHART_FINGERPRINT] = {pr_chart_draw_fingerprint, true, 0, 0},
	[PR_CHART_RADAR] = {pr_chart_draw_radar, true, 0, 0},
	[PR_CHART_WATERFALL] = {pr_chart_draw_waterfall, true, 0.2, 0.2},
	[PR_CHART_DOTS] = {pr_chart_draw_dots, true, BY_NAMES, 0},
	[PR_CHART_HEAT] = {pr_chart_draw_heat, true, 0.2, 0.2},
	[PR_CHART_PANELS] = {pr_chart_draw_panels, false, 0.3, 0.35},
	[PR_CHART_MONTHS] = {pr_chart_draw_months, true, 0.2, 0.35},
	[PR_CHART_CURVE] = {pr_chart_draw_curve, false, 0.2, 0.35},
	[PR_CHART_MULTIPLES] = {pr_chart_draw_multiples, false, 0.2, 0.35},
	[PR_CHART_CALENDAR] = {pr_chart_draw_calendar, true, 0, 0},
	[PR_CHART_PLOT] = {pr_chart_draw_plot, false, 0, 0},
};

double pr_chart_height(const struct pr_chart_definition *definition, const struct pr_chart_data *data, double width_pt)
{
	(void)width_pt;
	switch (definition->kind) {
	case PR_CHART_ROWS:
		return pr_chart_rows_height(data, width_pt);
	case PR_CHART_FINGERPRINT:
		return pr_chart_fingerprint_height(data);
	case PR_CHART_PIE:
		return pr_chart_pie_height(definition, data);
	case PR_CHART_DOTS:
		return pr_chart_dots_height(data);
	case PR_CHART_PANELS:
		return pr_chart_panels_height(definition, data);
	case PR_CHART_MULTIPLES:
		return pr_chart_multiples_height(definition, data, width_pt);
	case PR_CHART_CALENDAR:
		return pr_chart_calendar_height(data);
	case PR_CHART_PLOT:
		return data->plot ? pr_chart_plot_height(data->plot) : definition->height_pt;
	case PR_CHART_MONTHS:
	case PR_CHART_CURVE:
	case PR_CHART_RADAR:
	case PR_CHART_WATERFALL:
	case PR_CHART_HEAT:
	case PR_CHART_STACK:
	case PR_CHART_BAND:
	case PR_CHART_LINES:
	case PR_CHART_COLUMNS:
	case PR_CHART_SPARK:
	case PR_CHART_DAYS:
	case PR_CHART_KIND_COUNT:
		break;
	}
	return definition->height_pt;
}

void pr_chart_limits(const struct pr_chart_definition *definition, const struct pr_chart_data *data, double width_pt,
	double *least_pt, double *most_pt)
{
	double height = pr_chart_height(definition, data, width_pt), lower = kinds[definition->kind].lower;
	double names = (double)data->category_count;

	/* Small pictures abreast have few ticks as they are. */
	if (definition->kind == PR_CHART_PANELS && definition->panel_columns > 1)
		lower = 0;
	*most_pt = height * (1 + kinds[definition->kind].higher);
	*least_pt = height * (1 - lower);
	if (lower == BY_NAMES)
		*least_pt = data->category_count <= NAMES_FEW
		                ? height
		                : height - fmax(0, pr_chart_names_height(data) - names * NAME_PITCH_LEAST_PT);
}

/* *plot: where the data lie; the whole rectangle for kinds without a plot. */
static bool draw(const struct pr_chart_definition *definition, const struct pr_chart_data *data,
	const struct pr_typefaces *faces, const struct pr_theme *theme, struct pr_rect rect, struct pr_drawing *drawing,
	struct pr_rect *plot, struct pr_error *error)
{
	struct pr_canvas canvas = {
		.definition = definition,
		.data = data,
		.faces = faces,
		.theme = theme,
		.drawing = drawing,
		.error = error,
		.rect = rect,
		.plot = rect,
	};
	*plot = rect;
	if (kinds[definition->kind].needs_categories && data->category_count == 0)
		return true;
	pr_draw_box(drawing, pr_arena_format(drawing->arena, "chart %s", definition->name), rect);
	bool drawn = kinds[definition->kind].draw(&canvas);
	pr_draw_unbox(drawing);
	if (!drawn)
		return pr_error_context(error, "chart %s", definition->name);
	*plot = canvas.plot;
	return true;
}

bool pr_chart_draw(const struct pr_chart_definition *definition, const struct pr_chart_data *data,
	const struct pr_typefaces *faces, const struct pr_theme *theme, struct pr_rect rect, struct pr_drawing *drawing,
	struct pr_error *error)
{
	struct pr_rect plot;
	return draw(definition, data, faces, theme, rect, drawing, &plot, error);
}

bool pr_chart_plot(const struct pr_chart_definition *definition, const struct pr_chart_data *data,
	const struct pr_typefaces *faces, const struct pr_theme *theme, struct pr_rect rect, struct pr_arena *arena,
	struct pr_rect *plot, struct pr_error *error)
{
	struct pr_drawing unseen;
	pr_drawing_init(&unseen, rect.x + rect.width, rect.y + rect.height, arena);
	return draw(definition, data, faces, theme, rect, &unseen, plot, error);
}
