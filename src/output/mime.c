#include "output/mime.h"

#include <string.h>

#include "base/sha256.h"

#define LINE_MAX_CHARS 76
#define ENCODED_OPEN "=?UTF-8?B?"
#define ENCODED_CLOSE "?="
#define ENCODED_BYTES 39 /* of text in an encoded word: 52 characters, 64 with its marks, behind any header's name */
#define PARAMETER_CHARS 56
#define EOL "\r\n"

/* --- base64 ------------------------------------------------------------------------------------------------------- */

static void add_base64(struct pr_buffer *out, const unsigned char *bytes, size_t count)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < count; i += 3) {
		size_t left = count - i;
		unsigned word =
			(unsigned)bytes[i] << 16 | (left > 1 ? (unsigned)bytes[i + 1] << 8 : 0) | (left > 2 ? bytes[i + 2] : 0U);
		char four[4] = {digits[word >> 18 & 63], digits[word >> 12 & 63], left > 1 ? digits[word >> 6 & 63] : '=',
			left > 2 ? digits[word & 63] : '='};
		pr_buffer_add_n(out, four, sizeof four);
	}
}

void pr_mime_base64(struct pr_buffer *out, const void *bytes, size_t count)
{
	const unsigned char *at = bytes;
	const size_t line = LINE_MAX_CHARS / 4 * 3;

	for (size_t i = 0; i < count; i += line) {
		add_base64(out, at + i, count - i < line ? count - i : line);
		pr_buffer_add(out, EOL);
	}
}

/* --- headers ------------------------------------------------------------------------------------------------------ */

/* Where the line that is being written began. */
struct header {
	struct pr_buffer *out;
	size_t begin;
};

static struct header begin_header(struct pr_buffer *out, const char *name)
{
	struct header header = {out, out->length};

	pr_buffer_format(out, "%s:", name);
	return header;
}

/* A piece that stays whole, behind a space; on a line of its own where this one has no room. */
static void add_piece(struct header *header, const char *text, size_t length)
{
	if (header->out->length - header->begin + 1 + length > LINE_MAX_CHARS) {
		pr_buffer_add(header->out, EOL);
		header->begin = header->out->length;
	}
	pr_buffer_add(header->out, " ");
	pr_buffer_add_n(header->out, text, length);
}

static bool is_plain(const char *text)
{
	for (const char *at = text; *at; at++)
		if (*at < 0x20 || *at > 0x7E)
			return false;
	return !strstr(text, "=?");
}

/* The bytes of `text` that go into the next encoded word: whole code points. */
static size_t next_word(const char *text)
{
	const char *at = text;

	while (*at) {
		const char *next = at;
		(void)pr_utf8_next(&next);
		if ((size_t)(next - text) > ENCODED_BYTES)
			break;
		at = next;
	}
	return (size_t)(at - text);
}

/* Spaces between encoded words are no part of the text. */
static void add_encoded(struct header *header, const char *text, struct pr_arena *arena)
{
	while (*text) {
		size_t length = next_word(text);
		struct pr_buffer word;
		pr_buffer_init(&word, arena);
		pr_buffer_add(&word, ENCODED_OPEN);
		add_base64(&word, (const unsigned char *)text, length);
		pr_buffer_add(&word, ENCODED_CLOSE);
		add_piece(header, word.text, word.length);
		text += length;
	}
}

/* A word that no line holds is broken by encoding it. */
static bool has_long_word(const char *text)
{
	while (*text) {
		size_t length = strcspn(text, " ");
		if (length > LINE_MAX_CHARS - 2)
			return true;
		text += length + strspn(text + length, " ");
	}
	return false;
}

static void add_text(struct header *header, const char *text, struct pr_arena *arena)
{
	if (!is_plain(text) || has_long_word(text) || strstr(text, "  ")) {
		add_encoded(header, text, arena);
		return;
	}
	while (*text) {
		size_t length = strcspn(text, " ");
		add_piece(header, text, length);
		text += length + strspn(text + length, " ");
	}
}

void pr_mime_header(struct pr_buffer *out, const char *name, const char *text)
{
	struct header header = begin_header(out, name);

	add_text(&header, pr_text_clean(out->arena, text), out->arena);
	pr_buffer_add(out, EOL);
}

static bool is_atom_character(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

/* As it is where it is made of atoms, quoted where it is plain, else encoded. */
static void add_name(struct header *header, const char *name, struct pr_arena *arena)
{
	struct pr_buffer quoted;
	bool atoms = true;

	for (const char *at = name; *at; at++)
		atoms = atoms && (is_atom_character(*at) || *at == ' ');
	if (!is_plain(name) || strlen(name) > LINE_MAX_CHARS - 4) {
		add_encoded(header, name, arena);
	} else if (atoms) {
		add_text(header, name, arena);
	} else {
		pr_buffer_init(&quoted, arena);
		pr_buffer_add(&quoted, "\"");
		for (const char *at = name; *at; at++) {
			if (*at == '"' || *at == '\\')
				pr_buffer_add(&quoted, "\\");
			pr_buffer_add_n(&quoted, at, 1);
		}
		pr_buffer_add(&quoted, "\"");
		add_piece(header, quoted.text, quoted.length);
	}
}

void pr_mime_addresses(struct pr_buffer *out, const char *name, const struct pr_mime_address *addresses, size_t count)
{
	struct header header = begin_header(out, name);
	struct pr_arena *arena = out->arena;

	for (size_t i = 0; i < count; i++) {
		const char *person = pr_text_clean(arena, addresses[i].name), *comma = i + 1 < count ? "," : "";
		const char *address = *person ? pr_arena_format(arena, "<%s>%s", addresses[i].address, comma)
		                              : pr_arena_format(arena, "%s%s", addresses[i].address, comma);
		if (*person)
			add_name(&header, person, arena);
		add_piece(&header, address, strlen(address));
	}
	pr_buffer_add(out, EOL);
}

/* "Date: Wed, 04 Nov 2026 08:00:00 +0800" */
void pr_mime_date(struct pr_buffer *out, int64_t time_ms, const struct pr_zone *zone)
{
	static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct pr_local_time local = pr_zone_local(zone, time_ms);
	int offset = local.offset_s / 60, size = offset < 0 ? -offset : offset;

	pr_buffer_format(out, "Date: %s, %02d %s %04d %02d:%02d:%02d %c%02d%02d" EOL, days[pr_date_weekday(local.date) - 1],
		local.date.day, months[local.date.month - 1], local.date.year, local.minute_of_day / 60,
		local.minute_of_day % 60, local.second, offset < 0 ? '-' : '+', size / 60, size % 60);
}

/* --- parameters --------------------------------------------------------------------------------------------------- */

static void add_percent(struct pr_buffer *out, char c)
{
	bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c && strchr("-._~", c));

	if (plain)
		pr_buffer_add_n(out, &c, 1);
	else
		pr_buffer_format(out, "%%%02X", (unsigned)(unsigned char)c);
}

static bool is_token(const char *text)
{
	for (const char *at = text; *at; at++)
		if (!is_atom_character(*at) && *at != '.')
			return false;
	return *text && !strpbrk(text, "*'%=?/") && strlen(text) <= PARAMETER_CHARS;
}

/* Behind a header's value: on lines of its own, in pieces where it is long (name*0*=UTF-8''…; name*1*=…). */
void pr_mime_parameter(struct pr_buffer *out, const char *name, const char *text)
{
	const char *at = pr_text_clean(out->arena, text);

	if (is_token(at)) {
		pr_buffer_format(out, ";" EOL " %s=\"%s\"", name, at);
		return;
	}
	for (int piece = 0; piece == 0 || *at; piece++) {
		size_t begin;
		pr_buffer_format(out, ";" EOL " %s*%d*=%s", name, piece, piece == 0 ? "UTF-8''" : "");
		begin = out->length;
		while (*at && out->length - begin + 12 <= PARAMETER_CHARS) { /* 12: a code point of four bytes */
			const char *next = at;
			(void)pr_utf8_next(&next);
			for (; at < next; at++)
				add_percent(out, *at);
		}
	}
}

/* --- the message -------------------------------------------------------------------------------------------------- */

static void add_boundary(struct pr_buffer *out, const char *boundary, const char *end)
{
	pr_buffer_format(out, "--%s%s" EOL, boundary, end);
}

static void add_text_part(struct pr_buffer *out, const char *boundary, const char *type, const char *text)
{
	struct pr_buffer lines;

	/* Lines of a text end with CR LF inside base64, too (RFC 2046, 4.1.1). */
	pr_buffer_init(&lines, out->arena);
	for (; *text; text++) {
		if (*text == '\n')
			pr_buffer_add(&lines, EOL);
		else
			pr_buffer_add_n(&lines, text, 1);
	}
	add_boundary(out, boundary, "");
	pr_buffer_format(out, "Content-Type: %s; charset=utf-8" EOL "Content-Transfer-Encoding: base64" EOL EOL, type);
	pr_mime_base64(out, lines.text, lines.length);
}

static void add_file(struct pr_buffer *out, const char *boundary, const struct pr_mime_file *file)
{
	add_boundary(out, boundary, "");
	pr_buffer_format(out, "Content-Type: %s", file->type);
	pr_mime_parameter(out, "name", file->name);
	pr_buffer_add(out, EOL "Content-Disposition: attachment");
	pr_mime_parameter(out, "filename", file->name);
	pr_buffer_add(out, EOL "Content-Transfer-Encoding: base64" EOL EOL);
	pr_mime_base64(out, file->bytes, file->count);
}

static void add_headers(struct pr_buffer *out, const struct pr_mime_message *message)
{
	pr_mime_date(out, message->date_ms, message->zone);
	if (message->from.address)
		pr_mime_addresses(out, "From", &message->from, 1);
	if (message->reply_to.address)
		pr_mime_addresses(out, "Reply-To", &message->reply_to, 1);
	if (message->to_count > 0)
		pr_mime_addresses(out, "To", message->to, message->to_count);
	else if (message->cc_count == 0)
		pr_buffer_add(out, "To: undisclosed-recipients:;" EOL);
	if (message->cc_count > 0)
		pr_mime_addresses(out, "Cc", message->cc, message->cc_count);
	pr_mime_header(out, "Subject", message->subject);
	pr_buffer_format(out, "Message-ID: %s" EOL, pr_text_clean(out->arena, message->message_id));
	pr_buffer_add(out, "MIME-Version: 1.0" EOL);
	if (message->language)
		pr_mime_header(out, "Content-Language", message->language);
	/* No answers of machines to what a machine sends (RFC 3834); what a person sends is a person's. */
	pr_buffer_add(out, message->draft ? "X-Unsent: 1" EOL : "Auto-Submitted: auto-generated" EOL);
}

void pr_mime_write(const struct pr_mime_message *message, struct pr_arena *arena, const char **bytes, size_t *count)
{
	char hash[PR_SHA256_TEXT];
	const char *mixed, *alternative;
	struct pr_buffer out;

	/* "_" is in no line of base64, and a boundary that follows from the message's name is the same every time. */
	pr_sha256(message->message_id, strlen(message->message_id), hash);
	mixed = pr_arena_format(arena, "_m_%.24s_", hash);
	alternative = pr_arena_format(arena, "_a_%.24s_", hash);
	pr_buffer_init(&out, arena);
	add_headers(&out, message);
	pr_buffer_format(&out, "Content-Type: multipart/mixed;" EOL " boundary=\"%s\"" EOL EOL, mixed);
	add_boundary(&out, mixed, "");
	pr_buffer_format(&out, "Content-Type: multipart/alternative;" EOL " boundary=\"%s\"" EOL EOL, alternative);
	add_text_part(&out, alternative, "text/plain", message->text);
	add_text_part(&out, alternative, "text/html", message->html);
	add_boundary(&out, alternative, "--");
	pr_buffer_add(&out, EOL);
	for (size_t i = 0; i < message->file_count; i++)
		add_file(&out, mixed, &message->files[i]);
	add_boundary(&out, mixed, "--");
	*bytes = out.text;
	*count = out.length;
}

/* --- addresses ---------------------------------------------------------------------------------------------------- */

static bool is_local_part(const char *text, size_t length)
{
	if (length == 0 || length > 64 || text[0] == '.' || text[length - 1] == '.')
		return false;
	for (size_t i = 0; i < length; i++)
		if (!is_atom_character(text[i]) && !(text[i] == '.' && text[i - 1] != '.'))
			return false;
	return true;
}

static bool is_domain(const char *text)
{
	size_t label = 0;

	for (const char *at = text; *at; at++) {
		bool letter = (*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z');
		if (*at == '.' ? label == 0 || at[-1] == '-' : !letter && !(*at == '-' && label > 0))
			return false;
		label = *at == '.' ? 0 : label + 1;
		if (label > 63)
			return false;
	}
	return label > 0 && text[strlen(text) - 1] != '-';
}

bool pr_mime_is_address(const char *address)
{
	const char *at = address ? strrchr(address, '@') : NULL;

	return at && strlen(address) <= 254 && is_local_part(address, (size_t)(at - address)) && is_domain(at + 1);
}
