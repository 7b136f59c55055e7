#include "command/progress.h"

#include <stdio.h>
#include <string.h>

#define BAR_MAX 40
#define BAR_MIN 8

/* "1:05:09", "5:09" */
static const char *duration_text(int64_t duration_s, char out[32])
{
	long long hours = (long long)(duration_s / 3600);
	int minutes = (int)(duration_s / 60 % 60), seconds = (int)(duration_s % 60);

	if (hours > 0)
		snprintf(out, 32, "%lld:%02d:%02d", hours, minutes, seconds);
	else
		snprintf(out, 32, "%d:%02d", minutes, seconds);
	return out;
}

const char *pr_progress_text(const struct pr_batch_progress *progress, int columns, char *out, size_t size)
{
	size_t total = progress->total, ended = progress->ended;
	char bar[BAR_MAX + 1], words[160], left[32], bad[48] = "";
	double rate = progress->elapsed_ms > 0 ? (double)ended * 1000 / (double)progress->elapsed_ms : 0;
	int width;

	if (progress->bad > 0)
		snprintf(bad, sizeof bad, ", %zu failed", progress->bad);
	snprintf(words, sizeof words, "%zu of %zu%s, %.1f/s, %s left", ended, total, bad, rate,
		rate > 0 ? duration_text((int64_t)((double)(total - ended) / rate + 0.5), left) : "?");
	width = columns - 1 - (int)strlen(words) - 3;
	width = width > BAR_MAX ? BAR_MAX : width;
	if (width < BAR_MIN) {
		snprintf(out, size, "%.*s", columns > 1 ? columns - 1 : 0, words);
		return out;
	}
	for (int i = 0; i < width; i++)
		bar[i] = (size_t)i * (total ? total : 1) < ended * (size_t)width ? '#' : '.';
	bar[width] = '\0';
	snprintf(out, size, "[%s] %s", bar, words);
	return out;
}

void pr_progress_draw(const struct pr_command_options *options, const struct pr_batch_progress *progress)
{
	char line[320], text[340];

	if (!options->draw)
		return;
	snprintf(text, sizeof text, "\r%s\033[K", pr_progress_text(progress, options->columns, line, sizeof line));
	options->draw(text);
}

void pr_progress_clear(const struct pr_command_options *options)
{
	if (options->draw)
		options->draw("\r\033[K");
}
