/* What `status --json` prints: one object, a tenant a line. */
#ifndef PR_COMMAND_STATUS_JSON_H
#define PR_COMMAND_STATUS_JSON_H

#include "batch/status.h"

/* `all`: with the months before. */
const char *pr_status_json(const struct pr_status *status, const char *out_folder, bool all, struct pr_arena *arena);

#endif
