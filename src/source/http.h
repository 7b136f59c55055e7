/*
 * HTTP to one server; the only file that knows curl is http.c. One handle, kept alive; no redirects, no proxy of the
 * environment; the certificate and the host's name verified; answers inflated and capped.
 *
 * A request is sent again only after HTTP 429, 502, 503 or 504 and after a lost or refused connection, with a growing
 * pause, until `max_retries` or `deadline_s` is reached. Every other answer is the caller's, whatever its status.
 *
 *     struct pr_http_attempts attempts = {0};
 *     if (!pr_http_send(http, "/_msearch", "application/x-ndjson", body, length, &attempts, &answer, error))
 *         return false;
 *
 * Errors: PR_CODE_UNREACHABLE (connection, TLS, time-out), PR_CODE_STORE (an answer over the cap), PR_CODE_CONFIG
 * (credentials or a CA file that cannot be used). No secret is ever part of a message.
 */
#ifndef PR_SOURCE_HTTP_H
#define PR_SOURCE_HTTP_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct pr_http;

struct pr_http_options {
	const char *url;                                 /* scheme, host, port; without a trailing slash */
	const char *user, *password, *api_key, *ca_file; /* NULL = none */
	int connect_timeout_s, request_timeout_s, deadline_s, max_retries;
	size_t cap_bytes;
	bool looks_at_peer; /* for pr_http_peer */
};

PR_CHECK bool pr_http_open(struct pr_http **http, const struct pr_http_options *options, struct pr_error *error);
void pr_http_free(struct pr_http *http); /* NULL is fine */

/* How often and since when one logical request is being tried; zero before the first try. */
struct pr_http_attempts {
	int count;
	int64_t started_ms;
};

struct pr_http_answer {
	int status;
	const char *body; /* the handle's; valid until the next request; terminated */
	size_t count;
};

/* What the server said of itself, where options->looks_at_peer; else nothing is known. */
struct pr_http_peer {
	int64_t clock_ms;             /* its Date, to the second; PR_TIME_MISSING */
	int64_t certificate_until_ms; /* of the server's own certificate; PR_TIME_MISSING = no TLS */
};
void pr_http_peer(const struct pr_http *http, struct pr_http_peer *peer);
/* A date as HTTP and OpenSSL write it, "Nov 30 13:00:00 2026 GMT"; PR_TIME_MISSING where it is none. */
int64_t pr_http_date_ms(const char *text);

/* `body` NULL = GET, else POST. */
PR_CHECK bool pr_http_send(struct pr_http *http, const char *path, const char *content_type, const char *body,
	size_t count, struct pr_http_attempts *attempts, struct pr_http_answer *answer, struct pr_error *error);
/* Whether the last request failed since its answer was over the cap: with less asked for it may go through. */
bool pr_http_over_cap(const struct pr_http *http);
/* Whether the request may be sent once more; waits the pause. For an answer whose inside says "try again". */
PR_CHECK bool pr_http_may_retry(struct pr_http *http, struct pr_http_attempts *attempts);

/* The pause before try `attempt` (from 1), in ms: doubling from 250 to 10,000, and half to all of that by `seed`. */
int64_t pr_http_pause_ms(int attempt, uint32_t seed);

#endif
