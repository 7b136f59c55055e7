#include "config/advice.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "config/definition.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* --- transformer_losses.ini --- */

/* "1000 = 1.15 10.30" */
static bool read_class(const struct pr_section *section, const struct pr_entry *entry, struct pr_arena *arena,
	struct pr_economy_rules *rules, struct pr_error *error)
{
	if (rules->class_count == PR_LOSS_CLASSES_MAX)
		return pr_section_refuse(
			section, entry->key, error, "is one too many; expected at most %d ratings", PR_LOSS_CLASSES_MAX);
	struct pr_loss_class *class = &rules->classes[rules->class_count];
	char *no_load = pr_arena_copy(arena, entry->value), *space = strchr(no_load, ' ');
	if (!pr_micro_from_text(entry->key, &class->rated_kva) || class->rated_kva <= 0 ||
		(rules->class_count > 0 && class->rated_kva <= class[-1].rated_kva))
		return pr_section_refuse(section, entry->key, error, "is no rating; expected kVA, rising");
	if (space)
		*space++ = '\0';
	while (space && *space == ' ')
		space++;
	if (!space || !pr_micro_from_text(no_load, &class->no_load_kw) || !pr_micro_from_text(space, &class->load_kw) ||
		class->no_load_kw <= 0 || class->load_kw <= 0 || class->load_kw > 10000 * PR_MICRO_ONE)
		return pr_section_refuse(
			section, entry->key, error, "is '%s'; expected no-load and load loss in kW, as '1.15 10.30'", entry->value);
	rules->class_count++;
	return true;
}

static bool read_classes(
	const struct pr_section *section, struct pr_arena *arena, struct pr_economy_rules *rules, struct pr_error *error)
{
	const char *up_to = NULL;
	if (!pr_section_text(section, "source", &rules->class_source, error) ||
		!pr_section_text(section, "up_to_kv", &up_to, error))
		return false;
	if (!pr_micro_from_text(up_to, &rules->up_to_kv) || rules->up_to_kv <= 0)
		return pr_section_refuse(section, "up_to_kv", error, "is '%s'; expected a voltage in kV", up_to);
	for (size_t i = 0; i < section->entry_count; i++) {
		const struct pr_entry *entry = &section->entries[i];
		if (strcmp(entry->key, "source") != 0 && strcmp(entry->key, "up_to_kv") != 0 &&
			!read_class(section, entry, arena, rules, error))
			return false;
	}
	return true;
}

static bool read_economy(
	struct pr_economy_rules *rules, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error)
{
	static const char *const kinds[] = {"economy", "losses"};
	struct pr_definition definition;
	const struct pr_section *economy = NULL, *losses = NULL;
	const struct pr_number_key keys[] = {
		{"best_from_factor", 1, 10, &rules->best_from_factor, false},
		{"best_to", 0, 1, &rules->best_to, false},
	};
	return pr_definition_read_method(&definition, config->template_folder, "transformer_losses.ini", arena, error) &&
	       pr_definition_check_kinds(&definition, kinds, COUNT(kinds), error) &&
	       pr_definition_section(&definition, "economy", &economy, error) &&
	       pr_definition_section(&definition, "losses", &losses, error) &&
	       pr_section_numbers(economy, keys, COUNT(keys), &rules->source, error) &&
	       read_classes(losses, arena, rules, error);
}

/* --- forecast.ini --- */

static bool read_forecast(
	struct pr_forecast_rules *rules, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error)
{
	static const char *const kinds[] = {"forecast"};
	struct pr_definition definition;
	const struct pr_section *section = NULL;
	double weeks = 0, least_weeks = 0, trend_weeks = 0, least_errors = 0;
	const struct pr_number_key keys[] = {
		{"weeks", 1, 52, &weeks, true},
		{"least_weeks", 1, 52, &least_weeks, true},
		{"trend_weeks", 1, 26, &trend_weeks, true},
		{"trend_low", 0.01, 1, &rules->trend_low, false},
		{"trend_high", 1, 100, &rules->trend_high, false},
		{"trend_weight", 0, 1, &rules->trend_weight, false},
		{"low_rank", 0, 0.5, &rules->low_rank, false},
		{"high_rank", 0.5, 1, &rules->high_rank, false},
		{"least_errors", 1, 12, &least_errors, true},
		{"deviations", 0, 10, &rules->deviations, false},
	};
	if (!pr_definition_read_method(&definition, config->template_folder, "forecast.ini", arena, error) ||
		!pr_definition_check_kinds(&definition, kinds, COUNT(kinds), error) ||
		!pr_definition_section(&definition, "forecast", &section, error) ||
		!pr_section_numbers(section, keys, COUNT(keys), &rules->source, error))
		return false;
	rules->weeks = (int)weeks;
	rules->least_weeks = (int)least_weeks;
	rules->trend_weeks = (int)trend_weeks;
	rules->least_errors = (int)least_errors;
	if (rules->least_weeks > rules->weeks || 2 * rules->trend_weeks > rules->weeks)
		return pr_section_refuse(section, rules->least_weeks > rules->weeks ? "least_weeks" : "trend_weeks", error,
			"is too many; expected at most %s weeks", rules->least_weeks > rules->weeks ? "all" : "half of the");
	return true;
}

bool pr_advice_read(
	struct pr_method *method, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error)
{
	return read_economy(&method->economy, config, arena, error) &&
	       read_forecast(&method->forecast, config, arena, error);
}
