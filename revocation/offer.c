/* see offer.h */
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/crypto/cms.h"
#include "lib/record/signer.h"
#include "revocation/accept.h"
#include "revocation/make.h"
#include "revocation/offer.h"

enum status
offer_read(const struct plan *p, const struct ini_section *s,
    struct offer_signers *out, struct diag *d)
{
	const struct ini_entry *e = plan_entry(s, "by", NULL);
	enum status rc;

	out->n = 0;
	TRY(plan_words(p, e, out->name, BUNDLE_ANCHORS_MAX, &out->n, d));
	for (size_t i = 0; i < out->n; i++) {
		for (size_t j = 0; j < i; j++) {
			if (strcmp(out->name[i], out->name[j]) == 0)
				PLAN_FAIL(d, ST_POLICY, p, e->line, "FORMATS "
				    "9.21: root %s signs twice, and is "
				    "counted once", out->name[i]);
		}
	}
	rc = ST_OK;
out:
	return rc;
}

/* --- as the record says it --- */

static enum status
say_next(const struct bundle_next *n, const struct state *state,
    struct facts *f, struct diag *d)
{
	const struct root *root = make_root(state, n->key);
	char hex[SHA384_HEX_SIZE];

	text_hex(n->key, sizeof(n->key), hex);
	return facts_add(f, d, "next", "%s %s %s",
	    root == NULL ? "-" : root->name, n->alg, hex);
}

static enum status
say_dates(const struct bundle *b, struct facts *f, struct diag *d)
{
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE],
	    horizon[CLOCK_TEXT_SIZE];
	enum status rc;

	clock_text(b->not_before, from);
	clock_text(b->not_after, to);
	clock_text(b->horizon, horizon);
	TRY(facts_set(f, d, "not-before", "%s", from));
	TRY(facts_set(f, d, "not-after", "%s", to));
	TRY(facts_set(f, d, "horizon", "%s", horizon));
out:
	return rc;
}

static enum status
say(const struct bundle *b, const struct offer_signers *by,
    const struct state *state, struct facts *f, struct diag *d)
{
	const struct root *root;
	char id[SHA384_HEX_SIZE];
	enum status rc;

	text_hex(b->id, sizeof(b->id), id);
	TRY(facts_set(f, d, "file", "%zu", state->nbundles + 1));
	TRY(facts_set(f, d, "era", "%llu", (unsigned long long)b->era));
	TRY(facts_set(f, d, "seq", "%llu", (unsigned long long)b->seq));
	TRY(facts_set(f, d, "id", "%s", id));
	TRY(say_dates(b, f, d));
	for (size_t i = 0; i < b->anchors; i++) {
		root = make_root(state, b->anchor[i]->key.id);
		TRY(facts_add(f, d, "anchors", "%s",
		    root == NULL ? "-" : root->name));
	}
	for (size_t i = 0; i < b->nexts; i++)
		TRY(say_next(&b->next[i], state, f, d));
	for (size_t i = 0; i < by->n; i++)
		TRY(facts_add(f, d, "signers", "%s", by->name[i]));
out:
	return rc;
}

/* bundles/000001.der, and of who signs it bundles/000001.g1.p7s */
static void
file_name(const struct state *s, const char *signer,
    char out[OBJECT_NAME_SIZE])
{
	if (signer == NULL)
		snprintf(out, OBJECT_NAME_SIZE, "bundles/%06zu.der",
		    s->nbundles + 1);
	else
		snprintf(out, OBJECT_NAME_SIZE, "bundles/%06zu.%s.p7s",
		    s->nbundles + 1, signer);
}

/* --- signed --- */

/* " g1; to come: g2, g3", by name where a key is of this state. */
static enum status
show_keys(const struct bundle *b, const struct state *state,
    struct bytes *out, struct diag *d)
{
	const struct root *root;
	enum status rc = ST_OK;

	for (size_t i = 0; i < b->anchors + b->nexts; i++) {
		root = make_root(state, i < b->anchors ?
		    b->anchor[i]->key.id : b->next[i - b->anchors].key);
		TRY(text_append(out, d, "%s %s", i == 0 ? "" :
		    i == b->anchors ? "; to come:" : ",",
		    root == NULL ? "a key made elsewhere" : root->name));
	}
out:
	return rc;
}

enum status
offer_show(const struct bundle *b, uint64_t days, const struct plan *p,
    const struct state *state, struct bytes *out, struct diag *d)
{
	char span[SIGNER_SPAN_SIZE];
	enum status rc;

	signer_span(p, b->not_after, p->effective + (int64_t)days * CLOCK_DAY,
	    days, "days", span);
	TRY(text_format(out, d, "sign trust bundle %llu of era %llu:",
	    (unsigned long long)b->seq, (unsigned long long)b->era));
	TRY(show_keys(b, state, out, d));
	TRY(text_append(out, d, "; for %s", span));
out:
	return rc;
}

static enum status
sign_one(const struct bundle *b, const char *root, struct hands *hands,
    struct outcome *o, struct diag *d)
{
	const struct key *key = NULL;
	char name[OBJECT_NAME_SIZE];
	struct bytes p7s = { 0 };
	struct cert *cert = NULL;
	enum status rc;

	TRY(signer_cert(hands->state, root, &cert, d));
	TRY(hands->root(hands, root, &key, d));
	TRY(cms_sign(key, cert, b->arc, CMS_BUNDLE, b->not_before, &b->der,
	    &p7s, d));
	file_name(hands->state, root, name);
	TRY(outcome_add(o, name, &p7s, d));
out:
	cert_free(cert);
	bytes_free(&p7s);
	return rc;
}

enum status
offer_sign(const struct bundle *b, const struct offer_signers *by,
    struct hands *hands, struct outcome *o, struct diag *d)
{
	char name[OBJECT_NAME_SIZE];
	enum status rc;

	o->kind = "bundle";
	file_name(hands->state, NULL, name);
	TRY(outcome_add(o, name, &b->der, d));
	for (size_t i = 0; i < by->n; i++)
		TRY(sign_one(b, by->name[i], hands, o, d));
	TRY(say(b, by, hands->state, &o->facts, d));
out:
	return rc;
}

/* --- taken --- */

/* The file of ${root}, good and of the bundle's own date. */
static enum status
verify_one(const struct bundle *b, const char *root,
    const struct state *state, const struct object *file,
    struct accept_signers *signers, struct diag *d)
{
	char name[OBJECT_NAME_SIZE];
	struct cert *cert = NULL;
	int64_t time = 0;
	enum status rc;

	file_name(state, root, name);
	if (!variant_of(file->name, name))
		FAIL(d, ST_AUTH, "%s is not called %s", file->name, name);
	TRY(signer_cert(state, root, &cert, d));
	TRY(cms_verify(file->name, &file->bytes, cert, b->arc, CMS_BUNDLE,
	    &b->der, &time, d));
	if (time != b->not_before)
		FAIL(d, ST_AUTH, "FORMATS 9.55: %s is of another time than "
		    "its bundle", file->name);
	memcpy(signers->key[signers->n++], cert->key.id, SHA384_LEN);
out:
	cert_free(cert);
	return rc;
}

/* As a device takes it, that holds what the ceremonies before gave. */
static enum status
accept(const struct bundle *b, const struct accept_signers *by,
    const struct plan *p, const struct state *state, struct diag *d)
{
	const struct accept_clock clock = { p->effective, true };
	struct bundle *established = NULL, *last = NULL;
	struct accept_state held = { 0 };
	enum status rc;

	TRY(make_held(state, state_established(state), &established, d));
	TRY(make_held(state, state_last_bundle(state), &last, d));
	if (last == NULL) {
		TRY(accept_first(b, by, &clock, &held, d));
	} else {
		held = (struct accept_state){ established, last,
			established->not_before, last->not_before };
		TRY(accept_next(&held, b, by, &clock, &held, d));
	}
	TRY(accept_alive(&held, &clock, d));
out:
	bundle_free(established);
	bundle_free(last);
	return rc;
}

static enum status
check_said(const struct bundle *b, const struct offer_signers *by,
    const struct state *state, const struct outcome *o, struct diag *d)
{
	struct facts said = { 0 };
	const char *key;
	enum status rc;

	TRY(say(b, by, state, &said, d));
	if ((key = facts_differ(&said, &o->facts, NULL)) != NULL)
		FAIL(d, ST_AUTH, "the record gives another %s than the bundle",
		    key);
out:
	facts_clear(&said);
	return rc;
}

enum status
offer_verify(const struct bundle *b, const struct offer_signers *by,
    const struct plan *p, const struct state *state, const struct outcome *o,
    struct diag *d)
{
	struct accept_signers signers = { .n = 0 };
	char name[OBJECT_NAME_SIZE];
	enum status rc;

	file_name(state, NULL, name);
	if (strcmp(o->kind, "bundle") != 0 || o->n != 1 + by->n ||
	    !variant_of(o->objects[0].name, name))
		FAIL(d, ST_AUTH, "FORMATS 7.5: its files are not %s and one "
		    "signature of each signer", name);
	if (!bytes_equal(&o->objects[0].bytes, &b->der))
		FAIL(d, ST_AUTH, "FORMATS 9.55: %s is not what the plan asked "
		    "for", o->objects[0].name);
	TRY(check_said(b, by, state, o, d));
	for (size_t i = 0; i < by->n; i++)
		TRY(verify_one(b, by->name[i], state, &o->objects[1 + i],
		    &signers, d));
	TRY(accept(b, &signers, p, state, d));
out:
	return rc;
}
