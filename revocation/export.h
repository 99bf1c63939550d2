/* export.h -- what a store holds, in the form of clients that know nothing of
 * bundles: FORMATS 9.47. */
#ifndef ANCHORITE_EXPORT_H
#define ANCHORITE_EXPORT_H

#include <stdbool.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "revocation/store.h"

/**
 * export_make(s, client, clock, rehearsal, out, d):
 * ${client}: "rauc", "swupdate", "openssl" or "p7b" (ST_USAGE else).
 * ST_POLICY: it would brick the client or un-revoke a key there: a root without
 * a list, a list that has not begun or has expired, two that cannot be told
 * apart; or the store is a rehearsal's, unless ${rehearsal}.
 */
MUST_USE enum status export_make(const struct store *s, const char *client,
    const struct accept_clock *clock, bool rehearsal, struct bytes *out,
    struct diag *d);

#endif
