#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

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
	/* One line a message, whatever a store put into a name. */
	for (char *at = text; *at; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7F)
			*at = ' ';
	fprintf(stderr, "powerreport: %s\n", text);
}
