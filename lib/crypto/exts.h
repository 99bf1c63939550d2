/* exts.h -- private to lib/crypto: the extensions that certificates of ours
 * have, from their meaning to their bytes and back. */
#ifndef ANCHORITE_EXTS_H
#define ANCHORITE_EXTS_H

#include <openssl/x509v3.h>

#include "lib/base/diag.h"
#include "lib/crypto/cert.h"

/**
 * exts_write(spec, out, d):
 * In this order, where they are wanted: subject and authority key identifier,
 * basic constraints, key usage, extended key usage, policies, then the
 * specification's own.  The caller frees
 * (sk_X509_EXTENSION_pop_free).  ST_BUG: the specification makes no sense.
 */
MUST_USE enum status exts_write(const struct cert_spec *spec,
    STACK_OF(X509_EXTENSION) **out, struct diag *d);

/**
 * exts_read(all, c, d):
 * Every extension once, its value strict DER, into ${c}->seen; the meaning of
 * those above into ${c}->spec and the rest into ${c}->spec.ext.
 */
MUST_USE enum status exts_read(const STACK_OF(X509_EXTENSION) *all,
    struct cert *c, struct diag *d);

#endif
