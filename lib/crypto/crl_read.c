/* see crl.h: reading.  OpenSSL makes objects of every entry; here they are read
 * where they lie, and of 100 000 none costs a microsecond. */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "lib/crypto/asn1.h"
#include "lib/crypto/crl.h"
#include "lib/crypto/ossl.h"
#include "lib/crypto/sign.h"
#include "lib/crypto/strict.h"

#define VERSION_2 1 /* as RFC 5280 counts */
#define TAG_INTEGER 0x02
#define TAG_SEQUENCE 0x30
#define SEEN_REASON 1U
#define SEEN_SINCE 2U

/* --- entries --- */

/* Whether it is one that we write, and say aloud. */
static bool
set_reason(struct crl_entry *e, long reason)
{
	static const enum crl_reason ours[] = { REASON_KEY_COMPROMISE,
	    REASON_AFFILIATION_CHANGED, REASON_SUPERSEDED, REASON_CESSATION };

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (reason == (long)ours[i]) {
			e->reason = ours[i];
			return true;
		}
	return false;
}

static enum status
read_reason(X509_EXTENSION *ext, struct crl_entry *e, struct diag *d)
{
	ASN1_ENUMERATED *value = X509V3_EXT_d2i(ext);
	const bool ours = value != NULL && set_reason(e,
	    ASN1_ENUMERATED_get(value));

	ASN1_ENUMERATED_free(value);
	if (ours)
		return ST_OK;
	return diag_set(d, ST_FORMAT, "FORMATS 6.14: an entry's reason is "
	    "none of keyCompromise, affiliationChanged, superseded and "
	    "cessationOfOperation");
}

static enum status
read_since(X509_EXTENSION *ext, struct crl_entry *e, struct diag *d)
{
	ASN1_GENERALIZEDTIME *t = X509V3_EXT_d2i(ext);
	enum status rc = ST_OK;

	if (t == NULL || ASN1_STRING_type(t) != V_ASN1_GENERALIZEDTIME ||
	    ossl_time(t, &e->invalid_since, NULL) != ST_OK)
		rc = diag_set(d, ST_FORMAT, "FORMATS 6.14: an entry's "
		    "invalidity date is malformed");
	ASN1_GENERALIZEDTIME_free(t);
	return rc;
}

/* What a complete, direct list never has: the first of it, by name. */
static void
note_foreign(struct crl *c, X509_EXTENSION *ext)
{
	if (c->foreign_ext[0] == '\0')
		OBJ_obj2txt(c->foreign_ext, sizeof(c->foreign_ext),
		    X509_EXTENSION_get_object(ext), 0);
}

/* One extension of an entry; ${seen} has SEEN_REASON, SEEN_SINCE. */
static enum status
read_entry_ext(X509_EXTENSION *ext, struct crl *c, struct crl_entry *e,
    unsigned *seen, struct diag *d)
{
	const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(ext));
	const unsigned bit = nid == NID_crl_reason ? SEEN_REASON :
	    nid == NID_invalidity_date ? SEEN_SINCE : 0;

	if ((*seen & bit) != 0)
		return diag_set(d, ST_FORMAT, "FORMATS 6.14: an entry has an "
		    "extension twice");
	*seen |= bit;
	if (!ossl_ext_canonical(ext))
		return diag_set(d, ST_FORMAT, "FORMATS 6.14: an entry's "
		    "extension is not canonical");
	if (bit == 0 || X509_EXTENSION_get_critical(ext) != 0) {
		note_foreign(c, ext);
		return ST_OK;
	}
	return bit == SEEN_REASON ? read_reason(ext, e, d) :
				    read_since(ext, e, d);
}

/* An extension as nearly every entry has one: a reason, not critical. */
static bool
is_plain_reason(const struct strict_element *ext, struct crl_entry *e)
{
	static const uint8_t reason[] = { 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04,
		0x03, 0x0a, 0x01 };

	return ext->len == sizeof(reason) + 1 &&
	    memcmp(ext->body, reason, sizeof(reason)) == 0 &&
	    set_reason(e, ext->body[sizeof(reason)]);
}

/* Any other: by OpenSSL's objects. */
static enum status
read_other_ext(const struct strict_element *ext, struct crl *c,
    struct crl_entry *e, unsigned *seen, struct diag *d)
{
	const size_t len = (size_t)(ext->body - ext->start) + ext->len;
	X509_EXTENSION *x = asn1_read(ASN1_ITEM_rptr(X509_EXTENSION),
	    ext->start, len);
	enum status rc;

	if (x == NULL)
		return diag_set(d, ST_FORMAT, "FORMATS 6.14: an entry's "
		    "extension is not canonical");
	rc = read_entry_ext(x, c, e, seen, d);
	X509_EXTENSION_free(x);
	return rc;
}

static enum status
read_entry_exts(const struct strict_element *all, struct crl *c,
    struct crl_entry *e, struct diag *d)
{
	const uint8_t *at = all->body;
	size_t left = all->len;
	struct strict_element ext;
	unsigned seen = 0;
	enum status rc;

	if (all->tag != TAG_SEQUENCE || left == 0)
		FAIL(d, ST_FORMAT, "FORMATS 6.14: an entry's extensions are "
		    "no sequence, or an empty one");
	while (left > 0) {
		if (!strict_next(&at, &left, &ext) || ext.tag != TAG_SEQUENCE)
			FAIL(d, ST_FORMAT, "FORMATS 6.14: an entry's extension "
			    "is malformed");
		if ((seen & SEEN_REASON) == 0 && is_plain_reason(&ext, e))
			seen |= SEEN_REASON;
		else
			TRY(read_other_ext(&ext, c, e, &seen, d));
	}
	rc = ST_OK;
out:
	return rc;
}

static enum status
read_serial(const struct strict_element *serial, struct crl_entry *e,
    struct diag *d)
{
	/* strict DER: not empty, and a 0 in front only where it must be */
	const uint8_t *at = serial->body;
	size_t len = serial->len;

	if (serial->tag != TAG_INTEGER || len == 0 || (at[0] & 0x80) != 0)
		len = 0;
	if (len > 1 && at[0] == 0) {
		at++;
		len--;
	}
	if (len < 1 || len > sizeof(e->serial))
		return diag_set(d, ST_FORMAT, "FORMATS 6.14: an entry's serial "
		    "number is negative, or longer than %zu bytes",
		    sizeof(e->serial));
	memcpy(e->serial, at, len);
	e->serial_len = len;
	return ST_OK;
}

static enum status
read_entry(const struct strict_element *entry, struct crl *c,
    struct crl_entry *e, struct diag *d)
{
	const uint8_t *at = entry->body;
	size_t left = entry->len;
	struct strict_element part;
	enum status rc;

	if (entry->tag != TAG_SEQUENCE || !strict_next(&at, &left, &part))
		FAIL(d, ST_FORMAT, "FORMATS 6.14: an entry is malformed");
	TRY(read_serial(&part, e, d));
	e->invalid_since = -1;
	if (!strict_next(&at, &left, &part))
		FAIL(d, ST_FORMAT, "FORMATS 6.14: an entry has no date");
	TRY(ossl_validity_at(part.tag, part.body, part.len, &e->date, d));
	if (left == 0)
		return ST_OK;
	if (!strict_next(&at, &left, &part) || left > 0)
		FAIL(d, ST_FORMAT, "FORMATS 6.14: an entry has more than its "
		    "extensions behind its date");
	TRY(read_entry_exts(&part, c, e, d));
out:
	return rc;
}

/* ${entries} is the whole sequence of them, or NULL. */
static enum status
read_entries(const ASN1_STRING *entries, struct crl *c, struct diag *d)
{
	struct strict_element all = { 0 }, e;
	const uint8_t *at = NULL;
	size_t left = 0, n = 0;
	enum status rc;

	if (entries != NULL) {
		at = ASN1_STRING_get0_data(entries);
		left = (size_t)ASN1_STRING_length(entries);
		if (!strict_next(&at, &left, &all))
			FAIL(d, ST_BUG, "a sequence that is none");
		at = all.body;
		left = all.len;
	}
	while (left > 0 && strict_next(&at, &left, &e))
		n++;
	if (left > 0 || n > CRL_ENTRIES_MAX || (entries != NULL && n == 0))
		FAIL(d, ST_FORMAT, "FORMATS 6.14: an empty sequence of "
		    "entries, or more than %d", CRL_ENTRIES_MAX);
	c->spec.entries = calloc(n + 1, sizeof(*c->spec.entries));
	if (c->spec.entries == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	at = all.body;
	left = all.len;
	for (; left > 0 && strict_next(&at, &left, &e); c->spec.n++)
		TRY(read_entry(&e, c, &c->spec.entries[c->spec.n], d));
	TRY(crl_spec_sort(&c->spec, &c->sorted, d));
out:
	return rc;
}

/* --- the list --- */

static enum status
read_aki(X509_EXTENSION *ext, struct crl *c, struct diag *d)
{
	AUTHORITY_KEYID *aki = X509V3_EXT_d2i(ext);
	enum status rc = ST_OK;

	if (aki == NULL || aki->issuer != NULL || aki->serial != NULL ||
	    aki->keyid == NULL || aki->keyid->length != 20)
		rc = diag_set(d, ST_FORMAT, "FORMATS 6.13: its authority key "
		    "identifier is not a key identifier alone");
	else
		memcpy(c->spec.issuer_ski, aki->keyid->data, 20);
	c->has_aki = rc == ST_OK;
	AUTHORITY_KEYID_free(aki);
	return rc;
}

static enum status
read_number(X509_EXTENSION *ext, struct crl *c, struct diag *d)
{
	ASN1_INTEGER *n = X509V3_EXT_d2i(ext);
	enum status rc = ST_OK;

	if (n == NULL || ASN1_INTEGER_get_uint64(&c->spec.number, n) != 1)
		rc = diag_set(d, ST_FORMAT, "FORMATS 6.13: its number is not "
		    "one below 2^64");
	ASN1_INTEGER_free(n);
	return rc;
}

/* One extension of the list; ${seen} has bit 0 for an AKI, 1 for a number. */
static enum status
read_ext(X509_EXTENSION *ext, struct crl *c, unsigned *seen, struct diag *d)
{
	const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(ext));
	const unsigned bit = nid == NID_authority_key_identifier ? 1 :
	    nid == NID_crl_number ? 2 : 0;

	if ((*seen & bit) != 0)
		return diag_set(d, ST_FORMAT, "FORMATS 6.13: an extension is "
		    "there twice");
	*seen |= bit;
	if (!ossl_ext_canonical(ext))
		return diag_set(d, ST_FORMAT, "FORMATS 6.13: an extension is "
		    "not canonical");
	if (bit == 0 || X509_EXTENSION_get_critical(ext) != 0) {
		note_foreign(c, ext);
		return ST_OK;
	}
	return bit == 1 ? read_aki(ext, c, d) : read_number(ext, c, d);
}

static enum status
read_exts(const ASN1_TBS_LIST *t, struct crl *c, struct diag *d)
{
	unsigned seen = 0;
	enum status rc;

	for (int i = 0; i < sk_X509_EXTENSION_num(t->exts); i++)
		TRY(read_ext(sk_X509_EXTENSION_value(t->exts, i), c, &seen,
		    d));
	if ((seen & 2) == 0)
		FAIL(d, ST_FORMAT, "FORMATS 6.13: it has no number");
	rc = ST_OK;
out:
	return rc;
}

static enum status
read_all(const ASN1_LIST *x, struct crl *c, struct diag *d)
{
	const ASN1_TBS_LIST *t = x->tbs;
	enum status rc;

	if (t->version == NULL || ASN1_INTEGER_get(t->version) != VERSION_2 ||
	    X509_ALGOR_cmp(t->alg, x->alg) != 0)
		FAIL(d, ST_FORMAT, "FORMATS 6.13: not a list of version 2, or "
		    "one of two signature algorithms");
	if (t->next_update == NULL)
		FAIL(d, ST_FORMAT, "FORMATS 6.13: it does not say when the "
		    "next one comes");
	if (!ossl_name_printable(t->issuer))
		FAIL(d, ST_FORMAT, "FORMATS 6.11: a name that is not "
		    "printable text");
	ossl_unname(t->issuer, &c->spec.issuer, &c->plain_names, c->issuer,
	    sizeof(c->issuer));
	TRY(ossl_validity(t->this_update, &c->spec.this_update, d));
	TRY(ossl_validity(t->next_update, &c->spec.next_update, d));
	ossl_signature_name(x->alg, c->alg);
	TRY(read_exts(t, c, d));
	TRY(read_entries(t->entries, c, d));
out:
	return rc;
}

/* Of what a signature is over: the first element in the outer one. */
static enum status
digest_tbs(struct crl *c, struct diag *d)
{
	const uint8_t *at = c->der.data;
	size_t left = c->der.len;
	struct strict_element e;
	enum status rc;

	if (!strict_next(&at, &left, &e))
		FAIL(d, ST_BUG, "a list that is none");
	at = e.body;
	left = e.len;
	if (!strict_next(&at, &left, &e))
		FAIL(d, ST_BUG, "a list that is none");
	hash_sha384(e.start, (size_t)(e.body - e.start) + e.len, c->tbs);
	rc = ST_OK;
out:
	return rc;
}

enum status
crl_read(const char *name, const void *data, size_t len, struct crl **out,
    struct diag *d)
{
	struct crl *c = NULL;
	ASN1_LIST *x = NULL;
	enum status rc;

	*out = NULL;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	if (len == 0 || len > CRL_MAX)
		FAIL(d, ST_FORMAT, "FORMATS 6.1: not 1 to %d bytes", CRL_MAX);
	TRY(ossl_der("X509 CRL", NULL, data, len, &c->der, d));
	x = asn1_read(ASN1_ITEM_rptr(ASN1_LIST), c->der.data, c->der.len);
	if (x == NULL)
		FAIL(d, ST_FORMAT, "FORMATS 6.1: not exactly one list in "
		    "canonical DER");
	TRY(digest_tbs(c, d));
	TRY(read_all(x, c, d));
	hash_sha384(c->der.data, c->der.len, c->id);
	*out = c;
	c = NULL;
out:
	if (rc != ST_OK)
		diag_prefix(d, "%s", name);
	ERR_clear_error();
	ASN1_item_free((ASN1_VALUE *)x, ASN1_ITEM_rptr(ASN1_LIST));
	crl_free(c);
	return rc;
}

enum status
crl_signed_by(const struct crl *c, const struct spki *key, struct diag *d)
{
	return sign_frame_once(&c->der, key, d);
}
