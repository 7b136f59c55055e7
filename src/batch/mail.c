/*
 * The order of writes for one message, so that it is never sent twice:
 *
 *     the server has taken sender and recipient
 *     ledger: "sending"                                 on the disk before the next line; a trace in the report's ledger
 *     the message's bytes, then its end                 from the end on it may be delivered
 *     ledger: "sent", "failed" or "unknown"
 *
 * Killed before the first write, the message was not handed over, and the next call sends it. Killed between the two,
 * the row says "sending"; the next call, which holds the mail's lock, calls it "unknown" and leaves it alone.
 */
#include "batch/mail_inner.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "batch/worker.h"
#include "source/source.h"

#define WAIT_MAX_S 300
#define WITHOUT_ANSWER_MAX 3 /* messages in a row of which nobody knows what became of them */
#define SLICE_MS 100

const char *const pr_mail_state_names[PR_MAIL_STATE_COUNT] = {"sent", "drafted", "would be sent", "sent before", "held",
	"no recipient", "no report", "failed", "unknown", "not sent"};

/* --- signals ------------------------------------------------------------------------------------------------------ */

static volatile sig_atomic_t signal_number;

/* The first one lets the message at work end; a second one ends the program, as without us. */
static void take_signal(int number)
{
	signal_number = number;
}

static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
#define SIGNAL_COUNT (sizeof stop_signals / sizeof *stop_signals)
static struct sigaction actions_before[SIGNAL_COUNT];

static void open_signals(void)
{
	struct sigaction stop = {.sa_handler = take_signal, .sa_flags = (int)SA_RESETHAND};
	struct sigaction ignore = {.sa_handler = SIG_IGN}; /* a connection that ends is an error to be told */

	signal_number = 0;
	for (size_t i = 0; i < SIGNAL_COUNT; i++) {
		sigaction(stop_signals[i], NULL, &actions_before[i]);
		if (actions_before[i].sa_handler != SIG_IGN)
			sigaction(stop_signals[i], stop_signals[i] == SIGPIPE ? &ignore : &stop, NULL);
	}
}

static void close_signals(void)
{
	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		sigaction(stop_signals[i], &actions_before[i], NULL);
}

static bool must_stop(const struct pr_mail *mail)
{
	return mail->stopped || signal_number != 0;
}

static void wait_until(const struct pr_mail *mail, int64_t due_ms)
{
	const struct timespec slice = {.tv_nsec = SLICE_MS * 1000000L};

	while (!must_stop(mail) && pr_monotonic_ms() < due_ms)
		nanosleep(&slice, NULL);
}

static void wait_for_server(const struct pr_mail *mail, int attempt)
{
	int64_t wait_s = mail->config->mail.retry_wait_s;

	for (int i = 1; i < attempt && wait_s < WAIT_MAX_S; i++)
		wait_s *= 2;
	wait_until(mail, pr_monotonic_ms() + (wait_s < WAIT_MAX_S ? wait_s : WAIT_MAX_S) * 1000);
}

/* --- told --------------------------------------------------------------------------------------------------------- */

void pr_mail_tell(struct pr_mail_item *item, enum pr_mail_state state, const struct pr_sending *sending,
	const char *reason, const char *file)
{
	struct pr_mail *mail = item->mail;
	const struct pr_mail_told told = {.state = state,
		.month = mail->request->month,
		.tenant_id = item->report->tenant_id,
		.name = item->report->name,
		.edition = item->report->edition,
		.revision = item->revision.number,
		.address = sending ? sending->address : NULL,
		.kind = sending ? sending->kind : NULL,
		.sending = sending ? sending->id : 0,
		.reason = reason,
		.file = file};

	mail->summary->counts[state]++;
	if (state == PR_MAIL_FAILED || state == PR_MAIL_UNKNOWN)
		mail->bad++;
	mail->request->told(&told, mail->request->context);
}

static void tell_progress(const struct pr_mail *mail)
{
	const struct pr_batch_progress progress = {.total = mail->report_count,
		.ended = mail->ended,
		.bad = mail->bad,
		.elapsed_ms = pr_monotonic_ms() - mail->began_ms};

	if (mail->request->progress)
		mail->request->progress(&progress, mail->request->context);
}

static void stop(struct pr_mail *mail, const char *why)
{
	const struct pr_mail_config *config = &mail->config->mail;

	if (!mail->stopped)
		snprintf(mail->summary->stopped, sizeof mail->summary->stopped, "cannot send mail by %s:%d: %s",
			config->host ? config->host : "", config->port, why);
	mail->stopped = true;
}

/* --- sending ------------------------------------------------------------------------------------------------------ */

struct handing {
	const struct pr_mail_item *item;
	struct pr_sending *sending;
};

/* Between the server's "go ahead" and the first byte. */
static bool record_begin(void *context)
{
	struct handing *handing = context;
	const struct pr_mail_item *item = handing->item;
	struct pr_mail *mail = item->mail;

	handing->sending->began_ms = pr_clock_ms();
	return pr_mailing_begin(mail->ledger, handing->sending, mail->error) &&
	       (strcmp(item->ledger, pr_ledger_path(mail->config->out_folder, item->arena)) == 0 ||
			   pr_mailing_leave_trace(item->ledger, handing->sending, mail->error));
}

static bool record_end(struct pr_mail *mail, struct pr_sending *sending, enum pr_sending_state state, const char *reply)
{
	sending->state = state;
	sending->reply = reply;
	sending->ended_ms = pr_clock_ms();
	if (sending->id == 0)
		sending->began_ms = sending->ended_ms;
	return pr_mailing_end(mail->ledger, sending, mail->error);
}

/* Hands the message over; where the server is in trouble, again after a while. False: the ledger cannot be written. */
static bool hand_over(const struct pr_mail_item *item, struct pr_sending *sending, const char *bytes, size_t count,
	struct pr_smtp_result *result)
{
	struct pr_mail *mail = item->mail;
	const struct pr_mail_config *config = &mail->config->mail;
	struct handing handing = {item, sending};
	const struct pr_smtp_message message = {.from = config->from,
		.to = sending->address,
		.bytes = bytes,
		.count = count,
		.handing = record_begin,
		.context = &handing};

	for (int attempt = 1;; attempt++) {
		if (config->per_minute > 0)
			wait_until(mail, mail->last_ms + 60000 / config->per_minute);
		mail->last_ms = pr_monotonic_ms();
		sending->id = 0;
		pr_smtp_send(mail->smtp, &message, result);
		/* A server that was never reached is a matter of the settings, or of the next call. */
		bool heals =
			result->outcome == PR_SMTP_SERVER_LATER || (result->outcome == PR_SMTP_UNREACHED && mail->handled > 0);
		if (!heals || attempt >= config->attempts || must_stop(mail))
			return true;
		if (sending->id != 0 && !record_end(mail, sending, PR_SENDING_FAILED, result->reply))
			return false;
		pr_log(PR_LOG_INFO, "mail: %s; trying again", result->reply);
		wait_for_server(mail, attempt);
	}
}

static void put_off(struct pr_mail_item *item, const struct pr_sending *sending, const char *reason)
{
	struct pr_mail *mail = item->mail;
	struct pr_mail_later *later = PR_PUSH(mail->arena, mail->laters, mail->later_count, mail->later_capacity);

	later->tenant_id = item->report->tenant_id;
	later->address = pr_arena_copy(mail->arena, sending->address);
	snprintf(later->reason, sizeof later->reason, "%s", reason);
	pr_log(PR_LOG_INFO, "mail: tenant %" PRId64 ": %s: %s; trying again later", item->report->tenant_id,
		sending->address, reason);
}

/* What became of it, for the ledger first. False: the ledger cannot be written, which ends the mail. */
static bool settle(struct pr_mail_item *item, struct pr_sending *sending, const struct pr_smtp_result *result)
{
	struct pr_mail *mail = item->mail;
	bool is_last = mail->round >= mail->config->mail.attempts || must_stop(mail);

	mail->unanswered = result->outcome == PR_SMTP_UNKNOWN ? mail->unanswered + 1 : 0;
	switch (result->outcome) {
	case PR_SMTP_SENT:
		if (!record_end(mail, sending, PR_SENDING_SENT, result->reply))
			return false;
		mail->handled++;
		pr_mail_tell(item, PR_MAIL_SENT, sending, result->reply, NULL);
		return true;
	case PR_SMTP_UNKNOWN:
		if (!record_end(mail, sending, PR_SENDING_UNKNOWN, result->reply))
			return false;
		mail->handled++;
		pr_mail_tell(item, PR_MAIL_UNKNOWN, sending, result->reply, NULL);
		if (mail->unanswered >= WITHOUT_ANSWER_MAX)
			stop(mail, "it takes messages and does not answer");
		return true;
	case PR_SMTP_REFUSED:
	case PR_SMTP_LATER:
		if (!record_end(mail, sending, PR_SENDING_FAILED, result->reply))
			return false;
		mail->handled++;
		if (result->outcome == PR_SMTP_LATER && !is_last)
			put_off(item, sending, result->reply);
		else
			pr_mail_tell(item, PR_MAIL_FAILED, sending, result->reply, NULL);
		return true;
	case PR_SMTP_SERVER_LATER:
	case PR_SMTP_SERVER:
	case PR_SMTP_UNREACHED:
		if (sending->id != 0 && !record_end(mail, sending, PR_SENDING_FAILED, result->reply))
			return false;
		stop(mail, result->reply);
		pr_mail_tell(item, PR_MAIL_UNSENT, sending, NULL, NULL);
		return true;
	case PR_SMTP_STOPPED:
		break;
	}
	return pr_error_set(mail->error, PR_CODE_OUTPUT, "cannot write the ledger; expected to before a message is sent");
}

/* --- a recipient -------------------------------------------------------------------------------------------------- */

/* The files and words, once a report; where they can't be had, that is told once. */
static bool pack(struct pr_mail_item *item)
{
	struct pr_mail *mail = item->mail;
	struct pr_error error = {0};
	char text[768];
	bool found;

	if (item->is_packed || item->is_broken)
		return item->is_packed;
	item->is_packed = pr_mail_package_read(mail->config, &item->revision, item->arena, &item->package, &error);
	if (!item->is_packed) {
		/* A run at work may have published since the ledger was read: once more, as it is now. */
		struct pr_ledger_revision now;
		struct pr_error again = {0};
		if (pr_mail_report_revision(item->report, mail->request->month, item->arena, &now, NULL, &found, &again) &&
			found && now.number == item->revision.number && !pr_mail_report_held(&now)) {
			item->revision = now;
			item->is_packed = pr_mail_package_read(mail->config, &now, item->arena, &item->package, &again);
		}
	}
	item->is_broken = !item->is_packed;
	if (item->is_broken)
		pr_mail_tell(item, PR_MAIL_FAILED, NULL, pr_error_describe(&error, text, sizeof text), NULL);
	return item->is_packed;
}

static bool refuse_address(struct pr_mail_item *item, struct pr_sending *sending)
{
	struct pr_mail *mail = item->mail;
	static const char *const why = "is no address that mail can be sent to; expected such as name@example.com";

	if (!mail->request->dry_run && !mail->request->draft_folder && !record_end(mail, sending, PR_SENDING_FAILED, why))
		return false;
	pr_mail_tell(item, PR_MAIL_FAILED, sending, why, NULL);
	return true;
}

static bool deliver(struct pr_mail_item *item, const struct pr_recipient *recipient, struct pr_sending *sending)
{
	struct pr_mail *mail = item->mail;
	struct pr_smtp_result result;
	const char *bytes;
	size_t count;

	if (must_stop(mail)) {
		pr_mail_tell(item, PR_MAIL_UNSENT, sending, NULL, NULL);
		return true;
	}
	if (!pr_mime_is_address(recipient->email))
		return refuse_address(item, sending);
	if (!pack(item))
		return true;
	if (mail->request->dry_run) {
		pr_mail_tell(item, PR_MAIL_WOULD, sending, NULL, NULL);
		return true;
	}
	if (mail->request->draft_folder)
		return pr_mail_draft_write(item, recipient, sending);
	if (!pr_mail_message_write(item, recipient, sending->message_id, &bytes, &count))
		return false;
	return hand_over(item, sending, bytes, count, &result) && settle(item, sending, &result);
}

/* Whether this round is about the address: all in the first one, then those that were put off. */
static bool is_due(const struct pr_mail_item *item, const char *address)
{
	const struct pr_mail *mail = item->mail;

	if (mail->request->resend)
		return pr_mailing_is_same(address, mail->resend.address);
	for (size_t i = 0; i < mail->before_count; i++)
		if (mail->before[i].tenant_id == item->report->tenant_id &&
			pr_mailing_is_same(address, mail->before[i].address))
			return true;
	return mail->round == 1;
}

static bool take_recipient(struct pr_mail_item *item, const struct pr_recipient *recipient)
{
	struct pr_mail *mail = item->mail;
	const char *address = pr_text_clean(item->arena, recipient->email);
	struct pr_sending known, sending = {.month = mail->request->month,
								 .tenant_id = item->report->tenant_id,
								 .edition = item->report->edition,
								 .revision = item->revision.number,
								 .address = address,
								 .name = recipient->name ? pr_text_clean(item->arena, recipient->name) : NULL,
								 .kind = recipient->kind};
	bool found = false;

	sending.message_id = pr_mail_message_id(item, address);
	if (mail->ledger && !pr_mailing_find(mail->ledger, &sending, item->arena, &known, &found, mail->error))
		return false;
	if (found && known.state == PR_SENDING_SENT) {
		pr_mail_tell(item, PR_MAIL_ALREADY, &known, known.reply, NULL);
		return true;
	}
	if (found && known.state != PR_SENDING_FAILED && !mail->request->resend) {
		pr_mail_tell(
			item, PR_MAIL_UNKNOWN, &known, known.reply ? known.reply : "it is being sent, or was interrupted", NULL);
		return true;
	}
	if (found)
		sending.id = known.id;
	return deliver(item, recipient, &sending);
}

/* --- a report ----------------------------------------------------------------------------------------------------- */

static bool read_directory(struct pr_mail_item *item, bool *there)
{
	struct pr_mail *mail = item->mail;

	item->directory = pr_arena_alloc(item->arena, sizeof *item->directory);
	*there = pr_source_directory(mail->source, item->report->tenant_id, item->arena, item->directory, mail->error);
	if (*there)
		return true;
	if (mail->error->code != PR_CODE_UNKNOWN && mail->error->code != PR_CODE_STORE)
		return false;
	/* Its own trouble: the others get theirs. */
	pr_mail_tell(item, mail->error->code == PR_CODE_UNKNOWN ? PR_MAIL_NO_RECIPIENT : PR_MAIL_FAILED, NULL,
		mail->error->text, NULL);
	pr_error_clear(mail->error);
	return true;
}

static bool take_recipients(struct pr_mail_item *item)
{
	const struct pr_directory *directory = item->directory;
	size_t active = 0;

	for (size_t i = 0; i < directory->recipient_count; i++) {
		const struct pr_recipient *recipient = &directory->recipients[i];
		if (!recipient->active || pr_mail_is_double(directory, i))
			continue;
		active++;
		if (is_due(item, recipient->email) && !take_recipient(item, recipient))
			return false;
	}
	if (active == 0)
		pr_mail_tell(
			item, PR_MAIL_NO_RECIPIENT, NULL, "the directory's table 'recipient' has no active one for it", NULL);
	return true;
}

static bool take_report(struct pr_mail_item *item)
{
	struct pr_mail *mail = item->mail;
	const char *held;
	bool found, there;

	if (!pr_mail_report_revision(
			item->report, mail->request->month, item->arena, &item->revision, &item->ledger, &found, mail->error))
		return false;
	if (!found) {
		item->revision.number = 0;
		pr_mail_tell(item, PR_MAIL_NO_REPORT, NULL,
			item->report->reason ? pr_arena_format(item->arena, "%s: %s", item->report->state, item->report->reason)
								 : item->report->state,
			NULL);
		return true;
	}
	held = pr_mail_report_held(&item->revision);
	if (held) {
		pr_mail_tell(item, PR_MAIL_HELD, NULL, held, NULL);
		return true;
	}
	return read_directory(item, &there) && (!there || take_recipients(item));
}

static bool is_wanted(const struct pr_mail *mail, const struct pr_mail_report *report)
{
	const struct pr_mail_request *request = mail->request;
	int edition = pr_name_index(pr_edition_names, PR_EDITION_COUNT, report->edition);
	bool wanted = request->tenant_count == 0;

	if (request->editions && (edition < 0 || !(request->editions & (1U << edition))))
		return false;
	for (size_t i = 0; i < request->tenant_count; i++)
		wanted = wanted || request->tenants[i] == report->tenant_id;
	return wanted && (!request->resend || report->tenant_id == mail->resend.tenant_id);
}

/* A later round is about the reports of which something was put off. */
static bool is_in_round(const struct pr_mail *mail, const struct pr_mail_report *report)
{
	for (size_t i = 0; i < mail->before_count; i++)
		if (mail->before[i].tenant_id == report->tenant_id)
			return true;
	return mail->round == 1;
}

static bool run_round(struct pr_mail *mail)
{
	bool good = true;

	for (size_t i = 0; good && i < mail->report_count; i++) {
		struct pr_arena arena;
		struct pr_mail_item item = {.mail = mail, .report = &mail->reports[i], .arena = &arena};
		if (!is_in_round(mail, item.report))
			continue;
		if (must_stop(mail)) {
			mail->summary->unreached += mail->round == 1;
			continue;
		}
		pr_arena_init(&arena);
		good = take_report(&item);
		pr_arena_release(&arena);
		if (mail->round == 1)
			mail->ended++;
		tell_progress(mail);
	}
	return good;
}

/* What was put off and can't be tried any more has failed, with what the server said. */
static void tell_put_off(struct pr_mail *mail)
{
	for (size_t i = 0; i < mail->later_count; i++)
		for (size_t r = 0; r < mail->report_count; r++) {
			struct pr_mail_item item = {.mail = mail, .report = &mail->reports[r]};
			const struct pr_sending sending = {.address = mail->laters[i].address};
			if (mail->reports[r].tenant_id == mail->laters[i].tenant_id)
				pr_mail_tell(&item, PR_MAIL_FAILED, &sending, mail->laters[i].reason, NULL);
		}
}

static bool run_rounds(struct pr_mail *mail)
{
	mail->began_ms = pr_monotonic_ms();
	tell_progress(mail);
	for (mail->round = 1;; mail->round++) {
		if (!run_round(mail))
			return false;
		mail->before = mail->laters;
		mail->before_count = mail->later_count;
		if (mail->before_count == 0)
			return true;
		wait_for_server(mail, mail->round);
		if (must_stop(mail)) {
			tell_put_off(mail);
			return true;
		}
		mail->laters = NULL;
		mail->later_count = mail->later_capacity = 0;
	}
}

/* --- the beginning ------------------------------------------------------------------------------------------------ */

static bool check_tenants(struct pr_mail *mail)
{
	const struct pr_mail_request *request = mail->request;
	struct pr_tenant *all;
	size_t count;

	if (!pr_source_tenants(mail->source, mail->arena, &all, &count, mail->error))
		return false;
	for (size_t i = 0; i < request->tenant_count; i++) {
		bool found = false;
		for (size_t t = 0; t < count; t++)
			found = found || all[t].id == request->tenants[i];
		if (!found)
			return pr_error_set(mail->error, PR_CODE_UNKNOWN,
				"tenant %" PRId64 " is not in the directory; expected an id of its table 'tenant'",
				request->tenants[i]);
	}
	return true;
}

static bool read_reports(struct pr_mail *mail)
{
	struct pr_mail_report *all;
	size_t count, capacity = 0;
	char month[16];

	if (!pr_mail_reports_read(mail->config->out_folder, mail->request->month, mail->arena, &all, &count, mail->error)) {
		mail->error->code = PR_CODE_CONFIG;
		return false;
	}
	for (size_t i = 0; i < count; i++)
		if (is_wanted(mail, &all[i]))
			*PR_PUSH(mail->arena, mail->reports, mail->report_count, capacity) = all[i];
	return mail->report_count > 0 ||
	       pr_error_set(mail->error, PR_CODE_UNKNOWN,
			   "the ledger in '%s' knows no such report of %s; expected a run of that month before its mail",
			   mail->config->out_folder, pr_month_iso(mail->request->month, month));
}

static bool find_resend(struct pr_mail *mail)
{
	const struct pr_mail_request *request = mail->request;
	char month[16];
	bool found = false;

	if (!request->resend)
		return true;
	if (mail->ledger && !pr_mailing_get(mail->ledger, request->resend, mail->arena, &mail->resend, &found, mail->error))
		return false;
	if (!found || pr_month_compare(mail->resend.month, request->month) != 0)
		return pr_error_set(mail->error, PR_CODE_UNKNOWN,
			"--resend: there is no sending %" PRId64 " of %s; expected the number that `mail` has listed",
			request->resend, pr_month_iso(request->month, month));
	if (mail->resend.state == PR_SENDING_SENT)
		return pr_error_set(mail->error, PR_CODE_UNKNOWN,
			"--resend: sending %" PRId64 " to %s was sent; expected one that is unknown or failed", request->resend,
			mail->resend.address);
	return true;
}

/* The sending's revision has to be the newest still, and its address an active recipient's. */
static bool check_resend(struct pr_mail *mail)
{
	struct pr_ledger_revision revision;
	struct pr_directory directory;
	bool found, listed = false;

	if (!mail->request->resend)
		return true;
	if (!pr_mail_report_revision(
			&mail->reports[0], mail->request->month, mail->arena, &revision, NULL, &found, mail->error))
		return false;
	if (!found || revision.number != mail->resend.revision)
		return pr_error_set(mail->error, PR_CODE_UNKNOWN,
			"--resend: sending %" PRId64 " is of revision %d, which is not the newest any more", mail->resend.id,
			mail->resend.revision);
	if (!pr_source_directory(mail->source, mail->resend.tenant_id, mail->arena, &directory, mail->error))
		return false;
	for (size_t i = 0; i < directory.recipient_count; i++)
		listed = listed || (directory.recipients[i].active &&
							   pr_mailing_is_same(directory.recipients[i].email, mail->resend.address));
	return listed || pr_error_set(mail->error, PR_CODE_UNKNOWN,
						 "--resend: %s is no active recipient of tenant %" PRId64 " any more", mail->resend.address,
						 mail->resend.tenant_id);
}

static bool is_sending(const struct pr_mail *mail)
{
	return !mail->request->dry_run && !mail->request->draft_folder;
}

/* For sending: the lock, then the ledger, in which what killed mail runs left is settled. Else what is there is read. */
static bool open_ledger(struct pr_mail *mail)
{
	const char *out = mail->config->out_folder, *path = pr_ledger_path(out, mail->arena);
	bool good;

	if (!is_sending(mail)) {
		good = pr_ledger_open_to_read(&mail->ledger, path, mail->error);
	} else {
		if (!pr_lock_take_mail(&mail->lock, out, pr_clock_ms(), mail->error))
			return false;
		good = pr_ledger_open(&mail->ledger, path, mail->error) && pr_mailing_settle(mail->ledger, mail->error);
	}
	if (!good)
		mail->error->code = PR_CODE_CONFIG; /* nothing was done */
	return good;
}

static bool open_server(struct pr_mail *mail)
{
	if (!is_sending(mail))
		return !mail->request->draft_folder || mail->request->dry_run ||
		       pr_folder_make(mail->request->draft_folder, mail->error);
	if (!mail->config->mail.from)
		return pr_error_set(mail->error, PR_CODE_CONFIG,
			"%s: [mail] from is empty; expected an address such as reports@example.com", mail->config->path);
	return pr_config_mail_secret(mail->config, mail->arena, mail->error) &&
	       pr_smtp_open(&mail->smtp, &mail->config->mail, mail->error);
}

static bool begin(struct pr_mail *mail)
{
	struct stat status;
	bool good;

	if (stat(mail->config->out_folder, &status) != 0)
		return pr_error_set(mail->error, PR_CODE_CONFIG,
			"cannot find the output folder '%s'; expected one with reports", mail->config->out_folder);
	good = open_server(mail) && pr_templates_read(&mail->templates, mail->config, mail->arena, mail->error) &&
	       pr_letter_forms_read(&mail->forms, mail->templates, mail->arena, mail->error) &&
	       pr_source_open(&mail->source, mail->config, mail->error) && check_tenants(mail) && open_ledger(mail) &&
	       find_resend(mail) && read_reports(mail) && check_resend(mail);
	if (!good && mail->error->code == PR_CODE_STORE)
		mail->error->code = PR_CODE_UNREACHABLE; /* nothing was done */
	return good;
}

bool pr_mail_run(struct pr_config *config, const struct pr_mail_request *request, struct pr_arena *arena,
	struct pr_mail_summary *summary, struct pr_error *error)
{
	struct pr_mail mail = {.config = config,
		.request = request,
		.arena = arena,
		.lock = {.descriptor = -1},
		.last_ms = INT64_MIN / 2,
		.summary = summary,
		.error = error};
	bool good;

	*summary = (struct pr_mail_summary){0};
	open_signals();
	good = begin(&mail) && run_rounds(&mail);
	summary->signal = signal_number;
	close_signals();
	pr_smtp_free(mail.smtp);
	pr_source_free(mail.source);
	pr_ledger_close(mail.ledger);
	pr_lock_file_release(&mail.lock);
	if (good && mail.stopped && mail.handled == 0)
		good = pr_error_set(error, PR_CODE_UNREACHABLE, "%s", summary->stopped);
	return good;
}
