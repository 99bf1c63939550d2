/* see chain.h */
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include "lib/crypto/chain.h"
#include "lib/crypto/ossl.h"

/* OpenSSL's commonest reasons as sentences of ours; the rest in its words. */
static const struct {
	int error;
	const char *text;
} reasons[] = {
	{ X509_V_ERR_CERT_REVOKED, "certificate revoked" },
	{ X509_V_ERR_UNABLE_TO_GET_CRL, "no list of its issuer" },
	{ X509_V_ERR_CRL_NOT_YET_VALID, "the list of its issuer is not valid "
	    "yet" },
	{ X509_V_ERR_CRL_HAS_EXPIRED, "the list of its issuer has expired" },
	{ X509_V_ERR_CRL_SIGNATURE_FAILURE, "the list of its issuer is not "
	    "signed by it" },
	{ X509_V_ERR_CERT_NOT_YET_VALID, "certificate not valid yet" },
	{ X509_V_ERR_CERT_HAS_EXPIRED, "certificate expired" },
	{ X509_V_ERR_CERT_SIGNATURE_FAILURE, "certificate not signed by its "
	    "issuer" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "no anchor issued "
	    "it" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "no anchor issued its "
	    "issuer" },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "it signed itself and is no "
	    "anchor" },
};

static const char *
reason_text(int error)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].error == error)
			return reasons[i].text;
	return X509_verify_cert_error_string(error);
}

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

/* A delta would be taken for a complete list by OpenSSL 3.5, and of two lists
 * it would take the newer one: neither is left to it. */
static enum status
check_lists(const struct crl *const *lists, size_t m, struct diag *d)
{
	const struct crl_spec *a, *b;

	for (size_t i = 0; i < m; i++) {
		a = &lists[i]->spec;
		if (lists[i]->foreign_ext[0] != '\0')
			return diag_set(d, ST_POLICY, "a list that is not "
			    "complete and direct: it has %s",
			    lists[i]->foreign_ext);
		if (!lists[i]->has_aki)
			return diag_set(d, ST_POLICY, "a list that does not "
			    "name its issuer's key");
		for (size_t j = 0; j < i; j++) {
			b = &lists[j]->spec;
			if (memcmp(a->issuer_ski, b->issuer_ski,
			    sizeof(a->issuer_ski)) == 0)
				return diag_set(d, ST_BUG, "two lists of one "
				    "issuer");
		}
	}
	return ST_OK;
}

static enum status
fill(X509_STORE *store, const struct cert *const *anchors, size_t n,
    const struct crl *const *lists, size_t m, struct diag *d)
{
	enum status rc;

	if (n > CHAIN_MAX || m > CHAIN_MAX)
		FAIL(d, ST_POLICY, "more than %d anchors or lists", CHAIN_MAX);
	TRY(check_lists(lists, m, d));
	for (size_t i = 0; i < n; i++)
		TRY(add_anchor(store, anchors[i], d));
	for (size_t i = 0; i < m; i++)
		TRY(add_list(store, lists[i], d));
	rc = ST_OK;
out:
	return rc;
}

/* Strict, every certificate's revocation, at the caller's time. */
static enum status
set_rules(X509_STORE_CTX *ctx, int64_t at, struct diag *d)
{
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);

	X509_VERIFY_PARAM_set_time(param, (time_t)at);
	if (X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT |
	    X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL) != 1)
		return ossl_fail(d, ST_SYSTEM, "the verifier");
	return ST_OK;
}

enum status
chain_verify(const struct cert *leaf, const struct cert *const *anchors,
    size_t n, const struct crl *const *lists, size_t m, int64_t at,
    struct diag *d)
{
	const unsigned char *der = leaf->der.data;
	X509_STORE_CTX *ctx = NULL;
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
	TRY(set_rules(ctx, at, d));
	if (X509_verify_cert(ctx) != 1)
		FAIL(d, ST_AUTH, "%s", reason_text(
		    X509_STORE_CTX_get_error(ctx)));
	rc = ST_OK;
out:
	ERR_clear_error();
	X509_free(x);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return rc;
}
