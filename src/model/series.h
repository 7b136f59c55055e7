/*
 * What was measured, as plain data. A missing value is NaN (times: PR_TIME_MISSING), never 0.
 */
#ifndef PR_MODEL_SERIES_H
#define PR_MODEL_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/directory.h"

/* A row of point_15min_electric, as it lies in the store: off the grid, twice, implausible, all of it. */
struct pr_quarter_row {
	int64_t time_ms;        /* start of the quarter, after quarter_stamp's shift */
	int64_t ingested_at_ms; /* PR_TIME_MISSING = unknown */
	double kwh, kvarh_lag, kvarh_lead, charge, mdp_max;
	double phase_kwh[3]; /* a, b, c */
	int slot;            /* enum pr_slot as the ingest labelled it, or -1 */
};

struct pr_quarter_rows {
	int64_t point_id;
	int64_t from_ms, to_ms;      /* the window that was asked for; rows lie in [from, to) */
	struct pr_quarter_row *rows; /* by time, then ingested_at (missing first), then kwh (missing first) */
	size_t count;
};

/* The one-minute cells, in the contract's names and order; pr_minute_field_names has the column names. */
/* clang-format off */
enum pr_minute_field {
	PR_UA, PR_UB, PR_UC, PR_UAB, PR_UBC, PR_UCA, PR_IA, PR_IB, PR_IC, PR_IN,
	PR_PA, PR_PB, PR_PC, PR_PTTL, PR_QTTL, PR_STTL, PR_COSTTL, PR_FREQ,
	PR_THDUA, PR_THDUB, PR_THDUC, PR_THDIA, PR_THDIB, PR_THDIC,
	PR_HR3IA, PR_HR3IB, PR_HR3IC, PR_HR5IA, PR_HR5IB, PR_HR5IC, PR_HR7IA, PR_HR7IB, PR_HR7IC,
	PR_HR9IA, PR_HR9IB, PR_HR9IC, PR_HR11IA, PR_HR11IB, PR_HR11IC, PR_HR13IA, PR_HR13IB, PR_HR13IC,
	PR_MINUTE_FIELD_COUNT
};
/* clang-format on */
extern const char *const pr_minute_field_names[PR_MINUTE_FIELD_COUNT];
#define PR_FIELD_BIT(field) (UINT64_C(1) << (field))

/* What a cell may be: inside [low, high] (NaN = that side is open), and not exactly 0 where zero_is_missing. */
struct pr_bounds {
	double low, high;
	bool zero_is_missing;
};

#define PR_SENSOR_LIMITS 2 /* warn, alarm */

/* Buckets of minutes (or of a sensor's minutes, with one field), made in the cluster or here, the same either way. */
struct pr_bucket {
	uint32_t count;               /* plausible cells */
	double minimum, maximum, sum; /* NaN where count is 0 */
};
struct pr_bucket_field {
	struct pr_bucket *buckets;  /* NULL for a field that was not asked for */
	uint64_t implausible_count; /* present but out of bounds, over the whole window */
	int64_t implausible_first_ms, implausible_last_ms;
	/* Of sensors alone, over the whole window: */
	int64_t maximum_ms;               /* of the largest plausible value, the earliest of equals; missing = none */
	uint64_t above[PR_SENSOR_LIMITS]; /* plausible values above the query's limits */
};
struct pr_minute_buckets {
	int64_t id; /* point or sensor */
	int64_t from_ms, to_ms, step_ms;
	size_t count;      /* buckets: ceil((to − from) ÷ step) */
	uint32_t *samples; /* a bucket's rows that have any asked-for cell present and plausible */
	struct pr_bucket_field fields[PR_MINUTE_FIELD_COUNT];
};

/* A row of soe_event. */
struct pr_event {
	const char *event_id;
	int64_t project_id, point_id, sensor_id; /* 0 = none */
	const char *code;
	int level; /* 0 = missing */
	int64_t started_at_ms, ended_at_ms, confirmed_at_ms, closed_at_ms;
	double value, limit_value;
	const char *phase, *point_name, *message;
};

struct pr_quality;

/* What a month is compared with, besides quarters: the month before, the same month a year before. */
enum pr_before { PR_BEFORE_MONTH, PR_BEFORE_YEAR, PR_BEFORE_COUNT };
extern const int pr_before_months[PR_BEFORE_COUNT]; /* −1, −12 */

/* What one point contributed to the dataset; index-aligned with the project's points. */
struct pr_point_data {
	struct pr_quarter_rows *windows; /* by from_ms, not overlapping; which: model/dataset plan in source/gather.h */
	size_t window_count;
	struct pr_minute_buckets *minutes; /* the month in quarters; NULL where none were asked for */
	bool has_quarters_ever;            /* a quarter row exists at any time up to the cut-off */
	bool has_minutes_in_month;
	const struct pr_quality *quality; /* model/quality.h: an incomer's month; NULL = none was asked for */
	const struct pr_quality *quality_before[PR_BEFORE_COUNT];
};

/* What one sensor contributed: quarters as buckets, fields[0] alone; NULL where validity and service left nothing. */
struct pr_sensor_data {
	const struct pr_minute_buckets *month, *before; /* the month, the month before it */
};

/* What one project contributed. */
struct pr_project_data {
	const struct pr_project *project;
	struct pr_point_data *points;   /* project->point_count */
	struct pr_sensor_data *sensors; /* project->sensor_count */
	struct pr_event *events;        /* started before the month's end, not ended before that of the month before */
	size_t event_count;
};

/* All that the analysis of a tenant's month sees. */
struct pr_dataset {
	const struct pr_directory *directory;
	struct pr_month month;
	int64_t cutoff_ms;
	bool has_ingested_at; /* false: rows carry no ingest time, so the cut-off could not be applied (a note) */
	struct pr_project_data *projects; /* directory->project_count */
};

#endif
