/* see cms.h */
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "lib/base/secret.h"
#include "lib/crypto/cms.h"
#include "lib/crypto/ossl.h"

#define SIGN_FLAGS                                                            \
	(CMS_PARTIAL | CMS_DETACHED | CMS_BINARY | CMS_NOCERTS |              \
	    CMS_NOSMIMECAP | CMS_USE_KEYID | CMS_KEY_PARAM)
#define VERIFY_FLAGS                                                          \
	(CMS_DETACHED | CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY | CMS_NOINTERN)

/* A digest for those algorithms too that bring their own. */
static const EVP_MD *
content_digest(const char *alg)
{
	const EVP_MD *md = ossl_digest(alg);

	return md == NULL ? EVP_sha512() : md;
}

/* --- building --- */

static enum status
add_time(CMS_SignerInfo *si, int64_t time, struct diag *d)
{
	ASN1_TIME *t = NULL;
	enum status rc;

	TRY(ossl_make_time(time, &t, d));
	if (CMS_signed_add1_attr_by_NID(si, NID_pkcs9_signingTime,
	    ASN1_STRING_type(t), t, -1) != 1)
		FAIL(d, ST_SYSTEM, "out of memory");
out:
	ASN1_TIME_free(t);
	return rc;
}

/* One signed message; ${signer} carries the key identifier. */
static enum status
build(const struct key *key, X509 *signer, const char *type, int64_t time,
    const struct bytes *content, CMS_ContentInfo **out, struct diag *d)
{
	CMS_ContentInfo *cms = NULL;
	ASN1_OBJECT *oid = NULL;
	CMS_SignerInfo *si;
	BIO *in = NULL;
	enum status rc;

	if ((oid = OBJ_txt2obj(type, 1)) == NULL ||
	    (in = BIO_new_mem_buf(content->data, (int)content->len)) == NULL ||
	    (cms = CMS_sign(NULL, NULL, NULL, NULL, SIGN_FLAGS)) == NULL ||
	    CMS_set1_eContentType(cms, oid) != 1)
		FAIL(d, ST_SYSTEM, "a signature could not be begun");
	si = CMS_add1_signer(cms, signer, ossl_private(key),
	    content_digest(key_alg(key)), SIGN_FLAGS);
	if (si == NULL) {
		rc = ossl_fail(d, ST_SYSTEM, "a signer could not be added");
		goto out;
	}
	TRY(ossl_deterministic(key_alg(key), CMS_SignerInfo_get0_pkey_ctx(si),
	    d));
	TRY(add_time(si, time, d));
	if (CMS_final(cms, in, NULL, CMS_DETACHED | CMS_BINARY) != 1) {
		rc = ossl_fail(d, ST_SYSTEM, "a signature could not be made");
		goto out;
	}
	*out = cms;
	cms = NULL;
out:
	CMS_ContentInfo_free(cms);
	ASN1_OBJECT_free(oid);
	BIO_free(in);
	return rc;
}

static enum status
encode(CMS_ContentInfo *cms, struct bytes *out, struct diag *d)
{
	unsigned char *der = NULL;
	const int len = i2d_CMS_ContentInfo(cms, &der);
	enum status rc;

	if (len <= 0)
		return ossl_fail(d, ST_SYSTEM, "a signature could not be "
		    "written");
	rc = bytes_set(out, der, (size_t)len, d);
	OPENSSL_free(der);
	return rc;
}

static enum status
sign_once(const struct key *key, X509 *signer, const char *type,
    int64_t time, const struct bytes *content, struct bytes *out,
    struct diag *d)
{
	CMS_ContentInfo *cms = NULL;
	enum status rc;

	TRY(build(key, signer, type, time, content, &cms, d));
	TRY(encode(cms, out, d));
out:
	CMS_ContentInfo_free(cms);
	return rc;
}

static enum status
open_cert(const struct cert *c, X509 **out, struct diag *d)
{
	const unsigned char *at = c->der.data;

	if ((*out = d2i_X509(NULL, &at, (long)c->der.len)) == NULL)
		return ossl_fail(d, ST_FORMAT, "the signer's certificate");
	return ST_OK;
}

enum status
cms_sign(const struct key *key, const struct cert *cert, const char *type,
    int64_t time, const struct bytes *content, struct bytes *out,
    struct diag *d)
{
	struct bytes a = { 0 }, b = { 0 };
	X509 *signer = NULL;
	int64_t when = 0;
	enum status rc;

	/* RULES C9: a signature that differs is wiped, never given out */
	TRY(open_cert(cert, &signer, d));
	TRY(sign_once(key, signer, type, time, content, &a, d));
	TRY(sign_once(key, signer, type, time, content, &b, d));
	if (!bytes_equal(&a, &b))
		FAIL(d, ST_BUG, "RULES C9: two signatures of one content "
		    "differ");
	TRY(cms_verify("the signature just made", &a, cert, type, content,
	    &when, d));
	if (when != time)
		FAIL(d, ST_BUG, "the signature just made has another time");
	bytes_free(out);
	*out = a;
	memset(&a, 0, sizeof(a));
out:
	if (a.data != NULL)
		secret_wipe(a.data, a.len);
	if (b.data != NULL)
		secret_wipe(b.data, b.len);
	bytes_free(&a);
	bytes_free(&b);
	X509_free(signer);
	return rc;
}

/* --- verifying --- */

/* The one signer of a message, and its time. */
static enum status
only_signer(CMS_ContentInfo *cms, CMS_SignerInfo **out, int64_t *time,
    struct diag *d)
{
	STACK_OF(CMS_SignerInfo) *all = CMS_get0_SignerInfos(cms);
	const ASN1_TYPE *t;
	X509_ATTRIBUTE *a;
	ASN1_TIME *when;
	int at;

	if (all == NULL || sk_CMS_SignerInfo_num(all) != 1)
		return diag_set(d, ST_FORMAT, "not exactly one signer");
	*out = sk_CMS_SignerInfo_value(all, 0);
	at = CMS_signed_get_attr_by_NID(*out, NID_pkcs9_signingTime, -1);
	if (at < 0 || (a = CMS_signed_get_attr(*out, at)) == NULL ||
	    (t = X509_ATTRIBUTE_get0_type(a, 0)) == NULL ||
	    (t->type != V_ASN1_UTCTIME && t->type != V_ASN1_GENERALIZEDTIME))
		return diag_set(d, ST_FORMAT, "it does not say its time");
	when = t->value.asn1_string;
	return ossl_time(when, time, d);
}

/* A certificate that only lends its key identifier to the rebuilding. */
static enum status
lend_identifier(const struct key *key, const uint8_t ski[20], X509 **out,
    struct diag *d)
{
	ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
	EVP_PKEY *pkey = ossl_private(key);
	EVP_MD_CTX *ctx = NULL;
	X509 *x = X509_new();
	enum status rc;

	if (id == NULL || x == NULL || X509_set_version(x, 2) != 1 ||
	    ASN1_OCTET_STRING_set(id, ski, 20) != 1 ||
	    ASN1_INTEGER_set(X509_get_serialNumber(x), 1) != 1 ||
	    X509_gmtime_adj(X509_getm_notBefore(x), 0) == NULL ||
	    X509_gmtime_adj(X509_getm_notAfter(x), 60) == NULL ||
	    X509_set_pubkey(x, pkey) != 1 ||
	    X509_add1_ext_i2d(x, NID_subject_key_identifier, id, 0,
	    X509V3_ADD_DEFAULT) != 1)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(ossl_sign_ctx(key, &ctx, d));
	if (X509_sign_ctx(x, ctx) <= 0)
		FAIL(d, ST_SYSTEM, "out of memory");
	*out = x;
	x = NULL;
out:
	ASN1_OCTET_STRING_free(id);
	EVP_MD_CTX_free(ctx);
	X509_free(x);
	return rc;
}

/* Build the message anew from its parts, with the given signature value put
 * in: whatever else stood in the bytes shows as a difference. */
static enum status
rebuild(const struct cert *cert, const char *type, int64_t time,
    const struct bytes *content, const ASN1_OCTET_STRING *signature,
    struct bytes *out, struct diag *d)
{
	CMS_ContentInfo *cms = NULL;
	const struct key *key;
	CMS_SignerInfo *si;
	X509 *lent = NULL;
	enum status rc;

	TRY(key_throwaway(cert->key.alg, &key, d));
	TRY(lend_identifier(key, cert->ski, &lent, d));
	TRY(build(key, lent, type, time, content, &cms, d));
	si = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
	if (ASN1_STRING_set(CMS_SignerInfo_get0_signature(si),
	    ASN1_STRING_get0_data(signature),
	    ASN1_STRING_length(signature)) != 1)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(encode(cms, out, d));
out:
	CMS_ContentInfo_free(cms);
	X509_free(lent);
	return rc;
}

static enum status
check_signature(CMS_ContentInfo *cms, const struct cert *cert,
    const struct bytes *content, struct diag *d)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	X509 *signer = NULL;
	BIO *in = NULL;
	enum status rc;

	TRY(open_cert(cert, &signer, d));
	in = BIO_new_mem_buf(content->data, (int)content->len);
	if (certs == NULL || in == NULL || sk_X509_push(certs, signer) != 1)
		FAIL(d, ST_SYSTEM, "out of memory");
	if (CMS_verify(cms, certs, NULL, in, NULL, VERIFY_FLAGS) != 1)
		FAIL(d, ST_AUTH, "the signature is not of this key over this "
		    "content");
	rc = ST_OK;
out:
	sk_X509_free(certs);
	X509_free(signer);
	BIO_free(in);
	return rc;
}

static enum status
verify(const struct bytes *p7s, const struct cert *cert, const char *type,
    const struct bytes *content, int64_t *time, struct diag *d)
{
	const unsigned char *at = p7s->data;
	struct bytes again = { 0 };
	CMS_ContentInfo *cms = NULL;
	CMS_SignerInfo *si = NULL;
	enum status rc;

	if (p7s->len == 0 || p7s->len > CMS_MAX)
		FAIL(d, ST_FORMAT, "not the size of a signature");
	if ((cms = d2i_CMS_ContentInfo(NULL, &at, (long)p7s->len)) == NULL)
		FAIL(d, ST_FORMAT, "not a CMS message");
	if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed)
		FAIL(d, ST_FORMAT, "not a CMS signature");
	TRY(only_signer(cms, &si, time, d));
	TRY(check_signature(cms, cert, content, d));
	TRY(rebuild(cert, type, *time, content,
	    CMS_SignerInfo_get0_signature(si), &again, d));
	if (!bytes_equal(&again, p7s))
		FAIL(d, ST_FORMAT, "it has more, less or other in it than a "
		    "signature of this kind");
out:
	bytes_free(&again);
	CMS_ContentInfo_free(cms);
	return rc;
}

enum status
cms_verify(const char *name, const struct bytes *p7s, const struct cert *cert,
    const char *type, const struct bytes *content, int64_t *time,
    struct diag *d)
{
	enum status rc;

	rc = verify(p7s, cert, type, content, time, d);
	ERR_clear_error();
	if (rc != ST_OK)
		diag_prefix(d, "%s", name);
	return rc;
}
