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

/* --- revocation --- */

/* What is not a complete and direct list names nobody good. */
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

/* By name and by key; more than one was refused. */
static const struct crl *
list_of(const struct cert *issuer, const struct crl *const *lists, size_t m)
{
	const struct crl *l;

	for (size_t i = 0; i < m; i++) {
		l = lists[i];
		if (memcmp(l->spec.issuer_ski, issuer->ski,
		    sizeof(issuer->ski)) == 0 &&
		    strcmp(l->issuer, issuer->subject) == 0)
			return l;
	}
	return NULL;
}

static enum status
check_revoked(const struct cert *c, const struct cert *issuer,
    const struct crl *l, int64_t at, struct diag *d)
{
	enum status rc;

	if (l == NULL)
		FAIL(d, ST_AUTH, "no list of its issuer");
	if ((issuer->spec.usage & USAGE_CRL_SIGN) == 0)
		FAIL(d, ST_AUTH, "its issuer may not sign lists");
	if ((rc = crl_signed_by(l, &issuer->key, NULL)) == ST_AUTH)
		FAIL(d, rc, "the list of its issuer is not signed by it");
	if (rc != ST_OK)
		FAIL(d, rc, "the list of its issuer could not be checked");
	if (at < l->spec.this_update)
		FAIL(d, ST_AUTH, "the list of its issuer is not valid yet");
	if (at > l->spec.next_update)
		FAIL(d, ST_AUTH, "the list of its issuer has expired");
	if (crl_has(l, c->serial, c->serial_len))
		FAIL(d, ST_AUTH, "certificate revoked");
	rc = ST_OK;
out:
	return rc;
}

/* Which of those that were given stands there in the path. */
static const struct cert *
find_cert(const X509 *x, const struct cert *leaf,
    const struct cert *const *anchors, size_t n)
{
	const struct cert *found = NULL;
	unsigned char *der = NULL;
	const int len = i2d_X509(x, &der);

	for (size_t i = 0; i <= n && len > 0 && found == NULL; i++) {
		found = i == 0 ? leaf : anchors[i - 1];
		if (found->der.len != (size_t)len ||
		    memcmp(found->der.data, der, found->der.len) != 0)
			found = NULL;
	}
	OPENSSL_free(der);
	return found;
}

/* Every certificate of a path that holds; the last one issued itself.  OpenSSL
 * makes objects of a list's every entry for this, takes a delta for a whole
 * list in 3.5, and of two lists the newer one. */
static enum status
check_path(X509_STORE_CTX *ctx, const struct cert *leaf,
    const struct cert *const *anchors, size_t n,
    const struct crl *const *lists, size_t m, int64_t at, struct diag *d)
{
	STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(ctx);
	const int len = sk_X509_num(path);
	const struct cert *c, *issuer;
	enum status rc;

	if (len < 1)
		FAIL(d, ST_BUG, "a path of nothing");
	for (int i = 0; i < len; i++) {
		c = find_cert(sk_X509_value(path, i), leaf, anchors, n);
		issuer = find_cert(sk_X509_value(path, i + 1 < len ? i + 1 :
		    i), leaf, anchors, n);
		if (c == NULL || issuer == NULL)
			FAIL(d, ST_SYSTEM, "a path could not be told");
		TRY(check_revoked(c, issuer, list_of(issuer, lists, m), at,
		    d));
	}
	rc = ST_OK;
out:
	return rc;
}

/* --- the path --- */

static enum status
fill(X509_STORE *store, const struct cert *const *anchors, size_t n,
    struct diag *d)
{
	enum status rc = ST_OK;

	for (size_t i = 0; i < n; i++)
		TRY(add_anchor(store, anchors[i], d));
out:
	return rc;
}

/* Strict, at the caller's time. */
static enum status
set_rules(X509_STORE_CTX *ctx, int64_t at, struct diag *d)
{
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);

	X509_VERIFY_PARAM_set_time(param, (time_t)at);
	if (X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT) != 1)
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

	if (n > CHAIN_MAX || m > CHAIN_MAX)
		FAIL(d, ST_POLICY, "more than %d anchors or lists", CHAIN_MAX);
	TRY(check_lists(lists, m, d));
	if ((store = X509_STORE_new()) == NULL ||
	    (ctx = X509_STORE_CTX_new()) == NULL ||
	    (x = d2i_X509(NULL, &der, (long)leaf->der.len)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(fill(store, anchors, n, d));
	if (X509_STORE_CTX_init(ctx, store, x, NULL) != 1)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(set_rules(ctx, at, d));
	if (X509_verify_cert(ctx) != 1)
		FAIL(d, ST_AUTH, "%s", reason_text(
		    X509_STORE_CTX_get_error(ctx)));
	TRY(check_path(ctx, leaf, anchors, n, lists, m, at, d));
out:
	ERR_clear_error();
	X509_free(x);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return rc;
}
