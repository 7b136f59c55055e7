/*
 * The seam to the stores: one interface, two implementations. `embedded` is one SQLite file; `live` is Elasticsearch or
 * OpenSearch for the series and a MySQL-protocol server for the directory. Read-only by construction.
 *
 * Everything returned lies in the arena that was passed. A partial answer is an error (PR_CODE_STORE), never a smaller
 * figure; a store that cannot be reached or refuses the account is PR_CODE_UNREACHABLE; an id that the directory does
 * not hold PR_CODE_UNKNOWN. Calls with arrays are batched: one round trip where the store can.
 * Both implementations give the same rows in the same order, to the bit.
 *
 *     struct pr_source *source = NULL;
 *     if (!pr_source_open(&source, &config->store, &error)) …
 *     …
 *     pr_source_free(source);
 */
#ifndef PR_SOURCE_SOURCE_H
#define PR_SOURCE_SOURCE_H

#include "base/arena.h"
#include "base/error.h"
#include "config/config.h"
#include "model/directory.h"
#include "model/quality.h"
#include "model/series.h"

struct pr_source;

/* Opens the store that the configuration names; keeps connections until freed. `config` must outlive the source. */
PR_CHECK bool pr_source_open(struct pr_source **source, const struct pr_config *config, struct pr_error *error);
void pr_source_free(struct pr_source *source); /* NULL is fine */
/* "embedded sample.db" or "live 127.0.0.1:9200 + 127.0.0.1:3306": for logs and `check`, without secrets. */
const char *pr_source_describe(const struct pr_source *source);

/*
 * Every tenant, by id; zones are opened. A tenant whose row cannot be read costs nobody else a report: it comes with its
 * id and zone NULL (which reads as UTC), and pr_source_directory says what is wrong.
 */
PR_CHECK bool pr_source_tenants(struct pr_source *source, struct pr_arena *arena, struct pr_tenant **tenants,
	size_t *count, struct pr_error *error);

/* One tenant's directory, in one consistent snapshot. A platform tenant gets every project. */
PR_CHECK bool pr_source_directory(struct pr_source *source, int64_t tenant_id, struct pr_arena *arena,
	struct pr_directory *directory, struct pr_error *error);

/* Every project with its name, and which tenant has which: what the platform needs to take one project at a time. */
struct pr_project_entry {
	int64_t id;
	const char *name;
};
struct pr_project_owner {
	int64_t project_id, tenant_id;
};
struct pr_project_list {
	struct pr_project_entry *projects; /* by id */
	size_t project_count;
	struct pr_project_owner *owners; /* by project, then tenant; platform tenants own none */
	size_t owner_count;
};
PR_CHECK bool pr_source_projects(
	struct pr_source *source, struct pr_arena *arena, struct pr_project_list *list, struct pr_error *error);
/* The directory of a tenant as if it had that one project of its own. Of the whole directory only that is read. */
PR_CHECK bool pr_source_project(struct pr_source *source, int64_t tenant_id, int64_t project_id, struct pr_arena *arena,
	struct pr_directory *directory, struct pr_error *error);

struct pr_quarter_query {
	int64_t point_id;
	int64_t from_ms, to_ms; /* rows with time in [from, to) */
};
/* rows[i] answers queries[i]. Rows ingested after the cut-off are left out (rows without an ingest time stay). */
PR_CHECK bool pr_source_quarters(struct pr_source *source, const struct pr_quarter_query *queries, size_t count,
	int64_t cutoff_ms, struct pr_arena *arena, struct pr_quarter_rows *rows, struct pr_error *error);

/* exists[i]: the point has a quarter row (up to the cut-off) at any time; first_ms[i]: its earliest, or missing. */
PR_CHECK bool pr_source_quarters_exist(struct pr_source *source, const int64_t *point_ids, size_t count,
	int64_t cutoff_ms, bool *exists, int64_t *first_ms, struct pr_error *error);
/* Whether any quarter row of the data set carries an ingest time. */
PR_CHECK bool pr_source_has_ingest_times(struct pr_source *source, bool *has, struct pr_error *error);

/*
 * Minutes, aggregated where they lie: per bucket and field the count, minimum, maximum and sum of plausible cells.
 * The live store aggregates in the cluster; where the cluster forbids scripts (needed for idle_phase_share only) it
 * falls back to rows. idle_phase_share: a phase current of exactly 0 is implausible where another phase's current is
 * above 0 and |that phase's power| > share × |pttl| (method 1); NaN switches the rule off.
 */
struct pr_minute_query {
	int64_t point_id;
	int64_t from_ms, to_ms, step_ms; /* buckets start at from, from + step, … */
	uint64_t fields;                 /* PR_FIELD_BIT(…) of the wanted ones */
	const struct pr_bounds *bounds;  /* PR_MINUTE_FIELD_COUNT */
	double idle_phase_share;
	const struct pr_sensor_query *sensor; /* set where the rows are a sensor's */
};
PR_CHECK bool pr_source_minutes(struct pr_source *source, const struct pr_minute_query *queries, size_t count,
	struct pr_arena *arena, struct pr_minute_buckets *buckets, struct pr_error *error);

/*
 * Power quality of a point's samples in [from, to), held against its rules (method 5). Implausible cells are missing, as
 * above. Every value is exact, the 95 % values too: of all samples, by nearest rank.
 */
struct pr_quality_query {
	int64_t point_id;
	int64_t from_ms, to_ms;
	const struct pr_bounds *bounds; /* PR_MINUTE_FIELD_COUNT */
	double idle_phase_share;
	struct pr_quality_rules rules;
};
PR_CHECK bool pr_source_quality(struct pr_source *source, const struct pr_quality_query *queries, size_t count,
	struct pr_arena *arena, struct pr_quality *quality, struct pr_error *error);

/* pr_source_minutes for a sensor's values; the one field is fields[0], with the instant of its maximum and what is above limits. */
struct pr_sensor_query {
	int64_t sensor_id;
	int64_t from_ms, to_ms, step_ms;
	struct pr_bounds bounds;
	int64_t valid_from_ms; /* rows before it are left out, where it is after `from`; buckets start at `from` anyway */
	bool has_limits;
	double limits[PR_SENSOR_LIMITS]; /* warn, alarm; NaN = none; without has_limits neither is read */
};
PR_CHECK bool pr_source_sensors(struct pr_source *source, const struct pr_sensor_query *queries, size_t count,
	struct pr_arena *arena, struct pr_minute_buckets *buckets, struct pr_error *error);

/*
 * A project's events that start before `to` and have not ended before `from` (open ones included; so are those that
 * start in [from, to) but by a broken clock end earlier), by start, then id.
 * By the cut-off: events that start after it are left out; later ends, confirmations and closings are missing.
 */
PR_CHECK bool pr_source_events(struct pr_source *source, int64_t project_id, int64_t from_ms, int64_t to_ms,
	int64_t cutoff_ms, struct pr_arena *arena, struct pr_event **events, size_t *count, struct pr_error *error);

#endif
