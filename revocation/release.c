/* see release.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/clock.h"
#include "lib/base/table.h"
#include "lib/base/text.h"
#include "lib/crypto/crl.h"
#include "lib/pki/issue.h"
#include "lib/pki/lint.h"
#include "revocation/release.h"
#include "revocation/responder.h"

#define ALL "all"

void
releases_clear(struct releases *r)
{
	for (size_t i = 0; i < r->n; i++) {
		bytes_free(&r->release[i].pem);
		bytes_free(&r->release[i].der);
		for (size_t j = 0; j < r->release[i].halves; j++)
			bytes_free(&r->release[i].half[j].bytes);
	}
	free(r->release);
	memset(r, 0, sizeof(*r));
}

/* --- which list --- */

bool
sealed_is_all(const struct sealed *q)
{
	return strncmp(q->target, ALL, strlen(ALL)) == 0;
}

const char *
sealed_spare(const struct sealed *q)
{
	return sealed_is_all(q) && q->target[strlen(ALL)] == '-' ?
	    q->target + strlen(ALL) + 1 : NULL;
}

const struct sealed *
sealed_newest(const struct state *s, const char *root, const char *target)
{
	const bool all = strcmp(target, ALL) == 0;
	const struct sealed *q;

	for (size_t i = s->nsealed; i-- > 0;) {
		q = &s->sealed[i];
		if (strcmp(q->root, root) == 0 && (all ? sealed_is_all(q) :
		    strcmp(q->target, target) == 0))
			return q;
	}
	return NULL;
}

static bool
is_meant(const struct delegation *g, const char *word,
    const struct cert *cert)
{
	char serial[2 * sizeof(cert->serial) + 1];

	if (cert == NULL)
		return strcmp(g->name, word) == 0 ||
		    strcasecmp(g->serial, word) == 0;
	text_hex(cert->serial, cert->serial_len, serial);
	return strcmp(g->serial, serial) == 0 &&
	    memcmp(g->key_id, cert->key.id, SHA384_LEN) == 0;
}

/* With the names that there are: it is night, and a letter is easily wrong. */
static enum status
refuse_word(const struct state *s, const char *word, struct diag *d)
{
	struct bytes names = { 0 };
	const char *before = "; there are: ";
	enum status rc;

	TRY(text_append(&names, d, "%s", ""));
	for (size_t i = 0; i < s->ndelegations; i++) {
		if (s->delegations[i].revoked)
			continue;
		TRY(text_append(&names, d, "%s%s", before,
		    s->delegations[i].name));
		before = ", ";
	}
	FAIL(d, ST_POLICY, "there is no delegation \"%s\" in this state%s",
	    word, (const char *)names.data);
out:
	bytes_free(&names);
	return rc;
}

static enum status
find_key(const struct state *s, const char *word, const struct cert *cert,
    const struct delegation **out, struct diag *d)
{
	const struct delegation *g, *dead = NULL;
	size_t live = 0;
	enum status rc;

	for (size_t i = 0; i < s->ndelegations; i++) {
		g = &s->delegations[i];
		if (!is_meant(g, word, cert))
			continue;
		if (g->revoked)
			dead = g;
		else
			*out = g;
		live += !g->revoked;
	}
	if (live == 0 && dead == NULL)
		TRY(refuse_word(s, word, d));
	if (live == 0)
		FAIL(d, ST_POLICY, "delegation %s is revoked already, in the "
		    "regular list of root %s: publish that one", word,
		    dead->root);
	if (live > 1)
		FAIL(d, ST_POLICY, "there are %zu live delegations %s: give "
		    "the serial number", live, word);
	rc = ST_OK;
out:
	return rc;
}

static enum status
take(const struct state *s, const struct sealed *sealed,
    const struct delegation *const *key, size_t nkeys, struct releases *out,
    struct diag *d)
{
	const struct list *regular = state_last_list(s, sealed->root);
	struct release *r;
	enum status rc;

	if (regular == NULL)
		FAIL(d, ST_FORMAT, "root %s has no list", sealed->root);
	if (sealed->number < regular->number)
		FAIL(d, ST_POLICY, "RULES L1: root %s has signed %s after the "
		    "lists that were sealed in ceremony %u: clients that have "
		    "it take none of them", sealed->root, regular->object,
		    sealed->ceremony);
	if ((r = GROW(out->release, out->n)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	r->state = s;
	r->sealed = sealed;
	for (; r->nkeys < nkeys; r->nkeys++)
		r->key[r->nkeys] = key[r->nkeys];
	rc = ST_OK;
out:
	return rc;
}

static enum status
find_all(const struct state *s, struct releases *out, struct diag *d)
{
	const struct sealed *sealed;
	enum status rc;

	for (size_t i = 0; i < s->nroots; i++) {
		if ((sealed = sealed_newest(s, s->roots[i].name, ALL)) != NULL)
			TRY(take(s, sealed, NULL, 0, out, d));
	}
	rc = out->n > 0 ? ST_OK : diag_set(d, ST_POLICY, "FORMATS 8.28: no "
	    "list that revokes all keys of a root is sealed in this state");
out:
	return rc;
}

/* "gateway+sensor": the keys, in the order of the record. */
static enum status
find_keys(const struct state *s, const char *word,
    const struct delegation *key[RELEASE_KEYS], struct diag *d)
{
	const size_t len = strcspn(word, "+");
	const struct delegation *first = NULL, *second = NULL;
	struct bytes one = { 0 };
	enum status rc;

	TRY(text_format(&one, d, "%.*s", (int)len, word));
	TRY(find_key(s, (const char *)one.data, NULL, &first, d));
	TRY(find_key(s, word + len + 1, NULL, &second, d));
	if (first == second)
		FAIL(d, ST_POLICY, "%s is one key, not two", word);
	if (strcmp(first->root, second->root) != 0)
		FAIL(d, ST_POLICY, "%s are keys of two roots: each needs a "
		    "list of its own", word);
	key[0] = first < second ? first : second;
	key[1] = first < second ? second : first;
out:
	bytes_free(&one);
	return rc;
}

enum status
release_find(const struct state *s, const char *word,
    const struct cert *cert, struct releases *out, struct diag *d)
{
	const struct delegation *key[RELEASE_KEYS] = { NULL };
	const bool pair = cert == NULL && strchr(word, '+') != NULL;
	const struct sealed *sealed;
	char target[sizeof(sealed->target)];
	enum status rc;

	if (cert == NULL && strcmp(word, ALL) == 0)
		return find_all(s, out, d);
	TRY(pair ? find_keys(s, word, key, d) :
	    find_key(s, word, cert, &key[0], d));
	snprintf(target, sizeof(target), "%s%s%s", key[0]->serial,
	    pair ? "+" : "", pair ? key[1]->serial : "");
	if ((sealed = sealed_newest(s, key[0]->root, target)) == NULL)
		FAIL(d, ST_POLICY, "FORMATS 8.28: no list that revokes %s is "
		    "sealed: what is left is %s", word, pair ?
		    "all, or a ceremony" : "a ceremony");
	TRY(take(s, sealed, key, pair ? 2 : 1, out, d));
out:
	return rc;
}

bool
sealed_stops(const struct state *s, const struct sealed *q,
    const struct delegation *g)
{
	const struct sealed *own;

	if (strcmp(q->root, g->root) != 0)
		return false;
	if (!sealed_is_all(q))
		return text_listed(q->target, '+', g->serial);
	if (sealed_spare(q) != NULL &&
	    strcmp(sealed_spare(q), g->serial) == 0)
		return false;
	/* each key that was live then has a list of its own */
	for (size_t i = 0; i < s->nsealed; i++) {
		own = &s->sealed[i];
		if (own->ceremony == q->ceremony &&
		    strcmp(own->root, q->root) == 0 &&
		    strcmp(own->target, g->serial) == 0)
			return true;
	}
	return false;
}

/* --- is it the one? --- */

/* The regular list, made what the sealed one must be. */
static enum status
want_list(const struct release *r, int64_t dated, struct crl **out,
    struct diag *d)
{
	const struct state *s = r->state;
	const char *regular = state_last_list(s, r->sealed->root)->object;
	struct bytes bytes = { 0 };
	struct crl_entry e;
	struct crl *c = NULL;
	enum status rc;

	TRY(state_object(s, regular, &bytes, d));
	TRY(crl_read(regular, bytes.data, bytes.len, &c, d));
	for (size_t i = 0; i < s->ndelegations; i++) {
		if (!sealed_stops(s, r->sealed, &s->delegations[i]))
			continue;
		e = (struct crl_entry) { .serial_len = CERT_SERIAL_LEN,
			.date = dated, .reason = REASON_KEY_COMPROMISE,
			.invalid_since = -1 };
		TRY(text_unhex(s->delegations[i].serial, e.serial,
		    CERT_SERIAL_LEN, d));
		TRY(crl_spec_add(&c->spec, &e, d));
	}
	c->spec.number = r->sealed->number;
	c->spec.this_update = r->sealed->this_update;
	c->spec.next_update = r->sealed->next_update;
	*out = c;
	c = NULL;
out:
	crl_free(c);
	bytes_free(&bytes);
	return rc;
}

/* The first entry of ${a} that ${b} has not, or NULL; both are sorted. */
static const struct crl_entry *
lacks(const struct crl_spec *a, const struct crl_spec *b)
{
	const struct crl_entry *x, *y;
	size_t j = 0;

	for (size_t i = 0; i < a->n; i++, j++) {
		x = &a->entries[i];
		while (j < b->n && (b->entries[j].serial_len < x->serial_len ||
		    (b->entries[j].serial_len == x->serial_len &&
		    memcmp(b->entries[j].serial, x->serial,
		    x->serial_len) < 0)))
			j++;
		y = j < b->n ? &b->entries[j] : NULL;
		if (y == NULL || y->serial_len != x->serial_len ||
		    memcmp(y->serial, x->serial, x->serial_len) != 0)
			return x;
	}
	return NULL;
}

static enum status
check_list(const char *name, const struct crl *is, const struct crl *want,
    struct diag *d)
{
	const struct crl_entry *missing = lacks(&want->spec, &is->spec);
	const struct crl_entry *more = lacks(&is->spec, &want->spec);
	const struct crl_entry *e = missing != NULL ? missing : more;
	char serial[2 * sizeof(e->serial) + 1];
	enum status rc;

	if (is->spec.number != want->spec.number ||
	    is->spec.this_update != want->spec.this_update ||
	    is->spec.next_update != want->spec.next_update)
		FAIL(d, ST_AUTH, "%s: FORMATS 8.36: its list is not of the "
		    "number and dates that the record has", name);
	if (e != NULL) {
		text_hex(e->serial, e->serial_len, serial);
		FAIL(d, ST_AUTH, "%s: FORMATS 8.36: its list %s %s", name,
		    missing != NULL ? "does not revoke" : "also revokes",
		    serial);
	}
	if ((rc = issue_same_crl(is, &want->spec, d)) != ST_OK)
		diag_prefix(d, "%s: FORMATS 8.36", name);
out:
	return rc;
}

enum status
release_prove(struct release *r, int64_t dated, const struct bytes *pem,
    struct diag *d)
{
	const struct root *root = state_root(r->state, r->sealed->root);
	const char *name = r->sealed->object;
	struct crl *is = NULL, *want = NULL;
	char digest[SHA384_HEX_SIZE];
	enum status rc;

	if (root == NULL)
		FAIL(d, ST_FORMAT, "%s: its root is not in the record", name);
	hash_sha384_hex(pem->data, pem->len, digest);
	if (strcmp(digest, r->sealed->digest) != 0)
		FAIL(d, ST_AUTH, "%s: FORMATS 8.36: its list is not the one "
		    "whose digest the record has", name);
	TRY(crl_read(name, pem->data, pem->len, &is, d));
	if ((rc = crl_signed_by(is, &root->key, d)) != ST_OK ||
	    (rc = lint_crl(is, d)) != ST_OK) {
		diag_prefix(d, "%s", name);
		goto out;
	}
	TRY(want_list(r, dated, &want, d));
	TRY(check_list(name, is, want, d));
	TRY(bytes_set(&r->pem, pem->data, pem->len, d));
	TRY(bytes_set(&r->der, is->der.data, is->der.len, d));
out:
	crl_free(want);
	crl_free(is);
	return rc;
}

/* --- by whom it can be opened --- */

/* The first of two: what is around the envelopes of those named before. */
static enum status
open_outer(struct release *r, const struct responders *all,
    const struct responder *by, const struct opener *who, struct diag *d)
{
	const struct sealed *q = r->sealed;
	const struct entry *e = &r->state->entries[q->entry - 1];
	const size_t at = (size_t)(by - all->one);
	struct bytes sealed = { 0 };
	const char *name;
	struct half *h;
	enum status rc;

	if (at == 0)
		FAIL(d, ST_POLICY, "FORMATS 8.37: it takes two, and %s is the "
		    "one who opens last: any other begins, without --half, "
		    "and hands on what that gives", by->word);
	for (size_t i = 0; i < at; i++) {
		name = e->objects[q->at + i].name;
		h = &r->half[r->halves];
		TRY(state_object(r->state, name, &sealed, d));
		TRY(seal_open(name, &sealed, who, by->cert, &h->bytes, d));
		snprintf(h->name, sizeof(h->name), "%s", all->one[i].word);
		r->halves++;
	}
	rc = ST_OK;
out:
	bytes_free(&sealed);
	return rc;
}

/* One alone, or the second of two. */
static enum status
open_list(struct release *r, const struct responders *all,
    const struct responder *by, const struct opener *who,
    const struct bytes *half, struct diag *d)
{
	const struct sealed *q = r->sealed;
	struct bytes sealed = { 0 }, pem = { 0 };
	enum status rc;

	if (half == NULL)
		TRY(state_object(r->state, q->object, &sealed, d));
	TRY(seal_open(q->object, half != NULL ? half : &sealed, who, by->cert,
	    &pem, d));
	TRY(release_prove(r, all->effective, &pem, d));
out:
	bytes_free(&sealed);
	bytes_free(&pem);
	return rc;
}

enum status
release_open(struct release *r, const struct step_kind *const *steps,
    const char *name, const struct opener *who, const struct bytes *half,
    struct diag *d)
{
	const struct sealed *q = r->sealed;
	struct responders all = { 0 };
	const struct responder *by;
	enum status rc;

	TRY(responders_read(r->state, q, steps, &all, d));
	if ((by = responders_find(&all, opener_public(who))) == NULL)
		FAIL(d, ST_AUTH, "%s: it is the key of no responder of "
		    "ceremony %u who can open %s", name, q->ceremony,
		    q->object);
	if (q->need == 1 && half != NULL)
		FAIL(d, ST_POLICY, "FORMATS 8.37: %s takes one responder: "
		    "there is no half of it", q->object);
	TRY(q->need > 1 && half == NULL ? open_outer(r, &all, by, who, d) :
	    open_list(r, &all, by, who, half, d));
out:
	responders_clear(&all);
	return rc;
}

/* --- what it does --- */

static bool
any_stops(const struct releases *r, const struct delegation *g)
{
	for (size_t i = 0; i < r->n; i++) {
		if (sealed_stops(r->release[i].state, r->release[i].sealed, g))
			return true;
	}
	return false;
}

/* The delegation that can take over from ${g}: the first to be valid. */
static const struct delegation *
next_valid(const struct releases *r, const struct delegation *g, int64_t now)
{
	const struct state *s = r->release[0].state;
	const struct delegation *h, *next = NULL;

	for (size_t i = 0; i < s->ndelegations; i++) {
		h = &s->delegations[i];
		if (!h->revoked && h->not_after > now && !any_stops(r, h) &&
		    strcmp(h->product, g->product) == 0 &&
		    strcmp(h->role, g->role) == 0 &&
		    (next == NULL || h->not_before < next->not_before))
			next = h;
	}
	return next;
}

static enum status
say_stopped(const struct releases *r, const struct delegation *g, int64_t now,
    struct facts *f, struct diag *d)
{
	const struct delegation *next = next_valid(r, g, now);
	char from[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];
	enum status rc;

	clock_text(g->not_after, until);
	TRY(facts_add(f, d, "stops", "%s: %s of %s, slot %s, until %s, by %s, "
	    "serial %s", g->name, g->role, g->product, g->slot, until,
	    g->root, g->serial));
	if (next == NULL) {
		TRY(facts_add(f, d, "next-key", "%s of %s: none", g->role,
		    g->product));
	} else {
		clock_text(next->not_before, from);
		clock_text(next->not_after, until);
		TRY(facts_add(f, d, "next-key", "%s of %s: %s, slot %s, %s to "
		    "%s, by %s, serial %s", g->role, g->product, next->name,
		    next->slot, from, until, next->root, next->serial));
	}
out:
	return rc;
}

/* Who asked for all must know what goes on. */
static enum status
say_keys(const struct releases *r, int64_t now, struct facts *f,
    struct diag *d)
{
	const struct state *s = r->release[0].state;
	const struct delegation *g;
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->ndelegations && rc == ST_OK; i++) {
		g = &s->delegations[i];
		if (any_stops(r, g))
			rc = say_stopped(r, g, now, f, d);
		else if (r->release[0].nkeys == 0 && !g->revoked &&
		    g->not_after > now)
			rc = facts_add(f, d, "goes-on", "%s: %s of %s, by %s, "
			    "serial %s: no list that revokes it is sealed",
			    g->name, g->role, g->product, g->root, g->serial);
	}
	return rc;
}

/* Whether ${q} revokes all that ${r} does. */
static bool
covers(const struct sealed *q, const struct release *r)
{
	if (q->ceremony != r->sealed->ceremony)
		return false;
	for (size_t i = 0; i < r->nkeys; i++) {
		if (!sealed_stops(r->state, q, r->key[i]))
			return false;
	}
	return r->nkeys > 0 || sealed_is_all(q);
}

/* The last moment at which a client may take an older list, or one that was
 * sealed and got out, for the newest (RULES L2). */
static int64_t
exposed_until(const struct release *r)
{
	const struct state *s = r->state;
	int64_t until = 0;

	for (size_t i = 0; i < s->nlists; i++) {
		if (strcmp(s->lists[i].root, r->sealed->root) == 0 &&
		    s->lists[i].next_update > until)
			until = s->lists[i].next_update;
	}
	for (size_t i = 0; i < s->nsealed; i++) {
		if (strcmp(s->sealed[i].root, r->sealed->root) == 0 &&
		    !covers(&s->sealed[i], r) &&
		    s->sealed[i].next_update > until)
			until = s->sealed[i].next_update;
	}
	return until;
}

static enum status
say_exposure(const struct release *r, int64_t now, struct facts *f,
    struct diag *d)
{
	const int64_t until = exposed_until(r);
	const int64_t days = until <= now ? 0 :
	    (until - now + CLOCK_DAY - 1) / CLOCK_DAY;
	char text[CLOCK_TEXT_SIZE];

	clock_text(until, text);
	return facts_add(f, d, "exposure", "%lld days, to %s: until then an "
	    "older list of root %s can be replayed to a client that has not "
	    "seen this one%s", (long long)days, text, r->sealed->root,
	    until > now ? "" : "; past by this machine's clock, and this list "
	    "too");
}

/* "gateway", "gateway and sensor", "all": what a sealed list revokes. */
static enum status
target_text(const struct state *s, const struct sealed *q, struct bytes *out,
    struct diag *d)
{
	const struct delegation *g;
	enum status rc;

	if (sealed_is_all(q)) {
		g = sealed_spare(q) == NULL ? NULL :
		    state_delegation(s, sealed_spare(q));
		return text_format(out, d, "all%s%s", g == NULL ? "" :
		    " but ", g == NULL ? "" : g->name);
	}
	TRY(text_format(out, d, "%s", ""));
	for (size_t i = 0; i < s->ndelegations; i++) {
		g = &s->delegations[i];
		if (text_listed(q->target, '+', g->serial))
			TRY(text_append(out, d, "%s%s",
			    out->len == 0 ? "" : " and ", g->name));
	}
	rc = ST_OK;
out:
	return rc;
}

/* Without what was released at hand: a list that revokes less, or others,
 * takes this one back (RULES L3). */
static enum status
say_others(const struct release *r, int64_t now, struct facts *f,
    struct diag *d)
{
	const struct state *s = r->state;
	struct bytes target = { 0 };
	const struct sealed *q;
	enum status rc;

	for (size_t i = 0; i < s->nsealed; i++) {
		q = &s->sealed[i];
		if (q == r->sealed || q->next_update <= now ||
		    strcmp(q->root, r->sealed->root) != 0)
			continue;
		TRY(target_text(s, q, &target, d));
		TRY(facts_add(f, d, covers(q, r) ? "may-follow" : "withhold",
		    "%s: revokes %s", q->object, (const char *)target.data));
	}
	TRY(facts_add(f, d, "withhold", "every regular list of root %s that "
	    "does not revoke what this one does: made before it, or after it "
	    "by a ceremony that was not told", r->sealed->root));
out:
	bytes_free(&target);
	return rc;
}

static enum status
say_next(const struct release *r, struct facts *f, struct diag *d)
{
	const char *root = r->sealed->root;
	enum status rc;

	TRY(facts_add(f, d, "next", "put %s.crl.pem or %s.crl (DER) wherever "
	    "the list of root %s is fetched from, and into every bundle or "
	    "image that carries one, in place of the old one", root, root,
	    root));
	TRY(facts_add(f, d, "next", "tell who signs with what stops, who "
	    "ships it, and the other responders: none of them may release a "
	    "list of root %s that is to be withheld", root));
	TRY(facts_add(f, d, "next", "tell the officer: the next ceremony must "
	    "have an [account] of root %s with the signed file in the journal, "
	    "above its [crl]", root));
out:
	return rc;
}

enum status
releases_say(const struct releases *r, int64_t now, struct facts *out,
    struct diag *d)
{
	const struct sealed *q;
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];
	enum status rc;

	TRY(say_keys(r, now, out, d));
	for (size_t i = 0; i < r->n; i++) {
		q = r->release[i].sealed;
		clock_text(q->this_update, from);
		clock_text(q->next_update, to);
		TRY(facts_add(out, d, "list", "%s: number %llu of root %s, %s "
		    "to %s", q->object, (unsigned long long)q->number,
		    q->root, from, to));
		TRY(say_exposure(&r->release[i], now, out, d));
		TRY(say_others(&r->release[i], now, out, d));
		TRY(say_next(&r->release[i], out, d));
	}
out:
	return rc;
}
