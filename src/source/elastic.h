/*
 * Elasticsearch and OpenSearch over HTTP: what both understand since 7.10 and 1.0, and nothing that writes: GET /,
 * mappings and _msearch. An answer is checked before anybody sees it: its own status, timed_out, failed shards,
 * terminated_early; a partial answer is an error (PR_CODE_STORE), a refused account PR_CODE_UNREACHABLE.
 *
 *     struct pr_elastic *elastic = NULL;
 *     if (!pr_elastic_open(&elastic, &config->store.elasticsearch, error))
 *         return false;
 *     struct pr_search search = {index, "{\"size\":0,…}"};
 *     if (!pr_elastic_search(elastic, &search, 1, take, context, error)) …
 *     pr_elastic_free(elastic);
 */
#ifndef PR_SOURCE_ELASTIC_H
#define PR_SOURCE_ELASTIC_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "config/config.h"
#include "source/json_reader.h"

/* The most hits that one search may return (index.max_result_window). */
#define PR_ELASTIC_SIZE 10000

struct pr_elastic;

/* Asks GET / once; `config` must outlive the handle. */
PR_CHECK bool pr_elastic_open(
	struct pr_elastic **elastic, const struct pr_elasticsearch_config *config, struct pr_error *error);
/* The same for who wants to know the server, too (pr_elastic_peer). */
PR_CHECK bool pr_elastic_open_to_look(
	struct pr_elastic **elastic, const struct pr_elasticsearch_config *config, struct pr_error *error);
void pr_elastic_free(struct pr_elastic *elastic); /* NULL is fine */
const struct pr_elasticsearch_config *pr_elastic_config(const struct pr_elastic *elastic);

/* A GET with its status, whatever that is; *document NULL where the answer is no JSON; the caller frees it. */
PR_CHECK bool pr_elastic_get(struct pr_elastic *elastic, const char *path, int *status,
	struct pr_json_document **document, struct pr_error *error);
/* The error inside an answer; NULL where there is none. */
const char *pr_elastic_reason(const struct pr_json *root, struct pr_arena *arena);
struct pr_http_peer;
void pr_elastic_peer(const struct pr_elastic *elastic, struct pr_http_peer *peer);

/* What a column of the contract is read as. */
enum pr_elastic_type { PR_ELASTIC_ID, PR_ELASTIC_NUMBER, PR_ELASTIC_TIME, PR_ELASTIC_KEYWORD };

/*
 * The field behind a contract's name, with its type checked in the mapping: the configured name, or for a text field
 * the keyword beside it ("message.raw"). *field is NULL where no index of the data set has it, which is an error for a
 * name that report.ini gives and for a `needed` one. Mappings are read once a data set.
 */
PR_CHECK bool pr_elastic_field(struct pr_elastic *elastic, const struct pr_index_config *index, const char *contract,
	enum pr_elastic_type type, bool is_needed, const char **field, struct pr_error *error);

struct pr_search {
	const struct pr_index_config *index;
	const char *body; /* JSON without a line break */
};
/* `response` has "hits" and "aggregations" as far as they were asked for; gone after the call. */
typedef bool pr_elastic_take(void *context, size_t search, const struct pr_json *response, struct pr_error *error);

/* Runs them in as few requests as `batch` allows, and hands over each answer in their order. */
PR_CHECK bool pr_elastic_search(struct pr_elastic *elastic, const struct pr_search *searches, size_t count,
	pr_elastic_take *take, void *context, struct pr_error *error);
/* Whether the error of a failed search is that of a cluster that does not run scripts. */
bool pr_elastic_scripts_forbidden(const struct pr_elastic *elastic);

/* Why an answer of a search is no whole one, as text without a full stop; NULL where it is whole. */
const char *pr_elastic_refuse(const struct pr_json *item, struct pr_arena *arena);
/* hits.total where it is exact. */
PR_CHECK bool pr_elastic_total(const struct pr_json *response, int64_t *total, struct pr_error *error);

/* --- writing query bodies --- */

void pr_elastic_add_text(struct pr_buffer *buffer, const char *text); /* quoted and escaped */
void pr_elastic_add_double(struct pr_buffer *buffer, double value);   /* so that it reads back to the bit */
/* {"range":{"<field>":{"gte":from,"lt":to,"format":"epoch_millis"}}}; PR_TIME_MISSING leaves a side open. */
void pr_elastic_add_time_range(struct pr_buffer *buffer, const char *field, int64_t from_ms, int64_t to_ms);

/* --- reading a hit's "fields" (docvalue_fields); a missing field is NaN, PR_TIME_MISSING, NULL or 0 --- */

/* The one value of a field; *value NULL where there is none. More than one is an error. */
PR_CHECK bool pr_elastic_value(
	const struct pr_json *fields, const char *field, const struct pr_json **value, struct pr_error *error);
PR_CHECK bool pr_elastic_read_number(
	const struct pr_json *fields, const char *field, double *out, struct pr_error *error);
PR_CHECK bool pr_elastic_read_time(
	const struct pr_json *fields, const char *field, int64_t *out_ms, struct pr_error *error);
PR_CHECK bool pr_elastic_read_id(const struct pr_json *fields, const char *field, int64_t *out, struct pr_error *error);
/* In the arena. */
PR_CHECK bool pr_elastic_read_text(
	const struct pr_json *fields, const char *field, struct pr_arena *arena, const char **out, struct pr_error *error);
/* An instant as text or number of milliseconds; fractions of one are cut. */
PR_CHECK bool pr_elastic_parse_ms(const struct pr_json *value, int64_t *out_ms);

#endif
