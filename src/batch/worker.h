/*
 * Worker processes: a child that dies with its parent, works under limits, and answers through a pipe. What it breaks,
 * it breaks for itself.
 */
#ifndef PR_BATCH_WORKER_H
#define PR_BATCH_WORKER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/*
 * Forks. In the child: signals that ask the run to end are ignored (its parent decides), `memory_limit_mib` (0 = none)
 * bounds its memory, `answer` is where it writes, and *pid is 0. In the parent: `answer` is where it reads.
 */
PR_CHECK bool pr_worker_fork(int memory_limit_mib, pid_t *pid, int *answer, struct pr_error *error);
/* Waits for its end: whether its exit code is 0; how it ended otherwise, in `reason`. */
bool pr_worker_wait(pid_t pid, char *reason, size_t size);

int64_t pr_clock_ms(void);     /* by the wall: for ledger, lock and metrics, never for a report */
int64_t pr_monotonic_ms(void); /* for how long something took */

/* A sign of life of a worker that does more than one piece of work: its time limit begins anew. */
void pr_worker_set_beat(int answer);
void pr_worker_beat(void);
#define PR_WORKER_BEAT 'b'
#define PR_WORKER_RESULT 'r'

#endif
