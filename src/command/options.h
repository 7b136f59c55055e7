/* The command line → struct pr_command_options. Errors are PR_CODE_USAGE and name the option and what was expected. */
#ifndef PR_COMMAND_OPTIONS_H
#define PR_COMMAND_OPTIONS_H

#include "command/command.h"

/* Which options a sub-command takes beside those of all. */
enum pr_option_group {
	PR_OPTIONS_RUN = 1,     /* --month --tenant --edition --format --jobs --shard --force --retry-failed --dry-run */
	PR_OPTIONS_IMPORT = 2,  /* one argument: the folder */
	PR_OPTIONS_FILE = 4,    /* -o FILE */
	PR_OPTIONS_EXPLAIN = 8, /* one argument: the finding; --month --tenant --project --point --transformer --sensor */
	PR_OPTIONS_SURVEY = 16, /* --month --codes */
	PR_OPTIONS_MAIL = 1 << 10,    /* --month --tenant --edition --draft --dry-run --resend */
	PR_OPTIONS_RELEASE = 1 << 11, /* --month --tenant --edition --revision --by */
	PR_OPTIONS_STATUS = 1 << 8,   /* --month */
	/* --point --sensor --project --tenant --from --to --step --metric --locale --scale; the highest bits, since others
	 * come between */
	PR_OPTIONS_PLOT = 1 << 14,
	PR_OPTIONS_SNAPSHOT = 1 << 15 /* --tenant --month --force */
};

struct pr_option_result {
	bool help, version;
};

/* argv[0] is the sub-command's name. `options` holds defaults already (now_ms among them). */
PR_CHECK bool pr_options_parse(int argc, const char *const *argv, unsigned groups, struct pr_arena *arena,
	struct pr_command_options *options, struct pr_option_result *result, struct pr_error *error);

#endif
