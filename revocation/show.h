/* show.h -- a list of revocations as a person reads it. */
#ifndef ANCHORITE_REVOCATION_SHOW_H
#define ANCHORITE_REVOCATION_SHOW_H

#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/crypto/crl.h"
#include "lib/record/facts.h"
#include "lib/record/state.h"

/**
 * list_show(name, c, s, now, out, d):
 * Whose list it is, its number and dates, and each entry.  With the state ${s}
 * (or NULL, and then nothing is believed but the shape): which root signed it,
 * which list of the record it is, and the delegations by their names.
 * ST_AUTH: no root of the state signed it.
 */
MUST_USE enum status list_show(const char *name, const struct crl *c,
    const struct state *s, int64_t now, struct facts *out, struct diag *d);

#endif
