/* walk.h -- from the bundle a verifier has to the last of those it was given:
 * FORMATS 9.28.  Pure, as accept.h is. */
#ifndef ANCHORITE_WALK_H
#define ANCHORITE_WALK_H

#include <stddef.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/bundle.h"
#include "revocation/accept.h"

#define WALK_MAX 4096 /* bundles at a time */

/* A bundle and the signatures that came with it. */
struct walk_item {
	struct bundle *bundle; /* owned */
	struct bytes *sig;     /* owned, all of them */
	size_t n;
};
void walk_item_clear(struct walk_item *i);

/* One step: what was accepted, and what is held then. */
struct walk_step {
	const struct walk_item *item; /* borrowed */
	struct accept_state state;    /* borrows */
};

/**
 * walk_all(from, item, n, clock, step, taken, d):
 * Accept, in order, those of ${n} bundles that follow what is held in ${from},
 * renewals before the next establishment; what is older is passed over.
 * ${step} has room for ${n}.  The last one must be alive, even where nothing
 * was new.  ST_AUTH, also where one is left that leads on and does not follow.
 */
MUST_USE enum status walk_all(const struct accept_state *from,
    const struct walk_item *item, size_t n, const struct accept_clock *clock,
    struct walk_step *step, size_t *taken, struct diag *d);

#endif
