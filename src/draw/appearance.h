/*
 * How far apart two colours look: the distance in CAM02-UCS, for daylight on paper beside a screen (sRGB's viewing
 * conditions). Below 12 a brand's accent could be taken for a colour that carries a meaning (visual system, section 7).
 *
 * Sources: Moroney et al., The CIECAM02 color appearance model (2002); Luo, Cui, Li, Uniform colour spaces based on
 * CIECAM02 (2006).
 */
#ifndef PR_DRAW_APPEARANCE_H
#define PR_DRAW_APPEARANCE_H

#include "draw/type.h"

double pr_colour_difference(struct pr_colour a, struct pr_colour b);

#endif
