/* offer.h -- a bundle as a ceremony gives it away: signed, said in the record,
 * and taken as a device would take it.  FORMATS 9.55, 9.56. */
#ifndef ANCHORITE_OFFER_H
#define ANCHORITE_OFFER_H

#include <stddef.h>

#include "lib/base/diag.h"
#include "lib/crypto/bundle.h"
#include "lib/record/step.h"

/* Roots that sign, in the order of the plan. */
struct offer_signers {
	char name[BUNDLE_ANCHORS_MAX][33];
	size_t n;
};

/**
 * offer_read(p, s, out, d):
 * The section's `by`.  ST_FORMAT, ST_POLICY with the place: it is no list of
 * words, or one is there twice.
 */
MUST_USE enum status offer_read(const struct plan *p,
    const struct ini_section *s, struct offer_signers *out, struct diag *d);

/**
 * offer_show(b, days, p, state, out, d):
 * One line a person reads before ${b} is signed; the plan says ${days} for it.
 */
MUST_USE enum status offer_show(const struct bundle *b, uint64_t days,
    const struct plan *p, const struct state *state, struct bytes *out,
    struct diag *d);

/**
 * offer_sign(b, by, hands, o, d):
 * ${o}: the entry "bundle", ${b} (sealed) and the signature of each of ${by}.
 */
MUST_USE enum status offer_sign(const struct bundle *b,
    const struct offer_signers *by, struct hands *hands, struct outcome *o,
    struct diag *d);

/**
 * offer_verify(b, by, p, state, o, d):
 * ${o} is ${b}, said and signed so, and who holds what the state gave before
 * takes it.  ST_AUTH, ST_POLICY.
 */
MUST_USE enum status offer_verify(const struct bundle *b,
    const struct offer_signers *by, const struct plan *p,
    const struct state *state, const struct outcome *o, struct diag *d);

#endif
