/* see cert.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "lib/crypto/alg.h"
#include "lib/crypto/asn1.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/exts.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/sign.h"
#include "lib/crypto/signed.h"

#define VERSION_3 2 /* as RFC 5280 counts */

void
cert_spec_clear(struct cert_spec *s)
{
	if (s == NULL)
		return;
	bytes_free(&s->spki);
	for (size_t i = 0; i < CERT_EXTS_MAX; i++)
		bytes_free(&s->ext[i].value);
	memset(s, 0, sizeof(*s));
}

void
cert_free(struct cert *c)
{
	if (c == NULL)
		return;
	bytes_free(&c->der);
	cert_spec_clear(&c->spec);
	spki_clear(&c->key);
	for (size_t i = 0; i < CERT_EXTS_MAX; i++)
		bytes_free(&c->seen[i].value);
	free(c);
}

/* --- building --- */

static bool
set_serial(ASN1_CERT *t, const uint8_t *serial, size_t len)
{
	BIGNUM *n = BN_bin2bn(serial, (int)len, NULL);
	const bool ok = n != NULL && BN_to_ASN1_INTEGER(n, t->serial) != NULL;

	BN_free(n);
	return ok;
}

static enum status
set_name(ASN1_STRING *field, const struct name *name, struct diag *d)
{
	struct bytes der = { 0 };
	X509_NAME *x = NULL;
	enum status rc;

	TRY(ossl_name(name, &x, d));
	TRY(asn1_write(x, ASN1_ITEM_rptr(X509_NAME), &der, d));
	if (!asn1_set(field, der.data, der.len))
		FAIL(d, ST_SYSTEM, "out of memory");
out:
	X509_NAME_free(x);
	bytes_free(&der);
	return rc;
}

static enum status
set_validity(ASN1_CERT *t, const struct cert_spec *s, struct diag *d)
{
	ASN1_TIME *from = NULL, *to = NULL;
	enum status rc;

	TRY(ossl_make_time(s->not_before, &from, d));
	TRY(ossl_make_time(s->not_after, &to, d));
	ASN1_TIME_free(t->validity->notBefore);
	ASN1_TIME_free(t->validity->notAfter);
	t->validity->notBefore = from;
	t->validity->notAfter = to;
	from = to = NULL;
	rc = ST_OK;
out:
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	return rc;
}

/* TBSCertificate; nothing is signed for it. */
static enum status
build(const struct cert_spec *s, const uint8_t *serial, size_t serial_len,
    const char *alg, struct bytes *out, struct diag *d)
{
	const struct alg_sig *by = alg_sig(alg);
	ASN1_CERT *t = NULL;
	enum status rc;

	if (by == NULL)
		FAIL(d, ST_BUG, "no signature is called %s", alg);
	t = (ASN1_CERT *)ASN1_item_new(ASN1_ITEM_rptr(ASN1_CERT));
	if (t == NULL || ASN1_INTEGER_set(t->version, VERSION_3) != 1 ||
	    !set_serial(t, serial, serial_len) ||
	    !asn1_set(t->alg, by->id.der, by->id.len) ||
	    !asn1_set(t->key, s->spki.data, s->spki.len))
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(set_name(t->issuer, &s->issuer, d));
	TRY(set_name(t->subject, &s->subject, d));
	TRY(set_validity(t, s, d));
	TRY(exts_write(s, &t->exts, d));
	TRY(asn1_write(t, ASN1_ITEM_rptr(ASN1_CERT), out, d));
out:
	ASN1_item_free((ASN1_VALUE *)t, ASN1_ITEM_rptr(ASN1_CERT));
	return rc;
}

enum status
cert_serial_digest(const struct cert_spec *spec, const char *alg,
    uint8_t out[SHA384_LEN], struct diag *d)
{
	static const uint8_t zero[1];
	struct bytes tbs = { 0 };
	enum status rc;

	TRY(build(spec, zero, sizeof(zero), alg, &tbs, d));
	hash_sha384(tbs.data, tbs.len, out);
out:
	bytes_free(&tbs);
	return rc;
}

enum status
cert_rehearse(const struct cert_spec *spec,
    const uint8_t serial[CERT_SERIAL_LEN], const char *alg,
    struct bytes *out, struct diag *d)
{
	struct bytes tbs = { 0 };
	enum status rc;

	TRY(build(spec, serial, CERT_SERIAL_LEN, alg, &tbs, d));
	TRY(signed_rehearse(&tbs, alg, out, d));
out:
	bytes_free(&tbs);
	return rc;
}

/* RULES C9, second half: the bytes are read again, and verified with the key
 * that the record has. */
static enum status
prove(const struct bytes *der, const struct spki *recorded, struct diag *d)
{
	struct diag why = { 0 };
	struct cert *c = NULL;
	enum status rc;

	TRY(cert_read("read again", der->data, der->len, &c, &why));
	TRY(cert_signed_by(c, recorded, &why));
out:
	cert_free(c);
	if (rc != ST_OK && rc != ST_SYSTEM)
		rc = ST_BUG;
	return rc == ST_OK ? rc : diag_set(d, rc, "RULES C9: the certificate "
	    "just signed: %.900s", why.text);
}

enum status
cert_sign(const struct cert_spec *spec,
    const uint8_t serial[CERT_SERIAL_LEN], const struct key *key,
    const struct spki *recorded, const struct bytes *linted,
    struct bytes *out, struct diag *d)
{
	struct bytes tbs = { 0 }, der = { 0 };
	enum status rc;

	bytes_free(out);
	TRY(build(spec, serial, CERT_SERIAL_LEN, key_alg(key), &tbs, d));
	TRY(signed_make(&tbs, key, recorded, linted, &der, d));
	TRY(prove(&der, recorded, d));

	*out = der;
	der = (struct bytes){ 0 };
	rc = ST_OK;
out:
	bytes_free(&tbs);
	sign_wipe(&der);
	return rc;
}

/* --- reading --- */

static enum status
read_name(const ASN1_STRING *s, struct name *name, bool *plain,
    char *text, size_t size, struct diag *d)
{
	enum status rc = ST_OK;
	X509_NAME *x;

	x = asn1_read(ASN1_ITEM_rptr(X509_NAME), ASN1_STRING_get0_data(s),
	    (size_t)ASN1_STRING_length(s));
	if (x == NULL || !ossl_name_printable(x))
		rc = diag_set(d, ST_FORMAT, "FORMATS 6.11: a name that is not "
		    "printable text");
	else
		ossl_unname(x, name, plain, text, size);
	X509_NAME_free(x);
	return rc;
}

static enum status
read_names(const ASN1_CERT *t, struct cert *c, struct diag *d)
{
	bool subject = false, issuer = false;
	enum status rc;

	TRY(read_name(t->subject, &c->spec.subject, &subject, c->subject,
	    sizeof(c->subject), d));
	TRY(read_name(t->issuer, &c->spec.issuer, &issuer, c->issuer,
	    sizeof(c->issuer), d));
	c->plain_names = subject && issuer;
	c->spec.self_issued = ASN1_STRING_cmp(t->subject, t->issuer) == 0;
out:
	return rc;
}

/* RFC 5280 4.1.2.2: positive, at most 20 bytes. */
static enum status
read_serial(const ASN1_INTEGER *serial, struct cert *c, struct diag *d)
{
	const uint8_t *data = ASN1_STRING_get0_data(serial);
	const int len = ASN1_STRING_length(serial);

	/* the top bit of a 20th byte would make a 21st */
	if (ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER || len < 1 ||
	    len > (int)sizeof(c->serial) || (len == 1 && data[0] == 0) ||
	    (len == (int)sizeof(c->serial) && data[0] >= 0x80))
		return diag_set(d, ST_FORMAT, "FORMATS 6.11: its serial "
		    "number is not positive, or longer than %zu bytes",
		    sizeof(c->serial));
	c->serial_len = (size_t)len;
	memcpy(c->serial, data, c->serial_len);
	return ST_OK;
}

static enum status
read_fields(const ASN1_CERT *t, struct cert *c, struct diag *d)
{
	enum status rc;

	if (ASN1_INTEGER_get(t->version) != VERSION_3)
		FAIL(d, ST_FORMAT, "FORMATS 6.11: not a certificate of "
		    "version 3");
	TRY(read_serial(t->serial, c, d));
	TRY(read_names(t, c, d));
	TRY(ossl_validity(t->validity->notBefore, &c->spec.not_before, d));
	TRY(ossl_validity(t->validity->notAfter, &c->spec.not_after, d));
	TRY(spki_read(ASN1_STRING_get0_data(t->key),
	    (size_t)ASN1_STRING_length(t->key), &c->key, d));
	TRY(bytes_set(&c->spec.spki, c->key.der.data, c->key.der.len, d));
	TRY(exts_read(t->exts, c, d));
out:
	return rc;
}

/* What was signed, and by what. */
static enum status
read_tbs(const ASN1_SIGNED *s, struct cert *c, struct diag *d)
{
	const uint8_t *tbs = ASN1_STRING_get0_data(s->tbs);
	const size_t len = (size_t)ASN1_STRING_length(s->tbs);
	const struct alg_sig *alg = signed_alg(s);
	ASN1_CERT *t;
	enum status rc;

	t = asn1_read(ASN1_ITEM_rptr(ASN1_CERT), tbs, len);
	if (t == NULL)
		FAIL(d, ST_FORMAT, "FORMATS 6.11: not what a certificate "
		    "holds");
	if (alg == NULL || ASN1_STRING_cmp(s->alg, t->alg) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 6.11: signed by an algorithm that "
		    "is not known here, or by two");
	snprintf(c->alg, sizeof(c->alg), "%s", alg->name);
	TRY(read_fields(t, c, d));
	hash_sha384(tbs, len, c->tbs);
	hash_sha384(c->der.data, c->der.len, c->id);
out:
	ASN1_item_free((ASN1_VALUE *)t, ASN1_ITEM_rptr(ASN1_CERT));
	return rc;
}

enum status
cert_read(const char *name, const void *data, size_t len, struct cert **out,
    struct diag *d)
{
	struct cert *c = NULL;
	ASN1_SIGNED *s = NULL;
	enum status rc;

	*out = NULL;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	if (len == 0 || len > CERT_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 6.1: not 1 to %d bytes",
		    CERT_MAX);
	TRY(ossl_der(name, "CERTIFICATE", NULL, data, len, &c->der, d));
	s = asn1_read(ASN1_ITEM_rptr(ASN1_SIGNED), c->der.data, c->der.len);
	if (s == NULL)
		FAIL(d, ST_FORMAT, "FORMATS 6.1: not exactly one certificate "
		    "in canonical DER");
	TRY(read_tbs(s, c, d));

	*out = c;
	c = NULL;
	rc = ST_OK;
out:
	ERR_clear_error();
	if (rc != ST_OK)
		diag_prefix(d, "%s", name);
	ASN1_item_free((ASN1_VALUE *)s, ASN1_ITEM_rptr(ASN1_SIGNED));
	cert_free(c);
	return rc;
}

enum status
cert_signed_by(const struct cert *c, const struct spki *key, struct diag *d)
{
	return signed_by(&c->der, key, d);
}
