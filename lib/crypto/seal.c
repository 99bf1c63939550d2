/* see seal.h */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "lib/crypto/alg.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/seal.h"

#define RSA_BITS_MIN 3072
#define STRENGTH_BITS 256

/* --- a library context that draws nothing by itself --- */

/* Its generators give out what they are fed and then nothing more: what takes
 * randomness here takes it from a stream, in parts, so that a version that
 * takes more for one part does not move the next. */
static struct {
	OSSL_LIB_CTX *lib;
	EVP_RAND_CTX *open, *closed; /* for public and for secret values */
} fed;

static enum status
fed_start(struct diag *d)
{
	OSSL_LIB_CTX *lib = NULL;
	enum status rc;

	if (fed.lib != NULL)
		return ST_OK;
	if ((lib = OSSL_LIB_CTX_new()) == NULL ||
	    RAND_set_DRBG_type(lib, "TEST-RAND", NULL, NULL, NULL) != 1 ||
	    (fed.open = RAND_get0_public(lib)) == NULL ||
	    (fed.closed = RAND_get0_private(lib)) == NULL) {
		rc = ossl_fail(d, ST_SYSTEM, "a source of given randomness");
		goto out;
	}
	fed.lib = lib;
	lib = NULL;
	rc = ST_OK;
out:
	OSSL_LIB_CTX_free(lib);
	return rc;
}

static enum status
feed(EVP_RAND_CTX *to, const uint8_t *chunk, struct diag *d)
{
	unsigned strength = STRENGTH_BITS;
	uint8_t copy[SEAL_CHUNK];
	const OSSL_PARAM params[] = {
		OSSL_PARAM_octet_string(OSSL_RAND_PARAM_TEST_ENTROPY, copy,
		    sizeof(copy)),
		OSSL_PARAM_uint(OSSL_RAND_PARAM_STRENGTH, &strength),
		OSSL_PARAM_END
	};
	enum status rc = ST_OK;

	memcpy(copy, chunk, sizeof(copy));
	if (EVP_RAND_uninstantiate(to) != 1 ||
	    EVP_RAND_CTX_set_params(to, params) != 1 ||
	    EVP_RAND_instantiate(to, STRENGTH_BITS, 0, NULL, 0, NULL) != 1)
		rc = ossl_fail(d, ST_SYSTEM, "given randomness");
	secret_wipe(copy, sizeof(copy));
	return rc;
}

/* Part ${i} of the stream: 0 the content, then each opener. */
static enum status
feed_part(const struct secret *stream, size_t i, struct diag *d)
{
	const uint8_t *at = secret_peek(stream) +
	    (size_t)2 * SEAL_CHUNK * i;
	enum status rc;

	TRY(feed(fed.open, at, d));
	TRY(feed(fed.closed, at + SEAL_CHUNK, d));
out:
	return rc;
}

/* Nothing of a stream is given out once its seal is made. */
static void
starve(void)
{
	EVP_RAND_uninstantiate(fed.open);
	EVP_RAND_uninstantiate(fed.closed);
}

/* --- sealing --- */

enum status
seal_check(const char *name, const struct cert *cert, struct diag *d)
{
	const struct alg_key *a = alg_key(cert->key.alg);
	enum status rc;

	if (a != NULL && a->family == ALG_EC)
		return ST_OK;
	if (strncmp(cert->key.alg, "rsa-", 4) != 0)
		FAIL(d, ST_POLICY, "%s: nothing can be sealed to a key of %s",
		    name, cert->key.alg);
	if ((rc = spki_check(&cert->key, RSA_BITS_MIN, d)) != ST_OK)
		diag_prefix(d, "%s", name);
out:
	return rc;
}

static enum status
load_cert(const struct cert *cert, OSSL_LIB_CTX *lib, X509 **out,
    struct diag *d)
{
	const unsigned char *at = cert->der.data;
	X509 *x = X509_new_ex(lib, NULL);

	if (x == NULL || d2i_X509(&x, &at, (long)cert->der.len) == NULL) {
		/* what could not be read was freed */
		*out = NULL;
		return ossl_fail(d, ST_FORMAT, "an opener's certificate");
	}
	*out = x;
	return ST_OK;
}

/* SHA-256 in both ways of handing on the content key. */
static enum status
set_digest(CMS_RecipientInfo *ri, struct diag *d)
{
	EVP_PKEY_CTX *ctx = CMS_RecipientInfo_get0_pkey_ctx(ri);
	bool ok;

	if (CMS_RecipientInfo_type(ri) == CMS_RECIPINFO_AGREE)
		ok = EVP_PKEY_CTX_set_ecdh_kdf_md(ctx, EVP_sha256()) == 1;
	else
		ok = EVP_PKEY_CTX_set_rsa_padding(ctx,
		    RSA_PKCS1_OAEP_PADDING) == 1 &&
		    EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) == 1 &&
		    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) == 1;
	return ok ? ST_OK : ossl_fail(d, ST_SYSTEM, "an opener");
}

static enum status
add_opener(CMS_ContentInfo *cms, const struct cert *cert, struct diag *d)
{
	const unsigned flags = CMS_KEY_PARAM |
	    (cert->has_ski ? CMS_USE_KEYID : 0);
	CMS_RecipientInfo *ri;
	X509 *x = NULL;
	enum status rc;

	TRY(load_cert(cert, fed.lib, &x, d));
	if ((ri = CMS_add1_recipient_cert(cms, x, flags)) == NULL) {
		rc = ossl_fail(d, ST_SYSTEM, "an opener");
		goto out;
	}
	TRY(set_digest(ri, d));
out:
	X509_free(x);
	return rc;
}

static enum status
encode(CMS_ContentInfo *cms, struct bytes *out, struct diag *d)
{
	unsigned char *der = NULL;
	const int len = i2d_CMS_ContentInfo(cms, &der);
	enum status rc;

	if (len <= 0)
		return ossl_fail(d, ST_SYSTEM, "a seal");
	rc = bytes_set(out, der, (size_t)len, d);
	OPENSSL_free(der);
	return rc;
}

static enum status
fill(CMS_ContentInfo *cms, const struct bytes *plain, struct diag *d)
{
	BIO *in = BIO_new_mem_buf(plain->data, (int)plain->len);
	enum status rc = ST_OK;

	CMS_set_detached(cms, 0);
	if (in == NULL || CMS_final(cms, in, NULL, CMS_BINARY) != 1)
		rc = ossl_fail(d, ST_SYSTEM, "a seal");
	BIO_free(in);
	return rc;
}

enum status
seal_write(const struct cert *const *to, size_t n,
    const struct secret *stream, const struct bytes *plain,
    struct bytes *out, struct diag *d)
{
	CMS_ContentInfo *cms = NULL;
	enum status rc;

	if (n < 1 || n > SEAL_OPENERS_MAX ||
	    secret_len(stream) != SEAL_STREAM || plain->len < 1 ||
	    plain->len > SEAL_MAX)
		FAIL(d, ST_BUG, "a seal for %zu openers", n);
	TRY(fed_start(d));
	cms = CMS_AuthEnvelopedData_create_ex(EVP_aes_256_gcm(), fed.lib,
	    NULL);
	if (cms == NULL) {
		rc = ossl_fail(d, ST_SYSTEM, "a seal");
		goto out;
	}
	for (size_t i = 0; i < n; i++) {
		TRY(seal_check("an opener", to[i], d));
		TRY(feed_part(stream, i + 1, d));
		TRY(add_opener(cms, to[i], d));
	}
	TRY(feed_part(stream, 0, d));
	TRY(fill(cms, plain, d));
	TRY(encode(cms, out, d));
out:
	if (fed.lib != NULL)
		starve();
	CMS_ContentInfo_free(cms);
	return rc;
}

/* --- opening --- */

struct opener {
	EVP_PKEY *key;
	struct spki public;
};

/* What the key was asked for by OpenSSL. */
struct asked {
	const struct secret *passphrase;
	bool asked;
};

static int
give_passphrase(char *buf, int size, int writing, void *cookie)
{
	struct asked *a = cookie;
	size_t len;

	(void)writing;
	a->asked = true;
	if (a->passphrase == NULL || size <= 0)
		return -1;
	len = secret_len(a->passphrase);
	if (len > (size_t)size)
		return -1;
	memcpy(buf, secret_peek(a->passphrase), len);
	return (int)len;
}

static enum status
read_key(const char *name, const struct secret *pem, struct asked *a,
    EVP_PKEY **out, struct diag *d)
{
	BIO *in = BIO_new_mem_buf(secret_peek(pem), (int)secret_len(pem));
	enum status rc = ST_OK;

	*out = in == NULL ? NULL :
	    PEM_read_bio_PrivateKey(in, NULL, give_passphrase, a);
	BIO_free(in);
	ERR_clear_error();
	if (*out != NULL)
		return ST_OK;
	if (a->asked && a->passphrase == NULL)
		FAIL(d, ST_USAGE, "%s: the key is encrypted, and its "
		    "passphrase is not there", name);
	if (a->asked)
		FAIL(d, ST_AUTH, "%s: the passphrase is another", name);
	FAIL(d, ST_FORMAT, "%s: not a private key in PEM", name);
out:
	return rc;
}

enum status
opener_read(const char *name, const struct secret *pem,
    const struct secret *passphrase, struct opener **out, struct diag *d)
{
	struct asked asked = { passphrase, false };
	struct opener *o = NULL;
	unsigned char *der = NULL;
	enum status rc;
	int len;

	*out = NULL;
	if ((o = calloc(1, sizeof(*o))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(read_key(name, pem, &asked, &o->key, d));
	if ((len = i2d_PUBKEY(o->key, &der)) <= 0) {
		rc = ossl_fail(d, ST_FORMAT, name);
		goto out;
	}
	TRY(spki_read(der, (size_t)len, &o->public, d));
	*out = o;
	o = NULL;
out:
	OPENSSL_free(der);
	opener_free(o);
	return rc;
}

const struct spki *
opener_public(const struct opener *o)
{
	return &o->public;
}

EVP_PKEY *
ossl_opener(const struct opener *o)
{
	return o->key;
}

void
opener_free(struct opener *o)
{
	if (o == NULL)
		return;
	EVP_PKEY_free(o->key);
	spki_clear(&o->public);
	free(o);
}

/* One envelope of this kind, all of it. */
static enum status
read_envelope(const char *name, const struct bytes *sealed,
    CMS_ContentInfo **out, struct diag *d)
{
	const unsigned char *at = sealed->data;
	CMS_ContentInfo *cms = NULL;
	enum status rc;

	if (sealed->len < 1 || sealed->len > SEAL_MAX)
		FAIL(d, ST_FORMAT, "%s: not of the size of a seal", name);
	cms = d2i_CMS_ContentInfo(NULL, &at, (long)sealed->len);
	ERR_clear_error();
	if (cms == NULL || at != sealed->data + sealed->len ||
	    OBJ_obj2nid(CMS_get0_type(cms)) !=
	    NID_id_smime_ct_authEnvelopedData)
		FAIL(d, ST_FORMAT, "%s: not one sealed envelope", name);
	*out = cms;
	cms = NULL;
	rc = ST_OK;
out:
	CMS_ContentInfo_free(cms);
	return rc;
}

static enum status
take_content(const char *name, BIO *from, struct bytes *out, struct diag *d)
{
	char *data = NULL;
	const long len = BIO_get_mem_data(from, &data);

	if (len <= 0)
		return diag_set(d, ST_FORMAT, "%s: the envelope is empty",
		    name);
	return bytes_set(out, data, (size_t)len, d);
}

enum status
seal_open(const char *name, const struct bytes *sealed,
    const struct opener *who, const struct cert *cert, struct bytes *out,
    struct diag *d)
{
	BIO *content = BIO_new(BIO_s_mem());
	CMS_ContentInfo *cms = NULL;
	X509 *x = NULL;
	enum status rc;

	if (content == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(read_envelope(name, sealed, &cms, d));
	TRY(load_cert(cert, NULL, &x, d));
	if (CMS_decrypt(cms, who->key, x, NULL, content, CMS_BINARY) != 1) {
		ERR_clear_error();
		FAIL(d, ST_AUTH, "%s: it is not sealed to this key, or was "
		    "altered", name);
	}
	TRY(take_content(name, content, out, d));
out:
	BIO_free(content);
	X509_free(x);
	CMS_ContentInfo_free(cms);
	return rc;
}
