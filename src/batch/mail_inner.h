/* A mail run's own state, for the files that make it up alone: mail.c (the whole), mail_message.c (what is sent). */
#ifndef PR_BATCH_MAIL_INNER_H
#define PR_BATCH_MAIL_INNER_H

#include "batch/lock.h"
#include "batch/mail.h"
#include "batch/mail_reports.h"
#include "batch/mailing.h"
#include "batch/smtp.h"
#include "document/letter.h"
#include "output/mime.h"

/* A message that the server did not take for now. */
struct pr_mail_later {
	int64_t tenant_id;
	const char *address;
	char reason[400];
};

struct pr_mail {
	struct pr_config *config;
	const struct pr_mail_request *request;
	struct pr_arena *arena; /* of the whole call */
	struct pr_templates *templates;
	struct pr_letter_forms *forms;
	struct pr_source *source;
	struct pr_smtp *smtp;
	struct pr_ledger *ledger; /* NULL where nothing is sent and there is none */
	struct pr_lock_file lock;
	struct pr_sending resend;
	struct pr_mail_report *reports;
	size_t report_count, ended, bad;
	struct pr_mail_later *laters, *before; /* of this round, and of the one before it */
	size_t later_count, later_capacity, before_count;
	int round;
	int64_t began_ms, last_ms; /* monotonic; last: when the last message began */
	size_t handled;            /* messages that the server has answered, or taken without an answer */
	int unanswered;            /* in a row */
	bool stopped;              /* the server cannot be used any further */
	struct pr_mail_summary *summary;
	struct pr_error *error;
};

/* A report at work. */
struct pr_mail_item {
	struct pr_mail *mail;
	const struct pr_mail_report *report;
	struct pr_arena *arena;
	struct pr_ledger_revision revision;
	const char *ledger; /* the path of the one that knows it best */
	struct pr_directory *directory;
	struct pr_mail_package package;
	bool is_packed, is_broken; /* the package was read; or can't be */
};

void pr_mail_tell(struct pr_mail_item *item, enum pr_mail_state state, const struct pr_sending *sending,
	const char *reason, const char *file);

/* One address, once, is one recipient: whether an active one before it has it. The directory's order is by address. */
bool pr_mail_is_double(const struct pr_directory *directory, size_t index);
/*
 * The same for every try of a sending: who gets it twice, since a person said so, can see that it is one message.
 * In the item's arena, as the message.
 */
const char *pr_mail_message_id(const struct pr_mail_item *item, const char *address);
PR_CHECK bool pr_mail_message_write(const struct pr_mail_item *item, const struct pr_recipient *recipient,
	const char *message_id, const char **bytes, size_t *count);
PR_CHECK bool pr_mail_draft_write(
	struct pr_mail_item *item, const struct pr_recipient *recipient, const struct pr_sending *sending);

#endif
