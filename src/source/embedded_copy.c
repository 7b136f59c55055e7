/* Rows of the embedded store as they are stored, for a snapshot. */
#include <sqlite3.h>
#include <string.h>

#include "base/calendar.h"
#include "base/text.h"
#include "source/embedded.h"

/* ?1 id, ?2 from, ?3 to, ?4 cut-off; the conditions are those of embedded_series.c. */
static const struct {
	const char *table, *where;
} wheres[] = {
	{"point_15min_electric", "point_id = ?1 AND time >= ?2 AND time < ?3 AND (ingested_at IS NULL OR ingested_at <= ?4 "
							 "OR typeof(ingested_at) <> 'integer') ORDER BY time"},
	{"point_1min_index", "point_id = ?1 AND time >= ?2 AND time < ?3 ORDER BY time"},
	{"location_1min_aiao", "sensor_id = ?1 AND time >= ?2 AND time < ?3 ORDER BY time"},
	{"soe_event", "project_id = ?1 AND started_at < ?3 AND started_at <= ?4 AND (started_at >= ?2 OR ended_at IS NULL "
				  "OR ended_at >= ?2 OR ended_at > ?4) ORDER BY started_at, event_id"},
};

static const char *where_of(const struct pr_schema_table *table)
{
	for (size_t i = 0; i < sizeof wheres / sizeof *wheres; i++)
		if (strcmp(wheres[i].table, table->name) == 0)
			return wheres[i].where;
	return "0";
}

static bool prepare(const struct pr_embedded *store, const struct pr_copy_query *query, struct sqlite3_stmt **statement,
	struct pr_error *error)
{
	struct pr_arena arena;
	struct pr_buffer sql;
	pr_arena_init(&arena);
	pr_buffer_init(&sql, &arena);
	for (size_t i = 0; i < query->table->column_count; i++)
		pr_buffer_format(&sql, "%s%s", i == 0 ? "SELECT " : ", ", query->table->columns[i].name);
	pr_buffer_format(&sql, " FROM %s WHERE %s", query->table->name, where_of(query->table));
	bool done = pr_embedded_prepare(store, sql.text, statement, error);
	pr_arena_release(&arena);
	return done;
}

static bool bind(const struct pr_embedded *store, const struct pr_copy_query *query, struct sqlite3_stmt *statement,
	struct pr_error *error)
{
	bool is_quarter = strcmp(query->table->name, "point_15min_electric") == 0;
	int64_t shift_ms = is_quarter && store->quarter_stamp_end ? PR_MS_QUARTER : 0;
	const int64_t values[] = {query->id, query->from_ms + shift_ms, query->to_ms + shift_ms, query->cutoff_ms};
	int count = sqlite3_bind_parameter_count(statement);
	for (int i = 0; i < count; i++)
		if (sqlite3_bind_int64(statement, i + 1, values[i]) != SQLITE_OK)
			return pr_embedded_refuse(store, PR_CODE_STORE, "cannot query store", error);
	return true;
}

static struct pr_store_value value_of(struct sqlite3_stmt *statement, int column)
{
	switch (sqlite3_column_type(statement, column)) {
	case SQLITE_INTEGER:
		return (struct pr_store_value){.type = PR_VALUE_WHOLE, .whole = sqlite3_column_int64(statement, column)};
	case SQLITE_FLOAT:
		return (struct pr_store_value){.type = PR_VALUE_DOUBLE, .number = sqlite3_column_double(statement, column)};
	case SQLITE_NULL:
		return (struct pr_store_value){.type = PR_VALUE_MISSING};
	default:
		return (struct pr_store_value){
			.type = PR_VALUE_TEXT, .text = (const char *)sqlite3_column_text(statement, column)};
	}
}

bool pr_embedded_copy(struct pr_source *source, const struct pr_copy_query *query, pr_copy_take *take, void *context,
	struct pr_error *error)
{
	const struct pr_embedded *store = (const struct pr_embedded *)(const void *)source;
	struct sqlite3_stmt *statement = NULL;
	struct pr_store_value values[PR_SCHEMA_COLUMNS_MAX];
	bool row = true;
	bool done = prepare(store, query, &statement, error) && bind(store, query, statement, error);
	while (done && row) {
		done = pr_embedded_step(store, statement, &row, error);
		for (int i = 0; done && row && i < (int)query->table->column_count; i++)
			values[i] = value_of(statement, i);
		done = done && (!row || take(context, values, error));
	}
	sqlite3_finalize(statement);
	return done;
}
