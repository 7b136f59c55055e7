/*
 * report.ini → one checked struct. Every key is known or refused, with file, line and what was expected. Secrets are
 * never in the file: `password` and `api_key` come from the environment (POWERREPORT_MYSQL_PASSWORD,
 * POWERREPORT_ES_PASSWORD, POWERREPORT_ES_API_KEY) or a file of mode 0600 that `*_file` names.
 * All strings live in the arena that pr_config_read was given.
 */
#ifndef PR_CONFIG_CONFIG_H
#define PR_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "model/safety.h"

enum pr_store_kind { PR_STORE_EMBEDDED, PR_STORE_LIVE };
enum pr_minute_mode { PR_MINUTES_AUTO, PR_MINUTES_CLUSTER, PR_MINUTES_ROWS };

/* A data set's index (or alias) and the platform's names of its fields; NULL in `fields` = the contract's own name. */
struct pr_index_config {
	const char *index;
	struct pr_field_name {
		const char *contract, *actual;
	} * fields;
	size_t field_count;
};
const char *pr_index_field(const struct pr_index_config *index, const char *contract_name);

struct pr_elasticsearch_config {
	const char *url;                       /* "https://host:9200", without user or path */
	const char *user, *password, *api_key; /* NULL = none; secrets already resolved */
	const char *ca_file;                   /* NULL = the system's */
	struct pr_index_config quarters, minutes, sensors, events;
	enum pr_minute_mode minute_mode;
	int connect_timeout_s, request_timeout_s, deadline_s; /* deadline: over all retries of a request */
	int max_retries;
	int batch; /* searches in one _msearch */
	int response_cap_mib;
};

struct pr_mysql_config {
	const char *host, *database, *user, *password, *ca_file, *socket;
	int port;
	bool tls; /* required and verified */
	int connect_timeout_s, read_timeout_s, statement_timeout_s;
	const char *sql_folder; /* NULL = built-in queries; else <table>.sql files replace them */
};

struct pr_store_config {
	enum pr_store_kind kind;
	const char *path; /* embedded */
	bool quarter_stamp_end;
	struct pr_elasticsearch_config elasticsearch;
	struct pr_mysql_config mysql;
};

enum pr_mail_security { PR_MAIL_STARTTLS, PR_MAIL_TLS, PR_MAIL_PLAIN };

/* [mail]: the server, whom messages are from, and what is in them. */
struct pr_mail_config {
	const char *host; /* NULL = no mail is sent */
	int port;         /* 587, 465 or 25 by security where none is given */
	enum pr_mail_security security;
	bool allow_plain;                        /* security none, though the server is another machine */
	const char *user;                        /* NULL = no login */
	const char *password, *password_file;    /* password: set by pr_config_mail_secret */
	const char *ca_file;                     /* NULL = the system's */
	const char *from, *from_name, *reply_to; /* from NULL = none; the others: the brand's name, the tenant's contact */
	bool attach_pdf, attach_xlsx;
	int max_mib; /* of a message's files */
	int connect_timeout_s, timeout_s, attempts, retry_wait_s;
	int per_minute; /* messages; 0 = no limit */
};

struct pr_font_config {
	const char **regular, **bold; /* first = the face, then fallbacks; same counts; files that are there */
	size_t count;
	const char *missing; /* the face that was asked for and is not there; NULL */
};

struct pr_config {
	const char *path;
	struct pr_store_config store;
	const char *out_folder;
	const char *folder_name;    /* pattern, default "{id}-{name}"; always begins with "{id}-" */
	const char *file_name;      /* pattern, default "report"; see pr_config_name */
	const char *metrics_file;   /* for the node exporter's textfile collector; NULL = none */
	bool index_page;            /* whether a run leaves OUT/YYYY-MM/index.html */
	const char *index_language; /* its locale; NULL = that of the platform, or of the first customer */
	const char *template_folder, *chart_folder;
	struct pr_font_config fonts;
	struct pr_mail_config mail;
	/* [run]: of a worker, and of what is tried again. */
	int time_limit_s, memory_limit_mib; /* 0 = none */
	int attempts, retry_wait_s;
	double gate;      /* 0.95 */
	int settle_hours; /* 72 */
	bool day_share_month;
	const char *test_codes; /* "test*" */
	/* [health]: weights instead of those of templates/method/health.ini, by enum pr_health_axis. */
	double health_weights[PR_HEALTH_AXIS_COUNT];
	bool has_health_weight[PR_HEALTH_AXIS_COUNT];
	double shift_percent;
	const char *limits; /* "gb": templates/limits/<limits>.ini */
};

/*
 * A folder's or file's name from its pattern (`folder_name`, `file_name`): {id}, {name}, {short_name}, {month} and
 * {edition} replaced, then made safe for a path (pr_text_path_name). NULL words are empty.
 */
struct pr_config_words {
	const char *id, *name, *short_name, *month, *edition;
};
const char *pr_config_name(const char *pattern, const struct pr_config_words *words, struct pr_arena *arena);

/* The mail's password, POWERREPORT_SMTP_PASSWORD or its file: read by who sends mail, not by every run. */
PR_CHECK bool pr_config_mail_secret(struct pr_config *config, struct pr_arena *arena, struct pr_error *error);

/* Relative paths in the file are relative to the file's folder. `path` must exist. */
PR_CHECK bool pr_config_read(
	struct pr_config *config, const char *path, struct pr_arena *arena, struct pr_error *error);

#endif
