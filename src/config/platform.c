#include "config/platform.h"

#include "config/definition.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define CODES_MAX 16

bool pr_platform_rules_read(
	struct pr_method *method, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error)
{
	static const char *const kinds[] = {"platform"};
	static const char *const keys[] = {
		"source", "stale_tariff_months", "coverage_high", "coverage_poor", "survey_codes"};
	struct pr_platform_rules *rules = &method->platform;
	const char *path = pr_arena_format(arena, "%s/method/platform.ini", config->template_folder);
	struct pr_definition definition;
	const struct pr_section *section;
	int64_t months = 0;
	if (!pr_definition_read(&definition, path, PR_CODE_CONFIG, arena, error) ||
		!pr_definition_check_kinds(&definition, kinds, COUNT(kinds), error))
		return false;
	section = pr_definition_find(&definition, "platform", "");
	if (!section)
		return pr_error_set_at(error, PR_CODE_CONFIG, path, 0, "section [platform] is missing");
	if (!pr_section_check_keys(section, keys, COUNT(keys), error) ||
		!pr_section_text(section, "source", &rules->source, error) ||
		!pr_section_int(section, "stale_tariff_months", 1, 240, 24, &months, error) ||
		!pr_section_double(section, "coverage_high", 0, 1, 0.99, &rules->coverage_high, error) ||
		!pr_section_double(section, "coverage_poor", 0, 1, 0.80, &rules->coverage_poor, error) ||
		!pr_section_list(section, "survey_codes", arena, &rules->survey_codes, &rules->survey_code_count, error))
		return false;
	rules->stale_tariff_months = (int)months;
	if (rules->survey_code_count == 0 || rules->survey_code_count > CODES_MAX)
		return pr_section_refuse(
			section, "survey_codes", error, "has %zu codes; expected 1 to %d", rules->survey_code_count, CODES_MAX);
	return true;
}
