/* see state.h */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/table.h"
#include "lib/base/text.h"
#include "lib/record/folder.h"
#include "lib/record/kinds.h"
#include "lib/record/ledger.h"
#include "lib/record/state.h"

/* --- the chain --- */

enum status
state_new(struct state **out, struct diag *d)
{
	if ((*out = calloc(1, sizeof(**out))) == NULL ||
	    ((*out)->known = calloc(1, sizeof(*(*out)->known))) == NULL) {
		free(*out);
		*out = NULL;
		return diag_set(d, ST_SYSTEM, "out of memory");
	}
	(*out)->dirfd = (*out)->folder = -1;
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
	primes_free(s->known->primes);
	free(s->known);
	free(s->entries);
	free(s->roots);
	free(s->sets);
	free(s->delegations);
	free(s->crosses);
	free(s->lists);
	free(s->revocations);
	free(s->sealed);
	free(s->bundles);
	free(s->sent);
	free(s->ceremonies);
	ledger_free(s->keys);
	ledger_free(s->objects);
	if (s->folder >= 0)
		close(s->folder);
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
	if (row->event && e->n > 0 && row->apply != kind_custody)
		FAIL(d, ST_FORMAT, "FORMATS 7.5: an event has no files");
	if (state_open(s) == NULL && strcmp(e->kind, "open") != 0)
		FAIL(d, ST_FORMAT, "FORMATS 7.4: no ceremony is open");
	if (state_open(s) != NULL && state_open(s)->ended && !row->event &&
	    strcmp(e->kind, "closed") != 0)
		FAIL(d, ST_FORMAT, "FORMATS 7.5: the ceremony was ended early "
		    "before it");
	TRY(kind_says(row, &e->facts, d));
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

bool
state_had(const struct state *s, const char *head)
{
	for (size_t i = s->n; i-- > 0;) {
		if (strcmp(s->entries[i].digest, head) == 0)
			return true;
	}
	return false;
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

const struct sent *
state_sent(const struct state *s, const char *name, unsigned ceremony)
{
	for (size_t i = s->nsent; i-- > 0;) {
		if (strcmp(s->sent[i].name, name) == 0 &&
		    (ceremony == 0 || s->sent[i].ceremony == ceremony))
			return &s->sent[i];
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

unsigned
state_ceremony_of(const struct state *s, uint64_t entry)
{
	for (size_t i = s->nceremonies; i-- > 0;) {
		if (s->ceremonies[i].first <= entry)
			return s->ceremonies[i].number;
	}
	return 0;
}

const struct sheet *
state_sheet(const struct state *s, const char *root, unsigned epoch,
    unsigned number)
{
	const struct sheet_set *set;

	for (size_t i = 0; i < s->nsets; i++) {
		set = &s->sets[i];
		if (set->epoch == epoch && strcmp(set->root, root) == 0)
			return number < 1 || number > set->n ? NULL :
			    &set->sheets[number - 1];
	}
	return NULL;
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
