/*
 * The directory from rows of text: shared by both stores, so that they cannot differ. A store runs the queries of
 * pr_directory_queries (their text may be replaced by SQL files, see report.ini [sql]) and hands each row over as
 * nullable texts in the order of the query's columns; pr_directory_build checks every value and puts them together.
 * A value that cannot be read is PR_CODE_STORE: "table 'tariff', tariff_id 7, column 'demand_price': 'abc' is not a
 * decimal".
 */
#ifndef PR_SOURCE_DIRECTORY_ROWS_H
#define PR_SOURCE_DIRECTORY_ROWS_H

#include "base/arena.h"
#include "base/error.h"
#include "model/directory.h"
#include "source/source.h"

/* clang-format off */
enum pr_directory_table {
	PR_TABLE_TENANT, PR_TABLE_PROJECT, PR_TABLE_TENANT_PROJECT, PR_TABLE_TRANSFORMER, PR_TABLE_POINT,
	PR_TABLE_POINT_NAME, PR_TABLE_METER_CHANGE, PR_TABLE_SENSOR, PR_TABLE_TARIFF, PR_TABLE_TARIFF_SLOT,
	PR_TABLE_OFFDAY, PR_TABLE_ALARM_TYPE, PR_TABLE_UTILITY_BILL, PR_TABLE_MONTHLY_PLAN, PR_TABLE_EMISSION_FACTOR,
	PR_TABLE_RECIPIENT, PR_TABLE_COUNT
};
/* clang-format on */

struct pr_directory_query {
	const char *table;
	const char *const *columns; /* NULL-terminated, in the contract's order */
	/* Standard SQL that both SQLite and MySQL read, with the column list in that order; "?" stands for the tenant's
	 * id where one is needed, at most once (all but alarm_type, offday and tenant, which is the list of all tenants).
	 * The order of the rows does not matter. */
	const char *sql;
};
extern const struct pr_directory_query pr_directory_queries[PR_TABLE_COUNT];
/* For a platform tenant the same without a restriction to the tenant's projects (tenant_project, recipient: as above).
 */
extern const char *const pr_directory_platform_sql[PR_TABLE_COUNT];
/* The same for all tenants: without a restriction in tenant_project and recipient either. */
const char *pr_directory_whole_sql(enum pr_directory_table table);

/* Every row of tenant_project. */
extern const char *const pr_directory_owners_sql;
/*
 * The query of a table, narrowed to one tenant and one of its projects: `sql` are the queries without a restriction
 * to a tenant's projects (but for tenant_project). NULL for tables of which nothing is needed.
 */
const char *pr_directory_narrow(struct pr_arena *arena, const char *const sql[PR_TABLE_COUNT],
	enum pr_directory_table table, int64_t tenant_id, int64_t project_id);

struct pr_text_table {
	const char **cells; /* row-major, NULL = missing */
	size_t row_count, column_count;
};

PR_CHECK bool pr_directory_tenants(const struct pr_text_table *tenant, struct pr_arena *arena,
	struct pr_tenant **tenants, size_t *count, struct pr_error *error);
/* The tenant's edition, which decides between the two sets of queries; PR_CODE_UNKNOWN where it has no row. */
PR_CHECK bool pr_directory_edition(
	const struct pr_text_table *tenant, int64_t tenant_id, enum pr_edition *edition, struct pr_error *error);
/* `tables` has PR_TABLE_COUNT entries of one tenant; tenant may hold others too. */
PR_CHECK bool pr_directory_build(const struct pr_text_table *tables, int64_t tenant_id, struct pr_arena *arena,
	struct pr_directory *directory, struct pr_error *error);

/* Projects and owners; rows of owners whose ids are none are refused. */
PR_CHECK bool pr_directory_list(const struct pr_text_table *project, const struct pr_text_table *owners,
	struct pr_arena *arena, struct pr_project_list *list, struct pr_error *error);

/*
 * Some rows of one table by themselves, checked as above and sorted by owner and key, for those who read a table in
 * pieces and keep little of it. `items` are of the table's struct: struct pr_project, pr_point, pr_point_name, pr_sensor,
 * pr_alarm_type, …; of tenant_project only owner (the tenant) and key (the project) say something.
 */
struct pr_directory_items {
	const char *items;
	size_t item_size, count;
	int64_t *owners; /* a point's project, a name's point; 0 where the table has no owner */
	int64_t *keys;
};
PR_CHECK bool pr_directory_items_read(enum pr_directory_table table, const struct pr_text_table *rows,
	struct pr_arena *arena, struct pr_directory_items *out, struct pr_error *error);

#endif
