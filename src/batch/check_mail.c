/* The mail's server before the night: reached, trusted, logged in to; no message is sent. */
#include "batch/check.h"
#include "batch/smtp.h"

#define TIMEOUT_S 30 /* somebody waits for the answer */

void pr_check_mail(const struct pr_config *config, const struct pr_probe *probe)
{
	struct pr_config own = *config;
	struct pr_mail_config *mail = &own.mail;
	struct pr_smtp *smtp = NULL;
	struct pr_smtp_result result;
	struct pr_error error = {0};
	struct pr_arena arena;
	int64_t until_ms = PR_TIME_MISSING;

	if (!mail->host) {
		pr_probe_tell(probe, PR_PROBE_OK, "mail", NULL, "not set up: [mail] host is empty");
		return;
	}
	if (!mail->from)
		pr_probe_tell(probe, PR_PROBE_FAIL, "mail",
			"name whom messages are from in [mail] from: nothing is sent without", "[mail] from is empty");
	if (mail->timeout_s > TIMEOUT_S)
		mail->timeout_s = TIMEOUT_S;
	pr_arena_init(&arena);
	if (!pr_config_mail_secret(&own, &arena, &error) || !pr_smtp_open(&smtp, mail, &error)) {
		pr_probe_fail(probe, "mail", "correct [mail]: reports are made all the same, but not sent", &error);
	} else {
		pr_smtp_try(smtp, &until_ms, &result);
		if (result.outcome == PR_SMTP_SENT)
			pr_probe_tell(probe, PR_PROBE_OK, "mail", NULL, "%s:%d answers%s%s; no message was sent", mail->host,
				mail->port, until_ms == PR_TIME_MISSING ? ", without TLS" : " over TLS",
				mail->user ? ", and takes the login" : "");
		else
			pr_probe_tell(probe, PR_PROBE_FAIL, "mail",
				"correct [mail], or ask the mail server's people: reports are made all the same, but not sent",
				"%s:%d: %s", mail->host, mail->port, result.reply);
		pr_probe_certificate(probe, "mail: certificate", until_ms);
	}
	pr_smtp_free(smtp);
	pr_arena_release(&arena);
}
