#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

static bool is_open;
static enum pr_log_level shown = PR_LOG_ERROR;

void pr_log_open(enum pr_log_level level)
{
	is_open = true;
	shown = level;
}

void pr_log(enum pr_log_level level, const char *format, ...)
{
	if (!is_open || level > shown)
		return;
	char text[2048];
	va_list arguments;
	va_start(arguments, format);
	int count = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (count < 0)
		return;
	/* One line a message, and nothing that a terminal obeys, whatever a store put into a name. */
	struct pr_arena arena;
	pr_arena_init(&arena);
	fprintf(stderr, "powerreport: %s\n", pr_text_clean(&arena, text));
	pr_arena_release(&arena);
}
