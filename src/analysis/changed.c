#include "analysis/changed.h"

#include <string.h>

#include "base/text.h"

/* "10/…" → 10, and *at behind the slash; an id that is none is 0, and *at stays. */
static int64_t take_id(const char **at)
{
	size_t length = strcspn(*at, "/");
	char digits[24];
	int64_t id;

	if ((*at)[length] != '/' || length >= sizeof digits)
		return 0;
	memcpy(digits, *at, length);
	digits[length] = '\0';
	if (!pr_text_to_int64(digits, &id))
		return 0;
	*at += length + 1;
	return id;
}

void pr_changed_place(struct pr_changed *changed, const char *path)
{
	static const char *const kinds[] = {"points", "transformers", "sensors"};
	const char *at = path;

	changed->path = path;
	changed->project_id = changed->subject_id = 0;
	changed->kind = NULL;
	if (pr_text_starts(at, "projects/")) {
		at += strlen("projects/");
		changed->project_id = take_id(&at);
	}
	for (size_t i = 0; changed->project_id && i < sizeof kinds / sizeof *kinds; i++) {
		size_t length = strlen(kinds[i]);
		if (strncmp(at, kinds[i], length) != 0 || at[length] != '/')
			continue;
		at += length + 1;
		changed->kind = kinds[i];
		changed->subject_id = take_id(&at);
		break;
	}
	changed->id = at;
}
