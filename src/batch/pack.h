/* Bytes packed small (zlib) for the ledger, and unpacked again. What comes out is checked: size and sum must fit. */
#ifndef PR_BATCH_PACK_H
#define PR_BATCH_PACK_H

#include "base/arena.h"

#define PR_PACK_BYTES_MAX ((size_t)256 * 1024 * 1024) /* unpacked */

PR_CHECK bool pr_pack(const void *bytes, size_t count, struct pr_arena *arena, void **packed, size_t *packed_count,
	struct pr_error *error);
/* `count` is that of the bytes that were packed; what comes out is terminated with a NUL that is not counted. */
PR_CHECK bool pr_unpack(const void *packed, size_t packed_count, size_t count, struct pr_arena *arena, char **bytes,
	struct pr_error *error);

#endif
