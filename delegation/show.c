/* see show.h */
#include <string.h>

#include "delegation/request.h"
#include "delegation/show.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"
#include "lib/pki/kind.h"
#include "lib/pki/profile.h"

static enum status
say_key(const struct spki *key, struct facts *f, struct diag *d)
{
	char id[SHA384_HEX_SIZE];
	enum status rc;

	text_hex(key->id, sizeof(key->id), id);
	TRY(facts_set(f, d, "key", "%s", key->alg));
	TRY(facts_set(f, d, "key-id", "%s", id));
out:
	return rc;
}

enum status
show_request(const struct csr *r, struct facts *out, struct diag *d)
{
	struct bytes words = { 0 };
	char id[SHA384_HEX_SIZE];
	enum status rc;

	text_hex(r->id, sizeof(r->id), id);
	TRY(words_text(r->id, WORDS_SHORT, &words, d));
	TRY(facts_set(out, d, "kind", "request"));
	/* a claim: nothing but the key is ever taken from a request */
	TRY(facts_set(out, d, "claimed-subject", "%s", r->subject));
	TRY(say_key(&r->key, out, d));
	TRY(facts_set(out, d, "der-sha384", "%s", id));
	TRY(facts_set(out, d, "request-words", "%s",
	    (const char *)words.data));
out:
	bytes_free(&words);
	return rc;
}

/* What a plan names, and sha384sum says: PEM is not the bytes that it has. */
static enum status
say_file(const struct bytes *data, struct facts *f, struct diag *d)
{
	char digest[SHA384_HEX_SIZE];

	hash_sha384_hex(data->data, data->len, digest);
	return facts_set(f, d, "file-sha384", "%s", digest);
}

static enum status
say_uses(const struct cert *c, struct facts *f, struct diag *d)
{
	const struct cert_ext *e;
	enum status rc = ST_OK;

	for (size_t i = 0; i < c->spec.ekus; i++)
		TRY(facts_add(f, d, "extended-key-usage", "%s",
		    c->spec.eku[i]));
	for (size_t i = 0; i < c->spec.policies; i++)
		TRY(facts_add(f, d, "policy", "%s", c->spec.policy[i]));
	for (size_t i = 0; i < c->nseen; i++) {
		e = &c->seen[i];
		TRY(facts_add(f, d, "extension", "%s%s", e->oid,
		    e->critical ? " critical" : ""));
	}
out:
	return rc;
}

static enum status
say_scope(const struct cert *c, const char *arc, struct facts *f,
    struct diag *d)
{
	struct scope scope;
	enum status rc;

	if (arc == NULL || profile_scope(c, arc, &scope, NULL) != ST_OK)
		return ST_OK;
	TRY(facts_set(f, d, "product", "%s", scope.product));
	TRY(facts_set(f, d, "role", "%s", scope.role));
	TRY(facts_set(f, d, "versions", "%s..%s", scope.from, scope.to));
	TRY(facts_set(f, d, "slot", "%s", scope.slot));
out:
	return rc;
}

enum status
show_cert(const struct cert *c, const char *arc, struct facts *out,
    struct diag *d)
{
	char id[SHA384_HEX_SIZE], serial[41], from[CLOCK_TEXT_SIZE],
	    to[CLOCK_TEXT_SIZE];
	enum status rc;

	text_hex(c->id, sizeof(c->id), id);
	text_hex(c->serial, c->serial_len, serial);
	clock_text(c->spec.not_before, from);
	clock_text(c->spec.not_after, to);
	TRY(facts_set(out, d, "kind", "certificate"));
	if (profile_is_test(&c->spec.subject))
		TRY(facts_set(out, d, "mark", "TEST: made by a rehearsal"));
	TRY(facts_set(out, d, "subject", "%s", c->subject));
	TRY(facts_set(out, d, "issuer", "%s", c->issuer));
	TRY(facts_set(out, d, "serial", "%s", serial));
	TRY(facts_set(out, d, "not-before", "%s", from));
	TRY(facts_set(out, d, "not-after", "%s", to));
	TRY(say_scope(c, arc, out, d));
	TRY(say_key(&c->key, out, d));
	TRY(facts_set(out, d, "signed-with", "%s", c->alg));
	TRY(say_uses(c, out, d));
	TRY(facts_set(out, d, "sha384", "%s", id));
out:
	return rc;
}

enum status
show_file(const char *name, const struct bytes *data, const char *arc,
    struct facts *out, struct diag *d)
{
	struct csr *r = NULL;
	struct cert *c = NULL;
	enum status rc;

	if (pki_kind(data) == PKI_CERTIFICATE) {
		TRY(cert_read(name, data->data, data->len, &c, d));
		TRY(show_cert(c, arc, out, d));
	} else {
		TRY(request_read(name, data, &r, d));
		TRY(request_check(name, r, d));
		TRY(show_request(r, out, d));
		TRY(say_file(data, out, d));
	}
out:
	csr_free(r);
	cert_free(c);
	if (rc != ST_OK)
		facts_clear(out);
	return rc;
}
