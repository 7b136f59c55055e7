/* build/generate [-o] FILE [--seed N] [--data FOLDER]: writes the sample store. See README.md. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "sample.h"

struct options {
	const char *out, *folder;
	int64_t seed;
};

static bool parse_options(int count, char **words, struct options *options, struct pr_error *error)
{
	for (int i = 1; i < count; i++) {
		const char *word = words[i];
		const char *value = i + 1 < count ? words[i + 1] : NULL;

		if (word[0] != '-') {
			options->out = word;
			continue;
		}
		if (!value)
			return pr_error_set(error, PR_CODE_USAGE, "option '%s': expected a value", word);
		if (strcmp(word, "-o") == 0)
			options->out = value;
		else if (strcmp(word, "--data") == 0)
			options->folder = value;
		else if (strcmp(word, "--seed") != 0)
			return pr_error_set(error, PR_CODE_USAGE, "unknown option '%s': expected -o, --seed or --data", word);
		else if (!pr_text_to_int64(value, &options->seed))
			return pr_error_set(error, PR_CODE_USAGE, "seed '%s': expected a whole number", value);
		i++;
	}
	if (!options->out)
		return pr_error_set(error, PR_CODE_USAGE, "expected: generate -o FILE [--seed N] [--data FOLDER]");
	return true;
}

static bool write_project(const struct pr_sample_company *company, struct pr_sample_project *project,
	struct pr_sample_events *events, struct pr_sample_store *store, struct pr_error *error)
{
	struct pr_sample_load *loads;
	struct pr_arena arena;
	bool done;

	pr_arena_init(&arena);
	pr_sample_project_moments(company, project, &arena);
	done = pr_sample_load_make(company, project, &arena, &loads, error) &&
	       pr_sample_quarters_write(company, project, loads, &arena, events, store, error) &&
	       pr_sample_minutes_write(company, project, loads, events, store, error) &&
	       pr_sample_sensors_write(company, project, loads, events, store, error);
	pr_arena_release(&arena);
	project->moments = NULL;
	project->moment_count = 0;
	return done;
}

static bool write_store(const char *path, const struct options *options, struct pr_arena *arena, struct pr_error *error)
{
	struct pr_sample_company company = {.seed = (uint64_t)options->seed};
	struct pr_sample_events events = {.arena = arena};
	struct pr_sample_store *store = NULL;
	bool done = pr_sample_store_open(&store, path, options->folder, arena, error) &&
	            pr_sample_store_company(store, arena, &company, error);

	for (size_t i = 0; done && i < company.project_count; i++)
		done = write_project(&company, &company.projects[i], &events, store, error);
	done = done && pr_sample_events_write(&company, &events, store, error) &&
	       pr_sample_store_finish(store, options->folder, arena, error);
	pr_sample_store_close(store);
	return done;
}

static bool generate(const struct options *options, struct pr_arena *arena, struct pr_error *error)
{
	const char *path = pr_arena_format(arena, "%s.part", options->out);

	if (!write_store(path, options, arena, error)) {
		(void)remove(path);
		return false;
	}
	if (rename(path, options->out) != 0) {
		(void)remove(path);
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot rename '%s' to '%s'", path, options->out);
	}
	return true;
}

int main(int count, char **words)
{
	struct options options = {.folder = "samples", .seed = 1};
	struct pr_error error = {0};
	struct pr_arena arena;
	char text[1200];
	bool done;

	pr_arena_init(&arena);
	done = parse_options(count, words, &options, &error) && generate(&options, &arena, &error);
	pr_arena_release(&arena);
	if (done)
		return 0;
	fprintf(stderr, "generate: %s\n", pr_error_describe(&error, text, sizeof text));
	return error.code == PR_CODE_USAGE ? 2 : 1;
}
