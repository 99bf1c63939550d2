/* see csr.h */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "lib/crypto/asn1.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/csr.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/sign.h"
#include "lib/crypto/strict.h"

void
csr_free(struct csr *c)
{
	if (c == NULL)
		return;
	bytes_free(&c->der);
	spki_clear(&c->key);
	free(c);
}

/* --- PEM as strangers' tools write it --- */

static const char *const labels[] = { "CERTIFICATE REQUEST",
	"NEW CERTIFICATE REQUEST" };

static size_t
count(const char *text, const char *what)
{
	size_t n = 0;

	for (text = strstr(text, what); text != NULL;
	     text = strstr(text + 1, what))
		n++;
	return n;
}

/* What `openssl req -text` writes before a request: its title, then printable
 * lines that are indented.  Nothing else may stand there. */
static bool
is_openssl_text(const char *text, const char *end)
{
	static const char title[] = "Certificate Request:\n";

	if (text == end)
		return true;
	if ((size_t)(end - text) < sizeof(title) - 1 ||
	    memcmp(text, title, sizeof(title) - 1) != 0)
		return false;
	text += sizeof(title) - 1;
	for (bool starts = true; text < end; text++) {
		if (starts && memcmp(text, "    ", 4) != 0)
			return false;
		starts = *text == '\n';
		if (!starts && (*text < ' ' || *text > '~'))
			return false;
	}
	return true;
}

/* One block, nothing of another's before it. */
static enum status
check_before(const struct bytes *pem, struct diag *d)
{
	const char *text = (const char *)pem->data;

	if (memchr(text, 0, pem->len) != NULL ||
	    count(text, "-----BEGIN ") != 1 || count(text, "-----END ") != 1)
		return diag_set(d, ST_FORMAT, "FORMATS 6.2: not exactly one "
		    "PEM block");
	if (!is_openssl_text(text, strstr(text, "-----BEGIN ")))
		return diag_set(d, ST_FORMAT, "FORMATS 6.2: something stands "
		    "before its PEM block");
	return ST_OK;
}

static bool
same_but_for_blanks(const char *a, const char *b)
{
	static const char blanks[] = " \r\n";

	for (;; a++, b++) {
		a += strspn(a, blanks);
		b += strspn(b, blanks);
		if (*a != *b)
			return false;
		if (*a == '\0')
			return true;
	}
}

/* Written again it is the same.  OpenSSL's reader passes over what stands
 * behind the padding, and over bytes that it takes for blanks. */
static enum status
check_rewritten(const struct bytes *pem, const char *label,
    const struct bytes *der, struct diag *d)
{
	struct bytes again = { 0 };
	enum status rc;

	TRY(cert_pem(der, label, &again, d));
	if (!same_but_for_blanks(strstr((const char *)pem->data,
	    "-----BEGIN "), (const char *)again.data))
		FAIL(d, ST_FORMAT, "FORMATS 6.2: something stands in its PEM "
		    "block or behind it that is not of the request");
out:
	bytes_free(&again);
	return rc;
}

static enum status
from_pem(const struct bytes *pem, struct bytes *out, struct diag *d)
{
	unsigned char *der = NULL;
	char *is = NULL, *header = NULL;
	BIO *in = BIO_new_mem_buf(pem->data, (int)pem->len);
	enum status rc;
	long n = 0;

	TRY(check_before(pem, d));
	if (in == NULL || PEM_read_bio(in, &is, &header, &der, &n) != 1 ||
	    header[0] != '\0')
		FAIL(d, ST_FORMAT, "FORMATS 6.2: not one whole PEM block");
	if (strcmp(is, labels[0]) != 0 && strcmp(is, labels[1]) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 6.2: its PEM block is no "
		    "certificate request");
	TRY(bytes_set(out, der, (size_t)n, d));
	TRY(check_rewritten(pem, is, out, d));
out:
	OPENSSL_free(der);
	OPENSSL_free(is);
	OPENSSL_free(header);
	BIO_free(in);
	return rc;
}

/* DER begins with a SEQUENCE; anything else is taken for PEM. */
static enum status
to_der(const void *data, size_t len, struct bytes *out, struct diag *d)
{
	struct bytes pem = { 0 };
	enum status rc;

	if (*(const uint8_t *)data == 0x30)
		return bytes_set(out, data, len, d);
	TRY(bytes_set(&pem, data, len, d));
	TRY(from_pem(&pem, out, d));
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

static enum status
read_all(const ASN1_REQUEST *x, struct csr *c, struct diag *d)
{
	const ASN1_REQUEST_INFO *info = x->info;
	struct name unused;
	bool plain;
	enum status rc;

	if (ASN1_INTEGER_get(info->version) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 6.1: not version 1");
	TRY(check_attributes(info->attrs, d));
	ossl_unname(info->subject, &unused, &plain, c->subject,
	    sizeof(c->subject));
	ossl_signature_name(x->alg, c->alg);
	TRY(spki_read(ASN1_STRING_get0_data(info->key),
	    (size_t)ASN1_STRING_length(info->key), &c->key, d));
out:
	return rc;
}

enum status
csr_read(const char *name, const void *data, size_t len, struct csr **out,
    struct diag *d)
{
	struct csr *c = NULL;
	ASN1_REQUEST *x = NULL;
	enum status rc;

	*out = NULL;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	if (len == 0 || len > CSR_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 6.1: a request has 1 to %d bytes",
		    CSR_MAX);
	TRY(to_der(data, len, &c->der, d));
	TRY(parse(&c->der, &x, d));
	TRY(read_all(x, c, d));
	hash_sha384(c->der.data, c->der.len, c->id);
	*out = c;
	c = NULL;
out:
	ERR_clear_error();
	if (rc != ST_OK)
		diag_prefix(d, "%s", name);
	ASN1_item_free((ASN1_VALUE *)x, ASN1_ITEM_rptr(ASN1_REQUEST));
	csr_free(c);
	return rc;
}

/* --- self-consistency --- */

enum status
csr_check(const char *name, const struct csr *c, struct diag *d)
{
	if (strcmp(c->alg, "?") == 0)
		return diag_set(d, ST_AUTH, "%s: FORMATS 6.10: it is signed "
		    "by an algorithm that is not known here, or is weaker "
		    "than SHA-256", name);
	if (sign_frame(&c->der, &c->key, false, NULL) != ST_OK)
		return diag_set(d, ST_AUTH, "%s: FORMATS 6.10: it is not "
		    "signed with its own key", name);
	return ST_OK;
}
