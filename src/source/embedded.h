/*
 * The embedded store: one SQLite file, opened read-only, with the tables of embedded_schema.h. Private to
 * source/embedded*.c, which are the only files that know SQLite.
 */
#ifndef PR_SOURCE_EMBEDDED_H
#define PR_SOURCE_EMBEDDED_H

#include "base/arena.h"
#include "source/backend.h"

struct sqlite3;
struct sqlite3_stmt;

struct pr_embedded {
	struct pr_source source;
	struct pr_arena arena; /* as long as the source */
	const char *path, *description;
	bool quarter_stamp_end;
	struct sqlite3 *db;
	bool ingest_is_known, has_ingest;
};

/* Sets an error with the file's name and SQLite's words; `what` says what was tried. */
bool pr_embedded_refuse(const struct pr_embedded *store, enum pr_code code, const char *what, struct pr_error *error);
/* NULL first; free with sqlite3_finalize. */
PR_CHECK bool pr_embedded_prepare(
	const struct pr_embedded *store, const char *sql, struct sqlite3_stmt **statement, struct pr_error *error);
/* *row: there is one; false at the end. */
PR_CHECK bool pr_embedded_step(
	const struct pr_embedded *store, struct sqlite3_stmt *statement, bool *row, struct pr_error *error);
/* A statement without rows. */
PR_CHECK bool pr_embedded_run(const struct pr_embedded *store, const char *sql, struct pr_error *error);

/* source/embedded_series.c: see source.h. */
PR_CHECK bool pr_embedded_quarters(struct pr_source *source, const struct pr_quarter_query *queries, size_t count,
	int64_t cutoff_ms, struct pr_arena *arena, struct pr_quarter_rows *rows, struct pr_error *error);
PR_CHECK bool pr_embedded_quarters_exist(struct pr_source *source, const int64_t *point_ids, size_t count,
	int64_t cutoff_ms, bool *exists, int64_t *first_ms, struct pr_error *error);
PR_CHECK bool pr_embedded_has_ingest_times(struct pr_source *source, bool *has, struct pr_error *error);
PR_CHECK bool pr_embedded_minutes(struct pr_source *source, const struct pr_minute_query *queries, size_t count,
	struct pr_arena *arena, struct pr_minute_buckets *buckets, struct pr_error *error);
PR_CHECK bool pr_embedded_quality(struct pr_source *source, const struct pr_quality_query *queries, size_t count,
	struct pr_arena *arena, struct pr_quality *quality, struct pr_error *error);
bool pr_embedded_sensors(struct pr_source *source, const struct pr_sensor_query *queries, size_t count,
	struct pr_arena *arena, struct pr_minute_buckets *buckets, struct pr_error *error);
PR_CHECK bool pr_embedded_events(struct pr_source *source, int64_t project_id, int64_t from_ms, int64_t to_ms,
	int64_t cutoff_ms, struct pr_arena *arena, struct pr_event **events, size_t *count, struct pr_error *error);
PR_CHECK bool pr_embedded_survey_alarms(struct pr_source *source, const struct pr_survey_query *query,
	pr_alarm_take *take, void *context, struct pr_error *error);
PR_CHECK bool pr_embedded_survey_repeats(struct pr_source *source, const struct pr_survey_query *query,
	pr_project_mark *mark, void *context, struct pr_error *error);
/* source/embedded_copy.c */
PR_CHECK bool pr_embedded_copy(struct pr_source *source, const struct pr_copy_query *query, pr_copy_take *take,
	void *context, struct pr_error *error);

#endif
