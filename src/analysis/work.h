/*
 * What every subject of the analysis is given: the dataset, the method, the arena for results, and where notes go.
 * Months before the reported one are worked out by the same code with `report` NULL, so that they note nothing.
 */
#ifndef PR_ANALYSIS_WORK_H
#define PR_ANALYSIS_WORK_H

#include "analysis/findings.h"
#include "model/method.h"

struct pr_work {
	const struct pr_dataset *dataset;
	const struct pr_method *method;
	struct pr_arena *arena;
	struct pr_report *report; /* NULL = a base month: nothing is noted */
};

/* A note with everything "does not apply"; 0 = no such subject. */
struct pr_note pr_note_make(const char *code, int64_t project_id, int64_t point_id);
/* Adds it to the report, or to the note of the same code and subject: counts add up, first and last widen. */
void pr_note_add(const struct pr_work *work, const struct pr_note *note);
void pr_note_plain(const struct pr_work *work, const char *code, int64_t project_id, int64_t point_id);

/* Counts of one kind of broken rows while a point is read. */
struct pr_tally {
	uint64_t count;
	int64_t first_ms, last_ms;
	double worst; /* the value farthest from 0; 0 = none */
};
void pr_tally_add(struct pr_tally *tally, int64_t time_ms, double value);
/* Adds a note of the tally unless it is empty. `unit` NULL = the worst value says nothing. */
void pr_tally_note(const struct pr_work *work, const struct pr_tally *tally, const char *code, int64_t project_id,
	int64_t point_id, const char *unit, const char *detail);

/* a + b where both are measured; a missing summand counts as absent. Missing where neither is measured. A sum that
 * leaves the range stays at its end, PR_SUM_LOST, which a finding shows as missing. */
#define PR_SUM_LOST INT64_MAX
pr_micro pr_sum_present(pr_micro a, pr_micro b);
/* The value of the rank ceil(share × count) (from 1) of ascending values: method, nearest rank. count > 0. */
pr_micro pr_nearest_rank(const pr_micro *ascending, size_t count, double share);
void pr_sort_micro(pr_micro *values, size_t count);
/* measured ÷ expected in millionths, rounded, but never up over a tenth of a percent, which is printed cut: 94.96 %
 * never reads 95.0 %. Missing where nothing was expected. */
pr_micro pr_coverage(uint64_t measured, uint64_t expected);
/* Whether measured ÷ expected is under the gate, exactly; false where nothing was expected. */
bool pr_below_gate(const struct pr_method *method, uint64_t measured, uint64_t expected);

/*
 * Parts of a whole, rounded to `digits` by largest remainder so that they add up to exactly 1 (ties to the larger
 * share, then the order of the list). Missing and negative values get a missing share and 0. All missing, or a sum of
 * 0: all shares missing.
 */
void pr_shares(const pr_micro *values, size_t count, int digits, struct pr_arena *arena, pr_micro *shares);

#endif
