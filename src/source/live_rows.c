/* Rows of the live store: one search a point and time window, halved where it holds more than a page. */
#include <stdlib.h>

#include "base/calendar.h"
#include "source/live.h"

/* A piece of a window that is still to be asked for. */
struct piece {
	size_t window;
	int64_t from_ms, to_ms;
};

struct fetch {
	const struct pr_live_rows *rows;
	struct pr_arena arena;
	struct piece *pending; /* the last one comes next */
	size_t pending_count, pending_capacity;
	struct piece now[64];
	size_t now_count;
	size_t full; /* the first piece of `now` that holds more than a page, or now_count */
	int64_t full_first_ms;
};

static void push(struct fetch *fetch, struct piece piece)
{
	*PR_PUSH(&fetch->arena, fetch->pending, fetch->pending_count, fetch->pending_capacity) = piece;
}

/* In pieces of the span, the earliest last. */
static void push_window(struct fetch *fetch, size_t window)
{
	const struct pr_live_window *whole = &fetch->rows->windows[window];
	int64_t span_ms = fetch->rows->span_ms, to_ms = whole->to_ms;
	if (span_ms > 0 && whole->from_ms != PR_TIME_MISSING && to_ms != PR_TIME_MISSING)
		for (; to_ms - whole->from_ms > span_ms; to_ms -= span_ms)
			push(fetch, (struct piece){window, to_ms - span_ms, to_ms});
	if (whole->from_ms == PR_TIME_MISSING || to_ms == PR_TIME_MISSING || to_ms > whole->from_ms)
		push(fetch, (struct piece){window, whole->from_ms, to_ms});
}

static const char *write_search(struct fetch *fetch, const struct piece *piece, struct pr_arena *arena)
{
	const struct pr_live_rows *rows = fetch->rows;
	struct pr_buffer body;
	pr_buffer_init(&body, arena);
	pr_buffer_format(&body,
		"{\"size\":%d,\"track_total_hits\":true,\"_source\":false,\"stored_fields\":\"_none_\",\"sort\":[{",
		PR_ELASTIC_SIZE);
	pr_elastic_add_text(&body, rows->time_field);
	pr_buffer_add(&body, ":\"asc\"}],\"query\":{\"bool\":{\"filter\":[");
	pr_elastic_add_time_range(&body, rows->time_field, piece->from_ms, piece->to_ms);
	pr_buffer_format(&body, ",%s]}},\"aggs\":{\"first\":{\"min\":{\"field\":", rows->windows[piece->window].filter);
	pr_elastic_add_text(&body, rows->time_field);
	pr_buffer_add(&body, "}}},\"docvalue_fields\":[");
	const char *separator = "";
	for (size_t i = 0; i < rows->column_count; i++) {
		if (!rows->columns[i].field)
			continue;
		pr_buffer_format(&body, "%s{\"field\":", separator);
		pr_elastic_add_text(&body, rows->columns[i].field);
		pr_buffer_add(&body, rows->columns[i].is_time ? ",\"format\":\"epoch_millis\"}" : "}");
		separator = ",";
	}
	pr_buffer_add(&body, "]}");
	return body.text;
}

static bool take_page(void *context, size_t search, const struct pr_json *response, struct pr_error *error)
{
	struct fetch *fetch = context;
	int64_t total = 0;
	if (search >= fetch->full)
		return true; /* behind a full page, so that rows keep the order of time: asked for again */
	if (!pr_elastic_total(response, &total, error))
		return false;
	if (total > PR_ELASTIC_SIZE) {
		fetch->full = search;
		if (pr_elastic_parse_ms(pr_json_path(response, "aggregations", "first", "value", NULL), &fetch->full_first_ms))
			return true;
		return pr_error_set(error, PR_CODE_STORE, "an answer without the time of its first row");
	}
	const struct pr_json *hits = pr_json_path(response, "hits", "hits", NULL);
	if (pr_json_count(hits) != (size_t)total)
		return pr_error_set(
			error, PR_CODE_STORE, "a page of %zu rows; expected %lld", pr_json_count(hits), (long long)total);
	for (size_t i = 0; i < pr_json_count(hits); i++)
		if (!fetch->rows->take(
				fetch->rows->context, fetch->now[search].window, pr_json_get(pr_json_at(hits, i), "fields"), error))
			return false;
	return true;
}

/* What stands behind the full piece goes back, and the piece itself in two halves. */
static bool split(struct fetch *fetch, struct pr_error *error)
{
	if (fetch->full == fetch->now_count)
		return true;
	for (size_t i = fetch->now_count; i > fetch->full + 1; i--)
		push(fetch, fetch->now[i - 1]);
	struct piece piece = fetch->now[fetch->full];
	if (piece.from_ms == PR_TIME_MISSING || piece.from_ms < fetch->full_first_ms)
		piece.from_ms = fetch->full_first_ms;
	if (piece.to_ms - piece.from_ms < 2)
		return pr_error_set(error, PR_CODE_STORE, "index '%s' holds more than %d rows at one instant",
			fetch->rows->index->index, PR_ELASTIC_SIZE);
	int64_t middle_ms = piece.from_ms + (piece.to_ms - piece.from_ms) / 2;
	push(fetch, (struct piece){piece.window, middle_ms, piece.to_ms});
	push(fetch, (struct piece){piece.window, piece.from_ms, middle_ms});
	return true;
}

static bool ask(struct pr_live *live, struct fetch *fetch, struct pr_error *error)
{
	struct pr_search searches[64];
	struct pr_arena arena;
	size_t batch = (size_t)live->config->elasticsearch.batch;
	pr_arena_init(&arena);
	fetch->now_count = 0;
	while (fetch->pending_count > 0 && fetch->now_count < batch) {
		struct piece piece = fetch->pending[--fetch->pending_count];
		fetch->now[fetch->now_count] = piece;
		searches[fetch->now_count++] = (struct pr_search){fetch->rows->index, write_search(fetch, &piece, &arena)};
	}
	fetch->full = fetch->now_count;
	bool is_done =
		pr_elastic_search(live->elastic, searches, fetch->now_count, take_page, fetch, error) && split(fetch, error);
	pr_arena_release(&arena);
	return is_done;
}

bool pr_live_fetch(struct pr_live *live, const struct pr_live_rows *rows, struct pr_error *error)
{
	struct fetch fetch = {.rows = rows};
	pr_arena_init(&fetch.arena);
	for (size_t i = rows->window_count; i > 0; i--)
		push_window(&fetch, i - 1);
	bool is_done = true;
	while (is_done && fetch.pending_count > 0)
		is_done = ask(live, &fetch, error);
	pr_arena_release(&fetch.arena);
	return is_done;
}
