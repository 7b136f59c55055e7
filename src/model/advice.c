#include "model/advice.h"

const struct pr_loss_class *pr_loss_class_of(
	const struct pr_economy_rules *rules, pr_micro rated_kva, pr_micro supply_kv)
{
	if (rated_kva == PR_MICRO_MISSING || (supply_kv != PR_MICRO_MISSING && supply_kv > rules->up_to_kv))
		return NULL;
	for (size_t i = 0; i < rules->class_count; i++)
		if (rules->classes[i].rated_kva >= rated_kva)
			return &rules->classes[i];
	return NULL;
}
