#include "model/directory.h"

#include <string.h>

const char *const pr_edition_names[PR_EDITION_COUNT] = {"single", "management", "platform"};
const char *const pr_slot_names[PR_SLOT_COUNT] = {"sharp", "peak", "flat", "valley", "deep"};
const char *const pr_role_names[PR_ROLE_COUNT] = {"incomer", "feeder", "equipment"};
const char *const pr_wiring_names[PR_WIRING_COUNT] = {"3p4w", "3p3w", "1p"};
const char *const pr_basic_mode_names[PR_BASIC_COUNT] = {"none", "capacity", "contract_demand", "actual_demand"};
const char *const pr_day_kind_names[PR_DAY_COUNT] = {"all", "workday", "offday", "holiday"};
const char *const pr_sensor_kind_names[PR_SENSOR_COUNT] = {"temperature", "residual_current", "ambient"};

int pr_name_index(const char *const *names, int count, const char *word)
{
	for (int i = 0; word && i < count; i++)
		if (strcmp(names[i], word) == 0)
			return i;
	return -1;
}

bool pr_valid_at(const struct pr_validity *validity, int64_t utc_ms)
{
	return utc_ms >= validity->from_ms && (validity->to_ms == PR_TIME_MISSING || utc_ms < validity->to_ms);
}

bool pr_valid_within(const struct pr_validity *validity, int64_t from_ms, int64_t to_ms)
{
	int64_t first = validity->from_ms > from_ms ? validity->from_ms : from_ms;
	int64_t end = validity->to_ms != PR_TIME_MISSING && validity->to_ms < to_ms ? validity->to_ms : to_ms;
	return first < end;
}

const char *pr_point_name_at(const struct pr_point *point, int64_t utc_ms)
{
	if (point->name_count == 0)
		return point->name;
	const char *name = point->names[0].name;
	for (size_t i = 1; i < point->name_count && point->names[i].from_ms <= utc_ms; i++)
		name = point->names[i].name;
	return name;
}

const struct pr_point *pr_project_point(const struct pr_project *project, int64_t id)
{
	for (size_t i = 0; i < project->point_count; i++)
		if (project->points[i].id == id)
			return &project->points[i];
	return NULL;
}

const struct pr_transformer *pr_project_transformer(const struct pr_project *project, int64_t id)
{
	for (size_t i = 0; i < project->transformer_count; i++)
		if (project->transformers[i].id == id)
			return &project->transformers[i];
	return NULL;
}

enum pr_day_kind pr_project_day_kind(const struct pr_project *project, struct pr_date date)
{
	int64_t day = pr_date_to_day(date);
	size_t low = 0;
	size_t high = project->offday_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int64_t middle_day = pr_date_to_day(project->offdays[middle].date);
		if (middle_day == day)
			return project->offdays[middle].worked ? PR_DAY_WORKDAY : PR_DAY_HOLIDAY;
		if (middle_day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return pr_date_weekday(date) >= 6 ? PR_DAY_OFFDAY : PR_DAY_WORKDAY;
}
