/* Dispatches sub-commands; the only place that prints errors and gives exit codes. */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "base/version.h"
#include "command/options.h"

static const struct command {
	const char *name;
	unsigned groups;
	bool (*run)(const struct pr_command_options *, struct pr_arena *, int *, struct pr_error *);
	const char *summary;
	const char *usage;
} commands[] = {
	{"run", PR_OPTIONS_RUN, pr_command_run, "makes the reports of a month",
		"usage: powerreport run [--month YYYY-MM] [--tenant ID]... [--edition NAME]... [--format pdf,xlsx,json]\n"
		"                       [--jobs N] [--shard I/N] [--retry-failed] [--force] [--dry-run]\n"
		"\n"
		"Makes the reports of a month under OUT/YYYY-MM/<edition>/<tenant id>-<name>/.\n"
		"\n"
		"  --month YYYY-MM    the month (default: the last whole month, once it has settled)\n"
		"  --tenant ID        only this tenant; may be repeated\n"
		"  --edition NAME     only single, management or platform; may be repeated\n"
		"  --format LIST      of pdf, xlsx, json, png, svg, layout (default: pdf,xlsx,json; png and svg are the "
		"charts)\n"
		"  --jobs N           worker processes (default: 1)\n"
		"  --shard I/N        only the tenants of shard I of N, I from 0, without the platform's report; auto/N takes "
		"I\n"
		"                     from SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX\n"
		"  --force            makes everything again; equal findings rewrite the same revision\n"
		"  --retry-failed     only those that the ledger does not call done, held, waiting or skipped\n"
		"  --dry-run          says what would be made, and makes nothing\n"
		"\n"
		"A run that was killed or ended by a signal is gone on with by the next call of the same options.\n"},
	{"status", PR_OPTIONS_STATUS, pr_command_status, "what the ledgers say of a month",
		"usage: powerreport status [--month YYYY-MM]\n"
		"\n"
		"Says what all ledgers of the folder of reports know: every tenant's state, failed and held ones first, the "
		"runs\n"
		"that made them, and which shards have not run. It changes nothing, and may be called while runs are at work.\n"
		"\n"
		"  --month YYYY-MM    the month (default: the newest that is known, and the counts of all)\n"
		"\n"
		"Exit codes here: 0 all is done, 1 somebody failed, lacks data, was interrupted or is still at work, or a "
		"shard\n"
		"has not run, 2 there is no ledger, or it cannot be read. With --quiet nothing else is said.\n"},
	{"mail", PR_OPTIONS_MAIL, pr_command_mail, "sends the reports of a month, or writes drafts",
		"usage: powerreport mail --month YYYY-MM [--tenant ID]... [--edition NAME]... [--draft DIR] [--dry-run]\n"
		"                        [--resend ID]\n"
		"\n"
		"Sends every report of the month that is done or released to its recipients, one message each, by the server\n"
		"of [mail]. Nobody gets a revision twice; held reports are listed, and wait for `powerreport release`.\n"
		"\n"
		"  --month YYYY-MM    the month\n"
		"  --tenant ID        only this tenant; may be repeated\n"
		"  --edition NAME     only single, management or platform; may be repeated\n"
		"  --draft DIR        writes each message as an .eml file that opens as a draft, and sends nothing\n"
		"  --dry-run          lists what would be sent to whom, and sends nothing\n"
		"  --resend ID        sends this one sending, though it is not known whether it arrived; its ID is listed\n"
		"\n"
		"Exit codes: 0 all is sent or held, 1 something failed or is unknown, 2 nothing was done.\n"},
	{"release", PR_OPTIONS_RELEASE, pr_command_release, "lets a held report go",
		"usage: powerreport release --tenant ID --month YYYY-MM [--edition NAME] [--revision N] [--by WHO]\n"
		"\n"
		"Releases the newest revision of a tenant's report, so that `powerreport mail` sends it. A later revision is "
		"held\n"
		"again.\n"
		"\n"
		"  --tenant ID        whose report\n"
		"  --month YYYY-MM    the month\n"
		"  --edition NAME     refused where the report is of another edition\n"
		"  --revision N       refused where another revision is the newest\n"
		"  --by WHO           who releases it (default: the user's name); the ledger records it\n"},
	{"survey", PR_OPTIONS_SURVEY | PR_OPTIONS_FILE, pr_command_survey, "alarms across every project",
		"usage: powerreport survey --month YYYY-MM [--codes CODE,CODE,...] -o FILE\n"
		"\n"
		"Counts alarms of some types in a month across every project of the directory, and writes them as a workbook,\n"
		"as CSV or as PDF. With --json they are printed too, and -o may be left out.\n"
		"\n"
		"  --month YYYY-MM    the month, in each project's time zone\n"
		"  --codes LIST       types of alarms, at most 8 (default: low_power_factor,high_thd_u,high_thd_i)\n"
		"  -o FILE            what it ends in decides: .xlsx, .csv or .pdf\n"},
	{"plot", PR_OPTIONS_PLOT | PR_OPTIONS_FILE, pr_command_plot, "curves of points over any period",
		"usage: powerreport plot --point ID-or-name ... --from T --to T --step N(m|h|d) --metric NAME ... -o FILE\n"
		"       powerreport plot --project ID --from T --to T --step N(m|h|d) --metric NAME ... -o FILE\n"
		"       powerreport plot --sensor ID-or-name ... --from T --to T --step N(m|h|d) -o FILE\n"
		"\n"
		"Draws what was measured from T to T (the end not included), in steps that begin at local midnight: the mean "
		"as\n"
		"a line, minimum to maximum as a band. Implausible values are hollow marks, and counted.\n"
		"\n"
		"  --point ID-or-name the point: its id, its name, or a part of the name that no other has; may be repeated\n"
		"  --project ID       every incomer of a project (of a sensors' metric every sensor)\n"
		"  --sensor ID-or-name a sensor; may be repeated\n"
		"  --tenant ID        only this tenant's; may be repeated\n"
		"  --from T --to T    2026-10-03 or 2026-10-03T08:00, local to the point; with an offset as 2026-10-03T08:00Z\n"
		"  --step N(m|h|d)    1m to a day, or whole days\n"
		"  --metric NAME      current, voltage, line_voltage, power, reactive, power_factor, thd_u, thd_i, "
		"temperature\n"
		"                     or residual_current; may be repeated, or a list with commas\n"
		"  --locale NAME      zh-CN or en (default: the tenant's)\n"
		"  --scale N          of a PNG: pixels a point, 1 to 8 (default: 3)\n"
		"  -o FILE            what it ends in decides: .png, .svg, .pdf, .xlsx or .csv\n"},
	{"explain", PR_OPTIONS_EXPLAIN, pr_command_explain, "how a figure came about, down to the rows",
		"usage: powerreport explain FINDING --tenant ID [--month YYYY-MM] [--project ID]\n"
		"                           [--point ID | --transformer ID | --sensor ID]\n"
		"\n"
		"Prints how a figure of the report came about: formula, rule, inputs and the rows that it was made from.\n"
		"FINDING is an id as in report.json (energy.total), a path (projects/10/points/101/energy.total), a line of\n"
		"the bill (bill_lines/3, from 1), or all.\n"
		"\n"
		"  --tenant ID        whose report\n"
		"  --month YYYY-MM    the month (default: the last whole month)\n"
		"  --project ID       the finding of a project; of one of its points, transformers or sensors with\n"
		"  --point ID --transformer ID --sensor ID\n"
		"  --verbose          every row, not the first, largest and last alone\n"
		"\n"
		"The cut-off is that of the published report where --out holds one, unless --now is given.\n"},
	{"import", PR_OPTIONS_IMPORT, pr_command_import, "a folder of CSV files becomes an embedded store",
		"usage: powerreport import DIR --db FILE\n"
		"\n"
		"Reads the CSV files of DIR, one a table or data set with a header line, into a new embedded store FILE.\n"
		"A bad line is refused with file, line, column and reason, and nothing is half imported.\n"},
	{"check", 0, pr_command_check, "tries everything that a run needs",
		"usage: powerreport check [--db FILE] [--out DIR]\n"
		"\n"
		"Tries what a run needs, before the night: settings, templates, fonts, connections, certificates, rights,\n"
		"tables, indices and fields, age of the data, clocks, time zones, disk, lock and ledger. A line each: ok, "
		"warn\n"
		"or fail, what was found, and behind an arrow what to do. Nothing is written but a probe in OUT, which is\n"
		"removed again.\n"
		"\n"
		"Exit codes: 0 nothing fails (warnings are allowed), 1 something does, 2 the settings cannot be read.\n"},
	{"snapshot", PR_OPTIONS_SNAPSHOT | PR_OPTIONS_FILE, pr_command_snapshot, "what a report used, as an embedded store",
		"usage: powerreport snapshot --tenant ID --month YYYY-MM -o FILE [--force]\n"
		"\n"
		"Copies what a tenant's report of a month is made of into a new embedded store FILE. The report that\n"
		"'powerreport run --db FILE' makes of it with the same --now is the same to the byte.\n"
		"\n"
		"  --tenant ID        whose report; not the platform's\n"
		"  --month YYYY-MM    of which month\n"
		"  -o FILE            the new store, for its owner's eyes alone (mode 0600)\n"
		"  --force            replaces a FILE that is there\n"},
};
#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static const char common_usage[] =
	"\n"
	"Options of all commands:\n"
	"  --config FILE      the settings (default: report.ini, then the installed one)\n"
	"  --db FILE          an embedded store instead of the configured one\n"
	"  --out DIR          where reports go (default: the configuration's, out)\n"
	"  --now T            the run's time and data cut-off (default: the clock; UTC without an offset)\n"
	"  --json             events or results for programs on standard output\n"
	"  --quiet --verbose --help --version\n"
	"\n"
	"Exit codes: 0 all done, 1 something failed and the rest is done, 2 nothing was done.\n";

static void print_usage(FILE *out)
{
	fprintf(out, "usage: powerreport COMMAND [options]\n\nCommands:\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-18s %s\n", commands[i].name, commands[i].summary);
	fputs(common_usage, out);
}

static int exit_code_of(enum pr_code code)
{
	switch (code) {
	case PR_CODE_USAGE:
	case PR_CODE_CONFIG:
	case PR_CODE_UNKNOWN:
	case PR_CODE_UNREACHABLE:
		return 2;
	case PR_CODE_NONE:
	case PR_CODE_STORE:
	case PR_CODE_NO_DATA:
	case PR_CODE_FONT:
	case PR_CODE_OUTPUT:
	case PR_CODE_INTERNAL:
		break;
	}
	return 1;
}

static int fail(const struct pr_error *error)
{
	struct pr_arena arena;
	char text[1200];
	const char *at = pr_error_describe(error, text, sizeof text);

	fflush(stdout);
	pr_arena_init(&arena);
	/* What it says may hold names. Lines of a list are indented; any other line break is a name's. */
	for (const char *next; (next = strstr(at, "\n  ")) != NULL; at = next + strlen("\n  ")) {
		const char *line = pr_arena_copy_n(&arena, at, (size_t)(next - at));
		fprintf(stderr, "%s%s\n", at == text ? "powerreport: " : "  ", pr_text_clean(&arena, line));
	}
	fprintf(stderr, "%s%s\n", at == text ? "powerreport: " : "  ", pr_text_clean(&arena, at));
	pr_arena_release(&arena);
	return exit_code_of(error->code);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* The one look at the clock: what a report says depends on --now alone. */
static int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool print(const char *text)
{
	return fputs(text, stdout) != EOF && fflush(stdout) != EOF;
}

static void draw(const char *text)
{
	/* A terminal that is gone is nobody's loss. */
	if (fputs(text, stderr) != EOF)
		fflush(stderr);
}

/* A person looks on: standard error is a terminal, and nothing else was asked for. */
static void find_terminal(struct pr_command_options *options)
{
	struct winsize size = {0};

	if (options->quiet || options->json || options->verbose || !isatty(STDERR_FILENO))
		return;
	options->draw = draw;
	options->columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static enum pr_log_level log_level(const struct pr_command_options *options)
{
	if (options->quiet)
		return PR_LOG_ERROR;
	return options->verbose ? PR_LOG_DEBUG : PR_LOG_INFO;
}

static int run_command(const struct command *command, int argc, const char *const *argv, struct pr_arena *arena)
{
	struct pr_command_options options = {
		.now_ms = clock_ms(), .print = print, .jobs = 1, .formats = PR_FORMAT_PDF | PR_FORMAT_XLSX | PR_FORMAT_JSON};
	struct pr_option_result result = {0};
	struct pr_error error = {0};
	int exit_code = 0;

	if (!pr_options_parse(argc, argv, command->groups, arena, &options, &result, &error))
		return fail(&error);
	if (result.help) {
		fputs(command->usage, stdout);
		fputs(common_usage, stdout);
		return 0;
	}
	if (result.version)
		return print("powerreport " PR_VERSION "\n") ? 0 : 1;
	pr_log_open(log_level(&options));
	find_terminal(&options);
	if (!command->run(&options, arena, &exit_code, &error))
		return fail(&error);
	return exit_code;
}

static int dispatch(int argc, const char *const *argv)
{
	const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;
	struct pr_arena arena;
	int exit_code;

	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)) {
		print_usage(stdout);
		return 0;
	}
	if (argc > 1 && strcmp(argv[1], "--version") == 0) {
		puts("powerreport " PR_VERSION);
		return 0;
	}
	if (!command) {
		if (argc > 1)
			fprintf(stderr, "powerreport: unknown command '%s'\n", argv[1]);
		print_usage(stderr);
		return 2;
	}
	pr_arena_init(&arena);
	exit_code = run_command(command, argc - 1, argv + 1, &arena);
	pr_arena_release(&arena);
	return exit_code;
}

int main(int argc, char **argv)
{
	int exit_code = dispatch(argc, (const char *const *)argv);

	/* What was printed must have arrived: a full disk behind a redirection is a failure. */
	if (fflush(stdout) != 0 || ferror(stdout))
		exit_code = exit_code == 0 ? 1 : exit_code;
	return exit_code;
}
