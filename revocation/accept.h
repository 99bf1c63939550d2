/* accept.h -- may this bundle follow that one?  FORMATS 9.10 to 9.28, RULES B.
 * Pure: no file, no clock, nothing kept. */
#ifndef ANCHORITE_ACCEPT_H
#define ANCHORITE_ACCEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/crypto/bundle.h"

#define ACCEPT_SIGNERS_MAX 64 /* signature files to one bundle */

/* Keys that signed a bundle, by name (SHA-384 of the SPKI).  What is here was
 * verified; it may be there twice, or be nobody's. */
struct accept_signers {
	uint8_t key[ACCEPT_SIGNERS_MAX][SHA384_LEN];
	size_t n;
};

/* What a verifier holds.  Bundles are borrowed. */
struct accept_state {
	const struct bundle *established; /* last establishment */
	const struct bundle *last; /* the same, or the last renewal of it */
	int64_t established_floor; /* highest notBefore up to the first */
	int64_t floor;		   /* and up to the second */
};

struct accept_clock {
	int64_t now;
	bool trusted; /* the integrator says so: RULES B7 */
};

/**
 * bundle_check(b, d):
 * Whether it is consistent with itself: FORMATS 9.10 to 9.14.  ST_POLICY.
 */
MUST_USE enum status bundle_check(const struct bundle *b, struct diag *d);

/* Of that, what needs no certificate: how many sign, of how many (9.11, 9.14),
 * and whether an algorithm is of its level (9.12). */
MUST_USE enum status bundle_check_rules(const struct bundle *b,
    struct diag *d);
MUST_USE enum status bundle_check_level(const struct bundle *b,
    const char *alg, struct diag *d);

/* The level of an algorithm (9.12); 0: there are no roots of it. */
unsigned bundle_level(const char *alg);

/**
 * bundle_signers(b, before, sig, n, out, d):
 * Whose of ${n} detached signatures over ${b} are good: of its own anchors, or
 * those of ${before} (may be NULL).  All others count for nothing.
 * ST_POLICY: more than ACCEPT_SIGNERS_MAX.  ST_SYSTEM: it could not be told.
 */
MUST_USE enum status bundle_signers(const struct bundle *b,
    const struct bundle *before, const struct bytes *sig, size_t n,
    struct accept_signers *out, struct diag *d);

/**
 * bundle_renew(last, as, out, d):
 * The one renewal of ${last} that has the date, the floors and the origin of
 * ${as}: what a ceremony makes and a verifier compares with.  The caller frees.
 * ST_POLICY: that would be none.
 */
MUST_USE enum status bundle_renew(const struct bundle *last,
    const struct bundle *as, struct bytes *out, struct diag *d);

/**
 * bundle_succeed(old, b, d):
 * Into ${b}, whose anchors are there, what the establishment ${old} leaves its
 * successor no choice about: arc, era, number, what it follows, and former
 * keys: those of ${old}, and its anchors that go (not revoked: who makes it
 * says so).  The rest is the caller's, and bundle_seal.  ST_POLICY: too many.
 */
MUST_USE enum status bundle_succeed(const struct bundle *old,
    struct bundle *b, struct diag *d);

/**
 * accept_first(b, by, clock, out, d):
 * What a device starts with: FORMATS 9.28.  That it is the right one is told
 * by its words, not here.
 */
MUST_USE enum status accept_first(const struct bundle *b,
    const struct accept_signers *by, const struct accept_clock *clock,
    struct accept_state *out, struct diag *d);

/**
 * accept_next(s, b, by, clock, out, d):
 * ${b} after what ${s} holds; ${out} (may be ${s}) holds it then and borrows
 * ${b}.  Whether it has expired is asked of the last of a walk alone:
 * accept_alive.  ST_AUTH: not signed as it must be, or not the next.
 * ST_POLICY: it changes what it may not.
 */
MUST_USE enum status accept_next(const struct accept_state *s,
    const struct bundle *b, const struct accept_signers *by,
    const struct accept_clock *clock, struct accept_state *out,
    struct diag *d);

/**
 * accept_follows(old, b, by, clock, d):
 * What accept_next asks of the establishment ${b} after ${old} but for what is
 * in certificates: a ceremony asks it before there are any.
 */
MUST_USE enum status accept_follows(const struct bundle *old,
    const struct bundle *b, const struct accept_signers *by,
    const struct accept_clock *clock, struct diag *d);

/* ST_POLICY: the last bundle has expired (RULES B8). */
MUST_USE enum status accept_alive(const struct accept_state *s,
    const struct accept_clock *clock, struct diag *d);

#endif
