/* see journal.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/table.h"
#include "lib/record/folder.h"
#include "revocation/journal.h"

/* The actor of an entry that nobody signed: the sheets were there. */
#define HOLDERS "holders"

static void
object_name(uint64_t number, char out[OBJECT_NAME_SIZE])
{
	snprintf(out, OBJECT_NAME_SIZE, "signed/%06lu.txt",
	    (unsigned long)number);
}

/* What an entry says follows from the file that it commits. */
static enum status
say(const struct notice *n, struct facts *f, struct diag *d)
{
	enum status rc;

	TRY(facts_set(f, d, "state", "%s", n->state));
	TRY(facts_set(f, d, "root", "%s", n->list.root));
	TRY(facts_set(f, d, "list", "%llu",
	    (unsigned long long)n->list.number));
	TRY(facts_set(f, d, "revokes", "%s", n->list.target));
	TRY(facts_set(f, d, "again", "%s", n->again ? "yes" : "no"));
out:
	return rc;
}

static enum status
say_keyout(const struct keyout *k, struct facts *f, struct diag *d)
{
	enum status rc;

	TRY(facts_set(f, d, "state", "%s", k->state));
	TRY(facts_set(f, d, "root", "%s", k->root));
	TRY(facts_set(f, d, "key", "%s", k->key));
	TRY(facts_set(f, d, "file", "%s", k->file));
out:
	return rc;
}

/* --- reading --- */

static enum status
check_entry(const struct entry *e, const struct notice *n, struct diag *d)
{
	struct facts said = { 0 };
	const char *key;
	enum status rc;

	TRY(say(n, &said, d));
	if ((key = facts_differ(&said, &e->facts, NULL)) != NULL)
		FAIL(d, ST_AUTH, "FORMATS 7.22: it says another %s than the "
		    "file that it commits", key);
	if (strcmp(e->actor, n->by) != 0 || e->time != n->time)
		FAIL(d, ST_AUTH, "FORMATS 7.22: it says another responder or "
		    "time than the file that it commits");
out:
	facts_clear(&said);
	return rc;
}

static enum status
load_notice(struct journal *j, const struct entry *e,
    const struct bytes *file, struct diag *d)
{
	const struct sealed *sealed;
	struct notice *n;
	enum status rc;

	if ((n = GROW(j->notice, j->n)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(notice_check(e->objects[0].name, file, j->state, j->steps, n,
	    &sealed, d));
	TRY(check_entry(e, n, d));
out:
	return rc;
}

static enum status
load_keyout(struct journal *j, const struct entry *e,
    const struct bytes *file, struct diag *d)
{
	struct facts said = { 0 };
	struct keyout *k;
	enum status rc;

	if ((k = GROW(j->keyout, j->nkeyouts)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	TRY(keyout_check(e->objects[0].name, file, j->state, k, d));
	TRY(say_keyout(k, &said, d));
	if (facts_differ(&said, &e->facts, NULL) != NULL ||
	    strcmp(e->actor, HOLDERS) != 0 || e->time != k->time)
		FAIL(d, ST_AUTH, "FORMATS 7.26: it says other things than the "
		    "file that it commits");
out:
	facts_clear(&said);
	return rc;
}

/* What is kept here, and who reads it. */
static const struct {
	const char *word;
	enum status (*load)(struct journal *, const struct entry *,
	    const struct bytes *, struct diag *);
} kinds[] = {
	{ "release", load_notice },
	{ "export", load_keyout },
};
#define NKINDS (sizeof(kinds) / sizeof(kinds[0]))

static enum status
load_entry(struct journal *j, int dirfd, const struct entry *e,
    struct diag *d)
{
	char name[OBJECT_NAME_SIZE];
	struct bytes file = { 0 };
	size_t k = 0;
	enum status rc;

	object_name(e->number, name);
	while (k < NKINDS && strcmp(e->kind, kinds[k].word) != 0)
		k++;
	if (k == NKINDS || e->n != 1 ||
	    !variant_of(e->objects[0].name, name))
		FAIL(d, ST_FORMAT, "FORMATS 7.22: it is no release, nor a key "
		    "that was written out");
	TRY(folder_object(dirfd, &e->objects[0], &file, d));
	TRY(kinds[k].load(j, e, &file, d));
	j->entries++;
out:
	bytes_free(&file);
	return rc;
}

/* There it would be a stray for ever. */
static enum status
check_apart(const struct journal *j, int dirfd, struct diag *d)
{
	if (dirfd >= 0 && file_lies_in(dirfd, j->state->dirfd))
		return diag_set(d, ST_POLICY, "%s: FORMATS 7.20: it would lie "
		    "inside the state", j->path);
	return ST_OK;
}

enum status
journal_open(const char *path, const struct state *s,
    const struct step_kind *const *steps, struct journal *out,
    struct diag *d)
{
	const struct chain *c;
	enum status rc;
	int fd = -1;

	memset(out, 0, sizeof(*out));
	out->path = path;
	out->state = s;
	out->steps = steps;
	snprintf(out->head, sizeof(out->head), "none");
	TRY(sticks_look(&out->path, 1, s->mode != MODE_PRODUCTION,
	    &out->sticks, d));
	c = sticks_longest(out->sticks, &fd);
	TRY(check_apart(out, fd, d));
	for (size_t i = 0; i < c->n; i++) {
		if ((rc = load_entry(out, fd, &c->entry[i], d)) != ST_OK) {
			diag_prefix(d, "%s: entry %zu", path, i + 1);
			goto out;
		}
	}
	if (c->n > 0)
		snprintf(out->head, sizeof(out->head), "%s",
		    c->entry[c->n - 1].digest);
out:
	if (rc != ST_OK)
		journal_close(out);
	return rc;
}

void
journal_close(struct journal *j)
{
	sticks_free(j->sticks);
	free(j->notice);
	free(j->keyout);
	memset(j, 0, sizeof(*j));
}

/* --- what may be released --- */

static const struct notice *
find_same(const struct journal *j, const struct sealed *q)
{
	for (size_t i = 0; i < j->n; i++) {
		if (strcmp(j->notice[i].list.digest, q->digest) == 0)
			return &j->notice[i];
	}
	return NULL;
}

/* The keys that were stopped or are to be, but for those that the regular list
 * has by now; and the first of them that ${r} would let live again. */
struct stopped {
	const struct delegation *key[RELEASE_KEYS];
	size_t n; /* of all, there may be more */
	const struct delegation *dropped;
	const struct notice *by; /* that stopped it, or NULL */
};

static const struct notice *
find_stopped(const struct journal *j, const struct delegation *g)
{
	for (size_t i = 0; i < j->n; i++) {
		if (sealed_stops(j->state, &j->notice[i].list, g))
			return &j->notice[i];
	}
	return NULL;
}

static void
gather(const struct journal *j, const struct release *r, struct stopped *out)
{
	const struct state *s = j->state;
	const struct delegation *g;
	const struct notice *by;
	bool stays;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < s->ndelegations; i++) {
		g = &s->delegations[i];
		if (g->revoked || strcmp(g->root, r->sealed->root) != 0)
			continue;
		by = find_stopped(j, g);
		stays = sealed_stops(s, r->sealed, g);
		if (by == NULL && !stays)
			continue;
		if (out->n < RELEASE_KEYS)
			out->key[out->n] = g;
		out->n++;
		if (by != NULL && !stays && out->by == NULL) {
			out->dropped = g;
			out->by = by;
		}
	}
}

/* What to release in place of ${r}: of two keys their pair, else all. */
static enum status
refuse_drop(const struct stopped *all, const struct release *r,
    struct diag *d)
{
	const struct state *s = r->state;
	const char *root = r->sealed->root;
	char pair[sizeof(r->sealed->target)], instead[96];
	char time[CLOCK_TEXT_SIZE];

	snprintf(instead, sizeof(instead), "nothing that stops both is sealed: "
	    "what is left is a ceremony");
	if (sealed_newest(s, root, "all") != NULL)
		snprintf(instead, sizeof(instead), "release all");
	if (all->n == RELEASE_KEYS) {
		snprintf(pair, sizeof(pair), "%s+%s", all->key[0]->serial,
		    all->key[1]->serial);
		if (sealed_newest(s, root, pair) != NULL)
			snprintf(instead, sizeof(instead), "release %s+%s",
			    all->key[0]->name, all->key[1]->name);
	}
	clock_text(all->by->time, time);
	return diag_set(d, ST_POLICY, "RULES L3: %s was stopped by %s at %s, "
	    "and clients that take this list would trust it again: %s",
	    all->dropped->name, all->by->by, time, instead);
}

enum status
journal_check(const struct journal *j, const struct release *r, bool again,
    struct diag *d)
{
	const struct notice *same = find_same(j, r->sealed);
	char time[CLOCK_TEXT_SIZE];
	struct stopped all;
	enum status rc;

	gather(j, r, &all);
	if (all.by != NULL)
		return refuse_drop(&all, r, d);
	if (same != NULL && !again) {
		clock_text(same->time, time);
		FAIL(d, ST_POLICY, "%s: FORMATS 7.23: %s was released by %s at "
		    "%s: with --again it is released once more", j->path,
		    r->sealed->object, same->by, time);
	}
	rc = ST_OK;
out:
	return rc;
}

/* --- writing --- */

/* Made, where it was not there, once there is something to write. */
static enum status
begin(struct journal *j, struct diag *d)
{
	const struct chain *c;
	enum status rc;
	int fd = -1;

	if (j->begun)
		return ST_OK;
	c = sticks_longest(j->sticks, &fd);
	TRY(sticks_begin(j->sticks, c->entry, c->n, d));
	if ((rc = check_apart(j, j->sticks->stick[0].dirfd, d)) != ST_OK) {
		(void)rmdir(j->path); /* which was made: it was apart before */
		goto out;
	}
	j->begun = true;
out:
	return rc;
}

/* ${e} has its time, kind, actor and facts. */
static enum status
commit(struct journal *j, struct entry *e, const struct bytes *file,
    struct diag *d)
{
	char name[OBJECT_NAME_SIZE];
	struct outcome o = { 0 };
	enum status rc;

	e->number = j->entries + 1;
	snprintf(e->previous, sizeof(e->previous), "%s", j->head);
	object_name(e->number, name);
	TRY(outcome_add(&o, name, file, d));
	TRY(sticks_commit(j->sticks, e, &o, d));
	snprintf(j->head, sizeof(j->head), "%s", e->digest);
	j->entries++;
out:
	outcome_clear(&o);
	return rc;
}

static enum status
commit_notice(struct journal *j, const struct notice *n,
    const struct bytes *file, struct diag *d)
{
	struct entry e = { .time = n->time };
	enum status rc;

	snprintf(e.kind, sizeof(e.kind), "release");
	snprintf(e.actor, sizeof(e.actor), "%s", n->by);
	TRY(say(n, &e.facts, d));
	TRY(commit(j, &e, file, d));
out:
	entry_clear(&e);
	return rc;
}

static enum status
say_added(const struct journal *j, const struct notice *n, struct facts *f,
    struct diag *d)
{
	char name[OBJECT_NAME_SIZE];

	object_name(j->entries, name);
	return facts_add(f, d, "journal", "%s/%s: list %llu of root %s, "
	    "signed by %s%s", j->path, name,
	    (unsigned long long)n->list.number, n->list.root, n->by,
	    n->again ? ", once more" : "");
}

enum status
journal_add(struct journal *j, const struct release *r,
    const struct opener *who, int64_t now, struct facts *f, struct diag *d)
{
	struct responders all = { 0 };
	const struct responder *by;
	struct bytes file = { 0 };
	struct notice made, *n;
	enum status rc;

	TRY(responders_read(j->state, r->sealed, j->steps, &all, d));
	if ((by = responders_find(&all, opener_public(who))) == NULL)
		FAIL(d, ST_BUG, "%s was opened by nobody", r->sealed->object);
	notice_make(j->state, r->sealed, find_same(j, r->sealed) != NULL, now,
	    &made);
	snprintf(made.by, sizeof(made.by), "%s", by->word);
	TRY(notice_sign(&made, who, by, j->state->arc, &file, d));
	TRY(begin(j, d));
	if ((n = GROW(j->notice, j->n)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	*n = made;
	TRY(commit_notice(j, n, &file, d));
	TRY(say_added(j, n, f, d));
out:
	if (rc != ST_OK)
		diag_prefix(d, "not released, for the journal could not be "
		    "written (--journal names another)");
	responders_clear(&all);
	bytes_free(&file);
	return rc;
}

enum status
journal_keyout(struct journal *j, const struct keyout *k, struct facts *f,
    struct diag *d)
{
	struct entry e = { .time = k->time };
	char name[OBJECT_NAME_SIZE];
	struct bytes file = { 0 };
	struct keyout *mine;
	enum status rc;

	TRY(keyout_file(k, &file, d));
	TRY(begin(j, d));
	if ((mine = GROW(j->keyout, j->nkeyouts)) == NULL)
		FAIL(d, ST_SYSTEM, "out of memory");
	*mine = *k;
	snprintf(e.kind, sizeof(e.kind), "export");
	snprintf(e.actor, sizeof(e.actor), HOLDERS);
	TRY(say_keyout(k, &e.facts, d));
	TRY(commit(j, &e, &file, d));
	object_name(j->entries, name);
	TRY(facts_add(f, d, "journal", "%s/%s: the key of root %s was written "
	    "out", j->path, name, k->root));
out:
	if (rc != ST_OK)
		diag_prefix(d, "not written out, for the journal could not be "
		    "written (--journal names another)");
	entry_clear(&e);
	bytes_free(&file);
	return rc;
}
