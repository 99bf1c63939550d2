/* see crl.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "lib/crypto/alg.h"
#include "lib/crypto/asn1.h"
#include "lib/crypto/crl.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/sign.h"
#include "lib/crypto/signed.h"

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

static void
list_free(ASN1_LIST *t)
{
	ASN1_item_free((ASN1_VALUE *)t, ASN1_ITEM_rptr(ASN1_LIST));
}

/* By the number that a serial is; for qsort too. */
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

/* --- building --- */

static bool
push(STACK_OF(X509_EXTENSION) *all, X509_EXTENSION *ext)
{
	if (ext != NULL && sk_X509_EXTENSION_push(all, ext) > 0)
		return true;
	X509_EXTENSION_free(ext);
	return false;
}

static X509_EXTENSION *
write_number(uint64_t number)
{
	ASN1_INTEGER *n = ASN1_INTEGER_new();
	X509_EXTENSION *ext = NULL;

	if (n != NULL && ASN1_INTEGER_set_uint64(n, number) == 1)
		ext = X509V3_EXT_i2d(NID_crl_number, 0, n);
	ASN1_INTEGER_free(n);
	return ext;
}

static bool
add_reason(X509_REVOKED *r, enum crl_reason reason)
{
	ASN1_ENUMERATED *e = ASN1_ENUMERATED_new();
	const bool ok = e != NULL && ASN1_ENUMERATED_set(e, reason) == 1 &&
	    X509_REVOKED_add1_ext_i2d(r, NID_crl_reason, e, 0,
	    X509V3_ADD_DEFAULT) == 1;

	ASN1_ENUMERATED_free(e);
	return ok;
}

static bool
add_since(X509_REVOKED *r, int64_t since)
{
	ASN1_GENERALIZEDTIME *t = ASN1_GENERALIZEDTIME_set(NULL,
	    (time_t)since);
	const bool ok = t != NULL && X509_REVOKED_add1_ext_i2d(r,
	    NID_invalidity_date, t, 0, X509V3_ADD_DEFAULT) == 1;

	ASN1_GENERALIZEDTIME_free(t);
	return ok;
}

static bool
set_serial(X509_REVOKED *r, const struct crl_entry *e)
{
	BIGNUM *n = BN_bin2bn(e->serial, (int)e->serial_len, NULL);
	ASN1_INTEGER *serial = n == NULL ? NULL : BN_to_ASN1_INTEGER(n, NULL);
	const bool ok = serial != NULL &&
	    X509_REVOKED_set_serialNumber(r, serial) == 1;

	ASN1_INTEGER_free(serial);
	BN_free(n);
	return ok;
}

static enum status
add_entry(ASN1_LIST *t, const struct crl_entry *e, struct diag *d)
{
	X509_REVOKED *r = NULL;
	ASN1_TIME *date = NULL;
	enum status rc;

	TRY(ossl_make_time(e->date, &date, d));
	if ((r = X509_REVOKED_new()) == NULL || !set_serial(r, e) ||
	    X509_REVOKED_set_revocationDate(r, date) != 1)
		FAIL(d, ST_SYSTEM, "out of memory");
	/* RFC 5280 5.3.1: unspecified is said by saying nothing */
	if (e->reason != REASON_UNSPECIFIED && !add_reason(r, e->reason))
		FAIL(d, ST_SYSTEM, "out of memory");
	if (e->invalid_since >= 0 && !add_since(r, e->invalid_since))
		FAIL(d, ST_SYSTEM, "out of memory");
	if (sk_X509_REVOKED_push(t->entries, r) <= 0)
		FAIL(d, ST_SYSTEM, "out of memory");
	r = NULL;
	rc = ST_OK;
out:
	X509_REVOKED_free(r);
	ASN1_TIME_free(date);
	return rc;
}

/* An empty list has no SEQUENCE of entries at all (RFC 5280 5.1.2.6). */
static enum status
add_entries(ASN1_LIST *t, const struct crl_spec *s, struct diag *d)
{
	enum status rc = ST_OK;

	if (s->n > CRL_ENTRIES_MAX)
		FAIL(d, ST_BUG, "a list of more than %d entries",
		    CRL_ENTRIES_MAX);
	for (size_t i = 1; i < s->n; i++)
		if (compare(&s->entries[i - 1], &s->entries[i]) >= 0)
			FAIL(d, ST_BUG, "a list whose entries are not in "
			    "order, or are there twice");
	if (s->n > 0 && (t->entries = sk_X509_REVOKED_new_null()) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (size_t i = 0; i < s->n; i++)
		TRY(add_entry(t, &s->entries[i], d));
out:
	return rc;
}

static enum status
set_fields(ASN1_LIST *t, const struct crl_spec *s, struct diag *d)
{
	ASN1_TIME *from = NULL, *to = NULL;
	struct bytes name = { 0 };
	X509_NAME *issuer = NULL;
	enum status rc;

	TRY(ossl_name(&s->issuer, &issuer, d));
	TRY(asn1_write(issuer, ASN1_ITEM_rptr(X509_NAME), &name, d));
	TRY(ossl_make_time(s->this_update, &from, d));
	TRY(ossl_make_time(s->next_update, &to, d));
	if (!asn1_set(t->issuer, name.data, name.len) ||
	    ASN1_STRING_copy(t->this_update, from) != 1 ||
	    ASN1_STRING_copy(t->next_update, to) != 1)
		FAIL(d, ST_SYSTEM, "out of memory");
out:
	bytes_free(&name);
	X509_NAME_free(issuer);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	return rc;
}

/* TBSCertList; nothing is signed for it. */
static enum status
build(const struct crl_spec *s, const char *alg, struct bytes *out,
    struct diag *d)
{
	const struct alg_sig *by = alg_sig(alg);
	ASN1_LIST *t = NULL;
	enum status rc;

	if (by == NULL)
		FAIL(d, ST_BUG, "no signature is called %s", alg);
	t = (ASN1_LIST *)ASN1_item_new(ASN1_ITEM_rptr(ASN1_LIST));
	if (t == NULL || ASN1_INTEGER_set(t->version, VERSION_2) != 1 ||
	    !asn1_set(t->alg, by->id.der, by->id.len) ||
	    (t->exts = sk_X509_EXTENSION_new_null()) == NULL ||
	    !push(t->exts, ossl_aki(s->issuer_ski)) ||
	    !push(t->exts, write_number(s->number)))
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(set_fields(t, s, d));
	TRY(add_entries(t, s, d));
	TRY(asn1_write(t, ASN1_ITEM_rptr(ASN1_LIST), out, d));
out:
	ERR_clear_error();
	list_free(t);
	return rc;
}

enum status
crl_rehearse(const struct crl_spec *spec, const char *alg, struct bytes *out,
    struct diag *d)
{
	struct bytes tbs = { 0 };
	enum status rc;

	TRY(build(spec, alg, &tbs, d));
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
	struct crl *c = NULL;
	enum status rc;

	TRY(crl_read("read again", der->data, der->len, &c, &why));
	TRY(crl_signed_by(c, recorded, &why));
out:
	crl_free(c);
	if (rc != ST_OK && rc != ST_SYSTEM)
		rc = ST_BUG;
	return rc == ST_OK ? rc : diag_set(d, rc, "RULES C9: the list just "
	    "signed: %.900s", why.text);
}

enum status
crl_sign(const struct crl_spec *spec, const struct key *key,
    const struct spki *recorded, const struct bytes *linted,
    struct bytes *out, struct diag *d)
{
	struct bytes tbs = { 0 }, der = { 0 };
	enum status rc;

	bytes_free(out);
	TRY(build(spec, key_alg(key), &tbs, d));
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

/* What a complete, direct list never has: the first of it, by name. */
static void
note_foreign(struct crl *c, X509_EXTENSION *ext)
{
	if (c->foreign_ext[0] == '\0')
		OBJ_obj2txt(c->foreign_ext, sizeof(c->foreign_ext),
		    X509_EXTENSION_get_object(ext), 0);
}

static void *
open_value(X509_EXTENSION *ext, const ASN1_ITEM *it)
{
	const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(ext);

	return asn1_read(it, ASN1_STRING_get0_data(value),
	    (size_t)ASN1_STRING_length(value));
}

static enum status
read_reason(X509_EXTENSION *ext, struct crl_entry *e, struct diag *d)
{
	static const enum crl_reason ours[] = { REASON_KEY_COMPROMISE,
	    REASON_AFFILIATION_CHANGED, REASON_SUPERSEDED, REASON_CESSATION };
	ASN1_ENUMERATED *value;
	long reason = -1;

	value = open_value(ext, ASN1_ITEM_rptr(ASN1_ENUMERATED));
	if (value != NULL)
		reason = ASN1_ENUMERATED_get(value);
	ASN1_ENUMERATED_free(value);
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (reason == (long)ours[i]) {
			e->reason = ours[i];
			return ST_OK;
		}
	return diag_set(d, ST_FORMAT, "FORMATS 6.14: an entry's reason is "
	    "none of keyCompromise, affiliationChanged, superseded and "
	    "cessationOfOperation");
}

static enum status
read_since(X509_EXTENSION *ext, struct crl_entry *e, struct diag *d)
{
	ASN1_GENERALIZEDTIME *t;
	enum status rc;

	t = open_value(ext, ASN1_ITEM_rptr(ASN1_GENERALIZEDTIME));
	if (t == NULL || ossl_time(t, &e->invalid_since, NULL) != ST_OK)
		rc = diag_set(d, ST_FORMAT, "FORMATS 6.14: an entry's "
		    "invalidity date is malformed");
	else
		rc = ST_OK;
	ASN1_GENERALIZEDTIME_free(t);
	return rc;
}

static enum status
read_entry_exts(const X509_REVOKED *r, struct crl *c, struct crl_entry *e,
    struct diag *d)
{
	bool reason = false, since = false;
	X509_EXTENSION *ext;
	enum status rc = ST_OK;
	int nid;

	for (int i = 0; i < X509_REVOKED_get_ext_count(r); i++) {
		ext = X509_REVOKED_get_ext(r, i);
		nid = OBJ_obj2nid(X509_EXTENSION_get_object(ext));
		if ((nid == NID_crl_reason && reason) ||
		    (nid == NID_invalidity_date && since))
			FAIL(d, ST_FORMAT, "FORMATS 6.14: an entry has an "
			    "extension twice");
		if (X509_EXTENSION_get_critical(ext) != 0) {
			note_foreign(c, ext);
		} else if (nid == NID_crl_reason) {
			reason = true;
			TRY(read_reason(ext, e, d));
		} else if (nid == NID_invalidity_date) {
			since = true;
			TRY(read_since(ext, e, d));
		} else {
			note_foreign(c, ext);
		}
	}
out:
	return rc;
}

static enum status
read_entry(const X509_REVOKED *r, struct crl *c, struct crl_entry *e,
    struct diag *d)
{
	const ASN1_INTEGER *serial = X509_REVOKED_get0_serialNumber(r);
	const uint8_t *data = ASN1_STRING_get0_data(serial);
	const int len = ASN1_STRING_length(serial);
	enum status rc;

	if (ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER || len < 1 ||
	    len > (int)sizeof(e->serial))
		FAIL(d, ST_FORMAT, "FORMATS 6.14: an entry's serial number is "
		    "negative, or longer than %zu bytes", sizeof(e->serial));
	e->serial_len = (size_t)len;
	memcpy(e->serial, data, e->serial_len);
	e->invalid_since = -1;
	TRY(ossl_validity(X509_REVOKED_get0_revocationDate(r), &e->date, d));
	TRY(read_entry_exts(r, c, e, d));
out:
	return rc;
}

/* Others do not sort theirs; a serial number twice is refused. */
static enum status
sort_entries(struct crl_spec *s, struct diag *d)
{
	bool sorted = true;

	for (size_t i = 1; sorted && i < s->n; i++)
		sorted = compare(&s->entries[i - 1], &s->entries[i]) < 0;
	if (sorted)
		return ST_OK;
	qsort(s->entries, s->n, sizeof(*s->entries), compare);
	for (size_t i = 1; i < s->n; i++)
		if (compare(&s->entries[i - 1], &s->entries[i]) == 0)
			return diag_set(d, ST_FORMAT, "FORMATS 6.14: a serial "
			    "number is there twice");
	return ST_OK;
}

static enum status
read_entries(const ASN1_LIST *t, struct crl *c, struct diag *d)
{
	const int n = t->entries == NULL ? 0 :
	    sk_X509_REVOKED_num(t->entries);
	enum status rc;

	if (n > CRL_ENTRIES_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 6.14: more than %d entries",
		    CRL_ENTRIES_MAX);
	if (t->entries != NULL && n == 0)
		FAIL(d, ST_FORMAT, "FORMATS 6.14: a sequence of no entries");
	c->spec.entries = calloc((size_t)n + 1, sizeof(*c->spec.entries));
	if (c->spec.entries == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (int i = 0; i < n; i++)
		TRY(read_entry(sk_X509_REVOKED_value(t->entries, i), c,
		    &c->spec.entries[i], d));
	c->spec.n = (size_t)n;
	TRY(sort_entries(&c->spec, d));
out:
	return rc;
}

static enum status
read_aki(X509_EXTENSION *ext, struct crl *c, struct diag *d)
{
	AUTHORITY_KEYID *aki;
	enum status rc = ST_OK;

	aki = open_value(ext, ASN1_ITEM_rptr(AUTHORITY_KEYID));
	if (aki == NULL || aki->issuer != NULL || aki->serial != NULL ||
	    aki->keyid == NULL || ASN1_STRING_length(aki->keyid) !=
	    (int)sizeof(c->spec.issuer_ski))
		rc = diag_set(d, ST_FORMAT, "FORMATS 6.13: its authority key "
		    "identifier is not a key identifier of 20 bytes alone");
	else
		memcpy(c->spec.issuer_ski, ASN1_STRING_get0_data(aki->keyid),
		    sizeof(c->spec.issuer_ski));
	c->has_aki = rc == ST_OK;
	AUTHORITY_KEYID_free(aki);
	return rc;
}

static enum status
read_number(X509_EXTENSION *ext, struct crl *c, struct diag *d)
{
	ASN1_INTEGER *n;
	enum status rc = ST_OK;

	n = open_value(ext, ASN1_ITEM_rptr(ASN1_INTEGER));
	if (n == NULL || ASN1_INTEGER_get_uint64(&c->spec.number, n) != 1)
		rc = diag_set(d, ST_FORMAT, "FORMATS 6.13: its number is not "
		    "one below 2^64");
	ASN1_INTEGER_free(n);
	return rc;
}

static enum status
read_exts(const ASN1_LIST *t, struct crl *c, struct diag *d)
{
	const int n = t->exts == NULL ? 0 : sk_X509_EXTENSION_num(t->exts);
	bool number = false;
	X509_EXTENSION *ext;
	enum status rc;
	int nid;

	for (int i = 0; i < n; i++) {
		ext = sk_X509_EXTENSION_value(t->exts, i);
		nid = OBJ_obj2nid(X509_EXTENSION_get_object(ext));
		if ((nid == NID_authority_key_identifier && c->has_aki) ||
		    (nid == NID_crl_number && number))
			FAIL(d, ST_FORMAT, "FORMATS 6.13: an extension is "
			    "there twice");
		if (X509_EXTENSION_get_critical(ext) != 0) {
			note_foreign(c, ext);
		} else if (nid == NID_authority_key_identifier) {
			TRY(read_aki(ext, c, d));
		} else if (nid == NID_crl_number) {
			TRY(read_number(ext, c, d));
			number = true;
		} else {
			note_foreign(c, ext);
		}
	}
	if (!number)
		FAIL(d, ST_FORMAT, "FORMATS 6.13: it has no number");
	rc = ST_OK;
out:
	return rc;
}

static enum status
read_fields(const ASN1_LIST *t, struct crl *c, struct diag *d)
{
	X509_NAME *x = NULL;
	enum status rc;

	if (ASN1_INTEGER_get(t->version) != VERSION_2)
		FAIL(d, ST_FORMAT, "FORMATS 6.13: not a list of version 2");
	x = asn1_read(ASN1_ITEM_rptr(X509_NAME),
	    ASN1_STRING_get0_data(t->issuer),
	    (size_t)ASN1_STRING_length(t->issuer));
	if (x == NULL || !ossl_name_printable(x))
		FAIL(d, ST_FORMAT, "FORMATS 6.11: a name that is not "
		    "printable text");
	ossl_unname(x, &c->spec.issuer, &c->plain_names, c->issuer,
	    sizeof(c->issuer));
	TRY(ossl_validity(t->this_update, &c->spec.this_update, d));
	TRY(ossl_validity(t->next_update, &c->spec.next_update, d));
	TRY(read_exts(t, c, d));
	TRY(read_entries(t, c, d));
out:
	X509_NAME_free(x);
	return rc;
}

/* What was signed, and by what. */
static enum status
read_tbs(const ASN1_SIGNED *s, struct crl *c, struct diag *d)
{
	const uint8_t *tbs = ASN1_STRING_get0_data(s->tbs);
	const size_t len = (size_t)ASN1_STRING_length(s->tbs);
	const struct alg_sig *alg = signed_alg(s);
	ASN1_LIST *t;
	enum status rc;

	t = asn1_read(ASN1_ITEM_rptr(ASN1_LIST), tbs, len);
	if (t == NULL)
		FAIL(d, ST_FORMAT, "FORMATS 6.13: not what a list with a next "
		    "update holds");
	if (alg == NULL || ASN1_STRING_cmp(s->alg, t->alg) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 6.13: signed by an algorithm that "
		    "is not known here, or by two");
	snprintf(c->alg, sizeof(c->alg), "%s", alg->name);
	TRY(read_fields(t, c, d));
	hash_sha384(tbs, len, c->tbs);
	hash_sha384(c->der.data, c->der.len, c->id);
out:
	list_free(t);
	return rc;
}

enum status
crl_read(const char *name, const void *data, size_t len, struct crl **out,
    struct diag *d)
{
	struct crl *c = NULL;
	ASN1_SIGNED *s = NULL;
	enum status rc;

	*out = NULL;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	if (len == 0 || len > CRL_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 6.1: not 1 to %d bytes", CRL_MAX);
	TRY(ossl_der(name, "X509 CRL", NULL, data, len, &c->der, d));
	s = asn1_read(ASN1_ITEM_rptr(ASN1_SIGNED), c->der.data, c->der.len);
	if (s == NULL)
		FAIL(d, ST_FORMAT, "FORMATS 6.1: not exactly one list in "
		    "canonical DER");
	TRY(read_tbs(s, c, d));

	*out = c;
	c = NULL;
	rc = ST_OK;
out:
	ERR_clear_error();
	if (rc != ST_OK)
		diag_prefix(d, "%s", name);
	ASN1_item_free((ASN1_VALUE *)s, ASN1_ITEM_rptr(ASN1_SIGNED));
	crl_free(c);
	return rc;
}

enum status
crl_signed_by(const struct crl *c, const struct spki *key, struct diag *d)
{
	return signed_by(&c->der, key, d);
}
