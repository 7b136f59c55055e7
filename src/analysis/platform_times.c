#include "analysis/platform_times.h"

#include <math.h>

#define MINUTE_MS 60000

enum kind { CONFIRM, CLOSE, KINDS };
static const char *const kind_names[KINDS] = {"confirm", "close"};
enum which { MEDIAN, HIGH, WHICH };
static const char *const which_names[WHICH] = {"median", "p90"};

struct target {
	size_t minute;
	uint64_t before; /* times in earlier minutes */
	uint64_t rank;   /* from 1; 0 = there is no time */
	uint32_t *milliseconds;
};

struct pr_platform_times {
	uint32_t *minutes[KINDS];
	uint64_t counts[KINDS];
	size_t minute_count;
	double ranks[WHICH];
	struct target targets[KINDS][WHICH];
};

struct pr_platform_times *pr_platform_times_new(const struct pr_alarm_rules *rules, struct pr_arena *arena)
{
	struct pr_platform_times *times = pr_arena_alloc(arena, sizeof *times);
	times->minute_count = (size_t)ceil(rules->longest_days * 24 * 60) + 2;
	times->ranks[MEDIAN] = 0.5;
	times->ranks[HIGH] = rules->high_rank;
	for (int kind = 0; kind < KINDS; kind++) {
		times->minutes[kind] = pr_arena_array(arena, times->minute_count, sizeof *times->minutes[kind]);
		for (int which = 0; which < WHICH; which++)
			times->targets[kind][which].milliseconds =
				pr_arena_array(arena, MINUTE_MS, sizeof *times->targets[kind][which].milliseconds);
	}
	return times;
}

/* The times were whole milliseconds before they became minutes. */
static int64_t milliseconds_of(pr_micro minutes)
{
	return (int64_t)(((pr_wide)minutes * MINUTE_MS + PR_MICRO_ONE / 2) / PR_MICRO_ONE);
}

static size_t minute_of(const struct pr_platform_times *times, int64_t time_ms)
{
	size_t minute = (size_t)(time_ms / MINUTE_MS);
	return minute < times->minute_count ? minute : times->minute_count - 1;
}

static const pr_micro *list_of(const struct pr_alarms *alarms, int kind, size_t *count)
{
	*count = kind == CONFIRM ? alarms->confirm_count : alarms->close_count;
	return kind == CONFIRM ? alarms->confirm : alarms->close;
}

void pr_platform_times_add(struct pr_platform_times *times, const struct pr_alarms *alarms)
{
	for (int kind = 0; kind < KINDS; kind++) {
		size_t count;
		const pr_micro *list = list_of(alarms, kind, &count);
		for (size_t i = 0; i < count; i++)
			times->minutes[kind][minute_of(times, milliseconds_of(list[i]))]++;
		times->counts[kind] += count;
	}
}

/* As pr_nearest_rank: ceil(share × count). */
static uint64_t rank_of(double share, uint64_t count)
{
	pr_wide scaled = (pr_wide)pr_micro_from_double(share) * (pr_wide)count;
	pr_wide rank = (scaled + PR_MICRO_ONE - 1) / PR_MICRO_ONE;
	if (rank < 1)
		rank = count > 0;
	return rank > (pr_wide)count ? count : (uint64_t)rank;
}

void pr_platform_times_rank(struct pr_platform_times *times)
{
	for (int kind = 0; kind < KINDS; kind++) {
		for (int which = 0; which < WHICH; which++) {
			struct target *target = &times->targets[kind][which];
			target->rank = rank_of(times->ranks[which], times->counts[kind]);
			while (target->rank > target->before + times->minutes[kind][target->minute])
				target->before += times->minutes[kind][target->minute++];
		}
	}
}

void pr_platform_times_refine(struct pr_platform_times *times, const struct pr_alarms *alarms)
{
	for (int kind = 0; kind < KINDS; kind++) {
		size_t count;
		const pr_micro *list = list_of(alarms, kind, &count);
		for (size_t i = 0; i < count; i++) {
			int64_t time_ms = milliseconds_of(list[i]);
			for (int which = 0; which < WHICH; which++)
				if (minute_of(times, time_ms) == times->targets[kind][which].minute)
					times->targets[kind][which].milliseconds[time_ms % MINUTE_MS]++;
		}
	}
}

static pr_micro value_of(const struct target *target)
{
	uint64_t seen = target->before;
	if (target->rank == 0)
		return PR_MICRO_MISSING;
	for (int64_t ms = 0; ms < MINUTE_MS; ms++) {
		seen += target->milliseconds[ms];
		if (seen >= target->rank)
			return pr_micro_ratio((pr_wide)target->minute * MINUTE_MS + ms, MINUTE_MS, 6);
	}
	return PR_MICRO_MISSING;
}

void pr_platform_times_set(const struct pr_platform_times *times, struct pr_arena *arena, struct pr_findings *findings)
{
	for (int kind = 0; kind < KINDS; kind++)
		for (int which = 0; which < WHICH; which++)
			pr_findings_set(findings, arena,
				pr_arena_format(arena, "alarms.%s_minutes.%s", kind_names[kind], which_names[which]),
				value_of(&times->targets[kind][which]), "min", PR_PRECISION_QUANTITY);
}
