#include "batch/pack.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define STEP_BYTES ((size_t)32768)
#define LINE_BYTES_MAX ((size_t)64 * 1024 * 1024)

/* Memory of the heap that grows: in an arena the earlier, smaller pieces would stay. */
struct heap {
	unsigned char *bytes;
	size_t count, capacity;
};

static void make_room(struct heap *heap, size_t more)
{
	size_t capacity = heap->capacity ? heap->capacity : STEP_BYTES;

	while (capacity - heap->count < more)
		capacity *= 2;
	if (capacity == heap->capacity)
		return;
	heap->bytes = realloc(heap->bytes, capacity);
	if (!heap->bytes)
		abort();
	heap->capacity = capacity;
}

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

/* --- piece by piece ----------------------------------------------------------------------------------------------- */

struct pr_packer {
	z_stream stream;
	struct heap out;
	size_t unpacked;
	bool is_open;
};

struct pr_packer *pr_packer_new(void)
{
	struct pr_packer *packer = calloc(1, sizeof *packer);

	if (!packer)
		abort();
	packer->is_open = deflateInit(&packer->stream, Z_DEFAULT_COMPRESSION) == Z_OK;
	return packer;
}

static bool deflate_all(struct pr_packer *packer, const char *bytes, size_t count, int flush, struct pr_error *error)
{
	int result = packer->is_open ? Z_OK : Z_MEM_ERROR;

	packer->stream.next_in = (Bytef *)(uintptr_t)bytes; /* zlib only reads it */
	packer->stream.avail_in = (uInt)count;
	while (result == Z_OK && (packer->stream.avail_in > 0 || flush == Z_FINISH)) {
		make_room(&packer->out, STEP_BYTES);
		packer->stream.next_out = packer->out.bytes + packer->out.count;
		packer->stream.avail_out = (uInt)STEP_BYTES;
		result = deflate(&packer->stream, flush);
		packer->out.count += STEP_BYTES - packer->stream.avail_out;
	}
	return result == Z_OK || result == Z_STREAM_END ||
	       pr_error_set(error, PR_CODE_INTERNAL, "cannot pack: zlib says %d", result);
}

bool pr_packer_add(struct pr_packer *packer, const char *bytes, size_t count, struct pr_error *error)
{
	if (count > LINE_BYTES_MAX)
		return pr_error_set(
			error, PR_CODE_INTERNAL, "cannot pack %zu bytes at once; expected at most %zu", count, LINE_BYTES_MAX);
	packer->unpacked += count;
	return deflate_all(packer, bytes, count, Z_NO_FLUSH, error);
}

bool pr_packer_end(struct pr_packer *packer, struct pr_arena *arena, struct pr_packed *packed, struct pr_error *error)
{
	char *bytes;

	if (!deflate_all(packer, "", 0, Z_FINISH, error))
		return false;
	bytes = pr_arena_alloc(arena, packer->out.count);
	memcpy(bytes, packer->out.bytes, packer->out.count);
	*packed = (struct pr_packed){bytes, packer->out.count, packer->unpacked};
	return true;
}

void pr_packer_free(struct pr_packer *packer)
{
	if (!packer)
		return;
	if (packer->is_open)
		deflateEnd(&packer->stream);
	free(packer->out.bytes);
	free(packer);
}

struct pr_unpacker {
	z_stream stream;
	struct heap out; /* unpacked, from `begin` on not yet given */
	size_t begin, unpacked, expected;
	bool is_open, is_done;
};

struct pr_unpacker *pr_unpacker_new(const struct pr_packed *packed)
{
	struct pr_unpacker *unpacker = calloc(1, sizeof *unpacker);

	if (!unpacker)
		abort();
	unpacker->is_open = inflateInit(&unpacker->stream) == Z_OK && packed->count <= UINT32_MAX;
	unpacker->stream.next_in = (Bytef *)(uintptr_t)packed->bytes;
	unpacker->stream.avail_in = (uInt)packed->count;
	unpacker->expected = packed->unpacked;
	make_room(&unpacker->out, STEP_BYTES + 1);
	return unpacker;
}

/* Unpacks a step more; what was given goes first. */
static bool inflate_step(struct pr_unpacker *unpacker, struct pr_error *error)
{
	int result;

	if (unpacker->begin > 0) {
		memmove(unpacker->out.bytes, unpacker->out.bytes + unpacker->begin, unpacker->out.count - unpacker->begin);
		unpacker->out.count -= unpacker->begin;
		unpacker->begin = 0;
	}
	if (!unpacker->is_open || unpacker->out.count > LINE_BYTES_MAX)
		return pr_error_set(error, PR_CODE_OUTPUT, "broken: packed lines that cannot be unpacked");
	make_room(&unpacker->out, STEP_BYTES + 1);
	unpacker->stream.next_out = unpacker->out.bytes + unpacker->out.count;
	unpacker->stream.avail_out = (uInt)STEP_BYTES;
	result = inflate(&unpacker->stream, Z_NO_FLUSH);
	unpacker->out.count += STEP_BYTES - unpacker->stream.avail_out;
	unpacker->unpacked += STEP_BYTES - unpacker->stream.avail_out;
	unpacker->is_done = result == Z_STREAM_END;
	if ((result != Z_OK && result != Z_STREAM_END) || unpacker->unpacked > unpacker->expected ||
		(unpacker->is_done && unpacker->unpacked != unpacker->expected))
		return pr_error_set(
			error, PR_CODE_OUTPUT, "broken: packed lines that do not unpack to %zu bytes", unpacker->expected);
	return true;
}

bool pr_unpacker_line(struct pr_unpacker *unpacker, const char **line, size_t *length, struct pr_error *error)
{
	unsigned char *begin, *end;

	for (;;) {
		begin = unpacker->out.bytes + unpacker->begin;
		end = memchr(begin, '\n', unpacker->out.count - unpacker->begin);
		if (end || unpacker->is_done)
			break;
		if (!inflate_step(unpacker, error))
			return false;
	}
	*line = NULL;
	if (unpacker->out.count == unpacker->begin)
		return true;
	if (!end)
		end = unpacker->out.bytes + unpacker->out.count; /* a last line without an end; there is room behind it */
	*end = '\0';
	*line = (const char *)begin;
	*length = (size_t)(end - begin);
	unpacker->begin += *length + 1;
	if (unpacker->begin > unpacker->out.count)
		unpacker->begin = unpacker->out.count;
	return true;
}

void pr_unpacker_free(struct pr_unpacker *unpacker)
{
	if (!unpacker)
		return;
	inflateEnd(&unpacker->stream);
	free(unpacker->out.bytes);
	free(unpacker);
}
