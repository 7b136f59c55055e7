/* Quarters and events of the live store: rows, since money and lists need every one of them. */
#include <math.h>

#include "base/calendar.h"
#include "source/buckets.h"
#include "source/live.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
/* Some three thousand quarters: a megabyte an answer. */
#define QUARTER_SPAN_MS (32 * PR_MS_DAY)
#define EXIST_POINTS 256

static struct pr_live *live_of(struct pr_source *source)
{
	return (struct pr_live *)(void *)source;
}

static const struct pr_index_config *quarters_of(const struct pr_live *live)
{
	return &live->config->elasticsearch.quarters;
}

/* What is added to a stored time to have the quarter's start. */
static int64_t quarter_shift_ms(const struct pr_live *live)
{
	return live->config->quarter_stamp_end ? -PR_MS_QUARTER : 0;
}

/* A field to be looked up: where its name goes, and what it is. */
struct lookup {
	const char *contract;
	enum pr_elastic_type type;
	bool is_needed;
};

static bool look_up(struct pr_live *live, const struct pr_index_config *index, const struct lookup *lookups,
	size_t count, struct pr_live_column *columns, struct pr_error *error)
{
	for (size_t i = 0; i < count; i++) {
		columns[i].is_time = lookups[i].type == PR_ELASTIC_TIME;
		if (!pr_elastic_field(live->elastic, index, lookups[i].contract, lookups[i].type, lookups[i].is_needed,
				&columns[i].field, error))
			return false;
	}
	return true;
}

void pr_live_add_term(struct pr_buffer *buffer, const char *field, int64_t id)
{
	pr_buffer_add(buffer, "{\"term\":{");
	pr_elastic_add_text(buffer, field);
	pr_buffer_format(buffer, ":%lld}}", (long long)id);
}

/* {"bool":{"must_not":[{"exists":{"field":"…"}}]}} */
static void add_missing(struct pr_buffer *buffer, const char *field)
{
	pr_buffer_add(buffer, "{\"bool\":{\"must_not\":[{\"exists\":{\"field\":");
	pr_elastic_add_text(buffer, field);
	pr_buffer_add(buffer, "}}]}}");
}

static void add_time_side(struct pr_buffer *buffer, const char *field, const char *side, int64_t time_ms)
{
	pr_buffer_add(buffer, "{\"range\":{");
	pr_elastic_add_text(buffer, field);
	pr_buffer_format(buffer, ":{\"%s\":%lld,\"format\":\"epoch_millis\"}}}", side, (long long)time_ms);
}

void pr_live_add_cutoff(struct pr_buffer *buffer, const char *ingested_at, int64_t cutoff_ms)
{
	if (!ingested_at)
		return;
	pr_buffer_add(buffer, ",{\"bool\":{\"minimum_should_match\":1,\"should\":[");
	add_missing(buffer, ingested_at);
	pr_buffer_add(buffer, ",");
	add_time_side(buffer, ingested_at, "lte", cutoff_ms);
	pr_buffer_add(buffer, "]}}");
}

/* --- quarters --- */

enum quarter_column {
	Q_TIME,
	Q_INGESTED_AT,
	Q_KWH,
	Q_LAG,
	Q_LEAD,
	Q_CHARGE,
	Q_MDP_MAX,
	Q_KWH_A,
	Q_KWH_B,
	Q_KWH_C,
	Q_SLOT,
	Q_POINT,
	Q_COUNT
};
static const struct lookup quarter_lookups[Q_COUNT] = {
	[Q_TIME] = {"time", PR_ELASTIC_TIME, true},
	[Q_INGESTED_AT] = {"ingested_at", PR_ELASTIC_TIME, false},
	[Q_KWH] = {"kwh", PR_ELASTIC_NUMBER, true},
	[Q_LAG] = {"kvarh_lag", PR_ELASTIC_NUMBER, false},
	[Q_LEAD] = {"kvarh_lead", PR_ELASTIC_NUMBER, false},
	[Q_CHARGE] = {"charge", PR_ELASTIC_NUMBER, false},
	[Q_MDP_MAX] = {"mdp_max", PR_ELASTIC_NUMBER, false},
	[Q_KWH_A] = {"kwh_a", PR_ELASTIC_NUMBER, false},
	[Q_KWH_B] = {"kwh_b", PR_ELASTIC_NUMBER, false},
	[Q_KWH_C] = {"kwh_c", PR_ELASTIC_NUMBER, false},
	[Q_SLOT] = {"slot", PR_ELASTIC_KEYWORD, false},
	[Q_POINT] = {"point_id", PR_ELASTIC_ID, true},
};

struct quarter_reading {
	struct pr_live_column columns[Q_COUNT];
	struct pr_quarter_rows *rows;
	size_t *capacities;
	struct pr_arena *arena;
	int64_t shift_ms;
};

static bool take_quarter(void *context, size_t window, const struct pr_json *fields, struct pr_error *error)
{
	struct quarter_reading *reading = context;
	const struct pr_live_column *columns = reading->columns;
	struct pr_quarter_rows *rows = &reading->rows[window];
	struct pr_quarter_row row = {0};
	double *const numbers[] = {&row.kwh, &row.kvarh_lag, &row.kvarh_lead, &row.charge, &row.mdp_max, &row.phase_kwh[0],
		&row.phase_kwh[1], &row.phase_kwh[2]};
	const struct pr_json *slot = NULL;
	if (!pr_elastic_read_time(fields, columns[Q_TIME].field, &row.time_ms, error) ||
		!pr_elastic_read_time(fields, columns[Q_INGESTED_AT].field, &row.ingested_at_ms, error) ||
		!pr_elastic_value(fields, columns[Q_SLOT].field, &slot, error))
		return false;
	for (size_t i = 0; i < COUNT(numbers); i++)
		if (!pr_elastic_read_number(fields, columns[Q_KWH + (int)i].field, numbers[i], error))
			return false;
	if (row.time_ms == PR_TIME_MISSING)
		return pr_error_set(error, PR_CODE_STORE, "a row without field '%s'", columns[Q_TIME].field);
	row.time_ms += reading->shift_ms;
	row.slot = pr_quarter_slot(pr_json_text(slot));
	*PR_PUSH(reading->arena, rows->rows, rows->count, reading->capacities[window]) = row;
	return true;
}

bool pr_live_quarters(struct pr_source *source, const struct pr_quarter_query *queries, size_t count, int64_t cutoff_ms,
	struct pr_arena *arena, struct pr_quarter_rows *rows, struct pr_error *error)
{
	struct pr_live *live = live_of(source);
	const struct pr_index_config *index = quarters_of(live);
	struct quarter_reading reading = {.rows = rows, .arena = arena, .shift_ms = quarter_shift_ms(live)};
	if (!look_up(live, index, quarter_lookups, Q_COUNT, reading.columns, error))
		return false;
	struct pr_arena scratch;
	pr_arena_init(&scratch);
	struct pr_live_window *windows = pr_arena_array(&scratch, count, sizeof *windows);
	reading.capacities = pr_arena_array(&scratch, count, sizeof *reading.capacities);
	for (size_t i = 0; i < count; i++) {
		struct pr_buffer filter;
		pr_buffer_init(&filter, &scratch);
		pr_live_add_term(&filter, reading.columns[Q_POINT].field, queries[i].point_id);
		pr_live_add_cutoff(&filter, reading.columns[Q_INGESTED_AT].field, cutoff_ms);
		windows[i] = (struct pr_live_window){
			queries[i].from_ms - reading.shift_ms, queries[i].to_ms - reading.shift_ms, filter.text};
		rows[i] = (struct pr_quarter_rows){
			.point_id = queries[i].point_id, .from_ms = queries[i].from_ms, .to_ms = queries[i].to_ms};
	}
	const struct pr_live_rows fetch = {.index = index,
		.time_field = reading.columns[Q_TIME].field,
		.columns = reading.columns,
		.column_count = Q_POINT,
		.windows = windows,
		.window_count = count,
		.span_ms = QUARTER_SPAN_MS,
		.take = take_quarter,
		.context = &reading};
	bool is_done = pr_live_fetch(live, &fetch, error);
	for (size_t i = 0; is_done && i < count; i++)
		pr_quarter_rows_sort(rows[i].rows, rows[i].count);
	pr_arena_release(&scratch);
	return is_done;
}

struct existence {
	const int64_t *point_ids;
	size_t count;
	bool *exists;
	int64_t *first_ms;
	int64_t shift_ms;
};

static bool take_existence(void *context, size_t search, const struct pr_json *response, struct pr_error *error)
{
	struct existence *existence = context;
	const struct pr_json *buckets = pr_json_path(response, "aggregations", "points", "buckets", NULL);
	size_t first = search * EXIST_POINTS;
	for (size_t i = first; i < existence->count && i < first + EXIST_POINTS; i++) {
		char name[32];
		int64_t rows = 0;
		snprintf(name, sizeof name, "%lld", (long long)existence->point_ids[i]);
		const struct pr_json *bucket = pr_json_get(buckets, name);
		if (!pr_json_int64(pr_json_get(bucket, "doc_count"), &rows))
			return pr_error_set(error, PR_CODE_STORE, "an answer without a count for point %s", name);
		existence->exists[i] = rows > 0;
		existence->first_ms[i] = PR_TIME_MISSING;
		if (rows == 0)
			continue;
		if (!pr_elastic_parse_ms(pr_json_path(bucket, "first", "value", NULL), &existence->first_ms[i]))
			return pr_error_set(error, PR_CODE_STORE, "an answer without the first time of point %s", name);
		existence->first_ms[i] += existence->shift_ms;
	}
	return true;
}

bool pr_live_quarters_exist(struct pr_source *source, const int64_t *point_ids, size_t count, int64_t cutoff_ms,
	bool *exists, int64_t *first_ms, struct pr_error *error)
{
	struct pr_live *live = live_of(source);
	struct pr_live_column columns[Q_COUNT];
	if (!look_up(live, quarters_of(live), quarter_lookups, Q_COUNT, columns, error))
		return false;
	struct existence existence = {point_ids, count, exists, first_ms, quarter_shift_ms(live)};
	struct pr_arena scratch;
	pr_arena_init(&scratch);
	size_t search_count = (count + EXIST_POINTS - 1) / EXIST_POINTS;
	struct pr_search *searches = pr_arena_array(&scratch, search_count, sizeof *searches);
	for (size_t at = 0; at < search_count; at++) {
		struct pr_buffer body;
		pr_buffer_init(&body, &scratch);
		pr_buffer_add(&body, "{\"size\":0,\"track_total_hits\":true,\"query\":{\"bool\":{\"filter\":[{\"terms\":{");
		pr_elastic_add_text(&body, columns[Q_POINT].field);
		pr_buffer_add(&body, ":[");
		size_t end = (at + 1) * EXIST_POINTS < count ? (at + 1) * EXIST_POINTS : count;
		for (size_t i = at * EXIST_POINTS; i < end; i++)
			pr_buffer_format(&body, "%s%lld", i == at * EXIST_POINTS ? "" : ",", (long long)point_ids[i]);
		pr_buffer_add(&body, "]}}");
		pr_live_add_cutoff(&body, columns[Q_INGESTED_AT].field, cutoff_ms);
		pr_buffer_add(&body, "]}},\"aggs\":{\"points\":{\"filters\":{\"filters\":{");
		for (size_t i = at * EXIST_POINTS; i < end; i++) {
			pr_buffer_format(&body, "%s\"%lld\":", i == at * EXIST_POINTS ? "" : ",", (long long)point_ids[i]);
			pr_live_add_term(&body, columns[Q_POINT].field, point_ids[i]);
		}
		pr_buffer_add(&body, "}},\"aggs\":{\"first\":{\"min\":{\"field\":");
		pr_elastic_add_text(&body, columns[Q_TIME].field);
		pr_buffer_add(&body, "}}}}}}");
		searches[at] = (struct pr_search){quarters_of(live), body.text};
	}
	bool is_done = pr_elastic_search(live->elastic, searches, search_count, take_existence, &existence, error);
	pr_arena_release(&scratch);
	return is_done;
}

static bool take_total(void *context, size_t search, const struct pr_json *response, struct pr_error *error)
{
	int64_t *total = context;
	(void)search;
	return pr_elastic_total(response, total, error);
}

bool pr_live_has_ingest_times(struct pr_source *source, bool *has, struct pr_error *error)
{
	struct pr_live *live = live_of(source);
	const char *field = NULL;
	*has = false;
	if (!pr_elastic_field(live->elastic, quarters_of(live), "ingested_at", PR_ELASTIC_TIME, false, &field, error))
		return false;
	if (!field)
		return true;
	struct pr_arena scratch;
	struct pr_buffer body;
	int64_t total = 0;
	pr_arena_init(&scratch);
	pr_buffer_init(&body, &scratch);
	pr_buffer_add(&body, "{\"size\":0,\"track_total_hits\":true,\"query\":{\"exists\":{\"field\":");
	pr_elastic_add_text(&body, field);
	pr_buffer_add(&body, "}}}");
	const struct pr_search search = {quarters_of(live), body.text};
	bool is_done = pr_elastic_search(live->elastic, &search, 1, take_total, &total, error);
	pr_arena_release(&scratch);
	*has = total > 0;
	return is_done;
}

/* --- events --- */

enum event_column {
	E_STARTED,
	E_ENDED,
	E_CONFIRMED,
	E_CLOSED,
	E_PROJECT,
	E_POINT,
	E_SENSOR,
	E_LEVEL,
	E_VALUE,
	E_LIMIT,
	E_ID,
	E_CODE,
	E_PHASE,
	E_POINT_NAME,
	E_MESSAGE,
	E_COUNT
};
static const struct lookup event_lookups[E_COUNT] = {
	[E_STARTED] = {"started_at", PR_ELASTIC_TIME, true},
	[E_ENDED] = {"ended_at", PR_ELASTIC_TIME, false},
	[E_CONFIRMED] = {"confirmed_at", PR_ELASTIC_TIME, false},
	[E_CLOSED] = {"closed_at", PR_ELASTIC_TIME, false},
	[E_PROJECT] = {"project_id", PR_ELASTIC_ID, true},
	[E_POINT] = {"point_id", PR_ELASTIC_ID, false},
	[E_SENSOR] = {"sensor_id", PR_ELASTIC_ID, false},
	[E_LEVEL] = {"level", PR_ELASTIC_ID, false},
	[E_VALUE] = {"value", PR_ELASTIC_NUMBER, false},
	[E_LIMIT] = {"limit_value", PR_ELASTIC_NUMBER, false},
	[E_ID] = {"event_id", PR_ELASTIC_KEYWORD, true},
	[E_CODE] = {"code", PR_ELASTIC_KEYWORD, true},
	[E_PHASE] = {"phase", PR_ELASTIC_KEYWORD, false},
	[E_POINT_NAME] = {"point_name", PR_ELASTIC_KEYWORD, false},
	[E_MESSAGE] = {"message", PR_ELASTIC_KEYWORD, false},
};

struct event_reading {
	struct pr_live_column columns[E_COUNT];
	struct pr_event *events;
	size_t count, capacity;
	struct pr_arena *arena;
	int64_t cutoff_ms;
};

static bool take_event(void *context, size_t window, const struct pr_json *fields, struct pr_error *error)
{
	struct event_reading *reading = context;
	const struct pr_live_column *columns = reading->columns;
	struct pr_event event = {0};
	int64_t level = 0;
	(void)window;
	int64_t *const times[] = {&event.started_at_ms, &event.ended_at_ms, &event.confirmed_at_ms, &event.closed_at_ms};
	int64_t *const ids[] = {&event.project_id, &event.point_id, &event.sensor_id, &level};
	const char **const texts[] = {&event.event_id, &event.code, &event.phase, &event.point_name, &event.message};
	for (size_t i = 0; i < COUNT(times); i++)
		if (!pr_elastic_read_time(fields, columns[E_STARTED + (int)i].field, times[i], error))
			return false;
	for (size_t i = 0; i < COUNT(ids); i++)
		if (!pr_elastic_read_id(fields, columns[E_PROJECT + (int)i].field, ids[i], error))
			return false;
	for (size_t i = 0; i < COUNT(texts); i++)
		if (!pr_elastic_read_text(fields, columns[E_ID + (int)i].field, reading->arena, texts[i], error))
			return false;
	if (!pr_elastic_read_number(fields, columns[E_VALUE].field, &event.value, error) ||
		!pr_elastic_read_number(fields, columns[E_LIMIT].field, &event.limit_value, error))
		return false;
	if (!event.event_id)
		return pr_error_set(error, PR_CODE_STORE, "an event without field '%s'", columns[E_ID].field);
	event.level = level >= 0 && level < 1000 ? (int)level : 0;
	pr_event_settle(&event, reading->cutoff_ms, reading->arena);
	*PR_PUSH(reading->arena, reading->events, reading->count, reading->capacity) = event;
	return true;
}

void pr_live_add_unended(
	struct pr_buffer *buffer, const char *started_at, const char *ended_at, int64_t from_ms, int64_t cutoff_ms)
{
	if (!ended_at)
		return;
	pr_buffer_add(buffer, ",{\"bool\":{\"minimum_should_match\":1,\"should\":[");
	add_missing(buffer, ended_at);
	/* One that ends before it begins still belongs to the window in which it begins. */
	pr_buffer_add(buffer, ",");
	add_time_side(buffer, started_at, "gte", from_ms);
	pr_buffer_add(buffer, ",");
	add_time_side(buffer, ended_at, "gte", from_ms);
	pr_buffer_add(buffer, ",");
	add_time_side(buffer, ended_at, "gt", cutoff_ms);
	pr_buffer_add(buffer, "]}}");
}

bool pr_live_events(struct pr_source *source, int64_t project_id, int64_t from_ms, int64_t to_ms, int64_t cutoff_ms,
	struct pr_arena *arena, struct pr_event **events, size_t *count, struct pr_error *error)
{
	struct pr_live *live = live_of(source);
	const struct pr_index_config *index = &live->config->elasticsearch.events;
	struct event_reading reading = {.arena = arena, .cutoff_ms = cutoff_ms};
	if (!look_up(live, index, event_lookups, E_COUNT, reading.columns, error))
		return false;
	struct pr_arena scratch;
	struct pr_buffer filter;
	pr_arena_init(&scratch);
	pr_buffer_init(&filter, &scratch);
	pr_live_add_term(&filter, reading.columns[E_PROJECT].field, project_id);
	pr_live_add_unended(&filter, reading.columns[E_STARTED].field, reading.columns[E_ENDED].field, from_ms, cutoff_ms);
	const struct pr_live_window window = {.from_ms = PR_TIME_MISSING,
		.to_ms = cutoff_ms < to_ms ? cutoff_ms + 1 : to_ms, /* what starts at the cut-off still counts */
		.filter = filter.text};
	const struct pr_live_rows fetch = {.index = index,
		.time_field = reading.columns[E_STARTED].field,
		.columns = reading.columns,
		.column_count = E_COUNT,
		.windows = &window,
		.window_count = 1,
		.take = take_event,
		.context = &reading};
	bool is_done = pr_live_fetch(live, &fetch, error);
	pr_arena_release(&scratch);
	pr_events_sort(reading.events, reading.count);
	*events = reading.events;
	*count = reading.count;
	return is_done;
}
