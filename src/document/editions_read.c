/* templates/editions/<edition>.ini and templates/survey.ini → edition definitions. */
#include "document/template_read.h"

#include <string.h>
#include <unistd.h>

static const char *const block_kinds[PR_BLOCK_KIND_COUNT] = {
	"chart", "table", "text", "conclusions", "key_figure", "score", "advice"};

/* "4-9" → 4 and 9, of 12. */
static bool parse_columns(struct pr_arena *arena, const char *text, int64_t *from, int64_t *to)
{
	char *copy = pr_arena_copy(arena, text);
	char *dash = strchr(copy, '-');

	if (!dash)
		return false;
	*dash = '\0';
	return pr_text_to_int64(copy, from) && pr_text_to_int64(dash + 1, to) && *from >= 1 && *from <= *to && *to <= 12;
}

static bool read_columns(struct pr_reader *reader, const struct pr_section *section, struct pr_block_definition *block)
{
	const char *text = pr_section_get(section, "columns");
	int64_t from = 1, to = 12;

	if (text && !parse_columns(reader->arena, text, &from, &to))
		return pr_section_refuse(
			section, "columns", reader->error, "is '%s'; expected a range such as '1-5' of 12", text);
	block->column_from = (int)from;
	block->column_to = (int)to;
	return true;
}

static bool read_block_content(
	struct pr_reader *reader, const struct pr_section *section, struct pr_block_definition *block)
{
	switch (block->kind) {
	case PR_BLOCK_CHART:
		block->chart = pr_reader_chart(reader, section, "chart");
		return block->chart != NULL;
	case PR_BLOCK_TABLE:
		block->table = pr_reader_table(reader, pr_section_get(section, "table"));
		return block->table || pr_section_refuse(section, "table", reader->error, "names no table of tables.ini");
	case PR_BLOCK_TEXT:
	case PR_BLOCK_CONCLUSIONS:
		if (!pr_reader_get_words(reader, section, "texts", &block->texts, &block->text_count))
			return false;
		return block->text_count > 0 ||
		       pr_section_refuse(section, "texts", reader->error, "is empty; expected keys of the words");
	case PR_BLOCK_KEY_FIGURE:
		if (pr_section_get(section, "chart")) {
			block->chart = pr_reader_chart(reader, section, "chart");
			if (!block->chart)
				return false;
		}
		return pr_reader_get_expression(reader, section, "value", &block->value) &&
		       pr_reader_get_style(reader, section, "style", &block->style) &&
		       pr_reader_get_word(reader, section, "unit", &block->unit) &&
		       pr_reader_get_word(reader, section, "change_month", &block->change_month) &&
		       pr_reader_get_word(reader, section, "change_year", &block->change_year) &&
		       pr_reader_get_word(reader, section, "note", &block->note) &&
		       (block->value || pr_section_refuse(section, "value", reader->error, "is missing; expected a finding"));
	case PR_BLOCK_SCORE:
		return pr_reader_get_expression(reader, section, "value", &block->value) &&
		       pr_reader_get_word(reader, section, "note", &block->note) &&
		       (block->value || pr_section_refuse(section, "value", reader->error, "is missing; expected a finding"));
	case PR_BLOCK_ADVICE:
		block->chapter = pr_section_get(section, "chapter");
		return pr_reader_get_expression(reader, section, "value", &block->value) &&
		       pr_reader_get_style(reader, section, "style", &block->style) &&
		       pr_reader_get_word(reader, section, "unit", &block->unit) &&
		       pr_reader_get_words(reader, section, "texts", &block->texts, &block->text_count) &&
		       (block->text_count > 0 || pr_section_refuse(section, "texts", reader->error, "is empty"));
	case PR_BLOCK_KIND_COUNT:
		break;
	}
	return false;
}

static bool read_block(
	struct pr_reader *reader, const struct pr_section *section, struct pr_chapter_definition *chapter)
{
	static const char *const keys[] = {"kind", "columns", "title", "sub", "when", "chart", "table", "texts", "value",
		"style", "unit", "change_month", "change_year", "change", "note", "numbered", "below", "chapter"};
	struct pr_block_definition *block =
		PR_PUSH(reader->arena, chapter->blocks, chapter->block_count, chapter->block_capacity);
	const char *kind;
	size_t index;

	block->name = section->name;
	block->place = pr_reader_place(section, NULL);
	if (!pr_section_check_keys(section, keys, sizeof keys / sizeof *keys, reader->error) ||
		!pr_section_text(section, "kind", &kind, reader->error) ||
		!pr_section_choice(section, "kind", block_kinds, PR_BLOCK_KIND_COUNT, 0, &index, reader->error))
		return false;
	block->kind = (enum pr_block_kind)index;
	block->change = pr_section_get(section, "change");
	if (!pr_section_bool(section, "below", false, &block->below, reader->error) ||
		!pr_section_bool(section, "numbered", block->kind == PR_BLOCK_CHART || block->kind == PR_BLOCK_TABLE,
			&block->numbered, reader->error))
		return false;
	return read_columns(reader, section, block) && pr_reader_get_word(reader, section, "title", &block->title) &&
	       pr_reader_get_word(reader, section, "sub", &block->sub) &&
	       pr_reader_get_expression(reader, section, "when", &block->when) &&
	       read_block_content(reader, section, block);
}

static bool read_chapter(
	struct pr_reader *reader, const struct pr_section *section, struct pr_edition_definition *edition)
{
	static const char *const keys[] = {"title", "lede", "when", "for", "scope", "start", "listed"};
	static const char *const scopes[] = {"project", "tenant"};
	static const char *const starts[] = {"page", "flow", "fit"};
	static const char *const repeats[] = {"once", "projects"};
	struct pr_chapter_definition *chapter =
		PR_PUSH(reader->arena, edition->chapters, edition->chapter_count, edition->chapter_capacity);
	size_t scope, start, repeat;
	bool listed;

	chapter->name = section->name;
	chapter->place = pr_reader_place(section, NULL);
	if (!pr_section_check_keys(section, keys, sizeof keys / sizeof *keys, reader->error) ||
		!pr_reader_get_word(reader, section, "title", &chapter->title) ||
		!pr_reader_get_word(reader, section, "lede", &chapter->lede) ||
		!pr_reader_get_expression(reader, section, "when", &chapter->when) ||
		!pr_section_choice(section, "scope", scopes, 2, 0, &scope, reader->error) ||
		!pr_section_choice(section, "start", starts, 3, 0, &start, reader->error) ||
		!pr_section_choice(section, "for", repeats, 2, 0, &repeat, reader->error) ||
		!pr_section_bool(section, "listed", true, &listed, reader->error))
		return false;
	chapter->unlisted = !listed;
	if (!chapter->title)
		return pr_section_refuse(section, "title", reader->error, "is missing; expected a key of the words");
	chapter->tenant_scope = scope == 1;
	chapter->flows = start >= 1;
	chapter->fits = start == 2;
	chapter->for_projects = repeat == 1;
	return true;
}

/* The charts that a sheet names, and the table that they stand above. */
static bool read_sheet_charts(
	struct pr_reader *reader, const struct pr_section *section, struct pr_sheet_definition *sheet)
{
	const char *above = pr_section_get(section, "charts_above");
	const char *const *names;

	if (!pr_section_list(section, "charts", reader->arena, &names, &sheet->chart_count, reader->error))
		return false;
	sheet->charts = pr_arena_array(reader->arena, sheet->chart_count + 1, sizeof *sheet->charts);
	for (size_t i = 0; i < sheet->chart_count; i++) {
		sheet->charts[i] = pr_reader_sheet_chart(reader, names[i]);
		if (!sheet->charts[i])
			return pr_section_refuse(
				section, "charts", reader->error, "names no chart '%s' of sheet_charts.ini", names[i]);
	}
	sheet->charts_last = sheet->links && pr_text_equal(above, "links");
	for (size_t i = 0; above && i < sheet->table_count; i++)
		if (strcmp(sheet->tables[i]->name, above) == 0)
			sheet->charts_above = sheet->tables[i];
	return !above || sheet->charts_above || sheet->charts_last ||
	       pr_section_refuse(section, "charts_above", reader->error, "is '%s', which is none of its tables", above);
}

static bool read_sheet(
	struct pr_reader *reader, const struct pr_section *section, struct pr_edition_definition *edition)
{
	static const char *const keys[] = {
		"title", "tables", "titles", "when", "for", "scope", "filter", "charts", "charts_above", "links", "about"};
	static const char *const scopes[] = {"project", "tenant"};
	static const char *const repeats[] = {"once", "projects"};
	struct pr_sheet_definition *sheet =
		PR_PUSH(reader->arena, edition->sheets, edition->sheet_count, edition->sheet_capacity);
	const char *const *names;
	size_t scope, repeat;

	sheet->place = pr_reader_place(section, NULL);
	if (!pr_section_check_keys(section, keys, sizeof keys / sizeof *keys, reader->error) ||
		!pr_reader_get_word(reader, section, "title", &sheet->name) ||
		!pr_reader_get_words(reader, section, "titles", &sheet->titles, &sheet->title_count) ||
		!pr_reader_get_word(reader, section, "links", &sheet->links) ||
		!pr_reader_get_word(reader, section, "about", &sheet->about) ||
		!pr_reader_get_expression(reader, section, "when", &sheet->when) ||
		!pr_section_choice(section, "scope", scopes, 2, 0, &scope, reader->error) ||
		!pr_section_choice(section, "for", repeats, 2, 0, &repeat, reader->error) ||
		!pr_section_bool(section, "filter", false, &sheet->filter, reader->error) ||
		!pr_section_list(section, "tables", reader->arena, &names, &sheet->table_count, reader->error))
		return false;
	sheet->tenant_scope = scope == 1;
	sheet->for_projects = repeat == 1;
	if (!sheet->name || sheet->table_count == 0)
		return pr_section_refuse(section, sheet->name ? "tables" : "title", reader->error, "is missing");
	sheet->tables = pr_arena_array(reader->arena, sheet->table_count, sizeof *sheet->tables);
	for (size_t i = 0; i < sheet->table_count; i++) {
		sheet->tables[i] = pr_reader_table(reader, names[i]);
		if (!sheet->tables[i])
			return pr_section_refuse(section, "tables", reader->error, "names no table '%s' of tables.ini", names[i]);
	}
	return read_sheet_charts(reader, section, sheet);
}

static bool read_head(
	struct pr_reader *reader, const struct pr_definition *definition, struct pr_edition_definition *edition)
{
	static const char *const edition_keys[] = {"title", "subject", "contents", "letter"};
	static const char *const cover_keys[] = {"subtitle", "chart", "title", "sub"};
	const struct pr_section *head = pr_definition_find(definition, "edition", "");
	const struct pr_section *cover = pr_definition_find(definition, "cover", "");

	if (!head || (!cover && !edition->plain))
		return pr_error_set_at(
			reader->error, PR_CODE_CONFIG, definition->path, 0, "section [%s] is missing", head ? "cover" : "edition");
	if (!pr_section_check_keys(head, edition_keys, 4, reader->error) ||
		!pr_reader_get_word(reader, head, "title", &edition->title) ||
		!pr_reader_get_word(reader, head, "subject", &edition->subject) ||
		!pr_reader_get_word(reader, head, "contents", &edition->contents_title) ||
		!pr_reader_get_words(reader, head, "letter", &edition->letter, &edition->letter_count))
		return false;
	if (!edition->title || !edition->subject || (!edition->contents_title && !edition->plain))
		return pr_error_set_at(reader->error, PR_CODE_CONFIG, definition->path, head->line,
			"[edition]: expected the keys title, subject%s", edition->plain ? "" : ", contents");
	if (edition->plain)
		return true;
	if (!pr_section_check_keys(cover, cover_keys, 4, reader->error) ||
		!pr_reader_get_word(reader, cover, "subtitle", &edition->cover_subtitle) ||
		!pr_reader_get_word(reader, cover, "title", &edition->cover_fingerprint_title) ||
		!pr_reader_get_word(reader, cover, "sub", &edition->cover_fingerprint_sub))
		return false;
	if (pr_section_get(cover, "chart"))
		edition->fingerprint = pr_reader_chart(reader, cover, "chart");
	return !pr_section_get(cover, "chart") || edition->fingerprint;
}

static bool read_sections(
	struct pr_reader *reader, const struct pr_definition *definition, struct pr_edition_definition *edition)
{
	for (size_t i = 0; i < definition->section_count; i++) {
		const struct pr_section *section = &definition->sections[i];
		bool good = true;

		if (strcmp(section->kind, "chapter") == 0)
			good = read_chapter(reader, section, edition);
		else if (strcmp(section->kind, "sheet") == 0)
			good = read_sheet(reader, section, edition);
		else if (strcmp(section->kind, "block") == 0 && edition->chapter_count == 0)
			good = pr_error_set_at(reader->error, PR_CODE_CONFIG, section->path, section->line,
				"block '%s' stands before the first chapter", section->name);
		else if (strcmp(section->kind, "block") == 0)
			good = read_block(reader, section, &edition->chapters[edition->chapter_count - 1]);
		if (!good)
			return false;
	}
	return true;
}

static bool read_edition(struct pr_reader *reader, const char *path, struct pr_edition_definition *edition)
{
	static const char *const whole[] = {"edition", "cover", "chapter", "block", "sheet"};
	static const char *const plain[] = {"edition", "chapter", "block", "sheet"};
	const char *const *kinds = edition->plain ? plain : whole;
	const size_t kind_count = edition->plain ? sizeof plain / sizeof *plain : sizeof whole / sizeof *whole;
	struct pr_definition definition;

	edition->place.path = path;
	return pr_definition_read(&definition, path, PR_CODE_CONFIG, reader->arena, reader->error) &&
	       pr_definition_check_kinds(&definition, kinds, kind_count, reader->error) &&
	       read_head(reader, &definition, edition) && read_sections(reader, &definition, edition);
}

static bool read_survey(struct pr_reader *reader)
{
	const char *path = pr_arena_format(reader->arena, "%s/survey.ini", reader->templates->template_folder);
	struct pr_edition_definition *survey;

	if (access(path, F_OK) != 0)
		return true;
	survey = pr_arena_alloc(reader->arena, sizeof *survey);
	survey->edition = PR_EDITION_PLATFORM;
	survey->plain = true;
	reader->templates->survey = survey;
	return read_edition(reader, path, survey);
}

bool pr_editions_read(struct pr_reader *reader)
{
	struct pr_templates *templates = reader->templates;
	const char *folder = pr_arena_format(reader->arena, "%s/editions", templates->template_folder);
	const char **names;
	size_t count;

	if (!pr_template_files(folder, ".ini", reader->arena, &names, &count, reader->error))
		return false;
	templates->editions = pr_arena_array(reader->arena, count, sizeof *templates->editions);
	for (size_t i = 0; i < count; i++) {
		const char *path = pr_arena_format(reader->arena, "%s/%s.ini", folder, names[i]);
		int edition = pr_name_index(pr_edition_names, PR_EDITION_COUNT, names[i]);

		if (edition < 0)
			return pr_error_set_at(reader->error, PR_CODE_CONFIG, path, 0,
				"'%s' is no edition; expected single.ini, management.ini or platform.ini", names[i]);
		templates->editions[i].edition = (enum pr_edition)edition;
		if (!read_edition(reader, path, &templates->editions[i]))
			return false;
		templates->edition_count++;
	}
	return read_survey(reader);
}

const struct pr_edition_definition *pr_templates_edition(const struct pr_templates *templates, enum pr_edition edition)
{
	for (size_t i = 0; i < templates->edition_count; i++)
		if (templates->editions[i].edition == edition)
			return &templates->editions[i];
	return NULL;
}

bool pr_templates_has_edition(const struct pr_templates *templates, enum pr_edition edition)
{
	return pr_templates_edition(templates, edition) != NULL;
}
