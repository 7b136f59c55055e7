/* Pies: from 12 o'clock clockwise in the order of the series, labels outside in two lines. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "chart/canvas.h"

#define PI 3.14159265358979323846
#define PARTS_MAX 16
#define PART_LEAST 0.02    /* smaller parts are taken together */
#define LABEL_SPACE_PT 7.0 /* from the rim to a label */
#define LABEL_ROOM_PT 12.0 /* above and below the pie */
#define LABEL_ROW_PT 10.0
#define LABEL_APART_PT 21.0
#define SENTENCE_PT 14.0
#define RADIUS_LEAST_PT 34.0
#define RADIUS_STEP_PT 2.0

struct part {
	const char *label, *text, *finding;
	double value, from, to; /* turns */
	struct pr_colour colour;
	double x, y; /* of the label's middle */
	enum pr_align align;
	bool one_line;
	struct pr_text_line name[2]; /* broken where the room beside the pie is narrow */
	size_t name_count;
};

struct pie {
	struct part parts[PARTS_MAX + 1];
	size_t count;
	double total, x, y, radius;
};

static const char *part_text(const struct pr_chart_series *series)
{
	return series->texts && series->count > 0 ? series->texts[0] : series->note;
}

/* The sum of the printed shares, printed as they are; NULL where one is no plain number. */
static const char *sum_texts(const char *a, const char *b, struct pr_arena *arena)
{
	pr_micro first, second, sum;
	char text[64];
	if (!a || !b || !pr_micro_from_text(a, &first) || !pr_micro_from_text(b, &second) ||
		!pr_micro_add(first, second, &sum))
		return NULL;
	const char *point = strchr(b, '.');
	return pr_arena_copy(arena, pr_micro_group(sum, point ? (int)strlen(point + 1) : 0, "", "-", text));
}

static size_t count_small(const struct pr_chart_data *data, double total)
{
	size_t small = 0;
	for (size_t i = 0; i < data->series_count; i++) {
		double value = data->series[i].count > 0 ? data->series[i].values[0] : NAN;
		small += value > 0 && value < PART_LEAST * total;
	}
	return small;
}

static void add_part(struct pie *pie, const struct pr_canvas *canvas, const struct pr_chart_series *series, bool small)
{
	struct pr_arena *arena = canvas->drawing->arena;
	struct part *other = &pie->parts[PARTS_MAX];
	if (!small) {
		pie->parts[pie->count++] = (struct part){.label = series->label,
			.text = part_text(series),
			.finding = pr_canvas_tag(series, 0),
			.value = series->values[0],
			.colour = pr_canvas_series_colour(canvas, series)};
		return;
	}
	other->finding = !other->finding ? pr_canvas_tag(series, 0)
	                                 : pr_arena_format(arena, "(%s|+|%s)", other->finding, pr_canvas_tag(series, 0));
	other->text = other->value > 0 ? sum_texts(other->text, part_text(series), arena) : part_text(series);
	other->value += series->values[0];
	other->label = canvas->data->other_label;
	other->colour = pr_canvas_colour(canvas, "part.6");
}

static double total_of(const struct pr_chart_data *data)
{
	double total = 0;
	for (size_t i = 0; i < data->series_count; i++) {
		double value = data->series[i].count > 0 ? data->series[i].values[0] : NAN;
		total += value > 0 ? value : 0;
	}
	return total;
}

static void collect_parts(struct pie *pie, const struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	pie->total = total_of(data);
	bool join = data->other_label && count_small(data, pie->total) > 1;
	for (size_t i = 0; i < data->series_count && pie->count < PARTS_MAX; i++) {
		const struct pr_chart_series *series = &data->series[i];
		if (series->count > 0 && series->values[0] > 0 && isfinite(series->values[0]))
			add_part(pie, canvas, series, join && series->values[0] < PART_LEAST * pie->total);
	}
	if (pie->parts[PARTS_MAX].value > 0 && pie->count < PARTS_MAX)
		pie->parts[pie->count++] = pie->parts[PARTS_MAX];
	double at = 0;
	for (size_t i = 0; i < pie->count; i++) {
		pie->parts[i].from = at;
		at += pie->parts[i].value / pie->total;
		pie->parts[i].to = at;
	}
}

static size_t part_count(const struct pr_chart_data *data)
{
	size_t count = 0;
	for (size_t i = 0; i < data->series_count; i++)
		count += data->series[i].count > 0 && data->series[i].values[0] > 0;
	return count;
}

double pr_chart_pie_height(const struct pr_chart_definition *definition, const struct pr_chart_data *data)
{
	return part_count(data) < 2 ? SENTENCE_PT : definition->height_pt;
}

/* One part is no picture: its name and figure, or the document's sentence. */
static bool draw_sentence(struct pr_canvas *canvas, const struct pie *pie)
{
	double baseline = canvas->rect.y + 10;
	struct pr_style style = pr_canvas_style(canvas, "ink", PR_REGULAR, 9), bold = style;
	bold.weight = PR_BOLD;
	if (canvas->data->note || pie->count == 0)
		return pr_canvas_text(canvas, canvas->data->note, style, canvas->rect.x, baseline, PR_ALIGN_LEFT, PR_TAG_TICK);
	const struct pr_span spans[] = {
		{.text = pie->parts[0].label, .style = bold, .finding = PR_TAG_NAME},
		{.text = "\xE3\x80\x80", .style = style},
		{.text = pie->parts[0].text, .style = style, .finding = pie->parts[0].finding},
	};
	struct pr_text_line line;
	if (!pr_type_line(canvas->faces, spans, 3, canvas->drawing->arena, &line, canvas->error))
		return false;
	pr_draw_set_line(canvas->drawing, &line, canvas->rect.x, baseline, PR_ALIGN_LEFT, 0);
	return true;
}

static void draw_parts(struct pr_canvas *canvas, const struct pie *pie)
{
	double x = pie->x, y = pie->y, radius = pie->radius;
	for (size_t i = 0; i < pie->count; i++)
		pr_draw_sector(
			canvas->drawing, x, y, radius, pie->parts[i].from, pie->parts[i].to, pr_paint_fill(pie->parts[i].colour));
	struct pr_paint seam = pr_paint_stroke(pr_canvas_colour(canvas, "white"), 1);
	for (size_t i = 0; i < pie->count; i++) {
		double angle = pie->parts[i].from * 2 * PI;
		pr_draw_line(canvas->drawing, x, y, x + radius * sin(angle), y - radius * cos(angle), seam);
	}
	pr_draw_circle(canvas->drawing, x, y, radius, pr_paint_stroke(pr_canvas_colour(canvas, "rule"), 0.5));
}

/* Where labels would like to be: outside the rim at the middle of their part. */
static void place_labels(struct pie *pie)
{
	for (size_t i = 0; i < pie->count; i++) {
		struct part *part = &pie->parts[i];
		double angle = (part->from + part->to) * PI, reach = pie->radius + LABEL_SPACE_PT;
		part->y = pie->y - (reach + 3 * fabs(cos(angle))) * cos(angle);
		part->align = sin(angle) >= 0 ? PR_ALIGN_LEFT : PR_ALIGN_RIGHT;
		part->x = pie->x + reach * sin(angle);
	}
}

/* A label that was moved stays outside the rim: at the distance that the rim has beside its nearer edge. */
static void keep_outside(const struct pie *pie, struct part *part, double half)
{
	double reach = pie->radius + LABEL_SPACE_PT, dy = fabs(part->y - pie->y);
	double edge = fmax(0, dy - half);
	double aside = edge < reach ? sqrt(reach * reach - edge * edge) : 0;
	double wanted = fabs(part->x - pie->x);
	double x = fmax(aside, fmin(wanted, reach));
	part->x = pie->x + (part->align == PR_ALIGN_LEFT ? x : -x);
}

/* Labels of one side that are too near to each other move up or down along the pie; many stand in one line each. */
static void spread_side(struct pie *pie, enum pr_align align, struct pr_rect rect)
{
	struct part *side[PARTS_MAX];
	double places[PARTS_MAX];
	size_t count = 0;
	for (size_t i = 0; i < pie->count; i++) {
		if (pie->parts[i].align != align)
			continue;
		size_t k = count++;
		for (; k > 0 && side[k - 1]->y > pie->parts[i].y; k--)
			side[k] = side[k - 1];
		side[k] = &pie->parts[i];
	}
	size_t lines = 1;
	for (size_t i = 0; i < count; i++)
		lines = side[i]->name_count > lines ? side[i]->name_count : lines;
	double apart = LABEL_APART_PT + LABEL_ROW_PT * (double)(lines - 1);
	bool one_line = (double)count * apart > rect.height;
	double half = one_line ? LABEL_ROW_PT / 2 : LABEL_ROW_PT * (double)(lines + 1) / 2;
	for (size_t i = 0; i < count; i++)
		places[i] = side[i]->y;
	pr_spread(places, count, one_line ? LABEL_ROW_PT + 1 : apart, rect.y + half - 2, rect.y + rect.height - half + 2);
	for (size_t i = 0; i < count; i++) {
		side[i]->y = places[i];
		side[i]->one_line = one_line;
		keep_outside(pie, side[i], half);
	}
}

/* Names in at most two lines of what the pie leaves at its side; *cut: one did not fit into those. */
static bool break_names(struct pr_canvas *canvas, struct pie *pie, bool *cut)
{
	struct pr_style style = pr_canvas_style(canvas, "ink", PR_BOLD, PR_CHART_LABEL_PT);
	double room = canvas->rect.width / 2 - pie->radius - LABEL_SPACE_PT;
	*cut = false;
	for (size_t i = 0; i < pie->count; i++) {
		struct part *part = &pie->parts[i];
		if (!pr_canvas_two_lines(canvas, part->label, NULL, style, room, part->name, &part->name_count))
			return false;
		*cut = *cut || (part->name_count == 1 && pr_type_width(canvas->faces, style, part->label) > room + 0.01);
	}
	return true;
}

/* The pie gives way to long names, down to a size that still shows its parts. */
static bool fit_names(struct pr_canvas *canvas, struct pie *pie)
{
	bool cut;
	if (!break_names(canvas, pie, &cut))
		return false;
	while (cut && pie->radius > RADIUS_LEAST_PT) {
		pie->radius = fmax(RADIUS_LEAST_PT, pie->radius - RADIUS_STEP_PT);
		if (!break_names(canvas, pie, &cut))
			return false;
	}
	return true;
}

static bool draw_broken(struct pr_canvas *canvas, const struct part *part, struct pr_style value)
{
	double baseline = part->y - 2 - LABEL_ROW_PT * (double)(part->name_count - 1) / 2;
	for (size_t i = 0; i < part->name_count; i++)
		pr_draw_set_line(canvas->drawing, &part->name[i], part->x, baseline + LABEL_ROW_PT * (double)i, part->align, 0);
	return pr_canvas_text(canvas, part->text, value, part->x, baseline + LABEL_ROW_PT * (double)part->name_count,
		part->align, part->finding);
}

static bool draw_label(struct pr_canvas *canvas, const struct part *part)
{
	struct pr_style name = pr_canvas_style(canvas, "ink", PR_BOLD, PR_CHART_LABEL_PT);
	struct pr_style value = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_LABEL_PT);
	double figure = part->one_line ? pr_type_width(canvas->faces, value, part->text) + 3 : 0;
	double room =
		part->align == PR_ALIGN_LEFT ? canvas->rect.x + canvas->rect.width - part->x : part->x - canvas->rect.x;
	struct pr_span span = {.text = part->label ? part->label : "", .style = name, .finding = PR_TAG_NAME};
	struct pr_text_line line;
	if (!part->one_line && part->name_count > 1)
		return draw_broken(canvas, part, value);
	if (!pr_type_fit(canvas->faces, &span, fmax(room - figure, 0), canvas->drawing->arena, &line, canvas->error))
		return false;
	double x = part->x, baseline = part->y - 2;
	if (part->one_line) {
		baseline = part->y + 2.6;
		double left = part->align == PR_ALIGN_LEFT ? x : x - line.width_pt - figure;
		pr_draw_set_line(canvas->drawing, &line, left, baseline, PR_ALIGN_LEFT, 0);
		return pr_canvas_text(
			canvas, part->text, value, left + line.width_pt + 3, baseline, PR_ALIGN_LEFT, part->finding);
	}
	pr_draw_set_line(canvas->drawing, &line, x, baseline, part->align, 0);
	return pr_canvas_text(canvas, part->text, value, x, baseline + LABEL_ROW_PT, part->align, part->finding);
}

bool pr_chart_draw_pie(struct pr_canvas *canvas)
{
	struct pie pie = {.count = 0};
	collect_parts(&pie, canvas);
	if (pie.count < 2)
		return draw_sentence(canvas, &pie);
	struct pr_rect rect = canvas->rect;
	pie.radius = fmin(rect.height / 2 - LABEL_ROOM_PT + 4, rect.width / 3.6);
	pie.x = rect.x + rect.width / 2;
	pie.y = rect.y + rect.height / 2 + 4;
	draw_parts(canvas, &pie);
	if (!fit_names(canvas, &pie))
		return false;
	place_labels(&pie);
	spread_side(&pie, PR_ALIGN_LEFT, rect);
	spread_side(&pie, PR_ALIGN_RIGHT, rect);
	for (size_t i = 0; i < pie.count; i++)
		if (!draw_label(canvas, &pie.parts[i]))
			return false;
	return true;
}
