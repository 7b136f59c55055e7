/* powerreport mail: the reports of a month to their recipients. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "batch/mail.h"
#include "batch/month_page.h"
#include "command/command.h"
#include "command/progress.h"
#include "command/settings.h"
#include "output/json.h"

struct teller {
	const struct pr_command_options *options;
	bool broken; /* standard output takes no more */
};

static void print(struct teller *teller, const char *text)
{
	if (!teller->broken && !teller->options->print(text))
		teller->broken = true;
}

static bool is_bad(enum pr_mail_state state)
{
	return state == PR_MAIL_FAILED || state == PR_MAIL_UNKNOWN || state == PR_MAIL_UNSENT;
}

static void add_text(struct pr_buffer *line, const char *key, const char *text)
{
	pr_buffer_format(line, ", \"%s\": ", key);
	pr_json_quote(line, text);
}

static void add_number(struct pr_buffer *line, const char *key, int64_t number)
{
	if (number)
		pr_buffer_format(line, ", \"%s\": %" PRId64, key, number);
	else
		pr_buffer_format(line, ", \"%s\": null", key);
}

static void tell_program(struct teller *teller, const struct pr_mail_told *told, struct pr_arena *arena)
{
	struct pr_buffer line;
	char month[16];

	pr_buffer_init(&line, arena);
	pr_buffer_format(&line, "{\"event\": \"mail\", \"tenant\": %" PRId64 ", \"month\": \"%s\"", told->tenant_id,
		pr_month_iso(told->month, month));
	add_text(&line, "edition", told->edition);
	add_number(&line, "revision", told->revision);
	add_text(&line, "state", pr_mail_state_names[told->state]);
	add_text(&line, "recipient", told->address);
	add_text(&line, "kind", told->kind);
	add_number(&line, "sending", told->sending);
	add_text(&line, "reason", told->reason);
	add_text(&line, "file", told->file);
	pr_buffer_add(&line, "}\n");
	print(teller, line.text);
}

/* "unknown: a@b.example: sending 7: reason" */
static const char *what_of(const struct pr_mail_told *told, struct pr_arena *arena)
{
	struct pr_buffer text;

	pr_buffer_init(&text, arena);
	pr_buffer_add(&text, pr_mail_state_names[told->state]);
	if (told->address)
		pr_buffer_format(&text, ": %s", pr_text_clean(arena, told->address));
	if (told->sending && told->state != PR_MAIL_SENT)
		pr_buffer_format(&text, ": sending %" PRId64, told->sending);
	if (told->file)
		pr_buffer_format(&text, ": %s", told->file);
	if (told->reason)
		pr_buffer_format(&text, ": %s", pr_text_clean(arena, told->reason));
	return text.text;
}

static void tell_person(struct teller *teller, const struct pr_mail_told *told, struct pr_arena *arena)
{
	const char *name = pr_text_clean(arena, told->name), *what = what_of(told, arena);
	char month[16];

	pr_month_iso(told->month, month);
	if (is_bad(told->state) || told->state == PR_MAIL_NO_RECIPIENT)
		pr_log(told->state == PR_MAIL_NO_RECIPIENT ? PR_LOG_WARNING : PR_LOG_ERROR, "tenant %" PRId64 " '%s', %s: %s",
			told->tenant_id, name, month, what);
	else if (!teller->options->quiet && !teller->options->json)
		print(teller, pr_arena_format(arena, "%s  %" PRId64 " %s: %s\n", month, told->tenant_id, name, what));
}

static void told(const struct pr_mail_told *told, void *context)
{
	struct teller *teller = context;
	struct pr_arena arena;

	pr_arena_init(&arena);
	pr_progress_clear(teller->options);
	if (teller->options->json)
		tell_program(teller, told, &arena);
	tell_person(teller, told, &arena);
	pr_arena_release(&arena);
}

static void told_progress(const struct pr_batch_progress *progress, void *context)
{
	const struct teller *teller = context;

	pr_progress_draw(teller->options, progress);
}

static void print_summary(struct teller *teller, const struct pr_mail_summary *summary, struct pr_arena *arena)
{
	bool json = teller->options->json;
	struct pr_buffer line;

	pr_progress_clear(teller->options);
	if (summary->stopped[0])
		pr_log(PR_LOG_ERROR, "%s; %zu reports were not reached", summary->stopped, summary->unreached);
	else if (summary->signal)
		pr_log(PR_LOG_ERROR, "ended by signal %d: %zu reports were not reached; the same call goes on with them",
			summary->signal, summary->unreached);
	if (!json && teller->options->quiet)
		return;
	pr_buffer_init(&line, arena);
	pr_buffer_add(&line, json ? "{\"event\": \"summary\"" : "");
	for (int state = 0; state < PR_MAIL_STATE_COUNT; state++)
		pr_buffer_format(
			&line, json ? ", \"%s\": %zu" : "%s %zu, ", pr_mail_state_names[state], summary->counts[state]);
	pr_buffer_format(&line, json ? ", \"not reached\": %zu" : "not reached %zu", summary->unreached);
	if (json && summary->signal)
		pr_buffer_format(&line, ", \"interrupted\": %d", summary->signal);
	pr_buffer_add(&line, json ? "}\n" : "\n");
	print(teller, line.text);
}

static bool is_clean(const struct pr_command_options *options, const struct pr_mail_summary *summary)
{
	const size_t *counts = summary->counts;
	bool asked = options->tenant_count > 0; /* for a report that is not there */

	return counts[PR_MAIL_FAILED] + counts[PR_MAIL_UNKNOWN] + counts[PR_MAIL_UNSENT] + summary->unreached == 0 &&
	       !(asked && counts[PR_MAIL_NO_REPORT] > 0) && !summary->signal && !summary->stopped[0];
}

bool pr_command_mail(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error)
{
	struct teller teller = {.options = options};
	struct pr_mail_request request = {.month = options->month,
		.tenants = options->tenants,
		.tenant_count = options->tenant_count,
		.editions = options->editions,
		.draft_folder = options->draft_folder,
		.dry_run = options->dry_run,
		.resend = options->resend,
		.now_ms = options->now_ms,
		.told = told,
		.progress = options->draw ? told_progress : NULL,
		.context = &teller};
	struct pr_mail_summary summary;
	struct pr_config config;

	if (!options->has_month)
		return pr_error_set(error, PR_CODE_USAGE, "--month is expected; see 'powerreport mail --help'");
	if (options->resend && (options->draft_folder || options->dry_run))
		return pr_error_set(error, PR_CODE_USAGE, "--resend sends; it goes with neither --draft nor --dry-run");
	if (!pr_settings_read(options, arena, &config, error) || !pr_mail_run(&config, &request, arena, &summary, error))
		return false;
	if (!request.draft_folder && !request.dry_run)
		pr_month_page_refresh(&config, request.month);
	print_summary(&teller, &summary, arena);
	if (teller.broken)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot write to standard output");
	*exit_code = is_clean(options, &summary) ? 0 : 1;
	return true;
}
