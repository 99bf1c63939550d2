/* key_file.h -- a private key that was there before: out of the file that
 * others keep it in, and into the one that a seed opens.  FORMATS 5.11 to
 * 5.15. */
#ifndef ANCHORITE_KEY_FILE_H
#define ANCHORITE_KEY_FILE_H

#include <stdbool.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"
#include "lib/base/secret.h"
#include "lib/crypto/key.h"

#define KEY_FILE_MAX 32768 /* bytes */

/* Whether a passphrase is wanted: an EncryptedPrivateKeyInfo, or a PEM block
 * that says so.  false too for what is no key file at all. */
bool key_file_locked(const struct secret *file);

/**
 * key_file_open(file, passphrase, out, d):
 * A private key in PEM or DER: PKCS #8, plain or encrypted, SEC 1, PKCS #1, the
 * two last also encrypted as OpenSSL did in PEM; of the algorithms of
 * key_adoptable.  ${passphrase} may be NULL.  Its public half is computed from
 * the private one and never taken from the file.  The caller frees (key_free).
 * ST_FORMAT: no such file.  ST_POLICY: no root is of that kind.  ST_AUTH: not
 * this passphrase, or numbers that do not belong together.
 */
MUST_USE enum status key_file_open(const struct secret *file,
    const struct secret *passphrase, struct key **out, struct diag *d);

/* Whether ${k} came out of a file, and so can be sealed into one. */
bool key_file_has(const struct key *k);

/**
 * key_file_seal(k, seed, out, d):
 * EncryptedPrivateKeyInfo in PEM under a password, a salt and an IV that follow
 * from ${seed}: one key and one seed give one file, on any machine.  ${k} is of
 * key_file_open or key_file_unseal.
 */
MUST_USE enum status key_file_seal(const struct key *k,
    const struct secret *seed, struct bytes *out, struct diag *d);

/**
 * key_file_unseal(pem, seed, out, d):
 * Back again: nothing but what key_file_seal gives.  ST_AUTH: it is not of this
 * seed, or was altered.
 */
MUST_USE enum status key_file_unseal(const struct bytes *pem,
    const struct secret *seed, struct key **out, struct diag *d);

#endif
