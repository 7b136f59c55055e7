/*
 * Data bound to charts, a file a subject; private to the document room. chart_data.c holds the run of things and the
 * report's own series, chart_axis.c days, months and hours, chart_month.c health and change, chart_quality.c,
 * chart_safety.c, chart_alarms.c and chart_savings.c what their names say.
 */
#ifndef PR_DOCUMENT_CHART_BIND_H
#define PR_DOCUMENT_CHART_BIND_H

#include "document/template.h"

struct pr_chart_builder {
	const struct pr_builder *base;
	const struct pr_scope *scope;
	const struct pr_chart_definition *definition;
	const struct pr_project_report *project; /* NULL in the tenant's scope of several projects */
	struct pr_chart_data *data;
	size_t series_capacity;
	struct pr_arena *arena;
	const struct pr_series *first; /* the first series found: gives step and start */
	struct pr_error *error;
};

/* A value in a number style of the words; a style that is none prints as "bare". */
const char *pr_chart_text(const struct pr_chart_builder *builder, struct pr_value value, const char *style);
const char *pr_chart_format(const struct pr_chart_builder *builder, double number, const char *unit, const char *style);
const char *pr_chart_format_time(const struct pr_chart_builder *builder, int64_t time_ms, const char *style);
/* `scope` NULL = the chart's; `key` NULL = no text. */
PR_CHECK bool pr_chart_words(
	const struct pr_chart_builder *builder, const struct pr_scope *scope, const char *key, const char **text);
/* The same with the tags of the whole. */
PR_CHECK bool pr_chart_tagged(const struct pr_chart_builder *builder, const struct pr_scope *scope, const char *key,
	const char **text, const char **tags);
/* "projects/10/<what>", and that of one value of a series there, divided by the scale that it is shown in. */
const char *pr_chart_path(const struct pr_chart_builder *builder, const char *what);
const char *pr_chart_value_path(const struct pr_chart_builder *builder, const char *series, size_t index, double scale);
/* "纵轴自#起" with the place where the chart puts the axis' first value. */
const char *pr_chart_axis_note(const struct pr_chart_builder *builder, const char *text);
/* A new series, empty. */
struct pr_chart_series *pr_chart_push(struct pr_chart_builder *builder);

/* --- chart_axis.c ----------------------------------------------------------------------------------------------- */

/* The category with the largest sum of all series; SIZE_MAX where no sum is above 0. */
size_t pr_chart_highest(const struct pr_chart_builder *builder, size_t count);
/* Categories and places by the definition's kind and the first series. */
void pr_chart_axis(struct pr_chart_builder *builder);
/* The days and places of a panel whose values are the month's quarters. */
void pr_chart_axis_of_quarters(struct pr_chart_builder *builder, struct pr_chart_data *panel, size_t count);

/* --- what a series' data may name besides series and expressions ------------------------------------------------- */

/* Each adds the item's series, or the panels; nothing where there is nothing to show. */
typedef bool pr_chart_binding(struct pr_chart_builder *builder, const struct pr_chart_item *item);

/* "projects.…": of the tenant's projects side by side (chart_management.c): "typical_workday" a panel each in % of the
 * contract, "months13.energy" a part each of every month's stack, and any finding a bar each. */
PR_CHECK bool pr_chart_bind_projects(struct pr_chart_builder *builder, const struct pr_chart_item *item);
/* "health.scores": the six axes, an unmeasured one as NaN. */
PR_CHECK bool pr_chart_bind_scores(struct pr_chart_builder *builder, const struct pr_chart_item *item);
/* "change.parts": from last month's bill to this one's, in the scale of the project's money. */
PR_CHECK bool pr_chart_bind_change(struct pr_chart_builder *builder, const struct pr_chart_item *item);
/* "sensors.minimum", ".mean", ".maximum", ".warn": in % of the alarm limit, a row a sensor. */
PR_CHECK bool pr_chart_bind_sensors(struct pr_chart_builder *builder, const struct pr_chart_item *item);
/* "sensors.months": a panel a sensor. */
PR_CHECK bool pr_chart_bind_sensor_months(struct pr_chart_builder *builder, const struct pr_chart_item *item);
/* "quality.voltage": a panel an incomer; "quality.currents": one a phase; "quality.trends": one a parameter. */
PR_CHECK bool pr_chart_bind_voltage(struct pr_chart_builder *builder, const struct pr_chart_item *item);
PR_CHECK bool pr_chart_bind_currents(struct pr_chart_builder *builder, const struct pr_chart_item *item);
PR_CHECK bool pr_chart_bind_trends(struct pr_chart_builder *builder, const struct pr_chart_item *item);
/* "quality.hours": by hour of the day the share of quarters with a voltage beyond its limits. */
PR_CHECK bool pr_chart_bind_hours(struct pr_chart_builder *builder, const struct pr_chart_item *item);
/* "quality.harmonics" and "quality.harmonics.limit": A by order. */
PR_CHECK bool pr_chart_bind_harmonics(struct pr_chart_builder *builder, const struct pr_chart_item *item);
/* "alarms.types": the largest, and the others together. */
PR_CHECK bool pr_chart_bind_alarm_types(struct pr_chart_builder *builder, const struct pr_chart_item *item);
/* "alarms_day.critical", ".major", ".minor": counts a day, missing on a day without data or alarms. */
PR_CHECK bool pr_chart_bind_alarm_days(struct pr_chart_builder *builder, const struct pr_chart_item *item);
/* "alarms.hours": minutes in alarm, hour by hour. */
PR_CHECK bool pr_chart_bind_alarm_hours(struct pr_chart_builder *builder, const struct pr_chart_item *item);

/* "savings.demand": twelve months' maximum demands. */
PR_CHECK bool pr_chart_bind_demands(struct pr_chart_builder *builder, const struct pr_chart_item *item);
/* ".savings.basic.capacity", ".contract_demand", ".actual_demand": the basic charge of twelve months by each way. */
PR_CHECK bool pr_chart_bind_ways(struct pr_chart_builder *builder, const struct pr_chart_item *item);
/* "savings.curve": what they cost by contract, with marks at the present and the best one. */
PR_CHECK bool pr_chart_bind_curve(struct pr_chart_builder *builder, const struct pr_chart_item *item);
/* "forecast.months": thirteen months' energy; "forecast.energy", ".low", ".high": next month's. */
PR_CHECK bool pr_chart_bind_forecast(struct pr_chart_builder *builder, const struct pr_chart_item *item);
/* "survey.codes": a part a code; "survey.projects": those with most alarms. In any scope. */
PR_CHECK bool pr_chart_bind_survey_codes(struct pr_chart_builder *builder, const struct pr_chart_item *item);
PR_CHECK bool pr_chart_bind_survey_projects(struct pr_chart_builder *builder, const struct pr_chart_item *item);

/* "platform.index": of a platform, how many projects have a health index of 0 to 10, 10 to 20 … */
PR_CHECK bool pr_chart_bind_platform(struct pr_chart_builder *builder, const struct pr_chart_item *item);

#endif
