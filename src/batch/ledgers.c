#include "batch/ledgers.h"

#include <string.h>

#include "batch/ledger_sql.h"

/* Whether a ledger of this name may hold rows of the tenant. */
static bool may_hold(const char *name, int64_t tenant_id)
{
	struct pr_shard shard;

	return !pr_shard_of_ledger(name, &shard) || pr_shard_has(shard, tenant_id);
}

bool pr_ledgers_each(
	const char *out_folder, int64_t tenant_id, const char *but, pr_ledgers_fn fn, void *context, struct pr_error *error)
{
	struct pr_arena arena;
	const char **names;
	size_t count;
	bool good;

	pr_arena_init(&arena);
	good = pr_ledger_list(out_folder, &arena, &names, &count, error);
	for (size_t i = 0; good && i < count; i++) {
		struct pr_ledger *ledger = NULL;
		if (!may_hold(names[i], tenant_id) || (but && strcmp(names[i], but) == 0))
			continue;
		good = pr_sql_open_reader(&ledger, pr_arena_format(&arena, "%s/%s", out_folder, names[i]), error) &&
		       (!ledger || fn(context, ledger, error));
		pr_ledger_close(ledger);
	}
	pr_arena_release(&arena);
	return good;
}

/* --- revisions ------------------------------------------------------------------------------------------------------ */

bool pr_ledgers_is_newer(const struct pr_ledger_revision *a, const struct pr_ledger_revision *b)
{
	return a->number != b->number ? a->number > b->number : a->written_ms > b->written_ms;
}

struct search {
	struct pr_month month;
	int64_t tenant_id;
	struct pr_arena *arena;
	struct pr_ledger_revision newest;
	const char *path;
	bool found;
};

static bool look_at(void *context, struct pr_ledger *ledger, struct pr_error *error)
{
	struct search *search = context;
	struct pr_ledger_revision revision;
	bool found;

	if (!pr_ledger_get_revision(ledger, search->month, search->tenant_id, 0, search->arena, &revision, &found, error))
		return false;
	if (!found || (search->found && !pr_ledgers_is_newer(&revision, &search->newest)))
		return true;
	search->newest = revision;
	search->path = pr_arena_copy(search->arena, ledger->path);
	search->found = true;
	return true;
}

bool pr_ledgers_get_revision(const char *out_folder, struct pr_month month, int64_t tenant_id, struct pr_arena *arena,
	struct pr_ledger_revision *revision, const char **path, bool *found, struct pr_error *error)
{
	struct search search = {
		.month = month, .tenant_id = tenant_id, .arena = arena, .newest = {.month = month, .tenant_id = tenant_id}};
	bool good = pr_ledgers_each(out_folder, tenant_id, NULL, look_at, &search, error);

	*revision = search.newest;
	*path = search.path;
	*found = search.found;
	return good;
}

/* --- before a run --------------------------------------------------------------------------------------------------- */

bool pr_ledgers_check(const char *out_folder, struct pr_shard shard, struct pr_error *error)
{
	struct pr_arena arena;
	struct pr_error ignored = {0};
	const char **names;
	size_t count = 0;
	bool good = true;

	pr_arena_init(&arena);
	/* A folder that can't be listed has no ledger to use; what wants to write there says why it can't. */
	if (!pr_ledger_list(out_folder, &arena, &names, &count, &ignored))
		count = 0;
	for (size_t i = 0; good && i < count; i++) {
		struct pr_shard found;
		bool is_sibling = pr_shard_of_ledger(names[i], &found) && shard.count > 0 && found.count == shard.count &&
		                  found.index != shard.index;
		good = is_sibling || pr_ledger_check(pr_arena_format(&arena, "%s/%s", out_folder, names[i]), error);
	}
	pr_arena_release(&arena);
	return good;
}
