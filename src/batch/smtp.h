/*
 * Mail to one server. smtp.c is the second file that knows curl: http.c belongs to the sources, which only read, and
 * knows nothing that writes; here one function hands a message over, once, and says what became of it.
 *
 * TLS is required: by STARTTLS, or from the beginning; certificate and host name are verified. Without it only a server
 * on this machine is spoken to, unless the settings say otherwise. The connection is kept for the next message.
 *
 *     if (!pr_smtp_open(&smtp, &config->mail, error))
 *         return false;
 *     pr_smtp_send(smtp, &message, &result);
 *     pr_smtp_free(smtp);
 */
#ifndef PR_BATCH_SMTP_H
#define PR_BATCH_SMTP_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "config/config.h"

struct pr_smtp;

/* PR_CODE_CONFIG where the settings are not enough. Connects with the first message. */
PR_CHECK bool pr_smtp_open(struct pr_smtp **smtp, const struct pr_mail_config *config, struct pr_error *error);
void pr_smtp_free(struct pr_smtp *smtp); /* NULL is fine */

enum pr_smtp_outcome {
	PR_SMTP_SENT,         /* the server has taken it */
	PR_SMTP_REFUSED,      /* this message, for good: 5xx */
	PR_SMTP_LATER,        /* this message, for now: 4xx */
	PR_SMTP_UNKNOWN,      /* handed over, and the connection ended without an answer */
	PR_SMTP_SERVER_LATER, /* the server, for now: 4xx before a recipient was named, or a connection that was lost */
	PR_SMTP_SERVER,       /* the server, for good: certificate, login, no TLS, the sender refused */
	PR_SMTP_UNREACHED,    /* no connection at all */
	PR_SMTP_STOPPED,      /* `handing` has refused: nothing was handed over */
};

struct pr_smtp_message {
	const char *from, *to; /* of the envelope */
	const char *bytes;
	size_t count;
	/* Asked before the first byte of the message is handed over; after it the message may arrive. */
	bool (*handing)(void *context);
	void *context;
};

struct pr_smtp_result {
	enum pr_smtp_outcome outcome;
	char reply[400]; /* the server's answer, or what went wrong; without secrets and controls */
};

void pr_smtp_send(struct pr_smtp *smtp, const struct pr_smtp_message *message, struct pr_smtp_result *result);

/*
 * Greeting, TLS and login, and no message: PR_SMTP_SENT where the server would take one. *certificate_until_ms:
 * the end of its certificate, PR_TIME_MISSING = no TLS. For a handle that sends nothing else.
 */
void pr_smtp_try(struct pr_smtp *smtp, int64_t *certificate_until_ms, struct pr_smtp_result *result);

#endif
