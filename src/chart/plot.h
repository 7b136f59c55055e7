/*
 * A plot of minutes: lines over time, each with the band that its values lie in, in one frame or in several that share
 * a scale. A kind of its own (kind = plot), since its places are instants, not days of a month: buckets may differ in
 * length. Texts and ticks come finished; what is drawn where is decided here.
 *
 *     frame        title, note              (over the plot, where there are several)
 *                  alarms                   marks with name and time, bars as long as they lasted
 *     tick labels  lines, bands, gaps       legend or names
 *                  time ticks, names of spans
 */
#ifndef PR_CHART_PLOT_H
#define PR_CHART_PLOT_H

#include "chart/chart.h"

/* From a frame's left edge to its data, and what a legend and names at the right take. */
#define PR_PLOT_GUTTER_PT 30.0
#define PR_PLOT_LEGEND_PT 72.0
#define PR_PLOT_APART_PT 16.0
/* Samples closer than this are dense: no dashes, a frame a phase. */
#define PR_PLOT_DENSE_PT 1.8

#define PR_PLOT_NOTES 3

struct pr_plot_line {
	const char *label;
	const char *notes[PR_PLOT_NOTES]; /* below the label in a legend: mean, maximum; NULL = none */
	const char *role;
	bool dashed;
	double width;                               /* 0 = the kind's */
	const double *means, *lows, *highs;         /* a value a bucket; NaN = missing */
	const double *weights;                      /* samples of a bucket */
	const double *odds;                         /* implausible values, a hollow mark each; NULL = none */
	bool has_band;                              /* buckets hold several samples */
	const char *value_texts[2], *time_texts[2]; /* of the maximum and the minimum; NULL = not marked */
	double extremes[2];
	int64_t extreme_ms[2];
};

struct pr_plot_tick {
	int64_t at_ms;
	const char *label; /* NULL = a short tick */
	bool midnight;     /* a vertical line through the plot */
};
struct pr_plot_span { /* a day, month or year below the ticks */
	int64_t from_ms, to_ms;
	const char *label, *second; /* "22日", "周五"; the second where there is room */
};
struct pr_plot_alarm {
	int64_t from_ms, to_ms;   /* to = from: no duration */
	int level;                /* 1 to 3 */
	const char *label, *name; /* with its time; without, where there is less room */
};

struct pr_plot_frame {
	const char *title, *note; /* NULL = none */
	struct pr_plot_line *lines;
	size_t line_count;
	const struct pr_plot_line *beside; /* means behind the lines, thin and grey: the other phases */
	size_t beside_count;
	const int64_t *edges; /* count + 1; NULL = an empty place */
	size_t count;
	int64_t expected_from_ms, expected_to_ms; /* nothing is missing outside */
	struct pr_plot_tick *ticks;
	size_t tick_count;
	struct pr_plot_span *spans;
	size_t span_count;
	struct pr_plot_alarm *alarms;
	size_t alarm_count;
	struct pr_chart_limit *limits;
	size_t limit_count;
	double height_pt; /* 0 = that of all frames */
	int scale;        /* frames of one number share a scale */
	bool floats;      /* the axis need not begin at zero */
	bool is_last;     /* of its column: with a time axis */
};

struct pr_plot_frames {
	struct pr_plot_frame *frames; /* row by row */
	size_t count, columns;
	bool has_legend; /* right of the frames, of which there is one column: labels with notes */
	double frame_height_pt;
};

/* The height that frames take. */
double pr_chart_plot_height(const struct pr_plot_frames *frames);

#endif
