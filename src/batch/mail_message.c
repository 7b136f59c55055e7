/* One recipient's message: its letter, its files, its headers; sent, or written as a draft. */
#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "batch/mail_inner.h"

static struct pr_mime_address address_of(const struct pr_recipient *recipient)
{
	return (struct pr_mime_address){recipient->name, recipient->email};
}

/* One address, once, is one recipient; the directory's order is by address. */
bool pr_mail_is_double(const struct pr_directory *directory, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (directory->recipients[i].active &&
			pr_mailing_is_same(directory->recipients[i].email, directory->recipients[index].email))
			return true;
	return false;
}

/* Whom the headers name: a message that is sent all open recipients, a draft its own alone, since a mail client sends
 * it to whom it names. */
static void fill_recipients(
	const struct pr_mail_item *item, const struct pr_recipient *own, struct pr_mime_message *message)
{
	static const char *const kinds[] = {"to", "cc"};
	struct pr_arena *arena = item->arena;
	bool alone = item->mail->request->draft_folder != NULL;

	for (size_t kind = 0; kind < 2; kind++) {
		struct pr_mime_address *list = NULL;
		size_t count = 0, capacity = 0;
		for (size_t i = 0; !alone && i < item->directory->recipient_count; i++) {
			const struct pr_recipient *recipient = &item->directory->recipients[i];
			if (recipient->active && strcmp(recipient->kind, kinds[kind]) == 0 &&
				pr_mime_is_address(recipient->email) && !pr_mail_is_double(item->directory, i))
				*PR_PUSH(arena, list, count, capacity) = address_of(recipient);
		}
		if (alone && kind == 0)
			*PR_PUSH(arena, list, count, capacity) = address_of(own);
		if (kind == 0) {
			message->to = list;
			message->to_count = count;
		} else {
			message->cc = list;
			message->cc_count = count;
		}
	}
}

static struct pr_mime_address reply_address(const struct pr_mail_item *item)
{
	const char *configured = item->mail->config->mail.reply_to;
	const struct pr_tenant *tenant = &item->directory->tenant;

	if (configured)
		return (struct pr_mime_address){NULL, configured};
	if (pr_mime_is_address(tenant->contact_email))
		return (struct pr_mime_address){tenant->contact_name, tenant->contact_email};
	return (struct pr_mime_address){0};
}

bool pr_mail_message_write(const struct pr_mail_item *item, const struct pr_recipient *recipient,
	const char *message_id, const char **bytes, size_t *count)
{
	const struct pr_mail *mail = item->mail;
	const struct pr_mail_config *config = &mail->config->mail;
	const struct pr_mail_package *package = &item->package;
	char month[16];
	struct pr_tenant tenant = item->directory->tenant;
	const struct pr_letter_facts facts = {.tenant = &tenant,
		.letter = &package->letter,
		.revision = item->revision.number,
		.month = pr_month_iso(mail->request->month, month),
		.recipient = recipient->name,
		.has_pdf = package->pdf != NULL,
		.has_xlsx = package->xlsx != NULL};
	struct pr_mime_message message = {.message_id = message_id,
		.date_ms = mail->request->now_ms,
		.zone = item->directory->tenant.zone,
		.language = package->locale,
		.reply_to = reply_address(item),
		.draft = mail->request->draft_folder != NULL};
	struct pr_mime_file files[2];
	struct pr_letter_text text;

	tenant.locale = package->locale; /* the report's: its sentences are in no other */
	if (!pr_letter_write(mail->forms, &facts, item->arena, &text, mail->error))
		return false;
	if (config->from)
		message.from = (struct pr_mime_address){config->from_name ? config->from_name : text.brand, config->from};
	message.subject = text.subject;
	message.text = text.text;
	message.html = text.html;
	if (package->pdf)
		files[message.file_count++] =
			(struct pr_mime_file){text.pdf_name, "application/pdf", package->pdf, package->pdf_count};
	if (package->xlsx)
		files[message.file_count++] = (struct pr_mime_file){text.xlsx_name,
			"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", package->xlsx, package->xlsx_count};
	message.files = files;
	fill_recipients(item, recipient, &message);
	pr_mime_write(&message, item->arena, bytes, count);
	return true;
}

const char *pr_mail_message_id(const struct pr_mail_item *item, const char *address)
{
	const struct pr_mail_config *config = &item->mail->config->mail;
	const char *domain = config->from ? strrchr(config->from, '@') + 1 : "powerreport.invalid";
	char hash[PR_SHA256_TEXT], month[16];
	char *key = pr_arena_copy(item->arena, address);

	for (char *at = key; *at; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	pr_sha256(key, strlen(key), hash);
	return pr_arena_format(item->arena, "<%s.%" PRId64 ".%s.r%d.%.20s@%s>",
		pr_month_iso(item->mail->request->month, month), item->report->tenant_id, item->report->edition,
		item->revision.number, hash, domain);
}

/* --- a draft ------------------------------------------------------------------------------------------------------ */

/* "2026-10 3-临江市第三人民医院 power@lj3y.example.eml"; with a hash where the address had to be changed for a file. */
static const char *draft_path(const struct pr_mail_item *item, const char *address, const char *message_id)
{
	struct pr_arena *arena = item->arena;
	const char *safe = pr_text_path_name(arena, address);
	char month[16], hash[PR_SHA256_TEXT];
	const char *suffix = "";

	if (strcmp(safe, address) != 0)
		suffix = pr_arena_format(arena, " %.8s", pr_sha256(message_id, strlen(message_id), hash));
	return pr_arena_format(arena, "%s/%s %" PRId64 "-%s %s%s.eml", item->mail->request->draft_folder,
		pr_month_iso(item->mail->request->month, month), item->report->tenant_id,
		pr_text_path_name(arena, item->report->name), safe, suffix);
}

bool pr_mail_draft_write(
	struct pr_mail_item *item, const struct pr_recipient *recipient, const struct pr_sending *sending)
{
	const char *path = draft_path(item, recipient->email, sending->message_id), *bytes;
	size_t count;

	if (!pr_mail_message_write(item, recipient, sending->message_id, &bytes, &count) ||
		!pr_file_write(path, bytes, count, item->mail->error))
		return false;
	pr_mail_tell(item, PR_MAIL_DRAFTED, sending, NULL, path);
	return true;
}
