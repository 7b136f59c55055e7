/*
 * The log: lines for people and for the night's mail. Modules may log; where it goes is main's business (pr_log_open).
 * Secrets never come here.
 */
#ifndef PR_BASE_LOG_H
#define PR_BASE_LOG_H

#include "base/error.h"

enum pr_log_level { PR_LOG_ERROR, PR_LOG_WARNING, PR_LOG_INFO, PR_LOG_DEBUG };

/* Lines at or above `level` go to standard error as "powerreport: <text>"; before the first call nothing is written. */
void pr_log_open(enum pr_log_level level);
void pr_log(enum pr_log_level level, const char *format, ...) PR_PRINTF(2, 3);

#endif
