/* rfc6979.h -- private to lib/crypto: deterministic nonces for ECDSA, where
 * OpenSSL (before 3.2) has only random ones. */
#ifndef ANCHORITE_RFC6979_H
#define ANCHORITE_RFC6979_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/bn.h>
#include <openssl/evp.h>

/**
 * rfc6979_nonce(q, x, hash, len, k):
 * RFC 6979 3.2: the nonce for group order ${q}, private key ${x} and a digest
 * of ${len} bytes, 32, 48 or 64, by HMAC with the digest of that length.
 * ${k} should be of BN_secure_new.  False: no memory, or another length.
 */
bool rfc6979_nonce(const BIGNUM *q, const BIGNUM *x, const uint8_t *hash,
    size_t len, BIGNUM *k);

/**
 * rfc6979_key(curve, x):
 * An EC key ("P-256", "P-384") whose every ECDSA signature takes its nonce
 * from here, whoever asks for it.  NULL: no memory, or an error of OpenSSL.
 */
EVP_PKEY *rfc6979_key(const char *curve, const BIGNUM *x);

#endif
