/*
 * The letter that goes with a report, in two steps. With the report: what it says of the month, rendered in the report's
 * scope by the same words as its pages (struct pr_letter, which stands in report.json). With the mail: subject, text and
 * HTML of the message by templates/mail/, of nothing but those texts and names.
 */
#ifndef PR_DOCUMENT_LETTER_H
#define PR_DOCUMENT_LETTER_H

#include "document/document.h"

struct pr_context;
struct pr_scope;
/* `tenant` is the tenant's scope. Without a template for the edition there is no letter. Private to the document room. */
PR_CHECK bool pr_letter_collect(const struct pr_context *context, const struct pr_templates *templates,
	const struct pr_scope *tenant, struct pr_letter *letter, struct pr_error *error);

/* Whom the message goes to, from whom, and what is in it. Names are as the directory has them: they are cleaned here. */
struct pr_letter_facts {
	const struct pr_tenant *tenant; /* name, brand, locale, contact */
	const struct pr_letter *letter;
	int revision;
	const char *month;     /* "2026-10", for the files' names */
	const char *recipient; /* NULL = unknown */
	bool has_pdf, has_xlsx;
};

struct pr_letter_text {
	const char *subject;              /* one line without controls */
	const char *text;                 /* lines end with "\n" */
	const char *html;                 /* a whole page; no image, no script, nothing from elsewhere */
	const char *brand;                /* the brand's name: whom the message is from */
	const char *pdf_name, *xlsx_name; /* of the attachments: safe for a file */
};

/* templates/mail/message.txt and message.html: read once, checked for every locale and brand by writing a sample. */
struct pr_letter_forms;
PR_CHECK bool pr_letter_forms_read(struct pr_letter_forms **forms, const struct pr_templates *templates,
	struct pr_arena *arena, struct pr_error *error);
PR_CHECK bool pr_letter_write(const struct pr_letter_forms *forms, const struct pr_letter_facts *facts,
	struct pr_arena *arena, struct pr_letter_text *out, struct pr_error *error);

#endif
