#include "config/limits.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "config/definition.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define DEFAULT_SET "gb"
#define TABLE_BYTES ((size_t)256 * 1024)
#define TABLE_HEADER "supply_kv,base_mva,order,limit_a"
#define TABLE_COLUMNS 4

struct reading {
	const struct pr_config *config;
	struct pr_arena *arena;
	struct pr_limits *limits;
	const struct pr_definition *definition;
};

/* A section with these keys, all of them numbers that must be there, and a source (NULL = it has none). */
static bool read_section(const struct reading *reading, const char *kind, const struct pr_number_key *keys,
	size_t count, const char **source, struct pr_error *error)
{
	const struct pr_section *section;

	return pr_definition_section(reading->definition, kind, &section, error) &&
	       pr_section_numbers(section, keys, count, source, error);
}

static bool read_class(const struct pr_section *section, struct pr_limit_classes *classes, struct pr_error *error)
{
	static const char *const keys[] = {"up_to_kv", "thd", "individual"};
	const struct pr_limit_class *before = classes->count ? &classes->items[classes->count - 1] : NULL;
	struct pr_limit_class class;
	if (!pr_text_to_double(section->name, &class.kv) || !(class.kv > 0))
		return pr_error_set_at(error, PR_CODE_CONFIG, section->path, section->line,
			"[class %s] names no voltage; expected kV as in [class 0.38]", section->name);
	if (classes->count == PR_LIMIT_CLASSES)
		return pr_error_set_at(error, PR_CODE_CONFIG, section->path, section->line,
			"[class %s] is one too many; expected at most %d", section->name, PR_LIMIT_CLASSES);
	if (!pr_section_check_keys(section, keys, COUNT(keys), error) ||
		!pr_section_double(section, "up_to_kv", 0, 10000, INFINITY, &class.up_to_kv, error) ||
		!pr_section_double(section, "thd", 0, 100, NAN, &class.thd_percent, error) ||
		!pr_section_double(section, "individual", 0, 100, NAN, &class.individual_percent, error))
		return false;
	if (before && !(class.up_to_kv > before->up_to_kv))
		return pr_section_refuse(section, "up_to_kv", error, "is %g; expected more than the class before, %g",
			class.up_to_kv, before->up_to_kv);
	classes->items[classes->count++] = class;
	return true;
}

static bool read_classes(const struct reading *reading, struct pr_limit_classes *classes, struct pr_error *error)
{
	const struct pr_definition *definition = reading->definition;
	*classes = (struct pr_limit_classes){.count = 0};
	for (size_t i = 0; i < definition->section_count; i++)
		if (strcmp(definition->sections[i].kind, "class") == 0 && !read_class(&definition->sections[i], classes, error))
			return false;
	return classes->count > 0 || pr_error_set_at(error, PR_CODE_CONFIG, definition->path, 0,
									 "no section [class …]; expected one for each class of voltages");
}

/* --- the table of harmonic currents --- */

/* Cuts the next line, or the next cell of one; NULL where nothing is left. */
static char *cut(char **rest, const char *separator)
{
	char *start = *rest;
	if (!start)
		return NULL;
	char *end = strpbrk(start, separator);
	*rest = end ? end + 1 : NULL;
	if (end)
		*end = '\0';
	return pr_text_trim(start);
}

static bool parse_limit(char *line, struct pr_harmonic_limit *limit)
{
	double numbers[TABLE_COLUMNS];
	for (size_t i = 0; i < TABLE_COLUMNS; i++) {
		char *cell = cut(&line, ",");
		if (!cell || !pr_text_to_double(cell, &numbers[i]) || !(numbers[i] > 0))
			return false;
	}
	*limit = (struct pr_harmonic_limit){numbers[0], numbers[1], (int)numbers[2], numbers[3]};
	return !line && numbers[2] < 1000 && limit->order == numbers[2];
}

static bool read_table(const struct reading *reading, const char *name, struct pr_error *error)
{
	struct pr_limits *limits = reading->limits;
	const char *path = pr_arena_format(reading->arena, "%s/limits/%s", reading->config->template_folder, name);
	char *text = NULL;
	size_t bytes = 0, capacity = 0;
	int number = 1;
	if (!pr_file_read(path, TABLE_BYTES, reading->arena, &text, &bytes, error)) {
		error->code = PR_CODE_CONFIG;
		return false;
	}
	const char *header = cut(&text, "\n");
	if (!header || strcmp(header, TABLE_HEADER) != 0)
		return pr_error_set_at(
			error, PR_CODE_CONFIG, path, 1, "'%.80s'; expected '" TABLE_HEADER "'", header ? header : "");
	for (char *line = cut(&text, "\n"); line; line = cut(&text, "\n")) {
		struct pr_harmonic_limit limit;
		number++;
		if (*line == '\0')
			continue;
		if (!parse_limit(line, &limit))
			return pr_error_set_at(error, PR_CODE_CONFIG, path, number, "expected four numbers above 0: " TABLE_HEADER);
		*PR_PUSH(reading->arena, limits->harmonic.limits, limits->harmonic.count, capacity) = limit;
	}
	return limits->harmonic.count > 0 ||
	       pr_error_set_at(error, PR_CODE_CONFIG, path, number, "no limits; expected lines of " TABLE_HEADER);
}

static bool read_harmonic(const struct reading *reading, struct pr_error *error)
{
	static const char *const keys[] = {"source", "file"};
	struct pr_limits *limits = reading->limits;
	const struct pr_section *section = pr_definition_find(reading->definition, "harmonic_current", "");
	const char *file = NULL;
	if (!section)
		return pr_error_set_at(
			error, PR_CODE_CONFIG, reading->definition->path, 0, "section [harmonic_current] is missing");
	limits->harmonic.is_judged = true;
	return pr_section_check_keys(section, keys, COUNT(keys), error) &&
	       pr_section_text(section, "source", &limits->harmonic.source, error) &&
	       pr_section_text(section, "file", &file, error) && read_table(reading, file, error);
}

/* --- sets --- */

static bool is_whole(double number)
{
	return number == floor(number);
}

static bool read_samples(const struct reading *reading, struct pr_error *error)
{
	struct pr_limits *limits = reading->limits;
	double minimum = 0, rank = 0, load_rank = 0;
	const struct pr_number_key keys[] = {
		{"outage_share", 0, 1, &limits->outage_share, false},
		{"minimum", 0, 50000, &minimum, false},
		{"rank", 50, 100, &rank, false},
		{"load_share", 0, 1, &limits->load_share, false},
		{"load_rank", 1, 100, &load_rank, false},
	};
	if (!read_section(reading, "samples", keys, COUNT(keys), NULL, error))
		return false;
	limits->minimum_samples = (int)minimum;
	limits->rank_percent = (int)rank;
	limits->load_rank_percent = (int)load_rank;
	if (is_whole(minimum) && is_whole(rank) && is_whole(load_rank))
		return true;
	return pr_error_set_at(error, PR_CODE_CONFIG, reading->definition->path, 0,
		"'minimum', 'rank' and 'load_rank' in [samples]: expected whole numbers");
}

/* A set that stands on its own. */
static bool read_whole_set(const struct reading *reading, struct pr_error *error)
{
	struct pr_limits *limits = reading->limits;
	const struct pr_number_key deviation[] = {
		{"three_phase", 0, 100, &limits->deviation.three_phase, false},
		{"single_high", 0, 100, &limits->deviation.single_high, false},
		{"single_low", 0, 100, &limits->deviation.single_low, false},
		{"single_low_factor", 0, 1, &limits->deviation.single_low_factor, false},
		{"high_voltage", 0, 100, &limits->deviation.high_voltage, false},
		{"high_voltage_kv", 0, 10000, &limits->deviation.high_voltage_kv, false},
	};
	const struct pr_number_key unbalance[] = {
		{"limit", 0, 100, &limits->unbalance.limit, false},
		{"short_term", 0, 100, &limits->unbalance.short_term, false},
	};
	const struct pr_number_key frequency = {"limit", 0, 10, &limits->frequency.limit_hz, false};
	const struct pr_number_key current = {"limit", 0, 1000, &limits->current.limit, false};
	const struct pr_number_key power_factor = {"limit", 0, 1, &limits->power_factor.limit, false};
	if (!read_samples(reading, error) ||
		!read_section(reading, "voltage_deviation", deviation, COUNT(deviation), &limits->deviation.source, error) ||
		!read_section(reading, "voltage_unbalance", unbalance, COUNT(unbalance), &limits->unbalance.source, error) ||
		!read_section(reading, "frequency", &frequency, 1, &limits->frequency.source, error) ||
		!read_section(reading, "voltage_thd", NULL, 0, &limits->thd.source, error) ||
		!read_section(reading, "current_unbalance", &current, 1, &limits->current.source, error) ||
		!read_section(reading, "power_factor", &power_factor, 1, &limits->power_factor.source, error) ||
		!read_harmonic(reading, error) || !read_classes(reading, &limits->own_classes, error))
		return false;
	limits->classes = limits->own_classes;
	return true;
}

/* Of a set with a base: classes of its own for the voltages, and no verdict on harmonic currents. */
static bool read_upon_base(const struct reading *reading, struct pr_error *error)
{
	struct pr_limits *limits = reading->limits;
	limits->harmonic.is_judged = false;
	return read_section(reading, "voltage_thd", NULL, 0, &limits->thd.source, error) &&
	       read_classes(reading, &limits->classes, error);
}

static bool open_set(struct reading *reading, const char *name, const char **base, struct pr_error *error)
{
	static const char *const kinds[] = {"set", "samples", "voltage_deviation", "voltage_unbalance", "frequency",
		"voltage_thd", "harmonic_current", "current_unbalance", "power_factor", "class"};
	static const char *const keys[] = {"title", "base"};
	struct pr_definition *definition = pr_arena_alloc(reading->arena, sizeof *definition);
	const char *path = pr_arena_format(reading->arena, "%s/limits/%s.ini", reading->config->template_folder, name);
	reading->definition = definition;
	if (!pr_definition_read(definition, path, PR_CODE_CONFIG, reading->arena, error) ||
		!pr_definition_check_kinds(definition, kinds, COUNT(kinds), error))
		return false;
	const struct pr_section *section = pr_definition_find(definition, "set", "");
	if (!section)
		return pr_error_set_at(error, PR_CODE_CONFIG, path, 0, "section [set] is missing");
	*base = pr_section_get(section, "base");
	return pr_section_check_keys(section, keys, COUNT(keys), error) &&
	       pr_section_text(section, "title", &reading->limits->title, error);
}

bool pr_limits_read(
	struct pr_limits *limits, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error)
{
	*limits = (struct pr_limits){.name = config->limits ? config->limits : DEFAULT_SET};
	struct reading reading = {.config = config, .arena = arena, .limits = limits};
	struct reading base = reading;
	const char *base_name = NULL, *further = NULL;
	if (!open_set(&reading, limits->name, &base_name, error))
		return false;
	if (!base_name)
		return read_whole_set(&reading, error);
	const char *title = limits->title;
	if (!open_set(&base, base_name, &further, error))
		return false;
	if (further)
		return pr_error_set_at(error, PR_CODE_CONFIG, base.definition->path, 0,
			"'base' in [set] of a base; expected a set that stands on its own");
	limits->title = title;
	return read_whole_set(&base, error) && read_upon_base(&reading, error);
}
