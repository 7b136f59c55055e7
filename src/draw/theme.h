/*
 * Colours by role (visual system, section 3). Only the accent may be changed by a brand; its shades are mixed over
 * white in whole bytes. A role is named as charts and templates write it: "ink", "text2", "text3", "rule", "grid",
 * "tint", "accent", "accent.light", "accent.pale", "slot.sharp" … "slot.deep", "phase.a" … "phase.n",
 * "alarm.1" … "alarm.3", "good", "fair", "poor", "heat.1" … "heat.7", "part.1" … "part.6" (pie shades).
 */
#ifndef PR_DRAW_THEME_H
#define PR_DRAW_THEME_H

#include "draw/type.h"

struct pr_theme {
	struct pr_colour accent;
};

extern const struct pr_theme pr_theme_default;

/* False for a role that is not in the list. */
PR_CHECK bool pr_theme_role(const struct pr_theme *theme, const char *role, struct pr_colour *colour);
/* For roles written in this program: an unknown one ends it (a mistake in the code). */
struct pr_colour pr_theme_colour(const struct pr_theme *theme, const char *role);
/* `share` (0..1) of `colour` over white, in whole bytes. */
struct pr_colour pr_colour_mix(struct pr_colour colour, double share);
/* "#0E4A66"; contrast on white by WCAG 2. */
PR_CHECK bool pr_colour_parse(const char *text, struct pr_colour *colour);
double pr_colour_contrast_on_white(struct pr_colour colour);
/* A channel of sRGB as light, 0..1. */
double pr_colour_linear(uint8_t byte);

#endif
