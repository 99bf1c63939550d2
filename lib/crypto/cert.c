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
	for (int i = 0; i < CERT_USAGE_BITS; i++) {
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
	if (ASN1_OCTET_STRING_set(id, digest, CERT_KEY_ID_LEN) != 1)
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
	    ASN1_OCTET_STRING_set(aki->keyid, s->issuer_ski, CERT_KEY_ID_LEN) !=
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

	if ((x = X509_new()) == NULL ||
	    X509_set_version(x, CERT_VERSION_3) != 1)
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
	TRY(sign_check_made("certificate", &a, &tbs, recorded, d));

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

void
cert_signed(struct cert *c, struct bytes *der)
{
	bytes_free(&c->der);
	c->der = *der;
	*der = (struct bytes){ 0 };
	hash_sha384(c->der.data, c->der.len, c->id);
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
