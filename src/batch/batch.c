#include "batch/batch.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "batch/formats.h"
#include "batch/inner.h"
#include "batch/ledgers.h"
#include "batch/month_page.h"
#include "batch/tally.h"
#include "batch/worker.h"
#include "config/method.h"
#include "source/source.h"

const char *const pr_tenant_state_names[PR_TENANT_STATE_COUNT] = {
	"done", "held", "waiting", "skipped", "no data", "failed"};

/* --- which tenants, which month --------------------------------------------------------------------------------- */

static bool is_wanted(const struct pr_batch_request *request, const struct pr_tenant *tenant)
{
	if (request->editions && !(request->editions & (1U << tenant->edition)))
		return false;
	for (size_t i = 0; i < request->tenant_count; i++)
		if (request->tenants[i] == tenant->id)
			return true;
	return request->tenant_count == 0;
}

/* The platform's report is no shard's: it is made of all of theirs, by a run that comes last. */
static bool is_in_shard(const struct pr_batch_request *request, const struct pr_tenant *tenant)
{
	return request->shard.count == 0 ||
	       (tenant->edition != PR_EDITION_PLATFORM && pr_shard_has(request->shard, tenant->id));
}

/* A shard may have nobody to do; but what is asked for has to be there, and of the sort that shards make. */
static bool check_any(const struct pr_batch *batch, size_t wanted, size_t platforms)
{
	const struct pr_batch_request *request = batch->request;

	if (wanted == 0 && request->tenant_count > 0)
		return pr_error_set(batch->error, PR_CODE_USAGE, "none of the tenants is of the edition that --edition names");
	if (request->shard.count > 0 && wanted > 0 && wanted == platforms &&
		(request->tenant_count > 0 || request->editions))
		return pr_error_set(batch->error, PR_CODE_USAGE,
			"--shard leaves the platform's report out; expected 'run --edition platform' when every shard has ended");
	return true;
}

static bool check_wanted(const struct pr_batch *batch, const struct pr_tenant *all, size_t count)
{
	for (size_t i = 0; i < batch->request->tenant_count; i++) {
		bool found = false;
		for (size_t t = 0; t < count; t++)
			found = found || all[t].id == batch->request->tenants[i];
		if (!found)
			return pr_error_set(batch->error, PR_CODE_UNKNOWN,
				"tenant %lld is not in the directory; expected an id of its table 'tenant'",
				(long long)batch->request->tenants[i]);
	}
	return true;
}

static bool read_tenants(struct pr_batch *batch)
{
	struct pr_source *source = NULL;
	struct pr_tenant *all;
	size_t count, capacity = 0, wanted = 0, platforms = 0;
	bool good;

	if (!pr_source_open(&source, batch->config, batch->error))
		return false;
	pr_log(PR_LOG_DEBUG, "store: %s", pr_source_describe(source));
	good = pr_source_tenants(source, batch->arena, &all, &count, batch->error);
	pr_source_free(source);
	if (!good || !check_wanted(batch, all, count))
		return false;
	/* Platforms last: their reports are made of what the others leave. */
	for (int last = 0; last <= 1; last++) {
		for (size_t i = 0; i < count; i++) {
			if (!is_wanted(batch->request, &all[i]) || (all[i].edition == PR_EDITION_PLATFORM) != (last == 1))
				continue;
			wanted++;
			platforms += last == 1;
			if (is_in_shard(batch->request, &all[i]))
				*PR_PUSH(batch->arena, batch->tenants, batch->tenant_count, capacity) = all[i];
		}
		if (last == 0)
			batch->others = batch->tenant_count;
	}
	return check_any(batch, wanted, platforms);
}

/* The month that was asked for, or the last whole one in the tenant's zone. */
struct pr_month pr_batch_month_of(const struct pr_batch *batch, const struct pr_tenant *tenant)
{
	struct pr_local_time local = pr_zone_local(tenant->zone, batch->now_ms);

	if (batch->request->has_month)
		return batch->request->month;
	return pr_month_add((struct pr_month){local.date.year, local.date.month}, -1);
}

bool pr_batch_settle_at_once(struct pr_batch *batch, size_t index, struct pr_tenant_result *result)
{
	const struct pr_tenant *tenant = &batch->tenants[index];
	int64_t from_ms, to_ms, ready_ms;
	char month[16], time[40];

	*result =
		(struct pr_tenant_result){.tenant_id = tenant->id, .month = pr_batch_month_of(batch, tenant), .coverage = NAN};
	pr_zone_month(tenant->zone, result->month, &from_ms, &to_ms);
	ready_ms = to_ms + (batch->request->has_month ? 0 : (int64_t)batch->config->settle_hours * 60 * PR_MS_MINUTE);
	if (batch->now_ms < ready_ms) {
		result->state = PR_TENANT_WAITING;
		snprintf(result->reason, sizeof result->reason,
			batch->now_ms < to_ms ? "%s does not end before %s" : "%s is not settled before %s",
			pr_month_iso(result->month, month), pr_time_iso(ready_ms, tenant->zone, time));
		return true;
	}
	if (!pr_templates_has_edition(batch->workshop.templates, tenant->edition)) {
		result->state = PR_TENANT_SKIPPED;
		snprintf(result->reason, sizeof result->reason, "no template for the edition '%s' in %s/editions",
			pr_edition_names[tenant->edition], batch->config->template_folder);
		return true;
	}
	if (batch->request->dry_run) {
		result->state = PR_TENANT_SKIPPED;
		snprintf(result->reason, sizeof result->reason, "would be made");
		return true;
	}
	return false;
}

/* --- the whole -------------------------------------------------------------------------------------------------- */

static bool open_workshop(struct pr_batch *batch)
{
	struct pr_workshop *workshop = &batch->workshop;
	const struct pr_font_config *fonts = &batch->config->fonts;

	workshop->config = batch->config;
	workshop->formats = batch->request->formats;
	workshop->force = batch->request->force;
	workshop->shard = batch->request->shard;
	if (!pr_method_read(&workshop->method, batch->config, batch->arena, batch->error) ||
		!pr_templates_read(&workshop->templates, batch->config, batch->arena, batch->error) ||
		!pr_month_page_check(batch->config, workshop->templates, batch->error))
		return false;
	if (workshop->formats == PR_FORMAT_JSON)
		return true;
	if (pr_typefaces_open(&workshop->faces, fonts->regular, fonts->bold, fonts->count, batch->error))
		return pr_templates_check_brands(workshop->templates, workshop->faces, batch->arena, batch->error);
	/* Before the first worker a font is a matter of the settings: nothing was done. */
	if (batch->error->code == PR_CODE_FONT)
		batch->error->code = PR_CODE_CONFIG;
	return false;
}

/* Before the first worker a ledger that cannot be used is a matter of the settings: nothing was done. */
static bool check_ledger(struct pr_batch *batch)
{
	if (pr_ledgers_check(batch->config->out_folder, batch->request->shard, batch->error))
		return true;
	batch->error->code = PR_CODE_CONFIG;
	return false;
}

/* The month of each, and room for what becomes of them. */
static void prepare(struct pr_batch *batch)
{
	batch->outcomes = pr_arena_array(batch->arena, batch->tenant_count, sizeof *batch->outcomes);
	batch->entries = pr_arena_array(batch->arena, batch->tenant_count, sizeof *batch->entries);
	for (size_t i = 0; i < batch->tenant_count; i++)
		batch->outcomes[i] = (struct pr_tenant_outcome){.tenant_id = batch->tenants[i].id,
			.month = pr_batch_month_of(batch, &batch->tenants[i]),
			.state = PR_TENANT_FAILED};
	batch->workshop.now_ms = batch->now_ms;
	batch->so_far = (struct pr_run_so_far){batch->outcomes, batch->others, batch->request->force};
	batch->workshop.run = &batch->so_far;
}

static bool leave_month(const struct pr_batch *batch, struct pr_month month, struct pr_error *error)
{
	return pr_tally_leave(batch->config, month, &batch->run, batch->request->shard, error) &&
	       pr_month_page_leave(batch->config, batch->workshop.templates, month, error);
}

/*
 * The run beside its reports: a page for people, numbers for machines. Of a dry run there is nothing to say. Shards that
 * end at the same time write one after the other, so that what is written last knows all of them.
 */
static void leave_tally(const struct pr_batch *batch)
{
	bool is_bad = batch->bad > 0 || batch->ledger_trouble[0];
	struct pr_error error = {0};
	struct pr_month left = {0};
	struct pr_lock_file lock;
	char text[1200];

	if (batch->request->dry_run || !batch->run.id)
		return;
	pr_lock_wait(&lock, batch->config->out_folder, PR_LOCK_SUMMARY);
	for (size_t i = 0; i < batch->tenant_count; i++) {
		const struct pr_tenant_outcome *outcome = &batch->outcomes[i];
		if (!batch->entries[i].ended || outcome->state == PR_TENANT_WAITING ||
			pr_month_compare(outcome->month, left) == 0)
			continue;
		left = outcome->month; /* nearly always the same for all */
		if (!leave_month(batch, left, &error))
			break;
	}
	pr_lock_file_release(&lock);
	if (error.code != PR_CODE_NONE)
		pr_log(is_bad ? PR_LOG_DEBUG : PR_LOG_ERROR, "%s", pr_error_describe(&error, text, sizeof text));
}

static bool run_tenants(struct pr_batch *batch)
{
	bool good;

	batch->rows = pr_arena_array(batch->arena, PR_ROWS_MAX, sizeof *batch->rows);
	pr_arena_init(&batch->row_arena);
	good = pr_batch_record_begin(batch);
	if (good)
		prepare(batch);
	good = good && pr_batch_schedule(batch);
	pr_batch_record_end(batch);
	leave_tally(batch);
	pr_arena_release(&batch->row_arena);
	if (good && batch->ledger_trouble[0] && batch->bad == 0)
		good = pr_error_set(batch->error, PR_CODE_OUTPUT, "%s", batch->ledger_trouble);
	return good;
}

bool pr_batch_run(const struct pr_config *config, const struct pr_batch_request *request, struct pr_arena *arena,
	struct pr_batch_summary *summary, struct pr_error *error)
{
	struct pr_batch batch = {.config = config,
		.request = request,
		.arena = arena,
		.now_ms = request->now_ms,
		.lock = pr_lock_free,
		.summary = summary,
		.error = error};
	bool good;

	*summary = (struct pr_batch_summary){0};
	batch.worker_count = (size_t)request->jobs;
	batch.workers = pr_arena_array(arena, batch.worker_count, sizeof *batch.workers);
	good = check_ledger(&batch) && open_workshop(&batch) && read_tenants(&batch) && pr_batch_record_choose(&batch);
	if (!good && error->code == PR_CODE_STORE)
		error->code = PR_CODE_UNREACHABLE; /* a store that answers, but not to be used: nothing was done */
	good = good &&
	       (request->dry_run || pr_lock_take(&batch.lock, config->out_folder, request->shard, pr_clock_ms(), error)) &&
	       run_tenants(&batch);
	pr_lock_release(&batch.lock);
	pr_typefaces_free(batch.workshop.faces);
	return good;
}
