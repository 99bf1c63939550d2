/* see hash.h */
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <sodium.h>

#include "lib/crypto/hash.h"

#define HKDF_BLOCK crypto_auth_hmacsha512_BYTES
#define HKDF_MAX (255 * (size_t)HKDF_BLOCK)

void
hash_sha384(const void *data, size_t len, uint8_t out[SHA384_LEN])
{
	/* crypto_start made sure that it is there: no digest is ever missing */
	if (SHA384(data, len, out) == NULL)
		abort();
}

void
hash_sha384_hex(const void *data, size_t len, char out[SHA384_HEX_SIZE])
{
	uint8_t digest[SHA384_LEN];

	hash_sha384(data, len, digest);
	sodium_bin2hex(out, SHA384_HEX_SIZE, digest, sizeof(digest));
	secret_wipe(digest, sizeof(digest));
}

void
hash_sha256(const void *data, size_t len, uint8_t out[SHA256_LEN])
{
	crypto_hash_sha256(out, len > 0 ? data : (const void *)"", len);
}

void
hash_sha512(const void *data, size_t len, uint8_t out[64])
{
	crypto_hash_sha512(out, len > 0 ? data : (const void *)"", len);
}

void
hash_hmac_sha256(const uint8_t *key, size_t key_len, const void *data,
    size_t len, uint8_t out[SHA256_LEN])
{
	crypto_auth_hmacsha256_state h;

	crypto_auth_hmacsha256_init(&h, key, key_len);
	if (len > 0)
		crypto_auth_hmacsha256_update(&h, data, len);
	crypto_auth_hmacsha256_final(&h, out);
	secret_wipe(&h, sizeof(h));
}

/* All that HKDF holds while it works, on OpenSSL's locked heap: a delegation
 * derives its serial, and a page of its own costs it more than the rest. */
struct hkdf {
	crypto_auth_hmacsha512_state mac;
	uint8_t prk[HKDF_BLOCK];
	uint8_t block[HKDF_BLOCK]; /* T(i) of RFC 5869, 2.3 */
};

/* PRK = HMAC(salt, IKM) */
static void
extract(struct hkdf *h, const struct secret *ikm, const char *salt)
{
	crypto_auth_hmacsha512_init(&h->mac, (const uint8_t *)salt,
	    strlen(salt));
	crypto_auth_hmacsha512_update(&h->mac, secret_peek(ikm),
	    secret_len(ikm));
	crypto_auth_hmacsha512_final(&h->mac, h->prk);
}

/* T(i) = HMAC(PRK, T(i - 1) | info | i); T(0) is empty */
static void
expand(struct hkdf *h, const char *info, uint8_t i)
{
	crypto_auth_hmacsha512_init(&h->mac, h->prk, sizeof(h->prk));
	if (i > 1)
		crypto_auth_hmacsha512_update(&h->mac, h->block,
		    sizeof(h->block));
	crypto_auth_hmacsha512_update(&h->mac, (const uint8_t *)info,
	    strlen(info));
	crypto_auth_hmacsha512_update(&h->mac, &i, 1);
	crypto_auth_hmacsha512_final(&h->mac, h->block);
}

enum status
hash_hkdf(const struct secret *ikm, const char *salt, const char *info,
    uint8_t *out, size_t len, struct diag *d)
{
	struct hkdf *h = NULL;
	enum status rc;
	size_t n;

	if (len == 0 || len > HKDF_MAX)
		FAIL(d, ST_BUG, "%zu bytes asked of HKDF", len);
	h = OPENSSL_secure_zalloc(sizeof(*h));
	/* without a heap that is locked it would come from any other */
	if (h == NULL || CRYPTO_secure_allocated(h) != 1)
		FAIL(d, ST_SYSTEM, "no locked memory for a derivation");

	extract(h, ikm, salt);
	for (uint8_t i = 1; len > 0; i++) {
		expand(h, info, i);
		n = len < sizeof(h->block) ? len : sizeof(h->block);
		memcpy(out, h->block, n);
		out += n;
		len -= n;
	}
	rc = ST_OK;
out:
	OPENSSL_secure_clear_free(h, sizeof(*h));
	return rc;
}
