/* certify.h -- the row "certify": a root to come gets its certificate, on the
 * day that it comes.  FORMATS 3.40.  One item: certificate.h. */
#ifndef ANCHORITE_CERTIFY_H
#define ANCHORITE_CERTIFY_H

#include "lib/record/step.h"

extern const struct step_kind certify_step;

#endif
