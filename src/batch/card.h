/*
 * A report's card: what the index page shows of it. Its figures are the tenant's own findings, copied when the report is
 * made and kept with the revision in the ledger as JSON, with numbers as texts, since they are exact:
 *
 *     {"locale": "zh-CN", "zone": "Asia/Shanghai", "coverage": ["0.967573"], "health": ["92.3"], "grade": "excellent",
 *      "cost": [["378493.31", "CNY", "-0.095704", ""]]}
 *
 * A cost's third number is its change against the month before; the word behind it says how that is meant: "day" (per
 * measured day), "new" (the month before has none) or nothing. A platform has a cost a currency.
 */
#ifndef PR_BATCH_CARD_H
#define PR_BATCH_CARD_H

#include "document/index.h"

struct pr_card {
	const char *locale, *zone;
	pr_micro coverage, health; /* missing = none */
	const char *grade;         /* NULL = none */
	struct pr_index_cost *costs;
	size_t cost_count, cost_capacity;
};

const char *pr_card_write(const struct pr_report *report, struct pr_arena *arena);
/* Of a report that was published as JSON; NULL where the text is none. */
const char *pr_card_of_json(const char *json, size_t count, struct pr_arena *arena);
PR_CHECK bool pr_card_read(const char *text, struct pr_arena *arena, struct pr_card *card, struct pr_error *error);

#endif
