/* continuity.h -- whether a plan is the next ceremony of a state, or the one
 * that is open, and may be held now.  RULES C1, C3; FORMATS 3.14. */
#ifndef ANCHORITE_CONTINUITY_H
#define ANCHORITE_CONTINUITY_H

#include <stdbool.h>

#include "lib/base/diag.h"
#include "lib/record/plan.h"
#include "lib/record/state.h"

/**
 * continuity_check(p, s, resume, d):
 * ${*resume}: it is the open one.  ST_POLICY: it is of another state or mode,
 * has run, is not the next, or another is open.  ST_AUTH: it continues another
 * head than this one.
 */
MUST_USE enum status continuity_check(const struct plan *p,
    const struct state *s, bool *resume, struct diag *d);

/* Whoever can write to a stick can write that a ceremony was ended; it is not
 * closed over that without anyone's word.  ST_POLICY: it was. */
MUST_USE enum status continuity_goes_on(const struct state *s,
    struct diag *d);

/* The room's clock lies between the plan's dates and not behind the record; at
 * the desk a plan may lie in the future, but not in the past.  ST_POLICY. */
MUST_USE enum status continuity_clock(const struct plan *p,
    const struct state *s, struct diag *d);
MUST_USE enum status continuity_not_over(const struct plan *p,
    struct diag *d);

#endif
