/*
 * What the ledger learns of a run. Whoever forks must not hold a connection, so the ledger is opened for each batch of
 * rows: what has ended and what begins is written together.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "base/version.h"
#include "batch/inner.h"
#include "batch/tally.h"
#include "batch/worker.h"

/* An interrupted run goes on with its own cut-off if it is called again within a day; later a new one begins. */
#define GO_ON_WITHIN_MS PR_MS_DAY

static struct pr_ledger *open_ledger(struct pr_batch *batch, struct pr_error *error)
{
	struct pr_ledger *ledger = NULL;

	return pr_ledger_open(&ledger,
			   pr_shard_ledger_path(batch->config->out_folder, batch->request->shard, &batch->row_arena), error)
	           ? ledger
	           : NULL;
}

/* A report that could not be recorded is told, once, where nothing else went wrong: a tenant that fails says why. */
static void note_trouble(struct pr_batch *batch, const struct pr_error *error)
{
	if (!batch->ledger_trouble[0])
		pr_error_describe(error, batch->ledger_trouble, sizeof batch->ledger_trouble);
}

/* --- which run this is -------------------------------------------------------------------------------------------- */

/* What the run is asked for, as text: the same text, the same reports. */
static const char *wish_of(const struct pr_batch *batch)
{
	const struct pr_batch_request *request = batch->request;
	const struct pr_store_config *store = &batch->config->store;
	struct pr_buffer text;
	char month[16];

	pr_buffer_init(&text, batch->arena);
	pr_buffer_format(&text, "month %s, editions %u, formats %u%s%s, store %s", /* the same as of yore: only ever add */
		request->has_month ? pr_month_iso(request->month, month) : "last", request->editions, request->formats,
		request->force ? ", force" : "", request->retry_failed ? ", retry failed" : "",
		store->kind == PR_STORE_EMBEDDED ? store->path : store->elasticsearch.url);
	if (store->kind == PR_STORE_LIVE)
		pr_buffer_format(&text, " %s:%d/%s", store->mysql.host, store->mysql.port, store->mysql.database);
	if (request->tenant_count > 0)
		pr_buffer_add(&text, ", tenants");
	for (size_t i = 0; i < request->tenant_count; i++)
		pr_buffer_format(&text, " %lld", (long long)request->tenants[i]);
	return text.text;
}

/* Whether the newest run was interrupted, wanted the same, and is of today (or of the very same --now). */
static bool goes_on(const struct pr_batch *batch, const struct pr_ledger_run *last, const char *wish, int64_t clock_ms)
{
	if (last->outcome && strcmp(last->outcome, PR_RUN_INTERRUPTED) != 0)
		return false;
	if (strcmp(last->wish, wish) != 0 || strcmp(last->version, PR_VERSION) != 0)
		return false;
	if (batch->request->has_now)
		return last->now_ms == batch->request->now_ms;
	return last->began_ms <= clock_ms && clock_ms - last->began_ms < GO_ON_WITHIN_MS;
}

static bool find_run(struct pr_batch *batch, struct pr_ledger *ledger, struct pr_error *error)
{
	const char *wish = wish_of(batch);
	char host[PR_HOST_BYTES];
	int64_t clock_ms = pr_clock_ms();
	struct pr_ledger_run last;
	bool found;

	if (!pr_ledger_get_run(ledger, batch->arena, &last, &found, error))
		return false;
	batch->run = (struct pr_ledger_run){.wish = wish,
		.now_ms = batch->request->now_ms,
		.began_ms = clock_ms,
		.host = pr_arena_copy(batch->arena, pr_host_name(host)),
		.pid = (int64_t)getpid(),
		.version = PR_VERSION};
	if (found && goes_on(batch, &last, wish, clock_ms)) {
		batch->run.id = last.id;
		batch->run.now_ms = last.now_ms;
		batch->run.began_ms = last.began_ms;
	}
	batch->workshop.resumed_run = batch->run.id;
	return pr_ledger_begin_run(ledger, &batch->run, error);
}

bool pr_batch_record_begin(struct pr_batch *batch)
{
	struct pr_error error = {0};
	struct pr_ledger *ledger = NULL;
	bool good;

	batch->now_ms = batch->request->now_ms;
	if (batch->request->dry_run)
		return true;
	ledger = open_ledger(batch, &error);
	good = ledger && find_run(batch, ledger, &error);
	pr_ledger_close(ledger);
	if (!good) {
		/* Each report needs the ledger too, and says so itself. */
		note_trouble(batch, &error);
		batch->workshop.resumed_run = 0;
		return true;
	}
	batch->now_ms = batch->run.now_ms;
	if (batch->workshop.resumed_run && batch->request->resumed)
		batch->request->resumed(batch->run.began_ms, batch->now_ms, batch->request->told_context);
	return true;
}

void pr_batch_record_end(struct pr_batch *batch)
{
	const size_t *counts = batch->summary->counts;
	const char *outcome = batch->summary->signal                                     ? PR_RUN_INTERRUPTED
	                      : counts[PR_TENANT_FAILED] + counts[PR_TENANT_NO_DATA] > 0 ? PR_RUN_FAILED
	                                                                                 : PR_RUN_DONE;
	struct pr_error error = {0};
	struct pr_ledger *ledger;

	if (batch->request->dry_run || !batch->run.id)
		return;
	pr_batch_record_flush(batch);
	ledger = open_ledger(batch, &error);
	if (!ledger || !pr_ledger_end_run(ledger, batch->run.id, outcome, pr_clock_ms(), &error))
		note_trouble(batch, &error);
	pr_ledger_close(ledger);
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

void pr_batch_record_tenant(struct pr_batch *batch, size_t index, const struct pr_tenant_result *result,
	const char *state, int64_t began_ms, int64_t ended_ms)
{
	const struct pr_tenant *tenant = &batch->tenants[index];
	struct pr_arena *arena = &batch->row_arena;

	if (batch->request->dry_run || !batch->run.id)
		return;
	if (batch->row_count == PR_ROWS_MAX)
		pr_batch_record_flush(batch);
	batch->rows[batch->row_count++] = (struct pr_ledger_tenant){.month = result->month,
		.tenant_id = tenant->id,
		.name = pr_arena_copy(arena, pr_text_clean(arena, tenant->name)),
		.edition = pr_edition_names[tenant->edition],
		.run = batch->run.id,
		.state = state,
		.reason = result->reason[0] ? pr_arena_copy(arena, result->reason) : NULL,
		.coverage = result->coverage,
		.revision = result->revision,
		.folder = result->folder[0] ? pr_arena_copy(arena, result->folder) : NULL,
		.cutoff_ms = batch->now_ms,
		.began_ms = began_ms,
		.ended_ms = ended_ms,
		.duration_ms = result->duration_ms,
		.version = PR_VERSION};
}

static bool write_rows(const struct pr_batch *batch, struct pr_ledger *ledger, struct pr_error *error)
{
	if (!pr_ledger_begin(ledger, error))
		return false;
	for (size_t i = 0; i < batch->row_count; i++) {
		if (pr_ledger_put_tenant(ledger, &batch->rows[i], error))
			continue;
		pr_ledger_undo(ledger);
		return false;
	}
	return pr_ledger_commit(ledger, error);
}

void pr_batch_record_flush(struct pr_batch *batch)
{
	struct pr_error error = {0};
	struct pr_ledger *ledger;

	if (batch->row_count == 0)
		return;
	ledger = open_ledger(batch, &error);
	if (!ledger || !write_rows(batch, ledger, &error))
		note_trouble(batch, &error);
	pr_ledger_close(ledger);
	batch->row_count = 0;
	pr_arena_release(&batch->row_arena);
	pr_arena_init(&batch->row_arena);
}

/* --- --retry-failed ----------------------------------------------------------------------------------------------- */

static bool is_well(const struct pr_ledger_tenant *tenant)
{
	static const enum pr_tenant_state well[] = {PR_TENANT_DONE, PR_TENANT_HELD, PR_TENANT_WAITING, PR_TENANT_SKIPPED};

	for (size_t i = 0; i < sizeof well / sizeof *well; i++)
		if (strcmp(tenant->state, pr_tenant_state_names[well[i]]) == 0)
			return true;
	return false;
}

/* The tenants of which all is well, by id, of one month after the other. */
struct well {
	struct pr_month month;
	int64_t tenant_id;
};

struct wells {
	struct pr_arena *arena;
	struct well *items;
	size_t count, capacity;
};

static int compare_wells(const void *a, const void *b)
{
	const struct well *one = a, *other = b;
	int months = pr_month_compare(one->month, other->month);

	return months != 0 ? months : (one->tenant_id > other->tenant_id) - (one->tenant_id < other->tenant_id);
}

static bool note_well(void *context, const struct pr_ledger_tenant *tenant, struct pr_error *error)
{
	struct wells *wells = context;

	(void)error;
	if (is_well(tenant))
		*PR_PUSH(wells->arena, wells->items, wells->count, wells->capacity) =
			(struct well){tenant->month, tenant->tenant_id};
	return true;
}

/* By all ledgers: the month may have been made by other shards. */
static bool read_wells(struct pr_batch *batch, struct wells *wells)
{
	struct pr_month last = {0};

	for (size_t i = 0; i < batch->tenant_count; i++) {
		struct pr_month month = pr_batch_month_of(batch, &batch->tenants[i]);
		bool is_read = false;
		if (pr_month_compare(month, last) == 0) /* nearly always the same for all */
			continue;
		last = month;
		for (size_t earlier = 0; earlier < i && !is_read; earlier++)
			is_read = pr_month_compare(pr_batch_month_of(batch, &batch->tenants[earlier]), month) == 0;
		if (!is_read && !pr_tally_each(batch->config->out_folder, month, note_well, wells, batch->error))
			return false;
	}
	if (wells->count > 1)
		qsort(wells->items, wells->count, sizeof *wells->items, compare_wells);
	return true;
}

/* A platform's report is made of the others': it is made again where one of them is. */
static void choose(struct pr_batch *batch, const struct wells *wells)
{
	size_t kept = 0, others = 0;

	for (size_t i = 0; i < batch->tenant_count; i++) {
		const struct pr_tenant *tenant = &batch->tenants[i];
		const struct well key = {pr_batch_month_of(batch, tenant), tenant->id};
		bool is_fine = wells->count > 0 && bsearch(&key, wells->items, wells->count, sizeof key, compare_wells);

		if (is_fine && !(i >= batch->others && others > 0))
			continue;
		batch->tenants[kept++] = *tenant;
		others += i < batch->others;
	}
	batch->tenant_count = kept;
	batch->others = others;
}

bool pr_batch_record_choose(struct pr_batch *batch)
{
	struct pr_arena scratch;
	struct wells wells = {.arena = &scratch};
	bool good;

	if (!batch->request->retry_failed)
		return true;
	pr_arena_init(&scratch);
	good = read_wells(batch, &wells);
	if (good)
		choose(batch, &wells);
	pr_arena_release(&scratch);
	return good;
}
