/* hands.h -- keys, seeds and people, as the engine lends them to a row for one
 * item (struct hands of lib/record/step.h). */
#ifndef ANCHORITE_HANDS_H
#define ANCHORITE_HANDS_H

#include "ceremony/engine.h"

/* Fill in e->hands; the rest of ${e} is there already. */
void hands_start(struct engine *e);

/* After a step: wipe what was read back, and roots that have no certificate.
 * Those are for another day (RULES B10). */
void hands_rest(struct engine *e);

/* Wipe keys, seeds, what was read back and what was rolled. */
void hands_forget(struct engine *e);

#endif
