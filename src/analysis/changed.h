/*
 * A figure that differs from the revision before (method, section 12): value and unit of a finding, as they were and as
 * they are. A finding that was not there, or not measured, has `there` false.
 */
#ifndef PR_ANALYSIS_CHANGED_H
#define PR_ANALYSIS_CHANGED_H

#include "base/arena.h"
#include "base/decimal.h"

struct pr_changed_value {
	bool there;
	pr_micro number; /* PR_MICRO_MISSING where `word` is the value */
	const char *word;
	const char *unit; /* NULL for words */
};

struct pr_changed {
	const char *path; /* "projects/10/points/101/energy.total" */
	const char *id;   /* "energy.total" */
	int64_t project_id;
	const char *kind; /* "points", "transformers", "sensors"; NULL = a figure of the project, or of the tenant */
	int64_t subject_id;
	const char *name; /* of the point, transformer, sensor or project at that time */
	int digits;       /* the precision of the number */
	struct pr_changed_value before, after;
};

/* Fills id, project_id, kind and subject_id from `path`, which stays the caller's. */
void pr_changed_place(struct pr_changed *changed, const char *path);

#endif
