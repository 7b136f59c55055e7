/*
 * Charts: a definition (charts/<name>.ini) and data give a drawing. The chart room decides axes, ticks, marks and label
 * places by the grammar of docs/charts.md (visual system, section 4); it knows neither findings nor words: the document
 * resolves the definition's expressions and hands over numbers and finished texts.
 *
 * A definition:
 *
 *     [chart]
 *     kind = stack                ; stack | pie | band | lines | columns | rows | spark | days | fingerprint | radar |
 *                                 ; waterfall | dots | heat | panels | months | curve |
 *                                 ; multiples | calendar | plot
 *     height = 133                ; of the plot with its axis labels, pt; rows and fingerprint grow with the data
 *     legend = side               ; side | direct | none (stack)
 *     totals = no                 ; stack: every bar's sum printed over it
 *     shapes = no                 ; stack: alarm levels keep their shape in the legend: diamond, square, disc
 *     columns = 1                 ; panels, multiples: how many stand abreast, 1 to 5
 *     [axis]                      ; optional
 *     zero = yes                  ; no: a line or dot chart may begin elsewhere, and then says so
 *     note = chart.axis.from      ; a key of the words; "{}" becomes the value that the axis begins at
 *     [series peak]
 *     data = energy_slot_day.peak ; an expression for the document
 *     label = slot.peak.short     ; a key of the words
 *     role = slot.peak            ; a colour of the theme
 *     at = maximum                ; lines: the label stands at the series' maximum instead of its right end
 *     [limit contract]
 *     value = demand.contract
 *     label = chart.limit.contract
 *     [mark maximum]
 *     series = load               ; a stack's bars as a whole: total
 *     at = maximum                ; maximum | minimum
 *     [gap]
 *     label = chart.gap           ; the word on a hatched gap
 *     [strip]                     ; lines: slots below the axis
 *     data = tariff.strip
 *     label = chart.strip
 *     [other]                     ; pie: two or more parts under 2 % become one of this name
 *     label = chart.other
 *     [key]                       ; days: what the cells' looks mean: complete, partial, missing
 *     labels = chart.complete, chart.partial, chart.missing
 *
 * (Comments stand on lines of their own in a real file.)
 *
 * kinds: stack = stacked bars a day or month (fixed order from below, legend right of the plot in the stack's order);
 * pie = a series a part, its values[0] and texts[0]; band = a dense series as minimum–maximum band with mean line, gaps
 * hatched, limits and marks; lines = few series over the hours of a day with labels at the right end, and a strip of
 * slots below the axis (optional data `strip`); columns = one series of bars, part of them emphasised; rows =
 * horizontal bars a name (points), of one series or of parts with a legend above them and `totals` behind; spark =
 * 13 months without axis; days = the coverage strip, a cell a day: 1 complete,
 * between partial, 0 missing, NaN nothing expected; fingerprint = a row a day, a cell a quarter, 7 named steps, the
 * maximum (the first mark) framed; radar = an axis a category, scores 0 to 100; waterfall = from total to total, a
 * category a part; dots = sensors in % of their alarm limit, a row a category, with columns of text; heat = hour by day;
 * panels = small bands, each with a name and a note over it, some abreast; months = lines over months with values at
 * dots and an interval; curve = a line over a quantity.
 */
#ifndef PR_CHART_CHART_H
#define PR_CHART_CHART_H

#include "base/calendar.h"
#include "draw/drawing.h"
#include "draw/theme.h"

enum pr_chart_kind {
	PR_CHART_STACK,
	PR_CHART_PIE,
	PR_CHART_BAND,
	PR_CHART_LINES,
	PR_CHART_COLUMNS,
	PR_CHART_ROWS,
	PR_CHART_SPARK,
	PR_CHART_DAYS,
	PR_CHART_FINGERPRINT,
	PR_CHART_RADAR,
	PR_CHART_WATERFALL,
	PR_CHART_DOTS,
	PR_CHART_HEAT,
	PR_CHART_PANELS,
	PR_CHART_MONTHS,
	PR_CHART_CURVE,
	PR_CHART_MULTIPLES,
	PR_CHART_CALENDAR,
	PR_CHART_PLOT,
	PR_CHART_KIND_COUNT
};

/* One [series], [limit] or [mark] of a definition, as written; the document evaluates `data`/`value`/`label`. */
struct pr_chart_item {
	const char *name;
	const char *data;  /* series: the series' id or expression; limit: its value's expression */
	const char *label; /* a key of the words, or NULL */
	const char *role;
	const char *series; /* mark: which series */
	const char *at;     /* mark: "maximum" | "minimum"; series: "maximum" or NULL */
	const char *when;   /* an expression; NULL = always */
	bool dashed;        /* limit: derived or standard; series: dashed line */
	double width;       /* line width, 0 = the kind's */
	int line;           /* in the file, for messages */
};

enum pr_chart_legend { PR_CHART_LEGEND_SIDE, PR_CHART_LEGEND_DIRECT, PR_CHART_LEGEND_NONE };

struct pr_chart_definition {
	const char *name, *path;
	enum pr_chart_kind kind;
	double height_pt;
	enum pr_chart_legend legend;
	size_t panel_columns; /* panels: abreast */
	bool totals;          /* pr_chart_data.totals is wanted */
	bool shapes;          /* stack: the legend's marks are those of the alarm levels */
	bool axis_from_zero;
	const char *axis_note;         /* key of the words for pr_chart_data.note; NULL = none */
	const char *const *key_labels; /* keys of the words for pr_chart_data.key_texts */
	size_t key_count;
	const char *other_label; /* pie: key of the words */
	const char *gap_label;   /* key of the words; NULL = no word */
	const char *strip;       /* lines: expression of the slot strip; NULL = none */
	const char *strip_label; /* key */
	struct pr_chart_item *series, *limits, *marks;
	size_t series_count, limit_count, mark_count;
};

/* Reads and checks charts/<name>.ini; PR_CODE_CONFIG with file, line and what was expected. */
PR_CHECK bool pr_chart_read(struct pr_chart_definition *definition, const char *folder, const char *name,
	struct pr_arena *arena, struct pr_error *error);

struct pr_chart_series {
	const char *name, *label, *note; /* note: a second text beside the label ("22 天"), NULL */
	const char *role;
	const double *values;     /* NaN = missing */
	const char *const *texts; /* printed values, per value; NULL where none are printed */
	size_t count;
	double width;
	const char *finding;         /* its path, the tag of its texts and its note */
	const char *const *findings; /* one a value, where they are not all that; NULL = none */
	const char *note_finding;    /* NULL = finding */
	const char *label_finding;   /* of the label */
	bool dashed;
	bool label_at_maximum; /* lines: see [series] at */
};

struct pr_chart_limit {
	const char *label;   /* "合同 500" */
	const char *finding; /* its tag */
	double value;
	bool dashed;
	bool is_least;    /* band: what lies below it is red; not what lies above */
	const char *role; /* NULL = a limit's red; a warning is no breach */
};

struct pr_chart_mark {
	size_t series, index;
	const char *value_text, *time_text; /* "最大 605.24", "23日 09:00" */
	const double *value;                /* band: where the ring stands, other than at the series' value; NULL */
	const char *finding;
	const char *time_finding; /* the tag of the second text */
};

/* A place on a category axis: a day, a month, a name. */
struct pr_chart_category {
	const char *label, *second; /* "3", "六" */
	const char *finding;        /* the label's tag; NULL = a tick */
	const char *second_finding; /* that of the second */
	bool rest;                  /* a rest day: grey */
	bool emphasised;            /* bold */
	bool total;                 /* waterfall: a sum that stands on zero, no part */
};

/* Where a value of a time series lies by the wall clock: days of 92 or 100 quarters have holes or doubles. */
struct pr_chart_place {
	size_t day; /* index into categories */
	int minute; /* of the day, 0..1439 */
};

/* dots: a column of texts right of the plot, as in a table. */
struct pr_chart_column {
	const char *label;           /* the head; NULL = none */
	const char *const *texts;    /* one a category; NULL = an empty cell */
	const char *const *findings; /* one a category, for tags; NULL = none */
	bool left;                   /* left-aligned; else right */
	bool judged;                 /* red in a row that breaches its limit */
	bool quiet;                  /* grey: what only explains, as limits and times */
};

struct pr_chart_panel;
struct pr_plot_frames;

/*
 * What the kinds of the later pages take:
 *     band       series[0] are the means; series named low and high (of the same count) give the band where a value
 *                stands for several samples; one named beside is a thin line behind it (another month, other phases)
 *     panels     panels; nothing else
 *     calendar   a series a row, its label and a share of its most a day: NaN = not measured, below 0 = not expected
 *     multiples  panels, each with one series over a day in % and its limits; one scale for all
 *     radar      categories: the axes' names; series[0]: scores 0..100 (NaN = not measured) and their texts
 *     waterfall  categories: label, second line, total; series[0]: the sums and the signed parts, texts with sign
 *     dots       categories: a sensor each, in the caller's order; series named minimum, mean, maximum, warn: % of the
 *                alarm limit, a value a category (NaN = none); columns, row_label
 *     heat       categories: days; series[0] by places (or values_per_day): an hour's value; steps, step_texts, step_count
 *     columns    also a series named limit: a limit of its own for every bar
 *     months     categories: months; lines, with dots and values where a series has texts; series named low and high
 *                are an interval; between two limits lies what is tolerated
 *     curve      xs: rising, one a value of series[0]; marks
 */
struct pr_chart_data {
	struct pr_chart_series *series;
	size_t series_count;
	struct pr_chart_limit *limits;
	size_t limit_count;
	struct pr_chart_mark *marks;
	size_t mark_count;
	struct pr_chart_category *categories; /* stack, columns, rows, days, spark (first and last), fingerprint (days) */
	size_t category_count;
	size_t unexpected; /* leading categories (band: values) in which nothing was expected: blank, not hatched */
	/* Time axes (band, fingerprint): values a day; a category a day, with a label (and a longer tick) for the first day and
	 * the Mondays, label NULL for the others; fingerprint: `second` for rest days. */
	size_t values_per_day;
	const struct pr_chart_place *places; /* one a value; NULL = every day holds values_per_day values */
	const int *strip;                    /* lines: a theme slot (enum pr_slot, −1 none) per value of the day */
	size_t strip_count;
	const char *strip_label;
	const char *gap_label;
	const double *xs;          /* curve */
	const char *unit;          /* at the axis where the kind shows it */
	const char *hour_label;    /* lines, fingerprint: the word after the first hour tick ("时") */
	const char *group, *minus; /* number style of tick labels */
	const double *steps;       /* fingerprint: lower bounds of steps 2..7; NULL = values are shares measured, 0..1 */
	const char *const *step_texts;         /* fingerprint: of those bounds; heat: the names of all steps */
	size_t step_count;                     /* heat: 5 or 7 steps, with one bound less in `steps` */
	const struct pr_chart_column *columns; /* dots */
	size_t column_count;
	const char *row_label;    /* dots: the head over the names */
	double left_pt, right_pt; /* least margins of the plot: charts under each other share their columns; 0 = none */
	double reach;             /* the scale goes at least this far, so that panels share one; 0 = as far as the data */
	const char *note; /* axis note such as "纵轴自{}起", shown where the axis does not begin at zero; NULL */
	const char *const *totals;         /* stack: a printed sum per category; NULL = none */
	const char *const *total_findings; /* their tags; NULL = none */
	const char *const *key_texts;      /* days: key_count words, drawn at the right of the line above rect */
	const char *other_label;           /* pie: the name for parts under 2 % taken together; NULL = they stay apart */
	const struct pr_chart_panel *panels;
	size_t panel_count;
	const struct pr_plot_frames *plot; /* plot: chart/plot.h */
};

/* A small band chart of its own. */
struct pr_chart_panel {
	const char *title, *note; /* two lines over the plot; cut to its width */
	const char *finding;      /* of the note's figure; NULL */
	bool emphasised;          /* beyond its limit: the note is red and bold */
	bool floats;              /* the axis need not begin at zero; tick labels and data->note say so */
	struct pr_chart_data data;
};

/* The height that the chart takes at a width (rows: grows with the data). */
double pr_chart_height(const struct pr_chart_definition *definition, const struct pr_chart_data *data, double width_pt);
/* How low and how high it may be drawn, so that a page closes well. */
void pr_chart_limits(const struct pr_chart_definition *definition, const struct pr_chart_data *data, double width_pt,
	double *least_pt, double *most_pt);
/* Draws into rect (whose height is pr_chart_height's, or between pr_chart_limits'). The title and sub-line are the
 * document's. */
PR_CHECK bool pr_chart_draw(const struct pr_chart_definition *definition, const struct pr_chart_data *data,
	const struct pr_typefaces *faces, const struct pr_theme *theme, struct pr_rect rect, struct pr_drawing *drawing,
	struct pr_error *error);

/* Where the plot lies that pr_chart_draw would draw into rect: for the margins of a chart that shares its columns. */
PR_CHECK bool pr_chart_plot(const struct pr_chart_definition *definition, const struct pr_chart_data *data,
	const struct pr_typefaces *faces, const struct pr_theme *theme, struct pr_rect rect, struct pr_arena *arena,
	struct pr_rect *plot, struct pr_error *error);

/* The mark of an alarm level in its colour: alarm.1 a diamond, alarm.2 a square, alarm.3 a disc with an outline; a
 * square for any other role. Centred on (x, y). */
void pr_chart_draw_shape(
	struct pr_drawing *drawing, const struct pr_theme *theme, double x, double y, double size_pt, const char *role);

/* A bar in a table's cell: 4.5 high on tint, centred in rect; `share` of the width (NaN = nothing), an arrow head where
 * it runs out; `limit_share` draws the limit's stroke (NaN = none). */
void pr_chart_draw_bar(struct pr_drawing *drawing, const struct pr_theme *theme, struct pr_rect rect, double share,
	double limit_share, const char *role);

/* Round ticks (1, 2, 2.5, 5 × 10^n), three to five beside the first, covering [low, high] (low 0 for bars). Returns how
 * many were written into ticks[8]; the first ≤ low, the last ≥ high. */
int pr_chart_ticks(double low, double high, double ticks[8]);

/* Lower bounds of the fingerprint's steps 2 to 7 for values up to `maximum`: 1 3 6 10 15 21 times a round number, so
 * that a base load keeps its shades; the last lies at about 0.7 of the maximum. All 0 for a maximum that is not > 0. */
void pr_chart_steps(double maximum, double steps[6]);

#endif
