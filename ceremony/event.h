/* event.h -- what happens between the items of a ceremony: a refusal, a seal
 * that is looked at, a run that goes on after a cut.  It is recorded and not
 * computed again.  FORMATS 7.5. */
#ifndef ANCHORITE_EVENT_H
#define ANCHORITE_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "ceremony/engine.h"

/**
 * event_write(e, kind, facts, d):
 * An entry of that kind; ${*facts} is moved from.  Nothing is written while
 * entries are compared, nor where no ceremony is open.
 */
MUST_USE enum status event_write(struct engine *e, const char *kind,
    struct facts *facts, struct diag *d);

/* An event "refused". */
MUST_USE enum status event_refused(struct engine *e, const char *why,
    struct diag *d);

/**
 * event_say(e, o, d):
 * As event_write, with a file, and not forgotten while entries are compared: it
 * is written before the next new one.  A file "private/" is named when it is.
 * ${*o} is moved from.
 */
MUST_USE enum status event_say(struct engine *e, struct outcome *o,
    struct diag *d);

/**
 * event_take(e, d):
 * Take the recorded events that stand before the next item as they are.
 * ST_AUTH: one does not hold, or is a void entry, which stands only where the
 * items are that it is about (ceremony/block.h).
 */
MUST_USE enum status event_take(struct engine *e, struct diag *d);

/* Whether the record says next that the ceremony was ended early: no item
 * follows. */
bool event_ended(const struct engine *e);

/**
 * event_catch_up(e, d):
 * Once the record has no more, and before a new entry: that the run goes on
 * after a cut, by which and not by the closing one its leftovers are named
 * (7.8); and what was said while entries were compared.
 */
MUST_USE enum status event_catch_up(struct engine *e, struct diag *d);

/* Drop what was said and not written. */
void event_forget(struct engine *e);

/**
 * event_holds(plan, step, n, state, e, d):
 * What an event says of people is the plan's, and of items the state's.
 * ST_AUTH: not so.
 */
MUST_USE enum status event_holds(const struct plan *plan,
    const struct engine_step *step, size_t n, const struct state *state,
    const struct entry *e, struct diag *d);

#endif
