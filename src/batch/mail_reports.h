/* What the ledgers of an output folder have of a month, for the mail; private to mail*.c. */
#ifndef PR_BATCH_MAIL_REPORTS_H
#define PR_BATCH_MAIL_REPORTS_H

#include "analysis/findings.h"
#include "batch/ledger_runs.h"
#include "config/config.h"

/* A tenant's row. */
struct pr_mail_report {
	int64_t tenant_id;
	const char *name, *edition, *state, *reason;
	const char *out_folder;
};
/* By tenant; where several ledgers hold one, the row that was begun last counts, as everywhere (batch/tally.h). */
PR_CHECK bool pr_mail_reports_read(const char *out_folder, struct pr_month month, struct pr_arena *arena,
	struct pr_mail_report **reports, size_t *count, struct pr_error *error);

/* Its newest revision, and the path of the ledger that knows it best (batch/ledgers.h; NULL = not asked for). */
PR_CHECK bool pr_mail_report_revision(const struct pr_mail_report *report, struct pr_month month,
	struct pr_arena *arena, struct pr_ledger_revision *revision, const char **ledger, bool *found,
	struct pr_error *error);
/* Why it may not be sent yet; NULL = it may. */
const char *pr_mail_report_held(const struct pr_ledger_revision *revision);

/* A report as it was published: what its letter says, and its files. */
struct pr_mail_package {
	struct pr_letter letter;
	const char *locale;     /* of the report */
	const void *pdf, *xlsx; /* NULL = not wanted */
	size_t pdf_count, xlsx_count;
};
/*
 * Reads the wanted files and report.json; an error (PR_CODE_OUTPUT) where one is not there, is not what the ledger says
 * that was published, or all are larger than the settings allow.
 */
PR_CHECK bool pr_mail_package_read(const struct pr_config *config, const struct pr_ledger_revision *revision,
	struct pr_arena *arena, struct pr_mail_package *package, struct pr_error *error);

#endif
