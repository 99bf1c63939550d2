/* see ossl.h: names, times, extensions and PEM */
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/strict.h"

#define PART_SIZE 256 /* bytes of one attribute, escaped */
#define TYPE_SIZE 80  /* bytes of its type's name */
#define BOOLEAN_LEN 3 /* bytes of a whole BOOLEAN */

/* RFC 5280 4.1.2.5: UTCTime through 2049 */
#define GENERALIZED_FROM INT64_C(2524608000)
#define TIME_LAST INT64_C(253402300799)

/* --- names --- */

static bool
add_part(X509_NAME *x, const char *type, const char *value)
{
	return X509_NAME_add_entry_by_txt(x, type, V_ASN1_UTF8STRING,
	    (const unsigned char *)value, -1, -1, 0) == 1;
}

enum status
ossl_name(const struct name *n, X509_NAME *x, struct diag *d)
{
	if (!add_part(x, "O", n->org) ||
	    (n->unit[0] != '\0' && !add_part(x, "OU", n->unit)) ||
	    !add_part(x, "CN", n->common))
		return ossl_fail(d, ST_SYSTEM, "a name");
	return ST_OK;
}

/* The closed alphabet of name.h; blanks inside an organisation only. */
static bool
is_part(const char *s, size_t len, bool blanks)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._- ";
	const char *end = alphabet + sizeof(alphabet) - 1 - (blanks ? 0 : 1);

	if (len == 0 || len >= NAME_PART_SIZE || s[0] == ' ' ||
	    s[len - 1] == ' ')
		return false;
	for (size_t i = 0; i < len; i++)
		if (memchr(alphabet, s[i], (size_t)(end - alphabet)) == NULL)
			return false;
	return true;
}

/* The ${i}th entry as a part of our form; false when it has another. */
static bool
take_part(const X509_NAME *x, int i, const char *type, char *out)
{
	const X509_NAME_ENTRY *e = X509_NAME_get_entry(x, i);
	const ASN1_STRING *s;
	const char *sn;
	size_t len;

	if (e == NULL || X509_NAME_ENTRY_set(e) != i)
		return false;
	sn = OBJ_nid2sn(OBJ_obj2nid(X509_NAME_ENTRY_get_object(e)));
	s = X509_NAME_ENTRY_get_data(e);
	len = (size_t)ASN1_STRING_length(s);
	if (sn == NULL || strcmp(sn, type) != 0 ||
	    ASN1_STRING_type(s) != V_ASN1_UTF8STRING ||
	    !is_part((const char *)ASN1_STRING_get0_data(s), len,
	    strcmp(type, "O") == 0))
		return false;
	memcpy(out, ASN1_STRING_get0_data(s), len);
	out[len] = '\0';
	return true;
}

static bool
take_parts(const X509_NAME *x, struct name *n)
{
	const int count = X509_NAME_entry_count(x);

	memset(n, 0, sizeof(*n));
	if ((count == 2 || count == 3) && take_part(x, 0, "O", n->org) &&
	    (count == 2 || take_part(x, 1, "OU", n->unit)) &&
	    take_part(x, count - 1, "CN", n->common))
		return true;
	memset(n, 0, sizeof(*n));
	return false;
}

/* Append to ${text}; what does not fit ends it in "...". */
static void
append(char *text, size_t size, const char *more)
{
	const size_t used = strlen(text), len = strlen(more);

	if (used + len < size)
		memcpy(text + used, more, len + 1);
	else if (size > 3)
		memcpy(text + (used < size - 4 ? used : size - 4), "...", 4);
}

/* A value for people.  What would pass for the next attribute is escaped
 * too: a comma in a value is not the comma between two. */
static void
append_value(char *text, size_t size, const ASN1_STRING *s)
{
	char part[PART_SIZE], one[8];
	unsigned char *utf8 = NULL;
	const int len = ASN1_STRING_to_UTF8(&utf8, s);

	if (len >= 0)
		text_escape(utf8, (size_t)len, part, sizeof(part));
	else
		text_escape(ASN1_STRING_get0_data(s),
		    (size_t)ASN1_STRING_length(s), part, sizeof(part));
	OPENSSL_free(utf8);
	for (const char *p = part; *p != '\0'; p++) {
		one[0] = *p;
		one[1] = '\0';
		if (strchr(",+=\"", *p) != NULL)
			snprintf(one, sizeof(one), "\\u{%x}", *p);
		append(text, size, one);
	}
}

void
ossl_unname(const X509_NAME *x, struct name *n, bool *plain, char *text,
    size_t size)
{
	const X509_NAME_ENTRY *e;
	const ASN1_OBJECT *type;
	char name[TYPE_SIZE];
	int nid;

	*plain = take_parts(x, n);
	text[0] = '\0';
	for (int i = 0; i < X509_NAME_entry_count(x); i++) {
		e = X509_NAME_get_entry(x, i);
		type = X509_NAME_ENTRY_get_object(e);
		if ((nid = OBJ_obj2nid(type)) != NID_undef)
			snprintf(name, sizeof(name), "%s", OBJ_nid2sn(nid));
		else
			OBJ_obj2txt(name, sizeof(name), type, 1);
		if (i > 0)
			append(text, size, X509_NAME_ENTRY_set(e) ==
			    X509_NAME_ENTRY_set(X509_NAME_get_entry(x,
			    i - 1)) ? " + " : ", ");
		append(text, size, name);
		append(text, size, "=");
		append_value(text, size, X509_NAME_ENTRY_get_data(e));
	}
	ERR_clear_error();
}

/* Valid text without control characters, C1 and DEL included. */
static bool
is_printable(const ASN1_STRING *s)
{
	unsigned char *utf8 = NULL;
	const int len = ASN1_STRING_to_UTF8(&utf8, s);
	bool ok = len > 0;
	uint32_t c;
	size_t n;

	for (size_t i = 0; ok && i < (size_t)len; i += n) {
		n = text_scalar(utf8 + i, (size_t)len - i, &c);
		ok = n > 0 && c >= 0x20 && !(c >= 0x7f && c < 0xa0);
	}
	OPENSSL_free(utf8);
	return ok;
}

bool
ossl_name_printable(const X509_NAME *x)
{
	for (int i = 0; i < X509_NAME_entry_count(x); i++)
		if (!is_printable(X509_NAME_ENTRY_get_data(
		    X509_NAME_get_entry(x, i))))
			return false;
	return true;
}

/* --- times --- */

/* "[YY]YYMMDDhhmmssZ" as RFC 3339, which one reader checks field by field. */
static bool
to_text(const char *s, size_t len, bool utc, char out[CLOCK_TEXT_SIZE])
{
	if (len != (utc ? 13U : 15U) || s[len - 1] != 'Z')
		return false;
	memcpy(out, "0000-00-00T00:00:00Z", CLOCK_TEXT_SIZE);
	/* RFC 5280 4.1.2.5.1: 50 is 1950 */
	if (utc) {
		out[0] = s[0] >= '5' ? '1' : '2';
		out[1] = s[0] >= '5' ? '9' : '0';
	}
	memcpy(out + (utc ? 2 : 0), s, utc ? 2 : 4);
	for (size_t i = 0; i < 5; i++)
		memcpy(out + 5 + 3 * i, s + len - 11 + 2 * i, 2);
	return true;
}

static enum status
read_time(int type, const char *s, size_t len, int64_t *out, struct diag *d)
{
	const bool utc = type == V_ASN1_UTCTIME;
	char text[CLOCK_TEXT_SIZE];

	if ((!utc && type != V_ASN1_GENERALIZEDTIME) ||
	    !to_text(s, len, utc, text) || clock_read(text, out, NULL) !=
	    ST_OK)
		return diag_set(d, ST_FORMAT, "FORMATS 6.11: a time that is "
		    "not one of RFC 5280");
	return ST_OK;
}

enum status
ossl_time(const ASN1_TIME *t, int64_t *out, struct diag *d)
{
	return read_time(ASN1_STRING_type(t),
	    (const char *)ASN1_STRING_get0_data(t),
	    (size_t)ASN1_STRING_length(t), out, d);
}

enum status
ossl_validity_at(int type, const void *body, size_t len, int64_t *out,
    struct diag *d)
{
	enum status rc;

	TRY(read_time(type, body, len, out, d));
	if ((type == V_ASN1_UTCTIME) != (*out < GENERALIZED_FROM))
		FAIL(d, ST_FORMAT, "FORMATS 6.11: a time before 2050 that is "
		    "no UTCTime, or one after that is");
out:
	return rc;
}

enum status
ossl_validity(const ASN1_TIME *t, int64_t *out, struct diag *d)
{
	return ossl_validity_at(ASN1_STRING_type(t), ASN1_STRING_get0_data(t),
	    (size_t)ASN1_STRING_length(t), out, d);
}

enum status
ossl_make_time(int64_t t, ASN1_TIME **out, struct diag *d)
{
	*out = NULL;
	if (t < 0 || t > TIME_LAST)
		return diag_set(d, ST_BUG, "a time outside of 1970 to 9999");
	if ((*out = ASN1_TIME_set(NULL, (time_t)t)) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	return ST_OK;
}

/* --- extensions --- */

/* The value is what OpenSSL writes for what it reads there. */
static bool
is_rewritten(X509_EXTENSION *ext, const ASN1_OCTET_STRING *value)
{
	const X509V3_EXT_METHOD *how = X509V3_EXT_get(ext);
	const unsigned char *at = ASN1_STRING_get0_data(value);
	const int len = ASN1_STRING_length(value);
	unsigned char *again = NULL;
	ASN1_VALUE *v;
	bool same;

	/* strange ones, and the few without a template: strict DER is all */
	if (how == NULL || how->it == NULL)
		return true;
	v = ASN1_item_d2i(NULL, &at, len, ASN1_ITEM_ptr(how->it));
	same = v != NULL &&
	    ASN1_item_i2d(v, &again, ASN1_ITEM_ptr(how->it)) == len &&
	    memcmp(again, ASN1_STRING_get0_data(value), (size_t)len) == 0;
	OPENSSL_free(again);
	ASN1_item_free(v, ASN1_ITEM_ptr(how->it));
	return same;
}

/* "Not critical" is said by saying nothing; OpenSSL reads and writes it where
 * it was said aloud. */
static bool
leaves_out_default(X509_EXTENSION *ext)
{
	const int body = i2d_ASN1_OBJECT(X509_EXTENSION_get_object(ext),
	    NULL) + (X509_EXTENSION_get_critical(ext) ? BOOLEAN_LEN : 0) +
	    i2d_ASN1_OCTET_STRING(X509_EXTENSION_get_data(ext), NULL);

	return i2d_X509_EXTENSION(ext, NULL) ==
	    ASN1_object_size(1, body, V_ASN1_SEQUENCE);
}

bool
ossl_ext_canonical(X509_EXTENSION *ext)
{
	const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(ext);

	return leaves_out_default(ext) &&
	    strict_der(ASN1_STRING_get0_data(value),
	    (size_t)ASN1_STRING_length(value)) && is_rewritten(ext, value);
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
