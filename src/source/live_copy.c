/* Rows of the live store as they are stored, page by page, for a snapshot. */
#include <string.h>

#include "base/calendar.h"
#include "source/live.h"

/* Of one answer of rows: a row is some sixty bytes, and thirty a field. */
#define ANSWER_BYTES (1 << 20)
#define ROW_BYTES 60
#define CELL_BYTES 30
#define EVENT_LEVELS 1000 /* a level beyond reads as none (live_series.c) */

struct copying {
	const struct pr_copy_query *query;
	struct pr_live_column columns[PR_SCHEMA_COLUMNS_MAX];
	pr_copy_take *take;
	void *context;
};

static enum pr_elastic_type type_of(enum pr_column_kind kind)
{
	switch (kind) {
	case PR_COLUMN_ID:
	case PR_COLUMN_INTEGER:
		return PR_ELASTIC_ID;
	case PR_COLUMN_INSTANT:
		return PR_ELASTIC_TIME;
	case PR_COLUMN_DOUBLE:
	case PR_COLUMN_DECIMAL:
	case PR_COLUMN_RATING:
		return PR_ELASTIC_NUMBER;
	case PR_COLUMN_TEXT:
	case PR_COLUMN_ZONE:
	case PR_COLUMN_WORD:
	case PR_COLUMN_DATETIME:
	case PR_COLUMN_DATE:
	case PR_COLUMN_MONTH:
		break;
	}
	return PR_ELASTIC_KEYWORD;
}

static const struct pr_index_config *index_of(const struct pr_live *live, const struct pr_schema_table *table)
{
	const struct pr_elasticsearch_config *config = &live->config->elasticsearch;
	if (strcmp(table->name, "point_15min_electric") == 0)
		return &config->quarters;
	if (strcmp(table->name, "point_1min_index") == 0)
		return &config->minutes;
	return strcmp(table->name, "soe_event") == 0 ? &config->events : &config->sensors;
}

static const char *field_of(const struct copying *copying, const char *column)
{
	const struct pr_schema_table *table = copying->query->table;
	for (size_t i = 0; i < table->column_count; i++)
		if (strcmp(table->columns[i].name, column) == 0)
			return copying->columns[i].field;
	return NULL;
}

/* A field that a row lacks stays missing, but for what the embedded store cannot be without. */
static void fill(const struct copying *copying, const struct pr_schema_column *column, struct pr_store_value *value)
{
	if (value->type != PR_VALUE_MISSING || !column->required)
		return;
	if (strcmp(column->name, "project_id") == 0)
		*value = (struct pr_store_value){.type = PR_VALUE_WHOLE, .whole = copying->query->project_id};
	else if (column->kind == PR_COLUMN_TEXT)
		*value = (struct pr_store_value){.type = PR_VALUE_TEXT, .text = ""};
}

static bool read_cell(const struct copying *copying, size_t number, const struct pr_json *fields,
	struct pr_store_value *value, struct pr_error *error)
{
	const struct pr_schema_column *column = &copying->query->table->columns[number];
	const char *field = copying->columns[number].field;
	const struct pr_json *cell = NULL;
	*value = (struct pr_store_value){.type = PR_VALUE_MISSING};
	if (!pr_elastic_value(fields, field, &cell, error))
		return false;
	if (!cell) {
		fill(copying, column, value);
		return true;
	}
	switch (type_of(column->kind)) {
	case PR_ELASTIC_ID:
		value->type = PR_VALUE_WHOLE;
		return pr_elastic_read_id(fields, field, &value->whole, error);
	case PR_ELASTIC_TIME:
		value->type = PR_VALUE_WHOLE;
		return pr_elastic_read_time(fields, field, &value->whole, error);
	case PR_ELASTIC_NUMBER:
		value->type = PR_VALUE_DOUBLE;
		return pr_elastic_read_number(fields, field, &value->number, error);
	case PR_ELASTIC_KEYWORD:
		break;
	}
	value->type = PR_VALUE_TEXT;
	value->text = pr_json_text(cell);
	return value->text || pr_error_set(error, PR_CODE_STORE, "field '%s' of a row is no text", field);
}

static bool take_row(void *context, size_t window, const struct pr_json *fields, struct pr_error *error)
{
	const struct copying *copying = context;
	const struct pr_schema_table *table = copying->query->table;
	struct pr_store_value values[PR_SCHEMA_COLUMNS_MAX];
	(void)window;
	for (size_t i = 0; i < table->column_count; i++) {
		if (!read_cell(copying, i, fields, &values[i], error))
			return false;
		if (table->columns[i].kind == PR_COLUMN_INTEGER && (values[i].whole < 0 || values[i].whole >= EVENT_LEVELS))
			values[i].type = PR_VALUE_MISSING;
	}
	return copying->take(copying->context, values, error);
}

static bool look_up(
	struct pr_live *live, const struct pr_index_config *index, struct copying *copying, struct pr_error *error)
{
	const struct pr_schema_table *table = copying->query->table;
	for (size_t i = 0; i < table->column_count; i++) {
		enum pr_elastic_type type = type_of(table->columns[i].kind);
		copying->columns[i].is_time = type == PR_ELASTIC_TIME;
		if (!pr_elastic_field(
				live->elastic, index, table->columns[i].name, type, false, &copying->columns[i].field, error))
			return false;
	}
	return true;
}

static struct pr_live_window window_of(
	const struct pr_live *live, const struct copying *copying, struct pr_buffer *filter)
{
	const struct pr_copy_query *query = copying->query;
	struct pr_live_window window = {.from_ms = query->from_ms, .to_ms = query->to_ms};
	if (strcmp(query->table->name, "soe_event") == 0) {
		pr_live_add_term(filter, field_of(copying, "project_id"), query->id);
		pr_live_add_unended(
			filter, field_of(copying, "started_at"), field_of(copying, "ended_at"), query->from_ms, query->cutoff_ms);
		window.from_ms = PR_TIME_MISSING;
		if (query->cutoff_ms < window.to_ms)
			window.to_ms = query->cutoff_ms + 1;
	} else {
		pr_live_add_term(filter, copying->columns[0].field, query->id);
		pr_live_add_cutoff(filter, field_of(copying, "ingested_at"), query->cutoff_ms);
	}
	if (strcmp(query->table->name, "point_15min_electric") == 0 && live->config->quarter_stamp_end) {
		window.from_ms += PR_MS_QUARTER;
		window.to_ms += PR_MS_QUARTER;
	}
	window.filter = filter->text;
	return window;
}

bool pr_live_copy(struct pr_source *source, const struct pr_copy_query *query, pr_copy_take *take, void *context,
	struct pr_error *error)
{
	struct pr_live *live = (struct pr_live *)(void *)source;
	const struct pr_index_config *index = index_of(live, query->table);
	struct copying copying = {.query = query, .take = take, .context = context};
	struct pr_arena scratch;
	struct pr_buffer filter;
	if (!look_up(live, index, &copying, error))
		return false;
	pr_arena_init(&scratch);
	pr_buffer_init(&filter, &scratch);
	const struct pr_live_window window = window_of(live, &copying, &filter);
	const char *time = field_of(&copying, "time");
	const struct pr_live_rows fetch = {.index = index,
		.time_field = time ? time : field_of(&copying, "started_at"),
		.columns = copying.columns,
		.column_count = query->table->column_count,
		.windows = &window,
		.window_count = 1,
		.span_ms = ANSWER_BYTES / (ROW_BYTES + CELL_BYTES * (int)query->table->column_count) * PR_MS_MINUTE,
		.take = take_row,
		.context = &copying};
	bool is_done = pr_live_fetch(live, &fetch, error);
	pr_arena_release(&scratch);
	return is_done;
}
