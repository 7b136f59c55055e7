/* The series' server: connection, certificate, clock, rights, indices and fields, settings, scripts, age of the data. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "source/elastic.h"
#include "source/embedded_schema.h"
#include "source/http.h"
#include "source/probe.h"

#define NAME "search"
/* The largest search for buckets (live_minutes.c). */
#define BUCKETS 20000
#define CONTRACT "docs/contract/mappings.json has the fields; [index …] in report.ini gives them other names"

struct look {
	const struct pr_probe *probe;
	const struct pr_elasticsearch_config *config;
	struct pr_elastic *elastic;
	struct pr_arena arena;
	bool is_opensearch;
	int64_t clock_ms; /* the server's, as its answer came; PR_TIME_MISSING */
	const struct pr_probe_counts *counts;
};

struct set {
	const char *name; /* of the section in report.ini */
	const struct pr_index_config *index;
	const struct pr_schema_table *table;
	const char *const *needed; /* fields without which there is no report */
	const char *time;
	bool is_steady; /* rows come all day */
};

/* --- the connection --- */

static bool is_supported(const char *version, bool is_opensearch)
{
	char *rest = NULL;
	long major = strtol(version, &rest, 10);
	long minor = *rest == '.' ? strtol(rest + 1, NULL, 10) : 0;
	return is_opensearch ? major >= 1 : major > 7 || (major == 7 && minor >= 10);
}

static void look_at_connection(struct look *look)
{
	struct pr_json_document *document = NULL;
	struct pr_error error = {0};
	struct pr_http_peer peer;
	int status = 0;
	if (!pr_elastic_get(look->elastic, "/", &status, &document, &error)) {
		pr_probe_fail(look->probe, NAME ": connection", NULL, &error);
		return;
	}
	const struct pr_json *root = document ? pr_json_root(document) : NULL;
	const char *version = pr_json_text(pr_json_path(root, "version", "number", NULL));
	const char *distribution = pr_json_text(pr_json_path(root, "version", "distribution", NULL));
	look->is_opensearch = distribution && strcmp(distribution, "opensearch") == 0;
	const char *product = look->is_opensearch ? "OpenSearch" : "Elasticsearch";
	pr_elastic_peer(look->elastic, &peer);
	bool is_secret_bare =
		pr_text_starts(look->config->url, "http://") && (look->config->password || look->config->api_key);
	if (!version)
		pr_probe_tell(look->probe, PR_PROBE_WARN, NAME ": connection", NULL,
			"%s answers, but does not tell its version: HTTP %d", look->config->url, status);
	else if (!is_supported(version, look->is_opensearch))
		pr_probe_tell(look->probe, PR_PROBE_FAIL, NAME ": connection",
			"Elasticsearch 7.10 and later, and OpenSearch 1 and later are supported", "%s is %s %s", look->config->url,
			product, version);
	else
		pr_probe_tell(look->probe, is_secret_bare ? PR_PROBE_WARN : PR_PROBE_OK, NAME ": connection",
			is_secret_bare ? "an https URL: the account's secret travels in clear" : NULL, "%s is %s %s",
			look->config->url, product, version);
	pr_probe_certificate(look->probe, NAME ": certificate", peer.certificate_until_ms);
	look->clock_ms = peer.clock_ms;
	pr_json_free(document);
}

/* Servers that send no Date tell their clock with a count. */
static void look_at_clock(struct look *look, const struct set *set)
{
	struct pr_json_document *document = NULL;
	struct pr_error error = {0};
	int64_t seconds = 0;
	int status = 0;
	const char *path = pr_arena_format(&look->arena, "/_cat/count/%s?h=epoch&format=json", set->index->index);
	if (look->clock_ms == PR_TIME_MISSING && pr_elastic_get(look->elastic, path, &status, &document, &error) &&
		document) {
		const char *epoch = pr_json_text(pr_json_get(pr_json_at(pr_json_root(document), 0), "epoch"));
		if (status == 200 && epoch && pr_text_to_int64(epoch, &seconds))
			look->clock_ms = seconds * 1000;
	}
	pr_json_free(document);
	pr_probe_clock(look->probe, NAME ": clock", look->clock_ms);
}

/* --- rights --- */

/* Percent-encoded, so that a GET can carry a question: some servers take no body with it. */
static void add_encoded(struct pr_buffer *buffer, const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
		bool is_plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') ||
		                strchr("-._~", *at) != NULL;
		if (is_plain)
			pr_buffer_add_n(buffer, (const char *)at, 1);
		else
			pr_buffer_format(buffer, "%%%02X", *at);
	}
}

static const char *names_of(struct look *look, const char *index)
{
	struct pr_buffer names;
	pr_buffer_init(&names, &look->arena);
	for (char *at = pr_arena_copy(&look->arena, index); at;) {
		char *comma = strchr(at, ',');
		if (comma)
			*comma = '\0';
		pr_buffer_add(&names, names.length > 0 ? "," : "");
		pr_elastic_add_text(&names, pr_text_trim(at));
		at = comma ? comma + 1 : NULL;
	}
	return names.text;
}

/* The privileges of an Elasticsearch account on the four data sets, asked for as a whole. */
static void look_at_privileges(struct look *look, const struct set *sets, size_t count)
{
	static const char *const writing[] = {"write", "create_index", "delete_index", "manage"};
	struct pr_buffer question, path, found;
	struct pr_json_document *document = NULL;
	struct pr_error error = {0};
	int status = 0;
	pr_buffer_init(&question, &look->arena);
	pr_buffer_init(&path, &look->arena);
	pr_buffer_init(&found, &look->arena);
	pr_buffer_add(&question, "{\"index\":[{\"names\":[");
	for (size_t i = 0; i < count; i++)
		pr_buffer_format(&question, "%s%s", i ? "," : "", names_of(look, sets[i].index->index));
	pr_buffer_add(&question, "],\"privileges\":[\"write\",\"create_index\",\"delete_index\",\"manage\"]}]}");
	pr_buffer_add(&path, "/_security/user/_has_privileges?source_content_type=application/json&source=");
	add_encoded(&path, question.text);
	if (!pr_elastic_get(look->elastic, path.text, &status, &document, &error)) {
		pr_probe_tell(look->probe, PR_PROBE_WARN, NAME ": rights", NULL, "cannot be told: %s", error.text);
		return;
	}
	const struct pr_json *indices = document ? pr_json_get(pr_json_root(document), "index") : NULL;
	for (size_t i = 0; i < sizeof writing / sizeof *writing; i++) {
		struct pr_json_walk walk = {0};
		bool is_held = false, is_any = false;
		while (pr_json_next(indices, &walk))
			if (pr_json_bool(pr_json_get(walk.value, writing[i]), &is_held))
				is_any = is_any || is_held;
		if (is_any)
			pr_buffer_format(&found, "%s%s", found.length > 0 ? ", " : "", writing[i]);
	}
	if (status == 400 || status == 404 || status == 405 || status == 500)
		pr_probe_tell(look->probe, PR_PROBE_WARN, NAME ": rights",
			"turn the server's security on, or let nobody but the platform and this machine reach it",
			"no security: everybody can write");
	else if (!pr_json_is_object(indices))
		pr_probe_tell(look->probe, PR_PROBE_WARN, NAME ": rights", NULL, "cannot be told: HTTP %d", status);
	else
		pr_probe_tell(look->probe, found.length > 0 ? PR_PROBE_WARN : PR_PROBE_OK, NAME ": rights",
			found.length > 0 ? "give it read and view_index_metadata on these indices and nothing else" : NULL, "%s%s",
			found.length > 0 ? "the account may do more than read: " : "the account may read and nothing else",
			found.length > 0 ? found.text : "");
	pr_json_free(document);
}

/* OpenSearch tells an account's roles, not what they allow. */
static void look_at_roles(struct look *look)
{
	struct pr_json_document *document = NULL;
	struct pr_error error = {0};
	struct pr_buffer names;
	int status = 0;
	bool is_writing = false;
	if (!pr_elastic_get(look->elastic, "/_plugins/_security/authinfo", &status, &document, &error)) {
		pr_probe_tell(look->probe, PR_PROBE_WARN, NAME ": rights", NULL, "cannot be told: %s", error.text);
		return;
	}
	const struct pr_json *roles = document ? pr_json_get(pr_json_root(document), "roles") : NULL;
	pr_buffer_init(&names, &look->arena);
	for (size_t i = 0; i < pr_json_count(roles); i++) {
		const char *name = pr_json_text(pr_json_at(roles, i));
		if (!name)
			continue;
		pr_buffer_format(&names, "%s%.80s", names.length > 0 ? ", " : "", name);
		is_writing = is_writing || strstr(name, "all_access") || strstr(name, "admin") || strstr(name, "write") ||
		             strstr(name, "manage");
	}
	if (status == 400 || status == 404 || status == 405 || status == 500)
		pr_probe_tell(look->probe, PR_PROBE_WARN, NAME ": rights",
			"turn the server's security on, or let nobody but the platform and this machine reach it",
			"no security: everybody can write");
	else if (!pr_json_is_array(roles))
		pr_probe_tell(look->probe, PR_PROBE_WARN, NAME ": rights", NULL, "cannot be told: HTTP %d", status);
	else
		pr_probe_tell(look->probe, is_writing ? PR_PROBE_WARN : PR_PROBE_OK, NAME ": rights",
			is_writing ? "give it a role with read and indices:admin/mappings/get and nothing else" : NULL,
			"the account's roles: %s%s", names.length > 0 ? names.text : "none",
			is_writing ? "; by their names they may write" : "; OpenSearch does not tell what they allow");
	pr_json_free(document);
}

/* --- indices and fields --- */

static enum pr_elastic_type type_of(enum pr_column_kind kind)
{
	if (kind == PR_COLUMN_ID || kind == PR_COLUMN_INTEGER)
		return PR_ELASTIC_ID;
	if (kind == PR_COLUMN_INSTANT)
		return PR_ELASTIC_TIME;
	return kind == PR_COLUMN_DOUBLE ? PR_ELASTIC_NUMBER : PR_ELASTIC_KEYWORD;
}

static bool is_needed(const struct set *set, const char *column)
{
	for (size_t i = 0; set->needed[i]; i++)
		if (strcmp(set->needed[i], column) == 0)
			return true;
	return false;
}

/* Whether there is an index at all behind the name. */
static bool has_index(struct look *look, const struct set *set, const char *what)
{
	struct pr_json_document *document = NULL;
	struct pr_error error = {0};
	int status = 0;
	const char *path = pr_arena_format(
		&look->arena, "/%s/_mapping?ignore_unavailable=false&allow_no_indices=false", set->index->index);
	/* Without a sensor in the directory nobody asks for sensors' rows. */
	bool is_idle = strcmp(set->name, "sensors") == 0 && look->counts->is_known && look->counts->sensors == 0;
	if (!pr_elastic_get(look->elastic, path, &status, &document, &error)) {
		pr_probe_fail(look->probe, what, NULL, &error);
		return false;
	}
	const char *reason = document ? pr_elastic_reason(pr_json_root(document), &look->arena) : NULL;
	if (status == 401 || status == 403)
		pr_probe_tell(look->probe, PR_PROBE_FAIL, what, "give the account read and view_index_metadata on it",
			"index '%s' may not be read: HTTP %d", set->index->index, status);
	else if (status != 200)
		pr_probe_tell(look->probe, is_idle ? PR_PROBE_WARN : PR_PROBE_FAIL, what,
			"name the platform's index in report.ini, [index …] index", "index '%s': HTTP %d: %.300s",
			set->index->index, status, reason ? reason : "no reason");
	pr_json_free(document);
	return status == 200;
}

static bool look_at_fields(struct look *look, const struct set *set)
{
	const char *what = pr_arena_format(&look->arena, NAME ": %s", set->name);
	struct pr_buffer missing;
	bool is_good = true;
	size_t found = 0;
	pr_buffer_init(&missing, &look->arena);
	if (!has_index(look, set, what))
		return false;
	for (size_t i = 0; i < set->table->column_count; i++) {
		const struct pr_schema_column *column = &set->table->columns[i];
		const char *field = NULL;
		struct pr_error error = {0};
		if (!pr_elastic_field(look->elastic, set->index, column->name, type_of(column->kind),
				is_needed(set, column->name), &field, &error)) {
			pr_probe_fail(look->probe, what, CONTRACT, &error);
			is_good = false;
		} else if (!field) {
			pr_buffer_format(&missing, "%s%s", missing.length > 0 ? ", " : "", column->name);
		} else {
			found++;
		}
	}
	if (missing.length > 0)
		pr_probe_tell(look->probe, PR_PROBE_WARN, what, CONTRACT,
			"index '%s' has no field %.400s: not measured, in every report", set->index->index, missing.text);
	if (is_good)
		pr_probe_tell(look->probe, PR_PROBE_OK, what, NULL,
			"index '%s' can be read, %zu fields of the contract's types", set->index->index, found);
	return is_good;
}

/* --- age --- */

static bool take_latest(void *context, size_t search, const struct pr_json *response, struct pr_error *error)
{
	int64_t *latest_ms = context;
	double value = 0;
	(void)search;
	(void)error;
	const struct pr_json *node = pr_json_path(response, "aggregations", "last", "value", NULL);
	if (pr_json_number(node, &value))
		*latest_ms = (int64_t)value;
	return true;
}

static void look_at_age(struct look *look, const struct set *set)
{
	const char *what = pr_arena_format(&look->arena, NAME ": %s", set->name);
	struct pr_error error = {0};
	const char *field = NULL;
	struct pr_buffer body;
	int64_t latest_ms = PR_TIME_MISSING;
	if (!pr_elastic_field(look->elastic, set->index, set->time, PR_ELASTIC_TIME, true, &field, &error))
		return;
	pr_buffer_init(&body, &look->arena);
	pr_buffer_add(&body, "{\"size\":0,\"track_total_hits\":true,\"aggs\":{\"last\":{\"max\":{\"field\":");
	pr_elastic_add_text(&body, field);
	pr_buffer_add(&body, "}}}}");
	const struct pr_search search = {set->index, body.text};
	if (pr_elastic_search(look->elastic, &search, 1, take_latest, &latest_ms, &error))
		pr_probe_age(look->probe, what, latest_ms, set->is_steady);
	else
		pr_probe_fail(look->probe, what, "give the account read on it", &error);
}

/* --- settings --- */

static int64_t setting_of(const struct pr_json *node, const char *const *groups, const char *key)
{
	for (; *groups; groups++) {
		const char *text = pr_json_text(pr_json_get(pr_json_get(node, *groups), key));
		int64_t value;
		if (text && pr_text_to_int64(text, &value))
			return value;
	}
	return -1;
}

static void look_at_window(struct look *look, const struct set *set)
{
	static const char *const groups[] = {"settings", "defaults", NULL};
	struct pr_json_document *document = NULL;
	struct pr_json_walk walk = {0};
	struct pr_error error = {0};
	int status = 0;
	const char *path = pr_arena_format(&look->arena,
		"/%s/_settings/index.max_result_window?flat_settings=true&include_defaults=true", set->index->index);
	if (!pr_elastic_get(look->elastic, path, &status, &document, &error) || status != 200)
		pr_probe_tell(look->probe, PR_PROBE_OK, NAME ": settings", NULL,
			"index.max_result_window of '%s' is not told to this account; %d is expected", set->index->index,
			PR_ELASTIC_SIZE);
	while (document && status == 200 && pr_json_next(pr_json_root(document), &walk)) {
		int64_t window = setting_of(walk.value, groups, "index.max_result_window");
		if (window >= 0 && window < PR_ELASTIC_SIZE)
			pr_probe_tell(look->probe, PR_PROBE_FAIL, NAME ": settings",
				"set it to 10000, its default: rows come in pages of as many",
				"index.max_result_window of '%s' is %lld; expected at least %d", walk.key, (long long)window,
				PR_ELASTIC_SIZE);
	}
	pr_json_free(document);
}

static void look_at_buckets(struct look *look)
{
	static const char *const groups[] = {"transient", "persistent", "defaults", NULL};
	struct pr_json_document *document = NULL;
	struct pr_error error = {0};
	int status = 0;
	if (!pr_elastic_get(
			look->elastic, "/_cluster/settings?flat_settings=true&include_defaults=true", &status, &document, &error) ||
		status != 200 || !document) {
		pr_probe_tell(look->probe, PR_PROBE_OK, NAME ": settings", NULL,
			"search.max_buckets is not told to this account; %d is expected", BUCKETS);
	} else {
		int64_t buckets = setting_of(pr_json_root(document), groups, "search.max_buckets");
		bool is_low = buckets >= 0 && buckets < BUCKETS && look->config->minute_mode != PR_MINUTES_ROWS;
		pr_probe_tell(look->probe, is_low ? PR_PROBE_FAIL : PR_PROBE_OK, NAME ": settings",
			is_low ? "raise it, or set [elasticsearch] minutes = rows" : NULL,
			"search.max_buckets is %lld; expected at least %d", (long long)buckets, BUCKETS);
	}
	pr_json_free(document);
}

/* --- scripts --- */

static bool take_nothing(void *context, size_t search, const struct pr_json *response, struct pr_error *error)
{
	(void)context;
	(void)search;
	(void)response;
	(void)error;
	return true;
}

/* A script that runs over no row, of the kind that a run sends: false where the cluster forbids it. */
static bool may_run(struct look *look, const struct set *minutes, const char *form, bool *is_known)
{
	const char *id = NULL;
	struct pr_buffer body;
	struct pr_error error = {0};
	*is_known = pr_elastic_field(look->elastic, minutes->index, "point_id", PR_ELASTIC_ID, true, &id, &error);
	if (!*is_known)
		return false;
	pr_buffer_init(&body, &look->arena);
	pr_buffer_add(&body, "{\"size\":0,\"track_total_hits\":true,\"query\":{\"bool\":{\"filter\":[{\"term\":{");
	pr_elastic_add_text(&body, id);
	pr_buffer_format(&body, ":-1}}]}},\"aggs\":{\"probe\":%s}}", form);
	const struct pr_search search = {minutes->index, body.text};
	if (pr_elastic_search(look->elastic, &search, 1, take_nothing, NULL, &error))
		return true;
	*is_known = pr_elastic_scripts_forbidden(look->elastic);
	if (!*is_known)
		pr_probe_fail(look->probe, NAME ": scripts", NULL, &error);
	return false;
}

static void look_at_scripts(struct look *look, const struct set *minutes)
{
	static const struct {
		const char *what, *form;
	} kinds[] = {
		{"minutes", "{\"filter\":{\"script\":{\"script\":{\"lang\":\"painless\",\"source\":\"return false\"}}}}"},
		{"power quality",
			"{\"scripted_metric\":{\"init_script\":\"state.n=0L\",\"map_script\":\"state.n++\",\"combine_script\":"
			"\"return state.n\",\"reduce_script\":\"return 0\"}}"},
	};
	if (look->config->minute_mode == PR_MINUTES_ROWS) {
		pr_probe_tell(look->probe, PR_PROBE_OK, NAME ": scripts", NULL,
			"not needed: minutes and power quality come as rows ([elasticsearch] minutes = rows)");
		return;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		bool is_known = false;
		bool may = may_run(look, minutes, kinds[i].form, &is_known);
		bool is_must = look->config->minute_mode == PR_MINUTES_CLUSTER;
		if (may)
			pr_probe_tell(
				look->probe, PR_PROBE_OK, NAME ": scripts", NULL, "%s: worked out in the cluster", kinds[i].what);
		else if (is_known)
			pr_probe_tell(look->probe, is_must ? PR_PROBE_FAIL : PR_PROBE_WARN, NAME ": scripts",
				is_must ? "allow inline scripts, or set [elasticsearch] minutes = auto"
						: "allow inline scripts (script.allowed_types), or live with slower reports",
				"%s: the cluster forbids them: %s", kinds[i].what,
				is_must ? "minutes = cluster needs them" : "they come as rows, with equal figures");
	}
}

void pr_probe_elastic(
	const struct pr_store_config *config, const struct pr_probe *probe, const struct pr_probe_counts *counts)
{
	static const char *const row_fields[] = {"point_id", "time", NULL};
	static const char *const quarter_fields[] = {"point_id", "time", "kwh", NULL};
	static const char *const sensor_fields[] = {"sensor_id", "time", NULL};
	static const char *const event_fields[] = {"event_id", "project_id", "code", "started_at", NULL};
	const struct pr_elasticsearch_config *elasticsearch = &config->elasticsearch;
	const struct set sets[] = {
		{"quarters", &elasticsearch->quarters, pr_schema_find("point_15min_electric"), quarter_fields, "time", true},
		{"minutes", &elasticsearch->minutes, pr_schema_find("point_1min_index"), row_fields, "time", true},
		{"sensors", &elasticsearch->sensors, pr_schema_find("location_1min_aiao"), sensor_fields, "time", true},
		{"events", &elasticsearch->events, pr_schema_find("soe_event"), event_fields, "started_at", false},
	};
	const size_t count = sizeof sets / sizeof *sets;
	struct look look = {.probe = probe, .config = elasticsearch, .clock_ms = PR_TIME_MISSING, .counts = counts};
	struct pr_error error = {0};
	bool is_readable[sizeof sets / sizeof *sets] = {false};
	if (!pr_elastic_open_to_look(&look.elastic, elasticsearch, &error)) {
		pr_probe_fail(probe, NAME ": connection",
			"start the server, or correct [elasticsearch]; the tenants of a run fail until then", &error);
		return;
	}
	pr_arena_init(&look.arena);
	look_at_connection(&look);
	if (look.is_opensearch)
		look_at_roles(&look);
	else
		look_at_privileges(&look, sets, count);
	for (size_t i = 0; i < count; i++)
		is_readable[i] = look_at_fields(&look, &sets[i]);
	for (size_t i = 0; i < count; i++)
		if (is_readable[i]) {
			if (i == 0)
				look_at_clock(&look, &sets[i]);
			look_at_age(&look, &sets[i]);
			look_at_window(&look, &sets[i]);
		}
	look_at_buckets(&look);
	if (is_readable[1])
		look_at_scripts(&look, &sets[1]);
	pr_elastic_free(look.elastic);
	pr_arena_release(&look.arena);
}
