/*
 * Power quality of the live store: rows of a point's month, page by page, through source/quality_rows.h. A 95 % value by
 * nearest rank needs each sample; what comes here is what the parameters look at and nothing else.
 */
#include <math.h>

#include "base/calendar.h"
#include "source/live.h"
#include "source/quality_rows.h"

/* Of one answer: a row is some sixty bytes, and thirty a field. */
#define ANSWER_BYTES (1 << 20)
#define ROW_BYTES 90
#define CELL_BYTES 30

struct reading {
	const char *time_field;
	const char *fields[PR_MINUTE_FIELD_COUNT]; /* NULL = the data set has none, or nothing needs it */
	struct pr_quality_builder *builder;
};

static bool look_up(struct pr_live *live, struct reading *reading, const char **id_field, struct pr_error *error)
{
	const struct pr_index_config *index = &live->config->elasticsearch.minutes;
	if (!pr_elastic_field(live->elastic, index, "point_id", PR_ELASTIC_ID, true, id_field, error) ||
		!pr_elastic_field(live->elastic, index, "time", PR_ELASTIC_TIME, true, &reading->time_field, error))
		return false;
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++)
		if ((pr_quality_columns & PR_FIELD_BIT(field)) &&
			!pr_elastic_field(live->elastic, index, pr_minute_field_names[field], PR_ELASTIC_NUMBER, false,
				&reading->fields[field], error))
			return false;
	return true;
}

static bool take_row(void *context, size_t window, const struct pr_json *fields, struct pr_error *error)
{
	const struct reading *reading = context;
	double cells[PR_MINUTE_FIELD_COUNT];
	int64_t time_ms = PR_TIME_MISSING;
	(void)window;
	if (!pr_elastic_read_time(fields, reading->time_field, &time_ms, error))
		return false;
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		cells[field] = NAN;
		if (reading->fields[field] && !pr_elastic_read_number(fields, reading->fields[field], &cells[field], error))
			return false;
	}
	pr_quality_add(reading->builder, time_ms, cells);
	return true;
}

static bool read_point(struct pr_live *live, struct reading *reading, const char *id_field, struct pr_error *error)
{
	const struct pr_quality_query *query = &reading->builder->query;
	struct pr_live_column columns[PR_MINUTE_FIELD_COUNT + 1] = {{reading->time_field, true}};
	struct pr_arena scratch;
	struct pr_buffer filter;
	int row_bytes = ROW_BYTES;
	pr_arena_init(&scratch);
	pr_buffer_init(&filter, &scratch);
	pr_buffer_add(&filter, "{\"term\":{");
	pr_elastic_add_text(&filter, id_field);
	pr_buffer_format(&filter, ":%lld}}", (long long)query->point_id);
	for (int field = 0; field < PR_MINUTE_FIELD_COUNT; field++) {
		columns[field + 1].field = reading->fields[field];
		row_bytes += reading->fields[field] ? CELL_BYTES : 0;
	}
	const struct pr_live_window window = {query->from_ms, query->to_ms, filter.text};
	const struct pr_live_rows fetch = {.index = &live->config->elasticsearch.minutes,
		.time_field = reading->time_field,
		.columns = columns,
		.column_count = PR_MINUTE_FIELD_COUNT + 1,
		.windows = &window,
		.window_count = 1,
		.span_ms = ANSWER_BYTES / row_bytes * PR_MS_MINUTE,
		.take = take_row,
		.context = reading};
	bool is_done = pr_live_fetch(live, &fetch, error);
	pr_arena_release(&scratch);
	return is_done;
}

bool pr_live_quality(struct pr_source *source, const struct pr_quality_query *queries, size_t count,
	struct pr_arena *arena, struct pr_quality *quality, struct pr_error *error)
{
	struct pr_live *live = (struct pr_live *)(void *)source;
	struct reading reading = {0};
	const char *id_field = NULL;
	bool is_done = count == 0 || look_up(live, &reading, &id_field, error);
	(void)arena;
	for (size_t i = 0; is_done && i < count; i++) {
		struct pr_quality_builder builder;
		pr_quality_start(&builder, &queries[i], &quality[i]);
		reading.builder = &builder;
		is_done = read_point(live, &reading, id_field, error);
		pr_quality_finish(&builder);
	}
	return is_done;
}
