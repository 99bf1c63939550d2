/* see alg.h */
#include <string.h>

#include "lib/crypto/alg.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* AlgorithmIdentifiers: id-ecPublicKey (1.2.840.10045.2.1) and a curve */
#define EC_ID(total, ...)                                                     \
	{ (total) + 2, { 0x30, (total), 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce,   \
	    0x3d, 0x02, 0x01, __VA_ARGS__ } }
/* 1.2.840.113549.1.1.N with NULL parameters, which RFC 3279 demands */
#define RSA_ID(n)                                                             \
	{ 15, { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,   \
	    0x01, 0x01, (n), 0x05, 0x00 } }
/* 2.16.840.1.101.3.4.3.N, the signatures of FIPS 204 and 205 */
#define PQ_ID(n)                                                              \
	{ 13, { 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,   \
	    0x04, 0x03, (n) } }
/* 1.2.840.10045.4.3.N, ecdsa-with-SHA2 without parameters */
#define ECDSA_ID(n)                                                           \
	{ 12, { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04,   \
	    0x03, (n) } }
/* 2.16.840.1.101.3.4.2.N, SHA-2 without parameters (RFC 5754) */
#define SHA2_ID(n)                                                            \
	{ 13, { 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,   \
	    0x04, 0x02, (n) } }
/* 1.3.101.112 */
#define ED25519_ID { 7, { 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70 } }

static const struct alg_key keys[] = {
	{ "ecdsa-p256", ALG_EC, "P-256", 65, 32, "sha256",
	    EC_ID(0x13, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
	    0x07) },
	{ "ecdsa-p384", ALG_EC, "P-384", 97, 48, "sha384",
	    EC_ID(0x10, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22) },
	{ "ecdsa-p521", ALG_EC, "P-521", 133, 0, "sha512",
	    EC_ID(0x10, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23) },
	{ "rsa", ALG_RSA, "RSA", 0, 0, "sha256", RSA_ID(0x01) },
	{ "ed25519", ALG_EDWARDS, "ED25519", 32, 32, NULL, ED25519_ID },
	{ "ml-dsa-44", ALG_PQ, "ML-DSA-44", 1312, 0, NULL, PQ_ID(0x11) },
	{ "ml-dsa-65", ALG_PQ, "ML-DSA-65", 1952, 32, NULL, PQ_ID(0x12) },
	{ "ml-dsa-87", ALG_PQ, "ML-DSA-87", 2592, 32, NULL, PQ_ID(0x13) },
	{ "slh-dsa-sha2-128s", ALG_PQ, "SLH-DSA-SHA2-128s", 32, 48, NULL,
	    PQ_ID(0x14) },
	{ "slh-dsa-sha2-192s", ALG_PQ, "SLH-DSA-SHA2-192s", 48, 72, NULL,
	    PQ_ID(0x16) },
	{ "slh-dsa-sha2-256s", ALG_PQ, "SLH-DSA-SHA2-256s", 64, 0, NULL,
	    PQ_ID(0x18) },
};

static const struct alg_sig sigs[] = {
	{ "ecdsa-p256", "ecdsa-sha256", ALG_EC, "sha256", ECDSA_ID(2) },
	{ "ecdsa-p384", "ecdsa-sha384", ALG_EC, "sha384", ECDSA_ID(3) },
	{ "ecdsa-p521", "ecdsa-sha512", ALG_EC, "sha512", ECDSA_ID(4) },
	{ "rsa-sha256", "rsa-sha256", ALG_RSA, "sha256", RSA_ID(11) },
	{ "rsa-sha384", "rsa-sha384", ALG_RSA, "sha384", RSA_ID(12) },
	{ "rsa-sha512", "rsa-sha512", ALG_RSA, "sha512", RSA_ID(13) },
	{ "ed25519", "ed25519", ALG_EDWARDS, NULL, ED25519_ID },
	{ "ml-dsa-44", "ml-dsa-44", ALG_PQ, NULL, PQ_ID(0x11) },
	{ "ml-dsa-65", "ml-dsa-65", ALG_PQ, NULL, PQ_ID(0x12) },
	{ "ml-dsa-87", "ml-dsa-87", ALG_PQ, NULL, PQ_ID(0x13) },
	{ "slh-dsa-sha2-128s", "slh-dsa-sha2-128s", ALG_PQ, NULL,
	    PQ_ID(0x14) },
	{ "slh-dsa-sha2-192s", "slh-dsa-sha2-192s", ALG_PQ, NULL,
	    PQ_ID(0x16) },
	{ "slh-dsa-sha2-256s", "slh-dsa-sha2-256s", ALG_PQ, NULL,
	    PQ_ID(0x18) },
};

static const struct {
	const char *name;
	struct alg_id id;
} digests[] = {
	{ "sha256", SHA2_ID(1) },
	{ "sha384", SHA2_ID(2) },
	{ "sha512", SHA2_ID(3) },
};

static bool
same_id(const struct alg_id *id, const uint8_t *der, size_t len)
{
	return id->len == len && memcmp(id->der, der, len) == 0;
}

const struct alg_key *
alg_key(const char *name)
{
	if (strncmp(name, "rsa-", 4) == 0)
		name = "rsa";
	for (size_t i = 0; i < ROWS(keys); i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

const struct alg_key *
alg_key_id(const uint8_t *der, size_t len)
{
	for (size_t i = 0; i < ROWS(keys); i++)
		if (same_id(&keys[i].id, der, len))
			return &keys[i];
	return NULL;
}

const struct alg_sig *
alg_sig(const char *name)
{
	for (size_t i = 0; i < ROWS(sigs); i++)
		if (strcmp(sigs[i].name, name) == 0)
			return &sigs[i];
	return NULL;
}

const struct alg_sig *
alg_sig_id(const uint8_t *der, size_t len)
{
	for (size_t i = 0; i < ROWS(sigs); i++)
		if (same_id(&sigs[i].id, der, len))
			return &sigs[i];
	return NULL;
}

unsigned
alg_key_number(const struct alg_key *a)
{
	return (unsigned)(a - keys) + 1;
}

unsigned
alg_sig_number(const struct alg_sig *a)
{
	return (unsigned)(a - sigs) + 1;
}

const struct alg_key *
alg_key_at(unsigned number)
{
	return number == 0 || number > ROWS(keys) ? NULL : &keys[number - 1];
}

const struct alg_sig *
alg_sig_at(unsigned number)
{
	return number == 0 || number > ROWS(sigs) ? NULL : &sigs[number - 1];
}

size_t
alg_half(const struct alg_key *a)
{
	return (a->bits_len - 1) / 2;
}

const struct alg_id *
alg_digest(const char *name)
{
	for (size_t i = 0; i < ROWS(digests); i++)
		if (strcmp(digests[i].name, name) == 0)
			return &digests[i].id;
	return NULL;
}

size_t
alg_roots(const char **names, size_t n)
{
	size_t used = 0;

	for (size_t i = 0; i < ROWS(keys) && used < n; i++)
		if (keys[i].seed_len > 0)
			names[used++] = keys[i].name;
	return used;
}
