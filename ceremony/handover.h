/* handover.h -- what leaves the room when a ceremony is closed: where it goes,
 * and what has to be said first.  RULES C7; FORMATS 3.61. */
#ifndef ANCHORITE_HANDOVER_H
#define ANCHORITE_HANDOVER_H

#include <stdbool.h>
#include <stddef.h>

#include "ceremony/engine.h"
#include "ceremony/room.h"
#include "ceremony/run.h"
#include "lib/base/diag.h"
#include "lib/record/plan.h"
#include "lib/record/state.h"
#include "lib/record/stick.h"

/* Nothing lies in a state that its record does not cover: ST_POLICY where the
 * outbox does. */
MUST_USE enum status handover_apart(const struct room *room,
    const struct sticks *sticks, struct diag *d);

/**
 * handover_check(room, step, n, d):
 * What would be found when all is signed is found before: a parcel is written
 * new.  ST_POLICY: a file of the outbox has the name of one.
 */
MUST_USE enum status handover_check(const struct room *room,
    const struct engine_step *step, size_t n, struct diag *d);

/* Of the last ceremony of ${s}, where it was held by this very plan and is
 * closed: whether the plan wants it computed again before anything leaves the
 * room, asked as often as the plan is run; how many parcels are to be given
 * out; and what else is left to do. */
bool handover_awaits_second(const struct plan *p, const struct state *s);
size_t handover_parcels(const struct plan *p, const struct state *s);
void handover_left(const struct plan *p, const struct state *s,
    struct run_left *left);

#endif
