/*
 * Alarms (method, section 7): which events count, by type, level, category, point, day and hour, against the month
 * before; how long until they were confirmed and closed; the list.
 */
#ifndef PR_ANALYSIS_ALARMS_H
#define PR_ANALYSIS_ALARMS_H

#include "analysis/site.h"

/* "alarms.type.overload": how often, and in the month before. */
struct pr_alarm_count {
	const char *id;
	int64_t order; /* of a level its number, of a point its id; else 0 */
	uint64_t now, before;
};

/* A project's alarms, or the sum of several. */
struct pr_alarms {
	struct pr_alarm_count *counts;
	size_t count_count, count_capacity;
	uint64_t total, open, carried, excluded;
	uint64_t critical;         /* of the health's level */
	uint64_t closed_in_time;   /* within the health's hours */
	pr_micro *confirm, *close; /* minutes, as far as they are times */
	size_t confirm_count, confirm_capacity, close_count, close_capacity;
};

/* Judges the project's events; sets findings, series and notes, and the report's list of events. */
void pr_alarms_publish(const struct pr_site *site, struct pr_project_report *report, struct pr_alarms *alarms);
/* Adds `other` to `sum` (zeroed at first), and sets the findings of a sum. */
void pr_alarms_add(struct pr_arena *arena, struct pr_alarms *sum, const struct pr_alarms *other);
void pr_alarms_set(
	struct pr_arena *arena, const struct pr_alarm_rules *rules, struct pr_alarms *alarms, struct pr_findings *findings);

/* How long an event of a month's list lasted; PR_TIME_MISSING where that is open, or no time (method 7). */
int64_t pr_alarms_duration_ms(const struct pr_alarm_rules *rules, const struct pr_event *event, bool is_carried);
/* Whether `code` fits one of the patterns: '*' stands for any text, commas between. */
bool pr_alarms_code_fits(const char *patterns, const char *code);

#endif
