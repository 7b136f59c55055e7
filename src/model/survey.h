/*
 * What a survey of alarms over every project needs, as plain data: as little of the directory as will do, so that 5,000
 * projects stay small, and the alarms as the store counted them. See model/directory.h for what is missing where.
 */
#ifndef PR_MODEL_SURVEY_H
#define PR_MODEL_SURVEY_H

#include "model/directory.h"

/* A project. */
struct pr_survey_site {
	int64_t id;
	const char *name, *industry; /* industry NULL = none */
	int64_t customer_id;         /* its single tenant, else the management tenant with the smallest id; 0 = nobody's */
	const char *customer;        /* NULL = nobody's */
	const struct pr_zone *zone;  /* its own, else the customer's, else the operator's */
	bool in_service;             /* the customer's service covers some of the month; nobody's always is */
};

/* A point that is not valid all through the window, or a sensor. */
struct pr_survey_part {
	int64_t id, project_id;
	struct pr_validity validity;
	enum pr_sensor_kind kind; /* of a sensor */
};

struct pr_survey_directory {
	struct pr_month month;
	int64_t from_ms, to_ms;                  /* the month and the one before it, in every project's zone */
	const struct pr_tenant *operator_tenant; /* the platform tenant with the smallest id; NULL = none */
	struct pr_survey_site *sites;            /* by id */
	size_t site_count;
	struct pr_survey_part *points, *sensors; /* by project, then id */
	size_t point_count, sensor_count;
	struct pr_alarm_type *alarm_types; /* by code */
	size_t alarm_type_count;
};
/* NULL = the directory doesn't know the project. */
const struct pr_survey_site *pr_survey_site_of(const struct pr_survey_directory *directory, int64_t project_id);
/* The first of a project's parts; *count of them follow. */
const struct pr_survey_part *pr_survey_parts_of(
	const struct pr_survey_part *parts, size_t count, int64_t project_id, size_t *own_count);

struct pr_survey_span {
	double low, high; /* NaN = none has one */
	uint64_t count;   /* rows that have one */
};

/* An alarm: the rows of one project, point, sensor, code, phase and start. A cell that no row holds is missing. */
struct pr_survey_alarm {
	int64_t project_id, point_id, sensor_id; /* 0 = none */
	const char *code, *phase;                /* gone after the call */
	int64_t started_at_ms, ended_at_ms;      /* the latest end that the cut-off knows */
	uint64_t rows;                           /* more than one: it was sent again */
	struct pr_survey_span value, limit;      /* of the rows */
	bool is_odd;                             /* an id reads 0: from none it can be told by its rows alone */
};

#endif
