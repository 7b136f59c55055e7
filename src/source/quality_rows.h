/*
 * Power quality from rows, sample by sample (method, section 5): what the embedded store does with a month, and the live
 * one where it reads rows.
 *
 *     struct pr_quality_builder builder;
 *     pr_quality_start(&builder, &query, &quality[i]);
 *     while (…) pr_quality_add(&builder, time_ms, cells);
 *     pr_quality_finish(&builder);
 */
#ifndef PR_SOURCE_QUALITY_ROWS_H
#define PR_SOURCE_QUALITY_ROWS_H

#include "base/arena.h"
#include "source/source.h"

/* The columns that the parameters need. */
extern const uint64_t pr_quality_columns;

/* The magnitudes of one phase's samples (or of the one value), in the order they came. */
struct pr_quality_series {
	pr_micro *items;
	size_t count, capacity;
};

/* A power factor waits for the month's load. */
struct pr_quality_load {
	int64_t time_ms;
	double load_kw; /* NaN = not measured */
	double power_factor;
};

struct pr_quality_builder {
	struct pr_quality_query query;
	struct pr_quality *out;
	struct pr_arena arena; /* of what follows */
	struct pr_quality_series series[PR_QUALITY_COUNT][PR_QUALITY_PHASES];
	struct pr_quality_value approximation; /* of the voltage unbalance, from phase voltages */
	struct pr_quality_series approximated;
	struct pr_quality_series loads; /* every measured load */
	struct pr_quality_load *power_factors;
	size_t power_factor_count, power_factor_capacity;
	bool has_line_voltage;
};

void pr_quality_start(struct pr_quality_builder *builder, const struct pr_quality_query *query, struct pr_quality *out);
/* A row, in the order of time: NaN = missing. Cells are made missing where they are implausible. */
void pr_quality_add(struct pr_quality_builder *builder, int64_t time_ms, double cells[PR_MINUTE_FIELD_COUNT]);
/* Settles what needs the whole month, and releases what was collected: to be called also after an error. */
void pr_quality_finish(struct pr_quality_builder *builder);

#endif
