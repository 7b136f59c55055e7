/*
 * A reader of zip archives, as far as a workbook needs one (APPNOTE.TXT 6.3.2 without encryption, splitting and
 * ZIP64), and the one file with zlib.
 */
#include "output/xlsx_check.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "base/text.h"

#define END_BYTES 22
#define END_MARK 0x06054B50U
#define ENTRY_BYTES 46
#define ENTRY_MARK 0x02014B50U
#define LOCAL_BYTES 30
#define LOCAL_MARK 0x04034B50U
#define LONGEST_COMMENT 65535
#define LARGEST_PART (512U << 20)
#define LONGEST_NAME 255
#define HEAD_BYTES 512
#define PIECE_BYTES 16384

struct archive {
	const char *path;
	const unsigned char *bytes;
	size_t count;
	struct pr_error *error;
};

struct part {
	char name[LONGEST_NAME + 1];
	unsigned method;
	uint32_t crc, packed, size, offset;
};

static unsigned read_u16(const unsigned char *at)
{
	return at[0] | (unsigned)at[1] << 8;
}

static uint32_t read_u32(const unsigned char *at)
{
	return read_u16(at) | (uint32_t)read_u16(at + 2) << 16;
}

static bool refuse(const struct archive *archive, const char *what)
{
	return pr_error_set(archive->error, PR_CODE_OUTPUT, "workbook '%s' was not written whole: %s", archive->path, what);
}

static bool find_end(const struct archive *archive, const unsigned char **end)
{
	if (archive->count < END_BYTES)
		return refuse(archive, "it is shorter than an empty archive");
	for (size_t at = archive->count - END_BYTES;; at--) {
		if (read_u32(archive->bytes + at) == END_MARK) {
			*end = archive->bytes + at;
			return true;
		}
		if (at == 0 || archive->count - at > END_BYTES + LONGEST_COMMENT)
			return refuse(archive, "the archive's directory is missing");
	}
}

/* The entry at *at of the directory, which is moved behind it. */
static bool read_entry(const struct archive *archive, size_t *at, struct part *part)
{
	const unsigned char *entry = archive->bytes + *at;
	size_t name_length, length;

	if (*at + ENTRY_BYTES > archive->count || read_u32(entry) != ENTRY_MARK)
		return refuse(archive, "the archive's directory is cut short");
	name_length = read_u16(entry + 28);
	length = ENTRY_BYTES + name_length + read_u16(entry + 30) + read_u16(entry + 32);
	if (*at + length > archive->count || name_length > LONGEST_NAME)
		return refuse(archive, "the archive's directory is cut short");
	*part = (struct part){.method = read_u16(entry + 10),
		.crc = read_u32(entry + 16),
		.packed = read_u32(entry + 20),
		.size = read_u32(entry + 24),
		.offset = read_u32(entry + 42)};
	memcpy(part->name, entry + ENTRY_BYTES, name_length);
	*at += length;
	return true;
}

/* What is seen of a part's text while it passes by: a sheet of many rows is never in memory whole. */
enum tag { TAG_ROW, TAG_CELL, TAG_TEXT, TAG_SHEET, TAG_FORMULA, TAG_NAME, TAG_OWN_NAME, TAG_COUNT };
/* The last one: names that the format itself defines, for print titles and filters. */
static const char *const tags[TAG_COUNT] = {
	"<row ", "<c ", "<si>", "<sheet ", "<f>", "<definedName ", "<definedName name=\"_xlnm."};

struct scan {
	uint32_t crc;
	size_t size;
	size_t matched[TAG_COUNT], counts[TAG_COUNT];
	char head[HEAD_BYTES]; /* its beginning */
	size_t last_at;        /* where its last '<' stands */
	char last[HEAD_BYTES]; /* what begins there */
	size_t last_count;
};

/* '<' stands in a part's text only before a tag, so this counts elements. */
static void scan_tags(struct scan *scan, char c)
{
	for (int tag = 0; tag < TAG_COUNT; tag++) {
		if (c == tags[tag][scan->matched[tag]])
			scan->matched[tag]++;
		else
			scan->matched[tag] = c == '<';
		if (tags[tag][scan->matched[tag]] != '\0')
			continue;
		scan->counts[tag]++;
		scan->matched[tag] = 0;
	}
}

static void scan_bytes(struct scan *scan, const unsigned char *bytes, size_t count)
{
	scan->crc = (uint32_t)crc32(scan->crc, bytes, (uInt)count);
	for (size_t i = 0; i < count; i++, scan->size++) {
		const char c = (char)bytes[i];

		if (scan->size < HEAD_BYTES - 1)
			scan->head[scan->size] = c;
		if (c == '<') {
			scan->last_at = scan->size;
			scan->last_count = 0;
		}
		if (scan->last_count < HEAD_BYTES - 1)
			scan->last[scan->last_count++] = c;
		scan_tags(scan, c);
	}
	scan->last[scan->last_count] = '\0';
}

static bool inflate_part(const unsigned char *packed, const struct part *part, struct scan *scan)
{
	unsigned char piece[PIECE_BYTES];
	z_stream stream = {0};
	int status = Z_OK;

	stream.next_in = (unsigned char *)packed;
	stream.avail_in = part->packed;
	if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
		return false;
	while (status == Z_OK && scan->size <= part->size) {
		stream.next_out = piece;
		stream.avail_out = sizeof piece;
		status = inflate(&stream, Z_NO_FLUSH);
		if (status == Z_OK || status == Z_STREAM_END)
			scan_bytes(scan, piece, sizeof piece - stream.avail_out);
	}
	(void)inflateEnd(&stream);
	return status == Z_STREAM_END && scan->size == part->size;
}

static bool unpack(const struct archive *archive, const struct part *part, struct scan *scan)
{
	const unsigned char *local = archive->bytes + part->offset;
	size_t from;

	if ((size_t)part->offset + LOCAL_BYTES > archive->count || read_u32(local) != LOCAL_MARK)
		return false;
	from = (size_t)part->offset + LOCAL_BYTES + read_u16(local + 26) + read_u16(local + 28);
	if (from + part->packed > archive->count)
		return false;
	if (part->method == 0 && part->packed == part->size)
		scan_bytes(scan, archive->bytes + from, part->size);
	else if (part->method != Z_DEFLATED || !inflate_part(archive->bytes + from, part, scan))
		return false;
	return scan->crc == part->crc;
}

/* A disk that ran full leaves parts that are sound in the archive and end in the middle: each must end with the closing
 * tag of its first element (or be one empty element). */
static bool is_whole_xml(const struct scan *scan)
{
	const char *root = strchr(scan->head, '<'), *last = scan->last;
	size_t length;

	while (root != NULL && (root[1] == '?' || root[1] == '!'))
		root = strchr(root + 1, '<');
	if (root == NULL)
		return false;
	length = strcspn(root + 1, " \r\n\t/>");
	if (scan->last_at == (size_t)(root - scan->head))
		return strstr(root, "/>") != NULL;
	if (last[0] != '<' || last[1] != '/' || strncmp(last + 2, root + 1, length) != 0 || last[2 + length] != '>')
		return false;
	return last[3 + length + strspn(last + 3 + length, " \r\n\t")] == '\0';
}

/* The list of texts says how many it holds. */
static bool has_all_strings(const struct scan *scan)
{
	static const char mark[] = " uniqueCount=\"";
	const char *digits = strstr(scan->head, mark);
	char number[24];
	int64_t count = 0;

	if (digits == NULL)
		return false;
	digits += sizeof mark - 1;
	(void)snprintf(number, sizeof number, "%.*s", (int)strspn(digits, "0123456789"), digits);
	return pr_text_to_int64(number, &count) && scan->counts[TAG_TEXT] == (size_t)count;
}

struct found {
	struct pr_xlsx_counts counts; /* by sheet, as far as they were expected */
	bool workbook, names, strings;
};

static bool check_sheet(const struct archive *archive, const struct part *part, const struct scan *scan,
	const struct pr_xlsx_counts *expected, struct found *found)
{
	const char *digits = part->name + strlen("xl/worksheets/sheet");
	const size_t rows = scan->counts[TAG_ROW], cells = scan->counts[TAG_CELL], formulas = scan->counts[TAG_FORMULA];
	char number[16];
	int64_t sheet = 0;

	(void)snprintf(number, sizeof number, "%.*s", (int)strspn(digits, "0123456789"), digits);
	if (!pr_text_to_int64(number, &sheet) || sheet < 1 || (size_t)sheet > expected->sheet_count)
		return refuse(archive, "it holds a sheet that was not made");
	found->counts.sheet_count++;
	if (formulas != (expected->formulas != NULL ? expected->formulas[sheet - 1] : 0))
		return pr_error_set(archive->error, PR_CODE_OUTPUT,
			"workbook '%s' was not written whole: sheet %zu holds %zu formulas, expected %zu", archive->path,
			(size_t)sheet, formulas, expected->formulas != NULL ? expected->formulas[sheet - 1] : 0);
	if (rows == expected->rows[sheet - 1] && cells == expected->cells[sheet - 1])
		return true;
	return pr_error_set(archive->error, PR_CODE_OUTPUT,
		"workbook '%s' was not written whole: sheet %zu holds %zu rows and %zu cells, expected %zu and %zu",
		archive->path, (size_t)sheet, rows, cells, expected->rows[sheet - 1], expected->cells[sheet - 1]);
}

static bool check_part(
	const struct archive *archive, const struct part *part, const struct pr_xlsx_counts *expected, struct found *found)
{
	struct scan scan = {.size = 0};

	if (part->size > LARGEST_PART)
		return refuse(archive, "a part is larger than 512 MiB");
	if (!unpack(archive, part, &scan) || !is_whole_xml(&scan) ||
		(pr_text_equal(part->name, "xl/sharedStrings.xml") && !has_all_strings(&scan)))
		return pr_error_set(archive->error, PR_CODE_OUTPUT, "workbook '%s' was not written whole: part '%s' is damaged",
			archive->path, part->name);
	if (pr_text_starts(part->name, "xl/worksheets/sheet"))
		return check_sheet(archive, part, &scan, expected, found);
	if (pr_text_starts(part->name, "xl/tables/"))
		found->counts.table_count++;
	else if (pr_text_starts(part->name, "xl/charts/chart"))
		found->counts.chart_count++;
	else if (pr_text_equal(part->name, "xl/sharedStrings.xml"))
		found->strings = true;
	else if (pr_text_equal(part->name, "xl/workbook.xml")) {
		found->workbook = scan.counts[TAG_SHEET] == expected->sheet_count;
		found->names = scan.counts[TAG_NAME] - scan.counts[TAG_OWN_NAME] == expected->name_count;
	}
	return true;
}

bool pr_xlsx_check(
	const char *path, const char *bytes, size_t count, const struct pr_xlsx_counts *expected, struct pr_error *error)
{
	const struct archive archive = {path, (const unsigned char *)bytes, count, error};
	struct found found = {.workbook = false};
	const unsigned char *end = NULL;
	unsigned entries;
	size_t at;

	if (!find_end(&archive, &end) || end == NULL)
		return false;
	entries = read_u16(end + 10);
	at = read_u32(end + 16);
	if (at > count)
		return refuse(&archive, "the archive's directory lies beyond its end");
	for (unsigned i = 0; i < entries; i++) {
		struct part part = {.method = 0};

		if (!read_entry(&archive, &at, &part) || !check_part(&archive, &part, expected, &found))
			return false;
	}
	if (expected->has_texts && !found.strings)
		return refuse(&archive, "its texts are missing");
	if (!found.workbook)
		return refuse(&archive, "its list of sheets is missing or wrong");
	if (!found.names)
		return refuse(&archive, "its defined names are missing or wrong");
	if (found.counts.chart_count != expected->chart_count)
		return pr_error_set(error, PR_CODE_OUTPUT, "workbook '%s' was not written whole: %zu charts, expected %zu",
			path, found.counts.chart_count, expected->chart_count);
	if (found.counts.sheet_count != expected->sheet_count || found.counts.table_count != expected->table_count)
		return pr_error_set(error, PR_CODE_OUTPUT,
			"workbook '%s' was not written whole: %zu sheets and %zu tables, expected %zu and %zu", path,
			found.counts.sheet_count, found.counts.table_count, expected->sheet_count, expected->table_count);
	return true;
}
