#include "config/safety.h"

#include <math.h>

#include "base/text.h"
#include "config/definition.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool read_numbers(const struct pr_definition *definition, const char *kind, const struct pr_number_key *keys,
	size_t count, const char **source, struct pr_error *error)
{
	const struct pr_section *section;

	return pr_definition_section(definition, kind, &section, error) &&
	       pr_section_numbers(section, keys, count, source, error);
}

/* --- safety.ini --- */

static bool read_limit(const struct pr_section *section, const char *key, pr_micro *out, struct pr_error *error)
{
	const char *text = pr_section_get(section, key);
	*out = PR_MICRO_MISSING;
	if (!text || (pr_micro_from_text(text, out) && *out > 0 && *out <= 100000 * PR_MICRO_ONE))
		return true;
	return pr_section_refuse(section, key, error, "is '%s'; expected a decimal above 0", text);
}

static bool read_limits(const struct pr_definition *definition, const char *kind, pr_micro *warn, pr_micro *alarm,
	const char **source, struct pr_error *error)
{
	static const char *const keys[] = {"source", "warn", "alarm"};
	const struct pr_section *section = pr_definition_find(definition, kind, "");
	if (!section)
		return pr_error_set_at(error, PR_CODE_CONFIG, definition->path, 0, "section [%s] is missing", kind);
	if (!pr_section_check_keys(section, keys, COUNT(keys), error) ||
		!pr_section_text(section, "source", source, error) || !read_limit(section, "warn", warn, error) ||
		!read_limit(section, "alarm", alarm, error))
		return false;
	if (*warn != PR_MICRO_MISSING && *alarm != PR_MICRO_MISSING && *warn >= *alarm)
		return pr_section_refuse(section, "warn", error, "is not below 'alarm'; expected less");
	return true;
}

static bool read_safety(
	struct pr_method *method, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error)
{
	static const char *const kinds[] = {"temperature", "residual_current", "alarms"};
	struct pr_safety_rules *rules = &method->safety;
	struct pr_definition definition;
	const struct pr_number_key alarms[] = {
		{"longest_days", 1, 366, &method->alarms.longest_days, false},
		{"high_rank", 0.5, 1, &method->alarms.high_rank, false},
	};
	method->alarms.test_codes = config->test_codes ? config->test_codes : "";
	return pr_definition_read_method(&definition, config->template_folder, "safety.ini", arena, error) &&
	       pr_definition_check_kinds(&definition, kinds, COUNT(kinds), error) &&
	       read_limits(&definition, "temperature", &rules->temperature_warn_c, &rules->temperature_alarm_c,
			   &rules->temperature_source, error) &&
	       read_limits(&definition, "residual_current", &rules->residual_warn_ma, &rules->residual_alarm_ma,
			   &rules->residual_source, error) &&
	       read_numbers(&definition, "alarms", alarms, COUNT(alarms), &method->alarms.source, error);
}

/* --- health.ini --- */

/* "-0.10 0": a value and its score. */
static bool parse_point(struct pr_arena *arena, const char *text, double *at, double *score)
{
	size_t length = 0;
	while (text[length] && text[length] != ' ')
		length++;
	const char *second = pr_text_trim(pr_arena_copy(arena, text + length));
	return pr_text_to_double(pr_arena_copy_n(arena, text, length), at) && pr_text_to_double(second, score);
}

static bool read_table(const struct pr_definition *definition, const char *name, struct pr_arena *arena,
	struct pr_score_table *table, struct pr_error *error)
{
	static const char *const keys[] = {"points"};
	const struct pr_section *section = pr_definition_find(definition, "score", name);
	const char *const *items = NULL;
	size_t count = 0;
	if (!section)
		return pr_error_set_at(error, PR_CODE_CONFIG, definition->path, 0, "section [score %s] is missing", name);
	if (!pr_section_check_keys(section, keys, COUNT(keys), error) ||
		!pr_section_list(section, "points", arena, &items, &count, error))
		return false;
	if (count < 2 || count > PR_SCORE_POINTS)
		return pr_section_refuse(section, "points", error, "has %zu points; expected 2 to %d", count, PR_SCORE_POINTS);
	for (size_t i = 0; i < count; i++) {
		double *at = &table->at[i], *score = &table->score[i];
		if (!parse_point(arena, items[i], at, score) || *score < 0 || *score > 100)
			return pr_section_refuse(section, "points", error,
				"has '%s'; expected a value and its score from 0 to 100, as '0.5 100'", items[i]);
		if (i > 0 && !(*at > table->at[i - 1]))
			return pr_section_refuse(section, "points", error, "is not ascending at '%s'", items[i]);
	}
	table->count = count;
	return true;
}

static bool read_weights(
	double *weights, const struct pr_definition *definition, const struct pr_config *config, struct pr_error *error)
{
	struct pr_number_key keys[PR_HEALTH_AXIS_COUNT];
	double sum = 0;
	for (int i = 0; i < PR_HEALTH_AXIS_COUNT; i++)
		keys[i] = (struct pr_number_key){pr_health_axis_names[i], 0, 1000, &weights[i], false};
	if (!read_numbers(definition, "weights", keys, COUNT(keys), NULL, error))
		return false;
	for (int i = 0; i < PR_HEALTH_AXIS_COUNT; i++) {
		if (config->has_health_weight[i])
			weights[i] = config->health_weights[i];
		sum += weights[i];
	}
	if (!(sum > 0))
		return pr_error_set_at(error, PR_CODE_CONFIG, definition->path, 0,
			"the weights of the health index, with those of [health] in the configuration, are all 0; expected one "
			"above");
	return true;
}

static bool read_health(
	struct pr_health_rules *rules, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error)
{
	static const char *const kinds[] = {"health", "score", "weights", "safety", "service", "grades"};
	struct pr_definition definition;
	double level = 0;
	const struct pr_number_key health[] = {
		{"least_weight", 0, 1, &rules->least_weight, false},
		{"load_limit", 0.1, 2, &rules->load_limit, false},
		{"load_fair", 0.1, 3, &rules->load_fair, false},
	};
	const struct pr_number_key safety[] = {
		{"over_limit_points", 0, 100, &rules->over_limit_points, false},
		{"critical_points", 0, 100, &rules->critical_points, false},
		{"critical_level", 1, 3, &level, false},
	};
	const struct pr_number_key service[] = {{"closed_hours", 1, 744, &rules->closed_hours, false}};
	const struct pr_number_key grades[] = {
		{"excellent", 0, 100, &rules->grades[PR_GRADE_EXCELLENT], false},
		{"good", 0, 100, &rules->grades[PR_GRADE_GOOD], false},
		{"fair", 0, 100, &rules->grades[PR_GRADE_FAIR], false},
	};
	if (!pr_definition_read_method(&definition, config->template_folder, "health.ini", arena, error) ||
		!pr_definition_check_kinds(&definition, kinds, COUNT(kinds), error) ||
		!read_numbers(&definition, "health", health, COUNT(health), &rules->source, error) ||
		!read_table(&definition, "small", arena, &rules->small, error) ||
		!read_table(&definition, "power_factor", arena, &rules->power_factor, error) ||
		!read_table(&definition, "load_rate", arena, &rules->load, error) ||
		!read_weights(rules->weights, &definition, config, error) ||
		!read_numbers(&definition, "safety", safety, COUNT(safety), NULL, error) ||
		!read_numbers(&definition, "service", service, COUNT(service), NULL, error) ||
		!read_numbers(&definition, "grades", grades, COUNT(grades), NULL, error))
		return false;
	rules->critical_level = (int)level;
	if (!(rules->grades[PR_GRADE_EXCELLENT] > rules->grades[PR_GRADE_GOOD] &&
			rules->grades[PR_GRADE_GOOD] > rules->grades[PR_GRADE_FAIR]))
		return pr_section_refuse(pr_definition_find(&definition, "grades", ""), "excellent", error,
			"is out of order; expected excellent above good above fair");
	return true;
}

bool pr_safety_read(
	struct pr_method *method, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error)
{
	return read_safety(method, config, arena, error) && read_health(&method->health, config, arena, error);
}
