/* powerreport check: everything that a run needs, tried before the night. See batch/check.h. */
#include "batch/check.h"
#include "base/text.h"
#include "command/command.h"
#include "command/settings.h"
#include "output/json.h"

struct teller {
	const struct pr_command_options *options;
	size_t counts[PR_PROBE_STATUS_COUNT];
	bool is_broken;
};

static void add_pair(struct pr_buffer *line, const char *key, const char *text)
{
	pr_buffer_format(line, ", \"%s\": ", key);
	if (text)
		pr_json_quote(line, text);
	else
		pr_buffer_add(line, "null");
}

static void told(void *context, enum pr_probe_status status, const char *what, const char *found, const char *todo)
{
	struct teller *teller = context;
	struct pr_arena arena;
	struct pr_buffer line;
	teller->counts[status]++;
	if (!teller->options->json && teller->options->quiet && status == PR_PROBE_OK)
		return;
	pr_arena_init(&arena);
	pr_buffer_init(&line, &arena);
	found = pr_text_clean(&arena, found);
	if (teller->options->json) {
		pr_buffer_format(&line, "{\"event\": \"check\", \"status\": \"%s\"", pr_probe_status_names[status]);
		add_pair(&line, "what", what);
		add_pair(&line, "found", found);
		add_pair(&line, "todo", todo);
		pr_buffer_add(&line, "}\n");
	} else {
		pr_buffer_format(&line, "%-4s  %s: %s%s%s\n", pr_probe_status_names[status], what, found, todo ? " -> " : "",
			todo ? todo : "");
	}
	if (!teller->options->print(line.text))
		teller->is_broken = true;
	pr_arena_release(&arena);
}

bool pr_command_check(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error)
{
	struct teller teller = {.options = options};
	struct pr_config config;
	if (!pr_settings_read(options, arena, &config, error))
		return false;
	pr_check(&config, options->now_ms, told, &teller);
	const size_t *counts = teller.counts;
	const char *summary = pr_arena_format(arena,
		options->json ? "{\"event\": \"summary\", \"ok\": %zu, \"warn\": %zu, \"fail\": %zu}\n"
					  : "ok %zu, warn %zu, fail %zu\n",
		counts[PR_PROBE_OK], counts[PR_PROBE_WARN], counts[PR_PROBE_FAIL]);
	if ((options->json || !options->quiet) && !options->print(summary))
		teller.is_broken = true;
	if (teller.is_broken)
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot write to standard output");
	*exit_code = counts[PR_PROBE_FAIL] > 0 ? 1 : 0;
	return true;
}
