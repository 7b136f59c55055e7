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

/* Texts that are packed piece by piece, and read again line by line: neither is ever in memory as a whole. */
struct pr_packed {
	const void *bytes;
	size_t count, unpacked; /* packed and unpacked bytes */
};

struct pr_packer;
struct pr_packer *pr_packer_new(void);
PR_CHECK bool pr_packer_add(struct pr_packer *packer, const char *bytes, size_t count, struct pr_error *error);
PR_CHECK bool pr_packer_end(
	struct pr_packer *packer, struct pr_arena *arena, struct pr_packed *packed, struct pr_error *error);
void pr_packer_free(struct pr_packer *packer); /* NULL is fine */

struct pr_unpacker;
struct pr_unpacker *pr_unpacker_new(const struct pr_packed *packed); /* whose bytes stay the caller's */
/* The next line without its end, terminated, until the next call; *line NULL behind the last. */
PR_CHECK bool pr_unpacker_line(struct pr_unpacker *unpacker, const char **line, size_t *length, struct pr_error *error);
void pr_unpacker_free(struct pr_unpacker *unpacker);

#endif
