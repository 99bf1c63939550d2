/* see cms.h */
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/objects.h>

#include "lib/crypto/alg.h"
#include "lib/crypto/asn1.h"
#include "lib/crypto/bundle.h"
#include "lib/crypto/cms.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/sign.h"

#define VERSION_3 3 /* RFC 5652 5.1, 5.3: a signer by key identifier */
#define SKI_LEN 20  /* bytes */
#define OID_SIGNED_DATA "1.2.840.113549.1.7.2"
#define DIGEST_MAX 64 /* bytes; SHA-512 */

static bool
begins(const struct bytes *content, const char *head)
{
	const size_t len = strlen(head);

	return content->len >= len && memcmp(content->data, head, len) == 0;
}

static bool
is_closing(const struct bytes *content)
{
	return begins(content, CMS_CLOSING_HEAD);
}

static bool
is_release(const struct bytes *content)
{
	return begins(content, CMS_RELEASE_HEAD);
}

/* RULES B9 is this table. */
static const struct row {
	enum cms_kind kind;
	const char *type; /* NULL: that arc under the organisation's */
	bool (*is)(const struct bytes *content);
} rows[] = {
	{ CMS_CLOSING, NULL, is_closing },
	{ CMS_BUNDLE, BUNDLE_TYPE, bundle_shaped },
	{ CMS_RELEASE, NULL, is_release },
};

/* What is signed: its type and its bytes, which go together. */
struct matter {
	const char *arc;
	enum cms_kind kind;
	const struct bytes *content;
};

/* All that a message of ours consists of, apart from the signature value. */
struct parts {
	char type[CERT_OID_SIZE]; /* of the content, dotted */
	int64_t time;
	const uint8_t *ski; /* SKI_LEN bytes; borrowed */
	const struct alg_sig *sig;
	const struct alg_id *md_id;
	uint8_t digest[DIGEST_MAX];
	size_t digest_len;
};

static const struct row *
find_row(enum cms_kind kind)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].kind == kind)
			return &rows[i];
	}
	return NULL;
}

/* Of a kind that there is, and of that kind indeed. */
static enum status
set_type(const struct matter *m, char out[CERT_OID_SIZE], struct diag *d)
{
	const struct row *row = find_row(m->kind);
	int n;

	if (row == NULL)
		return diag_set(d, ST_BUG, "RULES B9: nobody signs content "
		    "of type %d", (int)m->kind);
	if (!row->is(m->content))
		return diag_set(d, ST_POLICY, "RULES B9: the content is not "
		    "what its type says");
	n = row->type != NULL ? snprintf(out, CERT_OID_SIZE, "%s", row->type) :
	    snprintf(out, CERT_OID_SIZE, "%s.%d", m->arc, (int)m->kind);
	if (n < 0 || n >= CERT_OID_SIZE)
		return diag_set(d, ST_POLICY, "FORMATS 8.15: the type's "
		    "object identifier would be too long");
	return ST_OK;
}

static const struct alg_sig *
sig_of(const struct cert *cert)
{
	const struct alg_key *key = alg_key(cert->key.alg);

	return alg_sig(key != NULL && key->family == ALG_RSA ? ALG_RSA_SIG :
	    cert->key.alg);
}

/* The digest that goes with an algorithm, for those too that bring their own
 * (RFC 8419, RFC 9882: SHA-512). */
static enum status
make_parts(const struct cert *cert, const struct matter *m, int64_t time,
    struct parts *p, struct diag *d)
{
	const struct bytes *content = m->content;
	const char *md;
	enum status rc;

	memset(p, 0, sizeof(*p));
	if ((rc = set_type(m, p->type, d)) != ST_OK)
		return rc;
	p->time = time;
	/* a responder's certificate may be anyone's make */
	p->ski = cert->has_ski ? cert->ski : cert->key.ski;
	p->sig = sig_of(cert);
	if (p->sig == NULL)
		return diag_set(d, ST_POLICY, "no signature of this form is "
		    "made with a key of %s", cert->key.alg);
	md = p->sig->digest == NULL ? "sha512" : p->sig->digest;
	p->md_id = alg_digest(md);
	if (strcmp(md, "sha256") == 0) {
		p->digest_len = SHA256_LEN;
		hash_sha256(content->data, content->len, p->digest);
	} else if (strcmp(md, "sha384") == 0) {
		p->digest_len = SHA384_LEN;
		hash_sha384(content->data, content->len, p->digest);
	} else {
		p->digest_len = DIGEST_MAX;
		hash_sha512(content->data, content->len, p->digest);
	}
	return ST_OK;
}

/* --- building --- */

static void
attributes_free(STACK_OF(X509_ATTRIBUTE) *all)
{
	sk_X509_ATTRIBUTE_pop_free(all, X509_ATTRIBUTE_free);
}

/* Adds an attribute; ${value} is taken in either case. */
static bool
add_attribute(STACK_OF(X509_ATTRIBUTE) *all, int nid, int type, void *value,
    void (*drop)(void *))
{
	X509_ATTRIBUTE *a = NULL;

	if (value == NULL ||
	    (a = X509_ATTRIBUTE_create(nid, type, value)) == NULL) {
		drop(value);
		return false;
	}
	if (sk_X509_ATTRIBUTE_push(all, a) > 0)
		return true;
	X509_ATTRIBUTE_free(a);
	return false;
}

static void
drop_object(void *value)
{
	ASN1_OBJECT_free(value);
}

static void
drop_string(void *value)
{
	ASN1_STRING_free(value);
}

static ASN1_OCTET_STRING *
octets(const void *data, size_t len)
{
	ASN1_OCTET_STRING *s = ASN1_OCTET_STRING_new();

	if (s != NULL && ASN1_OCTET_STRING_set(s, data, (int)len) == 1)
		return s;
	ASN1_OCTET_STRING_free(s);
	return NULL;
}

/* contentType, signingTime and messageDigest, and no others */
static enum status
make_attributes(const struct parts *p, STACK_OF(X509_ATTRIBUTE) **out,
    struct diag *d)
{
	STACK_OF(X509_ATTRIBUTE) *all = sk_X509_ATTRIBUTE_new_null();
	ASN1_TIME *time = NULL;
	enum status rc;
	int type;

	*out = NULL;
	TRY(ossl_make_time(p->time, &time, d));
	type = ASN1_STRING_type(time);
	if (all == NULL) {
		ASN1_TIME_free(time);
		FAIL(d, ST_SYSTEM, "out of memory");
	}
	if (!add_attribute(all, NID_pkcs9_signingTime, type, time,
	    drop_string) ||
	    !add_attribute(all, NID_pkcs9_contentType, V_ASN1_OBJECT,
	    OBJ_txt2obj(p->type, 1), drop_object) ||
	    !add_attribute(all, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING,
	    octets(p->digest, p->digest_len), drop_string)) {
		rc = ossl_fail(d, ST_SYSTEM, "signed attributes");
		goto out;
	}
	*out = all;
	all = NULL;
	rc = ST_OK;
out:
	attributes_free(all);
	return rc;
}

/* What is signed: the attributes as a SET (RFC 5652 5.4). */
static enum status
signed_bytes(const struct parts *p, struct bytes *out, struct diag *d)
{
	STACK_OF(X509_ATTRIBUTE) *all = NULL;
	enum status rc;

	TRY(make_attributes(p, &all, d));
	TRY(asn1_write(all, ASN1_ITEM_rptr(ASN1_ATTRIBUTES), out, d));
out:
	attributes_free(all);
	return rc;
}

static enum status
make_signer(const struct parts *p, const struct bytes *sig,
    ASN1_SIGNED_DATA *data, struct diag *d)
{
	ASN1_SIGNER *s;
	enum status rc;

	s = (ASN1_SIGNER *)ASN1_item_new(ASN1_ITEM_rptr(ASN1_SIGNER));
	if (s == NULL || ASN1_INTEGER_set(s->version, VERSION_3) != 1 ||
	    ASN1_OCTET_STRING_set(s->ski, p->ski, SKI_LEN) != 1 ||
	    !asn1_set(s->digest, p->md_id->der, p->md_id->len) ||
	    !asn1_set(s->alg, p->sig->id.der, p->sig->id.len) ||
	    !asn1_set(s->sig, sig->data, sig->len))
		FAIL(d, ST_SYSTEM, "out of memory");
	attributes_free(s->attrs);
	s->attrs = NULL;
	TRY(make_attributes(p, &s->attrs, d));
	if (sk_ASN1_SIGNER_push(data->signers, s) <= 0)
		FAIL(d, ST_SYSTEM, "out of memory");
	s = NULL;
	rc = ST_OK;
out:
	ASN1_item_free((ASN1_VALUE *)s, ASN1_ITEM_rptr(ASN1_SIGNER));
	return rc;
}

static bool
push_digest(const struct parts *p, ASN1_SIGNED_DATA *data)
{
	const unsigned char *at = p->md_id->der;
	X509_ALGOR *alg = d2i_X509_ALGOR(NULL, &at, (long)p->md_id->len);

	if (alg != NULL && sk_X509_ALGOR_push(data->digests, alg) > 0)
		return true;
	X509_ALGOR_free(alg);
	return false;
}

static bool
set_object(ASN1_OBJECT **field, const char *oid)
{
	ASN1_OBJECT_free(*field);
	return (*field = OBJ_txt2obj(oid, 1)) != NULL;
}

/* The whole message, of its parts and a signature value. */
static enum status
assemble(const struct parts *p, const struct bytes *sig, struct bytes *out,
    struct diag *d)
{
	ASN1_MESSAGE *m;
	enum status rc;

	m = (ASN1_MESSAGE *)ASN1_item_new(ASN1_ITEM_rptr(ASN1_MESSAGE));
	if (m == NULL || !set_object(&m->type, OID_SIGNED_DATA) ||
	    ASN1_INTEGER_set(m->data->version, VERSION_3) != 1 ||
	    !push_digest(p, m->data) ||
	    !set_object(&m->data->content->type, p->type)) {
		rc = ossl_fail(d, ST_SYSTEM, "a signature could not be "
		    "written");
		goto out;
	}
	TRY(make_signer(p, sig, m->data, d));
	TRY(asn1_write(m, ASN1_ITEM_rptr(ASN1_MESSAGE), out, d));
out:
	ASN1_item_free((ASN1_VALUE *)m, ASN1_ITEM_rptr(ASN1_MESSAGE));
	return rc;
}

/* RULES C9, second half: read again, verified with the recorded key. */
static enum status
prove(const struct bytes *p7s, const struct cert *cert,
    const struct matter *m, int64_t time, struct diag *d)
{
	struct diag why = { 0 };
	int64_t when = 0;
	enum status rc;

	TRY(cms_verify("read again", p7s, cert, m->arc, m->kind, m->content,
	    &when, &why));
	if (when != time)
		FAIL(&why, ST_BUG, "it has another time");
out:
	if (rc != ST_OK && rc != ST_SYSTEM)
		rc = ST_BUG;
	return rc == ST_OK ? rc : diag_set(d, rc, "RULES C9: the signature "
	    "just made: %.900s", why.text);
}

/* Whose private key it is; one of the two. */
struct signer {
	const struct key *root;
	const struct opener *responder;
};

static enum status
make_signature(const struct signer *by, const struct parts *p,
    const struct bytes *attrs, struct bytes *sig, struct diag *d)
{
	if (by->root != NULL)
		return sign_twice(by->root, attrs->data, attrs->len, sig, d);
	return sign_other(ossl_opener(by->responder), p->sig, attrs->data,
	    attrs->len, sig, d);
}

static enum status
sign(const struct signer *by, const struct cert *cert,
    const struct matter *m, int64_t time, struct bytes *out, struct diag *d)
{
	const struct spki *public = by->root != NULL ? key_public(by->root) :
	    opener_public(by->responder);
	struct bytes attrs = { 0 }, sig = { 0 }, der = { 0 };
	struct parts p;
	enum status rc;

	bytes_free(out);
	if (!bytes_equal(&public->der, &cert->key.der))
		FAIL(d, ST_BUG, "RULES C9: the key is not that of the "
		    "certificate");
	TRY(make_parts(cert, m, time, &p, d));
	TRY(signed_bytes(&p, &attrs, d));
	TRY(make_signature(by, &p, &attrs, &sig, d));
	TRY(assemble(&p, &sig, &der, d));
	TRY(prove(&der, cert, m, time, d));

	*out = der;
	der = (struct bytes){ 0 };
	rc = ST_OK;
out:
	bytes_free(&attrs);
	sign_wipe(&sig);
	sign_wipe(&der);
	return rc;
}

enum status
cms_sign(const struct key *key, const struct cert *cert, const char *arc,
    enum cms_kind kind, int64_t time, const struct bytes *content,
    struct bytes *out, struct diag *d)
{
	const struct signer by = { key, NULL };
	const struct matter m = { arc, kind, content };

	if (kind == CMS_RELEASE)
		return diag_set(d, ST_BUG, "RULES B9: no root signs a "
		    "release");
	return sign(&by, cert, &m, time, out, d);
}

enum status
cms_sign_release(const struct opener *who, const struct cert *cert,
    const char *arc, int64_t time, const struct bytes *content,
    struct bytes *out, struct diag *d)
{
	const struct signer by = { NULL, who };
	const struct matter m = { arc, CMS_RELEASE, content };

	return sign(&by, cert, &m, time, out, d);
}

/* --- verifying --- */

/* The only value of the only attribute of that kind, or NULL. */
static const ASN1_TYPE *
find_attribute(const STACK_OF(X509_ATTRIBUTE) *all, int nid)
{
	const ASN1_TYPE *found = NULL;
	X509_ATTRIBUTE *a;
	int times = 0;

	for (int i = 0; i < sk_X509_ATTRIBUTE_num(all); i++) {
		a = sk_X509_ATTRIBUTE_value(all, i);
		if (OBJ_obj2nid(X509_ATTRIBUTE_get0_object(a)) != nid)
			continue;
		times++;
		if (X509_ATTRIBUTE_count(a) == 1)
			found = X509_ATTRIBUTE_get0_type(a, 0);
	}
	return times == 1 ? found : NULL;
}

static enum status
read_time(const ASN1_SIGNER *s, int64_t *time, struct diag *d)
{
	const ASN1_TYPE *t = find_attribute(s->attrs, NID_pkcs9_signingTime);

	if (t == NULL || (t->type != V_ASN1_UTCTIME &&
	    t->type != V_ASN1_GENERALIZEDTIME))
		return diag_set(d, ST_FORMAT, "FORMATS 6.15: it does not say "
		    "its time");
	return ossl_validity(t->value.asn1_string, time, d);
}

/* That it is about this key and this content: the commonest mistakes. */
static enum status
check_subject(const ASN1_SIGNER *s, const struct parts *p, struct diag *d)
{
	const ASN1_TYPE *t = find_attribute(s->attrs, NID_pkcs9_messageDigest);

	if (ASN1_STRING_length(s->ski) != SKI_LEN ||
	    memcmp(ASN1_STRING_get0_data(s->ski), p->ski, SKI_LEN) != 0)
		return diag_set(d, ST_AUTH, "FORMATS 6.15: it is signed by "
		    "another key");
	if (t == NULL || t->type != V_ASN1_OCTET_STRING)
		return diag_set(d, ST_FORMAT, "FORMATS 6.15: it has no digest "
		    "of the content");
	if ((size_t)ASN1_STRING_length(t->value.octet_string) !=
	    p->digest_len ||
	    memcmp(ASN1_STRING_get0_data(t->value.octet_string), p->digest,
	    p->digest_len) != 0)
		return diag_set(d, ST_AUTH, "FORMATS 6.15: it is a signature "
		    "of other content");
	return ST_OK;
}

static enum status
check_rebuilt(const struct parts *p, const struct bytes *sig,
    const struct bytes *p7s, struct diag *d)
{
	struct bytes again = { 0 };
	enum status rc;

	TRY(assemble(p, sig, &again, d));
	if (!bytes_equal(&again, p7s))
		FAIL(d, ST_FORMAT, "FORMATS 6.15: it has more, less or other "
		    "in it than a signature of type %s", p->type);
out:
	bytes_free(&again);
	return rc;
}

static enum status
check_signature(const struct parts *p, const struct bytes *sig,
    const struct spki *key, struct diag *d)
{
	struct bytes attrs = { 0 };
	enum status rc;

	TRY(signed_bytes(p, &attrs, d));
	if (sign_verify(key, p->sig, attrs.data, attrs.len, sig->data,
	    sig->len, NULL) != ST_OK)
		FAIL(d, ST_AUTH, "FORMATS 6.15: the signature is not of this "
		    "key over this content");
out:
	bytes_free(&attrs);
	return rc;
}

static enum status
verify(const ASN1_MESSAGE *m, const struct bytes *p7s,
    const struct cert *cert, const struct matter *about, int64_t *time,
    struct diag *d)
{
	struct bytes sig = { 0 };
	const ASN1_SIGNER *s;
	struct parts p;
	enum status rc;

	if (sk_ASN1_SIGNER_num(m->data->signers) != 1)
		FAIL(d, ST_FORMAT, "FORMATS 6.15: not exactly one signer");
	s = sk_ASN1_SIGNER_value(m->data->signers, 0);
	TRY(read_time(s, time, d));
	TRY(make_parts(cert, about, *time, &p, d));
	TRY(check_subject(s, &p, d));
	TRY(bytes_set(&sig, ASN1_STRING_get0_data(s->sig),
	    (size_t)ASN1_STRING_length(s->sig), d));
	TRY(check_rebuilt(&p, &sig, p7s, d));
	TRY(check_signature(&p, &sig, &cert->key, d));
out:
	bytes_free(&sig);
	return rc;
}

enum status
cms_der(const void *data, size_t len, struct bytes *out, struct diag *d)
{
	return ossl_der("CMS", NULL, data, len, out, d);
}

enum status
cms_verify(const char *name, const struct bytes *p7s, const struct cert *cert,
    const char *arc, enum cms_kind kind, const struct bytes *content,
    int64_t *time, struct diag *d)
{
	const struct matter about = { arc, kind, content };
	ASN1_MESSAGE *m = NULL;
	enum status rc;

	*time = 0;
	if (p7s->len == 0 || p7s->len > CMS_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 6.15: not 1 to %d bytes",
		    CMS_MAX);
	m = asn1_read(ASN1_ITEM_rptr(ASN1_MESSAGE), p7s->data, p7s->len);
	if (m == NULL)
		FAIL(d, ST_FORMAT, "FORMATS 6.15: not exactly one detached "
		    "signature by key identifier, without certificates and "
		    "lists, in canonical DER");
	TRY(verify(m, p7s, cert, &about, time, d));
out:
	ERR_clear_error();
	if (rc != ST_OK)
		diag_prefix(d, "%s", name);
	ASN1_item_free((ASN1_VALUE *)m, ASN1_ITEM_rptr(ASN1_MESSAGE));
	return rc;
}
