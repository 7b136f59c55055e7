/* What the row providers share; private to rows*.c. */
#ifndef PR_DOCUMENT_ROWS_H
#define PR_DOCUMENT_ROWS_H

#include "document/engine.h"

struct pr_row_builder {
	const struct pr_context *context;
	const struct pr_scope *scope;
	const struct pr_project_report *project; /* NULL in the tenant's scope */
	const char *const *given; /* the table's own items, for providers that are told by them what to list */
	size_t given_count;
	struct pr_scope *items;
	size_t count, capacity;
};

/* The new row stays at its place until the next one is added. */
struct pr_scope *pr_rows_add(struct pr_row_builder *builder);
void pr_rows_field(struct pr_row_builder *builder, struct pr_scope *row, const char *name, struct pr_value value);
struct pr_value pr_rows_tagged(struct pr_row_builder *builder, struct pr_value value, const char *path);

/* A project's finding (NULL = the tenant's) as it is printed, tagged with its path; missing where there is none. */
struct pr_value pr_project_value(
	const struct pr_context *context, const struct pr_project_report *project, const char *id);
/* NULL = no such subject. */
const char *pr_subject_name(const struct pr_subject *subjects, size_t count, int64_t id);

/* Where a note arose: its point's, sensor's or project's name, led by the project's where the report has several. */
const char *pr_note_subject(const struct pr_context *context, const struct pr_note *note, struct pr_arena *arena);
/* The zone of its project, or the tenant's. */
const struct pr_zone *pr_note_zone(const struct pr_report *report, const struct pr_note *note);

bool pr_rows_bill(struct pr_row_builder *builder);
bool pr_rows_slots(struct pr_row_builder *builder);
bool pr_rows_quality(struct pr_row_builder *builder);
bool pr_rows_harmonics(struct pr_row_builder *builder);
bool pr_rows_axes(struct pr_row_builder *builder);
bool pr_rows_scores(struct pr_row_builder *builder);
bool pr_rows_sensors(struct pr_row_builder *builder);
bool pr_rows_alarm_types(struct pr_row_builder *builder);
bool pr_rows_events(struct pr_row_builder *builder);
bool pr_rows_alarm_groups(struct pr_row_builder *builder);
bool pr_rows_alarm_points(struct pr_row_builder *builder);
bool pr_rows_checks(struct pr_row_builder *builder);
/* The courses of a day and a month (rows_curves.c). */
bool pr_rows_clock(struct pr_row_builder *builder);
bool pr_rows_alarm_days(struct pr_row_builder *builder);
/* A tenant's with several projects (rows_management.c). */
bool pr_rows_ranked(struct pr_row_builder *builder);
bool pr_rows_contributions(struct pr_row_builder *builder);
bool pr_rows_advice(struct pr_row_builder *builder);
bool pr_rows_types(struct pr_row_builder *builder);
bool pr_rows_currencies(struct pr_row_builder *builder);
bool pr_rows_notes_grouped(struct pr_row_builder *builder); /* rows_notes.c */
/* A platform's (rows_platform.c): "ranking" lists what the table's one item names; the last two are of its feed. */
bool pr_rows_platform_ranking(struct pr_row_builder *builder);
bool pr_rows_platform_customers(struct pr_row_builder *builder);
bool pr_rows_platform_survey(struct pr_row_builder *builder);
bool pr_rows_platform_problems(struct pr_row_builder *builder);
bool pr_rows_platform_missing(struct pr_row_builder *builder);
bool pr_rows_platform_project(struct pr_row_builder *builder);
bool pr_rows_platform_project_problems(struct pr_row_builder *builder);
/* Adds "platform.…" and, of every ranking, who leads it. */
void pr_rows_platform_fields(const struct pr_context *context, struct pr_scope *scope);
/* Adds what stands out among a tenant's projects: "largest.name", "largest.figure" …, "unsafe.names". */
void pr_rows_extremes(const struct pr_context *context, struct pr_scope *scope);
/* The projects' places in the report, by bill, then by energy; in the arena. */
const size_t *pr_rows_ranking(const struct pr_context *context);

/* The survey's, where the report has one (rows_survey.c). */
bool pr_rows_survey(struct pr_row_builder *builder);
bool pr_rows_survey_top(struct pr_row_builder *builder);
bool pr_rows_survey_lines(struct pr_row_builder *builder);
bool pr_rows_survey_codes(struct pr_row_builder *builder);
bool pr_rows_survey_excluded(struct pr_row_builder *builder);
/* "survey": whether there is one; and then what it says as a whole. */
void pr_rows_survey_fields(const struct pr_context *context, struct pr_scope *scope);
/* What differs from the revision before (rows_changed.c): the most important ones, and all. */
bool pr_rows_changed(struct pr_row_builder *builder);
bool pr_rows_changed_all(struct pr_row_builder *builder);
void pr_rows_changed_fields(const struct pr_context *context, struct pr_scope *scope); /* "changed.count" … */
/* A finding's name in the locale's words; the id where there is none. */
PR_CHECK bool pr_finding_name(const struct pr_context *context, const struct pr_scope *scope, const char *id,
	const char **name, struct pr_error *error);
/* A verdict or grade in the locale's words. */
const char *pr_finding_word(const struct pr_context *context, const char *word);

/* An alarm's name in the tenant's language, and its category (NULL = none); one that the directory does not know goes by
 * its code. */
const char *pr_alarm_name(const struct pr_context *context, const char *code);
const char *pr_alarm_category(const struct pr_context *context, const char *code);

/* Adds "bill.share.energy", ".basic" and ".pf" to a project's scope: the shares that the bill's table prints. */
void pr_rows_bill_shares(const struct pr_context *context, struct pr_scope *scope);

#endif
