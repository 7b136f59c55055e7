#include "analysis/rates.h"

int pr_rates_tariff_at(const struct pr_project *project, int64_t utc_ms)
{
	for (size_t i = project->tariff_count; i > 0; i--)
		if (pr_valid_at(&project->tariffs[i - 1].validity, utc_ms))
			return (int)(i - 1);
	return -1;
}

static bool in_month(const struct pr_tariff_slot *slot, int month)
{
	return slot->month_from <= month && month <= slot->month_to;
}

static bool has_rows(const struct pr_tariff *tariff, int month, enum pr_day_kind kind)
{
	for (size_t i = 0; i < tariff->slot_count; i++)
		if (tariff->slots[i].day_kind == kind && in_month(&tariff->slots[i], month))
			return true;
	return false;
}

const struct pr_tariff_slot *pr_rates_slot(const struct pr_tariff *tariff, int month, enum pr_day_kind kind, int minute)
{
	if (kind == PR_DAY_HOLIDAY && !has_rows(tariff, month, PR_DAY_HOLIDAY))
		kind = PR_DAY_OFFDAY;
	if (kind == PR_DAY_OFFDAY && !has_rows(tariff, month, PR_DAY_OFFDAY))
		kind = PR_DAY_WORKDAY;
	for (size_t i = 0; i < tariff->slot_count; i++) {
		const struct pr_tariff_slot *slot = &tariff->slots[i];
		if ((slot->day_kind == kind || slot->day_kind == PR_DAY_ALL) && in_month(slot, month) &&
			slot->start_minute <= minute && minute < slot->end_minute)
			return slot;
	}
	return NULL;
}
