/*
 * A small report made by hand, and words of two locales, that the document's parts are tried on: tenant 1 with project
 * 10 in Seoul, March 2018, a bill in won. Its figures are worked out in reported.c's comments.
 */
#ifndef REPORTED_H
#define REPORTED_H

#include "document/template.h"

struct reported {
	struct pr_arena arena;
	struct pr_error error;
	struct pr_tenant tenant;
	struct pr_dataset dataset;
	struct pr_project project;
	struct pr_tariff tariff;
	struct pr_point point;
	struct pr_project_report project_report;
	struct pr_report report;
	struct pr_words words; /* Chinese */
	struct pr_context context;
	struct pr_scope *tenant_scope, *scope; /* scope: the project's */
	char folder[64];                       /* a new, empty one; cleared at the end */
};
extern struct reported reported;

int reported_set_up(void **state);
int reported_tear_down(void **state);

/* Writes a file into the folder (sub-folders are made); returns its path. */
const char *reported_write(const char *name, const char *text);
/* Reads words of a locale from a text, and renders with them from now on. */
void reported_use_words(const char *text);
/* The words that set-up uses; the English ones of the same keys. */
extern const char reported_chinese[], reported_english[];

struct pr_finding *reported_finding(const char *id, const char *value, const char *unit, int digits);
pr_micro micro(const char *text);
/* A local time of the project's zone: "2018-03-23T09:00". */
int64_t local(const char *text);
/* An expression's value in the project's scope; fails the test where it is refused. */
struct pr_value value_of(const char *expression);
/* A text rendered as a word in that scope. */
const char *rendered(const char *text);
/* The error as main would print it, with the folder's name cut off; forgotten afterwards. */
void assert_refused(const char *expected);

#endif
