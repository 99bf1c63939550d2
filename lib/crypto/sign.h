/* sign.h -- private to lib/crypto: every signature of ours is made and
 * verified here, whatever it is put into. */
#ifndef ANCHORITE_SIGN_H
#define ANCHORITE_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/alg.h"
#include "lib/crypto/key.h"
#include "lib/crypto/spki.h"

/**
 * sign_once(k, data, len, out, d):
 * One signature, neither compared nor verified: for throw-away keys only.
 */
MUST_USE enum status sign_once(const struct key *k, const void *data,
    size_t len, struct bytes *out, struct diag *d);

/**
 * sign_twice(k, data, len, out, d):
 * RULES C9, first half: two signatures that must be equal.  The caller still
 * verifies with the recorded key, over bytes that were read again.
 * ST_BUG: they differ; both are wiped and ${out} is empty.
 */
MUST_USE enum status sign_twice(const struct key *k, const void *data,
    size_t len, struct bytes *out, struct diag *d);

/**
 * sign_other(key, alg, data, len, out, d):
 * One signature by a key that is no root's, as ${alg} has it.  The caller
 * verifies.
 */
MUST_USE enum status sign_other(EVP_PKEY *key, const struct alg_sig *alg,
    const void *data, size_t len, struct bytes *out, struct diag *d);

/**
 * sign_verify(key, alg, data, len, sig, sig_len, d):
 * ST_AUTH: not a signature of ${key} by ${alg} over ${data}.
 */
MUST_USE enum status sign_verify(const struct spki *key,
    const struct alg_sig *alg, const void *data, size_t len,
    const void *sig, size_t sig_len, struct diag *d);

/**
 * sign_frame(der, key, own, d):
 * The signature of a certificate, list or request over the bytes as they
 * stand.  With ${own} by exactly the algorithm that a root of ours uses
 * (P-384: SHA-384), else by any row of alg.h.  ST_AUTH: not so.
 */
MUST_USE enum status sign_frame(const struct bytes *der,
    const struct spki *key, bool own, struct diag *d);

/**
 * sign_frame_once(der, key, d):
 * The same with ${own}, but not anew for the very bytes and key that it last
 * held for in this process: what was just signed was verified then (RULES C9).
 */
MUST_USE enum status sign_frame_once(const struct bytes *der,
    const struct spki *key, struct diag *d);

/* Whether what is signed in the frame ${der} is exactly ${tbs}. */
bool sign_frame_holds(const struct bytes *der, const struct bytes *tbs);

/**
 * sign_check_made(what, der, tbs, recorded, d):
 * RULES C9, of the "certificate" or "list" ${der} just signed: opened again, it
 * still holds the ${tbs} that was linted, and is verified as it stands with the
 * key that the record has.  ST_BUG: not so.
 */
MUST_USE enum status sign_check_made(const char *what,
    const struct bytes *der, const struct bytes *tbs,
    const struct spki *recorded, struct diag *d);

/* Wipe, then free: for what was signed and is not to be seen. */
void sign_wipe(struct bytes *b);

#endif
