/* revoke.h -- the row [revoke]: a delegation is out of service, for good. */
#ifndef ANCHORITE_REVOKE_H
#define ANCHORITE_REVOKE_H

#include "lib/record/step.h"

/* It signs nothing: the root's next list, which the plan must have behind it,
 * has one entry more.  FORMATS 3.26. */
extern const struct step_kind revoke_step;

#endif
