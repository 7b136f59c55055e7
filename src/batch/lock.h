/*
 * Who works in an output folder: a run without shards alone, or the shards of one split (batch/shard.h), each once.
 * The locks end with their processes and workers, however they end; a file that a killed run left behind is taken over.
 *
 *     OUT/.lock           held alone by a run without shards, together by shards
 *     OUT/.lock-I-of-N    held by that shard; says who it is
 *     OUT/.mail.lock      held by the mail: a run and the mail may be at work at once
 *
 *     if (!pr_lock_take(&lock, out_folder, shard, now_ms, error))
 *         return false;
 *     …
 *     pr_lock_release(&lock);
 *
 * They are flocks, which Linux passes on to the server of an NFS: they hold between machines.
 */
#ifndef PR_BATCH_LOCK_H
#define PR_BATCH_LOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "batch/shard.h"

#define PR_HOST_BYTES 64

struct pr_lock_file {
	int descriptor; /* -1 = not held */
	char path[4096];
};

struct pr_lock {
	struct pr_lock_file folder, shard;
};
extern const struct pr_lock pr_lock_free; /* neither is held */

/*
 * Makes the folder. PR_CODE_CONFIG where another run holds it (or the shard, or shards of another split are at work), with
 * process, machine and since when. In a folder that nobody can write to, nothing is locked: what wants to write there
 * fails by itself, and says why.
 */
PR_CHECK bool pr_lock_take(
	struct pr_lock *lock, const char *out_folder, struct pr_shard shard, int64_t clock_ms, struct pr_error *error);
void pr_lock_release(struct pr_lock *lock);
/* Whether a run without shards, or that shard, is at work. */
bool pr_lock_is_held(const char *out_folder, struct pr_shard shard);

/* The mail: one at a time. */
PR_CHECK bool pr_lock_take_mail(
	struct pr_lock_file *lock, const char *out_folder, int64_t clock_ms, struct pr_error *error);
bool pr_lock_is_held_by_mail(const char *out_folder);

/* For what all shards write (OUT/.lock-NAME): waits for the others for a while, then goes on without it. */
#define PR_LOCK_SUMMARY "summary" /* the month's pages and the metrics */
void pr_lock_wait(struct pr_lock_file *lock, const char *out_folder, const char *name);
void pr_lock_file_release(struct pr_lock_file *lock);

const char *pr_host_name(char out[PR_HOST_BYTES]); /* this machine's */

#endif
