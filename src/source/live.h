/*
 * The live store: series from Elasticsearch or OpenSearch (elastic.h), the directory from a MySQL-protocol server
 * (mysql.h). Private to live*.c.
 */
#ifndef PR_SOURCE_LIVE_H
#define PR_SOURCE_LIVE_H

#include "source/backend.h"
#include "source/elastic.h"
#include "source/mysql.h"

struct pr_live {
	struct pr_source source; /* first */
	const struct pr_store_config *config;
	struct pr_elastic *elastic; /* owned */
	struct pr_mysql *mysql;     /* owned */
	char description[256];
	bool scripts_forbidden; /* found out once; minutes and what is worked out of them then come as rows */
	bool metrics_forbidden; /* the same of scripted metrics, which a cluster may forbid alone: power quality */
};

/* Without connections yet. */
void pr_live_init(struct pr_live *live, const struct pr_store_config *config);
/* The text of a table's query, and what to call it in messages. */
PR_CHECK bool pr_live_choose_sql(const struct pr_live *live, size_t table, bool is_platform, struct pr_arena *arena,
	const char **what, const char **sql, struct pr_error *error);
/* `sql` with every "?" outside of quotes and comments replaced by the id; *marks counts them. */
const char *pr_live_bind_id(const char *sql, int64_t id, struct pr_arena *arena, size_t *marks);

/* --- rows of a data set, whatever their number --- */

struct pr_live_column {
	const char *field; /* the platform's name; NULL = the data set has no such field */
	bool is_time;
};
/* Rows of one window [from, to): a side may be PR_TIME_MISSING. */
struct pr_live_window {
	int64_t from_ms, to_ms;
	const char *filter; /* JSON clauses, joined by commas, without the time */
};
struct pr_live_rows {
	const struct pr_index_config *index;
	const char *time_field;
	const struct pr_live_column *columns;
	size_t column_count;
	const struct pr_live_window *windows;
	size_t window_count;
	int64_t span_ms; /* windows are asked for in pieces of this length; 0 = whole */
	/* A row of windows[window], in the order of time; `fields` as of pr_elastic_read_number. */
	bool (*take)(void *context, size_t window, const struct pr_json *fields, struct pr_error *error);
	void *context;
};
PR_CHECK bool pr_live_fetch(struct pr_live *live, const struct pr_live_rows *rows, struct pr_error *error);

/* --- the seam's calls (source.h) --- */
bool pr_live_quarters(struct pr_source *source, const struct pr_quarter_query *queries, size_t count, int64_t cutoff_ms,
	struct pr_arena *arena, struct pr_quarter_rows *rows, struct pr_error *error);
bool pr_live_quarters_exist(struct pr_source *source, const int64_t *point_ids, size_t count, int64_t cutoff_ms,
	bool *exists, int64_t *first_ms, struct pr_error *error);
bool pr_live_has_ingest_times(struct pr_source *source, bool *has, struct pr_error *error);
bool pr_live_minutes(struct pr_source *source, const struct pr_minute_query *queries, size_t count,
	struct pr_arena *arena, struct pr_minute_buckets *buckets, struct pr_error *error);
bool pr_live_quality(struct pr_source *source, const struct pr_quality_query *queries, size_t count,
	struct pr_arena *arena, struct pr_quality *quality, struct pr_error *error);
bool pr_live_sensors(struct pr_source *source, const struct pr_sensor_query *queries, size_t count,
	struct pr_arena *arena, struct pr_minute_buckets *buckets, struct pr_error *error);
bool pr_live_events(struct pr_source *source, int64_t project_id, int64_t from_ms, int64_t to_ms, int64_t cutoff_ms,
	struct pr_arena *arena, struct pr_event **events, size_t *count, struct pr_error *error);
bool pr_live_survey_alarms(struct pr_source *source, const struct pr_survey_query *query, pr_alarm_take *take,
	void *context, struct pr_error *error);
bool pr_live_survey_repeats(struct pr_source *source, const struct pr_survey_query *query, pr_project_mark *mark,
	void *context, struct pr_error *error);
/* source/live_copy.c */
bool pr_live_copy(struct pr_source *source, const struct pr_copy_query *query, pr_copy_take *take, void *context,
	struct pr_error *error);

/* --- clauses of a filter (live_series.c); a NULL field adds nothing --- */
void pr_live_add_term(struct pr_buffer *buffer, const char *field, int64_t id);
/* ",{…}": ingested at the cut-off or before, or at no known time. */
void pr_live_add_cutoff(struct pr_buffer *buffer, const char *ingested_at, int64_t cutoff_ms);
/* ",{…}": events that have not ended before `from`, as far as the cut-off knows. */
void pr_live_add_unended(
	struct pr_buffer *buffer, const char *started_at, const char *ended_at, int64_t from_ms, int64_t cutoff_ms);

#endif
