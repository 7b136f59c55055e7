/*
 * The findings: every figure of a report, with unit, coverage, time, phase, limit, change and source. They are the
 * product; documents only show them (contract: findings.md). Held in an arena; names are those of the contract.
 *
 * A value is exact: millionths, rounded to its unit's precision when it is set. PR_MICRO_MISSING = not measured (null).
 * Ratios are fractions with unit "1"; money has the ISO code as unit.
 */
#ifndef PR_ANALYSIS_FINDINGS_H
#define PR_ANALYSIS_FINDINGS_H

#include "base/arena.h"
#include "model/method.h"
#include "model/safety.h"
#include "model/series.h"

struct pr_finding {
	const char *id;   /* "energy.total" */
	pr_micro value;   /* PR_MICRO_MISSING where null, and where `word` is the value */
	const char *word; /* a verdict or grade; NULL for numbers */
	const char *unit;
	int digits;        /* the precision it was rounded to */
	pr_micro shown;    /* printed instead of the value: shares whose tenths add up to 100.0 %; missing = the value */
	pr_micro coverage; /* fraction; missing = does not apply */
	int64_t at_ms;     /* when an extreme happened; PR_TIME_MISSING = does not apply */
	const char *phase; /* "a", "b", "c"; NULL */
	pr_micro limit;
	const char *source;                             /* tariff notice, standard, rule */
	pr_micro change_month, change_year;             /* this ÷ base − 1; missing = no base */
	bool change_month_per_day, change_year_per_day; /* compared per measured day, coverage being under the gate */
	bool new_month, new_year;                       /* the base period holds nothing: "new" */
	pr_micro base_month, base_year;                 /* the bases' values, missing = none */
	int rank;                                       /* 1 = first; 0 = none */
	const char *text;                               /* as printed; set by document/print.h */
};

struct pr_findings {
	struct pr_finding *items; /* in the order they were added */
	size_t count, capacity;
};
/* NULL = no such finding. */
const struct pr_finding *pr_findings_get(const struct pr_findings *findings, const char *id);
struct pr_finding *pr_findings_edit(struct pr_findings *findings, const char *id);
/* The value less that of a base; missing where either is. */
pr_micro pr_finding_difference(const struct pr_finding *finding, pr_micro base);

/* Digits by unit: "kWh" … 4, "1" and "%" 6, counts 0, money 2 (findings.md); named by what is set: */
#define PR_SHOWN_SHARE_DIGITS 3 /* of a share as printed: tenths of a percent */
enum pr_precision {
	PR_PRECISION_COUNT = 0,
	PR_PRECISION_SCORE = 1,
	PR_PRECISION_MONEY = 2,
	PR_PRECISION_POWER_FACTOR = 2,
	PR_PRECISION_QUANTITY = 4,
	PR_PRECISION_RATIO = 6,
	PR_PRECISION_PRICE = 6
};

/* Adds a finding (or sets the one with that id again), rounded to `digits`; everything else "does not apply". The id is
 * copied when it was formatted: pass arena text. Returns it for the optional attributes. */
struct pr_finding *pr_findings_set(
	struct pr_findings *findings, struct pr_arena *arena, const char *id, pr_micro value, const char *unit, int digits);
struct pr_finding *pr_findings_set_double(
	struct pr_findings *findings, struct pr_arena *arena, const char *id, double value, const char *unit, int digits);
struct pr_finding *pr_findings_set_word(
	struct pr_findings *findings, struct pr_arena *arena, const char *id, const char *word);

enum pr_bill_line_kind {
	PR_LINE_ENERGY,         /* slot kWh × price */
	PR_LINE_BASIC_CAPACITY, /* kVA × price */
	PR_LINE_BASIC_CONTRACT, /* within 1.05 C */
	PR_LINE_BASIC_EXCESS,   /* above 1.05 C, × 2 price */
	PR_LINE_BASIC_ACTUAL,   /* D × price */
	PR_LINE_POWER_FACTOR    /* base × percent */
};
extern const char *const pr_bill_line_names[]; /* "energy", "basic.capacity", "basic.contract", … */

/* One printed row of the bill, with what a customer needs to check it by hand. */
struct pr_bill_line {
	enum pr_bill_line_kind kind;
	int64_t tariff_id;
	int slot;          /* enum pr_slot, or −1 */
	pr_micro quantity; /* kWh, kVA, kW; for the adjustment its base (money) */
	const char *unit;
	pr_micro price;    /* per unit (excess: already doubled); for the adjustment the percent */
	pr_micro share;    /* of the month, 1 = whole; printed where below 1 */
	pr_micro discount; /* factor on the demand price; missing = none */
	pr_micro amount;   /* rounded to 0.01; missing = "—" (incomplete) */
};

/* A series as a chart shows it. NaN = missing. Values are rounded to 4 digits in JSON, money to 2. */
struct pr_series {
	const char *id; /* "energy_day", "energy_slot_day.peak" */
	const char *unit;
	const char *step; /* ISO 8601: "PT15M", "P1D", "P1M" */
	int64_t start_ms;
	double *values;
	size_t count;
};

/* A data problem or a remark: its text is made from words ("note.<code>") with these parameters. */
struct pr_note {
	const char *code; /* "coverage.low", "quarter.duplicate", "tariff.incomplete", … (docs/notes.md) */
	int64_t project_id, point_id, sensor_id; /* 0 = none */
	uint64_t count;
	int64_t first_ms, last_ms;
	const char *detail; /* a name, a formula: locale-free; NULL */
	pr_micro value;     /* a figure that the words may show; missing = none */
	const char *unit;
	const char *text; /* set by document/print.h */
};

struct pr_subject { /* a point, a transformer, a sensor */
	int64_t id;
	const char *name;  /* valid at the end of the month */
	const void *model; /* const struct pr_point *, pr_transformer *, pr_sensor * */
	struct pr_findings findings;
};

/* A stretch of missing quarters of an incomer. */
struct pr_gap {
	int64_t point_id, from_ms, to_ms;
	uint32_t quarters;
};

/* The quarters of a project's month, settled: for load curves, heat maps and the workbook's raw sheet. */
struct pr_quarter {
	int64_t start_ms;
	pr_micro kwh, kvarh_lag, kvarh_lead; /* sums over the incomers; missing unless all expected ones hold it */
	pr_micro partial_kwh;                /* sum over the incomers that hold it; missing where none does */
	uint16_t expected, measured;         /* incomers */
	int8_t slot;                         /* enum pr_slot by the tariff, −1 = none */
	int64_t tariff_id;                   /* 0 = none */
	pr_micro price;
	bool implausible; /* an incomer's kWh was left out */
};

/* What a score of the health index is of (NaN = not measured), so that it can be worked out again. */
struct pr_health_input {
	double value, limit;
};

struct pr_settled; /* analysis/settle.h */
struct pr_past;    /* analysis/past.h */

struct pr_project_report {
	const struct pr_project *project;
	int64_t month_from_ms, month_to_ms;
	struct pr_findings findings;
	struct pr_findings facts;  /* what pages print beside findings (document/facts.c); set by document/print.h */
	struct pr_subject *points; /* those valid in the month, incomers first, then by id */
	size_t point_count;
	struct pr_subject *transformers;
	size_t transformer_count;
	struct pr_subject *sensors;
	size_t sensor_count;
	struct pr_bill_line *bill_lines;
	size_t bill_line_count, bill_line_capacity;
	const char *currency; /* NULL = no tariff */
	bool bill_incomplete, bill_provisional;
	struct pr_series *series;
	size_t series_count, series_capacity;
	struct pr_health_input health[PR_HEALTH_AXIS_COUNT];
	struct pr_event *events; /* those that count: by level, the longest first; then those carried over, likewise */
	size_t event_count, carried_count;
	struct pr_quarter *quarters; /* of the month, in order, also those without data */
	size_t quarter_count;
	const struct pr_settled *incomers; /* each over those quarters; NULL = not at hand */
	size_t incomer_count;
	const struct pr_past *past; /* PR_PAST_MONTHS, the reported one last; NULL = not at hand */
	struct pr_gap *gaps;
	size_t gap_count, gap_capacity;
	/* Days of the month in the project's zone, first to last. */
	enum pr_day_kind *day_kinds;
	uint32_t *day_expected, *day_measured; /* quarters (or minute-held quarters, see coverage_of_minutes) */
	size_t day_count;
	bool coverage_of_minutes;
	bool in_service;  /* something was expected */
	bool has_rows;    /* any row at all in the month */
	int price_digits; /* at least so many decimals of a mean price, where the bill's lines are not there */
};
const struct pr_series *pr_project_series(const struct pr_project_report *project, const char *id);

struct pr_project_bases;
struct pr_condition;
struct pr_platform;

struct pr_changed; /* analysis/changed.h */
struct pr_survey;

/*
 * What a letter that goes with the report says of it: printed texts, made with the report of the same findings and words
 * as its pages (document/letter.c), so that a letter never works anything out itself. Texts NULL = not there.
 */
#define PR_LETTER_FIGURES 3
#define PR_LETTER_FINDINGS 3
struct pr_letter {
	const char *title; /* "用电服务月报"; NULL = there is no letter */
	const char *month; /* "2026年10月" */
	struct pr_letter_figure {
		const char *key;    /* "cost", "energy", "health" */
		const char *name;   /* "电费" */
		const char *value;  /* with its unit */
		const char *change; /* "" where there is nothing to compare with */
	} figures[PR_LETTER_FIGURES];
	size_t figure_count;
	struct pr_letter_finding {
		const char *lead; /* what stands first and bold on the page, or "" */
		const char *text; /* the rest */
	} findings[PR_LETTER_FINDINGS];
	size_t finding_count;
};

struct pr_report {
	const struct pr_dataset *dataset;
	const struct pr_method *method; /* the rules that were applied: printed among the sources */
	const struct pr_tenant *tenant;
	struct pr_month month;
	int revision;
	int64_t cutoff_ms;
	const struct pr_changed *changed; /* the figures that differ from the revision before */
	size_t changed_count;
	struct pr_findings findings; /* the tenant's */
	struct pr_findings facts;    /* as a project's */
	struct pr_letter letter;     /* set as facts are */
	struct pr_project_report *projects;
	size_t project_count;
	struct pr_note *notes;
	size_t note_count, note_capacity;
	bool below_gate;                /* the report is held */
	bool has_rows;                  /* any row at all in the month: false = "no data" */
	bool in_service;                /* the tenant\'s service covers some of the month */
	const struct pr_survey *survey; /* analysis/survey.h: alarms across every project; NULL = none was made */
	/* Of each project what sums and summaries need (totals.h, condition.h). */
	const struct pr_project_bases *bases;
	const struct pr_condition *conditions;
	struct pr_platform *platform; /* of the platform's report; it has no projects of its own (platform.h) */
};

#endif
