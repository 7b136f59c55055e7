/*
 * Power quality from rows, sample by sample (method, section 5): what the embedded store does with a month, and the live
 * one where it reads rows. elastic_quality_script.h does the same in the cluster: what changes here changes there.
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

/* --- what the rules come to, in rows and in the cluster alike --- */

/* Voltages as they are compared, with the tolerance; NaN = nothing is below it, and nothing reaches it. */
struct pr_quality_edges {
	double outage_phase_v; /* of phase to neutral */
	double outage_line_v;  /* line to line; of 3p3w points alone */
	double least_line_v;   /* of each line, for the unbalance */
};
struct pr_quality_edges pr_quality_edges(const struct pr_quality_rules *rules);
double pr_quality_most(double limit);  /* a magnitude within the limit is at most this */
double pr_quality_least(double limit); /* a power factor within the limit is at least this */
/* The load under which a power factor doesn't count, of the load's value of its rank; NaN where that is missing. */
double pr_quality_floor_kw(const struct pr_quality_rules *rules, pr_micro load);
/* Nothing measured. */
void pr_quality_clear(struct pr_quality *quality, const struct pr_quality_query *query);
/* The value of its rank that a phase's series has (missing without one): the largest of the phases stays. */
void pr_quality_take_rank(struct pr_quality *quality, enum pr_quality_parameter parameter, int phase, pr_micro own);

/* --- from rows --- */

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
	struct pr_quality_edges edges;
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
