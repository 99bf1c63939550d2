/* see crl.h */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "lib/base/secret.h"
#include "lib/crypto/crl.h"
#include "lib/crypto/ossl.h"

void
crl_spec_clear(struct crl_spec *s)
{
	if (s == NULL)
		return;
	free(s->entries);
	memset(s, 0, sizeof(*s));
}

void
crl_free(struct crl *c)
{
	if (c == NULL)
		return;
	bytes_free(&c->der);
	crl_spec_clear(&c->spec);
	free(c);
}

/* --- building --- */

static enum status
add_aki(X509_CRL *x, const uint8_t ski[20], struct diag *d)
{
	AUTHORITY_KEYID *aki = AUTHORITY_KEYID_new();
	enum status rc = ST_OK;

	if (aki == NULL || (aki->keyid = ASN1_OCTET_STRING_new()) == NULL ||
	    ASN1_OCTET_STRING_set(aki->keyid, ski, 20) != 1 ||
	    X509_CRL_add1_ext_i2d(x, NID_authority_key_identifier, aki, 0,
	    X509V3_ADD_DEFAULT) != 1)
		rc = ossl_fail(d, ST_SYSTEM, "the list's key identifier");
	AUTHORITY_KEYID_free(aki);
	return rc;
}

static enum status
add_number(X509_CRL *x, uint64_t number, struct diag *d)
{
	ASN1_INTEGER *n = ASN1_INTEGER_new();
	enum status rc = ST_OK;

	if (n == NULL || ASN1_INTEGER_set_uint64(n, number) != 1 ||
	    X509_CRL_add1_ext_i2d(x, NID_crl_number, n, 0,
	    X509V3_ADD_DEFAULT) != 1)
		rc = ossl_fail(d, ST_SYSTEM, "the list's number");
	ASN1_INTEGER_free(n);
	return rc;
}

static enum status
add_reason(X509_REVOKED *r, const struct crl_entry *e, struct diag *d)
{
	ASN1_ENUMERATED *reason = NULL;
	ASN1_GENERALIZEDTIME *since = NULL;
	enum status rc = ST_OK;

	/* RFC 5280 5.3.1: unspecified is said by saying nothing */
	if (e->reason != REASON_UNSPECIFIED &&
	    ((reason = ASN1_ENUMERATED_new()) == NULL ||
	    ASN1_ENUMERATED_set(reason, e->reason) != 1 ||
	    X509_REVOKED_add1_ext_i2d(r, NID_crl_reason, reason, 0,
	    X509V3_ADD_DEFAULT) != 1))
		rc = ossl_fail(d, ST_SYSTEM, "an entry's reason");
	if (rc == ST_OK && e->invalid_since >= 0 &&
	    ((since = ASN1_GENERALIZEDTIME_set(NULL,
	    (time_t)e->invalid_since)) == NULL ||
	    X509_REVOKED_add1_ext_i2d(r, NID_invalidity_date, since, 0,
	    X509V3_ADD_DEFAULT) != 1))
		rc = ossl_fail(d, ST_SYSTEM, "an entry's invalidity date");
	ASN1_ENUMERATED_free(reason);
	ASN1_GENERALIZEDTIME_free(since);
	return rc;
}

static enum status
add_entry(X509_CRL *x, const struct crl_entry *e, struct diag *d)
{
	ASN1_INTEGER *serial = NULL;
	ASN1_TIME *date = NULL;
	X509_REVOKED *r = NULL;
	BIGNUM *bn = NULL;
	enum status rc;

	if ((r = X509_REVOKED_new()) == NULL ||
	    (bn = BN_bin2bn(e->serial, (int)e->serial_len, NULL)) == NULL ||
	    (serial = BN_to_ASN1_INTEGER(bn, NULL)) == NULL ||
	    X509_REVOKED_set_serialNumber(r, serial) != 1)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(ossl_make_time(e->date, &date, d));
	if (X509_REVOKED_set_revocationDate(r, date) != 1)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(add_reason(r, e, d));
	if (X509_CRL_add0_revoked(x, r) != 1)
		FAIL(d, ST_SYSTEM, "out of memory");
	r = NULL;
out:
	X509_REVOKED_free(r);
	ASN1_INTEGER_free(serial);
	ASN1_TIME_free(date);
	BN_free(bn);
	return rc;
}

static enum status
build(const struct crl_spec *s, X509_CRL **out, struct diag *d)
{
	ASN1_TIME *from = NULL, *to = NULL;
	X509_NAME *issuer = NULL;
	X509_CRL *x = NULL;
	enum status rc;

	if ((x = X509_CRL_new()) == NULL || X509_CRL_set_version(x, 1) != 1)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(ossl_name(&s->issuer, &issuer, d));
	TRY(ossl_make_time(s->this_update, &from, d));
	TRY(ossl_make_time(s->next_update, &to, d));
	if (X509_CRL_set_issuer_name(x, issuer) != 1 ||
	    X509_CRL_set1_lastUpdate(x, from) != 1 ||
	    X509_CRL_set1_nextUpdate(x, to) != 1)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (size_t i = 0; i < s->n; i++)
		TRY(add_entry(x, &s->entries[i], d));
	if (X509_CRL_sort(x) != 1)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(add_aki(x, s->issuer_ski, d));
	TRY(add_number(x, s->number, d));
	*out = x;
	x = NULL;
out:
	X509_CRL_free(x);
	X509_NAME_free(issuer);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	return rc;
}

static enum status
sign_once(const struct crl_spec *spec, const struct key *key,
    struct bytes *out, struct diag *d)
{
	EVP_MD_CTX *ctx = NULL;
	unsigned char *der = NULL;
	X509_CRL *x = NULL;
	enum status rc;
	int len;

	TRY(build(spec, &x, d));
	TRY(ossl_sign_ctx(key, &ctx, d));
	if (X509_CRL_sign_ctx(x, ctx) <= 0 || (len = i2d_X509_CRL(x, &der)) <= 0)
		FAIL(d, ST_SYSTEM, "the list could not be signed");
	TRY(bytes_set(out, der, (size_t)len, d));
out:
	ERR_clear_error();
	OPENSSL_free(der);
	EVP_MD_CTX_free(ctx);
	X509_CRL_free(x);
	return rc;
}

enum status
crl_rehearse(const struct crl_spec *spec, const char *alg, struct bytes *out,
    struct diag *d)
{
	const struct key *key;
	enum status rc;

	TRY(key_throwaway(alg, &key, d));
	TRY(sign_once(spec, key, out, d));
out:
	return rc;
}

/* What was signed is what was linted, and the record's key made it. */
static enum status
check_signed(const struct bytes *der, const struct spki *recorded,
    const struct bytes *linted, struct diag *d)
{
	struct crl *c = NULL, *twin = NULL;
	enum status rc;

	TRY(crl_read("the list just signed", der->data, der->len, &c, d));
	TRY(crl_read("its linted twin", linted->data, linted->len, &twin, d));
	if (memcmp(c->tbs, twin->tbs, SHA384_LEN) != 0)
		FAIL(d, ST_BUG, "the list to be signed is not the one that "
		    "was linted");
	TRY(crl_signed_by(c, recorded, d));
out:
	crl_free(c);
	crl_free(twin);
	return rc == ST_OK ? ST_OK : ST_BUG;
}

enum status
crl_sign(const struct crl_spec *spec, const struct key *key,
    const struct spki *recorded, const struct bytes *linted,
    struct bytes *out, struct diag *d)
{
	struct bytes a = { 0 }, b = { 0 };
	enum status rc;

	/* RULES C9: a signature that differs is wiped, never given out */
	TRY(sign_once(spec, key, &a, d));
	TRY(sign_once(spec, key, &b, d));
	if (!bytes_equal(&a, &b))
		FAIL(d, ST_BUG, "RULES C9: two signatures of one list differ");
	TRY(check_signed(&a, recorded, linted, d));
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
	return rc;
}

/* --- reading --- */

static enum status
read_entry_ext(const X509_REVOKED *r, struct crl_entry *e, struct diag *d)
{
	const STACK_OF(X509_EXTENSION) *exts = X509_REVOKED_get0_extensions(r);
	ASN1_GENERALIZEDTIME *since = NULL;
	ASN1_ENUMERATED *reason = NULL;
	int crit = -1, known = 0;
	enum status rc;

	e->invalid_since = -1;
	reason = X509_REVOKED_get_ext_d2i(r, NID_crl_reason, &crit, NULL);
	if (crit == -2 || crit == 1 || (reason == NULL && crit != -1))
		FAIL(d, ST_FORMAT, "an entry's reason is malformed");
	if (reason != NULL) {
		e->reason = (enum crl_reason)ASN1_ENUMERATED_get(reason);
		known++;
	}
	since = X509_REVOKED_get_ext_d2i(r, NID_invalidity_date, &crit, NULL);
	if (crit == -2 || crit == 1 || (since == NULL && crit != -1))
		FAIL(d, ST_FORMAT, "an entry's invalidity date is malformed");
	if (since != NULL) {
		TRY(ossl_time(since, &e->invalid_since, d));
		known++;
	}
	if (exts != NULL && sk_X509_EXTENSION_num(exts) != known)
		FAIL(d, ST_FORMAT, "an entry has an extension that a direct "
		    "list has not");
	rc = ST_OK;
out:
	ASN1_ENUMERATED_free(reason);
	ASN1_GENERALIZEDTIME_free(since);
	return rc;
}

static enum status
read_entry(const X509_REVOKED *r, struct crl_entry *e, struct diag *d)
{
	const ASN1_INTEGER *serial = X509_REVOKED_get0_serialNumber(r);
	enum status rc;

	if (serial->length < 1 || serial->length > (int)sizeof(e->serial) ||
	    (serial->type & V_ASN1_NEG) != 0)
		FAIL(d, ST_FORMAT, "an entry's serial number is out of bounds");
	e->serial_len = (size_t)serial->length;
	memcpy(e->serial, serial->data, e->serial_len);
	TRY(ossl_time(X509_REVOKED_get0_revocationDate(r), &e->date, d));
	TRY(read_entry_ext(r, e, d));
out:
	return rc;
}

static enum status
read_entries(X509_CRL *x, struct crl *c, struct diag *d)
{
	STACK_OF(X509_REVOKED) *all = X509_CRL_get_REVOKED(x);
	const int n = all == NULL ? 0 : sk_X509_REVOKED_num(all);
	enum status rc;

	if (n > CRL_ENTRIES_MAX)
		FAIL(d, ST_FORMAT, "more than %d entries", CRL_ENTRIES_MAX);
	c->spec.entries = calloc((size_t)n + 1, sizeof(*c->spec.entries));
	if (c->spec.entries == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (int i = 0; i < n; i++) {
		TRY(read_entry(sk_X509_REVOKED_value(all, i),
		    &c->spec.entries[i], d));
		c->spec.n++;
	}
	rc = ST_OK;
out:
	return rc;
}

static enum status
read_aki(const X509_EXTENSION *ext, struct crl *c, struct diag *d)
{
	AUTHORITY_KEYID *aki = X509V3_EXT_d2i(
	    (X509_EXTENSION *)(uintptr_t)ext);
	enum status rc = ST_OK;

	if (aki == NULL || aki->issuer != NULL || aki->serial != NULL ||
	    aki->keyid == NULL || aki->keyid->length != 20)
		rc = diag_set(d, ST_FORMAT, "the authority key identifier is "
		    "not a key identifier alone");
	else
		memcpy(c->spec.issuer_ski, aki->keyid->data, 20);
	c->has_aki = rc == ST_OK;
	AUTHORITY_KEYID_free(aki);
	return rc;
}

static enum status
read_number(const X509_EXTENSION *ext, struct crl *c, struct diag *d)
{
	ASN1_INTEGER *n = X509V3_EXT_d2i((X509_EXTENSION *)(uintptr_t)ext);
	enum status rc = ST_OK;

	if (n == NULL || ASN1_INTEGER_get_uint64(&c->spec.number, n) != 1)
		rc = diag_set(d, ST_FORMAT, "the list's number is out of "
		    "bounds");
	ASN1_INTEGER_free(n);
	return rc;
}

static enum status
read_exts(const X509_CRL *x, struct crl *c, struct diag *d)
{
	X509_EXTENSION *ext;
	unsigned seen = 0;
	enum status rc;
	int nid;

	for (int i = 0; i < X509_CRL_get_ext_count(x); i++) {
		ext = X509_CRL_get_ext(x, i);
		nid = OBJ_obj2nid(X509_EXTENSION_get_object(ext));
		if (nid == NID_authority_key_identifier && (seen & 1) == 0 &&
		    X509_EXTENSION_get_critical(ext) == 0) {
			TRY(read_aki(ext, c, d));
			seen |= 1;
		} else if (nid == NID_crl_number && (seen & 2) == 0 &&
		    X509_EXTENSION_get_critical(ext) == 0) {
			TRY(read_number(ext, c, d));
			seen |= 2;
		} else {
			OBJ_obj2txt(c->foreign_ext, sizeof(c->foreign_ext),
			    X509_EXTENSION_get_object(ext), 0);
		}
	}
	rc = ST_OK;
out:
	return rc;
}

static enum status
read_all(X509_CRL *x, struct crl *c, struct diag *d)
{
	const X509_ALGOR *alg = NULL;
	unsigned char *tbs = NULL;
	enum status rc;
	int len;

	if (X509_CRL_get_version(x) != 1)
		FAIL(d, ST_FORMAT, "not version 2");
	if (X509_CRL_get0_nextUpdate(x) == NULL)
		FAIL(d, ST_FORMAT, "it does not say when the next one comes");
	ossl_unname(X509_CRL_get_issuer(x), &c->spec.issuer, &c->plain_names,
	    c->issuer, sizeof(c->issuer));
	TRY(ossl_time(X509_CRL_get0_lastUpdate(x), &c->spec.this_update, d));
	TRY(ossl_time(X509_CRL_get0_nextUpdate(x), &c->spec.next_update, d));
	X509_CRL_get0_signature(x, NULL, &alg);
	ossl_signature_name(alg, c->alg);
	TRY(read_exts(x, c, d));
	TRY(read_entries(x, c, d));
	if ((len = i2d_re_X509_CRL_tbs(x, &tbs)) <= 0)
		FAIL(d, ST_SYSTEM, "out of memory");
	hash_sha384(tbs, (size_t)len, c->tbs);
	rc = ST_OK;
out:
	OPENSSL_free(tbs);
	return rc;
}

/* DER that OpenSSL reads and writes again without a change. */
static enum status
parse(const struct bytes *der, X509_CRL **out, struct diag *d)
{
	const unsigned char *at = der->data;
	X509_CRL *x = d2i_X509_CRL(NULL, &at, (long)der->len);
	unsigned char *again = NULL;
	X509_CRL *copy = NULL;
	enum status rc;
	int len;

	if (x == NULL || at != der->data + der->len)
		FAIL(d, ST_FORMAT, "not a certificate revocation list, or "
		    "bytes behind it");
	/* a copy forgets the cached encoding */
	if ((copy = X509_CRL_dup(x)) == NULL ||
	    i2d_re_X509_CRL_tbs(copy, &again) <= 0)
		FAIL(d, ST_FORMAT, "it cannot be written again");
	OPENSSL_free(again);
	again = NULL;
	if ((len = i2d_X509_CRL(copy, &again)) != (int)der->len ||
	    memcmp(again, der->data, der->len) != 0)
		FAIL(d, ST_FORMAT, "its encoding is not the canonical one");
	*out = x;
	x = NULL;
	rc = ST_OK;
out:
	ERR_clear_error();
	OPENSSL_free(again);
	X509_CRL_free(copy);
	X509_CRL_free(x);
	return rc;
}

enum status
crl_read(const char *name, const void *data, size_t len, struct crl **out,
    struct diag *d)
{
	struct crl *c = NULL;
	X509_CRL *x = NULL;
	enum status rc;

	*out = NULL;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	if (len == 0 || len > CRL_MAX)
		FAIL(d, ST_FORMAT, "not the size of a list");
	TRY(ossl_der("X509 CRL", NULL, data, len, &c->der, d));
	TRY(parse(&c->der, &x, d));
	TRY(read_all(x, c, d));
	hash_sha384(c->der.data, c->der.len, c->id);
	*out = c;
	c = NULL;
out:
	if (rc != ST_OK)
		diag_prefix(d, "%s", name);
	X509_CRL_free(x);
	crl_free(c);
	return rc;
}

enum status
crl_signed_by(const struct crl *c, const struct spki *key, struct diag *d)
{
	const unsigned char *at = c->der.data;
	EVP_PKEY *pub = NULL;
	X509_CRL *x = NULL;
	enum status rc;

	TRY(ossl_public(key, &pub, d));
	if ((x = d2i_X509_CRL(NULL, &at, (long)c->der.len)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	if (X509_CRL_verify(x, pub) != 1)
		FAIL(d, ST_AUTH, "the list is not signed by this key");
	rc = ST_OK;
out:
	ERR_clear_error();
	X509_CRL_free(x);
	EVP_PKEY_free(pub);
	return rc;
}
