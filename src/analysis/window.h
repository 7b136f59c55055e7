/*
 * A stretch of a project's local days, cut into quarters: a month, or the period of a utility's bill. Each quarter
 * knows its day, its minute by the wall clock and the kind of its day; with daylight saving a day may have 92 or 100.
 */
#ifndef PR_ANALYSIS_WINDOW_H
#define PR_ANALYSIS_WINDOW_H

#include "base/arena.h"
#include "model/directory.h"

struct pr_window_quarter {
	int64_t start_ms;
	uint16_t day;    /* index into days */
	uint16_t minute; /* of the day, by the wall clock */
};

struct pr_window_day {
	struct pr_date date;
	enum pr_day_kind kind;
	int64_t start_ms;
};

struct pr_window {
	int64_t from_ms, to_ms;
	struct pr_window_quarter *quarters;
	size_t count;
	struct pr_window_day *days;
	size_t day_count;
};

/* [from, to) in whole local days of the project; in `arena`. */
void pr_window_init(struct pr_window *window, const struct pr_project *project, struct pr_date from, struct pr_date to,
	struct pr_arena *arena);
void pr_window_month(
	struct pr_window *window, const struct pr_project *project, struct pr_month month, struct pr_arena *arena);

#endif
