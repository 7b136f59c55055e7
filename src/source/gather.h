/*
 * Gathers what the analysis of a tenant's month needs, in as few round trips as the stores allow:
 * - incomers: quarters of the 13 months that end with the month, each from 2 minutes before its first instant, and the
 *   plausibility history before them (method 1) where a point has neither transformer nor rated current; and the own
 *   period of the month's utility bill, which may reach beyond the month;
 * - every other point: quarters of the month, the month before and the month a year before (and their history);
 * - incomers: the month's minutes in quarter buckets with every field's plausibility bounds;
 * - incomers with minutes: their quality, of what validity and service leave of the month; and of the
 *   incomers of projects that have any that of the month before and of the month a year before (gather_quality.c);
 * - sensors: the month and the month before, in quarter buckets, of what validity and service leave (gather_safety.c);
 * - the events of the month and of the month before.
 * Months are in the project's zone; one in which a point was never valid is not asked for, one in which it was for a
 * part is asked for whole (rows outside the validity are listed). Windows of a point are merged where they touch.
 */
#ifndef PR_SOURCE_GATHER_H
#define PR_SOURCE_GATHER_H

#include "model/method.h"
#include "source/source.h"

PR_CHECK bool pr_gather(struct pr_source *source, const struct pr_directory *directory, const struct pr_method *method,
	struct pr_month month, int64_t cutoff_ms, struct pr_arena *arena, struct pr_dataset *dataset,
	struct pr_error *error);
/*
 * What the point's validity and the tenant's service leave of minutes in [from, to): whole quarters, nothing where
 * from >= to (method 1).
 */
void pr_gather_keep_valid(const struct pr_directory *directory, const struct pr_project *project,
	const struct pr_point *point, int64_t *from_ms, int64_t *to_ms);
/* Its part for power quality; the minutes stand in the dataset. */
PR_CHECK bool pr_gather_quality(struct pr_source *source, const struct pr_directory *directory,
	const struct pr_method *method, struct pr_arena *arena, struct pr_dataset *dataset, struct pr_error *error);

/* Its part for sensors. */
PR_CHECK bool pr_gather_sensors(struct pr_source *source, const struct pr_directory *directory,
	const struct pr_method *method, struct pr_arena *arena, struct pr_dataset *dataset, struct pr_error *error);

#endif
