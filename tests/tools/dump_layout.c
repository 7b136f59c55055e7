/*
 * Prints the layout of one tenant's document, for tests that compare it with an expected one:
 *     dump_layout CONFIG STORE TENANT MONTH NOW [OUT]
 * STORE is an embedded store; the text is pr_document_dump's. A platform leaves its projects' summaries in OUT's ledger.
 */
#include <stdio.h>

#include "analysis/analysis.h"
#include "base/text.h"
#include "batch/platform.h"
#include "config/method.h"
#include "document/document.h"
#include "source/gather.h"
#include "source/source.h"

struct wanted {
	const char *config, *store, *out;
	int64_t tenant, now_ms;
	struct pr_month month;
};

static bool parse(int count, char **arguments, struct wanted *wanted)
{
	if (count != 6 && count != 7)
		return false;
	wanted->config = arguments[1];
	wanted->store = arguments[2];
	wanted->out = count == 7 ? arguments[6] : NULL;
	return pr_text_to_int64(arguments[3], &wanted->tenant) && pr_month_parse(arguments[4], &wanted->month) &&
	       pr_time_parse(arguments[5], NULL, &wanted->now_ms);
}

/* A platform's report comes from the summaries of every project, which are made first. */
static bool gather_platform(const struct wanted *wanted, const struct pr_config *config, const struct pr_method *method,
	const struct pr_tenant *tenant, struct pr_arena *arena, struct pr_report *report, struct pr_error *error)
{
	struct pr_workshop *workshop = pr_arena_array(arena, 1, sizeof *workshop);
	struct pr_run_so_far *run = pr_arena_array(arena, 1, sizeof *run);

	if (!wanted->out)
		return pr_error_set(error, PR_CODE_USAGE, "a platform needs a folder for its ledger; expected OUT");
	workshop->config = config;
	workshop->method = *method;
	workshop->now_ms = wanted->now_ms;
	workshop->run = run;
	return pr_platform_gather(workshop, tenant, wanted->month, run, arena, report, error);
}

static bool analyse(const struct wanted *wanted, const struct pr_config *config, struct pr_arena *arena,
	struct pr_report *report, struct pr_error *error)
{
	struct pr_directory *directory = pr_arena_array(arena, 1, sizeof *directory);
	struct pr_dataset *dataset = pr_arena_array(arena, 1, sizeof *dataset);
	struct pr_method *method = pr_arena_array(arena, 1, sizeof *method);
	struct pr_source *source = NULL;
	bool good;

	if (!pr_method_read(method, config, arena, error) || !pr_source_open(&source, config, error))
		return false;
	good = pr_source_directory(source, wanted->tenant, arena, directory, error);
	if (good && directory->tenant.edition == PR_EDITION_PLATFORM) {
		pr_source_free(source);
		return gather_platform(wanted, config, method, &directory->tenant, arena, report, error);
	}
	good = good && pr_gather(source, directory, method, wanted->month, wanted->now_ms, arena, dataset, error);
	pr_source_free(source);
	return good && pr_analyse(dataset, method, arena, report, error);
}

static bool dump(const struct wanted *wanted, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_config config;
	struct pr_report report;
	struct pr_templates *templates;
	struct pr_typefaces *faces = NULL;
	struct pr_document document;
	const char *text = "";
	bool good;

	if (!pr_config_read(&config, wanted->config, arena, error))
		return false;
	config.store.kind = PR_STORE_EMBEDDED;
	config.store.path = wanted->store;
	if (wanted->out)
		config.out_folder = wanted->out;
	report = (struct pr_report){0};
	good = analyse(wanted, &config, arena, &report, error) && pr_templates_read(&templates, &config, arena, error) &&
	       pr_typefaces_open(&faces, config.fonts.regular, config.fonts.bold, config.fonts.count, error) &&
	       pr_document_build(templates, &report, faces, arena, &document, error);
	if (good)
		pr_document_dump(&document, arena, &text);
	pr_platform_release(&report);
	pr_typefaces_free(faces);
	return good &&
	       (fputs(text, stdout) != EOF || pr_error_set(error, PR_CODE_OUTPUT, "cannot write to standard output"));
}

int main(int count, char **arguments)
{
	struct wanted wanted;
	struct pr_error error = {0};
	struct pr_arena arena;
	char text[1200];

	if (!parse(count, arguments, &wanted)) {
		fputs("usage: dump_layout CONFIG STORE TENANT MONTH NOW [OUT]\n", stderr);
		return 2;
	}
	pr_arena_init(&arena);
	if (!dump(&wanted, &arena, &error))
		fprintf(stderr, "dump_layout: %s\n", pr_error_describe(&error, text, sizeof text));
	pr_arena_release(&arena);
	return error.code == PR_CODE_NONE ? 0 : 1;
}
