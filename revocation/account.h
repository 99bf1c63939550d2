/* account.h -- the row "account": what became of the lists that were sealed for
 * the bad day.  FORMATS 3.50 to 3.54; RULES L4.  One item: an
 * entry "account" without a file. */
#ifndef ANCHORITE_ACCOUNT_H
#define ANCHORITE_ACCOUNT_H

#include "lib/record/step.h"

extern const struct step_kind account_step;

#endif
