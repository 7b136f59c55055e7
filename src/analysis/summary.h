/*
 * What the platform keeps of a project's month: its findings with what summing them up needs, and the problems of its
 * data. A tenant's run leaves one of each of its projects in the ledger (batch/summary.h); the platform's report is made
 * of nothing else (method, section 13). Plain data in an arena.
 */
#ifndef PR_ANALYSIS_SUMMARY_H
#define PR_ANALYSIS_SUMMARY_H

#include "analysis/condition.h"
#include "analysis/totals.h"

/* A problem of the data that somebody has to mend; `code` is that of a note (docs/notes.md), or "tariff.stale". */
struct pr_problem {
	const char *code;
	int64_t point_id, sensor_id; /* 0 = the project's */
	const char *name;            /* of the point or sensor; NULL = the project's */
	uint64_t count;
	int64_t first_ms, last_ms;
};

/* Kinds of problems, each with one way of mending it: "silent", "gaps", … */
enum pr_problem_kind {
	PR_PROBLEM_SILENT,   /* nothing comes */
	PR_PROBLEM_GAPS,     /* coverage under the gate */
	PR_PROBLEM_METER,    /* implausible values of a meter */
	PR_PROBLEM_SENSOR,   /* implausible values of a sensor */
	PR_PROBLEM_TARIFF,   /* none, incomplete or stale */
	PR_PROBLEM_BILL,     /* our bill and theirs differ */
	PR_PROBLEM_WIRING,   /* signs and balances that cannot be */
	PR_PROBLEM_CLOCK,    /* rows twice or off their grid */
	PR_PROBLEM_REGISTER, /* validity, ratings, types of alarms */
	PR_PROBLEM_KIND_COUNT
};
extern const char *const pr_problem_kind_names[PR_PROBLEM_KIND_COUNT];
/* The kind of a note's code; PR_PROBLEM_KIND_COUNT = no problem of the data. */
enum pr_problem_kind pr_problem_kind_of(const char *code);

struct pr_summary {
	struct pr_month month;
	int64_t cutoff_ms;
	int64_t project_id, tenant_id;
	const char *project_name, *industry, *timezone;
	const struct pr_zone *zone;
	const char *tenant_name;
	enum pr_edition edition; /* the tenant's */
	const char *currency;    /* NULL = no tariff */
	bool has_rows, in_service, has_ingest_times, bill_incomplete;
	int price_digits; /* decimals of a mean price */
	struct pr_findings findings;
	struct pr_base now, month_before, year_before; /* `now` without findings: they are the project's */
	struct pr_cover cover;
	struct pr_condition condition; /* without the counts of points */
	struct pr_alarm_type *types;   /* of its alarms */
	size_t type_count;
	struct pr_problem *problems;
	size_t problem_count, problem_capacity;
};

/* Of a report that pr_analyse made. Shares memory with it. */
void pr_summary_make(const struct pr_report *report, size_t index, struct pr_arena *arena, struct pr_summary *summary);

/* What totals sum. */
struct pr_project_bases pr_summary_bases(const struct pr_summary *summary);
/* The project as a report has it: names and findings, nothing else. */
void pr_summary_project(const struct pr_summary *summary, struct pr_arena *arena, struct pr_project_report *report);

#endif
