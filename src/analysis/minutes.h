/* What the one-minute buckets of a point say about its data: implausible cells by kind, reverse power. */
#ifndef PR_ANALYSIS_MINUTES_H
#define PR_ANALYSIS_MINUTES_H

#include "analysis/work.h"

void pr_minutes_note(const struct pr_work *work, int64_t project_id, const struct pr_point *point,
	const struct pr_minute_buckets *minutes);

#endif
