/* vouch.h -- what a verifier's store has to say of one key: who may have
 * issued it, by which list, at what time.  FORMATS 9.48. */
#ifndef ANCHORITE_VOUCH_H
#define ANCHORITE_VOUCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/crl.h"
#include "revocation/store.h"

/* All of it is borrowed from the store. */
struct vouch {
	const struct cert *const *anchor; /* of the bundle held */
	size_t anchors;
	const struct crl *list; /* of the key's issuer; NULL: none */
	const char *arc;	/* the organisation's */
	int64_t at;		/* the clock's time, or the floor's */
	bool expired; /* the bundle has, and it says that this only warns */
};

/**
 * vouch_for(s, c, clock, rehearsal, out, d):
 * Before ${c} is verified with what ${out} gets.  ST_AUTH: a list that the
 * store ever took revokes it (RULES L5).  ST_POLICY: the bundle has expired and
 * refuses (RULES B8), no list may prove a key of its issuer good (FORMATS
 * 9.46), or, unless ${rehearsal}, the store is a rehearsal's (RULES C6).
 */
MUST_USE enum status vouch_for(const struct store *s, const struct cert *c,
    const struct accept_clock *clock, bool rehearsal, struct vouch *out,
    struct diag *d);

#endif
