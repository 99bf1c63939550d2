/* closing.h -- the line that a root signs at the end of a ceremony: fixed
 * form, no free text (RULES B9).  FORMATS 7.8. */
#ifndef ANCHORITE_CLOSING_H
#define ANCHORITE_CLOSING_H

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/record/state.h"

/**
 * closing_line(state, time, out, d):
 * The line for the open ceremony of ${state}, whose last entry is the tail.
 */
MUST_USE enum status closing_line(const struct state *state, int64_t time,
    struct bytes *out, struct diag *d);

#endif
