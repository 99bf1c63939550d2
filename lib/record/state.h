/* state.h -- what ceremonies have left: the record replayed into tables. */
#ifndef ANCHORITE_STATE_H
#define ANCHORITE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/crl.h"
#include "lib/crypto/spki.h"
#include "lib/record/entry.h"
#include "lib/crypto/primes.h"
#include "lib/record/plan.h"
#include "lib/record/sheet.h"

/* The reason of a root's retirement that says that others may have it. */
#define ROOT_STOLEN "compromise"
#define KEY_STOLEN "key-compromise"

struct root {
	char name[33];
	unsigned number; /* 1.. in the state: its file's name */
	char alg[SPKI_ALG_SIZE];
	struct spki key;
	unsigned counter; /* of the derivation */
	/* the file that its key is in, or empty: it is derived.  Then key.ski
	 * is what its certificate calls it (FORMATS 8.61). */
	char adopted[OBJECT_NAME_SIZE];
	char object[OBJECT_NAME_SIZE]; /* its certificate, or empty: a next */
	char subject[65]; /* common name, when there is a certificate */
	int64_t not_after;
	unsigned retired; /* in this ceremony: signs lists alone; 0: not */
	char reason[16]; /* of that, a word of the plan */
	char successor[33]; /* the root that came in its place */
};

/* A root as another one vouches for it. */
struct cross {
	char root[33]; /* that signed it */
	char of[33];
	char serial[2 * CERT_SERIAL_LEN + 1];
	int64_t not_after;
	char object[OBJECT_NAME_SIZE];
	bool revoked; /* for good */
};

struct delegation {
	char name[33]; /* of its step */
	char root[33];
	char product[33], role[33], slot[8];
	char serial[2 * CERT_SERIAL_LEN + 1];
	uint8_t key_id[SHA384_LEN];
	int64_t not_before, not_after;
	char object[OBJECT_NAME_SIZE];
	bool revoked; /* for good */
};

/* A list that nobody has seen: signed, and sealed to responders. */
struct sealed {
	char root[33];
	/* a serial number, two with a plus, "all", or "all-" and the serial
	 * number of the one that is spared */
	char target[80];
	unsigned ceremony;
	uint64_t number; /* cRLNumber */
	int64_t this_update, next_update;
	char digest[SHA384_HEX_SIZE]; /* of the list in PEM */
	char object[OBJECT_NAME_SIZE]; /* the first of its envelopes */
	uint64_t entry; /* which has them, and says who can open it */
	size_t at, envelopes; /* among the objects of that */
	unsigned need; /* how many must open one: 1, or 2 one after another */
	bool accounted; /* what became of it is in the record */
};

/* Taken out of service: in every list of its root from then on. */
struct revocation {
	char root[33];
	char name[33]; /* of the delegation, or the root vouched for; or "-" */
	char serial[2 * CRL_SERIAL_MAX + 1];
	char reason[24]; /* a word of the plan */
	int64_t date;
	int64_t since; /* known to be invalid, or -1 */
};

struct list {
	char root[33];
	unsigned file;	 /* lists/<file>.crl */
	uint64_t number; /* cRLNumber */
	int64_t this_update, next_update;
	char object[OBJECT_NAME_SIZE];
};

/* A trust bundle, as devices get it (FORMATS 9). */
struct state_bundle {
	unsigned file; /* bundles/<file>.der */
	uint64_t era, seq;
	char id[SHA384_HEX_SIZE]; /* its name */
	int64_t not_before, not_after, horizon;
	uint64_t entry; /* its other files there are the signatures */
	char object[OBJECT_NAME_SIZE];
};

/* A parcel that a ceremony gives out: its bytes follow from the record. */
struct sent {
	char name[33]; /* of its step */
	unsigned ceremony;
	uint64_t entry; /* which says its files */
	char parcel[SHA384_HEX_SIZE]; /* its digest; empty: none was made */
};

struct ceremony {
	unsigned number;
	char plan[SHA384_HEX_SIZE]; /* digest */
	char before[SHA384_HEX_SIZE]; /* head before it, or "none" */
	uint64_t first, last; /* entries; last is 0 while open */
	bool ended; /* closed early */
	bool is_signed; /* closing line signed by a root */
};

/* Of RSA keys: lib/record/moduli. */
struct known_primes {
	bool read; /* all keys are in it */
	struct primes *primes; /* owned; NULL: there are none */
};

struct state {
	char id[33]; /* 32 hex: the start of the first entry's digest */
	enum plan_mode mode;
	char org[NAME_PART_SIZE];
	char arc[CERT_OID_SIZE];
	int dirfd; /* where objects are read from; borrowed; -1: nowhere */
	int folder; /* owned: what dirfd borrows, of state_open; or -1 */
	size_t withheld; /* private objects of record, in a desk copy */
	struct entry *entries; /* owned, all of them in order */
	size_t n;
	struct root *roots;
	size_t nroots;
	struct sheet_set *sets;
	size_t nsets;
	struct delegation *delegations;
	size_t ndelegations;
	struct cross *crosses;
	size_t ncrosses;
	struct list *lists;
	size_t nlists;
	struct revocation *revocations;
	size_t nrevocations;
	struct sealed *sealed;
	size_t nsealed;
	struct state_bundle *bundles;
	size_t nbundles;
	struct sent *sent;
	size_t nsent;
	struct ceremony *ceremonies;
	size_t nceremonies;
	struct known_primes *known; /* owned; filled when it is asked for */
	void *keys; /* ledger of key indexes: state_key_seen */
	void *objects; /* ledger of digests, by SHA-384 of the name */
};

/* An empty state, before the first ceremony. */
MUST_USE enum status state_new(struct state **out, struct diag *d);
void state_free(struct state *s);

/**
 * state_apply(s, e, d):
 * Take in the next entry: its number, its link to the one before, and what its
 * kind does to the tables.  ${*e} is moved into the state on success.
 * ST_AUTH: it is not the next of this chain.  ST_FORMAT: facts missing, or an
 * object that was committed before.  After a refusal the state is only fit for
 * state_free.
 */
MUST_USE enum status state_apply(struct state *s, struct entry *e,
    struct diag *d);

/* SHA-384 in hex of the last entry, or "none". */
const char *state_head(const struct state *s);

/* Whether it is, or once was, at this head. */
bool state_had(const struct state *s, const char *head);

/* The open ceremony, or NULL. */
const struct ceremony *state_open(const struct state *s);

const struct root *state_root(const struct state *s, const char *name);
const struct delegation *state_delegation(const struct state *s,
    const char *serial);
const struct cross *state_cross(const struct state *s, const char *serial);
/* The newest list of a root, or NULL. */
const struct list *state_last_list(const struct state *s, const char *root);
/* The newest bundle, and the newest establishment; or NULL. */
const struct state_bundle *state_last_bundle(const struct state *s);
const struct state_bundle *state_established(const struct state *s);
/* The parcel of that name that a ceremony (0: the last that has one) gave out,
 * or NULL. */
const struct sent *state_sent(const struct state *s, const char *name,
    unsigned ceremony);
/* Whether a root's lists name that serial number from now on. */
bool state_revoked(const struct state *s, const char *root,
    const char *serial);
/* Whether a root may be in other hands: it was retired for that, or what
 * vouched for it was revoked for that (RULES B11). */
bool state_stolen(const struct state *s, const struct root *r);
/* How many sealed lists of a root are not accounted for. */
size_t state_unaccounted(const struct state *s, const char *root);
/* The number of the ceremony that an entry is of; 0: of none. */
unsigned state_ceremony_of(const struct state *s, uint64_t entry);
/* A sheet of record, whatever the fate of its set; or NULL. */
const struct sheet *state_sheet(const struct state *s, const char *root,
    unsigned epoch, unsigned number);
/* The live set of a root, or NULL. */
const struct sheet_set *state_live_set(const struct state *s,
    const char *root);

/**
 * state_key_seen(s, index):
 * Where a key with this index (struct spki) was seen before, as words for a
 * sentence ("root g1", "delegation gateway of ceremony 1"), or NULL.
 */
const char *state_key_seen(const struct state *s,
    const uint8_t index[SHA384_LEN]);

/* The digest that its entry has of a committed object, or NULL. */
const char *state_object_digest(const struct state *s, const char *name);

/**
 * state_object(s, name, out, d):
 * The bytes of a committed object, their digest checked against its entry.
 * ST_AUTH: they are others, or no entry commits it.
 */
MUST_USE enum status state_object(const struct state *s, const char *name,
    struct bytes *out, struct diag *d);

/* Facts of a kind that are taken on trust when a ceremony is computed again
 * (RULES C7; listed in FORMATS 7), NULL-ended; NULL for an unknown kind. */
const char *const *state_trusted(const char *kind);

/* Whether entries of this kind are events between the items (a refusal, a
 * note, a void set): nothing to compute again. */
bool state_is_event(const char *kind);

#endif
