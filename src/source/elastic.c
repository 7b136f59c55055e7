#include "source/elastic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/log.h"
#include "source/elastic_mapping.h"
#include "source/http.h"

/* What of an _msearch answer is sent at all: everything that can tell a partial answer from a whole one, and the data. */
#define FILTER_PATH                                                                                 \
	"error,status,responses.status,responses.error,responses.timed_out,responses.terminated_early," \
	"responses._shards,responses.hits.total,responses.hits.hits.fields,responses.aggregations,"     \
	"-responses.aggregations.**.avg,-responses.aggregations.**.key_as_string"
#define INDEX_OPTIONS "\"ignore_unavailable\":false,\"allow_no_indices\":false"

struct pr_elastic {
	const struct pr_elasticsearch_config *config;
	struct pr_http *http;
	struct pr_arena arena; /* mappings */
	struct pr_elastic_mappings mappings;
	bool scripts_forbidden;
};

/* --- what an answer says about itself --- */

/* What stands below the cause: in it, or, of a script's, only in the report of the shard that failed first. */
static const char *deeper_reason(const struct pr_json *problem, const struct pr_json *cause)
{
	const char *reason = pr_json_text(pr_json_path(cause, "caused_by", "reason", NULL));
	if (reason)
		return reason;
	const struct pr_json *shard = pr_json_at(pr_json_get(problem, "failed_shards"), 0);
	return pr_json_text(pr_json_path(shard, "reason", "caused_by", "reason", NULL));
}

static const char *reason_of(const struct pr_json *problem, struct pr_arena *arena)
{
	/* The root cause names the index or the script; what stands above it is "all shards failed". */
	const struct pr_json *cause = pr_json_at(pr_json_get(problem, "root_cause"), 0);
	if (!cause)
		cause = problem;
	const char *type = pr_json_text(pr_json_get(cause, "type"));
	const char *reason = pr_json_text(pr_json_get(cause, "reason"));
	const char *deeper = deeper_reason(problem, cause);
	if (!type && !reason)
		return pr_json_text(problem)
		           ? pr_arena_copy(arena, pr_text_clean(arena, pr_json_text(problem)))
		           : "an error without a reason"; /* a clean text would be the document's own, which is freed */
	const char *text = pr_arena_format(arena, "%s: %.300s%s%.200s", type ? type : "error", reason ? reason : "",
		deeper ? ": " : "", deeper ? deeper : "");
	return pr_text_clean(arena, text);
}

/* "cannot execute [inline] scripts", "cannot execute scripts using [filter] context", "contains not allowed script" */
static bool forbids_scripts(const char *problem)
{
	return strstr(problem, "cannot execute") || strstr(problem, "not allowed script");
}

static const char *refuse_shards(const struct pr_json *item, struct pr_arena *arena)
{
	int64_t total = 0, failed = 0;
	if (!pr_json_int64(pr_json_path(item, "_shards", "total", NULL), &total) ||
		!pr_json_int64(pr_json_path(item, "_shards", "failed", NULL), &failed))
		return "the answer does not say whether shards failed";
	if (failed != 0)
		return pr_arena_format(arena, "%lld of %lld shards failed", (long long)failed, (long long)total);
	return NULL;
}

const char *pr_elastic_refuse(const struct pr_json *item, struct pr_arena *arena)
{
	int64_t status = 0;
	bool is_late = false, is_cut = false;
	if (!pr_json_is_object(item))
		return "the answer is no object";
	if (pr_json_get(item, "error"))
		return reason_of(pr_json_get(item, "error"), arena);
	if (!pr_json_int64(pr_json_get(item, "status"), &status) || status != 200)
		return pr_arena_format(arena, "status %lld inside the answer", (long long)status);
	if (!pr_json_bool(pr_json_get(item, "timed_out"), &is_late))
		return "the answer does not say whether it timed out";
	if (is_late)
		return "the search timed out in the cluster";
	if (pr_json_get(item, "terminated_early") &&
		(!pr_json_bool(pr_json_get(item, "terminated_early"), &is_cut) || is_cut))
		return "the search was terminated early";
	return refuse_shards(item, arena);
}

bool pr_elastic_total(const struct pr_json *response, int64_t *total, struct pr_error *error)
{
	const struct pr_json *node = pr_json_path(response, "hits", "total", NULL);
	const char *relation = pr_json_text(pr_json_get(node, "relation"));
	if (!relation || strcmp(relation, "eq") != 0 || !pr_json_int64(pr_json_get(node, "value"), total) || *total < 0)
		return pr_error_set(error, PR_CODE_STORE, "an answer without an exact number of hits");
	return true;
}

/* --- requests --- */

static bool refuse_account(const struct pr_elastic *elastic, int status, const char *what, struct pr_error *error)
{
	const struct pr_elasticsearch_config *config = elastic->config;
	if (status == 403)
		return pr_error_set(error, PR_CODE_UNREACHABLE,
			"%s may not read %s at %s: HTTP 403; expected the right to read it and its mapping",
			config->api_key ? "the API key"
			: config->user  ? config->user
							: "an unnamed user",
			what, config->url);
	if (config->api_key)
		return pr_error_set(error, PR_CODE_UNREACHABLE,
			"%s refuses the API key: HTTP 401; expected POWERREPORT_ES_API_KEY or [elasticsearch] api_key_file to hold "
			"a "
			"valid one",
			config->url);
	if (config->user)
		return pr_error_set(error, PR_CODE_UNREACHABLE,
			"%s refuses user '%s': HTTP 401; expected POWERREPORT_ES_PASSWORD or [elasticsearch] password_file to hold "
			"the user's password",
			config->url, config->user);
	return pr_error_set(error, PR_CODE_UNREACHABLE,
		"%s asks for an account: HTTP 401; expected [elasticsearch] user with a password, or an API key", config->url);
}

/* The reason inside an answer that is no 200, or NULL. */
static const char *inner_reason(const struct pr_http_answer *answer, struct pr_arena *arena)
{
	struct pr_json_document *document = NULL;
	struct pr_error ignored = {0};
	const char *reason = NULL;
	if (pr_json_parse(&document, answer->body, answer->count, &ignored)) {
		const struct pr_json *problem = pr_json_get(pr_json_root(document), "error");
		if (problem)
			reason = reason_of(problem, arena);
	}
	pr_json_free(document);
	return reason;
}

static bool check_status(
	struct pr_elastic *elastic, const struct pr_http_answer *answer, const char *what, struct pr_error *error)
{
	if (answer->status == 200)
		return true;
	if (answer->status == 401 || answer->status == 403)
		return refuse_account(elastic, answer->status, what, error);
	struct pr_arena arena;
	pr_arena_init(&arena);
	const char *reason = inner_reason(answer, &arena);
	pr_error_set(error, PR_CODE_STORE, "cannot query %s: HTTP %d%s%s", what, answer->status, reason ? ": " : "",
		reason ? reason : "");
	pr_arena_release(&arena);
	return false;
}

/* A GET whose answer is a JSON object; the caller frees the document. */
static bool get_json(struct pr_elastic *elastic, const char *path, const char *what, struct pr_json_document **document,
	struct pr_error *error)
{
	struct pr_http_attempts attempts = {0};
	struct pr_http_answer answer;
	*document = NULL;
	if (!pr_http_send(elastic->http, path, NULL, NULL, 0, &attempts, &answer, error) ||
		!check_status(elastic, &answer, what, error))
		return false;
	if (!pr_json_parse(document, answer.body, answer.count, error))
		return pr_error_context(error, "cannot query %s", what);
	if (pr_json_is_object(pr_json_root(*document)))
		return true;
	pr_json_free(*document);
	*document = NULL;
	return pr_error_set(error, PR_CODE_STORE, "cannot query %s: the answer is no object", what);
}

static bool greet(struct pr_elastic *elastic, struct pr_error *error)
{
	struct pr_json_document *document = NULL;
	struct pr_http_attempts attempts = {0};
	struct pr_http_answer answer;
	if (!pr_http_send(elastic->http, "/", NULL, NULL, 0, &attempts, &answer, error))
		return false;
	/* An account that may search need not be allowed to ask for the version. */
	if (answer.status == 403)
		return true;
	if (!check_status(elastic, &answer, elastic->config->url, error))
		return false;
	if (!pr_json_parse(&document, answer.body, answer.count, error))
		return pr_error_context(error, "%s is no Elasticsearch and no OpenSearch", elastic->config->url);
	const char *version = pr_json_text(pr_json_path(pr_json_root(document), "version", "number", NULL));
	if (version)
		pr_log(PR_LOG_DEBUG, "%s is version %s", elastic->config->url, version);
	else
		pr_error_set(error, PR_CODE_UNREACHABLE, "%s is no Elasticsearch and no OpenSearch: GET / names no version",
			elastic->config->url);
	pr_json_free(document);
	return version != NULL;
}

bool pr_elastic_get(struct pr_elastic *elastic, const char *path, int *status, struct pr_json_document **document,
	struct pr_error *error)
{
	struct pr_http_attempts attempts = {0};
	struct pr_http_answer answer;
	struct pr_error ignored = {0};
	*document = NULL;
	if (!pr_http_send(elastic->http, path, NULL, NULL, 0, &attempts, &answer, error))
		return false;
	*status = answer.status;
	if (!pr_json_parse(document, answer.body, answer.count, &ignored))
		*document = NULL;
	return true;
}

const char *pr_elastic_reason(const struct pr_json *root, struct pr_arena *arena)
{
	const struct pr_json *problem = pr_json_get(root, "error");
	return problem ? reason_of(problem, arena) : NULL;
}

void pr_elastic_peer(const struct pr_elastic *elastic, struct pr_http_peer *peer)
{
	pr_http_peer(elastic->http, peer);
}

static bool open_elastic(
	struct pr_elastic **out, const struct pr_elasticsearch_config *config, bool looks_at_peer, struct pr_error *error)
{
	*out = NULL;
	struct pr_elastic *elastic = calloc(1, sizeof *elastic);
	if (!elastic)
		abort();
	elastic->config = config;
	pr_arena_init(&elastic->arena);
	const struct pr_http_options options = {
		.url = config->url,
		.user = config->user,
		.password = config->password,
		.api_key = config->api_key,
		.ca_file = config->ca_file,
		.connect_timeout_s = config->connect_timeout_s,
		.request_timeout_s = config->request_timeout_s,
		.deadline_s = config->deadline_s,
		.max_retries = config->max_retries,
		.cap_bytes = (size_t)config->response_cap_mib << 20,
		.looks_at_peer = looks_at_peer,
	};
	if (!pr_http_open(&elastic->http, &options, error) || !greet(elastic, error)) {
		pr_elastic_free(elastic);
		return false;
	}
	*out = elastic;
	return true;
}

bool pr_elastic_open(struct pr_elastic **out, const struct pr_elasticsearch_config *config, struct pr_error *error)
{
	return open_elastic(out, config, false, error);
}

bool pr_elastic_open_to_look(
	struct pr_elastic **out, const struct pr_elasticsearch_config *config, struct pr_error *error)
{
	return open_elastic(out, config, true, error);
}

void pr_elastic_free(struct pr_elastic *elastic)
{
	if (!elastic)
		return;
	pr_http_free(elastic->http);
	pr_arena_release(&elastic->arena);
	free(elastic);
}

const struct pr_elasticsearch_config *pr_elastic_config(const struct pr_elastic *elastic)
{
	return elastic->config;
}

bool pr_elastic_scripts_forbidden(const struct pr_elastic *elastic)
{
	return elastic->scripts_forbidden;
}

/* --- mappings --- */

bool pr_elastic_field(struct pr_elastic *elastic, const struct pr_index_config *index, const char *contract,
	enum pr_elastic_type type, bool is_needed, const char **field, struct pr_error *error)
{
	struct pr_elastic_mapping *mapping = pr_elastic_mapping_of(&elastic->mappings, index);
	if (!mapping) {
		struct pr_json_document *document = NULL;
		const char *path = pr_arena_format(
			&elastic->arena, "/%s/_mapping?ignore_unavailable=false&allow_no_indices=false", index->index);
		const char *what = pr_arena_format(&elastic->arena, "the mapping of index '%s'", index->index);
		if (!get_json(elastic, path, what, &document, error))
			return false;
		mapping = pr_elastic_mapping_add(&elastic->mappings, index, pr_json_root(document), &elastic->arena);
		pr_json_free(document);
	}
	return pr_elastic_mapping_field(mapping, contract, type, is_needed, field, error);
}

/* --- searches --- */

static void write_bodies(struct pr_buffer *buffer, const struct pr_search *searches, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		pr_buffer_add(buffer, "{\"index\":");
		pr_elastic_add_text(buffer, searches[i].index->index);
		pr_buffer_add(buffer, ",\"allow_partial_search_results\":false," INDEX_OPTIONS "}\n");
		pr_buffer_add(buffer, searches[i].body);
		pr_buffer_add(buffer, "\n");
	}
}

/* Whether an item was refused for a reason that may pass: its own status is one of those that are tried again. */
static bool has_transient_item(const struct pr_json *responses)
{
	for (size_t i = 0; i < pr_json_count(responses); i++) {
		int64_t status = 0;
		if (pr_json_int64(pr_json_get(pr_json_at(responses, i), "status"), &status) &&
			(status == 429 || status == 502 || status == 503 || status == 504))
			return true;
	}
	return false;
}

static bool take_items(struct pr_elastic *elastic, const struct pr_search *searches, size_t first, size_t count,
	const struct pr_json *responses, pr_elastic_take *take, void *context, struct pr_error *error)
{
	struct pr_arena arena;
	pr_arena_init(&arena);
	bool is_taken = true;
	for (size_t i = 0; is_taken && i < count; i++) {
		const char *index = searches[first + i].index->index;
		const struct pr_json *item = pr_json_at(responses, i);
		const char *problem = pr_elastic_refuse(item, &arena);
		if (problem) {
			elastic->scripts_forbidden = elastic->scripts_forbidden || forbids_scripts(problem);
			is_taken = pr_error_set(error, PR_CODE_STORE, "cannot query index '%s': %s", index, problem);
		} else if (!take(context, first + i, item, error)) {
			is_taken = pr_error_context(error, "index '%s'", index);
		}
	}
	pr_arena_release(&arena);
	return is_taken;
}

/* The answer to one _msearch body, tried again where a search inside it was refused for a while. */
static bool ask(struct pr_elastic *elastic, const char *what, const struct pr_buffer *body, size_t count,
	struct pr_json_document **document, struct pr_error *error)
{
	struct pr_http_attempts attempts = {0};
	for (;;) {
		struct pr_http_answer answer;
		if (!pr_http_send(elastic->http, "/_msearch?filter_path=" FILTER_PATH, "application/x-ndjson", body->text,
				body->length, &attempts, &answer, error) ||
			!check_status(elastic, &answer, what, error))
			return false;
		if (!pr_json_parse(document, answer.body, answer.count, error))
			return pr_error_context(error, "cannot query %s", what);
		const struct pr_json *responses = pr_json_get(pr_json_root(*document), "responses");
		if (has_transient_item(responses) && pr_http_may_retry(elastic->http, &attempts)) {
			pr_json_free(*document);
			*document = NULL;
			continue;
		}
		if (pr_json_count(responses) == count)
			return true;
		const char *reason = inner_reason(&answer, &elastic->arena);
		pr_json_free(*document);
		*document = NULL;
		return pr_error_set(error, PR_CODE_STORE, "cannot query %s: %s", what,
			reason ? reason : "the answer does not hold as many responses as searches were sent");
	}
}

/* One request for `count` searches. */
static bool search_batch(struct pr_elastic *elastic, const struct pr_search *searches, size_t first, size_t count,
	pr_elastic_take *take, void *context, struct pr_error *error)
{
	struct pr_arena arena;
	struct pr_buffer body;
	struct pr_json_document *document = NULL;
	pr_arena_init(&arena);
	pr_buffer_init(&body, &arena);
	write_bodies(&body, searches + first, count);
	const char *what = pr_arena_format(&arena, "index '%s'", searches[first].index->index);
	bool is_done = ask(elastic, what, &body, count, &document, error) &&
	               take_items(elastic, searches, first, count, pr_json_get(pr_json_root(document), "responses"), take,
					   context, error);
	pr_json_free(document);
	pr_arena_release(&arena);
	return is_done;
}

bool pr_elastic_search(struct pr_elastic *elastic, const struct pr_search *searches, size_t count,
	pr_elastic_take *take, void *context, struct pr_error *error)
{
	size_t batch = (size_t)elastic->config->batch;
	elastic->scripts_forbidden = false;
	for (size_t first = 0; first < count;) {
		size_t now = count - first < batch ? count - first : batch;
		if (search_batch(elastic, searches, first, now, take, context, error)) {
			first += now;
			continue;
		}
		/* Searches that are too much together may each go through. */
		if (now == 1 || !pr_http_over_cap(elastic->http))
			return false;
		pr_error_clear(error);
		batch = now / 2;
	}
	return true;
}
