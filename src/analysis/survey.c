#include "analysis/survey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/alarms.h"
#include "analysis/alarms_judge.h"
#include "base/text.h"

const char *const pr_survey_reason_names[PR_SURVEY_REASON_COUNT] = {
	"test", "retired", "outside_validity", "implausible", "duplicate", "out_of_service", "unknown_project"};

/* A point of the project that is being read. */
struct point_tally {
	int64_t id;
	uint64_t count;
	unsigned codes; /* a bit each */
};

struct pr_survey_state {
	struct pr_survey_project *project; /* NULL = none yet */
	struct pr_arena arena;             /* its points */
	struct point_tally *points;
	size_t point_count, point_capacity;
	size_t last; /* the point that was met last: alarms of one come together */
	uint32_t days;
	double distance[PR_SURVEY_CODES_MAX]; /* of the worst value from its limit; −1 = none */
	/* Its parts of the directory. */
	const struct pr_survey_part *parts, *sensors;
	size_t part_count, sensor_count;
};

static const struct pr_survey_tally empty = {.worst = NAN, .limit = NAN};

void pr_survey_init(struct pr_survey *survey, const struct pr_survey_directory *directory,
	const struct pr_method *method, int64_t cutoff_ms, const char *const *codes, size_t code_count,
	struct pr_arena *arena)
{
	*survey = (struct pr_survey){.directory = directory,
		.method = method,
		.cutoff_ms = cutoff_ms,
		.arena = arena,
		.code_count = code_count,
		.project_count = directory->site_count,
		.sum = empty};
	for (size_t i = 0; i < code_count; i++) {
		struct pr_survey_code *code = &survey->codes[i];
		*code = (struct pr_survey_code){.code = codes[i], .sum = empty, .share = PR_MICRO_MISSING};
		code->is_test = pr_alarms_code_fits(method->alarms.test_codes, codes[i]);
		for (size_t k = 0; k < directory->alarm_type_count && !code->type; k++)
			if (strcmp(directory->alarm_types[k].code, codes[i]) == 0)
				code->type = &directory->alarm_types[k];
	}
	survey->projects = pr_arena_array(arena, survey->project_count, sizeof *survey->projects);
	survey->ranked = pr_arena_array(arena, survey->project_count, sizeof(const struct pr_survey_project *));
	survey->state = pr_arena_alloc(arena, sizeof *survey->state);
	for (size_t i = 0; i < survey->project_count; i++) {
		struct pr_survey_project *project = &survey->projects[i];
		int64_t end_ms;
		project->site = &directory->sites[i];
		project->sum = empty;
		project->share = PR_MICRO_MISSING;
		pr_zone_month(project->site->zone, pr_month_add(directory->month, -1), &project->before_ms, &end_ms);
		pr_zone_month(project->site->zone, directory->month, &project->from_ms, &project->to_ms);
	}
}

/* --- one project after the other --- */

static void finish_points(struct pr_survey *survey)
{
	const struct pr_survey_state *state = survey->state;
	struct pr_survey_project *project = state->project;
	for (size_t i = 0; i < state->point_count; i++) {
		const struct point_tally *point = &state->points[i];
		project->sum.points++;
		for (size_t c = 0; c < survey->code_count; c++)
			project->codes[c].points += point->codes >> c & 1U;
		if (point->count > project->top_point_count ||
			(point->count == project->top_point_count && point->id < project->top_point_id)) {
			project->top_point_id = point->id;
			project->top_point_count = point->count;
		}
	}
	for (uint32_t days = state->days; days; days >>= 1)
		project->days += days & 1U;
}

void pr_survey_close(struct pr_survey *survey)
{
	if (!survey->state->project)
		return;
	finish_points(survey);
	pr_arena_release(&survey->state->arena);
	*survey->state = (struct pr_survey_state){0};
}

static void open_project(struct pr_survey *survey, struct pr_survey_project *project)
{
	struct pr_survey_state *state = survey->state;
	const struct pr_survey_directory *directory = survey->directory;
	pr_survey_close(survey);
	pr_arena_init(&state->arena);
	state->project = project;
	for (size_t i = 0; i < PR_SURVEY_CODES_MAX; i++)
		state->distance[i] = -1;
	state->parts = pr_survey_parts_of(directory->points, directory->point_count, project->site->id, &state->part_count);
	state->sensors =
		pr_survey_parts_of(directory->sensors, directory->sensor_count, project->site->id, &state->sensor_count);
}

static struct pr_survey_tally *tallies_of(struct pr_survey *survey, struct pr_survey_project *project)
{
	if (project->codes)
		return project->codes;
	project->codes = pr_arena_array(survey->arena, survey->code_count, sizeof *project->codes);
	for (size_t i = 0; i < survey->code_count; i++)
		project->codes[i] = empty;
	return project->codes;
}

static void count_point(struct pr_survey_state *state, int64_t point_id, size_t code)
{
	if (!point_id)
		return;
	if (state->last >= state->point_count || state->points[state->last].id != point_id)
		for (state->last = 0; state->last < state->point_count; state->last++)
			if (state->points[state->last].id == point_id)
				break;
	if (state->last == state->point_count)
		PR_PUSH(&state->arena, state->points, state->point_count, state->point_capacity)->id = point_id;
	state->points[state->last].count++;
	state->points[state->last].codes |= 1U << code;
}

/* Order must not matter: of equal distances the smaller value. */
static void keep_worst(
	struct pr_survey_state *state, struct pr_survey_tally *tally, size_t code, double value, double limit)
{
	double distance = fabs(value - limit);
	if (!(distance >= state->distance[code]))
		return;
	if (distance > state->distance[code] || value < tally->worst) {
		state->distance[code] = distance;
		tally->worst = value;
		tally->limit = limit;
	}
}

/* An alarm that counts. */
static void count_alarm(struct pr_survey *survey, size_t code, const struct pr_survey_alarm *alarm)
{
	struct pr_survey_state *state = survey->state;
	struct pr_survey_project *project = state->project;
	struct pr_survey_tally *tally = &tallies_of(survey, project)[code];
	if (alarm->started_at_ms < project->from_ms) {
		tally->before++;
		project->sum.before++;
		return;
	}
	const struct pr_event event = {.started_at_ms = alarm->started_at_ms, .ended_at_ms = alarm->ended_at_ms};
	int64_t lasted_ms = pr_alarms_duration_ms(&survey->method->alarms, &event, false);
	bool is_open = alarm->ended_at_ms == PR_TIME_MISSING;
	tally->now++;
	project->sum.now++;
	tally->open += is_open;
	project->sum.open += is_open;
	if (lasted_ms != PR_TIME_MISSING) {
		tally->lasted_ms += lasted_ms;
		project->sum.lasted_ms += lasted_ms;
	}
	count_point(state, alarm->point_id, code);
	state->days |= UINT32_C(1) << pr_zone_local(project->site->zone, alarm->started_at_ms).date.day;
	keep_worst(state, tally, code, alarm->value.low, alarm->limit.low);
}

/* --- alarms that the store counted --- */

static size_t code_index(const struct pr_survey *survey, const char *code)
{
	size_t index = 0;
	while (index < survey->code_count && strcmp(survey->codes[index].code, code) != 0)
		index++;
	return index;
}

static const struct pr_survey_part *part_of(const struct pr_survey_part *parts, size_t count, int64_t id)
{
	for (size_t i = 0; id && i < count; i++)
		if (parts[i].id == id)
			return &parts[i];
	return NULL;
}

/* As pr_alarms_judge does; PR_SURVEY_REASON_COUNT where it counts. */
static enum pr_survey_reason judge(
	const struct pr_survey *survey, const struct pr_survey_code *code, const struct pr_survey_alarm *alarm)
{
	const struct pr_survey_state *state = survey->state;
	const struct pr_survey_part *point = part_of(state->parts, state->part_count, alarm->point_id);
	const struct pr_survey_part *sensor = part_of(state->sensors, state->sensor_count, alarm->sensor_id);
	if (!state->project->site->in_service)
		return PR_SURVEY_OUT_OF_SERVICE;
	if (code->is_test)
		return PR_SURVEY_TEST;
	if (code->type && code->type->retired)
		return PR_SURVEY_RETIRED;
	if ((point && !pr_valid_at(&point->validity, alarm->started_at_ms)) ||
		(sensor && !pr_valid_at(&sensor->validity, alarm->started_at_ms)))
		return PR_SURVEY_OUTSIDE_VALIDITY;
	if (sensor && alarm->value.count > 0) {
		const struct pr_bounds bounds = pr_method_sensor_bounds(&survey->method->plausibility, sensor->kind);
		if (alarm->value.low < bounds.low || alarm->value.high > bounds.high)
			return PR_SURVEY_IMPLAUSIBLE;
	}
	return PR_SURVEY_REASON_COUNT;
}

/* One value in every row, or in none. */
static bool is_single(const struct pr_survey_span *span, uint64_t rows)
{
	return span->count == 0 || (span->count == rows && span->low == span->high);
}

/* Whether counting is enough: rows that differ in more than their end are told apart, and a phase that is only a space
 * is none. */
static bool is_clear(const struct pr_survey *survey, const struct pr_survey_alarm *alarm)
{
	if (alarm->is_odd || !is_single(&alarm->value, alarm->rows) || !is_single(&alarm->limit, alarm->rows))
		return false;
	if (!alarm->phase)
		return true;
	return *alarm->phase && strcmp(pr_text_clean(&survey->state->arena, alarm->phase), alarm->phase) == 0;
}

static void exclude(struct pr_survey_project *project, enum pr_survey_reason reason, uint64_t rows)
{
	project->excluded[reason] += (uint32_t)rows;
}

/* A project that the directory doesn't know has no month of its own: it takes the operator's. */
static void count_unknown(struct pr_survey *survey, const struct pr_survey_alarm *alarm)
{
	const struct pr_tenant *host = survey->directory->operator_tenant;
	int64_t from_ms, to_ms;
	pr_zone_month(host ? host->zone : NULL, survey->directory->month, &from_ms, &to_ms);
	if (alarm->started_at_ms >= from_ms && alarm->started_at_ms < to_ms)
		survey->excluded[PR_SURVEY_UNKNOWN_PROJECT] += alarm->rows;
}

void pr_survey_take(struct pr_survey *survey, const struct pr_survey_alarm *alarm)
{
	const struct pr_survey_site *site = pr_survey_site_of(survey->directory, alarm->project_id);
	size_t code = code_index(survey, alarm->code);
	if (code == survey->code_count)
		return;
	survey->codes[code].rows += alarm->rows;
	if (!site) {
		count_unknown(survey, alarm);
		return;
	}
	struct pr_survey_project *project = &survey->projects[site - survey->directory->sites];
	if (survey->state->project != project)
		open_project(survey, project);
	if (alarm->started_at_ms < project->before_ms || alarm->started_at_ms >= project->to_ms)
		return;
	enum pr_survey_reason reason = judge(survey, &survey->codes[code], alarm);
	bool is_now = alarm->started_at_ms >= project->from_ms;
	project->needs_rows = project->needs_rows || !is_clear(survey, alarm);
	if (reason != PR_SURVEY_REASON_COUNT) {
		exclude(project, reason, is_now ? alarm->rows : 0);
		return;
	}
	exclude(project, PR_SURVEY_DUPLICATE, is_now ? alarm->rows - 1 : 0);
	count_alarm(survey, code, alarm);
}

void pr_survey_mark(struct pr_survey *survey, int64_t project_id)
{
	const struct pr_survey_site *site = pr_survey_site_of(survey->directory, project_id);
	if (site)
		survey->projects[site - survey->directory->sites].needs_rows = true;
}

/* --- a project's rows --- */

static void fill_project(const struct pr_survey_state *state, struct pr_arena *arena, struct pr_project *out)
{
	*out = (struct pr_project){.id = state->project->site->id, .zone = state->project->site->zone};
	out->points = pr_arena_array(arena, state->part_count, sizeof *out->points);
	out->point_count = state->part_count;
	for (size_t i = 0; i < state->part_count; i++)
		out->points[i] = (struct pr_point){.id = state->parts[i].id, .validity = state->parts[i].validity};
	out->sensors = pr_arena_array(arena, state->sensor_count, sizeof *out->sensors);
	out->sensor_count = state->sensor_count;
	for (size_t i = 0; i < state->sensor_count; i++)
		out->sensors[i] = (struct pr_sensor){
			.id = state->sensors[i].id, .kind = state->sensors[i].kind, .validity = state->sensors[i].validity};
}

static enum pr_survey_reason reason_of(enum pr_alarm_verdict verdict)
{
	switch (verdict) {
	case PR_ALARM_TEST:
		return PR_SURVEY_TEST;
	case PR_ALARM_RETIRED:
		return PR_SURVEY_RETIRED;
	case PR_ALARM_OUTSIDE_VALIDITY:
		return PR_SURVEY_OUTSIDE_VALIDITY;
	case PR_ALARM_IMPLAUSIBLE:
		return PR_SURVEY_IMPLAUSIBLE;
	case PR_ALARM_DUPLICATE:
		return PR_SURVEY_DUPLICATE;
	case PR_ALARM_COUNTS:
	case PR_ALARM_VERDICT_COUNT:
		break;
	}
	return PR_SURVEY_REASON_COUNT;
}

static void take_event(struct pr_survey *survey, const struct pr_event *event, enum pr_alarm_verdict verdict)
{
	struct pr_survey_project *project = survey->state->project;
	size_t code = code_index(survey, event->code);
	bool is_now = event->started_at_ms >= project->from_ms;
	if (code == survey->code_count || event->started_at_ms < project->before_ms ||
		event->started_at_ms >= project->to_ms)
		return;
	if (!project->site->in_service || verdict != PR_ALARM_COUNTS) {
		exclude(project, project->site->in_service ? reason_of(verdict) : PR_SURVEY_OUT_OF_SERVICE, is_now);
		return;
	}
	const struct pr_survey_alarm alarm = {.project_id = event->project_id,
		.point_id = event->point_id,
		.started_at_ms = event->started_at_ms,
		.ended_at_ms = event->ended_at_ms,
		.value = {event->value, event->value, isnan(event->value) ? 0U : 1U},
		.limit = {event->limit_value, event->limit_value, isnan(event->limit_value) ? 0U : 1U}};
	count_alarm(survey, code, &alarm);
}

void pr_survey_take_events(
	struct pr_survey *survey, struct pr_survey_project *project, struct pr_event *events, size_t count)
{
	struct pr_arena arena;
	struct pr_project own;
	pr_arena_init(&arena);
	*project = (struct pr_survey_project){.site = project->site,
		.before_ms = project->before_ms,
		.from_ms = project->from_ms,
		.to_ms = project->to_ms,
		.sum = empty,
		.share = PR_MICRO_MISSING,
		.needs_rows = true};
	open_project(survey, project);
	tallies_of(survey, project);
	fill_project(survey->state, &arena, &own);
	const struct pr_directory directory = {
		.alarm_types = survey->directory->alarm_types, .alarm_type_count = survey->directory->alarm_type_count};
	const struct pr_dataset dataset = {
		.directory = &directory, .month = survey->directory->month, .cutoff_ms = survey->cutoff_ms};
	const struct pr_work work = {.dataset = &dataset, .method = survey->method, .arena = &arena};
	const struct pr_project_data data = {.project = &own, .events = events, .event_count = count};
	const struct pr_site site = {.work = &work, .project = &own, .data = &data};
	const enum pr_alarm_verdict *verdicts = pr_alarms_judge(&site);
	for (size_t i = 0; i < count; i++)
		take_event(survey, &events[i], verdicts[i]);
	pr_survey_close(survey);
	pr_arena_release(&arena);
}

/* --- sums and ranks --- */

static void add_tally(struct pr_survey_tally *sum, const struct pr_survey_tally *part)
{
	sum->now += part->now;
	sum->before += part->before;
	sum->open += part->open;
	sum->lasted_ms += part->lasted_ms;
	sum->points += part->points;
}

static int compare_projects(const void *left, const void *right)
{
	const struct pr_survey_project *a = *(const struct pr_survey_project *const *)left;
	const struct pr_survey_project *b = *(const struct pr_survey_project *const *)right;
	if (a->sum.now != b->sum.now)
		return a->sum.now > b->sum.now ? -1 : 1;
	return (a->site->id > b->site->id) - (a->site->id < b->site->id);
}

static void add_project(struct pr_survey *survey, const struct pr_survey_project *project)
{
	add_tally(&survey->sum, &project->sum);
	survey->alarmed_count += project->sum.now > 0;
	for (size_t i = 0; i < PR_SURVEY_REASON_COUNT; i++)
		survey->excluded[i] += project->excluded[i];
	for (size_t c = 0; project->codes && c < survey->code_count; c++) {
		add_tally(&survey->codes[c].sum, &project->codes[c]);
		survey->codes[c].projects += project->codes[c].now > 0;
	}
}

static void share_out(struct pr_survey *survey)
{
	struct pr_arena scratch;
	size_t count = survey->project_count > survey->code_count ? survey->project_count : survey->code_count;
	pr_arena_init(&scratch);
	pr_micro *values = pr_arena_array(&scratch, count, sizeof *values);
	pr_micro *shares = pr_arena_array(&scratch, count, sizeof *shares);
	for (size_t i = 0; i < survey->alarmed_count; i++)
		values[i] = (pr_micro)survey->ranked[i]->sum.now * PR_MICRO_ONE;
	pr_shares(values, survey->alarmed_count, PR_SHOWN_SHARE_DIGITS, &scratch, shares);
	for (size_t i = 0; survey->alarmed_count > PR_SURVEY_FEW && i < survey->alarmed_count; i++)
		shares[i] = pr_micro_ratio((pr_wide)survey->ranked[i]->sum.now, (pr_wide)survey->sum.now, PR_PRECISION_RATIO);
	for (size_t i = 0; i < survey->alarmed_count; i++)
		survey->projects[survey->ranked[i]->site - survey->directory->sites].share = shares[i];
	for (size_t i = 0; i < survey->code_count; i++)
		values[i] = (pr_micro)survey->codes[i].sum.now * PR_MICRO_ONE;
	pr_shares(values, survey->code_count, PR_SHOWN_SHARE_DIGITS, &scratch, shares);
	for (size_t i = 0; i < survey->code_count; i++)
		survey->codes[i].share = shares[i];
	pr_arena_release(&scratch);
}

void pr_survey_finish(struct pr_survey *survey)
{
	pr_survey_close(survey);
	for (size_t i = 0; i < survey->project_count; i++) {
		survey->ranked[i] = &survey->projects[i];
		add_project(survey, &survey->projects[i]);
	}
	if (survey->project_count > 1)
		qsort(survey->ranked, survey->project_count, sizeof(const struct pr_survey_project *), compare_projects);
	for (size_t i = 0; i < survey->alarmed_count; i++)
		survey->projects[survey->ranked[i]->site - survey->directory->sites].rank = (int)i + 1;
	for (size_t i = 0; i < PR_SURVEY_REASON_COUNT; i++)
		survey->excluded_sum += survey->excluded[i];
	share_out(survey);
}

/* --- what is said of it ------------------------------------------------------------------------------------------ */

size_t pr_survey_half(const struct pr_survey *survey, uint64_t *alarms)
{
	size_t taken = 0;

	*alarms = 0;
	while (taken < survey->alarmed_count && 2 * *alarms < survey->sum.now)
		*alarms += survey->ranked[taken++]->sum.now;
	return taken;
}

pr_micro pr_survey_half_share(const struct pr_survey *survey)
{
	uint64_t alarms;

	if (pr_survey_half(survey, &alarms) == 0)
		return PR_MICRO_MISSING;
	return pr_micro_ratio((pr_wide)alarms, (pr_wide)survey->sum.now, PR_PRECISION_RATIO);
}

uint64_t pr_survey_alarms_like(const struct pr_survey *survey, const char *word, const char *other)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < survey->code_count; i++)
		if (strstr(survey->codes[i].code, word) || strstr(survey->codes[i].code, other))
			sum += survey->codes[i].sum.now;
	return sum;
}
