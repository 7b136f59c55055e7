#include "command/settings.h"

#include <unistd.h>

#ifndef PR_INSTALLED_CONFIG
#define PR_INSTALLED_CONFIG "/etc/powerreport/report.ini"
#endif

bool pr_settings_read(
	const struct pr_command_options *options, struct pr_arena *arena, struct pr_config *config, struct pr_error *error)
{
	const char *path = options->config_path;

	if (!path)
		path = access("report.ini", R_OK) == 0 ? "report.ini" : PR_INSTALLED_CONFIG;
	if (!pr_config_read(config, path, arena, error))
		return false;
	if (options->db_path) {
		config->store.kind = PR_STORE_EMBEDDED;
		config->store.path = options->db_path;
	}
	if (options->out_path)
		config->out_folder = options->out_path;
	return true;
}
