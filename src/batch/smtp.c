#include "batch/smtp.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/log.h"
#include "base/text.h"

/* The last command that was sent: says what an answer is about. */
enum stage { STAGE_GREETING, STAGE_HELLO, STAGE_TLS, STAGE_LOGIN, STAGE_FROM, STAGE_TO, STAGE_DATA };

static const struct {
	const char *verb;
	enum stage stage;
} verbs[] = {{"EHLO", STAGE_HELLO}, {"HELO", STAGE_HELLO}, {"STARTTLS", STAGE_TLS}, {"AUTH", STAGE_LOGIN},
	{"MAIL", STAGE_FROM}, {"RCPT", STAGE_TO}, {"DATA", STAGE_DATA}};

struct pr_smtp {
	CURL *curl;
	const struct pr_mail_config *config;
	char url[512];
	char detail[CURL_ERROR_SIZE];
	/* Of the message that is being sent. */
	const struct pr_smtp_message *message;
	size_t at;    /* bytes handed over */
	bool handed;  /* the first byte was */
	bool stopped; /* `handing` has refused */
	bool ended;   /* all were */
	bool closing; /* "QUIT" was said */
	enum stage stage;
	int code;         /* of the last whole answer; 0 = none since the last command, or since the message's end */
	char answer[300]; /* its text */
};

/* --- what curl tells ---------------------------------------------------------------------------------------------- */

/* Commands go by here, with names and secrets: nothing but their verbs is looked at. */
static int watch(CURL *curl, curl_infotype type, char *bytes, size_t count, void *context)
{
	struct pr_smtp *smtp = context;

	(void)curl;
	if (type != CURLINFO_HEADER_OUT)
		return 0;
	/* It says goodbye when it has given up: what was said before counts. */
	if (count >= 4 && strncmp(bytes, "QUIT", 4) == 0)
		smtp->closing = true;
	if (smtp->closing)
		return 0;
	smtp->code = 0;
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		size_t length = strlen(verbs[i].verb);
		if (count > length && strncmp(bytes, verbs[i].verb, length) == 0 && strchr(" \r", bytes[length]))
			smtp->stage = verbs[i].stage;
	}
	return 0;
}

/* A line of an answer: "250-more follows" or "250 the last one". */
static size_t take_line(char *bytes, size_t size, size_t count, void *context)
{
	struct pr_smtp *smtp = context;
	size_t length = size * count, kept = length < sizeof smtp->answer ? length : sizeof smtp->answer - 1;

	if (!smtp->closing && length >= 4 && bytes[3] == ' ' && strspn(bytes, "0123456789") >= 3) {
		smtp->code = (bytes[0] - '0') * 100 + (bytes[1] - '0') * 10 + (bytes[2] - '0');
		memcpy(smtp->answer, bytes, kept);
		smtp->answer[kept] = '\0';
	}
	return length;
}

/* The end is told only when all is handed over: until then the server must throw away what it has. */
static size_t give_bytes(char *out, size_t size, size_t count, void *context)
{
	struct pr_smtp *smtp = context;
	size_t room = size * count, left = smtp->message->count - smtp->at;

	if (!smtp->handed) {
		if (!smtp->message->handing(smtp->message->context)) {
			smtp->stopped = true;
			return CURL_READFUNC_ABORT;
		}
		smtp->handed = true;
	}
	left = left < room ? left : room;
	memcpy(out, smtp->message->bytes + smtp->at, left);
	smtp->at += left;
	if (smtp->at == smtp->message->count && !smtp->ended) {
		smtp->ended = true;
		smtp->code = 0;
	}
	return left;
}

/* --- the handle --------------------------------------------------------------------------------------------------- */

static bool is_local(const char *host)
{
	return strcmp(host, "localhost") == 0 || pr_text_starts(host, "127.") || strcmp(host, "::1") == 0;
}

static bool check(const struct pr_mail_config *config, struct pr_error *error)
{
	if (!config->host)
		return pr_error_set(error, PR_CODE_CONFIG, "[mail] host is empty; expected the name of a mail server");
	if (config->security == PR_MAIL_PLAIN && !config->allow_plain && !is_local(config->host))
		return pr_error_set(error, PR_CODE_CONFIG,
			"[mail] security is none, and '%s' is not this machine; expected starttls or tls, or allow_plain = yes",
			config->host);
	if (config->ca_file && access(config->ca_file, R_OK) != 0)
		return pr_error_set(error, PR_CODE_CONFIG,
			"cannot read '%s'; expected [mail] ca_file to name a file of certificates", config->ca_file);
	return true;
}

static bool set_options(struct pr_smtp *smtp)
{
	const struct pr_mail_config *config = smtp->config;
	CURL *curl = smtp->curl;
	const struct {
		CURLoption option;
		long value;
	} numbers[] = {{CURLOPT_NOSIGNAL, 1}, {CURLOPT_SSL_VERIFYPEER, 1}, {CURLOPT_SSL_VERIFYHOST, 2}, {CURLOPT_UPLOAD, 1},
		{CURLOPT_VERBOSE, 1}, {CURLOPT_TCP_KEEPALIVE, 1}, {CURLOPT_CONNECTTIMEOUT, config->connect_timeout_s},
		{CURLOPT_TIMEOUT, config->timeout_s}, {CURLOPT_SERVER_RESPONSE_TIMEOUT, config->timeout_s},
		{CURLOPT_USE_SSL, config->security == PR_MAIL_STARTTLS ? CURLUSESSL_ALL : CURLUSESSL_NONE}};
	const struct {
		CURLoption option;
		const char *value;
	} texts[] = {{CURLOPT_URL, smtp->url}, {CURLOPT_PROTOCOLS_STR, "smtp,smtps"}, {CURLOPT_PROXY, ""}};
	bool good = curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, watch) == CURLE_OK &&
	            curl_easy_setopt(curl, CURLOPT_DEBUGDATA, smtp) == CURLE_OK &&
	            curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_line) == CURLE_OK &&
	            curl_easy_setopt(curl, CURLOPT_HEADERDATA, smtp) == CURLE_OK &&
	            curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes) == CURLE_OK &&
	            curl_easy_setopt(curl, CURLOPT_READDATA, smtp) == CURLE_OK &&
	            curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, smtp->detail) == CURLE_OK;

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		good = good && curl_easy_setopt(curl, numbers[i].option, numbers[i].value) == CURLE_OK;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		good = good && curl_easy_setopt(curl, texts[i].option, texts[i].value) == CURLE_OK;
	if (config->ca_file)
		good = good && curl_easy_setopt(curl, CURLOPT_CAINFO, config->ca_file) == CURLE_OK &&
		       curl_easy_setopt(curl, CURLOPT_CAPATH, NULL) == CURLE_OK;
	if (config->user)
		good = good && curl_easy_setopt(curl, CURLOPT_USERNAME, config->user) == CURLE_OK &&
		       curl_easy_setopt(curl, CURLOPT_PASSWORD, config->password ? config->password : "") == CURLE_OK;
	return good;
}

bool pr_smtp_open(struct pr_smtp **out, const struct pr_mail_config *config, struct pr_error *error)
{
	struct pr_smtp *smtp;
	bool is_bare_ipv6;

	*out = NULL;
	if (!check(config, error))
		return false;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return pr_error_set(error, PR_CODE_INTERNAL, "cannot start curl");
	smtp = calloc(1, sizeof *smtp);
	if (!smtp)
		abort();
	is_bare_ipv6 = strchr(config->host, ':') != NULL;
	snprintf(smtp->url, sizeof smtp->url, "%s://%s%s%s:%d", config->security == PR_MAIL_TLS ? "smtps" : "smtp",
		is_bare_ipv6 ? "[" : "", config->host, is_bare_ipv6 ? "]" : "", config->port);
	smtp->config = config;
	smtp->curl = curl_easy_init();
	if (!smtp->curl || !set_options(smtp)) {
		pr_smtp_free(smtp);
		return pr_error_set(error, PR_CODE_INTERNAL, "cannot set curl up for %s", config->host);
	}
	*out = smtp;
	return true;
}

void pr_smtp_free(struct pr_smtp *smtp)
{
	if (!smtp)
		return;
	curl_easy_cleanup(smtp->curl);
	free(smtp);
	curl_global_cleanup();
}

/* --- a message ---------------------------------------------------------------------------------------------------- */

/* What an answer of 4xx or 5xx says, by what it answers. */
static enum pr_smtp_outcome judge_answer(const struct pr_smtp *smtp)
{
	bool for_good = smtp->code >= 500;

	/* 421: the server closes. 552 to MAIL: this message is too large. */
	if (smtp->stage >= STAGE_TO && smtp->code != 421)
		return for_good ? PR_SMTP_REFUSED : PR_SMTP_LATER;
	if (smtp->stage == STAGE_FROM && smtp->code == 552)
		return PR_SMTP_REFUSED;
	return for_good ? PR_SMTP_SERVER : PR_SMTP_SERVER_LATER;
}

static enum pr_smtp_outcome judge_failure(const struct pr_smtp *smtp, CURLcode code)
{
	static const CURLcode lost[] = {CURLE_OPERATION_TIMEDOUT, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR,
		CURLE_PARTIAL_FILE, CURLE_WEIRD_SERVER_REPLY, CURLE_COULDNT_CONNECT};

	if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST)
		return PR_SMTP_UNREACHED;
	for (size_t i = 0; i < sizeof lost / sizeof *lost; i++)
		if (code == lost[i])
			return smtp->stage == STAGE_GREETING && code == CURLE_OPERATION_TIMEDOUT ? PR_SMTP_UNREACHED
			                                                                         : PR_SMTP_SERVER_LATER;
	return PR_SMTP_SERVER;
}

static enum pr_smtp_outcome judge(const struct pr_smtp *smtp, CURLcode code)
{
	if (code == CURLE_OK)
		return PR_SMTP_SENT;
	if (smtp->stopped)
		return PR_SMTP_STOPPED;
	if (smtp->handed)
		return smtp->ended && smtp->code >= 400 ? judge_answer(smtp) : PR_SMTP_UNKNOWN;
	if (smtp->code >= 400 && code != CURLE_PEER_FAILED_VERIFICATION)
		return judge_answer(smtp);
	return judge_failure(smtp, code);
}

static void describe(const struct pr_smtp *smtp, CURLcode code, struct pr_smtp_result *result)
{
	const struct pr_mail_config *config = smtp->config;
	const char *detail = smtp->detail[0] ? smtp->detail : curl_easy_strerror(code);
	char *out = result->reply;
	size_t size = sizeof result->reply;

	if (result->outcome == PR_SMTP_SENT || (smtp->code >= 400 && smtp->answer[0]))
		snprintf(out, size, "%s", smtp->answer);
	else if (result->outcome == PR_SMTP_UNKNOWN)
		snprintf(out, size, "the connection ended after the message was handed over: %s", detail);
	else if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
		snprintf(out, size,
			"cannot trust the server: %s; expected a certificate of its host, signed by the authority in %s", detail,
			config->ca_file ? config->ca_file : "the system's store ([mail] ca_file is empty)");
	else if (code == CURLE_USE_SSL_FAILED)
		snprintf(out, size, "the server offers no STARTTLS; expected it, since [mail] security is starttls");
	else
		snprintf(out, size, "%s", detail);
	for (char *at = out; *at; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7F)
			*at = ' ';
	while (*out && out[strlen(out) - 1] == ' ')
		out[strlen(out) - 1] = '\0';
}

static CURLcode try_once(struct pr_smtp *smtp)
{
	struct curl_slist to = {0};
	char address[300];
	CURLcode code;

	snprintf(address, sizeof address, "%s", smtp->message->to);
	to.data = address;
	smtp->at = 0;
	smtp->handed = smtp->stopped = smtp->ended = smtp->closing = false;
	smtp->stage = STAGE_GREETING;
	smtp->code = 0;
	smtp->answer[0] = smtp->detail[0] = '\0';
	code = curl_easy_setopt(smtp->curl, CURLOPT_MAIL_FROM, smtp->message->from);
	if (code == CURLE_OK)
		code = curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, &to);
	if (code == CURLE_OK)
		code = curl_easy_setopt(smtp->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)smtp->message->count);
	if (code == CURLE_OK)
		code = curl_easy_perform(smtp->curl);
	curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, NULL);
	return code;
}

void pr_smtp_send(struct pr_smtp *smtp, const struct pr_smtp_message *message, struct pr_smtp_result *result)
{
	CURLcode code;
	long fresh = 1;

	smtp->message = message;
	code = try_once(smtp);
	result->outcome = judge(smtp, code);
	curl_easy_getinfo(smtp->curl, CURLINFO_NUM_CONNECTS, &fresh);
	/* A kept connection that the server has closed meanwhile says nothing: nothing was handed over, once more. */
	if (result->outcome == PR_SMTP_SERVER_LATER && fresh == 0 && smtp->code == 0) {
		pr_log(PR_LOG_DEBUG, "mail: the connection was closed meanwhile; connecting again");
		code = try_once(smtp);
		result->outcome = judge(smtp, code);
	}
	describe(smtp, code, result);
}

/* --- no message --------------------------------------------------------------------------------------------------- */

/* The first certificate of the chain is the server's own. */
static int64_t certificate_until_ms(const struct pr_smtp *smtp)
{
	static const char name[] = "Expire date:";
	struct curl_certinfo *chain = NULL;

	if (curl_easy_getinfo(smtp->curl, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain || chain->num_of_certs < 1)
		return PR_TIME_MISSING;
	for (const struct curl_slist *line = chain->certinfo[0]; line; line = line->next)
		if (strncmp(line->data, name, sizeof name - 1) == 0) {
			time_t seconds = curl_getdate(line->data + sizeof name - 1, NULL);
			return seconds < 0 ? PR_TIME_MISSING : (int64_t)seconds * 1000;
		}
	return PR_TIME_MISSING;
}

/* An answer to a command is a body to curl, which would print it. */
static size_t drop_body(char *bytes, size_t size, size_t count, void *context)
{
	(void)bytes;
	(void)context;
	return size * count;
}

void pr_smtp_try(struct pr_smtp *smtp, int64_t *until_ms, struct pr_smtp_result *result)
{
	CURLcode code;

	smtp->handed = smtp->stopped = smtp->ended = false;
	smtp->stage = STAGE_GREETING;
	smtp->code = 0;
	smtp->answer[0] = smtp->detail[0] = '\0';
	code = curl_easy_setopt(smtp->curl, CURLOPT_UPLOAD, 0L);
	if (code == CURLE_OK)
		code = curl_easy_setopt(smtp->curl, CURLOPT_CUSTOMREQUEST, "NOOP");
	if (code == CURLE_OK)
		code = curl_easy_setopt(smtp->curl, CURLOPT_WRITEFUNCTION, drop_body);
	if (code == CURLE_OK)
		code = curl_easy_setopt(smtp->curl, CURLOPT_CERTINFO, 1L);
	if (code == CURLE_OK)
		code = curl_easy_perform(smtp->curl);
	*until_ms = certificate_until_ms(smtp);
	result->outcome = judge(smtp, code);
	describe(smtp, code, result);
}
