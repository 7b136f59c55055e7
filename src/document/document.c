#include "base/version.h"
#include "document/facts.h"
#include "document/plot.h"

/* The tenant's own choices: words of its locale, its brand, its edition. */
static bool choose(const struct pr_templates *templates, const struct pr_report *report, struct pr_builder *builder,
	const struct pr_brand **brand, struct pr_error *error)
{
	const struct pr_tenant *tenant = report->tenant;

	builder->templates = templates;
	builder->context.report = report;
	builder->context.words = pr_templates_words(templates, tenant->locale);
	if (!builder->context.words) {
		pr_error_set(error, PR_CODE_CONFIG, "no words for the locale '%s'; expected %s/words/%s.ini", tenant->locale,
			templates->template_folder, tenant->locale);
		return false;
	}
	*brand = pr_templates_brand(templates, tenant->brand);
	builder->brand = *brand ? pr_brand_words_of(*brand, tenant->locale) : NULL;
	if (!builder->brand) {
		pr_error_set(error, PR_CODE_CONFIG, "no brand '%s'; expected %s/brands/%s/brand.ini", tenant->brand,
			templates->template_folder, tenant->brand);
		return false;
	}
	builder->house = *brand;
	builder->theme = &(*brand)->theme;
	return true;
}

static bool choose_edition(
	const struct pr_templates *templates, enum pr_edition edition, struct pr_builder *builder, struct pr_error *error)
{
	builder->edition = pr_templates_edition(templates, edition);
	return builder->edition ||
	       pr_error_set(error, PR_CODE_CONFIG, "no template for the edition '%s'; expected %s/editions/%s.ini",
			   pr_edition_names[edition], templates->template_folder, pr_edition_names[edition]);
}

static void add_brand(const struct pr_builder *builder, struct pr_scope *scope, const char *name, const char *text)
{
	struct pr_value value = pr_value_text(text);

	value.finding = PR_TAG_BRAND;
	pr_scope_add(scope, builder->arena, name, value);
}

static struct pr_scope *tenant_scope(const struct pr_builder *builder)
{
	struct pr_scope *scope = pr_scope_tenant(&builder->context);

	pr_document_facts(builder->templates, scope, builder->arena);
	add_brand(builder, scope, "brand.name", builder->brand->name);
	add_brand(builder, scope, "brand.tagline", builder->brand->tagline);
	add_brand(builder, scope, "brand.contact", builder->brand->contact);
	add_brand(builder, scope, "brand.title", builder->brand->title);
	add_brand(builder, scope, "brand.disclaimer", builder->brand->disclaimer);
	return scope;
}

static bool build(
	struct pr_builder *builder, const struct pr_scope *tenant, struct pr_document *document, struct pr_error *error)
{
	document->author = builder->brand->name;
	return pr_words_text(&builder->context, tenant, "document.title", &document->title, error) &&
	       pr_words_text(&builder->context, tenant, builder->edition->subject, &document->subject, error) &&
	       (!builder->faces || pr_pages_build(builder, tenant, document, error)) &&
	       pr_workbook_build(builder, tenant, &document->workbook, error);
}

bool pr_document_build(const struct pr_templates *templates, struct pr_report *report, const struct pr_typefaces *faces,
	struct pr_arena *arena, struct pr_document *document, struct pr_error *error)
{
	struct pr_builder builder = {.context = {.arena = arena}, .faces = faces, .arena = arena};
	const struct pr_brand *brand = NULL;

	*document = (struct pr_document){.locale = report->tenant->locale, .created_ms = report->cutoff_ms};
	return choose(templates, report, &builder, &brand, error) &&
	       choose_edition(templates, report->tenant->edition, &builder, error) &&
	       pr_document_print(templates, report, arena, error) &&
	       build(&builder, tenant_scope(&builder), document, error);
}

bool pr_document_build_survey(const struct pr_templates *templates, struct pr_report *report,
	const struct pr_typefaces *faces, struct pr_arena *arena, struct pr_document *document, struct pr_error *error)
{
	struct pr_builder builder = {.context = {.arena = arena}, .faces = faces, .arena = arena};
	const struct pr_brand *brand = NULL;
	struct pr_scope *scope = pr_arena_alloc(arena, sizeof *scope); /* rows that come in pieces need it later */

	*document = (struct pr_document){.locale = report->tenant->locale, .created_ms = report->cutoff_ms};
	if (!templates->survey)
		return pr_error_set(
			error, PR_CODE_CONFIG, "no template for the survey; expected %s/survey.ini", templates->template_folder);
	if (!choose(templates, report, &builder, &brand, error))
		return false;
	builder.edition = templates->survey;
	scope->outer = tenant_scope(&builder);
	pr_scope_add(scope, arena, "edition", pr_value_text("survey"));
	if (!report->tenant->name) /* no platform tenant: the brand speaks */
		pr_scope_add(scope, arena, "tenant.name", pr_value_text(builder.brand->name));
	return build(&builder, scope, document, error);
}

bool pr_document_build_plot(const struct pr_templates *templates, struct pr_report *report, const struct pr_plot *plot,
	enum pr_plot_output output, const struct pr_typefaces *faces, struct pr_arena *arena, struct pr_document *document,
	struct pr_error *error)
{
	/* Rows that come in pieces need both later. */
	struct pr_builder *builder = pr_arena_alloc(arena, sizeof *builder);
	struct pr_plot_maker *maker = pr_arena_alloc(arena, sizeof *maker);
	const struct pr_brand *brand = NULL;

	*builder = (struct pr_builder){.context = {.arena = arena}, .faces = faces, .arena = arena};
	*maker = (struct pr_plot_maker){.builder = builder, .plot = plot, .arena = arena, .error = error};

	*document = (struct pr_document){.locale = report->tenant->locale, .created_ms = report->cutoff_ms};
	for (size_t i = 0; i < templates->chart_count; i++)
		if (templates->charts[i].kind == PR_CHART_PLOT)
			maker->definition = &templates->charts[i];
	if (!maker->definition)
		return pr_error_set(error, PR_CODE_CONFIG, "no chart of kind plot; expected plot.ini in the folder of charts");
	if (!choose(templates, report, builder, &brand, error) || !pr_plot_scopes(maker, tenant_scope(builder)))
		return false;
	document->author = document->subject = builder->brand->name;
	if (!pr_plot_word(maker, maker->scope, "plot.title", &document->title))
		return false;
	switch (output) {
	case PR_PLOT_PICTURE:
		return pr_plot_draw(maker, document);
	case PR_PLOT_SHEETS:
		return pr_plot_workbook(maker, &document->workbook);
	case PR_PLOT_ROWS:
		break;
	}
	return pr_plot_row_table(maker, &document->workbook);
}
