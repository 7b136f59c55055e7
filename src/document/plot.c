/* The picture of a plot: title, sub-line, frames and foot, on a page for a letter. */
#include "document/plot.h"

#include <math.h>
#include <string.h>

#include "document/rows.h"

#define WIDTH_PT 680.0
#define EDGE_PT 24.0
#define INNER_PT (WIDTH_PT - 2 * EDGE_PT)
#define TAG_Y_PT 16.0
#define TAG_WIDTH_PT 28.5
#define TAG_HEIGHT_PT 3.5
#define TITLE_PT 14.0
#define TITLE_BASELINE_PT 38.0
#define TITLE_LEADING_PT 18.0
#define TITLE_LINES 2
#define SUB_PT 8.5
#define SUB_ABOVE_PT 15.0
#define SUB_LEADING_PT 12.0
#define SUB_LINES 2
#define CHART_ABOVE_PT 10.0
#define FOOT_PT 8.0
#define FOOT_ABOVE_PT 14.0
#define FOOT_LEADING_PT 11.0
#define FOOT_LINES 2
#define FOOT_RIGHT_PT 210.0
#define BOTTOM_PT 12.0
#define PANELS_IN_ONE_COLUMN 3
#define PHASES 3
#define WIDE_BAND 0.25      /* of the range of all values */
#define CELL_PT 96.0        /* the height of a frame among several panels */
#define PHASE_LEAST_PT 70.0 /* … of a phase's own */
#define NAMES_PT 58.0
#define STACKED_MOST 16 /* frames below each other */
#define BALANCE_PT 56.0
#define LEVEL_MINOR 3

struct picture {
	struct pr_plot_maker *maker;
	struct pr_plot_frames frames;
	struct pr_plot_line **lines; /* of each panel */
	size_t *line_counts;
	size_t most_lines;
	double frame_width_pt;
	bool has_matrix; /* a frame a line */
	bool is_stacked; /* … all below each other, since panels have not as many lines as each other */
	struct pr_error *error;
};

/* --- lines -------------------------------------------------------------------------------------------------------------- */

static bool is_neutral(const struct pr_plot_line *line)
{
	return pr_text_equal(line->role, "phase.n");
}

static bool line_scope_texts(struct picture *picture, size_t panel, const struct pr_plot_series *series,
	const char *label, struct pr_plot_line *line)
{
	struct pr_plot_maker *maker = picture->maker;
	const struct pr_plot_panel *of = &maker->plot->panels[panel];
	struct pr_scope scope = {.outer = maker->panels[panel]};
	bool floats = pr_plot_metrics[of->metric].floats, is_neutral = strcmp(series->name, "n") == 0;
	bool is_part = of->metric == PR_PLOT_POWER && strcmp(series->name, "total") != 0;
	bool single = maker->plot->panel_count == 1;

	pr_scope_add(&scope, maker->arena, "line.label", pr_value_text(label));
	pr_scope_add(&scope, maker->arena, "line.several", pr_value_number(of->series_count > 1, NULL));
	pr_scope_add(&scope, maker->arena, "line.mean", pr_plot_number(of, series->mean));
	pr_scope_add(&scope, maker->arena, "line.maximum", pr_plot_number(of, series->maximum.value));
	pr_scope_add(&scope, maker->arena, "line.maximum_at", pr_value_time(series->maximum.at_ms));
	pr_scope_add(&scope, maker->arena, "line.minimum", pr_plot_number(of, series->minimum.value));
	pr_scope_add(&scope, maker->arena, "line.minimum_at", pr_value_time(series->minimum.at_ms));
	if (!pr_plot_word(maker, &scope, "plot.legend_mean", &line->notes[0]) ||
		!pr_plot_word(maker, &scope, "plot.legend_maximum", &line->notes[1]) ||
		(floats && !pr_plot_word(maker, &scope, "plot.legend_minimum", &line->notes[2])))
		return false;
	if (is_neutral || is_part)
		return true;
	if (!pr_plot_word(maker, &scope, "plot.mark_maximum", &line->value_texts[0]) ||
		(single && !pr_plot_word(maker, &scope, "plot.mark_maximum_at", &line->time_texts[0])))
		return false;
	return !(floats || of->metric == PR_PLOT_REACTIVE) ||
	       (pr_plot_word(maker, &scope, "plot.mark_minimum", &line->value_texts[1]) &&
			   (!single || pr_plot_word(maker, &scope, "plot.mark_minimum_at", &line->time_texts[1])));
}

static void fill_line(struct picture *picture, const struct pr_plot_panel *panel, const struct pr_plot_series *series,
	struct pr_plot_line *line)
{
	struct pr_arena *arena = picture->maker->arena;
	size_t count = panel->grid->count;
	double *columns = pr_arena_array(arena, count * 5, sizeof *columns);
	double *means = columns, *lows = means + count, *highs = lows + count, *weights = highs + count;
	double *odds = weights + count;

	for (size_t i = 0; i < count; i++) {
		const struct pr_plot_value *value = &series->values[i];
		means[i] = value->mean;
		lows[i] = value->minimum;
		highs[i] = value->maximum;
		weights[i] = value->count;
		odds[i] = value->implausible > 0 ? value->odd : (double)NAN;
	}
	line->means = means;
	line->lows = lows;
	line->highs = highs;
	line->weights = weights;
	line->odds = odds;
	line->has_band = picture->maker->plot->step_minutes > (panel->from_quarters ? 15 : 1);
	line->extremes[0] = series->maximum.value;
	line->extremes[1] = series->minimum.value;
	line->extreme_ms[0] = series->maximum.at_ms;
	line->extreme_ms[1] = series->minimum.at_ms;
}

/* Among several panels a frame has room for one mark of each kind: that of the line that reaches farthest. */
static void keep_farthest(struct picture *picture, size_t panel, int kind)
{
	struct pr_plot_line *lines = picture->lines[panel], *farthest = NULL;

	for (size_t i = 0; i < picture->line_counts[panel]; i++)
		if (lines[i].value_texts[kind] && (!farthest || (kind == 0 ? lines[i].extremes[0] > farthest->extremes[0]
																   : lines[i].extremes[1] < farthest->extremes[1])))
			farthest = &lines[i];
	for (size_t i = 0; i < picture->line_counts[panel]; i++)
		if (&lines[i] != farthest)
			lines[i].value_texts[kind] = NULL;
}

/* What has room in a picture of one point only: the neutral conductor, the phases beside the power of all three. */
static bool is_detail(const struct pr_plot *plot, const struct pr_plot_panel *panel, size_t series)
{
	bool has_total = panel->metric == PR_PLOT_POWER && panel->series[0].samples > 0;

	return plot->panel_count > 1 && (strcmp(panel->series[series].name, "n") == 0 || (has_total && series > 0));
}

static bool make_lines(struct picture *picture, size_t panel)
{
	struct pr_plot_maker *maker = picture->maker;
	const struct pr_plot_panel *of = &maker->plot->panels[panel];

	picture->lines[panel] = pr_arena_array(maker->arena, PR_PLOT_SERIES, sizeof **picture->lines);
	for (size_t s = 0; s < of->series_count; s++) {
		struct pr_plot_line *line = &picture->lines[panel][picture->line_counts[panel]];
		const struct pr_chart_item *item;
		const char *label;
		if (!pr_plot_label(maker, panel, s, &item, &label))
			return false;
		if (!item || of->series[s].samples + of->series[s].implausible == 0 || is_detail(maker->plot, of, s))
			continue;
		*line = (struct pr_plot_line){.label = label, .role = item->role, .dashed = item->dashed, .width = item->width};
		fill_line(picture, of, &of->series[s], line);
		if (!line_scope_texts(picture, panel, &of->series[s], label, line))
			return false;
		picture->line_counts[panel]++;
	}
	if (picture->line_counts[panel] > picture->most_lines)
		picture->most_lines = picture->line_counts[panel];
	return true;
}

/* --- limits and alarms -------------------------------------------------------------------------------------------------- */

/* A limit far above all values would press them flat: it stays out, and is named in the sub-line. */
static bool is_near(const struct picture *picture, size_t panel, double limit)
{
	const struct pr_plot_panel *of = &picture->maker->plot->panels[panel];
	double low = INFINITY, high = -INFINITY;

	for (size_t s = 0; s < of->series_count; s++) {
		low = fmin(low, isfinite(of->series[s].minimum.value) ? of->series[s].minimum.value : low);
		high = fmax(high, isfinite(of->series[s].maximum.value) ? of->series[s].maximum.value : high);
	}
	if (!isfinite(limit) || !isfinite(high))
		return false;
	return pr_plot_metrics[of->metric].floats || limit <= 1.6 * fabs(high);
}

static bool make_limits(struct picture *picture, size_t panel, struct pr_plot_frame *frame)
{
	struct pr_plot_maker *maker = picture->maker;
	const struct pr_chart_definition *definition = maker->definition;

	frame->limits = pr_arena_array(maker->arena, definition->limit_count, sizeof *frame->limits);
	for (size_t i = 0; i < definition->limit_count; i++) {
		const struct pr_chart_item *item = &definition->limits[i];
		struct pr_scope scope = {.outer = maker->panels[panel]};
		struct pr_chart_limit limit = {.dashed = item->dashed, .is_least = pr_text_starts(item->name, "low")};
		struct pr_value value;
		bool shown;
		if (!pr_expression_true(
				&maker->builder->context, &scope, item->when, definition->path, item->line, &shown, maker->error) ||
			!pr_expression_value(
				&maker->builder->context, &scope, item->data, definition->path, item->line, &value, maker->error))
			return false;
		if (!shown || value.kind != PR_VALUE_NUMBER || !is_near(picture, panel, value.number))
			continue;
		limit.value = value.number;
		limit.role = pr_text_equal(item->name, "warn") ? "fair" : NULL;
		pr_scope_add(&scope, maker->arena, "limit.value", value);
		if (!pr_plot_word(maker, &scope, item->label, &limit.label))
			return false;
		size_t at = frame->limit_count++;
		for (; at > 0 && frame->limits[at - 1].value < limit.value; at--)
			frame->limits[at] = frame->limits[at - 1];
		frame->limits[at] = limit;
	}
	return true;
}

static bool make_alarms(struct picture *picture, size_t panel, struct pr_plot_frame *frame)
{
	struct pr_plot_maker *maker = picture->maker;
	const struct pr_plot_panel *of = &maker->plot->panels[panel];
	int64_t to_ms = of->grid->edges[of->grid->count];

	frame->alarms = pr_arena_array(maker->arena, of->event_count, sizeof *frame->alarms);
	for (size_t i = 0; i < of->event_count; i++) {
		const struct pr_event *event = &of->events[i];
		struct pr_plot_alarm *alarm = &frame->alarms[frame->alarm_count++];
		struct pr_scope scope = {.outer = maker->panels[panel]};
		alarm->from_ms = event->started_at_ms;
		alarm->to_ms = event->ended_at_ms == PR_TIME_MISSING ? to_ms : event->ended_at_ms;
		if (alarm->to_ms < alarm->from_ms)
			alarm->to_ms = alarm->from_ms;
		alarm->level = event->level >= 1 && event->level <= LEVEL_MINOR ? event->level : LEVEL_MINOR;
		alarm->name = pr_alarm_name(&maker->builder->context, event->code);
		pr_scope_add(&scope, maker->arena, "event.name", pr_value_text(alarm->name));
		pr_scope_add(&scope, maker->arena, "event.at", pr_value_time(event->started_at_ms));
		if (!pr_plot_word(maker, &scope, "plot.alarm_mark", &alarm->label))
			return false;
	}
	return true;
}

/* --- frames ------------------------------------------------------------------------------------------------------------- */

static bool frame_texts(
	struct picture *picture, size_t panel, const struct pr_plot_line *line, struct pr_plot_frame *frame)
{
	struct pr_plot_maker *maker = picture->maker;
	const struct pr_plot_panel *of = &maker->plot->panels[panel];
	struct pr_scope scope = {.outer = maker->panels[panel]}, whole = {.outer = maker->scope};
	struct pr_value value;
	static const char *const shared[] = {"plot.one_project", "plot.one_metric"};

	for (size_t i = 0; i < 2; i++)
		if (pr_scope_field(&whole, shared[i], &value))
			pr_scope_add(&scope, maker->arena, shared[i], value);
	bool is_named = line && of->series_count > 1 && !picture->is_stacked;
	pr_scope_add(&scope, maker->arena, "line.label", pr_value_text(is_named ? line->label : NULL));
	if (!pr_plot_word(maker, &scope, "plot.frame_title", &frame->title))
		return false;
	if (!line || picture->is_stacked)
		return pr_plot_word(maker, &scope, "plot.frame_note", &frame->note);
	frame->note = pr_arena_format(maker->arena, "%s\xE3\x80\x80%s", line->notes[0], line->notes[1]);
	return true;
}

static bool is_phase_power(const struct pr_plot_panel *panel, const struct pr_plot_line *line)
{
	return panel->metric == PR_PLOT_POWER && pr_text_starts(line->role, "phase.");
}

/* `line` NULL: all lines of the panel. */
static bool add_frame(struct picture *picture, size_t panel, struct pr_plot_line *line, bool titled)
{
	struct pr_plot_maker *maker = picture->maker;
	const struct pr_plot_panel *of = &maker->plot->panels[panel];
	struct pr_plot_frame *frame = &picture->frames.frames[picture->frames.count++];
	struct pr_plot_line *lines = picture->lines[panel];
	size_t count = picture->line_counts[panel];

	frame->edges = of->grid->edges;
	frame->count = of->grid->count;
	frame->expected_from_ms = of->expected_from_ms;
	frame->expected_to_ms = of->expected_to_ms;
	frame->scale = (int)of->metric;
	frame->floats = pr_plot_metrics[of->metric].floats;
	/* A third of the whole and the neutral conductor would be flat on the scale of the others. */
	if (line && (is_neutral(line) || is_phase_power(of, line)))
		frame->scale += PR_PLOT_METRIC_COUNT;
	frame->lines = line ? line : lines;
	frame->line_count = line ? 1 : count;
	if (line && !is_neutral(line)) { /* the other phases behind it; the total of a power is none of them */
		struct pr_plot_line *beside = pr_arena_array(maker->arena, count, sizeof *beside);
		for (size_t i = 0; i < count; i++)
			if (&lines[i] != line && !is_neutral(&lines[i]) && of->metric != PR_PLOT_POWER)
				beside[frame->beside_count++] = lines[i];
		frame->beside = beside;
	}
	return ((line && (is_neutral(line) || is_phase_power(of, line))) || make_limits(picture, panel, frame)) &&
	       ((line && line != lines) || make_alarms(picture, panel, frame)) &&
	       (!titled || (picture->is_stacked && line != lines) || frame_texts(picture, panel, line, frame)) &&
	       pr_plot_axis(maker, panel, picture->frame_width_pt, frame);
}

/* How unequal the phases are, below them. */
static bool add_balance(struct picture *picture)
{
	struct pr_plot_frame *above = &picture->frames.frames[picture->frames.count - 1], *frame = above + 1;

	*frame = (struct pr_plot_frame){.edges = above->edges,
		.count = above->count,
		.expected_from_ms = above->expected_from_ms,
		.expected_to_ms = above->expected_to_ms,
		.scale = 2 * PR_PLOT_METRIC_COUNT,
		.height_pt = picture->has_matrix ? 0 : BALANCE_PT};
	if (!pr_plot_balance(picture->maker, picture->lines[0], picture->line_counts[0], frame))
		return false;
	if (frame->line_count == 0)
		return true;
	picture->frames.count++;
	return pr_plot_axis(picture->maker, 0, picture->frame_width_pt, frame);
}

static double width_of(size_t columns, bool has_legend)
{
	double width = (INNER_PT - PR_PLOT_APART_PT * (double)(columns - 1)) / (double)columns;

	return width - PR_PLOT_GUTTER_PT - (has_legend ? PR_PLOT_LEGEND_PT : columns > 2 ? 0 : NAMES_PT);
}

/* Bands that fill much of the picture would hide each other. */
static bool has_wide_bands(const struct picture *picture, size_t panel)
{
	const struct pr_plot_line *lines = picture->lines[panel];
	double sum = 0, low = INFINITY, high = -INFINITY;
	size_t count = 0;

	for (size_t k = 0; k < picture->line_counts[panel]; k++) {
		if (is_neutral(&lines[k]))
			continue;
		low = fmin(low, lines[k].extremes[1]);
		high = fmax(high, lines[k].extremes[0]);
		for (size_t i = 0; i < picture->maker->plot->panels[panel].grid->count; i++)
			if (isfinite(lines[k].means[i])) {
				sum += lines[k].highs[i] - lines[k].lows[i];
				count++;
			}
	}
	return count > 0 && sum / (double)count > WIDE_BAND * (high - low);
}

static bool is_dense(const struct picture *picture, double width_pt)
{
	for (size_t i = 0; i < picture->maker->plot->panel_count; i++)
		if (picture->line_counts[i] >= PHASES &&
			(has_wide_bands(picture, i) ||
				width_pt / (double)picture->maker->plot->panels[i].grid->count < PR_PLOT_DENSE_PT))
			return true;
	return false;
}

/* Rows of a matrix would have holes. */
static bool is_uneven(const struct picture *picture)
{
	size_t sum = 0, least = SIZE_MAX;

	for (size_t i = 0; i < picture->maker->plot->panel_count; i++) {
		sum += picture->line_counts[i];
		least = picture->line_counts[i] < least ? picture->line_counts[i] : least;
	}
	return least < picture->most_lines && sum <= STACKED_MOST;
}

static void plan_frames(struct picture *picture)
{
	const struct pr_chart_definition *definition = picture->maker->definition;
	size_t panels = picture->maker->plot->panel_count;
	struct pr_plot_frames *frames = &picture->frames;

	frames->has_legend = panels == 1;
	frames->columns = panels <= PANELS_IN_ONE_COLUMN ? 1 : 2;
	if (panels > 1 && definition->panel_columns > 1)
		frames->columns = definition->panel_columns;
	picture->has_matrix = is_dense(picture, width_of(frames->columns, frames->has_legend));
	if (picture->has_matrix && panels > 1) {
		picture->is_stacked = is_uneven(picture);
		frames->has_legend = picture->is_stacked;
		frames->columns = picture->is_stacked ? 1 : picture->most_lines;
	}
	frames->frame_height_pt = picture->is_stacked ? PHASE_LEAST_PT : panels > 1 ? CELL_PT : definition->height_pt;
	if (picture->has_matrix && panels == 1)
		frames->frame_height_pt = fmax(PHASE_LEAST_PT, definition->height_pt / (double)picture->most_lines - 18);
	picture->frame_width_pt = width_of(frames->columns, frames->has_legend);
	frames->frames = pr_arena_array(picture->maker->arena,
		panels * (picture->has_matrix ? picture->most_lines + 1 : 1) + 2, sizeof *frames->frames);
}

static void mark_last(struct pr_plot_frames *frames)
{
	for (size_t i = 0; i < frames->count; i++) {
		frames->frames[i].is_last = frames->frames[i].edges != NULL;
		for (size_t k = i + frames->columns; k < frames->count; k += frames->columns)
			if (frames->frames[k].edges)
				frames->frames[i].is_last = false;
	}
}

static bool make_frames(struct picture *picture)
{
	size_t panels = picture->maker->plot->panel_count;

	picture->lines = pr_arena_array(picture->maker->arena, panels, sizeof *picture->lines);
	picture->line_counts = pr_arena_array(picture->maker->arena, panels, sizeof *picture->line_counts);
	for (size_t i = 0; i < panels; i++)
		if (!make_lines(picture, i))
			return false;
	plan_frames(picture);
	for (size_t i = 0; i < 2 * panels && panels > 1 && !picture->has_matrix; i++)
		keep_farthest(picture, i / 2, (int)(i % 2));
	for (size_t i = 0; i < panels; i++) {
		size_t count = picture->line_counts[i];
		if (!picture->has_matrix || count == 0) {
			if (!add_frame(picture, i, NULL, panels > 1))
				return false;
		}
		for (size_t k = 0; picture->has_matrix && k < count; k++)
			if (!add_frame(picture, i, &picture->lines[i][k], panels > 1))
				return false;
		/* A row a panel: places that have no line stay empty. */
		while (picture->has_matrix && picture->frames.count % picture->frames.columns != 0)
			picture->frames.count++;
	}
	if (panels == 1 && picture->maker->plot->panels[0].metric == PR_PLOT_CURRENT && !add_balance(picture))
		return false;
	mark_last(&picture->frames);
	return true;
}

/* --- the page ----------------------------------------------------------------------------------------------------------- */

static bool set_lines(struct picture *picture, const char *text, struct pr_style style, double width, size_t most,
	struct pr_text_line **lines, size_t *count)
{
	const struct pr_span span = {.text = text, .style = style};
	struct pr_plot_maker *maker = picture->maker;

	if (!pr_type_paragraph(maker->builder->faces, &span, 1, width, maker->arena, lines, count, maker->error))
		return false;
	if (*count > most)
		*count = most;
	return true;
}

static void place_lines(
	struct pr_drawing *drawing, const struct pr_text_line *lines, size_t count, double y, double leading)
{
	for (size_t i = 0; i < count; i++)
		pr_draw_set_line(drawing, &lines[i], EDGE_PT, y + leading * (double)i, PR_ALIGN_LEFT, 0);
}

struct page_texts {
	struct pr_text_line *title, *sub, *foot;
	size_t title_count, sub_count, foot_count;
	const char *right;
};

static bool set_page_texts(struct picture *picture, struct page_texts *texts, const char **title)
{
	struct pr_plot_maker *maker = picture->maker;
	const struct pr_theme *theme = maker->builder->theme;
	const struct pr_style bold = {PR_BOLD, TITLE_PT, pr_theme_colour(theme, "ink")};
	const struct pr_style sub_style = {PR_REGULAR, SUB_PT, pr_theme_colour(theme, "text2")};
	const struct pr_style foot_style = {PR_REGULAR, FOOT_PT, pr_theme_colour(theme, "text2")};
	const char *sub, *foot;

	return pr_plot_word(maker, maker->scope, "plot.title", title) &&
	       pr_plot_word(maker, maker->scope, "plot.sub", &sub) &&
	       pr_plot_word(maker, maker->scope, "plot.foot", &foot) &&
	       pr_plot_word(maker, maker->scope, "plot.foot_right", &texts->right) &&
	       set_lines(picture, *title, bold, INNER_PT, TITLE_LINES, &texts->title, &texts->title_count) &&
	       set_lines(picture, sub, sub_style, INNER_PT, SUB_LINES, &texts->sub, &texts->sub_count) &&
	       set_lines(picture, foot, foot_style, INNER_PT - FOOT_RIGHT_PT, FOOT_LINES, &texts->foot, &texts->foot_count);
}

static bool draw_page(struct picture *picture, const struct page_texts *texts, struct pr_drawing *drawing)
{
	struct pr_plot_maker *maker = picture->maker;
	const struct pr_theme *theme = maker->builder->theme;
	const struct pr_words *words = maker->builder->context.words;
	struct pr_chart_data data = {.plot = &picture->frames, .group = words->group, .minus = words->minus};
	double sub_y = TITLE_BASELINE_PT + TITLE_LEADING_PT * (double)(texts->title_count - 1) + SUB_ABOVE_PT;
	double chart_y = sub_y + SUB_LEADING_PT * (double)(texts->sub_count - 1) + CHART_ABOVE_PT;
	double height = pr_chart_height(maker->definition, &data, INNER_PT);
	double foot_y = chart_y + height + FOOT_ABOVE_PT;
	double page = foot_y + FOOT_LEADING_PT * (double)(texts->foot_count > 0 ? texts->foot_count - 1 : 0) + BOTTOM_PT;
	const struct pr_style right = {PR_REGULAR, FOOT_PT, pr_theme_colour(theme, "text3")};

	pr_drawing_init(drawing, WIDTH_PT, page, maker->arena);
	if (!pr_plot_word(maker, maker->scope, maker->definition->gap_label, &data.gap_label) ||
		!pr_plot_word(maker, maker->scope, maker->definition->axis_note, &data.note))
		return false;
	if (maker->builder->house->tag)
		pr_draw_rect(drawing, (struct pr_rect){EDGE_PT, TAG_Y_PT, TAG_WIDTH_PT, TAG_HEIGHT_PT},
			pr_paint_fill(pr_theme_colour(theme, "accent")));
	place_lines(drawing, texts->title, texts->title_count, TITLE_BASELINE_PT, TITLE_LEADING_PT);
	place_lines(drawing, texts->sub, texts->sub_count, sub_y, SUB_LEADING_PT);
	place_lines(drawing, texts->foot, texts->foot_count, foot_y, FOOT_LEADING_PT);
	return pr_chart_draw(maker->definition, &data, maker->builder->faces, theme,
			   (struct pr_rect){EDGE_PT, chart_y, INNER_PT, height}, drawing, maker->error) &&
	       pr_draw_text(drawing, maker->builder->faces, texts->right, right, WIDTH_PT - EDGE_PT, foot_y, PR_ALIGN_RIGHT,
			   NULL, maker->error) &&
	       pr_drawing_check(drawing, maker->error);
}

bool pr_plot_draw(struct pr_plot_maker *maker, struct pr_document *document)
{
	struct picture picture = {.maker = maker};
	struct page_texts texts = {0};

	document->charts = pr_arena_alloc(maker->arena, sizeof *document->charts);
	document->pages = pr_arena_alloc(maker->arena, sizeof *document->pages);
	if (!make_frames(&picture) || !set_page_texts(&picture, &texts, &document->title) ||
		!draw_page(&picture, &texts, &document->charts->drawing))
		return false;
	document->charts->name = maker->definition->name;
	document->pages->drawing = document->charts->drawing;
	document->chart_count = document->page_count = 1;
	return true;
}
