/* bundle_row.h -- the row [bundle]: the first bundle of a state, which is an
 * establishment, and its renewals.  FORMATS 3.31 to 3.33.  A later
 * establishment is another row's: it goes with a root that changes. */
#ifndef ANCHORITE_BUNDLE_ROW_H
#define ANCHORITE_BUNDLE_ROW_H

#include "lib/record/step.h"

extern const struct step_kind bundle_step;

#endif
