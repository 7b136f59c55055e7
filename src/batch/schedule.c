/*
 * Workers: which tenant is begun when, what is tried again, what takes too long, and what a signal ends.
 *
 *     begun in the order of ids, platforms when all others have ended
 *     the store is in trouble     that tenant is tried again after a wait that doubles; meanwhile nothing is begun
 *     … for several in a row      the rest is not tried at all: the next run does
 *     no sign of life             killed at the time limit; not tried again, since it would take as long
 *     a signal                    nothing more is begun; what is at work may end; a second signal, or a while, abandons it
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "batch/inner.h"
#include "batch/worker.h"

#define NOTHING SIZE_MAX
#define TICK_MS 1000
#define RETRY_WAIT_MAX_MS INT64_C(300000)
#define UNREACHABLE_MAX 3 /* tenants in a row for which the store could not be reached, before the rest is left */
#define STOP_AFTER_MS INT64_C(30000) /* how long workers may go on after the first signal */

/* --- signals ------------------------------------------------------------------------------------------------------ */

static volatile sig_atomic_t signal_number, signal_count;
static int signal_pipe[2] = {-1, -1};

static void take_signal(int number)
{
	const char byte = 0;
	int kept = errno;

	signal_number = number;
	signal_count = signal_count + 1;
	if (write(signal_pipe[1], &byte, 1) < 0)
		errno = 0; /* full: it is awake anyway */
	errno = kept;
}

static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP};
#define STOP_SIGNAL_COUNT (sizeof stop_signals / sizeof *stop_signals)
static struct sigaction actions_before[STOP_SIGNAL_COUNT];

static bool open_signals(struct pr_batch *batch)
{
	struct sigaction action = {.sa_handler = take_signal};
	char why[128];

	signal_count = 0;
	signal_number = 0;
	if (pipe(signal_pipe) != 0)
		return pr_error_set(batch->error, PR_CODE_INTERNAL, "cannot make a pipe: %s", pr_error_reason(errno, why));
	for (int i = 0; i < 2; i++) {
		fcntl(signal_pipe[i], F_SETFL, O_NONBLOCK);
		fcntl(signal_pipe[i], F_SETFD, FD_CLOEXEC);
	}
	for (size_t i = 0; i < STOP_SIGNAL_COUNT; i++) {
		sigaction(stop_signals[i], NULL, &actions_before[i]);
		if (actions_before[i].sa_handler != SIG_IGN) /* as nohup wants it */
			sigaction(stop_signals[i], &action, NULL);
	}
	return true;
}

static void close_signals(void)
{
	for (size_t i = 0; i < STOP_SIGNAL_COUNT; i++)
		sigaction(stop_signals[i], &actions_before[i], NULL);
	for (int i = 0; i < 2; i++)
		close(signal_pipe[i]);
}

/* --- ends --------------------------------------------------------------------------------------------------------- */

static void tell(struct pr_batch *batch)
{
	while (batch->told < batch->tenant_count && batch->entries[batch->told].ended) {
		struct pr_batch_entry *entry = &batch->entries[batch->told];
		batch->summary->counts[entry->result->state]++;
		if (batch->request->told)
			batch->request->told(&batch->tenants[batch->told], entry->result, batch->request->told_context);
		free(entry->result);
		entry->result = NULL;
		batch->told++;
	}
}

static void end_tenant(
	struct pr_batch *batch, size_t index, const struct pr_tenant_result *result, int64_t began_clock_ms)
{
	struct pr_batch_entry *entry = &batch->entries[index];

	entry->result = malloc(sizeof *entry->result);
	if (!entry->result)
		abort();
	*entry->result = *result;
	entry->ended = true;
	batch->outcomes[index].state = result->state;
	batch->ended++;
	batch->bad += result->state == PR_TENANT_FAILED || result->state == PR_TENANT_NO_DATA;
	pr_batch_record_tenant(batch, index, result, pr_tenant_state_names[result->state], began_clock_ms, pr_clock_ms());
	tell(batch);
}

static void fail_tenant(struct pr_batch *batch, size_t index, const char *reason, int64_t began_clock_ms)
{
	struct pr_tenant_result result;

	pr_batch_settle_at_once(batch, index, &result);
	result.state = PR_TENANT_FAILED;
	result.code = PR_CODE_INTERNAL;
	snprintf(result.reason, sizeof result.reason, "%s", reason);
	end_tenant(batch, index, &result, began_clock_ms);
}

/* --- trying again ------------------------------------------------------------------------------------------------- */

/* What a store is in trouble with may heal; an embedded one is a file, whose contents do not. */
static bool may_heal(const struct pr_batch *batch, const struct pr_tenant_result *result)
{
	if (result->state != PR_TENANT_FAILED)
		return false;
	return batch->config->store.kind == PR_STORE_LIVE &&
	       (result->code == PR_CODE_UNREACHABLE || result->code == PR_CODE_STORE);
}

static int64_t wait_before(const struct pr_batch *batch, int attempts)
{
	int64_t wait_ms = (int64_t)batch->config->retry_wait_s * 1000;

	for (int i = 1; i < attempts && wait_ms < RETRY_WAIT_MAX_MS; i++)
		wait_ms *= 2;
	return wait_ms < RETRY_WAIT_MAX_MS ? wait_ms : RETRY_WAIT_MAX_MS;
}

static bool is_tried_again(struct pr_batch *batch, size_t index, const struct pr_tenant_result *result)
{
	struct pr_batch_entry *entry = &batch->entries[index];
	int64_t now_ms = pr_monotonic_ms(), wait_ms = wait_before(batch, entry->attempts);

	if (!may_heal(batch, result) || entry->attempts >= batch->config->attempts || signal_count > 0)
		return false;
	pr_log(PR_LOG_WARNING, "tenant %lld '%s': %s; tried again in %lld s, attempt %d of %d",
		(long long)batch->tenants[index].id, pr_text_clean(&batch->row_arena, batch->tenants[index].name),
		result->reason, (long long)(wait_ms / 1000), entry->attempts + 1, batch->config->attempts);
	entry->due_ms = now_ms + wait_ms;
	batch->waiting++;
	if (result->code == PR_CODE_UNREACHABLE)
		batch->pause_ms = entry->due_ms;
	return true;
}

static void take_result(struct pr_batch *batch, const struct pr_batch_worker *worker)
{
	const struct pr_tenant_result *result = &worker->result;

	if (is_tried_again(batch, worker->index, result))
		return;
	if (result->state == PR_TENANT_FAILED && result->code == PR_CODE_UNREACHABLE &&
		batch->config->store.kind == PR_STORE_LIVE) {
		batch->unreachable++;
		snprintf(batch->trouble, sizeof batch->trouble, "%s", result->reason);
	} else {
		batch->unreachable = 0;
	}
	end_tenant(batch, worker->index, result, worker->began_clock_ms);
}

/* --- workers ------------------------------------------------------------------------------------------------------ */

/* In the worker: one tenant, its result through the pipe, and out without the parent's exit handlers. */
static void work(struct pr_batch *batch, size_t index, int answer)
{
	char bytes[1 + sizeof(struct pr_tenant_result)];
	struct pr_tenant_result result;

	pr_worker_set_beat(answer);
	pr_batch_settle_at_once(batch, index, &result);
	pr_report_make(&batch->workshop, &batch->tenants[index], result.month, &result);
	bytes[0] = PR_WORKER_RESULT;
	memcpy(bytes + 1, &result, sizeof result);
	for (size_t sent = 0; sent < sizeof bytes;) {
		ssize_t count = write(answer, bytes + sent, sizeof bytes - sent);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			_exit(1);
		sent += (size_t)count;
	}
	_exit(0);
}

static bool start_worker(struct pr_batch *batch, struct pr_batch_worker *worker, size_t index)
{
	struct pr_batch_entry *entry = &batch->entries[index];
	struct pr_tenant_result result;
	pid_t pid;
	int answer;

	pr_batch_settle_at_once(batch, index, &result);
	pr_batch_record_tenant(batch, index, &result, PR_STATE_RUNNING, pr_clock_ms(), PR_TIME_MISSING);
	pr_batch_record_flush(batch);
	if (!pr_worker_fork(batch->config->memory_limit_mib, &pid, &answer, batch->error))
		return false;
	if (pid == 0)
		work(batch, index, answer);
	*worker = (struct pr_batch_worker){
		.pid = pid, .answer = answer, .index = index, .began_clock_ms = pr_clock_ms(), .alive_ms = pr_monotonic_ms()};
	entry->attempts++;
	if (entry->due_ms) {
		entry->due_ms = 0;
		batch->waiting--;
	}
	batch->working++;
	return true;
}

/* The pipe has closed: the worker is gone, with a whole result or without. */
static void finish_worker(struct pr_batch *batch, struct pr_batch_worker *worker)
{
	struct pr_batch_worker ended = *worker;
	char reason[256];
	bool good;

	close(ended.answer);
	good = pr_worker_wait(ended.pid, reason, sizeof reason);
	worker->pid = 0;
	batch->working--;
	if (ended.received == sizeof ended.result && (good || ended.is_result))
		take_result(batch, &ended);
	else
		fail_tenant(batch, ended.index, ended.killed ? ended.killed : reason, ended.began_clock_ms);
}

static void read_worker(struct pr_batch *batch, struct pr_batch_worker *worker)
{
	char *bytes = (char *)&worker->result, sign = 0;
	size_t room = sizeof worker->result - worker->received;
	ssize_t count = worker->is_result && room > 0 ? read(worker->answer, bytes + worker->received, room)
	                                              : read(worker->answer, &sign, 1);

	if (count < 0 && errno == EINTR)
		return;
	if (count <= 0) {
		finish_worker(batch, worker);
		return;
	}
	worker->alive_ms = pr_monotonic_ms();
	if (worker->is_result)
		worker->received += room > 0 ? (size_t)count : 0;
	else
		worker->is_result = sign == PR_WORKER_RESULT;
}

static void end_worker(struct pr_batch_worker *worker, const char *why)
{
	if (!worker->killed)
		worker->killed = why;
	kill(worker->pid, SIGKILL);
}

/* The next moment at which something has to be looked at, as poll wants it. */
static int time_to_wait(const struct pr_batch *batch)
{
	int64_t now_ms = pr_monotonic_ms(), until_ms = now_ms + TICK_MS;

	for (size_t i = 0; batch->waiting > 0 && i < batch->next; i++)
		if (batch->entries[i].due_ms && batch->entries[i].due_ms < until_ms)
			until_ms = batch->entries[i].due_ms;
	return until_ms > now_ms ? (int)(until_ms - now_ms) : 0;
}

static void wait_for_workers(struct pr_batch *batch)
{
	struct pollfd polls[PR_WORKERS_MAX + 1];
	struct pr_batch_worker *polled[PR_WORKERS_MAX + 1];
	nfds_t count = 0;
	char bytes[64];

	polls[count++] = (struct pollfd){.fd = signal_pipe[0], .events = POLLIN};
	for (size_t i = 0; i < batch->worker_count; i++) {
		if (batch->workers[i].pid == 0)
			continue;
		polled[count] = &batch->workers[i];
		polls[count++] = (struct pollfd){.fd = batch->workers[i].answer, .events = POLLIN};
	}
	pr_batch_record_flush(batch);
	if (poll(polls, count, time_to_wait(batch)) <= 0)
		return;
	if (polls[0].revents && read(signal_pipe[0], bytes, sizeof bytes) < 0)
		errno = 0;
	for (nfds_t i = 1; i < count; i++)
		if (polls[i].revents)
			read_worker(batch, polled[i]);
}

static void end_the_silent(struct pr_batch *batch)
{
	int64_t limit_ms = (int64_t)batch->config->time_limit_s * 1000, now_ms = pr_monotonic_ms();

	for (size_t i = 0; limit_ms > 0 && i < batch->worker_count; i++) {
		struct pr_batch_worker *worker = &batch->workers[i];
		if (worker->pid != 0 && now_ms - worker->alive_ms >= limit_ms)
			end_worker(worker, pr_arena_format(batch->arena,
								   "its worker gave no sign of life for %d s and was killed; see [run] time_limit_s",
								   batch->config->time_limit_s));
	}
}

/* --- what comes next ---------------------------------------------------------------------------------------------- */

static const char *signal_name(int number)
{
	return number == SIGINT ? "SIGINT" : number == SIGTERM ? "SIGTERM" : "SIGHUP";
}

static void heed_signal(struct pr_batch *batch)
{
	int64_t now_ms = pr_monotonic_ms();

	if (signal_count == 0)
		return;
	if (!batch->told_of_signal) {
		batch->told_of_signal = true;
		batch->summary->signal = (int)signal_number;
		batch->stop_ms = now_ms + STOP_AFTER_MS;
		pr_log(PR_LOG_WARNING,
			"%s: no further tenant is begun; %zu at work may end within %lld s, a second signal abandons them",
			signal_name((int)signal_number), batch->working, (long long)(STOP_AFTER_MS / 1000));
	}
	if (signal_count == 1 && now_ms < batch->stop_ms)
		return;
	for (size_t i = 0; i < batch->worker_count; i++)
		if (batch->workers[i].pid != 0)
			end_worker(&batch->workers[i], "abandoned: the run was ended by a signal");
}

/* Those that were to be tried again have no time for that any more. */
static void drop_waiting(struct pr_batch *batch)
{
	for (size_t i = 0; batch->waiting > 0 && i < batch->next; i++) {
		if (!batch->entries[i].due_ms)
			continue;
		batch->entries[i].due_ms = 0;
		batch->waiting--;
		fail_tenant(batch, i, "the store was in trouble; the run was ended by a signal before it was tried again",
			pr_clock_ms());
	}
}

static size_t due_tenant(const struct pr_batch *batch)
{
	int64_t now_ms = pr_monotonic_ms();
	size_t found = NOTHING;

	for (size_t i = 0; batch->waiting > 0 && i < batch->next; i++)
		if (batch->entries[i].due_ms && batch->entries[i].due_ms <= now_ms &&
			(found == NOTHING || batch->entries[i].due_ms < batch->entries[found].due_ms))
			found = i;
	return found;
}

/* The next one that needs a worker; those that need none end here. NOTHING = none, or not now. */
static size_t next_tenant(struct pr_batch *batch)
{
	size_t due = due_tenant(batch);

	if (due != NOTHING)
		return due;
	while (batch->next < batch->tenant_count && batch->pause_ms <= pr_monotonic_ms()) {
		struct pr_tenant_result result;
		/* Before the first platform is begun, everybody else has to be done. */
		if (batch->next >= batch->others && batch->ended < batch->others)
			return NOTHING;
		size_t index = batch->next++;
		if (pr_batch_settle_at_once(batch, index, &result))
			end_tenant(batch, index, &result, pr_clock_ms());
		else if (batch->unreachable >= UNREACHABLE_MAX)
			fail_tenant(batch, index,
				pr_arena_format(batch->arena, "not tried: the store is in trouble: %s", batch->trouble), pr_clock_ms());
		else
			return index;
	}
	return NOTHING;
}

static struct pr_batch_worker *free_worker(struct pr_batch *batch)
{
	for (size_t i = 0; i < batch->worker_count; i++)
		if (batch->workers[i].pid == 0)
			return &batch->workers[i];
	return NULL;
}

static bool start_workers(struct pr_batch *batch)
{
	while (signal_count == 0) {
		struct pr_batch_worker *worker = free_worker(batch);
		size_t index = worker ? next_tenant(batch) : NOTHING;
		if (index == NOTHING)
			break;
		if (!start_worker(batch, worker, index))
			return false;
	}
	return true;
}

static void show_progress(const struct pr_batch *batch)
{
	const struct pr_batch_progress progress = {.total = batch->tenant_count,
		.ended = batch->ended,
		.bad = batch->bad,
		.working = batch->working,
		.elapsed_ms = pr_monotonic_ms() - batch->began_ms};

	if (batch->request->progress)
		batch->request->progress(&progress, batch->request->told_context);
}

static bool is_over(const struct pr_batch *batch)
{
	if (batch->working > 0)
		return false;
	return signal_count > 0 || (batch->waiting == 0 && batch->next == batch->tenant_count);
}

bool pr_batch_schedule(struct pr_batch *batch)
{
	bool good;

	if (!open_signals(batch))
		return false;
	batch->began_ms = pr_monotonic_ms();
	while ((good = start_workers(batch)) && !is_over(batch)) {
		show_progress(batch);
		wait_for_workers(batch);
		end_the_silent(batch);
		heed_signal(batch);
	}
	for (size_t i = 0; !good && i < batch->worker_count; i++)
		if (batch->workers[i].pid != 0)
			end_worker(&batch->workers[i], "abandoned: the run cannot go on");
	while (!good && batch->working > 0)
		wait_for_workers(batch);
	heed_signal(batch);
	if (signal_count > 0)
		drop_waiting(batch);
	batch->summary->unreached = batch->tenant_count - batch->next;
	show_progress(batch);
	close_signals();
	return good;
}
