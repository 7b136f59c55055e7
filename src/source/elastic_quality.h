/*
 * Power quality worked out in the cluster: one scripted metric a point and month (elastic_quality_script.h), a search of
 * some ten kilobytes and an answer of two. Exact, since every sample is looked at where it lies; what travels between
 * nodes is counters and, of each series, the `kept` largest values, among which the one of the rank is.
 *
 *     pr_elastic_quality_write(&body, &ask);        "…":{"scripted_metric":{…}}
 *     pr_elastic_quality_take(&ask, value, &load, &quality, error)
 *
 * Which power factors count depends on the month's load. `floor_of` is what is taken for its value; an answer says what
 * it is, and only if that is the same are the power factors right.
 */
#ifndef PR_SOURCE_ELASTIC_QUALITY_H
#define PR_SOURCE_ELASTIC_QUALITY_H

#include "source/elastic.h"
#include "source/source.h"

struct pr_elastic_quality {
	const struct pr_quality_query *query;
	const char *time_field;
	const char *const *fields; /* PR_MINUTE_FIELD_COUNT; NULL = the data set has none */
	bool is_load_only;         /* nothing but the load's value is asked for */
	int64_t kept;              /* values of a series; pr_elastic_quality_kept of the rows that there are, or more */
	pr_micro load;             /* of the rank `load_rank_percent`; PR_MICRO_MISSING = none was measured */
};

/* How many of the largest values (or smallest, for the power factor) of a series of `rows` values hold every rank. */
int64_t pr_elastic_quality_kept(const struct pr_quality_rules *rules, int64_t rows);
void pr_elastic_quality_write(struct pr_buffer *body, const struct pr_elastic_quality *ask);
/* `value` is that of the aggregation; *load is the month's. The rest is nothing where the load alone was asked for. */
PR_CHECK bool pr_elastic_quality_take(const struct pr_elastic_quality *ask, const struct pr_json *value, pr_micro *load,
	struct pr_quality *quality, struct pr_error *error);

#endif
