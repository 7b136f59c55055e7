#include "batch/batch.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "batch/formats.h"
#include "batch/ledger.h"
#include "batch/platform.h"
#include "config/method.h"
#include "source/source.h"

const char *const pr_tenant_state_names[PR_TENANT_STATE_COUNT] = {
	"done", "held", "waiting", "skipped", "no data", "failed"};

struct worker {
	pid_t pid; /* 0 = free */
	int pipe;
	size_t index;    /* of the tenant */
	size_t received; /* bytes of the result */
};

struct batch {
	const struct pr_config *config;
	const struct pr_batch_request *request;
	struct pr_arena *arena;
	struct pr_workshop workshop;
	struct pr_tenant *tenants; /* those of the request, by id, platforms last */
	size_t tenant_count;
	size_t others; /* before the first platform */
	struct pr_run_so_far so_far;
	struct pr_tenant_result *results; /* one a tenant */
	bool *ended;
	size_t told; /* tenants told so far: in order */
	struct worker *workers;
	size_t worker_count;
	struct pr_batch_summary *summary;
	struct pr_error *error;
};

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

static bool check_wanted(const struct batch *batch, const struct pr_tenant *all, size_t count)
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

static bool read_tenants(struct batch *batch)
{
	struct pr_source *source = NULL;
	struct pr_tenant *all;
	size_t count, capacity = 0;
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
		for (size_t i = 0; i < count; i++)
			if (is_wanted(batch->request, &all[i]) && (all[i].edition == PR_EDITION_PLATFORM) == (last == 1))
				*PR_PUSH(batch->arena, batch->tenants, batch->tenant_count, capacity) = all[i];
		if (last == 0)
			batch->others = batch->tenant_count;
	}
	if (batch->tenant_count == 0 && batch->request->tenant_count > 0)
		return pr_error_set(batch->error, PR_CODE_USAGE, "none of the tenants is of the edition that --edition names");
	batch->results = pr_arena_array(batch->arena, batch->tenant_count, sizeof *batch->results);
	batch->ended = pr_arena_array(batch->arena, batch->tenant_count, sizeof *batch->ended);
	return true;
}

/* The month that was asked for, or the last whole one in the tenant's zone. */
static struct pr_month month_of(const struct batch *batch, const struct pr_tenant *tenant)
{
	struct pr_local_time local = pr_zone_local(tenant->zone, batch->request->now_ms);

	if (batch->request->has_month)
		return batch->request->month;
	return pr_month_add((struct pr_month){local.date.year, local.date.month}, -1);
}

/* Decides without a worker what needs none. */
static bool settled_at_once(struct batch *batch, size_t index)
{
	const struct pr_tenant *tenant = &batch->tenants[index];
	struct pr_tenant_result *result = &batch->results[index];
	int64_t from_ms, to_ms, ready_ms;
	char month[16], time[40];

	*result = (struct pr_tenant_result){.tenant_id = tenant->id, .month = month_of(batch, tenant), .coverage = NAN};
	pr_zone_month(tenant->zone, result->month, &from_ms, &to_ms);
	ready_ms = to_ms + (batch->request->has_month ? 0 : (int64_t)batch->config->settle_hours * 60 * PR_MS_MINUTE);
	if (batch->request->now_ms < ready_ms) {
		result->state = PR_TENANT_WAITING;
		snprintf(result->reason, sizeof result->reason,
			batch->request->now_ms < to_ms ? "%s does not end before %s" : "%s is not settled before %s",
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

/* --- workers ---------------------------------------------------------------------------------------------------- */

static void tell(struct batch *batch)
{
	while (batch->told < batch->tenant_count && batch->ended[batch->told]) {
		const struct pr_tenant_result *result = &batch->results[batch->told];
		batch->summary->counts[result->state]++;
		if (batch->request->told)
			batch->request->told(&batch->tenants[batch->told], result, batch->request->told_context);
		batch->told++;
	}
}

static void end_tenant(struct batch *batch, size_t index)
{
	batch->ended[index] = true;
	tell(batch);
}

static void fail_tenant(struct batch *batch, size_t index, const char *reason)
{
	struct pr_tenant_result *result = &batch->results[index];

	result->state = PR_TENANT_FAILED;
	result->code = PR_CODE_INTERNAL;
	snprintf(result->reason, sizeof result->reason, "%s", reason);
	end_tenant(batch, index);
}

/* In the worker: one tenant, its result through the pipe, and out without the parent's exit handlers. */
static void work(struct batch *batch, size_t index, int out)
{
	struct pr_tenant_result *result = &batch->results[index];
	const char *bytes = (const char *)result;
	size_t sent = 0;

	pr_report_make(&batch->workshop, &batch->tenants[index], result->month, result);
	while (sent < sizeof *result) {
		ssize_t count = write(out, bytes + sent, sizeof *result - sent);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			_exit(1);
		sent += (size_t)count;
	}
	_exit(0);
}

static bool start_worker(struct batch *batch, struct worker *worker, size_t index)
{
	int ends[2];
	char why[128];

	if (pipe(ends) != 0)
		return pr_error_set(batch->error, PR_CODE_INTERNAL, "cannot make a pipe: %s", pr_error_reason(errno, why));
	fflush(NULL);
	worker->pid = fork();
	if (worker->pid == 0) {
		close(ends[0]);
		work(batch, index, ends[1]);
	}
	close(ends[1]);
	if (worker->pid < 0) {
		close(ends[0]);
		worker->pid = 0;
		return pr_error_set(batch->error, PR_CODE_INTERNAL, "cannot start a worker: %s", pr_error_reason(errno, why));
	}
	worker->pipe = ends[0];
	worker->index = index;
	worker->received = 0;
	return true;
}

/* The pipe has closed: the worker is gone, with a whole result or without. */
static void finish_worker(struct batch *batch, struct worker *worker)
{
	char reason[128];
	int status = 0;

	close(worker->pipe);
	while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR) {
	}
	worker->pid = 0;
	if (worker->received == sizeof(struct pr_tenant_result)) {
		end_tenant(batch, worker->index);
		return;
	}
	if (WIFSIGNALED(status))
		snprintf(reason, sizeof reason, "its worker was ended by signal %d", WTERMSIG(status));
	else
		snprintf(reason, sizeof reason, "its worker ended without a result, exit code %d", WEXITSTATUS(status));
	fail_tenant(batch, worker->index, reason);
}

static void read_worker(struct batch *batch, struct worker *worker)
{
	char *bytes = (char *)&batch->results[worker->index];
	size_t room = sizeof(struct pr_tenant_result) - worker->received;
	char surplus;
	ssize_t count = room > 0 ? read(worker->pipe, bytes + worker->received, room) : read(worker->pipe, &surplus, 1);

	if (count < 0 && errno == EINTR)
		return;
	if (count > 0 && room > 0)
		worker->received += (size_t)count;
	else
		finish_worker(batch, worker);
}

static bool wait_for_workers(struct batch *batch)
{
	struct pollfd polls[256];
	struct worker *polled[256];
	nfds_t count = 0;

	for (size_t i = 0; i < batch->worker_count; i++) {
		if (batch->workers[i].pid == 0)
			continue;
		polled[count] = &batch->workers[i];
		polls[count++] = (struct pollfd){.fd = batch->workers[i].pipe, .events = POLLIN};
	}
	if (count == 0)
		return false;
	if (poll(polls, count, -1) < 0)
		return true;
	for (nfds_t i = 0; i < count; i++)
		if (polls[i].revents)
			read_worker(batch, polled[i]);
	return true;
}

static struct worker *free_worker(struct batch *batch)
{
	for (;;) {
		for (size_t i = 0; i < batch->worker_count; i++)
			if (batch->workers[i].pid == 0)
				return &batch->workers[i];
		wait_for_workers(batch);
	}
}

/* Before the first platform starts, everybody else has to be done. */
static void end_others(struct batch *batch)
{
	while (wait_for_workers(batch)) {
	}
	batch->so_far = (struct pr_run_so_far){batch->results, batch->others, batch->request->force};
	batch->workshop.run = &batch->so_far;
}

static bool run_tenants(struct batch *batch)
{
	bool good = true;

	for (size_t i = 0; good && i < batch->tenant_count; i++) {
		if (i == batch->others)
			end_others(batch);
		if (settled_at_once(batch, i))
			end_tenant(batch, i);
		else
			good = start_worker(batch, free_worker(batch), i);
	}
	while (wait_for_workers(batch)) {
	}
	return good;
}

/* --- the whole -------------------------------------------------------------------------------------------------- */

static bool open_workshop(struct batch *batch)
{
	struct pr_workshop *workshop = &batch->workshop;
	const struct pr_font_config *fonts = &batch->config->fonts;

	workshop->config = batch->config;
	workshop->formats = batch->request->formats;
	workshop->force = batch->request->force;
	workshop->now_ms = batch->request->now_ms;
	if (!pr_method_read(&workshop->method, batch->config, batch->arena, batch->error) ||
		!pr_templates_read(&workshop->templates, batch->config, batch->arena, batch->error))
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
static bool check_ledger(struct batch *batch)
{
	if (pr_ledger_check(pr_ledger_path(batch->config->out_folder, batch->arena), batch->error))
		return true;
	batch->error->code = PR_CODE_CONFIG;
	return false;
}

bool pr_batch_run(const struct pr_config *config, const struct pr_batch_request *request, struct pr_arena *arena,
	struct pr_batch_summary *summary, struct pr_error *error)
{
	struct batch batch = {.config = config, .request = request, .arena = arena, .summary = summary, .error = error};
	bool good;

	*summary = (struct pr_batch_summary){0};
	batch.worker_count = (size_t)request->jobs;
	batch.workers = pr_arena_array(arena, batch.worker_count, sizeof *batch.workers);
	good = check_ledger(&batch) && open_workshop(&batch) && read_tenants(&batch);
	if (!good && error->code == PR_CODE_STORE)
		error->code = PR_CODE_UNREACHABLE; /* a store that answers, but not to be used: nothing was done */
	good = good && run_tenants(&batch);
	pr_typefaces_free(batch.workshop.faces);
	return good;
}
