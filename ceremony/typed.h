/* typed.h -- words that people type from paper, asked for until they are right:
 * the program never shows them first.  RULES C3, C4, C7.
 * ST_AUTH, of each: they are not, and the front asks no more. */
#ifndef ANCHORITE_TYPED_H
#define ANCHORITE_TYPED_H

#include "ceremony/verify.h"
#include "lib/base/diag.h"
#include "lib/record/front.h"
#include "lib/record/plan.h"
#include "lib/record/state.h"

/* The plan is the one that was reviewed. */
MUST_USE enum status typed_plan(const struct front *front,
    const struct plan *p, struct diag *d);

/* The state is the one in the room: by any head of the open ceremony or, where
 * there is none, by the last.  Nothing is asked where there is no head yet. */
MUST_USE enum status typed_head(const struct front *front,
    const struct state *s, struct diag *d);

/**
 * typed_vouching(front, s, seen, d):
 * The same of a ceremony that is closed, by a head that vouches for it to its
 * end: none older than every root that signed it, as ${seen} has them.
 */
MUST_USE enum status typed_vouching(const struct front *front,
    const struct state *s, const struct verify_report *seen, struct diag *d);

/* The second machine came to the same head. */
MUST_USE enum status typed_second(const struct front *front,
    const struct state *s, struct diag *d);

#endif
