#include "batch/shard.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define GOLDEN UINT64_C(0x9E3779B97F4A7C15) /* 2^64 / golden ratio */
#define WORD_BYTES 24

/* --- which tenant belongs where ------------------------------------------------------------------------------------ */

int pr_shard_of(int64_t tenant_id, int count)
{
	uint64_t fraction = (uint64_t)tenant_id * GOLDEN;

	return count > 1 ? (int)((fraction >> 32) * (uint64_t)count >> 32) : 0;
}

bool pr_shard_has(struct pr_shard shard, int64_t tenant_id)
{
	return shard.count == 0 || pr_shard_of(tenant_id, shard.count) == shard.index;
}

/* --- names --------------------------------------------------------------------------------------------------------- */

const char *pr_shard_ledger_name(struct pr_shard shard, struct pr_arena *arena)
{
	return shard.count == 0 ? "ledger.db" : pr_arena_format(arena, "ledger-%d-of-%d.db", shard.index, shard.count);
}

const char *pr_shard_ledger_path(const char *out_folder, struct pr_shard shard, struct pr_arena *arena)
{
	return pr_arena_format(arena, "%s/%s", out_folder, pr_shard_ledger_name(shard, arena));
}

/* Digits as we write them: no sign, no zero in front. */
static const char *read_number(const char *at, int *number)
{
	size_t length = strspn(at, "0123456789");

	if (length == 0 || length > 4 || (at[0] == '0' && length > 1))
		return NULL;
	*number = 0;
	for (size_t i = 0; i < length; i++)
		*number = *number * 10 + (at[i] - '0');
	return at + length;
}

bool pr_shard_of_name(const char *name, const char *head, const char *tail, struct pr_shard *shard)
{
	struct pr_shard found;
	const char *at = pr_text_starts(name, head) ? read_number(name + strlen(head), &found.index) : NULL;

	at = at && pr_text_starts(at, "-of-") ? read_number(at + strlen("-of-"), &found.count) : NULL;
	if (!at || strcmp(at, tail) != 0 || found.index >= found.count || found.count > PR_SHARDS_MAX)
		return false;
	*shard = found;
	return true;
}

bool pr_shard_of_ledger(const char *name, struct pr_shard *shard)
{
	*shard = (struct pr_shard){0, 0};
	return strcmp(name, "ledger.db") == 0 || pr_shard_of_name(name, "ledger-", ".db", shard);
}

/* --- --shard ------------------------------------------------------------------------------------------------------- */

/* What the environment holds; an empty variable is none. */
static const char *read_variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static bool refuse_array(
	int64_t first, int64_t last, const struct pr_shard *shard, const char *task, struct pr_error *error)
{
	return pr_error_set(error, PR_CODE_USAGE,
		"--shard auto/%d: the array's tasks are %lld to %lld; expected 0 to %d (sbatch --array=0-%d), or a shard by "
		"its "
		"number, such as --shard %s/%d",
		shard->count, (long long)first, (long long)last, shard->count - 1, shard->count - 1, task, shard->count);
}

/* An array from 1 to N would leave shard 0 out, and all but one task would not notice: each one is refused. */
static bool check_array(const struct pr_shard *shard, const char *task, struct pr_error *error)
{
	const char *first = read_variable("SLURM_ARRAY_TASK_MIN"), *last = read_variable("SLURM_ARRAY_TASK_MAX");
	int64_t first_task = 0, last_task = 0;
	bool has_first = first && pr_text_to_int64(first, &first_task),
		 has_last = last && pr_text_to_int64(last, &last_task);

	if ((!has_first || first_task == 0) && (!has_last || last_task < shard->count))
		return true;
	return refuse_array(has_first ? first_task : 0, has_last ? last_task : shard->count - 1, shard, task, error);
}

static bool find_index(struct pr_shard *shard, struct pr_error *error)
{
	const char *name = "SLURM_ARRAY_TASK_ID", *task = read_variable(name);
	bool is_slurm = task != NULL;
	int64_t index;

	if (!task)
		task = read_variable(name = "JOB_COMPLETION_INDEX");
	if (!task)
		return pr_error_set(error, PR_CODE_USAGE,
			"--shard auto/%d: neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set; expected a task of a Slurm "
			"array or of an Indexed Job, or a shard such as 0/%d",
			shard->count, shard->count);
	if (!pr_text_to_int64(task, &index))
		return pr_error_set(error, PR_CODE_USAGE, "--shard auto/%d: %s is '%.*s'; expected a number from 0 to %d",
			shard->count, name, WORD_BYTES, task, shard->count - 1);
	if (is_slurm && !check_array(shard, task, error))
		return false;
	if (index < 0 || index >= shard->count)
		return pr_error_set(error, PR_CODE_USAGE, "--shard auto/%d: %s is %lld; expected 0 to %d", shard->count, name,
			(long long)index, shard->count - 1);
	shard->index = (int)index;
	return true;
}

static bool refuse(const char *text, struct pr_error *error)
{
	return pr_error_set(error, PR_CODE_USAGE,
		"--shard: '%s' is no shard; expected I/N with I from 0 to N - 1 and N from 1 to %d, or auto/N", text,
		PR_SHARDS_MAX);
}

bool pr_shard_parse(const char *text, struct pr_shard *shard, struct pr_error *error)
{
	bool is_auto = pr_text_starts(text, "auto/");
	struct pr_shard found = {0, 0};
	const char *at = is_auto ? text + strlen("auto") : read_number(text, &found.index);

	at = at && *at == '/' ? read_number(at + 1, &found.count) : NULL;
	if (!at || *at || found.count < 1 || found.count > PR_SHARDS_MAX || (!is_auto && found.index >= found.count))
		return refuse(text, error);
	*shard = found;
	return !is_auto || find_index(shard, error);
}
