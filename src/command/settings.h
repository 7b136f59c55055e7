/* report.ini with the command line's --config, --db and --out over it. */
#ifndef PR_COMMAND_SETTINGS_H
#define PR_COMMAND_SETTINGS_H

#include "command/command.h"
#include "config/config.h"

PR_CHECK bool pr_settings_read(
	const struct pr_command_options *options, struct pr_arena *arena, struct pr_config *config, struct pr_error *error);

#endif
