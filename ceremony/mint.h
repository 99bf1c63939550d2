/* mint.h -- the row "mint": a root is drawn, split, proven, and only then
 * signs its own certificate.  FORMATS 4 and 5; RULES S1, S2, C7, C8.
 *
 * Items: 0 draw the set; 1..n prove a sheet; n + 1 commit the root; n + 2 its
 * certificate, when the section has a subject.  0..n + 1 count together. */
#ifndef ANCHORITE_MINT_H
#define ANCHORITE_MINT_H

#include "lib/record/step.h"

extern const struct step_kind mint_step;

#endif
