/*
 * The scripts that work out power quality in the cluster, in Painless: what source/quality_rows.c does with rows, sample
 * by sample and operation by operation, so that both give the same figures to the last digit. elastic_quality.c asks for
 * them and reads the answer.
 *
 * Each is a constant text, with everything that differs in its parameters, so that a cluster compiles it once; none holds
 * a double quote, a backslash or a line break, so that it can stand in JSON as it is. The texts of a script are joined.
 *
 * A shard's state is one array of whole numbers and the largest values of each series; so is what comes out, with the
 * value of each series' rank at its end instead:
 */
#ifndef PR_SOURCE_ELASTIC_QUALITY_SCRIPT_H
#define PR_SOURCE_ELASTIC_QUALITY_SCRIPT_H

#include "model/quality.h"

/* Parameters as in the model, and behind them the approximated unbalance. Series: three a parameter, then the load. */
#define PR_SCRIPT_PARAMETERS (PR_QUALITY_COUNT + 1)
#define PR_SCRIPT_APPROXIMATION PR_QUALITY_COUNT
#define PR_SCRIPT_LOAD (PR_SCRIPT_PARAMETERS * PR_QUALITY_PHASES)
#define PR_SCRIPT_SERIES (PR_SCRIPT_LOAD + 1)

/* Where a figure stands. A missing time or value is the smallest whole number, as here. */
enum pr_script_figure {
	/* of each parameter: */
	PR_SCRIPT_SAMPLES = 0,
	PR_SCRIPT_INSIDE,
	PR_SCRIPT_WORST,
	PR_SCRIPT_PHASE,
	PR_SCRIPT_TIME,
	PR_SCRIPT_FIGURES,
	/* behind them: */
	PR_SCRIPT_COUNTS = PR_SCRIPT_FIGURES * PR_SCRIPT_PARAMETERS, /* values of each series */
	PR_SCRIPT_OUTAGES = PR_SCRIPT_COUNTS + PR_SCRIPT_SERIES,
	PR_SCRIPT_OUTAGE_FIRST,
	PR_SCRIPT_OUTAGE_LAST,
	PR_SCRIPT_LEFT_OUT,
	PR_SCRIPT_LEFT_OUT_FIRST,
	PR_SCRIPT_LEFT_OUT_LAST,
	PR_SCRIPT_IDLE,
	PR_SCRIPT_HIGHEST,
	PR_SCRIPT_LOWEST,
	PR_SCRIPT_HAS_LINES,
	PR_SCRIPT_RANKS, /* of each series */
	PR_SCRIPT_COUNT = PR_SCRIPT_RANKS + PR_SCRIPT_SERIES
};

/* Each ends with NULL. */
extern const char *const pr_script_init[];
extern const char *const pr_script_map[];
extern const char *const pr_script_combine[];
extern const char *const pr_script_reduce[];

#endif
