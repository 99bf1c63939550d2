/* see ossl.h: names, times and PEM. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "lib/base/text.h"
#include "lib/crypto/ossl.h"

/* --- names --- */

static int
add_part(X509_NAME *x, int nid, const char *text)
{
	if (text[0] == '\0')
		return 1;
	return X509_NAME_add_entry_by_NID(x, nid, MBSTRING_UTF8,
	    (const unsigned char *)text, -1, -1, 0);
}

enum status
ossl_name(const struct name *n, X509_NAME **out, struct diag *d)
{
	X509_NAME *x = X509_NAME_new();

	if (x == NULL || add_part(x, NID_organizationName, n->org) != 1 ||
	    add_part(x, NID_organizationalUnitName, n->unit) != 1 ||
	    add_part(x, NID_commonName, n->common) != 1) {
		X509_NAME_free(x);
		return ossl_fail(d, ST_SYSTEM, "a name could not be made");
	}
	*out = x;
	return ST_OK;
}

/* Which part an entry of a name is, or NULL. */
static char *
part_of(struct name *n, const X509_NAME_ENTRY *e)
{
	switch (OBJ_obj2nid(X509_NAME_ENTRY_get_object(e))) {
	case NID_organizationName:
		return n->org;
	case NID_organizationalUnitName:
		return n->unit;
	case NID_commonName:
		return n->common;
	default:
		return NULL;
	}
}

/* One entry into its part; false when it is not of our form. */
static bool
take_part(struct name *n, const X509_NAME_ENTRY *e)
{
	const ASN1_STRING *s = X509_NAME_ENTRY_get_data(e);
	const int len = ASN1_STRING_length(s);
	char *part = part_of(n, e);

	if (part == NULL || part[0] != '\0' || len < 1 ||
	    len >= NAME_PART_SIZE ||
	    ASN1_STRING_type(s) != V_ASN1_UTF8STRING)
		return false;
	for (int i = 0; i < len; i++) {
		const unsigned char c = ASN1_STRING_get0_data(s)[i];

		if (c < 0x20 || c > 0x7e)
			return false;
	}
	memcpy(part, ASN1_STRING_get0_data(s), (size_t)len);
	return true;
}

static void
show_entry(const X509_NAME_ENTRY *e, char *text, size_t size)
{
	const ASN1_STRING *s = X509_NAME_ENTRY_get_data(e);
	const int nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(e));
	const size_t at = strlen(text);
	char kind[80], value[256];

	if (nid == NID_undef)
		OBJ_obj2txt(kind, sizeof(kind),
		    X509_NAME_ENTRY_get_object(e), 1);
	else
		snprintf(kind, sizeof(kind), "%s", OBJ_nid2sn(nid));
	text_escape(ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s),
	    value, sizeof(value));
	if (at + 1 < size)
		snprintf(text + at, size - at, "%s%s=%s",
		    at == 0 ? "" : ", ", kind, value);
}

void
ossl_unname(const X509_NAME *x, struct name *n, bool *plain, char *text,
    size_t size)
{
	const int entries = X509_NAME_entry_count(x);
	const X509_NAME_ENTRY *e;
	struct name again = { 0 };
	X509_NAME *ours = NULL;

	text[0] = '\0';
	*plain = true;
	for (int i = 0; i < entries; i++) {
		e = X509_NAME_get_entry(x, i);
		*plain = take_part(&again, e) && *plain;
		show_entry(e, text, size);
	}
	/* the same name written by us is the same name: order and sets too */
	if (*plain && ossl_name(&again, &ours, NULL) == ST_OK)
		*plain = X509_NAME_cmp(x, ours) == 0 &&
		    X509_NAME_entry_count(ours) == entries;
	X509_NAME_free(ours);
	if (*plain)
		*n = again;
	else
		memset(n, 0, sizeof(*n));
}

/* --- time --- */

enum status
ossl_time(const ASN1_TIME *t, int64_t *out, struct diag *d)
{
	struct tm tm;

	if (t == NULL || ASN1_TIME_check(t) != 1 ||
	    ASN1_TIME_to_tm(t, &tm) != 1)
		return diag_set(d, ST_FORMAT, "a time is malformed");
	*out = timegm(&tm);
	return ST_OK;
}

enum status
ossl_make_time(int64_t t, ASN1_TIME **out, struct diag *d)
{
	if ((*out = ASN1_TIME_set(NULL, (time_t)t)) == NULL)
		return ossl_fail(d, ST_SYSTEM, "a time could not be made");
	return ST_OK;
}

/* --- PEM --- */

static bool
looks_like_pem(const void *data, size_t len)
{
	return len > 10 && memcmp(data, "-----BEGIN", 10) == 0;
}

/* PEM written again is what was read: nothing stood around the block. */
static bool
same_pem(const char *label, const unsigned char *der, long der_len,
    const void *data, size_t len)
{
	BIO *out = BIO_new(BIO_s_mem());
	const char *text = NULL;
	bool same = false;
	long n;

	if (out != NULL && PEM_write_bio(out, label, "", der, der_len) > 0) {
		n = BIO_get_mem_data(out, &text);
		same = n > 0 && (size_t)n == len && memcmp(text, data, len) ==
		    0;
	}
	BIO_free(out);
	return same;
}

static enum status
from_pem(const char *label, const char *label2, const void *data, size_t len,
    struct bytes *out, struct diag *d)
{
	unsigned char *der = NULL;
	char *is = NULL, *header = NULL;
	long n = 0;
	BIO *in = BIO_new_mem_buf(data, (int)len);
	enum status rc;

	if (in == NULL || PEM_read_bio(in, &is, &header, &der, &n) != 1 ||
	    header[0] != '\0')
		FAIL(d, ST_FORMAT, "not one whole PEM block");
	if (strcmp(is, label) != 0 &&
	    (label2 == NULL || strcmp(is, label2) != 0))
		FAIL(d, ST_FORMAT, "its PEM block is not \"%s\"", label);
	if (!same_pem(is, der, n, data, len))
		FAIL(d, ST_FORMAT, "something stands around its PEM block, or "
		    "it is spelt in another way");
	TRY(bytes_set(out, der, (size_t)n, d));
out:
	ERR_clear_error();
	OPENSSL_free(der);
	OPENSSL_free(is);
	OPENSSL_free(header);
	BIO_free(in);
	return rc;
}

enum status
ossl_der(const char *label, const char *label2, const void *data,
    size_t len, struct bytes *out, struct diag *d)
{
	if (looks_like_pem(data, len))
		return from_pem(label, label2, data, len, out, d);
	return bytes_set(out, data, len, d);
}
