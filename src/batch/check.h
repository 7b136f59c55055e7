/*
 * Everything that a run needs, tried before the night: files of the configuration, fonts, the stores (source/probe.h),
 * the output folder, the ledger. A line for each; one that fails hides no other. Nothing is written but a probe in the
 * output folder, which is removed again.
 */
#ifndef PR_BATCH_CHECK_H
#define PR_BATCH_CHECK_H

#include "config/config.h"
#include "source/probe.h"

/* `tell` is called for each line, in the same order every time. */
void pr_check(const struct pr_config *config, int64_t now_ms,
	void (*tell)(void *context, enum pr_probe_status status, const char *what, const char *found, const char *todo),
	void *context);

/* Its part for the output folder (batch/check_disk.c): room for the reports of so many tenants, 0 = nobody knows. */
void pr_check_disk(const struct pr_config *config, const struct pr_probe *probe, size_t tenants);

/* And for the mail (batch/check_mail.c): the server is greeted and logged in to, and no message sent. */
void pr_check_mail(const struct pr_config *config, const struct pr_probe *probe);

#endif
