/* see opkey.h */
#include <string.h>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include "lib/crypto/cert.h"
#include "lib/crypto/key_export.h"
#include "lib/crypto/opkey.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/pbes2.h"

#define SALT_LEN 16
#define ALPHABET                                                              \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

/* Those of FORMATS 8.12 that are made here. */
static const struct made {
	const char *name;
	const char *curve;  /* NULL: RSA */
	size_t bits;	    /* of RSA */
	const char *digest; /* that the request is signed with */
} rows[] = {
	{ "ecdsa-p256", "P-256", 0, "SHA256" },
	{ "ecdsa-p384", "P-384", 0, "SHA384" },
	{ "ecdsa-p521", "P-521", 0, "SHA512" },
	{ "rsa-3072", NULL, 3072, "SHA256" },
	{ "rsa-4096", NULL, 4096, "SHA256" },
};
#define NROWS (sizeof(rows) / sizeof(rows[0]))

void
opkey_clear(struct opkey *k)
{
	bytes_free(&k->key);
	bytes_free(&k->request);
	spki_clear(&k->public);
}

static enum status
find_row(const char *alg, const struct made **out, struct diag *d)
{
	for (size_t i = 0; i < NROWS; i++) {
		if (strcmp(rows[i].name, alg) != 0)
			continue;
		*out = &rows[i];
		return ST_OK;
	}
	return diag_set(d, ST_USAGE, "FORMATS 8.12: an operational key is one "
	    "of ecdsa-p256, ecdsa-p384, ecdsa-p521, rsa-3072, rsa-4096");
}

static enum status
check_name(const char *common, struct diag *d)
{
	const size_t len = strlen(common);

	if (len == 0 || len > OPKEY_NAME_MAX || strspn(common, ALPHABET) != len)
		return diag_set(d, ST_USAGE, "FORMATS 5.20: a name is 1 to %d "
		    "characters of A-Z, a-z, 0-9, \".\", \"_\" and \"-\"",
		    OPKEY_NAME_MAX);
	return ST_OK;
}

static enum status
draw_key(const struct made *m, EVP_PKEY **out, struct diag *d)
{
	*out = m->curve != NULL ? EVP_PKEY_Q_keygen(NULL, NULL, "EC",
	    m->curve) : EVP_PKEY_Q_keygen(NULL, NULL, "RSA", m->bits);
	return *out != NULL ? ST_OK :
	    ossl_fail(d, ST_SYSTEM, "a new private key");
}

static enum status
read_public(EVP_PKEY *key, struct spki *out, struct diag *d)
{
	unsigned char *der = NULL;
	const int n = i2d_PUBKEY(key, &der);
	enum status rc;

	if (n <= 0)
		return ossl_fail(d, ST_SYSTEM, "a public key");
	rc = spki_read(der, (size_t)n, out, d);
	OPENSSL_free(der);
	return rc;
}

/* --- the file --- */

static enum status
encrypt(EVP_PKEY *key, const struct secret *passphrase, struct bytes *out,
    struct diag *d)
{
	uint8_t salt[SALT_LEN], iv[PBES2_IV_LEN];
	PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(key);
	X509_ALGOR *scheme = NULL;
	X509_SIG *sealed = NULL;
	unsigned char *der = NULL;
	struct bytes all = { 0 };
	int n = 0;
	enum status rc;

	if (plain == NULL || RAND_bytes(salt, sizeof(salt)) != 1 ||
	    RAND_bytes(iv, sizeof(iv)) != 1) {
		rc = ossl_fail(d, ST_SYSTEM, "a private key");
		goto out;
	}
	TRY(pbes2_scheme(EXPORT_ROUNDS, salt, sizeof(salt), iv, &scheme, d));
	sealed = PKCS8_set0_pbe((const char *)secret_peek(passphrase),
	    (int)secret_len(passphrase), plain, scheme);
	if (sealed == NULL || (n = i2d_X509_SIG(sealed, &der)) <= 0) {
		rc = ossl_fail(d, ST_SYSTEM, "an encrypted private key");
		goto out;
	}
	scheme = NULL; /* it is in there */
	TRY(bytes_set(&all, der, (size_t)n, d));
	TRY(cert_pem(&all, PBES2_LABEL, out, d));
out:
	OPENSSL_free(der);
	X509_SIG_free(sealed);
	X509_ALGOR_free(scheme);
	PKCS8_PRIV_KEY_INFO_free(plain); /* wipes it */
	bytes_free(&all);
	return rc;
}

/* What PEM_read_bio_PrivateKey asks for. */
static int
give_passphrase(char *out, int size, int writing, void *passphrase)
{
	const struct secret *const s = passphrase;
	const size_t len = secret_len(s);

	(void)writing;
	if (size < 0 || len > (size_t)size)
		return -1;
	memcpy(out, secret_peek(s), len);
	return (int)len;
}

enum status
opkey_opens(const struct bytes *file, const struct secret *passphrase,
    const struct spki *is, struct diag *d)
{
	BIO *b = BIO_new_mem_buf(file->data, (int)file->len);
	struct spki public = { 0 };
	struct secret *copy = NULL; /* OpenSSL has no const here */
	EVP_PKEY *key = NULL;
	enum status rc;

	TRY(secret_copy(passphrase, &copy, d));
	if (b != NULL)
		key = PEM_read_bio_PrivateKey(b, NULL, give_passphrase, copy);
	if (key == NULL) {
		rc = ossl_fail(d, ST_AUTH, "with that passphrase, the key");
		goto out;
	}
	TRY(read_public(key, &public, d));
	if (memcmp(public.id, is->id, SHA384_LEN) != 0)
		FAIL(d, ST_AUTH, "another key is in it");
out:
	BIO_free(b);
	EVP_PKEY_free(key);
	spki_clear(&public);
	secret_free(copy);
	return rc;
}

/* --- the request --- */

static enum status
sign_request(EVP_PKEY *key, const struct made *m, const char *common,
    struct bytes *out, struct diag *d)
{
	X509_REQ *r = X509_REQ_new();
	unsigned char *der = NULL;
	struct bytes all = { 0 };
	int n = 0;
	enum status rc;

	if (r == NULL || X509_REQ_set_version(r, 0) != 1 ||
	    X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(r), "CN",
	    MBSTRING_UTF8, (const unsigned char *)common, -1, -1, 0) != 1 ||
	    X509_REQ_set_pubkey(r, key) != 1 ||
	    X509_REQ_sign(r, key, EVP_get_digestbyname(m->digest)) <= 0 ||
	    (n = i2d_X509_REQ(r, &der)) <= 0) {
		rc = ossl_fail(d, ST_SYSTEM, "a request");
		goto out;
	}
	TRY(bytes_set(&all, der, (size_t)n, d));
	TRY(cert_pem(&all, "CERTIFICATE REQUEST", out, d));
out:
	OPENSSL_free(der);
	X509_REQ_free(r);
	bytes_free(&all);
	return rc;
}

enum status
opkey_check(const char *alg, const char *common, struct diag *d)
{
	const struct made *m = NULL;
	enum status rc;

	TRY(find_row(alg, &m, d));
	TRY(check_name(common, d));
out:
	return rc;
}

enum status
opkey_make(const char *alg, const char *common,
    const struct secret *passphrase, struct opkey *out, struct diag *d)
{
	const struct made *m = NULL;
	EVP_PKEY *key = NULL;
	enum status rc;

	memset(out, 0, sizeof(*out));
	TRY(find_row(alg, &m, d));
	TRY(check_name(common, d));
	TRY(key_export_passphrase(passphrase, d));
	TRY(draw_key(m, &key, d));
	TRY(read_public(key, &out->public, d));
	TRY(encrypt(key, passphrase, &out->key, d));
	TRY(sign_request(key, m, common, &out->request, d));
out:
	EVP_PKEY_free(key);
	if (rc != ST_OK)
		opkey_clear(out);
	return rc;
}
