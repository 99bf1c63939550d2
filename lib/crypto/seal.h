/* seal.h -- a file that only named people can open: CMS AuthEnvelopedData (RFC
 * 5083, RFC 5084) with AES-256-GCM.  `openssl cms -decrypt` opens it too. */
#ifndef ANCHORITE_SEAL_H
#define ANCHORITE_SEAL_H

#include <stddef.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/spki.h"

#define SEAL_OPENERS_MAX 8
#define SEAL_CHUNK 512 /* bytes of randomness that one part may take */
/* All that a seal needs: two chunks for each opener, two for the content. */
#define SEAL_STREAM ((size_t)2 * SEAL_CHUNK * (SEAL_OPENERS_MAX + 1))
#define SEAL_MAX ((size_t)16 << 20) /* bytes, sealed or not */

/**
 * seal_check(name, cert, d):
 * Whether who has this certificate's key can be sealed to: EC on P-256, P-384
 * or P-521, or RSA of 3072 bits and more.  ST_POLICY: "${name}: ...".
 */
MUST_USE enum status seal_check(const char *name, const struct cert *cert,
    struct diag *d);

/**
 * seal_write(to, n, stream, plain, out, d):
 * Seal ${plain} so that any one of ${n} openers can open it: EC by ECDH with
 * the X9.63 KDF (SHA-256) and AES-256 key wrap (RFC 5753), RSA by OAEP
 * (SHA-256).  Content key, IV, ephemeral keys and padding all come from
 * ${stream}, SEAL_STREAM bytes: the same stream, openers and plain text give
 * the same bytes, by any version of OpenSSL (RULES C7).  One stream, one seal.
 */
MUST_USE enum status seal_write(const struct cert *const *to, size_t n,
    const struct secret *stream, const struct bytes *plain,
    struct bytes *out, struct diag *d);

/* Somebody's private key, to open with; wiped when freed. */
struct opener;

/**
 * opener_read(name, pem, passphrase, out, d):
 * A key of PKCS#8 or SEC1, PEM, encrypted or (${passphrase} NULL) not.
 * ST_USAGE: it is encrypted, and there is no passphrase.  ST_AUTH: another one.
 * ST_FORMAT: not a private key.  The caller frees (opener_free).
 */
MUST_USE enum status opener_read(const char *name, const struct secret *pem,
    const struct secret *passphrase, struct opener **out, struct diag *d);
const struct spki *opener_public(const struct opener *o);
void opener_free(struct opener *o);

/**
 * seal_open(name, sealed, who, cert, out, d):
 * ${cert} is the certificate of ${who} that it was sealed to.
 * ST_FORMAT: no such envelope, or bytes behind it.  ST_AUTH: it is not sealed
 * to this key, or was altered.
 */
MUST_USE enum status seal_open(const char *name, const struct bytes *sealed,
    const struct opener *who, const struct cert *cert, struct bytes *out,
    struct diag *d);

#endif
