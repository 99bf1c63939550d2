/* see csr.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "lib/crypto/alg.h"
#include "lib/crypto/asn1.h"
#include "lib/crypto/csr.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/signed.h"

void
csr_free(struct csr *c)
{
	if (c == NULL)
		return;
	bytes_free(&c->der);
	spki_clear(&c->key);
	free(c);
}

/* Each kind of attribute once; what is in them is never used. */
static enum status
check_attributes(const STACK_OF(X509_ATTRIBUTE) *all, struct diag *d)
{
	X509_ATTRIBUTE *a, *b;
	const int n = sk_X509_ATTRIBUTE_num(all);

	if (n > CSR_ATTRIBUTES_MAX)
		return diag_set(d, ST_FORMAT, "FORMATS 6.2: more than %d "
		    "attributes", CSR_ATTRIBUTES_MAX);
	for (int i = 0; i < n; i++) {
		a = sk_X509_ATTRIBUTE_value(all, i);
		if (X509_ATTRIBUTE_count(a) != 1)
			return diag_set(d, ST_FORMAT, "FORMATS 6.2: an "
			    "attribute without exactly one value");
		for (int j = 0; j < i; j++) {
			b = sk_X509_ATTRIBUTE_value(all, j);
			if (OBJ_cmp(X509_ATTRIBUTE_get0_object(a),
			    X509_ATTRIBUTE_get0_object(b)) == 0)
				return diag_set(d, ST_FORMAT, "FORMATS 6.2: "
				    "an attribute is there twice");
		}
	}
	return ST_OK;
}

static enum status
read_subject(const ASN1_STRING *s, struct csr *c, struct diag *d)
{
	struct name unused;
	X509_NAME *x;
	bool plain;

	x = asn1_read(ASN1_ITEM_rptr(X509_NAME), ASN1_STRING_get0_data(s),
	    (size_t)ASN1_STRING_length(s));
	if (x == NULL)
		return diag_set(d, ST_FORMAT, "FORMATS 6.2: its subject is "
		    "not a name");
	ossl_unname(x, &unused, &plain, c->subject, sizeof(c->subject));
	X509_NAME_free(x);
	return ST_OK;
}

static enum status
read_info(const ASN1_STRING *tbs, struct csr *c, struct diag *d)
{
	ASN1_REQUEST *r;
	enum status rc;

	r = asn1_read(ASN1_ITEM_rptr(ASN1_REQUEST), ASN1_STRING_get0_data(tbs),
	    (size_t)ASN1_STRING_length(tbs));
	if (r == NULL)
		FAIL(d, ST_FORMAT, "FORMATS 6.2: not what a request holds");
	if (ASN1_INTEGER_get(r->version) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 6.2: not a request of version 1");
	TRY(check_attributes(r->attrs, d));
	TRY(read_subject(r->subject, c, d));
	TRY(spki_read(ASN1_STRING_get0_data(r->key),
	    (size_t)ASN1_STRING_length(r->key), &c->key, d));
out:
	ASN1_item_free((ASN1_VALUE *)r, ASN1_ITEM_rptr(ASN1_REQUEST));
	return rc;
}

static enum status
read_request(struct csr *c, struct diag *d)
{
	const struct alg_sig *alg;
	ASN1_SIGNED *s;
	enum status rc;

	s = asn1_read(ASN1_ITEM_rptr(ASN1_SIGNED), c->der.data, c->der.len);
	if (s == NULL)
		FAIL(d, ST_FORMAT, "FORMATS 6.1: not exactly one request in "
		    "canonical DER");
	TRY(read_info(s->tbs, c, d));
	if ((alg = signed_alg(s)) == NULL)
		FAIL(d, ST_FORMAT, "FORMATS 6.3: signed by an algorithm that "
		    "is not known here, or is weaker than SHA-256");
	snprintf(c->alg, sizeof(c->alg), "%s", alg->by);
	hash_sha384(c->der.data, c->der.len, c->id);
out:
	ERR_clear_error();
	ASN1_item_free((ASN1_VALUE *)s, ASN1_ITEM_rptr(ASN1_SIGNED));
	return rc;
}

enum status
csr_read(const char *name, const void *data, size_t len, struct csr **out,
    struct diag *d)
{
	struct csr *c = NULL;
	enum status rc;

	*out = NULL;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	if (len == 0 || len > CSR_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 6.1: not 1 to %d bytes", CSR_MAX);
	TRY(ossl_der(name, "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST",
	    data, len, &c->der, d));
	TRY(read_request(c, d));

	*out = c;
	c = NULL;
	rc = ST_OK;
out:
	if (rc != ST_OK)
		diag_prefix(d, "%s", name);
	csr_free(c);
	return rc;
}

enum status
csr_check(const char *name, const struct csr *c, struct diag *d)
{
	ASN1_SIGNED *s;
	enum status rc;

	s = asn1_read(ASN1_ITEM_rptr(ASN1_SIGNED), c->der.data, c->der.len);
	if (s == NULL)
		FAIL(d, ST_SYSTEM, "%s: out of memory", name);
	if (signed_verify(s, &c->key, NULL) != ST_OK)
		FAIL(d, ST_AUTH, "%s: FORMATS 6.3: not signed with the key "
		    "that it is for", name);
	rc = ST_OK;
out:
	ASN1_item_free((ASN1_VALUE *)s, ASN1_ITEM_rptr(ASN1_SIGNED));
	return rc;
}
