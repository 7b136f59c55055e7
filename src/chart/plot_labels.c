/* What is written into a plot's frame: title, legend, names, extremes, alarms, and the marks of implausible values. */
#include <math.h>

#include "chart/plot_frame.h"

#define TITLE_BASELINE_PT 8.0
#define NOTE_BASELINE_PT 18.5
#define LEGEND_SPACE_PT 7.0
#define LEGEND_LINE_PT 28.0
#define LEGEND_LEADING_PT 11.0
#define LEGEND_BELOW_PT 9.0
#define LIMIT_HALF_PT 6.5
#define NAME_MARGIN_PT 58.0
#define NAME_APART_PT 9.5
#define COLUMNS_WITH_NAMES 2 /* narrower frames name their limits on the line */
#define ALARM_SIZE_PT 6.0
#define ALARM_ABOVE_PT 15.0 /* of the plot: the middle of the marks */
#define ALARM_APART_PT 5.0
#define ALARM_LINES_MOST 12
#define BAR_HALF_PT 1.25
#define ODD_PT 1.8
#define RING_HALF_PT 2.2
#define ODD_APART_PT 2.0

bool pr_plot_title(struct pr_plot_canvas *plot)
{
	struct pr_canvas *canvas = &plot->canvas;
	const struct pr_span spans[] = {
		{.text = plot->frame->title ? plot->frame->title : "",
			.style = pr_canvas_style(canvas, "ink", PR_BOLD, PR_CHART_LABEL_PT)},
		{.text = plot->frame->note ? plot->frame->note : "",
			.style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT)},
	};
	static const double baselines[] = {TITLE_BASELINE_PT, NOTE_BASELINE_PT};
	for (size_t i = 0; i < 2; i++) {
		struct pr_text_line line;
		if (!*spans[i].text)
			continue;
		if (!pr_type_fit(canvas->faces, &spans[i], canvas->rect.width, canvas->drawing->arena, &line, canvas->error))
			return false;
		pr_draw_set_line(canvas->drawing, &line, canvas->rect.x, canvas->rect.y + baselines[i], PR_ALIGN_LEFT, 0);
	}
	return true;
}

void pr_plot_odds(struct pr_plot_canvas *plot)
{
	const struct pr_plot_frame *frame = plot->frame;
	struct pr_canvas *canvas = &plot->canvas;
	double top = canvas->plot.y, bottom = canvas->plot.y + canvas->plot.height;
	for (size_t k = 0; k < frame->line_count; k++) {
		const struct pr_plot_line *line = &frame->lines[k];
		double last_x = -INFINITY, last_y = 0;
		struct pr_paint paint = pr_paint_stroke(pr_canvas_colour(canvas, line->role ? line->role : "accent"), 0.8);
		paint.fill = true;
		paint.fill_colour = pr_canvas_colour(canvas, "white");
		for (size_t i = 0; line->odds && i < frame->count; i++) {
			if (!isfinite(line->odds[i]))
				continue;
			double x = (pr_plot_x(plot, frame->edges[i]) + pr_plot_x(plot, frame->edges[i + 1])) / 2;
			double y = fmax(top, fmin(bottom, pr_canvas_y(canvas, line->odds[i])));
			if (x - last_x < ODD_APART_PT && fabs(y - last_y) < ODD_APART_PT)
				continue;
			pr_draw_circle(canvas->drawing, x, y, ODD_PT, paint);
			pr_canvas_add_ink(canvas, (struct pr_rect){x - ODD_PT, y - ODD_PT, 2 * ODD_PT, 2 * ODD_PT});
			last_x = x;
			last_y = y;
		}
	}
}

/* --- alarms --------------------------------------------------------------------------------------------------------- */

/* Alarms whose marks would touch are one mark, of the gravest level. */
struct cluster {
	double x;
	int level;
	size_t first, count;
};

static struct cluster *make_clusters(const struct pr_plot_canvas *plot, size_t *count)
{
	const struct pr_plot_frame *frame = plot->frame;
	struct cluster *clusters = pr_arena_array(plot->canvas.drawing->arena, frame->alarm_count + 1, sizeof *clusters);
	*count = 0;
	for (size_t i = 0; i < frame->alarm_count; i++) {
		double x = fmax(plot->canvas.plot.x, pr_plot_x(plot, frame->alarms[i].from_ms));
		struct cluster *last = *count > 0 ? &clusters[*count - 1] : NULL;
		if (!last || x - last->x >= ALARM_APART_PT) {
			clusters[(*count)++] = (struct cluster){x, frame->alarms[i].level, i, 1};
			continue;
		}
		last->count++;
		if (frame->alarms[i].level < last->level) {
			last->level = frame->alarms[i].level;
			last->first = i;
		}
	}
	return clusters;
}

void pr_plot_alarm_lines(struct pr_plot_canvas *plot)
{
	struct pr_canvas *canvas = &plot->canvas;
	size_t count;
	const struct cluster *clusters = make_clusters(plot, &count);
	struct pr_paint paint = pr_paint_stroke(pr_canvas_colour(canvas, "rule"), 0.5);
	paint.dash[0] = paint.dash[1] = 1.5;
	paint.dash_count = 2;
	for (size_t i = 0; count <= ALARM_LINES_MOST && i < count; i++)
		pr_draw_line(canvas->drawing, clusters[i].x, canvas->plot.y - ALARM_ABOVE_PT, clusters[i].x,
			canvas->plot.y + canvas->plot.height, paint);
}

static void draw_durations(struct pr_plot_canvas *plot, double y)
{
	struct pr_canvas *canvas = &plot->canvas;
	double right = canvas->plot.x + canvas->plot.width;
	for (size_t i = 0; i < plot->frame->alarm_count; i++) {
		const struct pr_plot_alarm *alarm = &plot->frame->alarms[i];
		double from = fmax(canvas->plot.x, pr_plot_x(plot, alarm->from_ms));
		double to = fmin(right, pr_plot_x(plot, alarm->to_ms));
		const char *role = pr_arena_format(canvas->drawing->arena, "alarm.%d", alarm->level);
		if (to > from)
			pr_draw_rect(canvas->drawing, (struct pr_rect){from, y - BAR_HALF_PT, to - from, 2 * BAR_HALF_PT},
				pr_paint_fill(pr_canvas_colour(canvas, role)));
	}
}

/* The most that fits of name, time and number. */
static const char *cluster_label(
	const struct pr_plot_canvas *plot, const struct cluster *cluster, struct pr_style style, double room)
{
	const struct pr_plot_alarm *alarm = &plot->frame->alarms[cluster->first];
	struct pr_arena *arena = plot->canvas.drawing->arena;
	bool many = cluster->count > 1;
	const char *number = pr_arena_format(arena, "×%zu", cluster->count);
	const char *labels[] = {many ? pr_arena_format(arena, "%s %s", alarm->label, number) : alarm->label,
		many ? pr_arena_format(arena, "%s %s", alarm->name, number) : alarm->name, many ? number : NULL};
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (labels[i] && pr_type_width(plot->canvas.faces, style, labels[i]) <= room)
			return labels[i];
	return NULL;
}

bool pr_plot_alarms(struct pr_plot_canvas *plot)
{
	struct pr_canvas *canvas = &plot->canvas;
	double y = canvas->plot.y - ALARM_ABOVE_PT, right = canvas->plot.x + canvas->plot.width;
	struct pr_style style = pr_canvas_style(canvas, "ink", PR_REGULAR, PR_CHART_TICK_PT);
	size_t count;
	const struct cluster *clusters = make_clusters(plot, &count);
	draw_durations(plot, y);
	for (size_t i = 0; i < count; i++) {
		const struct cluster *cluster = &clusters[i];
		struct pr_arena *arena = canvas->drawing->arena;
		double next = i + 1 < count ? clusters[i + 1].x - ALARM_SIZE_PT
		                            : right + (plot->frames->columns > 1 ? 0 : PR_PLOT_APART_PT);
		double from = cluster->x + ALARM_SIZE_PT / 2 + 2.5;
		const char *label = cluster_label(plot, cluster, style, next - from);
		pr_chart_draw_shape(canvas->drawing, canvas->theme, cluster->x, y, ALARM_SIZE_PT,
			pr_arena_format(arena, "alarm.%d", cluster->level));
		struct pr_text_line line;
		const struct pr_span span = {.text = label, .style = style};
		if (!label)
			continue;
		if (!pr_type_line(canvas->faces, &span, 1, arena, &line, canvas->error))
			return false;
		const struct pr_rect ground = {from - 1.5, y - 5, line.width_pt + 3, 10};
		pr_draw_rect(canvas->drawing, ground, pr_paint_fill(pr_canvas_colour(canvas, "white")));
		pr_draw_set_line(canvas->drawing, &line, from, y + 2.8, PR_ALIGN_LEFT, 0);
		pr_canvas_add_label(canvas, ground);
	}
	return true;
}

/* --- extremes ------------------------------------------------------------------------------------------------------- */

static bool draw_extremes(struct pr_plot_canvas *plot, bool rings)
{
	struct pr_canvas *canvas = &plot->canvas;
	for (size_t i = 0; i < plot->frame->line_count; i++) {
		const struct pr_plot_line *line = &plot->frame->lines[i];
		for (int k = 0; k < 2; k++) {
			const struct pr_chart_mark mark = {.value_text = line->value_texts[k], .time_text = line->time_texts[k]};
			if (!mark.value_text || !isfinite(line->extremes[k]))
				continue;
			double x = pr_plot_x(plot, line->extreme_ms[k]), y = pr_canvas_y(canvas, line->extremes[k]);
			const struct pr_chart_mark ring = {.value_text = ""};
			if (!pr_canvas_mark(canvas, rings ? &ring : &mark, x, y, rings))
				return false;
			if (rings)
				pr_canvas_add_label(
					canvas, (struct pr_rect){x - RING_HALF_PT, y - RING_HALF_PT, 2 * RING_HALF_PT, 2 * RING_HALF_PT});
		}
	}
	return true;
}

/* All rings before the first label, so that none comes to stand on one. */
bool pr_plot_extremes(struct pr_plot_canvas *plot)
{
	return draw_extremes(plot, true) && draw_extremes(plot, false);
}

/* --- at the right --------------------------------------------------------------------------------------------------- */

static bool draw_limit_names(struct pr_plot_canvas *plot, double x, double *places)
{
	struct pr_canvas *canvas = &plot->canvas;
	const struct pr_plot_frame *frame = plot->frame;
	for (size_t i = 0; i < frame->limit_count; i++)
		places[i] = pr_canvas_y(canvas, frame->limits[i].value);
	/* Limits come from the highest to the lowest. */
	pr_spread(places, frame->limit_count, NAME_APART_PT, canvas->plot.y, canvas->plot.y + canvas->plot.height);
	for (size_t i = 0; i < frame->limit_count; i++) {
		const char *role = frame->limits[i].role ? frame->limits[i].role : "poor";
		struct pr_style style = pr_canvas_style(canvas, role, PR_REGULAR, PR_CHART_TICK_PT);
		struct pr_text_line line;
		const struct pr_span span = {.text = frame->limits[i].label ? frame->limits[i].label : "", .style = style};
		if (!*span.text)
			continue;
		if (!pr_type_fit(canvas->faces, &span, canvas->rect.x + canvas->rect.width - x, canvas->drawing->arena, &line,
				canvas->error))
			return false;
		pr_draw_set_line(canvas->drawing, &line, x, places[i] + 2.8, PR_ALIGN_LEFT, 0);
	}
	return true;
}

static bool draw_legend_line(struct pr_plot_canvas *plot, const struct pr_plot_line *line, double x, double y)
{
	struct pr_canvas *canvas = &plot->canvas;
	struct pr_style bold = pr_canvas_style(canvas, "ink", PR_BOLD, PR_CHART_LABEL_PT);
	struct pr_style notes = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT);
	double baseline = y + 8, room = canvas->rect.x + canvas->rect.width - x;
	struct pr_plot_line shown = *line;
	shown.dashed = line->dashed && !pr_plot_is_dense(plot);
	pr_draw_line(canvas->drawing, x, y + 5, x + LEGEND_LINE_PT, y + 5, pr_plot_line_paint(plot, &shown, false));
	if (!pr_canvas_text(canvas, line->label, bold, x + LEGEND_LINE_PT + 5, baseline, PR_ALIGN_LEFT, NULL))
		return false;
	for (size_t i = 0; i < PR_PLOT_NOTES && line->notes[i]; i++) {
		struct pr_text_line set;
		const struct pr_span span = {.text = line->notes[i], .style = notes};
		if (!pr_type_fit(canvas->faces, &span, room, canvas->drawing->arena, &set, canvas->error))
			return false;
		baseline += LEGEND_LEADING_PT;
		pr_draw_set_line(canvas->drawing, &set, x, baseline, PR_ALIGN_LEFT, 0);
	}
	return true;
}

static double legend_height(const struct pr_plot_line *line)
{
	double height = LEGEND_LEADING_PT;
	for (size_t i = 0; i < PR_PLOT_NOTES && line->notes[i]; i++)
		height += LEGEND_LEADING_PT;
	return height;
}

/* Blocks from above, each moved below the limits' names that it would cover. */
bool pr_plot_legend(struct pr_plot_canvas *plot)
{
	struct pr_canvas *canvas = &plot->canvas;
	const struct pr_plot_frame *frame = plot->frame;
	double x = canvas->plot.x + canvas->plot.width + LEGEND_SPACE_PT, y = canvas->plot.y;
	double *places = pr_arena_array(canvas->drawing->arena, frame->limit_count + 1, sizeof *places);
	if (!draw_limit_names(plot, x, places))
		return false;
	for (size_t i = 0; i < frame->line_count; i++) {
		double height = legend_height(&frame->lines[i]);
		if (!frame->lines[i].label)
			continue; /* the frame's title names it */
		for (size_t k = 0; k < frame->limit_count; k++)
			if (places[k] + LIMIT_HALF_PT > y && places[k] - LIMIT_HALF_PT < y + height)
				y = places[k] + LIMIT_HALF_PT;
		if (!draw_legend_line(plot, &frame->lines[i], x, y))
			return false;
		y += height + LEGEND_BELOW_PT;
	}
	return true;
}

static double last_value(const struct pr_plot_frame *frame, const struct pr_plot_line *line)
{
	for (size_t i = frame->count; i-- > 0;)
		if (isfinite(line->means[i]))
			return line->means[i];
	return NAN;
}

static bool needs_names(const struct pr_plot_frame *frame)
{
	return frame->limit_count > 0 || frame->line_count > 1;
}

double pr_plot_names_margin(const struct pr_plot_canvas *plot)
{
	for (size_t i = 0; i < plot->frames->count && plot->frames->columns <= COLUMNS_WITH_NAMES; i++)
		if (needs_names(&plot->frames->frames[i]))
			return NAME_MARGIN_PT;
	return 0;
}

bool pr_plot_names(struct pr_plot_canvas *plot)
{
	struct pr_canvas *canvas = &plot->canvas;
	const struct pr_plot_frame *frame = plot->frame;
	struct pr_side side = {0};
	for (size_t i = 0; plot->frames->columns > COLUMNS_WITH_NAMES && i < frame->limit_count; i++) {
		const struct pr_chart_limit *limit = &frame->limits[i];
		struct pr_style style =
			pr_canvas_style(canvas, limit->role ? limit->role : "poor", PR_REGULAR, PR_CHART_TICK_PT);
		if (!pr_canvas_beside(canvas, limit->label, NULL, style, pr_canvas_y(canvas, limit->value)))
			return false;
	}
	if (plot->frames->columns > COLUMNS_WITH_NAMES)
		return true;
	pr_side_add_limits(&side, canvas);
	for (size_t i = 0; frame->line_count > 1 && i < frame->line_count; i++) {
		double value = last_value(frame, &frame->lines[i]);
		if (!isfinite(value))
			continue;
		struct pr_side_label label = {.value = value, .span_count = 1};
		label.spans[0] = (struct pr_span){.text = frame->lines[i].label,
			.style = pr_canvas_style(
				canvas, frame->lines[i].role ? frame->lines[i].role : "accent", PR_BOLD, PR_CHART_TICK_PT)};
		pr_side_add(&side, canvas->drawing->arena, label);
	}
	return pr_side_draw(&side, canvas, NAME_APART_PT, canvas->plot.y, canvas->plot.y + canvas->plot.height);
}
