/* A row a project, a cell a day: the darker, the nearer to the most that it has; hatched where nothing was measured. */
#include <math.h>

#include "chart/canvas.h"

#define NAME_PT 132.0
#define NAME_SPACE_PT 8.0
#define ROW_MOST_PT 42.0
#define ROWS_PT 380.0 /* of all rows together, at most */
#define SEAM_PT 0.8
#define AXIS_PT 12.0
#define AXIS_BASELINE_PT 9.5
#define TEXT_PT 7.5
#define TEXT_DROP 0.36 /* of the size: from a row's middle to the baseline */
#define STEP_COUNT 7

static double row_height(const struct pr_chart_data *data)
{
	return fmin(ROW_MOST_PT, ROWS_PT / (double)(data->series_count > 0 ? data->series_count : 1));
}

double pr_chart_calendar_height(const struct pr_chart_data *data)
{
	return row_height(data) * (double)data->series_count + AXIS_PT;
}

static void draw_cell(struct pr_canvas *canvas, struct pr_rect cell, double share)
{
	/* Closer together near the top: days of one site differ little. */
	static const double bounds[STEP_COUNT - 1] = {0.2, 0.4, 0.6, 0.7, 0.8, 0.9};
	static const char *const steps[STEP_COUNT] = {"heat.1", "heat.2", "heat.3", "heat.4", "heat.5", "heat.6", "heat.7"};
	if (share < 0)
		return;
	if (isnan(share)) {
		pr_draw_hatch(canvas->drawing, cell, 3, pr_canvas_colour(canvas, "rule"), 0.4);
		return;
	}
	size_t step = 0;
	while (step + 1 < STEP_COUNT && share >= bounds[step])
		step++;
	pr_draw_rect(canvas->drawing, cell, pr_paint_fill(pr_canvas_colour(canvas, steps[step])));
}

static bool draw_name(struct pr_canvas *canvas, const char *name, double middle, double size)
{
	struct pr_span span = {
		.text = name, .style = pr_canvas_style(canvas, "ink", PR_REGULAR, size), .finding = PR_TAG_NAME};
	struct pr_text_line line;
	if (!pr_type_fit(canvas->faces, &span, NAME_PT - NAME_SPACE_PT, canvas->drawing->arena, &line, canvas->error))
		return false;
	pr_draw_set_line(canvas->drawing, &line, canvas->rect.x, middle + size * TEXT_DROP, PR_ALIGN_LEFT, 0);
	return true;
}

/* 1, every fifth, and the last day; a fifth beside the last gives way. */
static bool is_labelled(size_t day, size_t count)
{
	return day == 0 || day + 1 == count || ((day + 1) % 5 == 0 && day + 2 < count);
}

bool pr_chart_draw_calendar(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	double height = row_height(data), left = canvas->rect.x + NAME_PT;
	double step = (canvas->rect.width - NAME_PT) / (double)(data->category_count > 0 ? data->category_count : 1);
	double foot = canvas->rect.y + height * (double)data->series_count;
	for (size_t s = 0; s < data->series_count; s++) {
		double top = canvas->rect.y + height * (double)s;
		if (!draw_name(canvas, data->series[s].label, top + height / 2, fmin(TEXT_PT, fmax(height - 2, 7))))
			return false;
		for (size_t i = 0; i < data->series[s].count; i++) {
			struct pr_rect cell = {left + step * (double)i, top, step - SEAM_PT, height - SEAM_PT};
			draw_cell(canvas, cell, data->series[s].values[i]);
		}
	}
	for (size_t i = 0; i < data->category_count; i++) {
		const char *role = data->categories[i].rest ? "text3" : "text2";
		if (is_labelled(i, data->category_count) &&
			!pr_canvas_text(canvas, data->categories[i].label,
				pr_canvas_style(canvas, role, PR_REGULAR, PR_CHART_TICK_PT),
				left + step * ((double)i + 0.5) - SEAM_PT / 2, foot + AXIS_BASELINE_PT, PR_ALIGN_CENTRE, PR_TAG_TICK))
			return false;
	}
	return true;
}
