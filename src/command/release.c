/* powerreport release: lets a held report go. */
#include <inttypes.h>
#include <pwd.h>
#include <unistd.h>

#include "base/text.h"
#include "batch/mail.h"
#include "batch/month_page.h"
#include "command/command.h"
#include "command/settings.h"
#include "output/json.h"

static const char *user_name(struct pr_arena *arena)
{
	const struct passwd *user = getpwuid(getuid());

	return user ? pr_arena_copy(arena, user->pw_name) : pr_arena_format(arena, "user %ld", (long)getuid());
}

static const char *describe(const struct pr_command_options *options, const struct pr_release_request *request,
	const struct pr_released *released, struct pr_arena *arena)
{
	struct pr_buffer line;
	char month[16], time[40];

	pr_month_iso(request->month, month);
	if (!options->json)
		return pr_arena_format(arena, "%s  %" PRId64 " %s: revision %d released by %s; it was held: %s\n", month,
			request->tenant_id, pr_text_clean(arena, released->name), released->revision,
			pr_text_clean(arena, request->by), pr_text_clean(arena, released->reason));
	pr_buffer_init(&line, arena);
	pr_buffer_format(&line,
		"{\"event\": \"release\", \"tenant\": %" PRId64 ", \"month\": \"%s\", \"edition\": ", request->tenant_id,
		month);
	pr_json_quote(&line, released->edition);
	pr_buffer_format(&line, ", \"revision\": %d, \"released\": \"%s\", \"by\": ", released->revision,
		pr_time_iso(released->released_ms / 1000 * 1000, NULL, time));
	pr_json_quote(&line, request->by);
	pr_buffer_add(&line, ", \"held\": ");
	pr_json_quote(&line, released->reason);
	pr_buffer_add(&line, "}\n");
	return line.text;
}

bool pr_command_release(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error)
{
	struct pr_release_request request = {.month = options->month,
		.editions = options->editions,
		.revision = (int)options->revision,
		.by = options->by ? pr_text_clean(arena, options->by) : user_name(arena)};
	struct pr_released released;
	struct pr_config config;

	if (options->tenant_count != 1 || !options->has_month)
		return pr_error_set(
			error, PR_CODE_USAGE, "one --tenant and --month are expected; see 'powerreport release --help'");
	request.tenant_id = options->tenants[0];
	if (!pr_settings_read(options, arena, &config, error) || !pr_release(&config, &request, arena, &released, error))
		return false;
	pr_month_page_refresh(&config, request.month);
	*exit_code = 0;
	if ((!options->quiet || options->json) && !options->print(describe(options, &request, &released, arena)))
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot write to standard output");
	return true;
}
