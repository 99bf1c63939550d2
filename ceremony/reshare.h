/* reshare.h -- the row "reshare": the seed of a root that is there is split
 * once more, for other people or another scheme.  FORMATS 3.70, 4.31; RULES S1
 * to S3.
 *
 * Items: 0 the new set is drawn; 1..n a sheet is proven; n + 1 the new set
 * takes the old one's place.  They count together: cut inside, the old set is
 * as live as before, and the new one void. */
#ifndef ANCHORITE_RESHARE_H
#define ANCHORITE_RESHARE_H

#include "lib/record/step.h"

extern const struct step_kind reshare_step;

#endif
