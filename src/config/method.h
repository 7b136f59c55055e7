/*
 * templates/method/{plausibility,load,basic,power_factor}.ini, and the limits of quality (config/limits.h) →
 * struct pr_method (model/method.h), checked.
 */
#ifndef PR_CONFIG_METHOD_H
#define PR_CONFIG_METHOD_H

#include "config/config.h"
#include "model/method.h"

PR_CHECK bool pr_method_read(
	struct pr_method *method, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error);

#endif
