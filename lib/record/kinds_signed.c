/* see kinds.h: what roots sign, what becomes of it, and to whom it goes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/table.h"
#include "lib/base/text.h"
#include "lib/crypto/seal.h"
#include "lib/record/kinds.h"
#include "lib/record/ledger.h"

#define SEALED_PARTS 4
#define REVOKED_PARTS 5

/* The root of that name, if it has a certificate; else NULL. */
static const struct root *
certified(const struct state *s, const char *name)
{
	const struct root *r = state_root(s, name);

	return r == NULL || r->object[0] == '\0' ? NULL : r;
}

enum status
kind_delegation(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	uint8_t index[SHA384_LEN];
	struct delegation *g;
	enum status rc;
	char where[96];

	if ((g = GROW(s->delegations, s->ndelegations)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(kind_text(f, "name", g->name, sizeof(g->name), d));
	TRY(kind_text(f, "root", g->root, sizeof(g->root), d));
	TRY(kind_text(f, "product", g->product, sizeof(g->product), d));
	TRY(kind_text(f, "role", g->role, sizeof(g->role), d));
	TRY(kind_text(f, "slot", g->slot, sizeof(g->slot), d));
	TRY(kind_text(f, "serial", g->serial, sizeof(g->serial), d));
	TRY(kind_hex(f, "key-id", g->key_id, sizeof(g->key_id), d));
	TRY(kind_hex(f, "key-index", index, sizeof(index), d));
	TRY(kind_time(f, "not-before", &g->not_before, d));
	TRY(kind_time(f, "not-after", &g->not_after, d));
	if (e->n != 1)
		FAIL(d, ST_FORMAT, "not one certificate");
	snprintf(g->object, sizeof(g->object), "%s", e->objects[0].name);
	snprintf(where, sizeof(where), "delegation %s of ceremony %zu",
	    g->name, s->nceremonies);
	TRY(ledger_add(&s->keys, index, where, d));
out:
	return rc;
}

enum status
kind_cross(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	struct cross *c;
	enum status rc;

	if ((c = GROW(s->crosses, s->ncrosses)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(kind_text(f, "root", c->root, sizeof(c->root), d));
	TRY(kind_text(f, "of", c->of, sizeof(c->of), d));
	TRY(kind_text(f, "serial", c->serial, sizeof(c->serial), d));
	TRY(kind_time(f, "not-after", &c->not_after, d));
	if (certified(s, c->root) == NULL || certified(s, c->of) == NULL ||
	    strcmp(c->root, c->of) == 0)
		FAIL(d, ST_FORMAT, "it is not of one root by another");
	if (e->n != 1)
		FAIL(d, ST_FORMAT, "not one certificate");
	snprintf(c->object, sizeof(c->object), "%s", e->objects[0].name);
out:
	return rc;
}

enum status
kind_retired(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	const char *name = facts_get(f, "root");
	const struct root *found = certified(s, name);
	struct root *r;
	enum status rc;

	if (found == NULL || found->retired != 0)
		FAIL(d, ST_FORMAT, "no root of that name is to be retired");
	r = &s->roots[found - s->roots];
	TRY(kind_text(f, "reason", r->reason, sizeof(r->reason), d));
	TRY(kind_text(f, "successor", r->successor, sizeof(r->successor), d));
	if (certified(s, r->successor) == NULL ||
	    certified(s, r->successor) == found)
		FAIL(d, ST_FORMAT, "no other root comes in its place");
	r->retired = (unsigned)s->nceremonies;
	rc = ST_OK;
out:
	return rc;
}

enum status
kind_list(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	struct list *l;
	enum status rc;

	if ((l = GROW(s->lists, s->nlists)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(kind_text(f, "root", l->root, sizeof(l->root), d));
	TRY(kind_number(f, "file", KIND_NUMBER_MAX, &l->file, d));
	TRY(facts_number(f, "number", 1, INT64_MAX, &l->number, d));
	TRY(kind_time(f, "this-update", &l->this_update, d));
	TRY(kind_time(f, "next-update", &l->next_update, d));
	if (e->n != 1)
		FAIL(d, ST_FORMAT, "not one list");
	snprintf(l->object, sizeof(l->object), "%s", e->objects[0].name);
out:
	return rc;
}

/* Whether what has this serial number is revoked, and who issued it. */
static bool *
find_issued(struct state *s, const char *serial, const char **root)
{
	const struct delegation *g = state_delegation(s, serial);
	const struct cross *c = state_cross(s, serial);

	if (g != NULL) {
		*root = g->root;
		return &s->delegations[g - s->delegations].revoked;
	}
	if (c == NULL)
		return NULL;
	*root = c->root;
	return &s->crosses[c - s->crosses].revoked;
}

enum status
kind_revocation(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	struct revocation *r;
	const char *serial, *root = NULL;
	bool *revoked;
	enum status rc;

	TRY(facts_need(f, "serial", &serial, d));
	if ((revoked = find_issued(s, serial, &root)) == NULL || *revoked)
		FAIL(d, ST_FORMAT, "no certificate of that serial number is "
		    "to be revoked");
	if ((r = GROW(s->revocations, s->nrevocations)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(kind_text(f, "root", r->root, sizeof(r->root), d));
	TRY(kind_text(f, "name", r->name, sizeof(r->name), d));
	TRY(kind_text(f, "serial", r->serial, sizeof(r->serial), d));
	TRY(kind_text(f, "reason", r->reason, sizeof(r->reason), d));
	TRY(kind_time(f, "date", &r->date, d));
	r->since = -1;
	if (facts_count(f, "since") > 0)
		TRY(kind_time(f, "since", &r->since, d));
	if (strcmp(r->root, root) != 0)
		FAIL(d, ST_FORMAT, "the certificate is of root %s", root);
	*revoked = true;
out:
	return rc;
}

/* "all 4294967299 2027-03-01T00:00:02Z <digest>" */
static enum status
read_sealed(const char *text, struct sealed *k, struct diag *d)
{
	char part[SEALED_PARTS][SHA384_HEX_SIZE];
	enum status rc;

	if (!kind_split(text, part, SEALED_PARTS) ||
	    strlen(part[0]) >= sizeof(k->target) ||
	    strlen(part[3]) != SHA384_HEX_SIZE - 1)
		FAIL(d, ST_FORMAT, "a sealed list is not of the form");
	snprintf(k->target, sizeof(k->target), "%.79s", part[0]);
	TRY(text_number(part[1], 1, INT64_MAX, &k->number, d));
	TRY(clock_read(part[2], &k->this_update, d));
	memcpy(k->digest, part[3], sizeof(k->digest));
out:
	return rc;
}

/* How many people it takes, and by that how many envelopes (FORMATS 6.18).
 * "all-" and a spared key's serial number is all, too. */
static enum status
take_openers(const struct facts *f, struct sealed *k, struct diag *d)
{
	const bool all = strncmp(k->target, "all", strlen("all")) == 0;
	const size_t n = facts_count(f, all ? "all-openers" : "openers");
	enum status rc;

	TRY(kind_number(f, all ? "all-need" : "need", 2, &k->need, d));
	if (k->need < 1 || n < k->need || n > SEAL_OPENERS_MAX)
		FAIL(d, ST_FORMAT, "too few can open a sealed list, or too "
		    "many");
	k->envelopes = k->need == 1 ? 1 : n - 1;
out:
	return rc;
}

enum status
kind_kill(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	struct sealed *k;
	size_t at = 0;
	enum status rc;

	for (size_t i = 0; i < facts_count(f, "lists"); i++) {
		if ((k = GROW(s->sealed, s->nsealed)) == NULL)
			FAIL(d, ST_SYSTEM, "out of memory");
		TRY(kind_text(f, "root", k->root, sizeof(k->root), d));
		TRY(kind_time(f, "until", &k->next_update, d));
		TRY(read_sealed(facts_at(f, "lists", i), k, d));
		TRY(take_openers(f, k, d));
		k->ceremony = (unsigned)s->nceremonies;
		k->entry = e->number;
		k->at = at;
		at += k->envelopes;
		if (at > e->n)
			break;
		snprintf(k->object, sizeof(k->object), "%s",
		    e->objects[k->at].name);
	}
	rc = at == e->n && at > 0 ? ST_OK : diag_set(d, ST_FORMAT, "not the "
	    "envelopes that its lists have");
out:
	return rc;
}

/* What follows what: an era begins with number 1 (RULES B1). */
static bool
follows(const struct state_bundle *last, const struct state_bundle *b)
{
	const uint64_t era = last == NULL ? 0 : last->era;

	if (b->seq == 1)
		return b->era == era + 1;
	return last != NULL && b->era == era && b->seq == last->seq + 1;
}

enum status
kind_bundle(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	struct state_bundle *b;
	enum status rc;

	if ((b = GROW(s->bundles, s->nbundles)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(kind_number(f, "file", KIND_NUMBER_MAX, &b->file, d));
	TRY(facts_number(f, "era", 1, INT64_MAX, &b->era, d));
	TRY(facts_number(f, "seq", 1, INT64_MAX, &b->seq, d));
	TRY(kind_text(f, "id", b->id, sizeof(b->id), d));
	TRY(kind_time(f, "not-before", &b->not_before, d));
	TRY(kind_time(f, "not-after", &b->not_after, d));
	TRY(kind_time(f, "horizon", &b->horizon, d));
	if (e->n < 2 || e->n != 1 + facts_count(f, "signers"))
		FAIL(d, ST_FORMAT, "not one bundle, and a signature of each "
		    "signer");
	if (!follows(s->nbundles < 2 ? NULL : b - 1, b))
		FAIL(d, ST_FORMAT, "era %llu, number %llu does not follow the "
		    "bundle before", (unsigned long long)b->era,
		    (unsigned long long)b->seq);
	b->entry = e->number;
	snprintf(b->object, sizeof(b->object), "%s", e->objects[0].name);
	rc = ST_OK;
out:
	return rc;
}

/* "4c.. key-compromise 2027-03-01T00:00:00Z - gateway": serial number, reason,
 * date, since when it is known to be invalid, delegation. */
static enum status
add_revoked(struct state *s, const char *root, const char *text,
    struct diag *d)
{
	char part[REVOKED_PARTS][SHA384_HEX_SIZE];
	const char *by = NULL;
	bool *revoked;
	struct revocation *r;
	enum status rc;

	if (!kind_split(text, part, REVOKED_PARTS) ||
	    strlen(part[0]) >= sizeof(r->serial) ||
	    strlen(part[1]) >= sizeof(r->reason) ||
	    strlen(part[4]) >= sizeof(r->name) ||
	    state_revoked(s, root, part[0]))
		FAIL(d, ST_FORMAT, "a revocation is not of the form, or not "
		    "the first of its serial number");
	if ((r = GROW(s->revocations, s->nrevocations)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	snprintf(r->root, sizeof(r->root), "%s", root);
	snprintf(r->serial, sizeof(r->serial), "%.40s", part[0]);
	snprintf(r->reason, sizeof(r->reason), "%.23s", part[1]);
	snprintf(r->name, sizeof(r->name), "%.32s", part[4]);
	TRY(clock_read(part[2], &r->date, d));
	r->since = -1;
	if (strcmp(part[3], "-") != 0)
		TRY(clock_read(part[3], &r->since, d));
	revoked = find_issued(s, part[0], &by);
	if (revoked != NULL && strcmp(by, root) == 0)
		*revoked = true;
out:
	return rc;
}

/* Each number is an envelope of this root, and is accounted for once. */
static enum status
account_for(struct state *s, const char *root, const struct facts *f,
    const char *key, struct diag *d)
{
	char number[7];
	struct sealed *q;
	size_t at;

	for (size_t i = 0; i < facts_count(f, key); i++) {
		snprintf(number, sizeof(number), "%s", facts_at(f, key, i));
		at = strtoul(number, NULL, 10);
		q = at < 1 || at > s->nsealed ? NULL : &s->sealed[at - 1];
		if (q == NULL || q->accounted || strcmp(q->root, root) != 0)
			return diag_set(d, ST_FORMAT, "%s is no sealed list "
			    "of root %s that is to be accounted for", number,
			    root);
		q->accounted = true;
	}
	return ST_OK;
}

enum status
kind_account(struct state *s, const struct entry *e, struct diag *d)
{
	static const char *const fates[] = { "intact", "released",
		"unaccounted" };
	const struct facts *f = &e->facts;
	const char *root;
	enum status rc;

	TRY(facts_need(f, "root", &root, d));
	if (state_root(s, root) == NULL)
		FAIL(d, ST_FORMAT, "there is no root %.40s", root);
	for (size_t i = 0; i < sizeof(fates) / sizeof(fates[0]); i++)
		TRY(account_for(s, root, f, fates[i], d));
	if (state_unaccounted(s, root) > 0)
		FAIL(d, ST_FORMAT, "RULES L4: it leaves out sealed lists of "
		    "root %s", root);
	for (size_t i = 0; i < facts_count(f, "revoked"); i++)
		TRY(add_revoked(s, root, facts_at(f, "revoked", i), d));
out:
	return rc;
}

/* Its files are objects of the record; what they give together has that
 * digest, or was too much for a parcel. */
enum status
kind_sent(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	uint8_t digest[SHA384_LEN];
	struct sent *n;
	enum status rc;

	if ((n = GROW(s->sent, s->nsent)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(kind_text(f, "name", n->name, sizeof(n->name), d));
	TRY(kind_text(f, "parcel", n->parcel, sizeof(n->parcel), d));
	if (strcmp(n->parcel, "none") == 0)
		n->parcel[0] = '\0';
	else
		TRY(kind_hex(f, "parcel", digest, sizeof(digest), d));
	if ((n->parcel[0] == '\0') != (facts_get(f, "why") != NULL))
		FAIL(d, ST_FORMAT, "it has no parcel, and does not say why, or "
		    "the other way round");
	if (facts_count(f, "files") == 0 || e->n != 0)
		FAIL(d, ST_FORMAT, "it names no files, or has one of its own");
	for (size_t i = 0; i < facts_count(f, "files"); i++) {
		if (state_object_digest(s, facts_at(f, "files", i)) == NULL)
			FAIL(d, ST_FORMAT, "%s is no file of the record",
			    facts_at(f, "files", i));
	}
	n->ceremony = (unsigned)s->nceremonies;
	n->entry = e->number;
	rc = ST_OK;
out:
	return rc;
}
