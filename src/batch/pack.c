#include "batch/pack.h"

#include <zlib.h>

bool pr_pack(const void *bytes, size_t count, struct pr_arena *arena, void **packed, size_t *packed_count,
	struct pr_error *error)
{
	uLongf room;
	int result;

	if (count > PR_PACK_BYTES_MAX)
		return pr_error_set(
			error, PR_CODE_INTERNAL, "cannot pack %zu bytes; expected at most %zu", count, PR_PACK_BYTES_MAX);
	room = compressBound((uLong)count);
	*packed = pr_arena_alloc(arena, room);
	result = compress2(*packed, &room, bytes, (uLong)count, Z_DEFAULT_COMPRESSION);
	if (result != Z_OK)
		return pr_error_set(error, PR_CODE_INTERNAL, "cannot pack %zu bytes: zlib says %d", count, result);
	*packed_count = room;
	return true;
}

bool pr_unpack(
	const void *packed, size_t packed_count, size_t count, struct pr_arena *arena, char **bytes, struct pr_error *error)
{
	uLongf room = (uLongf)count;
	int result;

	if (count > PR_PACK_BYTES_MAX)
		return pr_error_set(
			error, PR_CODE_OUTPUT, "broken: %zu unpacked bytes; expected at most %zu", count, PR_PACK_BYTES_MAX);
	*bytes = pr_arena_alloc(arena, count + 1);
	result = uncompress((Bytef *)*bytes, &room, packed, (uLong)packed_count);
	if (result != Z_OK || room != count)
		return pr_error_set(error, PR_CODE_OUTPUT, "broken: packed bytes that do not unpack to %zu", count);
	return true;
}
