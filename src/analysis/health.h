/*
 * The health of a project's supply (method, section 8): compliance and score of six axes, safety and service beside
 * them, the index and its grade. An axis that was not measured has no score, and its weight is shared by the others.
 */
#ifndef PR_ANALYSIS_HEALTH_H
#define PR_ANALYSIS_HEALTH_H

#include "analysis/alarms.h"
#include "analysis/coverage.h"
#include "analysis/load.h"
#include "analysis/safety.h"

struct pr_health_axis_value {
	uint64_t inside, samples; /* 0 samples = not measured */
	uint64_t fair;            /* of the load rate alone: not inside, but no overload */
	double score;             /* of the worst incomer; NaN = not measured */
	double value, limit;      /* what the score is of; of the load rate the mean β, and the limit of compliance */
};

struct pr_health {
	struct pr_health_axis_value axes[PR_HEALTH_AXIS_COUNT];
	double safety, service;           /* NaN = not measured */
	pr_micro index;                   /* rounded to 0.1; missing = under the least weight */
	pr_micro before[PR_BEFORE_COUNT]; /* the indexes of the months that it is compared with; missing */
};

void pr_health_start(struct pr_health *health); /* nothing measured */
/* An incomer's samples of an axis with its 95 % value (power factor: 5 %) and the limit; without samples nothing. */
void pr_health_add(struct pr_health *health, const struct pr_health_rules *rules, enum pr_health_axis axis,
	uint64_t inside, uint64_t samples, double value, double limit);
void pr_health_add_quality(
	struct pr_health *health, const struct pr_health_rules *rules, const struct pr_quality *quality);
/* Running quarters by β, and the mean β: of each quarter the transformers' S and rated kVA (pr_load_apparent). */
void pr_health_add_load(struct pr_health *health, const struct pr_site *site, const struct pr_load *load,
	const struct pr_load_apparent *apparent);
void pr_health_beside(struct pr_health *health, const struct pr_health_rules *rules, const struct pr_safety *safety,
	const struct pr_alarms *alarms, const struct pr_cover *cover);
/* The index, from the axes as they stand. */
void pr_health_conclude(struct pr_health *health, const struct pr_health_rules *rules);
/*
 * The index of a month that the site's is compared with, over that month's incomers, by its own quality and quarters;
 * missing without quality of that month.
 */
pr_micro pr_health_before(const struct pr_site *site, enum pr_before which);
/* The grade of an index; missing: none, PR_GRADE_COUNT. */
enum pr_health_grade pr_health_grade_of(const struct pr_health_rules *rules, pr_micro index);

/* All of it for a project: `points` are the project's, settled, by index. */
void pr_health_publish(const struct pr_site *site, const struct pr_load *load, const struct pr_settled *points,
	const struct pr_safety *safety, const struct pr_alarms *alarms, const struct pr_cover *cover,
	struct pr_findings *findings, struct pr_health *health);
/* Sums of projects that are added one at a time. */
struct pr_health_sum {
	uint64_t inside[PR_HEALTH_AXIS_COUNT], samples[PR_HEALTH_AXIS_COUNT];
	pr_wide index; /* of those that have one */
	uint64_t indexed;
	pr_wide before[PR_BEFORE_COUNT]; /* the same of the months that they are compared with */
	uint64_t counted_before[PR_BEFORE_COUNT];
};
void pr_health_sum_add(struct pr_health_sum *sum, const struct pr_health *health);
void pr_health_sum_publish(const struct pr_work *work, const struct pr_health_sum *sum, struct pr_findings *findings);
/* A tenant's: compliance Σ ÷ Σ, the mean of the projects' indexes; names those without one. */
void pr_health_totals(
	const struct pr_work *work, const struct pr_health *healths, size_t count, struct pr_findings *findings);

#endif
