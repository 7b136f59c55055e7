/*
 * What the ledger knows of the mail: one row a sending, that is a message to one address with one revision of a report.
 * All sendings of an output folder stand in OUT/ledger.db, also where its reports stand in the ledgers of shards: one
 * table is what makes sure that nobody gets a revision twice.
 *
 *     begin ──► "sending" ──► end ──► "sent" | "failed" | "unknown"
 *
 * The row says "sending" from before the first byte of the message is handed to the server until its answer is known;
 * both writes are on the disk when they return. A row that says "sending" while no mail run is at work (batch/lock.h)
 * is of one that was killed: nobody knows whether the message arrived. Such a sending is "unknown" and is never sent
 * again by itself.
 *
 * To look (index page, status):
 *
 *     if (!pr_mailing_each(out_folder, month, fn, context, error))
 *         return false;
 */
#ifndef PR_BATCH_MAILING_H
#define PR_BATCH_MAILING_H

#include "batch/ledger.h"

enum pr_sending_state {
	PR_SENDING_SENDING, /* at work right now */
	PR_SENDING_SENT,    /* the server has taken it */
	PR_SENDING_FAILED,  /* it has not: the next mail run tries again */
	PR_SENDING_UNKNOWN, /* interrupted: nobody knows; not sent again until `mail --resend ID` */
	PR_SENDING_STATE_COUNT
};
extern const char *const pr_sending_state_names[PR_SENDING_STATE_COUNT]; /* "sending", "sent", "failed", "unknown" */

struct pr_sending {
	int64_t id; /* for --resend; unique in the output folder */
	struct pr_month month;
	int64_t tenant_id;
	const char *edition;
	int revision;
	const char *address; /* as it stands in the directory */
	const char *name;    /* of the recipient; NULL = none */
	const char *kind;    /* "to", "cc", "bcc" */
	enum pr_sending_state state;
	const char *reply;          /* sent: the server's answer; failed, unknown: the reason; NULL = none */
	int attempts;               /* how often a message was handed to the server */
	int64_t began_ms, ended_ms; /* of the last one, by the clock; ended PR_TIME_MISSING = not */
	const char *message_id;     /* "<…@…>" */
};

/*
 * Every sending of a month, by tenant, revision, then address; texts live until the next one. None where there is no
 * ledger, or one of before the mail. One that was interrupted is told as unknown, also before a mail run has said so.
 */
typedef bool (*pr_sending_fn)(void *context, const struct pr_sending *sending, struct pr_error *error);
PR_CHECK bool pr_mailing_each(
	const char *out_folder, struct pr_month month, pr_sending_fn fn, void *context, struct pr_error *error);

/* What became of a revision's mail, in numbers. */
struct pr_mailing_counts {
	size_t counts[PR_SENDING_STATE_COUNT];
	int64_t last_sent_ms; /* PR_TIME_MISSING = none was */
};
PR_CHECK bool pr_mailing_count(const char *out_folder, struct pr_month month, int64_t tenant_id, int revision,
	struct pr_mailing_counts *counts, struct pr_error *error);

/* Whether two addresses are one: letters count without case. */
bool pr_mailing_is_same(const char *a, const char *b);

/*
 * Whether sendings of a revision have begun of which OUT/ledger.db knows nothing any more: another ledger has a trace of
 * them, the one in which the report stands (below), or a copy of the one that was lost.
 */
PR_CHECK bool pr_mailing_is_lost(
	const char *out_folder, struct pr_month month, int64_t tenant_id, int revision, bool *lost, struct pr_error *error);

/* --- for the mail run alone, which holds the mail's lock ----------------------------------------------------------- */

/* Sendings of killed mail runs become unknown. */
PR_CHECK bool pr_mailing_settle(struct pr_ledger *ledger, struct pr_error *error);
/* The one to an address (any spelling: letters count without case); `*found` false: there is none. */
PR_CHECK bool pr_mailing_find(struct pr_ledger *ledger, const struct pr_sending *key, struct pr_arena *arena,
	struct pr_sending *sending, bool *found, struct pr_error *error);
PR_CHECK bool pr_mailing_get(struct pr_ledger *ledger, int64_t id, struct pr_arena *arena, struct pr_sending *sending,
	bool *found, struct pr_error *error);
/*
 * Says "sending", in a new row or in the failed or unknown one of the address, and gives its id. An error where the
 * address has been sent to, or is being sent to: whoever asks has not looked.
 */
PR_CHECK bool pr_mailing_begin(struct pr_ledger *ledger, struct pr_sending *sending, struct pr_error *error);
/* The same row in the ledger of the report, where that is another one: it tells that the mail's was lost, and no more. */
PR_CHECK bool pr_mailing_leave_trace(const char *path, const struct pr_sending *sending, struct pr_error *error);
/* How it ended; of one that was refused before a byte of it was handed over (id 0) the row is made. */
PR_CHECK bool pr_mailing_end(struct pr_ledger *ledger, struct pr_sending *sending, struct pr_error *error);

#endif
