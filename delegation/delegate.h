/* delegate.h -- the row "delegate": an operational key gets its certificate.
 * FORMATS 8.  One item: an entry "delegation" with issued/<serial>.crt. */
#ifndef ANCHORITE_DELEGATE_H
#define ANCHORITE_DELEGATE_H

#include "lib/record/step.h"

extern const struct step_kind delegate_step;

#endif
