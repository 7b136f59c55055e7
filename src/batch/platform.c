#include "batch/platform.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/analysis.h"
#include "base/log.h"
#include "base/text.h"
#include "batch/ledger.h"
#include "batch/summary.h"
#include "batch/summary_fields.h"
#include "batch/tally.h"
#include "batch/worker.h"
#include "source/gather.h"
#include "source/source.h"

#define REASON_BYTES 512

/* A project that is in service this month. */
struct entry {
	int64_t project_id, customer_id;
	const char *name, *customer;
	const struct pr_tenant_outcome *result; /* of its customer in this run; NULL = not in this run */
	bool has_failed;                        /* its customer, in this run or another one */
	int64_t cutoff_ms;                      /* of its summary in the ledger */
	bool has_summary;
	const char *reason; /* why there is none, or only an older one */
};

struct gathering {
	const struct pr_workshop *workshop;
	const struct pr_tenant *tenant; /* the platform's */
	struct pr_month month;
	const struct pr_run_so_far *run;
	struct pr_arena *arena;
	struct pr_tenant *tenants; /* by id */
	size_t tenant_count;
	struct pr_project_list list;
	int64_t *failed; /* tenants that are no part of this run and failed in theirs, by id */
	size_t failed_count, failed_capacity;
	struct entry *entries; /* by project */
	size_t entry_count;
	struct pr_zone_cache zones;
	struct pr_ledger_cursor *cursor;
	struct pr_platform platform;
	struct pr_directory directory;
	struct pr_dataset dataset;
	struct pr_error *error;
};

/* --- which projects, and whose ------------------------------------------------------------------------------------ */

static const struct pr_tenant *tenant_of(const struct gathering *gathering, int64_t id)
{
	for (size_t low = 0, high = gathering->tenant_count; low < high;) {
		size_t middle = low + (high - low) / 2;
		if (gathering->tenants[middle].id == id)
			return &gathering->tenants[middle];
		if (gathering->tenants[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* By calendar days, which are the same in every zone. */
static bool is_served(const struct pr_tenant *tenant, struct pr_month month)
{
	struct pr_month after = pr_month_add(month, 1);
	int64_t first = pr_date_to_day((struct pr_date){month.year, month.month, 1});
	int64_t end = pr_date_to_day((struct pr_date){after.year, after.month, 1});
	return (!tenant->service_from.year || pr_date_to_day(tenant->service_from) < end) &&
	       (!tenant->service_to.year || pr_date_to_day(tenant->service_to) > first);
}

/* Owners are sorted by project, then tenant: of each edition the first counts. */
static const struct pr_tenant *customer_of(const struct gathering *gathering, int64_t project_id, size_t *at)
{
	const struct pr_project_list *list = &gathering->list;
	const struct pr_tenant *customer = NULL;
	while (*at < list->owner_count && list->owners[*at].project_id < project_id)
		++*at;
	for (; *at < list->owner_count && list->owners[*at].project_id == project_id; ++*at) {
		const struct pr_tenant *tenant = tenant_of(gathering, list->owners[*at].tenant_id);
		if (!tenant || tenant->edition == PR_EDITION_PLATFORM)
			continue;
		if (!customer || (customer->edition != PR_EDITION_SINGLE && tenant->edition == PR_EDITION_SINGLE))
			customer = tenant;
	}
	return customer ? customer : gathering->tenant;
}

static const struct pr_tenant_outcome *result_of(const struct gathering *gathering, int64_t tenant_id)
{
	const struct pr_run_so_far *run = gathering->run;
	for (size_t i = 0; run && i < run->count; i++)
		if (run->outcomes[i].tenant_id == tenant_id && pr_month_compare(run->outcomes[i].month, gathering->month) == 0)
			return &run->outcomes[i];
	return NULL;
}

/* --- who failed before: where shards have made the others, their ledgers say ---------------------------------------- */

static bool note_failed(void *context, const struct pr_ledger_tenant *tenant, struct pr_error *error)
{
	struct gathering *gathering = context;
	int state = pr_tally_state(tenant);

	(void)error;
	if (state == PR_TENANT_FAILED || state == PR_TALLY_INTERRUPTED || state == PR_TALLY_RUNNING)
		*PR_PUSH(gathering->arena, gathering->failed, gathering->failed_count, gathering->failed_capacity) =
			tenant->tenant_id;
	return true;
}

static int compare_ids(const void *a, const void *b)
{
	int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

	return (one > other) - (one < other);
}

static bool list_failed(struct gathering *gathering)
{
	if (!pr_tally_each(
			gathering->workshop->config->out_folder, gathering->month, note_failed, gathering, gathering->error))
		return false;
	if (gathering->failed_count > 1)
		qsort(gathering->failed, gathering->failed_count, sizeof *gathering->failed, compare_ids);
	return true;
}

static bool has_failed(const struct gathering *gathering, int64_t tenant_id, const struct pr_tenant_outcome *result)
{
	if (result)
		return result->state == PR_TENANT_FAILED;
	return gathering->failed_count > 0 &&
	       bsearch(&tenant_id, gathering->failed, gathering->failed_count, sizeof tenant_id, compare_ids);
}

/* --- all projects --------------------------------------------------------------------------------------------------- */

static bool list_projects(struct gathering *gathering)
{
	struct pr_source *source = NULL;
	size_t at = 0;
	if (!pr_source_open(&source, gathering->workshop->config, gathering->error))
		return false;
	bool good =
		pr_source_tenants(source, gathering->arena, &gathering->tenants, &gathering->tenant_count, gathering->error) &&
		pr_source_projects(source, gathering->arena, &gathering->list, gathering->error);
	pr_source_free(source);
	if (!good)
		return false;
	gathering->entries = pr_arena_array(gathering->arena, gathering->list.project_count, sizeof *gathering->entries);
	for (size_t i = 0; i < gathering->list.project_count; i++) {
		const struct pr_project_entry *project = &gathering->list.projects[i];
		const struct pr_tenant *customer = customer_of(gathering, project->id, &at);
		const struct pr_tenant_outcome *result = result_of(gathering, customer->id);
		if (is_served(customer, gathering->month))
			gathering->entries[gathering->entry_count++] = (struct entry){.project_id = project->id,
				.customer_id = customer->id,
				.name = project->name,
				.customer = customer->name,
				.result = result,
				.has_failed = has_failed(gathering, customer->id, result)};
	}
	return true;
}

static struct entry *entry_of(const struct gathering *gathering, int64_t project_id, int64_t tenant_id)
{
	for (size_t low = 0, high = gathering->entry_count; low < high;) {
		size_t middle = low + (high - low) / 2;
		struct entry *entry = &gathering->entries[middle];
		if (entry->project_id == project_id)
			return entry->customer_id == tenant_id ? entry : NULL;
		if (entry->project_id < project_id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* --- what the ledger holds ---------------------------------------------------------------------------------------- */

/* A summary of another version of the program is none: its text begins otherwise. */
static bool is_known(const struct pr_ledger_summary *summary)
{
	char start[32];
	snprintf(start, sizeof start, "{\"version\":%d,", PR_SUMMARY_VERSION);
	return pr_text_starts(summary->bytes, start);
}

static bool look_up(struct gathering *gathering)
{
	const char *out = gathering->workshop->config->out_folder;
	struct pr_ledger_cursor *cursor = NULL;
	struct pr_ledger_summary summary;
	bool more = true, good;
	if (!pr_ledger_cursor_open(&cursor, out, gathering->month, gathering->error))
		return false;
	while ((good = pr_ledger_cursor_next(cursor, &summary, &more, gathering->error)) && more) {
		struct entry *entry = entry_of(gathering, summary.project_id, summary.tenant_id);
		if (!entry || !is_known(&summary))
			continue;
		entry->has_summary = true;
		entry->cutoff_ms = summary.cutoff_ms;
	}
	pr_ledger_cursor_close(cursor);
	return good;
}

/* --- working out what is missing ---------------------------------------------------------------------------------- */

static bool work_out(
	const struct gathering *gathering, const struct entry *entry, struct pr_arena *arena, struct pr_error *error)
{
	const struct pr_workshop *workshop = gathering->workshop;
	struct pr_source *source = NULL;
	struct pr_directory directory;
	struct pr_dataset dataset = {0};
	struct pr_report report;
	int64_t from_ms, to_ms;
	char time[40];
	if (!pr_source_open(&source, workshop->config, error))
		return false;
	bool good = pr_source_project(source, entry->customer_id, entry->project_id, arena, &directory, error);
	if (good) {
		pr_zone_month(directory.projects[0].zone, gathering->month, &from_ms, &to_ms);
		if (workshop->now_ms < to_ms)
			good = pr_error_set(error, PR_CODE_NO_DATA, "its month does not end before %s",
				pr_time_iso(to_ms, directory.projects[0].zone, time));
	}
	good = good &&
	       pr_gather(source, &directory, &workshop->method, gathering->month, workshop->now_ms, arena, &dataset, error);
	pr_source_free(source);
	if (!good || !pr_analyse(&dataset, &workshop->method, arena, &report, error))
		return false;
	return pr_summary_leave(
		pr_shard_ledger_path(workshop->config->out_folder, workshop->shard, arena), &report, arena, error);
}

/* In the child: why it failed through the pipe, nothing where it did not. */
static void work_out_in_child(const struct gathering *gathering, const struct entry *entry, int out)
{
	struct pr_error error = {0};
	struct pr_arena arena;
	char reason[REASON_BYTES];
	int code = 0;
	pr_arena_init(&arena);
	if (!work_out(gathering, entry, &arena, &error)) {
		pr_error_describe(&error, reason, sizeof reason);
		code = write(out, reason, strlen(reason)) < 0 ? 2 : 1;
	}
	_exit(code);
}

/* What it says until it ends; false where it has been silent for too long. */
static bool read_reason(int in, int limit_s, char reason[REASON_BYTES], size_t *length)
{
	int64_t until_ms = pr_monotonic_ms() + (int64_t)limit_s * 1000;
	*length = 0;
	for (;;) {
		struct pollfd poll_in = {.fd = in, .events = POLLIN};
		int64_t left_ms = until_ms - pr_monotonic_ms();
		if (limit_s > 0 && left_ms <= 0)
			return false;
		if (poll(&poll_in, 1, limit_s > 0 ? (int)left_ms : -1) <= 0)
			continue;
		ssize_t count = read(in, reason + *length, REASON_BYTES - 1 - *length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			break;
		*length += (size_t)count;
	}
	reason[*length] = '\0';
	return true;
}

/* Its own process: what a broken project does to it is over with it, and so is its memory. */
static bool try_project(struct gathering *gathering, struct entry *entry)
{
	const struct pr_config *config = gathering->workshop->config;
	char reason[REASON_BYTES], ending[128];
	size_t length;
	int answer;
	pid_t child;
	if (!pr_worker_fork(config->memory_limit_mib, &child, &answer, gathering->error))
		return false;
	if (child == 0)
		work_out_in_child(gathering, entry, answer);
	bool in_time = read_reason(answer, config->time_limit_s, reason, &length);
	close(answer);
	if (!in_time)
		kill(child, SIGKILL);
	bool good = pr_worker_wait(child, ending, sizeof ending) && in_time;
	pr_worker_beat();
	entry->reason = NULL;
	if (good) {
		entry->has_summary = true;
		entry->cutoff_ms = gathering->workshop->now_ms;
	} else if (!in_time) {
		entry->reason = pr_arena_format(gathering->arena, "it took longer than %d s", config->time_limit_s);
	} else {
		entry->reason = pr_arena_copy(gathering->arena, length > 0 ? reason : ending);
	}
	return true;
}

/* Of a tenant that failed, in this run or in its shard's, each project gets a second chance alone. */
static bool is_to_be_made(const struct gathering *gathering, const struct entry *entry)
{
	bool is_now = entry->has_summary && entry->cutoff_ms == gathering->workshop->now_ms;
	bool force = gathering->run && gathering->run->force && !(entry->result && is_now); /* this run has made it again */
	return !entry->has_summary || force || (entry->has_failed && !is_now);
}

static bool make_missing(struct gathering *gathering)
{
	size_t missing = 0;
	for (size_t i = 0; i < gathering->entry_count; i++) {
		struct entry *entry = &gathering->entries[i];
		if (!is_to_be_made(gathering, entry))
			continue;
		if (!try_project(gathering, entry))
			return false;
		if (!entry->reason)
			continue;
		pr_log(PR_LOG_WARNING, "tenant %lld: project %lld '%s', %s: %s", (long long)gathering->tenant->id,
			(long long)entry->project_id, pr_text_clean(gathering->arena, entry->name),
			entry->has_summary ? "figures of an earlier run" : "left out", entry->reason);
		missing++;
	}
	if (missing)
		pr_log(PR_LOG_DEBUG, "tenant %lld: %zu projects could not be worked out", (long long)gathering->tenant->id,
			missing);
	return true;
}

/* --- the feed ----------------------------------------------------------------------------------------------------- */

static bool rewind_feed(void *context, struct pr_error *error)
{
	struct gathering *gathering = context;
	pr_ledger_cursor_close(gathering->cursor);
	gathering->cursor = NULL;
	return pr_ledger_cursor_open(&gathering->cursor, gathering->workshop->config->out_folder, gathering->month, error);
}

/* The next summary of a project that counts. */
static bool next_kept(struct gathering *gathering, struct pr_ledger_summary *kept, bool *more, struct pr_error *error)
{
	while (pr_ledger_cursor_next(gathering->cursor, kept, more, error)) {
		const struct entry *entry = *more ? entry_of(gathering, kept->project_id, kept->tenant_id) : NULL;
		if (!*more || (entry && entry->has_summary && is_known(kept)))
			return true;
	}
	return false;
}

static bool next_of_feed(
	void *context, struct pr_arena *arena, struct pr_summary *summary, bool *more, struct pr_error *error)
{
	struct gathering *gathering = context;
	struct pr_ledger_summary kept;
	bool known;
	return next_kept(gathering, &kept, more, error) &&
	       (!*more || pr_summary_read(kept.bytes, kept.count, &gathering->zones, arena, summary, &known, error));
}

/* Each summary in memory that is let go before the next; but what is shown stays. */
static bool fold(struct gathering *gathering, bool show)
{
	struct pr_platform *platform = &gathering->platform;
	bool more = true;
	if (!rewind_feed(gathering, gathering->error))
		return false;
	while (more) {
		struct pr_ledger_summary kept;
		struct pr_summary summary;
		struct pr_arena scratch;
		bool known;
		pr_arena_init(&scratch);
		bool good = next_kept(gathering, &kept, &more, gathering->error);
		bool stays = good && more && show && pr_platform_wants(platform, kept.project_id);
		if (good && more)
			good = pr_summary_read(kept.bytes, kept.count, &gathering->zones, stays ? gathering->arena : &scratch,
				&summary, &known, gathering->error);
		if (good && more)
			(show ? pr_platform_show : pr_platform_add)(platform, &summary);
		pr_arena_release(&scratch);
		if (!good)
			return false;
	}
	return true;
}

/* --- all together ------------------------------------------------------------------------------------------------- */

static void add_missing(struct gathering *gathering)
{
	for (size_t i = 0; i < gathering->entry_count; i++) {
		const struct entry *entry = &gathering->entries[i];
		const struct pr_platform_missing missing = {.project_id = entry->project_id,
			.tenant_id = entry->customer_id,
			.project = entry->name,
			.tenant = entry->customer,
			.reason = entry->reason,
			.older = entry->has_summary};
		if (entry->reason || !entry->has_summary)
			pr_platform_miss(&gathering->platform, &missing);
	}
}

static void start_report(struct gathering *gathering, struct pr_report *report)
{
	gathering->directory = (struct pr_directory){.tenant = *gathering->tenant};
	gathering->dataset = (struct pr_dataset){.directory = &gathering->directory,
		.month = gathering->month,
		.cutoff_ms = gathering->workshop->now_ms,
		.has_ingested_at = gathering->platform.has_ingest_times};
	*report = (struct pr_report){.dataset = &gathering->dataset,
		.tenant = &gathering->directory.tenant,
		.month = gathering->month,
		.revision = 1,
		.cutoff_ms = gathering->workshop->now_ms,
		.in_service = is_served(gathering->tenant, gathering->month)};
}

bool pr_platform_gather(const struct pr_workshop *workshop, const struct pr_tenant *tenant, struct pr_month month,
	const struct pr_run_so_far *run, struct pr_arena *arena, struct pr_report *report, struct pr_error *error)
{
	struct gathering *gathering = pr_arena_alloc(arena, sizeof *gathering);
	*gathering = (struct gathering){.workshop = workshop,
		.tenant = tenant,
		.month = month,
		.run = run,
		.arena = arena,
		.zones = {.arena = arena},
		.error = error};
	start_report(gathering, report);
	if (!report->in_service)
		return true;
	if (!list_failed(gathering) || !list_projects(gathering) || !look_up(gathering) || !make_missing(gathering))
		return false;
	pr_platform_init(&gathering->platform, &workshop->method, month, arena);
	gathering->platform.operator_id = tenant->id;
	gathering->platform.feed = (struct pr_platform_feed){rewind_feed, next_of_feed, gathering};
	if (!fold(gathering, false))
		return false;
	pr_platform_rank(&gathering->platform);
	if (!fold(gathering, true))
		return false;
	add_missing(gathering);
	start_report(gathering, report);
	gathering->directory.alarm_types = gathering->platform.types;
	gathering->directory.alarm_type_count = gathering->platform.type_count;
	pr_platform_publish(&gathering->platform, report);
	return true;
}

void pr_platform_release(struct pr_report *report)
{
	struct gathering *gathering = report->platform ? report->platform->feed.context : NULL;
	if (!gathering)
		return;
	pr_ledger_cursor_close(gathering->cursor);
	gathering->cursor = NULL;
}
