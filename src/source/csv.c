#include "source/csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static bool refuse(const struct pr_csv *csv, int line, struct pr_error *error, const char *why)
{
	return pr_error_set_at(error, PR_CODE_STORE, csv->name, line, "%s", why);
}

bool pr_csv_open(struct pr_csv *csv, const char *path, const char *name, struct pr_error *error)
{
	*csv = (struct pr_csv){.name = name, .next_line = 1};
	csv->file = fopen(path, "rb");
	if (!csv->file)
		return pr_error_set(error, PR_CODE_STORE, "cannot open '%s': %s", path, pr_error_reason(errno, (char[128]){0}));
	static const unsigned char mark[] = {0xEF, 0xBB, 0xBF};
	unsigned char start[sizeof mark];
	if (fread(start, 1, sizeof start, csv->file) != sizeof start || memcmp(start, mark, sizeof mark) != 0)
		rewind(csv->file);
	return true;
}

void pr_csv_close(struct pr_csv *csv)
{
	if (csv->file)
		fclose(csv->file);
	free(csv->bytes);
	*csv = (struct pr_csv){.name = csv->name};
}

static bool put(struct pr_csv *csv, int byte, struct pr_error *error)
{
	if (csv->length == csv->capacity) {
		if (csv->capacity >= PR_CSV_RECORD_BYTES)
			return refuse(csv, csv->line, error, "a line of more than 1 MiB (is a closing quote missing?)");
		size_t capacity = csv->capacity ? csv->capacity * 2 : 4096;
		char *bytes = realloc(csv->bytes, capacity);
		if (!bytes)
			return pr_error_set(error, PR_CODE_INTERNAL, "out of memory");
		csv->bytes = bytes;
		csv->capacity = capacity;
	}
	csv->bytes[csv->length++] = (char)byte;
	return true;
}

/* The next byte; line breaks are counted, wherever they stand. */
static int take(struct pr_csv *csv)
{
	int byte = getc_unlocked(csv->file);
	if (byte == '\n')
		csv->next_line++;
	return byte;
}

/* The rest of a quoted cell and the byte behind its closing quote. */
static bool read_quoted(struct pr_csv *csv, int *behind, struct pr_error *error)
{
	for (;;) {
		int byte = take(csv);
		if (byte == EOF)
			return refuse(csv, csv->line, error, "a quoted cell without a closing quote");
		if (byte == '"') {
			*behind = take(csv);
			if (*behind != '"')
				return true;
		}
		if (byte == '\0')
			return refuse(csv, csv->line, error, "a NUL byte");
		if (!put(csv, byte, error))
			return false;
	}
}

/* A cell that is not quoted; `byte` is its first, *behind the one that ends it. */
static bool read_plain(struct pr_csv *csv, int byte, int *behind, struct pr_error *error)
{
	for (; byte != ',' && byte != '\n' && byte != '\r' && byte != EOF; byte = take(csv)) {
		if (byte == '\0')
			return refuse(csv, csv->line, error, "a NUL byte");
		if (byte == '"')
			return refuse(csv, csv->line, error, "a quote inside a cell that is not quoted");
		if (!put(csv, byte, error))
			return false;
	}
	*behind = byte;
	return true;
}

/* One cell; *behind is ',', '\n' or EOF. */
static bool read_cell(struct pr_csv *csv, int first, int *behind, struct pr_error *error)
{
	if (csv->count == PR_CSV_CELLS)
		return refuse(csv, csv->line, error, "more than 256 cells");
	csv->starts[csv->count++] = csv->length;
	if (!(first == '"' ? read_quoted(csv, behind, error) : read_plain(csv, first, behind, error)))
		return false;
	if (*behind == '\r') {
		*behind = take(csv);
		if (*behind != '\n' && *behind != EOF)
			return refuse(csv, csv->line, error, "a carriage return without a line feed");
	}
	if (*behind != ',' && *behind != '\n' && *behind != EOF)
		return refuse(csv, csv->line, error, "text behind a closing quote; expected a comma or the end of the line");
	return put(csv, '\0', error);
}

/* The cells of a record stand one behind the other, each terminated, now that the buffer has stopped moving. */
static bool finish_record(struct pr_csv *csv, struct pr_error *error)
{
	for (size_t i = 0; i < csv->count; i++) {
		const char *text = csv->bytes + csv->starts[i];
		csv->cells[i] = *text ? text : NULL;
		if (!pr_utf8_valid(text))
			return refuse(csv, csv->line, error, "bytes that are not UTF-8");
	}
	return true;
}

bool pr_csv_next(struct pr_csv *csv, bool *row, struct pr_error *error)
{
	*row = false;
	for (;;) {
		csv->line = csv->next_line;
		csv->count = csv->length = 0;
		int behind = take(csv);
		if (behind == EOF)
			break;
		do {
			int first = csv->count == 0 ? behind : take(csv);
			if (!read_cell(csv, first, &behind, error))
				return false;
		} while (behind == ',');
		if (!finish_record(csv, error))
			return false;
		if (csv->count > 1 || csv->cells[0]) {
			*row = true;
			return true;
		}
	}
	if (ferror(csv->file))
		return pr_error_set(
			error, PR_CODE_STORE, "cannot read '%s': %s", csv->name, pr_error_reason(errno, (char[128]){0}));
	return true;
}
