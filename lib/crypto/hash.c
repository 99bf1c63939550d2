/* see hash.h */
#include <string.h>

#include <sodium.h>

#include "lib/crypto/hash.h"

#define HKDF_BLOCK crypto_auth_hmacsha512_BYTES
#define HKDF_MAX (255 * (size_t)HKDF_BLOCK)

/*
 * SHA-384 is SHA-512 from another start, cut to 48 bytes (FIPS 180-4, 5.3.4
 * and 6.5).  Set that start into libsodium's SHA-512: it allocates nothing and
 * cannot fail, so no digest is ever missing.
 */
void
hash_sha384(const void *data, size_t len, uint8_t out[SHA384_LEN])
{
	static const uint64_t start[8] = {
		0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17,
		0x152fecd8f70e5939, 0x67332667ffc00b31, 0x8eb44a8768581511,
		0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4
	};
	crypto_hash_sha512_state h;
	uint8_t full[crypto_hash_sha512_BYTES];

	crypto_hash_sha512_init(&h);
	memcpy(h.state, start, sizeof(h.state));
	if (len > 0)
		crypto_hash_sha512_update(&h, data, len);
	crypto_hash_sha512_final(&h, full);
	memcpy(out, full, SHA384_LEN);
	secret_wipe(full, sizeof(full));
}

void
hash_sha384_hex(const void *data, size_t len, char out[SHA384_HEX_SIZE])
{
	uint8_t digest[SHA384_LEN];

	hash_sha384(data, len, digest);
	sodium_bin2hex(out, SHA384_HEX_SIZE, digest, sizeof(digest));
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

/* All that HKDF holds while it works, in locked memory. */
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
	struct secret *work = NULL;
	struct hkdf *h;
	enum status rc;
	size_t n;

	if (len == 0 || len > HKDF_MAX)
		FAIL(d, ST_BUG, "%zu bytes asked of HKDF", len);
	TRY(secret_new(sizeof(*h), &work, d));
	h = (void *)secret_bytes(work);

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
	secret_free(work);
	return rc;
}
