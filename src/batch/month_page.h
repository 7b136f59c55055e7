/*
 * The month's page for people, OUT/YYYY-MM/index.html: every customer that the ledgers of the output folder know of in
 * the month, also where a run was of a few of them. It is written anew after every run, from the ledgers alone, and one
 * customer is in memory at a time; whoever changes what it shows (the mail, a release) has it written again:
 *
 *     pr_month_page_refresh(config, month);
 *
 * The same ledgers and files give the same bytes.
 */
#ifndef PR_BATCH_MONTH_PAGE_H
#define PR_BATCH_MONTH_PAGE_H

#include "base/calendar.h"
#include "config/config.h"
#include "document/document.h"

/* Template and language, before anything is made: PR_CODE_CONFIG. */
PR_CHECK bool pr_month_page_check(
	const struct pr_config *config, const struct pr_templates *templates, struct pr_error *error);
/* Nothing where the settings want none. */
PR_CHECK bool pr_month_page_leave(const struct pr_config *config, const struct pr_templates *templates,
	struct pr_month month, struct pr_error *error);
/* The same for who has no templates at hand. What goes wrong is only told: what the page shows stands in the ledger. */
void pr_month_page_refresh(const struct pr_config *config, struct pr_month month);

#endif
