/*
 * A message as bytes (RFC 5322, MIME): multipart/mixed of multipart/alternative (text, HTML) and files. The program
 * writes it itself, since a draft and what goes to the server must be the same bytes, the same input must give them
 * again (a library's boundaries are random), and libcurl's mime interface leaves names and headers to its caller.
 *
 * Lines end with CR LF and have 76 characters at most. Texts of headers are cleaned first (base/text.h), so that no line
 * break, control or bidirectional mark gets into a header; what is not plain ASCII becomes encoded words (RFC 2047), a
 * file's name an extended parameter (RFC 2231).
 */
#ifndef PR_OUTPUT_MIME_H
#define PR_OUTPUT_MIME_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/calendar.h"
#include "base/text.h"

struct pr_mime_address {
	const char *name;    /* NULL = none */
	const char *address; /* pr_mime_is_address */
};

struct pr_mime_file {
	const char *name, *type; /* "application/pdf" */
	const void *bytes;
	size_t count;
};

struct pr_mime_message {
	struct pr_mime_address from;     /* address NULL = no From: a draft, which its sender completes */
	struct pr_mime_address reply_to; /* address NULL = none */
	const struct pr_mime_address *to, *cc;
	size_t to_count, cc_count; /* none at all: "undisclosed-recipients:;" */
	const char *subject, *message_id;
	int64_t date_ms;
	const struct pr_zone *zone; /* of the date; NULL = UTC */
	const char *language;       /* "zh-CN" */
	const char *text, *html;
	const struct pr_mime_file *files;
	size_t file_count;
	bool draft; /* X-Unsent: a mail client opens it for editing */
};

void pr_mime_write(const struct pr_mime_message *message, struct pr_arena *arena, const char **bytes, size_t *count);

/* Whether mail can be sent to it: local part and domain of the characters of RFC 5321 without quotes, ASCII only. */
bool pr_mime_is_address(const char *address);

/* The pieces, for tests: a header with its line breaks; "\r\n" stands at its end. */
void pr_mime_header(struct pr_buffer *out, const char *name, const char *text);
void pr_mime_addresses(struct pr_buffer *out, const char *name, const struct pr_mime_address *addresses, size_t count);
void pr_mime_date(struct pr_buffer *out, int64_t time_ms, const struct pr_zone *zone);
void pr_mime_parameter(struct pr_buffer *out, const char *name, const char *text);
void pr_mime_base64(struct pr_buffer *out, const void *bytes, size_t count);

#endif
