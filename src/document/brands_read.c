/*
 * templates/brands/<brand>/brand.ini → brands: an accent, a logo, names. A brand that would blur what colours mean, or
 * whose logo would look coarse, is refused (visual system, section 7).
 */
#include "document/template_read.h"

#include <dirent.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "document/flow.h"
#include "draw/appearance.h"

#define ACCENT_CONTRAST_MIN 4.5
#define ACCENT_DIFFERENCE_MIN 12.0
#define LOGO_WIDTH_MAX_PT 156.0
#define LOGO_HEIGHT_MAX_PT 28.0
#define LOGO_DOTS_MIN 200.0
#define DEFAULT "default"

/* --- the look --------------------------------------------------------------------------------------------------- */

/* Colours that carry a meaning on every page. */
static const struct {
	const char *role, *name;
} meanings[] = {{"alarm.1", "critical red"}, {"phase.a", "phase A"}, {"phase.b", "phase B"}, {"phase.c", "phase C"},
	{"phase.n", "the neutral"}};

static bool read_accent(struct pr_reader *reader, const struct pr_section *section, struct pr_brand *brand)
{
	const char *accent = pr_section_get(section, "accent");
	double contrast;

	brand->theme = pr_theme_default;
	if (!accent)
		return true;
	if (!pr_colour_parse(accent, &brand->theme.accent))
		return pr_section_refuse(
			section, "accent", reader->error, "is '%s'; expected a colour such as #0E4A66", accent);
	contrast = pr_colour_contrast_on_white(brand->theme.accent);
	if (contrast < ACCENT_CONTRAST_MIN)
		return pr_section_refuse(section, "accent", reader->error,
			"is '%s', with a contrast of %.1f on white; expected at least %.1f", accent, contrast, ACCENT_CONTRAST_MIN);
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
		const double difference =
			pr_colour_difference(brand->theme.accent, pr_theme_colour(&pr_theme_default, meanings[i].role));
		if (difference < ACCENT_DIFFERENCE_MIN)
			return pr_section_refuse(section, "accent", reader->error,
				"is '%s', %.1f from the colour of %s; expected at least %.0f (CAM02-UCS)", accent, difference,
				meanings[i].name, ACCENT_DIFFERENCE_MIN);
	}
	return true;
}

static bool read_logo(struct pr_reader *reader, const struct pr_section *section, struct pr_brand *brand)
{
	const char *logo = pr_section_get(section, "logo");
	struct pr_picture *picture;

	if (!logo)
		return true;
	if (strchr(logo, '/'))
		return pr_section_refuse(
			section, "logo", reader->error, "is '%s'; expected the name of a file beside brand.ini", logo);
	picture = pr_arena_alloc(reader->arena, sizeof *picture);
	if (!pr_picture_read(picture,
			pr_arena_format(reader->arena, "%s/brands/%s/%s", reader->templates->template_folder, brand->name, logo),
			LOGO_WIDTH_MAX_PT, LOGO_HEIGHT_MAX_PT, reader->arena, reader->error))
		return false;
	if (picture->dots_per_inch > 0 && picture->dots_per_inch < LOGO_DOTS_MIN)
		return pr_section_refuse(section, "logo", reader->error,
			"is '%s', with %.0f dots an inch at its %.0f x %.0f pt; expected at least %.0f", logo,
			picture->dots_per_inch, picture->width_pt, picture->height_pt, LOGO_DOTS_MIN);
	brand->logo = picture;
	return true;
}

/* --- its words -------------------------------------------------------------------------------------------------- */

static const char *or_else(const char *text, const char *other)
{
	return text ? text : other;
}

/* A locale's own, else those of [brand]; tagline and disclaimer of the default brand where it says nothing. */
static bool add_words(struct pr_reader *reader, const struct pr_section *own, const struct pr_section *all,
	const char *locale, struct pr_brand *brand)
{
	const struct pr_brand *fallback = pr_templates_brand(reader->templates, NULL);
	const struct pr_brand_words *usual = fallback ? pr_brand_words_of(fallback, locale) : NULL;
	struct pr_brand_words words = {.locale = locale};

	words.name = or_else(own ? pr_section_get(own, "name") : NULL, pr_section_get(all, "name"));
	words.title = or_else(own ? pr_section_get(own, "title") : NULL, pr_section_get(all, "title"));
	words.contact = or_else(own ? pr_section_get(own, "contact") : NULL, pr_section_get(all, "contact"));
	words.tagline = or_else(own ? pr_section_get(own, "tagline") : NULL, pr_section_get(all, "tagline"));
	words.disclaimer = or_else(own ? pr_section_get(own, "disclaimer") : NULL, pr_section_get(all, "disclaimer"));
	words.tagline = or_else(words.tagline, usual ? usual->tagline : NULL);
	words.disclaimer = or_else(words.disclaimer, usual ? usual->disclaimer : NULL);
	if (!words.name)
		return pr_error_set_at(reader->error, PR_CODE_CONFIG, brand->place.path, 0,
			"no name for the locale '%s'; expected 'name' in [%s] or in [brand]", locale, locale);
	*PR_PUSH(reader->arena, brand->words, brand->word_count, brand->word_capacity) = words;
	return true;
}

static bool check_locales(struct pr_reader *reader, const struct pr_definition *definition)
{
	static const char *const keys[] = {"name", "tagline", "contact", "disclaimer", "title"};

	for (size_t i = 0; i < definition->section_count; i++) {
		const struct pr_section *section = &definition->sections[i];
		if (strcmp(section->kind, "brand") == 0)
			continue;
		if (!pr_templates_words(reader->templates, section->kind))
			return pr_error_set_at(reader->error, PR_CODE_CONFIG, section->path, section->line,
				"section [%s]: expected [brand] or a locale that has words", section->kind);
		if (!pr_section_check_keys(section, keys, sizeof keys / sizeof *keys, reader->error))
			return false;
	}
	return true;
}

/* --- the file --------------------------------------------------------------------------------------------------- */

static bool read_brand(struct pr_reader *reader, const char *name)
{
	static const char *const keys[] = {"accent", "logo", "tag", "name", "tagline", "contact", "disclaimer", "title"};
	const char *path =
		pr_arena_format(reader->arena, "%s/brands/%s/brand.ini", reader->templates->template_folder, name);
	struct pr_brand brand = {.name = name, .place.path = path};
	struct pr_definition definition;
	const struct pr_section *section;

	if (!pr_definition_read(&definition, path, PR_CODE_CONFIG, reader->arena, reader->error))
		return false;
	section = pr_definition_find(&definition, "brand", "");
	if (!section)
		return pr_error_set_at(reader->error, PR_CODE_CONFIG, path, 0, "section [brand] is missing");
	if (!pr_section_check_keys(section, keys, sizeof keys / sizeof *keys, reader->error) ||
		!check_locales(reader, &definition) || !read_accent(reader, section, &brand) ||
		!read_logo(reader, section, &brand) || !pr_section_bool(section, "tag", true, &brand.tag, reader->error))
		return false;
	for (size_t i = 0; i < reader->templates->word_count; i++) {
		const char *locale = reader->templates->words[i].locale;
		if (!add_words(reader, pr_definition_find(&definition, locale, ""), section, locale, &brand))
			return false;
	}
	reader->templates->brands[reader->templates->brand_count++] = brand;
	return true;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The folders of templates/brands, by name. */
static bool list_brands(struct pr_reader *reader, const char ***names, size_t *count)
{
	const char *parent = pr_arena_format(reader->arena, "%s/brands", reader->templates->template_folder);
	size_t capacity = 0;
	DIR *directory = opendir(parent);
	struct dirent *entry;
	struct stat status;

	*names = NULL;
	*count = 0;
	if (!directory)
		return pr_error_set_at(
			reader->error, PR_CODE_CONFIG, parent, 0, "cannot read the folder; expected a folder a brand there");
	while ((entry = readdir(directory)) != NULL)
		if (entry->d_name[0] != '.' &&
			stat(pr_arena_format(reader->arena, "%s/%s", parent, entry->d_name), &status) == 0 &&
			S_ISDIR(status.st_mode))
			*PR_PUSH(reader->arena, *names, *count, capacity) = pr_arena_copy(reader->arena, entry->d_name);
	closedir(directory);
	if (*count > 1)
		qsort(*names, *count, sizeof **names, compare_names);
	return true;
}

bool pr_brands_read(struct pr_reader *reader)
{
	struct pr_templates *templates = reader->templates;
	const char **names;
	size_t count;

	if (!list_brands(reader, &names, &count))
		return false;
	templates->brands = pr_arena_array(reader->arena, count + 1, sizeof *templates->brands);
	if (!read_brand(reader, DEFAULT)) /* first: the others lean on it */
		return false;
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], DEFAULT) != 0 && !read_brand(reader, names[i]))
			return false;
	return true;
}

/* --- whether its words fit -------------------------------------------------------------------------------------- */

/* What stands where, and how much room there is: the cover's line, its foot, the title across the page. */
static const struct {
	const char *key;
	size_t offset; /* of the text in struct pr_brand_words */
	enum pr_type_role role;
	double room_pt;
} places[] = {{"name", offsetof(struct pr_brand_words, name), PR_TYPE_LEDE, 240},
	{"tagline", offsetof(struct pr_brand_words, tagline), PR_TYPE_LEDE, 120},
	{"contact", offsetof(struct pr_brand_words, contact), PR_TYPE_RUNNING, 300},
	{"disclaimer", offsetof(struct pr_brand_words, disclaimer), PR_TYPE_RUNNING, 180},
	{"title", offsetof(struct pr_brand_words, title), PR_TYPE_COVER_TITLE, PR_PAGE_CONTENT}};

static bool check_words(const struct pr_brand *brand, const struct pr_brand_words *words,
	const struct pr_typefaces *faces, struct pr_arena *arena, struct pr_error *error)
{
	const struct pr_builder builder = {.theme = &brand->theme};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct pr_span span = {.text = *(const char *const *)((const char *)words + places[i].offset),
			.style = pr_type_role_style(&builder, places[i].role)};
		struct pr_text_line line;

		if (!span.text)
			continue;
		if (!pr_type_line(faces, &span, 1, arena, &line, error))
			return pr_error_context(error, "%s", brand->place.path);
		if (line.width_pt > places[i].room_pt)
			return pr_error_set_at(error, PR_CODE_CONFIG, brand->place.path, 0,
				"'%s' for %s is %.0f pt wide in its place; expected at most %.0f", places[i].key, words->locale,
				line.width_pt, places[i].room_pt);
	}
	return true;
}

bool pr_templates_check_brands(const struct pr_templates *templates, const struct pr_typefaces *faces,
	struct pr_arena *arena, struct pr_error *error)
{
	for (size_t i = 0; i < templates->brand_count; i++)
		for (size_t k = 0; k < templates->brands[i].word_count; k++)
			if (!check_words(&templates->brands[i], &templates->brands[i].words[k], faces, arena, error))
				return false;
	return true;
}

static bool check_word(const struct pr_word *word, const struct pr_typefaces *faces, struct pr_error *error)
{
	struct pr_arena arena;
	struct pr_text_line line;
	bool is_set = true;
	pr_arena_init(&arena);
	for (int weight = PR_REGULAR; is_set && weight <= PR_BOLD; weight++) {
		const struct pr_span span = {.text = word->text, .style = {.weight = (enum pr_weight)weight, .size_pt = 9}};
		is_set = pr_type_line(faces, &span, 1, &arena, &line, error);
	}
	pr_arena_release(&arena);
	return is_set || pr_error_context(error, "%s:%d: '%s'", word->path, word->line, word->key);
}

/* Words of `explain` go to a terminal and into the workbook, which have fonts of their own. */
bool pr_templates_check_words(
	const struct pr_templates *templates, const struct pr_typefaces *faces, struct pr_error *error)
{
	for (size_t i = 0; i < templates->word_count; i++)
		for (size_t k = 0; k < templates->words[i].count; k++)
			if (!pr_text_starts(templates->words[i].items[k].key, "explain.") &&
				!check_word(&templates->words[i].items[k], faces, error))
				return false;
	return true;
}

bool pr_templates_has_brand(const struct pr_templates *templates, const char *name)
{
	return pr_templates_brand(templates, name) != NULL;
}
