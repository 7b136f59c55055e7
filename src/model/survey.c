#include "model/survey.h"

const struct pr_survey_site *pr_survey_site_of(const struct pr_survey_directory *directory, int64_t project_id)
{
	size_t low = 0, high = directory->site_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (directory->sites[middle].id < project_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < directory->site_count && directory->sites[low].id == project_id ? &directory->sites[low] : NULL;
}

const struct pr_survey_part *pr_survey_parts_of(
	const struct pr_survey_part *parts, size_t count, int64_t project_id, size_t *own_count)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (parts[middle].project_id < project_id)
			low = middle + 1;
		else
			high = middle;
	}
	*own_count = 0;
	while (low + *own_count < count && parts[low + *own_count].project_id == project_id)
		++*own_count;
	return parts + low;
}
