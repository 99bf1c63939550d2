/* signed.h -- private to lib/crypto: SIGNED{} of X.509, the frame that
 * certificates, lists and requests share. */
#ifndef ANCHORITE_SIGNED_H
#define ANCHORITE_SIGNED_H

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/asn1.h"
#include "lib/crypto/key.h"
#include "lib/crypto/spki.h"

/**
 * signed_rehearse(tbs, alg, out, d):
 * ${tbs} under the throw-away key of ${alg}: one signature.
 */
MUST_USE enum status signed_rehearse(const struct bytes *tbs,
    const char *alg, struct bytes *out, struct diag *d);

/**
 * signed_make(tbs, key, recorded, linted, out, d):
 * ${tbs} under ${key}, signed twice and compared, if that key is the one of
 * record and the frame ${linted} holds the same ${tbs}.  The caller reads
 * ${out} again and verifies it, or wipes it (sign_wipe).  ST_BUG: not so.
 */
MUST_USE enum status signed_make(const struct bytes *tbs,
    const struct key *key, const struct spki *recorded,
    const struct bytes *linted, struct bytes *out, struct diag *d);

/**
 * signed_by(der, key, name, d):
 * The signature of a frame by exactly the algorithm that ${key} of ours uses
 * (P-384: SHA-384), over the bytes as they stand.  ST_AUTH: not so.
 */
MUST_USE enum status signed_by(const struct bytes *der,
    const struct spki *key, struct diag *d);

/**
 * signed_verify(s, key, d):
 * The same for an open frame, by whatever algorithm of alg.h it names.
 */
MUST_USE enum status signed_verify(const ASN1_SIGNED *s,
    const struct spki *key, struct diag *d);

/* The algorithm that a frame names, or NULL when alg.h has no such row. */
const struct alg_sig *signed_alg(const ASN1_SIGNED *s);

#endif
