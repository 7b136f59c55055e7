/* powerreport import DIR --db FILE: see source/import.h. */
#include "source/import.h"
#include "base/text.h"
#include "command/command.h"
#include "output/json.h"

/* One line for the whole import, for programs. */
static void add_json(struct pr_buffer *buffer, const char *db_path, const struct pr_import_result *result)
{
	pr_buffer_add(buffer, "{\"db\": ");
	pr_json_quote(buffer, db_path);
	pr_buffer_add(buffer, ", \"files\": [");
	for (size_t i = 0; i < result->count; i++) {
		const struct pr_import_file *file = &result->files[i];
		pr_buffer_add(buffer, i == 0 ? "{\"name\": " : ", {\"name\": ");
		pr_json_quote(buffer, file->name);
		if (file->ignored)
			pr_buffer_add(buffer, ", \"ignored\": true}");
		else
			pr_buffer_format(buffer, ", \"rows\": %zu, \"replaced\": %zu, \"repeated_keys\": %zu}", file->rows,
				file->replaced, file->repeated_keys);
	}
	pr_buffer_add(buffer, "]}\n");
}

static void add_lines(struct pr_buffer *buffer, const char *db_path, const struct pr_import_result *result)
{
	for (size_t i = 0; i < result->count; i++) {
		const struct pr_import_file *file = &result->files[i];
		if (file->ignored)
			pr_buffer_format(
				buffer, "%s: ignored, not a file of the contract\n", pr_text_clean(buffer->arena, file->name));
		else if (file->replaced > 0)
			pr_buffer_format(buffer, "%s: %zu rows, %zu kept (%zu keys came again; the later line wins)\n", file->name,
				file->rows, file->rows - file->replaced, file->repeated_keys);
		else
			pr_buffer_format(buffer, "%s: %zu rows\n", file->name, file->rows);
	}
	pr_buffer_format(buffer, "made %s\n", db_path);
}

bool pr_command_import(
	const struct pr_command_options *options, struct pr_arena *arena, int *exit_code, struct pr_error *error)
{
	if (options->argument_count != 1 || !options->db_path)
		return pr_error_set(error, PR_CODE_USAGE, "import: %s; expected powerreport import DIR --db FILE",
			options->argument_count == 0   ? "no folder is named"
			: options->argument_count != 1 ? "more than one folder is named"
										   : "no store is named");
	struct pr_import_result result;
	if (!pr_import(options->arguments[0], options->db_path, arena, &result, error))
		return false;
	struct pr_buffer buffer;
	pr_buffer_init(&buffer, arena);
	if (options->json)
		add_json(&buffer, options->db_path, &result);
	else if (!options->quiet)
		add_lines(&buffer, options->db_path, &result);
	if (!options->print(buffer.text))
		return pr_error_set(error, PR_CODE_OUTPUT, "cannot write to standard output");
	*exit_code = 0;
	return true;
}
