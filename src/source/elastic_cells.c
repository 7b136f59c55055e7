#include "source/elastic_cells.h"

#include <math.h>

#include "source/buckets.h"
#include "source/elastic.h"

/* One text for every field and share, so that a cluster compiles it once. An index of several may lack a field. */
#define IDLE_SCRIPT                                                                          \
	"boolean runs = false; for (def other : params.others) { if (doc.containsKey(other) && " \
	"doc[other].size() > 0 && doc[other].value > 0) { runs = true; } } if (!runs || "        \
	"!doc.containsKey(params.power) || !doc.containsKey(params.total) || "                   \
	"doc[params.power].size() == 0 || doc[params.total].size() == 0) { return false; } "     \
	"double power = doc[params.power].value; double total = doc[params.total].value; "       \
	"return Math.abs(power) > params.share * Math.abs(total);"

bool pr_cell_needs_script(const struct pr_cell_rule *rule)
{
	return !isnan(rule->idle_share) && rule->power && rule->total_power &&
	       (rule->other_currents[0] || rule->other_currents[1]);
}

void pr_cell_add_present(struct pr_buffer *buffer, const struct pr_cell_rule *rule)
{
	pr_buffer_add(buffer, "{\"exists\":{\"field\":");
	pr_elastic_add_text(buffer, rule->field);
	pr_buffer_add(buffer, "}}");
}

/* A range; NaN leaves a side open. To the index −0 is smaller than 0, so a bound of zero takes both in. */
static void add_range(struct pr_buffer *buffer, const char *field, double lowest, double highest)
{
	const char *separator = "";
	pr_buffer_add(buffer, "{\"range\":{");
	pr_elastic_add_text(buffer, field);
	pr_buffer_add(buffer, ":{");
	if (!isnan(lowest)) {
		pr_buffer_add(buffer, "\"gte\":");
		if (lowest == 0)
			pr_buffer_add(buffer, "-0.0");
		else
			pr_elastic_add_double(buffer, lowest);
		separator = ",";
	}
	if (!isnan(highest)) {
		pr_buffer_format(buffer, "%s\"lte\":", separator);
		if (highest == 0)
			pr_buffer_add(buffer, "0.0");
		else
			pr_elastic_add_double(buffer, highest);
	}
	pr_buffer_add(buffer, "}}}");
}

/* The cell is zero while another phase runs and this phase's power is above the share of the sum. */
static void add_idle(struct pr_buffer *buffer, const struct pr_cell_rule *rule)
{
	const char *separator = "";
	pr_buffer_add(buffer, "{\"bool\":{\"filter\":[");
	add_range(buffer, rule->field, 0, 0);
	pr_buffer_add(buffer,
		",{\"script\":{\"script\":{\"lang\":\"painless\",\"source\":\"" IDLE_SCRIPT "\",\"params\":{\"others\":[");
	for (int i = 0; i < 2; i++) {
		if (!rule->other_currents[i])
			continue;
		pr_buffer_add(buffer, separator);
		pr_elastic_add_text(buffer, rule->other_currents[i]);
		separator = ",";
	}
	pr_buffer_add(buffer, "],\"power\":");
	pr_elastic_add_text(buffer, rule->power);
	pr_buffer_add(buffer, ",\"total\":");
	pr_elastic_add_text(buffer, rule->total_power);
	pr_buffer_add(buffer, ",\"share\":");
	pr_elastic_add_double(buffer, rule->idle_share);
	pr_buffer_add(buffer, "}}}}]}}");
}

void pr_cell_add_plausible(struct pr_buffer *buffer, const struct pr_cell_rule *rule)
{
	bool has_range = !isnan(rule->bounds.low) || !isnan(rule->bounds.high);
	bool needs_script = pr_cell_needs_script(rule);
	pr_buffer_add(buffer, "{\"bool\":{\"filter\":[");
	if (has_range)
		add_range(buffer, rule->field, pr_bounds_lowest(&rule->bounds), pr_bounds_highest(&rule->bounds));
	else
		pr_cell_add_present(buffer, rule);
	pr_buffer_add(buffer, "],\"must_not\":[");
	if (rule->bounds.zero_is_missing)
		add_range(buffer, rule->field, 0, 0);
	if (needs_script) {
		pr_buffer_add(buffer, rule->bounds.zero_is_missing ? "," : "");
		add_idle(buffer, rule);
	}
	pr_buffer_add(buffer, "]}}");
}

void pr_cell_add_implausible(struct pr_buffer *buffer, const struct pr_cell_rule *rule)
{
	pr_buffer_add(buffer, "{\"bool\":{\"filter\":[");
	pr_cell_add_present(buffer, rule);
	pr_buffer_add(buffer, "],\"must_not\":[");
	pr_cell_add_plausible(buffer, rule);
	pr_buffer_add(buffer, "]}}");
}
