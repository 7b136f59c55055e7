/*
 * What both stores do with series rows once they are here, so that they cannot differ: buckets of minutes (the embedded
 * store, and the live one where the cluster forbids scripts), the order of quarters, the cut-off of events.
 *
 *     struct pr_bucket_builder builder;
 *     pr_buckets_start(&builder, &query, arena, &buckets[i]);
 *     while (…) pr_bucket_add(&builder, time_ms, cells);
 *     pr_buckets_finish(&builder);
 */
#ifndef PR_SOURCE_BUCKETS_H
#define PR_SOURCE_BUCKETS_H

#include "base/arena.h"
#include "source/source.h"

/* Bounds hold with this relative tolerance (method 5: 246.1 ÷ 230 − 1 exceeds 0.07 in doubles). */
#define PR_BOUNDS_TOLERANCE 1e-9
/* The bounds as they are compared, widened by the tolerance; NaN stays NaN (open). */
double pr_bounds_lowest(const struct pr_bounds *bounds);
double pr_bounds_highest(const struct pr_bounds *bounds);
/* Whether a present cell is plausible by its bounds alone. */
bool pr_bounds_hold(const struct pr_bounds *bounds, double value);

/*
 * A bucket's sum, to the millionth: measured values have no more decimals, and their sums, which stores add up in
 * different orders, are then the same double. Larger sums than millionths can hold stay.
 */
double pr_bucket_sum(double sum);

/* Makes the cells of a row that are implausible, by their bounds or by the rule for idle phases, missing. */
void pr_cells_clean(const struct pr_bounds *bounds, double idle_phase_share, double cells[PR_MINUTE_FIELD_COUNT]);

struct pr_bucket_builder {
	struct pr_minute_query query;
	struct pr_minute_buckets *out;
	double *compensation[PR_MINUTE_FIELD_COUNT]; /* of the sums (Neumaier), one a bucket */
	double maximum;                              /* of a sensor's values so far */
};

/* Everything is allocated in the arena; `query->bounds` must outlive the builder. */
void pr_buckets_start(struct pr_bucket_builder *builder, const struct pr_minute_query *query, struct pr_arena *arena,
	struct pr_minute_buckets *out);
/* The columns that a row needs for the query: the fields, and what idle_phase_share looks at. */
uint64_t pr_buckets_columns(const struct pr_minute_query *query);
/* A row: NaN = missing. Rows outside the window are left out. The order of the rows is that of their times. */
void pr_bucket_add(struct pr_bucket_builder *builder, int64_t time_ms, const double cells[PR_MINUTE_FIELD_COUNT]);
void pr_buckets_finish(struct pr_bucket_builder *builder);
/* A sensor's query as one of minutes, with the one field 0; `query` is referred to. */
struct pr_minute_query pr_buckets_sensor_query(const struct pr_sensor_query *query);
/* The first instant whose rows count: `from`, or that of a sensor's validity. */
int64_t pr_buckets_first_ms(const struct pr_minute_query *query);

/* By time, then ingested_at (missing first), then kwh (missing first), then the other cells: never by chance. */
void pr_quarter_rows_sort(struct pr_quarter_row *rows, size_t count);
/* The index of an ingest's slot label; -1 for none and for a word that is no slot. */
int pr_quarter_slot(const char *label);

/* Ends, confirmations and closings after the cut-off become missing; the texts but the id are cleaned (pr_text_clean;
 * an empty one becomes NULL, but for the code). */
void pr_event_settle(struct pr_event *event, int64_t cutoff_ms, struct pr_arena *arena);
void pr_events_sort(struct pr_event *events, size_t count); /* by start, then id */

#endif
