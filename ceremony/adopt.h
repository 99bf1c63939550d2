/* adopt.h -- the row "adopt": a root that was there before gets a seed, sheets,
 * and a file that the seed opens; its key is the same as ever.  FORMATS 3.92 to
 * 3.96; RULES S5, C6.
 *
 * Items: 0 draw the set; 1..n prove a sheet; n + 1 commit the root and its
 * file; n + 2 its certificate, the one that it has or a new one.  0..n + 1
 * count together. */
#ifndef ANCHORITE_ADOPT_H
#define ANCHORITE_ADOPT_H

#include "lib/record/step.h"

extern const struct step_kind adopt_step;

#endif
