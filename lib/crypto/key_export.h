/* key_export.h -- a root's private key out of the ceremony, in a file that
 * plain `openssl pkey` opens.  FORMATS 5.16 to 5.18. */
#ifndef ANCHORITE_KEY_EXPORT_H
#define ANCHORITE_KEY_EXPORT_H

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/derive.h"
#include "lib/crypto/hash.h"
#include "lib/crypto/key.h"

#define EXPORT_PASSPHRASE_MIN 12 /* characters */
#define EXPORT_PASSPHRASE_MAX 1024
#define EXPORT_ROUNDS 1000000 /* of PBKDF2, about a second */

/* A root's key with what it was derived from; all borrowed. */
struct export_root {
	const struct secret *seed;
	enum derive_mode mode;
	const struct key *key; /* of purpose "root" */
	unsigned counter;
};

/**
 * key_export_passphrase(passphrase, d):
 * ST_POLICY: shorter or longer than that, or with a character, by its number,
 * that is not of ASCII 32..126.
 */
MUST_USE enum status key_export_passphrase(const struct secret *passphrase,
    struct diag *d);

/**
 * key_export(r, passphrase, out, d):
 * PKCS #8 in PEM, encrypted by PBES2: PBKDF2-HMAC-SHA-512 and AES-256-CBC, with
 * salt and IV that follow from the seed.  Nothing of the key is in memory that
 * is not locked.  ST_POLICY: see key_export_passphrase.
 */
MUST_USE enum status key_export(const struct export_root *r,
    const struct secret *passphrase, struct bytes *out, struct diag *d);

/**
 * key_export_opens(r, file, passphrase, d):
 * Whether this file, with this passphrase, holds that key.  ST_AUTH: it does
 * not.
 */
MUST_USE enum status key_export_opens(const struct export_root *r,
    const struct bytes *file, const struct secret *passphrase,
    struct diag *d);

/**
 * key_export_mac(seed, text, len, out, d):
 * HMAC-SHA256 under a key of the seed's: who has a quorum can tell that the
 * words of an export were written by who had one.
 */
MUST_USE enum status key_export_mac(const struct secret *seed,
    const void *text, size_t len, uint8_t out[SHA256_LEN], struct diag *d);

#endif
