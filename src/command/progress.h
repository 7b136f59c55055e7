/* The run's progress as one line of a terminal, drawn anew in place: a bar, counts, rate and the time that is left. */
#ifndef PR_COMMAND_PROGRESS_H
#define PR_COMMAND_PROGRESS_H

#include "batch/batch.h"
#include "command/command.h"

/* Both do nothing where there is no terminal (options->draw). */
void pr_progress_draw(const struct pr_command_options *options, const struct pr_batch_progress *progress);
void pr_progress_clear(const struct pr_command_options *options); /* before anything else is written */

/* The line itself, without control characters: at most `columns` - 1 of them. */
const char *pr_progress_text(const struct pr_batch_progress *progress, int columns, char *out, size_t size);

#endif
