/* pbes2.h -- private to lib/crypto: a private key that was encrypted, as a
 * file: EncryptedPrivateKeyInfo (RFC 5208 6) of PBES2 (RFC 8018 6.2), which is
 * here PBKDF2 with HMAC-SHA-512, and AES-256-CBC. */
#ifndef ANCHORITE_PBES2_H
#define ANCHORITE_PBES2_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/x509.h>

#include "lib/base/bytes.h"
#include "lib/base/diag.h"

#define PBES2_LABEL "ENCRYPTED PRIVATE KEY" /* of its PEM block */
#define PBES2_IV_LEN 16

/**
 * pbes2_scheme(rounds, salt, len, iv, out, d):
 * With ${rounds} of PBKDF2 over ${len} bytes of salt; OpenSSL has no const
 * here.  The caller frees (X509_ALGOR_free).
 */
MUST_USE enum status pbes2_scheme(int rounds, uint8_t *salt, size_t len,
    uint8_t iv[PBES2_IV_LEN], X509_ALGOR **out, struct diag *d);

/**
 * pbes2_pem(scheme, text, len, out, d):
 * The file around what is encrypted.  The caller frees.
 */
MUST_USE enum status pbes2_pem(const X509_ALGOR *scheme, const uint8_t *text,
    size_t len, struct bytes *out, struct diag *d);

#endif
