/*
 * Prints the layout of one tenant's document, for tests that compare it with an expected one:
 *     dump_layout CONFIG STORE TENANT MONTH NOW
 * STORE is an embedded store; the text is pr_document_dump's.
 */
#include <stdio.h>

#include "analysis/analysis.h"
#include "base/text.h"
#include "config/method.h"
#include "document/document.h"
#include "source/gather.h"
#include "source/source.h"

struct wanted {
	const char *config, *store;
	int64_t tenant, now_ms;
	struct pr_month month;
};

static bool parse(int count, char **arguments, struct wanted *wanted)
{
	if (count != 6)
		return false;
	wanted->config = arguments[1];
	wanted->store = arguments[2];
	return pr_text_to_int64(arguments[3], &wanted->tenant) && pr_month_parse(arguments[4], &wanted->month) &&
	       pr_time_parse(arguments[5], NULL, &wanted->now_ms);
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
	good = pr_source_directory(source, wanted->tenant, arena, directory, error) &&
	       pr_gather(source, directory, method, wanted->month, wanted->now_ms, arena, dataset, error);
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
	good = analyse(wanted, &config, arena, &report, error) && pr_templates_read(&templates, &config, arena, error) &&
	       pr_typefaces_open(&faces, config.fonts.regular, config.fonts.bold, config.fonts.count, error) &&
	       pr_document_build(templates, &report, faces, arena, &document, error);
	if (good)
		pr_document_dump(&document, arena, &text);
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
		fputs("usage: dump_layout CONFIG STORE TENANT MONTH NOW\n", stderr);
		return 2;
	}
	pr_arena_init(&arena);
	if (!dump(&wanted, &arena, &error))
		fprintf(stderr, "dump_layout: %s\n", pr_error_describe(&error, text, sizeof text));
	pr_arena_release(&arena);
	return error.code == PR_CODE_NONE ? 0 : 1;
}
