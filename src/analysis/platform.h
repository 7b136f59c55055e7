/*
 * The platform's report: all projects, folded from their summaries one at a time (method, section 13). Memory does not
 * grow with the projects: sums, distributions, the ends of rankings and the worst of the problems are kept, and of a
 * project nothing but what is shown. Findings of every project are shown in streams (the feed), never held.
 *
 *     pr_platform_init(&platform, method, month, arena);
 *     for every summary: pr_platform_add(&platform, &summary);
 *     pr_platform_rank(&platform);
 *     for every summary: pr_platform_show(&platform, &summary)  // in the report's arena where pr_platform_wants says so
 *     pr_platform_publish(&platform, &work, report);
 */
#ifndef PR_ANALYSIS_PLATFORM_H
#define PR_ANALYSIS_PLATFORM_H

#include "analysis/summary.h"

#define PR_PLATFORM_RANKED 10    /* projects at either end */
#define PR_PLATFORM_SURVEYED 40  /* projects of the survey's table: a page */
#define PR_PLATFORM_CUSTOMERS 15 /* customers by alarms */
#define PR_PLATFORM_PROBLEMS 6   /* of a kind */
#define PR_PLATFORM_MISSING 60   /* projects without figures that are named */
#define PR_PLATFORM_NAMES 12     /* projects that a note names */
#define PR_PLATFORM_CODES 16     /* of the survey */

enum pr_platform_ranking {
	PR_RANKING_HEALTH_LOW,
	PR_RANKING_HEALTH_HIGH,
	PR_RANKING_COVERAGE_LOW, /* those below the gate */
	PR_RANKING_ENERGY_HIGH,
	PR_RANKING_PRICE_HIGH, /* where all projects have one currency */
	PR_RANKING_PRICE_LOW,
	PR_RANKING_RISE,
	PR_RANKING_FALL,
	PR_RANKING_ALARMS_HIGH,
	PR_RANKING_SURVEY,
	PR_RANKING_COUNT
};
extern const char *const pr_platform_ranking_names[PR_RANKING_COUNT]; /* "health_low", … */

struct pr_platform_ranked {
	pr_micro key;
	int64_t project_id;
};
struct pr_platform_list {
	struct pr_platform_ranked items[PR_PLATFORM_SURVEYED]; /* first the one that leads the list */
	size_t count;
	uint64_t candidates; /* of which these are the first */
};

/* A project that is shown on a page. */
struct pr_platform_shown {
	struct pr_summary summary;
	struct pr_project_report report;
};

/* One of a kind's problems: the count-th largest. */
struct pr_platform_problem {
	int64_t project_id;
	size_t index; /* among the project's problems */
	uint64_t count;
};
struct pr_platform_problems {
	uint64_t projects, subjects; /* that have some; the points, sensors and projects themselves */
	struct pr_platform_problem worst[PR_PLATFORM_PROBLEMS];
	size_t worst_count;
};

struct pr_platform_customer {
	int64_t id;
	int64_t project_id; /* one of its projects, which names it */
	uint64_t projects, alarms, alarms_before, critical, open;
};

/* A project that is in service and has no figures this month, or older ones than this run's. */
struct pr_platform_missing {
	int64_t project_id, tenant_id;
	const char *project, *tenant, *reason;
	bool older; /* its figures are of an earlier run */
};

struct pr_platform_survey {
	const char *code;
	const struct pr_alarm_type *type; /* NULL = unknown, or none occurred */
	uint64_t projects, now, before;
};

/* Every summary again, by project id, for what shows all of them. */
struct pr_platform_feed {
	bool (*rewind)(void *context, struct pr_error *error);
	/* *more false: there was none left. The summary is in the arena. */
	bool (*next)(void *context, struct pr_arena *arena, struct pr_summary *summary, bool *more, struct pr_error *error);
	void *context;
};

#define PR_COVERAGE_BINS 7
extern const char *const pr_platform_coverage_names[PR_COVERAGE_BINS]; /* "complete", "high", … */
#define PR_INDEX_BINS 10

struct pr_platform {
	const struct pr_method *method;
	struct pr_month month;
	struct pr_arena *arena; /* the report's */
	/* sums */
	uint64_t projects;
	struct pr_totals totals;
	struct pr_safety safety;
	struct pr_alarms alarms;
	struct pr_health_sum health;
	uint64_t attention[7];
	uint64_t grades[PR_GRADE_COUNT + 1]; /* the last: without an index */
	uint64_t index_bins[PR_INDEX_BINS];
	uint64_t coverage[PR_COVERAGE_BINS];
	uint64_t of_minutes, without_customer, without_tariff, without_rows;
	int64_t earliest_ms, latest_ms; /* cut-offs of the data */
	bool has_ingest_times;          /* of every project's data */
	int price_digits;
	/* ends of rankings, problems */
	struct pr_platform_list lists[PR_RANKING_COUNT];
	struct pr_platform_problems problems[PR_PROBLEM_KIND_COUNT];
	struct pr_platform_survey survey[PR_PLATFORM_CODES];
	size_t survey_count;
	uint64_t survey_projects;               /* that have one of them */
	struct pr_platform_customer *customers; /* by id; counters only. After pr_platform_rank the first ones, by alarms */
	size_t customer_count, customer_capacity;
	uint64_t all_customers;
	struct pr_alarm_type *types; /* of the alarms that occurred; by code after pr_platform_rank */
	size_t type_count, type_capacity;
	const char *unindexed[PR_PLATFORM_NAMES]; /* projects without an index */
	size_t unindexed_count;
	/* confirm and close times: minutes, and those within the minutes that hold median and high rank */
	struct pr_platform_times *times;
	/* what is shown */
	struct pr_platform_shown *shown;
	size_t shown_count, shown_capacity;
	/* set by who makes the report */
	struct pr_platform_missing missing[PR_PLATFORM_MISSING];
	size_t missing_named;
	uint64_t missing_count, older_count;
	int64_t operator_id;
	struct pr_platform_feed feed;
	/* The one of the feed that rows are being made of; NULL = none. */
	const struct pr_platform_shown *current;
};

void pr_platform_init(
	struct pr_platform *platform, const struct pr_method *method, struct pr_month month, struct pr_arena *arena);
void pr_platform_add(struct pr_platform *platform, const struct pr_summary *summary);
/* After the last one is added. */
void pr_platform_rank(struct pr_platform *platform);
/* Whether the project is shown: then its summary has to stay. */
bool pr_platform_wants(const struct pr_platform *platform, int64_t project_id);
void pr_platform_show(struct pr_platform *platform, const struct pr_summary *summary);
/* A project without figures, or (`older`) with figures of an earlier run. Texts have to stay. */
void pr_platform_miss(struct pr_platform *platform, const struct pr_platform_missing *missing);
/* The report's findings and notes; its tenant, month, dataset and cut-off stand in it already. */
void pr_platform_publish(struct pr_platform *platform, struct pr_report *report);

/* NULL = it is not shown. */
const struct pr_platform_shown *pr_platform_shown_of(const struct pr_platform *platform, int64_t project_id);
/* A project's alarms of the survey's codes, now and in the month before. */
uint64_t pr_platform_surveyed(const struct pr_platform *platform, const struct pr_summary *summary, uint64_t *before);

#endif
