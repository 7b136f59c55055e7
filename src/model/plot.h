/*
 * A plot's data (powerreport plot): what a metric is, the buckets of a period by the local clock, and what each bucket
 * holds. Values are in the metric's unit; NaN = not measured.
 */
#ifndef PR_MODEL_PLOT_H
#define PR_MODEL_PLOT_H

#include "base/arena.h"
#include "model/method.h"
#include "model/series.h"

#define PR_PLOT_SERIES 4
#define PR_PLOT_BUCKETS_MAX ((size_t)1000000)

enum pr_plot_metric {
	PR_PLOT_CURRENT,
	PR_PLOT_VOLTAGE,
	PR_PLOT_LINE_VOLTAGE,
	PR_PLOT_POWER,
	PR_PLOT_REACTIVE,
	PR_PLOT_POWER_FACTOR,
	PR_PLOT_THD_U,
	PR_PLOT_THD_I,
	PR_PLOT_TEMPERATURE,
	PR_PLOT_RESIDUAL_CURRENT,
	PR_PLOT_METRIC_COUNT
};

struct pr_plot_metric_kind {
	const char *name; /* "current", as on the command line */
	const char *unit; /* "A" */
	int digits;       /* of a printed value */
	bool floats;      /* its axis need not begin at zero */
	bool is_sensor;   /* a value of sensors, of these kinds: */
	unsigned sensor_kinds;
	size_t series_count; /* of a point's minutes: */
	struct {
		const char *name; /* "a", "b", "c", "n", "ab", "bc", "ca", "total" */
		enum pr_minute_field field;
	} series[PR_PLOT_SERIES];
};
extern const struct pr_plot_metric_kind pr_plot_metrics[PR_PLOT_METRIC_COUNT];
/* Of a name; PR_PLOT_METRIC_COUNT where it is none. */
enum pr_plot_metric pr_plot_metric_of(const char *name);

/* "15m", "1h", "1d" → minutes: at most a day by the clock, or whole days. */
PR_CHECK bool pr_plot_step_parse(const char *text, int *minutes);

/*
 * Buckets of [from, to): they begin at local midnight and every `step_minutes` after it, by elapsed time up to an hour
 * (a day of 25 hours has 25 buckets of an hour), by the wall clock above; a step of days by local midnights, counted
 * from the first. The first and last bucket, and the last one of a day, are shorter where they have to be.
 */
struct pr_plot_grid {
	int64_t *edges; /* count + 1 instants: bucket i is [edges[i], edges[i + 1]) */
	size_t count;
};
/* False where there would be more than PR_PLOT_BUCKETS_MAX. */
PR_CHECK bool pr_plot_grid_make(const struct pr_zone *zone, int64_t from_ms, int64_t to_ms, int step_minutes,
	struct pr_arena *arena, struct pr_plot_grid *grid);
/* The bucket that holds an instant; SIZE_MAX outside. */
size_t pr_plot_grid_find(const struct pr_plot_grid *grid, int64_t time_ms);

struct pr_plot_value {
	uint32_t count;                /* plausible samples */
	uint32_t implausible;          /* left out by the rules of method 1 */
	double minimum, mean, maximum; /* of the plausible ones */
	double odd;                    /* the mean of the implausible ones */
};

struct pr_plot_extreme {
	double value;
	int64_t at_ms; /* the minute; missing = none */
};

struct pr_plot_series {
	const char *name; /* of its metric's series; "value" of a sensor */
	struct pr_plot_value *values;
	uint64_t samples, implausible; /* over the whole period */
	double mean;                   /* of all samples */
	struct pr_plot_extreme minimum, maximum;
};

/* One point's (or sensor's) metric. */
struct pr_plot_panel {
	enum pr_plot_metric metric;
	const struct pr_tenant *tenant; /* whose directory it was found in */
	const struct pr_project *project;
	const struct pr_point *point;   /* NULL = a sensor without one */
	const struct pr_sensor *sensor; /* NULL = a metric of minutes */
	const struct pr_plot_grid *grid;
	int64_t expected_from_ms, expected_to_ms; /* what validity and cut-off leave of the period; from >= to: nothing */
	bool from_quarters;                       /* power from energy, a value a quarter: there are no minutes */
	struct pr_plot_series series[PR_PLOT_SERIES];
	size_t series_count;
	const struct pr_event *events; /* that count, of this point or sensor, by start */
	size_t event_count;
	double warn_limit, alarm_limit; /* of a sensor; NaN = none */
};

struct pr_plot {
	struct pr_plot_panel *panels;
	size_t panel_count;
	int64_t from_ms, to_ms; /* of the first panel */
	int step_minutes;
	int64_t cutoff_ms;
	const struct pr_method *method;
	const struct pr_alarm_type *alarm_types;
	size_t alarm_type_count;
};

/* Buckets of a panel that were expected (all of them inside validity and cut-off), and those with a sample of any
 * series. */
void pr_plot_panel_count(const struct pr_plot_panel *panel, size_t *expected, size_t *measured);
/* Whether any series of the panel has a sample. */
bool pr_plot_panel_measured(const struct pr_plot_panel *panel);

#endif
