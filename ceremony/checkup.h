/* checkup.h -- the row [checkup]: holders look at their sheets, each alone, and
 * no root is opened.  FORMATS 3.80, 3.81. */
#ifndef ANCHORITE_CHECKUP_H
#define ANCHORITE_CHECKUP_H

#include "lib/record/step.h"

extern const struct step_kind checkup_step;

#endif
