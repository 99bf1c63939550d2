/* store.h -- what a verifier keeps: a folder in the form of a state's record
 * (FORMATS 7.2 to 7.4, 7.10), one entry for each bundle kept and each list.
 * FORMATS 9.40 to 9.47. */
#ifndef ANCHORITE_STORE_H
#define ANCHORITE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/crl.h"
#include "revocation/walk.h"

#define STORE_LISTS_MAX 4096

struct store; /* read, or open to be written to */

/* What an officer was sent: files of any number. */
struct store_gift {
	struct walk_item *item; /* owned */
	size_t n;
	struct crl **list; /* owned */
	size_t lists;
};

/**
 * store_gift_add(g, name, data, sig, n, d):
 * A bundle with its ${n} signatures, which are copied.
 * store_gift_list(g, name, data, d): a list.  ST_FORMAT: it is none.
 */
MUST_USE enum status store_gift_add(struct store_gift *g, const char *name,
    const struct bytes *data, const struct bytes *sig, size_t n,
    struct diag *d);
MUST_USE enum status store_gift_list(struct store_gift *g, const char *name,
    const struct bytes *data, struct diag *d);
void store_gift_clear(struct store_gift *g);

/**
 * store_init(path, words, rehearsal, g, clock, d):
 * A new store that starts with the one bundle of ${g}: an establishment, whose
 * name begins with ${words} (16 to 32 of them, from paper).  ST_AUTH: other
 * words, or not signed.  ST_POLICY: a store is there, or (unless ${rehearsal})
 * a root is one that anybody can derive.  Nothing is left of a refusal.
 */
MUST_USE enum status store_init(const char *path, const char *words,
    bool rehearsal, const struct store_gift *g,
    const struct accept_clock *clock, struct diag *d);

/**
 * store_open(path, write, out, d):
 * ${write} locks it.  The caller frees (store_free).
 * ST_AUTH: a file in it is not the one that was written.
 */
MUST_USE enum status store_open(const char *path, bool write,
    struct store **out, struct diag *d);
void store_free(struct store *s);

/* What was new; and lists of none of its roots, which were passed over. */
struct store_taken {
	size_t bundles, lists, passed;
};

/**
 * store_apply(s, g, clock, out, d):
 * Walk the bundles of ${g}, then take its lists: all is checked before the
 * first file is written.
 */
MUST_USE enum status store_apply(struct store *s, const struct store_gift *g,
    const struct accept_clock *clock, struct store_taken *out,
    struct diag *d);

/* What it holds; borrowed. */
const struct accept_state *store_state(const struct store *s);
bool store_rehearsal(const struct store *s);
size_t store_revocations(const struct store *s);

/* RULES L5: whether any genuinely signed list ever named it. */
bool store_revoked(const struct store *s, const uint8_t issuer[20],
    const uint8_t *serial, size_t len);

/**
 * store_list(s, issuer, out, d):
 * The list that may prove a key good: the highest number.  NULL: none.
 * ST_POLICY: two lists have it, or it is below a floor, or it does not name a
 * key that another one revoked.
 */
MUST_USE enum status store_list(const struct store *s,
    const struct cert *issuer, const struct crl **out, struct diag *d);

#endif
