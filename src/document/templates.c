/* Reads templates/ and charts/: words, charts, and what ties them together. The rest: *_read.c. */
#include "document/template_read.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool pr_template_files(const char *folder, const char *ending, struct pr_arena *arena, const char ***names,
	size_t *count, struct pr_error *error)
{
	size_t capacity = 0, ending_length = strlen(ending);
	DIR *directory = opendir(folder);
	struct dirent *entry;

	*names = NULL;
	*count = 0;
	if (!directory)
		return pr_error_set_at(error, PR_CODE_CONFIG, folder, 0, "cannot read the folder; expected templates there");
	while ((entry = readdir(directory)) != NULL) {
		size_t length = strlen(entry->d_name);
		if (entry->d_name[0] == '.' || length <= ending_length ||
			strcmp(entry->d_name + length - ending_length, ending) != 0)
			continue;
		*PR_PUSH(arena, *names, *count, capacity) = pr_arena_copy_n(arena, entry->d_name, length - ending_length);
	}
	closedir(directory);
	if (*count > 1)
		qsort(*names, *count, sizeof **names, compare_texts);
	return true;
}

/* --- words ------------------------------------------------------------------------------------------------------ */

/* Every locale must have the same keys: a word missing in one is found before the night, not in it. */
static bool compare_locales(const struct pr_templates *templates, struct pr_error *error)
{
	for (size_t a = 0; a < templates->word_count; a++)
		for (size_t b = 0; b < templates->word_count; b++)
			for (size_t i = 0; i < templates->words[a].count; i++) {
				const struct pr_word *word = &templates->words[a].items[i];
				if (!pr_words_get(&templates->words[b], word->key))
					return pr_error_set_at(error, PR_CODE_CONFIG, word->path, word->line,
						"word '%s' is missing in the words of '%s'; expected every locale to have the "
						"same keys",
						word->key, templates->words[b].locale);
			}
	return true;
}

/* "zh-CN" is a locale's own file, "zh-CN.notes" a part of its words. The names are sorted: the locale comes first. */
static bool read_words_file(struct pr_reader *reader, const char *folder, const char *name)
{
	struct pr_templates *templates = reader->templates;
	const char *path = pr_arena_format(reader->arena, "%s/%s.ini", folder, name);
	size_t length = strcspn(name, ".");
	const char *locale = pr_arena_copy_n(reader->arena, name, length);

	if (!name[length])
		return pr_words_read(&templates->words[templates->word_count++], path, locale, reader->arena, reader->error);
	for (size_t i = 0; i < templates->word_count; i++)
		if (strcmp(templates->words[i].locale, locale) == 0)
			return pr_words_add(&templates->words[i], path, reader->arena, reader->error);
	return pr_error_set_at(
		reader->error, PR_CODE_CONFIG, path, 0, "part of the words of '%s'; expected %s.ini beside it", locale, locale);
}

static bool read_words(struct pr_reader *reader)
{
	struct pr_templates *templates = reader->templates;
	const char *folder = pr_arena_format(reader->arena, "%s/words", templates->template_folder);
	const char **names;
	size_t count;

	if (!pr_template_files(folder, ".ini", reader->arena, &names, &count, reader->error))
		return false;
	if (count == 0)
		return pr_error_set_at(reader->error, PR_CODE_CONFIG, folder, 0, "no words; expected a file such as zh-CN.ini");
	templates->words = pr_arena_array(reader->arena, count, sizeof *templates->words);
	for (size_t i = 0; i < count; i++)
		if (!read_words_file(reader, folder, names[i]))
			return false;
	return compare_locales(templates, reader->error);
}

const struct pr_words *pr_templates_words(const struct pr_templates *templates, const char *locale)
{
	for (size_t i = 0; i < templates->word_count; i++)
		if (pr_text_equal(templates->words[i].locale, locale))
			return &templates->words[i];
	return NULL;
}

/* --- brands ----------------------------------------------------------------------------------------------------- */

const struct pr_brand *pr_templates_brand(const struct pr_templates *templates, const char *name)
{
	for (size_t i = 0; i < templates->brand_count; i++)
		if (strcmp(templates->brands[i].name, name && *name ? name : "default") == 0)
			return &templates->brands[i];
	return NULL;
}

const struct pr_brand_words *pr_brand_words_of(const struct pr_brand *brand, const char *locale)
{
	for (size_t i = 0; i < brand->word_count; i++)
		if (pr_text_equal(brand->words[i].locale, locale))
			return &brand->words[i];
	return NULL;
}

/* --- charts ----------------------------------------------------------------------------------------------------- */

static bool check_chart_item(
	struct pr_reader *reader, const struct pr_chart_definition *chart, const struct pr_chart_item *item)
{
	struct pr_place place = {.path = chart->path, .line = item->line};

	return pr_reader_word(reader, place, item->label) && pr_reader_expression(reader, place, item->when);
}

static bool check_chart_items(struct pr_reader *reader, const struct pr_chart_definition *chart)
{
	struct pr_place place = {.path = chart->path};

	for (size_t i = 0; i < chart->series_count; i++)
		if (!check_chart_item(reader, chart, &chart->series[i]))
			return false;
	for (size_t i = 0; i < chart->mark_count; i++)
		if (!check_chart_item(reader, chart, &chart->marks[i]))
			return false;
	for (size_t i = 0; i < chart->limit_count; i++) {
		place.line = chart->limits[i].line;
		if (!check_chart_item(reader, chart, &chart->limits[i]) ||
			!pr_reader_expression(reader, place, chart->limits[i].data))
			return false;
	}
	place.line = 0;
	return pr_reader_word(reader, place, chart->gap_label) && pr_reader_word(reader, place, chart->strip_label) &&
	       pr_reader_word(reader, place, chart->other_label);
}

static bool read_charts(struct pr_reader *reader, const char *folder)
{
	struct pr_templates *templates = reader->templates;
	const char **names;
	size_t count;

	if (!pr_template_files(folder, ".ini", reader->arena, &names, &count, reader->error))
		return false;
	templates->charts = pr_arena_array(reader->arena, count, sizeof *templates->charts);
	for (size_t i = 0; i < count; i++) {
		if (!pr_chart_read(&templates->charts[i], folder, names[i], reader->arena, reader->error) ||
			!check_chart_items(reader, &templates->charts[i]))
			return false;
		templates->chart_count++;
	}
	return true;
}

const struct pr_chart_definition *pr_reader_chart(
	struct pr_reader *reader, const struct pr_section *section, const char *key)
{
	const char *name = pr_section_get(section, key);

	for (size_t i = 0; name && i < reader->templates->chart_count; i++)
		if (strcmp(reader->templates->charts[i].name, name) == 0)
			return &reader->templates->charts[i];
	pr_section_refuse(section, key, reader->error, "%s%s%s; expected the name of a file in charts/",
		name ? "names no chart '" : "is missing", name ? name : "", name ? "'" : "");
	return NULL;
}

/* --- checks shared by the readers ------------------------------------------------------------------------------- */

bool pr_reader_word(struct pr_reader *reader, struct pr_place place, const char *key)
{
	const struct pr_words *words = &reader->templates->words[0];

	if (!key || pr_words_get(words, key))
		return true;
	return pr_error_set_at(reader->error, PR_CODE_CONFIG, place.path, place.line,
		"no word with the key '%s'; expected it in templates/words", key);
}

bool pr_reader_expression(struct pr_reader *reader, struct pr_place place, const char *text)
{
	return !text || pr_expression_check(text, place.path, place.line, reader->arena, reader->error);
}

struct pr_place pr_reader_place(const struct pr_section *section, const char *key)
{
	const struct pr_entry *entry = key ? pr_section_entry(section, key) : NULL;

	return (struct pr_place){.path = section->path, .line = entry ? entry->line : section->line};
}

bool pr_reader_get_word(struct pr_reader *reader, const struct pr_section *section, const char *key, const char **out)
{
	*out = pr_section_get(section, key);
	return pr_reader_word(reader, pr_reader_place(section, key), *out);
}

bool pr_reader_get_words(
	struct pr_reader *reader, const struct pr_section *section, const char *key, const char *const **out, size_t *count)
{
	if (!pr_section_list(section, key, reader->arena, out, count, reader->error))
		return false;
	for (size_t i = 0; i < *count; i++)
		if (!pr_reader_word(reader, pr_reader_place(section, key), (*out)[i]))
			return false;
	return true;
}

bool pr_reader_get_expression(
	struct pr_reader *reader, const struct pr_section *section, const char *key, const char **out)
{
	*out = pr_section_get(section, key);
	return pr_reader_expression(reader, pr_reader_place(section, key), *out);
}

bool pr_reader_get_style(struct pr_reader *reader, const struct pr_section *section, const char *key, const char **out)
{
	struct pr_format_style style;

	*out = pr_section_get(section, key);
	return !*out || pr_format_style_parse(*out, &style) ||
	       pr_section_refuse(
			   section, key, reader->error, "is '%s'; expected a number style such as 'bare' or 'large,2'", *out);
}

/* --- all -------------------------------------------------------------------------------------------------------- */

bool pr_templates_read(
	struct pr_templates **templates, const struct pr_config *config, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_reader reader = {.arena = arena, .error = error};

	reader.templates = pr_arena_alloc(arena, sizeof *reader.templates);
	reader.templates->template_folder = config->template_folder;
	reader.templates->gate = config->gate;
	if (!read_words(&reader) || !pr_brands_read(&reader) || !read_charts(&reader, config->chart_folder) ||
		!pr_tables_read(&reader) || !pr_formulas_read(&reader) || !pr_sheet_charts_read(&reader) ||
		!pr_editions_read(&reader))
		return false;
	*templates = reader.templates;
	return true;
}
