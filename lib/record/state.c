/* see state.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/table.h"
#include "lib/base/text.h"
#include "lib/crypto/seal.h"
#include "lib/record/folder.h"
#include "lib/record/ledger.h"
#include "lib/record/state.h"

#define NUMBER_MAX 999999
#define SET_ID_MAX 32767 /* 15 bits */

static enum status
take(const struct facts *f, const char *key, char *out, size_t size,
    struct diag *d)
{
	const char *text;
	enum status rc;

	TRY(facts_need(f, key, &text, d));
	if (strlen(text) >= size)
		FAIL(d, ST_FORMAT, "%s is too long", key);
	snprintf(out, size, "%s", text);
out:
	return rc;
}

static enum status
take_number(const struct facts *f, const char *key, unsigned max,
    unsigned *out, struct diag *d)
{
	uint64_t n = 0;
	enum status rc;

	rc = facts_number(f, key, 0, max, &n, d);
	*out = (unsigned)n;
	return rc;
}

static enum status
take_hex(const struct facts *f, const char *key, uint8_t *out, size_t len,
    struct diag *d)
{
	const char *text;
	enum status rc;

	TRY(facts_need(f, key, &text, d));
	if ((rc = text_unhex(text, out, len, d)) != ST_OK)
		diag_prefix(d, "%s", key);
out:
	return rc;
}

static enum status
take_time(const struct facts *f, const char *key, int64_t *out,
    struct diag *d)
{
	const char *text;
	enum status rc;

	TRY(facts_need(f, key, &text, d));
	TRY(clock_read(text, out, d));
out:
	return rc;
}

/* --- what each kind of entry does to the tables --- */

static enum status
apply_open(struct state *s, const struct entry *e, struct diag *d)
{
	struct ceremony *c;
	enum plan_mode mode;
	const char *word;
	enum status rc;

	if (state_open(s) != NULL)
		FAIL(d, ST_FORMAT, "a ceremony is open already");
	TRY(facts_need(&e->facts, "mode", &word, d));
	mode = strcmp(word, "production") == 0 ? MODE_PRODUCTION :
						 MODE_REHEARSAL;
	if (mode == MODE_REHEARSAL && strcmp(word, "rehearsal") != 0)
		FAIL(d, ST_FORMAT, "mode is neither rehearsal nor production");
	if (s->n > 0 && mode != s->mode)
		FAIL(d, ST_FORMAT, "FORMATS 7.5: rehearsal and production in "
		    "one state");
	if (s->n == 0) {
		s->mode = mode;
		TRY(take(&e->facts, "org", s->org, sizeof(s->org), d));
		TRY(take(&e->facts, "arc", s->arc, sizeof(s->arc), d));
		snprintf(s->id, sizeof(s->id), "%.32s", e->digest);
	}
	if ((c = GROW(s->ceremonies, s->nceremonies)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(take_number(&e->facts, "ceremony", NUMBER_MAX, &c->number, d));
	if (c->number != s->nceremonies)
		FAIL(d, ST_FORMAT, "ceremony %u is not the %zuth", c->number,
		    s->nceremonies);
	TRY(take(&e->facts, "plan", c->plan, sizeof(c->plan), d));
	snprintf(c->before, sizeof(c->before), "%s", e->previous);
	c->first = e->number;
out:
	return rc;
}

/* A set has the places of its scheme, in order, and a share for each. */
static enum status
check_sheets(const struct sheet_set *set, struct diag *d)
{
	const struct slip39_scheme *c = &set->scheme;
	const struct sheet *s = set->sheets;
	size_t places = 0, group = 0, member = 0;

	for (size_t g = 0; g < c->groups; g++)
		places += c->group[g].members;
	if (set->n != places)
		return diag_set(d, ST_FORMAT, "FORMATS 7.5: %zu sheets, and "
		    "the scheme has %zu", set->n, places);
	for (size_t i = 0; i < places; i++) {
		if (s[i].number != i + 1 || s[i].group != group ||
		    s[i].member != member)
			return diag_set(d, ST_FORMAT, "FORMATS 7.5: sheet %zu "
			    "has no place in its set", i + 1);
		for (size_t j = 0; j < i; j++)
			if (memcmp(s[i].commitment, s[j].commitment,
			    SHA256_LEN) == 0)
				return diag_set(d, ST_FORMAT, "FORMATS 7.5: "
				    "sheets %zu and %zu are one share", j + 1,
				    i + 1);
		if (++member == c->group[group].members) {
			member = 0;
			group++;
		}
	}
	return ST_OK;
}

#define SHEET_PARTS 7
#define SEALED_PARTS 4
#define REVOKED_PARTS 5

/* Exactly ${n} words, one blank between each two. */
static bool
split_parts(const char *text, char (*part)[SHA384_HEX_SIZE], size_t n)
{
	size_t len;

	for (size_t i = 0; i < n; i++) {
		len = strcspn(text, " ");
		if (len >= SHA384_HEX_SIZE)
			return false;
		memcpy(part[i], text, len);
		part[i][len] = '\0';
		text += len;
		if (*text++ != (i + 1 < n ? ' ' : '\0'))
			return false;
	}
	return true;
}

static enum status
read_number(const char *text, unsigned max, unsigned *out, struct diag *d)
{
	uint64_t n = 0;
	enum status rc;

	rc = text_number(text, 0, max, &n, d);
	*out = (unsigned)n;
	return rc;
}

/* "1 main 0 0 first office 5f..": number, group, places, holder, commitment */
static enum status
read_sheet(const char *text, struct sheet *out, struct diag *d)
{
	char part[SHEET_PARTS][SHA384_HEX_SIZE];
	enum status rc;

	if (!split_parts(text, part, SHEET_PARTS) || !text_is_word(part[1]) ||
	    !text_is_word(part[4]) ||
	    (strcmp(part[5], "-") != 0 && !text_is_word(part[5])))
		FAIL(d, ST_FORMAT, "a sheet is not of the form");
	TRY(read_number(part[0], SHEETS_MAX, &out->number, d));
	TRY(read_number(part[2], SLIP39_GROUPS_MAX, &out->group, d));
	TRY(read_number(part[3], SLIP39_MEMBERS_MAX, &out->member, d));
	snprintf(out->group_name, sizeof(out->group_name), "%.32s", part[1]);
	snprintf(out->holder, sizeof(out->holder), "%.32s", part[4]);
	if (strcmp(part[5], "-") != 0)
		snprintf(out->place, sizeof(out->place), "%.32s", part[5]);
	TRY(text_unhex(part[6], out->commitment, SHA256_LEN, d));
out:
	return rc;
}

/* "2/3" */
static enum status
read_group(const char *text, struct slip39_group *out, struct diag *d)
{
	const size_t len = strcspn(text, "/");
	unsigned need, members;
	enum status rc;
	char first[4];

	if (len >= sizeof(first) || text[len] == '\0')
		FAIL(d, ST_FORMAT, "a group is not of the form");
	memcpy(first, text, len);
	first[len] = '\0';
	TRY(read_number(first, SLIP39_MEMBERS_MAX, &need, d));
	TRY(read_number(text + len + 1, SLIP39_MEMBERS_MAX, &members, d));
	out->need = (uint8_t)need;
	out->members = (uint8_t)members;
out:
	return rc;
}

/* The newest set of a root, whatever its fate. */
static struct sheet_set *
newest_set(const struct state *s, const char *root)
{
	for (size_t i = s->nsets; i-- > 0;) {
		if (strcmp(s->sets[i].root, root) == 0)
			return &s->sets[i];
	}
	return NULL;
}

/* An epoch is consumed by being drawn: 0 where there was none. */
static unsigned
last_epoch(const struct state *s, const char *root)
{
	const struct sheet_set *set = root == NULL ? NULL :
						     newest_set(s, root);

	return set == NULL ? 0 : set->epoch;
}

static enum status
apply_drawn(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	struct sheet_set *set;
	unsigned id, need, exponent, last;
	const char *ext;
	enum status rc;

	last = last_epoch(s, facts_get(f, "root"));
	if ((set = GROW(s->sets, s->nsets)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(take(f, "root", set->root, sizeof(set->root), d));
	TRY(take_number(f, "epoch", NUMBER_MAX, &set->epoch, d));
	TRY(take_number(f, "set-id", SET_ID_MAX, &id, d));
	TRY(take_number(f, "groups-needed", SLIP39_GROUPS_MAX, &need, d));
	TRY(take_number(f, "exponent", SLIP39_EXPONENT_MAX, &exponent, d));
	TRY(facts_need(f, "extendable", &ext, d));
	TRY(take_hex(f, "salt", set->salt, sizeof(set->salt), d));
	if (strcmp(ext, "yes") != 0 && strcmp(ext, "no") != 0)
		FAIL(d, ST_FORMAT, "extendable is neither yes nor no");
	if (set->epoch != last + 1)
		FAIL(d, ST_FORMAT, "epoch %u does not follow epoch %u",
		    set->epoch, last);
	set->id = (uint16_t)id;
	set->scheme.need = (uint8_t)need;
	set->scheme.exponent = (uint8_t)exponent;
	set->scheme.extendable = strcmp(ext, "yes") == 0;
	if (facts_count(f, "groups") > SLIP39_GROUPS_MAX ||
	    facts_count(f, "sheets") > SHEETS_MAX)
		FAIL(d, ST_FORMAT, "more groups or sheets than there can be");
	set->scheme.groups = (uint8_t)facts_count(f, "groups");
	for (size_t i = 0; i < set->scheme.groups; i++)
		TRY(read_group(facts_at(f, "groups", i), &set->scheme.group[i],
		    d));
	TRY(slip39_scheme_check(&set->scheme, d));
	set->n = facts_count(f, "sheets");
	if ((set->sheets = calloc(set->n + 1, sizeof(*set->sheets))) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	for (size_t i = 0; i < set->n; i++)
		TRY(read_sheet(facts_at(f, "sheets", i), &set->sheets[i], d));
	TRY(check_sheets(set, d));
out:
	return rc;
}

static enum status
apply_void(struct state *s, const struct entry *e, struct diag *d)
{
	const char *root = facts_get(&e->facts, "root");
	struct sheet_set *set;

	(void)d;
	if (root != NULL && (set = newest_set(s, root)) != NULL &&
	    set->fate == SET_DRAWN)
		set->fate = SET_VOID;
	return ST_OK;
}

static enum status
apply_root(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	struct sheet_set *set;
	const char *hex;
	struct root *r;
	enum status rc;
	char where[96];

	if (state_root(s, facts_get(f, "root")) != NULL)
		FAIL(d, ST_FORMAT, "root %s is there already",
		    facts_get(f, "root"));
	if ((r = GROW(s->roots, s->nroots)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(take(f, "root", r->name, sizeof(r->name), d));
	TRY(take(f, "algorithm", r->alg, sizeof(r->alg), d));
	TRY(take_number(f, "number", NUMBER_MAX, &r->number, d));
	TRY(take_number(f, "counter", NUMBER_MAX, &r->counter, d));
	if (r->number != s->nroots)
		FAIL(d, ST_FORMAT, "root %u is not the %zuth", r->number,
		    s->nroots);
	TRY(facts_need(f, "public", &hex, d));
	TRY(spki_unhex(hex, &r->key, d));
	if (strcmp(r->alg, r->key.alg) != 0)
		FAIL(d, ST_FORMAT, "algorithm is not that of the public key");
	if ((set = newest_set(s, r->name)) == NULL || set->fate != SET_DRAWN)
		FAIL(d, ST_FORMAT, "root %s has no drawn set", r->name);
	set->fate = SET_LIVE;
	snprintf(where, sizeof(where), "root %s", r->name);
	TRY(ledger_add(&s->keys, r->key.index, where, d));
out:
	return rc;
}

static enum status
apply_certificate(struct state *s, const struct entry *e, struct diag *d)
{
	char name[33] = "";
	enum status rc;

	TRY(take(&e->facts, "root", name, sizeof(name), d));
	for (size_t i = 0; i < s->nroots; i++) {
		if (strcmp(s->roots[i].name, name) != 0)
			continue;
		if (e->n != 1 || s->roots[i].object[0] != '\0')
			FAIL(d, ST_FORMAT, "not one certificate");
		snprintf(s->roots[i].object, sizeof(s->roots[i].object), "%s",
		    e->objects[0].name);
		TRY(take(&e->facts, "subject", s->roots[i].subject,
		    sizeof(s->roots[i].subject), d));
		TRY(take_time(&e->facts, "not-after", &s->roots[i].not_after,
		    d));
		return ST_OK;
	}
	rc = diag_set(d, ST_FORMAT, "certificate of a root that is not there");
out:
	return rc;
}

/* The root of that name, if it has a certificate; else NULL. */
static const struct root *
certified(const struct state *s, const char *name)
{
	const struct root *r = state_root(s, name);

	return r == NULL || r->object[0] == '\0' ? NULL : r;
}

static enum status
apply_delegation(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	uint8_t index[SHA384_LEN];
	struct delegation *g;
	enum status rc;
	char where[96];

	if ((g = GROW(s->delegations, s->ndelegations)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(take(f, "name", g->name, sizeof(g->name), d));
	TRY(take(f, "root", g->root, sizeof(g->root), d));
	TRY(take(f, "product", g->product, sizeof(g->product), d));
	TRY(take(f, "role", g->role, sizeof(g->role), d));
	TRY(take(f, "slot", g->slot, sizeof(g->slot), d));
	TRY(take(f, "serial", g->serial, sizeof(g->serial), d));
	TRY(take_hex(f, "key-id", g->key_id, sizeof(g->key_id), d));
	TRY(take_hex(f, "key-index", index, sizeof(index), d));
	TRY(take_time(f, "not-before", &g->not_before, d));
	TRY(take_time(f, "not-after", &g->not_after, d));
	if (e->n != 1)
		FAIL(d, ST_FORMAT, "not one certificate");
	snprintf(g->object, sizeof(g->object), "%s", e->objects[0].name);
	snprintf(where, sizeof(where), "delegation %s of ceremony %zu",
	    g->name, s->nceremonies);
	TRY(ledger_add(&s->keys, index, where, d));
out:
	return rc;
}

static enum status
apply_cross(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	struct cross *c;
	enum status rc;

	if ((c = GROW(s->crosses, s->ncrosses)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(take(f, "root", c->root, sizeof(c->root), d));
	TRY(take(f, "of", c->of, sizeof(c->of), d));
	TRY(take(f, "serial", c->serial, sizeof(c->serial), d));
	TRY(take_time(f, "not-after", &c->not_after, d));
	if (certified(s, c->root) == NULL || certified(s, c->of) == NULL ||
	    strcmp(c->root, c->of) == 0)
		FAIL(d, ST_FORMAT, "it is not of one root by another");
	if (e->n != 1)
		FAIL(d, ST_FORMAT, "not one certificate");
	snprintf(c->object, sizeof(c->object), "%s", e->objects[0].name);
out:
	return rc;
}

static enum status
apply_retired(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	const char *name = facts_get(f, "root");
	const struct root *found = certified(s, name);
	struct root *r;
	enum status rc;

	if (found == NULL || found->retired != 0)
		FAIL(d, ST_FORMAT, "no root of that name is to be retired");
	r = &s->roots[found - s->roots];
	TRY(take(f, "reason", r->reason, sizeof(r->reason), d));
	TRY(take(f, "successor", r->successor, sizeof(r->successor), d));
	if (certified(s, r->successor) == NULL ||
	    certified(s, r->successor) == found)
		FAIL(d, ST_FORMAT, "no other root comes in its place");
	r->retired = (unsigned)s->nceremonies;
	rc = ST_OK;
out:
	return rc;
}

static enum status
apply_list(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	struct list *l;
	enum status rc;

	if ((l = GROW(s->lists, s->nlists)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(take(f, "root", l->root, sizeof(l->root), d));
	TRY(take_number(f, "file", NUMBER_MAX, &l->file, d));
	TRY(facts_number(f, "number", 1, INT64_MAX, &l->number, d));
	TRY(take_time(f, "this-update", &l->this_update, d));
	TRY(take_time(f, "next-update", &l->next_update, d));
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

static enum status
apply_revocation(struct state *s, const struct entry *e, struct diag *d)
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
	TRY(take(f, "root", r->root, sizeof(r->root), d));
	TRY(take(f, "name", r->name, sizeof(r->name), d));
	TRY(take(f, "serial", r->serial, sizeof(r->serial), d));
	TRY(take(f, "reason", r->reason, sizeof(r->reason), d));
	TRY(take_time(f, "date", &r->date, d));
	r->since = -1;
	if (facts_count(f, "since") > 0)
		TRY(take_time(f, "since", &r->since, d));
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

	if (!split_parts(text, part, SEALED_PARTS) ||
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

	TRY(take_number(f, all ? "all-need" : "need", 2, &k->need, d));
	if (k->need < 1 || n < k->need || n > SEAL_OPENERS_MAX)
		FAIL(d, ST_FORMAT, "too few can open a sealed list, or too "
		    "many");
	k->envelopes = k->need == 1 ? 1 : n - 1;
out:
	return rc;
}

static enum status
apply_kill(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	struct sealed *k;
	size_t at = 0;
	enum status rc;

	for (size_t i = 0; i < facts_count(f, "lists"); i++) {
		if ((k = GROW(s->sealed, s->nsealed)) == NULL)
			FAIL(d, ST_SYSTEM, "out of memory");
		TRY(take(f, "root", k->root, sizeof(k->root), d));
		TRY(take_time(f, "until", &k->next_update, d));
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

static enum status
apply_bundle(struct state *s, const struct entry *e, struct diag *d)
{
	const struct facts *f = &e->facts;
	struct state_bundle *b;
	enum status rc;

	if ((b = GROW(s->bundles, s->nbundles)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(take_number(f, "file", NUMBER_MAX, &b->file, d));
	TRY(facts_number(f, "era", 1, INT64_MAX, &b->era, d));
	TRY(facts_number(f, "seq", 1, INT64_MAX, &b->seq, d));
	TRY(take(f, "id", b->id, sizeof(b->id), d));
	TRY(take_time(f, "not-before", &b->not_before, d));
	TRY(take_time(f, "not-after", &b->not_after, d));
	TRY(take_time(f, "horizon", &b->horizon, d));
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

	if (!split_parts(text, part, REVOKED_PARTS) ||
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

static enum status
apply_account(struct state *s, const struct entry *e, struct diag *d)
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

static enum status
apply_undone(struct state *s, const struct entry *e, struct diag *d)
{
	struct ceremony *c = &s->ceremonies[s->nceremonies - 1];

	(void)e;
	if (c->ended)
		return diag_set(d, ST_FORMAT, "FORMATS 7.5: it was ended "
		    "early already");
	c->ended = true;
	return ST_OK;
}

static enum status
apply_closed(struct state *s, const struct entry *e, struct diag *d)
{
	struct ceremony *c = &s->ceremonies[s->nceremonies - 1];

	(void)d;
	c->last = e->number;
	c->is_signed = e->n > 1; /* the line, and a signature over it */
	return ST_OK;
}

static enum status
apply_nothing(struct state *s, const struct entry *e, struct diag *d)
{
	(void)s;
	(void)e;
	(void)d;
	return ST_OK;
}

static const char *const trust_nothing[] = { NULL };
static const char *const trust_open[] = { "program", NULL };
static const char *const trust_drawn[] = { "entropy", "rolls", "people-mac",
	"system", NULL };
static const char *const trust_read_back[] = { "how", "tries", NULL };

/* One row per kind of entry; FORMATS 7.5 is this table in words. */
static const struct kind {
	const char *word;
	bool event; /* between the items: nothing to compute again */
	const char *says; /* facts that it may have; an item its place too */
	const char *const *trusted;
	enum status (*apply)(struct state *, const struct entry *,
	    struct diag *);
} kinds[] = {
	{ "open", false, "ceremony mode org arc plan program",
	    trust_open, apply_open },
	{ "drawn", false, "step item root epoch algorithm set-id "
	    "groups-needed groups extendable exponent salt sheets quorums "
	    "entropy rolls people-mac system", trust_drawn, apply_drawn },
	{ "read-back", false, "step item root epoch sheet holder how tries",
	    trust_read_back, apply_nothing },
	{ "root", false, "step item root number algorithm counter public "
	    "key-id epoch quorums", trust_nothing, apply_root },
	{ "certificate", false, "step item root subject serial not-before "
	    "not-after certificate", trust_nothing, apply_certificate },
	{ "cross", false, "step item root of serial not-before not-after "
	    "certificate", trust_nothing, apply_cross },
	{ "retired", false, "step item root reason successor", trust_nothing,
	    apply_retired },
	{ "list", false, "step item root file number this-update next-update "
	    "entries list", trust_nothing, apply_list },
	{ "delegation", false, "step item name root product role slot "
	    "versions serial key-id key-index not-before not-after request "
	    "certificate", trust_nothing, apply_delegation },
	{ "revocation", false, "step item root name serial reason date since "
	    "asked evidence", trust_nothing, apply_revocation },
	{ "account", false, "step item root intact released unaccounted "
	    "published revoked", trust_nothing, apply_account },
	{ "kill", false, "step item root until need openers all-need "
	    "all-openers lists", trust_nothing, apply_kill },
	{ "bundle", false, "step item file era seq id not-before not-after "
	    "horizon anchors next signers", trust_nothing, apply_bundle },
	{ "closed", false, "ceremony", trust_nothing, apply_closed },
	{ "void", true, "step root entries sheets", NULL, apply_void },
	{ "refused", true, "why", NULL, apply_nothing },
	{ "resumed", true, "program", NULL, apply_nothing },
	{ "undone", true, "reason steps", NULL, apply_undone },
};
#define NKINDS (sizeof(kinds) / sizeof(kinds[0]))

static const struct kind *
kind_row(const char *word)
{
	for (size_t i = 0; i < NKINDS; i++) {
		if (strcmp(kinds[i].word, word) == 0)
			return &kinds[i];
	}
	return NULL;
}

const char *const *
state_trusted(const char *kind)
{
	const struct kind *row = kind_row(kind);

	return row == NULL ? NULL : row->trusted;
}

bool
state_is_event(const char *kind)
{
	const struct kind *row = kind_row(kind);

	return row != NULL && row->event;
}

/* What no kind of entry says is nothing that anyone checks. */
static enum status
check_says(const struct kind *row, const struct facts *f, struct diag *d)
{
	for (size_t i = 0; i < f->n; i++) {
		if (!text_listed(row->says, ' ', f->fact[i].key))
			return diag_set(d, ST_FORMAT, "FORMATS 7.5: it says "
			    "\"%s\", which no entry of its kind does",
			    f->fact[i].key);
	}
	return ST_OK;
}

/* --- the chain --- */

enum status
state_new(struct state **out, struct diag *d)
{
	if ((*out = calloc(1, sizeof(**out))) == NULL)
		return diag_set(d, ST_SYSTEM, "out of memory");
	(*out)->dirfd = -1;
	return ST_OK;
}

void
state_free(struct state *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		entry_clear(&s->entries[i]);
	for (size_t i = 0; i < s->nroots; i++)
		spki_clear(&s->roots[i].key);
	for (size_t i = 0; i < s->nsets; i++)
		sheet_set_clear(&s->sets[i]);
	free(s->entries);
	free(s->roots);
	free(s->sets);
	free(s->delegations);
	free(s->crosses);
	free(s->lists);
	free(s->revocations);
	free(s->sealed);
	free(s->bundles);
	free(s->ceremonies);
	ledger_free(s->keys);
	ledger_free(s->objects);
	free(s);
}

/* Objects by name, with their digests.  One is committed once: a second entry
 * for it would make other bytes of it those of record. */
static enum status
note_objects(struct state *s, const struct entry *e, struct diag *d)
{
	uint8_t name[SHA384_LEN];
	enum status rc = ST_OK;

	for (size_t i = 0; i < e->n && rc == ST_OK; i++) {
		hash_sha384(e->objects[i].name, strlen(e->objects[i].name),
		    name);
		if (ledger_find(&s->objects, name) != NULL)
			return diag_set(d, ST_FORMAT, "FORMATS 7.3: %s is "
			    "committed already", e->objects[i].name);
		rc = ledger_add(&s->objects, name, e->objects[i].digest, d);
	}
	return rc;
}

enum status
state_apply(struct state *s, struct entry *e, struct diag *d)
{
	const struct kind *row = kind_row(e->kind);
	struct entry *place;
	enum status rc;

	if (e->number != s->n + 1 || strcmp(e->previous, state_head(s)) != 0)
		FAIL(d, ST_AUTH, "FORMATS 7.4: it does not follow entry %zu",
		    s->n);
	if (row == NULL)
		FAIL(d, ST_FORMAT, "FORMATS 7.5: no such kind of entry");
	if (s->n > 0 && e->time < s->entries[s->n - 1].time)
		FAIL(d, ST_FORMAT, "FORMATS 7.4: it is older than the entry "
		    "before it");
	if (row->event && e->n > 0)
		FAIL(d, ST_FORMAT, "FORMATS 7.5: an event has no files");
	if (state_open(s) == NULL && strcmp(e->kind, "open") != 0)
		FAIL(d, ST_FORMAT, "FORMATS 7.4: no ceremony is open");
	if (state_open(s) != NULL && state_open(s)->ended && !row->event &&
	    strcmp(e->kind, "closed") != 0)
		FAIL(d, ST_FORMAT, "FORMATS 7.5: the ceremony was ended early "
		    "before it");
	TRY(check_says(row, &e->facts, d));
	TRY(note_objects(s, e, d));
	TRY(row->apply(s, e, d));
	if ((place = GROW(s->entries, s->n)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	*place = *e;
	memset(e, 0, sizeof(*e));
	rc = ST_OK;
out:
	if (rc != ST_OK)
		diag_prefix(d, "entry %lu (%.16s)", (unsigned long)e->number,
		    e->kind);
	return rc;
}

const char *
state_head(const struct state *s)
{
	return s->n == 0 ? "none" : s->entries[s->n - 1].digest;
}

const struct ceremony *
state_open(const struct state *s)
{
	const struct ceremony *c;

	if (s->nceremonies == 0)
		return NULL;
	c = &s->ceremonies[s->nceremonies - 1];
	return c->last == 0 ? c : NULL;
}

const struct root *
state_root(const struct state *s, const char *name)
{
	for (size_t i = 0; name != NULL && i < s->nroots; i++) {
		if (strcmp(s->roots[i].name, name) == 0)
			return &s->roots[i];
	}
	return NULL;
}

const struct delegation *
state_delegation(const struct state *s, const char *serial)
{
	for (size_t i = 0; i < s->ndelegations; i++) {
		if (strcmp(s->delegations[i].serial, serial) == 0)
			return &s->delegations[i];
	}
	return NULL;
}

const struct cross *
state_cross(const struct state *s, const char *serial)
{
	for (size_t i = 0; i < s->ncrosses; i++) {
		if (strcmp(s->crosses[i].serial, serial) == 0)
			return &s->crosses[i];
	}
	return NULL;
}

const struct list *
state_last_list(const struct state *s, const char *root)
{
	for (size_t i = s->nlists; i-- > 0;) {
		if (strcmp(s->lists[i].root, root) == 0)
			return &s->lists[i];
	}
	return NULL;
}

const struct state_bundle *
state_last_bundle(const struct state *s)
{
	return s->nbundles == 0 ? NULL : &s->bundles[s->nbundles - 1];
}

const struct state_bundle *
state_established(const struct state *s)
{
	for (size_t i = s->nbundles; i-- > 0;) {
		if (s->bundles[i].seq == 1)
			return &s->bundles[i];
	}
	return NULL;
}

bool
state_revoked(const struct state *s, const char *root, const char *serial)
{
	for (size_t i = 0; i < s->nrevocations; i++) {
		if (strcmp(s->revocations[i].root, root) == 0 &&
		    strcmp(s->revocations[i].serial, serial) == 0)
			return true;
	}
	return false;
}

bool
state_stolen(const struct state *s, const struct root *r)
{
	const struct revocation *v;
	const struct cross *c;

	if (strcmp(r->reason, ROOT_STOLEN) == 0)
		return true;
	for (size_t i = 0; i < s->nrevocations; i++) {
		v = &s->revocations[i];
		c = state_cross(s, v->serial);
		if (c != NULL && strcmp(c->of, r->name) == 0 &&
		    strcmp(v->reason, KEY_STOLEN) == 0)
			return true;
	}
	return false;
}

size_t
state_unaccounted(const struct state *s, const char *root)
{
	size_t n = 0;

	for (size_t i = 0; i < s->nsealed; i++)
		n += !s->sealed[i].accounted &&
		    strcmp(s->sealed[i].root, root) == 0;
	return n;
}

const struct sheet_set *
state_live_set(const struct state *s, const char *root)
{
	for (size_t i = s->nsets; i-- > 0;) {
		if (strcmp(s->sets[i].root, root) == 0 &&
		    s->sets[i].fate == SET_LIVE)
			return &s->sets[i];
	}
	return NULL;
}

const char *
state_key_seen(const struct state *s, const uint8_t index[SHA384_LEN])
{
	return ledger_find(&s->keys, index);
}

const char *
state_object_digest(const struct state *s, const char *name)
{
	uint8_t hash[SHA384_LEN];

	hash_sha384(name, strlen(name), hash);
	return ledger_find(&s->objects, hash);
}

enum status
state_object(const struct state *s, const char *name, struct bytes *out,
    struct diag *d)
{
	const char *recorded = state_object_digest(s, name);
	char digest[SHA384_HEX_SIZE];
	enum status rc;

	if (s->dirfd < 0)
		FAIL(d, ST_BUG, "%s: a state without a folder", name);
	if (recorded == NULL)
		FAIL(d, ST_AUTH, "%s: FORMATS 7.3: no such object in the "
		    "record", name);
	TRY(folder_read(s->dirfd, name, FILE_MAX, out, d));
	hash_sha384_hex(out->data, out->len, digest);
	if (strcmp(digest, recorded) != 0) {
		bytes_free(out);
		FAIL(d, ST_AUTH, "%s: FORMATS 7.3: its digest is not the one "
		    "the record has", name);
	}
out:
	return rc;
}
