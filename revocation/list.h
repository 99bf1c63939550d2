/* list.h -- the row "crl": a root's regular list of revocations.
 * FORMATS 8.20 to 8.26; RULES L1.  One item: an entry "list" with
 * lists/<number of the file>.crl. */
#ifndef ANCHORITE_LIST_H
#define ANCHORITE_LIST_H

#include "lib/record/step.h"

extern const struct step_kind crl_step;

#endif
