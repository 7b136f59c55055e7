/*
 * The survey's alarms of the live store, counted in the cluster: a first search counts rows by project, then projects
 * are taken together until they hold a page, and the rows of a page are grouped into alarms by a composite aggregation.
 * What a page's buckets hold must add up to its rows, so that a partial answer cannot pass.
 */
#include <math.h>
#include <string.h>

#include "base/calendar.h"
#include "source/live.h"

#define PAGE 4000          /* buckets of an answer: about a megabyte */
#define PROJECT_PAGE 10000 /* the same, of what has one number */
#define PROJECTS_TOGETHER 1000
#define REPEATS_SHOWN 200

/* The keys of an alarm, in the order of their buckets. */
enum key { K_PROJECT, K_CODE, K_POINT, K_SENSOR, K_PHASE, K_START, K_COUNT };
/* What else of an event is looked at. */
enum field { F_ENDED = K_COUNT, F_VALUE, F_LIMIT, F_ID, F_COUNT };

static const struct {
	const char *contract;
	enum pr_elastic_type type;
	bool is_needed;
} fields[F_COUNT] = {
	[K_PROJECT] = {"project_id", PR_ELASTIC_ID, true},
	[K_CODE] = {"code", PR_ELASTIC_KEYWORD, true},
	[K_POINT] = {"point_id", PR_ELASTIC_ID, false},
	[K_SENSOR] = {"sensor_id", PR_ELASTIC_ID, false},
	[K_PHASE] = {"phase", PR_ELASTIC_KEYWORD, false},
	[K_START] = {"started_at", PR_ELASTIC_TIME, true},
	[F_ENDED] = {"ended_at", PR_ELASTIC_TIME, false},
	[F_VALUE] = {"value", PR_ELASTIC_NUMBER, false},
	[F_LIMIT] = {"limit_value", PR_ELASTIC_NUMBER, false},
	[F_ID] = {"event_id", PR_ELASTIC_KEYWORD, true},
};

struct project_rows {
	int64_t id;
	int64_t rows;
};

struct survey {
	struct pr_live *live;
	const struct pr_survey_query *query;
	const char *names[F_COUNT];    /* NULL = the data set has no such field */
	struct pr_arena arena;         /* as long as the survey */
	struct project_rows *projects; /* those with alarms of the query, by id */
	size_t project_count, project_capacity;
	/* The page that is being read. */
	struct pr_arena page_arena;
	const char *after; /* JSON of the last key; NULL = the first page */
	int64_t total, seen;
	pr_alarm_take *take;
	pr_project_mark *mark;
	void *context;
	size_t first, count; /* the projects that are being asked for */
};

static const struct pr_index_config *index_of(const struct survey *survey)
{
	return &survey->live->config->elasticsearch.events;
}

static bool look_up(struct survey *survey, struct pr_error *error)
{
	for (size_t i = 0; i < F_COUNT; i++)
		if (!pr_elastic_field(survey->live->elastic, index_of(survey), fields[i].contract, fields[i].type,
				fields[i].is_needed, &survey->names[i], error))
			return false;
	return true;
}

/* --- search bodies --- */

/* {"terms":{"<code>":["…"]}} */
static void add_codes(struct pr_buffer *body, const struct survey *survey)
{
	pr_buffer_add(body, "{\"terms\":{");
	pr_elastic_add_text(body, survey->names[K_CODE]);
	pr_buffer_add(body, ":[");
	for (size_t i = 0; i < survey->query->code_count; i++) {
		pr_buffer_add(body, i ? "," : "");
		pr_elastic_add_text(body, survey->query->codes[i]);
	}
	pr_buffer_add(body, "]}}");
}

static int64_t last_ms(const struct survey *survey)
{
	const struct pr_survey_query *query = survey->query;
	return query->cutoff_ms < query->to_ms ? query->cutoff_ms + 1
	                                       : query->to_ms; /* what starts at the cut-off counts */
}

static void add_exists(struct pr_buffer *body, const char *field)
{
	pr_buffer_add(body, "{\"exists\":{\"field\":");
	pr_elastic_add_text(body, field);
	pr_buffer_add(body, "}}");
}

static void add_projects(struct pr_buffer *body, const struct survey *survey)
{
	pr_buffer_add(body, ",{\"terms\":{");
	pr_elastic_add_text(body, survey->names[K_PROJECT]);
	pr_buffer_add(body, ":[");
	for (size_t i = 0; i < survey->count; i++)
		pr_buffer_format(body, "%s%lld", i ? "," : "", (long long)survey->projects[survey->first + i].id);
	pr_buffer_add(body, "]}}");
}

/* Alarms of the query: of the codes, started in the window, of a project. */
static void start_body(struct pr_buffer *body, const struct survey *survey)
{
	pr_buffer_add(body, "{\"size\":0,\"track_total_hits\":true,\"query\":{\"bool\":{\"filter\":[");
	add_codes(body, survey);
	pr_buffer_add(body, ",");
	pr_elastic_add_time_range(body, survey->names[K_START], survey->query->from_ms, last_ms(survey));
	pr_buffer_add(body, ",");
	add_exists(body, survey->names[K_PROJECT]);
}

/* {"p":{"terms":{"field":"project_id"}}}; what may be missing has a bucket of its own. */
static void add_source(struct pr_buffer *body, const struct survey *survey, enum key key)
{
	pr_buffer_format(body, "{\"%d\":{\"%s\":{\"field\":", (int)key, key == K_START ? "date_histogram" : "terms");
	pr_elastic_add_text(body, survey->names[key]);
	if (key == K_START)
		pr_buffer_add(body, ",\"fixed_interval\":\"1ms\"");
	if (!fields[key].is_needed)
		pr_buffer_add(body, ",\"missing_bucket\":true");
	pr_buffer_add(body, "}}}");
}

static void add_composite(struct pr_buffer *body, const struct survey *survey, size_t size, size_t key_count)
{
	pr_buffer_format(body, "]}},\"aggs\":{\"alarms\":{\"composite\":{\"size\":%zu,", size);
	if (survey->after)
		pr_buffer_format(body, "\"after\":%s,", survey->after);
	pr_buffer_add(body, "\"sources\":[");
	const char *separator = "";
	for (enum key key = K_PROJECT; key < key_count; key++) {
		if (!survey->names[key])
			continue;
		pr_buffer_add(body, separator);
		add_source(body, survey, key);
		separator = ",";
	}
	pr_buffer_add(body, "]}");
}

static void add_measure(
	struct pr_buffer *body, const char *separator, const char *name, const char *kind, const char *field)
{
	pr_buffer_format(body, "%s\"%s\":{\"%s\":{\"field\":", separator, name, kind);
	pr_elastic_add_text(body, field);
	pr_buffer_add(body, "}}");
}

/* Of each alarm its latest end up to the cut-off, its values and its limits. */
static void add_measures(struct pr_buffer *body, const struct survey *survey)
{
	const char *ended = survey->names[F_ENDED], *value = survey->names[F_VALUE], *limit = survey->names[F_LIMIT];
	const char *separator = "";
	if (!ended && !value && !limit)
		return;
	pr_buffer_add(body, ",\"aggs\":{");
	if (ended) {
		pr_buffer_add(body, "\"ended\":{\"filter\":");
		pr_elastic_add_time_range(body, ended, PR_TIME_MISSING, survey->query->cutoff_ms + 1);
		add_measure(body, ",\"aggs\":{", "last", "max", ended);
		pr_buffer_add(body, "}}");
		separator = ",";
	}
	if (value) {
		add_measure(body, separator, "value", "stats", value);
		separator = ",";
	}
	if (limit)
		add_measure(body, separator, "limit", "stats", limit);
	pr_buffer_add(body, "}");
}

/* --- keys --- */

/* A key as JSON, to go on behind it; false for what no key is. */
static bool add_key(struct pr_buffer *out, const struct pr_json *value)
{
	int64_t whole;
	double number;
	if (pr_json_is_null(value))
		pr_buffer_add(out, "null");
	else if (pr_json_text(value))
		pr_elastic_add_text(out, pr_json_text(value));
	else if (pr_json_int64(value, &whole))
		pr_buffer_format(out, "%lld", (long long)whole);
	else if (pr_json_number(value, &number))
		pr_elastic_add_double(out, number);
	else
		return false;
	return true;
}

/* The key behind which the next page begins; NULL behind the last page. */
static bool read_after(struct survey *survey, const struct pr_json *aggregation, struct pr_error *error)
{
	const struct pr_json *after = pr_json_get(aggregation, "after_key");
	struct pr_json_walk walk = {0};
	struct pr_buffer out;
	survey->after = NULL;
	if (pr_json_is_null(after))
		return true;
	pr_buffer_init(&out, &survey->page_arena);
	const char *separator = "{";
	while (pr_json_next(after, &walk)) {
		pr_buffer_add(&out, separator);
		pr_elastic_add_text(&out, walk.key);
		pr_buffer_add(&out, ":");
		if (!add_key(&out, walk.value))
			return pr_error_set(error, PR_CODE_STORE, "an answer whose page ends with no key");
		separator = ",";
	}
	pr_buffer_add(&out, "}");
	survey->after = out.text;
	return true;
}

static const struct pr_json *key_of(const struct pr_json *bucket, enum key key)
{
	char name[16];
	snprintf(name, sizeof name, "%d", (int)key);
	return pr_json_path(bucket, "key", name, NULL);
}

static bool read_id(const struct pr_json *bucket, enum key key, int64_t *out, struct pr_error *error)
{
	const struct pr_json *value = key_of(bucket, key);
	*out = 0;
	return pr_json_is_null(value) || pr_json_int64(value, out) ||
	       pr_error_set(
			   error, PR_CODE_STORE, "an answer with a bucket whose %s is no whole number", fields[key].contract);
}

static bool read_count(const struct pr_json *bucket, int64_t *rows, struct pr_error *error)
{
	return (pr_json_int64(pr_json_get(bucket, "doc_count"), rows) && *rows > 0) ||
	       pr_error_set(error, PR_CODE_STORE, "an answer with a bucket without a count");
}

/* A data set without the field has no such measure. */
static bool read_span(
	const struct pr_json *bucket, const char *name, struct pr_survey_span *out, struct pr_error *error)
{
	const struct pr_json *stats = pr_json_get(bucket, name);
	int64_t count = 0;
	*out = (struct pr_survey_span){.low = NAN, .high = NAN};
	if (!stats || (pr_json_int64(pr_json_get(stats, "count"), &count) && count == 0))
		return true;
	out->count = (uint64_t)count;
	return (count > 0 && pr_json_number(pr_json_get(stats, "min"), &out->low) &&
			   pr_json_number(pr_json_get(stats, "max"), &out->high)) ||
	       pr_error_set(error, PR_CODE_STORE, "an answer with a bucket whose %s is no number", name);
}

/* --- projects --- */

static bool take_projects(void *context, size_t search, const struct pr_json *response, struct pr_error *error)
{
	struct survey *survey = context;
	const struct pr_json *aggregation = pr_json_path(response, "aggregations", "alarms", NULL);
	const struct pr_json *buckets = pr_json_get(aggregation, "buckets");
	(void)search;
	if (!pr_elastic_total(response, &survey->total, error) || !read_after(survey, aggregation, error))
		return false;
	for (size_t i = 0; i < pr_json_count(buckets); i++) {
		struct project_rows project = {0};
		if (!read_id(pr_json_at(buckets, i), K_PROJECT, &project.id, error) ||
			!read_count(pr_json_at(buckets, i), &project.rows, error))
			return false;
		*PR_PUSH(&survey->arena, survey->projects, survey->project_count, survey->project_capacity) = project;
	}
	if (pr_json_count(buckets) < PROJECT_PAGE)
		survey->after = NULL;
	return true;
}

/* Asks for `body` and takes the answer; the page's memory is gone, but for the key of the next one. */
static bool ask(struct survey *survey, const char *body, pr_elastic_take *take, struct pr_error *error)
{
	const struct pr_search search = {index_of(survey), body};
	struct pr_arena before = survey->page_arena;
	pr_arena_init(&survey->page_arena);
	bool is_done = pr_elastic_search(survey->live->elastic, &search, 1, take, survey, error);
	pr_arena_release(&before);
	return is_done;
}

static bool count_projects(struct survey *survey, struct pr_error *error)
{
	do {
		struct pr_buffer body;
		pr_buffer_init(&body, &survey->page_arena);
		start_body(&body, survey);
		add_composite(&body, survey, PROJECT_PAGE, K_PROJECT + 1);
		pr_buffer_add(&body, "}}}");
		if (!ask(survey, body.text, take_projects, error))
			return false;
	} while (survey->after);
	return true;
}

/* The next projects that hold a page together, or one that holds more; false behind the last. */
static bool next_projects(struct survey *survey, int64_t page)
{
	int64_t rows = 0;
	survey->first += survey->count;
	survey->count = 0;
	survey->after = NULL;
	while (survey->first + survey->count < survey->project_count && survey->count < PROJECTS_TOGETHER) {
		rows += survey->projects[survey->first + survey->count].rows;
		if (rows > page && survey->count > 0)
			break;
		survey->count++;
	}
	return survey->count > 0;
}

/* --- alarms --- */

static bool take_bucket(struct survey *survey, const struct pr_json *bucket, struct pr_error *error)
{
	struct pr_survey_alarm alarm = {.ended_at_ms = PR_TIME_MISSING,
		.code = pr_json_text(key_of(bucket, K_CODE)),
		.phase = pr_json_text(key_of(bucket, K_PHASE))};
	int64_t rows = 0, ended = 0;
	if (!read_id(bucket, K_PROJECT, &alarm.project_id, error) || !read_id(bucket, K_POINT, &alarm.point_id, error) ||
		!read_id(bucket, K_SENSOR, &alarm.sensor_id, error) || !read_count(bucket, &rows, error) ||
		!read_span(bucket, "value", &alarm.value, error) || !read_span(bucket, "limit", &alarm.limit, error))
		return false;
	if (!alarm.code || !pr_elastic_parse_ms(key_of(bucket, K_START), &alarm.started_at_ms))
		return pr_error_set(error, PR_CODE_STORE, "an answer with a bucket without code and start");
	alarm.is_odd = (!alarm.point_id && !pr_json_is_null(key_of(bucket, K_POINT))) ||
	               (!alarm.sensor_id && !pr_json_is_null(key_of(bucket, K_SENSOR)));
	alarm.rows = (uint64_t)rows;
	if (pr_json_int64(pr_json_path(bucket, "ended", "doc_count", NULL), &ended) && ended > 0 &&
		!pr_elastic_parse_ms(pr_json_path(bucket, "ended", "last", "value", NULL), &alarm.ended_at_ms))
		return pr_error_set(error, PR_CODE_STORE, "an answer with a bucket without its last end");
	survey->seen += rows;
	return survey->take(survey->context, &alarm, error);
}

static bool take_alarms(void *context, size_t search, const struct pr_json *response, struct pr_error *error)
{
	struct survey *survey = context;
	const struct pr_json *aggregation = pr_json_path(response, "aggregations", "alarms", NULL);
	const struct pr_json *buckets = pr_json_get(aggregation, "buckets");
	(void)search;
	if (!pr_elastic_total(response, &survey->total, error) || !read_after(survey, aggregation, error))
		return false;
	for (size_t i = 0; i < pr_json_count(buckets); i++)
		if (!take_bucket(survey, pr_json_at(buckets, i), error))
			return false;
	if (pr_json_count(buckets) < PAGE)
		survey->after = NULL;
	return true;
}

static bool read_alarms(struct survey *survey, struct pr_error *error)
{
	survey->seen = 0;
	do {
		struct pr_buffer body;
		pr_buffer_init(&body, &survey->page_arena);
		start_body(&body, survey);
		add_projects(&body, survey);
		add_composite(&body, survey, PAGE, K_COUNT);
		add_measures(&body, survey);
		pr_buffer_add(&body, "}}}");
		if (!ask(survey, body.text, take_alarms, error))
			return false;
	} while (survey->after && survey->seen < survey->total);
	return survey->seen == survey->total || pr_error_set(error, PR_CODE_STORE,
												"index '%s': the alarms of projects %lld to %lld hold %lld rows; "
												"expected %lld, unless a row has several "
												"values in a field, or rows came in meanwhile, and then another try",
												index_of(survey)->index, (long long)survey->projects[survey->first].id,
												(long long)survey->projects[survey->first + survey->count - 1].id,
												(long long)survey->seen, (long long)survey->total);
}

static bool start(struct survey *survey, struct pr_error *error)
{
	pr_arena_init(&survey->arena);
	pr_arena_init(&survey->page_arena);
	return look_up(survey, error) && count_projects(survey, error);
}

static void finish(struct survey *survey)
{
	pr_arena_release(&survey->page_arena);
	pr_arena_release(&survey->arena);
}

bool pr_live_survey_alarms(struct pr_source *source, const struct pr_survey_query *query, pr_alarm_take *take,
	void *context, struct pr_error *error)
{
	struct survey survey = {.live = (struct pr_live *)(void *)source, .query = query, .take = take, .context = context};
	if (query->code_count == 0)
		return true;
	bool is_done = start(&survey, error);
	while (is_done && next_projects(&survey, PAGE))
		is_done = read_alarms(&survey, error);
	finish(&survey);
	return is_done;
}

/* --- ids that stand in several rows --- */

static bool take_repeats(void *context, size_t search, const struct pr_json *response, struct pr_error *error)
{
	struct survey *survey = context;
	const struct pr_json *aggregation = pr_json_path(response, "aggregations", "alarms", NULL);
	const struct pr_json *buckets = pr_json_get(aggregation, "buckets");
	size_t shown = pr_json_count(buckets);
	(void)search;
	if (!read_after(survey, aggregation, error))
		return false;
	for (size_t i = 0; i < shown; i++) {
		int64_t rows = 0, project_id = 0;
		if (!read_count(pr_json_at(buckets, i), &rows, error) ||
			!read_id(pr_json_at(buckets, i), K_PROJECT, &project_id, error))
			return false;
		if (rows < 2)
			return true; /* those with most rows stand first */
		survey->mark(survey->context, project_id);
	}
	/* All that are shown stand in several rows: there may be more. */
	for (size_t i = 0; shown >= REPEATS_SHOWN && i < survey->count; i++)
		survey->mark(survey->context, survey->projects[survey->first + i].id);
	return true;
}

/* Rows of any code, as of pr_live_events. */
static void add_repeat_filter(struct pr_buffer *body, const struct survey *survey)
{
	const struct pr_survey_query *query = survey->query;
	const char *ended = survey->names[F_ENDED];
	pr_buffer_add(body, "{\"size\":0,\"track_total_hits\":true,\"query\":{\"bool\":{\"filter\":[");
	pr_elastic_add_time_range(body, survey->names[K_START], PR_TIME_MISSING, last_ms(survey));
	if (!ended)
		return;
	pr_buffer_add(body, ",{\"bool\":{\"minimum_should_match\":1,\"should\":[{\"bool\":{\"must_not\":[");
	add_exists(body, ended);
	pr_buffer_add(body, "]}},");
	pr_elastic_add_time_range(body, survey->names[K_START], query->from_ms, PR_TIME_MISSING);
	pr_buffer_add(body, ",");
	pr_elastic_add_time_range(body, ended, query->from_ms, PR_TIME_MISSING);
	pr_buffer_add(body, ",");
	pr_elastic_add_time_range(body, ended, query->cutoff_ms + 1, PR_TIME_MISSING);
	pr_buffer_add(body, "]}}");
}

/* A page of ids, of which only those with the most rows are sent. */
static bool read_repeats(struct survey *survey, struct pr_error *error)
{
	do {
		struct pr_buffer body;
		pr_buffer_init(&body, &survey->page_arena);
		add_repeat_filter(&body, survey);
		add_projects(&body, survey);
		pr_buffer_format(&body, "]}},\"aggs\":{\"alarms\":{\"composite\":{\"size\":%d,", PROJECT_PAGE);
		if (survey->after)
			pr_buffer_format(&body, "\"after\":%s,", survey->after);
		pr_buffer_add(&body, "\"sources\":[");
		add_source(&body, survey, K_PROJECT);
		pr_buffer_add(&body, ",{\"id\":{\"terms\":{\"field\":");
		pr_elastic_add_text(&body, survey->names[F_ID]);
		pr_buffer_format(&body,
			"}}}]},\"aggs\":{\"most\":{\"bucket_sort\":{\"sort\":[{\"_count\":{\"order\":\"desc\"}}],\"size\":%d}}}}}}",
			REPEATS_SHOWN);
		if (!ask(survey, body.text, take_repeats, error))
			return false;
	} while (survey->after);
	return true;
}

bool pr_live_survey_repeats(struct pr_source *source, const struct pr_survey_query *query, pr_project_mark *mark,
	void *context, struct pr_error *error)
{
	struct survey survey = {.live = (struct pr_live *)(void *)source, .query = query, .mark = mark, .context = context};
	if (query->code_count == 0)
		return true;
	bool is_done = start(&survey, error);
	while (is_done && next_projects(&survey, PROJECT_PAGE))
		is_done = read_repeats(&survey, error);
	finish(&survey);
	return is_done;
}
