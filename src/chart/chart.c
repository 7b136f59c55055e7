#include "chart/chart.h"

#include "chart/canvas.h"

static const struct {
	bool (*draw)(struct pr_canvas *canvas);
	bool needs_categories;
	bool by_content; /* as high as what it shows, not as its definition says */
} kinds[PR_CHART_KIND_COUNT] = {
	[PR_CHART_STACK] = {pr_chart_draw_stack, true, false},
	[PR_CHART_PIE] = {pr_chart_draw_pie, false, false},
	[PR_CHART_BAND] = {pr_chart_draw_band, false, false},
	[PR_CHART_LINES] = {pr_chart_draw_lines, false, false},
	[PR_CHART_COLUMNS] = {pr_chart_draw_columns, true, false},
	[PR_CHART_ROWS] = {pr_chart_draw_rows, true, true},
	[PR_CHART_SPARK] = {pr_chart_draw_spark, false, false},
	[PR_CHART_DAYS] = {pr_chart_draw_days, false, false},
	[PR_CHART_FINGERPRINT] = {pr_chart_draw_fingerprint, true, true},
	[PR_CHART_RADAR] = {pr_chart_draw_radar, true, false},
	[PR_CHART_WATERFALL] = {pr_chart_draw_waterfall, true, false},
	[PR_CHART_DOTS] = {pr_chart_draw_dots, true, true},
	[PR_CHART_HEAT] = {pr_chart_draw_heat, true, false},
	[PR_CHART_PANELS] = {pr_chart_draw_panels, false, true},
	[PR_CHART_MONTHS] = {pr_chart_draw_months, true, false},
	[PR_CHART_CURVE] = {pr_chart_draw_curve, false, false},
	[PR_CHART_MULTIPLES] = {pr_chart_draw_multiples, false, true},
	[PR_CHART_CALENDAR] = {pr_chart_draw_calendar, true, true},
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

bool pr_chart_shrinks(const struct pr_chart_definition *definition)
{
	return !kinds[definition->kind].by_content;
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
