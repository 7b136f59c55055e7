#include "batch/check.h"

#include "batch/month_page.h"
#include "batch/worker.h"
#include "config/method.h"
#include "document/document.h"
#include "document/letter.h"

#define TEXT_PT 9

struct checking {
	const struct pr_config *config;
	struct pr_probe probe;
	struct pr_arena arena;
	struct pr_templates *templates;
	struct pr_typefaces *faces;
	void (*tell)(void *context, enum pr_probe_status status, const char *what, const char *found, const char *todo);
	void *context;
};

static void tell(void *context, enum pr_probe_status status, const char *what, const char *found, const char *todo)
{
	const struct checking *checking = context;
	checking->tell(checking->context, status, what, found, todo);
}

static bool can_print(void *context, const char *text, struct pr_error *error)
{
	const struct checking *checking = context;
	struct pr_arena arena;
	struct pr_text_line line;
	bool can = true;
	pr_arena_init(&arena);
	for (int weight = PR_REGULAR; can && weight <= PR_BOLD; weight++) {
		const struct pr_span span = {.text = text, .style = {.weight = (enum pr_weight)weight, .size_pt = TEXT_PT}};
		can = pr_type_line(checking->faces, &span, 1, &arena, &line, error);
	}
	pr_arena_release(&arena);
	return can;
}

static bool has_brand(void *context, const char *name)
{
	const struct checking *checking = context;
	return pr_templates_has_brand(checking->templates, name);
}

/* --- files of the configuration --- */

/* The forms of the month's page, which a run reads first, and of the mail's messages. */
static void check_forms(struct checking *checking)
{
	struct pr_letter_forms *forms;
	struct pr_error error = {0};
	if (!pr_month_page_check(checking->config, checking->templates, &error))
		pr_probe_fail(&checking->probe, "templates", "correct it: no run begins until then", &error);
	pr_error_clear(&error);
	if (!pr_letter_forms_read(&forms, checking->templates, &checking->arena, &error))
		pr_probe_fail(&checking->probe, "templates", "correct the file: no mail is sent until then", &error);
}

static void check_files(struct checking *checking)
{
	const struct pr_config *config = checking->config;
	struct pr_method method;
	struct pr_error error = {0};
	pr_probe_tell(&checking->probe, PR_PROBE_OK, "settings", NULL, "%s can be read", config->path);
	if (pr_method_read(&method, config, &checking->arena, &error))
		pr_probe_tell(&checking->probe, PR_PROBE_OK, "method tables", NULL,
			"those of %s/method can be read, limits '%s'", config->template_folder, config->limits);
	else
		pr_probe_fail(&checking->probe, "method tables", "correct the file: every report needs it", &error);
	pr_error_clear(&error);
	if (pr_templates_read(&checking->templates, config, &checking->arena, &error)) {
		pr_probe_tell(&checking->probe, PR_PROBE_OK, "templates", NULL,
			"editions, tables, words, brands and charts of %s and %s can be read", config->template_folder,
			config->chart_folder);
		checking->probe.has_brand = has_brand;
		check_forms(checking);
	} else {
		checking->templates = NULL;
		pr_probe_fail(&checking->probe, "templates", "correct the file: every report needs it", &error);
	}
}

/* --- fonts, and what is printed with them --- */

static void check_fonts(struct checking *checking)
{
	const struct pr_font_config *fonts = &checking->config->fonts;
	struct pr_error error = {0};
	if (!pr_typefaces_open(&checking->faces, fonts->regular, fonts->bold, fonts->count, &error)) {
		checking->faces = NULL;
		pr_probe_fail(&checking->probe, "fonts", "install the font, or name another one in [fonts]", &error);
		return;
	}
	if (fonts->missing)
		pr_probe_tell(&checking->probe, PR_PROBE_WARN, "fonts", "install it: reports look different without it",
			"'%s' is missing; '%s' stands in", fonts->missing, fonts->regular[0]);
	else
		pr_probe_tell(&checking->probe, PR_PROBE_OK, "fonts", NULL, "%s and %s, %zu in all", fonts->regular[0],
			fonts->bold[0], 2 * fonts->count);
	checking->probe.can_print = can_print;
	if (!checking->templates)
		return;
	if (pr_templates_check_words(checking->templates, checking->faces, &error))
		pr_probe_tell(&checking->probe, PR_PROBE_OK, "words", NULL, "the fonts have every character of every locale");
	else
		pr_probe_fail(&checking->probe, "words", "add a font that has the character to [fonts]", &error);
	pr_error_clear(&error);
	if (pr_templates_check_brands(checking->templates, checking->faces, &checking->arena, &error))
		pr_probe_tell(&checking->probe, PR_PROBE_OK, "brands", NULL, "all can be set, in their places");
	else
		pr_probe_fail(&checking->probe, "brands", "correct the brand: its tenants' reports fail", &error);
}

void pr_check(const struct pr_config *config, int64_t now_ms,
	void (*teller)(void *context, enum pr_probe_status status, const char *what, const char *found, const char *todo),
	void *context)
{
	struct checking checking = {.config = config,
		.probe = {.tell = tell, .now_ms = now_ms, .clock_ms = pr_clock_ms()},
		.tell = teller,
		.context = context};
	size_t tenants = 0;
	checking.probe.context = &checking;
	pr_arena_init(&checking.arena);
	check_files(&checking);
	check_fonts(&checking);
	pr_probe_store(config, &checking.probe, &tenants);
	pr_check_disk(config, &checking.probe, tenants);
	pr_check_mail(config, &checking.probe);
	pr_typefaces_free(checking.faces);
	pr_arena_release(&checking.arena);
}
