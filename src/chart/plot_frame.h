/* Inside the chart room: a frame of a plot being drawn; plot.c draws data and axes, plot_labels.c what is written. */
#ifndef PR_CHART_PLOT_FRAME_H
#define PR_CHART_PLOT_FRAME_H

#include "chart/canvas.h"
#include "chart/plot.h"

struct pr_plot_canvas {
	struct pr_canvas canvas; /* its plot is the frame's */
	const struct pr_plot_frames *frames;
	const struct pr_plot_frame *frame;
	size_t stride; /* buckets from one value to the next, as a rule */
};

double pr_plot_x(const struct pr_plot_canvas *plot, int64_t time_ms);
/* Samples so close that dashes would not show. */
bool pr_plot_is_dense(const struct pr_plot_canvas *plot);
struct pr_paint pr_plot_line_paint(const struct pr_plot_canvas *plot, const struct pr_plot_line *line, bool is_dense);

PR_CHECK bool pr_plot_title(struct pr_plot_canvas *plot);
/* Hollow marks where values were left out; at the plot's edge where they lie beyond it. */
void pr_plot_odds(struct pr_plot_canvas *plot);
void pr_plot_alarm_lines(struct pr_plot_canvas *plot);
PR_CHECK bool pr_plot_alarms(struct pr_plot_canvas *plot);
PR_CHECK bool pr_plot_extremes(struct pr_plot_canvas *plot);
/* Right of the plot: a sample of each line with its notes; the limits' names at their height. */
PR_CHECK bool pr_plot_legend(struct pr_plot_canvas *plot);
/* The same in short, where frames stand beside each other: names at the right end. */
double pr_plot_names_margin(const struct pr_plot_canvas *plot);
PR_CHECK bool pr_plot_names(struct pr_plot_canvas *plot);

#endif
