#include "document/letter.h"

#include <string.h>

#include "document/template.h"

/* --- with the report ---------------------------------------------------------------------------------------------- */

/* A word's printed text, without spaces at its ends. */
static bool plain(const struct pr_context *context, const struct pr_scope *scope, const char *key, const char **text,
	struct pr_error *error)
{
	if (!pr_words_text(context, scope, key, text, error))
		return false;
	*text = pr_text_trim(pr_arena_copy(context->arena, *text));
	return true;
}

/* A figure whose word of its name renders to nothing is not measured, and left out. */
static bool collect_figures(
	const struct pr_context *context, const struct pr_scope *scope, struct pr_letter *letter, struct pr_error *error)
{
	static const char *const keys[PR_LETTER_FIGURES] = {"cost", "energy", "health"};
	struct pr_arena *arena = context->arena;

	for (size_t i = 0; i < PR_LETTER_FIGURES; i++) {
		struct pr_letter_figure figure = {.key = keys[i]};
		if (!plain(context, scope, pr_arena_format(arena, "letter.%s_name", keys[i]), &figure.name, error))
			return false;
		if (!*figure.name)
			continue;
		if (!plain(context, scope, pr_arena_format(arena, "letter.%s", keys[i]), &figure.value, error) ||
			!plain(context, scope, pr_arena_format(arena, "letter.%s_change", keys[i]), &figure.change, error))
			return false;
		letter->figures[letter->figure_count++] = figure;
	}
	return true;
}

/* What is bold at the beginning, and the rest. */
static void split(const struct pr_rich *rich, struct pr_arena *arena, struct pr_letter_finding *finding)
{
	struct pr_buffer lead, text;
	size_t i = 0;

	pr_buffer_init(&lead, arena);
	pr_buffer_init(&text, arena);
	for (; i < rich->count && rich->spans[i].style.weight == PR_BOLD; i++)
		pr_buffer_add(&lead, rich->spans[i].text);
	for (; i < rich->count; i++)
		pr_buffer_add(&text, rich->spans[i].text);
	/* A space between the two stays. */
	finding->lead = lead.length > 0 ? lead.text : "";
	finding->text = text.text;
	while (lead.length == 0 && *finding->text == ' ')
		finding->text++;
}

static bool collect_findings(const struct pr_context *context, const struct pr_scope *scope,
	const struct pr_edition_definition *edition, struct pr_letter *letter, struct pr_error *error)
{
	for (size_t i = 0; i < edition->letter_count && letter->finding_count < PR_LETTER_FINDINGS; i++) {
		struct pr_rich rich = {0};
		struct pr_letter_finding finding;
		const struct pr_style style = {.size_pt = 9};
		if (!pr_words_render(context, scope, edition->letter[i], style, &rich, error))
			return false;
		split(&rich, context->arena, &finding);
		if (*finding.lead || *finding.text)
			letter->findings[letter->finding_count++] = finding;
	}
	return true;
}

bool pr_letter_collect(const struct pr_context *context, const struct pr_templates *templates,
	const struct pr_scope *tenant, struct pr_letter *letter, struct pr_error *error)
{
	const struct pr_report *report = context->report;
	const struct pr_edition_definition *edition = pr_templates_edition(templates, report->tenant->edition);
	const struct pr_brand *brand = pr_templates_brand(templates, report->tenant->brand);
	struct pr_scope *titled, *scope;

	*letter = (struct pr_letter){0};
	if (!edition || !brand)
		return true;
	/* As chapters do, a single site's words are rendered in its project. */
	scope = report->tenant->edition == PR_EDITION_SINGLE && report->project_count > 0
	            ? pr_scope_of_project(context, tenant, 0)
	            : pr_arena_alloc(context->arena, sizeof *scope);
	if (!scope->outer)
		scope->outer = tenant;
	titled = pr_arena_alloc(context->arena, sizeof *titled);
	titled->outer = scope;
	if (pr_brand_words_of(brand, report->tenant->locale))
		pr_scope_add(titled, context->arena, "brand.title",
			pr_value_text(pr_brand_words_of(brand, report->tenant->locale)->title));
	else
		pr_scope_add(titled, context->arena, "brand.title", pr_value_missing());
	return plain(context, titled, "letter.title", &letter->title, error) &&
	       plain(context, titled, "letter.month", &letter->month, error) &&
	       collect_figures(context, titled, letter, error) && collect_findings(context, titled, edition, letter, error);
}
