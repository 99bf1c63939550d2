/* see cert.h */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "lib/crypto/asn1.h"
#include "lib/crypto/cert.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/sign.h"

#define VERSION_3 2 /* as RFC 5280 counts */
#define KEY_ID_LEN 20
#define USAGE_BITS 9 /* RFC 5280 4.2.1.3 */
#define PATH_LEN_MAX 255

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
	for (size_t i = 0; i < c->nseen; i++)
		bytes_free(&c->seen[i].value);
	free(c);
}

/* --- building --- */

static enum status
put_ext(X509 *x, int nid, void *value, bool critical, struct diag *d)
{
	if (value == NULL || X509_add1_ext_i2d(x, nid, value, critical,
	    X509V3_ADD_DEFAULT) != 1)
		return ossl_fail(d, ST_SYSTEM, "an extension could not be "
		    "added");
	return ST_OK;
}

static enum status
put_constraints(X509 *x, const struct cert_spec *s, struct diag *d)
{
	BASIC_CONSTRAINTS *bc = BASIC_CONSTRAINTS_new();
	enum status rc;

	if (bc == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	bc->ca = s->ca ? 0xff : 0;
	if (s->ca && s->path_len >= 0) {
		if ((bc->pathlen = ASN1_INTEGER_new()) == NULL ||
		    ASN1_INTEGER_set(bc->pathlen, s->path_len) != 1)
			FAIL(d, ST_SYSTEM, "out of memory");
	}
	TRY(put_ext(x, NID_basic_constraints, bc, true, d));
out:
	BASIC_CONSTRAINTS_free(bc);
	return rc;
}

static enum status
put_usage(X509 *x, const struct cert_spec *s, struct diag *d)
{
	ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();
	enum status rc;

	if (bits == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (int i = 0; i < USAGE_BITS; i++) {
		if ((s->usage >> i & 1) != 0 &&
		    ASN1_BIT_STRING_set_bit(bits, i, 1) != 1)
			FAIL(d, ST_SYSTEM, "out of memory");
	}
	TRY(put_ext(x, NID_key_usage, bits, true, d));
out:
	ASN1_BIT_STRING_free(bits);
	return rc;
}

static enum status
put_eku(X509 *x, const struct cert_spec *s, struct diag *d)
{
	EXTENDED_KEY_USAGE *eku = NULL;
	ASN1_OBJECT *oid = NULL;
	enum status rc;

	if (s->ekus == 0)
		return ST_OK;
	if ((eku = sk_ASN1_OBJECT_new_null()) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (size_t i = 0; i < s->ekus; i++) {
		if ((oid = OBJ_txt2obj(s->eku[i], 1)) == NULL ||
		    sk_ASN1_OBJECT_push(eku, oid) <= 0)
			FAIL(d, ST_SYSTEM, "a key usage could not be added");
		oid = NULL;
	}
	TRY(put_ext(x, NID_ext_key_usage, eku, s->eku_critical, d));
out:
	ASN1_OBJECT_free(oid);
	sk_ASN1_OBJECT_pop_free(eku, ASN1_OBJECT_free);
	return rc;
}

static enum status
put_policies(X509 *x, const struct cert_spec *s, struct diag *d)
{
	CERTIFICATEPOLICIES *all = NULL;
	POLICYINFO *one = NULL;
	enum status rc;

	if (s->policies == 0)
		return ST_OK;
	if ((all = sk_POLICYINFO_new_null()) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (size_t i = 0; i < s->policies; i++) {
		if ((one = POLICYINFO_new()) == NULL)
			FAIL(d, ST_SYSTEM, "out of memory");
		ASN1_OBJECT_free(one->policyid);
		one->policyid = OBJ_txt2obj(s->policy[i], 1);
		if (one->policyid == NULL || sk_POLICYINFO_push(all, one) <= 0)
			FAIL(d, ST_SYSTEM, "a policy could not be added");
		one = NULL;
	}
	TRY(put_ext(x, NID_certificate_policies, all, false, d));
out:
	POLICYINFO_free(one);
	sk_POLICYINFO_pop_free(all, POLICYINFO_free);
	return rc;
}

/* RFC 7093 2, method 1: the first 160 bits of SHA-256 of the key bits. */
static enum status
put_ski(X509 *x, struct diag *d)
{
	const ASN1_BIT_STRING *key = X509_get0_pubkey_bitstr(x);
	ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
	uint8_t digest[SHA256_LEN];
	enum status rc;

	if (id == NULL || key == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	hash_sha256(key->data, (size_t)key->length, digest);
	if (ASN1_OCTET_STRING_set(id, digest, KEY_ID_LEN) != 1)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(put_ext(x, NID_subject_key_identifier, id, false, d));
out:
	ASN1_OCTET_STRING_free(id);
	return rc;
}

static enum status
put_aki(X509 *x, const struct cert_spec *s, struct diag *d)
{
	AUTHORITY_KEYID *aki = NULL;
	enum status rc;

	if (s->self_issued)
		return ST_OK;
	if ((aki = AUTHORITY_KEYID_new()) == NULL ||
	    (aki->keyid = ASN1_OCTET_STRING_new()) == NULL ||
	    ASN1_OCTET_STRING_set(aki->keyid, s->issuer_ski, KEY_ID_LEN) !=
	    1)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(put_ext(x, NID_authority_key_identifier, aki, false, d));
out:
	AUTHORITY_KEYID_free(aki);
	return rc;
}

static enum status
put_other(X509 *x, const struct cert_ext *e, struct diag *d)
{
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	ASN1_OBJECT *oid = OBJ_txt2obj(e->oid, 1);
	X509_EXTENSION *ext = NULL;
	enum status rc = ST_OK;

	if (value == NULL || oid == NULL ||
	    ASN1_OCTET_STRING_set(value, e->value.data, (int)e->value.len) !=
	    1 || (ext = X509_EXTENSION_create_by_OBJ(NULL, oid, e->critical,
	    value)) == NULL || X509_add_ext(x, ext, -1) != 1)
		rc = ossl_fail(d, ST_SYSTEM, "an extension could not be "
		    "added");
	X509_EXTENSION_free(ext);
	ASN1_OBJECT_free(oid);
	ASN1_OCTET_STRING_free(value);
	return rc;
}

static enum status
put_extensions(X509 *x, const struct cert_spec *s, struct diag *d)
{
	enum status rc;

	TRY(put_constraints(x, s, d));
	TRY(put_usage(x, s, d));
	TRY(put_eku(x, s, d));
	TRY(put_ski(x, d));
	TRY(put_aki(x, s, d));
	TRY(put_policies(x, s, d));
	for (size_t i = 0; i < s->exts; i++)
		TRY(put_other(x, &s->ext[i], d));
out:
	return rc;
}

static enum status
put_names(X509 *x, const struct cert_spec *s, struct diag *d)
{
	enum status rc;

	TRY(ossl_name(&s->subject, X509_get_subject_name(x), d));
	TRY(ossl_name(&s->issuer, X509_get_issuer_name(x), d));
out:
	return rc;
}

static enum status
put_dates(X509 *x, const struct cert_spec *s, struct diag *d)
{
	ASN1_TIME *from = NULL, *to = NULL;
	enum status rc;

	TRY(ossl_make_time(s->not_before, &from, d));
	TRY(ossl_make_time(s->not_after, &to, d));
	if (X509_set1_notBefore(x, from) != 1 ||
	    X509_set1_notAfter(x, to) != 1)
		FAIL(d, ST_SYSTEM, "out of memory");
out:
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	return rc;
}

static enum status
put_serial(X509 *x, const uint8_t *serial, size_t len, struct diag *d)
{
	BIGNUM *bn = BN_bin2bn(serial, (int)len, NULL);
	enum status rc = ST_OK;

	if (bn == NULL ||
	    BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x)) == NULL)
		rc = ossl_fail(d, ST_SYSTEM, "a serial number");
	BN_free(bn);
	return rc;
}

/* The parameters of a key algorithm: a curve, NULL, or none at all. */
static bool
copy_parameters(int type, const void *from, void **to)
{
	*to = NULL;
	if (type == V_ASN1_OBJECT)
		return (*to = OBJ_dup(from)) != NULL;
	return type == V_ASN1_NULL || type == V_ASN1_UNDEF;
}

/* By its bytes: decoding a key in order to encode it again is slow. */
static enum status
put_key_bits(X509_PUBKEY *pub, const ASN1_SPKI *s, struct diag *d)
{
	const unsigned char *at = ASN1_STRING_get0_data(s->alg);
	X509_ALGOR *alg = d2i_X509_ALGOR(NULL, &at,
	    ASN1_STRING_length(s->alg));
	const int len = ASN1_STRING_length(s->bits);
	const ASN1_OBJECT *oid = NULL;
	ASN1_OBJECT *mine = NULL;
	const void *from = NULL;
	void *to = NULL, *bits = NULL;
	enum status rc;
	int type = -1;

	if (alg != NULL)
		X509_ALGOR_get0(&oid, &type, &from, alg);
	if (!copy_parameters(type, from, &to) ||
	    (mine = OBJ_dup(oid)) == NULL ||
	    (bits = OPENSSL_memdup(ASN1_STRING_get0_data(s->bits),
	    (size_t)len)) == NULL ||
	    X509_PUBKEY_set0_param(pub, mine, type, to, bits, len) != 1)
		FAIL(d, ST_SYSTEM, "a public key could not be put in");
	mine = NULL;
	to = bits = NULL;
	rc = ST_OK;
out:
	X509_ALGOR_free(alg);
	ASN1_OBJECT_free(mine);
	ASN1_OBJECT_free(to);
	OPENSSL_free(bits);
	return rc;
}

static enum status
put_key(X509 *x, const struct bytes *spki, struct diag *d)
{
	ASN1_SPKI *s;
	enum status rc;

	s = asn1_read(ASN1_ITEM_rptr(ASN1_SPKI), spki->data, spki->len);
	if (s == NULL)
		return diag_set(d, ST_FORMAT, "not a public key");
	rc = put_key_bits(X509_get_X509_PUBKEY(x), s, d);
	ASN1_item_free((ASN1_VALUE *)s, ASN1_ITEM_rptr(ASN1_SPKI));
	return rc;
}

/* A TBSCertificate names its signature algorithm before there is a signature;
 * OpenSSL only sets it while signing, so that its const is set aside here. */
static enum status
put_algorithm(X509 *x, const char *alg, struct diag *d)
{
	X509_ALGOR *tbs = (X509_ALGOR *)(uintptr_t)X509_get0_tbs_sigalg(x);
	X509_ALGOR *mine = ossl_sig_alg(alg);
	enum status rc = ST_OK;

	if (mine == NULL)
		rc = diag_set(d, ST_BUG, "no signature is called %s", alg);
	else if (X509_ALGOR_copy(tbs, mine) != 1)
		rc = ossl_fail(d, ST_SYSTEM, "a signature algorithm");
	X509_ALGOR_free(mine);
	return rc;
}

/* Everything but the signature. */
static enum status
build(const struct cert_spec *s, const uint8_t *serial, size_t serial_len,
    const char *alg, X509 **out, struct diag *d)
{
	X509 *x = NULL;
	enum status rc;

	if ((x = X509_new()) == NULL || X509_set_version(x, VERSION_3) != 1)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(put_serial(x, serial, serial_len, d));
	TRY(put_algorithm(x, alg, d));
	TRY(put_names(x, s, d));
	TRY(put_dates(x, s, d));
	TRY(put_key(x, &s->spki, d));
	TRY(put_extensions(x, s, d));
	*out = x;
	x = NULL;
out:
	X509_free(x);
	return rc;
}

/* What will be signed, in DER. */
static enum status
encode_tbs(X509 *x, struct bytes *out, struct diag *d)
{
	unsigned char *tbs = NULL;
	enum status rc;
	int len;

	if ((len = i2d_re_X509_tbs(x, &tbs)) <= 0)
		return ossl_fail(d, ST_SYSTEM, "a certificate");
	rc = bytes_set(out, tbs, (size_t)len, d);
	OPENSSL_free(tbs);
	return rc;
}

static enum status
digest_tbs(const struct cert_spec *spec, const uint8_t *serial,
    size_t serial_len, const char *alg, uint8_t out[SHA384_LEN],
    struct diag *d)
{
	struct bytes tbs = { 0 };
	X509 *x = NULL;
	enum status rc;

	TRY(build(spec, serial, serial_len, alg, &x, d));
	TRY(encode_tbs(x, &tbs, d));
	hash_sha384(tbs.data, tbs.len, out);
out:
	bytes_free(&tbs);
	X509_free(x);
	return rc;
}

enum status
cert_serial_digest(const struct cert_spec *spec, const char *alg,
    uint8_t out[SHA384_LEN], struct diag *d)
{
	const uint8_t zero[1] = { 0 };

	return digest_tbs(spec, zero, sizeof(zero), alg, out, d);
}

enum status
cert_tbs_digest(const struct cert_spec *spec,
    const uint8_t serial[CERT_SERIAL_LEN], const char *alg,
    uint8_t out[SHA384_LEN], struct diag *d)
{
	return digest_tbs(spec, serial, CERT_SERIAL_LEN, alg, out, d);
}

static enum status
sign_built(X509 *x, const struct key *key, struct bytes *out, struct diag *d)
{
	EVP_MD_CTX *ctx = NULL;
	unsigned char *der = NULL;
	enum status rc;
	int len;

	TRY(ossl_sign_ctx(key, &ctx, d));
	if (X509_sign_ctx(x, ctx) <= 0 || (len = i2d_X509(x, &der)) <= 0) {
		rc = ossl_fail(d, ST_SYSTEM, "a certificate could not be "
		    "signed");
		goto out;
	}
	rc = bytes_set(out, der, (size_t)len, d);
	OPENSSL_cleanse(der, (size_t)len);
out:
	OPENSSL_free(der);
	EVP_MD_CTX_free(ctx);
	return rc;
}

enum status
cert_rehearse(const struct cert_spec *spec,
    const uint8_t serial[CERT_SERIAL_LEN], const char *alg,
    struct bytes *out, struct diag *d)
{
	const struct key *key;
	X509 *x = NULL;
	enum status rc;

	TRY(key_throwaway(alg, &key, d));
	TRY(build(spec, serial, CERT_SERIAL_LEN, alg, &x, d));
	TRY(sign_built(x, key, out, d));
out:
	X509_free(x);
	return rc;
}

/* Nothing is signed that was not linted, and with no other key. */
static enum status
check_before(X509 *x, const struct key *key, const struct spki *recorded,
    const struct bytes *linted, struct bytes *tbs, struct diag *d)
{
	enum status rc;

	if (!bytes_equal(&key_public(key)->der, &recorded->der))
		FAIL(d, ST_BUG, "RULES C9: the key is not the one of record");
	TRY(encode_tbs(x, tbs, d));
	if (!sign_frame_holds(linted, tbs))
		FAIL(d, ST_BUG, "the certificate to be signed is not the one "
		    "that was linted");
out:
	return rc;
}

/* RULES C9: the bytes are opened again, still hold what was linted, and are
 * verified as they stand with the key that the record has. */
static enum status
check_after(const struct bytes *der, const struct bytes *tbs,
    const struct spki *recorded, struct diag *d)
{
	struct diag why = { 0 };

	if (!sign_frame_holds(der, tbs))
		return diag_set(d, ST_BUG, "RULES C9: the certificate just signed is "
		    "not the one that was linted");
	if (sign_frame(der, recorded, true, &why) != ST_OK)
		return diag_set(d, ST_BUG, "RULES C9: the certificate just signed: "
		    "%.900s", why.text);
	return ST_OK;
}

enum status
cert_sign(const struct cert_spec *spec,
    const uint8_t serial[CERT_SERIAL_LEN], const struct key *key,
    const struct spki *recorded, const struct bytes *linted,
    struct bytes *out, struct diag *d)
{
	struct bytes a = { 0 }, b = { 0 }, tbs = { 0 };
	X509 *x = NULL;
	enum status rc;

	bytes_free(out);
	TRY(build(spec, serial, CERT_SERIAL_LEN, key_alg(key), &x, d));
	TRY(check_before(x, key, recorded, linted, &tbs, d));
	/* RULES C9: a signature that differs is wiped, never given out */
	TRY(sign_built(x, key, &a, d));
	TRY(sign_built(x, key, &b, d));
	if (!bytes_equal(&a, &b))
		FAIL(d, ST_BUG, "RULES C9: two signatures of one certificate "
		    "differ");
	TRY(check_after(&a, &tbs, recorded, d));

	*out = a;
	a = (struct bytes){ 0 };
	rc = ST_OK;
out:
	X509_free(x);
	bytes_free(&tbs);
	sign_wipe(&a);
	sign_wipe(&b);
	return rc;
}

/* --- reading --- */

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
	const int unused = (int)bits->flags & 0x07;

	return len > 0 && (data[len - 1] >> unused & 1) != 0 &&
	    8 * len - unused <= USAGE_BITS;
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
	for (int i = 0; i < USAGE_BITS; i++)
		s->usage |= (unsigned)ASN1_BIT_STRING_get_bit(bits, i) << i;
	good = is_usage(bits);
	ASN1_BIT_STRING_free(bits);
	if (!good)
		return diag_set(d, ST_FORMAT, "FORMATS 6.12: its key usage is "
		    "empty, ends in bits that are not set, or has more than "
		    "%d", USAGE_BITS);
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
	if (ski != NULL && ski->length == KEY_ID_LEN) {
		memcpy(c->ski, ski->data, KEY_ID_LEN);
		c->has_ski = true;
	}
	aki = X509V3_get_d2i(t->exts, NID_authority_key_identifier, &crit, NULL);
	if (aki == NULL && crit != -1)
		FAIL(d, ST_FORMAT, "FORMATS 6.12: its authority key "
		    "identifier is malformed");
	/* with an issuer and serial number it breaks the search for lists */
	if (aki != NULL && aki->issuer == NULL && aki->serial == NULL &&
	    aki->keyid != NULL && aki->keyid->length == KEY_ID_LEN) {
		memcpy(c->spec.issuer_ski, aki->keyid->data, KEY_ID_LEN);
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

	if (!ossl_name_printable(t->subject) ||
	    !ossl_name_printable(t->issuer))
		return diag_set(d, ST_FORMAT, "FORMATS 6.11: a name that is "
		    "not printable text");
	ossl_unname(t->subject, &c->spec.subject, &subject,
	    c->subject, sizeof(c->subject));
	ossl_unname(t->issuer, &c->spec.issuer, &issuer,
	    c->issuer, sizeof(c->issuer));
	c->plain_names = subject && issuer;
	c->spec.self_issued = X509_NAME_cmp(t->subject,
	    t->issuer) == 0;
	return ST_OK;
}

static enum status
read_all(const ASN1_CERT *x, struct cert *c, struct diag *d)
{
	const ASN1_TBS *t = x->tbs;
	enum status rc;

	if (ASN1_INTEGER_get(t->version) != VERSION_3 ||
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
cert_pem(const struct bytes *der, const char *label, struct bytes *out,
    struct diag *d)
{
	BIO *mem = BIO_new(BIO_s_mem());
	char *text = NULL;
	enum status rc;
	long len;

	if (mem == NULL || PEM_write_bio(mem, label, "", der->data,
	    (long)der->len) <= 0 || (len = BIO_get_mem_data(mem, &text)) <= 0)
		rc = ossl_fail(d, ST_SYSTEM, "PEM could not be written");
	else
		rc = bytes_set(out, text, (size_t)len, d);
	BIO_free(mem);
	return rc;
}
