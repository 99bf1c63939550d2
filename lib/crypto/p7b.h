/* p7b.h -- certificates and nothing else in a PKCS#7 file (RFC 2315 9). */
#ifndef ANCHORITE_P7B_H
#define ANCHORITE_P7B_H

#include <stddef.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/crypto/cert.h"

/**
 * p7b_write(cert, n, out, d):
 * SignedData without a signer in DER.
 */
MUST_USE enum status p7b_write(struct cert *const *cert, size_t n,
    struct bytes *out, struct diag *d);

#endif
