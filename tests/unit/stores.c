#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "stores.h"

int stores_set_up(void **state)
{
	struct stores *stores = calloc(1, sizeof *stores);
	assert_non_null(stores);
	pr_arena_init(&stores->arena);
	snprintf(stores->folder, sizeof stores->folder, "/tmp/powerreport-store-XXXXXX");
	assert_non_null(mkdtemp(stores->folder));
	snprintf(stores->csv, sizeof stores->csv, "%s/csv", stores->folder);
	snprintf(stores->db, sizeof stores->db, "%s/plant.db", stores->folder);
	assert_int_equal(mkdir(stores->csv, 0700), 0);
	stores->config.store.path = stores->db;
	*state = stores;
	return 0;
}

int stores_tear_down(void **state)
{
	struct stores *stores = *state;
	struct pr_error error = {0};
	pr_source_free(stores->source);
	assert_true(pr_folder_remove(stores->folder, &error));
	pr_arena_release(&stores->arena);
	free(stores);
	return 0;
}

void stores_put(struct stores *stores, const char *name, const char *text)
{
	FILE *file = fopen(pr_arena_format(&stores->arena, "%s/%s", stores->csv, name), "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

void stores_put_plant(struct stores *stores)
{
	stores_put(stores, "tenant.csv",
		"tenant_id,name,edition,locale,timezone,service_from\n"
		"2,Group,management,en,Asia/Shanghai,2026-01-01\n"
		"1,Plant,single,zh-CN,Asia/Shanghai,2026-01-01\n"
		"9,Operator,platform,zh-CN,Asia/Shanghai,2026-01-01\n");
	stores_put(stores, "project.csv",
		"project_id,name,timezone,holiday_region\n20,Store,Europe/Berlin,DE\n10,Works,,CN\n30,Nobody's,,CN\n");
	stores_put(stores, "tenant_project.csv", "tenant_id,project_id\n1,10\n2,20\n2,10\n");
	stores_put(stores, "transformer.csv",
		"transformer_id,project_id,name,rated_kva,valid_from\n1001,10,T1,800,2026-01-01 00:00:00\n");
	stores_put(stores, "point.csv",
		"point_id,project_id,parent_id,transformer_id,name,role,wiring,nominal_v,rated_current_a,valid_from,valid_to\n"
		"102,10,101,,Press,feeder,3p4w,220,,2025-12-31 16:00:00,\n"
		"101,10,,1001,Main,incomer,3p4w,220,1200,2025-12-31 16:00:00,\n"
		"103,10,101,,Gone,feeder,3p4w,220,100,2025-12-31 16:00:00,2026-06-30 16:00:00\n"
		"201,20,,,Main,incomer,1p,230,,2025-12-31 16:00:00,\n");
}

bool stores_import(struct stores *stores)
{
	return pr_import(stores->csv, stores->db, &stores->arena, &stores->imported, &stores->error);
}

void stores_open(struct stores *stores, const char *folder)
{
	if (!pr_import(folder, stores->db, &stores->arena, &stores->imported, &stores->error) ||
		!pr_source_open(&stores->source, &stores->config, &stores->error))
		fail_msg("%s:%d: %s", stores->error.source, stores->error.line, stores->error.text);
}

void stores_sql(struct stores *stores, const char *sql)
{
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open(stores->db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

const char *stores_measured(struct stores *stores)
{
	const char *shared = getenv("POWERREPORT_SHARED");
	const char *folder = pr_arena_format(&stores->arena, "%s/data/real", shared && *shared ? shared : "../shared");
	struct stat status;
	if (stat(folder, &status) == 0)
		return folder;
	print_message("no measured data here: %s is missing\n", folder);
	return NULL;
}

void expect_near(double value, double expected, double tolerance)
{
	if (!(fabs(value - expected) <= tolerance))
		fail_msg("%.17g is not %.17g within %g", value, expected, tolerance);
}

void expect_text_in(const struct pr_error *error, const char *expected)
{
	if (!strstr(error->text, expected))
		fail_msg("'%s' is not in '%s'", expected, error->text);
}
