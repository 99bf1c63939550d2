/* see fake_hands.h: requests, as a signing team's openssl makes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "tests/support/fake_hands.h"

#define RSA_SMALL 2048 /* bits */

static void
request_of(EVP_PKEY *key, const EVP_MD *md, const char *common,
    struct bytes *pem)
{
	X509_REQ *req = X509_REQ_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	long len;

	assert_non_null(key);
	assert_int_equal(X509_REQ_set_version(req, 0), 1);
	assert_int_equal(X509_NAME_add_entry_by_txt(
	    X509_REQ_get_subject_name(req), "CN", MBSTRING_UTF8,
	    (const unsigned char *)common, -1, -1, 0), 1);
	assert_int_equal(X509_REQ_set_pubkey(req, key), 1);
	assert_true(X509_REQ_sign(req, key, md) > 0);
	assert_int_equal(PEM_write_bio_X509_REQ(bio, req), 1);
	len = BIO_get_mem_data(bio, &text);
	assert_int_equal(bytes_set(pem, text, (size_t)len, NULL), ST_OK);
	BIO_free(bio);
	X509_REQ_free(req);
	EVP_PKEY_free(key);
}

void
fake_request(const char *kind, const char *common, struct bytes *pem)
{
	if (strcmp(kind, "RSA-2048") == 0)
		request_of(EVP_PKEY_Q_keygen(NULL, NULL, "RSA",
		    (size_t)RSA_SMALL), EVP_sha256(), common, pem);
	else if (strcmp(kind, "ED25519") == 0)
		request_of(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL,
		    common, pem);
	else
		request_of(EVP_PKEY_Q_keygen(NULL, NULL, "EC", kind),
		    EVP_sha256(), common, pem);
}

/* Private and public half put together again. */
static EVP_PKEY *
join(const struct secret *scalar, const struct spki *public)
{
	const unsigned char *der = public->der.data;
	EVP_PKEY *half = d2i_PUBKEY(NULL, &der, (long)public->der.len);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *d = BN_bin2bn(secret_peek(scalar), (int)secret_len(scalar),
	    NULL);
	EVP_PKEY *key = NULL;
	unsigned char point[256];
	OSSL_PARAM *params;
	size_t len = 0;

	assert_int_equal(EVP_PKEY_get_octet_string_param(half,
	    OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point), &len), 1);
	assert_int_equal(OSSL_PARAM_BLD_push_utf8_string(bld,
	    OSSL_PKEY_PARAM_GROUP_NAME, "P-384", 0), 1);
	assert_int_equal(OSSL_PARAM_BLD_push_octet_string(bld,
	    OSSL_PKEY_PARAM_PUB_KEY, point, len), 1);
	assert_int_equal(OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY,
	    d), 1);
	params = OSSL_PARAM_BLD_to_param(bld);
	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR,
	    params), 1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	BN_free(d);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(half);
	return key;
}

void
fake_request_public(unsigned number, enum derive_mode mode,
    struct bytes *pem)
{
	struct secret *seed = NULL, *scalar = NULL;
	struct key *key = NULL;

	assert_int_equal(derive_rehearsal_seed(number, &seed, NULL), ST_OK);
	assert_int_equal(derive_scalar(seed, mode, "ecdsa-p384", "root", 0,
	    &scalar, NULL), ST_OK);
	assert_int_equal(key_from_seed(seed, mode, "ecdsa-p384", "root", 0,
	    &key, NULL), ST_OK);
	request_of(join(scalar, key_public(key)), EVP_sha384(), "anyone", pem);
	key_free(key);
	secret_free(scalar);
	secret_free(seed);
}
