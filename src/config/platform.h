/* Reads templates/method/platform.ini; errors as of config/method.h. */
#ifndef PR_CONFIG_PLATFORM_H
#define PR_CONFIG_PLATFORM_H

#include "config/config.h"
#include "model/method.h"

/* The method's `platform`. */
PR_CHECK bool pr_platform_rules_read(
	struct pr_method *method, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error);

#endif
