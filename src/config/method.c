#include "config/method.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "config/advice.h"
#include "config/definition.h"
#include "config/limits.h"
#include "config/platform.h"
#include "config/safety.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define HUNDREDTHS 101
#define MISSING_PERCENT PR_MICRO_MISSING

static bool open_file(const struct pr_config *config, const char *name, struct pr_arena *arena,
	const struct pr_definition **out, struct pr_error *error)
{
	struct pr_definition *definition = pr_arena_alloc(arena, sizeof *definition);
	*out = definition;
	return pr_definition_read_method(definition, config->template_folder, name, arena, error);
}

static bool read_plausibility(
	struct pr_plausibility *rules, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error)
{
	static const char *const kinds[] = {"plausibility"};
	const struct pr_definition *definition = NULL;
	const struct pr_section *section = NULL;
	double days = 0, minimum = 0;
	const struct pr_number_key keys[] = {
		{"quarter_rating_factor", 1, 100, &rules->quarter_rating_factor, false},
		{"quarter_history_factor", 1, 1000, &rules->quarter_history_factor, false},
		{"quarter_history_days", 1, 366, &days, false},
		{"quarter_history_minimum", 1, 40000, &minimum, false},
		{"quarter_history_rank", 0.5, 1, &rules->quarter_history_rank, false},
		{"quarter_absolute_kwh", 1, 1e9, &rules->quarter_absolute_kwh, false},
		{"voltage_nominal_factor", 1, 100, &rules->voltage_nominal_factor, false},
		{"current_rated_factor", 1, 1000, &rules->current_rated_factor, false},
		{"power_rating_factor", 1, 100, &rules->power_rating_factor, false},
		{"frequency_low_hz", 0, 1000, &rules->frequency_low_hz, false},
		{"frequency_high_hz", 0, 1000, &rules->frequency_high_hz, false},
		{"distortion_high_percent", 1, 1e6, &rules->distortion_high_percent, false},
		{"temperature_low_c", -273.15, 0, &rules->temperature_low_c, false},
		{"temperature_high_c", 0, 10000, &rules->temperature_high_c, false},
		{"residual_high_ma", 1, 1e9, &rules->residual_high_ma, false},
		{"idle_phase_share", 0, 1, &rules->idle_phase_share, false},
		{"demand_low_factor", 0, 1, &rules->demand_low_factor, false},
		{"demand_high_factor", 1, 100, &rules->demand_high_factor, false},
		{"demand_rating_factor", 1, 100, &rules->demand_rating_factor, false},
	};
	if (!open_file(config, "plausibility.ini", arena, &definition, error) ||
		!pr_definition_check_kinds(definition, kinds, COUNT(kinds), error) ||
		!pr_definition_section(definition, "plausibility", &section, error) ||
		!pr_section_numbers(section, keys, COUNT(keys), &rules->source, error))
		return false;
	rules->quarter_history_days = (int)days;
	rules->quarter_history_minimum = (int)minimum;
	if (days != floor(days) || minimum != floor(minimum))
		return pr_section_refuse(section, days != floor(days) ? "quarter_history_days" : "quarter_history_minimum",
			error, "has a fraction; expected a whole number");
	if (rules->frequency_low_hz >= rules->frequency_high_hz)
		return pr_section_refuse(section, "frequency_high_hz", error, "is %g; expected more than frequency_low_hz, %g",
			rules->frequency_high_hz, rules->frequency_low_hz);
	return true;
}

static bool read_load(
	struct pr_load_rules *rules, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error)
{
	static const char *const kinds[] = {"load"};
	const struct pr_definition *definition = NULL;
	const struct pr_section *section = NULL;
	const struct pr_number_key keys[] = {
		{"running_share", 0, 1, &rules->running_share, false},
		{"running_rank", 0, 1, &rules->running_rank, false},
		{"base_rank", 0, 1, &rules->base_rank, false},
		{"outage_current_share", 0, 1, &rules->outage_current_share, false},
		{"outage_current_a", 0, 1000, &rules->outage_current_a, false},
		{"outage_voltage_share", 0, 1, &rules->outage_voltage_share, false},
	};
	return open_file(config, "load.ini", arena, &definition, error) &&
	       pr_definition_check_kinds(definition, kinds, COUNT(kinds), error) &&
	       pr_definition_section(definition, "load", &section, error) &&
	       pr_section_numbers(section, keys, COUNT(keys), &rules->source, error);
}

static bool read_micro(
	const struct pr_section *section, const char *key, pr_micro max, pr_micro *out, struct pr_error *error)
{
	const char *text = NULL;
	if (!pr_section_text(section, key, &text, error))
		return false;
	if (!pr_micro_from_text(text, out) || *out < 0 || *out > max)
		return pr_section_refuse(
			section, key, error, "is '%s'; expected a decimal from 0 to %g", text, pr_micro_to_double(max));
	return true;
}

static bool read_basic(
	struct pr_method *method, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error)
{
	static const char *const kinds[] = {"basic", "verification"};
	static const char *const basic_keys[] = {"source", "contract_tolerance", "excess_factor", "contract_floor_share"};
	struct pr_basic_rules *rules = &method->basic;
	const struct pr_definition *definition = NULL;
	const struct pr_section *basic = NULL, *verification = NULL;
	const struct pr_number_key flag = {"flag", 0, 1, &method->verification_flag, false};
	const char *flag_source = NULL;
	rules->day_share_month = config->day_share_month;
	return open_file(config, "basic.ini", arena, &definition, error) &&
	       pr_definition_check_kinds(definition, kinds, COUNT(kinds), error) &&
	       pr_definition_section(definition, "basic", &basic, error) &&
	       pr_definition_section(definition, "verification", &verification, error) &&
	       pr_section_check_keys(basic, basic_keys, COUNT(basic_keys), error) &&
	       pr_section_text(basic, "source", &rules->source, error) &&
	       read_micro(basic, "contract_tolerance", 10 * PR_MICRO_ONE, &rules->contract_tolerance, error) &&
	       read_micro(basic, "excess_factor", 100 * PR_MICRO_ONE, &rules->excess_factor, error) &&
	       read_micro(basic, "contract_floor_share", PR_MICRO_ONE, &rules->contract_floor_share, error) &&
	       pr_section_numbers(verification, &flag, 1, &flag_source, error);
}

static bool read_savings(
	struct pr_savings_rules *rules, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error)
{
	static const char *const kinds[] = {"savings"};
	const struct pr_definition *definition = NULL;
	const struct pr_section *section = NULL;
	double months = 0;
	const struct pr_number_key keys[] = {
		{"least_months", 1, 12, &months, false},
		{"mend_switching_share", 0, 10, &rules->mend_switching_share, false},
		{"kvar_rank", 0, 1, &rules->kvar_rank, false},
	};
	rules->shift_percent = pr_micro_from_double(config->shift_percent);
	if (!open_file(config, "savings.ini", arena, &definition, error) ||
		!pr_definition_check_kinds(definition, kinds, COUNT(kinds), error) ||
		!pr_definition_section(definition, "savings", &section, error) ||
		!pr_section_numbers(section, keys, COUNT(keys), &rules->source, error))
		return false;
	rules->least_months = (int)months;
	return true;
}

/* --- power_factor.ini --- */

/* "0.90" as 90: 0.00 to 1.00 with exactly two digits behind the point. */
static bool parse_hundredths(const char *text, size_t length, int *out)
{
	if (length != 4 || text[1] != '.' || (text[0] != '0' && text[0] != '1') || text[2] < '0' || text[2] > '9' ||
		text[3] < '0' || text[3] > '9')
		return false;
	*out = (text[0] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
	return *out < HUNDREDTHS;
}

static bool parse_range(const char *key, int *low, int *high)
{
	const char *dots = strstr(key, "..");
	if (!dots)
		return parse_hundredths(key, strlen(key), low) && parse_hundredths(key, strlen(key), high);
	return parse_hundredths(key, (size_t)(dots - key), low) && parse_hundredths(dots + 2, strlen(dots + 2), high) &&
	       *low < *high;
}

static bool parse_ends(struct pr_arena *arena, const char *value, pr_micro *first, pr_micro *last)
{
	const char *to = strstr(value, " to ");
	if (!to) {
		*last = 0;
		bool is_read = pr_micro_from_text(value, first);
		*last = *first;
		return is_read;
	}
	char *left = pr_text_trim(pr_arena_copy_n(arena, value, (size_t)(to - value)));
	char *right = pr_text_trim(pr_arena_copy(arena, to + 4));
	return pr_micro_from_text(left, first) && pr_micro_from_text(right, last);
}

static bool read_steps(const struct pr_section *section, const struct pr_entry *entry, struct pr_arena *arena,
	struct pr_power_factor_table *table, struct pr_error *error)
{
	const pr_micro most = 1000 * PR_MICRO_ONE;
	int low = 0, high = 0;
	pr_micro first = 0, last = 0;
	if (!parse_range(entry->key, &low, &high))
		return pr_section_refuse(section, entry->key, error,
			"is no range of hundredths; expected 'source' or a range as '0.70..0.89' or '0.91'");
	if (!parse_ends(arena, entry->value, &first, &last) || first < -most || first > most || last < -most || last > most)
		return pr_section_refuse(section, entry->key, error,
			"is '%s'; expected percentages as '-0.75' or, at its ends, '10 to 0.5'", entry->value);
	int steps = high - low;
	if (steps == 0 ? first != last : (last - first) % steps != 0)
		return pr_section_refuse(section, entry->key, error,
			"does not divide into %d equal steps of whole millionths; expected other ends", steps);
	for (int at = low; at <= high; at++) {
		if (table->percent[at] != MISSING_PERCENT)
			return pr_section_refuse(
				section, entry->key, error, "gives 0.%02d a second time; expected every hundredth once", at);
		table->percent[at] = steps == 0 ? first : first + (last - first) / steps * (at - low);
	}
	return true;
}

static bool read_standard(const struct pr_section *section, struct pr_arena *arena, struct pr_power_factor_table *table,
	struct pr_error *error)
{
	if (!parse_hundredths(section->name, strlen(section->name), &table->standard_hundredths))
		return pr_error_set_at(error, PR_CODE_CONFIG, section->path, section->line,
			"[standard %s] names no standard; expected one as [standard 0.90]", section->name);
	for (int at = 0; at < HUNDREDTHS; at++)
		table->percent[at] = MISSING_PERCENT;
	if (!pr_section_text(section, "source", &table->source, error))
		return false;
	for (size_t i = 0; i < section->entry_count; i++)
		if (strcmp(section->entries[i].key, "source") != 0 &&
			!read_steps(section, &section->entries[i], arena, table, error))
			return false;
	for (int at = 0; at < HUNDREDTHS; at++)
		if (table->percent[at] == MISSING_PERCENT)
			return pr_error_set_at(error, PR_CODE_CONFIG, section->path, section->line,
				"[standard %s] has no line for %d.%02d; expected every hundredth from 0.00 to 1.00 once", section->name,
				at / 100, at % 100);
	return true;
}

static bool read_power_factor(
	struct pr_method *method, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error)
{
	static const char *const kinds[] = {"standard"};
	const struct pr_definition *definition = NULL;
	if (!open_file(config, "power_factor.ini", arena, &definition, error) ||
		!pr_definition_check_kinds(definition, kinds, COUNT(kinds), error))
		return false;
	if (definition->section_count == 0 || definition->section_count > COUNT(method->power_factor))
		return pr_error_set_at(error, PR_CODE_CONFIG, definition->path, 0,
			"%zu sections [standard …]; expected 1 to %zu", definition->section_count, COUNT(method->power_factor));
	for (size_t i = 0; i < definition->section_count; i++) {
		struct pr_power_factor_table *table = &method->power_factor[i];
		if (!read_standard(&definition->sections[i], arena, table, error))
			return false;
		method->power_factor_count = i + 1;
	}
	return true;
}

bool pr_method_read(
	struct pr_method *method, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error)
{
	*method = (struct pr_method){.gate = config->gate};
	return read_plausibility(&method->plausibility, config, arena, error) &&
	       read_load(&method->load, config, arena, error) && read_basic(method, config, arena, error) &&
	       read_savings(&method->savings, config, arena, error) && read_power_factor(method, config, arena, error) &&
	       pr_limits_read(&method->limits, config, arena, error) && pr_safety_read(method, config, arena, error) &&
	       pr_advice_read(method, config, arena, error) && pr_platform_rules_read(method, config, arena, error);
}
