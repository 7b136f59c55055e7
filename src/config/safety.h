/* Reads templates/method/safety.ini and health.ini; errors as of config/method.h. */
#ifndef PR_CONFIG_SAFETY_H
#define PR_CONFIG_SAFETY_H

#include "config/config.h"
#include "model/method.h"

/* The method's `safety`, `alarms` and `health`. */
PR_CHECK bool pr_safety_read(
	struct pr_method *method, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error);

#endif
