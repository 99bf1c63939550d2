/* make.h -- the trust bundle that a ceremony makes: what its plan says of it,
 * and the state.  FORMATS 9.50 to 9.54.  Pure: no key, no file but those of
 * record, and the same bytes each time. */
#ifndef ANCHORITE_MAKE_H
#define ANCHORITE_MAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/crypto/bundle.h"
#include "lib/record/plan.h"
#include "lib/record/step.h"

/* What only an establishment says: rows of the plan keys of a step, which
 * says whether it always makes one. */
#define MAKE_KEYS(always)                                                     \
	{ "threshold", PT_INT, (always), false, NULL },                       \
	{ "next", PT_WORDS, false, false, NULL },                             \
	{ "next-key", PT_TEXT, false, true, NULL },                           \
	{ "next-threshold", PT_INT, (always), false, NULL },                  \
	{ "horizon-days", PT_DAYS, false, false, NULL },                      \
	{ "level", PT_INT, false, false, NULL },                              \
	{ "succession", PT_CHOICE, (always), false,                           \
	    "both|next-alone-after-horizon" },                                \
	{ "break-glass", PT_CHOICE, false, false, "yes|no" },                 \
	{ "expiry", PT_CHOICE, false, false, "warn|refuse" }

/* An establishment, as a plan says it. */
struct make_terms {
	const char *kind, *step; /* "bundle", "b1": borrowed from the plan */
	size_t line;
	char anchor[BUNDLE_ANCHORS_MAX][33]; /* roots of the state */
	size_t anchors;
	unsigned threshold;
	char next[BUNDLE_NEXT_MAX][33]; /* roots to come, of the state */
	size_t nexts;
	struct bundle_next key[BUNDLE_NEXT_MAX]; /* made elsewhere: B10 */
	size_t keys;
	unsigned next_threshold;
	uint64_t days, horizon_days;
	unsigned level; /* 0: the lowest that is in it */
	enum bundle_succession succession;
	bool break_glass;
	enum bundle_expiry expiry;
	const char *stolen; /* a root that goes, as revoked; or NULL */
};

/**
 * make_read(p, s, out, d):
 * All of ${out} but its anchors, which each row has in its own way.
 * ST_FORMAT with the place in the plan.
 */
MUST_USE enum status make_read(const struct plan *p,
    const struct ini_section *s, struct make_terms *out, struct diag *d);

/* The first of MAKE_KEYS that the section has; NULL: none. */
const struct ini_entry *make_entry(const struct ini_section *s);

/**
 * make_check(t, p, before, promises, d):
 * All that can be known before a key is open, of the anchors and next keys as
 * they are, or as rows above promise them.  ST_POLICY with the place.
 */
MUST_USE enum status make_check(const struct make_terms *t,
    const struct plan *p, const struct state *before,
    const struct promises *promises, struct diag *d);

/**
 * make_days(p, days, horizon):
 * When something ends that begins with the plan and lasts ${days}: in a
 * rehearsal, RULES C6, cut to 30 days, and to ${horizon} unless that is 0.
 */
int64_t make_days(const struct plan *p, uint64_t days, int64_t horizon);

/**
 * make_establishment(t, p, state, old, out, d):
 * Sealed: the establishment that follows ${old} (NULL: the first).
 * make_renewal(p, days, state, last, out, d): the renewal of ${last}.
 * The caller frees.  ST_POLICY: there is no such bundle.
 */
MUST_USE enum status make_establishment(const struct make_terms *t,
    const struct plan *p, const struct state *state, const struct bundle *old,
    struct bundle **out, struct diag *d);
MUST_USE enum status make_renewal(const struct plan *p, uint64_t days,
    const struct state *state, const struct bundle *last,
    struct bundle **out, struct diag *d);

/**
 * make_dry(t, p, before, old, out, d):
 * The establishment after ${old} as far as it is known before a key is open:
 * its anchors have keys and names and no certificates, and a key to come that
 * is not drawn yet has a name of its own.  Not sealed; the caller frees.
 */
MUST_USE enum status make_dry(const struct make_terms *t,
    const struct plan *p, const struct state *before,
    const struct bundle *old, struct bundle **out, struct diag *d);

/**
 * make_held(state, b, out, d):
 * A bundle of record; NULL where ${b} is.  The caller frees.
 */
MUST_USE enum status make_held(const struct state *state,
    const struct state_bundle *b, struct bundle **out, struct diag *d);

/* The root of the state that has this key, or NULL. */
const struct root *make_root(const struct state *state,
    const uint8_t key[SHA384_LEN]);

#endif
