#include "config/config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "config/definition.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* --- the contract's field names, by data set (docs/contract/series.md) --- */
static const char *const quarter_fields[] = {"point_id", "project_id", "time", "kwh", "kvarh_lag", "kvarh_lead",
	"charge", "slot", "mdp_max", "kwh_a", "kwh_b", "kwh_c", "ingested_at"};
static const char *const minute_fields[] = {"point_id", "project_id", "time", "ua", "ub", "uc", "uab", "ubc", "uca",
	"ia", "ib", "ic", "i_n", "pa", "pb", "pc", "pttl", "qttl", "sttl", "costtl", "freq", "thdua", "thdub", "thduc",
	"thdia", "thdib", "thdic", "hr3ia", "hr3ib", "hr3ic", "hr5ia", "hr5ib", "hr5ic", "hr7ia", "hr7ib", "hr7ic", "hr9ia",
	"hr9ib", "hr9ic", "hr11ia", "hr11ib", "hr11ic", "hr13ia", "hr13ib", "hr13ic"};
static const char *const sensor_fields[] = {"sensor_id", "project_id", "time", "value"};
static const char *const event_fields[] = {"event_id", "project_id", "point_id", "sensor_id", "code", "level",
	"started_at", "ended_at", "value", "limit_value", "phase", "point_name", "confirmed_at", "closed_at", "message"};

/* What a reader of one section needs. */
struct reading {
	const struct pr_definition *definition;
	const char *path;
	struct pr_arena *arena;
};

/* A section that is not there reads as one without entries, at line 0: every key takes its default. */
static const struct pr_section *section_of(const struct reading *reading, const char *kind, const char *name)
{
	const struct pr_section *found = pr_definition_find(reading->definition, kind, name);
	if (found)
		return found;
	struct pr_section *absent = pr_arena_alloc(reading->arena, sizeof *absent);
	absent->kind = kind;
	absent->name = name;
	absent->path = reading->path;
	absent->code = PR_CODE_CONFIG;
	return absent;
}

static const char *optional_text(const struct pr_section *section, const char *key, const char *otherwise)
{
	const char *value = pr_section_get(section, key);
	return value && *value ? value : otherwise;
}

/* Relative to the folder of report.ini. */
static const char *in_folder(const struct reading *reading, const char *path)
{
	if (!path || *path == '/')
		return path;
	const char *slash = strrchr(reading->path, '/');
	if (!slash)
		return path;
	return pr_arena_format(reading->arena, "%.*s/%s", (int)(slash - reading->path), reading->path, path);
}

/* The keys of a section that are whole numbers. */
struct number_key {
	const char *key;
	int min, max, otherwise;
	int *out;
};

static bool read_numbers(
	const struct pr_section *section, const struct number_key *keys, size_t count, struct pr_error *error)
{
	for (size_t i = 0; i < count; i++) {
		int64_t value = 0;
		if (!pr_section_int(section, keys[i].key, keys[i].min, keys[i].max, keys[i].otherwise, &value, error))
			return false;
		*keys[i].out = (int)value;
	}
	return true;
}

/* --- secrets --- */

/* From the environment, else from the file that `file_key` names; NULL where neither is given. */
static bool read_secret(const struct reading *reading, const struct pr_section *section, const char *variable,
	const char *file_key, const char **secret, struct pr_error *error)
{
	const char *given = getenv(variable);
	*secret = NULL;
	if (given && *given) {
		*secret = pr_arena_copy(reading->arena, given);
		return true;
	}
	const char *path = optional_text(section, file_key, NULL);
	if (!path)
		return true;
	char *text = NULL;
	if (!pr_file_read_secret(in_folder(reading, path), reading->arena, &text, error)) {
		struct pr_error cause = *error;
		pr_error_clear(error);
		return pr_section_refuse(section, file_key, error, "%s", cause.text);
	}
	*secret = text;
	return true;
}

static const struct {
	const char *key, *file_key, *variable;
} secret_keys[] = {
	{"password", "password_file", NULL},
	{"api_key", "api_key_file", "POWERREPORT_ES_API_KEY"},
};

/* A secret written into report.ini itself is refused with the way it should go, and not repeated in the message. */
static bool refuse_secrets(const struct pr_section *section, const char *password_variable, struct pr_error *error)
{
	for (size_t i = 0; i < COUNT(secret_keys); i++) {
		const char *variable = secret_keys[i].variable ? secret_keys[i].variable : password_variable;
		if (pr_section_entry(section, secret_keys[i].key))
			return pr_section_refuse(section, secret_keys[i].key, error,
				"is a secret; expected it in the environment as %s or in a file of mode 0600 that '%s' names", variable,
				secret_keys[i].file_key);
	}
	return true;
}

/* --- [elasticsearch] and [index …] --- */

static bool is_index_name(const char *text)
{
	/* What Elasticsearch lets an index, an alias or a list of patterns be, less what would change the request's path. */
	for (const char *at = text; *at; at++)
		if (!((*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') || strchr("-_.*,", *at)))
			return false;
	return *text != '-' && *text != '_' && *text != '\0' && strcmp(text, ".") != 0 && strcmp(text, "..") != 0;
}

static bool is_field_name(const char *text)
{
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at <= 0x20 || *at == 0x7F || strchr("\"\\'*", *at))
			return false;
	return *text != '\0';
}

static bool read_index(const struct reading *reading, const char *name, const char *otherwise,
	const char *const *fields, size_t field_count, struct pr_index_config *index, struct pr_error *error)
{
	const struct pr_section *section = section_of(reading, "index", name);
	const char *allowed[64] = {"index"};
	memcpy(allowed + 1, fields, field_count * sizeof *fields);
	if (!pr_section_check_keys(section, allowed, field_count + 1, error))
		return false;
	index->index = optional_text(section, "index", otherwise);
	if (!is_index_name(index->index))
		return pr_section_refuse(section, "index", error,
			"is '%s'; expected an index, an alias or a pattern of small letters, digits, '-', '_', '.' and '*'",
			index->index);
	index->fields = pr_arena_array(reading->arena, section->entry_count, sizeof *index->fields);
	for (size_t i = 0; i < field_count; i++) {
		const struct pr_entry *entry = pr_section_entry(section, fields[i]);
		if (!entry)
			continue;
		if (!is_field_name(entry->value))
			return pr_section_refuse(section, fields[i], error,
				"is '%s'; expected the name of a field, without spaces, quotes, '\\' and '*'", entry->value);
		index->fields[index->field_count++] = (struct pr_field_name){fields[i], entry->value};
	}
	return true;
}

const char *pr_index_field(const struct pr_index_config *index, const char *contract_name)
{
	for (size_t i = 0; i < index->field_count; i++)
		if (strcmp(index->fields[i].contract, contract_name) == 0)
			return index->fields[i].actual;
	return contract_name;
}

static bool read_url(const struct reading *reading, const struct pr_section *section, bool is_needed, const char **url,
	struct pr_error *error)
{
	const char *text = optional_text(section, "url", NULL);
	*url = text;
	if (!text && !is_needed)
		return true;
	static const char *const expected = "expected http:// or https://, a host and a port, without user or path";
	if (!text)
		return pr_section_refuse(section, "url", error, "is missing; %s", expected);
	char *copy = pr_arena_copy(reading->arena, text);
	size_t length = strlen(copy);
	if (length > 0 && copy[length - 1] == '/')
		copy[length - 1] = '\0';
	const char *host = pr_text_starts(copy, "https://") ? copy + 8 : pr_text_starts(copy, "http://") ? copy + 7 : NULL;
	if (!host || *host == '\0' || strpbrk(host, "/?#@ \"<>\\^`{|}"))
		return pr_section_refuse(section, "url", error, "is no address of a server; %s", expected);
	*url = copy;
	return true;
}

static bool read_elasticsearch(
	const struct reading *reading, bool is_live, struct pr_elasticsearch_config *config, struct pr_error *error)
{
	static const char *const keys[] = {"url", "user", "password_file", "api_key_file", "ca_file", "minutes",
		"connect_timeout_s", "request_timeout_s", "deadline_s", "max_retries", "batch", "response_cap_mib"};
	static const char *const modes[] = {"auto", "cluster", "rows"};
	const struct pr_section *section = section_of(reading, "elasticsearch", "");
	const struct number_key numbers[] = {
		{"connect_timeout_s", 1, 600, 10, &config->connect_timeout_s},
		{"request_timeout_s", 1, 3600, 120, &config->request_timeout_s},
		{"deadline_s", 1, 7200, 300, &config->deadline_s},
		{"max_retries", 0, 20, 5, &config->max_retries},
		{"batch", 1, 64, 8, &config->batch},
		{"response_cap_mib", 1, 256, 32, &config->response_cap_mib},
	};
	size_t mode = 0;
	if (!refuse_secrets(section, "POWERREPORT_ES_PASSWORD", error) ||
		!pr_section_check_keys(section, keys, COUNT(keys), error) ||
		!read_url(reading, section, is_live, &config->url, error) ||
		!pr_section_choice(section, "minutes", modes, COUNT(modes), 0, &mode, error) ||
		!read_numbers(section, numbers, COUNT(numbers), error))
		return false;
	config->minute_mode = (enum pr_minute_mode)mode;
	config->user = optional_text(section, "user", NULL);
	config->ca_file = in_folder(reading, optional_text(section, "ca_file", NULL));
	if (is_live &&
		(!read_secret(reading, section, "POWERREPORT_ES_API_KEY", "api_key_file", &config->api_key, error) ||
			!read_secret(reading, section, "POWERREPORT_ES_PASSWORD", "password_file", &config->password, error)))
		return false;
	return read_index(reading, "quarters", "point_15min_electric", quarter_fields, COUNT(quarter_fields),
			   &config->quarters, error) &&
	       read_index(
			   reading, "minutes", "point_1min_index", minute_fields, COUNT(minute_fields), &config->minutes, error) &&
	       read_index(reading, "sensors", "location_1min_aiao", sensor_fields, COUNT(sensor_fields), &config->sensors,
			   error) &&
	       read_index(reading, "events", "soe_event", event_fields, COUNT(event_fields), &config->events, error);
}

/* --- [mysql] --- */

static bool read_mysql(
	const struct reading *reading, bool is_live, struct pr_mysql_config *config, struct pr_error *error)
{
	static const char *const keys[] = {"host", "port", "socket", "database", "user", "password_file", "tls", "ca_file",
		"connect_timeout_s", "read_timeout_s", "statement_timeout_s", "sql_folder"};
	const struct pr_section *section = section_of(reading, "mysql", "");
	const struct number_key numbers[] = {
		{"port", 1, 65535, 3306, &config->port},
		{"connect_timeout_s", 1, 600, 10, &config->connect_timeout_s},
		{"read_timeout_s", 1, 3600, 60, &config->read_timeout_s},
		{"statement_timeout_s", 1, 3600, 30, &config->statement_timeout_s},
	};
	config->socket = in_folder(reading, optional_text(section, "socket", NULL));
	if (!refuse_secrets(section, "POWERREPORT_MYSQL_PASSWORD", error) ||
		!pr_section_check_keys(section, keys, COUNT(keys), error) ||
		!read_numbers(section, numbers, COUNT(numbers), error) ||
		!pr_section_bool(section, "tls", !config->socket, &config->tls, error))
		return false;
	config->host = optional_text(section, "host", "127.0.0.1");
	config->ca_file = in_folder(reading, optional_text(section, "ca_file", NULL));
	config->sql_folder = in_folder(reading, optional_text(section, "sql_folder", NULL));
	config->database = optional_text(section, "database", NULL);
	config->user = optional_text(section, "user", NULL);
	if (!is_live)
		return true;
	return pr_section_text(section, "database", &config->database, error) &&
	       pr_section_text(section, "user", &config->user, error) &&
	       read_secret(reading, section, "POWERREPORT_MYSQL_PASSWORD", "password_file", &config->password, error);
}

/* --- [store] --- */

static bool read_store(const struct reading *reading, struct pr_store_config *config, struct pr_error *error)
{
	static const char *const keys[] = {"kind", "path", "quarter_stamp"};
	static const char *const kinds[] = {"embedded", "live"};
	static const char *const stamps[] = {"start", "end"};
	const struct pr_section *section = section_of(reading, "store", "");
	size_t kind = 0, stamp = 0;
	if (!pr_section_check_keys(section, keys, COUNT(keys), error) ||
		!pr_section_choice(section, "kind", kinds, COUNT(kinds), PR_STORE_EMBEDDED, &kind, error) ||
		!pr_section_choice(section, "quarter_stamp", stamps, COUNT(stamps), 0, &stamp, error))
		return false;
	config->kind = (enum pr_store_kind)kind;
	config->quarter_stamp_end = stamp == 1;
	config->path = in_folder(reading, optional_text(section, "path", "build/sample.db"));
	bool is_live = config->kind == PR_STORE_LIVE;
	return read_elasticsearch(reading, is_live, &config->elasticsearch, error) &&
	       read_mysql(reading, is_live, &config->mysql, error);
}

/* --- what comes out --- */

static const char *const name_words[] = {"id", "name", "short_name", "month", "edition"};

/* A name's pattern: words in braces, nothing that leads to another folder. */
static bool check_pattern(
	const struct pr_section *section, const char *key, const char *pattern, struct pr_error *error)
{
	static const char *const expected = "expected text with {id}, {name}, {short_name}, {month} or {edition} in it";
	if (strpbrk(pattern, "/\\") || *pattern == '.')
		return pr_section_refuse(
			section, key, error, "is '%s', which leads to another folder or hides the name; %s", pattern, expected);
	for (const char *at = pattern; *at; at++) {
		if (*at == '}')
			return pr_section_refuse(section, key, error, "has a '}' without '{'; %s", expected);
		if (*at != '{')
			continue;
		size_t length = strcspn(at + 1, "{}");
		bool is_known = false;
		for (size_t i = 0; i < COUNT(name_words); i++)
			is_known = is_known || (strlen(name_words[i]) == length && strncmp(name_words[i], at + 1, length) == 0);
		if (at[1 + length] != '}' || !is_known)
			return pr_section_refuse(
				section, key, error, "has an unknown word '%.*s'; %s", (int)length + 1, at, expected);
		at += 1 + length;
	}
	return true;
}

const char *pr_config_name(const char *pattern, const struct pr_config_words *words, struct pr_arena *arena)
{
	const char *const values[COUNT(name_words)] = {
		words->id, words->name, words->short_name, words->month, words->edition};
	struct pr_buffer out;
	pr_buffer_init(&out, arena);
	for (const char *at = pattern; *at;) {
		size_t plain = strcspn(at, "{");
		pr_buffer_add_n(&out, at, plain);
		at += plain;
		if (*at == '\0')
			break;
		size_t length = strcspn(at + 1, "}");
		for (size_t i = 0; i < COUNT(name_words); i++)
			if (strlen(name_words[i]) == length && strncmp(name_words[i], at + 1, length) == 0)
				pr_buffer_add(&out, values[i] ? values[i] : "");
		at += 1 + length;
		if (*at == '}')
			at++;
	}
	return pr_text_path_name(arena, out.text);
}

static bool read_output(const struct reading *reading, struct pr_config *config, struct pr_error *error)
{
	static const char *const keys[] = {"folder", "folder_name", "file_name", "metrics", "index", "index_language"};
	const struct pr_section *section = section_of(reading, "output", "");
	if (!pr_section_check_keys(section, keys, COUNT(keys), error))
		return false;
	config->out_folder = in_folder(reading, optional_text(section, "folder", "out"));
	config->folder_name = optional_text(section, "folder_name", "{id}-{name}");
	config->file_name = optional_text(section, "file_name", "report");
	config->metrics_file = in_folder(reading, optional_text(section, "metrics", NULL));
	config->index_language = optional_text(section, "index_language", NULL);
	if (!pr_section_bool(section, "index", true, &config->index_page, error))
		return false;
	if (!pr_text_starts(config->folder_name, "{id}-"))
		return pr_section_refuse(section, "folder_name", error,
			"is '%s'; expected it to begin with '{id}-', by which a customer's folder is found again",
			config->folder_name);
	return check_pattern(section, "folder_name", config->folder_name, error) &&
	       check_pattern(section, "file_name", config->file_name, error);
}

/* --- [mail] --- */

static bool read_attachments(const struct reading *reading, const struct pr_section *section,
	struct pr_mail_config *mail, struct pr_error *error)
{
	static const char *const usual[] = {"pdf"};
	const char *const *items = NULL;
	size_t count;
	if (!pr_section_list(section, "attach", reading->arena, &items, &count, error))
		return false;
	if (count == 0) {
		items = usual;
		count = 1;
	}
	for (size_t i = 0; i < count; i++) {
		bool is_pdf = strcmp(items[i], "pdf") == 0, is_xlsx = strcmp(items[i], "xlsx") == 0;
		if (!is_pdf && !is_xlsx)
			return pr_section_refuse(section, "attach", error, "has '%s'; expected pdf, xlsx, or both", items[i]);
		mail->attach_pdf = mail->attach_pdf || is_pdf;
		mail->attach_xlsx = mail->attach_xlsx || is_xlsx;
	}
	return true;
}

static bool is_host(const char *text)
{
	/* Names, IPv4, and IPv6 with its colons: nothing that would change an address made of it. */
	for (const char *at = text; *at; at++)
		if (!((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') ||
				strchr("-.:_", *at)))
			return false;
	return strlen(text) <= 253;
}

/* What is no plain address: a name in front of it, several, a line break. */
static bool is_mailbox(const char *text)
{
	const char *at = strchr(text, '@');
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c <= 0x20 || (unsigned char)*c >= 0x7F || strchr("<>()[],;:\\\"", *c))
			return false;
	return at && at != text && at[1] && !strchr(at + 1, '@') && strlen(text) <= 254;
}

static bool read_mail(const struct reading *reading, struct pr_mail_config *mail, struct pr_error *error)
{
	static const char *const keys[] = {"host", "port", "security", "allow_plain", "user", "password_file", "ca_file",
		"from", "from_name", "reply_to", "attach", "max_mib", "connect_timeout_s", "timeout_s", "attempts",
		"retry_wait_s", "per_minute"};
	static const char *const securities[] = {"starttls", "tls", "none"};
	static const int ports[] = {587, 465, 25};
	static const char *const mailboxes[] = {"from", "reply_to"};
	const struct pr_section *section = section_of(reading, "mail", "");
	const struct number_key numbers[] = {
		{"port", 0, 65535, 0, &mail->port},
		{"max_mib", 1, 1024, 20, &mail->max_mib},
		{"connect_timeout_s", 1, 600, 10, &mail->connect_timeout_s},
		{"timeout_s", 1, 3600, 120, &mail->timeout_s},
		{"attempts", 1, 20, 4, &mail->attempts},
		{"retry_wait_s", 0, 3600, 10, &mail->retry_wait_s},
		{"per_minute", 0, 6000, 0, &mail->per_minute},
	};
	size_t security = 0;
	if (!refuse_secrets(section, "POWERREPORT_SMTP_PASSWORD", error) ||
		!pr_section_check_keys(section, keys, COUNT(keys), error) ||
		!pr_section_choice(section, "security", securities, COUNT(securities), 0, &security, error) ||
		!pr_section_bool(section, "allow_plain", false, &mail->allow_plain, error) ||
		!read_numbers(section, numbers, COUNT(numbers), error) || !read_attachments(reading, section, mail, error))
		return false;
	mail->security = (enum pr_mail_security)security;
	if (mail->port == 0)
		mail->port = ports[security];
	mail->host = optional_text(section, "host", NULL);
	mail->user = optional_text(section, "user", NULL);
	mail->password_file = in_folder(reading, optional_text(section, "password_file", NULL));
	mail->ca_file = in_folder(reading, optional_text(section, "ca_file", NULL));
	mail->from = optional_text(section, "from", NULL);
	mail->from_name = optional_text(section, "from_name", NULL);
	mail->reply_to = optional_text(section, "reply_to", NULL);
	if (mail->host && !is_host(mail->host))
		return pr_section_refuse(section, "host", error, "is '%s'; expected the name of a server", mail->host);
	for (size_t i = 0; i < COUNT(mailboxes); i++) {
		const char *address = optional_text(section, mailboxes[i], NULL);
		if (address && !is_mailbox(address))
			return pr_section_refuse(
				section, mailboxes[i], error, "is '%s'; expected an address such as reports@example.com", address);
	}
	return true;
}

bool pr_config_mail_secret(struct pr_config *config, struct pr_arena *arena, struct pr_error *error)
{
	const char *given = getenv("POWERREPORT_SMTP_PASSWORD");
	char *text = NULL;
	if (given && *given) {
		config->mail.password = pr_arena_copy(arena, given);
		return true;
	}
	if (config->mail.password_file && !pr_file_read_secret(config->mail.password_file, arena, &text, error))
		return pr_error_context(error, "%s: 'password_file' in [mail]", config->path);
	config->mail.password = text;
	if (config->mail.user && !text)
		return pr_error_set(error, PR_CODE_CONFIG,
			"%s: [mail] has a user and no password; expected POWERREPORT_SMTP_PASSWORD in the environment, or "
			"'password_file' to name a file of mode 0600",
			config->path);
	return true;
}

static bool read_templates(const struct reading *reading, struct pr_config *config, struct pr_error *error)
{
	static const char *const keys[] = {"folder", "charts"};
	const struct pr_section *section = section_of(reading, "templates", "");
	if (!pr_section_check_keys(section, keys, COUNT(keys), error))
		return false;
	config->template_folder = in_folder(reading, optional_text(section, "folder", "templates"));
	config->chart_folder = in_folder(reading, optional_text(section, "charts", "charts"));
	return true;
}

static bool read_faces(const struct reading *reading, const struct pr_section *section, const char *key,
	const char *otherwise, const char ***out, size_t *count, struct pr_error *error)
{
	static const char *const fallback = "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc";
	const char *const *given = NULL;
	if (!pr_section_list(section, key, reading->arena, &given, count, error))
		return false;
	const char *const defaults[] = {otherwise, fallback};
	if (*count == 0) {
		given = defaults;
		*count = COUNT(defaults);
	}
	const char **faces = pr_arena_array(reading->arena, *count, sizeof *faces);
	for (size_t i = 0; i < *count; i++)
		faces[i] = in_folder(reading, given[i]);
	*out = faces;
	return true;
}

/*
 * Where a file is missing the next one stands in, said aloud if it was the face itself. Without any of them the list
 * stays, so that whoever opens it says what was expected.
 */
static void leave_out_missing(struct pr_font_config *fonts)
{
	size_t kept = 0;
	const char *first = fonts->regular[0];
	for (size_t i = 0; i < fonts->count; i++) {
		if (access(fonts->regular[i], R_OK) != 0 || access(fonts->bold[i], R_OK) != 0)
			continue;
		fonts->regular[kept] = fonts->regular[i];
		fonts->bold[kept++] = fonts->bold[i];
	}
	if (kept == 0)
		return;
	fonts->count = kept;
	if (fonts->regular[0] != first) {
		fonts->missing = first;
		pr_log(PR_LOG_WARNING, "font '%s' is missing: reports are set in '%s'", first, fonts->regular[0]);
	}
}

static bool read_fonts(const struct reading *reading, struct pr_font_config *fonts, struct pr_error *error)
{
	static const char *const keys[] = {"regular", "bold"};
	const struct pr_section *section = section_of(reading, "fonts", "");
	size_t bold_count = 0;
	if (!pr_section_check_keys(section, keys, COUNT(keys), error) ||
		!read_faces(
			reading, section, "regular", "build/fonts/NotoSansSC-Regular.ttf", &fonts->regular, &fonts->count, error) ||
		!read_faces(reading, section, "bold", "build/fonts/NotoSansSC-Bold.ttf", &fonts->bold, &bold_count, error))
		return false;
	if (bold_count != fonts->count)
		return pr_section_refuse(
			section, "bold", error, "names %zu files; expected %zu, as many as 'regular'", bold_count, fonts->count);
	leave_out_missing(fonts);
	return true;
}

static bool read_run(const struct reading *reading, struct pr_config *config, struct pr_error *error)
{
	static const char *const keys[] = {"time_limit_s", "memory_limit_mib", "attempts", "retry_wait_s"};
	const struct pr_section *section = section_of(reading, "run", "");
	const struct number_key numbers[] = {
		{"time_limit_s", 0, 86400, 1800, &config->time_limit_s},
		{"memory_limit_mib", 0, 1048576, 0, &config->memory_limit_mib},
		{"attempts", 1, 20, 4, &config->attempts},
		{"retry_wait_s", 0, 3600, 10, &config->retry_wait_s},
	};
	return pr_section_check_keys(section, keys, COUNT(keys), error) &&
	       read_numbers(section, numbers, COUNT(numbers), error);
}

static bool read_report(const struct reading *reading, struct pr_config *config, struct pr_error *error)
{
	static const char *const keys[] = {"gate", "settle_hours", "day_share", "test_codes", "shift_percent"};
	static const char *const shares[] = {"month", "30"};
	const struct pr_section *section = section_of(reading, "report", "");
	const struct number_key numbers[] = {{"settle_hours", 0, 744, 72, &config->settle_hours}};
	size_t share = 0;
	if (!pr_section_check_keys(section, keys, COUNT(keys), error) ||
		!pr_section_double(section, "gate", 0, 1, 0.95, &config->gate, error) ||
		!read_numbers(section, numbers, COUNT(numbers), error) ||
		!pr_section_choice(section, "day_share", shares, COUNT(shares), 0, &share, error) ||
		!pr_section_double(section, "shift_percent", 0, 100, 5, &config->shift_percent, error))
		return false;
	config->day_share_month = share == 0;
	config->test_codes = pr_section_get(section, "test_codes");
	if (!config->test_codes)
		config->test_codes = "test*";
	return true;
}

static bool read_health(const struct reading *reading, struct pr_config *config, struct pr_error *error)
{
	const struct pr_section *section = section_of(reading, "health", "");
	if (!pr_section_check_keys(section, pr_health_axis_names, PR_HEALTH_AXIS_COUNT, error))
		return false;
	for (int i = 0; i < PR_HEALTH_AXIS_COUNT; i++) {
		config->has_health_weight[i] = pr_section_entry(section, pr_health_axis_names[i]) != NULL;
		if (!pr_section_double(section, pr_health_axis_names[i], 0, 1000, 0, &config->health_weights[i], error))
			return false;
	}
	return true;
}

static bool read_method(const struct reading *reading, struct pr_config *config, struct pr_error *error)
{
	static const char *const keys[] = {"limits"};
	static const char *const sets[] = {"gb", "ieee519"};
	const struct pr_section *section = section_of(reading, "method", "");
	size_t set = 0;
	if (!pr_section_check_keys(section, keys, COUNT(keys), error) ||
		!pr_section_choice(section, "limits", sets, COUNT(sets), 0, &set, error))
		return false;
	config->limits = sets[set];
	return true;
}

bool pr_config_read(struct pr_config *config, const char *path, struct pr_arena *arena, struct pr_error *error)
{
	static const char *const kinds[] = {"store", "elasticsearch", "index", "mysql", "output", "templates", "fonts",
		"mail", "run", "report", "method", "health"};
	static const char *const indexes[] = {"quarters", "minutes", "sensors", "events"};
	*config = (struct pr_config){.path = pr_arena_copy(arena, path)};
	struct pr_definition *definition = pr_arena_alloc(arena, sizeof *definition);
	if (!pr_definition_read(definition, path, PR_CODE_CONFIG, arena, error) ||
		!pr_definition_check_kinds(definition, kinds, COUNT(kinds), error))
		return false;
	for (size_t i = 0; i < definition->section_count; i++) {
		const struct pr_section *section = &definition->sections[i];
		bool is_index = strcmp(section->kind, "index") == 0, is_known = !is_index && *section->name == '\0';
		for (size_t k = 0; is_index && k < COUNT(indexes); k++)
			is_known = is_known || strcmp(section->name, indexes[k]) == 0;
		if (!is_known)
			return pr_error_set_at(error, PR_CODE_CONFIG, section->path, section->line,
				"unknown section [%s %s]; expected %s", section->kind, section->name,
				is_index ? "[index quarters], [index minutes], [index sensors] or [index events]"
						 : "no name behind the section's kind");
	}
	const struct reading reading = {definition, config->path, arena};
	return read_store(&reading, &config->store, error) && read_output(&reading, config, error) &&
	       read_mail(&reading, &config->mail, error) && read_templates(&reading, config, error) &&
	       read_fonts(&reading, &config->fonts, error) && read_run(&reading, config, error) &&
	       read_report(&reading, config, error) && read_method(&reading, config, error) &&
	       read_health(&reading, config, error);
}
