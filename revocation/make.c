/* see make.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/pki/profile.h"
#include "lib/pki/rehearsal.h"
#include "lib/record/signer.h"
#include "revocation/accept.h"
#include "revocation/make.h"

static const struct plan_key keys[] = { MAKE_KEYS(false), { 0 } };

/* --- what the plan says --- */

const struct ini_entry *
make_entry(const struct ini_section *s)
{
	for (size_t i = 0; i < s->n; i++) {
		for (const struct plan_key *k = keys; k->name != NULL; k++) {
			if (strcmp(s->entries[i].key, k->name) == 0)
				return &s->entries[i];
		}
	}
	return NULL;
}

/* "ecdsa-p384 <96 hex>" */
static enum status
read_key(const struct plan *p, const struct ini_entry *e,
    struct bundle_next *out, struct diag *d)
{
	const size_t len = strcspn(e->value, " ");
	const char *hex = e->value + len + 1;
	enum status rc;

	if (len >= sizeof(out->alg) || e->value[len] == '\0' ||
	    strlen(hex) != SHA384_HEX_SIZE - 1 ||
	    text_unhex(hex, out->key, SHA384_LEN, NULL) != ST_OK)
		PLAN_FAIL(d, ST_FORMAT, p, e->line, "FORMATS 3.33: a key made "
		    "elsewhere is its algorithm and SHA-384 in hex: %s",
		    "ecdsa-p384 HEX");
	snprintf(out->alg, sizeof(out->alg), "%.*s", (int)len, e->value);
	rc = ST_OK;
out:
	return rc;
}

static enum status
read_keys(const struct plan *p, const struct ini_section *s,
    struct make_terms *t, struct diag *d)
{
	const struct ini_entry *e;
	enum status rc = ST_OK;

	for (size_t i = 0; i < s->n; i++) {
		e = &s->entries[i];
		if (strcmp(e->key, "next-key") != 0)
			continue;
		if (t->nexts + t->keys == BUNDLE_NEXT_MAX)
			PLAN_FAIL(d, ST_FORMAT, p, e->line, "FORMATS 9.4: more "
			    "than %d next keys", BUNDLE_NEXT_MAX);
		TRY(read_key(p, e, &t->key[t->keys++], d));
	}
out:
	return rc;
}

enum status
make_read(const struct plan *p, const struct ini_section *s,
    struct make_terms *out, struct diag *d)
{
	const struct ini_entry *next = plan_entry(s, "next", NULL);
	enum status rc;

	memset(out, 0, sizeof(*out));
	out->kind = s->kind;
	out->step = s->name;
	out->line = s->line;
	out->threshold = (unsigned)plan_int(s, "threshold", 0);
	if (next != NULL)
		TRY(plan_words(p, next, out->next, BUNDLE_NEXT_MAX,
		    &out->nexts, d));
	TRY(read_keys(p, s, out, d));
	out->next_threshold = (unsigned)plan_int(s, "next-threshold", 0);
	out->days = plan_int(s, "days", 0);
	out->horizon_days = plan_int(s, "horizon-days", out->days);
	out->level = (unsigned)plan_int(s, "level", 0);
	out->succession = strcmp(plan_text(s, "succession", "both"),
	    "both") == 0 ? NEXT_BOTH : NEXT_ALONE_AFTER_HORIZON;
	out->break_glass = strcmp(plan_text(s, "break-glass", "no"),
	    "yes") == 0;
	out->expiry = strcmp(plan_text(s, "expiry", "warn"), "warn") == 0 ?
	    EXPIRY_WARNS : EXPIRY_REFUSES;
	rc = ST_OK;
out:
	return rc;
}

/* --- before a key is open --- */

/* Of a root that is there, or that the plan mints or adopts. */
static const char *
alg_of(const struct plan *p, const struct state *before, const char *name)
{
	const struct root *r = state_root(before, name);
	const struct ini_section *s = plan_section(p, "mint", name);

	if (r != NULL)
		return r->alg;
	if (s == NULL)
		s = plan_section(p, "adopt", name);
	return s == NULL ? "" : plan_text(s, "algorithm", "");
}

/* By the rules that a verifier goes by, as far as they need no certificate. */
static enum status
check_rules(const struct make_terms *t, const struct plan *p,
    const struct state *before, struct diag *d)
{
	struct bundle *dry = NULL;
	enum status rc;

	TRY(bundle_new(&dry, d));
	dry->threshold = t->threshold;
	dry->next_threshold = t->next_threshold;
	dry->anchors = t->anchors;
	dry->nexts = t->nexts + t->keys;
	dry->level = t->level;
	dry->break_glass = t->break_glass;
	dry->succession = t->succession;
	TRY(bundle_check_rules(dry, d));
	for (size_t i = 0; i < t->anchors; i++)
		TRY(bundle_check_level(dry, alg_of(p, before, t->anchor[i]),
		    d));
	for (size_t i = 0; i < t->nexts; i++)
		TRY(bundle_check_level(dry, alg_of(p, before, t->next[i]),
		    d));
	for (size_t i = 0; i < t->keys; i++)
		TRY(bundle_check_level(dry, t->key[i].alg, d));
out:
	if (dry != NULL)
		dry->anchors = 0; /* they were numbers alone */
	bundle_free(dry);
	return rc;
}

static enum status
check_once(const struct make_terms *t, const struct plan *p,
    const char (*name)[33], size_t n, struct diag *d)
{
	enum status rc;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < i; j++) {
			if (strcmp(name[i], name[j]) == 0)
				PLAN_FAIL(d, ST_POLICY, p, t->line, "FORMATS "
				    "9.4: root %s is there twice", name[i]);
		}
	}
	rc = ST_OK;
out:
	return rc;
}

/* Not the digest of a rehearsal's key by mistake (RULES C6). */
static enum status
check_public(const struct make_terms *t, const struct plan *p,
    const struct bundle_next *key, struct diag *d)
{
	bool is_public = true;
	enum status rc;

	if (p->mode != MODE_PRODUCTION)
		return ST_OK;
	TRY(rehearsal_name(key->alg, key->key, &is_public, d));
	if (is_public)
		PLAN_FAIL(d, ST_POLICY, p, t->line, "FORMATS 8.33: a next key "
		    "of %s comes from a public rehearsal seed: anyone has it",
		    key->alg);
out:
	return rc;
}

/* A key made elsewhere is no root of this state, which would be named. */
static enum status
check_keys(const struct make_terms *t, const struct plan *p,
    const struct state *before, struct diag *d)
{
	const struct root *r;
	enum status rc;

	for (size_t i = 0; i < t->keys; i++) {
		r = make_root(before, t->key[i].key);
		if (r != NULL)
			PLAN_FAIL(d, ST_POLICY, p, t->line, "FORMATS 3.33: a "
			    "next key made elsewhere is that of root %s here",
			    r->name);
		for (size_t j = 0; j < i; j++) {
			if (memcmp(t->key[i].key, t->key[j].key,
			    SHA384_LEN) == 0)
				PLAN_FAIL(d, ST_POLICY, p, t->line, "FORMATS "
				    "9.4: one next key is there %s", "twice");
		}
		TRY(check_public(t, p, &t->key[i], d));
	}
	rc = ST_OK;
out:
	return rc;
}

/* FORMATS 9.52: its floor is the number of a list that there is by then. */
static enum status
check_anchor(const struct make_terms *t, const struct plan *p,
    const struct state *before, const struct promises *promises,
    const char *name, struct diag *d)
{
	enum status rc;

	TRY(signer_check(p, t->line, before, promises, name,
	    make_days(p, t->days, 0), d));
	if (state_last_list(before, name) == NULL &&
	    promise_find(promises, "list", name, NULL) == NULL)
		PLAN_FAIL(d, ST_POLICY, p, t->line, "FORMATS 9.52: [%s %s] "
		    "wants a [crl] of root %s above it: devices take no older "
		    "list", t->kind, t->step, name);
out:
	return rc;
}

enum status
make_check(const struct make_terms *t, const struct plan *p,
    const struct state *before, const struct promises *promises,
    struct diag *d)
{
	enum status rc;

	TRY(check_once(t, p, t->anchor, t->anchors, d));
	TRY(check_once(t, p, t->next, t->nexts, d));
	for (size_t i = 0; i < t->anchors; i++)
		TRY(check_anchor(t, p, before, promises, t->anchor[i], d));
	for (size_t i = 0; i < t->nexts; i++)
		TRY(signer_next(p, t->line, before, promises, t->next[i], d));
	TRY(check_keys(t, p, before, d));
	TRY(plan_at(p, t->line, check_rules(t, p, before, d), d));
	if (t->days > t->horizon_days)
		PLAN_FAIL(d, ST_POLICY, p, t->line, "FORMATS 9.5: %llu days "
		    "are beyond its horizon of %llu",
		    (unsigned long long)t->days,
		    (unsigned long long)t->horizon_days);
	rc = ST_OK;
out:
	return rc;
}

/* --- the bundle --- */

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t
make_days(const struct plan *p, uint64_t days, int64_t horizon)
{
	const int64_t most = PROFILE_REHEARSAL_DAYS * CLOCK_DAY - 1;
	int64_t to = (int64_t)days * CLOCK_DAY;

	if (p->mode == MODE_PRODUCTION)
		return p->effective + to;
	to = p->effective + earlier(to, most);
	return horizon == 0 ? to : earlier(to, horizon);
}

const struct root *
make_root(const struct state *state, const uint8_t key[SHA384_LEN])
{
	for (size_t i = 0; i < state->nroots; i++) {
		if (memcmp(state->roots[i].key.id, key, SHA384_LEN) == 0)
			return &state->roots[i];
	}
	return NULL;
}

/* Who made it: the plan, and the record as it was before. */
static enum status
set_origin(const struct plan *p, struct bundle *b, struct diag *d)
{
	enum status rc = ST_OK;

	memcpy(b->plan, p->digest, sizeof(b->plan));
	b->no_head = strcmp(p->previous, "none") == 0;
	if (!b->no_head)
		rc = text_unhex(p->previous, b->head, sizeof(b->head), d);
	return rc;
}

/* FORMATS 9.52: the newest regular list of each anchor. */
static enum status
set_floors(const struct state *state, struct bundle *b, struct diag *d)
{
	const struct root *root;
	const struct list *list;
	enum status rc;

	b->floors = 0;
	for (size_t i = 0; i < b->anchors; i++) {
		root = make_root(state, b->anchor[i]->key.id);
		list = root == NULL ? NULL : state_last_list(state,
		    root->name);
		if (list == NULL)
			FAIL(d, ST_POLICY, "FORMATS 9.52: anchor %s has no "
			    "list", b->anchor[i]->subject);
		memcpy(b->floor[i].issuer, root->key.ski,
		    sizeof(b->floor[i].issuer));
		b->floor[i].number = list->number;
		b->floors++;
	}
	rc = ST_OK;
out:
	return rc;
}

static enum status
set_anchors(const struct make_terms *t, const struct state *state,
    struct bundle *b, struct diag *d)
{
	enum status rc = ST_OK;

	for (size_t i = 0; i < t->anchors && rc == ST_OK; i++) {
		rc = signer_cert(state, t->anchor[i], &b->anchor[b->anchors],
		    d);
		b->anchors += rc == ST_OK;
	}
	return rc;
}

static enum status
set_next(const struct make_terms *t, const struct state *state,
    struct bundle *b, struct diag *d)
{
	const struct root *root;
	struct bundle_next *n;
	enum status rc;

	for (size_t i = 0; i < t->nexts; i++) {
		if ((root = state_root(state, t->next[i])) == NULL)
			FAIL(d, ST_POLICY, "FORMATS 3.30: there is no root "
			    "%s", t->next[i]);
		n = &b->next[b->nexts++];
		snprintf(n->alg, sizeof(n->alg), "%s", root->alg);
		memcpy(n->key, root->key.id, sizeof(n->key));
	}
	memcpy(&b->next[b->nexts], t->key, t->keys * sizeof(t->key[0]));
	b->nexts += t->keys;
	rc = ST_OK;
out:
	return rc;
}

/* What is asked for, or the lowest that is in it (FORMATS 9.53). */
static unsigned
lowest_level(const struct make_terms *t, const struct bundle *b)
{
	unsigned lowest = UINT8_MAX, level;

	if (t->level != 0)
		return t->level;
	for (size_t i = 0; i < b->anchors; i++) {
		level = bundle_level(b->anchor[i]->key.alg);
		lowest = level < lowest ? level : lowest;
	}
	for (size_t i = 0; i < b->nexts; i++) {
		level = bundle_level(b->next[i].alg);
		lowest = level < lowest ? level : lowest;
	}
	return lowest;
}

static void
set_former(const struct make_terms *t, const struct state *state,
    struct bundle *b)
{
	const struct root *root;

	for (size_t i = 0; i < b->formers; i++) {
		root = make_root(state, b->former[i].key);
		b->former[i].revoked |= root != NULL &&
		    (state_stolen(state, root) || (t->stolen != NULL &&
		    strcmp(t->stolen, root->name) == 0));
	}
}

/* What follows from the terms, and from the bundle before: anchors and next
 * keys are there. */
static enum status
set_terms(const struct make_terms *t, const struct plan *p,
    const struct state *state, const struct bundle *old, struct bundle *b,
    struct diag *d)
{
	enum status rc = ST_OK;

	snprintf(b->arc, sizeof(b->arc), "%s", p->arc);
	b->era = b->seq = 1;
	b->first = true;
	if (old != NULL)
		TRY(bundle_succeed(old, b, d));
	set_former(t, state, b);
	b->not_before = p->effective;
	b->not_after = make_days(p, t->days, 0);
	b->horizon = make_days(p, t->horizon_days, 0);
	b->threshold = t->threshold;
	b->next_threshold = t->next_threshold;
	b->level = lowest_level(t, b);
	b->succession = t->succession;
	b->break_glass = t->break_glass;
	b->expiry = t->expiry;
out:
	return rc;
}

enum status
make_establishment(const struct make_terms *t, const struct plan *p,
    const struct state *state, const struct bundle *old, struct bundle **out,
    struct diag *d)
{
	struct bundle *b = NULL;
	enum status rc;

	*out = NULL;
	TRY(bundle_new(&b, d));
	TRY(set_anchors(t, state, b, d));
	TRY(set_next(t, state, b, d));
	TRY(set_terms(t, p, state, old, b, d));
	TRY(set_floors(state, b, d));
	TRY(set_origin(p, b, d));
	TRY(bundle_seal(b, d));
	TRY(bundle_check(b, d));
	*out = b;
	b = NULL;
out:
	bundle_free(b);
	return rc;
}

/* A root that has no certificate yet stands in for it. */
static enum status
dry_anchor(const struct root *root, struct bundle *b, struct diag *d)
{
	struct cert *c;
	enum status rc;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	b->anchor[b->anchors++] = c;
	snprintf(c->subject, sizeof(c->subject), "%s", root->name);
	TRY(spki_read(root->key.der.data, root->key.der.len, &c->key, d));
	memcpy(c->ski, root->key.ski, sizeof(c->ski));
out:
	return rc;
}

/* A key that is not drawn yet is nobody's: its root's name stands for it. */
static void
dry_next(const struct plan *p, const struct state *before, const char *name,
    struct bundle *b)
{
	const struct root *root = state_root(before, name);
	struct bundle_next *n = &b->next[b->nexts++];

	snprintf(n->alg, sizeof(n->alg), "%s", alg_of(p, before, name));
	if (root != NULL)
		memcpy(n->key, root->key.id, sizeof(n->key));
	else
		hash_sha384(name, strlen(name), n->key);
}

/* Floors of those that have a list: the others get theirs in this plan. */
static void
dry_floors(const struct make_terms *t, const struct state *before,
    struct bundle *b)
{
	const struct list *list;

	for (size_t i = 0; i < t->anchors; i++) {
		if ((list = state_last_list(before, t->anchor[i])) == NULL)
			continue;
		memcpy(b->floor[b->floors].issuer, b->anchor[i]->ski,
		    sizeof(b->floor[0].issuer));
		b->floor[b->floors++].number = list->number;
	}
}

enum status
make_dry(const struct make_terms *t, const struct plan *p,
    const struct state *before, const struct bundle *old, struct bundle **out,
    struct diag *d)
{
	const struct root *root;
	struct bundle *b = NULL;
	enum status rc;

	*out = NULL;
	TRY(bundle_new(&b, d));
	for (size_t i = 0; i < t->anchors; i++) {
		if ((root = state_root(before, t->anchor[i])) == NULL)
			FAIL(d, ST_POLICY, "FORMATS 8.18: no root %s is there",
			    t->anchor[i]);
		TRY(dry_anchor(root, b, d));
	}
	for (size_t i = 0; i < t->nexts; i++)
		dry_next(p, before, t->next[i], b);
	memcpy(&b->next[b->nexts], t->key, t->keys * sizeof(t->key[0]));
	b->nexts += t->keys;
	dry_floors(t, before, b);
	TRY(set_terms(t, p, before, old, b, d));
	*out = b;
	b = NULL;
out:
	bundle_free(b);
	return rc;
}

enum status
make_renewal(const struct plan *p, uint64_t days, const struct state *state,
    const struct bundle *last, struct bundle **out, struct diag *d)
{
	struct bundle *as = NULL; /* anchors borrowed */
	struct bytes der = { 0 };
	enum status rc;

	*out = NULL;
	if ((as = malloc(sizeof(*as))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	*as = *last;
	as->not_before = p->effective;
	as->not_after = make_days(p, days, last->horizon);
	TRY(set_floors(state, as, d));
	TRY(set_origin(p, as, d));
	TRY(bundle_renew(last, as, &der, d));
	TRY(bundle_read("renewal", der.data, der.len, out, d));
out:
	free(as);
	bytes_free(&der);
	return rc;
}

enum status
make_held(const struct state *state, const struct state_bundle *b,
    struct bundle **out, struct diag *d)
{
	struct bytes der = { 0 };
	enum status rc;

	*out = NULL;
	if (b == NULL)
		return ST_OK;
	TRY(state_object(state, b->object, &der, d));
	TRY(bundle_read(b->object, der.data, der.len, out, d));
out:
	bytes_free(&der);
	return rc;
}
