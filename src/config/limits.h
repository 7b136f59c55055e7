/* templates/limits/<set>.ini and the table of harmonic currents that it names → struct pr_limits, checked. */
#ifndef PR_CONFIG_LIMITS_H
#define PR_CONFIG_LIMITS_H

#include "config/config.h"
#include "model/limits.h"

/* The set is config->limits (NULL = gb); one with a base takes from it all but the classes of voltage distortion. */
PR_CHECK bool pr_limits_read(
	struct pr_limits *limits, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error);

#endif
