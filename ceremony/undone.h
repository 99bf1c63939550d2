/* undone.h -- a ceremony that is closed early: what of it was not done, and
 * why, in an event "undone".  engine_close then closes.  FORMATS 7.5, 7.8. */
#ifndef ANCHORITE_UNDONE_H
#define ANCHORITE_UNDONE_H

#include "ceremony/engine.h"

#define UNDONE_REASON_MAX 1000 /* bytes */

/* A reason is recorded as it stands, and escaped wherever it is shown: 1 to
 * UNDONE_REASON_MAX bytes of UTF-8, else ST_USAGE. */
MUST_USE enum status undone_reason(const char *reason, struct diag *d);

/**
 * undone_cut(e, reason, d):
 * Of one that lies there open, whose tail is recorded: take that as it stands,
 * void what was cut, and record what was not done.
 */
MUST_USE enum status undone_cut(struct engine *e, const char *reason,
    struct diag *d);

/**
 * undone_held(e, reason, d):
 * Of one that is being held, after engine_drive: keys and seeds are wiped
 * first, then what the step in progress has drawn is void.  ST_BUG: there is
 * none in progress.
 */
MUST_USE enum status undone_held(struct engine *e, const char *reason,
    struct diag *d);

#endif
