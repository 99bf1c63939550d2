/* see store.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/table.h"
#include "lib/base/text.h"
#include "lib/crypto/words.h"
#include "lib/pki/rehearsal.h"
#include "lib/record/folder.h"
#include "lib/record/stick.h"
#include "revocation/revoked.h"
#include "revocation/store.h"

#define MINUTE 60

struct store {
	struct sticks *sticks; /* NULL: read only */
	int dirfd;
	bool rehearsal;
	uint64_t n; /* entries */
	char head[SHA384_HEX_SIZE];
	struct bundle *established, *last; /* owned; may be the same */
	struct accept_state state;
	struct crl **list; /* owned; in the order they came */
	size_t lists;
	struct revoked revoked; /* by any of them */
};

/* --- what an officer was sent --- */

static enum status
copy_signatures(struct walk_item *i, const struct bytes *sig, size_t n,
    struct diag *d)
{
	enum status rc = ST_OK;

	if (n > ACCEPT_SIGNERS_MAX)
		FAIL(d, ST_POLICY, "FORMATS 9.21: more than %d signatures",
		    ACCEPT_SIGNERS_MAX);
	if ((i->sig = calloc(n + 1, sizeof(*i->sig))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (; i->n < n; i->n++)
		TRY(bytes_set(&i->sig[i->n], sig[i->n].data, sig[i->n].len,
		    d));
out:
	return rc;
}

enum status
store_gift_add(struct store_gift *g, const char *name,
    const struct bytes *data, const struct bytes *sig, size_t n,
    struct diag *d)
{
	struct walk_item i = { 0 }, *place;
	enum status rc;

	if (g->n == WALK_MAX)
		FAIL(d, ST_POLICY, "more than %d bundles", WALK_MAX);
	TRY(bundle_read(name, data->data, data->len, &i.bundle, d));
	TRY(copy_signatures(&i, sig, n, d));
	if ((place = GROW(g->item, g->n)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	*place = i;
	memset(&i, 0, sizeof(i));
out:
	walk_item_clear(&i);
	return rc;
}

static enum status
add_list(struct crl ***lists, size_t *n, struct crl *c, struct diag *d)
{
	struct crl **place;

	if (*n == STORE_LISTS_MAX)
		return diag_set(d, ST_POLICY, "more than %d lists",
		    STORE_LISTS_MAX);
	if ((place = table_grow(lists, n, sizeof(struct crl *))) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	*place = c;
	return ST_OK;
}

enum status
store_gift_list(struct store_gift *g, const char *name,
    const struct bytes *data, struct diag *d)
{
	struct crl *c = NULL;
	enum status rc;

	TRY(crl_read(name, data->data, data->len, &c, d));
	TRY(add_list(&g->list, &g->lists, c, d));
	c = NULL;
out:
	crl_free(c);
	return rc;
}

void
store_gift_clear(struct store_gift *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < g->n; i++)
		walk_item_clear(&g->item[i]);
	for (size_t i = 0; i < g->lists; i++)
		crl_free(g->list[i]);
	free(g->item);
	free(g->list);
	memset(g, 0, sizeof(*g));
}

/* --- revocations --- */

bool
store_revoked(const struct store *s, const uint8_t issuer[20],
    const uint8_t *serial, size_t len)
{
	return revoked_has(&s->revoked, issuer, serial, len);
}

size_t
store_revocations(const struct store *s)
{
	return s->revoked.n;
}

static bool
is_of(const struct crl *c, const uint8_t issuer[20])
{
	return memcmp(c->spec.issuer_ski, issuer, 20) == 0;
}

enum status
store_list(const struct store *s, const struct cert *issuer,
    const struct crl **out, struct diag *d)
{
	const struct bundle_floor *floor = bundle_floor(s->state.last,
	    issuer->ski);
	const struct crl *best = NULL, *c;
	bool twice = false;
	enum status rc;

	*out = NULL;
	for (size_t i = 0; i < s->lists; i++) {
		c = s->list[i];
		if (!is_of(c, issuer->ski) ||
		    (best != NULL && c->spec.number < best->spec.number))
			continue;
		twice = best != NULL && c->spec.number == best->spec.number;
		best = c;
	}
	if (twice)
		FAIL(d, ST_POLICY, "FORMATS 9.46: two lists of root %s have "
		    "number %llu", issuer->subject,
		    (unsigned long long)best->spec.number);
	if (best != NULL && floor != NULL &&
	    best->spec.number < floor->number)
		FAIL(d, ST_POLICY, "FORMATS 9.46: list %llu of root %s is "
		    "below the floor %llu",
		    (unsigned long long)best->spec.number, issuer->subject,
		    (unsigned long long)floor->number);
	/* it names none that is not there: as many is all */
	if (best != NULL && best->spec.n != revoked_count(&s->revoked,
	    issuer->ski))
		FAIL(d, ST_POLICY, "RULES L5: list %llu of root %s would "
		    "un-revoke a key that another list revoked",
		    (unsigned long long)best->spec.number, issuer->subject);
	*out = best;
	rc = ST_OK;
out:
	return rc;
}

/* --- reading --- */

static enum status
object(const struct store *s, const struct object_ref *o, struct bytes *out,
    struct diag *d)
{
	char digest[SHA384_HEX_SIZE];
	enum status rc;

	TRY(folder_read(s->dirfd, o->name, FILE_MAX, out, d));
	hash_sha384_hex(out->data, out->len, digest);
	if (strcmp(digest, o->digest) != 0)
		FAIL(d, ST_AUTH, "%s: FORMATS 7.3: its digest is not the one "
		    "that was taken", o->name);
out:
	return rc;
}

/* The first file of an entry, as a bundle. */
static enum status
load_bundle(const struct store *s, const struct entry *e, struct bundle **out,
    struct diag *d)
{
	struct bytes der = { 0 };
	enum status rc;

	*out = NULL;
	if (e->n == 0)
		FAIL(d, ST_FORMAT, "entry %lu: FORMATS 9.41: it has no bundle",
		    (unsigned long)e->number);
	TRY(object(s, &e->objects[0], &der, d));
	TRY(bundle_read(e->objects[0].name, der.data, der.len, out, d));
out:
	bytes_free(&der);
	return rc;
}

static enum status
load_list(struct store *s, const struct entry *e, struct diag *d)
{
	struct bytes der = { 0 };
	struct crl *c = NULL;
	enum status rc;

	if (e->n != 1)
		FAIL(d, ST_FORMAT, "entry %lu: FORMATS 9.41: not one list",
		    (unsigned long)e->number);
	TRY(object(s, &e->objects[0], &der, d));
	TRY(crl_read(e->objects[0].name, der.data, der.len, &c, d));
	TRY(add_list(&s->list, &s->lists, c, d));
	c = NULL;
out:
	crl_free(c);
	bytes_free(&der);
	return rc;
}

static enum status
get_time(const struct entry *e, const char *key, int64_t *out, struct diag *d)
{
	const char *text;
	enum status rc;

	TRY(facts_need(&e->facts, key, &text, d));
	TRY(clock_read(text, out, d));
out:
	return rc;
}

/* Of all bundles two are asked: the last, and the establishment it is of.
 * What was accepted before was accepted then. */
static enum status
load_bundles(struct store *s, const struct entry *established,
    const struct entry *last, struct diag *d)
{
	enum status rc;

	TRY(load_bundle(s, established, &s->established, d));
	s->last = s->established;
	if (last != established)
		TRY(load_bundle(s, last, &s->last, d));
	s->state.established = s->established;
	s->state.last = s->last;
	TRY(get_time(established, "floor", &s->state.established_floor, d));
	TRY(get_time(last, "floor", &s->state.floor, d));
	if (s->established->seq != 1 || s->last->era != s->established->era)
		FAIL(d, ST_AUTH, "FORMATS 9.41: the last bundle is not of the "
		    "last establishment");
out:
	return rc;
}

static enum status
replay(struct store *s, const struct chain *c, struct diag *d)
{
	const struct entry *established = NULL, *last = NULL;
	const char *mode, *as;
	enum status rc;

	TRY(facts_need(&c->entry[0].facts, "mode", &mode, d));
	s->rehearsal = strcmp(mode, "production") != 0;
	for (size_t i = 0; i < c->n; i++) {
		if (strcmp(c->entry[i].kind, "list") == 0) {
			TRY(load_list(s, &c->entry[i], d));
			continue;
		}
		TRY(facts_need(&c->entry[i].facts, "as", &as, d));
		last = &c->entry[i];
		if (strcmp(as, "establishment") == 0)
			established = last;
	}
	if (established == NULL)
		FAIL(d, ST_FORMAT, "FORMATS 9.41: it begins with no "
		    "establishment");
	TRY(load_bundles(s, established, last, d));
	TRY(revoked_gather(&s->revoked, s->list, s->lists, d));
	s->n = c->n;
	snprintf(s->head, sizeof(s->head), "%s", c->entry[c->n - 1].digest);
out:
	return rc;
}

static enum status
store_new(struct store **out, struct diag *d)
{
	if ((*out = calloc(1, sizeof(**out))) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	(*out)->dirfd = -1;
	snprintf((*out)->head, sizeof((*out)->head), "none");
	return ST_OK;
}

void
store_free(struct store *s)
{
	if (s == NULL)
		return;
	if (s->last != s->established)
		bundle_free(s->last);
	bundle_free(s->established);
	for (size_t i = 0; i < s->lists; i++)
		crl_free(s->list[i]);
	free(s->list);
	revoked_clear(&s->revoked);
	/* with it, its folder is closed */
	if (s->sticks == NULL && s->dirfd >= 0)
		close(s->dirfd);
	sticks_free(s->sticks);
	free(s);
}

enum status
store_open(const char *path, bool write, struct store **out, struct diag *d)
{
	struct store *s = NULL;
	struct chain read = { 0 };
	const struct chain *c = &read;
	enum status rc;

	*out = NULL;
	TRY(store_new(&s, d));
	if (write) {
		TRY(sticks_open(&path, 1, false, true, &s->sticks, d));
		s->dirfd = s->sticks->stick[0].dirfd;
		c = sticks_chain(s->sticks);
	} else {
		TRY(file_open_dir(path, false, &s->dirfd, d));
		TRY(chain_read(s->dirfd, path, &read, d));
	}
	if (c->n == 0)
		FAIL(d, ST_FORMAT, "%s: there is no store", path);
	if ((rc = replay(s, c, d)) != ST_OK) {
		diag_prefix(d, "%s", path);
		goto out;
	}
	*out = s;
	s = NULL;
out:
	chain_clear(&read);
	store_free(s);
	return rc;
}

const struct accept_state *
store_state(const struct store *s)
{
	return &s->state;
}

bool
store_rehearsal(const struct store *s)
{
	return s->rehearsal;
}

/* --- writing --- */

/* One entry, whole or not at all. */
static enum status
commit(struct store *s, struct entry *e, const struct outcome *o,
    const struct accept_clock *clock, const char *kind, struct diag *d)
{
	enum status rc;

	e->number = s->n + 1;
	e->time = clock->now - clock->now % MINUTE;
	snprintf(e->kind, sizeof(e->kind), "%s", kind);
	snprintf(e->actor, sizeof(e->actor), "-");
	snprintf(e->previous, sizeof(e->previous), "%s", s->head);
	TRY(sticks_commit(s->sticks, e, o, d));
	s->n++;
	snprintf(s->head, sizeof(s->head), "%s", e->digest);
out:
	return rc;
}

static enum status
bundle_facts(const struct walk_step *step, const struct accept_clock *clock,
    struct facts *f, struct diag *d)
{
	const struct bundle *b = step->item->bundle;
	char floor[CLOCK_TEXT_SIZE];
	enum status rc;

	clock_text(step->state.floor, floor);
	TRY(facts_set(f, d, "as", "%s", b->seq == 1 ? "establishment" :
	    "renewal"));
	TRY(facts_set(f, d, "era", "%llu", (unsigned long long)b->era));
	TRY(facts_set(f, d, "seq", "%llu", (unsigned long long)b->seq));
	TRY(facts_set(f, d, "floor", "%s", floor));
	TRY(facts_set(f, d, "clock", "%s", clock->trusted ? "trusted" :
	    "untrusted"));
out:
	return rc;
}

static enum status
write_bundle(struct store *s, const struct walk_step *step,
    const struct accept_clock *clock, bool begins, struct diag *d)
{
	const struct bundle *b = step->item->bundle;
	char name[OBJECT_NAME_SIZE];
	struct outcome o = { 0 };
	struct entry e = { 0 };
	enum status rc;

	if (begins)
		TRY(facts_set(&e.facts, d, "mode", "%s", s->rehearsal ?
		    "rehearsal" : "production"));
	TRY(bundle_facts(step, clock, &e.facts, d));
	snprintf(name, sizeof(name), "bundles/%llu-%llu.der",
	    (unsigned long long)b->era, (unsigned long long)b->seq);
	TRY(outcome_add(&o, name, &b->der, d));
	for (size_t i = 0; i < step->item->n; i++) {
		snprintf(name, sizeof(name), "bundles/%llu-%llu.%zu.p7s",
		    (unsigned long long)b->era, (unsigned long long)b->seq,
		    i + 1);
		TRY(outcome_add(&o, name, &step->item->sig[i], d));
	}
	TRY(commit(s, &e, &o, clock, "bundle", d));
out:
	outcome_clear(&o);
	entry_clear(&e);
	return rc;
}

static enum status
write_list(struct store *s, const struct crl *c,
    const struct accept_clock *clock, struct diag *d)
{
	char name[OBJECT_NAME_SIZE], issuer[41];
	struct outcome o = { 0 };
	struct entry e = { 0 };
	enum status rc;

	text_hex(c->spec.issuer_ski, sizeof(c->spec.issuer_ski), issuer);
	TRY(facts_set(&e.facts, d, "issuer", "%s", issuer));
	TRY(facts_set(&e.facts, d, "number", "%llu",
	    (unsigned long long)c->spec.number));
	snprintf(name, sizeof(name), "lists/%06lu.crl",
	    (unsigned long)s->n + 1);
	TRY(outcome_add(&o, name, &c->der, d));
	TRY(commit(s, &e, &o, clock, "list", d));
out:
	outcome_clear(&o);
	entry_clear(&e);
	return rc;
}

/* RULES C6: computed, not believed. */
static enum status
check_earnest(const struct bundle *b, struct diag *d)
{
	bool yes = false;
	enum status rc;

	for (size_t i = 0; i < b->anchors; i++) {
		TRY(rehearsal_key(&b->anchor[i]->key, &yes, d));
		if (yes)
			FAIL(d, ST_POLICY, "FORMATS 9.42: root %s comes from a "
			    "public rehearsal seed: anyone can sign with "
			    "it (--rehearsal takes it for a test)",
			    b->anchor[i]->subject);
	}
	rc = ST_OK;
out:
	return rc;
}

/* As many words as were typed, from 16 on. */
static enum status
check_words(const char *words, const struct bundle *b, struct diag *d)
{
	static const char blanks[] = " \t\r\n";
	uint8_t typed[WORDS_FULL];
	const char *at = words;
	size_t n = 0;
	enum status rc;

	for (at += strspn(at, blanks); *at != '\0'; at += strspn(at, blanks)) {
		at += strcspn(at, blanks);
		n++;
	}
	if (n < WORDS_SHORT || n > WORDS_FULL)
		FAIL(d, ST_FORMAT, "FORMATS 9.6: %zu words, and %d to %d are "
		    "wanted", n, WORDS_SHORT, WORDS_FULL);
	TRY(words_read(words, n, typed, d));
	if (memcmp(typed, b->id, n) != 0)
		FAIL(d, ST_AUTH, "FORMATS 9.6: these are not the words of this "
		    "bundle");
out:
	return rc;
}

/* FORMATS 7.1: what forgets cannot hold a floor. */
static enum status
begin_folder(const char *path, struct store *s, struct diag *d)
{
	enum status rc;

	TRY(sticks_open(&path, 1, true, s->rehearsal, &s->sticks, d));
	s->dirfd = s->sticks->stick[0].dirfd;
	if (sticks_chain(s->sticks)->n > 0)
		FAIL(d, ST_POLICY, "%s: FORMATS 9.42: there is a store "
		    "already", path);
	if (sticks_chain(s->sticks)->nstray > 0)
		FAIL(d, ST_POLICY, "%s: FORMATS 9.42: it is there, and not "
		    "empty", path);
out:
	return rc;
}

enum status
store_init(const char *path, const char *words, bool rehearsal,
    const struct store_gift *g, const struct accept_clock *clock,
    struct diag *d)
{
	struct walk_step step = { 0 };
	struct accept_signers by;
	struct store *s = NULL;
	enum status rc;

	if (g->n != 1 || g->lists != 0)
		FAIL(d, ST_BUG, "a store starts with one bundle");
	step.item = &g->item[0];
	TRY(check_words(words, step.item->bundle, d));
	TRY(bundle_signers(step.item->bundle, NULL, step.item->sig,
	    step.item->n, &by, d));
	TRY(accept_first(step.item->bundle, &by, clock, &step.state, d));
	TRY(accept_alive(&step.state, clock, d));
	if (!rehearsal)
		TRY(check_earnest(step.item->bundle, d));
	TRY(store_new(&s, d));
	s->rehearsal = rehearsal;
	TRY(begin_folder(path, s, d));
	TRY(write_bundle(s, &step, clock, true, d));
out:
	store_free(s);
	return rc;
}

/* --- lists, taken --- */

static enum status
signed_by(const struct bundle *b, const struct crl *c, bool *yes,
    struct diag *d)
{
	enum status rc;

	for (size_t i = 0; i < b->anchors && !*yes; i++) {
		if (!is_of(c, b->anchor[i]->ski))
			continue;
		rc = crl_signed_by(c, &b->anchor[i]->key, NULL);
		if (rc != ST_OK && rc != ST_AUTH)
			FAIL(d, rc, "a list of %s could not be checked",
			    c->issuer);
		*yes = rc == ST_OK;
	}
	rc = ST_OK;
out:
	return rc;
}

/* By a root of now, or of a bundle on the way here; and of the kind that our
 * roots sign: OpenSSL 3.5 takes a delta for a whole list. */
static enum status
check_list(const struct store *s, const struct walk_step *step, size_t n,
    const struct crl *c, struct diag *d)
{
	bool yes = false;
	enum status rc;

	if (c->foreign_ext[0] != '\0')
		FAIL(d, ST_POLICY, "FORMATS 9.45: the list of %s, number "
		    "%llu, is not complete and direct: it has %s", c->issuer,
		    (unsigned long long)c->spec.number, c->foreign_ext);
	TRY(signed_by(s->last, c, &yes, d));
	for (size_t i = 0; i < n && !yes; i++)
		TRY(signed_by(step[i].item->bundle, c, &yes, d));
	if (!yes)
		FAIL(d, ST_AUTH, "FORMATS 9.45: no root of this store signed "
		    "the list of %s, number %llu", c->issuer,
		    (unsigned long long)c->spec.number);
out:
	return rc;
}

static bool
has_root(const struct bundle *b, const struct crl *c)
{
	for (size_t i = 0; i < b->anchors; i++) {
		if (is_of(c, b->anchor[i]->ski))
			return true;
	}
	return false;
}

/* Of none of these roots, where there were others before: nobody asks for those
 * any more, and what is published has their lists too. */
static bool
is_past(const struct store *s, const struct walk_step *step, size_t n,
    const struct crl *c)
{
	const struct bundle *end = n == 0 ? s->last : step[n - 1].item->bundle;
	bool known = has_root(s->last, c);

	for (size_t i = 0; i < n && !known; i++)
		known = has_root(step[i].item->bundle, c);
	return !known && end->formers > 0;
}

static bool
has_list(const struct store *s, const struct crl *c)
{
	for (size_t i = 0; i < s->lists; i++) {
		if (memcmp(s->list[i]->id, c->id, sizeof(c->id)) == 0)
			return true;
	}
	return false;
}

static enum status
take_list(struct store *s, const struct crl *c,
    const struct accept_clock *clock, struct diag *d)
{
	struct crl *copy = NULL;
	enum status rc;

	TRY(crl_copy(c, &copy, d));
	TRY(write_list(s, c, clock, d));
	TRY(add_list(&s->list, &s->lists, copy, d));
	copy = NULL;
out:
	crl_free(copy);
	return rc;
}

/* What is held is a copy: the gift is its owner's. */
static enum status
hold(struct store *s, const struct walk_step *step, struct diag *d)
{
	const struct accept_state *a = &step->state;
	struct bundle *b = NULL, *e = NULL;
	enum status rc;

	TRY(bundle_read("last", a->last->der.data, a->last->der.len, &b, d));
	if (a->last == a->established)
		e = b;
	else
		TRY(bundle_read("established", a->established->der.data,
		    a->established->der.len, &e, d));
	if (s->last != s->established)
		bundle_free(s->last);
	bundle_free(s->established);
	s->last = b;
	s->established = e;
	s->state = *a;
	s->state.last = b;
	s->state.established = e;
	return ST_OK;
out:
	bundle_free(b);
	return rc;
}

/* Of the ${n} bundles of a walk, those that are held at its end: the last
 * establishment and the last of all.  What lies between was proof on the way
 * here, and is asked for nothing any more. */
static enum status
take_bundles(struct store *s, const struct walk_step *step, size_t n,
    const struct accept_clock *clock, struct diag *d)
{
	const struct accept_state *end = n == 0 ? NULL : &step[n - 1].state;
	const struct bundle *b;
	enum status rc;

	for (size_t i = 0; i < n; i++) {
		b = step[i].item->bundle;
		if (b == end->established || b == end->last)
			TRY(write_bundle(s, &step[i], clock, false, d));
	}
	if (n > 0)
		TRY(hold(s, &step[n - 1], d));
	rc = ST_OK;
out:
	return rc;
}

enum status
store_apply(struct store *s, const struct store_gift *g,
    const struct accept_clock *clock, struct store_taken *out,
    struct diag *d)
{
	struct walk_step *step = NULL;
	size_t *list = NULL; /* of the gift's, those to be taken */
	size_t n = 0, nlists = 0;
	enum status rc;

	memset(out, 0, sizeof(*out));
	step = calloc(g->n + 1, sizeof(*step));
	list = calloc(g->lists + 1, sizeof(*list));
	if (step == NULL || list == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(walk_all(&s->state, g->item, g->n, clock, step, &n, d));
	for (size_t i = 0; i < n && !s->rehearsal; i++)
		TRY(check_earnest(step[i].item->bundle, d));
	for (size_t i = 0; i < g->lists; i++) {
		if (is_past(s, step, n, g->list[i])) {
			out->passed++;
			continue;
		}
		TRY(check_list(s, step, n, g->list[i], d));
		list[nlists++] = i;
	}

	TRY(take_bundles(s, step, n, clock, d));
	out->bundles = n;
	for (size_t i = 0; i < nlists; i++) {
		if (has_list(s, g->list[list[i]]))
			continue;
		TRY(take_list(s, g->list[list[i]], clock, d));
		out->lists++;
	}
	TRY(revoked_gather(&s->revoked, s->list, s->lists, d));
out:
	free(list);
	free(step);
	return rc;
}
