/* see exts.h */
#include <limits.h>
#include <string.h>

#include <openssl/err.h>

#include "lib/crypto/asn1.h"
#include "lib/crypto/exts.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/strict.h"

#define KEY_ID_LEN 20 /* bytes */
#define USAGE_BITS 9  /* RFC 5280 4.2.1.3 */
#define PATH_LEN_MAX 255

/* --- writing: each is NULL when there is no memory --- */

static X509_EXTENSION *
write_ski(const struct cert_spec *s)
{
	ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
	X509_EXTENSION *ext = NULL;
	uint8_t digest[SHA256_LEN];
	ASN1_SPKI *key;

	/* RFC 7093, method 1 */
	key = asn1_read(ASN1_ITEM_rptr(ASN1_SPKI), s->spki.data, s->spki.len);
	if (key != NULL && id != NULL) {
		hash_sha256(ASN1_STRING_get0_data(key->bits),
		    (size_t)ASN1_STRING_length(key->bits), digest);
		if (ASN1_OCTET_STRING_set(id, digest, KEY_ID_LEN) == 1)
			ext = X509V3_EXT_i2d(NID_subject_key_identifier, 0,
			    id);
	}
	ASN1_item_free((ASN1_VALUE *)key, ASN1_ITEM_rptr(ASN1_SPKI));
	ASN1_OCTET_STRING_free(id);
	return ext;
}

X509_EXTENSION *
ossl_aki(const uint8_t ski[KEY_ID_LEN])
{
	AUTHORITY_KEYID *aki = AUTHORITY_KEYID_new();
	X509_EXTENSION *ext = NULL;

	if (aki != NULL && (aki->keyid = ASN1_OCTET_STRING_new()) != NULL &&
	    ASN1_OCTET_STRING_set(aki->keyid, ski, KEY_ID_LEN) == 1)
		ext = X509V3_EXT_i2d(NID_authority_key_identifier, 0, aki);
	AUTHORITY_KEYID_free(aki);
	return ext;
}

static X509_EXTENSION *
write_aki(const struct cert_spec *s)
{
	return ossl_aki(s->issuer_ski);
}

static X509_EXTENSION *
write_constraints(const struct cert_spec *s)
{
	BASIC_CONSTRAINTS *bc = BASIC_CONSTRAINTS_new();
	X509_EXTENSION *ext = NULL;
	bool ok = bc != NULL;

	if (ok)
		bc->ca = s->ca ? 0xff : 0;
	if (ok && s->path_len >= 0)
		ok = (bc->pathlen = ASN1_INTEGER_new()) != NULL &&
		    ASN1_INTEGER_set(bc->pathlen, s->path_len) == 1;
	if (ok)
		ext = X509V3_EXT_i2d(NID_basic_constraints, 1, bc);
	BASIC_CONSTRAINTS_free(bc);
	return ext;
}

static X509_EXTENSION *
write_usage(const struct cert_spec *s)
{
	ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();
	X509_EXTENSION *ext = NULL;
	bool ok = bits != NULL;

	for (int i = 0; ok && i < USAGE_BITS; i++)
		if ((s->usage & 1U << i) != 0)
			ok = ASN1_BIT_STRING_set_bit(bits, i, 1) == 1;
	if (ok)
		ext = X509V3_EXT_i2d(NID_key_usage, 1, bits);
	ASN1_BIT_STRING_free(bits);
	return ext;
}

static X509_EXTENSION *
write_eku(const struct cert_spec *s)
{
	EXTENDED_KEY_USAGE *eku = sk_ASN1_OBJECT_new_null();
	X509_EXTENSION *ext = NULL;
	ASN1_OBJECT *oid;
	bool ok = eku != NULL;

	for (size_t i = 0; ok && i < s->ekus; i++) {
		oid = OBJ_txt2obj(s->eku[i], 1);
		ok = oid != NULL && sk_ASN1_OBJECT_push(eku, oid) > 0;
		if (!ok)
			ASN1_OBJECT_free(oid);
	}
	if (ok)
		ext = X509V3_EXT_i2d(NID_ext_key_usage, s->eku_critical, eku);
	sk_ASN1_OBJECT_pop_free(eku, ASN1_OBJECT_free);
	return ext;
}

static X509_EXTENSION *
write_policies(const struct cert_spec *s)
{
	CERTIFICATEPOLICIES *all = sk_POLICYINFO_new_null();
	X509_EXTENSION *ext = NULL;
	POLICYINFO *one;
	bool ok = all != NULL;

	for (size_t i = 0; ok && i < s->policies; i++) {
		if ((one = POLICYINFO_new()) != NULL)
			one->policyid = OBJ_txt2obj(s->policy[i], 1);
		ok = one != NULL && one->policyid != NULL &&
		    sk_POLICYINFO_push(all, one) > 0;
		if (!ok)
			POLICYINFO_free(one);
	}
	if (ok)
		ext = X509V3_EXT_i2d(NID_certificate_policies, 0, all);
	sk_POLICYINFO_pop_free(all, POLICYINFO_free);
	return ext;
}

static X509_EXTENSION *
write_other(const struct cert_ext *e)
{
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	ASN1_OBJECT *oid = OBJ_txt2obj(e->oid, 1);
	X509_EXTENSION *ext = NULL;

	if (value != NULL && oid != NULL && e->value.len <= INT_MAX &&
	    ASN1_OCTET_STRING_set(value, e->value.data,
	    (int)e->value.len) == 1)
		ext = X509_EXTENSION_create_by_OBJ(NULL, oid, e->critical,
		    value);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(oid);
	return ext;
}

static enum status
push(STACK_OF(X509_EXTENSION) *all, X509_EXTENSION *ext, struct diag *d)
{
	if (ext == NULL || sk_X509_EXTENSION_push(all, ext) <= 0) {
		X509_EXTENSION_free(ext);
		return ossl_fail(d, ST_SYSTEM, "an extension");
	}
	return ST_OK;
}

static enum status
write_others(const struct cert_spec *s, STACK_OF(X509_EXTENSION) *all,
    struct diag *d)
{
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->exts; i++) {
		if (!strict_der(s->ext[i].value.data, s->ext[i].value.len))
			FAIL(d, ST_BUG, "extension %s is not DER",
			    s->ext[i].oid);
		TRY(push(all, write_other(&s->ext[i]), d));
	}
out:
	return rc;
}

enum status
exts_write(const struct cert_spec *s, STACK_OF(X509_EXTENSION) **out,
    struct diag *d)
{
	STACK_OF(X509_EXTENSION) *all = NULL;
	enum status rc;

	*out = NULL;
	if (s->ekus > CERT_OIDS_MAX || s->policies > CERT_OIDS_MAX ||
	    s->exts > CERT_EXTS_MAX || s->usage == 0 ||
	    s->usage >= 1U << USAGE_BITS)
		FAIL(d, ST_BUG, "a certificate with impossible extensions");
	if ((all = sk_X509_EXTENSION_new_null()) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(push(all, write_ski(s), d));
	if (!s->self_issued)
		TRY(push(all, write_aki(s), d));
	TRY(push(all, write_constraints(s), d));
	TRY(push(all, write_usage(s), d));
	if (s->ekus > 0)
		TRY(push(all, write_eku(s), d));
	if (s->policies > 0)
		TRY(push(all, write_policies(s), d));
	TRY(write_others(s, all, d));

	*out = all;
	all = NULL;
	rc = ST_OK;
out:
	sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
	return rc;
}

/* --- reading: each is false when the value is not of its form --- */

static bool
read_ski(const struct cert_ext *e, struct cert *c)
{
	ASN1_OCTET_STRING *id;

	id = asn1_read(ASN1_ITEM_rptr(ASN1_OCTET_STRING), e->value.data,
	    e->value.len);
	if (id == NULL)
		return false;
	c->has_ski = ASN1_STRING_length(id) == KEY_ID_LEN;
	if (c->has_ski)
		memcpy(c->ski, ASN1_STRING_get0_data(id), KEY_ID_LEN);
	ASN1_OCTET_STRING_free(id);
	return true;
}

static bool
read_aki(const struct cert_ext *e, struct cert *c)
{
	AUTHORITY_KEYID *aki;

	aki = asn1_read(ASN1_ITEM_rptr(AUTHORITY_KEYID), e->value.data,
	    e->value.len);
	if (aki == NULL)
		return false;
	c->has_aki = aki->issuer == NULL && aki->serial == NULL &&
	    aki->keyid != NULL &&
	    ASN1_STRING_length(aki->keyid) == KEY_ID_LEN;
	if (c->has_aki)
		memcpy(c->spec.issuer_ski, ASN1_STRING_get0_data(aki->keyid),
		    KEY_ID_LEN);
	AUTHORITY_KEYID_free(aki);
	return true;
}

static bool
read_constraints(const struct cert_ext *e, struct cert *c)
{
	BASIC_CONSTRAINTS *bc;
	bool ok = true;
	long len;

	bc = asn1_read(ASN1_ITEM_rptr(BASIC_CONSTRAINTS), e->value.data,
	    e->value.len);
	if (bc == NULL)
		return false;
	c->spec.ca = bc->ca != 0;
	if (bc->pathlen != NULL) {
		len = ASN1_INTEGER_get(bc->pathlen);
		ok = len >= 0 && len <= PATH_LEN_MAX;
		c->spec.path_len = ok ? (int)len : -1;
	}
	BASIC_CONSTRAINTS_free(bc);
	return ok;
}

static bool
is_value(const ASN1_OCTET_STRING *s, const struct bytes *value)
{
	return (size_t)ASN1_STRING_length(s) == value->len &&
	    memcmp(ASN1_STRING_get0_data(s), value->data, value->len) == 0;
}

static bool
read_usage(const struct cert_ext *e, struct cert *c)
{
	X509_EXTENSION *again;
	ASN1_BIT_STRING *bits;
	bool ok;

	bits = asn1_read(ASN1_ITEM_rptr(ASN1_BIT_STRING), e->value.data,
	    e->value.len);
	if (bits == NULL)
		return false;
	c->spec.usage = 0;
	for (int i = 0; i < USAGE_BITS; i++)
		if (ASN1_BIT_STRING_get_bit(bits, i) == 1)
			c->spec.usage |= 1U << i;
	ASN1_BIT_STRING_free(bits);
	/* X.690 11.2.2: no bit behind the last one that is set */
	again = write_usage(&c->spec);
	ok = again != NULL && c->spec.usage != 0 &&
	    is_value(X509_EXTENSION_get_data(again), &e->value);
	X509_EXTENSION_free(again);
	return ok;
}

static bool
read_oid(const ASN1_OBJECT *oid, char out[CERT_OID_SIZE])
{
	const int len = OBJ_obj2txt(out, CERT_OID_SIZE, oid, 1);

	return len > 0 && len < CERT_OID_SIZE;
}

static bool
read_eku(const struct cert_ext *e, struct cert *c)
{
	EXTENDED_KEY_USAGE *eku;
	bool ok;

	eku = asn1_read(ASN1_ITEM_rptr(EXTENDED_KEY_USAGE), e->value.data,
	    e->value.len);
	if (eku == NULL)
		return false;
	c->spec.eku_critical = e->critical;
	c->spec.ekus = (size_t)sk_ASN1_OBJECT_num(eku);
	ok = c->spec.ekus > 0 && c->spec.ekus <= CERT_OIDS_MAX;
	for (size_t i = 0; ok && i < c->spec.ekus; i++)
		ok = read_oid(sk_ASN1_OBJECT_value(eku, (int)i),
		    c->spec.eku[i]);
	sk_ASN1_OBJECT_pop_free(eku, ASN1_OBJECT_free);
	return ok;
}

static bool
read_policies(const struct cert_ext *e, struct cert *c)
{
	CERTIFICATEPOLICIES *all;
	bool ok;

	all = asn1_read(ASN1_ITEM_rptr(CERTIFICATEPOLICIES), e->value.data,
	    e->value.len);
	if (all == NULL)
		return false;
	c->spec.policies = (size_t)sk_POLICYINFO_num(all);
	ok = c->spec.policies > 0 && c->spec.policies <= CERT_OIDS_MAX;
	for (size_t i = 0; ok && i < c->spec.policies; i++)
		ok = read_oid(sk_POLICYINFO_value(all, (int)i)->policyid,
		    c->spec.policy[i]);
	sk_POLICYINFO_pop_free(all, POLICYINFO_free);
	return ok;
}

/* Those whose meaning the specification holds. */
static const struct {
	const char *oid;
	bool (*read)(const struct cert_ext *e, struct cert *c);
	const char *name;
} known[] = {
	{ "2.5.29.14", read_ski, "subject key identifier" },
	{ "2.5.29.35", read_aki, "authority key identifier" },
	{ "2.5.29.19", read_constraints, "basic constraints" },
	{ "2.5.29.15", read_usage, "key usage" },
	{ "2.5.29.37", read_eku, "extended key usage" },
	{ "2.5.29.32", read_policies, "certificate policies" },
};

static enum status
copy_ext(const struct cert_ext *from, struct cert_ext *to, struct diag *d)
{
	memcpy(to->oid, from->oid, sizeof(to->oid));
	to->critical = from->critical;
	return bytes_set(&to->value, from->value.data, from->value.len, d);
}

static enum status
understand(const struct cert_ext *e, struct cert *c, struct diag *d)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].oid, e->oid) != 0)
			continue;
		if (!known[i].read(e, c))
			return diag_set(d, ST_FORMAT, "FORMATS 6.12: its %s "
			    "is malformed", known[i].name);
		return ST_OK;
	}
	return copy_ext(e, &c->spec.ext[c->spec.exts++], d);
}

static enum status
read_ext(X509_EXTENSION *ext, struct cert *c, struct diag *d)
{
	struct cert_ext *e = &c->seen[c->nseen];
	const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(ext);
	enum status rc;

	if (!read_oid(X509_EXTENSION_get_object(ext), e->oid))
		FAIL(d, ST_FORMAT, "FORMATS 6.12: an extension's identifier "
		    "is too long");
	for (size_t i = 0; i < c->nseen; i++)
		if (strcmp(c->seen[i].oid, e->oid) == 0)
			FAIL(d, ST_FORMAT, "FORMATS 6.12: extension %s is "
			    "there twice", e->oid);
	c->nseen++;
	e->critical = X509_EXTENSION_get_critical(ext) == 1;
	if (!strict_der(ASN1_STRING_get0_data(value),
	    (size_t)ASN1_STRING_length(value)))
		FAIL(d, ST_FORMAT, "FORMATS 6.12: extension %s is not "
		    "canonical DER", e->oid);
	TRY(bytes_set(&e->value, ASN1_STRING_get0_data(value),
	    (size_t)ASN1_STRING_length(value), d));
	TRY(understand(e, c, d));
out:
	return rc;
}

enum status
exts_read(const STACK_OF(X509_EXTENSION) *all, struct cert *c,
    struct diag *d)
{
	const int n = all == NULL ? 0 : sk_X509_EXTENSION_num(all);
	enum status rc;

	c->spec.path_len = -1;
	if (n > CERT_EXTS_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 6.12: more than %d extensions",
		    CERT_EXTS_MAX);
	for (int i = 0; i < n; i++)
		TRY(read_ext(sk_X509_EXTENSION_value(all, i), c, d));
	rc = ST_OK;
out:
	ERR_clear_error();
	return rc;
}
