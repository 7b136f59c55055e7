/*
 * Median and high rank of the confirm and close times of any number of alarms, exactly, without keeping them: counted by
 * minutes when a summary is added, then by milliseconds within the four minutes that hold the ranks.
 */
#ifndef PR_ANALYSIS_PLATFORM_TIMES_H
#define PR_ANALYSIS_PLATFORM_TIMES_H

#include "analysis/alarms.h"

struct pr_platform_times;
/* `longest_days`: no time is longer. */
struct pr_platform_times *pr_platform_times_new(const struct pr_alarm_rules *rules, struct pr_arena *arena);
void pr_platform_times_add(struct pr_platform_times *times, const struct pr_alarms *alarms);
/* After the last is added, and before the first is refined. */
void pr_platform_times_rank(struct pr_platform_times *times);
void pr_platform_times_refine(struct pr_platform_times *times, const struct pr_alarms *alarms);
/* "alarms.confirm_minutes.median" and the others. */
void pr_platform_times_set(const struct pr_platform_times *times, struct pr_arena *arena, struct pr_findings *findings);

#endif
