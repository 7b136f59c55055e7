/*
 * Inside the chart room: a chart being drawn, and what all kinds share: scales, grid, labels that keep out of each
 * other's way, gaps, limits, marks. Everything is measured in points of the drawing.
 *
 *     rect.x         plot.x                     plot.x + plot.width   rect.x + rect.width
 *     | tick label    | data …                               | side labels |
 */
#ifndef PR_CHART_CANVAS_H
#define PR_CHART_CANVAS_H

#include "chart/chart.h"

#define PR_CHART_TICK_PT 7.0    /* ticks, limits, marks */
#define PR_CHART_LABEL_PT 7.5   /* series' labels, legends */
#define PR_CHART_GUTTER_PT 26.0 /* from the block's edge to the data */
#define PR_CHART_HALO_PT 2.4
#define PR_CHART_BAND_AXIS_PT 15.0
#define PR_CHART_TICKS_PT 6.0 /* below a time axis whose days are not named */
#define PR_CHART_HOLE_STEPS 3 /* a longer run of missing values is a gap */

struct pr_scale {
	double bottom, top;
	double ticks[8];
	int tick_count, digits;
};

/* The scale for values in [low, high]: ticks that reach far beyond the data are left away. */
struct pr_scale pr_scale_make(double low, double high, bool from_zero);
/* The text of a tick, in arena memory. */
const char *pr_scale_text(
	const struct pr_scale *scale, int tick, const struct pr_chart_data *data, struct pr_arena *arena);

struct pr_canvas {
	const struct pr_chart_definition *definition;
	const struct pr_chart_data *data;
	const struct pr_typefaces *faces;
	const struct pr_theme *theme;
	struct pr_drawing *drawing;
	struct pr_error *error;
	struct pr_rect rect, plot;
	struct pr_scale scale;
	struct pr_rect *ink; /* where data and labels stand already, for the placing of labels */
	size_t ink_count, ink_capacity;
	struct pr_rect *hatched; /* gaps, which a label may rather stand on than on data */
	size_t hatched_count, hatched_capacity;
	struct pr_rect *labels; /* no label stands on another of them */
	size_t label_count, label_capacity;
	bool may_omit;     /* a mark whose label has no free place stays without it: the legend has the value */
	double side_top;   /* labels at the side begin below it, where something else stands above; 0 = at the plot's top */
	bool axis_unnamed; /* band: ticks without their days, which stand below another one */
	double enlarged;   /* type is that many times as large as on a page; 0 = as large */
	bool note_placed;  /* the axis' note stands at the side, not above the plot */
};

/* --- canvas.c: text, grid, gaps --------------------------------------------------------------------------------- */

struct pr_style pr_canvas_style(
	const struct pr_canvas *canvas, const char *role, enum pr_weight weight, double size_pt);
struct pr_colour pr_canvas_colour(const struct pr_canvas *canvas, const char *role);
/* The colour of a series, by its role; the accent where it has none. */
struct pr_colour pr_canvas_series_colour(const struct pr_canvas *canvas, const struct pr_chart_series *series);
PR_CHECK bool pr_canvas_text(struct pr_canvas *canvas, const char *text, struct pr_style style, double x,
	double baseline, enum pr_align align, const char *finding);
/* A text in at most two lines of `width`; cut with "…" where those do not hold it. Returns how many lines through *count. */
PR_CHECK bool pr_canvas_two_lines(struct pr_canvas *canvas, const char *text, const char *finding,
	struct pr_style style, double width, struct pr_text_line lines[2], size_t *count);
/* The value of series `index` at a place, NaN where there is none. */
double pr_canvas_value(const struct pr_chart_data *data, size_t series, size_t index);
/* The lowest and highest value over series [from, to), 0 where there is none; false then. */
bool pr_canvas_extent(const struct pr_chart_data *data, double *low, double *high);
/* The scale for all series and limits. */
void pr_canvas_scale(struct pr_canvas *canvas);
double pr_canvas_y(const struct pr_canvas *canvas, double value);
void pr_canvas_add_ink(struct pr_canvas *canvas, struct pr_rect rect);
void pr_canvas_add_label(struct pr_canvas *canvas, struct pr_rect rect);

/* Lays the plot out: `above` and `below` it, `right` of it are left free; the gutter grows with wide tick labels. */
void pr_canvas_frame(struct pr_canvas *canvas, double above, double right, double below);
/* Where the axis begins, for one that does not begin at zero; NULL = nothing to say. */
const char *pr_canvas_axis_note(const struct pr_canvas *canvas);
/* Grid lines and tick labels; the zero line is drawn by pr_canvas_base, over the data. */
PR_CHECK bool pr_canvas_grid(struct pr_canvas *canvas);
void pr_canvas_base(struct pr_canvas *canvas, double width);
/* Labels of categories below the base, each in the middle of its step. */
PR_CHECK bool pr_canvas_categories(struct pr_canvas *canvas);
/* Hatches [x1, x2] over the plot's height, with the word where there is room. */
PR_CHECK bool pr_canvas_gap(struct pr_canvas *canvas, double x1, double x2);

/* --- labels.c: limits, marks, labels at the side ---------------------------------------------------------------- */

struct pr_side_label {
	double value; /* on the scale, where its middle would like to be; NaN = at `y` */
	double y;     /* a place, or an offset to the value's place */
	struct pr_span spans[2];
	size_t span_count;
	struct pr_span note; /* right-aligned at the block's edge; text NULL = none */
	bool is_note;        /* belongs to the label above it */
};
struct pr_side {
	struct pr_side_label *items;
	size_t count, capacity;
};
void pr_side_add(struct pr_side *side, struct pr_arena *arena, struct pr_side_label label);
/* Adds the names of the limits. */
void pr_side_add_limits(struct pr_side *side, struct pr_canvas *canvas);
/* Beside other labels the axis' note stands at the axis; alone it needs no margin and stays above the plot. */
void pr_side_add_axis_note(struct pr_side *side, struct pr_canvas *canvas);
/* The margin that the labels need, 34 to 70. Where one note has no room beside its label, all stand below theirs. */
double pr_side_margin(struct pr_side *side, const struct pr_canvas *canvas);
/* The same as either 0, 34 or 70, so that time axes under each other have one width. */
double pr_side_even_margin(struct pr_side *side, const struct pr_canvas *canvas);
/* Moves labels apart by `apart`, keeps them inside [top, bottom], draws them right of the plot. */
PR_CHECK bool pr_side_draw(struct pr_side *side, struct pr_canvas *canvas, double apart, double top, double bottom);
/* Moves sorted places apart so that neighbours are at least `apart` from each other; the least total movement. */
void pr_spread(double *places, size_t count, double apart, double top, double bottom);
/* The same with `gaps[i]` as the least distance of place i from the one before. */
void pr_spread_by(double *places, const double *gaps, size_t count, double top, double bottom);

void pr_canvas_limit_lines(struct pr_canvas *canvas);
/* A ring at (x, y) and the mark's texts where they cover the least. */
PR_CHECK bool pr_canvas_mark(struct pr_canvas *canvas, const struct pr_chart_mark *mark, double x, double y, bool ring);
/* A series' name at (x, y), in bold, where it covers the least. */
PR_CHECK bool pr_canvas_name(struct pr_canvas *canvas, const char *text, double x, double y, const char *finding);
/* A text over or under a level line, at the right, the left or in the middle, where it covers the least. */
PR_CHECK bool pr_canvas_beside(
	struct pr_canvas *canvas, const char *text, const char *finding, struct pr_style style, double y);
/* The limit that bars and bands are red above: the lowest solid one, else the lowest; NaN where there is none. */
double pr_canvas_breach(const struct pr_chart_data *data);
/* The one that bands are red below: the highest; NaN where there is none. */
double pr_canvas_least(const struct pr_chart_data *data);

/* --- the kinds -------------------------------------------------------------------------------------------------- */

PR_CHECK bool pr_chart_draw_stack(struct pr_canvas *canvas);
PR_CHECK bool pr_chart_draw_columns(struct pr_canvas *canvas);
PR_CHECK bool pr_chart_draw_rows(struct pr_canvas *canvas);
PR_CHECK bool pr_chart_draw_pie(struct pr_canvas *canvas);
PR_CHECK bool pr_chart_draw_band(struct pr_canvas *canvas);
PR_CHECK bool pr_chart_draw_lines(struct pr_canvas *canvas);
PR_CHECK bool pr_chart_draw_spark(struct pr_canvas *canvas);
PR_CHECK bool pr_chart_draw_days(struct pr_canvas *canvas);
PR_CHECK bool pr_chart_draw_fingerprint(struct pr_canvas *canvas);
PR_CHECK bool pr_chart_draw_radar(struct pr_canvas *canvas);
PR_CHECK bool pr_chart_draw_waterfall(struct pr_canvas *canvas);
PR_CHECK bool pr_chart_draw_dots(struct pr_canvas *canvas);
PR_CHECK bool pr_chart_draw_heat(struct pr_canvas *canvas);
PR_CHECK bool pr_chart_draw_panels(struct pr_canvas *canvas);
PR_CHECK bool pr_chart_draw_months(struct pr_canvas *canvas);
PR_CHECK bool pr_chart_draw_curve(struct pr_canvas *canvas); /* months.c */
PR_CHECK bool pr_chart_draw_multiples(struct pr_canvas *canvas);
PR_CHECK bool pr_chart_draw_calendar(struct pr_canvas *canvas);
PR_CHECK bool pr_chart_draw_plot(struct pr_canvas *canvas);
double pr_chart_calendar_height(const struct pr_chart_data *data);
double pr_chart_multiples_height(
	const struct pr_chart_definition *definition, const struct pr_chart_data *data, double width_pt);
double pr_chart_rows_height(const struct pr_chart_data *data, double width_pt);
double pr_chart_names_height(const struct pr_chart_data *data); /* without the legend */
double pr_chart_fingerprint_height(const struct pr_chart_data *data);
double pr_chart_dots_height(const struct pr_chart_data *data);
double pr_chart_panels_height(const struct pr_chart_definition *definition, const struct pr_chart_data *data);
double pr_chart_pie_height(const struct pr_chart_definition *definition, const struct pr_chart_data *data);

/* The tag of the text of a series' value. */
const char *pr_canvas_tag(const struct pr_chart_series *series, size_t index);

/* The last value of a series, where its line ends; NaN for one without any. */
double pr_canvas_last(const struct pr_chart_series *series);

#endif
