/* What the month's subjects look like from outside: their data, and which of them is the worst. Private to the document
 * room; charts, rows and words ask the same questions here. */
#ifndef PR_DOCUMENT_MONTH_H
#define PR_DOCUMENT_MONTH_H

#include "document/engine.h"

/* What was gathered of a point or a sensor; NULL where nothing was. */
const struct pr_point_data *pr_month_point_data(
	const struct pr_report *report, const struct pr_project_report *project, const struct pr_subject *point);
const struct pr_sensor_data *pr_month_sensor_data(
	const struct pr_report *report, const struct pr_project_report *project, const struct pr_subject *sensor);

/* How many points are incomers. */
size_t pr_month_incomers(const struct pr_project_report *project);
/* The incomer whose finding stands worst against its limit (what should be small: value ÷ limit; the power factor: limit
 * ÷ value); NULL where none has one. */
const struct pr_subject *pr_month_worst(const struct pr_project_report *project, const char *id);
/* The harmonic order of a point that stands worst against its limit; 0 where it has none. */
int pr_month_worst_order(const struct pr_subject *point);
const struct pr_subject *pr_month_worst_harmonic(const struct pr_project_report *project);

/* Sensors by margin, smallest first; those without one behind, in their order. The arena's. */
const struct pr_subject **pr_month_sensors(const struct pr_project_report *project, struct pr_arena *arena);
bool pr_month_is_ambient(const struct pr_subject *sensor);

/* The name of what an event is about: its sensor, its point at the time, or the project. */
const char *pr_month_event_subject(const struct pr_project_report *project, const struct pr_event *event);
/* The end of an event that counts, an open one's the cut-off; the start where it has no plausible duration. */
int64_t pr_month_event_end(const struct pr_report *report, const struct pr_event *event, bool is_carried);

/* Minutes in which something was in alarm, of every hour of the month (`count` of them), overlaps counted once. */
double *pr_month_alarm_minutes(
	const struct pr_report *report, const struct pr_project_report *project, struct pr_arena *arena, size_t *count);
/* Adds the days of alarms that stand out. */
void pr_month_add_alarm_days(
	struct pr_scope *scope, const struct pr_context *context, const struct pr_project_report *project);

/* Pictures of power quality show so many incomers; more do not fit on a page beside the table. */
#define PR_MONTH_INCOMERS_SHOWN 4
/* How many points have samples of power quality. */
size_t pr_month_sampled(const struct pr_report *report, const struct pr_project_report *project);

/* Adds what the words of these chapters ask for: docs/templates.md. */
void pr_month_scope(const struct pr_context *context, struct pr_scope *scope);

#endif
