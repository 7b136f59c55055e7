#include "source/http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/log.h"

struct pr_http {
	CURL *curl;
	struct curl_slist *headers[2]; /* of GET and of POST; owned */
	struct pr_http_options options;
	char *body; /* owned */
	size_t count, capacity;
	bool is_over_cap;
	uint32_t request_count;
	struct pr_http_peer peer;
	char detail[CURL_ERROR_SIZE];
};

/* --- pauses --- */

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void wait_ms(int64_t ms)
{
	struct timespec left = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
	while (nanosleep(&left, &left) != 0)
		continue;
}

int64_t pr_http_pause_ms(int attempt, uint32_t seed)
{
	int64_t whole = 250;
	for (int i = 1; i < attempt && whole < 10000; i++)
		whole *= 2;
	if (whole > 10000)
		whole = 10000;
	/* Knuth's multiplicative hash: workers that were refused together must not come back together. */
	uint32_t mixed = (seed * 31U + (uint32_t)attempt) * UINT32_C(2654435761);
	return whole / 2 + (int64_t)((uint64_t)(mixed >> 8) * (uint64_t)(whole / 2) >> 24);
}

bool pr_http_may_retry(struct pr_http *http, struct pr_http_attempts *attempts)
{
	if (attempts->count > http->options.max_retries)
		return false;
	int64_t pause = pr_http_pause_ms(attempts->count, http->request_count ^ (uint32_t)getpid());
	if (now_ms() + pause - attempts->started_ms > (int64_t)http->options.deadline_s * 1000)
		return false;
	wait_ms(pause);
	return true;
}

/* --- the handle --- */

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
	struct pr_http *http = context;
	size_t length = size * count;
	if (length > http->options.cap_bytes - http->count) {
		http->is_over_cap = true;
		return 0;
	}
	size_t needed = http->count + length + 1;
	if (needed > http->capacity) {
		size_t capacity = http->capacity < 65536 ? 65536 : http->capacity;
		while (capacity < needed)
			capacity *= 2;
		char *grown = realloc(http->body, capacity);
		if (!grown)
			return 0;
		http->body = grown;
		http->capacity = capacity;
	}
	if (length > 0)
		memcpy(http->body + http->count, bytes, length);
	http->count += length;
	http->body[http->count] = '\0';
	return length;
}

int64_t pr_http_date_ms(const char *text)
{
	time_t seconds = curl_getdate(text, NULL);
	return seconds < 0 ? PR_TIME_MISSING : (int64_t)seconds * 1000;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
	struct pr_http *http = context;
	size_t length = size * count;
	char date[64];
	if (length > 5 && length - 5 < sizeof date && strncasecmp(bytes, "date:", 5) == 0) {
		memcpy(date, bytes + 5, length - 5);
		date[length - 5] = '\0';
		http->peer.clock_ms = pr_http_date_ms(date);
	}
	return length;
}

/* The first certificate of the chain is the server's own; it is told with the first request of a connection alone. */
static void note_certificate(struct pr_http *http)
{
	static const char name[] = "Expire date:";
	struct curl_certinfo *chain = NULL;
	if (curl_easy_getinfo(http->curl, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain || chain->num_of_certs < 1)
		return;
	for (const struct curl_slist *line = chain->certinfo[0]; line; line = line->next)
		if (strncmp(line->data, name, sizeof name - 1) == 0)
			http->peer.certificate_until_ms = pr_http_date_ms(line->data + sizeof name - 1);
}

void pr_http_peer(const struct pr_http *http, struct pr_http_peer *peer)
{
	*peer = http->peer;
}

static bool is_clean(const char *secret)
{
	for (const char *at = secret; at && *at; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7F)
			return false;
	return true;
}

static bool set_credentials(struct pr_http *http, struct pr_error *error)
{
	const struct pr_http_options *options = &http->options;
	if (!is_clean(options->api_key) || !is_clean(options->user) || !is_clean(options->password))
		return pr_error_set(error, PR_CODE_CONFIG, "the credentials for %s hold a control character", options->url);
	if (options->api_key) {
		size_t size = strlen(options->api_key) + sizeof "Authorization: ApiKey ";
		char *header = malloc(size);
		if (!header)
			return false;
		memcpy(header, "Authorization: ApiKey ", sizeof "Authorization: ApiKey ");
		memcpy(header + sizeof "Authorization: ApiKey " - 1, options->api_key, strlen(options->api_key) + 1);
		for (int i = 0; i < 2; i++)
			http->headers[i] = curl_slist_append(http->headers[i], header);
		memset(header, 0, size);
		free(header);
		return http->headers[0] && http->headers[1];
	}
	if (!options->user)
		return true;
	return curl_easy_setopt(http->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) == CURLE_OK &&
	       curl_easy_setopt(http->curl, CURLOPT_USERNAME, options->user) == CURLE_OK &&
	       curl_easy_setopt(http->curl, CURLOPT_PASSWORD, options->password ? options->password : "") == CURLE_OK;
}

static bool set_options(struct pr_http *http)
{
	CURL *curl = http->curl;
	const struct pr_http_options *options = &http->options;
	const struct {
		CURLoption option;
		long value;
	} numbers[] = {
		{CURLOPT_NOSIGNAL, 1},
		{CURLOPT_FOLLOWLOCATION, 0},
		{CURLOPT_SSL_VERIFYPEER, 1},
		{CURLOPT_SSL_VERIFYHOST, 2},
		{CURLOPT_CONNECTTIMEOUT, options->connect_timeout_s},
		{CURLOPT_TIMEOUT, options->request_timeout_s},
		{CURLOPT_TCP_KEEPALIVE, 1},
		{CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
	};
	const struct {
		CURLoption option;
		const char *value;
	} texts[] = {
		/* An answer comes packed where the server can; the cap counts what it inflates to. */
		{CURLOPT_ACCEPT_ENCODING, "gzip"},
		{CURLOPT_PROTOCOLS_STR, "http,https"},
		/* No proxy of the environment: credentials go to the configured server and nowhere else. */
		{CURLOPT_PROXY, ""},
		{CURLOPT_USERAGENT, "powerreport"},
	};
	bool is_set = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
	              curl_easy_setopt(curl, CURLOPT_WRITEDATA, http) == CURLE_OK &&
	              curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, http->detail) == CURLE_OK;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		is_set = is_set && curl_easy_setopt(curl, numbers[i].option, numbers[i].value) == CURLE_OK;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		is_set = is_set && curl_easy_setopt(curl, texts[i].option, texts[i].value) == CURLE_OK;
	if (options->looks_at_peer)
		is_set = is_set && curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L) == CURLE_OK &&
		         curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
		         curl_easy_setopt(curl, CURLOPT_HEADERDATA, http) == CURLE_OK;
	if (options->ca_file)
		is_set = is_set && curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca_file) == CURLE_OK &&
		         curl_easy_setopt(curl, CURLOPT_CAPATH, NULL) == CURLE_OK;
	return is_set;
}

bool pr_http_open(struct pr_http **out, const struct pr_http_options *options, struct pr_error *error)
{
	*out = NULL;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return pr_error_set(error, PR_CODE_INTERNAL, "cannot start curl");
	if (options->ca_file && access(options->ca_file, R_OK) != 0)
		return pr_error_set(error, PR_CODE_CONFIG,
			"cannot read '%s'; expected [elasticsearch] ca_file to name a file "
			"of certificates",
			options->ca_file);
	struct pr_http *http = calloc(1, sizeof *http);
	if (!http)
		abort();
	http->options = *options;
	http->peer = (struct pr_http_peer){PR_TIME_MISSING, PR_TIME_MISSING};
	http->curl = curl_easy_init();
	http->headers[1] = curl_slist_append(NULL, "Expect:");
	bool is_open = http->curl && http->headers[1] && set_options(http) && set_credentials(http, error);
	if (!is_open) {
		pr_http_free(http);
		return pr_error_set(error, PR_CODE_INTERNAL, "cannot set curl up for %s", options->url);
	}
	*out = http;
	return true;
}

void pr_http_free(struct pr_http *http)
{
	if (!http)
		return;
	curl_easy_cleanup(http->curl);
	curl_slist_free_all(http->headers[0]);
	curl_slist_free_all(http->headers[1]);
	free(http->body);
	free(http);
	curl_global_cleanup();
}

bool pr_http_over_cap(const struct pr_http *http)
{
	return http->is_over_cap;
}

/* --- requests --- */

static bool is_transient_status(long status)
{
	return status == 429 || status == 502 || status == 503 || status == 504;
}

/* Failures of a connection that may be gone the next time; a certificate that is refused stays refused. */
static bool is_transient_failure(CURLcode code)
{
	static const CURLcode transient[] = {CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_PARTIAL_FILE,
		CURLE_OPERATION_TIMEDOUT, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR};
	for (size_t i = 0; i < sizeof transient / sizeof *transient; i++)
		if (code == transient[i])
			return true;
	return false;
}

static CURLcode perform(
	struct pr_http *http, const char *path, struct curl_slist *headers, const char *body, size_t count)
{
	char url[2048];
	int length = snprintf(url, sizeof url, "%s%s", http->options.url, path);
	if (length < 0 || (size_t)length >= sizeof url)
		return CURLE_URL_MALFORMAT;
	CURL *curl = http->curl;
	CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, url);
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	if (code == CURLE_OK)
		code = body ? curl_easy_setopt(curl, CURLOPT_POST, 1L) : curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	if (code == CURLE_OK && body)
		code = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
	if (code == CURLE_OK && body)
		code = curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	if (code != CURLE_OK)
		return code;
	http->count = 0;
	http->is_over_cap = false;
	http->detail[0] = '\0';
	http->request_count++;
	code = curl_easy_perform(curl);
	if (http->options.looks_at_peer)
		note_certificate(http);
	return code;
}

static bool report(const struct pr_http *http, CURLcode code, struct pr_error *error)
{
	const struct pr_http_options *options = &http->options;
	if (http->is_over_cap)
		return pr_error_set(error, PR_CODE_STORE,
			"an answer of %s is over %zu MiB; expected less, or a larger [elasticsearch] response_cap_mib",
			options->url, options->cap_bytes >> 20);
	if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
		return pr_error_set(error, PR_CODE_UNREACHABLE,
			"cannot trust %s: %s; expected a certificate of its host, signed by the authority in %s", options->url,
			http->detail[0] ? http->detail : curl_easy_strerror(code),
			options->ca_file ? options->ca_file : "the system's store ([elasticsearch] ca_file is empty)");
	return pr_error_set(error, PR_CODE_UNREACHABLE,
		"cannot reach %s: %s; expected [elasticsearch] url to name a "
		"running Elasticsearch or OpenSearch",
		options->url, http->detail[0] ? http->detail : curl_easy_strerror(code));
}

bool pr_http_send(struct pr_http *http, const char *path, const char *content_type, const char *body, size_t count,
	struct pr_http_attempts *attempts, struct pr_http_answer *answer, struct pr_error *error)
{
	char type[128];
	snprintf(type, sizeof type, "Content-Type: %s", content_type ? content_type : "application/json");
	/* The kept list, with this request's type in front. */
	struct curl_slist front = {.data = type, .next = http->headers[1]};
	if (attempts->count == 0)
		attempts->started_ms = now_ms();
	for (;;) {
		attempts->count++;
		CURLcode code = perform(http, path, body ? &front : http->headers[0], body, count);
		long status = 0;
		curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
		bool is_transient =
			code == CURLE_OK ? is_transient_status(status) : !http->is_over_cap && is_transient_failure(code);
		if (is_transient && pr_http_may_retry(http, attempts)) {
			pr_log(PR_LOG_INFO, "%s: %s; trying again (%d)", http->options.url,
				code == CURLE_OK ? "busy" : curl_easy_strerror(code), attempts->count);
			continue;
		}
		if (code != CURLE_OK)
			return report(http, code, error);
		*answer = (struct pr_http_answer){(int)status, http->body ? http->body : "", http->count};
		return true;
	}
}
