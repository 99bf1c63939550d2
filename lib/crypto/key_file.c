/* see key_file.h */
#include <stdio.h>
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/asn1t.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "lib/crypto/derive.h"
#include "lib/crypto/key_file.h"
#include "lib/crypto/key_own.h"
#include "lib/crypto/key_pem.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/pbes2.h"
#include "lib/crypto/strict.h"

#define WORK_MAX 10000000 /* rounds of others, who take 2048 and more */

/* What a seed gives for its file, FORMATS 5.5. */
#define PASSWORD_BYTES ((size_t)32)
#define SALT_BYTES 32
#define ROUNDS 10000 /* the password has 256 bits: they are for show */

/* --- decryption --- */

static enum status
not_this(struct diag *d)
{
	ERR_clear_error();
	return diag_set(d, ST_AUTH, "it does not open with this passphrase");
}

/* A file of DER that begins with an AlgorithmIdentifier, and no version. */
static bool
is_sealed_der(const struct secret *der)
{
	const uint8_t *at = secret_peek(der);
	size_t left = secret_len(der);
	struct strict_element e;

	if (!strict_der(at, left) || !strict_next(&at, &left, &e))
		return false;
	at = e.body;
	left = e.len;
	return strict_next(&at, &left, &e) && e.tag == 0x30;
}

static int
give_passphrase(char *out, int size, int writing, void *cookie)
{
	const struct secret *pass = cookie;

	(void)writing;
	if (secret_len(pass) > (size_t)size)
		return -1;
	memcpy(out, secret_peek(pass), secret_len(pass));
	return (int)secret_len(pass);
}

/* As OpenSSL encrypted PEM before PKCS #8: in place. */
static enum status
open_headers(char *headers, const struct secret *pass, struct secret **der,
    struct diag *d)
{
	struct secret *copy = NULL, *shorter = NULL;
	long len = (long)secret_len(*der);
	EVP_CIPHER_INFO cipher;
	enum status rc;

	if (PEM_get_EVP_CIPHER_INFO(headers, &cipher) != 1) {
		ERR_clear_error();
		FAIL(d, ST_FORMAT, "it is encrypted in a way that is not known "
		    "here");
	}
	TRY(secret_copy(pass, &copy, d)); /* the callback has no const */
	if (PEM_do_header(&cipher, secret_bytes(*der), &len, give_passphrase,
	    copy) != 1 || len <= 0) {
		rc = not_this(d);
		goto out;
	}
	TRY(secret_new((size_t)len, &shorter, d));
	memcpy(secret_bytes(shorter), secret_peek(*der), (size_t)len);
	secret_free(*der);
	*der = shorter;
out:
	secret_free(copy);
	return rc;
}

/* ${work} times a number above 0; false: more than anybody waits for. */
static bool
times(const ASN1_INTEGER *number, uint64_t *work)
{
	uint64_t n = 0;

	if (number == NULL || ASN1_INTEGER_get_uint64(&n, number) != 1 ||
	    n == 0 || n > WORK_MAX / *work)
		return false;
	*work *= n;
	return true;
}

/* How a passphrase is stretched: RFC 8018 A.2, RFC 7914 7, and the schemes
 * before them. */
static bool
stretches(const X509_ALGOR *kdf)
{
	const int nid = OBJ_obj2nid(kdf->algorithm);
	const ASN1_ITEM *it = nid == NID_id_pbkdf2 ?
	    ASN1_ITEM_rptr(PBKDF2PARAM) : nid == NID_id_scrypt ?
	    ASN1_ITEM_rptr(SCRYPT_PARAMS) : ASN1_ITEM_rptr(PBEPARAM);
	void *p = ASN1_TYPE_unpack_sequence(it, kdf->parameter);
	const SCRYPT_PARAMS *scrypt = p;
	uint64_t work = 1;
	bool ok;

	if (p == NULL)
		return false;
	if (nid == NID_id_scrypt)
		ok = times(scrypt->costParameter, &work) &&
		    times(scrypt->blockSize, &work) &&
		    times(scrypt->parallelizationParameter, &work);
	else if (nid == NID_id_pbkdf2)
		ok = times(((const PBKDF2PARAM *)p)->iter, &work);
	else
		ok = times(((const PBEPARAM *)p)->iter, &work);
	ASN1_item_free(p, it);
	return ok;
}

/* A file is to be refused, and not to keep the room waiting for hours. */
static bool
is_bearable(const X509_ALGOR *alg)
{
	PBE2PARAM *two = NULL;
	bool ok;

	if (OBJ_obj2nid(alg->algorithm) != NID_pbes2)
		return stretches(alg);
	two = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM),
	    alg->parameter);
	ok = two != NULL && stretches(two->keyfunc);
	PBE2PARAM_free(two);
	return ok;
}

/* The contents of an EncryptedPrivateKeyInfo. */
static enum status
open_sealed(const void *data, size_t len, const struct secret *pass,
    struct secret **out, struct diag *d)
{
	const unsigned char *at = data;
	X509_SIG *sig = d2i_X509_SIG(NULL, &at, (long)len);
	const ASN1_OCTET_STRING *text = NULL;
	const X509_ALGOR *alg = NULL;
	unsigned char *plain = NULL;
	enum status rc;
	int n = 0;

	if (sig == NULL || at != (const unsigned char *)data + len)
		FAIL(d, ST_FORMAT, "not an encrypted private key");
	X509_SIG_get0(sig, &alg, &text);
	if (!is_bearable(alg))
		FAIL(d, ST_FORMAT, "it is encrypted in a way that is not known "
		    "here, or by more than %d rounds", WORK_MAX);
	plain = PKCS12_pbe_crypt(alg, (const char *)secret_peek(pass),
	    (int)secret_len(pass), text->data, text->length, &plain, &n, 0);
	if (plain == NULL || n <= 0) {
		rc = not_this(d);
		goto out;
	}
	TRY(secret_new((size_t)n, out, d));
	memcpy(secret_bytes(*out), plain, (size_t)n);
out:
	ERR_clear_error();
	OPENSSL_clear_free(plain, n > 0 ? (size_t)n : 0);
	X509_SIG_free(sig);
	return rc;
}

/* --- a key out of DER --- */

/* 1..n-1: a scalar above it would be another one's name. */
static bool
is_scalar(const struct pkcs8 *p)
{
	const EC_GROUP *g = ossl_curve(p->alg);
	BIGNUM *x = BN_secure_new();
	bool ok;

	ok = g != NULL && x != NULL && BN_bin2bn(secret_peek(p->part[0]),
	    (int)secret_len(p->part[0]), x) != NULL && !BN_is_zero(x) &&
	    BN_cmp(x, EC_GROUP_get0_order(g)) < 0;
	BN_clear_free(x);
	return ok;
}

static enum status
check_kind(const struct pkcs8 *p, struct diag *d)
{
	char alg[SPKI_ALG_SIZE];
	enum status rc;
	unsigned bits;

	snprintf(alg, sizeof(alg), "%s", p->alg->name);
	if (p->alg->family == ALG_RSA) {
		bits = 8 * (unsigned)secret_len(p->part[0]);
		for (unsigned top = 0x80; bits > 0 &&
		    (secret_peek(p->part[0])[0] & top) == 0; top >>= 1)
			bits--;
		snprintf(alg, sizeof(alg), "rsa-%u", bits);
	}
	TRY(key_adoptable(alg, d));
	if (p->alg->family == ALG_EC && !is_scalar(p))
		FAIL(d, ST_AUTH, "its private number is none of its curve");
out:
	return rc;
}

static enum status
key_of_der(const struct secret *der, struct key **out, struct diag *d)
{
	struct pkcs8 p = { 0 };
	struct key *k = NULL;
	enum status rc;

	TRY(pkcs8_read(der, &p, d));
	TRY(check_kind(&p, d));
	if (p.alg->family == ALG_RSA)
		TRY(key_of_numbers(&p, &k, d));
	else
		TRY(key_of_scalar(p.alg, p.part[0], &k, d));
	TRY(spki_check(&k->pub, KEY_RSA_BITS_MIN, d));
	TRY(pkcs8_write(&p, &k->pub, &k->pkcs8, d));
	*out = k;
	k = NULL;
out:
	key_free(k);
	pkcs8_clear(&p);
	return rc;
}

/* --- a file of others --- */

bool
key_file_locked(const struct secret *file)
{
	struct key_pem b;

	if (key_pem_find(file, &b))
		return b.sealed || b.headers[0] != '\0';
	return is_sealed_der(file);
}

/* What was encrypted is no key: then it was not this passphrase. */
static enum status
key_of_opened(const struct secret *der, struct key **out, struct diag *d)
{
	struct diag why = { 0 };
	const enum status rc = key_of_der(der, out, &why);

	if (rc == ST_FORMAT)
		return not_this(d);
	return rc == ST_OK ? ST_OK : diag_set(d, rc, "%s", why.text);
}

enum status
key_file_open(const struct secret *file, const struct secret *passphrase,
    struct key **out, struct diag *d)
{
	const bool locked = key_file_locked(file);
	struct secret *der = NULL, *plain = NULL;
	struct key_pem b;
	enum status rc;

	*out = NULL;
	if (locked && passphrase == NULL)
		FAIL(d, ST_AUTH, "it is encrypted, and there is no "
		    "passphrase");
	if (key_pem_find(file, &b))
		TRY(key_pem_decode(&b, &der, d));
	else
		TRY(secret_copy(file, &der, d));
	if (locked && b.headers[0] != '\0')
		TRY(open_headers(b.headers, passphrase, &der, d));
	else if (locked) {
		TRY(open_sealed(secret_peek(der), secret_len(der), passphrase,
		    &plain, d));
		secret_free(der);
		der = plain;
		plain = NULL;
	}
	if (locked)
		TRY(key_of_opened(der, out, d));
	else
		TRY(key_of_der(der, out, d));
out:
	secret_free(der);
	return rc;
}

bool
key_file_has(const struct key *k)
{
	return k != NULL && k->pkcs8 != NULL;
}

/* --- a file that a seed opens --- */

/* 64 digits, as `openssl kdf` prints them but for the colons. */
static enum status
password_of(const struct secret *seed, struct secret **out, struct diag *d)
{
	static const char digits[] = "0123456789ABCDEF";
	struct secret *raw = NULL;
	enum status rc;

	TRY(secret_new(PASSWORD_BYTES, &raw, d));
	TRY(derive_label(seed, "adopt-password", secret_bytes(raw),
	    PASSWORD_BYTES, d));
	TRY(secret_new(2 * PASSWORD_BYTES, out, d));
	for (size_t i = 0; i < PASSWORD_BYTES; i++) {
		secret_bytes(*out)[2 * i] =
		    (uint8_t)digits[secret_peek(raw)[i] >> 4];
		secret_bytes(*out)[2 * i + 1] =
		    (uint8_t)digits[secret_peek(raw)[i] & 15];
	}
out:
	secret_free(raw);
	return rc;
}

static enum status
scheme_of(const struct secret *seed, X509_ALGOR **out, struct diag *d)
{
	uint8_t salt[SALT_BYTES], iv[PBES2_IV_LEN];
	enum status rc;

	TRY(derive_label(seed, "adopt-salt", salt, sizeof(salt), d));
	TRY(derive_label(seed, "adopt-iv", iv, sizeof(iv), d));
	TRY(pbes2_scheme(ROUNDS, salt, sizeof(salt), iv, out, d));
out:
	return rc;
}

enum status
key_file_seal(const struct key *k, const struct secret *seed,
    struct bytes *out, struct diag *d)
{
	struct secret *password = NULL;
	X509_ALGOR *scheme = NULL;
	unsigned char *text = NULL;
	enum status rc;
	int len = 0;

	if (!key_file_has(k))
		FAIL(d, ST_BUG, "a derived key is in no file");
	TRY(password_of(seed, &password, d));
	TRY(scheme_of(seed, &scheme, d));
	if (PKCS12_pbe_crypt(scheme, (const char *)secret_peek(password),
	    (int)secret_len(password), secret_peek(k->pkcs8),
	    (int)secret_len(k->pkcs8), &text, &len, 1) == NULL || len <= 0) {
		rc = ossl_fail(d, ST_SYSTEM, "a key could not be encrypted");
		goto out;
	}
	TRY(pbes2_pem(scheme, text, (size_t)len, out, d));
out:
	OPENSSL_free(text);
	X509_ALGOR_free(scheme);
	secret_free(password);
	return rc;
}

enum status
key_file_unseal(const struct bytes *pem, const struct secret *seed,
    struct key **out, struct diag *d)
{
	struct secret *password = NULL, *der = NULL;
	struct bytes sealed = { 0 }, again = { 0 };
	struct key *k = NULL;
	enum status rc;

	*out = NULL;
	TRY(ossl_der(PBES2_LABEL, NULL, pem->data, pem->len, &sealed, d));
	TRY(password_of(seed, &password, d));
	if (open_sealed(sealed.data, sealed.len, password, &der, NULL) !=
	    ST_OK || key_of_der(der, &k, NULL) != ST_OK)
		FAIL(d, ST_AUTH, "FORMATS 5.14: the seed does not open the "
		    "file of its key");
	/* one spelling: what else it may say, nobody put there */
	TRY(key_file_seal(k, seed, &again, d));
	if (!bytes_equal(&again, pem))
		FAIL(d, ST_AUTH, "FORMATS 5.14: the file of the key is not "
		    "what its seed and key give");
	*out = k;
	k = NULL;
out:
	key_free(k);
	secret_free(password);
	secret_free(der);
	bytes_free(&sealed);
	bytes_free(&again);
	return rc;
}
