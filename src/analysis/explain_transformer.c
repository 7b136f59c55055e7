/* Economic operation of transformers (method, section 9): losses, the band, the combination that loses least. */
#include <math.h>
#include <string.h>

#include "analysis/explain_bill.h"
#include "analysis/savings_transformer.h"
#include "base/text.h"

/* --- one transformer ----------------------------------------------------------------------------------------------- */

static struct pr_transformer_losses losses_of(
	struct pr_explainer *explainer, const struct pr_explain_site *own, const struct pr_transformer *transformer)
{
	return pr_transformer_losses_of(&explainer->quiet.method->economy, transformer, own->site.project->supply_kv);
}

/* P0 and Pk: of the directory, or of the rating's class where that has none. */
static void add_losses(struct pr_explainer *explainer, const struct pr_explain_site *own,
	const struct pr_transformer *transformer, struct pr_explain_node *node)
{
	const struct pr_transformer_losses losses = losses_of(explainer, own, transformer);
	const struct {
		const char *name, *column;
		double value;
	} rows[] = {{"no_load", "no_load_loss_kw", losses.no_load_kw}, {"load", "load_loss_kw", losses.load_kw}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		pr_node_constant(explainer, node, rows[i].name, pr_cell_micro(pr_micro_from_double(rows[i].value)), "kW",
			losses.estimated
				? pr_arena_format(explainer->arena, "method economy: %s", explainer->quiet.method->economy.class_source)
				: pr_arena_format(explainer->arena, "transformer %lld %s", (long long)transformer->id, rows[i].column));
}

static void add_quarters(struct pr_explainer *explainer, struct pr_explain_site *own,
	const struct pr_transformer *transformer, struct pr_explain_node *node)
{
	pr_explain_table_columns(
		explainer, node, pr_explain_transformer_rows(explainer, own, transformer), "start kwh lag lead_counted");
	pr_node_constant(explainer, node, "kva", pr_cell_micro(transformer->rated_kva), "kVA",
		pr_arena_format(explainer->arena, "transformer %lld rated_kva", (long long)transformer->id));
}

#define BETA PR_EXPLAIN_BETA

static struct pr_explain_node *loss_step(struct pr_explainer *explainer, const struct pr_explain_scope *scope)
{
	bool made;
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	struct pr_explain_node *node = pr_node_step(explainer, scope->path, "loss", "transformer_loss", &made);
	if (!made)
		return node;
	add_losses(explainer, own, scope->subject->model, node);
	add_quarters(explainer, own, scope->subject->model, node);
	pr_node_conclude(
		explainer, node, BETA "where((no_load*count(beta)+load*sum(beta*beta))*0.25,count(beta)>0)", "kWh", -1);
	return node;
}

static void explain_minutes(struct pr_explainer *explainer, const struct pr_explain_scope *scope,
	struct pr_explain_node *node, const char *condition)
{
	const struct pr_economy_rules *rules = &explainer->quiet.method->economy;
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	node->rule = "transformer_minutes";
	add_losses(explainer, own, scope->subject->model, node);
	add_quarters(explainer, own, scope->subject->model, node);
	if (strstr(condition, "lowest")) {
		pr_node_constant(explainer, node, "lowest", pr_cell_micro(pr_micro_from_double(rules->best_from_factor)), "1",
			"method economy.best_from_factor");
		pr_node_constant(explainer, node, "highest", pr_cell_micro(pr_micro_from_double(rules->best_to)), "1",
			"method economy.best_to");
	}
	pr_node_conclude(explainer, node,
		pr_arena_format(explainer->arena, "%swhere(15*count(where(beta,%s)),count(beta)>0)", BETA, condition), NULL, 0);
}

/* --- all of a project ---------------------------------------------------------------------------------------------- */

/* Every quarter of the month and transformer: what it carries, and its ratings. */
static const struct pr_explain_table *group_rows(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	const char *name = pr_explain_join(explainer, own->path, "transformer_quarters");
	struct pr_explain_table *table = pr_table_find(explainer, name);
	const struct pr_project_report *report = own->report;
	if (table)
		return table;
	table = pr_table_new(explainer, name, "transformer_load", "start transformer active reactive rated no_load load",
		own->site.project->zone);
	for (size_t k = 0; k < own->site.window.count; k++) {
		for (size_t i = 0; i < report->transformer_count; i++) {
			const struct pr_transformer *transformer = report->transformers[i].model;
			const struct pr_transformer_losses losses = losses_of(explainer, own, transformer);
			int64_t start_ms = own->site.window.quarters[k].start_ms;
			pr_micro active = PR_MICRO_MISSING, reactive = PR_MICRO_MISSING;
			if (pr_valid_at(&transformer->validity, start_ms))
				pr_explain_power_at(
					own, transformer->id, pr_explain_role_for(own, transformer->id), k, &active, &reactive);
			const struct pr_explain_cell cells[] = {pr_cell_time(start_ms), pr_cell_count((uint64_t)transformer->id),
				pr_cell_micro(active), pr_cell_micro(reactive), pr_cell_micro(transformer->rated_kva),
				pr_cell_micro(pr_micro_from_double(losses.no_load_kw)),
				pr_cell_micro(pr_micro_from_double(losses.load_kw))};
			for (size_t c = 0; c < sizeof cells / sizeof *cells; c++)
				pr_table_put(explainer, table, cells[c]);
		}
	}
	return table;
}

/* Every combination of at least one: Σ rating and losses, and which transformers are in it. */
static const struct pr_explain_table *combination_rows(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	const char *name = pr_explain_join(explainer, own->path, "combinations");
	struct pr_explain_table *table = pr_table_find(explainer, name);
	const struct pr_project_report *report = own->report;
	size_t count = report->transformer_count;
	struct pr_buffer columns;
	if (table)
		return table;
	pr_buffer_init(&columns, explainer->arena);
	pr_buffer_add(&columns, "number rated no_load load");
	for (size_t i = 0; i < count; i++)
		pr_buffer_format(&columns, " transformer_%lld", (long long)report->transformers[i].id);
	table = pr_table_new(explainer, name, "combinations", columns.text, own->site.project->zone);
	for (unsigned c = 1; count >= 2 && count <= PR_COMBINATION_MAX && c < 1U << count; c++) {
		pr_micro sums[3] = {0, 0, 0};
		for (size_t i = 0; i < count; i++) {
			const struct pr_transformer *transformer = report->transformers[i].model;
			const struct pr_transformer_losses losses = losses_of(explainer, own, transformer);
			if (!(c >> i & 1))
				continue;
			sums[0] += transformer->rated_kva;
			sums[1] += pr_micro_from_double(losses.no_load_kw);
			sums[2] += pr_micro_from_double(losses.load_kw);
		}
		pr_table_put(explainer, table, pr_cell_count(c));
		for (size_t i = 0; i < 3; i++)
			pr_table_put(explainer, table, pr_cell_micro(sums[i]));
		for (size_t i = 0; i < count; i++)
			pr_table_put(explainer, table, pr_cell_count(c >> i & 1));
	}
	return table;
}

#define KVA "p=whole_by(active,start); q=whole_by(reactive,start); s=sqrt(p*p+q*q); "
#define AT_MEAN "loss=where(c_no_load+c_load*mean/c_rated*mean/c_rated,c_rated>=largest_load); "

static struct pr_explain_node *load_step(
	struct pr_explainer *explainer, struct pr_explain_site *own, const char *name, const char *formula)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, name, "transformer_group_load", &made);
	if (made) {
		pr_explain_table_columns(explainer, node, group_rows(explainer, own), "start active reactive");
		pr_node_conclude(explainer, node, formula, "kVA", -1);
	}
	return node;
}

/* The combination that loses least at the mean load, of those that carry the largest; 0 = none. */
static struct pr_explain_node *best_step(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, "combination", "transformer_best", &made);
	if (!made)
		return node;
	const struct pr_explain_table *table = combination_rows(explainer, own);
	static const char *const columns[] = {"number", "rated", "no_load", "load"};
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		pr_node_rows(explainer, node, pr_arena_format(explainer->arena, "c_%s", columns[i]), table, columns[i]);
	pr_node_input(explainer, node, "mean", load_step(explainer, own, "group.mean", KVA "sum(s)/count(s)"));
	pr_node_input(explainer, node, "largest_load", load_step(explainer, own, "group.max", KVA "max(s)"));
	pr_node_conclude(explainer, node, AT_MEAN "default(lookup(min(loss),loss,c_number),0)", NULL, -1);
	return node;
}

/* What it saves over the quarters in which all were measured; 0 where that is nothing, or all of them. */
static struct pr_explain_node *saved_step(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, "saved", "transformer_saved", &made);
	if (!made)
		return node;
	const struct pr_explain_table *table = combination_rows(explainer, own);
	static const char *const columns[] = {"number", "rated", "no_load", "load"};
	pr_explain_table_columns(explainer, node, group_rows(explainer, own), "start active reactive rated no_load load");
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		pr_node_rows(explainer, node, pr_arena_format(explainer->arena, "c_%s", columns[i]), table, columns[i]);
	pr_node_input(explainer, node, "best", best_step(explainer, own));
	pr_node_conclude(explainer, node,
		KVA "now=0.25*sum(whole_by(no_load+load*(active*active+reactive*reactive)/(rated*rated),start)); "
			"n=lookup(best,c_number,c_no_load); l=lookup(best,c_number,c_load); r=lookup(best,c_number,c_rated); "
			"then=0.25*sum(n+l*s*s/(r*r)); choose(best==max(c_number),0,default(max(0,where(now-then,best>0)),0))",
		"kWh", -1);
	return node;
}

static struct pr_explain_node *group_loss_step(struct pr_explainer *explainer, size_t project)
{
	bool made;
	struct pr_explain_site *own = pr_explain_site_of(explainer, project);
	struct pr_explain_node *node = pr_node_step(explainer, own->path, "loss", "transformer_group_loss", &made);
	if (!made)
		return node;
	for (size_t i = 0; i < own->report->transformer_count; i++) {
		const struct pr_explain_scope scope =
			pr_explain_scope_subject(explainer, project, PR_EXPLAIN_TRANSFORMER, &own->report->transformers[i]);
		pr_node_list(explainer, node, "losses", loss_step(explainer, &scope));
	}
	pr_node_conclude(explainer, node, "sum(losses)", "kWh", -1);
	return node;
}

static struct pr_explain_node *money_step(struct pr_explainer *explainer, struct pr_explain_site *own)
{
	bool made;
	struct pr_explain_node *node = pr_node_step(explainer, own->path, "loss.money", "transformer_money", &made);
	if (!made)
		return node;
	pr_node_input(explainer, node, "saved", saved_step(explainer, own));
	pr_node_input(explainer, node, "charge", pr_explain_bill_step(explainer, own, "bill.energy"));
	pr_node_input(explainer, node, "energy", pr_explain_energy_exact(explainer, own));
	for (size_t i = 0; i < own->line_count; i++)
		pr_node_list(explainer, node, "lines", pr_explain_line(explainer, own, i));
	pr_node_list(explainer, node, "lines", NULL);
	pr_node_conclude(explainer, node,
		"where(round(round(saved,6)*round(charge/energy,6),2),both(known(whole(lines)),energy>0))", own->currency, 2);
	return node;
}

/* --- all ----------------------------------------------------------------------------------------------------------- */

static void explain_chosen(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	const struct pr_explain_table *table = combination_rows(explainer, own);
	node->rule = "transformer_best";
	pr_node_input(explainer, node, "best", best_step(explainer, own));
	pr_node_input(explainer, node, "saved", saved_step(explainer, own));
	pr_node_rows(explainer, node, "number", table, "number");
	pr_node_rows(explainer, node, "takes_part", table,
		pr_arena_format(explainer->arena, "transformer_%lld", (long long)scope->subject->id));
	pr_node_conclude(explainer, node, "choose(both(saved>0,lookup(best,number,takes_part)==0),0,1)", NULL, 0);
}

static bool explain_one(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	static const struct {
		const char *what, *condition;
	} minutes[] = {{"minutes.under", "beta<no_load/load"}, {"minutes.over", "beta>1"},
		{"minutes.inside", "both(beta>=no_load/load,beta<=1)"},
		{"minutes.best", "both(beta>=lowest*no_load/load,beta<=highest)"}};
	const char *what = node->finding->id + strlen("savings.transformer.");
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++) {
		if (!pr_text_equal(minutes[i].what, what))
			continue;
		explain_minutes(explainer, scope, node, minutes[i].condition);
		return true;
	}
	if (pr_text_equal(what, "chosen")) {
		explain_chosen(explainer, scope, node);
		return true;
	}
	node->rule = "transformer_loss";
	if (pr_text_equal(what, "loss")) {
		pr_node_input(explainer, node, "loss", loss_step(explainer, scope));
		pr_node_conclude(explainer, node, "round(loss,4)", NULL, 0);
		return true;
	}
	const char *formula = pr_text_equal(what, "no_load_loss") ? "round(no_load,4)"
	                      : pr_text_equal(what, "load_loss")  ? "round(load,4)"
	                      : pr_text_equal(what, "beta")       ? "round(sqrt(no_load/load),6)"
	                                                          : NULL;
	node->rule = "transformer_rating";
	add_losses(explainer, own, scope->subject->model, node);
	if (formula)
		pr_node_conclude(explainer, node, formula, NULL, 0);
	return formula != NULL;
}

bool pr_explain_transformer(
	struct pr_explainer *explainer, const struct pr_explain_scope *scope, struct pr_explain_node *node)
{
	if (!pr_text_starts(node->finding->id, "savings.transformer."))
		return false;
	if (scope->level == PR_EXPLAIN_TRANSFORMER)
		return explain_one(explainer, scope, node);
	if (scope->level != PR_EXPLAIN_PROJECT)
		return false;
	const char *what = node->finding->id + strlen("savings.transformer.");
	struct pr_explain_site *own = pr_explain_site_of(explainer, scope->project);
	if (pr_text_equal(what, "month") || pr_text_equal(what, "year")) {
		node->rule = "transformer_money";
		pr_node_input(explainer, node, "month", money_step(explainer, own));
		pr_node_conclude(explainer, node, pr_text_equal(what, "year") ? "12*month" : "month", NULL, 0);
		return true;
	}
	bool is_best = pr_text_equal(what, "best");
	if (!is_best && !pr_text_equal(what, "loss"))
		return false;
	node->rule = is_best ? "transformer_saved" : "transformer_group_loss";
	pr_node_input(explainer, node, "loss", group_loss_step(explainer, scope->project));
	if (is_best)
		pr_node_input(explainer, node, "saved", saved_step(explainer, own));
	pr_node_conclude(explainer, node, is_best ? "round(loss-saved,4)" : "round(loss,4)", NULL, 0);
	return true;
}
