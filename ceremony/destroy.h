/* destroy.h -- the row "destroy": sheets are burnt under the eyes of the
 * witness.  No root is opened.  FORMATS 3.72, 4.33; RULES B11.
 *
 * One item: the witness is asked for each sheet, and what was not burnt is
 * named. */
#ifndef ANCHORITE_DESTROY_H
#define ANCHORITE_DESTROY_H

#include "lib/record/step.h"

extern const struct step_kind destroy_step;

#endif
