/* see issue.h */
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/pki/issue.h"

/* The serial number that this seed gives to this content: never chosen. */
static enum status
draw_serial(const struct cert_spec *spec, const struct issue_serial *serial,
    const char *alg, uint8_t out[CERT_SERIAL_LEN], struct diag *d)
{
	char label[sizeof("serial/") + SHA384_HEX_SIZE], hex[SHA384_HEX_SIZE];
	uint8_t digest[SHA384_LEN];
	enum status rc;

	TRY(cert_serial_digest(spec, alg, digest, d));
	text_hex(digest, sizeof(digest), hex);
	snprintf(label, sizeof(label), "serial/%s", hex);
	TRY(serial->derive(serial->cookie, label, out, CERT_SERIAL_LEN, d));
	/* positive, and always of the full length */
	out[0] = (uint8_t)((out[0] & 0x3f) | 0x40);
out:
	return rc;
}

static enum status
is_recorded(const struct key *key, const struct spki *recorded,
    struct diag *d)
{
	if (memcmp(key_public(key)->id, recorded->id, SHA384_LEN) == 0)
		return ST_OK;
	return diag_set(d, ST_AUTH, "the key that is open is not the one of "
	    "record");
}

/* Read the throw-away twin and hold it against the profile. */
static enum status
lint_made_cert(enum lint_kind kind, const char *arc, const struct bytes *twin,
    const struct spki *recorded, struct cert **out, struct diag *d)
{
	struct cert *c = NULL;
	enum status rc;

	TRY(cert_read("the throw-away twin", twin->data, twin->len, &c, d));
	TRY(lint_cert(kind, c, arc, d));
	if (memcmp(kind == LINT_ROOT ? c->ski : c->spec.issuer_ski,
	    recorded->ski, sizeof(recorded->ski)) != 0)
		FAIL(d, ST_BUG, "FORMATS 8.7: the throw-away twin names "
		    "another issuing key");
	*out = c;
	c = NULL;
out:
	cert_free(c);
	return rc;
}

enum status
issue_cert(enum lint_kind kind, const char *arc, const struct cert_spec *spec,
    const struct issue_serial *serial, const struct key *key,
    const struct spki *recorded, struct cert **out, struct diag *d)
{
	uint8_t number[CERT_SERIAL_LEN] = { 0 };
	struct bytes twin = { 0 }, der = { 0 };
	struct cert *c = NULL;
	enum status rc;

	*out = NULL;
	TRY(is_recorded(key, recorded, d));
	TRY(draw_serial(spec, serial, key_alg(key), number, d));
	/* first under a key that everybody knows */
	TRY(cert_rehearse(spec, number, key_alg(key), &twin, d));
	TRY(lint_made_cert(kind, arc, &twin, recorded, &c, d));
	/* then the very TBS that was examined, made twice and verified in
	 * there; the row reads the file that comes of it once more */
	TRY(cert_sign(spec, number, key, recorded, &twin, &der, d));
	cert_signed(c, &der);
	*out = c;
	c = NULL;
	rc = ST_OK;
out:
	cert_free(c);
	bytes_free(&twin);
	bytes_free(&der);
	return rc;
}

static enum status
lint_made_crl(const char *name, const struct bytes *der,
    const struct spki *recorded, struct crl **out, struct diag *d)
{
	struct crl *c = NULL;
	enum status rc;

	TRY(crl_read(name, der->data, der->len, &c, d));
	TRY(lint_crl(c, d));
	if (memcmp(c->spec.issuer_ski, recorded->ski, sizeof(recorded->ski)) !=
	    0)
		FAIL(d, ST_BUG, "FORMATS 8.22: %s names another issuing key",
		    name);
	*out = c;
	c = NULL;
out:
	crl_free(c);
	return rc;
}

enum status
issue_crl(const struct crl_spec *spec, const struct key *key,
    const struct spki *recorded, struct crl **out, struct diag *d)
{
	struct bytes twin = { 0 }, der = { 0 };
	struct crl *made = NULL, *tried = NULL;
	enum status rc;

	*out = NULL;
	TRY(is_recorded(key, recorded, d));
	/* first under a key that everybody knows */
	TRY(crl_rehearse(spec, key_alg(key), &twin, d));
	TRY(lint_made_crl("the throw-away twin", &twin, recorded, &tried, d));
	/* then the same TBS for real, made twice and verified in there */
	TRY(crl_sign(spec, key, recorded, &twin, &der, d));
	TRY(lint_made_crl("the list", &der, recorded, &made, d));
	if (memcmp(made->tbs, tried->tbs, SHA384_LEN) != 0)
		FAIL(d, ST_BUG, "the root signed other bytes than were "
		    "examined");
	*out = made;
	made = NULL;
	rc = ST_OK;
out:
	crl_free(tried);
	crl_free(made);
	bytes_free(&twin);
	bytes_free(&der);
	return rc;
}

/* --- computed again, by anyone --- */

enum status
issue_same_cert(const struct cert *cert, const struct cert_spec *spec,
    struct diag *d)
{
	uint8_t want[SHA384_LEN];
	enum status rc;

	if (cert->serial_len != CERT_SERIAL_LEN)
		FAIL(d, ST_AUTH, "FORMATS 8.3: its serial number is not of 16 "
		    "octets");
	TRY(cert_tbs_digest(spec, cert->serial, cert->alg, want, d));
	if (memcmp(want, cert->tbs, SHA384_LEN) != 0)
		FAIL(d, ST_AUTH, "FORMATS 8.17: it is not what the plan asked "
		    "for");
	rc = ST_OK;
out:
	return rc;
}

enum status
issue_same_crl(const struct crl *crl, const struct crl_spec *spec,
    struct diag *d)
{
	struct bytes twin = { 0 };
	struct crl *again = NULL;
	enum status rc;

	TRY(crl_rehearse(spec, crl->alg, &twin, d));
	TRY(crl_read("what was asked for", twin.data, twin.len, &again, d));
	if (memcmp(again->tbs, crl->tbs, SHA384_LEN) != 0)
		FAIL(d, ST_AUTH, "FORMATS 8.17: it is not what the plan asked "
		    "for");
out:
	crl_free(again);
	bytes_free(&twin);
	return rc;
}
