/* A survey as JSON for programs: the month, the codes, the sums, what was left out and why, and every project, most
 * alarms first. Numbers are plain decimals, nothing measured is null, times are UTC. */
#ifndef PR_OUTPUT_SURVEY_JSON_H
#define PR_OUTPUT_SURVEY_JSON_H

#include "analysis/survey.h"

const char *pr_survey_json(const struct pr_survey *survey, struct pr_arena *arena);

#endif
