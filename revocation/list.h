/* list.h -- the row "crl": a root's regular list of revocations.
 * FORMATS 8.20 to 8.26; RULES L1.  One item: an entry "list" with
 * lists/<number of the file>.crl. */
#ifndef ANCHORITE_LIST_H
#define ANCHORITE_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "lib/crypto/crl.h"
#include "lib/record/step.h"

extern const struct step_kind crl_step;

/**
 * list_spec(root, nth, until, p, state, spec, d):
 * What the ${nth} list from here on (0..) of ${root} in this ceremony says:
 * all entries of the regular list before, and what was revoked since; dated
 * and numbered in its turn (RULES L1).  The caller clears ${spec}.
 */
MUST_USE enum status list_spec(const char *root, size_t nth, int64_t until,
    const struct plan *p, const struct state *state, struct crl_spec *spec,
    struct diag *d);

#endif
