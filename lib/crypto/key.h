/* key.h -- a root's private key.  Every signature it makes is deterministic:
 * RFC 6979 for ECDSA, the deterministic variants of FIPS 204 and 205. */
#ifndef ANCHORITE_KEY_H
#define ANCHORITE_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/derive.h"
#include "lib/crypto/spki.h"

struct key; /* private and public half; wiped when freed */

/**
 * key_known(alg, d):
 * Whether ${alg} is one that this build and the linked OpenSSL can use for a
 * root.  ST_USAGE: no such algorithm (names the nearest).  ST_POLICY: known,
 * but the linked OpenSSL is too old: names the version needed.
 */
MUST_USE enum status key_known(const char *alg, struct diag *d);

/**
 * key_adoptable(alg, d):
 * Whether a key of ${alg} that is there already can become a root: ECDSA on
 * P-256 or P-384, Ed25519, and RSA ("rsa-4096") of 3072 to 8192 bits.
 * ST_POLICY: "a root cannot be of ..." with what is wrong.
 */
#define KEY_RSA_BITS_MIN 3072
#define KEY_RSA_BITS_MAX 8192
MUST_USE enum status key_adoptable(const char *alg, struct diag *d);

/* What a root of ${alg} signs by: the name that its certificates and lists have
 * for it.  Borrowed. */
const char *key_signs_by(const char *alg);

/**
 * key_from_seed(seed, mode, alg, purpose, counter, out, d):
 * Derive as derive.h says.  The caller frees (key_free).
 */
MUST_USE enum status key_from_seed(const struct secret *seed,
    enum derive_mode mode, const char *alg, const char *purpose,
    unsigned counter, struct key **out, struct diag *d);

/**
 * key_throwaway(alg, out, d):
 * A key that everybody knows, for signing what is linted before the real key
 * touches it.  Borrowed: made once per algorithm, lives as long as the
 * program.  Never accepted by anything.
 */
MUST_USE enum status key_throwaway(const char *alg, const struct key **out,
    struct diag *d);

/* What it signs by: "ecdsa-p384"; of all RSA keys "rsa-sha256". */
const char *key_alg(const struct key *k);
const struct spki *key_public(const struct key *k);

/**
 * key_raw_public(k, out, d):
 * x and y for EC, else the key bits: what the derive figures show.
 */
MUST_USE enum status key_raw_public(const struct key *k, struct bytes *out,
    struct diag *d);

/**
 * key_sign(k, data, len, out, d):
 * A detached raw signature (DER for ECDSA) over ${data} with the algorithm's
 * own digest (P-256: SHA-256, P-384: SHA-384).  Made twice, compared, verified
 * against the public half before it is given out (RULES C9).  ST_BUG: not so.
 */
MUST_USE enum status key_sign(const struct key *k, const void *data,
    size_t len, struct bytes *out, struct diag *d);

/**
 * key_selftest(d):
 * RFC 6979 A.2.5 and A.2.6 figures, the vector whose first k is rejected, and
 * two signatures of one message that must be equal.  ST_BUG: not so.
 */
MUST_USE enum status key_selftest(struct diag *d);

/**
 * key_proven(d):
 * The self-test, once in a process: no signature is begun before it, and a
 * process that makes none is spared it.  A failure is for good.
 */
MUST_USE enum status key_proven(struct diag *d);

void key_free(struct key *k);

#endif
