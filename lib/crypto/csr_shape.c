/* see csr_job.h: the child's side, which reads what a stranger wrote. */
#include <string.h>

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "lib/crypto/asn1.h"
#include "lib/crypto/csr_job.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/strict.h"
#include "lib/crypto/tlv.h"

/* CertificationRequestInfo: version, subject, key, attributes */
#define INFO_PARTS 4
#define INFO_SUBJECT 1

static enum status
from_pem(const struct bytes *pem, struct bytes *out, enum csr_form *form,
    struct diag *d)
{
	unsigned char *der = NULL;
	char *is = NULL, *header = NULL;
	BIO *in = BIO_new_mem_buf(pem->data, (int)pem->len);
	enum status rc;
	long n = 0;

	TRY(csr_pem_before(pem, d));
	if (in == NULL || PEM_read_bio(in, &is, &header, &der, &n) != 1 ||
	    header[0] != '\0')
		FAIL(d, ST_FORMAT, "FORMATS 6.2: not one whole PEM block");
	*form = strcmp(is, csr_label(CSR_PEM)) == 0 ? CSR_PEM : CSR_NEW_PEM;
	if (strcmp(is, csr_label(*form)) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 6.2: its PEM block is no "
		    "certificate request");
	TRY(bytes_set(out, der, (size_t)n, d));
	TRY(csr_pem_same(pem, is, out, d));
out:
	OPENSSL_free(der);
	OPENSSL_free(is);
	OPENSSL_free(header);
	BIO_free(in);
	return rc;
}

/* DER begins with a SEQUENCE; anything else is taken for PEM. */
static enum status
to_der(const void *data, size_t len, struct bytes *out, enum csr_form *form,
    struct diag *d)
{
	struct bytes pem = { 0 };
	enum status rc;

	*form = CSR_DER;
	if (*(const uint8_t *)data == TLV_SEQUENCE)
		return bytes_set(out, data, len, d);
	TRY(bytes_set(&pem, data, len, d));
	TRY(from_pem(&pem, out, form, d));
out:
	bytes_free(&pem);
	return rc;
}

/* --- shape --- */

/* The whole of it, in one way only. */
static enum status
parse(const struct bytes *der, ASN1_REQUEST **out, struct diag *d)
{
	if (!strict_der(der->data, der->len))
		return diag_set(d, ST_FORMAT, "FORMATS 6.3: not exactly one "
		    "object in canonical DER");
	*out = asn1_read(ASN1_ITEM_rptr(ASN1_REQUEST), der->data, der->len);
	if (*out == NULL)
		return diag_set(d, ST_FORMAT, "FORMATS 6.1: not a certificate "
		    "request, or one spelt in another way than FORMATS 6.3's");
	return ST_OK;
}

/* Each kind of attribute once, with one value; what is in them is not used. */
static enum status
check_attributes(const STACK_OF(X509_ATTRIBUTE) *all, struct diag *d)
{
	const int n = X509at_get_attr_count(all);
	X509_ATTRIBUTE *a;

	if (n > CSR_ATTRIBUTES_MAX)
		return diag_set(d, ST_FORMAT, "FORMATS 6.1: more than %d "
		    "attributes", CSR_ATTRIBUTES_MAX);
	for (int i = 0; i < n; i++) {
		a = X509at_get_attr(all, i);
		if (X509_ATTRIBUTE_count(a) != 1)
			return diag_set(d, ST_FORMAT, "FORMATS 6.1: an "
			    "attribute without exactly one value");
		if (X509at_get_attr_by_OBJ(all,
		    X509_ATTRIBUTE_get0_object(a), i) >= 0)
			return diag_set(d, ST_FORMAT, "FORMATS 6.1: an "
			    "attribute is there twice");
	}
	return ST_OK;
}

/* --- what is answered --- */

/* The elements in one that is constructed, ${n} at most. */
static size_t
open_up(struct csr_part in, struct strict_element *out, size_t n)
{
	size_t i = 0;

	while (i < n && in.len > 0 && strict_next(&in.data, &in.len, &out[i]))
		i++;
	return i;
}

static struct csr_part
body_of(const struct strict_element *e)
{
	return (struct csr_part){ e->body, e->len };
}

/* What is answered as it stands: OpenSSL found it there before. */
static void
find_parts(const struct bytes *der, struct csr_answer *a)
{
	struct csr_part all = { der->data, der->len };
	struct strict_element e[INFO_PARTS] = { 0 };

	open_up(all, e, 1);
	open_up(body_of(e), e, 1);
	a->has_attributes = open_up(body_of(e), e, INFO_PARTS) == INFO_PARTS;
	a->subject = body_of(&e[INFO_SUBJECT]);
	if (a->has_attributes)
		a->attributes = body_of(&e[INFO_PARTS - 1]);
}

/* One half of an ECDSA signature; false: it is none. */
static bool
write_half(const ASN1_INTEGER *i, uint8_t *out, size_t half)
{
	BIGNUM *n = ASN1_INTEGER_to_BN(i, NULL);
	const bool ok = n != NULL && !BN_is_negative(n) &&
	    BN_bn2binpad(n, out, (int)half) == (int)half;

	BN_free(n);
	return ok;
}

/* r and s at the length of the curve's coordinates; false: they are none. */
static bool
split_ecdsa(const struct alg_key *key, struct csr_part sig, uint8_t *out,
    size_t *len)
{
	const size_t half = key->family == ALG_EC ? alg_half(key) : 0;
	/* a SEQUENCE of two INTEGERs, as an RSA key is */
	ASN1_RSA *rs = half == 0 ? NULL :
	    asn1_read(ASN1_ITEM_rptr(ASN1_RSA), sig.data, sig.len);
	const bool ok = rs != NULL && write_half(rs->n, out, half) &&
	    write_half(rs->e, out + half, half);

	*len = 2 * half;
	ASN1_item_free((ASN1_VALUE *)rs, ASN1_ITEM_rptr(ASN1_RSA));
	return ok;
}

/* What cannot be a signature is answered as none: the next gate says so. */
static void
take_signature(const ASN1_REQUEST *x, struct csr_answer *a,
    uint8_t rs[2 * ALG_HALF_MAX])
{
	struct csr_part sig = { ASN1_STRING_get0_data(x->sig),
		(size_t)ASN1_STRING_length(x->sig) };

	a->alg = ossl_signature(x->alg);
	if (a->alg == NULL || (x->sig->flags & UNUSED_BITS) != 0)
		return;
	if (a->alg->family != ALG_EC)
		a->sig = sig;
	else if (split_ecdsa(a->key.alg, sig, rs, &sig.len))
		a->sig = (struct csr_part){ rs, sig.len };
}

static enum status
read_all(const ASN1_REQUEST *x, const struct bytes *der, struct csr_answer *a,
    char text[CSR_SUBJECT_SIZE], struct diag *d)
{
	const ASN1_REQUEST_INFO *info = x->info;
	struct name unused;
	bool plain;
	enum status rc;

	if (ASN1_INTEGER_get(info->version) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 6.1: not version 1");
	TRY(check_attributes(info->attrs, d));
	ossl_unname(info->subject, &unused, &plain, text, CSR_SUBJECT_SIZE);
	a->text = (struct csr_part){ (const uint8_t *)text, strlen(text) };
	find_parts(der, a);
	TRY(spki_split(ASN1_STRING_get0_data(info->key),
	    (size_t)ASN1_STRING_length(info->key), &a->key, d));
out:
	return rc;
}

enum status
csr_shape(void *self, const uint8_t *file, size_t len, uint8_t *out,
    size_t *outlen, struct diag *d)
{
	char text[CSR_SUBJECT_SIZE];
	uint8_t rs[2 * ALG_HALF_MAX];
	struct csr_answer a = { 0 };
	struct bytes der = { 0 };
	ASN1_REQUEST *x = NULL;
	enum status rc;

	(void)self;
	TRY(to_der(file, len, &der, &a.form, d));
	TRY(parse(&der, &x, d));
	TRY(read_all(x, &der, &a, text, d));
	take_signature(x, &a, rs);
	if (!csr_answer_write(&a, out, CSR_ANSWER_MAX, outlen))
		FAIL(d, ST_FORMAT, "FORMATS 6.21: no answer has room for it");
out:
	ERR_clear_error();
	ASN1_item_free((ASN1_VALUE *)x, ASN1_ITEM_rptr(ASN1_REQUEST));
	csr_answer_clear(&a);
	bytes_free(&der);
	return rc;
}
