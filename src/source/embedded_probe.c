/* The embedded store: tables and columns, whether the file is whole, how old its rows are. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "source/embedded.h"
#include "source/probe.h"

#define NAME "store"

/* One cell; false where the query fails. *is_null: there is none. */
static bool ask_whole(const struct pr_embedded *store, const char *sql, const int64_t *values, int count, int64_t *out,
	bool *is_null, struct pr_error *error)
{
	struct sqlite3_stmt *statement = NULL;
	bool row = false;
	bool done = pr_embedded_prepare(store, sql, &statement, error);
	for (int i = 0; done && i < count; i++)
		done = sqlite3_bind_int64(statement, i + 1, values[i]) == SQLITE_OK;
	done = done && pr_embedded_step(store, statement, &row, error);
	*is_null = !row || sqlite3_column_type(statement, 0) == SQLITE_NULL;
	*out = *is_null ? 0 : sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return done;
}

static void look_at_pages(const struct pr_embedded *store, const struct pr_probe *probe)
{
	struct sqlite3_stmt *statement = NULL;
	struct pr_error error = {0};
	bool row = false;
	bool done = pr_embedded_prepare(store, "PRAGMA quick_check(1)", &statement, &error) &&
	            pr_embedded_step(store, statement, &row, &error);
	const char *text = row ? (const char *)sqlite3_column_text(statement, 0) : NULL;
	if (done && text && strcmp(text, "ok") == 0)
		pr_probe_tell(probe, PR_PROBE_OK, NAME ": file", NULL, "%s is whole", store->path);
	else
		pr_probe_tell(probe, PR_PROBE_FAIL, NAME ": file", "make it again (powerreport import, powerreport snapshot)",
			"%s is damaged: %.300s", store->path, done && text ? text : error.text);
	sqlite3_finalize(statement);
}

/* By the directory's ids, since the tables are sorted by them. */
static void look_at_rows(const struct pr_embedded *store, const struct pr_probe *probe)
{
	static const struct {
		const char *what, *latest, *rows;
		bool is_steady;
	} sets[] = {
		{NAME ": quarters",
			"SELECT max((SELECT max(time) FROM point_15min_electric q WHERE q.point_id = p.point_id)) FROM point p",
			"SELECT sum((SELECT count(*) FROM point_15min_electric q WHERE q.point_id = p.point_id AND time >= ?1 AND "
			"time < ?2)) FROM point p",
			true},
		{NAME ": minutes",
			"SELECT max((SELECT max(time) FROM point_1min_index q WHERE q.point_id = p.point_id)) FROM point p",
			"SELECT sum((SELECT count(*) FROM point_1min_index q WHERE q.point_id = p.point_id AND time >= ?1 AND time "
			"< ?2)) FROM point p",
			true},
		{NAME ": sensors",
			"SELECT max((SELECT max(time) FROM location_1min_aiao q WHERE q.sensor_id = p.sensor_id)) FROM sensor p",
			"SELECT sum((SELECT count(*) FROM location_1min_aiao q WHERE q.sensor_id = p.sensor_id AND time >= ?1 AND "
			"time < ?2)) FROM sensor p",
			true},
		{NAME ": events", "SELECT max(started_at) FROM soe_event",
			"SELECT count(*) FROM soe_event WHERE started_at >= ?1 AND started_at < ?2", false},
	};
	struct pr_local_time local = pr_zone_local(NULL, probe->now_ms);
	struct pr_month month = pr_month_add((struct pr_month){local.date.year, local.date.month}, -1);
	int64_t window[2];
	char name[16], time[40];
	pr_zone_month(NULL, month, &window[0], &window[1]);
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		int64_t latest_ms = 0, rows = 0;
		bool is_empty = true, is_null = true;
		struct pr_error error = {0};
		if (!ask_whole(store, sets[i].latest, NULL, 0, &latest_ms, &is_empty, &error) ||
			!ask_whole(store, sets[i].rows, window, 2, &rows, &is_null, &error)) {
			pr_probe_fail(probe, sets[i].what, NULL, &error);
			continue;
		}
		bool is_bare = sets[i].is_steady && rows == 0 && !is_null;
		pr_probe_tell(probe, is_bare ? PR_PROBE_WARN : PR_PROBE_OK, sets[i].what,
			is_bare ? "say with --now when the run is: what a store holds ends some day" : NULL,
			"%lld rows in %s, the latest of all %s", (long long)rows, pr_month_iso(month, name),
			is_empty ? "missing" : pr_time_iso(latest_ms, NULL, time));
	}
}

void pr_probe_embedded(const struct pr_config *config, const struct pr_probe *probe, struct pr_probe_counts *counts)
{
	struct pr_source *source = NULL;
	struct pr_error error = {0};
	if (!pr_source_open(&source, config, &error)) {
		pr_probe_fail(probe, NAME ": tables", "name an embedded store, [store] path or --db", &error);
		return;
	}
	const struct pr_embedded *store = (const struct pr_embedded *)(const void *)source;
	pr_probe_tell(probe, PR_PROBE_OK, NAME ": tables", NULL, "%s has the contract's tables and columns", store->path);
	look_at_pages(store, probe);
	look_at_rows(store, probe);
	pr_probe_directory(source, probe, counts);
	pr_source_free(source);
}
