/* chain.h -- a path from a certificate to an anchor, by OpenSSL's verifier
 * with strict flags; revocation is always checked, here and not there. */
#ifndef ANCHORITE_CHAIN_H
#define ANCHORITE_CHAIN_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/crl.h"

#define CHAIN_MAX 64 /* anchors, intermediates or lists */

/**
 * chain_verify(leaf, anchors, n, lists, m, at, d):
 * X509_STRICT, time ${at}; and for every certificate of the path, the anchor
 * too, the list of its issuer: signed by it, begun, not over, and not naming
 * it.  One list an issuer: the caller chose.  ST_AUTH with the reason as a
 * sentence ("certificate revoked", "no list of its issuer", ...).
 */
MUST_USE enum status chain_verify(const struct cert *leaf,
    const struct cert *const *anchors, size_t n,
    const struct crl *const *lists, size_t m, int64_t at, struct diag *d);

#endif
