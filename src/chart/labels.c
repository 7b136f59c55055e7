/* Labels that keep out of each other's way and off the data. */
#include <math.h>
#include <string.h>

#include "chart/canvas.h"

#define SIDE_SPACE_PT 4.5 /* between the plot and a label beside it */
#define MARGIN_MIN_PT 34.0
#define MARGIN_MAX_PT 70.0
#define NOTE_SPACE_PT 6.0
#define PAIR_SPACE_PT 3.5 /* more, between labels with a note below them */
#define SPREAD_MAX 64
#define ROUNDING_PT 0.01
#define HATCHED_COST 0.25 /* of a place on data */
#define LABEL_COST 40.0   /* … of a place on another label */
#define MOVED_COST 4.0    /* … of a point by which the plot's edge moves it from its ring */
#define FOOT_PT 0.5       /* of a label without descenders, below the plot */
#define RING_PT 2.2
#define HALO_OVER_PT 0.9 /* what the white outline takes from a line close by */
#define RING_LINE_PT 0.9
#define LIMIT_PT 0.75
#define ASCENT_EM 0.86 /* of digits and Han, for places */
#define DESCENT_EM 0.16
#define MIDDLE_EM 0.35 /* from the baseline to the middle of a digit */
#define FULL_SPACE "\xE3\x80\x80"

/* --- at the side ------------------------------------------------------------------------------------------------ */

void pr_side_add(struct pr_side *side, struct pr_arena *arena, struct pr_side_label label)
{
	*PR_PUSH(arena, side->items, side->count, side->capacity) = label;
}

void pr_side_add_limits(struct pr_side *side, struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	for (size_t i = 0; i < data->limit_count; i++) {
		if (!isfinite(data->limits[i].value) || !data->limits[i].label)
			continue;
		const char *role = data->limits[i].role ? data->limits[i].role : "poor";
		struct pr_style style = pr_canvas_style(canvas, role, PR_REGULAR, PR_CHART_TICK_PT);
		struct pr_side_label label = {.value = data->limits[i].value, .span_count = 1};
		label.spans[0] =
			(struct pr_span){.text = data->limits[i].label, .style = style, .finding = data->limits[i].finding};
		pr_side_add(side, canvas->drawing->arena, label);
	}
}

void pr_side_add_axis_note(struct pr_side *side, struct pr_canvas *canvas)
{
	const char *note = pr_canvas_axis_note(canvas);
	if (!note || side->count == 0)
		return;
	struct pr_side_label label = {.value = canvas->scale.bottom, .span_count = 1};
	label.spans[0] = (struct pr_span){
		.text = note, .style = pr_canvas_style(canvas, "text2", PR_REGULAR, PR_CHART_TICK_PT), .finding = PR_TAG_TICK};
	pr_side_add(side, canvas->drawing->arena, label);
	canvas->note_placed = true;
}

static double label_width(const struct pr_canvas *canvas, const struct pr_side_label *label)
{
	double width = 0;
	for (size_t i = 0; i < label->span_count; i++)
		width += pr_type_width(canvas->faces, label->spans[i].style, label->spans[i].text) + (i > 0 ? 2 : 0);
	return width;
}

double pr_side_margin(struct pr_side *side, const struct pr_canvas *canvas)
{
	double widest = 0;
	size_t count = side->count;
	bool below_all = false;
	for (size_t i = 0; i < count; i++) {
		double note = pr_type_width(canvas->faces, side->items[i].note.style, side->items[i].note.text);
		double width = label_width(canvas, &side->items[i]);
		below_all = below_all || (note > 0 && SIDE_SPACE_PT + width + NOTE_SPACE_PT + note > MARGIN_MAX_PT);
	}
	for (size_t i = 0; i < count; i++) {
		struct pr_side_label *label = &side->items[i];
		double width = label_width(canvas, label);
		double note = pr_type_width(canvas->faces, label->note.style, label->note.text);
		if (note > 0 && below_all) {
			struct pr_side_label below = {
				.value = label->value, .y = label->y + 0.01, .spans = {label->note}, .span_count = 1, .is_note = true};
			label->note.text = NULL;
			width = fmax(width, note);
			note = 0;
			pr_side_add(side, canvas->drawing->arena, below);
		}
		widest = fmax(widest, width + (note > 0 ? NOTE_SPACE_PT + note : 0));
	}
	return widest == 0 ? 0 : fmin(MARGIN_MAX_PT, fmax(MARGIN_MIN_PT, widest + SIDE_SPACE_PT + ROUNDING_PT));
}

double pr_side_even_margin(struct pr_side *side, const struct pr_canvas *canvas)
{
	double margin = pr_side_margin(side, canvas);
	return margin > MARGIN_MIN_PT ? MARGIN_MAX_PT : margin;
}

void pr_spread(double *places, size_t count, double apart, double top, double bottom)
{
	double gaps[SPREAD_MAX];
	for (size_t i = 0; i < count && i < SPREAD_MAX; i++)
		gaps[i] = apart;
	pr_spread_by(places, gaps, count, top, bottom);
}

/*
 * The places nearest to the wanted ones (least squares) that keep their gaps: with z = place − the gaps before it the
 * order z[i] ≤ z[i + 1] is wanted, which pooling neighbours that are out of order gives (pool adjacent violators).
 */
void pr_spread_by(double *places, const double *gaps, size_t count, double top, double bottom)
{
	struct pool {
		double mean;
		size_t count;
	} pools[SPREAD_MAX];
	if (count == 0 || count > SPREAD_MAX)
		return;
	double before[SPREAD_MAX] = {0}; /* the gaps up to each place */
	for (size_t i = 1; i < count; i++)
		before[i] = before[i - 1] + gaps[i];
	double all = before[count - 1], squeeze = all > bottom - top ? fmax(0, bottom - top) / all : 1;
	for (size_t i = 0; i < count; i++)
		before[i] *= squeeze;
	size_t pool_count = 0;
	for (size_t i = 0; i < count; i++) {
		pools[pool_count++] = (struct pool){places[i] - before[i], 1};
		while (pool_count > 1 && pools[pool_count - 2].mean > pools[pool_count - 1].mean) {
			struct pool last = pools[--pool_count], *into = &pools[pool_count - 1];
			double sum = into->mean * (double)into->count + last.mean * (double)last.count;
			into->count += last.count;
			into->mean = sum / (double)into->count;
		}
	}
	double last = bottom - before[count - 1];
	size_t at = 0;
	for (size_t i = 0; i < pool_count; i++)
		for (size_t k = 0; k < pools[i].count; k++, at++)
			places[at] = fmax(top, fmin(pools[i].mean, last)) + before[at];
}

static void sort_labels(struct pr_side *side)
{
	for (size_t i = 1; i < side->count; i++) {
		struct pr_side_label label = side->items[i];
		size_t k = i;
		for (; k > 0 && side->items[k - 1].y > label.y; k--)
			side->items[k] = side->items[k - 1];
		side->items[k] = label;
	}
}

static bool draw_side_label(struct pr_canvas *canvas, const struct pr_side_label *label)
{
	struct pr_arena *arena = canvas->drawing->arena;
	double x = canvas->plot.x + canvas->plot.width + SIDE_SPACE_PT, right = canvas->rect.x + canvas->rect.width;
	double baseline = label->y + label->spans[0].style.size_pt * MIDDLE_EM;
	double note = pr_type_width(canvas->faces, label->note.style, label->note.text);
	double room = right - x - (note > 0 ? note + NOTE_SPACE_PT : 0);
	struct pr_text_line line;
	if (!pr_type_line(canvas->faces, label->spans, label->span_count, arena, &line, canvas->error))
		return false;
	if (line.width_pt > room &&
		!pr_type_fit(canvas->faces, &label->spans[0], fmax(room, 0), arena, &line, canvas->error))
		return false;
	pr_draw_set_line(canvas->drawing, &line, x, baseline, PR_ALIGN_LEFT, 0);
	return pr_canvas_text(
		canvas, label->note.text, label->note.style, right, baseline, PR_ALIGN_RIGHT, label->note.finding);
}

bool pr_side_draw(struct pr_side *side, struct pr_canvas *canvas, double apart, double top, double bottom)
{
	for (size_t i = 0; i < side->count; i++)
		if (isfinite(side->items[i].value))
			side->items[i].y += pr_canvas_y(canvas, side->items[i].value);
	sort_labels(side);
	double *places = pr_arena_array(canvas->drawing->arena, side->count, sizeof *places);
	double *gaps = pr_arena_array(canvas->drawing->arena, side->count, sizeof *gaps);
	bool notes = false;
	for (size_t i = 0; i < side->count; i++)
		notes = notes || side->items[i].is_note;
	for (size_t i = 0; i < side->count; i++) {
		places[i] = side->items[i].y;
		gaps[i] = apart + (notes && !side->items[i].is_note ? PAIR_SPACE_PT : 0);
	}
	pr_spread_by(places, gaps, side->count, top, bottom);
	for (size_t i = 0; i < side->count; i++) {
		side->items[i].y = places[i];
		if (!draw_side_label(canvas, &side->items[i]))
			return false;
	}
	return true;
}

/* --- limits ----------------------------------------------------------------------------------------------------- */

void pr_canvas_limit_lines(struct pr_canvas *canvas)
{
	const struct pr_chart_data *data = canvas->data;
	for (size_t i = 0; i < data->limit_count; i++) {
		if (!isfinite(data->limits[i].value))
			continue;
		const char *role = data->limits[i].role ? data->limits[i].role : "poor";
		struct pr_paint paint = pr_paint_stroke(pr_canvas_colour(canvas, role), LIMIT_PT);
		if (data->limits[i].dashed) {
			paint.dash[0] = 3;
			paint.dash[1] = 1.5;
			paint.dash_count = 2;
		}
		double y = pr_canvas_y(canvas, data->limits[i].value);
		pr_draw_line(canvas->drawing, canvas->plot.x, y, canvas->plot.x + canvas->plot.width, y, paint);
		pr_canvas_add_ink(canvas, (struct pr_rect){canvas->plot.x, y - 0.5, canvas->plot.width, 1});
	}
}

double pr_canvas_breach(const struct pr_chart_data *data)
{
	double lowest = NAN;
	bool solid = false;
	for (size_t i = 0; i < data->limit_count; i++) {
		double value = data->limits[i].value;
		bool is_solid = !data->limits[i].dashed;
		if (!isfinite(value) || (solid && !is_solid) || data->limits[i].is_least || data->limits[i].role)
			continue;
		if (isnan(lowest) || (is_solid && !solid) || value < lowest)
			lowest = value;
		solid = solid || is_solid;
	}
	return lowest;
}

double pr_canvas_least(const struct pr_chart_data *data)
{
	double highest = NAN;
	for (size_t i = 0; i < data->limit_count; i++)
		if (data->limits[i].is_least)
			highest = fmax(highest, data->limits[i].value);
	return highest;
}

/* --- marks ------------------------------------------------------------------------------------------------------ */

static double overlap(struct pr_rect a, struct pr_rect b)
{
	double width = fmin(a.x + a.width, b.x + b.width) - fmax(a.x, b.x);
	double height = fmin(a.y + a.height, b.y + b.height) - fmax(a.y, b.y);
	return width > 0 && height > 0 ? width * height : 0;
}

static double covered(const struct pr_canvas *canvas, struct pr_rect rect)
{
	double sum = 0;
	for (size_t i = 0; i < canvas->ink_count; i++)
		sum += overlap(rect, canvas->ink[i]);
	for (size_t i = 0; i < canvas->hatched_count; i++)
		sum += HATCHED_COST * overlap(rect, canvas->hatched[i]);
	return sum;
}

static double on_labels(const struct pr_canvas *canvas, struct pr_rect rect)
{
	double sum = 0;
	for (size_t i = 0; i < canvas->label_count; i++)
		sum += overlap(rect, canvas->labels[i]);
	return sum;
}

void pr_canvas_add_label(struct pr_canvas *canvas, struct pr_rect rect)
{
	*PR_PUSH(canvas->drawing->arena, canvas->labels, canvas->label_count, canvas->label_capacity) = rect;
}

/* "最大605.24": the words before the figure regular, the figure bold, then the time. */
static size_t mark_spans(const struct pr_canvas *canvas, const struct pr_chart_mark *mark, struct pr_span spans[4])
{
	struct pr_arena *arena = canvas->drawing->arena;
	struct pr_style regular = pr_canvas_style(canvas, "ink", PR_REGULAR, PR_CHART_TICK_PT), bold = regular;
	bold.weight = PR_BOLD;
	size_t count = 0;
	const char *value = mark->value_text ? mark->value_text : "";
	size_t words = strcspn(value, "0123456789+-\xE2");
	if (value[words] == '\0')
		words = 0;
	if (words > 0)
		spans[count++] = (struct pr_span){.text = pr_arena_copy_n(arena, value, words), .style = regular};
	if (value[words] != '\0')
		spans[count++] = (struct pr_span){.text = value + words, .style = bold, .finding = mark->finding};
	if (mark->time_text && *mark->time_text) {
		const char *text = pr_arena_format(arena, "%s%s", count > 0 ? FULL_SPACE : "", mark->time_text);
		spans[count++] = (struct pr_span){.text = text, .style = regular, .finding = mark->time_finding};
	}
	return count;
}

/* The places a label may take beside a ring, the best first; unit: x from the ring in label widths and points. */
static const struct place {
	double widths, dx, dy;
} mark_places[] = {
	{-0.5, 0, -5.2}, /* above */
	{0, 5, -1},      /* right */
	{-1, -5, -1},    /* left */
	{0, -3, -5.2},   /* above, to the right */
	{-1, 3, -5.2},   /* above, to the left */
	{-0.5, 0, 10.6}, /* below */
	{0, 5, 8},       /* below right */
	{-1, -5, 8},     /* below left */
	{-0.5, 0, -10},  /* higher, over a limit close above */
	{-0.5, 0, -14},  /* higher still */
};

static struct pr_rect place_label(const struct pr_canvas *canvas, double x, double y, double width, double size_pt)
{
	struct pr_rect best = {0}, plot = canvas->plot;
	double best_cost = INFINITY;
	double low = plot.y + plot.height;
	for (size_t i = 0; i < sizeof mark_places / sizeof *mark_places; i++) {
		double wanted = x + mark_places[i].widths * width + mark_places[i].dx;
		double left = fmax(plot.x, fmin(wanted, plot.x + plot.width - width));
		double baseline = y + mark_places[i].dy;
		struct pr_rect rect = {left, baseline - ASCENT_EM * size_pt, width, (ASCENT_EM + DESCENT_EM) * size_pt};
		double outside = fmax(0, canvas->rect.y - rect.y) + fmax(0, rect.y + rect.height - low - FOOT_PT);
		double ring = overlap(rect, (struct pr_rect){x - RING_PT, y - RING_PT, 2 * RING_PT, 2 * RING_PT});
		struct pr_rect haloed = {rect.x, rect.y - HALO_OVER_PT, rect.width, rect.height + 2 * HALO_OVER_PT};
		double cost = covered(canvas, haloed) + LABEL_COST * on_labels(canvas, haloed) + 1000 * outside + 20 * ring +
		              0.5 * (double)i + (canvas->may_omit ? MOVED_COST * fabs(wanted - left) : 0);
		if (cost < best_cost) {
			best_cost = cost;
			best = rect;
		}
	}
	return best;
}

/* Sets a line where it covers the least beside (x, y), with a white outline. */
static void draw_placed(struct pr_canvas *canvas, const struct pr_text_line *line, double x, double y, double size_pt)
{
	if (line->count == 0)
		return;
	struct pr_rect rect = place_label(canvas, x, y, line->width_pt, size_pt);
	if (canvas->may_omit && on_labels(canvas, rect) > 0)
		return;
	pr_canvas_add_ink(canvas, rect);
	pr_canvas_add_label(canvas, rect);
	pr_draw_set_line(canvas->drawing, line, rect.x, rect.y + ASCENT_EM * size_pt, PR_ALIGN_LEFT, PR_CHART_HALO_PT);
}

bool pr_canvas_beside(struct pr_canvas *canvas, const char *text, const char *finding, struct pr_style style, double y)
{
	struct pr_span span = {.text = text, .style = style, .finding = finding};
	static const double shares[] = {1, 0, 0.5, 0.75, 0.25};
	struct pr_rect best = {0};
	double best_cost = INFINITY, height = (ASCENT_EM + DESCENT_EM) * style.size_pt;
	struct pr_text_line line;
	if (!pr_type_line(canvas->faces, &span, 1, canvas->drawing->arena, &line, canvas->error))
		return false;
	for (int place = 0; place < 10; place++) {
		double free = canvas->plot.width - line.width_pt;
		double x = canvas->plot.x + free * shares[place / 2];
		struct pr_rect rect = {x, place % 2 == 0 ? y - 1.5 - height : y + 1.5, line.width_pt, height};
		double outside = fmax(0, rect.y + height - canvas->plot.y - canvas->plot.height);
		double cost = covered(canvas, rect) + 1000 * outside + 0.5 * place;
		if (cost < best_cost) {
			best_cost = cost;
			best = rect;
		}
	}
	pr_canvas_add_ink(canvas, best);
	pr_draw_set_line(
		canvas->drawing, &line, best.x, best.y + ASCENT_EM * style.size_pt, PR_ALIGN_LEFT, PR_CHART_HALO_PT);
	return true;
}

bool pr_canvas_name(struct pr_canvas *canvas, const char *text, double x, double y, const char *finding)
{
	struct pr_span span = {
		.text = text, .style = pr_canvas_style(canvas, "ink", PR_BOLD, PR_CHART_LABEL_PT), .finding = finding};
	struct pr_text_line line;
	if (!pr_type_line(canvas->faces, &span, 1, canvas->drawing->arena, &line, canvas->error))
		return false;
	draw_placed(canvas, &line, x, y, PR_CHART_LABEL_PT);
	return true;
}

bool pr_canvas_mark(struct pr_canvas *canvas, const struct pr_chart_mark *mark, double x, double y, bool ring)
{
	struct pr_span spans[4];
	struct pr_text_line line;
	size_t count = mark_spans(canvas, mark, spans);
	if (!pr_type_line(canvas->faces, spans, count, canvas->drawing->arena, &line, canvas->error))
		return false;
	draw_placed(canvas, &line, x, y, PR_CHART_TICK_PT);
	if (!ring)
		return true;
	struct pr_paint paint = pr_paint_stroke(pr_canvas_colour(canvas, "ink"), RING_LINE_PT);
	paint.fill = true;
	paint.fill_colour = pr_canvas_colour(canvas, "white");
	pr_draw_circle(canvas->drawing, x, y, RING_PT, paint);
	pr_canvas_add_ink(canvas, (struct pr_rect){x - RING_PT, y - RING_PT, 2 * RING_PT, 2 * RING_PT});
	return true;
}
