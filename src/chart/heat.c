/* Heat: hours of the day by days, in five or seven named steps; its columns stand below those of a chart by day. */
#include <math.h>

#include "chart/canvas.h"

#define HOURS 24
#define HOUR_LABELS 6 /* every so many hours */
#define SEAM_PT 0.4
#define HEAD_PT 1.0
#define DAY_LABEL_PT 9.0 /* the days' baseline below the cells */
#define KEY_PT 16.0      /* the key's swatches below the cells */
#define KEY_WIDTH_PT 10.0
#define KEY_HEIGHT_PT 6.0
#define KEY_SPACE_PT 3.5
#define KEY_APART_PT 12.0
#define FOOT_PT (KEY_PT + KEY_HEIGHT_PT + 3)
#define FEW_STEPS 5
#define STEPS_MOST 7
#define MINUTES_AN_HOUR 60
#define LABEL_EVERY_DAYS 5

/* 6 24 51 80 100 % and 6 18 33 51 70 88 100 % of the accent. */
static const char *const few_roles[FEW_STEPS] = {"heat.1", "part.5", "heat.4", "part.2", "heat.7"};
static const char *const all_roles[STEPS_MOST] = {"heat.1", "heat.2", "heat.3", "heat.4", "heat.5", "heat.6", "heat.7"};

struct cells {
	size_t days;
	double *values; /* by day and hour; the larger of two that share a cell */
	bool *exists;
};

static size_t step_count(const struct pr_chart_data *data)
{
	return data->step_count > 0 && data->step_count < STEPS_MOST ? data->step_count : STEPS_MOST;
}

static const char *step_role(const struct pr_chart_data *data, size_t step)
{
	return step_count(data) <= FEW_STEPS ? few_roles[step] : all_roles[step];
}

static bool cell_of(const struct pr_chart_data *data, size_t index, size_t *day, size_t *hour)
{
	size_t a_day = data->values_per_day > 0 ? data->values_per_day : HOURS;
	*day = data->places ? data->places[index].day : index / a_day;
	*hour = data->places ? (size_t)data->places[index].minute / MINUTES_AN_HOUR : index % a_day * HOURS / a_day;
	return *day < data->category_count && *hour < HOURS;
}

static struct cells make_cells(const struct pr_chart_data *data, struct pr_arena *arena)
{
	struct cells cells = {.days = data->category_count};
	cells.values = pr_arena_array(arena, cells.days * HOURS, sizeof *cells.values);
	cells.exists = pr_arena_array(arena, cells.days * HOURS, sizeof *cells.exists);
	for (size_t i = 0; i < cells.days * HOURS; i++)
		cells.values[i] = NAN;
	for (size_t i = 0; data->series_count > 0 && i < data->series[0].count; i++) {
		size_t day, hour;
		if (!cell_of(data, i, &day, &hour))
			continue;
		double value = data->series[0].values[i], *cell = &cells.values[day * HOURS + hour];
		cells.exists[day * HOURS + hour] = true;
		if (isfinite(value) && !(*cell >= value))
			*cell = value;
	}
	return cells;
}

static size_t step_of(const struct pr_chart_data *data, double value)
{
	size_t step = 0;
	while (data->steps && step + 1 < step_count(data) && value >= data->steps[step])
		step++;
	return step;
}

static struct pr_rect cell_rect(const struct pr_canvas *canvas, size_t day, size_t from, size_t to)
{
	double width = canvas->plot.width / (double)canvas->data->category_count, height = canvas->plot.height / HOURS;
	return (struct pr_rect){canvas->plot.x + width * (double)day, canvas->plot.y + height * (double)from, width,
		height * (double)(to - from)};
}

static size_t add_rect(struct pr_segment *path, size_t count, struct pr_rect rect)
{
	path[count++] = (struct pr_segment){.kind = PR_MOVE, .x = rect.x, .y = rect.y};
	path[count++] = (struct pr_segment){.kind = PR_LINE, .x = rect.x + rect.width, .y = rect.y};
	path[count++] = (struct pr_segment){.kind = PR_LINE, .x = rect.x + rect.width, .y = rect.y + rect.height};
	path[count++] = (struct pr_segment){.kind = PR_LINE, .x = rect.x, .y = rect.y + rect.height};
	path[count++] = (struct pr_segment){.kind = PR_CLOSE};
	return count;
}

/* One path a step. */
static void draw_step(struct pr_canvas *canvas, const struct cells *cells, size_t step)
{
	struct pr_segment *path = pr_arena_array(canvas->drawing->arena, 5 * HOURS * cells->days + 1, sizeof *path);
	size_t count = 0;
	for (size_t i = 0; i < cells->days * HOURS; i++) {
		if (!isfinite(cells->values[i]) || step_of(canvas->data, cells->values[i]) != step)
			continue;
		struct pr_rect rect = cell_rect(canvas, i / HOURS, i % HOURS, i % HOURS + 1);
		rect.width -= SEAM_PT;
		rect.height -= SEAM_PT;
		count = add_rect(path, count, rect);
	}
	if (count > 0)
		pr_draw_path(
			canvas->drawing, path, count, pr_paint_fill(pr_canvas_colour(canvas, step_role(canvas->data, step))));
}

/* Hours that were expected and are missing; hours that never were stay blank. True where there are any. */
static bool draw_missing(struct pr_canvas *canvas, const struct cells *cells)
{
	bool any = false;
	for (size_t day = 0; day < cells->days; day++) {
		const double *values = &cells->values[day * HOURS];
		const bool *exists = &cells->exists[day * HOURS];
		for (size_t from = 0, to; from < HOURS; from = to + 1) {
			for (to = from; to < HOURS && exists[to] && !isfinite(values[to]);)
				to++;
			if (to == from)
				continue;
			any = true;
			pr_draw_hatch(canvas->drawing, cell_rect(canvas, day, from, to), 3, pr_canvas_colour(canvas, "rule"), 0.4);
		}
	}
	return any;
}

static bool draw_hours(struct pr_canvas *canvas)
{
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	const char *word = canvas->data->hour_label ? canvas->data->hour_label : "";
	for (int hour = 0; hour < HOURS; hour += HOUR_LABELS) {
		double y = canvas->plot.y + canvas->plot.height * hour / HOURS;
		const char *text = pr_arena_format(canvas->drawing->arena, "%d%s", hour, word);
		if (!pr_canvas_text(canvas, text, style, canvas->rect.x, y + 5.5, PR_ALIGN_LEFT, PR_TAG_TICK))
			return false;
	}
	return true;
}

/* 1, every fifth, and the last day; a fifth beside the last gives way. */
static bool is_labelled(size_t day, size_t count)
{
	if (day == 0 || day + 1 == count)
		return true;
	return (day + 1) % LABEL_EVERY_DAYS == 0 && day + 2 < count;
}

static bool draw_days(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	double width = canvas->plot.width / (double)data->category_count;
	double y = canvas->plot.y + canvas->plot.height + DAY_LABEL_PT;
	double right = canvas->rect.x + canvas->rect.width, after = -INFINITY;
	for (size_t i = 0; i < data->category_count; i++) {
		double text = pr_type_width(canvas->faces, style, data->categories[i].label);
		double x = canvas->plot.x + width * ((double)i + 0.5) - text / 2;
		x = fmax(canvas->rect.x, fmin(x, right - text));
		if (!is_labelled(i, data->category_count) || x < after)
			continue;
		if (!pr_canvas_text(canvas, data->categories[i].label, style, x, y, PR_ALIGN_LEFT, PR_TAG_TICK))
			return false;
		after = x + text + 2;
	}
	return true;
}

static bool draw_key(struct pr_canvas *canvas, bool has_missing)
{
	const struct pr_chart_data *data = canvas->data;
	struct pr_style style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	size_t count = data->step_texts ? step_count(data) : 0;
	double widths = 0, y = canvas->plot.y + canvas->plot.height + KEY_PT, x = canvas->plot.x;
	for (size_t i = 0; i < count; i++)
		widths += KEY_WIDTH_PT + KEY_SPACE_PT + pr_type_width(canvas->faces, style, data->step_texts[i]);
	bool gap = has_missing && data->gap_label;
	if (gap)
		widths += KEY_WIDTH_PT + KEY_SPACE_PT + pr_type_width(canvas->faces, style, data->gap_label);
	/* Narrow blocks: the key begins at the block's edge, and its parts move together. */
	double parts = (double)(count + gap), right = canvas->rect.x + canvas->rect.width;
	if (x + widths + KEY_APART_PT * (parts - 1) > right)
		x = canvas->rect.x;
	double room = right - x;
	double apart = parts > 1 ? fmin(KEY_APART_PT, fmax(2, (room - widths) / (parts - 1))) : 0;
	for (size_t i = 0; i < count + gap; i++) {
		struct pr_rect rect = {x, y, KEY_WIDTH_PT, KEY_HEIGHT_PT};
		const char *text = i < count ? data->step_texts[i] : data->gap_label;
		if (i < count)
			pr_draw_rect(canvas->drawing, rect, pr_paint_fill(pr_canvas_colour(canvas, step_role(data, i))));
		else
			pr_draw_hatch(canvas->drawing, rect, 2, pr_canvas_colour(canvas, "rule"), 0.4);
		x += KEY_WIDTH_PT + KEY_SPACE_PT;
		if (!pr_canvas_text(canvas, text, style, x, y + 5.6, PR_ALIGN_LEFT, PR_TAG_TICK))
			return false;
		x += pr_type_width(canvas->faces, style, text) + apart;
	}
	return true;
}

bool pr_chart_draw_heat(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	pr_canvas_frame(canvas, HEAD_PT, 0, FOOT_PT);
	struct cells cells = make_cells(data, canvas->drawing->arena);
	bool has_missing = draw_missing(canvas, &cells);
	for (size_t step = 0; step < step_count(data); step++)
		draw_step(canvas, &cells, step);
	return draw_hours(canvas) && draw_days(canvas) && draw_key(canvas, has_missing);
}
