#include "source/backend.h"

bool pr_source_open(struct pr_source **source, const struct pr_config *config, struct pr_error *error)
{
	*source = NULL;
	if (config->store.kind == PR_STORE_LIVE)
		return pr_live_open(source, config, error);
	return pr_embedded_open(source, config, error);
}

void pr_source_free(struct pr_source *source)
{
	if (source)
		source->ops->free(source);
}

const char *pr_source_describe(const struct pr_source *source)
{
	return source->ops->describe(source);
}

bool pr_source_tenants(
	struct pr_source *source, struct pr_arena *arena, struct pr_tenant **tenants, size_t *count, struct pr_error *error)
{
	return source->ops->tenants(source, arena, tenants, count, error);
}

bool pr_source_directory(struct pr_source *source, int64_t tenant_id, struct pr_arena *arena,
	struct pr_directory *directory, struct pr_error *error)
{
	return source->ops->directory(source, tenant_id, arena, directory, error);
}

bool pr_source_projects(
	struct pr_source *source, struct pr_arena *arena, struct pr_project_list *list, struct pr_error *error)
{
	return source->ops->projects(source, arena, list, error);
}

bool pr_source_project(struct pr_source *source, int64_t tenant_id, int64_t project_id, struct pr_arena *arena,
	struct pr_directory *directory, struct pr_error *error)
{
	return source->ops->project(source, tenant_id, project_id, arena, directory, error);
}

bool pr_source_quarters(struct pr_source *source, const struct pr_quarter_query *queries, size_t count,
	int64_t cutoff_ms, struct pr_arena *arena, struct pr_quarter_rows *rows, struct pr_error *error)
{
	return source->ops->quarters(source, queries, count, cutoff_ms, arena, rows, error);
}

bool pr_source_quarters_exist(struct pr_source *source, const int64_t *point_ids, size_t count, int64_t cutoff_ms,
	bool *exists, int64_t *first_ms, struct pr_error *error)
{
	return source->ops->quarters_exist(source, point_ids, count, cutoff_ms, exists, first_ms, error);
}

bool pr_source_has_ingest_times(struct pr_source *source, bool *has, struct pr_error *error)
{
	return source->ops->has_ingest_times(source, has, error);
}

bool pr_source_minutes(struct pr_source *source, const struct pr_minute_query *queries, size_t count,
	struct pr_arena *arena, struct pr_minute_buckets *buckets, struct pr_error *error)
{
	return source->ops->minutes(source, queries, count, arena, buckets, error);
}

bool pr_source_quality(struct pr_source *source, const struct pr_quality_query *queries, size_t count,
	struct pr_arena *arena, struct pr_quality *quality, struct pr_error *error)
{
	return source->ops->quality(source, queries, count, arena, quality, error);
}

bool pr_source_sensors(struct pr_source *source, const struct pr_sensor_query *queries, size_t count,
	struct pr_arena *arena, struct pr_minute_buckets *buckets, struct pr_error *error)
{
	return source->ops->sensors(source, queries, count, arena, buckets, error);
}

bool pr_source_events(struct pr_source *source, int64_t project_id, int64_t from_ms, int64_t to_ms, int64_t cutoff_ms,
	struct pr_arena *arena, struct pr_event **events, size_t *count, struct pr_error *error)
{
	return source->ops->events(source, project_id, from_ms, to_ms, cutoff_ms, arena, events, count, error);
}
