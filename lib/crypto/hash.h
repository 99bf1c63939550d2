/* hash.h -- digests, and HKDF. */
#ifndef ANCHORITE_HASH_H
#define ANCHORITE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/diag.h"
#include "lib/base/secret.h"

#define SHA384_LEN 48
#define SHA256_LEN 32
#define SHA384_HEX_SIZE (2 * SHA384_LEN + 1)

/* FIPS 180-4; they leave nothing of ${data} behind, and cannot fail once
 * crypto_start did not.  _hex gives lower-case digits and a NUL. */
void hash_sha384(const void *data, size_t len, uint8_t out[SHA384_LEN]);
void hash_sha384_hex(const void *data, size_t len, char out[SHA384_HEX_SIZE]);
void hash_sha256(const void *data, size_t len, uint8_t out[SHA256_LEN]);
void hash_sha512(const void *data, size_t len, uint8_t out[64]);

/* HMAC-SHA256 (RFC 2104); nothing of ${key} and ${data} is left behind. */
void hash_hmac_sha256(const uint8_t *key, size_t key_len, const void *data,
    size_t len, uint8_t out[SHA256_LEN]);

/**
 * hash_hkdf(ikm, salt, info, out, len, d):
 * HKDF-SHA-512 (RFC 5869), salt and info as ASCII text.  ${len} up to 16320.
 * ST_SYSTEM: no locked memory to work in (crypto_start comes before).
 */
MUST_USE enum status hash_hkdf(const struct secret *ikm, const char *salt,
    const char *info, uint8_t *out, size_t len, struct diag *d);

#endif
