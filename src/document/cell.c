#include "document/cell.h"

#include <math.h>

#define BAR_PT 4.5
#define BAR_BOTTOM 5.0 /* above the row's rule: the middle of the digits */
#define LIMIT_REACH_PT 2.0
#define LEAST_PT 0.5
#define CHART_MARGIN_PT 1.0
#define SEAM_PT 0.4
#define DARK 0.35 /* of white's brightness: text is white on such a ground */

static double brightness(struct pr_colour colour)
{
	return (0.2126 * colour.red + 0.7152 * colour.green + 0.0722 * colour.blue) / 255;
}

struct pr_style pr_cell_style(const struct pr_builder *builder, const struct pr_table_cell *cell, struct pr_style style)
{
	struct pr_colour ground;

	if (cell->red) {
		style = pr_style_role(builder, style, "poor");
		style.weight = PR_BOLD;
	}
	if (cell->shade && pr_theme_role(builder->theme, cell->shade, &ground) && brightness(ground) < DARK) {
		style = pr_style_role(builder, style, "white");
		style.weight = PR_BOLD;
	}
	return style;
}

struct pr_rect pr_cell_ground(struct pr_rect rect, double gap_pt)
{
	return (struct pr_rect){
		rect.x - gap_pt + SEAM_PT, rect.y + SEAM_PT / 2, rect.width + gap_pt - SEAM_PT, rect.height - SEAM_PT};
}

static void draw_shade(const struct pr_builder *builder, const struct pr_table_cell *cell, double gap_pt,
	struct pr_rect rect, struct pr_drawing *drawing)
{
	struct pr_colour colour;

	if (!cell->shade || !pr_theme_role(builder->theme, cell->shade, &colour))
		return;
	rect = pr_cell_ground(rect, gap_pt);
	pr_draw_rect(drawing, rect, pr_paint_fill(colour));
}

/* A bar to both sides of where it begins: its part between there and the share. */
static void draw_signed_bar(
	const struct pr_builder *builder, const struct pr_table_cell *cell, struct pr_rect rect, struct pr_drawing *drawing)
{
	double from = fmin(fmax(cell->bar_from, 0), 1), to = fmin(fmax(cell->bar, 0), 1);
	double left = rect.x + rect.width * fmin(from, to), width = fmax(rect.width * fabs(to - from), LEAST_PT);
	struct pr_colour colour;
	struct pr_paint paint;

	if (!cell->bar_role || !pr_theme_role(builder->theme, cell->bar_role, &colour))
		colour = pr_theme_colour(builder->theme, "accent");
	paint = pr_paint_fill(colour);
	pr_draw_rect(drawing, (struct pr_rect){left, rect.y, width, rect.height}, paint);
	pr_draw_line(drawing, rect.x + rect.width * from, rect.y - LIMIT_REACH_PT, rect.x + rect.width * from,
		rect.y + rect.height + LIMIT_REACH_PT, pr_paint_stroke(pr_theme_colour(builder->theme, "ink"), 0.7));
}

static bool draw_chart(const struct pr_builder *builder, const struct pr_table_column *column,
	const struct pr_table_row *row, struct pr_rect rect, struct pr_drawing *drawing, struct pr_error *error)
{
	struct pr_chart_data data;

	if (!column->chart || !row->scope)
		return true;
	if (!pr_chart_data_build(builder, row->scope, column->chart, &data, error))
		return false;
	data.category_count = 0;
	rect.y += CHART_MARGIN_PT;
	rect.height -= 2 * CHART_MARGIN_PT;
	return pr_chart_draw(column->chart, &data, builder->faces, builder->theme, rect, drawing, error);
}

bool pr_cell_draw(const struct pr_builder *builder, const struct pr_table_column *column,
	const struct pr_table_row *row, const struct pr_table_cell *cell, struct pr_rect rect, struct pr_drawing *drawing,
	double gap_pt, struct pr_error *error)
{
	struct pr_rect bar = {rect.x, rect.y + rect.height - BAR_BOTTOM - BAR_PT, rect.width, BAR_PT};

	draw_shade(builder, cell, gap_pt, rect, drawing);
	if (!isnan(cell->bar) && !isnan(cell->bar_from))
		draw_signed_bar(builder, cell, bar, drawing);
	else if (!isnan(cell->bar))
		pr_chart_draw_bar(drawing, builder->theme, bar, cell->bar, cell->bar_limit, cell->bar_role);
	return draw_chart(builder, column, row, rect, drawing, error);
}
