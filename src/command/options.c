#include "command/options.h"

#include <string.h>

#include "base/text.h"
#include "model/directory.h"

#define GROUP_ALL 0U
#define SCALE_LEAST 1
#define SCALE_MOST 8

struct parser {
	struct pr_command_options *options;
	struct pr_option_result *result;
	struct pr_arena *arena;
	size_t tenant_capacity, argument_capacity, point_capacity, sensor_capacity, metric_capacity;
	struct pr_error *error;
};

static bool take_config(struct parser *parser, const char *value)
{
	parser->options->config_path = value;
	return true;
}

static bool take_db(struct parser *parser, const char *value)
{
	parser->options->db_path = value;
	return true;
}

static bool take_out(struct parser *parser, const char *value)
{
	parser->options->out_path = value;
	return true;
}

static bool take_file(struct parser *parser, const char *value)
{
	parser->options->output_file = value;
	return true;
}

static bool take_now(struct parser *parser, const char *value)
{
	parser->options->has_now = true;
	if (pr_time_parse(value, NULL, &parser->options->now_ms))
		return true;
	return pr_error_set(parser->error, PR_CODE_USAGE,
		"--now: '%s' is not a time; expected such as 2018-04-03T00:00+09:00 (UTC without an offset)", value);
}

static bool take_json(struct parser *parser, const char *value)
{
	(void)value;
	return parser->options->json = true;
}

static bool take_quiet(struct parser *parser, const char *value)
{
	(void)value;
	return parser->options->quiet = true;
}

static bool take_verbose(struct parser *parser, const char *value)
{
	(void)value;
	return parser->options->verbose = true;
}

static bool take_help(struct parser *parser, const char *value)
{
	(void)value;
	return parser->result->help = true;
}

static bool take_version(struct parser *parser, const char *value)
{
	(void)value;
	return parser->result->version = true;
}

static bool take_month(struct parser *parser, const char *value)
{
	parser->options->has_month = true;
	if (pr_month_parse(value, &parser->options->month))
		return true;
	return pr_error_set(parser->error, PR_CODE_USAGE, "--month: '%s' is not a month; expected such as 2018-03", value);
}

static bool take_tenant(struct parser *parser, const char *value)
{
	int64_t id;

	if (!pr_text_to_int64(value, &id) || id <= 0)
		return pr_error_set(
			parser->error, PR_CODE_USAGE, "--tenant: '%s' is not an id; expected a whole number above 0", value);
	*PR_PUSH(parser->arena, parser->options->tenants, parser->options->tenant_count, parser->tenant_capacity) = id;
	return true;
}

static bool take_subject(struct parser *parser, const char *option, const char *value, enum pr_explain_option which)
{
	int64_t id;

	if (!pr_text_to_int64(value, &id) || id <= 0)
		return pr_error_set(
			parser->error, PR_CODE_USAGE, "--%s: '%s' is not an id; expected a whole number above 0", option, value);
	parser->options->subjects[which] = id;
	return true;
}

static bool take_project(struct parser *parser, const char *value)
{
	return take_subject(parser, "project", value, PR_EXPLAIN_OPTION_PROJECT);
}

static bool take_point(struct parser *parser, const char *value)
{
	return take_subject(parser, "point", value, PR_EXPLAIN_OPTION_POINT);
}

static bool take_transformer(struct parser *parser, const char *value)
{
	return take_subject(parser, "transformer", value, PR_EXPLAIN_OPTION_TRANSFORMER);
}

static bool take_sensor(struct parser *parser, const char *value)
{
	return take_subject(parser, "sensor", value, PR_EXPLAIN_OPTION_SENSOR);
}

static bool take_plot_point(struct parser *parser, const char *value)
{
	struct pr_command_options *options = parser->options;
	*PR_PUSH(parser->arena, options->points, options->point_count, parser->point_capacity) = value;
	return true;
}

static bool take_plot_sensor(struct parser *parser, const char *value)
{
	struct pr_command_options *options = parser->options;
	*PR_PUSH(parser->arena, options->sensors, options->sensor_count, parser->sensor_capacity) = value;
	return true;
}

static bool take_metric(struct parser *parser, const char *value)
{
	struct pr_command_options *options = parser->options;
	for (char *text = pr_arena_copy(parser->arena, value); text;) {
		char *comma = strchr(text, ',');
		if (comma)
			*comma = '\0';
		*PR_PUSH(parser->arena, options->metrics, options->metric_count, parser->metric_capacity) = pr_text_trim(text);
		text = comma ? comma + 1 : NULL;
	}
	return true;
}

static bool take_from(struct parser *parser, const char *value)
{
	parser->options->from = value;
	return true;
}

static bool take_to(struct parser *parser, const char *value)
{
	parser->options->to = value;
	return true;
}

static bool take_step(struct parser *parser, const char *value)
{
	parser->options->step = value;
	return true;
}

static bool take_locale(struct parser *parser, const char *value)
{
	parser->options->locale = value;
	return true;
}

static bool take_scale(struct parser *parser, const char *value)
{
	double scale;
	if (!pr_text_to_double(value, &scale) || !(scale >= SCALE_LEAST && scale <= SCALE_MOST))
		return pr_error_set(parser->error, PR_CODE_USAGE,
			"--scale: '%s' is not a number of pixels a point; expected %d to %d", value, SCALE_LEAST, SCALE_MOST);
	parser->options->scale = scale;
	return true;
}

/* "pdf, xlsx or json" */
static const char *list_names(struct pr_arena *arena, const char *const *names, int count)
{
	struct pr_buffer list;

	pr_buffer_init(&list, arena);
	for (int i = 0; i < count; i++) {
		if (i > 0)
			pr_buffer_add(&list, i + 1 < count ? ", " : " or ");
		pr_buffer_add(&list, names[i]);
	}
	return list.text;
}

/* A comma separated list of names → bits by their place in the table. */
static bool take_names(
	struct parser *parser, const char *option, const char *value, const char *const *names, int count, unsigned *bits)
{
	char *text = pr_arena_copy(parser->arena, value);

	while (text) {
		char *comma = strchr(text, ',');
		int index;

		if (comma)
			*comma = '\0';
		index = pr_name_index(names, count, pr_text_trim(text));
		if (index < 0)
			return pr_error_set(parser->error, PR_CODE_USAGE, "--%s: '%s' is unknown; expected %s", option, text,
				list_names(parser->arena, names, count));
		*bits |= 1U << index;
		text = comma ? comma + 1 : NULL;
	}
	return true;
}

static bool take_edition(struct parser *parser, const char *value)
{
	return take_names(parser, "edition", value, pr_edition_names, PR_EDITION_COUNT, &parser->options->editions);
}

static bool take_format(struct parser *parser, const char *value)
{
	static const char *const names[] = {"pdf", "xlsx", "json", "png", "svg", "layout"};

	parser->options->formats = 0;
	return take_names(parser, "format", value, names, 6, &parser->options->formats);
}

static bool is_given(const struct pr_command_options *options, const char *code)
{
	for (size_t i = 0; i < options->code_count; i++)
		if (strcmp(options->codes[i], code) == 0)
			return true;
	return false;
}

/* Types of alarms: the directory, which knows them, is not open yet. One that is given twice counts once. */
static bool take_codes(struct parser *parser, const char *value)
{
	struct pr_command_options *options = parser->options;

	for (char *text = pr_arena_copy(parser->arena, value); text;) {
		char *comma = strchr(text, ',');
		const char *code;

		if (comma)
			*comma = '\0';
		code = pr_text_trim(text);
		if (!*code)
			return pr_error_set(parser->error, PR_CODE_USAGE,
				"--codes: '%s' holds an empty code; expected such as low_power_factor,high_thd_u", value);
		if (!is_given(options, code) && options->code_count == PR_COMMAND_CODES_MAX)
			return pr_error_set(parser->error, PR_CODE_USAGE, "--codes: more than %d codes", PR_COMMAND_CODES_MAX);
		if (!is_given(options, code))
			options->codes[options->code_count++] = code;
		text = comma ? comma + 1 : NULL;
	}
	return true;
}

static bool take_jobs(struct parser *parser, const char *value)
{
	int64_t jobs;

	if (!pr_text_to_int64(value, &jobs) || jobs < 1 || jobs > 256)
		return pr_error_set(
			parser->error, PR_CODE_USAGE, "--jobs: '%s' is not a number of workers; expected 1 to 256", value);
	parser->options->jobs = (int)jobs;
	return true;
}

static bool take_shard(struct parser *parser, const char *value)
{
	return pr_shard_parse(value, &parser->options->shard, parser->error);
}

static bool take_force(struct parser *parser, const char *value)
{
	(void)value;
	return parser->options->force = true;
}

static bool take_retry_failed(struct parser *parser, const char *value)
{
	(void)value;
	return parser->options->retry_failed = true;
}

static bool take_dry_run(struct parser *parser, const char *value)
{
	(void)value;
	return parser->options->dry_run = true;
}

static bool take_draft(struct parser *parser, const char *value)
{
	parser->options->draft_folder = value;
	return *value || pr_error_set(parser->error, PR_CODE_USAGE, "--draft: a folder is expected");
}

static bool take_number(struct parser *parser, const char *option, const char *value, int64_t *number)
{
	return (pr_text_to_int64(value, number) && *number > 0 && *number <= INT32_MAX) ||
	       pr_error_set(parser->error, PR_CODE_USAGE, "--%s: '%s' is no number of one; expected a whole number above 0",
			   option, value);
}

static bool take_resend(struct parser *parser, const char *value)
{
	return take_number(parser, "resend", value, &parser->options->resend);
}

static bool take_revision(struct parser *parser, const char *value)
{
	return take_number(parser, "revision", value, &parser->options->revision);
}

static bool take_by(struct parser *parser, const char *value)
{
	parser->options->by = value;
	return *value || pr_error_set(parser->error, PR_CODE_USAGE, "--by: a name is expected");
}

static const struct option {
	const char *name;
	unsigned group;
	bool has_value;
	bool (*take)(struct parser *parser, const char *value);
} options_known[] = {
	{"config", GROUP_ALL, true, take_config},
	{"db", GROUP_ALL, true, take_db},
	{"out", GROUP_ALL, true, take_out},
	{"now", GROUP_ALL, true, take_now},
	{"json", GROUP_ALL, false, take_json},
	{"quiet", GROUP_ALL, false, take_quiet},
	{"verbose", GROUP_ALL, false, take_verbose},
	{"help", GROUP_ALL, false, take_help},
	{"version", GROUP_ALL, false, take_version},
	{"month",
		PR_OPTIONS_RUN | PR_OPTIONS_SURVEY | PR_OPTIONS_EXPLAIN | PR_OPTIONS_MAIL | PR_OPTIONS_RELEASE |
			PR_OPTIONS_STATUS,
		true, take_month},
	{"codes", PR_OPTIONS_SURVEY, true, take_codes},
	{"tenant", PR_OPTIONS_RUN | PR_OPTIONS_EXPLAIN | PR_OPTIONS_PLOT | PR_OPTIONS_MAIL | PR_OPTIONS_RELEASE, true,
		take_tenant},
	{"edition", PR_OPTIONS_RUN | PR_OPTIONS_MAIL | PR_OPTIONS_RELEASE, true, take_edition},
	{"format", PR_OPTIONS_RUN, true, take_format},
	{"jobs", PR_OPTIONS_RUN, true, take_jobs},
	{"shard", PR_OPTIONS_RUN, true, take_shard},
	{"force", PR_OPTIONS_RUN, false, take_force},
	{"retry-failed", PR_OPTIONS_RUN, false, take_retry_failed},
	{"dry-run", PR_OPTIONS_RUN | PR_OPTIONS_MAIL, false, take_dry_run},
	{"draft", PR_OPTIONS_MAIL, true, take_draft},
	{"resend", PR_OPTIONS_MAIL, true, take_resend},
	{"revision", PR_OPTIONS_RELEASE, true, take_revision},
	{"by", PR_OPTIONS_RELEASE, true, take_by},
	{"project", PR_OPTIONS_EXPLAIN | PR_OPTIONS_PLOT, true, take_project},
	{"point", PR_OPTIONS_EXPLAIN, true, take_point},
	{"transformer", PR_OPTIONS_EXPLAIN, true, take_transformer},
	{"sensor", PR_OPTIONS_EXPLAIN, true, take_sensor},
	{"point", PR_OPTIONS_PLOT, true, take_plot_point},
	{"sensor", PR_OPTIONS_PLOT, true, take_plot_sensor},
	{"metric", PR_OPTIONS_PLOT, true, take_metric},
	{"from", PR_OPTIONS_PLOT, true, take_from},
	{"to", PR_OPTIONS_PLOT, true, take_to},
	{"step", PR_OPTIONS_PLOT, true, take_step},
	{"locale", PR_OPTIONS_PLOT, true, take_locale},
	{"scale", PR_OPTIONS_PLOT, true, take_scale},
	{"month", PR_OPTIONS_SNAPSHOT, true, take_month},
	{"tenant", PR_OPTIONS_SNAPSHOT, true, take_tenant},
	{"force", PR_OPTIONS_SNAPSHOT, false, take_force},
};
#define OPTION_COUNT (sizeof options_known / sizeof *options_known)

static const struct option *find_option(const char *name, size_t length, unsigned groups)
{
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option *option = &options_known[i];
		if (strlen(option->name) == length && strncmp(option->name, name, length) == 0 &&
			(option->group == GROUP_ALL || (option->group & groups)))
			return option;
	}
	return NULL;
}

static bool take_long(struct parser *parser, const char *command, const char *argument, const char *next,
	unsigned groups, bool *used_next)
{
	const char *name = argument + 2;
	size_t length = strcspn(name, "=");
	const struct option *option = find_option(name, length, groups);
	const char *value = name[length] ? name + length + 1 : NULL;

	*used_next = false;
	if (!option)
		return pr_error_set(
			parser->error, PR_CODE_USAGE, "unknown option '%s'; see 'powerreport %s --help'", argument, command);
	if (!option->has_value) {
		if (value)
			return pr_error_set(parser->error, PR_CODE_USAGE, "--%s takes no value", option->name);
		return option->take(parser, NULL);
	}
	if (!value) {
		if (!next)
			return pr_error_set(parser->error, PR_CODE_USAGE, "--%s: a value is expected", option->name);
		value = next;
		*used_next = true;
	}
	return option->take(parser, value);
}

bool pr_options_parse(int argc, const char *const *argv, unsigned groups, struct pr_arena *arena,
	struct pr_command_options *options, struct pr_option_result *result, struct pr_error *error)
{
	struct parser parser = {.options = options, .result = result, .arena = arena, .error = error};

	for (int i = 1; i < argc; i++) {
		const char *next = i + 1 < argc ? argv[i + 1] : NULL;
		bool used_next = false;

		if (pr_text_starts(argv[i], "--")) {
			if (!take_long(&parser, argv[0], argv[i], next, groups, &used_next))
				return false;
		} else if (strcmp(argv[i], "-o") == 0 && (groups & PR_OPTIONS_FILE)) {
			if (!next)
				return pr_error_set(error, PR_CODE_USAGE, "-o: a file is expected");
			used_next = take_file(&parser, next);
		} else if (argv[i][0] == '-' && argv[i][1]) {
			return pr_error_set(
				error, PR_CODE_USAGE, "unknown option '%s'; see 'powerreport %s --help'", argv[i], argv[0]);
		} else {
			*PR_PUSH(arena, options->arguments, options->argument_count, parser.argument_capacity) = argv[i];
		}
		i += used_next;
	}
	if (!(groups & (PR_OPTIONS_IMPORT | PR_OPTIONS_EXPLAIN)) && options->argument_count > 0 && !result->help)
		return pr_error_set(error, PR_CODE_USAGE, "unexpected argument '%s'; see 'powerreport %s --help'",
			options->arguments[0], argv[0]);
	return true;
}
