/* powerreport run: the reports of a month. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "batch/batch.h"
#include "command/command.h"
#include "command/progress.h"
#include "command/settings.h"
#include "output/json.h"

struct teller {
	const struct pr_command_options *options;
	struct pr_arena *arena; /* of the line that is told */
	bool broken;            /* standard output takes no more */
	int64_t resumed_ms;     /* when the run began that goes on; PR_TIME_MISSING = it is a new one */
};

static void print(struct teller *teller, const char *text)
{
	if (!teller->broken && !teller->options->print(text))
		teller->broken = true;
}

static bool is_bad(enum pr_tenant_state state)
{
	return state == PR_TENANT_FAILED || state == PR_TENANT_NO_DATA;
}

static void tell_program(struct teller *teller, const struct pr_tenant *tenant, const struct pr_tenant_result *result)
{
	struct pr_buffer line;
	char month[16];

	pr_buffer_init(&line, teller->arena);
	pr_buffer_format(&line,
		"{\"event\": \"tenant\", \"tenant\": %" PRId64 ", \"month\": \"%s\", \"edition\": \"%s\", "
		"\"state\": \"%s\", \"coverage\": ",
		tenant->id, pr_month_iso(result->month, month), pr_edition_names[tenant->edition],
		pr_tenant_state_names[result->state]);
	if (isnan(result->coverage))
		pr_buffer_add(&line, "null");
	else
		pr_buffer_format(&line, "%.6f", result->coverage);
	if (result->revision)
		pr_buffer_format(&line, ", \"revision\": %d", result->revision);
	else
		pr_buffer_add(&line, ", \"revision\": null");
	pr_buffer_add(&line, ", \"folder\": ");
	if (result->folder[0])
		pr_json_quote(&line, result->folder);
	else
		pr_buffer_add(&line, "null");
	pr_buffer_add(&line, ", \"reason\": ");
	if (result->reason[0])
		pr_json_quote(&line, result->reason);
	else
		pr_buffer_add(&line, "null");
	pr_buffer_format(&line, ", \"duration_ms\": %" PRId64 "}\n", result->duration_ms);
	print(teller, line.text);
}

static void tell_person(struct teller *teller, const struct pr_tenant *tenant, const struct pr_tenant_result *result)
{
	const char *name = pr_text_clean(teller->arena, tenant->name);
	char month[16];

	if (is_bad(result->state)) {
		pr_log(PR_LOG_ERROR, "tenant %" PRId64 " '%s', %s: %s", tenant->id, name, pr_month_iso(result->month, month),
			result->reason);
		return;
	}
	if (teller->options->quiet)
		return;
	print(teller, pr_arena_format(teller->arena, "%s  %" PRId64 " %s: %s%s%s%s%s\n", pr_month_iso(result->month, month),
					  tenant->id, name, pr_tenant_state_names[result->state], result->folder[0] ? ": " : "",
					  result->folder, result->reason[0] ? ": " : "", result->reason));
}

static void told(const struct pr_tenant *tenant, const struct pr_tenant_result *result, void *context)
{
	struct teller *teller = context;
	struct pr_arena arena;

	pr_arena_init(&arena);
	teller->arena = &arena;
	pr_progress_clear(teller->options);
	if (teller->options->json)
		tell_program(teller, tenant, result);
	if (!teller->options->json || is_bad(result->state))
		tell_person(teller, tenant, result);
	pr_arena_release(&arena);
}

static void told_resumed(int64_t began_ms, int64_t now_ms, void *context)
{
	struct teller *teller = context;
	char began[40], cutoff[40], text[200];

	teller->resumed_ms = began_ms;
	if (teller->options->json || teller->options->quiet)
		return;
	snprintf(text, sizeof text, "goes on with the run that began at %s, with its data up to %s\n",
		pr_time_iso(began_ms / 1000 * 1000, NULL, began), pr_time_iso(now_ms, NULL, cutoff));
	print(teller, text);
}

static void told_progress(const struct pr_batch_progress *progress, void *context)
{
	const struct teller *teller = context;

	pr_progress_draw(teller->options, progress);
}

/* What a signal left undone, and what a later call finds. */
static void add_interruption(struct teller *teller, const struct pr_batch_summary *summary, struct pr_buffer *line)
{
	char time[40];

	if (teller->options->json && teller->resumed_ms != PR_TIME_MISSING)
		pr_buffer_format(line, ", \"resumed\": \"%s\"", pr_time_iso(teller->resumed_ms, NULL, time));
	if (!summary->signal)
		return;
	if (teller->options->json)
		pr_buffer_format(line, ", \"interrupted\": %d, \"not begun\": %zu", summary->signal, summary->unreached);
	else
		pr_log(PR_LOG_ERROR, "ended by signal %d: %zu tenants were not begun; the same call goes on with them",
			summary->signal, summary->unreached);
}

static void print_summary(struct teller *teller, const struct pr_batch_summary *summary)
{
	bool json = teller->options->json;
	struct pr_buffer line;

	pr_progress_clear(teller->options);
	if (!json && teller->options->quiet && !summary->signal)
		return;
	pr_buffer_init(&line, teller->arena);
	pr_buffer_add(&line, json ? "{\"event\": \"summary\"" : "");
	for (int state = 0; state < PR_TENANT_STATE_COUNT; state++)
		pr_buffer_format(
			&line, json ? ", \"%s\": %zu" : "%s %zu, ", pr_tenant_state_names[state], summary->counts[state]);
	if (!json)
		line.text[line.length - strlen(", ")] = '\0';
	if (json && teller->options->shard.count > 0)
		pr_buffer_format(&line, ", \"shard\": \"%d/%d\"", teller->options->shard.index, teller->options->shard.count);
	add_interruption(teller, summary, &line);
	if (json)
		pr_buffer_add(&line, "}");
	print(teller, pr_arena_format(teller->arena, "%s\n", line.text));
}

bool pr_command_run(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error)
{
	struct teller teller = {.options = options, .resumed_ms = PR_TIME_MISSING};
	struct pr_batch_request request = {.has_month = options->has_month,
		.month = options->month,
		.tenants = options->tenants,
		.tenant_count = options->tenant_count,
		.editions = options->editions,
		.formats = options->formats,
		.jobs = options->jobs,
		.shard = options->shard,
		.dry_run = options->dry_run,
		.force = options->force,
		.retry_failed = options->retry_failed,
		.now_ms = options->now_ms,
		.has_now = options->has_now,
		.told = told,
		.resumed = told_resumed,
		.progress = options->draw ? told_progress : NULL,
		.told_context = &teller};
	struct pr_batch_summary summary;
	struct pr_config config;

	if (!pr_settings_read(options, arena, &config, error) || !pr_batch_run(&config, &request, arena, &summary, error))
		return false;
	teller.arena = arena;
	print_summary(&teller, &summary);
	if (teller.broken)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot write to standard output");
	*exit_code = summary.counts[PR_TENANT_FAILED] + summary.counts[PR_TENANT_NO_DATA] > 0 || summary.signal ? 1 : 0;
	return true;
}
