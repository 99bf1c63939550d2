/* see crl.h */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "lib/crypto/crl.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/sign.h"

#define VERSION_2 1 /* as RFC 5280 counts */

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

enum status
crl_copy(const struct crl *c, struct crl **out, struct diag *d)
{
	const size_t len = c->spec.n * sizeof(*c->spec.entries);
	struct crl_entry *entries;

	*out = malloc(sizeof(**out));
	entries = malloc(len + 1);
	if (*out != NULL && entries != NULL) {
		**out = *c;
		(*out)->der = (struct bytes){ 0 };
		(*out)->spec.entries = entries;
		if (len > 0)
			memcpy(entries, c->spec.entries, len);
		if (bytes_set(&(*out)->der, c->der.data, c->der.len, d) ==
		    ST_OK)
			return ST_OK;
	}
	free(entries);
	free(*out);
	*out = NULL;
	return diag_set(d, ST_SYSTEM, "out of memory");
}

/* By the number that a serial is; for qsort and bsearch too. */
static int
compare(const void *left, const void *right)
{
	const struct crl_entry *a = left, *b = right;
	size_t i = 0, j = 0;

	while (i < a->serial_len && a->serial[i] == 0)
		i++;
	while (j < b->serial_len && b->serial[j] == 0)
		j++;
	if (a->serial_len - i != b->serial_len - j)
		return a->serial_len - i < b->serial_len - j ? -1 : 1;
	return memcmp(a->serial + i, b->serial + j, a->serial_len - i);
}

bool
crl_has(const struct crl *c, const uint8_t *serial, size_t len)
{
	struct crl_entry key = { .serial_len = len };

	if (len > sizeof(key.serial) || c->spec.n == 0)
		return false;
	memcpy(key.serial, serial, len);
	return bsearch(&key, c->spec.entries, c->spec.n, sizeof(key),
	    compare) != NULL;
}

enum status
crl_spec_sort(struct crl_spec *s, bool *sorted, struct diag *d)
{
	*sorted = true;
	for (size_t i = 1; *sorted && i < s->n; i++)
		*sorted = compare(&s->entries[i - 1], &s->entries[i]) < 0;
	if (*sorted)
		return ST_OK;
	qsort(s->entries, s->n, sizeof(*s->entries), compare);
	for (size_t i = 1; i < s->n; i++)
		if (compare(&s->entries[i - 1], &s->entries[i]) == 0)
			return diag_set(d, ST_FORMAT, "FORMATS 6.14: a serial "
			    "number is there twice");
	return ST_OK;
}

enum status
crl_spec_add(struct crl_spec *s, const struct crl_entry *e, struct diag *d)
{
	struct crl_entry *grown;
	size_t low = 0, high = s->n, at;

	while (low < high) {
		at = low + (high - low) / 2;
		if (compare(&s->entries[at], e) == 0)
			return ST_OK;
		if (compare(&s->entries[at], e) < 0)
			low = at + 1;
		else
			high = at;
	}
	if (s->n == CRL_ENTRIES_MAX)
		return diag_set(d, ST_POLICY, "FORMATS 6.14: a list has at "
		    "most %d entries", CRL_ENTRIES_MAX);
	grown = reallocarray(s->entries, s->n + 1, sizeof(*grown));
	if (grown == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	s->entries = grown;
	memmove(&grown[low + 1], &grown[low], (s->n - low) * sizeof(*grown));
	grown[low] = *e;
	s->n++;
	return ST_OK;
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
add_entries(X509_CRL *x, const struct crl_spec *s, struct diag *d)
{
	enum status rc = ST_OK;

	if (s->n > CRL_ENTRIES_MAX)
		FAIL(d, ST_BUG, "a list of more than %d entries",
		    CRL_ENTRIES_MAX);
	for (size_t i = 1; i < s->n; i++)
		if (compare(&s->entries[i - 1], &s->entries[i]) >= 0)
			FAIL(d, ST_BUG, "a list whose entries are not in "
			    "order, or are there twice");
	for (size_t i = 0; i < s->n; i++)
		TRY(add_entry(x, &s->entries[i], d));
out:
	return rc;
}

static enum status
put_fields(X509_CRL *x, const struct crl_spec *s, struct diag *d)
{
	ASN1_TIME *from = NULL, *to = NULL;
	enum status rc;

	TRY(ossl_name(&s->issuer, X509_CRL_get_issuer(x), d));
	TRY(ossl_make_time(s->this_update, &from, d));
	TRY(ossl_make_time(s->next_update, &to, d));
	if (X509_CRL_set_version(x, VERSION_2) != 1 ||
	    X509_CRL_set1_lastUpdate(x, from) != 1 ||
	    X509_CRL_set1_nextUpdate(x, to) != 1)
		FAIL(d, ST_SYSTEM, "out of memory");
out:
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	return rc;
}

static void
clear(X509_CRL *x)
{
	STACK_OF(X509_REVOKED) *all = X509_CRL_get_REVOKED(x);
	X509_NAME *issuer = X509_CRL_get_issuer(x);

	while (X509_NAME_entry_count(issuer) > 0)
		X509_NAME_ENTRY_free(X509_NAME_delete_entry(issuer, 0));
	while (all != NULL && sk_X509_REVOKED_num(all) > 0)
		X509_REVOKED_free(sk_X509_REVOKED_pop(all));
	while (X509_CRL_get_ext_count(x) > 0)
		X509_EXTENSION_free(X509_CRL_delete_ext(x, 0));
}

/* Everything but the signature and the name of its algorithm. */
static enum status
fill(X509_CRL *x, const struct crl_spec *s, struct diag *d)
{
	enum status rc;

	clear(x);
	TRY(put_fields(x, s, d));
	TRY(add_entries(x, s, d));
	TRY(add_aki(x, s->issuer_ski, d));
	TRY(add_number(x, s->number, d));
out:
	return rc;
}

/* What will be signed, in DER. */
static enum status
encode_tbs(X509_CRL *x, struct bytes *out, struct diag *d)
{
	unsigned char *tbs = NULL;
	enum status rc;
	int len;

	if ((len = i2d_re_X509_CRL_tbs(x, &tbs)) <= 0)
		return ossl_fail(d, ST_SYSTEM, "a list");
	rc = bytes_set(out, tbs, (size_t)len, d);
	OPENSSL_free(tbs);
	return rc;
}

static enum status
sign_built(X509_CRL *x, const struct key *key, struct bytes *out,
    struct diag *d)
{
	EVP_MD_CTX *ctx = NULL;
	unsigned char *der = NULL;
	enum status rc;
	int len;

	TRY(ossl_sign_ctx(key, &ctx, d));
	if (X509_CRL_sign_ctx(x, ctx) <= 0 ||
	    (len = i2d_X509_CRL(x, &der)) <= 0) {
		rc = ossl_fail(d, ST_SYSTEM, "a list could not be signed");
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
crl_rehearse(const struct crl_spec *spec, const char *alg, struct bytes *out,
    struct diag *d)
{
	const struct key *key;
	X509_CRL *x = NULL;
	enum status rc;

	TRY(key_throwaway(alg, &key, d));
	if ((x = X509_CRL_new()) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(fill(x, spec, d));
	TRY(sign_built(x, key, out, d));
out:
	X509_CRL_free(x);
	return rc;
}

/*
 * A TBSCertList names its signature algorithm, which OpenSSL lets nobody set
 * but by signing.  So the linted list is opened, the specification put over
 * it, and what comes out must still be what was linted.
 */
static enum status
open_linted(const struct bytes *linted, const struct crl_spec *spec,
    const char *alg, X509_CRL **out, struct bytes *tbs, struct diag *d)
{
	const unsigned char *at = linted->data;
	X509_CRL *x = d2i_X509_CRL(NULL, &at, (long)linted->len);
	const X509_ALGOR *named = NULL;
	char name[SPKI_ALG_SIZE] = "";
	enum status rc;

	if (x == NULL)
		FAIL(d, ST_BUG, "the linted list is none");
	X509_CRL_get0_signature(x, NULL, &named);
	ossl_signature_name(named, name);
	TRY(fill(x, spec, d));
	TRY(encode_tbs(x, tbs, d));
	if (strcmp(name, alg) != 0 || !sign_frame_holds(linted, tbs))
		FAIL(d, ST_BUG, "the list to be signed is not the one that "
		    "was linted");
	*out = x;
	x = NULL;
out:
	ERR_clear_error();
	X509_CRL_free(x);
	return rc;
}

enum status
crl_sign(const struct crl_spec *spec, const struct key *key,
    const struct spki *recorded, const struct bytes *linted,
    struct bytes *out, struct diag *d)
{
	struct bytes a = { 0 }, b = { 0 }, tbs = { 0 };
	X509_CRL *x = NULL;
	enum status rc;

	bytes_free(out);
	if (!bytes_equal(&key_public(key)->der, &recorded->der))
		FAIL(d, ST_BUG, "RULES C9: the key is not the one of record");
	TRY(open_linted(linted, spec, key_alg(key), &x, &tbs, d));
	/* RULES C9: a signature that differs is wiped, never given out */
	TRY(sign_built(x, key, &a, d));
	TRY(sign_built(x, key, &b, d));
	if (!bytes_equal(&a, &b))
		FAIL(d, ST_BUG, "RULES C9: two signatures of one list differ");
	TRY(sign_check_made("list", &a, &tbs, recorded, d));

	*out = a;
	a = (struct bytes){ 0 };
	rc = ST_OK;
out:
	X509_CRL_free(x);
	bytes_free(&tbs);
	sign_wipe(&a);
	sign_wipe(&b);
	return rc;
}
