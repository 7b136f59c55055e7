#include "analysis/minutes.h"

/* The kinds of cells, as ranges of fields. */
static const struct {
	enum pr_minute_field from, to;
	const char *code;
} kinds[] = {
	{PR_UA, PR_UCA, "minute.implausible.voltage"},
	{PR_IA, PR_IN, "minute.implausible.current"},
	{PR_PA, PR_STTL, "minute.implausible.power"},
	{PR_COSTTL, PR_COSTTL, "minute.implausible.power_factor"},
	{PR_FREQ, PR_FREQ, "minute.implausible.frequency"},
	{PR_THDUA, PR_HR13IC, "minute.implausible.distortion"},
};

static void note_reverse(const struct pr_work *work, int64_t project_id, const struct pr_point *point,
	const struct pr_minute_buckets *minutes)
{
	const struct pr_bucket *buckets = minutes->fields[PR_PTTL].buckets;
	struct pr_tally reverse = {0};
	for (size_t i = 0; buckets && i < minutes->count; i++)
		if (buckets[i].count && buckets[i].minimum < 0)
			pr_tally_add(&reverse, minutes->from_ms + (int64_t)i * minutes->step_ms, buckets[i].minimum);
	pr_tally_note(work, &reverse, "minute.reverse_power", project_id, point->id, "kW", NULL);
}

void pr_minutes_note(const struct pr_work *work, int64_t project_id, const struct pr_point *point,
	const struct pr_minute_buckets *minutes)
{
	for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
		struct pr_tally tally = {0};
		for (int field = (int)kinds[kind].from; field <= (int)kinds[kind].to; field++) {
			const struct pr_bucket_field *cells = &minutes->fields[field];
			if (!cells->implausible_count)
				continue;
			pr_tally_add(&tally, cells->implausible_first_ms, 0);
			pr_tally_add(&tally, cells->implausible_last_ms, 0);
			tally.count += cells->implausible_count - 2;
		}
		pr_tally_note(work, &tally, kinds[kind].code, project_id, point->id, NULL, NULL);
	}
	note_reverse(work, project_id, point, minutes);
}
