/* kill.h -- the row "kill": lists that revoke what is still good, signed on the
 * good day and sealed to responders for the bad one.  FORMATS 3.28; RULES L1 to
 * L3.  One item: an entry "kill" with sealed/<number>.p7m for each list. */
#ifndef ANCHORITE_KILL_H
#define ANCHORITE_KILL_H

#include "lib/record/step.h"

#define KILL_PAIRED_MAX 10 /* keys of which each pair gets a list (RULES L3) */

extern const struct step_kind kill_step;

#endif
