/* see key_export.h */
#include <stdio.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sodium.h>

#include "lib/crypto/alg.h"
#include "lib/crypto/key_export.h"
#include "lib/crypto/key_file.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/pbes2.h"
#include "lib/crypto/pkcs8.h"

#define SALT_LEN 16
#define BLOCK_LEN 16 /* of AES */
#define KEY_LEN 32
#define PLAIN_MAX 512 /* bytes of the longest private key in DER */

/* --- what is encrypted --- */

static enum status
derive_part(const struct export_root *r, const struct alg_key *a,
    struct secret **out, struct diag *d)
{
	if (a->family == ALG_EC)
		return derive_scalar(r->seed, r->mode, a->name, "root",
		    r->counter, out, d);
	return derive_seed(r->seed, r->mode, a->name, "root", r->counter,
	    a->seed_len, out, d);
}

static enum status
make_plain(const struct export_root *r, struct secret **out, struct diag *d)
{
	struct pkcs8 p = { .alg = alg_key(key_alg(r->key)), .n = 1 };
	enum status rc;

	TRY(derive_part(r, p.alg, &p.part[0], d));
	TRY(pkcs8_write(&p, key_public(r->key), out, d));
	if (secret_len(*out) > PLAIN_MAX)
		FAIL(d, ST_BUG, "a private key of %zu bytes",
		    secret_len(*out));
out:
	pkcs8_clear(&p);
	return rc;
}

/* --- the passphrase --- */

enum status
key_export_passphrase(const struct secret *passphrase, struct diag *d)
{
	const uint8_t *text = secret_peek(passphrase);
	const size_t len = secret_len(passphrase);

	if (len < EXPORT_PASSPHRASE_MIN || len > EXPORT_PASSPHRASE_MAX)
		return diag_set(d, ST_POLICY, "FORMATS 5.17: a passphrase of "
		    "%zu characters, where %d to %d can be", len,
		    EXPORT_PASSPHRASE_MIN, EXPORT_PASSPHRASE_MAX);
	for (size_t i = 0; i < len; i++) {
		if (text[i] < 32 || text[i] > 126)
			return diag_set(d, ST_POLICY, "FORMATS 5.17: character "
			    "%zu of the passphrase is not printable ASCII",
			    i + 1);
	}
	return ST_OK;
}

/* RFC 8018, 5.2, of one block: written out, for OpenSSL's would leave copies
 * of it behind. */
struct stretch {
	crypto_auth_hmacsha512_state keyed; /* by the passphrase */
	crypto_auth_hmacsha512_state mac;
	uint8_t u[crypto_auth_hmacsha512_BYTES];
	uint8_t key[KEY_LEN];
};

static void
stretch(struct stretch *s, const struct secret *passphrase,
    const uint8_t salt[SALT_LEN])
{
	static const uint8_t number[4] = { 0, 0, 0, 1 };

	crypto_auth_hmacsha512_init(&s->keyed, secret_peek(passphrase),
	    secret_len(passphrase));
	s->mac = s->keyed;
	crypto_auth_hmacsha512_update(&s->mac, salt, SALT_LEN);
	crypto_auth_hmacsha512_update(&s->mac, number, sizeof(number));
	crypto_auth_hmacsha512_final(&s->mac, s->u);
	memcpy(s->key, s->u, KEY_LEN);
	for (uint32_t i = 1; i < EXPORT_ROUNDS; i++) {
		s->mac = s->keyed;
		crypto_auth_hmacsha512_update(&s->mac, s->u, sizeof(s->u));
		crypto_auth_hmacsha512_final(&s->mac, s->u);
		for (size_t k = 0; k < KEY_LEN; k++)
			s->key[k] ^= s->u[k];
	}
}

/* --- PBES2 --- */

/* Published: FORMATS 5.5. */
struct chance {
	uint8_t salt[SALT_LEN];
	uint8_t iv[PBES2_IV_LEN];
};

static enum status
draw_chance(const struct export_root *r, struct chance *out, struct diag *d)
{
	char label[64];

	snprintf(label, sizeof(label), "export/%s/%u", key_alg(r->key),
	    r->counter);
	return derive_label(r->seed, label, (uint8_t *)out, sizeof(*out), d);
}

/* Both directions; ${out} takes ${len} + BLOCK_LEN bytes.  ST_AUTH: what is
 * decrypted was not encrypted with this. */
static enum status
run(bool encrypt, const struct secret *passphrase, const struct chance *c,
    const uint8_t *in, size_t len, uint8_t *out, size_t *out_len,
    struct diag *d)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	struct secret *hold = NULL;
	struct stretch *s;
	int n = 0, last = 0;
	enum status rc;

	TRY(secret_new(sizeof(*s), &hold, d));
	s = (void *)secret_bytes(hold);
	stretch(s, passphrase, c->salt);
	if (ctx == NULL || EVP_CipherInit_ex(ctx, EVP_aes_256_cbc(), NULL,
	    s->key, c->iv, encrypt) != 1 ||
	    EVP_CipherUpdate(ctx, out, &n, in, (int)len) != 1) {
		rc = ossl_fail(d, ST_SYSTEM, "AES-256-CBC");
		goto out;
	}
	if (EVP_CipherFinal_ex(ctx, out + n, &last) != 1) {
		ERR_clear_error();
		FAIL(d, ST_AUTH, "it does not open with this passphrase");
	}
	*out_len = (size_t)n + (size_t)last;
	rc = ST_OK;
out:
	EVP_CIPHER_CTX_free(ctx); /* wipes what it held */
	secret_free(hold);
	return rc;
}

static enum status
wrap(const struct chance *c, const uint8_t *text, size_t len,
    struct bytes *out, struct diag *d)
{
	struct chance copy = *c;
	X509_ALGOR *scheme = NULL;
	enum status rc;

	TRY(pbes2_scheme(EXPORT_ROUNDS, copy.salt, SALT_LEN, copy.iv, &scheme,
	    d));
	TRY(pbes2_pem(scheme, text, len, out, d));
out:
	X509_ALGOR_free(scheme);
	return rc;
}

/* A key that was there before its seed is in no file of ours. */
static enum status
check_derived(const struct export_root *r, struct diag *d)
{
	struct key *key = NULL;
	enum status rc;

	if (key_file_has(r->key))
		return diag_set(d, ST_POLICY, "FORMATS 5.16: the key of this "
		    "root does not come from its seed; its own file opens "
		    "with stock tools (5.15)");
	rc = key_from_seed(r->seed, r->mode, key_alg(r->key), "root",
	    r->counter, &key, d);
	if (rc == ST_OK && memcmp(key_public(key)->id, key_public(r->key)->id,
	    SHA384_LEN) != 0)
		rc = diag_set(d, ST_POLICY, "FORMATS 5.16: the key of this "
		    "root does not come from its seed");
	key_free(key);
	return rc;
}

enum status
key_export(const struct export_root *r, const struct secret *passphrase,
    struct bytes *out, struct diag *d)
{
	uint8_t text[PLAIN_MAX + BLOCK_LEN];
	struct secret *plain = NULL;
	struct chance c;
	size_t len = 0;
	enum status rc;

	TRY(key_export_passphrase(passphrase, d));
	TRY(check_derived(r, d));
	TRY(draw_chance(r, &c, d));
	TRY(make_plain(r, &plain, d));
	TRY(run(true, passphrase, &c, secret_peek(plain), secret_len(plain),
	    text, &len, d));
	TRY(wrap(&c, text, len, out, d));
out:
	secret_free(plain);
	return rc;
}

/* What is encrypted in the file, if it is all of it in this very spelling. */
static enum status
unwrap(const struct chance *c, const struct bytes *file, uint8_t *text,
    size_t *len, struct diag *d)
{
	BIO *bio = BIO_new_mem_buf(file->data, (int)file->len);
	X509_SIG *sig = bio == NULL ? NULL :
	    PEM_read_bio_PKCS8(bio, NULL, NULL, NULL);
	const ASN1_OCTET_STRING *octets = NULL;
	struct bytes same = { 0 };
	enum status rc;

	ERR_clear_error();
	if (sig != NULL)
		X509_SIG_get0(sig, NULL, &octets);
	if (octets == NULL || octets->length > PLAIN_MAX)
		FAIL(d, ST_AUTH, "it is no such file");
	*len = (size_t)octets->length;
	memcpy(text, octets->data, *len);
	TRY(wrap(c, text, *len, &same, d));
	if (!bytes_equal(&same, file))
		FAIL(d, ST_AUTH, "it is spelt otherwise");
out:
	bytes_free(&same);
	X509_SIG_free(sig);
	BIO_free(bio);
	return rc;
}

enum status
key_export_opens(const struct export_root *r, const struct bytes *file,
    const struct secret *passphrase, struct diag *d)
{
	struct secret *plain = NULL, *room = NULL, *got = NULL;
	uint8_t text[PLAIN_MAX];
	struct chance c;
	size_t len = 0, n = 0;
	enum status rc;

	TRY(draw_chance(r, &c, d));
	TRY(unwrap(&c, file, text, &len, d));
	TRY(secret_new(PLAIN_MAX + BLOCK_LEN, &room, d));
	TRY(run(false, passphrase, &c, text, len, secret_bytes(room), &n, d));
	TRY(make_plain(r, &plain, d));
	TRY(secret_new(n, &got, d));
	memcpy(secret_bytes(got), secret_peek(room), n);
	if (!secret_equal(got, plain))
		FAIL(d, ST_AUTH, "it holds another key");
out:
	secret_free(got);
	secret_free(room);
	secret_free(plain);
	return rc;
}

enum status
key_export_mac(const struct secret *seed, const void *text, size_t len,
    uint8_t out[SHA256_LEN], struct diag *d)
{
	struct secret *key = NULL;
	enum status rc;

	TRY(secret_new(SHA256_LEN, &key, d));
	TRY(derive_label(seed, "export-mac", secret_bytes(key), SHA256_LEN,
	    d));
	hash_hmac_sha256(secret_peek(key), SHA256_LEN, text, len, out);
out:
	secret_free(key);
	return rc;
}
