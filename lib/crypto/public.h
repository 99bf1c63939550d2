/* public.h -- whose key: a file that a person names. */
#ifndef ANCHORITE_PUBLIC_H
#define ANCHORITE_PUBLIC_H

#include <stddef.h>

#include "lib/base/diag.h"
#include "lib/crypto/spki.h"

#define PUBLIC_MAX 65536 /* bytes of such a file */

/**
 * public_read(name, data, len, out, d):
 * The key of a certificate, or a SubjectPublicKeyInfo, in PEM or DER, read as
 * strictly as cert_read and spki_read do.  The caller clears ${out}
 * (spki_clear).  ST_FORMAT: it is neither.
 */
MUST_USE enum status public_read(const char *name, const void *data,
    size_t len, struct spki *out, struct diag *d);

#endif
