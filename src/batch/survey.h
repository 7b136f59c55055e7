/*
 * A survey of alarms, from the store to the figures: for the sub-command, and for whoever makes the platform's report.
 * Of the store's answers nothing stays but a few numbers a project.
 */
#ifndef PR_BATCH_SURVEY_H
#define PR_BATCH_SURVEY_H

#include "analysis/survey.h"
#include "source/survey.h"

/* Power factor and harmonics: what `survey` counts without --codes. */
extern const char *const pr_batch_survey_codes[];
extern const size_t pr_batch_survey_code_count;

/* `directory` is filled, too; both lie in the arena. */
PR_CHECK bool pr_batch_survey(struct pr_source *source, const struct pr_method *method, struct pr_month month,
	int64_t cutoff_ms, const char *const *codes, size_t code_count, struct pr_arena *arena,
	struct pr_survey_directory *directory, struct pr_survey *survey, struct pr_error *error);

#endif
