/*
 * A month's index page: one HTML file that needs neither network nor script to be read, by templates/index.html and the
 * words of its language (docs/index.md). It is written piece by piece: of the customers one is in memory at a time.
 *
 *     if (!pr_index_begin(&index, templates, &head, put, context, arena, error))
 *         return false;
 *     … pr_index_add(index, &row, error) …
 *     good = pr_index_end(index, error);
 */
#ifndef PR_DOCUMENT_INDEX_H
#define PR_DOCUMENT_INDEX_H

#include "analysis/findings.h"
#include "document/document.h"

struct pr_index_cost {
	pr_micro amount;
	const char *currency;
	pr_micro change; /* fraction, against the month before; missing = none */
	bool per_day;    /* it compares measured days */
	bool is_new;     /* the month before has none */
};

/* How many customers have a state, an edition, a grade …; in the order in which they are told. */
struct pr_index_count {
	const char *name; /* "no data": the word is index.state_no_data */
	size_t count;
};

struct pr_index_run {
	int64_t began_ms, ended_ms, cutoff_ms; /* ended PR_TIME_MISSING = it has not */
	const char *outcome;                   /* "done", "failed", "interrupted"; NULL = it was killed, or is at work */
	const char *host, *version;
};

struct pr_index_head {
	struct pr_month month;
	const char *locale;
	const struct pr_zone *zone; /* of the page's times */
	bool has_run;
	struct pr_index_run run; /* the last one */
	size_t total;            /* customers */
	const struct pr_index_count *states, *editions, *grades, *mails;
	size_t state_count, edition_count, grade_count, mail_count;
	size_t later_revisions;
	int64_t newest_cutoff_ms; /* of the data; PR_TIME_MISSING = no report */
};

struct pr_index_row {
	int64_t id;
	const char *name, *edition, *state;
	size_t state_order; /* place of the state among those of the page */
	bool first;         /* of its state */
	const char *reason; /* as the program wrote it; NULL = none */
	int revision;       /* 0 = no report */
	pr_micro coverage, health;
	const char *grade; /* NULL = none */
	const struct pr_index_cost *costs;
	size_t cost_count;
	const char *pdf, *xlsx, *json; /* paths from the page; NULL = not there */
	const void *picture;           /* PNG of the first page; NULL = none */
	size_t picture_bytes;
	const char *mail; /* "sent", "failed", "unknown", "sending", "held", "none", "absent" */
	size_t mail_order;
	int64_t mail_sent, mail_total; /* addresses */
};

typedef bool (*pr_index_put)(void *context, const char *bytes, size_t count, struct pr_error *error);
struct pr_index;
/* `head`, `templates` and `arena` outlive the page. PR_CODE_CONFIG where the template or the locale's words are wrong. */
PR_CHECK bool pr_index_begin(struct pr_index **index, const struct pr_templates *templates,
	const struct pr_index_head *head, pr_index_put put, void *context, struct pr_arena *arena, struct pr_error *error);
PR_CHECK bool pr_index_add(struct pr_index *index, const struct pr_index_row *row, struct pr_error *error);
PR_CHECK bool pr_index_end(struct pr_index *index, struct pr_error *error);
/* Whether there are words of a locale; and whether the template can be used. */
bool pr_index_speaks(const struct pr_templates *templates, const char *locale);
PR_CHECK bool pr_index_check(const struct pr_templates *templates, struct pr_arena *arena, struct pr_error *error);

#endif
