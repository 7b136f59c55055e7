/* Sixteen colours by median cut (Heckbert 1982), and the PNG (ISO/IEC 15948) of them, with zlib's deflate and CRC. */
#include "output/thumbnail.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/text.h"
#include "output/image.h"

#define COLOURS 16
#define BITS_A_PIXEL 4
#define BIN_BITS 5 /* of a channel: colours closer than that are one */
#define BINS (1 << (3 * BIN_BITS))
#define NEARLY_WHITE 250

/* Colours that are nearly alike: how many pixels, and the sums of their channels. */
struct bin {
	int index;
	uint64_t count, sums[3];
};

struct box {
	size_t from, to;  /* of the bins */
	int axis, spread; /* the channel in which it is widest, and how wide */
	uint64_t count;
};

static int channel(uint32_t pixel, int axis)
{
	return (int)(pixel >> (16 - 8 * axis) & 255);
}

static int bin_of(uint32_t pixel)
{
	int index = 0;

	for (int axis = 0; axis < 3; axis++)
		index = index << BIN_BITS | channel(pixel, axis) >> (8 - BIN_BITS);
	return index;
}

static int level(const struct bin *bin, int axis)
{
	return bin->index >> (BIN_BITS * (2 - axis)) & ((1 << BIN_BITS) - 1);
}

#define COMPARE_BY(axis)                                       \
	static int compare_by_##axis(const void *a, const void *b) \
	{                                                          \
		const struct bin *one = a, *other = b;                 \
		int order = level(one, axis) - level(other, axis);     \
		return order ? order : one->index - other->index;      \
	}
COMPARE_BY(0)
COMPARE_BY(1)
COMPARE_BY(2)

static void measure_box(const struct bin *bins, struct box *box)
{
	box->count = 0;
	box->spread = -1;
	for (size_t i = box->from; i < box->to; i++)
		box->count += bins[i].count;
	for (int axis = 0; axis < 3; axis++) {
		int least = INT32_MAX, most = 0;
		for (size_t i = box->from; i < box->to; i++) {
			int at = level(&bins[i], axis);
			least = at < least ? at : least;
			most = at > most ? at : most;
		}
		if (most - least > box->spread) {
			box->spread = most - least;
			box->axis = axis;
		}
	}
}

/* Cut in the middle of its pixels, with a bin at least on either side. */
static void cut(struct bin *bins, struct box *box, struct box *other)
{
	static int (*const compare[])(const void *, const void *) = {compare_by_0, compare_by_1, compare_by_2};
	uint64_t passed = 0;
	size_t at = box->from;

	qsort(bins + box->from, box->to - box->from, sizeof *bins, compare[box->axis]);
	do
		passed += bins[at++].count;
	while (at + 1 < box->to && passed * 2 < box->count);
	*other = (struct box){.from = at, .to = box->to};
	box->to = at;
	measure_box(bins, box);
	measure_box(bins, other);
}

/* The box that costs most: many pixels over a wide range. */
static struct box *worst(struct box *boxes, size_t count)
{
	struct box *found = NULL;

	for (size_t i = 0; i < count; i++)
		if (boxes[i].spread > 0 &&
			(!found || boxes[i].count * (uint64_t)boxes[i].spread > found->count * (uint64_t)found->spread))
			found = &boxes[i];
	return found;
}

static uint32_t colour_of(const struct bin *bins, const struct box *box)
{
	uint64_t sums[3] = {0};
	uint32_t colour = 0;
	bool nearly_white = true;

	for (size_t i = box->from; i < box->to; i++)
		for (int axis = 0; axis < 3; axis++)
			sums[axis] += bins[i].sums[axis];
	for (int axis = 0; axis < 3; axis++) {
		uint32_t mean = (uint32_t)((sums[axis] + box->count / 2) / box->count);
		nearly_white = nearly_white && mean >= NEARLY_WHITE;
		colour = colour << 8 | mean;
	}
	return nearly_white ? 0xFFFFFF : colour;
}

/* The palette, and the entry of every bin. */
static size_t choose_colours(
	const struct pr_pixels *pixels, struct pr_arena *arena, uint32_t *colours, uint8_t *entries)
{
	struct bin *all = pr_arena_array(arena, BINS, sizeof *all), *bins = pr_arena_array(arena, BINS, sizeof *bins);
	struct box boxes[COLOURS], *next;
	size_t used = 0, count = 1;

	for (size_t i = 0; i < (size_t)pixels->width * (size_t)pixels->height; i++) {
		struct bin *bin = &all[bin_of(pixels->items[i])];
		bin->count++;
		for (int axis = 0; axis < 3; axis++)
			bin->sums[axis] += (uint64_t)channel(pixels->items[i], axis);
	}
	for (int i = 0; i < BINS; i++)
		if (all[i].count > 0) {
			all[i].index = i;
			bins[used++] = all[i];
		}
	boxes[0] = (struct box){.to = used};
	measure_box(bins, &boxes[0]);
	while (count < COLOURS && (next = worst(boxes, count)) != NULL)
		cut(bins, next, &boxes[count++]);
	for (size_t i = 0; i < count; i++) {
		colours[i] = colour_of(bins, &boxes[i]);
		for (size_t k = boxes[i].from; k < boxes[i].to; k++)
			entries[bins[k].index] = (uint8_t)i;
	}
	return count;
}

/* --- PNG ---------------------------------------------------------------------------------------------------------- */

static void put_number(char *out, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		out[i] = (char)(unsigned char)(number >> (24 - 8 * i) & 255);
}

static void add_chunk(struct pr_buffer *out, const char *kind, const void *bytes, size_t count)
{
	uLong sum = crc32(crc32(0, (const Bytef *)kind, 4), bytes, (uInt)count);
	char number[4];

	put_number(number, (uint32_t)count);
	pr_buffer_add_n(out, number, sizeof number);
	pr_buffer_add_n(out, kind, 4);
	pr_buffer_add_n(out, bytes, count);
	put_number(number, (uint32_t)sum);
	pr_buffer_add_n(out, number, sizeof number);
}

/* Rows of four bits a pixel, each behind a byte that says "not filtered". */
static char *pack_rows(const struct pr_pixels *pixels, const uint8_t *entries, struct pr_arena *arena, size_t *count)
{
	size_t width = (size_t)pixels->width, row_bytes = 1 + (width + 1) / 2;
	unsigned char *rows;

	*count = row_bytes * (size_t)pixels->height;
	rows = pr_arena_array(arena, *count, 1);
	for (size_t y = 0; y < (size_t)pixels->height; y++)
		for (size_t x = 0; x < width; x++) {
			unsigned entry = entries[bin_of(pixels->items[y * width + x])];
			rows[y * row_bytes + 1 + x / 2] |= (unsigned char)(x % 2 ? entry : entry << BITS_A_PIXEL);
		}
	return (char *)rows;
}

static bool write_png(
	const struct pr_pixels *pixels, struct pr_arena *arena, struct pr_buffer *out, struct pr_error *error)
{
	static const char signature[] = "\x89PNG\r\n\x1a\n";
	uint8_t *entries = pr_arena_array(arena, BINS, sizeof *entries);
	uint32_t colours[COLOURS];
	size_t colour_count = choose_colours(pixels, arena, colours, entries), count;
	char *rows = pack_rows(pixels, entries, arena, &count), head[13] = {0}, palette[3 * COLOURS];
	uLongf room = compressBound((uLong)count);
	char *packed = pr_arena_alloc(arena, room);
	int result = compress2((Bytef *)packed, &room, (const Bytef *)rows, (uLong)count, Z_BEST_COMPRESSION);

	if (result != Z_OK)
		return pr_error_set(error, PR_CODE_INTERNAL, "thumbnail: zlib says %d", result);
	put_number(head, (uint32_t)pixels->width);
	put_number(head + 4, (uint32_t)pixels->height);
	head[8] = BITS_A_PIXEL;
	head[9] = 3; /* by palette */
	for (size_t i = 0; i < colour_count; i++)
		for (int axis = 0; axis < 3; axis++)
			palette[3 * i + (size_t)axis] = (char)channel(colours[i], axis);
	pr_buffer_add_n(out, signature, sizeof signature - 1);
	add_chunk(out, "IHDR", head, sizeof head);
	add_chunk(out, "PLTE", palette, 3 * colour_count);
	add_chunk(out, "IDAT", packed, room);
	add_chunk(out, "IEND", "", 0);
	return true;
}

bool pr_thumbnail_paint(const struct pr_drawing *drawing, const struct pr_typefaces *faces, int width_px,
	struct pr_arena *arena, char **bytes, size_t *count, struct pr_error *error)
{
	struct pr_pixels pixels;
	struct pr_buffer out;

	pr_buffer_init(&out, arena);
	if (!pr_image_pixels(drawing, faces, width_px / drawing->width, arena, &pixels, error) ||
		!write_png(&pixels, arena, &out, error))
		return false;
	*bytes = out.text;
	*count = out.length;
	return true;
}
