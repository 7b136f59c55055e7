/* Embedded stores for tests: made from CSV texts through import, in a folder that the test's teardown removes. */
#ifndef TESTS_UNIT_STORES_H
#define TESTS_UNIT_STORES_H

#include "config/config.h"
#include "source/import.h"
#include "source/source.h"

struct stores {
	struct pr_arena arena;
	struct pr_error error;
	struct pr_config config;
	struct pr_import_result imported;
	struct pr_source *source; /* freed by the teardown */
	char folder[64], csv[80], db[80];
};

int stores_set_up(void **state); /* *state becomes a struct stores */
int stores_tear_down(void **state);
/* Writes a CSV into the folder that stores_open imports. */
void stores_put(struct stores *stores, const char *name, const char *text);
/* A plant: tenant 1 (single, Asia/Shanghai) with project 10; tenant 2 (management) over 10 and 20; tenant 9 (platform).
 */
void stores_put_plant(struct stores *stores);
bool stores_import(struct stores *stores); /* the outcome is in `imported` and `error` */
/* Imports (from `csv` or another folder) and opens; fails the test where that fails. */
void stores_open(struct stores *stores, const char *folder);
/* Runs SQL on the file, for what an import refuses. */
void stores_sql(struct stores *stores, const char *sql);
/* The folder of measured data, or NULL: then the test says so and skips. */
const char *stores_measured(struct stores *stores);
void expect_near(double value, double expected, double tolerance); /* NaN is near nothing */
void expect_text_in(const struct pr_error *error, const char *expected);

#endif
