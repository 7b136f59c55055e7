/* Reads templates/method/transformer_losses.ini and forecast.ini; errors as of config/method.h. */
#ifndef PR_CONFIG_ADVICE_H
#define PR_CONFIG_ADVICE_H

#include "config/config.h"
#include "model/method.h"

/* The method's `economy` and `forecast`. */
PR_CHECK bool pr_advice_read(
	struct pr_method *method, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error);

#endif
