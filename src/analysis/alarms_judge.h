/* Which of a project's events count (method, section 7). Private to the alarms. */
#ifndef PR_ANALYSIS_ALARMS_JUDGE_H
#define PR_ANALYSIS_ALARMS_JUDGE_H

#include "analysis/site.h"

/* Of several reasons the first in this order holds. */
enum pr_alarm_verdict {
	PR_ALARM_COUNTS,
	PR_ALARM_TEST,
	PR_ALARM_RETIRED,
	PR_ALARM_OUTSIDE_VALIDITY, /* of its point or sensor, when it began */
	PR_ALARM_IMPLAUSIBLE,      /* its value, for its sensor */
	PR_ALARM_DUPLICATE,
	PR_ALARM_VERDICT_COUNT
};

/* One for each of the project's events. */
enum pr_alarm_verdict *pr_alarms_judge(const struct pr_site *site);
/* A note a reason, of the events that begin in the month. */
void pr_alarms_note_excluded(const struct pr_site *site, const enum pr_alarm_verdict *verdicts);
/* NULL = a code that the directory doesn't know. */
const struct pr_alarm_type *pr_alarms_type(const struct pr_directory *directory, const char *code);

#endif
