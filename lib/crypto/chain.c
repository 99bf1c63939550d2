/* see chain.h */
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include "lib/crypto/chain.h"
#include "lib/crypto/ossl.h"

static enum status
add_anchor(X509_STORE *store, const struct cert *c, struct diag *d)
{
	const unsigned char *at = c->der.data;
	X509 *x = d2i_X509(NULL, &at, (long)c->der.len);
	enum status rc = ST_OK;

	if (x == NULL || X509_STORE_add_cert(store, x) != 1)
		rc = ossl_fail(d, ST_SYSTEM, "an anchor could not be taken");
	X509_free(x);
	return rc;
}

static enum status
add_list(X509_STORE *store, const struct crl *c, struct diag *d)
{
	const unsigned char *at = c->der.data;
	X509_CRL *x = d2i_X509_CRL(NULL, &at, (long)c->der.len);
	enum status rc = ST_OK;

	if (x == NULL || X509_STORE_add_crl(store, x) != 1)
		rc = ossl_fail(d, ST_SYSTEM, "a list could not be taken");
	X509_CRL_free(x);
	return rc;
}

static enum status
fill(X509_STORE *store, const struct cert *const *anchors, size_t n,
    const struct crl *const *lists, size_t m, struct diag *d)
{
	enum status rc;

	if (n > CHAIN_MAX || m > CHAIN_MAX)
		FAIL(d, ST_POLICY, "more than %d anchors or lists", CHAIN_MAX);
	for (size_t i = 0; i < n; i++)
		TRY(add_anchor(store, anchors[i], d));
	for (size_t i = 0; i < m; i++)
		TRY(add_list(store, lists[i], d));
	rc = ST_OK;
out:
	return rc;
}

enum status
chain_verify(const struct cert *leaf, const struct cert *const *anchors,
    size_t n, const struct crl *const *lists, size_t m, int64_t at,
    struct diag *d)
{
	const unsigned char *der = leaf->der.data;
	X509_STORE_CTX *ctx = NULL;
	X509_VERIFY_PARAM *param;
	X509_STORE *store = NULL;
	X509 *x = NULL;
	enum status rc;

	if ((store = X509_STORE_new()) == NULL ||
	    (ctx = X509_STORE_CTX_new()) == NULL ||
	    (x = d2i_X509(NULL, &der, (long)leaf->der.len)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(fill(store, anchors, n, lists, m, d));
	if (X509_STORE_CTX_init(ctx, store, x, NULL) != 1)
		FAIL(d, ST_SYSTEM, "out of memory");

	/* strict, every certificate's revocation, at the caller's time */
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_time(param, (time_t)at);
	if (X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT |
	    X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL) != 1)
		FAIL(d, ST_SYSTEM, "the verifier could not be set up");
	if (X509_verify_cert(ctx) != 1)
		FAIL(d, ST_AUTH, "%s", X509_verify_cert_error_string(
		    X509_STORE_CTX_get_error(ctx)));
	rc = ST_OK;
out:
	X509_free(x);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return rc;
}
