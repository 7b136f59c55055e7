/* What of a finding a summary's text holds; shared by its writer and its reader. */
#ifndef PR_BATCH_SUMMARY_FIELDS_H
#define PR_BATCH_SUMMARY_FIELDS_H

#include <stddef.h>

#define PR_SUMMARY_VERSION 1

struct pr_summary_field {
	const char *key;
	size_t offset; /* in struct pr_finding */
};
#define PR_SUMMARY_TEXT_COUNT 5
extern const struct pr_summary_field pr_summary_texts[PR_SUMMARY_TEXT_COUNT];
#define PR_SUMMARY_VALUE_COUNT 9
extern const struct pr_summary_field pr_summary_values[PR_SUMMARY_VALUE_COUNT]; /* left out where missing */
#define PR_SUMMARY_FLAG_COUNT 4
extern const struct pr_summary_field pr_summary_flags[PR_SUMMARY_FLAG_COUNT]; /* left out where false */

#endif
