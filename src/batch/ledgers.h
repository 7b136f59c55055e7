/*
 * What the ledgers of a folder know together. A month may have been made without shards, then by two, then by three: what
 * is known of a tenant stands in several ledgers then, and what was written last counts. No run writes into another's
 * ledger: a run takes over into its own what the others know better (batch/revision.h).
 *
 * Of one split (all ledgers of N shards) a tenant has one ledger, that of its shard: the others need not be asked. Copies
 * under other names (ledger-old.db) are asked as well.
 */
#ifndef PR_BATCH_LEDGERS_H
#define PR_BATCH_LEDGERS_H

#include "batch/ledger.h"
#include "batch/shard.h"

typedef bool (*pr_ledgers_fn)(void *context, struct pr_ledger *ledger, struct pr_error *error);

/* Each ledger in which a tenant may stand, opened for reading, but for `but` (a file name, NULL = none). */
PR_CHECK bool pr_ledgers_each(const char *out_folder, int64_t tenant_id, const char *but, pr_ledgers_fn fn,
	void *context, struct pr_error *error);

/*
 * The newest revision of a tenant's month that any ledger knows, and which ledger that is (its path, in the arena; to write
 * into, open it again). The highest number counts, then what was written last.
 */
PR_CHECK bool pr_ledgers_get_revision(const char *out_folder, struct pr_month month, int64_t tenant_id,
	struct pr_arena *arena, struct pr_ledger_revision *revision, const char **path, bool *found,
	struct pr_error *error);
/* Whether `a` is newer than `b`. */
bool pr_ledgers_is_newer(const struct pr_ledger_revision *a, const struct pr_ledger_revision *b);

/* Whether those that a run of the shard (or without one) needs can be used: its own, and those of other splits. */
PR_CHECK bool pr_ledgers_check(const char *out_folder, struct pr_shard shard, struct pr_error *error);

#endif
