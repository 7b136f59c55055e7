/*
 * The rules of the method's sections 9 (transformers) and 11 as data, read from templates/method/transformer_losses.ini
 * and forecast.ini by config/advice.h.
 */
#ifndef PR_MODEL_ADVICE_H
#define PR_MODEL_ADVICE_H

#include <stddef.h>

#include "base/decimal.h"

#define PR_LOSS_CLASSES_MAX 40

/* The losses of transformers of a rating, kW. */
struct pr_loss_class {
	pr_micro rated_kva, no_load_kw, load_kw;
};

/* Section 9: economic operation. */
struct pr_economy_rules {
	double best_from_factor; /* 1.33: of βe² */
	double best_to;          /* 0.75 */
	const char *source;
	struct pr_loss_class classes[PR_LOSS_CLASSES_MAX]; /* by rating */
	size_t class_count;
	pr_micro up_to_kv; /* supplies that the classes hold for */
	const char *class_source;
};
/* The smallest class at or above a rating; NULL = none, as for a supply above the table's voltage (missing: not known). */
const struct pr_loss_class *pr_loss_class_of(
	const struct pr_economy_rules *rules, pr_micro rated_kva, pr_micro supply_kv);

/* Section 11. */
struct pr_forecast_rules {
	int weeks, least_weeks, trend_weeks; /* 8, 4, 4 */
	double trend_low, trend_high;        /* 0.8, 1.25 */
	double trend_weight;                 /* 0.5: of what it differs from 1 */
	double low_rank, high_rank;          /* 0.1, 0.9 */
	int least_errors;                    /* 6 */
	double deviations;                   /* 1.28 */
	const char *source;
};

#endif
