/*
 * The survey: alarms of some codes across every project (method, section 7, platform). The store has counted the rows of
 * each alarm; here each is judged by the rules that its project's own report goes by (alarms_judge.h), so that a
 * project's count of a code is its report's alarms.type.<code>. Memory is small a project, whatever the alarms.
 *
 *     pr_survey_init(&survey, &directory, &method, cutoff_ms, codes, code_count, arena);
 *     … pr_survey_take(&survey, &alarm) for each alarm, those of a project together
 *     … pr_survey_mark(&survey, project_id) for those that rows must tell
 *     pr_survey_close(&survey);
 *     … pr_survey_take_events(&survey, project, events, count) for each project with needs_rows
 *     pr_survey_finish(&survey);
 */
#ifndef PR_ANALYSIS_SURVEY_H
#define PR_ANALYSIS_SURVEY_H

#include "analysis/findings.h"
#include "model/survey.h"

#define PR_SURVEY_CODES_MAX 8
#define PR_SURVEY_FEW 300 /* projects with alarms: of more, shares in tenths of a percent would say nothing */

/* Why a row is not counted. The first five are those of a project's report. */
enum pr_survey_reason {
	PR_SURVEY_TEST,
	PR_SURVEY_RETIRED,
	PR_SURVEY_OUTSIDE_VALIDITY,
	PR_SURVEY_IMPLAUSIBLE,
	PR_SURVEY_DUPLICATE,
	PR_SURVEY_OUT_OF_SERVICE,  /* the customer's service covers none of the month: no report is made either */
	PR_SURVEY_UNKNOWN_PROJECT, /* the directory has no such project */
	PR_SURVEY_REASON_COUNT
};
extern const char *const pr_survey_reason_names[PR_SURVEY_REASON_COUNT]; /* "test", "retired", … */

struct pr_survey_tally {
	uint64_t now, before; /* alarms that start in the month; in the month before */
	uint64_t open;        /* of the month: without an end at the cut-off */
	int64_t lasted_ms;    /* Σ of those that ended, as far as that is a time (method 7) */
	uint32_t points;
	double worst,
		limit; /* of the month the value farthest from its limit, of equals the smaller; NaN = none has both */
};

struct pr_survey_code {
	const char *code;
	const struct pr_alarm_type *type; /* NULL = the directory doesn't know the code */
	bool is_test;                     /* by report.ini */
	uint64_t rows;                    /* read at all, counted or not, in the month or the one before */
	struct pr_survey_tally sum;       /* points: over all projects; no worst */
	uint32_t projects;
	pr_micro share; /* of all, tenths of a percent that add up to 100; missing without alarms */
};

struct pr_survey_project {
	const struct pr_survey_site *site;
	int64_t before_ms, from_ms, to_ms;         /* the month before, the month */
	struct pr_survey_tally *codes;             /* code_count; NULL = no alarm in either month */
	struct pr_survey_tally sum;                /* no worst */
	uint32_t days;                             /* on which an alarm starts */
	uint32_t excluded[PR_SURVEY_REASON_COUNT]; /* rows of the month */
	int64_t top_point_id;                      /* the point with most alarms, of equals the smaller id; 0 = none */
	uint64_t top_point_count;
	const char *top_point; /* its name at the month's end; the caller's to set */
	pr_micro share;        /* as of a code, where there are few projects; of many the plain ratio */
	int rank;              /* by alarms, then id; 0 = no alarm */
	bool needs_rows;       /* its alarms cannot be told apart by counting */
};

struct pr_survey {
	const struct pr_survey_directory *directory;
	const struct pr_method *method;
	int64_t cutoff_ms;
	struct pr_arena *arena;
	struct pr_survey_code codes[PR_SURVEY_CODES_MAX];
	size_t code_count;
	struct pr_survey_project *projects;      /* as the directory's sites */
	const struct pr_survey_project **ranked; /* most alarms first, then by id */
	size_t project_count;
	size_t alarmed_count; /* projects with alarms */
	struct pr_survey_tally sum;
	uint64_t excluded[PR_SURVEY_REASON_COUNT];
	uint64_t excluded_sum;
	struct pr_survey_state *state; /* of the project that is being read */
};

/* `codes` are in the order of the columns, without doubles, at most PR_SURVEY_CODES_MAX. All must outlive the survey. */
void pr_survey_init(struct pr_survey *survey, const struct pr_survey_directory *directory,
	const struct pr_method *method, int64_t cutoff_ms, const char *const *codes, size_t code_count,
	struct pr_arena *arena);
void pr_survey_take(struct pr_survey *survey, const struct pr_survey_alarm *alarm);
void pr_survey_mark(struct pr_survey *survey, int64_t project_id);
void pr_survey_close(struct pr_survey *survey);
/* `events` are those of pr_source_events for [before_ms, to_ms) of the project; they replace what was counted of it. */
void pr_survey_take_events(
	struct pr_survey *survey, struct pr_survey_project *project, struct pr_event *events, size_t count);
void pr_survey_finish(struct pr_survey *survey);

/* How many of the first projects hold half of all alarms, how many alarms those are, and what they are of all. */
size_t pr_survey_half(const struct pr_survey *survey, uint64_t *alarms);
pr_micro pr_survey_half_share(const struct pr_survey *survey);
/* Alarms of the codes that hold one of two words. */
uint64_t pr_survey_alarms_like(const struct pr_survey *survey, const char *word, const char *other);

#endif
