/* send.h -- the row [send NAME]: what rows above it made, as a parcel for
 * somebody.  FORMATS 3.60. */
#ifndef ANCHORITE_SEND_H
#define ANCHORITE_SEND_H

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/record/state.h"
#include "lib/record/step.h"

extern const struct step_kind send_step;

/**
 * send_again(s, sent, out, d):
 * The bytes of a parcel that a ceremony of ${s} gave out, made of the record's
 * objects; the caller frees.  ST_AUTH: the digest is not the one of record, or
 * an object is not.  ST_POLICY: none was made, and why.
 */
MUST_USE enum status send_again(const struct state *s,
    const struct sent *sent, struct bytes *out, struct diag *d);

#endif
