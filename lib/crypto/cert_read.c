/* see cert.h: the first gate, what a certificate says. */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "lib/crypto/asn1.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/sign.h"

#define PATH_LEN_MAX 255

static enum status
read_constraints(const ASN1_TBS *t, struct cert_spec *s, struct diag *d)
{
	BASIC_CONSTRAINTS *bc;
	long len = 0;
	int crit = -1;

	s->path_len = -1;
	bc = X509V3_get_d2i(t->exts, NID_basic_constraints, &crit, NULL);
	if (bc == NULL)
		return crit == -1 ? ST_OK : diag_set(d, ST_FORMAT, "FORMATS "
		    "6.12: its basic constraints are malformed");
	s->ca = bc->ca != 0;
	if (bc->pathlen != NULL) {
		len = ASN1_INTEGER_get(bc->pathlen);
		s->path_len = (int)len;
	}
	BASIC_CONSTRAINTS_free(bc);
	if (len < 0 || len > PATH_LEN_MAX)
		return diag_set(d, ST_FORMAT, "FORMATS 6.12: its path length "
		    "is not one of 0 to %d", PATH_LEN_MAX);
	return ST_OK;
}

/* X.690 11.2.2: no bit behind the last one that is set, and that is one of
 * RFC 5280's. */
static bool
is_usage(const ASN1_BIT_STRING *bits)
{
	const uint8_t *data = ASN1_STRING_get0_data(bits);
	const int len = ASN1_STRING_length(bits);
	const int unused = (int)bits->flags & UNUSED_BITS;

	return len > 0 && (data[len - 1] >> unused & 1) != 0 &&
	    8 * len - unused <= CERT_USAGE_BITS;
}

static enum status
read_usage(const ASN1_TBS *t, struct cert_spec *s, struct diag *d)
{
	ASN1_BIT_STRING *bits;
	bool good;
	int crit = -1;

	bits = X509V3_get_d2i(t->exts, NID_key_usage, &crit, NULL);
	if (bits == NULL)
		return crit == -1 ? ST_OK : diag_set(d, ST_FORMAT, "FORMATS "
		    "6.12: its key usage is malformed");
	for (int i = 0; i < CERT_USAGE_BITS; i++)
		s->usage |= (unsigned)ASN1_BIT_STRING_get_bit(bits, i) << i;
	good = is_usage(bits);
	ASN1_BIT_STRING_free(bits);
	if (!good)
		return diag_set(d, ST_FORMAT, "FORMATS 6.12: its key usage is "
		    "empty, ends in bits that are not set, or has more than "
		    "%d", CERT_USAGE_BITS);
	return ST_OK;
}

static enum status
read_oid(const ASN1_OBJECT *oid, char out[CERT_OID_SIZE], struct diag *d)
{
	const int len = OBJ_obj2txt(out, CERT_OID_SIZE, oid, 1);

	if (len <= 0 || len >= CERT_OID_SIZE)
		return diag_set(d, ST_FORMAT, "FORMATS 6.12: an object "
		    "identifier is too long");
	return ST_OK;
}

static enum status
read_eku(const ASN1_TBS *t, struct cert_spec *s, struct diag *d)
{
	EXTENDED_KEY_USAGE *eku;
	int crit = -1;
	enum status rc;

	eku = X509V3_get_d2i(t->exts, NID_ext_key_usage, &crit, NULL);
	if (eku == NULL)
		return crit == -1 ? ST_OK : diag_set(d, ST_FORMAT, "FORMATS "
		    "6.12: its extended key usage is malformed");
	s->eku_critical = crit == 1;
	if (sk_ASN1_OBJECT_num(eku) < 1 ||
	    sk_ASN1_OBJECT_num(eku) > CERT_OIDS_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 6.12: not 1 to %d extended key "
		    "usages", CERT_OIDS_MAX);
	for (int i = 0; i < sk_ASN1_OBJECT_num(eku); i++)
		TRY(read_oid(sk_ASN1_OBJECT_value(eku, i), s->eku[s->ekus++],
		    d));
	rc = ST_OK;
out:
	sk_ASN1_OBJECT_pop_free(eku, ASN1_OBJECT_free);
	return rc;
}

static enum status
read_policies(const ASN1_TBS *t, struct cert_spec *s, struct diag *d)
{
	CERTIFICATEPOLICIES *all;
	int crit = -1;
	enum status rc;

	all = X509V3_get_d2i(t->exts, NID_certificate_policies, &crit, NULL);
	if (all == NULL)
		return crit == -1 ? ST_OK : diag_set(d, ST_FORMAT, "FORMATS "
		    "6.12: its policies are malformed");
	if (sk_POLICYINFO_num(all) < 1 ||
	    sk_POLICYINFO_num(all) > CERT_OIDS_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 6.12: not 1 to %d policies",
		    CERT_OIDS_MAX);
	for (int i = 0; i < sk_POLICYINFO_num(all); i++)
		TRY(read_oid(sk_POLICYINFO_value(all, i)->policyid,
		    s->policy[s->policies++], d));
	rc = ST_OK;
out:
	sk_POLICYINFO_pop_free(all, POLICYINFO_free);
	return rc;
}

static enum status
read_identifiers(const ASN1_TBS *t, struct cert *c, struct diag *d)
{
	AUTHORITY_KEYID *aki = NULL;
	ASN1_OCTET_STRING *ski = NULL;
	int crit = -1;
	enum status rc;

	ski = X509V3_get_d2i(t->exts, NID_subject_key_identifier, &crit, NULL);
	if (ski == NULL && crit != -1)
		FAIL(d, ST_FORMAT, "FORMATS 6.12: its subject key "
		    "identifier is malformed");
	if (ski != NULL && ski->length == CERT_KEY_ID_LEN) {
		memcpy(c->ski, ski->data, CERT_KEY_ID_LEN);
		c->has_ski = true;
	}
	aki = X509V3_get_d2i(t->exts, NID_authority_key_identifier, &crit,
	    NULL);
	if (aki == NULL && crit != -1)
		FAIL(d, ST_FORMAT, "FORMATS 6.12: its authority key "
		    "identifier is malformed");
	/* with an issuer and serial number it breaks the search for lists */
	if (aki != NULL && aki->issuer == NULL && aki->serial == NULL &&
	    aki->keyid != NULL && aki->keyid->length == CERT_KEY_ID_LEN) {
		memcpy(c->spec.issuer_ski, aki->keyid->data, CERT_KEY_ID_LEN);
		c->has_aki = true;
	}
	rc = ST_OK;
out:
	ASN1_OCTET_STRING_free(ski);
	AUTHORITY_KEYID_free(aki);
	return rc;
}

/* Every extension as it stands, each once. */
static enum status
read_seen(const ASN1_TBS *t, struct cert *c, struct diag *d)
{
	const int n = X509v3_get_ext_count(t->exts);
	const ASN1_OCTET_STRING *value;
	X509_EXTENSION *ext;
	struct cert_ext *e;
	enum status rc;

	if (n > CERT_EXTS_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 6.12: more than %d extensions",
		    CERT_EXTS_MAX);
	for (int i = 0; i < n; i++) {
		ext = X509v3_get_ext(t->exts, i);
		value = X509_EXTENSION_get_data(ext);
		e = &c->seen[c->nseen];
		TRY(read_oid(X509_EXTENSION_get_object(ext), e->oid, d));
		if (!ossl_ext_canonical(ext))
			FAIL(d, ST_FORMAT, "FORMATS 6.12: extension %s is not "
			    "canonical", e->oid);
		for (size_t j = 0; j < c->nseen; j++) {
			if (strcmp(c->seen[j].oid, e->oid) == 0)
				FAIL(d, ST_FORMAT, "FORMATS 6.12: "
				    "extension %s is there twice", e->oid);
		}
		e->critical = X509_EXTENSION_get_critical(ext) == 1;
		TRY(bytes_set(&e->value, ASN1_STRING_get0_data(value),
		    (size_t)ASN1_STRING_length(value), d));
		c->nseen++;
	}
	rc = ST_OK;
out:
	return rc;
}

/* RFC 5280 4.1.2.2: positive, at most 20 bytes with its sign. */
static enum status
read_serial(const ASN1_TBS *t, struct cert *c, struct diag *d)
{
	const ASN1_INTEGER *serial = t->serial;
	const int len = serial->length;

	if ((serial->type & V_ASN1_NEG) != 0 || len < 1 ||
	    len > (int)sizeof(c->serial) ||
	    (len == 1 && serial->data[0] == 0) ||
	    (len == (int)sizeof(c->serial) && serial->data[0] >= 0x80))
		return diag_set(d, ST_FORMAT, "FORMATS 6.11: its serial "
		    "number is not positive, or longer than %zu bytes",
		    sizeof(c->serial));
	c->serial_len = (size_t)len;
	memcpy(c->serial, serial->data, c->serial_len);
	return ST_OK;
}

static enum status
read_key(const ASN1_TBS *t, struct cert *c, struct diag *d)
{
	const uint8_t *der = ASN1_STRING_get0_data(t->key);
	const size_t len = (size_t)ASN1_STRING_length(t->key);
	enum status rc;

	TRY(spki_read(der, len, &c->key, d));
	TRY(bytes_set(&c->spec.spki, der, len, d));
out:
	return rc;
}

static enum status
read_names(const ASN1_TBS *t, struct cert *c, struct diag *d)
{
	bool subject, issuer;

	if (!ossl_name_printable(t->subject) || !ossl_name_printable(t->issuer))
		return diag_set(d, ST_FORMAT, "FORMATS 6.11: a name that is "
		    "not printable text");
	ossl_unname(t->subject, &c->spec.subject, &subject,
	    c->subject, sizeof(c->subject));
	ossl_unname(t->issuer, &c->spec.issuer, &issuer,
	    c->issuer, sizeof(c->issuer));
	c->plain_names = subject && issuer;
	c->spec.self_issued = X509_NAME_cmp(t->subject, t->issuer) == 0;
	return ST_OK;
}

static enum status
read_all(const ASN1_CERT *x, struct cert *c, struct diag *d)
{
	const ASN1_TBS *t = x->tbs;
	enum status rc;

	if (ASN1_INTEGER_get(t->version) != CERT_VERSION_3 ||
	    t->issuer_id != NULL || t->subject_id != NULL)
		FAIL(d, ST_FORMAT, "FORMATS 6.11: not a certificate of "
		    "version 3, or one with unique identifiers");
	TRY(read_serial(t, c, d));
	TRY(read_names(t, c, d));
	TRY(ossl_validity(t->validity->notBefore, &c->spec.not_before, d));
	TRY(ossl_validity(t->validity->notAfter, &c->spec.not_after, d));
	ossl_signature_name(x->alg, c->alg);
	if (X509_ALGOR_cmp(x->alg, t->alg) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 6.11: its two signature "
		    "algorithms differ");
	TRY(read_seen(t, c, d));
	TRY(read_constraints(t, &c->spec, d));
	TRY(read_usage(t, &c->spec, d));
	TRY(read_eku(t, &c->spec, d));
	TRY(read_policies(t, &c->spec, d));
	TRY(read_identifiers(t, c, d));
	TRY(read_key(t, c, d));
out:
	return rc;
}

/* Strict DER, which is written again without a change; the digest of the TBS
 * comes along. */
static enum status
parse(struct cert *c, ASN1_CERT **out, struct diag *d)
{
	struct bytes tbs = { 0 };
	enum status rc;

	*out = asn1_read(ASN1_ITEM_rptr(ASN1_CERT), c->der.data, c->der.len);
	if (*out == NULL)
		FAIL(d, ST_FORMAT, "FORMATS 6.1: not exactly one certificate "
		    "in canonical DER");
	TRY(asn1_write((*out)->tbs, ASN1_ITEM_rptr(ASN1_TBS), &tbs, d));
	hash_sha384(tbs.data, tbs.len, c->tbs);
out:
	bytes_free(&tbs);
	return rc;
}

enum status
cert_read(const char *name, const void *data, size_t len, struct cert **out,
    struct diag *d)
{
	struct cert *c = NULL;
	ASN1_CERT *x = NULL;
	enum status rc;

	*out = NULL;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	if (len == 0 || len > CERT_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 6.1: not 1 to %d bytes",
		    CERT_MAX);
	TRY(ossl_der("CERTIFICATE", NULL, data, len, &c->der, d));
	TRY(parse(c, &x, d));
	TRY(read_all(x, c, d));
	hash_sha384(c->der.data, c->der.len, c->id);
	*out = c;
	c = NULL;
out:
	ERR_clear_error();
	if (rc != ST_OK)
		diag_prefix(d, "%s", name);
	ASN1_item_free((ASN1_VALUE *)x, ASN1_ITEM_rptr(ASN1_CERT));
	cert_free(c);
	return rc;
}

enum status
cert_signed_by(const struct cert *c, const struct spki *key, struct diag *d)
{
	return sign_frame_once(&c->der, key, d);
}

enum status
cert_signed_itself(const struct cert *c, struct diag *d)
{
	return strcmp(c->alg, key_signs_by(c->key.alg)) == 0 ?
	    sign_frame_once(&c->der, &c->key, d) :
	    sign_frame(&c->der, &c->key, false, d);
}
