/* card.h -- the responders' card: what to type at three in the morning, on
 * paper.  It follows from the record alone, without a clock and without a
 * secret: whoever has the state prints the same.  FORMATS 7.24. */
#ifndef ANCHORITE_CARD_H
#define ANCHORITE_CARD_H

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/record/state.h"
#include "lib/record/step.h"

/**
 * card_make(s, steps, out, d):
 * Text of at most 76 columns but for what the plan says of people, for every
 * root with lists that are sealed and not accounted for.
 * ST_POLICY: there is none.
 */
MUST_USE enum status card_make(const struct state *s,
    const struct step_kind *const *steps, struct bytes *out, struct diag *d);

#endif
