/*
 * The analysis of a tenant's month: model in, findings out. Pure: no store, no drawing, no clock, no locale. Everything
 * it returns lies in the arena and refers to the dataset, which must outlive the report. A broken measurement is never
 * an error; it becomes a note.
 */
#ifndef PR_ANALYSIS_ANALYSIS_H
#define PR_ANALYSIS_ANALYSIS_H

#include "analysis/findings.h"
#include "model/method.h"

PR_CHECK bool pr_analyse(const struct pr_dataset *dataset, const struct pr_method *method, struct pr_arena *arena,
	struct pr_report *report, struct pr_error *error);

#endif
