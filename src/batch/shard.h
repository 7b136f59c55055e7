/*
 * Shards: a month's tenants split among several machines, each of which makes its own part into one output folder.
 *
 * A tenant's shard follows from its id and the number of shards alone, so that a tenant that is added moves nobody, and
 * a shard that is made again makes the same ones. The platform's report belongs to none: it is made of the others', last.
 *
 * Each shard has a ledger of its own, OUT/ledger-I-of-N.db; a run without shards has OUT/ledger.db. What they know
 * together is put together in batch/ledgers.h.
 */
#ifndef PR_BATCH_SHARD_H
#define PR_BATCH_SHARD_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

#define PR_SHARDS_MAX 1000

struct pr_shard {
	int index, count; /* 0 to count - 1; count 0 = not split */
};

/*
 * "I/N", or "auto/N" with I from SLURM_ARRAY_TASK_ID, else JOB_COMPLETION_INDEX. PR_CODE_USAGE for what is no shard, and
 * for an array of tasks that does not lie within 0 to N - 1.
 */
PR_CHECK bool pr_shard_parse(const char *text, struct pr_shard *shard, struct pr_error *error);

/*
 * Which of `count` shards a tenant belongs to. The fraction of id * golden ratio, cut into equal parts: neighbouring ids
 * are spread as evenly as can be (three-distance theorem), and ids in steps of ten or a thousand as well. Never to be
 * changed: ledgers are found by it.
 */
int pr_shard_of(int64_t tenant_id, int count);
bool pr_shard_has(struct pr_shard shard, int64_t tenant_id); /* not split: has everybody */

const char *pr_shard_ledger_name(struct pr_shard shard, struct pr_arena *arena); /* "ledger-0-of-2.db", "ledger.db" */
const char *pr_shard_ledger_path(const char *out_folder, struct pr_shard shard, struct pr_arena *arena);
/* What a ledger's name says; false where it says nothing (a copy that somebody made). */
bool pr_shard_of_ledger(const char *name, struct pr_shard *shard);
/* The numbers in "<head>I-of-N<tail>". */
bool pr_shard_of_name(const char *name, const char *head, const char *tail, struct pr_shard *shard);

#endif
