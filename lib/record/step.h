/* step.h -- one kind of step: what a room offers the ceremony. */
#ifndef ANCHORITE_STEP_H
#define ANCHORITE_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/key.h"
#include "lib/record/facts.h"
#include "lib/record/front.h"
#include "lib/record/plan.h"
#include "lib/record/state.h"

/* A file that an item makes. */
struct object {
	char name[OBJECT_NAME_SIZE];
	struct bytes bytes; /* owned */
};

/* What one item gives: an entry's kind and facts, and its files.  In memory:
 * only the engine writes. */
struct outcome {
	const char *kind; /* "list", "delegation": a row of state.c */
	struct facts facts;
	struct object *objects; /* owned */
	size_t n;
};
MUST_USE enum status outcome_add(struct outcome *o, const char *name,
    const struct bytes *bytes, struct diag *d);
void outcome_clear(struct outcome *o);

/**
 * outcome_is(o, name, d):
 * ST_OK if it has one file, and this: by its name, or by the -2 to -9 of it
 * that a cut made necessary.
 */
MUST_USE enum status outcome_is(const struct outcome *o, const char *name,
    struct diag *d);

/* A set that is split, and the passphrase of it that a person keeps. */
struct split_terms {
	const char *root, *keeper; /* borrowed */
	unsigned epoch;
	const struct slip39_scheme *scheme;
	uint16_t id;
	/* Whether this encrypted secret gives the sheets of record.  ST_AUTH:
	 * it gives others. */
	enum status (*gives)(void *cookie, const struct secret *ems,
	    const struct sheet_set *known, struct diag *);
	void *cookie;
};

/* Lent by the engine while one item is performed. */
struct hands {
	const struct plan *plan;
	const struct state *state; /* committed objects, earlier items too */
	/* Open private key of a root (asks for its sheets the first time). */
	enum status (*root)(struct hands *, const char *name,
	    const struct key **out, struct diag *);
	/* HKDF of that root's seed: serials, set numbers; never the RNG. */
	enum status (*derive)(struct hands *, const char *name,
	    const char *label, uint8_t *out, size_t len, struct diag *);
	/* The seed of a root that is open (asks as `root` does), to be split
	 * once more: borrowed. */
	enum status (*opened)(struct hands *, const char *name,
	    const struct secret **out, struct diag *);
	/* mint only: the seed of ${name}, drawn now with people's part, or
	 * recovered when the ceremony is computed again; the facts say how.
	 * Kept by the engine for the later items: borrowed. */
	enum status (*seed)(struct hands *, const char *name,
	    const struct secret **out, struct facts *, struct diag *);
	/* Show a sheet and have it read back until it is right; what came back
	 * is kept for the later items: `typed`, by sheet, 0.. */
	enum status (*prove)(struct hands *, const struct sheet_view *,
	    struct facts *, struct diag *);
	const struct secret *(*typed)(struct hands *, size_t sheet);
	/* A sheet that somebody looks at alone: what was found. */
	enum status (*check_up)(struct hands *, const struct sheet_set *,
	    const struct sheet *, struct facts *, struct diag *);
	/* The seed recovered from what was read back; equal to the kept one,
	 * which it replaces. */
	enum status (*proven)(struct hands *, const char *name,
	    const struct secret *seed, struct diag *);
	/* A seed, encrypted under the passphrase of a set (FORMATS 4.16): its
	 * keeper is asked the first time, and it is kept for the later items,
	 * for it takes seconds: borrowed. */
	enum status (*encrypted)(struct hands *, const struct split_terms *,
	    const struct secret *seed, const struct secret **ems,
	    struct diag *);
	/* The seed from ${ems}, which the sheets gave, and the passphrase as
	 * its keeper types it once more; the caller frees it. */
	enum status (*decrypted)(struct hands *, const struct split_terms *,
	    const struct secret *ems, const struct secret *seed,
	    struct secret **out, struct diag *);
	/* A sheet that was fetched to be burnt: the seal of its bag is asked
	 * for (FORMATS 7.42).  ST_POLICY: it is another, and the people do not
	 * go on. */
	enum status (*fetched)(struct hands *, const struct sheet_set *,
	    const struct sheet *, struct diag *);
	/* Whether a witness saw it: ST_POLICY, no.  Not asked when a ceremony
	 * is computed again. */
	enum status (*confirm)(struct hands *, const char *question,
	    struct diag *);
	/* adopt only: the private key in the file that ${file} of the plan
	 * names, its passphrase asked for, or, when the ceremony is computed
	 * again, out of the record: NULL before `seed` has given its seed.
	 * Kept as the root's: borrowed. */
	enum status (*adopt)(struct hands *, const char *name,
	    const struct ini_entry *file, const struct key **out,
	    struct diag *);
	void *engine;
};

/* What earlier rows of a plan will have made, during check. */
struct promise {
	const char *kind; /* "root", "list" */
	const char *name;
	const char *by;	  /* the root that signs it, or NULL */
	const void *want; /* that row's own: for rows of the same kind */
	const struct step_kind *row;
};
struct promises {
	const struct promise *promise;
	size_t n;
};

/* The first promise of this kind, by this root and of this name; NULL for the
 * last two: any.  NULL: there is none. */
const struct promise *promise_find(const struct promises *promises,
    const char *kind, const char *by, const char *name);

/* Whether a row above takes a delegation of the state before out of service. */
bool promise_revokes(const struct promises *promises,
    const struct state *before, const struct delegation *g);

struct step_kind { /* const; one per section word; `want` is the row's own */
	const char *word;  /* "crl": the section [crl NAME] */
	const char *title; /* "Sign the list", paper and screen */
	const struct plan_key *keys; /* name, type, required; ends NULL */
	const char *makes; /* promised to the rows below: "root", ... */
	bool opens; /* its root, by sheets, even where it makes no file */
	const char *then;  /* a row that must follow, by the same root; NULL */
	/* Shape, inbox bytes. */
	enum status (*read)(const struct plan *, const struct ini_section *,
	    void **want, struct diag *);
	/* What follows from the state before the ceremony, how many items
	 * there are for one: before anything below.  NULL: nothing does. */
	enum status (*settle)(void *want, const struct plan *,
	    const struct state *before, struct diag *);
	/* No key, no writing. */
	enum status (*check)(const void *want, const struct plan *,
	    const struct state *before, const struct promises *,
	    struct diag *);
	/* After a check: whether it takes ${g} out of service.  NULL: no. */
	bool (*revokes)(const void *want, const struct state *before,
	    const struct delegation *g);
	/* After a check: what people must know before they agree to the plan,
	 * for `ceremony check`.  NULL: nothing. */
	enum status (*tell)(const void *want, const struct state *before,
	    struct facts *, struct diag *);
	/* Items; one entry each. */
	size_t (*count)(const void *want);
	/* Leading items that count only together: cut inside, they are void
	 * and start again.  NULL: none. */
	size_t (*together)(const void *want);
	/* One line a person reads before it happens; caller frees. */
	enum status (*show)(const void *want, size_t item,
	    const struct plan *, const struct state *, struct bytes *,
	    struct diag *);
	/* A pure function of want, state, keys and recorded facts. */
	enum status (*perform)(const void *want, size_t item, struct hands *,
	    struct outcome *, struct diag *);
	/* The same for the run and for `ceremony verify`: what came out is what
	 * was asked for.  No key but public ones.  It gets no file in private/,
	 * on a stick either: that is known only when it is computed again. */
	enum status (*verify)(const void *want, size_t item,
	    const struct plan *, const struct state *, const struct outcome *,
	    struct diag *);
	void (*free)(void *want);
};

#endif
