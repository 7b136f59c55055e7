/*
 * The survey's side of the seam to the stores (source.h): every project of the directory at once, in memory that is
 * small a project, and the alarms of all projects, counted where they lie. Errors, cut-off and partial answers as there.
 *
 *     struct pr_survey_directory directory;
 *     if (!pr_source_survey_directory(source, month, arena, &directory, error) ||
 *         !pr_source_survey_alarms(source, &query, take, context, error) ||
 *         !pr_source_survey_repeats(source, &query, mark, context, error)) …
 */
#ifndef PR_SOURCE_SURVEY_H
#define PR_SOURCE_SURVEY_H

#include "model/survey.h"
#include "source/source.h"

/* All that a platform's tenant sees, whether or not there is one. A row that cannot be read is PR_CODE_STORE. */
PR_CHECK bool pr_source_survey_directory(struct pr_source *source, struct pr_month month, struct pr_arena *arena,
	struct pr_survey_directory *directory, struct pr_error *error);

/* names[i]: that of point_ids[i] (ascending) at an instant; NULL where the directory doesn't know the point. */
PR_CHECK bool pr_source_survey_names(struct pr_source *source, const int64_t *point_ids, const int64_t *at_ms,
	size_t count, struct pr_arena *arena, const char **names, struct pr_error *error);

struct pr_survey_query {
	int64_t from_ms, to_ms; /* alarms that start in [from, to) */
	int64_t cutoff_ms;
	const char *const *codes;
	size_t code_count;
};

/* Each alarm, all those of a project after each other; rows of one alarm are counted by the store, and handed over once. */
typedef bool pr_alarm_take(void *context, const struct pr_survey_alarm *alarm, struct pr_error *error);
PR_CHECK bool pr_source_survey_alarms(struct pr_source *source, const struct pr_survey_query *query,
	pr_alarm_take *take, void *context, struct pr_error *error);

/*
 * Projects that have alarms of the query and whose events cannot be told apart by counting: one event_id stands in
 * several rows (of any code, as pr_source_events would give them). They may be given more than once, and one may be
 * given that is fine. Which of such rows counts can be seen from the rows alone (method, section 7).
 */
typedef void pr_project_mark(void *context, int64_t project_id);
PR_CHECK bool pr_source_survey_repeats(struct pr_source *source, const struct pr_survey_query *query,
	pr_project_mark *mark, void *context, struct pr_error *error);

#endif
