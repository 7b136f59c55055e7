/*
 * One run at a time in an output folder: a lock on OUT/.lock that ends with its process and its workers, however they
 * end. The file says who holds it; it is removed at the end, and one that a killed run left behind is taken over. The
 * mail has a lock of its own, OUT/.mail.lock: a run and the mail may be at work at once.
 *
 *     if (!pr_lock_take(&lock, out_folder, PR_LOCK_RUN, now_ms, error))
 *         return false;
 *     …
 *     pr_lock_release(&lock);
 */
#ifndef PR_BATCH_LOCK_H
#define PR_BATCH_LOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define PR_HOST_BYTES 64

enum pr_lock_kind { PR_LOCK_RUN, PR_LOCK_MAIL };

struct pr_lock {
	int descriptor; /* -1 = not held */
	char path[4096];
};

/*
 * Makes the folder. PR_CODE_CONFIG where another run holds it, with process, machine and since when. In a folder that
 * nobody can write to, nothing is locked: what wants to write there fails by itself, and says why.
 */
PR_CHECK bool pr_lock_take(
	struct pr_lock *lock, const char *out_folder, enum pr_lock_kind kind, int64_t clock_ms, struct pr_error *error);
void pr_lock_release(struct pr_lock *lock);
bool pr_lock_is_held(const char *out_folder, enum pr_lock_kind kind); /* by anybody */

const char *pr_host_name(char out[PR_HOST_BYTES]); /* this machine's */

#endif
