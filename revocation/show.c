/* see show.h */
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/cert.h"
#include "revocation/reason.h"
#include "revocation/show.h"

#define CEREMONY_SHIFT 32 /* FORMATS 8.23 */

static const struct root *
find_root(const struct state *s, const struct crl *c)
{
	for (size_t i = 0; i < s->nroots; i++) {
		if (crl_signed_by(c, &s->roots[i].key, NULL) == ST_OK)
			return &s->roots[i];
	}
	return NULL;
}

/* The file of the record that has these very bytes, or was sealed with them. */
static enum status
say_place(const struct crl *c, const struct state *s, const char *root,
    struct facts *f, struct diag *d)
{
	char digest[SHA384_HEX_SIZE];
	const char *object = NULL;
	struct bytes pem = { 0 };
	enum status rc;

	TRY(cert_pem(&c->der, "X509 CRL", &pem, d));
	hash_sha384_hex(pem.data, pem.len, digest);
	for (size_t i = 0; i < s->nlists; i++) {
		if (strcmp(state_object_digest(s, s->lists[i].object),
		    digest) == 0)
			object = s->lists[i].object;
	}
	for (size_t i = 0; i < s->nsealed; i++) {
		if (strcmp(s->sealed[i].digest, digest) == 0)
			object = s->sealed[i].object;
	}
	TRY(facts_set(f, d, "signed-by", "root %s", root));
	TRY(facts_set(f, d, "in-the-record", "%s", object != NULL ? object :
	    "no: this state does not know it"));
out:
	bytes_free(&pem);
	return rc;
}

static enum status
say_entry(const struct crl_entry *e, const struct state *s,
    const struct root *root, struct facts *f, struct diag *d)
{
	char serial[2 * CRL_SERIAL_MAX + 1], date[CLOCK_TEXT_SIZE],
	    since[CLOCK_TEXT_SIZE] = "";
	const struct delegation *g;

	text_hex(e->serial, e->serial_len, serial);
	clock_text(e->date, date);
	if (e->invalid_since >= 0)
		clock_text(e->invalid_since, since);
	g = s == NULL ? NULL : state_delegation(s, serial);
	if (g != NULL && strcmp(g->root, root->name) != 0)
		g = NULL;
	return facts_add(f, d, "revoked", "%s%s%s: %s, %s%s%s", serial,
	    g == NULL ? "" : " ", g == NULL ? "" : g->name,
	    e->reason == REASON_UNSPECIFIED ? "no reason" :
	    reason_word(e->reason), date,
	    since[0] == '\0' ? "" : ", invalid since ", since);
}

enum status
list_show(const char *name, const struct crl *c, const struct state *s,
    int64_t now, struct facts *out, struct diag *d)
{
	const struct crl_spec *l = &c->spec;
	const struct root *root = NULL;
	char id[SHA384_HEX_SIZE], from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];
	enum status rc;

	if (s != NULL && (root = find_root(s, c)) == NULL)
		FAIL(d, ST_AUTH, "%s: no root of this state signed it", name);
	text_hex(c->id, sizeof(c->id), id);
	clock_text(l->this_update, from);
	clock_text(l->next_update, to);
	TRY(facts_set(out, d, "kind", "revocation list"));
	TRY(facts_set(out, d, "issuer", "%s", c->issuer));
	TRY(facts_set(out, d, "number", "%llu (ceremony %llu, list %llu)",
	    (unsigned long long)l->number,
	    (unsigned long long)(l->number >> CEREMONY_SHIFT),
	    (unsigned long long)(l->number & UINT32_MAX)));
	TRY(facts_set(out, d, "this-update", "%s", from));
	TRY(facts_set(out, d, "next-update", "%s", to));
	TRY(facts_set(out, d, "is", "%s", now < l->this_update ?
	    "not valid yet" : now > l->next_update ? "over" : s == NULL ?
	    "valid, if its signature is" : "valid"));
	if (root != NULL)
		TRY(say_place(c, s, root->name, out, d));
	TRY(facts_set(out, d, "sha384", "%s", id));
	TRY(facts_set(out, d, "entries", "%zu", l->n));
	for (size_t i = 0; i < l->n; i++)
		TRY(say_entry(&l->entries[i], s, root, out, d));
out:
	return rc;
}
