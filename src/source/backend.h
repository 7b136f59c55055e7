/* What an implementation of a store provides; private to the source room. See source.h for each call's meaning. */
#ifndef PR_SOURCE_BACKEND_H
#define PR_SOURCE_BACKEND_H

#include "source/directory_rows.h"
#include "source/embedded_write.h"
#include "source/survey.h"

/* Some rows of a table, gone after the call. */
typedef bool pr_directory_take(void *context, const struct pr_text_table *rows, struct pr_error *error);
#define PR_DIRECTORY_PIECE 1000

/* Rows of a data set as they are stored, which are what a snapshot copies. */
struct pr_copy_query {
	const struct pr_schema_table *table; /* one of the four data sets */
	int64_t id;                          /* of the point or sensor; of events the project */
	int64_t project_id;                  /* stands in for one that a row lacks */
	int64_t from_ms, to_ms;              /* as in the call of the seam that reads them: of quarters their starts */
	int64_t cutoff_ms;
};
/* A value a column of the table; texts are gone after the call. */
typedef bool pr_copy_take(void *context, const struct pr_store_value *values, struct pr_error *error);

struct pr_source_ops {
	void (*free)(struct pr_source *source);
	const char *(*describe)(const struct pr_source *source);
	bool (*tenants)(struct pr_source *, struct pr_arena *, struct pr_tenant **, size_t *, struct pr_error *);
	bool (*directory)(struct pr_source *, int64_t, struct pr_arena *, struct pr_directory *, struct pr_error *);
	bool (*projects)(struct pr_source *, struct pr_arena *, struct pr_project_list *, struct pr_error *);
	bool (*project)(struct pr_source *, int64_t, int64_t, struct pr_arena *, struct pr_directory *, struct pr_error *);
	bool (*quarters)(struct pr_source *, const struct pr_quarter_query *, size_t, int64_t, struct pr_arena *,
		struct pr_quarter_rows *, struct pr_error *);
	bool (*quarters_exist)(struct pr_source *, const int64_t *, size_t, int64_t, bool *, int64_t *, struct pr_error *);
	bool (*has_ingest_times)(struct pr_source *, bool *, struct pr_error *);
	bool (*minutes)(struct pr_source *, const struct pr_minute_query *, size_t, struct pr_arena *,
		struct pr_minute_buckets *, struct pr_error *);
	bool (*quality)(struct pr_source *, const struct pr_quality_query *, size_t, struct pr_arena *, struct pr_quality *,
		struct pr_error *);
	bool (*sensors)(struct pr_source *, const struct pr_sensor_query *, size_t, struct pr_arena *,
		struct pr_minute_buckets *, struct pr_error *);
	bool (*events)(struct pr_source *, int64_t, int64_t, int64_t, int64_t, struct pr_arena *, struct pr_event **,
		size_t *, struct pr_error *);
	/* A snapshot of the directory for pieces of its tables: every row that a platform's tenant sees; of tenant_project
	 * those of all of the tenants given. */
	bool (*directory_begin)(struct pr_source *, struct pr_error *);
	void (*directory_end)(struct pr_source *);
	bool (*directory_pieces)(struct pr_source *, enum pr_directory_table, const struct pr_tenant *, size_t,
		pr_directory_take *, void *, struct pr_error *);
	bool (*survey_alarms)(
		struct pr_source *, const struct pr_survey_query *, pr_alarm_take *, void *, struct pr_error *);
	bool (*survey_repeats)(
		struct pr_source *, const struct pr_survey_query *, pr_project_mark *, void *, struct pr_error *);
	/* What pr_source_directory is built of, as texts (source/snapshot.h). */
	bool (*directory_tables)(struct pr_source *, int64_t, struct pr_arena *, struct pr_text_table *, struct pr_error *);
	bool (*copy)(struct pr_source *, const struct pr_copy_query *, pr_copy_take *, void *, struct pr_error *);
};

/* The first member of each implementation's struct. */
struct pr_source {
	const struct pr_source_ops *ops;
};

PR_CHECK bool pr_embedded_open(struct pr_source **source, const struct pr_config *config, struct pr_error *error);
PR_CHECK bool pr_live_open(struct pr_source **source, const struct pr_config *config, struct pr_error *error);

#endif
