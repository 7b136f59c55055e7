/*
 * The mail of a month: every report that the ledgers of the output folder call done or released goes to its recipients
 * (table `recipient` of the directory), one message each, with the report's files as they were published.
 *
 * A recipient gets a revision once. What is known of it stands in OUT/ledger.db (batch/mailing.h); a mail run that is
 * killed at any moment leaves one sending at most that nobody knows the end of. One mail run at a time works in a
 * folder; a run may be at work beside it.
 *
 * pr_release lets a held report go: one revision, by somebody.
 */
#ifndef PR_BATCH_MAIL_H
#define PR_BATCH_MAIL_H

#include "batch/batch.h"

enum pr_mail_state {
	PR_MAIL_SENT,
	PR_MAIL_DRAFTED,
	PR_MAIL_WOULD,        /* a dry run: would be sent */
	PR_MAIL_ALREADY,      /* sent by an earlier call */
	PR_MAIL_HELD,         /* a report that waits for its release */
	PR_MAIL_NO_RECIPIENT, /* a report that nobody gets */
	PR_MAIL_NO_REPORT,    /* of a tenant that the ledger knows */
	PR_MAIL_FAILED,
	PR_MAIL_UNKNOWN, /* interrupted: not sent again before --resend */
	PR_MAIL_UNSENT,  /* left, since the server could not be used any further, or a signal came */
	PR_MAIL_STATE_COUNT
};
extern const char *const pr_mail_state_names[PR_MAIL_STATE_COUNT]; /* "sent", "drafted", "would be sent", … */

/* One recipient, or one report that goes to nobody (address NULL). Texts live until the call returns. */
struct pr_mail_told {
	enum pr_mail_state state;
	struct pr_month month;
	int64_t tenant_id;
	const char *name; /* of the tenant */
	const char *edition;
	int revision;        /* 0 = none */
	const char *address; /* NULL = none */
	const char *kind;    /* "to", "cc", "bcc"; NULL */
	int64_t sending;     /* the ledger's id, for --resend; 0 = none */
	const char *reason;  /* the server's answer, or why not; NULL = none */
	const char *file;    /* of a draft; NULL */
};

struct pr_mail_request {
	struct pr_month month;
	const int64_t *tenants; /* NULL = all */
	size_t tenant_count;
	unsigned editions;        /* bits 1 << enum pr_edition; 0 = all */
	const char *draft_folder; /* drafts instead of sending; NULL = send */
	bool dry_run;
	int64_t resend; /* this sending alone, also where it is unknown; 0 = none */
	int64_t now_ms; /* the messages' date */
	void (*told)(const struct pr_mail_told *told, void *context);
	void (*progress)(const struct pr_batch_progress *progress, void *context); /* by reports; NULL = not wanted */
	void *context;
};

struct pr_mail_summary {
	size_t counts[PR_MAIL_STATE_COUNT];
	size_t unreached;  /* reports that were not looked at any more */
	int signal;        /* that ended it early; 0 = none */
	char stopped[512]; /* why the server could not be used any further; "" = it could */
};

/* Where the server can't be used and nothing was sent: PR_CODE_UNREACHABLE. */
PR_CHECK bool pr_mail_run(struct pr_config *config, const struct pr_mail_request *request, struct pr_arena *arena,
	struct pr_mail_summary *summary, struct pr_error *error);

struct pr_release_request {
	struct pr_month month;
	int64_t tenant_id;
	unsigned editions; /* as above: the report has to be of one of them */
	int revision;      /* 0 = the newest, which it has to be in any case */
	const char *by;
};
struct pr_released {
	const char *name, *edition, *reason; /* reason: why it was held */
	int revision;
	int64_t released_ms;
};
/* PR_CODE_UNKNOWN where there is nothing to release: no report, not held, another revision, released already. */
PR_CHECK bool pr_release(const struct pr_config *config, const struct pr_release_request *request,
	struct pr_arena *arena, struct pr_released *released, struct pr_error *error);

#endif
